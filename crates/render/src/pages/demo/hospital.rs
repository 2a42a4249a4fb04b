//! The hospital's side: entries that wait for their bill, and the slips as paper.

use super::DemoFrame;
use crate::words::Words;
use askama::Template;

/// `/demo/hospital/`.
#[derive(Template)]
#[template(path = "demo/hospital.html")]
pub struct HospitalPage {
    /// For the skeleton of the page.
    pub words: &'static Words,
    /// Around the page.
    pub demo: DemoFrame,
    /// The newest first.
    pub entries: Vec<DemoEntry>,
}

/// One visit that was entered.
#[derive(Clone, Debug)]
pub struct DemoEntry {
    /// Its id.
    pub id: String,
    /// Its number, in groups.
    pub number: String,
    /// Where.
    pub hospital: String,
    /// When.
    pub day: String,
    /// Bills that the hospital has sent for it.
    pub bills: Vec<DemoBill>,
    /// What became of its charge, in one word.
    pub state: String,
}

/// A bill of a visit.
#[derive(Clone, Debug)]
pub struct DemoBill {
    /// On the slip.
    pub slip_number: String,
    /// How often it was corrected, from 1.
    pub revision: i64,
    /// With its unit.
    pub amount: String,
}

/// `/demo/slips/`.
#[derive(Template)]
#[template(path = "demo/slips.html")]
pub struct SlipsPage {
    /// For the skeleton of the page.
    pub words: &'static Words,
    /// Around the page.
    pub demo: DemoFrame,
    /// The newest first.
    pub slips: Vec<SlipLine>,
}

/// One slip.
#[derive(Clone, Debug)]
pub struct SlipLine {
    /// Its entry.
    pub id: String,
    /// What it carries.
    pub number: String,
    /// Where it was printed.
    pub hospital: String,
}

#[cfg(test)]
impl HospitalPage {
    pub(super) fn sample() -> Self {
        let bill = DemoBill {
            slip_number: "0000001".to_owned(),
            revision: 1,
            amount: "3,700円".to_owned(),
        };
        let entry = DemoEntry {
            id: "ent_1".to_owned(),
            number: "261124-0001-5".to_owned(),
            hospital: "市民病院".to_owned(),
            day: "2026年11月24日(火)".to_owned(),
            bills: vec![bill],
            state: "お支払い予定".to_owned(),
        };
        let waiting = DemoEntry { bills: Vec::new(), ..entry.clone() };
        Self {
            words: &crate::words::JA,
            demo: super::sample_frame(),
            entries: vec![entry, waiting],
        }
    }
}

#[cfg(test)]
impl SlipsPage {
    pub(super) fn sample() -> Self {
        let slip = SlipLine {
            id: "ent_1".to_owned(),
            number: "261124-0001-5".to_owned(),
            hospital: "市民病院".to_owned(),
        };
        Self { words: &crate::words::JA, demo: super::sample_frame(), slips: vec![slip] }
    }
}
