//! The table `journal`: the hospital's own books of the card money. Entries are added and never changed.

use domain::group::HospitalCode;
use domain::journal::{JournalEntry, JournalKind, Title};
use domain::time::Day;
use std::collections::BTreeMap;

use crate::columns::{day, id, moment, opt_hospital, opt_id, word, yen};
use crate::error::StoreError;
use crate::statement::{Row, Statement};
use crate::transaction::{Reader, Tx};

const INSERT: Statement = Statement::new(
    "journal.insert",
    "INSERT INTO journal (id, hospital, kind, subject, charge_id, debit, credit, amount, booked_on, recorded_at_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (kind, subject) DO NOTHING",
);
const OF_DAYS: Statement = Statement::new(
    "journal.of_days",
    "SELECT id, hospital, kind, subject, charge_id, debit, credit, amount, booked_on, recorded_at_ms FROM journal
     WHERE booked_on >= $1 AND booked_on <= $2 ORDER BY booked_on, id",
);
const BY_SUBJECT: Statement = Statement::new(
    "journal.by_subject",
    "SELECT id, hospital, kind, subject, charge_id, debit, credit, amount, booked_on, recorded_at_ms FROM journal
     WHERE kind = $1 AND subject = $2",
);
const BALANCES: Statement = Statement::new(
    "journal.balances",
    "SELECT title, CAST(sum(amount) AS BIGINT) FROM (
        SELECT debit AS title, amount FROM journal WHERE booked_on <= $1
        UNION ALL SELECT credit, -amount FROM journal WHERE booked_on <= $1) AS sides
     GROUP BY title ORDER BY title",
);

/// Every statement of this module.
pub const ALL: &[&Statement] = &[&INSERT, &OF_DAYS, &BY_SUBJECT, &BALANCES];

/// Books an entry, once for each kind and subject. `false` when it was there.
pub fn book(tx: &mut Tx<'_>, entry: &JournalEntry) -> Result<bool, StoreError> {
    let (id, day) = (entry.id.to_string(), entry.booked_on.to_string());
    let charge = entry.charge.map(|charge| charge.to_string());
    let values = [
        (&id).into(),
        entry.hospital.as_ref().map(HospitalCode::as_str).into(),
        entry.kind.as_str().into(),
        (&entry.subject).into(),
        charge.as_deref().into(),
        entry.debit.as_str().into(),
        entry.credit.as_str().into(),
        entry.amount.amount().into(),
        (&day).into(),
        entry.recorded_at.ms().into(),
    ];
    Ok(tx.execute(&INSERT, &values)? == 1)
}

/// The entries of the days from `first` to `last`, oldest day first.
pub fn of_days(
    reader: &mut Reader<'_>,
    first: Day,
    last: Day,
) -> Result<Vec<JournalEntry>, StoreError> {
    let (first, last) = (first.to_string(), last.to_string());
    reader.query(&OF_DAYS, &[(&first).into(), (&last).into()])?.iter().map(read).collect()
}

/// The entry about one subject.
pub fn by_subject(
    reader: &mut Reader<'_>,
    kind: JournalKind,
    subject: &str,
) -> Result<Option<JournalEntry>, StoreError> {
    let values = [kind.as_str().into(), subject.into()];
    reader.query_opt(&BY_SUBJECT, &values)?.as_ref().map(read).transpose()
}

/// What stands on each title at the end of a day, in yen: what it was given less what was taken.
pub fn balances(reader: &mut Reader<'_>, until: Day) -> Result<BTreeMap<Title, i64>, StoreError> {
    let until = until.to_string();
    let rows = reader.query(&BALANCES, &[(&until).into()])?;
    rows.iter().map(|row| Ok((word(row, 0, Title::parse, "title")?, row.int(1)?))).collect()
}

fn read(row: &Row) -> Result<JournalEntry, StoreError> {
    Ok(JournalEntry {
        id: id(row, 0)?,
        hospital: opt_hospital(row, 1)?,
        kind: word(row, 2, JournalKind::parse, "kind")?,
        subject: row.text(3)?.to_owned(),
        charge: opt_id(row, 4)?,
        debit: word(row, 5, Title::parse, "title")?,
        credit: word(row, 6, Title::parse, "title")?,
        amount: yen(row, 7)?,
        booked_on: day(row, 8)?,
        recorded_at: moment(row, 9)?,
    })
}
