//! Bills in: a hospital's file is taken whole or not at all, the same file again changes nothing, and a
//! changed row is a new revision. Bills find their entry here; one without an entry is never charged
//! (FAQ Q06).

mod chunks;
mod import;
mod plan;
mod report;
mod watch;
mod write;

pub use import::{Brought, import};
pub use report::{ImportFault, ImportReport, ImportWarning, Outcome, WARNINGS_KEPT_MAX};
pub use watch::{Looked, watch_once};

use crate::{App, AppError};
use domain::group::HospitalCode;
use store::bills::LooseBill;
use store::imports::Import;

/// Whether a file is taken or only looked through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Says what would happen, and changes nothing.
    DryRun,
    /// Takes the file.
    Apply,
}

/// Bills that belong to no entry and are still to be paid: the cashier's. The newest visit first.
pub async fn without_entry(
    app: &App,
    hospital: &HospitalCode,
    limit: i64,
) -> Result<Vec<LooseBill>, AppError> {
    let hospital = hospital.clone();
    app.store().read(move |reader| Ok(store::bills::without_entry(reader, &hospital, limit)?)).await
}

/// The newest files that were taken in, the newest first.
pub async fn newest_imports(
    app: &App,
    hospital: &HospitalCode,
    limit: i64,
) -> Result<Vec<Import>, AppError> {
    let hospital = hospital.clone();
    app.store().read(move |reader| Ok(store::imports::newest(reader, &hospital, limit)?)).await
}
