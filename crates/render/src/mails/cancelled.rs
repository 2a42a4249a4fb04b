//! The mail about a registration that was cancelled.

use super::letter::{Fact, Letter, Part, sentences};
use super::{Contact, MailContent};
use crate::words::JA;
use crate::{RenderError, format};
use domain::time::Moment;

/// The registration was cancelled.
#[derive(Clone, Debug)]
pub struct RegistrationCancelledMail {
    /// The payer, without 様.
    pub name: String,
    /// Whose service it is.
    pub group_name: String,
    /// When.
    pub cancelled_at: Moment,
    /// Visits that are still to be charged.
    pub open_visits: usize,
    /// Where one registers.
    pub register_url: String,
    /// Whom to call.
    pub contacts: Vec<Contact>,
}

/// Writes it.
///
/// # Errors
///
/// The template could not be filled in.
pub fn registration_cancelled(
    mail: &RegistrationCancelledMail,
) -> Result<MailContent, RenderError> {
    let words = &JA.cancel.mail;
    let mut parts = vec![
        Part::Text(words.lead.to_owned()),
        Part::Facts(vec![Fact::new(words.when, format::moment(mail.cancelled_at))]),
        Part::Text(words.from_now.to_owned()),
    ];
    if mail.open_visits > 0 {
        parts.push(Part::Text((words.open_visits)(mail.open_visits)));
    }
    parts.push(Part::Text(words.again.to_owned()));
    parts.push(Part::Link { label: words.button.to_owned(), url: mail.register_url.clone() });
    parts.push(Part::Notes(sentences(words.notes)));
    Letter {
        words: &JA,
        subject: words.subject,
        sender: &mail.group_name,
        addressee: Some(&mail.name),
        parts,
        contacts: &mail.contacts,
    }
    .write()
}
