//! Screens that refuse. They tell what to do and a code that says nothing by itself; nothing about
//! debts, subsidies or the patient (FAQ Q26, Q27).

use super::{Place, sample_place, unbroken};
use crate::format;
use crate::words::Words;
use crate::words::machine::RefusalWords;
use askama::Template;
use domain::time::{Day, Moment};

/// What a swipe was answered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No registration was found.
    NotFound,
    /// The registration cannot be used yet.
    Pending {
        /// From when on it can.
        usable_from: Moment,
    },
    /// People must look.
    AskDesk,
    /// What was read is no card of this hospital.
    NotACard,
}

/// The answer to a swipe that enters nothing.
#[derive(Template)]
#[template(path = "machine/refused.html")]
pub struct RefusedPage {
    /// The visitor's language.
    pub words: &'static Words,
    /// Where the kiosk stands.
    pub place: Option<Place>,
    /// What it says.
    pub refusal: Refusal,
    /// Today, so that a moment of today is told without its date.
    pub today: Day,
    /// What the patient may read out at the desk.
    pub code: String,
}

impl RefusedPage {
    fn title(&self) -> &'static str {
        let words = &self.words.machine;
        match self.refusal {
            Refusal::NotFound => words.not_found.title,
            Refusal::Pending { .. } => words.pending,
            Refusal::AskDesk => words.ask_desk.title,
            Refusal::NotACard => words.not_a_card.title,
        }
    }

    fn advice(&self) -> String {
        let words = &self.words.machine;
        match self.refusal {
            Refusal::NotFound => words.not_found.advice.to_owned(),
            Refusal::Pending { usable_from } => {
                (words.pending_from)(&unbroken(&format!("{}ごろ", told(usable_from, self.today))))
            }
            Refusal::AskDesk => words.ask_desk.advice.to_owned(),
            Refusal::NotACard => words.not_a_card.advice.to_owned(),
        }
    }

    /// Another try helps with a card that was not read, and with nothing else.
    fn draws_the_card(&self) -> bool {
        match self.refusal {
            Refusal::NotACard => true,
            Refusal::NotFound | Refusal::Pending { .. } | Refusal::AskDesk => false,
        }
    }

    /// One of each look.
    #[must_use]
    pub fn samples(words: &'static Words) -> Vec<Self> {
        let page = |refusal, code: &str| Self {
            words,
            place: Some(sample_place()),
            refusal,
            today: sample_now().day(),
            code: code.to_owned(),
        };
        vec![
            page(Refusal::NotFound, "HANA"),
            page(Refusal::Pending { usable_from: sample_now() }, "ASAH"),
            page(Refusal::AskDesk, "KAZE"),
            page(Refusal::NotACard, "TANI"),
        ]
    }
}

/// The kiosk does not work at this hour (FAQ Q23).
#[derive(Template)]
#[template(path = "machine/closed.html")]
pub struct ClosedPage {
    /// The visitor's language.
    pub words: &'static Words,
    /// Where the kiosk stands.
    pub place: Option<Place>,
    /// When it works again.
    pub opens_at: Option<Moment>,
    /// Today, so that a moment of today is told without its date.
    pub today: Day,
    /// What the patient may read out, where a card was swiped.
    pub code: Option<String>,
}

impl ClosedPage {
    fn advice(&self) -> String {
        let words = &self.words.machine;
        self.opens_at.map_or_else(
            || words.opens_unknown.to_owned(),
            |at| (words.opens)(&unbroken(&told(at, self.today))),
        )
    }

    /// One of each look.
    #[must_use]
    pub fn samples(words: &'static Words) -> Vec<Self> {
        let page = |opens_at, code: Option<&str>| Self {
            words,
            place: Some(sample_place()),
            opens_at,
            today: sample_now().day(),
            code: code.map(str::to_owned),
        };
        let tomorrow = sample_now().plus_minutes(21 * 60 + 30);
        vec![page(Some(tomorrow), None), page(Some(tomorrow), Some("YORU")), page(None, None)]
    }
}

/// Something broke. Nothing can be said of what became of the swipe; the same card tells.
#[derive(Template)]
#[template(path = "machine/fault.html")]
pub struct FaultPage {
    /// The visitor's language.
    pub words: &'static Words,
    /// Not known where even that could not be read.
    pub place: Option<Place>,
    /// Under which our log has it.
    pub reference: Option<String>,
}

impl FaultPage {
    /// The screen without a place, since reading it may be what failed.
    #[must_use]
    pub fn new(words: &'static Words, reference: Option<String>) -> Self {
        Self { words, place: None, reference }
    }

    const fn says(&self) -> &'static RefusalWords {
        &self.words.machine.fault
    }

    /// One of each look.
    #[must_use]
    pub fn samples(words: &'static Words) -> Vec<Self> {
        vec![Self::new(words, Some("9F3C01AB".to_owned())), Self::new(words, None)]
    }
}

/// A moment as the screen tells it: without its date where it is today.
fn told(at: Moment, today: Day) -> String {
    let minutes = at.time_of_day().minutes();
    let (hour, minute) = (minutes.div_euclid(60), minutes.rem_euclid(60));
    if at.day() == today {
        return format!("本日 {hour}時{minute:02}分");
    }
    format!("{} {hour}時{minute:02}分", format::short_day(at.day()))
}

/// 24 November 2026, 10:15 in Tokyo.
fn sample_now() -> Moment {
    Moment::from_ms(1_795_482_900_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_of_today_is_told_without_its_date() {
        let now = sample_now();
        assert_eq!(told(now, now.day()), "本日 10時15分");
        assert_eq!(told(now.plus_minutes(1_440), now.day()), "11月25日(水) 10時15分");
    }
}
