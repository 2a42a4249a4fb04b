//! Signing in and out.

use crate::world::{PASSWORD, https_world, world, worlds};

#[tokio::test]
async fn q17_user_id_and_password_open_the_account() {
    for world in worlds().await {
        let (_, user_id) = world.registered("taro@example.jp").await;
        let mut browser = world.browser();
        assert_eq!(browser.get("/okayama/me/").await.to(), "/okayama/login/?said=first");
        let spaced = format!("　{user_id} ");
        let seen =
            browser.post("/okayama/login/", &[("user_id", &spaced), ("password", PASSWORD)]).await;
        assert_eq!(seen.to(), "/okayama/me/", "q20: blanks around the ID are cut");
        assert_eq!(browser.get("/okayama/me/").await.status, 200);
        assert_eq!(browser.get("/okayama/login/").await.to(), "/okayama/me/");
        assert_eq!(browser.post("/okayama/logout", &[]).await.to(), "/okayama/login/?said=out");
        assert!(browser.cookies.is_empty());
        assert_eq!(browser.get("/okayama/me/").await.to(), "/okayama/login/?said=first");
    }
}

#[tokio::test]
async fn a_stolen_cookie_is_worth_nothing_after_signing_out() {
    let world = world().await;
    let (mut browser, _) = world.signed_in("taro@example.jp").await;
    let mut thief = browser.clone();
    assert_eq!(thief.get("/okayama/me/").await.status, 200);
    browser.post("/okayama/logout", &[]).await;
    assert_eq!(thief.get("/okayama/me/").await.to(), "/okayama/login/?said=first");
}

#[tokio::test]
async fn q16_a_patient_number_gets_exactly_this_hint() {
    let world = world().await;
    let fields = [("user_id", "0012-3456"), ("password", PASSWORD)];
    let seen = world.browser().post("/okayama/login/", &fields).await;
    assert_eq!(seen.status, 422);
    assert!(seen.fault("user_id").starts_with("診察券の番号は、ユーザーIDではありません。"));
    assert!(seen.body.contains("value=\"0012-3456\""));
}

#[tokio::test]
async fn q19_nothing_tells_which_of_the_two_was_wrong() {
    for world in worlds().await {
        let (_, user_id) = world.registered("taro@example.jp").await;
        let upper = user_id.to_uppercase();
        let mut pages = Vec::new();
        for (id, password) in [
            (user_id.as_str(), "wrong password"),
            ("zzzz2222", PASSWORD),
            (upper.as_str(), PASSWORD),
        ] {
            let seen = world
                .browser()
                .post("/okayama/login/", &[("user_id", id), ("password", password)])
                .await;
            assert_eq!(seen.status, 422, "{id}");
            pages.push(seen.body.replace(id, "ID"));
        }
        assert!(pages.iter().all(|page| *page == pages[0]), "the answers are alike, byte for byte");
    }
}

#[tokio::test]
async fn q20_blanks_around_a_password_are_pointed_out() {
    let world = world().await;
    let (_, user_id) = world.registered("taro@example.jp").await;
    let fields = [("user_id", user_id.as_str()), ("password", "umi to yama　")];
    let seen = world.browser().post("/okayama/login/", &fields).await;
    assert!(seen.body.contains("パスワードの前か後ろに、空白が入っています。"));
    let fields = [("user_id", user_id.as_str()), ("password", "umi to yamo")];
    let seen = world.browser().post("/okayama/login/", &fields).await;
    assert!(!seen.body.contains("パスワードの前か後ろに、空白が入っています。"));
}

#[tokio::test]
async fn what_is_missing_is_named() {
    let world = world().await;
    let seen = world.browser().post("/okayama/login/", &[]).await;
    assert!(!seen.fault("user_id").is_empty() && !seen.fault("password").is_empty());
    let seen = world.browser().post("/okayama/login/", &[("user_id", "tkma4829")]).await;
    assert!(seen.fault("user_id").is_empty() && !seen.fault("password").is_empty());
}

#[tokio::test]
async fn trying_passwords_is_stopped() {
    let world = world().await;
    let mut last = 0;
    for _ in 0..8 {
        let fields = [("user_id", "tkma4829"), ("password", "wrong password")];
        let seen = world.browser().post("/okayama/login/", &fields).await;
        last = seen.status.as_u16();
        if last == 429 {
            assert!(!seen.header("retry-after").is_empty());
            assert!(seen.body.contains("いったん止めています"));
        }
    }
    assert_eq!(last, 429);
}

#[tokio::test]
async fn behind_https_cookies_are_bound_to_the_host() {
    let world = https_world().await;
    let (browser, _) = world.signed_in("taro@example.jp").await;
    for name in browser.cookies.keys() {
        assert!(name.starts_with("__Host-"), "{name}");
    }
    let mut other = world.browser();
    let seen =
        other.post("/okayama/new/mail", &[("agreed", "yes"), ("mail", "b@example.jp")]).await;
    let line = seen.header("set-cookie");
    for part in ["Path=/", "HttpOnly", "SameSite=Lax", "Secure"] {
        assert!(line.contains(part), "{part} in {line}");
    }
}
