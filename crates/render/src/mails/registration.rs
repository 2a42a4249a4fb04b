//! Mails on the way to an account: P1, P2, and the answer to an address that is known already.

use super::letter::{Fact, Letter, Part, sentences};
use super::{Contact, MailContent};
use crate::words::JA;
use crate::{RenderError, format};
use domain::time::Moment;

/// P1: the address at which the registration goes on.
#[derive(Clone, Debug)]
pub struct ApplicationUrlMail {
    /// Whose service it is.
    pub group_name: String,
    /// Works once.
    pub url: String,
    /// Hours until it ends.
    pub hours: i64,
}

/// Writes P1.
///
/// # Errors
///
/// The template could not be filled in.
pub fn application_url(mail: &ApplicationUrlMail) -> Result<MailContent, RenderError> {
    let words = &JA.mails.application;
    Letter {
        words: &JA,
        subject: words.subject,
        sender: &mail.group_name,
        addressee: None,
        parts: vec![
            Part::Text(words.thanks.to_owned()),
            Part::Text(words.open_url.to_owned()),
            Part::Link { label: words.button.to_owned(), url: mail.url.clone() },
            Part::Text((words.ends)(mail.hours)),
            Part::Notes(sentences(words.notes)),
        ],
        contacts: &[],
    }
    .write()
}

/// Instead of P1, where the address is registered: the page answers alike in both cases.
#[derive(Clone, Debug)]
pub struct AlreadyRegisteredMail {
    /// Whose service it is.
    pub group_name: String,
    /// Where one signs in.
    pub login_url: String,
    /// Whom to call.
    pub contacts: Vec<Contact>,
}

/// Writes the answer to an address that is known already.
///
/// # Errors
///
/// The template could not be filled in.
pub fn already_registered(mail: &AlreadyRegisteredMail) -> Result<MailContent, RenderError> {
    let words = &JA.mails.already;
    Letter {
        words: &JA,
        subject: words.subject,
        sender: &mail.group_name,
        addressee: None,
        parts: vec![
            Part::Text(words.lead.to_owned()),
            Part::Text(words.sign_in.to_owned()),
            Part::Link { label: words.button.to_owned(), url: mail.login_url.clone() },
            Part::Notes(sentences(words.notes)),
        ],
        contacts: &mail.contacts,
    }
    .write()
}

/// P2: registered.
#[derive(Clone, Debug)]
pub struct RegistrationCompletedMail {
    /// The payer, without 様.
    pub name: String,
    /// Issued by us.
    pub user_id: String,
    /// When the kiosk takes the patient's card.
    pub usable_from: Moment,
    /// Every hospital of the group.
    pub hospitals: Vec<String>,
    /// Where one signs in.
    pub login_url: String,
    /// Whom to call.
    pub contacts: Vec<Contact>,
}

/// Writes P2.
///
/// # Errors
///
/// The template could not be filled in.
pub fn registration_completed(
    mail: &RegistrationCompletedMail,
) -> Result<MailContent, RenderError> {
    let words = &JA.mails.completed;
    let hospitals = format::listed(&mail.hospitals);
    Letter {
        words: &JA,
        subject: words.subject,
        sender: &hospitals,
        addressee: Some(&mail.name),
        parts: vec![
            Part::Text(words.lead.to_owned()),
            Part::Facts(vec![Fact::large(words.user_id, &mail.user_id)]),
            Part::Text(words.user_id_note.to_owned()),
            Part::Facts(vec![
                Fact::new(words.usable_from, (words.from)(mail.usable_from)),
                Fact::new(words.hospitals, &hospitals),
            ]),
            Part::Heading(words.on_the_day.to_owned()),
            Part::Steps(sentences(words.steps)),
            Part::Notes(sentences(words.notes)),
            Part::Link { label: words.button.to_owned(), url: mail.login_url.clone() },
        ],
        contacts: &mail.contacts,
    }
    .write()
}
