//! Work that was promised in a transaction and is done later, at least once: claim and commit, work
//! with no transaction open, record the end.

use crate::{App, AppError, card_expiry, notices, register, webhooks};
use store::jobs::{ClaimedJob, Kinds};

/// Seconds that a worker has for a job; afterwards another may take it, under a new fence.
const LEASE_S: i64 = 120;

/// Jobs taken at once.
const BATCH: i64 = 50;

/// Does everything that is due, calls of the gateway included, and says how many pieces that was.
pub async fn run_due(app: &App) -> Result<usize, AppError> {
    let mut done = webhooks::fold_due(app).await?;
    loop {
        let now = app.now();
        let claimed = app
            .store()
            .write(move |tx| {
                let kinds = Kinds::Only(&[
                    notices::SEND_NOTICE,
                    register::FORGET_CARD,
                    card_expiry::CARD_EXPIRING,
                ]);
                store::jobs::claim_due(tx, kinds, now, LEASE_S, BATCH)
            })
            .await?
            .into_inner();
        if claimed.is_empty() {
            return Ok(done);
        }
        for job in claimed {
            let (id, kind) = (job.id, job.kind.clone());
            // One that breaks keeps its lease and is taken again when that ends.
            if let Err(error) = run(app, job).await {
                tracing::error!(job = %id, kind, error = %crate::error::chain(&error), "a job broke");
            }
            done = done.saturating_add(1);
        }
    }
}

async fn run(app: &App, job: ClaimedJob) -> Result<(), AppError> {
    match job.kind.as_str() {
        notices::SEND_NOTICE => notices::send(app, job).await,
        register::FORGET_CARD => register::forget_card(app, job).await,
        card_expiry::CARD_EXPIRING => card_expiry::tell(app, job).await,
        other => Err(AppError::Inconsistent { what: format!("nobody does jobs of kind {other}") }),
    }
}
