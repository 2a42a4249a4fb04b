//! The page on which a payer changes name, telephone and address (FAQ Q30, Q31).

use super::details::{DetailsPage, DetailsTyped, Fault, Field};
use super::sample_frame;
use crate::pages::Frame;
use crate::pages::parts::{Input, Mistake};
use crate::words::Words;
use askama::Template;
use domain::patient::PersonFault;

/// `/{group}/me/details`.
#[derive(Template)]
#[template(path = "portal/own_details.html")]
pub struct OwnDetailsPage {
    /// The visitor's language.
    pub words: &'static Words,
    /// The frame around the page.
    pub frame: Frame,
    /// The fields, as on the form of a registration.
    pub form: DetailsPage,
    /// A change asks for the card; else for the password.
    pub asks_card: bool,
    /// The password was another one.
    pub wrong_password: bool,
    /// Seconds until another try may succeed, where there were too many.
    pub too_many_s: Option<i64>,
    /// What came of the last form.
    pub came: Option<OwnDetailsCame>,
}

/// What came of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OwnDetailsCame {
    /// It is changed.
    Saved,
    /// Nothing was different.
    Nothing,
    /// The card page was left before its end.
    NotFinished,
}

const PASSWORD: &str = "current";

impl OwnDetailsPage {
    /// The page with what stands in its fields, and what of it was not taken.
    #[must_use]
    pub fn new(
        words: &'static Words,
        frame: Frame,
        (typed, mistakes): (DetailsTyped, Vec<(Field, Fault)>),
        asks_card: bool,
    ) -> Self {
        let form = DetailsPage { words, frame: Frame::nowhere(words), typed, mistakes };
        Self { words, frame, form, asks_card, wrong_password: false, too_many_s: None, came: None }
    }

    fn has_mistakes(&self) -> bool {
        self.wrong_password || !self.form.mistakes.is_empty()
    }

    fn summary(&self) -> Vec<Mistake> {
        let mut mistakes = self.form.summary();
        if self.wrong_password {
            let text = self.words.own_details.password_wrong;
            mistakes.push(Mistake { target: PASSWORD, text });
        }
        mistakes
    }

    fn password(&self) -> Input<'_> {
        let words = &self.words.own_details;
        let fault = self.wrong_password.then_some(words.password_wrong);
        let field = Input::password(PASSWORD, words.password, words.password_hint);
        Input { autocomplete: "current-password", ..field.with_fault(fault) }
    }

    fn came_text(&self) -> Option<(&'static str, &'static str)> {
        let words = &self.words.own_details;
        Some(match self.came? {
            OwnDetailsCame::Saved => ("good", words.saved),
            OwnDetailsCame::Nothing => ("", words.nothing),
            OwnDetailsCame::NotFinished => ("", words.not_finished),
        })
    }

    fn wait(&self, seconds: &i64) -> String {
        (self.words.sign_in.too_many)(*seconds)
    }

    /// One of each look.
    #[must_use]
    pub fn samples(words: &'static Words) -> Vec<Self> {
        let typed = || DetailsTyped {
            family_name: "山田".to_owned(),
            given_name: "花子\"><script>".to_owned(),
            family_kana: "ヤマダ".to_owned(),
            given_kana: "ハナコ".to_owned(),
            phone: "09012345678".to_owned(),
            postal_code: "700-8557".to_owned(),
            address: "岡山市北区表町1-2-3".to_owned(),
            ..DetailsTyped::default()
        };
        let page = |mistakes, asks_card| {
            let frame = Frame { signed_in: true, ..sample_frame() };
            Self::new(words, frame, (typed(), mistakes), asks_card)
        };
        let phone = (Field::Phone, Fault::Person(PersonFault::NotAPhone));
        vec![
            page(Vec::new(), true),
            page(Vec::new(), false),
            page(vec![phone], true),
            Self { wrong_password: true, ..page(Vec::new(), false) },
            Self { too_many_s: Some(60), ..page(Vec::new(), false) },
            Self { came: Some(OwnDetailsCame::Saved), ..page(Vec::new(), true) },
            Self { came: Some(OwnDetailsCame::Nothing), ..page(Vec::new(), true) },
            Self { came: Some(OwnDetailsCame::NotFinished), ..page(Vec::new(), true) },
        ]
    }
}
