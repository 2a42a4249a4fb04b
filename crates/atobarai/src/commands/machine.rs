//! `atobarai machine`: enrols kiosks and receipt machines, lists them, shuts a lost one out.

use super::{hospital_code, operator, say};
use crate::wiring;
use app::machines::Offered;
use clap::{Args, Subcommand, ValueEnum};
use domain::group::HospitalCode;
use domain::id::MachineId;
use domain::machine::MachineKind;
use std::path::Path;
use std::process::ExitCode;

/// Enrols machines, lists them, shuts one out.
#[derive(Debug, Args)]
pub(crate) struct Machine {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Prints a code to be typed at a new machine, at {public_url}/machine/. It works once, for ten
    /// minutes.
    ///
    /// Example: atobarai machine enrol --hospital shimin --kind entry-kiosk --name "1F-1"
    Enrol {
        /// Where the machine stands.
        #[arg(long, value_parser = hospital_code)]
        hospital: HospitalCode,
        /// What it is.
        #[arg(long)]
        kind: Kind,
        /// What staff call it; `printers` in the settings names slip printers by it.
        #[arg(long)]
        name: String,
    },
    /// Lists the machines of a hospital.
    ///
    /// Example: atobarai machine list --hospital shimin
    List {
        /// Which hospital.
        #[arg(long, value_parser = hospital_code)]
        hospital: HospitalCode,
    },
    /// Shuts a machine out at once.
    ///
    /// Example: atobarai machine revoke mch_0192…
    Revoke {
        /// Its id, as `list` prints it.
        machine: MachineId,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    EntryKiosk,
    ReceiptMachine,
}

impl Machine {
    pub(crate) async fn run(self, config: Option<&Path>) -> anyhow::Result<ExitCode> {
        let app = wiring::app(&wiring::settings(config)?).await?;
        match self.what {
            What::Enrol { hospital, kind, name } => {
                let kind = match kind {
                    Kind::EntryKiosk => MachineKind::EntryKiosk,
                    Kind::ReceiptMachine => MachineKind::ReceiptMachine,
                };
                match app::machines::enrol_code(&app, &hospital, kind, &name, operator()).await? {
                    Offered::Code(code) => say(format_args!(
                        "type {} at the machine, at {}/machine/, before {}",
                        code.in_groups(),
                        app.settings().public_url,
                        code.ends_at
                    )),
                    Offered::UnknownHospital => anyhow::bail!(
                        "there is no hospital {hospital}; load it with `atobarai import group FILE`"
                    ),
                }
            }
            What::List { hospital } => {
                for machine in app::machines::of_hospital(&app, &hospital).await? {
                    let state = if machine.revoked_at.is_some() { "shut out" } else { "in use" };
                    say(format_args!(
                        "{}  {}  {}  {state}",
                        machine.id,
                        machine.kind.as_str(),
                        machine.name
                    ));
                }
            }
            What::Revoke { machine } => {
                anyhow::ensure!(
                    app::machines::revoke(&app, machine, operator()).await?,
                    "there is no machine {machine} in use"
                );
                say(format_args!("{machine} is shut out"));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
