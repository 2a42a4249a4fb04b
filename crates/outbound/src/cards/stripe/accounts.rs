//! Stripe's accounts with us: balance transactions, and the payouts that they went into.

use super::Stripe;
use super::objects::{Expandable, Metadata, Named};
use super::{charges, refunds};
use crate::cards::GatewayDown;
use crate::cards::reading::NoAnswer;
use domain::clearing::{GatewayPayout, GatewayTransaction, TransactionKind};
use domain::time::{Day, Moment};
use domain::yen::{SignedYen, Yen};
use serde::Deserialize;
use std::collections::BTreeMap;

/// A line of the accounts is in a payout that is made at most so many days later: the longest delay that
/// Stripe lets one choose, and a weekend.
const PAYOUT_WITHIN_MS: i64 = 40 * 86_400_000;

const DAY_S: i64 = 86_400;

#[derive(Deserialize)]
struct BalanceTransaction {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    reporting_category: String,
    amount: i64,
    fee: i64,
    currency: String,
    created: i64,
    #[serde(default)]
    source: Option<Expandable<Source>>,
}

#[derive(Clone, Deserialize)]
struct Source {
    id: String,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Deserialize)]
struct Payout {
    id: String,
    amount: i64,
    arrival_date: i64,
    status: String,
}

impl Named for BalanceTransaction {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Named for Source {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Named for Payout {
    fn id(&self) -> &str {
        &self.id
    }
}

const TRANSACTIONS: &[&str] = &["v1", "balance_transactions"];
const PAYOUTS: &[&str] = &["v1", "payouts"];

impl Stripe {
    pub(in crate::cards) async fn transactions(
        &self,
        from: Moment,
        until: Moment,
    ) -> Result<Vec<GatewayTransaction>, GatewayDown> {
        self.try_transactions(from, until)
            .await
            .map_err(|none| GatewayDown::new("tell its accounts", none))
    }

    async fn try_transactions(
        &self,
        from: Moment,
        until: Moment,
    ) -> Result<Vec<GatewayTransaction>, NoAnswer> {
        let (since, before) = (seconds(from), seconds(until));
        let query = [
            ("created[gte]", since.as_str()),
            ("created[lt]", before.as_str()),
            ("expand[]", "data.source"),
        ];
        let lines = self.list::<BalanceTransaction>(TRANSACTIONS, &query).await?;
        let payout_of = self.payouts_by_line(from, until).await?;
        lines.into_iter().rev().map(|line| transaction(line, &payout_of)).collect()
    }

    /// Which payout each line went into. Only the list of a payout's lines says so, and only for payouts that
    /// Stripe makes by itself.
    async fn payouts_by_line(
        &self,
        from: Moment,
        until: Moment,
    ) -> Result<BTreeMap<String, String>, NoAnswer> {
        let last = Moment::from_ms(until.ms().saturating_add(PAYOUT_WITHIN_MS));
        let (since, before) = (seconds(from), seconds(last));
        let query = [("created[gte]", since.as_str()), ("created[lt]", before.as_str())];
        let mut payout_of = BTreeMap::new();
        for payout in self.list::<Payout>(PAYOUTS, &query).await? {
            let query = [("payout", payout.id.as_str())];
            for line in self.list::<BalanceTransaction>(TRANSACTIONS, &query).await? {
                payout_of.insert(line.id, payout.id.clone());
            }
        }
        Ok(payout_of)
    }

    pub(in crate::cards) async fn payouts(
        &self,
        arriving_on: Day,
    ) -> Result<Vec<GatewayPayout>, GatewayDown> {
        // A day is named by its midnight in UTC, wherever the account is.
        let midnight = arriving_on.days_since_1970().saturating_mul(DAY_S);
        let (since, before) = (midnight.to_string(), midnight.saturating_add(DAY_S).to_string());
        let query = [("arrival_date[gte]", since.as_str()), ("arrival_date[lt]", before.as_str())];
        let down = |none| GatewayDown::new("tell its payouts", none);
        let mut listed = self.list::<Payout>(PAYOUTS, &query).await.map_err(down)?;
        listed.retain(|payout| !["failed", "canceled"].contains(&payout.status.as_str()));
        listed
            .into_iter()
            .rev()
            .map(|payout| {
                let amount = Yen::new(payout.amount).map_err(|fault| down(strange(fault)))?;
                let arrives_on = Day::from_days_since_1970(payout.arrival_date.div_euclid(DAY_S));
                Ok(GatewayPayout { id: payout.id, amount, arrives_on })
            })
            .collect()
    }
}

fn seconds(moment: Moment) -> String {
    moment.ms().div_euclid(1_000).to_string()
}

fn strange(fault: impl ToString) -> NoAnswer {
    NoAnswer::Content { status: 200, what: fault.to_string() }
}

fn transaction(
    line: BalanceTransaction,
    payout_of: &BTreeMap<String, String>,
) -> Result<GatewayTransaction, NoAnswer> {
    if line.currency != "jpy" {
        return Err(strange(format!("{} is in {}", line.id, line.currency)));
    }
    let source = line.source.as_ref();
    let metadata = source.and_then(Expandable::object).map(|source| &source.metadata);
    let reference = metadata.and_then(|metadata| {
        metadata.get(refunds::REFERENCE).or_else(|| metadata.get(charges::REFERENCE))
    });
    Ok(GatewayTransaction {
        kind: kind(&line.kind, &line.reporting_category),
        amount: SignedYen::new(line.amount).map_err(strange)?,
        fee: SignedYen::new(line.fee).map_err(strange)?,
        source: source.map_or_else(String::new, |source| source.id().to_owned()),
        reference: reference.cloned(),
        payout: payout_of.get(&line.id).cloned(),
        booked_at: Moment::from_ms(line.created.saturating_mul(1_000)),
        id: line.id,
    })
}

/// Disputes are adjustments by type; only the category tells them from others.
fn kind(kind: &str, category: &str) -> TransactionKind {
    match (kind, category) {
        ("charge" | "payment", _) => TransactionKind::Charge,
        ("refund" | "payment_refund", _) => TransactionKind::Refund,
        ("refund_failure" | "payment_failure_refund", _) => TransactionKind::RefundFailed,
        (_, "dispute") => TransactionKind::Dispute,
        (_, "dispute_reversal") => TransactionKind::DisputeReversed,
        ("stripe_fee" | "tax_fee", _) => TransactionKind::Fee,
        ("payout", _) => TransactionKind::Payout,
        _ => TransactionKind::Adjustment,
    }
}
