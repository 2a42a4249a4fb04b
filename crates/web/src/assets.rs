//! Style sheet and pictures. Their addresses hold a hash, so a browser may keep them for ever.

use crate::Reply;
use crate::error::WebError;
use axum::extract::Path;
use axum::http::header;
use axum::response::IntoResponse;
use render::assets::{Asset, MARK, find};

/// A file at its address.
pub async fn asset(Path((hash, name)): Path<(String, String)>) -> Reply {
    let asset = find(&hash, &name).ok_or(WebError::NotFound)?;
    Ok(file(asset, "public, max-age=31536000, immutable"))
}

/// The mark, for browsers that ask for it where it used to be.
pub async fn favicon() -> Reply {
    Ok(file(&MARK, "public, max-age=86400"))
}

fn file(asset: &'static Asset, cache: &'static str) -> axum::response::Response {
    ([(header::CONTENT_TYPE, asset.content_type), (header::CACHE_CONTROL, cache)], asset.bytes)
        .into_response()
}
