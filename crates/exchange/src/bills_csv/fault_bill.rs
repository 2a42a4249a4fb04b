//! Faults of a bill: who, which, and what its cells say together.

use domain::patient::PatientNumberFault;
use domain::yen::Yen;

/// What is wrong with a bill.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BillReason {
    /// The row belongs to another hospital.
    #[error(
        "the row is of hospital \"{found}\" and the file was sent for {expected}; send each hospital's file by itself"
    )]
    OtherHospital {
        /// In the row.
        found: String,
        /// Whose file it is.
        expected: String,
    },
    /// The patient number. It is not repeated here: it is personal, and a wrong one may be a card number.
    #[error("{}; check the number and the length that is set for this hospital", .0)]
    PatientNumber(PatientNumberFault),
    /// The slip number.
    #[error("\"{found}\" is no slip number; write 1 to 20 half-width letters, digits or hyphens")]
    SlipNumber {
        /// The cell.
        found: String,
    },
    /// More tax than money.
    #[error("{tax} yen of tax are more than the {due} yen due; check the two")]
    TaxAboveDue {
        /// What is due.
        due: Yen,
        /// The tax in it.
        tax: Yen,
    },
    /// An admission that ends before it begins.
    #[error("the last day of service is before the first; check the two")]
    EndBeforeStart,
    /// A visit of several days.
    #[error(
        "an outpatient bill covers one day; leave the cell blank, or write inpatient in in_out"
    )]
    EndForOutpatient,
    /// The same bill twice.
    #[error(
        "the same bill and revision is in line {first_line} already; keep one, or raise the revision of the later"
    )]
    Duplicate {
        /// Where it is first.
        first_line: u64,
    },
    /// A newer revision stands before an older one.
    #[error(
        "line {first_line} has a newer revision of the same bill; write revisions in rising order"
    )]
    RevisionBehind {
        /// Where the newer one is.
        first_line: u64,
    },
}

impl BillReason {
    /// For hospital staff.
    pub(crate) fn in_japanese(&self) -> String {
        match self {
            Self::OtherHospital { found, expected } => format!(
                "病院コード「{found}」の行です。このファイルは「{expected}」用です。病院ごとに分けて送ってください。"
            ),
            Self::PatientNumber(fault) => patient_number_in_japanese(*fault).into(),
            Self::SlipNumber { found } => {
                format!(
                    "「{found}」は伝票番号として使えません。半角の英数字とハイフン、20文字までで書いてください。"
                )
            }
            Self::TaxAboveDue { due, tax } => {
                format!(
                    "消費税({tax}円)が今回請求額({due}円)を超えています。両方を確かめてください。"
                )
            }
            Self::EndBeforeStart => "診療終了日が診療日より前です。両方を確かめてください。".into(),
            Self::EndForOutpatient => {
                "外来の請求は1日分です。空欄にするか、in_outを入院にしてください。".into()
            }
            Self::Duplicate { first_line } => format!(
                "{first_line}行目と同じ請求・同じ版数です。1つにするか、後の版数を大きくしてください。"
            ),
            Self::RevisionBehind { first_line } => {
                format!("{first_line}行目に新しい版があります。版数の小さい順に並べてください。")
            }
        }
    }
}

fn patient_number_in_japanese(fault: PatientNumberFault) -> &'static str {
    match fault {
        PatientNumberFault::Missing => "患者番号が空か0です。番号を確かめてください。",
        PatientNumberFault::BadCharacter => {
            "患者番号に数字以外の文字があります。番号を確かめてください。"
        }
        PatientNumberFault::TooLong => {
            "患者番号がこの病院の桁数より長くなっています。番号と桁数の設定を確かめてください。"
        }
        PatientNumberFault::ForeignCard => {
            "この病院の患者番号ではありません。番号を確かめてください。"
        }
    }
}
