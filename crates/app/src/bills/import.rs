//! Takes one file in: read, look up, plan and seal without a transaction; then write everything in one.

use super::Mode;
use super::plan::{Known, Plan, PlannedBill, Prepared, looks_stale, plan, prepare};
use super::report::{ImportReport, ImportWarning, Outcome};
use crate::ids::Ids;
use crate::{App, AppError, charge, policy};
use domain::audit::{Act, Actor};
use domain::group::HospitalCode;
use domain::id::{EntryId, ImportId};
use domain::policy::Policy;
use domain::time::{Day, Moment};
use domain::yen::Yen;
use exchange::bills_csv::{self, BillFile, FileFaults};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use store::bills::{BillRow, Revision};
use store::entries::Visit;
use store::imports::{Import, Traces};
use store::{AuditRecord, Keyring, Reader, Tx};

/// Rows that one thread works on at a time.
const CHUNK: usize = 250;

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
    let mut done = Progress { done: 0, total: read.count.saturating_mul(3), tell: &mut progress };
    let total = read.total;
    let rows = Arc::new(prepare_all(app, hospital, read, &mut done).await?);
    let head = Head {
        hospital: hospital.clone(),
        file_name: file.file_name.to_owned(),
        file_digest: before.file_digest,
        actor: file.actor.clone(),
        now,
        ids: app.ids().clone(),
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

fn known_import(
    reader: &mut Reader<'_>,
    hospital: &HospitalCode,
    digest: &str,
) -> Result<Option<(Import, Traces)>, AppError> {
    let Some(import) = store::imports::by_digest(reader, hospital, digest)? else {
        return Ok(None);
    };
    let traces = store::imports::traces(reader, import.id)?;
    Ok(Some((import, traces)))
}

fn again(import: &Import, traces: &Traces) -> ImportReport {
    let mut report = ImportReport::empty(Outcome::KnownFile { taken_at: import.imported_at });
    report.rows = u64::try_from(import.rows).unwrap_or(0);
    report.same = report.rows;
    report.total = Some(import.total);
    let changed_since = u64::try_from(traces.changed_since).unwrap_or(0);
    if changed_since > 0 {
        report.warn(ImportWarning::ChangedSince { bills: changed_since });
    }
    report
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

/// Tells how far the work has come.
struct Progress<'p> {
    done: u64,
    total: u64,
    tell: &'p mut (dyn FnMut(u64, u64) + Send),
}

impl Progress<'_> {
    fn more(&mut self, rows: usize) {
        self.done = self.done.saturating_add(u64::try_from(rows).unwrap_or(0)).min(self.total);
        (self.tell)(self.done, self.total);
    }

    fn again(&mut self) {
        self.done = self.total.div_euclid(3);
    }

    fn finish(&mut self) {
        self.done = self.total;
        (self.tell)(self.done, self.total);
    }
}

/// Works through items in chunks on the threads for long work, and gives the results in order.
async fn in_chunks<T: Send + 'static, U: Send + 'static>(
    items: Vec<T>,
    work: impl Fn(Vec<T>) -> Result<Vec<U>, AppError> + Clone + Send + 'static,
    done: &mut Progress<'_>,
) -> Result<Vec<U>, AppError> {
    let mut results = Vec::with_capacity(items.len());
    let mut items = items.into_iter();
    let mut tasks = Vec::new();
    loop {
        let chunk: Vec<T> = items.by_ref().take(CHUNK).collect();
        if chunk.is_empty() {
            break;
        }
        let work = work.clone();
        tasks.push((chunk.len(), tokio::task::spawn_blocking(move || work(chunk))));
    }
    for (rows, task) in tasks {
        results.extend(
            task.await
                .map_err(|_died| AppError::TaskDied { doing: "work on a file of bills" })??,
        );
        done.more(rows);
    }
    Ok(results)
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

/// A plan that can be written as it is.
struct Sealed {
    turn: i64,
    report: ImportReport,
    bills: Vec<PlannedBill>,
    revisions: Vec<Revision>,
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
    let mut quiet = Progress { done: 0, total: 0, tell: &mut silent };
    let bills = in_chunks(
        bills,
        move |all| all.into_iter().map(|one| one.seal(&for_bills)).collect(),
        &mut quiet,
    )
    .await?;
    Ok(Sealed { turn, report, bills, revisions })
}

/// Who brought what, when.
#[derive(Clone)]
struct Head {
    hospital: HospitalCode,
    file_name: String,
    file_digest: String,
    actor: Actor,
    now: Moment,
    ids: Ids,
}

enum Written {
    Done(ImportReport),
    /// Another file was taken in since the plan was made: plan anew.
    Overtaken,
}

fn write(tx: &mut Tx<'_>, head: &Head, sealed: Sealed) -> Result<Written, AppError> {
    if store::imports::take_turn(tx, &head.hospital)? != sealed.turn {
        // The same file may have come twice at once; then there is nothing left to do.
        return match known_import(tx, &head.hospital, &head.file_digest)? {
            Some((import, traces)) => Ok(Written::Done(again(&import, &traces))),
            None => Ok(Written::Overtaken),
        };
    }
    let Sealed { mut report, mut bills, revisions, .. } = sealed;
    lock_days(tx, &head.hospital, &bills)?;
    match_entries(tx, &head.hospital, &mut bills, &mut report)?;
    let id: ImportId = head.ids.id(head.now);
    insert_import(tx, head, id, &report)?;
    let touched = entries_touched(&bills);
    record(tx, head, id, &bills, &report);
    let rows: Vec<BillRow> = bills.into_iter().map(|bill| bill.row).collect();
    store::bills::put(tx, &head.hospital, head.now, &rows)?;
    store::bills::add_revisions(tx, id, head.now, &revisions)?;
    for entry in touched {
        charge::replan(tx, head.now, &head.ids, entry)?;
    }
    store::imports::end_turn(tx, &head.hospital)?;
    report.outcome = Outcome::Applied;
    Ok(Written::Done(report))
}

/// From the earliest to the latest, as everybody does who locks several days.
fn lock_days(
    tx: &mut Tx<'_>,
    hospital: &HospitalCode,
    bills: &[PlannedBill],
) -> Result<(), AppError> {
    let days: BTreeSet<Day> = bills.iter().map(|bill| bill.row.visit.day).collect();
    for day in days {
        store::entries::lock_day(tx, hospital, day)?;
    }
    Ok(())
}

/// Gives each bill the entry of its visit, or none.
fn match_entries(
    reader: &mut Reader<'_>,
    hospital: &HospitalCode,
    bills: &mut [PlannedBill],
    report: &mut ImportReport,
) -> Result<(), AppError> {
    let visits: Vec<Visit> = bills.iter().map(|bill| bill.row.visit.clone()).collect();
    let entries: HashMap<Visit, EntryId> =
        store::entries::entered_of_visits(reader, hospital, &visits)?;
    (report.matched, report.without_entry) = (0, 0);
    for bill in bills {
        bill.row.entry = entries.get(&bill.row.visit).copied();
        if bill.says_something_new() {
            let counter = if bill.row.entry.is_some() {
                &mut report.matched
            } else {
                &mut report.without_entry
            };
            *counter = counter.saturating_add(1);
        }
    }
    Ok(())
}

/// The entries whose sum may have changed, in the order of their ids, so that two transactions never wait
/// for each other crosswise.
fn entries_touched(bills: &[PlannedBill]) -> BTreeSet<EntryId> {
    bills.iter().flat_map(|bill| [bill.row.entry, bill.entry_before]).flatten().collect()
}

fn insert_import(
    tx: &mut Tx<'_>,
    head: &Head,
    id: ImportId,
    report: &ImportReport,
) -> Result<(), AppError> {
    let count = |rows: u64| i64::try_from(rows).unwrap_or(i64::MAX);
    let import = Import {
        id,
        hospital: head.hospital.clone(),
        file_name: head.file_name.clone(),
        file_digest: head.file_digest.clone(),
        actor: head.actor.to_string(),
        imported_at: head.now,
        rows: count(report.rows),
        new: count(report.new),
        changed: count(report.changed),
        same: count(report.same),
        total: report.total.unwrap_or(Yen::ZERO),
    };
    Ok(store::imports::insert(tx, &import)?)
}

fn record(
    tx: &mut Tx<'_>,
    head: &Head,
    id: ImportId,
    bills: &[PlannedBill],
    report: &ImportReport,
) {
    let act = |act: Act, subject: String, detail: serde_json::Value| AuditRecord {
        chain: head.hospital.to_string(),
        at_ms: head.now.ms(),
        actor: head.actor.to_string(),
        act: act.as_str(),
        subject,
        detail: detail.to_string(),
    };
    let counts = BTreeMap::from([
        ("rows", report.rows),
        ("new", report.new),
        ("changed", report.changed),
        ("same", report.same),
    ]);
    tx.audit(act(Act::BillsImported, id.to_string(), serde_json::json!(counts)));
    for bill in bills.iter().filter(|bill| bill.says_something_new()) {
        let what = if bill.row.after.is_none() { Act::BillReceived } else { Act::BillRevised };
        let detail = serde_json::json!({ "import": id.to_string(), "revision": bill.row.revision });
        tx.audit(act(what, bill.row.bill.to_string(), detail));
    }
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
