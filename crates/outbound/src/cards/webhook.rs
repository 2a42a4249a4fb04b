//! Whether a call is the gateway's, and what it says.

use super::reading;
use super::wire::{BookedCharge, EventBody};
use super::{EventAbout, GatewayEvent, ListedCharge, RefundAnswer, WebhookFault};
use domain::evidence::{DisputeFinding, DisputeStage};
use domain::time::Moment;
use domain::yen::Yen;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// How far the moment of signing may lie away, in seconds.
const TOLERANCE_S: i64 = 300;

/// Checks the signature of a call: `t=SECONDS,v1=HEX`, several `v1` while secrets are exchanged. Secrets
/// are compared in constant time.
pub(super) fn check_signature(
    header: Option<&str>,
    body: &[u8],
    secrets: &[String],
    now: Moment,
) -> Result<(), WebhookFault> {
    let header = header.ok_or(WebhookFault::NoSignature)?;
    let mut seconds = None;
    let mut digests = Vec::new();
    for part in header.split(',') {
        match part.trim().split_once('=') {
            Some(("t", value)) => seconds = value.parse::<i64>().ok(),
            Some(("v1", value)) => digests.extend(hex::decode(value).ok()),
            Some(_) | None => {}
        }
    }
    let seconds = seconds.ok_or(WebhookFault::NoSignature)?;
    let is_ours = secrets.iter().any(|secret| {
        digests.iter().any(|digest| {
            Hmac::<Sha256>::new_from_slice(secret.as_bytes()).is_ok_and(|mut mac| {
                mac.update(format!("{seconds}.").as_bytes());
                mac.update(body);
                mac.verify_slice(digest).is_ok()
            })
        })
    });
    if !is_ours {
        return Err(WebhookFault::BadSignature);
    }
    let age = now.ms().div_euclid(1_000).saturating_sub(seconds);
    if age.saturating_abs() > TOLERANCE_S {
        return Err(WebhookFault::TooOld);
    }
    Ok(())
}

/// Reads a call of the sandbox whose signature is good.
pub(super) fn read(body: &[u8]) -> Result<GatewayEvent, WebhookFault> {
    let event: EventBody =
        serde_json::from_slice(body).map_err(|_not_ours| WebhookFault::Unreadable)?;
    let raw = reading::shortened(&String::from_utf8_lossy(body));
    let about = match (event.charge, event.refund, event.dispute) {
        (Some(charge), None, None) => EventAbout::Charge(of_charge(&charge, &raw)?),
        (None, Some(refund), None) => {
            let (finding, source_id) = reading::of_refund(&refund);
            EventAbout::Refund {
                reference: refund.reference,
                charge_reference: refund.charge,
                generation: refund.generation,
                answer: RefundAnswer { finding, source_id, raw: raw.clone() },
            }
        }
        (None, None, Some(dispute)) => EventAbout::Dispute {
            source_id: format!("{}:{}", dispute.id, dispute.stage),
            finding: DisputeFinding {
                stage: DisputeStage::parse(&dispute.stage).ok_or(WebhookFault::Unreadable)?,
                amount: Yen::new(dispute.amount).map_err(|_range| WebhookFault::Unreadable)?,
                reference: dispute.id,
                charge_reference: dispute.charge,
                reason: dispute.reason,
            },
        },
        _ => EventAbout::Other { kind: event.kind },
    };
    Ok(GatewayEvent { id: event.id, about, raw })
}

/// A charge of a list or of a call, whose order nobody has at hand. Its amount is compared later, with
/// what was asked for.
pub(super) fn of_charge(charge: &BookedCharge, raw: &str) -> Result<ListedCharge, WebhookFault> {
    let (finding, source_id) = reading::found(charge).map_err(|_why| WebhookFault::Unreadable)?;
    Ok(ListedCharge {
        reference: charge.reference.clone(),
        generation: charge.generation,
        answer: super::GatewayAnswer { finding, source_id, raw: raw.to_owned() },
    })
}
