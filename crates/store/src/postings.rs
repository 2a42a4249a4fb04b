//! The table `postings`: payments and refunds that the hospital's accounting is told of.

use domain::group::HospitalCode;
use domain::id::PostingId;
use domain::posting::{Posting, PostingKind};
use domain::time::Moment;

use crate::columns::{day, hospital, id, moment, word, yen};
use crate::error::StoreError;
use crate::statement::{Row, Statement};
use crate::transaction::{Reader, Tx};

const INSERT: Statement = Statement::new(
    "postings.insert",
    "INSERT INTO postings (id, hospital, kind, subject, charge_id, amount, posted_on, promised_at_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (kind, subject) DO NOTHING",
);
const TO_DELIVER: Statement = Statement::new(
    "postings.to_deliver",
    "SELECT id, hospital, kind, subject, charge_id, amount, posted_on, promised_at_ms FROM postings
     WHERE hospital = $1 AND delivered_at_ms IS NULL ORDER BY promised_at_ms, id LIMIT $2",
);
const OF_HOSPITAL: Statement = Statement::new(
    "postings.of_hospital",
    "SELECT id, hospital, kind, subject, charge_id, amount, posted_on, promised_at_ms FROM postings
     WHERE hospital = $1 AND posted_on >= $2 AND posted_on <= $3 ORDER BY posted_on, id",
);
const DELIVERED: Statement = Statement::new(
    "postings.delivered",
    "UPDATE postings SET delivered_at_ms = $2 WHERE id = $1 AND delivered_at_ms IS NULL",
);

/// Every statement of this module.
pub const ALL: &[&Statement] = &[&INSERT, &TO_DELIVER, &OF_HOSPITAL, &DELIVERED];

/// Promises a posting, once for each kind and subject.
pub fn promise(tx: &mut Tx<'_>, posting: &Posting) -> Result<bool, StoreError> {
    let (id, charge) = (posting.id.to_string(), posting.charge.to_string());
    let day = posting.posted_on.to_string();
    let values = [
        (&id).into(),
        posting.hospital.as_str().into(),
        posting.kind.as_str().into(),
        (&posting.subject).into(),
        (&charge).into(),
        posting.amount.amount().into(),
        (&day).into(),
        posting.promised_at.ms().into(),
    ];
    Ok(tx.execute(&INSERT, &values)? == 1)
}

/// What a hospital has not been told yet, oldest first.
pub fn to_deliver(
    reader: &mut Reader<'_>,
    hospital: &HospitalCode,
    limit: i64,
) -> Result<Vec<Posting>, StoreError> {
    let rows = reader.query(&TO_DELIVER, &[hospital.as_str().into(), limit.into()])?;
    rows.iter().map(read).collect()
}

/// What a hospital is told of the days from `first` to `last`.
pub fn of_days(
    reader: &mut Reader<'_>,
    hospital: &HospitalCode,
    first: domain::time::Day,
    last: domain::time::Day,
) -> Result<Vec<Posting>, StoreError> {
    let (first, last) = (first.to_string(), last.to_string());
    let values = [hospital.as_str().into(), (&first).into(), (&last).into()];
    reader.query(&OF_HOSPITAL, &values)?.iter().map(read).collect()
}

/// Marks a posting as delivered. `false` when it was before.
pub fn delivered(tx: &mut Tx<'_>, posting: PostingId, now: Moment) -> Result<bool, StoreError> {
    let id = posting.to_string();
    Ok(tx.execute(&DELIVERED, &[(&id).into(), now.ms().into()])? == 1)
}

fn read(row: &Row) -> Result<Posting, StoreError> {
    Ok(Posting {
        id: id(row, 0)?,
        hospital: hospital(row, 1)?,
        kind: word(row, 2, PostingKind::parse, "kind of a posting")?,
        subject: row.text(3)?.to_owned(),
        charge: id(row, 4)?,
        amount: yen(row, 5)?,
        posted_on: day(row, 6)?,
        promised_at: moment(row, 7)?,
    })
}
