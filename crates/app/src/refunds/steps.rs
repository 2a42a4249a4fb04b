//! The steps of a refund on the way to the gateway and back.

use super::{apply_refund_evidence, record};
use crate::charge::{STEP_LEASE_S, word_of};
use crate::{App, AppError, tell};
use domain::evidence::{EvidenceSource, RefundFinding};
use domain::id::RefundId;
use domain::refund::{Refund, RefundEvidence, RefundState};
use outbound::cards::RefundAnswer;
use std::collections::HashSet;
use store::charges::Written;
use store::refunds::StoredRefund;

/// Refunds looked up at once.
const BATCH: i64 = 100;

/// Takes every refund one step on to which something must happen now; says how many steps that was. One
/// that breaks is logged and taken up again later.
pub async fn run_due(app: &App) -> Result<usize, AppError> {
    let mut seen: HashSet<RefundId> = HashSet::new();
    loop {
        let now = app.now();
        let limit = BATCH.saturating_add(i64::try_from(seen.len()).unwrap_or(i64::MAX));
        let found =
            app.store().read(move |reader| store::refunds::actionable(reader, now, limit)).await?;
        let fresh: Vec<RefundId> = found.into_iter().filter(|id| seen.insert(*id)).collect();
        if fresh.is_empty() {
            return Ok(seen.len());
        }
        for refund in fresh {
            if let Err(error) = step(app, refund).await {
                tracing::error!(%refund, error = %crate::error::chain(&error), "a step of a refund broke");
            }
        }
    }
}

/// Does to a refund what must happen to it now.
pub async fn step(app: &App, refund: RefundId) -> Result<(), AppError> {
    let found = app.store().read(move |reader| store::refunds::by_id(reader, refund)).await?;
    match found.map(|stored| stored.refund.state()) {
        Some(RefundState::Intended) => send(app, refund).await,
        Some(RefundState::Sent | RefundState::Unknown | RefundState::Pending) => {
            enquire(app, refund).await
        }
        Some(
            RefundState::Requested
            | RefundState::Done
            | RefundState::Refused
            | RefundState::Failed
            | RefundState::Dropped,
        )
        | None => Ok(()),
    }
}

/// Marks an approved refund as sent, commits, and asks the gateway to give the money back.
async fn send(app: &App, refund: RefundId) -> Result<(), AppError> {
    let now = app.now();
    let sent = app
        .store()
        .write(move |tx| {
            let Some(StoredRefund { refund, version }) = store::refunds::by_id(tx, refund)? else {
                return Ok(None);
            };
            let Ok(sent) = refund.send(now) else { return Ok(None) };
            let next = sent.next_action(now, STEP_LEASE_S);
            if store::refunds::update(tx, &sent, version, next, now)? == Written::Overtaken {
                return Ok(None);
            }
            record(tx, &sent, Some(RefundState::Intended), super::SYSTEM, now);
            Ok::<_, AppError>(Some(sent))
        })
        .await?;
    let Some(sent) = sent.transpose() else { return Ok(()) };
    let Some(answer) = tell::refund(app, &sent, now).await else { return Ok(()) };
    heard(app, sent.get(), EvidenceSource::Response, answer).await
}

/// Asks the gateway what became of a refund.
async fn enquire(app: &App, refund: RefundId) -> Result<(), AppError> {
    let now = app.now();
    let taken = app
        .store()
        .write(move |tx| {
            let Some(StoredRefund { refund, version }) = store::refunds::by_id(tx, refund)? else {
                return Ok(None);
            };
            let until = now.plus_seconds(STEP_LEASE_S);
            let id = refund.terms.id;
            let taken = store::refunds::postpone(tx, id, version, until)? == Written::Yes;
            Ok::<_, AppError>(taken.then_some(refund))
        })
        .await?;
    let Some(taken) = taken.transpose() else { return Ok(()) };
    let Some(answer) = tell::enquire_refund(app, &taken).await else { return Ok(()) };
    heard(app, taken.get(), EvidenceSource::Poll, answer).await
}

async fn heard(
    app: &App,
    refund: &Refund,
    source: EvidenceSource,
    answer: RefundAnswer,
) -> Result<(), AppError> {
    let names_a_refund = match &answer.finding {
        RefundFinding::Done { .. }
        | RefundFinding::Failed { .. }
        | RefundFinding::Refused { .. } => true,
        RefundFinding::Pending { .. }
        | RefundFinding::Unclear { .. }
        | RefundFinding::Busy { .. }
        | RefundFinding::Absent => false,
    };
    let evidence = RefundEvidence {
        source,
        source_id: word_of(app, &answer.source_id, names_a_refund),
        generation: refund.generation(),
        finding: answer.finding,
        seen_at: app.now(),
    };
    apply_refund_evidence(app, refund.terms.id, evidence, answer.raw).await
}
