//! The table `patient_flags`: what a hospital notes about a patient that stands against paying later.
//! The patient number is kept as a keyed digest only.

use domain::eligibility::PatientFlag;
use domain::group::HospitalCode;
use domain::patient::PatientNumber;
use domain::time::Day;

use crate::columns;
use crate::entries::patient_number_blind;
use crate::error::StoreError;
use crate::statement::{Statement, Value};
use crate::transaction::{Reader, Tx};

const IN_FORCE: Statement = Statement::new(
    "patient_flags.in_force",
    "SELECT flag FROM patient_flags
     WHERE hospital = $1 AND patient_number_blind = $2 AND valid_from <= $3 AND (last_day IS NULL OR last_day >= $3)",
);
const SET: Statement = Statement::new(
    "patient_flags.set",
    "INSERT INTO patient_flags (hospital, patient_number_blind, flag, valid_from, last_day)
     VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (hospital, patient_number_blind, flag) DO UPDATE SET valid_from = excluded.valid_from,
         last_day = excluded.last_day",
);

/// Every statement of this module.
pub const ALL: &[&Statement] = &[&IN_FORCE, &SET];

/// A flag with the days on which it is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DatedFlag {
    /// What is noted.
    pub flag: PatientFlag,
    /// From this day on.
    pub valid_from: Day,
    /// Until this day, which is included; `None`: until further notice.
    pub last_day: Option<Day>,
}

/// The flags of a patient on a day, in the order of [`PatientFlag`].
pub fn in_force(
    reader: &mut Reader<'_>,
    hospital: &HospitalCode,
    number: &PatientNumber,
    day: Day,
) -> Result<Vec<PatientFlag>, StoreError> {
    let blind = patient_number_blind(reader.keyring(), hospital, number);
    let day = day.to_string();
    let values: [Value<'_>; 3] = [hospital.as_str().into(), (&blind).into(), (&day).into()];
    let rows = reader.query(&IN_FORCE, &values)?;
    let mut flags = rows
        .iter()
        .map(|row| columns::word(row, 0, PatientFlag::parse, "flag"))
        .collect::<Result<Vec<_>, _>>()?;
    flags.sort_unstable();
    Ok(flags)
}

/// Notes a flag, or moves the days of one that is noted already. A flag is ended by its last day.
pub fn set(
    tx: &mut Tx<'_>,
    hospital: &HospitalCode,
    number: &PatientNumber,
    dated: &DatedFlag,
) -> Result<(), StoreError> {
    let blind = patient_number_blind(tx.keyring(), hospital, number);
    let (valid_from, last_day) =
        (dated.valid_from.to_string(), dated.last_day.map(|day| day.to_string()));
    let values: [Value<'_>; 5] = [
        hospital.as_str().into(),
        (&blind).into(),
        dated.flag.as_str().into(),
        (&valid_from).into(),
        last_day.as_deref().into(),
    ];
    tx.execute_one(&SET, &values)
}
