//! The money engine: the only functions that write the state of a charge.
//!
//! [`replan`] and [`withdraw`] bring an entry's charges in line with its bills, as far as nobody has been
//! told yet. Then three steps, so that the money moves at most once wherever the process dies:
//!
//! 1. [`intend`] freezes key, amount and card, and commits;
//! 2. [`send`] marks the attempt as sent, commits, and only then speaks to the gateway, with no
//!    transaction open;
//! 3. [`apply_evidence`] folds whatever the gateway says, by whatever road, into the charge.
//!
//! A death between 1 and 2 leaves an attempt that nobody has heard of: it is sent later, under the same
//! key. A death after 2 leaves `sent`: [`enquire`] asks what became of it. Nothing is ever sent again
//! without proof that it had no effect.

mod consent;
mod decision;
mod dispute;
mod evidence;
mod freeze;
mod plan;
mod steps;
mod telling;

pub use consent::{Consented, consent, resume, set_ceiling};
pub use decision::{Decided, DecisionAsk, decide, second};
pub use dispute::apply_dispute;
pub use evidence::{Applied, apply_evidence};
pub use plan::{Withdrawal, replan, withdraw};
pub use steps::{Stepped, enquire, intend, send, step};

pub(crate) use consent::resume_waiting;
pub(crate) use evidence::until_not_overtaken;
pub(crate) use freeze::{order, refused_before};
pub(crate) use plan::{open_exception, replan_all};
pub(crate) use steps::word_of;
pub(crate) use telling::tell_of_refund;

use crate::ids::Ids;
use crate::settings::AppSettings;
use domain::audit::{Act, Actor};
use domain::charge::{Charge, ChargeState, Obligation};
use domain::decline;
use domain::time::Moment;
use store::{AuditRecord, Tx};

/// With what a transaction about money works.
#[derive(Clone, Copy)]
pub struct Means<'a> {
    /// The present moment.
    pub now: Moment,
    /// Where ids come from.
    pub ids: &'a Ids,
    /// What the operator has set: addresses that stand in mails.
    pub settings: &'a AppSettings,
}

/// Seconds that a worker has for one step; afterwards another may take the charge over. Longer than
/// the gateway's time-out, so that two enquiries seldom meet; if they do, nothing is lost.
pub(crate) const STEP_LEASE_S: i64 = 120;

/// Seconds after which a request that was marked as sent is not sent any more: whoever wakes up later than
/// this leaves it to the next enquiry. Far below the life of a key at the gateway.
pub(crate) const SEND_WITHIN_S: i64 = 60;

/// When something must happen to a charge next; `None` where nothing more happens by itself.
fn next_action(charge: &Charge, now: Moment) -> Option<Moment> {
    let about = charge.obligation().charge.number();
    match charge {
        Charge::Scheduled(scheduled) => {
            Some(scheduled.not_before.max(scheduled.obligation.due_on.begins()))
        }
        Charge::Due(due) => Some(due.not_before),
        Charge::Intended(_) => Some(now.plus_seconds(decline::spread_s(STEP_LEASE_S, about))),
        Charge::Sent(sent) => Some(sent.sent_at.plus_seconds(STEP_LEASE_S)),
        Charge::Unknown(unknown) => {
            Some(now.plus_seconds(decline::enquiry_wait_s(unknown.enquiries, about)))
        }
        Charge::AwaitingConsent(waiting) => Some(waiting.until),
        Charge::ActionRequired(waiting) => Some(waiting.until),
        Charge::Paid(_)
        | Charge::ReturnedToDesk(_)
        | Charge::Withdrawn(_)
        | Charge::SettledZero(_) => None,
    }
}

/// A hospital's charges are on record in so many chains, and all acts of a charge in the same one: the end of a
/// chain is held until its transaction is kept, so that one chain would let one charge move at a time.
const CHAINS: u128 = 16;

/// The chain in which the acts of a charge are on record.
pub(crate) fn chain_of(owed: &Obligation) -> String {
    format!("{}/{:02}", owed.hospital, owed.charge.number() % CHAINS)
}

/// Puts a move on record, in the chain of its charge.
pub(crate) fn record(
    tx: &mut Tx<'_>,
    charge: &Charge,
    act: Act,
    before: Option<ChargeState>,
    now: Moment,
) {
    let owed = charge.obligation();
    let detail = serde_json::json!({
        "from": before.map_or("-", ChargeState::as_str),
        "to": charge.state().as_str(),
        "amount": owed.amount.amount(),
        "entry": owed.entry.to_string(),
    });
    tx.audit(AuditRecord {
        chain: chain_of(owed),
        at_ms: now.ms(),
        actor: Actor::System.to_string(),
        act: act.as_str(),
        subject: owed.charge.to_string(),
        detail: detail.to_string(),
    });
}
