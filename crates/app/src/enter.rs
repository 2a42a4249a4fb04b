//! Entering a visit for paying later (FAQ Q21-Q27): a card is swiped at a kiosk, and the slip comes out.

use crate::ids::Ids;
use crate::policy::must_be_in_force;
use crate::settings::AppSettings;
use crate::{App, AppError, charge};
use domain::audit::{Act, Actor};
use domain::eligibility::{IneligibilityReason, PublicAnswer, Registered, reason_against};
use domain::entry::{CareSetting, Entry, EntryNumber, EntryState};
use domain::group::{Hospital, HospitalCode};
use domain::id::EntryId;
use domain::machine::{Machine, MachineKind};
use domain::opening::{self, Opening};
use domain::patient::{PatientNumber, PatientNumberFault};
use domain::policy::Policy;
use domain::time::{Day, Moment};
use render::papers::{SlipPaper, SlipPromise};
use store::entries::{Inserted, Visit};
use store::{AuditRecord, Reader, Tx};

/// The code of a visit that was withdrawn and is swiped again. Like the codes of
/// [`IneligibilityReason::code`], it says nothing by itself.
const WITHDRAWN_CODE: &str = "KUMO";

/// Codes that are no [`IneligibilityReason`]: a withdrawn visit, and what is no card of the hospital.
pub const OTHER_CODES: [&str; 5] = [WITHDRAWN_CODE, "KASA", "ISHI", "TANI", "TORI"];

/// What came of a swipe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Swiped {
    /// The visit will be paid later; print the slip.
    Entered {
        /// For the paper.
        slip: SlipFacts,
        /// Whether this account has never entered a visit before: the screen may explain more.
        first: bool,
    },
    /// It was entered earlier today; the same slip may be printed again.
    Already {
        /// For the paper, with the same number as before.
        slip: SlipFacts,
    },
    /// It cannot be paid later. Nothing more than this may be shown.
    Refused {
        /// What the screen tells.
        answer: PublicAnswer,
        /// What the patient may read out at the desk.
        code: &'static str,
    },
    /// What was read is no card of this hospital: another hospital's, a bank card, a bad read. The
    /// screen asks for the patient card. What was read is kept nowhere.
    NotACard {
        /// What the patient may read out at the desk.
        code: &'static str,
    },
}

/// Everything that stands on a slip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlipFacts {
    /// The entry.
    pub entry: EntryId,
    /// Printed large, and as the code that the desk scans.
    pub number: EntryNumber,
    /// As patients read it.
    pub hospital_name: String,
    /// The hospital's telephone.
    pub phone: String,
    /// When it is answered.
    pub phone_hours: String,
    /// With its leading zeros.
    pub patient_number: PatientNumber,
    /// When the patient entered; a reprint keeps it.
    pub entered_at: Moment,
    /// The day of the visit.
    pub visit_day: Day,
    /// The day on which the card will be charged.
    pub due_on: Day,
    /// The date that the receipt will bear: the day of the charge.
    pub receipt_date: Day,
    /// The year of that date, for the tax deduction.
    pub tax_year: i16,
}

impl SlipFacts {
    /// The paper.
    #[must_use]
    pub fn paper(&self) -> SlipPaper {
        SlipPaper {
            hospital_name: self.hospital_name.clone(),
            entered_at: self.entered_at,
            entry_number: self.number.clone(),
            patient_number: self.patient_number.to_string(),
            promise: SlipPromise::OnDay { visit_day: self.visit_day, charge_day: self.due_on },
            phone: self.phone.clone(),
            phone_hours: self.phone_hours.clone(),
        }
    }
}

/// What came of withdrawing an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withdrawn {
    /// The visit will not be charged.
    Done,
    /// It was withdrawn before; nothing was changed.
    Before,
    /// There is no such entry.
    Unknown,
    /// Withdrawn; money is moving: if the gateway takes it, a refund is proposed by itself.
    InFlight,
    /// Withdrawn; the card has been charged, and a refund waits for approval.
    AlreadyPaid,
}

/// Enters the visit of a card that was swiped at a kiosk, or says why not.
///
/// One visit has one entry, however often and wherever the card is swiped that day: the row is unique
/// in the database. `read` is what the reader typed, with its start and stop letters.
pub async fn swipe(app: &App, machine: &Machine, read: &str) -> Result<Swiped, AppError> {
    if machine.kind != MachineKind::EntryKiosk {
        return Err(AppError::Inconsistent {
            what: format!("{} is no kiosk, and a card was swiped to enter", machine.id),
        });
    }
    let (machine, read) = (machine.clone(), read.to_owned());
    let (now, ids, settings) = (app.now(), app.ids().clone(), app.settings().clone());
    let swiped =
        app.store().write(move |tx| Swipe { now, ids, settings, machine }.run(tx, &read)).await?;
    Ok(swiped.into_inner())
}

/// The slip of an entry, for printing it again. `None`: there is no such entry.
pub async fn slip(app: &App, entry: EntryId) -> Result<Option<SlipFacts>, AppError> {
    app.store()
        .read(move |reader| {
            let Some(entry) = store::entries::by_id(reader, entry)? else { return Ok(None) };
            let policy = must_be_in_force(reader, &entry.hospital, entry.visit_day)?;
            let hospital = hospital_must_exist(reader, &entry.hospital)?;
            Ok(Some(facts(&hospital, &policy, &entry)))
        })
        .await
}

/// Withdraws an entry: the visit is paid at the counter, or was cancelled. An unsent charge goes with
/// it in the same transaction (promise 2); what the card has paid is proposed to go back (F24).
pub async fn withdraw_entry(
    app: &App,
    entry: EntryId,
    actor: Actor,
) -> Result<Withdrawn, AppError> {
    let (now, ids, settings) = (app.now(), app.ids().clone(), app.settings().clone());
    let withdrawn = app
        .store()
        .write(move |tx| {
            let Some(entered) = store::entries::by_id(tx, entry)? else {
                return Ok::<_, AppError>(Withdrawn::Unknown);
            };
            // Without the lock, a bill that comes in this moment would still be matched and charged.
            store::entries::lock_day(tx, &entered.hospital, entered.visit_day)?;
            if !store::entries::withdraw(tx, entry, now)? {
                return Ok(Withdrawn::Before);
            }
            tx.audit(AuditRecord {
                chain: entered.hospital.to_string(),
                at_ms: now.ms(),
                actor: actor.to_string(),
                act: Act::EntryWithdrawn.as_str(),
                subject: entry.to_string(),
                detail: "{}".to_owned(),
            });
            let means = charge::Means { now, ids: &ids, settings: &settings };
            Ok(match charge::withdraw(tx, means, entry)? {
                charge::Withdrawal::Done => Withdrawn::Done,
                charge::Withdrawal::InFlight => Withdrawn::InFlight,
                charge::Withdrawal::AlreadyPaid => Withdrawn::AlreadyPaid,
            })
        })
        .await?;
    Ok(withdrawn.into_inner())
}

/// The entry whose number stands on a slip of this hospital, for the desk.
pub async fn by_number(
    app: &App,
    hospital: &HospitalCode,
    number: &EntryNumber,
) -> Result<Option<Entry>, AppError> {
    let (hospital, number) = (hospital.clone(), number.clone());
    app.store().read(move |reader| Ok(store::entries::by_number(reader, &hospital, &number)?)).await
}

/// Entries for which no bill has come although the visit is so many days past: a work list of staff.
pub async fn without_bill(
    app: &App,
    hospital: &HospitalCode,
    older_than_days: u16,
) -> Result<Vec<Entry>, AppError> {
    let today = app.now().day().days_since_1970();
    let up_to = Day::from_days_since_1970(today.saturating_sub(i64::from(older_than_days)));
    let hospital = hospital.clone();
    app.store()
        .read(move |reader| Ok(store::entries::without_bill(reader, &hospital, up_to)?))
        .await
}

/// One swipe, within its transaction.
struct Swipe {
    now: Moment,
    ids: Ids,
    settings: AppSettings,
    machine: Machine,
}

impl Swipe {
    fn run(&self, tx: &mut Tx<'_>, read: &str) -> Result<Swiped, AppError> {
        let today = self.now.day();
        let policy = must_be_in_force(tx, &self.machine.hospital, today)?;
        if let Opening::Closed { opens_at, .. } = opening::at(&policy, self.now) {
            return Ok(self.refuse(tx, IneligibilityReason::OutOfHours { opens_at }));
        }
        let number = match PatientNumber::from_card(read, &policy.card_layout) {
            Ok(number) => number,
            Err(fault) => return Ok(self.not_a_card(tx, fault)),
        };
        let visit = Visit {
            patient_number_blind: store::entries::patient_number_blind(
                tx.keyring(),
                &self.machine.hospital,
                &number,
            ),
            day: today,
            setting: CareSetting::Outpatient,
        };
        if let Some(entry) = store::entries::of_visit(tx, &self.machine.hospital, &visit)? {
            return self.again(tx, &policy, &entry);
        }
        self.enter(tx, &policy, number, &visit)
    }

    /// A visit that was entered earlier today, here or at another kiosk.
    fn again(&self, tx: &mut Tx<'_>, policy: &Policy, entry: &Entry) -> Result<Swiped, AppError> {
        match entry.state {
            EntryState::Entered => {
                let hospital = hospital_must_exist(tx, &entry.hospital)?;
                Ok(Swiped::Already { slip: facts(&hospital, policy, entry) })
            }
            // It may have been paid at the counter meanwhile: people must look.
            EntryState::Withdrawn => Ok(self.refused(tx, PublicAnswer::AskDesk, WITHDRAWN_CODE)),
        }
    }

    fn enter(
        &self,
        tx: &mut Tx<'_>,
        policy: &Policy,
        number: PatientNumber,
        visit: &Visit,
    ) -> Result<Swiped, AppError> {
        let hospital = &self.machine.hospital;
        let link = store::patient_links::by_number(tx, hospital, &number)?;
        let registered = match &link {
            Some(link) => {
                let flags = store::patient_flags::in_force(tx, hospital, &number, visit.day)?;
                registered(tx, link.account, flags)?
            }
            None => None,
        };
        if let Some(reason) = reason_against(registered.as_ref(), policy, self.now) {
            return Ok(self.refuse(tx, reason));
        }
        let Some(link) = link else {
            return Ok(self.refuse(tx, IneligibilityReason::NotRegistered));
        };
        let first = !store::entries::account_has_any(tx, link.account)?;
        let entry = Entry {
            id: self.ids.id(self.now),
            number: next_number(tx, hospital, visit.day)?,
            hospital: hospital.clone(),
            patient_number: number,
            visit_day: visit.day,
            setting: visit.setting,
            account: link.account,
            link: link.id,
            machine: Some(self.machine.id),
            entered_at: self.now,
            state: EntryState::Entered,
        };
        if store::entries::insert(tx, &entry)? == Inserted::Known {
            // Another kiosk was faster by a moment: its entry is this visit's.
            let theirs = store::entries::of_visit(tx, hospital, visit)?.ok_or_else(|| {
                AppError::Inconsistent { what: "an entry is known and cannot be found".to_owned() }
            })?;
            return self.again(tx, policy, &theirs);
        }
        self.record(tx, Act::EntryMade, entry.id.to_string(), "{}".to_owned());
        // Bills may be faster than patients: those of this visit that came before are the entry's now.
        if store::bills::attach(tx, hospital, visit, entry.id)? > 0 {
            let means = charge::Means { now: self.now, ids: &self.ids, settings: &self.settings };
            charge::replan(tx, means, entry.id)?;
        }
        let slip = facts(&hospital_must_exist(tx, hospital)?, policy, &entry);
        Ok(Swiped::Entered { slip, first })
    }

    fn refuse(&self, tx: &mut Tx<'_>, reason: IneligibilityReason) -> Swiped {
        self.refused(tx, reason.public_answer(), reason.code())
    }

    fn refused(&self, tx: &mut Tx<'_>, answer: PublicAnswer, code: &'static str) -> Swiped {
        self.record_refusal(tx, code);
        Swiped::Refused { answer, code }
    }

    fn not_a_card(&self, tx: &mut Tx<'_>, fault: PatientNumberFault) -> Swiped {
        let code = match fault {
            PatientNumberFault::Missing => "KASA",
            PatientNumberFault::BadCharacter => "ISHI",
            PatientNumberFault::TooLong => "TANI",
            PatientNumberFault::ForeignCard => "TORI",
        };
        self.record_refusal(tx, code);
        Swiped::NotACard { code }
    }

    /// Without the patient number: who was refused something is nobody's business.
    fn record_refusal(&self, tx: &mut Tx<'_>, code: &str) {
        let detail = serde_json::json!({ "code": code }).to_string();
        self.record(tx, Act::EntryRefused, self.machine.id.to_string(), detail);
    }

    fn record(&self, tx: &mut Tx<'_>, act: Act, subject: String, detail: String) {
        tx.audit(AuditRecord {
            chain: self.machine.hospital.to_string(),
            at_ms: self.now.ms(),
            actor: Actor::Machine(self.machine.id).to_string(),
            act: act.as_str(),
            subject,
            detail,
        });
    }
}

fn registered(
    reader: &mut Reader<'_>,
    account: domain::id::AccountId,
    flags: Vec<domain::eligibility::PatientFlag>,
) -> Result<Option<Registered>, AppError> {
    let Some(standing) = store::accounts::standing(reader, account)? else { return Ok(None) };
    let card = store::cards::current_of(reader, account)?;
    Ok(Some(Registered { state: standing.state, completed_at: standing.completed_at, card, flags }))
}

fn next_number(
    tx: &mut Tx<'_>,
    hospital: &HospitalCode,
    day: Day,
) -> Result<EntryNumber, AppError> {
    let serial = store::entries::next_serial(tx, hospital, day)?;
    u16::try_from(serial).ok().and_then(|serial| EntryNumber::new(day, serial)).ok_or_else(|| {
        AppError::Inconsistent { what: format!("{hospital} has no entry numbers left for {day}") }
    })
}

fn hospital_must_exist(reader: &mut Reader<'_>, code: &HospitalCode) -> Result<Hospital, AppError> {
    store::groups::hospital(reader, code)?
        .ok_or_else(|| AppError::Inconsistent { what: format!("no hospital {code}") })
}

fn facts(hospital: &Hospital, policy: &Policy, entry: &Entry) -> SlipFacts {
    let due_on = policy.due_on(entry.visit_day);
    SlipFacts {
        entry: entry.id,
        number: entry.number.clone(),
        hospital_name: hospital.name.clone(),
        phone: hospital.phone.clone(),
        phone_hours: hospital.phone_hours.clone(),
        patient_number: entry.patient_number.clone(),
        entered_at: entry.entered_at,
        visit_day: entry.visit_day,
        due_on,
        receipt_date: due_on,
        tax_year: due_on.year(),
    }
}
