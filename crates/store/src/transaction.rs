//! What a closure may do inside a transaction: read through [`Reader`], write through [`Tx`].

use std::ops::{Deref, DerefMut};

use crate::audit::{self, AuditRecord};
use crate::engine::Link;
use crate::error::{EngineError, StoreError};
use crate::fuse::FuseBox;
use crate::keyring::Keyring;
use crate::statement::{Row, Statement, Value};

/// A value whose rows are stored for good.
///
/// Only [`crate::Store::write`] makes one, after its transaction was kept. A function that tells the
/// outside world of something takes `Committed<…>`, so telling before storing does not compile:
///
/// ```compile_fail
/// let told_too_early = store::Committed("charge this");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed<T>(T);

impl<T> Committed<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value.
    pub const fn get(&self) -> &T {
        &self.0
    }

    /// The value alone.
    pub fn into_inner(self) -> T {
        self.0
    }

    /// A part of it, or something made of it, which is stored just as well.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Committed<U> {
        Committed(change(self.0))
    }
}

impl<T> Committed<Option<T>> {
    /// The value that was stored, if one was.
    pub fn transpose(self) -> Option<Committed<T>> {
        self.0.map(Committed)
    }
}

/// A view of the database that does not change while it is looked at.
pub struct Reader<'c> {
    link: Link<'c>,
    keyring: &'c Keyring,
    fuse: &'c FuseBox,
    failed: Option<&'static str>,
}

impl<'c> Reader<'c> {
    pub(crate) const fn new(link: Link<'c>, keyring: &'c Keyring, fuse: &'c FuseBox) -> Self {
        Self { link, keyring, fuse, failed: None }
    }

    /// Finds rows. No row is not an error.
    pub fn query(
        &mut self,
        statement: &Statement,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, StoreError> {
        self.must_not_have_failed()?;
        let fuse = self.fuse;
        let link = &mut self.link;
        let found = fuse.around(|| link.query(statement, values));
        found.map_err(|source| self.failure(statement, source))
    }

    /// Finds at most one row; more than one is [`StoreError::RowCount`].
    pub fn query_opt(
        &mut self,
        statement: &Statement,
        values: &[Value<'_>],
    ) -> Result<Option<Row>, StoreError> {
        let mut rows = self.query(statement, values)?;
        match rows.len() {
            0 | 1 => Ok(rows.pop()),
            many => {
                let got = u64::try_from(many).unwrap_or(u64::MAX);
                Err(StoreError::RowCount { statement: statement.name, expected: 1, got })
            }
        }
    }

    /// The keys for sealing and opening values.
    #[must_use]
    pub const fn keyring(&self) -> &'c Keyring {
        self.keyring
    }

    /// Prepares a statement, for the test that prepares them all.
    pub(crate) fn prepare(&mut self, statement: &Statement) -> Result<(), StoreError> {
        let prepared = self.link.prepare(statement);
        prepared.map_err(|source| StoreError::Statement { statement: statement.name, source })
    }

    fn failure(&mut self, statement: &Statement, source: EngineError) -> StoreError {
        self.failed.get_or_insert(statement.name);
        StoreError::Statement { statement: statement.name, source }
    }

    /// PostgreSQL undoes a transaction in which a statement failed, even when it is told to keep it, and
    /// says so in a word that nobody reads; SQLite may have undone it already, so that a further statement
    /// would be kept by itself. So the failure is remembered here, and nothing runs after it.
    pub(crate) const fn must_not_have_failed(&self) -> Result<(), StoreError> {
        match self.failed {
            None => Ok(()),
            Some(statement) => Err(StoreError::FailurePassedOver { statement }),
        }
    }
}

/// One transaction that may write. It reads like a [`Reader`].
pub struct Tx<'c> {
    reader: Reader<'c>,
    acts: Vec<AuditRecord>,
    records: Records,
}

/// Who writes the acts of a closure into the chains.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Records {
    /// The closure's own transaction, at its end.
    Itself,
    /// The group of closures that it is committed with: one look at the end of the chain for all.
    ItsGroup,
}

impl<'c> Tx<'c> {
    pub(crate) const fn new(reader: Reader<'c>, records: Records) -> Self {
        Self { reader, acts: Vec::new(), records }
    }

    /// Runs a statement and counts the rows it wrote.
    pub fn execute(
        &mut self,
        statement: &Statement,
        values: &[Value<'_>],
    ) -> Result<u64, StoreError> {
        self.must_not_have_failed()?;
        let fuse = self.reader.fuse;
        let link = &mut self.reader.link;
        let done = fuse.around(|| link.execute(statement, values));
        done.map_err(|source| self.reader.failure(statement, source))
    }

    /// Runs a statement that must write exactly one row; else [`StoreError::RowCount`].
    pub fn execute_one(
        &mut self,
        statement: &Statement,
        values: &[Value<'_>],
    ) -> Result<(), StoreError> {
        match self.execute(statement, values)? {
            1 => Ok(()),
            got => Err(StoreError::RowCount { statement: statement.name, expected: 1, got }),
        }
    }

    /// Writes many rows of `N` columns, all of them or, with an error, none. The statement is an `INSERT`
    /// of one row for SQLite and `COPY … FROM STDIN BINARY` with the same columns for PostgreSQL.
    pub fn insert_many<const N: usize>(
        &mut self,
        statement: &Statement,
        rows: &[[Value<'_>; N]],
    ) -> Result<(), StoreError> {
        self.must_not_have_failed()?;
        let fuse = self.reader.fuse;
        let link = &mut self.reader.link;
        let done = fuse.around(|| link.insert_many(statement, rows));
        let got = done.map_err(|source| self.reader.failure(statement, source))?;
        let expected = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        if got == expected {
            Ok(())
        } else {
            Err(StoreError::RowCount { statement: statement.name, expected, got })
        }
    }

    /// Puts an act on record. It is written at the end of the transaction, just before it is kept, so
    /// that the chain is held for the shortest time; it is kept or undone with everything else.
    pub fn audit(&mut self, record: AuditRecord) {
        self.acts.push(record);
    }

    /// Writes what waits for the end of the transaction.
    pub(crate) fn finish(&mut self) -> Result<(), StoreError> {
        if self.records == Records::Itself {
            let acts = std::mem::take(&mut self.acts);
            audit::append(self, acts)?;
        }
        self.must_not_have_failed()
    }

    /// The acts that were left to the group.
    pub(crate) fn take_acts(&mut self) -> Vec<AuditRecord> {
        std::mem::take(&mut self.acts)
    }

    /// Writes the acts of a whole group, in the order in which its closures ran.
    pub(crate) fn record(&mut self, acts: Vec<AuditRecord>) -> Result<(), StoreError> {
        audit::append(self, acts)
    }
}

impl<'c> Deref for Tx<'c> {
    type Target = Reader<'c>;

    fn deref(&self) -> &Reader<'c> {
        &self.reader
    }
}

impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.reader
    }
}
