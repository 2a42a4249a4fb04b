//! The card at the end of a registration: which are taken, how often one may try, and what happens
//! when somebody else was faster (FAQ Q13; S-05).

mod people;

use app::register::{self, CardBack, CardRefusal, CardStart};
use outbound::cards::sandbox::{Call, Fault};
use people::{GOOD_CARD, World, patient, patient_of_senoo, worlds, worlds_of_chance, yamada};
use store::{Blow, Fuse};

const TARO: &str = "taro@example.jp";
const DEBIT: &str = "4000056655665556";
const PREPAID: &str = "5105105105105100";
const UNKNOWN: &str = "4000009990000002";

fn refused(reason: CardRefusal) -> CardBack {
    CardBack::Refused { reason }
}

fn saved_at_gateway(world: &World) -> usize {
    world.sandbox.books().cards.values().filter(|card| !card.detached).count()
}

#[tokio::test]
async fn q13_debit_and_prepaid_cards_are_refused_and_forgotten() {
    for world in worlds().await {
        assert_eq!(world.tried(TARO, &yamada(), DEBIT).await, refused(CardRefusal::Debit));
        assert_eq!(
            world.tried("hanako@example.jp", &yamada(), PREPAID).await,
            refused(CardRefusal::Prepaid)
        );
        assert_eq!(world.number("SELECT count(*) FROM accounts"), 0);
        assert_eq!(world.number("SELECT count(*) FROM cards"), 0);
        assert!(saved_at_gateway(&world) > 0);
        app::jobs::run_due(&world.app).await.unwrap();
        assert_eq!(saved_at_gateway(&world), 0, "the gateway has forgotten them");
    }
}

#[tokio::test]
async fn q13_a_card_of_unknown_kind_is_taken_and_flagged_where_the_hospital_says_so() {
    for world in worlds().await {
        let taken = world.tried(TARO, &yamada(), UNKNOWN).await;
        assert!(matches!(taken, CardBack::Completed(_)), "{taken:?}");
        assert_eq!(world.number("SELECT count(*) FROM cards WHERE flagged = 1"), 1);
        let strict = world.tried("hanako@example.jp", &patient_of_senoo("777"), UNKNOWN).await;
        assert_eq!(strict, refused(CardRefusal::UnknownFunding));
        world.registered("jiro@example.jp", &patient("888")).await;
        assert_eq!(
            world.number("SELECT count(*) FROM cards WHERE flagged = 1"),
            1,
            "a credit card is not flagged"
        );
    }
}

#[tokio::test]
async fn a_refusal_stays_the_same_when_the_page_is_loaded_again() {
    for world in worlds().await {
        let session = world.filled_in(TARO, &yamada()).await;
        let setup = world.card_saved(&session, DEBIT).await;
        for _load in 0..3 {
            let back = register::card_back(&world.app, &session, &setup).await.unwrap();
            assert_eq!(back, refused(CardRefusal::Debit));
        }
        let refusals = "SELECT count(*) FROM audit_entries WHERE act = 'card_refused'";
        assert_eq!(world.number(refusals), 1);
    }
}

#[tokio::test]
async fn a_forgotten_card_is_asked_for_again_when_the_gateway_was_away() {
    for world in worlds().await {
        world.tried(TARO, &yamada(), DEBIT).await;
        world.sandbox.misbehave(Call::Forget, Fault::RateLimited);
        app::jobs::run_due(&world.app).await.unwrap();
        assert_eq!(saved_at_gateway(&world), 1);
        world.pass_s(3_600);
        app::jobs::run_due(&world.app).await.unwrap();
        assert_eq!(saved_at_gateway(&world), 0);
    }
}

#[tokio::test]
async fn the_address_that_the_browser_comes_back_with_proves_nothing() {
    for world in worlds().await {
        let session = world.filled_in(TARO, &yamada()).await;
        let CardStart::GoTo { url } = register::start_card(&world.app, &session).await.unwrap()
        else {
            panic!()
        };
        let setup = world.setup_of(&url);
        let back = register::card_back(&world.app, &session, &setup).await.unwrap();
        assert_eq!(back, CardBack::NotFinished, "no card was saved");
        let back = register::card_back(&world.app, &session, "seti_invented").await.unwrap();
        assert_eq!(back, CardBack::NoSession);
        assert_eq!(world.number("SELECT count(*) FROM accounts"), 0);
    }
}

#[tokio::test]
async fn a_gateway_that_is_away_loses_nothing() {
    for world in worlds().await {
        let session = world.filled_in(TARO, &yamada()).await;
        world.sandbox.misbehave(Call::Setup, Fault::RateLimited);
        assert_eq!(
            register::start_card(&world.app, &session).await.unwrap(),
            CardStart::GatewayAway
        );
        let setup = world.card_saved(&session, GOOD_CARD).await;
        world.sandbox.misbehave(Call::Setup, Fault::RateLimited);
        let back = || register::card_back(&world.app, &session, &setup);
        assert_eq!(back().await.unwrap(), CardBack::GatewayAway);
        assert!(matches!(back().await.unwrap(), CardBack::Completed(_)));
    }
}

#[tokio::test]
async fn a_button_pressed_twice_leads_to_one_card_page() {
    for world in worlds().await {
        let session = world.filled_in(TARO, &yamada()).await;
        let one = register::start_card(&world.app, &session).await.unwrap();
        let other = register::start_card(&world.app, &session).await.unwrap();
        assert_eq!(one, other);
        assert_eq!(world.sandbox.books().setups.len(), 1);
        world.pass_s(31);
        let later = register::start_card(&world.app, &session).await.unwrap();
        assert_ne!(one, later, "later it is a new page: the old one may have ended");
    }
}

/// S-05. Counted for the mailbox, not for the registration: beginning again gives no new tries.
#[tokio::test]
async fn a_mailbox_tries_five_cards_a_day() {
    for world in worlds().await {
        let first = world.filled_in(TARO, &yamada()).await;
        let second = world.filled_in(TARO, &patient("777")).await;
        for session in [&first, &second, &first, &second, &first] {
            let setup = world.card_saved(session, DEBIT).await;
            let back = register::card_back(&world.app, session, &setup).await.unwrap();
            assert_eq!(back, refused(CardRefusal::Debit));
        }
        for session in [&first, &second] {
            let sixth = register::start_card(&world.app, session).await.unwrap();
            assert_eq!(sixth, CardStart::TooMany { try_again_s: 86_400 });
        }
        assert_eq!(world.sandbox.books().setups.len(), 5);
        world.registered("hanako@example.jp", &patient("888")).await;
    }
}

/// Nothing is said of whose the number is: the answer names telephone numbers only.
#[tokio::test]
async fn a_patient_number_that_has_an_account_is_the_windows_business() {
    for world in worlds().await {
        world.registered(TARO, &yamada()).await;
        let session = world.filled_in("hanako@example.jp", &yamada()).await;
        let setup = world.card_saved(&session, GOOD_CARD).await;
        for _load in 0..2 {
            let back = register::card_back(&world.app, &session, &setup).await.unwrap();
            let CardBack::AskDesk(hospitals) = back else { panic!("{back:?}") };
            let codes: Vec<&str> =
                hospitals.iter().map(|hospital| hospital.code.as_str()).collect();
            assert_eq!(codes, ["shimin"]);
        }
        assert_eq!(world.number("SELECT count(*) FROM accounts"), 1);
        assert_eq!(world.mails_to("hanako@example.jp").await.len(), 1, "no completion mail");
        assert_eq!(saved_at_gateway(&world), 1, "the second card is forgotten");
        let kept = "SELECT count(*) FROM registrations WHERE state = 'at_desk' AND draft_sealed IS NOT NULL";
        assert_eq!(world.number(kept), 1, "the windows see what was filled in");
        let start = register::start_card(&world.app, &session).await.unwrap();
        assert!(matches!(start, CardStart::AskDesk(_)), "{start:?}");
    }
}

/// The same number at another hospital is another patient.
#[tokio::test]
async fn q09_two_hospitals_may_have_the_same_number() {
    for world in worlds().await {
        world.registered(TARO, &patient("12345")).await;
        world.registered("hanako@example.jp", &patient_of_senoo("12345")).await;
        assert_eq!(world.number("SELECT count(*) FROM patient_links"), 2);
        assert_eq!(
            world.number("SELECT count(DISTINCT patient_number_blind) FROM patient_links"),
            2
        );
    }
}

/// Fails when the link is looked for but not unique: both would get an account.
#[tokio::test]
async fn of_two_that_claim_a_patient_number_at_once_one_gets_it() {
    for world in worlds().await {
        let mut ways = Vec::new();
        for mail in [TARO, "hanako@example.jp"] {
            let session = world.filled_in(mail, &yamada()).await;
            let setup = world.card_saved(&session, GOOD_CARD).await;
            ways.push((session, setup));
        }
        let [(one, one_setup), (other, other_setup)] = ways.as_slice() else { panic!() };
        let (one, other) = tokio::join!(
            register::card_back(&world.app, one, one_setup),
            register::card_back(&world.app, other, other_setup)
        );
        let ends = [one.unwrap(), other.unwrap()];
        assert_eq!(
            ends.iter().filter(|end| matches!(end, CardBack::Completed(_))).count(),
            1,
            "{ends:?}"
        );
        assert_eq!(
            ends.iter().filter(|end| matches!(end, CardBack::AskDesk(_))).count(),
            1,
            "{ends:?}"
        );
        assert_eq!(world.number("SELECT count(*) FROM accounts"), 1);
    }
}

#[tokio::test]
async fn a_mailbox_gets_one_account_however_many_registrations_it_began() {
    for world in worlds().await {
        let first = world.filled_in(TARO, &yamada()).await;
        let second = world.filled_in(TARO, &patient("777")).await;
        let setups =
            [world.card_saved(&first, GOOD_CARD).await, world.card_saved(&second, GOOD_CARD).await];
        let done = register::card_back(&world.app, &first, &setups[0]).await.unwrap();
        assert!(matches!(done, CardBack::Completed(_)), "{done:?}");
        for _load in 0..2 {
            let back = register::card_back(&world.app, &second, &setups[1]).await.unwrap();
            assert_eq!(back, CardBack::AlreadyRegistered);
        }
        assert_eq!(world.number("SELECT count(*) FROM accounts"), 1);
        let left = "SELECT count(*) FROM registrations WHERE draft_sealed IS NOT NULL OR password_hash IS NOT NULL";
        assert_eq!(world.number(left), 0);
    }
}

/// Whatever database call is the last before the process dies: coming back completes the registration,
/// once, with one mail. Fails when account and registration are written in two transactions.
#[tokio::test]
async fn a_death_at_any_call_leaves_a_registration_that_can_be_completed_once() {
    for world in worlds_of_chance().await {
        for blow in [Blow::Before, Blow::After] {
            let mut calls = 1;
            loop {
                world.pass_s(60);
                let number = world.number("SELECT count(*) FROM registrations") + 1;
                let mail = format!("patient{number}@example.jp");
                let session = world.filled_in(&mail, &patient(&number.to_string())).await;
                let setup = world.card_saved(&session, GOOD_CARD).await;
                drop(world.database.with_fuse(Fuse::blow_at(calls, blow)));
                let cut_short = register::card_back(&world.app, &session, &setup).await;
                let made = world.database.fuse_calls();
                drop(world.database.with_fuse(Fuse::never()));
                let back = register::card_back(&world.app, &session, &setup).await.unwrap();
                assert!(matches!(back, CardBack::Completed(_)), "{blow:?} at {calls}: {back:?}");
                assert_eq!(
                    world.number("SELECT count(*) FROM accounts"),
                    number,
                    "{blow:?} at {calls}"
                );
                assert_eq!(world.mails_to(&mail).await.len(), 2, "{blow:?} at {calls}");
                if cut_short.is_ok() && made < calls {
                    break;
                }
                calls += 1;
            }
            assert!(calls > 20, "the fuse lay in the way of {calls} calls");
        }
    }
}

#[tokio::test]
async fn user_ids_differ_when_chance_repeats_itself() {
    for world in worlds().await {
        // Counted chance makes IDs that often collide; the next one is tried then.
        let mut ids = Vec::new();
        for number in 1..=5 {
            let mail = format!("patient{number}@example.jp");
            ids.push(world.registered(&mail, &patient(&number.to_string())).await.user_id);
        }
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 5);
    }
}
