//! The demo's own pages: the story, the mailbox, the hospital's side, the card network's book, the slips.
//!
//! They explain the service to somebody who sees it for the first time; nobody meets them outside the
//! demo. Their words stand in the templates, in Japanese only.

mod books;
mod hospital;
mod mailbox;
mod story;

pub use books::{BookPage, BookedCard, BookedCharge};
pub use hospital::{DemoBill, DemoEntry, HospitalPage, SlipLine, SlipsPage};
pub use mailbox::{MailLine, MailPage, MailboxPage, TextLine};
pub use story::{KioskPage, StoryPage, StoryStep};

use crate::format;
use crate::words::Words;
use domain::time::Moment;

/// What stands around each page of the demo.
#[derive(Clone)]
pub struct DemoFrame {
    /// For the skeleton of the page.
    pub words: &'static Words,
    /// What time it is in the demo.
    pub now: Moment,
    /// What just happened, once.
    pub told: Option<String>,
}

impl DemoFrame {
    /// The demo's day and time, as people read it.
    #[must_use]
    pub fn clock(&self) -> String {
        format!("{} {}", format::day(self.now.day()), self.now.time_of_day().in_japanese())
    }
}

/// A frame for samples.
#[cfg(test)]
fn sample_frame() -> DemoFrame {
    let day = domain::time::Day::parse("2026-11-24").unwrap_or_else(|_| unreachable!("a day"));
    DemoFrame {
        words: &crate::words::JA,
        now: day.begins().plus_minutes(600),
        told: Some("時計を4日進めました。".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::html;

    #[test]
    fn every_page_of_the_demo_is_filled_in() {
        let pages = [
            html(&StoryPage::sample()),
            html(&KioskPage::sample()),
            html(&MailboxPage::sample()),
            html(&MailPage::sample()),
            html(&HospitalPage::sample()),
            html(&SlipsPage::sample()),
            html(&BookPage::sample()),
        ];
        for page in pages {
            let page = page.unwrap();
            assert!(page.contains("2026年11月24日(火) 10:00"), "the clock is on every page");
            assert_eq!(page.matches("<h1").count(), 1);
            assert!(!page.contains("<script"), "what a mail holds is text: {page}");
        }
    }
}
