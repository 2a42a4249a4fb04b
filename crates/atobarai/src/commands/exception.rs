//! `atobarai exception`: what waits for a person's judgement.

use super::reconcile::{difference, line};
use super::{operator, say};
use crate::wiring;
use app::exceptions::{self, Closed, Open};
use clap::{Args, Subcommand};
use domain::time::{Day, Moment};
use serde_json::json;
use std::path::Path;
use std::process::ExitCode;

/// Lists and closes what does not agree and waits for a person.
#[derive(Debug, Args)]
pub(crate) struct Exception {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Everything that is open, oldest first, with its proposal, owner and age.
    ///
    /// Example: atobarai exception list --json
    List {
        /// One line of JSON each.
        #[arg(long)]
        json: bool,
    },
    /// Closes one with an explanation. It is not opened again for the same cause.
    ///
    /// Example: atobarai exception close payout_not_in_bank po_20261127 --note "銀行休業のため翌日入金"
    Close {
        /// Its kind, as listed.
        kind: String,
        /// What it is about, as listed.
        subject: String,
        /// On which charge, where `list` names one.
        #[arg(long)]
        charge: Option<domain::id::ChargeId>,
        /// What became of it, in your words.
        #[arg(long)]
        note: String,
    },
}

impl Exception {
    pub(crate) async fn run(self, config: Option<&Path>) -> anyhow::Result<ExitCode> {
        let app = wiring::app(&wiring::settings(config)?).await?;
        match self.what {
            What::List { json } => {
                let today = app.now().day();
                for open in exceptions::open(&app).await? {
                    if json { say(object(&open, today)) } else { say(told(&open, today)) }
                }
            }
            What::Close { kind, subject, charge, note } => {
                anyhow::ensure!(!note.trim().is_empty(), "--note must say what became of it");
                let about = exceptions::About { kind, subject, charge };
                match exceptions::close(&app, about, &operator(), note).await? {
                    Closed::Now => say("closed"),
                    Closed::NoneOpen => {
                        anyhow::bail!("no such exception is open; see: atobarai exception list")
                    }
                }
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn told(open: &Open, today: Day) -> String {
    match open {
        Open::Difference(open) => line(open, today),
        Open::OfCharge(open) => format!(
            "{} {} {} --charge {} [{}, {} days] {}。",
            open.opened_at.day(),
            open.kind.as_str(),
            open.subject,
            open.charge,
            open.kind.owner().as_str(),
            age(open.opened_at, today),
            open.kind.proposal(),
        ),
    }
}

fn object(open: &Open, today: Day) -> serde_json::Value {
    match open {
        Open::Difference(open) => difference(open, today),
        Open::OfCharge(open) => json!({
            "kind": open.kind.as_str(),
            "subject": open.subject,
            "charge": open.charge.to_string(),
            "owner": open.kind.owner().as_str(),
            "age_days": age(open.opened_at, today),
            "proposal": open.kind.proposal(),
        }),
    }
}

/// Whole calendar days since then.
fn age(since: Moment, today: Day) -> i64 {
    today.days_since_1970().saturating_sub(since.day().days_since_1970())
}
