//! The rules about money, asked of all rows; the closing sheet and the report that are made from them.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use app::proof::{self, Report};
use app::{closing, reconcile, settle};
use domain::audit::Actor;
use domain::time::Day;
use render::papers::Fidelity;
use store::Statement;
use store::testing::TestDatabase;
use testkit::house::{GOOD_CARD, House, bill, shimin};

const NUMBER: &str = "00012345";
const CHARGED: &str = "2026-11-28 09:00";

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn clerk() -> Actor {
    Actor::Operator("keiri".to_owned())
}

/// A house in which one visit of 3,700 yen was charged on 28 November.
async fn charged(database: TestDatabase) -> House {
    let house = House::on(database).await;
    let payer = house.payer(&shimin(), NUMBER, GOOD_CARD).await;
    house.enter(payer, &shimin(), NUMBER).await;
    house.import(&shimin(), &[bill(NUMBER, "0000001", day("2026-11-24"), 3_700)]).await;
    house.go_to(CHARGED);
    assert_eq!(settle::run_once(&house.app).await.unwrap().paid, 1);
    house
}

/// The rules that do not hold, by the first words of each.
async fn broken(house: &House) -> Vec<&'static str> {
    let checked = proof::check(&house.app, |_, _| ()).await.unwrap();
    checked
        .iter()
        .filter(|checked| !checked.held.broken.is_empty())
        .map(|checked| checked.rule.in_english)
        .collect()
}

/// Each rule can fail: rows are changed behind the program's back, and exactly the rules about them say so.
#[tokio::test]
async fn every_rule_notices_what_breaks_it() {
    const TAMPERED: &[(Statement, &[&str])] = &[
        (
            Statement::new("t.amount", "UPDATE attempts SET amount = amount + 1"),
            &["the amount that was sent is the amount of the charge"],
        ),
        (
            Statement::new("t.attempt", "DELETE FROM attempts"),
            &["whatever was sent has its attempt with its key"],
        ),
        (
            Statement::new("t.journal", "DELETE FROM journal"),
            &[
                "what the journal booked on a charge is what the charge has kept",
                "every posting is booked with its amount",
            ],
        ),
        (
            Statement::new("t.receipt", "UPDATE receipts SET voided_at_ms = 1"),
            &["a valid receipt exists once for what is kept, with its amount"],
        ),
        (
            Statement::new("t.entry", "UPDATE entries SET account = 'acc_other'"),
            &["every charge rests on an entry of the same account"],
        ),
        (
            Statement::new("t.due", "UPDATE bills SET amount_due = amount_due - 1"),
            &["no visit's cards have paid more than its bills, unless a refund or exception exists"],
        ),
        (
            Statement::new("t.late", "INSERT INTO evidence
                (id, charge_id, generation, source, source_id, finding, raw, effect, seen_at_ms)
                SELECT 'evd_00000000000000000000000000000009', charge_id, 0, 'webhook', 'evt_old',
                 'declined soft (insufficient_funds)', '', 'moved', seen_at_ms FROM evidence"),
            &["no word about an attempt that had ended has moved the one after it"],
        ),
        (
            Statement::new("t.still", "UPDATE charges SET state = 'unknown'"),
            &["every charge that has not ended knows when it acts next"],
        ),
        (
            Statement::new("t.twice", "INSERT INTO charges
                (id, entry_id, sequence, hospital, account_id, due_on, covered, amount, state, generation,
                 declines, enquiries, reference, paid_at_ms, refunded, version, created_at_ms, changed_at_ms)
                SELECT 'chg_00000000000000000000000000000009', entry_id, 9, hospital, account_id, due_on, 0,
                 amount, state, 0, 0, 0, reference, paid_at_ms, amount, 1, created_at_ms, changed_at_ms FROM charges"),
            &[
                "one capture of the gateway pays for one charge",
                "whatever was sent has its attempt with its key",
            ],
        ),
    ];
    for (tampered, rules) in TAMPERED {
        for database in store::testing::both() {
            let house = charged(database).await;
            assert_eq!(broken(&house).await, Vec::<&str>::new());
            let write = house.app.store().write(|tx| {
                tx.execute(tampered, &[])?;
                Ok::<_, store::StoreError>(())
            });
            write.await.unwrap();
            assert_eq!(broken(&house).await, *rules, "{}", tampered.name);
        }
    }
}

/// A bill without a charge. Mutation: the join to charges is left out.
#[tokio::test]
async fn a_bill_that_no_charge_holds_is_noticed() {
    const UNPLANNED: Statement = Statement::new(
        "t.unplanned",
        "UPDATE charges SET entry_id = 'ent_00000000000000000000000000000001' WHERE state = 'scheduled'",
    );
    for database in store::testing::both() {
        let house = House::on(database).await;
        let payer = house.payer(&shimin(), NUMBER, GOOD_CARD).await;
        house.enter(payer, &shimin(), NUMBER).await;
        house.import(&shimin(), &[bill(NUMBER, "0000001", day("2026-11-24"), 3_700)]).await;
        assert_eq!(broken(&house).await, Vec::<&str>::new());
        let write = house.app.store().write(|tx| {
            tx.execute(&UNPLANNED, &[])?;
            Ok::<_, store::StoreError>(())
        });
        write.await.unwrap();
        assert_eq!(
            broken(&house).await,
            [
                "every bill of an entry has a charge",
                "every charge rests on an entry of the same account"
            ]
        );
    }
}

/// Its sums add up to the deposit, in both forms. Mutation: the fee is added instead of taken off.
#[tokio::test]
async fn the_closing_sheet_adds_up_to_what_the_bank_shows() {
    for database in store::testing::both() {
        let house = charged(database).await;
        house.go_to("2026-12-01 10:00");
        assert_eq!(closing::sheet(&house.app, day("2026-11-30")).await.unwrap(), None);
        let file = "入金日,入金額\n2026-11-30,3567\n".as_bytes();
        reconcile::deposits(&house.app, file, &clerk()).await.unwrap();
        reconcile::reconcile(&house.app, day("2026-11-30"), &clerk()).await.unwrap();
        let sheet = closing::sheet(&house.app, day("2026-11-30")).await.unwrap().unwrap();
        let payout = &sheet.paper.payouts[0];
        assert_eq!((payout.net, payout.sent.amount()), (3_567, 3_567));
        assert_eq!(payout.shown.map(|(day, yen)| (day.to_string(), yen.amount())), {
            Some(("2026-11-30".to_owned(), 3_567))
        });
        let csv = closing::csv(&sheet);
        let rows: Vec<_> = csv.lines().collect();
        assert!(rows[1].contains(",charge,shimin,chg_"), "{}", rows[1]);
        assert!(rows[1].ends_with(",3700,133,3567,2026-11-28"), "{}", rows[1]);
        assert_eq!(rows[2], "total,1,,,,3700,133,3567,");
        let paper = render::papers::closing(&sheet.paper).unwrap();
        assert_eq!(paper.fidelity, Fidelity::Complete);
    }
}

/// The report needs both books, and says so where one is missing.
#[tokio::test]
async fn the_report_shows_both_books_and_where_each_charge_stands() {
    for database in store::testing::both() {
        let house = charged(database).await;
        house.go_to("2026-11-30 10:00");
        let report = async || {
            proof::never_twice(&house.app, day("2026-11-27"), day("2026-11-28")).await.unwrap()
        };
        reconcile::reconcile(&house.app, day("2026-11-27"), &clerk()).await.unwrap();
        let Report::NotReconciled(missing) = report().await else { panic!("one side only") };
        assert_eq!(missing, [day("2026-11-28")]);
        reconcile::reconcile(&house.app, day("2026-11-28"), &clerk()).await.unwrap();
        let Report::Made(paper) = report().await else { panic!("reconciled") };
        let payments = paper.sides[0];
        assert_eq!((payments.ours, payments.theirs), ((1, 3_700), (1, 3_700)));
        assert_eq!(paper.bills, [("カードで受け取ったもの", 1, 3_700)]);
        let text = render::papers::never_twice_text(&paper);
        assert!(text.contains("結論：二重の請求も、失われた請求もありません。"), "{text}");
        assert_eq!(render::papers::never_twice(&paper).unwrap().fidelity, Fidelity::Complete);
    }
}
