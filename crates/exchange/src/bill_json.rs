//! The content of a bill as one line of JSON: the form that the store keeps and compares. Equal contents
//! give equal texts, since the order of the fields is that of the structs and nothing is optional but by
//! one rule: what is false or absent is left out.

pub(crate) mod form;

use domain::bill::BillContent;

/// Why a text is no bill.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonFault {
    /// No JSON, a field too many or too few, or a field of another kind.
    #[error("the bill's JSON breaks at line {line}, byte {at}: {message}")]
    Malformed {
        /// From 1.
        line: usize,
        /// From 1.
        at: usize,
        /// What the parser says.
        message: String,
    },
    /// A value that the domain does not know.
    #[error("the bill's JSON has a value that cannot stand in {field}")]
    Value {
        /// Which field.
        field: &'static str,
    },
}

impl JsonFault {
    pub(crate) fn from_parser(error: &serde_json::Error) -> Self {
        let whole = error.to_string();
        let position = format!(" at line {} column {}", error.line(), error.column());
        let message = whole.strip_suffix(&position).unwrap_or(&whole).to_owned();
        Self::Malformed { line: error.line(), at: error.column(), message }
    }
}

/// The canonical text of a bill's content.
#[must_use]
pub fn to_json(content: &BillContent) -> String {
    // Serialising strings and numbers into memory has no way to fail; an empty text would be refused
    // by `from_json` rather than taken for a bill.
    serde_json::to_string(&form::Content::of(content)).unwrap_or_default()
}

/// Reads what [`to_json`] wrote.
pub fn from_json(text: &str) -> Result<BillContent, JsonFault> {
    let form: form::Content<'_> =
        serde_json::from_str(text).map_err(|error| JsonFault::from_parser(&error))?;
    form.into_domain()
}
