//! Registration, from a mail address to an account (FAQ Q02, Q10-Q20, Q24).
//!
//! ```text
//! start ──mail──▶ open (looks only) ─▶ begin_form ─▶ fill_in ─▶ start_card ─▶ card_back
//!                 ▲ resend                            ▲ again while not completed
//! ```
//!
//! Each step needs what the step before gave: the URL from the mail, then the token of the browser
//! that opened it. No answer tells whether a mail address or a patient number is known here.

mod card;
mod complete;
mod forget;
mod form;
mod open;
mod outcomes;
mod start;
mod typed;

pub use card::{card_back, start_card};
pub(crate) use complete::all_usable_from;
pub(crate) use forget::promise as forget_at_gateway;
pub use forget::{FORGET_CARD, ForgottenCard, forget_card};
pub(crate) use form::own_details;
pub use form::{fill_in, form};
pub use open::{begin_form, open};
pub use outcomes::{
    Begun, CardBack, CardRefusal, CardStart, CompletedRegistration, Field, FieldFault, FilledIn,
    FormPage, Front, Opened, Resent, SentMail, StartTyped, Started, UsableFrom,
};
pub use start::{resend, start};
pub use store::registrations::Draft;
pub use typed::{FormTyped, PatientTyped};

/// Version of the text by which the payer lets later visits be charged to the card. It is kept with
/// each card; a change of the text needs a new version.
pub const MANDATE_TEXT_VERSION: &str = "2026-11";
