//! Identifiers: one type for each kind of thing, so that two kinds cannot be swapped.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

/// Names a kind of thing that an [`Id`] can point at.
pub trait Kind {
    /// Printed before the number, as in `chg_…`, so that an id in a log says what it is.
    const PREFIX: &'static str;
}

/// The identifier of one `K`, written `prefix_` and 32 hexadecimal digits.
///
/// The number is made outside this crate (`app::ids`): the domain reads neither clock nor random
/// source. Its upper 48 bits are the moment of making in milliseconds, so ids made later compare
/// greater, also as text.
pub struct Id<K> {
    number: u128,
    kind: PhantomData<fn() -> K>,
}

impl<K: Kind> Id<K> {
    /// Takes a number made by `app::ids`.
    #[must_use]
    pub const fn from_number(number: u128) -> Self {
        Self { number, kind: PhantomData }
    }

    /// The number, for hashing and for tests.
    #[must_use]
    pub const fn number(self) -> u128 {
        self.number
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.number.cmp(&other.number)
    }
}
impl<K> Hash for Id<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.number.hash(state);
    }
}
impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{:032x}", K::PREFIX, self.number)
    }
}
impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is not an identifier of the kind asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not an id that starts with {prefix}_ and has 32 hexadecimal digits")]
pub struct NotAnId {
    /// What the id should have started with.
    pub prefix: &'static str,
    /// What stood there.
    pub text: String,
}

impl<K: Kind> FromStr for Id<K> {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let digits = text.strip_prefix(K::PREFIX).and_then(|rest| rest.strip_prefix('_'));
        let number = digits
            .filter(|digits| digits.len() == 32 && digits.bytes().all(|b| b.is_ascii_hexdigit()))
            .and_then(|digits| u128::from_str_radix(digits, 16).ok());
        number
            .map(Self::from_number)
            .ok_or_else(|| NotAnId { prefix: K::PREFIX, text: text.to_owned() })
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident, $id:ident, $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub enum $kind {}
        impl Kind for $kind {
            const PREFIX: &'static str = $prefix;
        }
        $(#[$doc])*
        pub type $id = Id<$kind>;
    )*};
}

kinds! {
    /// The payer's account.
    AccountKind, AccountId, "acc";
    /// A registration on its way, from mail address to account.
    RegistrationKind, RegistrationId, "reg";
    /// Account ↔ patient number at one hospital.
    PatientLinkKind, PatientLinkId, "lnk";
    /// A saved card (its token; never its number).
    CardKind, CardId, "crd";
    /// "This visit will be paid later."
    EntryKind, EntryId, "ent";
    /// A bill of the hospital, over all its revisions.
    BillKind, BillId, "bil";
    /// An obligation to take one amount from one card.
    ChargeKind, ChargeId, "chg";
    /// One idempotency key sent to the gateway.
    AttemptKind, AttemptId, "att";
    /// Money back on a charge.
    RefundKind, RefundId, "rfd";
    /// A payment or refund, told to the hospital's accounting.
    PostingKind, PostingId, "pst";
    /// One entry of the journal.
    JournalEntryKind, JournalEntryId, "jnl";
    /// Money that the bank has shown.
    DepositKind, DepositId, "dep";
    /// What the gateway told us.
    EvidenceKind, EvidenceId, "evd";
    /// One message to one person about one fact.
    NoticeKindTag, NoticeId, "ntc";
    /// A receipt with its statement.
    ReceiptKind, ReceiptId, "rcp";
    /// An enrolled kiosk or receipt machine.
    MachineKindTag, MachineId, "mch";
    /// The way back to an account whose user ID or password was forgotten.
    RecoveryKind, RecoveryId, "rcv";
    /// A signed-in browser.
    SessionKind, SessionId, "ses";
    /// A piece of work promised in a transaction.
    JobKind, JobId, "job";
    /// One file taken in.
    ImportKind, ImportId, "imp";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_back_and_another_kind_is_refused() {
        let id = ChargeId::from_number(0x1234);
        let text = id.to_string();
        assert_eq!(text, "chg_00000000000000000000000000001234");
        assert_eq!(text.parse::<ChargeId>(), Ok(id));
        assert!(text.parse::<EntryId>().is_err());
        assert!("chg_12".parse::<ChargeId>().is_err());
        assert!("chg_+0000000000000000000000000001234".parse::<ChargeId>().is_err());
    }
}
