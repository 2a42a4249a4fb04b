//! The tables `imports` and `import_turns`: one row for each file of bills that was taken in, and for each
//! hospital the turn, which is the lock under which its files are taken in one after the other.

use domain::group::HospitalCode;
use domain::id::ImportId;
use domain::time::Moment;
use domain::yen::Yen;

use crate::columns;
use crate::error::StoreError;
use crate::statement::{Row, Statement, Value};
use crate::transaction::{Reader, Tx};

/// A file that was taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// Its id here.
    pub id: ImportId,
    /// Whose bills.
    pub hospital: HospitalCode,
    /// As it was called.
    pub file_name: String,
    /// Keyed digest of its bytes: the same file is taken in once.
    pub file_digest: String,
    /// Who brought it.
    pub actor: String,
    /// When.
    pub imported_at: Moment,
    /// Rows of bills in it.
    pub rows: i64,
    /// Bills that were new.
    pub new: i64,
    /// Bills that got a new revision.
    pub changed: i64,
    /// Bills that were known as they are.
    pub same: i64,
    /// Sum of the amounts due.
    pub total: Yen,
}

/// What has become of a file's revisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Traces {
    /// Revisions that the file brought.
    pub revisions: i64,
    /// Of those, how many have a newer one by now.
    pub changed_since: i64,
}

const TURN: Statement =
    Statement::new("imports.turn", "SELECT turn FROM import_turns WHERE hospital = $1");
// Takes the row for the rest of the transaction: two files may speak of the same bill.
const TAKE_TURN: Statement = Statement::new(
    "imports.take_turn",
    "INSERT INTO import_turns (hospital, turn) VALUES ($1, 0)
     ON CONFLICT (hospital) DO UPDATE SET turn = import_turns.turn RETURNING turn",
);
const END_TURN: Statement = Statement::new(
    "imports.end_turn",
    "UPDATE import_turns SET turn = turn + 1 WHERE hospital = $1",
);
const INSERT: Statement = Statement::new(
    "imports.insert",
    "INSERT INTO imports (id, hospital, file_name, file_digest, actor, imported_at_ms, rows_in_file, new_bills,
                          changed_bills, same_bills, total)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
);
const BY_DIGEST: Statement = Statement::new(
    "imports.by_digest",
    "SELECT id, hospital, file_name, file_digest, actor, imported_at_ms, rows_in_file, new_bills, changed_bills,
            same_bills, total
     FROM imports WHERE hospital = $1 AND file_digest = $2 ORDER BY imported_at_ms DESC, id DESC LIMIT 1",
);
const NEWEST: Statement = Statement::new(
    "imports.newest",
    "SELECT id, hospital, file_name, file_digest, actor, imported_at_ms, rows_in_file, new_bills, changed_bills,
            same_bills, total
     FROM imports WHERE hospital = $1 ORDER BY imported_at_ms DESC, id DESC LIMIT $2",
);
const TRACES: Statement = Statement::new(
    "imports.traces",
    "SELECT count(*), CAST(coalesce(sum(CASE WHEN bills.revision > bill_revisions.revision THEN 1 ELSE 0 END), 0)
                           AS BIGINT)
     FROM bill_revisions JOIN bills ON bills.id = bill_revisions.bill WHERE bill_revisions.import = $1",
);

/// Every statement of this module.
pub const ALL: &[&Statement] =
    &[&TURN, &TAKE_TURN, &END_TURN, &INSERT, &BY_DIGEST, &NEWEST, &TRACES];

/// The keyed digest by which a file is known again.
#[must_use]
pub fn file_digest(keyring: &crate::Keyring, hospital: &HospitalCode, bytes: &[u8]) -> String {
    use sha2::{Digest, Sha256};
    keyring.blind(&format!("imports.file.{hospital}"), &hex::encode(Sha256::digest(bytes)))
}

/// How many files of the hospital have been taken in; nothing that was looked up before has changed as
/// long as this has not.
pub fn turn(reader: &mut Reader<'_>, hospital: &HospitalCode) -> Result<i64, StoreError> {
    reader.query_opt(&TURN, &[hospital.as_str().into()])?.map_or(Ok(0), |row| row.int(0))
}

/// Waits until no other file of the hospital is being taken in, and keeps the turn until the transaction
/// ends. Gives what [`turn`] counts.
pub fn take_turn(tx: &mut Tx<'_>, hospital: &HospitalCode) -> Result<i64, StoreError> {
    let rows = tx.query(&TAKE_TURN, &[hospital.as_str().into()])?;
    match rows.first() {
        Some(row) => row.int(0),
        None => Err(StoreError::RowCount { statement: TAKE_TURN.name, expected: 1, got: 0 }),
    }
}

/// Counts a file.
pub fn end_turn(tx: &mut Tx<'_>, hospital: &HospitalCode) -> Result<(), StoreError> {
    tx.execute_one(&END_TURN, &[hospital.as_str().into()])
}

/// Puts a file on record.
pub fn insert(tx: &mut Tx<'_>, import: &Import) -> Result<(), StoreError> {
    let id = import.id.to_string();
    let values: [Value<'_>; 11] = [
        (&id).into(),
        import.hospital.as_str().into(),
        (&import.file_name).into(),
        (&import.file_digest).into(),
        (&import.actor).into(),
        import.imported_at.ms().into(),
        import.rows.into(),
        import.new.into(),
        import.changed.into(),
        import.same.into(),
        import.total.amount().into(),
    ];
    tx.execute_one(&INSERT, &values)
}

/// The file with these bytes, if it was taken in before.
pub fn by_digest(
    reader: &mut Reader<'_>,
    hospital: &HospitalCode,
    digest: &str,
) -> Result<Option<Import>, StoreError> {
    reader
        .query_opt(&BY_DIGEST, &[hospital.as_str().into(), digest.into()])?
        .as_ref()
        .map(import)
        .transpose()
}

/// The newest files of a hospital, the newest first.
pub fn newest(
    reader: &mut Reader<'_>,
    hospital: &HospitalCode,
    limit: i64,
) -> Result<Vec<Import>, StoreError> {
    let rows = reader.query(&NEWEST, &[hospital.as_str().into(), limit.into()])?;
    rows.iter().map(import).collect()
}

/// Counts what a file has left behind.
pub fn traces(reader: &mut Reader<'_>, id: ImportId) -> Result<Traces, StoreError> {
    let rows = reader.query(&TRACES, &[(&id.to_string()).into()])?;
    match rows.first() {
        Some(row) => Ok(Traces { revisions: row.int(0)?, changed_since: row.int(1)? }),
        None => Err(StoreError::RowCount { statement: TRACES.name, expected: 1, got: 0 }),
    }
}

fn import(row: &Row) -> Result<Import, StoreError> {
    Ok(Import {
        id: columns::id(row, 0)?,
        hospital: columns::hospital(row, 1)?,
        file_name: row.text(2)?.to_owned(),
        file_digest: row.text(3)?.to_owned(),
        actor: row.text(4)?.to_owned(),
        imported_at: columns::moment(row, 5)?,
        rows: row.int(6)?,
        new: row.int(7)?,
        changed: row.int(8)?,
        same: row.int(9)?,
        total: columns::yen(row, 10)?,
    })
}
