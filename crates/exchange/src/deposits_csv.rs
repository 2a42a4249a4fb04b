//! What a bank shows of an account, as CSV: UTF-8 or CP932, header by name. Banks name their columns
//! differently; each name below is taken. Rows without an amount that came in (withdrawals) are passed over,
//! columns that nobody needs too. All or nothing, with line, column and reason for every fault.

use crate::bills_csv::charset::decode;
use crate::bills_csv::records::{BadRecord, Record, Records};
use domain::clearing::BankDeposit;
use domain::time::Day;
use domain::yen::Yen;
use std::fmt;

/// Larger files are refused unread: 8 MiB, some hundred times a day's account of a large hospital.
pub const FILE_BYTES_MAX: usize = 8 * 1_024 * 1_024;

/// Names of the column of the day; the first is written in the manual.
const DAY: &[&str] = &["入金日", "日付", "取引日", "年月日", "deposited_on"];
/// Names of the column of what came in.
const AMOUNT: &[&str] = &["入金額", "入金金額", "お預入れ金額", "お預入金額", "預入金額", "amount"];
/// Names of the column of who sent it.
const PAYER: &[&str] = &["振込人", "振込依頼人名", "振込依頼人", "お取引内容", "payer"];
/// Names of the column of what the bank writes beside it.
const NOTE: &[&str] = &["摘要", "メモ", "note"];

/// One thing wrong in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DepositFault {
    /// The line, from 1; `None`: the file as a whole.
    pub line: Option<u64>,
    /// The column, where it is about one.
    pub column: Option<&'static str>,
    /// What is wrong and what to do.
    pub reason: String,
}

impl fmt::Display for DepositFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        if let Some(column) = self.column {
            write!(f, "column {column}: ")?;
        }
        f.write_str(&self.reason)
    }
}

/// Reads the deposits of a file, in its order. A day after `today` is a fault.
///
/// # Errors
/// Every fault of the file; then nothing of it is taken.
pub fn read(bytes: &[u8], today: Day) -> Result<Vec<BankDeposit>, Vec<DepositFault>> {
    if bytes.len() > FILE_BYTES_MAX {
        return Err(vec![whole(format!("larger than {FILE_BYTES_MAX} bytes; bring it in parts"))]);
    }
    let decoded = decode(bytes).map_err(|faults| vec![whole(faults.to_string())])?;
    let mut records = Records::new(&decoded.text);
    let header = match records.next() {
        None => return Err(vec![whole("empty; the first row must name the columns".to_owned())]),
        Some(Err(bad)) => return Err(vec![split(&bad)]),
        Some(Ok(record)) => Header::read(&record).map_err(|fault| vec![fault])?,
    };
    let (mut deposits, mut faults) = (Vec::new(), Vec::new());
    for record in records {
        match record.map_err(|bad| split(&bad)).and_then(|record| header.row(&record, today)) {
            Ok(Some(deposit)) => deposits.push(deposit),
            Ok(None) => {}
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() { Ok(deposits) } else { Err(faults) }
}

/// Where the columns are.
struct Header {
    cells: usize,
    day: usize,
    amount: usize,
    payer: Option<usize>,
    note: Option<usize>,
}

impl Header {
    fn read(record: &Record<'_>) -> Result<Self, DepositFault> {
        let place =
            |names: &[&str]| record.cells.iter().position(|cell| names.contains(&cell.trim()));
        let must = |names: &[&'static str]| {
            place(names).ok_or_else(|| DepositFault {
                line: Some(record.line),
                column: names.first().copied(),
                reason: format!("missing; name it one of {}", names.join(", ")),
            })
        };
        Ok(Self {
            cells: record.cells.len(),
            day: must(DAY)?,
            amount: must(AMOUNT)?,
            payer: place(PAYER),
            note: place(NOTE),
        })
    }

    fn row(&self, record: &Record<'_>, today: Day) -> Result<Option<BankDeposit>, DepositFault> {
        let fault = |column: Option<&'static str>, reason: String| DepositFault {
            line: Some(record.line),
            column,
            reason,
        };
        if record.cells.len() != self.cells {
            let (has, wants) = (record.cells.len(), self.cells);
            return Err(fault(None, format!("has {has} cells, the header {wants}")));
        }
        let cell = |at: usize| record.cells.get(at).map_or("", |cell| cell.trim());
        let text = |at: Option<usize>| at.map_or("", cell).to_owned();
        if cell(self.amount).is_empty() {
            return Ok(None);
        }
        let amount =
            amount(cell(self.amount)).map_err(|why| fault(AMOUNT.first().copied(), why))?;
        let day = day(cell(self.day)).map_err(|why| fault(DAY.first().copied(), why))?;
        if day > today {
            let why = format!("{day} is still to come; check the date");
            return Err(fault(DAY.first().copied(), why));
        }
        if amount.is_zero() {
            return Ok(None);
        }
        let (payer, note) = (text(self.payer), text(self.note));
        Ok(Some(BankDeposit { deposited_on: day, amount, payer, note }))
    }
}

fn amount(text: &str) -> Result<Yen, String> {
    let digits: String = text.chars().filter(|c| *c != ',').collect();
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain
        .then(|| digits.parse::<i64>().ok().and_then(|number| Yen::new(number).ok()))
        .flatten()
        .ok_or_else(|| format!("\"{text}\" is no whole number of yen, as 1,234"))
}

fn day(text: &str) -> Result<Day, String> {
    let digits: String = text.chars().filter(|c| !['-', '/'].contains(c)).collect();
    let part = |from: usize, to: usize| digits.get(from..to);
    let with_dashes = match (digits.len(), part(0, 4), part(4, 6), part(6, 8)) {
        (8, Some(year), Some(month), Some(day)) => format!("{year}-{month}-{day}"),
        _ => text.to_owned(),
    };
    Day::parse(&with_dashes).map_err(|error| error.to_string())
}

const fn whole(reason: String) -> DepositFault {
    DepositFault { line: None, column: None, reason }
}

fn split(bad: &BadRecord) -> DepositFault {
    DepositFault { line: Some(bad.line), column: None, reason: bad.reason.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> Day {
        Day::new(2026, 11, 27).unwrap()
    }

    fn faults(text: &str) -> Vec<String> {
        read(text.as_bytes(), today()).unwrap_err().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_banks_own_file_is_read_with_its_withdrawals_passed_over() {
        let text = "お取扱日,日付,お引出し金額,お預入れ金額,お取引内容,残高\r\n\
            1,2026/11/26,,\"1,234,567\",カ)ケツサイ,9\r\n\
            2,20261126,500,,テスウリヨウ,9\r\n\
            3,2026-11-27,,800,,9\r\n";
        let (cp932, _, lossy) = encoding_rs::SHIFT_JIS.encode(text);
        assert!(!lossy);
        for bytes in [text.as_bytes(), &cp932] {
            let read = read(bytes, today()).unwrap();
            let told: Vec<_> = read
                .iter()
                .map(|deposit| {
                    (deposit.deposited_on.to_string(), deposit.amount.amount(), &*deposit.payer)
                })
                .collect();
            let first = ("2026-11-26".to_owned(), 1_234_567, "カ)ケツサイ");
            assert_eq!(told, [first, ("2026-11-27".to_owned(), 800, "")]);
        }
    }

    #[test]
    fn every_fault_names_line_column_and_cure() {
        let text = "入金日,入金額\n2026-11-28,1\n2026-13-01,1\n2026-11-26,-5\n2026-11-26,1,2\n";
        assert_eq!(
            faults(text),
            [
                "line 2: column 入金日: 2026-11-28 is still to come; check the date",
                "line 3: column 入金日: \"2026-13-01\" is not a day written as 2026-11-24",
                "line 4: column 入金額: \"-5\" is no whole number of yen, as 1,234",
                "line 5: has 3 cells, the header 2",
            ]
        );
        let missing = "line 1: column 入金額: missing; name it one of 入金額, 入金金額, お預入れ金額, \
            お預入金額, 預入金額, amount";
        assert_eq!(faults("入金日,残高\n"), [missing]);
        assert_eq!(faults(""), ["empty; the first row must name the columns"]);
    }
}
