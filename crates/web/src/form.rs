//! Forms and queries as browsers send them. A field that is missing is empty, and what cannot be
//! read is no field: the visitor gets a page that says what to do, never a parser's message.

use crate::error::WebError;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form, FromRequest, FromRequestParts, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::IntoResponse;
use std::convert::Infallible;

/// The fields of a form.
#[derive(Clone, Debug, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// What a field holds, exactly as sent; the first where there are several of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        find(&self.0, name)
    }

    /// The same, to be kept.
    #[must_use]
    pub fn owned(&self, name: &str) -> String {
        self.get(name).to_owned()
    }

    /// Whether a box was ticked.
    #[must_use]
    pub fn ticked(&self, name: &str) -> bool {
        self.get(name) == "yes"
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = WebError;

    async fn from_request(request: Request, state: &S) -> Result<Self, WebError> {
        match Form::<Vec<(String, String)>>::from_request(request, state).await {
            Ok(Form(fields)) => Ok(Self(fields)),
            Err(rejection) => after(rejection),
        }
    }
}

fn after(rejection: FormRejection) -> Result<Fields, WebError> {
    if rejection.into_response().status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Err(WebError::TooLarge);
    }
    Ok(Fields::default())
}

/// What stands behind the question mark.
#[derive(Clone, Debug, Default)]
pub struct Asked(Vec<(String, String)>);

impl Asked {
    /// What a part of the query holds.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        find(&self.0, name)
    }

    /// Whether a part of the query says yes.
    #[must_use]
    pub fn says_yes(&self, name: &str) -> bool {
        self.get(name) == "yes"
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(match Query::try_from_uri(&parts.uri) {
            Ok(Query(found)) => Self(found),
            Err(_unreadable) => Self::default(),
        })
    }
}

fn find<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    fields.iter().find(|(other, _)| other == name).map_or("", |(_, value)| value)
}
