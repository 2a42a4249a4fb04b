//! Calls of the gateway, on both databases: first, late, repeated, shuffled, forged, never.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use app::charge;
use app::refunds::{self, Ask};
use app::webhooks::{self, Taken};
use app::{jobs, settle};
use domain::charge::{Charge, ChargeState};
use domain::id::{EntryId, RefundId};
use domain::refund::{RefundReason, RefundState};
use domain::time::Day;
use domain::yen::Yen;
use outbound::cards::WebhookFault;
use outbound::cards::sandbox::{Call, EventBody, Fault, signature};
use testkit::house::{GOOD_CARD, House, bill, shimin};

const NUMBER: &str = "00012345";

async fn houses() -> Vec<House> {
    let mut houses = Vec::new();
    for database in store::testing::both() {
        houses.push(House::on(database).await);
    }
    houses
}

async fn visit(house: &House) -> EntryId {
    let payer = house.payer(&shimin(), NUMBER, GOOD_CARD).await;
    let entry = house.enter(payer, &shimin(), NUMBER).await;
    let row = bill(NUMBER, "0000001", Day::parse("2026-11-24").unwrap(), 3_700);
    house.import(&shimin(), &[row]).await;
    house.go_to("2026-11-28 09:00");
    entry
}

async fn charge_of(house: &House, entry: EntryId) -> Charge {
    let read = house.app.store().read(move |reader| store::charges::last_of_entry(reader, entry));
    read.await.unwrap().unwrap().charge
}

async fn call(house: &House, event: &EventBody) -> Taken {
    let (signature, body) = house.sandbox.signed(event);
    webhooks::take(&house.app, "sandbox", Some(&signature), &body).await.unwrap()
}

/// F09: the call comes before the answer to our own request. Mutation: a call about a charge whose answer
/// is still awaited is thrown away.
#[tokio::test]
async fn a_call_before_the_answer_counts_and_is_told_once() {
    for house in houses().await {
        let entry = visit(&house).await;
        house.sandbox.misbehave(Call::Charge, Fault::LoseResponse);
        settle::run_once(&house.app).await.unwrap();
        assert_eq!(charge_of(&house, entry).await.state(), ChargeState::Unknown);
        let events = house.sandbox.events_after(0);
        assert_eq!(call(&house, &events[0]).await, Taken::Kept);
        assert_eq!(call(&house, &events[0]).await, Taken::Known, "the gateway repeats itself");
        jobs::run_due(&house.app).await.unwrap();
        assert_eq!(charge_of(&house, entry).await.state(), ChargeState::Paid);
        house.go_to("2026-11-28 10:00");
        settle::run_once(&house.app).await.unwrap();
        assert_eq!(house.mails().await.len(), 1);
    }
}

/// F10, R3, I6: a charge, its refund and a dispute that is won, in every order and each call twice. Mutation: folding
/// calls in the order in which they come without asking what they say.
#[tokio::test]
async fn every_order_of_calls_ends_the_same() {
    for order in
        [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1], [1, 3, 0, 2], [3, 0, 2, 1], [2, 3, 1, 0]]
    {
        let house = House::on(store::testing::sqlite()).await;
        let entry = visit(&house).await;
        settle::run_once(&house.app).await.unwrap();
        let Charge::Paid(paid) = charge_of(&house, entry).await else { panic!() };
        let ask = Ask {
            id: RefundId::from_number(1),
            charge: paid.obligation.charge,
            amount: Yen::new(600).unwrap(),
            reason: RefundReason::Goodwill,
            note: String::new(),
            expected_available: Yen::new(3_700).unwrap(),
            by: "a".to_owned(),
        };
        refunds::ask(&house.app, ask).await.unwrap();
        house.sandbox.misbehave(Call::Refund, Fault::LoseResponse);
        settle::run_once(&house.app).await.unwrap();
        let dispute = house.sandbox.open_dispute(&paid.reference, "opened").unwrap();
        house.sandbox.move_dispute(&dispute, "won");
        let events = house.sandbox.events_after(0);
        assert_eq!(events.len(), 4, "{events:?}");
        for index in order.into_iter().chain(order) {
            call(&house, &events[index]).await;
            jobs::run_due(&house.app).await.unwrap();
        }
        assert_eq!(charge_of(&house, entry).await.state(), ChargeState::PartRefunded, "{order:?}");
        let read = house.app.store().read(move |reader| store::refunds::of_entry(reader, entry));
        assert_eq!(read.await.unwrap()[0].refund.state(), RefundState::Done);
        assert_eq!(house.mails().await.len(), 2, "paid and refunded: {order:?}");
    }
}

/// F11. Mutations: no look at the signature; the state changed before it is looked at.
#[tokio::test]
async fn a_forged_call_changes_nothing_and_is_on_record() {
    for house in houses().await {
        let entry = visit(&house).await;
        house.sandbox.misbehave(Call::Charge, Fault::LoseResponse);
        settle::run_once(&house.app).await.unwrap();
        let event = &house.sandbox.events_after(0)[0];
        let (_, body) = house.sandbox.signed(event);
        let forged = signature("whsec_of_another", &body, house.app.now());
        let take = async |gateway: &str, signature: Option<&str>| {
            webhooks::take(&house.app, gateway, signature, &body).await.unwrap()
        };
        let refused = take("sandbox", Some(&forged)).await;
        assert_eq!(refused, Taken::Refused(WebhookFault::BadSignature));
        assert_eq!(take("sandbox", None).await, Taken::Refused(WebhookFault::NoSignature));
        assert_eq!(take("stripe", Some(&forged)).await, Taken::NoSuchGateway);
        jobs::run_due(&house.app).await.unwrap();
        assert_eq!(charge_of(&house, entry).await.state(), ChargeState::Unknown);
        let read = house.app.store().read(|reader| store::audit::after(reader, "gateway", 0, 10));
        let acts: Vec<_> = read.await.unwrap().into_iter().map(|entry| entry.act).collect();
        assert_eq!(acts, ["gateway_call_refused", "gateway_call_refused"]);
    }
}

/// F12: no call ever comes; enquiries bring the same end.
#[tokio::test]
async fn without_any_call_enquiries_are_enough() {
    for house in houses().await {
        let entry = visit(&house).await;
        house.sandbox.misbehave(Call::Charge, Fault::LoseResponse);
        settle::run_once(&house.app).await.unwrap();
        house.go_to("2026-11-28 09:01");
        settle::run_once(&house.app).await.unwrap();
        assert_eq!(charge_of(&house, entry).await.state(), ChargeState::Paid);
    }
}

/// F40: money that went back by hand at the gateway's own page, and a charge that is not ours.
#[tokio::test]
async fn what_is_not_ours_is_kept_for_people() {
    for house in houses().await {
        let entry = visit(&house).await;
        settle::run_once(&house.app).await.unwrap();
        let Charge::Paid(paid) = charge_of(&house, entry).await else { panic!() };
        assert!(house.sandbox.refund_by_hand(&paid.reference, 500));
        let mut events = house.sandbox.events_after(0);
        events[0].id = "evt_other".to_owned();
        events[0].charge.as_mut().unwrap().reference =
            "chg_000000000000000000000000000000ff".to_owned();
        for event in &events {
            assert_eq!(call(&house, event).await, Taken::Kept);
        }
        jobs::run_due(&house.app).await.unwrap();
        let open = house.app.store().read(store::attempts::open_exceptions).await.unwrap();
        let kinds: Vec<_> = open.into_iter().map(|one| one.kind.as_str()).collect();
        assert_eq!(kinds, ["refund_not_ours"]);
        let strangers =
            house.app.store().read(|reader| store::gateway_events::strangers(reader, 10)).await;
        let ids: Vec<_> = strangers.unwrap().into_iter().map(|event| event.id).collect();
        assert_eq!(ids, ["evt_other"]);
        let step =
            charge::step(&house.app, paid.obligation.charge, ChargeState::Paid).await.unwrap();
        assert_eq!(step, charge::Stepped::NotOurs);
    }
}
