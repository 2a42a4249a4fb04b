//! For tests: throw-away databases of both engines. A test body that takes a [`TestDatabase`] runs on both.

use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering};

use postgres::{Client, Config, NoTls};

use crate::address::{DatabaseAddress, Place};
use crate::keyring::{KeyId, Keyring};
use crate::open::OpenOptions;
use crate::store::Store;
use crate::{StoreError, migrate};

/// Where the tests find a PostgreSQL server on which they may make databases: libpq's `key=value` words.
pub const POSTGRES: &str = "ATOBARAI_TEST_POSTGRES";

/// A database that goes away with this value. Use it as the [`Store`] that it is.
pub struct TestDatabase {
    store: Store,
    address: DatabaseAddress,
    home: Home,
}

/// What is to be removed in the end.
enum Home {
    Folder(tempfile::TempDir),
    Server { admin: Box<Config>, name: String },
}

impl Deref for TestDatabase {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

impl TestDatabase {
    /// Opens the same database a second time, as after a restart or from another process.
    pub fn reopen(&self) -> Result<Store, StoreError> {
        Store::open(&self.address, keyring(), options())
    }

    /// Runs SQL past the house, as somebody with the database's password could. Panics if that fails.
    pub fn tamper(&self, sql: &str) {
        match &self.address.0 {
            Place::Sqlite(path) => {
                let connection = rusqlite::Connection::open(path).expect("the test database opens");
                connection
                    .busy_timeout(std::time::Duration::from_secs(10))
                    .expect("a waiting time can be set");
                connection.execute_batch(sql).expect("the test's SQL runs");
            }
            Place::Postgres(config) => {
                on_server(config, |client| client.batch_execute(sql).expect("the test's SQL runs"))
            }
        }
    }

    /// The folder of a SQLite database, for files of a test.
    #[must_use]
    pub fn folder(&self) -> Option<&std::path::Path> {
        match &self.home {
            Home::Folder(folder) => Some(folder.path()),
            Home::Server { .. } => None,
        }
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Home::Server { admin, name } = &self.home {
            // Before the pool closes: its connections are cut off by the word FORCE.
            on_server(admin, |client| {
                client
                    .batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
                    .expect("a test database can be dropped");
            });
        }
    }
}

/// The keyring of tests: the same every time.
#[must_use]
pub fn keyring() -> Keyring {
    let id = KeyId::new("test-1").expect("a good name");
    Keyring::from_keys(vec![(id, [7; 32])]).expect("one key is a keyring")
}

/// Few threads, so that many tests fit beside each other.
#[must_use]
pub fn options() -> OpenOptions {
    OpenOptions { readers: 2, connections: 4, ..OpenOptions::default() }
}

/// A new SQLite database in a folder of its own.
#[must_use]
pub fn sqlite() -> TestDatabase {
    sqlite_in(tempfile::tempdir().expect("a temporary folder can be made"))
}

/// A new folder in memory where the system has such a place: nothing waits for a disk.
#[must_use]
pub fn folder_in_memory() -> tempfile::TempDir {
    let memory = tempfile::tempdir_in("/dev/shm");
    memory.or_else(|_no_such_place| tempfile::tempdir()).expect("a temporary folder can be made")
}

/// A new SQLite database in a folder that goes with it.
#[must_use]
pub fn sqlite_in(folder: tempfile::TempDir) -> TestDatabase {
    let address = DatabaseAddress::sqlite(folder.path().join("atobarai.db"));
    let store = Store::create_or_migrate(&address, keyring(), options())
        .expect("a test database can be made");
    TestDatabase { store, address, home: Home::Folder(folder) }
}

/// A new PostgreSQL database. It is copied from a ready-made one, which is kept on the server for as long
/// as the migrations stay the same. Panics when the server is not named in [`POSTGRES`].
#[must_use]
pub fn postgres() -> TestDatabase {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let admin = server();
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("atobarai_test_{}_{number}", std::process::id());
    let template = template(&admin);
    on_server(&admin, |client| {
        // A process of the same number may have died here before.
        for sql in [
            format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
            format!("CREATE DATABASE {name} TEMPLATE {template}"),
        ] {
            client.batch_execute(&sql).expect("a test database can be made");
        }
    });
    let address = at(&admin, &name);
    let store = Store::open(&address, keyring(), options()).expect("the test database opens");
    TestDatabase { store, address, home: Home::Server { admin: Box::new(admin), name } }
}

/// One of each.
#[must_use]
pub fn both() -> Vec<TestDatabase> {
    vec![sqlite(), postgres()]
}

/// The server of the tests.
fn server() -> Config {
    let words = std::env::var(POSTGRES).unwrap_or_else(|_unset| {
        panic!("{POSTGRES} is not set: it must name a PostgreSQL server on which tests may make databases, as in \"host=127.0.0.1 port=5432 user=postgres dbname=postgres\" (scripts/test starts one)")
    });
    words.parse().unwrap_or_else(|error| panic!("{POSTGRES} cannot be read: {error}"))
}

fn at(admin: &Config, name: &str) -> DatabaseAddress {
    let mut config = admin.clone();
    config.dbname(name);
    DatabaseAddress(Place::Postgres(Box::new(config)))
}

/// Makes the database that all others are copied from, unless it is there. Several test programs may come
/// here at once.
fn template(admin: &Config) -> String {
    let name = format!("atobarai_template_{}", migrate::digest());
    let making = format!("{name}_making");
    on_server(admin, |client| {
        client
            .batch_execute("SELECT pg_advisory_lock(4702111234474983746)")
            .expect("a lock can be taken");
        let known = client
            .query("SELECT 1 FROM pg_database WHERE datname = $1", &[&name])
            .expect("the databases can be listed");
        if known.is_empty() {
            client
                .batch_execute(&format!("DROP DATABASE IF EXISTS {making} WITH (FORCE)"))
                .and_then(|()| {
                    client.batch_execute(&format!("CREATE DATABASE {making} TEMPLATE template0"))
                })
                .expect("a database can be made");
            // Closed again at once: a database that somebody uses cannot be copied.
            drop(
                Store::create_or_migrate(&at(admin, &making), keyring(), options())
                    .expect("the tables can be made"),
            );
            client
                .batch_execute(&format!("ALTER DATABASE {making} RENAME TO {name}"))
                .expect("it can be renamed");
        }
    });
    name
}

/// Runs something on a connection of its own, on a thread without a runtime.
fn on_server(config: &Config, run: impl FnOnce(&mut Client) + Send) {
    std::thread::scope(|scope| {
        scope.spawn(|| {
            run(&mut config.connect(NoTls).expect("the PostgreSQL server of the tests answers"))
        });
    });
}
