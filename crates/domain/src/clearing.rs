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
