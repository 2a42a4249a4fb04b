//! Journal, gateway and bank held against each other, on both databases, with the card network's own books as
//! the other side.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use app::exceptions::{self, About, Closed, Open};
use app::reconcile::{self, BroughtDeposits, Report};
use app::refunds::{self, Answer, Ask};
use app::settle;
use domain::audit::Actor;
use domain::charge::{Charge, Paid};
use domain::difference::DifferenceKind;
use domain::evidence::Conflict;
use domain::id::RefundId;
use domain::journal::{JournalKind, Title};
use domain::refund::RefundReason;
use domain::time::Day;
use domain::yen::Yen;
use outbound::cards::sandbox::{Call, Fault, Misbooked};
use std::collections::BTreeSet;
use testkit::house::{GOOD_CARD, House, at, bill, shimin};

const NUMBER: &str = "00012345";
const CHARGED: &str = "2026-11-28 09:00";

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn clerk() -> Actor {
    Actor::Operator("keiri".to_owned())
}

/// A house in which one visit of 3,700 yen was charged on 28 November.
async fn charged() -> Vec<(House, Paid)> {
    let mut houses = Vec::new();
    for database in store::testing::both() {
        let house = House::on(database).await;
        let payer = house.payer(&shimin(), NUMBER, GOOD_CARD).await;
        house.enter(payer, &shimin(), NUMBER).await;
        house.import(&shimin(), &[bill(NUMBER, "0000001", day("2026-11-24"), 3_700)]).await;
        house.go_to(CHARGED);
        assert_eq!(settle::run_once(&house.app).await.unwrap().paid, 1);
        let paid = paid(&house).await;
        houses.push((house, paid));
    }
    houses
}

async fn paid(house: &House) -> Paid {
    let all = house.app.store().read(store::charges::all).await.unwrap();
    let Charge::Paid(paid) = all[0].charge.clone() else { panic!("{:?}", all[0].charge.state()) };
    paid
}

async fn refund(house: &House, charge: domain::id::ChargeId, amount: i64) -> RefundId {
    let id = RefundId::from_number(u128::from(amount.unsigned_abs()));
    let (amount, available) = (Yen::new(amount).unwrap(), Yen::new(3_700).unwrap());
    let (reason, note) = (RefundReason::Goodwill, String::new());
    let by = "a".to_owned();
    let ask = Ask { id, charge, amount, reason, note, expected_available: available, by };
    let asked = refunds::ask(&house.app, ask).await.unwrap();
    assert!(!matches!(asked, Answer::Disputed), "{asked:?}");
    let approved = refunds::approve(&house.app, id, available, "b".to_owned()).await.unwrap();
    assert!(!matches!(approved, Answer::Disputed), "{approved:?}");
    settle::run_once(&house.app).await.unwrap();
    id
}

async fn run(house: &House, of: &str) -> Report {
    let report = reconcile::reconcile(&house.app, day(of), &clerk()).await.unwrap();
    assert_eq!(report.balances.values().sum::<i64>(), 0, "I7: the titles are together zero");
    report
}

fn kinds(report: &Report) -> Vec<(DifferenceKind, Option<i64>, Option<i64>)> {
    let amount = |yen: Option<domain::yen::SignedYen>| yen.map(domain::yen::SignedYen::amount);
    let one =
        |open: &domain::difference::Difference| (open.kind, amount(open.ours), amount(open.theirs));
    report.differences.iter().map(one).collect()
}

async fn bring(house: &House, rows: &str) -> (u64, u64) {
    let file = format!("入金日,入金額,振込人\n{rows}");
    match reconcile::deposits(&house.app, file.as_bytes(), &clerk()).await.unwrap() {
        BroughtDeposits::Taken(counts) => (counts.new, counts.known),
        BroughtDeposits::Refused(faults) => panic!("{faults:?}"),
    }
}

/// I7, I8. Mutations: the fee is not booked; a deposit is booked without its payout; a payout twice.
#[tokio::test]
async fn a_day_is_followed_from_the_charge_to_the_bank() {
    for (house, paid) in charged().await {
        refund(&house, paid.obligation.charge, 600).await;
        house.go_to("2026-11-30 10:00");
        let of_charge = run(&house, "2026-11-28").await;
        assert!(of_charge.agrees() && !of_charge.provisional, "{of_charge:?}");
        assert_eq!((of_charge.journal.payments.count, of_charge.journal.payments.yen), (1, 3_700));
        assert_eq!((of_charge.journal.refunds.count, of_charge.journal.refunds.yen), (1, 600));
        assert_eq!(of_charge.journal, of_charge.gateway);
        assert_eq!(of_charge.balances[&Title::Fees], 133, "3.6 % of 3,700, rounded");
        assert_eq!(of_charge.balances[&Title::Gateway], 3_700 - 600 - 133);

        house.go_to("2026-12-01 10:00");
        let missing = run(&house, "2026-11-30").await;
        assert_eq!(kinds(&missing), [(DifferenceKind::PayoutNotInBank, Some(2_967), None)]);
        assert_eq!(missing.balances[&Title::InTransit], 2_967);
        assert_eq!(bring(&house, "2026-11-30,\"2,967\",カ)ケツサイ\n").await, (1, 0));
        assert_eq!(bring(&house, "2026-11-30,\"2,967\",カ)ケツサイ\n").await, (0, 1));
        for closed in [1, 0] {
            let shown = run(&house, "2026-11-30").await;
            assert_eq!(shown.closed, closed);
            assert_eq!(kinds(&shown), []);
            assert_eq!(shown.balances[&Title::Bank], 2_967);
            assert_eq!(shown.balances[&Title::InTransit], 0);
            assert_eq!(shown.balances[&Title::Gateway], 0);
            assert_eq!(shown.payouts[0].deposit, Some(shown.deposits[0].id));
        }
    }
}

/// What was closed because it agreed opens again; what a person has explained does not.
#[tokio::test]
async fn a_charge_that_the_gateway_does_not_list_waits_until_it_does_or_a_person_explains() {
    for (house, paid) in charged().await {
        house.sandbox.misbook(Misbooked::Missing { source: paid.reference.clone() });
        house.go_to("2026-11-29 10:00");
        let missing = run(&house, "2026-11-28").await;
        assert_eq!(kinds(&missing), [(DifferenceKind::JournalOnly, Some(3_700), None)]);
        assert_eq!(missing.differences[0].hospital, Some(shimin()));
        assert_eq!((run(&house, "2026-11-28").await.opened, missing.opened), (0, 1));

        let (kind, subject) = ("journal_only".to_owned(), paid.obligation.charge.to_string());
        let about = About { kind, subject, charge: None };
        let explain = async || {
            let note = "決済会社に確認済み".to_owned();
            exceptions::close(&house.app, about.clone(), &clerk(), note).await.unwrap()
        };
        assert_eq!(explain().await, Closed::Now);
        assert_eq!(explain().await, Closed::NoneOpen);
        assert_eq!(kinds(&run(&house, "2026-11-28").await), []);
    }
    for (house, paid) in charged().await {
        house.sandbox.misbook(Misbooked::Missing { source: paid.reference.clone() });
        house.go_to("2026-11-29 10:00");
        run(&house, "2026-11-28").await;
        house.sandbox.forget_misbooked();
        let listed = run(&house, "2026-11-28").await;
        assert_eq!((listed.closed, kinds(&listed)), (1, vec![]));
    }
}

/// A day that is not settled is looked at by each later run. Mutations: `unsettled` leaves out the days that
/// have something open, and the first half fails; those whose lines wait, and the second does.
#[tokio::test]
async fn what_came_late_settles_an_earlier_day_with_the_next_run() {
    for (house, paid) in charged().await {
        house.sandbox.misbook(Misbooked::Missing { source: paid.reference.clone() });
        house.go_to("2026-11-29 10:00");
        let missing = run(&house, "2026-11-28").await;
        assert_eq!(kinds(&missing), [(DifferenceKind::JournalOnly, Some(3_700), None)]);
        house.sandbox.forget_misbooked();
        house.go_to("2026-12-20 10:00");
        let late = run(&house, "2026-12-19").await;
        assert_eq!((late.closed, kinds(&late)), (1, vec![]));
        assert_eq!(late.compared_again, BTreeSet::from([day("2026-11-28")]));
        let settled = run(&house, "2026-12-19").await;
        assert_eq!((settled.closed, settled.compared_again.len()), (0, 0));
    }
    for (house, paid) in charged().await {
        house.sandbox.misbehave(Call::Refund, Fault::LoseResponse);
        refund(&house, paid.obligation.charge, 600).await;
        house.go_to("2026-11-29 10:00");
        let asked = run(&house, "2026-11-28").await;
        assert_eq!((asked.waiting, kinds(&asked)), (1, vec![]));
        house.go_to("2026-12-02 10:00");
        let unanswered = run(&house, "2026-12-01").await;
        assert_eq!(unanswered.compared_again, BTreeSet::from([day("2026-11-28")]));
        assert_eq!(kinds(&unanswered), [(DifferenceKind::GatewayOnly, None, Some(-600))]);
        assert_eq!(unanswered.differences[0].day, day("2026-11-28"));

        house.go_to("2026-12-03 10:00");
        settle::run_once(&house.app).await.unwrap();
        let answered = run(&house, "2026-12-02").await;
        assert_eq!((answered.opened, answered.closed), (0, 1), "{:?}", kinds(&answered));
        assert!(answered.agrees(), "{:?}", kinds(&answered));
    }
}

#[tokio::test]
async fn another_amount_and_a_second_capture_are_not_netted() {
    for (house, paid) in charged().await {
        let source = paid.reference.clone();
        house.sandbox.misbook(Misbooked::Amount { source: source.clone(), amount: 3_600 });
        house.sandbox.misbook(Misbooked::Again { source });
        house.go_to("2026-11-30 10:00");
        let first = run(&house, "2026-11-28").await;
        assert_eq!(kinds(&first), [(DifferenceKind::AmountDiffers, Some(3_700), Some(3_600))]);
        let second = run(&house, "2026-11-29").await;
        let captured_again = (DifferenceKind::GatewayOnly, None, Some(3_600));
        assert!(kinds(&second).contains(&captured_again), "{:?}", kinds(&second));
        assert_eq!(second.differences.len(), 2, "{:?}", kinds(&second));
    }
}

/// F02 by the daily list: the answer was lost, and no call came.
#[tokio::test]
async fn a_charge_whose_answer_was_lost_is_learnt_from_the_gateways_list() {
    for database in store::testing::both() {
        let house = House::on(database).await;
        let payer = house.payer(&shimin(), NUMBER, GOOD_CARD).await;
        house.enter(payer, &shimin(), NUMBER).await;
        house.import(&shimin(), &[bill(NUMBER, "0000001", day("2026-11-24"), 3_700)]).await;
        house.go_to(CHARGED);
        house.sandbox.misbehave(Call::Charge, Fault::LoseResponse);
        assert_eq!(settle::run_once(&house.app).await.unwrap().paid, 0);
        house.go_to("2026-11-29 10:00");
        let report = run(&house, "2026-11-28").await;
        assert!(report.agrees(), "{:?}", kinds(&report));
        assert_eq!(report.journal.payments.yen, 3_700);
        assert_eq!(paid(&house).await.obligation.amount.amount(), 3_700);
    }
}

/// F27: the gateway lists a refund and its return; our books, which had never taken it for done, have neither.
/// Mutation: `came_back` is left out, and both lines wait for a manager for ever.
#[tokio::test]
async fn a_refund_that_never_arrived_is_no_difference() {
    for (house, paid) in charged().await {
        house.sandbox.misbehave(Call::Refund, Fault::StaysPending);
        refund(&house, paid.obligation.charge, 600).await;
        let reference = house.sandbox.books().refunds.into_keys().next().unwrap();
        assert!(house.sandbox.end_refund(&reference, false));
        house.go_to("2026-11-28 10:00");
        settle::run_once(&house.app).await.unwrap();
        house.go_to("2026-11-29 10:00");
        let report = run(&house, "2026-11-28").await;
        assert_eq!(kinds(&report), []);
        assert_eq!((report.journal.refunds.count, report.gateway.refunds.count), (0, 1));
    }
}

#[tokio::test]
async fn refunds_and_disputes_that_no_call_told_of_and_adjustments_are_for_people() {
    for (house, paid) in charged().await {
        house.sandbox.refund_by_hand(&paid.reference, 500);
        let dispute = house.sandbox.open_dispute(&paid.reference, "opened").unwrap();
        let booked_ms = at(CHARGED).ms();
        house.sandbox.misbook(Misbooked::Adjustment { amount: -50, booked_ms });
        house.go_to("2026-11-29 10:00");
        let report = run(&house, "2026-11-28").await;
        let mut found = kinds(&report);
        found.sort_unstable();
        assert_eq!(
            found,
            [
                (DifferenceKind::GatewayOnly, None, Some(-500)),
                (DifferenceKind::DisputeNotNoticed, None, Some(-3_700)),
                (DifferenceKind::Adjustment, None, Some(-50)),
            ]
        );
        let disputed = report.differences.iter().find(|open| open.subject.contains(&dispute));
        assert_eq!(disputed.unwrap().hospital, Some(shimin()));
        assert_eq!(report.balances[&Title::Disputed], 3_700);
        assert_eq!(report.balances[&Title::Suspense], 50);
    }
}

/// F12, F28: the call that a dispute was won is lost, and the accounts tell it. Mutation: the line is only booked.
#[tokio::test]
async fn a_dispute_that_was_won_is_known_by_its_line() {
    for (house, paid) in charged().await {
        let dispute = house.sandbox.open_dispute(&paid.reference, "opened").unwrap();
        let opened = house.sandbox.books().events.pop().unwrap();
        let (signature, body) = house.sandbox.signed(&opened);
        app::webhooks::take(&house.app, "sandbox", Some(&signature), &body).await.unwrap();
        app::webhooks::fold_due(&house.app).await.unwrap();
        assert!(is_disputed(&house).await);
        assert!(house.sandbox.move_dispute(&dispute, "won"));
        house.go_to("2026-11-29 10:00");
        run(&house, "2026-11-28").await;
        assert!(!is_disputed(&house).await);
    }
}

async fn is_disputed(house: &House) -> bool {
    let all = house.app.store().read(store::charges::all).await.unwrap();
    all[0].charge.payment().unwrap().is_disputed()
}

#[tokio::test]
async fn a_payout_that_is_not_its_lines_and_a_deposit_that_is_not_its_payout_are_told_apart() {
    for (house, _) in charged().await {
        let arrives_on = "2026-11-30".to_owned();
        house.sandbox.misbook(Misbooked::PayoutShort { arrives_on, by: 100 });
        house.go_to("2026-12-01 10:00");
        bring(&house, "2026-11-30,3000,カ)ケツサイ\n").await;
        let found = kinds(&run(&house, "2026-11-30").await);
        let payout = (DifferenceKind::PayoutDiffers, Some(3_567), Some(3_467));
        let deposit = (DifferenceKind::DepositDiffers, Some(3_467), Some(3_000));
        assert!(found.contains(&payout) && found.contains(&deposit), "{found:?}");
        assert_eq!(found.len(), 2, "{found:?}");
        bring(&house, "2026-12-01,77,ﾅｿﾞﾉﾋﾄ\n2026-12-01,77,ﾅｿﾞﾉﾋﾄ\n").await;
        house.go_to("2026-12-02 10:00");
        let strangers = kinds(&run(&house, "2026-12-01").await);
        let stranger = (DifferenceKind::DepositWithoutPayout, None, Some(77));
        assert_eq!(strangers.iter().filter(|one| **one == stranger).count(), 2);
    }
}

/// A payout that the bank shows a day late is missed for a day. Mutation: only payouts of the same day match.
#[tokio::test]
async fn a_late_deposit_closes_what_was_missed() {
    for (house, _) in charged().await {
        house.go_to("2026-12-01 10:00");
        let missed = kinds(&run(&house, "2026-11-30").await);
        assert_eq!(missed, [(DifferenceKind::PayoutNotInBank, Some(3_567), None)]);
        house.go_to("2026-12-02 10:00");
        bring(&house, "2026-12-01,3567,カ)ケツサイ\n").await;
        assert_eq!(kinds(&run(&house, "2026-12-01").await), []);
        assert_eq!(kinds(&run(&house, "2026-11-30").await), []);
    }
}

/// Mutation: today's differences go into the queue, and each charge of the day is one until its line comes.
#[tokio::test]
async fn a_day_that_is_not_over_is_shown_and_opens_nothing() {
    for (house, paid) in charged().await {
        house.sandbox.misbook(Misbooked::Missing { source: paid.reference.clone() });
        let report = run(&house, "2026-11-28").await;
        assert!(report.provisional && !report.agrees());
        let open = house.app.store().read(store::differences::all_open).await.unwrap();
        assert_eq!(open, []);
    }
}

/// One queue for both kinds; a person closes each with a word.
#[tokio::test]
async fn exceptions_of_charges_wait_in_the_same_queue() {
    for (house, paid) in charged().await {
        let charge = paid.obligation.charge;
        house
            .app
            .store()
            .write(move |tx| {
                let now = at(CHARGED);
                store::attempts::open_exception(tx, charge, Conflict::Disputed, "dp_1", now)
            })
            .await
            .unwrap();
        house.sandbox.misbook(Misbooked::Missing { source: paid.reference.clone() });
        house.go_to("2026-11-29 10:00");
        run(&house, "2026-11-28").await;
        let open = exceptions::open(&house.app).await.unwrap();
        let [Open::OfCharge(disputed), Open::Difference(_)] = &*open else { panic!("{open:?}") };
        assert_eq!(disputed.kind, Conflict::Disputed);
        let about = |kind: &str| About {
            kind: kind.to_owned(),
            subject: "dp_1".to_owned(),
            charge: Some(charge),
        };
        let close = async |kind: &str| {
            exceptions::close(&house.app, about(kind), &clerk(), "解決".to_owned()).await.unwrap()
        };
        assert_eq!(close("paid_twice").await, Closed::NoneOpen);
        assert_eq!(close("no_such_kind").await, Closed::NoneOpen);
        assert_eq!(close("disputed").await, Closed::Now);
        assert_eq!(close("disputed").await, Closed::NoneOpen);
        assert_eq!(exceptions::open(&house.app).await.unwrap().len(), 1);
    }
}

/// Append only, and each movement once: the journal is what the engine did.
#[tokio::test]
async fn every_movement_is_booked_once() {
    for (house, paid) in charged().await {
        let refund = refund(&house, paid.obligation.charge, 600).await;
        let all = house
            .app
            .store()
            .read(|reader| store::journal::of_days(reader, day("2026-01-01"), day("2026-12-31")))
            .await
            .unwrap();
        let told: Vec<_> = all
            .iter()
            .map(|entry| (entry.kind, entry.subject.clone(), entry.amount.amount()))
            .collect();
        let charge = paid.obligation.charge.to_string();
        assert_eq!(
            told,
            [(JournalKind::Payment, charge, 3_700), (JournalKind::Refund, refund.to_string(), 600)]
        );
    }
}
