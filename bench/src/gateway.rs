//! Settlement against a card network that is far away: how many requests are kept in flight, what that takes
//! in memory, and whether an account's limit is used and kept.

use crate::database::{Database, Server};
use crate::measure::{Compared, Figure, Goal, Samples, Unit, per_second, table, timed};
use crate::settlement::{due, due_day};
use crate::world::{Far, How, World, nine};
use anyhow::{Context as _, ensure};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use store::OpenOptions;

/// What a gateway takes to answer.
const LATENCY: Duration = Duration::from_millis(1_200);
/// Requests in flight.
const AT_ONCE: usize = 600;
/// Charges of a round: ten times what is in flight.
const CHARGES: usize = 6_000;
/// What an account allows each second, and the charges of a round with it.
const ALLOWED: u32 = 25;
const CAPPED: usize = 250;
/// These take long, and vary little.
const ROUNDS: usize = 3;

/// Measures on each server.
pub fn run(servers: &[Server]) -> anyhow::Result<()> {
    let mut figures = Vec::new();
    for server in servers {
        figures.extend(far_away(server)?);
        figures.extend(capped(server)?);
    }
    table("Settlement at a gateway that is far away", &figures);
    Ok(())
}

fn far_away(server: &Server) -> anyhow::Result<[Figure; 2]> {
    let before = due(server, CHARGES)?;
    let [mut rate, mut most] = [(); 2].map(|()| Samples::new(Unit::PerSecond));
    let mut memory = Samples::new(Unit::Bytes);
    for _ in 0..ROUNDS {
        let far = Far::new(LATENCY, 100_000);
        let (took, more) = settle(&before.copy()?, &far, CHARGES)?;
        rate.push(per_second(CHARGES, took));
        most.push(per_second(AT_ONCE, LATENCY));
        memory.push(more);
    }
    let name = server.name();
    Ok([
        Figure {
            what: format!("{name}: {AT_ONCE} requests of 1.2 s in flight, charges"),
            ours: rate,
            peer: Some(("requests in flight / latency", most)),
            compared: Compared::Speed,
            goal: Goal::AtLeast(95),
        },
        Figure {
            what: format!("{name}: more memory while {AT_ONCE} are in flight"),
            ours: memory,
            peer: None,
            compared: Compared::Length,
            goal: Goal::Below(64 * 1_024 * 1_024),
        },
    ])
}

fn capped(server: &Server) -> anyhow::Result<[Figure; 2]> {
    let before = due(server, CAPPED)?;
    let [mut rate, mut cap, mut most] = [(); 3].map(|()| Samples::new(Unit::PerSecond));
    for _ in 0..ROUNDS {
        let far = Far::new(Duration::from_millis(200), ALLOWED);
        settle(&before.copy()?, &far, CAPPED)?;
        let heard = far.heard();
        let (first, last) = heard.first().zip(heard.last()).context("nothing was heard")?;
        // In hundredths, since one more or less in a second is already 4 %.
        let gaps = heard.len().saturating_sub(1).saturating_mul(100);
        rate.push(per_second(gaps, last.duration_since(*first)));
        cap.push(u64::from(ALLOWED).saturating_mul(100));
        most.push(most_in_a_second(&heard));
    }
    let name = server.name();
    Ok([
        Figure {
            what: format!("{name}: requests in 100 s at an account that allows {ALLOWED} a second"),
            ours: rate,
            peer: Some(("what is allowed", cap)),
            compared: Compared::Speed,
            goal: Goal::AtLeast(98),
        },
        Figure {
            what: format!("{name}: the most in any second there"),
            ours: most,
            peer: None,
            compared: Compared::Length,
            goal: Goal::Below(u64::from(ALLOWED).saturating_add(1)),
        },
    ])
}

fn most_in_a_second(heard: &[Instant]) -> u64 {
    let second = Duration::from_secs(1);
    let after = |from: &Instant| {
        let soon = |at: &&Instant| *at >= from && at.duration_since(*from) < second;
        heard.iter().filter(soon).count()
    };
    let most = heard.iter().map(after).max().unwrap_or(0);
    u64::try_from(most).unwrap_or(u64::MAX)
}

/// How long it took, and how many bytes more the process held at its most.
fn settle(database: &Database, far: &Far, count: usize) -> anyhow::Result<(Duration, u64)> {
    let how = How { calls_at_once: AT_ONCE, far: Some(far.clone()), ..How::new(nine(due_day()?)?) };
    let world = World::open_with(database, OpenOptions::default(), how)?;
    world.cards(count)?;
    far.forget();
    let before = resident()?;
    let watch = Watch::start();
    let run = || Ok(world.runtime.block_on(app::settle::run_once(&world.app))?);
    let (done, took) = timed(run)?;
    ensure!(usize::try_from(done.paid)? == count, "not all were paid: {done:?}");
    Ok((took, watch.stop()?.saturating_sub(before)))
}

/// Looks at the memory of this process again and again.
struct Watch {
    over: Arc<AtomicBool>,
    most: Arc<AtomicU64>,
    thread: std::thread::JoinHandle<anyhow::Result<()>>,
}

impl Watch {
    fn start() -> Self {
        let (over, most) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let (until, highest) = (Arc::clone(&over), Arc::clone(&most));
        let thread = std::thread::spawn(move || {
            while !until.load(Ordering::Relaxed) {
                highest.fetch_max(resident()?, Ordering::Relaxed);
                std::thread::sleep(Duration::from_millis(50));
            }
            Ok(())
        });
        Self { over, most, thread }
    }

    fn stop(self) -> anyhow::Result<u64> {
        self.over.store(true, Ordering::Relaxed);
        self.thread.join().map_err(|_panic| anyhow::anyhow!("the watch broke"))??;
        Ok(self.most.load(Ordering::Relaxed))
    }
}

fn resident() -> anyhow::Result<u64> {
    crate::demo::resident_of("self")
}
