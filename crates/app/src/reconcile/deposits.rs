//! Takes in what the bank shows.

use super::HOUSE;
use crate::{App, AppError};
use domain::audit::{Act, Actor};
use domain::clearing::BankDeposit;
use domain::id::DepositId;
use exchange::deposits_csv::{self, DepositFault};
use serde::Serialize;
use std::collections::HashMap;
use store::AuditRecord;

/// What became of a bank's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BroughtDeposits {
    /// All of it was taken.
    Taken(DepositCounts),
    /// Nothing was taken.
    Refused(Vec<DepositFault>),
}

/// How many deposits of a file were new.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct DepositCounts {
    /// Seen for the first time.
    pub new: u64,
    /// Brought before.
    pub known: u64,
}

/// Takes in a bank's file: all or nothing, and the same file again changes nothing.
pub async fn deposits(app: &App, bytes: &[u8], actor: &Actor) -> Result<BroughtDeposits, AppError> {
    let brought = match deposits_csv::read(bytes, app.now().day()) {
        Ok(brought) => brought,
        Err(faults) => return Ok(BroughtDeposits::Refused(faults)),
    };
    let (now, ids, actor) = (app.now(), app.ids().clone(), actor.clone());
    let counts = app.store().write(move |tx| {
        let mut counts = DepositCounts::default();
        let mut seen: HashMap<&BankDeposit, i64> = HashMap::new();
        for deposit in &brought {
            let nth = seen.entry(deposit).or_default();
            *nth = nth.saturating_add(1);
            let id: DepositId = ids.id(now);
            if store::clearing::keep_deposit(tx, id, deposit, *nth, now)? {
                counts.new = counts.new.saturating_add(1);
            } else {
                counts.known = counts.known.saturating_add(1);
            }
        }
        if counts.new > 0 {
            tx.audit(AuditRecord {
                chain: HOUSE.to_owned(),
                at_ms: now.ms(),
                actor: actor.to_string(),
                act: Act::DepositsImported.as_str(),
                subject: "deposits".to_owned(),
                detail: serde_json::json!({ "new": counts.new, "known": counts.known }).to_string(),
            });
        }
        Ok::<_, AppError>(counts)
    });
    Ok(BroughtDeposits::Taken(counts.await?.into_inner()))
}
