//! Every statement of the house on both engines, and the tables of one engine beside those of the other.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking, too")]

use std::collections::{BTreeMap, BTreeSet};

use store::{Statement, all_statements, testing};

#[test]
fn every_statement_is_understood_by_both_engines() {
    let mut faults = Vec::new();
    for database in testing::both() {
        for statement in all_statements() {
            if let Err(error) = database.prepare(statement) {
                let cause = std::error::Error::source(&error).map(chain).unwrap_or_default();
                faults.push(format!("{:?}: {error}: {cause}", database.engine()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Questions that look at each row of a table: it is small, or the question is the demo's or an accountant's
/// alone.
const SCANS: &[&str] =
    &["key_checks.known", "charges.by_state", "entries.newest", "groups.all", "journal.balances"];

/// Questions of an auditor about all rows.
const ABOUT_ALL_ROWS: &str = "invariants.";

/// A table that is gone through for each question, or for each given row, is quick in every other test and
/// takes minutes after a year. Mutation: a plain `JOIN` in `many.rs`.
#[test]
fn sqlite_finds_rows_by_an_index_and_given_rows_lead() {
    let database = testing::sqlite();
    let (mut scans, mut misled) = (Vec::new(), Vec::new());
    for statement in all_statements() {
        let plan = plan_of(&database, statement);
        let given = plan.iter().position(|step| step.starts_with("SCAN given"));
        if given.is_some_and(|at| plan.iter().take(at).any(|step| step.starts_with("SEARCH"))) {
            misled.push(statement.name);
        }
        let is_scan = |step: &String| {
            step.starts_with("SCAN ")
                && !["SCAN given", "SCAN CONSTANT ROW", "USING "]
                    .iter()
                    .any(|word| step.contains(word))
        };
        let about_all = statement.name.starts_with(ABOUT_ALL_ROWS);
        if plan.iter().any(is_scan) && !about_all {
            scans.push(statement.name);
        }
    }
    assert_eq!(misled, Vec::<&str>::new(), "they go through their table for each given row");
    assert_eq!(scans, SCANS, "they go through the whole table");
}

fn plan_of(database: &store::Store, statement: &Statement) -> Vec<String> {
    let sql: &'static str = format!("EXPLAIN QUERY PLAN {}", statement.sql).leak();
    let asked = Statement::new("tests.plan", sql);
    let places = (1..100).take_while(|number| sql.contains(&format!("${number}"))).count();
    let values = vec![store::Value::Null; places];
    let rows = database.read_blocking(move |reader| reader.query(&asked, &values)).unwrap();
    rows.iter().map(|row| row.text(3).unwrap().to_owned()).collect()
}

fn chain(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), |cause| format!("{error}: {}", chain(cause)))
}

#[test]
fn a_misspelt_column_fails_with_the_name_of_its_statement() {
    const MISSPELT: Statement = Statement::new("tests.misspelt", "SELECT kid FROM jobs");
    const NUMERIC: Statement = Statement::new("tests.numeric", "SELECT sum(attempts) FROM jobs");
    for database in testing::both() {
        assert!(database.prepare(&MISSPELT).unwrap_err().to_string().contains("tests.misspelt"));
    }
    let error = testing::postgres().prepare(&NUMERIC).unwrap_err();
    assert!(chain(&error).contains("numeric, not bigint"), "{}", chain(&error));
}

/// I7, I15: what was booked or put on record is never changed. Mutation: an `UPDATE journal`.
#[test]
fn books_and_records_are_only_added_to() {
    let words = |statement: &Statement| {
        statement.sql.split_whitespace().map(str::to_owned).collect::<Vec<_>>().join(" ")
    };
    for statement in all_statements() {
        let sql = words(statement);
        for table in ["journal", "audit_entries", "evidence", "refund_evidence"] {
            for verb in [format!("UPDATE {table} "), format!("DELETE FROM {table}")] {
                assert!(!sql.starts_with(&verb), "{}: {verb}", statement.name);
            }
        }
    }
    let added = all_statements()
        .into_iter()
        .any(|statement| words(statement).starts_with("INSERT INTO journal"));
    assert!(added, "the names of the tables are still right");
}

#[test]
fn names_are_unique_and_no_literal_holds_a_placeholder() {
    let mut names = BTreeSet::new();
    for statement in all_statements() {
        assert!(names.insert(statement.name), "two statements are called {}", statement.name);
        for text in [Some(statement.sql), statement.postgres].into_iter().flatten() {
            // Every second piece between apostrophes is a literal.
            let dollars =
                text.split('\'').skip(1).step_by(2).filter(|literal| literal.contains('$'));
            assert_eq!(dollars.count(), 0, "{}: a $ inside a literal", statement.name);
            assert!(!text.contains('?'), "{}: placeholders are $1, $2", statement.name);
        }
    }
}

/// Table → column → (kind, may be null).
type Tables = BTreeMap<String, BTreeMap<String, (String, bool)>>;

fn put(tables: &mut Tables, row: &store::Row, kind: &str) {
    let column = (kind.to_owned(), row.int(3).unwrap() == 1);
    tables
        .entry(row.text(0).unwrap().to_owned())
        .or_default()
        .insert(row.text(1).unwrap().to_owned(), column);
}

fn sqlite_tables() -> Tables {
    const COLUMNS: Statement = Statement::new(
        "tests.sqlite_columns",
        "SELECT t.name, c.name, c.type, CASE WHEN c.\"notnull\" = 0 THEN 1 ELSE 0 END, l.strict
         FROM sqlite_master AS t JOIN pragma_table_info(t.name) AS c JOIN pragma_table_list(t.name) AS l
         WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name <> 'refinery_schema_history'",
    );
    let mut tables = Tables::new();
    for row in testing::sqlite().read_blocking(|reader| reader.query(&COLUMNS, &[])).unwrap() {
        assert_eq!(row.int(4).unwrap(), 1, "the table {} is not STRICT", row.text(0).unwrap());
        let kind = match row.text(2).unwrap() {
            "INTEGER" => "bigint",
            "TEXT" => "text",
            "BLOB" => "bytea",
            other => panic!("{} has a column of type {other}", row.text(0).unwrap()),
        };
        put(&mut tables, &row, kind);
    }
    tables
}

fn postgres_tables() -> Tables {
    const COLUMNS: Statement = Statement::new(
        "tests.postgres_columns",
        "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT), CAST(data_type AS TEXT),
                CASE WHEN is_nullable = 'YES' THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END
         FROM information_schema.columns
         WHERE table_schema = 'public' AND table_name <> 'refinery_schema_history'",
    );
    let mut tables = Tables::new();
    for row in testing::postgres().read_blocking(|reader| reader.query(&COLUMNS, &[])).unwrap() {
        let kind = row.text(2).unwrap();
        assert!(["bigint", "text", "bytea"].contains(&kind), "{:?} is {kind}", row.text(1));
        put(&mut tables, &row, kind);
    }
    tables
}

#[test]
fn both_engines_have_the_same_tables_of_whole_numbers_texts_and_bytes() {
    let (sqlite, postgres) = (sqlite_tables(), postgres_tables());
    assert!(sqlite.contains_key("jobs") && sqlite.len() >= 5);
    assert_eq!(sqlite, postgres);
}
