//! What a use case could not do. Expected outcomes are values of the use case, not errors.

/// Something broke that the visitor can do nothing about.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The database could not do it.
    #[error("the database failed")]
    Store(#[from] store::StoreError),
    /// Rows contradict each other.
    #[error("the data contradicts itself: {what}")]
    Inconsistent {
        /// Which row, and what is wrong with it.
        what: String,
    },
    /// Somebody outside could not be reached or did not understand us.
    #[error("{whom} could not be asked")]
    Outside {
        /// `the card gateway`, `the mail server`.
        whom: &'static str,
        /// What happened.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A background task of ours died.
    #[error("a task of ours died while it was to {doing}")]
    TaskDied {
        /// As in `hash a password`.
        doing: &'static str,
    },
    /// A mail could not be written.
    #[error("the words could not be written")]
    Render(#[from] render::RenderError),
    /// A paper could not be set.
    #[error("the paper could not be set")]
    Paper(#[from] render::papers::PaperError),
    /// Another worker has moved the row first; nothing of this transaction was kept.
    #[error("another worker was faster")]
    Overtaken,
}

/// An error with all its causes, in one line, for the log.
#[must_use]
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}
