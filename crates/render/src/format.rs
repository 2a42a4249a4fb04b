//! Amounts, days and moments as people read them in Japanese text.

use domain::time::{Day, Moment};
use domain::yen::Yen;

/// An amount with its unit: `7,930円`.
#[must_use]
pub fn yen(amount: Yen) -> String {
    format!("{amount}円")
}

/// A day with its weekday: `2026年11月24日(火)`.
#[must_use]
pub fn day(day: Day) -> String {
    day.in_japanese()
}

/// A day of this year or the next, where the year goes without saying: `11月24日(火)`.
#[must_use]
pub fn short_day(day: Day) -> String {
    let whole = day.in_japanese();
    whole.split_once('年').map_or(whole.clone(), |(_, rest)| rest.to_owned())
}

/// A moment as a promise to a patient: `11月24日(火) 10時15分ごろ`.
#[must_use]
pub fn moment(at: Moment) -> String {
    let minutes = at.time_of_day().minutes();
    let (hour, minute) = (minutes.div_euclid(60), minutes.rem_euclid(60));
    format!("{} {hour}時{minute:02}分ごろ", short_day(at.day()))
}

/// Names one after another: `市民病院、せのお病院`.
#[must_use]
pub fn listed(names: &[String]) -> String {
    names.join("、")
}

/// A postal code of seven digits, with its hyphen: `700-8557`. Anything else stays as it is.
#[must_use]
pub fn postal_code(digits: &str) -> String {
    match digits.split_at_checked(3) {
        Some((area, town)) if town.len() == 4 => format!("{area}-{town}"),
        Some(_) | None => digits.to_owned(),
    }
}

/// A telephone number as people write it: a mobile number of eleven digits gets its hyphens. Where the
/// hyphens of a shorter number belong only its area knows, so it stays as it is.
#[must_use]
pub fn phone(digits: &str) -> String {
    match digits
        .split_at_checked(3)
        .and_then(|(first, rest)| Some((first, rest.split_at_checked(4)?)))
    {
        Some((first, (second, third))) if third.len() == 4 => format!("{first}-{second}-{third}"),
        Some(_) | None => digits.to_owned(),
    }
}

/// The two halves of a mail address, so that a page may break the line before the `@`.
#[must_use]
pub fn mail_halves(mail: &str) -> (&str, &str) {
    mail.find('@').map_or((mail, ""), |at| mail.split_at_checked(at).unwrap_or((mail, "")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_days_and_moments_read_naturally() {
        let visit = Day::parse("2026-11-24").unwrap();
        assert_eq!(yen(Yen::new(7_930).unwrap()), "7,930円");
        assert_eq!(day(visit), "2026年11月24日(火)");
        assert_eq!(short_day(visit), "11月24日(火)");
        assert_eq!(moment(visit.begins().plus_minutes(615)), "11月24日(火) 10時15分ごろ");
        assert_eq!(moment(visit.begins().plus_minutes(605)), "11月24日(火) 10時05分ごろ");
        assert_eq!(phone("09012345678"), "090-1234-5678");
        assert_eq!(phone("0867373000"), "0867373000");
        assert_eq!(mail_halves("hanako@example.jp"), ("hanako", "@example.jp"));
        assert_eq!(postal_code("7008557"), "700-8557");
        assert_eq!(postal_code("70085"), "70085");
    }
}
