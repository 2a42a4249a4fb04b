//! Where a database is: `sqlite:PATH` or `postgres://…`, and nothing that merely looks like it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Which database program holds the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// A file, in this process.
    Sqlite,
    /// A server.
    Postgres,
}

/// The address of one database.
#[derive(Clone)]
pub struct DatabaseAddress(pub(crate) Place);

#[derive(Clone)]
pub(crate) enum Place {
    Sqlite(PathBuf),
    Postgres(Box<postgres::Config>),
}

/// A text that is no address of a database.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "not the address of a database ({why}); accepted are sqlite:PATH, postgres://USER@HOST/DATABASE and postgres:host=… dbname=…"
)]
pub struct NotAnAddress {
    /// What is wrong. Never the text itself: it may hold a password.
    pub why: String,
}

impl DatabaseAddress {
    /// A SQLite file.
    #[must_use]
    pub fn sqlite(path: impl Into<PathBuf>) -> Self {
        Self(Place::Sqlite(path.into()))
    }

    /// Reads `sqlite:PATH`, `postgres://…`, `postgresql://…` or `postgres:` with libpq's `key=value` words.
    pub fn parse(text: &str) -> Result<Self, NotAnAddress> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            return Self::sqlite_path(path);
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Self::postgres_words(text);
        }
        match text.strip_prefix("postgres:") {
            Some(words) => Self::postgres_words(words),
            None => {
                Err(NotAnAddress { why: "it starts with neither sqlite: nor postgres:".to_owned() })
            }
        }
    }

    fn sqlite_path(path: &str) -> Result<Self, NotAnAddress> {
        // Each connection to `:memory:` would see a database of its own.
        if path.is_empty() || path.starts_with("//") || path.starts_with(':') {
            return Err(NotAnAddress { why: "after sqlite: comes the path of a file".to_owned() });
        }
        Ok(Self::sqlite(path))
    }

    fn postgres_words(words: &str) -> Result<Self, NotAnAddress> {
        let config = postgres::Config::from_str(words).map_err(|error| {
            let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}"));
            NotAnAddress { why: format!("{error}{}", cause.unwrap_or_default()) }
        })?;
        if config.get_hosts().is_empty() || config.get_dbname().is_none() {
            return Err(NotAnAddress { why: "host and database name must be given".to_owned() });
        }
        Ok(Self(Place::Postgres(Box::new(config))))
    }

    /// The program that is behind it.
    #[must_use]
    pub const fn engine(&self) -> Engine {
        match self.0 {
            Place::Sqlite(_) => Engine::Sqlite,
            Place::Postgres(_) => Engine::Postgres,
        }
    }

    /// The file, when it is a file.
    #[must_use]
    pub fn path(&self) -> Option<&Path> {
        match &self.0 {
            Place::Sqlite(path) => Some(path),
            Place::Postgres(_) => None,
        }
    }
}

/// Without the password.
impl fmt::Display for DatabaseAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Place::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Place::Postgres(config) => {
                let hosts: Vec<String> = config.get_hosts().iter().map(host_name).collect();
                let ports: Vec<String> = config.get_ports().iter().map(u16::to_string).collect();
                write!(f, "postgres://{}", hosts.join(","))?;
                if !ports.is_empty() {
                    write!(f, ":{}", ports.join(","))?;
                }
                write!(f, "/{}", config.get_dbname().unwrap_or(""))
            }
        }
    }
}

impl fmt::Debug for DatabaseAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn host_name(host: &postgres::config::Host) -> String {
    match host {
        postgres::config::Host::Tcp(name) => name.clone(),
        #[cfg(unix)]
        postgres::config::Host::Unix(path) => path.display().to_string(),
    }
}
