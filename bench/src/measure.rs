//! Numbers: what was measured in each round, medians with their ranges, ratios, and the table of them.
//! Whole numbers only: nanoseconds, bytes, and ratios in hundredths.

use std::time::{Duration, Instant};

/// Rounds of each comparison; odd, so that the median is one of them.
pub const ROUNDS: usize = 7;

/// What a number counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Nanoseconds,
    PerSecond,
    Bytes,
}

impl Unit {
    fn show(self, value: u64) -> String {
        match self {
            Self::Nanoseconds => time(value),
            Self::PerSecond => format!("{value}/s"),
            Self::Bytes => bytes(value),
        }
    }
}

/// What was measured, one number for each round.
#[derive(Clone)]
pub struct Samples {
    unit: Unit,
    values: Vec<u64>,
}

impl Samples {
    pub const fn new(unit: Unit) -> Self {
        Self { unit, values: Vec::new() }
    }

    pub fn push(&mut self, value: u64) {
        self.values.push(value);
    }

    pub fn push_time(&mut self, time: Duration) {
        self.push(nanoseconds(time));
    }

    pub fn median(&self) -> u64 {
        percentile(&self.values, 50)
    }

    fn shown(&self) -> String {
        let show = |value: u64| self.unit.show(value);
        let (Some(least), Some(most)) = (self.values.iter().min(), self.values.iter().max()) else {
            return "-".to_owned();
        };
        if least == most {
            return show(*least);
        }
        format!("{} ({} to {})", show(self.median()), show(*least), show(*most))
    }
}

/// How two numbers are compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Compared {
    /// How many times as fast we are.
    Speed,
    /// How many times as long we take.
    Length,
}

/// What is to be reached; ratios in hundredths.
#[derive(Clone, Copy)]
pub enum Goal {
    AtLeast(u64),
    AtMost(u64),
    /// No ratio but our own number, in its unit.
    Below(u64),
    /// The same, where more is better.
    Above(u64),
    None,
}

/// One row of the table.
pub struct Figure {
    pub what: String,
    pub ours: Samples,
    pub peer: Option<(&'static str, Samples)>,
    pub compared: Compared,
    pub goal: Goal,
}

impl Figure {
    fn hundredths(&self, ours: u64, peer: u64) -> u64 {
        let rate = self.ours.unit == Unit::PerSecond;
        let (above, below) = match self.compared {
            Compared::Speed if rate => (ours, peer),
            Compared::Speed => (peer, ours),
            Compared::Length => (ours, peer),
        };
        above.saturating_mul(100).checked_div(below).unwrap_or(0)
    }

    /// Of the medians, and the range over the rounds.
    fn ratio(&self) -> Option<(u64, u64, u64)> {
        let (_, peer) = self.peer.as_ref()?;
        let each = self.ours.values.iter().zip(&peer.values);
        let each: Vec<u64> = each.map(|(ours, peer)| self.hundredths(*ours, *peer)).collect();
        let of_medians = self.hundredths(self.ours.median(), peer.median());
        Some((of_medians, *each.iter().min()?, *each.iter().max()?))
    }

    fn line(&self) -> String {
        let ratio = self.ratio();
        let times = |hundredths: u64| format!("{}×", decimal(hundredths));
        let measured = ratio.map(|(median, _, _)| median);
        let (goal, met) = match self.goal {
            Goal::AtLeast(goal) => {
                (format!("≥ {}", times(goal)), measured.map(|ratio| ratio >= goal))
            }
            Goal::AtMost(goal) => {
                (format!("≤ {}", times(goal)), measured.map(|ratio| ratio <= goal))
            }
            Goal::Below(goal) => {
                (format!("< {}", self.ours.unit.show(goal)), Some(self.ours.median() < goal))
            }
            Goal::Above(goal) => {
                (format!("≥ {}", self.ours.unit.show(goal)), Some(self.ours.median() >= goal))
            }
            Goal::None => ("-".to_owned(), None),
        };
        let met = met.map_or("-", |met| if met { "yes" } else { "**no**" });
        let peer = self.peer.as_ref().map_or_else(
            || "-".to_owned(),
            |(name, samples)| format!("{name}: {}", samples.shown()),
        );
        let ratio = ratio.map_or_else(
            || "-".to_owned(),
            |(median, least, most)| {
                format!("{} ({} to {})", times(median), times(least), times(most))
            },
        );
        format!("| {} | {} | {peer} | {ratio} | {goal} | {met} |", self.what, self.ours.shown())
    }
}

/// Prints the figures as a table.
pub fn table(title: &str, figures: &[Figure]) {
    println!("\n## {title}\n");
    println!(
        "| What | Ours: median (range) | Peer: median (range) | Ratio (range) | To reach | Reached |"
    );
    println!("| --- | --- | --- | --- | --- | --- |");
    for figure in figures {
        println!("{}", figure.line());
    }
}

/// Runs something and tells how long it took.
pub fn timed<T>(run: impl FnOnce() -> anyhow::Result<T>) -> anyhow::Result<(T, Duration)> {
    let begun = Instant::now();
    let value = run()?;
    Ok((value, begun.elapsed()))
}

pub fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

/// The value below which so many percent of the others lie; 0 of none.
pub fn percentile(values: &[u64], percent: usize) -> u64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let last = sorted.len().saturating_sub(1);
    let at = last.saturating_mul(percent).div_ceil(100);
    sorted.get(at).copied().unwrap_or(0)
}

/// So many things in so much time, each second.
pub fn per_second(count: usize, time: Duration) -> u64 {
    let count = u64::try_from(count).unwrap_or(u64::MAX);
    count.saturating_mul(1_000_000_000).checked_div(nanoseconds(time)).unwrap_or(0)
}

fn decimal(hundredths: u64) -> String {
    if hundredths >= 10_000 {
        return format!("{}", hundredths.div_euclid(100));
    }
    format!("{}.{:02}", hundredths.div_euclid(100), hundredths.rem_euclid(100))
}

fn time(nanoseconds: u64) -> String {
    match nanoseconds {
        0..1_000_000 => format!("{} µs", nanoseconds.div_euclid(1_000)),
        1_000_000..1_000_000_000 => format!("{} ms", decimal(nanoseconds.div_euclid(10_000))),
        _ => format!("{} s", decimal(nanoseconds.div_euclid(10_000_000))),
    }
}

fn bytes(bytes: u64) -> String {
    if bytes < 1_000_000 {
        return format!("{} kB", decimal(bytes.div_euclid(10)));
    }
    format!("{} MB", decimal(bytes.div_euclid(10_000)))
}
