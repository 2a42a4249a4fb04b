//! Visits with what became of them, read over `entries`, `charges` and `receipts` at once.

use domain::charge::ChargeState;
use domain::entry::EntryState;
use domain::group::HospitalCode;
use domain::id::{AccountId, ChargeId, EntryId, ReceiptId};
use domain::time::{Day, Moment};
use domain::yen::Yen;

use crate::columns::{day, hospital, id, opt_id, word, yen};
use crate::error::StoreError;
use crate::statement::{Row, Statement};
use crate::transaction::Reader;

const OF_ACCOUNT: Statement = Statement::new(
    "visits.of_account",
    "SELECT entries.id, entries.visit_day, entries.hospital, entries.state, charges.state,
        charges.amount, charges.due_on, charges.paid_at_ms, charges.not_before_ms, charges.declines,
        receipts.id, charges.refunded, charges.next_action_at_ms, charges.id
     FROM entries
     LEFT JOIN charges ON charges.entry_id = entries.id
     LEFT JOIN receipts ON receipts.charge_id = charges.id AND receipts.voided_at_ms IS NULL
     WHERE entries.account = $1
     ORDER BY entries.visit_day DESC, entries.entered_at_ms DESC, charges.sequence DESC LIMIT $2",
);

const PAID_BETWEEN: Statement = Statement::new(
    "visits.paid_between",
    "SELECT charges.id, charges.entry_id, charges.amount, charges.refunded, charges.paid_at_ms
     FROM charges
     WHERE charges.account_id = $1 AND charges.paid_at_ms >= $2 AND charges.paid_at_ms < $3
        AND charges.amount > charges.refunded
     ORDER BY charges.paid_at_ms, charges.id",
);
const FIRST_PAID: Statement = Statement::new(
    "visits.first_paid",
    "SELECT min(paid_at_ms) FROM charges WHERE account_id = $1 AND paid_at_ms IS NOT NULL",
);

/// Every statement of this module.
pub const ALL: &[&Statement] = &[&OF_ACCOUNT, &PAID_BETWEEN, &FIRST_PAID];

/// What a card has paid, and of what the hospital has kept something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPayment {
    /// The charge.
    pub charge: ChargeId,
    /// Of which visit.
    pub entry: EntryId,
    /// What was taken.
    pub amount: Yen,
    /// What has gone back to the card.
    pub refunded: Yen,
    /// When it was taken.
    pub paid_at: Moment,
}

/// What cards of an account have paid from a moment on until just before another, the oldest first. What has gone back
/// as a whole is left out.
pub fn paid_between(
    reader: &mut Reader<'_>,
    account: AccountId,
    (from, until): (Moment, Moment),
) -> Result<Vec<StoredPayment>, StoreError> {
    let account = account.to_string();
    let values = [(&account).into(), from.ms().into(), until.ms().into()];
    let rows = reader.query(&PAID_BETWEEN, &values)?;
    let payment = |row: &Row| {
        Ok(StoredPayment {
            charge: id(row, 0)?,
            entry: id(row, 1)?,
            amount: yen(row, 2)?,
            refunded: yen(row, 3)?,
            paid_at: row.int(4).map(Moment::from_ms)?,
        })
    };
    rows.iter().map(payment).collect()
}

/// When a card of an account has paid for the first time.
pub fn first_paid(
    reader: &mut Reader<'_>,
    account: AccountId,
) -> Result<Option<Moment>, StoreError> {
    let row = reader.query_opt(&FIRST_PAID, &[(&account.to_string()).into()])?;
    Ok(row.map(|row| row.opt_int(0)).transpose()?.flatten().map(Moment::from_ms))
}

/// A visit, or one charge of it where it has several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredVisit {
    /// Its entry.
    pub entry: EntryId,
    /// When.
    pub visit_day: Day,
    /// Where.
    pub hospital: HospitalCode,
    /// Whether it is still to be paid later.
    pub entry_state: EntryState,
    /// Its charge, once a bill has come.
    pub charge: Option<VisitCharge>,
}

/// What of a charge a patient is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitCharge {
    /// Its id.
    pub id: ChargeId,
    /// How far it has come.
    pub state: ChargeState,
    /// How much.
    pub amount: Yen,
    /// Not before this day.
    pub due_on: Day,
    /// When the card was charged.
    pub paid_at: Option<Moment>,
    /// When it is tried again.
    pub not_before: Option<Moment>,
    /// Declines so far.
    pub declines: i64,
    /// What has gone back to the card.
    pub refunded: Yen,
    /// When something happens to it next.
    pub next_action: Option<Moment>,
    /// Its receipt.
    pub receipt: Option<ReceiptId>,
}

/// The latest visits of an account.
pub fn of_account(
    reader: &mut Reader<'_>,
    account: AccountId,
    limit: i64,
) -> Result<Vec<StoredVisit>, StoreError> {
    let account = account.to_string();
    let rows = reader.query(&OF_ACCOUNT, &[(&account).into(), limit.into()])?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<StoredVisit, StoreError> {
    let charge = match row.opt_text(4)? {
        None => None,
        Some(_) => Some(VisitCharge {
            id: id(row, 13)?,
            state: word(row, 4, ChargeState::parse, "state of a charge")?,
            amount: yen(row, 5)?,
            due_on: day(row, 6)?,
            paid_at: row.opt_int(7)?.map(Moment::from_ms),
            not_before: row.opt_int(8)?.map(Moment::from_ms),
            declines: row.int(9)?,
            receipt: opt_id(row, 10)?,
            refunded: yen(row, 11)?,
            next_action: row.opt_int(12)?.map(Moment::from_ms),
        }),
    };
    Ok(StoredVisit {
        entry: id(row, 0)?,
        visit_day: day(row, 1)?,
        hospital: hospital(row, 2)?,
        entry_state: word(row, 3, EntryState::parse, "state of an entry")?,
        charge,
    })
}
