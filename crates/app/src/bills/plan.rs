//! What a file makes of the bills: row by row in the order of the file, against what is known, before
//! anything is written. The long work, JSON, digests and seals, is done here, outside of transactions.

use super::report::{ImportFault, ImportReport, ImportWarning, Outcome};
use crate::AppError;
use crate::ids::Ids;
use domain::bill::{BillKey, BillState, BillWarning};
use domain::group::HospitalCode;
use domain::id::{BillId, EntryId};
use domain::patient::PatientNumber;
use domain::time::Moment;
use domain::yen::Yen;
use exchange::bills_csv::BillRow as FileRow;
use std::collections::{BTreeSet, HashMap};
use store::Keyring;
use store::bills::{BillRow, KnownBill, Revision};
use store::entries::Visit;

/// A row, as far as it is known without looking into the database.
pub(super) struct Prepared {
    pub line: u64,
    pub key: BillKey,
    hospital_revision: i64,
    visit: Visit,
    patient_number: PatientNumber,
    due: Yen,
    received: Yen,
    state: BillState,
    json: String,
    digest: String,
    warnings: Vec<BillWarning>,
}

/// Makes JSON and digests of rows.
pub(super) fn prepare(
    keyring: &Keyring,
    hospital: &HospitalCode,
    rows: Vec<FileRow>,
) -> Result<Vec<Prepared>, AppError> {
    rows.into_iter()
        .map(|row| {
            let (due, received) = (row.content.due(), row.content.received());
            let warnings = row.content.warnings();
            let json = exchange::bill_json::to_json(&row.content);
            let number = row.content.patient_number;
            Ok(Prepared {
                line: row.line,
                hospital_revision: i64::from(row.hospital_revision),
                visit: Visit {
                    patient_number_blind: store::entries::patient_number_blind(
                        keyring, hospital, &number,
                    ),
                    day: row.content.service_day,
                    setting: row.key.setting,
                },
                patient_number: number,
                due,
                received,
                state: row.content.state,
                digest: store::bills::content_digest(keyring, &json),
                json,
                warnings,
                key: row.key,
            })
        })
        .collect()
}

/// What the database knew when it was looked into.
#[derive(Clone, Default)]
pub(super) struct Known {
    pub bills: HashMap<BillKey, KnownBill>,
    /// Digests of everything that was ever said of bills for which the file has an older revision.
    pub history: HashMap<BillId, Vec<String>>,
}

/// What is to be written.
pub(super) struct Plan {
    pub report: ImportReport,
    pub bills: Vec<PlannedBill>,
    pub revisions: Vec<PlannedRevision>,
}

/// A bill's row to be written; its entry is looked for at the last moment.
#[derive(Clone)]
pub(super) struct PlannedBill {
    pub row: BillRow,
    /// The entry that it belonged to before.
    pub entry_before: Option<EntryId>,
    patient_number: PatientNumber,
}

/// A revision with what it says, still to be sealed.
pub(super) struct PlannedRevision {
    pub revision: Revision,
    json: String,
}

/// Of the rows, the bills for which an older revision than the known one was sent.
pub(super) fn looks_stale(rows: &[Prepared], bills: &HashMap<BillKey, KnownBill>) -> Vec<BillId> {
    let stale: BTreeSet<BillId> = rows
        .iter()
        .filter_map(|row| {
            let known = bills.get(&row.key)?;
            (row.hospital_revision < known.hospital_revision && row.digest != known.content_digest)
                .then_some(known.bill)
        })
        .collect();
    stale.into_iter().collect()
}

/// Decides for each row whether it is new, changed, the same, or too old.
pub(super) fn plan(rows: &[Prepared], total: Yen, known: &Known, ids: &Ids, now: Moment) -> Plan {
    let mut planner = Planner {
        known,
        ids,
        now,
        position: HashMap::with_capacity(rows.len()),
        plan: Plan::new(rows.len(), total),
    };
    for row in rows {
        planner.row(row);
    }
    planner.plan.finish()
}

struct Planner<'p> {
    known: &'p Known,
    ids: &'p Ids,
    now: Moment,
    /// Where in the plan a bill of the file stands.
    position: HashMap<&'p BillKey, usize>,
    plan: Plan,
}

impl<'p> Planner<'p> {
    fn row(&mut self, row: &'p Prepared) {
        for &warning in &row.warnings {
            let (line, slip_number) = (row.line, row.key.slip_number.clone());
            self.plan.report.warn(ImportWarning::Bill { line, slip_number, warning });
        }
        if let Some(at) = self.position.get(&row.key).copied() {
            // A later revision within the same file.
            if let Some(planned) = self.plan.bills.get_mut(at) {
                let before = planned.row.clone();
                self.plan.report.count(planned.follow(row));
                if planned.row.revision != before.revision {
                    self.plan.revisions.push(revision(&planned.row, row));
                }
            }
            return;
        }
        match self.known.bills.get(&row.key) {
            None => self.new_bill(row),
            Some(known) => self.known_bill(row, known),
        }
    }

    fn new_bill(&mut self, row: &'p Prepared) {
        let bill = PlannedBill {
            row: bill_row(row, self.ids.id(self.now), None, 1),
            entry_before: None,
            patient_number: row.patient_number.clone(),
        };
        self.plan.report.count(Found::New);
        self.put(row, bill, true);
    }

    fn known_bill(&mut self, row: &'p Prepared, known: &KnownBill) {
        let same = row.digest == known.content_digest;
        if row.hospital_revision < known.hospital_revision {
            let was_said =
                self.known.history.get(&known.bill).is_some_and(|said| said.contains(&row.digest));
            if same || was_said {
                self.plan.report.count(Found::Same);
            } else {
                self.plan.report.refuse(ImportFault::Stale {
                    line: row.line,
                    slip_number: row.key.slip_number.clone(),
                    sent: row.hospital_revision,
                    known: known.hospital_revision,
                });
            }
            return;
        }
        self.plan.report.count(if same { Found::Same } else { Found::Changed });
        if same && row.hospital_revision == known.hospital_revision {
            return;
        }
        let revision = if same { known.revision } else { known.revision.saturating_add(1) };
        let mut bill = PlannedBill {
            row: bill_row(row, known.bill, Some(known.revision), revision),
            entry_before: known.entry,
            patient_number: row.patient_number.clone(),
        };
        bill.row.entry = known.entry;
        self.put(row, bill, !same);
    }

    fn put(&mut self, row: &'p Prepared, bill: PlannedBill, says_something_new: bool) {
        if says_something_new {
            self.plan.revisions.push(revision(&bill.row, row));
        }
        self.position.insert(&row.key, self.plan.bills.len());
        self.plan.bills.push(bill);
    }
}

enum Found {
    New,
    Changed,
    Same,
}

impl PlannedBill {
    /// Takes over what a later row of the same file says.
    fn follow(&mut self, row: &Prepared) -> Found {
        let same = row.digest == self.row.content_digest;
        let revision = if same { self.row.revision } else { self.row.revision.saturating_add(1) };
        self.row = BillRow {
            entry: self.row.entry,
            ..bill_row(row, self.row.bill, self.row.after, revision)
        };
        self.patient_number = row.patient_number.clone();
        if same { Found::Same } else { Found::Changed }
    }

    /// Whether the bill is new or has a new revision; otherwise only the hospital's count has grown.
    pub fn says_something_new(&self) -> bool {
        self.row.after != Some(self.row.revision)
    }

    /// Seals what its row keeps sealed.
    pub fn seal(mut self, keyring: &Keyring) -> Result<Self, AppError> {
        self.row.patient_number_sealed =
            store::bills::seal_patient_number(keyring, self.row.bill, &self.patient_number)?;
        Ok(self)
    }
}

impl PlannedRevision {
    /// Seals what it says.
    pub fn seal(mut self, keyring: &Keyring) -> Result<Revision, AppError> {
        let Revision { bill, revision, .. } = self.revision;
        self.revision.content_sealed =
            store::bills::seal_content(keyring, bill, revision, &self.json)?;
        Ok(self.revision)
    }
}

impl Plan {
    fn new(rows: usize, total: Yen) -> Self {
        let mut report = ImportReport::empty(Outcome::Checked);
        report.rows = u64::try_from(rows).unwrap_or(u64::MAX);
        report.total = Some(total);
        Self { report, bills: Vec::new(), revisions: Vec::new() }
    }

    /// All or nothing: one row that cannot be taken refuses them all.
    fn finish(mut self) -> Self {
        let report = &mut self.report;
        if report.fault_count > 0 {
            report.outcome = Outcome::Refused;
            (report.new, report.changed, report.same, report.rejected) = (0, 0, 0, report.rows);
            self.bills.clear();
            self.revisions.clear();
        }
        self
    }
}

impl ImportReport {
    fn count(&mut self, found: Found) {
        let counter = match found {
            Found::New => &mut self.new,
            Found::Changed => &mut self.changed,
            Found::Same => &mut self.same,
        };
        *counter = counter.saturating_add(1);
    }

    fn refuse(&mut self, fault: ImportFault) {
        self.fault_count = self.fault_count.saturating_add(1);
        if self.faults.len() < exchange::bills_csv::FAULTS_KEPT_MAX {
            self.faults.push(fault);
        }
    }
}

fn bill_row(row: &Prepared, bill: BillId, after: Option<i64>, revision: i64) -> BillRow {
    BillRow {
        bill,
        after,
        revision,
        key: row.key.clone(),
        visit: row.visit.clone(),
        hospital_revision: row.hospital_revision,
        due: row.due,
        received: row.received,
        state: row.state,
        content_digest: row.digest.clone(),
        patient_number_sealed: String::new(),
        entry: None,
    }
}

fn revision(bill: &BillRow, row: &Prepared) -> PlannedRevision {
    PlannedRevision {
        revision: Revision {
            bill: bill.bill,
            revision: bill.revision,
            hospital_revision: row.hospital_revision,
            state: row.state,
            content_digest: row.digest.clone(),
            content_sealed: String::new(),
        },
        json: row.json.clone(),
    }
}
