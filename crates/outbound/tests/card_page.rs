//! The card page as a browser without JavaScript sees it.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking, too")]

mod common;

use common::{http_client, in_memory, serve, start_setup};
use outbound::cards::sandbox::{BooksAt, TEST_CARDS};
use outbound::cards::{CardGateway, Sandbox, SetupOutcome};
use reqwest::{Response, Url};
use std::sync::Arc;

struct Visit {
    gateway: CardGateway,
    setup: String,
    page: Url,
}

impl Visit {
    async fn to(sandbox: &Arc<Sandbox>) -> Self {
        let gateway = CardGateway::Sandbox(Arc::clone(sandbox));
        let setup = start_setup(&gateway, "registration-1").await;
        let page = format!("{}/setup/{setup}", serve(sandbox).await).parse().unwrap();
        Self { gateway, setup, page }
    }

    async fn get(&self) -> Response {
        http_client().get(self.page.clone()).send().await.unwrap()
    }

    async fn post(&self, page: &Url, fields: &[(&str, &str)]) -> Response {
        http_client().post(page.clone()).form(fields).send().await.unwrap()
    }

    async fn choose(&self, number: &str) -> Url {
        self.place(&self.post(&self.page, &[("test_card", number), ("action", "save")]).await)
    }

    /// Where a redirect leads, as a browser reads it.
    fn place(&self, response: &Response) -> Url {
        assert_eq!(response.status(), 303);
        response.url().join(response.headers()["location"].to_str().unwrap()).unwrap()
    }

    async fn outcome(&self) -> SetupOutcome {
        self.gateway.setup_outcome(&self.setup).await.unwrap()
    }

    fn back(&self) -> String {
        format!("{}&setup={}", common::RETURN_URL, self.setup)
    }
}

#[tokio::test]
async fn the_page_lists_every_test_card_and_runs_no_script() {
    let visit = Visit::to(&in_memory()).await;
    let response = visit.get().await;
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.starts_with("default-src 'none'; style-src 'self';"), "{policy}");
    assert!(policy.contains("form-action 'self' https://portal.example;"), "{policy}");
    assert_eq!(response.headers()["cache-control"], "no-store");
    let html = response.text().await.unwrap();
    for card in &TEST_CARDS {
        assert!(
            html.contains(card.number)
                && html.contains(&card.grouped())
                && html.contains(card.says)
        );
    }
    assert!(html.contains("<html lang=\"ja\">"));
    assert!(
        !html.contains("<script") && !html.contains("style=") && !html.contains(" on"),
        "{html}"
    );
    let style = visit.page.join("../card-page.css").unwrap();
    assert_eq!(
        http_client().get(style).send().await.unwrap().headers()["content-type"],
        "text/css; charset=utf-8"
    );
}

#[tokio::test]
async fn a_card_is_saved_and_the_browser_goes_back_where_it_came_from() {
    let visit = Visit::to(&in_memory()).await;
    assert_eq!(visit.outcome().await, SetupOutcome::NotFinished);
    assert_eq!(visit.choose("4242424242424242").await.as_str(), visit.back());
    let first = visit.outcome().await;
    assert!(matches!(&first, SetupOutcome::Saved(facts) if facts.last_four == "4242"), "{first:?}");
    // The back button and a second click.
    assert_eq!(visit.choose("5105105105105100").await.as_str(), visit.back());
    assert_eq!(visit.outcome().await, first);
    assert!(visit.get().await.text().await.unwrap().contains("手続きは終わっています"));
}

#[tokio::test]
async fn the_3d_secure_card_asks_its_owner_first() {
    for (result, saved) in [("ok", true), ("failed", false)] {
        let visit = Visit::to(&in_memory()).await;
        let challenge = visit.choose("4000002760003184").await;
        assert!(challenge.path().ends_with("/challenge"), "{challenge}");
        assert_eq!(visit.place(&visit.get().await), challenge, "another tab is led there too");
        let page = http_client().get(challenge.clone()).send().await.unwrap();
        let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.contains("form-action 'self' https://portal.example;"), "{policy}");
        let html = page.text().await.unwrap();
        assert!(html.contains("本人認証") && html.contains("末尾 3184"), "{html}");
        assert_eq!(visit.outcome().await, SetupOutcome::NotFinished);
        let answer = visit.post(&challenge, &[("result", result)]).await;
        assert_eq!(visit.place(&answer).as_str(), visit.back());
        match visit.outcome().await {
            SetupOutcome::Saved(facts) => assert!(saved && facts.authenticated),
            SetupOutcome::Declined { code } => {
                assert_eq!((saved, code.as_str()), (false, "authentication_failed"))
            }
            other @ (SetupOutcome::NotFinished | SetupOutcome::Cancelled) => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn a_declined_card_and_a_payer_who_turns_back_are_ends_too() {
    let visit = Visit::to(&in_memory()).await;
    assert_eq!(visit.choose("4000000000000002").await.as_str(), visit.back());
    assert_eq!(
        visit.outcome().await,
        SetupOutcome::Declined { code: "generic_decline".to_owned() }
    );
    let visit = Visit::to(&in_memory()).await;
    let answer = visit.post(&visit.page, &[("action", "cancel")]).await;
    assert_eq!(visit.place(&answer).as_str(), visit.back());
    assert_eq!(visit.outcome().await, SetupOutcome::Cancelled);
}

#[tokio::test]
async fn mistakes_are_told_and_the_number_is_not_shown_again() {
    let visit = Visit::to(&in_memory()).await;
    let typed = [
        ("number", "4111 1111 1111 1111"),
        ("month", "5"),
        ("year", "2027"),
        ("name", "\"><b>TARO"),
        ("code", "777"),
    ];
    let response = visit.post(&visit.page, &typed).await;
    assert_eq!(response.status(), 422);
    let html = response.text().await.unwrap();
    assert!(html.contains("この番号は使えません"), "{html}");
    assert!(html.contains("id=\"number\"") && html.contains("aria-invalid=\"true\""), "{html}");
    assert!(html.contains("<option value=\"2027\" selected>"), "what can be kept is kept: {html}");
    assert!(!html.contains("4111") && !html.contains("777") && !html.contains("<b>TARO"), "{html}");
    assert_eq!(visit.outcome().await, SetupOutcome::NotFinished);
}

/// Fails when a number or a code is put into any record.
#[tokio::test]
async fn no_card_number_reaches_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let books = BooksAt::Folder(folder.path().to_owned());
    let sandbox = Arc::new(Sandbox::new(&books, "https://cards.example", common::now()).unwrap());
    let visit = Visit::to(&sandbox).await;
    let typed = [
        ("number", "4000002760003184"),
        ("month", "5"),
        ("year", "2027"),
        ("name", "TARO OKAYAMA"),
        ("code", "9173"),
        ("action", "save"),
    ];
    let challenge = visit.place(&visit.post(&visit.page, &typed).await);
    visit.post(&challenge, &[("result", "ok")]).await;
    let SetupOutcome::Saved(facts) = visit.outcome().await else { panic!() };
    assert_eq!(facts.expiry.to_string(), "05/27");
    let journal = std::fs::read_to_string(folder.path().join("card-network.jsonl")).unwrap();
    for secret in ["4000002760003184", "00000276", "9173", "TARO"] {
        assert!(!journal.contains(secret), "{secret}");
    }
    assert!(journal.contains("3184"));
}

#[tokio::test]
async fn an_unknown_page_is_told_so_in_japanese() {
    let visit = Visit::to(&in_memory()).await;
    for path in ["seti_unknown", "seti_unknown/challenge"] {
        let page = visit.page.join(path).unwrap();
        let response = http_client().get(page).send().await.unwrap();
        assert_eq!(response.status(), 404);
        assert!(response.text().await.unwrap().contains("画面が見つかりません"));
    }
    let challenge: Url = format!("{}/challenge", visit.page).parse().unwrap();
    let early = visit.post(&challenge, &[("result", "ok")]).await;
    assert_eq!(visit.place(&early), visit.page, "no challenge before a card");
    assert_eq!(visit.outcome().await, SetupOutcome::NotFinished);
}
