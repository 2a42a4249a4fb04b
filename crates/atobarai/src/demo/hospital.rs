//! Plays the hospital's accounting system: makes the bill of an entry, corrects it, and sends it as a
//! file, as a real one would.

use super::World;
use domain::audit::Actor;
use domain::bill::{BillKey, SlipNumber};
use domain::entry::{CareSetting, Entry};
use domain::id::EntryId;
use domain::yen::Yen;
use exchange::bills_csv::{self, BillRow, Charset, LineEnd};
use std::collections::HashSet;

/// Sends the bill of an entry, or corrects the one that was sent. `None`: there is no such entry.
pub(crate) async fn send(world: &World, entry: EntryId) -> anyhow::Result<Option<Yen>> {
    let found = world
        .app
        .store()
        .read(move |reader| {
            let Some(found) = store::entries::by_id(reader, entry)? else { return Ok(None) };
            let bills = store::bills::current_of_entry(reader, entry)?;
            Ok::<_, store::StoreError>(Some((found, bills)))
        })
        .await?;
    let Some((entry, sent)) = found else { return Ok(None) };
    let revision = sent.first().map_or(0, |bill| bill.revision);
    let row = invented(world, &entry, revision).await?;
    let amount = row.content.amounts.amount_due;
    let file = bills_csv::write(&[row], &entry.hospital, Charset::Cp932, LineEnd::CrLf)?;
    let brought = app::bills::Brought {
        file_name: "demo.csv",
        bytes: &file,
        actor: &Actor::Operator("demo".to_owned()),
    };
    let report = app::bills::import(
        &world.app,
        &entry.hospital,
        brought,
        app::bills::Mode::Apply,
        |_, _| (),
    )
    .await?;
    anyhow::ensure!(
        report.outcome == app::bills::Outcome::Applied,
        "the demo's own bill was refused: {report:?}"
    );
    Ok(Some(amount))
}

/// A realistic outpatient bill for this patient and day; each revision is another one.
async fn invented(world: &World, entry: &Entry, earlier: i64) -> anyhow::Result<BillRow> {
    let hospital = entry.hospital.clone();
    let day = entry.visit_day;
    let policy =
        world.app.store().read(move |reader| app::policy::in_force(reader, &hospital, day)).await?;
    let layout = policy.map(|policy| policy.card_layout);
    let layout = layout.ok_or_else(|| anyhow::anyhow!("{} has no policy", entry.hospital))?;
    let seed = u64::from_be_bytes(entry.id.number().to_be_bytes()[8..].try_into()?);
    let pool = exchange::fixture::day_of_bills(seed, &entry.hospital, &layout, day, 60);
    let skip = usize::try_from(earlier).unwrap_or(0);
    let mut row = plain(pool, entry.setting)
        .nth(skip)
        .ok_or_else(|| anyhow::anyhow!("the generator made no plain bill"))?;
    row.content.patient_number = entry.patient_number.clone();
    row.content.slip_group = None;
    let digits = entry.number.as_str().get(4..).unwrap_or_default();
    row.key = BillKey {
        hospital: entry.hospital.clone(),
        setting: entry.setting,
        slip_number: SlipNumber::parse(digits).ok_or_else(|| anyhow::anyhow!("no slip number"))?,
        year: day.year(),
    };
    row.hospital_revision = u32::try_from(earlier.saturating_add(1))?;
    Ok(row)
}

/// Bills of everyday amounts, no two of them the same: a correction to the same amount would show nothing.
fn plain(pool: Vec<BillRow>, setting: CareSetting) -> impl Iterator<Item = BillRow> {
    let mut seen = HashSet::new();
    pool.into_iter().filter(move |row| {
        let due = row.content.amounts.amount_due;
        row.key.setting == setting
            && (1_000..20_000).contains(&due.amount())
            && seen.insert(due.amount())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::group::HospitalCode;
    use domain::patient::CardLayout;
    use domain::time::Day;

    #[test]
    fn every_correction_asks_for_another_amount() {
        let hospital = HospitalCode::parse("shimin").unwrap();
        let day = Day::parse("2026-11-24").unwrap();
        let (mut alike, mut made) = (0, 0);
        for seed in 0..200 {
            let layout = CardLayout { length: 8, start_stop: false, prefix: String::new() };
            let pool = exchange::fixture::day_of_bills(seed, &hospital, &layout, day, 60);
            let amounts: Vec<_> = plain(pool, CareSetting::Outpatient)
                .map(|row| row.content.amounts.amount_due.amount())
                .collect();
            made += amounts.len();
            alike += amounts.len() - amounts.iter().collect::<HashSet<_>>().len();
        }
        assert!(made > 2_000, "{made} bills");
        assert_eq!(alike, 0);
    }
}
