//! `atobarai demo`: everything in one process, on a folder, with money that does not move.

use crate::demo;
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

/// Shows the whole service in one process: patients' pages, kiosk, a hospital, a card network, a mailbox
/// and a clock that can be moved forward. No money moves.
///
/// Example: atobarai demo
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Walk the story without a person, print each step, and end; exits with 1 if anything is not as
    /// promised. Uses a throw-away folder unless --data is given.
    #[arg(long)]
    check: bool,
    /// Folder of the demo's data. Deleting it starts from the beginning.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Port of the pages; the card network gets the next one. 0 takes free ones.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Keep the data in this database instead of a SQLite file in the folder.
    #[arg(long)]
    database: Option<String>,
}

impl Demo {
    pub(crate) async fn run(self) -> anyhow::Result<ExitCode> {
        if self.check {
            return demo::check::walk(self.data, self.database).await;
        }
        let data = self.data.unwrap_or_else(|| PathBuf::from("atobarai-demo"));
        let start = demo::Start { data, port: self.port, database: self.database };
        demo::run(start).await?;
        Ok(ExitCode::SUCCESS)
    }
}
