//! 医療費控除: what was paid in a year.

use crate::world::{Browser, PASSWORD, World, worlds};
use app::refunds::{Answer, Ask};
use domain::bill::SelfPayLine;
use domain::id::RefundId;
use domain::refund::RefundReason;
use domain::time::Day;
use domain::yen::Yen;
use testkit::house::{bill, shimin};

const NUMBER: &str = "00012345";

fn yen(amount: i64) -> Yen {
    Yen::new(amount).expect("an amount")
}

/// Enters a visit, bills it, and charges it on its day.
async fn paid(world: &World, day: &str, due: i64, charged: &str) {
    world.house.go_to(&format!("{day} 10:00"));
    world.enter_yamada().await;
    let mut row = bill(NUMBER, day, Day::parse(day).expect("a day"), due);
    row.content.other_self_pay = vec![SelfPayLine {
        name: "診断書".to_owned(),
        non_taxable: Yen::ZERO,
        taxable: yen(550),
        tax_rate_percent: 10,
    }];
    world.house.import(&shimin(), &[row]).await;
    world.house.go_to(charged);
    assert_eq!(app::settle::run_once(&world.house.app).await.expect("a run").paid, 1, "{day}");
}

async fn sign_in(world: &World, user_id: &str) -> Browser {
    let mut browser = world.browser();
    let fields = [("user_id", user_id), ("password", PASSWORD)];
    assert_eq!(browser.post("/okayama/login/", &fields).await.to(), "/okayama/me/");
    browser
}

/// What went back is not deductible. Mutation: what was taken is shown.
async fn give_back(world: &World, amount: i64) {
    let store = world.house.app.store();
    let all = store.read(testkit::store::charges::all).await.expect("charges");
    let charge = all[0].charge.payment().expect("a payment").clone();
    let ask = Ask {
        id: RefundId::from_number(7),
        charge: charge.obligation.charge,
        amount: yen(amount),
        reason: RefundReason::Goodwill,
        note: String::new(),
        expected_available: charge.kept(),
        by: "kaikei".to_owned(),
    };
    assert_eq!(
        app::refunds::ask(&world.house.app, ask).await.expect("an answer"),
        Answer::Approved
    );
    app::settle::run_once(&world.house.app).await.expect("a run");
}

/// The year is that of the payment, also where the visit was in the year before: `domain.md` 9. Mutations: the day of
/// the visit counts; midnight in Greenwich parts the years.
#[tokio::test]
async fn what_was_paid_counts_for_the_year_of_the_payment() {
    for world in worlds().await {
        let (_, user_id) = world.signed_in("taro@example.jp").await;
        paid(&world, "2026-11-24", 7_930, "2026-11-28 09:00").await;
        give_back(&world, 930).await;
        world.house.go_to("2026-12-14 23:00");
        let early = sign_in(&world, &user_id).await.get("/okayama/me/").await.body;
        assert!(!early.contains("来年のお支払いになります"), "{early}");
        world.house.go_to("2026-12-20 09:00");
        let page = sign_in(&world, &user_id).await.get("/okayama/me/").await.body;
        assert!(
            page.contains("2026年12月28日(月)からの受診は、来年のお支払いになります"),
            "{page}"
        );
        assert!(page.contains("href=\"/okayama/me/year/2026\""), "{page}");
        // The first minutes of the year in Tokyo.
        paid(&world, "2026-12-28", 3_240, "2027-01-01 00:10").await;

        let mut browser = sign_in(&world, &user_id).await;
        let page = browser.get("/okayama/me/year/2026").await.body;
        for shown in [
            "2026年にお支払いの医療費",
            "7,000円",
            "山田 太郎",
            "2026年11月24日(火)の受診",
            "診断書",
            "550円",
        ] {
            assert!(page.contains(shown), "{shown}: {page}");
        }
        assert!(!page.contains("3,240円") && !page.contains("7,930円"), "{page}");
        assert!(page.contains("href=\"/okayama/me/year/2027\""), "{page}");
        let page = browser.get("/okayama/me/year/2027").await.body;
        assert!(page.contains("3,240円") && page.contains("2027年1月1日(金)にお支払い"), "{page}");
        assert!(page.contains("2026年12月28日(月)の受診") && !page.contains("7,000円"), "{page}");
    }
}

/// The same as files, in the columns of the tax agency.
#[tokio::test]
async fn the_year_is_had_as_csv_and_as_workbook() {
    for world in worlds().await {
        let (_, user_id) = world.signed_in("taro@example.jp").await;
        paid(&world, "2026-11-24", 7_930, "2026-11-28 09:00").await;
        let mut browser = sign_in(&world, &user_id).await;
        let csv = browser.get("/okayama/me/year/2026/medical-expenses-2026.csv").await;
        assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
        assert!(csv.header("content-disposition").contains("medical-expenses-2026.csv"));
        assert!(csv.header("cache-control").contains("no-store"), "{:?}", csv.headers);
        let hospital = "岡山市立市民病院";
        let line = format!("1,山田 太郎,{hospital},該当する,,,,7930,,2026/11/28\r\n");
        assert!(csv.body.ends_with(&line), "{}", csv.body);
        let book = browser.get("/okayama/me/year/2026/medical-expenses-2026.xlsx").await;
        assert!(
            book.bytes.starts_with(b"PK\x03\x04") && book.header("content-type").contains("sheet")
        );
    }
}

/// Nobody sees a year that is not theirs, and no year but those that can be.
#[tokio::test]
async fn a_year_is_its_owners() {
    for world in worlds().await {
        let (_, user_id) = world.signed_in("taro@example.jp").await;
        paid(&world, "2026-11-24", 7_930, "2026-11-28 09:00").await;
        let mut nobody = world.browser();
        for path in ["/okayama/me/year/2026", "/okayama/me/year/2026/medical-expenses-2026.csv"] {
            assert_eq!(nobody.get(path).await.to(), "/okayama/login/?said=first", "{path}");
        }
        let mut browser = sign_in(&world, &user_id).await;
        for year in [
            "2025",
            "2027",
            "20261",
            "-1",
            "abc",
            "2026/other.csv",
            "2026/medical-expenses-2025.csv",
        ] {
            let seen = browser.get(&format!("/okayama/me/year/{year}")).await;
            assert_eq!(seen.status, 404, "{year}");
        }
        let stranger = world.house.payer(&shimin(), "00099999", testkit::house::GOOD_CARD).await;
        let theirs = app::tax_year::of(&world.house.app, stranger, 2026).await.expect("a year");
        assert_eq!(theirs.expect("an account").payments, []);
    }
}
