//! The funnel: everything that the gateway says, by whatever road, goes through here.

use super::steps::stops_entries;
use super::{next_action, record};
use crate::ids::Ids;
use crate::notices::{self, NoticeOrder};
use crate::settings::AppSettings;
use crate::{App, AppError, words};
use domain::account::Account;
use domain::audit::{Act, Actor};
use domain::charge::{Charge, ChargeState, Paid};
use domain::charge_steps::Folded;
use domain::evidence::{Conflict, Evidence, Finding};
use domain::group::Hospital;
use domain::id::{ChargeId, EvidenceId, ReceiptId};
use domain::notice::NoticeKind;
use domain::time::{Day, Moment};
use render::mails::{PaymentCompletedMail, PaymentFailedMail};
use store::attempts::Effect;
use store::charges::{StoredCharge, Written};
use store::{AuditRecord, Reader, Tx};

/// Days that a patient has to act after a failed charge, as the mail says.
const ACT_WITHIN_DAYS: u16 = 7;

/// How often a write is tried anew when another worker was faster. Each time the row has moved, and a
/// charge moves fewer times than this in its life.
const TRIES: usize = 20;

/// What evidence led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// The charge is in this state now.
    Now(ChargeState),
    /// There is no such charge; the evidence is not ours.
    NoSuchCharge,
}

/// Folds one word of the gateway into its charge, with everything that follows from it, in one
/// transaction. The same word again changes nothing.
pub async fn apply_evidence(
    app: &App,
    charge: ChargeId,
    evidence: Evidence,
    raw: String,
) -> Result<Applied, AppError> {
    for _ in 0..TRIES {
        let id: EvidenceId = app.ids().id(evidence.seen_at);
        let (evidence, raw) = (evidence.clone(), raw.clone());
        let (now, ids, settings) = (app.now(), app.ids().clone(), app.settings().clone());
        let applied = app
            .store()
            .write(move |tx| {
                let Some(stored) = store::charges::by_id(tx, charge)? else {
                    return Ok(Applied::NoSuchCharge);
                };
                if store::attempts::is_known(tx, &evidence)? {
                    return Ok(Applied::Now(stored.charge.state()));
                }
                let (folded, effect) = fold(tx, stored, &evidence, now)?;
                store::attempts::add_evidence(tx, id, charge, &evidence, &raw, effect)?;
                if effect == Effect::Moved {
                    follow_up(tx, &ids, &settings, &folded, now)?;
                }
                Ok(Applied::Now(folded.state()))
            })
            .await;
        match applied {
            Err(AppError::Overtaken) => {}
            other => return other.map(store::Committed::into_inner),
        }
    }
    Err(AppError::Overtaken)
}

/// Folds and stores. What is overtaken is undone and tried anew from the row as it is then.
fn fold(
    tx: &mut Tx<'_>,
    stored: StoredCharge,
    evidence: &Evidence,
    now: Moment,
) -> Result<(Charge, Effect), AppError> {
    let StoredCharge { charge, version } = stored;
    let before = charge.state();
    match charge.fold(evidence) {
        Folded::Kept(charge) => Ok((charge, Effect::Kept)),
        Folded::Contradicted(charge, conflict) => {
            open_exception(tx, &charge, conflict, evidence, now)?;
            Ok((charge, Effect::Contradicted))
        }
        Folded::Moved(charge) => {
            let next = next_action(&charge, now);
            if store::charges::update(tx, &charge, version, next, now)? == Written::Overtaken {
                return Err(AppError::Overtaken);
            }
            record(tx, charge.obligation(), Act::ChargeMoved, (Some(before), charge.state()), now);
            Ok((charge, Effect::Moved))
        }
    }
}

fn open_exception(
    tx: &mut Tx<'_>,
    charge: &Charge,
    conflict: Conflict,
    evidence: &Evidence,
    now: Moment,
) -> Result<(), AppError> {
    let owed = charge.obligation();
    let subject = match &evidence.finding {
        Finding::Paid { reference, .. } => reference.as_str(),
        Finding::Declined(_)
        | Finding::ActionRequired
        | Finding::Unclear { .. }
        | Finding::Absent => &evidence.source_id,
    };
    store::attempts::open_exception(tx, owed.charge, conflict, subject, now)?;
    tx.audit(AuditRecord {
        chain: owed.hospital.to_string(),
        at_ms: now.ms(),
        actor: Actor::Gateway.to_string(),
        act: Act::ExceptionOpened.as_str(),
        subject: owed.charge.to_string(),
        detail: serde_json::json!({ "kind": conflict.as_str() }).to_string(),
    });
    Ok(())
}

/// What a move brings with it: the receipt, the notice, a stop for new entries.
fn follow_up(
    tx: &mut Tx<'_>,
    ids: &Ids,
    settings: &AppSettings,
    charge: &Charge,
    now: Moment,
) -> Result<(), AppError> {
    if let Charge::Paid(paid) = charge {
        let owed = &paid.obligation;
        let receipt: ReceiptId = ids.id(now);
        let dated = (paid.paid_at.day(), owed.amount);
        store::receipts::make(tx, receipt, owed.charge, &owed.hospital, dated, now)?;
        record(tx, owed, Act::ReceiptMade, (None, ChargeState::Paid), now);
    }
    tell_the_patient(tx, ids, settings, charge, now)
}

/// Promises the notice that belongs to the state, and stops new entries where the card has failed.
pub(super) fn tell_the_patient(
    tx: &mut Tx<'_>,
    ids: &Ids,
    settings: &AppSettings,
    charge: &Charge,
    now: Moment,
) -> Result<(), AppError> {
    let owed = charge.obligation();
    if let Some(state) = stops_entries(charge.state()) {
        store::accounts::set_state(tx, owed.account, state)?;
    }
    let facts = |tx: &mut Tx<'_>| Facts::of(tx, charge);
    let (kind, subject, account, content) = match charge {
        Charge::Paid(paid) => {
            let facts = facts(tx)?;
            let content = facts.paid(tx, paid, settings)?;
            (NoticeKind::PaymentCompleted, owed.charge.to_string(), facts.account, content)
        }
        Charge::Due(due) if due.declines > 0 => {
            let facts = facts(tx)?;
            let content = facts.failed(settings, now, Some(due.not_before.day()))?;
            let subject = format!("{}/{}", owed.charge, due.declines);
            (NoticeKind::PaymentFailed, subject, facts.account, content)
        }
        Charge::ReturnedToDesk(_) | Charge::ActionRequired(_) => {
            let facts = facts(tx)?;
            let content = facts.failed(settings, now, None)?;
            let subject = format!("{}/{}", owed.charge, charge.state().as_str());
            (NoticeKind::PaymentFailed, subject, facts.account, content)
        }
        Charge::Scheduled(_)
        | Charge::Due(_)
        | Charge::Intended(_)
        | Charge::Sent(_)
        | Charge::Unknown(_)
        | Charge::Withdrawn(_)
        | Charge::SettledZero(_) => return Ok(()),
    };
    let order = NoticeOrder {
        kind,
        subject,
        group: account.group.clone(),
        account: Some(account.id),
        to: account.mail,
        content,
    };
    notices::promise(tx, now, ids, &order)?;
    Ok(())
}

/// What a notice about a charge needs to know.
struct Facts {
    account: Account,
    hospital: Hospital,
    visit_day: Day,
}

impl Facts {
    fn of(reader: &mut Reader<'_>, charge: &Charge) -> Result<Self, AppError> {
        let owed = charge.obligation();
        let missing =
            |what: &str| AppError::Inconsistent { what: format!("{}: no {what}", owed.charge) };
        let account =
            store::accounts::by_id(reader, owed.account)?.ok_or_else(|| missing("account"))?;
        let hospital =
            store::groups::hospital(reader, &owed.hospital)?.ok_or_else(|| missing("hospital"))?;
        let entry = store::entries::by_id(reader, owed.entry)?.ok_or_else(|| missing("entry"))?;
        Ok(Self { account, hospital, visit_day: entry.visit_day })
    }

    fn paid(
        &self,
        reader: &mut Reader<'_>,
        paid: &Paid,
        settings: &AppSettings,
    ) -> Result<render::mails::MailContent, AppError> {
        let owed = &paid.obligation;
        let attempt = store::attempts::must_exist(reader, owed.charge, paid.generation)?;
        let card = store::cards::by_id(reader, attempt.card)?.ok_or_else(|| {
            AppError::Inconsistent { what: format!("{}: no card {}", owed.charge, attempt.card) }
        })?;
        let policy = crate::policy::in_force(reader, &owed.hospital, self.visit_day)?;
        let mail = PaymentCompletedMail {
            name: self.account.person.name.as_str().to_owned(),
            hospital: self.hospital.name.clone(),
            visit_day: self.visit_day,
            amount: owed.amount,
            paid_on: paid.paid_at.day(),
            brand: card.facts.brand,
            last_four: card.facts.last_four,
            machine_hours: policy.as_ref().map(words::machine_hours).unwrap_or_default(),
            login_url: words::login_url(settings, &self.account.group),
            contact: words::contact(&self.hospital),
        };
        Ok(render::mails::payment_completed(&mail)?)
    }

    fn failed(
        &self,
        settings: &AppSettings,
        now: Moment,
        retry_on: Option<Day>,
    ) -> Result<render::mails::MailContent, AppError> {
        let mail = PaymentFailedMail {
            name: self.account.person.name.as_str().to_owned(),
            hospital: self.hospital.name.clone(),
            visit_day: self.visit_day,
            deadline: now.day().plus_days(ACT_WITHIN_DAYS),
            retry_on,
            login_url: words::login_url(settings, &self.account.group),
            contact: words::contact(&self.hospital),
        };
        Ok(render::mails::payment_failed(&mail)?)
    }
}
