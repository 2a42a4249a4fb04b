//! The tables `charges` and `charge_bills`: obligations and their states.
//!
//! Writes are conditional on the version that was read, so a worker that wakes up late, or a second
//! process, can never move a charge that has moved meanwhile.

mod row;
mod write;

pub use write::{Planned, Written, insert_all, postpone, refreeze, update};

use domain::charge::{Charge, ChargeState};
use domain::group::HospitalCode;
use domain::id::{AccountId, CardId, ChargeId, EntryId};
use domain::time::Moment;
use std::collections::{BTreeMap, HashSet};

use self::row::read;
use crate::columns::{hospital, id, word};
use crate::error::StoreError;
use crate::many::{CHUNK, as_json, for_each_given};
use crate::statement::Statement;
use crate::transaction::Reader;

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
const CHARGED_ENTRIES: Statement = for_each_given!(
    "charges.charged_entries",
    "SELECT charges.entry_id FROM ",
    join "charges ON charges.entry_id = given.value ->> 0"
);
const WAITING_FOR_CARDHOLDER: Statement = Statement::new(
    "charges.waiting_for_cardholder",
    "SELECT id, entry_id, sequence, hospital, account_id, due_on, amount, state, generation, declines,
        enquiries, not_before_ms, sent_at_ms, reference, paid_at_ms, return_reason, version, covered,
        refunded, dispute, until_ms
     FROM charges WHERE account_id = $1 AND state = 'action_required' ORDER BY id",
);
const RETURNED_ENTRIES: Statement = Statement::new(
    "charges.returned_entries",
    "SELECT DISTINCT entry_id FROM charges WHERE account_id = $1 AND state = 'returned_to_desk' ORDER BY entry_id",
);
const BY_REFERENCE: Statement =
    Statement::new("charges.by_reference", "SELECT id FROM charges WHERE reference = $1");
// A decline that says "never again" holds for every visit that the card would pay, whatever became of the
// charge that it was about; other declines of an attempt count once, and for a time.
const CARD_DECLINES: Statement = Statement::new(
    "charges.card_declines",
    "SELECT count(CASE WHEN evidence.finding LIKE 'declined hard %' OR evidence.finding LIKE 'declined fix_data %'
            THEN 1 END),
        count(DISTINCT CASE WHEN evidence.seen_at_ms > $3
            THEN evidence.charge_id || '/' || CAST(evidence.generation AS TEXT) END)
     FROM charges
     JOIN attempts ON attempts.charge_id = charges.id
     JOIN evidence ON evidence.charge_id = charges.id AND evidence.generation = attempts.generation
     WHERE charges.account_id = $1 AND attempts.card_id = $2 AND evidence.finding LIKE 'declined %'",
);
const ACTIONABLE: Statement = Statement::new(
    "charges.actionable",
    "SELECT id, hospital, state FROM charges WHERE next_action_at_ms IS NOT NULL AND next_action_at_ms <= $1
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
const BY_STATE: Statement = Statement::new(
    "charges.by_state",
    "SELECT state, count(*), CAST(sum(amount) AS BIGINT) FROM charges GROUP BY state ORDER BY state",
);

/// Every statement of this module.
pub const ALL: &[&Statement] = &[
    &write::INSERT,
    &write::UPDATE,
    &write::POSTPONE,
    &BY_ID,
    &LAST_OF_ENTRY,
    &OF_ENTRY,
    &CHARGED_ENTRIES,
    &WAITING_FOR_CARDHOLDER,
    &RETURNED_ENTRIES,
    &BY_REFERENCE,
    &CARD_DECLINES,
    &ACTIONABLE,
    &WAITING,
    &ALL_ROWS,
    &BY_STATE,
    &row::BILLS,
    &write::BILLS_DELETE,
    &write::BILLS_INSERT,
];

/// A charge and the version that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCharge {
    /// The charge.
    pub charge: Charge,
    /// Needed for the next write.
    pub version: i64,
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

/// Of many entries, those that have a charge of any state.
pub fn charged_entries(
    reader: &mut Reader<'_>,
    entries: &[EntryId],
) -> Result<HashSet<EntryId>, StoreError> {
    let mut charged = HashSet::new();
    for entries in entries.chunks(CHUNK) {
        let given: Vec<_> = entries.iter().map(|entry| (entry.to_string(),)).collect();
        for row in &reader.query(&CHARGED_ENTRIES, &[(&as_json(&given)?).into()])? {
            charged.insert(id(row, 0)?);
        }
    }
    Ok(charged)
}

/// Charges of an account that wait until the cardholder has authenticated.
pub fn waiting_for_cardholder(
    reader: &mut Reader<'_>,
    account: AccountId,
) -> Result<Vec<StoredCharge>, StoreError> {
    let rows = reader.query(&WAITING_FOR_CARDHOLDER, &[(&account.to_string()).into()])?;
    rows.iter().map(|row| read(reader, row)).collect()
}

/// Entries of an account of which a charge was given to the desk.
pub fn returned_entries(
    reader: &mut Reader<'_>,
    account: AccountId,
) -> Result<Vec<EntryId>, StoreError> {
    let rows = reader.query(&RETURNED_ENTRIES, &[(&account.to_string()).into()])?;
    rows.iter().map(|row| id(row, 0)).collect()
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
    let values = [(&account).into(), (&card).into(), since.ms().into()];
    let rows = reader.query(&CARD_DECLINES, &values)?;
    let Some(row) = rows.first() else { return Ok(CardRecord { dead: false, declines: 0 }) };
    Ok(CardRecord { dead: row.int(0)? > 0, declines: row.int(1)? })
}

/// A charge to which something must happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actionable {
    /// Which.
    pub charge: ChargeId,
    /// Whose money it will be.
    pub hospital: HospitalCode,
    /// Where it stood when it was looked up.
    pub state: ChargeState,
}

/// Charges to which something must happen now, longest waiting first.
pub fn actionable(
    reader: &mut Reader<'_>,
    now: Moment,
    limit: i64,
) -> Result<Vec<Actionable>, StoreError> {
    let rows = reader.query(&ACTIONABLE, &[now.ms().into(), limit.into()])?;
    rows.iter()
        .map(|row| {
            Ok(Actionable {
                charge: id(row, 0)?,
                hospital: hospital(row, 1)?,
                state: word(row, 2, ChargeState::parse, "state")?,
            })
        })
        .collect()
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
