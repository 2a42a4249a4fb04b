//! Payments: made and confirmed in one request, and listed.

use super::form::Form;
use super::{deliver, key, objects, page, refusal};
use crate::cards::sandbox::{Call, Sandbox};
use crate::cards::wire::{BookedCharge, ChargeList, ChargeParameters};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use serde_json::Value;
use std::sync::Arc;

pub(super) async fn post_intent(
    State(sandbox): State<Arc<Sandbox>>,
    headers: HeaderMap,
    asked: Form,
) -> Response {
    let Some(amount) = asked.number("amount") else {
        return refusal(400, "parameter_missing", Some("amount"), "amount must be a whole number");
    };
    if asked.get("confirm") != Some("true") {
        return refusal(400, "", Some("confirm"), "only payments that are confirmed are played");
    }
    let parameters = ChargeParameters {
        amount,
        currency: asked.text("currency"),
        customer: asked.text("customer"),
        payment_method: asked.text("payment_method"),
        off_session: asked.get("off_session") == Some("true"),
        reference: asked.text("metadata[charge]"),
        generation: asked.number("metadata[attempt]").unwrap_or(0),
        description: asked.text("description"),
    };
    let expanded = asked.expands("latest_charge");
    let delivery = sandbox.post_charge(key(&headers, &sandbox), parameters).await;
    deliver(delivery, |answer| {
        let charge: BookedCharge = serde_json::from_str(&answer.body).ok()?;
        Some(objects::intent(&charge, expanded))
    })
    .await
}

/// Of one customer, or since a moment; the two are asked for different reasons and go wrong apart.
pub(super) async fn list_intents(State(sandbox): State<Arc<Sandbox>>, asked: Form) -> Response {
    let customer = asked.get("customer").map(str::to_owned);
    let since_ms = asked.moment_ms("created[gte]").unwrap_or(0);
    let call = if customer.is_some() { Call::Enquiry } else { Call::List };
    let delivery = sandbox
        .list_charges(call, move |charge| {
            customer.as_ref().is_none_or(|of| *of == charge.customer)
                && charge.created_ms >= since_ms
        })
        .await;
    deliver(delivery, |answer| {
        let list: ChargeList = serde_json::from_str(&answer.body).ok()?;
        let expanded = asked.expands("data.latest_charge");
        let newest_first: Vec<Value> =
            list.charges.iter().rev().map(|charge| objects::intent(charge, expanded)).collect();
        Some(page(newest_first, &asked))
    })
    .await
}
