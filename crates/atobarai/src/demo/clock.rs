//! The demo's clock: ahead of the machine's by what a file says, so that a demo goes on where it was.

use anyhow::Context as _;
use app::clock::Clock;
use domain::opening::{self, Opening};
use domain::policy::Policy;
use domain::time::{Day, Moment, TimeOfDay};
use std::path::Path;

/// Opens the clock of a demo. A new one starts at nine on the next business day, whatever day and hour
/// it is here: kiosks are closed at night and on holidays.
pub(super) fn open(data: &Path) -> anyhow::Result<Clock> {
    let file = data.join("clock");
    if file.exists() {
        let text = std::fs::read_to_string(&file)?;
        let ahead = text.trim().parse().with_context(|| {
            format!("{} holds no number; delete the folder to start anew", file.display())
        })?;
        return Ok(Clock::ahead_by_ms(ahead));
    }
    let now = Clock::System.now();
    let clock = Clock::ahead_by_ms(
        nine_on_a_business_day(now.day().tomorrow()).ms().saturating_sub(now.ms()),
    );
    keep(data, &clock)?;
    Ok(clock)
}

/// Moves the clock forward and remembers by how much.
pub(super) fn forward(data: &Path, clock: &Clock, to: Moment) -> anyhow::Result<()> {
    clock.forward_to(to)?;
    keep(data, clock)
}

fn keep(data: &Path, clock: &Clock) -> anyhow::Result<()> {
    let file = data.join("clock");
    std::fs::write(&file, clock.ahead_ms().to_string())
        .with_context(|| format!("{} cannot be written", file.display()))
}

/// Nine in the morning of a day.
pub(super) fn nine(day: Day) -> Moment {
    day.at(TimeOfDay::new(9, 0).unwrap_or(TimeOfDay::MIDNIGHT))
}

fn nine_on_a_business_day(from: Day) -> Moment {
    let policy = Policy::of_the_faq();
    let mut day = from;
    while opening::at(&policy, nine(day)) != Opening::Open {
        day = day.tomorrow();
    }
    nine(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_demo_starts_when_kiosks_are_open() {
        for (from, starts) in [
            ("2026-11-28", "2026-11-30"),
            ("2026-12-29", "2027-01-04"),
            ("2026-11-24", "2026-11-24"),
        ] {
            let start = nine_on_a_business_day(Day::parse(from).unwrap());
            assert_eq!(start.to_string(), format!("{starts}T09:00:00+09:00"));
        }
    }

    #[test]
    fn a_demo_goes_on_where_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let clock = open(folder.path()).unwrap();
        let later = clock.now().plus_minutes(60 * 24 * 4);
        forward(folder.path(), &clock, later).unwrap();
        assert!(open(folder.path()).unwrap().now() >= later);
    }
}
