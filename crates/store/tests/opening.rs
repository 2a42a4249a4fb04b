//! A database is found, made, migrated and checked; nothing is made by the way.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking, too")]

use std::path::Path;

use domain::time::Moment;
use store::{
    DatabaseAddress, Engine, KeyId, Keyring, OpenOptions, Statement, Store, StoreError, testing,
};

fn open(address: &DatabaseAddress) -> Result<Store, StoreError> {
    Store::open(address, testing::keyring(), testing::options())
}

fn migrate(address: &DatabaseAddress) -> Result<Store, StoreError> {
    Store::create_or_migrate(address, testing::keyring(), testing::options())
}

fn keys(keys: &[(&str, u8)]) -> Keyring {
    Keyring::from_keys(
        keys.iter().map(|(id, byte)| (KeyId::new(id).unwrap(), [*byte; 32])).collect(),
    )
    .unwrap()
}

#[test]
fn addresses_are_read_strictly_and_printed_without_the_password() {
    for (text, engine, printed) in [
        (
            "sqlite:/var/lib/atobarai/atobarai.db",
            Engine::Sqlite,
            "sqlite:/var/lib/atobarai/atobarai.db",
        ),
        ("sqlite:data.db", Engine::Sqlite, "sqlite:data.db"),
        (
            "postgres://me:secret@db.local:5433/atobarai",
            Engine::Postgres,
            "postgres://db.local:5433/atobarai",
        ),
        (
            "postgresql://me:secret@db.local/atobarai",
            Engine::Postgres,
            "postgres://db.local:5432/atobarai",
        ),
        (
            "postgres:host=a,b user=me password=secret dbname=x",
            Engine::Postgres,
            "postgres://a,b/x",
        ),
    ] {
        let address = DatabaseAddress::parse(text).unwrap();
        assert_eq!(address.engine(), engine, "{text}");
        assert_eq!(address.to_string(), printed);
        assert_eq!(format!("{address:?}"), printed);
    }
    for bad in [
        "",
        "data.db",
        "/data.db",
        "sqlite:",
        "sqlite::memory:",
        "sqlite://data.db",
        "mysql://a/b",
        "postgres:",
        "postgres://secret@host",
        "postgres:dbname=x",
        "postgres:host",
    ] {
        let error = DatabaseAddress::parse(bad).unwrap_err().to_string();
        assert!(error.contains("sqlite:PATH") && error.contains("postgres://"), "{bad}: {error}");
        assert!(!error.contains("secret"), "{error}");
    }
}

#[test]
fn a_missing_database_is_an_error_and_not_a_new_database() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nowhere.db");
    let missing = open(&DatabaseAddress::sqlite(&path));
    assert!(
        matches!(missing, Err(StoreError::NoSuchDatabase { address }) if address.contains("nowhere.db"))
    );
    assert!(!path.exists());
    let no_folder = migrate(&DatabaseAddress::sqlite(folder.path().join("none/x.db")));
    assert!(matches!(no_folder, Err(StoreError::File { .. })));

    let database = testing::postgres();
    let text = std::env::var(testing::POSTGRES)
        .unwrap()
        .replace("dbname=postgres", "dbname=atobarai_nowhere");
    let address = DatabaseAddress::parse(&format!("postgres:{text}")).unwrap();
    for missing in [open(&address), migrate(&address)] {
        let error = missing.err().unwrap();
        assert!(
            matches!(&error, StoreError::NoSuchDatabase { address } if address.contains("atobarai_nowhere"))
        );
        assert!(error.to_string().contains("migrate"));
    }
    drop(database);
}

#[test]
fn a_file_that_is_no_database_is_an_error_with_its_address() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("letter.db");
    std::fs::write(&path, "Dear Sir, this is a letter and not a database. ".repeat(100)).unwrap();
    let address = DatabaseAddress::sqlite(&path);
    for result in [open(&address), migrate(&address)] {
        assert!(
            matches!(result, Err(StoreError::Open { address, .. }) if address.contains("letter.db"))
        );
    }
}

#[test]
fn tables_of_another_version_are_refused_with_what_to_do() {
    for database in testing::both() {
        database.tamper("DELETE FROM refinery_schema_history WHERE version > 1");
        let error = database.reopen().err().unwrap();
        assert!(matches!(error, StoreError::SchemaVersion { found: 1, .. }), "{error}");
        assert!(error.to_string().contains("run `atobarai migrate`"), "{error}");

        database.tamper("INSERT INTO refinery_schema_history (version, name, applied_on, checksum) VALUES (99, 'later', '2030-01-01T00:00:00Z', '1')");
        for result in [database.reopen(), migrate(database.address())] {
            let error = result.err().unwrap();
            assert!(matches!(error, StoreError::SchemaVersion { found: 99, .. }), "{error}");
            assert!(error.to_string().contains("newer program"), "{error}");
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("empty.db");
    std::fs::write(&path, "").unwrap();
    let empty = open(&DatabaseAddress::sqlite(&path));
    assert!(matches!(empty, Err(StoreError::SchemaVersion { found: 0, .. })));
}

#[test]
fn a_migration_that_was_changed_after_it_ran_is_noticed() {
    for database in testing::both() {
        database.tamper("UPDATE refinery_schema_history SET checksum = '1' WHERE version = 1");
        assert!(matches!(migrate(database.address()), Err(StoreError::Migrate { .. })));
    }
}

#[test]
fn migrating_twice_changes_nothing() {
    const HISTORY: Statement = Statement::new(
        "tests.history",
        "SELECT CAST(version AS BIGINT), CAST(applied_on AS TEXT) FROM refinery_schema_history ORDER BY version",
    );
    for database in testing::both() {
        let history = |store: &Store| {
            let rows = store.read_blocking(|reader| reader.query(&HISTORY, &[])).unwrap();
            rows.iter()
                .map(|row| (row.int(0).unwrap(), row.text(1).unwrap().to_owned()))
                .collect::<Vec<_>>()
        };
        let before = history(&database);
        assert_eq!(history(&migrate(database.address()).unwrap()), before);
    }
}

/// All missing migrations and their records are one transaction: a death in between leaves nothing half done.
#[test]
fn a_migration_that_fails_leaves_the_database_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("half.db");
    let connection = rusqlite::Connection::open(&path).unwrap();
    let address = DatabaseAddress::sqlite(&path);
    // Fails at the record of the second migration: the first one and its record are undone with it.
    connection
        .execute_batch(
            "CREATE TABLE refinery_schema_history
                 (version int4 PRIMARY KEY, name VARCHAR(255), applied_on VARCHAR(255), checksum VARCHAR(255));
             CREATE TRIGGER fails BEFORE INSERT ON refinery_schema_history WHEN NEW.version = 2
                 BEGIN SELECT RAISE(ABORT, 'the power fails'); END",
        )
        .unwrap();
    assert!(matches!(migrate(&address), Err(StoreError::Migrate { .. })));
    let tables: i64 = connection
        .query_row(
            "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'jobs'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(tables, 0, "the tables before the one that failed were kept");
    connection.execute_batch("DROP TRIGGER fails").unwrap();
    migrate(&address).unwrap();
}

#[test]
fn a_wrong_or_missing_key_is_noticed_when_the_database_is_opened() {
    for database in testing::both() {
        let reopened =
            |keyring| Store::open(database.address(), keyring, testing::options()).map(drop);
        let wrong = reopened(keys(&[("test-1", 8)]));
        assert!(matches!(wrong, Err(StoreError::WrongKey { key_id }) if key_id == "test-1"));
        let missing = reopened(keys(&[("other", 7)]));
        assert!(matches!(missing, Err(StoreError::KeyMissing { key_id }) if key_id == "test-1"));

        // A new key on top is welcome, and is remembered from then on.
        reopened(keys(&[("test-2", 9), ("test-1", 7)])).unwrap();
        assert!(
            matches!(reopened(keys(&[("test-1", 7)])), Err(StoreError::KeyMissing { key_id }) if key_id == "test-2")
        );
        // The last line keys the blind indexes: another order would lose every row that is searched for.
        let turned = reopened(keys(&[("test-1", 7), ("test-2", 9)]));
        assert!(matches!(turned, Err(StoreError::WrongKey { key_id }) if key_id.contains("blind")));
    }
}

#[cfg(unix)]
#[test]
fn nobody_else_may_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let database = testing::sqlite();
    let path: &Path = database.address().path().unwrap();
    for file in [path.to_owned(), path.with_extension("db-wal")] {
        assert_eq!(
            std::fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600,
            "{}",
            file.display()
        );
    }
}

#[test]
fn a_back_up_is_made_while_others_write_and_opens_with_the_same_keys() {
    const PUT: Statement =
        Statement::new("tests.put", "INSERT INTO meta (name, value) VALUES ($1, $2)");
    const ALL: Statement = Statement::new("tests.all", "SELECT name FROM meta");
    let database = testing::sqlite();
    let copy = database.folder().unwrap().join("copy.db");
    database.write_blocking(|tx| tx.execute_one(&PUT, &["before".into(), "".into()])).unwrap();
    let (store, target) = ((*database).clone(), copy.clone());
    database
        .write_blocking(move |tx| {
            tx.execute_one(&PUT, &["meanwhile".into(), "".into()])?;
            store.backup_to(&target, Moment::from_ms(1_000))
        })
        .unwrap();
    let reopened = open(&DatabaseAddress::sqlite(&copy)).unwrap();
    let rows = reopened.read_blocking(|reader| reader.query(&ALL, &[])).unwrap();
    assert_eq!(rows.iter().map(|row| row.text(0).unwrap()).collect::<Vec<_>>(), ["before"]);

    let again = database.backup_to(&copy, Moment::from_ms(1_000));
    assert!(matches!(again, Err(StoreError::BackUp { why, .. }) if why.contains("never replaces")));
    let nowhere = database.backup_to(&copy.with_file_name("none/x.db"), Moment::from_ms(1_000));
    assert!(matches!(nowhere, Err(StoreError::File { .. })));
    let on_postgres =
        testing::postgres().backup_to(&copy.with_file_name("p.db"), Moment::from_ms(1_000));
    assert!(matches!(on_postgres, Err(StoreError::BackUp { why, .. }) if why.contains("pg_dump")));
    assert_eq!(OpenOptions::default().readers, 4);
}
