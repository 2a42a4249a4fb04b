//! A registration is cancelled: at the desk, or online where the hospitals let it (FAQ Q32).

use crate::world::{Browser, PASSWORD, World, world, worlds};
use app::cancel_registration::{Cancelled, at_desk};
use domain::audit::Actor;
use domain::time::Day;
use domain::user_id::UserId;
use testkit::house::{GOOD_CARD, bill, okayama, shimin};

const PATH: &str = "/okayama/me/cancel";
const ONLINE: (&str, &str) = ("cancellation = \"desk\"", "cancellation = \"online\"");

/// Whether the patient card of Yamada Taro opens an account.
async fn is_linked(world: &World) -> bool {
    let number = domain::patient::PatientNumber::from_stored("00012345".to_owned());
    let read =
        world.house.app.store().read(move |reader| {
            testkit::store::patient_links::by_number(reader, &shimin(), &number)
        });
    read.await.expect("the database answers").is_some()
}

async fn told(world: &World) -> Vec<String> {
    let mails = world.house.mails().await.into_iter();
    mails.filter(|mail| mail.subject.contains("登録をやめる")).map(|mail| mail.text).collect()
}

async fn is_shut(world: &World, browser: &mut Browser, user_id: &str) {
    assert_eq!(browser.get("/okayama/me/").await.to(), "/okayama/login/?said=first");
    let fields = [("user_id", user_id), ("password", PASSWORD)];
    let refused = world.browser().post("/okayama/login/", &fields).await;
    assert_ne!(refused.to(), "/okayama/me/", "nobody signs in any more");
    assert!(!is_linked(world).await, "the kiosk knows the card no more");
}

/// As in the FAQ: the page says how, and with which telephone; nothing is done here. Mutation: whoever sends the form
/// all the same is served.
#[tokio::test]
async fn q32_the_desk_cancels_a_registration_and_the_page_says_so() {
    for world in worlds().await {
        let (mut browser, user_id) = world.signed_in("taro@example.jp").await;
        let page = browser.get("/okayama/me/").await.body;
        assert!(page.contains(&format!("href=\"{PATH}\"")), "{page}");
        let page = browser.get(PATH).await.body;
        assert!(
            page.contains("窓口へお申し出ください") && page.contains("tel:0867373000"),
            "{page}"
        );
        assert!(!page.contains("name=\"current\""), "{page}");
        let sent = browser.post(PATH, &[("current", PASSWORD)]).await;
        assert_eq!(sent.status, 403);
        assert!(is_linked(&world).await && browser.get("/okayama/me/").await.status == 200);

        let (app, by) = (&world.house.app, || Actor::Operator("reception".to_owned()));
        let named = UserId::from_stored(user_id.clone());
        let done = at_desk(app, &okayama(), &named, by()).await.expect("an answer");
        assert_eq!(done, Cancelled::Done { open_visits: 0 });
        is_shut(&world, &mut browser, &user_id).await;
        assert_eq!(told(&world).await.len(), 1);
        let again = at_desk(app, &okayama(), &named, by()).await.expect("an answer");
        assert_eq!(again, Cancelled::NoAccount);
        assert_eq!(told(&world).await.len(), 1, "and told once");
    }
}

/// The better policy: at once for new visits; what was entered before is charged as was promised, once, and only then
/// is the card forgotten. Mutations: the card goes while a charge is open; the old visit is not charged.
#[tokio::test]
async fn q32_where_the_hospitals_let_it_a_registration_is_cancelled_online() {
    for world in worlds().await {
        world.house.decide(ONLINE.0, ONLINE.1).await;
        let (mut browser, user_id) = world.signed_in("taro@example.jp").await;
        world.enter_yamada().await;
        let page = browser.get(PATH).await.body;
        assert!(page.contains("お支払いがまだ終わっていない受診が1件あります"), "{page}");
        let wrong = browser.post(PATH, &[("current", "another password")]).await;
        assert_eq!(wrong.status, 422);
        assert!(is_linked(&world).await);
        let done = browser.post(PATH, &[("current", PASSWORD)]).await;
        assert_eq!(done.to(), "/okayama/cancelled");
        assert!(browser.get(done.to()).await.body.contains("手続きが終わりました"));
        is_shut(&world, &mut browser, &user_id).await;
        let mails = told(&world).await;
        assert!(mails.len() == 1 && mails[0].contains("受診が1件あります"), "{mails:?}");

        // The bill comes weeks later.
        world.house.go_to("2026-12-20 09:00");
        let day = Day::parse("2026-11-24").expect("a day");
        world.house.import(&shimin(), &[bill("00012345", "1", day, 7_930)]).await;
        world.house.go_to("2026-12-24 12:00");
        world.house.mails().await;
        let books = world.house.sandbox.books();
        assert_eq!(books.cards.len(), 1, "the card stays while it is needed");
        assert_eq!(app::settle::run_once(&world.house.app).await.expect("a run").paid, 1);
        assert_eq!(world.house.sandbox.books().charges.len(), 1);
        world.house.go_to("2026-12-26 12:00");
        world.house.mails().await;
        let left = world.house.sandbox.books().cards.into_values().filter(|card| !card.detached);
        assert_eq!(left.count(), 0, "and is forgotten afterwards");
    }
}

/// The number and the mailbox are free: whoever comes back registers anew, and nothing of the old account is theirs.
#[tokio::test]
async fn who_has_cancelled_may_register_again() {
    for world in worlds().await {
        world.house.decide(ONLINE.0, ONLINE.1).await;
        let (mut browser, old) = world.signed_in("taro@example.jp").await;
        browser.post(PATH, &[("current", PASSWORD)]).await;
        world.house.go_to("2026-11-24 10:00");
        let (mut again, new) = world.signed_in("taro@example.jp").await;
        assert_ne!(old, new);
        assert!(is_linked(&world).await);
        let page = again.get("/okayama/me/").await.body;
        assert!(page.contains("まだ後払いのご利用はありません。"), "{page}");
    }
}

#[tokio::test]
async fn nobody_cancels_what_is_not_theirs() {
    let world = world().await;
    world.house.decide(ONLINE.0, ONLINE.1).await;
    let (_, _) = world.signed_in("taro@example.jp").await;
    let mut nobody = world.browser();
    assert_eq!(nobody.get(PATH).await.to(), "/okayama/login/?said=first");
    let sent = nobody.post(PATH, &[("current", PASSWORD)]).await;
    assert_eq!(sent.to(), "/okayama/login/?said=first");
    assert!(is_linked(&world).await);
    let stranger = world.house.payer(&shimin(), "00099999", GOOD_CARD).await;
    let offered = app::cancel_registration::offer(&world.house.app, stranger).await;
    assert_eq!(offered.expect("an offer").map(|offer| offer.open_visits), Some(0));
}
