//! Many rows at once: the same rows on both engines, all of them or none.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking, too")]

use store::{Statement, StoreError, Value, testing};

const WRITE: Statement = Statement::differing(
    "tests.write_jobs",
    "INSERT INTO jobs (id, kind, key, payload, due_at_ms, attempts, lease_until_ms, lease_fence, state,
                       last_error, created_at_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    "COPY jobs (id, kind, key, payload, due_at_ms, attempts, lease_until_ms, lease_fence, state,
                last_error, created_at_ms) FROM STDIN BINARY",
);
const READ: Statement = Statement::new(
    "tests.read_jobs",
    "SELECT id, due_at_ms, last_error FROM jobs ORDER BY due_at_ms",
);

/// Rows of two columns that matter: `None` stands for nothing, also where a whole column has nothing.
fn row<'v>(id: &'v str, due_at_ms: i64, last_error: Option<&'v str>) -> [Value<'v>; 11] {
    let zero = Value::Int(0);
    let due = Value::Int(due_at_ms);
    let (kind, state) = (Value::Text("test"), Value::Text("waiting"));
    [id.into(), kind, id.into(), "{}".into(), due, zero, zero, zero, state, last_error.into(), zero]
}

fn write(store: &store::Store, rows: Vec<[Value<'static>; 11]>) -> Result<(), StoreError> {
    store.write_blocking(move |tx| tx.insert_many(&WRITE, &rows)).map(|_written| ())
}

fn read(store: &store::Store) -> Vec<(String, i64, Option<String>)> {
    let rows = store.read_blocking(|reader| reader.query(&READ, &[])).unwrap();
    rows.iter()
        .map(|row| {
            let error = row.opt_text(2).unwrap().map(str::to_owned);
            (row.text(0).unwrap().to_owned(), row.int(1).unwrap(), error)
        })
        .collect()
}

#[test]
fn many_rows_are_written_as_they_are() {
    for database in testing::both() {
        write(&database, vec![row("a", 1, None), row("b", i64::MAX, None)]).unwrap();
        write(&database, vec![row("c", -1, None), row("d", 0, Some("岡山"))]).unwrap();
        write(&database, Vec::new()).unwrap();
        let expected =
            [("c", -1, None), ("d", 0, Some("岡山")), ("a", 1, None), ("b", i64::MAX, None)];
        let found = read(&database);
        let found: Vec<_> =
            found.iter().map(|(id, due, why)| (id.as_str(), *due, why.as_deref())).collect();
        assert_eq!(found, expected);
    }
}

#[test]
fn one_row_that_cannot_be_leaves_none() {
    for database in testing::both() {
        let error = write(&database, vec![row("a", 1, None), row("a", 2, None)]).unwrap_err();
        assert!(error.to_string().contains("tests.write_jobs"), "{error}");
        let mut wrong_kind = row("b", 1, None);
        wrong_kind[4] = Value::Text("no number");
        assert!(write(&database, vec![row("c", 1, None), wrong_kind]).is_err());
        assert_eq!(read(&database), []);
    }
}
