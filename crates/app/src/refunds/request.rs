//! People ask for refunds and approve them. Each sees the amount that is still available, and says it: if
//! it has changed meanwhile, somebody else was faster, and nothing happens.

use super::{SYSTEM, Standing, record};
use crate::charge::Means;
use crate::{App, AppError};
use domain::charge_state::ChargeState;
use domain::id::{ChargeId, RefundId};
use domain::refund::{
    Refund, RefundAttempt, RefundProgress, RefundReason, RefundState, RefundTerms,
};
use domain::yen::Yen;
use sha2::Digest as _;
use store::charges::Written;
use store::refunds::StoredRefund;
use store::{Reader, Tx};

/// What a person asks for.
#[derive(Debug, Clone)]
pub struct Ask {
    /// Made by the form that asks: the second click is the same request.
    pub id: RefundId,
    /// On which charge.
    pub charge: ChargeId,
    /// How much.
    pub amount: Yen,
    /// Why.
    pub reason: RefundReason,
    /// In their words.
    pub note: String,
    /// What they saw as available.
    pub expected_available: Yen,
    /// Who.
    pub by: String,
}

/// What came of asking or approving.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The refund is on its way.
    Approved,
    /// It waits for a second person.
    NeedsSecondPerson,
    /// This request was made before; it is in this state.
    Known(RefundState),
    /// There is no such charge or refund, or it is not paid.
    NotFound,
    /// Another amount is available than the person saw. Nothing was done.
    Changed {
        /// What is available now.
        available: Yen,
    },
    /// Nothing, or more than is available.
    AmountNotAvailable {
        /// What is available.
        available: Yen,
    },
    /// The card company has the matter in hand.
    Disputed,
    /// Money of this visit is moving: wait for its end.
    Moving,
    /// Whoever asked cannot be the second person.
    SamePerson,
    /// A correction is asked for by correcting the bill: the refund is then proposed by itself.
    CorrectTheBill,
}

/// Asks for money back. Up to the hospital's limit the request is approved by being made.
pub async fn ask(app: &App, ask: Ask) -> Result<Answer, AppError> {
    if ask.reason == RefundReason::Correction {
        return Ok(Answer::CorrectTheBill);
    }
    let (now, ids, settings) = (app.now(), app.ids().clone(), app.settings().clone());
    let answer = app
        .store()
        .write(move |tx| {
            let means = Means { now, ids: &ids, settings: &settings };
            if let Some(known) = store::refunds::by_id(tx, ask.id)? {
                return Ok(Answer::Known(known.refund.state()));
            }
            let Some(stored) = store::charges::by_id(tx, ask.charge)? else {
                return Ok(Answer::NotFound);
            };
            let owed = stored.charge.obligation();
            store::entries::lock(tx, owed.entry)?;
            let terms = RefundTerms {
                id: ask.id,
                charge: ask.charge,
                entry: owed.entry,
                hospital: owed.hospital.clone(),
                amount: ask.amount,
                reason: ask.reason,
                note: ask.note.clone(),
                requested_by: ask.by.clone(),
                requested_at: now,
            };
            if let Some(refused) = refusal(tx, &terms, ask.expected_available)? {
                return Ok(refused);
            }
            if !store::refunds::insert(tx, &terms)? {
                return Ok(Answer::Known(RefundState::Requested));
            }
            let refund = Refund { terms, approved_by: None, progress: RefundProgress::Requested };
            record(tx, &refund, None, &ask.by, now);
            if needs_second(tx, &refund.terms)? {
                return Ok(Answer::NeedsSecondPerson);
            }
            freeze(tx, means, StoredRefund { refund, version: 1 }, &ask.by)
        })
        .await?;
    Ok(answer.into_inner())
}

/// Approves a request: as the second person, or as the person who takes a proposal of the system's up.
pub async fn approve(
    app: &App,
    refund: RefundId,
    expected_available: Yen,
    by: String,
) -> Result<Answer, AppError> {
    let (now, ids, settings) = (app.now(), app.ids().clone(), app.settings().clone());
    let answer = app
        .store()
        .write(move |tx| {
            let means = Means { now, ids: &ids, settings: &settings };
            let Some(found) = store::refunds::by_id(tx, refund)? else {
                return Ok(Answer::NotFound);
            };
            store::entries::lock(tx, found.refund.terms.entry)?;
            // What was read before the lock may be old.
            let Some(stored) = store::refunds::by_id(tx, refund)? else {
                return Ok(Answer::NotFound);
            };
            let terms = &stored.refund.terms;
            if stored.refund.state() != RefundState::Requested {
                return Ok(Answer::Known(stored.refund.state()));
            }
            if let Some(refused) = refusal(tx, terms, expected_available)? {
                return Ok(refused);
            }
            let needs_second = needs_second(tx, terms)?;
            if needs_second && terms.requested_by == by {
                return Ok(Answer::SamePerson);
            }
            if needs_second && terms.requested_by == SYSTEM {
                return match store::refunds::adopt(tx, refund, stored.version, &by, now)? {
                    Written::Yes => {
                        record(tx, &stored.refund, Some(RefundState::Requested), &by, now);
                        Ok(Answer::NeedsSecondPerson)
                    }
                    Written::Overtaken => Err(AppError::Overtaken),
                };
            }
            freeze(tx, means, stored, &by)
        })
        .await?;
    Ok(answer.into_inner())
}

/// A request that waits for a person, with what they need to see.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// The request.
    pub refund: Refund,
    /// What is available on its charge now.
    pub available: Yen,
}

/// What waits for approval, longest waiting first.
pub async fn waiting(app: &App) -> Result<Vec<Waiting>, AppError> {
    app.store()
        .read(|reader| {
            let mut all = Vec::new();
            for StoredRefund { refund, .. } in store::refunds::waiting(reader)? {
                let entry = refund.terms.entry;
                let charges = store::charges::of_entry(reader, entry)?;
                let standing = Standing::of(reader, entry, &charges)?;
                let available = standing.available(refund.terms.charge, Some(refund.terms.id));
                all.push(Waiting { refund, available });
            }
            Ok(all)
        })
        .await
}

/// Drops a request that nobody has approved. The bills may propose it again.
pub async fn drop_request(app: &App, refund: RefundId, by: String) -> Result<Answer, AppError> {
    let now = app.now();
    let answer = app
        .store()
        .write(move |tx| {
            let Some(StoredRefund { refund, version }) = store::refunds::by_id(tx, refund)? else {
                return Ok(Answer::NotFound);
            };
            match refund.drop_request() {
                Err(refund) => Ok(Answer::Known(refund.state())),
                Ok(dropped) => match store::refunds::update(tx, &dropped, version, None, now)? {
                    Written::Yes => {
                        record(tx, &dropped, Some(RefundState::Requested), &by, now);
                        Ok(Answer::Known(RefundState::Dropped))
                    }
                    Written::Overtaken => Err(AppError::Overtaken),
                },
            }
        })
        .await?;
    Ok(answer.into_inner())
}

/// Why this may not go back now; `None`: it may. The entry is locked.
fn refusal(
    tx: &mut Tx<'_>,
    terms: &RefundTerms,
    expected_available: Yen,
) -> Result<Option<Answer>, AppError> {
    let charges = store::charges::of_entry(tx, terms.entry)?;
    let standing = Standing::of(tx, terms.entry, &charges)?;
    let Some(paid) = standing.paid(terms.charge) else { return Ok(Some(Answer::NotFound)) };
    if paid.is_disputed() {
        return Ok(Some(Answer::Disputed));
    }
    let moving = charges.iter().any(|stored| ChargeState::is_in_flight(stored.charge.state()));
    if standing.is_moving || moving {
        return Ok(Some(Answer::Moving));
    }
    let available = standing.available(terms.charge, Some(terms.id));
    if available != expected_available {
        return Ok(Some(Answer::Changed { available }));
    }
    if terms.amount.is_zero() || terms.amount > available {
        return Ok(Some(Answer::AmountNotAvailable { available }));
    }
    Ok(None)
}

fn needs_second(reader: &mut Reader<'_>, terms: &RefundTerms) -> Result<bool, AppError> {
    let day = terms.requested_at.day();
    let policy = crate::policy::in_force(reader, &terms.hospital, day)?.ok_or_else(|| {
        AppError::Inconsistent { what: format!("no policy of {} on {day}", terms.hospital) }
    })?;
    Ok(terms.amount > policy.refund_second_person_above)
}

/// Freezes what will be sent (rule R2).
fn freeze(
    tx: &mut Tx<'_>,
    means: Means<'_>,
    stored: StoredRefund,
    by: &str,
) -> Result<Answer, AppError> {
    let StoredRefund { refund, version } = stored;
    let terms = &refund.terms;
    let charge = store::charges::by_id(tx, terms.charge)?.map(|stored| stored.charge);
    let Some(domain::charge::Charge::Paid(paid)) = charge else { return Ok(Answer::NotFound) };
    let attempt = RefundAttempt {
        generation: 1,
        key: key(terms.id),
        charge_reference: paid.reference,
        intended_at: means.now,
    };
    store::refunds::add_attempt(tx, terms.id, &attempt)?;
    let refund = refund.approve(by.to_owned(), attempt).map_err(|refund| {
        AppError::Inconsistent { what: format!("{} waits for nobody", refund.terms.id) }
    })?;
    let next = Some(means.now);
    match store::refunds::update(tx, &refund, version, next, means.now)? {
        Written::Yes => {
            record(tx, &refund, Some(RefundState::Requested), by, means.now);
            Ok(Answer::Approved)
        }
        Written::Overtaken => Err(AppError::Overtaken),
    }
}

/// Derived from the refund and never from the moment: whoever asks again asks under the same key.
fn key(refund: RefundId) -> String {
    let mut digest = sha2::Sha256::new();
    digest.update(b"refund");
    digest.update(refund.to_string().as_bytes());
    hex::encode(digest.finalize())
}
