//! Files of bills: taken whole or not at all, once, matched with entries, followed by charges.

mod files;

use app::bills::{
    Brought, ImportFault, ImportReport, ImportWarning, Mode, Outcome, newest_imports, without_entry,
};
use app::enter::{Swiped, swipe};
use app::{App, AppError};
use domain::account::PatientLink;
use domain::audit::{Act, Actor};
use domain::bill::BillState;
use domain::charge::{Charge, ChargeState};
use domain::id::{AccountId, EntryId};
use domain::patient::{PatientNumber, Relation};
use exchange::bills_csv::Charset;
use files::{BILL, Bill, counts, encoded, file, import, kiosk};
use store::testing::{TestDatabase, both};
use testkit::house::{GOOD_CARD, House, shimin};

/// A house in which patient `00010001` has entered at half past nine.
async fn entered(database: TestDatabase) -> (House, EntryId) {
    let house = House::on(database).await;
    house.payer(&shimin(), "00010001", GOOD_CARD).await;
    let kiosk = kiosk(&house.app, &shimin()).await;
    house.go_to("2026-11-24 09:30");
    match swipe(&house.app, &kiosk, "A00010001A").await.unwrap() {
        Swiped::Entered { slip, .. } => (house, slip.entry),
        other => panic!("not entered: {other:?}"),
    }
}

async fn charge(app: &App, entry: EntryId) -> Option<Charge> {
    app.store()
        .read(move |reader| Ok::<_, AppError>(store::charges::last_of_entry(reader, entry)?))
        .await
        .unwrap()
        .map(|stored| stored.charge)
}

/// State, amount, and the frozen revisions of the charge of an entry.
async fn charged(app: &App, entry: EntryId) -> Option<(ChargeState, i64, Vec<i64>)> {
    let charge = charge(app, entry).await?;
    let owed = charge.obligation();
    Some((
        charge.state(),
        owed.amount.amount(),
        owed.bills.iter().map(|bill| bill.revision).collect(),
    ))
}

async fn acts(app: &App, act: Act) -> usize {
    let entries = app
        .store()
        .read(|reader| {
            Ok::<_, AppError>(store::audit::after(reader, shimin().as_str(), 0, 10_000)?)
        })
        .await
        .unwrap();
    entries.iter().filter(|entry| entry.act == act.as_str()).count()
}

/// Everything that a file could have left behind, as text.
async fn left_behind(house: &House, entry: EntryId) -> String {
    let app = &house.app;
    format!(
        "{:?} {:?} {:?} {} {}",
        newest_imports(app, &shimin(), 100).await.unwrap(),
        without_entry(app, &shimin(), 100).await.unwrap(),
        charged(app, entry).await,
        acts(app, Act::BillReceived).await,
        acts(app, Act::BillsImported).await,
    )
}

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

/// Mutation: `<=` for `<` refuses the hospital's own repetition.
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
async fn parallel_uploads_of_one_file_take_it_once() {
    for database in both() {
        let (house, entry) = entered(database).await;
        let bills: Vec<Bill> = (1..=300).map(|slip| Bill { slip, ..BILL }).collect();
        let bytes = file(&shimin(), &bills);
        let tasks: Vec<_> = (0..6)
            .map(|_| {
                let (app, bytes) = (house.app.clone(), bytes.clone());
                tokio::spawn(async move { import(&app, &shimin(), &bytes).await })
            })
            .collect();
        let mut new = 0;
        for task in tasks {
            let report = task.await.unwrap();
            assert!(report.is_taken(), "{report:?}");
            new += report.new;
        }
        assert_eq!(new, 300);
        assert_eq!(newest_imports(&house.app, &shimin(), 10).await.unwrap().len(), 1);
        assert_eq!(charged(&house.app, entry).await.unwrap().1, 300 * 3_700);
    }
}

#[tokio::test]
async fn different_files_at_once_are_all_taken() {
    for database in both() {
        let (house, entry) = entered(database).await;
        let tasks: Vec<_> = (1..=5)
            .map(|slip| {
                let app = house.app.clone();
                // Each file also repeats a bill that all have.
                let bytes = file(
                    &shimin(),
                    &[Bill { slip: 99, due: 1, ..BILL }, Bill { slip, due: 100, ..BILL }],
                );
                tokio::spawn(async move { import(&app, &shimin(), &bytes).await })
            })
            .collect();
        for task in tasks {
            assert_eq!(task.await.unwrap().outcome, Outcome::Applied);
        }
        assert_eq!(charged(&house.app, entry).await.unwrap().1, 501);
    }
}

/// Patients of one family.
const NUMBERS: [&str; 12] = [
    "00020001", "00020002", "00020003", "00020004", "00020005", "00020006", "00020007", "00020008",
    "00020009", "00020010", "00020011", "00020012",
];

async fn link(house: &House, account: AccountId, number: &str) {
    let (now, id) = (house.app.now(), house.app.ids().id(house.app.now()));
    let link = PatientLink {
        id,
        account,
        hospital: shimin(),
        patient_number: PatientNumber::from_stored(number.to_owned()),
        relation: Relation::Child,
    };
    house.app.store().write(move |tx| store::patient_links::insert(tx, &link, now)).await.unwrap();
}

/// A bill and its entry in the same moment find each other, whichever is first. Mutation: without the
/// lock of the day, on PostgreSQL neither sees the other.
#[tokio::test]
async fn an_entry_and_its_bill_at_once_find_each_other() {
    for database in both() {
        let house = House::on(database).await;
        let account = house.payer(&shimin(), "00020000", GOOD_CARD).await;
        let kiosk = kiosk(&house.app, &shimin()).await;
        house.go_to("2026-11-24 09:30");
        for number in NUMBERS {
            link(&house, account, number).await;
        }
        let mut tasks = Vec::new();
        for (patient, slip) in NUMBERS.into_iter().zip(1_u32..) {
            let (app, kiosk) = (house.app.clone(), kiosk.clone());
            let bytes = file(&shimin(), &[Bill { slip, patient, ..BILL }]);
            tasks.push(tokio::spawn(async move {
                let swiping = swipe(&app, &kiosk, patient);
                let hospital = shimin();
                let importing = import(&app, &hospital, &bytes);
                let (swiped, report) = tokio::join!(swiping, importing);
                assert!(report.is_taken());
                match swiped.unwrap() {
                    Swiped::Entered { slip, .. } => slip.entry,
                    other => panic!("{other:?}"),
                }
            }));
        }
        for task in tasks {
            let entry = task.await.unwrap();
            assert_eq!(charged(&house.app, entry).await.map(|charged| charged.1), Some(3_700));
        }
    }
}

/// Killed at any database call, before or after its effect: nothing is left, or everything.
#[tokio::test]
async fn a_death_during_import_leaves_nothing_or_everything() {
    for postgres in [false, true] {
        let database = if postgres { store::testing::postgres() } else { store::testing::sqlite() };
        let (house, entry) = entered(database).await;
        let bytes = file(&shimin(), &[BILL, Bill { slip: 2, patient: "00010002", ..BILL }]);
        let nothing = left_behind(&house, entry).await;
        let (mut deaths, mut call) = (0, 0);
        'calls: loop {
            call += 1;
            for blow in [store::Blow::Before, store::Blow::After] {
                let dying = house.app.store().with_fuse(store::Fuse::blow_at(call, blow));
                let brought =
                    Brought { file_name: "bills.csv", bytes: &bytes, actor: &Actor::System };
                let result =
                    app::bills::import(&house.app, &shimin(), brought, Mode::Apply, |_, _| {})
                        .await;
                drop(dying.with_fuse(store::Fuse::never()));
                let left = left_behind(&house, entry).await;
                match result {
                    Ok(report) => {
                        assert_eq!(counts(&report), (2, 0, 0, 0), "call {call}");
                        break 'calls;
                    }
                    Err(_) if left == nothing => deaths += 1,
                    Err(error) => {
                        // The commit was made and its answer lost: everything is there.
                        assert_eq!(blow, store::Blow::After, "call {call}: {error}");
                        assert_eq!(charged(&house.app, entry).await.unwrap().1, 3_700);
                        let again = import(&house.app, &shimin(), &bytes).await;
                        assert_eq!(counts(&again), (0, 0, 2, 0));
                        deaths += 1;
                        break 'calls;
                    }
                }
            }
        }
        assert!(deaths > 30, "the test has lost its teeth: {deaths} deaths");
        assert_eq!(
            charged(&house.app, entry).await,
            Some((ChargeState::Scheduled, 3_700, vec![1]))
        );
    }
}

#[tokio::test]
async fn broken_files_leave_nothing_and_say_where() {
    for database in both() {
        let (house, entry) = entered(database).await;
        let nothing = left_behind(&house, entry).await;
        let whole = String::from_utf8(file(&shimin(), &[BILL, Bill { slip: 2, ..BILL }])).unwrap();
        let without_trailer =
            whole.lines().take(3).map(|line| format!("{line}\n")).collect::<String>();
        let broken: [(&str, Vec<u8>); 7] = [
            ("no trailer", without_trailer.into_bytes()),
            ("wrong total", whole.replace("#trailer,2,7400", "#trailer,2,7401").into_bytes()),
            ("wrong count", whole.replace("#trailer,2,7400", "#trailer,3,7400").into_bytes()),
            ("negative", whole.replace(",3700,", ",-3700,").into_bytes()),
            ("absurd", file(&shimin(), &[Bill { due: 5_000_001, ..BILL }])),
            ("of another hospital", file(&files::hospital("senoo"), &[BILL])),
            ("broken encoding", [whole.as_bytes(), b"\xff\xfe\x00"].concat()),
        ];
        for (name, bytes) in broken {
            let report = import(&house.app, &shimin(), &bytes).await;
            assert_eq!(report.outcome, Outcome::Refused, "{name}");
            assert!(report.fault_count > 0 && !report.faults.is_empty(), "{name}");
            assert!(report.in_japanese().contains("取り込めませんでした"), "{name}");
            assert_eq!(left_behind(&house, entry).await, nothing, "{name}");
        }
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

#[tokio::test]
async fn nothing_personal_stands_in_the_tables_or_in_the_record_of_acts() {
    let (house, _entry) = entered(store::testing::sqlite()).await;
    let bills = [BILL, Bill { slip: 2, patient: "00018765", ..BILL }];
    import(&house.app, &shimin(), &file(&shimin(), &bills)).await;
    let folder = house.database.folder().unwrap();
    for file in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for secret in ["00018765", "00010001", "内科"] {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{secret} stands in the database as it is");
        }
    }
}

#[tokio::test]
async fn a_file_of_many_bills_asks_the_database_few_times() {
    for database in both() {
        let (house, _entry) = entered(database).await;
        let bills: Vec<Bill> =
            (1..=500).map(|slip| Bill { slip, patient: "00010002", ..BILL }).collect();
        let bytes = file(&shimin(), &bills);
        let before = house.app.store().fuse_calls();
        import(&house.app, &shimin(), &bytes).await;
        let first = house.app.store().fuse_calls() - before;
        import(&house.app, &shimin(), &bytes).await;
        let again = house.app.store().fuse_calls() - before - first;
        assert_eq!(again, 3, "the policy, the import, its traces");
        assert!(first < 30 + 500, "{first} calls for 500 bills");
    }
}
