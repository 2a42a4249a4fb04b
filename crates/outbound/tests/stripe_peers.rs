//! Our client of Stripe beside Stripe's own (`stripe_peers/official.py`), on the sandbox's form of Stripe: both
//! leave the same books behind, and each believes what the other has signed.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::{
    GOOD_CARD, RETURN_URL, STRIPE_SECRETS, noon, order, saved_card, serve_as_stripe, stripe,
};
use domain::evidence::Finding;
use domain::yen::Yen;
use outbound::cards::sandbox::{Books, Sandbox, TestCard};
use outbound::cards::{CardGateway, ChargeOrder, RefundOrder};
use serde_json::{Value, json};
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

/// Stripe's own client in a process beside us.
struct Official {
    process: Child,
    stdin: ChildStdin,
    lines: BufReader<ChildStdout>,
}

impl Official {
    fn start(api_base: &str) -> Self {
        let python = std::env::var("ATOBARAI_TEST_PYTHON").expect(
            "ATOBARAI_TEST_PYTHON must name a python that has stripe \
             (scripts/install makes one; or DIR/bin/pip install stripe==16.1.0)",
        );
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/stripe_peers/official.py");
        let mut process = Command::new(python)
            .args([script, api_base])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the python of ATOBARAI_TEST_PYTHON starts");
        let stdin = process.stdin.take().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap());
        Self { process, stdin, lines }
    }

    /// What it answers. The runtime's other threads serve it meanwhile.
    fn ask(&mut self, what: &str, mut with: Value) -> Value {
        with["do"] = what.into();
        writeln!(self.stdin, "{with}").unwrap();
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        serde_json::from_str(&line).expect("the official client ended early; see its words above")
    }
}

impl Drop for Official {
    fn drop(&mut self) {
        // It may be gone already.
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

async fn house() -> (Arc<Sandbox>, String) {
    let sandbox = common::in_memory();
    let (address, _) = serve_as_stripe(&sandbox).await;
    (sandbox, address)
}

fn client(address: &str) -> CardGateway {
    stripe(address, Duration::from_secs(20))
}

/// What both do: a good card and a bad one, a charge each, the same charge again under its key, a part of it back.
async fn by_ours(sandbox: &Sandbox, address: &str) -> Books {
    let gateway = client(address);
    let good = saved_card(sandbox, &gateway, GOOD_CARD).await;
    let bad = saved_card(sandbox, &gateway, "4000000000009995").await;
    let paid = gateway.charge(&order(&good, "key-1")).await;
    let Finding::Paid { reference, .. } = paid.finding else { panic!("{paid:?}") };
    gateway.charge(&order(&good, "key-1")).await;
    let of_bad = ChargeOrder { reference: "charge-2".to_owned(), ..order(&bad, "key-2") };
    let declined = gateway.charge(&of_bad).await;
    assert!(matches!(declined.finding, Finding::Declined(_)), "{declined:?}");
    let back = RefundOrder {
        key: "back-1".to_owned(),
        charge_reference: reference,
        amount: Yen::new(234).unwrap(),
        reference: "refund-1".to_owned(),
        generation: 1,
    };
    gateway.refund(&back).await;
    gateway.forget_card(&bad).await.unwrap();
    sandbox.books()
}

fn by_the_official_one(sandbox: &Sandbox, address: &str) -> Books {
    let mut official = Official::start(address);
    let mut card = |number: &str| {
        let reference = format!("registration of {number}");
        let customer = official.ask("customer", json!({ "reference": reference }));
        let with =
            json!({ "reference": reference, "customer": customer, "return_url": RETURN_URL });
        let session = official.ask("session", with);
        let setup = session.as_str().unwrap();
        sandbox.save_card(setup, TestCard::by_number(number).unwrap()).unwrap();
        let payment_method = official.ask("saved", json!({ "session": session }));
        (customer, payment_method)
    };
    let (good, bad) = (card(GOOD_CARD), card("4000000000009995"));
    let ask = |key: &str, reference: &str, (customer, payment_method): &(Value, Value)| {
        json!({
            "key": key, "reference": reference, "customer": customer,
            "payment_method": payment_method, "amount": 1_234, "generation": 1,
            "description": "市民病院 医療費",
        })
    };
    let paid = official.ask("charge", ask("key-1", "charge-1", &good));
    assert_eq!(official.ask("charge", ask("key-1", "charge-1", &good)), paid);
    let declined = official.ask("charge", ask("key-2", "charge-2", &bad));
    assert_eq!(declined, json!({ "status": "declined", "code": "insufficient_funds" }));
    let back = json!({
        "key": "back-1", "charge": paid["charge"], "amount": 234,
        "reference": "refund-1", "generation": 1,
    });
    assert_eq!(official.ask("refund", back), "succeeded");
    let listed = official.ask("listed", json!({ "customer": good.0 }));
    assert_eq!(listed.as_array().unwrap().len(), 1);
    official.ask("detach", json!({ "payment_method": bad.1 }));
    sandbox.books()
}

/// Mutations: a parameter that Stripe's client would not understand, an amount in hundredths of a yen, a key sent
/// elsewhere than in its header: the books differ, or the official client refuses the answer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_official_client_leaves_the_same_books_as_ours() {
    let ((ours, our_address), (theirs, their_address)) = (house().await, house().await);
    let left_by_us = by_ours(&ours, &our_address).await;
    let left_by_them = by_the_official_one(&theirs, &their_address);
    assert_eq!(left_by_us.charges.len(), 2);
    assert_eq!(without_pages(left_by_us), without_pages(left_by_them));
}

/// The addresses of pages are each client's own.
fn without_pages(mut books: Books) -> Books {
    for setup in books.setups.values_mut() {
        setup.return_url.clear();
    }
    books
}

/// F11: one signature, two implementations.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_client_believes_what_the_other_has_signed() {
    let (sandbox, address) = house().await;
    let (gateway, mut official) = (client(&address), Official::start(&address));
    let card = saved_card(&sandbox, &gateway, GOOD_CARD).await;
    gateway.charge(&order(&card, "key-1")).await;
    let event = &sandbox.events_after(0)[0];
    let (signature, body) = sandbox.signed_as_stripe(event, STRIPE_SECRETS[1]);
    let body = String::from_utf8(body).unwrap();
    let ask = |secret: &str| json!({ "body": body, "signature": signature, "secret": secret });
    assert_eq!(official.ask("believes", ask(STRIPE_SECRETS[1])), "charge.succeeded");
    assert_eq!(official.ask("believes", ask("whsec_other")), Value::Null);
    let at_s = noon().ms() / 1_000;
    for (secret, believed) in [(STRIPE_SECRETS[0], true), ("whsec_other", false)] {
        let ask = json!({ "body": body, "at_s": at_s, "secret": secret });
        let signature = official.ask("signs", ask);
        let read = gateway.read_webhook(signature.as_str(), body.as_bytes(), noon());
        assert_eq!(read.is_ok(), believed, "{read:?}");
    }
}
