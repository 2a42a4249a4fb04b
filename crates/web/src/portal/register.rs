//! Registration (FAQ Q02, Q10-Q20, Q24), page by page in the order in which a patient sees them.

mod card;
mod details;
mod start;

pub use card::{card, card_back, done, start_card};
pub(super) use card::{card_away, refusal};
pub(super) use details::{at, fault, form_typed, own_as_typed, typed_again};
pub use details::{check, fill_in, form};
pub use start::{address, agree, begin, look, resend, send, sent, terms, to_sent};

use super::{Portal, hospital_line};
use crate::{Reply, page};
use axum::http::StatusCode;
use domain::group::Hospital;
use render::pages::portal::{ProblemPage, WayOn};
use render::words::JA;

/// No registration is under way in this browser.
fn no_session(portal: &Portal) -> Reply {
    page::problem(StatusCode::GONE, portal.frame(), &JA.problems.no_session, WayOn::Register)
}

/// The windows must look at it: telephone numbers, and nothing of why.
fn ask_desk(portal: &Portal, hospitals: &[Hospital]) -> Reply {
    let plain = ProblemPage::new(portal.frame(), &JA.problems.ask_desk, WayOn::Home);
    let phones = hospitals.iter().map(hospital_line).collect();
    page::show(StatusCode::OK, &ProblemPage { phones, ..plain })
}
