//! 医療費控除: what somebody paid in a year, in the columns of the tax agency's 医療費集計フォーム v3.1
//! (`domain.md` 9), as CSV and as a workbook.

use domain::time::Day;
use domain::yen::Yen;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, XlsxError};

/// One payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpenseRow {
    /// 医療を受けた人: the form takes [`NAME_MAX`] characters, and gets no more.
    pub person: String,
    /// 病院・薬局などの名称: [`HOSPITAL_MAX`] characters.
    pub hospital: String,
    /// 支払った医療費の金額, in yen.
    pub amount: Yen,
    /// 支払年月日: the day on which the card was charged.
    pub paid_on: Day,
}

/// Characters of a name that the form takes.
pub const NAME_MAX: usize = 10;

/// Characters of a hospital's name that the form takes.
pub const HOSPITAL_MAX: usize = 20;

/// The row of the form in which the first payment stands.
const FIRST_ROW: u32 = 9;

const HEADERS: [&str; 10] = [
    "No",
    "医療を受けた人",
    "病院・薬局などの名称",
    "診療・治療",
    "医薬品購入",
    "介護保険サービス",
    "その他の医療費",
    "支払った医療費の金額",
    "左のうち、補填される金額",
    "支払年月日",
];

/// What the form writes where a kind of cost applies.
const APPLIES: &str = "該当する";

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
pub enum ExpensesFault {
    /// The CSV.
    #[error("the CSV of medical expenses could not be written")]
    Csv(#[from] csv::Error),
    /// The workbook.
    #[error("the workbook of medical expenses could not be written")]
    Workbook(#[from] XlsxError),
}

/// As CSV in UTF-8 with a byte-order mark, so that spreadsheets read it as what it is.
pub fn csv(rows: &[ExpenseRow]) -> Result<Vec<u8>, ExpensesFault> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer("\u{FEFF}".as_bytes().to_vec());
    writer.write_record(HEADERS)?;
    for (row, number) in rows.iter().zip(1_usize..) {
        writer.write_record([
            &number.to_string(),
            &cut(&row.person, NAME_MAX),
            &cut(&row.hospital, HOSPITAL_MAX),
            APPLIES,
            "",
            "",
            "",
            &row.amount.amount().to_string(),
            "",
            &slashed(row.paid_on),
        ])?;
    }
    writer.into_inner().map_err(|error| ExpensesFault::Csv(csv::Error::from(error.into_error())))
}

/// As a workbook whose cells stand where the form has them, to be copied over as one block.
pub fn workbook(year: i16, rows: &[ExpenseRow]) -> Result<Vec<u8>, ExpensesFault> {
    let mut book = Workbook::new();
    // The same payments give the same file: not the machine's clock, but the end of the year.
    let made = ExcelDateTime::from_ymd(u16::try_from(year).unwrap_or(1900), 12, 31)?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let bold = Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top);
    let yen = Format::new().set_num_format("#,##0");
    let day = Format::new().set_num_format("yyyy/m/d");
    let sheet = book.add_worksheet();
    sheet.set_name("医療費集計")?;
    sheet.write(0, 0, format!("{year}年にお支払いの医療費"))?;
    for (header, column) in HEADERS.iter().zip(0_u16..) {
        sheet.write_with_format(FIRST_ROW - 2, column, *header, &bold)?;
    }
    for ((row, number), at) in rows.iter().zip(1_u32..).zip(FIRST_ROW - 1..) {
        sheet.write(at, 0, number)?;
        sheet.write(at, 1, cut(&row.person, NAME_MAX))?;
        sheet.write(at, 2, cut(&row.hospital, HOSPITAL_MAX))?;
        sheet.write(at, 3, APPLIES)?;
        sheet.write_with_format(at, 7, row.amount.amount(), &yen)?;
        let paid = row.paid_on;
        let year = u16::try_from(paid.year()).unwrap_or(1900);
        let month = u8::try_from(paid.month()).unwrap_or(1);
        let date = u8::try_from(paid.day_of_month()).unwrap_or(1);
        sheet.write_with_format(at, 9, ExcelDateTime::from_ymd(year, month, date)?, &day)?;
    }
    for (width, column) in [5, 22, 40, 11, 11, 11, 11, 14, 14, 13].into_iter().zip(0_u16..) {
        sheet.set_column_width(column, width)?;
    }
    Ok(book.save_to_buffer()?)
}

/// No more than the form takes, and nothing that a spreadsheet would take for a formula.
fn cut(text: &str, most: usize) -> String {
    text.trim_start_matches(['=', '+', '-', '@', '\t']).chars().take(most).collect()
}

/// As the form has it: `2026/11/28`.
fn slashed(day: Day) -> String {
    format!("{}/{}/{}", day.year(), day.month(), day.day_of_month())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Vec<ExpenseRow> {
        let row = |person: &str, amount, day: &str| ExpenseRow {
            person: person.to_owned(),
            hospital: "岡山市立市民病院".to_owned(),
            amount: Yen::new(amount).unwrap(),
            paid_on: Day::parse(day).unwrap(),
        };
        vec![
            row("山田 花子", 7_930, "2026-11-28"),
            row("=HYPERLINK(1), 長い名前の方", 50, "2026-01-01"),
        ]
    }

    /// Each column where the form has it. Mutation: a name that begins like a formula stays one.
    #[test]
    fn the_csv_has_the_columns_of_the_form() {
        let bytes = csv(&rows()).unwrap();
        let text = std::str::from_utf8(&bytes).unwrap();
        let lines: Vec<_> = text.strip_prefix('\u{FEFF}').unwrap().split("\r\n").collect();
        assert_eq!(
            lines,
            [
                "No,医療を受けた人,病院・薬局などの名称,診療・治療,医薬品購入,介護保険サービス,その他の医療費,支払った医療費の金額,左のうち、補填される金額,支払年月日",
                "1,山田 花子,岡山市立市民病院,該当する,,,,7930,,2026/11/28",
                "2,HYPERLINK(,岡山市立市民病院,該当する,,,,50,,2026/1/1",
                "",
            ]
        );
    }

    /// A workbook is a ZIP archive; the same payments give the same bytes.
    #[test]
    fn the_workbook_is_the_same_each_time() {
        let book = workbook(2026, &rows()).unwrap();
        assert!(book.starts_with(b"PK\x03\x04"));
        assert_eq!(book, workbook(2026, &rows()).unwrap());
        assert_ne!(book, workbook(2026, &rows()[..1]).unwrap());
    }
}
