//! What a payer allows: the ceiling, and consent to one amount above it.

use super::sample_frame;
use crate::format;
use crate::pages::Frame;
use crate::pages::parts::{Input, Mistake};
use crate::words::Words;
use askama::Template;
use domain::time::Day;
use domain::yen::Yen;

/// `/{group}/me/ceiling`.
#[derive(Template)]
#[template(path = "portal/ceiling.html")]
pub struct CeilingPage {
    /// The visitor's language.
    pub words: &'static Words,
    /// The frame around the page.
    pub frame: Frame,
    /// What holds now.
    pub ceiling: Option<Yen>,
    /// The amount as typed, shown again.
    pub typed: String,
    /// What to do about it.
    pub mistake: Option<CeilingMistake>,
    /// It was changed just now.
    pub saved: bool,
}

/// What was wrong with an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CeilingMistake {
    /// Nothing was typed.
    Missing,
    /// Not an amount, or none that a ceiling can be.
    Wrong,
}

const FIELD: &str = "amount";

impl CeilingPage {
    /// The page as it is first seen.
    #[must_use]
    pub fn new(words: &'static Words, frame: Frame, ceiling: Option<Yen>) -> Self {
        Self { words, frame, ceiling, typed: String::new(), mistake: None, saved: false }
    }

    fn fault(&self) -> Option<&'static str> {
        Some(match self.mistake? {
            CeilingMistake::Missing => self.words.limits.amount_missing,
            CeilingMistake::Wrong => self.words.limits.amount_wrong,
        })
    }

    fn summary(&self) -> Vec<Mistake> {
        self.fault().map(|text| Mistake { target: FIELD, text }).into_iter().collect()
    }

    fn input(&self) -> Input<'_> {
        let words = &self.words.limits;
        Input {
            inputmode: "numeric",
            width: "short",
            ..Input::text(FIELD, words.amount, words.amount_hint, &self.typed)
                .with_fault(self.fault())
        }
    }

    fn now(&self) -> String {
        (self.words.limits.now)(self.ceiling)
    }

    /// One of each look.
    #[must_use]
    pub fn samples(words: &'static Words) -> Vec<Self> {
        let page = || {
            let frame = Frame { signed_in: true, ..sample_frame() };
            Self::new(words, frame, Yen::new(30_000).ok())
        };
        vec![
            Self { ceiling: None, ..page() },
            Self { saved: true, ..page() },
            Self { typed: "三万円".to_owned(), mistake: Some(CeilingMistake::Wrong), ..page() },
        ]
    }
}

/// `/{group}/me/consent/{charge}`.
#[derive(Template)]
#[template(path = "portal/consent.html")]
pub struct ConsentPage {
    /// The visitor's language.
    pub words: &'static Words,
    /// The frame around the page.
    pub frame: Frame,
    /// Id of the charge.
    pub charge: String,
    /// Name of the hospital.
    pub hospital: String,
    /// The day of the visit.
    pub visit_day: Day,
    /// What is to be paid; the form sends it back, so that nobody agrees to what they have not seen.
    pub amount: Yen,
    /// Brand and last four digits.
    pub card: Option<(String, String)>,
    /// It is another amount than the one that was agreed to.
    pub changed: bool,
}

impl ConsentPage {
    fn day(&self) -> String {
        (self.words.limits.day)(self.visit_day)
    }

    fn shown_amount(&self) -> String {
        format::yen(self.amount)
    }

    fn card_text(&self) -> Option<String> {
        let (brand, last_four) = self.card.as_ref()?;
        Some((self.words.me.card_value)(brand, last_four))
    }

    fn otherwise(&self) -> String {
        (self.words.limits.otherwise)(&self.hospital)
    }

    /// One of each look.
    #[must_use]
    pub fn samples(words: &'static Words) -> Vec<Self> {
        let page = |changed| Self {
            words,
            frame: Frame { signed_in: true, ..sample_frame() },
            charge: format!("chg_{:032x}", 1),
            hospital: "岡山市立市民病院".to_owned(),
            visit_day: Day::from_days_since_1970(20_781),
            amount: Yen::new(52_300).unwrap_or(Yen::ZERO),
            card: Some(("VISA".to_owned(), "4242".to_owned())),
            changed,
        };
        vec![page(false), page(true)]
    }
}
