//! A night's settlement through `app::settle::run_once`, against a card network that answers at once. Its peer
//! does what the product was seen to do on PostgreSQL, the same statements with the same values and a commit
//! where the product has one: pgbench on PostgreSQL, prepared statements on SQLite.

use crate::database::{Database, Raw, Server};
use crate::import::counts;
use crate::measure::{Compared, Figure, Goal, ROUNDS, Samples, Unit, per_second, table, timed};
use crate::pgbench;
use crate::recording::{Listener, Transaction, for_each};
use crate::world::{How, World, first_day, nine, shimin};
use anyhow::{Context as _, bail, ensure};
use app::bills::{Brought, Mode, Outcome};
use app::ids::Ids;
use domain::audit::Actor;
use domain::entry::CareSetting;
use domain::policy::Policy;
use domain::time::Day;
use exchange::bills_csv::{self, BillRow, Charset, LineEnd};
use exchange::fixture;
use std::collections::{HashMap, HashSet};
use std::time::Duration;
use store::OpenOptions;

/// Charges of a round.
pub const CHARGES: usize = 2_000;
/// Cards take nothing smaller, in yen.
const LEAST_CHARGED: i64 = 50;
/// Connections at once on PostgreSQL.
const CONNECTIONS: usize = 8;
/// Days from the visit to the charge.
const DUE_AFTER_DAYS: u16 = 4;

/// Measures on each server.
pub fn run(servers: &[Server]) -> anyhow::Result<()> {
    let Some(postgres) = servers.iter().find(|server| matches!(server, Server::Postgres(_))) else {
        bail!("what the peer has to do is read from PostgreSQL's log: use bench/run")
    };
    let recorded = recorded(postgres)?;
    let mut figures = Vec::new();
    for server in servers {
        figures.push(match server {
            Server::Sqlite => on_sqlite(server, &recorded)?,
            Server::Postgres(_) => on_postgres(server, &recorded)?,
        });
    }
    table(&format!("Settlement of {CHARGES} charges"), &figures);
    let steps = recorded.first().context("a charge")?;
    println!(
        "\nEach charge: {} transactions with {} statements, `BEGIN` and `COMMIT` included.",
        steps.len(),
        steps.iter().map(Vec::len).sum::<usize>()
    );
    Ok(())
}

/// What is asked of the database for each charge.
fn recorded(server: &Server) -> anyhow::Result<Vec<Vec<Transaction>>> {
    let database = due(server, CHARGES)?;
    let names = charges(&database)?;
    let listener = Listener::start(&database)?;
    settle(&database, CHARGES)?;
    for_each(&listener.stop()?, &names)
}

/// A database in which so many charges of one hospital are due, the same ones on every server.
pub fn due(server: &Server, count: usize) -> anyhow::Result<Database> {
    let database = Database::create(server)?;
    let (hospital, day) = (shimin()?, first_day()?);
    let layout = Policy::of_the_faq().card_layout;
    let seed = fixture::seed_of(&hospital);
    let bills = fixture::day_of_bills(seed, &hospital, &layout, day, count.saturating_mul(3));
    let mut seen = HashSet::new();
    let bills: Vec<BillRow> = bills
        .into_iter()
        .filter(|bill| bill.key.setting == CareSetting::Outpatient)
        .filter(|bill| left_to_pay(bill) >= LEAST_CHARGED)
        .filter(|bill| seen.insert(bill.content.patient_number.clone()))
        .take(count)
        .collect();
    ensure!(bills.len() == count, "only {} patients have a bill to pay", bills.len());
    let people = fixture::people(seed, u32::try_from(count.saturating_mul(4))?, &layout);
    let people: HashMap<_, _> =
        people.into_iter().map(|person| (person.patient_number.clone(), person)).collect();
    let world = World::open_with(
        &database,
        OpenOptions::default(),
        How { ids: Ids::counting(), ..How::new(nine(day)?) },
    )?;
    world.load_group()?;
    let cards = world.cards(count)?;
    let file = bills_csv::write(&bills, &hospital, Charset::Utf8WithBom, LineEnd::CrLf)?;
    world.runtime.block_on(async {
        for (bill, card) in bills.iter().zip(cards) {
            let person =
                people.get(&bill.content.patient_number).context("nobody has that number")?;
            app::fixtures::visitor(&world.app, &hospital, person.clone(), Some(card), day).await?;
        }
        let brought = Brought { file_name: "shimin.csv", bytes: &file, actor: &Actor::System };
        let report =
            app::bills::import(&world.app, &hospital, brought, Mode::Apply, |_done, _total| ())
                .await?;
        ensure!(report.outcome == Outcome::Applied, "the file was not taken: {report:?}");
        Ok(())
    })?;
    Ok(database)
}

fn left_to_pay(bill: &BillRow) -> i64 {
    bill.content.due().amount().saturating_sub(bill.content.received().amount())
}

/// When they are due.
pub fn due_day() -> anyhow::Result<Day> {
    Ok(first_day()?.plus_days(DUE_AFTER_DAYS))
}

/// Settles what is due, as `atobarai settle --once` does.
fn settle(database: &Database, count: usize) -> anyhow::Result<Duration> {
    let day = due_day()?;
    let options = OpenOptions { connections: CONNECTIONS, ..OpenOptions::default() };
    let world = World::open(database, options, nine(day)?)?;
    world.cards(count)?;
    let run = || Ok(world.runtime.block_on(app::settle::run_once(&world.app))?);
    let (done, took) = timed(run)?;
    ensure!(usize::try_from(done.paid)? == count, "not all were paid: {done:?}");
    Ok(took)
}

fn charges(database: &Database) -> anyhow::Result<Vec<String>> {
    let Raw::Postgres(mut client) = database.raw()? else { bail!("PostgreSQL is listened to") };
    Ok(client.query("SELECT id FROM charges", &[])?.iter().map(|row| row.get(0)).collect())
}

fn on_postgres(server: &Server, recorded: &[Vec<Transaction>]) -> anyhow::Result<Figure> {
    let before = due(server, CHARGES)?;
    let [mut ours, mut peer] = [(); 2].map(|()| Samples::new(Unit::PerSecond));
    for _ in 0..ROUNDS {
        let (mine, theirs) = (before.copy()?, before.copy()?);
        ours.push(per_second(CHARGES, settle(&mine, CHARGES)?));
        peer.push(pgbench::replay(&theirs, recorded, CONNECTIONS)?);
        same_rows(&mine, &theirs)?;
    }
    Ok(Figure {
        what: "PostgreSQL: charges".to_owned(),
        ours,
        peer: Some(("pgbench, the same commits", peer)),
        compared: Compared::Speed,
        goal: Goal::AtLeast(60),
    })
}

/// One connection and a commit for each step: a file has one writer.
fn on_sqlite(server: &Server, recorded: &[Vec<Transaction>]) -> anyhow::Result<Figure> {
    let before = due(server, CHARGES)?;
    let statements: HashMap<&str, String> = store::all_statements()
        .into_iter()
        .map(|one| (one.postgres.unwrap_or(one.sql), one.sql.replace('$', "?")))
        .collect();
    let [mut ours, mut peer] = [(); 2].map(|()| Samples::new(Unit::PerSecond));
    for _ in 0..ROUNDS {
        let (mine, theirs) = (before.copy()?, before.copy()?);
        ours.push(per_second(CHARGES, settle(&mine, CHARGES)?));
        let Raw::Sqlite(connection) = theirs.raw()? else { bail!("a file was asked for") };
        let (_, took) = timed(|| {
            recorded.iter().flatten().try_for_each(|each| write(&connection, &statements, each))
        })?;
        peer.push(per_second(CHARGES, took));
        drop(connection);
        same_rows(&mine, &theirs)?;
    }
    Ok(Figure {
        what: "SQLite: charges".to_owned(),
        ours,
        peer: Some(("the same SQL, one commit for each step", peer)),
        compared: Compared::Speed,
        goal: Goal::AtLeast(500),
    })
}

fn write(
    connection: &rusqlite::Connection,
    statements: &HashMap<&str, String>,
    transaction: &Transaction,
) -> anyhow::Result<()> {
    for ran in transaction {
        let sql = match statements.get(ran.sql.as_str()) {
            Some(sql) => sql.as_str(),
            None if ran.sql.contains("READ ONLY") => "BEGIN",
            None if ran.sql.starts_with("BEGIN") => "BEGIN IMMEDIATE",
            None if ran.sql == "COMMIT" => "COMMIT",
            None if ran.sql == "ROLLBACK" => "ROLLBACK",
            None => bail!("no statement of ours: {}", ran.sql),
        };
        let mut statement = connection.prepare_cached(sql)?;
        let mut rows = statement.query(rusqlite::params_from_iter(&ran.values))?;
        while let Some(row) = rows.next()? {
            std::hint::black_box(row);
        }
    }
    Ok(())
}

/// Every table has as many rows on both sides, and every charge is paid.
fn same_rows(ours: &Database, theirs: &Database) -> anyhow::Result<()> {
    let (mine, peers) = (counts(ours)?, counts(theirs)?);
    ensure!(mine == peers, "the peer has written other rows: {mine:?} and {peers:?}");
    let sql = "SELECT count(*) FROM charges WHERE state = 'paid'";
    let paid: i64 = match theirs.raw()? {
        Raw::Sqlite(connection) => connection.query_row(sql, [], |row| row.get(0))?,
        Raw::Postgres(mut client) => client.query_one(sql, &[])?.get(0),
    };
    ensure!(usize::try_from(paid)? == CHARGES, "the peer has paid {paid} charges");
    Ok(())
}
