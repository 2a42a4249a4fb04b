//! Disputes (chargebacks): what a card company takes back, and whether the hospital gets it again.

use super::plan::open_exception;
use super::{Applied, record, until_not_overtaken};
use crate::{App, AppError};
use domain::audit::Act;
use domain::charge_fold::Folded;
use domain::evidence::{Conflict, DisputeFinding, EvidenceSource};
use domain::id::EvidenceId;
use domain::time::Moment;
use store::attempts::Effect;
use store::charges::{StoredCharge, Written};

/// Folds one word about a dispute into its charge. The same word again changes nothing.
pub async fn apply_dispute(
    app: &App,
    finding: DisputeFinding,
    source: EvidenceSource,
    source_id: String,
    raw: String,
) -> Result<Applied, AppError> {
    until_not_overtaken(|| {
        let now = app.now();
        let id: EvidenceId = app.ids().id(now);
        let (finding, source_id, raw) = (finding.clone(), source_id.clone(), raw.clone());
        app.store().write(move |tx| {
            let charge = store::charges::by_reference(tx, &finding.charge_reference)?;
            let Some(charge) = charge else { return Ok(Applied::NoSuchCharge) };
            let Some(StoredCharge { charge, version }) = store::charges::by_id(tx, charge)? else {
                return Ok(Applied::NoSuchCharge);
            };
            let before = charge.state();
            let words = Words { id, source, source_id: &source_id, raw: &raw, now };
            if store::attempts::is_word_known(tx, source, &source_id)? {
                return Ok(Applied::Now(before));
            }
            let owed = charge.obligation().clone();
            let (state, effect) = match charge.fold_dispute(&finding) {
                Folded::Kept(charge) => (charge.state(), Effect::Kept),
                Folded::Contradicted(charge, conflict) => {
                    open_exception(tx, now, &owed, conflict, &finding.reference)?;
                    (charge.state(), Effect::Contradicted)
                }
                Folded::Moved(charge) => {
                    if store::charges::update(tx, &charge, version, None, now)?
                        == Written::Overtaken
                    {
                        return Err(AppError::Overtaken);
                    }
                    record(tx, &charge, Act::ChargeMoved, Some(before), now);
                    open_exception(tx, now, &owed, Conflict::Disputed, &finding.reference)?;
                    (charge.state(), Effect::Moved)
                }
            };
            words.keep(tx, &owed, &finding, effect)?;
            Ok(Applied::Now(state))
        })
    })
    .await
}

/// A word about a dispute as it came.
struct Words<'w> {
    id: EvidenceId,
    source: EvidenceSource,
    source_id: &'w str,
    raw: &'w str,
    now: Moment,
}

impl Words<'_> {
    fn keep(
        &self,
        tx: &mut store::Tx<'_>,
        owed: &domain::charge::Obligation,
        finding: &DisputeFinding,
        effect: Effect,
    ) -> Result<(), AppError> {
        let summary = format!(
            "dispute {} {} of {} ({})",
            finding.reference,
            finding.stage.as_str(),
            finding.amount.amount(),
            finding.reason
        );
        let word = store::attempts::Word {
            id: self.id,
            charge: owed.charge,
            generation: 0,
            source: self.source,
            source_id: self.source_id,
            finding: &summary,
            raw: self.raw,
            seen_at: self.now,
        };
        store::attempts::add_word(tx, &word, effect).map(drop)?;
        Ok(())
    }
}
