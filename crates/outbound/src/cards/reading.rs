//! What an answer of the sandbox means, whether it came by HTTP or from this process. One reading for both,
//! so that what tests prove of one holds for the other.

mod accounts;

pub(super) use accounts::{charges_listed, of_refund, payouts, refund, transactions};

use super::sandbox::Delivery;
use super::wire::{
    BookedCharge, CardBody, ChargeList, ChargeStatus, ErrorBody, ErrorKind, SetupBody, SetupStatus,
};
use super::{CardSetup, ChargeOrder, GatewayAnswer, GatewayDown, SetupOutcome};
use domain::card::{CardFacts, Expiry, Funding, GatewayCard};
use domain::decline::Decline;
use domain::evidence::Finding;
use domain::time::Moment;
use domain::yen::{AmountOutOfRange, Yen};

/// As much of an answer as is kept as evidence.
const RAW_BYTES_MAX: usize = 16_384;

/// An answer as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Received {
    pub status: u16,
    pub body: String,
}

/// Why there is no answer that says anything.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoAnswer {
    /// No connection, a broken one, or a time-out: the request may have arrived.
    #[error("network: {0}")]
    Network(String),
    /// The gateway is in trouble: the request may have been carried out.
    #[error("server: HTTP status {status}")]
    Server { status: u16 },
    /// The answer is not one that this question has.
    #[error("content: HTTP status {status}: {what}")]
    Content { status: u16, what: String },
}

pub(super) fn of_sandbox(delivery: Delivery) -> Result<Received, NoAnswer> {
    match delivery {
        Delivery::Answered(answer) => Ok(Received { status: answer.status, body: answer.body }),
        Delivery::Lost => Err(NoAnswer::Network("the answer never came".to_owned())),
    }
}

pub(super) fn content(received: &Received, what: impl Into<String>) -> NoAnswer {
    NoAnswer::Content { status: received.status, what: what.into() }
}

/// An answer that is neither what was hoped for nor an error that means something here.
fn other(received: &Received) -> NoAnswer {
    if received.status >= 500 {
        return NoAnswer::Server { status: received.status };
    }
    match error_of(received) {
        Some(error) => content(received, format!("{}: {}", error.error.code, error.error.message)),
        None => content(received, "not an answer of this gateway"),
    }
}

fn error_of(received: &Received) -> Option<ErrorBody> {
    serde_json::from_str(&received.body).ok()
}

pub(super) fn read<T: serde::de::DeserializeOwned>(received: &Received) -> Result<T, NoAnswer> {
    serde_json::from_str(&received.body).map_err(|fault| content(received, fault.to_string()))
}

/// Whether the gateway itself says that it has no such thing; a wrong address answers 404 too.
fn is_missing(received: &Received) -> bool {
    received.status == 404
        && error_of(received).is_some_and(|body| body.error.code == "resource_missing")
}

/// What came of asking for a card page.
pub(super) fn setup_started(
    received: Result<Received, NoAnswer>,
) -> Result<CardSetup, GatewayDown> {
    let down = |source| GatewayDown::new("start a card page", source);
    let received = received.map_err(down)?;
    if received.status != 200 {
        return Err(down(other(&received)));
    }
    let body: SetupBody = read(&received).map_err(down)?;
    Ok(CardSetup { setup_id: body.id, page_url: body.page_url })
}

/// What came of asking after a card page.
pub(super) fn setup_outcome(
    received: Result<Received, NoAnswer>,
) -> Result<SetupOutcome, GatewayDown> {
    let down = |source| GatewayDown::new("tell what became of a card page", source);
    let received = received.map_err(down)?;
    if is_missing(&received) {
        return Ok(SetupOutcome::NotFinished);
    }
    if received.status != 200 {
        return Err(down(other(&received)));
    }
    let body: SetupBody = read(&received).map_err(down)?;
    Ok(match (body.status, body.card) {
        (SetupStatus::Open | SetupStatus::RequiresAuthentication, _) => SetupOutcome::NotFinished,
        (SetupStatus::Cancelled, _) => SetupOutcome::Cancelled,
        (SetupStatus::Declined, _) => SetupOutcome::Declined {
            code: body.decline_code.unwrap_or_else(|| "unknown".to_owned()),
        },
        (SetupStatus::Saved, Some(card)) => SetupOutcome::Saved(facts(card)),
        (SetupStatus::Saved, None) => {
            return Err(down(content(&received, "saved, but without a card")));
        }
    })
}

fn facts(card: CardBody) -> CardFacts {
    CardFacts {
        at_gateway: GatewayCard { customer: card.customer, payment_method: card.id },
        brand: card.brand,
        last_four: card.last_four,
        expiry: Expiry { year: card.expiry_year, month: card.expiry_month },
        funding: Funding::from_gateway(&card.funding),
        authenticated: card.authenticated,
    }
}

/// What came of asking to delete a card.
pub(super) fn card_forgotten(received: Result<Received, NoAnswer>) -> Result<(), GatewayDown> {
    let down = |source| GatewayDown::new("delete a card", source);
    let received = received.map_err(down)?;
    if received.status == 200 || is_missing(&received) {
        Ok(())
    } else {
        Err(down(other(&received)))
    }
}

/// What came of asking for money.
pub(super) fn charge(order: &ChargeOrder, received: Result<Received, NoAnswer>) -> GatewayAnswer {
    let received = match received {
        Ok(received) => received,
        Err(none) => return unclear(order, &none, ""),
    };
    let found = match received.status {
        200 => {
            read::<BookedCharge>(&received).and_then(|charge| of_charge(order, &received, &charge))
        }
        400 | 402 => of_refusal(order, &received),
        409 | 429 if let Some(why) = not_now(&received) => {
            Ok((Finding::Busy { why }, format!("{}:busy", order.key)))
        }
        _ => Err(other(&received)),
    };
    match found {
        Ok((finding, source_id)) => {
            GatewayAnswer { finding, source_id, raw: shortened(&received.body) }
        }
        Err(none) => unclear(order, &none, &received.body),
    }
}

/// What came of asking after an attempt.
pub(super) fn enquiry(order: &ChargeOrder, received: Result<Received, NoAnswer>) -> GatewayAnswer {
    let received = match received {
        Ok(received) => received,
        Err(none) => return unclear(order, &none, ""),
    };
    let found = if received.status == 200 {
        read::<ChargeList>(&received).and_then(|list| of_list(order, &received, &list.charges))
    } else {
        Err(other(&received))
    };
    match found {
        Ok((finding, source_id)) => {
            GatewayAnswer { finding, source_id, raw: shortened(&received.body) }
        }
        Err(none) => unclear(order, &none, &received.body),
    }
}

/// The attempt may stand in the list more than once only if something went very wrong; money that was
/// taken is then what must be heard first.
fn of_list(
    order: &ChargeOrder,
    received: &Received,
    charges: &[BookedCharge],
) -> Result<(Finding, String), NoAnswer> {
    // A list that was not asked for proves nothing, least of all absence.
    if let Some(stranger) = charges.iter().find(|charge| !is_of(order, charge)) {
        return Err(content(
            received,
            format!("the list holds {}, which was not asked for", stranger.id),
        ));
    }
    let paid = || charges.iter().filter(|charge| charge.status == ChargeStatus::Succeeded);
    if paid().count() > 1 {
        tracing::error!(
            reference = order.reference,
            "the gateway took the money for one attempt more than once"
        );
    }
    match paid().next().or_else(|| charges.last()) {
        Some(charge) => of_charge(order, received, charge),
        None => Ok((Finding::Absent, format!("{}:absent", order.key))),
    }
}

fn is_of(order: &ChargeOrder, charge: &BookedCharge) -> bool {
    charge.reference == order.reference && charge.generation == order.generation
}

fn of_charge(
    order: &ChargeOrder,
    received: &Received,
    charge: &BookedCharge,
) -> Result<(Finding, String), NoAnswer> {
    if !is_of(order, charge) || charge.currency != "jpy" {
        return Err(content(
            received,
            format!("{} is not the charge that was asked for", charge.id),
        ));
    }
    found(charge).map_err(|fault| content(received, fault.to_string()))
}

/// What a charge in the gateway's books says.
pub(super) fn found(charge: &BookedCharge) -> Result<(Finding, String), AmountOutOfRange> {
    let finding = match charge.status {
        ChargeStatus::Succeeded => Finding::Paid {
            reference: charge.id.clone(),
            amount: Yen::new(charge.amount)?,
            paid_at: Moment::from_ms(charge.created_ms),
        },
        ChargeStatus::Failed => Finding::Declined(Decline::from_gateway(
            charge.decline_code.as_deref().unwrap_or("generic_decline"),
            charge.advice_code.as_deref(),
        )),
        ChargeStatus::RequiresAuthentication => Finding::ActionRequired,
    };
    Ok((finding, format!("{}:{}", charge.id, charge.status.as_str())))
}

/// A 402 is the issuer's no. A 400 says that the request cannot be carried out; the gateway looks the
/// key up before it judges anything else, so nothing was ever booked under it. Only those
/// reasons count as a no that another attempt would meet again; any other is for people to look at.
fn of_refusal(order: &ChargeOrder, received: &Received) -> Result<(Finding, String), NoAnswer> {
    let error = read::<ErrorBody>(received)?.error;
    match (received.status, error.kind) {
        (402, ErrorKind::Card) => match &error.charge {
            Some(charge) if charge.status != ChargeStatus::Succeeded => {
                of_charge(order, received, charge)
            }
            Some(_) | None => Err(content(received, "a decline without its charge")),
        },
        (400, ErrorKind::InvalidRequest)
            if ["amount_too_small", "amount_too_large", "detached_card"]
                .contains(&error.code.as_str()) =>
        {
            let decline = Decline::from_gateway(&error.code, Some("do_not_try_again"));
            Ok((Finding::Declined(decline), format!("{}:{}", order.key, error.code)))
        }
        (_, ErrorKind::Idempotency) => {
            tracing::error!(
                reference = order.reference,
                "an idempotency key was used for another request"
            );
            Err(other(received))
        }
        (
            _,
            ErrorKind::Card | ErrorKind::InvalidRequest | ErrorKind::RateLimit | ErrorKind::Api,
        ) => Err(other(received)),
    }
}

/// Whether the gateway says clearly that it has not taken this request in: too many at once, or another
/// with the same key is being carried out. A 429 of somebody else's proxy is not its word.
pub(super) fn not_now(received: &Received) -> Option<String> {
    let error = error_of(received)?.error;
    let is_so = match error.kind {
        ErrorKind::RateLimit => received.status == 429,
        ErrorKind::Idempotency => received.status == 409 && error.code == "key_in_use",
        ErrorKind::Card | ErrorKind::InvalidRequest | ErrorKind::Api => false,
    };
    is_so.then(|| format!("HTTP status {}: {}", received.status, error.code))
}

fn unclear(order: &ChargeOrder, none: &NoAnswer, raw: &str) -> GatewayAnswer {
    GatewayAnswer {
        finding: Finding::Unclear { why: none.to_string() },
        source_id: format!("{}:unclear", order.key),
        raw: shortened(raw),
    }
}

pub(super) fn shortened(raw: &str) -> String {
    raw.get(..raw.floor_char_boundary(RAW_BYTES_MAX)).unwrap_or_default().to_owned()
}

impl GatewayDown {
    pub(super) fn new(doing: &'static str, source: NoAnswer) -> Self {
        Self { doing, source: Box::new(source) }
    }
}

#[cfg(test)]
mod tests;
