//! The way back for those who have forgotten user ID or password: mail address, code, new password.

use super::sample_frame;
use crate::pages::Frame;
use crate::pages::parts::{Input, Mistake};
use crate::words::Words;
use askama::Template;
use domain::mail_address::MailAddressFault;
use domain::password::PasswordFault;

/// `/{group}/forgotten/`: the mail address.
#[derive(Template)]
#[template(path = "portal/recover.html")]
pub struct RecoverPage {
    /// The visitor's language.
    pub words: &'static Words,
    /// The frame around the page.
    pub frame: Frame,
    /// The address as typed, shown again.
    pub typed: String,
    /// What was wrong with it.
    pub mistake: Option<MailAddressFault>,
    /// Seconds until another mail may be asked for, where there were too many.
    pub too_many_s: Option<i64>,
}

impl RecoverPage {
    /// The page as it is first seen.
    #[must_use]
    pub fn new(words: &'static Words, frame: Frame) -> Self {
        Self { words, frame, typed: String::new(), mistake: None, too_many_s: None }
    }

    fn fault(&self) -> Option<&'static str> {
        self.mistake.map(self.words.register.address.fault)
    }

    fn summary(&self) -> Vec<Mistake> {
        self.fault().map(|text| Mistake { target: "mail", text }).into_iter().collect()
    }

    fn input(&self) -> Input<'_> {
        let words = &self.words.recover;
        Input {
            kind: "email",
            inputmode: "email",
            autocomplete: "email",
            ..Input::text("mail", words.mail, words.mail_hint, &self.typed).with_fault(self.fault())
        }
    }

    fn wait(&self, seconds: &i64) -> String {
        (self.words.register.address.too_many)(*seconds)
    }

    /// One of each look.
    #[must_use]
    pub fn samples(words: &'static Words) -> Vec<Self> {
        let page = || Self::new(words, sample_frame());
        vec![
            page(),
            Self { typed: "taro@".to_owned(), mistake: Some(MailAddressFault::NoAt), ..page() },
            Self { typed: "taro@example.jp".to_owned(), too_many_s: Some(1_800), ..page() },
        ]
    }
}

/// `/{group}/forgotten/sent`: the mail is on its way; its code may be entered here.
#[derive(Template)]
#[template(path = "portal/recover_sent.html")]
pub struct RecoverSentPage {
    /// The visitor's language.
    pub words: &'static Words,
    /// The frame around the page.
    pub frame: Frame,
    /// Where the mail goes; nothing where this browser does not know it.
    pub to: Option<String>,
    /// Minutes that link and code work.
    pub minutes: i64,
    /// What was wrong with the code.
    pub mistake: Option<CodeMistake>,
    /// Seconds until another code may be tried, where there were too many.
    pub too_many_s: Option<i64>,
}

/// What was wrong with a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeMistake {
    /// Not six digits.
    NotACode,
    /// Not this one.
    Wrong,
    /// It was tried too often.
    TooOften,
}

impl RecoverSentPage {
    fn fault(&self) -> Option<&'static str> {
        let words = &self.words.recover;
        Some(match self.mistake? {
            CodeMistake::NotACode => words.code_not_six,
            CodeMistake::Wrong => words.code_wrong,
            CodeMistake::TooOften => words.code_too_often,
        })
    }

    fn summary(&self) -> Vec<Mistake> {
        self.fault().map(|text| Mistake { target: "code", text }).into_iter().collect()
    }

    fn input(&self) -> Input<'_> {
        let words = &self.words.recover;
        Input {
            inputmode: "numeric",
            autocomplete: "one-time-code",
            width: "short",
            ..Input::text("code", words.code, words.code_hint, "").with_fault(self.fault())
        }
    }

    fn ends(&self) -> String {
        (self.words.recover.sent_ends)(self.minutes)
    }

    fn wait(&self, seconds: &i64) -> String {
        (self.words.sign_in.too_many)(*seconds)
    }

    /// One of each look.
    #[must_use]
    pub fn samples(words: &'static Words) -> Vec<Self> {
        let page = |mistake| Self {
            words,
            frame: sample_frame(),
            to: Some("hanako.okayama@example.jp".to_owned()),
            minutes: 10,
            mistake,
            too_many_s: None,
        };
        vec![
            page(None),
            page(Some(CodeMistake::NotACode)),
            page(Some(CodeMistake::Wrong)),
            page(Some(CodeMistake::TooOften)),
            Self { to: None, too_many_s: Some(60), ..page(None) },
        ]
    }
}

/// `/{group}/forgotten/open/{token}`: where the mail's link leads.
#[derive(Template)]
#[template(path = "portal/recover_open.html")]
pub struct RecoverOpenPage {
    /// The visitor's language.
    pub words: &'static Words,
    /// The frame around the page.
    pub frame: Frame,
}

impl RecoverOpenPage {
    /// One of each look.
    #[must_use]
    pub fn samples(words: &'static Words) -> Vec<Self> {
        vec![Self { words, frame: sample_frame() }]
    }
}

/// `/{group}/forgotten/password`.
#[derive(Template)]
#[template(path = "portal/new_password.html")]
pub struct NewPasswordPage {
    /// The visitor's language.
    pub words: &'static Words,
    /// The frame around the page.
    pub frame: Frame,
    /// Why it is not taken.
    pub mistake: Option<PasswordFault>,
}

const PASSWORD: &str = "password";
const AGAIN: &str = "password_again";

/// Which field is wrong, and what to do about it.
fn at_field(words: &'static Words, fault: PasswordFault) -> (&'static str, &'static str) {
    let target = match fault {
        PasswordFault::RepeatedDifferently => AGAIN,
        PasswordFault::Missing
        | PasswordFault::TooShort
        | PasswordFault::TooLong
        | PasswordFault::TooCommon
        | PasswordFault::TooPersonal => PASSWORD,
    };
    (target, (words.details.password_fault)(fault))
}

impl NewPasswordPage {
    fn fault(&self) -> Option<(&'static str, &'static str)> {
        self.mistake.map(|fault| at_field(self.words, fault))
    }

    fn summary(&self) -> Vec<Mistake> {
        self.fault().map(|(target, text)| Mistake { target, text }).into_iter().collect()
    }

    fn field(&self, id: &'static str) -> Input<'_> {
        let words = &self.words.details;
        let label = if id == PASSWORD { &words.password } else { &words.password_again };
        let fault = self.fault().filter(|(target, _)| *target == id).map(|(_, text)| text);
        Input {
            autocomplete: "new-password",
            ..Input::password(id, label.label, label.hint).with_fault(fault)
        }
    }

    fn first(&self) -> Input<'_> {
        self.field(PASSWORD)
    }

    fn second(&self) -> Input<'_> {
        self.field(AGAIN)
    }

    /// One of each look.
    #[must_use]
    pub fn samples(words: &'static Words) -> Vec<Self> {
        let page = |mistake| Self { words, frame: sample_frame(), mistake };
        vec![
            page(None),
            page(Some(PasswordFault::TooShort)),
            page(Some(PasswordFault::RepeatedDifferently)),
        ]
    }
}

/// `/{group}/me/password`.
#[derive(Template)]
#[template(path = "portal/change_password.html")]
pub struct ChangePasswordPage {
    /// The visitor's language.
    pub words: &'static Words,
    /// The frame around the page.
    pub frame: Frame,
    /// What was wrong.
    pub mistake: Option<PasswordMistake>,
    /// It was changed just now.
    pub saved: bool,
    /// The new one begins or ends with a blank (FAQ Q20).
    pub edge_blanks: bool,
    /// Seconds until another try may succeed, where there were too many.
    pub too_many_s: Option<i64>,
}

/// What was wrong with a change of the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordMistake {
    /// The one that holds is another.
    Current,
    /// The new one is not taken.
    New(PasswordFault),
}

const CURRENT: &str = "current";

impl ChangePasswordPage {
    /// The page as it is first seen.
    #[must_use]
    pub const fn new(words: &'static Words, frame: Frame) -> Self {
        Self { words, frame, mistake: None, saved: false, edge_blanks: false, too_many_s: None }
    }

    fn fault(&self) -> Option<(&'static str, &'static str)> {
        Some(match self.mistake? {
            PasswordMistake::Current => (CURRENT, self.words.recover.current_wrong),
            PasswordMistake::New(fault) => at_field(self.words, fault),
        })
    }

    fn summary(&self) -> Vec<Mistake> {
        self.fault().map(|(target, text)| Mistake { target, text }).into_iter().collect()
    }

    fn field(&self, id: &'static str, label: &'static str) -> Input<'_> {
        let fault = self.fault().filter(|(target, _)| *target == id).map(|(_, text)| text);
        Input { autocomplete: "new-password", ..Input::password(id, label, "").with_fault(fault) }
    }

    fn current(&self) -> Input<'_> {
        let field = self.field(CURRENT, self.words.recover.current);
        Input { autocomplete: "current-password", ..field }
    }

    fn first(&self) -> Input<'_> {
        self.field(PASSWORD, self.words.recover.new)
    }

    fn second(&self) -> Input<'_> {
        self.field(AGAIN, self.words.recover.new_again)
    }

    fn wait(&self, seconds: &i64) -> String {
        (self.words.sign_in.too_many)(*seconds)
    }

    /// One of each look.
    #[must_use]
    pub fn samples(words: &'static Words) -> Vec<Self> {
        let page = || Self::new(words, Frame { signed_in: true, ..sample_frame() });
        vec![
            page(),
            Self { saved: true, edge_blanks: true, ..page() },
            Self { mistake: Some(PasswordMistake::Current), ..page() },
            Self { mistake: Some(PasswordMistake::New(PasswordFault::TooCommon)), ..page() },
            Self { too_many_s: Some(60), ..page() },
        ]
    }
}
