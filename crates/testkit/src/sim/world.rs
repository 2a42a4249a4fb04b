//! The world as it really is, in words that owe nothing to the engine: who came, what the hospital asked
//! for, who paid cash. Beside it the house that is tested.

use super::Plan;
use super::chance::Chance;
use super::faults::{Counters, Fault};
use crate::house::{House, senoo, shimin};
use app::settings::AppSettings;
use domain::group::HospitalCode;
use domain::id::{AccountId, EntryId};
use domain::time::{Day, Moment};
use outbound::cards::sandbox::{Books, ChargeStatus};
use std::collections::{BTreeMap, BTreeSet};
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
    /// Where.
    pub hospital: HospitalCode,
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
    /// What it was made from.
    pub seed: u64,
    /// What decides.
    pub chance: Chance,
    /// Which faults have fired.
    pub counters: Counters,
    /// Every visit so far.
    pub visits: Vec<Visit>,
    /// The ceilings that payers set, each from its moment on; `None`: there may be none.
    pub ceilings: BTreeMap<AccountId, Vec<(Moment, Option<i64>)>>,
    /// Charges and amounts above a ceiling to which their payers agreed.
    pub agreed: BTreeSet<(String, i64)>,
    /// Calls of the gateway that were looked at.
    pub calls_seen: usize,
    /// Whether things go wrong.
    pub faults: bool,
    /// Whether the process died in the last use case, or a call of it failed.
    pub died: bool,
    /// Until when no new bills come, because the hospitals' system is down.
    pub bills_from: Option<Moment>,
    /// When the mail server comes back.
    pub mail_back_at: Option<Moment>,
    /// Whether the accountant comes every morning.
    pub reconciles_daily: bool,
    /// Days before this one were reconciled.
    pub reconciled_before: Option<Day>,
    /// Use cases that broke although nothing had been made to go wrong.
    pub broken: Vec<String>,
    next_number: u64,
    next_slip: BTreeMap<HospitalCode, u64>,
    trace: DefaultHasher,
}

impl World {
    /// A new world.
    pub async fn new(plan: Plan) -> Self {
        let database = if plan.postgres {
            store::testing::postgres()
        } else {
            store::testing::sqlite_in(store::testing::folder_in_memory())
        };
        // One call at a time: the order in which answers come must follow from the seed.
        let settings =
            AppSettings { gateway_calls_at_once: 1, limits: false, ..AppSettings::default() };
        Self {
            house: House::with(database, settings).await,
            seed: plan.seed,
            chance: Chance::new(plan.seed),
            counters: Counters::default(),
            visits: Vec::new(),
            ceilings: BTreeMap::new(),
            agreed: BTreeSet::new(),
            calls_seen: 0,
            faults: true,
            died: false,
            bills_from: None,
            mail_back_at: None,
            // What the daily list tells must not be all that finds a lost answer.
            reconciles_daily: plan.seed.is_multiple_of(2),
            reconciled_before: None,
            broken: Vec::new(),
            next_number: 0,
            next_slip: BTreeMap::new(),
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
        if self.mail_back_at.take().is_some() {
            self.house.mail_server_is_away(false);
        }
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

    /// A slip number that was never used at a hospital. Every hospital begins with the same ones.
    pub fn new_slip(&mut self, hospital: &HospitalCode) -> String {
        let next = self.next_slip.entry(hospital.clone()).or_default();
        *next = next.saturating_add(1);
        format!("{next:07}")
    }

    /// One of the two hospitals.
    pub fn some_hospital(&mut self) -> HospitalCode {
        if self.chance.one_in(4) { senoo() } else { shimin() }
    }

    /// Does something, perhaps with the process dying on the way. What breaks without that is kept as a
    /// fault of the house.
    pub async fn perhaps_dying<T, E, F>(&mut self, doing: &str, work: F) -> Option<T>
    where
        F: Future<Output = Result<T, E>>,
        E: std::fmt::Debug,
    {
        self.note(doing);
        let trouble = if self.faults { self.chance.below(12) } else { u64::MAX };
        let at = self.chance.below(60).saturating_add(1);
        let blow = if self.chance.one_in(2) { Blow::Before } else { Blow::After };
        let fault = match trouble {
            0 | 1 => Some((Fault::Death, Fuse::blow_at(at, blow))),
            2 => Some((Fault::FailedCall, Fuse::fail_once_at(at, blow))),
            _ => None,
        };
        if let Some((_, fuse)) = fault {
            drop(self.house.app.store().with_fuse(fuse));
        }
        let done = work.await;
        let blown = fault.filter(|_| self.house.app.store().fuse_calls() >= at);
        drop(self.house.app.store().with_fuse(Fuse::never()));
        self.died = blown.is_some();
        if let Some((fault, _)) = blown {
            self.fires(fault);
        }
        let blown = self.died;
        match done {
            Ok(done) => Some(done),
            Err(_) if blown => None,
            Err(error) => {
                self.broken.push(format!("{doing}: {error:?}"));
                None
            }
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

    /// What a payer allows to be taken without asking at a moment, if we know it for sure.
    #[must_use]
    pub fn ceiling(&self, payer: AccountId, at: Moment) -> Option<i64> {
        let set = self.ceilings.get(&payer)?;
        set.iter().rev().find(|(since, _)| *since <= at).and_then(|(_, ceiling)| *ceiling)
    }

    /// Visits by their entries.
    #[must_use]
    pub fn by_entry(&self) -> BTreeMap<String, usize> {
        let entries = self.visits.iter().enumerate();
        entries.filter_map(|(at, visit)| Some((visit.entry?.to_string(), at))).collect()
    }
}
