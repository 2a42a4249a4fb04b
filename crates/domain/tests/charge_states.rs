//! The charge's state machine: the table of all states × all words of the gateway, and what must hold
//! for every order of them.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use domain::card::GatewayCard;
use domain::charge::*;
use domain::charge_fold::Folded;
use domain::charge_steps::Replanned;
use domain::decline::{Decline, DeclineClass};
use domain::evidence::{Conflict, DisputeFinding, DisputeStage, Evidence, EvidenceSource, Finding};
use domain::group::HospitalCode;
use domain::id::{AccountId, AttemptId, BillId, CardId, ChargeId, EntryId};
use domain::time::{Day, Moment};
use domain::yen::Yen;

fn noon(day: &str) -> Moment {
    Day::parse(day).unwrap().begins().plus_minutes(720)
}

fn frozen(amount: i64, revision: i64) -> FrozenBill {
    FrozenBill {
        bill: BillId::from_number(1),
        revision,
        amount: Yen::new(amount).unwrap(),
        received: Yen::ZERO,
    }
}

fn obligation(amount: i64) -> Obligation {
    Obligation {
        charge: ChargeId::from_number(1),
        entry: EntryId::from_number(1),
        sequence: 1,
        hospital: HospitalCode::parse("shimin").unwrap(),
        account: AccountId::from_number(1),
        due_on: Day::parse("2026-11-28").unwrap(),
        bills: vec![frozen(amount, 1)],
        covered: Yen::ZERO,
        amount: Yen::new(amount).unwrap(),
    }
}

fn order(generation: i64) -> AttemptOrder {
    AttemptOrder {
        id: AttemptId::from_number(1),
        generation,
        key: format!("key-{generation}"),
        amount: Yen::new(3_700).unwrap(),
        card: CardId::from_number(1),
        at_gateway: GatewayCard { customer: "cus_1".into(), payment_method: "pm_1".into() },
        intended_at: noon("2026-11-28"),
    }
}

fn due(generation: i64, declines: i64) -> Due {
    Due { obligation: obligation(3_700), generation, declines, not_before: noon("2026-11-28") }
}

fn sent() -> Sent {
    due(0, 0).intend(order(1), noon("2026-11-28")).unwrap().send(noon("2026-11-28"))
}

fn every_state() -> Vec<Charge> {
    let flight = sent();
    vec![
        Charge::plan(obligation(3_700), None),
        Charge::Due(due(1, 1)),
        Charge::Intended(due(0, 0).intend(order(1), noon("2026-11-28")).unwrap()),
        Charge::Sent(flight.clone()),
        Charge::Unknown(Unknown {
            obligation: flight.obligation.clone(),
            attempt: flight.attempt.clone(),
            declines: 0,
            sent_at: flight.sent_at,
            enquiries: 2,
        }),
        Charge::AwaitingConsent(due(0, 0).await_consent(noon("2026-12-05"))),
        Charge::ActionRequired(ActionRequired {
            obligation: obligation(3_700),
            generation: 1,
            declines: 0,
            until: noon("2026-12-05"),
        }),
        Charge::Paid(taken(0, None)),
        Charge::Paid(taken(600, None)),
        Charge::Paid(taken(3_700, None)),
        Charge::Paid(taken(0, Some(DisputeStage::Opened))),
        Charge::ReturnedToDesk(ReturnedToDesk {
            obligation: obligation(3_700),
            generation: 1,
            reason: ReturnReason::Declined(DeclineClass::Hard),
        }),
        Charge::Withdrawn(Closed { obligation: obligation(3_700), generation: 0, declines: 0 }),
        Charge::plan(obligation(0), None),
    ]
}

fn taken(refunded: i64, dispute: Option<DisputeStage>) -> Paid {
    Paid {
        obligation: obligation(3_700),
        generation: 1,
        reference: "ch_1".into(),
        paid_at: noon("2026-11-28"),
        refunded: Yen::new(refunded).unwrap(),
        dispute,
    }
}

fn paid(reference: &str, amount: i64) -> Finding {
    Finding::Paid {
        reference: reference.into(),
        amount: Yen::new(amount).unwrap(),
        paid_at: noon("2026-11-28"),
    }
}

fn declined(code: &str) -> Finding {
    Finding::Declined(Decline::from_gateway(code, None))
}

fn every_word() -> Vec<(&'static str, i64, Moment, Finding)> {
    let soon = noon("2026-11-28").plus_seconds(5);
    let later = noon("2026-11-28").plus_seconds(600);
    vec![
        ("paid", 1, soon, paid("ch_1", 3_700)),
        ("paid again", 1, soon, paid("ch_2", 3_700)),
        ("paid less", 1, soon, paid("ch_1", 3_600)),
        ("paid, other attempt", 9, soon, paid("ch_9", 3_700)),
        ("soft decline", 1, soon, declined("insufficient_funds")),
        ("hard decline", 1, soon, declined("lost_card")),
        ("hard decline, other attempt", 9, soon, declined("lost_card")),
        ("authenticate", 1, soon, Finding::ActionRequired),
        ("unclear", 1, soon, Finding::Unclear { why: "time-out".into() }),
        ("busy", 1, soon, Finding::Busy { why: "429".into() }),
        ("absent at once", 1, soon, Finding::Absent),
        ("absent later", 1, later, Finding::Absent),
        ("absent, the key forgotten", 1, noon("2026-11-29"), Finding::Absent),
    ]
}

fn evidence(generation: i64, seen_at: Moment, finding: Finding) -> Evidence {
    let source_id = format!("{finding:?}");
    // Only the answer to a request can prove that the request did nothing.
    let busy = matches!(finding, Finding::Busy { .. });
    let source = if busy { EvidenceSource::Response } else { EvidenceSource::Poll };
    Evidence { source, source_id, generation, finding, seen_at }
}

fn told(folded: &Folded) -> String {
    let detail = |charge: &Charge| match charge {
        Charge::Due(due) => format!(
            "due after attempt {}, {} declines, from {}",
            due.generation, due.declines, due.not_before
        ),
        Charge::Unknown(unknown) => format!("unknown, {} enquiries", unknown.enquiries),
        Charge::Paid(paid) => format!("paid {}", paid.reference),
        Charge::Scheduled(_)
        | Charge::Intended(_)
        | Charge::Sent(_)
        | Charge::AwaitingConsent(_)
        | Charge::ActionRequired(_)
        | Charge::ReturnedToDesk(_)
        | Charge::Withdrawn(_)
        | Charge::SettledZero(_) => charge.state().as_str().to_owned(),
    };
    match folded {
        Folded::Moved(charge) => detail(charge),
        Folded::Kept(_) => "-".to_owned(),
        Folded::Contradicted(_, conflict) => format!("! {}", conflict.as_str()),
    }
}

#[test]
fn the_table_of_all_states_and_all_words() {
    let mut table = Vec::new();
    for charge in every_state() {
        for (name, generation, at, finding) in every_word() {
            let folded = charge.clone().fold(&evidence(generation, at, finding));
            table.push(format!("{:16} + {name:27} = {}", charge.state().as_str(), told(&folded)));
        }
    }
    insta::assert_snapshot!(table.join("\n"));
}

/// Rules R3 and I6. Mutation: letting "unclear" move a paid charge to unknown breaks it; so does
/// counting a decline twice.
#[test]
fn every_order_and_every_repetition_ends_the_same() {
    let at = noon("2026-11-28").plus_seconds(600);
    let sets: Vec<Vec<Finding>> = vec![
        vec![paid("ch_1", 3_700), Finding::Unclear { why: "time-out".into() }],
        vec![paid("ch_1", 3_700), paid("ch_1", 3_700), Finding::Unclear { why: "x".into() }],
        vec![paid("ch_1", 3_700), declined("insufficient_funds"), Finding::Absent],
        vec![paid("ch_1", 3_700), declined("lost_card"), Finding::Unclear { why: "x".into() }],
    ];
    for set in sets {
        let mut ends = Vec::new();
        for permutation in permutations(&set) {
            let mut charge = Charge::Sent(sent());
            for finding in permutation.iter().chain(permutation.iter()) {
                charge = charge.fold(&evidence(1, at, finding.clone())).charge().clone();
            }
            ends.push(charge);
        }
        assert!(ends.iter().all(|end| end == &ends[0]), "{set:?} ends differently: {ends:?}");
        assert_eq!(ends[0].state(), ChargeState::Paid);
    }
}

fn permutations(findings: &[Finding]) -> Vec<Vec<Finding>> {
    if findings.len() < 2 {
        return vec![findings.to_vec()];
    }
    let mut all = Vec::new();
    for index in 0..findings.len() {
        let mut rest = findings.to_vec();
        let first = rest.remove(index);
        for mut tail in permutations(&rest) {
            tail.insert(0, first.clone());
            all.push(tail);
        }
    }
    all
}

#[test]
fn q05_nothing_becomes_due_before_its_day() {
    let Charge::Scheduled(scheduled) = Charge::plan(obligation(3_700), None) else { panic!() };
    let last_minute = Moment::from_ms(Day::parse("2026-11-28").unwrap().begins().ms() - 1);
    let scheduled = scheduled.become_due(last_minute).unwrap_err();
    assert!(scheduled.become_due(Day::parse("2026-11-28").unwrap().begins()).is_ok());
}

/// Mutation: an order made for another generation or another amount is sent after all.
#[test]
fn an_order_from_an_older_state_is_not_taken() {
    let now = noon("2026-11-28");
    assert!(due(1, 1).intend(order(1), now).is_err(), "generation 1 has ended");
    assert!(due(0, 0).intend(order(2), now).is_err());
    let other = AttemptOrder { amount: Yen::new(3_600).unwrap(), ..order(1) };
    assert!(due(0, 0).intend(other, now).is_err());
    assert!(due(0, 0).intend(order(1), Moment::from_ms(now.ms() - 1)).is_err());
}

/// `domain.md` 15 statement 14: three attempts in all, on day 0, 3 and 7.
#[test]
fn soft_declines_end_at_the_desk_after_three_attempts() {
    let mut days = Vec::new();
    let mut waiting = due(0, 0);
    loop {
        let now = waiting.not_before;
        days.push(now.day().to_string());
        let attempt = order(waiting.generation + 1);
        let generation = attempt.generation;
        let charge = Charge::Sent(waiting.intend(attempt, now).unwrap().send(now));
        let folded = charge.fold(&evidence(generation, now, declined("insufficient_funds")));
        if let Charge::Due(due) = folded.charge() {
            waiting = due.clone();
        } else {
            assert_eq!(folded.charge().state(), ChargeState::ReturnedToDesk);
            break;
        }
    }
    assert_eq!(days, ["2026-11-28", "2026-12-01", "2026-12-05"]);
}

/// `domain.md` 3.5 E8, rule R8. Mutation: editing a charge that is in flight.
#[test]
fn a_correction_follows_until_something_is_sent_and_never_after() {
    for charge in every_state() {
        let before = charge.state();
        let replanned = charge.refreeze(vec![frozen(3_100, 2)], Yen::ZERO, None).unwrap();
        let may_follow = matches!(
            before,
            ChargeState::Scheduled
                | ChargeState::Due
                | ChargeState::AwaitingConsent
                | ChargeState::ActionRequired
                | ChargeState::SettledZero
        );
        match replanned {
            Replanned::Changed(charge) => {
                assert!(may_follow, "{before:?}");
                assert_eq!(charge.obligation().amount.amount(), 3_100);
            }
            Replanned::TooLate(charge) => {
                assert!(!may_follow, "{before:?}");
                assert_ne!(charge.obligation().amount.amount(), 3_100);
            }
            Replanned::Same(_) => panic!("{before:?}"),
        }
    }
}

/// `domain.md` 3.5 E7: a zero bill closes without the gateway.
#[test]
fn a_bill_of_nothing_is_settled_without_a_charge() {
    assert_eq!(Charge::plan(obligation(0), None).state(), ChargeState::SettledZero);
    let planned = Charge::plan(obligation(3_700), None);
    let replanned = planned.refreeze(vec![frozen(0, 2)], Yen::ZERO, None).unwrap();
    let Replanned::Changed(charge) = replanned else { panic!("{replanned:?}") };
    assert_eq!(charge.state(), ChargeState::SettledZero);
}

/// `domain.md` 3.5 E1: slips are summed as billed. Mutation: rounding the sum to ten yen.
#[test]
fn two_slips_are_summed_and_never_rounded_again() {
    let bills = [frozen(3_700, 1), frozen(931, 1)];
    assert_eq!(Obligation::sum_of(&bills).unwrap().amount(), 4_631);
}

#[test]
fn only_a_charge_that_is_not_moving_is_withdrawn() {
    for charge in every_state() {
        let before = charge.state();
        match charge.withdraw() {
            Replanned::Changed(charge) => assert_eq!(charge.state(), ChargeState::Withdrawn),
            Replanned::Same(_) => assert!(before.is_final()),
            Replanned::TooLate(charge) => {
                assert!(before.is_in_flight() || before.has_taken(), "{before:?}");
                assert_eq!(charge.state(), before);
            }
        }
    }
}

/// Mutation: letting an announced amount be charged before its notice period is over.
#[test]
fn a_changed_amount_waits_for_its_own_notice() {
    let notice = Day::parse("2026-11-30").unwrap().begins();
    let planned = Charge::plan(obligation(3_700), Some(notice));
    assert!(planned.clone().due_now(noon("2026-11-29")).is_none());
    assert!(planned.clone().due_now(notice).is_some());
    let later = Day::parse("2026-12-02").unwrap().begins();
    let same = planned.clone().refreeze(vec![frozen(3_700, 2)], Yen::ZERO, Some(later)).unwrap();
    let Replanned::Changed(same) = same else { panic!("{same:?}") };
    assert!(same.due_now(notice).is_some(), "the same amount was told already");
    let other = planned.refreeze(vec![frozen(3_800, 2)], Yen::ZERO, Some(later)).unwrap();
    let Replanned::Changed(other) = other else { panic!("{other:?}") };
    assert!(other.clone().due_now(notice).is_none());
    assert!(other.due_now(later).is_some());
}

/// 429 proves that the request did nothing: the attempt stays the same. Mutation: counting it as a
/// decline, or making a new key.
#[test]
fn not_now_is_no_attempt() {
    let now = noon("2026-11-28");
    let busy = evidence(1, now, Finding::Busy { why: "429".into() });
    let folded = Charge::Sent(sent()).fold(&busy);
    let Folded::Moved(Charge::Intended(intended)) = folded else { panic!("{folded:?}") };
    assert_eq!((intended.attempt, intended.declines), (order(1), 0));
    let question = Evidence { source: EvidenceSource::Poll, ..busy };
    let folded = Charge::Sent(sent()).fold(&question);
    assert_eq!(folded.charge().state(), ChargeState::Unknown, "a question says nothing");
}

/// Rules R1 and R5. Mutations: a new key while the gateway still knows the old one; the old key after it
/// may have been forgotten.
#[test]
fn proof_of_absence_keeps_the_key_as_long_as_the_gateway_does() {
    let flight = sent();
    let after = |seconds: i64| flight.sent_at.plus_seconds(seconds);
    let state = |seconds: i64| {
        let word = evidence(1, after(seconds), Finding::Absent);
        Charge::Sent(sent()).fold(&word).charge().clone()
    };
    assert_eq!(state(179).state(), ChargeState::Unknown);
    let Charge::Intended(again) = state(180) else { panic!() };
    assert_eq!(again.attempt, flight.attempt);
    assert_eq!(state(20 * 3_600 - 1).state(), ChargeState::Intended);
    let Charge::Due(due) = state(20 * 3_600) else { panic!() };
    assert_eq!((due.generation, due.declines), (1, 0));
}

/// F28. Mutation: an older stage moves a newer one back.
#[test]
fn every_order_of_a_dispute_ends_the_same() {
    let stages = [DisputeStage::Inquiry, DisputeStage::Opened, DisputeStage::Lost];
    let word = |stage: DisputeStage| DisputeFinding {
        reference: "dp_1".into(),
        charge_reference: "ch_1".into(),
        amount: Yen::new(3_700).unwrap(),
        stage,
        reason: "fraudulent".into(),
    };
    for (first, second, third) in [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)]
    {
        let mut charge = Charge::Paid(taken(0, None));
        for index in [first, second, third, first] {
            charge = charge.fold_dispute(&word(stages[index])).charge().clone();
        }
        assert_eq!(charge, Charge::Paid(taken(0, Some(DisputeStage::Lost))));
        assert_eq!(charge.state(), ChargeState::Disputed);
    }
    let lost = Charge::Paid(taken(0, Some(DisputeStage::Lost)));
    let won = lost.fold_dispute(&word(DisputeStage::Won));
    assert!(matches!(won, Folded::Contradicted(_, Conflict::DisputeEndsDiffer)), "{won:?}");
}

/// Invariant I9. Mutation: taking any sum.
#[test]
fn no_more_goes_back_than_was_taken() {
    let folded = Charge::Paid(taken(0, None)).fold_refunded(Yen::new(3_701).unwrap());
    assert!(matches!(folded, Folded::Contradicted(_, Conflict::RefundedTooMuch)), "{folded:?}");
    let folded = Charge::Paid(taken(0, None)).fold_refunded(Yen::new(600).unwrap());
    assert_eq!(folded.charge().state(), ChargeState::PartRefunded);
    let folded = folded.charge().clone().fold_refunded(Yen::new(3_700).unwrap());
    assert_eq!(folded.charge().state(), ChargeState::Refunded);
}

/// While we wait for a person a clock may decide; while money moves it never does (I5).
#[test]
fn waiting_for_a_person_ends_and_unknown_does_not() {
    for charge in every_state() {
        let before = charge.state();
        let waits = matches!(before, ChargeState::AwaitingConsent | ChargeState::ActionRequired);
        let early = charge.clone().waited_long_enough(noon("2026-12-04"));
        assert!(matches!(early, Replanned::Same(_)), "{before:?}");
        match charge.waited_long_enough(noon("2036-12-05")) {
            Replanned::Changed(charge) => {
                assert!(waits, "{before:?}");
                assert_eq!(charge.state(), ChargeState::ReturnedToDesk);
            }
            Replanned::Same(_) => assert!(!waits, "{before:?}"),
            Replanned::TooLate(_) => panic!("{before:?}"),
        }
    }
}

/// R1, found by the simulator: a charge that was declined, corrected to nothing and corrected again goes on
/// counting. Mutation: beginning at generation 0 again, where the key of generation 1 is used.
#[test]
fn a_charge_that_is_opened_again_uses_no_generation_twice() {
    let declined = Charge::Due(due(1, 1));
    let zero = declined.refreeze(vec![frozen(0, 2)], Yen::ZERO, None).unwrap();
    let Replanned::Changed(zero) = zero else { panic!("{zero:?}") };
    assert_eq!(zero.state(), ChargeState::SettledZero);
    let again = zero.refreeze(vec![frozen(3_700, 3)], Yen::ZERO, None).unwrap();
    let Replanned::Changed(Charge::Due(again)) = again else { panic!("{again:?}") };
    assert_eq!((again.generation, again.declines), (1, 1));
}

/// The table in the documents is this program's.
#[test]
fn the_table_in_the_documents_is_this_programs() {
    let words = [
        ("paid", "paid"),
        ("other amount", "paid less"),
        ("soft decline", "soft decline"),
        ("hard decline", "hard decline"),
        ("authenticate", "authenticate"),
        ("unclear", "unclear"),
        ("not now", "busy"),
        ("absent, early", "absent at once"),
        ("absent, proved", "absent later"),
    ];
    let all = every_word();
    let mut lines = vec![
        format!("| state | {} |", words.map(|(name, _)| name).join(" | ")),
        format!("| --- |{}", " --- |".repeat(words.len())),
    ];
    for charge in every_state() {
        let cells = words.map(|(_, word)| {
            let (_, generation, at, finding) =
                all.iter().find(|(name, ..)| *name == word).unwrap().clone();
            match charge.clone().fold(&evidence(generation, at, finding)) {
                Folded::Moved(moved) => moved.state().as_str().to_owned(),
                Folded::Kept(_) => "-".to_owned(),
                Folded::Contradicted(..) => "!".to_owned(),
            }
        });
        lines.push(format!("| {} | {} |", charge.state().as_str(), cells.join(" | ")));
    }
    let table = lines.join("\n");
    let document = include_str!("../../../docs/engine.md");
    assert!(document.contains(&table), "docs/engine.md must hold:\n{table}");
}
