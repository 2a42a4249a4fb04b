//! What is wrong in a bill file: where, why, and what to do, for operators and for hospital staff.

use crate::bills_csv::column::Column;
use crate::bills_csv::fault_bill::BillReason;
use crate::bills_csv::fault_cell::{DayReason, JsonReason, NumberReason, TextReason};
use crate::bills_csv::fault_file::FileReason;
use std::fmt;

/// More faults than this are counted and not kept: nobody reads them, and a file of rubbish must
/// not fill the memory.
pub const FAULTS_KEPT_MAX: usize = 1_000;

/// Why a place of the file was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// The file as a whole, its header, its rows or its trailer.
    #[error(transparent)]
    File(FileReason),
    /// A cell that should hold a whole number.
    #[error(transparent)]
    Number(NumberReason),
    /// A cell that should hold a day.
    #[error(transparent)]
    Day(DayReason),
    /// A cell that should hold a text or one of a few words.
    #[error(transparent)]
    Text(TextReason),
    /// A cell that should hold JSON.
    #[error(transparent)]
    Json(JsonReason),
    /// What the cells say together.
    #[error(transparent)]
    Bill(BillReason),
}

impl Reason {
    /// For hospital staff: what is wrong and what to do.
    #[must_use]
    pub fn in_japanese(&self) -> String {
        match self {
            Self::File(reason) => reason.in_japanese(),
            Self::Number(reason) => reason.in_japanese(),
            Self::Day(reason) => reason.in_japanese(),
            Self::Text(reason) => reason.in_japanese(),
            Self::Json(reason) => reason.in_japanese(),
            Self::Bill(reason) => reason.in_japanese(),
        }
    }
}

macro_rules! reason_from {
    ($($name:ident($of:ty)),+) => {$(
        impl From<$of> for Reason {
            fn from(reason: $of) -> Self {
                Self::$name(reason)
            }
        }
    )+};
}

reason_from!(
    File(FileReason),
    Number(NumberReason),
    Day(DayReason),
    Text(TextReason),
    Json(JsonReason),
    Bill(BillReason)
);

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Line of the file, from 1; the line where the row begins.
    pub line: Option<u64>,
    /// The column.
    pub column: Option<Column>,
    /// What, and what to do.
    pub reason: Reason,
}

impl Fault {
    /// For hospital staff: `3行目 amount_due(今回請求額): …`.
    #[must_use]
    pub fn in_japanese(&self) -> String {
        let line = self.line.map(|line| format!("{line}行目 ")).unwrap_or_default();
        let column = self
            .column
            .map(|column| format!("{}({}): ", column.name(), column.in_japanese()))
            .unwrap_or_default();
        format!("{line}{column}{}", self.reason.in_japanese())
    }
}

/// For operators: `line 3, column amount_due: …`.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, self.column) {
            (Some(line), Some(column)) => write!(f, "line {line}, column {}: ", column.name())?,
            (Some(line), None) => write!(f, "line {line}: ")?,
            (None, Some(column)) => write!(f, "column {}: ", column.name())?,
            (None, None) => {}
        }
        write!(f, "{}", self.reason)
    }
}

/// Everything that is wrong in a file, in the order of its lines. Nothing of the file was taken.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct FileFaults {
    /// The first of them, at most [`FAULTS_KEPT_MAX`].
    pub faults: Vec<Fault>,
    /// How many there are.
    pub count: u64,
}

impl FileFaults {
    /// Forgets what more there is; it stays counted.
    pub(crate) fn keep_at_most(&mut self, most: usize) {
        if self.faults.len() > most {
            self.faults = self.faults.drain(..most).collect();
        }
    }

    /// Those of later lines behind these.
    pub(crate) fn append(&mut self, later: Self) {
        let room = FAULTS_KEPT_MAX.saturating_sub(self.faults.len());
        self.faults.extend(later.faults.into_iter().take(room));
        self.count = self.count.saturating_add(later.count);
    }

    pub(crate) fn one(line: Option<u64>, reason: FileReason) -> Self {
        let mut faults = Self::default();
        faults.push(line, None, reason);
        faults
    }

    pub(crate) fn push(
        &mut self,
        line: Option<u64>,
        column: Option<Column>,
        reason: impl Into<Reason>,
    ) {
        self.count = self.count.saturating_add(1);
        if self.faults.len() < FAULTS_KEPT_MAX {
            self.faults.push(Fault { line, column, reason: reason.into() });
        }
    }

    /// For hospital staff: a head line, a line for each fault that was kept, and how many more
    /// there are.
    #[must_use]
    pub fn in_japanese(&self) -> String {
        let mut text = format!(
            "ファイルを取り込めませんでした(誤り{}件)。1件も登録されていません。\n",
            self.count
        );
        for fault in &self.faults {
            text.push_str(&fault.in_japanese());
            text.push('\n');
        }
        let kept = u64::try_from(self.faults.len()).unwrap_or(u64::MAX);
        if self.count > kept {
            text.push_str(&format!("ほかに{}件あります。\n", self.count.saturating_sub(kept)));
        }
        text
    }
}

/// One line: how many, and the first.
impl fmt::Display for FileFaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = if self.count == 1 { "" } else { "s" };
        write!(f, "nothing was taken from the file, it has {} fault{plural}", self.count)?;
        match self.faults.first() {
            Some(first) => write!(f, ", the first: {first}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for FileFaults {}

/// What a cell held, short enough for a message and without anything that could garble a log.
pub(crate) fn shown(cell: &str) -> String {
    const SHOWN_MAX: usize = 40;
    let mut text: String = cell.chars().take(SHOWN_MAX).flat_map(char::escape_debug).collect();
    if cell.chars().count() > SHOWN_MAX {
        text.push('…');
    }
    text
}
