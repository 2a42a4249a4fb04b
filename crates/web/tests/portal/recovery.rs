//! Forgotten user IDs and passwords, as patients see them.

use crate::world::{Browser, PASSWORD, World, https_world, world, worlds};

const TARO: &str = "taro@example.jp";
const NEW: &str = "kawa to sora";

/// A browser that has asked for a mail.
async fn asked(world: &World, address: &str) -> Browser {
    let mut browser = world.browser();
    assert_eq!(browser.get("/okayama/forgotten/").await.status, 200);
    let sent = browser.post("/okayama/forgotten/", &[("mail", address)]).await;
    assert_eq!(sent.to(), "/okayama/forgotten/sent", "{}", sent.body);
    browser
}

async fn mail(world: &World, address: &str) -> String {
    let mails = world.house.mails().await;
    mails.iter().rfind(|mail| mail.to == address).expect("a mail").text.clone()
}

fn after<'t>(text: &'t str, before: &str) -> &'t str {
    let (_, rest) = text.split_once(before).expect("the words before");
    rest.split_whitespace().next().expect("a word")
}

async fn signs_in(world: &World, user_id: &str, password: &str) -> bool {
    let fields = [("user_id", user_id), ("password", password)];
    world.browser().post("/okayama/login/", &fields).await.to() == "/okayama/me/"
}

#[tokio::test]
async fn q15_q18_the_mail_tells_the_user_id_and_its_code_leads_to_a_new_password() {
    for world in worlds().await {
        let (mut signed_in, user_id) = world.signed_in(TARO).await;
        let mut browser = asked(&world, TARO).await;
        let sent = browser.get("/okayama/forgotten/sent").await;
        assert!(sent.body.replace("<wbr>", "").contains(TARO), "{}", sent.body);
        let text = mail(&world, TARO).await;
        assert_eq!(after(&text, "ユーザーID: "), user_id);
        let code = after(&text, "確認コード: ");
        let wrong = browser.post("/okayama/forgotten/code", &[("code", "12 34")]).await;
        assert_eq!(wrong.status, 422);
        assert_eq!(wrong.fault("code"), "確認コードを、6けたの数字で入力してください。");
        let right = browser.post("/okayama/forgotten/code", &[("code", code)]).await;
        assert_eq!(right.to(), "/okayama/forgotten/password");
        let page = browser.get("/okayama/forgotten/password").await;
        assert!(page.body.contains("autocomplete=\"new-password\""));
        let fields = [("password", NEW), ("password_again", "kawa to sore")];
        let differs = browser.post("/okayama/forgotten/password", &fields).await;
        assert_eq!(differs.status, 422);
        assert!(!differs.fault("password_again").is_empty() && !differs.body.contains(NEW));
        let fields = [("password", NEW), ("password_again", NEW)];
        let set = browser.post("/okayama/forgotten/password", &fields).await;
        assert_eq!(set.to(), "/okayama/login/?said=password");
        let said = browser.get(set.to()).await;
        assert!(said.body.contains("新しいパスワードを設定しました。"));
        assert!(
            signs_in(&world, &user_id, NEW).await && !signs_in(&world, &user_id, PASSWORD).await
        );
        assert_eq!(signed_in.get("/okayama/me/").await.to(), "/okayama/login/?said=first");
        assert_eq!(browser.get("/okayama/forgotten/password").await.status, 410);
    }
}

#[tokio::test]
async fn q18_the_link_of_the_mail_works_on_another_device_and_once() {
    let world = world().await;
    let (_, user_id) = world.registered(TARO).await;
    asked(&world, TARO).await;
    let text = mail(&world, TARO).await;
    let link = format!("/okayama/forgotten/open/{}", after(&text, "/okayama/forgotten/open/"));
    let scanner = world.browser().get(&link).await;
    assert_eq!(scanner.status, 200, "whoever only looks uses nothing up");
    let mut telephone = world.browser();
    telephone.get(&link).await;
    for _double_tap in 0..2 {
        assert_eq!(telephone.post(&link, &[]).await.to(), "/okayama/forgotten/password");
    }
    let late = world.browser().post(&link, &[]).await;
    assert_eq!(late.status, 410);
    assert!(late.body.contains("このURLはすでに使われています"));
    let fields = [("password", " kawa to sora"), ("password_again", " kawa to sora")];
    let set = telephone.post("/okayama/forgotten/password", &fields).await;
    assert_eq!(set.to(), "/okayama/login/?said=password-blanks", "q20: blanks are pointed out");
    assert!(telephone.get(set.to()).await.body.contains("空白が入っています。"));
    assert!(signs_in(&world, &user_id, " kawa to sora").await);
}

/// S-09. Mutation: the page of an address without an account differs in a byte, a status or a header.
#[tokio::test]
async fn no_page_tells_whether_an_address_has_an_account() {
    for world in worlds().await {
        world.registered(TARO).await;
        let mut seen = Vec::new();
        for address in [TARO, "naro@example.jp"] {
            let mut browser = world.browser();
            let sent = browser.post("/okayama/forgotten/", &[("mail", address)]).await;
            let cookie = sent.header("set-cookie").len();
            let page = browser.get("/okayama/forgotten/sent").await;
            let body = page.body.replace(address.split('@').next().unwrap(), "NAME");
            let wrong = browser.post("/okayama/forgotten/code", &[("code", "000000")]).await;
            let wrong_body = wrong.body.replace(address.split('@').next().unwrap(), "NAME");
            seen.push((sent.status, sent.to().to_owned(), cookie, body, wrong.status, wrong_body));
        }
        assert_eq!(seen[0], seen[1]);
    }
}

#[tokio::test]
async fn bad_addresses_and_too_many_are_told() {
    let world = world().await;
    let seen = world.browser().post("/okayama/forgotten/", &[("mail", "taro")]).await;
    assert_eq!(seen.status, 422);
    assert!(!seen.fault("mail").is_empty() && seen.body.contains("value=\"taro\""));
    for _ in 0..3 {
        asked(&world, TARO).await;
    }
    let seen = world.browser().post("/okayama/forgotten/", &[("mail", TARO)]).await;
    assert_eq!((seen.status.as_u16(), seen.header("retry-after")), (429, "3600"));
}

#[tokio::test]
async fn the_cookie_is_for_this_host_alone_and_hidden_from_scripts() {
    let world = https_world().await;
    let sent = world.browser().post("/okayama/forgotten/", &[("mail", TARO)]).await;
    let cookie = sent.header("set-cookie");
    assert!(cookie.starts_with("__Host-recovery="), "{cookie}");
    for part in ["; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"] {
        assert!(cookie.contains(part), "{cookie}");
    }
}

/// Q30, and S-10: the password that holds is asked for, and every other browser is signed out. Mutations: it is not
/// compared; sessions go on; this one ends.
#[tokio::test]
async fn q30_who_is_signed_in_changes_the_password_with_the_one_that_holds() {
    for world in worlds().await {
        let (mut browser, user_id) = world.signed_in(TARO).await;
        let mut other = world.browser();
        let fields = [("user_id", user_id.as_str()), ("password", PASSWORD)];
        assert_eq!(other.post("/okayama/login/", &fields).await.to(), "/okayama/me/");
        let page = browser.get("/okayama/me/password").await;
        assert!(page.body.contains("autocomplete=\"current-password\""), "{}", page.body);
        let change =
            |current, new| [("current", current), ("password", new), ("password_again", new)];
        let wrong = browser.post("/okayama/me/password", &change("kawa", NEW)).await;
        assert_eq!(wrong.status, 422);
        assert_eq!(
            wrong.fault("current"),
            "いまのパスワードが違います。もう一度入力してください。"
        );
        let common = browser.post("/okayama/me/password", &change(PASSWORD, "password")).await;
        assert!(common.fault("password").starts_with("よく使われるパスワードです。"));
        assert!(!common.body.contains(PASSWORD));
        let done = browser.post("/okayama/me/password", &change(PASSWORD, NEW)).await;
        assert_eq!(done.to(), "/okayama/me/password?said=saved");
        assert!(browser.get(done.to()).await.body.contains("パスワードを変更しました。"));
        assert_eq!(other.get("/okayama/me/").await.to(), "/okayama/login/?said=first");
        assert!(
            signs_in(&world, &user_id, NEW).await && !signs_in(&world, &user_id, PASSWORD).await
        );
        assert!(mail(&world, TARO).await.contains("変更された項目: パスワード"));
    }
}

/// Whoever finds a browser left open cannot try passwords in it.
#[tokio::test]
async fn the_password_that_holds_is_guessed_five_times_and_no_more() {
    let world = world().await;
    let (mut browser, _) = world.signed_in(TARO).await;
    let guess = [("current", "kawa"), ("password", NEW), ("password_again", NEW)];
    for _ in 0..5 {
        assert_eq!(browser.post("/okayama/me/password", &guess).await.status, 422);
    }
    let right = [("current", PASSWORD), ("password", NEW), ("password_again", NEW)];
    let sixth = browser.post("/okayama/me/password", &right).await;
    assert_eq!((sixth.status.as_u16(), sixth.header("retry-after")), (429, "60"));
}
