//! A receipt with its statement as a web page, with everything that stands on ours, for the browser that
//! is the peer: what one would write who had no typesetter. The fonts are the same files.

use domain::bill::{BillContent, StatementRow};
use domain::bill_section::{Section, SectionUnit};
use render::papers::{HospitalBlock, PatientBlock, ReceiptBill, ReceiptPaper};
use std::fmt::Write as _;
use std::path::Path;

const STYLE: &str = "
@page { size: A4; margin: 14mm }
body { font-family: House; font-size: 9pt; margin: 0 }
h1 { font-size: 16pt; text-align: center; letter-spacing: .5em }
table { border-collapse: collapse; width: 100%; margin-bottom: 4mm }
td, th { border: .4pt solid #444; padding: 1mm 2mm; text-align: left; font-weight: normal }
td.n { text-align: right }
.amount { font-size: 15pt; font-weight: bold }
section { break-after: page }
.grid { display: grid; grid-template-columns: repeat(4, 1fr); border: .4pt solid #444 }
.grid div { border: .2pt solid #888; padding: 1mm }
";

/// The page. `fonts`: the folder of our fonts.
pub fn html(paper: &ReceiptPaper, fonts: &Path) -> String {
    let mut page = String::with_capacity(32_768);
    let face = |file: &str, weight: u16| {
        let at = fonts.join(file);
        format!(
            "@font-face {{ font-family: House; font-weight: {weight}; src: url('file://{}') }}",
            at.display()
        )
    };
    put(
        &mut page,
        format_args!(
            "<!doctype html><html lang=\"ja\"><meta charset=\"utf-8\"><title>領収証 {}</title><style>{}{}{STYLE}</style>",
            text(&paper.number),
            face("BIZUDPGothic-Regular.ttf", 400),
            face("BIZUDPGothic-Bold.ttf", 700)
        ),
    );
    for bill in &paper.bills {
        receipt(&mut page, paper, bill);
    }
    for bill in paper.bills.iter().filter(|bill| !bill.content.statement.is_empty()) {
        statement(&mut page, paper, bill);
    }
    page.push_str("</html>");
    page
}

fn put(page: &mut String, what: std::fmt::Arguments<'_>) {
    // Writing to a text cannot fail.
    if page.write_fmt(what).is_err() {
        page.clear();
    }
}

fn text(plain: &str) -> String {
    plain.replace('&', "&amp;").replace('<', "&lt;")
}

fn receipt(page: &mut String, paper: &ReceiptPaper, bill: &ReceiptBill) {
    let content = &bill.content;
    put(page, format_args!("<section><h1>領収証</h1>"));
    head(page, &paper.number, &paper.patient, content);
    put(
        page,
        format_args!(
            "<p>領収日 {} 発行日 {} 受付番号 {} 伝票番号 {}</p>\
             <p class=\"amount\">領収金額 {} 円</p><p>お支払い方法: クレジットカード {} 末尾{}</p>",
            paper.receipt_day.in_japanese(),
            paper.issued_on.in_japanese(),
            paper.entry_number,
            bill.slip_number,
            bill.amount,
            paper.payment.brand,
            paper.payment.last_four
        ),
    );
    sections(page, content);
    burdens(page, content);
    foot(page, &paper.hospital);
    page.push_str("</section>");
}

fn head(page: &mut String, number: &str, patient: &PatientBlock, content: &BillContent) {
    put(
        page,
        format_args!(
            "<table><tr><th>番号<td>{number}<th>患者番号<td>{}<th>氏名<td><small>{}</small><br>{} 様</tr>\
             <tr><th>診療日<td>{}<th>診療科<td>{}<th>費用区分<td>{} {}%</tr></table>",
            text(&patient.number),
            text(patient.kana.as_deref().unwrap_or_default()),
            text(&patient.name),
            content.service_day.in_japanese(),
            text(&content.department),
            text(&content.insurance),
            content.burden_rate_percent.unwrap_or(0)
        ),
    );
}

fn sections(page: &mut String, content: &BillContent) {
    page.push_str("<div class=\"grid\">");
    for section in Section::ALL {
        let line = content.sections.iter().find(|line| line.section == section);
        let unit = match section.unit() {
            SectionUnit::Points => "点",
            SectionUnit::Yen => "円",
        };
        put(
            page,
            format_args!(
                "<div>{}<br>{}{unit} / {}円</div>",
                section.in_japanese(),
                line.map_or(0, |line| line.insured),
                line.map_or(0, |line| line.uninsured.amount())
            ),
        );
    }
    page.push_str("</div><table>");
    for item in &content.other_self_pay {
        put(
            page,
            format_args!(
                "<tr><th>{}<td class=\"n\">{}円<td class=\"n\">{}円<td class=\"n\">{}%</tr>",
                text(&item.name),
                item.non_taxable,
                item.taxable,
                item.tax_rate_percent
            ),
        );
    }
    page.push_str("</table>");
}

fn burdens(page: &mut String, content: &BillContent) {
    let amounts = &content.amounts;
    let lines = [
        ("合計点数", content.total_points),
        ("保険分負担額", amounts.insured_burden.amount()),
        ("公費分負担額", amounts.subsidy_burden.amount()),
        ("食事療養負担額", amounts.meal_burden.amount()),
        ("生活療養負担額", amounts.living_burden.amount()),
        ("保険外負担額", amounts.self_pay.amount()),
        ("減額", amounts.reduction.amount()),
        ("調整額", amounts.adjustment_1.amount()),
        ("今回請求額", amounts.amount_due.amount()),
        ("うち消費税", amounts.tax_included.amount()),
    ];
    page.push_str("<table>");
    for (label, number) in lines {
        put(page, format_args!("<tr><th>{label}<td class=\"n\">{number}</tr>"));
    }
    page.push_str("</table>");
}

fn foot(page: &mut String, hospital: &HospitalBlock) {
    for line in &hospital.name_lines {
        put(page, format_args!("<div>{}</div>", text(line)));
    }
    put(
        page,
        format_args!(
            "<div>〒{} {} 電話 {}</div><p>{}</p>",
            hospital.postal_code,
            text(&hospital.address),
            hospital.phone,
            text(&hospital.tax_notice)
        ),
    );
    for notice in &hospital.receipt_notices {
        put(page, format_args!("<p>{}</p>", text(notice)));
    }
}

fn statement(page: &mut String, paper: &ReceiptPaper, bill: &ReceiptBill) {
    put(page, format_args!("<section><h1>診療明細書</h1>"));
    head(page, &paper.number, &paper.patient, &bill.content);
    page.push_str("<table><tr><th>部<th>項目名<th>点数<th>回数</tr>");
    for row in &bill.content.statement {
        statement_row(page, row);
    }
    page.push_str("</table>");
    foot(page, &paper.hospital);
    page.push_str("</section>");
}

fn statement_row(page: &mut String, row: &StatementRow) {
    put(
        page,
        format_args!(
            "<tr><td>{}<td>{}<td class=\"n\">{}{}<td class=\"n\">{}</tr>",
            text(&row.class_name),
            text(&row.description),
            row.points_or_price,
            if row.is_yen { "円" } else { "点" },
            row.count
        ),
    );
}
