//! `/webhooks/{gateway}`: who is believed, and what is answered.

use crate::world::worlds;
use axum::body::Body;
use axum::http::Method;
use testkit::house::GOOD_CARD;

/// F11. Mutation: 200 for a call that was not kept; the gateway would never call again.
#[tokio::test]
async fn only_the_gateways_own_calls_are_taken_and_each_is_answered() {
    for world in worlds().await {
        world.house.payer(&testkit::house::shimin(), "00012345", GOOD_CARD).await;
        let body = br#"{"id":"evt_1","kind":"something.else","created_ms":0}"#.to_vec();
        let now = world.house.app.now();
        let good = testkit::outbound::cards::sandbox::signature("whsec_sandbox", &body, now);
        let forged = testkit::outbound::cards::sandbox::signature("whsec_other", &body, now);
        let call = async |gateway: &str, signature: &str| {
            let path = format!("/webhooks/{gateway}");
            let headers = [("stripe-signature", signature), ("content-type", "application/json")];
            let body = Body::from(body.clone());
            world.browser().send(Method::POST, &path, &headers, body).await.status.as_u16()
        };
        assert_eq!(call("sandbox", &good).await, 200);
        assert_eq!(call("sandbox", &good).await, 200, "it repeats itself");
        assert_eq!(call("sandbox", &forged).await, 400);
        assert_eq!(call("sandbox", "").await, 400);
        assert_eq!(call("stripe", &good).await, 404);
        let waiting = world
            .house
            .app
            .store()
            .read(|reader| testkit::store::gateway_events::waiting(reader, 10));
        assert_eq!(waiting.await.unwrap().len(), 1);
    }
}
