//! Another card in the place of the one that an account has (FAQ Q30; P5, P5b), with the card network's books as the
//! witness.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use app::cards::{self, ChangeStart, Changed};
use app::register::CardRefusal;
use app::{jobs, settle};
use domain::account::AccountState;
use domain::charge::ChargeState;
use domain::id::{AccountId, EntryId};
use domain::time::Day;
use domain::yen::Yen;
use outbound::cards::sandbox::{ChargeStatus, TestCard};
use store::{Blow, Fuse};
use testkit::house::{GOOD_CARD, House, bill, shimin};

const NUMBER: &str = "00012345";
const JCB: &str = "3530111333300000";
const DEBIT: &str = "4000056655665556";
const UNKNOWN: &str = "4000009990000002";
const PREPAID: &str = "5105105105105100";
const DECLINED_SOFT: &str = "4000000000009995";
const DECLINED_LOST: &str = "4000000000009987";
const MUST_AUTHENTICATE: &str = "4000002500003155";

fn today() -> Day {
    Day::parse("2026-11-24").unwrap()
}

async fn houses() -> Vec<House> {
    let mut houses = Vec::new();
    for database in store::testing::both() {
        houses.push(House::on(database).await);
    }
    houses
}

async fn visit(house: &House, card: &str) -> (AccountId, EntryId) {
    let payer = house.payer(&shimin(), NUMBER, card).await;
    let entry = house.enter(payer, &shimin(), NUMBER).await;
    house.import(&shimin(), &[bill(NUMBER, "0000001", today(), 3_700)]).await;
    (payer, entry)
}

async fn settle_at(house: &House, moment: &str) {
    house.go_to(moment);
    settle::run_once(&house.app).await.unwrap();
}

/// Saves a card at the gateway's page; gives the gateway's name of the attempt.
async fn saved(house: &House, payer: AccountId, card: &str) -> String {
    let start = cards::start_change(&house.app, payer).await.unwrap();
    let ChangeStart::GoTo { url } = start else { panic!("{start:?}") };
    let books = house.sandbox.books();
    let setup = books.setups.keys().find(|id| url.ends_with(id.as_str())).unwrap().clone();
    house.sandbox.save_card(&setup, TestCard::by_number(card).unwrap()).unwrap();
    setup
}

async fn change(house: &House, payer: AccountId, card: &str) -> Changed {
    let setup = saved(house, payer, card).await;
    cards::change_back(&house.app, payer, &setup).await.unwrap()
}

async fn last_four(house: &House, payer: AccountId) -> String {
    let read = house.app.store().read(move |reader| store::cards::current_of(reader, payer));
    read.await.unwrap().unwrap().facts.last_four
}

async fn state(house: &House, payer: AccountId) -> AccountState {
    let read = house.app.store().read(move |reader| store::accounts::standing(reader, payer));
    read.await.unwrap().unwrap().state
}

async fn charge_state(house: &House, entry: EntryId) -> ChargeState {
    let read = house.app.store().read(move |reader| store::charges::last_of_entry(reader, entry));
    read.await.unwrap().unwrap().charge.state()
}

/// What the card network has taken, and from which card.
fn taken(house: &House) -> Vec<(i64, String)> {
    let books = house.sandbox.books();
    let charges = books.charges.values().filter(|one| one.status == ChargeStatus::Succeeded);
    charges
        .map(|one| (one.amount, books.cards[&one.payment_method].face.last_four.clone()))
        .collect()
}

async fn paid_at_the_desk(house: &House) {
    let mut row = bill(NUMBER, "0000001", today(), 3_700);
    row.hospital_revision = 2;
    row.content.amounts.amount_received = Yen::new(3_700).unwrap();
    house.import(&shimin(), &[row]).await;
}

/// Q30. Mutations: the old card is charged; it is deleted while requests frozen with it may be under way.
#[tokio::test]
async fn q30_the_next_charge_goes_to_the_new_card_and_the_old_one_is_forgotten_later() {
    for house in houses().await {
        let (payer, _) = visit(&house, GOOD_CARD).await;
        assert_eq!(change(&house, payer, JCB).await, Changed::Done);
        settle_at(&house, "2026-11-28 09:00").await;
        assert_eq!(taken(&house), [(3_700, "0000".to_owned())]);
        let gone = |house: &House| {
            let books = house.sandbox.books();
            books.cards.values().filter(|card| card.detached).count()
        };
        house.go_to("2026-12-24 08:00");
        jobs::run_due(&house.app).await.unwrap();
        assert_eq!(gone(&house), 0);
        house.go_to("2026-12-25 10:00");
        jobs::run_due(&house.app).await.unwrap();
        assert_eq!(gone(&house), 1);
        let mails = house.mails().await;
        let told =
            mails.iter().filter(|mail| mail.text.contains("変更された項目: お支払いのカード"));
        assert_eq!(told.count(), 1);
    }
}

/// Pressed twice, reloaded, or asked by somebody else: one card, one mail.
#[tokio::test]
async fn coming_back_again_changes_nothing_and_a_strangers_attempt_is_nobodys() {
    for house in houses().await {
        let payer = house.payer(&shimin(), NUMBER, GOOD_CARD).await;
        let stranger = house.payer(&shimin(), "00099999", GOOD_CARD).await;
        let setup = saved(&house, payer, JCB).await;
        let back = async |who| cards::change_back(&house.app, who, &setup).await.unwrap();
        assert_eq!(back(stranger).await, Changed::Unknown);
        let (one, other) = tokio::join!(back(payer), back(payer));
        assert_eq!((one, other, back(payer).await), (Changed::Done, Changed::Done, Changed::Done));
        assert_eq!(last_four(&house, payer).await, "0000");
        assert_eq!(last_four(&house, stranger).await, "4242");
        assert_eq!(house.mails().await.len(), 1);
    }
}

/// Q13 holds for every card; the one before stays.
#[tokio::test]
async fn q13_a_card_that_is_not_taken_leaves_the_one_before() {
    for house in houses().await {
        let payer = house.payer(&shimin(), NUMBER, GOOD_CARD).await;
        let refused = |reason| Changed::Refused { reason };
        assert_eq!(change(&house, payer, DEBIT).await, refused(CardRefusal::Debit));
        house.go_to("2026-11-24 10:00");
        assert_eq!(change(&house, payer, PREPAID).await, refused(CardRefusal::Prepaid));
        assert_eq!(last_four(&house, payer).await, "4242");
        jobs::run_due(&house.app).await.unwrap();
        let books = house.sandbox.books();
        let debit = books.cards.values().find(|card| card.face.last_four == "5556").unwrap();
        assert!(debit.detached, "a card that is not taken does not stay at the gateway");
        house.go_to("2026-11-24 11:00");
        assert_eq!(change(&house, payer, UNKNOWN).await, Changed::Done, "flagged, and taken");
    }
}

/// S-05: whoever has taken over an account cannot try a list of cards on it.
#[tokio::test]
async fn five_cards_a_day_and_no_more() {
    for house in houses().await {
        let payer = house.payer(&shimin(), NUMBER, GOOD_CARD).await;
        for minute in 0..5 {
            house.go_to(&format!("2026-11-24 10:0{minute}"));
            change(&house, payer, PREPAID).await;
        }
        house.go_to("2026-11-24 10:10");
        let sixth = cards::start_change(&house.app, payer).await.unwrap();
        assert!(matches!(sixth, ChangeStart::TooMany { .. }), "{sixth:?}");
        house.go_to("2026-11-25 10:00");
        assert_eq!(change(&house, payer, JCB).await, Changed::Done);
    }
}

/// P5: the payer has a card that works. Mutation: what waits is not taken up again.
#[tokio::test]
async fn a_charge_that_waits_goes_on_with_the_new_card() {
    for house in houses().await {
        let (payer, entry) = visit(&house, MUST_AUTHENTICATE).await;
        settle_at(&house, "2026-11-28 09:00").await;
        assert_eq!(charge_state(&house, entry).await, ChargeState::ActionRequired);
        assert_eq!(change(&house, payer, GOOD_CARD).await, Changed::Done);
        settle_at(&house, "2026-11-28 09:10").await;
        assert_eq!(taken(&house), [(3_700, "4242".to_owned())]);
        settle_at(&house, "2026-12-28 09:10").await;
        assert_eq!(taken(&house).len(), 1);
        assert_eq!(state(&house, payer).await, AccountState::Active);
    }
}

#[tokio::test]
async fn a_charge_that_is_tried_again_is_tried_on_the_new_card() {
    for house in houses().await {
        let (payer, entry) = visit(&house, DECLINED_SOFT).await;
        settle_at(&house, "2026-11-28 09:00").await;
        assert_eq!(charge_state(&house, entry).await, ChargeState::Due);
        assert_eq!(change(&house, payer, GOOD_CARD).await, Changed::Done);
        for day in ["2026-12-01 09:00", "2026-12-05 09:00"] {
            settle_at(&house, day).await;
        }
        assert_eq!(taken(&house), [(3_700, "4242".to_owned())]);
    }
}

/// P5b: the account may enter again once the desk was paid and the card is one that works, in whichever order.
/// Mutations: either alone is enough; nothing ever is.
#[tokio::test]
async fn a_failed_account_may_enter_again_when_the_desk_is_paid_and_the_card_works() {
    for card_first in [true, false] {
        for house in houses().await {
            let (payer, entry) = visit(&house, DECLINED_LOST).await;
            settle_at(&house, "2026-11-28 09:00").await;
            assert_eq!(charge_state(&house, entry).await, ChargeState::ReturnedToDesk);
            if card_first {
                assert_eq!(change(&house, payer, GOOD_CARD).await, Changed::Done);
            } else {
                paid_at_the_desk(&house).await;
            }
            assert_eq!(state(&house, payer).await, AccountState::CardFailed, "{card_first}");
            if card_first {
                paid_at_the_desk(&house).await;
            } else {
                assert_eq!(change(&house, payer, GOOD_CARD).await, Changed::Done);
            }
            assert_eq!(state(&house, payer).await, AccountState::Active, "{card_first}");
            settle_at(&house, "2026-12-28 09:00").await;
            assert!(taken(&house).is_empty(), "what the desk collects no card pays");
        }
    }
}

/// The process dies before and after every call of the database; afterwards the browser looks again.
#[tokio::test]
async fn a_death_at_any_call_leaves_one_card() {
    let mut deaths = 0;
    for blow in [Blow::Before, Blow::After] {
        for calls in 1..40 {
            let house = House::on(store::testing::sqlite()).await;
            let payer = house.payer(&shimin(), NUMBER, GOOD_CARD).await;
            let setup = saved(&house, payer, JCB).await;
            let store = house.app.store();
            assert_eq!(store.with_fuse(Fuse::blow_at(calls, blow)).engine(), store.engine());
            deaths += u32::from(cards::change_back(&house.app, payer, &setup).await.is_err());
            assert_eq!(store.with_fuse(Fuse::never()).engine(), store.engine());
            let again = cards::change_back(&house.app, payer, &setup).await.unwrap();
            assert_eq!(again, Changed::Done, "call {calls}");
            assert_eq!(last_four(&house, payer).await, "0000", "call {calls}");
            assert_eq!(house.mails().await.len(), 1, "call {calls}");
        }
    }
    assert!(deaths > 20, "the test has lost its teeth: {deaths} deaths");
}
