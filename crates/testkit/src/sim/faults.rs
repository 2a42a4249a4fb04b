//! What can go wrong, by the numbers of the incident catalogue, and how often it did.

use std::collections::BTreeMap;

/// One way in which the world goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// The process dies at a database call: before it, or after it with its answer lost.
    Death,

    /// A database call fails, and the process lives on: a full disk, a cut connection, before it took effect or
    /// after.
    FailedCall,

    /// The gateway charges, and its answer is lost.
    LostAnswer,

    /// The request never arrives.
    LostRequest,

    /// A question is answered by an error.
    QueryError,

    /// The gateway answers 500, whether it charged or not, and says so for ever.
    SavedServerError,

    /// The gateway is away for more than a day.
    Outage,

    /// Too many requests.
    TooManyRequests,

    /// A worker sleeps past its lease with a request in its hand.
    SleepingWorker,

    /// A call comes before the answer.
    EarlyCall,

    /// Calls come again and in another order.
    ShuffledCalls,

    /// A call that is not the gateway's.
    ForgedCall,

    /// Calls never come.
    LostCalls,

    /// The cardholder must authenticate, and does, or does not.
    Authentication,

    /// The issuer says no.
    Decline,

    /// The card is deleted at the gateway between bill and charge.
    DeletedCard,

    /// The gateway takes another amount.
    OtherAmount,

    /// A bill of nothing, or below what cards take.
    TinyAmount,

    /// The same file again.
    SameFile,

    /// A file that was cut off, with a wrong total, or with bytes that are no letters.
    BrokenFile,

    /// All bills of a day again, one of them corrected.
    WholeDayAgain,

    /// A correction after the charge, or while it is on its way.
    LateCorrection,

    /// Cash at the counter, before, during or after the charge.
    Cash,

    /// Bills that come days late, all at once.
    LateBills,

    /// Two people have one number at two hospitals.
    SameNumber,

    /// The same refund twice, by two clicks or two people.
    DoubleRefund,

    /// A refund whose answer is lost, or that stays open, or comes back.
    RefundTrouble,

    /// The cardholder disputes.
    Dispute,

    /// The clock jumps ahead.
    ClockJump,

    /// The mail server is away for days.
    MailAway,

    /// A hospital sends hundreds of bills of people who never asked to pay later.
    Flood,

    /// Somebody refunds by hand at the gateway's own page.
    RefundByHand,

    /// The gateway's accounts are wrong.
    WrongAccounts,
}

impl Fault {
    /// Every fault.
    pub const ALL: [Self; 33] = [
        Self::Death,
        Self::FailedCall,
        Self::LostAnswer,
        Self::LostRequest,
        Self::QueryError,
        Self::SavedServerError,
        Self::Outage,
        Self::TooManyRequests,
        Self::SleepingWorker,
        Self::EarlyCall,
        Self::ShuffledCalls,
        Self::ForgedCall,
        Self::LostCalls,
        Self::Authentication,
        Self::Decline,
        Self::DeletedCard,
        Self::OtherAmount,
        Self::TinyAmount,
        Self::SameFile,
        Self::BrokenFile,
        Self::WholeDayAgain,
        Self::LateCorrection,
        Self::SameNumber,
        Self::Cash,
        Self::LateBills,
        Self::DoubleRefund,
        Self::RefundTrouble,
        Self::Dispute,
        Self::ClockJump,
        Self::MailAway,
        Self::Flood,
        Self::RefundByHand,
        Self::WrongAccounts,
    ];

    /// Its number in the catalogue, and its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Death => "F01 Death",
            Self::FailedCall => "F33 FailedCall",
            Self::LostAnswer => "F02 LostAnswer",
            Self::LostRequest => "F03 LostRequest",
            Self::QueryError => "F03 QueryError",
            Self::SavedServerError => "F04 SavedServerError",
            Self::Outage => "F05 Outage",
            Self::TooManyRequests => "F06 TooManyRequests",
            Self::SleepingWorker => "F07 SleepingWorker",
            Self::EarlyCall => "F09 EarlyCall",
            Self::ShuffledCalls => "F10 ShuffledCalls",
            Self::ForgedCall => "F11 ForgedCall",
            Self::LostCalls => "F12 LostCalls",
            Self::Authentication => "F13 Authentication",
            Self::Decline => "F14 Decline",
            Self::DeletedCard => "F15 DeletedCard",
            Self::OtherAmount => "F16 OtherAmount",
            Self::TinyAmount => "F16 TinyAmount",
            Self::SameFile => "F17 SameFile",
            Self::BrokenFile => "F20 BrokenFile",
            Self::WholeDayAgain => "F18 WholeDayAgain",
            Self::LateCorrection => "F19 LateCorrection",
            Self::SameNumber => "F23 SameNumber",
            Self::Cash => "F24 Cash",
            Self::LateBills => "F25 LateBills",
            Self::DoubleRefund => "F26 DoubleRefund",
            Self::RefundTrouble => "F27 RefundTrouble",
            Self::Dispute => "F28 Dispute",
            Self::ClockJump => "F31 ClockJump",
            Self::MailAway => "F36 MailAway",
            Self::Flood => "F39 Flood",
            Self::RefundByHand => "F40 RefundByHand",
            Self::WrongAccounts => "F40 WrongAccounts",
        }
    }
}

/// How often each fault has fired.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counters(BTreeMap<Fault, u64>);

impl Counters {
    /// Counts one.
    pub fn add(&mut self, fault: Fault) {
        let count = self.0.entry(fault).or_default();
        *count = count.saturating_add(1);
    }

    /// Adds another run's.
    pub fn merge(&mut self, other: &Self) {
        for (fault, more) in &other.0 {
            let count = self.0.entry(*fault).or_default();
            *count = count.saturating_add(*more);
        }
    }

    /// How often a fault has fired.
    #[must_use]
    pub fn of(&self, fault: Fault) -> u64 {
        self.0.get(&fault).copied().unwrap_or(0)
    }

    /// Faults that never fired.
    #[must_use]
    pub fn silent(&self) -> Vec<Fault> {
        Fault::ALL.iter().copied().filter(|fault| self.of(*fault) == 0).collect()
    }
}
