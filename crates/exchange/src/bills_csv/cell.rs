//! What single cells may hold: whole numbers, days, texts. Each is taken as written or refused with what
//! to write instead; nothing is guessed.

use crate::bills_csv::fault::{Reason, shown};
use crate::bills_csv::fault_cell::{DayReason, NumberReason, TextReason};
use domain::text::fold_width;
use domain::time::Day;

/// Cuts the blanks that fixed-width systems leave around a value.
pub(crate) fn trim(cell: &str) -> &str {
    cell.trim_matches([' ', '\u{3000}'])
}

/// Refuses what hides or reorders text, and line breaks.
pub(crate) fn check_visible(cell: &str) -> Result<(), TextReason> {
    if !domain::text::has_control(cell) {
        return Ok(());
    }
    match cell.chars().find(|letter| domain::text::has_control(letter.encode_utf8(&mut [0; 4]))) {
        Some(letter) => Err(TextReason::ControlCharacter { code: u32::from(letter) }),
        None => Ok(()),
    }
}

/// A text of at most so many characters that is no formula.
pub(crate) fn text(cell: &str, max: usize) -> Result<String, TextReason> {
    check_visible(cell)?;
    let mut letters = cell.chars();
    let first = letters.next();
    // A lone sign is a text that hospitals do write for "none"; an equals sign never is.
    let more = letters.next().is_some();
    if first == Some('=') || (more && matches!(first, Some('+' | '-' | '@'))) {
        return Err(TextReason::Formula);
    }
    let found = cell.chars().count();
    if found > max {
        return Err(TextReason::TooLong { found, max });
    }
    Ok(cell.to_owned())
}

/// A whole number within a range.
pub(crate) fn whole_number(cell: &str, min: i64, max: i64) -> Result<i64, Reason> {
    check_visible(cell)?;
    if cell.starts_with('=') {
        return Err(TextReason::Formula.into());
    }
    let digits = cell.strip_prefix('-').unwrap_or(cell);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(no_number(cell).into());
    }
    if min >= 0 && cell.starts_with('-') {
        return Err(NumberReason::Negative { found: shown(cell) }.into());
    }
    match cell.parse::<i64>() {
        Ok(number) if (min..=max).contains(&number) => Ok(number),
        Ok(_) | Err(_) => Err(NumberReason::OutOfRange { found: shown(cell), min, max }.into()),
    }
}

fn no_number(cell: &str) -> NumberReason {
    let found = shown(cell);
    let folded = fold_width(cell);
    let only = |signs: &[char]| {
        folded.chars().all(|c| c.is_ascii_digit() || signs.contains(&c))
            && folded.chars().any(|c| c.is_ascii_digit())
    };
    if folded != cell && only(&['-', ',', '.']) {
        NumberReason::FullWidth { found }
    } else if only(&['-', '.']) {
        NumberReason::Decimal { found }
    } else if only(&['-', ',', '.']) {
        NumberReason::Separators { found }
    } else if only(&[
        '-', ',', '.', '¥', '\\', '円', '+', '−', '▲', '△', '‐', '(', ')', '点', '%', ' ',
    ]) {
        NumberReason::Sign { found }
    } else {
        NumberReason::NotANumber { found }
    }
}

/// A day, as `2026-11-24` or `20261124`.
pub(crate) fn day(cell: &str) -> Result<Day, Reason> {
    check_visible(cell)?;
    if cell.starts_with('=') {
        return Err(TextReason::Formula.into());
    }
    let found = shown(cell);
    let shaped = match (cell.len(), cell.get(0..4), cell.get(4..6), cell.get(6..8)) {
        (8, Some(year), Some(month), Some(day))
            if cell.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            format!("{year}-{month}-{day}")
        }
        _ => cell.to_owned(),
    };
    if let Ok(day) = Day::parse(&shaped) {
        return Ok(day);
    }
    let like_ours = shaped.len() == 10
        && shaped
            .bytes()
            .enumerate()
            .all(|(at, byte)| byte.is_ascii_digit() || (matches!(at, 4 | 7) && byte == b'-'));
    if like_ours && shaped.matches('-').count() == 2 {
        return Err(DayReason::NoSuchDay { found }.into());
    }
    Err(no_day(cell, found).into())
}

fn no_day(cell: &str, found: String) -> DayReason {
    let folded = fold_width(cell);
    let digits = folded.bytes().filter(u8::is_ascii_digit).count();
    let era = ['令', '平', '昭', '大', '明', 'R', 'H', 'S', 'T', 'M', 'r', 'h', 's'];
    if digits > 0 && folded.starts_with(era) {
        DayReason::Era { found }
    } else if digits == folded.len() && digits == 5 {
        DayReason::Serial { found }
    } else if digits > 0
        && folded.contains(['/', '.'])
        && folded.chars().all(|c| c.is_ascii_digit() || matches!(c, '/' | '.'))
    {
        DayReason::Slashes { found }
    } else if folded != cell && digits > 0 && folded.chars().all(|c| c.is_ascii_digit() || c == '-')
    {
        DayReason::FullWidth { found }
    } else {
        DayReason::NotADay { found }
    }
}

/// A day that a time of day may follow, as `2026-11-24T09:15:00+09:00`. Only the day is kept, so a time
/// in another zone than Japan's would be another day and is refused.
pub(crate) fn day_of_time(cell: &str) -> Result<Day, Reason> {
    let Some((date, time)) = cell.split_once(['T', ' ']) else { return day(cell) };
    let read = day(date)?;
    let local = time.strip_suffix("+09:00").unwrap_or(time);
    let parts: Vec<&str> = local.split(':').collect();
    let below = |part: &str, limit: u8| {
        part.len() == 2 && part.parse::<u8>().is_ok_and(|number| number < limit)
    };
    let whole = match parts.as_slice() {
        [hour, minute] => below(hour, 24) && below(minute, 60),
        [hour, minute, second] => below(hour, 24) && below(minute, 60) && below(second, 60),
        _ => false,
    };
    if whole { Ok(read) } else { Err(DayReason::NotADay { found: shown(cell) }.into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_taken_as_written_or_refused() {
        for (cell, number) in [("0", 0), ("0012", 12), ("9999999999", 9_999_999_999)] {
            assert_eq!(whole_number(cell, 0, 9_999_999_999), Ok(number), "{cell}");
        }
        assert_eq!(whole_number("-1000", -5_000, 5_000), Ok(-1_000));
        for (cell, word) in [
            ("1,234", "separators"),
            ("1234.5", "decimal point"),
            ("1234.0", "decimal point"),
            ("１２３４", "full-width"),
            ("¥1234", "sign"),
            ("1234円", "sign"),
            ("+1", "sign"),
            ("▲100", "sign"),
            ("1e5", "no number"),
            ("abc", "no number"),
            ("-", "no number"),
            ("--1", "decimal point"),
            ("-1", "below zero"),
            ("-0", "below zero"),
            ("10000000000", "not between"),
            ("99999999999999999999", "not between"),
            ("=1+1", "formula"),
            ("1\u{0}", "U+0000"),
            ("1\u{200B}", "U+200B"),
            ("1 2", "sign"),
            ("٣", "no number"),
        ] {
            let reason = whole_number(cell, 0, 9_999_999_999).unwrap_err().to_string();
            assert!(reason.contains(word), "{cell}: {reason}");
        }
    }

    #[test]
    fn days_have_two_forms_and_each_other_form_its_reason() {
        for cell in ["2026-11-24", "20261124"] {
            assert_eq!(day(cell).unwrap().to_string(), "2026-11-24");
        }
        for (cell, word) in [
            ("2026/11/24", "slashes"),
            ("2026.11.24", "slashes"),
            ("11/24/2026", "slashes"),
            ("R8.11.24", "era"),
            ("令和8年11月24日", "era"),
            ("46350", "day number"),
            ("２０２６１１２４", "full-width"),
            ("2026-02-30", "calendar"),
            ("20261324", "calendar"),
            ("2026-2-1", "no date"),
            ("yesterday", "no date"),
            ("=TODAY()", "formula"),
            ("24-Nov-26", "no date"),
            ("", "no date"),
            ("2026/１１/24", "slashes"),
        ] {
            let reason = day(cell).unwrap_err().to_string();
            assert!(reason.contains(word), "{cell}: {reason}");
        }
    }

    #[test]
    fn a_time_may_follow_a_day_in_japanese_time_only() {
        for cell in
            ["2026-11-24", "2026-11-24T09:15:00+09:00", "2026-11-24 09:15", "20261124T235959"]
        {
            assert_eq!(day_of_time(cell).is_ok(), !cell.ends_with("235959"), "{cell}");
        }
        for bad in
            ["2026-11-24T23:00:00Z", "2026-11-24T24:00", "2026-11-24T", "2026-11-24 9:5", "T", " "]
        {
            assert!(day_of_time(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn texts_are_no_formulas_and_hide_nothing() {
        assert_eq!(text("内科(1)", 40), Ok("内科(1)".to_owned()));
        assert_eq!(text("-", 40), Ok("-".to_owned()));
        for bad in ["=cmd|'/C calc'!A0", "+1", "-2+3", "@SUM(A1)"] {
            assert_eq!(text(bad, 40), Err(TextReason::Formula), "{bad}");
        }
        assert_eq!(text("内\u{202E}科", 40), Err(TextReason::ControlCharacter { code: 0x202E }));
        assert_eq!(text("内科外科", 3), Err(TextReason::TooLong { found: 4, max: 3 }));
    }
}
