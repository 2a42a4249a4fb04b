//! A saved card: the gateway's token and what may be shown of it. Never a number.

use crate::id::{AccountId, CardId};
use crate::policy::{FundingPolicy, UnknownFunding};
use crate::time::{Day, Moment};
use std::fmt;

/// How a card is funded, as the gateway says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Funding {
    /// A credit card.
    Credit,
    /// Taken from a bank account at once (デビット).
    Debit,
    /// Charged up beforehand (チャージ型).
    Prepaid,
    /// The gateway does not know.
    Unknown,
}

impl Funding {
    /// As stored and as gateways write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Credit => "credit",
            Self::Debit => "debit",
            Self::Prepaid => "prepaid",
            Self::Unknown => "unknown",
        }
    }

    /// Reads the gateway's word; a word that it has never used before is "unknown" too.
    #[must_use]
    pub fn from_gateway(text: &str) -> Self {
        match text {
            "credit" => Self::Credit,
            "debit" => Self::Debit,
            "prepaid" => Self::Prepaid,
            _ => Self::Unknown,
        }
    }
}

/// Whether a card may be used for paying later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FundingDecision {
    /// Yes.
    Accepted,
    /// Yes, and staff see that the gateway did not know its kind.
    AcceptedAndFlagged,
    /// No: a debit or prepaid card, or an unknown one where the hospital does not take those.
    Refused,
}

/// Decides by the hospital's policy (FAQ Q13).
#[must_use]
pub fn decide(funding: Funding, policy: &FundingPolicy) -> FundingDecision {
    if policy.refused.contains(&funding) {
        return FundingDecision::Refused;
    }
    match (funding, policy.unknown) {
        (Funding::Unknown, UnknownFunding::Refuse) => FundingDecision::Refused,
        (Funding::Unknown, UnknownFunding::AcceptAndFlag) => FundingDecision::AcceptedAndFlagged,
        (Funding::Credit | Funding::Debit | Funding::Prepaid, _) => FundingDecision::Accepted,
    }
}

/// The last month in which a card can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Expiry {
    /// Four digits.
    pub year: i16,
    /// From 1.
    pub month: i8,
}

impl Expiry {
    /// Whether the month is over on this day.
    #[must_use]
    pub fn is_over(self, day: Day) -> bool {
        (self.year, self.month) < (day.year(), day.month())
    }
}

/// As on the card: `04/29`.
impl fmt::Display for Expiry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}/{:02}", self.month, self.year.rem_euclid(100))
    }
}

/// What names the card at the gateway: the customer there and its saved payment method.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatewayCard {
    /// The gateway's customer (`cus_…`).
    pub customer: String,
    /// The gateway's saved card (`pm_…`).
    pub payment_method: String,
}

/// A card as the gateway describes it once it is saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardFacts {
    /// Where it lies at the gateway.
    pub at_gateway: GatewayCard,
    /// As printed: `VISA`, `Mastercard`, `JCB`.
    pub brand: String,
    /// The only digits that are kept.
    pub last_four: String,
    /// Last month of use.
    pub expiry: Expiry,
    /// Credit, debit, prepaid, unknown.
    pub funding: Funding,
    /// Whether the cardholder was authenticated (EMV 3-D Secure) when it was saved.
    pub authenticated: bool,
}

/// A card of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// Its id here.
    pub id: CardId,
    /// Whose it is.
    pub account: AccountId,
    /// What the gateway says of it.
    pub facts: CardFacts,
    /// When it was saved.
    pub saved_at: Moment,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;

    #[test]
    fn q13_debit_and_prepaid_cards_are_refused_and_unknown_ones_flagged() {
        let policy = Policy::of_the_faq().funding;
        assert_eq!(decide(Funding::Credit, &policy), FundingDecision::Accepted);
        assert_eq!(decide(Funding::Debit, &policy), FundingDecision::Refused);
        assert_eq!(decide(Funding::Prepaid, &policy), FundingDecision::Refused);
        assert_eq!(decide(Funding::Unknown, &policy), FundingDecision::AcceptedAndFlagged);
        let strict = FundingPolicy { unknown: UnknownFunding::Refuse, ..policy };
        assert_eq!(decide(Funding::from_gateway("new word"), &strict), FundingDecision::Refused);
    }

    #[test]
    fn a_card_works_until_the_end_of_its_month() {
        let expiry = Expiry { year: 2026, month: 11 };
        assert!(!expiry.is_over(Day::parse("2026-11-30").unwrap()));
        assert!(expiry.is_over(Day::parse("2026-12-01").unwrap()));
        assert_eq!(expiry.to_string(), "11/26");
    }
}
