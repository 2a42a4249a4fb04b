//! What both sides find: the group of the FAQ, payers who have registered, visits that were entered.

use crate::database::Database;
use anyhow::{Context as _, bail};
use app::clock::Clock;
use app::ids::Ids;
use app::settings::AppSettings;
use app::{App, AppError, Outbound};
use axum::extract::Request;
use axum::middleware::{self, Next};
use domain::account::{Account, AccountState, PatientLink, PersonDetails};
use domain::audit::Actor;
use domain::bill::BillKey;
use domain::card::{Card, CardFacts, Expiry, Funding, GatewayCard};
use domain::entry::{CareSetting, Entry, EntryNumber, EntryState};
use domain::group::{GroupSlug, HospitalCode};
use domain::id::MachineId;
use domain::machine::{Machine, MachineKind};
use domain::mail_address::MailAddress;
use domain::opening::{self, Opening};
use domain::patient::{PatientNumber, Relation};
use domain::policy::Policy;
use domain::time::{Day, Moment, TimeOfDay};
use domain::user_id::UserId;
use domain::yen::Yen;
use exchange::fixture::{self, InventedPerson};
use outbound::cards::sandbox::{self, BooksAt, EventBody, Sandbox, TestCard};
use outbound::cards::{
    CardGateway, ChargeOrder, RemoteSandbox, RemoteSettings, SetupOrder, SetupOutcome,
};
use outbound::mail::{FolderMailer, Mailer};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use store::cards::{Flag, Mandate};
use store::{OpenOptions, Tx};
use tokio::runtime::Runtime;

/// Always pays.
const GOOD_CARD: &str = "4242424242424242";

const OKAYAMA: &str = include_str!("../../fixtures/okayama.toml");

/// The product, opened on a database, and the runtime that it runs on. Nothing of it calls a runtime from
/// within another: the peers' client of PostgreSQL brings its own.
pub struct World {
    pub runtime: Runtime,
    pub app: App,
    sandbox: Arc<Sandbox>,
    _mails: tempfile::TempDir,
}

/// In which way a world is opened.
pub struct How {
    pub now: Moment,
    /// Counted ones make the same rows on every server.
    pub ids: Ids,
    /// Requests to the gateway at once.
    pub calls_at_once: usize,
    /// A gateway in this process answers at once.
    pub far: Option<Far>,
}

impl How {
    /// As `serve` does it.
    pub fn new(now: Moment) -> Self {
        let calls_at_once = AppSettings::default().gateway_calls_at_once;
        Self { now, ids: Ids::System, calls_at_once, far: None }
    }
}

/// A card network over HTTP that takes its time.
#[derive(Clone)]
pub struct Far {
    latency: Duration,
    requests_a_second: u32,
    heard: Arc<Mutex<Vec<Instant>>>,
}

impl Far {
    pub fn new(latency: Duration, requests_a_second: u32) -> Self {
        Self { latency, requests_a_second, heard: Arc::default() }
    }

    /// When its requests came.
    pub fn heard(&self) -> Vec<Instant> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn forget(&self) {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    async fn serve(&self, sandbox: &Arc<Sandbox>) -> anyhow::Result<CardGateway> {
        let (latency, heard) = (self.latency, Arc::clone(&self.heard));
        let wait = move |request: Request, next: Next| {
            let heard = Arc::clone(&heard);
            async move {
                heard.lock().unwrap_or_else(PoisonError::into_inner).push(Instant::now());
                tokio::time::sleep(latency).await;
                next.run(request).await
            }
        };
        let router = sandbox::router(Arc::clone(sandbox)).layer(middleware::from_fn(wait));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let base_url = format!("http://{}", listener.local_addr()?);
        tokio::spawn(async move { axum::serve(listener, router).await });
        // The first world was first.
        let _known = rustls::crypto::ring::default_provider().install_default();
        let settings = RemoteSettings {
            requests_a_second: self.requests_a_second,
            base_url,
            connect_timeout: Duration::from_secs(10),
            request_timeout: Duration::from_secs(30),
            webhook_secrets: vec![sandbox::WEBHOOK_SECRET.to_owned()],
        };
        Ok(CardGateway::Remote(RemoteSandbox::new(&settings)?))
    }
}

impl World {
    /// As `serve` would open it, except that the clock stands still and no mail leaves.
    pub fn open(database: &Database, options: OpenOptions, now: Moment) -> anyhow::Result<Self> {
        Self::open_with(database, options, How::new(now))
    }

    /// The same in another way.
    pub fn open_with(database: &Database, options: OpenOptions, how: How) -> anyhow::Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let mails = tempfile::tempdir()?;
        let now = how.now;
        let sandbox = Sandbox::new(&BooksAt::Memory, "http://card.test", Arc::new(move || now))?;
        let sandbox = Arc::new(sandbox);
        let gateway = match &how.far {
            None => CardGateway::Sandbox(Arc::clone(&sandbox)),
            Some(far) => runtime.block_on(far.serve(&sandbox))?,
        };
        let outbound = Outbound {
            gateway,
            mailer: Mailer::Folder(runtime.block_on(FolderMailer::open(mails.path()))?),
            slip_printers: BTreeMap::new(),
        };
        let settings =
            AppSettings { gateway_calls_at_once: how.calls_at_once, ..AppSettings::default() };
        let clock = Clock::fixed(now);
        let app = App::new(database.open(options)?, outbound, clock, how.ids, settings);
        Ok(Self { runtime, app, sandbox, _mails: mails })
    }

    /// Loads the group.
    pub fn load_group(&self) -> anyhow::Result<()> {
        let loaded = app::policy::load_group_file(&self.app, OKAYAMA, Actor::System);
        self.runtime.block_on(loaded)?;
        Ok(())
    }

    /// So many cards that were saved at the card network, whose books begin with them: the same ones in every
    /// world.
    pub fn cards(&self, count: usize) -> anyhow::Result<Vec<CardFacts>> {
        let gateway = CardGateway::Sandbox(Arc::clone(&self.sandbox));
        self.runtime.block_on(async {
            let mut cards = Vec::with_capacity(count);
            for number in 0..count {
                let reference = format!("payer {number}");
                let order = SetupOrder { reference, return_url: "http://bench.test/".to_owned() };
                let setup = gateway.start_setup(&order).await?.setup_id;
                let card = TestCard::by_number(GOOD_CARD).context("a test card")?;
                self.sandbox.save_card(&setup, card).context("a card")?;
                let outcome = gateway.setup_outcome(&setup).await?;
                let SetupOutcome::Saved(facts) = outcome else {
                    bail!("no card was saved: {outcome:?}")
                };
                cards.push(facts);
            }
            Ok(cards)
        })
    }

    /// So many calls of the gateway about charges, each with its signature.
    pub fn calls(&self, count: usize) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
        let card = self.cards(1)?.pop().context("a card")?;
        let order = ChargeOrder {
            key: "bench".to_owned(),
            amount: Yen::new(2_890)?,
            at_gateway: card.at_gateway,
            reference: "bench".to_owned(),
            generation: 1,
            description: "bench".to_owned(),
        };
        let gateway = CardGateway::Sandbox(Arc::clone(&self.sandbox));
        self.runtime.block_on(gateway.charge(&order));
        let event = self.sandbox.books().events.first().cloned().context("no call")?;
        let call = |number| {
            self.sandbox.signed(&EventBody { id: format!("evt_{number:016}"), ..event.clone() })
        };
        Ok((0..count).map(call).collect())
    }

    /// Writes through the store.
    pub fn write(
        &self,
        closure: impl FnOnce(&mut Tx<'_>) -> Result<(), AppError> + Send + 'static,
    ) -> anyhow::Result<()> {
        self.runtime.block_on(self.app.store().write(closure))?;
        Ok(())
    }

    /// Registers so many payers, each with one patient number and a card.
    pub fn register_payers(&self, count: u32) -> anyhow::Result<()> {
        let hospital = shimin()?;
        let people =
            fixture::people(fixture::seed_of(&hospital), count, &Policy::of_the_faq().card_layout);
        let registered_at = self.app.now().plus_minutes(-60 * 24);
        for some in people.chunks(500) {
            let (some, ids, hospital) = (some.to_vec(), self.app.ids().clone(), hospital.clone());
            self.write(move |tx| {
                some.iter()
                    .try_for_each(|person| register(tx, &ids, &hospital, person, registered_at))
            })?;
        }
        Ok(())
    }

    /// Enters the visits that bills are for.
    pub fn enter_visits(&self, visits: Vec<(BillKey, PatientNumber, Day)>) -> anyhow::Result<()> {
        let (ids, now) = (self.app.ids().clone(), self.app.now());
        self.write(move |tx| {
            for (key, patient_number, visit_day) in visits {
                let serial = store::entries::next_serial(tx, &key.hospital, visit_day)?;
                let number = u16::try_from(serial)
                    .ok()
                    .and_then(|serial| EntryNumber::new(visit_day, serial));
                let number = number.ok_or_else(|| AppError::Inconsistent {
                    what: "there are too many entries".to_owned(),
                })?;
                let entry = Entry {
                    id: ids.id(now),
                    number,
                    hospital: key.hospital,
                    patient_number,
                    visit_day,
                    setting: CareSetting::Outpatient,
                    account: ids.id(now),
                    link: ids.id(now),
                    machine: None,
                    entered_at: now,
                    state: EntryState::Entered,
                };
                store::entries::insert(tx, &entry)?;
            }
            Ok(())
        })
    }

    /// Puts a kiosk up.
    pub fn kiosk(&self) -> anyhow::Result<Machine> {
        let now = self.app.now();
        let id: MachineId = self.app.ids().id(now);
        let machine = Machine {
            id,
            hospital: shimin()?,
            kind: MachineKind::EntryKiosk,
            name: "1F-1".to_owned(),
            enrolled_at: now,
            revoked_at: None,
        };
        let kiosk = machine.clone();
        self.write(move |tx| Ok(store::machines::insert(tx, &machine, "hash of a token")?))?;
        Ok(kiosk)
    }
}

fn register(
    tx: &mut Tx<'_>,
    ids: &Ids,
    hospital: &HospitalCode,
    person: &InventedPerson,
    at: Moment,
) -> Result<(), AppError> {
    let wrong = |what: &str| AppError::Inconsistent { what: what.to_owned() };
    let number = person.patient_number.clone();
    let group = GroupSlug::parse("okayama").map_err(|_fault| wrong("no slug"))?;
    let mail = MailAddress::parse(&format!("p{number}@example.jp"))
        .map_err(|_fault| wrong("no address"))?;
    let account = Account {
        id: ids.id(at),
        group,
        user_id: UserId::from_random(ids.bytes()),
        mail,
        person: PersonDetails {
            name: person.name.clone(),
            kana: person.kana.clone(),
            birth_date: person.birth_date,
            phone: person.phone.clone(),
            address: person.address.clone(),
        },
        state: AccountState::Active,
        completed_at: at,
    };
    let link = PatientLink {
        id: ids.id(at),
        account: account.id,
        hospital: hospital.clone(),
        patient_number: number.clone(),
        relation: Relation::Myself,
        patient: None,
    };
    let facts = CardFacts {
        at_gateway: GatewayCard {
            customer: format!("cus_{number}"),
            payment_method: format!("pm_{number}"),
        },
        brand: "VISA".to_owned(),
        last_four: "4242".to_owned(),
        expiry: Expiry { year: 2035, month: 12 },
        funding: Funding::Credit,
        authenticated: true,
    };
    let card = Card { id: ids.id(at), account: account.id, facts, saved_at: at };
    let mandate = Mandate {
        terms_version: "1".to_owned(),
        terms_agreed_at: at,
        text_version: "1".to_owned(),
        given_at: at,
    };
    store::accounts::insert(tx, &account, "no password")?;
    store::patient_links::insert(tx, &link, at)?;
    store::cards::insert(tx, &card, Flag::None, &mandate)?;
    Ok(())
}

/// The hospital that everything happens at.
pub fn shimin() -> anyhow::Result<HospitalCode> {
    HospitalCode::parse("shimin").map_err(|fault| anyhow::anyhow!("shimin: {fault:?}"))
}

/// The first day of every measurement.
pub fn first_day() -> anyhow::Result<Day> {
    Ok(Day::parse("2026-11-24")?)
}

/// Nine o'clock in Tokyo.
pub fn nine(day: Day) -> anyhow::Result<Moment> {
    Ok(day.at(TimeOfDay::new(9, 0).context("nine o'clock")?))
}

/// So many days from the first on which kiosks work at nine.
pub fn business_days(count: usize) -> anyhow::Result<Vec<Day>> {
    let policy = Policy::of_the_faq();
    let mut days = Vec::with_capacity(count);
    let mut day = first_day()?;
    while days.len() < count {
        if opening::at(&policy, nine(day)?) == Opening::Open {
            days.push(day);
        }
        day = day.tomorrow();
    }
    Ok(days)
}
