//! Statements, the values given to them and the rows they find: the same for both engines.

use crate::error::StoreError;

/// One SQL text with a name for logs and errors.
///
/// What makes one text possible:
///
/// - placeholders are `$1`, `$2`, …; no `$` inside a literal;
/// - columns are `BIGINT`, `TEXT` or `BLOB`; tables are `STRICT`; constraints are never deferred (one
///   transaction's fault would undo its whole batch on SQLite);
/// - `CAST(sum(x) AS BIGINT)`, because a sum is `numeric` on PostgreSQL;
/// - `ON CONFLICT (key) DO NOTHING` and a look at the number of rows, instead of catching an error: after
///   a failed statement nothing runs in the same transaction;
/// - no `FOR UPDATE`: a row is taken by an `UPDATE` with a condition;
/// - no `$1 IS NULL OR …`: write two statements;
/// - texts are compared with `=` only.
#[derive(Debug, Clone, Copy)]
pub struct Statement {
    /// As in `charges.mark_sent`. Unique in the whole crate.
    pub name: &'static str,
    /// The text.
    pub sql: &'static str,
    /// The text for PostgreSQL where it must differ. Say why beside it.
    pub postgres: Option<&'static str>,
}

impl Statement {
    /// One text for both engines.
    #[must_use]
    pub const fn new(name: &'static str, sql: &'static str) -> Self {
        Self { name, sql, postgres: None }
    }

    /// A text for each engine.
    #[must_use]
    pub const fn differing(
        name: &'static str,
        sqlite: &'static str,
        postgres: &'static str,
    ) -> Self {
        Self { name, sql: sqlite, postgres: Some(postgres) }
    }
}

/// A value for a placeholder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'a> {
    /// A whole number: yen, milliseconds, days, counts, flags as 0 or 1.
    Int(i64),
    /// A text.
    Text(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
    /// Nothing.
    Null,
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}
impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}
impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}
impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Bytes(bytes)
    }
}
impl From<Option<i64>> for Value<'_> {
    fn from(number: Option<i64>) -> Self {
        number.map_or(Self::Null, Self::Int)
    }
}
impl<'a> From<Option<&'a str>> for Value<'a> {
    fn from(text: Option<&'a str>) -> Self {
        text.map_or(Self::Null, Self::Text)
    }
}

/// A value that was found, or that is on its way to another thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cell {
    Int(i64),
    Text(String),
    Bytes(Vec<u8>),
    Null,
}

impl Cell {
    /// The same for a placeholder.
    pub(crate) fn value(&self) -> Value<'_> {
        match self {
            Self::Int(number) => Value::Int(*number),
            Self::Text(text) => Value::Text(text),
            Self::Bytes(bytes) => Value::Bytes(bytes),
            Self::Null => Value::Null,
        }
    }

    const fn kind(&self) -> &'static str {
        match self {
            Self::Int(_) => "a number",
            Self::Text(_) => "a text",
            Self::Bytes(_) => "bytes",
            Self::Null => "nothing",
        }
    }
}

/// One row that a statement found. Columns are counted from 0.
#[derive(Debug, Clone)]
pub struct Row {
    statement: &'static str,
    cells: Box<[Cell]>,
}

impl Row {
    pub(crate) fn new(statement: &'static str, cells: Vec<Cell>) -> Self {
        Self { statement, cells: cells.into_boxed_slice() }
    }

    /// A whole number that must be there.
    pub fn int(&self, column: usize) -> Result<i64, StoreError> {
        self.opt_int(column)?.ok_or_else(|| self.is_not(column, "a number"))
    }

    /// A whole number, or nothing.
    pub fn opt_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        match self.cell(column)? {
            Cell::Int(number) => Ok(Some(*number)),
            Cell::Null => Ok(None),
            Cell::Text(_) | Cell::Bytes(_) => Err(self.is_not(column, "a number")),
        }
    }

    /// A text that must be there.
    pub fn text(&self, column: usize) -> Result<&str, StoreError> {
        self.opt_text(column)?.ok_or_else(|| self.is_not(column, "a text"))
    }

    /// A text, or nothing.
    pub fn opt_text(&self, column: usize) -> Result<Option<&str>, StoreError> {
        match self.cell(column)? {
            Cell::Text(text) => Ok(Some(text)),
            Cell::Null => Ok(None),
            Cell::Int(_) | Cell::Bytes(_) => Err(self.is_not(column, "a text")),
        }
    }

    /// Bytes that must be there.
    pub fn bytes(&self, column: usize) -> Result<&[u8], StoreError> {
        match self.cell(column)? {
            Cell::Bytes(bytes) => Ok(bytes),
            Cell::Int(_) | Cell::Text(_) | Cell::Null => Err(self.is_not(column, "bytes")),
        }
    }

    /// The error for a value that is not what it must be. `why` must not repeat the value: it may be
    /// personal.
    #[must_use]
    pub fn corrupt(&self, column: usize, why: &str) -> StoreError {
        StoreError::Corrupt { statement: self.statement, column, why: why.to_owned() }
    }

    fn cell(&self, column: usize) -> Result<&Cell, StoreError> {
        self.cells.get(column).ok_or_else(|| self.corrupt(column, "there is no such column"))
    }

    fn is_not(&self, column: usize, wanted: &str) -> StoreError {
        let found = self.cells.get(column).map_or("no column", Cell::kind);
        self.corrupt(column, &format!("{found}, not {wanted}"))
    }
}
