//! The same card network, spoken to as one speaks to Stripe: form bodies in, Stripe's objects out, for the
//! few requests that a hospital needs. What Stripe's public simulators leave out is played here by the one set
//! of rules and faults that the JSON API has: a key that gives its saved answer again, also a 500; keys that
//! end after a day; conflicts; lists that tell the truth while answers are lost.
//!
//! Whatever is not played is refused by name, so that nobody takes silence for consent.

mod charges;
mod form;
mod money;
mod objects;
mod setups;

pub use objects::event;

use super::rules::Answer;
use super::{Delivery, Sandbox};
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use form::Form;
use serde_json::{Value, json};
use std::sync::Arc;

/// The dialect, to be nested below a path prefix of its own (`/stripe`).
pub fn router(sandbox: Arc<Sandbox>) -> Router {
    Router::new()
        .route("/v1/customers", post(setups::post_customer))
        .route("/v1/checkout/sessions", post(setups::post_session))
        .route("/v1/checkout/sessions/{id}", get(setups::get_session))
        .route("/v1/payment_methods/{id}", get(setups::get_payment_method))
        .route("/v1/payment_methods/{id}/detach", post(setups::detach))
        .route("/v1/payment_intents", post(charges::post_intent).get(charges::list_intents))
        .route("/v1/refunds", post(money::post_refund).get(money::list_refunds))
        .route("/v1/balance_transactions", get(money::list_transactions))
        .route("/v1/payouts", get(money::list_payouts))
        .fallback(async || refusal(404, "", None, "this request is not played"))
        .layer(from_fn(with_a_key_of_ours))
        .with_state(sandbox)
}

/// Anybody is let in who shows a secret key of any name: it moves no money.
async fn with_a_key_of_ours(request: Request, next: Next) -> Response {
    let shown = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if shown.is_some_and(|value| value.starts_with("Bearer ")) {
        next.run(request).await
    } else {
        refusal(401, "", None, "give a key by Authorization: Bearer")
    }
}

fn refusal(status: u16, code: &str, param: Option<&str>, message: &str) -> Response {
    respond(status, &objects::error("invalid_request_error", code, param, message), false)
}

fn respond(status: u16, body: &Value, replayed: bool) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, axum::Json(body)).into_response();
    if replayed {
        let replayed = header::HeaderValue::from_static("true");
        response.headers_mut().insert("Idempotent-Replayed", replayed);
    }
    response
}

/// Lets an answer of the JSON API out in the words of Stripe.
async fn deliver(delivery: Delivery, in_words: impl FnOnce(&Answer) -> Option<Value>) -> Response {
    match delivery {
        Delivery::Answered(answer) => {
            let said = if answer.status == 200 { in_words(&answer) } else { None };
            let body = said.unwrap_or_else(|| objects::error_of(&answer));
            respond(answer.status, &body, answer.replayed)
        }
        // Nothing is ever answered; who asked gives up when its time is over.
        Delivery::Lost => std::future::pending().await,
    }
}

/// One page of a list, newest first: `limit` (10 where not given) and `starting_after`.
fn page(newest_first: Vec<Value>, asked: &Form) -> Value {
    let limit = asked.number("limit").and_then(|n| usize::try_from(n).ok()).unwrap_or(10);
    let skip = asked.get("starting_after").map_or(0, |id| {
        let at = newest_first.iter().position(|one| one.get("id").is_some_and(|is| is == id));
        at.map_or(newest_first.len(), |at| at.saturating_add(1))
    });
    let rest = newest_first.len().saturating_sub(skip);
    let data: Vec<_> = newest_first.into_iter().skip(skip).take(limit).collect();
    json!({ "object": "list", "has_more": rest > data.len(), "data": data })
}

/// Stripe takes requests without a key; each is then one of its own.
fn key(headers: &HeaderMap, sandbox: &Sandbox) -> String {
    let given = headers.get("Idempotency-Key").and_then(|value| value.to_str().ok());
    given.map_or_else(|| sandbox.books().new_id("nokey", "request"), str::to_owned)
}
