//! Writes a file of bills, as [`crate::bills_csv::read`] reads it.

use crate::bill_json::form::{SectionForm, SelfPayForm, StatementForm};
use crate::bills_csv::BillRow;
use crate::bills_csv::charset::{Charset, encode};
use crate::bills_csv::column::{COLUMNS, Column, TRAILER_MARK};
use domain::group::HospitalCode;
use serde::Serialize;

/// How lines end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineEnd {
    /// As Windows and RFC 4180 have it.
    CrLf,
    /// As Unix has it.
    Lf,
}

impl LineEnd {
    const fn as_str(self) -> &'static str {
        match self {
            Self::CrLf => "\r\n",
            Self::Lf => "\n",
        }
    }
}

/// A row has a character that the encoding lacks; UTF-8 lacks none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the file has a character that Shift_JIS (CP932) lacks; write UTF-8")]
pub struct NotWritable {
    /// Counted in the file being written, from 1.
    pub line: u64,
}

/// Writes all columns, every row and the trailer. The rows' own line numbers are passed over.
///
/// # Errors
///
/// A character that CP932 lacks (𠮷). It is not replaced: a receipt shows the name as it is.
pub fn write(
    rows: &[BillRow],
    hospital: &HospitalCode,
    charset: Charset,
    line_end: LineEnd,
) -> Result<Vec<u8>, NotWritable> {
    let names: Vec<String> = COLUMNS.iter().map(|facts| facts.name.to_owned()).collect();
    let mut lines = Vec::with_capacity(rows.len().saturating_add(2));
    lines.push(line(&names));
    let mut total = 0_i64;
    for row in rows {
        let cells: Vec<String> =
            COLUMNS.iter().map(|facts| cell(row, hospital, facts.column)).collect();
        lines.push(line(&cells));
        total = total.saturating_add(row.content.amounts.amount_due.amount());
    }
    lines.push(format!("{TRAILER_MARK},{},{total}", rows.len()));
    let mut bytes = Vec::new();
    for (text, number) in lines.into_iter().zip(1_u64..) {
        // Only the first line carries the byte order mark.
        let charset =
            if number > 1 && charset == Charset::Utf8WithBom { Charset::Utf8 } else { charset };
        let text = text + line_end.as_str();
        bytes.extend(encode(&text, charset).ok_or(NotWritable { line: number })?);
    }
    Ok(bytes)
}

fn line(cells: &[String]) -> String {
    cells.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",")
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

fn cell(row: &BillRow, hospital: &HospitalCode, column: Column) -> String {
    let content = &row.content;
    let amounts = &content.amounts;
    match column {
        Column::HospitalCode => hospital.to_string(),
        Column::PatientNumber => content.patient_number.to_string(),
        Column::SlipNumber => row.key.slip_number.to_string(),
        Column::Revision => row.hospital_revision.to_string(),
        Column::InOut => row.key.setting.as_str().to_owned(),
        Column::ServiceDate => content.service_day.to_string(),
        Column::ServiceEndDate => {
            content.service_end_day.map(|day| day.to_string()).unwrap_or_default()
        }
        Column::DepartmentCode => String::new(),
        Column::DepartmentName => content.department.clone(),
        Column::Insurance => content.insurance.clone(),
        Column::BurdenRatePercent => {
            content.burden_rate_percent.map(|rate| rate.to_string()).unwrap_or_default()
        }
        Column::AmountDue => amounts.amount_due.amount().to_string(),
        Column::TaxIncluded => amounts.tax_included.amount().to_string(),
        Column::AmountReceived => amounts.amount_received.amount().to_string(),
        Column::InsuredBurden => amounts.insured_burden.amount().to_string(),
        Column::SelfPay => amounts.self_pay.amount().to_string(),
        Column::SubsidyBurden => amounts.subsidy_burden.amount().to_string(),
        Column::MealBurden => amounts.meal_burden.amount().to_string(),
        Column::LivingBurden => amounts.living_burden.amount().to_string(),
        Column::WorkAccidentTotal => amounts.work_accident_total.amount().to_string(),
        Column::Reduction => amounts.reduction.amount().to_string(),
        Column::Adjustment1 => amounts.adjustment_1.amount().to_string(),
        Column::Adjustment2 => amounts.adjustment_2.amount().to_string(),
        Column::PreviousBalance => amounts.previous_balance.amount().to_string(),
        Column::TotalPoints => content.total_points.to_string(),
        Column::SlipGroup => content.slip_group.clone().unwrap_or_default(),
        Column::State => content.state.as_str().to_owned(),
        Column::IssuedAt => content.issued_on.to_string(),
        Column::Sections => json(content.sections.iter().map(SectionForm::of).collect::<Vec<_>>()),
        Column::OtherSelfPay => {
            json(content.other_self_pay.iter().map(SelfPayForm::of).collect::<Vec<_>>())
        }
        Column::Statement => {
            json(content.statement.iter().map(StatementForm::of).collect::<Vec<_>>())
        }
    }
}

/// Blank where there is nothing to say.
fn json<T: Serialize>(items: Vec<T>) -> String {
    if items.is_empty() {
        return String::new();
    }
    // As in `bill_json`: texts and numbers in memory have no way to fail.
    serde_json::to_string(&items).unwrap_or_default()
}
