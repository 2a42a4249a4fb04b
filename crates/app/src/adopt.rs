//! After a restore the database is behind the gateway (F34). Before anything is charged again, what the
//! gateway took since is adopted from its own list.

use crate::charge;
use crate::webhooks::of_charge;
use crate::{App, AppError, tell};
use domain::evidence::{EvidenceSource, Finding};
use domain::id::ChargeId;
use domain::time::Moment;
use outbound::cards::ListedCharge;
use store::gateway_events::EventEnd;

/// How long before the back-up the list begins: what was on its way then.
const MARGIN_S: i64 = 2 * 86_400;

/// What was adopted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Adopted {
    /// Charges in the gateway's list.
    pub listed: u64,
    /// Those that this database does not know: entries and bills that were lost with the restore. People
    /// must enter them again, or give the money back.
    pub strangers: Vec<String>,
    /// Whether charging goes on.
    pub safe_mode_ended: bool,
}

/// Adopts what the gateway took since the back-up, or since `given`. Safe mode ends when every charge of the
/// list is known, or when a person has taken note of those that are not.
pub async fn adopt(
    app: &App,
    given: Option<Moment>,
    strangers_noted: bool,
) -> Result<Adopted, AppError> {
    let mark = app.store().read(store::safe_mode::since).await?;
    let mut adopted = Adopted::default();
    let Some(since) = given.or(mark) else { return Ok(adopted) };
    let list = tell::charges_since(app, since.plus_seconds(-MARGIN_S)).await?;
    for listed in list {
        adopted.listed = adopted.listed.saturating_add(1);
        attempt_of(app, &listed).await?;
        let reference = listed.reference.clone();
        let took = matches!(listed.answer.finding, Finding::Paid { .. });
        let end = of_charge(app, listed, EvidenceSource::Report).await?;
        if end == EventEnd::Stranger && took {
            adopted.strangers.push(reference);
        }
    }
    if let Some(mark) = mark
        && (adopted.strangers.is_empty() || strangers_noted)
    {
        app.store().write(move |tx| Ok::<_, AppError>(store::safe_mode::end(tx, mark)?)).await?;
        adopted.safe_mode_ended = true;
    }
    Ok(adopted)
}

/// Puts the attempt of a listed charge back whose row was lost: its key is derived from what is owed, so it
/// is the one that was used.
async fn attempt_of(app: &App, listed: &ListedCharge) -> Result<(), AppError> {
    let Ok(charge) = listed.reference.parse::<ChargeId>() else { return Ok(()) };
    let (generation, now, ids) = (listed.generation, app.now(), app.ids().clone());
    app.store()
        .write(move |tx| {
            let Some(stored) = store::charges::by_id(tx, charge)? else { return Ok(()) };
            let known = store::attempts::of_charge(tx, charge)?;
            if known.iter().any(|attempt| attempt.generation == generation) {
                return Ok(());
            }
            let owed = stored.charge.obligation();
            let Some(card) = store::cards::current_of(tx, owed.account)? else { return Ok(()) };
            let order = charge::order(owed, generation, card, ids.id(now), now);
            store::attempts::insert(tx, charge, &order)?;
            Ok::<_, AppError>(())
        })
        .await
        .map(drop)
}
