//! What each mail says, and what none may say.

use super::*;
use domain::time::Day;
use domain::yen::Yen;

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn contact() -> Contact {
    Contact {
        hospital: "岡山市立市民病院".to_owned(),
        phone: "086-737-3000".to_owned(),
        hours: "平日 8:30〜17:00".to_owned(),
    }
}

fn paid() -> PaymentCompletedMail {
    PaymentCompletedMail {
        name: "髙橋 花子".to_owned(),
        hospital: "岡山市立市民病院".to_owned(),
        visit_day: day("2026-12-28"),
        amount: Yen::new(7_930).unwrap(),
        paid_on: day("2027-01-01"),
        brand: "VISA".to_owned(),
        last_four: "4242".to_owned(),
        machine_hours: "平日 7:45〜17:00 (土曜・日曜・祝日・年末年始を除く)".to_owned(),
        login_url: "https://s7.medicalpay.jp/okayama/login/".to_owned(),
        contact: contact(),
    }
}

fn failed(retry_on: Option<Day>) -> PaymentFailedMail {
    PaymentFailedMail {
        name: "山田 太郎".to_owned(),
        hospital: "岡山市立市民病院".to_owned(),
        visit_day: day("2026-11-20"),
        deadline: day("2026-12-01"),
        retry_on,
        card_helps: retry_on.is_some(),
        login_url: "https://s7.medicalpay.jp/okayama/login/".to_owned(),
        contact: contact(),
    }
}

fn every_mail() -> Vec<MailContent> {
    let login_url = "https://s7.medicalpay.jp/okayama/login/".to_owned();
    vec![
        application_url(&ApplicationUrlMail {
            group_name: "岡山市立病院 医療費後払いサービス".to_owned(),
            url: "https://s7.medicalpay.jp/okayama/new/abc".to_owned(),
            hours: 24,
        }),
        already_registered(&AlreadyRegisteredMail {
            group_name: "岡山市立病院 医療費後払いサービス".to_owned(),
            login_url: login_url.clone(),
            contacts: vec![contact()],
        }),
        registration_completed(&RegistrationCompletedMail {
            name: "山田 太郎".to_owned(),
            user_id: "tkma4829".to_owned(),
            usable_from: day("2026-11-24").begins().plus_minutes(615),
            hospitals: vec!["岡山市立市民病院".to_owned(), "岡山市立せのお病院".to_owned()],
            login_url,
            contacts: vec![contact()],
        }),
        recovery(&RecoveryMail {
            group_name: "岡山市立病院 医療費後払いサービス".to_owned(),
            user_id: "tkma4829".to_owned(),
            url: "https://s7.medicalpay.jp/okayama/forgotten/open/abc".to_owned(),
            code: "048213".to_owned(),
            minutes: 10,
            contacts: vec![contact()],
        }),
        not_registered(&NotRegisteredMail {
            group_name: "岡山市立病院 医療費後払いサービス".to_owned(),
            register_url: "https://s7.medicalpay.jp/okayama/new/".to_owned(),
            contacts: vec![contact()],
        }),
        data_changed(&DataChangedMail {
            name: "山田 太郎".to_owned(),
            group_name: "岡山市立病院 医療費後払いサービス".to_owned(),
            items: vec![ChangedItem::Password],
            changed_at: day("2026-11-24").begins().plus_minutes(615),
            login_url: "https://s7.medicalpay.jp/okayama/login/".to_owned(),
            contacts: vec![contact()],
        }),
        card_expiring(&CardExpiringMail {
            name: "山田 太郎".to_owned(),
            group_name: "岡山市立病院 医療費後払いサービス".to_owned(),
            brand: "VISA".to_owned(),
            last_four: "4242".to_owned(),
            expiry: domain::card::Expiry { year: 2026, month: 12 },
            login_url: "https://s7.medicalpay.jp/okayama/login/".to_owned(),
            contacts: vec![contact()],
        }),
        registration_cancelled(&RegistrationCancelledMail {
            name: "山田 太郎".to_owned(),
            group_name: "岡山市立病院 医療費後払いサービス".to_owned(),
            cancelled_at: day("2026-11-24").begins().plus_minutes(615),
            open_visits: 1,
            register_url: "https://s7.medicalpay.jp/okayama/new/".to_owned(),
            contacts: vec![contact()],
        }),
        payment_completed(&paid()),
        payment_failed(&failed(Some(day("2026-11-27")))),
        payment_failed(&failed(None)),
    ]
    .into_iter()
    .map(|mail| mail.unwrap())
    .collect()
}

#[test]
fn q04_the_mails_read_like_this() {
    let all = every_mail();
    let whole: Vec<_> =
        all.iter().map(|mail| format!("件名: {}\n\n{}", mail.subject, mail.text)).collect();
    insta::assert_snapshot!(whole.join("\n========\n"));
    insta::assert_snapshot!("payment_completed_html", all[7].html);
}

#[test]
fn each_mail_has_one_url_short_lines_and_a_subject_without_an_amount() {
    for mail in every_mail() {
        assert_eq!(mail.text.matches("://").count(), 1, "{}", mail.text);
        assert!(
            !mail.subject.contains('円') && mail.subject.chars().count() <= 30,
            "{}",
            mail.subject
        );
        for line in mail.text.lines().filter(|line| !line.contains("://")) {
            let columns: usize = line.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
            assert!(columns <= 62, "{line}");
        }
        assert!(!mail.text.contains("\n\n\n"), "{}", mail.text);
    }
}

/// `domain.md` 7.2: signs that old phones cannot show stand in no sentence of ours.
#[test]
fn signs_that_depend_on_the_machine_are_not_used() {
    for mail in every_mail() {
        let ours = mail.text.replace("髙橋", "");
        assert!(!ours.contains(['①', '②', '㈱', '髙', '﨑', '～', '№', '℡']), "{ours}");
    }
}

#[test]
fn a_name_cannot_write_html() {
    let mail = PaymentCompletedMail { name: "<b>&\"'".to_owned(), ..paid() };
    let html = payment_completed(&mail).unwrap().html;
    assert!(!html.contains("<b>"), "{html}");
}

#[test]
fn q28_a_visit_of_december_paid_in_january_is_told_with_both_days() {
    let text = payment_completed(&paid()).unwrap().text;
    assert!(text.contains("受診日: 2026年12月28日(月)"));
    assert!(text.contains("お支払い日: 2027年1月1日(金)"));
    assert!(text.contains("領収書の日付は、お支払い日です。"));
}

#[test]
fn another_attempt_is_told_only_where_there_will_be_one() {
    assert!(
        payment_failed(&failed(Some(day("2026-11-27"))))
            .unwrap()
            .text
            .contains("11月27日(金)にもう一度")
    );
    assert!(!payment_failed(&failed(None)).unwrap().text.contains("もう一度"));
}
