//! The sandbox's JSON, as both ends of its API write and read it.

use super::ChargeOrder;
use serde::{Deserialize, Serialize};

/// `POST /v1/setups`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SetupParameters {
    pub reference: String,
    pub return_url: String,
}

/// A page that waits for a card, or what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SetupBody {
    pub id: String,
    pub page_url: String,
    pub status: SetupStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<CardBody>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decline_code: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum SetupStatus {
    Open,
    RequiresAuthentication,
    Saved,
    Declined,
    Cancelled,
}

/// A saved card: never a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct CardBody {
    pub id: String,
    pub customer: String,
    pub brand: String,
    pub last_four: String,
    pub expiry_year: i16,
    pub expiry_month: i8,
    pub funding: String,
    pub authenticated: bool,
}

/// What is asked for by `POST /v1/charges`. Two requests under one key must be equal in all of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChargeParameters {
    /// Whole yen.
    pub amount: i64,
    /// `jpy`.
    pub currency: String,
    /// Whose card.
    pub customer: String,
    /// Which card.
    pub payment_method: String,
    /// Whether the cardholder is away; always so.
    pub off_session: bool,
    /// The merchant's name for it.
    pub reference: String,
    /// Which attempt of it.
    pub generation: i64,
    /// What the card statement says.
    pub description: String,
}

impl From<&ChargeOrder> for ChargeParameters {
    fn from(order: &ChargeOrder) -> Self {
        Self {
            amount: order.amount.amount(),
            currency: "jpy".to_owned(),
            customer: order.at_gateway.customer.clone(),
            payment_method: order.at_gateway.payment_method.clone(),
            off_session: true,
            reference: order.reference.clone(),
            generation: order.generation,
            description: order.description.clone(),
        }
    }
}

/// A charge in the gateway's books. Each attempt that reached the card network is one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookedCharge {
    /// The gateway's reference (`ch_…`).
    pub id: String,
    /// What became of it.
    pub status: ChargeStatus,
    /// Under which idempotency key.
    pub key: String,
    /// Whole yen.
    pub amount: i64,
    /// `jpy`.
    pub currency: String,
    /// Whose card.
    pub customer: String,
    /// Which card.
    pub payment_method: String,
    /// The merchant's name for it.
    pub reference: String,
    /// Which attempt of it.
    pub generation: i64,
    /// What the card statement says.
    pub description: String,
    /// When, in milliseconds since 1970.
    pub created_ms: i64,
    /// Why the issuer said no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decline_code: Option<String>,
    /// What the issuer suggests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice_code: Option<String>,
}

/// What became of a charge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChargeStatus {
    /// The money was taken.
    Succeeded,
    /// The issuer said no.
    Failed,
    /// The issuer wants the cardholder to authenticate; no money was taken.
    RequiresAuthentication,
}

impl ChargeStatus {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::RequiresAuthentication => "requires_authentication",
        }
    }
}

/// `GET /v1/charges`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ChargeList {
    pub charges: Vec<BookedCharge>,
}

/// Every answer that is no success.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ErrorBody {
    pub error: ErrorDetail,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ErrorDetail {
    #[serde(rename = "type")]
    pub kind: ErrorKind,
    pub code: String,
    pub message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decline_code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub advice_code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charge: Option<BookedCharge>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum ErrorKind {
    /// The issuer said no.
    #[serde(rename = "card_error")]
    Card,
    /// The key was used with other parameters, or is in use.
    #[serde(rename = "idempotency_error")]
    Idempotency,
    /// The request cannot be carried out as it stands.
    #[serde(rename = "invalid_request_error")]
    InvalidRequest,
    /// Too many requests.
    #[serde(rename = "rate_limit_error")]
    RateLimit,
    /// The gateway's own fault.
    #[serde(rename = "api_error")]
    Api,
}
