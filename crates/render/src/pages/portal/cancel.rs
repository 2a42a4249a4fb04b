//! The pages on which a registration is cancelled (FAQ Q32).

use super::sample_frame;
use crate::pages::Frame;
use crate::pages::parts::{Input, Mistake};
use crate::words::Words;
use askama::Template;

/// `/{group}/me/cancel`.
#[derive(Template)]
#[template(path = "portal/cancel.html")]
pub struct CancelPage {
    /// The visitor's language.
    pub words: &'static Words,
    /// The frame around the page.
    pub frame: Frame,
    /// Whether it can be done here; else at the desk.
    pub online: bool,
    /// Visits that are still to be charged.
    pub open_visits: usize,
    /// The password was another one.
    pub wrong_password: bool,
    /// Seconds until another try may succeed, where there were too many.
    pub too_many_s: Option<i64>,
}

const PASSWORD: &str = "current";

impl CancelPage {
    fn summary(&self) -> Vec<Mistake> {
        let text = self.words.cancel.password_wrong;
        let wrong = self.wrong_password.then_some(Mistake { target: PASSWORD, text });
        wrong.into_iter().collect()
    }

    fn password(&self) -> Input<'_> {
        let words = &self.words.cancel;
        let fault = self.wrong_password.then_some(words.password_wrong);
        let field = Input::password(PASSWORD, words.password, words.password_hint);
        Input { autocomplete: "current-password", ..field.with_fault(fault) }
    }

    fn open_text(&self) -> Option<String> {
        (self.open_visits > 0).then(|| (self.words.cancel.open_visits)(self.open_visits))
    }

    fn wait(&self, seconds: &i64) -> String {
        (self.words.sign_in.too_many)(*seconds)
    }

    /// One of each look.
    #[must_use]
    pub fn samples(words: &'static Words) -> Vec<Self> {
        let page = |online, open_visits| Self {
            words,
            frame: Frame { signed_in: true, ..sample_frame() },
            online,
            open_visits,
            wrong_password: false,
            too_many_s: None,
        };
        vec![
            page(false, 0),
            page(true, 0),
            page(true, 2),
            Self { wrong_password: true, ..page(true, 0) },
            Self { too_many_s: Some(60), ..page(true, 0) },
        ]
    }
}

/// `/{group}/cancelled`.
#[derive(Template)]
#[template(path = "portal/cancelled.html")]
pub struct CancelledPage {
    /// The visitor's language.
    pub words: &'static Words,
    /// The frame around the page.
    pub frame: Frame,
}

impl CancelledPage {
    /// One of each look.
    #[must_use]
    pub fn samples(words: &'static Words) -> Vec<Self> {
        vec![Self { words, frame: sample_frame() }]
    }
}
