//! Mail: one message to one person, by SMTP or into a folder.

mod folder;
mod message;
mod smtp;

pub use folder::{FolderMailer, FolderMailerFault, StoredMail};
pub use smtp::{DkimSettings, SmtpLogin, SmtpMailer, SmtpSettings, SmtpSettingsFault, SmtpTls};

use domain::mail_address::MailAddress;
use domain::time::Moment;

/// Where mail leaves.
#[derive(Clone)]
pub enum Mailer {
    /// Through a mail server.
    Smtp(SmtpMailer),
    /// Into a folder, for the demo's mailbox and for tests.
    Folder(FolderMailer),
}

/// One message. Sent again it is the same message: the same Message-ID, date and bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutgoingMail {
    /// `unique@sender.example`, with or without angle brackets; kept across retries.
    pub message_id: String,
    /// The name beside the sender's address.
    pub from_name: String,
    /// The sender's address.
    pub from: String,
    /// To whom.
    pub to: MailAddress,
    /// One line.
    pub subject: String,
    /// For readers that show no HTML.
    pub text: String,
    /// The same in HTML.
    pub html: String,
    /// When it was written.
    pub date: Moment,
}

/// What the mail server said. None of these says that anybody has read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailAnswer {
    /// It took the message over.
    Accepted {
        /// In its words.
        response: String,
    },
    /// Not now, or it could not be reached, or it did not accept our sign-in: try the same message again
    /// later. It may have been taken over all the same; the Message-ID makes it one message.
    Deferred {
        /// Why.
        why: String,
    },
    /// Never: this message to this address will not be taken.
    Refused {
        /// Why.
        why: String,
    },
}

impl Mailer {
    /// Hands one message over.
    pub async fn send(&self, mail: &OutgoingMail) -> MailAnswer {
        match self {
            Self::Smtp(mailer) => mailer.send(mail).await,
            Self::Folder(mailer) => mailer.send(mail).await,
        }
    }
}
