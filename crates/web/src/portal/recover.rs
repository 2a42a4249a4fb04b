//! The way back for those who have forgotten user ID or password (FAQ Q15, Q18).

use super::Portal;
use crate::client::Client;
use crate::error::{WebError, while_doing};
use crate::form::Fields;
use crate::session::{Cookie, Cookies, give, take_away};
use crate::{Reply, Web, page};
use app::recover::{self, Asked, CodeEntered, Link, PasswordSet};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use render::pages::portal::{
    CodeMistake, NewPasswordPage, RecoverOpenPage, RecoverPage, RecoverSentPage, WayOn,
};
use render::words::JA;

/// `GET /{group}/forgotten/`
pub async fn ask_page(portal: Portal) -> Reply {
    page::show(StatusCode::OK, &RecoverPage::new(&JA, portal.frame()))
}

/// `POST /{group}/forgotten/`
pub async fn ask(
    State(web): State<Web>,
    portal: Portal,
    Client(from): Client,
    fields: Fields,
) -> Reply {
    let asked = recover::ask(&web.app, portal.slug(), fields.get("mail"), &from).await;
    let again =
        || RecoverPage { typed: fields.owned("mail"), ..RecoverPage::new(&JA, portal.frame()) };
    match asked.map_err(while_doing("send a recovery mail"))? {
        Asked::UnknownGroup => Err(WebError::NotFound),
        Asked::Mistake(fault) => {
            let view = RecoverPage { mistake: Some(fault), ..again() };
            page::show(StatusCode::UNPROCESSABLE_ENTITY, &view)
        }
        Asked::TooMany { try_again_s } => {
            let view = RecoverPage { too_many_s: Some(try_again_s), ..again() };
            Ok(page::retry_after(page::show(StatusCode::TOO_MANY_REQUESTS, &view)?, try_again_s))
        }
        Asked::Sent { to, browser_token } => {
            // An address in a URL would stand in histories and logs.
            let value = format!("{browser_token}.{}", hex::encode(to.to_string()));
            give(&web, page::go_to(&portal.at("forgotten/sent")), Cookie::Recovery, &value)
        }
    }
}

/// `GET /{group}/forgotten/sent`
pub async fn sent(portal: Portal, cookies: Cookies) -> Reply {
    if browser_token(&cookies).is_none() {
        return Ok(page::go_to(&portal.at("forgotten/")));
    }
    page::show(StatusCode::OK, &sent_page(&portal, &cookies, None))
}

/// `GET /{group}/forgotten/code`: a reload.
pub async fn to_sent(portal: Portal) -> Response {
    page::go_to(&portal.at("forgotten/sent"))
}

/// `POST /{group}/forgotten/code`
pub async fn enter_code(
    State(web): State<Web>,
    portal: Portal,
    Client(from): Client,
    cookies: Cookies,
    fields: Fields,
) -> Reply {
    let Some(token) = browser_token(&cookies) else {
        return Ok(page::go_to(&portal.at("forgotten/")));
    };
    let entered =
        recover::enter_code(&web.app, portal.slug(), token, fields.get("code"), &from).await;
    let mistake = match entered.map_err(while_doing("compare a code"))? {
        CodeEntered::Nothing => return over(&portal),
        CodeEntered::Right => return Ok(page::go_to(&portal.at("forgotten/password"))),
        CodeEntered::TooMany { try_again_s } => {
            let plain = sent_page(&portal, &cookies, None);
            let view = RecoverSentPage { too_many_s: Some(try_again_s), ..plain };
            let shown = page::show(StatusCode::TOO_MANY_REQUESTS, &view)?;
            return Ok(page::retry_after(shown, try_again_s));
        }
        CodeEntered::NotACode => CodeMistake::NotACode,
        CodeEntered::Wrong => CodeMistake::Wrong,
        CodeEntered::TooManyWrong => CodeMistake::TooOften,
    };
    page::show(StatusCode::UNPROCESSABLE_ENTITY, &sent_page(&portal, &cookies, Some(mistake)))
}

/// `GET /{group}/forgotten/open/{token}`: looks, and changes nothing.
pub async fn look(
    State(web): State<Web>,
    portal: Portal,
    cookies: Cookies,
    Path((_group, token)): Path<(String, String)>,
) -> Reply {
    let link = recover::look(&web.app, portal.slug(), &token, browser_token(&cookies)).await;
    follow(&web, &portal, link.map_err(while_doing("look at a recovery link"))?)
}

/// `POST /{group}/forgotten/open/{token}`: from now on this browser alone can go on.
pub async fn open(
    State(web): State<Web>,
    portal: Portal,
    cookies: Cookies,
    Path((_group, token)): Path<(String, String)>,
) -> Reply {
    let link = recover::open(&web.app, portal.slug(), &token, browser_token(&cookies)).await;
    follow(&web, &portal, link.map_err(while_doing("open a recovery link"))?)
}

fn follow(web: &Web, portal: &Portal, link: Link) -> Reply {
    let over = |status, says| page::problem(status, portal.frame(), says, WayOn::Recover);
    let (shown, browser_token) = match link {
        Link::Unknown => return over(StatusCode::NOT_FOUND, &JA.problems.recovery_over),
        Link::Expired => return over(StatusCode::GONE, &JA.problems.recovery_over),
        Link::Used => return over(StatusCode::GONE, &JA.problems.recovery_used),
        Link::Ready { browser_token } => {
            let view = RecoverOpenPage { words: &JA, frame: portal.frame() };
            (page::show(StatusCode::OK, &view)?, browser_token)
        }
        Link::GoOn { browser_token } => {
            (page::go_to(&portal.at("forgotten/password")), browser_token)
        }
    };
    match browser_token {
        Some(token) => give(web, shown, Cookie::Recovery, &token),
        None => Ok(shown),
    }
}

/// `GET /{group}/forgotten/password`
pub async fn password_page(State(web): State<Web>, portal: Portal, cookies: Cookies) -> Reply {
    let Some(token) = browser_token(&cookies) else { return over(&portal) };
    let may = recover::may_choose(&web.app, portal.slug(), token).await;
    if !may.map_err(while_doing("look up a recovery"))? {
        return over(&portal);
    }
    let view = NewPasswordPage { words: &JA, frame: portal.frame(), mistake: None };
    page::show(StatusCode::OK, &view)
}

/// `POST /{group}/forgotten/password`
pub async fn set_password(
    State(web): State<Web>,
    portal: Portal,
    cookies: Cookies,
    fields: Fields,
) -> Reply {
    let Some(token) = browser_token(&cookies) else { return over(&portal) };
    let typed = (fields.get("password"), fields.get("password_again"));
    let set = recover::set_password(&web.app, portal.slug(), token, typed).await;
    match set.map_err(while_doing("set a password"))? {
        PasswordSet::Nothing => over(&portal),
        PasswordSet::Mistake(fault) => {
            let view = NewPasswordPage { words: &JA, frame: portal.frame(), mistake: Some(fault) };
            page::show(StatusCode::UNPROCESSABLE_ENTITY, &view)
        }
        PasswordSet::Done { edge_blanks } => {
            let said = if edge_blanks { "password-blanks" } else { "password" };
            let onward = page::go_to(&portal.at(&format!("login/?said={said}")));
            take_away(&web, take_away(&web, onward, Cookie::Session)?, Cookie::Recovery)
        }
    }
}

fn over(portal: &Portal) -> Reply {
    page::problem(StatusCode::GONE, portal.frame(), &JA.problems.recovery_over, WayOn::Recover)
}

fn sent_page(portal: &Portal, cookies: &Cookies, mistake: Option<CodeMistake>) -> RecoverSentPage {
    RecoverSentPage {
        words: &JA,
        frame: portal.frame(),
        to: address(cookies),
        minutes: recover::MINUTES,
        mistake,
        too_many_s: None,
    }
}

/// The cookie holds the token, and behind a dot the address where this browser has typed it.
fn browser_token(cookies: &Cookies) -> Option<&str> {
    cookies.get(Cookie::Recovery)?.split('.').next()
}

fn address(cookies: &Cookies) -> Option<String> {
    let (_, address) = cookies.get(Cookie::Recovery)?.split_once('.')?;
    let Ok(address) = hex::decode(address) else { return None };
    Some(String::from_utf8_lossy(&address).into_owned())
}
