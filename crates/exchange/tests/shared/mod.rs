//! What the tests of bill files share.
#![expect(dead_code, reason = "each test file uses a part of it")]

use domain::group::HospitalCode;
use domain::patient::CardLayout;
use domain::policy::Policy;
use domain::time::Day;
use domain::yen::Yen;
use exchange::bills_csv::{BillFile, FileFaults, read};
use std::path::PathBuf;

/// The day on which files are read.
pub const TODAY: &str = "2026-11-25";

pub fn hospital(code: &str) -> HospitalCode {
    HospitalCode::parse(code).unwrap()
}

pub fn layout() -> CardLayout {
    Policy::of_the_faq().card_layout
}

pub fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

/// Reads a file of the hospital `shimin`.
pub fn read_shimin(bytes: &[u8]) -> Result<BillFile, FileFaults> {
    read_on(bytes, "shimin", TODAY)
}

pub fn read_on(bytes: &[u8], code: &str, today: &str) -> Result<BillFile, FileFaults> {
    read(bytes, &hospital(code), &layout(), Yen::new(5_000_000).unwrap(), day(today))
}

/// The repository's `fixtures`.
pub fn fixtures() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../fixtures")
}

/// Names and bytes of the samples in a folder below `tests/files`, in the order of their names.
pub fn samples(folder: &str) -> Vec<(String, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/files").join(folder);
    let mut samples: Vec<(String, Vec<u8>)> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            (
                path.file_name().unwrap().to_string_lossy().into_owned(),
                std::fs::read(&path).unwrap(),
            )
        })
        .collect();
    samples.sort();
    assert!(!samples.is_empty(), "{} has no samples", folder.display());
    samples
}
