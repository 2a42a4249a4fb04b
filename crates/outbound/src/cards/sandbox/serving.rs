//! What the card network serves beyond cards and charges: refunds, lists, accounts, disputes, and its
//! calls to the merchant. And the switches by which tests make it fail.

use super::clearing::Misbooked;
use super::{BookedCharge, BookedRefund, Call, Delivery, EventBody, How, RefundParameters};
use super::{RefundStatus, Sandbox, clearing, events, lock, refunds, rules, stripe_dialect};
use crate::cards::wire::PayoutBody;
use domain::time::Moment;
use std::sync::Arc;

impl Sandbox {
    pub(in crate::cards) async fn post_refund(
        self: &Arc<Self>,
        key: String,
        asked: RefundParameters,
    ) -> Delivery {
        let now = Arc::clone(&self.now);
        self.serve(Call::Refund, move |desk, how| {
            let status = match how {
                How::StaysPending => RefundStatus::Pending,
                How::Well | How::WithSavedServerError { .. } | How::TakesOtherAmount(_) => {
                    RefundStatus::Succeeded
                }
            };
            let ruling = refunds::refund(&desk.books, &key, &asked, status, now());
            desk.rule(ruling)
        })
        .await
    }

    pub(in crate::cards) async fn get_refunds(
        self: &Arc<Self>,
        reference: String,
        generation: Option<i64>,
    ) -> Delivery {
        self.list_refunds(move |refund| {
            refund.reference == reference && generation.is_none_or(|g| g == refund.generation)
        })
        .await
    }

    pub(in crate::cards) async fn get_charges_since(self: &Arc<Self>, since_ms: i64) -> Delivery {
        self.list_charges(Call::List, move |charge| charge.created_ms >= since_ms).await
    }

    pub(in crate::cards) async fn list_charges(
        self: &Arc<Self>,
        call: Call,
        asked: impl Fn(&BookedCharge) -> bool + Send + 'static,
    ) -> Delivery {
        self.serve(call, move |desk, _| rules::list_charges(&desk.books, asked).answer).await
    }

    pub(in crate::cards) async fn list_refunds(
        self: &Arc<Self>,
        asked: impl Fn(&BookedRefund) -> bool + Send + 'static,
    ) -> Delivery {
        self.serve(Call::RefundEnquiry, move |desk, _| refunds::list(&desk.books, asked).answer)
            .await
    }

    pub(in crate::cards) async fn post_customer(self: &Arc<Self>, reference: String) -> Delivery {
        let now = (self.now)();
        self.serve(Call::Setup, move |desk, _| {
            let ruling = rules::customer(&desk.books, reference, now);
            desk.rule(ruling)
        })
        .await
    }

    pub(in crate::cards) async fn get_transactions(
        self: &Arc<Self>,
        from_ms: i64,
        until_ms: i64,
    ) -> Delivery {
        let now = (self.now)();
        self.serve(Call::List, move |desk, _| {
            clearing::transactions(&desk.books, from_ms, until_ms, now).answer
        })
        .await
    }

    pub(in crate::cards) async fn get_payouts(self: &Arc<Self>, arriving_on: String) -> Delivery {
        self.list_payouts(move |payout| payout.arrives_on == arriving_on).await
    }

    pub(in crate::cards) async fn list_payouts(
        self: &Arc<Self>,
        asked: impl Fn(&PayoutBody) -> bool + Send + 'static,
    ) -> Delivery {
        let now = (self.now)();
        self.serve(Call::List, move |desk, _| clearing::payouts(&desk.books, asked, now).answer)
            .await
    }

    /// Nothing arrives and nothing is answered until a moment: an outage.
    pub fn go_down_until(&self, moment: Moment) {
        *lock(&self.down_until) = Some(moment);
    }

    /// From now on nothing goes wrong: outages end, and faults that were ordered are forgotten.
    pub fn forget_faults(&self) {
        *lock(&self.down_until) = None;
        lock(&self.faults).clear();
    }

    /// From now on the accounts that the merchant reads get something wrong.
    pub fn misbook(&self, misbooked: Misbooked) {
        lock(&self.desk).books.misbooked.push(misbooked);
    }

    /// From now on the accounts are right again.
    pub fn forget_misbooked(&self) {
        lock(&self.desk).books.misbooked.clear();
    }

    /// Whether there is an outage.
    #[must_use]
    pub fn is_down(&self) -> bool {
        lock(&self.down_until).is_some_and(|until| (self.now)() < until)
    }

    /// A cardholder disputes a charge. `stage` is `inquiry` or `opened`; tells the dispute's id.
    #[must_use]
    pub fn open_dispute(&self, charge: &str, stage: &str) -> Option<String> {
        let now = (self.now)();
        let mut desk = lock(&self.desk);
        let (id, records) = refunds::dispute(&desk.books, charge, stage, now)?;
        desk.keep(records).then_some(id)
    }

    /// A dispute comes to another stage: `opened`, `won` or `lost`.
    pub fn move_dispute(&self, dispute: &str, stage: &str) -> bool {
        let now = (self.now)();
        let mut desk = lock(&self.desk);
        let records = refunds::move_dispute(&desk.books, dispute, stage, now);
        !records.is_empty() && desk.keep(records)
    }

    /// A refund works at last, or comes back.
    pub fn end_refund(&self, refund: &str, worked: bool) -> bool {
        let now = (self.now)();
        let mut desk = lock(&self.desk);
        let records = refunds::end(&desk.books, refund, worked, now);
        !records.is_empty() && desk.keep(records)
    }

    /// Somebody gives money back by hand, at the gateway's own page: the merchant has not asked for it.
    pub fn refund_by_hand(&self, charge: &str, amount: i64) -> bool {
        let now = (self.now)();
        let mut desk = lock(&self.desk);
        let asked = RefundParameters {
            charge: charge.to_owned(),
            amount,
            reference: String::new(),
            generation: 0,
        };
        let key = desk.books.new_id("hand", charge);
        let ruling = refunds::refund(&desk.books, &key, &asked, RefundStatus::Succeeded, now);
        !ruling.records.is_empty() && desk.keep(ruling.records)
    }

    /// A card is deleted at the gateway's own page, or by its issuer.
    pub fn delete_by_hand(&self, card: &str) -> bool {
        let mut desk = lock(&self.desk);
        let ruling = rules::forget_card(&desk.books, card);
        !ruling.records.is_empty() && desk.keep(ruling.records)
    }

    /// The calls to the merchant after the first so many, oldest first. Whoever runs the card network
    /// delivers them: late, again, in another order, or never.
    #[must_use]
    pub fn events_after(&self, count: usize) -> Vec<EventBody> {
        lock(&self.desk).books.events.get(count..).unwrap_or_default().to_vec()
    }

    /// A call as it goes on the wire: its body, and the header that proves who calls.
    #[must_use]
    pub fn signed(&self, event: &EventBody) -> (String, Vec<u8>) {
        let body = serde_json::to_vec(event).unwrap_or_default();
        (events::signature(super::WEBHOOK_SECRET, &body, (self.now)()), body)
    }

    /// The same in Stripe's form.
    #[must_use]
    pub fn signed_as_stripe(&self, event: &EventBody, secret: &str) -> (String, Vec<u8>) {
        let body = stripe_dialect::event(event).to_string().into_bytes();
        (events::signature(secret, &body, (self.now)()), body)
    }
}
