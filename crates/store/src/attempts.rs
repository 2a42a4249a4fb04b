//! The tables `attempts`, `evidence` and `exceptions`: what was asked of the gateway, what it told us,
//! and what contradicts itself. Rows are only ever added.

use domain::audit::Actor;
use domain::card::GatewayCard;
use domain::charge::AttemptOrder;
use domain::evidence::{Conflict, Evidence, EvidenceSource};
use domain::id::{ChargeId, EvidenceId};
use domain::time::Moment;

use crate::columns::{id, moment, word, yen};
use crate::error::StoreError;
use crate::statement::{Row, Statement};
use crate::transaction::{Reader, Tx};

const INSERT: Statement = Statement::new(
    "attempts.insert",
    "INSERT INTO attempts (id, charge_id, generation, key, amount, card_id, gateway_customer,
        gateway_payment_method, intended_at_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
);
const BY_GENERATION: Statement = Statement::new(
    "attempts.by_generation",
    "SELECT id, generation, key, amount, card_id, gateway_customer, gateway_payment_method, intended_at_ms
     FROM attempts WHERE charge_id = $1 AND generation = $2",
);
const BY_KEY: Statement = Statement::new(
    "attempts.by_key",
    "SELECT id, generation, key, amount, card_id, gateway_customer, gateway_payment_method, intended_at_ms
     FROM attempts WHERE key = $1",
);
const OF_CHARGE: Statement = Statement::new(
    "attempts.of_charge",
    "SELECT id, generation, key, amount, card_id, gateway_customer, gateway_payment_method, intended_at_ms
     FROM attempts WHERE charge_id = $1 ORDER BY generation",
);
const KEYS: Statement = Statement::new(
    "attempts.keys",
    "SELECT charge_id, key FROM attempts ORDER BY charge_id, generation",
);
const EVIDENCE_OF: Statement = Statement::new(
    "evidence.of_charge",
    "SELECT source, source_id, finding, raw, effect, seen_at_ms FROM evidence WHERE charge_id = $1
     ORDER BY seen_at_ms, id",
);
const EVIDENCE_INSERT: Statement = Statement::new(
    "evidence.insert",
    "INSERT INTO evidence (id, charge_id, generation, source, source_id, finding, raw, effect, seen_at_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (source, source_id) DO NOTHING",
);
const EVIDENCE_KNOWN: Statement = Statement::new(
    "evidence.known",
    "SELECT id FROM evidence WHERE source = $1 AND source_id = $2",
);
const EXCEPTION_OPEN: Statement = Statement::new(
    "exceptions.open",
    "INSERT INTO exceptions (charge_id, kind, subject, state, opened_at_ms)
     VALUES ($1, $2, $3, 'open', $4) ON CONFLICT (charge_id, kind, subject) DO NOTHING",
);
const EXCEPTIONS_OPEN: Statement = Statement::new(
    "exceptions.all_open",
    "SELECT charge_id, kind, subject, opened_at_ms FROM exceptions WHERE state = 'open'
     ORDER BY opened_at_ms, charge_id",
);
const EXCEPTION_CLOSE: Statement = Statement::new(
    "exceptions.close",
    "UPDATE exceptions SET state = 'closed', closed_at_ms = $4, closed_by = $5, note = $6
     WHERE charge_id = $1 AND kind = $2 AND subject = $3 AND state = 'open'",
);
const EXCEPTION_ABOUT: Statement = Statement::new(
    "exceptions.about",
    "SELECT charge_id FROM exceptions WHERE kind = $1 AND subject = $2 LIMIT 1",
);

/// Every statement of this module.
pub const ALL: &[&Statement] = &[
    &INSERT,
    &BY_GENERATION,
    &BY_KEY,
    &OF_CHARGE,
    &KEYS,
    &EVIDENCE_OF,
    &EVIDENCE_INSERT,
    &EVIDENCE_KNOWN,
    &EXCEPTION_OPEN,
    &EXCEPTION_CLOSE,
    &EXCEPTION_ABOUT,
    &EXCEPTIONS_OPEN,
];

/// What evidence did to its charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It moved.
    Moved,
    /// It stayed.
    Kept,
    /// It stayed, and an exception was opened.
    Contradicted,
}

impl Effect {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Moved => "moved",
            Self::Kept => "kept",
            Self::Contradicted => "contradicted",
        }
    }
}

/// Something for staff to decide.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenException {
    /// About which charge.
    pub charge: ChargeId,
    /// What contradicts what.
    pub kind: Conflict,
    /// The gateway's reference, or the evidence's source id.
    pub subject: String,
    /// Since when.
    pub opened_at: Moment,
}

/// Adds an attempt. Its key is unique: a second attempt under one key is an error.
pub fn insert(tx: &mut Tx<'_>, charge: ChargeId, order: &AttemptOrder) -> Result<(), StoreError> {
    let (id, charge, card) = (order.id.to_string(), charge.to_string(), order.card.to_string());
    let values = [
        (&id).into(),
        (&charge).into(),
        order.generation.into(),
        (&order.key).into(),
        order.amount.amount().into(),
        (&card).into(),
        (&order.at_gateway.customer).into(),
        (&order.at_gateway.payment_method).into(),
        order.intended_at.ms().into(),
    ];
    tx.execute_one(&INSERT, &values)
}

/// An attempt that a charge's row names; its absence is [`StoreError::RowCount`].
pub fn must_exist(
    reader: &mut Reader<'_>,
    charge: ChargeId,
    generation: i64,
) -> Result<AttemptOrder, StoreError> {
    let charge = charge.to_string();
    let row = reader.query_opt(&BY_GENERATION, &[(&charge).into(), generation.into()])?;
    let missing = StoreError::RowCount { statement: BY_GENERATION.name, expected: 1, got: 0 };
    order(&row.ok_or(missing)?)
}

/// The attempt of an idempotency key.
pub fn by_key(reader: &mut Reader<'_>, key: &str) -> Result<Option<AttemptOrder>, StoreError> {
    let row = reader.query_opt(&BY_KEY, &[key.into()])?;
    row.as_ref().map(order).transpose()
}

/// Every attempt of a charge.
pub fn of_charge(
    reader: &mut Reader<'_>,
    charge: ChargeId,
) -> Result<Vec<AttemptOrder>, StoreError> {
    reader.query(&OF_CHARGE, &[(&charge.to_string()).into()])?.iter().map(order).collect()
}

/// The keys of each charge, over all charges: for exports.
pub fn keys(reader: &mut Reader<'_>) -> Result<Vec<(String, String)>, StoreError> {
    let rows = reader.query(&KEYS, &[])?;
    rows.iter().map(|row| Ok((row.text(0)?.to_owned(), row.text(1)?.to_owned()))).collect()
}

/// A word about a charge, as it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptWord {
    /// By which road.
    pub source: String,
    /// Unique within its source.
    pub source_id: String,
    /// In one line.
    pub finding: String,
    /// As received.
    pub raw: String,
    /// What it did.
    pub effect: String,
    /// When we heard.
    pub seen_at: Moment,
}

/// Every word about a charge, oldest first.
pub fn evidence_of(reader: &mut Reader<'_>, charge: ChargeId) -> Result<Vec<KeptWord>, StoreError> {
    let rows = reader.query(&EVIDENCE_OF, &[(&charge.to_string()).into()])?;
    rows.iter()
        .map(|row| {
            Ok(KeptWord {
                source: row.text(0)?.to_owned(),
                source_id: row.text(1)?.to_owned(),
                finding: row.text(2)?.to_owned(),
                raw: row.text(3)?.to_owned(),
                effect: row.text(4)?.to_owned(),
                seen_at: moment(row, 5)?,
            })
        })
        .collect()
}

/// One word about a charge, as it is kept.
#[derive(Debug, Clone, Copy)]
pub struct Word<'w> {
    /// Its id here.
    pub id: EvidenceId,
    /// About which charge.
    pub charge: ChargeId,
    /// About which attempt; 0 for what is about the charge as a whole.
    pub generation: i64,
    /// By which road.
    pub source: EvidenceSource,
    /// Unique within its source.
    pub source_id: &'w str,
    /// In one line.
    pub finding: &'w str,
    /// As received.
    pub raw: &'w str,
    /// When we heard.
    pub seen_at: Moment,
}

/// Whether this word of the gateway has been heard before.
pub fn is_known(reader: &mut Reader<'_>, evidence: &Evidence) -> Result<bool, StoreError> {
    is_word_known(reader, evidence.source, &evidence.source_id)
}

/// Whether a word of this source and id has been heard before.
pub fn is_word_known(
    reader: &mut Reader<'_>,
    source: EvidenceSource,
    source_id: &str,
) -> Result<bool, StoreError> {
    Ok(reader.query_opt(&EVIDENCE_KNOWN, &[source.as_str().into(), source_id.into()])?.is_some())
}

/// Adds evidence as received. `false` when it was there already.
pub fn add_evidence(
    tx: &mut Tx<'_>,
    id: EvidenceId,
    charge: ChargeId,
    evidence: &Evidence,
    raw: &str,
    effect: Effect,
) -> Result<bool, StoreError> {
    let word = Word {
        id,
        charge,
        generation: evidence.generation,
        source: evidence.source,
        source_id: &evidence.source_id,
        finding: &evidence.finding.summary(),
        raw,
        seen_at: evidence.seen_at,
    };
    add_word(tx, &word, effect)
}

/// Adds a word as received. `false` when it was there already.
pub fn add_word(tx: &mut Tx<'_>, word: &Word<'_>, effect: Effect) -> Result<bool, StoreError> {
    let (id, charge) = (word.id.to_string(), word.charge.to_string());
    let values = [
        (&id).into(),
        (&charge).into(),
        word.generation.into(),
        word.source.as_str().into(),
        word.source_id.into(),
        word.finding.into(),
        word.raw.into(),
        effect.as_str().into(),
        word.seen_at.ms().into(),
    ];
    Ok(tx.execute(&EVIDENCE_INSERT, &values)? == 1)
}

/// Opens an exception, once for each subject. `false` when it was opened before.
pub fn open_exception(
    tx: &mut Tx<'_>,
    charge: ChargeId,
    conflict: Conflict,
    subject: &str,
    now: Moment,
) -> Result<bool, StoreError> {
    let charge = charge.to_string();
    let values = [(&charge).into(), conflict.as_str().into(), subject.into(), now.ms().into()];
    Ok(tx.execute(&EXCEPTION_OPEN, &values)? == 1)
}

/// Closes an exception. `false` when none is open.
pub fn close_exception(
    tx: &mut Tx<'_>,
    (charge, kind, subject): (ChargeId, Conflict, &str),
    by: &Actor,
    note: &str,
    now: Moment,
) -> Result<bool, StoreError> {
    let (charge, by) = (charge.to_string(), by.to_string());
    let values = [
        (&charge).into(),
        kind.as_str().into(),
        subject.into(),
        now.ms().into(),
        (&by).into(),
        note.into(),
    ];
    Ok(tx.execute(&EXCEPTION_CLOSE, &values)? == 1)
}

/// The charge that an exception was opened about, be it closed or not.
pub fn exception_about(
    reader: &mut Reader<'_>,
    kind: Conflict,
    subject: &str,
) -> Result<Option<ChargeId>, StoreError> {
    let row = reader.query_opt(&EXCEPTION_ABOUT, &[kind.as_str().into(), subject.into()])?;
    row.as_ref().map(|row| id(row, 0)).transpose()
}

/// What staff have to decide, oldest first.
pub fn open_exceptions(reader: &mut Reader<'_>) -> Result<Vec<OpenException>, StoreError> {
    let rows = reader.query(&EXCEPTIONS_OPEN, &[])?;
    rows.iter()
        .map(|row| {
            Ok(OpenException {
                charge: id(row, 0)?,
                kind: word(row, 1, Conflict::parse, "kind")?,
                subject: row.text(2)?.to_owned(),
                opened_at: moment(row, 3)?,
            })
        })
        .collect()
}

fn order(row: &Row) -> Result<AttemptOrder, StoreError> {
    Ok(AttemptOrder {
        id: id(row, 0)?,
        generation: row.int(1)?,
        key: row.text(2)?.to_owned(),
        amount: yen(row, 3)?,
        card: id(row, 4)?,
        at_gateway: GatewayCard {
            customer: row.text(5)?.to_owned(),
            payment_method: row.text(6)?.to_owned(),
        },
        intended_at: moment(row, 7)?,
    })
}
