//! The card at the gateway's own page, and the end of a registration.

use super::super::Portal;
use super::{ask_desk, no_session};
use crate::error::while_doing;
use crate::form::Asked;
use crate::session::{Cookie, Cookies};
use crate::{Reply, Web, page};
use app::register::{self, CardBack, CardRefusal, CardStart, CompletedRegistration, FormPage};
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use render::pages::portal::{
    CardAwayPage, CardPage, CardRefusedPage, DonePage, ProblemPage, WayOn,
};
use render::words::JA;
use render::words::card::CardRefusal as Refusal;

/// `GET /{group}/new/card`
pub async fn card(State(web): State<Web>, portal: Portal, cookies: Cookies, asked: Asked) -> Reply {
    let Some(token) = cookies.get(Cookie::Registration) else { return no_session(&portal) };
    let found = register::form(&web.app, token).await.map_err(while_doing("show the card step"))?;
    match found {
        FormPage::NoSession => no_session(&portal),
        FormPage::AlreadyCompleted(_) => Ok(page::go_to(&portal.at("new/done"))),
        FormPage::AskDesk(hospitals) => ask_desk(&portal, &hospitals),
        FormPage::Form { draft: None, .. } => Ok(page::go_to(&portal.at("new/form"))),
        FormPage::Form { front, .. } if front.group.slug != *portal.slug() => no_session(&portal),
        FormPage::Form { .. } => {
            let view = CardPage {
                words: &JA,
                frame: portal.frame(),
                gateway_name: web.settings.gateway_name.clone(),
                not_finished: asked.says_yes("unfinished"),
            };
            page::show(StatusCode::OK, &view)
        }
    }
}

/// `POST /{group}/new/card`
pub async fn start_card(State(web): State<Web>, portal: Portal, cookies: Cookies) -> Reply {
    let Some(token) = cookies.get(Cookie::Registration) else { return no_session(&portal) };
    let outcome = register::start_card(&web.app, token).await;
    match outcome.map_err(while_doing("start the card step"))? {
        CardStart::NoSession => no_session(&portal),
        CardStart::FormFirst => Ok(page::go_to(&portal.at("new/form"))),
        CardStart::AlreadyCompleted(_) => Ok(page::go_to(&portal.at("new/done"))),
        CardStart::AskDesk(hospitals) => ask_desk(&portal, &hospitals),
        CardStart::TooMany { try_again_s } => {
            let plain = ProblemPage::new(portal.frame(), &JA.problems.too_many, WayOn::Home);
            let view = ProblemPage { wait_s: Some(try_again_s), ..plain };
            Ok(page::retry_after(page::show(StatusCode::TOO_MANY_REQUESTS, &view)?, try_again_s))
        }
        CardStart::GatewayAway => away(&portal, portal.at("new/card")),
        CardStart::GoTo { url } => Ok(page::go_to(&url)),
    }
}

/// `GET /{group}/new/card/back`: the gateway sends the browser here.
pub async fn card_back(
    State(web): State<Web>,
    portal: Portal,
    cookies: Cookies,
    asked: Asked,
    RawQuery(query): RawQuery,
) -> Reply {
    let Some(token) = cookies.get(Cookie::Registration) else { return no_session(&portal) };
    let outcome = register::card_back(&web.app, token, asked.get("setup")).await;
    match outcome.map_err(while_doing("take a card"))? {
        CardBack::NoSession => no_session(&portal),
        CardBack::NotFinished => Ok(page::go_to(&portal.at("new/card?unfinished=yes"))),
        CardBack::GatewayAway => {
            away(&portal, portal.at(&format!("new/card/back?{}", query.unwrap_or_default())))
        }
        CardBack::Refused { reason } => {
            let view =
                CardRefusedPage { words: &JA, frame: portal.frame(), refusal: refusal(reason) };
            page::show(StatusCode::OK, &view)
        }
        CardBack::AskDesk(hospitals) => ask_desk(&portal, &hospitals),
        CardBack::AlreadyRegistered => page::problem(
            StatusCode::OK,
            portal.frame(),
            &JA.problems.already_registered,
            WayOn::SignIn,
        ),
        CardBack::Completed(_) => Ok(page::go_to(&portal.at("new/done"))),
    }
}

fn away(portal: &Portal, look_again: String) -> Reply {
    card_away(CardAwayPage { words: &JA, frame: portal.frame(), look_again, registering: true })
}

pub fn card_away(view: CardAwayPage) -> Reply {
    page::show(StatusCode::SERVICE_UNAVAILABLE, &view)
}

pub const fn refusal(reason: CardRefusal) -> Refusal {
    match reason {
        CardRefusal::Debit
        | CardRefusal::Prepaid
        | CardRefusal::UnknownFunding
        | CardRefusal::KindNotTaken => Refusal::Kind,
        CardRefusal::NotAuthenticated => Refusal::NotAuthenticated,
        CardRefusal::Declined => Refusal::Declined,
        CardRefusal::Expired => Refusal::Expired,
    }
}

/// `GET /{group}/new/done`: stays reachable for as long as the browser keeps its cookie.
pub async fn done(State(web): State<Web>, portal: Portal, cookies: Cookies) -> Reply {
    let Some(token) = cookies.get(Cookie::Registration) else { return no_session(&portal) };
    let found = register::form(&web.app, token)
        .await
        .map_err(while_doing("show the end of a registration"))?;
    match found {
        FormPage::NoSession => no_session(&portal),
        FormPage::AskDesk(hospitals) => ask_desk(&portal, &hospitals),
        FormPage::Form { .. } => Ok(page::go_to(&portal.at("new/form"))),
        FormPage::AlreadyCompleted(completed) if completed.group != *portal.slug() => {
            no_session(&portal)
        }
        FormPage::AlreadyCompleted(completed) => {
            page::show(StatusCode::OK, &done_page(&portal, *completed))
        }
    }
}

fn done_page(portal: &Portal, completed: CompletedRegistration) -> DonePage {
    let usable = completed.usable_from.into_iter();
    DonePage {
        words: &JA,
        frame: portal.frame(),
        user_id: completed.user_id.to_string(),
        mail: completed.mail.to_string(),
        usable_from: usable.map(|usable| (usable.hospital, usable.from)).collect(),
    }
}
