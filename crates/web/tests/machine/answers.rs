//! What every answer of these addresses carries, and what the kiosk shows when something is wrong.

use crate::kiosk::*;
use crate::world::{world, worlds};
use axum::body::Body;
use axum::http::Method;
use testkit::house::shimin;

#[tokio::test]
async fn every_address_answers_a_browser_that_is_no_machine() {
    let world = world().await;
    let mut table = Vec::new();
    for path in [
        "/machine",
        "/machine/",
        "/machine/enrol",
        "/machine/swipe",
        "/machine/result",
        "/machine/reprint",
        "/machine/slip/ent_00000000000000000000000000000001.pdf",
        "/machine/nothing",
    ] {
        let seen = world.browser().get(path).await;
        table.push(format!("{path} {} {}", seen.status.as_u16(), seen.to()).trim().to_owned());
    }
    insta::assert_snapshot!(table.join("\n"), @"
    /machine 308 /machine/
    /machine/ 200
    /machine/enrol 303 /machine/
    /machine/swipe 303 /machine/
    /machine/result 303 /machine/
    /machine/reprint 303 /machine/
    /machine/slip/ent_00000000000000000000000000000001.pdf 404
    /machine/nothing 404
    ");
}

#[tokio::test]
async fn the_kiosks_screens_are_kept_nowhere_and_run_our_own_script_alone() {
    let world = world().await;
    registered(&world).await;
    let mut kiosk = kiosk(&world, &shimin(), WITH_PRINTER).await;
    swipe(&mut kiosk, NUMBER).await;
    for path in ["/machine/result", "/machine/"] {
        let seen = kiosk.get(path).await;
        assert_eq!(seen.header("cache-control"), "no-store", "{path}");
        let policy = seen.header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; script-src 'self'; connect-src 'self'; "),
            "{policy}"
        );
        assert_eq!(seen.body.matches("<script").count(), 1, "{path}");
        assert!(
            seen.body.contains("http-equiv=\"refresh\" content=\"30;url=/machine/\""),
            "{path}"
        );
        for asset in seen.body.split('"').filter(|part| part.starts_with("/assets/")) {
            assert_eq!(kiosk.get(asset).await.status, 200, "{asset}");
        }
    }
    let portal = world.browser().get("/okayama/").await;
    assert!(
        !portal.header("content-security-policy").contains("script-src"),
        "patients' pages run none"
    );
}

#[tokio::test]
async fn a_page_of_somebody_else_swipes_nothing() {
    for world in worlds().await {
        registered(&world).await;
        let mut kiosk = kiosk(&world, &shimin(), WITH_PRINTER).await;
        assert_eq!(forged_swipe(&mut kiosk, NUMBER).await.status, 403);
        assert_eq!(entries(&world, &shimin()).await, 0);
        assert!(world.house.printer.printed().is_empty());
    }
}

#[tokio::test]
async fn what_was_never_told_is_not_shown() {
    let world = world().await;
    let mut kiosk = kiosk(&world, &shimin(), WITH_PRINTER).await;
    for forged in
        ["", "desk", "desk.<b>x", "accepted.ent_00000000000000000000000000000001.print", "again.x"]
    {
        kiosk.cookies.insert("machine-shown".to_owned(), forged.to_owned());
        assert_eq!(kiosk.get("/machine/result").await.to(), "/machine/", "{forged}");
    }
}

#[tokio::test]
async fn bad_forms_are_answered_by_a_screen_that_goes_back_by_itself() {
    let world = world().await;
    let mut kiosk = kiosk(&world, &shimin(), WITH_PRINTER).await;
    let form =
        [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin")];
    let too_large = Body::from(format!("card={}", "1".repeat(100_000)));
    let seen = kiosk.send(Method::POST, "/machine/swipe", &form, too_large).await;
    assert_eq!((seen.status.as_u16(), headline(&seen).as_str()), (413, "機械の不具合です"));
    assert!(seen.body.contains("content=\"30;url=/machine/\""));
    let json = [("content-type", "application/json"), ("sec-fetch-site", "same-origin")];
    let odd = kiosk.send(Method::POST, "/machine/swipe", &json, Body::from("{}")).await;
    assert_eq!(odd.to(), "/machine/result");
    assert_eq!(desk_code(&result(&mut kiosk).await), "KASA");
    assert_eq!(
        kiosk.send(Method::DELETE, "/machine/swipe", &form, Body::empty()).await.status,
        405
    );
}

/// The patient is sent to a person, the operator gets a line with the number on the screen.
#[tokio::test]
async fn a_broken_database_is_a_fault_of_the_machine_and_never_an_unknown_patient() {
    for world in worlds().await {
        registered(&world).await;
        let mut kiosk = kiosk(&world, &shimin(), WITH_PRINTER).await;
        world.house.database.tamper("ALTER TABLE entries RENAME TO entries_away");
        let seen = kiosk.post("/machine/swipe", &[("card", NUMBER)]).await;
        assert_eq!((seen.status.as_u16(), headline(&seen).as_str()), (500, "機械の不具合です"));
        assert!(seen.body.contains("係員をお呼びください。"));
        assert!(!seen.body.contains("entries"), "nothing of the cause stands on the screen");
        world.house.database.tamper("ALTER TABLE entries_away RENAME TO entries");
        assert_eq!(
            headline(&swipe(&mut kiosk, NUMBER).await),
            "受付しました",
            "nothing was half done"
        );
    }
}
