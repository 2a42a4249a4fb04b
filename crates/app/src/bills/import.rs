//! Takes one file in: read, look up, plan and seal without a transaction; then write everything in one.

use super::Mode;
use super::chunks::{Progress, in_chunks};
use super::plan::{Known, Plan, Prepared, looks_stale, plan, prepare};
use super::report::{ImportReport, Outcome};
use super::write::{Head, Sealed, Written, again, known_import, match_entries, write};
use crate::{App, AppError, policy};
use domain::audit::Actor;
use domain::group::HospitalCode;
use domain::policy::Policy;
use domain::time::{Day, Moment};
use domain::yen::Yen;
use exchange::bills_csv::{self, BillFile, FileFaults};
use std::sync::Arc;
use store::Keyring;
use store::imports::{Import, Traces};

/// How often a file is planned anew because another was taken in meanwhile.
const PLANS_MAX: usize = 20;

/// Who brings which file.
#[derive(Clone, Copy, Debug)]
pub struct Brought<'f> {
    /// As it is called; kept with the record of the import.
    pub file_name: &'f str,
    /// Its bytes.
    pub bytes: &'f [u8],
    /// By whom.
    pub actor: &'f Actor,
}

/// Takes a file of bills in, or says what is wrong with it.
///
/// Everything is written in one transaction, with the charges that follow from it: a death at any moment
/// leaves nothing or all. The same file again changes nothing, also when two are taken in at once.
/// `progress` is told how much of the work is done, of how much.
pub async fn import(
    app: &App,
    hospital: &HospitalCode,
    file: Brought<'_>,
    mode: Mode,
    mut progress: impl FnMut(u64, u64) + Send,
) -> Result<ImportReport, AppError> {
    let Some(before) = look(app, hospital, file.bytes).await? else {
        return Ok(ImportReport::empty(Outcome::UnknownHospital));
    };
    if let Some(report) = before.known_file() {
        progress(report.rows, report.rows);
        return Ok(report);
    }
    let now = app.now();
    let read = match read(file.bytes, hospital, &before.policy, now.day()).await? {
        Ok(read) => read,
        Err(faults) => return Ok(ImportReport::unreadable(faults)),
    };
    let mut done = Progress::of(read.count, &mut progress);
    let total = read.total;
    let rows = Arc::new(prepare_all(app, hospital, read, &mut done).await?);
    let head = Head {
        hospital: hospital.clone(),
        file_name: file.file_name.to_owned(),
        file_digest: before.file_digest,
        actor: file.actor.clone(),
        now,
        ids: app.ids().clone(),
        settings: app.settings().clone(),
    };
    for _ in 0..PLANS_MAX {
        let planned = plan_now(app, hospital, &rows, total, now).await?;
        if planned.1.report.outcome == Outcome::Refused || mode == Mode::DryRun {
            return finish_dry(app, hospital, planned.1).await;
        }
        let sealed = seal_all(app, planned, &mut done).await?;
        let head = head.clone();
        match app.store().write(move |tx| write(tx, &head, sealed)).await?.into_inner() {
            Written::Done(report) => {
                done.finish();
                return Ok(report);
            }
            Written::Overtaken => done.again(),
        }
    }
    Err(AppError::Inconsistent { what: format!("files of {hospital} keep overtaking each other") })
}

/// What stands before a file is read.
struct Before {
    policy: Policy,
    file_digest: String,
    known: Option<(Import, Traces)>,
}

impl Before {
    /// The report on a file that was taken before, once it is certain that all it brought is there.
    fn known_file(&self) -> Option<ImportReport> {
        let (import, traces) = self.known.as_ref()?;
        (traces.revisions == import.new.saturating_add(import.changed))
            .then(|| again(import, traces))
    }
}

async fn look(
    app: &App,
    hospital: &HospitalCode,
    bytes: &[u8],
) -> Result<Option<Before>, AppError> {
    let file_digest = store::imports::file_digest(app.store().keyring(), hospital, bytes);
    let (hospital, today) = (hospital.clone(), app.now().day());
    app.store()
        .read(move |reader| {
            let Some(policy) = policy::in_force(reader, &hospital, today)? else { return Ok(None) };
            let known = known_import(reader, &hospital, &file_digest)?;
            Ok(Some(Before { policy, file_digest, known }))
        })
        .await
}

async fn read(
    bytes: &[u8],
    hospital: &HospitalCode,
    policy: &Policy,
    today: Day,
) -> Result<Result<BillFile, FileFaults>, AppError> {
    let (bytes, hospital) = (bytes.to_vec(), hospital.clone());
    let (layout, ceiling) = (policy.card_layout.clone(), policy.bill_ceiling);
    tokio::task::spawn_blocking(move || bills_csv::read(&bytes, &hospital, &layout, ceiling, today))
        .await
        .map_err(|_died| AppError::TaskDied { doing: "read a file of bills" })
}

async fn prepare_all(
    app: &App,
    hospital: &HospitalCode,
    file: BillFile,
    done: &mut Progress<'_>,
) -> Result<Vec<Prepared>, AppError> {
    let (keyring, hospital) = (app.store().keyring().clone(), hospital.clone());
    in_chunks(file.rows, move |rows| prepare(&keyring, &hospital, rows), done).await
}

async fn plan_now(
    app: &App,
    hospital: &HospitalCode,
    rows: &Arc<Vec<Prepared>>,
    total: Yen,
    now: Moment,
) -> Result<(i64, Plan), AppError> {
    let (hospital, of_file, ids) = (hospital.clone(), Arc::clone(rows), app.ids().clone());
    app.store()
        .read(move |reader| {
            let turn = store::imports::turn(reader, &hospital)?;
            let keys: Vec<_> = of_file.iter().map(|row| &row.key).collect();
            let bills = store::bills::by_keys(reader, &hospital, &keys)?;
            let history = store::bills::digests(reader, &looks_stale(&of_file, &bills))?;
            let known = Known { bills, history };
            Ok((turn, plan(&of_file, total, &known, &ids, now)))
        })
        .await
}

async fn seal_all(
    app: &App,
    (turn, plan): (i64, Plan),
    done: &mut Progress<'_>,
) -> Result<Sealed, AppError> {
    let Plan { report, bills, revisions } = plan;
    let keyring: Keyring = app.store().keyring().clone();
    let for_bills = keyring.clone();
    let revisions = in_chunks(
        revisions,
        move |all| all.into_iter().map(|one| one.seal(&keyring)).collect(),
        done,
    )
    .await?;
    let mut silent = |_done, _total| {};
    let mut quiet = Progress::of(0, &mut silent);
    let bills = in_chunks(
        bills,
        move |all| all.into_iter().map(|one| one.seal(&for_bills)).collect(),
        &mut quiet,
    )
    .await?;
    Ok(Sealed { turn, report, bills, revisions })
}

/// Ends without writing; only looks which visits were entered.
async fn finish_dry(
    app: &App,
    hospital: &HospitalCode,
    plan: Plan,
) -> Result<ImportReport, AppError> {
    let Plan { mut report, mut bills, .. } = plan;
    let hospital = hospital.clone();
    app.store()
        .read(move |reader| {
            match_entries(reader, &hospital, &mut bills, &mut report)?;
            Ok(report)
        })
        .await
}
