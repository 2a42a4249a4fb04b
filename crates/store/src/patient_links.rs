//! The table `patient_links`: which account pays for which patient number of which hospital.

use domain::account::{OtherPatient, PatientLink};
use domain::group::HospitalCode;
use domain::id::AccountId;
use domain::patient::{PatientNumber, Relation};
use domain::time::Moment;

use crate::columns;
use crate::entries::patient_number_blind;
use crate::error::StoreError;
use crate::keyring::Keyring;
use crate::other_patient::OtherPatientText;
use crate::sealing::Place;
use crate::statement::{Row, Statement, Value};
use crate::transaction::{Reader, Tx};

const INSERT: Statement = Statement::new(
    "patient_links.insert",
    "INSERT INTO patient_links (id, account, hospital, patient_number_sealed, patient_number_blind, relation,
                                linked_at_ms, patient_sealed)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (hospital, patient_number_blind) DO NOTHING",
);
const BY_NUMBER: Statement = Statement::new(
    "patient_links.by_number",
    "SELECT id, account, hospital, patient_number_sealed, relation, patient_sealed FROM patient_links
     WHERE hospital = $1 AND patient_number_blind = $2",
);
const OF_ACCOUNT: Statement = Statement::new(
    "patient_links.of_account",
    "SELECT id, account, hospital, patient_number_sealed, relation, patient_sealed FROM patient_links
     WHERE account = $1 ORDER BY linked_at_ms, id",
);

const KEEP_FORMER: Statement = Statement::new(
    "patient_links.keep_former",
    "INSERT INTO former_patient_links (id, account, hospital, patient_number_sealed, patient_number_blind, relation,
                                       patient_sealed, linked_at_ms, ended_at_ms)
     SELECT id, account, hospital, patient_number_sealed, patient_number_blind, relation, patient_sealed, linked_at_ms,
        $2 FROM patient_links WHERE account = $1",
);
const DELETE: Statement =
    Statement::new("patient_links.delete", "DELETE FROM patient_links WHERE account = $1");
const FORMER: Statement = Statement::new(
    "patient_links.former",
    "SELECT id, account, hospital, patient_number_sealed, relation, patient_sealed FROM former_patient_links
     WHERE hospital = $1 AND patient_number_blind = $2 AND account = $3 ORDER BY ended_at_ms DESC LIMIT 1",
);

/// Every statement of this module.
pub const ALL: &[&Statement] = &[&INSERT, &BY_NUMBER, &OF_ACCOUNT, &KEEP_FORMER, &DELETE, &FORMER];

/// Whether a new link was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Linked {
    /// It was.
    New,
    /// Nothing was: the patient number has a link already.
    Taken,
}

/// Writes a link.
pub fn insert(tx: &mut Tx<'_>, link: &PatientLink, now: Moment) -> Result<Linked, StoreError> {
    let id = link.id.to_string();
    let keyring = tx.keyring();
    let number = keyring.seal(&place(&id), link.patient_number.as_str())?;
    let seal_patient = |patient| {
        // Nothing but texts, so writing it cannot fail; an empty text would be refused when read.
        let text = serde_json::to_string(&OtherPatientText::of(patient)).unwrap_or_default();
        keyring.seal(&patient_place(&id), &text)
    };
    let patient = link.patient.as_ref().map(seal_patient).transpose()?;
    let blind = patient_number_blind(keyring, &link.hospital, &link.patient_number);
    let account = link.account.to_string();
    let values: [Value<'_>; 8] = [
        (&id).into(),
        (&account).into(),
        link.hospital.as_str().into(),
        (&number).into(),
        (&blind).into(),
        link.relation.as_str().into(),
        now.ms().into(),
        patient.as_deref().into(),
    ];
    Ok(if tx.execute(&INSERT, &values)? == 1 { Linked::New } else { Linked::Taken })
}

/// Who pays for a patient; `None`: nobody, the number is not registered.
pub fn by_number(
    reader: &mut Reader<'_>,
    hospital: &HospitalCode,
    number: &PatientNumber,
) -> Result<Option<PatientLink>, StoreError> {
    let keyring = reader.keyring();
    let blind = patient_number_blind(keyring, hospital, number);
    let row = reader.query_opt(&BY_NUMBER, &[hospital.as_str().into(), (&blind).into()])?;
    row.map(|row| link(keyring, &row)).transpose()
}

/// The patient of a number for whom an account pays, or has paid until its registration was cancelled.
pub fn of_payer(
    reader: &mut Reader<'_>,
    account: AccountId,
    hospital: &HospitalCode,
    number: &PatientNumber,
) -> Result<Option<PatientLink>, StoreError> {
    let now = by_number(reader, hospital, number)?.filter(|link| link.account == account);
    if now.is_some() {
        return Ok(now);
    }
    let keyring = reader.keyring();
    let (blind, account) = (patient_number_blind(keyring, hospital, number), account.to_string());
    let values = [hospital.as_str().into(), (&blind).into(), (&account).into()];
    let row = reader.query_opt(&FORMER, &values)?;
    row.map(|row| link(keyring, &row)).transpose()
}

/// Ends all links of an account: its patient numbers are free for another one.
pub fn end_all(tx: &mut Tx<'_>, account: AccountId, now: Moment) -> Result<(), StoreError> {
    let account = account.to_string();
    tx.execute(&KEEP_FORMER, &[(&account).into(), now.ms().into()])?;
    tx.execute(&DELETE, &[(&account).into()]).map(drop)
}

/// The patients of an account, first linked first.
pub fn of_account(
    reader: &mut Reader<'_>,
    account: AccountId,
) -> Result<Vec<PatientLink>, StoreError> {
    let keyring = reader.keyring();
    let rows = reader.query(&OF_ACCOUNT, &[(&account.to_string()).into()])?;
    rows.iter().map(|row| link(keyring, row)).collect()
}

const fn place(id: &str) -> Place<'_> {
    Place::new("patient_links", "patient_number_sealed", id)
}

const fn patient_place(id: &str) -> Place<'_> {
    Place::new("patient_links", "patient_sealed", id)
}

fn link(keyring: &Keyring, row: &Row) -> Result<PatientLink, StoreError> {
    Ok(PatientLink {
        id: columns::id(row, 0)?,
        account: columns::id(row, 1)?,
        hospital: columns::hospital(row, 2)?,
        patient_number: PatientNumber::from_stored(
            keyring.open(&place(row.text(0)?), row.text(3)?)?,
        ),
        relation: columns::word(row, 4, Relation::parse, "relation")?,
        patient: row.opt_text(5)?.map(|sealed| other_patient(keyring, row, sealed)).transpose()?,
    })
}

fn other_patient(keyring: &Keyring, row: &Row, sealed: &str) -> Result<OtherPatient, StoreError> {
    let text = keyring.open(&patient_place(row.text(0)?), sealed)?;
    let read = serde_json::from_str::<OtherPatientText>(&text)
        .map_err(|_contents| row.corrupt(5, "the patient is not JSON of ours"))?;
    read.read().map_err(|fault| row.corrupt(5, fault))
}
