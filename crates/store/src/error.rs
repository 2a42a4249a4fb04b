//! What can go wrong with a database. Every variant says which statement, row, key or file.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// What a driver reported, on either engine.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// From SQLite.
    #[error("SQLite refused")]
    Sqlite(#[source] rusqlite::Error),
    /// From PostgreSQL, or from the connection to it.
    #[error("PostgreSQL refused")]
    Postgres(#[source] postgres::Error),
    /// A column of a type that this house does not use, or a value of the wrong kind.
    #[error("{0}")]
    Shape(String),
    /// A test pulled the plug (see [`crate::Fuse`]).
    #[error("the fuse of a test blew at database call {0}")]
    Fuse(u64),
}

impl From<rusqlite::Error> for EngineError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<postgres::Error> for EngineError {
    fn from(error: postgres::Error) -> Self {
        Self::Postgres(error)
    }
}

/// Where a sealed value stands, for errors.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedAt {
    /// The table.
    pub table: String,
    /// The column.
    pub column: String,
    /// The row's key.
    pub row: String,
}

impl fmt::Display for SealedAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{} of row {}", self.table, self.column, self.row)
    }
}

/// What the store could not do. "Nothing found" is never one of these, and none of these is ever
/// turned into "nothing found".
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no database at the address. It is never made by the way: `atobarai migrate --create` does that.
    #[error("there is no database at {address}; `atobarai migrate --create` makes one")]
    NoSuchDatabase {
        /// Where it was looked for, without a password.
        address: String,
    },
    /// A new database could not be made, or an existing one not opened.
    #[error("cannot open the database {address}")]
    Open {
        /// Which, without a password.
        address: String,
        /// Why.
        #[source]
        source: Arc<EngineError>,
    },
    /// The file of a new SQLite database could not be made.
    #[error("cannot make the file {}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The tables are of another version than this program.
    #[error("the tables have version {found}, this program needs {wanted}; {}", version_advice(*found, *wanted))]
    SchemaVersion {
        /// Of the database; 0 when it has no tables.
        found: i64,
        /// Of this program.
        wanted: i64,
    },
    /// The tables could not be brought to this program's version. Nothing of it was kept.
    #[error("cannot bring the tables to this program's version")]
    Migrate {
        /// Why.
        #[source]
        source: Box<refinery::Error>,
    },
    /// A statement failed.
    #[error("statement {statement} failed")]
    Statement {
        /// Its name.
        statement: &'static str,
        /// Why.
        #[source]
        source: EngineError,
    },
    /// An earlier statement of the transaction failed, and the closure went on as if it had not.
    #[error(
        "the transaction cannot be kept: its statement {statement} failed and the failure was passed over"
    )]
    FailurePassedOver {
        /// The one that failed.
        statement: &'static str,
    },
    /// A statement met another number of rows than it must.
    #[error("statement {statement} met {got} rows, not {expected}")]
    RowCount {
        /// Its name.
        statement: &'static str,
        /// As many as it must.
        expected: u64,
        /// As many as there were.
        got: u64,
    },
    /// A stored value cannot be what it must be.
    #[error("statement {statement} read a value that cannot be, in column {column}: {why}")]
    Corrupt {
        /// Which statement read it.
        statement: &'static str,
        /// Which column of the result, from 0.
        column: usize,
        /// What is wrong with it. Never the value itself: it may be personal.
        why: String,
    },
    /// No transaction could be begun. Nothing was done.
    #[error("cannot begin a transaction")]
    Begin {
        /// Why.
        #[source]
        source: Arc<EngineError>,
    },
    /// The transaction was undone while being made lasting. Nothing of it was kept.
    #[error("the transaction was not kept")]
    CommitFailed {
        /// Why.
        #[source]
        source: Arc<EngineError>,
    },
    /// The connection was lost while the transaction was being made lasting: it may have been kept or
    /// not. Look before doing it again.
    #[error("it is not known whether the transaction was kept")]
    CommitUnknown {
        /// Why.
        #[source]
        source: Arc<EngineError>,
    },
    /// The closure panicked; its transaction was undone.
    #[error("a transaction's closure panicked and was undone: {message}")]
    ClosurePanicked {
        /// What the panic said.
        message: String,
    },
    /// So much work waits for the database that more is refused.
    #[error("{waiting} transactions are waiting for the database; no more are taken")]
    QueueFull {
        /// How many wait.
        waiting: usize,
    },
    /// A closure asked the store for another transaction, and would wait for itself.
    #[error("a transaction's closure asked for another transaction")]
    Nested,
    /// The store is being closed, or its thread has ended.
    #[error("the database is closed")]
    Closed,
    /// A file of keys cannot be read.
    #[error("cannot read the keys in {}, line {line}: {why}", path.display())]
    KeyFile {
        /// Which file.
        path: PathBuf,
        /// Which line, from 1; 0 for the file as a whole.
        line: usize,
        /// What is wrong with it. Never the key.
        why: String,
    },
    /// A key of the keyring is not the key that this database was made with.
    #[error("the key {key_id} is not the one that this database was made with")]
    WrongKey {
        /// Its name.
        key_id: String,
    },
    /// This database holds values sealed with a key that the keyring has not.
    #[error("the key {key_id} that this database was made with is missing from the key file")]
    KeyMissing {
        /// Its name.
        key_id: String,
    },
    /// A sealed value names a key that the keyring has not.
    #[error("{place} is sealed with the key {key_id}, which is not in the key file")]
    UnknownKey {
        /// Where the value stands.
        place: SealedAt,
        /// The key it names.
        key_id: String,
    },
    /// A sealed value was changed, moved from another row or column, or sealed with another key.
    #[error("{place} does not open: {why}")]
    UnsealFailed {
        /// Where the value stands.
        place: SealedAt,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A back-up could not be made. What was written of it was removed.
    #[error("cannot back up to {}: {why}", path.display())]
    BackUp {
        /// The file it was to be.
        path: PathBuf,
        /// What is wrong.
        why: String,
    },
}

fn version_advice(found: i64, wanted: i64) -> &'static str {
    if found < wanted {
        "run `atobarai migrate`"
    } else {
        "a newer program has been here: use that one"
    }
}
