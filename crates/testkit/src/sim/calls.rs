//! What the gateway calls to tell, and what others say in its name.

use super::faults::Fault;
use super::world::World;
use app::webhooks;
use outbound::cards::sandbox::{BookedCharge, ChargeStatus, EventBody, signature};

/// Calls come, come again, in another order, forged, or never.
pub async fn arrive(world: &mut World) {
    old_words(world).await;
    if world.may(Fault::LostCalls, 10) {
        world.calls_seen = world.books().events.len();
        return;
    }
    if world.chance.one_in(2) {
        deliver_all(world).await;
    }
    let events = world.books().events;
    if world.may(Fault::ShuffledCalls, 5) {
        for _ in 0..4 {
            let Some(event) = world.chance.pick(&events).cloned() else { return };
            deliver(world, &event).await;
        }
    }
    if world.may(Fault::ForgedCall, 10)
        && let Some(event) = world.chance.pick(&events).cloned()
    {
        let event = success_that_never_was(world, event).await;
        let (_, body) = world.house.sandbox.signed(&event);
        let forged = signature("whsec_forged", &body, world.now());
        let app = world.house.app.clone();
        let work = webhooks::take(&app, "sandbox", Some(&forged), &body);
        world.perhaps_dying("forged call", work).await;
    }
}

/// While an attempt is on its way the gateway calls about those before it that were declined. Calls about those come
/// no sooner ([`is_held_up`]). No chance decides this: the worlds stay as they are.
async fn old_words(world: &mut World) {
    let of_later = |charge: &BookedCharge| charge.generation > 1;
    let books = world.books();
    if !books.charges.values().any(of_later) {
        return;
    }
    let all = world.house.app.store().read(store::charges::all).await.unwrap_or_default();
    let mut told = false;
    for flight in all.into_iter().filter_map(|stored| stored.charge.sent()) {
        let (id, generation) = (flight.obligation.charge.to_string(), flight.attempt.generation);
        let is_old = |event: &&EventBody| {
            let about = event.charge.as_ref();
            about.is_some_and(|charge| charge.reference == id && charge.generation < generation)
        };
        for event in books.events.iter().filter(is_old) {
            world.counters.add(Fault::ShuffledCalls);
            deliver(world, event).await;
            told = true;
        }
    }
    if told {
        let app = world.house.app.clone();
        world.perhaps_dying("fold old calls", webhooks::fold_due(&app)).await;
    }
}

/// Whether a call waits until another attempt is on its way: a decline is known by its answer or by asking.
fn is_held_up(world: &World, event: &EventBody) -> bool {
    let declined = |charge: &BookedCharge| charge.status == ChargeStatus::Failed;
    world.faults && event.charge.as_ref().is_some_and(declined)
}

/// A call that says of a charge on its way that it was paid; of another one where none is on its way.
async fn success_that_never_was(world: &mut World, like: EventBody) -> EventBody {
    let all = world.house.app.store().read(store::charges::all).await.unwrap_or_default();
    let flights: Vec<_> = all.into_iter().filter_map(|stored| stored.charge.sent()).collect();
    let (Some(flight), Some(charge)) = (world.chance.pick(&flights), &like.charge) else {
        return like;
    };
    let about = BookedCharge {
        id: "ch_forged".to_owned(),
        status: ChargeStatus::Succeeded,
        key: flight.attempt.key.clone(),
        amount: flight.attempt.amount.amount(),
        reference: flight.obligation.charge.to_string(),
        generation: flight.attempt.generation,
        decline_code: None,
        advice_code: None,
        ..charge.clone()
    };
    EventBody {
        id: format!("evt_forged_{}", world.now().ms()),
        kind: "charge.succeeded".to_owned(),
        charge: Some(about),
        ..like
    }
}

/// Everything that the gateway has not told yet.
pub async fn deliver_all(world: &mut World) {
    let events = world.house.sandbox.events_after(world.calls_seen);
    world.calls_seen = world.calls_seen.saturating_add(events.len());
    for event in events {
        if is_held_up(world, &event) {
            continue;
        }
        if event.kind == "charge.succeeded" {
            world.counters.add(Fault::EarlyCall);
        }
        deliver(world, &event).await;
    }
    let app = world.house.app.clone();
    world.perhaps_dying("fold calls", webhooks::fold_due(&app)).await;
}

async fn deliver(world: &mut World, event: &EventBody) {
    let (signature, body) = world.house.sandbox.signed(event);
    let app = world.house.app.clone();
    // The gateway calls again until it is answered.
    for _ in 0..5 {
        let work = webhooks::take(&app, "sandbox", Some(&signature), &body);
        if world.perhaps_dying("call", work).await.is_some() {
            return;
        }
    }
}

/// Somebody has the gateway call again about disputes, from its own page: where nobody reads its accounts daily, a
/// call that was lost is told by nothing else.
pub async fn tell_disputes_again(world: &mut World) {
    let disputes = world.books().events.into_iter().filter(|event| event.dispute.is_some());
    for event in disputes.collect::<Vec<_>>() {
        deliver(world, &event).await;
    }
}
