//! The only module that speaks to the outside. What moves money or tells a person something takes
//! [`Committed`]: it is stored for good before anybody hears of it.

use crate::card_page::PromisedSetup;
use crate::charge::SEND_WITHIN_S;
use crate::notices::ReadyNotice;
use crate::register::ForgottenCard;
use crate::{App, AppError};
use domain::charge::Sent;
use domain::clearing::{GatewayPayout, GatewayTransaction};
use domain::machine::Machine;
use domain::refund::Refund;
use domain::time::{Day, Moment};
use outbound::cards::{
    CardSetup, ChargeOrder, GatewayAnswer, GatewayDown, GatewayEvent, ListedCharge, RefundAnswer,
    RefundOrder, SetupOrder, SetupOutcome, WebhookFault,
};
use outbound::mail::{MailAnswer, OutgoingMail};
use outbound::printers::PrintAnswer;
use store::Committed;

/// What the mail server said of a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailTold {
    /// It has taken it.
    Taken(String),
    /// Not now.
    Later(String),
    /// Never.
    Refused(String),
}

/// Asks the gateway for the money of an attempt that is stored as sent. `None`, and nothing is asked, when
/// that was too long ago: who slept meanwhile leaves it to the next enquiry.
pub async fn charge(app: &App, sent: &Committed<Sent>) -> Option<GatewayAnswer> {
    if app.now() > sent.get().sent_at.plus_seconds(SEND_WITHIN_S) {
        return None;
    }
    Some(app.outbound().gateway.charge(&order(sent.get())).await)
}

/// Asks the gateway to give back the money of a refund that was stored as sent at `sent_at`; `None` as for
/// [`charge`].
pub async fn refund(
    app: &App,
    refund: &Committed<Refund>,
    sent_at: Moment,
) -> Option<RefundAnswer> {
    if app.now() > sent_at.plus_seconds(SEND_WITHIN_S) {
        return None;
    }
    let order = refund_order(refund.get())?;
    Some(app.outbound().gateway.refund(&order).await)
}

/// Asks the gateway what became of a refund; `None` where nothing was sent.
pub async fn enquire_refund(app: &App, refund: &Committed<Refund>) -> Option<RefundAnswer> {
    let order = refund_order(refund.get())?;
    Some(app.outbound().gateway.enquire_refund(&order).await)
}

/// The same order for every request under one key (invariant I4).
fn refund_order(refund: &Refund) -> Option<RefundOrder> {
    let attempt = refund.attempt()?;
    Some(RefundOrder {
        key: attempt.key.clone(),
        charge_reference: attempt.charge_reference.clone(),
        amount: refund.terms.amount,
        reference: refund.terms.id.to_string(),
        generation: attempt.generation,
    })
}

/// Asks the gateway what became of an attempt.
pub async fn enquire(app: &App, sent: &Committed<Sent>) -> GatewayAnswer {
    app.outbound().gateway.enquire(&order(sent.get())).await
}

/// Everything that the gateway has charged from a moment on, by its own list.
pub async fn charges_since(app: &App, from: Moment) -> Result<Vec<ListedCharge>, AppError> {
    app.outbound().gateway.charges_since(from).await.map_err(away)
}

/// The gateway's books from a moment until just before another.
pub async fn transactions(
    app: &App,
    from: Moment,
    until: Moment,
) -> Result<Vec<GatewayTransaction>, AppError> {
    app.outbound().gateway.transactions(from, until).await.map_err(away)
}

/// What the gateway sends to the hospital's bank on a day.
pub async fn payouts(app: &App, arriving_on: Day) -> Result<Vec<GatewayPayout>, AppError> {
    app.outbound().gateway.payouts(arriving_on).await.map_err(away)
}

fn away(down: GatewayDown) -> AppError {
    AppError::Outside { whom: "the card gateway", source: Box::new(down) }
}

/// Reads a call of the gateway; `None`: it is not the one that we work with.
pub fn read_webhook(
    app: &App,
    gateway: &str,
    signature: Option<&str>,
    body: &[u8],
    now: Moment,
) -> Option<Result<GatewayEvent, WebhookFault>> {
    let ours = &app.outbound().gateway;
    (ours.name() == gateway).then(|| ours.read_webhook(signature, body, now))
}

/// Reads a call that was believed and kept before.
pub fn read_kept_webhook(app: &App, body: &[u8]) -> Result<GatewayEvent, WebhookFault> {
    app.outbound().gateway.read_kept_webhook(body)
}

/// The same order for every request under one key (invariant I4).
fn order(sent: &Sent) -> ChargeOrder {
    ChargeOrder {
        key: sent.attempt.key.clone(),
        amount: sent.attempt.amount,
        at_gateway: sent.attempt.at_gateway.clone(),
        reference: sent.obligation.charge.to_string(),
        generation: sent.attempt.generation,
        description: "医療費後払い".to_owned(),
    }
}

/// Hands a notice to the mail server.
pub async fn mail(app: &App, notice: &Committed<ReadyNotice>) -> MailTold {
    let ready = notice.get();
    let mail = OutgoingMail {
        message_id: ready.notice.message_id.clone(),
        from_name: ready.from_name.clone(),
        from: ready.from.clone(),
        to: ready.notice.address.clone(),
        subject: ready.content.subject.clone(),
        text: ready.content.text.clone(),
        html: ready.content.html.clone(),
        date: ready.notice.promised_at,
    };
    match app.outbound().mailer.send(&mail).await {
        MailAnswer::Accepted { response } => MailTold::Taken(response),
        MailAnswer::Deferred { why } => MailTold::Later(why),
        MailAnswer::Refused { why } => MailTold::Refused(why),
    }
}

/// Asks the gateway for a page at which a card is saved. The attempt is stored, and so counted, before.
pub(crate) async fn start_setup(
    app: &App,
    promised: &Committed<PromisedSetup>,
) -> Result<CardSetup, GatewayDown> {
    let PromisedSetup { reference, return_url, .. } = promised.get();
    let order = SetupOrder { reference: reference.clone(), return_url: return_url.clone() };
    app.outbound().gateway.start_setup(&order).await
}

/// Asks the gateway what became of such a page. Asking tells nobody anything.
pub async fn setup_outcome(app: &App, gateway_setup: &str) -> Result<SetupOutcome, GatewayDown> {
    app.outbound().gateway.setup_outcome(gateway_setup).await
}

/// Deletes a card at the gateway that is stored as not taken.
pub async fn forget_card(app: &App, card: &Committed<ForgottenCard>) -> Result<(), GatewayDown> {
    app.outbound().gateway.forget_card(&card.get().at_gateway).await
}

/// Sends a slip to the printer of a kiosk; `None` where it has none.
pub async fn print_slip(app: &App, machine: &Machine, bytes: &[u8]) -> Option<PrintAnswer> {
    let printer = app.outbound().slip_printers.get(&machine.name)?;
    Some(printer.print(bytes).await)
}
