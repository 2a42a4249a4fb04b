//! What nobody may do or learn.

use crate::world::{PASSWORD, Seen, world, worlds, yamada_with};
use axum::body::Body;
use axum::http::Method;

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

#[tokio::test]
async fn a_post_from_another_site_is_refused_and_has_no_effect() {
    let world = world().await;
    for headers in [
        [FORM, ("sec-fetch-site", "cross-site")],
        [FORM, ("sec-fetch-site", "same-site")],
        [FORM, ("origin", "https://evil.example")],
        [FORM, ("origin", "null")],
    ] {
        let body = Body::from("agreed=yes&mail=taro%40example.jp");
        let seen = world.browser().send(Method::POST, "/okayama/new/mail", &headers, body).await;
        assert_eq!(seen.status, 403, "{headers:?}");
        assert!(seen.body.contains("ほかのサイトからの操作"), "a page, in Japanese");
        assert!(seen.header("set-cookie").is_empty());
    }
    assert!(world.house.mails().await.is_empty());
    for headers in [vec![FORM, ("origin", "http://localhost:8080")], vec![FORM]] {
        let body = Body::from("agreed=yes&mail=taro%40example.jp");
        let seen = world.browser().send(Method::POST, "/okayama/new/mail", &headers, body).await;
        assert_eq!(seen.to(), "/okayama/new/sent", "our own form, old browsers");
    }
}

/// Everything that a browser is given but the token of its own cookie.
fn without_tokens(seen: &Seen) -> String {
    let mut headers = seen.headers.clone();
    headers.remove("set-cookie");
    format!("{} {headers:?} {}", seen.status, seen.body)
}

#[tokio::test]
async fn nobody_learns_whether_an_address_is_registered() {
    for world in worlds().await {
        world.registered("known@example.jp").await;
        let mut answers = Vec::new();
        for address in ["known@example.jp", "other@example.jp"] {
            let mut browser = world.browser();
            let seen =
                browser.post("/okayama/new/mail", &[("agreed", "yes"), ("mail", address)]).await;
            let after = browser.get("/okayama/new/sent").await;
            let again = browser.post("/okayama/new/resend", &[]).await;
            let all = [&seen, &after, &again].map(without_tokens).join("\n");
            answers.push(all.replace(address, "ADDRESS"));
        }
        assert_eq!(answers[0], answers[1], "byte for byte");
    }
}

#[tokio::test]
async fn what_is_typed_never_becomes_html() {
    let world = world().await;
    let nasty = "\"><script>alert(1)</script>&'";
    let seen =
        world.browser().post("/okayama/new/mail", &[("agreed", "yes"), ("mail", nasty)]).await;
    assert!(!seen.body.contains("<script"), "{}", seen.body);
    let seen =
        world.browser().post("/okayama/login/", &[("user_id", nasty), ("password", "x")]).await;
    assert!(!seen.body.contains("<script"));
    let mut browser = world.at_the_form("taro@example.jp").await;
    let seen = browser
        .post("/okayama/new/form", &yamada_with("address", "<img src=x onerror=alert(1)>"))
        .await;
    assert_eq!(seen.to(), "/okayama/new/check");
    assert!(!browser.get("/okayama/new/check").await.body.contains("<img src=x"));
    let seen = browser.get("/okayama/nothing/%3Cscript%3E").await;
    assert!(!seen.body.contains("<script"));
}

#[tokio::test]
async fn a_body_beyond_any_form_is_refused_by_a_page() {
    let world = world().await;
    let body = Body::from(format!("mail={}", "a".repeat(70_000)));
    let seen = world.browser().send(Method::POST, "/okayama/new/mail", &[FORM], body).await;
    assert_eq!(seen.status, 413);
    assert!(seen.body.contains("大きすぎます"));
}

#[tokio::test]
async fn a_body_that_is_no_form_is_an_empty_form() {
    let world = world().await;
    let json = [("content-type", "application/json")];
    let seen = world
        .browser()
        .send(Method::POST, "/okayama/login/", &json, Body::from("{\"user_id\":1}"))
        .await;
    assert_eq!(seen.status, 422);
    assert!(seen.body.starts_with("<!DOCTYPE html>"));
    let seen = world
        .browser()
        .send(Method::POST, "/okayama/login/", &[FORM], Body::from("user_id=%FF%zz&password"))
        .await;
    assert!(seen.body.starts_with("<!DOCTYPE html>"));
}

/// Fails when the group of a session, a registration or a URL is not compared with the address.
#[tokio::test]
async fn what_belongs_to_one_group_opens_nothing_of_another() {
    let world = world().await;
    let file = testkit::house::OKAYAMA
        .replace("slug = \"okayama\"", "slug = \"elsewhere\"")
        .replace("code = \"shimin\"", "code = \"shimin-2\"")
        .replace("code = \"senoo\"", "code = \"senoo-2\"");
    app::policy::load_group_file(&world.house.app, &file, domain::audit::Actor::System)
        .await
        .unwrap();
    assert_eq!(world.browser().get("/elsewhere/").await.status, 200);

    let (mut browser, _) = world.signed_in("taro@example.jp").await;
    assert_eq!(browser.get("/elsewhere/me/").await.to(), "/elsewhere/login/?said=first");
    assert_eq!(browser.get("/elsewhere/new/done").await.status, 410);
    let mut browser = world.at_the_form("jiro@example.jp").await;
    for page in ["form", "check", "card"] {
        let seen = browser.get(&format!("/elsewhere/new/{page}")).await;
        assert!(seen.status == 410 || seen.to() == "/elsewhere/new/form", "{page}: {}", seen.body);
    }
    let url = world.url_for("jiro@example.jp").await.replace("okayama", "elsewhere");
    for seen in
        [browser.get(&url).await, browser.post(&url, &[]).await, world.browser().get(&url).await]
    {
        assert_eq!(seen.status, 404);
    }
}

#[tokio::test]
async fn a_cookie_that_is_none_opens_nothing() {
    let world = world().await;
    let mut other = world.browser();
    for value in ["", "x", "../../etc", "session"] {
        other.cookies.insert("session".to_owned(), value.to_owned());
        other.cookies.insert("registration".to_owned(), value.to_owned());
        other.cookies.insert("sent".to_owned(), value.to_owned());
        assert_eq!(other.get("/okayama/me/").await.to(), "/okayama/login/?said=first");
        assert_eq!(other.get("/okayama/new/form").await.status, 410);
        assert_eq!(other.get("/okayama/new/sent").await.to(), "/okayama/new/");
    }
}

#[tokio::test]
async fn pages_about_people_are_not_kept_by_the_browser() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("taro@example.jp").await;
    for path in ["/okayama/me/", "/okayama/new/done", "/okayama/new/sent", "/okayama/login/"] {
        assert_eq!(browser.get(path).await.header("cache-control"), "no-store", "{path}");
    }
}

/// A database that is gone: the page says so with a number, and nothing of why.
#[tokio::test]
async fn what_breaks_is_told_with_a_number_and_without_its_cause() {
    let world = world().await;
    world.house.database.tamper("ALTER TABLE hospital_groups RENAME TO gone");
    let seen = world.browser().get("/okayama/").await;
    assert_eq!(seen.status, 500);
    assert!(seen.body.contains("お問い合わせ番号"));
    assert!(!seen.body.contains("hospital_groups") && !seen.body.contains("SQL"));
    assert_eq!(world.browser().get("/readyz").await.status, 503);
    assert_eq!(world.browser().get("/healthz").await.status, 200);
    assert!(!seen.body.contains(PASSWORD));
}
