//! The files under `fixtures` of the repository: they are what the generator makes, and they are real
//! enough. To write them anew after a change of the generator:
//! `UPDATE_FIXTURES=1 cargo test -p atobarai-exchange --test fixtures`.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking, too")]

mod shared;

use domain::bill::{BillContent, BillState};
use domain::bill_section::{Section, SectionUnit};
use domain::entry::CareSetting;
use domain::yen::Yen;
use exchange::bills_csv::{BillRow, Charset, table_in_markdown};
use exchange::fixture::{
    BILLS_A_DAY, ShippedFile, day_of_bills, people, seed_of, shipped_files, worked_examples,
};
use shared::{day, fixtures, hospital, layout, read_on};
use std::collections::{BTreeMap, BTreeSet};

const DAY: &str = "2026-11-24";

fn made() -> Vec<ShippedFile> {
    shipped_files(&hospital("shimin"), &hospital("senoo"), &layout(), day(DAY)).unwrap()
}

fn a_day(code: &str, count: usize) -> Vec<BillRow> {
    let code = hospital(code);
    day_of_bills(seed_of(&code), &code, &layout(), day(DAY), count)
}

#[test]
fn the_shipped_files_are_what_the_generator_makes() {
    for file in made() {
        let path = fixtures().join("bills").join(&file.path);
        if std::env::var_os("UPDATE_FIXTURES").is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &file.bytes).unwrap();
        }
        let shipped = std::fs::read(&path).unwrap_or_default();
        assert!(
            shipped == file.bytes,
            "{} is not what the generator makes; see the head of this test",
            file.path
        );
        assert!(file.bytes.len() < 4_000_000, "{} has {} bytes", file.path, file.bytes.len());
    }
}

#[test]
fn no_file_lies_among_the_shipped_ones_that_nobody_makes() {
    let made: BTreeSet<String> = made().into_iter().map(|file| file.path).collect();
    let bills = fixtures().join("bills");
    let mut found = BTreeSet::new();
    for folder in std::fs::read_dir(&bills).unwrap() {
        for file in std::fs::read_dir(folder.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            found.insert(path.strip_prefix(&bills).unwrap().to_string_lossy().replace('\\', "/"));
        }
    }
    assert_eq!(found, made);
}

#[test]
fn every_shipped_file_is_read_whole_and_without_a_warning() {
    for file in made() {
        let code = if file.path.ends_with("senoo.csv") { "senoo" } else { "shimin" };
        let read = read_on(&file.bytes, code, "2026-12-31")
            .unwrap_or_else(|faults| panic!("{}: {faults}", file.path));
        for row in &read.rows {
            assert_eq!(row.content.warnings(), [], "{} line {}", file.path, row.line);
        }
        let expected = match file.path.as_str() {
            "2026-11-24/shimin.csv" => (Charset::Utf8WithBom, Some(BILLS_A_DAY)),
            "2026-11-24/senoo.csv" => (Charset::Cp932, Some(BILLS_A_DAY)),
            _ => (Charset::Utf8, None),
        };
        assert_eq!(read.charset, expected.0, "{}", file.path);
        assert!(expected.1.is_none_or(|count| count == read.rows.len()), "{}", file.path);
    }
}

#[test]
fn what_is_generated_is_read_back_to_the_letter() {
    let rows = a_day("shimin", 300);
    let bytes = exchange::bills_csv::write(
        &rows,
        &hospital("shimin"),
        Charset::Cp932,
        exchange::bills_csv::LineEnd::CrLf,
    );
    assert_eq!(read_on(&bytes.unwrap(), "shimin", DAY).unwrap().rows, rows);
}

fn in_points(content: &BillContent) -> i64 {
    let sections =
        content.sections.iter().filter(|line| line.section.unit() == SectionUnit::Points);
    sections.map(|line| line.insured).sum()
}

#[test]
fn points_add_up_in_sections_and_statements() {
    let examples = worked_examples(&hospital("shimin"), &layout());
    let examples = examples.into_iter().flat_map(|(_, rows)| rows);
    for row in a_day("shimin", 2_000).into_iter().chain(examples) {
        let content = &row.content;
        assert_eq!(content.total_points, in_points(content), "{}", row.key.slip_number);
        for line in &content.sections {
            let rows = content
                .statement
                .iter()
                .filter(|item| item.class_name == line.section.in_japanese());
            let sum: i64 = rows.map(|item| item.points_or_price * item.count).sum();
            if !matches!(
                line.section,
                Section::OtherUninsured | Section::EvaluatedSelectedCare | Section::OtherInsured
            ) {
                assert_eq!(sum, line.insured, "{} {}", row.key.slip_number, line.section.as_str());
            }
        }
        let heads = content.statement.iter().filter(|item| item.group_head).count();
        let ends = content.statement.iter().filter(|item| item.group_end).count();
        assert_eq!(heads, ends);
    }
}

#[test]
fn a_day_is_as_mixed_as_a_real_one() {
    for code in ["shimin", "senoo"] {
        let rows = a_day(code, BILLS_A_DAY);
        assert_eq!(rows.len(), BILLS_A_DAY);
        let share = |of: &dyn Fn(&BillRow) -> bool| {
            rows.iter().filter(|row| of(row)).count() * 1_000 / rows.len()
        };
        let zero = share(&|row| row.content.amounts.amount_due.is_zero());
        let taxed = share(&|row| !row.content.amounts.tax_included.is_zero());
        let inpatient = share(&|row| row.key.setting == CareSetting::Inpatient);
        let odd = share(&|row| row.content.insurance == "公費");
        assert!((1..20).contains(&zero), "{zero} of 1,000 are zero");
        assert!((30..120).contains(&taxed), "{taxed} of 1,000 are taxed");
        assert!((18..=20).contains(&inpatient), "{inpatient} of 1,000 are inpatients");
        assert!(odd > 0);
        for rate in [10, 20, 30] {
            let share = share(&|row| row.content.burden_rate_percent == Some(rate));
            assert!(share > 50, "{share} of 1,000 at {rate} %");
        }
        let mut slips: BTreeMap<&str, usize> = BTreeMap::new();
        for row in &rows {
            *slips.entry(row.content.patient_number.as_str()).or_default() += 1;
        }
        assert_eq!(slips.keys().next(), Some(&"00010001"));
        assert_eq!(slips.values().copied().collect::<BTreeSet<_>>(), BTreeSet::from([1, 2, 3]));
        let departments: BTreeSet<&str> =
            rows.iter().map(|row| row.content.department.as_str()).collect();
        assert!(departments.len() > 12, "{departments:?}");
        assert!(rows.iter().all(|row| row.content.state == BillState::Billed));
    }
}

/// A second day with the same seed must not look like corrections of the first.
#[test]
fn two_days_share_no_bill() {
    let code = hospital("shimin");
    let key = |rows: Vec<BillRow>| rows.into_iter().map(|row| row.key).collect::<Vec<_>>();
    let first = key(a_day("shimin", 200));
    let second = key(day_of_bills(seed_of(&code), &code, &layout(), day("2026-11-25"), 200));
    assert!(first.iter().all(|key| !second.contains(key)));
}

/// `domain.md` 3.5. Mutations: merging the slips of E1, adding the previous balance, rounding down.
#[test]
fn the_worked_examples_have_the_amounts_of_the_brief() {
    let expected: &[(&str, &[i64])] = &[
        ("e01", &[3_700, 930]),
        ("e02", &[6_030]),
        ("e03", &[7_930]),
        ("e04", &[8_570]),
        ("e05", &[157_730]),
        ("e06", &[18_000]),
        ("e07", &[0]),
        ("e08-1", &[3_700]),
        ("e08-2", &[3_100]),
        ("e09-1", &[3_700]),
        ("e09-2", &[3_100]),
        ("e09-3", &[4_200]),
        ("e10", &[1_460, 1_460, 1_460, 1_460]),
    ];
    let examples = worked_examples(&hospital("shimin"), &layout());
    let due = |rows: &[BillRow]| {
        rows.iter().map(|row| row.content.amounts.amount_due.amount()).collect::<Vec<_>>()
    };
    let found: Vec<(&str, Vec<i64>)> =
        examples.iter().map(|(name, rows)| (*name, due(rows))).collect();
    let expected: Vec<(&str, Vec<i64>)> =
        expected.iter().map(|(name, due)| (*name, due.to_vec())).collect();
    assert_eq!(found, expected);

    let of = |name: &str| &examples.iter().find(|(other, _)| *other == name).unwrap().1;
    assert_eq!(of("e03")[0].content.amounts.tax_included, Yen::new(500).unwrap());
    assert_eq!(of("e05")[0].content.amounts.tax_included, Yen::new(5_000).unwrap());
    assert_eq!(of("e05")[0].content.total_points, 100_000);
    assert_eq!(of("e01")[0].content.slip_group, of("e01")[1].content.slip_group);
    assert_eq!(of("e08-1")[0].key, of("e08-2")[0].key);
    assert!(of("e08-1")[0].hospital_revision < of("e08-2")[0].hospital_revision);
    let dues: Vec<String> =
        of("e10").iter().map(|row| row.content.service_day.plus_days(4).to_string()).collect();
    assert_eq!(dues, ["2026-11-24", "2026-12-29", "2027-01-01", "2026-12-31"]);
}

#[test]
fn invented_people_pass_the_form_and_have_every_kind_of_name() {
    let people = people(seed_of(&hospital("shimin")), 200, &layout());
    let today = day(DAY);
    for person in &people {
        let birth = person.birth_date.0;
        let (year, month, date) =
            (birth.year().to_string(), birth.month().to_string(), birth.day_of_month().to_string());
        assert_eq!(
            domain::patient::PersonName::parse(person.name.as_str()).as_ref(),
            Ok(&person.name)
        );
        assert_eq!(domain::patient::Kana::parse(person.kana.as_str()).as_ref(), Ok(&person.kana));
        assert_eq!(
            domain::patient::BirthDate::parse(&year, &month, &date, today),
            Ok(person.birth_date)
        );
        assert_eq!(
            domain::patient::Phone::parse(person.phone.as_str()).as_ref(),
            Ok(&person.phone)
        );
        let address = domain::patient::PostalAddress::parse(
            person.address.postal_code(),
            person.address.lines(),
        );
        assert_eq!(address.as_ref(), Ok(&person.address));
        let number =
            domain::patient::PatientNumber::parse(person.patient_number.as_str(), &layout());
        assert_eq!(number.as_ref(), Ok(&person.patient_number));
    }
    assert_eq!(people.first().unwrap().patient_number.as_str(), "00010001");
    let names: String = people.iter().take(60).map(|person| person.name.as_str()).collect();
    for rare in ["髙", "﨑", "𠮷", "邉", "グエン", "勅使河原", "スハルティニ"] {
        assert!(names.contains(rare), "{rare}");
    }
    let longer = exchange::fixture::people(seed_of(&hospital("shimin")), 300, &layout());
    assert_eq!(
        longer.get(..200),
        Some(people.as_slice()),
        "a longer list begins with the shorter one"
    );
}

#[test]
fn the_manual_has_the_table_of_columns() {
    let manual = std::fs::read_to_string(fixtures().join("README.md")).unwrap();
    assert!(
        manual.contains(&table_in_markdown()),
        "the table of columns should be:\n{}",
        table_in_markdown()
    );
}
