//! The card network's accounts with the hospital, as a function of its books: what it took, gave back,
//! keeps as its fee, and sends to the bank. A day's lines are one payout, which is sent when the day is over and
//! arrives on the second day after.

use super::books::Books;
use super::rules::{Answer, Ruling};
use crate::cards::wire::{ChargeStatus, PayoutBody, PayoutList, TransactionBody, TransactionList};
use domain::time::{Day, Moment};
use std::collections::BTreeMap;

/// The fee in thousandths of what was taken; half a yen and more is rounded up.
const FEE_PER_MILLE: i64 = 36;

/// Days from a line to the day on which the bank has its payout.
const PAYOUT_AFTER_DAYS: u16 = 2;

/// Lines booked from a moment until just before another, oldest first. A line names its payout once that has been
/// sent: until then the day may still come to nothing.
pub(super) fn transactions(books: &Books, from_ms: i64, until_ms: i64, now: Moment) -> Ruling {
    let mut transactions = lines(books);
    let payout_of_day = carried(&transactions, now).payout_of_day;
    for line in &mut transactions {
        line.payout = payout_of_day.get(&arrival(line.booked_ms)).cloned();
    }
    transactions.retain(|line| from_ms <= line.booked_ms && line.booked_ms < until_ms);
    Answer::json(200, &TransactionList { transactions }).into()
}

/// The payouts that have been sent and are asked for, oldest first.
pub(super) fn payouts(books: &Books, asked: impl Fn(&PayoutBody) -> bool, now: Moment) -> Ruling {
    let mut payouts = carried(&lines(books), now).payouts;
    for misbooked in &books.misbooked {
        if let Misbooked::PayoutShort { arrives_on, by } = misbooked {
            let short = |payout: &&mut PayoutBody| payout.arrives_on == *arrives_on;
            payouts.iter_mut().filter(short).for_each(|payout| payout.amount -= by);
        }
    }
    payouts.retain(|payout| asked(payout));
    Answer::json(200, &PayoutList { payouts }).into()
}

/// What went to the bank, and by which payout the lines of each day went.
struct Carried {
    payouts: Vec<PayoutBody>,
    payout_of_day: BTreeMap<String, String>,
}

/// A day on which more went back than was taken sends nothing: its lines go with the next payout.
fn carried(lines: &[TransactionBody], now: Moment) -> Carried {
    let mut days: BTreeMap<String, i64> = BTreeMap::new();
    let over = lines.iter().filter(|line| Moment::from_ms(line.booked_ms).day() < now.day());
    for line in over {
        *days.entry(arrival(line.booked_ms)).or_default() += line.amount - line.fee;
    }
    let (mut sum, mut waiting) = (0, Vec::new());
    let mut carried = Carried { payouts: Vec::new(), payout_of_day: BTreeMap::new() };
    for (day, net) in days {
        sum += net;
        waiting.push(day.clone());
        if sum <= 0 {
            continue;
        }
        let id = payout_id(&day);
        carried.payout_of_day.extend(waiting.drain(..).map(|waited| (waited, id.clone())));
        carried.payouts.push(PayoutBody { id, amount: sum, arrives_on: day });
        sum = 0;
    }
    carried
}

/// What the gateway's accounts get wrong, by switch: its charges and refunds stay as they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Misbooked {
    /// The line of a charge or refund is not listed.
    Missing {
        /// Its reference at the gateway.
        source: String,
    },
    /// It is listed with another amount.
    Amount {
        /// Its reference at the gateway.
        source: String,
        /// The amount, as the hospital sees it.
        amount: i64,
    },
    /// It is listed a second time, a day later, as a second capture is.
    Again {
        /// Its reference at the gateway.
        source: String,
    },
    /// The gateway's people have put something right.
    Adjustment {
        /// How much, as the hospital sees it.
        amount: i64,
        /// When, in milliseconds since 1970.
        booked_ms: i64,
    },
    /// The payout that arrives on a day is less than its lines.
    PayoutShort {
        /// The day.
        arrives_on: String,
        /// By how much.
        by: i64,
    },
}

impl Misbooked {
    fn apply(&self, lines: &mut Vec<TransactionBody>) {
        match self {
            Self::Missing { source } => lines.retain(|line| line.source != *source),
            Self::Amount { source, amount } => {
                let about = |line: &&mut TransactionBody| line.source == *source;
                lines.iter_mut().filter(about).for_each(|line| line.amount = *amount);
            }
            Self::Again { source } => {
                let found = lines.iter().find(|line| line.source == *source).cloned();
                lines.extend(found.map(|line| {
                    let booked_ms = line.booked_ms + 86_400_000;
                    TransactionBody { id: format!("{}_2", line.id), booked_ms, ..line }
                }));
            }
            Self::Adjustment { amount, booked_ms } => {
                let source = format!("adj_{booked_ms}");
                lines.push(line("adjustment", *amount, 0, (&source, None), *booked_ms));
            }
            Self::PayoutShort { .. } => {}
        }
    }
}

fn arrival(booked_ms: i64) -> String {
    let day: Day = Moment::from_ms(booked_ms).day();
    day.plus_days(PAYOUT_AFTER_DAYS).to_string()
}

fn payout_id(day: &str) -> String {
    format!("po_{}", day.replace('-', ""))
}

fn lines(books: &Books) -> Vec<TransactionBody> {
    let mut lines = Vec::new();
    let taken = books.charges.values().filter(|charge| charge.status == ChargeStatus::Succeeded);
    for charge in taken {
        let fee = (charge.amount * FEE_PER_MILLE + 500) / 1_000;
        let about = (charge.id.as_str(), Some(charge.reference.as_str()));
        lines.push(line("charge", charge.amount, fee, about, charge.created_ms));
    }
    for refund in books.refunds.values() {
        let about = (refund.id.as_str(), Some(refund.reference.as_str()));
        // Set aside as soon as it is asked for, as a payout must never change after it was sent.
        lines.push(line("refund", -refund.amount, 0, about, refund.created_ms));
        if let Some(failed_ms) = refund.failed_ms {
            lines.push(line("refund_failed", refund.amount, 0, about, failed_ms));
        }
    }
    for dispute in books.disputes.values() {
        let Some(withdrawn_ms) = dispute.withdrawn_ms else { continue };
        let charge = books.charges.get(&dispute.charge);
        let about = (dispute.id.as_str(), charge.map(|charge| charge.reference.as_str()));
        lines.push(line("dispute", -dispute.amount, 0, about, withdrawn_ms));
        if let (Some(closed_ms), "won") = (dispute.closed_ms, dispute.stage.as_str()) {
            lines.push(line("dispute_reversed", dispute.amount, 0, about, closed_ms));
        }
    }
    for misbooked in &books.misbooked {
        misbooked.apply(&mut lines);
    }
    lines.sort_by(|a, b| (a.booked_ms, &a.id).cmp(&(b.booked_ms, &b.id)));
    lines
}

fn line(
    kind: &str,
    amount: i64,
    fee: i64,
    about: (&str, Option<&str>),
    booked_ms: i64,
) -> TransactionBody {
    let (source, reference) = about;
    TransactionBody {
        id: format!("txn_{kind}_{source}"),
        kind: kind.to_owned(),
        amount,
        fee,
        source: source.to_owned(),
        reference: reference.map(str::to_owned),
        payout: None,
        booked_ms,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mutation: what was carried over is not named, and the payout is not the sum of its lines.
    #[test]
    fn a_day_below_zero_goes_with_the_next_payout() {
        let day_ms = 86_400_000;
        let on = |days: i64, amount| line("charge", amount, 0, ("ch_1", None), days * day_ms);
        let lines = [on(0, 500), on(1, -700), on(2, 200), on(3, 900), on(4, -1)];
        let carried = carried(&lines, Moment::from_ms(9 * day_ms));
        let paid: Vec<_> = carried.payouts.iter().map(|payout| payout.amount).collect();
        assert_eq!(paid, [500, 400], "-700 and 200 are carried to 900");
        let mut sums: BTreeMap<&str, i64> = BTreeMap::new();
        for line in &lines {
            if let Some(payout) = carried.payout_of_day.get(&arrival(line.booked_ms)) {
                *sums.entry(payout).or_default() += line.amount;
            }
        }
        let lines: Vec<_> = sums.into_values().collect();
        assert_eq!(lines, paid);
    }
}
