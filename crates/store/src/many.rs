//! Many rows in one statement: they are given as one JSON text, an array of arrays. A file of 10,000
//! bills would else need 10,000 round trips to PostgreSQL for each question.

use crate::error::StoreError;

/// How many rows are given to one statement; keeps the text of a chunk at a few megabytes.
pub(crate) const CHUNK: usize = 1_000;

/// A statement that runs over the rows given as `$1`; a row is `given.value`, and its fields are
/// `given.value ->> 0`, `given.value ->> 1`, …: text, or cast to `BIGINT`.
///
/// The engines name the function that unfolds an array differently; on PostgreSQL a parameter that is
/// cast at once would take the type it is cast to, and values here are texts.
///
/// With `join`, the text behind it begins with a table's name: its rows that belong to each given one. SQLite
/// does not know how many rows are given and may go through the table for each of them, which takes minutes
/// on a hospital's history; `CROSS JOIN` keeps it to the order that is written.
macro_rules! for_each_given {
    ($name:literal, $before:literal, join $joined:literal) => {
        $crate::many::for_each_given!($name, $before, " CROSS JOIN ", " JOIN ", $joined)
    };
    ($name:literal, $before:literal, $after:literal) => {
        $crate::many::for_each_given!($name, $before, "", "", $after)
    };
    ($name:literal, $before:literal, $sqlite:literal, $postgres:literal, $after:literal) => {
        $crate::statement::Statement::differing(
            $name,
            concat!($before, "json_each($1) AS given", $sqlite, $after),
            concat!(
                $before,
                "jsonb_array_elements(CAST(CAST($1 AS TEXT) AS JSONB)) AS given (value)",
                $postgres,
                $after
            ),
        )
    };
}
pub(crate) use for_each_given;

/// The rows as such a text.
pub(crate) fn as_json<T: serde::Serialize>(rows: &[T]) -> Result<String, StoreError> {
    serde_json::to_string(rows).map_err(|error| StoreError::Corrupt {
        statement: "(rows given to a statement)",
        column: 0,
        why: error.to_string(),
    })
}
