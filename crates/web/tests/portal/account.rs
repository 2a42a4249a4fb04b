//! The account's page, and receipts.

use crate::world::{PASSWORD, World, worlds};
use domain::time::Day;
use testkit::house::{bill, shimin};

impl World {
    /// Enters today's visit of the patient that [`crate::world::yamada`] registered.
    pub async fn enter_yamada(&self) {
        let account = self
            .house
            .app
            .store()
            .read(|reader| testkit::store::patient_links::by_number(reader, &shimin(), &number()))
            .await
            .expect("the database answers")
            .expect("the patient is registered")
            .account;
        self.house.enter(account, &shimin(), "00012345").await;
    }
}

fn number() -> domain::patient::PatientNumber {
    domain::patient::PatientNumber::from_stored("00012345".to_owned())
}

#[tokio::test]
async fn the_page_shows_what_comes_next_and_what_was() {
    for world in worlds().await {
        let (mut browser, user_id) = world.signed_in("taro@example.jp").await;
        let page = browser.get("/okayama/me/").await.body;
        for shown in [
            "山田 太郎 様",
            user_id.as_str(),
            "taro@example.jp",
            "VISA 末尾4242",
            "00012345",
            "ご本人",
            "まだ後払いのご利用はありません。",
            "お支払いの予定はありません。",
        ] {
            assert!(page.contains(shown), "{shown}");
        }
        world.enter_yamada().await;
        let page = browser.get("/okayama/me/").await.body;
        assert!(page.contains("2026年11月24日(火)の受診") && page.contains("ご請求準備中"));
        let day = Day::parse("2026-11-24").unwrap();
        world.house.import(&shimin(), &[bill("00012345", "1", day, 7_930)]).await;
        let page = browser.get("/okayama/me/").await.body;
        assert!(page.contains("お支払い予定") && page.contains("7,930円"));
        assert!(
            page.contains("2026年11月28日(土)に、登録のカードで"),
            "q05: four days later, a Saturday too"
        );
    }
}

#[tokio::test]
async fn q28_a_receipt_is_there_after_the_payment_and_not_before() {
    for world in worlds().await {
        let (mut browser, user_id) = world.signed_in("taro@example.jp").await;
        world.enter_yamada().await;
        let day = Day::parse("2026-11-24").unwrap();
        world.house.import(&shimin(), &[bill("00012345", "1", day, 7_930)]).await;
        assert!(!browser.get("/okayama/me/").await.body.contains("/me/receipts/"));
        world.house.go_to("2026-11-28 09:00");
        app::settle::run_once(&world.house.app).await.unwrap();
        world.house.mails().await;
        assert_eq!(
            browser.get("/okayama/me/").await.to(),
            "/okayama/login/?said=first",
            "four days on"
        );
        browser.post("/okayama/login/", &[("user_id", &user_id), ("password", PASSWORD)]).await;
        let page = browser.get("/okayama/me/").await.body;
        assert!(page.contains("お支払い済み"), "{page}");
        let action = page
            .split('"')
            .find(|part| part.starts_with("/okayama/me/receipts/"))
            .unwrap()
            .to_owned();

        let receipt = browser.post(&action, &[]).await;
        assert_eq!(
            (receipt.status.as_u16(), receipt.header("content-type")),
            (200, "application/pdf")
        );
        assert!(receipt.bytes.starts_with(b"%PDF-"));
        assert!(
            receipt
                .header("content-disposition")
                .starts_with("attachment; filename=\"receipt-2026-")
        );
        assert_eq!(receipt.header("cache-control"), "no-store");
        assert_eq!(browser.get(&action).await.to(), "/okayama/me/", "a link prints nothing");
        assert_eq!(world.browser().post(&action, &[]).await.to(), "/okayama/login/?said=first");
        let none =
            browser.post("/okayama/me/receipts/rcp_00000000000000000000000000000009", &[]).await;
        assert_eq!(none.status, 404);
        assert!(none.body.contains("領収書が見つかりません"));
    }
}
