//! The names of a charge's states, and why a charge ends at the hospital's desk.

use crate::decline::DeclineClass;

/// Why the hospital's desk collects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReturnReason {
    /// The card was declined.
    Declined(DeclineClass),
    /// The account has no card any more.
    CardMissing,
    /// Card networks take no amount that small.
    BelowMinimum,
    /// The payer did not agree in time to an amount above their ceiling.
    NoConsent,
    /// The cardholder did not authenticate in time.
    NotAuthenticated,
    /// The hospital collects additional amounts at its desk (policy).
    Supplement,
}

impl ReturnReason {
    /// Every reason.
    pub const ALL: [Self; 8] = [
        Self::Declined(DeclineClass::Hard),
        Self::Declined(DeclineClass::FixData),
        Self::Declined(DeclineClass::Soft),
        Self::CardMissing,
        Self::BelowMinimum,
        Self::NoConsent,
        Self::NotAuthenticated,
        Self::Supplement,
    ];

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Declined(class) => class.as_str(),
            Self::CardMissing => "card_missing",
            Self::BelowMinimum => "below_minimum",
            Self::NoConsent => "no_consent",
            Self::NotAuthenticated => "not_authenticated",
            Self::Supplement => "supplement",
        }
    }

    /// Reads what a row holds.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text)
    }
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
    /// See [`AwaitingConsent`].
    AwaitingConsent,
    /// See [`ActionRequired`].
    ActionRequired,
    /// See [`Paid`].
    Paid,
    /// Paid, and a part has gone back to the card.
    PartRefunded,
    /// Paid, and all of it has gone back to the card.
    Refunded,
    /// Paid, and the cardholder disputes it or has won that.
    Disputed,
    /// See [`ReturnedToDesk`].
    ReturnedToDesk,
    /// See [`Charge::Withdrawn`].
    Withdrawn,
    /// See [`Charge::SettledZero`].
    SettledZero,
}

impl ChargeState {
    /// Every state.
    pub const ALL: [Self; 14] = [
        Self::Scheduled,
        Self::Due,
        Self::Intended,
        Self::Sent,
        Self::Unknown,
        Self::AwaitingConsent,
        Self::ActionRequired,
        Self::Paid,
        Self::PartRefunded,
        Self::Refunded,
        Self::Disputed,
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
            Self::AwaitingConsent => "awaiting_consent",
            Self::ActionRequired => "action_required",
            Self::Paid => "paid",
            Self::PartRefunded => "part_refunded",
            Self::Refunded => "refunded",
            Self::Disputed => "disputed",
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
        self.has_taken()
            || matches!(self, Self::ReturnedToDesk | Self::Withdrawn | Self::SettledZero)
    }

    /// Whether the gateway has taken the money, whatever became of it afterwards.
    #[must_use]
    pub const fn has_taken(self) -> bool {
        matches!(self, Self::Paid | Self::PartRefunded | Self::Refunded | Self::Disputed)
    }
}
