//! A group of hospitals and their conditions of use: loaded from a file, asked for by day.

use crate::{App, AppError};
use domain::audit::{Act, Actor};
use domain::group::{GroupSlug, HospitalCode};
use domain::policy::Policy;
use domain::time::Day;
use exchange::group_file::{self, GroupFile};
use store::{AuditRecord, Reader, Tx};

/// What came of loading a group's file.
#[derive(Clone, Debug, PartialEq)]
pub enum Loaded {
    /// The file has faults; nothing of it was taken.
    Faulty(group_file::GroupFileFaults),
    /// A hospital of the file is another group's already; nothing was taken.
    HospitalElsewhere(HospitalCode),
    /// Everything stands as the file says.
    Done(LoadReport),
}

/// What a group's file has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadReport {
    /// Which group.
    pub group: GroupSlug,
    /// Whether the group itself is new or changed.
    pub group_changed: bool,
    /// Hospitals that are new or changed.
    pub hospitals_changed: Vec<HospitalCode>,
    /// Hospitals whose policy is new or changed, with the day from which it is in force.
    pub policies_changed: Vec<(HospitalCode, Day)>,
}

impl LoadReport {
    /// Whether the file said nothing new.
    #[must_use]
    pub fn is_unchanged(&self) -> bool {
        !self.group_changed && self.hospitals_changed.is_empty() && self.policies_changed.is_empty()
    }
}

/// Loads a group with its hospitals and policies. The same file again changes nothing and leaves no
/// trace on record.
pub async fn load_group_file(app: &App, text: &str, actor: Actor) -> Result<Loaded, AppError> {
    let file = match group_file::read(text) {
        Ok(file) => file,
        Err(faults) => return Ok(Loaded::Faulty(faults)),
    };
    let now = app.now();
    let loaded = app
        .store()
        .write(move |tx| {
            if let Some(elsewhere) = hospital_elsewhere(tx, &file)? {
                return Ok::<_, AppError>(Loaded::HospitalElsewhere(elsewhere));
            }
            let report = write(tx, &file)?;
            if !report.is_unchanged() {
                tx.audit(AuditRecord {
                    chain: report.group.to_string(),
                    at_ms: now.ms(),
                    actor: actor.to_string(),
                    act: Act::PolicyLoaded.as_str(),
                    subject: report.group.to_string(),
                    detail: detail(&report),
                });
            }
            Ok(Loaded::Done(report))
        })
        .await?;
    Ok(loaded.into_inner())
}

/// The policy of a hospital that is in force on a day. `None`: the hospital is unknown or had none yet.
pub fn in_force(
    reader: &mut Reader<'_>,
    hospital: &HospitalCode,
    day: Day,
) -> Result<Option<Policy>, AppError> {
    let Some(text) = store::groups::policy_json_in_force(reader, hospital, day)? else {
        return Ok(None);
    };
    let policy =
        exchange::policy_json::from_json(&text).map_err(|error| AppError::Inconsistent {
            what: format!("the policy of {hospital} on {day} cannot be read: {error}"),
        })?;
    Ok(Some(policy))
}

/// Like [`in_force`], where something has happened at the hospital that cannot without a policy.
pub(crate) fn must_be_in_force(
    reader: &mut Reader<'_>,
    hospital: &HospitalCode,
    day: Day,
) -> Result<Policy, AppError> {
    in_force(reader, hospital, day)?.ok_or_else(|| AppError::Inconsistent {
        what: format!("{hospital} has no policy on {day}"),
    })
}

fn hospital_elsewhere(tx: &mut Tx<'_>, file: &GroupFile) -> Result<Option<HospitalCode>, AppError> {
    for (hospital, _, _) in &file.hospitals {
        let known = store::groups::hospital(tx, &hospital.code)?;
        if known.is_some_and(|known| known.group != file.group.slug) {
            return Ok(Some(hospital.code.clone()));
        }
    }
    Ok(None)
}

/// Writes what differs, so that the report and the record of acts tell of changes only.
fn write(tx: &mut Tx<'_>, file: &GroupFile) -> Result<LoadReport, AppError> {
    let mut report = LoadReport {
        group: file.group.slug.clone(),
        group_changed: false,
        hospitals_changed: Vec::new(),
        policies_changed: Vec::new(),
    };
    if store::groups::by_slug(tx, &file.group.slug)?.as_ref() != Some(&file.group) {
        store::groups::save_group(tx, &file.group)?;
        report.group_changed = true;
    }
    let known = store::groups::hospitals_of(tx, &file.group.slug)?;
    for (index, (hospital, policy, valid_from)) in file.hospitals.iter().enumerate() {
        let code = &hospital.code;
        if known.get(index) != Some(hospital) {
            let position = i64::try_from(index).unwrap_or(i64::MAX);
            store::groups::save_hospital(tx, hospital, position)?;
            report.hospitals_changed.push(code.clone());
        }
        let text = exchange::policy_json::to_json(policy);
        if store::groups::policy_json_in_force(tx, code, *valid_from)?.as_ref() != Some(&text) {
            store::groups::save_policy(tx, code, *valid_from, &text)?;
            report.policies_changed.push((code.clone(), *valid_from));
        }
    }
    Ok(report)
}

fn detail(report: &LoadReport) -> String {
    let hospitals: Vec<String> = report.hospitals_changed.iter().map(ToString::to_string).collect();
    let policies: Vec<String> = report
        .policies_changed
        .iter()
        .map(|(hospital, from)| format!("{hospital} from {from}"))
        .collect();
    serde_json::json!({
        "group": report.group_changed,
        "hospitals": hospitals,
        "policies": policies,
    })
    .to_string()
}
