//! The cards of the sandbox's card network. No other number is ever taken.

use super::books::WhenCharged;
use domain::card::Funding;

/// What happens when a card is saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenSaved {
    /// The issuer is satisfied without asking the cardholder anything.
    Frictionless,
    /// The issuer's own page asks the cardholder (EMV 3-D Secure).
    Challenge,
    /// The issuer says no.
    Declines(&'static str),
}

/// One card of the card network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TestCard {
    /// Sixteen digits.
    pub number: &'static str,
    /// As printed.
    pub brand: &'static str,
    /// How it is funded.
    pub funding: Funding,
    /// What happens when it is saved.
    pub when_saved: WhenSaved,
    /// What happens when it is charged: `None` succeeds; the code of a decline; `authentication_required`.
    pub when_charged: Option<&'static str>,
    /// What it is for, as the card page says it.
    pub says: &'static str,
}

const fn card(
    number: &'static str,
    brand: &'static str,
    funding: Funding,
    when_saved: WhenSaved,
    when_charged: Option<&'static str>,
    says: &'static str,
) -> TestCard {
    TestCard { number, brand, funding, when_saved, when_charged, says }
}

/// Every card there is.
pub const TEST_CARDS: [TestCard; 12] = {
    use Funding::{Credit, Debit, Prepaid, Unknown};
    use WhenSaved::{Challenge, Declines, Frictionless};
    [
        card("4242424242424242", "VISA", Credit, Frictionless, None, "登録も支払いもできる"),
        card("3530111333300000", "JCB", Credit, Frictionless, None, "登録も支払いもできる"),
        card("4000002760003184", "VISA", Credit, Challenge, None, "登録のときに本人認証がある"),
        card("4000056655665556", "VISA", Debit, Frictionless, None, "デビットカード"),
        card("5105105105105100", "Mastercard", Prepaid, Frictionless, None, "プリペイドカード"),
        card("4000009990000002", "VISA", Unknown, Frictionless, None, "種類がわからないカード"),
        card(
            "4000000000000002",
            "VISA",
            Credit,
            Declines("generic_decline"),
            None,
            "登録のときに断られる",
        ),
        card(
            "4000000000000341",
            "VISA",
            Credit,
            Frictionless,
            Some("generic_decline"),
            "登録はできるが、支払いのときに理由なしで断られる",
        ),
        card(
            "4000000000009995",
            "VISA",
            Credit,
            Frictionless,
            Some("insufficient_funds"),
            "登録はできるが、支払いのときに限度額を超えている",
        ),
        card(
            "4000000000009987",
            "VISA",
            Credit,
            Frictionless,
            Some("lost_card"),
            "登録はできるが、支払いの前に紛失の届けが出る",
        ),
        card(
            "4000000000000069",
            "VISA",
            Credit,
            Frictionless,
            Some("expired_card"),
            "登録はできるが、支払いのときに期限が切れている",
        ),
        card(
            "4000002500003155",
            "VISA",
            Credit,
            Frictionless,
            Some(AUTHENTICATION_REQUIRED),
            "登録はできるが、支払いのときに本人認証を求められる",
        ),
    ]
};

/// The code of an issuer that wants the cardholder to authenticate.
pub(in crate::cards) const AUTHENTICATION_REQUIRED: &str = "authentication_required";

impl TestCard {
    /// The card of this number; blanks and hyphens between the digits do not matter.
    #[must_use]
    pub fn by_number(typed: &str) -> Option<&'static Self> {
        let digits: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        TEST_CARDS.iter().find(|card| card.number == digits)
    }

    /// The only digits that are kept.
    #[must_use]
    pub fn last_four(&self) -> &'static str {
        self.number.get(12..).unwrap_or_default()
    }

    /// As printed on a card: in groups of four.
    #[must_use]
    pub fn grouped(&self) -> String {
        let part = |from: usize, to: usize| self.number.get(from..to).unwrap_or_default();
        format!("{} {} {} {}", part(0, 4), part(4, 8), part(8, 12), part(12, 16))
    }

    pub(super) fn when_charged(&self) -> WhenCharged {
        match self.when_charged {
            None => WhenCharged::Succeeds,
            Some(AUTHENTICATION_REQUIRED) => WhenCharged::RequiresAuthentication,
            Some(code) => WhenCharged::Declines {
                code: code.to_owned(),
                // A stopped card must never be tried again, and its issuer says so.
                advice: (code == "lost_card").then(|| "do_not_try_again".to_owned()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_test_card_is_found_by_its_number_however_it_is_typed() {
        for card in &TEST_CARDS {
            assert_eq!(card.number.len(), 16, "{}", card.number);
            assert_eq!(TestCard::by_number(card.number), Some(card));
            assert_eq!(TestCard::by_number(&card.grouped()), Some(card));
            assert_eq!(TestCard::by_number(&card.grouped().replace(' ', "-")), Some(card));
            assert!(card.number.ends_with(card.last_four()));
        }
    }

    #[test]
    fn a_number_outside_the_table_is_no_card() {
        assert_eq!(TestCard::by_number("4111111111111111"), None);
        assert_eq!(TestCard::by_number(""), None);
    }
}
