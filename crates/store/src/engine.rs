//! One connection of either engine, as transactions see it; and the work that is sent to the threads
//! that own the connections.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::error::{EngineError, StoreError};
use crate::postgres::PostgresLink;
use crate::sqlite::SqliteLink;
use crate::statement::{Row, Statement, Value};
use crate::transaction::{Committed, Reader, Tx};

/// The connection that a transaction runs on.
pub(crate) enum Link<'c> {
    Sqlite(&'c mut SqliteLink),
    Postgres(&'c mut PostgresLink),
}

impl Link<'_> {
    pub(crate) fn query(
        &mut self,
        statement: &Statement,
        values: &[Value<'_>],
    ) -> Result<Vec<Row>, EngineError> {
        match self {
            Self::Sqlite(link) => link.query(statement, values),
            Self::Postgres(link) => link.query(statement, values),
        }
    }

    pub(crate) fn execute(
        &mut self,
        statement: &Statement,
        values: &[Value<'_>],
    ) -> Result<u64, EngineError> {
        match self {
            Self::Sqlite(link) => link.execute(statement, values),
            Self::Postgres(link) => link.execute(statement, values),
        }
    }

    pub(crate) fn insert_many<const N: usize>(
        &mut self,
        statement: &Statement,
        rows: &[[Value<'_>; N]],
    ) -> Result<u64, EngineError> {
        match self {
            Self::Sqlite(link) => link.insert_many(statement, rows),
            Self::Postgres(link) => link.insert_many(statement, rows),
        }
    }

    pub(crate) fn prepare(&mut self, statement: &Statement) -> Result<(), EngineError> {
        match self {
            Self::Sqlite(link) => link.prepare(statement),
            Self::Postgres(link) => link.prepare(statement),
        }
    }
}

/// Why a transaction that ran well was still not kept.
#[derive(Clone)]
pub(crate) enum NotKept {
    /// It was undone.
    Failed(Arc<EngineError>),
    /// Nobody knows.
    Unknown(Arc<EngineError>),
}

impl From<NotKept> for StoreError {
    fn from(not_kept: NotKept) -> Self {
        match not_kept {
            NotKept::Failed(source) => Self::CommitFailed { source },
            NotKept::Unknown(source) => Self::CommitUnknown { source },
        }
    }
}

/// A closure that ran, and whom to answer once its fate is known.
pub(crate) struct Ran {
    /// Whether its writes are to be kept.
    pub(crate) keep: bool,
    /// Takes the fate and answers the caller.
    pub(crate) answer: Box<dyn FnOnce(Result<(), NotKept>) + Send>,
}

/// A write on its way to a database thread. It is given a transaction, or the reason why there is none.
pub(crate) type WriteWork =
    Box<dyn for<'t, 'c> FnOnce(Result<&'t mut Tx<'c>, StoreError>) -> Ran + Send>;

/// A read on its way to a database thread.
pub(crate) type ReadWork =
    Box<dyn for<'t, 'c> FnOnce(Result<&'t mut Reader<'c>, StoreError>) + Send>;

/// Wraps a closure that writes, so that it is run to its end, its acts are put on record, a panic stays
/// inside, and the answer goes out only after the fate of the transaction is known.
pub(crate) fn write_work<T, E>(
    closure: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    reply: impl FnOnce(Result<Committed<T>, E>) + Send + 'static,
) -> WriteWork
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    Box::new(move |tx| {
        let result = match tx {
            Ok(tx) => guarded(|| {
                let value = closure(tx)?;
                tx.finish()?;
                Ok(value)
            }),
            Err(error) => Err(E::from(error)),
        };
        let keep = result.is_ok();
        let answer = Box::new(move |fate: Result<(), NotKept>| {
            reply(match (result, fate) {
                (Ok(value), Ok(())) => Ok(Committed::new(value)),
                (Ok(_), Err(not_kept)) => Err(E::from(not_kept.into())),
                (Err(error), _) => Err(error),
            });
        });
        Ran { keep, answer }
    })
}

/// Wraps a closure that reads.
pub(crate) fn read_work<T, E>(
    closure: impl FnOnce(&mut Reader<'_>) -> Result<T, E> + Send + 'static,
    reply: impl FnOnce(Result<T, E>) + Send + 'static,
) -> ReadWork
where
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    Box::new(move |reader| {
        reply(match reader {
            Ok(reader) => guarded(|| {
                let value = closure(reader)?;
                reader.must_not_have_failed()?;
                Ok(value)
            }),
            Err(error) => Err(E::from(error)),
        });
    })
}

/// Runs a closure of the caller's; a panic becomes an error, and the thread lives on. What the closure
/// could have left half done is only the transaction, and that is undone.
fn guarded<T, E: From<StoreError>>(closure: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    catch_unwind(AssertUnwindSafe(closure)).unwrap_or_else(|panic| {
        let message = panic
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "without a text".to_owned());
        Err(E::from(StoreError::ClosurePanicked { message }))
    })
}
