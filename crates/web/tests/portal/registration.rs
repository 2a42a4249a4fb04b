//! Registration, from the terms to the user ID.

use crate::world::{PASSWORD, world, worlds, yamada, yamada_with};

#[tokio::test]
async fn q02_a_patient_registers_from_terms_to_user_id() {
    for world in worlds().await {
        let mut browser = world.browser();
        assert_eq!(browser.get("/okayama/new/").await.status, 200);
        let agreed = browser.post("/okayama/new/", &[("agreed", "yes")]).await;
        assert_eq!(agreed.to(), "/okayama/new/mail?agreed=yes");
        let fields = [("agreed", "yes"), ("mail", "taro@example.jp")];
        assert_eq!(browser.post("/okayama/new/mail", &fields).await.to(), "/okayama/new/sent");
        assert!(browser.get("/okayama/new/sent").await.body.contains("taro@example.jp"));

        let url = world.url_for("taro@example.jp").await;
        assert!(browser.get(&url).await.body.contains("登録を続ける"));
        assert_eq!(browser.post(&url, &[]).await.to(), "/okayama/new/form");
        assert_eq!(browser.get("/okayama/new/form").await.status, 200);
        assert_eq!(browser.post("/okayama/new/form", &yamada()).await.to(), "/okayama/new/check");

        let check = browser.get("/okayama/new/check").await.body;
        for shown in
            ["山田 太郎", "ヤマダ タロウ", "1950年4月1日(土)", "00012345", "岡山市立市民病院"]
        {
            assert!(check.contains(shown), "{shown}");
        }
        assert!(!check.contains(PASSWORD));

        let before = browser.get("/okayama/new/card").await.body;
        assert!(before.contains("サンドボックス決済"), "the name that will appear is told before");
        let leaving = browser.post("/okayama/new/card", &[]).await;
        assert_eq!(leaving.status, 303);
        assert!(leaving.to().starts_with("http://card.test/"), "{}", leaving.to());
    }
}

#[tokio::test]
async fn q14_the_last_page_has_the_user_id_and_survives_a_reload() {
    for world in worlds().await {
        let (mut browser, user_id) = world.registered("taro@example.jp").await;
        for _ in 0..2 {
            let done = browser.get("/okayama/new/done").await.body;
            assert!(done.contains(&user_id) && done.contains("診察券の番号ではありません"));
            assert!(done.contains("11月24日(火) 9時15分ごろから"), "q24: usable from");
        }
        let mails = world.house.mails().await;
        assert!(mails.last().unwrap().text.contains(&user_id));
        for back in ["form", "check", "card"] {
            let seen = browser.get(&format!("/okayama/new/{back}")).await;
            assert_eq!(seen.to(), "/okayama/new/done", "the back button leads to the end again");
        }
        assert_eq!(browser.post("/okayama/new/form", &yamada()).await.to(), "/okayama/new/done");
        assert_eq!(browser.post("/okayama/new/card", &[]).await.to(), "/okayama/new/done");
    }
}

#[tokio::test]
async fn terms_must_be_agreed_to() {
    let world = world().await;
    let mut browser = world.browser();
    let seen = browser.post("/okayama/new/", &[]).await;
    assert_eq!(seen.status, 422);
    assert!(seen.title().starts_with("エラー: "));
    assert!(!seen.fault("agreed").is_empty());
    assert_eq!(browser.get("/okayama/new/mail").await.to(), "/okayama/new/");
    let seen = browser.post("/okayama/new/mail", &[("mail", "taro@example.jp")]).await;
    assert_eq!(seen.to(), "/okayama/new/");
    assert!(world.house.mails().await.is_empty());
}

#[tokio::test]
async fn q11_the_domain_to_allow_is_shown_before_anything_is_sent() {
    let world = world().await;
    let mut browser = world.browser();
    assert!(browser.get("/okayama/new/mail?agreed=yes").await.body.contains("s7.medicalpay.jp"));
    browser.post("/okayama/new/mail", &[("agreed", "yes"), ("mail", "taro@example.jp")]).await;
    let sent = browser.get("/okayama/new/sent").await.body;
    assert!(sent.contains("s7.medicalpay.jp") && sent.contains("迷惑メール"));
    assert!(sent.contains("携帯電話以外からのメール"), "q12");
}

/// An address whose domain a test is about.
fn at(domain: &str) -> String {
    format!("taro@{domain}")
}

#[tokio::test]
async fn q10_a_mistyped_domain_is_asked_about_and_either_answer_is_taken() {
    let typed = at("docomo.co.jp");
    for chosen in [at("docomo.ne.jp"), typed.clone()] {
        let world = world().await;
        let mut browser = world.browser();
        let fields = [("agreed", "yes"), ("mail", typed.as_str())];
        let question = browser.post("/okayama/new/mail", &fields).await;
        assert!(question.body.contains("もしかして"));
        assert!(question.body.contains(&format!("value=\"{chosen}\"")), "a button for {chosen}");
        assert!(world.house.mails().await.is_empty(), "nothing is sent before the answer");
        let fields = [("agreed", "yes"), ("insists", "yes"), ("mail", chosen.as_str())];
        assert_eq!(browser.post("/okayama/new/mail", &fields).await.to(), "/okayama/new/sent");
        assert_eq!(world.house.mails().await.last().unwrap().to, chosen);
    }
}

#[tokio::test]
async fn an_address_that_is_none_is_shown_again_with_what_to_do() {
    let world = world().await;
    for (typed, advice) in [
        ("", "メールアドレスを入力してください。"),
        (
            "taro.example.jp",
            "メールアドレスには、@(アットマーク)が1つ必要です。例: taro@example.jp",
        ),
        (
            "ta ro@example.jp",
            "メールアドレスに使えない文字が入っています。空白や日本語が入っていないか、ご確認ください。",
        ),
    ] {
        let seen =
            world.browser().post("/okayama/new/mail", &[("agreed", "yes"), ("mail", typed)]).await;
        assert_eq!(seen.status, 422);
        assert_eq!(seen.fault("mail"), advice);
        assert!(seen.body.contains(&format!("value=\"{typed}\"")), "kept as typed");
        assert!(seen.title().starts_with("エラー: "));
    }
}

#[tokio::test]
async fn q10_the_mail_can_be_sent_again_and_a_wrong_address_corrected() {
    let world = world().await;
    let mut browser = world.browser();
    browser.post("/okayama/new/mail", &[("agreed", "yes"), ("mail", "taro@example.jp")]).await;
    assert_eq!(browser.post("/okayama/new/resend", &[]).await.to(), "/okayama/new/sent?again=yes");
    assert!(
        browser
            .get("/okayama/new/sent?again=yes")
            .await
            .body
            .contains("もう一度メールを送りました")
    );
    assert_eq!(world.house.mails().await.len(), 2);
    assert_eq!(browser.post("/okayama/new/resend", &[]).await.to(), "/okayama/new/sent?again=yes");
    let seen = browser.post("/okayama/new/resend", &[]).await;
    assert_eq!(seen.status, 429, "too many for one hour");
    assert!(!seen.header("retry-after").is_empty());

    let fields = [("agreed", "yes"), ("mail", "taro.yamada@example.jp")];
    assert_eq!(browser.post("/okayama/new/mail", &fields).await.to(), "/okayama/new/sent");
    assert!(browser.get("/okayama/new/sent").await.body.contains("taro.yamada@example.jp"));
}

#[tokio::test]
async fn mistakes_are_told_on_top_and_at_the_field_and_nothing_typed_is_lost() {
    for world in worlds().await {
        let mut browser = world.at_the_form("taro@example.jp").await;
        let mut fields = yamada_with("phone", "12345");
        fields.retain(|(name, _)| *name != "relation");
        for field in &mut fields {
            if field.0 == "birth_month" {
                field.1 = "13";
            }
        }
        let seen = browser.post("/okayama/new/form", &fields).await;
        assert_eq!(seen.status, 422);
        assert!(seen.title().starts_with("エラー: "));
        assert_eq!(
            seen.fault("phone"),
            "電話番号は、0から始まる10けたか11けたの数字で入力してください。例: 090-1234-5678"
        );
        assert_eq!(seen.fault("relation"), "受診する方を選んでください。");
        assert!(!seen.fault("birth").is_empty());
        for kept in [
            "value=\"山田\"",
            "value=\"12345\"",
            "value=\"昭和25\"",
            "value=\"13\"",
            "value=\"１２３４５\"",
        ] {
            assert!(seen.body.contains(kept), "{kept}");
        }
        assert!(seen.body.contains("value=\"shimin\" checked"));
        assert!(!seen.body.contains(PASSWORD), "a password is never shown again");
        for target in ["#phone", "#relation-1", "#birth_year"] {
            assert!(seen.body.contains(&format!("href=\"{target}\"")), "{target}");
        }
        assert_eq!(
            browser.get("/okayama/new/check").await.to(),
            "/okayama/new/form",
            "nothing was kept"
        );
    }
}

#[tokio::test]
async fn what_was_filled_in_can_be_corrected_from_the_check_page() {
    let world = world().await;
    let mut browser = world.at_the_form("taro@example.jp").await;
    browser.post("/okayama/new/form", &yamada()).await;
    let form = browser.get("/okayama/new/form").await.body;
    for kept in [
        "value=\"山田\"",
        "value=\"タロウ\"",
        "value=\"1950\"",
        "value=\"700-8557\"",
        "value=\"self\" checked",
    ] {
        assert!(form.contains(kept), "{kept}");
    }
    browser.post("/okayama/new/form", &yamada_with("given_name", "次郎")).await;
    assert!(browser.get("/okayama/new/check").await.body.contains("山田 次郎"));
}

#[tokio::test]
async fn q20_blanks_around_a_password_are_pointed_out_and_kept() {
    let world = world().await;
    let mut browser = world.at_the_form("taro@example.jp").await;
    let mut fields = yamada_with("password", " umi to yama");
    for field in &mut fields {
        if field.0 == "password_again" {
            field.1 = " umi to yama";
        }
    }
    let seen = browser.post("/okayama/new/form", &fields).await;
    assert_eq!(seen.to(), "/okayama/new/check?blanks=yes");
    assert!(
        browser.get(seen.to()).await.body.contains("パスワードの前か後ろに、空白が入っています。")
    );
}

#[tokio::test]
async fn q13_a_debit_and_a_prepaid_card_are_refused_and_another_can_be_tried() {
    let world = world().await;
    for (address, card) in
        [("a@example.jp", "4000056655665556"), ("b@example.jp", "5105105105105100")]
    {
        let (mut browser, back) = world.card_saved(address, card).await;
        let seen = browser.get(&back).await;
        assert!(seen.body.contains("このカードは登録できませんでした"));
        assert!(seen.body.contains("デビットカードやプリペイドカードは使えません。"));
        let again = browser.post("/okayama/new/card", &[]).await;
        assert!(again.to().starts_with("http://card.test/"), "{}", again.body);
    }
}

#[tokio::test]
async fn a_card_page_that_was_left_is_offered_again() {
    let world = world().await;
    let mut browser = world.at_the_form("taro@example.jp").await;
    browser.post("/okayama/new/form", &yamada()).await;
    browser.post("/okayama/new/card", &[]).await;
    let setup = world.house.sandbox.books().setups.keys().next().unwrap().clone();
    let seen = browser.get(&format!("/okayama/new/card/back?setup={setup}")).await;
    assert_eq!(seen.to(), "/okayama/new/card?unfinished=yes");
    assert!(browser.get(seen.to()).await.body.contains("まだ終わっていません"));
}

#[tokio::test]
async fn a_url_is_opened_by_one_browser_and_a_scanner_that_looks_changes_nothing() {
    for world in worlds().await {
        let mut mine = world.browser();
        mine.post("/okayama/new/mail", &[("agreed", "yes"), ("mail", "taro@example.jp")]).await;
        let url = world.url_for("taro@example.jp").await;
        for _ in 0..3 {
            assert_eq!(world.browser().get(&url).await.status, 200, "mail scanners look");
        }
        mine.get(&url).await;
        let mut second_tab = mine.clone();
        assert_eq!(mine.post(&url, &[]).await.to(), "/okayama/new/form");
        assert_eq!(
            second_tab.post(&url, &[]).await.to(),
            "/okayama/new/form",
            "a second tab of this browser"
        );
        assert_eq!(mine.get(&url).await.to(), "/okayama/new/form", "the back button");

        let stranger = world.browser().get(&url).await;
        assert_eq!(stranger.status, 410);
        assert!(stranger.body.contains("すでに使われています"));
        assert_eq!(world.browser().post(&url, &[]).await.status, 410);
    }
}

#[tokio::test]
async fn a_url_ends_after_a_day() {
    let world = world().await;
    let mut browser = world.browser();
    browser.post("/okayama/new/mail", &[("agreed", "yes"), ("mail", "taro@example.jp")]).await;
    let url = world.url_for("taro@example.jp").await;
    world.house.go_to("2026-11-25 09:01");
    let seen = browser.get(&url).await;
    assert_eq!(seen.status, 410);
    assert!(seen.body.contains("使えなくなりました") && seen.body.contains("/okayama/new/"));
}

#[tokio::test]
async fn two_tabs_and_a_double_submission_end_in_one_account() {
    let world = world().await;
    let (browser, back) = world.card_saved("taro@example.jp", testkit::house::GOOD_CARD).await;
    let (mut one, mut two) = (browser.clone(), browser);
    let (first, second) = tokio::join!(one.get(&back), two.get(&back));
    assert_eq!((first.to(), second.to()), ("/okayama/new/done", "/okayama/new/done"));
    let completed = world.house.mails().await;
    assert_eq!(completed.iter().filter(|mail| mail.subject.contains("登録が完了")).count(), 1);
}
