//! `atobarai closing`: the daily closing sheet.

use super::{day, say};
use crate::wiring;
use anyhow::Context as _;
use clap::Args;
use domain::time::Day;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Writes the closing sheet of a day (入金締め表): what arrived at the bank, taken apart by hospital and kind.
///
/// Its sums add up to the deposit; what does not agree is listed, never netted. The day must have been
/// reconciled.
///
/// Example: atobarai closing --date 2026-11-27 --pdf closing.pdf --csv closing.csv
#[derive(Debug, Args)]
#[group(required = true, multiple = true, id = "files", args = ["pdf", "csv"])]
pub(crate) struct Closing {
    /// The day on which the money arrives.
    #[arg(long, value_parser = day)]
    date: Day,
    /// Where the sheet is written, for people.
    #[arg(long)]
    pdf: Option<PathBuf>,
    /// Where its lines are written, for programs: UTF-8, a total at the end.
    #[arg(long)]
    csv: Option<PathBuf>,
}

impl Closing {
    pub(crate) async fn run(self, config: Option<&Path>) -> anyhow::Result<ExitCode> {
        let app = wiring::app(&wiring::settings(config)?).await?;
        let Some(sheet) = app::closing::sheet(&app, self.date).await? else {
            anyhow::bail!(
                "{} has not been reconciled; run: atobarai reconcile --date {}",
                self.date,
                self.date
            );
        };
        if let Some(file) = self.csv {
            write(&file, app::closing::csv(&sheet).as_bytes())?;
        }
        if let Some(file) = self.pdf {
            write(&file, &render::papers::closing(&sheet.paper)?.pdf)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Writes a file of the user's choice.
pub(super) fn write(file: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    std::fs::write(file, bytes).with_context(|| format!("{} cannot be written", file.display()))?;
    say(format_args!("{} written", file.display()));
    Ok(())
}
