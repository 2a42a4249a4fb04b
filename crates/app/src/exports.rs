//! Charges, postings and time lines, as operators and other programs read them. Nothing in them is personal.

use crate::charge::chain_of;
use crate::{App, AppError};
use domain::group::HospitalCode;
use domain::id::ChargeId;
use domain::journal::JournalEntry;
use domain::time::{Day, Moment};
use serde::Serialize;
use std::collections::HashMap;

/// One charge.
#[derive(Debug, Clone, Serialize)]
pub struct ChargeLine {
    /// Its id.
    pub charge: String,
    /// Where.
    pub hospital: String,
    /// The entry that it rests on.
    pub entry: String,
    /// Counts the charges of the entry.
    pub sequence: i64,
    /// 伝票番号 of the bills that it pays for.
    pub slips: Vec<String>,
    /// Its idempotency keys, in the order of their generations.
    pub keys: Vec<String>,
    /// Yen.
    pub amount: i64,
    /// Yen that went back.
    pub refunded: i64,
    /// How far it has come.
    pub state: &'static str,
    /// The gateway's reference, once it has taken the money.
    pub reference: Option<String>,
    /// When, as the gateway says.
    pub paid_at: Option<String>,
}

/// Every charge, oldest first.
pub async fn charges(app: &App) -> Result<Vec<ChargeLine>, AppError> {
    app.store()
        .read(|reader| {
            let mut slips: HashMap<String, Vec<String>> = HashMap::new();
            for (charge, slip) in store::bills::slips_of_charges(reader)? {
                slips.entry(charge).or_default().push(slip);
            }
            let mut keys: HashMap<String, Vec<String>> = HashMap::new();
            for (charge, key) in store::attempts::keys(reader)? {
                keys.entry(charge).or_default().push(key);
            }
            let all = store::charges::all(reader)?;
            Ok(all
                .iter()
                .map(|stored| {
                    let owed = stored.charge.obligation();
                    let charge = owed.charge.to_string();
                    let paid = stored.charge.payment();
                    ChargeLine {
                        hospital: owed.hospital.to_string(),
                        entry: owed.entry.to_string(),
                        sequence: owed.sequence,
                        slips: slips.remove(&charge).unwrap_or_default(),
                        keys: keys.remove(&charge).unwrap_or_default(),
                        amount: owed.amount.amount(),
                        refunded: paid.map_or(0, |paid| paid.refunded.amount()),
                        state: stored.charge.state().as_str(),
                        reference: paid.map(|paid| paid.reference.clone()),
                        paid_at: paid.map(|paid| paid.paid_at.to_string()),
                        charge,
                    }
                })
                .collect())
        })
        .await
}

/// What a hospital's accounting posts, as lines of CSV without the header.
pub async fn postings(
    app: &App,
    hospital: &HospitalCode,
    first: Day,
    last: Day,
) -> Result<Vec<String>, AppError> {
    let hospital = hospital.clone();
    app.store()
        .read(move |reader| {
            let mut lines = Vec::new();
            for posting in store::postings::of_days(reader, &hospital, first, last)? {
                let missing = |what: &str| AppError::Inconsistent {
                    what: format!("{}: no {what}", posting.id),
                };
                let charge = store::charges::by_id(reader, posting.charge)?
                    .ok_or_else(|| missing("charge"))?
                    .charge;
                let owed = charge.obligation();
                let entry =
                    store::entries::by_id(reader, owed.entry)?.ok_or_else(|| missing("entry"))?;
                let bills = store::bills::current_of_entry(reader, owed.entry)?;
                let slips: Vec<String> = bills
                    .iter()
                    .filter(|bill| owed.bills.iter().any(|frozen| frozen.bill == bill.bill))
                    .map(|bill| bill.slip_number.to_string())
                    .collect();
                lines.push(format!(
                    "{},{},{},{},{},{},{}",
                    posting.id,
                    posting.kind.as_str(),
                    entry.number,
                    slips.join(" "),
                    posting.amount.amount(),
                    posting.posted_on,
                    posting.subject,
                ));
            }
            Ok(lines)
        })
        .await
}

/// The journal of some days, as lines of CSV without the header. Titles of accounts are English words; the
/// hospital maps them to its own chart.
pub async fn journal(app: &App, first: Day, last: Day) -> Result<Vec<String>, AppError> {
    app.store()
        .read(move |reader| {
            let entries = store::journal::of_days(reader, first, last)?;
            Ok(entries.iter().map(journal_line).collect())
        })
        .await
}

fn journal_line(entry: &JournalEntry) -> String {
    format!(
        "{},{},{},{},{},{},{},{},{}",
        entry.id,
        entry.booked_on,
        entry.hospital.as_ref().map_or("", HospitalCode::as_str),
        entry.kind.as_str(),
        entry.debit.as_str(),
        entry.credit.as_str(),
        entry.amount.amount(),
        entry.subject,
        entry.charge.map(|charge| charge.to_string()).unwrap_or_default(),
    )
}

/// One thing that happened to a charge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TimeLineEvent {
    /// When, in Asia/Tokyo.
    pub at: String,
    /// What: an act on record, an attempt, a word of the gateway, a refund.
    pub what: String,
    /// The rest, as received where the gateway spoke.
    pub detail: String,
    #[serde(skip)]
    order: (i64, usize),
}

/// The whole time line of a charge, oldest first; `None`: there is no such charge. The staff page shows the
/// same.
pub async fn time_line(
    app: &App,
    charge: ChargeId,
) -> Result<Option<Vec<TimeLineEvent>>, AppError> {
    app.store()
        .read(move |reader| {
            let Some(stored) = store::charges::by_id(reader, charge)? else { return Ok(None) };
            let owed = stored.charge.obligation();
            let mut line = Vec::new();
            let mut add = |at: Moment, what: String, detail: String| {
                let order = (at.ms(), line.len());
                line.push(TimeLineEvent { at: at.to_string(), what, detail, order });
            };
            let chain = chain_of(owed);
            let subject = charge.to_string();
            let mut acts = store::audit::of_subject(reader, &chain, &subject, ACTS_MAX)?;
            acts.reverse();
            for act in acts {
                let detail = format!("{} ({})", act.detail, act.actor);
                add(Moment::from_ms(act.at_ms), act.act, detail);
            }
            for attempt in store::attempts::of_charge(reader, charge)? {
                let detail = format!("{} yen under key {}", attempt.amount.amount(), attempt.key);
                add(attempt.intended_at, format!("attempt {}", attempt.generation), detail);
            }
            for word in store::attempts::evidence_of(reader, charge)? {
                let what = format!("{} {}", word.source, word.effect);
                add(word.seen_at, what, format!("{}: {}", word.finding, word.raw));
            }
            for stored in store::refunds::of_entry(reader, owed.entry)? {
                let terms = &stored.refund.terms;
                let detail = format!(
                    "{} yen, {}, by {}: {}",
                    terms.amount.amount(),
                    terms.reason.as_str(),
                    terms.requested_by,
                    stored.refund.state().as_str()
                );
                add(terms.requested_at, format!("refund {}", terms.id), detail);
            }
            line.sort_by_key(|event| event.order);
            Ok(Some(line))
        })
        .await
}

/// Acts shown of one charge: far more than a charge ever has.
const ACTS_MAX: i64 = 1_000;
