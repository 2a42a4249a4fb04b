//! The table `differences`: where journal, gateway and bank do not agree, until they do or a person has said why.

use domain::audit::Actor;
use domain::difference::{Difference, DifferenceKind};
use domain::group::HospitalCode;
use domain::time::{Day, Moment};
use domain::yen::SignedYen;

use crate::columns::{day, moment, opt_hospital, opt_signed_yen, word};
use crate::error::StoreError;
use crate::statement::{Row, Statement};
use crate::transaction::{Reader, Tx};

// What had agreed again and differs anew is open again; what a person has explained stays closed.
const OPEN: Statement = Statement::new(
    "differences.open",
    "INSERT INTO differences (kind, subject, day, hospital, ours, theirs, state, opened_at_ms)
     VALUES ($1, $2, $3, $4, $5, $6, 'open', $7)
     ON CONFLICT (kind, subject) DO UPDATE SET state = 'open', day = excluded.day, ours = excluded.ours,
        theirs = excluded.theirs, opened_at_ms = excluded.opened_at_ms, closed_at_ms = NULL, closed_by = NULL,
        note = NULL
     WHERE differences.state = 'closed' AND differences.closed_by = 'system'",
);
const ALL_OPEN: Statement = Statement::new(
    "differences.all_open",
    "SELECT kind, subject, day, hospital, ours, theirs, opened_at_ms FROM differences WHERE state = 'open'
     ORDER BY opened_at_ms, kind, subject",
);
const OPEN_OF_DAY: Statement = Statement::new(
    "differences.open_of_day",
    "SELECT kind, subject, day, hospital, ours, theirs, opened_at_ms FROM differences
     WHERE day = $1 AND state = 'open' ORDER BY kind, subject",
);
const CLOSE: Statement = Statement::new(
    "differences.close",
    "UPDATE differences SET state = 'closed', closed_at_ms = $3, closed_by = $4, note = $5
     WHERE kind = $1 AND subject = $2 AND state = 'open'",
);

/// Every statement of this module.
pub const ALL: &[&Statement] = &[&OPEN, &ALL_OPEN, &OPEN_OF_DAY, &CLOSE];

/// Opens a difference. `false` when it is open, or a person has closed it.
pub fn open(tx: &mut Tx<'_>, difference: &Difference) -> Result<bool, StoreError> {
    let day = difference.day.to_string();
    let values = [
        difference.kind.as_str().into(),
        (&difference.subject).into(),
        (&day).into(),
        difference.hospital.as_ref().map(HospitalCode::as_str).into(),
        difference.ours.map(SignedYen::amount).into(),
        difference.theirs.map(SignedYen::amount).into(),
        difference.opened_at.ms().into(),
    ];
    Ok(tx.execute(&OPEN, &values)? == 1)
}

/// What is open, oldest first.
pub fn all_open(reader: &mut Reader<'_>) -> Result<Vec<Difference>, StoreError> {
    reader.query(&ALL_OPEN, &[])?.iter().map(read).collect()
}

/// What is open of a day.
pub fn open_of(reader: &mut Reader<'_>, on: Day) -> Result<Vec<Difference>, StoreError> {
    let on = on.to_string();
    reader.query(&OPEN_OF_DAY, &[(&on).into()])?.iter().map(read).collect()
}

/// Closes a difference. `false` when none is open.
pub fn close(
    tx: &mut Tx<'_>,
    (kind, subject): (DifferenceKind, &str),
    by: &Actor,
    note: &str,
    now: Moment,
) -> Result<bool, StoreError> {
    let by = by.to_string();
    let values = [kind.as_str().into(), subject.into(), now.ms().into(), (&by).into(), note.into()];
    Ok(tx.execute(&CLOSE, &values)? == 1)
}

fn read(row: &Row) -> Result<Difference, StoreError> {
    Ok(Difference {
        kind: word(row, 0, DifferenceKind::parse, "kind")?,
        subject: row.text(1)?.to_owned(),
        day: day(row, 2)?,
        hospital: opt_hospital(row, 3)?,
        ours: opt_signed_yen(row, 4)?,
        theirs: opt_signed_yen(row, 5)?,
        opened_at: moment(row, 6)?,
    })
}
