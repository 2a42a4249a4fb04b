//! The kiosk's screens: enrolment, the first screen, and what came of a swipe. `templates/machine/screen.html`
//! is their layout; `assets/machine.css` fits each to one screen without scrolling.

mod enrol;
mod refused;
mod slip;

pub use enrol::{EnrolNotice, EnrolPage};
pub use refused::{ClosedPage, FaultPage, Refusal, RefusedPage};
pub use slip::{AcceptedPage, AgainPage, NoPaperPage, Printing, SlipOnScreen};

use crate::words::Words;
use askama::Template;

/// Where the kiosk stands, as each screen shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// As patients read it.
    pub hospital: String,
    /// When kiosks work: `平日 7:45〜17:00 (土曜・日曜・祝日・年末年始を除く)`.
    pub hours: String,
}

impl Place {
    /// The hours without what follows in brackets.
    #[must_use]
    pub fn hours_short(&self) -> &str {
        self.hours.split_once(" (").map_or(&self.hours, |(hours, _)| hours)
    }

    /// What follows in brackets: `土曜・日曜・祝日・年末年始を除く`.
    #[must_use]
    pub fn hours_except(&self) -> Option<&str> {
        self.hours.split_once(" (").map(|(_, except)| except.trim_end_matches(')'))
    }
}

/// The first screen: it asks for the patient card.
#[derive(Template)]
#[template(path = "machine/idle.html")]
pub struct IdlePage {
    /// The visitor's language.
    pub words: &'static Words,
    /// Where the kiosk stands.
    pub place: Option<Place>,
}

impl IdlePage {
    /// One of each look.
    #[must_use]
    pub fn samples(words: &'static Words) -> Vec<Self> {
        vec![Self { words, place: Some(sample_place()) }]
    }
}

/// A day or a moment that no line breaks within: a word joiner between every two characters.
fn unbroken(text: &str) -> String {
    let characters: Vec<_> = text.chars().map(String::from).collect();
    characters.join("\u{2060}")
}

/// A place for samples.
fn sample_place() -> Place {
    Place {
        hospital: "岡山市立市民病院".to_owned(),
        hours: "平日 7:45〜17:00 (土曜・日曜・祝日・年末年始を除く)".to_owned(),
    }
}
