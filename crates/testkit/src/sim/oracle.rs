//! The judge. It knows the laws and nothing of how the engine keeps them: it compares the card network's own
//! books with what the world knows of visits, bills and cash.

use super::actions::{entry_of, is_over};
use super::bookkeeper;
use super::world::{Visit, World};
use domain::charge::Charge;
use domain::charge_state::ChargeState;
use domain::refund::{RefundReason, RefundState};
use domain::time::Moment;
use outbound::cards::sandbox::{Books, ChargeStatus, RefundStatus};
use std::collections::{BTreeMap, BTreeSet};

/// What was seen before, so that each look costs only what is new.
#[derive(Default)]
pub struct Oracle {
    entries: BTreeMap<String, String>,
    keys: usize,
}

impl Oracle {
    /// Looks at everything that must hold at every moment; says what does not.
    pub async fn look(&mut self, world: &mut World) -> Vec<String> {
        let mut wrong = world.broken.clone();
        let books = world.books();
        let mut references = BTreeSet::new();
        let mut by_entry: BTreeMap<String, i64> = BTreeMap::new();
        for charge in books.charges.values() {
            if charge.status != ChargeStatus::Succeeded {
                continue;
            }
            if !references.insert(charge.reference.clone()) {
                wrong.push(format!("I1: {} was captured twice", charge.reference));
            }
            let Some(entry) = self.entry(world, &charge.reference).await else {
                wrong.push(format!("I8: {} is a charge that nobody knows", charge.id));
                continue;
            };
            // What the gateway took beyond what it was asked for is its own doing, and perhaps not told yet.
            let asked = books.keys.get(&charge.key).map(|used| used.parameters.amount);
            let took = charge.amount.min(asked.unwrap_or(charge.amount));
            *by_entry.entry(entry.clone()).or_default() += took - back(&books, &charge.id);
            let index = world.by_entry().get(&entry).copied();
            let Some(visit) = index.and_then(|index| world.visits.get(index)) else {
                wrong.push(format!("I16: {} was charged without an entry", charge.id));
                continue;
            };
            wrong.extend(law_of_one(visit, charge.amount, charge.created_ms));
        }
        for (entry, net) in by_entry {
            let index = world.by_entry().get(&entry).copied();
            if let Some(visit) = index.and_then(|index| world.visits.get(index))
                && net > visit.most
                && !visit.meddled
                && !self.is_explained(world, visit).await
            {
                wrong.push(format!("I1: {entry} has paid {net}, and owed at most {}", visit.most));
            }
        }
        wrong.extend(law_of_declines(&books));
        wrong.extend(law_of_refunds(world).await);
        wrong.extend(self.look_at_keys(world, &books).await);
        wrong
    }

    async fn entry(&mut self, world: &World, reference: &str) -> Option<String> {
        if let Some(known) = self.entries.get(reference) {
            return Some(known.clone());
        }
        let found = entry_of(world, reference).await?;
        self.entries.insert(reference.to_owned(), found.clone());
        Some(found)
    }

    /// I3, I4: no key at the gateway that we had not stored before with the same amount and card.
    async fn look_at_keys(&mut self, world: &World, books: &Books) -> Vec<String> {
        if books.keys.len() == self.keys {
            return Vec::new();
        }
        self.keys = books.keys.len();
        let mut wrong = Vec::new();
        for (key, used) in &books.keys {
            let name = key.clone();
            let read = world
                .house
                .app
                .store()
                .read(move |reader| store::attempts::by_key(reader, &name))
                .await;
            match read {
                Ok(Some(attempt)) => {
                    let same = attempt.amount.amount() == used.parameters.amount
                        && attempt.at_gateway.payment_method == used.parameters.payment_method
                        && attempt.generation == used.parameters.generation;
                    if !same {
                        wrong.push(format!("I4: {key} was stored and sent differently"));
                    }
                    if attempt.intended_at.ms() > used.created_ms {
                        wrong.push(format!("I3: {key} was sent before it was stored"));
                    }
                    let asked = (used.parameters.reference.clone(), used.parameters.amount);
                    wrong.extend(self.above_ceiling(world, asked, attempt.intended_at).await);
                }
                Ok(None) => wrong.push(format!("I3: {key} was sent and never stored")),
                Err(error) => wrong.push(format!("{error:?}")),
            }
        }
        wrong
    }

    /// Nobody is charged who did not ask: above the payer's ceiling only what the payer has agreed to.
    async fn above_ceiling(
        &mut self,
        world: &World,
        (charge, amount): (String, i64),
        frozen_at: Moment,
    ) -> Option<String> {
        let entry = self.entry(world, &charge).await?;
        let visit = world.by_entry().get(&entry).and_then(|index| world.visits.get(*index))?;
        let ceiling = world.ceiling(visit.payer, frozen_at)?;
        let above = amount > ceiling && !world.agreed.contains(&(charge.clone(), amount));
        above.then(|| format!("I16: {charge} is {amount} yen, and its payer allowed {ceiling}"))
    }

    /// Whether staff have been told that the sums of a visit do not agree.
    async fn is_explained(&self, world: &World, visit: &Visit) -> bool {
        let Some(entry) = visit.entry else { return false };
        let read = world.house.app.store().read(move |reader| {
            let charges = store::charges::of_entry(reader, entry)?;
            let open = store::attempts::open_exceptions(reader)?;
            Ok::<_, store::StoreError>((charges, open))
        });
        let Ok((charges, open)) = read.await else { return false };
        let ids: BTreeSet<_> =
            charges.iter().map(|stored| stored.charge.obligation().charge).collect();
        const PEOPLE_LOOK: [&str; 5] = [
            "amount_differs",
            "refund_refused",
            "refund_not_ours",
            "paid_without_charge",
            "paid_by_ended_attempt",
        ];
        open.iter().any(|one| ids.contains(&one.charge) && PEOPLE_LOOK.contains(&one.kind.as_str()))
    }

    /// Everything has had its time: now the sums must agree to the yen.
    pub async fn last_look(&mut self, world: &mut World) -> Vec<String> {
        let mut wrong = Vec::new();
        let books = world.books();
        let mut paid_mails = 0_usize;
        let mut looked_at = BTreeSet::new();
        for visit in world.visits.clone() {
            let Some(entry) = visit.entry else { continue };
            let read = world.house.app.store().read(move |reader| {
                let charges = store::charges::of_entry(reader, entry)?;
                let refunds = store::refunds::of_entry(reader, entry)?;
                Ok::<_, store::StoreError>((charges, refunds))
            });
            let (charges, refunds) = match read.await {
                Ok(found) => found,
                Err(error) => return vec![format!("{error:?}")],
            };
            let explained = self.is_explained(world, &visit).await || visit.meddled;
            if explained {
                looked_at.insert(entry.to_string());
                looked_at
                    .extend(charges.iter().map(|one| one.charge.obligation().charge.to_string()));
                looked_at.extend(refunds.iter().map(|one| one.refund.terms.id.to_string()));
            }
            let mut net = 0;
            let mut at_desk = false;
            for stored in &charges {
                let charge = &stored.charge;
                let id = charge.obligation().charge.to_string();
                paid_mails += usize::from(charge.state().has_taken());
                at_desk |= charge.state() == ChargeState::ReturnedToDesk;
                if !charge.state().is_final() && !explained {
                    wrong.push(format!("I2: {id} is still {}", charge.state().as_str()));
                }
                let captured: i64 = books
                    .charges
                    .values()
                    .filter(|one| one.reference == id && one.status == ChargeStatus::Succeeded)
                    .map(|one| one.amount - back(&books, &one.id))
                    .sum();
                net += captured;
                wrong.extend(agree(charge, captured, explained));
                wrong.extend(receipt(world, charge).await);
            }
            let open = refunds.iter().find(|stored| !is_over(stored.refund.state()));
            if let Some(open) = open.filter(|_| !explained) {
                wrong.push(format!("I2: {} is still open", open.refund.terms.id));
            }
            let given = given_back(&refunds);
            let due = if visit.cash.is_some() { 0 } else { visit.due() };
            let fits = net == due
                || (given > 0 && net <= due && net >= due - given)
                || (at_desk && net <= due);
            if !fits && !explained {
                wrong.push(format!(
                    "a bill is lost or doubled: {entry} owes {due}, the card paid {net}; {}; {}; {:?}",
                    told_charges(&charges),
                    told_refunds(&refunds),
                    visit.slips
                ));
            }
        }
        wrong.extend(records(world, paid_mails, &looked_at).await);
        wrong
    }
}

/// Mails, books and the record of acts, as they stand at the end.
async fn records(
    world: &mut World,
    paid_mails: usize,
    looked_at: &BTreeSet<String>,
) -> Vec<String> {
    let mut wrong = mails(world, paid_mails).await;
    if let Some(first) = world.visits.iter().map(|visit| visit.day).min() {
        wrong.extend(bookkeeper::look(world, first, looked_at).await);
    }
    let verified = world.house.app.store().read(|reader| store::audit::verify(reader, None)).await;
    match verified {
        Ok(report) if report.broken.is_none() => {}
        Ok(report) => wrong.push(format!("I15: the chain is broken: {report:?}")),
        Err(error) => wrong.push(format!("{error:?}")),
    }
    wrong
}

/// What has gone back on a charge of the card network's.
fn back(books: &Books, charge: &str) -> i64 {
    let lasting = books
        .refunds
        .values()
        .filter(|refund| refund.charge == charge && refund.status != RefundStatus::Failed);
    lasting.map(|refund| refund.amount).sum()
}

/// F14: no charge is tried again on a card that was lost, nor more often than the rules of the networks
/// allow by far. (Another visit's charge may be on its way before anybody knows of the loss.)
fn law_of_declines(books: &Books) -> Vec<String> {
    let mut lost: BTreeMap<&str, u32> = BTreeMap::new();
    let mut tries: BTreeMap<&str, u32> = BTreeMap::new();
    for charge in books.charges.values() {
        if charge.status == ChargeStatus::Failed {
            *tries.entry(&charge.reference).or_default() += 1;
        }
        if charge.decline_code.as_deref() == Some("lost_card") {
            *lost.entry(&charge.reference).or_default() += 1;
        }
    }
    let again = lost.into_iter().filter(|(_, times)| *times > 1);
    let again =
        again.map(|(card, times)| format!("F14: {card} was tried {times} times on a lost card"));
    let often = tries.into_iter().filter(|(_, times)| *times > 3);
    again
        .chain(often.map(|(one, times)| format!("F14: {one} was declined {times} times")))
        .collect()
}

/// I9: what is asked back on a charge, and not yet refused, is at no moment more than it took. (At the end the card
/// network has refused what was too much.)
async fn law_of_refunds(world: &World) -> Vec<String> {
    let read = world.house.app.store().read(|reader| {
        let (charges, mut wrong) = (store::charges::all(reader)?, Vec::new());
        for charge in charges.into_iter().map(|stored| stored.charge) {
            let owed = charge.obligation();
            let refunds = store::refunds::of_entry(reader, owed.entry)?.into_iter();
            let going = refunds.map(|stored| stored.refund).filter(|refund| {
                refund.terms.charge == owed.charge
                    && refund.state() != RefundState::Requested
                    && refund.state().holds_amount()
            });
            let going: i64 = going.map(|refund| refund.terms.amount.amount()).sum();
            if going > owed.amount.amount() {
                wrong.push(format!("I9: {going} of {} go back on {}", owed.amount, owed.charge));
            }
        }
        Ok::<_, store::StoreError>(wrong)
    });
    read.await.unwrap_or_else(|error| vec![format!("{error:?}")])
}

/// What must hold for every single capture.
fn law_of_one(visit: &Visit, amount: i64, created_ms: i64) -> Vec<String> {
    let mut wrong = Vec::new();
    let due_ms = visit.day.plus_days(4).begins().ms();
    if created_ms < due_ms {
        wrong.push(format!("I19: {} was charged before its day", visit.number));
    }
    if let Some((cash_at, on_its_way)) = visit.cash
        && created_ms > cash_at.ms()
        && !on_its_way
    {
        wrong.push(format!("I16: {} was charged after cash was taken", visit.number));
    }
    if amount < 50 && !visit.meddled {
        wrong.push(format!("F16: {} was charged {amount} yen", visit.number));
    }
    wrong
}

/// I8: our books and theirs, charge by charge.
fn agree(charge: &Charge, captured: i64, explained: bool) -> Option<String> {
    let ours = charge.payment().map_or(0, |paid| paid.kept().amount());
    let id = charge.obligation().charge;
    (ours != captured && !explained)
        .then(|| format!("I8: {id}: we say {ours}, the card network says {captured}"))
}

/// I11: a receipt exists where anything is kept, and says just that.
async fn receipt(world: &World, charge: &Charge) -> Option<String> {
    let id = charge.obligation().charge;
    let read = world.house.app.store().read(move |reader| store::receipts::of_charge(reader, id));
    let says = match read.await {
        Ok(receipt) => receipt.map_or(0, |receipt| receipt.amount.amount()),
        Err(error) => return Some(format!("{error:?}")),
    };
    let kept = charge.payment().map_or(0, |paid| paid.kept().amount());
    (says != kept).then(|| format!("I11: {id}: the receipt says {says}, kept is {kept}"))
}

/// I10: each payment is told once.
async fn mails(world: &World, payments: usize) -> Vec<String> {
    let mails = world.house.mails().await;
    let told = mails.iter().filter(|mail| mail.subject.contains("お支払い完了")).count();
    let ids: BTreeSet<_> = mails.iter().map(|mail| mail.message_id.clone()).collect();
    let mut wrong = Vec::new();
    if told != payments {
        wrong.push(format!("I10: {payments} payments, and {told} mails that tell of one"));
    }
    if ids.len() != mails.len() {
        wrong.push("I10: a mail went out twice".to_owned());
    }
    wrong
}

fn told_charges(charges: &[store::charges::StoredCharge]) -> String {
    let told = charges.iter().map(|stored| {
        let owed = stored.charge.obligation();
        format!("{} {} less {}", stored.charge.state().as_str(), owed.amount, owed.covered)
    });
    told.collect::<Vec<_>>().join(", ")
}

fn told_refunds(refunds: &[store::refunds::StoredRefund]) -> String {
    let told = refunds.iter().map(|stored| {
        let terms = &stored.refund.terms;
        format!("{} {} {}", terms.reason.as_str(), stored.refund.state().as_str(), terms.amount)
    });
    told.collect::<Vec<_>>().join(", ")
}

/// What went back by goodwill.
fn given_back(refunds: &[store::refunds::StoredRefund]) -> i64 {
    let done = refunds.iter().map(|stored| &stored.refund).filter(|refund| {
        refund.terms.reason == RefundReason::Goodwill && refund.state() == RefundState::Done
    });
    done.map(|refund| refund.terms.amount.amount()).sum()
}
