//! Stripe's calls to us. Each says how one object was when the call was made; order and number mean nothing.

use super::objects::{Charge, Dispute, PaymentIntent, Refund};
use super::{charges, refunds};
use crate::cards::reading::shortened;
use crate::cards::{
    EventAbout, GatewayAnswer, GatewayEvent, ListedCharge, RefundAnswer, WebhookFault,
};
use domain::evidence::{DisputeFinding, DisputeStage};
use domain::yen::Yen;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

#[derive(Deserialize)]
struct Event {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: Value,
}

/// Reads a call whose signature is good.
pub(in crate::cards) fn read(body: &[u8]) -> Result<GatewayEvent, WebhookFault> {
    let event: Event =
        serde_json::from_slice(body).map_err(|_not_ours| WebhookFault::Unreadable)?;
    let raw = shortened(&String::from_utf8_lossy(body));
    let about = match event.kind.as_str() {
        // The charge and not the payment of which it is a part: only it says when the money was taken.
        "charge.succeeded" => of_charge(object(event.data.object)?, &raw)?,
        // The payment and not the charge: only it has the whole of the issuer's answer.
        "payment_intent.payment_failed" | "payment_intent.canceled" => {
            let intent: PaymentIntent = object(event.data.object)?;
            let mut listed = charges::listed_charge(&intent);
            raw.clone_into(&mut listed.answer.raw);
            EventAbout::Charge(listed)
        }
        "refund.created" | "refund.updated" | "refund.failed" => {
            of_refund(&object(event.data.object)?, raw.clone())
        }
        kind if kind.starts_with("charge.dispute.") => of_dispute(object(event.data.object)?)?,
        _ => EventAbout::Other { kind: event.kind },
    };
    Ok(GatewayEvent { id: event.id, about, raw })
}

fn object<T: DeserializeOwned>(value: Value) -> Result<T, WebhookFault> {
    serde_json::from_value(value).map_err(|_not_ours| WebhookFault::Unreadable)
}

/// A charge has the metadata that its payment had when it was made.
fn of_charge(charge: Charge, raw: &str) -> Result<EventAbout, WebhookFault> {
    let named = charge.metadata.get(charges::REFERENCE);
    let generation = charge.metadata.get(charges::GENERATION).and_then(|text| text.parse().ok());
    let (Some(reference), Some(generation), Some(intent)) =
        (named, generation, &charge.payment_intent)
    else {
        return Ok(EventAbout::Other { kind: "charge.succeeded, and not ours".to_owned() });
    };
    if charge.status != "succeeded" || charge.currency != "jpy" {
        return Err(WebhookFault::Unreadable);
    }
    let finding = charges::paid_by(&charge.id, charge.amount, charge.created)
        .map_err(|_range| WebhookFault::Unreadable)?;
    Ok(EventAbout::Charge(ListedCharge {
        reference: reference.clone(),
        generation,
        answer: GatewayAnswer {
            finding,
            source_id: charges::source_id(intent, "succeeded"),
            raw: raw.to_owned(),
        },
    }))
}

fn of_refund(refund: &Refund, raw: String) -> EventAbout {
    let (reference, generation) = refunds::ours(refund);
    let (finding, source_id) = refunds::of_refund(refund);
    EventAbout::Refund {
        reference,
        charge_reference: refund.charge.clone().unwrap_or_default(),
        generation,
        answer: RefundAnswer { finding, source_id, raw },
    }
}

/// An inquiry takes no money yet; one that was closed without becoming a dispute is won.
fn of_dispute(dispute: Dispute) -> Result<EventAbout, WebhookFault> {
    let stage = match dispute.status.as_str() {
        "warning_needs_response" | "warning_under_review" => DisputeStage::Inquiry,
        "needs_response" | "under_review" => DisputeStage::Opened,
        "won" | "warning_closed" | "prevented" => DisputeStage::Won,
        "lost" => DisputeStage::Lost,
        _ => return Err(WebhookFault::Unreadable),
    };
    Ok(EventAbout::Dispute {
        source_id: format!("{}:{}", dispute.id, stage.as_str()),
        finding: DisputeFinding {
            stage,
            amount: Yen::new(dispute.amount).map_err(|_range| WebhookFault::Unreadable)?,
            reference: dispute.id,
            charge_reference: dispute.charge,
            reason: dispute.reason,
        },
    })
}
