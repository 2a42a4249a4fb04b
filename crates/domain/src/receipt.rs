//! Receipts (領収証): the hospital's documents, dated by the day on which the card was charged.

use crate::time::Day;
use std::fmt;

/// The number of a receipt: hospital-wide, by year of payment, with leading zeros (`2026-000123`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ReceiptNumber(String);

impl ReceiptNumber {
    /// The `serial`-th receipt of the year in which it is dated.
    #[must_use]
    pub fn new(receipt_date: Day, serial: i64) -> Self {
        Self(format!("{:04}-{serial:06}", receipt_date.year()))
    }

    /// Takes a number back from the store.
    #[must_use]
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The number as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ReceiptNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which print of a receipt this is. There is one original; each later print says so on its face.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReceiptCopy {
    /// The one original.
    Original,
    /// 再発行, counted from 1.
    Reissue(i64),
}

impl ReceiptCopy {
    /// The print that comes after so many earlier ones.
    #[must_use]
    pub const fn after(earlier_prints: i64) -> Self {
        if earlier_prints <= 0 { Self::Original } else { Self::Reissue(earlier_prints) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_original() {
        assert_eq!(ReceiptCopy::after(0), ReceiptCopy::Original);
        assert_eq!(ReceiptCopy::after(1), ReceiptCopy::Reissue(1));
        let day = Day::parse("2027-01-01").unwrap();
        assert_eq!(ReceiptNumber::new(day, 123).as_str(), "2027-000123");
    }
}
