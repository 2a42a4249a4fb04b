//! How the card network calls the merchant: one signed call for each change in its books.

use super::books::Record;
use crate::cards::wire::{BookedCharge, BookedDispute, BookedRefund, ChargeStatus, EventBody};
use domain::time::Moment;
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// The call about a record that was put into the books; customers, cards, pages and keys make none.
pub(super) fn of(entry: u64, index: usize, record: &Record) -> Option<EventBody> {
    let id = format!("evt_{entry:08}_{index}");
    match record {
        Record::Charge(charge) => Some(of_charge(id, charge)),
        Record::Refund(refund) => Some(of_refund(id, refund)),
        Record::Dispute(dispute) => Some(of_dispute(id, dispute)),
        Record::Customer(_)
        | Record::Card(_)
        | Record::Setup(_)
        | Record::Key(_)
        | Record::RefundKey(_) => None,
    }
}

fn of_charge(id: String, charge: &BookedCharge) -> EventBody {
    let kind = match charge.status {
        ChargeStatus::Succeeded => "charge.succeeded",
        ChargeStatus::Failed => "charge.failed",
        ChargeStatus::RequiresAuthentication => "charge.requires_authentication",
    };
    EventBody {
        id,
        kind: kind.to_owned(),
        created_ms: charge.created_ms,
        charge: Some(charge.clone()),
        refund: None,
        dispute: None,
    }
}

fn of_refund(id: String, refund: &BookedRefund) -> EventBody {
    EventBody {
        id,
        kind: format!("refund.{}", refund.status.as_str()),
        created_ms: refund.failed_ms.unwrap_or(refund.created_ms),
        charge: None,
        refund: Some(refund.clone()),
        dispute: None,
    }
}

fn of_dispute(id: String, dispute: &BookedDispute) -> EventBody {
    EventBody {
        id,
        kind: format!("dispute.{}", dispute.stage),
        created_ms: dispute.closed_ms.unwrap_or(dispute.created_ms),
        charge: None,
        refund: None,
        dispute: Some(dispute.clone()),
    }
}

/// The header that proves who calls: `t=SECONDS,v1=HEX` (`domain.md` and Stripe's scheme).
#[must_use]
pub fn signature(secret: &str, body: &[u8], now: Moment) -> String {
    let seconds = now.ms().div_euclid(1_000);
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        // HMAC takes a key of any length.
        return String::new();
    };
    mac.update(format!("{seconds}.").as_bytes());
    mac.update(body);
    format!("t={seconds},v1={}", hex::encode(mac.finalize().into_bytes()))
}
