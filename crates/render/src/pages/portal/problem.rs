//! A page that says what did not work, and what to do.

use super::sample_frame;
use crate::pages::{Frame, HospitalLine};
use crate::words::Words;
use crate::words::problems::ProblemWords;
use askama::Template;

/// One message, and a way on.
#[derive(Template)]
#[template(path = "portal/problem.html")]
pub struct ProblemPage {
    /// The visitor's language.
    pub words: &'static Words,
    /// The frame around the page.
    pub frame: Frame,
    /// What it says.
    pub says: &'static ProblemWords,
    /// Where to go from here.
    pub way_on: WayOn,
    /// Seconds until another try may succeed.
    pub wait_s: Option<i64>,
    /// Under which our log has it.
    pub reference: Option<String>,
    /// Whom to call about this, in large type.
    pub phones: Vec<HospitalLine>,
}

/// Where to go from a problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WayOn {
    /// To the group's first page.
    Home,
    /// Begin the registration again.
    Register,
    /// Ask for another mail with the way back to an account.
    Recover,
    /// Sign in.
    SignIn,
    /// Back to the account.
    Account,
}

impl ProblemPage {
    /// A page with a message and a way to the first page.
    #[must_use]
    pub fn new(frame: Frame, says: &'static ProblemWords, way_on: WayOn) -> Self {
        Self {
            words: frame.words,
            frame,
            says,
            way_on,
            wait_s: None,
            reference: None,
            phones: Vec::new(),
        }
    }

    fn wait(&self, seconds: &i64) -> String {
        (self.words.problems.too_many_wait)(*seconds)
    }

    /// One of each look.
    #[must_use]
    pub fn samples(words: &'static Words) -> Vec<Self> {
        let page = |says, way_on| Self::new(sample_frame(), says, way_on);
        let problems = &words.problems;
        vec![
            page(&problems.not_found, WayOn::Home),
            page(&problems.expired_url, WayOn::Register),
            page(&problems.used_url, WayOn::SignIn),
            page(&problems.no_receipt, WayOn::Account),
            page(&problems.recovery_used, WayOn::Recover),
            Self {
                phones: sample_frame().hospitals().to_vec(),
                ..page(&problems.ask_desk, WayOn::Home)
            },
            Self { wait_s: Some(600), ..page(&problems.too_many, WayOn::Home) },
            Self {
                reference: Some("K7F3-92QD".to_owned()),
                ..Self::new(Frame::nowhere(words), &problems.broken, WayOn::Home)
            },
        ]
    }
}
