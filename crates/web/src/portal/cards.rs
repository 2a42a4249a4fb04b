//! Another card in the place of the one that an account has (FAQ Q30).

use super::Portal;
use super::me::owner;
use super::register::{card_away, refusal};
use super::sign_in::{self, signed_in};
use crate::error::{WebError, while_doing};
use crate::form::Asked;
use crate::session::Cookies;
use crate::{Reply, Web, page};
use app::cards::{self, ChangeStart, Changed};
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use render::pages::portal::{CardAwayPage, ChangeCardPage, WayOn};
use render::words::JA;

/// `GET /{group}/me/card`
pub async fn card(State(web): State<Web>, portal: Portal, cookies: Cookies, asked: Asked) -> Reply {
    let Some(view) = view(&web, &portal, &cookies).await? else {
        return Ok(sign_in::first(&portal));
    };
    let (saved, not_finished) = (asked.get("said") == "saved", asked.says_yes("unfinished"));
    page::show(StatusCode::OK, &ChangeCardPage { saved, not_finished, ..view })
}

/// `POST /{group}/me/card`
pub async fn start(State(web): State<Web>, portal: Portal, cookies: Cookies) -> Reply {
    let Some(session) = signed_in(&web, &portal, &cookies).await? else {
        return Ok(sign_in::first(&portal));
    };
    let started = cards::start_change(&web.app, session.account).await;
    match started.map_err(while_doing("start the change of a card"))? {
        ChangeStart::NoAccount => Ok(sign_in::first(&portal)),
        ChangeStart::GoTo { url } => Ok(page::go_to(&url)),
        ChangeStart::GatewayAway => away(&portal, portal.at("me/card")),
        ChangeStart::TooMany { try_again_s } => {
            let Some(view) = view(&web, &portal, &cookies).await? else {
                return Ok(sign_in::first(&portal));
            };
            let view = ChangeCardPage { too_many_s: Some(try_again_s), ..view };
            let shown = page::show(StatusCode::TOO_MANY_REQUESTS, &view)?;
            Ok(page::retry_after(shown, try_again_s))
        }
    }
}

/// `GET /{group}/me/card/back`: the gateway sends the browser here.
pub async fn back(
    State(web): State<Web>,
    portal: Portal,
    cookies: Cookies,
    asked: Asked,
    RawQuery(query): RawQuery,
) -> Reply {
    come_back(&web, &portal, &cookies, (asked.get("setup"), query), "me/card").await
}

/// The same for a card that was asked for on some page of the account, where it goes on.
pub async fn come_back(
    web: &Web,
    portal: &Portal,
    cookies: &Cookies,
    (setup, query): (&str, Option<String>),
    page_of_it: &str,
) -> Reply {
    let Some(session) = signed_in(web, portal, cookies).await? else {
        return Ok(sign_in::first(portal));
    };
    let changed = cards::change_back(&web.app, session.account, setup).await;
    match changed.map_err(while_doing("take another card"))? {
        Changed::Done => Ok(page::go_to(&portal.at(&format!("{page_of_it}?said=saved")))),
        Changed::NotFinished => {
            Ok(page::go_to(&portal.at(&format!("{page_of_it}?unfinished=yes"))))
        }
        Changed::GatewayAway => {
            let again = format!("{page_of_it}/back?{}", query.unwrap_or_default());
            away(portal, portal.at(&again))
        }
        Changed::Unknown => page::problem(
            StatusCode::NOT_FOUND,
            portal.frame_of_account(),
            &JA.problems.not_found,
            WayOn::Account,
        ),
        Changed::Refused { reason } => {
            let Some(view) = view(web, portal, cookies).await? else {
                return Ok(sign_in::first(portal));
            };
            let refusal = Some(refusal(reason));
            page::show(StatusCode::OK, &ChangeCardPage { refusal, ..view })
        }
    }
}

pub fn away(portal: &Portal, look_again: String) -> Reply {
    let frame = portal.frame_of_account();
    card_away(CardAwayPage { words: &JA, frame, look_again, registering: false })
}

async fn view(
    web: &Web,
    portal: &Portal,
    cookies: &Cookies,
) -> Result<Option<ChangeCardPage>, WebError> {
    let Some((_, overview)) = owner(web, portal, cookies).await? else { return Ok(None) };
    let card = overview.card.map(|card| (card.brand, card.last_four));
    let gateway = web.settings.gateway_name.clone();
    Ok(Some(ChangeCardPage::new(&JA, portal.frame_of_account(), gateway, card)))
}
