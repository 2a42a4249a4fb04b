//! What the gateway's answers about refunds, and its lists and accounts, mean.

use super::{NoAnswer, Received, content, not_now, other, read, shortened};
use crate::cards::wire::{
    BookedRefund, ChargeList, ErrorBody, ErrorKind, PayoutList, RefundList, RefundStatus,
    TransactionBody, TransactionList,
};
use crate::cards::{GatewayDown, ListedCharge, RefundAnswer, RefundOrder, webhook};
use domain::clearing::{GatewayPayout, GatewayTransaction, TransactionKind};
use domain::evidence::RefundFinding;
use domain::time::{Day, Moment};
use domain::yen::{SignedYen, Yen};

/// What came of asking for money back, or of asking after a refund.
pub(in crate::cards) fn refund(
    order: &RefundOrder,
    received: Result<Received, NoAnswer>,
    is_enquiry: bool,
) -> RefundAnswer {
    let received = match received {
        Ok(received) => received,
        Err(none) => return unclear(order, &none, ""),
    };
    let found = match (received.status, is_enquiry) {
        (200, true) => {
            read::<RefundList>(&received).and_then(|list| of_list(order, &received, list))
        }
        (200, false) => {
            read::<BookedRefund>(&received).and_then(|refund| of_one(order, &received, &refund))
        }
        (400, false) => of_refusal(order, &received),
        (409 | 429, false) => match not_now(&received) {
            Some(why) => Ok((RefundFinding::Busy { why }, format!("{}:busy", order.key))),
            None => Err(other(&received)),
        },
        _ => Err(other(&received)),
    };
    match found {
        Ok((finding, source_id)) => {
            RefundAnswer { finding, source_id, raw: shortened(&received.body) }
        }
        Err(none) => unclear(order, &none, &received.body),
    }
}

fn unclear(order: &RefundOrder, none: &NoAnswer, raw: &str) -> RefundAnswer {
    RefundAnswer {
        finding: RefundFinding::Unclear { why: none.to_string() },
        source_id: format!("{}:unclear", order.key),
        raw: shortened(raw),
    }
}

fn of_list(
    order: &RefundOrder,
    received: &Received,
    list: RefundList,
) -> Result<(RefundFinding, String), NoAnswer> {
    match list.refunds.last() {
        None => Ok((RefundFinding::Absent, format!("{}:absent", order.key))),
        Some(refund) => of_one(order, received, refund),
    }
}

fn of_one(
    order: &RefundOrder,
    received: &Received,
    refund: &BookedRefund,
) -> Result<(RefundFinding, String), NoAnswer> {
    let is_ours = refund.reference == order.reference
        && refund.generation == order.generation
        && refund.charge == order.charge_reference;
    if !is_ours {
        let what = format!("{} is not the refund that was asked for", refund.id);
        return Err(content(received, what));
    }
    Ok(of_refund(refund))
}

/// What a refund in the gateway's books says.
pub(in crate::cards) fn of_refund(refund: &BookedRefund) -> (RefundFinding, String) {
    let reference = refund.id.clone();
    let finding = match (refund.status, Yen::new(refund.amount)) {
        (RefundStatus::Succeeded, Ok(amount)) => RefundFinding::Done {
            reference,
            amount,
            refunded_at: Moment::from_ms(refund.created_ms),
        },
        (RefundStatus::Succeeded, Err(fault)) => RefundFinding::Unclear { why: fault.to_string() },
        (RefundStatus::Pending, _) => RefundFinding::Pending { reference },
        (RefundStatus::Failed, _) => {
            RefundFinding::Failed { reference, code: "came_back".to_owned() }
        }
    };
    (finding, format!("{}:{}", refund.id, refund.status.as_str()))
}

/// A 400 says that the request cannot be carried out: nothing has moved. Any other reason than those that
/// mean that is for people to look at.
fn of_refusal(
    order: &RefundOrder,
    received: &Received,
) -> Result<(RefundFinding, String), NoAnswer> {
    let error = read::<ErrorBody>(received)?.error;
    let clear = ["charge_not_found", "charge_disputed", "refund_too_large"];
    if error.kind == ErrorKind::InvalidRequest && clear.contains(&error.code.as_str()) {
        let source_id = format!("{}:{}", order.key, error.code);
        return Ok((RefundFinding::Refused { code: error.code }, source_id));
    }
    Err(other(received))
}

/// The gateway's list of charges.
pub(in crate::cards) fn charges_listed(
    received: Result<Received, NoAnswer>,
) -> Result<Vec<ListedCharge>, GatewayDown> {
    let list: ChargeList = listed("list charges", received)?;
    let unreadable = |source| GatewayDown { doing: "list charges", source: Box::new(source) };
    list.charges
        .iter()
        .map(|charge| {
            let raw = serde_json::to_string(charge).unwrap_or_default();
            webhook::of_charge(charge, &raw).map_err(unreadable)
        })
        .collect()
}

/// The lines of the gateway's accounts.
pub(in crate::cards) fn transactions(
    received: Result<Received, NoAnswer>,
) -> Result<Vec<GatewayTransaction>, GatewayDown> {
    let list: TransactionList = listed("tell its accounts", received)?;
    list.transactions.into_iter().map(transaction).collect()
}

fn transaction(line: TransactionBody) -> Result<GatewayTransaction, GatewayDown> {
    let kind = match line.kind.as_str() {
        "charge" => TransactionKind::Charge,
        "refund" => TransactionKind::Refund,
        "refund_failed" => TransactionKind::RefundFailed,
        "dispute" => TransactionKind::Dispute,
        "dispute_reversed" => TransactionKind::DisputeReversed,
        "fee" => TransactionKind::Fee,
        "payout" => TransactionKind::Payout,
        _ => TransactionKind::Adjustment,
    };
    let signed = |amount| {
        SignedYen::new(amount)
            .map_err(|source| GatewayDown { doing: "tell its accounts", source: Box::new(source) })
    };
    Ok(GatewayTransaction {
        kind,
        amount: signed(line.amount)?,
        fee: signed(line.fee)?,
        id: line.id,
        source: line.source,
        reference: line.reference,
        payout: line.payout,
        booked_at: Moment::from_ms(line.booked_ms),
    })
}

/// What the gateway sends to the bank.
pub(in crate::cards) fn payouts(
    received: Result<Received, NoAnswer>,
) -> Result<Vec<GatewayPayout>, GatewayDown> {
    const DOING: &str = "tell its payouts";
    let list: PayoutList = listed(DOING, received)?;
    list.payouts
        .into_iter()
        .map(|payout| {
            let amount = Yen::new(payout.amount)
                .map_err(|source| GatewayDown { doing: DOING, source: Box::new(source) })?;
            let arrives_on = Day::parse(&payout.arrives_on)
                .map_err(|source| GatewayDown { doing: DOING, source: Box::new(source) })?;
            Ok(GatewayPayout { id: payout.id, amount, arrives_on })
        })
        .collect()
}

fn listed<T: serde::de::DeserializeOwned>(
    doing: &'static str,
    received: Result<Received, NoAnswer>,
) -> Result<T, GatewayDown> {
    let down = |source: NoAnswer| GatewayDown { doing, source: Box::new(source) };
    let received = received.map_err(down)?;
    if received.status != 200 {
        return Err(down(other(&received)));
    }
    read(&received).map_err(down)
}
