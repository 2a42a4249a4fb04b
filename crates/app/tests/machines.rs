//! Machines are enrolled by a code that works once, and are known by a token until they are shut out.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking, too")]

mod files;

use app::limits::ClientAddress;
use app::machines::{Enrolled, Offered, enrol, enrol_code, machine, of_hospital, revoke};
use domain::audit::Actor;
use domain::machine::MachineKind;
use store::testing::both;
use testkit::house::{House, shimin};

fn from(last: u8) -> ClientAddress {
    ClientAddress::new(std::net::Ipv4Addr::new(192, 0, 2, last).into())
}

async fn offered(house: &House) -> String {
    let kind = MachineKind::EntryKiosk;
    match enrol_code(&house.app, &shimin(), kind, "正面玄関 1号機", Actor::System).await.unwrap()
    {
        Offered::Code(code) => {
            assert_eq!(code.code.len(), 8);
            assert!(
                code.code.bytes().all(|b| b"ACDEFGHJKLMNPRTUWXY".contains(&b)),
                "{}",
                code.code
            );
            code.in_groups()
        }
        Offered::UnknownHospital => panic!("no hospital"),
    }
}

#[tokio::test]
async fn a_code_enrols_one_machine_and_its_token_is_known_afterwards() {
    for database in both() {
        let house = House::on(database).await;
        let code = offered(&house).await;
        let typed = format!(" {} ", code.to_lowercase());
        let Enrolled::Done { machine_token, machine: enrolled } =
            enrol(&house.app, &typed, &from(1)).await.unwrap()
        else {
            panic!("not enrolled")
        };
        assert_eq!(machine(&house.app, &machine_token).await.unwrap(), Some(enrolled.clone()));
        assert_eq!(
            enrol(&house.app, &code, &from(1)).await.unwrap(),
            Enrolled::Wrong,
            "a code works once"
        );
        assert_eq!(machine(&house.app, "some other token").await.unwrap(), None);
        let all = of_hospital(&house.app, &shimin()).await.unwrap();
        assert_eq!(all, [enrolled]);
    }
}

#[tokio::test]
async fn a_code_ends_after_ten_minutes() {
    for database in both() {
        let house = House::on(database).await;
        let code = offered(&house).await;
        house.go_to("2026-11-24 09:10");
        assert_eq!(enrol(&house.app, &code, &from(1)).await.unwrap(), Enrolled::Wrong);
    }
}

#[tokio::test]
async fn codes_cannot_be_tried_out() {
    for database in both() {
        let house = House::on(database).await;
        let code = offered(&house).await;
        for _ in 0..5 {
            assert_eq!(enrol(&house.app, "ACDEFGHJ", &from(1)).await.unwrap(), Enrolled::Wrong);
        }
        assert_eq!(enrol(&house.app, &code, &from(1)).await.unwrap(), Enrolled::TooMany);
        let elsewhere = enrol(&house.app, &code, &from(2)).await.unwrap();
        assert!(matches!(elsewhere, Enrolled::Done { .. }), "others can go on: {elsewhere:?}");
        house.go_to("2026-11-24 09:10");
        assert_eq!(
            enrol(&house.app, "ACDEFGHJ", &from(1)).await.unwrap(),
            Enrolled::Wrong,
            "it passes"
        );
    }
}

#[tokio::test]
async fn a_machine_that_was_shut_out_is_unknown_at_once() {
    for database in both() {
        let house = House::on(database).await;
        let code = offered(&house).await;
        let Enrolled::Done { machine_token, machine: enrolled } =
            enrol(&house.app, &code, &from(1)).await.unwrap()
        else {
            panic!("not enrolled")
        };
        assert!(revoke(&house.app, enrolled.id, Actor::System).await.unwrap());
        assert_eq!(machine(&house.app, &machine_token).await.unwrap(), None);
        assert!(
            !revoke(&house.app, enrolled.id, Actor::System).await.unwrap(),
            "it is shut out already"
        );
        let all = of_hospital(&house.app, &shimin()).await.unwrap();
        assert!(all[0].revoked_at.is_some(), "it stays on record");
    }
}

#[tokio::test]
async fn a_code_for_an_unknown_hospital_is_not_made() {
    let house = House::on(store::testing::sqlite()).await;
    let nowhere = files::hospital("nowhere");
    let kind = MachineKind::ReceiptMachine;
    let offered = enrol_code(&house.app, &nowhere, kind, "x", Actor::System).await.unwrap();
    assert_eq!(offered, Offered::UnknownHospital);
}
