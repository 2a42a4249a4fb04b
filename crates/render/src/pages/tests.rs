//! Renders every sample of every page and looks at what a browser would be given.

use super::machine;
use super::portal::*;
use crate::assets::MACHINE_SCRIPT;
use crate::words::JA;
use askama::Template;
use std::collections::BTreeSet;

/// Every sample with a name: `home-1`, `home-2`, ….
fn every_sample() -> Vec<(String, String)> {
    let mut all = Vec::new();
    add(&mut all, "home", HomePage::samples(&JA));
    add(&mut all, "help", HelpPage::samples(&JA));
    add(&mut all, "statement", StatementPage::samples(&JA));
    add(&mut all, "ceiling", CeilingPage::samples(&JA));
    add(&mut all, "consent", ConsentPage::samples(&JA));
    add(&mut all, "terms", TermsPage::samples(&JA));
    add(&mut all, "address", AddressPage::samples(&JA));
    add(&mut all, "question", QuestionPage::samples(&JA));
    add(&mut all, "sent", SentPage::samples(&JA));
    add(&mut all, "open", OpenPage::samples(&JA));
    add(&mut all, "details", DetailsPage::samples(&JA));
    add(&mut all, "check", CheckPage::samples(&JA));
    add(&mut all, "card", CardPage::samples(&JA));
    add(&mut all, "card-refused", CardRefusedPage::samples(&JA));
    add(&mut all, "card-away", CardAwayPage::samples(&JA));
    add(&mut all, "change-card", ChangeCardPage::samples(&JA));
    add(&mut all, "done", DonePage::samples(&JA));
    add(&mut all, "sign-in", SignInPage::samples(&JA));
    add(&mut all, "recover", RecoverPage::samples(&JA));
    add(&mut all, "recover-sent", RecoverSentPage::samples(&JA));
    add(&mut all, "recover-open", RecoverOpenPage::samples(&JA));
    add(&mut all, "new-password", NewPasswordPage::samples(&JA));
    add(&mut all, "own-details", OwnDetailsPage::samples(&JA));
    add(&mut all, "change-password", ChangePasswordPage::samples(&JA));
    add(&mut all, "cancel", CancelPage::samples(&JA));
    add(&mut all, "cancelled", CancelledPage::samples(&JA));
    add(&mut all, "tax-year", TaxYearPage::samples(&JA));
    add(&mut all, "me", MePage::samples(&JA));
    add(&mut all, "problem", ProblemPage::samples(&JA));
    add(&mut all, "machine-idle", machine::IdlePage::samples(&JA));
    add(&mut all, "machine-enrol", machine::EnrolPage::samples(&JA));
    add(&mut all, "machine-accepted", machine::AcceptedPage::samples(&JA));
    add(&mut all, "machine-again", machine::AgainPage::samples(&JA));
    add(&mut all, "machine-no-paper", machine::NoPaperPage::samples(&JA));
    add(&mut all, "machine-refused", machine::RefusedPage::samples(&JA));
    add(&mut all, "machine-closed", machine::ClosedPage::samples(&JA));
    add(&mut all, "machine-fault", machine::FaultPage::samples(&JA));
    all
}

fn add<T: Template>(all: &mut Vec<(String, String)>, name: &str, samples: Vec<T>) {
    for (index, sample) in samples.iter().enumerate() {
        all.push((format!("{name}-{}", index + 1), sample.render().unwrap()));
    }
}

/// A start or end tag as it stands in the text, and its name.
fn tags(html: &str) -> Vec<(&str, &str)> {
    let inner =
        html.split('<').skip(1).map(|part| part.split_once('>').expect("a < without its >").0);
    inner.map(|tag| (tag, tag.trim_start_matches('/').split([' ', '\n']).next().unwrap())).collect()
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split_once('"').map(|(value, _)| value)
}

#[test]
fn every_page_is_well_formed() {
    const EMPTY: &[&str] = &["meta", "link", "img", "input", "br", "wbr", "!DOCTYPE"];
    for (name, html) in every_sample() {
        let mut open: Vec<&str> = Vec::new();
        for (tag, element) in tags(&html) {
            if tag.starts_with('/') {
                assert_eq!(open.pop(), Some(element), "{name}: </{element}> closes something else");
            } else if !EMPTY.contains(&element) && !tag.ends_with('/') {
                open.push(element);
            }
        }
        assert!(open.is_empty(), "{name}: {open:?} stay open");
        assert_eq!(html.matches("<h1").count(), 1, "{name} has one first heading");
    }
}

#[test]
fn every_field_has_a_label_and_every_id_is_its_own() {
    for (name, html) in every_sample() {
        let tags = tags(&html);
        let ids: Vec<_> = tags.iter().filter_map(|(tag, _)| attribute(tag, "id")).collect();
        let own: BTreeSet<_> = ids.iter().copied().collect();
        assert_eq!(ids.len(), own.len(), "{name}: an id stands twice in {ids:?}");
        let labelled: BTreeSet<_> =
            tags.iter().filter_map(|(tag, _)| attribute(tag, "for")).collect();
        for (tag, element) in &tags {
            if *element == "input"
                && attribute(tag, "type") != Some("hidden")
                && !tag.starts_with('/')
            {
                let id = attribute(tag, "id").unwrap_or_default();
                assert!(labelled.contains(id), "{name}: no label for {tag}");
            }
            for to in ["aria-describedby", "aria-labelledby"] {
                for id in attribute(tag, to).unwrap_or_default().split_whitespace() {
                    assert!(own.contains(id), "{name}: {to} leads nowhere in {tag}");
                }
            }
            if let Some(id) = attribute(tag, "href").and_then(|href| href.strip_prefix('#')) {
                assert!(own.contains(id), "{name}: #{id} leads nowhere");
            }
        }
    }
}

/// The security policy of the pages allows no inline style and no script but the kiosk's own file.
#[test]
fn no_page_needs_what_the_policy_forbids() {
    for (name, html) in every_sample() {
        let kiosk = format!("<script src=\"{}\" defer></script>", MACHINE_SCRIPT.href());
        let html = if name.starts_with("machine-") { html.replace(&kiosk, "") } else { html };
        assert!(!html.contains("<script") && !html.contains("<style"), "{name}");
        for (tag, _) in tags(&html) {
            assert!(!tag.contains(" style=") && !tag.contains(" onclick="), "{name}: {tag}");
        }
    }
}

#[test]
fn a_page_with_mistakes_says_so_in_its_title() {
    for (name, html) in every_sample() {
        let title = html.split("<title>").nth(1).unwrap();
        // The kiosk's one field says what is wrong with it beside it.
        let mistakes = html.contains("class=\"summary\"")
            || (name.starts_with("machine-") && html.contains("aria-invalid"));
        assert_eq!(title.starts_with("エラー: "), mistakes, "{name}");
    }
}

#[test]
fn words_never_used_to_patients_stand_on_no_page() {
    for (name, html) in every_sample() {
        for word in ["滞納", "未払い者", "拒否", "誤りです", "Unknown", "あと払い"]
        {
            assert!(!html.contains(word), "{name}: {word}");
        }
    }
}

#[test]
fn the_first_page_is_small() {
    let (_, html) = every_sample().swap_remove(0);
    assert!(html.len() < 20_000, "{} bytes", html.len());
}

/// `SAMPLES_TO=/some/folder cargo test -p atobarai-render samples_are_written` writes every sample
/// there, to be looked at in a browser.
#[test]
fn samples_are_written_where_somebody_asks_for_them() {
    let Some(folder) = std::env::var_os("SAMPLES_TO").map(std::path::PathBuf::from) else { return };
    for asset in crate::assets::ALL {
        let at = folder.join(asset.href().trim_start_matches('/'));
        std::fs::create_dir_all(at.parent().unwrap()).unwrap();
        std::fs::write(at, asset.bytes).unwrap();
    }
    for (name, html) in every_sample() {
        let html = html.replace("\"/assets/", "\"assets/").replace("/okayama/qr.svg", "qr.svg");
        std::fs::write(folder.join(format!("{name}.html")), html).unwrap();
    }
    let qr = crate::papers::qr_svg("https://s7.medicalpay.jp/okayama/new/").unwrap();
    std::fs::write(folder.join("qr.svg"), qr).unwrap();
}

/// Mutation: an answer is fixed words. The second sample is of a group that has decided otherwise than the FAQ.
#[test]
fn help_says_what_another_group_has_decided() {
    let [_, other] = HelpPage::samples(&JA).try_into().ok().expect("two samples");
    let html = other.render().unwrap();
    for says in [
        "「登録をやめる」から手続きできます",
        "受診日の約7日後",
        "その2日前にも",
        "その日からすぐに",
        "お使いいただける場合があります",
    ] {
        assert!(html.contains(says), "{says}");
    }
    for never in ["約4日後", "15分", "どちらでもお使い"] {
        assert!(!html.contains(never), "{never}");
    }
}
