//! The world as it really is, in words that owe nothing to the engine: who came, what the hospital asked
//! for, who paid cash. Beside it the house that is tested.

use super::Plan;
use super::chance::Chance;
use super::faults::{Counters, Fault};
use crate::house::{House, bill, shimin};
use app::settings::AppSettings;
use domain::id::{AccountId, EntryId};
use domain::time::{Day, Moment};
use outbound::cards::sandbox::{Books, ChargeStatus};
use std::collections::BTreeMap;
use std::future::Future;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use store::{Blow, Fuse};

/// A bill as the hospital last said it.
#[derive(Clone, Debug)]
pub struct Slip {
    /// Its number.
    pub number: String,
    /// The hospital's own count.
    pub revision: u32,
    /// What is to be paid by it, after what was paid in cash at once.
    pub due: i64,
    /// What was paid in cash before the file was made.
    pub cash: i64,
    /// What the hospital has noted of what the card paid.
    pub posted: i64,
}

/// One visit.
#[derive(Clone, Debug)]
pub struct Visit {
    /// Who pays.
    pub payer: AccountId,
    /// The patient's number.
    pub number: String,
    /// When.
    pub day: Day,
    /// The entry, if the patient asked to pay later.
    pub entry: Option<EntryId>,
    /// The bills that the hospital has sent.
    pub slips: Vec<Slip>,
    /// The most that the bills ever added up to.
    pub most: i64,
    /// When cash was taken, and whether the card was on its way or charged by then.
    pub cash: Option<(Moment, bool)>,
    /// Whether somebody has refunded by hand, or the gateway took another amount: then people must
    /// look, and the sums need not agree.
    pub meddled: bool,
}

impl Visit {
    /// What is to be paid now by what the hospital has sent.
    #[must_use]
    pub fn due(&self) -> i64 {
        self.slips.iter().map(|slip| slip.due).sum()
    }
}

/// Everything.
pub struct World {
    /// The house that is tested.
    pub house: House,
    /// What decides.
    pub chance: Chance,
    /// Which faults have fired.
    pub counters: Counters,
    /// Every visit so far.
    pub visits: Vec<Visit>,
    /// Calls of the gateway that were looked at.
    pub calls_seen: usize,
    /// Whether things go wrong.
    pub faults: bool,
    /// Whether the process died in the last use case.
    pub died: bool,
    /// Whether the accountant comes every morning.
    pub reconciles_daily: bool,
    /// Days before this one were reconciled.
    pub reconciled_before: Option<Day>,
    /// Use cases that broke although nothing had been made to go wrong.
    pub broken: Vec<String>,
    next_number: u64,
    next_slip: u64,
    trace: DefaultHasher,
}

impl World {
    /// A new world.
    pub async fn new(plan: Plan) -> Self {
        let database =
            if plan.postgres { store::testing::postgres() } else { store::testing::sqlite() };
        // One call at a time: the order in which answers come must follow from the seed.
        let settings =
            AppSettings { gateway_calls_at_once: 1, limits: false, ..AppSettings::default() };
        Self {
            house: House::with(database, settings).await,
            chance: Chance::new(plan.seed),
            counters: Counters::default(),
            visits: Vec::new(),
            calls_seen: 0,
            faults: true,
            died: false,
            // What the daily list tells must not be all that finds a lost answer.
            reconciles_daily: plan.seed.is_multiple_of(2),
            reconciled_before: None,
            broken: Vec::new(),
            next_number: 0,
            next_slip: 0,
            trace: DefaultHasher::new(),
        }
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Moment {
        self.house.app.now()
    }

    /// Lets time pass.
    ///
    /// # Panics
    ///
    /// When it would have to go back.
    pub fn go_to(&self, moment: Moment) {
        self.house.app.clock().forward_to(moment).expect("time goes forward");
    }

    /// From now on everything works.
    pub fn nothing_goes_wrong_any_more(&mut self) {
        self.faults = false;
        self.house.sandbox.forget_faults();
    }

    /// A fault fires.
    pub fn fires(&mut self, fault: Fault) {
        self.counters.add(fault);
        fault.hash(&mut self.trace);
    }

    /// Whether a fault fires, once in so many chances.
    pub fn may(&mut self, fault: Fault, one_in: u64) -> bool {
        let fires = self.faults && self.chance.one_in(one_in);
        if fires {
            self.fires(fault);
        }
        fires
    }

    /// Puts something into the digest of all that happened.
    pub fn note(&mut self, what: &str) {
        what.hash(&mut self.trace);
        self.now().ms().hash(&mut self.trace);
    }

    /// The digest of all that happened.
    #[must_use]
    pub fn trace(&self) -> u64 {
        self.trace.clone().finish()
    }

    /// The number of a patient whom nobody has seen before.
    pub fn new_patient(&mut self) -> String {
        self.next_number = self.next_number.saturating_add(1);
        format!("{:08}", self.next_number)
    }

    /// A slip number that was never used.
    pub fn new_slip(&mut self) -> String {
        self.next_slip = self.next_slip.saturating_add(1);
        format!("{:07}", self.next_slip)
    }

    /// Does something, perhaps with the process dying on the way. What breaks without that is kept as a
    /// fault of the house.
    pub async fn perhaps_dying<T, E, F>(&mut self, doing: &str, work: F) -> Option<T>
    where
        F: Future<Output = Result<T, E>>,
        E: std::fmt::Debug,
    {
        self.note(doing);
        let dies = self.faults && self.chance.one_in(6);
        let at = self.chance.below(60).saturating_add(1);
        let blow = if self.chance.one_in(2) { Blow::Before } else { Blow::After };
        if dies {
            let store = self.house.app.store().with_fuse(Fuse::blow_at(at, blow));
            drop(store);
        }
        let done = work.await;
        let blown = dies && self.house.app.store().fuse_calls() >= at;
        drop(self.house.app.store().with_fuse(Fuse::never()));
        self.died = blown;
        if blown {
            self.fires(Fault::Death);
        }
        match done {
            Ok(done) => Some(done),
            Err(_) if blown => None,
            Err(error) => {
                self.broken.push(format!("{doing}: {error:?}"));
                None
            }
        }
    }

    /// Sends a file of bills, as the hospital has them now.
    pub async fn send_bills(&mut self, which: &[usize]) {
        let mut rows = Vec::new();
        for visit in which.iter().filter_map(|index| self.visits.get(*index)) {
            for slip in &visit.slips {
                let asked = slip.due + slip.cash;
                let mut row = bill(&visit.number, &slip.number, visit.day, asked);
                row.hospital_revision = slip.revision;
                let received = slip.cash + slip.posted;
                row.content.amounts.amount_received =
                    domain::yen::Yen::new(received).expect("an amount");
                rows.push(row);
            }
        }
        if rows.is_empty() {
            return;
        }
        use exchange::bills_csv::{Charset, LineEnd, write};
        let bytes = write(&rows, &shimin(), Charset::Utf8, LineEnd::Lf).expect("a file");
        let actor = domain::audit::Actor::System;
        let app = self.house.app.clone();
        // The hospital sends a file again until it was taken: a death in between loses nothing.
        for _ in 0..3 {
            let file = app::bills::Brought { file_name: "bills.csv", bytes: &bytes, actor: &actor };
            let code = shimin();
            let work = app::bills::import(&app, &code, file, app::bills::Mode::Apply, |_, _| ());
            let taken = self.perhaps_dying("import", work).await;
            if let Some(report) = taken {
                let known = matches!(report.outcome, app::bills::Outcome::KnownFile { .. });
                if report.outcome != app::bills::Outcome::Applied && !known {
                    self.broken.push(format!("a file was refused: {report:?}"));
                }
                return;
            }
        }
        let file = app::bills::Brought { file_name: "bills.csv", bytes: &bytes, actor: &actor };
        if let Err(error) =
            app::bills::import(&app, &shimin(), file, app::bills::Mode::Apply, |_, _| ()).await
        {
            self.broken.push(format!("import: {error:?}"));
        }
    }

    /// The card network's own books.
    #[must_use]
    pub fn books(&self) -> Books {
        self.house.sandbox.books()
    }

    /// What the card network took, before anything went back.
    #[must_use]
    pub fn taken(&self) -> i64 {
        let books = self.books();
        let took = books.charges.values().filter(|one| one.status == ChargeStatus::Succeeded);
        took.map(|one| one.amount).sum()
    }

    /// Visits by their entries.
    #[must_use]
    pub fn by_entry(&self) -> BTreeMap<String, usize> {
        let entries = self.visits.iter().enumerate();
        entries.filter_map(|(at, visit)| Some((visit.entry?.to_string(), at))).collect()
    }
}
