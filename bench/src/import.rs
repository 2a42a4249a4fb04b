//! Taking in a file of 10,000 bills, beside loading the very rows that it becomes raw into the same
//! database: prepared `INSERT`s in one transaction on SQLite, `COPY` in one transaction on PostgreSQL.
//! The peer reads no file, checks nothing, seals nothing and chains no hashes: it gets the finished rows.

use crate::database::{Database, Raw, Server};
use crate::measure::{Compared, Figure, Goal, ROUNDS, Samples, Unit, table, timed};
use crate::world::{World, first_day, nine, shimin};
use anyhow::{bail, ensure};
use app::bills::{Brought, Mode, Outcome};
use domain::audit::Actor;
use domain::entry::CareSetting;
use domain::policy::Policy;
use exchange::bills_csv::{self, Charset, LineEnd};
use exchange::fixture;
use std::collections::HashSet;
use std::io::{Read as _, Write as _};
use std::time::Duration;
use store::OpenOptions;

const BILLS: usize = 10_000;

/// Measures on each server: all bills of patients who pay at the cashier, and one visit in ten entered
/// for paying later, so that its bills make a charge.
pub fn run(servers: &[Server]) -> anyhow::Result<()> {
    let mut figures = Vec::new();
    for server in servers {
        for entered_in_ten in [0, 1] {
            figures.extend(measure(server, entered_in_ten)?);
        }
    }
    table(&format!("Import of {BILLS} bills"), &figures);
    Ok(())
}

fn measure(server: &Server, entered_in_ten: usize) -> anyhow::Result<[Figure; 2]> {
    let (file, before) = before(server, entered_in_ten)?;
    let rows = {
        let after = before.copy()?;
        import(&after, &file)?;
        Rows::new_in(&after, &before)?
    };
    let mut first = Samples::new(Unit::Nanoseconds);
    let mut again = Samples::new(Unit::Nanoseconds);
    let mut raw = Samples::new(Unit::Nanoseconds);
    for _ in 0..ROUNDS {
        let ours = before.copy()?;
        let (time, second_time) = import(&ours, &file)?;
        first.push_time(time);
        again.push_time(second_time);
        let theirs = before.copy()?;
        raw.push_time(rows.load(&theirs)?);
        ensure!(counts(&ours)? == counts(&theirs)?, "the peer has written other rows");
    }
    let name = server.name();
    let share = if entered_in_ten == 0 { "no visit" } else { "1 visit in 10" };
    let peer = match server {
        Server::Sqlite => "prepared INSERTs",
        Server::Postgres(_) => "COPY",
    };
    Ok([
        Figure {
            what: format!("{name}: a file of {BILLS} bills, {share} entered ({})", rows.size()),
            ours: first.clone(),
            peer: Some((peer, raw)),
            compared: Compared::Speed,
            goal: Goal::AtLeast(50),
        },
        Figure {
            what: format!("{name}: the same file again, {share} entered"),
            ours: again,
            peer: Some(("the first time", first)),
            compared: Compared::Speed,
            goal: Goal::AtLeast(500),
        },
    ])
}

/// A file, and a database that knows the hospital and the visits that were entered.
fn before(server: &Server, entered_in_ten: usize) -> anyhow::Result<(Vec<u8>, Database)> {
    let (hospital, day) = (shimin()?, first_day()?);
    let layout = Policy::of_the_faq().card_layout;
    let bills = fixture::day_of_bills(fixture::seed_of(&hospital), &hospital, &layout, day, BILLS);
    let file = bills_csv::write(&bills, &hospital, Charset::Utf8WithBom, LineEnd::CrLf)?;
    let database = Database::create(server)?;
    let world = World::open(&database, OpenOptions::default(), nine(day)?)?;
    world.load_group()?;
    let mut seen = HashSet::new();
    let visits = bills
        .into_iter()
        .filter(|bill| bill.key.setting == CareSetting::Outpatient)
        .filter(|bill| seen.insert(bill.content.patient_number.clone()))
        .enumerate()
        .filter(|(number, _)| number.checked_rem(10).unwrap_or(0) < entered_in_ten)
        .map(|(_, bill)| (bill.key, bill.content.patient_number, bill.content.service_day));
    world.enter_visits(visits.collect())?;
    Ok((file, database))
}

/// Takes the file in twice, as `atobarai import bills` does.
fn import(database: &Database, file: &[u8]) -> anyhow::Result<(Duration, Duration)> {
    let world = World::open(database, OpenOptions::default(), nine(first_day()?)?)?;
    let hospital = shimin()?;
    let brought = Brought { file_name: "shimin.csv", bytes: file, actor: &Actor::System };
    let once = || {
        let import =
            app::bills::import(&world.app, &hospital, brought, Mode::Apply, |_done, _total| ());
        Ok(world.runtime.block_on(import)?)
    };
    let (report, first) = timed(once)?;
    ensure!(report.outcome == Outcome::Applied, "the file was not taken: {report:?}");
    let (report, again) = timed(once)?;
    let Outcome::KnownFile { .. } = report.outcome else {
        bail!("the file was not known again: {report:?}")
    };
    Ok((first, again))
}

/// Tables that an import writes, each after those that it refers to, with the condition for what is new
/// in them. Tables without one hold few rows and are written anew.
const TABLES: [(&str, Option<&str>); 9] = [
    ("imports", Some("TRUE")),
    ("bills", Some("TRUE")),
    ("bill_revisions", Some("TRUE")),
    ("charges", Some("TRUE")),
    ("charge_bills", Some("TRUE")),
    ("audit_entries", Some("chain LIKE 'shimin%'")),
    ("audit_heads", None),
    ("import_turns", None),
    ("entry_serials", None),
];

/// The rows of an import, in the form in which the server takes them fastest.
enum Rows {
    Sqlite(Vec<(&'static str, Vec<Vec<rusqlite::types::Value>>)>),
    Postgres(Vec<(&'static str, Vec<u8>)>),
}

impl Rows {
    /// What an import has added.
    fn new_in(after: &Database, before: &Database) -> anyhow::Result<Self> {
        for (table, condition) in TABLES {
            let Some(condition) = condition else { continue };
            let count = count(before, &format!("SELECT count(*) FROM {table} WHERE {condition}"))?;
            ensure!(count == 0, "{table} was not empty before");
        }
        Ok(match after.raw()? {
            Raw::Sqlite(connection) => {
                let rows = TABLES.map(|(table, condition)| {
                    Ok((table, sqlite_rows(&connection, &selected(table, condition))?))
                });
                Self::Sqlite(rows.into_iter().collect::<anyhow::Result<_>>()?)
            }
            Raw::Postgres(mut client) => {
                let mut rows = Vec::new();
                for (table, condition) in TABLES {
                    let sql = format!("COPY ({}) TO STDOUT", selected(table, condition));
                    let mut text = Vec::new();
                    client.copy_out(&sql)?.read_to_end(&mut text)?;
                    rows.push((table, text));
                }
                Self::Postgres(rows)
            }
        })
    }

    fn size(&self) -> String {
        let count = match self {
            Self::Sqlite(tables) => tables.iter().map(|(_, rows)| rows.len()).sum::<usize>(),
            Self::Postgres(tables) => {
                let lines = |text: &[u8]| text.iter().filter(|byte| **byte == b'\n').count();
                tables.iter().map(|(_, text)| lines(text)).sum()
            }
        };
        format!("{count} rows")
    }

    /// Writes them all in one transaction. Only that is timed, not connecting.
    fn load(&self, database: &Database) -> anyhow::Result<Duration> {
        match (self, database.raw()?) {
            (Self::Sqlite(tables), Raw::Sqlite(connection)) => {
                Ok(timed(|| load_sqlite(&connection, tables))?.1)
            }
            (Self::Postgres(tables), Raw::Postgres(mut client)) => {
                client.batch_execute("SELECT 1")?;
                Ok(timed(|| load_postgres(&mut client, tables))?.1)
            }
            (Self::Sqlite(_), Raw::Postgres(_)) | (Self::Postgres(_), Raw::Sqlite(_)) => {
                bail!("these rows are another server's")
            }
        }
    }
}

fn selected(table: &str, condition: Option<&str>) -> String {
    format!("SELECT * FROM {table} WHERE {}", condition.unwrap_or("TRUE"))
}

fn sqlite_rows(
    connection: &rusqlite::Connection,
    sql: &str,
) -> anyhow::Result<Vec<Vec<rusqlite::types::Value>>> {
    let mut statement = connection.prepare(sql)?;
    let columns = statement.column_count();
    let rows =
        statement.query_map([], |row| (0..columns).map(|column| row.get(column)).collect())?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn load_sqlite(
    connection: &rusqlite::Connection,
    tables: &[(&str, Vec<Vec<rusqlite::types::Value>>)],
) -> anyhow::Result<()> {
    connection.execute_batch("BEGIN IMMEDIATE")?;
    for ((table, rows), (_, condition)) in tables.iter().zip(TABLES) {
        if condition.is_none() {
            connection.execute(&format!("DELETE FROM {table}"), [])?;
        }
        let Some(first) = rows.first() else { continue };
        let places = vec!["?"; first.len()].join(", ");
        let mut insert = connection.prepare(&format!("INSERT INTO {table} VALUES ({places})"))?;
        for row in rows {
            insert.execute(rusqlite::params_from_iter(row))?;
        }
    }
    Ok(connection.execute_batch("COMMIT")?)
}

fn load_postgres(client: &mut postgres::Client, tables: &[(&str, Vec<u8>)]) -> anyhow::Result<()> {
    let mut transaction = client.transaction()?;
    for ((table, text), (_, condition)) in tables.iter().zip(TABLES) {
        if condition.is_none() {
            transaction.batch_execute(&format!("DELETE FROM {table}"))?;
        }
        let mut copy = transaction.copy_in(&format!("COPY {table} FROM STDIN"))?;
        copy.write_all(text)?;
        copy.finish()?;
    }
    Ok(transaction.commit()?)
}

/// How many rows each table holds, whether it is in [`TABLES`] or not.
pub fn counts(database: &Database) -> anyhow::Result<Vec<(String, i64)>> {
    let tables: Vec<String> = match database.raw()? {
        Raw::Sqlite(connection) => {
            let sql = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name";
            let mut statement = connection.prepare(sql)?;
            statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?
        }
        Raw::Postgres(mut client) => {
            let sql = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1";
            client.query(sql, &[])?.iter().map(|row| row.get(0)).collect()
        }
    };
    let count = |table: String| {
        Ok((table.clone(), count(database, &format!("SELECT count(*) FROM {table}"))?))
    };
    tables.into_iter().map(count).collect()
}

fn count(database: &Database, sql: &str) -> anyhow::Result<i64> {
    Ok(match database.raw()? {
        Raw::Sqlite(connection) => connection.query_row(sql, [], |row| row.get(0))?,
        Raw::Postgres(mut client) => client.query_one(sql, &[])?.get(0),
    })
}
