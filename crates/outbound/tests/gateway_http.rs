//! The sandbox over HTTP: what stands on the wire, and what the remote form makes of bad answers.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking, too")]

mod common;

use common::{http_client, in_memory, order, remote, saved_card, serve};
use domain::card::GatewayCard;
use domain::evidence::Finding;
use outbound::cards::sandbox::{Call, Fault};
use outbound::cards::{CardGateway, RemoteSandbox, RemoteSettings, RemoteSettingsFault};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const GOOD: &str = common::GOOD_CARD;

fn card() -> GatewayCard {
    GatewayCard { customer: "cus_1".to_owned(), payment_method: "pm_1".to_owned() }
}

/// A server that says the same to everybody; gives its address.
async fn says(answer: &'static [u8]) -> (String, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let heard = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"}") {
            let mut chunk = [0_u8; 4_096];
            let read = stream.read(&mut chunk).await.unwrap();
            request.extend_from_slice(&chunk[..read]);
        }
        stream.write_all(answer).await.unwrap();
        String::from_utf8(request).unwrap()
    });
    (address, heard)
}

#[tokio::test]
async fn the_key_and_every_parameter_stand_on_the_wire() {
    let (address, heard) = says(b"HTTP/1.1 500 x\r\ncontent-length: 0\r\n\r\n").await;
    let gateway = remote(&format!("{address}/a prefix/"), Duration::from_secs(20));
    gateway.charge(&order(&card(), "key-1")).await;
    let request = heard.await.unwrap();
    assert!(request.starts_with("POST /a%20prefix/v1/charges HTTP/1.1\r\n"), "{request}");
    assert!(request.to_lowercase().contains("\r\nidempotency-key: key-1\r\n"), "{request}");
    let body: Value = serde_json::from_str(request.split_once("\r\n\r\n").unwrap().1).unwrap();
    assert_eq!(
        body,
        json!({
            "amount": 1_234, "currency": "jpy", "customer": "cus_1", "payment_method": "pm_1",
            "off_session": true, "reference": "charge-1", "generation": 1, "description": "市民病院 医療費",
        })
    );
}

/// None of these says anything about the money. Fails when any is read as a decline or as paid.
#[tokio::test]
async fn answers_that_are_no_answers_are_unclear() {
    for answer in [
        &b""[..],
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"id\":",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\ncontent-length: 13\r\n\r\n<html></html>",
        b"HTTP/1.1 302 Found\r\nlocation: /v1/elsewhere\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 402 Payment Required\r\ncontent-length: 2\r\n\r\n{}",
        b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 502 Bad Gateway\r\ncontent-length: 3\r\n\r\nbad",
        b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n\xff\xfe",
        b"no HTTP at all\r\n\r\n",
    ] {
        let (address, _heard) = says(answer).await;
        let gateway = remote(&address, Duration::from_secs(20));
        let found = gateway.charge(&order(&card(), "key-1")).await;
        assert!(matches!(found.finding, Finding::Unclear { .. }), "{answer:?}: {found:?}");
        assert_eq!(found.source_id, "key-1:unclear");
    }
}

#[tokio::test]
async fn a_gateway_that_is_not_there_is_unclear_and_down() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let gateway = remote(&address, Duration::from_secs(20));
    assert!(matches!(
        gateway.charge(&order(&card(), "key-1")).await.finding,
        Finding::Unclear { .. }
    ));
    assert!(matches!(
        gateway.enquire(&order(&card(), "key-1")).await.finding,
        Finding::Unclear { .. }
    ));
    let down = gateway.setup_outcome("seti_1").await.unwrap_err();
    assert_eq!(
        down.to_string(),
        "the card gateway gave no answer to: tell what became of a card page"
    );
}

#[tokio::test]
async fn an_answer_that_never_comes_is_unclear_and_the_enquiry_finds_the_money() {
    let sandbox = in_memory();
    let near = CardGateway::Sandbox(Arc::clone(&sandbox));
    let card = saved_card(&sandbox, &near, GOOD).await;
    let impatient = remote(&serve(&sandbox).await, Duration::from_secs(1));
    sandbox.misbehave(Call::Charge, Fault::LoseResponse);
    let answer = impatient.charge(&order(&card, "key-1")).await;
    assert!(
        matches!(&answer.finding, Finding::Unclear { why } if why.contains("network")),
        "{answer:?}"
    );
    assert!(matches!(near.enquire(&order(&card, "key-1")).await.finding, Finding::Paid { .. }));
}

#[tokio::test]
async fn the_api_wants_a_key_and_marks_an_answer_given_again() {
    let sandbox = in_memory();
    let near = CardGateway::Sandbox(Arc::clone(&sandbox));
    let card = saved_card(&sandbox, &near, GOOD).await;
    let address = serve(&sandbox).await;
    let body = json!({
        "amount": 500, "currency": "jpy", "customer": card.customer, "payment_method": card.payment_method,
        "off_session": true, "reference": "r", "generation": 1, "description": "d",
    });
    let post = |body: &Value| http_client().post(format!("{address}/v1/charges")).json(body);
    let without = post(&body).send().await.unwrap();
    assert_eq!(without.status(), 400);
    assert!(without.text().await.unwrap().contains("idempotency_key_missing"));
    let first = post(&body).header("Idempotency-Key", "k").send().await.unwrap();
    assert_eq!((first.status().as_u16(), first.headers().get("Idempotent-Replayed")), (200, None));
    let again = post(&body).header("Idempotency-Key", "k").send().await.unwrap();
    assert_eq!(again.headers()["Idempotent-Replayed"], "true");
    assert_eq!(first.text().await.unwrap(), again.text().await.unwrap());
    let unknown = json!({"amount": 500, "card_number": GOOD});
    let unknown = post(&unknown).header("Idempotency-Key", "k2").send().await.unwrap();
    assert_eq!(unknown.status(), 400);
    let books = http_client().get(format!("{address}/v1/books")).send().await.unwrap();
    let books: Value = serde_json::from_str(&books.text().await.unwrap()).unwrap();
    assert_eq!(books["charges"].as_object().unwrap().len(), 1);
    assert_eq!(books["keys"]["k"]["status"], 200);
}

#[test]
fn an_address_that_is_none_is_a_clear_error() {
    http_client();
    for bad in ["", "cards.example", "ftp://cards.example", "http://", "data:text/plain,x"] {
        let settings = RemoteSettings {
            requests_a_second: 10_000,
            base_url: bad.to_owned(),
            connect_timeout: Duration::from_secs(1),
            request_timeout: Duration::from_secs(1),
            webhook_secrets: Vec::new(),
        };
        let fault = RemoteSandbox::new(&settings).unwrap_err();
        assert!(matches!(fault, RemoteSettingsFault::BadAddress(_)), "{bad}: {fault:?}");
    }
}
