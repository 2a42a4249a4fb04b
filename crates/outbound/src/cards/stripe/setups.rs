//! Saving a card at Stripe: a customer, and a Checkout page in setup mode, which asks for 3-D Secure and holds
//! the `SetupIntent`. No card number ever comes near us.

use super::objects::{ErrorDetail, error_of, other};
use super::{Form, Stripe};
use crate::cards::reading::{NoAnswer, Received, content, read};
use crate::cards::{CardSetup, GatewayDown, SetupOrder, SetupOutcome};
use domain::card::{CardFacts, Expiry, Funding, GatewayCard};
use serde::Deserialize;

#[derive(Deserialize)]
struct Customer {
    id: String,
}

#[derive(Deserialize)]
struct Session {
    id: String,
    status: Option<String>,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    customer: Option<String>,
    #[serde(default)]
    setup_intent: Option<SetupIntent>,
}

#[derive(Deserialize)]
struct SetupIntent {
    status: String,
    #[serde(default)]
    payment_method: Option<PaymentMethod>,
    #[serde(default)]
    latest_attempt: Option<Attempt>,
    #[serde(default)]
    last_setup_error: Option<ErrorDetail>,
}

#[derive(Deserialize)]
struct PaymentMethod {
    id: String,
    #[serde(default)]
    card: Option<Card>,
    #[serde(default)]
    customer: Option<String>,
}

#[derive(Deserialize)]
struct Card {
    brand: String,
    last4: String,
    exp_year: i16,
    exp_month: i8,
    funding: String,
}

#[derive(Deserialize)]
struct Attempt {
    #[serde(default)]
    payment_method_details: Option<AttemptDetails>,
}

#[derive(Deserialize)]
struct AttemptDetails {
    #[serde(default)]
    card: Option<AttemptCard>,
}

#[derive(Deserialize)]
struct AttemptCard {
    #[serde(default)]
    three_d_secure: Option<ThreeDSecure>,
}

#[derive(Deserialize)]
struct ThreeDSecure {
    #[serde(default)]
    result: Option<String>,
}

impl Stripe {
    /// No idempotency key: nothing is charged, a page that nobody got ends by itself, and a payer whose first
    /// page ended must get another one.
    pub(in crate::cards) async fn start_setup(
        &self,
        order: &SetupOrder,
    ) -> Result<CardSetup, GatewayDown> {
        self.try_start_setup(order)
            .await
            .map_err(|none| GatewayDown::new("start a card page", none))
    }

    async fn try_start_setup(&self, order: &SetupOrder) -> Result<CardSetup, NoAnswer> {
        let form = vec![("metadata[registration]", order.reference.clone())];
        let customer: Customer = ok(&self.post(&["v1", "customers"], None, &form).await?)?;
        let form = session_form(order, customer.id);
        let received = self.post(&["v1", "checkout", "sessions"], None, &form).await?;
        let session: Session = ok(&received)?;
        let page_url =
            session.url.ok_or_else(|| content(&received, "a card page without an address"))?;
        Ok(CardSetup { setup_id: session.id, page_url })
    }

    pub(in crate::cards) async fn setup_outcome(
        &self,
        setup_id: &str,
    ) -> Result<SetupOutcome, GatewayDown> {
        self.try_setup_outcome(setup_id)
            .await
            .map_err(|none| GatewayDown::new("tell what became of a card page", none))
    }

    async fn try_setup_outcome(&self, setup_id: &str) -> Result<SetupOutcome, NoAnswer> {
        let query = [
            ("expand[]", "setup_intent.payment_method"),
            ("expand[]", "setup_intent.latest_attempt"),
        ];
        let received = self.get(&["v1", "checkout", "sessions", setup_id], &query).await?;
        if is_missing(&received) {
            return Ok(SetupOutcome::NotFinished);
        }
        outcome(&received, ok(&received)?)
    }

    /// A card that is unknown or gone already is no error. Detaching is refused for a card that belongs to
    /// nobody, so it is looked at then.
    pub(in crate::cards) async fn forget_card(
        &self,
        payment_method: &str,
    ) -> Result<(), GatewayDown> {
        let down = |none| GatewayDown::new("delete a card", none);
        let path = ["v1", "payment_methods", payment_method, "detach"];
        let received = self.post(&path, None, &Vec::new()).await.map_err(down)?;
        if received.status == 200 || is_missing(&received) {
            return Ok(());
        }
        if received.status == 400 {
            let path = ["v1", "payment_methods", payment_method];
            let looked_at = self.get(&path, &[]).await.map_err(down)?;
            if ok::<PaymentMethod>(&looked_at).is_ok_and(|card| card.customer.is_none()) {
                return Ok(());
            }
        }
        Err(down(other(&received)))
    }
}

fn session_form(order: &SetupOrder, customer: String) -> Form {
    let joint = if order.return_url.contains('?') { '&' } else { '?' };
    vec![
        ("mode", "setup".to_owned()),
        ("currency", "jpy".to_owned()),
        ("customer", customer),
        ("client_reference_id", order.reference.clone()),
        ("payment_method_types[0]", "card".to_owned()),
        // Authentication of the cardholder when a card is saved is a duty in Japan since April 2025.
        ("payment_method_options[card][request_three_d_secure]", "any".to_owned()),
        ("locale", "auto".to_owned()),
        // Stripe puts the session's id into the braces.
        ("success_url", format!("{}{joint}setup={{CHECKOUT_SESSION_ID}}", order.return_url)),
        ("cancel_url", order.return_url.clone()),
        ("setup_intent_data[metadata][registration]", order.reference.clone()),
    ]
}

fn ok<T: serde::de::DeserializeOwned>(received: &Received) -> Result<T, NoAnswer> {
    if received.status == 200 { read(received) } else { Err(other(received)) }
}

fn is_missing(received: &Received) -> bool {
    received.status == 404
        && error_of(received).is_some_and(|error| error.has_code(&["resource_missing"]))
}

/// A card that is refused on an open page is the payer's to try again there.
fn outcome(received: &Received, session: Session) -> Result<SetupOutcome, NoAnswer> {
    match session.status.as_deref() {
        Some("open") => return Ok(SetupOutcome::NotFinished),
        Some("expired") => return Ok(SetupOutcome::Cancelled),
        Some("complete") => {}
        other => {
            return Err(content(received, format!("a card page that is {other:?}")));
        }
    }
    let intent = session
        .setup_intent
        .ok_or_else(|| content(received, "a complete card page without its setup"))?;
    match intent.status.as_str() {
        "succeeded" => saved(received, session.customer, intent),
        "processing" | "requires_action" | "requires_confirmation" => Ok(SetupOutcome::NotFinished),
        "requires_payment_method" => Ok(SetupOutcome::Declined {
            code: intent
                .last_setup_error
                .map_or_else(|| "unknown".to_owned(), |error| error.decline_code().to_owned()),
        }),
        "canceled" => Ok(SetupOutcome::Cancelled),
        status => Err(content(received, format!("a setup that is {status}"))),
    }
}

fn saved(
    received: &Received,
    customer: Option<String>,
    intent: SetupIntent,
) -> Result<SetupOutcome, NoAnswer> {
    let authenticated = intent
        .latest_attempt
        .and_then(|attempt| attempt.payment_method_details?.card?.three_d_secure?.result)
        .is_some_and(|result| ["authenticated", "attempt_acknowledged"].contains(&&*result));
    let method = intent.payment_method;
    let (Some(customer), Some(PaymentMethod { id, card: Some(card), .. })) = (customer, method)
    else {
        return Err(content(received, "saved, but without a card or its customer"));
    };
    Ok(SetupOutcome::Saved(CardFacts {
        at_gateway: GatewayCard { customer, payment_method: id },
        brand: brand(&card.brand),
        last_four: card.last4,
        expiry: Expiry { year: card.exp_year, month: card.exp_month },
        funding: Funding::from_gateway(&card.funding),
        authenticated,
    }))
}

/// As printed on the card.
fn brand(name: &str) -> String {
    let known = match name {
        "visa" => "Visa",
        "mastercard" => "Mastercard",
        "jcb" => "JCB",
        "amex" => "American Express",
        "diners" => "Diners Club",
        "discover" => "Discover",
        "unionpay" => "UnionPay",
        other => other,
    };
    known.to_owned()
}
