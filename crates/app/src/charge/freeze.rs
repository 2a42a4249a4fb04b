//! What a due charge becomes at the moment at which it is frozen: the last look at everything that may
//! keep it from the card.

use super::Means;
use crate::AppError;
use domain::card::Card;
use domain::charge::{AttemptOrder, Charge, Due, Obligation, ReturnReason, SMALLEST_CHARGE_YEN};
use domain::charge_steps::Replanned;
use domain::decline::{ACT_WITHIN_DAYS, CARD_DECLINE_DAYS, CARD_DECLINES_MAX, DeclineClass};
use domain::entry::EntryState;
use domain::id::{AccountId, AttemptId, CardId};
use domain::time::Moment;
use sha2::Digest as _;
use store::{Reader, Tx};

/// What a due charge becomes: intended, given to the desk, or withdrawn with its entry.
pub(super) fn freeze(
    tx: &mut Tx<'_>,
    means: Means<'_>,
    due: Due,
) -> Result<Option<Charge>, AppError> {
    let now = means.now;
    let entry = due.obligation.entry;
    let consent = store::entries::by_id(tx, entry)?;
    if consent.is_none_or(|entry| entry.state == EntryState::Withdrawn) {
        // No entry, no charge (invariant I16).
        return Ok(match Charge::Due(due).withdraw() {
            Replanned::Changed(charge) => Some(charge),
            Replanned::Same(_) | Replanned::TooLate(_) => None,
        });
    }
    if due.obligation.amount.amount() < SMALLEST_CHARGE_YEN {
        return Ok(Some(Charge::ReturnedToDesk(due.return_to_desk(ReturnReason::BelowMinimum))));
    }
    let Some(card) = store::cards::current_of(tx, due.obligation.account)? else {
        return Ok(Some(Charge::ReturnedToDesk(due.return_to_desk(ReturnReason::CardMissing))));
    };
    if let Some(reason) = refused_before(tx, due.obligation.account, card.id, now)? {
        return Ok(Some(Charge::ReturnedToDesk(due.return_to_desk(reason))));
    }
    if above_ceiling(tx, &due)? {
        let until = now.day().plus_days(ACT_WITHIN_DAYS).begins();
        return Ok(Some(Charge::AwaitingConsent(due.await_consent(until))));
    }
    let generation = due.generation.saturating_add(1);
    let order = order(&due.obligation, generation, card, means.ids.id(now), now);
    let charge = due.obligation.charge;
    match due.intend(order.clone(), now) {
        Ok(intended) => {
            store::attempts::insert(tx, charge, &order)?;
            Ok(Some(Charge::Intended(intended)))
        }
        Err(_not_yet) => Ok(None),
    }
}

/// A card that its issuer has refused for good, or too often, is not tried at another visit either
/// (`domain.md` 11.3; the networks fine those who do).
pub(crate) fn refused_before(
    reader: &mut Reader<'_>,
    account: AccountId,
    card: CardId,
    now: Moment,
) -> Result<Option<ReturnReason>, AppError> {
    let since = now.plus_seconds(-CARD_DECLINE_DAYS * 86_400);
    let record = store::charges::card_record(reader, account, card, since)?;
    Ok(if record.dead {
        Some(ReturnReason::Declined(DeclineClass::Hard))
    } else if record.declines >= CARD_DECLINES_MAX {
        Some(ReturnReason::Declined(DeclineClass::Soft))
    } else {
        None
    })
}

/// Whether the payer must agree first, and has not.
fn above_ceiling(reader: &mut Reader<'_>, due: &Due) -> Result<bool, AppError> {
    let owed = &due.obligation;
    let Some(ceiling) = store::consents::ceiling(reader, owed.account)? else { return Ok(false) };
    if owed.amount <= ceiling {
        return Ok(false);
    }
    Ok(!store::consents::is_given(reader, owed.charge, owed.amount)?)
}

/// What is frozen under one key.
pub(crate) fn order(
    owed: &Obligation,
    generation: i64,
    card: Card,
    id: AttemptId,
    now: Moment,
) -> AttemptOrder {
    AttemptOrder {
        id,
        generation,
        key: idempotency_key(owed, generation),
        amount: owed.amount,
        card: card.id,
        at_gateway: card.facts.at_gateway,
        intended_at: now,
    }
}

/// Derived from what is owed and never from the moment: whoever asks again asks under the same key.
fn idempotency_key(owed: &Obligation, generation: i64) -> String {
    let mut digest = sha2::Sha256::new();
    for part in [
        owed.hospital.as_str(),
        &owed.entry.to_string(),
        &owed.sequence.to_string(),
        &generation.to_string(),
    ] {
        digest.update(part.len().to_be_bytes());
        digest.update(part.as_bytes());
    }
    hex::encode(digest.finalize())
}
