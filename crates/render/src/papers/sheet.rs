//! A sheet for accountants: headings, sentences and tables.

use super::world::{Form, typeset};
use super::{Paper, PaperError};
use serde::Serialize;

/// A whole sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Sheet {
    /// What it is.
    pub title: String,
    /// Whose it is.
    pub issuer: String,
    /// Sentences under the title.
    pub lead: Vec<String>,
    /// The rest, in order.
    pub sections: Vec<Section>,
}

/// One part of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Section {
    pub heading: String,
    pub text: Vec<String>,
    pub table: Option<Table>,
}

/// A table; numbers stand to the right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Table {
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<String>>,
    /// In bold under the others.
    pub total: Option<Vec<String>>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Column {
    pub name: &'static str,
    pub numbers: bool,
    /// Its share of what is left of the line; 0: as wide as its words.
    pub width: u8,
}

/// A column of words.
pub(super) const fn words(name: &'static str, width: u8) -> Column {
    Column { name, numbers: false, width }
}

/// A column of numbers.
pub(super) const fn numbers(name: &'static str) -> Column {
    Column { name, numbers: true, width: 0 }
}

impl Sheet {
    pub(super) fn set(&self) -> Result<Paper, PaperError> {
        let data = serde_json::to_value(self)
            .map_err(|error| PaperError::Layout { paper: "sheet", reason: error.to_string() })?;
        typeset(Form::Sheet, &data)?.pdf()
    }
}
