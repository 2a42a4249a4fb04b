//! An entry (利用受付): "this visit will be paid later". It is the consent for that visit; without one
//! nothing is ever charged (FAQ Q06).

use crate::group::HospitalCode;
use crate::id::{AccountId, EntryId, MachineId, PatientLinkId};
use crate::patient::PatientNumber;
use crate::time::{Day, Moment};
use std::fmt;

/// Outpatient or inpatient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CareSetting {
    /// 外来
    Outpatient,
    /// 入院
    Inpatient,
}

impl CareSetting {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Outpatient => "outpatient",
            Self::Inpatient => "inpatient",
        }
    }

    /// Reads what a row holds.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Outpatient, Self::Inpatient].into_iter().find(|setting| setting.as_str() == text)
    }

    /// As printed.
    #[must_use]
    pub const fn in_japanese(self) -> &'static str {
        match self {
            Self::Outpatient => "外来",
            Self::Inpatient => "入院",
        }
    }
}

/// The number on a slip (受付番号): day of visit, running number of that day at that hospital, and a
/// check digit, so that a mistyped number is noticed. Eleven digits; unique within a hospital.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryNumber(String);

impl EntryNumber {
    /// The number of the `serial`-th entry of a day; `None` above 9,999.
    #[must_use]
    pub fn new(visit: Day, serial: u16) -> Option<Self> {
        if serial == 0 || serial > 9_999 {
            return None;
        }
        let digits = format!(
            "{:02}{:02}{:02}{serial:04}",
            visit.year().rem_euclid(100),
            visit.month(),
            visit.day_of_month()
        );
        let check = check_digit(&digits);
        Some(Self(format!("{digits}{check}")))
    }

    /// Reads a scanned or typed number; blanks and hyphens are passed over.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let folded = crate::text::fold_width(typed);
        let digits: String = folded.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        if digits.len() != 11 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let (number, check) = digits.split_at_checked(10)?;
        (check_digit(number).to_string() == check).then_some(Self(digits))
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// In groups, as people read it: `261124-0007-3`.
    #[must_use]
    pub fn in_groups(&self) -> String {
        let part = |range: std::ops::Range<usize>| self.0.get(range).unwrap_or_default();
        format!("{}-{}-{}", part(0..6), part(6..10), part(10..11))
    }
}

impl fmt::Display for EntryNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Luhn's check digit over the digits before it.
fn check_digit(digits: &str) -> u32 {
    let sum = digits.bytes().rev().enumerate().fold(0_u32, |sum, (index, byte)| {
        let digit = u32::from(byte.saturating_sub(b'0'));
        let weighted = if index.is_multiple_of(2) { digit.saturating_mul(2) } else { digit };
        sum.saturating_add(if weighted > 9 { weighted.saturating_sub(9) } else { weighted })
    });
    10_u32.saturating_sub(sum.rem_euclid(10)).rem_euclid(10)
}

/// Where an entry stands. What became of its bill is the charge's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryState {
    /// The visit will be paid later.
    Entered,
    /// It will not: paid at the counter, or the visit was cancelled.
    Withdrawn,
}

impl EntryState {
    /// As stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Entered => "entered",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Reads what a row holds.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Entered, Self::Withdrawn].into_iter().find(|state| state.as_str() == text)
    }
}

/// One visit that will be paid later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its id here.
    pub id: EntryId,
    /// What the slip carries.
    pub number: EntryNumber,
    /// Where.
    pub hospital: HospitalCode,
    /// The patient.
    pub patient_number: PatientNumber,
    /// The day of the visit in Asia/Tokyo.
    pub visit_day: Day,
    /// Outpatient or inpatient.
    pub setting: CareSetting,
    /// Who pays.
    pub account: AccountId,
    /// By which link.
    pub link: PatientLinkId,
    /// At which machine.
    pub machine: Option<MachineId>,
    /// When.
    pub entered_at: Moment,
    /// Where it stands.
    pub state: EntryState,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_number_notices_a_wrong_digit() {
        let day = Day::parse("2026-11-24").unwrap();
        let number = EntryNumber::new(day, 7).unwrap();
        assert_eq!(number.in_groups().get(..11), Some("261124-0007"));
        assert_eq!(EntryNumber::parse(&number.in_groups()), Some(number.clone()));
        for index in 0..11 {
            let mut digits = number.as_str().as_bytes().to_vec();
            digits[index] =
                if digits[index] == b'9' { b'0' } else { digits[index].saturating_add(1) };
            let wrong = String::from_utf8(digits).unwrap();
            assert_eq!(EntryNumber::parse(&wrong), None, "{wrong}");
        }
        assert_eq!(EntryNumber::new(day, 0), None);
        assert_eq!(EntryNumber::new(day, 10_000), None);
    }
}
