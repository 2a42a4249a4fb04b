//! `atobarai reconcile`: a day's journal, the gateway's books and the bank held against each other.

use super::{day, operator, say};
use crate::wiring;
use app::reconcile::{self, Report, Side};
use clap::Args;
use domain::difference::Difference;
use domain::time::Day;
use domain::yen::SignedYen;
use serde_json::{Value, json};
use std::path::Path;
use std::process::ExitCode;

/// Holds a day's journal, the card gateway's books and the bank's deposits against each other.
///
/// What does not agree is listed with a proposal, an owner and an age, and stays open until it agrees or
/// somebody closes it (`atobarai exception close`). Nothing is corrected by itself. Ends with 0 when the days
/// agree and with 1 when something does not. A day may be reconciled again at any time.
///
/// Example: atobarai import deposits bank.csv && atobarai reconcile --date 2026-11-27
#[derive(Debug, Args)]
pub(crate) struct Reconcile {
    /// Which day; the day before today is the usual one.
    #[arg(long, value_parser = day)]
    date: Day,
    /// Up to which day, where several are to be reconciled in turn.
    #[arg(long, value_parser = day)]
    until: Option<Day>,
    /// Print one JSON object for each day.
    #[arg(long)]
    json: bool,
}

impl Reconcile {
    pub(crate) async fn run(self, config: Option<&Path>) -> anyhow::Result<ExitCode> {
        let app = wiring::app(&wiring::settings(config)?).await?;
        let last = self.until.unwrap_or(self.date);
        let today = app.now().day();
        anyhow::ensure!(self.date <= last, "--until {last} is before --date {}", self.date);
        anyhow::ensure!(
            last <= today,
            "{last} is still to come; reconcile a day when it is over (today is {today})"
        );
        let (mut day, mut agree) = (self.date, true);
        while day <= last {
            let report = reconcile::reconcile(&app, day, &operator()).await?;
            agree &= report.agrees();
            if self.json {
                say(object(&report, today))
            } else {
                tell(&report, today)
            }
            day = day.tomorrow();
        }
        Ok(if agree { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn tell(report: &Report, today: Day) {
    say(format_args!("{}", report.day));
    if report.provisional {
        say("the day is not over: this is provisional, and nothing of it was put into the queue");
    }
    let side = |side: &Side| {
        format!(
            "payments {} / {} yen, refunds {} / {} yen, refunds that came back {} / {} yen",
            side.payments.count,
            yen(side.payments.yen),
            side.refunds.count,
            yen(side.refunds.yen),
            side.refunds_failed.count,
            yen(side.refunds_failed.yen),
        )
    };
    say(format_args!("journal  {}", side(&report.journal)));
    say(format_args!("gateway  {}", side(&report.gateway)));
    for kept in &report.payouts {
        let seen = if kept.deposit.is_some() { "the bank shows it" } else { "not at the bank yet" };
        say(format_args!("payout   {} {} yen: {seen}", kept.payout.id, kept.payout.amount));
    }
    for kept in &report.deposits {
        let why = kept.payout.as_deref().unwrap_or("no payout explains it");
        say(format_args!("bank     {} yen {}: {why}", kept.deposit.amount, kept.deposit.payer));
    }
    if report.waiting > 0 {
        say(format_args!("{} lines wait for an answer of the gateway", report.waiting));
    }
    if !report.compared_again.is_empty() {
        let days: Vec<String> = report.compared_again.iter().map(Day::to_string).collect();
        say(format_args!("compared again, not settled before: {}", days.join(", ")));
    }
    say(format_args!("differences: {} new, {} agree by now", report.opened, report.closed));
    for difference in &report.differences {
        say(format_args!("  {}", line(difference, today)));
    }
}

/// A sum with separators; one that is no amount any more stays a number.
fn yen(sum: i64) -> String {
    SignedYen::new(sum).map_or_else(|_| sum.to_string(), |sum| sum.to_string())
}

/// A difference in one line: what, how much, whose turn, since when.
pub(super) fn line(difference: &Difference, today: Day) -> String {
    let says = |side: Option<SignedYen>| {
        side.map_or_else(|| "nothing".to_owned(), |amount| format!("{amount} yen"))
    };
    let kind = difference.kind;
    format!(
        "{} {} {}: ours {}, theirs {} [{}, {} days] {}。{}。",
        difference.day,
        kind.as_str(),
        difference.subject,
        says(difference.ours),
        says(difference.theirs),
        kind.owner().as_str(),
        difference.age_days(today),
        kind.in_japanese(),
        kind.proposal(),
    )
}

/// The same for a program.
pub(super) fn difference(open: &Difference, today: Day) -> Value {
    json!({
        "kind": open.kind.as_str(),
        "subject": open.subject,
        "day": open.day.to_string(),
        "hospital": open.hospital.as_ref().map(ToString::to_string),
        "ours": open.ours.map(SignedYen::amount),
        "theirs": open.theirs.map(SignedYen::amount),
        "owner": open.kind.owner().as_str(),
        "age_days": open.age_days(today),
        "proposal": open.kind.proposal(),
    })
}

fn object(report: &Report, today: Day) -> Value {
    let payouts = report.payouts.iter().map(|kept| {
        json!({
            "payout": kept.payout.id,
            "amount": kept.payout.amount.amount(),
            "deposit": kept.deposit.map(|deposit| deposit.to_string()),
        })
    });
    let deposits = report.deposits.iter().map(|kept| {
        json!({
            "deposit": kept.id.to_string(),
            "amount": kept.deposit.amount.amount(),
            "payout": kept.payout,
        })
    });
    let balances: serde_json::Map<String, Value> = report
        .balances
        .iter()
        .map(|(title, yen)| (title.as_str().to_owned(), json!(yen)))
        .collect();
    json!({
        "day": report.day.to_string(),
        "provisional": report.provisional,
        "agrees": report.agrees(),
        "journal": report.journal,
        "gateway": report.gateway,
        "waiting": report.waiting,
        "payouts": payouts.collect::<Vec<_>>(),
        "deposits": deposits.collect::<Vec<_>>(),
        "compared_again": report.compared_again.iter().map(Day::to_string).collect::<Vec<_>>(),
        "opened": report.opened,
        "closed": report.closed,
        "differences": report.differences.iter().map(|open| difference(open, today)).collect::<Vec<_>>(),
        "balances": balances,
    })
}
