//! A card is not taken: neutral words, a code for the desk, and nothing about the person.

use crate::kiosk::*;
use crate::world::{World, worlds};
use domain::eligibility::PatientFlag;
use domain::patient::PatientNumber;
use testkit::house::{GOOD_CARD, at, shimin};
use testkit::store::patient_flags::{DatedFlag, set};

#[tokio::test]
async fn q23_outside_the_hours_the_kiosk_says_when_it_opens() {
    for world in worlds().await {
        registered(&world).await;
        let mut kiosk = kiosk(&world, &shimin(), WITH_PRINTER).await;
        for (moment, opens) in [
            ("2026-11-24 17:00", "11月25日(水) 7時45分からご利用いただけます。"),
            ("2026-11-25 07:44", "本日 7時45分からご利用いただけます。"),
            ("2026-11-28 10:00", "11月30日(月) 7時45分からご利用いただけます。"),
            ("2026-12-29 10:00", "1月4日(月) 7時45分からご利用いただけます。"),
        ] {
            world.house.go_to(moment);
            let mut first = kiosk.get("/machine/").await;
            first.body = first.body.replace('\u{2060}', "");
            assert_eq!(headline(&first), "ただいまの時間は利用できません", "{moment}");
            assert!(first.body.contains(opens), "{moment}: {}", first.body);
            let swiped = swipe(&mut kiosk, NUMBER).await;
            assert_eq!(
                (headline(&swiped), desk_code(&swiped)),
                (headline(&first), "YORU"),
                "{moment}"
            );
            assert!(swiped.body.contains(opens), "{moment}");
        }
        world.house.go_to("2027-01-04 07:45");
        assert_eq!(headline(&kiosk.get("/machine/").await), "診察券を通してください");
        assert_eq!(headline(&swipe(&mut kiosk, NUMBER).await), "受付しました");
    }
}

#[tokio::test]
async fn q24_a_registration_of_today_is_told_the_time_from_which_it_works() {
    for world in worlds().await {
        world.house.payer(&shimin(), NUMBER, GOOD_CARD).await;
        world.house.go_to("2026-11-24 09:14");
        let mut kiosk = kiosk(&world, &shimin(), WITH_PRINTER).await;
        let seen = swipe(&mut kiosk, NUMBER).await;
        assert_eq!((headline(&seen).as_str(), desk_code(&seen)), ("登録の手続き中です", "ASAH"));
        assert!(seen.body.contains("本日 9時15分ごろからご利用いただけます。"), "{}", seen.body);
        world.house.go_to("2026-11-24 09:15");
        assert_eq!(headline(&swipe(&mut kiosk, NUMBER).await), "受付しました");
    }
}

#[tokio::test]
async fn q26_who_is_not_registered_is_told_where_to_ask() {
    for world in worlds().await {
        registered(&world).await;
        let mut kiosk = kiosk(&world, &shimin(), WITH_PRINTER).await;
        let seen = swipe(&mut kiosk, "00010009").await;
        assert_eq!(
            (headline(&seen).as_str(), desk_code(&seen)),
            ("登録を確認できませんでした", "HANA")
        );
        assert!(seen.body.contains("登録完了メールをご確認いただくか、窓口へお越しください。"));
        assert!(seen.body.contains("窓口でこの文字をお伝えください"));
        assert!(world.house.printer.printed().is_empty());
        assert_eq!(entries(&world, &shimin()).await, 0);
    }
}

/// The number may well exist at this hospital too, for somebody else.
#[tokio::test]
async fn q26_a_number_of_another_hospital_is_nobodys_here() {
    for world in worlds().await {
        world.house.payer(&senoo(), "00020002", GOOD_CARD).await;
        registered(&world).await;
        let mut here = kiosk(&world, &shimin(), WITH_PRINTER).await;
        assert_eq!(desk_code(&swipe(&mut here, "00020002").await), "HANA");
        let mut there = kiosk(&world, &senoo(), "S-1").await;
        assert_eq!(headline(&swipe(&mut there, "00020002").await), "受付しました");
        assert_eq!((entries(&world, &shimin()).await, entries(&world, &senoo()).await), (0, 1));
    }
}

/// A flag that holds on one day.
async fn flag(world: &World, flag: PatientFlag, day: &str) {
    let day = at(day).day();
    let dated = DatedFlag { flag, valid_from: day, last_day: Some(day) };
    let number = PatientNumber::from_stored(NUMBER.to_owned());
    world
        .house
        .database
        .write(move |tx| set(tx, &shimin(), &number, &dated))
        .await
        .expect("a flag");
}

/// Debts, subsidies, childbirth: the screens are one and the same but for the code.
#[tokio::test]
async fn q27_conditions_of_use_are_told_by_a_code_alone() {
    let days = ["11-24", "11-25", "11-26", "11-27", "11-30", "12-01", "12-02"];
    for world in worlds().await {
        registered(&world).await;
        let mut kiosk = kiosk(&world, &shimin(), WITH_PRINTER).await;
        let mut screens = Vec::new();
        for (patient_flag, day) in PatientFlag::ALL.into_iter().zip(days) {
            let moment = format!("2026-{day} 10:00");
            flag(&world, patient_flag, &moment).await;
            world.house.go_to(&moment);
            let seen = swipe(&mut kiosk, NUMBER).await;
            assert_eq!(headline(&seen), "窓口へお越しください", "{patient_flag:?}");
            let code = desk_code(&seen).to_owned();
            screens.push((code.clone(), seen.body.replace(&code, "----")));
        }
        for (code, screen) in &screens {
            assert_eq!((code.len(), screen), (4, &screens[0].1), "{code}");
        }
        assert_eq!(screens[1].0, "KAZE");
        assert_eq!(entries(&world, &shimin()).await, 0);
    }
}

/// A bank card, an empty reading, a bad one: asked for again, and kept nowhere.
#[tokio::test]
async fn what_is_no_patient_card_is_never_shown_and_the_card_is_asked_for_again() {
    for world in worlds().await {
        registered(&world).await;
        let mut kiosk = kiosk(&world, &shimin(), WITH_PRINTER).await;
        for (read, code) in [
            ("4242424242424242", "TANI"),
            ("4242 4242 4242 4242", "TANI"),
            ("%B4242424242424242^YAMADA/HANAKO^2804?", "TANI"),
            ("", "KASA"),
            ("AB", "KASA"),
            ("12?45", "ISHI"),
            ("<script>", "ISHI"),
        ] {
            let answer = kiosk.post("/machine/swipe", &[("card", read)]).await;
            let seen = result(&mut kiosk).await;
            assert_eq!(
                (headline(&seen).as_str(), desk_code(&seen)),
                ("診察券を読み取れませんでした", code),
                "{read}"
            );
            let headers = answer.headers.values().chain(seen.headers.values());
            let all: String = headers.map(|value| value.to_str().unwrap()).collect::<String>()
                + &seen.body
                + &answer.body;
            for part in ["4242", "YAMADA", "12?45", "<script>"] {
                assert!(!all.contains(part), "{part}");
            }
        }
        assert_eq!(entries(&world, &shimin()).await, 0);
    }
}
