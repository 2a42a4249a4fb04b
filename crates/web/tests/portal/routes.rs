//! Every address, what it answers to somebody who is nobody yet, and what every answer carries.

use crate::world::{https_world, world, worlds};

#[tokio::test]
async fn q34_every_address_answers() {
    let world = world().await;
    let mut table = Vec::new();
    for path in [
        "/healthz",
        "/readyz",
        "/favicon.ico",
        "/okayama",
        "/okayama/",
        "/okayama/help",
        "/okayama/help/",
        "/okayama/help/privacy",
        "/okayama/help/accessibility",
        "/okayama/qr.svg",
        "/okayama/qr.png",
        "/okayama/poster/shimin.pdf",
        "/okayama/new",
        "/okayama/new/",
        "/okayama/new/mail",
        "/okayama/new/mail?agreed=yes",
        "/okayama/new/sent",
        "/okayama/new/resend",
        "/okayama/new/open/abc",
        "/okayama/new/form",
        "/okayama/new/check",
        "/okayama/new/card",
        "/okayama/new/card/back?setup=x",
        "/okayama/new/done",
        "/okayama/login",
        "/okayama/login/",
        "/okayama/logout",
        "/okayama/forgotten",
        "/okayama/forgotten/",
        "/okayama/forgotten/sent",
        "/okayama/forgotten/code",
        "/okayama/forgotten/open/abc",
        "/okayama/forgotten/password",
        "/okayama/me",
        "/okayama/me/",
        "/okayama/me/card",
        "/okayama/me/card/back?setup=x",
        "/okayama/me/details",
        "/okayama/me/details/back?setup=x",
        "/okayama/me/password",
        "/okayama/me/year/2026",
        "/okayama/me/year/2026/medical-expenses-2026.csv",
        "/okayama/me/cancel",
        "/okayama/cancelled",
        "/okayama/me/ceiling",
        "/okayama/me/consent/chg_00000000000000000000000000000001",
        "/okayama/me/receipts/rcp_00000000000000000000000000000001",
        "/okayama/poster/none.pdf",
        "/okayama/poster/shimin",
        "/okayama/nothing",
        "/assets/0000000000000000/atobarai.css",
        "/unknown/",
        "/unknown/new/",
        "/Okayama/",
        "/api/",
        "/desk/",
        "/x",
        "/%E5%B2%A1/",
        "/okayama/%FF",
    ] {
        let seen = world.browser().get(path).await;
        let kind = seen.header("content-type").split(';').next().unwrap_or_default().to_owned();
        table.push(
            format!("{path} {} {}{}", seen.status.as_u16(), kind, seen.to()).trim().to_owned(),
        );
    }
    insta::assert_snapshot!(table.join("\n"));
}

#[tokio::test]
async fn posts_without_anything_in_them_are_answered_by_pages() {
    let world = world().await;
    let mut table = Vec::new();
    for path in [
        "/okayama/",
        "/okayama/new/",
        "/okayama/new/mail",
        "/okayama/new/resend",
        "/okayama/new/open/abc",
        "/okayama/new/form",
        "/okayama/new/card",
        "/okayama/login/",
        "/okayama/logout",
        "/okayama/forgotten/",
        "/okayama/forgotten/code",
        "/okayama/forgotten/open/abc",
        "/okayama/forgotten/password",
        "/okayama/me/card",
        "/okayama/me/password",
        "/okayama/me/ceiling",
        "/okayama/me/consent/chg_1",
        "/okayama/me/receipts/rcp_1",
        "/okayama/qr.svg",
        "/unknown/login/",
    ] {
        let seen = world.browser().post(path, &[]).await;
        let is_page = seen.body.starts_with("<!DOCTYPE html>") || !seen.to().is_empty();
        assert!(is_page, "{path}: {}", seen.body);
        table.push(format!("{path} {} {}", seen.status.as_u16(), seen.to()).trim().to_owned());
    }
    insta::assert_snapshot!(table.join("\n"));
}

#[tokio::test]
async fn every_answer_carries_the_same_policy() {
    let world = https_world().await;
    for path in ["/okayama/", "/okayama/nothing", "/unknown/", "/healthz"] {
        let seen = world.browser().get(path).await;
        for (name, value) in [
            (
                "content-security-policy",
                "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; form-action 'self' http://card.test; frame-ancestors 'none'; base-uri 'none'",
            ),
            ("strict-transport-security", "max-age=63072000; includeSubDomains"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("x-frame-options", "DENY"),
            ("cross-origin-opener-policy", "same-origin"),
            ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(seen.header(name), value, "{path}");
        }
    }
}

#[tokio::test]
async fn assets_are_kept_for_ever_and_the_first_page_is_under_60_kb() {
    let world = world().await;
    let home = world.browser().get("/okayama/").await;
    let mut sum = home.bytes.len();
    let addresses = home.body.split('"').filter(|part| part.starts_with("/assets/"));
    let addresses: std::collections::BTreeSet<_> = addresses.chain(["/okayama/qr.svg"]).collect();
    assert!(addresses.len() > 3, "{addresses:?}");
    for address in addresses {
        let seen = world.browser().get(address).await;
        assert_eq!(seen.status, 200, "{address}");
        if address.starts_with("/assets/") {
            assert_eq!(seen.header("cache-control"), "public, max-age=31536000, immutable");
        }
        sum += seen.bytes.len();
    }
    assert!(sum < 60_000, "{sum} bytes before compression");
}

#[tokio::test]
async fn q02_the_poster_and_the_qr_code_are_there() {
    for world in worlds().await {
        let mut browser = world.browser();
        let poster = browser.get("/okayama/poster/senoo.pdf").await;
        assert_eq!(
            (poster.status.as_u16(), poster.header("content-type")),
            (200, "application/pdf")
        );
        assert!(poster.bytes.starts_with(b"%PDF-"));
        assert!(browser.get("/okayama/qr.png").await.bytes.starts_with(b"\x89PNG"));
        assert!(browser.get("/okayama/qr.svg").await.body.contains("<svg"));
    }
}

#[tokio::test]
async fn q33_the_first_page_says_what_matters_before_registering() {
    let world = world().await;
    let home = world.browser().get("/okayama/").await.body;
    for said in [
        "一括払いのみです",
        "デビットカードとプリペイドカード(チャージ型)は使えません。",
        "約4日後",
        "15分ほど",
        "岡山市立市民病院",
        "086-737-3000",
        "平日 8:30〜17:00",
        "平日 7:45〜17:00 (土曜・日曜・祝日・年末年始を除く)",
        "入院窓口",
        "href=\"/okayama/new/\"",
        "href=\"/okayama/login/\"",
        "href=\"tel:0867373000\"",
    ] {
        assert!(home.contains(said), "{said}");
    }
}

#[tokio::test]
async fn pages_are_compressed_for_those_who_can() {
    use axum::body::Body;
    use axum::http::Method;
    let world = world().await;
    let seen = world
        .browser()
        .send(Method::GET, "/okayama/", &[("accept-encoding", "gzip")], Body::empty())
        .await;
    assert_eq!(seen.header("content-encoding"), "gzip");
    assert!(seen.bytes.len() < 6_000, "{}", seen.bytes.len());
}
