//! Answers that would be false words about money.

use super::*;
use domain::decline::DeclineClass;
use serde_json::{Value, json};

fn order() -> ChargeOrder {
    ChargeOrder {
        key: "key-1".to_owned(),
        amount: Yen::new(1_234).unwrap(),
        at_gateway: GatewayCard { customer: "cus_1".to_owned(), payment_method: "pm_1".to_owned() },
        reference: "charge-1".to_owned(),
        generation: 1,
        description: "医療費".to_owned(),
    }
}

fn booked(id: &str, status: &str) -> Value {
    json!({
        "id": id, "status": status, "key": "key-1", "amount": 1_234, "currency": "jpy", "customer": "cus_1",
        "payment_method": "pm_1", "reference": "charge-1", "generation": 1, "description": "医療費",
        "created_ms": 0, "decline_code": "lost_card",
    })
}

fn with(mut charge: Value, field: &str, value: Value) -> Value {
    charge[field] = value;
    charge
}

fn error(kind: &str, code: &str, charge: Option<Value>) -> Value {
    json!({"error": {"type": kind, "code": code, "message": "m", "charge": charge}})
}

fn received(status: u16, body: &Value) -> Result<Received, NoAnswer> {
    Ok(Received { status, body: body.to_string() })
}

fn unclear(answer: &GatewayAnswer) -> bool {
    matches!(answer.finding, Finding::Unclear { .. })
}

/// Each would be a false word about money. Mutation: any of the checks in `of_charge` or
/// `of_refusal` left out.
#[test]
fn an_answer_about_something_else_is_unclear() {
    let succeeded = || booked("ch_1", "succeeded");
    let failed = || booked("ch_1", "failed");
    for (status, body) in [
        (200, with(succeeded(), "reference", json!("charge-2"))),
        (200, with(succeeded(), "generation", json!(2))),
        (200, with(succeeded(), "currency", json!("usd"))),
        (200, with(succeeded(), "amount", json!(-1))),
        (200, with(succeeded(), "status", json!("processing"))),
        (402, error("card_error", "card_declined", None)),
        (402, error("card_error", "card_declined", Some(succeeded()))),
        (402, error("card_error", "card_declined", Some(with(failed(), "reference", json!("x"))))),
        (402, error("api_error", "card_declined", Some(failed()))),
        (400, error("card_error", "card_declined", Some(failed()))),
        (400, error("invalid_request_error", "resource_missing", None)),
        (400, error("idempotency_error", "amount_too_small", None)),
        (409, error("idempotency_error", "another reason", None)),
        (429, json!("a page of somebody else's proxy")),
        (500, succeeded()),
        (201, succeeded()),
    ] {
        let answer = charge(&order(), received(status, &body));
        assert!(unclear(&answer), "{status} {body}: {answer:?}");
        assert_eq!(answer.raw, body.to_string());
    }
}

#[test]
fn a_list_that_was_not_asked_for_does_not_prove_absence() {
    let list = |charges: Vec<Value>| enquiry(&order(), received(200, &json!({"charges": charges})));
    assert_eq!(list(vec![]).finding, Finding::Absent);
    let stranger = || with(booked("ch_9", "failed"), "generation", json!(2));
    assert!(unclear(&list(vec![stranger()])));
    assert!(unclear(&list(vec![stranger(), booked("ch_1", "failed")])));
    for status in [400, 404, 429, 500] {
        assert!(unclear(&enquiry(&order(), received(status, &json!({"charges": []})))), "{status}");
    }
}

#[test]
fn money_that_was_taken_is_heard_before_a_decline_under_the_same_name() {
    let both = json!({"charges": [booked("ch_1", "succeeded"), booked("ch_2", "failed")]});
    let answer = enquiry(&order(), received(200, &both));
    assert_eq!(answer.source_id, "ch_1:succeeded");
    let declined = json!({"charges": [booked("ch_2", "failed")]});
    let Finding::Declined(decline) = enquiry(&order(), received(200, &declined)).finding else {
        panic!()
    };
    assert_eq!((decline.code.as_str(), decline.class), ("lost_card", DeclineClass::Hard));
}

#[test]
fn a_long_answer_is_shortened_between_two_characters() {
    let long = "円".repeat(RAW_BYTES_MAX);
    let kept = shortened(&long);
    assert!(kept.len() <= RAW_BYTES_MAX && kept.len() > RAW_BYTES_MAX - 4);
    assert!(long.starts_with(&kept));
}
