//! Writes what a file says in one transaction, with the charges that follow from it.

use super::plan::PlannedBill;
use super::report::{ImportReport, ImportWarning, Outcome};
use crate::charge::Means;
use crate::ids::Ids;
use crate::settings::AppSettings;
use crate::{AppError, charge};
use domain::audit::{Act, Actor};
use domain::group::HospitalCode;
use domain::id::{EntryId, ImportId};
use domain::time::{Day, Moment};
use domain::yen::Yen;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::bills::{BillRow, Revision};
use store::entries::Visit;
use store::imports::{Import, Traces};
use store::{AuditRecord, Reader, Tx};

/// A plan that can be written as it is.
pub(super) struct Sealed {
    pub turn: i64,
    pub report: ImportReport,
    pub bills: Vec<PlannedBill>,
    pub revisions: Vec<Revision>,
}

/// Who brought what, when.
#[derive(Clone)]
pub(super) struct Head {
    pub hospital: HospitalCode,
    pub file_name: String,
    pub file_digest: String,
    pub actor: Actor,
    pub now: Moment,
    pub ids: Ids,
    pub settings: AppSettings,
}

pub(super) enum Written {
    Done(ImportReport),
    /// Another file was taken in since the plan was made: plan anew.
    Overtaken,
}

pub(super) fn write(tx: &mut Tx<'_>, head: &Head, sealed: Sealed) -> Result<Written, AppError> {
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
    let means = Means { now: head.now, ids: &head.ids, settings: &head.settings };
    charge::replan_all(tx, means, &touched)?;
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
pub(super) fn match_entries(
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

/// The record of a file with these bytes that was taken before, and what it has left behind.
pub(super) fn known_import(
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

/// The report on such a file.
pub(super) fn again(import: &Import, traces: &Traces) -> ImportReport {
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
