//! What load balancers and operators ask.

use crate::Web;
use axum::extract::State;
use axum::http::StatusCode;

/// Whether the process answers.
pub async fn healthz() -> &'static str {
    "ok\n"
}

/// Whether requests can be served: the database answers.
pub async fn readyz(State(web): State<Web>) -> (StatusCode, &'static str) {
    match app::front::ready(&web.app).await {
        Ok(()) => (StatusCode::OK, "ok\n"),
        Err(error) => {
            tracing::error!("not ready: {error}");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}
