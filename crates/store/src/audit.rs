//! The record of acts: chains of entries, each with the hash of the one before, so that an entry that is
//! changed, removed, inserted, moved or cut off at the end is noticed.

use sha2::{Digest, Sha256};

use crate::error::StoreError;
use crate::statement::{Row, Statement, Value};
use crate::transaction::{Reader, Tx};

/// One act to be put on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRecord {
    /// Which chain: one for each group of hospitals, and `system`.
    pub chain: String,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// Who: an id, or the name of a job. No personal data.
    pub actor: String,
    /// What was done, as in `card.replaced`.
    pub act: &'static str,
    /// To what: an id. No personal data.
    pub subject: String,
    /// More about it, as JSON. No personal data.
    pub detail: String,
}

/// One act as it stands on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Counts from 1 within the chain, without a gap.
    pub seq: i64,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// Who.
    pub actor: String,
    /// What was done.
    pub act: String,
    /// To what.
    pub subject: String,
    /// More about it, as JSON.
    pub detail: String,
    /// The hash of the entry before.
    pub previous_hash: String,
    /// The hash of this entry.
    pub hash: String,
}

/// The first thing wrong in a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Which chain.
    pub chain: String,
    /// At which entry.
    pub seq: i64,
    /// What is wrong.
    pub why: &'static str,
}

/// What a check of the chains found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyReport {
    /// How many entries were read.
    pub entries: u64,
    /// The first thing wrong, if any.
    pub broken: Option<Broken>,
}

const NEW_CHAIN: Statement = Statement::new(
    "audit.new_chain",
    "INSERT INTO audit_heads (chain, next_seq, hash) VALUES ($1, 1, '') ON CONFLICT (chain) DO NOTHING",
);
// Takes the row for the rest of the transaction: no other can add to the chain in between.
const TAKE_HEAD: Statement = Statement::new(
    "audit.take_head",
    "UPDATE audit_heads SET next_seq = next_seq WHERE chain = $1 RETURNING next_seq, hash",
);
const MOVE_HEAD: Statement = Statement::new(
    "audit.move_head",
    "UPDATE audit_heads SET next_seq = $2, hash = $3 WHERE chain = $1",
);
const INSERT: Statement = Statement::new(
    "audit.insert",
    "INSERT INTO audit_entries (chain, seq, at_ms, actor, act, subject, detail, previous_hash, hash)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
);
// PostgreSQL: a file of bills puts thousands of acts on record, and each would be a round trip.
const INSERT_MANY: Statement = Statement::differing(
    "audit.insert_many",
    "INSERT INTO audit_entries (chain, seq, at_ms, actor, act, subject, detail, previous_hash, hash)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    "COPY audit_entries (chain, seq, at_ms, actor, act, subject, detail, previous_hash, hash)
     FROM STDIN BINARY",
);
const AFTER: Statement = Statement::new(
    "audit.after",
    "SELECT seq, at_ms, actor, act, subject, detail, previous_hash, hash FROM audit_entries
     WHERE chain = $1 AND seq > $2 ORDER BY seq LIMIT $3",
);
const OF_SUBJECT: Statement = Statement::new(
    "audit.of_subject",
    "SELECT seq, at_ms, actor, act, subject, detail, previous_hash, hash FROM audit_entries
     WHERE chain = $1 AND subject = $2 ORDER BY seq DESC LIMIT $3",
);
const HEAD: Statement =
    Statement::new("audit.head", "SELECT next_seq, hash FROM audit_heads WHERE chain = $1");
const CHAINS: Statement = Statement::new(
    "audit.chains",
    "SELECT chain FROM audit_heads UNION SELECT chain FROM audit_entries",
);

/// Every statement of this module.
pub const ALL: &[&Statement] = &[
    &NEW_CHAIN,
    &TAKE_HEAD,
    &MOVE_HEAD,
    &INSERT,
    &INSERT_MANY,
    &AFTER,
    &OF_SUBJECT,
    &HEAD,
    &CHAINS,
];

/// How many entries are read at once.
const PAGE: i64 = 1_000;

/// How many entries are written at once.
const MANY: usize = 1_000;

/// Up to so many are written one by one.
const FEW: usize = 2;

/// Writes acts at the end of a transaction. Chains are taken in the order of their names, so that two
/// transactions never wait for each other crosswise; acts within a chain keep their order.
pub(crate) fn append(tx: &mut Tx<'_>, mut acts: Vec<AuditRecord>) -> Result<(), StoreError> {
    acts.sort_by(|one, other| one.chain.cmp(&other.chain));
    for acts in acts.chunk_by(|one, other| one.chain == other.chain) {
        if let Some(first) = acts.first() {
            append_to(tx, &first.chain, acts)?;
        }
    }
    Ok(())
}

fn append_to(tx: &mut Tx<'_>, chain: &str, acts: &[AuditRecord]) -> Result<(), StoreError> {
    let (mut seq, mut previous) = take_head(tx, chain)?;
    for acts in acts.chunks(MANY) {
        let mut entries = Vec::with_capacity(acts.len());
        for act in acts {
            let mut entry = AuditEntry {
                seq,
                at_ms: act.at_ms,
                actor: act.actor.clone(),
                act: act.act.to_owned(),
                subject: act.subject.clone(),
                detail: act.detail.clone(),
                previous_hash: previous,
                hash: String::new(),
            };
            entry.hash = hash(chain, &entry);
            previous = entry.hash.clone();
            seq = seq.saturating_add(1);
            entries.push(entry);
        }
        let rows: Vec<[Value<'_>; 9]> = entries.iter().map(|entry| values(chain, entry)).collect();
        // A few acts are a few statements; a copy costs a round trip more than one of them.
        if rows.len() > FEW {
            tx.insert_many(&INSERT_MANY, &rows)?;
            continue;
        }
        for row in &rows {
            tx.execute_one(&INSERT, row)?;
        }
    }
    tx.execute_one(&MOVE_HEAD, &[chain.into(), seq.into(), (&previous).into()])
}

fn values<'e>(chain: &'e str, entry: &'e AuditEntry) -> [Value<'e>; 9] {
    [
        chain.into(),
        entry.seq.into(),
        entry.at_ms.into(),
        (&entry.actor).into(),
        (&entry.act).into(),
        (&entry.subject).into(),
        (&entry.detail).into(),
        (&entry.previous_hash).into(),
        (&entry.hash).into(),
    ]
}

fn take_head(tx: &mut Tx<'_>, chain: &str) -> Result<(i64, String), StoreError> {
    let mut head = tx.query_opt(&TAKE_HEAD, &[chain.into()])?;
    if head.is_none() {
        tx.execute(&NEW_CHAIN, &[chain.into()])?;
        head = tx.query_opt(&TAKE_HEAD, &[chain.into()])?;
    }
    match head {
        Some(row) => Ok((row.int(0)?, row.text(1)?.to_owned())),
        None => Err(StoreError::RowCount { statement: TAKE_HEAD.name, expected: 1, got: 0 }),
    }
}

/// Every field with its length before it, so that no two entries give the same bytes.
fn hash(chain: &str, entry: &AuditEntry) -> String {
    let mut digest = Sha256::new();
    let mut put = |bytes: &[u8]| {
        digest.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
        digest.update(bytes);
    };
    put(b"atobarai-audit-1");
    put(chain.as_bytes());
    put(&entry.seq.to_be_bytes());
    put(&entry.at_ms.to_be_bytes());
    for text in [&entry.actor, &entry.act, &entry.subject, &entry.detail, &entry.previous_hash] {
        put(text.as_bytes());
    }
    hex::encode(digest.finalize())
}

/// The entries of a chain after the entry `after`, oldest first.
pub fn after(
    reader: &mut Reader<'_>,
    chain: &str,
    after: i64,
    limit: i64,
) -> Result<Vec<AuditEntry>, StoreError> {
    let rows = reader.query(&AFTER, &[chain.into(), after.into(), limit.into()])?;
    rows.iter().map(entry).collect()
}

/// The newest entries about one subject, newest first.
pub fn of_subject(
    reader: &mut Reader<'_>,
    chain: &str,
    subject: &str,
    limit: i64,
) -> Result<Vec<AuditEntry>, StoreError> {
    let rows = reader.query(&OF_SUBJECT, &[chain.into(), subject.into(), limit.into()])?;
    rows.iter().map(entry).collect()
}

fn entry(row: &Row) -> Result<AuditEntry, StoreError> {
    Ok(AuditEntry {
        seq: row.int(0)?,
        at_ms: row.int(1)?,
        actor: row.text(2)?.to_owned(),
        act: row.text(3)?.to_owned(),
        subject: row.text(4)?.to_owned(),
        detail: row.text(5)?.to_owned(),
        previous_hash: row.text(6)?.to_owned(),
        hash: row.text(7)?.to_owned(),
    })
}

/// Reads a chain with its branches (`name/…`), or all of them, and recomputes every hash. Stops at the first thing
/// wrong.
pub fn verify(reader: &mut Reader<'_>, chain: Option<&str>) -> Result<VerifyReport, StoreError> {
    let rows = reader.query(&CHAINS, &[])?;
    let mut chains = rows
        .iter()
        .map(|row| Ok(row.text(0)?.to_owned()))
        .collect::<Result<Vec<_>, StoreError>>()?;
    if let Some(wanted) = chain {
        chains.retain(|name| is_of(name, wanted));
        if chains.is_empty() {
            chains.push(wanted.to_owned());
        }
    }
    chains.sort();
    let mut report = VerifyReport { entries: 0, broken: None };
    for chain in chains {
        report.broken = verify_chain(reader, &chain, &mut report.entries)?;
        if report.broken.is_some() {
            break;
        }
    }
    Ok(report)
}

fn is_of(name: &str, wanted: &str) -> bool {
    name.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn verify_chain(
    reader: &mut Reader<'_>,
    chain: &str,
    entries: &mut u64,
) -> Result<Option<Broken>, StoreError> {
    let broken = |seq, why| Ok(Some(Broken { chain: chain.to_owned(), seq, why }));
    // Below every number, so that an entry smuggled in before the first is seen as well.
    let (mut last, mut expected, mut previous) = (i64::MIN, 1_i64, String::new());
    loop {
        let page = after(reader, chain, last, PAGE)?;
        for entry in &page {
            *entries = entries.saturating_add(1);
            if entry.seq != expected {
                return broken(expected, "the entry is missing, or another stands in its place");
            }
            if entry.previous_hash != previous {
                return broken(entry.seq, "the entry does not follow the one before it");
            }
            if entry.hash != hash(chain, entry) {
                return broken(entry.seq, "the entry was changed");
            }
            last = entry.seq;
            expected = expected.saturating_add(1);
            previous.clone_from(&entry.hash);
        }
        if page.is_empty() {
            break;
        }
    }
    let Some(head) = reader.query_opt(&HEAD, &[chain.into()])? else {
        return broken(expected, "the chain has no head");
    };
    if head.int(0)? != expected || head.text(1)? != previous {
        return broken(expected, "the end of the chain is not where its head says");
    }
    Ok(None)
}
