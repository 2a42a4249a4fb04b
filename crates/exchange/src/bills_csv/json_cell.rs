//! The three cells that hold JSON: sections, uninsured items, statement. The shapes are those of
//! [`crate::bill_json`].

use crate::bill_json::JsonFault;
use crate::bill_json::form::{SectionForm, SelfPayForm, StatementForm};
use crate::bills_csv::cell;
use crate::bills_csv::fault::shown;
use crate::bills_csv::fault_cell::{JsonReason, TextReason};
use domain::bill::{SectionLine, SelfPayLine, StatementRow};
use domain::bill_section::Section;
use domain::yen::Yen;
use serde::Deserialize;

/// Most rows of a statement, as in the accounting systems (`domain.md` 2.4).
const STATEMENT_ROWS_MAX: usize = 2_000;
/// Most uninsured items by name; systems write up to ten.
const SELF_PAY_LINES_MAX: usize = 100;
/// Longest name of an item.
const TEXT_MAX: usize = 200;

fn parse<'c, T: Deserialize<'c>>(cell: &'c str, max: usize) -> Result<Vec<T>, JsonReason> {
    if cell.is_empty() {
        return Ok(Vec::new());
    }
    let items: Vec<T> =
        serde_json::from_str(cell).map_err(|error| match JsonFault::from_parser(&error) {
            JsonFault::Malformed { line, at, message } => {
                JsonReason::Malformed { line, at, message: shown_message(&message) }
            }
            JsonFault::Value { field } => JsonReason::OutOfRange { item: 0, field },
        })?;
    if items.len() > max {
        return Err(JsonReason::TooMany { found: items.len(), max });
    }
    Ok(items)
}

/// The parser repeats pieces of the cell; a message stays one short line all the same.
fn shown_message(message: &str) -> String {
    message.chars().filter(|letter| !letter.is_control()).take(160).collect()
}

fn in_range(number: i64, min: i64, item: usize, field: &'static str) -> Result<i64, JsonReason> {
    let fits = (min..=Yen::MAX.amount()).contains(&number);
    if fits { Ok(number) } else { Err(JsonReason::OutOfRange { item, field }) }
}

fn yen(number: i64, item: usize, field: &'static str) -> Result<Yen, JsonReason> {
    Yen::new(number).map_err(|_out_of_range| JsonReason::OutOfRange { item, field })
}

fn name(text: &str, item: usize, field: &'static str) -> Result<(), JsonReason> {
    let count = text.chars().count();
    let read = match cell::check_visible(text) {
        Ok(()) if text.trim().is_empty() => Err(TextReason::Blank),
        Ok(()) if count > TEXT_MAX => Err(TextReason::TooLong { found: count, max: TEXT_MAX }),
        other => other,
    };
    read.map_err(|reason| JsonReason::Text { item, field, reason })
}

/// `[{"section":"consultation","insured":291,"uninsured":0}]`
pub(crate) fn sections(cell: &str) -> Result<Vec<SectionLine>, JsonReason> {
    let forms: Vec<SectionForm<'_>> = parse(cell, Section::ALL.len())?;
    let mut lines: Vec<SectionLine> = Vec::with_capacity(forms.len());
    for (form, item) in forms.iter().zip(1_usize..) {
        let section = Section::parse(&form.section)
            .ok_or_else(|| JsonReason::UnknownSection { item, found: shown(&form.section) })?;
        if lines.iter().any(|line| line.section == section) {
            return Err(JsonReason::SectionTwice { item, section: section.as_str() });
        }
        lines.push(SectionLine {
            section,
            insured: in_range(form.insured, 0, item, "insured")?,
            uninsured: yen(form.uninsured, item, "uninsured")?,
        });
    }
    Ok(lines)
}

/// `[{"name":"診断書","taxable":5500,"tax_rate_percent":10}]`
pub(crate) fn other_self_pay(cell: &str) -> Result<Vec<SelfPayLine>, JsonReason> {
    let forms: Vec<SelfPayForm<'_>> = parse(cell, SELF_PAY_LINES_MAX)?;
    let mut lines = Vec::with_capacity(forms.len());
    for (form, item) in forms.into_iter().zip(1_usize..) {
        name(&form.name, item, "name")?;
        if !matches!(form.tax_rate_percent, 0 | 8 | 10) {
            return Err(JsonReason::OutOfRange { item, field: "tax_rate_percent" });
        }
        yen(form.non_taxable, item, "non_taxable")?;
        yen(form.taxable, item, "taxable")?;
        lines.push(
            form.into_domain()
                .map_err(|_checked| JsonReason::OutOfRange { item, field: "name" })?,
        );
    }
    Ok(lines)
}

/// `[{"class_name":"初・再診料","description":"再診料","points_or_price":75,"count":1}]`. A row below zero
/// is one that takes points off.
pub(crate) fn statement(cell: &str) -> Result<Vec<StatementRow>, JsonReason> {
    let forms: Vec<StatementForm<'_>> = parse(cell, STATEMENT_ROWS_MAX)?;
    let mut rows = Vec::with_capacity(forms.len());
    for (form, item) in forms.into_iter().zip(1_usize..) {
        name(&form.class_name, item, "class_name")?;
        name(&form.description, item, "description")?;
        in_range(
            form.points_or_price,
            Yen::MAX.amount().saturating_neg(),
            item,
            "points_or_price",
        )?;
        in_range(form.count, 0, item, "count")?;
        rows.push(form.into_domain());
    }
    Ok(rows)
}
