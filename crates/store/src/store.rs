//! The handle to a database, and the threads behind it.

use std::cell::Cell;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::{self, JoinHandle};

use domain::time::Moment;

use crate::address::{DatabaseAddress, Engine, Place};
use crate::backup;
use crate::engine::{ReadWork, WriteWork, read_work, write_work};
use crate::error::{EngineError, StoreError};
use crate::key_checks::{self, Remembered};
use crate::keyring::Keyring;
use crate::open::{self, Missing, OpenOptions};
use crate::postgres::{self, Alone, Dial, PoolWork};
use crate::queue::Queue;
use crate::shared::{Shared, Stats};
use crate::sqlite::{self, Mode, SqliteLink};
use crate::statement::{self, Statement};
use crate::transaction::{Committed, Reader, Tx};

/// A database that is open. Cloning shares it; it closes when the last clone is dropped, after what was
/// given to it is done.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    address: DatabaseAddress,
    shared: Arc<Shared>,
    lines: Lines,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

enum Lines {
    Sqlite { writes: Arc<Queue<WriteWork>>, reads: Arc<Queue<ReadWork>> },
    Postgres { pool: Arc<Queue<PoolWork>> },
}

impl Store {
    /// Opens an existing database whose tables have this program's version.
    ///
    /// # Errors
    /// [`StoreError::NoSuchDatabase`], [`StoreError::SchemaVersion`] and, for a keyring that is not this
    /// database's, [`StoreError::WrongKey`] or [`StoreError::KeyMissing`].
    pub fn open(
        address: &DatabaseAddress,
        keyring: Keyring,
        options: OpenOptions,
    ) -> Result<Self, StoreError> {
        Self::open_or(address, keyring, options, Missing::Refuse)
    }

    /// Makes a SQLite database that is missing (its folder must be there), brings the tables to this
    /// program's version, and opens it. A missing PostgreSQL database is not made: that is `createdb`'s.
    pub fn create_or_migrate(
        address: &DatabaseAddress,
        keyring: Keyring,
        options: OpenOptions,
    ) -> Result<Self, StoreError> {
        Self::open_or(address, keyring, options, Missing::Make)
    }

    fn open_or(
        address: &DatabaseAddress,
        keyring: Keyring,
        options: OpenOptions,
        missing: Missing,
    ) -> Result<Self, StoreError> {
        open::ready(address, options, missing)?;
        let shared = Arc::new(Shared::new(keyring));
        let mut threads = Threads::new(address);
        let lines = match &address.0 {
            Place::Sqlite(path) => sqlite_lines(path, options, &shared, &mut threads)?,
            Place::Postgres(config) => {
                let dial = Dial { config: (**config).clone(), statement_ms: options.statement_ms };
                postgres_lines(&dial, options, &shared, &mut threads)?
            }
        };
        let threads = Mutex::new(threads.started);
        let store = Self(Arc::new(Inner { address: address.clone(), shared, lines, threads }));
        // Opening waits for no writer, unless there is something to write.
        if store.read_blocking(key_checks::check)? == Remembered::NotAll {
            store.write_blocking(key_checks::remember)?;
        }
        Ok(store)
    }

    /// Runs a closure in a transaction that may write, to its end even if the caller goes away. `Ok` means
    /// stored for good. `Err` from the closure undoes everything it wrote.
    pub async fn write<T, E>(
        &self,
        closure: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<Committed<T>, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (reply, answer) = tokio::sync::oneshot::channel();
        // A caller that has gone away does not want the answer.
        self.send_write(write_work(closure, move |result| drop(reply.send(result))))?;
        self.answered(answer).await
    }

    /// Runs one statement as a transaction of its own and counts the rows it wrote. On PostgreSQL that is one trip to
    /// the server instead of three. It must be a statement that changes nothing when it runs twice: where a
    /// connection broke nobody knows whether it ran, and it is run again. It puts no act on record.
    pub(crate) async fn execute_alone(
        &self,
        statement: &'static Statement,
        values: Vec<statement::Cell>,
    ) -> Result<Committed<u64>, StoreError> {
        match &self.0.lines {
            Lines::Sqlite { .. } => {
                self.write(move |tx| {
                    let values: Vec<_> = values.iter().map(statement::Cell::value).collect();
                    tx.execute(statement, &values)
                })
                .await
            }
            Lines::Postgres { pool } => {
                let (reply, answer) = tokio::sync::oneshot::channel();
                // A caller that has gone away does not want the answer.
                let answer_to = Box::new(move |result| drop(reply.send(result)));
                pool.push(PoolWork::Alone(Alone { statement, values, answer: answer_to }))?;
                answer.await.unwrap_or(Err(StoreError::Closed)).map(Committed::new)
            }
        }
    }

    /// Runs a closure that reads; all its statements see the same state.
    pub async fn read<T, E>(
        &self,
        closure: impl FnOnce(&mut Reader<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (reply, answer) = tokio::sync::oneshot::channel();
        self.send_read(read_work(closure, move |result| drop(reply.send(result))))?;
        self.answered(answer).await
    }

    /// What a thread of the store says of a transaction.
    async fn answered<T, E: From<StoreError>>(
        &self,
        answer: tokio::sync::oneshot::Receiver<Result<T, E>>,
    ) -> Result<T, E> {
        let answer = answer.await.unwrap_or_else(|_gone| Err(E::from(StoreError::Closed)));
        #[cfg(feature = "testing")]
        self.0.shared.halt.pass().await;
        answer
    }

    /// [`Store::write`] for tools and tests without a runtime: the calling thread waits.
    pub fn write_blocking<T, E>(
        &self,
        closure: impl FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<Committed<T>, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        not_nested()?;
        let (reply, answer) = mpsc::sync_channel(1);
        self.send_write(write_work(closure, move |result| drop(reply.send(result))))?;
        answer.recv().unwrap_or_else(|_gone| Err(E::from(StoreError::Closed)))
    }

    /// [`Store::read`] for tools and tests without a runtime: the calling thread waits.
    pub fn read_blocking<T, E>(
        &self,
        closure: impl FnOnce(&mut Reader<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        not_nested()?;
        let (reply, answer) = mpsc::sync_channel(1);
        self.send_read(read_work(closure, move |result| drop(reply.send(result))))?;
        answer.recv().unwrap_or_else(|_gone| Err(E::from(StoreError::Closed)))
    }

    /// The program behind it.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.0.address.engine()
    }

    /// Where it is.
    #[must_use]
    pub fn address(&self) -> &DatabaseAddress {
        &self.0.address
    }

    /// What it has done since it was opened.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.0.shared.stats()
    }

    /// The keys for sealing and opening values, also outside of a transaction.
    #[must_use]
    pub fn keyring(&self) -> &Keyring {
        &self.0.shared.keyring
    }

    /// Copies a SQLite database to a new file while it is being used, checks the copy, and only then gives
    /// it its name. PostgreSQL has better tools of its own, and the error names them.
    pub fn backup_to(&self, path: &Path, now: Moment) -> Result<(), StoreError> {
        match &self.0.address.0 {
            Place::Sqlite(source) => backup::copy(source, path, now),
            Place::Postgres(_) => Err(StoreError::BackUp {
                path: path.to_owned(),
                why: "PostgreSQL is backed up with pg_basebackup or pg_dump".to_owned(),
            }),
        }
    }

    /// Prepares a statement without running it. On PostgreSQL it must speak of bigint, text and bytea only.
    pub fn prepare(&self, statement: &Statement) -> Result<(), StoreError> {
        let statement = *statement;
        self.read_blocking(move |reader| reader.prepare(&statement))
    }

    /// Puts a fuse into the executor, for this store and all its clones.
    #[cfg(feature = "testing")]
    #[must_use]
    pub fn with_fuse(&self, fuse: crate::Fuse) -> Self {
        self.0.shared.fuse.set(fuse);
        self.clone()
    }

    /// Holds the caller of the transaction of this number from now on, counted from 1, after it has ended, until
    /// [`Store::go_on`]; with 0 nobody.
    #[cfg(feature = "testing")]
    pub fn halt_at(&self, number: u64) {
        self.0.shared.halt.set(number);
    }

    /// Ends when somebody is held.
    #[cfg(feature = "testing")]
    pub async fn halted(&self) {
        self.0.shared.halt.reached().await;
    }

    /// Lets go whoever is held.
    #[cfg(feature = "testing")]
    pub fn go_on(&self) {
        self.0.shared.halt.go_on();
    }

    /// How many statements and commits there were since the fuse was set.
    #[cfg(feature = "testing")]
    #[must_use]
    pub fn fuse_calls(&self) -> u64 {
        self.0.shared.fuse.calls()
    }

    fn send_write(&self, work: WriteWork) -> Result<(), StoreError> {
        match &self.0.lines {
            Lines::Sqlite { writes, .. } => writes.push(work),
            Lines::Postgres { pool } => pool.push(PoolWork::Write(work)),
        }
    }

    fn send_read(&self, work: ReadWork) -> Result<(), StoreError> {
        match &self.0.lines {
            Lines::Sqlite { reads, .. } => reads.push(work),
            Lines::Postgres { pool } => pool.push(PoolWork::Read(work)),
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        match &self.lines {
            Lines::Sqlite { writes, reads } => {
                writes.close();
                reads.close();
            }
            Lines::Postgres { pool } => pool.close(),
        }
        let threads = self.threads.get_mut().unwrap_or_else(PoisonError::into_inner);
        for thread in threads.drain(..) {
            // A closure may have held the last clone: a thread cannot wait for itself.
            if thread.thread().id() != thread::current().id() && thread.join().is_err() {
                tracing::error!("a database thread panicked");
            }
        }
    }
}

std::thread_local! {
    /// Set on the threads that run closures.
    static RUNS_CLOSURES: Cell<bool> = const { Cell::new(false) };
}

/// A closure that waited for another transaction could wait for its own thread, for ever.
fn not_nested() -> Result<(), StoreError> {
    if RUNS_CLOSURES.get() { Err(StoreError::Nested) } else { Ok(()) }
}

/// The threads started so far.
struct Threads<'a> {
    address: &'a DatabaseAddress,
    started: Vec<JoinHandle<()>>,
}

impl<'a> Threads<'a> {
    const fn new(address: &'a DatabaseAddress) -> Self {
        Self { address, started: Vec::new() }
    }

    fn start(
        &mut self,
        name: String,
        run: impl FnOnce() + Send + 'static,
    ) -> Result<(), StoreError> {
        let marked = move || {
            RUNS_CLOSURES.set(true);
            run();
        };
        let started = thread::Builder::new().name(name).spawn(marked);
        let thread = started
            .map_err(|error| self.cannot_open(EngineError::Shape(format!("no thread: {error}"))))?;
        self.started.push(thread);
        Ok(())
    }

    fn cannot_open(&self, source: EngineError) -> StoreError {
        StoreError::Open { address: self.address.to_string(), source: Arc::new(source) }
    }
}

fn sqlite_lines(
    path: &Path,
    options: OpenOptions,
    shared: &Arc<Shared>,
    threads: &mut Threads<'_>,
) -> Result<Lines, StoreError> {
    let link = |mode| SqliteLink::open(path, mode, options.busy_ms);
    let writer = link(Mode::Write).map_err(|error| threads.cannot_open(error))?;
    let readers = (0..options.readers.max(1))
        .map(|_| link(Mode::ReadOnly))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| threads.cannot_open(error))?;

    let writes = Arc::new(Queue::new(options.waiting_max));
    let (line, theirs, batch_max) =
        (Arc::clone(&writes), Arc::clone(shared), options.batch_max.max(1));
    threads.start("store-write".to_owned(), move || {
        sqlite::write_loop(writer, &line, batch_max, &theirs)
    })?;

    let reads = Arc::new(Queue::new(options.waiting_max));
    for (number, reader) in readers.into_iter().enumerate() {
        let (line, theirs) = (Arc::clone(&reads), Arc::clone(shared));
        threads.start(format!("store-read-{number}"), move || {
            sqlite::read_loop(reader, &line, &theirs)
        })?;
    }
    Ok(Lines::Sqlite { writes, reads })
}

fn postgres_lines(
    dial: &Dial,
    options: OpenOptions,
    shared: &Arc<Shared>,
    threads: &mut Threads<'_>,
) -> Result<Lines, StoreError> {
    let pool = Arc::new(Queue::new(options.waiting_max));
    for number in 0..options.connections.max(1) {
        let (line, theirs, dial) = (Arc::clone(&pool), Arc::clone(shared), dial.clone());
        threads.start(format!("store-pool-{number}"), move || {
            postgres::pool_loop(&dial, &line, &theirs)
        })?;
    }
    Ok(Lines::Postgres { pool })
}
