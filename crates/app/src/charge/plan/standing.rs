//! How the money of an entry stands: what its bills ask for, and what its charges have taken.

use crate::AppError;
use crate::refunds;
use domain::charge::{FrozenBill, Obligation};
use domain::entry::Entry;
use domain::yen::{AmountOutOfRange, Yen};
use store::Tx;
use store::bills::CurrentBill;
use store::charges::StoredCharge;

/// The bills of an entry as they stand, and what its charges have taken.
pub(super) struct Standing {
    pub(super) entered: Entry,
    pub(super) bills: Vec<FrozenBill>,
    /// The sum of the bills, what the hospital has noted of our own payments put back.
    pub(super) asked: Yen,
    /// Cash that was taken after a card had paid.
    pub(super) cash: Yen,
    pub(super) charges: Vec<StoredCharge>,
    pub(super) money: refunds::Standing,
}

impl Standing {
    pub(super) fn of(tx: &mut Tx<'_>, entered: Entry) -> Result<Self, AppError> {
        let charges = store::charges::of_entry(tx, entered.id)?;
        let money = refunds::Standing::of(tx, entered.id, &charges)?;
        let current = store::bills::current_of_entry(tx, entered.id)?;
        Self::from_parts(entered, current, charges, money)
    }

    /// Of an entry that has no charge.
    pub(super) fn uncharged(entered: Entry, current: Vec<CurrentBill>) -> Result<Self, AppError> {
        Self::from_parts(entered, current, Vec::new(), refunds::Standing::nothing())
    }

    fn from_parts(
        entered: Entry,
        current: Vec<CurrentBill>,
        charges: Vec<StoredCharge>,
        money: refunds::Standing,
    ) -> Result<Self, AppError> {
        let entry = entered.id;
        let inconsistent = |error: AmountOutOfRange| AppError::Inconsistent {
            what: format!("bills of {entry}: {error}"),
        };
        let (mut bills, mut noted) = (Vec::new(), Yen::ZERO);
        for bill in current {
            let since = received_since(&bill, &charges);
            noted = noted.plus(since).map_err(inconsistent)?;
            bills.push(FrozenBill {
                bill: bill.bill,
                revision: bill.revision,
                amount: left_to_cards(&bill, since),
                received: bill.received,
            });
        }
        let asked = Obligation::sum_of(&bills).map_err(inconsistent)?;
        // The hospital may not have noted yet what went back, so our own payments are what the cards have
        // paid in all. What is noted beyond that is cash.
        let cash = noted.minus(money.taken).unwrap_or(Yen::ZERO);
        Ok(Self { entered, bills, asked, cash, charges, money })
    }

    pub(super) fn is_moving(&self) -> bool {
        self.money.is_moving
            || self.charges.iter().any(|stored| stored.charge.state().is_in_flight())
    }
}

/// What the hospital has noted as received since a card was first charged for the bill. Before that it was
/// cash, and the charge was for the rest.
fn received_since(bill: &CurrentBill, charges: &[StoredCharge]) -> Yen {
    let taken = charges.iter().filter_map(|stored| stored.charge.payment());
    let frozen = taken.flat_map(|paid| &paid.obligation.bills).find(|one| one.bill == bill.bill);
    frozen.map_or(Yen::ZERO, |frozen| bill.received.minus(frozen.received).unwrap_or(Yen::ZERO))
}

/// What cards are to pay for the bill in all: what the visit costs, less the cash noted for it. Nothing
/// where more cash was noted than the visit costs.
fn left_to_cards(bill: &CurrentBill, since: Yen) -> Yen {
    let cash = bill.received.minus(since).unwrap_or(Yen::ZERO);
    bill.due.minus(cash).unwrap_or(Yen::ZERO)
}
