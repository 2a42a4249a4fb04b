//! A machine becomes known by a code, and unknown when it is shut out.

use crate::kiosk::*;
use crate::world::{https_world, worlds};
use domain::audit::Actor;
use domain::machine::MachineKind;
use testkit::house::shimin;

#[tokio::test]
async fn a_code_typed_at_a_machine_makes_it_a_kiosk() {
    for world in worlds().await {
        let code = code(&world, &shimin(), MachineKind::EntryKiosk, WITH_PRINTER).await;
        let mut browser = world.browser();
        let before = browser.get("/machine/").await;
        assert_eq!(headline(&before), "この機械を登録します");
        assert!(!before.body.contains("<script"), "nothing takes keys away from the field");
        let typed = format!(" {} ", code.to_lowercase());
        assert_eq!(browser.post("/machine/enrol", &[("code", &typed)]).await.to(), "/machine/");
        let idle = browser.get("/machine/").await;
        assert_eq!(headline(&idle), "診察券を通してください");
        assert!(idle.body.contains("※診療の受付がお済みの方"));
        assert!(idle.body.contains("岡山市立市民病院"));
        assert!(idle.body.contains("平日 7:45〜17:00"));
        let again = world.browser().post("/machine/enrol", &[("code", &code)]).await;
        assert_eq!(again.status, 422, "a code works once");
    }
}

#[tokio::test]
async fn the_cookie_of_a_machine_is_kept_long_and_is_out_of_reach_of_scripts_and_neighbours() {
    let world = https_world().await;
    let code = code(&world, &shimin(), MachineKind::EntryKiosk, WITH_PRINTER).await;
    let enrolled = world.browser().post("/machine/enrol", &[("code", &code)]).await;
    let cookie = enrolled.header("set-cookie");
    assert!(cookie.starts_with("__Host-machine="), "{cookie}");
    for part in ["Max-Age=34560000", "Path=/", "HttpOnly", "SameSite=Lax", "Secure"] {
        assert!(cookie.contains(part), "{part} in {cookie}");
    }
}

#[tokio::test]
async fn a_wrong_code_is_shown_again_with_what_to_do() {
    for world in worlds().await {
        let mut browser = world.browser();
        let seen = browser.post("/machine/enrol", &[("code", "acde-fghj")]).await;
        assert_eq!(seen.status, 422);
        assert!(seen.title().starts_with("エラー: "), "{}", seen.title());
        assert!(seen.fault("code").contains("このコードは使えません。"), "{}", seen.body);
        assert!(seen.body.contains("value=\"acde-fghj\""), "what was typed stays");
        let empty = browser.post("/machine/enrol", &[]).await;
        assert_eq!(empty.fault("code"), "登録コードを入力してください。");
        assert!(browser.cookies.is_empty());
    }
}

#[tokio::test]
async fn codes_cannot_be_tried_out() {
    for world in worlds().await {
        let mut browser = world.browser();
        for _ in 0..5 {
            assert_eq!(browser.post("/machine/enrol", &[("code", "ACDEFGHJ")]).await.status, 422);
        }
        let seen = browser.post("/machine/enrol", &[("code", "ACDEFGHJ")]).await;
        assert_eq!((seen.status.as_u16(), seen.header("retry-after")), (429, "600"));
        assert!(seen.fault("code").contains("10分ほど待ってから"), "{}", seen.body);
    }
}

/// Somebody swipes a card at a machine that is not known yet.
#[tokio::test]
async fn a_card_in_the_field_for_the_code_is_not_shown_again() {
    for world in worlds().await {
        for card in ["A00010001A", "4242424242424242"] {
            let seen = world.browser().post("/machine/enrol", &[("code", card)]).await;
            assert!(!seen.body.contains("0001") && !seen.body.contains("4242"), "{}", seen.body);
        }
    }
}

#[tokio::test]
async fn a_machine_that_was_shut_out_sees_nothing_from_that_moment_on() {
    for world in worlds().await {
        registered(&world).await;
        let mut kiosk = kiosk(&world, &shimin(), WITHOUT_PRINTER).await;
        let slip = swipe(&mut kiosk, NUMBER).await;
        let entry = entry(&world, &number(&slip)).await;
        let machine = machine(&world).await;
        assert!(app::machines::revoke(&world.house.app, machine.id, Actor::System).await.unwrap());
        assert_eq!(headline(&kiosk.get("/machine/").await), "この機械を登録します");
        assert_eq!(kiosk.get("/machine/result").await.to(), "/machine/");
        assert_eq!(kiosk.get(&format!("/machine/slip/{entry}.pdf")).await.status, 404);
        assert_eq!(kiosk.post("/machine/swipe", &[("card", "00010002")]).await.to(), "/machine/");
        let reprint = [("entry", entry.to_string())];
        let reprint = reprint.each_ref().map(|(name, value)| (*name, value.as_str()));
        assert_eq!(kiosk.post("/machine/reprint", &reprint).await.to(), "/machine/");
        assert_eq!(entries(&world, &shimin()).await, 1);
    }
}

#[tokio::test]
async fn a_receipt_machine_is_told_that_this_page_is_the_kiosks() {
    for world in worlds().await {
        registered(&world).await;
        let code = code(&world, &shimin(), MachineKind::ReceiptMachine, "1F-R1").await;
        let mut browser = world.browser();
        assert_eq!(browser.post("/machine/enrol", &[("code", &code)]).await.to(), "/machine/");
        let seen = browser.get("/machine/").await;
        assert!(
            seen.body.contains("「1F-R1」は、領収書発行機として登録されています。"),
            "{}",
            seen.body
        );
        assert_eq!(browser.post("/machine/swipe", &[("card", NUMBER)]).await.to(), "/machine/");
        assert_eq!(entries(&world, &shimin()).await, 0);
    }
}
