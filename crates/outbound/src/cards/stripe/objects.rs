//! Stripe's objects, as far as they are read. Fields that are not needed are not asked for, and enumerations
//! stay text: a value that is new must not make an answer unreadable.

use crate::cards::reading::{NoAnswer, Received, content, read};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Has an id by which the next page of a list is asked for.
pub(super) trait Named {
    fn id(&self) -> &str;
}

/// A page of a list.
#[derive(Debug, Deserialize)]
pub(super) struct List<T> {
    pub data: Vec<T>,
    pub has_more: bool,
}

/// An object, or only its id where it was not asked to be expanded.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Expandable<T> {
    Id(String),
    Object(Box<T>),
}

impl<T: Named> Expandable<T> {
    pub fn id(&self) -> &str {
        match self {
            Self::Id(id) => id,
            Self::Object(object) => object.id(),
        }
    }

    pub fn object(&self) -> Option<&T> {
        match self {
            Self::Id(_) => None,
            Self::Object(object) => Some(object),
        }
    }
}

/// Our own names, as given with the request.
pub(super) type Metadata = BTreeMap<String, String>;

#[derive(Clone, Debug, Deserialize)]
pub(super) struct PaymentIntent {
    pub id: String,
    pub status: String,
    pub amount: i64,
    #[serde(default)]
    pub amount_received: i64,
    pub currency: String,
    pub created: i64,
    #[serde(default)]
    pub metadata: Metadata,
    #[serde(default)]
    pub latest_charge: Option<Expandable<Charge>>,
    #[serde(default)]
    pub last_payment_error: Option<ErrorDetail>,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Charge {
    pub id: String,
    pub created: i64,
    #[serde(default)]
    pub status: String,
    #[serde(default)]
    pub amount: i64,
    #[serde(default)]
    pub currency: String,
    #[serde(default)]
    pub payment_intent: Option<String>,
    #[serde(default)]
    pub metadata: Metadata,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Refund {
    pub id: String,
    pub amount: i64,
    pub created: i64,
    #[serde(default)]
    pub charge: Option<String>,
    #[serde(default)]
    pub status: Option<String>,
    #[serde(default)]
    pub failure_reason: Option<String>,
    #[serde(default)]
    pub metadata: Metadata,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Dispute {
    pub id: String,
    pub status: String,
    pub amount: i64,
    pub charge: String,
    #[serde(default)]
    pub reason: String,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct ErrorBody {
    pub error: ErrorDetail,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct ErrorDetail {
    #[serde(rename = "type", default)]
    pub kind: String,
    #[serde(default)]
    pub code: Option<String>,
    #[serde(default)]
    pub decline_code: Option<String>,
    #[serde(default)]
    pub advice_code: Option<String>,
    #[serde(default)]
    pub message: Option<String>,
    #[serde(default)]
    pub param: Option<String>,
    #[serde(default)]
    pub payment_intent: Option<Box<PaymentIntent>>,
}

impl ErrorDetail {
    /// What the issuer said, or else what Stripe did.
    pub fn decline_code(&self) -> &str {
        self.decline_code.as_deref().or(self.code.as_deref()).unwrap_or("generic_decline")
    }

    pub fn has_code(&self, codes: &[&str]) -> bool {
        self.code.as_deref().is_some_and(|code| codes.contains(&code))
    }
}

pub(super) fn error_of(received: &Received) -> Option<ErrorDetail> {
    read::<ErrorBody>(received).ok().map(|body| body.error)
}

/// An answer that is neither what was hoped for nor an error that means something here.
pub(super) fn other(received: &Received) -> NoAnswer {
    if received.status >= 500 {
        return NoAnswer::Server { status: received.status };
    }
    match error_of(received) {
        Some(error) => content(
            received,
            format!(
                "{} {}: {}",
                error.kind,
                error.code.unwrap_or_default(),
                error.message.unwrap_or_default()
            ),
        ),
        None => content(received, "not an answer of Stripe"),
    }
}

/// Whether Stripe says clearly that it has not taken this request in: too many at once, an object that is
/// held, or another request with the same key. A 429 of somebody else's proxy is not its word.
pub(super) fn not_now(received: &Received) -> Option<String> {
    let error = error_of(received)?;
    let is_so = match received.status {
        429 => error.has_code(&["rate_limit", "lock_timeout"]),
        409 => error.kind == "idempotency_error" || error.has_code(&["idempotency_key_in_use"]),
        _ => false,
    };
    is_so.then(|| format!("HTTP status {}: {}", received.status, error.code.unwrap_or_default()))
}

impl Named for PaymentIntent {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Named for Charge {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Named for Refund {
    fn id(&self) -> &str {
        &self.id
    }
}
