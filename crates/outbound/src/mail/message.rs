//! One message as bytes: MIME, headers, Japanese, and the envelope it travels in.

use super::OutgoingMail;
use domain::mail_address::MailAddress;
use lettre::Message;
use lettre::address::{Address, AddressError, Envelope};
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, MultiPartKind, SinglePart};
use sha2::{Digest, Sha256};
use std::error::Error;
use std::time::{Duration, SystemTime};

/// Why a message cannot be written. The same message never can.
#[derive(Debug, thiserror::Error)]
pub(super) enum MessageFault {
    #[error("the {field} of the mail is empty or has a line break or control character")]
    BadText { field: &'static str },
    #[error("the message id {0:?} is not written as unique@sender.example")]
    BadMessageId(String),
    #[error("the mail library takes no mail for the {whose} address {address}")]
    BadAddress {
        whose: &'static str,
        address: String,
        #[source]
        source: AddressError,
    },
    #[error("the date of the mail lies before 1970")]
    BadDate,
    #[error("the mail could not be put together")]
    Library(#[source] lettre::error::Error),
}

/// Says that no person wrote it, so that out-of-office answers stay away (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_value: &str) -> Result<Self, Box<dyn Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// Writes the message. The same mail always gives the same bytes: date, Message-ID and the boundary
/// between text and HTML come from the mail and not from clock or chance.
pub(super) fn build(mail: &OutgoingMail) -> Result<Message, MessageFault> {
    let id = bare_message_id(&mail.message_id)?;
    one_line("subject", &mail.subject)?;
    one_line("sender's name", &mail.from_name)?;
    let milliseconds = u64::try_from(mail.date.ms()).map_err(|_negative| MessageFault::BadDate)?;
    let date = SystemTime::UNIX_EPOCH
        .checked_add(Duration::from_millis(milliseconds))
        .ok_or(MessageFault::BadDate)?;
    let body = MultiPart::builder()
        .kind(MultiPartKind::Alternative)
        .boundary(boundary(id))
        .singlepart(SinglePart::plain(mail.text.clone()))
        .singlepart(SinglePart::html(mail.html.clone()));
    let (from, to) = (sender(mail)?, recipient(&mail.to)?);
    // Said outright: the library cannot read a quoted local part back from its own header.
    let envelope =
        Envelope::new(Some(from.email.clone()), vec![to.clone()]).map_err(MessageFault::Library)?;
    Message::builder()
        .envelope(envelope)
        .message_id(Some(format!("<{id}>")))
        .date(date)
        .from(from)
        .to(Mailbox::new(None, to))
        .subject(mail.subject.clone())
        .header(AutoSubmitted)
        .multipart(body)
        .map_err(MessageFault::Library)
}

/// `unique@sender.example` without the angle brackets.
pub(super) fn bare_message_id(given: &str) -> Result<&str, MessageFault> {
    let bad = || MessageFault::BadMessageId(given.to_owned());
    let id = given.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(given);
    let (left, right) = id.split_once('@').ok_or_else(bad)?;
    let is_word = |text: &str| {
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_+=".contains(&b))
    };
    // A header line ends at 998 bytes, and a message id cannot be folded.
    if is_word(left) && is_word(right) && id.len() <= 200 { Ok(id) } else { Err(bad()) }
}

fn one_line(field: &'static str, text: &str) -> Result<(), MessageFault> {
    if text.trim().is_empty() || text.chars().any(char::is_control) {
        return Err(MessageFault::BadText { field });
    }
    Ok(())
}

fn sender(mail: &OutgoingMail) -> Result<Mailbox, MessageFault> {
    let address = mail.from.parse().map_err(|source| MessageFault::BadAddress {
        whose: "sender's",
        address: mail.from.clone(),
        source,
    })?;
    Ok(Mailbox::new(Some(mail.from_name.clone()), address))
}

/// A legacy carrier address (`abc..def.@docomo.ne.jp`) travels with its local part in quotes.
fn recipient(to: &MailAddress) -> Result<Address, MessageFault> {
    let for_smtp = to.for_smtp();
    let (local, domain) = for_smtp.rsplit_once('@').unwrap_or((&for_smtp, ""));
    Address::new(local, domain).map_err(|source| MessageFault::BadAddress {
        whose: "recipient's",
        address: for_smtp.clone(),
        source,
    })
}

/// No line of either part can be mistaken for it: the parts are encoded or end where it says.
fn boundary(message_id: &str) -> String {
    let digest = hex::encode(Sha256::digest(message_id.as_bytes()));
    format!("=_{}", digest.get(..32).unwrap_or(&digest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::time::Day;

    fn mail() -> OutgoingMail {
        OutgoingMail {
            message_id: "notice-1@pay.example".to_owned(),
            from_name: "岡山 後払い".to_owned(),
            from: "noreply@pay.example".to_owned(),
            to: MailAddress::parse("abc..def.@docomo.ne.jp").unwrap(),
            subject: "お支払いが完了しました".to_owned(),
            text: "金額 1,234円".to_owned(),
            html: "<p>金額 1,234円</p>".to_owned(),
            date: Day::parse("2026-11-24").unwrap().begins(),
        }
    }

    #[test]
    fn the_same_mail_is_the_same_bytes() {
        assert_eq!(build(&mail()).unwrap().formatted(), build(&mail()).unwrap().formatted());
    }

    #[test]
    fn headers_say_who_when_and_that_no_person_wrote_it() {
        let message = String::from_utf8(build(&mail()).unwrap().formatted()).unwrap();
        assert!(message.contains("Message-ID: <notice-1@pay.example>\r\n"), "{message}");
        assert!(message.contains("Date: Mon, 23 Nov 2026 15:00:00 +0000\r\n"), "{message}");
        assert!(message.contains("Auto-Submitted: auto-generated\r\n"), "{message}");
        assert!(message.contains("To: \"abc..def.\"@docomo.ne.jp\r\n"), "{message}");
        assert!(!message.contains("Reply-To"), "{message}");
        assert!(message.is_ascii(), "everything travels encoded");
    }

    #[test]
    fn a_line_break_in_a_header_is_refused() {
        let split =
            OutgoingMail { subject: "お知らせ\r\nBcc: all@evil.example".to_owned(), ..mail() };
        assert!(matches!(build(&split), Err(MessageFault::BadText { field: "subject" })));
        let split = OutgoingMail { message_id: "a@b>\r\nBcc: <c@d".to_owned(), ..mail() };
        assert!(matches!(build(&split), Err(MessageFault::BadMessageId(_))));
    }
}
