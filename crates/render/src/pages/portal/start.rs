//! The first steps of a registration: terms, mail address, the mail, its URL.

use super::{sample_frame, step};
use crate::pages::Frame;
use crate::pages::parts::{Input, Mistake, Step};
use crate::words::Words;
use askama::Template;
use domain::mail_address::MailAddressFault;

/// `/{group}/new/`: the terms.
#[derive(Template)]
#[template(path = "portal/terms.html")]
pub struct TermsPage {
    /// The visitor's language.
    pub words: &'static Words,
    /// The frame around the page.
    pub frame: Frame,
    /// Days from a visit to the charge.
    pub settle_after_days: u16,
    /// Version of the terms.
    pub terms_version: String,
    /// The box was not ticked.
    pub not_agreed: bool,
}

impl TermsPage {
    fn step(&self) -> Step {
        step(self.words, 1)
    }

    fn mistakes(&self) -> Vec<Mistake> {
        let mistake = Mistake { target: "agreed", text: self.words.register.terms.not_agreed };
        self.not_agreed.then_some(mistake).into_iter().collect()
    }

    fn charge(&self) -> String {
        (self.words.register.terms.charge)(self.settle_after_days)
    }

    fn shared(&self) -> String {
        (self.words.register.terms.shared)(&self.frame.hospital_names())
    }

    fn version(&self) -> String {
        (self.words.register.terms.version)(&self.terms_version)
    }

    /// One of each look.
    #[must_use]
    pub fn samples(words: &'static Words) -> Vec<Self> {
        let page = |not_agreed| Self {
            words,
            frame: sample_frame(),
            settle_after_days: 4,
            terms_version: "2026-11".to_owned(),
            not_agreed,
        };
        vec![page(false), page(true)]
    }
}

/// `/{group}/new/mail`: the mail address, and the domain to allow before a mail is sent.
#[derive(Template)]
#[template(path = "portal/address.html")]
pub struct AddressPage {
    /// The visitor's language.
    pub words: &'static Words,
    /// The frame around the page.
    pub frame: Frame,
    /// What was typed, shown again.
    pub typed: String,
    /// What to do about it, as the list of mistakes; see [`AddressPage::new`].
    mistakes: Vec<Mistake>,
    /// Seconds until another try may succeed, where there were too many.
    pub too_many_s: Option<i64>,
}

impl AddressPage {
    /// The page with what was typed.
    #[must_use]
    pub fn new(
        words: &'static Words,
        frame: Frame,
        typed: String,
        fault: Option<MailAddressFault>,
    ) -> Self {
        let mistake = fault
            .map(|fault| Mistake { target: "mail", text: (words.register.address.fault)(fault) });
        Self { words, frame, typed, mistakes: mistake.into_iter().collect(), too_many_s: None }
    }

    fn step(&self) -> Step {
        step(self.words, 2)
    }

    fn mail_input(&self) -> Input<'_> {
        let words = &self.words.register.address;
        let fault = self.mistakes.first().map(|mistake| mistake.text);
        Input {
            kind: "email",
            autocomplete: "email",
            inputmode: "email",
            ..Input::text("mail", words.label, words.hint, &self.typed).with_fault(fault)
        }
    }

    fn wait(&self, seconds: &i64) -> String {
        (self.words.register.address.too_many)(*seconds)
    }

    /// One of each look.
    #[must_use]
    pub fn samples(words: &'static Words) -> Vec<Self> {
        let page = |typed: &str, fault| Self::new(words, sample_frame(), typed.to_owned(), fault);
        vec![
            page("", None),
            page("taro.example.jp", Some(MailAddressFault::NoAt)),
            Self { too_many_s: Some(900), ..page("taro@example.jp", None) },
        ]
    }
}

/// The question about a domain that looks mistyped (FAQ Q10).
#[derive(Template)]
#[template(path = "portal/question.html")]
pub struct QuestionPage {
    /// The visitor's language.
    pub words: &'static Words,
    /// The frame around the page.
    pub frame: Frame,
    /// As typed.
    pub typed: String,
    /// As likely meant.
    pub suggested: String,
}

impl QuestionPage {
    fn step(&self) -> Step {
        step(self.words, 2)
    }

    /// One of each look.
    #[must_use]
    pub fn samples(words: &'static Words) -> Vec<Self> {
        let (typed, suggested) =
            ("hanako.yamada@exampel.test".to_owned(), "hanako.yamada@example.jp".to_owned());
        vec![Self { words, frame: sample_frame(), typed, suggested }]
    }
}

/// `/{group}/new/sent`: the mail is on its way, and what to do if it does not come.
#[derive(Template)]
#[template(path = "portal/sent.html")]
pub struct SentPage {
    /// The visitor's language.
    pub words: &'static Words,
    /// The frame around the page.
    pub frame: Frame,
    /// Where to, for checking.
    pub to: String,
    /// Hours that the URL works.
    pub application_url_hours: i64,
    /// An old carrier address that a mail may not reach.
    pub legacy: bool,
    /// It was just sent once more.
    pub again: bool,
    /// Seconds until another try may succeed, where there were too many.
    pub too_many_s: Option<i64>,
}

impl SentPage {
    fn step(&self) -> Step {
        step(self.words, 2)
    }

    fn hours(&self) -> String {
        (self.words.register.sent.hours)(self.application_url_hours)
    }

    fn wait(&self, seconds: &i64) -> String {
        (self.words.register.sent.too_many)(*seconds)
    }

    /// One of each look.
    #[must_use]
    pub fn samples(words: &'static Words) -> Vec<Self> {
        let page = |legacy, again, too_many_s| Self {
            words,
            frame: sample_frame(),
            to: "hanako.yamada@example.jp".to_owned(),
            application_url_hours: 24,
            legacy,
            again,
            too_many_s,
        };
        vec![page(false, false, None), page(true, true, None), page(false, false, Some(60))]
    }
}

/// What the URL of the mail shows. It has a button, because mail scanners open URLs, too.
#[derive(Template)]
#[template(path = "portal/open.html")]
pub struct OpenPage {
    /// The visitor's language.
    pub words: &'static Words,
    /// The frame around the page.
    pub frame: Frame,
    /// The address that the URL was sent to.
    pub mail: String,
}

impl OpenPage {
    fn step(&self) -> Step {
        step(self.words, 2)
    }

    /// One of each look.
    #[must_use]
    pub fn samples(words: &'static Words) -> Vec<Self> {
        vec![Self { words, frame: sample_frame(), mail: "hanako.yamada@example.jp".to_owned() }]
    }
}
