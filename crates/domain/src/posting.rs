//! What the hospital's accounting is told: a payment by card, and money that went back.

use crate::group::HospitalCode;
use crate::id::{ChargeId, PostingId};
use crate::time::{Day, Moment};
use crate::yen::Yen;

/// What is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PostingKind {
    /// 入金: the card was charged.
    Payment,
    /// 返金: money went back to the card.
    Refund,
    /// 返金取消: it came back, and the hospital owes it to the patient.
    RefundFailed,
}

impl PostingKind {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Payment => "payment",
            Self::Refund => "refund",
            Self::RefundFailed => "refund_failed",
        }
    }

    /// Reads what a row holds.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Payment, Self::Refund, Self::RefundFailed]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }
}

/// One line for the hospital's accounting, promised in the transaction of the fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posting {
    /// Its id here; the hospital's system posts each once.
    pub id: PostingId,
    /// Whose accounting.
    pub hospital: HospitalCode,
    /// What is told.
    pub kind: PostingKind,
    /// The charge or refund, by its id. With the kind, unique.
    pub subject: String,
    /// On which charge.
    pub charge: ChargeId,
    /// How much.
    pub amount: Yen,
    /// 入金日: the day of the charge or refund in Asia/Tokyo.
    pub posted_on: Day,
    /// When it was promised.
    pub promised_at: Moment,
}
