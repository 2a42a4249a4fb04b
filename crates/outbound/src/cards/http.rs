//! Requests over HTTP to a gateway, and the whole of each answer.

use super::pace::Pace;
use super::reading::{NoAnswer, Received};
use reqwest::{Client, RequestBuilder, Response, Url};
use std::sync::Arc;
use std::time::Duration;

/// The longest answer that is read; a page of somebody else's proxy may be longer.
const BODY_BYTES_MAX: usize = 4_194_304;

/// Settings that nothing can be asked with.
#[derive(Debug, thiserror::Error)]
pub enum RemoteSettingsFault {
    /// Not an address.
    #[error("{0:?} is not an http or https address of a card gateway")]
    BadAddress(String),
    /// A key or secret that cannot be sent.
    #[error("{0} must be one line of visible ASCII characters")]
    BadSecret(&'static str),
    /// The HTTP client cannot be made.
    #[error("the HTTP client for the card gateway cannot be set up")]
    Client(#[source] reqwest::Error),
}

/// Where a gateway is, and the connections to it. Clones share them.
#[derive(Clone, Debug)]
pub(super) struct Http {
    pub client: Client,
    base: Url,
    pace: Arc<Pace>,
}

impl Http {
    /// Takes the settings; asks nothing yet.
    pub fn new(
        base_url: &str,
        connect_timeout: Duration,
        request_timeout: Duration,
        requests_a_second: u32,
    ) -> Result<Self, RemoteSettingsFault> {
        let bad = || RemoteSettingsFault::BadAddress(base_url.to_owned());
        let base = Url::parse(base_url).ok().filter(Url::has_host).ok_or_else(bad)?;
        if !["http", "https"].contains(&base.scheme()) {
            return Err(bad());
        }
        let client = Client::builder()
            .connect_timeout(connect_timeout)
            .timeout(request_timeout)
            // Where a redirect leads is not the gateway, and a second request is ours to decide.
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .build()
            .map_err(RemoteSettingsFault::Client)?;
        Ok(Self { client, base, pace: Arc::new(Pace::new(requests_a_second)) })
    }

    /// Sends a request in its turn, and reads the whole answer.
    pub async fn receive(&self, request: RequestBuilder) -> Result<Received, NoAnswer> {
        let network = |fault: reqwest::Error| {
            // The address may hold ids; the cause says more.
            let fault = fault.without_url();
            let cause = std::error::Error::source(&fault).map(|cause| format!(": {cause}"));
            NoAnswer::Network(format!("{fault}{}", cause.unwrap_or_default()))
        };
        self.pace.turn().await;
        let mut response = request.send().await.map_err(network)?;
        let status = response.status().as_u16();
        let bytes = read_body(&mut response).await.map_err(network)?;
        match bytes.map(String::from_utf8) {
            Some(Ok(body)) => Ok(Received { status, body }),
            Some(Err(fault)) => Err(NoAnswer::Content { status, what: fault.to_string() }),
            None => Err(NoAnswer::Content {
                status,
                what: format!("longer than {BODY_BYTES_MAX} bytes"),
            }),
        }
    }

    /// The address of one resource below the base, each part escaped.
    pub fn url(&self, parts: &[&str]) -> Result<Url, NoAnswer> {
        let mut url = self.base.clone();
        match url.path_segments_mut() {
            Ok(mut path) => {
                path.pop_if_empty().extend(parts);
            }
            Err(()) => return Err(NoAnswer::Network(format!("{} has no paths", self.base))),
        }
        Ok(url)
    }
}

/// `None` when it is too long.
async fn read_body(response: &mut Response) -> Result<Option<Vec<u8>>, reqwest::Error> {
    let mut bytes = Vec::new();
    while let Some(chunk) = response.chunk().await? {
        if bytes.len().saturating_add(chunk.len()) > BODY_BYTES_MAX {
            return Ok(None);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Some(bytes))
}
