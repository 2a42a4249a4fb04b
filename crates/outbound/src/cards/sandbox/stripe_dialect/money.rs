//! Refunds, the accounts and the payouts.

use super::form::Form;
use super::{deliver, key, objects, page, refusal};
use crate::cards::sandbox::{Books, Sandbox};
use crate::cards::wire::{
    BookedRefund, PayoutBody, PayoutList, RefundList, RefundParameters, TransactionBody,
    TransactionList,
};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use domain::time::Day;
use serde_json::{Value, json};
use std::sync::Arc;

const DAY_S: i64 = 86_400;

pub(super) async fn post_refund(
    State(sandbox): State<Arc<Sandbox>>,
    headers: HeaderMap,
    asked: Form,
) -> Response {
    let Some(amount) = asked.number("amount") else {
        return refusal(400, "", Some("amount"), "only refunds of a given amount are played");
    };
    let parameters = RefundParameters {
        charge: asked.text("charge"),
        amount,
        reference: asked.text("metadata[refund]"),
        generation: asked.number("metadata[attempt]").unwrap_or(0),
    };
    let delivery = sandbox.post_refund(key(&headers, &sandbox), parameters).await;
    deliver(delivery, |answer| {
        let refund: BookedRefund = serde_json::from_str(&answer.body).ok()?;
        Some(objects::refund(&refund))
    })
    .await
}

pub(super) async fn list_refunds(State(sandbox): State<Arc<Sandbox>>, asked: Form) -> Response {
    let charge = asked.get("charge").map(str::to_owned);
    let delivery = sandbox
        .list_refunds(move |refund| charge.as_ref().is_none_or(|of| *of == refund.charge))
        .await;
    deliver(delivery, |answer| {
        let list: RefundList = serde_json::from_str(&answer.body).ok()?;
        Some(page(list.refunds.iter().rev().map(objects::refund).collect(), &asked))
    })
    .await
}

/// Between two moments, or of one payout.
pub(super) async fn list_transactions(
    State(sandbox): State<Arc<Sandbox>>,
    asked: Form,
) -> Response {
    let from_ms = asked.moment_ms("created[gte]").unwrap_or(i64::MIN);
    let until_ms = asked.moment_ms("created[lt]").unwrap_or(i64::MAX);
    let delivery = sandbox.get_transactions(from_ms, until_ms).await;
    deliver(delivery, |answer| {
        let list: TransactionList = serde_json::from_str(&answer.body).ok()?;
        let books = sandbox.books();
        let of_payout = |line: &&TransactionBody| {
            asked.get("payout").is_none_or(|payout| line.payout.as_deref() == Some(payout))
        };
        let lines = list.transactions.iter().rev().filter(of_payout);
        let lines = lines.map(|line| objects::transaction(line, metadata(&books, &line.source)));
        Some(page(lines.collect(), &asked))
    })
    .await
}

fn metadata(books: &Books, source: &str) -> Value {
    let object = books.charges.get(source).map(objects::charge);
    let object = object.or_else(|| books.refunds.get(source).map(objects::refund));
    object.and_then(|object| object.get("metadata").cloned()).unwrap_or_else(|| json!({}))
}

/// A payout is made on the day on which it arrives, here; its days are named by their midnight in UTC.
pub(super) async fn list_payouts(State(sandbox): State<Arc<Sandbox>>, asked: Form) -> Response {
    let arrives_from = asked.number("arrival_date[gte]").or(asked.number("created[gte]"));
    let arrives_before = asked.number("arrival_date[lt]").or(asked.number("created[lt]"));
    let delivery = sandbox.list_payouts(|_| true).await;
    deliver(delivery, |answer| {
        let list: PayoutList = serde_json::from_str(&answer.body).ok()?;
        let payouts = list.payouts.iter().rev().filter_map(|payout| {
            let midnight = arrival_date(payout)?;
            let is_asked = arrives_from.is_none_or(|from| midnight.saturating_add(DAY_S) > from)
                && arrives_before.is_none_or(|before| midnight < before);
            is_asked.then(|| objects::payout(payout, midnight))
        });
        Some(page(payouts.collect(), &asked))
    })
    .await
}

fn arrival_date(payout: &PayoutBody) -> Option<i64> {
    Some(Day::parse(&payout.arrives_on).ok()?.days_since_1970().saturating_mul(DAY_S))
}
