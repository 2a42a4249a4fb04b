//! When kiosks and receipt machines work. Settlement runs every day and does not ask here.

use crate::holiday;
use crate::policy::{Closures, Policy};
use crate::time::{Day, Moment};
use jiff::civil::Weekday;

/// Why a day has no machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClosedReason {
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
    /// National holiday, substitute day or day between.
    NationalHoliday,
    /// Year-end closure.
    YearEnd,
    /// A day that the hospital has added.
    ExtraDay,
    /// The day is open, but not at this hour.
    OutOfHours,
}

/// Whether machines work now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// They do.
    Open,
    /// They do not.
    Closed {
        /// Why.
        reason: ClosedReason,
        /// When they work again; `None` where no open day comes within a year.
        opens_at: Option<Moment>,
    },
}

/// Whether machines work at this moment.
#[must_use]
pub fn at(policy: &Policy, now: Moment) -> Opening {
    let (today, time) = (now.day(), now.time_of_day());
    let reason = match closed_all_day(&policy.closures, today) {
        Some(reason) => reason,
        None if time < policy.hours.opens || time >= policy.hours.closes => {
            ClosedReason::OutOfHours
        }
        None => return Opening::Open,
    };
    let mut day = if time < policy.hours.opens { today } else { today.tomorrow() };
    for _ in 0..366 {
        if closed_all_day(&policy.closures, day).is_none() {
            return Opening::Closed { reason, opens_at: Some(day.at(policy.hours.opens)) };
        }
        day = day.tomorrow();
    }
    Opening::Closed { reason, opens_at: None }
}

/// Why a whole day has no machines; `None` on a business day.
#[must_use]
pub fn closed_all_day(closures: &Closures, day: Day) -> Option<ClosedReason> {
    if closures.extra_days.contains(&day) {
        return Some(ClosedReason::ExtraDay);
    }
    if closures.year_end.is_some_and(|(from, to)| within(day, from, to)) {
        return Some(ClosedReason::YearEnd);
    }
    if closures.national_holidays && holiday::is_holiday(day) {
        return Some(ClosedReason::NationalHoliday);
    }
    match day.weekday() {
        Weekday::Saturday if closures.weekends => Some(ClosedReason::Saturday),
        Weekday::Sunday if closures.weekends => Some(ClosedReason::Sunday),
        Weekday::Monday
        | Weekday::Tuesday
        | Weekday::Wednesday
        | Weekday::Thursday
        | Weekday::Friday
        | Weekday::Saturday
        | Weekday::Sunday => None,
    }
}

/// Between two days of the year, both included; across New Year when the first is the later one.
fn within(day: Day, from: (i8, i8), to: (i8, i8)) -> bool {
    let at = (day.month(), day.day_of_month());
    if from <= to { from <= at && at <= to } else { from <= at || at <= to }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::TimeOfDay;

    fn opening(day: &str, time: &str) -> Opening {
        let moment = Day::parse(day).unwrap().at(TimeOfDay::parse(time).unwrap());
        at(&Policy::of_the_faq(), moment)
    }

    fn closed_until(day: &str, time: &str) -> String {
        match opening(day, time) {
            Opening::Open => "open".to_owned(),
            Opening::Closed { reason, opens_at } => format!("{reason:?} {}", opens_at.unwrap()),
        }
    }

    #[test]
    fn q23_open_on_weekdays_from_745_until_just_before_1700() {
        assert_eq!(opening("2026-11-24", "07:45"), Opening::Open);
        assert_eq!(opening("2026-11-24", "16:59"), Opening::Open);
        assert_eq!(closed_until("2026-11-24", "07:44"), "OutOfHours 2026-11-24T07:45:00+09:00");
        assert_eq!(closed_until("2026-11-24", "17:00"), "OutOfHours 2026-11-25T07:45:00+09:00");
    }

    /// `domain.md` 15, statement 4.
    #[test]
    fn q23_closed_on_weekends_holidays_and_over_the_year_end() {
        for (day, reopens) in [
            ("2026-11-23", "NationalHoliday 2026-11-24T07:45:00+09:00"),
            ("2026-09-22", "NationalHoliday 2026-09-24T07:45:00+09:00"),
            ("2026-05-06", "NationalHoliday 2026-05-07T07:45:00+09:00"),
            ("2027-03-22", "NationalHoliday 2027-03-23T07:45:00+09:00"),
            ("2026-11-28", "Saturday 2026-11-30T07:45:00+09:00"),
            ("2026-11-29", "Sunday 2026-11-30T07:45:00+09:00"),
            ("2026-12-29", "YearEnd 2027-01-04T07:45:00+09:00"),
            ("2027-01-03", "YearEnd 2027-01-04T07:45:00+09:00"),
        ] {
            assert_eq!(closed_until(day, "10:00"), reopens, "{day}");
        }
    }

    #[test]
    fn a_day_that_the_hospital_adds_is_closed() {
        let mut policy = Policy::of_the_faq();
        let day = Day::parse("2026-11-24").unwrap();
        policy.closures.extra_days.insert(day);
        let noon = day.at(TimeOfDay::parse("12:00").unwrap());
        assert!(matches!(
            at(&policy, noon),
            Opening::Closed { reason: ClosedReason::ExtraDay, .. }
        ));
    }
}
