//! Name, telephone and address, changed by their owner (FAQ Q30, Q31).

use crate::world::{Browser, World, world, worlds, yamada};
use testkit::outbound::cards::sandbox::TestCard;

const BY_PASSWORD: (&str, &str) =
    ("card_reentry = \"always\"", "card_reentry = \"card_changes_only\"");
const PATH: &str = "/okayama/me/details";
const PASSWORD: &str = crate::world::PASSWORD;

/// The form with another telephone and address, and what stands in `more`.
fn moved(more: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let mut fields: Vec<_> = yamada()
        .into_iter()
        .map(|(name, value)| match name {
            "phone" => (name, "086-222-3333"),
            "address" => (name, "岡山市中区浜4-5-6 髙﨑ハイツ"),
            _ => (name, value),
        })
        .filter(|(name, _)| !name.starts_with("password"))
        .collect();
    fields.extend_from_slice(more);
    fields
}

/// Whether the form shows what was moved to.
async fn has_moved(browser: &mut Browser) -> bool {
    let body = browser.get(PATH).await.body;
    let new =
        body.contains("value=\"0862223333\"") && body.contains("岡山市中区浜4-5-6 髙﨑ハイツ");
    let old = body.contains("value=\"09012345678\"") && body.contains("岡山市北区表町1-2-3");
    assert_ne!(new, old, "{body}");
    new
}

async fn told(world: &World) -> Vec<String> {
    let mails = world.house.mails().await.into_iter();
    mails.filter(|mail| mail.subject.contains("変更")).map(|mail| mail.text).collect()
}

/// Saves a card at the gateway's page that a browser was sent to; gives the way back.
fn typed_again(world: &World, leaving: &str, number: &str) -> String {
    let books = world.house.sandbox.books();
    let setup = books.setups.keys().find(|id| leaving.ends_with(id.as_str()));
    let setup = setup.unwrap_or_else(|| panic!("{leaving}")).clone();
    let card = TestCard::by_number(number).expect("a test card");
    world.house.sandbox.save_card(&setup, card).expect("a saved card");
    format!("{PATH}/back?setup={setup}")
}

/// As in the FAQ: also a change of the address alone asks for the card. Mutations: the change is written before the
/// card is; it is not written with the card.
#[tokio::test]
async fn q31_a_new_address_asks_for_the_card_and_holds_once_it_was_typed() {
    for world in worlds().await {
        let (mut browser, _) = world.signed_in("taro@example.jp").await;
        let page = browser.get("/okayama/me/").await.body;
        assert!(page.contains(&format!("href=\"{PATH}\"")), "{page}");
        let page = browser.get(PATH).await.body;
        assert!(
            page.contains("クレジットカードの入力が必要です") && page.contains("value=\"山田\"")
        );
        assert!(!page.contains("name=\"current\""), "the card, not the password");
        let leaving = browser.post(PATH, &moved(&[])).await;
        assert!(leaving.to().starts_with("http://card.test/"), "{}", leaving.body);
        assert!(!has_moved(&mut browser).await, "not before the card");
        let back = typed_again(&world, leaving.to(), "3530111333300000");
        assert_eq!(browser.get(&back).await.to(), "/okayama/me/details?said=saved");
        assert!(has_moved(&mut browser).await);
        let page = browser.get("/okayama/me/details?said=saved").await.body;
        assert!(page.contains("登録内容を変更しました。"), "{page}");
        assert_eq!(browser.get(&back).await.to(), "/okayama/me/details?said=saved", "a reload");
        let mails = told(&world).await;
        assert_eq!(mails.len(), 1, "{mails:?}");
        for item in ["お支払いのカード", "お電話番号", "ご住所"] {
            assert!(mails[0].contains(item), "{}", mails[0]);
        }
        assert!(!mails[0].contains("お名前\n") && !mails[0].contains("浜4-5-6"), "{}", mails[0]);
    }
}

/// A card page that was left changes nothing; a card that is refused and then another one does; and what was asked for
/// an hour ago does not slip in with a card of today.
#[tokio::test]
async fn q31_a_change_waits_for_the_card_and_not_for_ever() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("taro@example.jp").await;
    let leaving = browser.post(PATH, &moved(&[])).await;
    let setup = leaving.to().rsplit('/').next().unwrap_or_default().to_owned();
    let left = browser.get(&format!("{PATH}/back?setup={setup}")).await;
    assert_eq!(left.to(), "/okayama/me/details?unfinished=yes");
    assert!(browser.get(left.to()).await.body.contains("変更はまだ完了していません"));
    let back = typed_again(&world, leaving.to(), "4000056655665556");
    assert!(browser.get(&back).await.body.contains("いままでのカードを、そのまま使います。"));
    assert!(!has_moved(&mut browser).await, "a debit card changes nothing");
    world.house.go_to("2026-11-24 09:20");
    let again = browser.post("/okayama/me/card", &[]).await;
    let back = typed_again(&world, again.to(), "3530111333300000");
    browser.get(&back).await;
    assert!(has_moved(&mut browser).await, "the next card that is taken");

    let home = yamada().into_iter().filter(|(name, _)| !name.starts_with("password"));
    world.house.go_to("2026-11-24 09:40");
    let old = browser.post(PATH, &home.collect::<Vec<_>>()).await;
    assert!(old.to().starts_with("http://card.test/"), "{}", old.body);
    for later in ["2026-11-24 10:05", "2026-11-24 10:30", "2026-11-24 10:41"] {
        world.house.go_to(later);
        assert!(has_moved(&mut browser).await);
    }
    let card = browser.post("/okayama/me/card", &[]).await;
    let back = typed_again(&world, card.to(), "3530111333300000");
    browser.get(&back).await;
    assert!(has_moved(&mut browser).await, "what was asked for an hour ago is forgotten");
}

/// The better policy: the password is enough, and the card stays. Mutation: the password is not looked at.
#[tokio::test]
async fn q30_where_the_hospital_has_decided_so_the_password_is_enough() {
    for world in worlds().await {
        world.house.decide(BY_PASSWORD.0, BY_PASSWORD.1).await;
        let (mut browser, _) = world.signed_in("taro@example.jp").await;
        assert!(!browser.get(PATH).await.body.contains("クレジットカードの入力が必要です"));
        let wrong = browser.post(PATH, &moved(&[("current", "another password")])).await;
        assert_eq!(
            (wrong.status.as_u16(), wrong.fault("current")),
            (422, "パスワードが違います。もう一度入力してください。")
        );
        assert!(
            wrong.body.contains("value=\"086-222-3333\""),
            "what was typed stays: {}",
            wrong.body
        );
        assert!(!has_moved(&mut browser).await);
        let done = browser.post(PATH, &moved(&[("current", PASSWORD)])).await;
        assert_eq!(done.to(), "/okayama/me/details?said=saved");
        assert!(has_moved(&mut browser).await);
        let mails = told(&world).await;
        assert_eq!(mails.len(), 1, "{mails:?}");
        assert!(!mails[0].contains("お支払いのカード"), "{}", mails[0]);
        assert_eq!(world.house.sandbox.books().cards.len(), 1, "no card was asked for");
        let same = browser.post(PATH, &moved(&[("current", PASSWORD)])).await;
        assert_eq!(same.to(), "/okayama/me/details?said=nothing");
        assert_eq!(told(&world).await.len(), 1, "nothing was changed, and nothing is told");
    }
}

/// Whatever a tired person types: each field says what to do, and nothing is changed.
#[tokio::test]
async fn each_field_says_what_to_do() {
    let world = world().await;
    world.house.decide(BY_PASSWORD.0, BY_PASSWORD.1).await;
    let (mut browser, _) = world.signed_in("taro@example.jp").await;
    let mut fields = moved(&[("current", PASSWORD)]);
    for (name, value) in &mut fields {
        match *name {
            "given_name" => *value = "",
            "phone" => *value = "12345",
            "postal_code" => *value = "70",
            _ => {}
        }
    }
    let seen = browser.post(PATH, &fields).await;
    assert_eq!(seen.status, 422);
    for field in ["given_name", "phone", "postal_code"] {
        assert!(!seen.fault(field).is_empty(), "{field}: {}", seen.body);
    }
    assert!(!has_moved(&mut browser).await);
}

/// The password is not tried out here either.
#[tokio::test]
async fn the_password_is_asked_for_no_more_often_than_at_the_sign_in() {
    let world = world().await;
    world.house.decide(BY_PASSWORD.0, BY_PASSWORD.1).await;
    let (mut browser, _) = world.signed_in("taro@example.jp").await;
    let mut last = 422;
    for _ in 0..30 {
        let seen = browser.post(PATH, &moved(&[("current", "another password")])).await;
        last = seen.status.as_u16();
        if last != 422 {
            assert!(!seen.header("retry-after").is_empty());
            break;
        }
    }
    assert_eq!(last, 429);
    let right = browser.post(PATH, &moved(&[("current", PASSWORD)])).await;
    assert_eq!(right.status, 429, "the right one, too");
    assert!(!has_moved(&mut browser).await);
}

#[tokio::test]
async fn who_is_not_signed_in_changes_nothing() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("taro@example.jp").await;
    let leaving = browser.post(PATH, &moved(&[])).await;
    let back = typed_again(&world, leaving.to(), "3530111333300000");
    let mut nobody = world.browser();
    for path in [PATH, back.as_str()] {
        assert_eq!(nobody.get(path).await.to(), "/okayama/login/?said=first");
    }
    assert_eq!(nobody.post(PATH, &moved(&[])).await.to(), "/okayama/login/?said=first");
    assert!(!has_moved(&mut browser).await);
}
