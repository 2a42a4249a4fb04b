//! Simulated worlds in every run of the tests: the seeds that once failed, for ever, and some more. The night's
//! run is `scripts/simulate --night`.

use testkit::sim::{Counters, Plan, play};

/// Seeds that failed once, each with the days that it took.
const FAILED_ONCE: &str = include_str!("../sim-seeds.txt");

/// Worlds of every run, beyond those.
const WORLDS: u64 = 16;

/// Days with faults in each.
const DAYS: u16 = 40;

fn kept() -> Vec<Plan> {
    let lines =
        FAILED_ONCE.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines
        .map(|line| {
            let mut words = line.split_whitespace();
            let mut number = || words.next().and_then(|word| word.parse::<u64>().ok());
            let (Some(seed), Some(days)) = (number(), number()) else { panic!("{line:?}") };
            Plan { seed, days: u16::try_from(days).expect("few days"), postgres: false }
        })
        .collect()
}

async fn must_hold(plans: Vec<Plan>) -> Counters {
    let mut counters = Counters::default();
    for plan in plans {
        let report = play(plan).await;
        assert!(report.violations.is_empty(), "{plan:?}: {:#?}", report.violations);
        assert!(report.taken > 0, "{plan:?}: nothing happened");
        counters.merge(&report.counters);
    }
    counters
}

/// I1, I2, I3, I4, I8, I10 (payments), I11, I15, I16, I19 and F14, under the faults of `sim/faults.rs`. What it
/// catches: `crates/testkit/planted/`.
#[tokio::test]
async fn no_fault_charges_twice_or_loses_a_bill() {
    let some = (1_000..1_000 + WORLDS).map(|seed| Plan { seed, days: DAYS, postgres: false });
    let counters = must_hold(kept().into_iter().chain(some).collect()).await;
    assert_eq!(counters.silent(), [], "faults that never fired prove nothing");
}

#[tokio::test]
async fn the_same_holds_on_postgres() {
    let some = (2_000..2_003).map(|seed| Plan { seed, days: 25, postgres: true });
    must_hold(some.collect()).await;
}

/// Without this a failing seed could not be replayed.
#[tokio::test]
async fn the_same_seed_gives_the_same_world() {
    let plan = Plan { seed: 5, days: 15, postgres: false };
    let (first, second) = (play(plan).await, play(plan).await);
    assert_eq!((first.trace, first.taken), (second.trace, second.taken));
    let other = play(Plan { seed: 6, ..plan }).await;
    assert_ne!(first.trace, other.trace);
}
