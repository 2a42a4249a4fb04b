//! Walks through the sections of a TOML file and notes every fault with its line and key.

use super::fault::{GroupFault, GroupFileFaults, GroupReason};
use crate::nearest::nearest;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A section of the file; one that is left out has no keys.
pub(crate) struct Part<'r, 't> {
    path: String,
    at: usize,
    table: Option<&'r DeTable<'t>>,
}

/// The walk: the text for line numbers, and what was wrong so far.
pub(crate) struct Walk<'x> {
    text: &'x str,
    faults: Vec<GroupFault>,
}

impl<'r, 't> Part<'r, 't> {
    pub(crate) const fn root(table: &'r DeTable<'t>) -> Self {
        Self { path: String::new(), at: 0, table: Some(table) }
    }

    fn key(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// Where the key stands, and its value.
    fn find(&self, key: &str) -> Option<(Range<usize>, &'r Spanned<DeValue<'t>>)> {
        let found = self.table?.iter().find(|(name, _)| name.get_ref() == key);
        found.map(|(name, value)| (name.span(), value))
    }
}

impl<'x> Walk<'x> {
    pub(crate) const fn new(text: &'x str) -> Self {
        Self { text, faults: Vec::new() }
    }

    pub(crate) fn is_clean(&self) -> bool {
        self.faults.is_empty()
    }

    pub(crate) fn into_faults(mut self) -> GroupFileFaults {
        self.faults.sort_by_key(|fault| fault.line);
        GroupFileFaults { faults: self.faults }
    }

    fn push(&mut self, at: usize, key: String, reason: GroupReason) {
        let before = self.text.bytes().take(at);
        let breaks = before.filter(|byte| *byte == b'\n').count();
        let line = u64::try_from(breaks).unwrap_or(u64::MAX).saturating_add(1);
        self.faults.push(GroupFault { line, key, reason });
    }

    /// Notes what the parser says.
    pub(crate) fn syntax(&mut self, error: &toml::de::Error) {
        let at = error.span().map_or(0, |span| span.start);
        let message = error.message().replace('\n', " ");
        self.push(at, String::new(), GroupReason::Syntax { message });
    }

    /// Notes a fault of a key, at its line or, where it is missing, at that of its section.
    pub(crate) fn fault(&mut self, part: &Part<'_, '_>, key: &str, reason: GroupReason) {
        let at = part.find(key).map_or(part.at, |(span, _)| span.start);
        self.push(at, part.key(key), reason);
    }

    pub(crate) fn missing(&mut self, part: &Part<'_, '_>, key: &str) {
        self.fault(part, key, GroupReason::Missing);
    }

    /// Notes every key that is not one of these.
    pub(crate) fn known_keys(&mut self, part: &Part<'_, '_>, known: &[&'static str]) {
        let Some(table) = part.table else { return };
        for (name, _) in table {
            if !known.contains(&name.get_ref().as_ref()) {
                let near = nearest(name.get_ref(), known.iter().copied());
                self.push(
                    name.span().start,
                    part.key(name.get_ref()),
                    GroupReason::Unknown { nearest: near },
                );
            }
        }
    }

    /// A section within a section.
    pub(crate) fn part<'r, 't>(&mut self, within: &Part<'r, 't>, key: &str) -> Part<'r, 't> {
        let absent = Part { path: within.key(key), at: within.at, table: None };
        let Some((span, value)) = within.find(key) else { return absent };
        let Some(table) = value.get_ref().as_table() else {
            self.fault(within, key, GroupReason::Value { wanted: "a section" });
            return absent;
        };
        Part { table: Some(table), at: span.start, ..absent }
    }

    /// The sections of a list that must be there (`[[hospital]]`).
    pub(crate) fn parts<'r, 't>(
        &mut self,
        within: &Part<'r, 't>,
        key: &str,
    ) -> Option<Vec<Part<'r, 't>>> {
        const WANTED: GroupReason = GroupReason::Value {
            wanted: "a list of sections, each with two brackets, such as [[hospital]]",
        };
        let Some((_, value)) = within.find(key) else {
            self.missing(within, key);
            return None;
        };
        let path = within.key(key);
        let tables: Option<Vec<Part<'r, 't>>> = value.get_ref().as_array().and_then(|list| {
            let numbered = list.iter().zip(1_usize..);
            numbered
                .map(|(item, number)| {
                    let table = item.get_ref().as_table()?;
                    Some(Part {
                        path: format!("{path}[{number}]"),
                        at: item.span().start,
                        table: Some(table),
                    })
                })
                .collect()
        });
        let tables = tables.filter(|tables| !tables.is_empty());
        if tables.is_none() {
            self.fault(within, key, WANTED);
        }
        tables
    }

    /// The value of a key that must be there; `wanted` says what it must be.
    pub(crate) fn required<T>(
        &mut self,
        part: &Part<'_, '_>,
        key: &str,
        wanted: &'static str,
        read: impl Fn(&DeValue<'_>) -> Option<T>,
    ) -> Option<T> {
        let Some((_, value)) = part.find(key) else {
            self.missing(part, key);
            return None;
        };
        let read = read(value.get_ref());
        if read.is_none() {
            self.fault(part, key, GroupReason::Value { wanted });
        }
        read
    }

    /// The value of a key, or another where the key is left out.
    pub(crate) fn or<T>(
        &mut self,
        part: &Part<'_, '_>,
        key: &str,
        wanted: &'static str,
        read: impl Fn(&DeValue<'_>) -> Option<T>,
        otherwise: T,
    ) -> Option<T> {
        if part.find(key).is_none() {
            return Some(otherwise);
        }
        self.required(part, key, wanted, read)
    }
}
