//! The tables `receipts` and `receipt_counters`. A receipt exists exactly where a charge is paid; its
//! number runs without gaps within a hospital and a year of payment.

use domain::group::HospitalCode;
use domain::id::{AccountId, ChargeId, ReceiptId};
use domain::receipt::ReceiptNumber;
use domain::time::{Day, Moment};
use domain::yen::Yen;

use crate::columns::{day, hospital, id, yen};
use crate::error::StoreError;
use crate::statement::{Row, Statement};
use crate::transaction::{Reader, Tx};

const NEXT_NUMBER: Statement = Statement::new(
    "receipt_counters.next",
    "INSERT INTO receipt_counters (hospital, year, last) VALUES ($1, $2, 1)
     ON CONFLICT (hospital, year) DO UPDATE SET last = receipt_counters.last + 1 RETURNING last",
);
const INSERT: Statement = Statement::new(
    "receipts.insert",
    "INSERT INTO receipts (id, charge_id, version, hospital, number, receipt_date, amount, prints, made_at_ms)
     SELECT $1, $2, CAST(count(*) + 1 AS BIGINT), $3, $4, $5, CAST($6 AS BIGINT), 0, CAST($7 AS BIGINT)
     FROM receipts WHERE charge_id = $2",
);
const OF_ACCOUNT_BY_ID: Statement = Statement::new(
    "receipts.of_account_by_id",
    "SELECT receipts.id, receipts.charge_id, receipts.hospital, receipts.number, receipts.receipt_date,
        receipts.amount, receipts.prints
     FROM receipts JOIN charges ON charges.id = receipts.charge_id
     WHERE receipts.id = $1 AND charges.account_id = $2 AND receipts.voided_at_ms IS NULL",
);
const OF_CHARGE: Statement = Statement::new(
    "receipts.of_charge",
    "SELECT id, charge_id, hospital, number, receipt_date, amount, prints FROM receipts
     WHERE charge_id = $1 AND voided_at_ms IS NULL",
);
const VOID: Statement = Statement::new(
    "receipts.void",
    "UPDATE receipts SET voided_at_ms = $2 WHERE charge_id = $1 AND voided_at_ms IS NULL",
);
const BEFORE: Statement = Statement::new(
    "receipts.before",
    "SELECT earlier.number FROM receipts JOIN receipts AS earlier
        ON earlier.charge_id = receipts.charge_id AND earlier.version = receipts.version - 1
     WHERE receipts.id = $1",
);
const COUNT_PRINT: Statement = Statement::new(
    "receipts.count_print",
    "UPDATE receipts SET prints = prints + 1 WHERE id = $1 AND prints = $2",
);

/// Every statement of this module.
pub const ALL: &[&Statement] =
    &[&NEXT_NUMBER, &INSERT, &OF_ACCOUNT_BY_ID, &OF_CHARGE, &VOID, &BEFORE, &COUNT_PRINT];

/// A receipt as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredReceipt {
    /// Its id.
    pub id: ReceiptId,
    /// What was paid.
    pub charge: ChargeId,
    /// Whose document it is.
    pub hospital: HospitalCode,
    /// As printed.
    pub number: ReceiptNumber,
    /// 領収日: the day of the charge in Asia/Tokyo.
    pub receipt_date: Day,
    /// What was charged.
    pub amount: Yen,
    /// How often it was printed or downloaded.
    pub prints: i64,
}

/// Makes the receipt of a charge that was just paid, or its next version after [`void`].
pub fn make(
    tx: &mut Tx<'_>,
    receipt: ReceiptId,
    charge: ChargeId,
    hospital: &HospitalCode,
    paid: (Day, Yen),
    now: Moment,
) -> Result<ReceiptNumber, StoreError> {
    let (receipt_date, amount) = paid;
    let year = i64::from(receipt_date.year());
    let rows = tx.query(&NEXT_NUMBER, &[hospital.as_str().into(), year.into()])?;
    let none = StoreError::RowCount { statement: NEXT_NUMBER.name, expected: 1, got: 0 };
    let serial = rows.first().ok_or(none)?.int(0)?;
    let number = ReceiptNumber::new(receipt_date, serial);
    let (id, charge, date) = (receipt.to_string(), charge.to_string(), receipt_date.to_string());
    let values = [
        (&id).into(),
        (&charge).into(),
        hospital.as_str().into(),
        number.as_str().into(),
        (&date).into(),
        amount.amount().into(),
        now.ms().into(),
    ];
    tx.execute_one(&INSERT, &values)?;
    Ok(number)
}

/// A receipt, if it is this account's.
pub fn of_account(
    reader: &mut Reader<'_>,
    receipt: ReceiptId,
    account: AccountId,
) -> Result<Option<StoredReceipt>, StoreError> {
    let (receipt, account) = (receipt.to_string(), account.to_string());
    let row = reader.query_opt(&OF_ACCOUNT_BY_ID, &[(&receipt).into(), (&account).into()])?;
    row.as_ref().map(read).transpose()
}

/// Voids the receipt of a charge: what it says is true no more.
pub fn void(tx: &mut Tx<'_>, charge: ChargeId, now: Moment) -> Result<bool, StoreError> {
    let charge = charge.to_string();
    Ok(tx.execute(&VOID, &[(&charge).into(), now.ms().into()])? == 1)
}

/// The number of the receipt that this one corrects, if it corrects one.
pub fn corrected_by(
    reader: &mut Reader<'_>,
    receipt: ReceiptId,
) -> Result<Option<ReceiptNumber>, StoreError> {
    let row = reader.query_opt(&BEFORE, &[(&receipt.to_string()).into()])?;
    let number = row.as_ref().map(|row| row.text(0)).transpose()?;
    Ok(number.map(|number| ReceiptNumber::from_stored(number.to_owned())))
}

/// The receipt of a charge that holds now.
pub fn of_charge(
    reader: &mut Reader<'_>,
    charge: ChargeId,
) -> Result<Option<StoredReceipt>, StoreError> {
    let charge = charge.to_string();
    let row = reader.query_opt(&OF_CHARGE, &[(&charge).into()])?;
    row.as_ref().map(read).transpose()
}

/// Counts the print that comes after so many earlier ones. `false` when somebody else has printed
/// meanwhile: then this print is another copy than it says on its face.
pub fn count_print(
    tx: &mut Tx<'_>,
    receipt: ReceiptId,
    earlier_prints: i64,
) -> Result<bool, StoreError> {
    let receipt = receipt.to_string();
    Ok(tx.execute(&COUNT_PRINT, &[(&receipt).into(), earlier_prints.into()])? == 1)
}

fn read(row: &Row) -> Result<StoredReceipt, StoreError> {
    Ok(StoredReceipt {
        id: id(row, 0)?,
        charge: id(row, 1)?,
        hospital: hospital(row, 2)?,
        number: ReceiptNumber::from_stored(row.text(3)?.to_owned()),
        receipt_date: day(row, 4)?,
        amount: yen(row, 5)?,
        prints: row.int(6)?,
    })
}
