//! Mails about an account itself: the way back to it (P9), what was changed in it (P8), its card (P6).

use super::letter::{Fact, Letter, Part, sentences};
use super::{Contact, MailContent};
use crate::words::JA;
use crate::{RenderError, format};
use domain::card::Expiry;
use domain::time::Moment;

/// P9 with the way to a new password.
#[derive(Clone, Debug)]
pub struct RecoveryMail {
    /// Whose service it is.
    pub group_name: String,
    /// The user ID of the address.
    pub user_id: String,
    /// Leads to a new password, once.
    pub url: String,
    /// Six digits that do the same.
    pub code: String,
    /// How long both work.
    pub minutes: i64,
    /// Whom to call.
    pub contacts: Vec<Contact>,
}

/// Writes it.
///
/// # Errors
///
/// The template could not be filled in.
pub fn recovery(mail: &RecoveryMail) -> Result<MailContent, RenderError> {
    let words = &JA.mails.recovery;
    Letter {
        words: &JA,
        subject: words.subject,
        sender: &mail.group_name,
        addressee: None,
        parts: vec![
            Part::Text(words.lead.to_owned()),
            Part::Facts(vec![Fact::large(words.user_id, &mail.user_id)]),
            Part::Text(words.user_id_note.to_owned()),
            Part::Heading(words.password.to_owned()),
            Part::Text((words.open_url)(mail.minutes)),
            Part::Link { label: words.button.to_owned(), url: mail.url.clone() },
            Part::Text(words.or_code.to_owned()),
            Part::Facts(vec![Fact::large(words.code, &mail.code)]),
            Part::Notes(sentences(words.notes)),
        ],
        contacts: &mail.contacts,
    }
    .write()
}

/// The same for an address that has no account.
#[derive(Clone, Debug)]
pub struct NotRegisteredMail {
    /// Whose service it is.
    pub group_name: String,
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
pub fn not_registered(mail: &NotRegisteredMail) -> Result<MailContent, RenderError> {
    let words = &JA.mails.not_registered;
    Letter {
        words: &JA,
        subject: words.subject,
        sender: &mail.group_name,
        addressee: None,
        parts: vec![
            Part::Text(words.lead.to_owned()),
            Part::Text(words.another.to_owned()),
            Part::Text(words.register.to_owned()),
            Part::Link { label: words.button.to_owned(), url: mail.register_url.clone() },
            Part::Notes(sentences(words.notes)),
        ],
        contacts: &mail.contacts,
    }
    .write()
}

/// What of an account was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChangedItem {
    /// The password.
    Password,
    /// The card.
    Card,
    /// The payer's name.
    Name,
    /// The telephone number.
    Phone,
    /// The postal address.
    Address,
}

/// P8: something was changed.
#[derive(Clone, Debug)]
pub struct DataChangedMail {
    /// The payer, without 様.
    pub name: String,
    /// Whose service it is.
    pub group_name: String,
    /// What.
    pub items: Vec<ChangedItem>,
    /// When.
    pub changed_at: Moment,
    /// Where one signs in.
    pub login_url: String,
    /// Whom to call.
    pub contacts: Vec<Contact>,
}

/// Writes P8.
///
/// # Errors
///
/// The template could not be filled in.
pub fn data_changed(mail: &DataChangedMail) -> Result<MailContent, RenderError> {
    let words = &JA.mails.changed;
    let items: Vec<String> = mail.items.iter().map(|item| (words.item)(*item).to_owned()).collect();
    Letter {
        words: &JA,
        subject: words.subject,
        sender: &mail.group_name,
        addressee: Some(&mail.name),
        parts: vec![
            Part::Text(words.lead.to_owned()),
            Part::Facts(vec![
                Fact::new(words.what, format::listed(&items)),
                Fact::new(words.when, format::moment(mail.changed_at)),
            ]),
            Part::Text(words.not_you.to_owned()),
            Part::Link { label: words.button.to_owned(), url: mail.login_url.clone() },
        ],
        contacts: &mail.contacts,
    }
    .write()
}

/// P6: the card is about to expire.
#[derive(Clone, Debug)]
pub struct CardExpiringMail {
    /// The payer, without 様.
    pub name: String,
    /// Whose service it is.
    pub group_name: String,
    /// Brand of the card.
    pub brand: String,
    /// Its last four digits.
    pub last_four: String,
    /// Its last month.
    pub expiry: Expiry,
    /// Where one signs in.
    pub login_url: String,
    /// Whom to call.
    pub contacts: Vec<Contact>,
}

/// Writes P6.
///
/// # Errors
///
/// The template could not be filled in.
pub fn card_expiring(mail: &CardExpiringMail) -> Result<MailContent, RenderError> {
    let words = &JA.mails.expiring;
    let card = (JA.mails.paid.card_value)(&mail.brand, &mail.last_four);
    Letter {
        words: &JA,
        subject: words.subject,
        sender: &mail.group_name,
        addressee: Some(&mail.name),
        parts: vec![
            Part::Text((words.lead)(mail.expiry)),
            Part::Facts(vec![Fact::new(words.card, card)]),
            Part::Text(words.please.to_owned()),
            Part::Link { label: words.button.to_owned(), url: mail.login_url.clone() },
            Part::Notes(vec![words.done.to_owned()]),
        ],
        contacts: &mail.contacts,
    }
    .write()
}
