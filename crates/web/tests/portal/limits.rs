//! What a payer allows: the ceiling, and consent to an amount above it.

use crate::world::{PASSWORD, World, worlds};
use domain::time::Day;
use testkit::house::{bill, shimin};

fn day() -> Day {
    Day::parse("2026-11-24").expect("a day")
}

/// The amounts that the card network has taken.
fn taken(world: &World) -> Vec<i64> {
    let books = world.house.sandbox.books();
    books.charges.values().map(|charge| charge.amount).collect()
}

/// Settles on the morning of the fourth day.
async fn settle(world: &World, moment: &str) {
    world.house.go_to(moment);
    app::settle::run_once(&world.house.app).await.expect("a run");
}

/// Rule R4, from the page to the card network. Mutations: the ceiling is not asked; consent to the amount that was
/// seen before a correction counts for the new one.
#[tokio::test]
async fn above_the_ceiling_nothing_is_charged_until_the_payer_agrees_to_that_amount() {
    for world in worlds().await {
        let (mut browser, user_id) = world.signed_in("taro@example.jp").await;
        let page = browser.post("/okayama/me/ceiling", &[("amount", "５，０００円")]).await;
        assert_eq!(page.to(), "/okayama/me/ceiling?said=saved");
        let page = browser.get("/okayama/me/ceiling?said=saved").await.body;
        assert!(page.contains("いまの上限額は、5,000円です。"), "{page}");
        world.enter_yamada().await;
        world.house.import(&shimin(), &[bill("00012345", "1", day(), 7_930)]).await;
        settle(&world, "2026-11-28 09:00").await;
        assert_eq!(taken(&world), [0_i64; 0]);
        browser.post("/okayama/login/", &[("user_id", &user_id), ("password", PASSWORD)]).await;
        let page = browser.get("/okayama/me/").await.body;
        let address = page.split('"').find(|part| part.starts_with("/okayama/me/consent/"));
        let address = address.expect("a way to the consent").to_owned();
        let asked = browser.get(&address).await.body;
        assert!(asked.contains("7,930円") && asked.contains("VISA 末尾4242"), "{asked}");

        // Meanwhile the hospital corrects it.
        let mut corrected = bill("00012345", "1", day(), 8_200);
        corrected.hospital_revision = 2;
        world.house.import(&shimin(), &[corrected]).await;
        settle(&world, "2026-11-28 09:20").await;
        let again = browser.post(&address, &[("amount", "7930")]).await;
        assert_eq!(again.status.as_u16(), 409);
        assert!(again.body.contains("金額が変わりました") && again.body.contains("8,200円"));
        settle(&world, "2026-11-28 09:30").await;
        assert_eq!(taken(&world), [0_i64; 0]);

        assert_eq!(browser.post(&address, &[("amount", "8200")]).await.to(), "/okayama/me/");
        settle(&world, "2026-11-28 09:40").await;
        assert_eq!(taken(&world), [8_200]);
        // The back button and a second press.
        assert_eq!(browser.post(&address, &[("amount", "8200")]).await.to(), "/okayama/me/");
        settle(&world, "2026-11-28 09:50").await;
        assert_eq!(taken(&world), [8_200]);
        assert_eq!(browser.get(&address).await.to(), "/okayama/me/");
    }
}

#[tokio::test]
async fn a_ceiling_that_is_none_is_explained_and_lifting_it_is_one_press() {
    for world in worlds().await {
        let (mut browser, _) = world.signed_in("taro@example.jp").await;
        for (typed, says) in [
            ("", "上限額を入力してください"),
            ("三万円", "1円から9,999,999円までの金額"),
            ("0", "1円から9,999,999円までの金額"),
            ("\"><b>x", "1円から9,999,999円までの金額"),
        ] {
            let page = browser.post("/okayama/me/ceiling", &[("amount", typed)]).await;
            assert_eq!(page.status.as_u16(), 422, "{typed}");
            assert!(
                page.body.contains(says) && !page.body.contains("<b>x"),
                "{typed}: {}",
                page.body
            );
        }
        assert!(browser.get("/okayama/me/").await.body.contains("決めていません。"));
        browser.post("/okayama/me/ceiling", &[("amount", "30000")]).await;
        assert!(browser.get("/okayama/me/").await.body.contains("30,000円"));
        browser.post("/okayama/me/ceiling", &[("lift", "yes")]).await;
        assert!(browser.get("/okayama/me/").await.body.contains("決めていません。"));
    }
}

/// S-18. Mutation: whose charge it is is not asked.
#[tokio::test]
async fn nobody_agrees_for_another_payer() {
    for world in worlds().await {
        let (mut browser, _) = world.signed_in("taro@example.jp").await;
        browser.post("/okayama/me/ceiling", &[("amount", "5000")]).await;
        world.enter_yamada().await;
        world.house.import(&shimin(), &[bill("00012345", "1", day(), 7_930)]).await;
        let stranger = world.house.payer(&shimin(), "00099999", "4242424242424242").await;
        settle(&world, "2026-11-28 09:00").await;
        let read = world.house.app.store().read(testkit::store::charges::all).await.unwrap();
        let charge = read[0].charge.obligation().charge;
        let amount = read[0].charge.obligation().amount;
        let done = app::charge::consent(&world.house.app, stranger, charge, amount).await.unwrap();
        assert_eq!(done, app::charge::Consented::NotWaiting);
        let mut nobody = world.browser();
        let address = format!("/okayama/me/consent/{charge}");
        for page in [
            nobody.get(&address).await,
            nobody.post(&address, &[("amount", "7930")]).await,
            nobody.post("/okayama/me/ceiling", &[("amount", "9000000")]).await,
        ] {
            assert_eq!(page.to(), "/okayama/login/?said=first");
        }
        settle(&world, "2026-11-28 10:00").await;
        assert_eq!(taken(&world), [0_i64; 0]);
    }
}
