//! Cookies. Behind HTTPS they bear the prefix `__Host-`, so that no neighbouring host can set them;
//! scripts cannot read them, and forms of other sites do not carry them.

use crate::Web;
use crate::error::WebError;
use crate::headers::text;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use std::convert::Infallible;

/// The cookies that exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookie {
    /// A signed-in account.
    Session,
    /// A registration whose URL this browser has opened.
    Registration,
    /// The mail that this browser has asked for: `{state token}.{address in hexadecimal}`.
    Sent,
    /// A recovery that this browser has asked for or opened: `{token}.{address in hexadecimal}`, or the token alone.
    Recovery,
    /// An enrolled machine.
    Machine,
    /// What came of the last swipe at this kiosk, for one screen: `machine::shown`.
    MachineShown,
}

impl Cookie {
    fn name(self, https: bool) -> &'static str {
        match (self, https) {
            (Self::Session, true) => "__Host-session",
            (Self::Session, false) => "session",
            (Self::Registration, true) => "__Host-registration",
            (Self::Registration, false) => "registration",
            (Self::Sent, true) => "__Host-sent",
            (Self::Sent, false) => "sent",
            (Self::Recovery, true) => "__Host-recovery",
            (Self::Recovery, false) => "recovery",
            (Self::Machine, true) => "__Host-machine",
            (Self::Machine, false) => "machine",
            (Self::MachineShown, true) => "__Host-machine-shown",
            (Self::MachineShown, false) => "machine-shown",
        }
    }

    /// Seconds that the browser keeps it; `None`: until it is closed. What it opens ends on our side.
    const fn kept_s(self) -> Option<u32> {
        match self {
            Self::Session => None,
            Self::Registration | Self::Sent => Some(24 * 3_600),
            Self::Recovery => Some(3_600),
            // Browsers keep nothing longer than 400 days; it is given anew with each first screen.
            Self::Machine => Some(400 * 24 * 3_600),
            Self::MachineShown => Some(60),
        }
    }
}

/// The cookies that a request brought.
#[derive(Clone, Debug)]
pub struct Cookies {
    headers: HeaderMap,
    https: bool,
}

impl Cookies {
    /// What a cookie holds.
    #[must_use]
    pub fn get(&self, cookie: Cookie) -> Option<&str> {
        let wanted = cookie.name(self.https);
        let lines = self.headers.get_all(header::COOKIE).iter().filter_map(text);
        let pairs =
            lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs
            .filter(|(name, value)| *name == wanted && !value.is_empty())
            .map(|(_, value)| value)
            .next()
    }
}

impl FromRequestParts<Web> for Cookies {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Infallible> {
        Ok(Self { headers: parts.headers.clone(), https: is_https(web) })
    }
}

/// Whether patients reach us by HTTPS.
#[must_use]
pub fn is_https(web: &Web) -> bool {
    web.app.settings().public_url.starts_with("https://")
}

/// Gives the browser a cookie. The value is one of our tokens.
///
/// # Errors
///
/// The value cannot stand in a header.
pub fn give(
    web: &Web,
    response: Response,
    cookie: Cookie,
    value: &str,
) -> Result<Response, WebError> {
    let kept = cookie.kept_s().map(|seconds| format!("; Max-Age={seconds}")).unwrap_or_default();
    set(web, response, cookie, &format!("{value}{kept}"))
}

/// Takes a cookie away from the browser.
///
/// # Errors
///
/// None in practice; the signature is that of [`give`].
pub fn take_away(web: &Web, response: Response, cookie: Cookie) -> Result<Response, WebError> {
    set(web, response, cookie, "; Max-Age=0")
}

fn set(
    web: &Web,
    mut response: Response,
    cookie: Cookie,
    rest: &str,
) -> Result<Response, WebError> {
    let https = is_https(web);
    let secure = if https { "; Secure" } else { "" };
    let line = format!("{}={rest}; Path=/; HttpOnly; SameSite=Lax{secure}", cookie.name(https));
    let value = HeaderValue::from_str(&line).map_err(crate::error::while_doing("give a cookie"))?;
    response.headers_mut().append(header::SET_COOKIE, value);
    Ok(response)
}
