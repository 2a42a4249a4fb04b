//! Every way in which a file of bills can be wrong: a sample for each below `tests/files/bills/bad`, and
//! what operators (English) and hospital staff (Japanese) read about it.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking, too")]

mod shared;

use exchange::bills_csv::{FAULTS_KEPT_MAX, FILE_BYTES_MAX, FileReason, Reason, read};
use shared::{read_shimin, samples};
use std::collections::BTreeSet;
use std::fmt::Write;

/// The name of a reason's variant, as in the source.
fn kind(reason: &Reason) -> String {
    let inner = match reason {
        Reason::File(reason) => format!("{reason:?}"),
        Reason::Number(reason) => format!("{reason:?}"),
        Reason::Day(reason) => format!("{reason:?}"),
        Reason::Text(reason) => format!("{reason:?}"),
        Reason::Json(reason) => format!("{reason:?}"),
        Reason::Bill(reason) => format!("{reason:?}"),
    };
    inner.split([' ', '(']).next().unwrap_or_default().to_owned()
}

#[test]
fn every_bad_sample_is_refused_with_place_reason_and_advice() {
    let mut report = String::new();
    for (name, bytes) in samples("bills/bad") {
        let faults = read_shimin(&bytes).map(|file| file.count).expect_err(&name);
        writeln!(report, "## {name}: {}", faults.count).unwrap();
        for fault in &faults.faults {
            writeln!(report, "{fault}\n    {}", fault.in_japanese()).unwrap();
        }
    }
    insta::assert_snapshot!(report);
}

/// The variants are read from the source, so that a new one without a sample is noticed.
#[test]
fn every_reason_has_a_sample() {
    let mut seen: BTreeSet<String> = samples("bills/bad")
        .iter()
        .flat_map(|(_, bytes)| read_shimin(bytes).unwrap_err().faults)
        .map(|fault| kind(&fault.reason))
        .collect();
    // Its sample is made below: 64 MiB do not belong into the repository.
    seen.insert("TooLarge".to_owned());
    let sources = [
        include_str!("../src/bills_csv/fault_file.rs"),
        include_str!("../src/bills_csv/fault_cell.rs"),
        include_str!("../src/bills_csv/fault_bill.rs"),
    ];
    let mut written = BTreeSet::new();
    for line in sources.iter().flat_map(|source| source.lines()) {
        let variant = line.strip_prefix("    ").unwrap_or_default();
        let name: String = variant.chars().take_while(char::is_ascii_alphanumeric).collect();
        let after = variant.get(name.len()..).unwrap_or_default();
        if name.starts_with(|c: char| c.is_ascii_uppercase())
            && matches!(after.chars().next(), Some(' ' | ',' | '('))
        {
            written.insert(name);
        }
    }
    assert!(written.len() > 40, "the source is not understood any more: {written:?}");
    assert_eq!(seen, written);
}

#[test]
fn a_file_that_is_too_large_is_refused_unread() {
    let bytes = vec![b'x'; FILE_BYTES_MAX + 1];
    let faults = read_shimin(&bytes).unwrap_err();
    let reason = FileReason::TooLarge { bytes: bytes.len(), max: FILE_BYTES_MAX };
    assert_eq!(faults.faults[0].reason, Reason::File(reason));
    assert!(faults.in_japanese().contains("大きすぎます"));
}

/// Mutation: keeping every fault lets a file of rubbish fill the memory.
#[test]
fn faults_beyond_a_thousand_are_counted_and_not_kept() {
    let (_, good) =
        samples("bills/good").into_iter().find(|(name, _)| name == "minimal.csv").unwrap();
    let good = String::from_utf8(good).unwrap();
    let header = good.lines().next().unwrap();
    let file = format!("{header}\n{}#trailer,1500,0\n", "x\n".repeat(1_500));
    let faults = read_shimin(file.as_bytes()).unwrap_err();
    assert_eq!((faults.count, faults.faults.len()), (1_500, FAULTS_KEPT_MAX));
    assert!(faults.in_japanese().ends_with("ほかに500件あります。\n"));
    assert!(
        faults
            .to_string()
            .starts_with("nothing was taken from the file, it has 1500 faults, the first: line 2")
    );
}

/// A wrong patient number may be a card number, and a fault ends in logs and mails.
#[test]
fn no_message_repeats_a_patient_number() {
    for (name, bytes) in samples("bills/bad") {
        let faults = read_shimin(&bytes).unwrap_err();
        let told = format!("{faults} {}", faults.in_japanese());
        for number in ["4242424242424242", "00010001", "12A45"] {
            assert!(!told.contains(number), "{name}: {told}");
        }
    }
}

#[test]
fn the_hospitals_own_ceiling_and_clock_decide() {
    let (_, good) =
        samples("bills/good").into_iter().find(|(name, _)| name == "minimal.csv").unwrap();
    let yen = |amount| domain::yen::Yen::new(amount).unwrap();
    let refused = |ceiling, today| {
        let result = read(
            &good,
            &shared::hospital("shimin"),
            &shared::layout(),
            ceiling,
            shared::day(today),
        );
        result.err().map(|faults| kind(&faults.faults[0].reason))
    };
    assert_eq!(refused(yen(3_700), "2026-11-24"), None);
    assert_eq!(refused(yen(3_699), "2026-11-24").as_deref(), Some("AboveCeiling"));
    assert_eq!(refused(yen(3_700), "2026-11-23").as_deref(), Some("Future"));
    assert_eq!(refused(yen(3_700), "2028-11-24"), None);
    assert_eq!(refused(yen(3_700), "2028-11-25").as_deref(), Some("TooOld"));
}
