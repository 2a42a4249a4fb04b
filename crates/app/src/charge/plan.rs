//! Planning: what a bill, a correction or a withdrawal makes of a charge that nobody was told of yet.

use super::{next_action, record};
use crate::AppError;
use crate::ids::Ids;
use domain::audit::Act;
use domain::charge::{Charge, FrozenBill, Obligation};
use domain::charge_steps::Replanned;
use domain::entry::EntryState;
use domain::id::{ChargeId, EntryId};
use domain::time::Moment;
use store::Tx;
use store::charges::{StoredCharge, Written};

/// What became of a withdrawal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Withdrawal {
    /// The visit will not be charged.
    Done,
    /// Money is moving: wait for the gateway's answer, then refund if it took it.
    InFlight,
    /// The card has been charged: a refund is due.
    AlreadyPaid,
}

/// Brings the charge of an entry in line with the current revisions of its bills.
///
/// Plans one where there is none, follows corrections while nothing has been sent, and leaves alone
/// what is moving or has moved (rule R8). Without a bill nothing is planned.
pub fn replan(tx: &mut Tx<'_>, now: Moment, ids: &Ids, entry: EntryId) -> Result<(), AppError> {
    let entered = store::entries::by_id(tx, entry)?
        .ok_or_else(|| AppError::Inconsistent { what: format!("no entry {entry}") })?;
    if entered.state == EntryState::Withdrawn {
        return Ok(());
    }
    let bills: Vec<FrozenBill> = store::bills::current_of_entry(tx, entry)?
        .into_iter()
        .map(|bill| FrozenBill {
            bill: bill.bill,
            revision: bill.revision,
            amount: bill.outstanding,
        })
        .collect();
    if let Some(stored) = store::charges::last_of_entry(tx, entry)? {
        return follow(tx, now, stored, bills);
    }
    if bills.is_empty() {
        return Ok(());
    }
    let policy =
        crate::policy::in_force(tx, &entered.hospital, entered.visit_day)?.ok_or_else(|| {
            AppError::Inconsistent {
                what: format!("no policy of {} on {}", entered.hospital, entered.visit_day),
            }
        })?;
    let charge: ChargeId = ids.id(now);
    let charge = Charge::plan(Obligation {
        charge,
        entry,
        sequence: 1,
        hospital: entered.hospital,
        account: entered.account,
        due_on: policy.due_on(entered.visit_day),
        amount: sum(entry, &bills)?,
        bills,
    });
    let next = next_action(&charge, now);
    match store::charges::insert(tx, &charge, next, now)? {
        Written::Yes => {
            record(tx, charge.obligation(), Act::ChargePlanned, (None, charge.state()), now);
            Ok(())
        }
        Written::Overtaken => {
            // Another process has planned it between our look and our write: follow that one.
            let stored = store::charges::last_of_entry(tx, entry)?.ok_or_else(|| {
                AppError::Inconsistent { what: format!("the charge of {entry} vanished") }
            })?;
            let bills = charge.obligation().bills.clone();
            follow(tx, now, stored, bills)
        }
    }
}

/// Withdraws the charge of an entry: paid at the counter, or the visit was cancelled.
pub fn withdraw(
    tx: &mut Tx<'_>,
    now: Moment,
    _ids: &Ids,
    entry: EntryId,
) -> Result<Withdrawal, AppError> {
    let Some(StoredCharge { charge, version }) = store::charges::last_of_entry(tx, entry)? else {
        return Ok(Withdrawal::Done);
    };
    let before = charge.state();
    match charge.withdraw() {
        Replanned::Same(_) => Ok(Withdrawal::Done),
        Replanned::TooLate(Charge::Paid(_)) => Ok(Withdrawal::AlreadyPaid),
        Replanned::TooLate(_) => Ok(Withdrawal::InFlight),
        Replanned::Changed(charge) => {
            match store::charges::update(tx, &charge, version, next_action(&charge, now), now)? {
                Written::Yes => {
                    let states = (Some(before), charge.state());
                    record(tx, charge.obligation(), Act::ChargeMoved, states, now);
                    Ok(Withdrawal::Done)
                }
                Written::Overtaken => Ok(Withdrawal::InFlight),
            }
        }
    }
}

fn follow(
    tx: &mut Tx<'_>,
    now: Moment,
    stored: StoredCharge,
    bills: Vec<FrozenBill>,
) -> Result<(), AppError> {
    let StoredCharge { charge, version } = stored;
    let (before, id) = (charge.state(), charge.obligation().charge);
    let replanned = charge
        .refreeze(bills)
        .map_err(|error| AppError::Inconsistent { what: format!("charge {id}: {error}") })?;
    match replanned {
        Replanned::Same(_) | Replanned::TooLate(_) => Ok(()),
        Replanned::Changed(charge) => {
            match store::charges::update(tx, &charge, version, next_action(&charge, now), now)? {
                Written::Yes => {
                    store::charges::refreeze(tx, &charge)?;
                    let states = (Some(before), charge.state());
                    record(tx, charge.obligation(), Act::ChargePlanned, states, now);
                    Ok(())
                }
                // It has been intended meanwhile: what is frozen stays (R8).
                Written::Overtaken => Ok(()),
            }
        }
    }
}

fn sum(entry: EntryId, bills: &[FrozenBill]) -> Result<domain::yen::Yen, AppError> {
    Obligation::sum_of(bills)
        .map_err(|error| AppError::Inconsistent { what: format!("bills of {entry}: {error}") })
}
