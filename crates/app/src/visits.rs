//! An account's visits in patients' terms.

use crate::AppError;
use crate::me::{VisitLine, VisitState};
use domain::charge::ChargeState;
use domain::entry::EntryState;
use domain::group::HospitalCode;
use domain::id::AccountId;
use std::collections::HashMap;
use store::Reader;
use store::visits::{StoredVisit, VisitCharge};

/// Visits shown on one page.
const SHOWN: i64 = 100;

/// The latest visits of an account, the newest first.
pub fn of_account(reader: &mut Reader<'_>, account: AccountId) -> Result<Vec<VisitLine>, AppError> {
    let visits = store::visits::of_account(reader, account, SHOWN)?;
    let mut names: HashMap<HospitalCode, String> = HashMap::new();
    for visit in &visits {
        if names.contains_key(&visit.hospital) {
            continue;
        }
        let hospital = store::groups::hospital(reader, &visit.hospital)?;
        let name = hospital.map_or_else(|| visit.hospital.to_string(), |hospital| hospital.name);
        names.insert(visit.hospital.clone(), name);
    }
    Ok(visits
        .into_iter()
        .map(|visit| {
            let hospital = names.get(&visit.hospital).cloned().unwrap_or_default();
            line(visit, hospital)
        })
        .collect())
}

fn line(visit: StoredVisit, hospital: String) -> VisitLine {
    let charge = visit.charge.as_ref();
    let state = state(visit.entry_state, charge);
    let waits = matches!(state, VisitState::WillBeCharged | VisitState::WillBeTriedAgain);
    VisitLine {
        entry: visit.entry,
        visit_day: visit.visit_day,
        hospital,
        state,
        amount: charge.map(|charge| charge.amount.minus(charge.refunded).unwrap_or(charge.amount)),
        due_on: charge.filter(|_| waits).map(next_day),
        next_news: charge.filter(|_| state == VisitState::BeingCharged).and_then(|c| c.next_action),
        paid_on: charge.and_then(|charge| charge.paid_at).map(domain::time::Moment::day),
        receipt: charge.and_then(|charge| charge.receipt),
        consent: charge.filter(|_| state == VisitState::WaitsForConsent).map(|charge| charge.id),
    }
}

/// The day of the next try: the due day at first, a later one after a decline.
fn next_day(charge: &VisitCharge) -> domain::time::Day {
    charge.not_before.map_or(charge.due_on, domain::time::Moment::day)
}

fn state(entry: EntryState, charge: Option<&VisitCharge>) -> VisitState {
    let Some(charge) = charge else {
        return match entry {
            EntryState::Entered => VisitState::AmountNotKnown,
            EntryState::Withdrawn => VisitState::PaidOtherwise,
        };
    };
    match charge.state {
        ChargeState::Scheduled => VisitState::WillBeCharged,
        ChargeState::Due if charge.declines > 0 => VisitState::WillBeTriedAgain,
        ChargeState::Due => VisitState::WillBeCharged,
        ChargeState::Intended | ChargeState::Sent | ChargeState::Unknown => {
            VisitState::BeingCharged
        }
        ChargeState::AwaitingConsent => VisitState::WaitsForConsent,
        ChargeState::Paid | ChargeState::Disputed => VisitState::Paid,
        ChargeState::PartRefunded => VisitState::PartRefunded,
        ChargeState::Refunded => VisitState::Refunded,
        ChargeState::ActionRequired | ChargeState::ReturnedToDesk => VisitState::PayAtDesk,
        ChargeState::Withdrawn => VisitState::PaidOtherwise,
        ChargeState::SettledZero => VisitState::NothingToPay,
    }
}
