//! Invented hospital days: bills as real accounting systems write them, and the people they are for.
//! The same seed gives the same bills on every machine, so that the files in the repository, the demo
//! and the benchmarks can be told apart from real data and made again.

mod admission;
mod chance;
mod department;
mod draft;
mod example;
mod item;
mod name;
mod person;
mod shipped;
mod visit;

pub use example::worked_examples;
pub use person::{FIRST_PATIENT_NUMBER, InventedPerson, people, person};
pub use shipped::{BILLS_A_DAY, ShippedFile, shipped_files};

use crate::bills_csv::BillRow;
use chance::Chance;
use domain::group::HospitalCode;
use domain::patient::CardLayout;
use domain::time::Day;
use draft::Place;

/// The seed of a hospital of the demo: its people and its days. Another hospital has other people under
/// the same patient numbers.
#[must_use]
pub fn seed_of(hospital: &HospitalCode) -> u64 {
    // FNV-1a: fixed for ever, unlike the standard library's hashes.
    hospital.as_str().bytes().fold(0xCBF2_9CE4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    })
}

/// One admission for so many outpatient bills.
const BILLS_FOR_EACH_ADMISSION: usize = 50;

/// One day's bills of a hospital: exactly `count` rows for the patients from number 10001 on, with the
/// line numbers that they have in a file. The bills of a patient fit the age of [`person`] with the same
/// seed. Another day gives other slip numbers.
#[must_use]
pub fn day_of_bills(
    seed: u64,
    hospital: &HospitalCode,
    layout: &CardLayout,
    day: Day,
    count: usize,
) -> Vec<BillRow> {
    let day_number = u64::try_from(day.days_since_1970()).unwrap_or(0);
    let mut chance = Chance::new(seed ^ day_number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let mut rows: Vec<BillRow> = Vec::with_capacity(count);
    let mut patient = 0_u32;
    let mut serial = 0_u32;
    let mut next_admission = BILLS_FOR_EACH_ADMISSION;
    while rows.len() < count && serial < 10_000_000 {
        let who = person(seed, patient, layout);
        let place = Place { hospital, day, serial: serial.saturating_add(1) };
        let admitted = rows.len().saturating_add(1) >= next_admission;
        let drafts = if admitted {
            next_admission = next_admission.saturating_add(BILLS_FOR_EACH_ADMISSION);
            vec![admission::admission(&mut chance, &who, day)]
        } else {
            visit::visit(&mut chance, &who, day, count.saturating_sub(rows.len()))
        };
        let made = place.rows(drafts);
        serial = serial.saturating_add(u32::try_from(made.len()).unwrap_or(u32::MAX).max(1));
        rows.extend(made);
        patient = patient.saturating_add(1);
    }
    numbered(rows)
}

/// Gives rows the lines that they have in a file: the header is line 1.
fn numbered(mut rows: Vec<BillRow>) -> Vec<BillRow> {
    for (row, line) in rows.iter_mut().zip(2_u64..) {
        row.line = line;
    }
    rows
}
