//! The accountant of the simulated hospital. In every second world each morning, and in all of them when the months
//! are over, days are reconciled against the card network's accounts and a bank that shows what it sent; then all
//! rows are asked whether the rules hold.

use super::faults::Fault;
use super::world::World;

use app::{App, AppError, proof, reconcile, tell};
use domain::audit::Actor;
use domain::clearing::GatewayTransaction;
use domain::difference::{Difference, DifferenceKind};
use domain::journal::Title;
use domain::time::Day;
use outbound::cards::sandbox::{Books, ChargeStatus, Misbooked};
use std::collections::BTreeSet;

/// Reconciles the days that are over and were not, as far as the gateway answers.
pub async fn every_morning(world: &mut World) {
    if !world.reconciles_daily {
        return;
    }
    let today = world.now().day();
    let mut day = world.reconciled_before.unwrap_or(today.yesterday());
    while day < today {
        let app = world.house.app.clone();
        let work = async move {
            match reconcile_day(&app, day).await {
                Ok(()) => Ok(true),
                Err(AppError::Outside { .. }) => Ok(false),
                Err(error) => Err(error),
            }
        };
        if world.perhaps_dying("reconcile", work).await != Some(true) {
            break;
        }
        day = day.tomorrow();
    }
    world.reconciled_before = Some(day);
}

/// What does not agree although nobody has an explanation for it. `explained` holds our references (entries,
/// charges, refunds) of visits at whose sums people look already.
pub async fn look(world: &mut World, first: Day, explained: &BTreeSet<String>) -> Vec<String> {
    let mut wrong = Vec::new();
    let planted = if world.seed % 4 == 1 { misbook(world, explained) } else { Vec::new() };
    let mut day = world.reconciled_before.unwrap_or(first);
    while day < world.now().day() {
        if let Err(error) = reconcile_day(&world.house.app, day).await {
            wrong.push(format!("{day} could not be reconciled: {error}"));
        }
        day = day.tomorrow();
    }
    let (books, last) = (world.books(), world.now().day());
    let read = world.house.app.store().read(move |reader| {
        let mut open = Vec::new();
        for difference in store::differences::all_open(reader)? {
            let lines = store::clearing::lines_of(reader, difference.day)?;
            let line = lines.into_iter().find(|line| line.id == difference.subject);
            open.push((difference, line));
        }
        let balances = store::journal::balances(reader, Day::from_days_since_1970(40_000))?;
        let mut net = 0;
        let mut day = first;
        while day <= last {
            let lines = store::clearing::lines_of(reader, day)?;
            net += lines.iter().map(|line| line.amount.amount() - line.fee.amount()).sum::<i64>();
            day = day.tomorrow();
        }
        Ok::<_, store::StoreError>((open, balances, net))
    });
    let (mut open, balances, net) = match read.await {
        Ok(read) => read,
        Err(error) => return vec![format!("{error:?}")],
    };
    let held = [Title::Gateway, Title::InTransit, Title::Bank].map(|title| balances.get(&title));
    let held: i64 = held.into_iter().flatten().sum();
    if open.is_empty() && held != net {
        wrong.push(format!("I7: the card network owes or sent {net}, the journal says {held}"));
    }
    wrong.extend(unnoticed(&mut open, &planted));
    for (difference, line) in open {
        let about = match &line {
            Some(line) => {
                let ours = line.reference.clone().filter(|reference| !reference.is_empty());
                ours.or_else(|| charge_of(&books, &line.source))
            }
            None => Some(difference.subject.clone()),
        };
        if is_about_money(&difference) && about.is_none_or(|about| !explained.contains(&about)) {
            wrong.push(format!("I8: the books do not agree: {difference:?}, {line:?}"));
        }
    }
    if balances.values().sum::<i64>() != 0 {
        wrong.push(format!("I7: the journal does not add up: {balances:?}"));
    }
    match proof::check(&world.house.app, |_, _| ()).await {
        Err(error) => wrong.push(format!("{error:?}")),
        Ok(checked) => {
            for one in checked {
                let broken = one.held.broken.iter().filter(|id| !explained.contains(*id));
                wrong.extend(
                    broken.map(|id| format!("{}: {}: {id}", one.rule.number, one.rule.in_english)),
                );
            }
        }
    }
    wrong
}

/// Takes what was planted out of what was found; says what of it was not.
fn unnoticed(
    open: &mut Vec<(Difference, Option<GatewayTransaction>)>,
    planted: &[(DifferenceKind, String)],
) -> Vec<String> {
    let mut wrong = Vec::new();
    for (kind, subject) in planted {
        let before = open.len();
        open.retain(|(found, _)| (found.kind, &found.subject) != (*kind, subject));
        if open.len() == before {
            wrong.push(format!(
                "I8: the gateway's accounts are wrong, and nobody noticed: {kind:?} {subject}"
            ));
        }
    }
    wrong
}

/// F40: makes the gateway's accounts wrong, about charges that are in order. Says what the accountant must find.
fn misbook(world: &mut World, explained: &BTreeSet<String>) -> Vec<(DifferenceKind, String)> {
    let books = world.books();
    let disturbed = |id: &str| {
        books.refunds.values().any(|refund| refund.charge == id)
            || books.disputes.values().any(|dispute| dispute.charge == id)
    };
    let mut in_order: Vec<_> = books
        .charges
        .values()
        .filter(|charge| charge.status == ChargeStatus::Succeeded)
        .filter(|charge| !explained.contains(&charge.reference) && !disturbed(&charge.id))
        .map(|charge| (charge.id.clone(), charge.reference.clone(), charge.created_ms))
        .collect();
    in_order.sort();
    let mut planted = Vec::new();
    for kind in 0..4 {
        let Some((source, reference, booked_ms)) = world.chance.pick(&in_order).cloned() else {
            break;
        };
        in_order.retain(|(id, _, _)| *id != source);
        let (how, found) = match kind {
            0 => (Misbooked::Missing { source }, (DifferenceKind::JournalOnly, reference)),
            1 => (
                Misbooked::Amount { source, amount: 7 },
                (DifferenceKind::AmountDiffers, reference),
            ),
            2 => {
                let line = format!("txn_charge_{source}_2");
                (Misbooked::Again { source }, (DifferenceKind::GatewayOnly, line))
            }
            _ => {
                let line = format!("txn_adjustment_adj_{booked_ms}");
                let how = Misbooked::Adjustment { amount: -300, booked_ms };
                (how, (DifferenceKind::Adjustment, line))
            }
        };
        world.fires(Fault::WrongAccounts);
        world.house.sandbox.misbook(how);
        planted.push(found);
    }
    planted
}

async fn reconcile_day(app: &App, day: Day) -> Result<(), AppError> {
    let accountant = Actor::Operator("accountant".to_owned());
    let mut file = "入金日,入金額\n".to_owned();
    for payout in tell::payouts(app, day).await? {
        file.push_str(&format!("{day},{}\n", payout.amount.amount()));
    }
    reconcile::deposits(app, file.as_bytes(), &accountant).await?;
    reconcile::reconcile(app, day, &accountant).await.map(drop)
}

/// A dispute that nobody was told of is a lost call; everything else is money.
fn is_about_money(difference: &Difference) -> bool {
    difference.kind != DifferenceKind::DisputeNotNoticed
}

/// Our reference of the charge that a refund made by hand, or a dispute, is about.
fn charge_of(books: &Books, source: &str) -> Option<String> {
    let refund = books.refunds.get(source).map(|refund| &refund.charge);
    let dispute = books.disputes.get(source).map(|dispute| &dispute.charge);
    let charge = books.charges.get(refund.or(dispute)?)?;
    Some(charge.reference.clone())
}
