//! Money back, disputes, lists, accounts and calls, over every form of the gateway.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use common::{Clock, every_form_at, noon, now, order, saved_card};
use domain::clearing::TransactionKind;
use domain::evidence::{DisputeStage, Finding, RefundFinding};
use domain::time::Moment;
use domain::yen::Yen;
use outbound::cards::sandbox::{Call, Fault, Now, RefundStatus, Sandbox, signature};
use outbound::cards::{CardGateway, EventAbout, RefundOrder, WebhookFault};
use std::sync::Arc;

const GOOD: &str = common::GOOD_CARD;

/// A gateway that has taken 1,234 yen; the reference of the charge.
async fn charged() -> Vec<(Arc<Sandbox>, CardGateway, String)> {
    charged_at(&now()).await
}

async fn charged_at(now: &Now) -> Vec<(Arc<Sandbox>, CardGateway, String)> {
    let mut all = Vec::new();
    for (sandbox, gateway) in every_form_at(now).await {
        let card = saved_card(&sandbox, &gateway, GOOD).await;
        let answer = gateway.charge(&order(&card, "key-1")).await;
        let Finding::Paid { reference, .. } = answer.finding else { panic!("{answer:?}") };
        all.push((sandbox, gateway, reference));
    }
    all
}

fn back(charge: &str, key: &str, amount: i64) -> RefundOrder {
    RefundOrder {
        key: key.to_owned(),
        charge_reference: charge.to_owned(),
        amount: Yen::new(amount).unwrap(),
        reference: format!("refund of {key}"),
        generation: 1,
    }
}

fn given_back(sandbox: &Sandbox) -> i64 {
    let refunds = sandbox.books().refunds;
    let lasting = refunds.values().filter(|refund| refund.status != RefundStatus::Failed);
    lasting.map(|refund| refund.amount).sum()
}

/// I9, F26. Mutation: the key forgotten, or the sum not looked at.
#[tokio::test]
async fn a_refund_happens_once_for_a_key_and_never_above_what_was_taken() {
    for (sandbox, gateway, charge) in charged().await {
        let first = gateway.refund(&back(&charge, "r1", 1_000)).await;
        assert!(matches!(first.finding, RefundFinding::Done { .. }), "{first:?}");
        assert_eq!(gateway.refund(&back(&charge, "r1", 1_000)).await, first);
        assert_eq!(
            gateway.enquire_refund(&back(&charge, "r1", 1_000)).await.finding,
            first.finding
        );
        let more = gateway.refund(&back(&charge, "r2", 300)).await;
        let RefundFinding::Refused { code } = &more.finding else { panic!("{more:?}") };
        assert_eq!(code, "refund_too_large");
        let reused = gateway.refund(&back(&charge, "r1", 999)).await;
        assert!(matches!(reused.finding, RefundFinding::Unclear { .. }), "{reused:?}");
        assert_eq!(given_back(&sandbox), 1_000);
    }
}

/// F27: nobody knows what a lost answer said; the list does.
#[tokio::test]
async fn a_refund_whose_answer_is_lost_is_found_by_our_own_name() {
    for (fault, booked) in [(Fault::LoseResponse, true), (Fault::LoseRequest, false)] {
        // The other form would wait for its time-out.
        let (sandbox, gateway, charge) = charged().await.swap_remove(0);
        sandbox.misbehave(Call::Refund, fault);
        let answer = gateway.refund(&back(&charge, "r1", 600)).await;
        assert!(matches!(answer.finding, RefundFinding::Unclear { .. }), "{answer:?}");
        let found = gateway.enquire_refund(&back(&charge, "r1", 600)).await.finding;
        assert_eq!(matches!(found, RefundFinding::Done { .. }), booked, "{found:?}");
        assert_eq!(matches!(found, RefundFinding::Absent), !booked, "{found:?}");
    }
}

#[tokio::test]
async fn a_refund_may_stay_open_for_days_and_come_back() {
    for (sandbox, gateway, charge) in charged().await {
        sandbox.misbehave(Call::Refund, Fault::StaysPending);
        let answer = gateway.refund(&back(&charge, "r1", 600)).await;
        let RefundFinding::Pending { reference } = answer.finding else { panic!("{answer:?}") };
        assert!(sandbox.end_refund(&reference, true));
        let found = gateway.enquire_refund(&back(&charge, "r1", 600)).await.finding;
        assert!(matches!(found, RefundFinding::Done { .. }), "{found:?}");
        assert!(sandbox.end_refund(&reference, false));
        let found = gateway.enquire_refund(&back(&charge, "r1", 600)).await.finding;
        assert!(matches!(found, RefundFinding::Failed { .. }), "{found:?}");
    }
}

/// F28.
#[tokio::test]
async fn a_disputed_charge_is_not_refunded() {
    for (sandbox, gateway, charge) in charged().await {
        let dispute = sandbox.open_dispute(&charge, "opened").unwrap();
        let answer = gateway.refund(&back(&charge, "r1", 600)).await;
        let RefundFinding::Refused { code } = &answer.finding else { panic!("{answer:?}") };
        assert_eq!(code, "charge_disputed");
        assert!(sandbox.move_dispute(&dispute, "won"));
        let answer = gateway.refund(&back(&charge, "r2", 600)).await;
        assert!(matches!(answer.finding, RefundFinding::Done { .. }), "{answer:?}");
    }
}

/// The accounts add up to what the bank gets. Mutations: the fee left out; a payout named before its day is over,
/// when a refund may still leave nothing to be sent.
#[tokio::test]
async fn accounts_and_payouts_agree() {
    let clock = Clock::default();
    for (_, gateway, charge) in charged_at(&clock.now()).await {
        gateway.refund(&back(&charge, "r1", 234)).await;
        let (from, until) = (noon().plus_seconds(-60), noon().plus_seconds(60));
        let lines = gateway.transactions(from, until).await.unwrap();
        let told: Vec<_> =
            lines.iter().map(|line| (line.kind, line.amount.amount(), line.fee.amount())).collect();
        assert_eq!(
            told,
            [(TransactionKind::Charge, 1_234, 44), (TransactionKind::Refund, -234, 0)]
        );
        let arrives = noon().day().plus_days(2);
        assert!(gateway.payouts(arrives).await.unwrap().is_empty(), "the day is not over");
        assert_eq!(lines[0].payout, None);
        clock.move_to_day(1);
        let payouts = gateway.payouts(arrives).await.unwrap();
        assert_eq!(payouts.len(), 1);
        assert_eq!(payouts[0].amount.amount(), 1_234 - 44 - 234);
        let lines = gateway.transactions(from, until).await.unwrap();
        assert_eq!(lines[0].payout.as_deref(), Some(payouts[0].id.as_str()));
        clock.move_to_day(0);
        assert!(gateway.payouts(noon().day()).await.unwrap().is_empty());
        let listed = gateway.charges_since(from).await.unwrap();
        assert_eq!((listed.len(), listed[0].generation), (1, 1));
        assert!(gateway.charges_since(until).await.unwrap().is_empty());
    }
}

/// What was sent to the bank stays what it was: what ends later is not booked into a day that is over. Mutation: a
/// refund that stays open, or an inquiry, is listed once it ends, as of the day of its beginning.
#[tokio::test]
async fn a_payout_stays_as_it_was_sent() {
    let clock = Clock::default();
    for (sandbox, gateway, charge) in charged_at(&clock.now()).await {
        clock.move_to_day(0);
        let inquiry = sandbox.open_dispute(&charge, "inquiry").unwrap();
        assert!(sandbox.move_dispute(&inquiry, "won"));
        sandbox.misbehave(Call::Refund, Fault::StaysPending);
        let answer = gateway.refund(&back(&charge, "r1", 234)).await;
        let RefundFinding::Pending { reference } = answer.finding else { panic!("{answer:?}") };
        let arrives = noon().day().plus_days(2);
        let inquiry = sandbox.open_dispute(&charge, "inquiry").unwrap();
        clock.move_to_day(1);
        let sent = gateway.payouts(arrives).await.unwrap();
        assert_eq!(sent[0].amount.amount(), 1_234 - 44 - 234);
        assert!(sandbox.end_refund(&reference, true));
        assert!(sandbox.move_dispute(&inquiry, "opened"));
        assert_eq!(gateway.payouts(arrives).await.unwrap(), sent);
    }
}

/// F11. Mutations: no look at the signature, at its age, or at the bytes that it signs.
#[tokio::test]
async fn a_call_counts_only_with_our_signature_of_now() {
    for (sandbox, gateway, charge) in charged().await {
        // Stripe's secrets are others, and its calls are in `stripe.rs`.
        if gateway.name() == "stripe" {
            continue;
        }
        sandbox.open_dispute(&charge, "opened").unwrap();
        let events = sandbox.events_after(0);
        assert_eq!(events.len(), 2);
        let (good, body) = sandbox.signed(&events[0]);
        let read = |signature: Option<&str>, body: &[u8], now: Moment| {
            gateway.read_webhook(signature, body, now)
        };
        let event = read(Some(&good), &body, noon()).unwrap();
        let EventAbout::Charge(listed) = event.about else { panic!("{event:?}") };
        assert!(matches!(listed.answer.finding, Finding::Paid { .. }), "{listed:?}");
        assert_eq!(read(None, &body, noon()), Err(WebhookFault::NoSignature));
        assert_eq!(read(Some("v1=00"), &body, noon()), Err(WebhookFault::NoSignature));
        let forged = signature("whsec_of_another", &body, noon());
        assert_eq!(read(Some(&forged), &body, noon()), Err(WebhookFault::BadSignature));
        let mut changed = body.clone();
        changed.push(b' ');
        assert_eq!(read(Some(&good), &changed, noon()), Err(WebhookFault::BadSignature));
        let late = noon().plus_seconds(301);
        assert_eq!(read(Some(&good), &body, late), Err(WebhookFault::TooOld));
        let both = format!("{forged},{}", good.split_once(',').unwrap().1);
        assert!(read(Some(&both), &body, noon()).is_ok(), "while secrets are exchanged");
        let (signature, body) = sandbox.signed(&events[1]);
        let event = read(Some(&signature), &body, noon()).unwrap();
        let EventAbout::Dispute { finding, .. } = event.about else { panic!("{event:?}") };
        assert_eq!((finding.stage, finding.charge_reference), (DisputeStage::Opened, charge));
    }
}

/// F16.
#[tokio::test]
async fn a_wrong_amount_is_told_as_it_was_taken() {
    for (sandbox, gateway) in every_form_at(&now()).await {
        let card = saved_card(&sandbox, &gateway, GOOD).await;
        sandbox.misbehave(Call::Charge, Fault::TakesOtherAmount(1_200));
        let answer = gateway.charge(&order(&card, "key-1")).await;
        let Finding::Paid { amount, .. } = answer.finding else { panic!("{answer:?}") };
        assert_eq!(amount.amount(), 1_200);
        assert_eq!(gateway.charge(&order(&card, "key-1")).await.source_id, answer.source_id);
    }
}
