//! The pages: one view struct for each, with its template beside it in `templates/`.
//!
//! How a surface is built from this:
//!
//! - `templates/base.html` is the skeleton of every page: language, style sheet, icons, skip link and
//!   the blocks `title`, `body_class`, `header`, `main` and `footer`. It needs a field `words` of the
//!   view and nothing else. The portal fills header and footer in `templates/portal/page.html`, which
//!   needs a [`Frame`] named `frame`; another surface writes a layout of its own beside it.
//! - [`parts`] holds what pages are made of: [`parts::Input`] with `templates/parts/input.html`,
//!   [`parts::Choices`] with `parts/choices.html`, [`parts::Mistake`] with `parts/summary.html`.
//! - Style classes for reuse: `button` (`second`, `plain`), `card`, `note` (`good`, `bad`), `facts`,
//!   `numbered`, `big`, `copy`, `steps`, `tiles`, `state`, `summary`, `field`, `choice`; see
//!   `assets/atobarai.css`. No inline styles and no scripts: the security policy allows neither.
//! - Each view has `samples()`: one of each look, rendered and checked by a test in `tests.rs`.

pub mod demo;
pub mod machine;
pub mod parts;
pub mod portal;

use crate::RenderError;
use crate::words::Words;

/// A view with its template.
pub use askama::Template as Page;

/// What the portal's frame around a page shows.
#[derive(Clone)]
pub struct Frame {
    /// The visitor's language.
    pub words: &'static Words,
    /// Where the page belongs: `/okayama/`; `/` where it belongs nowhere.
    pub home: String,
    /// The group and whom to call; nothing on pages that belong nowhere.
    pub service: Option<Service>,
    /// Whether the page offers to sign out.
    pub signed_in: bool,
}

/// A group as its pages show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// The group's name.
    pub name: String,
    /// Comes after the @ of our mails.
    pub sender_domain: String,
    /// In the order in which they are shown.
    pub hospitals: Vec<HospitalLine>,
}

/// A hospital as pages show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HospitalLine {
    /// In forms and addresses.
    pub code: String,
    /// As patients read it.
    pub name: String,
    /// As printed, with hyphens.
    pub phone: String,
    /// When the telephone is answered.
    pub phone_hours: String,
    /// When kiosk and receipt machine work; nothing where that is not known here.
    pub machine_hours: Option<String>,
}

impl HospitalLine {
    /// For a link that dials: digits only.
    #[must_use]
    pub fn phone_digits(&self) -> String {
        self.phone.chars().filter(char::is_ascii_digit).collect()
    }
}

/// Fills in a page.
///
/// # Errors
///
/// The template could not be filled in.
pub fn html(page: &impl Page) -> Result<String, RenderError> {
    page.render().map_err(RenderError::of("pages"))
}

impl Frame {
    /// The frame of a page that belongs to no group.
    #[must_use]
    pub fn nowhere(words: &'static Words) -> Self {
        Self { words, home: "/".to_owned(), service: None, signed_in: false }
    }

    /// Names of the hospitals, one after another.
    #[must_use]
    pub fn hospital_names(&self) -> String {
        let names: Vec<_> = self.hospitals().iter().map(|hospital| hospital.name.clone()).collect();
        crate::format::listed(&names)
    }

    /// The hospitals; none on pages that belong nowhere.
    #[must_use]
    pub fn hospitals(&self) -> &[HospitalLine] {
        self.service.as_ref().map_or(&[], |service| &service.hospitals)
    }

    /// The name behind each title.
    #[must_use]
    pub fn site(&self) -> &str {
        self.service.as_ref().map_or(self.words.common.service, |service| &service.name)
    }

    /// What comes after the @ of our mails.
    #[must_use]
    pub fn sender_domain(&self) -> &str {
        self.service.as_ref().map_or("", |service| &service.sender_domain)
    }
}

#[cfg(test)]
mod tests;
