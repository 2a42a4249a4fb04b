//! Mails about a charge: P3 and P5.

use super::letter::{Fact, Letter, Part};
use super::{Contact, MailContent};
use crate::words::JA;
use crate::{RenderError, format};
use domain::time::Day;
use domain::yen::Yen;

/// P3: the card was charged.
#[derive(Clone, Debug)]
pub struct PaymentCompletedMail {
    /// The payer, without 様.
    pub name: String,
    /// Spelled out.
    pub hospital: String,
    /// The day of the visit.
    pub visit_day: Day,
    /// What the card was charged.
    pub amount: Yen,
    /// The day of the charge: the date of the receipt and the tax year.
    pub paid_on: Day,
    /// As `VISA`.
    pub brand: String,
    /// The card's last four digits.
    pub last_four: String,
    /// As `平日 7:45〜17:00 (土曜・日曜・祝日・年末年始を除く)`.
    pub machine_hours: String,
    /// Where one signs in.
    pub login_url: String,
    /// Whom to call.
    pub contact: Contact,
}

/// Writes P3.
///
/// # Errors
///
/// The template could not be filled in.
pub fn payment_completed(mail: &PaymentCompletedMail) -> Result<MailContent, RenderError> {
    let words = &JA.mails.paid;
    Letter {
        words: &JA,
        subject: words.subject,
        sender: &mail.hospital,
        addressee: Some(&mail.name),
        parts: vec![
            Part::Text(words.lead.to_owned()),
            Part::Facts(vec![
                Fact::new(words.hospital, &mail.hospital),
                Fact::new(words.visit_day, format::day(mail.visit_day)),
                Fact::large(words.amount, format::yen(mail.amount)),
                Fact::new(words.paid_on, format::day(mail.paid_on)),
                Fact::new(words.card, (words.card_value)(&mail.brand, &mail.last_four)),
            ]),
            Part::Text(words.receipt_date.to_owned()),
            Part::Text(words.receipts.to_owned()),
            Part::Text((words.machine)(&mail.machine_hours)),
            Part::Text(words.on_the_page.to_owned()),
            Part::Link { label: words.button.to_owned(), url: mail.login_url.clone() },
            Part::Notes(vec![words.tax.to_owned()]),
        ],
        contacts: std::slice::from_ref(&mail.contact),
    }
    .write()
}

/// P5: the card could not be charged.
#[derive(Clone, Debug)]
pub struct PaymentFailedMail {
    /// The payer, without 様.
    pub name: String,
    /// Spelled out.
    pub hospital: String,
    /// The day of the visit.
    pub visit_day: Day,
    /// Until when the patient should have acted.
    pub deadline: Day,
    /// When the card is tried again; nothing where it is not.
    pub retry_on: Option<Day>,
    /// Whether another card helps: not where the desk collects already.
    pub card_helps: bool,
    /// Where one signs in.
    pub login_url: String,
    /// Whom to call.
    pub contact: Contact,
}

/// Writes P5.
///
/// # Errors
///
/// The template could not be filled in.
pub fn payment_failed(mail: &PaymentFailedMail) -> Result<MailContent, RenderError> {
    let words = &JA.mails.failed;
    let mut parts =
        vec![Part::Text((words.lead)(mail.visit_day)), Part::Text(words.reason.to_owned())];
    if mail.card_helps {
        parts.push(Part::Text((words.either)(mail.deadline)));
        parts.push(Part::Steps((words.ways)(&mail.hospital).to_vec()));
    } else {
        parts.push(Part::Text((words.please)(mail.deadline, &mail.hospital)));
    }
    parts.push(Part::Link { label: words.button.to_owned(), url: mail.login_url.clone() });
    parts.extend(mail.retry_on.map(|day| Part::Text((words.again)(day))));
    Letter {
        words: &JA,
        subject: words.subject,
        sender: &mail.hospital,
        addressee: Some(&mail.name),
        parts,
        contacts: std::slice::from_ref(&mail.contact),
    }
    .write()
}
