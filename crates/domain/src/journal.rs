//! 仕訳帳: the hospital's own books of the card money, in double entry. Each entry takes an amount from one
//! title of account and gives it to another, so that all titles together are zero whatever is booked.

use crate::clearing::TransactionKind;
use crate::group::HospitalCode;
use crate::id::{ChargeId, JournalEntryId};
use crate::posting::PostingKind;
use crate::time::{Day, Moment};
use crate::yen::{SignedYen, Yen};

/// 勘定科目: what a balance is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Title {
    /// 患者未収金: what patients owe for bills that go to a card. Bills stand in the hospital's own books, so
    /// a credit here is a bill that the card has paid.
    Patients,
    /// 決済会社未収金: what the gateway holds for the hospital.
    Gateway,
    /// 送金中: what the gateway has sent and the bank has not shown. Not zero for days: somebody must ask.
    InTransit,
    /// 普通預金: what the bank has shown.
    Bank,
    /// 支払手数料: what the gateway keeps for itself.
    Fees,
    /// 係争中: what a card company has taken back and may return.
    Disputed,
    /// 仮勘定: what the gateway booked and nobody has explained yet.
    Suspense,
}

impl Title {
    /// All of them, in the order of a balance sheet.
    pub const ALL: [Self; 7] = [
        Self::Bank,
        Self::InTransit,
        Self::Gateway,
        Self::Disputed,
        Self::Suspense,
        Self::Patients,
        Self::Fees,
    ];

    /// As stored and exported.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Patients => "patients",
            Self::Gateway => "gateway",
            Self::InTransit => "in_transit",
            Self::Bank => "bank",
            Self::Fees => "fees",
            Self::Disputed => "disputed",
            Self::Suspense => "suspense",
        }
    }

    /// As an accountant calls it.
    #[must_use]
    pub const fn in_japanese(self) -> &'static str {
        match self {
            Self::Patients => "患者未収金",
            Self::Gateway => "決済会社未収金",
            Self::InTransit => "送金中",
            Self::Bank => "普通預金",
            Self::Fees => "支払手数料",
            Self::Disputed => "係争中",
            Self::Suspense => "仮勘定",
        }
    }

    /// Reads what a row holds.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|title| title.as_str() == text)
    }
}

/// What is booked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum JournalKind {
    /// 入金: the card was charged.
    Payment,
    /// 返金: money went back to the card.
    Refund,
    /// 返金取消: it came back.
    RefundFailed,
    /// 手数料: what the gateway kept.
    Fee,
    /// 異議申立: a card company took money back.
    Dispute,
    /// 異議申立の解決: it returned the money.
    DisputeReversed,
    /// 調整: what the gateway's people have put right.
    Adjustment,
    /// 送金: the gateway sent money to the bank.
    Payout,
    /// 着金: the bank shows it.
    Deposit,
}

impl JournalKind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Payment,
        Self::Refund,
        Self::RefundFailed,
        Self::Fee,
        Self::Dispute,
        Self::DisputeReversed,
        Self::Adjustment,
        Self::Payout,
        Self::Deposit,
    ];

    /// As stored and exported.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Payment => "payment",
            Self::Refund => "refund",
            Self::RefundFailed => "refund_failed",
            Self::Fee => "fee",
            Self::Dispute => "dispute",
            Self::DisputeReversed => "dispute_reversed",
            Self::Adjustment => "adjustment",
            Self::Payout => "payout",
            Self::Deposit => "deposit",
        }
    }

    /// As an accountant calls it.
    #[must_use]
    pub const fn in_japanese(self) -> &'static str {
        match self {
            Self::Payment => "カード入金",
            Self::Refund => "返金",
            Self::RefundFailed => "返金取消",
            Self::Fee => "手数料",
            Self::Dispute => "異議申立",
            Self::DisputeReversed => "異議申立の解決",
            Self::Adjustment => "調整",
            Self::Payout => "送金",
            Self::Deposit => "着金",
        }
    }

    /// Reads what a row holds.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// 借方 and 貸方: which title an amount above zero is given to, and which it is taken from.
    #[must_use]
    pub const fn sides(self) -> (Title, Title) {
        match self {
            Self::Payment | Self::RefundFailed => (Title::Gateway, Title::Patients),
            Self::Refund => (Title::Patients, Title::Gateway),
            Self::Fee => (Title::Fees, Title::Gateway),
            Self::Dispute => (Title::Disputed, Title::Gateway),
            Self::DisputeReversed => (Title::Gateway, Title::Disputed),
            Self::Adjustment => (Title::Gateway, Title::Suspense),
            Self::Payout => (Title::InTransit, Title::Gateway),
            Self::Deposit => (Title::Bank, Title::InTransit),
        }
    }

    /// What the hospital's accounting is told of the same fact.
    #[must_use]
    pub const fn of_posting(kind: PostingKind) -> Self {
        match kind {
            PostingKind::Payment => Self::Payment,
            PostingKind::Refund => Self::Refund,
            PostingKind::RefundFailed => Self::RefundFailed,
        }
    }

    /// How a line of the gateway's books is called here. `None` for a payout: it is booked from the list of
    /// payouts, once.
    #[must_use]
    pub const fn of_line(kind: TransactionKind) -> Option<Self> {
        match kind {
            TransactionKind::Charge => Some(Self::Payment),
            TransactionKind::Refund => Some(Self::Refund),
            TransactionKind::RefundFailed => Some(Self::RefundFailed),
            TransactionKind::Dispute => Some(Self::Dispute),
            TransactionKind::DisputeReversed => Some(Self::DisputeReversed),
            TransactionKind::Fee => Some(Self::Fee),
            TransactionKind::Adjustment => Some(Self::Adjustment),
            TransactionKind::Payout => None,
        }
    }
}

/// One entry. Entries are added and never changed: what was wrong is booked back by another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalEntry {
    /// Its id. Later entries have greater ones.
    pub id: JournalEntryId,
    /// Whose money. `None`: the gateway's account as a whole, as a payout to the bank.
    pub hospital: Option<HospitalCode>,
    /// What is booked.
    pub kind: JournalKind,
    /// The charge, refund, line, payout or deposit, by its reference. With the kind, unique.
    pub subject: String,
    /// On which charge, where it is about one.
    pub charge: Option<ChargeId>,
    /// 借方: the title that receives.
    pub debit: Title,
    /// 貸方: the title that gives.
    pub credit: Title,
    /// How much, above zero.
    pub amount: Yen,
    /// 取引日: the calendar day in Asia/Tokyo.
    pub booked_on: Day,
    /// When it came into these books.
    pub recorded_at: Moment,
}

/// The sides and the amount of what moved: a negative amount goes the other way. `None` for nothing.
#[must_use]
pub fn moved(kind: JournalKind, amount: SignedYen) -> Option<(Title, Title, Yen)> {
    let (debit, credit) = kind.sides();
    let size = Yen::new(amount.amount().saturating_abs()).ok().filter(|size| !size.is_zero())?;
    Some(if amount.amount() > 0 { (debit, credit, size) } else { (credit, debit, size) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_back_and_no_entry_gives_to_the_title_it_takes_from() {
        for kind in JournalKind::ALL {
            assert_eq!(JournalKind::parse(kind.as_str()), Some(kind));
            let (debit, credit) = kind.sides();
            assert_ne!(debit, credit, "{kind:?}");
        }
        for title in Title::ALL {
            assert_eq!(Title::parse(title.as_str()), Some(title));
        }
    }

    /// Mutation: the sides of a negative amount are not exchanged, and a fee that is given back is paid twice.
    #[test]
    fn a_negative_amount_goes_the_other_way() {
        let fee = |amount| moved(JournalKind::Fee, SignedYen::new(amount).unwrap());
        let yen = |amount| Yen::new(amount).unwrap();
        assert_eq!(fee(36), Some((Title::Fees, Title::Gateway, yen(36))));
        assert_eq!(fee(-36), Some((Title::Gateway, Title::Fees, yen(36))));
        assert_eq!(fee(0), None);
    }
}
