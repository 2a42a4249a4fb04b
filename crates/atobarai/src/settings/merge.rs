//! Lays one source of settings over another. An unknown key, or a value of another kind, is an error
//! that names the key, the line and the nearest known key.

use anyhow::{Context as _, bail};
use domain::text::distance;
use toml::{Table, Value};

/// Tables whose keys are free: names of hospitals and machines.
const FREE: &[&str] = &["imports.folders", "printers"];

/// The compiled-in defaults.
pub(super) fn defaults() -> anyhow::Result<Table> {
    super::DEFAULTS.parse().context("the built-in default.toml is broken")
}

/// Lays a settings file over what is there.
pub(super) fn file(table: &mut Table, text: &str) -> anyhow::Result<()> {
    let typed: Table = text.parse().map_err(|error: toml::de::Error| anyhow::anyhow!("{error}"))?;
    lay(table, typed, "", &|key| line_of(text, key))
}

/// Lays environment variables over what is there: `ATOBARAI_WEB_LISTEN` is `web.listen`.
pub(super) fn environment(
    table: &mut Table,
    variables: impl IntoIterator<Item = (String, String)>,
) -> anyhow::Result<()> {
    for (name, text) in variables {
        let Some(rest) = name.strip_prefix("ATOBARAI_") else { continue };
        if NOT_SETTINGS.contains(&name.as_str()) || rest.starts_with("TEST_") {
            continue;
        }
        let wanted = rest.to_ascii_lowercase();
        let known = keys(table, "");
        let Some(key) = known.iter().find(|key| key.replace('.', "_") == wanted) else {
            bail!(
                "the environment variable {name} is no setting{}",
                nearest(&wanted.replace('_', "."), &known)
            );
        };
        set(table, key, &name, &text)?;
    }
    Ok(())
}

/// Variables of ours that are no settings.
const NOT_SETTINGS: &[&str] = &["ATOBARAI_NOW", "ATOBARAI_BIN", "ATOBARAI_CONFIG"];

fn lay(
    over: &mut Table,
    typed: Table,
    path: &str,
    line: &dyn Fn(&str) -> Option<usize>,
) -> anyhow::Result<()> {
    let free = FREE.contains(&path);
    for (name, value) in typed {
        let key = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let at = || line(&name).map(|line| format!("line {line}: ")).unwrap_or_default();
        match (over.get_mut(&name), value) {
            (None, value) if free => {
                over.insert(name, value);
            }
            (None, _) => {
                let known = over.keys().cloned().collect::<Vec<_>>();
                bail!("{}there is no setting {key}{}", at(), nearest(&name, &known));
            }
            (Some(Value::Table(inner)), Value::Table(value)) => lay(inner, value, &key, line)?,
            (Some(old), value) if old.same_type(&value) => *old = value,
            (Some(old), value) => {
                bail!("{}{key} is {} and must be {}", at(), kind(&value), kind(old))
            }
        }
    }
    Ok(())
}

fn set(table: &mut Table, key: &str, variable: &str, text: &str) -> anyhow::Result<()> {
    let mut place = table;
    let mut parts = key.split('.').peekable();
    while let Some(part) = parts.next() {
        match (place.get_mut(part), parts.peek()) {
            (Some(Value::Table(inner)), Some(_)) => place = inner,
            (Some(old), None) => {
                let value = match old {
                    Value::String(_) => Some(Value::String(text.to_owned())),
                    Value::Integer(_) => text.parse().ok().map(Value::Integer),
                    Value::Boolean(_) => text.parse().ok().map(Value::Boolean),
                    Value::Array(_) => {
                        let parts = text.split(',').filter(|part| !part.is_empty());
                        Some(Value::Array(
                            parts.map(|part| Value::String(part.to_owned())).collect(),
                        ))
                    }
                    Value::Float(_) | Value::Datetime(_) | Value::Table(_) => None,
                };
                let Some(value) = value else {
                    bail!("{variable} is {text:?} and must be {}", kind(old))
                };
                *old = value;
                return Ok(());
            }
            _ => bail!("there is no setting {key}"),
        }
    }
    Ok(())
}

/// All keys that hold a value, as `web.listen`.
fn keys(table: &Table, path: &str) -> Vec<String> {
    let mut all = Vec::new();
    for (name, value) in table {
        let key = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        if let Value::Table(inner) = value {
            all.extend(keys(inner, &key));
        } else {
            all.push(key);
        }
    }
    all
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "a text in quotes",
        Value::Integer(_) => "a whole number",
        Value::Float(_) => "a fraction",
        Value::Boolean(_) => "true or false",
        Value::Datetime(_) => "a date",
        Value::Array(_) => "a list",
        Value::Table(_) => "a section",
    }
}

/// The line on which a key first stands.
fn line_of(text: &str, key: &str) -> Option<usize> {
    let is_key = |line: &str| {
        let bare = line.trim_start().trim_start_matches('[');
        bare.strip_prefix(key).is_some_and(|rest| {
            rest.trim_start().starts_with(['=', '.', ']']) || rest.trim_start().starts_with("]")
        }) || bare.trim_end_matches([']', ' ']).ends_with(&format!(".{key}"))
    };
    text.lines().position(is_key).map(|index| index.saturating_add(1))
}

/// ", did you mean …?" where a known name is near.
fn nearest(name: &str, known: &[String]) -> String {
    let near = known.iter().map(|known| (distance(name, known), known)).min();
    match near {
        Some((distance, known)) if distance <= 3 => format!("; did you mean {known}?"),
        _ => format!("; there are: {}", known.join(", ")),
    }
}
