//! The gateway's payouts against the deposits that the bank has shown.

use super::{agrees, difference};
use crate::AppError;
use crate::charge::Means;
use domain::difference::{Difference, DifferenceKind};
use domain::journal::{JournalEntry, JournalKind};
use domain::time::Day;
use store::Tx;
use store::clearing::{KeptDeposit, KeptPayout};

/// Days that a bank may take to show a payout: a long holiday.
const SHOWN_WITHIN_DAYS: u16 = 10;

/// Matches the deposits of a day with payouts of that day or shortly before, each once, by their amount.
/// Returns how many differences that closed.
pub(super) fn deposits(
    tx: &mut Tx<'_>,
    means: Means<'_>,
    day: Day,
    found: &mut Vec<Difference>,
) -> Result<u64, AppError> {
    let mut closed = 0_u64;
    let first = (0..SHOWN_WITHIN_DAYS).fold(day, |day, _| day.yesterday());
    let mut waiting = store::clearing::payouts_arriving(tx, first, day)?;
    waiting.retain(|kept| kept.deposit.is_none() && !kept.payout.amount.is_zero());
    let mut strangers = Vec::new();
    for kept in store::clearing::deposits_of(tx, day)? {
        if kept.payout.is_some() {
            continue;
        }
        let same = |payout: &KeptPayout| payout.payout.amount == kept.deposit.amount;
        match waiting.iter().position(same) {
            Some(at) => {
                let missed = shown(tx, means, &waiting.remove(at), &kept)?;
                closed = closed.saturating_add(missed);
            }
            None => strangers.push(kept),
        }
    }
    waiting.retain(|kept| kept.payout.arrives_on == day);
    let at = (day, means.now);
    if let ([payout], [deposit]) = (&*waiting, &*strangers) {
        let amounts = (payout.payout.amount.amount(), deposit.deposit.amount.amount());
        let amounts = (Some(amounts.0), Some(amounts.1));
        found.push(difference(DifferenceKind::DepositDiffers, at, &payout.payout.id, amounts)?);
        return Ok(closed);
    }
    for kept in &waiting {
        let ours = Some(kept.payout.amount.amount());
        let kind = DifferenceKind::PayoutNotInBank;
        found.push(difference(kind, at, &kept.payout.id, (ours, None))?);
    }
    for kept in &strangers {
        let theirs = Some(kept.deposit.amount.amount());
        let kind = DifferenceKind::DepositWithoutPayout;
        found.push(difference(kind, at, &kept.id.to_string(), (None, theirs))?);
    }
    Ok(closed)
}

/// The bank has shown a payout: it is booked, and is not missed any more. Returns how many differences that
/// closed.
fn shown(
    tx: &mut Tx<'_>,
    means: Means<'_>,
    payout: &KeptPayout,
    deposit: &KeptDeposit,
) -> Result<u64, AppError> {
    let now = means.now;
    store::clearing::shown(tx, &payout.payout.id, deposit.id)?;
    let (debit, credit) = JournalKind::Deposit.sides();
    let entry = JournalEntry {
        id: means.ids.id(now),
        hospital: None,
        kind: JournalKind::Deposit,
        subject: deposit.id.to_string(),
        charge: None,
        debit,
        credit,
        amount: deposit.deposit.amount,
        booked_on: deposit.deposit.deposited_on,
        recorded_at: now,
    };
    store::journal::book(tx, &entry)?;
    let missed = |open: &Difference| {
        [DifferenceKind::PayoutNotInBank, DifferenceKind::DepositDiffers].contains(&open.kind)
            && open.subject == payout.payout.id
    };
    let mut closed = 0_u64;
    for open in store::differences::open_of(tx, payout.payout.arrives_on)? {
        if missed(&open) {
            agrees(tx, &open, now)?;
            closed = closed.saturating_add(1);
        }
    }
    Ok(closed)
}
