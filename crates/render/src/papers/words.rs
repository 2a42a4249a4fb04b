//! Days, rates and blocks as the templates want them: ready-made text.

use super::{HospitalBlock, PatientBlock, ReceiptBill};
use domain::entry::CareSetting;
use domain::receipt::ReceiptCopy;
use domain::time::Day;
use serde_json::{Value, json};

/// `2026年11月24日`. Documents carry no weekday.
pub(super) fn day(day: Day) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day_of_month())
}

pub(super) fn date_parts(day: Day) -> Value {
    json!([day.year(), day.month(), day.day_of_month()])
}

/// The visit day, or first and last day of a stay.
fn period(bill: &ReceiptBill) -> Value {
    let label = match bill.setting {
        CareSetting::Outpatient => "受診日",
        CareSetting::Inpatient => "請求期間",
    };
    let first = day(bill.content.service_day);
    let text = bill
        .content
        .service_end_day
        .map_or(first.clone(), |last| format!("{first}～{}", day(last)));
    json!({ "label": label, "text": text })
}

/// `再発行（1回目）`; nothing on the original.
pub(super) fn reissue(copy: ReceiptCopy) -> Option<String> {
    match copy {
        ReceiptCopy::Original => None,
        ReceiptCopy::Reissue(count) => Some(format!("再発行（{count}回目）")),
    }
}

pub(super) fn hospital(block: &HospitalBlock) -> Value {
    json!({
        "names": block.name_lines,
        "postal_code": block.postal_code,
        "address": block.address,
        "phone": block.phone,
        "invoice_number": block.invoice_registration_number,
        "tax_notice": block.tax_notice,
        "receipt_notices": block.receipt_notices,
    })
}

pub(super) fn patient(block: &PatientBlock) -> Value {
    json!({ "number": block.number, "name": block.name, "kana": block.kana })
}

/// The head of a document about one bill.
pub(super) fn visit(bill: &ReceiptBill) -> Value {
    json!({
        "setting": bill.setting.in_japanese(),
        "period": period(bill),
        "department": bill.content.department,
        "insurance": bill.content.insurance,
        "rate": bill.content.burden_rate_percent.map(rate),
        "relation": bill.relation,
        "slip_number": bill.slip_number,
    })
}

/// `3割` for whole tenths, `25%` otherwise.
fn rate(percent: u8) -> String {
    if percent.is_multiple_of(10) {
        format!("{}割", percent.div_euclid(10))
    } else {
        format!("{percent}%")
    }
}

/// A count of points with separators; may be below zero on a statement.
pub(super) fn count(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::from(if number < 0 { "-" } else { "" });
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && digits.len().saturating_sub(index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
