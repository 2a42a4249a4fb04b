//! What staff see at a machine that is not known, or that was enrolled as something else.

use crate::pages::parts::Input;
use crate::words::Words;
use askama::Template;

use super::Place;

/// Asks for the code that makes a machine a known one.
#[derive(Template)]
#[template(path = "machine/enrol.html")]
pub struct EnrolPage {
    /// The visitor's language.
    pub words: &'static Words,
    /// Not known before the machine is.
    pub place: Option<Place>,
    /// What was typed, shown again.
    pub typed: String,
    /// Why it was not taken, or why the screen is here although the machine is known.
    pub notice: Option<EnrolNotice>,
}

/// What the enrolment screen has to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EnrolNotice {
    /// Nothing was typed.
    Missing,
    /// No such code, an ended one, or one that was used.
    Wrong,
    /// Too many codes were typed from this network.
    TooMany,
    /// The machine is known and is no kiosk.
    WrongKind {
        /// How staff call it.
        name: String,
    },
}

impl EnrolPage {
    /// Whether what was typed was not taken.
    fn fault(&self) -> Option<&'static str> {
        let words = &self.words.machine.enrol;
        match self.notice.as_ref()? {
            EnrolNotice::Missing => Some(words.missing),
            EnrolNotice::Wrong => Some(words.wrong),
            EnrolNotice::TooMany => Some(words.too_many),
            EnrolNotice::WrongKind { .. } => None,
        }
    }

    fn wrong_kind(&self) -> Option<String> {
        match self.notice.as_ref()? {
            EnrolNotice::WrongKind { name } => Some((self.words.machine.enrol.wrong_kind)(name)),
            EnrolNotice::Missing | EnrolNotice::Wrong | EnrolNotice::TooMany => None,
        }
    }

    fn field(&self) -> Input<'_> {
        let words = &self.words.machine.enrol;
        let input = Input::text("code", words.field, words.field_hint, &self.typed);
        input.with_fault(self.fault())
    }

    /// One of each look.
    #[must_use]
    pub fn samples(words: &'static Words) -> Vec<Self> {
        let page =
            |typed: &str, notice| Self { words, place: None, typed: typed.to_owned(), notice };
        vec![
            page("", None),
            page("ACDE-FGHJ", Some(EnrolNotice::Wrong)),
            page("ACDE-FGHJ", Some(EnrolNotice::TooMany)),
            page("", Some(EnrolNotice::Missing)),
            page("", Some(EnrolNotice::WrongKind { name: "1F-R1".to_owned() })),
        ]
    }
}
