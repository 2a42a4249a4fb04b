//! Our journal against the gateway's lines; the gateway's payouts against its own lines.

use super::difference;
use super::read::whose;
use crate::AppError;
use domain::clearing::{GatewayTransaction, TransactionKind};
use domain::difference::{Difference, DifferenceKind};
use domain::evidence::Conflict;
use domain::id::{ChargeId, RefundId};
use domain::journal::{JournalEntry, JournalKind};
use domain::refund::RefundState;
use domain::time::{Day, Moment};
use store::{Reader, Tx};

/// So long the engine may ask about a line of the gateway's before people must: the day and the night after.
const ASKED_FOR_S: i64 = 2 * 86_400;

/// So long a refund that the gateway has begun may take to arrive before people must look.
const ARRIVES_WITHIN_S: i64 = 10 * 86_400;

/// Compares a day in both directions: each entry has its line, each line its entry. Returns how many lines
/// wait for an answer that the engine is asking for.
pub(super) fn journal(
    tx: &mut Tx<'_>,
    day: Day,
    now: Moment,
    found: &mut Vec<Difference>,
) -> Result<u64, AppError> {
    for entry in store::journal::of_days(tx, day, day)? {
        let Some(sign) = sign(entry.kind) else { continue };
        let lines = lines_about(tx, entry.kind, &entry.subject)?;
        let ours = sign.saturating_mul(entry.amount.amount());
        let differs = match pair(&entry, &lines) {
            None => difference(
                DifferenceKind::JournalOnly,
                (day, now),
                &entry.subject,
                (Some(ours), None),
            )?,
            Some(line) if line.amount.amount() != ours => difference(
                DifferenceKind::AmountDiffers,
                (day, now),
                &entry.subject,
                (Some(ours), Some(line.amount.amount())),
            )?,
            Some(_) => continue,
        };
        found.push(Difference { hospital: entry.hospital.clone(), ..differs });
    }
    let mut waiting = 0_u64;
    for line in store::clearing::lines_of(tx, day)? {
        match judge(tx, &line, now)? {
            Judged::Agrees => {}
            Judged::Waits => waiting = waiting.saturating_add(1),
            Judged::Differs(kind) => {
                let theirs = Some(line.amount.amount());
                let differs = difference(kind, (day, now), &line.id, (None, theirs))?;
                let hospital = whose(tx, &line)?.map(|(hospital, _)| hospital);
                found.push(Difference { hospital, ..differs });
            }
        }
    }
    Ok(waiting)
}

enum Judged {
    Agrees,
    /// The engine is asking the gateway about it.
    Waits,
    Differs(DifferenceKind),
}

fn judge(tx: &mut Tx<'_>, line: &GatewayTransaction, now: Moment) -> Result<Judged, AppError> {
    match line.kind {
        TransactionKind::Charge | TransactionKind::Refund | TransactionKind::RefundFailed => {
            money_of_ours(tx, line, now)
        }
        TransactionKind::Dispute => {
            let noticed =
                store::attempts::exception_about(tx, Conflict::Disputed, &line.source)?.is_some();
            Ok(if noticed {
                Judged::Agrees
            } else {
                Judged::Differs(DifferenceKind::DisputeNotNoticed)
            })
        }
        TransactionKind::Adjustment => Ok(Judged::Differs(DifferenceKind::Adjustment)),
        // Booked from the line itself; a payout is compared with the bank.
        TransactionKind::DisputeReversed | TransactionKind::Fee | TransactionKind::Payout => {
            Ok(Judged::Agrees)
        }
    }
}

/// A charge or refund of the gateway's has one entry of ours, and is the only line for it. Mutation: the
/// comparison of the ids is left out, and a second capture under one reference agrees with the first's entry.
fn money_of_ours(
    tx: &mut Tx<'_>,
    line: &GatewayTransaction,
    now: Moment,
) -> Result<Judged, AppError> {
    const STRANGE: Judged = Judged::Differs(DifferenceKind::GatewayOnly);
    let (Some(reference), Some(kind)) = (&line.reference, JournalKind::of_line(line.kind)) else {
        return Ok(STRANGE);
    };
    let Some(entry) = store::journal::by_subject(tx, kind, reference)? else {
        if let Some(judged) = came_back(tx, reference)? {
            return Ok(judged);
        }
        let waits = waits_for_s(tx, reference)?;
        let waits = waits.is_some_and(|waits| now < line.booked_at.plus_seconds(waits));
        return Ok(if waits { Judged::Waits } else { STRANGE });
    };
    let lines = lines_about(tx, kind, reference)?;
    let paired = pair(&entry, &lines).is_some_and(|paired| paired.id == line.id);
    Ok(if paired { Judged::Agrees } else { STRANGE })
}

/// A refund that never arrived: the gateway lists it and its return, and our books, which had not taken it for done,
/// have neither. The return may be listed days later. `None`: this is no such refund.
fn came_back(reader: &mut Reader<'_>, reference: &str) -> Result<Option<Judged>, AppError> {
    let Ok(refund) = reference.parse::<RefundId>() else { return Ok(None) };
    let stored = store::refunds::by_id(reader, refund)?;
    if stored.is_none_or(|stored| stored.refund.state() != RefundState::Failed) {
        return Ok(None);
    }
    let lines = store::clearing::lines_about(reader, reference)?;
    let amounts: Vec<_> = lines.iter().map(|line| line.amount.amount()).collect();
    Ok(match &*amounts {
        [_] => Some(Judged::Waits),
        [back, again] if back.checked_add(*again) == Some(0) => Some(Judged::Agrees),
        _ => None,
    })
}

/// For how many seconds after its line something may wait to be booked: the engine has asked for it and does not
/// know the answer yet, or money on its way back has not arrived. `None`: we never asked, or know the answer.
fn waits_for_s(reader: &mut Reader<'_>, reference: &str) -> Result<Option<i64>, AppError> {
    if let Ok(charge) = reference.parse::<ChargeId>() {
        let stored = store::charges::by_id(reader, charge)?;
        let asked = stored.is_some_and(|stored| stored.charge.state().is_in_flight());
        return Ok(asked.then_some(ASKED_FOR_S));
    }
    let Ok(refund) = reference.parse::<RefundId>() else { return Ok(None) };
    let stored = store::refunds::by_id(reader, refund)?;
    let Some(state) = stored.map(|stored| stored.refund.state()) else { return Ok(None) };
    // A gateway lists a refund as soon as it is asked for; ours is booked when the money is back.
    let arrives = (state == RefundState::Pending).then_some(ARRIVES_WITHIN_S);
    Ok(arrives.or_else(|| state.is_in_flight().then_some(ASKED_FOR_S)))
}

/// The line that an entry is about: one of its amount before any other.
fn pair<'l>(
    entry: &JournalEntry,
    lines: &'l [GatewayTransaction],
) -> Option<&'l GatewayTransaction> {
    let ours = sign(entry.kind)?.saturating_mul(entry.amount.amount());
    lines.iter().find(|line| line.amount.amount() == ours).or_else(|| lines.first())
}

fn lines_about(
    reader: &mut Reader<'_>,
    kind: JournalKind,
    subject: &str,
) -> Result<Vec<GatewayTransaction>, AppError> {
    let mut lines = store::clearing::lines_about(reader, subject)?;
    lines.retain(|line| JournalKind::of_line(line.kind) == Some(kind));
    Ok(lines)
}

/// Which way the gateway's amount of such an entry goes; `None` for what is not compared line by line.
const fn sign(kind: JournalKind) -> Option<i64> {
    match kind {
        JournalKind::Payment | JournalKind::RefundFailed => Some(1),
        JournalKind::Refund => Some(-1),
        JournalKind::Fee
        | JournalKind::Dispute
        | JournalKind::DisputeReversed
        | JournalKind::Adjustment
        | JournalKind::Payout
        | JournalKind::Deposit => None,
    }
}

/// A payout is the sum of the lines that it carried, less their fees.
pub(super) fn payouts(
    tx: &mut Tx<'_>,
    day: Day,
    now: Moment,
    found: &mut Vec<Difference>,
) -> Result<(), AppError> {
    for kept in store::clearing::payouts_arriving(tx, day, day)? {
        let lines = store::clearing::lines_of_payout(tx, &kept.payout.id)?;
        let (sum, paid) = (net(&lines), kept.payout.amount.amount());
        if sum != paid {
            found.push(difference(
                DifferenceKind::PayoutDiffers,
                (day, now),
                &kept.payout.id,
                (Some(sum), Some(paid)),
            )?);
        }
    }
    Ok(())
}

/// What a payout of these lines comes to, in yen. Its own line is not part of it.
pub(crate) fn net(lines: &[GatewayTransaction]) -> i64 {
    lines
        .iter()
        .filter(|line| line.kind != TransactionKind::Payout)
        .map(|line| line.amount.amount().saturating_sub(line.fee.amount()))
        .fold(0, i64::saturating_add)
}
