//! The help pages: every question of the FAQ, answered from what the group has decided.

use crate::world::world;

/// What a section of the help page says: from the question's heading to the next one.
fn section<'a>(body: &'a str, id: &str) -> &'a str {
    let begins = format!("<h3 id=\"{id}\">");
    let (_, rest) = body.split_once(&begins).unwrap_or_else(|| panic!("no question {id}"));
    rest.split("</section>").next().unwrap_or_default()
}

/// Each answer names what this group has decided, and leads to the page that helps. Mutation: days, minutes, hours or
/// domain are written into the words.
#[tokio::test]
async fn q33_every_question_of_the_faq_is_answered_from_the_policy() {
    let seen = world().await.browser().get("/okayama/help/").await;
    assert_eq!(seen.status.as_u16(), 200);
    assert!(seen.title().starts_with("よくあるご質問 | "), "{}", seen.title());
    for (question, says) in [
        ("start", "href=\"/okayama/new/\""),
        ("instalments", "一括払いのみ"),
        ("amount", "受診日の約4日後"),
        ("cash", "診察券を通さないで"),
        ("inpatient", "入院窓口へ"),
        ("hospitals", "岡山市立市民病院、岡山市立せのお病院のどちらでも"),
        ("no-mail", "「@s7.medicalpay.jp」"),
        ("no-mail", "ご自分で設定していなくても"),
        ("cards", "お使いいただけません"),
        ("sign-in", "診察券の番号ではありません"),
        ("sign-in", "大文字と小文字"),
        ("sign-in", "前後に空白"),
        ("sign-in", "href=\"/okayama/forgotten/\""),
        ("how", "後払い利用票と受付ファイルを、計算窓口へ"),
        ("how", "15分ほど"),
        ("how", "診療の受付になりません"),
        ("hours", "岡山市立市民病院：平日 7:45〜17:00"),
        ("no-slip", "登録完了のメール"),
        ("no-slip", "ご利用の条件により"),
        ("receipt", "お支払い完了のメールが届いたあとに"),
        ("change", "いつでも変更できます"),
        ("withdraw", "窓口へお申し出ください"),
    ] {
        let answer = section(&seen.body, question);
        assert!(answer.contains(says), "{question} does not say {says}: {answer}");
    }
    assert!(seen.body.contains("tel:0867373000"), "whom to call");
}

/// From each page of the group one finds help, privacy and accessibility.
#[tokio::test]
async fn every_page_leads_to_help() {
    let world = world().await;
    let seen = world.browser().get("/okayama/login/").await;
    for (path, title) in [
        ("help/", "よくあるご質問"),
        ("help/privacy", "個人情報の取り扱い"),
        ("help/accessibility", "アクセシビリティについて"),
    ] {
        assert!(seen.body.contains(&format!("<a href=\"/okayama/{path}\">{title}</a>")), "{path}");
        let page = world.browser().get(&format!("/okayama/{path}")).await;
        assert!(page.title().starts_with(title), "{}", page.title());
    }
    let nowhere = world.browser().get("/unknown/help/").await;
    assert_eq!(nowhere.status.as_u16(), 404);
}
