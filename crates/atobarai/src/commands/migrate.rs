//! `atobarai migrate`: brings the tables to the version of this program.

use super::say;
use crate::wiring;
use clap::Args;
use std::path::Path;
use std::process::ExitCode;
use store::Store;

/// Brings the tables to the version of this program, or makes them.
///
/// Each step is one transaction together with its record, so a killed migration is simply run again.
/// Back up first.
///
/// Example: atobarai migrate --create --config atobarai.toml
#[derive(Debug, Args)]
pub(crate) struct Migrate {
    /// Make the database if there is none. Without it a missing database is an error, so that a
    /// mistyped address does not become an empty hospital.
    #[arg(long)]
    create: bool,
}

impl Migrate {
    pub(crate) fn run(self, config: Option<&Path>) -> anyhow::Result<ExitCode> {
        let settings = wiring::settings(config)?;
        let address = wiring::address(&settings)?;
        if let Some(path) = address.path()
            && !self.create
        {
            anyhow::ensure!(
                path.exists(),
                "there is no database at {}; say --create to make one",
                path.display()
            );
        }
        let store = Store::create_or_migrate(
            &address,
            wiring::keyring(&settings)?,
            wiring::options(&settings),
        )?;
        say(format_args!("{} is ready", store.address()));
        Ok(ExitCode::SUCCESS)
    }
}
