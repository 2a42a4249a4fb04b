//! The tables `machines`, `machine_enrolments` and `machine_enrolment_tries`: kiosks and receipt
//! machines, and the short codes by which new ones become known.

use domain::group::HospitalCode;
use domain::id::MachineId;
use domain::machine::{Machine, MachineKind};
use domain::time::Moment;

use crate::columns;
use crate::error::StoreError;
use crate::statement::{Row, Statement, Value};
use crate::transaction::{Reader, Tx};

/// What a code makes of the machine at which it is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// Where the machine will stand.
    pub hospital: HospitalCode,
    /// What it will do.
    pub kind: MachineKind,
    /// How staff will call it.
    pub name: String,
}

const OFFER: Statement = Statement::new(
    "machines.offer",
    "INSERT INTO machine_enrolments (code_hash, hospital, kind, name, ends_at_ms) VALUES ($1, $2, $3, $4, $5)",
);
// Used by the one who marks it: a second typing of the same code marks nothing.
const REDEEM: Statement = Statement::new(
    "machines.redeem",
    "UPDATE machine_enrolments SET used_at_ms = $2
     WHERE code_hash = $1 AND used_at_ms IS NULL AND ends_at_ms > $2
     RETURNING hospital, kind, name",
);
const COUNT_TRY: Statement = Statement::new(
    "machines.count_try",
    "INSERT INTO machine_enrolment_tries (origin, began_at_ms, tries) VALUES ($1, $2, 1)
     ON CONFLICT (origin) DO UPDATE SET
         tries = CASE WHEN machine_enrolment_tries.began_at_ms <= $3 THEN 1
                      ELSE machine_enrolment_tries.tries + 1 END,
         began_at_ms = CASE WHEN machine_enrolment_tries.began_at_ms <= $3 THEN $2
                            ELSE machine_enrolment_tries.began_at_ms END
     RETURNING tries",
);
const INSERT: Statement = Statement::new(
    "machines.insert",
    "INSERT INTO machines (id, hospital, kind, name, token_hash, enrolled_at_ms) VALUES ($1, $2, $3, $4, $5, $6)",
);
const BY_TOKEN: Statement = Statement::new(
    "machines.by_token_hash",
    "SELECT id, hospital, kind, name, enrolled_at_ms, revoked_at_ms FROM machines
     WHERE token_hash = $1 AND revoked_at_ms IS NULL",
);
const OF_HOSPITAL: Statement = Statement::new(
    "machines.of_hospital",
    "SELECT id, hospital, kind, name, enrolled_at_ms, revoked_at_ms FROM machines
     WHERE hospital = $1 ORDER BY enrolled_at_ms, id",
);
const REVOKE: Statement = Statement::new(
    "machines.revoke",
    "UPDATE machines SET revoked_at_ms = $2 WHERE id = $1 AND revoked_at_ms IS NULL RETURNING hospital",
);

/// Every statement of this module.
pub const ALL: &[&Statement] =
    &[&OFFER, &REDEEM, &COUNT_TRY, &INSERT, &BY_TOKEN, &OF_HOSPITAL, &REVOKE];

/// Keeps a code, by its keyed digest, until it is used or ends.
pub fn offer(
    tx: &mut Tx<'_>,
    code: &str,
    enrolment: &Enrolment,
    ends_at: Moment,
) -> Result<(), StoreError> {
    let digest = code_digest(tx, code);
    let values: [Value<'_>; 5] = [
        (&digest).into(),
        enrolment.hospital.as_str().into(),
        enrolment.kind.as_str().into(),
        (&enrolment.name).into(),
        ends_at.ms().into(),
    ];
    tx.execute_one(&OFFER, &values)
}

/// Uses a code up. `None`: there is no such code, it has ended, or it was used before.
pub fn redeem(tx: &mut Tx<'_>, code: &str, now: Moment) -> Result<Option<Enrolment>, StoreError> {
    let digest = code_digest(tx, code);
    let row = tx.query_opt(&REDEEM, &[(&digest).into(), now.ms().into()])?;
    row.map(|row| {
        Ok(Enrolment {
            hospital: columns::hospital(&row, 0)?,
            kind: kind(&row, 1)?,
            name: row.text(2)?.to_owned(),
        })
    })
    .transpose()
}

/// Counts one try of an origin and tells how many there were since `window_began`; an older count
/// starts anew.
pub fn count_try(
    tx: &mut Tx<'_>,
    origin: &str,
    now: Moment,
    window_began: Moment,
) -> Result<i64, StoreError> {
    let origin = tx.keyring().blind("machine_enrolment_tries.origin", origin);
    let rows =
        tx.query(&COUNT_TRY, &[(&origin).into(), now.ms().into(), window_began.ms().into()])?;
    match rows.first() {
        Some(row) => row.int(0),
        None => Err(StoreError::RowCount { statement: COUNT_TRY.name, expected: 1, got: 0 }),
    }
}

/// Puts a machine on record, with the hash of its token.
pub fn insert(tx: &mut Tx<'_>, machine: &Machine, token_hash: &str) -> Result<(), StoreError> {
    let id = machine.id.to_string();
    let values: [Value<'_>; 6] = [
        (&id).into(),
        machine.hospital.as_str().into(),
        machine.kind.as_str().into(),
        (&machine.name).into(),
        token_hash.into(),
        machine.enrolled_at.ms().into(),
    ];
    tx.execute_one(&INSERT, &values)
}

/// The machine that carries a token, unless it was revoked.
pub fn by_token_hash(
    reader: &mut Reader<'_>,
    token_hash: &str,
) -> Result<Option<Machine>, StoreError> {
    reader.query_opt(&BY_TOKEN, &[token_hash.into()])?.as_ref().map(machine).transpose()
}

/// The machines of a hospital, the oldest first, revoked ones too.
pub fn of_hospital(
    reader: &mut Reader<'_>,
    hospital: &HospitalCode,
) -> Result<Vec<Machine>, StoreError> {
    let rows = reader.query(&OF_HOSPITAL, &[hospital.as_str().into()])?;
    rows.iter().map(machine).collect()
}

/// Shuts a machine out. `None`: there is none of this id that still works.
pub fn revoke(
    tx: &mut Tx<'_>,
    id: MachineId,
    now: Moment,
) -> Result<Option<HospitalCode>, StoreError> {
    let row = tx.query_opt(&REVOKE, &[(&id.to_string()).into(), now.ms().into()])?;
    row.map(|row| columns::hospital(&row, 0)).transpose()
}

/// A code is short, so a plain hash of it could be undone by trying all codes.
fn code_digest(tx: &Tx<'_>, code: &str) -> String {
    tx.keyring().blind("machine_enrolments.code", code)
}

fn machine(row: &Row) -> Result<Machine, StoreError> {
    Ok(Machine {
        id: columns::id(row, 0)?,
        hospital: columns::hospital(row, 1)?,
        kind: kind(row, 2)?,
        name: row.text(3)?.to_owned(),
        enrolled_at: columns::moment(row, 4)?,
        revoked_at: row.opt_int(5)?.map(Moment::from_ms),
    })
}

fn kind(row: &Row, column: usize) -> Result<MachineKind, StoreError> {
    columns::word(row, column, MachineKind::parse, "kind of machine")
}
