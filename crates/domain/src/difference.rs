//! Where our journal, the gateway's books and the bank do not agree. Nothing is corrected by itself: each
//! difference names who should do what, and waits until they agree or a person has explained it.

use crate::group::HospitalCode;
use crate::time::{Day, Moment};
use crate::yen::SignedYen;

/// Who has to do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    /// 経理: the hospital's accounting.
    Accounting,
    /// 責任者: somebody who may give money back.
    Manager,
    /// システム担当: whoever runs the program.
    Operator,
}

impl Owner {
    /// As exported.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accounting => "accounting",
            Self::Manager => "manager",
            Self::Operator => "operator",
        }
    }

    /// As staff call them.
    #[must_use]
    pub const fn in_japanese(self) -> &'static str {
        match self {
            Self::Accounting => "経理",
            Self::Manager => "責任者",
            Self::Operator => "システム担当",
        }
    }
}

/// What does not agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DifferenceKind {
    /// In our journal, not in the gateway's books.
    JournalOnly,
    /// In the gateway's books, not in our journal.
    GatewayOnly,
    /// In both, with two amounts.
    AmountDiffers,
    /// A dispute that took money and of which no call told us.
    DisputeNotNoticed,
    /// The gateway's people have changed its books.
    Adjustment,
    /// A line of the gateway's books is not what it was when we first read it.
    LineChanged,
    /// A payout is not the sum of its lines.
    PayoutDiffers,
    /// A payout that the bank has not shown.
    PayoutNotInBank,
    /// A deposit that no payout explains.
    DepositWithoutPayout,
    /// The bank shows another amount than was sent.
    DepositDiffers,
}

impl DifferenceKind {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::JournalOnly,
        Self::GatewayOnly,
        Self::AmountDiffers,
        Self::DisputeNotNoticed,
        Self::Adjustment,
        Self::LineChanged,
        Self::PayoutDiffers,
        Self::PayoutNotInBank,
        Self::DepositWithoutPayout,
        Self::DepositDiffers,
    ];

    /// As stored and exported.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::JournalOnly => "journal_only",
            Self::GatewayOnly => "gateway_only",
            Self::AmountDiffers => "amount_differs",
            Self::DisputeNotNoticed => "dispute_not_noticed",
            Self::Adjustment => "adjustment",
            Self::LineChanged => "line_changed",
            Self::PayoutDiffers => "payout_differs",
            Self::PayoutNotInBank => "payout_not_in_bank",
            Self::DepositWithoutPayout => "deposit_without_payout",
            Self::DepositDiffers => "deposit_differs",
        }
    }

    /// Reads what a row holds.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// Who has to do something about it.
    #[must_use]
    pub const fn owner(self) -> Owner {
        match self {
            Self::JournalOnly | Self::LineChanged | Self::PayoutDiffers => Owner::Operator,
            Self::GatewayOnly | Self::AmountDiffers | Self::DisputeNotNoticed => Owner::Manager,
            Self::Adjustment
            | Self::PayoutNotInBank
            | Self::DepositWithoutPayout
            | Self::DepositDiffers => Owner::Accounting,
        }
    }

    /// Whether only a person can close it: looking again does not make it agree.
    #[must_use]
    pub const fn needs_a_person(self) -> bool {
        match self {
            Self::Adjustment | Self::LineChanged => true,
            Self::JournalOnly
            | Self::GatewayOnly
            | Self::AmountDiffers
            | Self::DisputeNotNoticed
            | Self::PayoutDiffers
            | Self::PayoutNotInBank
            | Self::DepositWithoutPayout
            | Self::DepositDiffers => false,
        }
    }

    /// What it is, in an accountant's words.
    #[must_use]
    pub const fn in_japanese(self) -> &'static str {
        match self {
            Self::JournalOnly => "当院の帳簿にあり、決済会社の明細にありません",
            Self::GatewayOnly => "決済会社の明細にあり、当院の帳簿にありません",
            Self::AmountDiffers => "金額が当院の帳簿と決済会社の明細で異なります",
            Self::DisputeNotNoticed => "異議申立の通知が届いていません",
            Self::Adjustment => "決済会社による調整です",
            Self::LineChanged => "決済会社の明細が後から変わりました",
            Self::PayoutDiffers => "送金額が明細の合計と異なります",
            Self::PayoutNotInBank => "送金が銀行の入金にありません",
            Self::DepositWithoutPayout => "銀行の入金に当たる送金がありません",
            Self::DepositDiffers => "銀行の入金額が送金額と異なります",
        }
    }

    /// What its owner should do, in their words.
    #[must_use]
    pub const fn proposal(self) -> &'static str {
        match self {
            Self::JournalOnly => {
                "決済会社に取引の有無を照会してください。後の照合で一致すれば閉じます"
            }
            Self::GatewayOnly => {
                "請求に心当たりがなければ、決済会社の画面で返金してください。復元の後なら adopt を実行してください"
            }
            Self::AmountDiffers => {
                "決済会社の明細を確かめ、多く取った分は返金、少ない分は窓口で精算してください"
            }
            Self::DisputeNotNoticed => {
                "期限までに決済会社へ回答してください。返金はしないでください"
            }
            Self::Adjustment => "決済会社に理由を確かめ、仮勘定から正しい科目へ振り替えてください",
            Self::LineChanged => "決済会社に変更の理由を照会してください",
            Self::PayoutDiffers => "送金に含まれる明細を決済会社に照会してください",
            Self::PayoutNotInBank => {
                "銀行の入金明細を取り込んでください。取り込み済みなら銀行に照会してください"
            }
            Self::DepositWithoutPayout => "振込人と内容を確かめてください",
            Self::DepositDiffers => "差額の理由（振込手数料など）を銀行に確かめてください",
        }
    }
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What does not agree.
    pub kind: DifferenceKind,
    /// The charge, refund, line, payout or deposit, by its reference. With the kind, unique.
    pub subject: String,
    /// The day that was reconciled.
    pub day: Day,
    /// Whose money, where that is known.
    pub hospital: Option<HospitalCode>,
    /// What the side nearer to us says, where it says anything.
    pub ours: Option<SignedYen>,
    /// What the side farther from us says, where it says anything.
    pub theirs: Option<SignedYen>,
    /// Since when it is known.
    pub opened_at: Moment,
}

impl Difference {
    /// 経過日数: whole calendar days since it is known.
    #[must_use]
    pub fn age_days(&self, today: Day) -> i64 {
        today.days_since_1970().saturating_sub(self.opened_at.day().days_since_1970())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_read_back_and_says_what_to_do() {
        for kind in DifferenceKind::ALL {
            assert_eq!(DifferenceKind::parse(kind.as_str()), Some(kind));
            assert!(!kind.proposal().is_empty() && !kind.in_japanese().ends_with('。'));
        }
    }

    #[test]
    fn age_counts_calendar_days() {
        let difference = Difference {
            kind: DifferenceKind::JournalOnly,
            subject: "chg_1".to_owned(),
            day: Day::new(2026, 11, 24).unwrap(),
            hospital: None,
            ours: None,
            theirs: None,
            opened_at: Day::new(2026, 11, 25).unwrap().begins(),
        };
        assert_eq!(difference.age_days(Day::new(2026, 12, 1).unwrap()), 6);
    }
}
