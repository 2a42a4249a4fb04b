//! Throw-away databases on the file system that the measurements run on, and copies of one, so that both
//! sides of a comparison start from the same rows.

use anyhow::{Context as _, ensure};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use store::{DatabaseAddress, KeyId, Keyring, OpenOptions, Store};

/// Where `bench/run` tells of its PostgreSQL, in libpq's words.
const POSTGRES: &str = "ATOBARAI_BENCH_POSTGRES";

/// What keeps the rows.
#[derive(Clone)]
pub enum Server {
    Sqlite,
    /// Its words without a database name.
    Postgres(String),
}

impl Server {
    /// SQLite, and PostgreSQL where there is one.
    pub fn all() -> anyhow::Result<Vec<Self>> {
        let mut servers = vec![Self::Sqlite];
        if let Ok(words) = std::env::var(POSTGRES) {
            let config: postgres::Config = words.parse().context(POSTGRES)?;
            ensure!(config.get_dbname().is_none(), "{POSTGRES} must not name a database");
            servers.push(Self::Postgres(words));
        }
        Ok(servers)
    }

    pub const fn name(&self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }
}

/// A database that goes away with this value. Nobody has it open unless somebody called [`Database::open`].
pub struct Database {
    home: Home,
}

enum Home {
    Sqlite { folder: tempfile::TempDir },
    Postgres { words: String, name: String },
}

impl Database {
    /// An empty one with the tables of this version.
    pub fn create(server: &Server) -> anyhow::Result<Self> {
        let home = match server {
            Server::Sqlite => Home::Sqlite { folder: tempfile::tempdir()? },
            Server::Postgres(words) => {
                Home::Postgres { words: words.clone(), name: make(words, "template0")? }
            }
        };
        let made = Self { home };
        drop(Store::create_or_migrate(&made.address()?, keyring()?, OpenOptions::default())?);
        Ok(made)
    }

    /// The same rows in another database. Nobody may have this one open.
    pub fn copy(&self) -> anyhow::Result<Self> {
        let home = match &self.home {
            Home::Sqlite { folder } => {
                let to = tempfile::tempdir()?;
                // Whatever is still in the log goes into the file.
                open_file(&file(folder.path()))?.query_row(
                    "PRAGMA wal_checkpoint(TRUNCATE)",
                    [],
                    |_row| Ok(()),
                )?;
                std::fs::copy(file(folder.path()), file(to.path()))?;
                std::fs::File::open(file(to.path()))?.sync_all()?;
                Home::Sqlite { folder: to }
            }
            Home::Postgres { words, name } => {
                Home::Postgres { words: words.clone(), name: make(words, name)? }
            }
        };
        Ok(Self { home })
    }

    pub fn address(&self) -> anyhow::Result<DatabaseAddress> {
        Ok(match &self.home {
            Home::Sqlite { folder } => DatabaseAddress::sqlite(file(folder.path())),
            Home::Postgres { words, name } => {
                DatabaseAddress::parse(&format!("postgres:{words} dbname={name}"))?
            }
        })
    }

    /// The words of its server and its name there, where it is PostgreSQL's.
    pub fn postgres(&self) -> Option<(String, String)> {
        match &self.home {
            Home::Sqlite { .. } => None,
            Home::Postgres { words, name } => Some((words.clone(), name.clone())),
        }
    }

    /// As the product opens it.
    pub fn open(&self, options: OpenOptions) -> anyhow::Result<Store> {
        Ok(Store::open(&self.address()?, keyring()?, options)?)
    }

    /// A plain connection, for the peer. The server behind it is of the kind that was asked for.
    pub fn raw(&self) -> anyhow::Result<Raw> {
        Ok(match &self.home {
            Home::Sqlite { folder } => Raw::Sqlite(open_file(&file(folder.path()))?),
            Home::Postgres { words, name } => Raw::Postgres(connect(words, name)?),
        })
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Home::Postgres { words, name } = &self.home {
            let dropped = connect(words, "postgres").and_then(|mut client| {
                Ok(client.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)"))?)
            });
            if let Err(error) = dropped {
                eprintln!("{name} could not be dropped: {error:#}");
            }
        }
    }
}

/// A plain connection with the same durability as the product's own.
pub enum Raw {
    Sqlite(rusqlite::Connection),
    Postgres(postgres::Client),
}

fn open_file(path: &Path) -> anyhow::Result<rusqlite::Connection> {
    let connection = rusqlite::Connection::open(path)?;
    connection.set_prepared_statement_cache_capacity(1_024);
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
         PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 67108864; PRAGMA trusted_schema = OFF;",
    )?;
    Ok(connection)
}

/// Connects to a database of the server.
pub fn connect(words: &str, name: &str) -> anyhow::Result<postgres::Client> {
    let mut config: postgres::Config = words.parse()?;
    config.dbname(name);
    Ok(config.connect(postgres::NoTls)?)
}

fn file(folder: &Path) -> PathBuf {
    folder.join("atobarai.db")
}

fn make(words: &str, template: &str) -> anyhow::Result<String> {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let name = format!("atobarai_bench_{}_{number}", std::process::id());
    connect(words, "postgres")?
        .batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"))?;
    Ok(name)
}

/// A keyring of one key.
pub fn keyring() -> anyhow::Result<Keyring> {
    let id = KeyId::new("bench-1").context("a name of a key")?;
    Keyring::from_keys(vec![(id, [7; 32])]).map_err(anyhow::Error::msg)
}
