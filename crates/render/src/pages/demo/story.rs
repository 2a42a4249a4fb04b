//! The story, step by step, and the code that makes a browser a kiosk.

use super::DemoFrame;
use crate::words::Words;
use askama::Template;

/// `/demo/`.
#[derive(Template)]
#[template(path = "demo/story.html")]
pub struct StoryPage {
    /// For the skeleton of the page.
    pub words: &'static Words,
    /// Around the page.
    pub demo: DemoFrame,
    /// In order.
    pub steps: Vec<StoryStep>,
    /// Where the demo keeps its data.
    pub folder: String,
}

/// One step.
#[derive(Clone, Debug)]
pub struct StoryStep {
    /// What happens.
    pub title: &'static str,
    /// How, in one or two sentences.
    pub text: String,
    /// Where to go.
    pub link: &'static str,
    /// What the button says.
    pub button: &'static str,
    /// Whether the data say that it has happened.
    pub done: bool,
}

impl StoryPage {
    /// Each step, and whether it is the first that has not happened.
    #[must_use]
    pub fn rows(&self) -> Vec<(&StoryStep, bool)> {
        let next = self.steps.iter().position(|step| !step.done);
        self.steps.iter().enumerate().map(|(index, step)| (step, Some(index) == next)).collect()
    }
}

/// `/demo/kiosk/`: a code for the machine page.
#[derive(Template)]
#[template(path = "demo/kiosk.html")]
pub struct KioskPage {
    /// For the skeleton of the page.
    pub words: &'static Words,
    /// Around the page.
    pub demo: DemoFrame,
    /// Code and name of each hospital.
    pub hospitals: Vec<(String, String)>,
    /// The code that was just made, and the code of its hospital.
    pub code: Option<(String, String)>,
}

#[cfg(test)]
impl StoryPage {
    pub(super) fn sample() -> Self {
        let step = |title, done| StoryStep {
            title,
            text: "診察券の番号を打ちます。".to_owned(),
            link: "/machine/",
            button: "受付機をひらく",
            done,
        };
        Self {
            words: &crate::words::JA,
            demo: super::sample_frame(),
            steps: vec![step("登録する", true), step("受付機に通す", false)],
            folder: "atobarai-demo".to_owned(),
        }
    }
}

#[cfg(test)]
impl KioskPage {
    pub(super) fn sample() -> Self {
        Self {
            words: &crate::words::JA,
            demo: super::sample_frame(),
            hospitals: vec![("shimin".to_owned(), "市民病院".to_owned())],
            code: Some(("ACDE-FGHJ".to_owned(), "shimin".to_owned())),
        }
    }
}
