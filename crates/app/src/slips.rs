//! Slips on paper: at the kiosk's own printer where it has one, else by its browser.

use crate::enter::{self, SlipFacts};
use crate::{App, AppError, tell};
use domain::audit::{Act, Actor};
use domain::entry::EntryState;
use domain::id::EntryId;
use domain::machine::Machine;
use outbound::printers::PrintAnswer;
use store::AuditRecord;

/// How a slip gets onto paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlipPrinted {
    /// The kiosk's printer has taken it.
    AtPrinter,
    /// The kiosk has no printer of its own: its browser prints the page.
    ByBrowser,
    /// The kiosk's printer could not be reached or took only a part: the entry stands, the paper does
    /// not. The same card prints it again.
    PrinterAway,
}

/// The slip of an entry that a kiosk may show and print: of its own hospital, of today, and not
/// withdrawn. `None`: there is no such entry, or it is none of this machine's business.
pub async fn of_today(
    app: &App,
    machine: &Machine,
    entry: EntryId,
) -> Result<Option<SlipFacts>, AppError> {
    let (today, hospital) = (app.now().day(), machine.hospital.clone());
    let here = app
        .store()
        .read(move |reader| {
            let found = store::entries::by_id(reader, entry)?;
            Ok::<_, AppError>(found.is_some_and(|entry| {
                entry.hospital == hospital
                    && entry.visit_day == today
                    && entry.state == EntryState::Entered
            }))
        })
        .await?;
    if here { enter::slip(app, entry).await } else { Ok(None) }
}

/// Prints the slip of an entry of today once more, and puts that on record. `None`: there is no such
/// entry, or it is none of this machine's business.
pub async fn reprint(
    app: &App,
    machine: &Machine,
    entry: EntryId,
) -> Result<Option<SlipPrinted>, AppError> {
    let Some(slip) = of_today(app, machine, entry).await? else { return Ok(None) };
    let record = AuditRecord {
        chain: machine.hospital.to_string(),
        at_ms: app.now().ms(),
        actor: Actor::Machine(machine.id).to_string(),
        act: Act::SlipReprinted.as_str(),
        subject: entry.to_string(),
        detail: "{}".to_owned(),
    };
    app.store()
        .write(move |tx| {
            tx.audit(record);
            Ok::<_, AppError>(())
        })
        .await?;
    print(app, machine, &slip).await.map(Some)
}

/// Prints the slip of an entry that is stored.
pub async fn print(
    app: &App,
    machine: &Machine,
    slip: &SlipFacts,
) -> Result<SlipPrinted, AppError> {
    if !app.has_slip_printer(machine) {
        return Ok(SlipPrinted::ByBrowser);
    }
    let paper = slip.paper();
    let bytes = tokio::task::spawn_blocking(move || render::papers::slip_escpos(&paper))
        .await
        .map_err(|_died| AppError::TaskDied { doing: "set a slip" })??;
    Ok(match tell::print_slip(app, machine, &bytes).await {
        Some(PrintAnswer::Sent) => SlipPrinted::AtPrinter,
        None => SlipPrinted::ByBrowser,
        Some(PrintAnswer::NotReachable { why } | PrintAnswer::PartlySent { why }) => {
            tracing::warn!(machine = machine.name, why, "the slip printer took no slip");
            SlipPrinted::PrinterAway
        }
    })
}
