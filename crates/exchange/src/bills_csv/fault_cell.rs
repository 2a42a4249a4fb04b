//! Faults of single cells: numbers, days, texts, JSON.

use domain::time::Day;
use domain::yen::Yen;

/// Why a cell is no whole number of the wanted range.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberReason {
    /// `1,234`
    #[error("\"{found}\" has thousands separators; write digits only, such as 1234")]
    Separators {
        /// The cell.
        found: String,
    },
    /// `1234.5`
    #[error("\"{found}\" is no whole number; write digits only, without a decimal point")]
    Decimal {
        /// The cell.
        found: String,
    },
    /// `１２３４`
    #[error("\"{found}\" has full-width characters; write half-width digits")]
    FullWidth {
        /// The cell.
        found: String,
    },
    /// `¥1234`, `+1234`, `▲100`, `1234円`
    #[error(
        "\"{found}\" has a sign that does not belong there; write digits only, with a plain hyphen for below zero"
    )]
    Sign {
        /// The cell.
        found: String,
    },
    /// Anything else.
    #[error("\"{found}\" is no number; write digits only")]
    NotANumber {
        /// The cell.
        found: String,
    },
    /// Below zero where that cannot be.
    #[error(
        "{found} is below zero; this column holds zero or more (money back is decided by staff)"
    )]
    Negative {
        /// The cell.
        found: String,
    },
    /// More than the hospital lets pass from a file.
    #[error(
        "{found} yen is above this hospital's ceiling of {ceiling} yen; check the amount, and let staff take the bill by hand if it is right"
    )]
    AboveCeiling {
        /// The amount.
        found: Yen,
        /// The hospital's.
        ceiling: Yen,
    },
    /// More than the column can hold.
    #[error("\"{found}\" is not between {min} and {max}")]
    OutOfRange {
        /// The cell.
        found: String,
        /// Smallest.
        min: i64,
        /// Largest.
        max: i64,
    },
}

impl NumberReason {
    /// For hospital staff.
    pub(crate) fn in_japanese(&self) -> String {
        match self {
            Self::Separators { found } => {
                format!(
                    "「{found}」に桁区切りのカンマがあります。「1234」のように数字だけで書いてください。"
                )
            }
            Self::Decimal { found } => {
                format!("「{found}」は整数ではありません。小数点のない数で書いてください。")
            }
            Self::FullWidth { found } => {
                format!("「{found}」に全角文字があります。半角の数字で書いてください。")
            }
            Self::Sign { found } => {
                format!(
                    "「{found}」に余分な記号があります。数字だけで書き、マイナスは半角の「-」にしてください。"
                )
            }
            Self::NotANumber { found } => {
                format!("「{found}」は数字ではありません。数字だけで書いてください。")
            }
            Self::Negative { found } => {
                format!(
                    "「{found}」はマイナスです。この列は0以上で書いてください(返金は職員が判断します)。"
                )
            }
            Self::AboveCeiling { found, ceiling } => format!(
                "{found}円は病院の上限({ceiling}円)を超えています。金額を確かめ、正しければ職員が個別に登録してください。"
            ),
            Self::OutOfRange { found, min, max } => {
                format!("「{found}」は範囲外です。{min}から{max}までの数で書いてください。")
            }
        }
    }
}

/// Why a cell is no day, or not one that a bill can have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DayReason {
    /// `2026/11/24`, `2026.11.24`, `11/24/2026`: a spreadsheet wrote it its own way, and which number is
    /// the day is then a guess.
    #[error("\"{found}\" is written with slashes or dots; write 2026-11-24 or 20261124")]
    Slashes {
        /// The cell.
        found: String,
    },
    /// `R8.11.24`, `令和8年11月24日`
    #[error("\"{found}\" is written in a Japanese era; write 2026-11-24 or 20261124")]
    Era {
        /// The cell.
        found: String,
    },
    /// `46350`: what a spreadsheet holds inside.
    #[error("\"{found}\" is a spreadsheet's day number; write 2026-11-24 or 20261124")]
    Serial {
        /// The cell.
        found: String,
    },
    /// Full-width digits.
    #[error("\"{found}\" has full-width characters; write 2026-11-24 or 20261124")]
    FullWidth {
        /// The cell.
        found: String,
    },
    /// Anything else.
    #[error("\"{found}\" is no date; write 2026-11-24 or 20261124")]
    NotADay {
        /// The cell.
        found: String,
    },
    /// 30 February.
    #[error("\"{found}\" is not in the calendar; check year, month and day")]
    NoSuchDay {
        /// The cell.
        found: String,
    },
    /// Ahead of us.
    #[error("{found} lies ahead, today is {today}; check the date")]
    Future {
        /// The cell.
        found: Day,
        /// By our clock.
        today: Day,
    },
    /// Long past.
    #[error("{found} is more than two years ago; bills before {oldest} are settled at the desk")]
    TooOld {
        /// The cell.
        found: Day,
        /// The oldest day that is taken.
        oldest: Day,
    },
}

impl DayReason {
    /// For hospital staff.
    pub(crate) fn in_japanese(&self) -> String {
        const FORM: &str = "「2026-11-24」または「20261124」の形で書いてください。";
        match self {
            Self::Slashes { found } => {
                format!("「{found}」は「/」や「.」で区切られています。{FORM}")
            }
            Self::Era { found } => format!("「{found}」は元号です。西暦で、{FORM}"),
            Self::Serial { found } => format!("「{found}」は表計算ソフトの日付番号です。{FORM}"),
            Self::FullWidth { found } => format!("「{found}」に全角文字があります。半角で、{FORM}"),
            Self::NotADay { found } => format!("「{found}」は日付ではありません。{FORM}"),
            Self::NoSuchDay { found } => {
                format!("「{found}」という日はありません。年月日を確かめてください。")
            }
            Self::Future { found, today } => {
                format!("{found}は未来の日付です(今日は{today})。日付を確かめてください。")
            }
            Self::TooOld { found, oldest } => {
                format!("{found}は2年より前です。{oldest}より前の請求は窓口で精算してください。")
            }
        }
    }
}

/// Why a text or word was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextReason {
    /// Blank where something must stand.
    #[error("the cell is blank; fill it in")]
    Blank,
    /// A formula, which a spreadsheet would run.
    #[error("the cell begins like a formula; write the text without = + - @ in front")]
    Formula,
    /// NUL, a line break, a character that hides or reorders text.
    #[error("the cell has the invisible character U+{code:04X}; take it out")]
    ControlCharacter {
        /// Its number in Unicode.
        code: u32,
    },
    /// Longer than the column.
    #[error("the text has {found} characters, more than {max}; shorten it")]
    TooLong {
        /// How many it has.
        found: usize,
        /// How many are allowed.
        max: usize,
    },
    /// Not one of the words.
    #[error("\"{found}\" is not one of {allowed}")]
    NotAWord {
        /// The cell.
        found: String,
        /// The words.
        allowed: &'static str,
    },
}

impl TextReason {
    /// For hospital staff.
    pub(crate) fn in_japanese(&self) -> String {
        match self {
            Self::Blank => "空欄です。入力してください。".into(),
            Self::Formula => {
                "計算式のような文字で始まっています。先頭の「= + - @」を取ってください。".into()
            }
            Self::ControlCharacter { code } => {
                format!("見えない文字(U+{code:04X})が入っています。取り除いてください。")
            }
            Self::TooLong { found, max } => {
                format!("長すぎます({found}文字)。{max}文字までにしてください。")
            }
            Self::NotAWord { found, allowed } => {
                format!("「{found}」は使えません。次のどれかにしてください: {allowed}")
            }
        }
    }
}

/// Why a JSON cell was not taken. Positions count from 1 within the cell.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonReason {
    /// No JSON, or not of the form.
    #[error("the JSON breaks at line {line}, byte {at} of the cell: {message}")]
    Malformed {
        /// Line within the cell.
        line: usize,
        /// Byte within that line.
        at: usize,
        /// What the parser says.
        message: String,
    },
    /// An unknown section.
    #[error(
        "item {item}: \"{found}\" is no section of the receipt; use the names of the manual, such as consultation"
    )]
    UnknownSection {
        /// Which item, from 1.
        item: usize,
        /// Its name.
        found: String,
    },
    /// A section that is there twice.
    #[error("item {item}: section {section} is there twice; add the two up")]
    SectionTwice {
        /// Which item, from 1.
        item: usize,
        /// Its name.
        section: &'static str,
    },
    /// A number out of range.
    #[error("item {item}: {field} is out of range")]
    OutOfRange {
        /// Which item, from 1.
        item: usize,
        /// Its field.
        field: &'static str,
    },
    /// A text that is blank, too long or hides something.
    #[error("item {item}: {field}: {reason}")]
    Text {
        /// Which item, from 1.
        item: usize,
        /// Its field.
        field: &'static str,
        /// Why.
        reason: TextReason,
    },
    /// More items than a bill can have.
    #[error("there are {found} items, more than {max}")]
    TooMany {
        /// How many there are.
        found: usize,
        /// How many are allowed.
        max: usize,
    },
}

impl JsonReason {
    /// For hospital staff.
    pub(crate) fn in_japanese(&self) -> String {
        match self {
            Self::Malformed { line, at, message } => {
                format!(
                    "JSONの形が違います(項目内の{line}行目{at}バイト目)。出力元の設定を確かめてください: {message}"
                )
            }
            Self::UnknownSection { item, found } => {
                format!(
                    "{item}番目「{found}」は領収書の部の名前ではありません。手引きの名前で書いてください。"
                )
            }
            Self::SectionTwice { item, section } => {
                format!("{item}番目「{section}」が2回あります。合計して1つにしてください。")
            }
            Self::OutOfRange { item, field } => {
                format!("{item}番目の{field}が範囲外です。数を確かめてください。")
            }
            Self::Text { item, field, reason } => {
                format!("{item}番目の{field}: {}", reason.in_japanese())
            }
            Self::TooMany { found, max } => {
                format!("{found}件あります。{max}件までにしてください。")
            }
        }
    }
}
