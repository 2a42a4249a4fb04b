//! Has pgbench run what was recorded: each of its transactions is everything for one thing, with values that
//! it reads from a table of their own first.

use crate::database::{Database, connect};
use crate::peer::Value;
use crate::recording::Transaction;
use anyhow::{Context as _, ensure};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::process::Command;

/// Where `bench/run` tells of the program.
const PROGRAM: &str = "ATOBARAI_BENCH_PGBENCH";

/// Runs what was recorded, shared by so many clients. Returns how many things were done each second, without
/// the time in which the clients connect.
pub fn replay(
    database: &Database,
    recorded: &[Vec<Transaction>],
    clients: usize,
) -> anyhow::Result<u64> {
    let (words, name) = database.postgres().context("pgbench speaks to PostgreSQL alone")?;
    ensure!(recorded.len().checked_rem(clients) == Some(0), "the clients share evenly");
    let share = recorded.len().checked_div(clients).unwrap_or(0);
    let script = Script::of(recorded)?;
    let mut client = connect(&words, &name)?;
    client.batch_execute(&script.table)?;
    let done = bench(&words, &name, &script.text(share), (clients, share));
    client.batch_execute("DROP TABLE bench_steps")?;
    done
}

/// Runs a script so many times on each of so many clients.
pub fn bench(
    words: &str,
    name: &str,
    script: &str,
    (clients, share): (usize, usize),
) -> anyhow::Result<u64> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("script.sql");
    std::fs::write(&file, script)?;
    let program = std::env::var(PROGRAM).context(PROGRAM)?;
    let output = Command::new(program)
        .args(["-n", "-M", "prepared", "-j", "2", "-D", "k=0", "-f"])
        .arg(&file)
        .args(["-c", &clients.to_string(), "-t", &share.to_string()])
        .arg(format!("{words} dbname={name}"))
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let error = String::from_utf8_lossy(&output.stderr);
    let all =
        format!("number of transactions actually processed: {}/", clients.saturating_mul(share));
    ensure!(output.status.success() && text.contains(&all), "pgbench: {text}{error}");
    let tps = text.lines().find_map(|line| line.strip_prefix("tps = ")).context("no tps")?;
    let whole = tps.split(['.', ' ']).next().context("no tps")?;
    Ok(whole.parse()?)
}

struct Script {
    /// Makes the table of the values.
    table: String,
    /// Reads a row of it.
    read: String,
    /// Everything that follows.
    steps: String,
}

impl Script {
    fn of(recorded: &[Vec<Transaction>]) -> anyhow::Result<Self> {
        let first = recorded.first().context("nothing was recorded")?;
        let all: Vec<Vec<&Value>> = recorded
            .iter()
            .map(|one| one.iter().flatten().flat_map(|ran| &ran.values).collect())
            .collect();
        let mut names: HashMap<Vec<&str>, String> = HashMap::new();
        let mut columns: Vec<Vec<&str>> = Vec::new();
        let (mut steps, mut at) = (String::new(), 0_usize);
        for ran in first.iter().flatten() {
            let mut sql = ran.sql.replace('\n', " ");
            let places: Vec<usize> = (0..ran.values.len()).collect();
            // From the last one: `$1` stands in `$10`.
            for place in places.into_iter().rev() {
                let column: Vec<&Value> = all
                    .iter()
                    .map(|values| values.get(at.saturating_add(place)).copied())
                    .collect::<Option<_>>()
                    .context("a value")?;
                let texts: Vec<&str> = column.into_iter().filter_map(text).collect();
                let word = if texts.is_empty() {
                    "NULL".to_owned()
                } else {
                    let next = format!("v{}", names.len());
                    let known = names.entry(texts.clone());
                    let name = known.or_insert_with(|| {
                        columns.push(texts);
                        next
                    });
                    format!(":{name}")
                };
                sql = sql.replace(&format!("${}", place.saturating_add(1)), &word);
            }
            at = at.saturating_add(ran.values.len());
            writeln!(steps, "{sql};")?;
        }
        let names: Vec<String> = (0..columns.len()).map(|number| format!("v{number}")).collect();
        let mut table =
            "DROP TABLE IF EXISTS bench_steps; CREATE TABLE bench_steps (n BIGINT PRIMARY KEY"
                .to_owned();
        for name in &names {
            write!(table, ", {name} TEXT NOT NULL")?;
        }
        table.push_str(");");
        for number in 0..recorded.len() {
            write!(table, "INSERT INTO bench_steps VALUES ({number}")?;
            for column in &columns {
                let value = column.get(number).context("a value")?;
                write!(table, ", '{}'", value.replace('\'', "''"))?;
            }
            table.push_str(");");
        }
        table.push_str("ANALYZE bench_steps;");
        let read = format!("SELECT {} FROM bench_steps WHERE n = :n \\gset", names.join(", "));
        Ok(Self { table, read, steps })
    }

    fn text(&self, share: usize) -> String {
        format!("\\set n :client_id * {share} + :k\n\\set k :k + 1\n{}\n{}", self.read, self.steps)
    }
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) => Some(text),
        Value::Int(_) | Value::Null => None,
    }
}
