//! The mails: subject, text and HTML from the same data.
//!
//! Each mail is a struct that the caller fills and a function that turns it into a [`MailContent`].
//! All share one form of letter, so that they look alike: `letter.rs` has its parts and
//! `templates/mail/letter.{txt,html}` their look. A mail names no department and no diagnosis, shows
//! no points and no full number, and has one URL (`domain.md` 7.2, 13).

mod account;
mod amounts;
mod cancelled;
mod letter;
mod lines;
mod payment;
mod registration;

pub use account::{
    CardExpiringMail, ChangedItem, DataChangedMail, NotRegisteredMail, RecoveryMail, card_expiring,
    data_changed, not_registered, recovery,
};
pub use amounts::{AboutVisit, charge_announced, consent_asked, refund_made, returned_to_desk};
pub use cancelled::{RegistrationCancelledMail, registration_cancelled};
pub use payment::{PaymentCompletedMail, PaymentFailedMail, payment_completed, payment_failed};
pub use registration::{
    AlreadyRegisteredMail, ApplicationUrlMail, RegistrationCompletedMail, already_registered,
    application_url, registration_completed,
};

/// A mail ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailContent {
    /// One line, without amount.
    pub subject: String,
    /// Plain text, lines of about 30 full-width characters.
    pub text: String,
    /// The same as a page of HTML; nothing in it is loaded from anywhere.
    pub html: String,
}

/// Whom a patient may call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// The hospital's name.
    pub hospital: String,
    /// As printed, with hyphens.
    pub phone: String,
    /// When it is answered: `平日 8:30〜17:00`.
    pub hours: String,
}

#[cfg(test)]
mod tests;
