//! A group's first page.

use super::sample_frame;
use crate::pages::Frame;
use crate::words::Words;
use askama::Template;

/// `/{group}/`: what it is, for whom, and the two doors.
#[derive(Template)]
#[template(path = "portal/home.html")]
pub struct HomePage {
    /// The visitor's language.
    pub words: &'static Words,
    /// The frame around the page.
    pub frame: Frame,
    /// Days from a visit to the charge.
    pub settle_after_days: u16,
    /// Minutes from the end of a registration to its first use.
    pub activation_delay_minutes: u16,
}

impl HomePage {
    fn due_text(&self) -> String {
        (self.words.home.due_text)(self.settle_after_days)
    }

    fn same_day(&self) -> String {
        (self.words.home.same_day)(self.activation_delay_minutes)
    }

    /// One of each look.
    #[must_use]
    pub fn samples(words: &'static Words) -> Vec<Self> {
        let page = |minutes| Self {
            words,
            frame: sample_frame(),
            settle_after_days: 4,
            activation_delay_minutes: minutes,
        };
        vec![page(15), page(0)]
    }
}
