//! What can go wrong when a template is filled in.

/// A template could not be filled in.
#[derive(Debug, thiserror::Error)]
#[error("the template {template} could not be filled in")]
pub struct RenderError {
    /// Its path below `templates/`.
    pub template: &'static str,
    /// What the template engine says.
    #[source]
    pub source: askama::Error,
}

impl RenderError {
    /// Wraps the engine's error with the template's name.
    pub(crate) fn of(template: &'static str) -> impl FnOnce(askama::Error) -> Self {
        move |source| Self { template, source }
    }
}
