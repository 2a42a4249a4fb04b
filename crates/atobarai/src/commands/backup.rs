//! `atobarai backup`: a copy of a SQLite database while it is in use.

use super::say;
use crate::wiring;
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Copies a SQLite database to a file while it is in use.
///
/// The copy is whole: it holds every transaction up to one moment. Sealed columns stay sealed, so keep
/// the key file apart from it. A PostgreSQL database is copied by its own tools (pg_basebackup,
/// pg_dump).
///
/// A copy that is put in place of the database starts in safe mode: nothing is charged until `atobarai adopt`
/// has learned what the gateway took since.
///
/// Example: atobarai backup /backup/atobarai-2026-11-24.db --config atobarai.toml
#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// The file to write. It must not be there yet.
    file: PathBuf,
}

impl Backup {
    pub(crate) fn run(self, config: Option<&Path>) -> anyhow::Result<ExitCode> {
        let settings = wiring::settings(config)?;
        let now = wiring::clock(&settings)?.now();
        wiring::store(&settings)?.backup_to(&self.file, now)?;
        say(format_args!("copied to {}", self.file.display()));
        Ok(ExitCode::SUCCESS)
    }
}
