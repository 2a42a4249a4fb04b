//! The table `key_checks`: proof that the keyring is the one this database was made with.

use crate::error::StoreError;
use crate::statement::Statement;
use crate::transaction::{Reader, Tx};

const KNOWN: Statement = Statement::new("key_checks.known", "SELECT key_id, proof FROM key_checks");
const ADD: Statement = Statement::new(
    "key_checks.add",
    "INSERT INTO key_checks (key_id, proof) VALUES ($1, $2) ON CONFLICT (key_id) DO NOTHING",
);

/// Every statement of this module.
pub(crate) const ALL: &[&Statement] = &[&KNOWN, &ADD];

/// Whether the database remembers every key of the keyring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remembered {
    All,
    NotAll,
}

/// Compares the keyring with what the database remembers.
pub(crate) fn check(reader: &mut Reader<'_>) -> Result<Remembered, StoreError> {
    let keyring = reader.keyring();
    let known = reader.query(&KNOWN, &[])?;
    for row in &known {
        let (key_id, proof) = (row.text(0)?, row.text(1)?);
        match keyring.proofs().find(|(id, _)| *id == key_id) {
            Some((_, ours)) if ours == proof => {}
            Some(_) => return Err(StoreError::WrongKey { key_id: key_id.to_owned() }),
            None => return Err(StoreError::KeyMissing { key_id: key_id.to_owned() }),
        }
    }
    Ok(if known.len() == keyring.proofs().count() { Remembered::All } else { Remembered::NotAll })
}

/// Remembers keys that are new.
pub(crate) fn remember(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    for (key_id, proof) in tx.keyring().proofs() {
        tx.execute(&ADD, &[key_id.into(), proof.into()])?;
    }
    Ok(())
}
