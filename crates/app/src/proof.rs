//! 「二重に請求していないこと」, from the data as it is: the rules that must hold, and the report that a
//! hospital's accountant reads.

use crate::closing::issuer;
use crate::{App, AppError};
use domain::charge::ChargeState;
use domain::journal::JournalKind;
use domain::time::Day;
use render::papers::{Beside, NeverTwicePaper};
use std::collections::BTreeMap;
use store::Reader;
use store::invariants::{Held, INVARIANTS, Invariant};

/// One rule, and what was found.
#[derive(Debug)]
pub struct Checked {
    /// The rule.
    pub rule: &'static Invariant,
    /// What was found.
    pub held: Held,
}

/// Asks every rule; `done` is told after each.
pub async fn check(app: &App, done: impl Fn(usize, usize)) -> Result<Vec<Checked>, AppError> {
    let mut checked = Vec::new();
    for rule in INVARIANTS {
        let held = app.store().read(move |reader| store::invariants::held(reader, rule)).await?;
        checked.push(Checked { rule, held });
        done(checked.len(), INVARIANTS.len());
    }
    Ok(checked)
}

/// What the report can be about.
#[derive(Debug)]
pub enum Report {
    /// It is made.
    Made(Box<NeverTwicePaper>),
    /// These days have not been held against the gateway's books: the report would have one side only.
    NotReconciled(Vec<Day>),
}

/// The report about the charges of the days from `first` to `last`.
pub async fn never_twice(app: &App, first: Day, last: Day) -> Result<Report, AppError> {
    let missing = app.store().read(move |reader| not_reconciled(reader, first, last)).await?;
    if !missing.is_empty() {
        return Ok(Report::NotReconciled(missing));
    }
    let checks = check(app, |_, _| ()).await?;
    let checks = checks
        .into_iter()
        .map(|checked| {
            (checked.rule.in_japanese.to_owned(), checked.held.examined, checked.held.broken)
        })
        .collect();
    let made_at = app.now();
    let paper = app.store().read(move |reader| {
        Ok::<_, AppError>(NeverTwicePaper {
            issuer: issuer(reader)?,
            first,
            last,
            made_at,
            sides: sides(reader, first, last)?,
            bills: bills(reader)?,
            checks,
            differences: store::differences::all_open(reader)?,
        })
    });
    Ok(Report::Made(Box::new(paper.await?)))
}

fn days(first: Day, last: Day) -> impl Iterator<Item = Day> {
    std::iter::successors(Some(first), |day| Some(day.tomorrow()))
        .take_while(move |day| *day <= last)
}

fn not_reconciled(reader: &mut Reader<'_>, first: Day, last: Day) -> Result<Vec<Day>, AppError> {
    let mut missing = Vec::new();
    for day in days(first, last) {
        if store::clearing::reconciled_at(reader, day)?.is_none() {
            missing.push(day);
        }
    }
    Ok(missing)
}

/// Ours and the gateway's, kind by kind.
fn sides(reader: &mut Reader<'_>, first: Day, last: Day) -> Result<Vec<Beside>, AppError> {
    let mut sums: BTreeMap<JournalKind, [(u64, i64); 2]> = BTreeMap::new();
    let mut add = |kind: JournalKind, side: usize, yen: i64| {
        if let Some((count, sum)) = sums.entry(kind).or_default().get_mut(side) {
            *count = count.saturating_add(1);
            *sum = sum.saturating_add(yen.saturating_abs());
        }
    };
    for entry in store::journal::of_days(reader, first, last)? {
        add(entry.kind, 0, entry.amount.amount());
    }
    for day in days(first, last) {
        for line in store::clearing::lines_of(reader, day)? {
            if let Some(kind) = JournalKind::of_line(line.kind) {
                add(kind, 1, line.amount.amount());
            }
        }
    }
    let compared = [JournalKind::Payment, JournalKind::Refund, JournalKind::RefundFailed];
    let side = |kind: JournalKind| {
        let [ours, theirs] = sums.get(&kind).copied().unwrap_or_default();
        Beside { name: kind.in_japanese(), ours, theirs }
    };
    Ok(compared.map(side).to_vec())
}

/// Where every charge stands that was ever planned.
fn bills(reader: &mut Reader<'_>) -> Result<Vec<(&'static str, u64, i64)>, AppError> {
    let counts = store::charges::count_by_state(reader)?;
    Ok(ChargeState::ALL
        .into_iter()
        .filter_map(|state| counts.get(&state).map(|(count, sum)| (name(state), *count, *sum)))
        .collect())
}

/// A state in an accountant's words.
const fn name(state: ChargeState) -> &'static str {
    match state {
        ChargeState::Scheduled => "請求の予定",
        ChargeState::Due => "請求の当日（または再請求を待つもの）",
        ChargeState::Intended | ChargeState::Sent => "請求の手続き中",
        ChargeState::Unknown => "結果を決済会社に確認中（再請求はしません）",
        ChargeState::AwaitingConsent => "本人の同意を待つもの",
        ChargeState::ActionRequired => "本人の認証を待つもの",
        ChargeState::Paid => "カードで受け取ったもの",
        ChargeState::PartRefunded => "受け取り、一部を返金したもの",
        ChargeState::Refunded => "受け取り、全額を返金したもの",
        ChargeState::Disputed => "カード会員から異議申立のあるもの",
        ChargeState::ReturnedToDesk => "窓口での支払いに戻したもの",
        ChargeState::Withdrawn => "取り下げたもの（窓口で支払い済み、受診の取消など）",
        ChargeState::SettledZero => "負担額が0円のもの",
    }
}
