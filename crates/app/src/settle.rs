//! A settlement run: every charge to which something must happen now gets its step.

use crate::charge::{self, Stepped};
use crate::{App, AppError, refunds};
use domain::charge::ChargeState;
use domain::group::HospitalCode;
use domain::id::ChargeId;
use serde::Serialize;
use std::collections::{HashMap, HashSet};
use store::charges::Actionable;
use tokio::task::JoinSet;

/// What a run did, for `atobarai settle --once --json`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Steps taken.
    pub claimed: u64,
    /// Charges that are paid now.
    pub paid: u64,
    /// Charges that the gateway declined, to be tried again or given to the desk.
    pub declined: u64,
    /// Charges whose end nobody knows yet.
    pub unknown: u64,
    /// Charges that wait for a later day or hour.
    pub waiting: i64,
    /// Steps of refunds taken.
    pub refunds: u64,
    /// This is a restored back-up, and nothing was done: see `atobarai adopt`.
    pub safe_mode: bool,
    /// Steps that broke; the log says why, and the charge is taken up again later.
    pub failed: u64,
}

/// Works off what is due, and ends. May be killed and run again at any time, beside itself and beside
/// `serve`.
pub async fn run_once(app: &App) -> Result<Counts, AppError> {
    let mut counts = Counts::default();
    if let Some(since) = app.store().read(store::safe_mode::since).await? {
        tracing::error!(%since, "a restored back-up: nothing is charged until `atobarai adopt` has run");
        counts.safe_mode = true;
        return Ok(counts);
    }
    let mut seen: HashSet<ChargeId> = HashSet::new();
    loop {
        let now = app.now();
        let limit = i64::try_from(seen.len().saturating_add(DUE_MAX)).unwrap_or(i64::MAX);
        let mut due =
            app.store().read(move |reader| store::charges::actionable(reader, now, limit)).await?;
        // A charge gets one step a run: what became of it is looked at again in the next one.
        due.retain(|one| !seen.contains(&one.charge));
        if due.is_empty() {
            break;
        }
        run_batch(app, in_turn(due), &mut seen, &mut counts).await;
    }
    counts.refunds = u64::try_from(refunds::run_due(app).await?).unwrap_or(u64::MAX);
    let now = app.now();
    counts.waiting = app.store().read(move |reader| store::charges::waiting(reader, now)).await?;
    Ok(counts)
}

/// Charges looked up at once: more than an hour's work at a gateway's usual pace.
const DUE_MAX: usize = 100_000;

/// After so many seconds the work is looked up anew: what has become due at another hospital meanwhile must not wait
/// for the end of a long list (invariant I17).
const LOOK_AGAIN_AFTER_S: i64 = 30;

/// One charge of each hospital after the other, each hospital's own in their order: nobody waits for the many of
/// another.
fn in_turn(due: Vec<Actionable>) -> Vec<Actionable> {
    let mut taken: HashMap<HospitalCode, usize> = HashMap::new();
    let mut turns: Vec<(usize, Actionable)> = Vec::with_capacity(due.len());
    for one in due {
        let turn = taken.entry(one.hospital.clone()).or_default();
        turns.push((*turn, one));
        *turn = turn.saturating_add(1);
    }
    // Stable: within a turn the longest waiting goes first.
    turns.sort_by_key(|(turn, _)| *turn);
    turns.into_iter().map(|(_, one)| one).collect()
}

async fn run_batch(
    app: &App,
    due: Vec<Actionable>,
    seen: &mut HashSet<ChargeId>,
    counts: &mut Counts,
) {
    let until = app.now().plus_seconds(LOOK_AGAIN_AFTER_S);
    let mut steps = JoinSet::new();
    for Actionable { charge, state, .. } in due {
        if app.now() >= until {
            break;
        }
        if steps.len() >= app.settings().gateway_calls_at_once {
            count(steps.join_next().await, counts);
        }
        seen.insert(charge);
        let app = app.clone();
        // A task of its own: whoever waits for the run may go away, the step goes on to its end.
        steps.spawn(async move { (charge, charge::step(&app, charge, state).await) });
    }
    while let Some(done) = steps.join_next().await {
        count(Some(done), counts);
    }
}

type Done = Option<Result<(ChargeId, Result<Stepped, AppError>), tokio::task::JoinError>>;

fn count(done: Done, counts: &mut Counts) {
    let Some(done) = done else { return };
    let add = |number: &mut u64| *number = number.saturating_add(1);
    match done {
        Ok((_, Ok(Stepped::NotOurs))) => {}
        Ok((_, Ok(Stepped::To(state)))) => {
            add(&mut counts.claimed);
            match state {
                ChargeState::Paid
                | ChargeState::PartRefunded
                | ChargeState::Refunded
                | ChargeState::Disputed => add(&mut counts.paid),
                ChargeState::Due | ChargeState::ReturnedToDesk | ChargeState::ActionRequired => {
                    add(&mut counts.declined);
                }
                ChargeState::Unknown | ChargeState::Sent | ChargeState::Intended => {
                    add(&mut counts.unknown);
                }
                ChargeState::Scheduled
                | ChargeState::AwaitingConsent
                | ChargeState::Withdrawn
                | ChargeState::SettledZero => {}
            }
        }
        Ok((charge, Err(error))) => {
            add(&mut counts.failed);
            tracing::error!(%charge, error = %crate::error::chain(&error), "a step of a charge broke");
        }
        Err(error) => {
            add(&mut counts.failed);
            tracing::error!(%error, "a step of a charge died");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// I17. Mutation: the list is worked off as it is, and one bill waits for ten thousand of another hospital.
    #[test]
    fn nobody_waits_for_the_many_of_another_hospital() {
        let due = |number, hospital: &str| Actionable {
            charge: ChargeId::from_number(number),
            hospital: HospitalCode::parse(hospital).unwrap(),
            state: ChargeState::Due,
        };
        let mut all: Vec<_> = (0..10_000).map(|number| due(number, "large")).collect();
        all.extend([due(20_000, "small"), due(20_001, "small")]);
        let order: Vec<u128> = in_turn(all).iter().map(|one| one.charge.number()).collect();
        assert_eq!(order[..4], [0, 20_000, 1, 20_001]);
        assert!(order[4..].is_sorted() && order.len() == 10_002);
    }
}
