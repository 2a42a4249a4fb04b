//! The executor for PostgreSQL: a pool of threads with one connection each.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use postgres::binary_copy::BinaryCopyInWriter;
use postgres::error::Severity;
use postgres::types::private::BytesMut;
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, Config, NoTls};

use crate::engine::{Link, NotKept, ReadWork, WriteWork};
use crate::error::{EngineError, StoreError};
use crate::queue::Queue;
use crate::shared::Shared;
use crate::statement::{Cell, Row, Statement, Value};
use crate::transaction::{Reader, Records, Tx};

/// One connection with its prepared statements.
pub(crate) struct PostgresLink {
    client: Client,
    prepared: HashMap<&'static str, postgres::Statement>,
}

/// The types that columns and placeholders may have.
const KINDS: [Type; 3] = [Type::INT8, Type::TEXT, Type::BYTEA];

impl PostgresLink {
    /// Connects. `statement_ms`: how long one statement may run.
    pub(crate) fn open(config: &Config, statement_ms: u64) -> Result<Self, EngineError> {
        let mut config = config.clone();
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(Duration::from_secs(5));
        }
        if config.get_application_name().is_none() {
            config.application_name("atobarai");
        }
        let mut client = config.connect(NoTls)?;
        // A closure that hangs must not hold its rows for ever, nor one that waits for them.
        client.batch_execute(&format!(
            "SET statement_timeout = {statement_ms}; SET lock_timeout = {statement_ms};
             SET idle_in_transaction_session_timeout = {}; SET TIME ZONE 'UTC'",
            statement_ms.saturating_mul(2)
        ))?;
        Ok(Self { client, prepared: HashMap::new() })
    }

    pub(crate) const fn client(&mut self) -> &mut Client {
        &mut self.client
    }

    fn prepared(&mut self, sql: &'static str) -> Result<postgres::Statement, EngineError> {
        if let Some(known) = self.prepared.get(sql) {
            return Ok(known.clone());
        }
        let new = self.client.prepare(sql)?;
        self.prepared.insert(sql, new.clone());
        Ok(new)
    }

    pub(crate) fn query(
        &mut self,
        statement: &Statement,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, EngineError> {
        let prepared = self.prepared(statement.postgres.unwrap_or(statement.sql))?;
        let found = self.client.query(&prepared, &as_parameters(values))?;
        let row = |row: &postgres::Row| {
            let cells = (0..row.len()).map(|column| cell(row, column)).collect::<Result<_, _>>()?;
            Ok(Row::new(statement.name, cells))
        };
        found.iter().map(row).collect()
    }

    pub(crate) fn execute(
        &mut self,
        statement: &Statement,
        values: &[Value<'_>],
    ) -> Result<u64, EngineError> {
        let prepared = self.prepared(statement.postgres.unwrap_or(statement.sql))?;
        Ok(self.client.execute(&prepared, &as_parameters(values))?)
    }

    /// Sends rows through a `COPY … FROM STDIN BINARY`, without a round trip for each.
    pub(crate) fn insert_many<const N: usize>(
        &mut self,
        statement: &Statement,
        rows: &[[Value<'_>; N]],
    ) -> Result<u64, EngineError> {
        // The wire carries no types: a column without any value may be called a text.
        let kind = |column: usize| {
            let values = rows.iter().filter_map(|row| row.get(column));
            values.map(kind_of).find(Option::is_some).flatten().unwrap_or(Type::TEXT)
        };
        let kinds: Vec<Type> = (0..N).map(kind).collect();
        let prepared = self.prepared(statement.postgres.unwrap_or(statement.sql))?;
        let mut out = BinaryCopyInWriter::new(self.client.copy_in(&prepared)?, &kinds);
        for row in rows {
            out.write(&as_parameters(row))?;
        }
        Ok(out.finish()?)
    }

    /// Prepares a statement and insists that it speaks of whole numbers, texts and bytes only.
    pub(crate) fn prepare(&mut self, statement: &Statement) -> Result<(), EngineError> {
        let prepared = self.prepared(statement.postgres.unwrap_or(statement.sql))?;
        for (number, kind) in prepared.params().iter().enumerate() {
            if !KINDS.contains(kind) {
                let number = number.saturating_add(1);
                return Err(EngineError::Shape(format!(
                    "${number} is {kind}, not bigint, text or bytea"
                )));
            }
        }
        for column in prepared.columns() {
            if !KINDS.contains(column.type_()) {
                let (name, kind) = (column.name(), column.type_());
                return Err(EngineError::Shape(format!(
                    "column {name} is {kind}, not bigint, text or bytea"
                )));
            }
        }
        Ok(())
    }

    /// Begins a transaction. Nothing is lost yet if the connection turns out to be gone.
    fn begin(&mut self, how: &str) -> Result<(), EngineError> {
        Ok(self.client.batch_execute(how)?)
    }

    fn commit(&mut self) -> Result<(), EngineError> {
        Ok(self.client.batch_execute("COMMIT")?)
    }
}

fn as_parameters<'v>(values: &'v [Value<'v>]) -> Vec<&'v (dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

const fn kind_of(value: &Value<'_>) -> Option<Type> {
    match value {
        Value::Int(_) => Some(Type::INT8),
        Value::Text(_) => Some(Type::TEXT),
        Value::Bytes(_) => Some(Type::BYTEA),
        Value::Null => None,
    }
}

impl ToSql for Value<'_> {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match (self, kind) {
            (Value::Null, _) => Ok(IsNull::Yes),
            (Value::Int(number), &Type::INT8) => number.to_sql(kind, out),
            (Value::Text(text), &Type::TEXT) => text.to_sql(kind, out),
            (Value::Bytes(bytes), &Type::BYTEA) => bytes.to_sql(kind, out),
            (Value::Int(_), _) => Err(format!("a number was given for a {kind}").into()),
            (Value::Text(_), _) => Err(format!("a text was given for a {kind}").into()),
            (Value::Bytes(_), _) => Err(format!("bytes were given for a {kind}").into()),
        }
    }

    fn accepts(kind: &Type) -> bool {
        KINDS.contains(kind)
    }

    to_sql_checked!();
}

fn cell(row: &postgres::Row, column: usize) -> Result<Cell, EngineError> {
    let Some(described) = row.columns().get(column) else {
        return Err(EngineError::Shape(format!("there is no column {column}")));
    };
    Ok(match *described.type_() {
        Type::INT8 => row.try_get::<_, Option<i64>>(column)?.map_or(Cell::Null, Cell::Int),
        Type::TEXT => row.try_get::<_, Option<String>>(column)?.map_or(Cell::Null, Cell::Text),
        Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(column)?.map_or(Cell::Null, Cell::Bytes),
        ref other => {
            let name = described.name();
            return Err(EngineError::Shape(format!(
                "column {name} is {other}, not bigint, text or bytea"
            )));
        }
    })
}

/// What a thread of the pool needs to connect again.
#[derive(Clone)]
pub(crate) struct Dial {
    pub(crate) config: Config,
    pub(crate) statement_ms: u64,
}

const WRITE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";
/// Several statements of one closure see the same state, as they do on SQLite.
const READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Work for one of the connections, which all may write.
pub(crate) enum PoolWork {
    Write(WriteWork),
    Read(ReadWork),
    Alone(Alone),
}

/// One statement that is a transaction of its own and changes nothing when it runs twice.
pub(crate) struct Alone {
    pub(crate) statement: &'static Statement,
    pub(crate) values: Vec<Cell>,
    /// Takes the number of rows.
    pub(crate) answer: Box<dyn FnOnce(Result<u64, StoreError>) + Send>,
}

/// One thread of the pool.
pub(crate) fn pool_loop(dial: &Dial, line: &Queue<PoolWork>, shared: &Shared) {
    let mut link = None;
    loop {
        link = match line.take(1).pop() {
            None => return,
            Some(PoolWork::Write(work)) => write_one(link, dial, shared, work),
            Some(PoolWork::Read(work)) => read_one(link, dial, shared, work),
            Some(PoolWork::Alone(alone)) => run_alone(link, dial, shared, alone),
        };
    }
}

fn write_one(
    link: Option<PostgresLink>,
    dial: &Dial,
    shared: &Shared,
    work: WriteWork,
) -> Option<PostgresLink> {
    match begun(link, dial, WRITE) {
        Ok(mut open) => {
            shared.count_write();
            let reader = Reader::new(Link::Postgres(&mut open), &shared.keyring, &shared.fuse);
            let ran = work(Ok(&mut Tx::new(reader, Records::Itself)));
            let fate = if ran.keep { commit(&mut open, shared) } else { Ok(()) };
            let ended = ran.keep && fate.is_ok();
            (ran.answer)(fate);
            put_back(open, ended)
        }
        Err(source) => {
            let ran = work(Err(StoreError::Begin { source: Arc::new(source) }));
            (ran.answer)(Ok(()));
            None
        }
    }
}

fn read_one(
    link: Option<PostgresLink>,
    dial: &Dial,
    shared: &Shared,
    work: ReadWork,
) -> Option<PostgresLink> {
    match begun(link, dial, READ) {
        Ok(mut open) => {
            work(Ok(&mut Reader::new(Link::Postgres(&mut open), &shared.keyring, &shared.fuse)));
            put_back(open, false)
        }
        Err(source) => {
            work(Err(StoreError::Begin { source: Arc::new(source) }));
            None
        }
    }
}

fn run_alone(
    link: Option<PostgresLink>,
    dial: &Dial,
    shared: &Shared,
    alone: Alone,
) -> Option<PostgresLink> {
    let Alone { statement, values, answer } = alone;
    let values: Vec<_> = values.iter().map(Cell::value).collect();
    shared.count_write();
    shared.count_commit();
    let run = |link: &mut PostgresLink| shared.fuse.around(|| link.execute(statement, &values));
    // A connection that broke while nobody looked is noticed only now.
    let kept = link.map(|mut kept| (run(&mut kept), kept));
    let (ran, link) = match kept {
        Some((ran, kept)) if !ran.as_ref().is_err_and(is_cut) => (ran, kept),
        Some(_) | None => match PostgresLink::open(&dial.config, dial.statement_ms) {
            Ok(mut new) => (run(&mut new), new),
            Err(source) => {
                answer(Err(StoreError::Begin { source: Arc::new(source) }));
                return None;
            }
        },
    };
    match ran {
        Ok(rows) => {
            answer(Ok(rows));
            Some(link)
        }
        Err(source) if is_undone(&source) => {
            answer(Err(StoreError::Statement { statement: statement.name, source }));
            Some(link)
        }
        Err(source) => {
            answer(Err(NotKept::Unknown(Arc::new(source)).into()));
            None
        }
    }
}

/// Whether the connection is gone.
fn is_cut(error: &EngineError) -> bool {
    match error {
        EngineError::Postgres(cause) => {
            cause.is_closed()
                || cause
                    .as_db_error()
                    .is_some_and(|cause| cause.parsed_severity() == Some(Severity::Fatal))
        }
        EngineError::Sqlite(_) | EngineError::Shape(_) | EngineError::Fuse(_) => false,
    }
}

/// A connection with a transaction begun on it. A connection that broke while nobody looked (the server
/// was started anew) is noticed here, before the work begins, and replaced.
fn begun(link: Option<PostgresLink>, dial: &Dial, how: &str) -> Result<PostgresLink, EngineError> {
    if let Some(mut kept) = link {
        match kept.begin(how) {
            Ok(()) => return Ok(kept),
            Err(error) => tracing::warn!(
                error = &error as &dyn std::error::Error,
                "connecting to PostgreSQL again"
            ),
        }
    }
    let mut new = PostgresLink::open(&dial.config, dial.statement_ms)?;
    new.begin(how)?;
    Ok(new)
}

/// Ends what is still open. A connection on which even that fails is given up.
fn put_back(mut link: PostgresLink, ended: bool) -> Option<PostgresLink> {
    if ended {
        return Some(link);
    }
    match link.client.batch_execute("ROLLBACK") {
        Ok(()) => Some(link),
        Err(error) => {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "giving up a connection to PostgreSQL"
            );
            None
        }
    }
}

fn commit(link: &mut PostgresLink, shared: &Shared) -> Result<(), NotKept> {
    shared.count_commit();
    shared.fuse.around(|| link.commit()).map_err(|error| {
        let undone = is_undone(&error);
        if undone { NotKept::Failed(Arc::new(error)) } else { NotKept::Unknown(Arc::new(error)) }
    })
}

/// Whether the server says that nothing of it was kept.
fn is_undone(error: &EngineError) -> bool {
    match error {
        EngineError::Postgres(cause) => cause.as_db_error().is_some_and(|cause| {
            // A server that is being stopped says so too: then the commit may have been made.
            cause.parsed_severity() == Some(Severity::Error)
        }),
        EngineError::Sqlite(_) | EngineError::Shape(_) | EngineError::Fuse(_) => false,
    }
}
