//! Customers, pages that wait for a card, and cards.

use super::form::Form;
use super::{deliver, objects, refusal, respond};
use crate::cards::sandbox::{Sandbox, Setup};
use crate::cards::wire::{CardBody, SetupBody, SetupParameters};
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};
use std::sync::Arc;

/// Where Stripe puts the id of a finished page.
const SESSION_ID_HERE: &str = "{CHECKOUT_SESSION_ID}";

pub(super) async fn post_customer(State(sandbox): State<Arc<Sandbox>>, asked: Form) -> Response {
    let delivery = sandbox.post_customer(asked.text("metadata[registration]")).await;
    deliver(delivery, |answer| {
        let mut customer: Value = serde_json::from_str(&answer.body).ok()?;
        customer.as_object_mut()?.insert("object".to_owned(), json!("customer"));
        Some(customer)
    })
    .await
}

pub(super) async fn post_session(State(sandbox): State<Arc<Sandbox>>, asked: Form) -> Response {
    if asked.get("mode") != Some("setup") {
        return refusal(400, "", Some("mode"), "only setup mode is played");
    }
    let books = sandbox.books();
    let Some(customer) = asked.get("customer").and_then(|id| books.customers.get(id)) else {
        return refusal(400, "resource_missing", Some("customer"), "no such customer");
    };
    // The card page adds `setup=` by itself.
    let success_url = asked.text("success_url");
    let return_url = success_url
        .split_once(SESSION_ID_HERE)
        .map_or(success_url.as_str(), |(before, _)| before.trim_end_matches("setup="))
        .trim_end_matches(['?', '&'])
        .to_owned();
    let parameters = SetupParameters { reference: customer.reference.clone(), return_url };
    let delivery = sandbox.post_setup(parameters).await;
    let sandbox = Arc::clone(&sandbox);
    deliver(delivery, move |answer| {
        let body: SetupBody = serde_json::from_str(&answer.body).ok()?;
        session(&sandbox, &body)
    })
    .await
}

pub(super) async fn get_session(
    State(sandbox): State<Arc<Sandbox>>,
    Path(id): Path<String>,
) -> Response {
    let delivery = sandbox.get_setup(id).await;
    deliver(delivery, |answer| {
        let body: SetupBody = serde_json::from_str(&answer.body).ok()?;
        session(&sandbox, &body)
    })
    .await
}

fn session(sandbox: &Sandbox, body: &SetupBody) -> Option<Value> {
    let books = sandbox.books();
    let setup: &Setup = books.setups.get(&body.id)?;
    let card = body.card.as_ref().and_then(|card| books.cards.get(&card.id));
    Some(objects::session(setup, card, &body.page_url))
}

pub(super) async fn get_payment_method(
    State(sandbox): State<Arc<Sandbox>>,
    Path(id): Path<String>,
) -> Response {
    match sandbox.books().cards.get(&id) {
        Some(card) => respond(200, &objects::payment_method(card), false),
        None => refusal(404, "resource_missing", Some("payment_method"), "no such card"),
    }
}

/// A card that is nobody's cannot be taken from anybody.
pub(super) async fn detach(
    State(sandbox): State<Arc<Sandbox>>,
    Path(id): Path<String>,
) -> Response {
    if sandbox.books().cards.get(&id).is_some_and(|card| card.detached) {
        return refusal(400, "", None, "the card is not attached to a customer");
    }
    let delivery = sandbox.delete_card(id).await;
    deliver(delivery, |answer| {
        let card: CardBody = serde_json::from_str(&answer.body).ok()?;
        sandbox.books().cards.get(&card.id).map(objects::payment_method)
    })
    .await
}
