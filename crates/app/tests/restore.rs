//! F34: yesterday's back-up is put in place of the database.

use app::adopt::adopt;
use app::clock::Clock;
use app::ids::Ids;
use app::{App, settle};
use domain::charge::ChargeState;
use domain::time::Day;
use outbound::cards::CardGateway;
use outbound::cards::sandbox::ChargeStatus;
use std::sync::Arc;
use store::{DatabaseAddress, Store};
use testkit::house::{GOOD_CARD, House, at, bill, shimin};

const NUMBER: &str = "00012345";

/// Mutations: no mark in the copy; charging on without the gateway's list. A day later the gateway has
/// forgotten the key, so asking again would charge again.
#[tokio::test]
async fn a_restored_backup_charges_nothing_until_the_gateways_list_is_adopted() {
    let house = House::on(store::testing::sqlite()).await;
    let payer = house.payer(&shimin(), NUMBER, GOOD_CARD).await;
    let entry = house.enter(payer, &shimin(), NUMBER).await;
    let row = bill(NUMBER, "0000001", Day::parse("2026-11-24").unwrap(), 3_700);
    house.import(&shimin(), &[row]).await;
    house.go_to("2026-11-27 03:00");
    let copy = house.database.folder().unwrap().join("yesterday.db");
    house.app.store().backup_to(&copy, house.app.now()).unwrap();
    house.go_to("2026-11-28 09:00");
    assert_eq!(settle::run_once(&house.app).await.unwrap().paid, 1);

    let address = DatabaseAddress::sqlite(&copy);
    let restored = Store::open(&address, store::testing::keyring(), store::testing::options());
    let outbound = app::Outbound {
        gateway: CardGateway::Sandbox(Arc::clone(&house.sandbox)),
        mailer: outbound::mail::Mailer::Folder(house.mail.clone()),
        slip_printers: std::collections::BTreeMap::new(),
    };
    let clock = Clock::fixed(at("2026-11-30 09:00"));
    let settings = house.app.settings().clone();
    let app = App::new(restored.unwrap(), outbound, clock, Ids::System, settings);
    let taken = || {
        let charges = house.sandbox.books().charges;
        charges.values().filter(|one| one.status == ChargeStatus::Succeeded).count()
    };
    let counts = settle::run_once(&app).await.unwrap();
    assert!(counts.safe_mode && counts.claimed == 0, "{counts:?}");
    assert_eq!(taken(), 1);
    let adopted = adopt(&app, None, false).await.unwrap();
    assert_eq!((adopted.listed, adopted.strangers.len(), adopted.safe_mode_ended), (1, 0, true));
    let counts = settle::run_once(&app).await.unwrap();
    assert!(!counts.safe_mode);
    assert_eq!(taken(), 1, "once");
    let read = app.store().read(move |reader| store::charges::last_of_entry(reader, entry)).await;
    assert_eq!(read.unwrap().unwrap().charge.state(), ChargeState::Paid);
}

/// What was entered after the back-up is not known any more: a person must take note of it first.
#[tokio::test]
async fn what_the_backup_does_not_know_keeps_safe_mode_on() {
    let house = House::on(store::testing::sqlite()).await;
    let copy = house.database.folder().unwrap().join("yesterday.db");
    house.app.store().backup_to(&copy, house.app.now()).unwrap();
    let payer = house.payer(&shimin(), NUMBER, GOOD_CARD).await;
    house.enter(payer, &shimin(), NUMBER).await;
    let row = bill(NUMBER, "0000001", Day::parse("2026-11-24").unwrap(), 3_700);
    house.import(&shimin(), &[row]).await;
    house.go_to("2026-11-28 09:00");
    settle::run_once(&house.app).await.unwrap();

    let address = DatabaseAddress::sqlite(&copy);
    let restored = Store::open(&address, store::testing::keyring(), store::testing::options());
    let outbound = app::Outbound {
        gateway: CardGateway::Sandbox(Arc::clone(&house.sandbox)),
        mailer: outbound::mail::Mailer::Folder(house.mail.clone()),
        slip_printers: std::collections::BTreeMap::new(),
    };
    let settings = house.app.settings().clone();
    let clock = house.app.clock().clone();
    let app = App::new(restored.unwrap(), outbound, clock, Ids::System, settings);
    let adopted = adopt(&app, None, false).await.unwrap();
    assert_eq!((adopted.strangers.len(), adopted.safe_mode_ended), (1, false));
    assert!(settle::run_once(&app).await.unwrap().safe_mode);
    let adopted = adopt(&app, None, true).await.unwrap();
    assert!(adopted.safe_mode_ended);
    assert!(!settle::run_once(&app).await.unwrap().safe_mode);
}
