//! Finding, making and checking a database before its threads start.

use std::path::Path;
use std::sync::Arc;

use refinery::Runner;

use crate::address::{DatabaseAddress, Engine, Place};
use crate::error::{EngineError, StoreError};
use crate::migrate;
use crate::postgres::{Dial, PostgresLink};
use crate::sqlite::{Mode, SqliteLink};

/// How a database is worked with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenOptions {
    /// SQLite: threads that read.
    pub readers: usize,
    /// SQLite: closures in one durable transaction, at most.
    pub batch_max: usize,
    /// SQLite: milliseconds to wait for another process that writes.
    pub busy_ms: u64,
    /// PostgreSQL: connections, each with a thread.
    pub connections: usize,
    /// PostgreSQL: milliseconds that one statement may take.
    pub statement_ms: u64,
    /// Transactions that may wait; more are refused at once.
    pub waiting_max: usize,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self {
            readers: 4,
            batch_max: 128,
            busy_ms: 5_000,
            connections: 8,
            statement_ms: 30_000,
            waiting_max: 10_000,
        }
    }
}

/// Whether a missing database is made and an old one brought up to date.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    Refuse,
    Make,
}

/// Makes sure that there is a database with this program's tables.
pub(crate) fn ready(
    address: &DatabaseAddress,
    options: OpenOptions,
    missing: Missing,
) -> Result<(), StoreError> {
    match &address.0 {
        Place::Sqlite(path) => sqlite_ready(address, path, options, missing),
        Place::Postgres(config) => {
            // A migration takes the time it takes.
            let statement_ms = if missing == Missing::Make { 0 } else { options.statement_ms };
            let dial = Dial { config: (**config).clone(), statement_ms };
            // The client brings its own runtime, which must not start on a thread that already has one.
            let checked = std::thread::scope(|scope| {
                scope.spawn(|| postgres_ready(address, &dial, missing)).join()
            });
            checked.unwrap_or(Err(StoreError::Closed))
        }
    }
}

fn cannot_open(address: &DatabaseAddress) -> impl Fn(EngineError) -> StoreError + '_ {
    |source| StoreError::Open { address: address.to_string(), source: Arc::new(source) }
}

fn sqlite_ready(
    address: &DatabaseAddress,
    path: &Path,
    options: OpenOptions,
    missing: Missing,
) -> Result<(), StoreError> {
    if !path.is_file() {
        match missing {
            Missing::Refuse => {
                return Err(StoreError::NoSuchDatabase { address: address.to_string() });
            }
            Missing::Make => make_private_file(path)?,
        }
    }
    let mut link =
        SqliteLink::open(path, Mode::Write, options.busy_ms).map_err(cannot_open(address))?;
    let version = |link: &mut SqliteLink| sqlite_version(link).map_err(cannot_open(address));
    if missing == Missing::Make {
        not_newer(version(&mut link)?)?;
        apply(&migrate::runner(Engine::Sqlite)?, link.connection())?;
    }
    must_be_wanted(version(&mut link)?)
}

/// An empty file that only its owner can read. SQLite gives its log and index the same rights.
pub(crate) fn make_private_file(path: &Path) -> Result<(), StoreError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(path)
        .map(drop)
        .map_err(|source| StoreError::File { path: path.to_owned(), source })
}

fn sqlite_version(link: &mut SqliteLink) -> Result<i64, EngineError> {
    let connection = link.connection();
    let table = "SELECT count(*) FROM sqlite_master WHERE name = 'refinery_schema_history'";
    if connection.query_row(table, [], |row| row.get::<_, i64>(0))? == 0 {
        return Ok(0);
    }
    let newest = "SELECT coalesce(max(version), 0) FROM refinery_schema_history";
    Ok(connection.query_row(newest, [], |row| row.get(0))?)
}

/// Any number that no other program is likely to lock by.
const MIGRATION_LOCK: &str = "SELECT pg_advisory_lock(4702111234474983745)";
const MIGRATION_UNLOCK: &str = "SELECT pg_advisory_unlock(4702111234474983745)";

fn postgres_ready(
    address: &DatabaseAddress,
    dial: &Dial,
    missing: Missing,
) -> Result<(), StoreError> {
    let mut link = PostgresLink::open(&dial.config, dial.statement_ms).map_err(|error| {
        let code = match &error {
            EngineError::Postgres(cause) => cause.code().cloned(),
            EngineError::Sqlite(_) | EngineError::Shape(_) | EngineError::Fuse(_) => None,
        };
        if code == Some(postgres::error::SqlState::INVALID_CATALOG_NAME) {
            return StoreError::NoSuchDatabase { address: address.to_string() };
        }
        cannot_open(address)(error)
    })?;
    let version = |link: &mut PostgresLink| postgres_version(link).map_err(cannot_open(address));
    if missing == Missing::Make {
        // Two programs may be started at once.
        let lock = |link: &mut PostgresLink, sql| {
            link.client().batch_execute(sql).map_err(|error| cannot_open(address)(error.into()))
        };
        lock(&mut link, MIGRATION_LOCK)?;
        not_newer(version(&mut link)?)?;
        apply(&migrate::runner(Engine::Postgres)?, link.client())?;
        lock(&mut link, MIGRATION_UNLOCK)?;
    }
    must_be_wanted(version(&mut link)?)
}

fn postgres_version(link: &mut PostgresLink) -> Result<i64, EngineError> {
    let client = link.client();
    let table = "SELECT to_regclass('refinery_schema_history') IS NOT NULL";
    if !client.query_one(table, &[])?.try_get::<_, bool>(0)? {
        return Ok(0);
    }
    let newest = "SELECT CAST(coalesce(max(version), 0) AS BIGINT) FROM refinery_schema_history";
    Ok(client.query_one(newest, &[])?.try_get(0)?)
}

fn apply<C: refinery::Migrate>(runner: &Runner, connection: &mut C) -> Result<(), StoreError> {
    let done = runner
        .run(connection)
        .map_err(|source| StoreError::Migrate { source: Box::new(source) })?;
    for migration in done.applied_migrations() {
        tracing::info!(%migration, "migrated");
    }
    Ok(())
}

fn not_newer(found: i64) -> Result<(), StoreError> {
    let wanted = migrate::wanted();
    if found > wanted { Err(StoreError::SchemaVersion { found, wanted }) } else { Ok(()) }
}

fn must_be_wanted(found: i64) -> Result<(), StoreError> {
    let wanted = migrate::wanted();
    if found == wanted { Ok(()) } else { Err(StoreError::SchemaVersion { found, wanted }) }
}
