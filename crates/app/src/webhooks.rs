//! Calls of the gateway: believed by their signature, kept, answered, and only then folded in by the same
//! functions as every other word of the gateway. Lost calls lose nothing: enquiries are the floor.

use crate::charge::{self, Applied};
use crate::{App, AppError, refunds, tell};
use domain::audit::{Act, Actor};
use domain::evidence::{Conflict, Evidence, EvidenceSource};
use domain::id::{ChargeId, RefundId};
use domain::refund::RefundEvidence;
use outbound::cards::{EventAbout, GatewayEvent, ListedCharge, RefundAnswer, WebhookFault};
use store::AuditRecord;
use store::gateway_events::{EventEnd, StoredEvent};

/// Calls folded in at once.
const BATCH: i64 = 200;

/// What became of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It is kept.
    Kept,
    /// It was before.
    Known,
    /// It is not believed; nothing was changed.
    Refused(WebhookFault),
    /// No gateway of that name calls us.
    NoSuchGateway,
}

/// Takes a call in: 200 may be answered once this has returned [`Taken::Kept`] or [`Taken::Known`].
pub async fn take(
    app: &App,
    gateway: &str,
    signature: Option<&str>,
    body: &[u8],
) -> Result<Taken, AppError> {
    let now = app.now();
    match tell::read_webhook(app, gateway, signature, body, now) {
        None => Ok(Taken::NoSuchGateway),
        Some(Ok(event)) => {
            let body = String::from_utf8_lossy(body).into_owned();
            let kept = store::gateway_events::keep(app.store(), event.id, body, now).await?;
            Ok(if kept.into_inner() { Taken::Kept } else { Taken::Known })
        }
        Some(Err(fault)) => {
            tracing::error!(%fault, "a call of the card gateway is not believed");
            let gateway = gateway.to_owned();
            app.store()
                .write(move |tx| {
                    tx.audit(AuditRecord {
                        chain: "gateway".to_owned(),
                        at_ms: now.ms(),
                        actor: Actor::Visitor.to_string(),
                        act: Act::GatewayCallRefused.as_str(),
                        subject: gateway,
                        detail: serde_json::json!({ "why": fault.to_string() }).to_string(),
                    });
                    Ok::<_, AppError>(())
                })
                .await?;
            Ok(Taken::Refused(fault))
        }
    }
}

/// Folds in what was kept; says how many calls that was. One that breaks is logged, stays, and is taken up
/// again at the next turn.
pub async fn fold_due(app: &App) -> Result<usize, AppError> {
    let mut done = 0_usize;
    loop {
        let waiting =
            app.store().read(|reader| store::gateway_events::waiting(reader, BATCH)).await?;
        let (mut broken, count) = (0_usize, waiting.len());
        for stored in waiting {
            let id = stored.id.clone();
            if let Err(error) = fold(app, stored).await {
                broken = broken.saturating_add(1);
                tracing::error!(event = id, error = %crate::error::chain(&error), "a call of the gateway broke");
            }
        }
        done = done.saturating_add(count.saturating_sub(broken));
        if broken > 0 || count == 0 {
            return Ok(done);
        }
    }
}

async fn fold(app: &App, stored: StoredEvent) -> Result<(), AppError> {
    let end = match tell::read_kept_webhook(app, stored.body.as_bytes()) {
        // It was read when it was kept; another version of this program may read it differently.
        Err(_unreadable) => EventEnd::PassedOver,
        Ok(GatewayEvent { about, raw, .. }) => match about {
            EventAbout::Charge(listed) => of_charge(app, listed, EvidenceSource::Webhook).await?,
            EventAbout::Refund { reference, charge_reference, generation, answer } => {
                of_refund(app, &reference, &charge_reference, generation, answer).await?
            }
            EventAbout::Dispute { finding, source_id } => {
                let source = EvidenceSource::Webhook;
                match charge::apply_dispute(app, finding, source, source_id, raw).await? {
                    Applied::Now(_) => EventEnd::Folded,
                    Applied::NoSuchCharge => EventEnd::Stranger,
                }
            }
            EventAbout::Other { .. } => EventEnd::PassedOver,
        },
    };
    let now = app.now();
    app.store()
        .write(move |tx| Ok::<_, AppError>(store::gateway_events::end(tx, &stored.id, end, now)?))
        .await
        .map(drop)
}

/// A charge of a list or of a call, as evidence.
pub(crate) async fn of_charge(
    app: &App,
    listed: ListedCharge,
    source: EvidenceSource,
) -> Result<EventEnd, AppError> {
    let Ok(charge) = listed.reference.parse::<ChargeId>() else { return Ok(EventEnd::Stranger) };
    let evidence = Evidence {
        source,
        source_id: listed.answer.source_id,
        generation: listed.generation,
        finding: listed.answer.finding,
        seen_at: app.now(),
    };
    Ok(match charge::apply_evidence(app, charge, evidence, listed.answer.raw).await? {
        Applied::Now(_) => EventEnd::Folded,
        Applied::NoSuchCharge => EventEnd::Stranger,
    })
}

async fn of_refund(
    app: &App,
    reference: &str,
    charge_reference: &str,
    generation: i64,
    answer: RefundAnswer,
) -> Result<EventEnd, AppError> {
    if let Ok(refund) = reference.parse::<RefundId>() {
        let evidence = RefundEvidence {
            source: EvidenceSource::Webhook,
            source_id: answer.source_id,
            generation,
            finding: answer.finding,
            seen_at: app.now(),
        };
        refunds::apply_refund_evidence(app, refund, evidence, answer.raw).await?;
        return Ok(EventEnd::Folded);
    }
    // Somebody has given money back by hand, at the gateway's own page: staff must book it.
    let (reference, now) = (charge_reference.to_owned(), app.now());
    let found = app
        .store()
        .write(move |tx| {
            let Some(charge) = store::charges::by_reference(tx, &reference)? else {
                return Ok(EventEnd::Stranger);
            };
            let Some(stored) = store::charges::by_id(tx, charge)? else {
                return Ok(EventEnd::Stranger);
            };
            let owed = stored.charge.obligation();
            let subject = &answer.source_id;
            charge::open_exception(tx, now, owed, Conflict::RefundNotOurs, subject)?;
            Ok::<_, AppError>(EventEnd::Folded)
        })
        .await?;
    Ok(found.into_inner())
}
