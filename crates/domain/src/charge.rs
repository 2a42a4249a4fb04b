//! One charge to a card, from plan to end.
//!
//! ```text
//! Scheduled ─▶ Due ─▶ Intended ─▶ Sent ─▶ Paid
//!    │          ▲                  ├▶ soft decline ─▶ Due (at most three attempts)
//!    │          │                  ├▶ hard decline ─▶ ReturnedToDesk
//!    │          │                  ├▶ ActionRequired ─▶ Due or ReturnedToDesk
//!    │          └─ proof of absence┴▶ Unknown (blocks every other money operation on the entry)
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
use crate::decline::DeclineClass;
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
    /// What was outstanding by that revision.
    pub amount: Yen,
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
    /// The sum of the frozen bills.
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
}

/// Planned; nobody has been told. Its bills may still be corrected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scheduled {
    /// What is owed.
    pub obligation: Obligation,
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

/// The card company wants the cardholder to authenticate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActionRequired {
    /// What is owed.
    pub obligation: Obligation,
    /// Attempts so far.
    pub generation: i64,
    /// Declines so far.
    pub declines: i64,
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
}

/// Why the hospital's desk collects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReturnReason {
    /// The card was declined.
    Declined(DeclineClass),
    /// The account has no card any more.
    CardMissing,
    /// Card networks take no amount that small.
    BelowMinimum,
}

impl ReturnReason {
    /// Every reason.
    pub const ALL: [Self; 5] = [
        Self::Declined(DeclineClass::Hard),
        Self::Declined(DeclineClass::FixData),
        Self::Declined(DeclineClass::Soft),
        Self::CardMissing,
        Self::BelowMinimum,
    ];

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Declined(class) => class.as_str(),
            Self::CardMissing => "card_missing",
            Self::BelowMinimum => "below_minimum",
        }
    }

    /// Reads what a row holds.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text)
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

/// Ended before anything was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// What was owed.
    pub obligation: Obligation,
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

/// The name of a state, as stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ChargeState {
    /// See [`Scheduled`].
    Scheduled,
    /// See [`Due`].
    Due,
    /// See [`Intended`].
    Intended,
    /// See [`Sent`].
    Sent,
    /// See [`Unknown`].
    Unknown,
    /// See [`ActionRequired`].
    ActionRequired,
    /// See [`Paid`].
    Paid,
    /// See [`ReturnedToDesk`].
    ReturnedToDesk,
    /// See [`Charge::Withdrawn`].
    Withdrawn,
    /// See [`Charge::SettledZero`].
    SettledZero,
}

impl ChargeState {
    /// Every state.
    pub const ALL: [Self; 10] = [
        Self::Scheduled,
        Self::Due,
        Self::Intended,
        Self::Sent,
        Self::Unknown,
        Self::ActionRequired,
        Self::Paid,
        Self::ReturnedToDesk,
        Self::Withdrawn,
        Self::SettledZero,
    ];

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Due => "due",
            Self::Intended => "intended",
            Self::Sent => "sent",
            Self::Unknown => "unknown",
            Self::ActionRequired => "action_required",
            Self::Paid => "paid",
            Self::ReturnedToDesk => "returned_to_desk",
            Self::Withdrawn => "withdrawn",
            Self::SettledZero => "settled_zero",
        }
    }

    /// Reads what a row holds.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Whether money may be moving: no other money operation on the entry may start.
    #[must_use]
    pub const fn is_in_flight(self) -> bool {
        matches!(self, Self::Intended | Self::Sent | Self::Unknown)
    }

    /// Whether nothing more happens by itself.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Paid | Self::ReturnedToDesk | Self::Withdrawn | Self::SettledZero)
    }
}

impl Charge {
    /// The name of the state.
    #[must_use]
    pub const fn state(&self) -> ChargeState {
        match self {
            Self::Scheduled(_) => ChargeState::Scheduled,
            Self::Due(_) => ChargeState::Due,
            Self::Intended(_) => ChargeState::Intended,
            Self::Sent(_) => ChargeState::Sent,
            Self::Unknown(_) => ChargeState::Unknown,
            Self::ActionRequired(_) => ChargeState::ActionRequired,
            Self::Paid(_) => ChargeState::Paid,
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
            Self::ActionRequired(state) => &state.obligation,
            Self::Paid(state) => &state.obligation,
            Self::ReturnedToDesk(state) => &state.obligation,
            Self::Withdrawn(state) | Self::SettledZero(state) => &state.obligation,
        }
    }
}
