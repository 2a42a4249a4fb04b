//! The money engine: the only functions that write the state of a charge.
//!
//! [`replan`] and [`withdraw`] work on what nobody has been told yet. Then three steps, so that the
//! money moves at most once wherever the process dies:
//!
//! 1. [`intend`] freezes key, amount and card, and commits;
//! 2. [`send`] marks the attempt as sent, commits, and only then speaks to the gateway, with no
//!    transaction open;
//! 3. [`apply_evidence`] folds whatever the gateway says, by whatever road, into the charge.
//!
//! A death between 1 and 2 leaves an attempt that nobody has heard of: it is sent later, under the same
//! key. A death after 2 leaves `sent`: [`enquire`] asks what became of it. Nothing is ever sent again
//! without proof that it had no effect.

mod evidence;
mod plan;
mod steps;

pub use evidence::{Applied, apply_evidence};
pub use plan::{Withdrawal, replan, withdraw};
pub use steps::{Stepped, enquire, intend, send, step};

use domain::audit::{Act, Actor};
use domain::charge::{Charge, ChargeState, Obligation};
use domain::decline;
use domain::time::Moment;
use store::{AuditRecord, Tx};

/// Seconds that a worker has for one step; afterwards another may take the charge over. Longer than
/// the gateway's time-out, so that two enquiries seldom meet; if they do, nothing is lost.
const STEP_LEASE_S: i64 = 120;

/// When something must happen to a charge next; `None` where nothing more happens by itself.
fn next_action(charge: &Charge, now: Moment) -> Option<Moment> {
    match charge {
        Charge::Scheduled(scheduled) => Some(scheduled.obligation.due_on.begins()),
        Charge::Due(due) => Some(due.not_before),
        Charge::Intended(_) => Some(now.plus_seconds(STEP_LEASE_S)),
        Charge::Sent(sent) => Some(sent.sent_at.plus_seconds(STEP_LEASE_S)),
        Charge::Unknown(unknown) => {
            Some(now.plus_seconds(decline::enquiry_wait_s(unknown.enquiries)))
        }
        Charge::ActionRequired(_)
        | Charge::Paid(_)
        | Charge::ReturnedToDesk(_)
        | Charge::Withdrawn(_)
        | Charge::SettledZero(_) => None,
    }
}

/// Puts a move on record, in the chain of its hospital.
fn record(
    tx: &mut Tx<'_>,
    owed: &Obligation,
    act: Act,
    states: (Option<ChargeState>, ChargeState),
    now: Moment,
) {
    let (before, after) = states;
    let before = before.map_or("-", ChargeState::as_str);
    let detail = serde_json::json!({
        "from": before,
        "to": after.as_str(),
        "amount": owed.amount.amount(),
        "entry": owed.entry.to_string(),
    });
    tx.audit(AuditRecord {
        chain: owed.hospital.to_string(),
        at_ms: now.ms(),
        actor: Actor::System.to_string(),
        act: act.as_str(),
        subject: owed.charge.to_string(),
        detail: detail.to_string(),
    });
}
