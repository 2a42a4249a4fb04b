//! The card step and the end of a registration.

use super::{sample_frame, step};
use crate::pages::Frame;
use crate::pages::parts::Step;
use crate::words::Words;
use crate::words::card::CardRefusal;
use askama::Template;
use domain::time::{Day, Moment};

/// `/{group}/new/card`: before the browser leaves for the gateway's own page.
#[derive(Template)]
#[template(path = "portal/card.html")]
pub struct CardPage {
    /// The visitor's language.
    pub words: &'static Words,
    /// The frame around the page.
    pub frame: Frame,
    /// The name that appears on the page to which the browser goes.
    pub gateway_name: String,
    /// The visitor came back without having finished there.
    pub not_finished: bool,
}

impl CardPage {
    fn step(&self) -> Step {
        step(self.words, 5)
    }

    fn leaving(&self) -> String {
        (self.words.card.leaving)(&self.gateway_name)
    }

    /// One of each look.
    #[must_use]
    pub fn samples(words: &'static Words) -> Vec<Self> {
        let page = |not_finished| Self {
            words,
            frame: sample_frame(),
            gateway_name: "サンドボックス決済".to_owned(),
            not_finished,
        };
        vec![page(false), page(true)]
    }
}

/// The card was not taken; another may be tried (`domain.md` P4).
#[derive(Template)]
#[template(path = "portal/card_refused.html")]
pub struct CardRefusedPage {
    /// The visitor's language.
    pub words: &'static Words,
    /// The frame around the page.
    pub frame: Frame,
    /// Why.
    pub refusal: CardRefusal,
}

impl CardRefusedPage {
    fn step(&self) -> Step {
        step(self.words, 5)
    }

    fn reason(&self) -> &'static str {
        (self.words.card.refused)(self.refusal)
    }

    /// One of each look.
    #[must_use]
    pub fn samples(words: &'static Words) -> Vec<Self> {
        [
            CardRefusal::Kind,
            CardRefusal::NotAuthenticated,
            CardRefusal::Declined,
            CardRefusal::Expired,
        ]
        .into_iter()
        .map(|refusal| Self { words, frame: sample_frame(), refusal })
        .collect()
    }
}

/// `/{group}/me/card`: another card in the place of the one that an account has.
#[derive(Template)]
#[template(path = "portal/change_card.html")]
pub struct ChangeCardPage {
    /// The visitor's language.
    pub words: &'static Words,
    /// The frame around the page.
    pub frame: Frame,
    /// The name that appears on the page to which the browser goes.
    pub gateway_name: String,
    /// Brand and last four digits of the card that is charged now.
    pub card: Option<(String, String)>,
    /// It was changed just now.
    pub saved: bool,
    /// The visitor came back without having finished there.
    pub not_finished: bool,
    /// The card was not taken, and why.
    pub refusal: Option<CardRefusal>,
    /// Seconds until another try may succeed, where there were too many.
    pub too_many_s: Option<i64>,
}

impl ChangeCardPage {
    /// The page as it is first seen.
    #[must_use]
    pub const fn new(
        words: &'static Words,
        frame: Frame,
        gateway_name: String,
        card: Option<(String, String)>,
    ) -> Self {
        Self {
            words,
            frame,
            gateway_name,
            card,
            saved: false,
            not_finished: false,
            refusal: None,
            too_many_s: None,
        }
    }

    fn refused(&self) -> Option<&'static str> {
        self.refusal.map(self.words.card.refused)
    }

    fn leaving(&self) -> String {
        (self.words.card.change.gateway)(&self.gateway_name)
    }

    fn card_text(&self) -> String {
        let words = &self.words.me;
        match &self.card {
            Some((brand, last_four)) => (words.card_value)(brand, last_four),
            None => words.no_card.to_owned(),
        }
    }

    fn wait(&self, seconds: &i64) -> String {
        (self.words.problems.too_many_wait)(*seconds)
    }

    /// One of each look.
    #[must_use]
    pub fn samples(words: &'static Words) -> Vec<Self> {
        let page = || {
            let frame = Frame { signed_in: true, ..sample_frame() };
            let card = Some(("VISA".to_owned(), "4242".to_owned()));
            Self::new(words, frame, "サンドボックス決済".to_owned(), card)
        };
        vec![
            page(),
            Self { saved: true, ..page() },
            Self { not_finished: true, card: None, ..page() },
            Self { refusal: Some(CardRefusal::Kind), ..page() },
            Self { too_many_s: Some(3_600), ..page() },
        ]
    }
}

/// The gateway does not answer; nothing is lost.
#[derive(Template)]
#[template(path = "portal/card_away.html")]
pub struct CardAwayPage {
    /// The visitor's language.
    pub words: &'static Words,
    /// The frame around the page.
    pub frame: Frame,
    /// Where to look again.
    pub look_again: String,
    /// Whether the card belongs to a registration, whose steps the page shows.
    pub registering: bool,
}

impl CardAwayPage {
    fn step(&self) -> Step {
        step(self.words, 5)
    }

    /// One of each look.
    #[must_use]
    pub fn samples(words: &'static Words) -> Vec<Self> {
        let page = |look_again: &str, registering| {
            let look_again = look_again.to_owned();
            Self { words, frame: sample_frame(), look_again, registering }
        };
        vec![page("/okayama/new/card", true), page("/okayama/me/card", false)]
    }
}

/// `/{group}/new/done`: registered.
#[derive(Template)]
#[template(path = "portal/done.html")]
pub struct DonePage {
    /// The visitor's language.
    pub words: &'static Words,
    /// The frame around the page.
    pub frame: Frame,
    /// Issued by us.
    pub user_id: String,
    /// Where the same went by mail.
    pub mail: String,
    /// Hospitals, and from when each takes the card.
    pub usable_from: Vec<(String, Moment)>,
}

impl DonePage {
    fn usable_rows(&self) -> Vec<(&str, String)> {
        let from = self.words.card.done.from;
        self.usable_from
            .iter()
            .map(|(hospital, moment)| (hospital.as_str(), from(*moment)))
            .collect()
    }

    /// One of each look.
    #[must_use]
    pub fn samples(words: &'static Words) -> Vec<Self> {
        let from = Day::from_days_since_1970(20_781).begins().plus_minutes(615);
        vec![Self {
            words,
            frame: sample_frame(),
            user_id: "tkma4829".to_owned(),
            mail: "hanako.yamada@example.jp".to_owned(),
            usable_from: vec![
                ("岡山市立市民病院".to_owned(), from),
                ("岡山市立せのお病院".to_owned(), from),
            ],
        }]
    }
}
