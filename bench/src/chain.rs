//! The chain of acts: how fast it is verified.

use crate::database::{Database, Server};
use crate::measure::{Compared, Figure, Goal, ROUNDS, Samples, Unit, per_second, table, timed};
use crate::world::{World, first_day, nine};
use anyhow::ensure;
use store::{AuditRecord, OpenOptions};

/// Entries of the chain that is verified.
const ENTRIES: usize = 500_000;
/// Entries of a transaction while it is made.
const AT_ONCE: usize = 1_000;

/// Measures on each server.
pub fn run(servers: &[Server]) -> anyhow::Result<()> {
    let mut figures = Vec::new();
    for server in servers {
        figures.push(verify(server)?);
    }
    table("The chain of acts", &figures);
    Ok(())
}

fn verify(server: &Server) -> anyhow::Result<Figure> {
    let database = Database::create(server)?;
    let world = World::open(&database, OpenOptions::default(), nine(first_day()?)?)?;
    let at_ms = world.app.now().ms();
    for _ in 0..ENTRIES.div_ceil(AT_ONCE) {
        world.write(move |tx| {
            for number in 0..AT_ONCE {
                tx.audit(AuditRecord {
                    chain: "shimin".to_owned(),
                    at_ms,
                    actor: "system".to_owned(),
                    act: "charge_moved",
                    subject: format!("01KAV3Q5J8WM2J6B{number:010}"),
                    detail: r#"{"from":"sent","to":"paid","amount":2890}"#.to_owned(),
                });
            }
            Ok(())
        })?;
    }
    let mut rate = Samples::new(Unit::PerSecond);
    for _ in 0..ROUNDS {
        let read = world.app.store().read(|reader| store::audit::verify(reader, None));
        let (report, took) = timed(|| Ok(world.runtime.block_on(read)?))?;
        ensure!(report.broken.is_none(), "the chain does not hold: {report:?}");
        ensure!(usize::try_from(report.entries)? >= ENTRIES, "not all were read: {report:?}");
        rate.push(per_second(ENTRIES, took));
    }
    Ok(Figure {
        what: format!("{}: entries read and verified, of {ENTRIES}", server.name()),
        ours: rate,
        peer: None,
        compared: Compared::Speed,
        goal: Goal::Above(500_000),
    })
}
