//! Everything kept: statements, migrations, SQLite and PostgreSQL, sealing, audit chain, back-up.
//!
//! A use case hands [`Store::write`] or [`Store::read`] a plain closure. It runs to its end on a thread
//! that owns a connection, so it cannot wait for the network while a transaction is open, and a caller
//! that goes away cannot cut it in half. What `write` gives back is [`Committed`]: stored for good.
//!
//! The map:
//!
//! - [`Statement`], [`Value`], [`Row`] (`statement.rs`): one SQL text for both engines;
//! - [`Reader`], [`Tx`], [`Committed`] (`transaction.rs`): what a closure may do;
//! - `store.rs`: [`Store`], the handle; `open.rs`: finding, making and checking a database;
//! - `engine.rs`, `queue.rs`: closures on their way to the threads; `sqlite.rs` (one writer with group
//!   commit, several readers) and `postgres.rs` (a pool): the threads;
//! - `migrate.rs` and `migrations/`: the tables; `key_checks.rs`: is this the key the database was made with?
//! - [`Keyring`], [`Place`] (`keyring.rs`, `sealing.rs`): sealed columns and blind indexes;
//! - [`audit`]: the record of acts; [`jobs`]: promised work; `backup.rs`: copies of a SQLite database;
//! - `fuse.rs`, `halt.rs`, `testing.rs`: for tests.
//!
//! Business tables: one module for each table or pair, in the list below.

mod address;
mod backup;
mod columns;
mod engine;
mod error;
mod fuse;
#[cfg(feature = "testing")]
mod halt;
mod key_checks;
mod keyring;
mod many;
mod migrate;
mod open;
mod postgres;
mod queue;
mod sealing;
mod shared;
mod sqlite;
mod statement;
mod store;
mod transaction;

pub mod audit;
pub mod jobs;
#[cfg(feature = "testing")]
pub mod testing;

// Business tables: add `pub mod …;` here, in alphabetical order, and a line in `all_statements`.
pub mod accounts;
pub mod attempts;
pub mod bills;
pub mod card_setups;
pub mod cards;
pub mod charges;
pub mod clearing;
pub mod consents;
pub mod detail_changes;
pub mod differences;
pub mod entries;
pub mod gateway_events;
pub mod groups;
pub mod imports;
pub mod invariants;
pub mod journal;
pub mod machines;
pub mod notices;
mod other_patient;
pub mod patient_flags;
pub mod patient_links;
pub mod postings;
pub mod receipts;
pub mod recoveries;
pub mod refunds;
pub mod registrations;
pub mod safe_mode;
pub mod sessions;
pub mod visits;

pub use address::{DatabaseAddress, Engine, NotAnAddress};
pub use audit::AuditRecord;
pub use error::{EngineError, SealedAt, StoreError};
pub use fuse::{Blow, Fuse};
pub use keyring::{KeyId, Keyring, key_line};
pub use open::OpenOptions;
pub use sealing::Place;
pub use shared::Stats;
pub use statement::{Row, Statement, Value};
pub use store::Store;
pub use transaction::{Committed, Reader, Tx};

/// Every statement of the house, for the test that prepares each on both engines.
#[must_use]
pub fn all_statements() -> Vec<&'static Statement> {
    [
        audit::ALL,
        jobs::ALL,
        key_checks::ALL,
        // Business tables: add `…::ALL,` here.
        accounts::ALL,
        attempts::ALL,
        bills::ALL,
        card_setups::ALL,
        cards::ALL,
        charges::ALL,
        clearing::ALL,
        consents::ALL,
        differences::ALL,
        entries::ALL,
        gateway_events::ALL,
        groups::ALL,
        imports::ALL,
        invariants::ALL,
        journal::ALL,
        machines::ALL,
        notices::ALL,
        patient_flags::ALL,
        patient_links::ALL,
        postings::ALL,
        receipts::ALL,
        detail_changes::ALL,
        recoveries::ALL,
        refunds::ALL,
        registrations::ALL,
        safe_mode::ALL,
        sessions::ALL,
        visits::ALL,
    ]
    .concat()
}
