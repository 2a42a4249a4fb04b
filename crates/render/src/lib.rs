//! What people read: pages, mails, slip, receipt, statement, poster. No I/O, no rules.

pub mod assets;
mod error;
pub mod format;
pub mod mails;
pub mod pages;
pub mod papers;
pub mod words;

pub use error::RenderError;
