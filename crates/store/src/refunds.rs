//! The tables `refunds`, `refund_attempts` and `refund_evidence`: money back on charges.
//!
//! As with charges, a write is conditional on the version that was read.

use domain::evidence::EvidenceSource;
use domain::id::{EntryId, EvidenceId, RefundId};
use domain::refund::{
    Refund, RefundAttempt, RefundEvidence, RefundProgress, RefundReason, RefundState, RefundTerms,
};
use domain::time::Moment;

use crate::attempts::Effect;
use crate::charges::Written;
use crate::columns::{hospital, id, moment, word, yen};
use crate::error::StoreError;
use crate::statement::{Row, Statement};
use crate::transaction::{Reader, Tx};

const INSERT: Statement = Statement::new(
    "refunds.insert",
    "INSERT INTO refunds (id, charge_id, entry_id, hospital, amount, reason, note, requested_by,
        requested_at_ms, state, generation, enquiries, version, changed_at_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'requested', 0, 0, 1, $9) ON CONFLICT (id) DO NOTHING",
);
const UPDATE: Statement = Statement::new(
    "refunds.update",
    "UPDATE refunds SET approved_by = $3, state = $4, generation = $5, enquiries = $6, sent_at_ms = $7,
        reference = $8, code = $9, refunded_at_ms = $10, next_action_at_ms = $11, version = version + 1,
        changed_at_ms = $12
     WHERE id = $1 AND version = $2",
);
// Who asked is part of the terms until somebody takes a proposal of the system's over.
const ADOPT: Statement = Statement::new(
    "refunds.adopt",
    "UPDATE refunds SET requested_by = $3, version = version + 1, changed_at_ms = $4
     WHERE id = $1 AND version = $2 AND state = 'requested' AND requested_by = 'system'",
);
const POSTPONE: Statement = Statement::new(
    "refunds.postpone",
    "UPDATE refunds SET next_action_at_ms = $3, version = version + 1 WHERE id = $1 AND version = $2",
);
const BY_ID: Statement = Statement::new(
    "refunds.by_id",
    "SELECT id, charge_id, entry_id, hospital, amount, reason, note, requested_by, requested_at_ms,
        approved_by, state, generation, enquiries, sent_at_ms, reference, code, refunded_at_ms, version
     FROM refunds WHERE id = $1",
);
const OF_ENTRY: Statement = Statement::new(
    "refunds.of_entry",
    "SELECT id, charge_id, entry_id, hospital, amount, reason, note, requested_by, requested_at_ms,
        approved_by, state, generation, enquiries, sent_at_ms, reference, code, refunded_at_ms, version
     FROM refunds WHERE entry_id = $1 ORDER BY id",
);
const WAITING: Statement = Statement::new(
    "refunds.waiting",
    "SELECT id, charge_id, entry_id, hospital, amount, reason, note, requested_by, requested_at_ms,
        approved_by, state, generation, enquiries, sent_at_ms, reference, code, refunded_at_ms, version
     FROM refunds WHERE state = 'requested' ORDER BY requested_at_ms, id",
);
const ACTIONABLE: Statement = Statement::new(
    "refunds.actionable",
    "SELECT id FROM refunds WHERE next_action_at_ms IS NOT NULL AND next_action_at_ms <= $1
     ORDER BY next_action_at_ms, id LIMIT $2",
);
const ATTEMPT_INSERT: Statement = Statement::new(
    "refund_attempts.insert",
    "INSERT INTO refund_attempts (refund_id, generation, key, charge_reference, intended_at_ms)
     VALUES ($1, $2, $3, $4, $5)",
);
const ATTEMPT: Statement = Statement::new(
    "refund_attempts.by_generation",
    "SELECT generation, key, charge_reference, intended_at_ms FROM refund_attempts
     WHERE refund_id = $1 AND generation = $2",
);
const EVIDENCE_INSERT: Statement = Statement::new(
    "refund_evidence.insert",
    "INSERT INTO refund_evidence (id, refund_id, generation, source, source_id, finding, raw, effect,
        seen_at_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (source, source_id) DO NOTHING",
);
const EVIDENCE_KNOWN: Statement = Statement::new(
    "refund_evidence.known",
    "SELECT id FROM refund_evidence WHERE source = $1 AND source_id = $2",
);

/// Every statement of this module.
pub const ALL: &[&Statement] = &[
    &INSERT,
    &UPDATE,
    &ADOPT,
    &POSTPONE,
    &BY_ID,
    &OF_ENTRY,
    &WAITING,
    &ACTIONABLE,
    &ATTEMPT_INSERT,
    &ATTEMPT,
    &EVIDENCE_INSERT,
    &EVIDENCE_KNOWN,
];

/// A refund and the version that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRefund {
    /// The refund.
    pub refund: Refund,
    /// Needed for the next write.
    pub version: i64,
}

/// Adds a request. `false` when there is one of that id: the same click again.
pub fn insert(tx: &mut Tx<'_>, terms: &RefundTerms) -> Result<bool, StoreError> {
    let (id, charge, entry) =
        (terms.id.to_string(), terms.charge.to_string(), terms.entry.to_string());
    let values = [
        (&id).into(),
        (&charge).into(),
        (&entry).into(),
        terms.hospital.as_str().into(),
        terms.amount.amount().into(),
        terms.reason.as_str().into(),
        (&terms.note).into(),
        (&terms.requested_by).into(),
        terms.requested_at.ms().into(),
    ];
    Ok(tx.execute(&INSERT, &values)? == 1)
}

/// Stores a refund that has moved.
pub fn update(
    tx: &mut Tx<'_>,
    refund: &Refund,
    version: i64,
    next: Option<Moment>,
    now: Moment,
) -> Result<Written, StoreError> {
    let id = refund.terms.id.to_string();
    let columns = Columns::of(&refund.progress);
    let values = [
        (&id).into(),
        version.into(),
        refund.approved_by.as_deref().into(),
        refund.state().as_str().into(),
        refund.generation().into(),
        columns.enquiries.into(),
        columns.sent_at.into(),
        columns.reference.into(),
        columns.code.into(),
        columns.refunded_at.into(),
        next.map(Moment::ms).into(),
        now.ms().into(),
    ];
    Ok(if tx.execute(&UPDATE, &values)? == 1 { Written::Yes } else { Written::Overtaken })
}

/// Makes a person the requester of what the system has proposed.
pub fn adopt(
    tx: &mut Tx<'_>,
    refund: RefundId,
    version: i64,
    by: &str,
    now: Moment,
) -> Result<Written, StoreError> {
    let id = refund.to_string();
    let values = [(&id).into(), version.into(), by.into(), now.ms().into()];
    Ok(if tx.execute(&ADOPT, &values)? == 1 { Written::Yes } else { Written::Overtaken })
}

/// Takes a refund for one step, as [`crate::charges::postpone`].
pub fn postpone(
    tx: &mut Tx<'_>,
    refund: RefundId,
    version: i64,
    until: Moment,
) -> Result<Written, StoreError> {
    let id = refund.to_string();
    let rows = tx.execute(&POSTPONE, &[(&id).into(), version.into(), until.ms().into()])?;
    Ok(if rows == 1 { Written::Yes } else { Written::Overtaken })
}

/// One refund.
pub fn by_id(
    reader: &mut Reader<'_>,
    refund: RefundId,
) -> Result<Option<StoredRefund>, StoreError> {
    match reader.query_opt(&BY_ID, &[(&refund.to_string()).into()])? {
        Some(row) => read(reader, &row).map(Some),
        None => Ok(None),
    }
}

/// Every refund of an entry, oldest first.
pub fn of_entry(reader: &mut Reader<'_>, entry: EntryId) -> Result<Vec<StoredRefund>, StoreError> {
    let rows = reader.query(&OF_ENTRY, &[(&entry.to_string()).into()])?;
    rows.iter().map(|row| read(reader, row)).collect()
}

/// Requests that wait for a person, longest waiting first.
pub fn waiting(reader: &mut Reader<'_>) -> Result<Vec<StoredRefund>, StoreError> {
    let rows = reader.query(&WAITING, &[])?;
    rows.iter().map(|row| read(reader, row)).collect()
}

/// Refunds to which something must happen now, longest waiting first.
pub fn actionable(
    reader: &mut Reader<'_>,
    now: Moment,
    limit: i64,
) -> Result<Vec<RefundId>, StoreError> {
    let rows = reader.query(&ACTIONABLE, &[now.ms().into(), limit.into()])?;
    rows.iter().map(|row| id(row, 0)).collect()
}

/// Adds an attempt. Its key is unique.
pub fn add_attempt(
    tx: &mut Tx<'_>,
    refund: RefundId,
    attempt: &RefundAttempt,
) -> Result<(), StoreError> {
    let id = refund.to_string();
    let values = [
        (&id).into(),
        attempt.generation.into(),
        (&attempt.key).into(),
        (&attempt.charge_reference).into(),
        attempt.intended_at.ms().into(),
    ];
    tx.execute_one(&ATTEMPT_INSERT, &values)
}

/// Whether this word of the gateway has been heard before.
pub fn is_known(
    reader: &mut Reader<'_>,
    source: EvidenceSource,
    source_id: &str,
) -> Result<bool, StoreError> {
    Ok(reader.query_opt(&EVIDENCE_KNOWN, &[source.as_str().into(), source_id.into()])?.is_some())
}

/// Adds evidence as received.
pub fn add_evidence(
    tx: &mut Tx<'_>,
    id: EvidenceId,
    refund: RefundId,
    evidence: &RefundEvidence,
    raw: &str,
    effect: Effect,
) -> Result<(), StoreError> {
    let (id, refund) = (id.to_string(), refund.to_string());
    let finding = evidence.finding.summary();
    let values = [
        (&id).into(),
        (&refund).into(),
        evidence.generation.into(),
        evidence.source.as_str().into(),
        (&evidence.source_id).into(),
        (&finding).into(),
        raw.into(),
        effect.as_str().into(),
        evidence.seen_at.ms().into(),
    ];
    tx.execute(&EVIDENCE_INSERT, &values).map(drop)
}

/// What of a refund depends on its state.
#[derive(Default)]
struct Columns<'r> {
    enquiries: i64,
    sent_at: Option<i64>,
    reference: Option<&'r str>,
    code: Option<&'r str>,
    refunded_at: Option<i64>,
}

impl<'r> Columns<'r> {
    fn of(progress: &'r RefundProgress) -> Self {
        match progress {
            RefundProgress::Requested | RefundProgress::Dropped | RefundProgress::Intended(_) => {
                Self::default()
            }
            RefundProgress::Sent { sent_at, .. } => {
                Self { sent_at: Some(sent_at.ms()), ..Self::default() }
            }
            RefundProgress::Unknown { sent_at, enquiries, .. } => {
                Self { sent_at: Some(sent_at.ms()), enquiries: *enquiries, ..Self::default() }
            }
            RefundProgress::Pending { reference, enquiries, .. } => {
                Self { reference: Some(reference), enquiries: *enquiries, ..Self::default() }
            }
            RefundProgress::Done { reference, refunded_at, .. } => Self {
                reference: Some(reference),
                refunded_at: Some(refunded_at.ms()),
                ..Self::default()
            },
            RefundProgress::Refused { code, .. } => Self { code: Some(code), ..Self::default() },
            RefundProgress::Failed { reference, code, .. } => {
                Self { reference: Some(reference), code: Some(code), ..Self::default() }
            }
        }
    }
}

fn attempt(
    reader: &mut Reader<'_>,
    refund: &str,
    generation: i64,
) -> Result<RefundAttempt, StoreError> {
    let row = reader.query_opt(&ATTEMPT, &[refund.into(), generation.into()])?;
    let row = row.ok_or(StoreError::RowCount { statement: ATTEMPT.name, expected: 1, got: 0 })?;
    Ok(RefundAttempt {
        generation: row.int(0)?,
        key: row.text(1)?.to_owned(),
        charge_reference: row.text(2)?.to_owned(),
        intended_at: moment(&row, 3)?,
    })
}

fn read(reader: &mut Reader<'_>, row: &Row) -> Result<StoredRefund, StoreError> {
    let terms = RefundTerms {
        id: id(row, 0)?,
        charge: id(row, 1)?,
        entry: id(row, 2)?,
        hospital: hospital(row, 3)?,
        amount: yen(row, 4)?,
        reason: word(row, 5, RefundReason::parse, "reason of a refund")?,
        note: row.text(6)?.to_owned(),
        requested_by: row.text(7)?.to_owned(),
        requested_at: moment(row, 8)?,
    };
    let refund = row.text(0)?;
    let (generation, enquiries) = (row.int(11)?, row.int(12)?);
    let progress = match word(row, 10, RefundState::parse, "state of a refund")? {
        RefundState::Requested => RefundProgress::Requested,
        RefundState::Dropped => RefundProgress::Dropped,
        RefundState::Intended => RefundProgress::Intended(attempt(reader, refund, generation)?),
        RefundState::Sent => RefundProgress::Sent {
            attempt: attempt(reader, refund, generation)?,
            sent_at: moment(row, 13)?,
        },
        RefundState::Unknown => RefundProgress::Unknown {
            attempt: attempt(reader, refund, generation)?,
            sent_at: moment(row, 13)?,
            enquiries,
        },
        RefundState::Pending => RefundProgress::Pending {
            attempt: attempt(reader, refund, generation)?,
            reference: row.text(14)?.to_owned(),
            enquiries,
        },
        RefundState::Done => RefundProgress::Done {
            generation,
            reference: row.text(14)?.to_owned(),
            refunded_at: moment(row, 16)?,
        },
        RefundState::Refused => {
            RefundProgress::Refused { generation, code: row.text(15)?.to_owned() }
        }
        RefundState::Failed => RefundProgress::Failed {
            generation,
            reference: row.text(14)?.to_owned(),
            code: row.text(15)?.to_owned(),
        },
    };
    let approved_by = row.opt_text(9)?.map(str::to_owned);
    Ok(StoredRefund { refund: Refund { terms, approved_by, progress }, version: row.int(17)? })
}
