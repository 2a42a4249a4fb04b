//! What payers decide: a ceiling, consent to one amount above it, and another try once they have
//! authenticated or saved another card.

use super::{Means, chain_of, next_action, record, until_not_overtaken};
use crate::{App, AppError};
use domain::audit::{Act, Actor};
use domain::charge::{Charge, Due};
use domain::id::{AccountId, ChargeId};
use domain::yen::Yen;
use store::charges::{StoredCharge, Written};
use store::{AuditRecord, Tx};

/// What came of agreeing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consented {
    /// The charge goes on.
    Yes,
    /// There is no such charge of this account, or it does not wait for anybody.
    NotWaiting,
    /// The amount is another one by now; nothing was agreed to.
    AmountDiffers {
        /// What it is.
        amount: Yen,
    },
}

/// Sets what may be charged for one visit without asking; `None` lifts it. Holds for charges that are not
/// on their way yet.
pub async fn set_ceiling(
    app: &App,
    account: AccountId,
    ceiling: Option<Yen>,
) -> Result<(), AppError> {
    let now = app.now();
    app.store()
        .write(move |tx| {
            store::consents::set_ceiling(tx, account, ceiling, now)?;
            let set = ceiling.map(Yen::amount);
            tx.audit(AuditRecord {
                chain: "accounts".to_owned(),
                at_ms: now.ms(),
                actor: Actor::Account(account).to_string(),
                act: Act::CeilingSet.as_str(),
                subject: account.to_string(),
                detail: serde_json::json!({ "ceiling": set }).to_string(),
            });
            Ok::<_, AppError>(())
        })
        .await
        .map(drop)
}

/// Agrees to an amount above the ceiling, as the payer saw it.
pub async fn consent(
    app: &App,
    account: AccountId,
    charge: ChargeId,
    seen: Yen,
) -> Result<Consented, AppError> {
    until_not_overtaken(|| {
        let (now, ids, settings) = (app.now(), app.ids().clone(), app.settings().clone());
        app.store().write(move |tx| {
            let means = Means { now, ids: &ids, settings: &settings };
            let Some(StoredCharge { charge: Charge::AwaitingConsent(waiting), version }) =
                store::charges::by_id(tx, charge)?
            else {
                return Ok(Consented::NotWaiting);
            };
            let owed = &waiting.obligation;
            if owed.account != account {
                return Ok(Consented::NotWaiting);
            }
            if owed.amount != seen {
                return Ok(Consented::AmountDiffers { amount: owed.amount });
            }
            let by = Actor::Account(account).to_string();
            store::consents::give(tx, charge, seen, &by, now)?;
            tx.audit(AuditRecord {
                chain: chain_of(owed),
                at_ms: now.ms(),
                actor: by,
                act: Act::ConsentGiven.as_str(),
                subject: charge.to_string(),
                detail: serde_json::json!({ "amount": seen.amount() }).to_string(),
            });
            go_on(
                tx,
                means,
                Charge::AwaitingConsent(waiting.clone()),
                waiting.consent(now),
                version,
            )?;
            Ok(Consented::Yes)
        })
    })
    .await
}

/// Tries the charges of an account again that wait for the cardholder: they have authenticated, or there
/// is another card. Says how many that were.
pub async fn resume(app: &App, account: AccountId) -> Result<usize, AppError> {
    until_not_overtaken(|| {
        let (now, ids, settings) = (app.now(), app.ids().clone(), app.settings().clone());
        app.store().write(move |tx| {
            let means = Means { now, ids: &ids, settings: &settings };
            resume_waiting(tx, means, account)
        })
    })
    .await
}

/// The same in the transaction of whatever brings it about.
pub(crate) fn resume_waiting(
    tx: &mut Tx<'_>,
    means: Means<'_>,
    account: AccountId,
) -> Result<usize, AppError> {
    let waiting = store::charges::waiting_for_cardholder(tx, account)?;
    let count = waiting.len();
    for StoredCharge { charge, version } in waiting {
        if let Charge::ActionRequired(action) = charge.clone() {
            go_on(tx, means, charge, action.resume(means.now), version)?;
        }
    }
    Ok(count)
}

fn go_on(
    tx: &mut Tx<'_>,
    means: Means<'_>,
    before: Charge,
    due: Due,
    version: i64,
) -> Result<(), AppError> {
    let moved = Charge::Due(due);
    let next = next_action(&moved, means.now);
    if store::charges::update(tx, &moved, version, next, means.now)? == Written::Overtaken {
        return Err(AppError::Overtaken);
    }
    record(tx, &moved, Act::ChargeMoved, Some(before.state()), means.now);
    Ok(())
}
