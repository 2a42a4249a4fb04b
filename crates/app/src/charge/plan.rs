//! Bringing the money of an entry in line with its bills: a charge that follows, a supplementary charge, or
//! money back. What is moving is waited for; what has moved is never edited (rule R8).

mod first;
mod standing;

pub(crate) use self::first::replan_all;

use self::first::Policies;
use self::standing::Standing;
use super::telling::announce;
use super::{Means, chain_of, next_action, record};
use crate::AppError;
use crate::{cards, refunds};
use domain::audit::{Act, Actor};
use domain::charge::{Charge, FrozenBill, Obligation};
use domain::charge_state::ChargeState;
use domain::charge_steps::Replanned;
use domain::entry::{Entry, EntryState};
use domain::evidence::Conflict;
use domain::id::{ChargeId, EntryId};
use domain::policy::{SUPPLEMENT_NOTICE_DAYS, Supplement};
use domain::refund::RefundReason;
use domain::time::Moment;
use domain::yen::{AmountOutOfRange, Yen};
use store::charges::{Planned, StoredCharge, Written};
use store::{AuditRecord, Tx};

/// What became of a withdrawal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Withdrawal {
    /// The visit will not be charged.
    Done,
    /// Money is moving: if the gateway takes it, a refund is proposed at once.
    InFlight,
    /// The card has been charged: a refund is proposed.
    AlreadyPaid,
}

/// Brings the charges and refunds of an entry in line with the current revisions of its bills, and with
/// whether it is still to be paid later.
///
/// Plans a charge where there is none, follows corrections while nothing has been sent, and once a card was
/// charged asks for the difference: more by a supplementary charge (or at the desk, by policy), less as
/// a refund that a person approves. While money is moving nothing is done; whoever hears of its end calls
/// this again.
pub fn replan(tx: &mut Tx<'_>, means: Means<'_>, entry: EntryId) -> Result<(), AppError> {
    let entered = store::entries::lock(tx, entry)?;
    replan_entered(tx, means, entered)
}

/// [`replan`] of an entry that this transaction has locked.
pub(super) fn replan_entered(
    tx: &mut Tx<'_>,
    means: Means<'_>,
    entered: Entry,
) -> Result<(), AppError> {
    replan_locked(tx, means, entered, &mut Policies::default())
}

fn replan_locked(
    tx: &mut Tx<'_>,
    means: Means<'_>,
    entered: Entry,
    policies: &mut Policies,
) -> Result<(), AppError> {
    let entry = entered.id;
    let mut standing = Standing::of(tx, entered)?;
    let withdrawn = standing.entered.state == EntryState::Withdrawn;
    if withdrawn && let Some(last) = standing.charges.last().cloned() {
        withdraw_charge(tx, means, last)?;
        // What was on its way may be withdrawn now: nothing of it would lead here again.
        standing = Standing::of(tx, standing.entered)?;
    }
    if standing.is_moving() {
        return Ok(());
    }
    let returned = |last: &StoredCharge| last.charge.state() == ChargeState::ReturnedToDesk;
    if standing.charges.last().is_some_and(returned) && (withdrawn || standing.asked.is_zero()) {
        cards::allow_again(tx, standing.entered.account, means.now)?;
    }
    let taken = standing.charges.iter().any(|stored| stored.charge.state().has_taken());
    if !taken {
        return if withdrawn { Ok(()) } else { first_charge(tx, means, standing, policies) };
    }
    let out_of_range = |error: AmountOutOfRange| AppError::Inconsistent {
        what: format!("money of {entry}: {error}"),
    };
    let wanted = if withdrawn {
        Yen::ZERO
    } else {
        standing.asked.minus(standing.cash).unwrap_or(Yen::ZERO)
    };
    let have = standing.money.kept_after_requests();
    match wanted.minus(have) {
        Err(AmountOutOfRange) => {
            let back = have.minus(wanted).map_err(out_of_range)?;
            give_back(tx, means, &standing, back)
        }
        Ok(rest) => {
            refunds::drop_proposals(tx, means, &standing.money)?;
            if withdrawn {
                return Ok(());
            }
            // What people have given back for other reasons than a correction is not asked for again.
            let forgiven = rest.min(standing.money.forgiven());
            let rest = rest.minus(forgiven).map_err(out_of_range)?;
            let have = have.plus(forgiven).map_err(out_of_range)?;
            supplement(tx, means, standing, policies, (have, rest))
        }
    }
}

/// Withdraws an entry's charge and says how far it had come: paid at the counter, or the visit was
/// cancelled. Call it with the entry marked as withdrawn; what was taken is proposed to go back.
pub fn withdraw(tx: &mut Tx<'_>, means: Means<'_>, entry: EntryId) -> Result<Withdrawal, AppError> {
    replan(tx, means, entry)?;
    let charges = store::charges::of_entry(tx, entry)?;
    let state =
        |is: fn(ChargeState) -> bool| charges.iter().any(|stored| is(stored.charge.state()));
    Ok(if state(ChargeState::is_in_flight) {
        Withdrawal::InFlight
    } else if state(|state| state.has_taken() && state != ChargeState::Refunded) {
        Withdrawal::AlreadyPaid
    } else {
        Withdrawal::Done
    })
}

fn first_charge(
    tx: &mut Tx<'_>,
    means: Means<'_>,
    standing: Standing,
    policies: &mut Policies,
) -> Result<(), AppError> {
    if standing.bills.is_empty() && standing.charges.is_empty() {
        return Ok(());
    }
    let policy = policies.of(tx, &standing.entered)?;
    if standing.charges.is_empty() {
        return plan(tx, means, vec![first::obligation(means, policy, standing)]);
    }
    let notice_ends = first::notice_ends(means, policy);
    let Standing { bills, charges, .. } = standing;
    let Some(last) = charges.into_iter().next_back() else { return Ok(()) };
    follow(tx, means, last, bills, Yen::ZERO, notice_ends)
}

/// What a correction adds to a visit that was paid: its own charge with its own notice, or the desk.
fn supplement(
    tx: &mut Tx<'_>,
    means: Means<'_>,
    standing: Standing,
    policies: &mut Policies,
    (have, rest): (Yen, Yen),
) -> Result<(), AppError> {
    let Some(state) = standing.charges.last().map(|stored| stored.charge.state()) else {
        return Ok(());
    };
    if rest.is_zero() && state.has_taken() {
        return Ok(());
    }
    let policy = policies.of(tx, &standing.entered)?;
    let days = policy.advance_notice_days.max(SUPPLEMENT_NOTICE_DAYS);
    let due_on = means.now.day().plus_days(days);
    let notice_ends = Some(due_on.begins());
    let covered = have.plus(standing.cash).map_err(|error| AppError::Inconsistent {
        what: format!("money of {}: {error}", standing.entered.id),
    })?;
    let Standing { entered, bills, charges, .. } = standing;
    let Some(last) = charges.into_iter().next_back() else { return Ok(()) };
    match last.charge.state() {
        ChargeState::Scheduled
        | ChargeState::Due
        | ChargeState::AwaitingConsent
        | ChargeState::ActionRequired
        | ChargeState::SettledZero => {
            return follow(tx, means, last, bills, covered, notice_ends);
        }
        ChargeState::Paid
        | ChargeState::PartRefunded
        | ChargeState::Refunded
        | ChargeState::Disputed => {}
        ChargeState::Intended
        | ChargeState::Sent
        | ChargeState::Unknown
        | ChargeState::ReturnedToDesk
        | ChargeState::Withdrawn => return Ok(()),
    }
    let owed = last.charge.obligation();
    if policy.supplement == Supplement::Desk {
        let subject = rest.amount().to_string();
        return open_exception(tx, means.now, owed, Conflict::SupplementAtDesk, &subject);
    }
    let charge: ChargeId = means.ids.id(means.now);
    let obligation = Obligation {
        charge,
        entry: entered.id,
        sequence: owed.sequence.saturating_add(1),
        hospital: entered.hospital,
        account: entered.account,
        due_on,
        bills,
        covered,
        amount: rest,
    };
    plan(tx, means, vec![Announced { obligation, notice_ends }])
}

/// The cards have paid more than the bills ask for now.
fn give_back(
    tx: &mut Tx<'_>,
    means: Means<'_>,
    standing: &Standing,
    back: Yen,
) -> Result<(), AppError> {
    if let Some(last) = standing.charges.last()
        && !last.charge.state().is_final()
    {
        // A supplementary charge that nobody was told of yet has nothing to take any more.
        let covered = standing.asked;
        follow(tx, means, last.clone(), standing.bills.clone(), covered, None)?;
    }
    let withdrawn = standing.entered.state == EntryState::Withdrawn;
    let reason = if withdrawn { RefundReason::PaidAtCounter } else { RefundReason::Correction };
    if withdrawn && let Some(paid) = standing.charges.iter().find(|s| s.charge.state().has_taken())
    {
        let owed = paid.charge.obligation();
        open_exception(tx, means.now, owed, Conflict::PaidTwiceAtCounter, "withdrawn")?;
    }
    refunds::propose(tx, means, &standing.money, back, reason)
}

/// An obligation that nobody has planned yet, and the end of its notice where it is told in advance.
struct Announced {
    obligation: Obligation,
    notice_ends: Option<Moment>,
}

fn plan(tx: &mut Tx<'_>, means: Means<'_>, obligations: Vec<Announced>) -> Result<(), AppError> {
    let told: Vec<bool> = obligations.iter().map(|one| one.notice_ends.is_some()).collect();
    let planned: Vec<Planned> = obligations
        .into_iter()
        .map(|Announced { obligation, notice_ends }| {
            let charge = Charge::plan(obligation, notice_ends);
            Planned { next: next_action(&charge, means.now), charge }
        })
        .collect();
    store::charges::insert_all(tx, &planned, means.now)?;
    for (Planned { charge, .. }, told) in planned.iter().zip(told) {
        record(tx, charge, Act::ChargePlanned, None, means.now);
        if told {
            announce(tx, means, charge, 1)?;
        }
    }
    Ok(())
}

fn follow(
    tx: &mut Tx<'_>,
    means: Means<'_>,
    stored: StoredCharge,
    bills: Vec<FrozenBill>,
    covered: Yen,
    notice_ends: Option<Moment>,
) -> Result<(), AppError> {
    let StoredCharge { charge, version } = stored;
    let (before, id, amount) =
        (charge.state(), charge.obligation().charge, charge.obligation().amount);
    let replanned = charge
        .refreeze(bills, covered, notice_ends)
        .map_err(|error| AppError::Inconsistent { what: format!("charge {id}: {error}") })?;
    let Replanned::Changed(charge) = replanned else { return Ok(()) };
    let next = next_action(&charge, means.now);
    if store::charges::update(tx, &charge, version, next, means.now)? == Written::Overtaken {
        // It has been intended meanwhile: what is frozen stays (R8), and its end brings us back here.
        return Ok(());
    }
    store::charges::refreeze(tx, &charge)?;
    record(tx, &charge, Act::ChargePlanned, Some(before), means.now);
    if notice_ends.is_some() && charge.obligation().amount != amount {
        announce(tx, means, &charge, version.saturating_add(1))?;
    }
    Ok(())
}

fn withdraw_charge(
    tx: &mut Tx<'_>,
    means: Means<'_>,
    stored: StoredCharge,
) -> Result<(), AppError> {
    let StoredCharge { charge, version } = stored;
    let before = charge.state();
    let Replanned::Changed(charge) = charge.withdraw() else { return Ok(()) };
    let next = next_action(&charge, means.now);
    match store::charges::update(tx, &charge, version, next, means.now)? {
        Written::Yes => {
            record(tx, &charge, Act::ChargeMoved, Some(before), means.now);
            Ok(())
        }
        // It is on its way to the gateway: undo, and look again.
        Written::Overtaken => Err(AppError::Overtaken),
    }
}

/// Puts something on the work list of staff, once for each subject.
pub(crate) fn open_exception(
    tx: &mut Tx<'_>,
    now: Moment,
    owed: &Obligation,
    conflict: Conflict,
    subject: &str,
) -> Result<(), AppError> {
    if !store::attempts::open_exception(tx, owed.charge, conflict, subject, now)? {
        return Ok(());
    }
    tx.audit(AuditRecord {
        chain: chain_of(owed),
        at_ms: now.ms(),
        actor: Actor::System.to_string(),
        act: Act::ExceptionOpened.as_str(),
        subject: owed.charge.to_string(),
        detail: serde_json::json!({ "kind": conflict.as_str() }).to_string(),
    });
    Ok(())
}
