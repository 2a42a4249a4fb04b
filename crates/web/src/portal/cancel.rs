//! A registration is cancelled by whoever is signed in, where the hospitals let it (FAQ Q32).

use super::Portal;
use super::sign_in::{self, signed_in};
use crate::client::Client;
use crate::error::{WebError, while_doing};
use crate::form::Fields;
use crate::session::Cookies;
use crate::{Reply, Web, page};
use app::cancel_registration::{self, Cancelled};
use axum::extract::State;
use axum::http::StatusCode;
use domain::id::AccountId;
use domain::policy::Cancellation;
use render::pages::portal::{CancelPage, CancelledPage};
use render::words::JA;

/// `GET /{group}/me/cancel`
pub async fn ask(State(web): State<Web>, portal: Portal, cookies: Cookies) -> Reply {
    let Some(session) = signed_in(&web, &portal, &cookies).await? else {
        return Ok(sign_in::first(&portal));
    };
    match view(&web, &portal, session.account).await? {
        None => Ok(sign_in::first(&portal)),
        Some(view) => page::show(StatusCode::OK, &view),
    }
}

/// `POST /{group}/me/cancel`
pub async fn cancel(
    State(web): State<Web>,
    portal: Portal,
    Client(from): Client,
    cookies: Cookies,
    fields: Fields,
) -> Reply {
    let Some(session) = signed_in(&web, &portal, &cookies).await? else {
        return Ok(sign_in::first(&portal));
    };
    let cancelled =
        cancel_registration::online(&web.app, &session, fields.get("current"), &from).await;
    let cancelled = cancelled.map_err(while_doing("cancel a registration"))?;
    if let Cancelled::Done { .. } = cancelled {
        return Ok(page::go_to(&portal.at("cancelled")));
    }
    let Some(view) = view(&web, &portal, session.account).await? else {
        return Ok(sign_in::first(&portal));
    };
    match cancelled {
        Cancelled::NoAccount | Cancelled::Done { .. } => Ok(sign_in::first(&portal)),
        Cancelled::AtDesk => page::show(StatusCode::FORBIDDEN, &view),
        Cancelled::WrongPassword => {
            let view = CancelPage { wrong_password: true, ..view };
            page::show(StatusCode::UNPROCESSABLE_ENTITY, &view)
        }
        Cancelled::TooMany { try_again_s } => {
            let view = CancelPage { too_many_s: Some(try_again_s), ..view };
            let shown = page::show(StatusCode::TOO_MANY_REQUESTS, &view)?;
            Ok(page::retry_after(shown, try_again_s))
        }
    }
}

/// `GET /{group}/cancelled`
pub async fn cancelled(portal: Portal) -> Reply {
    page::show(StatusCode::OK, &CancelledPage { words: &JA, frame: portal.frame() })
}

async fn view(
    web: &Web,
    portal: &Portal,
    account: AccountId,
) -> Result<Option<CancelPage>, WebError> {
    let offer = cancel_registration::offer(&web.app, account).await;
    let offer = offer.map_err(while_doing("show how a registration is cancelled"))?;
    Ok(offer.map(|offer| CancelPage {
        words: &JA,
        frame: portal.frame_of_account(),
        online: offer.place == Cancellation::Online,
        open_visits: offer.open_visits,
        wrong_password: false,
        too_many_s: None,
    }))
}
