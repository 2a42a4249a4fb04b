//! Another card, as a payer sees it.

use crate::world::{World, world, worlds};
use testkit::outbound::cards::sandbox::TestCard;

/// Presses the button and saves a card at the gateway's page; gives the way back.
async fn saved(world: &World, browser: &mut crate::world::Browser, number: &str) -> String {
    let leaving = browser.post("/okayama/me/card", &[]).await;
    let books = world.house.sandbox.books();
    let setup = books.setups.keys().find(|id| leaving.to().ends_with(id.as_str()));
    let setup = setup.unwrap_or_else(|| panic!("{}", leaving.body)).clone();
    let card = TestCard::by_number(number).expect("a test card");
    world.house.sandbox.save_card(&setup, card).expect("a saved card");
    format!("/okayama/me/card/back?setup={setup}")
}

#[tokio::test]
async fn q30_another_card_is_saved_at_the_gateway_and_shown() {
    for world in worlds().await {
        let (mut browser, _) = world.signed_in("taro@example.jp").await;
        let page = browser.get("/okayama/me/").await.body;
        assert!(page.contains("href=\"/okayama/me/card\""), "{page}");
        let page = browser.get("/okayama/me/card").await.body;
        assert!(page.contains("VISA 末尾4242") && page.contains("サンドボックス決済"), "{page}");
        let back = saved(&world, &mut browser, "3530111333300000").await;
        assert_eq!(browser.get(&back).await.to(), "/okayama/me/card?said=saved");
        let page = browser.get("/okayama/me/card?said=saved").await.body;
        assert!(page.contains("カードを変更しました。") && page.contains("JCB 末尾0000"), "{page}");
        assert_eq!(browser.get(&back).await.to(), "/okayama/me/card?said=saved", "a reload");
    }
}

#[tokio::test]
async fn q13_a_card_that_is_not_taken_is_told_with_the_reason_and_the_old_one_stays() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("taro@example.jp").await;
    let back = saved(&world, &mut browser, "4000056655665556").await;
    let page = browser.get(&back).await.body;
    assert!(page.contains("デビットカードやプリペイドカードは使えません。"), "{page}");
    assert!(page.contains("いままでのカードを、そのまま使います。") && page.contains("末尾4242"));
    world.house.go_to("2026-11-24 09:10");
    let leaving = browser.post("/okayama/me/card", &[]).await;
    let books = world.house.sandbox.books();
    let setup = books.setups.keys().find(|id| leaving.to().ends_with(id.as_str())).expect("a page");
    let left = browser.get(&format!("/okayama/me/card/back?setup={setup}")).await;
    assert_eq!(left.to(), "/okayama/me/card?unfinished=yes");
}

/// Nobody saves or sees a card of an account that is not theirs.
#[tokio::test]
async fn who_is_not_signed_in_and_who_is_another_gets_nothing() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("taro@example.jp").await;
    let back = saved(&world, &mut browser, "3530111333300000").await;
    let mut nobody = world.browser();
    for path in ["/okayama/me/card", back.as_str()] {
        assert_eq!(nobody.get(path).await.to(), "/okayama/login/?said=first");
    }
    assert_eq!(nobody.post("/okayama/me/card", &[]).await.to(), "/okayama/login/?said=first");
    assert_eq!(browser.get("/okayama/me/card/back?setup=cs_none").await.status, 404);
    let page = browser.get("/okayama/me/card").await.body;
    assert!(page.contains("末尾4242"), "{page}");
}
