//! The tables `entries` and `entry_serials`: visits that will be paid later.
//!
//! The row of a hospital and day in `entry_serials` is also the lock of that day: whoever enters a visit,
//! withdraws one or matches bills with visits takes it first, so that no bill misses its entry because the
//! two came in the same moment.

use std::collections::{BTreeSet, HashMap};

use domain::entry::{CareSetting, Entry, EntryNumber, EntryState};
use domain::group::HospitalCode;
use domain::id::{AccountId, ChargeId, EntryId};
use domain::patient::PatientNumber;
use domain::time::{Day, Moment};

use crate::columns;
use crate::error::StoreError;
use crate::keyring::Keyring;
use crate::many::{CHUNK, as_json, for_each_given};
use crate::sealing::Place;
use crate::statement::{Row, Statement, Value};
use crate::transaction::{Reader, Tx};

/// Whether a visit was entered just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inserted {
    /// It was.
    New,
    /// The visit had been entered before; nothing was changed.
    Known,
}

/// What identifies a visit within a hospital: whose, when, outpatient or inpatient.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Visit {
    /// See [`patient_number_blind`].
    pub patient_number_blind: String,
    /// The day.
    pub day: Day,
    /// Outpatient or inpatient.
    pub setting: CareSetting,
}

const NEXT_SERIAL: Statement = Statement::new(
    "entries.next_serial",
    "INSERT INTO entry_serials (hospital, visit_day, serial) VALUES ($1, $2, 1)
     ON CONFLICT (hospital, visit_day) DO UPDATE SET serial = entry_serials.serial + 1
     RETURNING serial",
);
const LOCK_DAY: Statement = Statement::new(
    "entries.lock_day",
    "INSERT INTO entry_serials (hospital, visit_day, serial) VALUES ($1, $2, 0)
     ON CONFLICT (hospital, visit_day) DO UPDATE SET serial = entry_serials.serial",
);
// Writes nothing new; who has written a row keeps others from it until the transaction ends.
// SQLite has one writer at a time, and needs no lock. On PostgreSQL rows that point at the entry may still be
// added.
const LOCK: Statement = Statement::differing(
    "entries.lock",
    "SELECT id, number, hospital, patient_number_sealed, visit_day, setting, account, link, machine,
            entered_at_ms, state
     FROM entries WHERE id = $1",
    "SELECT id, number, hospital, patient_number_sealed, visit_day, setting, account, link, machine,
            entered_at_ms, state
     FROM entries WHERE id = $1 FOR NO KEY UPDATE",
);
const LOCK_OF_CHARGE: Statement = Statement::differing(
    "entries.lock_of_charge",
    "SELECT id, number, hospital, patient_number_sealed, visit_day, setting, account, link, machine,
            entered_at_ms, state
     FROM entries WHERE id = (SELECT entry_id FROM charges WHERE id = $1)",
    "SELECT id, number, hospital, patient_number_sealed, visit_day, setting, account, link, machine,
            entered_at_ms, state
     FROM entries WHERE id = (SELECT entry_id FROM charges WHERE id = $1) FOR NO KEY UPDATE",
);
const LOCK_ALL: Statement = Statement::differing(
    "entries.lock_all",
    "SELECT entries.id, number, hospital, patient_number_sealed, visit_day, setting, account, link, machine,
            entered_at_ms, state
     FROM json_each($1) AS given CROSS JOIN entries ON entries.id = given.value ->> 0 ORDER BY entries.id",
    "SELECT entries.id, number, hospital, patient_number_sealed, visit_day, setting, account, link, machine,
            entered_at_ms, state
     FROM jsonb_array_elements(CAST(CAST($1 AS TEXT) AS JSONB)) AS given (value)
     JOIN entries ON entries.id = given.value ->> 0 ORDER BY entries.id FOR NO KEY UPDATE OF entries",
);
const INSERT: Statement = Statement::new(
    "entries.insert",
    "INSERT INTO entries (id, number, hospital, patient_number_sealed, patient_number_blind, visit_day, setting,
                          account, link, machine, entered_at_ms, state)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'entered')
     ON CONFLICT (hospital, patient_number_blind, visit_day, setting) DO NOTHING",
);
const BY_ID: Statement = Statement::new(
    "entries.by_id",
    "SELECT id, number, hospital, patient_number_sealed, visit_day, setting, account, link, machine,
            entered_at_ms, state
     FROM entries WHERE id = $1",
);
const BY_NUMBER: Statement = Statement::new(
    "entries.by_number",
    "SELECT id, number, hospital, patient_number_sealed, visit_day, setting, account, link, machine,
            entered_at_ms, state
     FROM entries WHERE hospital = $1 AND number = $2",
);
const OF_VISIT: Statement = Statement::new(
    "entries.of_visit",
    "SELECT id, number, hospital, patient_number_sealed, visit_day, setting, account, link, machine,
            entered_at_ms, state
     FROM entries WHERE hospital = $1 AND patient_number_blind = $2 AND visit_day = $3 AND setting = $4",
);
const OF_ACCOUNT: Statement =
    Statement::new("entries.of_account", "SELECT id FROM entries WHERE account = $1 LIMIT 1");
const NEWEST: Statement = Statement::new(
    "entries.newest",
    "SELECT id, number, hospital, patient_number_sealed, visit_day, setting, account, link, machine,
            entered_at_ms, state
     FROM entries ORDER BY entered_at_ms DESC, id DESC LIMIT $1",
);
const WITHOUT_BILL: Statement = Statement::new(
    "entries.without_bill",
    "SELECT id, number, hospital, patient_number_sealed, visit_day, setting, account, link, machine,
            entered_at_ms, state
     FROM entries WHERE hospital = $1 AND visit_day <= $2 AND state = 'entered'
         AND NOT EXISTS (SELECT 1 FROM bills WHERE bills.entry = entries.id)
     ORDER BY visit_day, number",
);
const ENTERED: Statement = for_each_given!(
    "entries.entered_of_visits",
    "SELECT entries.id, entries.patient_number_blind, entries.visit_day, entries.setting FROM ",
    join "entries ON entries.hospital = $2 AND entries.patient_number_blind = given.value ->> 0
         AND entries.visit_day = given.value ->> 1 AND entries.setting = given.value ->> 2
     WHERE entries.state = 'entered'"
);
const WITHDRAW: Statement = Statement::new(
    "entries.withdraw",
    "UPDATE entries SET state = 'withdrawn', withdrawn_at_ms = $2 WHERE id = $1 AND state = 'entered'",
);

// What has a charge counts until that has ended; what has none yet waits for its bill.
const OPEN_OF_ACCOUNT: Statement = Statement::new(
    "entries.open_of_account",
    "SELECT count(DISTINCT entries.id) FROM entries LEFT JOIN charges ON charges.entry_id = entries.id
     WHERE entries.account = $1 AND entries.state = 'entered' AND (charges.id IS NULL OR charges.state IN
        ('scheduled', 'due', 'intended', 'sent', 'unknown', 'awaiting_consent', 'action_required'))",
);

/// Every statement of this module.
pub const ALL: &[&Statement] = &[
    &OPEN_OF_ACCOUNT,
    &NEXT_SERIAL,
    &LOCK_DAY,
    &LOCK,
    &LOCK_OF_CHARGE,
    &LOCK_ALL,
    &INSERT,
    &BY_ID,
    &BY_NUMBER,
    &OF_VISIT,
    &OF_ACCOUNT,
    &NEWEST,
    &WITHOUT_BILL,
    &ENTERED,
    &WITHDRAW,
];

/// The keyed digest by which a patient of one hospital is found in entries, bills and flags. The same
/// number at another hospital gives another digest.
#[must_use]
pub fn patient_number_blind(
    keyring: &Keyring,
    hospital: &HospitalCode,
    number: &PatientNumber,
) -> String {
    keyring.blind(&format!("visits.patient_number.{hospital}"), number.as_str())
}

/// Locks a day and gives the next running number of that day at that hospital, from 1.
pub fn next_serial(tx: &mut Tx<'_>, hospital: &HospitalCode, day: Day) -> Result<i64, StoreError> {
    let rows = tx.query(&NEXT_SERIAL, &[hospital.as_str().into(), (&day.to_string()).into()])?;
    match rows.first() {
        Some(row) => row.int(0),
        None => Err(StoreError::RowCount { statement: NEXT_SERIAL.name, expected: 1, got: 0 }),
    }
}

/// Locks a day at a hospital until the transaction ends. Several days are locked from the earliest to
/// the latest, so that two transactions never wait for each other crosswise.
pub fn lock_day(tx: &mut Tx<'_>, hospital: &HospitalCode, day: Day) -> Result<(), StoreError> {
    tx.execute_one(&LOCK_DAY, &[hospital.as_str().into(), (&day.to_string()).into()])
}

/// Locks the money of an entry until the transaction ends, and reads the entry: its charges and refunds are
/// looked at and changed together. Several are locked in the order of their ids.
pub fn lock(tx: &mut Tx<'_>, id: EntryId) -> Result<Entry, StoreError> {
    let row = tx.query_opt(&LOCK, &[(&id.to_string()).into()])?;
    match row {
        Some(row) => entry(tx.keyring(), &row),
        None => Err(StoreError::RowCount { statement: LOCK.name, expected: 1, got: 0 }),
    }
}

/// Locks the money of the entry that a charge is for, as [`lock`] does; `None`: there is no such charge.
pub fn lock_of_charge(tx: &mut Tx<'_>, charge: ChargeId) -> Result<Option<Entry>, StoreError> {
    let row = tx.query_opt(&LOCK_OF_CHARGE, &[(&charge.to_string()).into()])?;
    row.map(|row| entry(tx.keyring(), &row)).transpose()
}

/// Locks many entries as [`lock`] does, and reads them in the order of their ids, which is the order in which
/// they are to be given.
pub fn lock_all(tx: &mut Tx<'_>, ids: &BTreeSet<EntryId>) -> Result<Vec<Entry>, StoreError> {
    let ids: Vec<_> = ids.iter().map(|id| (id.to_string(),)).collect();
    let mut entries = Vec::with_capacity(ids.len());
    for ids in ids.chunks(CHUNK) {
        let rows = tx.query(&LOCK_ALL, &[(&as_json(ids)?).into()])?;
        if rows.len() != ids.len() {
            let count = |rows: usize| u64::try_from(rows).unwrap_or(u64::MAX);
            let (expected, got) = (count(ids.len()), count(rows.len()));
            return Err(StoreError::RowCount { statement: LOCK_ALL.name, expected, got });
        }
        for row in &rows {
            entries.push(entry(tx.keyring(), row)?);
        }
    }
    Ok(entries)
}

/// Enters a visit, unless it was entered before.
pub fn insert(tx: &mut Tx<'_>, entry: &Entry) -> Result<Inserted, StoreError> {
    let id = entry.id.to_string();
    let place = Place::new("entries", "patient_number", &id);
    let sealed = tx.keyring().seal(&place, entry.patient_number.as_str())?;
    let blind = patient_number_blind(tx.keyring(), &entry.hospital, &entry.patient_number);
    let (account, link) = (entry.account.to_string(), entry.link.to_string());
    let visit_day = entry.visit_day.to_string();
    let machine = entry.machine.map(|machine| machine.to_string());
    let values: [Value<'_>; 11] = [
        (&id).into(),
        entry.number.as_str().into(),
        entry.hospital.as_str().into(),
        (&sealed).into(),
        (&blind).into(),
        (&visit_day).into(),
        entry.setting.as_str().into(),
        (&account).into(),
        (&link).into(),
        machine.as_deref().into(),
        entry.entered_at.ms().into(),
    ];
    Ok(if tx.execute(&INSERT, &values)? == 1 { Inserted::New } else { Inserted::Known })
}

/// One entry.
pub fn by_id(reader: &mut Reader<'_>, id: EntryId) -> Result<Option<Entry>, StoreError> {
    let row = reader.query_opt(&BY_ID, &[(&id.to_string()).into()])?;
    row.map(|row| entry(reader.keyring(), &row)).transpose()
}

/// The entry whose number stands on a slip.
pub fn by_number(
    reader: &mut Reader<'_>,
    hospital: &HospitalCode,
    number: &EntryNumber,
) -> Result<Option<Entry>, StoreError> {
    let row = reader.query_opt(&BY_NUMBER, &[hospital.as_str().into(), number.as_str().into()])?;
    row.map(|row| entry(reader.keyring(), &row)).transpose()
}

/// The entry of a patient's visit, withdrawn or not.
pub fn of_visit(
    reader: &mut Reader<'_>,
    hospital: &HospitalCode,
    visit: &Visit,
) -> Result<Option<Entry>, StoreError> {
    let day = visit.day.to_string();
    let values: [Value<'_>; 4] = [
        hospital.as_str().into(),
        (&visit.patient_number_blind).into(),
        (&day).into(),
        visit.setting.as_str().into(),
    ];
    let row = reader.query_opt(&OF_VISIT, &values)?;
    row.map(|row| entry(reader.keyring(), &row)).transpose()
}

/// Whether an account has ever entered a visit.
pub fn account_has_any(reader: &mut Reader<'_>, account: AccountId) -> Result<bool, StoreError> {
    Ok(reader.query_opt(&OF_ACCOUNT, &[(&account.to_string()).into()])?.is_some())
}

/// The latest entries of all hospitals, the newest first.
pub fn newest(reader: &mut Reader<'_>, limit: i64) -> Result<Vec<Entry>, StoreError> {
    let rows = reader.query(&NEWEST, &[limit.into()])?;
    rows.iter().map(|row| entry(reader.keyring(), row)).collect()
}

/// Entries of visits up to a day for which no bill has come, the oldest first.
pub fn without_bill(
    reader: &mut Reader<'_>,
    hospital: &HospitalCode,
    up_to: Day,
) -> Result<Vec<Entry>, StoreError> {
    let rows =
        reader.query(&WITHOUT_BILL, &[hospital.as_str().into(), (&up_to.to_string()).into()])?;
    rows.iter().map(|row| entry(reader.keyring(), row)).collect()
}

/// Of many visits, those that are entered and not withdrawn.
pub fn entered_of_visits(
    reader: &mut Reader<'_>,
    hospital: &HospitalCode,
    visits: &[Visit],
) -> Result<HashMap<Visit, EntryId>, StoreError> {
    let given: Vec<_> = visits
        .iter()
        .map(|visit| (&visit.patient_number_blind, visit.day.to_string(), visit.setting.as_str()))
        .collect();
    let rows = reader.query(&ENTERED, &[(&as_json(&given)?).into(), hospital.as_str().into()])?;
    rows.iter()
        .map(|row| {
            let visit = Visit {
                patient_number_blind: row.text(1)?.to_owned(),
                day: columns::day(row, 2)?,
                setting: setting(row, 3)?,
            };
            Ok((visit, columns::id(row, 0)?))
        })
        .collect()
}

/// How many visits of an account are still to be charged, or wait for their bill.
pub fn open_of_account(reader: &mut Reader<'_>, account: AccountId) -> Result<usize, StoreError> {
    let rows = reader.query(&OPEN_OF_ACCOUNT, &[(&account.to_string()).into()])?;
    let count = rows.first().map_or(Ok(0), |row| row.int(0))?;
    Ok(usize::try_from(count).unwrap_or(0))
}

/// Marks an entry as withdrawn. `false`: it is not there, or was withdrawn before.
pub fn withdraw(tx: &mut Tx<'_>, id: EntryId, now: Moment) -> Result<bool, StoreError> {
    Ok(tx.execute(&WITHDRAW, &[(&id.to_string()).into(), now.ms().into()])? == 1)
}

fn entry(keyring: &Keyring, row: &Row) -> Result<Entry, StoreError> {
    let id = row.text(0)?;
    let number = keyring.open(&Place::new("entries", "patient_number", id), row.text(3)?)?;
    Ok(Entry {
        id: columns::id(row, 0)?,
        number: columns::word(row, 1, EntryNumber::parse, "entry number")?,
        hospital: columns::hospital(row, 2)?,
        patient_number: PatientNumber::from_stored(number),
        visit_day: columns::day(row, 4)?,
        setting: setting(row, 5)?,
        account: columns::id(row, 6)?,
        link: columns::id(row, 7)?,
        machine: columns::opt_id(row, 8)?,
        entered_at: columns::moment(row, 9)?,
        state: columns::word(row, 10, EntryState::parse, "state of an entry")?,
    })
}

/// Reads a care setting from a row.
pub(crate) fn setting(row: &Row, column: usize) -> Result<CareSetting, StoreError> {
    columns::word(row, column, CareSetting::parse, "care setting")
}
