//! `atobarai refund`: refunds that wait for a person.

use super::{operator, say};
use crate::wiring;
use app::refunds::{self, Answer, Ask};
use clap::{Args, Subcommand};
use domain::id::{ChargeId, RefundId};
use domain::refund::RefundReason;
use domain::yen::Yen;
use std::path::Path;
use std::process::ExitCode;

/// Gives money back: asks, approves, drops.
#[derive(Debug, Args)]
pub(crate) struct Refund {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Lists what waits for approval, with the amount that is available now.
    ///
    /// Example: atobarai refund list
    List,
    /// Asks for money back on a charge. `--available` is what `list` or `charge show` told you.
    ///
    /// Example: atobarai refund ask chg_… --amount 600 --available 3700 --reason goodwill --note "窓口での申し出"
    Ask {
        /// On which charge.
        charge: ChargeId,
        /// Yen.
        #[arg(long, value_parser = yen)]
        amount: Yen,
        /// Yen that you saw as available.
        #[arg(long, value_parser = yen)]
        available: Yen,
        /// `paid_at_counter`, `visit_cancelled` or `goodwill`. A correction is proposed by itself.
        #[arg(long, value_parser = reason)]
        reason: RefundReason,
        /// In your words.
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Approves a request. Above the hospital's limit two people must do so, one after the other.
    ///
    /// Example: atobarai refund approve rfd_… --available 3700
    Approve {
        /// Which request.
        refund: RefundId,
        /// Yen that you saw as available.
        #[arg(long, value_parser = yen)]
        available: Yen,
    },
    /// Drops a request that nobody has approved.
    ///
    /// Example: atobarai refund drop rfd_…
    Drop {
        /// Which request.
        refund: RefundId,
    },
}

fn yen(text: &str) -> Result<Yen, String> {
    let amount: i64 = text.parse().map_err(|_none| format!("{text:?} is no number of yen"))?;
    Yen::new(amount).map_err(|error| error.to_string())
}

fn reason(text: &str) -> Result<RefundReason, String> {
    RefundReason::parse(text).ok_or_else(|| {
        let known: Vec<_> = RefundReason::ALL.iter().map(|reason| reason.as_str()).collect();
        format!("not one of {}", known.join(", "))
    })
}

impl Refund {
    pub(crate) async fn run(self, config: Option<&Path>) -> anyhow::Result<ExitCode> {
        let settings = wiring::settings(config)?;
        let app = wiring::app(&settings).await?;
        let by = operator().to_string();
        let answer = match self.what {
            What::List => {
                for waiting in refunds::waiting(&app).await? {
                    let terms = &waiting.refund.terms;
                    say(format_args!(
                        "{}  {}  {} yen of {} available  {}  asked by {} at {}  {}",
                        terms.id,
                        terms.charge,
                        terms.amount,
                        waiting.available,
                        terms.reason.as_str(),
                        terms.requested_by,
                        terms.requested_at,
                        terms.note
                    ));
                }
                return Ok(ExitCode::SUCCESS);
            }
            What::Ask { charge, amount, available, reason, note } => {
                let id: RefundId = app.ids().id(app.now());
                let expected_available = available;
                let ask = Ask { id, charge, amount, reason, note, expected_available, by };
                say(format_args!("{id}"));
                refunds::ask(&app, ask).await?
            }
            What::Approve { refund, available } => {
                refunds::approve(&app, refund, available, by).await?
            }
            What::Drop { refund } => refunds::drop_request(&app, refund, by).await?,
        };
        let (says, code) = told(&answer);
        say(says);
        Ok(code)
    }
}

fn told(answer: &Answer) -> (String, ExitCode) {
    let no = |text: String| (text, ExitCode::FAILURE);
    match answer {
        Answer::Approved => {
            ("approved: it is sent at the next settlement".to_owned(), ExitCode::SUCCESS)
        }
        Answer::NeedsSecondPerson => ("it waits for a second person".to_owned(), ExitCode::SUCCESS),
        Answer::Known(state) => (format!("it is {}", state.as_str()), ExitCode::SUCCESS),
        Answer::NotFound => no("there is no such charge or refund, or it is not paid".to_owned()),
        Answer::Changed { available } => {
            no(format!("{available} yen are available now: look again, somebody was faster"))
        }
        Answer::AmountNotAvailable { available } => {
            no(format!("only {available} yen are available"))
        }
        Answer::Disputed => no("the cardholder disputes it: wait for the card company".to_owned()),
        Answer::Moving => no("money of this visit is moving: try again in a minute".to_owned()),
        Answer::SamePerson => no("somebody else must approve it".to_owned()),
        Answer::CorrectTheBill => {
            no("correct the bill: the refund is then proposed by itself".to_owned())
        }
    }
}
