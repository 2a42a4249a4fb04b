//! The steps on the way to the gateway and back.

use super::freeze::freeze;
use super::telling::tell_the_patient;
use super::{Applied, Means, STEP_LEASE_S, apply_evidence, next_action, record};
use crate::{App, AppError, tell};
use domain::audit::Act;
use domain::charge::{Charge, ChargeState};
use domain::charge_steps::Replanned;
use domain::evidence::{Evidence, EvidenceSource, Finding};
use domain::id::ChargeId;
use outbound::cards::GatewayAnswer;
use store::charges::{StoredCharge, Written};

/// What one step did to a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stepped {
    /// It is in this state now.
    To(ChargeState),
    /// Another worker has it, or its time has not come.
    NotOurs,
}

/// Does to a charge what must happen to it now, as it stood when it was looked up. Each step looks again: where it has
/// moved meanwhile, nothing is done.
pub async fn step(app: &App, charge: ChargeId, stood: ChargeState) -> Result<Stepped, AppError> {
    match stood {
        ChargeState::Scheduled | ChargeState::Due => {
            let stepped = intend(app, charge).await?;
            if stepped == Stepped::To(ChargeState::Intended) {
                return send(app, charge).await;
            }
            Ok(stepped)
        }
        ChargeState::Intended => send(app, charge).await,
        ChargeState::Sent | ChargeState::Unknown => {
            let stepped = enquire(app, charge).await?;
            // The gateway has never heard of it: the same request again, under the same key.
            if stepped == Stepped::To(ChargeState::Intended) {
                return send(app, charge).await;
            }
            Ok(stepped)
        }
        ChargeState::AwaitingConsent | ChargeState::ActionRequired => {
            stop_waiting(app, charge).await
        }
        ChargeState::Paid
        | ChargeState::PartRefunded
        | ChargeState::Refunded
        | ChargeState::Disputed
        | ChargeState::ReturnedToDesk
        | ChargeState::Withdrawn
        | ChargeState::SettledZero => Ok(Stepped::NotOurs),
    }
}

/// Freezes key, amount and card of a charge whose day has come, and commits (rule R2).
pub async fn intend(app: &App, charge: ChargeId) -> Result<Stepped, AppError> {
    let (now, ids, settings) = (app.now(), app.ids().clone(), app.settings().clone());
    let intended = app
        .store()
        .write(move |tx| {
            let means = Means { now, ids: &ids, settings: &settings };
            let Some(stored) = store::charges::by_id(tx, charge)? else {
                return Ok(Stepped::NotOurs);
            };
            let version = stored.version;
            let before = stored.charge.state();
            let Some(due) = stored.charge.due_now(now) else { return Ok(Stepped::NotOurs) };
            let Some(moved) = freeze(tx, means, due)? else { return Ok(Stepped::NotOurs) };
            let next = next_action(&moved, now);
            if store::charges::update(tx, &moved, version, next, now)? == Written::Overtaken {
                return Err(AppError::Overtaken);
            }
            record(tx, &moved, Act::ChargeMoved, Some(before), now);
            tell_the_patient(tx, means, &moved)?;
            Ok(Stepped::To(moved.state()))
        })
        .await;
    match intended {
        Ok(done) => Ok(done.into_inner()),
        Err(AppError::Overtaken) => Ok(Stepped::NotOurs),
        Err(error) => Err(error),
    }
}

/// Marks an intended attempt as sent, commits, and asks the gateway for the money.
pub async fn send(app: &App, charge: ChargeId) -> Result<Stepped, AppError> {
    let now = app.now();
    let sent = app
        .store()
        .write(move |tx| {
            let Some(StoredCharge { charge: Charge::Intended(intended), version }) =
                store::charges::by_id(tx, charge)?
            else {
                return Ok(None);
            };
            let sent = intended.send(now);
            let moved = Charge::Sent(sent.clone());
            let next = next_action(&moved, now);
            if store::charges::update(tx, &moved, version, next, now)? == Written::Overtaken {
                return Ok(None);
            }
            record(tx, &moved, Act::ChargeMoved, Some(ChargeState::Intended), now);
            Ok::<_, AppError>(Some(sent))
        })
        .await?;
    let Some(sent) = sent.transpose() else { return Ok(Stepped::NotOurs) };
    let Some(answer) = tell::charge(app, &sent).await else {
        return Ok(Stepped::To(ChargeState::Sent));
    };
    let attempt = sent.get().attempt.clone();
    let evidence = heard(app, EvidenceSource::Response, attempt.generation, &answer);
    applied(apply_evidence(app, charge, evidence, answer.raw).await?)
}

/// Asks the gateway what became of an attempt that was sent and not clearly answered.
pub async fn enquire(app: &App, charge: ChargeId) -> Result<Stepped, AppError> {
    let now = app.now();
    let taken = app
        .store()
        .write(move |tx| {
            let Some(StoredCharge { charge, version }) = store::charges::by_id(tx, charge)? else {
                return Ok(None);
            };
            let Some(flight) = charge.sent() else { return Ok(None) };
            let until = now.plus_seconds(STEP_LEASE_S);
            let id = flight.obligation.charge;
            let taken = store::charges::postpone(tx, id, version, until)? == Written::Yes;
            Ok::<_, AppError>(taken.then_some(flight))
        })
        .await?;
    let Some(flight) = taken.transpose() else { return Ok(Stepped::NotOurs) };
    let answer = tell::enquire(app, &flight).await;
    let generation = flight.get().attempt.generation;
    let evidence = heard(app, EvidenceSource::Poll, generation, &answer);
    applied(apply_evidence(app, charge, evidence, answer.raw).await?)
}

/// Gives a charge to the desk whose payer has let the time pass in which they could act.
async fn stop_waiting(app: &App, charge: ChargeId) -> Result<Stepped, AppError> {
    let (now, ids, settings) = (app.now(), app.ids().clone(), app.settings().clone());
    let stopped = app
        .store()
        .write(move |tx| {
            let means = Means { now, ids: &ids, settings: &settings };
            let Some(StoredCharge { charge, version }) = store::charges::by_id(tx, charge)? else {
                return Ok(Stepped::NotOurs);
            };
            let before = charge.state();
            let Replanned::Changed(moved) = charge.waited_long_enough(now) else {
                return Ok(Stepped::NotOurs);
            };
            let next = next_action(&moved, now);
            if store::charges::update(tx, &moved, version, next, now)? == Written::Overtaken {
                return Ok(Stepped::NotOurs);
            }
            record(tx, &moved, Act::ChargeMoved, Some(before), now);
            tell_the_patient(tx, means, &moved)?;
            Ok::<_, AppError>(Stepped::To(moved.state()))
        })
        .await?;
    Ok(stopped.into_inner())
}

/// The gateway's answer as evidence.
fn heard(app: &App, source: EvidenceSource, generation: i64, answer: &GatewayAnswer) -> Evidence {
    let names_a_charge = match &answer.finding {
        Finding::Paid { .. } | Finding::Declined(_) | Finding::ActionRequired => true,
        Finding::Unclear { .. } | Finding::Busy { .. } | Finding::Absent => false,
    };
    Evidence {
        source,
        source_id: word_of(app, &answer.source_id, names_a_charge),
        generation,
        finding: answer.finding.clone(),
        seen_at: app.now(),
    }
}

/// What makes an answer one word. One that names no charge or refund of the gateway's is a word of its
/// own each time it is heard, so its id gets the moment.
pub(crate) fn word_of(app: &App, source_id: &str, names_something: bool) -> String {
    if names_something {
        return source_id.to_owned();
    }
    format!("{source_id}:{}:{}", app.now().ms(), hex::encode(app.ids().bytes::<4>()))
}

fn applied(applied: Applied) -> Result<Stepped, AppError> {
    Ok(match applied {
        Applied::Now(state) => Stepped::To(state),
        Applied::NoSuchCharge => Stepped::NotOurs,
    })
}
