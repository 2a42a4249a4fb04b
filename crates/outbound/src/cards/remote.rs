//! The sandbox in another process, over HTTP.

use super::reading::{NoAnswer, Received};
use super::wire::{ChargeParameters, RefundParameters, SetupParameters};
use reqwest::{Client, RequestBuilder, Response, Url};
use std::sync::Arc;
use std::time::Duration;

/// The longest answer that is read; a page of somebody else's proxy may be longer.
const BODY_BYTES_MAX: usize = 1_048_576;

/// Where the sandbox is and how long it may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteSettings {
    /// `http://127.0.0.1:8430` or with a path prefix, `https://pay.example/sandbox`.
    pub base_url: String,
    /// Until it takes a connection.
    pub connect_timeout: Duration,
    /// Until the whole answer is here.
    pub request_timeout: Duration,
    /// What its calls may be signed with: several while one takes the place of another.
    pub webhook_secrets: Vec<String>,
}

/// Settings that nothing can be asked with.
#[derive(Debug, thiserror::Error)]
pub enum RemoteSettingsFault {
    /// Not an address.
    #[error("{0:?} is not an http or https address of a card gateway")]
    BadAddress(String),
    /// The HTTP client cannot be made.
    #[error("the HTTP client for the card gateway cannot be set up")]
    Client(#[source] reqwest::Error),
}

/// A sandbox over HTTP. Clones share its connections.
#[derive(Clone, Debug)]
pub struct RemoteSandbox {
    client: Client,
    base: Url,
    webhook_secrets: Arc<[String]>,
}

impl RemoteSandbox {
    /// Takes the settings; asks nothing yet.
    ///
    /// The caller installs a TLS provider first, once in the process
    /// (`rustls::crypto::ring::default_provider().install_default()`); without one the HTTP client
    /// panics here.
    pub fn new(settings: &RemoteSettings) -> Result<Self, RemoteSettingsFault> {
        let bad = || RemoteSettingsFault::BadAddress(settings.base_url.clone());
        let base = Url::parse(&settings.base_url).ok().filter(Url::has_host).ok_or_else(bad)?;
        if !["http", "https"].contains(&base.scheme()) {
            return Err(bad());
        }
        let client = Client::builder()
            .connect_timeout(settings.connect_timeout)
            .timeout(settings.request_timeout)
            // Where a redirect leads is not the gateway, and a second request is ours to decide.
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .build()
            .map_err(RemoteSettingsFault::Client)?;
        let webhook_secrets = settings.webhook_secrets.clone().into();
        Ok(Self { client, base, webhook_secrets })
    }

    pub(super) async fn post_setup(&self, asked: &SetupParameters) -> Result<Received, NoAnswer> {
        receive(self.client.post(self.url(&["v1", "setups"])?).json(asked)).await
    }

    pub(super) async fn get_setup(&self, id: &str) -> Result<Received, NoAnswer> {
        receive(self.client.get(self.url(&["v1", "setups", id])?)).await
    }

    pub(super) async fn post_charge(
        &self,
        key: &str,
        asked: &ChargeParameters,
    ) -> Result<Received, NoAnswer> {
        let url = self.url(&["v1", "charges"])?;
        receive(self.client.post(url).header("Idempotency-Key", key).json(asked)).await
    }

    pub(super) async fn get_charges(
        &self,
        reference: &str,
        generation: i64,
    ) -> Result<Received, NoAnswer> {
        let mut url = self.url(&["v1", "charges"])?;
        url.query_pairs_mut()
            .append_pair("reference", reference)
            .append_pair("generation", &generation.to_string());
        receive(self.client.get(url)).await
    }

    pub(super) async fn post_refund(
        &self,
        key: &str,
        asked: &RefundParameters,
    ) -> Result<Received, NoAnswer> {
        let url = self.url(&["v1", "refunds"])?;
        receive(self.client.post(url).header("Idempotency-Key", key).json(asked)).await
    }

    /// Asks one of the lists, with its parameters.
    pub(super) async fn get_list(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<Received, NoAnswer> {
        let mut url = self.url(path)?;
        url.query_pairs_mut().extend_pairs(query);
        receive(self.client.get(url)).await
    }

    /// The secrets that the gateway's calls may be signed with.
    pub(super) fn webhook_secrets(&self) -> &[String] {
        &self.webhook_secrets
    }

    pub(super) async fn delete_card(&self, id: &str) -> Result<Received, NoAnswer> {
        receive(self.client.delete(self.url(&["v1", "cards", id])?)).await
    }

    /// The address of one resource below the base, each part escaped.
    fn url(&self, parts: &[&str]) -> Result<Url, NoAnswer> {
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

async fn receive(request: RequestBuilder) -> Result<Received, NoAnswer> {
    let network = |fault: reqwest::Error| {
        // The address may hold ids; the cause says more.
        let fault = fault.without_url();
        let cause = std::error::Error::source(&fault).map(|cause| format!(": {cause}"));
        NoAnswer::Network(format!("{fault}{}", cause.unwrap_or_default()))
    };
    let mut response = request.send().await.map_err(network)?;
    let status = response.status().as_u16();
    let bytes = read_body(&mut response).await.map_err(network)?;
    match bytes.map(String::from_utf8) {
        Some(Ok(body)) => Ok(Received { status, body }),
        Some(Err(fault)) => Err(NoAnswer::Content { status, what: fault.to_string() }),
        None => {
            Err(NoAnswer::Content { status, what: format!("longer than {BODY_BYTES_MAX} bytes") })
        }
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
