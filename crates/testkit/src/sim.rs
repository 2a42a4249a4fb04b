//! A simulated world: the real use cases on a real database, an invented hospital and its patients, the
//! sandbox card network, and everything that can go wrong between them. Months pass in seconds.
//!
//! One number decides everything: the same seed gives the same run. After each step the [`oracle`], which
//! knows nothing of the engine, compares the card network's own books with what the hospital asked for.

mod actions;
mod bookkeeper;
mod calls;
mod chance;
mod faults;
mod files;
mod oracle;
mod world;

pub use faults::{Counters, Fault};

use domain::time::Moment;
use oracle::Oracle;
use world::World;

/// What is to be played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Decides everything.
    pub seed: u64,
    /// Days on which things happen and go wrong. Afterwards nothing goes wrong any more, and
    /// everything must come to its end.
    pub days: u16,
    /// On PostgreSQL instead of SQLite.
    pub postgres: bool,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Report {
    /// What was played.
    pub plan: Plan,
    /// How often each fault has fired.
    pub counters: Counters,
    /// Simulated time in milliseconds.
    pub simulated_ms: i64,
    /// Visits that took place.
    pub visits: usize,
    /// Money that the card network took, in yen, before anything went back.
    pub taken: i64,
    /// A digest of all that happened: the same seed gives the same one.
    pub trace: u64,
    /// What must never happen, and did. Empty: all is well.
    pub violations: Vec<String>,
}

/// Days without faults at the end: longer than the longest wait of any rule.
const QUIET_DAYS: u16 = 45;

/// Moments of a day at which something may happen.
const TICKS_MINUTES: [i64; 9] = [5, 480, 485, 495, 540, 720, 1_080, 1_200, 1_380];

/// Plays a plan to its end, or until something happens that must not.
///
/// # Panics
///
/// When the world itself cannot be built.
pub async fn play(plan: Plan) -> Report {
    let mut world = World::new(plan).await;
    let mut oracle = Oracle::default();
    let began = world.now();
    let mut violations = Vec::new();
    for day in 0..plan.days {
        for minutes in TICKS_MINUTES {
            let moment = began.day().plus_days(day).begins().plus_minutes(minutes);
            // Never twice at one moment: nobody could say what came first.
            if moment <= world.now() {
                continue;
            }
            world.go_to(moment);
            actions::act(&mut world).await;
            violations.extend(oracle.look(&mut world).await);
            if !violations.is_empty() {
                return report(&world, plan, began, violations);
            }
        }
    }
    world.nothing_goes_wrong_any_more();
    for day in 1..=QUIET_DAYS {
        let moment = world.now().day().plus_days(1).begins().plus_minutes(600);
        world.go_to(moment);
        actions::tidy_up(&mut world, day).await;
        violations.extend(oracle.look(&mut world).await);
        if !violations.is_empty() {
            return report(&world, plan, began, violations);
        }
    }
    violations.extend(oracle.last_look(&mut world).await);
    report(&world, plan, began, violations)
}

fn report(world: &World, plan: Plan, began: Moment, violations: Vec<String>) -> Report {
    Report {
        plan,
        counters: world.counters.clone(),
        simulated_ms: world.now().ms().saturating_sub(began.ms()),
        visits: world.visits.len(),
        taken: world.taken(),
        trace: world.trace(),
        violations: violations.into_iter().chain(world.broken.clone()).collect(),
    }
}
