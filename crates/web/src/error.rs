//! Requests that do not end in a page meant for them. A form with a mistake is no such thing: its
//! handler shows the page again.
//!
//! Handlers and layers only say what happened, as a value in the response's extensions; [`as_pages`]
//! turns it into a page, and logs what an operator must see, once, with the number on the page.

use crate::{Web, page};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use render::pages::Frame;
use render::pages::machine::FaultPage;
use render::pages::portal::{ProblemPage, WayOn};
use render::words::JA;
use render::words::problems::ProblemWords;
use std::any::Any;
use std::error::Error;
use std::sync::Arc;
use tower_http::csrf::ProtectionError;

/// A request that did not end in a page meant for it.
#[derive(Debug, thiserror::Error)]
pub enum WebError {
    /// Nothing here, or nothing that this visitor may know of.
    #[error("not found")]
    NotFound,
    /// The body is larger than any form of ours.
    #[error("the request is too large")]
    TooLarge,
    /// It took longer than a visitor waits.
    #[error("the request took too long")]
    TooSlow,
    /// Something broke that the visitor can do nothing about.
    #[error("could not {doing}")]
    Broken {
        /// As in "start a registration".
        doing: &'static str,
        /// For the log, never for the page.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
}

/// For `map_err`: says what was being done when something broke.
pub fn while_doing<E: Error + Send + Sync + 'static>(
    doing: &'static str,
) -> impl FnOnce(E) -> WebError {
    move |source| WebError::Broken { doing, source: Box::new(source) }
}

#[derive(Clone)]
struct Happened(Arc<WebError>);

#[derive(Clone)]
struct Panicked(String);

impl IntoResponse for WebError {
    fn into_response(self) -> Response {
        let status = match &self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::SERVICE_UNAVAILABLE,
            Self::Broken { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let mut response = status.into_response();
        response.extensions_mut().insert(Happened(Arc::new(self)));
        response
    }
}

/// The answer to a request whose handler panicked: a broken promise of our own code, which stops the
/// request and not the process.
pub fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let text = panic.downcast_ref::<String>().cloned();
    let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
    let mut response = StatusCode::INTERNAL_SERVER_ERROR.into_response();
    response.extensions_mut().insert(Panicked(text.unwrap_or_default()));
    response
}

/// Stops a request that takes too long. A transaction that has begun goes on to its end.
pub async fn in_time(State(web): State<Web>, request: Request, next: Next) -> Response {
    let answer = tokio::time::timeout(web.settings.request_timeout, next.run(request)).await;
    answer.unwrap_or_else(|_elapsed| WebError::TooSlow.into_response())
}

/// Makes a page of what only says what happened.
pub async fn as_pages(State(web): State<Web>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let at_machine = crate::machine::owns(request.uri().path());
    let response = next.run(request).await;
    let Some((says, reference)) = judge(&web, &response) else { return response };
    let allow = response.headers().get(header::ALLOW).cloned();
    let filled_in = if at_machine {
        page::show(response.status(), &FaultPage::new(&JA, reference))
    } else {
        let page =
            ProblemPage { reference, ..ProblemPage::new(Frame::nowhere(&JA), says, WayOn::Home) };
        page::show(response.status(), &page)
    };
    let Ok(mut shown) = filled_in else {
        tracing::error!(%method, "the page that tells of an error could not be filled in");
        return response;
    };
    if let Some(allow) = allow {
        shown.headers_mut().insert(header::ALLOW, allow);
    }
    shown
}

fn judge(web: &Web, response: &Response) -> Option<(&'static ProblemWords, Option<String>)> {
    let problems = &JA.problems;
    let extensions = response.extensions();
    if let Some(Happened(error)) = extensions.get() {
        return Some(match error.as_ref() {
            WebError::NotFound => (&problems.not_found, None),
            WebError::TooLarge => (&problems.too_large, None),
            WebError::TooSlow => {
                tracing::warn!("a request took too long");
                (&problems.too_slow, None)
            }
            WebError::Broken { .. } => (&problems.broken, Some(log(web, &chain(error.as_ref())))),
        });
    }
    if let Some(Panicked(text)) = extensions.get() {
        return Some((&problems.broken, Some(log(web, &format!("panic: {text}")))));
    }
    if extensions.get::<ProtectionError>().is_some() {
        return Some((&problems.refused, None));
    }
    match response.status() {
        StatusCode::METHOD_NOT_ALLOWED => Some((&problems.not_found, None)),
        StatusCode::PAYLOAD_TOO_LARGE => Some((&problems.too_large, None)),
        _ => None,
    }
}

/// Writes one line for the operator; gives the number that stands on the page.
fn log(web: &Web, what: &str) -> String {
    let reference = hex::encode_upper(web.app.ids().bytes::<4>());
    tracing::error!(reference, "{what}");
    reference
}

/// An error with its causes, in one line.
fn chain(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        line.push_str(": ");
        line.push_str(&error.to_string());
        cause = error.source();
    }
    line
}
