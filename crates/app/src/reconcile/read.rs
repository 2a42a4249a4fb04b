//! Reads the gateway's books and keeps them as they are.

use super::difference;
use crate::webhooks::of_charge;
use crate::{App, AppError, charge, tell};
use domain::clearing::{GatewayPayout, GatewayTransaction, TransactionKind};
use domain::difference::{Difference, DifferenceKind};
use domain::evidence::{Conflict, DisputeFinding, DisputeStage, EvidenceSource};
use domain::group::HospitalCode;
use domain::id::{ChargeId, JournalEntryId, RefundId};
use domain::journal::{JournalEntry, JournalKind, moved};
use domain::time::{Day, Moment};
use domain::yen::{SignedYen, Yen};
use store::clearing::KeptLine;
use store::{Reader, Tx};

/// How far back the first reconciliation reads: payouts of today carry lines of up to two weeks ago.
const FIRST_READS_DAYS: u16 = 14;

/// Lines kept in one transaction: a day of a large hospital must not hold up its kiosks.
const LINES_OF_A_CHUNK: usize = 500;

/// Reads what the gateway has booked until the end of the day after `day`: a charge of the last second may be
/// booked in the next. Lines are read since the oldest day that is not settled. Returns the lines that are not
/// what they were.
pub(super) async fn read(
    app: &App,
    day: Day,
    unsettled: Option<Day>,
) -> Result<Vec<Difference>, AppError> {
    let usual = app.store().read(move |reader| begins(reader, day)).await?;
    let from = unsettled.map_or(usual, |unsettled| unsettled.begins().min(usual));
    let until = day.tomorrow().tomorrow().begins();
    charges_as_evidence(app, day.yesterday().begins()).await?;
    let lines = tell::transactions(app, from, until).await?;
    won_disputes_as_evidence(app, &lines).await?;
    let mut changed = Vec::new();
    for chunk in lines.chunks(LINES_OF_A_CHUNK) {
        let (chunk, now, ids) = (chunk.to_vec(), app.now(), app.ids().clone());
        let chunk = app.store().write(move |tx| {
            let mut changed = Vec::new();
            for line in &chunk {
                match store::clearing::keep_line(tx, line, now)? {
                    KeptLine::New => book_line(tx, line, now, || ids.id(now))?,
                    KeptLine::Known => {}
                    KeptLine::Changed(amount, _) => changed.push(difference(
                        DifferenceKind::LineChanged,
                        (day, now),
                        &line.id,
                        (Some(amount.amount()), Some(line.amount.amount())),
                    )?),
                }
            }
            Ok::<_, AppError>(changed)
        });
        changed.extend(chunk.await?.into_inner());
    }
    let payouts = tell::payouts(app, day).await?;
    keep_payouts(app, payouts).await?;
    Ok(changed)
}

/// From when lines are read: no line is left out that a payout may still carry.
fn begins(reader: &mut Reader<'_>, day: Day) -> Result<Moment, AppError> {
    let known = store::clearing::reconciled_at(reader, day.yesterday())?.is_some();
    let usual = day.yesterday();
    if known {
        let unpaid = store::clearing::oldest_unpaid(reader)?;
        return Ok(unpaid.map_or(usual.begins(), |unpaid| unpaid.min(usual.begins())));
    }
    let first = (0..FIRST_READS_DAYS).fold(day, |day, _| day.yesterday());
    Ok(first.begins())
}

/// The gateway's list of charges is evidence like any other: what a lost call should have told, it tells.
async fn charges_as_evidence(app: &App, from: Moment) -> Result<(), AppError> {
    for listed in tell::charges_since(app, from).await? {
        let reference = listed.reference.clone();
        let booked = app
            .store()
            .read(move |reader| {
                store::journal::by_subject(reader, JournalKind::Payment, &reference)
            })
            .await?;
        if booked.is_none() {
            of_charge(app, listed, EvidenceSource::Report).await?;
        }
    }
    Ok(())
}

/// A dispute that was won is told by its line, too, where the call was lost (F12): a refund that waits for its end
/// would wait for ever. Mutation: the line is only booked.
async fn won_disputes_as_evidence(app: &App, lines: &[GatewayTransaction]) -> Result<(), AppError> {
    for line in lines.iter().filter(|line| line.kind == TransactionKind::DisputeReversed) {
        let dispute = line.source.clone();
        let disputed = app
            .store()
            .read(move |reader| {
                match store::attempts::exception_about(reader, Conflict::Disputed, &dispute)? {
                    Some(charge) => store::charges::by_id(reader, charge),
                    None => Ok(None),
                }
            })
            .await?;
        let disputed = disputed.as_ref().and_then(|stored| stored.charge.payment());
        // Lines are read again every day; most were told by a call, or by an earlier day.
        let disputed = disputed.filter(|paid| paid.is_disputed());
        let (Some(paid), Ok(amount)) = (disputed, Yen::new(line.amount.amount())) else { continue };
        let finding = DisputeFinding {
            reference: line.source.clone(),
            charge_reference: paid.reference.clone(),
            amount,
            stage: DisputeStage::Won,
            reason: "by its line in the accounts".to_owned(),
        };
        let source_id = format!("{}:{}", line.source, finding.stage.as_str());
        let source = EvidenceSource::Report;
        charge::apply_dispute(app, finding, source, source_id, line.id.clone()).await?;
    }
    Ok(())
}

/// Books what only the gateway knows. Charges and refunds are booked by the engine, on evidence.
fn book_line(
    tx: &mut Tx<'_>,
    line: &GatewayTransaction,
    now: Moment,
    id: impl Fn() -> JournalEntryId,
) -> Result<(), AppError> {
    let about = whose(tx, line)?;
    let mut book = |kind: JournalKind, amount: i64| -> Result<(), AppError> {
        let amount = SignedYen::new(amount).map_err(|error| AppError::Inconsistent {
            what: format!("the gateway's line {}: {error}", line.id),
        })?;
        let Some((debit, credit, amount)) = moved(kind, amount) else { return Ok(()) };
        let entry = JournalEntry {
            id: id(),
            hospital: about.as_ref().map(|(hospital, _)| hospital.clone()),
            kind,
            subject: line.id.clone(),
            charge: about.as_ref().map(|(_, charge)| *charge),
            debit,
            credit,
            amount,
            booked_on: line.booked_at.day(),
            recorded_at: now,
        };
        store::journal::book(tx, &entry)?;
        Ok(())
    };
    let (amount, fee) = (line.amount.amount(), line.fee.amount());
    match line.kind {
        TransactionKind::Charge
        | TransactionKind::Refund
        | TransactionKind::RefundFailed
        | TransactionKind::Payout => book(JournalKind::Fee, fee),
        TransactionKind::Fee => book(JournalKind::Fee, fee.saturating_sub(amount)),
        TransactionKind::Dispute => {
            book(JournalKind::Dispute, amount.saturating_neg())?;
            book(JournalKind::Fee, fee)
        }
        TransactionKind::DisputeReversed => {
            book(JournalKind::DisputeReversed, amount)?;
            book(JournalKind::Fee, fee)
        }
        TransactionKind::Adjustment => {
            book(JournalKind::Adjustment, amount)?;
            book(JournalKind::Fee, fee)
        }
    }
}

/// Whose money a line moved, and on which charge, as far as our rows tell.
pub(crate) fn whose(
    reader: &mut Reader<'_>,
    line: &GatewayTransaction,
) -> Result<Option<(HospitalCode, ChargeId)>, AppError> {
    let reference = line.reference.as_deref().unwrap_or_default();
    let charge = if let Ok(charge) = reference.parse::<ChargeId>() {
        Some(charge)
    } else if let Ok(refund) = reference.parse::<RefundId>() {
        store::refunds::by_id(reader, refund)?.map(|stored| stored.refund.terms.charge)
    } else {
        store::attempts::exception_about(reader, Conflict::Disputed, &line.source)?
    };
    let Some(charge) = charge else { return Ok(None) };
    let stored = store::charges::by_id(reader, charge)?;
    Ok(stored.map(|stored| (stored.charge.obligation().hospital.clone(), charge)))
}

async fn keep_payouts(app: &App, payouts: Vec<GatewayPayout>) -> Result<(), AppError> {
    let (now, ids) = (app.now(), app.ids().clone());
    app.store()
        .write(move |tx| {
            let (debit, credit) = JournalKind::Payout.sides();
            for payout in &payouts {
                if !store::clearing::keep_payout(tx, payout, now)? || payout.amount.is_zero() {
                    continue;
                }
                let entry = JournalEntry {
                    id: ids.id(now),
                    hospital: None,
                    kind: JournalKind::Payout,
                    subject: payout.id.clone(),
                    charge: None,
                    debit,
                    credit,
                    amount: payout.amount,
                    booked_on: payout.arrives_on,
                    recorded_at: now,
                };
                store::journal::book(tx, &entry)?;
            }
            Ok::<_, AppError>(())
        })
        .await
        .map(drop)
}
