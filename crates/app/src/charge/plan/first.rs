//! The first charge of a visit. A day's file brings thousands at once, so what they need is asked and written
//! for all of them together.

use super::standing::Standing;
use super::{Announced, plan, replan_locked};
use crate::AppError;
use crate::charge::Means;
use domain::charge::Obligation;
use domain::entry::{Entry, EntryState};
use domain::group::HospitalCode;
use domain::id::EntryId;
use domain::policy::Policy;
use domain::time::{Day, Moment};
use domain::yen::Yen;
use std::collections::hash_map::Entry as Known;
use std::collections::{BTreeSet, HashMap};
use store::Tx;

/// Brings many entries in line with their bills, as [`super::replan`] does with one.
pub(crate) fn replan_all(
    tx: &mut Tx<'_>,
    means: Means<'_>,
    entries: &BTreeSet<EntryId>,
) -> Result<(), AppError> {
    let mut policies = Policies::default();
    let entered = store::entries::lock_all(tx, entries)?;
    let ids: Vec<EntryId> = entries.iter().copied().collect();
    let charged = store::charges::charged_entries(tx, &ids)?;
    let (new, known): (Vec<Entry>, Vec<Entry>) = entered
        .into_iter()
        .partition(|one| one.state == EntryState::Entered && !charged.contains(&one.id));
    first_charges(tx, means, new, &mut policies)?;
    known.into_iter().try_for_each(|one| replan_locked(tx, means, one, &mut policies))
}

fn first_charges(
    tx: &mut Tx<'_>,
    means: Means<'_>,
    entered: Vec<Entry>,
    policies: &mut Policies,
) -> Result<(), AppError> {
    let ids: Vec<EntryId> = entered.iter().map(|one| one.id).collect();
    let mut bills = store::bills::current_of_entries(tx, &ids)?;
    let mut obligations = Vec::with_capacity(entered.len());
    for entered in entered {
        let Some(current) = bills.remove(&entered.id) else { continue };
        let standing = Standing::uncharged(entered, current)?;
        let policy = policies.of(tx, &standing.entered)?;
        obligations.push(obligation(means, policy, standing));
    }
    plan(tx, means, obligations)
}

/// What the bills of a visit ask for that no card was charged for yet.
pub(super) fn obligation(means: Means<'_>, policy: &Policy, standing: Standing) -> Announced {
    let Standing { entered, bills, asked, .. } = standing;
    let obligation = Obligation {
        charge: means.ids.id(means.now),
        entry: entered.id,
        sequence: 1,
        hospital: entered.hospital,
        account: entered.account,
        due_on: policy.due_on(entered.visit_day),
        bills,
        covered: Yen::ZERO,
        amount: asked,
    };
    Announced { obligation, notice_ends: notice_ends(means, policy) }
}

/// When the notice of a charge that is announced now has ended; `None` where none is given in advance.
pub(super) fn notice_ends(means: Means<'_>, policy: &Policy) -> Option<Moment> {
    let days = policy.advance_notice_days;
    (days > 0).then(|| means.now.day().plus_days(days).begins())
}

/// Policies that were read in this transaction.
#[derive(Default)]
pub(super) struct Policies(HashMap<(HospitalCode, Day), Policy>);

impl Policies {
    pub(super) fn of(&mut self, tx: &mut Tx<'_>, entered: &Entry) -> Result<&Policy, AppError> {
        let (hospital, day) = (&entered.hospital, entered.visit_day);
        Ok(match self.0.entry((hospital.clone(), day)) {
            Known::Occupied(known) => known.into_mut(),
            Known::Vacant(new) => new.insert(crate::policy::must_be_in_force(tx, hospital, day)?),
        })
    }
}
