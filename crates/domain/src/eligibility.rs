//! Who may pay a visit later: a pure function of policy, account, card, flags and time.
//!
//! Staff see the reason; a public screen shows neutral text and a short code, and nothing about debts
//! or subsidies (FAQ Q08, Q26, Q27).

use crate::account::{AccountState, usable_from};
use crate::card::Card;
use crate::opening::{self, Opening};
use crate::policy::Policy;
use crate::time::{Day, Moment};

/// What a hospital notes about a patient and what stands against paying later (`domain.md` 1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PatientFlag {
    /// Holds a ceiling ledger of a public subsidy: the amount must be written into it.
    SubsidyLedger,
    /// Earlier bills are open.
    UnpaidBalance,
    /// Pays by instalments.
    InstalmentPlan,
    /// A refund is on its way.
    PendingRefund,
    /// Admitted elsewhere or in a care facility.
    AdmittedElsewhere,
    /// Childbirth.
    Childbirth,
    /// The hospital has suspended the patient.
    Suspended,
}

impl PatientFlag {
    /// Every flag.
    pub const ALL: [Self; 7] = [
        Self::SubsidyLedger,
        Self::UnpaidBalance,
        Self::InstalmentPlan,
        Self::PendingRefund,
        Self::AdmittedElsewhere,
        Self::Childbirth,
        Self::Suspended,
    ];

    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SubsidyLedger => "subsidy_ledger",
            Self::UnpaidBalance => "unpaid_balance",
            Self::InstalmentPlan => "instalment_plan",
            Self::PendingRefund => "pending_refund",
            Self::AdmittedElsewhere => "admitted_elsewhere",
            Self::Childbirth => "childbirth",
            Self::Suspended => "suspended_by_hospital",
        }
    }

    /// Reads what a row holds.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|flag| flag.as_str() == text)
    }
}

/// Why a visit cannot be paid later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IneligibilityReason {
    /// No registration for this patient at this hospital.
    NotRegistered,
    /// Registered, and the activation delay is not over.
    ActivationPending {
        /// When it is.
        usable_from: Moment,
    },
    /// The account is closed.
    AccountClosed,
    /// The account is suspended.
    AccountSuspended,
    /// No card is saved.
    CardMissing,
    /// The card's last month is over on the day of the charge.
    CardExpired,
    /// The last charge failed for good.
    LastChargeFailed,
    /// The hospital has noted something about the patient.
    Flagged(PatientFlag),
    /// Machines do not work at this hour.
    OutOfHours {
        /// When they do.
        opens_at: Option<Moment>,
    },
}

/// What a public screen tells, and nothing more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublicAnswer {
    /// "We could not find your registration."
    NotFound,
    /// "Your registration is being prepared."
    Pending {
        /// From when it can be used.
        usable_from: Moment,
    },
    /// "Please come to the desk."
    AskDesk,
    /// "Closed now."
    Closed {
        /// When the machines work again.
        opens_at: Option<Moment>,
    },
}

impl IneligibilityReason {
    /// Four letters that the patient can read out and the desk can look up. They say nothing by
    /// themselves.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotRegistered => "HANA",
            Self::ActivationPending { .. } => "ASAH",
            Self::AccountClosed => "KAWA",
            Self::AccountSuspended => "YAMA",
            Self::CardMissing => "SORA",
            Self::CardExpired => "TSUK",
            Self::LastChargeFailed => "HOSH",
            Self::Flagged(PatientFlag::SubsidyLedger) => "MORI",
            Self::Flagged(PatientFlag::UnpaidBalance) => "KAZE",
            Self::Flagged(PatientFlag::InstalmentPlan) => "NAMI",
            Self::Flagged(PatientFlag::PendingRefund) => "YUKI",
            Self::Flagged(PatientFlag::AdmittedElsewhere) => "MICH",
            Self::Flagged(PatientFlag::Childbirth) => "HARU",
            Self::Flagged(PatientFlag::Suspended) => "AKIN",
            Self::OutOfHours { .. } => "YORU",
        }
    }

    /// What the public screen tells.
    #[must_use]
    pub const fn public_answer(self) -> PublicAnswer {
        match self {
            Self::NotRegistered | Self::AccountClosed => PublicAnswer::NotFound,
            Self::ActivationPending { usable_from } => PublicAnswer::Pending { usable_from },
            Self::OutOfHours { opens_at } => PublicAnswer::Closed { opens_at },
            Self::AccountSuspended
            | Self::CardMissing
            | Self::CardExpired
            | Self::LastChargeFailed
            | Self::Flagged(_) => PublicAnswer::AskDesk,
        }
    }
}

/// What is known of the patient's registration.
#[derive(Clone, Debug)]
pub struct Registered {
    /// Whether the account may be used.
    pub state: AccountState,
    /// When the registration was completed.
    pub completed_at: Moment,
    /// The card that would be charged.
    pub card: Option<Card>,
    /// What the hospital has noted about the patient, in force today.
    pub flags: Vec<PatientFlag>,
}

/// Decides whether a visit of today may be paid later. `None` means yes.
#[must_use]
pub fn reason_against(
    registered: Option<&Registered>,
    policy: &Policy,
    now: Moment,
) -> Option<IneligibilityReason> {
    if let Opening::Closed { opens_at, .. } = opening::at(policy, now) {
        return Some(IneligibilityReason::OutOfHours { opens_at });
    }
    let Some(registered) = registered else {
        return Some(IneligibilityReason::NotRegistered);
    };
    match registered.state {
        AccountState::Closed => return Some(IneligibilityReason::AccountClosed),
        AccountState::Suspended => return Some(IneligibilityReason::AccountSuspended),
        AccountState::CardFailed => return Some(IneligibilityReason::LastChargeFailed),
        AccountState::Active => {}
    }
    let usable_from = usable_from(registered.completed_at, policy.activation_delay_minutes);
    if now < usable_from {
        return Some(IneligibilityReason::ActivationPending { usable_from });
    }
    if let Some(flag) = registered.flags.first() {
        return Some(IneligibilityReason::Flagged(*flag));
    }
    card_against(registered.card.as_ref(), policy.due_on(now.day()))
}

fn card_against(card: Option<&Card>, due: Day) -> Option<IneligibilityReason> {
    match card {
        None => Some(IneligibilityReason::CardMissing),
        Some(card) if card.facts.expiry.is_over(due) => Some(IneligibilityReason::CardExpired),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::{CardFacts, Expiry, Funding, GatewayCard};
    use crate::id::{AccountId, CardId};
    use crate::time::TimeOfDay;

    fn at(time: &str) -> Moment {
        Day::parse("2026-11-24").unwrap().at(TimeOfDay::parse(time).unwrap())
    }

    fn registered() -> Registered {
        let facts = CardFacts {
            at_gateway: GatewayCard { customer: "cus_1".into(), payment_method: "pm_1".into() },
            brand: "VISA".into(),
            last_four: "4242".into(),
            expiry: Expiry { year: 2028, month: 4 },
            funding: Funding::Credit,
            authenticated: true,
        };
        let card = Card {
            id: CardId::from_number(1),
            account: AccountId::from_number(1),
            facts,
            saved_at: at("09:00"),
        };
        Registered {
            state: AccountState::Active,
            completed_at: at("10:00"),
            card: Some(card),
            flags: Vec::new(),
        }
    }

    fn code(registered: Option<&Registered>, time: &str) -> Option<&'static str> {
        reason_against(registered, &Policy::of_the_faq(), at(time)).map(IneligibilityReason::code)
    }

    #[test]
    fn q01_without_registration_nothing_is_paid_later() {
        assert_eq!(code(None, "10:00"), Some("HANA"));
    }

    /// `domain.md` 15, statement 7.
    #[test]
    fn q24_usable_fifteen_minutes_after_registration() {
        assert_eq!(code(Some(&registered()), "10:14"), Some("ASAH"));
        assert_eq!(code(Some(&registered()), "10:15"), None);
    }

    #[test]
    fn q23_not_outside_the_hours() {
        assert_eq!(code(Some(&registered()), "17:00"), Some("YORU"));
    }

    #[test]
    fn q27_conditions_of_use_are_told_as_please_come_to_the_desk() {
        for flag in PatientFlag::ALL {
            let flagged = Registered { flags: vec![flag], ..registered() };
            let reason =
                reason_against(Some(&flagged), &Policy::of_the_faq(), at("11:00")).unwrap();
            assert_eq!(reason.public_answer(), PublicAnswer::AskDesk, "{flag:?}");
        }
    }

    #[test]
    fn a_card_that_ends_before_the_charge_is_noticed_on_the_day_of_the_visit() {
        let mut patient = registered();
        let card = patient.card.as_mut().unwrap();
        card.facts.expiry = Expiry { year: 2026, month: 11 };
        assert_eq!(code(Some(&patient), "11:00"), None, "due on 28 November");
        let last_week = Day::parse("2026-11-27").unwrap().at(TimeOfDay::parse("11:00").unwrap());
        let reason = reason_against(Some(&patient), &Policy::of_the_faq(), last_week);
        assert_eq!(reason, Some(IneligibilityReason::CardExpired), "due on 1 December");
        patient.card = None;
        assert_eq!(code(Some(&patient), "11:00"), Some("SORA"));
    }

    #[test]
    fn every_code_is_its_own() {
        let mut codes: Vec<_> =
            PatientFlag::ALL.map(|f| IneligibilityReason::Flagged(f).code()).to_vec();
        codes.extend([
            IneligibilityReason::NotRegistered.code(),
            IneligibilityReason::ActivationPending { usable_from: at("10:00") }.code(),
            IneligibilityReason::AccountClosed.code(),
            IneligibilityReason::AccountSuspended.code(),
            IneligibilityReason::CardMissing.code(),
            IneligibilityReason::CardExpired.code(),
            IneligibilityReason::LastChargeFailed.code(),
            IneligibilityReason::OutOfHours { opens_at: None }.code(),
        ]);
        let count = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), count);
    }
}
