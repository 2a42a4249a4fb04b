//! Writing bills and revisions, many at once.

use domain::bill::{BillKey, BillState};
use domain::group::HospitalCode;
use domain::id::{BillId, EntryId, ImportId};
use domain::time::Moment;
use domain::yen::Yen;

use crate::entries::Visit;
use crate::error::StoreError;
use crate::many::{CHUNK, as_json, for_each_given};
use crate::statement::{Statement, Value};
use crate::transaction::Tx;

/// A bill's row, to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BillRow {
    /// Which bill.
    pub bill: BillId,
    /// The revision at which the row must stand to be changed; `None`: the bill is new.
    pub after: Option<i64>,
    /// Its newest revision, counted by us from 1.
    pub revision: i64,
    /// What makes it this bill.
    pub key: BillKey,
    /// Whose visit, and which.
    pub visit: Visit,
    /// The hospital's own count.
    pub hospital_revision: i64,
    /// What the visit costs, whatever has been received; nothing for a cancelled bill.
    pub due: Yen,
    /// What the hospital says it has received, also what we posted back; nothing for a cancelled bill.
    pub received: Yen,
    /// Whether it is still asked for.
    pub state: BillState,
    /// Keyed digest of the content.
    pub content_digest: String,
    /// From [`super::seal_patient_number`].
    pub patient_number_sealed: String,
    /// The entry that it belongs to; found last, under the lock of the day.
    pub entry: Option<EntryId>,
}

/// A revision, to be written. Sealing takes a while, so it is done before the transaction begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// Of which bill.
    pub bill: BillId,
    /// Counted by us from 1.
    pub revision: i64,
    /// The hospital's own count.
    pub hospital_revision: i64,
    /// Whether the bill was still asked for.
    pub state: BillState,
    /// Keyed digest of the content.
    pub content_digest: String,
    /// From [`super::seal_content`].
    pub content_sealed: String,
}

pub(super) const INSERT: Statement = Statement::differing(
    "bills.insert",
    "INSERT INTO bills (id, hospital, setting, year, slip_number, patient_number_sealed, patient_number_blind,
                        service_day, revision, hospital_revision, content_digest, amount_due, state, entry,
                        received_at_ms, changed_at_ms, received)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
    "COPY bills (id, hospital, setting, year, slip_number, patient_number_sealed, patient_number_blind,
                 service_day, revision, hospital_revision, content_digest, amount_due, state, entry,
                 received_at_ms, changed_at_ms, received) FROM STDIN BINARY",
);
// A bill that has moved on meanwhile is not met, and the count of rows says so.
pub(super) const CHANGE: Statement = for_each_given!(
    "bills.change",
    "UPDATE bills SET revision = CAST(given.value ->> 1 AS BIGINT), patient_number_sealed = given.value ->> 2,
         patient_number_blind = given.value ->> 3, service_day = given.value ->> 4,
         hospital_revision = CAST(given.value ->> 5 AS BIGINT), content_digest = given.value ->> 6,
         amount_due = CAST(given.value ->> 7 AS BIGINT), state = given.value ->> 8, entry = given.value ->> 9,
         received = CAST(given.value ->> 11 AS BIGINT), changed_at_ms = $2 FROM ",
    " WHERE bills.id = given.value ->> 0 AND bills.revision = CAST(given.value ->> 10 AS BIGINT)"
);
pub(super) const INSERT_REVISIONS: Statement = Statement::differing(
    "bills.insert_revisions",
    "INSERT INTO bill_revisions (bill, revision, import, hospital_revision, content_sealed, content_digest,
                                 state, received_at_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    "COPY bill_revisions (bill, revision, import, hospital_revision, content_sealed, content_digest,
                          state, received_at_ms) FROM STDIN BINARY",
);

/// Writes the rows of bills, new and changed. A bill that has moved on meanwhile is an error.
pub fn put(
    tx: &mut Tx<'_>,
    hospital: &HospitalCode,
    now: Moment,
    bills: &[BillRow],
) -> Result<(), StoreError> {
    let (new, changed): (Vec<&BillRow>, Vec<&BillRow>) =
        bills.iter().partition(|bill| bill.after.is_none());
    for new in new.chunks(CHUNK) {
        insert(tx, hospital, now, new)?;
    }
    for changed in changed.chunks(CHUNK) {
        let given: Vec<_> = changed
            .iter()
            .map(|one| {
                (
                    one.bill.to_string(),
                    one.revision,
                    &one.patient_number_sealed,
                    &one.visit.patient_number_blind,
                    one.visit.day.to_string(),
                    one.hospital_revision,
                    &one.content_digest,
                    one.due.amount(),
                    one.state.as_str(),
                    one.entry.map(|entry| entry.to_string()),
                    one.after,
                    one.received.amount(),
                )
            })
            .collect();
        let written = tx.execute(&CHANGE, &[(&as_json(&given)?).into(), now.ms().into()])?;
        let expected = u64::try_from(changed.len()).unwrap_or(u64::MAX);
        if written != expected {
            return Err(StoreError::RowCount { statement: CHANGE.name, expected, got: written });
        }
    }
    Ok(())
}

fn insert(
    tx: &mut Tx<'_>,
    hospital: &HospitalCode,
    now: Moment,
    bills: &[&BillRow],
) -> Result<(), StoreError> {
    let texts: Vec<(String, String, Option<String>)> = bills
        .iter()
        .map(|one| {
            let entry = one.entry.map(|entry| entry.to_string());
            (one.bill.to_string(), one.visit.day.to_string(), entry)
        })
        .collect();
    let rows: Vec<[Value<'_>; 17]> = bills
        .iter()
        .zip(&texts)
        .map(|(one, (id, day, entry))| {
            [
                id.into(),
                hospital.as_str().into(),
                one.key.setting.as_str().into(),
                i64::from(one.key.year).into(),
                one.key.slip_number.as_str().into(),
                (&one.patient_number_sealed).into(),
                (&one.visit.patient_number_blind).into(),
                day.into(),
                one.revision.into(),
                one.hospital_revision.into(),
                (&one.content_digest).into(),
                one.due.amount().into(),
                one.state.as_str().into(),
                entry.as_deref().into(),
                now.ms().into(),
                now.ms().into(),
                one.received.amount().into(),
            ]
        })
        .collect();
    tx.insert_many(&INSERT, &rows)
}

/// Adds revisions of bills whose rows are there.
pub fn add_revisions(
    tx: &mut Tx<'_>,
    import: ImportId,
    now: Moment,
    revisions: &[Revision],
) -> Result<(), StoreError> {
    let import = import.to_string();
    for revisions in revisions.chunks(CHUNK) {
        let bills: Vec<String> = revisions.iter().map(|one| one.bill.to_string()).collect();
        let rows: Vec<[Value<'_>; 8]> = revisions
            .iter()
            .zip(&bills)
            .map(|(one, bill)| {
                [
                    bill.into(),
                    one.revision.into(),
                    (&import).into(),
                    one.hospital_revision.into(),
                    (&one.content_sealed).into(),
                    (&one.content_digest).into(),
                    one.state.as_str().into(),
                    now.ms().into(),
                ]
            })
            .collect();
        tx.insert_many(&INSERT_REVISIONS, &rows)?;
    }
    Ok(())
}
