//! Columns read back as the domain's values; one that makes no sense is [`StoreError::Corrupt`], with
//! statement and column.

use domain::group::{GroupSlug, HospitalCode};
use domain::id::{Id, Kind, NotAnId};
use domain::time::{Day, Moment};
use domain::yen::{SignedYen, Yen};

use crate::error::StoreError;
use crate::statement::Row;

/// An identifier.
pub(crate) fn id<K: Kind>(row: &Row, column: usize) -> Result<Id<K>, StoreError> {
    row.text(column)?.parse().map_err(|error: NotAnId| row.corrupt(column, &error.to_string()))
}

/// An identifier, or nothing.
pub(crate) fn opt_id<K: Kind>(row: &Row, column: usize) -> Result<Option<Id<K>>, StoreError> {
    match row.opt_text(column)? {
        Some(_) => id(row, column).map(Some),
        None => Ok(None),
    }
}

/// An amount.
pub(crate) fn yen(row: &Row, column: usize) -> Result<Yen, StoreError> {
    Yen::new(row.int(column)?).map_err(|error| row.corrupt(column, &error.to_string()))
}

/// A point in time.
pub(crate) fn moment(row: &Row, column: usize) -> Result<Moment, StoreError> {
    row.int(column).map(Moment::from_ms)
}

/// A calendar day.
pub(crate) fn day(row: &Row, column: usize) -> Result<Day, StoreError> {
    Day::parse(row.text(column)?).map_err(|error| row.corrupt(column, &error.to_string()))
}

/// A hospital's code.
pub(crate) fn hospital(row: &Row, column: usize) -> Result<HospitalCode, StoreError> {
    HospitalCode::parse(row.text(column)?).map_err(|error| row.corrupt(column, &error.to_string()))
}

/// A hospital's code, or nothing.
pub(crate) fn opt_hospital(row: &Row, column: usize) -> Result<Option<HospitalCode>, StoreError> {
    match row.opt_text(column)? {
        Some(_) => hospital(row, column).map(Some),
        None => Ok(None),
    }
}

/// An amount that may be below zero.
pub(crate) fn signed_yen(row: &Row, column: usize) -> Result<SignedYen, StoreError> {
    SignedYen::new(row.int(column)?).map_err(|error| row.corrupt(column, &error.to_string()))
}

/// Such an amount, or nothing.
pub(crate) fn opt_signed_yen(row: &Row, column: usize) -> Result<Option<SignedYen>, StoreError> {
    match row.opt_int(column)? {
        Some(_) => signed_yen(row, column).map(Some),
        None => Ok(None),
    }
}

/// A group's slug.
pub(crate) fn group(row: &Row, column: usize) -> Result<GroupSlug, StoreError> {
    GroupSlug::parse(row.text(column)?).map_err(|error| row.corrupt(column, &error.to_string()))
}

/// One word of a closed set.
pub(crate) fn word<T>(
    row: &Row,
    column: usize,
    parse: impl FnOnce(&str) -> Option<T>,
    what: &str,
) -> Result<T, StoreError> {
    parse(row.text(column)?).ok_or_else(|| row.corrupt(column, &format!("no {what}")))
}
