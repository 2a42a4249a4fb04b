//! `atobarai export`: what other programs read.

use super::{day, hospital_code, say};
use crate::wiring;
use clap::{Args, Subcommand};
use domain::group::HospitalCode;
use domain::time::Day;
use std::path::Path;
use std::process::ExitCode;

/// Prints data for other programs.
#[derive(Debug, Args)]
pub(crate) struct Export {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Every charge, one line of JSON each: slip numbers, idempotency keys, amount, state, the gateway's
    /// reference.
    ///
    /// Example: atobarai export charges --json > charges.jsonl
    Charges {
        /// As lines of JSON, the only form there is.
        #[arg(long, required = true)]
        json: bool,
    },
    /// What a hospital's accounting is to post: payments and refunds of some days, as CSV.
    ///
    /// Example: atobarai export postings --hospital shimin --from 2026-11-28 --until 2026-11-28
    Postings {
        /// Whose accounting.
        #[arg(long, value_parser = hospital_code)]
        hospital: HospitalCode,
        /// The first day.
        #[arg(long, value_parser = day)]
        from: Day,
        /// The last day.
        #[arg(long, value_parser = day)]
        until: Day,
    },
    /// The journal of some days in double entry, as CSV: titles are bank, in_transit, gateway, disputed,
    /// suspense, patients and fees.
    ///
    /// Example: atobarai export journal --from 2026-11-01 --until 2026-11-30 > journal.csv
    Journal {
        /// The first day.
        #[arg(long, value_parser = day)]
        from: Day,
        /// The last day.
        #[arg(long, value_parser = day)]
        until: Day,
    },
}

impl Export {
    pub(crate) async fn run(self, config: Option<&Path>) -> anyhow::Result<ExitCode> {
        let settings = wiring::settings(config)?;
        let app = wiring::app(&settings).await?;
        match self.what {
            What::Charges { json: _ } => {
                for charge in app::exports::charges(&app).await? {
                    say(serde_json::to_string(&charge)?);
                }
            }
            What::Journal { from, until } => {
                say("entry_id,booked_on,hospital,kind,debit,credit,amount,reference,charge");
                for line in app::exports::journal(&app, from, until).await? {
                    say(line);
                }
            }
            What::Postings { hospital, from, until } => {
                say("posting_id,kind,entry_number,slip_numbers,amount,posted_on,reference");
                for line in app::exports::postings(&app, &hospital, from, until).await? {
                    say(line);
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
