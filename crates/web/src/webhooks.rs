//! `/webhooks/{gateway}`: the card gateway calls. It has no cookies and no session; its signature is what
//! counts. Whoever is not believed is told nothing more than that.

use crate::Web;
use crate::error::while_doing;
use crate::page::Reply;
use app::webhooks::{Taken, take};
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::IntoResponse;

/// The header that proves who calls.
const SIGNATURE: &str = "Stripe-Signature";

/// Takes a call in. 200 only once it is kept; anything else makes the gateway call again.
pub async fn receive(
    State(web): State<Web>,
    Path(gateway): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Reply {
    // A header that is no text is no signature of ours.
    let signature = match headers.get(SIGNATURE).map(HeaderValue::to_str) {
        Some(Ok(text)) => Some(text),
        Some(Err(_)) | None => None,
    };
    let taken = take(&web.app, &gateway, signature, &body)
        .await
        .map_err(while_doing("keep a call of the card gateway"))?;
    Ok(match taken {
        Taken::Kept | Taken::Known => StatusCode::OK.into_response(),
        Taken::Refused(_) => (StatusCode::BAD_REQUEST, "not believed").into_response(),
        Taken::NoSuchGateway => (StatusCode::NOT_FOUND, "no such gateway").into_response(),
    })
}
