//! Refunds at Stripe.

use super::objects::{Refund, error_of, not_now, other};
use super::{Form, Stripe};
use crate::cards::reading::{NoAnswer, Received, content, read, shortened};
use crate::cards::{RefundAnswer, RefundOrder};
use domain::evidence::RefundFinding;
use domain::time::Moment;
use domain::yen::Yen;

/// Metadata under which Stripe keeps our own name of a refund, and which attempt of it.
pub(super) const REFERENCE: &str = "refund";
pub(super) const GENERATION: &str = "attempt";

const REFUNDS: &[&str] = &["v1", "refunds"];

impl Stripe {
    pub(in crate::cards) async fn refund(&self, order: &RefundOrder) -> RefundAnswer {
        let received = match self.post(REFUNDS, Some(&order.key), &form(order)).await {
            Ok(received) => received,
            Err(none) => return answer(order, "", Err(none)),
        };
        if received.status == 400
            && let Some(code) = refusal(&received)
        {
            return self.refused_refund(order, &received, code).await;
        }
        let found = match received.status {
            200 => read::<Refund>(&received).and_then(|refund| of_one(order, &received, &refund)),
            409 | 429 if let Some(why) = not_now(&received) => {
                Ok((RefundFinding::Busy { why }, format!("{}:busy", order.key)))
            }
            _ => Err(other(&received)),
        };
        answer(order, &received.body, found)
    }

    /// Stripe judges what can go back before it looks at the key: an order that was carried out and is sent
    /// again is refused as too large. Its list decides.
    async fn refused_refund(
        &self,
        order: &RefundOrder,
        received: &Received,
        code: String,
    ) -> RefundAnswer {
        let listed = self.enquire_refund(order).await;
        if listed.finding != RefundFinding::Absent {
            return listed;
        }
        let source_id = format!("{}:{code}", order.key);
        answer(order, &received.body, Ok((RefundFinding::Refused { code }, source_id)))
    }

    pub(in crate::cards) async fn enquire_refund(&self, order: &RefundOrder) -> RefundAnswer {
        let query = [("charge", order.charge_reference.as_str())];
        let listed = match self.list::<Refund>(REFUNDS, &query).await {
            Ok(listed) => listed,
            Err(none) => return answer(order, "", Err(none)),
        };
        let found = match listed.iter().find(|refund| is_of(order, refund)) {
            Some(refund) => of_refund(refund),
            None => (RefundFinding::Absent, format!("{}:absent", order.key)),
        };
        answer(order, &found.1.clone(), Ok(found))
    }
}

fn form(order: &RefundOrder) -> Form {
    vec![
        ("charge", order.charge_reference.clone()),
        ("amount", order.amount.amount().to_string()),
        ("reason", "requested_by_customer".to_owned()),
        ("metadata[refund]", order.reference.clone()),
        ("metadata[attempt]", order.generation.to_string()),
    ]
}

fn answer(
    order: &RefundOrder,
    raw: &str,
    found: Result<(RefundFinding, String), NoAnswer>,
) -> RefundAnswer {
    let (finding, source_id) = found.unwrap_or_else(|none| {
        (RefundFinding::Unclear { why: none.to_string() }, format!("{}:unclear", order.key))
    });
    RefundAnswer { finding, source_id, raw: shortened(raw) }
}

fn is_of(order: &RefundOrder, refund: &Refund) -> bool {
    let (reference, generation) = ours(refund);
    reference == order.reference && generation == order.generation
}

/// Our own name, and which attempt; what is not ours goes by Stripe's name.
pub(super) fn ours(refund: &Refund) -> (String, i64) {
    let reference = refund.metadata.get(REFERENCE).cloned();
    let generation = refund.metadata.get(GENERATION).and_then(|text| text.parse().ok());
    match (reference, generation) {
        (Some(reference), Some(generation)) => (reference, generation),
        (Some(_) | None, _) => (refund.id.clone(), 0),
    }
}

fn of_one(
    order: &RefundOrder,
    received: &Received,
    refund: &Refund,
) -> Result<(RefundFinding, String), NoAnswer> {
    let is_ours =
        is_of(order, refund) && refund.charge.as_deref() == Some(order.charge_reference.as_str());
    if !is_ours {
        let what = format!("{} is not the refund that was asked for", refund.id);
        return Err(content(received, what));
    }
    Ok(of_refund(refund))
}

/// What a refund of Stripe's says. `canceled` and `failed` mean that the money is back with us.
pub(super) fn of_refund(refund: &Refund) -> (RefundFinding, String) {
    let reference = refund.id.clone();
    let status = refund.status.as_deref().unwrap_or("unknown");
    let finding = match (status, Yen::new(refund.amount)) {
        ("succeeded", Ok(amount)) => RefundFinding::Done {
            reference,
            amount,
            refunded_at: Moment::from_ms(refund.created.saturating_mul(1_000)),
        },
        ("succeeded", Err(fault)) => RefundFinding::Unclear { why: fault.to_string() },
        ("pending" | "requires_action", _) => RefundFinding::Pending { reference },
        ("failed" | "canceled", _) => RefundFinding::Failed {
            reference,
            code: refund.failure_reason.clone().unwrap_or_else(|| status.to_owned()),
        },
        (status, _) => RefundFinding::Unclear { why: format!("{reference} is {status}") },
    };
    (finding, format!("{}:{status}", refund.id))
}

/// Why nothing can go back, where Stripe says that it is the charge or the amount.
fn refusal(received: &Received) -> Option<String> {
    let error = error_of(received)?;
    let known = error.has_code(&[
        "charge_already_refunded",
        "charge_disputed",
        "refund_disputed_payment",
        "charge_not_refundable",
    ]);
    let is_about =
        error.param.as_deref().is_some_and(|param| ["charge", "amount"].contains(&param));
    let is_ours = error.kind == "invalid_request_error" && (known || is_about);
    is_ours.then(|| error.code.unwrap_or_else(|| "refund_too_large".to_owned()))
}
