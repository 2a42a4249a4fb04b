//! Faults of the file as a whole: encoding, header, shape of the rows, trailer.

use crate::bills_csv::column::Column;
use domain::yen::Yen;

/// What is wrong with the file as a whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileReason {
    /// No bytes, or nothing but blank lines.
    #[error("the file is empty; send a header row, the bills and a trailer row")]
    Empty,
    /// Above the limit.
    #[error("the file has {bytes} bytes, more than {max}; split it")]
    TooLarge {
        /// How many it has.
        bytes: usize,
        /// How many are allowed.
        max: usize,
    },
    /// What spreadsheets call "Unicode text".
    #[error("the file is UTF-16; save it as CSV in UTF-8 or Shift_JIS (CP932)")]
    Utf16,
    /// A byte that cannot stand there.
    #[error(
        "byte {byte} of the file is not {charset}; save it as UTF-8 or Shift_JIS (CP932) and do not mix the two"
    )]
    BrokenEncoding {
        /// The encoding that the rest of the file seems to be in.
        charset: &'static str,
        /// From 1.
        byte: usize,
    },
    /// No cell of the first row is a known column.
    #[error("the first row has no known column name; begin with a header row, separated by commas")]
    NoHeader,
    /// A column that is required.
    #[error("this column is missing; add it to the header row")]
    MissingColumn,
    /// A column that is there twice.
    #[error("this column is in the header row twice; keep one")]
    DuplicateColumn,
    /// A column that we do not know. It may be a shifted or misspelt one, so it is not passed over.
    #[error("cell {position} of the header row, \"{found}\", is no known column{}", did_you_mean(*.nearest))]
    UnknownColumn {
        /// Which cell, from 1.
        position: usize,
        /// What it holds.
        found: String,
        /// The known name that looks most like it.
        nearest: Option<&'static str>,
    },
    /// More or fewer cells than the header.
    #[error(
        "the row has {found} cells and the header {expected}; write amounts without commas, and put texts with commas in double quotes"
    )]
    RaggedRow {
        /// In the row.
        found: usize,
        /// In the header.
        expected: usize,
    },
    /// A quoted cell without an end.
    #[error(
        "a double quote is opened in this row and never closed; close it, and double those inside a text"
    )]
    UnclosedQuote,
    /// A quote within a cell that is not quoted, or text after a closed quote.
    #[error(
        "a double quote stands in the middle of a cell; put the whole cell in quotes and double those inside"
    )]
    StrayQuote,
    /// The file stops within a row: it is still being written, or the transfer broke off.
    #[error(
        "the file breaks off in this row; wait until it is written completely, then send it again"
    )]
    CutOff,
    /// No trailer.
    #[error(
        "the trailer row is missing; end the file with #trailer,<number of rows>,<sum of amount_due>"
    )]
    MissingTrailer,
    /// A row that begins with `#` and is no trailer.
    #[error("the trailer row is not of the form #trailer,<number of rows>,<sum of amount_due>")]
    BadTrailer,
    /// Rows after the trailer: two files were joined.
    #[error("there are rows after the trailer; one file has one trailer, in its last row")]
    AfterTrailer,
    /// The trailer's count is wrong.
    #[error(
        "the trailer says {stated} rows and the file has {found}; rows are missing or doubled, write the file again"
    )]
    WrongCount {
        /// By the trailer.
        stated: u64,
        /// In the file.
        found: u64,
    },
    /// The trailer's total is wrong.
    #[error(
        "the trailer says {stated} yen and amount_due adds up to {found}; write the file again"
    )]
    WrongTotal {
        /// By the trailer.
        stated: i64,
        /// In the file.
        found: i64,
    },
    /// The amounts add up to more than the system knows.
    #[error("amount_due adds up to more than {} yen; split the file", Yen::MAX)]
    TotalTooLarge,
}

impl FileReason {
    /// For hospital staff: what is wrong and what to do.
    pub(crate) fn in_japanese(&self) -> String {
        match self {
            Self::Empty => "ファイルが空です。見出し行、請求の行、最終行(#trailer)を入れてください。".into(),
            Self::TooLarge { bytes, max } => {
                format!("ファイルが大きすぎます({bytes}バイト、上限{max}バイト)。分けて送ってください。")
            }
            Self::Utf16 => {
                "文字コードがUTF-16です。UTF-8またはShift_JIS(CP932)のCSVで保存してください。".into()
            }
            Self::BrokenEncoding { charset, byte } => format!(
                "ファイルの{byte}バイト目を{charset}として読めません。UTF-8かShift_JIS(CP932)のどちらかだけで保存してください。"
            ),
            Self::NoHeader => "1行目に列名がありません。カンマ区切りの見出し行から始めてください。".into(),
            Self::MissingColumn => "この列がありません。見出し行に追加してください。".into(),
            Self::DuplicateColumn => "見出し行に同じ列が2つあります。1つにしてください。".into(),
            Self::UnknownColumn { position, found, nearest } => {
                let hint = nearest
                    .map_or_else(|| "取り除いてください。".into(), |name| format!("「{name}」ではありませんか。"));
                format!("見出し行の{position}番目「{found}」は決められた列名ではありません。{hint}")
            }
            Self::RaggedRow { found, expected } => format!(
                "列の数が見出し行と違います(この行{found}、見出し{expected})。金額にカンマを付けず、カンマを含む文字は「\"」で囲んでください。"
            ),
            Self::UnclosedQuote => "この行の「\"」が閉じられていません。文字の中の「\"」は2つ重ねてください。".into(),
            Self::StrayQuote => {
                "項目の途中に「\"」があります。項目全体を「\"」で囲み、中の「\"」は2つ重ねてください。".into()
            }
            Self::CutOff => {
                "この行の途中でファイルが終わっています。書き込みが終わってから、もう一度送ってください。".into()
            }
            Self::MissingTrailer => {
                "最終行がありません。「#trailer,件数,今回請求額の合計」を最後に付けてください。".into()
            }
            Self::BadTrailer => "最終行の形が違います。「#trailer,件数,今回請求額の合計」と書いてください。".into(),
            Self::AfterTrailer => "最終行(#trailer)の後に行があります。1ファイルに最終行は1つだけです。".into(),
            Self::WrongCount { stated, found } => format!(
                "最終行の件数({stated}件)と実際の件数({found}件)が違います。ファイルを作り直してください。"
            ),
            Self::WrongTotal { stated, found } => format!(
                "最終行の合計({stated}円)と今回請求額の合計({found}円)が違います。ファイルを作り直してください。"
            ),
            Self::TotalTooLarge => {
                format!("今回請求額の合計が{}円を超えています。ファイルを分けてください。", Yen::MAX)
            }
        }
    }
}

fn did_you_mean(nearest: Option<&str>) -> String {
    match nearest {
        Some(name) => format!("; did you mean {name}?"),
        None => "; take it out, or see the list of columns".to_owned(),
    }
}

/// The column whose name looks most like a misspelt one.
pub(crate) fn nearest_column(found: &str) -> Option<&'static str> {
    let names = crate::bills_csv::column::COLUMNS.iter().map(|facts| facts.name);
    let by_japanese = crate::bills_csv::column::COLUMNS
        .iter()
        .find(|facts| facts.japanese == found)
        .map(|facts| facts.name);
    by_japanese
        .or_else(|| crate::nearest::nearest(found, names))
        .filter(|name| Column::by_name(name).is_some())
}
