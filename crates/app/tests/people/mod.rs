//! The world of the tests about people: one group with two hospitals, a card network, a mailbox, a
//! clock that stands still until it is moved. Each test body runs on SQLite and on PostgreSQL.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]
#![expect(dead_code, reason = "each test program uses its own part")]

use app::clock::Clock;
use app::ids::Ids;
use app::limits::ClientAddress;
use app::register::{
    self, Begun, CardBack, CardStart, CompletedRegistration, FormTyped, PatientTyped, StartTyped,
    Started,
};
use app::settings::AppSettings;
use app::sign_in::{SignIn, SignInTyped};
use app::{App, Outbound};
use domain::group::{Group, GroupSlug, Hospital, HospitalCode};
use domain::policy::{Policy, UnknownFunding};
use domain::time::{Day, Moment};
use outbound::cards::sandbox::{BooksAt, TestCard};
use outbound::cards::{CardGateway, Sandbox};
use outbound::mail::{FolderMailer, Mailer, StoredMail};
use std::sync::Arc;
use store::testing::TestDatabase;
use store::{Statement, StoreError};

/// The password of everybody who does not choose another.
pub const PASSWORD: &str = "umi to yama";

/// A card that works.
pub const GOOD_CARD: &str = "4242424242424242";

/// Everything around the use cases.
pub struct World {
    pub app: App,
    pub database: TestDatabase,
    pub sandbox: Arc<Sandbox>,
    mailbox: FolderMailer,
    _folder: tempfile::TempDir,
}

/// A world on each engine, at half past nine on a Tuesday.
pub async fn worlds() -> Vec<World> {
    let mut worlds = Vec::new();
    for database in store::testing::both() {
        worlds.push(World::on(database, Ids::counting()).await);
    }
    worlds
}

/// Worlds in which chance is chance: for tests with so many accounts that counted user IDs run out.
pub async fn worlds_of_chance() -> Vec<World> {
    let mut worlds = Vec::new();
    for database in store::testing::both() {
        worlds.push(World::on(database, Ids::System).await);
    }
    worlds
}

impl World {
    async fn on(database: TestDatabase, ids: Ids) -> Self {
        let clock =
            Clock::fixed(Day::parse("2026-11-24").unwrap().begins().plus_minutes(9 * 60 + 30));
        let theirs = clock.clone();
        let now = Arc::new(move || theirs.now());
        let sandbox = Arc::new(Sandbox::new(&BooksAt::Memory, "http://card.example", now).unwrap());
        let folder = tempfile::tempdir().unwrap();
        let mailbox = FolderMailer::open(folder.path()).await.unwrap();
        let outbound = Outbound {
            gateway: CardGateway::Sandbox(Arc::clone(&sandbox)),
            mailer: Mailer::Folder(mailbox.clone()),
            slip_printers: Default::default(),
        };
        database.write_blocking(seed).unwrap();
        let app = App::new((*database).clone(), outbound, clock, ids, AppSettings::default());
        Self { app, database, sandbox, mailbox, _folder: folder }
    }

    /// Lets time pass.
    pub fn pass_s(&self, seconds: i64) {
        self.app.clock().forward_to(self.app.now().plus_seconds(seconds)).unwrap();
    }

    /// Does all promised work, and gives every mail that was ever sent, in order.
    pub async fn mails(&self) -> Vec<StoredMail> {
        app::jobs::run_due(&self.app).await.unwrap();
        self.mailbox.list().await.unwrap()
    }

    /// The mails to one address.
    pub async fn mails_to(&self, address: &str) -> Vec<StoredMail> {
        self.mails().await.into_iter().filter(|mail| mail.to == address).collect()
    }

    /// Asks for an application URL.
    pub async fn start(&self, mail: &str) -> Started {
        let typed = StartTyped { mail, agreed_terms: true, insists: false };
        register::start(&self.app, &okayama(), &typed, &phone()).await.unwrap()
    }

    /// Asks for one, and takes its token out of the mail.
    pub async fn url_token(&self, mail: &str) -> String {
        assert!(matches!(self.start(mail).await, Started::Sent(_)));
        token_in(self.mails_to(mail).await.last().unwrap())
    }

    /// From the mail address to the form; gives the session token.
    pub async fn opened(&self, mail: &str) -> String {
        let url_token = self.url_token(mail).await;
        let begun = register::begin_form(&self.app, &url_token, None).await.unwrap();
        let Begun::Form { session_token: Some(token), .. } = begun else { panic!("{begun:?}") };
        token
    }

    /// From the mail address to the card page; gives the session token.
    pub async fn filled_in(&self, mail: &str, typed: &FormTyped) -> String {
        let session = self.opened(mail).await;
        let filled_in = register::fill_in(&self.app, &session, typed).await.unwrap();
        assert!(matches!(filled_in, register::FilledIn::CardNext { .. }), "{filled_in:?}");
        session
    }

    /// Saves a card at the gateway's page; gives the gateway's name of the attempt.
    pub async fn card_saved(&self, session: &str, card: &str) -> String {
        let card_start = register::start_card(&self.app, session).await.unwrap();
        let CardStart::GoTo { url } = card_start else { panic!("{card_start:?}") };
        let setup = self.setup_of(&url);
        self.sandbox.save_card(&setup, TestCard::by_number(card).unwrap()).unwrap();
        setup
    }

    /// The gateway's name of the attempt that a page is for.
    pub fn setup_of(&self, page_url: &str) -> String {
        let books = self.sandbox.books();
        books.setups.keys().find(|id| page_url.contains(id.as_str())).unwrap().clone()
    }

    /// The whole way with a card; gives what the browser sees in the end.
    pub async fn tried(&self, mail: &str, typed: &FormTyped, card: &str) -> CardBack {
        let session = self.filled_in(mail, typed).await;
        let setup = self.card_saved(&session, card).await;
        register::card_back(&self.app, &session, &setup).await.unwrap()
    }

    /// The whole way.
    pub async fn registered(&self, mail: &str, typed: &FormTyped) -> CompletedRegistration {
        let back = self.tried(mail, typed, GOOD_CARD).await;
        let CardBack::Completed(completed) = back else { panic!("{back:?}") };
        *completed
    }

    /// Tries to sign in from a network.
    pub async fn sign_in(&self, user_id: &str, password: &str, from: &ClientAddress) -> SignIn {
        let typed = SignInTyped { user_id, password, from, user_agent: "a browser" };
        app::sign_in::sign_in(&self.app, &okayama(), &typed).await.unwrap()
    }

    /// One number that SQL finds.
    pub fn number(&self, sql: &'static str) -> i64 {
        let statement = Statement::new("test.number", sql);
        self.database
            .read_blocking(move |reader| reader.query(&statement, &[])?.first().unwrap().int(0))
            .unwrap()
    }

    /// The first column of what SQL finds.
    pub fn texts(&self, sql: &str) -> Vec<String> {
        let sql: &'static str = sql.to_owned().leak();
        let statement = Statement::new("test.texts", sql);
        let found = self.database.read_blocking(move |reader| {
            let rows = reader.query(&statement, &[])?;
            rows.iter().map(|row| Ok(row.opt_text(0)?.unwrap_or_default().to_owned())).collect()
        });
        found.map_err(|error: StoreError| format!("{error}: {sql}")).unwrap()
    }

    /// Every column of every table, as text.
    pub fn dump(&self) -> String {
        let columns = match self.database.engine() {
            store::Engine::Sqlite => {
                "SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_info(m.name) c
                 WHERE m.type = 'table' ORDER BY 1"
            }
            store::Engine::Postgres => {
                "SELECT CAST(table_name || '.' || column_name AS TEXT) FROM information_schema.columns
                 WHERE table_schema = 'public' ORDER BY 1"
            }
        };
        let mut dump = String::new();
        for place in self.texts(columns) {
            let (table, column) = place.split_once('.').unwrap();
            for text in self.texts(&format!("SELECT CAST({column} AS TEXT) FROM {table}")) {
                dump.push_str(&format!("{place}: {text}\n"));
            }
        }
        dump
    }
}

/// The token of the application URL in a mail.
pub fn token_in(mail: &StoredMail) -> String {
    let (_, rest) = mail.text.split_once("/okayama/new/open/").unwrap();
    rest.split_whitespace().next().unwrap().to_owned()
}

pub fn okayama() -> GroupSlug {
    GroupSlug::parse("okayama").unwrap()
}

/// The network of a patient's phone.
pub fn phone() -> ClientAddress {
    ClientAddress::new("192.0.2.7".parse().unwrap())
}

/// Another network.
pub fn network(last: u8) -> ClientAddress {
    ClientAddress::new(std::net::Ipv4Addr::new(198, 51, 100, last).into())
}

/// What Yamada Taro types.
pub fn yamada() -> FormTyped {
    let text = str::to_owned;
    FormTyped {
        family_name: text("山田"),
        given_name: text("太郎"),
        family_kana: text("やまだ"),
        given_kana: text("タロウ"),
        birth_year: text("昭和25"),
        birth_month: text("4"),
        birth_day: text("1"),
        phone: text("090-1234-5678"),
        postal_code: text("700-8557"),
        address: text("岡山市北区表町1-2-3"),
        hospital: text("shimin"),
        patient_number: text("１２３４５"),
        relation: text("self"),
        patient: PatientTyped::default(),
        password: text(PASSWORD),
        password_again: text(PASSWORD),
    }
}

/// The same with another patient number.
pub fn patient(number: &str) -> FormTyped {
    FormTyped { patient_number: number.to_owned(), ..yamada() }
}

/// At the hospital that takes no card whose kind is unknown.
pub fn patient_of_senoo(number: &str) -> FormTyped {
    FormTyped { hospital: "senoo".to_owned(), ..patient(number) }
}

fn seed(tx: &mut store::Tx<'_>) -> Result<(), StoreError> {
    let group = Group {
        slug: okayama(),
        name: "岡山の病院".to_owned(),
        sender_domain: "medicalpay.example".to_owned(),
        terms_version: "2026-04".to_owned(),
    };
    store::groups::save_group(tx, &group)?;
    for (code, name) in [("shimin", "岡山市民病院"), ("senoo", "せのお病院")] {
        let hospital = Hospital {
            code: HospitalCode::parse(code).unwrap(),
            group: okayama(),
            name: name.to_owned(),
            institution_code: "3319900019".to_owned(),
            postal_code: "7008557".to_owned(),
            address: "岡山市".to_owned(),
            phone: "086-000-0000".to_owned(),
            phone_hours: "平日 8:30〜17:00".to_owned(),
            invoice_registration_number: None,
        };
        store::groups::save_hospital(tx, &hospital, 0)?;
        let mut policy = Policy::of_the_faq();
        if code == "senoo" {
            policy.activation_delay_minutes = 0;
            policy.funding.unknown = UnknownFunding::Refuse;
        }
        let text = exchange::policy_json::to_json(&policy);
        store::groups::save_policy(tx, &hospital.code, Day::parse("2026-04-01").unwrap(), &text)?;
    }
    Ok(())
}

/// So many minutes after the world began.
pub fn minutes_after_start(minutes: i64) -> Moment {
    Day::parse("2026-11-24").unwrap().begins().plus_minutes(9 * 60 + 30 + minutes)
}

/// The hash of [`PASSWORD`] as a cheaper time made it: 8 MiB and one pass.
pub fn cheap_hash() -> String {
    use argon2::password_hash::PasswordHasher as _;
    let params = argon2::Params::new(8_192, 1, 1, None).unwrap();
    let hasher = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
    let hash: argon2::password_hash::phc::PasswordHash =
        hasher.hash_password_with_salt(PASSWORD.as_bytes(), &[1; 16]).unwrap();
    hash.to_string()
}
