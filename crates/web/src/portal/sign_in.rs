//! Signing in and out (FAQ Q14-Q20).

use super::Portal;
use crate::client::Client;
use crate::error::{WebError, while_doing};
use crate::form::{Asked, Fields};
use crate::headers::text;
use crate::session::{Cookie, Cookies, give, take_away};
use crate::{Reply, Web, page};
use app::sign_in::{SignIn, SignInTyped, SignedIn};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use render::pages::portal::{Said, SignInMistake, SignInPage};
use render::words::JA;

/// `GET /{group}/login/`
pub async fn page(State(web): State<Web>, portal: Portal, cookies: Cookies, asked: Asked) -> Reply {
    if signed_in(&web, &portal, &cookies).await?.is_some() {
        return Ok(page::go_to(&portal.at("me/")));
    }
    let said = match asked.get("said") {
        "out" => Some(Said::SignedOut),
        "first" => Some(Said::SignInFirst),
        "password" => Some(Said::PasswordSet { edge_blanks: false }),
        "password-blanks" => Some(Said::PasswordSet { edge_blanks: true }),
        _ => None,
    };
    page::show(StatusCode::OK, &SignInPage { said, ..SignInPage::new(&JA, portal.frame()) })
}

/// `POST /{group}/login/`
pub async fn sign_in(
    State(web): State<Web>,
    portal: Portal,
    Client(from): Client,
    headers: HeaderMap,
    fields: Fields,
) -> Reply {
    let user_agent = headers.get(header::USER_AGENT).and_then(text).unwrap_or_default();
    let typed = SignInTyped {
        user_id: fields.get("user_id"),
        password: fields.get("password"),
        from: &from,
        user_agent,
    };
    let outcome = app::sign_in::sign_in(&web.app, portal.slug(), &typed).await;
    let again = |mistake| SignInPage {
        user_id: fields.owned("user_id"),
        mistakes: vec![mistake],
        ..SignInPage::new(&JA, portal.frame())
    };
    let view = match outcome.map_err(while_doing("sign in"))? {
        SignIn::Ok { session_token } => {
            return give(&web, page::go_to(&portal.at("me/")), Cookie::Session, &session_token);
        }
        SignIn::UnknownGroup => return Err(WebError::NotFound),
        SignIn::TooMany { try_again_s } => {
            let view = SignInPage {
                too_many_s: Some(try_again_s),
                mistakes: Vec::new(),
                ..again(SignInMistake::Refused)
            };
            let shown = page::show(StatusCode::TOO_MANY_REQUESTS, &view)?;
            return Ok(page::retry_after(shown, try_again_s));
        }
        SignIn::MissingUserId => {
            let mut view = again(SignInMistake::MissingUserId);
            if fields.get("password").is_empty() {
                view.mistakes.push(SignInMistake::MissingPassword);
            }
            view
        }
        SignIn::MissingPassword => again(SignInMistake::MissingPassword),
        SignIn::LooksLikePatientNumber => again(SignInMistake::LooksLikePatientNumber),
        SignIn::Refused { password_has_edge_blanks } => {
            SignInPage { edge_blanks: password_has_edge_blanks, ..again(SignInMistake::Refused) }
        }
    };
    page::show(StatusCode::UNPROCESSABLE_ENTITY, &view)
}

/// `POST /{group}/logout`
pub async fn sign_out(State(web): State<Web>, portal: Portal, cookies: Cookies) -> Reply {
    if let Some(token) = cookies.get(Cookie::Session) {
        app::sign_in::sign_out(&web.app, token).await.map_err(while_doing("sign out"))?;
    }
    take_away(&web, page::go_to(&portal.at("login/?said=out")), Cookie::Session)
}

/// `GET /{group}/logout`: a reload or the back button. Nobody is signed out by a link.
pub async fn to_page(portal: Portal) -> Response {
    page::go_to(&portal.at("login/"))
}

/// Sends somebody who is not signed in where they can.
pub fn first(portal: &Portal) -> Response {
    page::go_to(&portal.at("login/?said=first"))
}

/// Who is signed in to this very group.
pub async fn signed_in(
    web: &Web,
    portal: &Portal,
    cookies: &Cookies,
) -> Result<Option<SignedIn>, WebError> {
    let Some(token) = cookies.get(Cookie::Session) else { return Ok(None) };
    let found =
        app::sign_in::session(&web.app, token).await.map_err(while_doing("look up a session"))?;
    Ok(found.filter(|session| session.group == *portal.slug()))
}
