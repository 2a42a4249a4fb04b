//! A whole house for one test: an `App` on a throw-away database, the sandbox card network in this
//! process with books of its own, mails in a folder, a clock that stands still until it is moved.

use app::clock::Clock;
use app::ids::Ids;
use app::settings::AppSettings;
use app::{App, Outbound};
use domain::account::{Account, AccountState, PatientLink, PersonDetails};
use domain::audit::Actor;
use domain::card::Card;
use domain::entry::{CareSetting, Entry, EntryNumber, EntryState};
use domain::group::{GroupSlug, HospitalCode};
use domain::id::{AccountId, EntryId};
use domain::mail_address::MailAddress;
use domain::patient::{BirthDate, Kana, PatientNumber, PersonName, Phone, PostalAddress, Relation};
use domain::time::{Day, Moment, TimeOfDay};
use domain::user_id::UserId;
use outbound::cards::sandbox::{BooksAt, Sandbox, TestCard};
use outbound::cards::{CardGateway, SetupOrder, SetupOutcome};
use outbound::mail::{FolderMailer, Mailer, StoredMail};
use outbound::printers::{MemoryPrinter, SlipPrinter};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::cards::{Flag, Mandate};
use store::testing::TestDatabase;

/// The group that every house has: two hospitals, the FAQ's policy.
pub const OKAYAMA: &str = include_str!("../../../fixtures/okayama.toml");

/// A test card that is always taken.
pub const GOOD_CARD: &str = "4242424242424242";

/// Where mails lie in a house's own folder.
const MAIL: &str = "mail";

/// One house.
pub struct House {
    /// The use cases.
    pub app: App,
    /// The card network and its books.
    pub sandbox: Arc<Sandbox>,
    /// Where mails go.
    pub mail: FolderMailer,
    /// The printer of the kiosk named `1F-1`.
    pub printer: MemoryPrinter,
    /// The database, dropped with the house.
    pub database: TestDatabase,
    folder: tempfile::TempDir,
}

/// A moment in Asia/Tokyo: `2026-11-24 09:00`.
///
/// # Panics
///
/// On anything else.
#[must_use]
pub fn at(text: &str) -> Moment {
    let (day, time) = text.split_once(' ').expect("a day, a blank, a time");
    Day::parse(day).expect("a day").at(TimeOfDay::parse(time).expect("a time"))
}

/// The hospital that tests use when they need one.
#[must_use]
pub fn shimin() -> HospitalCode {
    HospitalCode::parse("shimin").expect("a code")
}

/// The other hospital of the group.
///
/// # Panics
///
/// Never: the code is one.
#[must_use]
pub fn senoo() -> HospitalCode {
    HospitalCode::parse("senoo").expect("a code")
}

/// The group that tests use.
#[must_use]
pub fn okayama() -> GroupSlug {
    GroupSlug::parse("okayama").expect("a slug")
}

impl House {
    /// A house on a database, on Tuesday 24 November 2026, 9:00 in Tokyo.
    pub async fn on(database: TestDatabase) -> Self {
        Self::with(database, AppSettings::default()).await
    }

    /// A house with settings of its own.
    ///
    /// # Panics
    ///
    /// When it cannot be built.
    pub async fn with(database: TestDatabase, settings: AppSettings) -> Self {
        let folder = store::testing::folder_in_memory();
        let clock = Clock::fixed(at("2026-11-24 09:00"));
        let told = clock.clone();
        let sandbox =
            Sandbox::new(&BooksAt::Memory, "http://card.test", Arc::new(move || told.now()));
        let sandbox = Arc::new(sandbox.expect("books"));
        let mail = FolderMailer::open(folder.path().join(MAIL)).await.expect("a folder for mail");
        let printer = MemoryPrinter::new();
        let slip_printers =
            BTreeMap::from([("1F-1".to_owned(), SlipPrinter::Memory(printer.clone()))]);
        let outbound = Outbound {
            gateway: CardGateway::Sandbox(Arc::clone(&sandbox)),
            mailer: Mailer::Folder(mail.clone()),
            slip_printers,
        };
        let app = App::new((*database).clone(), outbound, clock, Ids::counting(), settings);
        app::policy::load_group_file(&app, OKAYAMA, Actor::System).await.expect("the group");
        Self { app, sandbox, mail, printer, database, folder }
    }

    /// Lets the policy of every hospital say something else, from its first day on: `line` stands in place of another.
    ///
    /// # Panics
    ///
    /// When no line says that.
    pub async fn decide(&self, instead_of: &str, line: &str) {
        let file = OKAYAMA.replace(instead_of, line);
        assert_ne!(file, OKAYAMA, "{instead_of} stands nowhere");
        let loaded = app::policy::load_group_file(&self.app, &file, Actor::System).await;
        assert!(matches!(loaded, Ok(app::policy::Loaded::Done(_))), "{loaded:?}");
    }

    /// The mail server goes away, or comes back with all that it has.
    ///
    /// # Panics
    ///
    /// When it cannot.
    pub fn mail_server_is_away(&self, away: bool) {
        let [here, there] = [MAIL, "away"].map(|name| self.folder.path().join(name));
        let (from, to) = if away { (here, there) } else { (there, here) };
        std::fs::rename(from, to).expect("a folder for mail");
    }

    /// Moves the clock forward.
    ///
    /// # Panics
    ///
    /// When the moment lies behind.
    pub fn go_to(&self, moment: &str) {
        self.app.clock().forward_to(at(moment)).expect("the clock goes forward");
    }

    /// Sends what is promised and gives back every mail so far, oldest first.
    ///
    /// # Panics
    ///
    /// When a job breaks.
    pub async fn mails(&self) -> Vec<StoredMail> {
        app::jobs::run_due(&self.app).await.expect("jobs");
        self.mail.list().await.expect("mails")
    }

    /// Registers a payer with one patient number and one card, without the pages.
    ///
    /// # Panics
    ///
    /// When it cannot be done.
    pub async fn payer(&self, hospital: &HospitalCode, number: &str, card: &str) -> AccountId {
        let now = self.app.now();
        let facts = self.save_card(number, card).await;
        let ids = self.app.ids().clone();
        let account_id: AccountId = ids.id(now);
        let elsewhere = if *hospital == shimin() { String::new() } else { format!(".{hospital}") };
        let mail = format!("p{number}{elsewhere}@example.jp");
        let account = Account {
            id: account_id,
            group: okayama(),
            user_id: UserId::from_stored(format!("u{:x}", account_id.number())),
            mail: MailAddress::parse(&mail).expect("an address"),
            person: person(),
            state: AccountState::Active,
            completed_at: now,
        };
        let link = PatientLink {
            id: ids.id(now),
            account: account.id,
            hospital: hospital.clone(),
            patient_number: PatientNumber::from_stored(number.to_owned()),
            relation: Relation::Myself,
            patient: None,
        };
        let card = Card { id: ids.id(now), account: account.id, facts, saved_at: now };
        let mandate = Mandate {
            terms_version: "1".to_owned(),
            terms_agreed_at: now,
            text_version: "1".to_owned(),
            given_at: now,
        };
        let id = account.id;
        self.app
            .store()
            .write(move |tx| {
                store::accounts::insert(tx, &account, "no password")?;
                store::patient_links::insert(tx, &link, now)?;
                store::cards::insert(tx, &card, Flag::None, &mandate)
            })
            .await
            .expect("a payer");
        id
    }

    async fn save_card(&self, reference: &str, number: &str) -> domain::card::CardFacts {
        let gateway = CardGateway::Sandbox(Arc::clone(&self.sandbox));
        let order = SetupOrder {
            reference: reference.to_owned(),
            return_url: "http://us.test/".to_owned(),
        };
        let setup = gateway.start_setup(&order).await.expect("a setup");
        let card = TestCard::by_number(number).expect("a test card");
        self.sandbox.save_card(&setup.setup_id, card).expect("a saved card");
        let outcome = gateway.setup_outcome(&setup.setup_id).await.expect("an outcome");
        let SetupOutcome::Saved(facts) = outcome else {
            panic!("the card was not saved: {outcome:?}")
        };
        facts
    }

    /// Enters a visit of today, as a kiosk would.
    ///
    /// # Panics
    ///
    /// When it cannot be done.
    pub async fn enter(
        &self,
        account: AccountId,
        hospital: &HospitalCode,
        number: &str,
    ) -> EntryId {
        let (now, ids) = (self.app.now(), self.app.ids().clone());
        let (hospital, number) = (hospital.clone(), PatientNumber::from_stored(number.to_owned()));
        let id: EntryId = ids.id(now);
        self.app
            .store()
            .write(move |tx| {
                let serial = store::entries::next_serial(tx, &hospital, now.day())?;
                let serial = u16::try_from(serial).expect("few entries");
                let entry = Entry {
                    id,
                    number: EntryNumber::new(now.day(), serial).expect("a number"),
                    hospital,
                    patient_number: number,
                    visit_day: now.day(),
                    setting: CareSetting::Outpatient,
                    account,
                    link: ids.id(now),
                    machine: None,
                    entered_at: now,
                    state: EntryState::Entered,
                };
                store::entries::insert(tx, &entry).map(drop)
            })
            .await
            .expect("an entry");
        id
    }
}

/// An invented person.
fn person() -> PersonDetails {
    let today = Day::parse("2026-11-24").expect("a day");
    PersonDetails {
        name: PersonName::parse("山田 花子").expect("a name"),
        kana: Kana::parse("ヤマダ ハナコ").expect("kana"),
        birth_date: BirthDate::parse("1950", "4", "1", today).expect("a birth date"),
        phone: Phone::parse("090-1234-5678").expect("a telephone number"),
        address: PostalAddress::parse("700-8557", "岡山市北区北長瀬表町 1-2-3")
            .expect("an address"),
    }
}

impl House {
    /// Takes in a file of bills, as a hospital would send it.
    ///
    /// # Panics
    ///
    /// When the file is refused.
    pub async fn import(&self, hospital: &HospitalCode, rows: &[exchange::bills_csv::BillRow]) {
        use exchange::bills_csv::{Charset, LineEnd, write};
        let bytes = write(rows, hospital, Charset::Utf8, LineEnd::Lf).expect("a file");
        let actor = Actor::System;
        let file = app::bills::Brought { file_name: "bills.csv", bytes: &bytes, actor: &actor };
        let report =
            app::bills::import(&self.app, hospital, file, app::bills::Mode::Apply, |_, _| ())
                .await
                .expect("an import");
        assert_eq!(report.outcome, app::bills::Outcome::Applied, "{report:?}");
    }
}

/// A plain outpatient bill of one section.
///
/// # Panics
///
/// On an amount that is none.
#[must_use]
pub fn bill(number: &str, slip: &str, day: Day, due: i64) -> exchange::bills_csv::BillRow {
    use domain::bill::{BillAmounts, BillContent, BillKey, BillState, SectionLine, SlipNumber};
    use domain::bill_section::Section;
    use domain::yen::{SignedYen, Yen};
    let yen = |amount| Yen::new(amount).expect("an amount");
    let points = due / 3;
    let content = BillContent {
        patient_number: PatientNumber::from_stored(number.to_owned()),
        slip_group: None,
        service_day: day,
        service_end_day: None,
        issued_on: day,
        department: "内科".to_owned(),
        insurance: "社保".to_owned(),
        burden_rate_percent: Some(30),
        amounts: BillAmounts {
            amount_due: yen(due),
            tax_included: Yen::ZERO,
            amount_received: Yen::ZERO,
            insured_burden: yen(due),
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
        total_points: points,
        sections: vec![SectionLine {
            section: Section::Consultation,
            insured: points,
            uninsured: Yen::ZERO,
        }],
        other_self_pay: Vec::new(),
        statement: Vec::new(),
        state: BillState::Billed,
    };
    let key = BillKey {
        hospital: shimin(),
        setting: CareSetting::Outpatient,
        slip_number: SlipNumber::parse(slip).expect("a slip number"),
        year: day.year(),
    };
    exchange::bills_csv::BillRow { line: 2, key, hospital_revision: 1, content }
}
