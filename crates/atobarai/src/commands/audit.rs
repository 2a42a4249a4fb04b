//! `atobarai audit verify`: is the record of acts as it was written, and do the rules about
//! money hold?

use super::say;
use crate::wiring;
use clap::{Args, Subcommand};
use indicatif::ProgressBar;
use std::path::Path;
use std::process::ExitCode;

/// Checks the audit log and the rules about money.
#[derive(Debug, Args)]
pub(crate) struct Audit {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Follows every chain from its first entry to its head, then asks all rows whether the rules about money
    /// hold, and says where one is broken. Ends with 1 when one is.
    ///
    /// Example: atobarai audit verify --config atobarai.toml
    Verify {
        /// Only this chain: a hospital's code (with the chains of its charges), or a group's slug.
        #[arg(long)]
        chain: Option<String>,
    },
}

impl Audit {
    pub(crate) async fn run(self, config: Option<&Path>) -> anyhow::Result<ExitCode> {
        let What::Verify { chain } = self.what;
        let app = wiring::app(&wiring::settings(config)?).await?;
        let only = chain.clone();
        let read = app.store().read(move |reader| store::audit::verify(reader, only.as_deref()));
        let report = read.await?;
        say(format_args!("{} entries followed", report.entries));
        let mut whole = true;
        match report.broken {
            None => say("the chains are whole"),
            Some(broken) => {
                whole = false;
                say(format_args!(
                    "BROKEN: chain {} at entry {}: {}",
                    broken.chain, broken.seq, broken.why
                ));
            }
        }
        // One chain is asked for by whoever looks for a tampered record, not for the state of the money.
        if chain.is_none() {
            whole &= rules_hold(&app).await?;
        }
        Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// Tells each rule with what was looked at, and the rows that break it.
async fn rules_hold(app: &app::App) -> anyhow::Result<bool> {
    let bar = ProgressBar::new(0);
    let checked = app::proof::check(app, |done, all| {
        bar.set_length(u64::try_from(all).unwrap_or(0));
        bar.set_position(u64::try_from(done).unwrap_or(0));
    })
    .await?;
    bar.finish_and_clear();
    let mut hold = true;
    for app::proof::Checked { rule, held } in checked {
        let (number, words, examined) = (rule.number, rule.in_english, held.examined);
        if held.broken.is_empty() {
            say(format_args!("{number}: {words}: {examined} looked at"));
            continue;
        }
        hold = false;
        say(format_args!("BROKEN {number}: {words}: {}", held.broken.join(", ")));
    }
    Ok(hold)
}
