//! The sandbox over HTTP: its JSON API, and its card page beside it.
//!
//! | Request | Answer |
//! | --- | --- |
//! | `POST /v1/setups` | a page that waits for a card |
//! | `GET /v1/setups/{id}` | what became of it |
//! | `POST /v1/charges` with `Idempotency-Key` | the charge; 402 declined; 400, 409, 429, 500 |
//! | `GET /v1/charges?reference=…&generation=…` | every charge of a reference |
//! | `GET /v1/charges/since?from_ms=…` | every charge from a moment on |
//! | `POST /v1/refunds` with `Idempotency-Key` | the refund; 400 refused; 429, 500 |
//! | `GET /v1/refunds?reference=…&generation=…` | every refund of a reference |
//! | `GET /v1/transactions?from_ms=…&until_ms=…` | its accounts |
//! | `GET /v1/payouts?arriving_on=…` | what the bank gets on a day |
//! | `DELETE /v1/cards/{id}` | the card, deleted |
//! | `GET /v1/books` | everything, for comparing books |

use super::rules::Answer;
use super::{Delivery, Sandbox, pages};
use crate::cards::wire::{ChargeParameters, ErrorKind, RefundParameters, SetupParameters};
use axum::Json;
use axum::Router;
use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use serde::Deserialize;
use std::sync::Arc;

/// The API and the card page. May be nested below a path prefix; it says nothing of who may ask, so
/// it belongs on the machine's own address.
pub fn router(sandbox: Arc<Sandbox>) -> Router {
    Router::new()
        .route("/v1/setups", post(post_setup))
        .route("/v1/setups/{id}", get(get_setup))
        .route("/v1/charges", post(post_charge).get(get_charges))
        .route("/v1/charges/since", get(get_charges_since))
        .route("/v1/refunds", post(post_refund).get(get_refunds))
        .route("/v1/transactions", get(get_transactions))
        .route("/v1/payouts", get(get_payouts))
        .route("/v1/cards/{id}", delete(delete_card))
        .route("/v1/books", get(get_books))
        .route("/setup/{id}", get(pages::show).post(pages::submit))
        .route("/setup/{id}/challenge", get(pages::show_challenge).post(pages::submit_challenge))
        .route("/card-page.css", get(pages::style))
        .with_state(sandbox)
}

async fn deliver(delivery: Delivery) -> Response {
    match delivery {
        Delivery::Answered(answer) => respond(answer),
        // Nothing is ever answered; who asked gives up when its time is over.
        Delivery::Lost => std::future::pending().await,
    }
}

fn respond(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response =
        (status, [(header::CONTENT_TYPE, "application/json")], answer.body).into_response();
    if answer.replayed {
        response.headers_mut().insert("Idempotent-Replayed", HeaderValue::from_static("true"));
    }
    response
}

fn bad(code: &str, message: &str) -> Response {
    respond(Answer::error(400, ErrorKind::InvalidRequest, code, message))
}

async fn post_setup(
    State(sandbox): State<Arc<Sandbox>>,
    asked: Result<Json<SetupParameters>, JsonRejection>,
) -> Response {
    match asked {
        Ok(Json(asked)) => deliver(sandbox.post_setup(asked).await).await,
        Err(fault) => bad("parameter_invalid", &fault.body_text()),
    }
}

async fn get_setup(State(sandbox): State<Arc<Sandbox>>, Path(id): Path<String>) -> Response {
    deliver(sandbox.get_setup(id).await).await
}

async fn post_charge(
    State(sandbox): State<Arc<Sandbox>>,
    headers: HeaderMap,
    asked: Result<Json<ChargeParameters>, JsonRejection>,
) -> Response {
    match (key(&headers), asked) {
        (None, _) => no_key(),
        (Some(key), Ok(Json(asked))) => deliver(sandbox.post_charge(key, asked).await).await,
        (Some(_), Err(fault)) => bad("parameter_invalid", &fault.body_text()),
    }
}

fn key(headers: &HeaderMap) -> Option<String> {
    let key = headers.get("Idempotency-Key")?.to_str().ok()?;
    (!key.is_empty() && key.len() <= 255).then(|| key.to_owned())
}

fn no_key() -> Response {
    bad("idempotency_key_missing", "the header Idempotency-Key must have 1 to 255 characters")
}

async fn post_refund(
    State(sandbox): State<Arc<Sandbox>>,
    headers: HeaderMap,
    asked: Result<Json<RefundParameters>, JsonRejection>,
) -> Response {
    match (key(&headers), asked) {
        (None, _) => no_key(),
        (Some(key), Ok(Json(asked))) => deliver(sandbox.post_refund(key, asked).await).await,
        (Some(_), Err(fault)) => bad("parameter_invalid", &fault.body_text()),
    }
}

async fn get_refunds(
    State(sandbox): State<Arc<Sandbox>>,
    asked: Result<Query<ListParameters>, QueryRejection>,
) -> Response {
    match asked {
        Ok(Query(asked)) => {
            deliver(sandbox.get_refunds(asked.reference, asked.generation).await).await
        }
        Err(fault) => bad("parameter_invalid", &fault.body_text()),
    }
}

#[derive(Deserialize)]
struct Since {
    from_ms: i64,
}

async fn get_charges_since(
    State(sandbox): State<Arc<Sandbox>>,
    asked: Result<Query<Since>, QueryRejection>,
) -> Response {
    match asked {
        Ok(Query(asked)) => deliver(sandbox.get_charges_since(asked.from_ms).await).await,
        Err(fault) => bad("parameter_invalid", &fault.body_text()),
    }
}

#[derive(Deserialize)]
struct Between {
    from_ms: i64,
    until_ms: i64,
}

async fn get_transactions(
    State(sandbox): State<Arc<Sandbox>>,
    asked: Result<Query<Between>, QueryRejection>,
) -> Response {
    match asked {
        Ok(Query(asked)) => {
            deliver(sandbox.get_transactions(asked.from_ms, asked.until_ms).await).await
        }
        Err(fault) => bad("parameter_invalid", &fault.body_text()),
    }
}

#[derive(Deserialize)]
struct Arriving {
    arriving_on: String,
}

async fn get_payouts(
    State(sandbox): State<Arc<Sandbox>>,
    asked: Result<Query<Arriving>, QueryRejection>,
) -> Response {
    match asked {
        Ok(Query(asked)) => deliver(sandbox.get_payouts(asked.arriving_on).await).await,
        Err(fault) => bad("parameter_invalid", &fault.body_text()),
    }
}

#[derive(Deserialize)]
struct ListParameters {
    reference: String,
    generation: Option<i64>,
}

async fn get_charges(
    State(sandbox): State<Arc<Sandbox>>,
    asked: Result<Query<ListParameters>, QueryRejection>,
) -> Response {
    match asked {
        Ok(Query(asked)) => {
            deliver(sandbox.get_charges(asked.reference, asked.generation).await).await
        }
        Err(fault) => bad("parameter_invalid", &fault.body_text()),
    }
}

async fn delete_card(State(sandbox): State<Arc<Sandbox>>, Path(id): Path<String>) -> Response {
    deliver(sandbox.delete_card(id).await).await
}

async fn get_books(State(sandbox): State<Arc<Sandbox>>) -> Response {
    respond(Answer::json(200, &sandbox.books()))
}
