//! What a decline means and what follows from it (`domain.md` 11.2, 11.3), far below the limits of the
//! card networks.

/// What kind of decline it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeclineClass {
    /// Lost, stolen, closed, forbidden: never tried again with this card.
    Hard,
    /// Expired or wrong data: never tried again with this card; another card helps.
    FixData,
    /// The limit is reached or the issuer gives no reason: tried again a few days later.
    Soft,
}

impl DeclineClass {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hard => "hard",
            Self::FixData => "fix_data",
            Self::Soft => "soft",
        }
    }

    /// Reads what a row holds.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Hard, Self::FixData, Self::Soft].into_iter().find(|class| class.as_str() == text)
    }
}

/// A decline as the gateway worded it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decline {
    /// The gateway's code (`insufficient_funds`), for staff; patients never read it.
    pub code: String,
    /// What it means.
    pub class: DeclineClass,
}

impl Decline {
    /// Classes a gateway's decline code and its advice. A code that nobody knows is soft, unless
    /// the gateway advises against another try.
    #[must_use]
    pub fn from_gateway(code: &str, advice: Option<&str>) -> Self {
        let class = match (code, advice) {
            (_, Some("do_not_try_again")) => DeclineClass::Hard,
            (
                "lost_card"
                | "stolen_card"
                | "pickup_card"
                | "restricted_card"
                | "invalid_account"
                | "card_not_supported"
                | "not_permitted"
                | "fraudulent"
                | "stop_payment_order"
                | "revocation_of_authorization"
                | "revocation_of_all_authorizations"
                | "transaction_not_allowed"
                | "currency_not_supported"
                | "detached_card",
                _,
            ) => DeclineClass::Hard,
            (
                "expired_card"
                | "incorrect_number"
                | "invalid_number"
                | "invalid_expiry_month"
                | "invalid_expiry_year"
                | "incorrect_cvc"
                | "invalid_cvc"
                | "new_account_information_available",
                _,
            )
            | (_, Some("confirm_card_data")) => DeclineClass::FixData,
            _ => DeclineClass::Soft,
        };
        Self { code: code.to_owned(), class }
    }
}

/// Days from a soft decline until the next attempt, by the number of declines so far; `None` when
/// there is no next one: three attempts in all.
#[must_use]
pub const fn retry_after_days(declines: i64) -> Option<u16> {
    match declines {
        1 => Some(3),
        2 => Some(4),
        _ => None,
    }
}

/// Seconds from one enquiry about an unclear attempt to the next, by enquiries so far (rule R4). `about` is the
/// number of its id: after an outage hundreds are unclear at once, and each asks a little later than the others.
#[must_use]
pub const fn enquiry_wait_s(enquiries: i64, about: u128) -> i64 {
    let wait_s = match enquiries {
        0 => 10,
        1 => 60,
        2 => 300,
        3 => 1_800,
        4 => 7_200,
        _ => 21_600,
    };
    spread_s(wait_s, about)
}

/// Up to a quarter more of a wait, always the same for the same id.
#[must_use]
pub const fn spread_s(wait_s: i64, about: u128) -> i64 {
    // The low digits of an id are drawn by lot.
    #[expect(clippy::cast_possible_truncation, reason = "only the lowest byte is wanted")]
    let lot = (about as u8) as i64;
    wait_s.saturating_add(wait_s.saturating_mul(lot) / 1_024)
}

/// How long after sending "the gateway knows nothing of it" begins to prove anything: the time-out of
/// a request and the time until a list shows it, with room to spare (rule R5).
pub const ABSENCE_PROVES_AFTER_S: i64 = 180;

/// Seconds after which people must ask the gateway what became of an unclear attempt (rule R4).
pub const UNKNOWN_ALARM_S: i64 = 86_400;

/// How long a gateway surely remembers an idempotency key, with room to spare: Stripe prunes keys after
/// 24 hours, and then the same key charges again (`anchors.md` A-1).
pub const KEY_LIVES_S: i64 = 20 * 3_600;

/// Days that a patient has to act after a failed charge, as the mail says.
pub const ACT_WITHIN_DAYS: u16 = 7;

/// A card that was declined so often within [`CARD_DECLINE_DAYS`] is tried no more, for whatever visit.
/// The networks' limits are 15 in 30 days (Visa) and 10 a day (Mastercard, `domain.md` 11.3).
pub const CARD_DECLINES_MAX: i64 = 8;

/// Over how many days the declines of a card are counted.
pub const CARD_DECLINE_DAYS: i64 = 30;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declines_are_classed_by_the_table() {
        let class = |code, advice| Decline::from_gateway(code, advice).class;
        assert_eq!(class("lost_card", None), DeclineClass::Hard);
        assert_eq!(class("expired_card", None), DeclineClass::FixData);
        assert_eq!(class("insufficient_funds", None), DeclineClass::Soft);
        assert_eq!(class("generic_decline", Some("do_not_try_again")), DeclineClass::Hard);
        assert_eq!(class("a code of tomorrow", None), DeclineClass::Soft);
    }

    /// `domain.md` 15, statement 14. Mutation: a fourth attempt.
    #[test]
    fn a_soft_decline_is_tried_again_at_most_twice() {
        let waits: Vec<_> = (1..10).map_while(retry_after_days).collect();
        assert_eq!(waits, [3, 4], "on day 3 and on day 7 after the first decline");
    }

    /// Mutation: no lot, and after an outage all ask in the same second.
    #[test]
    fn enquiries_spread_by_at_most_a_quarter() {
        assert_eq!((spread_s(120, 0), spread_s(120, 255), spread_s(120, 256)), (120, 149, 120));
        assert_eq!((enquiry_wait_s(0, 0), enquiry_wait_s(0, 255)), (10, 12));
    }
}
