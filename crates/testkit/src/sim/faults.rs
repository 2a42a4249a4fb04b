//! What can go wrong, by the numbers of the incident catalogue, and how often it did.

use std::collections::BTreeMap;

macro_rules! faults {
    ($($(#[$doc:meta])* $name:ident = $number:literal;)*) => {
        /// One way in which the world goes wrong.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Fault { $($(#[$doc])* $name,)* }

        impl Fault {
            /// Every fault.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Its number in the catalogue, and its name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => concat!($number, " ", stringify!($name)),)* }
            }
        }
    };
}

faults! {
    /// The process dies at a database call: before it, or after it with its answer lost.
    Death = "F01";
    /// The gateway charges, and its answer is lost.
    LostAnswer = "F02";
    /// The request never arrives.
    LostRequest = "F03";
    /// A question is answered by an error.
    QueryError = "F03";
    /// The gateway answers 500, whether it charged or not, and says so for ever.
    SavedServerError = "F04";
    /// The gateway is away for more than a day.
    Outage = "F05";
    /// Too many requests.
    TooManyRequests = "F06";
    /// A worker sleeps past its lease with a request in its hand.
    SleepingWorker = "F07";
    /// A call comes before the answer.
    EarlyCall = "F09";
    /// Calls come again and in another order.
    ShuffledCalls = "F10";
    /// A call that is not the gateway's.
    ForgedCall = "F11";
    /// Calls never come.
    LostCalls = "F12";
    /// The cardholder must authenticate, and does, or does not.
    Authentication = "F13";
    /// The issuer says no.
    Decline = "F14";
    /// The card is deleted at the gateway between bill and charge.
    DeletedCard = "F15";
    /// The gateway takes another amount.
    OtherAmount = "F16";
    /// A bill of nothing, or below what cards take.
    TinyAmount = "F16";
    /// The same file again.
    SameFile = "F17";
    /// All bills of a day again, one of them corrected.
    WholeDayAgain = "F18";
    /// A correction after the charge, or while it is on its way.
    LateCorrection = "F19";
    /// Cash at the counter, before, during or after the charge.
    Cash = "F24";
    /// Bills that come days late, all at once.
    LateBills = "F25";
    /// The same refund twice, by two clicks or two people.
    DoubleRefund = "F26";
    /// A refund whose answer is lost, or that stays open, or comes back.
    RefundTrouble = "F27";
    /// The cardholder disputes.
    Dispute = "F28";
    /// The clock jumps ahead.
    ClockJump = "F31";
    /// Somebody refunds by hand at the gateway's own page.
    RefundByHand = "F40";
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
