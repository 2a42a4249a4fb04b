//! Calls of the card gateway taken in by `app::webhooks::take`, each believed by its signature and kept before
//! it is answered, beside pgbench that keeps as many bodies of that length.

use crate::database::{Database, Raw, Server};
use crate::measure::{
    Compared, Figure, Goal, ROUNDS, Samples, Unit, nanoseconds, per_second, percentile, table,
};
use crate::pgbench;
use crate::settlement::due_day;
use crate::world::{World, nine};
use anyhow::{Context as _, bail, ensure};
use app::App;
use app::webhooks::Taken;
use std::time::{Duration, Instant};
use store::OpenOptions;

/// Calls of a round.
const CALLS: usize = 8_000;
/// Calls at once, and connections.
const CLIENTS: usize = 8;

/// Measures on each server.
pub fn run(servers: &[Server]) -> anyhow::Result<()> {
    let mut figures = Vec::new();
    for server in servers {
        figures.extend(measure(server)?);
    }
    table(&format!("Calls of the gateway, {CLIENTS} at once"), &figures);
    Ok(())
}

type Call = (String, Vec<u8>);

fn measure(server: &Server) -> anyhow::Result<Vec<Figure>> {
    let before = Database::create(server)?;
    let [mut rate, mut raw] = [(); 2].map(|()| Samples::new(Unit::PerSecond));
    let mut slow = Samples::new(Unit::Nanoseconds);
    for _ in 0..ROUNDS {
        let (ours, theirs) = (before.copy()?, before.copy()?);
        let (times, took, length) = take(&ours)?;
        rate.push(per_second(CALLS, took));
        slow.push(percentile(&times, 99));
        ensure!(kept(&ours)? == i64::try_from(CALLS)?, "not all were kept");
        if let Server::Postgres(_) = server {
            raw.push(insert(&theirs, length)?);
            ensure!(kept(&theirs)? == i64::try_from(CALLS)?, "the peer has not kept all");
        }
    }
    let name = server.name();
    let on_postgres = matches!(server, Server::Postgres(_));
    Ok(vec![
        Figure {
            what: format!("{name}: calls kept and answered"),
            ours: rate,
            peer: on_postgres.then_some(("pgbench, INSERT … ON CONFLICT DO NOTHING", raw)),
            compared: Compared::Speed,
            goal: if on_postgres { Goal::AtLeast(80) } else { Goal::None },
        },
        Figure {
            what: format!("{name}: 99th percentile of the answers"),
            ours: slow,
            peer: None,
            compared: Compared::Length,
            goal: Goal::Below(20_000_000),
        },
    ])
}

/// The time of each call, of all of them, and the length of a body.
fn take(database: &Database) -> anyhow::Result<(Vec<u64>, Duration, usize)> {
    let options = OpenOptions { connections: CLIENTS, ..OpenOptions::default() };
    let world = World::open(database, options, nine(due_day()?)?)?;
    let calls = world.calls(CALLS)?;
    let length = calls.first().context("a call")?.1.len();
    let begun = Instant::now();
    let times = world.runtime.block_on(async {
        let tasks: Vec<_> = calls
            .chunks(CALLS.div_ceil(CLIENTS))
            .map(|some| tokio::spawn(take_all(world.app.clone(), some.to_vec())))
            .collect();
        let mut times = Vec::with_capacity(CALLS);
        for task in tasks {
            times.extend(task.await??);
        }
        anyhow::Ok(times)
    })?;
    Ok((times, begun.elapsed(), length))
}

async fn take_all(app: App, calls: Vec<Call>) -> anyhow::Result<Vec<u64>> {
    let mut times = Vec::with_capacity(calls.len());
    for (signature, body) in calls {
        let begun = Instant::now();
        let taken = app::webhooks::take(&app, "sandbox", Some(&signature), &body).await?;
        times.push(nanoseconds(begun.elapsed()));
        ensure!(taken == Taken::Kept, "not kept: {taken:?}");
    }
    Ok(times)
}

fn insert(database: &Database, length: usize) -> anyhow::Result<u64> {
    let (words, name) = database.postgres().context("pgbench speaks to PostgreSQL alone")?;
    let script = format!(
        "\\set n :client_id * 1000000 + :k\n\\set k :k + 1\n\
         INSERT INTO gateway_events (id, body, state, received_at_ms) \
         VALUES (CAST(:n AS TEXT), repeat('x', {length}), 'waiting', :n) ON CONFLICT (id) DO NOTHING;\n"
    );
    pgbench::bench(&words, &name, &script, (CLIENTS, CALLS.div_ceil(CLIENTS)))
}

fn kept(database: &Database) -> anyhow::Result<i64> {
    let sql = "SELECT count(*) FROM gateway_events WHERE state = 'waiting'";
    Ok(match database.raw()? {
        Raw::Sqlite(connection) => connection.query_row(sql, [], |row| row.get(0))?,
        Raw::Postgres(mut client) => match client.query(sql, &[])?.first() {
            Some(row) => row.get(0),
            None => bail!("no count"),
        },
    })
}
