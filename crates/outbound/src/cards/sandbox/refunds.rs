//! How the card network gives money back, and how cardholders dispute. As `rules`: what is asked goes in,
//! the answer and the records to be kept come out.

use super::books::{Books, Record, UsedRefundKey};
use super::rules::{Answer, KEY_LIVES_MS, Ruling, invalid};
use crate::cards::wire::{
    BookedDispute, BookedRefund, ChargeStatus, ErrorKind, RefundList, RefundParameters,
    RefundStatus,
};
use domain::time::Moment;

/// The stage of a dispute in which the card's bank only asks.
const INQUIRY: &str = "inquiry";

/// Gives money back, or says why not. Under a known key nothing happens but its saved answer.
pub(super) fn refund(
    books: &Books,
    key: &str,
    asked: &RefundParameters,
    status: RefundStatus,
    now: Moment,
) -> Ruling {
    let known = books.refund_keys.get(key);
    if let Some(used) = known.filter(|used| now.ms() < used.created_ms + KEY_LIVES_MS) {
        return if used.parameters == *asked {
            Answer { status: used.status, body: used.body.clone(), replayed: true }.into()
        } else {
            let message = "this key was used with other parameters";
            Answer::error(400, ErrorKind::Idempotency, "key_reused", message).into()
        };
    }
    if let Err(answer) = refundable(books, asked) {
        return answer.into();
    }
    let refund = BookedRefund {
        id: books.new_id("re", key),
        status,
        key: key.to_owned(),
        charge: asked.charge.clone(),
        amount: asked.amount,
        reference: asked.reference.clone(),
        generation: asked.generation,
        created_ms: now.ms(),
        failed_ms: None,
    };
    let answer = Answer::json(200, &refund);
    let used = UsedRefundKey {
        key: key.to_owned(),
        parameters: asked.clone(),
        status: answer.status,
        body: answer.body.clone(),
        created_ms: now.ms(),
    };
    Ruling { answer, records: vec![Record::Refund(refund), Record::RefundKey(used)] }
}

fn refundable(books: &Books, asked: &RefundParameters) -> Result<(), Answer> {
    let taken = books.charges.get(&asked.charge);
    let Some(charge) = taken.filter(|charge| charge.status == ChargeStatus::Succeeded) else {
        return Err(invalid(400, "charge_not_found", "there is no such charge that took money"));
    };
    let disputed = books
        .disputes
        .values()
        .any(|dispute| dispute.charge == charge.id && dispute.stage != "won");
    if disputed {
        return Err(invalid(400, "charge_disputed", "the cardholder disputes this charge"));
    }
    let back: i64 = books
        .refunds
        .values()
        .filter(|refund| refund.charge == charge.id && refund.status != RefundStatus::Failed)
        .map(|refund| refund.amount)
        .sum();
    if asked.amount < 1 || asked.amount > charge.amount - back {
        return Err(invalid(400, "refund_too_large", "more than is left of this charge"));
    }
    Ok(())
}

/// The refunds that are asked for, oldest first.
pub(super) fn list(books: &Books, asked: impl Fn(&BookedRefund) -> bool) -> Ruling {
    let refunds = books.refunds.values().filter(|refund| asked(refund));
    let mut refunds: Vec<_> = refunds.cloned().collect();
    refunds.sort_by(|a, b| (a.created_ms, &a.id).cmp(&(b.created_ms, &b.id)));
    Answer::json(200, &RefundList { refunds }).into()
}

/// How a refund ends that was pending or had seemed to work.
pub(super) fn end(books: &Books, id: &str, worked: bool, now: Moment) -> Vec<Record> {
    let Some(refund) = books.refunds.get(id) else { return Vec::new() };
    let status = if worked { RefundStatus::Succeeded } else { RefundStatus::Failed };
    let failed_ms = (!worked).then(|| now.ms());
    vec![Record::Refund(BookedRefund { status, failed_ms, ..refund.clone() })]
}

/// A cardholder disputes a charge; tells the dispute's id.
pub(super) fn dispute(
    books: &Books,
    charge: &str,
    stage: &str,
    now: Moment,
) -> Option<(String, Vec<Record>)> {
    let charge = books.charges.get(charge).filter(|c| c.status == ChargeStatus::Succeeded)?;
    let dispute = BookedDispute {
        id: books.new_id("dp", &charge.id),
        charge: charge.id.clone(),
        amount: charge.amount,
        stage: stage.to_owned(),
        reason: "fraudulent".to_owned(),
        created_ms: now.ms(),
        withdrawn_ms: (stage != INQUIRY).then(|| now.ms()),
        closed_ms: None,
    };
    Some((dispute.id.clone(), vec![Record::Dispute(dispute)]))
}

/// A dispute comes to another stage.
pub(super) fn move_dispute(books: &Books, id: &str, stage: &str, now: Moment) -> Vec<Record> {
    let Some(dispute) = books.disputes.get(id) else { return Vec::new() };
    let mut moved = BookedDispute { stage: stage.to_owned(), ..dispute.clone() };
    moved.closed_ms = matches!(stage, "won" | "lost").then(|| now.ms());
    if stage == "opened" {
        moved.withdrawn_ms.get_or_insert(now.ms());
    }
    vec![Record::Dispute(moved)]
}
