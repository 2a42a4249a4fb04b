//! What the operator has set, as the pages need it.

use std::net::IpAddr;
use std::time::Duration;

/// Settings of the pages. The public address stands in `app`'s settings.
#[derive(Clone, Debug)]
pub struct WebSettings {
    /// The name that appears on the gateway's card page; patients are told it before they go there.
    pub gateway_name: String,
    /// Scheme, host and port of the gateway's card page (`https://pay.example`): a form of ours leads there.
    pub gateway_origin: Option<String>,
    /// Addresses of proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// How long a request may take.
    pub request_timeout: Duration,
}

impl Default for WebSettings {
    fn default() -> Self {
        Self {
            gateway_name: "カード会社".to_owned(),
            gateway_origin: None,
            trusted_proxies: Vec::new(),
            request_timeout: Duration::from_secs(30),
        }
    }
}
