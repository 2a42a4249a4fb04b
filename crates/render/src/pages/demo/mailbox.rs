//! The mailbox: every mail that the demo has sent.

use super::DemoFrame;
use crate::words::Words;
use askama::Template;

/// `/demo/mail/`.
#[derive(Template)]
#[template(path = "demo/mailbox.html")]
pub struct MailboxPage {
    /// For the skeleton of the page.
    pub words: &'static Words,
    /// Around the page.
    pub demo: DemoFrame,
    /// The newest first.
    pub mails: Vec<MailLine>,
}

/// One mail in the list.
#[derive(Clone, Debug)]
pub struct MailLine {
    /// Its place in the mailbox, from 1.
    pub number: usize,
    /// To whom.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// When it was sent, as people read it.
    pub sent: String,
}

/// `/demo/mail/{number}`.
#[derive(Template)]
#[template(path = "demo/mail.html")]
pub struct MailPage {
    /// For the skeleton of the page.
    pub words: &'static Words,
    /// Around the page.
    pub demo: DemoFrame,
    /// Which mail.
    pub mail: MailLine,
    /// From whom.
    pub from: String,
    /// The text, line by line.
    pub lines: Vec<TextLine>,
}

/// A line of a mail's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextLine {
    /// Words.
    Words(String),
    /// An address that can be followed.
    Address(String),
}

impl TextLine {
    /// Splits a text into lines.
    #[must_use]
    pub fn of(text: &str) -> Vec<Self> {
        let line = |line: &str| {
            let bare = line.trim();
            let is_address = bare.starts_with("http://") || bare.starts_with("https://");
            if is_address { Self::Address(bare.to_owned()) } else { Self::Words(line.to_owned()) }
        };
        text.lines().map(line).collect()
    }
}

#[cfg(test)]
impl MailboxPage {
    pub(super) fn sample() -> Self {
        Self { words: &crate::words::JA, demo: super::sample_frame(), mails: vec![line()] }
    }
}

#[cfg(test)]
impl MailPage {
    pub(super) fn sample() -> Self {
        Self {
            words: &crate::words::JA,
            demo: super::sample_frame(),
            mail: line(),
            from: "no-reply@example.jp".to_owned(),
            lines: TextLine::of("こんにちは <script>\nhttp://localhost:8080/okayama/"),
        }
    }
}

#[cfg(test)]
fn line() -> MailLine {
    MailLine {
        number: 1,
        to: "hanako@example.jp".to_owned(),
        subject: "<b>登録</b>".to_owned(),
        sent: "11月24日(火) 10:00".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_line_that_is_an_address_becomes_a_link() {
        let lines = TextLine::of("見る\n  https://a.test/x\njavascript:alert(1)");
        assert!(matches!(lines[1], TextLine::Address(_)));
        assert!(matches!(lines[2], TextLine::Words(_)));
    }
}
