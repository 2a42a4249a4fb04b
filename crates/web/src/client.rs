//! The network that a request comes from.

use crate::Web;
use crate::headers::text;
use app::limits::ClientAddress;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// The visitor's network: the peer, or what a proxy of ours says of its own peer.
#[derive(Clone, Debug)]
pub struct Client(pub ClientAddress);

impl FromRequestParts<Web> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Infallible> {
        let peer =
            parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
        let forwarded = parts.headers.get_all("x-forwarded-for").iter();
        let forwarded: Vec<_> = forwarded.filter_map(text).collect();
        let address = visitor(peer, &forwarded, &web.settings.trusted_proxies);
        Ok(Self(ClientAddress::new(address)))
    }
}

/// A proxy appends its peer at the end, so the list is read from there for as long as proxies of
/// ours stand in it; what comes before could be written by anybody.
fn visitor(peer: Option<IpAddr>, forwarded: &[&str], trusted: &[IpAddr]) -> IpAddr {
    let mut address = peer.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)).to_canonical();
    let named = forwarded.iter().rev().flat_map(|line| line.rsplit(','));
    for before in named {
        if !trusted.contains(&address) {
            break;
        }
        let Ok(before) = before.trim().parse::<IpAddr>() else { break };
        address = before.to_canonical();
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn only_a_proxy_of_ours_is_believed() {
        let proxy = [ip("10.0.0.1")];
        let from = |peer: &str, forwarded: &[&str]| visitor(Some(ip(peer)), forwarded, &proxy);
        assert_eq!(
            from("203.0.113.5", &["198.51.100.7"]),
            ip("203.0.113.5"),
            "anybody may write it"
        );
        assert_eq!(from("10.0.0.1", &["198.51.100.7"]), ip("198.51.100.7"));
        assert_eq!(
            from("10.0.0.1", &["1.1.1.1, 198.51.100.7"]),
            ip("198.51.100.7"),
            "the last one is the proxy's"
        );
        assert_eq!(from("10.0.0.1", &["1.1.1.1", "198.51.100.7"]), ip("198.51.100.7"));
        assert_eq!(from("10.0.0.1", &["198.51.100.7, 10.0.0.1"]), ip("198.51.100.7"));
        assert_eq!(from("10.0.0.1", &["nonsense"]), ip("10.0.0.1"));
        assert_eq!(from("10.0.0.1", &[]), ip("10.0.0.1"));
    }
}
