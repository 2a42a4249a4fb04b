//! Writing charges: planned ones many at once, and each step of one only where nobody has moved it since
//! it was read.

use domain::charge::{Charge, FrozenBill};
use domain::id::ChargeId;
use domain::time::Moment;

use super::row::Columns;
use crate::error::StoreError;
use crate::many::CHUNK;
use crate::statement::{Statement, Value};
use crate::transaction::Tx;

pub(super) const INSERT: Statement = Statement::differing(
    "charges.insert",
    "INSERT INTO charges (id, entry_id, sequence, hospital, account_id, due_on, amount, state,
        generation, declines, enquiries, not_before_ms, sent_at_ms, reference, paid_at_ms,
        return_reason, refunded, dispute, until_ms, covered, next_action_at_ms, version, created_at_ms,
        changed_at_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
        $21, $22, $23, $24)",
    "COPY charges (id, entry_id, sequence, hospital, account_id, due_on, amount, state,
        generation, declines, enquiries, not_before_ms, sent_at_ms, reference, paid_at_ms,
        return_reason, refunded, dispute, until_ms, covered, next_action_at_ms, version, created_at_ms,
        changed_at_ms) FROM STDIN BINARY",
);
pub(super) const UPDATE: Statement = Statement::new(
    "charges.update",
    "UPDATE charges SET amount = $3, state = $4, generation = $5, declines = $6, enquiries = $7,
        not_before_ms = $8, sent_at_ms = $9, reference = $10, paid_at_ms = $11, return_reason = $12,
        refunded = $13, dispute = $14, until_ms = $15, covered = $16, next_action_at_ms = $17,
        version = version + 1, changed_at_ms = $18
     WHERE id = $1 AND version = $2",
);
pub(super) const POSTPONE: Statement = Statement::new(
    "charges.postpone",
    "UPDATE charges SET next_action_at_ms = $3, version = version + 1 WHERE id = $1 AND version = $2",
);
pub(super) const BILLS_DELETE: Statement =
    Statement::new("charge_bills.delete", "DELETE FROM charge_bills WHERE charge_id = $1");
pub(super) const BILLS_INSERT: Statement = Statement::differing(
    "charge_bills.insert",
    "INSERT INTO charge_bills (charge_id, bill_id, revision, amount, received) VALUES ($1, $2, $3, $4, $5)",
    "COPY charge_bills (charge_id, bill_id, revision, amount, received) FROM STDIN BINARY",
);

/// Whether a conditional write found the version that it had read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Written {
    /// It did.
    Yes,
    /// Somebody else has moved the row; read it again.
    Overtaken,
}

/// A charge that is new, and when something must happen to it, if anything must.
#[derive(Debug, Clone)]
pub struct Planned {
    /// The charge.
    pub charge: Charge,
    /// Its next action.
    pub next: Option<Moment>,
}

/// Adds planned charges. An error, and nothing written, when one's entry has a charge of that sequence
/// already: whoever plans holds the lock of the entry.
pub fn insert_all(tx: &mut Tx<'_>, planned: &[Planned], now: Moment) -> Result<(), StoreError> {
    for planned in planned.chunks(CHUNK) {
        let texts: Vec<[String; 4]> = planned.iter().map(|one| texts(&one.charge)).collect();
        let columns: Vec<Columns> = planned.iter().map(|one| Columns::of(&one.charge)).collect();
        let rows: Vec<[Value<'_>; 24]> = planned
            .iter()
            .zip(&texts)
            .zip(&columns)
            .map(|((one, texts), columns)| row(one, texts, columns, now))
            .collect();
        tx.insert_many(&INSERT, &rows)?;
        let obligations = planned.iter().map(|one| one.charge.obligation());
        let bills = obligations.zip(&texts).map(|(owed, [id, ..])| (id.as_str(), &*owed.bills));
        write_bills(tx, bills)?;
    }
    Ok(())
}

/// The ids of a charge, its entry and its account, and the day on which it is due.
fn texts(charge: &Charge) -> [String; 4] {
    let owed = charge.obligation();
    [
        owed.charge.to_string(),
        owed.entry.to_string(),
        owed.account.to_string(),
        owed.due_on.to_string(),
    ]
}

fn row<'v>(
    planned: &'v Planned,
    [charge, entry, account, due_on]: &'v [String; 4],
    columns: &'v Columns,
    now: Moment,
) -> [Value<'v>; 24] {
    let owed = planned.charge.obligation();
    let [
        generation,
        declines,
        enquiries,
        not_before,
        sent_at,
        reference,
        paid_at,
        reason,
        refunded,
        dispute,
        until,
    ] = columns.values();
    [
        charge.into(),
        entry.into(),
        owed.sequence.into(),
        owed.hospital.as_str().into(),
        account.into(),
        due_on.into(),
        owed.amount.amount().into(),
        planned.charge.state().as_str().into(),
        generation,
        declines,
        enquiries,
        not_before,
        sent_at,
        reference,
        paid_at,
        reason,
        refunded,
        dispute,
        until,
        owed.covered.amount().into(),
        planned.next.map(Moment::ms).into(),
        1.into(),
        now.ms().into(),
        now.ms().into(),
    ]
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
    values.push(owed.covered.amount().into());
    values.push(next.map(Moment::ms).into());
    values.push(now.ms().into());
    Ok(if tx.execute(&UPDATE, &values)? == 1 { Written::Yes } else { Written::Overtaken })
}

/// Stores the bills that a charge has frozen anew.
pub fn refreeze(tx: &mut Tx<'_>, charge: &Charge) -> Result<(), StoreError> {
    let owed = charge.obligation();
    let id = owed.charge.to_string();
    tx.execute(&BILLS_DELETE, &[(&id).into()])?;
    write_bills(tx, [(id.as_str(), &*owed.bills)])
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

fn write_bills<'b>(
    tx: &mut Tx<'_>,
    charges: impl IntoIterator<Item = (&'b str, &'b [FrozenBill])>,
) -> Result<(), StoreError> {
    let frozen =
        charges.into_iter().flat_map(|(charge, bills)| bills.iter().map(move |one| (charge, one)));
    let frozen: Vec<(&str, String, &FrozenBill)> =
        frozen.map(|(charge, one)| (charge, one.bill.to_string(), one)).collect();
    let rows: Vec<[Value<'_>; 5]> = frozen
        .iter()
        .map(|(charge, bill, one)| {
            [
                (*charge).into(),
                bill.into(),
                one.revision.into(),
                one.amount.amount().into(),
                one.received.amount().into(),
            ]
        })
        .collect();
    tx.insert_many(&BILLS_INSERT, &rows)
}
