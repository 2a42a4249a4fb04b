//! What two of the staff have seen at the gateway of a charge that nobody can tell anything about (rule R4,
//! invariant I5): one tells it with what they saw attached, another confirms; then it is evidence like
//! any other.

use super::{Applied, apply_evidence, chain_of};
use crate::{App, AppError};
use domain::audit::Act;
use domain::charge::{Charge, ChargeState};
use domain::decline::{Decline, DeclineClass};
use domain::evidence::{Evidence, EvidenceSource, Finding};
use domain::id::ChargeId;
use domain::time::Moment;
use domain::yen::Yen;
use serde::{Deserialize, Serialize};
use store::AuditRecord;
use store::charges::StoredCharge;
use store::consents::Decision;

/// What somebody has seen.
#[derive(Debug, Clone)]
pub struct DecisionAsk {
    /// Of which charge.
    pub charge: ChargeId,
    /// Gateway's reference and moment, where the money was taken; nothing where it was not.
    pub taken: Option<(String, Moment)>,
    /// What they saw: the name of a document, the words of the gateway's page. Never empty.
    pub attached: String,
    /// Who.
    pub by: String,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// It waits for the second person.
    NeedsSecondPerson,
    /// It counts; the charge is in this state now.
    Now(ChargeState),
    /// There is no such charge, or it is not unclear.
    NotUnclear,
    /// Nothing was attached.
    NothingAttached,
    /// There is nothing to confirm, or it was the same person.
    NobodyElse,
}

#[derive(Serialize, Deserialize)]
struct Seen {
    reference: Option<String>,
    paid_at_ms: Option<i64>,
    amount: i64,
}

/// Tells what became of an unclear charge. Nothing moves until a second person confirms it.
pub async fn decide(app: &App, ask: DecisionAsk) -> Result<Decided, AppError> {
    if ask.attached.trim().is_empty() {
        return Ok(Decided::NothingAttached);
    }
    let now = app.now();
    let decided = app
        .store()
        .write(move |tx| {
            let Some(StoredCharge { charge: Charge::Unknown(unknown), .. }) =
                store::charges::by_id(tx, ask.charge)?
            else {
                return Ok(Decided::NotUnclear);
            };
            let seen = Seen {
                reference: ask.taken.as_ref().map(|(reference, _)| reference.clone()),
                paid_at_ms: ask.taken.as_ref().map(|(_, at)| at.ms()),
                amount: unknown.attempt.amount.amount(),
            };
            let decision = Decision {
                generation: unknown.attempt.generation,
                finding: serde_json::to_string(&seen)
                    .map_err(|error| AppError::Inconsistent { what: error.to_string() })?,
                attached: ask.attached.clone(),
                proposed_by: ask.by.clone(),
                proposed_at: now,
                seconded_by: None,
            };
            if !store::consents::propose(tx, ask.charge, &decision)? {
                return Ok(Decided::NobodyElse);
            }
            tx.audit(AuditRecord {
                chain: chain_of(&unknown.obligation),
                at_ms: now.ms(),
                actor: ask.by.clone(),
                act: Act::DecisionProposed.as_str(),
                subject: ask.charge.to_string(),
                detail: decision.finding,
            });
            Ok::<_, AppError>(Decided::NeedsSecondPerson)
        })
        .await?;
    Ok(decided.into_inner())
}

/// Confirms what the first person told, and folds it into the charge. May be called again after a death
/// between the two: the confirmation stands, and the same evidence counts once.
pub async fn second(app: &App, charge: ChargeId, by: String) -> Result<Decided, AppError> {
    let now = app.now();
    let decision = app
        .store()
        .write(move |tx| {
            let Some(stored) = store::charges::by_id(tx, charge)? else { return Ok(None) };
            let Some(decision) = store::consents::decision(tx, charge)? else { return Ok(None) };
            if decision.seconded_by.as_deref() == Some(by.as_str()) {
                return Ok(Some(decision));
            }
            if !store::consents::second(tx, charge, decision.generation, &by, now)? {
                return Ok(None);
            }
            tx.audit(AuditRecord {
                chain: chain_of(stored.charge.obligation()),
                at_ms: now.ms(),
                actor: by.clone(),
                act: Act::DecisionSeconded.as_str(),
                subject: charge.to_string(),
                detail: decision.finding.clone(),
            });
            Ok::<_, AppError>(Some(decision))
        })
        .await?
        .into_inner();
    let Some(decision) = decision else { return Ok(Decided::NobodyElse) };
    let inconsistent = |why: String| AppError::Inconsistent { what: format!("{charge}: {why}") };
    let seen: Seen =
        serde_json::from_str(&decision.finding).map_err(|error| inconsistent(error.to_string()))?;
    let finding = match (seen.reference, seen.paid_at_ms) {
        (Some(reference), Some(paid_at)) => Finding::Paid {
            reference,
            amount: Yen::new(seen.amount).map_err(|error| inconsistent(error.to_string()))?,
            paid_at: Moment::from_ms(paid_at),
        },
        // "It took nothing" by two people's word: the desk collects, no card is tried on it.
        _ => Finding::Declined(Decline {
            code: "staff_saw_no_charge".to_owned(),
            class: DeclineClass::Hard,
        }),
    };
    let evidence = Evidence {
        source: EvidenceSource::Staff,
        source_id: format!("{charge}/{}", decision.generation),
        generation: decision.generation,
        finding,
        seen_at: now,
    };
    match apply_evidence(app, charge, evidence, decision.attached).await? {
        Applied::Now(state) => Ok(Decided::Now(state)),
        Applied::NoSuchCharge => Ok(Decided::NotUnclear),
    }
}
