//! `atobarai adopt`: after a restore, what the gateway took since.

use super::say;
use crate::wiring;
use clap::Args;
use domain::time::Moment;
use std::path::Path;
use std::process::ExitCode;

/// Learns from the gateway's own list what it took since a back-up; then charging goes on.
///
/// A SQLite back-up knows its moment. After restoring a PostgreSQL database, switch `settlement.enabled` off first
/// and say --since.
///
/// Example: atobarai adopt --config atobarai.toml
#[derive(Debug, Args)]
pub(crate) struct Adopt {
    /// The moment of the back-up, as 2026-11-24T03:00 in Asia/Tokyo.
    #[arg(long, value_parser = wiring::moment_of)]
    since: Option<Moment>,
    /// You have noted the charges that this database does not know, and will enter them again or give the
    /// money back.
    #[arg(long)]
    strangers_noted: bool,
}

impl Adopt {
    pub(crate) async fn run(self, config: Option<&Path>) -> anyhow::Result<ExitCode> {
        let app = wiring::app(&wiring::settings(config)?).await?;
        let adopted = app::adopt::adopt(&app, self.since, self.strangers_noted).await?;
        say(format_args!("{} charges in the gateway's list", adopted.listed));
        for stranger in &adopted.strangers {
            say(format_args!("not known here: {stranger}"));
        }
        if adopted.safe_mode_ended {
            say("safe mode has ended: charging goes on");
        } else if !adopted.strangers.is_empty() {
            say("safe mode goes on: note those that are not known, then use --strangers-noted");
            return Ok(ExitCode::FAILURE);
        }
        Ok(ExitCode::SUCCESS)
    }
}
