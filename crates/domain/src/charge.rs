//! One charge to a card, from plan to end.
//!
//! ```text
//! Scheduled ─▶ Due ─▶ Intended ─▶ Sent ─▶ Paid ─▶ PartRefunded / Refunded / Disputed
//!    │          ▲▲                 ├▶ soft decline ─▶ Due (at most three attempts)
//!    │          ││                 ├▶ hard decline ─▶ ReturnedToDesk
//!    │          ││                 ├▶ ActionRequired ─▶ Due or ReturnedToDesk
//!    │          │└ proof of absence┴▶ Unknown (blocks every other money operation on the entry)
//!    │          └▶ AwaitingConsent (above the payer's ceiling) ─▶ Due or ReturnedToDesk
//!    └▶ Withdrawn (paid at the counter, visit cancelled) / SettledZero
//! ```
//!
//! Each state is a struct that holds just what is known in it; a step is a method on the state that
//! it starts from ([`crate::charge_steps`]). `Paid` has no step that leads to another request, so
//! charging a paid bill again does not compile:
//!
//! ```compile_fail
//! fn again(paid: domain::charge::Paid, order: domain::charge::AttemptOrder) { paid.intend(order); }
//! ```

use crate::card::GatewayCard;
pub use crate::charge_state::{ChargeState, ReturnReason};

use crate::evidence::DisputeStage;
use crate::group::HospitalCode;
use crate::id::{AccountId, AttemptId, BillId, CardId, ChargeId, EntryId};
use crate::time::{Day, Moment};
use crate::yen::{AmountOutOfRange, Yen};

/// One revision of one bill, as a charge has frozen it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrozenBill {
    /// Which bill.
    pub bill: BillId,
    /// Which revision, counted by us from 1.
    pub revision: i64,
    /// What cards were to pay by that revision: the amount due less the cash that the hospital had noted.
    pub amount: Yen,
    /// What the hospital had received by then: cash, since we had taken nothing. What it notes later may be
    /// our own payment, posted back.
    pub received: Yen,
}

/// What is owed: one amount, from one account, for the frozen bills of one entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Obligation {
    /// The charge's id.
    pub charge: ChargeId,
    /// The consent that it rests on.
    pub entry: EntryId,
    /// Counts the charges of an entry from 1; grows only by an explicit decision (rule R1).
    pub sequence: i64,
    /// Where.
    pub hospital: HospitalCode,
    /// Who pays.
    pub account: AccountId,
    /// Not charged before this day. Computed once and stored (invariant I19).
    pub due_on: Day,
    /// What it pays for.
    pub bills: Vec<FrozenBill>,
    /// What earlier charges of the entry have taken of these bills and kept. Zero but for a
    /// supplementary charge.
    pub covered: Yen,
    /// The sum of the frozen bills, less what is covered.
    pub amount: Yen,
}

impl Obligation {
    /// The sum of frozen bills. Slips are summed as billed and never merged or rounded again.
    pub fn sum_of(bills: &[FrozenBill]) -> Result<Yen, AmountOutOfRange> {
        Yen::sum(bills.iter().map(|bill| bill.amount))
    }
}

/// One idempotency key and everything that is sent under it. Never changes once it is stored (I4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptOrder {
    /// The attempt's id.
    pub id: AttemptId,
    /// Counts the attempts of a charge from 1. A generation ends only by final evidence (R1).
    pub generation: i64,
    /// The idempotency key: a digest of entry, sequence and generation.
    pub key: String,
    /// What is asked for.
    pub amount: Yen,
    /// From which card of the account.
    pub card: CardId,
    /// The same card, as the gateway names it.
    pub at_gateway: GatewayCard,
    /// When it was frozen: no request under the key was sent before.
    pub intended_at: Moment,
}

/// Planned; nobody has been told. Its bills may still be corrected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scheduled {
    /// What is owed.
    pub obligation: Obligation,
    /// Earliest moment of the first attempt: the due day, or the end of the notice period.
    pub not_before: Moment,
}

/// May be sent from `not_before` on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// What is owed.
    pub obligation: Obligation,
    /// Attempts so far, all ended without effect.
    pub generation: i64,
    /// Declines so far; an outage is none.
    pub declines: i64,
    /// Earliest moment of the next attempt.
    pub not_before: Moment,
}

/// Key, amount and card are frozen and stored; the gateway has not been told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Intended {
    /// What is owed.
    pub obligation: Obligation,
    /// What will be sent.
    pub attempt: AttemptOrder,
    /// Declines so far.
    pub declines: i64,
}

/// Stored as sent. The gateway may or may not have heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// What is owed.
    pub obligation: Obligation,
    /// What was sent.
    pub attempt: AttemptOrder,
    /// Declines so far.
    pub declines: i64,
    /// When sending was stored.
    pub sent_at: Moment,
}

/// No answer that can be trusted. Left by evidence only, never by a timer (R4, I5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// What is owed.
    pub obligation: Obligation,
    /// What was sent.
    pub attempt: AttemptOrder,
    /// Declines so far.
    pub declines: i64,
    /// When sending was stored.
    pub sent_at: Moment,
    /// Enquiries so far.
    pub enquiries: i64,
}

/// The amount is above the ceiling that the payer has set: nothing happens until they agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AwaitingConsent {
    /// What is owed.
    pub obligation: Obligation,
    /// Attempts so far.
    pub generation: i64,
    /// Declines so far.
    pub declines: i64,
    /// From then on the desk collects.
    pub until: Moment,
}

/// The card company wants the cardholder to authenticate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionRequired {
    /// What is owed.
    pub obligation: Obligation,
    /// Attempts so far.
    pub generation: i64,
    /// Declines so far.
    pub declines: i64,
    /// From then on the desk collects.
    pub until: Moment,
}

/// The gateway took the money.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paid {
    /// What was owed.
    pub obligation: Obligation,
    /// By which attempt.
    pub generation: i64,
    /// The gateway's reference.
    pub reference: String,
    /// When the gateway took it: the day of this moment is the receipt date.
    pub paid_at: Moment,
    /// What has gone back to the card; never more than was taken (I9).
    pub refunded: Yen,
    /// Where a dispute stands, if the cardholder has opened one.
    pub dispute: Option<DisputeStage>,
}

impl Paid {
    /// What the hospital has of it now. A dispute leaves it as it is: the bank decides that.
    #[must_use]
    pub fn kept(&self) -> Yen {
        self.obligation.amount.minus(self.refunded).unwrap_or(Yen::ZERO)
    }

    /// Whether the card company has the matter in hand: nothing may be refunded meanwhile (F28).
    #[must_use]
    pub const fn is_disputed(&self) -> bool {
        match self.dispute {
            None | Some(DisputeStage::Won) => false,
            Some(DisputeStage::Inquiry | DisputeStage::Opened | DisputeStage::Lost) => true,
        }
    }

    /// The name of the state.
    #[must_use]
    pub fn state(&self) -> ChargeState {
        if self.is_disputed() {
            ChargeState::Disputed
        } else if self.refunded.is_zero() {
            ChargeState::Paid
        } else if self.refunded < self.obligation.amount {
            ChargeState::PartRefunded
        } else {
            ChargeState::Refunded
        }
    }
}

/// The smallest amount that card networks take in yen.
pub const SMALLEST_CHARGE_YEN: i64 = 50;

/// The card could not be charged; the hospital's desk collects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnedToDesk {
    /// What is owed.
    pub obligation: Obligation,
    /// Attempts so far.
    pub generation: i64,
    /// Why.
    pub reason: ReturnReason,
}

/// Ended without effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// What was owed.
    pub obligation: Obligation,
    /// Attempts so far, all ended without effect. A charge that is opened again goes on from here: a
    /// generation is never used twice (R1).
    pub generation: i64,
    /// Declines so far.
    pub declines: i64,
}

/// A charge in one of its states.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Charge {
    /// Planned.
    Scheduled(Scheduled),
    /// May be sent.
    Due(Due),
    /// Frozen and stored.
    Intended(Intended),
    /// Stored as sent.
    Sent(Sent),
    /// Unclear.
    Unknown(Unknown),
    /// Waits for the payer's consent.
    AwaitingConsent(AwaitingConsent),
    /// Waits for the cardholder.
    ActionRequired(ActionRequired),
    /// Paid.
    Paid(Paid),
    /// The desk collects.
    ReturnedToDesk(ReturnedToDesk),
    /// Paid at the counter, or the visit was cancelled.
    Withdrawn(Closed),
    /// Nothing to pay; the gateway never hears of it.
    SettledZero(Closed),
}

impl Charge {
    /// The name of the state.
    #[must_use]
    pub fn state(&self) -> ChargeState {
        match self {
            Self::Scheduled(_) => ChargeState::Scheduled,
            Self::Due(_) => ChargeState::Due,
            Self::Intended(_) => ChargeState::Intended,
            Self::Sent(_) => ChargeState::Sent,
            Self::Unknown(_) => ChargeState::Unknown,
            Self::AwaitingConsent(_) => ChargeState::AwaitingConsent,
            Self::ActionRequired(_) => ChargeState::ActionRequired,
            Self::Paid(paid) => paid.state(),
            Self::ReturnedToDesk(_) => ChargeState::ReturnedToDesk,
            Self::Withdrawn(_) => ChargeState::Withdrawn,
            Self::SettledZero(_) => ChargeState::SettledZero,
        }
    }

    /// What is owed.
    #[must_use]
    pub const fn obligation(&self) -> &Obligation {
        match self {
            Self::Scheduled(state) => &state.obligation,
            Self::Due(state) => &state.obligation,
            Self::Intended(state) => &state.obligation,
            Self::Sent(state) => &state.obligation,
            Self::Unknown(state) => &state.obligation,
            Self::AwaitingConsent(state) => &state.obligation,
            Self::ActionRequired(state) => &state.obligation,
            Self::Paid(state) => &state.obligation,
            Self::ReturnedToDesk(state) => &state.obligation,
            Self::Withdrawn(state) | Self::SettledZero(state) => &state.obligation,
        }
    }

    /// The payment, where the gateway has taken the money.
    #[must_use]
    pub const fn payment(&self) -> Option<&Paid> {
        match self {
            Self::Paid(paid) => Some(paid),
            Self::Scheduled(_)
            | Self::Due(_)
            | Self::Intended(_)
            | Self::Sent(_)
            | Self::Unknown(_)
            | Self::AwaitingConsent(_)
            | Self::ActionRequired(_)
            | Self::ReturnedToDesk(_)
            | Self::Withdrawn(_)
            | Self::SettledZero(_) => None,
        }
    }
}
