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
}

impl CardAwayPage {
    fn step(&self) -> Step {
        step(self.words, 5)
    }

    /// One of each look.
    #[must_use]
    pub fn samples(words: &'static Words) -> Vec<Self> {
        vec![Self { words, frame: sample_frame(), look_again: "/okayama/new/card".to_owned() }]
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
