//! Money: whole Japanese yen.

use std::fmt;

/// An amount of Japanese yen, from zero to [`Yen::MAX`].
///
/// There is no `+`, no `From<i64>` and no `Default`: an amount appears only where somebody stated
/// it, and a sum that leaves the range is an error that the caller sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Yen(i64);

/// A number that is no amount: negative, or above [`Yen::MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the amount is not between 0 and 9999999999 yen")]
pub struct AmountOutOfRange;

impl Yen {
    /// Nothing to pay.
    pub const ZERO: Self = Self(0);

    /// Ten billion yen less one: above any bill, and far enough below `i64::MAX` that a database
    /// column or a spreadsheet cannot overflow either.
    pub const MAX: Self = Self(9_999_999_999);

    /// Accepts a whole number of yen.
    pub const fn new(amount: i64) -> Result<Self, AmountOutOfRange> {
        if 0 <= amount && amount <= Self::MAX.0 { Ok(Self(amount)) } else { Err(AmountOutOfRange) }
    }

    /// The sum of two amounts.
    pub const fn plus(self, other: Self) -> Result<Self, AmountOutOfRange> {
        match self.0.checked_add(other.0) {
            Some(sum) => Self::new(sum),
            None => Err(AmountOutOfRange),
        }
    }

    /// What is left after `other` is taken away.
    pub const fn minus(self, other: Self) -> Result<Self, AmountOutOfRange> {
        match self.0.checked_sub(other.0) {
            Some(rest) => Self::new(rest),
            None => Err(AmountOutOfRange),
        }
    }

    /// The sum of many amounts.
    pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Result<Self, AmountOutOfRange> {
        amounts.into_iter().try_fold(Self::ZERO, Self::plus)
    }

    /// The number of yen.
    #[must_use]
    pub const fn amount(self) -> i64 {
        self.0
    }

    /// Whether there is nothing to pay.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }
}

/// With separators and without a unit, as on a receipt: `1,234`.
impl fmt::Display for Yen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&with_separators(self.0))
    }
}

/// Yen that may be negative: an adjustment, a reduction, a balance from before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SignedYen(i64);

impl SignedYen {
    /// No adjustment.
    pub const ZERO: Self = Self(0);

    /// Accepts a whole number of yen whose size is at most [`Yen::MAX`].
    pub const fn new(amount: i64) -> Result<Self, AmountOutOfRange> {
        if -Yen::MAX.0 <= amount && amount <= Yen::MAX.0 {
            Ok(Self(amount))
        } else {
            Err(AmountOutOfRange)
        }
    }

    /// The number of yen.
    #[must_use]
    pub const fn amount(self) -> i64 {
        self.0
    }
}

/// With separators and, below zero, a minus sign: `-1,000`.
impl fmt::Display for SignedYen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&with_separators(self.0))
    }
}

fn with_separators(amount: i64) -> String {
    let digits = amount.unsigned_abs().to_string();
    let mut text = String::with_capacity(16);
    if amount < 0 {
        text.push('-');
    }
    for (index, digit) in digits.chars().enumerate() {
        let left = digits.len().saturating_sub(index);
        if index > 0 && left.is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_amount_stays_in_range() {
        assert_eq!(Yen::new(-1), Err(AmountOutOfRange));
        assert_eq!(Yen::new(10_000_000_000), Err(AmountOutOfRange));
        assert_eq!(Yen::MAX.plus(Yen::new(1).unwrap()), Err(AmountOutOfRange));
        assert_eq!(Yen::ZERO.minus(Yen::new(1).unwrap()), Err(AmountOutOfRange));
    }

    #[test]
    fn amounts_are_written_with_separators() {
        assert_eq!(Yen::new(0).unwrap().to_string(), "0");
        assert_eq!(Yen::new(999).unwrap().to_string(), "999");
        assert_eq!(Yen::new(1_234).unwrap().to_string(), "1,234");
        assert_eq!(Yen::MAX.to_string(), "9,999,999,999");
        assert_eq!(SignedYen::new(-1_000).unwrap().to_string(), "-1,000");
    }

    proptest! {
        #[test]
        fn what_is_added_can_be_taken_away(a in 0..=4_999_999_999_i64, b in 0..=4_999_999_999_i64) {
            let (a, b) = (Yen::new(a).unwrap(), Yen::new(b).unwrap());
            prop_assert_eq!(a.plus(b).unwrap().minus(b), Ok(a));
        }
    }
}
