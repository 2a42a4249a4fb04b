//! What the card network keeps: customers, saved cards, card pages, charges, and the answer given
//! under each idempotency key. Never a card number.

use super::clearing::Misbooked;
use super::events;
use crate::cards::wire::{
    BookedCharge, BookedDispute, BookedRefund, CardBody, ChargeParameters, EventBody,
    RefundParameters,
};
use domain::card::Expiry;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// The books of the card network, each record under its id.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Books {
    /// Who has cards here.
    pub customers: BTreeMap<String, Customer>,
    /// Their cards.
    pub cards: BTreeMap<String, SavedCard>,
    /// Pages that wait or waited for a card.
    pub setups: BTreeMap<String, Setup>,
    /// Every attempt that reached the card network.
    pub charges: BTreeMap<String, BookedCharge>,
    /// Under each key, what was asked and what was answered.
    pub keys: BTreeMap<String, UsedKey>,
    /// Every refund that reached the card network.
    pub refunds: BTreeMap<String, BookedRefund>,
    /// What cardholders dispute.
    pub disputes: BTreeMap<String, BookedDispute>,
    /// Under each key of a refund, what was asked and what was answered.
    pub refund_keys: BTreeMap<String, UsedRefundKey>,
    /// What the merchant is called about, oldest first. Follows from the other records.
    pub events: Vec<EventBody>,
    /// What its accounts get wrong.
    #[serde(skip)]
    pub misbooked: Vec<Misbooked>,
    /// Entries so far. Ids are made from it, so that they differ without any chance.
    pub entries: u64,
}

/// Who has cards here. No personal data: only the merchant's reference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Customer {
    /// `cus_…`.
    pub id: String,
    /// The merchant's name for the customer.
    pub reference: String,
    /// Since when, in milliseconds since 1970.
    pub created_ms: i64,
}

/// What may be known of a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardFace {
    /// As printed.
    pub brand: String,
    /// The only digits that are kept.
    pub last_four: String,
    /// Four digits.
    pub expiry_year: i16,
    /// From 1.
    pub expiry_month: i8,
    /// `credit`, `debit`, `prepaid`, `unknown`.
    pub funding: String,
    /// What its issuer will answer.
    pub when_charged: WhenCharged,
}

impl CardFace {
    /// The last month in which it can be used.
    #[must_use]
    pub const fn expiry(&self) -> Expiry {
        Expiry { year: self.expiry_year, month: self.expiry_month }
    }
}

/// What the issuer of a card answers to charges.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhenCharged {
    /// Yes.
    Succeeds,
    /// No.
    Declines {
        /// Why.
        code: String,
        /// What the issuer suggests.
        advice: Option<String>,
    },
    /// Not unless the cardholder authenticates.
    RequiresAuthentication,
}

/// A saved card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedCard {
    /// `pm_…`.
    pub id: String,
    /// Whose.
    pub customer: String,
    /// What may be known of it.
    pub face: CardFace,
    /// Whether the cardholder was authenticated when it was saved.
    pub authenticated: bool,
    /// Deleted: can never be charged again.
    pub detached: bool,
    /// Since when, in milliseconds since 1970.
    pub created_ms: i64,
}

impl SavedCard {
    pub(super) fn body(&self) -> CardBody {
        CardBody {
            id: self.id.clone(),
            customer: self.customer.clone(),
            brand: self.face.brand.clone(),
            last_four: self.face.last_four.clone(),
            expiry_year: self.face.expiry_year,
            expiry_month: self.face.expiry_month,
            funding: self.face.funding.clone(),
            authenticated: self.authenticated,
        }
    }
}

/// A page that waits or waited for a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setup {
    /// `seti_…`.
    pub id: String,
    /// Whose card it will be.
    pub customer: String,
    /// Where the browser goes afterwards.
    pub return_url: String,
    /// How far it is.
    pub state: SetupState,
    /// Since when, in milliseconds since 1970.
    pub created_ms: i64,
}

/// How far a card page is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SetupState {
    /// Waits for a card.
    Open,
    /// Waits for the cardholder to be authenticated.
    RequiresAuthentication(CardFace),
    /// A card is saved.
    Saved {
        /// `pm_…`.
        card: String,
    },
    /// Refused.
    Declined {
        /// Why.
        code: String,
    },
    /// The payer turned back.
    Cancelled,
}

/// What was asked and answered under an idempotency key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsedKey {
    /// The key.
    pub key: String,
    /// What was asked. Asking anything else under the key is an error.
    pub parameters: ChargeParameters,
    /// The HTTP status that was answered.
    pub status: u16,
    /// The body that was answered; given again, byte for byte.
    pub body: String,
    /// Since when, in milliseconds since 1970.
    pub created_ms: i64,
}

/// What was asked and answered under the idempotency key of a refund.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsedRefundKey {
    /// The key.
    pub key: String,
    /// What was asked.
    pub parameters: RefundParameters,
    /// The HTTP status that was answered.
    pub status: u16,
    /// The body that was answered.
    pub body: String,
    /// Since when, in milliseconds since 1970.
    pub created_ms: i64,
}

/// One record as it is put into the books: new, or in place of the one with its id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Record {
    Customer(Customer),
    Card(SavedCard),
    Setup(Setup),
    Charge(BookedCharge),
    Key(UsedKey),
    Refund(BookedRefund),
    Dispute(BookedDispute),
    RefundKey(UsedRefundKey),
}

/// What is put into the books at once: all of it or nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    /// Counts from 1 without a gap.
    pub number: u64,
    pub records: Vec<Record>,
}

impl Books {
    /// An id that no other record has: `kind_` and sixteen digits made from the entry's number and
    /// what the record is about.
    pub(super) fn new_id(&self, kind: &str, about: &str) -> String {
        let digest = Sha256::digest(format!("{kind}\n{}\n{about}", self.entries));
        let digits = hex::encode(digest);
        format!("{kind}_{}", digits.get(..16).unwrap_or(&digits))
    }

    pub(super) const fn next_entry(&self, records: Vec<Record>) -> Entry {
        Entry { number: self.entries.saturating_add(1), records }
    }

    pub(super) fn put(&mut self, entry: Entry) {
        self.entries = entry.number;
        for (index, record) in entry.records.into_iter().enumerate() {
            self.events.extend(events::of(entry.number, index, &record));
            match record {
                Record::Customer(customer) => {
                    self.customers.insert(customer.id.clone(), customer);
                }
                Record::Card(card) => {
                    self.cards.insert(card.id.clone(), card);
                }
                Record::Setup(setup) => {
                    self.setups.insert(setup.id.clone(), setup);
                }
                Record::Charge(charge) => {
                    self.charges.insert(charge.id.clone(), charge);
                }
                Record::Key(key) => {
                    self.keys.insert(key.key.clone(), key);
                }
                Record::Refund(refund) => {
                    self.refunds.insert(refund.id.clone(), refund);
                }
                Record::Dispute(dispute) => {
                    self.disputes.insert(dispute.id.clone(), dispute);
                }
                Record::RefundKey(key) => {
                    self.refund_keys.insert(key.key.clone(), key);
                }
            }
        }
    }
}
