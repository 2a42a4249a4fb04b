//! What the product asked a PostgreSQL, read from the server's own log: the statements of each transaction
//! with their values. A peer that does the very same needs nothing else.

use crate::database::{Database, connect};
use crate::peer::Value;
use anyhow::{Context as _, bail, ensure};
use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;

/// Where `bench/run` tells of the server's log.
const LOG: &str = "ATOBARAI_BENCH_POSTGRES_LOG";

/// A statement as it was run.
#[derive(Clone, Debug)]
pub struct Ran {
    /// PostgreSQL's text, with `$1`, `$2`, ….
    pub sql: String,
    pub values: Vec<Value>,
}

/// What was run between `BEGIN` and `COMMIT`, both included.
pub type Transaction = Vec<Ran>;

/// Listens to what is asked of one database until it is told to stop.
pub struct Listener {
    log: PathBuf,
    from: u64,
    words: String,
    name: String,
}

impl Listener {
    /// From now on every new connection to the database is written down.
    pub fn start(database: &Database) -> anyhow::Result<Self> {
        let (words, name) =
            database.postgres().context("only PostgreSQL writes down what it is asked")?;
        let log = PathBuf::from(std::env::var(LOG).context(LOG)?);
        connect(&words, "postgres")?
            .batch_execute(&format!("ALTER DATABASE {name} SET log_statement = 'all'"))?;
        let from = std::fs::metadata(&log).with_context(|| log.display().to_string())?.len();
        Ok(Self { log, from, words, name })
    }

    /// What was asked, in the order in which the transactions began. Nobody may be connected any more.
    pub fn stop(self) -> anyhow::Result<Vec<Transaction>> {
        connect(&self.words, "postgres")?
            .batch_execute(&format!("ALTER DATABASE {} RESET log_statement", self.name))?;
        let mut file = File::open(&self.log)?;
        file.seek(SeekFrom::Start(self.from))?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        let mut open: HashMap<i64, usize> = HashMap::new();
        let mut all: Vec<Transaction> = Vec::new();
        for line in text.lines() {
            let Some((pid, ran)) = ran(line, &self.name).with_context(|| line.to_owned())? else {
                continue;
            };
            let begins = ran.sql.starts_with("BEGIN") || ran.sql.starts_with("START TRANSACTION");
            let ends = ran.sql.starts_with("COMMIT") || ran.sql.starts_with("ROLLBACK");
            if begins {
                open.insert(pid, all.len());
                all.push(Vec::new());
            }
            if let Some(transaction) = open.get(&pid).and_then(|at| all.get_mut(*at)) {
                transaction.push(ran);
            }
            if ends {
                open.remove(&pid);
            }
        }
        Ok(all)
    }
}

fn ran(line: &str, database: &str) -> anyhow::Result<Option<(i64, Ran)>> {
    let line: serde_json::Value = serde_json::from_str(line)?;
    let word = |name: &str| line.get(name).and_then(serde_json::Value::as_str);
    if word("dbname") != Some(database) {
        return Ok(None);
    }
    let message = word("message").unwrap_or_default();
    let sql = match message.strip_prefix("execute ").and_then(|rest| rest.split_once(": ")) {
        Some((_prepared, sql)) => sql,
        None => match message.strip_prefix("statement: ") {
            Some(sql) => sql,
            None => return Ok(None),
        },
    };
    let pid = line.get("pid").and_then(serde_json::Value::as_i64).context("no pid")?;
    let values = match word("detail").and_then(|detail| detail.strip_prefix("parameters: ")) {
        Some(detail) => values(detail)?,
        None => Vec::new(),
    };
    Ok(Some((pid, Ran { sql: sql.trim_end_matches(';').to_owned(), values })))
}

/// `$1 = 'it''s', $2 = NULL`.
fn values(mut rest: &str) -> anyhow::Result<Vec<Value>> {
    let mut values = Vec::new();
    while !rest.is_empty() {
        let (_number, value) = rest.split_once(" = ").context("no value")?;
        if let Some(after) = value.strip_prefix("NULL") {
            values.push(Value::Null);
            rest = after.strip_prefix(", ").unwrap_or(after);
            continue;
        }
        let mut quoted = value.strip_prefix('\'').context("no quote")?;
        let mut text = String::new();
        loop {
            let (part, after) = quoted.split_once('\'').context("no closing quote")?;
            text.push_str(part);
            match after.strip_prefix('\'') {
                Some(more) => {
                    text.push('\'');
                    quoted = more;
                }
                None => {
                    rest = after.strip_prefix(", ").unwrap_or(after);
                    break;
                }
            }
        }
        values.push(Value::Text(text));
    }
    Ok(values)
}

/// What was asked for each of several things: the transactions with its name among their values. All of
/// them must be of the same shape.
pub fn for_each(
    transactions: &[Transaction],
    names: &[String],
) -> anyhow::Result<Vec<Vec<Transaction>>> {
    let mut of_name: BTreeMap<&str, Vec<Transaction>> =
        names.iter().map(|name| (name.as_str(), Vec::new())).collect();
    for transaction in transactions {
        let named = transaction.iter().flat_map(|ran| &ran.values).find_map(|value| match value {
            Value::Text(text) if of_name.contains_key(text.as_str()) => Some(text.clone()),
            Value::Text(_) | Value::Int(_) | Value::Null => None,
        });
        if let Some(of_name) = named.and_then(|name| of_name.get_mut(name.as_str())) {
            of_name.push(transaction.clone());
        }
    }
    let all: Vec<_> = of_name.into_values().collect();
    let first = all.first().map(|one| shape(one)).context("nothing was recorded")?;
    ensure!(!first.is_empty(), "nothing was recorded");
    if let Some(other) = all.iter().map(|one| shape(one)).find(|shape| *shape != first) {
        bail!("not all were done in the same way: {first:#?} and {other:#?}");
    }
    Ok(all)
}

fn shape(transactions: &[Transaction]) -> Vec<(String, Vec<bool>)> {
    let ran = transactions.iter().flatten();
    ran.map(|ran| {
        let nulls = ran.values.iter().map(|value| matches!(value, Value::Null)).collect();
        (ran.sql.clone(), nulls)
    })
    .collect()
}
