//! The form that all mails share: parts in a row, ended by whom to ask.

use super::{Contact, MailContent, lines};
use crate::RenderError;
use crate::words::Words;
use askama::Template;

/// A part of a letter.
pub(super) enum Part {
    /// A sentence or two.
    Text(String),
    /// Smaller and less important.
    Notes(Vec<String>),
    /// Labels with their values.
    Facts(Vec<Fact>),
    /// What to do, in this order.
    Steps(Vec<String>),
    /// A heading within the letter.
    Heading(String),
    /// The one address of the letter, on a line of its own; a button in HTML.
    Link { label: String, url: String },
}

/// A label with its value.
pub(super) struct Fact {
    pub label: String,
    pub value: String,
    /// Set in large type.
    pub large: bool,
}

impl Fact {
    pub(super) fn new(label: &str, value: impl Into<String>) -> Self {
        Self { label: label.to_owned(), value: value.into(), large: false }
    }

    pub(super) fn large(label: &str, value: impl Into<String>) -> Self {
        Self { large: true, ..Self::new(label, value) }
    }
}

/// A whole letter.
pub(super) struct Letter<'a> {
    pub words: &'static Words,
    pub subject: &'static str,
    /// Whose service it is: the group's or the hospital's name.
    pub sender: &'a str,
    /// Without 様; nobody where the person is not known yet.
    pub addressee: Option<&'a str>,
    pub parts: Vec<Part>,
    pub contacts: &'a [Contact],
}

#[derive(Template)]
#[template(path = "mail/letter.txt", escape = "none")]
struct AsText<'a> {
    letter: &'a Letter<'a>,
}

#[derive(Template)]
#[template(path = "mail/letter.html")]
struct AsHtml<'a> {
    letter: &'a Letter<'a>,
}

impl Letter<'_> {
    pub(super) fn write(&self) -> Result<MailContent, RenderError> {
        let text = AsText { letter: self }.render().map_err(RenderError::of("mail/letter.txt"))?;
        let html = AsHtml { letter: self }.render().map_err(RenderError::of("mail/letter.html"))?;
        Ok(MailContent { subject: self.subject.to_owned(), text: lines::fold(&text), html })
    }

    /// `山田 太郎 様`.
    fn greeting(&self) -> Option<String> {
        self.addressee.map(|name| format!("{name} {}", self.words.mails.honorific))
    }
}

/// Copies a list of fixed sentences.
pub(super) fn sentences(fixed: &[&str]) -> Vec<String> {
    fixed.iter().map(|sentence| (*sentence).to_owned()).collect()
}
