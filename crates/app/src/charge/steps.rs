//! The steps on the way to the gateway and back.

use super::{Applied, STEP_LEASE_S, apply_evidence, next_action, record};
use crate::{App, AppError, tell};
use domain::account::AccountState;
use domain::audit::Act;
use domain::charge::{
    AttemptOrder, Charge, ChargeState, Due, Obligation, ReturnReason, SMALLEST_CHARGE_YEN,
};
use domain::charge_steps::Replanned;
use domain::entry::EntryState;
use domain::evidence::{Evidence, EvidenceSource, Finding};
use domain::id::{AttemptId, ChargeId};
use domain::time::Moment;
use outbound::cards::GatewayAnswer;
use sha2::Digest as _;
use store::Tx;
use store::charges::{StoredCharge, Written};

/// What one step did to a charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stepped {
    /// It is in this state now.
    To(ChargeState),
    /// Another worker has it, or its time has not come.
    NotOurs,
}

/// Does to a charge what must happen to it now.
pub async fn step(app: &App, charge: ChargeId) -> Result<Stepped, AppError> {
    let found = app.store().read(move |reader| store::charges::by_id(reader, charge)).await?;
    match found.map(|stored| stored.charge.state()) {
        Some(ChargeState::Scheduled | ChargeState::Due) => {
            let stepped = intend(app, charge).await?;
            if stepped == Stepped::To(ChargeState::Intended) {
                return send(app, charge).await;
            }
            Ok(stepped)
        }
        Some(ChargeState::Intended) => send(app, charge).await,
        Some(ChargeState::Sent | ChargeState::Unknown) => enquire(app, charge).await,
        Some(
            ChargeState::ActionRequired
            | ChargeState::Paid
            | ChargeState::ReturnedToDesk
            | ChargeState::Withdrawn
            | ChargeState::SettledZero,
        )
        | None => Ok(Stepped::NotOurs),
    }
}

/// Freezes key, amount and card of a charge whose day has come, and commits (rule R2).
pub async fn intend(app: &App, charge: ChargeId) -> Result<Stepped, AppError> {
    let (now, ids) = (app.now(), app.ids().clone());
    let attempt: AttemptId = ids.id(now);
    let settings = app.settings().clone();
    let intended = app
        .store()
        .write(move |tx| {
            let Some(stored) = store::charges::by_id(tx, charge)? else {
                return Ok(Stepped::NotOurs);
            };
            let version = stored.version;
            let before = stored.charge.state();
            let Some(due) = stored.charge.due_now(now) else { return Ok(Stepped::NotOurs) };
            let moved = freeze(tx, due, attempt, now)?;
            let Some(moved) = moved else { return Ok(Stepped::NotOurs) };
            let next = next_action(&moved, now);
            if store::charges::update(tx, &moved, version, next, now)? == Written::Overtaken {
                return Err(AppError::Overtaken);
            }
            record(tx, moved.obligation(), Act::ChargeMoved, (Some(before), moved.state()), now);
            super::evidence::tell_the_patient(tx, &ids, &settings, &moved, now)?;
            Ok(Stepped::To(moved.state()))
        })
        .await;
    match intended {
        Ok(done) => Ok(done.into_inner()),
        Err(AppError::Overtaken) => Ok(Stepped::NotOurs),
        Err(error) => Err(error),
    }
}

/// What a due charge becomes: intended, given to the desk, or withdrawn with its entry.
fn freeze(
    tx: &mut Tx<'_>,
    due: Due,
    attempt: AttemptId,
    now: Moment,
) -> Result<Option<Charge>, AppError> {
    let entry = due.obligation.entry;
    let consent = store::entries::by_id(tx, entry)?;
    if consent.is_none_or(|entry| entry.state == EntryState::Withdrawn) {
        // No entry, no charge (invariant I16).
        return Ok(match Charge::Due(due).withdraw() {
            Replanned::Changed(charge) => Some(charge),
            Replanned::Same(_) | Replanned::TooLate(_) => None,
        });
    }
    if due.obligation.amount.amount() < SMALLEST_CHARGE_YEN {
        return Ok(Some(Charge::ReturnedToDesk(due.return_to_desk(ReturnReason::BelowMinimum))));
    }
    let Some(card) = store::cards::current_of(tx, due.obligation.account)? else {
        return Ok(Some(Charge::ReturnedToDesk(due.return_to_desk(ReturnReason::CardMissing))));
    };
    let generation = due.generation.saturating_add(1);
    let order = AttemptOrder {
        id: attempt,
        generation,
        key: idempotency_key(&due.obligation, generation),
        amount: due.obligation.amount,
        card: card.id,
        at_gateway: card.facts.at_gateway,
    };
    let charge = due.obligation.charge;
    match due.intend(order.clone(), now) {
        Ok(intended) => {
            store::attempts::insert(tx, charge, &order, now)?;
            Ok(Some(Charge::Intended(intended)))
        }
        Err(_not_yet) => Ok(None),
    }
}

/// Derived from what is owed and never from the moment: whoever asks again asks under the same key.
fn idempotency_key(owed: &Obligation, generation: i64) -> String {
    let mut digest = sha2::Sha256::new();
    for part in [
        owed.hospital.as_str(),
        &owed.entry.to_string(),
        &owed.sequence.to_string(),
        &generation.to_string(),
    ] {
        digest.update(part.len().to_be_bytes());
        digest.update(part.as_bytes());
    }
    hex::encode(digest.finalize())
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
            let states = (Some(ChargeState::Intended), moved.state());
            record(tx, moved.obligation(), Act::ChargeMoved, states, now);
            Ok::<_, AppError>(Some(sent))
        })
        .await?;
    let Some(sent) = sent.transpose() else { return Ok(Stepped::NotOurs) };
    let answer = tell::charge(app, &sent).await;
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

/// The gateway's answer as evidence. An answer that names no charge of the gateway is one word each
/// time it is heard, so its id gets the moment.
fn heard(app: &App, source: EvidenceSource, generation: i64, answer: &GatewayAnswer) -> Evidence {
    let seen_at = app.now();
    let source_id = match &answer.finding {
        Finding::Unclear { .. } | Finding::Absent => {
            format!("{}:{}:{}", answer.source_id, seen_at.ms(), hex::encode(app.ids().bytes::<4>()))
        }
        Finding::Paid { .. } | Finding::Declined(_) | Finding::ActionRequired => {
            answer.source_id.clone()
        }
    };
    Evidence { source, source_id, generation, finding: answer.finding.clone(), seen_at }
}

fn applied(applied: Applied) -> Result<Stepped, AppError> {
    Ok(match applied {
        Applied::Now(state) => Stepped::To(state),
        Applied::NoSuchCharge => Stepped::NotOurs,
    })
}

/// Whether a failed charge stops the account from entering new visits.
pub(super) const fn stops_entries(state: ChargeState) -> Option<AccountState> {
    match state {
        ChargeState::ReturnedToDesk => Some(AccountState::CardFailed),
        ChargeState::Scheduled
        | ChargeState::Due
        | ChargeState::Intended
        | ChargeState::Sent
        | ChargeState::Unknown
        | ChargeState::ActionRequired
        | ChargeState::Paid
        | ChargeState::Withdrawn
        | ChargeState::SettledZero => None,
    }
}
