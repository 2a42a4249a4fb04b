//! Mails that the server does not take at once: the same message again, under the same Message-ID, and
//! never a second one about the same fact.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use app::{App, Outbound};
use domain::notice::{NoticeKind, NoticeState};
use domain::time::Day;
use outbound::cards::CardGateway;
use outbound::mail::{Mailer, SmtpMailer, SmtpSettings, SmtpTls};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use store::notices::StoredNotice;
use testkit::house::{GOOD_CARD, House, bill, shimin};

/// The same house with a mail server at an address where nobody listens.
fn without_mail_server(house: &House) -> App {
    // The port was free a moment ago, and what listens there now, if anything, speaks no SMTP to us.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let smtp = SmtpSettings {
        host: "127.0.0.1".to_owned(),
        port: free,
        tls: SmtpTls::None,
        extra_root_pem: None,
        login: None,
        hello_name: None,
        timeout: Duration::from_secs(5),
        dkim: None,
    };
    let outbound = Outbound {
        gateway: CardGateway::Sandbox(Arc::clone(&house.sandbox)),
        mailer: Mailer::Smtp(SmtpMailer::new(&smtp).unwrap()),
        slip_printers: BTreeMap::new(),
    };
    let app = &house.app;
    let (store, clock, ids) = (app.store().clone(), app.clock().clone(), app.ids().clone());
    App::new(store, outbound, clock, ids, app.settings().clone())
}

async fn the_notice(house: &House) -> StoredNotice {
    let told = house.app.store().read(|reader| {
        let charge = store::charges::all(reader)?.pop().unwrap().charge.obligation().charge;
        store::notices::by_subject(reader, NoticeKind::PaymentCompleted, &charge.to_string())
    });
    told.await.unwrap().unwrap()
}

/// F36, I10. Mutation: a new Message-ID for each try; a notice that ends with its first failure.
#[tokio::test]
async fn q04_a_mail_server_that_is_away_gets_the_same_message_later() {
    for database in store::testing::both() {
        let house = House::on(database).await;
        let payer = house.payer(&shimin(), "00012345", GOOD_CARD).await;
        house.enter(payer, &shimin(), "00012345").await;
        let day = Day::parse("2026-11-24").unwrap();
        house.import(&shimin(), &[bill("00012345", "0000001", day, 3_700)]).await;
        house.go_to("2026-11-28 09:00");
        app::settle::run_once(&house.app).await.unwrap();
        let away = without_mail_server(&house);
        for (minute, tries) in [("09:00", 1), ("09:02", 2), ("09:10", 3)] {
            house.go_to(&format!("2026-11-28 {minute}"));
            app::jobs::run_due(&away).await.unwrap();
            let notice = the_notice(&house).await;
            assert_eq!((notice.state, notice.tries), (NoticeState::Queued, tries), "{minute}");
            assert!(notice.last_answer.is_some(), "staff see why");
        }
        let promised = the_notice(&house).await.message_id;
        house.go_to("2026-11-28 10:00");
        let mails = house.mails().await;
        assert_eq!(mails.len(), 1);
        assert_eq!(mails[0].message_id, promised);
        assert_eq!(the_notice(&house).await.state, NoticeState::Sent);
        house.go_to("2026-11-29 10:00");
        assert_eq!(house.mails().await.len(), 1, "told once");
    }
}

/// RFC 5321 4.5.4.1: after five days a mail is given up, and stays visible as such.
#[tokio::test]
async fn a_mail_is_given_up_after_five_days() {
    let house = House::on(store::testing::sqlite()).await;
    let payer = house.payer(&shimin(), "00012345", GOOD_CARD).await;
    house.enter(payer, &shimin(), "00012345").await;
    let day = Day::parse("2026-11-24").unwrap();
    house.import(&shimin(), &[bill("00012345", "0000001", day, 3_700)]).await;
    house.go_to("2026-11-28 09:00");
    app::settle::run_once(&house.app).await.unwrap();
    let away = without_mail_server(&house);
    house.go_to("2026-12-03 08:59");
    app::jobs::run_due(&away).await.unwrap();
    assert_eq!(the_notice(&house).await.state, NoticeState::Queued);
    house.go_to("2026-12-03 10:00");
    app::jobs::run_due(&away).await.unwrap();
    assert_eq!(the_notice(&house).await.state, NoticeState::GaveUp);
}
