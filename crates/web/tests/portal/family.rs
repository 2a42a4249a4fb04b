//! Somebody registers for a member of the family: the papers bear the patient's name, not the payer's.

use crate::world::{Browser, PASSWORD, World, world, worlds, yamada};
use domain::time::Day;
use testkit::house::{bill, shimin};
use testkit::pdf::text_of;

const ICHIRO: [(&str, &str); 8] = [
    ("relation", "child"),
    ("patient_family_name", "山田"),
    ("patient_given_name", "一郎"),
    ("patient_family_kana", "ヤマダ"),
    ("patient_given_kana", "いちろう"),
    ("patient_birth_year", "平成26"),
    ("patient_birth_month", "5"),
    ("patient_birth_day", "5"),
];

/// Yamada Taro's form for somebody else.
fn for_child(more: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let mut fields: Vec<_> = yamada().into_iter().filter(|(name, _)| *name != "relation").collect();
    fields.extend_from_slice(more);
    fields
}

/// Signs in, on the day on which the visit was charged; gives the text of its receipt.
async fn receipt(world: &World, user_id: &str) -> (Browser, String) {
    let day = Day::parse("2026-11-24").expect("a day");
    world.enter_yamada().await;
    world.house.import(&shimin(), &[bill("00012345", "1", day, 7_930)]).await;
    world.house.go_to("2026-11-28 09:00");
    assert_eq!(app::settle::run_once(&world.house.app).await.expect("a run").paid, 1);
    let mut browser = world.browser();
    browser.post("/okayama/login/", &[("user_id", user_id), ("password", PASSWORD)]).await;
    let page = browser.get("/okayama/me/").await.body;
    let action = page.split('"').find(|part| part.starts_with("/okayama/me/receipts/"));
    let pdf = browser.post(action.expect("a receipt"), &[]).await;
    (browser, text_of(&pdf.bytes))
}

/// Mutation: the payer's name is printed on everybody's receipt.
#[tokio::test]
async fn q02_a_child_is_registered_and_the_receipt_bears_its_name() {
    for world in worlds().await {
        let form = for_child(&ICHIRO);
        let mut browser = world.at_the_form("taro@example.jp").await;
        assert_eq!(browser.post("/okayama/new/form", &form).await.to(), "/okayama/new/check");
        let check = browser.get("/okayama/new/check").await.body;
        for shown in ["お子さま", "山田 一郎", "ヤマダ イチロウ", "2014年5月5日(月)", "山田 太郎"]
        {
            assert!(check.contains(shown), "{shown}: {check}");
        }
        let again = browser.get("/okayama/new/form").await.body;
        assert!(again.contains("value=\"一郎\"") && again.contains("value=\"child\" checked"));

        world.house.go_to("2026-11-24 09:05");
        let (_, user_id) = world.registered_as("hanako@example.jp", &form).await;
        let (mut browser, text) = receipt(&world, &user_id).await;
        assert!(text.contains("山田一郎") && !text.contains("山田太郎"), "{text}");
        let page = browser.get("/okayama/me/").await.body;
        assert!(page.contains("山田 太郎 様") && page.contains("山田 一郎 (お子さま)"), "{page}");
        let year = browser.get("/okayama/me/year/2026").await.body;
        assert!(year.contains("山田 一郎") && !year.contains("山田 太郎"), "{year}");
        let csv = browser.get("/okayama/me/year/2026/medical-expenses-2026.csv").await.body;
        assert!(csv.contains(",山田 一郎,"), "{csv}");
    }
}

/// What is left out is asked for; for the payer themselves nothing of it is.
#[tokio::test]
async fn who_the_patient_is_must_be_told_unless_it_is_the_payer() {
    let world = world().await;
    let mut browser = world.at_the_form("taro@example.jp").await;
    let seen = browser.post("/okayama/new/form", &for_child(&ICHIRO[..1])).await;
    assert_eq!(seen.status, 422);
    for field in [
        "patient_family_name",
        "patient_given_name",
        "patient_family_kana",
        "patient_given_kana",
        "patient_birth",
    ] {
        assert!(!seen.fault(field).is_empty(), "{field}: {}", seen.body);
    }
    assert!(seen.fault("family_name").is_empty(), "{}", seen.body);
    let mut wrong = ICHIRO;
    wrong[5].1 = "令和99";
    let seen = browser.post("/okayama/new/form", &for_child(&wrong)).await;
    assert!(!seen.fault("patient_birth").is_empty(), "{}", seen.body);
    assert!(seen.body.contains("value=\"一郎\"") && seen.body.contains("value=\"令和99\""));

    let mut myself = ICHIRO;
    myself[0].1 = "self";
    assert_eq!(
        browser.post("/okayama/new/form", &for_child(&myself)).await.to(),
        "/okayama/new/check"
    );
    let check = browser.get("/okayama/new/check").await.body;
    assert!(!check.contains("一郎"), "what was typed for nobody is not kept: {check}");
}
