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
    /// What is still to be paid.
    pub outstanding: Yen,
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
    /// What was to be paid by it.
    pub outstanding: Yen,
    /// Whether the bill was still asked for.
    pub state: BillState,
    /// Keyed digest of the content.
    pub content_digest: String,
    /// From [`super::seal_content`].
    pub content_sealed: String,
}

pub(super) const INSERT: Statement = for_each_given!(
    "bills.insert",
    "INSERT INTO bills (id, setting, year, slip_number, patient_number_sealed, patient_number_blind, service_day,
                        hospital_revision, content_digest, outstanding, state, entry, revision,
                        hospital, received_at_ms, changed_at_ms)
     SELECT given.value ->> 0, given.value ->> 1, CAST(given.value ->> 2 AS BIGINT), given.value ->> 3,
            given.value ->> 4, given.value ->> 5, given.value ->> 6,
            CAST(given.value ->> 7 AS BIGINT), given.value ->> 8, CAST(given.value ->> 9 AS BIGINT),
            given.value ->> 10, given.value ->> 11, CAST(given.value ->> 12 AS BIGINT), $2, $3, $3 FROM ",
    ""
);
// A bill that has moved on meanwhile is not met, and the count of rows says so.
pub(super) const CHANGE: Statement = for_each_given!(
    "bills.change",
    "UPDATE bills SET revision = CAST(given.value ->> 1 AS BIGINT), patient_number_sealed = given.value ->> 2,
         patient_number_blind = given.value ->> 3, service_day = given.value ->> 4,
         hospital_revision = CAST(given.value ->> 5 AS BIGINT), content_digest = given.value ->> 6,
         outstanding = CAST(given.value ->> 7 AS BIGINT), state = given.value ->> 8, entry = given.value ->> 9,
         changed_at_ms = $2 FROM ",
    " WHERE bills.id = given.value ->> 0 AND bills.revision = CAST(given.value ->> 10 AS BIGINT)"
);
pub(super) const INSERT_REVISIONS: Statement = for_each_given!(
    "bills.insert_revisions",
    "INSERT INTO bill_revisions (bill, revision, hospital_revision, content_sealed, content_digest, outstanding,
                                 state, import, received_at_ms)
     SELECT given.value ->> 0, CAST(given.value ->> 1 AS BIGINT), CAST(given.value ->> 2 AS BIGINT),
            given.value ->> 3, given.value ->> 4, CAST(given.value ->> 5 AS BIGINT), given.value ->> 6, $2, $3 FROM ",
    ""
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
        let given: Vec<_> = new
            .iter()
            .map(|one| {
                (
                    one.bill.to_string(),
                    one.key.setting.as_str(),
                    one.key.year,
                    one.key.slip_number.as_str(),
                    &one.patient_number_sealed,
                    &one.visit.patient_number_blind,
                    one.visit.day.to_string(),
                    one.hospital_revision,
                    &one.content_digest,
                    one.outstanding.amount(),
                    one.state.as_str(),
                    one.entry.map(|entry| entry.to_string()),
                    one.revision,
                )
            })
            .collect();
        let given = as_json(&given)?;
        let values: [Value<'_>; 3] = [(&given).into(), hospital.as_str().into(), now.ms().into()];
        all_written(&INSERT, tx.execute(&INSERT, &values)?, new.len())?;
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
                    one.outstanding.amount(),
                    one.state.as_str(),
                    one.entry.map(|entry| entry.to_string()),
                    one.after,
                )
            })
            .collect();
        let written = tx.execute(&CHANGE, &[(&as_json(&given)?).into(), now.ms().into()])?;
        all_written(&CHANGE, written, changed.len())?;
    }
    Ok(())
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
        let given: Vec<_> = revisions
            .iter()
            .map(|one| {
                (
                    one.bill.to_string(),
                    one.revision,
                    one.hospital_revision,
                    &one.content_sealed,
                    &one.content_digest,
                    one.outstanding.amount(),
                    one.state.as_str(),
                )
            })
            .collect();
        let given = as_json(&given)?;
        let values: [Value<'_>; 3] = [(&given).into(), (&import).into(), now.ms().into()];
        all_written(&INSERT_REVISIONS, tx.execute(&INSERT_REVISIONS, &values)?, revisions.len())?;
    }
    Ok(())
}

fn all_written(statement: &Statement, got: u64, rows: usize) -> Result<(), StoreError> {
    let expected = u64::try_from(rows).unwrap_or(u64::MAX);
    if got == expected {
        Ok(())
    } else {
        Err(StoreError::RowCount { statement: statement.name, expected, got })
    }
}
