//! The one queue of what waits for a person's judgement: evidence that contradicts what we know of a charge,
//! and books that do not agree.

use crate::charge::chain_of;
use crate::{App, AppError, reconcile};
use domain::audit::{Act, Actor};
use domain::difference::{Difference, DifferenceKind};
use domain::evidence::Conflict;
use domain::id::ChargeId;
use store::AuditRecord;
use store::attempts::OpenException;

/// One thing that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Open {
    /// Evidence about a charge.
    OfCharge(OpenException),
    /// Books that do not agree.
    Difference(Difference),
}

/// What became of an attempt to close one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// It is closed, with the note.
    Now,
    /// There is none of that kind and subject open.
    NoneOpen,
}

/// Which one, as the list names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Its kind.
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// On which charge; `None` for books that do not agree.
    pub charge: Option<ChargeId>,
}

/// Everything that is open, oldest first.
pub async fn open(app: &App) -> Result<Vec<Open>, AppError> {
    app.store()
        .read(|reader| {
            let charges = store::attempts::open_exceptions(reader)?;
            let differences = store::differences::all_open(reader)?;
            let mut all: Vec<_> = charges
                .into_iter()
                .map(|open| (open.opened_at, Open::OfCharge(open)))
                .chain(differences.into_iter().map(|open| (open.opened_at, Open::Difference(open))))
                .collect();
            all.sort_by_key(|(opened_at, _)| *opened_at);
            Ok(all.into_iter().map(|(_, open)| open).collect())
        })
        .await
}

/// Closes one with a person's explanation.
pub async fn close(
    app: &App,
    about: About,
    actor: &Actor,
    note: String,
) -> Result<Closed, AppError> {
    let Some(charge) = about.charge else {
        let Some(kind) = DifferenceKind::parse(&about.kind) else { return Ok(Closed::NoneOpen) };
        return reconcile::explain(app, (kind, about.subject), actor, note).await;
    };
    let Some(kind) = Conflict::parse(&about.kind) else { return Ok(Closed::NoneOpen) };
    let (now, actor) = (app.now(), actor.clone());
    app.store()
        .write(move |tx| {
            let which = (charge, kind, about.subject.as_str());
            if !store::attempts::close_exception(tx, which, &actor, &note, now)? {
                return Ok(Closed::NoneOpen);
            }
            let Some(stored) = store::charges::by_id(tx, charge)? else {
                return Err(AppError::Inconsistent { what: format!("{charge}: no charge") });
            };
            tx.audit(AuditRecord {
                chain: chain_of(stored.charge.obligation()),
                at_ms: now.ms(),
                actor: actor.to_string(),
                act: Act::ExceptionClosed.as_str(),
                subject: charge.to_string(),
                detail: serde_json::json!({ "kind": kind.as_str(), "about": about.subject })
                    .to_string(),
            });
            Ok(Closed::Now)
        })
        .await
        .map(store::Committed::into_inner)
}
