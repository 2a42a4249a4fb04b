//! Money back on charges: the only functions that write the state of a refund.
//!
//! A person asks for a refund with the available amount that they saw, or approves what the system has proposed
//! after a correction; above a limit of the hospital's policy a second person must agree. Then, as with
//! charges: freeze and commit, mark as sent and commit, tell the gateway, fold what it says.

mod evidence;
mod request;
mod standing;
mod steps;

pub use evidence::apply_refund_evidence;
pub use request::{Answer, Ask, Waiting, approve, ask, drop_request, waiting};
pub use standing::Standing;
pub(crate) use standing::{drop_proposals, propose};
pub use steps::{run_due, step};

use domain::audit::Act;
use domain::refund::{Refund, RefundState};
use domain::time::Moment;
use store::{AuditRecord, Tx};

/// Who asks for what the system proposes.
pub const SYSTEM: &str = "system";

/// Puts a move on record, in the chain of its hospital.
fn record(tx: &mut Tx<'_>, refund: &Refund, before: Option<RefundState>, by: &str, now: Moment) {
    let act = if before.is_none() { Act::RefundRequested } else { Act::RefundMoved };
    let detail = serde_json::json!({
        "from": before.map_or("-", RefundState::as_str),
        "to": refund.state().as_str(),
        "amount": refund.terms.amount.amount(),
        "charge": refund.terms.charge.to_string(),
        "reason": refund.terms.reason.as_str(),
    });
    tx.audit(AuditRecord {
        chain: refund.terms.hospital.to_string(),
        at_ms: now.ms(),
        actor: by.to_owned(),
        act: act.as_str(),
        subject: refund.terms.id.to_string(),
        detail: detail.to_string(),
    });
}
