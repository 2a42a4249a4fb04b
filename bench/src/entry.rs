//! A visit entered at a kiosk: through `app::enter::swipe`, beside the same statements in plain SQL with a
//! commit each. One client for the time that a person waits, 64 for what the machine can bear.

use crate::database::{Database, Server};
use crate::import::counts;
use crate::measure::{
    Compared, Figure, Goal, ROUNDS, Samples, Unit, nanoseconds, per_second, percentile, table,
    timed,
};
use crate::peer::{Link, RawEntry};
use crate::world::{World, business_days, first_day, nine, shimin};
use anyhow::{Context as _, bail, ensure};
use app::App;
use app::enter::Swiped;
use app::ids::Ids;
use domain::machine::Machine;
use domain::patient::PatientNumber;
use domain::policy::Policy;
use domain::time::Day;
use exchange::fixture;
use std::time::{Duration, Instant};
use store::OpenOptions;

/// Visits in a round of one client; 99 of 100 are faster than the 11th slowest.
const ALONE: usize = 1_000;
/// Visits in a round of many clients.
const TOGETHER: usize = 1_920;
/// Kiosks at once.
const CLIENTS: usize = 64;
/// Connections at once on PostgreSQL, as many as the product opens.
const CONNECTIONS: usize = 8;

/// Measures on each server.
pub fn run(servers: &[Server]) -> anyhow::Result<()> {
    let mut figures = Vec::new();
    for server in servers {
        let hall = Hall::build(server)?;
        figures.extend(alone(server, &hall)?);
        match server {
            Server::Sqlite => {
                figures.push(together_on_sqlite(&hall, OpenOptions::default())?);
                let each = OpenOptions { batch_max: 1, ..OpenOptions::default() };
                figures.push(together_on_sqlite(&hall, each)?);
            }
            Server::Postgres(_) => figures.extend(together_on_postgres(&hall)?),
        }
    }
    table("Entry at a kiosk", &figures);
    Ok(())
}

/// Where patients stand with their cards: registered, and none entered yet.
struct Hall {
    before: Database,
    kiosk: Machine,
    patients: Vec<PatientNumber>,
    days: Vec<Day>,
}

impl Hall {
    fn build(server: &Server) -> anyhow::Result<Self> {
        let before = Database::create(server)?;
        let world = World::open(&before, OpenOptions::default(), nine(first_day()?)?)?;
        world.load_group()?;
        let count = u32::try_from(TOGETHER)?;
        world.register_payers(count)?;
        let kiosk = world.kiosk()?;
        drop(world);
        let (hospital, layout) = (shimin()?, Policy::of_the_faq().card_layout);
        let patients = fixture::people(fixture::seed_of(&hospital), count, &layout);
        let patients = patients.into_iter().map(|person| person.patient_number).collect();
        Ok(Self { before, kiosk, patients, days: business_days(ROUNDS)? })
    }

    /// A day's entries for the peer, made ready.
    fn raw(&self, day: Day, count: usize) -> anyhow::Result<Vec<RawEntry>> {
        let (keyring, at) = (crate::database::keyring()?, nine(day)?);
        let entry = |number| {
            RawEntry::new(&keyring, &self.kiosk, number, (Ids::System.id(at), day, at.ms()))
        };
        self.patients.iter().take(count).map(entry).collect()
    }
}

/// The product and its peer, each with a database, over the days of the rounds.
struct Pair<'h> {
    hall: &'h Hall,
    ours: Database,
    theirs: Database,
    world: World,
}

impl<'h> Pair<'h> {
    fn open(hall: &'h Hall, options: OpenOptions) -> anyhow::Result<Self> {
        let (ours, theirs) = (hall.before.copy()?, hall.before.copy()?);
        let world = World::open(&ours, options, nine(first_day()?)?)?;
        Ok(Self { hall, ours, theirs, world })
    }

    fn go_to(&self, day: Day) -> anyhow::Result<()> {
        Ok(self.world.app.clock().forward_to(nine(day)?)?)
    }

    /// So many clients share the patients; every client swipes the next card once the slip is there.
    fn swipe(&self, count: usize, clients: usize) -> anyhow::Result<(Vec<u64>, Duration)> {
        let share = count.div_ceil(clients);
        let begun = Instant::now();
        let times = self.world.runtime.block_on(async {
            let queues = self.hall.patients.get(..count).context("patients")?.chunks(share);
            let tasks: Vec<_> = queues
                .map(|queue| {
                    let (app, kiosk) = (self.world.app.clone(), self.hall.kiosk.clone());
                    tokio::spawn(swipe_all(app, kiosk, queue.to_vec()))
                })
                .collect();
            let mut times = Vec::with_capacity(count);
            for task in tasks {
                times.extend(task.await??);
            }
            anyhow::Ok(times)
        })?;
        Ok((times, begun.elapsed()))
    }

    /// The peer's clients: a connection and a thread each.
    fn write(
        &self,
        entries: &[RawEntry],
        links: &mut [Link],
    ) -> anyhow::Result<(Vec<u64>, Duration)> {
        let share = entries.len().div_ceil(links.len());
        let begun = Instant::now();
        let times = std::thread::scope(|scope| {
            let threads: Vec<_> = links
                .iter_mut()
                .zip(entries.chunks(share))
                .map(|(link, queue)| scope.spawn(move || write_all(link, queue)))
                .collect();
            let mut times = Vec::with_capacity(entries.len());
            for thread in threads {
                let Ok(of_thread) = thread.join() else { bail!("a thread of the peer died") };
                times.extend(of_thread?);
            }
            Ok(times)
        })?;
        Ok((times, begun.elapsed()))
    }

    /// Both must have written the same rows.
    fn compare(self) -> anyhow::Result<()> {
        drop(self.world);
        ensure!(counts(&self.ours)? == counts(&self.theirs)?, "the peer has written other rows");
        Ok(())
    }
}

async fn swipe_all(
    app: App,
    kiosk: Machine,
    patients: Vec<PatientNumber>,
) -> anyhow::Result<Vec<u64>> {
    let mut times = Vec::with_capacity(patients.len());
    for number in patients {
        // As a card reader types it.
        let read = format!("A{number}A");
        let begun = Instant::now();
        let swiped = app::enter::swipe(&app, &kiosk, &read).await?;
        times.push(nanoseconds(begun.elapsed()));
        let Swiped::Entered { .. } = swiped else { bail!("not entered: {swiped:?}") };
    }
    Ok(times)
}

fn write_all(link: &mut Link, entries: &[RawEntry]) -> anyhow::Result<Vec<u64>> {
    let write = |entry: &RawEntry| Ok(nanoseconds(timed(|| entry.write(link))?.1));
    entries.iter().map(write).collect()
}

/// One client after the other: how long a person waits.
fn alone(server: &Server, hall: &Hall) -> anyhow::Result<[Figure; 2]> {
    let pair = Pair::open(hall, OpenOptions::default())?;
    let mut links = [Link::open(&pair.theirs)?];
    let [mut slow, mut usual, mut slow_raw, mut usual_raw] =
        [(); 4].map(|()| Samples::new(Unit::Nanoseconds));
    for day in &hall.days {
        pair.go_to(*day)?;
        let (times, _) = pair.swipe(ALONE, 1)?;
        slow.push(percentile(&times, 99));
        usual.push(percentile(&times, 50));
        let (times, _) = pair.write(&hall.raw(*day, ALONE)?, &mut links)?;
        slow_raw.push(percentile(&times, 99));
        usual_raw.push(percentile(&times, 50));
    }
    pair.compare()?;
    let name = server.name();
    let figure = |what: &str, ours, peer, goal| Figure {
        what: format!("{name}: one kiosk, {what} of {ALONE} entries"),
        ours,
        peer: Some(("the same SQL", peer)),
        compared: Compared::Length,
        goal,
    };
    Ok([
        figure("99th percentile", slow, slow_raw, Goal::AtMost(300)),
        figure("median", usual, usual_raw, Goal::None),
    ])
}

/// Many clients on SQLite, beside one that makes each entry durable before it begins the next: one file
/// has one writer, so more of them would only wait for each other.
fn together_on_sqlite(hall: &Hall, options: OpenOptions) -> anyhow::Result<Figure> {
    let pair = Pair::open(hall, options)?;
    let mut links = [Link::open(&pair.theirs)?];
    let [mut rate, mut raw] = [(); 2].map(|()| Samples::new(Unit::PerSecond));
    for day in &hall.days {
        pair.go_to(*day)?;
        rate.push(per_second(TOGETHER, pair.swipe(TOGETHER, CLIENTS)?.1));
        raw.push(per_second(TOGETHER, pair.write(&hall.raw(*day, TOGETHER)?, &mut links)?.1));
    }
    pair.compare()?;
    let grouped = options.batch_max > 1;
    Ok(Figure {
        what: format!(
            "SQLite: {CLIENTS} kiosks, entries{}",
            if grouped { "" } else { ", group commit switched off" }
        ),
        ours: rate,
        peer: Some(("the same SQL, one commit each", raw)),
        compared: Compared::Speed,
        goal: if grouped { Goal::AtLeast(300) } else { Goal::None },
    })
}

/// Many clients on PostgreSQL: both sides have as many connections.
fn together_on_postgres(hall: &Hall) -> anyhow::Result<[Figure; 2]> {
    let pair =
        Pair::open(hall, OpenOptions { connections: CONNECTIONS, ..OpenOptions::default() })?;
    let mut links =
        (0..CONNECTIONS).map(|_| Link::open(&pair.theirs)).collect::<anyhow::Result<Vec<_>>>()?;
    let [mut slow, mut slow_raw] = [(); 2].map(|()| Samples::new(Unit::Nanoseconds));
    let [mut rate, mut rate_raw] = [(); 2].map(|()| Samples::new(Unit::PerSecond));
    for day in &hall.days {
        pair.go_to(*day)?;
        let (times, took) = pair.swipe(ALONE, CONNECTIONS)?;
        slow.push(percentile(&times, 99));
        rate.push(per_second(ALONE, took));
        let (times, took) = pair.write(&hall.raw(*day, ALONE)?, &mut links)?;
        slow_raw.push(percentile(&times, 99));
        rate_raw.push(per_second(ALONE, took));
    }
    pair.compare()?;
    let figure = |what: &str, ours, peer, compared, goal| Figure {
        what: format!("PostgreSQL: {CONNECTIONS} kiosks of one hospital, {what}"),
        ours,
        peer: Some(("the same SQL", peer)),
        compared,
        goal,
    };
    Ok([
        figure("99th percentile", slow, slow_raw, Compared::Length, Goal::AtMost(300)),
        figure("entries", rate, rate_raw, Compared::Speed, Goal::None),
    ])
}
