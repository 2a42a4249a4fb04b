//! Corrections after the charge, refunds, disputes, consent and notice, on both databases, with the card
//! network's own books as the witness.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use app::charge::{self, Applied, Consented, Decided, DecisionAsk};
use app::enter::{Withdrawn, withdraw_entry};
use app::refunds::{self, Answer, Ask};
use app::settle;
use domain::audit::Actor;
use domain::bill::BillState;
use domain::charge::{Charge, ChargeState};
use domain::evidence::{DisputeFinding, DisputeStage, EvidenceSource};
use domain::id::{AccountId, ChargeId, EntryId, RefundId};
use domain::refund::{Refund, RefundReason, RefundState};
use domain::time::Day;
use domain::yen::Yen;
use outbound::cards::sandbox::{Call, ChargeStatus, Fault, RefundStatus};
use testkit::house::{GOOD_CARD, House, at, bill, shimin};

const NUMBER: &str = "00012345";
const CHARGED: &str = "2026-11-28 09:00";

fn yen(amount: i64) -> Yen {
    Yen::new(amount).unwrap()
}

async fn houses() -> Vec<House> {
    let mut houses = Vec::new();
    for database in store::testing::both() {
        houses.push(House::on(database).await);
    }
    houses
}

async fn bill_says(house: &House, slip: &str, revision: u32, due: i64) {
    let mut row = bill(NUMBER, slip, Day::parse("2026-11-24").unwrap(), due);
    row.hospital_revision = revision;
    house.import(&shimin(), &[row]).await;
}

async fn visit(house: &House, due: i64) -> (AccountId, EntryId) {
    let payer = house.payer(&shimin(), NUMBER, GOOD_CARD).await;
    let entry = house.enter(payer, &shimin(), NUMBER).await;
    bill_says(house, "0000001", 1, due).await;
    (payer, entry)
}

async fn paid_visit(house: &House, due: i64) -> (AccountId, EntryId) {
    let visit = visit(house, due).await;
    house.go_to(CHARGED);
    assert_eq!(settle::run_once(&house.app).await.unwrap().paid, 1);
    visit
}

async fn charges(house: &House, entry: EntryId) -> Vec<Charge> {
    let read = house.app.store().read(move |reader| store::charges::of_entry(reader, entry));
    read.await.unwrap().into_iter().map(|stored| stored.charge).collect()
}

async fn told_states(house: &House, entry: EntryId) -> Vec<(ChargeState, i64)> {
    let charges = charges(house, entry).await;
    charges.iter().map(|one| (one.state(), one.obligation().amount.amount())).collect()
}

async fn refunds_of(house: &House, entry: EntryId) -> Vec<Refund> {
    let read = house.app.store().read(move |reader| store::refunds::of_entry(reader, entry));
    read.await.unwrap().into_iter().map(|stored| stored.refund).collect()
}

async fn open_refunds(house: &House, entry: EntryId) -> Vec<(RefundId, i64)> {
    let all = refunds_of(house, entry).await.into_iter();
    all.filter(|refund| refund.state() == RefundState::Requested)
        .map(|refund| (refund.terms.id, refund.terms.amount.amount()))
        .collect()
}

async fn charge_id(house: &House, entry: EntryId) -> ChargeId {
    charges(house, entry).await[0].obligation().charge
}

/// What the card network has of the hospital's patients, by its own books.
fn taken(house: &House) -> i64 {
    let books = house.sandbox.books();
    let charges = books.charges.values().filter(|one| one.status == ChargeStatus::Succeeded);
    let refunds = books.refunds.values().filter(|one| one.status != RefundStatus::Failed);
    charges.map(|one| one.amount).sum::<i64>() - refunds.map(|one| one.amount).sum::<i64>()
}

fn ask(id: u128, charge: ChargeId, amount: i64, available: i64, by: &str) -> Ask {
    Ask {
        id: RefundId::from_number(id),
        charge,
        amount: yen(amount),
        reason: RefundReason::Goodwill,
        note: "窓口での申し出".into(),
        expected_available: yen(available),
        by: by.into(),
    }
}

async fn exceptions(house: &House) -> Vec<&'static str> {
    let open = house.app.store().read(store::attempts::open_exceptions).await;
    open.unwrap().into_iter().map(|one| one.kind.as_str()).collect()
}

/// `domain.md` 3.5 E9, R8, F19, P7. Mutations: refunding without a person; editing the charge; leaving the
/// first receipt in force.
#[tokio::test]
async fn a_correction_down_is_proposed_approved_and_told_once() {
    for house in houses().await {
        let (_, entry) = paid_visit(&house, 3_700).await;
        bill_says(&house, "0000001", 2, 3_100).await;
        bill_says(&house, "0000001", 3, 3_000).await;
        let open = open_refunds(&house, entry).await;
        let [(refund, 700)] = open[..] else { panic!("{open:?}") };
        settle::run_once(&house.app).await.unwrap();
        assert_eq!(taken(&house), 3_700, "a person decides");
        let approved = refunds::approve(&house.app, refund, yen(3_700), "accounting".into()).await;
        assert_eq!(approved.unwrap(), Answer::Approved);
        settle::run_once(&house.app).await.unwrap();
        settle::run_once(&house.app).await.unwrap();
        assert_eq!(taken(&house), 3_000);
        assert_eq!(told_states(&house, entry).await, [(ChargeState::PartRefunded, 3_700)]);
        let charge = charge_id(&house, entry).await;
        let receipt = house.app.store().read(move |r| store::receipts::of_charge(r, charge)).await;
        let receipt = receipt.unwrap().unwrap();
        assert_eq!((receipt.amount, receipt.number.as_str()), (yen(3_000), "2026-000002"));
        let mails = house.mails().await;
        assert_eq!(mails.len(), 2, "paid, and refunded");
        assert!(mails[1].text.contains("700円"), "{}", mails[1].text);
        let postings =
            house.app.store().read(|reader| store::postings::to_deliver(reader, &shimin(), 10));
        let postings: Vec<_> =
            postings.await.unwrap().iter().map(|one| (one.kind, one.amount.amount())).collect();
        use domain::posting::PostingKind::{Payment, Refund};
        assert_eq!(postings, [(Payment, 3_700), (Refund, 700)]);
    }
}

/// F19, I13. Mutations: charging at once without a notice; charging the whole new amount again.
#[tokio::test]
async fn a_correction_up_is_a_charge_of_its_own_after_its_notice() {
    for house in houses().await {
        let (_, entry) = paid_visit(&house, 3_700).await;
        house.mails().await;
        bill_says(&house, "0000002", 1, 930).await;
        let expected = [(ChargeState::Paid, 3_700), (ChargeState::Scheduled, 930)];
        assert_eq!(told_states(&house, entry).await, expected);
        let mails = house.mails().await;
        assert!(mails[1].text.contains("930円"), "{}", mails[1].text);
        assert!(mails[1].text.contains("2026年12月2日"), "{}", mails[1].text);
        house.go_to("2026-12-01 23:59");
        settle::run_once(&house.app).await.unwrap();
        assert_eq!(taken(&house), 3_700);
        house.go_to("2026-12-02 00:00");
        settle::run_once(&house.app).await.unwrap();
        assert_eq!(taken(&house), 4_630);
        let expected = [(ChargeState::Paid, 3_700), (ChargeState::Paid, 930)];
        assert_eq!(told_states(&house, entry).await, expected);
    }
}

/// A correction that is taken back leaves nothing behind. Mutation: a second proposal beside the first.
#[tokio::test]
async fn corrections_up_and_down_end_where_they_began() {
    for house in houses().await {
        let (_, entry) = paid_visit(&house, 3_700).await;
        bill_says(&house, "0000001", 2, 4_000).await;
        bill_says(&house, "0000001", 3, 3_500).await;
        let expected = [(ChargeState::Paid, 3_700), (ChargeState::SettledZero, 0)];
        assert_eq!(told_states(&house, entry).await, expected);
        assert_eq!(open_refunds(&house, entry).await.len(), 1);
        bill_says(&house, "0000001", 4, 3_700).await;
        assert!(open_refunds(&house, entry).await.is_empty());
        house.go_to("2026-12-31 09:00");
        settle::run_once(&house.app).await.unwrap();
        assert_eq!(taken(&house), 3_700);
    }
}

/// What we post back comes again as 入金額 in the hospital's next file. Mutation: reading it as cash.
#[tokio::test]
async fn our_own_posting_is_not_taken_for_cash() {
    for house in houses().await {
        let (_, entry) = paid_visit(&house, 3_700).await;
        let mut row = bill(NUMBER, "0000001", Day::parse("2026-11-24").unwrap(), 3_700);
        row.hospital_revision = 2;
        row.content.amounts.amount_received = yen(3_700);
        house.import(&shimin(), &[row]).await;
        assert!(open_refunds(&house, entry).await.is_empty());
        assert_eq!(told_states(&house, entry).await, [(ChargeState::Paid, 3_700)]);
    }
}

/// The hospital has noted our payment and then corrects the bill downwards: more was received than is due,
/// and the difference goes back to the card. Mutation: taking due less received as what is left.
#[tokio::test]
async fn a_noted_payment_goes_back_when_the_bill_falls() {
    for house in houses().await {
        let (_, entry) = paid_visit(&house, 3_700).await;
        let mut row = bill(NUMBER, "0000001", Day::parse("2026-11-24").unwrap(), 2_000);
        row.hospital_revision = 2;
        row.content.amounts.amount_received = yen(3_700);
        house.import(&shimin(), &[row.clone()]).await;
        let open = open_refunds(&house, entry).await;
        assert!(matches!(open[..], [(_, 1_700)]), "{open:?}");
        row.hospital_revision = 3;
        row.content.state = BillState::Cancelled;
        house.import(&shimin(), &[row]).await;
        let open = open_refunds(&house, entry).await;
        assert!(matches!(open[..], [(_, 3_700)]), "{open:?}");
    }
}

/// More cash than the visit costs is the cashier's to give back: the card pays nothing.
#[tokio::test]
async fn cash_above_the_amount_due_charges_nothing() {
    for house in houses().await {
        let payer = house.payer(&shimin(), NUMBER, GOOD_CARD).await;
        let entry = house.enter(payer, &shimin(), NUMBER).await;
        let mut row = bill(NUMBER, "0000001", Day::parse("2026-11-24").unwrap(), 1_000);
        row.content.amounts.amount_received = yen(1_500);
        house.import(&shimin(), &[row]).await;
        house.go_to(CHARGED);
        settle::run_once(&house.app).await.unwrap();
        assert_eq!(told_states(&house, entry).await, [(ChargeState::SettledZero, 0)]);
        assert_eq!(taken(&house), 0);
    }
}

/// Part in cash before, the rest by card: nothing is left. Mutation: taking that cash for our own posting, and
/// charging it again.
#[tokio::test]
async fn cash_before_the_charge_is_not_charged_afterwards() {
    for house in houses().await {
        let payer = house.payer(&shimin(), NUMBER, GOOD_CARD).await;
        let entry = house.enter(payer, &shimin(), NUMBER).await;
        let mut row = bill(NUMBER, "0000001", Day::parse("2026-11-24").unwrap(), 3_700);
        row.content.amounts.amount_received = yen(1_000);
        house.import(&shimin(), &[row.clone()]).await;
        house.go_to(CHARGED);
        settle::run_once(&house.app).await.unwrap();
        assert_eq!(told_states(&house, entry).await, [(ChargeState::Paid, 2_700)]);
        row.hospital_revision = 2;
        row.content.amounts.amount_received = yen(3_700);
        house.import(&shimin(), &[row]).await;
        assert_eq!(told_states(&house, entry).await, [(ChargeState::Paid, 2_700)]);
        assert!(open_refunds(&house, entry).await.is_empty());
    }
}

/// F24. Mutation: forgetting the withdrawal that came while money was moving.
#[tokio::test]
async fn cash_during_the_charge_opens_a_refund_by_itself() {
    for house in houses().await {
        let (_, entry) = visit(&house, 3_700).await;
        house.sandbox.misbehave(Call::Charge, Fault::LoseResponse);
        house.go_to(CHARGED);
        settle::run_once(&house.app).await.unwrap();
        let done = withdraw_entry(&house.app, entry, Actor::System).await.unwrap();
        assert_eq!(done, Withdrawn::InFlight);
        assert!(open_refunds(&house, entry).await.is_empty(), "nobody knows yet");
        house.go_to("2026-11-28 09:05");
        settle::run_once(&house.app).await.unwrap();
        let open = open_refunds(&house, entry).await;
        let [(refund, 3_700)] = open[..] else { panic!("{open:?}") };
        assert_eq!(exceptions(&house).await, ["paid_twice_at_counter"]);
        refunds::approve(&house.app, refund, yen(3_700), "accounting".into()).await.unwrap();
        settle::run_once(&house.app).await.unwrap();
        assert_eq!(taken(&house), 0);
        assert_eq!(told_states(&house, entry).await, [(ChargeState::Refunded, 3_700)]);
        let charge = charge_id(&house, entry).await;
        let receipt = house.app.store().read(move |r| store::receipts::of_charge(r, charge)).await;
        assert_eq!(receipt.unwrap(), None, "no receipt for nothing");
    }
}

/// F24, the other order: what was only intended is not sent any more.
#[tokio::test]
async fn cash_before_the_request_stops_it() {
    for house in houses().await {
        let (_, entry) = visit(&house, 3_700).await;
        house.go_to(CHARGED);
        let id = charge_id(&house, entry).await;
        charge::intend(&house.app, id).await.unwrap();
        let done = withdraw_entry(&house.app, entry, Actor::System).await.unwrap();
        assert_eq!(done, Withdrawn::Done);
        house.go_to("2026-11-28 10:00");
        settle::run_once(&house.app).await.unwrap();
        assert!(house.sandbox.books().keys.is_empty());
    }
}

/// F24. Cash for a visit whose first charge was paid and whose supplementary one was about to be sent: the paid one
/// goes back, too. Mutation: what is on its way is judged as it stood before the withdrawal (found by the simulator:
/// nobody was ever asked about the first payment).
#[tokio::test]
async fn cash_before_a_supplementary_request_gives_back_what_was_paid_before() {
    for house in houses().await {
        let (_, entry) = paid_visit(&house, 3_700).await;
        bill_says(&house, "0000001", 2, 5_700).await;
        house.go_to("2026-12-02 09:00");
        let supplement = charges(&house, entry).await[1].obligation().charge;
        charge::intend(&house.app, supplement).await.unwrap();
        let done = withdraw_entry(&house.app, entry, Actor::System).await.unwrap();
        assert_eq!(done, Withdrawn::AlreadyPaid);
        let told = told_states(&house, entry).await;
        assert_eq!(told, [(ChargeState::Paid, 3_700), (ChargeState::Withdrawn, 2_000)]);
        let open = open_refunds(&house, entry).await;
        let [(refund, 3_700)] = open[..] else { panic!("{open:?}") };
        refunds::approve(&house.app, refund, yen(3_700), "accounting".into()).await.unwrap();
        settle::run_once(&house.app).await.unwrap();
        assert_eq!(taken(&house), 0);
    }
}

/// F26, I9. Mutations: not looking at the amount that the person saw; a new id for each click.
#[tokio::test]
async fn two_clicks_and_two_people_refund_once() {
    for house in houses().await {
        let (_, entry) = paid_visit(&house, 3_700).await;
        let charge = charge_id(&house, entry).await;
        let first = ask(1, charge, 600, 3_700, "a");
        assert_eq!(refunds::ask(&house.app, first.clone()).await.unwrap(), Answer::Approved);
        let again = refunds::ask(&house.app, first).await.unwrap();
        assert_eq!(again, Answer::Known(RefundState::Intended));
        let other = refunds::ask(&house.app, ask(2, charge, 600, 3_700, "b")).await.unwrap();
        assert_eq!(other, Answer::Moving);
        settle::run_once(&house.app).await.unwrap();
        let other = refunds::ask(&house.app, ask(2, charge, 600, 3_700, "b")).await.unwrap();
        assert_eq!(other, Answer::Changed { available: yen(3_100) });
        let more = refunds::ask(&house.app, ask(3, charge, 3_101, 3_100, "b")).await.unwrap();
        assert_eq!(more, Answer::AmountNotAvailable { available: yen(3_100) });
        assert_eq!(taken(&house), 3_100);
    }
}

/// Mutation: the requester as their own second person.
#[tokio::test]
async fn above_the_limit_a_second_person_must_agree() {
    for house in houses().await {
        let (_, entry) = paid_visit(&house, 30_000).await;
        let charge = charge_id(&house, entry).await;
        let asked = refunds::ask(&house.app, ask(1, charge, 10_001, 30_000, "a")).await.unwrap();
        assert_eq!(asked, Answer::NeedsSecondPerson);
        let id = RefundId::from_number(1);
        let same = refunds::approve(&house.app, id, yen(30_000), "a".into()).await.unwrap();
        assert_eq!(same, Answer::SamePerson);
        settle::run_once(&house.app).await.unwrap();
        assert_eq!(taken(&house), 30_000);
        let second = refunds::approve(&house.app, id, yen(30_000), "b".into()).await.unwrap();
        assert_eq!(second, Answer::Approved);
        settle::run_once(&house.app).await.unwrap();
        assert_eq!(taken(&house), 19_999);
        let under = refunds::ask(&house.app, ask(2, charge, 10_000, 19_999, "a")).await.unwrap();
        assert_eq!(under, Answer::Approved);
    }
}

/// F27, R4: nobody knows what became of it, so nothing else moves; then it is found. Mutation: asking for
/// the money back again under a new key.
#[tokio::test]
async fn a_refund_whose_answer_is_lost_blocks_others_and_happens_once() {
    for house in houses().await {
        let (_, entry) = paid_visit(&house, 3_700).await;
        let charge = charge_id(&house, entry).await;
        house.sandbox.misbehave(Call::Refund, Fault::LoseResponse);
        refunds::ask(&house.app, ask(1, charge, 600, 3_700, "a")).await.unwrap();
        settle::run_once(&house.app).await.unwrap();
        assert_eq!(refunds_of(&house, entry).await[0].state(), RefundState::Unknown);
        let other = refunds::ask(&house.app, ask(2, charge, 600, 3_100, "a")).await.unwrap();
        assert_eq!(other, Answer::Moving);
        house.go_to("2026-11-28 09:01");
        settle::run_once(&house.app).await.unwrap();
        assert_eq!(refunds_of(&house, entry).await[0].state(), RefundState::Done);
        assert_eq!(taken(&house), 3_100);
    }
}

/// F03 for refunds. Mutation: a new key.
#[tokio::test]
async fn a_refund_that_never_arrived_is_sent_again_under_its_key() {
    for house in houses().await {
        let (_, entry) = paid_visit(&house, 3_700).await;
        let charge = charge_id(&house, entry).await;
        house.sandbox.misbehave(Call::Refund, Fault::LoseRequest);
        refunds::ask(&house.app, ask(1, charge, 600, 3_700, "a")).await.unwrap();
        for minute in ["09:00", "09:01", "09:05", "09:15", "09:20"] {
            house.go_to(&format!("2026-11-28 {minute}"));
            settle::run_once(&house.app).await.unwrap();
        }
        assert_eq!(taken(&house), 3_100);
        assert_eq!(house.sandbox.books().refund_keys.len(), 1);
    }
}

/// F27: a refund that comes back owes the patient the money again.
#[tokio::test]
async fn a_refund_that_comes_back_is_owed_again() {
    for house in houses().await {
        let (_, entry) = paid_visit(&house, 3_700).await;
        bill_says(&house, "0000001", 2, 3_000).await;
        let (refund, _) = open_refunds(&house, entry).await[0];
        house.sandbox.misbehave(Call::Refund, Fault::StaysPending);
        refunds::approve(&house.app, refund, yen(3_700), "a".into()).await.unwrap();
        settle::run_once(&house.app).await.unwrap();
        assert_eq!(refunds_of(&house, entry).await[0].state(), RefundState::Pending);
        let reference = house.sandbox.books().refunds.into_keys().next().unwrap();
        assert!(house.sandbox.end_refund(&reference, false));
        house.go_to("2026-11-28 10:00");
        settle::run_once(&house.app).await.unwrap();
        assert_eq!(exceptions(&house).await, ["refund_failed"]);
        assert_eq!(told_states(&house, entry).await, [(ChargeState::Paid, 3_700)]);
        let open = open_refunds(&house, entry).await;
        assert!(matches!(open[..], [(_, 700)]), "{open:?}");
        assert_eq!(house.mails().await.len(), 1, "nobody was told of money that did not come");
    }
}

/// F28, I6. Mutation: refunding while the card company has the matter in hand.
#[tokio::test]
async fn a_disputed_charge_waits_for_the_card_company() {
    for house in houses().await {
        let (_, entry) = paid_visit(&house, 3_700).await;
        let Charge::Paid(paid) = charges(&house, entry).await[0].clone() else { panic!() };
        let word = |stage: DisputeStage| DisputeFinding {
            reference: "dp_1".into(),
            charge_reference: paid.reference.clone(),
            amount: yen(3_700),
            stage,
            reason: "fraudulent".into(),
        };
        let hear = async |stage: DisputeStage| {
            let id = format!("dp_1:{}", stage.as_str());
            let (source, raw) = (EvidenceSource::Webhook, "{}".to_owned());
            charge::apply_dispute(&house.app, word(stage), source, id, raw).await.unwrap()
        };
        assert_eq!(hear(DisputeStage::Opened).await, Applied::Now(ChargeState::Disputed));
        assert_eq!(hear(DisputeStage::Opened).await, Applied::Now(ChargeState::Disputed));
        assert_eq!(exceptions(&house).await, ["disputed"]);
        let charge = charge_id(&house, entry).await;
        let asked = refunds::ask(&house.app, ask(1, charge, 600, 3_700, "a")).await.unwrap();
        assert_eq!(asked, Answer::Disputed);
        assert_eq!(hear(DisputeStage::Won).await, Applied::Now(ChargeState::Paid));
        assert_eq!(hear(DisputeStage::Inquiry).await, Applied::Now(ChargeState::Paid));
        let asked = refunds::ask(&house.app, ask(1, charge, 600, 3_700, "a")).await.unwrap();
        assert_eq!(asked, Answer::Approved);
    }
}

/// Mutations: charging above the ceiling; taking a consent to another amount.
#[tokio::test]
async fn above_the_ceiling_nothing_is_charged_until_the_payer_agrees() {
    for house in houses().await {
        let (payer, entry) = visit(&house, 3_700).await;
        charge::set_ceiling(&house.app, payer, Some(yen(3_000))).await.unwrap();
        house.go_to(CHARGED);
        settle::run_once(&house.app).await.unwrap();
        assert_eq!(told_states(&house, entry).await, [(ChargeState::AwaitingConsent, 3_700)]);
        assert!(house.mails().await[0].text.contains("3,700円"));
        let charge = charge_id(&house, entry).await;
        let agree =
            async |seen| charge::consent(&house.app, payer, charge, yen(seen)).await.unwrap();
        let stranger = AccountId::from_number(7);
        let strange = charge::consent(&house.app, stranger, charge, yen(3_700)).await.unwrap();
        assert_eq!(strange, Consented::NotWaiting);
        assert_eq!(agree(3_000).await, Consented::AmountDiffers { amount: yen(3_700) });
        assert_eq!(taken(&house), 0);
        assert_eq!(agree(3_700).await, Consented::Yes);
        settle::run_once(&house.app).await.unwrap();
        assert_eq!(taken(&house), 3_700);
    }
}

/// While we wait for a person, a clock may decide: the desk collects, and nothing is wrong with the card.
#[tokio::test]
async fn who_does_not_agree_pays_at_the_desk() {
    for house in houses().await {
        let (payer, entry) = visit(&house, 3_700).await;
        charge::set_ceiling(&house.app, payer, Some(yen(3_000))).await.unwrap();
        for day in [CHARGED, "2026-12-04 23:59"] {
            house.go_to(day);
            settle::run_once(&house.app).await.unwrap();
            assert_eq!(told_states(&house, entry).await[0].0, ChargeState::AwaitingConsent);
        }
        house.go_to("2026-12-05 00:00");
        settle::run_once(&house.app).await.unwrap();
        assert_eq!(told_states(&house, entry).await[0].0, ChargeState::ReturnedToDesk);
        let account = house.app.store().read(move |r| store::accounts::by_id(r, payer)).await;
        assert_eq!(account.unwrap().unwrap().state, domain::account::AccountState::Active);
        assert_eq!(taken(&house), 0);
    }
}

/// Advance notice, F25. Mutation: counting the notice from the visit instead of from the telling.
#[tokio::test]
async fn a_late_bill_is_told_first_and_charged_after_the_notice_period() {
    for house in houses().await {
        house.decide("advance_notice_days = 0", "advance_notice_days = 3").await;
        let payer = house.payer(&shimin(), NUMBER, GOOD_CARD).await;
        let entry = house.enter(payer, &shimin(), NUMBER).await;
        house.go_to("2026-12-10 09:00");
        bill_says(&house, "0000001", 1, 3_700).await;
        let mails = house.mails().await;
        assert_eq!(mails.len(), 1);
        for told in ["3,700円", "2026年12月13日", "2026年11月24日"] {
            assert!(mails[0].text.contains(told), "{told}: {}", mails[0].text);
        }
        house.go_to("2026-12-12 23:59");
        bill_says(&house, "0000001", 2, 3_800).await;
        house.go_to("2026-12-15 23:59");
        settle::run_once(&house.app).await.unwrap();
        assert_eq!(taken(&house), 3_800, "{:?}", told_states(&house, entry).await);
        assert!(at("2026-12-15 00:00") <= house.app.now());
        assert_eq!(house.mails().await.len(), 3, "told, told anew, paid");
    }
}

/// I5: unclear is left by evidence or by two people with what they saw. Mutation: one person is enough.
#[tokio::test]
async fn two_people_may_tell_what_became_of_an_unclear_charge() {
    for house in houses().await {
        let (_, entry) = visit(&house, 3_700).await;
        house.sandbox.go_down_until(at("2026-12-31 00:00"));
        house.go_to(CHARGED);
        settle::run_once(&house.app).await.unwrap();
        for day in ["2026-11-28 12:00", "2026-11-29 12:00", "2026-12-20 12:00"] {
            house.go_to(day);
            settle::run_once(&house.app).await.unwrap();
            assert_eq!(told_states(&house, entry).await[0].0, ChargeState::Unknown, "{day}");
        }
        assert_eq!(exceptions(&house).await, ["unknown_for_long"]);
        let charge = charge_id(&house, entry).await;
        let taken_at = at("2026-11-28 09:00");
        let tell = |attached: &str| DecisionAsk {
            charge,
            taken: Some(("ch_seen".into(), taken_at)),
            attached: attached.into(),
            by: "a".into(),
        };
        let nothing = charge::decide(&house.app, tell("  ")).await.unwrap();
        assert_eq!(nothing, Decided::NothingAttached);
        let told = charge::decide(&house.app, tell("管理画面の写し")).await.unwrap();
        assert_eq!(told, Decided::NeedsSecondPerson);
        let same = charge::second(&house.app, charge, "a".into()).await.unwrap();
        assert_eq!(same, Decided::NobodyElse);
        assert_eq!(told_states(&house, entry).await[0].0, ChargeState::Unknown);
        let both = charge::second(&house.app, charge, "b".into()).await.unwrap();
        assert_eq!(both, Decided::Now(ChargeState::Paid));
    }
}

/// F16. Mutation: taking the gateway's amount for the bill's.
#[tokio::test]
async fn another_amount_than_asked_for_is_not_paid_but_an_exception() {
    for house in houses().await {
        let (_, entry) = visit(&house, 3_700).await;
        house.sandbox.misbehave(Call::Charge, Fault::TakesOtherAmount(3_600));
        house.go_to(CHARGED);
        settle::run_once(&house.app).await.unwrap();
        assert_eq!(told_states(&house, entry).await, [(ChargeState::Sent, 3_700)]);
        assert_eq!(exceptions(&house).await, ["amount_differs"]);
        assert!(house.mails().await.is_empty());
    }
}

/// Policy: the hospital collects additional amounts at its desk.
#[tokio::test]
async fn a_supplement_may_be_the_desks() {
    for house in houses().await {
        house.decide("supplement = \"card\"", "supplement = \"desk\"").await;
        let (_, entry) = paid_visit(&house, 3_700).await;
        bill_says(&house, "0000001", 2, 4_000).await;
        assert_eq!(told_states(&house, entry).await, [(ChargeState::Paid, 3_700)]);
        assert_eq!(exceptions(&house).await, ["supplement_at_desk"]);
    }
}

/// F14 and `domain.md` 11.3: a card whose issuer has said "never" is not tried at the next visit either.
#[tokio::test]
async fn a_dead_card_is_tried_for_no_other_visit() {
    const LOST: &str = "4000000000009987";
    for house in houses().await {
        let payer = house.payer(&shimin(), NUMBER, LOST).await;
        let first = house.enter(payer, &shimin(), NUMBER).await;
        bill_says(&house, "0000001", 1, 3_700).await;
        house.go_to("2026-11-25 09:00");
        let second = house.enter(payer, &shimin(), NUMBER).await;
        let row = bill(NUMBER, "0000009", Day::parse("2026-11-25").unwrap(), 900);
        house.import(&shimin(), &[row]).await;
        house.go_to(CHARGED);
        settle::run_once(&house.app).await.unwrap();
        house.go_to("2026-11-29 09:00");
        settle::run_once(&house.app).await.unwrap();
        for entry in [first, second] {
            assert_eq!(told_states(&house, entry).await[0].0, ChargeState::ReturnedToDesk);
        }
        assert_eq!(house.sandbox.books().keys.len(), 1);
    }
}
