//! What the cards have paid for an entry, and what has gone back or is about to.

use super::{SYSTEM, record};
use crate::AppError;
use crate::charge::Means;
use domain::charge::Paid;
use domain::id::{ChargeId, EntryId, RefundId};
use domain::refund::{Refund, RefundProgress, RefundReason, RefundState, RefundTerms};
use domain::yen::{AmountOutOfRange, Yen};
use store::charges::{StoredCharge, Written};
use store::refunds::StoredRefund;
use store::{Reader, Tx};

/// The money of an entry that a card has paid.
#[derive(Debug, Clone)]
pub struct Standing {
    paid: Vec<Paid>,
    refunds: Vec<StoredRefund>,
    /// What the cards have paid in all, before anything went back.
    pub taken: Yen,
    /// What the hospital has of it now.
    pub kept: Yen,
    /// Whether a refund is on its way and nobody knows yet how it ends.
    pub is_moving: bool,
}

impl Standing {
    /// Of an entry that no card has paid.
    #[must_use]
    pub const fn nothing() -> Self {
        Self {
            paid: Vec::new(),
            refunds: Vec::new(),
            taken: Yen::ZERO,
            kept: Yen::ZERO,
            is_moving: false,
        }
    }

    /// Reads the refunds of an entry beside its charges.
    pub fn of(
        reader: &mut Reader<'_>,
        entry: EntryId,
        charges: &[StoredCharge],
    ) -> Result<Self, AppError> {
        let paid: Vec<Paid> =
            charges.iter().filter_map(|stored| stored.charge.payment().cloned()).collect();
        let refunds =
            if paid.is_empty() { Vec::new() } else { store::refunds::of_entry(reader, entry)? };
        let is_moving = refunds.iter().any(|stored| stored.refund.state().is_in_flight());
        let inconsistent =
            |error: AmountOutOfRange| AppError::Inconsistent { what: format!("{entry}: {error}") };
        let taken = Yen::sum(paid.iter().map(|paid| paid.obligation.amount));
        let taken = taken.map_err(inconsistent)?;
        let kept = Yen::sum(paid.iter().map(Paid::kept)).map_err(inconsistent)?;
        Ok(Self { paid, refunds, taken, kept, is_moving })
    }

    /// What the hospital keeps once everything that people have asked for has gone back.
    #[must_use]
    pub fn kept_after_requests(&self) -> Yen {
        let asked = self.refunds.iter().map(|stored| &stored.refund);
        let going = asked.filter(|refund| is_going(refund)).map(|refund| refund.terms.amount);
        Yen::sum(going).and_then(|going| self.kept.minus(going)).unwrap_or(Yen::ZERO)
    }

    /// What went back, or is about to, although the bills still ask for it: cash at the counter,
    /// a cancelled visit, goodwill.
    #[must_use]
    pub fn forgiven(&self) -> Yen {
        let all = self.refunds.iter().map(|stored| &stored.refund);
        let by_people = all.filter(|refund| {
            refund.terms.reason != RefundReason::Correction && refund.state().holds_amount()
        });
        Yen::sum(by_people.map(|refund| refund.terms.amount)).unwrap_or(Yen::ZERO)
    }

    /// What can still be asked back on a charge, not counting one request.
    #[must_use]
    pub fn available(&self, charge: ChargeId, but: Option<RefundId>) -> Yen {
        let Some(paid) = self.paid.iter().find(|paid| paid.obligation.charge == charge) else {
            return Yen::ZERO;
        };
        let held = self.refunds.iter().map(|stored| &stored.refund).filter(|refund| {
            refund.terms.charge == charge
                && Some(refund.terms.id) != but
                && refund.state().holds_amount()
                && refund.state() != RefundState::Done
        });
        let held = Yen::sum(held.map(|refund| refund.terms.amount));
        held.and_then(|held| paid.kept().minus(held)).unwrap_or(Yen::ZERO)
    }

    /// The paid charge of this id.
    #[must_use]
    pub fn paid(&self, charge: ChargeId) -> Option<&Paid> {
        self.paid.iter().find(|paid| paid.obligation.charge == charge)
    }

    /// What the system has proposed and nobody has taken up.
    fn proposals(&self) -> impl Iterator<Item = &StoredRefund> {
        self.refunds.iter().filter(|stored| is_proposal(&stored.refund))
    }
}

fn is_proposal(refund: &Refund) -> bool {
    refund.state() == RefundState::Requested && refund.terms.requested_by == SYSTEM
}

/// Asked for by a person, or taken in by the gateway, and not yet counted as gone back.
fn is_going(refund: &Refund) -> bool {
    let open = refund.state().holds_amount() && refund.state() != RefundState::Done;
    open && !is_proposal(refund)
}

/// Proposes that so much goes back, in place of earlier proposals. A person decides.
pub(crate) fn propose(
    tx: &mut Tx<'_>,
    means: Means<'_>,
    standing: &Standing,
    back: Yen,
    reason: RefundReason,
) -> Result<(), AppError> {
    let proposed = standing.proposals().map(|stored| stored.refund.terms.amount);
    if Yen::sum(proposed).is_ok_and(|proposed| proposed == back) {
        return Ok(());
    }
    drop_proposals(tx, means, standing)?;
    let mut left = back;
    for paid in standing.paid.iter().rev() {
        let proposals =
            standing.proposals().filter(|s| s.refund.terms.charge == paid.obligation.charge);
        let freed = Yen::sum(proposals.map(|stored| stored.refund.terms.amount));
        let room = freed
            .and_then(|freed| standing.available(paid.obligation.charge, None).plus(freed))
            .map_err(|error| AppError::Inconsistent {
                what: format!("refunds of {}: {error}", paid.obligation.charge),
            })?;
        let part = left.min(room);
        if part.is_zero() {
            continue;
        }
        left = left.minus(part).unwrap_or(Yen::ZERO);
        let owed = &paid.obligation;
        let terms = RefundTerms {
            id: means.ids.id(means.now),
            charge: owed.charge,
            entry: owed.entry,
            hospital: owed.hospital.clone(),
            amount: part,
            reason,
            note: String::new(),
            requested_by: SYSTEM.to_owned(),
            requested_at: means.now,
        };
        store::refunds::insert(tx, &terms)?;
        let refund = Refund { terms, approved_by: None, progress: RefundProgress::Requested };
        record(tx, &refund, None, SYSTEM, means.now);
    }
    Ok(())
}

/// Takes back what the system has proposed: the bills ask for the money again.
pub(crate) fn drop_proposals(
    tx: &mut Tx<'_>,
    means: Means<'_>,
    standing: &Standing,
) -> Result<(), AppError> {
    for StoredRefund { refund, version } in standing.proposals().cloned() {
        let Ok(dropped) = refund.drop_request() else { continue };
        match store::refunds::update(tx, &dropped, version, None, means.now)? {
            Written::Yes => {
                record(tx, &dropped, Some(RefundState::Requested), SYSTEM, means.now);
            }
            // The entry is locked: only this transaction could have moved it.
            Written::Overtaken => return Err(AppError::Overtaken),
        }
    }
    Ok(())
}
