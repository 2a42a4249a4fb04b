//! The table `jobs`: work promised in the same transaction as the change that needs it, done later,
//! once, by whoever holds its lease. A job whose holder dies is taken again when the lease runs out;
//! each taking has a new fence, and who holds an old fence can no longer write.

use std::str::FromStr;

use domain::id::JobId;
use domain::time::Moment;

use crate::error::StoreError;
use crate::statement::{Row, Statement};
use crate::transaction::{Reader, Tx};

/// Work to be promised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob<'a> {
    /// Its identity.
    pub id: JobId,
    /// What kind of work, as in `send_notice`.
    pub kind: &'a str,
    /// Names the work within its kind: the same work is promised only once, ever.
    pub key: &'a str,
    /// What the work needs to know, as JSON. Ids, no personal data.
    pub payload: &'a str,
    /// Not before.
    pub due_at: Moment,
    /// When it is promised.
    pub now: Moment,
}

/// Whether a promise was new.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Promised {
    /// It was.
    New,
    /// The same work had been promised before; nothing was changed.
    Known,
}

/// Work that was taken, for the time of its lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedJob {
    /// Its identity.
    pub id: JobId,
    /// What kind of work.
    pub kind: String,
    /// Names the work within its kind.
    pub key: String,
    /// What the work needs to know, as JSON.
    pub payload: String,
    /// How often it was taken, this time included.
    pub attempts: i64,
    /// Proves who holds it; needed for every later write.
    pub fence: i64,
}

/// Which kinds of work to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kinds<'a> {
    /// Any.
    All,
    /// These, the first ones first.
    Only(&'a [&'a str]),
}

/// Work that is not done yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingJob {
    /// Its identity.
    pub id: JobId,
    /// What kind of work.
    pub kind: String,
    /// Names the work within its kind.
    pub key: String,
    /// Not before.
    pub due_at: Moment,
    /// How often it was taken.
    pub attempts: i64,
    /// Why the last try failed.
    pub last_error: Option<String>,
}

/// How many jobs of one kind are in one state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// What kind of work.
    pub kind: String,
    /// `waiting`, `done` or `gave_up`.
    pub state: String,
    /// How many.
    pub jobs: i64,
}

const PROMISE: Statement = Statement::new(
    "jobs.promise",
    "INSERT INTO jobs (id, kind, key, payload, due_at_ms, attempts, lease_until_ms, lease_fence, state, created_at_ms)
     VALUES ($1, $2, $3, $4, $5, 0, 0, 0, 'waiting', $6) ON CONFLICT (kind, key) DO NOTHING",
);
// PostgreSQL: several workers look at once, and each must pass over what another is just taking.
const CLAIM: Statement = Statement::differing(
    "jobs.claim",
    "UPDATE jobs SET attempts = attempts + 1, lease_fence = lease_fence + 1, lease_until_ms = $2
     WHERE id IN (SELECT id FROM jobs WHERE state = 'waiting' AND due_at_ms <= $1 AND lease_until_ms <= $1
                  ORDER BY due_at_ms, id LIMIT $3)
     RETURNING id, kind, key, payload, attempts, lease_fence, due_at_ms",
    "WITH due AS MATERIALIZED (
         SELECT id FROM jobs WHERE state = 'waiting' AND due_at_ms <= $1 AND lease_until_ms <= $1
         ORDER BY due_at_ms, id LIMIT $3 FOR UPDATE SKIP LOCKED)
     UPDATE jobs SET attempts = attempts + 1, lease_fence = lease_fence + 1, lease_until_ms = $2
     FROM due WHERE jobs.id = due.id
     RETURNING jobs.id, kind, key, payload, attempts, lease_fence, due_at_ms",
);
// The same for one kind.
const CLAIM_KIND: Statement = Statement::differing(
    "jobs.claim_kind",
    "UPDATE jobs SET attempts = attempts + 1, lease_fence = lease_fence + 1, lease_until_ms = $2
     WHERE id IN (SELECT id FROM jobs WHERE state = 'waiting' AND kind = $4 AND due_at_ms <= $1
                  AND lease_until_ms <= $1 ORDER BY due_at_ms, id LIMIT $3)
     RETURNING id, kind, key, payload, attempts, lease_fence, due_at_ms",
    "WITH due AS MATERIALIZED (
         SELECT id FROM jobs WHERE state = 'waiting' AND kind = $4 AND due_at_ms <= $1 AND lease_until_ms <= $1
         ORDER BY due_at_ms, id LIMIT $3 FOR UPDATE SKIP LOCKED)
     UPDATE jobs SET attempts = attempts + 1, lease_fence = lease_fence + 1, lease_until_ms = $2
     FROM due WHERE jobs.id = due.id
     RETURNING jobs.id, kind, key, payload, attempts, lease_fence, due_at_ms",
);
const FINISH: Statement = Statement::new(
    "jobs.finish",
    "UPDATE jobs SET state = 'done', done_at_ms = $3, lease_until_ms = 0
     WHERE id = $1 AND lease_fence = $2 AND state = 'waiting'",
);
const RETRY: Statement = Statement::new(
    "jobs.retry",
    "UPDATE jobs SET due_at_ms = $3, last_error = $4, lease_until_ms = 0
     WHERE id = $1 AND lease_fence = $2 AND state = 'waiting'",
);
const GIVE_UP: Statement = Statement::new(
    "jobs.give_up",
    "UPDATE jobs SET state = 'gave_up', done_at_ms = $3, last_error = $4, lease_until_ms = 0
     WHERE id = $1 AND lease_fence = $2 AND state = 'waiting'",
);
const WAITING: Statement = Statement::new(
    "jobs.waiting",
    "SELECT id, kind, key, due_at_ms, attempts, last_error FROM jobs WHERE state = 'waiting'
     ORDER BY due_at_ms, id LIMIT $1",
);
const NEXT_FREE: Statement = Statement::new(
    "jobs.next_free",
    "SELECT due_at_ms FROM jobs WHERE state = 'waiting' AND lease_until_ms = 0 ORDER BY due_at_ms LIMIT 1",
);
const NEXT_LEASE_END: Statement = Statement::new(
    "jobs.next_lease_end",
    "SELECT lease_until_ms FROM jobs WHERE state = 'waiting' AND lease_until_ms > 0 ORDER BY lease_until_ms LIMIT 1",
);
const COUNTS: Statement =
    Statement::new("jobs.counts", "SELECT kind, state, count(*) FROM jobs GROUP BY kind, state");

/// Every statement of this module.
pub const ALL: &[&Statement] = &[
    &PROMISE,
    &CLAIM,
    &CLAIM_KIND,
    &FINISH,
    &RETRY,
    &GIVE_UP,
    &WAITING,
    &NEXT_FREE,
    &NEXT_LEASE_END,
    &COUNTS,
];

/// Promises work. The same kind and key a second time changes nothing, also when it is done already.
pub fn promise(tx: &mut Tx<'_>, job: &NewJob<'_>) -> Result<Promised, StoreError> {
    let id = job.id.to_string();
    let values = [
        (&id).into(),
        job.kind.into(),
        job.key.into(),
        job.payload.into(),
        job.due_at.ms().into(),
        job.now.ms().into(),
    ];
    Ok(if tx.execute(&PROMISE, &values)? == 1 { Promised::New } else { Promised::Known })
}

/// Takes up to `limit` jobs that are due and that nobody holds, for `lease_s` seconds, longest due first.
pub fn claim_due(
    tx: &mut Tx<'_>,
    kinds: Kinds<'_>,
    now: Moment,
    lease_s: i64,
    limit: i64,
) -> Result<Vec<ClaimedJob>, StoreError> {
    let until = now.plus_seconds(lease_s).ms();
    let mut claimed = match kinds {
        Kinds::All => claimed(&tx.query(&CLAIM, &[now.ms().into(), until.into(), limit.into()])?)?,
        Kinds::Only(kinds) => {
            let mut all = Vec::new();
            for kind in kinds {
                let left = limit.saturating_sub(i64::try_from(all.len()).unwrap_or(limit));
                let values = [now.ms().into(), until.into(), left.into(), (*kind).into()];
                all.extend(claimed(&tx.query(&CLAIM_KIND, &values)?)?);
            }
            all
        }
    };
    // Rows that an UPDATE returns come in no order.
    claimed.sort_by_key(|(due_at_ms, job)| (*due_at_ms, job.id));
    Ok(claimed.into_iter().map(|(_, job)| job).collect())
}

fn claimed(rows: &[Row]) -> Result<Vec<(i64, ClaimedJob)>, StoreError> {
    let job = |row: &Row| {
        let job = ClaimedJob {
            id: id(row)?,
            kind: row.text(1)?.to_owned(),
            key: row.text(2)?.to_owned(),
            payload: row.text(3)?.to_owned(),
            attempts: row.int(4)?,
            fence: row.int(5)?,
        };
        Ok((row.int(6)?, job))
    };
    rows.iter().map(job).collect()
}

fn id(row: &Row) -> Result<JobId, StoreError> {
    JobId::from_str(row.text(0)?).map_err(|error| row.corrupt(0, &error.to_string()))
}

/// Marks a job as done. `false`: the lease ran out and another holds the job, or it is done already.
pub fn finish(tx: &mut Tx<'_>, id: JobId, fence: i64, now: Moment) -> Result<bool, StoreError> {
    let id = id.to_string();
    Ok(tx.execute(&FINISH, &[(&id).into(), fence.into(), now.ms().into()])? == 1)
}

/// Gives a job back, to be taken again at `due_at`. `false` as for [`finish`].
pub fn retry_at(
    tx: &mut Tx<'_>,
    id: JobId,
    fence: i64,
    due_at: Moment,
    error: &str,
) -> Result<bool, StoreError> {
    let id = id.to_string();
    Ok(tx.execute(&RETRY, &[(&id).into(), fence.into(), due_at.ms().into(), error.into()])? == 1)
}

/// Gives a job up for good; people see it in a list. `false` as for [`finish`].
pub fn give_up(
    tx: &mut Tx<'_>,
    id: JobId,
    fence: i64,
    now: Moment,
    error: &str,
) -> Result<bool, StoreError> {
    let id = id.to_string();
    Ok(tx.execute(&GIVE_UP, &[(&id).into(), fence.into(), now.ms().into(), error.into()])? == 1)
}

/// What is not done yet, longest due first.
pub fn waiting(reader: &mut Reader<'_>, limit: i64) -> Result<Vec<WaitingJob>, StoreError> {
    let job = |row: &Row| {
        Ok(WaitingJob {
            id: id(row)?,
            kind: row.text(1)?.to_owned(),
            key: row.text(2)?.to_owned(),
            due_at: Moment::from_ms(row.int(3)?),
            attempts: row.int(4)?,
            last_error: row.opt_text(5)?.map(str::to_owned),
        })
    };
    reader.query(&WAITING, &[limit.into()])?.iter().map(job).collect()
}

/// When the next job can be taken: it may be past. `None`: nothing waits.
pub fn next_due(reader: &mut Reader<'_>) -> Result<Option<Moment>, StoreError> {
    let mut next: Option<i64> = None;
    for statement in [&NEXT_FREE, &NEXT_LEASE_END] {
        if let Some(row) = reader.query_opt(statement, &[])? {
            let found = row.int(0)?;
            next = Some(next.map_or(found, |next| next.min(found)));
        }
    }
    Ok(next.map(Moment::from_ms))
}

/// How many jobs there are, for each kind and state, in the order of their names.
pub fn counts(reader: &mut Reader<'_>) -> Result<Vec<Count>, StoreError> {
    let count = |row: &Row| {
        Ok(Count {
            kind: row.text(0)?.to_owned(),
            state: row.text(1)?.to_owned(),
            jobs: row.int(2)?,
        })
    };
    let mut counts =
        reader.query(&COUNTS, &[])?.iter().map(count).collect::<Result<Vec<_>, StoreError>>()?;
    counts.sort_by(|one, other| (&one.kind, &one.state).cmp(&(&other.kind, &other.state)));
    Ok(counts)
}
