//! `atobarai audit verify`: is the record of acts as it was written?

use super::say;
use crate::wiring;
use clap::{Args, Subcommand};
use std::path::Path;
use std::process::ExitCode;

/// Checks the audit log.
#[derive(Debug, Args)]
pub(crate) struct Audit {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Follows every chain from its first entry to its head and says where one is broken.
    ///
    /// Example: atobarai audit verify --config atobarai.toml
    Verify {
        /// Only this chain: a hospital's code, or a group's slug.
        #[arg(long)]
        chain: Option<String>,
    },
}

impl Audit {
    pub(crate) fn run(self, config: Option<&Path>) -> anyhow::Result<ExitCode> {
        let What::Verify { chain } = self.what;
        let store = wiring::store(&wiring::settings(config)?)?;
        let report =
            store.read_blocking(move |reader| store::audit::verify(reader, chain.as_deref()))?;
        say(format_args!("{} entries followed", report.entries));
        match report.broken {
            None => {
                say("the chains are whole");
                Ok(ExitCode::SUCCESS)
            }
            Some(broken) => {
                say(format_args!(
                    "BROKEN: chain {} at entry {}: {}",
                    broken.chain, broken.seq, broken.why
                ));
                Ok(ExitCode::FAILURE)
            }
        }
    }
}
