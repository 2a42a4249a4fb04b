//! P6: a card that is about to expire is told of in time, once, and never where another has taken its place.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod people;

use outbound::mail::StoredMail;
use people::{World, worlds, yamada};

const TARO: &str = "taro@example.jp";

async fn told(world: &World) -> Vec<StoredMail> {
    let mails = world.mails_to(TARO).await;
    mails.into_iter().filter(|mail| mail.subject.contains("カードの有効期限")).collect()
}

/// Goes to a day and an hour.
fn go_to(world: &World, day: &str, hour: i64) {
    let moment = domain::time::Day::parse(day).unwrap().begins().plus_minutes(hour * 60);
    world.app.clock().forward_to(moment).unwrap();
}

/// The test cards of the card network expire in December three years on.
const FIRST_OF_LAST_MONTH: &str = "2029-12-01";

#[tokio::test]
async fn the_first_of_the_last_month_is_told_once() {
    for world in worlds().await {
        world.registered(TARO, &yamada()).await;
        let expiry = world.texts("SELECT expiry_year || '-' || expiry_month FROM cards");
        assert_eq!(expiry, ["2029-12"]);
        go_to(&world, FIRST_OF_LAST_MONTH, 9);
        assert!(told(&world).await.is_empty(), "not before ten");
        go_to(&world, FIRST_OF_LAST_MONTH, 10);
        let mails = told(&world).await;
        let [mail] = mails.as_slice() else { panic!("{mails:?}") };
        assert!(mail.text.contains("2029年12月") && mail.text.contains("VISA 末尾4242"));
        go_to(&world, "2029-12-31", 10);
        assert_eq!(told(&world).await.len(), 1);
    }
}

/// Mutations: the card that was replaced is told of; or, the service having rested for a month, one that is over.
#[tokio::test]
async fn a_card_that_was_replaced_or_is_over_is_not_told_of() {
    for world in worlds().await {
        world.registered(TARO, &yamada()).await;
        world.database.tamper("UPDATE cards SET state = 'replaced'");
        go_to(&world, FIRST_OF_LAST_MONTH, 10);
        assert!(told(&world).await.is_empty());
    }
    for world in worlds().await {
        world.registered(TARO, &yamada()).await;
        go_to(&world, "2030-01-01", 0);
        assert!(told(&world).await.is_empty());
    }
}
