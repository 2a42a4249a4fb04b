//! Stripe: what stands on the wire, held against Stripe's own description of its API, and what its answers mean.
//! That the same tests hold as for the sandbox is in `gateway.rs` and `gateway_refunds.rs`.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking, too")]

mod common;
mod stripe_openapi;

use common::{
    GOOD_CARD, Heard, STRIPE_SECRETS, Wire, in_memory, noon, order, saved_card, serve_as_stripe,
    start_setup, stripe,
};
use domain::evidence::{DisputeStage, Finding, RefundFinding};
use domain::time::Day;
use domain::yen::Yen;
use outbound::cards::sandbox::{Call, Fault, Sandbox, TestCard};
use outbound::cards::{
    CardGateway, ChargeOrder, EventAbout, GatewayEvent, RefundOrder, SetupOutcome, WebhookFault,
};
use std::sync::Arc;
use std::time::Duration;

async fn house() -> (Arc<Sandbox>, CardGateway, Wire) {
    let sandbox = in_memory();
    let (address, wire) = serve_as_stripe(&sandbox).await;
    let gateway = stripe(&address, Duration::from_secs(20));
    (sandbox, gateway, wire)
}

fn back(charge: &str, key: &str, amount: i64) -> RefundOrder {
    RefundOrder {
        key: key.to_owned(),
        charge_reference: charge.to_owned(),
        amount: Yen::new(amount).unwrap(),
        reference: "refund-1".to_owned(),
        generation: 1,
    }
}

fn reference(finding: &Finding) -> String {
    let Finding::Paid { reference, .. } = finding else { panic!("{finding:?}") };
    reference.clone()
}

fn heard(wire: &Wire, method: &str, path: &str) -> Vec<Heard> {
    let all = wire.lock().unwrap().clone();
    all.into_iter().filter(|one| one.method == method && one.path == path).collect()
}

/// Everything that is ever asked of Stripe. Mutation: any parameter misspelt, of a wrong type or left out.
#[tokio::test]
async fn every_request_is_one_that_stripe_describes() {
    let (sandbox, gateway, wire) = house().await;
    let card = saved_card(&sandbox, &gateway, GOOD_CARD).await;
    let paid = gateway.charge(&order(&card, "key-1")).await;
    gateway.enquire(&order(&card, "key-1")).await;
    let back = back(&reference(&paid.finding), "back-1", 234);
    gateway.refund(&back).await;
    gateway.enquire_refund(&back).await;
    gateway.charges_since(noon()).await.unwrap();
    gateway.transactions(noon(), noon().plus_minutes(1)).await.unwrap();
    gateway.payouts(Day::parse("2026-11-26").unwrap()).await.unwrap();
    gateway.forget_card(&card).await.unwrap();
    gateway.forget_card(&card).await.unwrap();
    let wire = wire.lock().unwrap().clone();
    let asked: std::collections::BTreeSet<_> =
        wire.iter().map(|one| stripe_openapi::check(one).unwrap()).collect();
    assert_eq!(
        asked.into_iter().collect::<Vec<_>>(),
        [
            "GET /v1/balance_transactions",
            "GET /v1/checkout/sessions/{session}",
            "GET /v1/payment_intents",
            "GET /v1/payment_methods/{payment_method}",
            "GET /v1/payouts",
            "GET /v1/refunds",
            "POST /v1/checkout/sessions",
            "POST /v1/customers",
            "POST /v1/payment_intents",
            "POST /v1/payment_methods/{payment_method}/detach",
            "POST /v1/refunds",
        ]
    );
    for one in &wire {
        assert_eq!(one.header("authorization"), Some("Bearer sk_test_of_the_tests"));
        assert_eq!(one.header("stripe-version"), Some(stripe_openapi::version().as_str()));
    }
}

/// The check of requests can fail: it is told of each kind of mistake.
#[test]
fn a_request_that_stripe_does_not_describe_is_found() {
    let good = "amount=50&currency=jpy&confirm=true&metadata[charge]=1";
    let of = |body: &str| Heard {
        method: "POST".to_owned(),
        path: "/v1/payment_intents".to_owned(),
        query: String::new(),
        headers: Vec::new(),
        body: body.to_owned(),
    };
    assert!(stripe_openapi::check(&of(good)).is_ok());
    for bad in [
        "amount=50&confirm=true",
        "amount=many&currency=jpy",
        "amount=50&currency=jpy&confirm=maybe",
        "amount=50&currency=jpy&capture_method=never",
        "amount=50&currency=jpy&cardholder=away",
    ] {
        assert!(stripe_openapi::check(&of(bad)).is_err(), "{bad}");
    }
}

/// R2. Mutation: a header that a client library drops, or a body whose order changes.
#[tokio::test]
async fn the_key_is_on_the_wire_and_all_requests_under_it_are_the_same() {
    let (sandbox, gateway, wire) = house().await;
    let card = saved_card(&sandbox, &gateway, GOOD_CARD).await;
    let order = order(&card, "key-1");
    sandbox.misbehave(Call::Charge, Fault::ServerError { booked: true, saved: false });
    sandbox.misbehave(Call::Charge, Fault::RateLimited);
    for _ in 0..4 {
        gateway.charge(&order).await;
    }
    let sent = heard(&wire, "POST", "/v1/payment_intents");
    assert_eq!(sent.len(), 4);
    for one in &sent {
        assert_eq!(one.header("idempotency-key"), Some("key-1"));
        assert_eq!(one, &sent[0]);
    }
    let refund = back("ch_1", "back-1", 100);
    gateway.refund(&refund).await;
    gateway.refund(&refund).await;
    let sent = heard(&wire, "POST", "/v1/refunds");
    assert_eq!(sent[0].header("idempotency-key"), Some("back-1"));
    assert_eq!(sent[0], sent[1]);
}

/// Parameters are judged before the key is looked up. Mutation: reading the 400 as a no.
#[tokio::test]
async fn a_refused_card_does_not_hide_money_that_was_taken_before() {
    let (sandbox, gateway, _) = house().await;
    let card = saved_card(&sandbox, &gateway, GOOD_CARD).await;
    let lost = order(&card, "key-1");
    sandbox.misbehave(Call::Charge, Fault::ServerError { booked: true, saved: false });
    assert!(matches!(gateway.charge(&lost).await.finding, Finding::Unclear { .. }));
    gateway.forget_card(&card).await.unwrap();
    let again = ChargeOrder { key: "key-1 after a day".to_owned(), ..lost };
    assert!(matches!(gateway.charge(&again).await.finding, Finding::Paid { .. }));
    let next = ChargeOrder { generation: 2, ..again };
    let Finding::Declined(decline) = gateway.charge(&next).await.finding else { panic!() };
    assert_eq!(decline.code, "detached_card");
}

/// The same for money back: an order that was carried out is too large when it is sent again.
#[tokio::test]
async fn a_refund_that_went_out_is_not_refused_afterwards() {
    let (sandbox, gateway, _) = house().await;
    let card = saved_card(&sandbox, &gateway, GOOD_CARD).await;
    let charge = reference(&gateway.charge(&order(&card, "key-1")).await.finding);
    let first = back(&charge, "back-1", 1_234);
    sandbox.misbehave(Call::Refund, Fault::ServerError { booked: true, saved: false });
    assert!(matches!(gateway.refund(&first).await.finding, RefundFinding::Unclear { .. }));
    let again = RefundOrder { key: "back-1 after a day".to_owned(), ..first };
    assert!(matches!(gateway.refund(&again).await.finding, RefundFinding::Done { .. }));
    let more = RefundOrder { reference: "refund-2".to_owned(), key: "back-2".to_owned(), ..again };
    assert!(matches!(gateway.refund(&more).await.finding, RefundFinding::Refused { .. }));
}

/// Mutation: reading the first page only, and saying that nothing was found.
#[tokio::test]
async fn an_enquiry_reads_every_page() {
    let (sandbox, gateway, wire) = house().await;
    let card = saved_card(&sandbox, &gateway, GOOD_CARD).await;
    for n in 0..205 {
        let reference = format!("charge-{n}");
        let order = ChargeOrder { reference, ..order(&card, &format!("key-{n}")) };
        gateway.charge(&order).await;
    }
    wire.lock().unwrap().clear();
    for n in [0, 100, 204] {
        let reference = format!("charge-{n}");
        let order = ChargeOrder { reference, ..order(&card, &format!("key-{n}")) };
        let found = gateway.enquire(&order).await;
        assert!(matches!(found.finding, Finding::Paid { .. }), "{n}: {found:?}");
    }
    assert_eq!(heard(&wire, "GET", "/v1/payment_intents").len(), 3 * 3);
    assert_eq!(gateway.charges_since(noon()).await.unwrap().len(), 205);
}

#[tokio::test]
async fn a_card_page_tells_what_the_house_must_know_of_a_card() {
    let (sandbox, gateway, wire) = house().await;
    let setup = start_setup(&gateway, "registration-1").await;
    assert_eq!(gateway.setup_outcome(&setup).await.unwrap(), SetupOutcome::NotFinished);
    sandbox.save_card(&setup, TestCard::by_number(GOOD_CARD).unwrap()).unwrap();
    let SetupOutcome::Saved(facts) = gateway.setup_outcome(&setup).await.unwrap() else { panic!() };
    assert_eq!((facts.brand.as_str(), facts.last_four.as_str()), ("Visa", "4242"));
    assert!(facts.authenticated);
    let unknown = gateway.setup_outcome("cs_of_nobody").await.unwrap();
    assert_eq!(unknown, SetupOutcome::NotFinished);
    let page = &heard(&wire, "POST", "/v1/checkout/sessions")[0].body;
    assert!(page.contains("request_three_d_secure%5D=any"), "{page}");
    assert!(page.contains("setup%3D%7BCHECKOUT_SESSION_ID%7D"), "{page}");
}

fn called(gateway: &CardGateway, sandbox: &Sandbox) -> Vec<GatewayEvent> {
    let read = |event| {
        let (signature, body) = sandbox.signed_as_stripe(&event, STRIPE_SECRETS[1]);
        gateway.read_webhook(Some(&signature), &body, noon()).unwrap()
    };
    sandbox.events_after(0).into_iter().map(read).collect()
}

/// F04, F05: whichever comes first, the word is the same. Mutation: naming it after the call.
#[tokio::test]
async fn a_call_says_the_same_as_the_answer() {
    let (sandbox, gateway, _) = house().await;
    let good = saved_card(&sandbox, &gateway, GOOD_CARD).await;
    let bad = saved_card(&sandbox, &gateway, "4000000000009995").await;
    let paid = gateway.charge(&order(&good, "key-1")).await;
    let order_of_bad = ChargeOrder { reference: "charge-2".to_owned(), ..order(&bad, "key-2") };
    let declined = gateway.charge(&order_of_bad).await;
    let charge = reference(&paid.finding);
    let refunded = gateway.refund(&back(&charge, "back-1", 234)).await;
    let dispute = sandbox.open_dispute(&charge, "opened").unwrap();
    let [first, second, third, fourth] = &called(&gateway, &sandbox)[..] else { panic!() };
    let EventAbout::Charge(listed) = &first.about else { panic!() };
    assert_eq!((listed.reference.as_str(), listed.generation), ("charge-1", 1));
    assert_eq!(listed.answer.finding, paid.finding);
    assert_eq!(listed.answer.source_id, paid.source_id);
    let EventAbout::Charge(listed) = &second.about else { panic!() };
    assert_eq!(listed.answer.finding, declined.finding);
    assert_eq!(listed.answer.source_id, declined.source_id);
    let EventAbout::Refund { answer, charge_reference, .. } = &third.about else { panic!() };
    assert_eq!((&answer.finding, charge_reference), (&refunded.finding, &charge));
    let EventAbout::Dispute { finding, .. } = &fourth.about else { panic!() };
    assert_eq!((&finding.reference, finding.stage), (&dispute, DisputeStage::Opened));
}

/// S-24: two secrets during rotation, and no other.
#[tokio::test]
async fn a_call_is_believed_with_either_secret_and_with_no_other() {
    let (sandbox, gateway, _) = house().await;
    let card = saved_card(&sandbox, &gateway, GOOD_CARD).await;
    gateway.charge(&order(&card, "key-1")).await;
    let event = &sandbox.events_after(0)[0];
    for secret in STRIPE_SECRETS {
        let (signature, body) = sandbox.signed_as_stripe(event, secret);
        assert!(gateway.read_webhook(Some(&signature), &body, noon()).is_ok());
    }
    let (signature, body) = sandbox.signed_as_stripe(event, "whsec_sandbox");
    let fault = gateway.read_webhook(Some(&signature), &body, noon());
    assert_eq!(fault.unwrap_err(), WebhookFault::BadSignature);
}
