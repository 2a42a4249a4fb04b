//! Help: the questions of the FAQ answered from the group's policy, and what the house says of privacy and
//! accessibility.

use super::sample_frame;
use crate::pages::Frame;
use crate::words::Words;
use crate::words::help::{Answer, Chapter, Conditions, Statement};
use askama::Template;

/// `/{group}/help/`.
#[derive(Template)]
#[template(path = "portal/help.html")]
pub struct HelpPage {
    /// The visitor's language.
    pub words: &'static Words,
    /// The frame around the page.
    pub frame: Frame,
    /// Calendar days from a visit to the charge.
    pub settle_after_days: u16,
    /// Minutes from the end of a registration to its first use.
    pub activation_delay_minutes: u16,
    /// Calendar days between telling an amount in advance and charging it; 0: it is not told in advance.
    pub advance_notice_days: u16,
    /// Whether debit and prepaid cards are refused at all hospitals.
    pub refuses_debit: bool,
    /// Whether a registration can be cancelled online at all hospitals.
    pub cancels_online: bool,
}

impl HelpPage {
    /// Chapters with those of their answers that hold at this group.
    fn chapters(&self) -> Vec<(&'static Chapter, Vec<Answer>)> {
        let hospitals = self.frame.hospital_names();
        let hours = self.frame.hospitals().iter().filter_map(|hospital| {
            let hours = hospital.machine_hours.as_ref()?;
            Some(format!("{}：{hours}", hospital.name))
        });
        let holds = Conditions {
            settle_after_days: self.settle_after_days,
            activation_delay_minutes: self.activation_delay_minutes,
            advance_notice_days: self.advance_notice_days,
            refuses_debit: self.refuses_debit,
            cancels_online: self.cancels_online,
            sender_domain: self.frame.sender_domain(),
            hospitals: &hospitals,
            is_shared: self.frame.hospitals().len() > 1,
            machine_hours: hours.collect(),
        };
        let chapters = self.words.help.chapters.iter();
        chapters.map(|chapter| (chapter, (chapter.answers)(&holds))).collect()
    }

    /// One of each look.
    #[must_use]
    pub fn samples(words: &'static Words) -> Vec<Self> {
        let faq = Self {
            words,
            frame: sample_frame(),
            settle_after_days: 4,
            activation_delay_minutes: 15,
            advance_notice_days: 0,
            refuses_debit: true,
            cancels_online: false,
        };
        let mut alone = sample_frame();
        if let Some(service) = &mut alone.service {
            service.hospitals.truncate(1);
        }
        let other = Self {
            words,
            frame: alone,
            activation_delay_minutes: 0,
            advance_notice_days: 2,
            refuses_debit: false,
            cancels_online: true,
            settle_after_days: 7,
        };
        vec![faq, other]
    }
}

/// `/{group}/help/privacy`, `/{group}/help/accessibility`: headings with a paragraph each.
#[derive(Template)]
#[template(path = "portal/statement.html")]
pub struct StatementPage {
    /// The visitor's language.
    pub words: &'static Words,
    /// The frame around the page.
    pub frame: Frame,
    /// What it says.
    pub says: &'static Statement,
}

impl StatementPage {
    /// One of each look.
    #[must_use]
    pub fn samples(words: &'static Words) -> Vec<Self> {
        let page = |says| Self { words, frame: sample_frame(), says };
        vec![page(&words.help.privacy), page(&words.help.accessibility)]
    }
}
