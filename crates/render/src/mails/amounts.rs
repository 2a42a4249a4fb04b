//! Mails about an amount that changes or is asked for: the announcement, the consent, P5b and P7.

use super::letter::{Fact, Letter, Part};
use super::{Contact, MailContent};
use crate::words::JA;
use crate::{RenderError, format};
use domain::time::Day;
use domain::yen::Yen;

/// Whose visit a mail is about.
#[derive(Clone, Debug)]
pub struct AboutVisit {
    /// The payer, without 様.
    pub name: String,
    /// Spelled out.
    pub hospital: String,
    /// The day of the visit.
    pub visit_day: Day,
    /// Where one signs in.
    pub login_url: String,
    /// Whom to call.
    pub contact: Contact,
}

impl AboutVisit {
    fn facts(&self) -> Vec<Fact> {
        let words = &JA.mails.paid;
        vec![
            Fact::new(words.hospital, &self.hospital),
            Fact::new(words.visit_day, format::day(self.visit_day)),
        ]
    }

    fn letter(&self, subject: &'static str, parts: Vec<Part>) -> Result<MailContent, RenderError> {
        Letter {
            words: &JA,
            subject,
            sender: &self.hospital,
            addressee: Some(&self.name),
            parts,
            contacts: std::slice::from_ref(&self.contact),
        }
        .write()
    }

    fn button(&self, label: &str) -> Part {
        Part::Link { label: label.to_owned(), url: self.login_url.clone() }
    }
}

/// Tells an amount before it is charged; `further` where the visit was paid and a correction adds to it.
///
/// # Errors
///
/// The template could not be filled in.
pub fn charge_announced(
    about: &AboutVisit,
    amount: Yen,
    charged_on: Day,
    further: bool,
) -> Result<MailContent, RenderError> {
    let words = &JA.mails.announced;
    let mut facts = about.facts();
    facts.push(Fact::large(words.amount, format::yen(amount)));
    facts.push(Fact::new(words.charged_on, format::day(charged_on)));
    let lead = if further { words.further } else { words.lead };
    let parts = vec![
        Part::Text(lead.to_owned()),
        Part::Facts(facts),
        Part::Text(words.object.to_owned()),
        about.button(JA.mails.failed.button),
        Part::Notes(vec![words.replaces.to_owned()]),
    ];
    about.letter(words.subject, parts)
}

/// Asks for consent to an amount above the payer's ceiling.
///
/// # Errors
///
/// The template could not be filled in.
pub fn consent_asked(
    about: &AboutVisit,
    amount: Yen,
    until: Day,
) -> Result<MailContent, RenderError> {
    let words = &JA.mails.consent;
    let mut facts = about.facts();
    facts.push(Fact::large(JA.mails.announced.amount, format::yen(amount)));
    let parts = vec![
        Part::Text(words.lead.to_owned()),
        Part::Facts(facts),
        Part::Text((words.please)(until, &about.hospital)),
        about.button(words.button),
        Part::Notes(vec![words.not_yet.to_owned()]),
    ];
    about.letter(words.subject, parts)
}

/// P5b: the desk collects, and new visits cannot be paid later until then.
///
/// # Errors
///
/// The template could not be filled in.
pub fn returned_to_desk(about: &AboutVisit) -> Result<MailContent, RenderError> {
    let words = &JA.mails.returned;
    let parts = vec![
        Part::Text((words.lead)(about.visit_day)),
        Part::Text((words.please)(&about.hospital)),
        Part::Text(words.stopped.to_owned()),
    ];
    about.letter(words.subject, parts)
}

/// P7: money went back. `paid` is what was charged, `left` what the hospital keeps of it.
///
/// # Errors
///
/// The template could not be filled in.
pub fn refund_made(
    about: &AboutVisit,
    paid: Yen,
    back: Yen,
    left: Yen,
) -> Result<MailContent, RenderError> {
    let words = &JA.mails.refund;
    let mut facts = about.facts();
    facts.push(Fact::new(words.paid, format::yen(paid)));
    facts.push(Fact::large(words.back, format::yen(back)));
    let receipt = if left.is_zero() { words.no_receipt } else { words.receipt };
    let parts = vec![
        Part::Text((words.lead)(about.visit_day)),
        Part::Facts(facts),
        Part::Text(words.card.to_owned()),
        Part::Text(receipt.to_owned()),
        about.button(JA.mails.failed.button),
    ];
    about.letter(words.subject, parts)
}
