//! A hospital's conditions of use: dated data, never code. Each row of the FAQ that a hospital may
//! decide for itself is a field here.

use crate::card::Funding;
use crate::patient::CardLayout;
use crate::time::{Day, TimeOfDay};
use crate::yen::Yen;
use std::collections::BTreeSet;

/// What one hospital has decided, from a day on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// When kiosks and receipt machines work (FAQ Q23).
    pub hours: Hours,
    /// Days on which they do not, beyond Saturdays, Sundays and national holidays.
    pub closures: Closures,
    /// Minutes from the end of a registration until it can be used (FAQ Q24).
    pub activation_delay_minutes: u16,
    /// Calendar days from the visit to the charge (FAQ Q05).
    pub settle_after_days: u16,
    /// Which cards are taken (FAQ Q13).
    pub funding: FundingPolicy,
    /// How this hospital writes patient numbers.
    pub card_layout: CardLayout,
    /// Calendar days between telling the amount in advance and charging it; 0: it is not told in
    /// advance (the FAQ's way).
    pub advance_notice_days: u16,
    /// Who collects what a correction adds to a visit that is paid already.
    pub supplement: Supplement,
    /// A refund above this needs a second person.
    pub refund_second_person_above: Yen,
    /// A bill above this is not taken from a file without staff looking at it first.
    pub bill_ceiling: Yen,
    /// Which changes of a registration ask for the card again.
    pub card_reentry: CardReentry,
    /// Where a registration is cancelled.
    pub cancellation: Cancellation,
}

/// When machines work on a business day: from `opens` on, until just before `closes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    /// First minute.
    pub opens: TimeOfDay,
    /// First minute that is closed again.
    pub closes: TimeOfDay,
}

/// Days without machines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closures {
    /// Closed on Saturdays and Sundays.
    pub weekends: bool,
    /// Closed on national holidays.
    pub national_holidays: bool,
    /// First and last day of the year-end closure, as (month, day); across New Year.
    pub year_end: Option<((i8, i8), (i8, i8))>,
    /// Single days that the hospital has added.
    pub extra_days: BTreeSet<Day>,
}

/// Who collects what a correction adds to a visit that is paid already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Supplement {
    /// The card, as a charge of its own with a notice of its own.
    Card,
    /// The hospital's desk.
    Desk,
}

impl Supplement {
    /// As in group files and in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Desk => "desk",
        }
    }

    /// Reads [`Self::as_str`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Card, Self::Desk].into_iter().find(|who| who.as_str() == word)
    }
}

/// Which changes of a registration ask for the card again (FAQ Q31).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CardReentry {
    /// Only a change of the card; any other asks for the password.
    CardChangesOnly,
    /// Any change of name, telephone or address, too.
    Always,
}

impl CardReentry {
    /// As in group files and in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CardChangesOnly => "card_changes_only",
            Self::Always => "always",
        }
    }

    /// Reads [`Self::as_str`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::CardChangesOnly, Self::Always].into_iter().find(|when| when.as_str() == word)
    }
}

/// Where a registration is cancelled (FAQ Q32).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cancellation {
    /// By its owner, online, or at the desk.
    Online,
    /// At the desk only.
    Desk,
}

impl Cancellation {
    /// As in group files and in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Desk => "desk",
        }
    }

    /// Reads [`Self::as_str`].
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Online, Self::Desk].into_iter().find(|place| place.as_str() == word)
    }
}

/// A supplementary charge is told so many calendar days before, also where the first is not.
pub const SUPPLEMENT_NOTICE_DAYS: u16 = 4;

/// Which kinds of card are taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FundingPolicy {
    /// Kinds that are refused at registration.
    pub refused: Vec<Funding>,
    /// What happens where the gateway does not know the kind.
    pub unknown: UnknownFunding,
}

/// A decision of its own, since gateways often do not know (`domain.md` 11.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownFunding {
    /// Taken, and marked for staff.
    AcceptAndFlag,
    /// Refused like a debit card.
    Refuse,
}

impl Policy {
    /// The Okayama hospitals as their FAQ describes them. Where a patient's file names no other
    /// value, this is it.
    #[must_use]
    pub fn of_the_faq() -> Self {
        let at = |hour, minute| TimeOfDay::new(hour, minute).unwrap_or(TimeOfDay::MIDNIGHT);
        Self {
            hours: Hours { opens: at(7, 45), closes: at(17, 0) },
            closures: Closures {
                weekends: true,
                national_holidays: true,
                year_end: Some(((12, 29), (1, 3))),
                extra_days: BTreeSet::new(),
            },
            activation_delay_minutes: 15,
            settle_after_days: 4,
            funding: FundingPolicy {
                refused: vec![Funding::Debit, Funding::Prepaid],
                unknown: UnknownFunding::AcceptAndFlag,
            },
            card_layout: CardLayout { length: 8, start_stop: true, prefix: String::new() },
            advance_notice_days: 0,
            supplement: Supplement::Card,
            refund_second_person_above: Yen::new(10_000).unwrap_or(Yen::ZERO),
            bill_ceiling: Yen::new(5_000_000).unwrap_or(Yen::MAX),
            card_reentry: CardReentry::Always,
            cancellation: Cancellation::Desk,
        }
    }

    /// The day on which a visit is charged.
    #[must_use]
    pub fn due_on(&self, visit: Day) -> Day {
        visit.plus_days(self.settle_after_days)
    }
}
