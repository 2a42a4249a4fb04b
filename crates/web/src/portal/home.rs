//! A group's first page.

use super::Portal;
use crate::{Reply, page};
use axum::http::StatusCode;
use render::pages::portal::HomePage;
use render::words::JA;

/// `GET /{group}/`
pub async fn home(portal: Portal) -> Reply {
    let view = HomePage {
        words: &JA,
        frame: portal.frame(),
        settle_after_days: portal.0.settle_after_days(),
        activation_delay_minutes: portal.0.activation_delay_minutes(),
    };
    page::show(StatusCode::OK, &view)
}
