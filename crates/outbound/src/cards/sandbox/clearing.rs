//! The card network's accounts with the hospital, as a function of its books: what it took, gave back,
//! keeps as its fee, and sends to the bank. A day's lines are one payout, on the second day after.

use super::books::Books;
use super::rules::{Answer, Ruling};
use crate::cards::wire::{
    ChargeStatus, PayoutBody, PayoutList, RefundStatus, TransactionBody, TransactionList,
};
use domain::time::{Day, Moment};
use std::collections::BTreeMap;

/// The fee in thousandths of what was taken; half a yen and more is rounded up.
const FEE_PER_MILLE: i64 = 36;

/// Days from a line to the day on which the bank has its payout.
const PAYOUT_AFTER_DAYS: u16 = 2;

/// Lines booked from a moment until just before another, oldest first.
pub(super) fn transactions(books: &Books, from_ms: i64, until_ms: i64) -> Ruling {
    let mut transactions = lines(books);
    transactions.retain(|line| from_ms <= line.booked_ms && line.booked_ms < until_ms);
    Answer::json(200, &TransactionList { transactions }).into()
}

/// The payouts that are asked for, oldest first. Days on which more went back than was taken send nothing and are
/// taken off the next.
pub(super) fn payouts(books: &Books, asked: impl Fn(&PayoutBody) -> bool) -> Ruling {
    let mut days: BTreeMap<String, i64> = BTreeMap::new();
    for line in lines(books) {
        let day = days.entry(arrival(line.booked_ms)).or_default();
        *day += line.amount - line.fee;
    }
    let mut carried = 0;
    let mut payouts = Vec::new();
    for (day, net) in days {
        let sum = carried + net;
        carried = sum.min(0);
        if sum > 0 {
            payouts.push(PayoutBody { id: payout_id(&day), amount: sum, arrives_on: day });
        }
    }
    payouts.retain(|payout| asked(payout));
    Answer::json(200, &PayoutList { payouts }).into()
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
        if refund.status != RefundStatus::Pending {
            lines.push(line("refund", -refund.amount, 0, about, refund.created_ms));
        }
        if let Some(failed_ms) = refund.failed_ms {
            lines.push(line("refund_failed", refund.amount, 0, about, failed_ms));
        }
    }
    for dispute in books.disputes.values().filter(|dispute| dispute.stage != "inquiry") {
        let about = (dispute.id.as_str(), None);
        lines.push(line("dispute", -dispute.amount, 0, about, dispute.created_ms));
        if let (Some(closed_ms), "won") = (dispute.closed_ms, dispute.stage.as_str()) {
            lines.push(line("dispute_reversed", dispute.amount, 0, about, closed_ms));
        }
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
        payout: Some(payout_id(&arrival(booked_ms))),
        booked_ms,
    }
}
