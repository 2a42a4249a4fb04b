//! The card network's records as Stripe's objects.

use super::super::books::{SavedCard, Setup, SetupState};
use super::super::rules::Answer;
use crate::cards::wire::{
    BookedCharge, BookedDispute, BookedRefund, ChargeStatus, ErrorBody, ErrorKind, EventBody,
    PayoutBody, RefundStatus, TransactionBody,
};
use serde_json::{Value, json};

const AUTHENTICATION_REQUIRED: &str = "authentication_required";

fn seconds(ms: i64) -> i64 {
    ms.div_euclid(1_000)
}

/// Each attempt is a payment with one charge, so that one id follows from the other.
fn intent_id(charge: &BookedCharge) -> String {
    charge.id.replacen("ch_", "pi_", 1)
}

fn metadata(charge: &BookedCharge) -> Value {
    json!({ "charge": charge.reference, "attempt": charge.generation.to_string() })
}

pub(super) fn charge(charge: &BookedCharge) -> Value {
    let is_paid = charge.status == ChargeStatus::Succeeded;
    json!({
        "id": charge.id,
        "object": "charge",
        "amount": charge.amount,
        "currency": charge.currency,
        "created": seconds(charge.created_ms),
        "customer": charge.customer,
        "description": charge.description,
        "metadata": metadata(charge),
        "paid": is_paid,
        "payment_intent": intent_id(charge),
        "payment_method": charge.payment_method,
        "status": if is_paid { "succeeded" } else { "failed" },
    })
}

pub(super) fn intent(of: &BookedCharge, expanded: bool) -> Value {
    let is_paid = of.status == ChargeStatus::Succeeded;
    json!({
        "id": intent_id(of),
        "object": "payment_intent",
        "amount": of.amount,
        "amount_received": if is_paid { of.amount } else { 0 },
        "currency": of.currency,
        "created": seconds(of.created_ms),
        "customer": of.customer,
        "description": of.description,
        "metadata": metadata(of),
        "latest_charge": if expanded { charge(of) } else { json!(of.id) },
        "last_payment_error": if is_paid { Value::Null } else { card_error(of) },
        "payment_method": if is_paid { json!(of.payment_method) } else { Value::Null },
        "status": if is_paid { "succeeded" } else { "requires_payment_method" },
    })
}

fn card_error(charge: &BookedCharge) -> Value {
    let (code, decline_code) = match charge.status {
        ChargeStatus::RequiresAuthentication => {
            (AUTHENTICATION_REQUIRED, Some(AUTHENTICATION_REQUIRED))
        }
        ChargeStatus::Failed | ChargeStatus::Succeeded => {
            ("card_declined", charge.decline_code.as_deref())
        }
    };
    json!({
        "type": "card_error",
        "code": code,
        "decline_code": decline_code,
        "advice_code": charge.advice_code,
        "charge": charge.id,
        "message": "Your card was declined.",
    })
}

pub(super) fn refund(refund: &BookedRefund) -> Value {
    json!({
        "id": refund.id,
        "object": "refund",
        "amount": refund.amount,
        "currency": "jpy",
        "charge": refund.charge,
        "created": seconds(refund.created_ms),
        "metadata": if refund.reference.is_empty() {
            json!({})
        } else {
            json!({ "refund": refund.reference, "attempt": refund.generation.to_string() })
        },
        "status": refund.status.as_str(),
        "failure_reason": (refund.status == RefundStatus::Failed).then_some("expired_or_canceled_card"),
    })
}

fn dispute(dispute: &BookedDispute) -> Value {
    let status = match dispute.stage.as_str() {
        "inquiry" => "warning_needs_response",
        "opened" => "needs_response",
        other => other,
    };
    json!({
        "id": dispute.id,
        "object": "dispute",
        "amount": dispute.amount,
        "currency": "jpy",
        "charge": dispute.charge,
        "created": seconds(dispute.created_ms),
        "reason": dispute.reason,
        "status": status,
    })
}

pub(super) fn payment_method(card: &SavedCard) -> Value {
    json!({
        "id": card.id,
        "object": "payment_method",
        "type": "card",
        "customer": (!card.detached).then_some(&card.customer),
        "card": {
            "brand": card.face.brand.to_lowercase(),
            "last4": card.face.last_four,
            "exp_year": card.face.expiry_year,
            "exp_month": card.face.expiry_month,
            "funding": card.face.funding,
        },
    })
}

/// A card that is refused leaves the page open, as at Stripe.
pub(super) fn session(setup: &Setup, card: Option<&SavedCard>, page_url: &str) -> Value {
    let (status, intent, error) = match &setup.state {
        SetupState::Open => ("open", "requires_payment_method", Value::Null),
        SetupState::RequiresAuthentication(_) => ("open", "requires_action", Value::Null),
        SetupState::Saved { .. } => ("complete", "succeeded", Value::Null),
        SetupState::Declined { code } => (
            "open",
            "requires_payment_method",
            json!({ "type": "card_error", "code": "card_declined", "decline_code": code }),
        ),
        SetupState::Cancelled => ("expired", "canceled", Value::Null),
    };
    let is_authenticated = card.is_some_and(|card| card.authenticated);
    let attempt = is_authenticated.then(|| {
        json!({
            "object": "setup_attempt",
            "payment_method_details": {
                "type": "card",
                "card": { "three_d_secure": { "result": "authenticated" } },
            },
        })
    });
    json!({
        "id": setup.id,
        "object": "checkout.session",
        "mode": "setup",
        "customer": setup.customer,
        "status": status,
        "url": (status == "open").then_some(page_url),
        "setup_intent": {
            "id": setup.id,
            "object": "setup_intent",
            "status": intent,
            "payment_method": card.map(payment_method),
            "latest_attempt": attempt,
            "last_setup_error": error,
        },
    })
}

/// Stripe calls a dispute an adjustment and says in the category what it is.
pub(super) fn transaction(line: &TransactionBody, metadata: Value) -> Value {
    let (kind, category) = match line.kind.as_str() {
        "refund_failed" => ("refund_failure", "refund_failure"),
        "dispute" => ("adjustment", "dispute"),
        "dispute_reversed" => ("adjustment", "dispute_reversal"),
        other => (other, other),
    };
    json!({
        "id": line.id,
        "object": "balance_transaction",
        "type": kind,
        "reporting_category": category,
        "amount": line.amount,
        "fee": line.fee,
        "net": line.amount.saturating_sub(line.fee),
        "currency": "jpy",
        "created": seconds(line.booked_ms),
        "source": { "id": line.source, "metadata": metadata },
    })
}

pub(super) fn payout(payout: &PayoutBody, arrival_date: i64) -> Value {
    json!({
        "id": payout.id,
        "object": "payout",
        "amount": payout.amount,
        "currency": "jpy",
        "arrival_date": arrival_date,
        "automatic": true,
        "status": "paid",
    })
}

/// A call to the merchant as Stripe makes it: the object as it is after the change.
#[must_use]
pub fn event(event: &EventBody) -> Value {
    let (kind, object) = match (&event.charge, &event.refund, &event.dispute) {
        (Some(of), _, _) if of.status == ChargeStatus::Succeeded => {
            ("charge.succeeded", charge(of))
        }
        (Some(of), _, _) => ("payment_intent.payment_failed", intent(of, false)),
        (_, Some(of), _) => ("refund.updated", refund(of)),
        (_, _, Some(of)) if of.closed_ms.is_some() => ("charge.dispute.closed", dispute(of)),
        (_, _, Some(of)) => ("charge.dispute.created", dispute(of)),
        (None, None, None) => ("account.updated", json!({ "object": "account" })),
    };
    json!({
        "id": event.id,
        "object": "event",
        "api_version": crate::cards::stripe::API_VERSION,
        "created": seconds(event.created_ms),
        "type": kind,
        "data": { "object": object },
    })
}

pub(super) fn error(kind: &str, code: &str, param: Option<&str>, message: &str) -> Value {
    let code = (!code.is_empty()).then_some(code);
    json!({ "error": { "type": kind, "code": code, "param": param, "message": message } })
}

/// An error of the JSON API in Stripe's words.
pub(super) fn error_of(answer: &Answer) -> Value {
    let Ok(ErrorBody { error: detail }) = serde_json::from_str(&answer.body) else {
        return error("api_error", "", None, "something went wrong on our side");
    };
    let (code, message) = (detail.code.as_str(), detail.message.as_str());
    match detail.kind {
        ErrorKind::Card => match &detail.charge {
            Some(of) => {
                let mut body = card_error(of);
                if let Some(fields) = body.as_object_mut() {
                    fields.insert("payment_intent".to_owned(), intent(of, false));
                }
                json!({ "error": body })
            }
            None => error("card_error", code, None, message),
        },
        ErrorKind::Idempotency if answer.status == 409 => {
            error("idempotency_error", "idempotency_key_in_use", None, message)
        }
        ErrorKind::Idempotency => error("idempotency_error", "", None, message),
        ErrorKind::RateLimit => error("invalid_request_error", "rate_limit", None, message),
        ErrorKind::Api => error("api_error", "", None, message),
        ErrorKind::InvalidRequest => {
            let (code, param) = match code {
                "amount_too_small" | "amount_too_large" => (code, Some("amount")),
                "resource_missing" => (code, Some("payment_method")),
                "detached_card" => ("", Some("payment_method")),
                "refund_too_large" => ("", Some("amount")),
                "charge_not_found" => ("resource_missing", Some("charge")),
                other => (other, None),
            };
            error("invalid_request_error", code, param, message)
        }
    }
}
