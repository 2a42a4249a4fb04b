//! Requests held against Stripe's own description of its API (`shared/data/stripe-openapi`).

use crate::common::Heard;
use flate2::read::GzDecoder;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::sync::LazyLock;

static DESCRIPTION: LazyLock<Value> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    let file = root.join("shared/data/stripe-openapi/spec3.json.gz");
    let file = File::open(&file).unwrap_or_else(|fault| panic!("{}: {fault}", file.display()));
    serde_json::from_reader(std::io::BufReader::new(GzDecoder::new(file))).unwrap()
});

/// The version that the description is of.
pub fn version() -> String {
    DESCRIPTION["info"]["version"].as_str().unwrap().to_owned()
}

/// Which request it is, or what is wrong with it.
pub fn check(heard: &Heard) -> Result<String, String> {
    let (path, item) = described(&heard.path).ok_or(format!("{} is not described", heard.path))?;
    let method = heard.method.to_lowercase();
    let operation = item.get(&method).ok_or(format!("{path} has no {method}"))?;
    let schema = if method == "get" {
        of_query(operation)
    } else {
        operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"].clone()
    };
    let form = if method == "get" { &heard.query } else { &heard.body };
    let given = typed(&schema, &tree(form));
    let validator = jsonschema::draft4::new(&schema).map_err(|fault| fault.to_string())?;
    let faults: Vec<_> = validator
        .iter_errors(&given)
        .map(|fault| format!("{} {path}: {fault} at {}", heard.method, fault.instance_path()))
        .collect();
    if faults.is_empty() { Ok(format!("{} {path}", heard.method)) } else { Err(faults.join("; ")) }
}

/// A literal part is preferred to a name in braces.
fn described(asked: &str) -> Option<(&'static str, &'static Value)> {
    let fits = |path: &str| {
        let (mine, theirs) = (path.split('/'), asked.split('/'));
        path.split('/').count() == asked.split('/').count()
            && mine.zip(theirs).all(|(mine, theirs)| mine == theirs || mine.starts_with('{'))
    };
    let paths = DESCRIPTION["paths"].as_object()?;
    let fitting = paths.iter().filter(|(path, _)| fits(path));
    let (path, item) = fitting.min_by_key(|(path, _)| path.matches('{').count())?;
    Some((path.as_str(), item))
}

/// The parameters of a query as the schema of an object.
fn of_query(operation: &Value) -> Value {
    let mut properties = Map::new();
    for parameter in operation["parameters"].as_array().into_iter().flatten() {
        if parameter["in"] == "query" {
            let name = parameter["name"].as_str().unwrap().to_owned();
            properties.insert(name, parameter["schema"].clone());
        }
    }
    serde_json::json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

/// A form as a tree: `a[b][0]=c` is `{"a": {"b": {"0": "c"}}}`.
enum Tree {
    Leaf(String),
    Branch(BTreeMap<String, Tree>),
}

fn tree(form: &str) -> Tree {
    let mut root = BTreeMap::new();
    let url = reqwest::Url::parse(&format!("http://form/?{form}")).unwrap();
    for (number, (name, value)) in url.query_pairs().enumerate() {
        let mut keys: Vec<String> =
            name.split('[').map(|key| key.trim_end_matches(']').to_owned()).collect();
        let last = keys.pop().unwrap();
        // `expand[]=…` counts by itself.
        let last = if last.is_empty() { number.to_string() } else { last };
        let mut at = &mut root;
        for key in keys {
            let next = at.entry(key).or_insert_with(|| Tree::Branch(BTreeMap::new()));
            let Tree::Branch(next) = next else { panic!("{name} is given twice") };
            at = next;
        }
        at.insert(last, Tree::Leaf(value.into_owned()));
    }
    Tree::Branch(root)
}

/// The tree as JSON: forms know only text, so a number or a truth is one where the schema wants one. What does
/// not fit stays text, which the validator reports.
fn typed(schema: &Value, tree: &Tree) -> Value {
    match tree {
        Tree::Leaf(text) => leaf(schema, text),
        Tree::Branch(parts) => {
            if let Some(items) = choices(schema).find_map(|one| one.get("items")) {
                return parts.values().map(|part| typed(items, part)).collect();
            }
            let of = |key: &str| {
                let named = choices(schema).find_map(|one| one.get("properties")?.get(key));
                let free = choices(schema).find_map(|one| one.get("additionalProperties"));
                named.or(free).cloned().unwrap_or(Value::Null)
            };
            parts.iter().map(|(key, part)| (key.clone(), typed(&of(key), part))).collect()
        }
    }
}

fn choices(schema: &Value) -> impl Iterator<Item = &Value> {
    std::iter::once(schema).chain(schema["anyOf"].as_array().into_iter().flatten())
}

fn leaf(schema: &Value, text: &str) -> Value {
    let wants = |kind: &str| choices(schema).any(|one| one["type"] == kind);
    let number = text.parse::<i64>().ok().filter(|_| wants("integer"));
    let truth = text.parse::<bool>().ok().filter(|_| wants("boolean"));
    let text = || Value::String(text.to_owned());
    number.map(Value::from).or_else(|| truth.map(Value::from)).unwrap_or_else(text)
}
