//! Files of bills when things go wrong: two at once, a death in the middle, broken ones, prying eyes.
#![expect(
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "helpers of tests fail by panicking, too"
)]

mod files;

use app::bills::{Brought, Mode, Outcome, newest_imports};
use app::enter::{Swiped, swipe};
use domain::account::PatientLink;
use domain::audit::Actor;
use domain::charge::ChargeState;
use domain::entry::{CareSetting, Entry, EntryNumber, EntryState};
use domain::id::{AccountId, EntryId};
use domain::patient::{PatientNumber, Relation};
use files::{BILL, Bill, charged, counts, entered, file, import, kiosk, left_behind};
use store::testing::both;
use store::{Statement, StoreError};
use testkit::house::{GOOD_CARD, House, shimin};

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
        patient: None,
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

const WAITING: Statement = Statement::new(
    "tests.waiting",
    "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'",
);

/// A swipe has written its entry and found no bill, and is not committed yet; now the bill comes. It
/// must wait for the swipe: otherwise neither sees the other, and the visit is never charged. (SQLite
/// has one writer, so there the question does not arise.) Mutation: no lock of the day in the import.
#[tokio::test]
async fn a_bill_waits_for_the_entry_that_is_being_made() {
    let house = House::on(store::testing::postgres()).await;
    let account = house.payer(&shimin(), "00010001", GOOD_CARD).await;
    let (written, is_written) = std::sync::mpsc::channel();
    let (go_on, may_go_on) = std::sync::mpsc::channel::<()>();
    let ids = house.app.ids().clone();
    let (now, id): (_, EntryId) = (house.app.now(), ids.id(house.app.now()));
    let store = house.app.store().clone();
    let swipe = tokio::spawn(async move {
        let swiped = store.write(move |tx| {
            let serial = store::entries::next_serial(tx, &shimin(), now.day())?;
            let entry = Entry {
                id,
                number: EntryNumber::new(now.day(), u16::try_from(serial).unwrap()).unwrap(),
                hospital: shimin(),
                patient_number: PatientNumber::from_stored("00010001".to_owned()),
                visit_day: now.day(),
                setting: CareSetting::Outpatient,
                account,
                link: ids.id(now),
                machine: None,
                entered_at: now,
                state: EntryState::Entered,
            };
            store::entries::insert(tx, &entry)?;
            written.send(()).unwrap();
            may_go_on.recv().unwrap();
            Ok::<_, StoreError>(())
        });
        swiped.await.unwrap();
    });
    let told = tokio::task::spawn_blocking(move || is_written.recv().unwrap());
    told.await.unwrap();
    let app = house.app.clone();
    let importing =
        tokio::spawn(async move { import(&app, &shimin(), &file(&shimin(), &[BILL])).await });
    loop {
        let waiting = house.app.store().read(|reader| reader.query(&WAITING, &[])).await.unwrap();
        if importing.is_finished() || waiting[0].int(0).unwrap() > 0 {
            break;
        }
        tokio::task::yield_now().await;
    }
    go_on.send(()).unwrap();
    swipe.await.unwrap();
    assert_eq!(importing.await.unwrap().matched, 1);
    assert_eq!(charged(&house.app, id).await.map(|charged| charged.1), Some(3_700));
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
async fn nothing_personal_stands_in_the_tables_or_in_the_record_of_acts() {
    let house = House::on(store::testing::sqlite()).await;
    let account = house.payer(&shimin(), "00010001", GOOD_CARD).await;
    link(&house, account, "00017777").await;
    let kiosk = kiosk(&house.app, &shimin()).await;
    house.go_to("2026-11-24 09:30");
    let swiped = swipe(&house.app, &kiosk, "00017777").await.unwrap();
    assert!(matches!(swiped, Swiped::Entered { .. }), "{swiped:?}");
    let bills =
        [Bill { patient: "00017777", ..BILL }, Bill { slip: 2, patient: "00018765", ..BILL }];
    assert_eq!(import(&house.app, &shimin(), &file(&shimin(), &bills)).await.matched, 1);
    let folder = house.database.folder().unwrap();
    for file in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for secret in ["00017777", "00018765", "内科"] {
            let found = bytes.windows(secret.len()).position(|window| window == secret.as_bytes());
            let around = found.map(|at| {
                let around = bytes.get(at.saturating_sub(40)..at + 40).unwrap_or_default();
                String::from_utf8_lossy(around).into_owned()
            });
            assert_eq!(around, None, "{secret} stands in the database as it is");
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
        assert!(first < 40, "{first} calls for 500 bills");
    }
}
