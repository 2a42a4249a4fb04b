//! The manual for the hospital names every code that a kiosk can show, and no other.

use domain::eligibility::{IneligibilityReason, PatientFlag};
use domain::time::Moment;
use std::collections::BTreeSet;

const MANUAL: &str = include_str!("../../../docs/hospital.md");

#[test]
fn q27_every_code_of_the_kiosk_stands_in_the_manual() {
    let any = Moment::from_ms(0);
    let reasons = [
        IneligibilityReason::NotRegistered,
        IneligibilityReason::ActivationPending { usable_from: any },
        IneligibilityReason::AccountClosed,
        IneligibilityReason::AccountSuspended,
        IneligibilityReason::CardMissing,
        IneligibilityReason::CardExpired,
        IneligibilityReason::LastChargeFailed,
        IneligibilityReason::OutOfHours { opens_at: None },
    ];
    let flags = PatientFlag::ALL.map(IneligibilityReason::Flagged);
    let mut codes: BTreeSet<&str> =
        reasons.into_iter().chain(flags).map(IneligibilityReason::code).collect();
    codes.extend(app::enter::OTHER_CODES);
    let told: BTreeSet<&str> = MANUAL
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(' ').next())
        .filter(|word| word.len() == 4 && word.bytes().all(|b| b.is_ascii_uppercase()))
        .collect();
    assert_eq!(told, codes);
}
