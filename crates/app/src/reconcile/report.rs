//! What a reconciliation shows.

use crate::AppError;
use domain::difference::Difference;
use domain::journal::{JournalKind, Title};
use domain::time::Day;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use store::Reader;
use store::clearing::{KeptDeposit, KeptPayout};

/// A count and a sum of yen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Sum {
    /// How many.
    pub count: u64,
    /// Their sum in yen, without a sign.
    pub yen: i64,
}

impl Sum {
    pub(crate) const fn add(&mut self, yen: i64) {
        self.count = self.count.saturating_add(1);
        self.yen = self.yen.saturating_add(yen.saturating_abs());
    }
}

/// What one side says of the money of a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Side {
    /// Taken from cards.
    pub payments: Sum,
    /// Given back.
    pub refunds: Sum,
    /// Came back.
    pub refunds_failed: Sum,
}

/// The three sides of a day, and what does not agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Which day.
    pub day: Day,
    /// Whether the day is not over, so that nothing was put into the queue.
    pub provisional: bool,
    /// What our journal booked.
    pub journal: Side,
    /// What the gateway booked.
    pub gateway: Side,
    /// Lines of the gateway about which the engine is still asking.
    pub waiting: u64,
    /// What the gateway sent to the bank on that day.
    pub payouts: Vec<KeptPayout>,
    /// What the bank has shown on that day.
    pub deposits: Vec<KeptDeposit>,
    /// Earlier days that were not settled, and were compared anew.
    pub compared_again: BTreeSet<Day>,
    /// Differences that are new.
    pub opened: u64,
    /// Differences that agree by now.
    pub closed: u64,
    /// Every open difference, of this day and of others; of a day that is not over also what was found.
    pub differences: Vec<Difference>,
    /// What stands on each title of the journal at the end of the day, in yen; together zero.
    pub balances: BTreeMap<Title, i64>,
}

impl Report {
    /// Whether anything of this day does not agree.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.differences.iter().all(|difference| difference.day != self.day)
    }
}

pub(super) fn of_day(reader: &mut Reader<'_>, day: Day) -> Result<Report, AppError> {
    let (mut journal, mut gateway) = (Side::default(), Side::default());
    for entry in store::journal::of_days(reader, day, day)? {
        journal.add(Some(entry.kind), entry.amount.amount());
    }
    for line in store::clearing::lines_of(reader, day)? {
        gateway.add(JournalKind::of_line(line.kind), line.amount.amount());
    }
    Ok(Report {
        day,
        provisional: false,
        journal,
        gateway,
        waiting: 0,
        payouts: store::clearing::payouts_arriving(reader, day, day)?,
        deposits: store::clearing::deposits_of(reader, day)?,
        compared_again: BTreeSet::new(),
        opened: 0,
        closed: 0,
        differences: store::differences::all_open(reader)?,
        balances: store::journal::balances(reader, day)?,
    })
}

impl Side {
    const fn add(&mut self, kind: Option<JournalKind>, yen: i64) {
        match kind {
            Some(JournalKind::Payment) => self.payments.add(yen),
            Some(JournalKind::Refund) => self.refunds.add(yen),
            Some(JournalKind::RefundFailed) => self.refunds_failed.add(yen),
            Some(
                JournalKind::Fee
                | JournalKind::Dispute
                | JournalKind::DisputeReversed
                | JournalKind::Adjustment
                | JournalKind::Payout
                | JournalKind::Deposit,
            )
            | None => {}
        }
    }
}
