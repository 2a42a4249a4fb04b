//! A visit is entered, and its slip comes out: once, and again when somebody asks for it.

use crate::kiosk::*;
use crate::world::{World, worlds};
use domain::audit::Actor;
use domain::id::EntryId;
use testkit::house::{GOOD_CARD, shimin};
use testkit::outbound::printers::PrintAnswer;
use testkit::pdf::text_of;

async fn reprint(kiosk: &mut crate::world::Browser, entry: EntryId) -> String {
    let entry = entry.to_string();
    kiosk.post("/machine/reprint", &[("entry", &entry)]).await.to().to_owned()
}

fn prints(seen: &crate::world::Seen) -> bool {
    seen.body.contains("id=\"paper\"")
}

#[tokio::test]
async fn q21_a_swipe_enters_the_visit_and_the_kiosks_printer_prints_the_slip() {
    for world in worlds().await {
        registered(&world).await;
        let mut kiosk = kiosk(&world, &shimin(), WITH_PRINTER).await;
        assert!(kiosk.get("/machine/").await.body.contains("※診療の受付がお済みの方"));
        let seen = swipe(&mut kiosk, NUMBER).await;
        assert_eq!(headline(&seen), "受付しました");
        assert!(seen.body.contains("後払い利用票をお取りください"));
        assert_eq!(number(&seen).in_groups(), "261124-0001-0");
        assert_eq!(world.house.printer.printed().len(), 1);
        assert!(!prints(&seen), "the browser does not print as well");
        assert_eq!(entries(&world, &shimin()).await, 1);
    }
}

/// Promise 3: a neighbour at the kiosk learns neither who it is nor the number of the card.
#[tokio::test]
async fn no_screen_and_no_address_tells_who_the_patient_is() {
    for world in worlds().await {
        registered(&world).await;
        let mut kiosk = kiosk(&world, &shimin(), WITHOUT_PRINTER).await;
        for _ in 0..2 {
            let answer = kiosk.post("/machine/swipe", &[("card", NUMBER)]).await;
            let seen = result(&mut kiosk).await;
            for header in answer.headers.values().chain(seen.headers.values()) {
                assert!(!header.to_str().unwrap().contains("10001"), "{header:?}");
            }
            for secret in ["10001", "山田", "ヤマダ", "花子", "1950"] {
                assert!(!seen.body.contains(secret), "{secret} in {}", seen.body);
            }
        }
    }
}

#[tokio::test]
async fn q22_the_screen_and_the_slip_say_what_to_do_after_the_doctor() {
    for world in worlds().await {
        registered(&world).await;
        let mut kiosk = kiosk(&world, &shimin(), WITHOUT_PRINTER).await;
        let seen = swipe(&mut kiosk, NUMBER).await;
        for words in [
            "診察のあと、受付ファイルと一緒に計算窓口へお出しください",
            "本日の医療費は、11月28日(土)ごろに登録カードでお支払いいただきます。",
            "領収書の日付もその日です。",
            "医療費控除では2026年分です。",
        ] {
            assert!(seen.body.contains(words), "{words}");
        }
        let entry = entry(&world, &number(&seen)).await;
        let pdf = kiosk.get(&format!("/machine/slip/{entry}.pdf")).await;
        assert_eq!((pdf.status.as_u16(), pdf.header("content-type")), (200, "application/pdf"));
        assert_eq!(pdf.header("cache-control"), "no-store");
        let text = text_of(&pdf.bytes);
        for words in
            ["後払い利用票", "261124-0001-0", "計算窓口へお出しください", "2026年11月28日(土)ごろ"]
        {
            assert!(text.contains(words), "{words} in {text}");
        }
    }
}

/// A visit of 28 December is charged on New Year's Day.
#[tokio::test]
async fn q22_a_charge_in_the_next_year_is_told_at_the_kiosk() {
    for world in worlds().await {
        registered(&world).await;
        world.house.go_to("2026-12-28 10:00");
        let seen = swipe(&mut kiosk(&world, &shimin(), WITH_PRINTER).await, NUMBER).await;
        assert!(seen.body.contains("1月1日(金)ごろに"), "{}", seen.body);
        assert!(seen.body.contains("お支払いは年明けです。"));
        assert!(seen.body.contains("領収書の日付と医療費控除は2027年分です。"));
    }
}

#[tokio::test]
async fn q25_the_screen_and_the_slip_say_that_entry_is_not_reception() {
    for world in worlds().await {
        registered(&world).await;
        let mut kiosk = kiosk(&world, &shimin(), WITHOUT_PRINTER).await;
        let seen = swipe(&mut kiosk, NUMBER).await;
        assert!(seen.body.contains("診療の受付は、別に必要です。"));
        let entry = entry(&world, &number(&seen)).await;
        let pdf = kiosk.get(&format!("/machine/slip/{entry}.pdf")).await;
        assert!(text_of(&pdf.bytes).contains("診療の受付は別に必要です。"));
    }
}

/// What readers send around the number, and what an input method makes of digits.
#[tokio::test]
async fn q29_the_patient_card_is_read_as_readers_send_it() {
    for world in worlds().await {
        registered(&world).await;
        let mut kiosk = kiosk(&world, &shimin(), WITH_PRINTER).await;
        let first = number(&swipe(&mut kiosk, "A00010001A").await);
        for read in [
            "00010001",
            " 00010001 ",
            "a00010001b",
            "１０００１",
            "\u{3000}Ａ０００１０００１Ｄ",
            "10001",
        ] {
            let seen = swipe(&mut kiosk, read).await;
            assert_eq!(headline(&seen), "本日はすでに受付しています", "{read}");
            assert_eq!(number(&seen), first, "{read}");
        }
        assert_eq!(entries(&world, &shimin()).await, 1);
    }
}

#[tokio::test]
async fn the_browser_prints_the_slip_once_and_a_reload_does_not() {
    for world in worlds().await {
        registered(&world).await;
        let mut kiosk = kiosk(&world, &shimin(), WITHOUT_PRINTER).await;
        let seen = swipe(&mut kiosk, NUMBER).await;
        assert!(prints(&seen));
        let entry = entry(&world, &number(&seen)).await;
        let picture = format!("/machine/slip/{entry}.png");
        assert!(seen.body.contains(&picture), "{}", seen.body);
        assert!(kiosk.get(&picture).await.bytes.starts_with(b"\x89PNG"));
        for _ in 0..2 {
            let reloaded = result(&mut kiosk).await;
            assert_eq!(headline(&reloaded), "受付しました");
            assert!(!prints(&reloaded));
        }
        kiosk.get("/machine/").await;
        assert_eq!(
            kiosk.get("/machine/result").await.to(),
            "/machine/",
            "the next patient sees nothing of it"
        );
    }
}

/// The form is answered by a redirect; what is sent a second time all the same is the same visit.
#[tokio::test]
async fn a_form_that_is_sent_twice_enters_one_visit_and_prints_one_slip() {
    for world in worlds().await {
        registered(&world).await;
        let mut kiosk = kiosk(&world, &shimin(), WITH_PRINTER).await;
        for _ in 0..3 {
            kiosk.post("/machine/swipe", &[("card", NUMBER)]).await;
        }
        for address in ["/machine/swipe", "/machine/reprint", "/machine/enrol"] {
            assert_eq!(
                kiosk.get(address).await.to(),
                "/machine/",
                "{address}: reload and back button"
            );
        }
        assert_eq!(entries(&world, &shimin()).await, 1);
        assert_eq!(world.house.printer.printed().len(), 1);
    }
}

#[tokio::test]
async fn the_same_slip_comes_out_again_at_any_kiosk_of_the_hospital_for_who_asks() {
    for world in worlds().await {
        registered(&world).await;
        let first = number(&swipe(&mut kiosk(&world, &shimin(), WITH_PRINTER).await, NUMBER).await);
        let mut other = kiosk(&world, &shimin(), WITHOUT_PRINTER).await;
        let again = swipe(&mut other, NUMBER).await;
        assert_eq!(headline(&again), "本日はすでに受付しています");
        assert_eq!(number(&again), first);
        assert!(!prints(&again) && again.body.contains("もう一度印刷する"));
        let entry = entry(&world, &first).await;
        assert!(again.body.contains(&format!("name=\"entry\" value=\"{entry}\"")));
        assert_eq!(reprint(&mut other, entry).await, "/machine/result");
        let printed = result(&mut other).await;
        assert_eq!(
            (headline(&printed), number(&printed), prints(&printed)),
            ("印刷しました".to_owned(), first, true)
        );
        assert_eq!(entries(&world, &shimin()).await, 1);
    }
}

#[tokio::test]
async fn a_printer_without_paper_leaves_the_entry_and_staff_are_called() {
    for world in worlds().await {
        registered(&world).await;
        let mut kiosk = kiosk(&world, &shimin(), WITH_PRINTER).await;
        world.house.printer.answer_next(PrintAnswer::NotReachable { why: "no paper".to_owned() });
        let seen = swipe(&mut kiosk, NUMBER).await;
        assert_eq!(headline(&seen), "利用票を印刷できませんでした");
        assert!(seen.body.contains("受付は済んでいます。係員をお呼びください。"));
        let first = number(&seen);
        assert_eq!(world.house.printer.printed().len(), 0);
        assert_eq!(reprint(&mut kiosk, entry(&world, &first).await).await, "/machine/result");
        assert_eq!(headline(&result(&mut kiosk).await), "印刷しました");
        assert_eq!(world.house.printer.printed().len(), 1);
    }
}

/// Asks for a slip in every way that there is.
async fn is_out_of_reach(kiosk: &mut crate::world::Browser, entry: EntryId) {
    for ending in ["pdf", "png"] {
        assert_eq!(
            kiosk.get(&format!("/machine/slip/{entry}.{ending}")).await.status,
            404,
            "{ending}"
        );
    }
    assert_eq!(reprint(kiosk, entry).await, "/machine/");
    kiosk.cookies.insert("machine-shown".to_owned(), format!("accepted.{entry}.print"));
    assert_eq!(kiosk.get("/machine/result").await.to(), "/machine/");
}

async fn one_entry(world: &World) -> EntryId {
    registered(world).await;
    let seen = swipe(&mut kiosk(world, &shimin(), WITH_PRINTER).await, NUMBER).await;
    entry(world, &number(&seen)).await
}

#[tokio::test]
async fn a_slip_is_for_kiosks_of_its_own_hospital_and_of_its_own_day() {
    for world in worlds().await {
        let entry = one_entry(&world).await;
        is_out_of_reach(&mut world.browser(), entry).await;
        is_out_of_reach(&mut kiosk(&world, &senoo(), "S-1").await, entry).await;
        let mut own = kiosk(&world, &shimin(), WITHOUT_PRINTER).await;
        assert_eq!(own.get(&format!("/machine/slip/{entry}.pdf")).await.status, 200);
        world.house.go_to("2026-11-25 08:00");
        is_out_of_reach(&mut own, entry).await;
        for nonsense in ["x.pdf", "ent_1.pdf", "%2e%2e.pdf", "x", "%FF.pdf"] {
            assert_eq!(
                own.get(&format!("/machine/slip/{nonsense}")).await.status,
                404,
                "{nonsense}"
            );
        }
    }
}

#[tokio::test]
async fn a_withdrawn_visit_has_no_slip_and_its_card_leads_to_the_desk() {
    for world in worlds().await {
        let entry = one_entry(&world).await;
        app::enter::withdraw_entry(&world.house.app, entry, Actor::System).await.unwrap();
        let mut kiosk = kiosk(&world, &shimin(), WITHOUT_PRINTER).await;
        is_out_of_reach(&mut kiosk, entry).await;
        let seen = swipe(&mut kiosk, NUMBER).await;
        assert_eq!((headline(&seen).as_str(), desk_code(&seen)), ("窓口へお越しください", "KUMO"));
    }
}

#[tokio::test]
async fn the_next_patients_card_is_taken_while_the_last_screen_still_stands() {
    for world in worlds().await {
        world.house.payer(&shimin(), "00010002", GOOD_CARD).await;
        registered(&world).await;
        let mut kiosk = kiosk(&world, &shimin(), WITH_PRINTER).await;
        let first = swipe(&mut kiosk, NUMBER).await;
        assert!(first.body.contains("action=\"/machine/swipe\""), "every screen takes a card");
        let second = swipe(&mut kiosk, "00010002").await;
        assert_eq!(headline(&second), "受付しました");
        assert_ne!(number(&first), number(&second));
    }
}
