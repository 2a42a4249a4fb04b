//! The money engine on both databases, with the card network's own books as the witness.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use app::charge::{self, Stepped};
use app::enter::{Withdrawn, withdraw_entry};
use app::receipts::Download;
use app::settle;
use domain::audit::Actor;
use domain::charge::{Charge, ChargeState};
use domain::id::{AccountId, ChargeId, EntryId};
use domain::notice::NoticeKind;
use domain::receipt::ReceiptCopy;
use domain::time::Day;
use outbound::cards::sandbox::{Call, ChargeStatus, Fault as Misbehaviour};
use store::charges::Written;
use store::{Blow, Fuse};
use testkit::house::{GOOD_CARD, House, bill, shimin};

const NUMBER: &str = "00012345";
const DECLINED_SOFT: &str = "4000000000009995";
const DECLINED_LOST: &str = "4000000000009987";

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

/// A visit of today with one bill.
async fn visit(house: &House, card: &str, due: i64) -> (AccountId, EntryId) {
    let payer = house.payer(&shimin(), NUMBER, card).await;
    let entry = house.enter(payer, &shimin(), NUMBER).await;
    house.import(&shimin(), &[bill(NUMBER, "0000001", today(), due)]).await;
    (payer, entry)
}

async fn charge_of(house: &House, entry: EntryId) -> Option<Charge> {
    let stored =
        house.app.store().read(move |reader| store::charges::last_of_entry(reader, entry)).await;
    stored.unwrap().map(|stored| stored.charge)
}

async fn state_of(house: &House, entry: EntryId) -> ChargeState {
    charge_of(house, entry).await.unwrap().state()
}

async fn id_of(house: &House, entry: EntryId) -> ChargeId {
    charge_of(house, entry).await.unwrap().obligation().charge
}

/// What the card network has taken, by its own books.
fn taken(house: &House) -> Vec<i64> {
    let books = house.sandbox.books();
    let taken = books.charges.values().filter(|charge| charge.status == ChargeStatus::Succeeded);
    taken.map(|charge| charge.amount).collect()
}

async fn receipt_of(house: &House, charge: ChargeId) -> Option<store::receipts::StoredReceipt> {
    house.app.store().read(move |reader| store::receipts::of_charge(reader, charge)).await.unwrap()
}

#[tokio::test]
async fn q05_the_card_is_charged_once_four_days_after_the_visit() {
    for house in houses().await {
        let (_, entry) = visit(&house, GOOD_CARD, 1_234).await;
        house.go_to("2026-11-27 23:59");
        let counts = settle::run_once(&house.app).await.unwrap();
        assert_eq!((counts.claimed, counts.waiting), (0, 1), "not before the fourth day");
        house.go_to("2026-11-28 00:00");
        let counts = settle::run_once(&house.app).await.unwrap();
        assert_eq!((counts.paid, counts.waiting), (1, 0));
        assert_eq!(settle::run_once(&house.app).await.unwrap().claimed, 0);
        assert_eq!(taken(&house), [1_234], "the amount of the bill, not rounded");
        assert_eq!(state_of(&house, entry).await, ChargeState::Paid);
    }
}

/// `domain.md` 15 statement 3: a holiday is no reason to wait, and the receipt bears the day of the
/// charge.
#[tokio::test]
async fn q28_a_visit_at_the_year_end_is_charged_on_new_years_day() {
    for house in houses().await {
        house.go_to("2026-12-28 09:00");
        let payer = house.payer(&shimin(), NUMBER, GOOD_CARD).await;
        let entry = house.enter(payer, &shimin(), NUMBER).await;
        let day = Day::parse("2026-12-28").unwrap();
        house.import(&shimin(), &[bill(NUMBER, "0000001", day, 3_700)]).await;
        house.go_to("2027-01-01 00:05");
        settle::run_once(&house.app).await.unwrap();
        let receipt = receipt_of(&house, id_of(&house, entry).await).await.unwrap();
        assert_eq!(receipt.receipt_date.to_string(), "2027-01-01");
        assert_eq!(receipt.number.as_str(), "2027-000001");
    }
}

#[tokio::test]
async fn q04_one_mail_tells_amount_and_payment() {
    for house in houses().await {
        let (_, entry) = visit(&house, GOOD_CARD, 7_930).await;
        house.go_to("2026-11-28 09:00");
        settle::run_once(&house.app).await.unwrap();
        settle::run_once(&house.app).await.unwrap();
        let mails = house.mails().await;
        assert_eq!(mails.len(), 1, "the same fact is told once");
        for told in ["7,930円", "2026年11月24日", "2026年11月28日", "4242", "岡山市立市民病院"]
        {
            assert!(mails[0].text.contains(told), "{told}: {}", mails[0].text);
        }
        assert!(!mails[0].text.contains("内科"), "no department in a mail");
        assert!(!mails[0].text.contains(NUMBER), "no patient number in a mail");
        let charge = id_of(&house, entry).await.to_string();
        let notice = house
            .app
            .store()
            .read(move |r| store::notices::by_subject(r, NoticeKind::PaymentCompleted, &charge))
            .await
            .unwrap();
        assert_eq!(notice.unwrap().message_id, mails[0].message_id);
    }
}

/// `domain.md` 15 statement 10. Mutation: planning a charge for a bill without an entry.
#[tokio::test]
async fn q06_who_did_not_enter_is_never_charged() {
    for house in houses().await {
        house.payer(&shimin(), NUMBER, GOOD_CARD).await;
        house.import(&shimin(), &[bill(NUMBER, "0000001", today(), 3_700)]).await;
        house.go_to("2026-12-31 09:00");
        assert_eq!(settle::run_once(&house.app).await.unwrap().claimed, 0);
        assert!(taken(&house).is_empty());
    }
}

/// Promise 2. Mutation: leaving the charge scheduled when the entry is withdrawn.
#[tokio::test]
async fn q06_cash_at_the_counter_withdraws_the_charge() {
    for house in houses().await {
        let (_, entry) = visit(&house, GOOD_CARD, 3_700).await;
        let done = withdraw_entry(&house.app, entry, Actor::System).await.unwrap();
        assert_eq!(done, Withdrawn::Done);
        house.go_to("2026-11-28 09:00");
        assert_eq!(settle::run_once(&house.app).await.unwrap().claimed, 0);
        assert!(taken(&house).is_empty());
        assert_eq!(state_of(&house, entry).await, ChargeState::Withdrawn);
    }
}

/// `domain.md` 3.5 E1 and E8: two slips are summed; a correction before the charge follows.
#[tokio::test]
async fn q03_two_slips_and_a_correction_are_one_charge_in_full() {
    for house in houses().await {
        let payer = house.payer(&shimin(), NUMBER, GOOD_CARD).await;
        let entry = house.enter(payer, &shimin(), NUMBER).await;
        let second = bill(NUMBER, "0000002", today(), 930);
        house.import(&shimin(), &[bill(NUMBER, "0000001", today(), 3_700), second]).await;
        let mut corrected = bill(NUMBER, "0000001", today(), 3_100);
        corrected.hospital_revision = 2;
        house.import(&shimin(), &[corrected]).await;
        house.go_to("2026-11-28 09:00");
        settle::run_once(&house.app).await.unwrap();
        assert_eq!(taken(&house), [4_030]);
        assert_eq!(state_of(&house, entry).await, ChargeState::Paid);
    }
}

/// `domain.md` 3.5 E7.
#[tokio::test]
async fn a_bill_of_nothing_never_reaches_the_gateway() {
    for house in houses().await {
        let (_, entry) = visit(&house, GOOD_CARD, 0).await;
        assert_eq!(state_of(&house, entry).await, ChargeState::SettledZero);
        house.go_to("2026-11-28 09:00");
        settle::run_once(&house.app).await.unwrap();
        assert!(house.sandbox.books().charges.is_empty());
        assert_eq!(receipt_of(&house, id_of(&house, entry).await).await, None);
    }
}

/// F16: card networks take no amount under 50 yen.
#[tokio::test]
async fn an_amount_too_small_for_a_card_goes_to_the_desk_unsent() {
    for house in houses().await {
        let (_, entry) = visit(&house, GOOD_CARD, 49).await;
        house.go_to("2026-11-28 09:00");
        settle::run_once(&house.app).await.unwrap();
        assert!(house.sandbox.books().charges.is_empty());
        assert_eq!(state_of(&house, entry).await, ChargeState::ReturnedToDesk);
    }
}

/// F02, R4, I5. Mutation: treating a lost answer as "not charged" and sending again under a new key.
#[tokio::test]
async fn a_lost_answer_is_asked_for_and_never_sent_again() {
    for house in houses().await {
        let (_, entry) = visit(&house, GOOD_CARD, 3_700).await;
        house.sandbox.misbehave(Call::Charge, Misbehaviour::LoseResponse);
        house.go_to("2026-11-28 09:00");
        let counts = settle::run_once(&house.app).await.unwrap();
        assert_eq!((counts.paid, counts.unknown), (0, 1));
        assert_eq!(state_of(&house, entry).await, ChargeState::Unknown);
        assert!(house.mails().await.is_empty(), "nobody is told anything that we do not know");
        house.go_to("2026-11-28 09:01");
        assert_eq!(settle::run_once(&house.app).await.unwrap().paid, 1);
        assert_eq!(taken(&house), [3_700]);
        assert_eq!(house.mails().await.len(), 1);
    }
}

/// F03, R5: absence is believed only when the gateway must have known, and then a new attempt starts.
#[tokio::test]
async fn a_request_that_never_arrived_is_sent_anew_once_that_is_proved() {
    for house in houses().await {
        let (_, entry) = visit(&house, GOOD_CARD, 3_700).await;
        house.sandbox.misbehave(Call::Charge, Misbehaviour::LoseRequest);
        house.go_to("2026-11-28 09:00");
        settle::run_once(&house.app).await.unwrap();
        house.go_to("2026-11-28 09:01");
        settle::run_once(&house.app).await.unwrap();
        assert_eq!(
            state_of(&house, entry).await,
            ChargeState::Unknown,
            "too early to prove anything"
        );
        house.go_to("2026-11-28 09:10");
        settle::run_once(&house.app).await.unwrap();
        settle::run_once(&house.app).await.unwrap();
        assert_eq!(state_of(&house, entry).await, ChargeState::Paid);
        assert_eq!(taken(&house), [3_700]);
    }
}

/// F04: a 500 says nothing about the money, however often it is repeated.
#[tokio::test]
async fn a_server_error_that_is_replayed_is_no_decline() {
    for house in houses().await {
        let (_, entry) = visit(&house, GOOD_CARD, 3_700).await;
        house
            .sandbox
            .misbehave(Call::Charge, Misbehaviour::ServerError { booked: true, saved: true });
        house.go_to("2026-11-28 09:00");
        settle::run_once(&house.app).await.unwrap();
        assert_eq!(state_of(&house, entry).await, ChargeState::Unknown);
        house.go_to("2026-11-28 09:01");
        settle::run_once(&house.app).await.unwrap();
        assert_eq!(state_of(&house, entry).await, ChargeState::Paid);
        assert_eq!(taken(&house), [3_700]);
    }
}

/// F07. Mutation: a key that is not derived from what is owed, together with an update that does not ask
/// for the version that was read.
#[tokio::test]
async fn two_runs_at_once_charge_once() {
    for house in houses().await {
        let (_, entry) = visit(&house, GOOD_CARD, 3_700).await;
        house.go_to("2026-11-28 09:00");
        let runs: Vec<_> = (0..8)
            .map(|_| {
                let app = house.app.clone();
                tokio::spawn(async move { settle::run_once(&app).await.unwrap().paid })
            })
            .collect();
        let mut paid = 0;
        for run in runs {
            paid += run.await.unwrap();
        }
        assert_eq!(paid, 1);
        assert_eq!(taken(&house), [3_700]);
        assert_eq!(house.sandbox.books().keys.len(), 1, "one key was ever used");
        assert_eq!(state_of(&house, entry).await, ChargeState::Paid);
        assert_eq!(house.mails().await.len(), 1);
    }
}

/// R7, I6: a worker that pauses, wakes up late and writes what it made of an older row changes nothing.
/// Mutation: an update, or a taking, that does not ask for the version that was read. (With one key for
/// each attempt the money would still move once; this is the fence before that.)
#[tokio::test]
async fn who_read_an_older_version_can_no_longer_write() {
    for house in houses().await {
        let (_, entry) = visit(&house, GOOD_CARD, 3_700).await;
        house.go_to("2026-11-28 09:00");
        let store = house.app.store();
        let read = store.read(move |reader| store::charges::last_of_entry(reader, entry)).await;
        let old = read.unwrap().unwrap();
        settle::run_once(&house.app).await.unwrap();
        let (now, id) = (house.app.now(), old.charge.obligation().charge);
        let late = store
            .write(move |tx| {
                let written = store::charges::update(tx, &old.charge, old.version, Some(now), now)?;
                let taken = store::charges::postpone(tx, id, old.version, now)?;
                Ok::<_, store::StoreError>((written, taken))
            })
            .await
            .unwrap();
        assert_eq!(*late.get(), (Written::Overtaken, Written::Overtaken));
        assert_eq!(state_of(&house, entry).await, ChargeState::Paid);
        house.go_to("2026-11-29 09:00");
        assert_eq!(settle::run_once(&house.app).await.unwrap().claimed, 0);
        assert_eq!(taken(&house), [3_700]);
    }
}

/// `domain.md` 15 statement 14, F14.
#[tokio::test]
async fn soft_declines_are_tried_on_three_days_and_end_at_the_desk() {
    for house in houses().await {
        let (_, entry) = visit(&house, DECLINED_SOFT, 3_700).await;
        for (day, state) in [
            ("2026-11-28 09:00", ChargeState::Due),
            ("2026-11-30 09:00", ChargeState::Due),
            ("2026-12-01 09:00", ChargeState::Due),
            ("2026-12-05 09:00", ChargeState::ReturnedToDesk),
            ("2026-12-31 09:00", ChargeState::ReturnedToDesk),
        ] {
            house.go_to(day);
            settle::run_once(&house.app).await.unwrap();
            assert_eq!(state_of(&house, entry).await, state, "{day}");
        }
        assert_eq!(house.sandbox.books().keys.len(), 3);
        assert!(taken(&house).is_empty());
        let mails = house.mails().await;
        assert_eq!(mails.len(), 3);
        assert!(mails[0].text.contains("2026年12月1日"), "{}", mails[0].text);
        assert!(!mails.iter().any(|mail| mail.text.contains("insufficient")), "no raw reason");
    }
}

#[tokio::test]
async fn a_lost_card_is_never_tried_again_and_stops_new_entries() {
    for house in houses().await {
        let (payer, entry) = visit(&house, DECLINED_LOST, 3_700).await;
        house.go_to("2026-11-28 09:00");
        settle::run_once(&house.app).await.unwrap();
        house.go_to("2026-12-31 09:00");
        settle::run_once(&house.app).await.unwrap();
        assert_eq!(state_of(&house, entry).await, ChargeState::ReturnedToDesk);
        assert_eq!(house.sandbox.books().keys.len(), 1);
        let account =
            house.app.store().read(move |r| store::accounts::by_id(r, payer)).await.unwrap();
        assert_eq!(account.unwrap().state, domain::account::AccountState::CardFailed);
    }
}

/// R8, F19: what is frozen stays; the correction waits for its own decision.
#[tokio::test]
async fn a_correction_after_the_charge_changes_nothing_that_was_sent() {
    for house in houses().await {
        let (_, entry) = visit(&house, GOOD_CARD, 3_700).await;
        house.go_to("2026-11-28 09:00");
        settle::run_once(&house.app).await.unwrap();
        let mut corrected = bill(NUMBER, "0000001", today(), 3_100);
        corrected.hospital_revision = 2;
        house.import(&shimin(), &[corrected]).await;
        settle::run_once(&house.app).await.unwrap();
        assert_eq!(taken(&house), [3_700]);
        let charge = charge_of(&house, entry).await.unwrap();
        assert_eq!(charge.obligation().amount.amount(), 3_700);
    }
}

/// R1, I3, I4: the key is derived from what is owed; asking again asks under the same key.
#[tokio::test]
async fn a_death_between_intent_and_sending_sends_later_under_the_same_key() {
    for house in houses().await {
        let (_, entry) = visit(&house, GOOD_CARD, 3_700).await;
        house.go_to("2026-11-28 09:00");
        let id = id_of(&house, entry).await;
        assert_eq!(
            charge::intend(&house.app, id).await.unwrap(),
            Stepped::To(ChargeState::Intended)
        );
        let Charge::Intended(intended) = charge_of(&house, entry).await.unwrap() else { panic!() };
        assert!(house.sandbox.books().keys.is_empty(), "nobody has heard of it");
        settle::run_once(&house.app).await.unwrap();
        assert!(house.sandbox.books().keys.is_empty(), "another worker may still be at it");
        house.go_to("2026-11-28 09:03");
        settle::run_once(&house.app).await.unwrap();
        let keys: Vec<_> = house.sandbox.books().keys.into_keys().collect();
        assert_eq!(keys, [intended.attempt.key]);
        assert_eq!(state_of(&house, entry).await, ChargeState::Paid);
    }
}

/// F01: the process dies before and after every call of the database in turn; afterwards it starts
/// again. Mutation: sending before the commit, or treating `sent` as `intended` after a start.
#[tokio::test]
async fn a_death_at_any_call_takes_the_money_once() {
    let mut deaths = 0;
    for after in [false, true] {
        for calls in 1..40 {
            let house = House::on(store::testing::sqlite()).await;
            let (_, entry) = visit(&house, GOOD_CARD, 3_700).await;
            house.go_to("2026-11-28 09:00");
            let id = id_of(&house, entry).await;
            let blow = if after { Blow::After } else { Blow::Before };
            let store = house.app.store();
            assert_eq!(store.with_fuse(Fuse::blow_at(calls, blow)).engine(), store.engine());
            deaths +=
                u32::from(charge::step(&house.app, id, ChargeState::Scheduled).await.is_err());
            assert_eq!(store.with_fuse(Fuse::never()).engine(), store.engine());
            for minute in ["09:05", "09:10", "09:20", "10:00"] {
                house.go_to(&format!("2026-11-28 {minute}"));
                settle::run_once(&house.app).await.unwrap();
            }
            assert_eq!(taken(&house), [3_700], "stopped at call {calls}, after: {after}");
            assert_eq!(state_of(&house, entry).await, ChargeState::Paid, "call {calls}");
            assert_eq!(house.mails().await.len(), 1, "call {calls}");
        }
    }
    assert!(deaths > 40, "the test has lost its teeth: {deaths} deaths");
}

/// I11, `domain.md` 15 statement 17.
#[tokio::test]
async fn q28_a_receipt_is_there_once_paid_and_there_is_one_original() {
    for house in houses().await {
        let (payer, entry) = visit(&house, GOOD_CARD, 3_700).await;
        let id = id_of(&house, entry).await;
        assert_eq!(receipt_of(&house, id).await, None, "not before it is paid");
        house.go_to("2026-11-28 09:00");
        settle::run_once(&house.app).await.unwrap();
        let receipt = receipt_of(&house, id).await.unwrap().id;
        let mut copies = Vec::new();
        for _ in 0..3 {
            let got = app::receipts::download(&house.app, payer, receipt).await.unwrap();
            let Download::Pdf { bytes, copy, file_name } = got else { panic!("{got:?}") };
            assert!(bytes.starts_with(b"%PDF"));
            assert_eq!(file_name, "receipt-2026-000001.pdf");
            copies.push(copy);
        }
        assert_eq!(
            copies,
            [ReceiptCopy::Original, ReceiptCopy::Reissue(1), ReceiptCopy::Reissue(2)]
        );
        let other = house.payer(&shimin(), "00099999", GOOD_CARD).await;
        let got = app::receipts::download(&house.app, other, receipt).await.unwrap();
        assert_eq!(got, Download::NotFound, "another account's receipt");
    }
}
