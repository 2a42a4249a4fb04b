//! Group files: samples good and bad, and the file of the demo.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking, too")]

mod shared;

use domain::group::institution_code_checks;
use domain::policy::Policy;
use exchange::group_file::read;
use proptest::prelude::*;
use shared::samples;
use std::fmt::Write;

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn every_bad_group_file_is_refused_with_line_and_key() {
    let mut report = String::new();
    for (name, bytes) in samples("group/bad") {
        let faults = read(text(&bytes)).map(|file| file.group.slug).expect_err(&name);
        writeln!(report, "## {name}").unwrap();
        for fault in &faults.faults {
            writeln!(report, "{fault}").unwrap();
        }
    }
    insta::assert_snapshot!(report);
}

#[test]
fn every_good_group_file_is_taken() {
    let mut report = String::new();
    for (name, bytes) in samples("group/good") {
        let file = read(text(&bytes)).unwrap_or_else(|faults| panic!("{name}: {faults}"));
        writeln!(report, "## {name}\n{file:#?}").unwrap();
    }
    insta::assert_snapshot!(report);
}

/// The values are those of `reference/faq.md`; what the file leaves out is the same.
#[test]
fn q05_q13_q23_q24_the_demo_group_is_as_in_the_faq() {
    let path = shared::fixtures().join("okayama.toml");
    let whole = std::fs::read_to_string(path).unwrap();
    let file = read(&whole).unwrap_or_else(|faults| panic!("{faults}"));
    assert_eq!(file.group.slug.as_str(), "okayama");
    assert_eq!(file.group.sender_domain, "s7.medicalpay.jp");
    let codes: Vec<&str> =
        file.hospitals.iter().map(|(hospital, ..)| hospital.code.as_str()).collect();
    assert_eq!(codes, ["shimin", "senoo"]);
    for (hospital, policy, _) in &file.hospitals {
        assert_eq!(*policy, Policy::of_the_faq());
        assert_eq!(hospital.group, file.group.slug);
        assert!(institution_code_checks(&hospital.institution_code));
    }
    assert_eq!(file.hospitals[0].0.phone, "086-737-3000");
}

/// A missing policy section would otherwise be told at the wrong hospital.
#[test]
fn a_fault_names_the_hospital_by_its_place_in_the_file() {
    let path = shared::fixtures().join("okayama.toml");
    let whole = std::fs::read_to_string(path).unwrap();
    let (before, after) = whole.rsplit_once("length = 8").unwrap();
    let fault = read(&format!("{before}length = 0{after}")).unwrap_err().faults.remove(0);
    assert_eq!(fault.key, "hospital[2].policy.card_layout.length");
    assert_eq!(fault.line, u64::try_from(before.lines().count()).unwrap() + 1);
}

proptest! {
    #[test]
    fn random_texts_never_panic(random in "[\\[\\]a-z=\"0-9.\n{}, -]{0,80}") {
        prop_assert!(read(&random).is_err());
    }

    #[test]
    fn a_good_file_with_a_letter_changed_never_panics(at in any::<prop::sample::Index>(), letter in any::<char>()) {
        let (_, bytes) = samples("group/good").remove(0);
        let mut letters: Vec<char> = text(&bytes).chars().collect();
        let at = at.index(letters.len());
        letters[at] = letter;
        let changed: String = letters.into_iter().collect();
        if let Ok(file) = read(&changed) {
            prop_assert_eq!(file.hospitals.len(), 1);
        }
    }
}
