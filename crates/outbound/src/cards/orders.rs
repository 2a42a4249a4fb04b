//! What is asked of the gateway beyond charging, and what it says: refunds, its lists, its calls to us.

use super::GatewayAnswer;
use domain::evidence::{DisputeFinding, RefundFinding};
use domain::yen::Yen;

/// Money back on a charge, in yen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundOrder {
    /// The idempotency key. Under one key nothing else of the order may ever change.
    pub key: String,
    /// The gateway's reference of the charge that it goes back on.
    pub charge_reference: String,
    /// How much.
    pub amount: Yen,
    /// Our own name for it: the refund's id. Enquiries ask by it.
    pub reference: String,
    /// Which attempt of the refund, counted from 1.
    pub generation: i64,
}

/// One word of the gateway about one attempt of a refund.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefundAnswer {
    /// What it says.
    pub finding: RefundFinding,
    /// The gateway's refund and its state, as [`GatewayAnswer::source_id`] for charges.
    pub source_id: String,
    /// As received, shortened when very long, for the evidence row.
    pub raw: String,
}

/// A charge in the gateway's own list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedCharge {
    /// Our own name for it, as the gateway was told: the charge's id.
    pub reference: String,
    /// Which attempt of it.
    pub generation: i64,
    /// What the list says of it.
    pub answer: GatewayAnswer,
}

/// What a call of the gateway is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventAbout {
    /// An attempt of a charge of ours.
    Charge(ListedCharge),
    /// An attempt of a refund.
    Refund {
        /// Our own name for it: the refund's id.
        reference: String,
        /// The gateway's reference of the charge that it went back on.
        charge_reference: String,
        /// Which attempt of it.
        generation: i64,
        /// What it says.
        answer: RefundAnswer,
    },
    /// A dispute.
    Dispute {
        /// What it says.
        finding: DisputeFinding,
        /// The dispute and its stage: the same word has the same id however often it is heard.
        source_id: String,
    },
    /// Something that we do not follow.
    Other {
        /// The gateway's name of the kind.
        kind: String,
    },
}

/// One call of the gateway whose signature is good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatewayEvent {
    /// The gateway's name of the call; the same for every repetition.
    pub id: String,
    /// What it is about.
    pub about: EventAbout,
    /// As received, shortened when very long.
    pub raw: String,
}

/// Why a call is not believed. Whoever sent it is told no more than that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebhookFault {
    /// No signature, or none of the known form.
    #[error("the call carries no signature")]
    NoSignature,
    /// Signed with none of our secrets, or changed on the way.
    #[error("the signature does not fit")]
    BadSignature,
    /// Signed too long ago: perhaps somebody plays an old call again.
    #[error("the signature is too old")]
    TooOld,
    /// Signed well, and not a call of the known form.
    #[error("the call cannot be read")]
    Unreadable,
}
