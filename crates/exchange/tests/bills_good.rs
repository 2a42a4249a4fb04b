//! Files of bills that are right, however their system writes them.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking, too")]

mod shared;

use exchange::bills_csv::{BillRow, Charset};
use shared::{read_shimin, samples};
use std::fmt::Write;

fn in_one_line(row: &BillRow) -> String {
    let content = &row.content;
    let amounts = &content.amounts;
    format!(
        "line {} {} {} r{} patient {} on {}{} {} {} due {} received {} warning {:?}",
        row.line,
        row.key.setting.as_str(),
        row.key.slip_number,
        row.hospital_revision,
        content.patient_number,
        content.service_day,
        content.service_end_day.map(|day| format!("..{day}")).unwrap_or_default(),
        content.department,
        content.state.as_str(),
        amounts.amount_due,
        amounts.amount_received,
        content.warnings(),
    )
}

#[test]
fn every_good_sample_is_taken_whole() {
    let mut report = String::new();
    for (name, bytes) in samples("bills/good") {
        let file =
            read_shimin(&bytes).unwrap_or_else(|faults| panic!("{name}: {}", faults.in_japanese()));
        assert_eq!(file.count, u64::try_from(file.rows.len()).unwrap());
        writeln!(report, "## {name}: {:?}, {} rows, {} yen", file.charset, file.count, file.total)
            .unwrap();
        for row in &file.rows {
            writeln!(report, "{}", in_one_line(row)).unwrap();
        }
    }
    insta::assert_snapshot!(report);
}

#[test]
fn encoding_line_ends_and_spreadsheets_change_nothing() {
    let of = |name: &str| {
        let (_, bytes) =
            samples("bills/good").into_iter().find(|(other, _)| other == name).unwrap();
        read_shimin(&bytes).unwrap()
    };
    let minimal = of("minimal.csv");
    assert_eq!(of("minimal_cp932_crlf.csv").rows, minimal.rows);
    assert_eq!(of("minimal_cp932_crlf.csv").charset, Charset::Cp932);
    assert_eq!(of("saved_by_spreadsheet.csv").rows, minimal.rows);
    assert_eq!(of("no_line_end_after_trailer.csv").rows, minimal.rows);
}

#[test]
fn every_column_arrives_where_it_belongs() {
    let (_, bytes) = samples("bills/good")
        .into_iter()
        .find(|(name, _)| name == "every_column_in_another_order.csv")
        .unwrap();
    let file = read_shimin(&bytes).unwrap();
    insta::assert_debug_snapshot!(file.rows.first().unwrap());
}
