//! The user ID: issued by us in the completion mail, not the patient number (FAQ Q14, Q16).

use crate::text;
use std::fmt;

/// Letters and digits that are not mistaken for one another: no `0 o`, `1 l i`.
const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz";
const DIGITS: &[u8] = b"23456789";

/// An issued user ID, four letters and four digits, as `tkma4829`. Case-sensitive.
///
/// It begins with a letter, so that it never looks like a patient number.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UserId(String);

impl UserId {
    /// Makes an ID from eight random bytes. Uniqueness is the store's to keep.
    #[must_use]
    pub fn from_random(bytes: [u8; 8]) -> Self {
        let (letters, digits) = bytes.split_at(4);
        let pick = |from: &[u8], byte: &u8| {
            let index = usize::from(*byte).checked_rem(from.len()).unwrap_or(0);
            char::from(from.get(index).copied().unwrap_or(b'a'))
        };
        let id =
            letters.iter().map(|b| pick(LETTERS, b)).chain(digits.iter().map(|b| pick(DIGITS, b)));
        Self(id.collect())
    }

    /// Takes an ID back from the store.
    #[must_use]
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// The ID as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a visitor typed as user ID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserIdTyped {
    /// Nothing.
    Missing,
    /// May be an ID: blanks around it cut, widths folded, case kept (FAQ Q19, Q20).
    Id(UserId),
    /// Only digits and hyphens: a patient number, which is no user ID. The page says just that
    /// (FAQ Q16).
    LooksLikePatientNumber,
}

impl UserIdTyped {
    /// Reads what was typed.
    #[must_use]
    pub fn read(typed: &str) -> Self {
        let folded = text::fold_width(typed);
        let id = text::trim(&folded);
        if id.is_empty() {
            return Self::Missing;
        }
        if id.bytes().all(|b| b.is_ascii_digit() || b == b'-') {
            return Self::LooksLikePatientNumber;
        }
        Self::Id(UserId(id.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn q14_an_issued_id_is_letters_and_digits_that_cannot_be_confused() {
        for first in 0..=255_u8 {
            let id = UserId::from_random([first; 8]);
            assert_eq!(id.as_str().len(), 8);
            assert!(id.as_str().bytes().all(|b| b.is_ascii_alphanumeric()));
            assert!(!id.as_str().contains(['0', 'o', '1', 'l', 'i']));
        }
    }

    #[test]
    fn q20_blanks_and_widths_around_the_id_are_forgiven() {
        let id = UserIdTyped::Id(UserId("tkma4829".to_owned()));
        assert_eq!(UserIdTyped::read(" tkma4829\u{3000}"), id);
        assert_eq!(UserIdTyped::read("ｔｋｍａ４８２９"), id);
        assert_ne!(UserIdTyped::read("TKMA4829"), id, "case is kept (Q19)");
    }

    #[test]
    fn a_patient_number_is_told_apart() {
        assert_eq!(UserIdTyped::read("00012345"), UserIdTyped::LooksLikePatientNumber);
        assert_eq!(UserIdTyped::read("００１２-３４５"), UserIdTyped::LooksLikePatientNumber);
        assert_eq!(UserIdTyped::read(" \u{3000}"), UserIdTyped::Missing);
    }
}
