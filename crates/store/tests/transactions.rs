//! What a transaction promises, on both engines: kept or undone as a whole, answered only when kept.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking, too")]

use std::sync::mpsc;

use domain::time::Moment;
use store::{Blow, Engine, Fuse, Statement, Store, StoreError, Value, testing};

const PUT: Statement =
    Statement::new("tests.put", "INSERT INTO meta (name, value) VALUES ($2, $1)");
const ALL: Statement = Statement::new("tests.all", "SELECT name, value FROM meta ORDER BY name");
const COUNT: Statement = Statement::new("tests.count", "SELECT count(*) FROM meta");
const DELETE: Statement = Statement::new("tests.delete", "DELETE FROM meta WHERE name = $1");

fn put(store: &Store, name: &str) -> Result<(), StoreError> {
    let name = name.to_owned();
    store.write_blocking(move |tx| tx.execute_one(&PUT, &["v".into(), (&name).into()])).map(|_| ())
}

fn names(store: &Store) -> Vec<String> {
    let rows = store.read_blocking(|reader| reader.query(&ALL, &[])).unwrap();
    rows.iter().map(|row| row.text(0).unwrap().to_owned()).collect()
}

/// What the closure of a test says when it wants its writes undone.
#[derive(Debug)]
struct Undo;

impl From<StoreError> for Undo {
    fn from(error: StoreError) -> Self {
        panic!("the store failed first: {error}")
    }
}

#[test]
fn placeholders_are_bound_by_their_number() {
    for database in testing::both() {
        put(&database, "the name").unwrap();
        let row = database.read_blocking(|reader| reader.query_opt(&ALL, &[])).unwrap().unwrap();
        // Fails when `$2` is taken for a name: then the values change places.
        assert_eq!((row.text(0).unwrap(), row.text(1).unwrap()), ("the name", "v"));
    }
}

#[test]
fn an_error_undoes_everything_the_closure_wrote() {
    for database in testing::both() {
        let result = database.write_blocking(|tx| {
            tx.execute_one(&PUT, &["v".into(), "undone".into()])?;
            Err::<(), _>(Undo)
        });
        assert!(matches!(result, Err(Undo)));
        put(&database, "kept").unwrap();
        assert_eq!(names(&database), ["kept"]);
    }
}

#[test]
fn a_panic_undoes_the_transaction_and_the_thread_lives_on() {
    for database in testing::both() {
        let result = database.write_blocking(|tx| -> Result<(), StoreError> {
            tx.execute_one(&PUT, &["v".into(), "undone".into()])?;
            panic!("a closure with a mistake");
        });
        assert!(
            matches!(result, Err(StoreError::ClosurePanicked { message }) if message.contains("mistake"))
        );
        let read = database
            .read_blocking(|_reader| -> Result<(), StoreError> { panic!("also when reading") });
        assert!(matches!(read, Err(StoreError::ClosurePanicked { .. })));
        put(&database, "kept").unwrap();
        assert_eq!(names(&database), ["kept"]);
    }
}

/// PostgreSQL answers COMMIT after a failed statement with success, having undone everything.
#[test]
fn a_failure_that_is_passed_over_does_not_look_like_success() {
    for database in testing::both() {
        put(&database, "there").unwrap();
        let result = database.write_blocking(|tx| {
            tx.execute_one(&PUT, &["v".into(), "before".into()])?;
            let _passed_over = tx.execute_one(&PUT, &["v".into(), "there".into()]);
            Ok::<_, StoreError>(())
        });
        assert!(
            matches!(result, Err(StoreError::FailurePassedOver { statement: "tests.put" })),
            "{result:?}"
        );
        assert_eq!(names(&database), ["there"]);
    }
}

#[test]
fn counts_of_rows_are_insisted_on() {
    for database in testing::both() {
        for name in ["a", "b"] {
            put(&database, name).unwrap();
        }
        let two = database.read_blocking(|reader| reader.query_opt(&ALL, &[]));
        assert!(matches!(
            two,
            Err(StoreError::RowCount { statement: "tests.all", expected: 1, got: 2 })
        ));
        let none = database.write_blocking(|tx| tx.execute_one(&DELETE, &["c".into()]));
        assert!(matches!(
            none,
            Err(StoreError::RowCount { statement: "tests.delete", expected: 1, got: 0 })
        ));
        assert_eq!(names(&database), ["a", "b"]);
    }
}

#[test]
fn values_keep_their_kind_and_a_wrong_one_is_an_error() {
    const ECHO: Statement = Statement::new(
        "tests.echo",
        "SELECT CAST($1 AS BIGINT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS BIGINT)",
    );
    for database in testing::both() {
        let row = database.read_blocking(|reader| {
            let values =
                [Value::Int(i64::MIN), "岡山市民病院 '$'".into(), Value::Null, None::<i64>.into()];
            reader.query_opt(&ECHO, &values)
        });
        let row = row.unwrap().unwrap();
        assert_eq!((row.int(0).unwrap(), row.text(1).unwrap()), (i64::MIN, "岡山市民病院 '$'"));
        assert_eq!((row.opt_text(2).unwrap(), row.opt_int(3).unwrap()), (None, None));
        for error in [row.text(0).err(), row.int(1).err(), row.text(2).err(), row.int(9).err()] {
            let error = error.unwrap();
            assert!(
                matches!(error, StoreError::Corrupt { statement: "tests.echo", .. }),
                "{error}"
            );
        }
        // A number where the table has a text.
        let wrong =
            database.write_blocking(|tx| tx.execute_one(&PUT, &[Value::Bytes(b"v"), "n".into()]));
        assert!(
            matches!(wrong, Err(StoreError::Statement { statement: "tests.put", .. })),
            "{wrong:?}"
        );
    }
}

#[test]
fn a_reader_cannot_write() {
    for database in testing::both() {
        let result = database.read_blocking(|reader| reader.query(&DELETE, &["a".into()]));
        assert!(matches!(result, Err(StoreError::Statement { .. })), "{result:?}");
    }
}

#[test]
fn a_reader_sees_one_state_although_others_write() {
    for database in testing::both() {
        let (writer, (go, wait)) = ((*database).clone(), mpsc::channel());
        let (done, seen) = mpsc::channel();
        let writing = std::thread::spawn(move || {
            wait.recv().unwrap();
            put(&writer, "meanwhile").unwrap();
            done.send(()).unwrap();
        });
        let counts = database.read_blocking(move |reader| {
            let before = reader.query_opt(&COUNT, &[])?.map(|row| row.int(0)).transpose()?;
            go.send(()).unwrap();
            seen.recv().unwrap();
            let after = reader.query_opt(&COUNT, &[])?.map(|row| row.int(0)).transpose()?;
            Ok::<_, StoreError>((before, after))
        });
        writing.join().unwrap();
        assert_eq!(counts.unwrap(), (Some(0), Some(0)), "{:?}", database.engine());
        assert_eq!(names(&database), ["meanwhile"]);
    }
}

#[tokio::test]
async fn a_caller_that_goes_away_does_not_cut_the_transaction() {
    for database in testing::both() {
        let (began, begun) = mpsc::channel();
        let (go, wait) = mpsc::channel::<()>();
        let store = database.reopen().unwrap();
        let mut writing = Box::pin(store.write(move |tx| {
            tx.execute_one(&PUT, &["v".into(), "first".into()])?;
            began.send(()).unwrap();
            wait.recv().unwrap();
            tx.execute_one(&PUT, &["v".into(), "second".into()])
        }));
        // Polled once, so that it is on its way, and then dropped in the middle of the closure.
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(writing.as_mut().poll(&mut context).is_pending());
        begun.recv().unwrap();
        drop(writing);
        go.send(()).unwrap();
        // Closing waits until all that was begun is done.
        drop(store);
        assert_eq!(names(&database), ["first", "second"]);
    }
}

/// SQLite may have undone the transaction already: a further write would then be kept by itself.
#[test]
fn nothing_runs_in_a_transaction_after_a_failure() {
    let database = testing::sqlite();
    database.tamper(
        "CREATE TRIGGER full BEFORE INSERT ON meta WHEN NEW.name = 'full' BEGIN SELECT RAISE(ROLLBACK, 'full'); END",
    );
    let result = database.write_blocking(|tx| {
        let _passed_over = tx.execute_one(&PUT, &["v".into(), "full".into()]);
        let _passed_over = tx.execute_one(&PUT, &["v".into(), "stray".into()]);
        Ok::<_, StoreError>(())
    });
    assert!(matches!(result, Err(StoreError::FailurePassedOver { .. })), "{result:?}");
    assert_eq!(names(&database), Vec::<String>::new());
}

#[test]
fn a_closure_that_asks_for_another_transaction_is_told_so_instead_of_waiting_for_ever() {
    for database in testing::both() {
        let store = (*database).clone();
        let nested = database.write_blocking(move |_tx| put(&store, "inner"));
        assert!(matches!(nested, Err(StoreError::Nested)), "{nested:?}");
        let store = (*database).clone();
        let nested = database.read_blocking(move |_reader| put(&store, "inner"));
        assert!(matches!(nested, Err(StoreError::Nested)), "{nested:?}");
    }
}

#[test]
fn too_few_or_too_many_values_are_an_error() {
    for database in testing::both() {
        for values in [&[][..], &["v".into()], &["v".into(), "n".into(), "x".into()]] {
            let values = values.to_vec();
            let result = database.write_blocking(move |tx| tx.execute(&PUT, &values));
            assert!(
                matches!(result, Err(StoreError::Statement { statement: "tests.put", .. })),
                "{result:?}"
            );
        }
    }
}

#[test]
fn a_fuse_stops_everything_from_its_call_on() {
    for database in testing::both() {
        let _store = database.with_fuse(Fuse::never());
        put(&database, "a").unwrap();
        assert_eq!(database.fuse_calls(), 2, "one statement and one commit");

        let _store = database.with_fuse(Fuse::blow_at(1, Blow::Before));
        assert!(matches!(
            put(&database, "b"),
            Err(StoreError::Statement { statement: "tests.put", .. })
        ));
        assert!(put(&database, "c").is_err(), "the fuse stays blown");

        for (blow, name) in [(Blow::Before, "d"), (Blow::After, "e")] {
            let _store = database.with_fuse(Fuse::blow_at(2, blow));
            assert!(matches!(put(&database, name), Err(StoreError::CommitUnknown { .. })));
        }
        let _store = database.with_fuse(Fuse::never());
        assert_eq!(names(&database), ["a", "e"], "{:?}", database.engine());
    }
}

#[test]
fn more_work_than_may_wait_is_refused_at_once() {
    let database = testing::sqlite();
    let options = store::OpenOptions { waiting_max: 1, ..testing::options() };
    let store = Store::open(database.address(), testing::keyring(), options).unwrap();
    let (began, begun) = mpsc::channel();
    let (go, wait) = mpsc::channel::<()>();
    let holder = {
        let store = store.clone();
        std::thread::spawn(move || {
            store.write_blocking(move |_tx| {
                began.send(()).unwrap();
                wait.recv().unwrap();
                Ok::<_, StoreError>(())
            })
        })
    };
    begun.recv().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let mut second = Box::pin(store.write(|_tx| Ok::<_, StoreError>(())));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(second.as_mut().poll(&mut context).is_pending());
    let third = runtime.block_on(store.write(|_tx| Ok::<_, StoreError>(())));
    assert!(matches!(third, Err(StoreError::QueueFull { waiting: 1 })), "{third:?}");
    go.send(()).unwrap();
    holder.join().unwrap().unwrap();
    runtime.block_on(second).unwrap();
}

#[test]
fn a_connection_to_postgresql_that_broke_is_replaced_before_the_work_begins() {
    const CUT: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                       WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let database = testing::postgres();
    for name in ["a", "b", "c", "d", "e"] {
        put(&database, name).unwrap();
        database.tamper(CUT);
    }
    assert_eq!(names(&database).len(), 5);
    assert_eq!(database.engine(), Engine::Postgres);
}

/// F12, F32. Mutation: the answer of a broken connection is taken for the statement's.
#[tokio::test]
async fn a_statement_of_its_own_is_kept_once_whatever_its_connection_does() {
    const CUT: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                       WHERE datname = current_database() AND pid <> pg_backend_pid()";
    for database in testing::both() {
        let store = &*database;
        let keep = |id: &str| {
            let (id, body) = (id.to_owned(), format!("body of {id}"));
            store::gateway_events::keep(store, id, body, Moment::from_ms(1))
        };
        // More often than there are connections.
        for (number, id) in ["a", "b", "a", "b", "a", "b", "a", "b", "a"].into_iter().enumerate() {
            assert_eq!(keep(id).await.unwrap().into_inner(), number < 2, "{number}");
            if database.engine() == Engine::Postgres {
                database.tamper(CUT);
            }
        }
        let waiting = store.read(|reader| store::gateway_events::waiting(reader, 9)).await.unwrap();
        assert_eq!(waiting.len(), 2);
        drop(store.with_fuse(Fuse::fail_once_at(1, Blow::Before)));
        assert!(keep("c").await.is_err());
        assert!(keep("c").await.unwrap().into_inner());
    }
}

#[test]
fn a_commit_whose_connection_breaks_has_an_unknown_end() {
    const CUT: Statement =
        Statement::new("tests.cut_at_commit", "INSERT INTO meta (name, value) VALUES ($1, $2)");
    let database = testing::postgres();
    // Checked when the transaction is made lasting, and the check ends its own connection.
    database.tamper(
        "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS
             'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';
         CREATE CONSTRAINT TRIGGER cut AFTER INSERT ON meta DEFERRABLE INITIALLY DEFERRED
             FOR EACH ROW WHEN (NEW.name = 'cut') EXECUTE FUNCTION cut()",
    );
    let result = database.write_blocking(|tx| tx.execute_one(&CUT, &["cut".into(), "v".into()]));
    assert!(matches!(result, Err(StoreError::CommitUnknown { .. })), "{result:?}");
    put(&database, "after").unwrap();
    assert_eq!(names(&database), ["after"]);
}

#[test]
fn a_commit_that_the_database_refuses_keeps_nothing() {
    for database in testing::both() {
        match database.engine() {
            Engine::Postgres => database.tamper(
                "CREATE TABLE parents (id TEXT PRIMARY KEY);
                 CREATE TABLE children (id TEXT REFERENCES parents DEFERRABLE INITIALLY DEFERRED)",
            ),
            Engine::Sqlite => database.tamper(
                "CREATE TABLE parents (id TEXT PRIMARY KEY) STRICT;
                 CREATE TABLE children (id TEXT REFERENCES parents DEFERRABLE INITIALLY DEFERRED) STRICT",
            ),
        }
        const ORPHAN: Statement =
            Statement::new("tests.orphan", "INSERT INTO children (id) VALUES ($1)");
        let result = database.write_blocking(|tx| tx.execute_one(&ORPHAN, &["nobody".into()]));
        assert!(matches!(result, Err(StoreError::CommitFailed { .. })), "{result:?}");
        put(&database, "after").unwrap();
        assert_eq!(names(&database), ["after"]);
    }
}
