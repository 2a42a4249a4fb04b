//! The executor for SQLite: one thread that writes, with group commit, and several that read.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::audit::AuditRecord;
use crate::engine::{Link, NotKept, Ran, ReadWork, WriteWork};
use crate::error::{EngineError, StoreError};
use crate::queue::Queue;
use crate::shared::Shared;
use crate::statement::{Cell, Row, Statement, Value};
use crate::transaction::{Reader, Records, Tx};

/// Prepared statements kept for each connection; more than the house has.
const PREPARED_MAX: usize = 1_024;

/// One connection, with the texts of its statements in SQLite's way of writing.
pub(crate) struct SqliteLink {
    connection: Connection,
    texts: HashMap<&'static str, Box<str>>,
}

/// Whether a connection may write.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Write,
    ReadOnly,
}

impl SqliteLink {
    /// Opens an existing file. `busy_ms`: how long to wait for another process.
    pub(crate) fn open(path: &Path, mode: Mode, busy_ms: u64) -> Result<Self, EngineError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(std::time::Duration::from_millis(busy_ms))?;
        connection.set_prepared_statement_cache_capacity(PREPARED_MAX);
        let journal: String =
            connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
        if journal != "wal" {
            return Err(EngineError::Shape(format!(
                "the file system allows no write-ahead log, only {journal}"
            )));
        }
        // FULL: a transaction that was answered is on the disk. It moves money.
        connection.execute_batch(
            "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
             PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 67108864; PRAGMA trusted_schema = OFF;",
        )?;
        if mode == Mode::ReadOnly {
            connection.execute_batch("PRAGMA query_only = ON")?;
        }
        Ok(Self { connection, texts: HashMap::new() })
    }

    pub(crate) const fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }

    fn prepared(
        &mut self,
        sql: &'static str,
    ) -> Result<rusqlite::CachedStatement<'_>, EngineError> {
        let text = self.texts.entry(sql).or_insert_with(|| numbered(sql).into());
        Ok(self.connection.prepare_cached(text)?)
    }

    pub(crate) fn query(
        &mut self,
        statement: &Statement,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, EngineError> {
        let mut prepared = self.prepared(statement.sql)?;
        let columns = prepared.column_count();
        let mut found = prepared.query(rusqlite::params_from_iter(values))?;
        let mut rows = Vec::new();
        while let Some(row) = found.next()? {
            let cells =
                (0..columns).map(|column| cell(row.get_ref(column)?)).collect::<Result<_, _>>()?;
            rows.push(Row::new(statement.name, cells));
        }
        Ok(rows)
    }

    pub(crate) fn execute(
        &mut self,
        statement: &Statement,
        values: &[Value<'_>],
    ) -> Result<u64, EngineError> {
        let mut prepared = self.prepared(statement.sql)?;
        let count = prepared.execute(rusqlite::params_from_iter(values))?;
        Ok(u64::try_from(count).unwrap_or(u64::MAX))
    }

    /// Runs an `INSERT` for each row.
    pub(crate) fn insert_many<const N: usize>(
        &mut self,
        statement: &Statement,
        rows: &[[Value<'_>; N]],
    ) -> Result<u64, EngineError> {
        let mut prepared = self.prepared(statement.sql)?;
        let mut count = 0_u64;
        for row in rows {
            let written = prepared.execute(rusqlite::params_from_iter(row))?;
            count = count.saturating_add(u64::try_from(written).unwrap_or(u64::MAX));
        }
        Ok(count)
    }

    /// Prepares a statement and throws it away.
    pub(crate) fn prepare(&mut self, statement: &Statement) -> Result<(), EngineError> {
        self.prepared(statement.sql).map(drop)
    }

    fn run(&mut self, sql: &'static str) -> Result<(), EngineError> {
        Ok(self.connection.prepare_cached(sql)?.execute([]).map(drop)?)
    }
}

impl rusqlite::ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Int(number) => ValueRef::Integer(*number),
            Value::Text(text) => ValueRef::Text(text.as_bytes()),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
            Value::Null => ValueRef::Null,
        }))
    }
}

fn cell(value: ValueRef<'_>) -> Result<Cell, EngineError> {
    match value {
        ValueRef::Null => Ok(Cell::Null),
        ValueRef::Integer(number) => Ok(Cell::Int(number)),
        ValueRef::Text(text) => match std::str::from_utf8(text) {
            Ok(text) => Ok(Cell::Text(text.to_owned())),
            Err(error) => Err(EngineError::Shape(format!("a text is not UTF-8: {error}"))),
        },
        ValueRef::Blob(bytes) => Ok(Cell::Bytes(bytes.to_vec())),
        ValueRef::Real(_) => Err(EngineError::Shape("a number with a fraction".to_owned())),
    }
}

/// SQLite takes `$2` for a name and numbers names by where they first stand, so that values would
/// change places; `?2` is a number. No literal holds a `$` (a test sees to it).
fn numbered(sql: &str) -> String {
    sql.replace('$', "?")
}

/// The thread that writes: takes what waits, runs each closure in a savepoint of one transaction, makes
/// it durable once, and only then answers.
pub(crate) fn write_loop(
    mut link: SqliteLink,
    line: &Queue<WriteWork>,
    batch_max: usize,
    shared: &Shared,
) {
    loop {
        let batch = line.take(batch_max);
        if batch.is_empty() {
            return;
        }
        write_batch(&mut link, shared, batch);
    }
}

fn write_batch(link: &mut SqliteLink, shared: &Shared, batch: Vec<WriteWork>) {
    if let Err(error) = link.run("BEGIN IMMEDIATE") {
        let source = Arc::new(error);
        for work in batch {
            refuse(work, &source);
        }
        return;
    }
    let mut ran = Vec::with_capacity(batch.len());
    let mut acts = Vec::new();
    // Set once the transaction as a whole is lost: SQLite undoes all of it when the disk is full.
    let mut lost: Option<Arc<EngineError>> = None;
    for work in batch {
        if lost.is_none() {
            lost = link.run("SAVEPOINT one").err().map(Arc::new);
        }
        if let Some(source) = &lost {
            refuse(work, source);
            continue;
        }
        let (one, ended) = in_savepoint(link, shared, work, &mut acts);
        ran.push(one);
        lost = ended.err().map(Arc::new);
    }
    if lost.is_none() {
        lost = record(link, shared, acts).err().map(Arc::new);
    }
    let fate = match lost {
        Some(source) => Err(NotKept::Failed(source)),
        None if ran.iter().any(|one| one.keep) => commit(link, shared),
        // Nothing to keep: no need to wait for the disk.
        None => Ok(()),
    };
    roll_back_if_open(link);
    for one in ran {
        (one.answer)(fate.clone());
    }
}

fn refuse(work: WriteWork, source: &Arc<EngineError>) {
    let ran = work(Err(StoreError::Begin { source: Arc::clone(source) }));
    (ran.answer)(Ok(()));
}

/// Writes the acts of all closures that are kept into the chains: their end is read and moved once for
/// the group, not once for each closure.
fn record(
    link: &mut SqliteLink,
    shared: &Shared,
    acts: Vec<AuditRecord>,
) -> Result<(), EngineError> {
    if acts.is_empty() {
        return Ok(());
    }
    let reader = Reader::new(Link::Sqlite(link), &shared.keyring, &shared.fuse);
    Tx::new(reader, Records::Itself).record(acts).map_err(|error| {
        if let StoreError::Statement { source, .. } = error {
            return source;
        }
        EngineError::Shape(format!("the acts cannot be put on record: {error}"))
    })
}

/// Runs one closure; its failure undoes only its own writes. The error is one of the whole transaction.
fn in_savepoint(
    link: &mut SqliteLink,
    shared: &Shared,
    work: WriteWork,
    acts: &mut Vec<AuditRecord>,
) -> (Ran, Result<(), EngineError>) {
    shared.count_write();
    let ran = {
        let reader = Reader::new(Link::Sqlite(link), &shared.keyring, &shared.fuse);
        let mut tx = Tx::new(reader, Records::ItsGroup);
        let ran = work(Ok(&mut tx));
        if ran.keep {
            acts.extend(tx.take_acts());
        }
        ran
    };
    if link.connection.is_autocommit() {
        return (
            ran,
            Err(EngineError::Shape("the database undid the whole transaction".to_owned())),
        );
    }
    let undone = if ran.keep { Ok(()) } else { link.run("ROLLBACK TO one") };
    let ended = undone.and_then(|()| link.run("RELEASE one"));
    (ran, ended)
}

fn commit(link: &mut SqliteLink, shared: &Shared) -> Result<(), NotKept> {
    shared.count_commit();
    shared.fuse.around(|| link.run("COMMIT")).map_err(|error| match &error {
        // The frames may have reached the log although its flushing failed.
        EngineError::Sqlite(cause)
            if cause.sqlite_error_code() == Some(ErrorCode::SystemIoFailure) =>
        {
            NotKept::Unknown(Arc::new(error))
        }
        EngineError::Fuse(_) => NotKept::Unknown(Arc::new(error)),
        EngineError::Sqlite(_) | EngineError::Postgres(_) | EngineError::Shape(_) => {
            NotKept::Failed(Arc::new(error))
        }
    })
}

/// Leaves no transaction open behind, whatever happened.
fn roll_back_if_open(link: &mut SqliteLink) {
    if !link.connection.is_autocommit()
        && let Err(error) = link.run("ROLLBACK")
    {
        tracing::error!(error = &error as &dyn std::error::Error, "cannot undo a transaction");
    }
}

/// A thread that reads: each closure sees one unchanging state of the database.
pub(crate) fn read_loop(mut link: SqliteLink, line: &Queue<ReadWork>, shared: &Shared) {
    loop {
        let Some(work) = line.take(1).pop() else { return };
        read_one(&mut link, shared, work);
    }
}

fn read_one(link: &mut SqliteLink, shared: &Shared, work: ReadWork) {
    match link.run("BEGIN") {
        Ok(()) => {
            let mut reader = Reader::new(Link::Sqlite(link), &shared.keyring, &shared.fuse);
            work(Ok(&mut reader));
        }
        Err(error) => work(Err(StoreError::Begin { source: Arc::new(error) })),
    }
    roll_back_if_open(link);
}
