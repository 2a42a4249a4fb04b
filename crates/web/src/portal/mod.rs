//! The patients' pages of a group: `/{group}/…`.

pub mod cancel;
pub mod cards;
pub mod help;
pub mod home;
pub mod limits;
pub mod me;
pub mod own_details;
pub mod passwords;
pub mod posters;
pub mod receipts;
pub mod recover;
pub mod register;
pub mod sign_in;
pub mod tax_year;

use crate::error::{WebError, while_doing};
use crate::{Reply, Web, page};
use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect};
use domain::group::{GroupSlug, Hospital};
use domain::policy::Policy;
use render::pages::portal::WayOn;
use render::pages::{Frame, HospitalLine, Service};
use render::words::JA;
use std::collections::HashMap;

/// The group of the address, ready for its pages.
pub struct Portal(pub app::front::Portal);

impl Portal {
    /// Its slug.
    pub fn slug(&self) -> &GroupSlug {
        &self.0.group.slug
    }

    /// An address below the group's own.
    pub fn at(&self, rest: &str) -> String {
        format!("/{}/{rest}", self.slug())
    }

    /// The frame around its pages.
    pub fn frame(&self) -> Frame {
        frame(&self.0)
    }

    /// The same for somebody who is signed in.
    pub fn frame_of_account(&self) -> Frame {
        Frame { signed_in: true, ..self.frame() }
    }
}

impl FromRequestParts<Web> for Portal {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, WebError> {
        let path = Path::<HashMap<String, String>>::from_request_parts(parts, web).await;
        let Path(segments) = path.map_err(|_not_readable| WebError::NotFound)?;
        let segment = segments.get("group").ok_or(WebError::NotFound)?;
        let found =
            app::front::portal(&web.app, segment).await.map_err(while_doing("look up a group"))?;
        found.map(Self).ok_or(WebError::NotFound)
    }
}

fn frame(portal: &app::front::Portal) -> Frame {
    let line = |(hospital, policy): &(Hospital, Option<Policy>)| HospitalLine {
        machine_hours: policy.as_ref().map(app::words::machine_hours),
        ..hospital_line(hospital)
    };
    Frame {
        words: &JA,
        home: format!("/{}/", portal.group.slug),
        service: Some(Service {
            name: portal.group.name.clone(),
            sender_domain: portal.group.sender_domain.clone(),
            hospitals: portal.hospitals.iter().map(line).collect(),
        }),
        signed_in: false,
    }
}

/// Name and telephone of a hospital.
fn hospital_line(hospital: &Hospital) -> HospitalLine {
    HospitalLine {
        code: hospital.code.to_string(),
        name: hospital.name.clone(),
        phone: hospital.phone.clone(),
        phone_hours: hospital.phone_hours.clone(),
        machine_hours: None,
    }
}

/// An address that was typed without its last slash.
pub async fn with_slash(_known: Portal, uri: Uri) -> impl IntoResponse {
    Redirect::permanent(&format!("{}/", uri.path()))
}

/// Any other address. Within a group the page says whom to call.
pub async fn nothing_here(State(web): State<Web>, uri: Uri) -> Reply {
    let segment = uri.path().split('/').nth(1).unwrap_or_default();
    let found =
        app::front::portal(&web.app, segment).await.map_err(while_doing("look up a group"))?;
    let around = found.as_ref().map(frame).ok_or(WebError::NotFound)?;
    page::problem(StatusCode::NOT_FOUND, around, &JA.problems.not_found, WayOn::Home)
}
