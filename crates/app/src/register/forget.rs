//! A card that was saved at the gateway and is not taken, or not used any more, is deleted there, by a job:
//! the gateway may be away just then.

use crate::ids::Ids;
use crate::{App, AppError, tell};
use domain::card::GatewayCard;
use domain::id::JobId;
use domain::time::Moment;
use serde::{Deserialize, Serialize};
use store::jobs::{ClaimedJob, NewJob};
use store::{StoreError, Tx};

/// Kind of the job; its handler is [`forget_card`].
pub const FORGET_CARD: &str = "forget_card";

/// Seconds until another try, and how many tries there are: two weeks in all.
const RETRY_S: i64 = 1_800;
const TRIES_MAX: i64 = 672;

/// Seconds until it is looked again whether a charge of the card's account is still open.
const NEEDED_S: i64 = 86_400;

/// A card that is stored as not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForgottenCard {
    /// Where it lies.
    pub(crate) at_gateway: GatewayCard,
}

#[derive(Serialize, Deserialize)]
struct Payload {
    customer: String,
    payment_method: String,
}

/// Promises to delete a card at the gateway, not before `due_at`.
pub(crate) fn promise(
    tx: &mut Tx<'_>,
    ids: &Ids,
    card: &GatewayCard,
    (due_at, now): (Moment, Moment),
) -> Result<(), AppError> {
    let payload =
        Payload { customer: card.customer.clone(), payment_method: card.payment_method.clone() };
    let payload = serde_json::to_string(&payload).map_err(|error| AppError::Inconsistent {
        what: format!("the payload of a job: {error}"),
    })?;
    let id: JobId = ids.id(now);
    let job =
        NewJob { id, kind: FORGET_CARD, key: &card.payment_method, payload: &payload, due_at, now };
    store::jobs::promise(tx, &job)?;
    Ok(())
}

/// Does a job of kind [`FORGET_CARD`].
pub async fn forget_card(app: &App, job: ClaimedJob) -> Result<(), AppError> {
    let payload: Payload = serde_json::from_str(&job.payload).map_err(|error| {
        AppError::Inconsistent { what: format!("the payload of {}: {error}", job.id) }
    })?;
    let at_gateway =
        GatewayCard { customer: payload.customer, payment_method: payload.payment_method };
    let (now, id, fence) = (app.now(), job.id, job.fence);
    // What was claimed is stored: the transaction only turns that into a value that says so.
    let card = app
        .store()
        .write(move |tx| {
            if store::cards::is_needed(tx, &at_gateway.payment_method)? {
                let later = now.plus_seconds(NEEDED_S);
                store::jobs::retry_at(tx, id, fence, later, "a charge of its account is open")?;
                return Ok(None);
            }
            Ok::<_, StoreError>(Some(ForgottenCard { at_gateway }))
        })
        .await?;
    let Some(card) = card.transpose() else { return Ok(()) };
    let told = tell::forget_card(app, &card).await;
    let now = app.now();
    app.store()
        .write(move |tx| match &told {
            Ok(()) => store::jobs::finish(tx, job.id, job.fence, now),
            Err(error) if job.attempts >= TRIES_MAX => {
                store::jobs::give_up(tx, job.id, job.fence, now, &crate::error::chain(error))
            }
            Err(error) => {
                let due_at = now.plus_seconds(RETRY_S);
                store::jobs::retry_at(tx, job.id, job.fence, due_at, &crate::error::chain(error))
            }
        })
        .await?;
    Ok(())
}
