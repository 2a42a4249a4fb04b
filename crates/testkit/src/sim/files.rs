//! What the hospitals' systems send: files of bills as they have them now, whole, broken, or far too many.

use super::faults::Fault;
use super::world::World;
use crate::house::{bill, senoo, shimin};
use app::bills::{Brought, Mode, Outcome, import};
use domain::audit::Actor;
use domain::group::HospitalCode;
use domain::yen::Yen;
use exchange::bills_csv::{BillRow, Charset, LineEnd, write};

/// Bills of a flood.
const FLOOD: u32 = 300;

/// Sends the bills of some visits: a file for each hospital that has some.
pub async fn send(world: &mut World, which: &[usize]) {
    for hospital in [shimin(), senoo()] {
        let rows = rows(world, &hospital, which);
        if rows.is_empty() {
            continue;
        }
        let bytes = write(&rows, &hospital, Charset::Utf8, LineEnd::Lf).expect("a file");
        if world.may(Fault::BrokenFile, 8) {
            let broken = broken(world, bytes.clone());
            bring(world, &hospital, &broken, &[Outcome::Refused]).await;
        }
        bring(world, &hospital, &bytes, &[Outcome::Applied]).await;
    }
}

fn rows(world: &World, hospital: &HospitalCode, which: &[usize]) -> Vec<BillRow> {
    let mut rows = Vec::new();
    for visit in which.iter().filter_map(|index| world.visits.get(*index)) {
        if visit.hospital != *hospital {
            continue;
        }
        for slip in &visit.slips {
            let asked = slip.due + slip.cash;
            let mut row = bill(&visit.number, &slip.number, visit.day, asked);
            row.key.hospital = hospital.clone();
            row.hospital_revision = slip.revision;
            let received = slip.cash + slip.posted;
            row.content.amounts.amount_received = Yen::new(received).expect("an amount");
            rows.push(row);
        }
    }
    rows
}

/// The hospital sends a file again until it was taken: a death in between loses nothing.
async fn bring(world: &mut World, hospital: &HospitalCode, bytes: &[u8], wanted: &[Outcome]) {
    let app = world.house.app.clone();
    let actor = Actor::System;
    for last in [false, false, false, true] {
        let file = Brought { file_name: "bills.csv", bytes, actor: &actor };
        let work = import(&app, hospital, file, Mode::Apply, |_, _| ());
        let report = if last {
            match work.await {
                Ok(report) => Some(report),
                Err(error) => {
                    world.broken.push(format!("import: {error:?}"));
                    None
                }
            }
        } else {
            world.perhaps_dying("import", work).await
        };
        let Some(report) = report else { continue };
        let known = matches!(report.outcome, Outcome::KnownFile { .. });
        let refused = wanted.contains(&Outcome::Refused);
        if !wanted.contains(&report.outcome) && (refused || !known) {
            world.broken.push(format!("F20: a file should be {wanted:?}: {report:?}"));
        }
        return;
    }
}

/// Cut off, with a wrong total, or with bytes that are no letters. Never the file as it was.
fn broken(world: &mut World, mut bytes: Vec<u8>) -> Vec<u8> {
    let length = u64::try_from(bytes.len()).unwrap_or(0);
    let at = usize::try_from(world.chance.below(length.saturating_sub(30))).unwrap_or(0);
    match world.chance.below(3) {
        0 => bytes.truncate(at.max(1)),
        1 => {
            let digit = bytes.iter().rposition(u8::is_ascii_digit).expect("a total");
            bytes[digit] = if bytes[digit] == b'9' { b'8' } else { bytes[digit] + 1 };
        }
        _ => bytes.splice(at..at, [0xFF, 0xFE, 0xFF]).for_each(drop),
    }
    bytes
}

/// Hundreds of bills at once that are paid at the counter as ever.
pub async fn flood(world: &mut World) {
    let (hospital, day) = (senoo(), world.now().day());
    let rows = (0..FLOOD).map(|number| {
        let serial = world.chance.below(1_000_000);
        let mut row = bill(&format!("7{number:07}"), &format!("F{serial:06}-{number}"), day, 1_000);
        row.key.hospital = hospital.clone();
        row
    });
    let rows: Vec<BillRow> = rows.collect();
    let bytes = write(&rows, &hospital, Charset::Utf8, LineEnd::Lf).expect("a file");
    bring(world, &hospital, &bytes, &[Outcome::Applied]).await;
}
