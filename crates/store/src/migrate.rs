//! Brings the tables to this program's version. The texts stand in `migrations/`, one for both engines;
//! two words are changed on the way.

use refinery::{Migration, Runner};

use crate::address::Engine;
use crate::error::StoreError;

/// Every migration, in order. A file that has been released is never changed again: its digest is kept
/// in the database, and a database that saw another text is refused.
const MIGRATIONS: &[(&str, &str)] = &[
    ("V01__house", include_str!("../migrations/V01__house.sql")),
    ("V02__people", include_str!("../migrations/V02__people.sql")),
    ("V03__visits", include_str!("../migrations/V03__visits.sql")),
    ("V04__money", include_str!("../migrations/V04__money.sql")),
    ("V05__engine", include_str!("../migrations/V05__engine.sql")),
    ("V06__gateway_calls", include_str!("../migrations/V06__gateway_calls.sql")),
    ("V07__safe_mode", include_str!("../migrations/V07__safe_mode.sql")),
    ("V08__amount_due", include_str!("../migrations/V08__amount_due.sql")),
    ("V09__books", include_str!("../migrations/V09__books.sql")),
    ("V10__unsettled_days", include_str!("../migrations/V10__unsettled_days.sql")),
    ("V11__recovery", include_str!("../migrations/V11__recovery.sql")),
    ("V12__card_changes", include_str!("../migrations/V12__card_changes.sql")),
    ("V13__detail_changes", include_str!("../migrations/V13__detail_changes.sql")),
    ("V14__other_patients", include_str!("../migrations/V14__other_patients.sql")),
    (
        "V15__cancelled_registrations",
        include_str!("../migrations/V15__cancelled_registrations.sql"),
    ),
];

/// The newest version this program knows.
pub(crate) fn wanted() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// The migrations for one engine. All that are missing run in one transaction together with their
/// records, so that a death in the middle leaves the database as it was.
pub(crate) fn runner(engine: Engine) -> Result<Runner, StoreError> {
    let migrations = MIGRATIONS
        .iter()
        .map(|(name, text)| Migration::unapplied(name, &for_engine(engine, text)))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|source| StoreError::Migrate { source: Box::new(source) })?;
    Ok(Runner::new(&migrations).set_grouped(true))
}

/// A digest of all texts: tests keep a ready-made database for each.
#[cfg(feature = "testing")]
pub(crate) fn digest() -> String {
    use sha2::{Digest, Sha256};
    let mut digest = Sha256::new();
    for (name, text) in MIGRATIONS {
        digest.update(name);
        digest.update(text);
    }
    hex::encode(digest.finalize()).chars().take(16).collect()
}

/// Writes a migration for one engine. SQLite's strict tables refuse the word `BIGINT` (their `INTEGER`
/// has 64 bits); PostgreSQL knows neither `STRICT` nor `BLOB`.
fn for_engine(engine: Engine, text: &str) -> String {
    match engine {
        Engine::Sqlite => replace_word(text, "BIGINT", "INTEGER"),
        Engine::Postgres => replace_word(&replace_word(text, "STRICT", ""), "BLOB", "BYTEA"),
    }
}

/// Replaces a word where it stands alone and outside of quotes.
fn replace_word(text: &str, word: &str, with: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let mut token = String::new();
    let mut quoted = false;
    for letter in text.chars().chain(std::iter::once('\n')) {
        if letter.is_alphanumeric() || letter == '_' {
            token.push(letter);
            continue;
        }
        written.push_str(if !quoted && token == word { with } else { &token });
        token.clear();
        quoted ^= letter == '\'';
        written.push(letter);
    }
    written.pop();
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_engine_gets_its_own_words() {
        let text =
            "CREATE TABLE t (a BIGINT, b BLOB, c TEXT CHECK (c IN ('BLOB', 'STRICT'))) STRICT;";
        assert_eq!(
            for_engine(Engine::Sqlite, text),
            "CREATE TABLE t (a INTEGER, b BLOB, c TEXT CHECK (c IN ('BLOB', 'STRICT'))) STRICT;"
        );
        assert_eq!(
            for_engine(Engine::Postgres, text),
            "CREATE TABLE t (a BIGINT, b BYTEA, c TEXT CHECK (c IN ('BLOB', 'STRICT'))) ;"
        );
    }

    #[test]
    fn migrations_are_numbered_without_a_gap_and_end_in_a_line() {
        for (index, (name, text)) in MIGRATIONS.iter().enumerate() {
            assert!(name.starts_with(&format!("V{:02}__", index + 1)), "{name}");
            assert!(text.ends_with('\n'), "{name}");
            // A deferred fault shows only when the whole batch of SQLite's writer is made durable.
            assert!(!text.to_uppercase().contains("DEFERR"), "{name}: a deferred constraint");
            // An apostrophe in a comment would be taken for the begin of a literal.
            let comments = text.lines().filter(|line| line.trim_start().starts_with("--"));
            assert!(
                comments.clone().all(|line| !line.contains('\'')),
                "{name}: an apostrophe in a comment"
            );
        }
    }
}
