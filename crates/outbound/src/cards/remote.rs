//! The sandbox in another process, over HTTP.

use super::http::{Http, RemoteSettingsFault};
use super::reading::{NoAnswer, Received};
use super::wire::{ChargeParameters, RefundParameters, SetupParameters};
use std::sync::Arc;
use std::time::Duration;

/// Where the sandbox is and how long it may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteSettings {
    /// `http://127.0.0.1:8430` or with a path prefix, `https://pay.example/sandbox`.
    pub base_url: String,
    /// Until it takes a connection.
    pub connect_timeout: Duration,
    /// Until the whole answer is here.
    pub request_timeout: Duration,
    /// Requests of this process in a second, of every kind.
    pub requests_a_second: u32,
    /// What its calls may be signed with: several while one takes the place of another.
    pub webhook_secrets: Vec<String>,
}

/// A sandbox over HTTP. Clones share its connections.
#[derive(Clone, Debug)]
pub struct RemoteSandbox {
    http: Http,
    webhook_secrets: Arc<[String]>,
}

impl RemoteSandbox {
    /// Takes the settings; asks nothing yet.
    ///
    /// The caller installs a TLS provider first, once in the process
    /// (`rustls::crypto::ring::default_provider().install_default()`); without one the HTTP client
    /// panics here.
    pub fn new(settings: &RemoteSettings) -> Result<Self, RemoteSettingsFault> {
        let http = Http::new(
            &settings.base_url,
            settings.connect_timeout,
            settings.request_timeout,
            settings.requests_a_second,
        )?;
        let webhook_secrets = settings.webhook_secrets.clone().into();
        Ok(Self { http, webhook_secrets })
    }

    pub(super) async fn post_setup(&self, asked: &SetupParameters) -> Result<Received, NoAnswer> {
        self.http
            .receive(self.http.client.post(self.http.url(&["v1", "setups"])?).json(asked))
            .await
    }

    pub(super) async fn get_setup(&self, id: &str) -> Result<Received, NoAnswer> {
        self.http.receive(self.http.client.get(self.http.url(&["v1", "setups", id])?)).await
    }

    pub(super) async fn post_charge(
        &self,
        key: &str,
        asked: &ChargeParameters,
    ) -> Result<Received, NoAnswer> {
        let url = self.http.url(&["v1", "charges"])?;
        self.http
            .receive(self.http.client.post(url).header("Idempotency-Key", key).json(asked))
            .await
    }

    pub(super) async fn get_charges(
        &self,
        reference: &str,
        generation: i64,
    ) -> Result<Received, NoAnswer> {
        let mut url = self.http.url(&["v1", "charges"])?;
        url.query_pairs_mut()
            .append_pair("reference", reference)
            .append_pair("generation", &generation.to_string());
        self.http.receive(self.http.client.get(url)).await
    }

    pub(super) async fn post_refund(
        &self,
        key: &str,
        asked: &RefundParameters,
    ) -> Result<Received, NoAnswer> {
        let url = self.http.url(&["v1", "refunds"])?;
        self.http
            .receive(self.http.client.post(url).header("Idempotency-Key", key).json(asked))
            .await
    }

    /// Asks one of the lists, with its parameters.
    pub(super) async fn get_list(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<Received, NoAnswer> {
        let mut url = self.http.url(path)?;
        url.query_pairs_mut().extend_pairs(query);
        self.http.receive(self.http.client.get(url)).await
    }

    /// The secrets that the gateway's calls may be signed with.
    pub(super) fn webhook_secrets(&self) -> &[String] {
        &self.webhook_secrets
    }

    pub(super) async fn delete_card(&self, id: &str) -> Result<Received, NoAnswer> {
        self.http.receive(self.http.client.delete(self.http.url(&["v1", "cards", id])?)).await
    }
}
