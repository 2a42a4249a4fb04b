//! The receipt 領収証, in the sections that the ministry prescribes, and with it the statement.
//!
//! A charge may cover several bills of one entry; each has a page of its own, as the hospital
//! would print it. Every amount is the hospital's own: nothing is added up or rounded here.

use super::statement::pages as statement_pages;
use super::world::{Form, Typeset, typeset};
use super::{HospitalBlock, Paper, PaperError, PatientBlock, words};
use domain::bill::{BillContent, SelfPayLine};
use domain::bill_section::{Section, SectionUnit};
use domain::entry::CareSetting;
use domain::receipt::ReceiptCopy;
use domain::time::Day;
use domain::yen::{SignedYen, Yen};
use serde_json::{Value, json};

/// The receipt for one charge, and what its statement needs besides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptPaper {
    /// The number of the document.
    pub number: String,
    /// Original or 再発行.
    pub copy: ReceiptCopy,
    /// The number of the receipt that this one, marked （訂正）, takes the place of.
    pub corrects: Option<String>,
    /// 領収日: the day on which the card was charged.
    pub receipt_day: Day,
    /// The day of printing.
    pub issued_on: Day,
    /// The entry that asked for deferred payment, as people read it.
    pub entry_number: String,
    /// The card that paid.
    pub payment: Payment,
    /// What was taken from the card: the sum of the bills.
    pub total_paid: Yen,
    /// Whose document it is.
    pub hospital: HospitalBlock,
    /// Whose care was paid for.
    pub patient: PatientBlock,
    /// At least one.
    pub bills: Vec<ReceiptBill>,
}

/// The card that paid, always in full.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// As VISA.
    pub brand: String,
    /// The last four digits of the card.
    pub last_four: String,
}

/// One bill of the charge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptBill {
    /// 伝票番号.
    pub slip_number: String,
    /// Outpatient or inpatient.
    pub setting: CareSetting,
    /// 本人 or 家族, where the hospital tells.
    pub relation: Option<String>,
    /// The revision that was charged.
    pub content: BillContent,
    /// What this page is a receipt for.
    pub amount: Yen,
    /// Consumption tax by rate, where the hospital states it. It cannot be had from the items: that
    /// of 評価療養・選定療養 is not among them, and rounding is the hospital's.
    pub tax_lines: Vec<TaxLine>,
}

/// Consumption tax of one rate within one bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaxLine {
    /// As 10 or 8.
    pub rate_percent: u8,
    /// What the rate applies to, tax included.
    pub amount: Yen,
    /// The tax in it, rounded once by the hospital.
    pub tax: Yen,
}

/// The receipt as PDF: a page for each bill, more where a bill is long.
pub fn receipt(data: &ReceiptPaper) -> Result<Paper, PaperError> {
    documents(&pages(data), &[])?.pdf()
}

/// The receipt with its statements behind it, in one PDF.
pub fn receipt_with_statement(data: &ReceiptPaper) -> Result<Paper, PaperError> {
    with_statement(data)?.pdf()
}

pub(super) fn with_statement(data: &ReceiptPaper) -> Result<Typeset, PaperError> {
    documents(&pages(data), &statement_pages(data))
}

/// Sets documents. Nearly always each has one page: said beforehand, one pass is enough. Where one
/// turns out longer, all are set again with their pages counted.
pub(super) fn documents(receipts: &[Value], statements: &[Value]) -> Result<Typeset, PaperError> {
    let set = |one_page_each: bool| {
        let data = json!({
            "receipts": receipts,
            "statements": statements,
            "one_page_each": one_page_each,
        });
        typeset(Form::Documents, &data)
    };
    let quickly = set(true)?;
    if quickly.pages() == receipts.len().saturating_add(statements.len()) {
        return Ok(quickly);
    }
    set(false)
}

/// The number of a page's document: with several bills, each has its own.
pub(super) fn number(data: &ReceiptPaper, index: usize) -> String {
    match data.bills.len() {
        0 | 1 => data.number.clone(),
        _ => format!("{}-{}", data.number, index.saturating_add(1)),
    }
}

fn pages(data: &ReceiptPaper) -> Vec<Value> {
    data.bills.iter().enumerate().map(|(index, bill)| page(data, index, bill)).collect()
}

fn page(data: &ReceiptPaper, index: usize, bill: &ReceiptBill) -> Value {
    let count = data.bills.len();
    let several = (count > 1).then(|| {
        format!(
            "同じ受付の領収証{count}枚のうち{}枚目です。カードでのお支払いは、{count}枚あわせて{}円です。",
            index.saturating_add(1),
            data.total_paid
        )
    });
    json!({
        "number": number(data, index),
        "reissue": words::reissue(data.copy),
        "corrects": data.corrects,
        "receipt_day": words::day(data.receipt_day),
        "issued_on": words::day(data.issued_on),
        "date": words::date_parts(data.issued_on),
        "entry_number": data.entry_number,
        "card": format!("{} 末尾{}", data.payment.brand, data.payment.last_four),
        "several": several,
        "hospital": words::hospital(&data.hospital),
        "patient": words::patient(&data.patient),
        "visit": words::visit(bill),
        "sections": sections(&bill.content),
        "total_points": words::count(bill.content.total_points),
        "uninsured": uninsured(&bill.content),
        "burdens": burdens(bill),
        "amount": bill.amount.to_string(),
        "tax_included": bill.content.amounts.tax_included.to_string(),
        "tax_lines": bill.tax_lines.iter().map(tax_line).collect::<Vec<_>>(),
        "has_reduced": has_reduced(bill),
    })
}

fn insured(content: &BillContent, section: Section) -> i64 {
    content.sections.iter().find(|line| line.section == section).map_or(0, |line| line.insured)
}

fn uninsured_yen(content: &BillContent, section: Section) -> Yen {
    content
        .sections
        .iter()
        .find(|line| line.section == section)
        .map_or(Yen::ZERO, |line| line.uninsured)
}

/// The boxes of the grid: label, insured part with its unit, uninsured part in yen.
fn sections(content: &BillContent) -> Vec<Value> {
    let in_grid = |section: &&Section| !UNINSURED.contains(*section);
    Section::ALL
        .iter()
        .filter(in_grid)
        .map(|section| {
            json!({
                "label": section.in_japanese(),
                "insured": words::count(insured(content, *section)),
                "unit": match section.unit() {
                    SectionUnit::Points => "点",
                    SectionUnit::Yen => "円",
                },
                "uninsured": uninsured_yen(content, *section).to_string(),
            })
        })
        .collect()
}

/// The sections of uninsured care, which have a table of their own.
const UNINSURED: [Section; 2] = [Section::EvaluatedSelectedCare, Section::OtherUninsured];

fn uninsured(content: &BillContent) -> Value {
    let sections = UNINSURED.map(|section| {
        json!({ "label": section.in_japanese(), "yen": uninsured_yen(content, section).to_string() })
    });
    let items: Vec<Value> = content.other_self_pay.iter().map(self_pay_item).collect();
    json!({ "sections": sections, "items": items })
}

/// Rates below the ordinary one; food and drink in practice. The rate is data, the mark is law.
const REDUCED_BELOW_PERCENT: u8 = 10;

fn is_reduced(rate_percent: u8) -> bool {
    (1..REDUCED_BELOW_PERCENT).contains(&rate_percent)
}

fn has_reduced(bill: &ReceiptBill) -> bool {
    let items = &bill.content.other_self_pay;
    items.iter().any(|item| !item.taxable.is_zero() && is_reduced(item.tax_rate_percent))
        || bill.tax_lines.iter().any(|line| is_reduced(line.rate_percent))
}

fn self_pay_item(item: &SelfPayLine) -> Value {
    let reduced = !item.taxable.is_zero() && is_reduced(item.tax_rate_percent);
    let mark = if reduced { "※" } else { "" };
    json!({
        "name": format!("{}{mark}", item.name),
        "non_taxable": item.non_taxable.to_string(),
        "taxable": item.taxable.to_string(),
        "rate": if item.taxable.is_zero() { "－".to_owned() } else { format!("{}%", item.tax_rate_percent) },
    })
}

/// The parts of the amount. Those of a stay are left out for a visit that has none.
fn burdens(bill: &ReceiptBill) -> Vec<Value> {
    let amounts = &bill.content.amounts;
    let stay = match bill.setting {
        CareSetting::Inpatient => true,
        CareSetting::Outpatient => false,
    };
    let of_stay = |yen: Yen| (stay || !yen.is_zero()).then(|| yen.to_string());
    let if_any = |yen: Yen| (!yen.is_zero()).then(|| yen.to_string());
    let signed_if_any = |yen: SignedYen| (yen != SignedYen::ZERO).then(|| yen.to_string());
    let lines = [
        ("保険分負担額", Some(amounts.insured_burden.to_string())),
        ("公費分負担額", Some(amounts.subsidy_burden.to_string())),
        ("食事療養負担額", of_stay(amounts.meal_burden)),
        ("生活療養負担額", of_stay(amounts.living_burden)),
        ("労災・自賠責負担額", if_any(amounts.work_accident_total)),
        ("保険外負担額", Some(amounts.self_pay.to_string())),
        ("減額", Some(amounts.reduction.to_string())),
        ("調整額", Some(amounts.adjustment_1.to_string())),
        ("調整額 2", signed_if_any(amounts.adjustment_2)),
        ("今回請求額", Some(amounts.amount_due.to_string())),
        ("窓口でお支払い済みの額", if_any(amounts.amount_received)),
        ("前回未収額（今回の領収に含みません）", signed_if_any(amounts.previous_balance)),
    ];
    lines
        .into_iter()
        .filter_map(|(label, yen)| {
            let strong = label == "今回請求額";
            yen.map(|yen| json!({ "label": label, "yen": yen, "strong": strong }))
        })
        .collect()
}

fn tax_line(line: &TaxLine) -> Value {
    let mark = if is_reduced(line.rate_percent) { "※" } else { "" };
    json!({
        "rate": format!("{mark}{}%", line.rate_percent),
        "amount": line.amount.to_string(),
        "tax": line.tax.to_string(),
    })
}
