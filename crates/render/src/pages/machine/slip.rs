//! Screens about a visit that will be paid later: accepted, entered before, printed again, not printed.

use super::{Place, sample_place, unbroken};
use crate::format;
use crate::words::Words;
use askama::Template;
use domain::entry::EntryNumber;
use domain::id::EntryId;
use domain::time::Day;

/// What a screen shows of a slip: no name and no patient number (FAQ Q22, Q25).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlipOnScreen {
    /// In addresses of the slip; it says nothing about the patient.
    pub entry: EntryId,
    /// As printed on the slip.
    pub number: EntryNumber,
    /// The day of the visit.
    pub visit_day: Day,
    /// The day on which the card will be charged, which is also the receipt's date.
    pub charge_day: Day,
}

/// How the slip gets onto paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Printing {
    /// The kiosk's own printer has it, or the browser had it the last time this screen was shown.
    Done,
    /// This screen prints it.
    ByThisScreen,
}

impl Printing {
    /// Whether this screen prints.
    #[must_use]
    pub const fn is_by_this_screen(self) -> bool {
        match self {
            Self::Done => false,
            Self::ByThisScreen => true,
        }
    }
}

/// The visit will be paid later; the slip comes out.
#[derive(Template)]
#[template(path = "machine/accepted.html")]
pub struct AcceptedPage {
    /// The visitor's language.
    pub words: &'static Words,
    /// Where the kiosk stands.
    pub place: Option<Place>,
    /// The slip.
    pub slip: SlipOnScreen,
    /// How it gets onto paper.
    pub printing: Printing,
    /// Whether the slip came out before and this is the same one again.
    pub reprint: bool,
}

impl AcceptedPage {
    fn title(&self) -> &'static str {
        if self.reprint { self.words.machine.reprinted } else { self.words.machine.accepted }
    }

    fn crosses_year(&self) -> bool {
        self.slip.visit_day.year() != self.slip.charge_day.year()
    }

    /// What is promised, a line for each sentence.
    fn promise(&self) -> Vec<String> {
        let (words, year) = (&self.words.machine, self.slip.charge_day.year());
        let day = unbroken(&format::short_day(self.slip.charge_day));
        let of_tax = if self.crosses_year() { words.next_tax_year } else { words.tax_year };
        let text = (words.charged_on)(&day) + &of_tax(year);
        text.split_inclusive('。').map(str::to_owned).collect()
    }

    /// One of each look.
    #[must_use]
    pub fn samples(words: &'static Words) -> Vec<Self> {
        let page = |visit: (i16, i8, i8), printing, reprint| Self {
            words,
            place: Some(sample_place()),
            slip: sample_slip(visit),
            printing,
            reprint,
        };
        vec![
            page((2026, 11, 24), Printing::ByThisScreen, false),
            page((2026, 12, 28), Printing::Done, false),
            page((2026, 11, 24), Printing::Done, true),
        ]
    }
}

/// The visit was entered earlier today; the same slip can come out again.
#[derive(Template)]
#[template(path = "machine/again.html")]
pub struct AgainPage {
    /// The visitor's language.
    pub words: &'static Words,
    /// Where the kiosk stands.
    pub place: Option<Place>,
    /// The slip.
    pub slip: SlipOnScreen,
}

impl AgainPage {
    /// One of each look.
    #[must_use]
    pub fn samples(words: &'static Words) -> Vec<Self> {
        vec![Self { words, place: Some(sample_place()), slip: sample_slip((2026, 11, 24)) }]
    }
}

/// The visit is entered, and the printer took no slip.
#[derive(Template)]
#[template(path = "machine/no_paper.html")]
pub struct NoPaperPage {
    /// The visitor's language.
    pub words: &'static Words,
    /// Where the kiosk stands.
    pub place: Option<Place>,
    /// The slip.
    pub slip: SlipOnScreen,
}

impl NoPaperPage {
    /// One of each look.
    #[must_use]
    pub fn samples(words: &'static Words) -> Vec<Self> {
        vec![Self { words, place: Some(sample_place()), slip: sample_slip((2026, 11, 24)) }]
    }
}

/// The seventh slip of a day.
fn sample_slip((year, month, day): (i16, i8, i8)) -> SlipOnScreen {
    #[expect(clippy::expect_used, reason = "samples are written here and rendered in a test")]
    let day = Day::new(year, month, day).expect("a day");
    #[expect(clippy::expect_used, reason = "samples are written here and rendered in a test")]
    let number = EntryNumber::new(day, 7).expect("a number");
    SlipOnScreen {
        entry: EntryId::from_number(7),
        number,
        visit_day: day,
        charge_day: day.plus_days(4),
    }
}
