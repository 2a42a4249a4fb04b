//! What came of a file of bills, for the hospital's staff and for the operator.

use domain::bill::{BillWarning, SlipNumber};
use domain::time::Moment;
use domain::yen::Yen;
use exchange::bills_csv::{Fault, FileFaults};
use std::fmt;

/// More warnings than this are counted and not kept.
pub const WARNINGS_KEPT_MAX: usize = 1_000;

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Everything in the file is stored.
    Applied,
    /// The file was only looked through; it could be taken.
    Checked,
    /// This very file was taken before; nothing was changed.
    KnownFile {
        /// When it was taken.
        taken_at: Moment,
    },
    /// The file has faults; nothing of it was taken.
    Refused,
    /// There is no such hospital, or it has no policy yet; nothing was taken.
    UnknownHospital,
}

/// Why a file was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportFault {
    /// What is wrong within the file.
    File(Fault),
    /// The row is older than what the hospital has sent before.
    Stale {
        /// Its line, from 1.
        line: u64,
        /// Its slip.
        slip_number: SlipNumber,
        /// The revision in the row.
        sent: i64,
        /// The revision that is known.
        known: i64,
    },
}

impl ImportFault {
    /// For the hospital's staff: what is wrong and what to do.
    #[must_use]
    pub fn in_japanese(&self) -> String {
        match self {
            Self::File(fault) => fault.in_japanese(),
            Self::Stale { line, slip_number, sent, known } => format!(
                "{line}行目 revision(版数): 伝票{slip_number}は、すでに新しい版({known})を受け取っています。この行の版は{sent}です。訂正する場合は、版数を{known}より大きくしてください。"
            ),
        }
    }
}

/// For operators.
impl fmt::Display for ImportFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(fault) => fault.fmt(f),
            Self::Stale { line, slip_number, sent, known } => write!(
                f,
                "line {line}, column revision: slip {slip_number} is known in revision {known}, and revision {sent} says something else; raise the revision to correct it"
            ),
        }
    }
}

/// Something that staff should look at; the file was taken all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ImportWarning {
    /// About one row.
    Bill {
        /// Its line, from 1.
        line: u64,
        /// Its slip.
        slip_number: SlipNumber,
        /// What.
        warning: BillWarning,
    },
    /// The file was taken before, and some of its bills have been corrected since by later files. They
    /// stay as corrected.
    ChangedSince {
        /// How many.
        bills: u64,
    },
}

impl ImportWarning {
    /// For the hospital's staff.
    #[must_use]
    pub fn in_japanese(&self) -> String {
        match self {
            Self::Bill { line, slip_number, warning: BillWarning::SumMismatch { parts } } => {
                format!(
                    "{line}行目 伝票{slip_number}: 内訳の合計({parts}円)が今回請求額と一致しません。請求額はそのまま受け取りました。ご確認ください。"
                )
            }
            Self::Bill {
                line,
                slip_number,
                warning: BillWarning::ReceivedAboveDue { due, received },
            } => format!(
                "{line}行目 伝票{slip_number}: 入金済額({received}円)が今回請求額({due}円)を超えています。カードで払い過ぎた分は返金の手続きに回ります。現金の分は窓口で返金してください。"
            ),
            Self::ChangedSince { bills } => format!(
                "このファイルのあとに届いた訂正が{bills}件あります。訂正後の内容のまま変えていません。元に戻す場合は、版数を大きくして送ってください。"
            ),
        }
    }
}

/// For operators.
impl fmt::Display for ImportWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bill { line, slip_number, warning: BillWarning::SumMismatch { parts } } => {
                write!(
                    f,
                    "line {line}: the parts of slip {slip_number} add up to {parts} yen, not to amount_due"
                )
            }
            Self::Bill {
                line,
                slip_number,
                warning: BillWarning::ReceivedAboveDue { due, received },
            } => write!(
                f,
                "line {line}: {received} yen were received for slip {slip_number} and {due} are due; what a card paid too much is proposed as a refund, cash is the cashier's to give back"
            ),
            Self::ChangedSince { bills } => {
                write!(
                    f,
                    "{bills} bills of this file have been corrected since and stay as corrected"
                )
            }
        }
    }
}

/// What came of a file. `new + changed + same + rejected == rows`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportReport {
    /// How it ended.
    pub outcome: Outcome,
    /// Rows of bills; 0 where the file could not be read.
    pub rows: u64,
    /// Rows that are new bills.
    pub new: u64,
    /// Rows that are new revisions of known bills.
    pub changed: u64,
    /// Rows that say what is known.
    pub same: u64,
    /// Rows that were not taken: all of them, or none.
    pub rejected: u64,
    /// Sum of the amounts due; `None` where the file could not be read.
    pub total: Option<Yen>,
    /// New and changed bills whose visit was entered for paying later.
    pub matched: u64,
    /// New and changed bills whose visit was not: the cashier's.
    pub without_entry: u64,
    /// What is wrong, in the order of the lines.
    pub faults: Vec<ImportFault>,
    /// How many faults there are; of very many only the first are kept.
    pub fault_count: u64,
    /// What to look at.
    pub warnings: Vec<ImportWarning>,
    /// How many warnings there are.
    pub warning_count: u64,
}

impl ImportReport {
    pub(super) const fn empty(outcome: Outcome) -> Self {
        Self {
            outcome,
            rows: 0,
            new: 0,
            changed: 0,
            same: 0,
            rejected: 0,
            total: None,
            matched: 0,
            without_entry: 0,
            faults: Vec::new(),
            fault_count: 0,
            warnings: Vec::new(),
            warning_count: 0,
        }
    }

    pub(super) fn unreadable(faults: FileFaults) -> Self {
        Self {
            fault_count: faults.count,
            faults: faults.faults.into_iter().map(ImportFault::File).collect(),
            ..Self::empty(Outcome::Refused)
        }
    }

    pub(super) fn warn(&mut self, warning: ImportWarning) {
        self.warning_count = self.warning_count.saturating_add(1);
        if self.warnings.len() < WARNINGS_KEPT_MAX {
            self.warnings.push(warning);
        }
    }

    /// Whether everything that the file says is stored.
    #[must_use]
    pub const fn is_taken(&self) -> bool {
        match self.outcome {
            Outcome::Applied | Outcome::KnownFile { .. } => true,
            Outcome::Checked | Outcome::Refused | Outcome::UnknownHospital => false,
        }
    }

    /// The report as the hospital's staff read it, line by line.
    #[must_use]
    pub fn in_japanese(&self) -> String {
        let mut lines = vec![match self.outcome {
            Outcome::Applied => "取り込みました。".to_owned(),
            Outcome::Checked => {
                "確認しました。取り込めるファイルです(まだ取り込んでいません)。".to_owned()
            }
            Outcome::KnownFile { taken_at } => format!(
                "このファイルは{} {}に取り込み済みです。何も変えていません。",
                taken_at.day().in_japanese(),
                taken_at.time_of_day().in_japanese()
            ),
            Outcome::Refused => {
                format!("取り込めませんでした(誤り{}件)。1件も登録していません。", self.fault_count)
            }
            Outcome::UnknownHospital => {
                "この病院コードは登録されていません。何も取り込んでいません。".to_owned()
            }
        }];
        if let Some(total) = self.total {
            lines.push(format!("件数: {}件  今回請求額の合計: {total}円", self.rows));
            lines.push(format!(
                "新規: {}件  訂正: {}件  変更なし: {}件  取り込まず: {}件",
                self.new, self.changed, self.same, self.rejected
            ));
            lines.push(format!(
                "後払いの受付あり: {}件  受付なし(会計窓口でお支払い): {}件",
                self.matched, self.without_entry
            ));
        }
        push_all(
            &mut lines,
            "誤り",
            self.faults.iter().map(ImportFault::in_japanese),
            self.fault_count,
        );
        push_all(
            &mut lines,
            "ご確認ください",
            self.warnings.iter().map(ImportWarning::in_japanese),
            self.warning_count,
        );
        lines.push(String::new());
        lines.join("\n")
    }
}

fn push_all(
    lines: &mut Vec<String>,
    head: &str,
    each: impl ExactSizeIterator<Item = String>,
    count: u64,
) {
    let kept = u64::try_from(each.len()).unwrap_or(u64::MAX);
    if count > 0 {
        lines.push(format!("■ {head}: {count}件"));
        lines.extend(each);
    }
    if count > kept {
        lines.push(format!("ほかに{}件あります。", count.saturating_sub(kept)));
    }
}
