//! The sandbox's JSON, as both ends of its API write and read it.

use super::{ChargeOrder, RefundOrder};
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

/// What is asked for by `POST /v1/refunds`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefundParameters {
    /// On which charge (`ch_…`).
    pub charge: String,
    /// Whole yen.
    pub amount: i64,
    /// The merchant's name for it.
    pub reference: String,
    /// Which attempt of it.
    pub generation: i64,
}

impl From<&RefundOrder> for RefundParameters {
    fn from(order: &RefundOrder) -> Self {
        Self {
            charge: order.charge_reference.clone(),
            amount: order.amount.amount(),
            reference: order.reference.clone(),
            generation: order.generation,
        }
    }
}

/// A refund in the gateway's books.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookedRefund {
    /// The gateway's reference (`re_…`).
    pub id: String,
    /// How far it is.
    pub status: RefundStatus,
    /// Under which idempotency key.
    pub key: String,
    /// On which charge.
    pub charge: String,
    /// Whole yen.
    pub amount: i64,
    /// The merchant's name for it.
    pub reference: String,
    /// Which attempt of it.
    pub generation: i64,
    /// When, in milliseconds since 1970.
    pub created_ms: i64,
    /// When it came back, if it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_ms: Option<i64>,
}

/// How far a refund is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundStatus {
    /// The money is on its way.
    Succeeded,
    /// Not clear yet.
    Pending,
    /// It came back.
    Failed,
}

impl RefundStatus {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Pending => "pending",
            Self::Failed => "failed",
        }
    }
}

/// `GET /v1/refunds`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RefundList {
    pub refunds: Vec<BookedRefund>,
}

/// A dispute in the gateway's books.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookedDispute {
    /// The gateway's reference (`dp_…`).
    pub id: String,
    /// About which charge.
    pub charge: String,
    /// Whole yen.
    pub amount: i64,
    /// `inquiry`, `opened`, `won`, `lost`.
    pub stage: String,
    /// The cardholder's reason.
    pub reason: String,
    /// Since when, in milliseconds since 1970.
    pub created_ms: i64,
    /// When its money was taken back from the merchant: an inquiry takes none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdrawn_ms: Option<i64>,
    /// When it was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_ms: Option<i64>,
}

/// A call of the gateway: one thing that has changed, as it is after the change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventBody {
    /// `evt_…`.
    pub id: String,
    /// As `charge.succeeded`.
    pub kind: String,
    /// When, in milliseconds since 1970.
    pub created_ms: i64,
    /// A charge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charge: Option<BookedCharge>,
    /// A refund.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund: Option<BookedRefund>,
    /// A dispute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispute: Option<BookedDispute>,
}

/// One line of the gateway's accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TransactionBody {
    pub id: String,
    pub kind: String,
    pub amount: i64,
    pub fee: i64,
    pub source: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payout: Option<String>,
    pub booked_ms: i64,
}

/// `GET /v1/transactions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct TransactionList {
    pub transactions: Vec<TransactionBody>,
}

/// Money sent to the hospital's bank.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PayoutBody {
    pub id: String,
    pub amount: i64,
    pub arrives_on: String,
}

/// `GET /v1/payouts`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PayoutList {
    pub payouts: Vec<PayoutBody>,
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
