//! Charges at Stripe: a `PaymentIntent` that is made and confirmed in one request.

use super::objects::{Charge, Expandable, PaymentIntent, error_of, not_now, other};
use super::{Form, Stripe};
use crate::cards::reading::{NoAnswer, Received, content, read, shortened};
use crate::cards::{ChargeOrder, GatewayAnswer, GatewayDown, ListedCharge};
use domain::decline::Decline;
use domain::evidence::Finding;
use domain::time::Moment;
use domain::yen::Yen;

/// Metadata under which Stripe keeps our own name of a charge, and which attempt of it.
pub(super) const REFERENCE: &str = "charge";
pub(super) const GENERATION: &str = "attempt";

const CHARGES: &[&str] = &["v1", "payment_intents"];

impl Stripe {
    pub(in crate::cards) async fn charge(&self, order: &ChargeOrder) -> GatewayAnswer {
        let received = match self.post(CHARGES, Some(&order.key), &form(order)).await {
            Ok(received) => received,
            Err(none) => return unclear(order, &none, ""),
        };
        if let Some(code) = refuses_the_card(&received) {
            return self.refused(order, &received, code).await;
        }
        let found = match received.status {
            200 => read::<PaymentIntent>(&received)
                .and_then(|intent| of_intent(order, &received, &intent)),
            400 | 402 => of_refusal(order, &received),
            409 | 429 if let Some(why) = not_now(&received) => {
                Ok((Finding::Busy { why }, format!("{}:busy", order.key)))
            }
            _ => Err(other(&received)),
        };
        answer(order, &received.body, found)
    }

    /// Stripe judges parameters before it looks at the key, so a card that was deleted since the first
    /// request under this key is refused although that request may have taken the money. Its list decides.
    async fn refused(
        &self,
        order: &ChargeOrder,
        received: &Received,
        code: String,
    ) -> GatewayAnswer {
        let listed = self.enquire(order).await;
        if listed.finding != Finding::Absent {
            return listed;
        }
        let decline = Decline::from_gateway(&code, Some("do_not_try_again"));
        let found = (Finding::Declined(decline), format!("{}:{code}", order.key));
        answer(order, &received.body, Ok(found))
    }

    /// The list of the customer's payments, not the search: that lags behind.
    pub(in crate::cards) async fn enquire(&self, order: &ChargeOrder) -> GatewayAnswer {
        let query =
            [("customer", order.at_gateway.customer.as_str()), ("expand[]", "data.latest_charge")];
        match self.list::<PaymentIntent>(CHARGES, &query).await {
            Ok(mut listed) => {
                listed.retain(|intent| is_of(order, intent));
                let raw = listed.iter().map(summary).collect::<Vec<_>>().join("\n");
                answer(order, &raw, of_list(order, &listed))
            }
            Err(none) => unclear(order, &none, ""),
        }
    }

    pub(in crate::cards) async fn charges_since(
        &self,
        from: Moment,
    ) -> Result<Vec<ListedCharge>, GatewayDown> {
        let seconds = from.ms().div_euclid(1_000).to_string();
        let query = [("created[gte]", seconds.as_str()), ("expand[]", "data.latest_charge")];
        let listed = self
            .list::<PaymentIntent>(CHARGES, &query)
            .await
            .map_err(|none| GatewayDown::new("list charges", none))?;
        Ok(listed.iter().rev().map(listed_charge).collect())
    }
}

/// The same order gives the same bytes.
fn form(order: &ChargeOrder) -> Form {
    vec![
        ("amount", order.amount.amount().to_string()),
        ("currency", "jpy".to_owned()),
        ("customer", order.at_gateway.customer.clone()),
        ("payment_method", order.at_gateway.payment_method.clone()),
        ("payment_method_types[0]", "card".to_owned()),
        ("confirm", "true".to_owned()),
        ("off_session", "true".to_owned()),
        ("description", order.description.clone()),
        ("metadata[charge]", order.reference.clone()),
        ("metadata[attempt]", order.generation.to_string()),
        ("expand[0]", "latest_charge".to_owned()),
    ]
}

fn answer(
    order: &ChargeOrder,
    raw: &str,
    found: Result<(Finding, String), NoAnswer>,
) -> GatewayAnswer {
    match found {
        Ok((finding, source_id)) => GatewayAnswer { finding, source_id, raw: shortened(raw) },
        Err(none) => unclear(order, &none, raw),
    }
}

fn unclear(order: &ChargeOrder, none: &NoAnswer, raw: &str) -> GatewayAnswer {
    GatewayAnswer {
        finding: Finding::Unclear { why: none.to_string() },
        source_id: format!("{}:unclear", order.key),
        raw: shortened(raw),
    }
}

fn is_of(order: &ChargeOrder, intent: &PaymentIntent) -> bool {
    let (reference, generation) = ours(intent);
    reference == order.reference && generation == order.generation
}

/// Our own name, and which attempt; what is not ours goes by Stripe's name.
fn ours(intent: &PaymentIntent) -> (String, i64) {
    let reference = intent.metadata.get(REFERENCE).cloned();
    let generation = intent.metadata.get(GENERATION).and_then(|text| text.parse().ok());
    match (reference, generation) {
        (Some(reference), Some(generation)) => (reference, generation),
        (Some(_) | None, _) => (intent.id.clone(), 0),
    }
}

fn of_intent(
    order: &ChargeOrder,
    received: &Received,
    intent: &PaymentIntent,
) -> Result<(Finding, String), NoAnswer> {
    if !is_of(order, intent) || intent.currency != "jpy" {
        let what = format!("{} is not the charge that was asked for", intent.id);
        return Err(content(received, what));
    }
    Ok(found(intent))
}

/// The attempt may stand in the list more than once only if something went very wrong; money that was taken
/// is then what must be heard first, and a clear no last.
fn of_list(order: &ChargeOrder, listed: &[PaymentIntent]) -> Result<(Finding, String), NoAnswer> {
    let words: Vec<_> = listed.iter().map(found).collect();
    let is_paid = |word: &&(Finding, String)| matches!(word.0, Finding::Paid { .. });
    if words.iter().filter(is_paid).count() > 1 {
        tracing::error!(
            reference = order.reference,
            "the gateway took the money for one attempt more than once"
        );
    }
    let is_open = |word: &&(Finding, String)| matches!(word.0, Finding::Unclear { .. });
    let first = words.iter().find(is_paid).or_else(|| words.iter().find(is_open));
    match first.or_else(|| words.first()) {
        Some(word) => Ok(word.clone()),
        None => Ok((Finding::Absent, format!("{}:absent", order.key))),
    }
}

/// What a payment of Stripe's says. One that has not come to an end (`processing`, `requires_action`,
/// `requires_confirmation`, `requires_capture`, or what may be new) says nothing about the money.
pub(super) fn found(intent: &PaymentIntent) -> (Finding, String) {
    let word = |finding, state: &str| (finding, source_id(&intent.id, state));
    match intent.status.as_str() {
        "succeeded" => match paid(intent) {
            Ok(finding) => word(finding, "succeeded"),
            Err(why) => word(Finding::Unclear { why }, "succeeded_unclear"),
        },
        "requires_payment_method" => match &intent.last_payment_error {
            Some(error) if error.decline_code() == "authentication_required" => {
                word(Finding::ActionRequired, "requires_authentication")
            }
            Some(error) => word(
                Finding::Declined(Decline::from_gateway(
                    error.decline_code(),
                    error.advice_code.as_deref(),
                )),
                "failed",
            ),
            None => word(Finding::Unclear { why: "no payment was tried".to_owned() }, "not_tried"),
        },
        "canceled" => word(Finding::Declined(Decline::from_gateway("canceled", None)), "canceled"),
        status => word(Finding::Unclear { why: format!("{} is {status}", intent.id) }, status),
    }
}

/// The same word has the same id, whether it comes as an answer, in a list or by a call.
pub(super) fn source_id(intent: &str, state: &str) -> String {
    format!("{intent}:{state}")
}

fn paid(intent: &PaymentIntent) -> Result<Finding, String> {
    let charge = intent.latest_charge.as_ref().ok_or("succeeded, but without a charge")?;
    let created = charge.object().map_or(intent.created, |charge| charge.created);
    paid_by(charge.id(), intent.amount_received, created)
}

pub(super) fn paid_by(charge: &str, amount: i64, created_s: i64) -> Result<Finding, String> {
    Ok(Finding::Paid {
        reference: charge.to_owned(),
        amount: Yen::new(amount).map_err(|fault| fault.to_string())?,
        paid_at: Moment::from_ms(created_s.saturating_mul(1_000)),
    })
}

pub(super) fn listed_charge(intent: &PaymentIntent) -> ListedCharge {
    let (reference, generation) = ours(intent);
    let (finding, source_id) = found(intent);
    ListedCharge {
        reference,
        generation,
        answer: GatewayAnswer { finding, source_id, raw: summary(intent) },
    }
}

/// For the evidence of a list: what was read of one of its payments.
fn summary(intent: &PaymentIntent) -> String {
    let charge = intent.latest_charge.as_ref().map(Expandable::<Charge>::id);
    serde_json::json!({
        "id": intent.id,
        "status": intent.status,
        "amount": intent.amount,
        "amount_received": intent.amount_received,
        "currency": intent.currency,
        "created": intent.created,
        "metadata": intent.metadata,
        "latest_charge": charge,
        "decline_code": intent.last_payment_error.as_ref().map(|error| error.decline_code()),
    })
    .to_string()
}

/// A 402 is the issuer's no, and names the payment. A 400 says that the request cannot be carried out; only
/// an amount that never could be counts as a no at once.
fn of_refusal(order: &ChargeOrder, received: &Received) -> Result<(Finding, String), NoAnswer> {
    let Some(error) = error_of(received) else { return Err(other(received)) };
    if error.kind == "idempotency_error" {
        tracing::error!(
            reference = order.reference,
            "an idempotency key was used for another request"
        );
        return Err(other(received));
    }
    if received.status == 402 {
        return match error.payment_intent {
            Some(intent) => of_intent(order, received, &intent),
            None => Err(content(received, "a decline without its payment")),
        };
    }
    if error.has_code(&["amount_too_small", "amount_too_large"]) {
        let code = error.decline_code();
        let decline = Decline::from_gateway(code, Some("do_not_try_again"));
        return Ok((Finding::Declined(decline), format!("{}:{code}", order.key)));
    }
    Err(other(received))
}

/// The code under which a card is refused that was deleted. A card or a customer of which Stripe has never
/// heard is no such no: then the key is of another account, and every patient would be sent to the desk.
fn refuses_the_card(received: &Received) -> Option<String> {
    let error = error_of(received)?;
    let is_so = received.status == 400
        && error.kind == "invalid_request_error"
        && error.param.as_deref() == Some("payment_method")
        && !error.has_code(&["resource_missing"]);
    is_so.then(|| "detached_card".to_owned())
}
