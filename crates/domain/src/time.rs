//! Points in time and calendar days, as values. Nothing here reads a clock.

use jiff::civil::{Date, Weekday};
use std::fmt;

/// Asia/Tokyo is nine hours ahead of UTC all year round; Japan has no summer time.
const TOKYO_OFFSET_MS: i64 = 9 * 3_600_000;
const DAY_MS: i64 = 86_400_000;

/// A point in time: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(i64);

impl Moment {
    /// From milliseconds since 1970.
    #[must_use]
    pub const fn from_ms(ms: i64) -> Self {
        Self(ms)
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub const fn ms(self) -> i64 {
        self.0
    }

    /// Later by so many seconds (earlier when negative); stops at the ends of the range.
    #[must_use]
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1_000)))
    }

    /// Later by so many minutes.
    #[must_use]
    pub const fn plus_minutes(self, minutes: i64) -> Self {
        self.plus_seconds(minutes.saturating_mul(60))
    }

    /// The calendar day in Asia/Tokyo.
    #[must_use]
    pub fn day(self) -> Day {
        let days = self.0.saturating_add(TOKYO_OFFSET_MS).div_euclid(DAY_MS);
        Day::from_days_since_1970(days)
    }

    /// The time of day in Asia/Tokyo.
    #[must_use]
    pub fn time_of_day(self) -> TimeOfDay {
        let ms = self.0.saturating_add(TOKYO_OFFSET_MS).rem_euclid(DAY_MS);
        TimeOfDay { minute: u16::try_from(ms.div_euclid(60_000)).unwrap_or(0) }
    }
}

/// As `2026-11-24T09:15:00+09:00`, for logs and exports.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.saturating_add(TOKYO_OFFSET_MS).rem_euclid(DAY_MS).div_euclid(1_000);
        write!(f, "{}T{}:{:02}+09:00", self.day(), self.time_of_day(), seconds.rem_euclid(60))
    }
}

/// A calendar day in Asia/Tokyo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

/// A text that is no day of the calendar.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a day written as 2026-11-24")]
pub struct NotADay(pub String);

impl Day {
    /// The first day that the system knows, and the last.
    const RANGE: (i64, i64) = (-36_525, 75_000);

    /// Year, month from 1, day from 1; `None` where the calendar has no such day.
    #[must_use]
    pub fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        Date::new(year, month, day).ok().map(Self)
    }

    /// Reads `2026-11-24`, and nothing else: two digits for month and day, hyphens between.
    pub fn parse(text: &str) -> Result<Self, NotADay> {
        let not = || NotADay(text.to_owned());
        let bytes = text.as_bytes();
        let shaped = bytes.len() == 10
            && bytes.iter().enumerate().all(|(at, byte)| match at {
                4 | 7 => *byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        if !shaped {
            return Err(not());
        }
        let part =
            |range: std::ops::Range<usize>| text.get(range).and_then(|t| t.parse::<i16>().ok());
        let (year, month, day) = (part(0..4), part(5..7), part(8..10));
        match (
            year,
            month.and_then(|m| i8::try_from(m).ok()),
            day.and_then(|d| i8::try_from(d).ok()),
        ) {
            (Some(year), Some(month), Some(day)) => Self::new(year, month, day).ok_or_else(not),
            _ => Err(not()),
        }
    }

    /// Counts days from 1970-01-01; stops at the ends of the range that the system knows.
    #[must_use]
    pub fn from_days_since_1970(days: i64) -> Self {
        let days = days.clamp(Self::RANGE.0, Self::RANGE.1);
        let epoch = jiff::civil::date(1970, 1, 1);
        let span = jiff::Span::new().days(days);
        Self(epoch.checked_add(span).unwrap_or(epoch))
    }

    /// Later by so many calendar days, holidays counted like any other (FAQ Q05).
    #[must_use]
    pub fn plus_days(self, days: u16) -> Self {
        let span = jiff::Span::new().days(i64::from(days));
        Self(self.0.checked_add(span).unwrap_or(self.0))
    }

    /// The day before.
    #[must_use]
    pub fn yesterday(self) -> Self {
        Self(self.0.yesterday().unwrap_or(self.0))
    }

    /// The day after.
    #[must_use]
    pub fn tomorrow(self) -> Self {
        Self(self.0.tomorrow().unwrap_or(self.0))
    }

    /// When this day has reached the given minute, in Asia/Tokyo.
    #[must_use]
    pub fn at(self, time: TimeOfDay) -> Moment {
        let minutes =
            self.days_since_1970().saturating_mul(1_440).saturating_add(i64::from(time.minute));
        Moment(minutes.saturating_mul(60_000).saturating_sub(TOKYO_OFFSET_MS))
    }

    /// When this day begins in Asia/Tokyo.
    #[must_use]
    pub fn begins(self) -> Moment {
        self.at(TimeOfDay::MIDNIGHT)
    }

    /// Days from 1970-01-01.
    #[must_use]
    pub fn days_since_1970(self) -> i64 {
        let epoch = jiff::civil::date(1970, 1, 1);
        epoch.until(self.0).map_or(0, |span| i64::from(span.get_days()))
    }

    /// The year, which is also the tax year of what is paid on this day.
    #[must_use]
    pub fn year(self) -> i16 {
        self.0.year()
    }

    /// The month, from 1.
    #[must_use]
    pub fn month(self) -> i8 {
        self.0.month()
    }

    /// The day of the month, from 1.
    #[must_use]
    pub fn day_of_month(self) -> i8 {
        self.0.day()
    }

    /// The day of the week.
    #[must_use]
    pub fn weekday(self) -> Weekday {
        self.0.weekday()
    }

    /// Saturday or Sunday.
    #[must_use]
    pub fn is_weekend(self) -> bool {
        matches!(self.weekday(), Weekday::Saturday | Weekday::Sunday)
    }

    /// As people read it: `2026年11月24日(火)`.
    #[must_use]
    pub fn in_japanese(self) -> String {
        let weekday = match self.weekday() {
            Weekday::Monday => "月",
            Weekday::Tuesday => "火",
            Weekday::Wednesday => "水",
            Weekday::Thursday => "木",
            Weekday::Friday => "金",
            Weekday::Saturday => "土",
            Weekday::Sunday => "日",
        };
        format!("{}年{}月{}日({weekday})", self.year(), self.month(), self.day_of_month())
    }
}

/// As `2026-11-24`.
impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year(), self.month(), self.day_of_month())
    }
}

/// A minute of the day in Asia/Tokyo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay {
    minute: u16,
}

impl TimeOfDay {
    /// 0:00.
    pub const MIDNIGHT: Self = Self { minute: 0 };

    /// Hour 0 to 24 and minute 0 to 59; 24:00 is the end of the day.
    #[must_use]
    pub const fn new(hour: u16, minute: u16) -> Option<Self> {
        if minute >= 60 || hour > 24 || (hour == 24 && minute > 0) {
            return None;
        }
        Some(Self { minute: hour.saturating_mul(60).saturating_add(minute) })
    }

    /// Reads `7:45` or `07:45`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (hour, minute) = text.split_once(':')?;
        let digits =
            |t: &str| !t.is_empty() && t.len() <= 2 && t.bytes().all(|b| b.is_ascii_digit());
        if !digits(hour) || minute.len() != 2 || !digits(minute) {
            return None;
        }
        Self::new(hour.parse().ok()?, minute.parse().ok()?)
    }

    /// Minutes since midnight.
    #[must_use]
    pub const fn minutes(self) -> u16 {
        self.minute
    }

    /// As people read it: `7:45`.
    #[must_use]
    pub fn in_japanese(self) -> String {
        format!("{}:{:02}", self.minute.div_euclid(60), self.minute.rem_euclid(60))
    }
}

/// As `07:45`.
impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.minute.div_euclid(60), self.minute.rem_euclid(60))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    /// `domain.md` 3.5 E10: four calendar days, holidays and year end included.
    #[test]
    fn q05_four_days_after_the_visit_counts_every_day() {
        for (visit, due) in [
            ("2026-11-20", "2026-11-24"),
            ("2026-12-25", "2026-12-29"),
            ("2026-12-28", "2027-01-01"),
            ("2026-12-27", "2026-12-31"),
        ] {
            assert_eq!(day(visit).plus_days(4), day(due));
        }
    }

    #[test]
    fn the_day_changes_at_midnight_in_tokyo() {
        let midnight = day("2026-11-24").begins();
        assert_eq!(midnight.to_string(), "2026-11-24T00:00:00+09:00");
        assert_eq!(midnight.day(), day("2026-11-24"));
        assert_eq!(Moment::from_ms(midnight.ms().saturating_sub(1)).day(), day("2026-11-23"));
        assert_eq!(Moment::from_ms(0).to_string(), "1970-01-01T09:00:00+09:00");
    }

    #[test]
    fn days_are_read_strictly() {
        for bad in
            ["2026-2-1", "2026/02/01", "2026-02-30", "20260201", "2026-13-01", "+026-01-01", ""]
        {
            assert!(Day::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(day("2026-11-24").in_japanese(), "2026年11月24日(火)");
    }

    #[test]
    fn times_of_day_are_read_strictly() {
        assert_eq!(TimeOfDay::parse("7:45").unwrap().to_string(), "07:45");
        assert_eq!(TimeOfDay::parse("24:00").unwrap().minutes(), 1_440);
        for bad in ["24:01", "7:5", "7", "7:60", "a:00", "-1:00"] {
            assert_eq!(TimeOfDay::parse(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn a_moment_lies_within_its_day(ms in 0..4_000_000_000_000_i64) {
            let moment = Moment::from_ms(ms);
            prop_assert!(moment.day().begins() <= moment);
            prop_assert!(moment < moment.day().tomorrow().begins());
        }
    }
}
