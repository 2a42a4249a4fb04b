//! The table `safe_mode`: whether this database is a restored back-up that does not know yet what the gateway
//! took since.

use domain::time::Moment;

use crate::columns::moment;
use crate::error::StoreError;
use crate::statement::Statement;
use crate::transaction::{Reader, Tx};

const SINCE: Statement =
    Statement::new("safe_mode.since", "SELECT since_ms FROM safe_mode WHERE id = 1");
const END: Statement =
    Statement::new("safe_mode.end", "DELETE FROM safe_mode WHERE id = 1 AND since_ms = $1");

/// Every statement of this module.
pub const ALL: &[&Statement] = &[&SINCE, &END];

/// Since when this database may be behind the gateway; `None`: it is not.
pub fn since(reader: &mut Reader<'_>) -> Result<Option<Moment>, StoreError> {
    reader.query_opt(&SINCE, &[])?.as_ref().map(|row| moment(row, 0)).transpose()
}

/// What the gateway took since that moment has been adopted.
pub fn end(tx: &mut Tx<'_>, since: Moment) -> Result<(), StoreError> {
    tx.execute(&END, &[since.ms().into()]).map(drop)
}
