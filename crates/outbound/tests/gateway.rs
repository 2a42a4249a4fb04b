//! What the gateway promises about money, in this process and over HTTP alike, checked against the card
//! network's own books.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking, too")]

mod common;

use common::{every_form, noon, order, saved_card};
use domain::card::{Funding, GatewayCard};
use domain::decline::DeclineClass;
use domain::evidence::Finding;
use domain::yen::Yen;
use outbound::cards::sandbox::{Call, ChargeStatus, Fault, TestCard};
use outbound::cards::{CardGateway, ChargeOrder, GatewayAnswer, Sandbox, SetupOutcome};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

const GOOD: &str = common::GOOD_CARD;

fn paid(sandbox: &Sandbox) -> Vec<(String, i64)> {
    let books = sandbox.books();
    let paid = books.charges.values().filter(|charge| charge.status == ChargeStatus::Succeeded);
    paid.map(|charge| (charge.id.clone(), charge.amount)).collect()
}

fn is_unclear(answer: &GatewayAnswer) -> bool {
    matches!(answer.finding, Finding::Unclear { .. })
}

/// Fails when the key is not looked up before the money is taken.
#[tokio::test]
async fn one_key_takes_the_money_once_however_often_it_is_sent() {
    for (sandbox, gateway) in every_form().await {
        let card = saved_card(&sandbox, &gateway, GOOD).await;
        let first = gateway.charge(&order(&card, "key-1")).await;
        let again = gateway.charge(&order(&card, "key-1")).await;
        assert_eq!(first, again);
        let taken = paid(&sandbox);
        let [(id, 1_234)] = taken.as_slice() else { panic!("{taken:?}") };
        let amount = Yen::new(1_234).unwrap();
        assert_eq!(first.finding, Finding::Paid { reference: id.clone(), amount, paid_at: noon() });
        let named = match gateway.name() {
            "stripe" => id.replacen("ch_", "pi_", 1),
            _ => id.clone(),
        };
        assert_eq!(first.source_id, format!("{named}:succeeded"));
        assert!(first.raw.contains(id));
    }
}

#[tokio::test]
async fn twenty_requests_at_once_with_one_key_take_the_money_once() {
    let folder = tempfile::tempdir().unwrap();
    let on_disk = outbound::cards::sandbox::BooksAt::Folder(folder.path().to_owned());
    let durable = Arc::new(Sandbox::new(&on_disk, "https://cards.example", common::now()).unwrap());
    let durable = (Arc::clone(&durable), CardGateway::Sandbox(durable));
    for (sandbox, gateway) in every_form().await.into_iter().chain([durable]) {
        let card = saved_card(&sandbox, &gateway, GOOD).await;
        let mut requests = JoinSet::new();
        for _ in 0..20 {
            let (gateway, order) = (gateway.clone(), order(&card, "key-1"));
            requests.spawn(async move { gateway.charge(&order).await });
        }
        all_tell_of_one_charge(requests).await;
        let taken = paid(&sandbox);
        assert_eq!(taken.len(), 1, "{taken:?}");
    }
}

/// Every answer is the one charge, or unclear because the key was in use.
async fn all_tell_of_one_charge(mut requests: JoinSet<GatewayAnswer>) {
    let mut references = Vec::new();
    while let Some(answer) = requests.join_next().await {
        match answer.unwrap().finding {
            Finding::Paid { reference, .. } => references.push(reference),
            Finding::Busy { why } => assert!(why.contains("key_in_use"), "{why}"),
            other @ (Finding::Declined(_)
            | Finding::ActionRequired
            | Finding::Unclear { .. }
            | Finding::Absent) => {
                panic!("{other:?}")
            }
        }
    }
    references.dedup();
    assert_eq!(references.len(), 1);
}

#[tokio::test]
async fn a_key_with_another_amount_takes_nothing_and_is_unclear() {
    for (sandbox, gateway) in every_form().await {
        let card = saved_card(&sandbox, &gateway, GOOD).await;
        gateway.charge(&order(&card, "key-1")).await;
        let more = ChargeOrder { amount: Yen::new(9_999).unwrap(), ..order(&card, "key-1") };
        let answer = gateway.charge(&more).await;
        assert!(
            matches!(&answer.finding, Finding::Unclear { why } if why.contains("with other parameters")),
            "{answer:?}"
        );
        assert_eq!(paid(&sandbox).len(), 1);
    }
}

#[tokio::test]
async fn each_test_card_answers_charges_as_its_line_in_the_table_says() {
    for (sandbox, gateway) in every_form().await {
        for (number, code, class) in [
            ("4000000000000341", "generic_decline", DeclineClass::Soft),
            ("4000000000009995", "insufficient_funds", DeclineClass::Soft),
            ("4000000000009987", "lost_card", DeclineClass::Hard),
            ("4000000000000069", "expired_card", DeclineClass::FixData),
        ] {
            let card = saved_card(&sandbox, &gateway, number).await;
            let asked = ChargeOrder { reference: number.to_owned(), ..order(&card, number) };
            let answer = gateway.charge(&asked).await;
            let Finding::Declined(decline) = &answer.finding else {
                panic!("{number}: {answer:?}")
            };
            assert_eq!((decline.code.as_str(), decline.class), (code, class));
            assert_eq!(gateway.charge(&asked).await, answer, "a decline is the key's answer too");
            assert_eq!(gateway.enquire(&asked).await.finding, answer.finding);
        }
        let card = saved_card(&sandbox, &gateway, "4000002500003155").await;
        let asked = ChargeOrder { reference: "3155".to_owned(), ..order(&card, "3155") };
        assert_eq!(gateway.charge(&asked).await.finding, Finding::ActionRequired);
        assert_eq!(gateway.enquire(&asked).await.finding, Finding::ActionRequired);
        assert_eq!(paid(&sandbox), []);
    }
}

/// FAQ Q13 rests on it: the gateway's word for the card's kind reaches us.
#[tokio::test]
async fn q13_a_saved_card_tells_how_it_is_funded() {
    for (sandbox, gateway) in every_form().await {
        for (number, funding) in [
            (GOOD, Funding::Credit),
            ("4000056655665556", Funding::Debit),
            ("5105105105105100", Funding::Prepaid),
            ("4000009990000002", Funding::Unknown),
        ] {
            let setup = common::start_setup(&gateway, number).await;
            assert_eq!(gateway.setup_outcome(&setup).await.unwrap(), SetupOutcome::NotFinished);
            sandbox.save_card(&setup, TestCard::by_number(number).unwrap()).unwrap();
            let SetupOutcome::Saved(facts) = gateway.setup_outcome(&setup).await.unwrap() else {
                panic!()
            };
            assert_eq!(facts.funding, funding);
            assert_eq!(facts.last_four, number[12..]);
            assert!(facts.authenticated);
        }
        assert_eq!(gateway.setup_outcome("seti_unknown").await.unwrap(), SetupOutcome::NotFinished);
    }
}

#[tokio::test]
async fn an_amount_below_50_yen_is_a_clear_no_without_a_trace() {
    for (sandbox, gateway) in every_form().await {
        let card = saved_card(&sandbox, &gateway, GOOD).await;
        let asked = ChargeOrder { amount: Yen::new(49).unwrap(), ..order(&card, "key-1") };
        let answer = gateway.charge(&asked).await;
        let Finding::Declined(decline) = answer.finding else { panic!("{answer:?}") };
        assert_eq!(
            (decline.code.as_str(), decline.class),
            ("amount_too_small", DeclineClass::Hard)
        );
        assert!(sandbox.books().charges.is_empty() && sandbox.books().keys.is_empty());
        let enough = ChargeOrder { amount: Yen::new(50).unwrap(), ..asked };
        assert!(matches!(gateway.charge(&enough).await.finding, Finding::Paid { .. }));
    }
}

#[tokio::test]
async fn a_card_that_was_forgotten_can_never_be_charged_but_old_answers_stay() {
    for (sandbox, gateway) in every_form().await {
        let card = saved_card(&sandbox, &gateway, GOOD).await;
        let before = gateway.charge(&order(&card, "key-1")).await;
        gateway.forget_card(&card).await.unwrap();
        gateway.forget_card(&card).await.unwrap();
        let next = ChargeOrder { reference: "charge-2".to_owned(), ..order(&card, "key-2") };
        let after = gateway.charge(&next).await;
        let Finding::Declined(decline) = after.finding else { panic!("{after:?}") };
        assert_eq!((decline.code.as_str(), decline.class), ("detached_card", DeclineClass::Hard));
        assert_eq!(gateway.charge(&order(&card, "key-1")).await, before);
        let unknown = GatewayCard { payment_method: "pm_unknown".to_owned(), ..card };
        gateway.forget_card(&unknown).await.unwrap();
        assert!(is_unclear(&gateway.charge(&order(&unknown, "key-3")).await));
        assert_eq!(paid(&sandbox).len(), 1);
    }
}

#[tokio::test]
async fn an_enquiry_finds_one_attempt_by_our_own_name() {
    for (sandbox, gateway) in every_form().await {
        let card = saved_card(&sandbox, &gateway, GOOD).await;
        let first = order(&card, "key-1");
        let second = ChargeOrder { generation: 2, ..order(&card, "key-2") };
        assert_eq!(gateway.enquire(&first).await.finding, Finding::Absent);
        let answer = gateway.charge(&first).await;
        let found = gateway.enquire(&first).await;
        assert_eq!((&found.finding, &found.source_id), (&answer.finding, &answer.source_id));
        assert_eq!(gateway.enquire(&second).await.finding, Finding::Absent);
    }
}

/// For each fault: how many charges are booked, what asking afterwards finds, what the key answers then.
#[tokio::test]
async fn whatever_goes_wrong_is_unclear_and_the_books_tell_the_truth() {
    let error = |booked, saved| Fault::ServerError { booked, saved };
    for (fault, booked, key_stays_unclear) in [
        (Fault::LoseRequest, false, false),
        (Fault::LoseResponse, true, false),
        (error(false, false), false, false),
        (error(true, false), true, false),
        (error(false, true), false, true),
        (error(true, true), true, true),
    ] {
        let sandbox = common::in_memory();
        let gateway = CardGateway::Sandbox(Arc::clone(&sandbox));
        let card = saved_card(&sandbox, &gateway, GOOD).await;
        sandbox.misbehave(Call::Charge, fault);
        let answer = gateway.charge(&order(&card, "key-1")).await;
        assert!(is_unclear(&answer), "{fault:?}: {answer:?}");
        assert_eq!(paid(&sandbox).len(), usize::from(booked), "{fault:?}");
        let found = gateway.enquire(&order(&card, "key-1")).await.finding;
        assert_eq!(matches!(found, Finding::Paid { .. }), booked, "{fault:?}: {found:?}");
        assert_eq!(matches!(found, Finding::Absent), !booked, "{fault:?}: {found:?}");
        let again = gateway.charge(&order(&card, "key-1")).await;
        assert_eq!(is_unclear(&again), key_stays_unclear, "{fault:?}: {again:?}");
        assert!(paid(&sandbox).len() <= 1, "{fault:?}");
    }
}

/// F06. Fails when 429 is read as a decline, or as an answer that leaves anything open.
#[tokio::test]
async fn not_now_proves_that_nothing_was_done() {
    for (sandbox, gateway) in every_form().await {
        let card = saved_card(&sandbox, &gateway, GOOD).await;
        sandbox.misbehave(Call::Charge, Fault::RateLimited);
        let answer = gateway.charge(&order(&card, "key-1")).await;
        assert!(matches!(answer.finding, Finding::Busy { .. }), "{answer:?}");
        assert!(paid(&sandbox).is_empty());
        let again = gateway.charge(&order(&card, "key-1")).await;
        assert!(matches!(again.finding, Finding::Paid { .. }), "{again:?}");
    }
}

/// Fails when an error of a status query is read as "the gateway knows none" (R4).
#[tokio::test]
async fn an_enquiry_that_fails_says_nothing_about_the_money() {
    for (sandbox, gateway) in every_form().await {
        let card = saved_card(&sandbox, &gateway, GOOD).await;
        for fault in [Fault::RateLimited, Fault::ServerError { booked: false, saved: false }] {
            sandbox.misbehave(Call::Enquiry, fault);
            assert!(is_unclear(&gateway.enquire(&order(&card, "key-1")).await));
        }
        sandbox.misbehave(Call::Setup, Fault::RateLimited);
        assert!(gateway.setup_outcome("seti_unknown").await.is_err());
        sandbox.misbehave(Call::Forget, Fault::RateLimited);
        assert!(gateway.forget_card(&card).await.is_err());
    }
}

/// Time stands still here until it is moved.
#[tokio::test(start_paused = true)]
async fn a_late_request_holds_its_key_and_happens_though_nobody_listens() {
    let sandbox = common::in_memory();
    let gateway = CardGateway::Sandbox(Arc::clone(&sandbox));
    let card = saved_card(&sandbox, &gateway, GOOD).await;
    let hour = Duration::from_secs(3_600);
    sandbox.misbehave(Call::Charge, Fault::Delay(hour));
    let asked = order(&card, "key-1");
    let gave_up = tokio::time::timeout(Duration::from_secs(30), gateway.charge(&asked)).await;
    assert!(gave_up.is_err());
    let second = gateway.charge(&asked).await;
    assert!(
        matches!(&second.finding, Finding::Busy { why } if why.contains("key_in_use")),
        "{second:?}"
    );
    assert_eq!(gateway.enquire(&asked).await.finding, Finding::Absent, "not yet");
    tokio::time::advance(hour).await;
    // The late request runs as soon as nobody else wants to.
    tokio::task::yield_now().await;
    assert_eq!(paid(&sandbox).len(), 1);
    assert!(matches!(gateway.charge(&asked).await.finding, Finding::Paid { .. }));
    assert_eq!(paid(&sandbox).len(), 1);
}
