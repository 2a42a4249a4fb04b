//! The kiosk in a full-screen browser: `/machine/…`.
//!
//! Whoever has the cookie of an enrolled kiosk gets the kiosk's screens; everybody else gets the page
//! that enrols a machine. No address holds anything about a patient: what came of a swipe is carried
//! from the answer to the screen by a cookie of one minute ([`shown`]).

pub mod enrol;
pub mod screens;
mod shown;
pub mod slip;
pub mod swipe;

use crate::Web;
use crate::error::{WebError, while_doing};
use crate::session::{Cookie, Cookies};
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::Redirect;
use domain::machine::{Machine, MachineKind};
use render::pages::machine::Place;

/// The first screen.
pub const HOME: &str = "/machine/";

/// Whether an address belongs to machines: their screens have a script, and errors of their own.
#[must_use]
pub fn owns(path: &str) -> bool {
    path.starts_with(HOME)
}

/// Who asks.
pub enum Asking {
    /// An enrolled kiosk, with the token that it brought.
    Kiosk(Machine, String),
    /// A machine that was enrolled as something else.
    OtherKind(Machine),
    /// A machine that is not known, or was shut out.
    Nobody,
}

impl FromRequestParts<Web> for Asking {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, WebError> {
        let Ok(cookies) = Cookies::from_request_parts(parts, web).await;
        let Some(token) = cookies.get(Cookie::Machine) else { return Ok(Self::Nobody) };
        let known = app::machines::machine(&web.app, token)
            .await
            .map_err(while_doing("look up a machine"))?;
        Ok(known.map_or(Self::Nobody, |machine| match machine.kind {
            MachineKind::EntryKiosk => Self::Kiosk(machine, token.to_owned()),
            MachineKind::ReceiptMachine => Self::OtherKind(machine),
        }))
    }
}

impl Asking {
    /// The kiosk; `None` for everybody else.
    fn kiosk(self) -> Option<Machine> {
        match self {
            Self::Kiosk(machine, _) => Some(machine),
            Self::OtherKind(_) | Self::Nobody => None,
        }
    }
}

/// An address without its last slash.
pub async fn with_slash() -> Redirect {
    Redirect::permanent(HOME)
}

/// `GET` of an address that only takes forms: a reload, or the back button.
pub async fn to_home() -> Redirect {
    Redirect::to(HOME)
}

/// What each screen shows around what it says.
fn shown_place(place: &app::machines::Place) -> Place {
    Place { hospital: place.hospital.name.clone(), hours: place.hours.clone() }
}
