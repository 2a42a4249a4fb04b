//! Forgotten user IDs and passwords (FAQ Q15, Q18; S-09, S-12, S-32).

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod people;

use app::ids::token_hash;
use app::recover::{self, Asked, CodeEntered, Link, PasswordSet};
use app::sign_in::{self, SignIn};
use domain::group::GroupSlug;
use domain::password::PasswordFault;
use outbound::mail::StoredMail;
use people::{PASSWORD, World, network, okayama, phone, worlds, yamada};

const TARO: &str = "taro@example.jp";
const NEW: &str = "kawa to sora";

async fn ask(world: &World, mail: &str) -> Asked {
    recover::ask(&world.app, &okayama(), mail, &phone()).await.unwrap()
}

/// Asks, and gives the browser's token and the mail.
async fn asked(world: &World, mail: &str) -> (String, StoredMail) {
    let answer = ask(world, mail).await;
    let Asked::Sent { browser_token, .. } = answer else { panic!("{answer:?}") };
    (browser_token, world.mails_to(mail).await.pop().unwrap())
}

fn link_in(mail: &StoredMail) -> String {
    let (_, rest) = mail.text.split_once("/forgotten/open/").unwrap();
    rest.split_whitespace().next().unwrap().to_owned()
}

fn code_in(mail: &StoredMail) -> String {
    let six = |word: &&str| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit());
    mail.text.split_whitespace().find(six).unwrap().to_owned()
}

async fn enter(world: &World, browser: &str, code: &str) -> CodeEntered {
    recover::enter_code(&world.app, &okayama(), browser, code, &phone()).await.unwrap()
}

async fn set(world: &World, browser: &str, password: &str) -> PasswordSet {
    recover::set_password(&world.app, &okayama(), browser, (password, password)).await.unwrap()
}

async fn signs_in(world: &World, user_id: &str, password: &str) -> bool {
    matches!(world.sign_in(user_id, password, &phone()).await, SignIn::Ok { .. })
}

fn another(code: &str) -> String {
    if code == "123456" { "654321".to_owned() } else { "123456".to_owned() }
}

#[tokio::test]
async fn q15_a_forgotten_user_id_comes_by_mail_and_nothing_changes() {
    for world in worlds().await {
        let completed = world.registered(TARO, &yamada()).await;
        let typed = ask(&world, " ＴＡＲＯ@example.jp　").await;
        assert!(matches!(typed, Asked::Sent { .. }), "{typed:?}");
        let mail = world.mails_to("TARO@example.jp").await.pop().unwrap();
        assert!(mail.text.contains(completed.user_id.as_str()), "{}", mail.text);
        assert!(signs_in(&world, completed.user_id.as_str(), PASSWORD).await);
    }
}

#[tokio::test]
async fn q18_a_code_leads_to_a_new_password_once() {
    for world in worlds().await {
        let user_id = world.registered(TARO, &yamada()).await.user_id;
        let (browser, mail) = asked(&world, TARO).await;
        let code = code_in(&mail);
        assert_eq!(set(&world, &browser, NEW).await, PasswordSet::Nothing, "nothing is proved yet");
        assert_eq!(enter(&world, &browser, "12345").await, CodeEntered::NotACode);
        assert_eq!(enter(&world, &browser, &another(&code)).await, CodeEntered::Wrong);
        assert_eq!(enter(&world, &browser, &code).await, CodeEntered::Right);
        assert!(recover::may_choose(&world.app, &okayama(), &browser).await.unwrap());
        let elsewhere = GroupSlug::parse("elsewhere").unwrap();
        assert!(!recover::may_choose(&world.app, &elsewhere, &browser).await.unwrap());
        let there = recover::set_password(&world.app, &elsewhere, &browser, (NEW, NEW)).await;
        assert_eq!(there.unwrap(), PasswordSet::Nothing, "a portal of another group");
        let blanks = PasswordSet::Done { edge_blanks: false };
        assert_eq!(set(&world, &browser, NEW).await, blanks);
        assert!(signs_in(&world, user_id.as_str(), NEW).await);
        assert!(!signs_in(&world, user_id.as_str(), PASSWORD).await);
        assert_eq!(set(&world, &browser, "mori to tani").await, PasswordSet::Nothing);
        let link =
            recover::look(&world.app, &okayama(), &link_in(&mail), Some(&browser)).await.unwrap();
        assert_eq!(link, Link::Used);
        assert!(signs_in(&world, user_id.as_str(), NEW).await);
    }
}

#[tokio::test]
async fn q18_a_link_leads_to_a_new_password_in_the_browser_that_opened_it() {
    for world in worlds().await {
        let user_id = world.registered(TARO, &yamada()).await.user_id;
        let (asking, mail) = asked(&world, TARO).await;
        let link = link_in(&mail);
        let looked = recover::look(&world.app, &okayama(), &link, None).await.unwrap();
        let Link::Ready { browser_token: Some(telephone) } = looked else { panic!("{looked:?}") };
        let again = recover::look(&world.app, &okayama(), &link, Some(&telephone)).await.unwrap();
        assert_eq!(again, Link::Ready { browser_token: None });
        for _double_tap in 0..2 {
            let opened =
                recover::open(&world.app, &okayama(), &link, Some(&telephone)).await.unwrap();
            assert_eq!(opened, Link::GoOn { browser_token: None });
        }
        let elsewhere = GroupSlug::parse("elsewhere").unwrap();
        let strange = recover::open(&world.app, &elsewhere, &link, Some(&telephone)).await.unwrap();
        assert_eq!(strange, Link::Unknown, "a portal of another group");
        let elsewhere = recover::open(&world.app, &okayama(), &link, None).await.unwrap();
        assert_eq!(elsewhere, Link::Used);
        assert_eq!(set(&world, &asking, NEW).await, PasswordSet::Nothing, "another browser asked");
        assert_eq!(
            enter(&world, &asking, &code_in(&mail)).await,
            CodeEntered::Nothing,
            "the link was first"
        );
        assert!(matches!(set(&world, &telephone, NEW).await, PasswordSet::Done { .. }));
        assert!(signs_in(&world, user_id.as_str(), NEW).await);
    }
}

/// S-09. Mutation: a page, or what is kept, tells whether the address is known.
#[tokio::test]
async fn an_address_without_an_account_is_answered_alike_and_told_by_mail_only() {
    for world in worlds().await {
        world.registered(TARO, &yamada()).await;
        let rows = |world: &World| world.number("SELECT count(*) FROM recoveries");
        let (_, known) = asked(&world, TARO).await;
        assert_eq!(rows(&world), 1);
        let (browser, unknown) = asked(&world, "nobody@example.jp").await;
        assert_eq!(rows(&world), 2);
        assert!(unknown.text.contains("このメールアドレスでの登録は見つかりませんでした。"));
        assert!(!unknown.text.contains("/forgotten/open/") && known.text.contains("確認コード"));
        for code in 0..5 {
            let entered = enter(&world, &browser, &format!("{code:06}")).await;
            let last = if code == 4 { CodeEntered::TooManyWrong } else { CodeEntered::Wrong };
            assert_eq!(entered, last, "no code is right, and five are tried as anywhere");
        }
    }
}

/// S-12. Mutation: a wrong code is not counted, or counted after it was compared.
#[tokio::test]
async fn the_sixth_code_is_not_even_looked_at() {
    for world in worlds().await {
        world.registered(TARO, &yamada()).await;
        let (browser, mail) = asked(&world, TARO).await;
        let code = code_in(&mail);
        for _ in 0..5 {
            enter(&world, &browser, &another(&code)).await;
        }
        assert_eq!(enter(&world, &browser, &code).await, CodeEntered::TooManyWrong);
        let opened = recover::open(&world.app, &okayama(), &link_in(&mail), None).await.unwrap();
        assert!(matches!(opened, Link::GoOn { .. }), "guessing shuts nobody's link: {opened:?}");
    }
}

/// S-12: ten minutes for the mail, and ten for the password.
#[tokio::test]
async fn link_code_and_form_end_after_ten_minutes() {
    for world in worlds().await {
        world.registered(TARO, &yamada()).await;
        let (browser, mail) = asked(&world, TARO).await;
        world.pass_s(599);
        assert_eq!(enter(&world, &browser, &code_in(&mail)).await, CodeEntered::Right);
        world.pass_s(599);
        assert!(recover::may_choose(&world.app, &okayama(), &browser).await.unwrap());
        world.pass_s(1);
        assert_eq!(set(&world, &browser, NEW).await, PasswordSet::Nothing);
        let (browser, mail) = asked(&world, TARO).await;
        world.pass_s(600);
        assert_eq!(enter(&world, &browser, &code_in(&mail)).await, CodeEntered::Nothing);
        let link = recover::look(&world.app, &okayama(), &link_in(&mail), None).await.unwrap();
        assert_eq!(link, Link::Expired);
        let opened = recover::open(&world.app, &okayama(), &link_in(&mail), None).await.unwrap();
        assert_eq!(opened, Link::Expired);
    }
}

/// A new password shuts out whoever had the old one, and whoever had an earlier mail; its owner is told.
#[tokio::test]
async fn a_new_password_ends_sessions_and_earlier_mails_and_is_told() {
    for world in worlds().await {
        let user_id = world.registered(TARO, &yamada()).await.user_id;
        let signed_in = world.sign_in(user_id.as_str(), PASSWORD, &phone()).await;
        let SignIn::Ok { session_token } = signed_in else { panic!("{signed_in:?}") };
        let (_, earlier) = asked(&world, TARO).await;
        let (browser, mail) = asked(&world, TARO).await;
        assert_eq!(enter(&world, &browser, &code_in(&mail)).await, CodeEntered::Right);
        assert!(matches!(set(&world, &browser, NEW).await, PasswordSet::Done { .. }));
        assert_eq!(sign_in::session(&world.app, &session_token).await.unwrap(), None);
        let link = recover::open(&world.app, &okayama(), &link_in(&earlier), None).await.unwrap();
        assert_eq!(link, Link::Used);
        let told = world.mails_to(TARO).await.pop().unwrap();
        assert!(told.text.contains("変更された項目: パスワード"), "{}", told.text);
        let acts = "SELECT count(*) FROM audit_entries WHERE act = 'password_changed'";
        assert_eq!(world.number(acts), 1);
    }
}

#[tokio::test]
async fn a_new_password_is_held_to_the_rules_of_the_first() {
    for world in worlds().await {
        world.registered(TARO, &yamada()).await;
        let (browser, mail) = asked(&world, TARO).await;
        enter(&world, &browser, &code_in(&mail)).await;
        for (password, fault) in [
            ("", PasswordFault::Missing),
            ("short", PasswordFault::TooShort),
            ("password", PasswordFault::TooCommon),
            ("taro 0901", PasswordFault::TooPersonal),
            ("x09012345678", PasswordFault::TooPersonal),
            ("no 19500401", PasswordFault::TooPersonal),
            ("no 12345 12345", PasswordFault::TooPersonal),
        ] {
            assert_eq!(set(&world, &browser, password).await, PasswordSet::Mistake(fault));
        }
        let differs =
            recover::set_password(&world.app, &okayama(), &browser, (NEW, PASSWORD)).await.unwrap();
        assert_eq!(differs, PasswordSet::Mistake(PasswordFault::RepeatedDifferently));
        let blank = PasswordSet::Done { edge_blanks: true };
        assert_eq!(set(&world, &browser, " kawa to sora").await, blank);
    }
}

/// S-32: a mailbox is not flooded, whoever asks; and a network does not try every address.
#[tokio::test]
async fn mails_to_one_address_and_from_one_network_are_limited() {
    for world in worlds().await {
        for _ in 0..3 {
            assert!(matches!(ask(&world, TARO).await, Asked::Sent { .. }));
        }
        let far = network(77);
        let fourth = recover::ask(&world.app, &okayama(), TARO, &far).await.unwrap();
        assert_eq!(fourth, Asked::TooMany { try_again_s: 3_600 });
        assert_eq!(world.mails_to(TARO).await.len(), 3);
        let mut answers = Vec::new();
        for number in 0..21 {
            let mail = format!("p{number}@example.jp");
            answers.push(recover::ask(&world.app, &okayama(), &mail, &far).await.unwrap());
        }
        let sent = |answer: &&Asked| matches!(answer, Asked::Sent { .. });
        assert_eq!(answers.iter().filter(sent).count(), 19, "one was asked before");
    }
}

#[tokio::test]
async fn neither_link_nor_code_nor_cookie_stands_in_the_database() {
    for world in worlds().await {
        world.registered(TARO, &yamada()).await;
        let (browser, mail) = asked(&world, TARO).await;
        let columns = "SELECT link_hash || browser_hash || code_blind FROM recoveries";
        let kept = world.texts(columns).concat();
        for secret in [&browser, &link_in(&mail), &code_in(&mail)] {
            assert!(!kept.contains(secret.as_str()), "{secret}");
        }
        assert!(kept.contains(&token_hash(&browser)));
    }
}
