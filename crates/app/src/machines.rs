//! Kiosks and receipt machines: enrolled by a short code that a person types once, known by a token
//! afterwards, shut out when lost.

use crate::ids::{Ids, token_hash};
use crate::limits::ClientAddress;
use crate::{App, AppError, policy, words};
use domain::audit::{Act, Actor};
use domain::group::{Hospital, HospitalCode};
use domain::id::MachineId;
use domain::machine::{Machine, MachineKind};
use domain::opening::{self, Opening};
use domain::time::Moment;
use store::AuditRecord;
use store::machines::Enrolment;

/// Minutes until a code ends.
const CODE_MINUTES: i64 = 10;
/// Codes that may be typed from one network within [`CODE_MINUTES`].
const TRIES_MAX: i64 = 5;
/// Letters of a code.
const CODE_LENGTH: usize = 8;
/// Capital letters that cannot be taken for another letter or for a digit, on paper or aloud.
const CODE_LETTERS: &[u8] = b"ACDEFGHJKLMNPRTUWXY";

/// A code to be typed at a new machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnrolCode {
    /// Eight capital letters.
    pub code: String,
    /// From when on it no longer works.
    pub ends_at: Moment,
}

impl EnrolCode {
    /// In two groups, as it is read out: `ACDE-FGHJ`.
    #[must_use]
    pub fn in_groups(&self) -> String {
        let (first, second) =
            self.code.split_at_checked(CODE_LENGTH / 2).unwrap_or((&self.code, ""));
        format!("{first}-{second}")
    }
}

/// What came of asking for a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Offered {
    /// Type it at the machine.
    Code(EnrolCode),
    /// There is no such hospital.
    UnknownHospital,
}

/// What came of typing a code at a machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Enrolled {
    /// The machine is known from now on.
    Done {
        /// For its cookie. It is shown to nobody and cannot be got again.
        machine_token: String,
        /// What it is.
        machine: Machine,
    },
    /// No such code, an ended one, or one that was used.
    Wrong,
    /// Too many codes were typed from this network.
    TooMany,
}

/// What a machine's screens show of the place where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The hospital.
    pub hospital: Hospital,
    /// When machines work, as people read it.
    pub hours: String,
    /// Whether they work now.
    pub opening: Opening,
}

/// Makes a code that enrols one machine. It works once, for ten minutes.
pub async fn enrol_code(
    app: &App,
    hospital: &HospitalCode,
    kind: MachineKind,
    name: &str,
    actor: Actor,
) -> Result<Offered, AppError> {
    let now = app.now();
    let made = EnrolCode { code: new_code(app.ids()), ends_at: now.plus_minutes(CODE_MINUTES) };
    let code = made.clone();
    let enrolment = Enrolment { hospital: hospital.clone(), kind, name: name.to_owned() };
    let known = app
        .store()
        .write(move |tx| {
            if store::groups::hospital(tx, &enrolment.hospital)?.is_none() {
                return Ok::<_, AppError>(false);
            }
            store::machines::offer(tx, &code.code, &enrolment, code.ends_at)?;
            tx.audit(AuditRecord {
                chain: enrolment.hospital.to_string(),
                at_ms: now.ms(),
                actor: actor.to_string(),
                act: Act::MachineOffered.as_str(),
                subject: enrolment.hospital.to_string(),
                detail:
                    serde_json::json!({ "kind": enrolment.kind.as_str(), "name": enrolment.name })
                        .to_string(),
            });
            Ok(true)
        })
        .await?
        .into_inner();
    Ok(if known { Offered::Code(made) } else { Offered::UnknownHospital })
}

/// Makes the machine at which a code was typed a known one. Small letters, blanks and hyphens are taken.
pub async fn enrol(
    app: &App,
    typed_code: &str,
    from: &ClientAddress,
) -> Result<Enrolled, AppError> {
    let code = tidied(typed_code);
    let (now, from, limits) = (app.now(), from.as_str().to_owned(), app.settings().limits);
    let (id, machine_token): (MachineId, String) = (app.ids().id(now), app.ids().token());
    let hash = token_hash(&machine_token);
    let enrolled = app
        .store()
        .write(move |tx| {
            let tries =
                store::machines::count_try(tx, &from, now, now.plus_minutes(-CODE_MINUTES))?;
            if limits && tries > TRIES_MAX {
                return Ok::<_, AppError>(Enrolled::TooMany);
            }
            let Some(enrolment) = store::machines::redeem(tx, &code, now)? else {
                return Ok(Enrolled::Wrong);
            };
            let machine = Machine {
                id,
                hospital: enrolment.hospital,
                kind: enrolment.kind,
                name: enrolment.name,
                enrolled_at: now,
                revoked_at: None,
            };
            store::machines::insert(tx, &machine, &hash)?;
            tx.audit(AuditRecord {
                chain: machine.hospital.to_string(),
                at_ms: now.ms(),
                actor: Actor::Visitor.to_string(),
                act: Act::MachineEnrolled.as_str(),
                subject: id.to_string(),
                detail: serde_json::json!({ "kind": machine.kind.as_str(), "name": machine.name })
                    .to_string(),
            });
            Ok(Enrolled::Done { machine_token, machine })
        })
        .await?;
    Ok(enrolled.into_inner())
}

/// The machine that a token belongs to. `None`: nobody's, or a revoked machine's.
pub async fn machine(app: &App, token: &str) -> Result<Option<Machine>, AppError> {
    let hash = token_hash(token);
    app.store().read(move |reader| Ok(store::machines::by_token_hash(reader, &hash)?)).await
}

/// Where a machine stands, and whether machines work there now (FAQ Q23).
pub async fn place(app: &App, machine: &Machine) -> Result<Place, AppError> {
    let (now, code) = (app.now(), machine.hospital.clone());
    app.store()
        .read(move |reader| {
            let hospital = store::groups::hospital(reader, &code)?
                .ok_or_else(|| AppError::Inconsistent { what: format!("no hospital {code}") })?;
            let policy = policy::must_be_in_force(reader, &code, now.day())?;
            let hours = words::machine_hours(&policy);
            Ok(Place { hospital, hours, opening: opening::at(&policy, now) })
        })
        .await
}

/// Shuts a machine out at once. `false`: there is no such machine that still works.
pub async fn revoke(app: &App, machine: MachineId, actor: Actor) -> Result<bool, AppError> {
    let now = app.now();
    let revoked = app
        .store()
        .write(move |tx| {
            let Some(hospital) = store::machines::revoke(tx, machine, now)? else {
                return Ok::<_, AppError>(false);
            };
            tx.audit(AuditRecord {
                chain: hospital.to_string(),
                at_ms: now.ms(),
                actor: actor.to_string(),
                act: Act::MachineRevoked.as_str(),
                subject: machine.to_string(),
                detail: "{}".to_owned(),
            });
            Ok(true)
        })
        .await?;
    Ok(revoked.into_inner())
}

/// The machines of a hospital, the oldest first, revoked ones too.
pub async fn of_hospital(app: &App, hospital: &HospitalCode) -> Result<Vec<Machine>, AppError> {
    let hospital = hospital.clone();
    app.store().read(move |reader| Ok(store::machines::of_hospital(reader, &hospital)?)).await
}

/// Letters drawn evenly: bytes above the last whole multiple of their number are thrown away.
fn new_code(ids: &Ids) -> String {
    let count = CODE_LETTERS.len();
    let even = 256_usize.saturating_sub(256_usize.checked_rem(count).unwrap_or(0));
    let mut code = String::with_capacity(CODE_LENGTH);
    while code.len() < CODE_LENGTH {
        let drawn = ids.bytes::<16>();
        let fitting = drawn.iter().rev().map(|byte| usize::from(*byte)).filter(|byte| *byte < even);
        let letters = fitting.filter_map(|byte| CODE_LETTERS.get(byte.checked_rem(count)?));
        code.extend(
            letters.map(|letter| char::from(*letter)).take(CODE_LENGTH.saturating_sub(code.len())),
        );
    }
    code
}

fn tidied(typed: &str) -> String {
    let folded = domain::text::fold_width(typed);
    folded.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}
