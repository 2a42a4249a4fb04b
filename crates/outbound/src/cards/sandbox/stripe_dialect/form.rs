//! `application/x-www-form-urlencoded`, of bodies and of queries.

use axum::extract::{FromRequest, Request};
use axum::http::Method;
use axum::response::Response;
use reqwest::Url;

/// What was asked, in its order.
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    fn parse(encoded: &str) -> Self {
        // The parser of a query is the parser of a form.
        let pairs = Url::parse(&format!("http://form/?{encoded}"))
            .map(|url| url.query_pairs().into_owned().collect());
        Self(pairs.unwrap_or_default())
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn text(&self, name: &str) -> String {
        self.get(name).unwrap_or_default().to_owned()
    }

    pub fn number(&self, name: &str) -> Option<i64> {
        self.get(name)?.parse().ok()
    }

    /// A moment in seconds, as milliseconds.
    pub fn moment_ms(&self, name: &str) -> Option<i64> {
        Some(self.number(name)?.saturating_mul(1_000))
    }

    /// `expand[]` and `expand[0]` alike.
    pub fn expands(&self, what: &str) -> bool {
        self.0.iter().any(|(key, value)| key.starts_with("expand[") && value == what)
    }
}

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = Response;

    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        if request.method() == Method::GET {
            return Ok(Self::parse(request.uri().query().unwrap_or_default()));
        }
        let body = String::from_request(request, state)
            .await
            .map_err(|_fault| super::refusal(400, "", None, "the body is not a form"))?;
        Ok(Self::parse(&body))
    }
}
