//! The itemised statement 診療明細書: each item that the amount was computed from.

use super::receipt::{ReceiptBill, ReceiptPaper, documents, number};
use super::{Paper, PaperError, words};
use domain::bill::StatementRow;
use serde_json::{Value, json};

/// The statements of the bills as PDF, each with as many pages as it needs; `None` where no bill has
/// a row.
pub fn statement(data: &ReceiptPaper) -> Result<Option<Paper>, PaperError> {
    let pages = pages(data);
    if pages.is_empty() {
        return Ok(None);
    }
    documents(&[], &pages)?.pdf().map(Some)
}

/// One statement for each bill that has rows.
pub(super) fn pages(data: &ReceiptPaper) -> Vec<Value> {
    let bills = data.bills.iter().enumerate();
    bills
        .filter(|(_, bill)| !bill.content.statement.is_empty())
        .map(|(index, bill)| page(data, index, bill))
        .collect()
}

fn page(data: &ReceiptPaper, index: usize, bill: &ReceiptBill) -> Value {
    json!({
        "number": number(data, index),
        "reissue": words::reissue(data.copy),
        "issued_on": words::day(data.issued_on),
        "date": words::date_parts(data.issued_on),
        "hospital": words::hospital(&data.hospital),
        "patient": words::patient(&data.patient),
        "visit": words::visit(bill),
        "groups": groups(&bill.content.statement),
        "total_points": words::count(bill.content.total_points),
    })
}

/// Rows of one class that belong together: up to the row that ends the group, or where class or
/// part change without one.
fn groups(rows: &[StatementRow]) -> Vec<Value> {
    let together = |row: &StatementRow, next: &StatementRow| {
        !row.group_end && !next.group_head && row.class_name == next.class_name
    };
    rows.chunk_by(together).filter_map(group).collect()
}

fn group(rows: &[StatementRow]) -> Option<Value> {
    let first = rows.first()?;
    Some(json!({
        "class": first.class_name,
        "starts_part": first.group_head,
        "rows": rows.iter().map(row).collect::<Vec<_>>(),
    }))
}

fn row(row: &StatementRow) -> Value {
    json!({
        "description": row.description,
        "value": words::count(row.points_or_price),
        "unit": if row.is_yen { "円" } else { "点" },
        "count": words::count(row.count),
    })
}
