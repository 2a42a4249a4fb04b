//! Answers: a page, a redirect after a form, a page that says what did not work.

use crate::error::{WebError, while_doing};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use render::pages::portal::{ProblemPage, WayOn};
use render::pages::{Frame, Page, html};
use render::words::problems::ProblemWords;

/// What a handler returns.
pub type Reply = Result<Response, WebError>;

/// Answers with a page.
///
/// # Errors
///
/// The template could not be filled in.
pub fn show(status: StatusCode, page: &impl Page) -> Reply {
    let html = html(page).map_err(while_doing("fill in a page"))?;
    Ok((status, Html(html)).into_response())
}

/// Sends the browser on after a form, so that going back or reloading sends nothing twice.
#[must_use]
pub fn go_to(address: &str) -> Response {
    Redirect::to(address).into_response()
}

/// Answers with a page of one message.
///
/// # Errors
///
/// The template could not be filled in.
pub fn problem(
    status: StatusCode,
    frame: Frame,
    says: &'static ProblemWords,
    way_on: WayOn,
) -> Reply {
    show(status, &ProblemPage::new(frame, says, way_on))
}

/// Says in the header, too, after how many seconds another try may succeed.
#[must_use]
pub fn retry_after(mut response: Response, seconds: i64) -> Response {
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds.max(1)));
    response
}
