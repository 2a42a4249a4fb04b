//! What every answer tells the browser about safety, and the guard against forged posts.

use crate::Web;
use crate::session::is_https;
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use tower_http::csrf::CsrfLayer;

/// Headers that are the same on every answer.
const FIXED: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // Not `no-referrer`: browsers then send `Origin: null` with our own forms.
    (header::REFERRER_POLICY, "same-origin"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// A header as text. What is none is no better than a header that is missing: browsers send neither.
#[must_use]
pub fn text(value: &HeaderValue) -> Option<&str> {
    let Ok(text) = value.to_str() else { return None };
    Some(text)
}

/// Sets them, and forbids keeping a copy of whatever does not say that it may be kept.
pub async fn secure(State(web): State<Web>, request: Request, next: Next) -> Response {
    let scripts = crate::machine::owns(request.uri().path());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in FIXED {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(policy) = HeaderValue::from_str(&content_policy(&web, scripts)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    if is_https(&web) {
        let two_years = HeaderValue::from_static("max-age=63072000; includeSubDomains");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, two_years);
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// No script runs on any page but the kiosk's, which tells a card reader from fingers. A form of ours
/// leads to the gateway by a redirect, which browsers hold against `form-action`.
fn content_policy(web: &Web, scripts: bool) -> String {
    let scripts = if scripts { " script-src 'self'; connect-src 'self';" } else { "" };
    let gateway = web.settings.gateway_origin.as_deref().map(|origin| format!(" {origin}"));
    format!(
        "default-src 'none';{scripts} style-src 'self'; img-src 'self' data:; font-src 'self'; \
         form-action 'self'{}; frame-ancestors 'none'; base-uri 'none'",
        gateway.unwrap_or_default()
    )
}

/// Refuses posts that come from pages of others, by `Sec-Fetch-Site` and `Origin`. Our own public
/// address is trusted as it stands in the settings, whatever a proxy makes of `Host`.
pub fn no_forged_posts(web: &Web) -> CsrfLayer {
    let layer = CsrfLayer::new();
    match layer.clone().add_trusted_origin(&web.app.settings().public_url) {
        Ok(with_ours) => with_ours,
        Err(error) => {
            tracing::warn!("the public address is no origin, so it is not trusted as one: {error}");
            layer
        }
    }
}
