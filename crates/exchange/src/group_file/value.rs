//! Reads single values of a group file.

use domain::card::Funding;
use domain::group::{GroupSlug, HospitalCode, RESERVED_SLUGS};
use domain::time::{Day, TimeOfDay};
use toml::de::DeValue;

pub(crate) const SLUG: &str = "2 to 32 small letters, digits and hyphens with a letter first, and no word that the system uses in addresses";
pub(crate) const CODE: &str = "2 to 32 small letters, digits and hyphens with a letter first";
pub(crate) const LINE: &str = "one line of 1 to 120 characters in quotes";
pub(crate) const DOMAIN: &str = "a domain without @, such as \"mail.example.jp\"";
pub(crate) const PHONE: &str = "a telephone number with hyphens, such as \"086-000-0000\"";
pub(crate) const DAY: &str = "a day, such as \"2026-11-24\"";

pub(crate) fn line(value: &DeValue<'_>) -> Option<String> {
    let text = value.as_str()?;
    let fits = (1..=120).contains(&text.chars().count())
        && !text.trim().is_empty()
        && !domain::text::has_control(text);
    fits.then(|| text.to_owned())
}

pub(crate) fn slug(value: &DeValue<'_>) -> Option<GroupSlug> {
    let slug = GroupSlug::parse(value.as_str()?).ok()?;
    (!RESERVED_SLUGS.contains(&slug.as_str())).then_some(slug)
}

pub(crate) fn hospital_code(value: &DeValue<'_>) -> Option<HospitalCode> {
    HospitalCode::parse(value.as_str()?).ok()
}

pub(crate) fn mail_domain(value: &DeValue<'_>) -> Option<String> {
    let text = value.as_str()?;
    let label = |label: &str| {
        !label.is_empty()
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    (text.len() <= 253 && text.contains('.') && text.split('.').all(label)).then(|| text.to_owned())
}

pub(crate) fn digits(value: &DeValue<'_>, count: usize) -> Option<String> {
    let text = value.as_str()?;
    (text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.to_owned())
}

pub(crate) fn phone(value: &DeValue<'_>) -> Option<String> {
    let text = value.as_str()?;
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let only = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    (only && matches!(digits, 10 | 11) && text.starts_with('0')).then(|| text.to_owned())
}

pub(crate) fn invoice_number(value: &DeValue<'_>) -> Option<String> {
    let text = value.as_str()?;
    let digits = text.strip_prefix('T')?;
    (digits.len() == 13 && digits.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.to_owned())
}

/// `"2026-11-24"`, with or without quotes.
pub(crate) fn day(value: &DeValue<'_>) -> Option<Day> {
    match value.as_str() {
        Some(text) => Day::parse(text).ok(),
        None => Day::parse(&value.as_datetime()?.to_string()).ok(),
    }
}

pub(crate) fn time(value: &DeValue<'_>) -> Option<TimeOfDay> {
    TimeOfDay::parse(value.as_str()?)
}

pub(crate) fn whole_number(value: &DeValue<'_>, min: i64, max: i64) -> Option<i64> {
    let number = value.as_integer()?;
    let number = i64::from_str_radix(number.as_str(), number.radix()).ok()?;
    (min..=max).contains(&number).then_some(number)
}

pub(crate) fn small_number(value: &DeValue<'_>, max: u16) -> Option<u16> {
    whole_number(value, 0, i64::from(max)).and_then(|number| u16::try_from(number).ok())
}

pub(crate) fn flag(value: &DeValue<'_>) -> Option<bool> {
    value.as_bool()
}

/// Every item, or nothing when one cannot be read.
pub(crate) fn list<T>(
    value: &DeValue<'_>,
    read: impl Fn(&DeValue<'_>) -> Option<T>,
) -> Option<Vec<T>> {
    value.as_array()?.iter().map(|item| read(item.get_ref())).collect()
}

pub(crate) fn funding(value: &DeValue<'_>) -> Option<Funding> {
    crate::policy_json::funding_by_word(value.as_str()?)
}

/// First and last (month, day), where there is a closure.
pub(crate) type YearEnd = Option<((i8, i8), (i8, i8))>;

/// `["12-29", "01-03"]`, or `[]` for none.
pub(crate) fn year_end(value: &DeValue<'_>) -> Option<YearEnd> {
    let days = list(value, |item| month_and_day(item.as_str()?))?;
    match days.as_slice() {
        [] => Some(None),
        [first, last] => Some(Some((*first, *last))),
        _ => None,
    }
}

fn month_and_day(text: &str) -> Option<(i8, i8)> {
    // In a leap year every day that any year can have is there.
    let day = Day::parse(&format!("2028-{text}")).ok()?;
    Some((day.month(), day.day_of_month()))
}
