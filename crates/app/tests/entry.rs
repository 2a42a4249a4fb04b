//! Visits are entered at a kiosk: eligible or not, once a day, from one card or two kiosks at once.
#![expect(
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "helpers of tests fail by panicking, too"
)]

mod files;

use app::bills::without_entry;
use app::enter::{SlipFacts, Swiped, Withdrawn, swipe, withdraw_entry, without_bill};
use app::{App, AppError};
use domain::audit::{Act, Actor};
use domain::charge::ChargeState;
use domain::eligibility::{PatientFlag, PublicAnswer};
use domain::group::HospitalCode;
use domain::id::EntryId;
use domain::machine::{Machine, MachineKind};
use domain::patient::PatientNumber;
use files::{BILL, Bill, day, file, import, kiosk, machine};
use std::collections::BTreeSet;
use store::audit::AuditEntry;
use store::patient_flags::DatedFlag;
use store::testing::both;
use testkit::house::{GOOD_CARD, House, at, shimin};

const PATIENT: &str = "00010001";
/// As the card reader types it: start and stop letters around the number.
const CARD: &str = "A00010001A";

fn senoo() -> HospitalCode {
    files::hospital("senoo")
}

/// A house with a kiosk, in which the patient's registration was completed at nine and can be used.
async fn ready(database: store::testing::TestDatabase) -> (House, Machine) {
    let house = House::on(database).await;
    house.payer(&shimin(), PATIENT, GOOD_CARD).await;
    let kiosk = kiosk(&house.app, &shimin()).await;
    house.go_to("2026-11-24 09:30");
    (house, kiosk)
}

fn entered(swiped: Swiped) -> SlipFacts {
    match swiped {
        Swiped::Entered { slip, .. } => slip,
        other => panic!("not entered: {other:?}"),
    }
}

fn refused(swiped: &Swiped) -> (PublicAnswer, &'static str) {
    match swiped {
        Swiped::Refused { answer, code } => (*answer, *code),
        other => panic!("not refused: {other:?}"),
    }
}

async fn acts(app: &App) -> Vec<AuditEntry> {
    app.store()
        .read(|reader| {
            Ok::<_, AppError>(store::audit::after(reader, shimin().as_str(), 0, 10_000)?)
        })
        .await
        .unwrap()
}

async fn count(app: &App, act: Act) -> usize {
    acts(app).await.iter().filter(|entry| entry.act == act.as_str()).count()
}

async fn charge_state(app: &App, entry: EntryId) -> Option<ChargeState> {
    app.store()
        .read(move |reader| Ok::<_, AppError>(store::charges::last_of_entry(reader, entry)?))
        .await
        .unwrap()
        .map(|stored| stored.charge.state())
}

#[tokio::test]
async fn q21_a_swipe_enters_the_visit_and_gives_a_slip() {
    for database in both() {
        let (house, kiosk) = ready(database).await;
        let Swiped::Entered { slip, first } = swipe(&house.app, &kiosk, CARD).await.unwrap() else {
            panic!("not entered")
        };
        assert!(first);
        assert_eq!(slip.number.in_groups().get(..11), Some("261124-0001"));
        assert_eq!(slip.patient_number.as_str(), PATIENT);
        assert_eq!((slip.visit_day, slip.due_on), (day("2026-11-24"), day("2026-11-28")));
        assert_eq!((slip.receipt_date, slip.tax_year), (day("2026-11-28"), 2026));
        assert_eq!(slip.entered_at, at("2026-11-24 09:30"));
        assert_eq!(count(&house.app, Act::EntryMade).await, 1);
        let found =
            app::enter::by_number(&house.app, &shimin(), &slip.number).await.unwrap().unwrap();
        assert_eq!((found.id, found.machine), (slip.entry, Some(kiosk.id)));
        assert_eq!(app::enter::slip(&house.app, slip.entry).await.unwrap(), Some(slip));
    }
}

/// `domain.md` 15, statement 3.
#[tokio::test]
async fn q22_the_slip_of_a_late_visit_names_the_next_tax_year() {
    let (house, kiosk) = ready(store::testing::sqlite()).await;
    house.go_to("2026-12-28 10:00");
    let slip = entered(swipe(&house.app, &kiosk, CARD).await.unwrap());
    assert_eq!((slip.due_on, slip.tax_year), (day("2027-01-01"), 2027));
    assert!(!slip.paper().phone.is_empty() && !slip.paper().hospital_name.is_empty());
}

/// `domain.md` 15, statement 8.
#[tokio::test]
async fn q26_the_second_swipe_of_a_day_gives_the_same_slip() {
    for database in both() {
        let (house, kiosk) = ready(database).await;
        let first = entered(swipe(&house.app, &kiosk, CARD).await.unwrap());
        house.go_to("2026-11-24 11:00");
        let other = machine(&house.app, &shimin(), MachineKind::EntryKiosk, "2F-1").await;
        assert_eq!(
            swipe(&house.app, &other, "10001").await.unwrap(),
            Swiped::Already { slip: first.clone() }
        );
        assert_eq!(count(&house.app, Act::EntryMade).await, 1);
        assert_eq!(count(&house.app, Act::SlipReprinted).await, 0, "nothing was printed yet");
        let printed = app::slips::reprint(&house.app, &other, first.entry).await.unwrap();
        assert_eq!(printed, Some(app::slips::SlipPrinted::ByBrowser));
        assert_eq!(count(&house.app, Act::SlipReprinted).await, 1);
        house.go_to("2026-11-25 10:00");
        let Swiped::Entered { slip, first: is_first } =
            swipe(&house.app, &kiosk, CARD).await.unwrap()
        else {
            panic!("another day is another visit")
        };
        assert_ne!(slip.entry, first.entry);
        assert!(!is_first);
    }
}

/// Mutation: without the unique key over patient, day and setting, both kiosks make an entry.
#[tokio::test]
async fn two_kiosks_at_once_make_one_entry() {
    for database in both() {
        let (house, kiosk) = ready(database).await;
        let other = machine(&house.app, &shimin(), MachineKind::EntryKiosk, "2F-1").await;
        let swipes = (0..16).map(|turn| {
            let (app, machine) =
                (house.app.clone(), if turn % 2 == 0 { kiosk.clone() } else { other.clone() });
            tokio::spawn(async move { swipe(&app, &machine, CARD).await.unwrap() })
        });
        let mut entries = BTreeSet::new();
        let mut made = 0;
        for task in swipes.collect::<Vec<_>>() {
            match task.await.unwrap() {
                Swiped::Entered { slip, .. } => {
                    made += 1;
                    entries.insert((slip.entry, slip.number));
                }
                Swiped::Already { slip } => {
                    entries.insert((slip.entry, slip.number));
                }
                other => panic!("{other:?}"),
            }
        }
        assert_eq!((made, entries.len()), (1, 1));
        assert_eq!(count(&house.app, Act::EntryMade).await, 1);
    }
}

#[tokio::test]
async fn q01_without_a_registration_there_is_no_entry_and_nothing_on_record_says_who_asked() {
    for database in both() {
        let (house, kiosk) = ready(database).await;
        let swiped = swipe(&house.app, &kiosk, "A00019999A").await.unwrap();
        assert_eq!(refused(&swiped), (PublicAnswer::NotFound, "HANA"));
        let entries = acts(&house.app).await;
        let refusal = entries.last().unwrap();
        assert_eq!(
            (refusal.act.as_str(), refusal.subject.clone()),
            (Act::EntryRefused.as_str(), kiosk.id.to_string())
        );
        assert!(!format!("{entries:?}").contains("19999"), "{entries:?}");
    }
}

/// `domain.md` 15, statement 6. The same number belongs to somebody else at the other hospital.
#[tokio::test]
async fn a_card_of_another_hospital_opens_nobodys_registration() {
    for database in both() {
        let (house, _kiosk) = ready(database).await;
        let there = kiosk_of_senoo(&house).await;
        let swiped = swipe(&house.app, &there, CARD).await.unwrap();
        assert_eq!(refused(&swiped), (PublicAnswer::NotFound, "HANA"));
    }
}

async fn kiosk_of_senoo(house: &House) -> Machine {
    kiosk(&house.app, &senoo()).await
}

#[tokio::test]
async fn what_is_no_patient_card_is_turned_away_and_kept_nowhere() {
    for database in both() {
        let (house, kiosk) = ready(database).await;
        for (read, code) in
            [("", "KASA"), ("AA", "KASA"), ("4242424242424242", "TANI"), ("%B4242^", "ISHI")]
        {
            assert_eq!(
                swipe(&house.app, &kiosk, read).await.unwrap(),
                Swiped::NotACard { code },
                "{read}"
            );
        }
        assert!(!format!("{:?}", acts(&house.app).await).contains("4242"));
    }
}

#[tokio::test]
async fn q23_a_kiosk_enters_nobody_out_of_hours() {
    for database in both() {
        let (house, kiosk) = ready(database).await;
        for (moment, opens_at) in
            [("2026-11-24 17:00", "2026-11-25 07:45"), ("2026-11-28 10:00", "2026-11-30 07:45")]
        {
            house.go_to(moment);
            let answer = PublicAnswer::Closed { opens_at: Some(at(opens_at)) };
            assert_eq!(refused(&swipe(&house.app, &kiosk, CARD).await.unwrap()), (answer, "YORU"));
        }
        house.go_to("2026-11-30 07:45");
        entered(swipe(&house.app, &kiosk, CARD).await.unwrap());
    }
}

/// `domain.md` 15, statement 7.
#[tokio::test]
async fn q24_a_registration_of_today_is_pending_for_fifteen_minutes() {
    for database in both() {
        let house = House::on(database).await;
        house.payer(&shimin(), PATIENT, GOOD_CARD).await;
        let kiosk = kiosk(&house.app, &shimin()).await;
        house.go_to("2026-11-24 09:14");
        let pending = PublicAnswer::Pending { usable_from: at("2026-11-24 09:15") };
        assert_eq!(refused(&swipe(&house.app, &kiosk, CARD).await.unwrap()), (pending, "ASAH"));
        house.go_to("2026-11-24 09:15");
        entered(swipe(&house.app, &kiosk, CARD).await.unwrap());
    }
}

/// The paper of a visit says so (`render` tests its words), and nothing but the entry comes into being.
#[tokio::test]
async fn q25_an_entry_is_no_reception() {
    let (house, kiosk) = ready(store::testing::sqlite()).await;
    let slip = entered(swipe(&house.app, &kiosk, CARD).await.unwrap());
    assert!(matches!(slip.paper().promise, render::papers::SlipPromise::OnDay { .. }));
    let acts: Vec<String> = acts(&house.app).await.into_iter().map(|entry| entry.act).collect();
    assert_eq!(acts, ["machine_offered", "machine_enrolled", "entry_made"]);
}

/// `domain.md` 15, statement 5: readers add letters and line ends, and leave zeros out.
#[tokio::test]
async fn q29_the_patient_card_is_read_as_readers_type_it() {
    let (house, kiosk) = ready(store::testing::sqlite()).await;
    let slip = entered(swipe(&house.app, &kiosk, CARD).await.unwrap());
    for read in ["a00010001b", "A10001A", " 00010001\r\n", "１０００１", "D010001C"] {
        let again = Swiped::Already { slip: slip.clone() };
        assert_eq!(swipe(&house.app, &kiosk, read).await.unwrap(), again, "{read:?}");
    }
}

/// `domain.md` 15, statement 9.
#[tokio::test]
async fn q27_a_flagged_patient_reads_only_please_come_to_the_desk() {
    for database in both() {
        let (house, kiosk) = ready(database).await;
        let number = PatientNumber::from_stored(PATIENT.to_owned());
        let dated = DatedFlag {
            flag: PatientFlag::SubsidyLedger,
            valid_from: day("2026-11-01"),
            last_day: Some(day("2026-11-24")),
        };
        let noted = house
            .app
            .store()
            .write(move |tx| store::patient_flags::set(tx, &shimin(), &number, &dated));
        noted.await.unwrap();
        assert_eq!(
            refused(&swipe(&house.app, &kiosk, CARD).await.unwrap()),
            (PublicAnswer::AskDesk, "MORI")
        );
        house.go_to("2026-11-25 10:00");
        entered(swipe(&house.app, &kiosk, CARD).await.unwrap());
    }
}

/// Mutation: without `attach` in the swipe, a bill that came first is never charged.
#[tokio::test]
async fn a_bill_that_came_before_its_entry_is_charged_all_the_same() {
    for database in both() {
        let (house, kiosk) = ready(database).await;
        let report = import(&house.app, &shimin(), &file(&shimin(), &[BILL])).await;
        assert_eq!((report.matched, report.without_entry), (0, 1));
        let slip = entered(swipe(&house.app, &kiosk, CARD).await.unwrap());
        assert_eq!(charge_state(&house.app, slip.entry).await, Some(ChargeState::Scheduled));
        assert_eq!(without_entry(&house.app, &shimin(), 10).await.unwrap(), []);
    }
}

/// Mutation: withdrawing the entry without its charge leaves a charge that will be taken.
#[tokio::test]
async fn q06_a_withdrawn_entry_takes_its_charge_along_and_stays_withdrawn() {
    for database in both() {
        let (house, kiosk) = ready(database).await;
        let slip = entered(swipe(&house.app, &kiosk, CARD).await.unwrap());
        import(&house.app, &shimin(), &file(&shimin(), &[BILL])).await;
        assert_eq!(charge_state(&house.app, slip.entry).await, Some(ChargeState::Scheduled));
        assert_eq!(
            withdraw_entry(&house.app, slip.entry, Actor::System).await.unwrap(),
            Withdrawn::Done
        );
        assert_eq!(charge_state(&house.app, slip.entry).await, Some(ChargeState::Withdrawn));
        assert_eq!(
            withdraw_entry(&house.app, slip.entry, Actor::System).await.unwrap(),
            Withdrawn::Before
        );
        assert_eq!(count(&house.app, Act::EntryWithdrawn).await, 1);
        // The card again: people must look, since the visit may have been paid in cash.
        let swiped = swipe(&house.app, &kiosk, CARD).await.unwrap();
        assert_eq!(refused(&swiped), (PublicAnswer::AskDesk, "KUMO"));
        // A correction afterwards is the cashier's.
        let corrected = Bill { revision: 2, due: 5_000, ..BILL };
        let report = import(&house.app, &shimin(), &file(&shimin(), &[corrected])).await;
        assert_eq!((report.matched, report.without_entry), (0, 1));
        assert_eq!(charge_state(&house.app, slip.entry).await, Some(ChargeState::Withdrawn));
    }
}

#[tokio::test]
async fn an_entry_whose_bill_does_not_come_is_listed() {
    for database in both() {
        let (house, kiosk) = ready(database).await;
        let slip = entered(swipe(&house.app, &kiosk, CARD).await.unwrap());
        house.go_to("2026-11-27 10:00");
        let listed = without_bill(&house.app, &shimin(), 3).await.unwrap();
        assert_eq!(listed.iter().map(|entry| entry.id).collect::<Vec<_>>(), [slip.entry]);
        assert_eq!(without_bill(&house.app, &shimin(), 4).await.unwrap(), []);
        import(&house.app, &shimin(), &file(&shimin(), &[BILL])).await;
        assert_eq!(without_bill(&house.app, &shimin(), 3).await.unwrap(), []);
    }
}

#[tokio::test]
async fn a_receipt_machine_enters_nobody() {
    let (house, _kiosk) = ready(store::testing::sqlite()).await;
    let receipts = machine(&house.app, &shimin(), MachineKind::ReceiptMachine, "1F-2").await;
    assert!(swipe(&house.app, &receipts, CARD).await.is_err());
}

/// A statement more for each swipe is felt at a quarter to nine. Mutation: any query added.
#[tokio::test]
async fn a_swipe_asks_the_database_a_known_number_of_times() {
    for database in both() {
        let (house, kiosk) = ready(database).await;
        let mut calls = Vec::new();
        for card in [CARD, CARD, "A00019999A"] {
            let before = house.app.store().fuse_calls();
            swipe(&house.app, &kiosk, card).await.unwrap();
            calls.push(house.app.store().fuse_calls() - before);
        }
        assert_eq!(calls, [15, 4, 7], "entered, again, refused: with commit and record of acts");
    }
}
