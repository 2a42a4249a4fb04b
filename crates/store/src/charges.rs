//! The tables `charges` and `charge_bills`: obligations and their states.
//!
//! Writes are conditional on the version that was read, so a worker that wakes up late, or a second
//! process, can never move a charge that has moved meanwhile.

use domain::charge::{
    ActionRequired, Charge, ChargeState, Closed, Due, FrozenBill, Intended, Obligation, Paid,
    ReturnReason, ReturnedToDesk, Scheduled, Sent, Unknown,
};
use domain::id::{ChargeId, EntryId};
use domain::time::Moment;

use crate::attempts;
use crate::columns::{day, hospital, id, moment, word, yen};
use crate::error::StoreError;
use crate::statement::{Row, Statement, Value};
use crate::transaction::{Reader, Tx};

const INSERT: Statement = Statement::new(
    "charges.insert",
    "INSERT INTO charges (id, entry_id, sequence, hospital, account_id, due_on, amount, state,
        generation, declines, enquiries, not_before_ms, sent_at_ms, reference, paid_at_ms,
        return_reason, next_action_at_ms, version, created_at_ms, changed_at_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, 1, $18, $18)
     ON CONFLICT (entry_id, sequence) DO NOTHING",
);
const UPDATE: Statement = Statement::new(
    "charges.update",
    "UPDATE charges SET amount = $3, state = $4, generation = $5, declines = $6, enquiries = $7,
        not_before_ms = $8, sent_at_ms = $9, reference = $10, paid_at_ms = $11, return_reason = $12,
        next_action_at_ms = $13, version = version + 1, changed_at_ms = $14
     WHERE id = $1 AND version = $2",
);
const POSTPONE: Statement = Statement::new(
    "charges.postpone",
    "UPDATE charges SET next_action_at_ms = $3, version = version + 1 WHERE id = $1 AND version = $2",
);
const BY_ID: Statement = Statement::new(
    "charges.by_id",
    "SELECT id, entry_id, sequence, hospital, account_id, due_on, amount, state, generation, declines,
        enquiries, not_before_ms, sent_at_ms, reference, paid_at_ms, return_reason, version
     FROM charges WHERE id = $1",
);
const LAST_OF_ENTRY: Statement = Statement::new(
    "charges.last_of_entry",
    "SELECT id, entry_id, sequence, hospital, account_id, due_on, amount, state, generation, declines,
        enquiries, not_before_ms, sent_at_ms, reference, paid_at_ms, return_reason, version
     FROM charges WHERE entry_id = $1 ORDER BY sequence DESC LIMIT 1",
);
const ACTIONABLE: Statement = Statement::new(
    "charges.actionable",
    "SELECT id FROM charges WHERE next_action_at_ms IS NOT NULL AND next_action_at_ms <= $1
     ORDER BY next_action_at_ms, id LIMIT $2",
);
const WAITING: Statement = Statement::new(
    "charges.waiting",
    "SELECT count(*) FROM charges WHERE next_action_at_ms IS NOT NULL AND next_action_at_ms > $1",
);
const ALL_ROWS: Statement = Statement::new(
    "charges.all_rows",
    "SELECT id, entry_id, sequence, hospital, account_id, due_on, amount, state, generation, declines,
        enquiries, not_before_ms, sent_at_ms, reference, paid_at_ms, return_reason, version
     FROM charges ORDER BY id",
);
const BILLS: Statement = Statement::new(
    "charge_bills.of_charge",
    "SELECT bill_id, revision, amount FROM charge_bills WHERE charge_id = $1 ORDER BY bill_id",
);
const BILLS_DELETE: Statement =
    Statement::new("charge_bills.delete", "DELETE FROM charge_bills WHERE charge_id = $1");
const BILLS_INSERT: Statement = Statement::new(
    "charge_bills.insert",
    "INSERT INTO charge_bills (charge_id, bill_id, revision, amount) VALUES ($1, $2, $3, $4)",
);

/// Every statement of this module.
pub const ALL: &[&Statement] = &[
    &INSERT,
    &UPDATE,
    &POSTPONE,
    &BY_ID,
    &LAST_OF_ENTRY,
    &ACTIONABLE,
    &WAITING,
    &ALL_ROWS,
    &BILLS,
    &BILLS_DELETE,
    &BILLS_INSERT,
];

/// A charge and the version that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCharge {
    /// The charge.
    pub charge: Charge,
    /// Needed for the next write.
    pub version: i64,
}

/// Whether a conditional write found the version that it had read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Written {
    /// It did.
    Yes,
    /// Somebody else has moved the row; read it again.
    Overtaken,
}

/// Adds a planned charge. [`Written::Overtaken`] when the entry has one of that sequence already.
pub fn insert(
    tx: &mut Tx<'_>,
    charge: &Charge,
    next: Option<Moment>,
    now: Moment,
) -> Result<Written, StoreError> {
    let owed = charge.obligation();
    let columns = Columns::of(charge);
    let (id, entry, account) =
        (owed.charge.to_string(), owed.entry.to_string(), owed.account.to_string());
    let due_on = owed.due_on.to_string();
    let mut values: Vec<Value<'_>> = vec![
        (&id).into(),
        (&entry).into(),
        owed.sequence.into(),
        owed.hospital.as_str().into(),
        (&account).into(),
        (&due_on).into(),
        owed.amount.amount().into(),
        charge.state().as_str().into(),
    ];
    values.extend(columns.values());
    values.push(next.map(Moment::ms).into());
    values.push(now.ms().into());
    if tx.execute(&INSERT, &values)? == 0 {
        return Ok(Written::Overtaken);
    }
    write_bills(tx, &id, &owed.bills)?;
    Ok(Written::Yes)
}

/// Stores a charge that has moved. `next` is when something must happen to it, if anything must.
pub fn update(
    tx: &mut Tx<'_>,
    charge: &Charge,
    version: i64,
    next: Option<Moment>,
    now: Moment,
) -> Result<Written, StoreError> {
    let owed = charge.obligation();
    let columns = Columns::of(charge);
    let id = owed.charge.to_string();
    let mut values: Vec<Value<'_>> = vec![
        (&id).into(),
        version.into(),
        owed.amount.amount().into(),
        charge.state().as_str().into(),
    ];
    values.extend(columns.values());
    values.push(next.map(Moment::ms).into());
    values.push(now.ms().into());
    Ok(if tx.execute(&UPDATE, &values)? == 1 { Written::Yes } else { Written::Overtaken })
}

/// Stores the bills that a charge has frozen anew.
pub fn refreeze(tx: &mut Tx<'_>, charge: &Charge) -> Result<(), StoreError> {
    let owed = charge.obligation();
    let id = owed.charge.to_string();
    tx.execute(&BILLS_DELETE, &[(&id).into()])?;
    write_bills(tx, &id, &owed.bills)
}

/// Takes a charge for one step: nobody else finds it until `until`, and whoever read it before can no
/// longer write.
pub fn postpone(
    tx: &mut Tx<'_>,
    charge: ChargeId,
    version: i64,
    until: Moment,
) -> Result<Written, StoreError> {
    let id = charge.to_string();
    let rows = tx.execute(&POSTPONE, &[(&id).into(), version.into(), until.ms().into()])?;
    Ok(if rows == 1 { Written::Yes } else { Written::Overtaken })
}

/// One charge.
pub fn by_id(
    reader: &mut Reader<'_>,
    charge: ChargeId,
) -> Result<Option<StoredCharge>, StoreError> {
    let id = charge.to_string();
    match reader.query_opt(&BY_ID, &[(&id).into()])? {
        Some(row) => read(reader, &row).map(Some),
        None => Ok(None),
    }
}

/// The charge of an entry with the highest sequence.
pub fn last_of_entry(
    reader: &mut Reader<'_>,
    entry: EntryId,
) -> Result<Option<StoredCharge>, StoreError> {
    let id = entry.to_string();
    match reader.query_opt(&LAST_OF_ENTRY, &[(&id).into()])? {
        Some(row) => read(reader, &row).map(Some),
        None => Ok(None),
    }
}

/// Charges to which something must happen now, longest waiting first.
pub fn actionable(
    reader: &mut Reader<'_>,
    now: Moment,
    limit: i64,
) -> Result<Vec<ChargeId>, StoreError> {
    let rows = reader.query(&ACTIONABLE, &[now.ms().into(), limit.into()])?;
    rows.iter().map(|row| id(row, 0)).collect()
}

/// How many charges wait for a later moment.
pub fn waiting(reader: &mut Reader<'_>, now: Moment) -> Result<i64, StoreError> {
    let rows = reader.query(&WAITING, &[now.ms().into()])?;
    rows.first().map_or(Ok(0), |row| row.int(0))
}

/// Every charge, oldest first: for exports and checks.
pub fn all(reader: &mut Reader<'_>) -> Result<Vec<StoredCharge>, StoreError> {
    let rows = reader.query(&ALL_ROWS, &[])?;
    rows.iter().map(|row| read(reader, row)).collect()
}

fn write_bills(tx: &mut Tx<'_>, charge: &str, bills: &[FrozenBill]) -> Result<(), StoreError> {
    for frozen in bills {
        let bill = frozen.bill.to_string();
        let values =
            [charge.into(), (&bill).into(), frozen.revision.into(), frozen.amount.amount().into()];
        tx.execute_one(&BILLS_INSERT, &values)?;
    }
    Ok(())
}

/// What of a charge depends on its state.
#[derive(Default)]
struct Columns {
    generation: i64,
    declines: i64,
    enquiries: i64,
    not_before: Option<i64>,
    sent_at: Option<i64>,
    reference: Option<String>,
    paid_at: Option<i64>,
    reason: Option<&'static str>,
}

impl Columns {
    fn of(charge: &Charge) -> Self {
        match charge {
            Charge::Scheduled(_) | Charge::Withdrawn(_) | Charge::SettledZero(_) => Self::default(),
            Charge::Due(due) => Self {
                generation: due.generation,
                declines: due.declines,
                not_before: Some(due.not_before.ms()),
                ..Self::default()
            },
            Charge::Intended(intended) => Self {
                generation: intended.attempt.generation,
                declines: intended.declines,
                ..Self::default()
            },
            Charge::Sent(sent) => Self {
                generation: sent.attempt.generation,
                declines: sent.declines,
                sent_at: Some(sent.sent_at.ms()),
                ..Self::default()
            },
            Charge::Unknown(unknown) => Self {
                generation: unknown.attempt.generation,
                declines: unknown.declines,
                sent_at: Some(unknown.sent_at.ms()),
                enquiries: unknown.enquiries,
                ..Self::default()
            },
            Charge::ActionRequired(waiting) => Self {
                generation: waiting.generation,
                declines: waiting.declines,
                ..Self::default()
            },
            Charge::Paid(paid) => Self {
                generation: paid.generation,
                reference: Some(paid.reference.clone()),
                paid_at: Some(paid.paid_at.ms()),
                ..Self::default()
            },
            Charge::ReturnedToDesk(returned) => Self {
                generation: returned.generation,
                reason: Some(returned.reason.as_str()),
                ..Self::default()
            },
        }
    }

    fn values(&self) -> [Value<'_>; 8] {
        [
            self.generation.into(),
            self.declines.into(),
            self.enquiries.into(),
            self.not_before.into(),
            self.sent_at.into(),
            self.reference.as_deref().into(),
            self.paid_at.into(),
            self.reason.into(),
        ]
    }
}

fn obligation(reader: &mut Reader<'_>, row: &Row) -> Result<Obligation, StoreError> {
    let bills = reader.query(&BILLS, &[row.text(0)?.into()])?;
    let bills = bills
        .iter()
        .map(|bill| {
            Ok(FrozenBill { bill: id(bill, 0)?, revision: bill.int(1)?, amount: yen(bill, 2)? })
        })
        .collect::<Result<_, StoreError>>()?;
    Ok(Obligation {
        charge: id(row, 0)?,
        entry: id(row, 1)?,
        sequence: row.int(2)?,
        hospital: hospital(row, 3)?,
        account: id(row, 4)?,
        due_on: day(row, 5)?,
        bills,
        amount: yen(row, 6)?,
    })
}

fn read(reader: &mut Reader<'_>, row: &Row) -> Result<StoredCharge, StoreError> {
    let obligation = obligation(reader, row)?;
    let state = word(row, 7, ChargeState::parse, "state of a charge")?;
    let (generation, declines) = (row.int(8)?, row.int(9)?);
    let charge = match state {
        ChargeState::Scheduled => Charge::Scheduled(Scheduled { obligation }),
        ChargeState::Withdrawn => Charge::Withdrawn(Closed { obligation }),
        ChargeState::SettledZero => Charge::SettledZero(Closed { obligation }),
        ChargeState::Due => {
            Charge::Due(Due { obligation, generation, declines, not_before: moment(row, 11)? })
        }
        ChargeState::Intended => {
            let attempt = attempts::must_exist(reader, obligation.charge, generation)?;
            Charge::Intended(Intended { obligation, attempt, declines })
        }
        ChargeState::Sent => {
            let attempt = attempts::must_exist(reader, obligation.charge, generation)?;
            Charge::Sent(Sent { obligation, attempt, declines, sent_at: moment(row, 12)? })
        }
        ChargeState::Unknown => {
            let attempt = attempts::must_exist(reader, obligation.charge, generation)?;
            let (sent_at, enquiries) = (moment(row, 12)?, row.int(10)?);
            Charge::Unknown(Unknown { obligation, attempt, declines, sent_at, enquiries })
        }
        ChargeState::ActionRequired => {
            Charge::ActionRequired(ActionRequired { obligation, generation, declines })
        }
        ChargeState::Paid => {
            let reference = row.text(13)?.to_owned();
            Charge::Paid(Paid { obligation, generation, reference, paid_at: moment(row, 14)? })
        }
        ChargeState::ReturnedToDesk => {
            let reason = word(row, 15, ReturnReason::parse, "reason of a return")?;
            Charge::ReturnedToDesk(ReturnedToDesk { obligation, generation, reason })
        }
    };
    Ok(StoredCharge { charge, version: row.int(16)? })
}
