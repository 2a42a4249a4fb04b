//! The page where one signs in.

use super::sample_frame;
use crate::pages::Frame;
use crate::pages::parts::{Input, Mistake};
use crate::words::Words;
use askama::Template;

/// `/{group}/login/`.
#[derive(Template)]
#[template(path = "portal/sign_in.html")]
pub struct SignInPage {
    /// The visitor's language.
    pub words: &'static Words,
    /// The frame around the page.
    pub frame: Frame,
    /// The user ID as typed, shown again. The password never is.
    pub user_id: String,
    /// What to do about it.
    pub mistakes: Vec<SignInMistake>,
    /// The password as typed begins or ends with a blank (FAQ Q20).
    pub edge_blanks: bool,
    /// Seconds until another try may succeed, where there were too many.
    pub too_many_s: Option<i64>,
    /// What brought the visitor here.
    pub said: Option<Said>,
}

/// What was wrong. Nothing tells which of the two it was where they do not belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInMistake {
    /// No user ID was typed.
    MissingUserId,
    /// No password was typed.
    MissingPassword,
    /// The number of the patient card (FAQ Q16).
    LooksLikePatientNumber,
    /// The two do not belong together.
    Refused,
}

/// What brought the visitor to this page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// Just signed out.
    SignedOut,
    /// A page that needs a sign-in.
    SignInFirst,
    /// A new password was set just now.
    PasswordSet {
        /// It begins or ends with a blank (FAQ Q20).
        edge_blanks: bool,
    },
}

impl SignInPage {
    /// The page as it is first seen.
    #[must_use]
    pub fn new(words: &'static Words, frame: Frame) -> Self {
        Self {
            words,
            frame,
            user_id: String::new(),
            mistakes: Vec::new(),
            edge_blanks: false,
            too_many_s: None,
            said: None,
        }
    }

    fn text(&self, mistake: SignInMistake) -> &'static str {
        let words = &self.words.sign_in;
        match mistake {
            SignInMistake::MissingUserId => words.user_id_missing,
            SignInMistake::MissingPassword => words.password_missing,
            SignInMistake::LooksLikePatientNumber => words.looks_like_patient_number,
            SignInMistake::Refused => words.refused,
        }
    }

    fn summary(&self) -> Vec<Mistake> {
        let line = |mistake: &SignInMistake| Mistake {
            target: if *mistake == SignInMistake::MissingPassword { "password" } else { "user_id" },
            text: self.text(*mistake),
        };
        self.mistakes.iter().map(line).collect()
    }

    /// What stands at a field. A refusal stands at neither: which of the two was wrong is not told
    /// (FAQ Q19).
    fn fault(&self, target: &str) -> Option<&'static str> {
        if self.mistakes.contains(&SignInMistake::Refused) {
            return None;
        }
        let of_field = |mistake: &Mistake| mistake.target == target;
        self.summary().into_iter().find(of_field).map(|mistake| mistake.text)
    }

    fn user_id_input(&self) -> Input<'_> {
        let words = &self.words.sign_in;
        Input {
            autocomplete: "username",
            inputmode: "email",
            width: "middle",
            ..Input::text("user_id", words.user_id, words.user_id_hint, &self.user_id)
                .with_fault(self.fault("user_id"))
        }
    }

    fn password_input(&self) -> Input<'_> {
        let words = &self.words.sign_in;
        Input {
            autocomplete: "current-password",
            ..Input::password("password", words.password, words.password_hint)
                .with_fault(self.fault("password"))
        }
    }

    fn wait(&self, seconds: &i64) -> String {
        (self.words.sign_in.too_many)(*seconds)
    }

    fn said(&self) -> Option<&'static str> {
        Some(match self.said? {
            Said::SignedOut => self.words.sign_in.signed_out,
            Said::SignInFirst => self.words.sign_in.sign_in_first,
            Said::PasswordSet { edge_blanks: false } => self.words.sign_in.password_set,
            Said::PasswordSet { edge_blanks: true } => self.words.sign_in.password_set_with_blanks,
        })
    }

    /// One of each look.
    #[must_use]
    pub fn samples(words: &'static Words) -> Vec<Self> {
        let page = || Self::new(words, sample_frame());
        let typed = |text: &str| text.to_owned();
        vec![
            page(),
            Self {
                user_id: typed("tkma4829"),
                mistakes: vec![SignInMistake::Refused],
                edge_blanks: true,
                ..page()
            },
            Self {
                user_id: typed("0012-3456"),
                mistakes: vec![SignInMistake::LooksLikePatientNumber],
                ..page()
            },
            Self {
                mistakes: vec![SignInMistake::MissingUserId, SignInMistake::MissingPassword],
                ..page()
            },
            Self { too_many_s: Some(600), user_id: typed("tkma4829"), ..page() },
            Self { said: Some(Said::SignedOut), ..page() },
            Self { said: Some(Said::SignInFirst), ..page() },
            Self { said: Some(Said::PasswordSet { edge_blanks: true }), ..page() },
        ]
    }
}
