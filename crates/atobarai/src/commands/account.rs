//! `atobarai account`: what the desk does for a payer.

use super::{operator, say};
use crate::wiring;
use app::cancel_registration::{self, Cancelled};
use clap::{Args, Subcommand};
use domain::group::GroupSlug;
use domain::user_id::UserId;
use std::path::Path;
use std::process::ExitCode;

/// Cancels a registration.
#[derive(Debug, Args)]
pub(crate) struct Account {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Cancels a registration for a payer who has asked for it at the desk. Visits that were entered before are still
    /// charged; new ones cannot be entered, and the patient numbers are free for another registration.
    ///
    /// Example: atobarai account cancel --group okayama --user-id tkma4829
    Cancel {
        /// The group of hospitals.
        #[arg(long, value_parser = group)]
        group: GroupSlug,
        /// The payer's user ID, from the mail that completed the registration.
        #[arg(long)]
        user_id: String,
    },
}

fn group(text: &str) -> Result<GroupSlug, String> {
    GroupSlug::parse(text).map_err(|error| error.to_string())
}

impl Account {
    pub(crate) async fn run(self, config: Option<&Path>) -> anyhow::Result<ExitCode> {
        let app = wiring::app(&wiring::settings(config)?).await?;
        let What::Cancel { group, user_id } = self.what;
        let named = UserId::from_stored(user_id.trim().to_owned());
        match cancel_registration::at_desk(&app, &group, &named, operator()).await? {
            Cancelled::Done { open_visits } => say(format_args!(
                "the registration of {named} is cancelled; {open_visits} visits are still to be charged"
            )),
            Cancelled::NoAccount
            | Cancelled::AtDesk
            | Cancelled::WrongPassword
            | Cancelled::TooMany { .. } => anyhow::bail!(
                "there is no registration with the user ID {named} in {group}; it stands in the mail that completed the \
                 registration, and tells large letters from small ones"
            ),
        }
        Ok(ExitCode::SUCCESS)
    }
}
