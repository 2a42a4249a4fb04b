//! Chance against the reader and the writer: identity, and no panic whatever comes.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking, too")]

mod shared;

use domain::bill::{
    BillAmounts, BillContent, BillKey, BillState, SectionLine, SelfPayLine, SlipNumber,
    StatementRow,
};
use domain::bill_section::Section;
use domain::entry::CareSetting;
use domain::patient::PatientNumber;
use domain::time::Day;
use domain::yen::{SignedYen, Yen};
use exchange::bill_json::{from_json, to_json};
use exchange::bills_csv::{BillRow, Charset, LineEnd, write};
use proptest::prelude::*;
use shared::{day, hospital, layout, read_shimin};

/// Letters of CP932 and everything that CSV and JSON must quote.
const TEXT: &str = "[a-zA-Z0-9内科髙﨑ァ-ン①(),\"\\\\'/・]{1,12}";

fn yen() -> impl Strategy<Value = Yen> {
    (0..=5_000_000_i64).prop_map(|amount| Yen::new(amount).unwrap())
}

fn signed() -> impl Strategy<Value = SignedYen> {
    (-5_000_000..=5_000_000_i64).prop_map(|amount| SignedYen::new(amount).unwrap())
}

fn a_day(until: &'static str) -> impl Strategy<Value = Day> {
    (0..600_i64)
        .prop_map(move |back| Day::from_days_since_1970(day(until).days_since_1970() - back))
}

fn amounts() -> impl Strategy<Value = BillAmounts> {
    let parts = prop::collection::vec(yen(), 6);
    let signed_parts = prop::collection::vec(signed(), 4);
    (yen(), 0..=1_000_i64, 0..=1_100_i64, parts, signed_parts).prop_map(
        |(due, tax, received, parts, signed)| {
            let share = |per_mille: i64| Yen::new(due.amount() * per_mille / 1_000).unwrap();
            BillAmounts {
                amount_due: due,
                tax_included: share(tax),
                amount_received: share(received),
                insured_burden: parts[0],
                self_pay: parts[1],
                subsidy_burden: parts[2],
                meal_burden: parts[3],
                living_burden: parts[4],
                work_accident_total: parts[5],
                reduction: signed[0],
                adjustment_1: signed[1],
                adjustment_2: signed[2],
                previous_balance: signed[3],
            }
        },
    )
}

fn sections() -> impl Strategy<Value = Vec<SectionLine>> {
    let chosen = prop::sample::subsequence(Section::ALL.to_vec(), 0..6);
    (chosen, 0..100_000_i64, yen()).prop_map(|(chosen, insured, uninsured)| {
        chosen.into_iter().map(|section| SectionLine { section, insured, uninsured }).collect()
    })
}

fn self_pay() -> impl Strategy<Value = SelfPayLine> {
    (TEXT, yen(), yen(), prop::sample::select(vec![0_u8, 8, 10])).prop_map(
        |(name, non_taxable, taxable, tax_rate_percent)| SelfPayLine {
            name,
            non_taxable,
            taxable,
            tax_rate_percent,
        },
    )
}

fn statement_row() -> impl Strategy<Value = StatementRow> {
    (any::<(bool, bool, bool)>(), TEXT, TEXT, -500..5_000_i64, 0..100_i64).prop_map(
        |((group_head, is_yen, group_end), class_name, description, points_or_price, count)| {
            StatementRow {
                group_head,
                class_name,
                description,
                is_yen,
                points_or_price,
                count,
                group_end,
            }
        },
    )
}

fn content() -> impl Strategy<Value = BillContent> {
    let who = (
        1..99_999_999_u32,
        prop::option::of("[A-Z0-9]{1,20}"),
        TEXT,
        TEXT,
        prop::option::of(0..=100_u8),
    );
    let lists = (
        sections(),
        prop::collection::vec(self_pay(), 0..3),
        prop::collection::vec(statement_row(), 0..4),
    );
    (
        who,
        a_day("2026-11-25"),
        a_day("2026-11-25"),
        amounts(),
        0..1_000_000_i64,
        lists,
        any::<bool>(),
    )
        .prop_map(
            |(
                (number, slip_group, department, insurance, rate),
                service,
                issued,
                amounts,
                points,
                lists,
                billed,
            )| {
                BillContent {
                    patient_number: PatientNumber::parse(&number.to_string(), &layout()).unwrap(),
                    slip_group,
                    service_day: service,
                    service_end_day: None,
                    issued_on: issued,
                    department,
                    insurance,
                    burden_rate_percent: rate,
                    amounts,
                    total_points: points,
                    sections: lists.0,
                    other_self_pay: lists.1,
                    statement: lists.2,
                    state: if billed { BillState::Billed } else { BillState::Cancelled },
                }
            },
        )
}

/// Rows with numbers of their own; each third one an inpatient's.
fn rows() -> impl Strategy<Value = Vec<BillRow>> {
    prop::collection::vec((content(), 0..1_000_u32, 0..30_u16), 0..6).prop_map(|bills| {
        let numbered = bills.into_iter().zip(2_u64..);
        numbered
            .map(|((mut content, hospital_revision, stay), line)| {
                let inpatient = line % 3 == 0;
                if inpatient {
                    content.service_end_day =
                        Some(content.service_day.plus_days(stay).min(day("2026-11-25")));
                }
                let setting =
                    if inpatient { CareSetting::Inpatient } else { CareSetting::Outpatient };
                let slip_number = SlipNumber::parse(&format!("S-{line}")).unwrap();
                let key = BillKey {
                    hospital: hospital("shimin"),
                    setting,
                    slip_number,
                    year: content.service_day.year(),
                };
                BillRow { line, key, hospital_revision, content }
            })
            .collect()
    })
}

fn a_small_file() -> Vec<u8> {
    let code = hospital("shimin");
    let rows = exchange::fixture::day_of_bills(7, &code, &layout(), day("2026-11-24"), 3);
    write(&rows, &code, Charset::Utf8, LineEnd::CrLf).unwrap()
}

/// Whatever is taken holds together: nothing negative, sums right.
fn check_taken(bytes: &[u8]) -> Result<(), TestCaseError> {
    if let Ok(file) = read_shimin(bytes) {
        let total: i64 = file.rows.iter().map(|row| row.content.amounts.amount_due.amount()).sum();
        prop_assert_eq!(total, file.total.amount());
        for row in &file.rows {
            prop_assert!(row.content.amounts.amount_due <= Yen::new(5_000_000).unwrap());
            prop_assert_eq!(&row.key.hospital, &hospital("shimin"));
            prop_assert_eq!(row.content.patient_number.as_str().len(), 8);
            prop_assert!(row.content.service_day <= day(shared::TODAY));
            let stored = from_json(&to_json(&row.content));
            prop_assert_eq!(stored.as_ref(), Ok(&row.content));
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    /// Mutation: any column written into another's place, or a cell that is not quoted.
    #[test]
    fn what_is_written_is_read_back(rows in rows(), windows in any::<bool>(), charset in 0..3_usize) {
        let charset = [Charset::Utf8, Charset::Utf8WithBom, Charset::Cp932][charset];
        let line_end = if windows { LineEnd::CrLf } else { LineEnd::Lf };
        let bytes = write(&rows, &hospital("shimin"), charset, line_end).unwrap();
        let file = read_shimin(&bytes).map_err(|faults| TestCaseError::fail(faults.to_string()))?;
        prop_assert_eq!(file.rows, rows);
    }

    /// Equal text is how two revisions are told to be the same.
    #[test]
    fn equal_contents_and_only_those_have_equal_texts(one in content(), other in content()) {
        prop_assert_eq!(from_json(&to_json(&one)), Ok(one.clone()));
        prop_assert_eq!(to_json(&one) == to_json(&other), one == other);
        prop_assert_eq!(to_json(&from_json(&to_json(&one)).unwrap()), to_json(&one));
    }

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        check_taken(&bytes)?;
    }

    #[test]
    fn random_rows_below_a_good_header_never_panic(rows in "([-a-z0-9 \",=\r\n#内\\{\\}\\[\\]:]{0,40}\n){0,6}") {
        let good = a_small_file();
        let header = good.iter().position(|byte| *byte == b'\n').unwrap();
        check_taken(&[&good[..=header], rows.as_bytes()].concat())?;
    }

    #[test]
    fn a_good_file_with_one_byte_changed_is_refused_or_holds_together(
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut bytes = a_small_file();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        check_taken(&bytes)?;
    }

    /// The trailer is what a cut-off file lacks.
    #[test]
    fn a_good_file_that_is_cut_off_is_refused(at in any::<prop::sample::Index>()) {
        let bytes = a_small_file();
        // Without its last line end alone a file is still whole.
        let at = at.index(bytes.len() - 2);
        prop_assert!(read_shimin(&bytes[..at]).is_err());
    }

    #[test]
    fn random_texts_as_stored_bills_never_panic(text in "[\\{\\}\\[\\]\":,a-z0-9_]{0,60}") {
        prop_assert!(from_json(&text).is_err());
    }
}

#[test]
fn a_stored_bill_has_one_form_and_no_unknown_field() {
    let code = hospital("shimin");
    let rows = exchange::fixture::day_of_bills(7, &code, &layout(), day("2026-11-24"), 1);
    let text = to_json(&rows[0].content);
    insta::assert_snapshot!(text);
    for (from, to, word) in [
        ("{\"patient_number\"", "{\"note\":1,\"patient_number\"", "note"),
        ("\"amounts\":{", "\"amounts\":{\"fee\":1,", "fee"),
        ("\"state\":\"billed\"", "\"state\":\"paid\"", "state"),
        ("\"service_date\":\"2026-11-24\"", "\"service_date\":\"24.11.2026\"", "service_date"),
        ("\"state\":\"billed\"", "\"state\":\"billed\",\"state\":\"billed\"", "duplicate"),
        ("\"tax_included\":", "\"tax_included\":-", "tax_included"),
        ("consultation", "counselling", "section"),
    ] {
        let bad = text.replacen(from, to, 1).replace(":-0", ":-1");
        assert_ne!(bad, text, "{from}");
        let fault = from_json(&bad).expect_err(from).to_string();
        assert!(fault.contains(word), "{fault}");
    }
}

#[test]
fn a_letter_that_cp932_lacks_is_an_error_and_not_a_question_mark() {
    let code = hospital("shimin");
    let mut rows = exchange::fixture::day_of_bills(7, &code, &layout(), day("2026-11-24"), 2);
    rows[1].content.department = "𠮷田内科".to_owned();
    let refused = write(&rows, &code, Charset::Cp932, LineEnd::CrLf).unwrap_err();
    assert_eq!(refused.line, 3);
    assert!(write(&rows, &code, Charset::Utf8, LineEnd::CrLf).is_ok());
}
