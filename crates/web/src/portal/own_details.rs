//! Name, telephone and address of whoever is signed in (FAQ Q30, Q31).

use super::register::{at, fault, form_typed, own_as_typed, typed_again};
use super::sign_in::{self, signed_in};
use super::{Portal, cards};
use crate::client::Client;
use crate::error::{WebError, while_doing};
use crate::form::{Asked, Fields};
use crate::session::Cookies;
use crate::{Reply, Web, page};
use app::details::{self, Current, DetailsChanged};
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use domain::id::AccountId;
use domain::policy::CardReentry;
use render::pages::portal::{OwnDetailsCame, OwnDetailsPage};
use render::words::JA;

/// `GET /{group}/me/details`
pub async fn form(State(web): State<Web>, portal: Portal, cookies: Cookies, asked: Asked) -> Reply {
    let Some(session) = signed_in(&web, &portal, &cookies).await? else {
        return Ok(sign_in::first(&portal));
    };
    let Some(current) = current(&web, session.account).await? else {
        return Ok(sign_in::first(&portal));
    };
    let came = match asked.get("said") {
        "saved" => Some(OwnDetailsCame::Saved),
        "nothing" => Some(OwnDetailsCame::Nothing),
        _ if asked.says_yes("unfinished") => Some(OwnDetailsCame::NotFinished),
        _ => None,
    };
    let filled = (own_as_typed(&current.details), Vec::new());
    let asks_card = current.reentry == CardReentry::Always;
    let view = OwnDetailsPage::new(&JA, portal.frame_of_account(), filled, asks_card);
    page::show(StatusCode::OK, &OwnDetailsPage { came, ..view })
}

/// `POST /{group}/me/details`
pub async fn change(
    State(web): State<Web>,
    portal: Portal,
    Client(from): Client,
    cookies: Cookies,
    fields: Fields,
) -> Reply {
    let Some(session) = signed_in(&web, &portal, &cookies).await? else {
        return Ok(sign_in::first(&portal));
    };
    let (typed, password) = (form_typed(&fields), fields.get("current"));
    let changed = details::change(&web.app, &session, &typed, password, &from).await;
    let changed = changed.map_err(while_doing("change details"))?;
    let again = async |mistakes| {
        let current = current(&web, session.account).await?;
        let asks_card = current.is_none_or(|current| current.reentry == CardReentry::Always);
        let filled = (typed_again(&fields), mistakes);
        let frame = portal.frame_of_account();
        Ok::<_, WebError>(OwnDetailsPage::new(&JA, frame, filled, asks_card))
    };
    match changed {
        DetailsChanged::NoAccount => Ok(sign_in::first(&portal)),
        DetailsChanged::CardNext { url } => Ok(page::go_to(&url)),
        DetailsChanged::GatewayAway => cards::away(&portal, portal.at("me/details")),
        DetailsChanged::Done => Ok(page::go_to(&portal.at("me/details?said=saved"))),
        DetailsChanged::Nothing => Ok(page::go_to(&portal.at("me/details?said=nothing"))),
        DetailsChanged::TooMany { try_again_s } => {
            let view = OwnDetailsPage { too_many_s: Some(try_again_s), ..again(Vec::new()).await? };
            let shown = page::show(StatusCode::TOO_MANY_REQUESTS, &view)?;
            Ok(page::retry_after(shown, try_again_s))
        }
        DetailsChanged::WrongPassword => {
            let view = OwnDetailsPage { wrong_password: true, ..again(Vec::new()).await? };
            page::show(StatusCode::UNPROCESSABLE_ENTITY, &view)
        }
        DetailsChanged::Mistakes(mistakes) => {
            let mistakes = mistakes.into_iter().map(|(field, why)| (at(field), fault(why)));
            let view = again(mistakes.collect()).await?;
            page::show(StatusCode::UNPROCESSABLE_ENTITY, &view)
        }
    }
}

/// `GET /{group}/me/details/back`: the gateway sends the browser here.
pub async fn back(
    State(web): State<Web>,
    portal: Portal,
    cookies: Cookies,
    asked: Asked,
    RawQuery(query): RawQuery,
) -> Reply {
    cards::come_back(&web, &portal, &cookies, (asked.get("setup"), query), "me/details").await
}

async fn current(web: &Web, account: AccountId) -> Result<Option<Current>, WebError> {
    details::current(&web.app, account).await.map_err(while_doing("show details"))
}
