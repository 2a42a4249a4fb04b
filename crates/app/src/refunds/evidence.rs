//! The funnel of refunds: whatever the gateway says of one, by whatever road, goes through here.

use super::record;
use crate::charge::{self, Means, STEP_LEASE_S, chain_of, open_exception};
use crate::{App, AppError};
use domain::audit::{Act, Actor};
use domain::charge::{Charge, Obligation, Paid};
use domain::charge_fold::Folded;
use domain::evidence::Conflict;
use domain::id::{EvidenceId, PostingId, ReceiptId, RefundId};
use domain::posting::{Posting, PostingKind};
use domain::refund::{Refund, RefundEvidence, RefundFolded, RefundProgress, RefundState};
use domain::time::Moment;
use domain::yen::Yen;
use store::attempts::Effect;
use store::charges::{StoredCharge, Written};
use store::refunds::StoredRefund;
use store::{AuditRecord, Tx};

/// Folds one word of the gateway into a refund, with everything that follows from it, in one
/// transaction. The same word again changes nothing; a refund that is not ours is left alone.
pub async fn apply_refund_evidence(
    app: &App,
    refund: RefundId,
    evidence: RefundEvidence,
    raw: String,
) -> Result<(), AppError> {
    charge::until_not_overtaken(|| {
        let id: EvidenceId = app.ids().id(evidence.seen_at);
        let (evidence, raw) = (evidence.clone(), raw.clone());
        let (now, ids, settings) = (app.now(), app.ids().clone(), app.settings().clone());
        app.store().write(move |tx| {
            let means = Means { now, ids: &ids, settings: &settings };
            let Some(found) = store::refunds::by_id(tx, refund)? else { return Ok(()) };
            store::entries::lock(tx, found.refund.terms.entry)?;
            if store::refunds::is_known(tx, evidence.source, &evidence.source_id)? {
                return Ok(());
            }
            let Some(stored) = store::refunds::by_id(tx, refund)? else { return Ok(()) };
            let effect = fold(tx, means, stored, &evidence)?;
            store::refunds::add_evidence(tx, id, refund, &evidence, &raw, effect)?;
            Ok::<_, AppError>(())
        })
    })
    .await
}

fn fold(
    tx: &mut Tx<'_>,
    means: Means<'_>,
    stored: StoredRefund,
    evidence: &RefundEvidence,
) -> Result<Effect, AppError> {
    let StoredRefund { refund, version } = stored;
    let before = refund.state();
    match refund.fold(evidence) {
        RefundFolded::Kept(_) => Ok(Effect::Kept),
        RefundFolded::Contradicted(refund, conflict) => {
            let owed = owed(tx, &refund)?;
            open_exception(tx, means.now, &owed, conflict, &evidence.source_id)?;
            Ok(Effect::Contradicted)
        }
        RefundFolded::Moved(refund) => {
            let next = refund.next_action(means.now, STEP_LEASE_S);
            if store::refunds::update(tx, &refund, version, next, means.now)? == Written::Overtaken
            {
                return Err(AppError::Overtaken);
            }
            if refund.state() != before {
                let by = Actor::Gateway.to_string();
                record(tx, &refund, Some(before), &by, means.now);
                follow_up(tx, means, &refund, before)?;
            }
            Ok(Effect::Moved)
        }
    }
}

fn owed(tx: &mut Tx<'_>, refund: &Refund) -> Result<Obligation, AppError> {
    let stored = store::charges::by_id(tx, refund.terms.charge)?.ok_or_else(|| {
        AppError::Inconsistent { what: format!("{}: no charge", refund.terms.id) }
    })?;
    Ok(stored.charge.obligation().clone())
}

/// What the end of a refund brings with it.
fn follow_up(
    tx: &mut Tx<'_>,
    means: Means<'_>,
    refund: &Refund,
    before: RefundState,
) -> Result<(), AppError> {
    let terms = &refund.terms;
    let owed = owed(tx, refund)?;
    match &refund.progress {
        RefundProgress::Done { refunded_at, .. } => {
            let charge = book(tx, means, refund)?;
            let left = charge.kept();
            post(tx, means, refund, PostingKind::Refund, *refunded_at)?;
            correct_receipt(tx, means, &charge)?;
            let paid = Charge::Paid(charge);
            charge::tell_of_refund(tx, means, &paid, terms, left)?;
        }
        RefundProgress::Failed { code, .. } => {
            if before == RefundState::Done {
                let charge = book(tx, means, refund)?;
                post(tx, means, refund, PostingKind::RefundFailed, means.now)?;
                correct_receipt(tx, means, &charge)?;
            }
            let subject = format!("{}:{code}", terms.id);
            open_exception(tx, means.now, &owed, Conflict::RefundFailed, &subject)?;
        }
        RefundProgress::Refused { code, .. } => {
            let subject = format!("{}:{code}", terms.id);
            open_exception(tx, means.now, &owed, Conflict::RefundRefused, &subject)?;
        }
        RefundProgress::Requested
        | RefundProgress::Intended(_)
        | RefundProgress::Sent { .. }
        | RefundProgress::Unknown { .. }
        | RefundProgress::Pending { .. }
        | RefundProgress::Dropped => return Ok(()),
    }
    // What could not be done while this was moving: a correction, a withdrawal, the next proposal.
    if refund.state() == RefundState::Refused {
        // A clear no is for people: proposing the same again at once would go round in circles.
        return Ok(());
    }
    charge::replan(tx, means, terms.entry)
}

/// Counts on the charge what has gone back by now, over all its refunds (invariant I9).
fn book(tx: &mut Tx<'_>, means: Means<'_>, refund: &Refund) -> Result<Paid, AppError> {
    let terms = &refund.terms;
    let refunds = store::refunds::of_entry(tx, terms.entry)?;
    let done = refunds
        .iter()
        .map(|stored| &stored.refund)
        .filter(|other| other.terms.charge == terms.charge && other.state() == RefundState::Done);
    let inconsistent = |what: String| AppError::Inconsistent { what };
    let sum = Yen::sum(done.map(|other| other.terms.amount))
        .map_err(|error| inconsistent(format!("refunds of {}: {error}", terms.charge)))?;
    let StoredCharge { charge, version } = store::charges::by_id(tx, terms.charge)?
        .ok_or_else(|| inconsistent(format!("{}: no charge", terms.id)))?;
    let before = charge.state();
    let charge = match charge.fold_refunded(sum) {
        Folded::Kept(charge) => charge,
        Folded::Contradicted(charge, conflict) => {
            let subject = terms.id.to_string();
            open_exception(tx, means.now, charge.obligation(), conflict, &subject)?;
            charge
        }
        Folded::Moved(charge) => {
            if store::charges::update(tx, &charge, version, None, means.now)? == Written::Overtaken
            {
                return Err(AppError::Overtaken);
            }
            charge::record(tx, &charge, Act::ChargeMoved, Some(before), means.now);
            charge
        }
    };
    charge
        .payment()
        .cloned()
        .ok_or_else(|| inconsistent(format!("{} was refunded and is not paid", terms.charge)))
}

/// Voids the receipt, and makes the next one where anything is left: its amount is what is kept (I11).
fn correct_receipt(tx: &mut Tx<'_>, means: Means<'_>, paid: &Paid) -> Result<(), AppError> {
    let owed = &paid.obligation;
    let now = means.now;
    let audit = |act: Act| AuditRecord {
        chain: chain_of(owed),
        at_ms: now.ms(),
        actor: Actor::System.to_string(),
        act: act.as_str(),
        subject: owed.charge.to_string(),
        detail: serde_json::json!({ "amount": paid.kept().amount() }).to_string(),
    };
    if store::receipts::void(tx, owed.charge, now)? {
        tx.audit(audit(Act::ReceiptVoided));
    }
    if paid.kept().is_zero() {
        return Ok(());
    }
    let receipt: ReceiptId = means.ids.id(now);
    let dated = (paid.paid_at.day(), paid.kept());
    store::receipts::make(tx, receipt, owed.charge, &owed.hospital, dated, now)?;
    tx.audit(audit(Act::ReceiptMade));
    Ok(())
}

fn post(
    tx: &mut Tx<'_>,
    means: Means<'_>,
    refund: &Refund,
    kind: PostingKind,
    at: Moment,
) -> Result<(), AppError> {
    let terms = &refund.terms;
    let id: PostingId = means.ids.id(means.now);
    let posting = Posting {
        id,
        hospital: terms.hospital.clone(),
        kind,
        subject: terms.id.to_string(),
        charge: terms.charge,
        amount: terms.amount,
        posted_on: at.day(),
        promised_at: means.now,
    };
    crate::books::post(tx, means, &posting)
}
