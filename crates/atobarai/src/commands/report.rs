//! `atobarai report`: what a hospital's accountant reads.

use super::closing::write;
use super::{day, say};
use crate::wiring;
use app::proof;
use clap::{Args, Subcommand};
use domain::time::Day;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Makes reports from the data as it is.
#[derive(Debug, Args)]
pub(crate) struct Report {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Shows that nobody was charged twice and that no bill is lost: our books beside the gateway's, every
    /// rule with what was looked at, and where each charge stands. In Japanese. The days must have been
    /// reconciled.
    ///
    /// Example: atobarai report never-twice --from 2026-11-01 --until 2026-11-30 --pdf report.pdf
    NeverTwice {
        /// The first day.
        #[arg(long, value_parser = day)]
        from: Day,
        /// The last day.
        #[arg(long, value_parser = day)]
        until: Day,
        /// Where it is written as A4 pages; without this it is printed as text.
        #[arg(long)]
        pdf: Option<PathBuf>,
    },
}

impl Report {
    pub(crate) async fn run(self, config: Option<&Path>) -> anyhow::Result<ExitCode> {
        let What::NeverTwice { from, until, pdf } = self.what;
        anyhow::ensure!(from <= until, "--until {until} is before --from {from}");
        let app = wiring::app(&wiring::settings(config)?).await?;
        let paper = match proof::never_twice(&app, from, until).await? {
            proof::Report::Made(paper) => paper,
            proof::Report::NotReconciled(days) => {
                let listed: Vec<_> = days.iter().map(ToString::to_string).collect();
                anyhow::bail!(
                    "not reconciled yet: {}; run: atobarai reconcile --date {from} --until {until}",
                    listed.join(", ")
                );
            }
        };
        match pdf {
            Some(file) => write(&file, &render::papers::never_twice(&paper)?.pdf)?,
            None => say(render::papers::never_twice_text(&paper)),
        }
        let broken = paper.checks.iter().any(|(_, _, broken)| !broken.is_empty());
        Ok(if broken { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}
