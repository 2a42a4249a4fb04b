//! 照合: a day's journal, the gateway's books and the bank held against each other. What does not agree is
//! listed for its owner; nothing is netted and nothing is corrected by itself.
//!
//! 1. [`read`]: the gateway's list of charges goes through the funnel as evidence, its lines and payouts are
//!    kept as they are, and what only the gateway knows (fees, disputes, payouts) is booked;
//! 2. [`compare`]: journal against lines, payouts against their lines;
//! 3. [`bank`]: payouts against the deposits that the bank has shown.
//!
//! Each step may be killed and run again: everything has its own key.

mod bank;
mod compare;
mod deposits;
mod read;
mod report;

pub use deposits::{BroughtDeposits, DepositCounts, deposits};
pub use report::{Report, Side, Sum};

pub(crate) use compare::net;
pub(crate) use read::whose;

use crate::charge::Means;
use crate::exceptions::Closed;
use crate::{App, AppError};
use domain::audit::{Act, Actor};
use domain::difference::{Difference, DifferenceKind};
use domain::group::HospitalCode;
use domain::time::{Day, Moment};
use domain::yen::SignedYen;
use std::collections::BTreeSet;
use store::{AuditRecord, Reader, Tx};

/// The chain of acts that belong to no hospital.
const HOUSE: &str = "system";

/// Reconciles a day that is not in the future, and compares anew every earlier one that is not settled: a line
/// that came late, an answer that was waited for. Today is reconciled provisionally: the result is shown and
/// nothing of it is put into the queue, since the day's lines still come in.
pub async fn reconcile(app: &App, day: Day, actor: &Actor) -> Result<Report, AppError> {
    let earlier = app.store().read(move |reader| unsettled(reader, day)).await?;
    let changed = read::read(app, day, earlier.first().copied()).await?;
    let (mut opened, mut closed) = (0_u64, 0_u64);
    for &again in &earlier {
        let of_day = compare(app, again, Vec::new(), actor).await?;
        opened = opened.saturating_add(of_day.opened);
        closed = closed.saturating_add(of_day.closed);
    }
    let mut report = compare(app, day, changed, actor).await?;
    report.opened = report.opened.saturating_add(opened);
    report.closed = report.closed.saturating_add(closed);
    report.compared_again = earlier;
    Ok(report)
}

/// Days before another that looking again may settle.
fn unsettled(reader: &mut Reader<'_>, before: Day) -> Result<BTreeSet<Day>, AppError> {
    let mut days = store::clearing::days_waiting(reader, before)?;
    let open = store::differences::all_open(reader)?;
    let open = open.iter().filter(|open| !open.kind.needs_a_person() && open.day < before);
    days.extend(open.map(|open| open.day));
    Ok(days)
}

/// Compares what is known of a day, in a transaction of its own.
async fn compare(
    app: &App,
    day: Day,
    changed: Vec<Difference>,
    actor: &Actor,
) -> Result<Report, AppError> {
    let (now, ids, settings) = (app.now(), app.ids().clone(), app.settings().clone());
    let actor = actor.clone();
    let provisional = day >= now.day();
    app.store()
        .write(move |tx| {
            let means = Means { now, ids: &ids, settings: &settings };
            let mut found = changed.clone();
            let waiting = compare::journal(tx, day, now, &mut found)?;
            compare::payouts(tx, day, now, &mut found)?;
            let shown = bank::deposits(tx, means, day, &mut found)?;
            let (opened, closed) =
                if provisional { (0, 0) } else { keep(tx, day, now, &actor, &found)? };
            if !provisional {
                store::clearing::reconciled(tx, day, waiting, now)?;
            }
            let mut report = report::of_day(tx, day)?;
            report.waiting = waiting;
            (report.provisional, report.opened) = (provisional, opened);
            report.closed = closed.saturating_add(shown);
            if provisional {
                report.differences.extend(found);
            }
            Ok(report)
        })
        .await
        .map(store::Committed::into_inner)
}

/// A difference as it is found, today.
fn difference(
    kind: DifferenceKind,
    (day, now): (Day, Moment),
    subject: &str,
    (ours, theirs): (Option<i64>, Option<i64>),
) -> Result<Difference, AppError> {
    let signed = |amount: Option<i64>| {
        amount
            .map(SignedYen::new)
            .transpose()
            .map_err(|error| AppError::Inconsistent { what: format!("{subject}: {error}") })
    };
    Ok(Difference {
        kind,
        subject: subject.to_owned(),
        day,
        hospital: None,
        ours: signed(ours)?,
        theirs: signed(theirs)?,
        opened_at: now,
    })
}

/// Puts what was found into the queue, and closes what agrees by now.
fn keep(
    tx: &mut Tx<'_>,
    day: Day,
    now: Moment,
    actor: &Actor,
    found: &[Difference],
) -> Result<(u64, u64), AppError> {
    let (mut opened, mut closed) = (0_u64, 0_u64);
    for difference in found {
        if store::differences::open(tx, difference)? {
            opened = opened.saturating_add(1);
            record(tx, Act::DifferenceOpened, &Actor::System, difference, now);
        }
    }
    for open in store::differences::open_of(tx, day)? {
        let still = |other: &Difference| (other.kind, &other.subject) == (open.kind, &open.subject);
        if open.kind.needs_a_person() || found.iter().any(still) {
            continue;
        }
        agrees(tx, &open, now)?;
        closed = closed.saturating_add(1);
    }
    tx.audit(AuditRecord {
        chain: HOUSE.to_owned(),
        at_ms: now.ms(),
        actor: actor.to_string(),
        act: Act::Reconciled.as_str(),
        subject: day.to_string(),
        detail: serde_json::json!({ "opened": opened, "closed": closed }).to_string(),
    });
    Ok((opened, closed))
}

/// Closes a difference that is none any more.
fn agrees(tx: &mut Tx<'_>, difference: &Difference, now: Moment) -> Result<(), AppError> {
    let about = (difference.kind, difference.subject.as_str());
    if store::differences::close(tx, about, &Actor::System, "agrees", now)? {
        record(tx, Act::DifferenceClosed, &Actor::System, difference, now);
    }
    Ok(())
}

/// Closes a difference with a person's explanation. It is not opened again.
pub(crate) async fn explain(
    app: &App,
    about: (DifferenceKind, String),
    actor: &Actor,
    note: String,
) -> Result<Closed, AppError> {
    let (now, actor) = (app.now(), actor.clone());
    app.store()
        .write(move |tx| {
            let open = store::differences::all_open(tx)?;
            let (kind, subject) = &about;
            let Some(difference) =
                open.iter().find(|open| (open.kind, &open.subject) == (*kind, subject))
            else {
                return Ok(Closed::NoneOpen);
            };
            store::differences::close(tx, (*kind, subject), &actor, &note, now)?;
            record(tx, Act::DifferenceClosed, &actor, difference, now);
            Ok::<_, AppError>(Closed::Now)
        })
        .await
        .map(store::Committed::into_inner)
}

fn record(tx: &mut Tx<'_>, act: Act, actor: &Actor, difference: &Difference, now: Moment) {
    let chain = difference.hospital.as_ref().map_or(HOUSE, HospitalCode::as_str);
    let detail = serde_json::json!({
        "kind": difference.kind.as_str(),
        "day": difference.day.to_string(),
        "ours": difference.ours.map(SignedYen::amount),
        "theirs": difference.theirs.map(SignedYen::amount),
    });
    tx.audit(AuditRecord {
        chain: chain.to_owned(),
        at_ms: now.ms(),
        actor: actor.to_string(),
        act: act.as_str(),
        subject: difference.subject.clone(),
        detail: detail.to_string(),
    });
}
