//! The funnel: everything that the gateway says of a charge, by whatever road, goes through here.

use super::plan::{open_exception, replan_entered};
use super::telling::tell_the_patient;
use super::{Means, next_action, record};
use crate::{App, AppError};
use domain::audit::Act;
use domain::charge::{Charge, ChargeState, Paid};
use domain::charge_fold::Folded;
use domain::decline::UNKNOWN_ALARM_S;
use domain::entry::Entry;
use domain::evidence::{Conflict, Evidence, Finding};
use domain::id::{ChargeId, EvidenceId, PostingId, ReceiptId};
use domain::posting::{Posting, PostingKind};
use std::future::Future;
use store::attempts::Effect;
use store::charges::{StoredCharge, Written};
use store::{Committed, Tx};

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
    until_not_overtaken(|| {
        let id: EvidenceId = app.ids().id(evidence.seen_at);
        let (evidence, raw) = (evidence.clone(), raw.clone());
        let (now, ids, settings) = (app.now(), app.ids().clone(), app.settings().clone());
        app.store().write(move |tx| {
            let means = Means { now, ids: &ids, settings: &settings };
            let Some(entered) = store::entries::lock_of_charge(tx, charge)? else {
                return Ok(Applied::NoSuchCharge);
            };
            let Some(stored) = store::charges::by_id(tx, charge)? else {
                return Ok(Applied::NoSuchCharge);
            };
            if store::attempts::is_known(tx, &evidence)? {
                return Ok(Applied::Now(stored.charge.state()));
            }
            let (state, effect) = fold(tx, means, entered, stored, &evidence)?;
            store::attempts::add_evidence(tx, id, charge, &evidence, &raw, effect)?;
            Ok(Applied::Now(state))
        })
    })
    .await
}

/// Tries a write anew as long as another worker is faster.
pub(crate) async fn until_not_overtaken<T, F>(write: impl Fn() -> F) -> Result<T, AppError>
where
    F: Future<Output = Result<Committed<T>, AppError>>,
{
    for _ in 0..TRIES {
        match write().await {
            Err(AppError::Overtaken) => {}
            other => return other.map(Committed::into_inner),
        }
    }
    Err(AppError::Overtaken)
}

/// Folds and stores. What is overtaken is undone and tried anew from the row as it is then.
fn fold(
    tx: &mut Tx<'_>,
    means: Means<'_>,
    entered: Entry,
    stored: StoredCharge,
    evidence: &Evidence,
) -> Result<(ChargeState, Effect), AppError> {
    let StoredCharge { charge, version } = stored;
    let before = charge.state();
    match charge.fold(evidence) {
        Folded::Kept(charge) => Ok((charge.state(), Effect::Kept)),
        Folded::Contradicted(charge, conflict) => {
            let subject = match &evidence.finding {
                Finding::Paid { reference, .. } => reference.as_str(),
                Finding::Declined(_)
                | Finding::ActionRequired
                | Finding::Unclear { .. }
                | Finding::Busy { .. }
                | Finding::Absent => &evidence.source_id,
            };
            open_exception(tx, means.now, charge.obligation(), conflict, subject)?;
            Ok((charge.state(), Effect::Contradicted))
        }
        Folded::Moved(charge) => {
            let next = next_action(&charge, means.now);
            if store::charges::update(tx, &charge, version, next, means.now)? == Written::Overtaken
            {
                return Err(AppError::Overtaken);
            }
            record(tx, &charge, Act::ChargeMoved, Some(before), means.now);
            follow_up(tx, means, entered, &charge)?;
            Ok((charge.state(), Effect::Moved))
        }
    }
}

/// What a move brings with it: receipt, posting, notice, a stop for new entries; and what could not be
/// done while money was moving.
fn follow_up(
    tx: &mut Tx<'_>,
    means: Means<'_>,
    entered: Entry,
    charge: &Charge,
) -> Result<(), AppError> {
    if let Charge::Unknown(unknown) = charge
        && unknown.sent_at.plus_seconds(UNKNOWN_ALARM_S) <= means.now
    {
        let subject = unknown.attempt.generation.to_string();
        open_exception(tx, means.now, &unknown.obligation, Conflict::UnknownForLong, &subject)?;
    }
    tell_the_patient(tx, means, charge)?;
    if !charge.state().is_in_flight() {
        replan_entered(tx, means, entered)?;
    }
    if let Charge::Paid(paid) = charge {
        paid_now(tx, means, paid)?;
    }
    Ok(())
}

fn paid_now(tx: &mut Tx<'_>, means: Means<'_>, paid: &Paid) -> Result<(), AppError> {
    let owed = &paid.obligation;
    let id: PostingId = means.ids.id(means.now);
    let posting = Posting {
        id,
        hospital: owed.hospital.clone(),
        kind: PostingKind::Payment,
        subject: owed.charge.to_string(),
        charge: owed.charge,
        amount: owed.amount,
        posted_on: paid.paid_at.day(),
        promised_at: means.now,
    };
    crate::books::post(tx, means, &posting)?;
    // Last: whoever takes a number keeps the hospital's other payments waiting until it is kept.
    let receipt: ReceiptId = means.ids.id(means.now);
    let dated = (paid.paid_at.day(), owed.amount);
    store::receipts::make(tx, receipt, owed.charge, &owed.hospital, dated, means.now)?;
    record(tx, &Charge::Paid(paid.clone()), Act::ReceiptMade, None, means.now);
    Ok(())
}
