//! Sign-in with user ID and password, and the page behind it (FAQ Q14-Q20; S-09, S-10, S-13).

mod people;

use app::me;
use app::sign_in::{self, SignIn, SignInTyped};
use domain::account::AccountState;
use domain::patient::Relation;
use people::{PASSWORD, World, network, phone, worlds, yamada};
use register::FormTyped;

use app::register;

const TARO: &str = "taro@example.jp";
const REFUSED: SignIn = SignIn::Refused { password_has_edge_blanks: false };

async fn sign_in(world: &World, user_id: &str, password: &str) -> SignIn {
    world.sign_in(user_id, password, &phone()).await
}

async fn token(world: &World, user_id: &str) -> String {
    let answer = sign_in(world, user_id, PASSWORD).await;
    let SignIn::Ok { session_token } = answer else { panic!("{answer:?}") };
    session_token
}

#[tokio::test]
async fn q14_the_user_id_of_the_mail_and_the_chosen_password_open_the_page() {
    for world in worlds().await {
        let completed = world.registered(TARO, &yamada()).await;
        let token = token(&world, completed.user_id.as_str()).await;
        let signed_in = sign_in::session(&world.app, &token).await.unwrap().unwrap();
        assert_eq!((signed_in.group.as_str(), &signed_in.user_id), ("okayama", &completed.user_id));
        let page = me::overview(&world.app, signed_in.account).await.unwrap().unwrap();
        assert_eq!((page.name.as_str(), page.mail.to_string().as_str()), ("山田 太郎", TARO));
        assert_eq!(page.state, AccountState::Active);
        let [patient] = page.patients.as_slice() else { panic!("{:?}", page.patients) };
        assert_eq!(
            (patient.hospital.as_str(), patient.patient_number.as_str(), patient.relation),
            ("岡山市民病院", "00012345", Relation::Myself)
        );
        assert_eq!(patient.usable_from, people::minutes_after_start(15));
        let card = page.card.unwrap();
        assert_eq!(
            (card.brand.as_str(), card.last_four.as_str(), card.expired),
            ("VISA", "4242", false)
        );
        assert!(page.visits.is_empty());
    }
}

#[tokio::test]
async fn q16_the_number_of_the_patient_card_is_no_user_id_and_is_told_apart() {
    for world in worlds().await {
        world.registered(TARO, &yamada()).await;
        for number in ["00012345", "１２３４５", "999"] {
            assert_eq!(
                sign_in(&world, number, PASSWORD).await,
                SignIn::LooksLikePatientNumber,
                "{number}"
            );
        }
        assert_eq!(sign_in(&world, " ", PASSWORD).await, SignIn::MissingUserId);
        assert_eq!(sign_in(&world, "abcd2345", "").await, SignIn::MissingPassword);
    }
}

#[tokio::test]
async fn q19_case_counts_in_both_and_nothing_tells_which_was_wrong() {
    for world in worlds().await {
        let completed = world.registered(TARO, &yamada()).await;
        let id = completed.user_id.as_str();
        assert_eq!(sign_in(&world, &id.to_uppercase(), PASSWORD).await, REFUSED);
        assert_eq!(sign_in(&world, id, &PASSWORD.to_uppercase()).await, REFUSED);
        assert_eq!(sign_in(&world, "wxyz9999", PASSWORD).await, REFUSED);
        assert!(matches!(sign_in(&world, id, PASSWORD).await, SignIn::Ok { .. }));
    }
}

#[tokio::test]
async fn q20_blanks_and_widths_are_forgiven_in_the_id_and_pointed_out_in_the_password() {
    for world in worlds().await {
        let completed = world.registered(TARO, &yamada()).await;
        let wide: String = completed
            .user_id
            .as_str()
            .chars()
            .map(|letter| char::from_u32(u32::from(letter) + 0xFEE0).unwrap())
            .collect();
        let typed = format!("\u{3000}{wide} \n");
        assert!(matches!(sign_in(&world, &typed, PASSWORD).await, SignIn::Ok { .. }));
        let blank = format!("{PASSWORD} ");
        let refused = SignIn::Refused { password_has_edge_blanks: true };
        assert_eq!(sign_in(&world, completed.user_id.as_str(), &blank).await, refused);
        assert_eq!(
            sign_in(&world, "wxyz9999", &blank).await,
            refused,
            "for an unknown ID just the same"
        );
    }
}

/// The password of the registration with blanks around it needs exactly these blanks.
#[tokio::test]
async fn q20_a_password_with_blanks_is_never_trimmed() {
    for world in worlds().await {
        let blanks = format!(" {PASSWORD}\u{3000}");
        let typed =
            FormTyped { password: blanks.clone(), password_again: blanks.clone(), ..yamada() };
        let completed = world.registered(TARO, &typed).await;
        let id = completed.user_id.as_str();
        assert_eq!(sign_in(&world, id, PASSWORD).await, REFUSED);
        assert!(matches!(sign_in(&world, id, &blanks).await, SignIn::Ok { .. }));
    }
}

/// S-09: what is written for an unknown ID is what is written for a wrong password.
#[tokio::test]
async fn an_unknown_id_and_a_wrong_password_leave_the_same_behind() {
    for world in worlds().await {
        let completed = world.registered(TARO, &yamada()).await;
        let refusals = "SELECT count(*) FROM audit_entries WHERE act = 'sign_in_refused'";
        assert_eq!(sign_in(&world, completed.user_id.as_str(), "kawa to yama").await, REFUSED);
        assert_eq!(world.number(refusals), 1);
        assert_eq!(sign_in(&world, "wxyz9999", "kawa to yama").await, REFUSED);
        assert_eq!(world.number(refusals), 2);
    }
}

#[tokio::test]
async fn an_account_of_another_group_cannot_sign_in_here() {
    for world in worlds().await {
        let completed = world.registered(TARO, &yamada()).await;
        world.database.tamper(
            "INSERT INTO hospital_groups (slug, name, sender_domain, terms_version)
             VALUES ('kurashiki', '倉敷', 'medicalpay.example', '1')",
        );
        let from = phone();
        let typed = SignInTyped {
            user_id: completed.user_id.as_str(),
            password: PASSWORD,
            from: &from,
            user_agent: "a browser",
        };
        let elsewhere = |slug: &str| domain::group::GroupSlug::parse(slug).unwrap();
        let here = sign_in::sign_in(&world.app, &elsewhere("kurashiki"), &typed).await.unwrap();
        assert_eq!(here, REFUSED);
        let nowhere = sign_in::sign_in(&world.app, &elsewhere("nowhere"), &typed).await.unwrap();
        assert_eq!(nowhere, SignIn::UnknownGroup);
    }
}

/// S-10: guessing ends soon, for IDs that exist and for others alike.
#[tokio::test]
async fn five_wrong_passwords_from_one_network_make_it_wait_a_minute() {
    for world in worlds().await {
        let completed = world.registered(TARO, &yamada()).await;
        for id in [completed.user_id.as_str(), "wxyz9999"] {
            for _guess in 0..5 {
                assert_eq!(sign_in(&world, id, "kawa to yama").await, REFUSED);
            }
            let right = sign_in(&world, id, PASSWORD).await;
            assert_eq!(
                right,
                SignIn::TooMany { try_again_s: 60 },
                "the password is not even looked at"
            );
        }
        world.pass_s(60);
        assert!(matches!(
            sign_in(&world, completed.user_id.as_str(), PASSWORD).await,
            SignIn::Ok { .. }
        ));
    }
}

/// S-10: a botnet gets ten guesses; the owner gets in all the same from where they always do.
#[tokio::test]
async fn others_can_neither_guess_for_long_nor_lock_the_owner_out() {
    for world in worlds().await {
        let completed = world.registered(TARO, &yamada()).await;
        let id = completed.user_id.as_str();
        token(&world, id).await;
        let mut looked_at = 0;
        for bot in 0..40 {
            let answer = world.sign_in(id, "kawa to yama", &network(bot)).await;
            let refused = answer == REFUSED;
            assert!(refused || matches!(answer, SignIn::TooMany { .. }), "{answer:?}");
            looked_at += u32::from(refused);
        }
        assert_eq!(looked_at, 10);
        let stranger = world.sign_in(id, PASSWORD, &network(200)).await;
        assert!(matches!(stranger, SignIn::TooMany { .. }), "{stranger:?}");
        token(&world, id).await;
    }
}

#[tokio::test]
async fn right_passwords_use_up_no_tries() {
    for world in worlds().await {
        let completed = world.registered(TARO, &yamada()).await;
        for _time in 0..12 {
            token(&world, completed.user_id.as_str()).await;
        }
    }
}

#[tokio::test]
async fn a_network_gets_a_burst_of_tries_over_all_ids() {
    for world in worlds().await {
        for number in 0..30 {
            assert_eq!(sign_in(&world, &format!("id{number}"), "kawa to yama").await, REFUSED);
        }
        assert_eq!(
            sign_in(&world, "id30", "kawa to yama").await,
            SignIn::TooMany { try_again_s: 2 }
        );
    }
}

/// S-13.
#[tokio::test]
async fn a_session_ends_when_it_is_left_and_when_its_time_is_over() {
    for world in worlds().await {
        let completed = world.registered(TARO, &yamada()).await;
        let token = token(&world, completed.user_id.as_str()).await;
        let alive = || async { sign_in::session(&world.app, &token).await.unwrap().is_some() };
        for _half_hour in 0..23 {
            world.pass_s(30 * 60 - 1);
            assert!(alive().await, "used every half an hour");
        }
        world.pass_s(30 * 60);
        assert!(!alive().await, "twelve hours are over, or it was left for half an hour");

        let token = self::token(&world, completed.user_id.as_str()).await;
        world.pass_s(30 * 60);
        assert_eq!(
            sign_in::session(&world.app, &token).await.unwrap(),
            None,
            "left for half an hour"
        );
    }
}

#[tokio::test]
async fn a_session_ends_after_twelve_hours_however_much_it_is_used() {
    for world in worlds().await {
        let completed = world.registered(TARO, &yamada()).await;
        let token = token(&world, completed.user_id.as_str()).await;
        for quarter in 1..48 {
            world.pass_s(15 * 60);
            assert!(
                sign_in::session(&world.app, &token).await.unwrap().is_some(),
                "quarter {quarter}"
            );
        }
        world.pass_s(15 * 60);
        assert_eq!(sign_in::session(&world.app, &token).await.unwrap(), None);
    }
}

/// S-13: no reuse after signing out, no token twice, nothing in the database that opens a session.
#[tokio::test]
async fn signing_out_ends_the_session_and_tokens_are_not_kept() {
    for world in worlds().await {
        let completed = world.registered(TARO, &yamada()).await;
        let one = token(&world, completed.user_id.as_str()).await;
        let other = token(&world, completed.user_id.as_str()).await;
        assert_ne!(one, other);
        assert!(!world.dump().contains(&one));
        for _press in 0..2 {
            sign_in::sign_out(&world.app, &one).await.unwrap();
        }
        assert_eq!(sign_in::session(&world.app, &one).await.unwrap(), None);
        assert!(sign_in::session(&world.app, &other).await.unwrap().is_some());
        assert_eq!(sign_in::session(&world.app, "invented").await.unwrap(), None);
        assert_eq!(world.number("SELECT count(*) FROM audit_entries WHERE act = 'signed_out'"), 1);
    }
}

#[tokio::test]
async fn a_closed_account_neither_signs_in_nor_stays_signed_in() {
    for world in worlds().await {
        let completed = world.registered(TARO, &yamada()).await;
        let token = token(&world, completed.user_id.as_str()).await;
        let account = sign_in::session(&world.app, &token).await.unwrap().unwrap().account;
        world
            .database
            .write_blocking(move |tx| store::accounts::set_state(tx, account, AccountState::Closed))
            .unwrap();
        assert_eq!(sign_in::session(&world.app, &token).await.unwrap(), None);
        assert_eq!(sign_in(&world, completed.user_id.as_str(), PASSWORD).await, REFUSED);
        assert_eq!(me::overview(&world.app, account).await.unwrap(), None);
        let reopened = world
            .database
            .write_blocking(move |tx| store::accounts::set_state(tx, account, AccountState::Active))
            .unwrap();
        assert!(!reopened.into_inner(), "closed is closed");
    }
}

/// S-07: an old, cheaper hash is replaced when its owner signs in.
#[tokio::test]
async fn a_hash_of_old_is_made_anew_at_sign_in() {
    for world in worlds().await {
        let completed = world.registered(TARO, &yamada()).await;
        let cheap = people::cheap_hash();
        world.database.tamper(&format!("UPDATE accounts SET password_hash = '{cheap}'"));
        token(&world, completed.user_id.as_str()).await;
        let kept = world.texts("SELECT password_hash FROM accounts");
        assert!(kept[0].starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", kept[0]);
        token(&world, completed.user_id.as_str()).await;
    }
}
