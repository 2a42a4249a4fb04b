//! Files of bills: taken once, matched with entries, corrected by revisions, followed by charges.

mod files;

use app::bills::{Brought, ImportFault, ImportReport, ImportWarning, Mode, Outcome, without_entry};
use domain::audit::{Act, Actor};
use domain::bill::BillState;
use domain::charge::ChargeState;
use exchange::bills_csv::Charset;
use files::{
    BILL, Bill, acts, charge, charged, counts, encoded, entered, file, import, left_behind,
};
use store::testing::both;
use testkit::house::shimin;

#[tokio::test]
async fn a_bill_of_an_entered_visit_plans_its_charge() {
    for database in both() {
        let (house, entry) = entered(database).await;
        let bills = [
            BILL,
            Bill { slip: 2, due: 930, ..BILL },
            Bill { slip: 3, patient: "00010002", ..BILL },
        ];
        let report = import(&house.app, &shimin(), &file(&shimin(), &bills)).await;
        assert_eq!((report.outcome, counts(&report)), (Outcome::Applied, (3, 0, 0, 0)));
        assert_eq!((report.matched, report.without_entry), (2, 1));
        assert_eq!(report.total.unwrap().amount(), 8_330);
        // `domain.md` 15, statement 2: two slips of one day are charged as one sum.
        assert_eq!(
            charged(&house.app, entry).await,
            Some((ChargeState::Scheduled, 4_630, vec![1, 1]))
        );
        let owed = charge(&house.app, entry).await.unwrap();
        assert_eq!(
            owed.obligation().due_on,
            files::day("2026-11-28"),
            "Q05: four days after the visit"
        );
    }
}

/// `domain.md` 15, statement 10. Mutation: matching by patient alone, or by day alone.
#[tokio::test]
async fn q06_a_bill_without_an_entry_is_never_charged() {
    for database in both() {
        let (house, entry) = entered(database).await;
        let bills = [
            Bill { slip: 1, patient: "00010002", ..BILL },
            Bill { slip: 2, day: "2026-11-23", ..BILL },
        ];
        let report = import(&house.app, &shimin(), &file(&shimin(), &bills)).await;
        assert_eq!((report.matched, report.without_entry), (0, 2));
        // The same patient number at the other hospital is somebody else.
        let senoo = files::hospital("senoo");
        let report = import(&house.app, &senoo, &file(&senoo, &[BILL])).await;
        assert_eq!((report.matched, report.without_entry), (0, 1));
        assert_eq!(charged(&house.app, entry).await, None);
        let loose = without_entry(&house.app, &shimin(), 10).await.unwrap();
        let numbers: Vec<_> = loose.iter().map(|bill| bill.patient_number.as_str()).collect();
        assert_eq!(numbers, ["00010002", "00010001"], "the newest visit first");
    }
}

/// `domain.md` 15, statement 15, and fault F17: the same bills, renamed and encoded anew.
#[tokio::test]
async fn the_same_file_twice_changes_nothing() {
    for database in both() {
        let (house, entry) = entered(database).await;
        let bills = [BILL, Bill { slip: 2, patient: "00010002", ..BILL }];
        import(&house.app, &shimin(), &file(&shimin(), &bills)).await;
        let before = (charged(&house.app, entry).await, acts(&house.app, Act::BillReceived).await);
        let again = import(&house.app, &shimin(), &file(&shimin(), &bills)).await;
        assert!(matches!(again.outcome, Outcome::KnownFile { .. }), "{again:?}");
        assert_eq!(counts(&again), (0, 0, 2, 0));
        let renewed =
            import(&house.app, &shimin(), &encoded(&shimin(), &bills, Charset::Cp932)).await;
        assert_eq!((renewed.outcome, counts(&renewed)), (Outcome::Applied, (0, 0, 2, 0)));
        assert_eq!(
            (charged(&house.app, entry).await, acts(&house.app, Act::BillReceived).await),
            before
        );
    }
}

#[tokio::test]
async fn a_correction_is_a_new_revision_and_the_unsent_charge_follows() {
    for database in both() {
        let (house, entry) = entered(database).await;
        let bills = [BILL, Bill { slip: 2, patient: "00010002", ..BILL }];
        import(&house.app, &shimin(), &file(&shimin(), &bills)).await;
        let bill = charge(&house.app, entry).await.unwrap().obligation().bills[0].bill;
        let corrected = [Bill { revision: 2, due: 1_234, ..BILL }, bills[1]];
        let report = import(&house.app, &shimin(), &file(&shimin(), &corrected)).await;
        assert_eq!((counts(&report), report.matched), ((0, 1, 1, 0), 1));
        assert_eq!(
            charged(&house.app, entry).await,
            Some((ChargeState::Scheduled, 1_234, vec![2]))
        );
        assert_eq!(acts(&house.app, Act::BillRevised).await, 1);
        // Both revisions are kept, sealed, and read back as they came.
        for (revision, due) in [(1, 3_700), (2, 1_234)] {
            let text =
                house.app.store().read(move |reader| store::bills::content(reader, bill, revision));
            let content = exchange::bill_json::from_json(&text.await.unwrap().unwrap()).unwrap();
            assert_eq!(content.amounts.amount_due.amount(), due);
        }
        // The first file again does not undo the correction, and says so.
        let first = import(&house.app, &shimin(), &file(&shimin(), &bills)).await;
        assert_eq!(first.warnings, [ImportWarning::ChangedSince { bills: 1 }]);
        // Nor does the same content in another encoding: it has been said before.
        let first =
            import(&house.app, &shimin(), &encoded(&shimin(), &bills, Charset::Cp932)).await;
        assert_eq!(counts(&first), (0, 0, 2, 0));
        assert_eq!(
            charged(&house.app, entry).await,
            Some((ChargeState::Scheduled, 1_234, vec![2]))
        );
    }
}

#[tokio::test]
async fn several_revisions_in_one_file_are_kept_in_their_order() {
    for database in both() {
        let (house, entry) = entered(database).await;
        let bills = [
            BILL,
            Bill { revision: 2, due: 1_034, ..BILL },
            Bill { revision: 3, due: 1_400, ..BILL },
        ];
        let report = import(&house.app, &shimin(), &file(&shimin(), &bills)).await;
        assert_eq!(counts(&report), (1, 2, 0, 0));
        assert_eq!(
            charged(&house.app, entry).await,
            Some((ChargeState::Scheduled, 1_400, vec![3]))
        );
        let again =
            import(&house.app, &shimin(), &encoded(&shimin(), &bills, Charset::Utf8WithBom)).await;
        assert_eq!(counts(&again), (0, 0, 3, 0));
    }
}

/// `domain.md` 15, statement 15. Mutation: `<=` for `<` where a revision is found to be old.
#[tokio::test]
async fn a_changed_row_is_a_correction_although_the_hospital_did_not_raise_its_count() {
    for database in both() {
        let (house, entry) = entered(database).await;
        import(&house.app, &shimin(), &file(&shimin(), &[BILL])).await;
        let report =
            import(&house.app, &shimin(), &file(&shimin(), &[Bill { due: 4_000, ..BILL }])).await;
        assert_eq!((report.outcome, counts(&report)), (Outcome::Applied, (0, 1, 0, 0)));
        assert_eq!(
            charged(&house.app, entry).await,
            Some((ChargeState::Scheduled, 4_000, vec![2]))
        );
    }
}

#[tokio::test]
async fn a_revision_behind_the_known_one_is_refused_with_everything_beside_it() {
    for database in both() {
        let (house, entry) = entered(database).await;
        import(&house.app, &shimin(), &file(&shimin(), &[Bill { revision: 5, ..BILL }])).await;
        let bills = [Bill { slip: 2, ..BILL }, Bill { revision: 4, due: 100, ..BILL }];
        let report = import(&house.app, &shimin(), &file(&shimin(), &bills)).await;
        assert_eq!((report.outcome, counts(&report)), (Outcome::Refused, (0, 0, 0, 2)));
        assert!(
            matches!(
                report.faults.as_slice(),
                [ImportFault::Stale { line: 3, sent: 4, known: 5, .. }]
            ),
            "{report:?}"
        );
        assert!(report.in_japanese().contains("3行目"), "{}", report.in_japanese());
        assert_eq!(
            charged(&house.app, entry).await,
            Some((ChargeState::Scheduled, 3_700, vec![1]))
        );
        assert_eq!(without_entry(&house.app, &shimin(), 10).await.unwrap(), []);
    }
}

/// A greater count of the hospital's for the same content is no correction, but what comes before it
/// afterwards is old.
#[tokio::test]
async fn the_hospitals_count_is_kept_although_the_content_is_the_same() {
    for database in both() {
        let (house, entry) = entered(database).await;
        import(&house.app, &shimin(), &file(&shimin(), &[BILL])).await;
        let report =
            import(&house.app, &shimin(), &file(&shimin(), &[Bill { revision: 3, ..BILL }])).await;
        assert_eq!(counts(&report), (0, 0, 1, 0));
        let late = import(
            &house.app,
            &shimin(),
            &file(&shimin(), &[Bill { revision: 2, due: 1, ..BILL }]),
        )
        .await;
        assert_eq!(late.outcome, Outcome::Refused);
        assert_eq!(
            charged(&house.app, entry).await,
            Some((ChargeState::Scheduled, 3_700, vec![1]))
        );
    }
}

/// `domain.md` 15, statements 11 and 12.
#[tokio::test]
async fn a_bill_that_was_paid_at_the_desk_or_cancelled_is_closed_without_a_charge() {
    for database in both() {
        let (house, entry) = entered(database).await;
        import(&house.app, &shimin(), &file(&shimin(), &[BILL])).await;
        let paid = Bill { revision: 2, received: 3_700, ..BILL };
        import(&house.app, &shimin(), &file(&shimin(), &[paid])).await;
        let (state, amount, _) = charged(&house.app, entry).await.unwrap();
        assert_ne!(state, ChargeState::Scheduled, "nothing is left to charge");
        assert!(
            state.is_final() && (state == ChargeState::Withdrawn || amount == 0),
            "{state:?} {amount}"
        );
    }
    for database in both() {
        let (house, entry) = entered(database).await;
        import(&house.app, &shimin(), &file(&shimin(), &[BILL])).await;
        let cancelled = Bill { revision: 2, state: BillState::Cancelled, ..BILL };
        import(&house.app, &shimin(), &file(&shimin(), &[cancelled])).await;
        assert!(charged(&house.app, entry).await.unwrap().0.is_final());
    }
}

#[tokio::test]
async fn a_bill_that_moves_to_another_visit_leaves_the_first() {
    for database in both() {
        let (house, entry) = entered(database).await;
        let two = [BILL, Bill { slip: 2, due: 930, ..BILL }];
        import(&house.app, &shimin(), &file(&shimin(), &two)).await;
        let moved = Bill { slip: 2, due: 930, revision: 2, patient: "00010002", ..BILL };
        let report = import(&house.app, &shimin(), &file(&shimin(), &[moved])).await;
        assert_eq!((report.matched, report.without_entry), (0, 1));
        assert_eq!(
            charged(&house.app, entry).await,
            Some((ChargeState::Scheduled, 3_700, vec![1]))
        );
        assert_eq!(without_entry(&house.app, &shimin(), 10).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_dry_run_tells_what_would_happen_and_changes_nothing() {
    for database in both() {
        let (house, entry) = entered(database).await;
        let nothing = left_behind(&house, entry).await;
        let bytes = file(&shimin(), &[BILL, Bill { slip: 2, patient: "00010002", ..BILL }]);
        let brought = Brought { file_name: "bills.csv", bytes: &bytes, actor: &Actor::System };
        let report = app::bills::import(&house.app, &shimin(), brought, Mode::DryRun, |_, _| {})
            .await
            .unwrap();
        assert_eq!((report.outcome, counts(&report)), (Outcome::Checked, (2, 0, 0, 0)));
        assert_eq!((report.matched, report.without_entry), (1, 1));
        assert_eq!(left_behind(&house, entry).await, nothing);
    }
}

#[tokio::test]
async fn parts_that_do_not_add_up_are_a_warning_and_the_amount_stays() {
    let (house, entry) = entered(store::testing::sqlite()).await;
    let text = String::from_utf8(file(&shimin(), &[BILL])).unwrap();
    let header: Vec<&str> = text.lines().next().unwrap().split(',').collect();
    let at = header.iter().position(|name| *name == "insured_burden").unwrap();
    let rows: Vec<String> = text
        .lines()
        .enumerate()
        .map(|(index, line)| {
            let mut cells: Vec<&str> = line.split(',').collect();
            if index == 1 {
                cells[at] = "1";
            }
            cells.join(",")
        })
        .collect();
    let report = import(&house.app, &shimin(), (rows.join("\n") + "\n").as_bytes()).await;
    assert_eq!((report.outcome, report.warning_count), (Outcome::Applied, 1), "{report:?}");
    assert_eq!(charged(&house.app, entry).await.unwrap().1, 3_700);
}

#[tokio::test]
async fn a_file_for_an_unknown_hospital_is_not_taken() {
    let (house, _entry) = entered(store::testing::sqlite()).await;
    let nowhere = files::hospital("nowhere");
    let report = import(&house.app, &nowhere, &file(&nowhere, &[BILL])).await;
    assert_eq!(report, ImportReport { outcome: Outcome::UnknownHospital, ..report.clone() });
    assert_eq!(report.rows, 0);
}
