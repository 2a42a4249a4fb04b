//! Puts acts about people on record, in the chain of their group.

use domain::audit::{Act, Actor};
use domain::group::GroupSlug;
use domain::time::Moment;
use store::{AuditRecord, Tx};

/// Puts an act without further detail on record. `subject` is an id.
pub(crate) fn act(
    tx: &mut Tx<'_>,
    group: &GroupSlug,
    actor: &Actor,
    act: Act,
    about: (&str, Moment),
) {
    act_with(tx, group, actor, act, about, &serde_json::json!({}));
}

/// Puts an act on record, with a detail that holds nothing personal.
pub(crate) fn act_with(
    tx: &mut Tx<'_>,
    group: &GroupSlug,
    actor: &Actor,
    act: Act,
    (subject, now): (&str, Moment),
    detail: &serde_json::Value,
) {
    tx.audit(AuditRecord {
        chain: group.to_string(),
        at_ms: now.ms(),
        actor: actor.to_string(),
        act: act.as_str(),
        subject: subject.to_owned(),
        detail: detail.to_string(),
    });
}
