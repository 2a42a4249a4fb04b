//! The table `gateway_events`: calls of the gateway as they came, each once.

use domain::time::Moment;

use crate::error::StoreError;
use crate::statement::{Cell, Row, Statement};
use crate::store::Store;
use crate::transaction::{Committed, Reader, Tx};

const KEEP: Statement = Statement::new(
    "gateway_events.keep",
    "INSERT INTO gateway_events (id, body, state, received_at_ms) VALUES ($1, $2, 'waiting', $3)
     ON CONFLICT (id) DO NOTHING",
);
const WAITING: Statement = Statement::new(
    "gateway_events.waiting",
    "SELECT id, body, received_at_ms FROM gateway_events WHERE state = 'waiting'
     ORDER BY received_at_ms, id LIMIT $1",
);
const STRANGERS: Statement = Statement::new(
    "gateway_events.strangers",
    "SELECT id, body, received_at_ms FROM gateway_events WHERE state = 'stranger'
     ORDER BY received_at_ms, id LIMIT $1",
);
const END: Statement = Statement::new(
    "gateway_events.end",
    "UPDATE gateway_events SET state = $2, ended_at_ms = $3 WHERE id = $1 AND state = 'waiting'",
);

/// Every statement of this module.
pub const ALL: &[&Statement] = &[&KEEP, &WAITING, &STRANGERS, &END];

/// A call that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// The gateway's name of it.
    pub id: String,
    /// As received.
    pub body: String,
    /// When.
    pub received_at: Moment,
}

/// How a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventEnd {
    /// It counts, or says nothing new.
    Folded,
    /// It names something that is not ours.
    Stranger,
    /// It is about something that we do not follow.
    PassedOver,
}

impl EventEnd {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Folded => "folded",
            Self::Stranger => "stranger",
            Self::PassedOver => "passed_over",
        }
    }
}

/// Keeps a call, in a transaction of its own. `false` when it was there: the gateway repeats itself.
pub async fn keep(
    store: &Store,
    id: String,
    body: String,
    now: Moment,
) -> Result<Committed<bool>, StoreError> {
    let values = vec![Cell::Text(id), Cell::Text(body), Cell::Int(now.ms())];
    Ok(store.execute_alone(&KEEP, values).await?.map(|rows| rows == 1))
}

/// Calls that nobody has looked at yet, in the order in which they came.
pub fn waiting(reader: &mut Reader<'_>, limit: i64) -> Result<Vec<StoredEvent>, StoreError> {
    reader.query(&WAITING, &[limit.into()])?.iter().map(read).collect()
}

/// Calls about something that is not ours, for people to look at.
pub fn strangers(reader: &mut Reader<'_>, limit: i64) -> Result<Vec<StoredEvent>, StoreError> {
    reader.query(&STRANGERS, &[limit.into()])?.iter().map(read).collect()
}

/// Marks how a call ended; one that has ended stays as it is.
pub fn end(tx: &mut Tx<'_>, id: &str, how: EventEnd, now: Moment) -> Result<(), StoreError> {
    tx.execute(&END, &[id.into(), how.as_str().into(), now.ms().into()]).map(drop)
}

fn read(row: &Row) -> Result<StoredEvent, StoreError> {
    Ok(StoredEvent {
        id: row.text(0)?.to_owned(),
        body: row.text(1)?.to_owned(),
        received_at: Moment::from_ms(row.int(2)?),
    })
}
