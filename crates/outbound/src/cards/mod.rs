//! The card gateway: saving a card at its own page, charging a saved card, asking what became of it.
//!
//! Whatever is no clear yes and no clear no is [`Finding::Unclear`]: a time-out, a broken connection,
//! a server error, an answer that cannot be read. An unclear answer says nothing about the money.

mod http;
mod orders;
mod pace;
mod reading;
mod remote;
pub mod sandbox;
pub mod stripe;
mod webhook;
mod wire;

pub use http::RemoteSettingsFault;
pub use orders::{EventAbout, GatewayEvent, ListedCharge, RefundAnswer, RefundOrder, WebhookFault};
pub use remote::{RemoteSandbox, RemoteSettings};
pub use sandbox::Sandbox;
pub use stripe::{Stripe, StripeSettings};

use domain::card::{CardFacts, GatewayCard};
use domain::clearing::{GatewayPayout, GatewayTransaction};
use domain::evidence::Finding;
use domain::time::{Day, Moment};
use domain::yen::Yen;
use std::error::Error;
use std::sync::Arc;
use wire::{ChargeParameters, RefundParameters, SetupParameters};

/// The gateway that cards are saved at and charged through.
#[derive(Clone)]
pub enum CardGateway {
    /// The card network of the demo and of tests, in this process.
    Sandbox(Arc<Sandbox>),
    /// The same card network in another process, over HTTP.
    Remote(RemoteSandbox),
    /// Stripe: real cards and real money, where its key is a live one.
    Stripe(Stripe),
}

/// Asks for a page at which a payer saves a card. Holds no personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetupOrder {
    /// Our own name for it: the registration's id.
    pub reference: String,
    /// Where the gateway sends the browser afterwards; `setup={setup id}` is added to its query.
    pub return_url: String,
}

/// A page of the gateway that waits for a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardSetup {
    /// The gateway's name for it.
    pub setup_id: String,
    /// Where the payer's browser goes.
    pub page_url: String,
}

/// What became of a page that waited for a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SetupOutcome {
    /// A card is saved.
    Saved(CardFacts),
    /// The payer has not finished, or the gateway knows no such page.
    NotFinished,
    /// The card was refused, or the cardholder was not authenticated.
    Declined {
        /// The gateway's code, for staff.
        code: String,
    },
    /// The payer turned back.
    Cancelled,
}

/// One amount to take from one saved card, in yen, while the payer is away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChargeOrder {
    /// The idempotency key. Under one key nothing else of the order may ever change.
    pub key: String,
    /// How much; card networks take no less than 50 yen.
    pub amount: Yen,
    /// From which card.
    pub at_gateway: GatewayCard,
    /// Our own name for it: the charge's id. Enquiries ask by it.
    pub reference: String,
    /// Which attempt of the charge.
    pub generation: i64,
    /// What the card statement says. Names no department: a visit is nobody else's business.
    pub description: String,
}

/// One word of the gateway about one attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatewayAnswer {
    /// What it says.
    pub finding: Finding,
    /// The gateway's charge and its state (`ch_…:succeeded`): the same word has the same id however
    /// often it is heard. An unclear or absent answer names no charge; its id is that of the attempt
    /// (`{key}:unclear`), so whoever stores each such answer adds a count of its own.
    pub source_id: String,
    /// As received, shortened when very long, for the evidence row. Never has a card number.
    pub raw: String,
}

/// The gateway could not be asked, or its answer named no outcome.
#[derive(Debug, thiserror::Error)]
#[error("the card gateway gave no answer to: {doing}")]
pub struct GatewayDown {
    /// What was asked of it.
    pub doing: &'static str,
    /// What came instead.
    #[source]
    pub source: Box<dyn Error + Send + Sync>,
}

impl CardGateway {
    /// Asks for a page at which a card is saved.
    pub async fn start_setup(&self, order: &SetupOrder) -> Result<CardSetup, GatewayDown> {
        let asked = SetupParameters {
            reference: order.reference.clone(),
            return_url: order.return_url.clone(),
        };
        let received = match self {
            Self::Sandbox(sandbox) => reading::of_sandbox(sandbox.post_setup(asked).await),
            Self::Remote(remote) => remote.post_setup(&asked).await,
            Self::Stripe(stripe) => return stripe.start_setup(order).await,
        };
        reading::setup_started(received)
    }

    /// Asks what became of such a page. Asking again gives the same answer once it is an end.
    pub async fn setup_outcome(&self, setup_id: &str) -> Result<SetupOutcome, GatewayDown> {
        let received = match self {
            Self::Sandbox(sandbox) => {
                reading::of_sandbox(sandbox.get_setup(setup_id.to_owned()).await)
            }
            Self::Remote(remote) => remote.get_setup(setup_id).await,
            Self::Stripe(stripe) => return stripe.setup_outcome(setup_id).await,
        };
        reading::setup_outcome(received)
    }

    /// Takes the money, once for each key however often it is called.
    ///
    /// Dropping the future does not take the request back: what became of it is unclear then.
    pub async fn charge(&self, order: &ChargeOrder) -> GatewayAnswer {
        let asked = ChargeParameters::from(order);
        let received = match self {
            Self::Sandbox(sandbox) => {
                reading::of_sandbox(sandbox.post_charge(order.key.clone(), asked).await)
            }
            Self::Remote(remote) => remote.post_charge(&order.key, &asked).await,
            Self::Stripe(stripe) => return stripe.charge(order).await,
        };
        reading::charge(order, received)
    }

    /// Asks what became of an attempt, by our own reference and generation.
    ///
    /// Lists and never searches, since a search lags behind. `Absent` only when the gateway says
    /// clearly that it knows no such attempt; that alone does not prove that none will come (R5).
    pub async fn enquire(&self, order: &ChargeOrder) -> GatewayAnswer {
        let received = match self {
            Self::Sandbox(sandbox) => reading::of_sandbox(
                sandbox.get_charges(order.reference.clone(), Some(order.generation)).await,
            ),
            Self::Remote(remote) => remote.get_charges(&order.reference, order.generation).await,
            Self::Stripe(stripe) => return stripe.enquire(order).await,
        };
        reading::enquiry(order, received)
    }

    /// Deletes a saved card at the gateway; it can never be charged again. A card that is unknown
    /// or gone already is no error.
    pub async fn forget_card(&self, card: &GatewayCard) -> Result<(), GatewayDown> {
        let received = match self {
            Self::Sandbox(sandbox) => {
                reading::of_sandbox(sandbox.delete_card(card.payment_method.clone()).await)
            }
            Self::Remote(remote) => remote.delete_card(&card.payment_method).await,
            Self::Stripe(stripe) => return stripe.forget_card(&card.payment_method).await,
        };
        reading::card_forgotten(received)
    }

    /// Gives money back on a charge, once for each key however often it is called.
    pub async fn refund(&self, order: &RefundOrder) -> RefundAnswer {
        let asked = RefundParameters::from(order);
        let received = match self {
            Self::Sandbox(sandbox) => {
                reading::of_sandbox(sandbox.post_refund(order.key.clone(), asked).await)
            }
            Self::Remote(remote) => remote.post_refund(&order.key, &asked).await,
            Self::Stripe(stripe) => return stripe.refund(order).await,
        };
        reading::refund(order, received, false)
    }

    /// Asks what became of an attempt of a refund, by our own reference and generation.
    pub async fn enquire_refund(&self, order: &RefundOrder) -> RefundAnswer {
        let received = match self {
            Self::Sandbox(sandbox) => reading::of_sandbox(
                sandbox.get_refunds(order.reference.clone(), Some(order.generation)).await,
            ),
            Self::Remote(remote) => {
                let generation = order.generation.to_string();
                let query = [("reference", order.reference.as_str()), ("generation", &generation)];
                remote.get_list(&["v1", "refunds"], &query).await
            }
            Self::Stripe(stripe) => return stripe.enquire_refund(order).await,
        };
        reading::refund(order, received, true)
    }

    /// Everything that was charged from a moment on, by the gateway's own list, oldest first.
    pub async fn charges_since(&self, from: Moment) -> Result<Vec<ListedCharge>, GatewayDown> {
        let received = match self {
            Self::Sandbox(sandbox) => {
                reading::of_sandbox(sandbox.get_charges_since(from.ms()).await)
            }
            Self::Remote(remote) => {
                let from = from.ms().to_string();
                remote.get_list(&["v1", "charges", "since"], &[("from_ms", &from)]).await
            }
            Self::Stripe(stripe) => return stripe.charges_since(from).await,
        };
        reading::charges_listed(received)
    }

    /// The gateway's books from a moment until just before another, oldest first.
    pub async fn transactions(
        &self,
        from: Moment,
        until: Moment,
    ) -> Result<Vec<GatewayTransaction>, GatewayDown> {
        let received = match self {
            Self::Sandbox(sandbox) => {
                reading::of_sandbox(sandbox.get_transactions(from.ms(), until.ms()).await)
            }
            Self::Remote(remote) => {
                let (from, until) = (from.ms().to_string(), until.ms().to_string());
                let query = [("from_ms", from.as_str()), ("until_ms", &until)];
                remote.get_list(&["v1", "transactions"], &query).await
            }
            Self::Stripe(stripe) => return stripe.transactions(from, until).await,
        };
        reading::transactions(received)
    }

    /// What the gateway sends to the hospital's bank on a day.
    pub async fn payouts(&self, arriving_on: Day) -> Result<Vec<GatewayPayout>, GatewayDown> {
        let day = arriving_on.to_string();
        let received = match self {
            Self::Sandbox(sandbox) => reading::of_sandbox(sandbox.get_payouts(day).await),
            Self::Remote(remote) => {
                remote.get_list(&["v1", "payouts"], &[("arriving_on", &day)]).await
            }
            Self::Stripe(stripe) => return stripe.payouts(arriving_on).await,
        };
        reading::payouts(received)
    }

    /// Reads a call of the gateway, if it is signed with one of our secrets not long ago.
    /// `signature` is the header `Stripe-Signature`: `t=SECONDS,v1=HEX`, where HEX is the
    /// HMAC-SHA256 of `SECONDS.BODY`.
    pub fn read_webhook(
        &self,
        signature: Option<&str>,
        body: &[u8],
        now: Moment,
    ) -> Result<GatewayEvent, WebhookFault> {
        match self {
            Self::Sandbox(_) => {
                let secrets = [sandbox::WEBHOOK_SECRET.to_owned()];
                webhook::check_signature(signature, body, &secrets, now)?;
            }
            Self::Remote(remote) => {
                webhook::check_signature(signature, body, remote.webhook_secrets(), now)?;
            }
            Self::Stripe(stripe) => {
                webhook::check_signature(signature, body, stripe.webhook_secrets(), now)?;
            }
        }
        self.read_kept_webhook(body)
    }

    /// Reads a call that was believed and kept before.
    pub fn read_kept_webhook(&self, body: &[u8]) -> Result<GatewayEvent, WebhookFault> {
        match self {
            Self::Sandbox(_) | Self::Remote(_) => webhook::read(body),
            Self::Stripe(_) => stripe::read_event(body),
        }
    }

    /// The last part of the address at which this gateway calls us: `/webhooks/{name}`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Sandbox(_) | Self::Remote(_) => "sandbox",
            Self::Stripe(_) => "stripe",
        }
    }
}
