//! `atobarai charge show`: everything that ever happened to a charge.

use super::say;
use crate::wiring;
use clap::{Args, Subcommand};
use domain::id::ChargeId;
use std::path::Path;
use std::process::ExitCode;

/// Looks at one charge.
#[derive(Debug, Args)]
pub(crate) struct Charge {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Prints its whole time line: moves, attempts, the gateway's words as received, refunds.
    ///
    /// Example: atobarai charge show chg_019dcb2d80000000000000000000002a
    Show {
        /// Its id, as in `atobarai export charges`.
        charge: ChargeId,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

impl Charge {
    pub(crate) async fn run(self, config: Option<&Path>) -> anyhow::Result<ExitCode> {
        let What::Show { charge, json } = self.what;
        let settings = wiring::settings(config)?;
        let app = wiring::app(&settings).await?;
        let Some(line) = app::exports::time_line(&app, charge).await? else {
            anyhow::bail!(
                "there is no charge {charge}: `atobarai export charges --json` lists all"
            );
        };
        if json {
            say(serde_json::to_string_pretty(&line)?);
            return Ok(ExitCode::SUCCESS);
        }
        for event in line {
            say(format_args!("{}  {:20}  {}", event.at, event.what, event.detail));
        }
        Ok(ExitCode::SUCCESS)
    }
}
