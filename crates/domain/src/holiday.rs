//! National holidays of Japan by rule (祝日法), from 2019 on. The official table can be loaded beside
//! it; rules come first so that a year that nobody has loaded yet is right as well.

use crate::time::Day;
use jiff::civil::Weekday;

/// Whether a day is a national holiday, a substitute day or a day between two holidays (Article 3).
///
/// The two exceptions are applied in the law's order: substitute days first, then days between; and
/// only the named holidays of Article 2 feed both.
#[must_use]
pub fn is_holiday(day: Day) -> bool {
    is_named(day) || is_substitute(day) || is_between(day)
}

/// A named holiday of Article 2.
fn is_named(day: Day) -> bool {
    let year = day.year();
    if let Some(moved) = moved_for_the_games(day) {
        return moved;
    }
    match (day.month(), day.day_of_month()) {
        (1, 1) | (2, 11) | (4, 29) | (5, 3..=5) | (8, 11) | (11, 3) | (11, 23) => true,
        (2, 23) => year >= 2020,
        (1, _) => is_nth_monday(day, 2),
        (3, date) => date == spring_equinox(year),
        (7, _) => is_nth_monday(day, 3),
        (9, date) => is_nth_monday(day, 3) || date == autumn_equinox(year),
        (10, 22) => year == 2019,
        (10, _) => is_nth_monday(day, 2),
        (5, 1) => year == 2019,
        _ => false,
    }
}

/// In 2020 and 2021 three holidays were moved for the Olympic Games by special law.
fn moved_for_the_games(day: Day) -> Option<bool> {
    match (day.year(), day.month(), day.day_of_month()) {
        (2020, 7, 23 | 24) | (2020, 8, 10) | (2021, 7, 22 | 23) | (2021, 8, 8) => Some(true),
        (2020 | 2021, 7 | 8 | 10, _) => Some(false),
        _ => None,
    }
}

/// A holiday on a Sunday gives the next day that is not a named holiday.
fn is_substitute(day: Day) -> bool {
    if is_named(day) {
        return false;
    }
    let mut before = day.yesterday();
    while is_named(before) {
        if before.weekday() == Weekday::Sunday {
            return true;
        }
        before = before.yesterday();
    }
    false
}

/// A day whose neighbours are both named holidays.
fn is_between(day: Day) -> bool {
    !is_named(day) && is_named(day.yesterday()) && is_named(day.tomorrow())
}

fn is_nth_monday(day: Day, nth: i8) -> bool {
    let week = day.day_of_month().saturating_add(6).checked_div(7);
    day.weekday() == Weekday::Monday && week == Some(nth)
}

/// Day in March; the customary formula, good for 1980 to 2099. The gazette decides a year ahead.
fn spring_equinox(year: i16) -> i8 {
    equinox(year, 208_431)
}

/// Day in September; as above.
fn autumn_equinox(year: i16) -> i8 {
    equinox(year, 232_488)
}

/// `base + 0.242194 (year - 1980) - floor((year - 1980) / 4)`, in units of a ten-thousandth of a day.
fn equinox(year: i16, base: i64) -> i8 {
    let since = i64::from(year).saturating_sub(1980);
    let drift = since.saturating_mul(2_421_940).div_euclid(1_000);
    let leaps = since.div_euclid(4).saturating_mul(10_000);
    let day = base.saturating_add(drift).saturating_sub(leaps).div_euclid(10_000);
    i8::try_from(day).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holidays_of(year: i16) -> String {
        let mut day = Day::new(year, 1, 1).unwrap();
        let mut found = Vec::new();
        while day.year() == year {
            if is_holiday(day) {
                found.push(format!("{:02}-{:02}", day.month(), day.day_of_month()));
            }
            day = day.tomorrow();
        }
        found.join(" ")
    }

    /// The official tables, `domain.md` 10.1 for 2026 and 2027.
    #[test]
    fn q23_the_holidays_of_the_official_table() {
        for (year, official) in [
            (
                2020,
                "01-01 01-13 02-11 02-23 02-24 03-20 04-29 05-03 05-04 05-05 05-06 07-23 07-24 08-10 09-21 09-22 11-03 11-23",
            ),
            (
                2021,
                "01-01 01-11 02-11 02-23 03-20 04-29 05-03 05-04 05-05 07-22 07-23 08-08 08-09 09-20 09-23 11-03 11-23",
            ),
            (
                2024,
                "01-01 01-08 02-11 02-12 02-23 03-20 04-29 05-03 05-04 05-05 05-06 07-15 08-11 08-12 09-16 09-22 09-23 10-14 11-03 11-04 11-23",
            ),
            (
                2025,
                "01-01 01-13 02-11 02-23 02-24 03-20 04-29 05-03 05-04 05-05 05-06 07-21 08-11 09-15 09-23 10-13 11-03 11-23 11-24",
            ),
            (
                2026,
                "01-01 01-12 02-11 02-23 03-20 04-29 05-03 05-04 05-05 05-06 07-20 08-11 09-21 09-22 09-23 10-12 11-03 11-23",
            ),
            (
                2027,
                "01-01 01-11 02-11 02-23 03-21 03-22 04-29 05-03 05-04 05-05 07-19 08-11 09-20 09-23 10-11 11-03 11-23",
            ),
        ] {
            assert_eq!(holidays_of(year), official, "{year}");
        }
    }
}
