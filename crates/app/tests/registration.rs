//! Registration: what patients do, what they do wrong, and what others try (FAQ Q02, Q10-Q17, Q24).

mod people;

use app::register::{
    self, Begun, CardBack, CardRefusal, CardStart, Field, FieldFault, FilledIn, FormPage, Opened,
    Resent, StartTyped, Started,
};
use domain::mail_address::{MailAddress, MailAddressFault};
use domain::password::PasswordFault;
use domain::patient::{PatientNumberFault, PersonFault};
use people::{GOOD_CARD, World, okayama, patient, phone, token_in, worlds, yamada};
use register::FormTyped;

const TARO: &str = "taro@example.jp";

/// The whole way, as FAQ Q02 tells it.
#[tokio::test]
async fn q02_q14_registration_leads_from_a_mail_address_to_a_user_id_by_mail() {
    for world in worlds().await {
        let completed = world.registered(TARO, &yamada()).await;
        assert_eq!(completed.mail.to_string(), TARO);
        let mails = world.mails_to(TARO).await;
        assert_eq!(mails.len(), 2);
        let user_id = completed.user_id.as_str();
        assert!(mails[1].text.contains(user_id), "{}", mails[1].text);
        assert!(user_id.bytes().all(|b| b.is_ascii_alphanumeric()));
        assert!(mails[1].text.contains("山田 太郎 様"));
        assert_eq!(world.number("SELECT count(*) FROM accounts"), 1);
        assert_eq!(
            world.number("SELECT count(*) FROM mandates WHERE terms_version = '2026-04'"),
            1
        );
        assert_eq!(
            world.number("SELECT count(*) FROM registrations WHERE draft_sealed IS NOT NULL"),
            0
        );
    }
}

#[tokio::test]
async fn q24_each_hospital_says_from_when_it_can_be_used() {
    for world in worlds().await {
        let completed = world.registered(TARO, &yamada()).await;
        let from = |code: &str| {
            completed.usable_from.iter().find(|at| at.code.as_str() == code).unwrap().from
        };
        assert_eq!(from("shimin"), people::minutes_after_start(15));
        assert_eq!(from("senoo"), people::minutes_after_start(0));
        let mails = world.mails_to(TARO).await;
        assert!(mails[1].text.contains("9時45分"), "{}", mails[1].text);
    }
}

#[tokio::test]
async fn q10_a_mistyped_address_is_asked_about_and_taken_when_insisted_on() {
    for world in worlds().await {
        let meant = MailAddress::parse("user@docomo.ne.jp").unwrap();
        assert_eq!(world.start("user@docomo.co.jp").await, Started::DidYouMean(meant));
        assert!(world.mails().await.is_empty());
        let insisting = StartTyped { mail: "user@docomo.co.jp", agreed_terms: true, insists: true };
        let started = register::start(&world.app, &okayama(), &insisting, &phone()).await.unwrap();
        assert!(matches!(started, Started::Sent(_)), "{started:?}");
        assert_eq!(world.start("taro").await, Started::Mistake(MailAddressFault::NoAt));
    }
}

#[tokio::test]
async fn q10_a_wrong_address_is_corrected_and_a_lost_mail_sent_again() {
    for world in worlds().await {
        assert!(matches!(world.start("tarou@example.jp").await, Started::Sent(_)));
        let Started::Sent(sent) = world.start(TARO).await else { panic!() };
        let Resent::Sent(again) =
            register::resend(&world.app, &sent.state_token, &phone()).await.unwrap()
        else {
            panic!()
        };
        assert_eq!((again.to, again.state_token), (sent.to, sent.state_token));
        let mails = world.mails_to(TARO).await;
        let tokens: Vec<String> = mails.iter().map(token_in).collect();
        assert_eq!(tokens.len(), 2);
        for token in &tokens {
            let opened = register::open(&world.app, token, None).await.unwrap();
            assert!(
                matches!(opened, Opened::Ready { .. }),
                "the earlier mail's URL works, too: {opened:?}"
            );
        }
        assert_eq!(
            register::resend(&world.app, "nobody's", &phone()).await.unwrap(),
            Resent::Unknown
        );
    }
}

#[tokio::test]
async fn without_the_terms_and_without_a_group_nothing_is_sent() {
    for world in worlds().await {
        let typed = StartTyped { mail: TARO, agreed_terms: false, insists: false };
        let started = register::start(&world.app, &okayama(), &typed, &phone()).await.unwrap();
        assert_eq!(started, Started::TermsNotAgreed);
        let typed = StartTyped { agreed_terms: true, ..typed };
        let nowhere = domain::group::GroupSlug::parse("nowhere").unwrap();
        let started = register::start(&world.app, &nowhere, &typed, &phone()).await.unwrap();
        assert_eq!(started, Started::UnknownGroup);
        assert!(world.mails().await.is_empty());
    }
}

/// `domain.md` 15: mail scanners open every URL in a mail before its reader does.
#[tokio::test]
async fn looking_at_the_url_does_not_use_it_up() {
    for world in worlds().await {
        let token = world.url_token(TARO).await;
        for _scanner in 0..3 {
            let opened = register::open(&world.app, &token, None).await.unwrap();
            assert!(matches!(opened, Opened::Ready { .. }), "{opened:?}");
        }
        let begun = register::begin_form(&world.app, &token, None).await.unwrap();
        assert!(matches!(begun, Begun::Form { .. }), "{begun:?}");
    }
}

#[tokio::test]
async fn a_url_works_once_and_goes_on_in_the_browser_that_opened_it() {
    for world in worlds().await {
        let token = world.url_token(TARO).await;
        let Opened::Ready { session_token: Some(cookie), .. } =
            register::open(&world.app, &token, None).await.unwrap()
        else {
            panic!()
        };
        for _press in 0..2 {
            let begun = register::begin_form(&world.app, &token, Some(&cookie)).await.unwrap();
            assert_eq!(
                begun,
                Begun::Form { group: okayama(), session_token: None },
                "a button pressed twice"
            );
        }
        let opened = register::open(&world.app, &token, Some(&cookie)).await.unwrap();
        assert_eq!(opened, Opened::GoOn { group: okayama() });
        for stranger in [None, Some("another cookie")] {
            let opened = register::open(&world.app, &token, stranger).await.unwrap();
            assert_eq!(opened, Opened::Used { group: okayama() });
            let begun = register::begin_form(&world.app, &token, stranger).await.unwrap();
            assert_eq!(begun, Begun::Used { group: okayama() });
        }
    }
}

#[tokio::test]
async fn a_url_ends_after_a_day_and_an_invented_one_leads_nowhere() {
    for world in worlds().await {
        let token = world.url_token(TARO).await;
        world.pass_s(24 * 3_600 - 1);
        assert!(matches!(
            register::open(&world.app, &token, None).await.unwrap(),
            Opened::Ready { .. }
        ));
        world.pass_s(1);
        let opened = register::open(&world.app, &token, None).await.unwrap();
        assert_eq!(opened, Opened::Expired { group: okayama() });
        let begun = register::begin_form(&world.app, &token, None).await.unwrap();
        assert_eq!(begun, Begun::Expired { group: okayama() });
        assert_eq!(register::open(&world.app, "invented", None).await.unwrap(), Opened::Unknown);
        assert_eq!(register::begin_form(&world.app, "", None).await.unwrap(), Begun::Unknown);
    }
}

#[tokio::test]
async fn a_family_registers_one_after_the_other_in_one_browser() {
    for world in worlds().await {
        let cookie = world.opened(TARO).await;
        let token = world.url_token("hanako@example.jp").await;
        let opened = register::open(&world.app, &token, Some(&cookie)).await.unwrap();
        assert!(matches!(&opened, Opened::Ready { session_token: Some(_), .. }), "{opened:?}");
        let begun = register::begin_form(&world.app, &token, Some(&cookie)).await.unwrap();
        let Begun::Form { session_token: Some(second), .. } = begun else { panic!("{begun:?}") };
        for (session, mail) in [(&cookie, TARO), (&second, "hanako@example.jp")] {
            let FormPage::Form { mail: shown, .. } =
                register::form(&world.app, session).await.unwrap()
            else {
                panic!()
            };
            assert_eq!(shown.to_string(), mail);
        }
    }
}

/// S-09: the page tells nothing; the mailbox's owner learns it from the mail.
#[tokio::test]
async fn no_answer_tells_whether_an_address_is_registered() {
    for world in worlds().await {
        world.registered(TARO, &yamada()).await;
        let rows = |world: &World| {
            ["registrations", "application_urls", "notices", "jobs", "audit_entries"]
                .map(|table| world.texts(&format!("SELECT CAST(count(*) AS TEXT) FROM {table}")))
                .concat()
                .iter()
                .map(|count| count.parse::<i64>().unwrap())
                .collect::<Vec<_>>()
        };
        let mut grown = Vec::new();
        for mail in [TARO, "nobody@example.jp"] {
            let before = rows(&world);
            let Started::Sent(sent) = world.start(mail).await else { panic!("{mail}") };
            assert_eq!((sent.to.to_string().as_str(), sent.legacy), (mail, false));
            let after = rows(&world);
            grown.push(
                after.iter().zip(before).map(|(after, before)| after - before).collect::<Vec<_>>(),
            );
        }
        assert_eq!(grown[0], grown[1], "both write as many rows of each kind");
        let known = world.mails_to(TARO).await;
        let unknown = world.mails_to("nobody@example.jp").await;
        assert_eq!((known.len(), unknown.len()), (3, 1));
        assert!(!known[2].text.contains("/new/open/") && known[2].text.contains("/okayama/login/"));
        assert!(unknown[0].text.contains("/new/open/"));
    }
}

/// S-32. The limits are counted in the database: a restart does not forget them.
#[tokio::test]
async fn an_address_gets_three_mails_an_hour_and_five_a_day() {
    for world in worlds().await {
        for _mail in 0..3 {
            assert!(matches!(world.start(TARO).await, Started::Sent(_)));
        }
        world.pass_s(600);
        assert_eq!(world.start(" Taro@EXAMPLE.jp").await, Started::TooMany { try_again_s: 3_000 });
        assert!(matches!(world.start("hanako@example.jp").await, Started::Sent(_)));
        world.pass_s(3_000);
        for _mail in 0..2 {
            assert!(matches!(world.start(TARO).await, Started::Sent(_)));
        }
        let refused = world.start(TARO).await;
        assert_eq!(
            refused,
            Started::TooMany { try_again_s: 82_800 },
            "a day after the first, not an hour"
        );
        assert_eq!(world.mails_to(TARO).await.len(), 5);
    }
}

/// Fails when the mailbox is not held while its mails are counted (on PostgreSQL).
#[tokio::test]
async fn of_six_requests_at_the_same_moment_three_send_a_mail() {
    for world in worlds().await {
        let ask = || world.start(TARO);
        let (a, b, c, d, e, f) = tokio::join!(ask(), ask(), ask(), ask(), ask(), ask());
        let sent =
            [a, b, c, d, e, f].iter().filter(|started| matches!(started, Started::Sent(_))).count();
        assert_eq!(sent, 3);
        assert_eq!(world.mails_to(TARO).await.len(), 3);
    }
}

#[tokio::test]
async fn one_network_cannot_send_mails_to_everybody() {
    for world in worlds().await {
        for number in 0..20 {
            let started = world.start(&format!("patient{number}@example.jp")).await;
            assert!(matches!(started, Started::Sent(_)), "{number}: {started:?}");
        }
        assert_eq!(world.start("one-more@example.jp").await, Started::TooMany { try_again_s: 10 });
        world.pass_s(10);
        assert!(matches!(world.start("one-more@example.jp").await, Started::Sent(_)));
    }
}

#[tokio::test]
async fn every_mistake_of_the_form_is_told_at_once_and_nothing_is_kept() {
    for world in worlds().await {
        let session = world.opened(TARO).await;
        let nothing = register::fill_in(&world.app, &session, &FormTyped::default()).await.unwrap();
        let FilledIn::Mistakes(mistakes) = nothing else { panic!("{nothing:?}") };
        let fields: Vec<Field> = mistakes.iter().map(|(field, _)| *field).collect();
        assert_eq!(
            fields,
            [
                Field::FamilyName,
                Field::GivenName,
                Field::FamilyKana,
                Field::GivenKana,
                Field::BirthDate,
                Field::Phone,
                Field::PostalCode,
                Field::Address,
                Field::Relation,
                Field::Hospital,
                Field::Password,
            ]
        );
        let wrong = FormTyped {
            family_kana: "山田".to_owned(),
            birth_day: "31".to_owned(),
            phone: "12345".to_owned(),
            patient_number: "123456789".to_owned(),
            password_again: "umi to kawa".to_owned(),
            ..yamada()
        };
        assert_eq!(
            register::fill_in(&world.app, &session, &wrong).await.unwrap(),
            FilledIn::Mistakes(vec![
                (Field::FamilyKana, FieldFault::Person(PersonFault::BadCharacter)),
                (Field::BirthDate, FieldFault::Person(PersonFault::NotABirthDate)),
                (Field::Phone, FieldFault::Person(PersonFault::NotAPhone)),
                (Field::PatientNumber, FieldFault::PatientNumber(PatientNumberFault::TooLong)),
                (Field::PasswordAgain, FieldFault::Password(PasswordFault::RepeatedDifferently)),
            ])
        );
        let page = register::form(&world.app, &session).await.unwrap();
        assert!(matches!(page, FormPage::Form { draft: None, .. }), "{page:?}");
        assert_eq!(register::start_card(&world.app, &session).await.unwrap(), CardStart::FormFirst);
    }
}

#[tokio::test]
async fn q17_the_password_is_chosen_freely_but_is_not_what_everybody_could_know() {
    for world in worlds().await {
        let session = world.opened("tarosan@example.jp").await;
        for personal in ["x19500401x", "09012345678", "tarosan!!"] {
            let typed = FormTyped {
                password: personal.to_owned(),
                password_again: personal.to_owned(),
                ..yamada()
            };
            assert_eq!(
                register::fill_in(&world.app, &session, &typed).await.unwrap(),
                FilledIn::Mistakes(vec![(
                    Field::Password,
                    FieldFault::Password(PasswordFault::TooPersonal)
                )]),
                "{personal}"
            );
        }
    }
}

/// S-07.
#[tokio::test]
async fn every_stored_password_is_hashed_with_at_least_19_mib_and_two_passes() {
    for world in worlds().await {
        world.registered(TARO, &yamada()).await;
        world.filled_in("hanako@example.jp", &patient("777")).await;
        let mut hashes = world.texts("SELECT password_hash FROM accounts");
        hashes.extend(
            world.texts("SELECT password_hash FROM registrations WHERE password_hash IS NOT NULL"),
        );
        assert_eq!(hashes.len(), 2);
        for hash in hashes {
            let parts: Vec<&str> = hash.split('$').collect();
            let number = |name: &str| {
                let found = parts[3].split(',').find_map(|part| part.strip_prefix(name));
                found.and_then(|value| value.strip_prefix('=')).unwrap().parse::<u32>().unwrap()
            };
            assert_eq!(parts[1..3], ["argon2id", "v=19"]);
            assert!(number("m") >= 19 * 1_024 && number("t") >= 2, "{hash}");
        }
    }
}

#[tokio::test]
async fn q20_blanks_around_the_password_are_pointed_out_and_kept() {
    for world in worlds().await {
        let session = world.opened(TARO).await;
        let blanks = " umi to yama".to_owned();
        let typed = FormTyped { password: blanks.clone(), password_again: blanks, ..yamada() };
        let filled_in = register::fill_in(&world.app, &session, &typed).await.unwrap();
        assert_eq!(filled_in, FilledIn::CardNext { edge_blanks: true });
    }
}

#[tokio::test]
async fn the_form_can_be_sent_twice_and_corrected_until_the_card_is_saved() {
    for world in worlds().await {
        let session = world.filled_in(TARO, &yamada()).await;
        let corrected = FormTyped { given_name: "次郎".to_owned(), ..yamada() };
        for typed in [yamada(), corrected] {
            let filled_in = register::fill_in(&world.app, &session, &typed).await.unwrap();
            assert_eq!(filled_in, FilledIn::CardNext { edge_blanks: false });
        }
        let FormPage::Form { draft: Some(draft), .. } =
            register::form(&world.app, &session).await.unwrap()
        else {
            panic!()
        };
        assert_eq!(draft.person.name.as_str(), "山田 次郎");
        let setup = world.card_saved(&session, GOOD_CARD).await;
        let done = register::card_back(&world.app, &session, &setup).await.unwrap();
        let CardBack::Completed(completed) = done else { panic!("{done:?}") };
        // A second tab still shows the form.
        let late = register::fill_in(&world.app, &session, &yamada()).await.unwrap();
        assert_eq!(late, FilledIn::AlreadyCompleted(completed));
    }
}

/// S-06.
#[tokio::test]
async fn no_step_can_be_taken_before_the_one_before_it() {
    for world in worlds().await {
        let session = world.opened(TARO).await;
        let other = world.filled_in("hanako@example.jp", &yamada()).await;
        let setup = world.card_saved(&other, GOOD_CARD).await;
        let app = &world.app;
        for stranger in ["", "invented"] {
            assert_eq!(register::form(app, stranger).await.unwrap(), FormPage::NoSession);
            assert_eq!(
                register::fill_in(app, stranger, &yamada()).await.unwrap(),
                FilledIn::NoSession
            );
            assert_eq!(register::start_card(app, stranger).await.unwrap(), CardStart::NoSession);
            assert_eq!(
                register::card_back(app, stranger, &setup).await.unwrap(),
                CardBack::NoSession
            );
        }
        assert_eq!(register::start_card(app, &session).await.unwrap(), CardStart::FormFirst);
        let stolen = register::card_back(app, &session, &setup).await.unwrap();
        assert_eq!(stolen, CardBack::NoSession, "another one's card");
        register::fill_in(app, &session, &patient("777")).await.unwrap();
        assert_eq!(register::card_back(app, &session, &setup).await.unwrap(), CardBack::NoSession);
        assert_eq!(world.number("SELECT count(*) FROM accounts"), 0);
    }
}

#[tokio::test]
async fn a_browser_that_was_left_for_a_day_begins_again() {
    for world in worlds().await {
        let session = world.filled_in(TARO, &yamada()).await;
        world.pass_s(24 * 3_600);
        assert_eq!(register::form(&world.app, &session).await.unwrap(), FormPage::NoSession);
        assert_eq!(register::start_card(&world.app, &session).await.unwrap(), CardStart::NoSession);
    }
}

#[tokio::test]
async fn two_tabs_and_two_reloads_complete_one_account() {
    for world in worlds().await {
        let session = world.filled_in(TARO, &yamada()).await;
        let setup = world.card_saved(&session, GOOD_CARD).await;
        let back = || register::card_back(&world.app, &session, &setup);
        let (one, other) = tokio::join!(back(), back());
        let (one, other) = (one.unwrap(), other.unwrap());
        assert!(matches!(one, CardBack::Completed(_)), "{one:?}");
        assert_eq!(one, other);
        assert_eq!(back().await.unwrap(), one, "the back button");
        let CardStart::AlreadyCompleted(again) =
            register::start_card(&world.app, &session).await.unwrap()
        else {
            panic!()
        };
        assert_eq!(CardBack::Completed(again), one);
        for table in ["accounts", "cards", "mandates", "patient_links"] {
            assert_eq!(
                world.texts(&format!("SELECT CAST(count(*) AS TEXT) FROM {table}")),
                ["1"],
                "{table}"
            );
        }
        assert_eq!(world.mails_to(TARO).await.len(), 2);
    }
}

#[tokio::test]
async fn what_is_personal_stands_nowhere_in_the_open() {
    for world in worlds().await {
        let typed = FormTyped { patient_number: "87654321".to_owned(), ..yamada() };
        world.registered("secret.taro@example.jp", &typed).await;
        let unfinished = FormTyped { patient_number: "76543218".to_owned(), ..yamada() };
        world.filled_in("secret.hanako@example.jp", &unfinished).await;
        let tried = world.tried("secret.jiro@example.jp", &typed, GOOD_CARD).await;
        assert!(matches!(tried, CardBack::AskDesk(_)));
        let mut dump = world.dump();
        assert!(dump.contains("okayama") && dump.contains("4242"), "the dump sees what is open");
        if let Some(folder) = world.database.folder() {
            for file in std::fs::read_dir(folder).unwrap() {
                dump.push_str(&String::from_utf8_lossy(
                    &std::fs::read(file.unwrap().path()).unwrap(),
                ));
            }
        }
        for secret in [
            "secret.",
            "山田",
            "ヤマダ",
            "1950-04-01",
            "09012345678",
            "表町",
            "87654321",
            "76543218",
            people::PASSWORD,
            "/new/open/",
            "192.0.2.7",
        ] {
            assert!(!dump.contains(secret), "{secret} can be read in the database");
        }
    }
}

#[tokio::test]
async fn a_group_that_asks_for_hospital_and_number_takes_only_its_own() {
    for world in worlds().await {
        let session = world.opened(TARO).await;
        let typed =
            FormTyped { hospital: "elsewhere".to_owned(), relation: "boss".to_owned(), ..yamada() };
        assert_eq!(
            register::fill_in(&world.app, &session, &typed).await.unwrap(),
            FilledIn::Mistakes(vec![
                (Field::Relation, FieldFault::NoRelation),
                (Field::Hospital, FieldFault::NoHospital)
            ])
        );
    }
}

#[tokio::test]
async fn a_debit_card_can_be_followed_by_a_credit_card() {
    for world in worlds().await {
        let session = world.filled_in(TARO, &yamada()).await;
        let debit = world.card_saved(&session, "4000056655665556").await;
        let refused = CardBack::Refused { reason: CardRefusal::Debit };
        assert_eq!(register::card_back(&world.app, &session, &debit).await.unwrap(), refused);
        let setup = world.card_saved(&session, GOOD_CARD).await;
        let done = register::card_back(&world.app, &session, &setup).await.unwrap();
        assert!(matches!(done, CardBack::Completed(_)), "{done:?}");
    }
}
