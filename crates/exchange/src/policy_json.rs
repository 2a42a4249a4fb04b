//! A hospital's policy as one line of JSON: the form that the store keeps.

use domain::card::Funding;
use domain::patient::CardLayout;
use domain::policy::{
    Cancellation, CardReentry, Closures, FundingPolicy, Hours, Policy, Supplement, UnknownFunding,
};
use domain::time::{Day, TimeOfDay};
use domain::yen::Yen;
use serde::{Deserialize, Serialize};

/// Why a text is no policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyJsonFault {
    /// No JSON, or a field too many or too few.
    #[error("the policy's JSON is not of the known form: {message}")]
    Malformed {
        /// What the parser says, with the position.
        message: String,
    },
    /// A value that the domain does not know.
    #[error("the policy's JSON has a value that cannot stand in {field}")]
    Value {
        /// Which field.
        field: &'static str,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyForm {
    opens: String,
    closes: String,
    closed_weekends: bool,
    closed_national_holidays: bool,
    closed_year_end: Option<((i8, i8), (i8, i8))>,
    closed_extra_days: Vec<String>,
    activation_delay_minutes: u16,
    settle_after_days: u16,
    funding_refused: Vec<String>,
    funding_unknown: String,
    card_length: usize,
    card_start_stop: bool,
    card_prefix: String,
    advance_notice_days: u16,
    supplement: String,
    refund_second_person_above: i64,
    bill_ceiling: i64,
    /// Policies that were stored before there was a choice are the FAQ's.
    #[serde(default = "card_always")]
    card_reentry: String,
    #[serde(default = "at_desk")]
    cancellation: String,
}

fn card_always() -> String {
    CardReentry::Always.as_str().to_owned()
}

fn at_desk() -> String {
    Cancellation::Desk.as_str().to_owned()
}

/// The policy as text; equal policies give equal texts.
#[must_use]
pub fn to_json(policy: &Policy) -> String {
    let form = PolicyForm {
        opens: policy.hours.opens.to_string(),
        closes: policy.hours.closes.to_string(),
        closed_weekends: policy.closures.weekends,
        closed_national_holidays: policy.closures.national_holidays,
        closed_year_end: policy.closures.year_end,
        closed_extra_days: policy.closures.extra_days.iter().map(ToString::to_string).collect(),
        activation_delay_minutes: policy.activation_delay_minutes,
        settle_after_days: policy.settle_after_days,
        funding_refused: policy
            .funding
            .refused
            .iter()
            .map(|funding| funding.as_str().to_owned())
            .collect(),
        funding_unknown: unknown_word(policy.funding.unknown).to_owned(),
        card_length: policy.card_layout.length,
        card_start_stop: policy.card_layout.start_stop,
        card_prefix: policy.card_layout.prefix.clone(),
        advance_notice_days: policy.advance_notice_days,
        supplement: policy.supplement.as_str().to_owned(),
        refund_second_person_above: policy.refund_second_person_above.amount(),
        bill_ceiling: policy.bill_ceiling.amount(),
        card_reentry: policy.card_reentry.as_str().to_owned(),
        cancellation: policy.cancellation.as_str().to_owned(),
    };
    // Texts and numbers in memory have no way to fail; `from_json` refuses an empty text.
    serde_json::to_string(&form).unwrap_or_default()
}

/// Reads what [`to_json`] wrote.
pub fn from_json(text: &str) -> Result<Policy, PolicyJsonFault> {
    let form: PolicyForm = serde_json::from_str(text)
        .map_err(|error| PolicyJsonFault::Malformed { message: error.to_string() })?;
    let time = |text: &str, field| TimeOfDay::parse(text).ok_or(PolicyJsonFault::Value { field });
    let extra_days: Option<_> =
        form.closed_extra_days.iter().map(|text| Day::parse(text).ok()).collect();
    let refused: Option<Vec<Funding>> =
        form.funding_refused.iter().map(|word| funding_by_word(word)).collect();
    let unknown = unknown_by_word(&form.funding_unknown);
    let amount = |amount: i64, field| {
        Yen::new(amount).map_err(|_out_of_range| PolicyJsonFault::Value { field })
    };
    Ok(Policy {
        hours: Hours { opens: time(&form.opens, "opens")?, closes: time(&form.closes, "closes")? },
        closures: Closures {
            weekends: form.closed_weekends,
            national_holidays: form.closed_national_holidays,
            year_end: form.closed_year_end,
            extra_days: extra_days.ok_or(PolicyJsonFault::Value { field: "closed_extra_days" })?,
        },
        activation_delay_minutes: form.activation_delay_minutes,
        settle_after_days: form.settle_after_days,
        funding: FundingPolicy {
            refused: refused.ok_or(PolicyJsonFault::Value { field: "funding_refused" })?,
            unknown: unknown.ok_or(PolicyJsonFault::Value { field: "funding_unknown" })?,
        },
        card_layout: CardLayout {
            length: form.card_length,
            start_stop: form.card_start_stop,
            prefix: form.card_prefix,
        },
        advance_notice_days: form.advance_notice_days,
        supplement: Supplement::parse(&form.supplement)
            .ok_or(PolicyJsonFault::Value { field: "supplement" })?,
        refund_second_person_above: amount(
            form.refund_second_person_above,
            "refund_second_person_above",
        )?,
        bill_ceiling: amount(form.bill_ceiling, "bill_ceiling")?,
        card_reentry: CardReentry::parse(&form.card_reentry)
            .ok_or(PolicyJsonFault::Value { field: "card_reentry" })?,
        cancellation: Cancellation::parse(&form.cancellation)
            .ok_or(PolicyJsonFault::Value { field: "cancellation" })?,
    })
}

/// As in group files and in the store.
pub(crate) const fn unknown_word(unknown: UnknownFunding) -> &'static str {
    match unknown {
        UnknownFunding::AcceptAndFlag => "accept_and_flag",
        UnknownFunding::Refuse => "refuse",
    }
}

/// Reads [`unknown_word`].
pub(crate) fn unknown_by_word(word: &str) -> Option<UnknownFunding> {
    [UnknownFunding::AcceptAndFlag, UnknownFunding::Refuse]
        .into_iter()
        .find(|unknown| unknown_word(*unknown) == word)
}

/// Unlike a gateway's word, a word that we do not know is a mistake here.
pub(crate) fn funding_by_word(word: &str) -> Option<Funding> {
    [Funding::Credit, Funding::Debit, Funding::Prepaid, Funding::Unknown]
        .into_iter()
        .find(|funding| funding.as_str() == word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_policy_is_read_back_as_written() {
        let faq = Policy::of_the_faq();
        let other = Policy {
            closures: Closures {
                weekends: false,
                national_holidays: false,
                year_end: None,
                extra_days: BTreeSet::from([Day::parse("2026-08-14").unwrap()]),
            },
            activation_delay_minutes: 0,
            settle_after_days: 7,
            funding: FundingPolicy {
                refused: vec![Funding::Unknown],
                unknown: UnknownFunding::Refuse,
            },
            card_layout: CardLayout { length: 10, start_stop: false, prefix: "77".to_owned() },
            advance_notice_days: 3,
            supplement: Supplement::Desk,
            refund_second_person_above: Yen::ZERO,
            bill_ceiling: Yen::MAX,
            card_reentry: CardReentry::CardChangesOnly,
            cancellation: Cancellation::Online,
            ..Policy::of_the_faq()
        };
        for policy in [faq, other] {
            assert_eq!(from_json(&to_json(&policy)), Ok(policy));
        }
    }

    /// A database that was made before there was a choice opens as before.
    #[test]
    fn a_policy_of_an_earlier_version_is_the_faqs() {
        let faq = Policy::of_the_faq();
        let later = ",\"card_reentry\":\"always\",\"cancellation\":\"desk\"";
        let earlier = to_json(&faq).replace(later, "");
        assert!(!earlier.contains("card_reentry") && !earlier.contains("cancellation"));
        assert_eq!(from_json(&earlier), Ok(faq));
    }

    #[test]
    fn a_text_that_is_no_policy_is_refused() {
        let good = to_json(&Policy::of_the_faq());
        for (from, to, word) in [
            ("\"opens\"", "\"opened\"", "opened"),
            ("\"07:45\"", "\"25:00\"", "opens"),
            ("\"debit\"", "\"depit\"", "funding_refused"),
            ("accept_and_flag", "maybe", "funding_unknown"),
            (":5000000", ":-1", "bill_ceiling"),
            (":10000,", ":-1,", "refund_second_person_above"),
            ("\"card\"", "\"cash\"", "supplement"),
            ("\"always\"", "\"never\"", "card_reentry"),
            ("\"desk\"", "\"never\"", "cancellation"),
            (
                "\"closed_extra_days\":[]",
                "\"closed_extra_days\":[\"2026-02-30\"]",
                "closed_extra_days",
            ),
        ] {
            let bad = good.replace(from, to);
            assert_ne!(bad, good, "{from}");
            let fault = from_json(&bad).unwrap_err().to_string();
            assert!(fault.contains(word), "{fault}");
        }
        assert!(from_json("").is_err());
    }
}
