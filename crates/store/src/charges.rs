//! The tables `charges` and `charge_bills`: obligations and their states.
//!
//! Writes are conditional on the version that was read, so a worker that wakes up late, or a second
//! process, can never move a charge that has moved meanwhile.

mod row;

use domain::charge::{Charge, ChargeState, FrozenBill};
use domain::group::HospitalCode;
use domain::id::{AccountId, CardId, ChargeId, EntryId};
use domain::time::Moment;
use std::collections::BTreeMap;

use self::row::{Columns, read};
use crate::columns::{hospital, id, word};
use crate::error::StoreError;
use crate::statement::{Statement, Value};
use crate::transaction::{Reader, Tx};

const INSERT: Statement = Statement::new(
    "charges.insert",
    "INSERT INTO charges (id, entry_id, sequence, hospital, account_id, due_on, amount, state,
        generation, declines, enquiries, not_before_ms, sent_at_ms, reference, paid_at_ms,
        return_reason, refunded, dispute, until_ms, covered, next_action_at_ms, version, created_at_ms,
        changed_at_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
        $21, 1, $22, $22)
     ON CONFLICT (entry_id, sequence) DO NOTHING",
);
const UPDATE: Statement = Statement::new(
    "charges.update",
    "UPDATE charges SET amount = $3, state = $4, generation = $5, declines = $6, enquiries = $7,
        not_before_ms = $8, sent_at_ms = $9, reference = $10, paid_at_ms = $11, return_reason = $12,
        refunded = $13, dispute = $14, until_ms = $15, covered = $16, next_action_at_ms = $17,
        version = version + 1, changed_at_ms = $18
     WHERE id = $1 AND version = $2",
);
const POSTPONE: Statement = Statement::new(
    "charges.postpone",
    "UPDATE charges SET next_action_at_ms = $3, version = version + 1 WHERE id = $1 AND version = $2",
);
const BY_ID: Statement = Statement::new(
    "charges.by_id",
    "SELECT id, entry_id, sequence, hospital, account_id, due_on, amount, state, generation, declines,
        enquiries, not_before_ms, sent_at_ms, reference, paid_at_ms, return_reason, version, covered,
        refunded, dispute, until_ms
     FROM charges WHERE id = $1",
);
const LAST_OF_ENTRY: Statement = Statement::new(
    "charges.last_of_entry",
    "SELECT id, entry_id, sequence, hospital, account_id, due_on, amount, state, generation, declines,
        enquiries, not_before_ms, sent_at_ms, reference, paid_at_ms, return_reason, version, covered,
        refunded, dispute, until_ms
     FROM charges WHERE entry_id = $1 ORDER BY sequence DESC LIMIT 1",
);
const OF_ENTRY: Statement = Statement::new(
    "charges.of_entry",
    "SELECT id, entry_id, sequence, hospital, account_id, due_on, amount, state, generation, declines,
        enquiries, not_before_ms, sent_at_ms, reference, paid_at_ms, return_reason, version, covered,
        refunded, dispute, until_ms
     FROM charges WHERE entry_id = $1 ORDER BY sequence",
);
const WAITING_FOR_CARDHOLDER: Statement = Statement::new(
    "charges.waiting_for_cardholder",
    "SELECT id, entry_id, sequence, hospital, account_id, due_on, amount, state, generation, declines,
        enquiries, not_before_ms, sent_at_ms, reference, paid_at_ms, return_reason, version, covered,
        refunded, dispute, until_ms
     FROM charges WHERE account_id = $1 AND state = 'action_required' ORDER BY id",
);
const BY_REFERENCE: Statement =
    Statement::new("charges.by_reference", "SELECT id FROM charges WHERE reference = $1");
// A decline that says "never again" holds for every visit that the card would pay, whatever became of the
// charge that it was about.
const CARD_IS_DEAD: Statement = Statement::new(
    "charges.card_is_dead",
    "SELECT charges.id FROM charges
     JOIN attempts ON attempts.charge_id = charges.id
     JOIN evidence ON evidence.charge_id = charges.id AND evidence.generation = attempts.generation
     WHERE charges.account_id = $1 AND attempts.card_id = $2
        AND (evidence.finding LIKE 'declined hard %' OR evidence.finding LIKE 'declined fix_data %')
     LIMIT 1",
);
const CARD_DECLINES: Statement = Statement::new(
    "charges.card_declines",
    "SELECT count(DISTINCT evidence.charge_id || '/' || CAST(evidence.generation AS TEXT)) FROM charges
     JOIN attempts ON attempts.charge_id = charges.id
     JOIN evidence ON evidence.charge_id = charges.id AND evidence.generation = attempts.generation
     WHERE charges.account_id = $1 AND attempts.card_id = $2 AND evidence.seen_at_ms > $3
        AND evidence.finding LIKE 'declined %'",
);
const ACTIONABLE: Statement = Statement::new(
    "charges.actionable",
    "SELECT id, hospital FROM charges WHERE next_action_at_ms IS NOT NULL AND next_action_at_ms <= $1
     ORDER BY next_action_at_ms, id LIMIT $2",
);
const WAITING: Statement = Statement::new(
    "charges.waiting",
    "SELECT count(*) FROM charges WHERE next_action_at_ms IS NOT NULL AND next_action_at_ms > $1",
);
const ALL_ROWS: Statement = Statement::new(
    "charges.all_rows",
    "SELECT id, entry_id, sequence, hospital, account_id, due_on, amount, state, generation, declines,
        enquiries, not_before_ms, sent_at_ms, reference, paid_at_ms, return_reason, version, covered,
        refunded, dispute, until_ms
     FROM charges ORDER BY id",
);
const BILLS_DELETE: Statement =
    Statement::new("charge_bills.delete", "DELETE FROM charge_bills WHERE charge_id = $1");
const BILLS_INSERT: Statement = Statement::new(
    "charge_bills.insert",
    "INSERT INTO charge_bills (charge_id, bill_id, revision, amount, received) VALUES ($1, $2, $3, $4, $5)",
);

const BY_STATE: Statement = Statement::new(
    "charges.by_state",
    "SELECT state, count(*), CAST(sum(amount) AS BIGINT) FROM charges GROUP BY state ORDER BY state",
);

/// Every statement of this module.
pub const ALL: &[&Statement] = &[
    &INSERT,
    &UPDATE,
    &POSTPONE,
    &BY_ID,
    &LAST_OF_ENTRY,
    &OF_ENTRY,
    &WAITING_FOR_CARDHOLDER,
    &BY_REFERENCE,
    &CARD_IS_DEAD,
    &CARD_DECLINES,
    &ACTIONABLE,
    &WAITING,
    &ALL_ROWS,
    &BY_STATE,
    &row::BILLS,
    &BILLS_DELETE,
    &BILLS_INSERT,
];

/// A charge and the version that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCharge {
    /// The charge.
    pub charge: Charge,
    /// Needed for the next write.
    pub version: i64,
}

/// Whether a conditional write found the version that it had read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Written {
    /// It did.
    Yes,
    /// Somebody else has moved the row; read it again.
    Overtaken,
}

/// Adds a planned charge. [`Written::Overtaken`] when the entry has one of that sequence already.
pub fn insert(
    tx: &mut Tx<'_>,
    charge: &Charge,
    next: Option<Moment>,
    now: Moment,
) -> Result<Written, StoreError> {
    let owed = charge.obligation();
    let columns = Columns::of(charge);
    let (id, entry, account) =
        (owed.charge.to_string(), owed.entry.to_string(), owed.account.to_string());
    let due_on = owed.due_on.to_string();
    let mut values: Vec<Value<'_>> = vec![
        (&id).into(),
        (&entry).into(),
        owed.sequence.into(),
        owed.hospital.as_str().into(),
        (&account).into(),
        (&due_on).into(),
        owed.amount.amount().into(),
        charge.state().as_str().into(),
    ];
    values.extend(columns.values());
    values.push(owed.covered.amount().into());
    values.push(next.map(Moment::ms).into());
    values.push(now.ms().into());
    if tx.execute(&INSERT, &values)? == 0 {
        return Ok(Written::Overtaken);
    }
    write_bills(tx, &id, &owed.bills)?;
    Ok(Written::Yes)
}

/// Stores a charge that has moved. `next` is when something must happen to it, if anything must.
pub fn update(
    tx: &mut Tx<'_>,
    charge: &Charge,
    version: i64,
    next: Option<Moment>,
    now: Moment,
) -> Result<Written, StoreError> {
    let owed = charge.obligation();
    let columns = Columns::of(charge);
    let id = owed.charge.to_string();
    let mut values: Vec<Value<'_>> = vec![
        (&id).into(),
        version.into(),
        owed.amount.amount().into(),
        charge.state().as_str().into(),
    ];
    values.extend(columns.values());
    values.push(owed.covered.amount().into());
    values.push(next.map(Moment::ms).into());
    values.push(now.ms().into());
    Ok(if tx.execute(&UPDATE, &values)? == 1 { Written::Yes } else { Written::Overtaken })
}

/// Stores the bills that a charge has frozen anew.
pub fn refreeze(tx: &mut Tx<'_>, charge: &Charge) -> Result<(), StoreError> {
    let owed = charge.obligation();
    let id = owed.charge.to_string();
    tx.execute(&BILLS_DELETE, &[(&id).into()])?;
    write_bills(tx, &id, &owed.bills)
}

/// Takes a charge for one step: nobody else finds it until `until`, and whoever read it before can no
/// longer write.
pub fn postpone(
    tx: &mut Tx<'_>,
    charge: ChargeId,
    version: i64,
    until: Moment,
) -> Result<Written, StoreError> {
    let id = charge.to_string();
    let rows = tx.execute(&POSTPONE, &[(&id).into(), version.into(), until.ms().into()])?;
    Ok(if rows == 1 { Written::Yes } else { Written::Overtaken })
}

/// One charge.
pub fn by_id(
    reader: &mut Reader<'_>,
    charge: ChargeId,
) -> Result<Option<StoredCharge>, StoreError> {
    let id = charge.to_string();
    match reader.query_opt(&BY_ID, &[(&id).into()])? {
        Some(row) => read(reader, &row).map(Some),
        None => Ok(None),
    }
}

/// The charge of an entry with the highest sequence.
pub fn last_of_entry(
    reader: &mut Reader<'_>,
    entry: EntryId,
) -> Result<Option<StoredCharge>, StoreError> {
    let id = entry.to_string();
    match reader.query_opt(&LAST_OF_ENTRY, &[(&id).into()])? {
        Some(row) => read(reader, &row).map(Some),
        None => Ok(None),
    }
}

/// Every charge of an entry, in the order of their sequence.
pub fn of_entry(reader: &mut Reader<'_>, entry: EntryId) -> Result<Vec<StoredCharge>, StoreError> {
    let rows = reader.query(&OF_ENTRY, &[(&entry.to_string()).into()])?;
    rows.iter().map(|row| read(reader, row)).collect()
}

/// Charges of an account that wait until the cardholder has authenticated.
pub fn waiting_for_cardholder(
    reader: &mut Reader<'_>,
    account: AccountId,
) -> Result<Vec<StoredCharge>, StoreError> {
    let rows = reader.query(&WAITING_FOR_CARDHOLDER, &[(&account.to_string()).into()])?;
    rows.iter().map(|row| read(reader, row)).collect()
}

/// The charge that the gateway knows by this reference.
pub fn by_reference(
    reader: &mut Reader<'_>,
    reference: &str,
) -> Result<Option<ChargeId>, StoreError> {
    let row = reader.query_opt(&BY_REFERENCE, &[reference.into()])?;
    row.as_ref().map(|row| id(row, 0)).transpose()
}

/// How a card has done so far at an account's charges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CardRecord {
    /// Its issuer said "never again", or that its data is wrong.
    pub dead: bool,
    /// How often it was declined since a moment.
    pub declines: i64,
}

/// What the declines of a card were.
pub fn card_record(
    reader: &mut Reader<'_>,
    account: AccountId,
    card: CardId,
    since: Moment,
) -> Result<CardRecord, StoreError> {
    let (account, card) = (account.to_string(), card.to_string());
    let dead = reader.query_opt(&CARD_IS_DEAD, &[(&account).into(), (&card).into()])?.is_some();
    let values = [(&account).into(), (&card).into(), since.ms().into()];
    let rows = reader.query(&CARD_DECLINES, &values)?;
    let declines = rows.first().map_or(Ok(0), |row| row.int(0))?;
    Ok(CardRecord { dead, declines })
}

/// Charges to which something must happen now, with their hospitals, longest waiting first.
pub fn actionable(
    reader: &mut Reader<'_>,
    now: Moment,
    limit: i64,
) -> Result<Vec<(ChargeId, HospitalCode)>, StoreError> {
    let rows = reader.query(&ACTIONABLE, &[now.ms().into(), limit.into()])?;
    rows.iter().map(|row| Ok((id(row, 0)?, hospital(row, 1)?))).collect()
}

/// How many charges wait for a later moment.
pub fn waiting(reader: &mut Reader<'_>, now: Moment) -> Result<i64, StoreError> {
    let rows = reader.query(&WAITING, &[now.ms().into()])?;
    rows.first().map_or(Ok(0), |row| row.int(0))
}

/// Every charge, oldest first: for exports and checks.
pub fn all(reader: &mut Reader<'_>) -> Result<Vec<StoredCharge>, StoreError> {
    let rows = reader.query(&ALL_ROWS, &[])?;
    rows.iter().map(|row| read(reader, row)).collect()
}

/// How many charges stand where, and their sum in yen.
pub fn count_by_state(
    reader: &mut Reader<'_>,
) -> Result<BTreeMap<ChargeState, (u64, i64)>, StoreError> {
    let rows = reader.query(&BY_STATE, &[])?;
    rows.iter()
        .map(|row| {
            let count = u64::try_from(row.int(1)?).unwrap_or(0);
            Ok((word(row, 0, ChargeState::parse, "state")?, (count, row.int(2)?)))
        })
        .collect()
}

fn write_bills(tx: &mut Tx<'_>, charge: &str, bills: &[FrozenBill]) -> Result<(), StoreError> {
    for frozen in bills {
        let bill = frozen.bill.to_string();
        let values = [
            charge.into(),
            (&bill).into(),
            frozen.revision.into(),
            frozen.amount.amount().into(),
            frozen.received.amount().into(),
        ];
        tx.execute_one(&BILLS_INSERT, &values)?;
    }
    Ok(())
}
