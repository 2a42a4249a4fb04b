//! Terms, mail address, the mail, its URL.

use super::super::Portal;
use crate::client::Client;
use crate::error::{WebError, while_doing};
use crate::form::{Asked, Fields};
use crate::session::{Cookie, Cookies, give};
use crate::{Reply, Web, page};
use app::register::{Begun, Opened, Resent, SentMail, StartTyped, Started};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::group::GroupSlug;
use domain::mail_address::MailAddress;
use render::pages::portal::{AddressPage, OpenPage, QuestionPage, SentPage, TermsPage, WayOn};
use render::words::JA;
use render::words::problems::ProblemWords;

/// `GET /{group}/new/`
pub async fn terms(portal: Portal) -> Reply {
    page::show(StatusCode::OK, &terms_page(&portal, false))
}

/// `POST /{group}/new/`
pub async fn agree(portal: Portal, fields: Fields) -> Reply {
    if !fields.ticked("agreed") {
        return page::show(StatusCode::UNPROCESSABLE_ENTITY, &terms_page(&portal, true));
    }
    Ok(page::go_to(&portal.at("new/mail?agreed=yes")))
}

fn terms_page(portal: &Portal, not_agreed: bool) -> TermsPage {
    TermsPage {
        words: &JA,
        frame: portal.frame(),
        settle_after_days: portal.0.settle_after_days(),
        terms_version: portal.0.group.terms_version.clone(),
        not_agreed,
    }
}

/// `GET /{group}/new/mail`
pub async fn address(portal: Portal, asked: Asked) -> Reply {
    if !asked.says_yes("agreed") {
        return Ok(page::go_to(&portal.at("new/")));
    }
    page::show(StatusCode::OK, &AddressPage::new(&JA, portal.frame(), String::new(), None))
}

/// `POST /{group}/new/mail`
pub async fn send(
    State(web): State<Web>,
    portal: Portal,
    Client(from): Client,
    fields: Fields,
) -> Reply {
    let typed = StartTyped {
        mail: fields.get("mail"),
        agreed_terms: fields.ticked("agreed"),
        insists: fields.ticked("insists"),
    };
    let outcome = app::register::start(&web.app, portal.slug(), &typed, &from).await;
    let again = |fault| AddressPage::new(&JA, portal.frame(), fields.owned("mail"), fault);
    match outcome.map_err(while_doing("start a registration"))? {
        Started::UnknownGroup => Err(WebError::NotFound),
        Started::TermsNotAgreed => Ok(page::go_to(&portal.at("new/"))),
        Started::Mistake(fault) => {
            page::show(StatusCode::UNPROCESSABLE_ENTITY, &again(Some(fault)))
        }
        Started::DidYouMean(meant) => {
            let (typed, suggested) = (fields.owned("mail"), meant.to_string());
            let question = QuestionPage { words: &JA, frame: portal.frame(), typed, suggested };
            page::show(StatusCode::OK, &question)
        }
        Started::TooMany { try_again_s } => {
            let mut view = again(None);
            view.too_many_s = Some(try_again_s);
            Ok(page::retry_after(page::show(StatusCode::TOO_MANY_REQUESTS, &view)?, try_again_s))
        }
        Started::Sent(mail) => remember(&web, page::go_to(&portal.at("new/sent")), &mail),
    }
}

/// `GET /{group}/new/sent`
pub async fn sent(State(web): State<Web>, portal: Portal, cookies: Cookies, asked: Asked) -> Reply {
    let Some((_, to)) = remembered(&cookies) else { return Ok(page::go_to(&portal.at("new/"))) };
    page::show(
        StatusCode::OK,
        &SentPage { again: asked.says_yes("again"), ..sent_page(&web, &portal, &to) },
    )
}

/// `POST /{group}/new/resend`
pub async fn resend(
    State(web): State<Web>,
    portal: Portal,
    Client(from): Client,
    cookies: Cookies,
) -> Reply {
    let Some((token, to)) = remembered(&cookies) else {
        return Ok(page::go_to(&portal.at("new/")));
    };
    let outcome = app::register::resend(&web.app, &token, &from).await;
    match outcome.map_err(while_doing("send a mail again"))? {
        Resent::Unknown => Ok(page::go_to(&portal.at("new/"))),
        Resent::TooMany { try_again_s } => {
            let view = SentPage { too_many_s: Some(try_again_s), ..sent_page(&web, &portal, &to) };
            Ok(page::retry_after(page::show(StatusCode::TOO_MANY_REQUESTS, &view)?, try_again_s))
        }
        Resent::Sent(mail) => remember(&web, page::go_to(&portal.at("new/sent?again=yes")), &mail),
    }
}

/// `GET /{group}/new/resend`: a reload after too many.
pub async fn to_sent(portal: Portal) -> Response {
    page::go_to(&portal.at("new/sent"))
}

fn sent_page(web: &Web, portal: &Portal, to: &MailAddress) -> SentPage {
    SentPage {
        words: &JA,
        frame: portal.frame(),
        to: to.to_string(),
        application_url_hours: web.app.settings().application_url_hours,
        legacy: to.is_legacy(),
        again: false,
        too_many_s: None,
    }
}

/// Keeps in the browser what the page after the redirect shows. An address in a URL would stand in
/// histories and logs.
fn remember(web: &Web, response: Response, mail: &SentMail) -> Reply {
    let value = format!("{}.{}", mail.state_token, hex::encode(mail.to.to_string()));
    give(web, response, Cookie::Sent, &value)
}

fn remembered(cookies: &Cookies) -> Option<(String, MailAddress)> {
    let (token, address) = cookies.get(Cookie::Sent)?.split_once('.')?;
    let Ok(address) = hex::decode(address) else { return None };
    let Ok(address) = MailAddress::parse(&String::from_utf8_lossy(&address)) else { return None };
    Some((token.to_owned(), address))
}

/// `GET /{group}/new/open/{token}`: looks, and changes nothing.
pub async fn look(
    State(web): State<Web>,
    portal: Portal,
    cookies: Cookies,
    Path((_group, token)): Path<(String, String)>,
) -> Reply {
    let opened = app::register::open(&web.app, &token, cookies.get(Cookie::Registration)).await;
    match opened.map_err(while_doing("look at an application URL"))? {
        Opened::Unknown => unknown(&portal),
        Opened::Expired { group } => {
            ended(&portal, &group, &JA.problems.expired_url, WayOn::Register)
        }
        Opened::Used { group } => ended(&portal, &group, &JA.problems.used_url, WayOn::SignIn),
        Opened::GoOn { group } => go_on(&portal, &group),
        Opened::Ready { group, mail, ends_at: _, session_token } => {
            if group != *portal.slug() {
                return unknown(&portal);
            }
            let view = OpenPage { words: &JA, frame: portal.frame(), mail: mail.to_string() };
            let shown = page::show(StatusCode::OK, &view)?;
            match session_token {
                Some(token) => give(&web, shown, Cookie::Registration, &token),
                None => Ok(shown),
            }
        }
    }
}

/// `POST /{group}/new/open/{token}`: from now on this browser alone can go on.
pub async fn begin(
    State(web): State<Web>,
    portal: Portal,
    cookies: Cookies,
    Path((_group, token)): Path<(String, String)>,
) -> Reply {
    let begun =
        app::register::begin_form(&web.app, &token, cookies.get(Cookie::Registration)).await;
    match begun.map_err(while_doing("open an application URL"))? {
        Begun::Unknown => unknown(&portal),
        Begun::Expired { group } => {
            ended(&portal, &group, &JA.problems.expired_url, WayOn::Register)
        }
        Begun::Used { group } => ended(&portal, &group, &JA.problems.used_url, WayOn::SignIn),
        Begun::Form { group, session_token } => {
            let onward = go_on(&portal, &group)?;
            match session_token {
                Some(token) => give(&web, onward, Cookie::Registration, &token),
                None => Ok(onward),
            }
        }
    }
}

fn unknown(portal: &Portal) -> Reply {
    page::problem(StatusCode::NOT_FOUND, portal.frame(), &JA.problems.unknown_url, WayOn::Register)
}

/// A URL of another group is none of this one.
fn ended(portal: &Portal, group: &GroupSlug, says: &'static ProblemWords, way_on: WayOn) -> Reply {
    if group != portal.slug() {
        return unknown(portal);
    }
    page::problem(StatusCode::GONE, portal.frame(), says, way_on)
}

fn go_on(portal: &Portal, group: &GroupSlug) -> Reply {
    if group != portal.slug() {
        return unknown(portal);
    }
    Ok(page::go_to(&portal.at("new/form")))
}
