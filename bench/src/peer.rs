//! A kiosk entry in plain SQL: the statements that `app::enter::swipe` runs, the same texts in the same
//! order with values of the same length, over the drivers directly. It decides nothing and opens no seal:
//! values that only depend on the patient are made beforehand.

use crate::database::{Database, Raw};
use anyhow::{Context as _, bail};
use domain::entry::EntryNumber;
use domain::group::HospitalCode;
use domain::id::EntryId;
use domain::machine::Machine;
use domain::patient::PatientNumber;
use domain::time::Day;
use postgres::types::private::BytesMut;
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use std::collections::HashMap;
use store::{Keyring, Place, Statement};

/// A value on its way in or out.
#[derive(Clone, Debug)]
pub enum Value {
    Int(i64),
    Text(String),
    Null,
}

impl Value {
    fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    fn int(&self) -> anyhow::Result<i64> {
        match self {
            Self::Int(number) => Ok(*number),
            Self::Text(_) | Self::Null => bail!("no number"),
        }
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        use rusqlite::types::{ToSqlOutput, ValueRef};
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Null => ValueRef::Null,
        }))
    }
}

impl ToSql for Value {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Int(number) => number.to_sql(kind, out),
            Self::Text(text) => text.to_sql(kind, out),
            Self::Null => Ok(IsNull::Yes),
        }
    }

    fn accepts(kind: &Type) -> bool {
        matches!(*kind, Type::INT8 | Type::TEXT)
    }

    to_sql_checked!();
}

/// The house's statements by name.
fn statements() -> HashMap<&'static str, &'static Statement> {
    store::all_statements().into_iter().map(|statement| (statement.name, statement)).collect()
}

/// A connection with its prepared statements.
pub struct Link {
    raw: Raw,
    statements: HashMap<&'static str, &'static Statement>,
    texts: HashMap<&'static str, String>,
    prepared: HashMap<&'static str, postgres::Statement>,
}

impl Link {
    pub fn open(database: &Database) -> anyhow::Result<Self> {
        let statements = statements();
        let texts = statements.values().map(|one| (one.name, one.sql.replace('$', "?"))).collect();
        Ok(Self { raw: database.raw()?, statements, texts, prepared: HashMap::new() })
    }

    fn batch(&mut self, sqlite: &'static str, postgres: &str) -> anyhow::Result<()> {
        match &mut self.raw {
            Raw::Sqlite(connection) => {
                connection.prepare_cached(sqlite)?.execute([])?;
            }
            Raw::Postgres(client) => client.batch_execute(postgres)?,
        }
        Ok(())
    }

    /// Runs a statement of the house and reads all of what it finds.
    fn rows(&mut self, name: &'static str, values: &[Value]) -> anyhow::Result<Vec<Vec<Value>>> {
        match &mut self.raw {
            Raw::Sqlite(connection) => {
                let text = self.texts.get(name).with_context(|| format!("no statement {name}"))?;
                let mut statement = connection.prepare_cached(text)?;
                let columns = statement.column_count();
                let mut found = statement.query(rusqlite::params_from_iter(values))?;
                let mut rows = Vec::new();
                while let Some(row) = found.next()? {
                    rows.push(
                        (0..columns)
                            .map(|at| sqlite_value(row.get_ref(at)?))
                            .collect::<anyhow::Result<_>>()?,
                    );
                }
                Ok(rows)
            }
            Raw::Postgres(client) => {
                let statement = self.statements.get(name).with_context(|| name)?;
                if !self.prepared.contains_key(name) {
                    let text = statement.postgres.unwrap_or(statement.sql);
                    self.prepared.insert(name, client.prepare(text)?);
                }
                let prepared = self.prepared.get(name).with_context(|| name)?;
                let values: Vec<&(dyn ToSql + Sync)> =
                    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
                let found = client.query(prepared, &values)?;
                found
                    .iter()
                    .map(|row| (0..row.len()).map(|at| postgres_value(row, at)).collect())
                    .collect()
            }
        }
    }
}

fn sqlite_value(value: rusqlite::types::ValueRef<'_>) -> anyhow::Result<Value> {
    use rusqlite::types::ValueRef;
    Ok(match value {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Int(number),
        ValueRef::Text(text) => Value::text(std::str::from_utf8(text)?),
        ValueRef::Real(_) | ValueRef::Blob(_) => bail!("neither number nor text"),
    })
}

fn postgres_value(row: &postgres::Row, at: usize) -> anyhow::Result<Value> {
    let column = row.columns().get(at).context("a column")?;
    Ok(if *column.type_() == Type::INT8 {
        row.try_get::<_, Option<i64>>(at)?.map_or(Value::Null, Value::Int)
    } else {
        row.try_get::<_, Option<String>>(at)?.map_or(Value::Null, Value::Text)
    })
}

/// One entry, ready to be written.
pub struct RawEntry {
    hospital: Value,
    day: Value,
    visit_day: Day,
    blind: Value,
    id: Value,
    sealed: Value,
    machine: Value,
    actor: Value,
    at_ms: Value,
}

impl RawEntry {
    pub fn new(
        keyring: &Keyring,
        machine: &Machine,
        number: &PatientNumber,
        (id, day, at_ms): (EntryId, Day, i64),
    ) -> anyhow::Result<Self> {
        let hospital: &HospitalCode = &machine.hospital;
        let id = id.to_string();
        let sealed =
            keyring.seal(&Place::new("entries", "patient_number", &id), number.as_str())?;
        let blind = store::entries::patient_number_blind(keyring, hospital, number);
        Ok(Self {
            hospital: Value::text(hospital.as_str()),
            day: Value::text(day.to_string()),
            visit_day: day,
            blind: Value::text(blind),
            id: Value::text(id),
            sealed: Value::text(sealed),
            machine: Value::text(machine.id.to_string()),
            actor: Value::text(domain::audit::Actor::Machine(machine.id).to_string()),
            at_ms: Value::Int(at_ms),
        })
    }

    /// Writes it in a transaction of its own.
    pub fn write(&self, link: &mut Link) -> anyhow::Result<()> {
        link.batch("BEGIN IMMEDIATE", "BEGIN ISOLATION LEVEL READ COMMITTED")?;
        let (hospital, day, blind) = (&self.hospital, &self.day, &self.blind);
        let copies = |values: &[&Value]| values.iter().copied().cloned().collect::<Vec<_>>();
        let outpatient = Value::text("outpatient");
        link.rows("groups.policy_json_in_force", &copies(&[hospital, day]))?;
        link.rows("entries.of_visit", &copies(&[hospital, blind, day, &outpatient]))?;
        let links = link.rows("patient_links.by_number", &copies(&[hospital, blind]))?;
        let linked = links.first().context("nobody is registered")?;
        let (link_id, account) =
            (linked.first().context("a link")?, linked.get(1).context("an account")?);
        link.rows("patient_flags.in_force", &copies(&[hospital, blind, day]))?;
        link.rows("accounts.standing", &copies(&[account]))?;
        link.rows("cards.current_of", &copies(&[account]))?;
        link.rows("entries.of_account", &copies(&[account]))?;
        let serial =
            single(&link.rows("entries.next_serial", &copies(&[hospital, day]))?)?.int()?;
        let number =
            EntryNumber::new(self.visit_day, u16::try_from(serial)?).context("a number")?;
        let number = Value::text(number.as_str());
        let entry = [
            &self.id,
            &number,
            hospital,
            &self.sealed,
            blind,
            day,
            &outpatient,
            account,
            link_id,
            &self.machine,
            &self.at_ms,
        ];
        link.rows("entries.insert", &copies(&entry))?;
        link.rows("bills.attach", &copies(&[hospital, day, blind, &outpatient, &self.id]))?;
        link.rows("groups.hospital", &copies(&[hospital]))?;
        self.record(link)?;
        link.batch("COMMIT", "COMMIT")
    }

    /// The audit record: with a hash of the right length, which is not computed.
    fn record(&self, link: &mut Link) -> anyhow::Result<()> {
        let chain = &self.hospital;
        let mut heads = link.rows("audit.take_head", std::slice::from_ref(chain))?;
        if heads.is_empty() {
            link.rows("audit.new_chain", std::slice::from_ref(chain))?;
            heads = link.rows("audit.take_head", std::slice::from_ref(chain))?;
        }
        let seq = single(&heads)?.int()?;
        let hash = Value::text("0".repeat(64));
        let act = Value::text(domain::audit::Act::EntryMade.as_str());
        let record = [
            chain.clone(),
            Value::Int(seq),
            self.at_ms.clone(),
            self.actor.clone(),
            act,
            self.id.clone(),
            Value::text("{}"),
            hash.clone(),
            hash.clone(),
        ];
        link.rows("audit.insert", &record)?;
        link.rows("audit.move_head", &[chain.clone(), Value::Int(seq.saturating_add(1)), hash])?;
        Ok(())
    }
}

fn single(rows: &[Vec<Value>]) -> anyhow::Result<&Value> {
    rows.first().and_then(|row| row.first()).context("a row")
}
