//! Another password for whoever is signed in (FAQ Q30).

use super::Portal;
use super::sign_in::{self, signed_in};
use crate::client::Client;
use crate::error::while_doing;
use crate::form::{Asked, Fields};
use crate::session::Cookies;
use crate::{Reply, Web, page};
use app::change_password::{PasswordChanged, PasswordTyped};
use axum::extract::State;
use axum::http::StatusCode;
use render::pages::portal::{ChangePasswordPage, PasswordMistake};
use render::words::JA;

/// `GET /{group}/me/password`
pub async fn password(
    State(web): State<Web>,
    portal: Portal,
    cookies: Cookies,
    asked: Asked,
) -> Reply {
    if signed_in(&web, &portal, &cookies).await?.is_none() {
        return Ok(sign_in::first(&portal));
    }
    let said = asked.get("said");
    let view = ChangePasswordPage {
        saved: said.starts_with("saved"),
        edge_blanks: said == "saved-blanks",
        ..ChangePasswordPage::new(&JA, portal.frame_of_account())
    };
    page::show(StatusCode::OK, &view)
}

/// `POST /{group}/me/password`
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
    let typed = PasswordTyped {
        current: fields.get("current"),
        new: fields.get("password"),
        again: fields.get("password_again"),
    };
    let changed = app::change_password::change_password(&web.app, &session, typed, &from).await;
    let plain = || ChangePasswordPage::new(&JA, portal.frame_of_account());
    let mistake = match changed.map_err(while_doing("change a password"))? {
        PasswordChanged::NoAccount => return Ok(sign_in::first(&portal)),
        PasswordChanged::Done { edge_blanks } => {
            let said = if edge_blanks { "saved-blanks" } else { "saved" };
            return Ok(page::go_to(&portal.at(&format!("me/password?said={said}"))));
        }
        PasswordChanged::TooMany { try_again_s } => {
            let view = ChangePasswordPage { too_many_s: Some(try_again_s), ..plain() };
            let shown = page::show(StatusCode::TOO_MANY_REQUESTS, &view)?;
            return Ok(page::retry_after(shown, try_again_s));
        }
        PasswordChanged::WrongCurrent => PasswordMistake::Current,
        PasswordChanged::Mistake(fault) => PasswordMistake::New(fault),
    };
    let view = ChangePasswordPage { mistake: Some(mistake), ..plain() };
    page::show(StatusCode::UNPROCESSABLE_ENTITY, &view)
}
