//! Stripe, by its version 1 API: cards are saved at its hosted page, and charged while the payer is away.
//!
//! What is relied on, and where Stripe says so, is in `docs/decisions/stripe.md`. The requests are written by
//! hand because a gateway's word must never be lost to a model that is too strict: whatever is not understood
//! here is [`Finding::Unclear`](domain::evidence::Finding::Unclear) and kept as it came.

mod accounts;
mod charges;
mod events;
mod objects;
mod refunds;
mod setups;

pub(super) use events::read as read_event;

use super::http::{Http, RemoteSettingsFault};
use super::reading::{self, NoAnswer, Received};
use reqwest::RequestBuilder;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use serde::de::DeserializeOwned;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The version whose requests and answers this code knows. Calls of the gateway (webhooks) come in the version
/// of their endpoint, which must be the same.
pub const API_VERSION: &str = "2026-08-26.dahlia";

/// Objects asked for at once in a list; Stripe gives no more.
const PAGE_SIZE: &str = "100";

/// Pages read of one list. Whoever has more is told so instead of being given a part.
const PAGES_MAX: usize = 1_000;

/// Where Stripe is, who we are there, and how long it may take.
#[derive(Clone)]
pub struct StripeSettings {
    /// `https://api.stripe.com`; may have a path prefix.
    pub api_base: String,
    /// The secret key, or better a restricted one (`rk_live_…`).
    pub secret_key: String,
    /// What its calls may be signed with: several while one takes the place of another.
    pub webhook_secrets: Vec<String>,
    /// Until it takes a connection.
    pub connect_timeout: Duration,
    /// Until the whole answer is here.
    pub request_timeout: Duration,
    /// Requests of this process in a second, of every kind.
    pub requests_a_second: u32,
}

/// Stripe. Clones share its connections.
#[derive(Clone)]
pub struct Stripe {
    http: Http,
    authorization: HeaderValue,
    webhook_secrets: Arc<[String]>,
}

/// Nothing of the secrets.
impl fmt::Debug for Stripe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stripe").field("http", &self.http).finish_non_exhaustive()
    }
}

/// Name and value, in the order in which they are sent: a repeated request is the same in every byte.
type Form = Vec<(&'static str, String)>;

impl Stripe {
    /// Takes the settings; asks nothing yet. The caller has installed a TLS provider.
    pub fn new(settings: &StripeSettings) -> Result<Self, RemoteSettingsFault> {
        let http = Http::new(
            &settings.api_base,
            settings.connect_timeout,
            settings.request_timeout,
            settings.requests_a_second,
        )?;
        let mut authorization =
            HeaderValue::from_str(&format!("Bearer {}", settings.secret_key))
                .map_err(|_bytes| RemoteSettingsFault::BadSecret("the secret key"))?;
        authorization.set_sensitive(true);
        Ok(Self { http, authorization, webhook_secrets: settings.webhook_secrets.clone().into() })
    }

    /// The secrets that its calls may be signed with.
    pub(super) fn webhook_secrets(&self) -> &[String] {
        &self.webhook_secrets
    }

    async fn post(
        &self,
        path: &[&str],
        key: Option<&str>,
        form: &Form,
    ) -> Result<Received, NoAnswer> {
        let request = self.http.client.post(self.http.url(path)?).form(form);
        let request = match key {
            Some(key) => request.header("Idempotency-Key", key),
            None => request,
        };
        self.send(request).await
    }

    async fn get(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Received, NoAnswer> {
        let mut url = self.http.url(path)?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        self.send(self.http.client.get(url)).await
    }

    async fn send(&self, request: RequestBuilder) -> Result<Received, NoAnswer> {
        let request = request
            .header(AUTHORIZATION, self.authorization.clone())
            .header("Stripe-Version", API_VERSION);
        let received = self.http.receive(request).await?;
        if matches!(received.status, 401 | 403) {
            tracing::error!(
                status = received.status,
                "Stripe does not know our key, or the key may not do this: see gateway.stripe.secret_key_file"
            );
        }
        Ok(received)
    }

    /// Every object of a list, page by page, newest first as Stripe lists them.
    async fn list<T: DeserializeOwned + objects::Named>(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<Vec<T>, NoAnswer> {
        let mut all: Vec<T> = Vec::new();
        for _ in 0..PAGES_MAX {
            let after = all.last().map(|last| last.id().to_owned());
            let mut query = query.to_vec();
            query.push(("limit", PAGE_SIZE));
            if let Some(after) = &after {
                query.push(("starting_after", after));
            }
            let received = self.get(path, &query).await?;
            if received.status != 200 {
                return Err(objects::other(&received));
            }
            let page: objects::List<T> = reading::read(&received)?;
            let is_empty = page.data.is_empty();
            all.extend(page.data);
            if !page.has_more {
                return Ok(all);
            }
            if is_empty {
                return Err(reading::content(&received, "an empty page that says there is more"));
            }
        }
        Err(NoAnswer::Content { status: 200, what: format!("more than {PAGES_MAX} pages") })
    }
}
