//! Receipts and statements as PDF. A print counts, so it is asked for by a form and never by a link
//! that a mail scanner or a browser might follow by itself.

use super::Portal;
use super::sign_in::{self, signed_in};
use crate::error::while_doing;
use crate::session::Cookies;
use crate::{Reply, Web, page};
use app::receipts::Download;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::id::ReceiptId;
use render::pages::portal::WayOn;
use render::words::JA;

/// `POST /{group}/me/receipts/{id}`
pub async fn download(
    State(web): State<Web>,
    portal: Portal,
    cookies: Cookies,
    Path((_group, id)): Path<(String, String)>,
) -> Reply {
    let Some(session) = signed_in(&web, &portal, &cookies).await? else {
        return Ok(sign_in::first(&portal));
    };
    let Ok(id) = id.parse::<ReceiptId>() else { return no_receipt(&portal) };
    let found = app::receipts::download(&web.app, session.account, id).await;
    match found.map_err(while_doing("make a receipt"))? {
        Download::Pdf { bytes, file_name, copy: _ } => Ok(pdf(bytes, &file_name)),
        Download::NotFound => no_receipt(&portal),
    }
}

/// `GET /{group}/me/receipts/{id}`: a reload or the back button after signing in.
pub async fn to_account(portal: Portal) -> Response {
    page::go_to(&portal.at("me/"))
}

fn no_receipt(portal: &Portal) -> Reply {
    page::problem(
        StatusCode::NOT_FOUND,
        portal.frame_of_account(),
        &JA.problems.no_receipt,
        WayOn::Account,
    )
}

/// As an attachment: viewers that save what they show ask for it a second time, which would count.
fn pdf(bytes: Vec<u8>, file_name: &str) -> Response {
    let disposition = format!("attachment; filename=\"{file_name}\"");
    let headers = [
        (header::CONTENT_TYPE, "application/pdf".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    (headers, bytes).into_response()
}
