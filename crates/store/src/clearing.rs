//! The tables `gateway_lines`, `payouts`, `deposits` and `reconciliations`: the gateway's books and the bank's
//! as they were read, and which days were held against each other.

use std::collections::BTreeSet;

use domain::clearing::{BankDeposit, GatewayPayout, GatewayTransaction, TransactionKind};
use domain::id::DepositId;
use domain::time::{Day, Moment};
use domain::yen::SignedYen;

use crate::columns::{day, id, moment, opt_id, signed_yen, word, yen};
use crate::error::StoreError;
use crate::statement::{Row, Statement};
use crate::transaction::{Reader, Tx};

const LINE: Statement = Statement::new(
    "gateway_lines.by_id",
    "SELECT id, kind, amount, fee, source, reference, payout, booked_at_ms FROM gateway_lines WHERE id = $1",
);
const LINE_INSERT: Statement = Statement::new(
    "gateway_lines.insert",
    "INSERT INTO gateway_lines (id, kind, amount, fee, source, reference, payout, booked_at_ms, read_at_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (id) DO NOTHING",
);
const LINE_PAID: Statement = Statement::new(
    "gateway_lines.paid",
    "UPDATE gateway_lines SET payout = $2 WHERE id = $1 AND payout IS NULL",
);
const LINES_ABOUT: Statement = Statement::new(
    "gateway_lines.about",
    "SELECT id, kind, amount, fee, source, reference, payout, booked_at_ms FROM gateway_lines
     WHERE reference = $1 ORDER BY booked_at_ms, id",
);
const LINES_BOOKED: Statement = Statement::new(
    "gateway_lines.booked",
    "SELECT id, kind, amount, fee, source, reference, payout, booked_at_ms FROM gateway_lines
     WHERE booked_at_ms >= $1 AND booked_at_ms < $2 ORDER BY booked_at_ms, id",
);
const LINES_OF_PAYOUT: Statement = Statement::new(
    "gateway_lines.of_payout",
    "SELECT id, kind, amount, fee, source, reference, payout, booked_at_ms FROM gateway_lines
     WHERE payout = $1 ORDER BY booked_at_ms, id",
);
const LINES_UNPAID: Statement = Statement::new(
    "gateway_lines.unpaid",
    "SELECT booked_at_ms FROM gateway_lines WHERE payout IS NULL ORDER BY booked_at_ms LIMIT 1",
);
const PAYOUT_INSERT: Statement = Statement::new(
    "payouts.insert",
    "INSERT INTO payouts (id, amount, arrives_on, read_at_ms) VALUES ($1, $2, $3, $4)
     ON CONFLICT (id) DO NOTHING",
);
const PAYOUTS_ARRIVING: Statement = Statement::new(
    "payouts.arriving",
    "SELECT id, amount, arrives_on, deposit_id FROM payouts
     WHERE arrives_on >= $1 AND arrives_on <= $2 ORDER BY arrives_on, id",
);
const PAYOUT_SHOWN: Statement = Statement::new(
    "payouts.shown",
    "UPDATE payouts SET deposit_id = $2 WHERE id = $1 AND deposit_id IS NULL",
);
const DEPOSIT_INSERT: Statement = Statement::new(
    "deposits.insert",
    "INSERT INTO deposits (id, deposited_on, amount, payer, note, nth, brought_at_ms)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (deposited_on, amount, payer, note, nth) DO NOTHING",
);
const DEPOSITS_OF_DAY: Statement = Statement::new(
    "deposits.of_day",
    "SELECT deposits.id, deposited_on, deposits.amount, payer, note, payouts.id FROM deposits
     LEFT JOIN payouts ON payouts.deposit_id = deposits.id
     WHERE deposited_on = $1 ORDER BY deposits.id",
);
const DEPOSIT: Statement = Statement::new(
    "deposits.by_id",
    "SELECT deposited_on, amount, payer, note FROM deposits WHERE id = $1",
);
const RECONCILED: Statement = Statement::new(
    "reconciliations.put",
    "INSERT INTO reconciliations (day, run_at_ms, waiting) VALUES ($1, $2, $3)
     ON CONFLICT (day) DO UPDATE SET run_at_ms = excluded.run_at_ms, waiting = excluded.waiting",
);
const DAYS_WAITING: Statement = Statement::new(
    "reconciliations.days_waiting",
    "SELECT day FROM reconciliations WHERE waiting > 0 AND day < $1",
);
const WAS_RECONCILED: Statement = Statement::new(
    "reconciliations.of_day",
    "SELECT run_at_ms FROM reconciliations WHERE day = $1",
);

/// Every statement of this module.
pub const ALL: &[&Statement] = &[
    &LINE,
    &LINE_INSERT,
    &LINE_PAID,
    &LINES_ABOUT,
    &LINES_BOOKED,
    &LINES_OF_PAYOUT,
    &LINES_UNPAID,
    &PAYOUT_INSERT,
    &PAYOUTS_ARRIVING,
    &PAYOUT_SHOWN,
    &DEPOSIT_INSERT,
    &DEPOSITS_OF_DAY,
    &DEPOSIT,
    &RECONCILED,
    &DAYS_WAITING,
    &WAS_RECONCILED,
];

/// Whether a line was known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeptLine {
    /// It is new.
    New,
    /// It was known, and says the same.
    Known,
    /// It was known with these amounts, and they stay: amount and fee.
    Changed(SignedYen, SignedYen),
}

/// A payout, and the deposit that shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptPayout {
    /// The payout.
    pub payout: GatewayPayout,
    /// The deposit, once the bank has shown it.
    pub deposit: Option<DepositId>,
}

/// A deposit, and the payout that it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptDeposit {
    /// Its id.
    pub id: DepositId,
    /// The deposit.
    pub deposit: BankDeposit,
    /// The payout, once one explains it.
    pub payout: Option<String>,
}

/// Keeps a line of the gateway's books as it was read first; a payout is added when there is one.
pub fn keep_line(
    tx: &mut Tx<'_>,
    line: &GatewayTransaction,
    now: Moment,
) -> Result<KeptLine, StoreError> {
    let known = tx.query_opt(&LINE, &[(&line.id).into()])?.as_ref().map(read_line).transpose()?;
    let Some(known) = known else {
        let values = [
            (&line.id).into(),
            line.kind.as_str().into(),
            line.amount.amount().into(),
            line.fee.amount().into(),
            (&line.source).into(),
            line.reference.as_deref().into(),
            line.payout.as_deref().into(),
            line.booked_at.ms().into(),
            now.ms().into(),
        ];
        tx.execute(&LINE_INSERT, &values)?;
        return Ok(KeptLine::New);
    };
    if known.payout.is_none()
        && let Some(payout) = &line.payout
    {
        tx.execute(&LINE_PAID, &[(&line.id).into(), payout.into()])?;
    }
    if (known.amount, known.fee) == (line.amount, line.fee) {
        return Ok(KeptLine::Known);
    }
    Ok(KeptLine::Changed(known.amount, known.fee))
}

/// The lines about a charge or refund of ours, oldest first.
pub fn lines_about(
    reader: &mut Reader<'_>,
    reference: &str,
) -> Result<Vec<GatewayTransaction>, StoreError> {
    reader.query(&LINES_ABOUT, &[reference.into()])?.iter().map(read_line).collect()
}

/// The lines that were booked on a day, oldest first.
pub fn lines_of(reader: &mut Reader<'_>, on: Day) -> Result<Vec<GatewayTransaction>, StoreError> {
    let values = [on.begins().ms().into(), on.tomorrow().begins().ms().into()];
    reader.query(&LINES_BOOKED, &values)?.iter().map(read_line).collect()
}

/// The lines that a payout carried, oldest first.
pub fn lines_of_payout(
    reader: &mut Reader<'_>,
    payout: &str,
) -> Result<Vec<GatewayTransaction>, StoreError> {
    reader.query(&LINES_OF_PAYOUT, &[payout.into()])?.iter().map(read_line).collect()
}

/// When the oldest line was booked that no payout has carried yet.
pub fn oldest_unpaid(reader: &mut Reader<'_>) -> Result<Option<Moment>, StoreError> {
    reader.query_opt(&LINES_UNPAID, &[])?.as_ref().map(|row| moment(row, 0)).transpose()
}

/// Keeps a payout as it was read first. `false` when it was known.
pub fn keep_payout(
    tx: &mut Tx<'_>,
    payout: &GatewayPayout,
    now: Moment,
) -> Result<bool, StoreError> {
    let day = payout.arrives_on.to_string();
    let values =
        [(&payout.id).into(), payout.amount.amount().into(), (&day).into(), now.ms().into()];
    Ok(tx.execute(&PAYOUT_INSERT, &values)? == 1)
}

/// The payouts that arrive on the days from `first` to `last`.
pub fn payouts_arriving(
    reader: &mut Reader<'_>,
    first: Day,
    last: Day,
) -> Result<Vec<KeptPayout>, StoreError> {
    let (first, last) = (first.to_string(), last.to_string());
    let rows = reader.query(&PAYOUTS_ARRIVING, &[(&first).into(), (&last).into()])?;
    rows.iter()
        .map(|row| {
            Ok(KeptPayout {
                payout: GatewayPayout {
                    id: row.text(0)?.to_owned(),
                    amount: yen(row, 1)?,
                    arrives_on: day(row, 2)?,
                },
                deposit: opt_id(row, 3)?,
            })
        })
        .collect()
}

/// Notes that the bank has shown a payout. `false` when it had before.
pub fn shown(tx: &mut Tx<'_>, payout: &str, deposit: DepositId) -> Result<bool, StoreError> {
    let deposit = deposit.to_string();
    Ok(tx.execute(&PAYOUT_SHOWN, &[payout.into(), (&deposit).into()])? == 1)
}

/// Keeps a deposit; `nth` counts equal ones of a day from 1. `false` when it was known.
pub fn keep_deposit(
    tx: &mut Tx<'_>,
    id: DepositId,
    deposit: &BankDeposit,
    nth: i64,
    now: Moment,
) -> Result<bool, StoreError> {
    let (id, day) = (id.to_string(), deposit.deposited_on.to_string());
    let values = [
        (&id).into(),
        (&day).into(),
        deposit.amount.amount().into(),
        (&deposit.payer).into(),
        (&deposit.note).into(),
        nth.into(),
        now.ms().into(),
    ];
    Ok(tx.execute(&DEPOSIT_INSERT, &values)? == 1)
}

/// The deposits of a day.
pub fn deposits_of(reader: &mut Reader<'_>, on: Day) -> Result<Vec<KeptDeposit>, StoreError> {
    let on = on.to_string();
    let rows = reader.query(&DEPOSITS_OF_DAY, &[(&on).into()])?;
    rows.iter()
        .map(|row| {
            Ok(KeptDeposit {
                id: id(row, 0)?,
                deposit: read_deposit(row, 1)?,
                payout: row.opt_text(5)?.map(str::to_owned),
            })
        })
        .collect()
}

/// Notes that a day was reconciled, and how many of its lines wait for an answer of the gateway.
pub fn reconciled(tx: &mut Tx<'_>, on: Day, waiting: u64, now: Moment) -> Result<(), StoreError> {
    let (on, waiting) = (on.to_string(), i64::try_from(waiting).unwrap_or(i64::MAX));
    tx.execute(&RECONCILED, &[(&on).into(), now.ms().into(), waiting.into()]).map(drop)
}

/// Days before another whose lines waited when they were reconciled last.
pub fn days_waiting(reader: &mut Reader<'_>, before: Day) -> Result<BTreeSet<Day>, StoreError> {
    let before = before.to_string();
    reader.query(&DAYS_WAITING, &[(&before).into()])?.iter().map(|row| day(row, 0)).collect()
}

/// When a day was reconciled last.
pub fn reconciled_at(reader: &mut Reader<'_>, on: Day) -> Result<Option<Moment>, StoreError> {
    let on = on.to_string();
    let row = reader.query_opt(&WAS_RECONCILED, &[(&on).into()])?;
    row.as_ref().map(|row| moment(row, 0)).transpose()
}

/// One deposit.
pub fn deposit(reader: &mut Reader<'_>, id: DepositId) -> Result<Option<BankDeposit>, StoreError> {
    let id = id.to_string();
    let row = reader.query_opt(&DEPOSIT, &[(&id).into()])?;
    row.as_ref().map(|row| read_deposit(row, 0)).transpose()
}

/// A deposit whose columns begin at `at`.
fn read_deposit(row: &Row, at: usize) -> Result<BankDeposit, StoreError> {
    let column = |further: usize| at.saturating_add(further);
    Ok(BankDeposit {
        deposited_on: day(row, at)?,
        amount: yen(row, column(1))?,
        payer: row.text(column(2))?.to_owned(),
        note: row.text(column(3))?.to_owned(),
    })
}

fn read_line(row: &Row) -> Result<GatewayTransaction, StoreError> {
    Ok(GatewayTransaction {
        id: row.text(0)?.to_owned(),
        kind: word(row, 1, TransactionKind::parse, "kind")?,
        amount: signed_yen(row, 2)?,
        fee: signed_yen(row, 3)?,
        source: row.text(4)?.to_owned(),
        reference: row.opt_text(5)?.map(str::to_owned),
        payout: row.opt_text(6)?.map(str::to_owned),
        booked_at: moment(row, 7)?,
    })
}
