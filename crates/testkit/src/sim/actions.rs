//! What people and machines do at each moment: patients, the hospital, staff, the gateway, our workers.

use super::bookkeeper;
use super::calls;
use super::faults::Fault;
use super::files;
use super::world::{Slip, Visit, World};
use crate::house::GOOD_CARD;
use app::refunds::{Answer, Ask};
use app::{charge, enter, jobs, refunds, settle};
use domain::audit::Actor;
use domain::charge::Charge;
use domain::charge_state::ChargeState;
use domain::group::HospitalCode;
use domain::id::{ChargeId, RefundId};
use domain::refund::{RefundReason, RefundState};
use domain::yen::Yen;
use outbound::cards::sandbox::{Call, ChargeStatus, Fault as Switch, RefundStatus};

const CARDS: [&str; 8] = [
    GOOD_CARD,
    GOOD_CARD,
    GOOD_CARD,
    GOOD_CARD,
    "4000000000009995",
    "4000000000009987",
    "4000000000000341",
    "4000002500003155",
];

/// Lets everybody do what they happen to do at this moment.
pub async fn act(world: &mut World) {
    patients_come(world).await;
    bills_go_out(world).await;
    bills_change(world).await;
    payments_are_noted(world).await;
    cash_is_taken(world).await;
    the_gateway_fails(world);
    staff_refund(world).await;
    cards_and_disputes(world).await;
    workers_work(world).await;
    calls::arrive(world).await;
    bookkeeper::every_morning(world).await;
    the_mail_server_goes(world);
    if world.may(Fault::Flood, 400) {
        files::flood(world).await;
    }
    if world.may(Fault::ClockJump, 400) {
        let hours = i64::try_from(world.chance.below(96)).unwrap_or(0).saturating_add(1);
        world.go_to(world.now().plus_seconds(hours * 3_600));
    }
}

/// The quiet days: whatever waits for a person is done, and everything comes to its end.
pub async fn tidy_up(world: &mut World, day: u16) {
    if day == 1 {
        let all: Vec<usize> = (0..world.visits.len()).collect();
        for (at, visit) in world.visits.iter_mut().enumerate() {
            if visit.slips.is_empty() && visit.entry.is_some() {
                visit.slips.push(Slip {
                    number: format!("9{at:06}"),
                    revision: 1,
                    due: 0,
                    cash: 0,
                    posted: 0,
                });
            }
        }
        for index in all {
            if world
                .visits
                .get(index)
                .is_some_and(|visit| visit.slips.iter().any(|s| s.revision > 0))
            {
                files::send(world, &[index]).await;
            }
        }
    }
    if day == 2 && !world.reconciles_daily {
        calls::tell_disputes_again(world).await;
    }
    settle_pending_refunds(world);
    approve_all(world).await;
    workers_work(world).await;
    calls::deliver_all(world).await;
    bookkeeper::every_morning(world).await;
}

async fn patients_come(world: &mut World) {
    if !world.chance.one_in(3) || world.house.sandbox.is_down() {
        return;
    }
    let again = world.chance.one_in(3);
    let known = world.chance.pick(&world.visits.clone()).cloned();
    let today = world.now().day();
    let (payer, hospital, number) = match known.filter(|visit| again && visit.day < today) {
        Some(visit) => {
            let seen_today = |other: &Visit| {
                (&other.number, &other.hospital) == (&visit.number, &visit.hospital)
                    && other.day == today
            };
            if world.visits.iter().any(seen_today) {
                return;
            }
            (visit.payer, visit.hospital, visit.number)
        }
        None => {
            let hospital = world.some_hospital();
            let number = number_at(world, &hospital);
            let card = world.chance.pick(&CARDS).copied().unwrap_or(GOOD_CARD);
            match card {
                "4000002500003155" => world.fires(Fault::Authentication),
                GOOD_CARD => {}
                _ => world.fires(Fault::Decline),
            }
            let payer = world.house.payer(&hospital, &number, card).await;
            (payer, hospital, number)
        }
    };
    if world.chance.one_in(12) {
        let ceiling = Yen::new(world.chance.amount()).ok();
        let app = world.house.app.clone();
        let set = world.perhaps_dying("ceiling", charge::set_ceiling(&app, payer, ceiling)).await;
        let known = set.and(ceiling).map(Yen::amount);
        let now = world.now();
        world.ceilings.entry(payer).or_default().push((now, known));
    }
    // One in eight pays at the counter as ever and never asks to pay later.
    let enters = !world.chance.one_in(8);
    let entry =
        if enters { Some(world.house.enter(payer, &hospital, &number).await) } else { None };
    world.note("visit");
    world.visits.push(Visit {
        payer,
        hospital,
        number,
        day: today,
        entry,
        slips: Vec::new(),
        most: 0,
        cash: None,
        meddled: false,
    });
}

/// A number that nobody has at a hospital; now and then somebody at the other one has it.
fn number_at(world: &mut World, hospital: &HospitalCode) -> String {
    let elsewhere = world.chance.pick(&world.visits.clone()).map(|visit| visit.number.clone());
    let free = |number: &String| {
        !world.visits.iter().any(|one| one.number == *number && one.hospital == *hospital)
    };
    match elsewhere.filter(free) {
        Some(number) if world.may(Fault::SameNumber, 3) => number,
        Some(_) | None => world.new_patient(),
    }
}

/// Whether the hospitals' system is down; now and then it is for days, and then sends everything at once.
fn hospital_system_is_down(world: &mut World) -> bool {
    if world.faults && world.chance.one_in(120) {
        let hours = i64::try_from(world.chance.below(120)).unwrap_or(0).saturating_add(24);
        world.bills_from = Some(world.now().plus_seconds(hours * 3_600));
    }
    world.faults && world.bills_from.is_some_and(|from| world.now() < from)
}

async fn bills_go_out(world: &mut World) {
    if hospital_system_is_down(world) {
        return;
    }
    let waiting: Vec<usize> = (0..world.visits.len())
        .filter(|index| world.visits.get(*index).is_some_and(|visit| visit.slips.is_empty()))
        .collect();
    if waiting.is_empty() || !world.chance.one_in(3) {
        return;
    }
    let today = world.now().day();
    for index in &waiting {
        let slips = if world.chance.one_in(5) { 2 } else { 1 };
        for _ in 0..slips {
            let mut due = world.chance.amount();
            if world.may(Fault::TinyAmount, 15) {
                due = i64::try_from(world.chance.below(50)).unwrap_or(0);
            }
            let Some(hospital) = world.visits.get(*index).map(|visit| visit.hospital.clone())
            else {
                continue;
            };
            let number = world.new_slip(&hospital);
            let cash = if world.chance.one_in(6) { world.chance.amount() } else { 0 };
            if let Some(visit) = world.visits.get_mut(*index) {
                visit.slips.push(Slip { number, revision: 1, due, cash, posted: 0 });
                visit.most = visit.most.max(visit.due());
            }
        }
        if world.visits.get(*index).is_some_and(|visit| visit.day.plus_days(4) <= today) {
            world.fires(Fault::LateBills);
        }
    }
    files::send(world, &waiting).await;
    if world.may(Fault::SameFile, 4) {
        files::send(world, &waiting).await;
    }
}

async fn bills_change(world: &mut World) {
    if !world.chance.one_in(6) || world.visits.is_empty() {
        return;
    }
    let index = usize::try_from(world.chance.below(world.visits.len() as u64)).unwrap_or(0);
    let (up, by) = (world.chance.one_in(2), world.chance.amount());
    let Some(visit) = world.visits.get_mut(index) else { return };
    let day = visit.day;
    let Some(slip) = visit.slips.last_mut() else { return };
    slip.due = if up { slip.due + by } else { (slip.due - by).max(0) };
    slip.revision += 1;
    visit.most = visit.most.max(visit.due());
    let entry = visit.entry;
    if let Some(entry) = entry {
        let read =
            world.house.app.store().read(move |reader| store::charges::of_entry(reader, entry));
        let states = read.await.unwrap_or_default();
        if states
            .iter()
            .any(|one| one.charge.state().has_taken() || one.charge.state().is_in_flight())
        {
            world.fires(Fault::LateCorrection);
        }
    }
    if world.may(Fault::WholeDayAgain, 2) {
        let day: Vec<usize> = (0..world.visits.len())
            .filter(|at| world.visits.get(*at).is_some_and(|other| other.day == day))
            .collect();
        files::send(world, &day).await;
    } else {
        files::send(world, &[index]).await;
    }
}

/// The hospital's system notes what the card has paid, and says so in its next file.
async fn payments_are_noted(world: &mut World) {
    if !world.chance.one_in(8) || world.visits.is_empty() {
        return;
    }
    let index = usize::try_from(world.chance.below(world.visits.len() as u64)).unwrap_or(0);
    let Some(entry) = world.visits.get(index).filter(|v| v.cash.is_none()).and_then(|v| v.entry)
    else {
        return;
    };
    let read = world.house.app.store().read(move |reader| store::charges::of_entry(reader, entry));
    let kept: i64 = read
        .await
        .unwrap_or_default()
        .iter()
        .filter_map(|stored| stored.charge.payment())
        .map(|paid| paid.kept().amount())
        .sum();
    let Some(visit) = world.visits.get_mut(index) else { return };
    let [slip] = visit.slips.as_mut_slice() else { return };
    if kept == 0 || slip.posted > 0 {
        return;
    }
    slip.posted = kept;
    slip.revision += 1;
    files::send(world, &[index]).await;
}

async fn cash_is_taken(world: &mut World) {
    if world.visits.is_empty() || !world.may(Fault::Cash, 25) {
        return;
    }
    let index = usize::try_from(world.chance.below(world.visits.len() as u64)).unwrap_or(0);
    let Some(entry) = world.visits.get(index).filter(|v| v.cash.is_none()).and_then(|v| v.entry)
    else {
        return;
    };
    let app = world.house.app.clone();
    // The clerk asks again until there is an answer.
    for last in [false, false, false, true] {
        let work = enter::withdraw_entry(&app, entry, Actor::System);
        let done = if last { work.await.ok() } else { world.perhaps_dying("cash", work).await };
        let Some(done) = done else { continue };
        let late = matches!(done, enter::Withdrawn::InFlight | enter::Withdrawn::AlreadyPaid);
        // A death after the commit leaves it done: asked again, the answer is that it was before.
        let unsure = done == enter::Withdrawn::Before;
        let now = world.now();
        if let Some(visit) = world.visits.get_mut(index) {
            visit.cash = Some((now, late || unsure));
        }
        return;
    }
}

fn the_gateway_fails(world: &mut World) {
    let sandbox = world.house.sandbox.clone();
    if world.may(Fault::LostAnswer, 12) {
        sandbox.misbehave(Call::Charge, Switch::LoseResponse);
    }
    if world.may(Fault::LostRequest, 14) {
        sandbox.misbehave(Call::Charge, Switch::LoseRequest);
    }
    if world.may(Fault::QueryError, 14) {
        let error = Switch::ServerError { booked: false, saved: false };
        let how = if world.chance.one_in(2) { error } else { Switch::RateLimited };
        sandbox.misbehave(Call::Enquiry, how);
    }
    if world.may(Fault::SavedServerError, 16) {
        let booked = world.chance.one_in(2);
        sandbox.misbehave(Call::Charge, Switch::ServerError { booked, saved: true });
    }
    if world.may(Fault::TooManyRequests, 12) {
        sandbox.misbehave(Call::Charge, Switch::RateLimited);
        sandbox.misbehave(Call::Refund, Switch::RateLimited);
    }
    if world.may(Fault::Outage, 150) {
        let hours = i64::try_from(world.chance.below(40)).unwrap_or(0).saturating_add(1);
        sandbox.go_down_until(world.now().plus_seconds(hours * 3_600));
    }
    if world.may(Fault::OtherAmount, 120) {
        sandbox.misbehave(Call::Charge, Switch::TakesOtherAmount(world.chance.amount() + 49));
    }
    if world.may(Fault::RefundTrouble, 10) {
        let how = match world.chance.below(3) {
            0 => Switch::LoseResponse,
            1 => Switch::LoseRequest,
            _ => Switch::StaysPending,
        };
        sandbox.misbehave(Call::Refund, how);
    }
}

/// For no longer than a mail is tried again.
fn the_mail_server_goes(world: &mut World) {
    the_mail_server_returns(world);
    if world.mail_back_at.is_none() && world.may(Fault::MailAway, 80) {
        let hours = i64::try_from(world.chance.below(48)).unwrap_or(0).saturating_add(1);
        world.mail_back_at = Some(world.now().plus_seconds(hours * 3_600));
        world.house.mail_server_is_away(true);
    }
}

fn the_mail_server_returns(world: &mut World) {
    if world.mail_back_at.is_some_and(|back| world.now() >= back) {
        world.mail_back_at = None;
        world.house.mail_server_is_away(false);
    }
}

async fn staff_refund(world: &mut World) {
    if world.chance.one_in(4) {
        approve_all(world).await;
    }
    if world.chance.one_in(3) {
        settle_pending_refunds(world);
    }
    if !world.chance.one_in(10) {
        return;
    }
    let Some(visit) = world.chance.pick(&world.visits.clone()).cloned() else { return };
    let Some(entry) = visit.entry.filter(|_| visit.cash.is_none()) else { return };
    let read = world.house.app.store().read(move |reader| store::charges::of_entry(reader, entry));
    let Some(Charge::Paid(paid)) =
        read.await.unwrap_or_default().into_iter().map(|s| s.charge).next()
    else {
        return;
    };
    // Twice the larger one is more than there is.
    let quarters = if world.chance.one_in(2) { 1 } else { 3 };
    let amount = paid.kept().amount() * quarters / 4;
    let Ok(some) = Yen::new(amount) else { return };
    let id = RefundId::from_number(u128::from(world.chance.next()) | (1 << 100));
    let ask = |by: &str| Ask {
        id,
        charge: paid.obligation.charge,
        amount: some,
        reason: RefundReason::Goodwill,
        note: String::new(),
        expected_available: paid.kept(),
        by: by.to_owned(),
    };
    let app = world.house.app.clone();
    let first = world.perhaps_dying("refund", refunds::ask(&app, ask("a"))).await;
    if world.may(Fault::DoubleRefund, 2) {
        world.perhaps_dying("refund again", refunds::ask(&app, ask("a"))).await;
        let other = RefundId::from_number(u128::from(world.chance.next()) | (1 << 101));
        let second = Ask { id: other, ..ask("b") };
        world.perhaps_dying("refund by another", refunds::ask(&app, second)).await;
    }
    world.note(&format!("{first:?}"));
}

/// Two of the staff approve everything that waits, with the amount that they see.
async fn approve_all(world: &mut World) {
    let app = world.house.app.clone();
    let waiting = app.store().read(store::refunds::waiting).await.unwrap_or_default();
    for stored in waiting {
        for by in ["a", "b"] {
            let terms = stored.refund.terms.clone();
            let entry = terms.entry;
            let seen = app.store().read(move |reader| {
                let charges = store::charges::of_entry(reader, entry)?;
                let standing = refunds::Standing::of(reader, entry, &charges)?;
                Ok::<_, app::AppError>(standing.available(terms.charge, Some(terms.id)))
            });
            let Ok(seen) = seen.await else { continue };
            let work = refunds::approve(&app, stored.refund.terms.id, seen, by.to_owned());
            if world.perhaps_dying("approve", work).await == Some(Answer::Approved) {
                break;
            }
        }
    }
}

fn settle_pending_refunds(world: &mut World) {
    let books = world.books();
    let pending: Vec<String> = books
        .refunds
        .values()
        .filter(|refund| refund.status == RefundStatus::Pending)
        .map(|refund| refund.id.clone())
        .collect();
    for id in pending {
        let comes_back = world.may(Fault::RefundTrouble, 3);
        world.house.sandbox.end_refund(&id, !comes_back);
    }
}

async fn cards_and_disputes(world: &mut World) {
    if world.may(Fault::DeletedCard, 120)
        && let Some(visit) = world.chance.pick(&world.visits.clone())
    {
        let payer = visit.payer;
        let card =
            world.house.app.store().read(move |reader| store::cards::current_of(reader, payer));
        if let Ok(Some(card)) = card.await {
            world.house.sandbox.delete_by_hand(&card.facts.at_gateway.payment_method);
        }
    }
    let taken: Vec<String> = world
        .books()
        .charges
        .values()
        .filter(|charge| charge.status == ChargeStatus::Succeeded)
        .map(|charge| charge.id.clone())
        .collect();
    if world.may(Fault::Dispute, 60)
        && let Some(charge) = world.chance.pick(&taken)
    {
        let disputed = world.books().disputes.values().any(|dispute| dispute.charge == *charge);
        if !disputed && let Some(dispute) = world.house.sandbox.open_dispute(charge, "opened") {
            // Every dispute of this world is won in the end: a lost one is the bank's money.
            world.house.sandbox.move_dispute(&dispute, "won");
        }
    }
    if world.may(Fault::RefundByHand, 200)
        && let Some(charge) = world.chance.pick(&taken)
    {
        let by_entry = world.by_entry();
        let reference =
            world.books().charges.get(charge).map(|one| one.reference.clone()).unwrap_or_default();
        let entry = entry_of(world, &reference).await;
        if world.house.sandbox.refund_by_hand(charge, 1)
            && let Some(index) = entry.and_then(|entry| by_entry.get(&entry))
            && let Some(visit) = world.visits.get_mut(*index)
        {
            visit.meddled = true;
        }
    }
}

/// The entry that a reference at the gateway belongs to.
pub async fn entry_of(world: &World, reference: &str) -> Option<String> {
    let charge: ChargeId = reference.parse().ok()?;
    let read = world.house.app.store().read(move |reader| store::charges::by_id(reader, charge));
    Some(read.await.ok()??.charge.obligation().entry.to_string())
}

async fn workers_work(world: &mut World) {
    let app = world.house.app.clone();
    if world.faults && world.chance.one_in(20) {
        a_worker_sleeps(world).await;
    }
    let times = if world.faults { 1 } else { 3 };
    for _ in 0..times {
        let counts = world.perhaps_dying("settle", settle::run_once(&app)).await;
        // A step that broke is logged and taken up again; without a death none may break.
        if let Some(counts) = counts.filter(|counts| counts.failed > 0)
            && !world.died
        {
            world.broken.push(format!("steps broke: {counts:?}"));
        }
        world.perhaps_dying("jobs", jobs::run_due(&app)).await;
        if !world.faults {
            world.go_to(world.now().plus_seconds(600));
        }
    }
    // Cardholders authenticate sooner or later, or agree, or do not.
    if world.chance.one_in(10)
        && let Some(visit) = world.chance.pick(&world.visits.clone())
    {
        world.perhaps_dying("resume", charge::resume(&app, visit.payer)).await;
        agree(world, visit.payer).await;
    }
}

async fn agree(world: &mut World, payer: domain::id::AccountId) {
    let app = world.house.app.clone();
    let all = app.store().read(store::charges::all).await.unwrap_or_default();
    for stored in all {
        let owed = stored.charge.obligation();
        if owed.account == payer && stored.charge.state() == ChargeState::AwaitingConsent {
            world.agreed.insert((owed.charge.to_string(), owed.amount.amount()));
            let work = charge::consent(&app, payer, owed.charge, owed.amount);
            world.perhaps_dying("consent", work).await;
        }
    }
}

/// A worker falls asleep in the middle of a step, with what it has read and what it was about to send; others find its
/// charge minutes or days later and work on; then it wakes up.
async fn a_worker_sleeps(world: &mut World) {
    const FOR_HOURS: [i64; 4] = [1, 3, 30, 96];
    let app = world.house.app.clone();
    let now = world.now();
    let due = app.store().read(move |reader| store::charges::actionable(reader, now, 8)).await;
    let Some(one) = world.chance.pick(&due.unwrap_or_default()).cloned() else { return };
    let hours = world.chance.pick(&FOR_HOURS).copied().unwrap_or(1);
    app.store().halt_at(world.chance.below(3).saturating_add(1));
    let mut step = Box::pin(charge::step(&app, one.charge, one.state));
    let over = tokio::select! {
        biased;
        done = &mut step => Some(done),
        () = app.store().halted() => None,
    };
    app.store().halt_at(0);
    let late = match over {
        Some(done) => done,
        None => {
            world.fires(Fault::SleepingWorker);
            for _ in 0..4 {
                world.go_to(world.now().plus_seconds(hours * 900));
                the_mail_server_returns(world);
                world.perhaps_dying("settle", settle::run_once(&app)).await;
            }
            app.store().go_on();
            step.await
        }
    };
    world.note(&format!("{late:?}"));
    if let Err(error) = late {
        world.broken.push(format!("a worker that slept: {error:?}"));
    }
}

/// Whether a refund is over.
pub const fn is_over(state: RefundState) -> bool {
    matches!(
        state,
        RefundState::Done | RefundState::Refused | RefundState::Failed | RefundState::Dropped
    )
}
