//! The gateway's own books: what it took, gave back and paid out. The other side of our journal.

use crate::time::{Day, Moment};
use crate::yen::{SignedYen, Yen};

/// What a line in the gateway's books is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TransactionKind {
    /// Money taken from a card.
    Charge,
    /// Money given back to a card.
    Refund,
    /// A refund that came back.
    RefundFailed,
    /// Money taken back by a card company.
    Dispute,
    /// The same, returned after a dispute was won.
    DisputeReversed,
    /// A fee of the gateway's that belongs to no charge.
    Fee,
    /// Something that the gateway's people have put right.
    Adjustment,
    /// Money sent to the hospital's bank.
    Payout,
}

impl TransactionKind {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Charge,
        Self::Refund,
        Self::RefundFailed,
        Self::Dispute,
        Self::DisputeReversed,
        Self::Fee,
        Self::Adjustment,
        Self::Payout,
    ];

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Charge => "charge",
            Self::Refund => "refund",
            Self::RefundFailed => "refund_failed",
            Self::Dispute => "dispute",
            Self::DisputeReversed => "dispute_reversed",
            Self::Fee => "fee",
            Self::Adjustment => "adjustment",
            Self::Payout => "payout",
        }
    }

    /// Reads what a row holds.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// One line of the gateway's books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatewayTransaction {
    /// The gateway's reference of the line.
    pub id: String,
    /// What it is about.
    pub kind: TransactionKind,
    /// What moved, from the hospital's point of view: a charge is positive, a refund negative.
    pub amount: SignedYen,
    /// What the gateway keeps of it.
    pub fee: SignedYen,
    /// The gateway's reference of the charge, refund or dispute.
    pub source: String,
    /// Our own reference (a charge's or refund's id), where the gateway knows it.
    pub reference: Option<String>,
    /// The payout that carried it to the bank, once there is one.
    pub payout: Option<String>,
    /// When it was booked.
    pub booked_at: Moment,
}

/// Money that the gateway sends to the hospital's bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatewayPayout {
    /// The gateway's reference.
    pub id: String,
    /// How much arrives.
    pub amount: Yen,
    /// The day on which the bank has it.
    pub arrives_on: Day,
}

/// 入金: one deposit that the bank shows on the hospital's account.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BankDeposit {
    /// 入金日, in Asia/Tokyo.
    pub deposited_on: Day,
    /// How much came in.
    pub amount: Yen,
    /// 振込人, as the bank writes it.
    pub payer: String,
    /// 摘要, as the bank writes it.
    pub note: String,
}
