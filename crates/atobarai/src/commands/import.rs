//! `atobarai import`: takes files of the hospital in.

use super::{hospital_code, operator, say};
use crate::wiring;
use anyhow::Context as _;
use app::bills::{Brought, ImportReport, Mode, Outcome};
use app::reconcile::{self, BroughtDeposits};
use clap::{Args, Subcommand};
use domain::group::HospitalCode;
use indicatif::{ProgressBar, ProgressStyle};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Takes files in: bills of a hospital, deposits of a bank, a group with its hospitals and their conditions of use.
#[derive(Debug, Args)]
pub(crate) struct Import {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Takes a file of bills in, whole or not at all. The same file again changes nothing; a changed
    /// row is a new revision. Every fault is listed with line, column and reason.
    ///
    /// The format stands in fixtures/README.md.
    ///
    /// Example: atobarai import bills shimin.csv --hospital shimin --dry-run
    Bills {
        /// The file: CSV in UTF-8 or CP932, with header and trailer.
        file: PathBuf,
        /// Whose bills.
        #[arg(long, value_parser = hospital_code)]
        hospital: HospitalCode,
        /// Say what would happen, and change nothing.
        #[arg(long)]
        dry_run: bool,
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Takes in what the hospital's bank shows, whole or not at all. The same file again changes nothing.
    ///
    /// CSV in UTF-8 or CP932, header by name: 入金日 and 入金額, and where there are any 振込人 and 摘要. Rows
    /// without an amount that came in, and other columns, are passed over.
    ///
    /// Example: atobarai import deposits bank.csv
    Deposits {
        /// The file.
        file: PathBuf,
        /// Print one JSON object.
        #[arg(long)]
        json: bool,
    },
    /// Takes a group file in: group, hospitals, conditions of use with the day from which they hold.
    ///
    /// Example: atobarai import group fixtures/okayama.toml
    Group {
        /// The file: TOML as fixtures/okayama.toml.
        file: PathBuf,
    },
}

impl Import {
    pub(crate) async fn run(self, config: Option<&Path>) -> anyhow::Result<ExitCode> {
        let app = wiring::app(&wiring::settings(config)?).await?;
        match self.what {
            What::Group { file } => {
                let text = std::fs::read_to_string(&file)
                    .with_context(|| format!("{} cannot be read", file.display()))?;
                group(&app, &file, &text).await
            }
            What::Deposits { file, json } => {
                let bytes = std::fs::read(&file)
                    .with_context(|| format!("{} cannot be read", file.display()))?;
                deposits(&app, &file, &bytes, json).await
            }
            What::Bills { file, hospital, dry_run, json } => {
                let bytes = std::fs::read(&file)
                    .with_context(|| format!("{} cannot be read", file.display()))?;
                let mode = if dry_run { Mode::DryRun } else { Mode::Apply };
                let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
                let actor = operator();
                let brought = Brought {
                    file_name: name.as_deref().unwrap_or("bills.csv"),
                    bytes: &bytes,
                    actor: &actor,
                };
                let bar = progress();
                let report = app::bills::import(&app, &hospital, brought, mode, |done, total| {
                    bar.set_length(total);
                    bar.set_position(done);
                })
                .await?;
                bar.finish_and_clear();
                tell(&report, &hospital, json)
            }
        }
    }
}

async fn deposits(
    app: &app::App,
    file: &Path,
    bytes: &[u8],
    json: bool,
) -> anyhow::Result<ExitCode> {
    match reconcile::deposits(app, bytes, &operator()).await? {
        BroughtDeposits::Taken(counts) => {
            if json {
                say(serde_json::to_string(&counts)?);
            } else {
                say(format_args!("deposits: {} new, {} known", counts.new, counts.known));
            }
            Ok(ExitCode::SUCCESS)
        }
        BroughtDeposits::Refused(faults) => {
            for fault in &faults {
                say(format_args!("{}: {fault}", file.display()));
            }
            say("nothing was taken in; correct the file and bring it again");
            Ok(ExitCode::FAILURE)
        }
    }
}

async fn group(app: &app::App, file: &Path, text: &str) -> anyhow::Result<ExitCode> {
    use app::policy::Loaded;
    match app::policy::load_group_file(app, text, operator()).await? {
        Loaded::Done(report) if report.is_unchanged() => {
            say("everything stands as the file says already")
        }
        Loaded::Done(report) => {
            let listed = |codes: Vec<String>| {
                if codes.is_empty() { "none".to_owned() } else { codes.join(", ") }
            };
            let hospitals = report.hospitals_changed.iter().map(ToString::to_string).collect();
            let policies =
                report.policies_changed.iter().map(|(code, from)| format!("{code} from {from}"));
            say(format_args!("group {}", report.group));
            say(format_args!("hospitals new or changed: {}", listed(hospitals)));
            say(format_args!("policies new or changed: {}", listed(policies.collect())));
        }
        Loaded::Faulty(faults) => {
            say(format_args!("{}: nothing was loaded", file.display()));
            say(faults);
            return Ok(ExitCode::FAILURE);
        }
        Loaded::HospitalElsewhere(hospital) => anyhow::bail!(
            "{}: nothing was loaded: hospital {hospital} belongs to another group",
            file.display()
        ),
    }
    Ok(ExitCode::SUCCESS)
}

fn progress() -> ProgressBar {
    let bar = ProgressBar::new(0);
    // A terminal that cannot show the template gets the plain bar.
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} {eta}") {
        bar.set_style(style);
    }
    bar
}

fn tell(report: &ImportReport, hospital: &HospitalCode, json: bool) -> anyhow::Result<ExitCode> {
    let total = report.total.map(|total| total.amount());
    if json {
        say(serde_json::json!({
            "outcome": outcome(report.outcome),
            "rows": report.rows,
            "new": report.new,
            "changed": report.changed,
            "same": report.same,
            "rejected": report.rejected,
            "total": total,
            "with_entry": report.matched,
            "without_entry": report.without_entry,
            "faults": report.faults.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "fault_count": report.fault_count,
            "warnings": report.warnings.iter().map(ToString::to_string).collect::<Vec<_>>(),
            "warning_count": report.warning_count,
        }));
    } else {
        for fault in &report.faults {
            say(fault);
        }
        for warning in &report.warnings {
            say(format_args!("warning: {warning}"));
        }
        say(format_args!(
            "{hospital}: {}: {} rows: {} new, {} changed, {} same, {} rejected; {} yen; {} belong to an \
             entry, {} do not; {} faults, {} warnings",
            outcome(report.outcome),
            report.rows,
            report.new,
            report.changed,
            report.same,
            report.rejected,
            total.map_or_else(|| "?".to_owned(), |total| total.to_string()),
            report.matched,
            report.without_entry,
            report.fault_count,
            report.warning_count,
        ));
    }
    Ok(match report.outcome {
        Outcome::Applied | Outcome::Checked | Outcome::KnownFile { .. } => ExitCode::SUCCESS,
        Outcome::Refused => ExitCode::FAILURE,
        Outcome::UnknownHospital => anyhow::bail!(
            "there is no hospital {hospital} with a policy; load it with `atobarai import group FILE`"
        ),
    })
}

const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Applied => "applied",
        Outcome::Checked => "checked",
        Outcome::KnownFile { .. } => "known_file",
        Outcome::Refused => "refused",
        Outcome::UnknownHospital => "unknown_hospital",
    }
}
