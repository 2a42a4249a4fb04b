//! `scripts/simulate`: plays simulated worlds and prints what came of them.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for developers")]

use std::process::ExitCode;
use std::time::Instant;
use testkit::sim::{Counters, Fault, Plan, play};

const USAGE: &str = "usage: simulate [--seed S] [--seeds N] [--days D] [--postgres] [--night]

Plays N worlds of D days each, from seed S on; every world ends with quiet days in which everything must
come to its end. A fault that never fired fails the run, unless a single seed is replayed.

Example: scripts/simulate --seed 7 --days 30";

struct Wanted {
    seed: u64,
    seeds: u64,
    days: u16,
    postgres: bool,
}

fn wanted() -> Option<Wanted> {
    let mut wanted = Wanted { seed: 1, seeds: 1, days: 30, postgres: false };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--seed" => wanted.seed = arguments.next()?.parse().ok()?,
            "--seeds" => wanted.seeds = arguments.next()?.parse().ok()?,
            "--days" => wanted.days = arguments.next()?.parse().ok()?,
            "--postgres" => wanted.postgres = true,
            "--night" => (wanted.seeds, wanted.days) = (10_000, 60),
            _ => return None,
        }
    }
    Some(wanted)
}

fn main() -> ExitCode {
    let Some(wanted) = wanted() else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let Ok(runtime) = runtime else {
        eprintln!("no runtime could be started");
        return ExitCode::FAILURE;
    };
    let mut counters = Counters::default();
    let (mut simulated_ms, mut visits) = (0_i64, 0_usize);
    let began = Instant::now();
    for seed in wanted.seed..wanted.seed.saturating_add(wanted.seeds) {
        let plan = Plan { seed, days: wanted.days, postgres: wanted.postgres };
        let report = runtime.block_on(play(plan));
        counters.merge(&report.counters);
        simulated_ms = simulated_ms.saturating_add(report.simulated_ms);
        visits = visits.saturating_add(report.visits);
        if !report.violations.is_empty() {
            println!("seed {seed} ({} days): {:#?}", wanted.days, report.violations);
            println!("replay: scripts/simulate --seed {seed} --days {}", wanted.days);
            return ExitCode::FAILURE;
        }
        if wanted.seeds == 1 {
            println!("trace {:016x}, {} yen taken", report.trace, report.taken);
        }
    }
    for fault in Fault::ALL {
        println!("{:28} {:8}", fault.name(), counters.of(fault));
    }
    let wall_ms = i64::try_from(began.elapsed().as_millis()).unwrap_or(i64::MAX).max(1);
    println!(
        "{} worlds, {visits} visits, {} days in {wall_ms} ms: {} times real time",
        wanted.seeds,
        simulated_ms / 86_400_000,
        simulated_ms / wall_ms
    );
    let silent = counters.silent();
    if wanted.seeds > 1 && !silent.is_empty() {
        println!("never fired: {silent:?}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
