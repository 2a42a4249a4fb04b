//! `atobarai settle --once`: charges what is due, and ends.

use super::say;
use crate::wiring;
use clap::Args;
use std::path::Path;
use std::process::ExitCode;

/// Charges everything that is due and asks after everything that is unclear, then ends.
///
/// May be killed and run again at any time, beside itself and beside `serve`: nobody is charged twice.
///
/// Example: atobarai settle --once --json --config atobarai.toml
#[derive(Debug, Args)]
pub(crate) struct Settle {
    /// Work off what is due now, and end.
    #[arg(long, required = true)]
    once: bool,
    /// Print one JSON object of counts.
    #[arg(long)]
    json: bool,
}

impl Settle {
    pub(crate) async fn run(self, config: Option<&Path>) -> anyhow::Result<ExitCode> {
        let settings = wiring::settings(config)?;
        wiring::log(&settings)?;
        let app = wiring::app(&settings).await?;
        let counts = app::settle::run_once(&app).await?;
        app::jobs::run_due(&app).await?;
        if self.json {
            say(serde_json::to_string(&counts)?);
        } else {
            say(format_args!(
                "{} steps: {} paid, {} declined, {} unclear, {} broke; {} charges wait for later",
                counts.claimed,
                counts.paid,
                counts.declined,
                counts.unknown,
                counts.failed,
                counts.waiting
            ));
        }
        Ok(if counts.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}
