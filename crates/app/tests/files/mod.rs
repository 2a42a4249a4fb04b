//! Bills, files of bills and kiosks for the tests of visits.
#![allow(
    dead_code,
    clippy::allow_attributes,
    clippy::unwrap_used,
    clippy::wildcard_enum_match_arm,
    reason = "each test program uses a part of these, and helpers of tests fail by panicking"
)]

use app::bills::{Brought, ImportReport, Mode, newest_imports, without_entry};
use app::enter::{Swiped, swipe};
use app::limits::ClientAddress;
use app::machines::{Enrolled, Offered};
use app::{App, AppError};
use domain::audit::{Act, Actor};
use domain::bill::{BillAmounts, BillContent, BillKey, BillState, SlipNumber};
use domain::charge::{Charge, ChargeState};
use domain::entry::CareSetting;
use domain::group::HospitalCode;
use domain::id::EntryId;
use domain::machine::{Machine, MachineKind};
use domain::patient::PatientNumber;
use domain::time::Day;
use domain::yen::{SignedYen, Yen};
use exchange::bills_csv::{BillRow, Charset, LineEnd};
use store::testing::TestDatabase;
use testkit::house::{GOOD_CARD, House, shimin};

pub fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

pub fn hospital(code: &str) -> HospitalCode {
    HospitalCode::parse(code).unwrap()
}

/// A plain outpatient bill of 24 November 2026 for patient `00010001`, unless it is changed.
#[derive(Clone, Copy)]
pub struct Bill {
    pub slip: u32,
    pub patient: &'static str,
    pub day: &'static str,
    pub revision: u32,
    pub due: i64,
    pub received: i64,
    pub state: BillState,
}

pub const BILL: Bill = Bill {
    slip: 1,
    patient: "00010001",
    day: "2026-11-24",
    revision: 1,
    due: 3_700,
    received: 0,
    state: BillState::Billed,
};

impl Bill {
    pub fn row(self, hospital: &HospitalCode) -> BillRow {
        let yen = |amount| Yen::new(amount).unwrap();
        let service_day = day(self.day);
        BillRow {
            line: 0,
            key: BillKey {
                hospital: hospital.clone(),
                setting: CareSetting::Outpatient,
                slip_number: SlipNumber::parse(&format!("{:07}", self.slip)).unwrap(),
                year: service_day.year(),
            },
            hospital_revision: self.revision,
            content: BillContent {
                patient_number: PatientNumber::from_stored(self.patient.to_owned()),
                slip_group: None,
                service_day,
                service_end_day: None,
                issued_on: service_day,
                department: "内科".to_owned(),
                insurance: "社保".to_owned(),
                burden_rate_percent: Some(30),
                amounts: BillAmounts {
                    amount_due: yen(self.due),
                    tax_included: Yen::ZERO,
                    amount_received: yen(self.received),
                    insured_burden: yen(self.due),
                    self_pay: Yen::ZERO,
                    subsidy_burden: Yen::ZERO,
                    meal_burden: Yen::ZERO,
                    living_burden: Yen::ZERO,
                    work_accident_total: Yen::ZERO,
                    reduction: SignedYen::ZERO,
                    adjustment_1: SignedYen::ZERO,
                    adjustment_2: SignedYen::ZERO,
                    previous_balance: SignedYen::ZERO,
                },
                total_points: 1_234,
                sections: Vec::new(),
                other_self_pay: Vec::new(),
                statement: Vec::new(),
                state: self.state,
            },
        }
    }
}

/// A file of a hospital in UTF-8.
pub fn file(hospital: &HospitalCode, bills: &[Bill]) -> Vec<u8> {
    encoded(hospital, bills, Charset::Utf8)
}

pub fn encoded(hospital: &HospitalCode, bills: &[Bill], charset: Charset) -> Vec<u8> {
    let rows: Vec<BillRow> = bills.iter().map(|bill| bill.row(hospital)).collect();
    exchange::bills_csv::write(&rows, hospital, charset, LineEnd::CrLf).unwrap()
}

/// Takes a file in.
pub async fn import(app: &App, hospital: &HospitalCode, bytes: &[u8]) -> ImportReport {
    let file = Brought { file_name: "bills.csv", bytes, actor: &Actor::System };
    app::bills::import(app, hospital, file, Mode::Apply, |_done, _total| {}).await.unwrap()
}

/// `new, changed, same, rejected`.
pub fn counts(report: &ImportReport) -> (u64, u64, u64, u64) {
    let ImportReport { rows, new, changed, same, rejected, .. } = report;
    assert_eq!(new + changed + same + rejected, *rows, "{report:?}");
    (*new, *changed, *same, *rejected)
}

/// Puts a machine up.
pub async fn machine(app: &App, hospital: &HospitalCode, kind: MachineKind, name: &str) -> Machine {
    let offered =
        app::machines::enrol_code(app, hospital, kind, name, Actor::System).await.unwrap();
    let Offered::Code(code) = offered else { panic!("no such hospital") };
    let from = ClientAddress::new(std::net::Ipv4Addr::LOCALHOST.into());
    match app::machines::enrol(app, &code.code, &from).await.unwrap() {
        Enrolled::Done { machine, .. } => machine,
        other => panic!("not enrolled: {other:?}"),
    }
}

pub async fn kiosk(app: &App, hospital: &HospitalCode) -> Machine {
    machine(app, hospital, MachineKind::EntryKiosk, "1F-1").await
}

/// A house in which patient `00010001` has entered at half past nine.
pub async fn entered(database: TestDatabase) -> (House, EntryId) {
    let house = House::on(database).await;
    house.payer(&shimin(), "00010001", GOOD_CARD).await;
    let kiosk = kiosk(&house.app, &shimin()).await;
    house.go_to("2026-11-24 09:30");
    match swipe(&house.app, &kiosk, "A00010001A").await.unwrap() {
        Swiped::Entered { slip, .. } => (house, slip.entry),
        other => panic!("not entered: {other:?}"),
    }
}

pub async fn charge(app: &App, entry: EntryId) -> Option<Charge> {
    app.store()
        .read(move |reader| Ok::<_, AppError>(store::charges::last_of_entry(reader, entry)?))
        .await
        .unwrap()
        .map(|stored| stored.charge)
}

/// State, amount, and the frozen revisions of the charge of an entry.
pub async fn charged(app: &App, entry: EntryId) -> Option<(ChargeState, i64, Vec<i64>)> {
    let charge = charge(app, entry).await?;
    let owed = charge.obligation();
    Some((
        charge.state(),
        owed.amount.amount(),
        owed.bills.iter().map(|bill| bill.revision).collect(),
    ))
}

pub async fn acts(app: &App, act: Act) -> usize {
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
pub async fn left_behind(house: &House, entry: EntryId) -> String {
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
