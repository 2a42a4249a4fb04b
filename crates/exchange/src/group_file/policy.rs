//! The policy of one hospital. What is left out is as in the FAQ.

use super::fault::GroupReason;
use super::value;
use super::walk::{Part, Walk};
use crate::policy_json::unknown_by_word;
use domain::patient::CardLayout;
use domain::policy::{
    Cancellation, CardReentry, Closures, FundingPolicy, Hours, Policy, Supplement,
};
use domain::time::Day;
use domain::yen::Yen;
use toml::de::DeValue;

/// Longest time until a registration can be used, and longest time until a visit is charged.
const ACTIVATION_MINUTES_MAX: u16 = 1_440;
const SETTLE_DAYS_MAX: u16 = 60;

/// Reads `[hospital.policy]` and the day from which it holds.
pub(crate) fn read(walk: &mut Walk<'_>, hospital: &Part<'_, '_>) -> (Option<Policy>, Option<Day>) {
    let part = walk.part(hospital, "policy");
    const KEYS: &[&str] = &[
        "valid_from",
        "activation_delay_minutes",
        "settle_after_days",
        "advance_notice_days",
        "supplement",
        "refund_second_person_above",
        "bill_ceiling",
        "card_reentry",
        "cancellation",
        "hours",
        "closures",
        "cards",
        "card_layout",
    ];
    walk.known_keys(&part, KEYS);
    let valid_from = walk.required(&part, "valid_from", value::DAY, value::day);
    (read_policy(walk, &part), valid_from)
}

fn read_policy(walk: &mut Walk<'_>, part: &Part<'_, '_>) -> Option<Policy> {
    let faq = Policy::of_the_faq();
    let activation_delay_minutes = walk.or(
        part,
        "activation_delay_minutes",
        "a whole number of minutes from 0 to 1440",
        |value| value::small_number(value, ACTIVATION_MINUTES_MAX),
        faq.activation_delay_minutes,
    );
    let settle_after_days = days(walk, part, "settle_after_days", faq.settle_after_days);
    let advance_notice_days = days(walk, part, "advance_notice_days", faq.advance_notice_days);
    let supplement = walk.or(
        part,
        "supplement",
        "\"card\" or \"desk\"",
        |value| Supplement::parse(value.as_str()?),
        faq.supplement,
    );
    let yen_from = |least: i64| {
        move |value: &DeValue<'_>| {
            Yen::new(value::whole_number(value, least, Yen::MAX.amount())?).ok()
        }
    };
    let refund_second_person_above = walk.or(
        part,
        "refund_second_person_above",
        "a whole number of yen from 0 to 9999999999",
        yen_from(0),
        faq.refund_second_person_above,
    );
    let bill_ceiling = walk.or(
        part,
        "bill_ceiling",
        "a whole number of yen from 1 to 9999999999",
        yen_from(1),
        faq.bill_ceiling,
    );
    let card_reentry = walk.or(
        part,
        "card_reentry",
        "\"always\" or \"card_changes_only\"",
        |value| CardReentry::parse(value.as_str()?),
        faq.card_reentry,
    );
    let cancellation = walk.or(
        part,
        "cancellation",
        "\"desk\" or \"online\"",
        |value| Cancellation::parse(value.as_str()?),
        faq.cancellation,
    );
    let hours = hours(walk, part, faq.hours);
    let closures = closures(walk, part, faq.closures);
    let funding = funding(walk, part, faq.funding);
    let card_layout = card_layout(walk, part, faq.card_layout);
    Some(Policy {
        hours: hours?,
        closures: closures?,
        activation_delay_minutes: activation_delay_minutes?,
        settle_after_days: settle_after_days?,
        funding: funding?,
        card_layout: card_layout?,
        advance_notice_days: advance_notice_days?,
        supplement: supplement?,
        refund_second_person_above: refund_second_person_above?,
        bill_ceiling: bill_ceiling?,
        card_reentry: card_reentry?,
        cancellation: cancellation?,
    })
}

fn days(walk: &mut Walk<'_>, part: &Part<'_, '_>, key: &'static str, faq: u16) -> Option<u16> {
    let read = |value: &DeValue<'_>| value::small_number(value, SETTLE_DAYS_MAX);
    walk.or(part, key, "a whole number of days from 0 to 60", read, faq)
}

fn hours(walk: &mut Walk<'_>, policy: &Part<'_, '_>, faq: Hours) -> Option<Hours> {
    const WANTED: &str = "a time in quotes, such as \"07:45\"";
    let part = walk.part(policy, "hours");
    walk.known_keys(&part, &["opens", "closes"]);
    let opens = walk.or(&part, "opens", WANTED, value::time, faq.opens);
    let closes = walk.or(&part, "closes", WANTED, value::time, faq.closes);
    let hours = Hours { opens: opens?, closes: closes? };
    if hours.opens >= hours.closes {
        walk.fault(&part, "closes", GroupReason::ClosesBeforeOpening);
        return None;
    }
    Some(hours)
}

fn closures(walk: &mut Walk<'_>, policy: &Part<'_, '_>, faq: Closures) -> Option<Closures> {
    const FLAG: &str = "true or false";
    let part = walk.part(policy, "closures");
    walk.known_keys(&part, &["weekends", "national_holidays", "year_end", "extra_days"]);
    let weekends = walk.or(&part, "weekends", FLAG, value::flag, faq.weekends);
    let national_holidays =
        walk.or(&part, "national_holidays", FLAG, value::flag, faq.national_holidays);
    let year_end = walk.or(
        &part,
        "year_end",
        "first and last day, such as [\"12-29\", \"01-03\"], or [] for none",
        value::year_end,
        faq.year_end,
    );
    let days =
        |value: &DeValue<'_>| value::list(value, value::day).map(|days| days.into_iter().collect());
    let extra_days = walk.or(
        &part,
        "extra_days",
        "a list of days, such as [\"2026-08-14\"]",
        days,
        faq.extra_days,
    );
    Some(Closures {
        weekends: weekends?,
        national_holidays: national_holidays?,
        year_end: year_end?,
        extra_days: extra_days?,
    })
}

fn funding(
    walk: &mut Walk<'_>,
    policy: &Part<'_, '_>,
    faq: FundingPolicy,
) -> Option<FundingPolicy> {
    let part = walk.part(policy, "cards");
    walk.known_keys(&part, &["refused", "unknown"]);
    let refused = walk.or(
        &part,
        "refused",
        "a list of the words \"credit\", \"debit\", \"prepaid\", \"unknown\"",
        |value| value::list(value, value::funding),
        faq.refused,
    );
    let unknown = walk.or(
        &part,
        "unknown",
        "\"accept_and_flag\" or \"refuse\"",
        |value| unknown_by_word(value.as_str()?),
        faq.unknown,
    );
    Some(FundingPolicy { refused: refused?, unknown: unknown? })
}

fn card_layout(walk: &mut Walk<'_>, policy: &Part<'_, '_>, faq: CardLayout) -> Option<CardLayout> {
    let part = walk.part(policy, "card_layout");
    walk.known_keys(&part, &["length", "start_stop", "prefix"]);
    let length = |value: &DeValue<'_>| usize::try_from(value::whole_number(value, 1, 20)?).ok();
    let length =
        walk.or(&part, "length", "a whole number of digits from 1 to 20", length, faq.length);
    let start_stop = walk.or(&part, "start_stop", "true or false", value::flag, faq.start_stop);
    let prefix = |value: &DeValue<'_>| {
        let text = value.as_str()?;
        (text.len() <= 20 && text.bytes().all(|byte| byte.is_ascii_alphanumeric()))
            .then(|| text.to_owned())
    };
    let prefix =
        walk.or(&part, "prefix", "up to 20 letters and digits in quotes", prefix, faq.prefix);
    Some(CardLayout { length: length?, start_stop: start_stop?, prefix: prefix? })
}
