//! The refund's state machine: the table of all states × all words, and what must hold for every order.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use domain::evidence::{EvidenceSource, RefundFinding};
use domain::group::HospitalCode;
use domain::id::{ChargeId, EntryId, RefundId};
use domain::refund::*;
use domain::time::Moment;
use domain::yen::Yen;

fn at(seconds: i64) -> Moment {
    Moment::from_ms(1_800_000_000_000).plus_seconds(seconds)
}

fn attempt() -> RefundAttempt {
    RefundAttempt {
        generation: 1,
        key: "key".into(),
        charge_reference: "ch_1".into(),
        intended_at: at(0),
    }
}

fn refund(progress: RefundProgress) -> Refund {
    let terms = RefundTerms {
        id: RefundId::from_number(1),
        charge: ChargeId::from_number(1),
        entry: EntryId::from_number(1),
        hospital: HospitalCode::parse("shimin").unwrap(),
        amount: Yen::new(600).unwrap(),
        reason: RefundReason::Correction,
        note: String::new(),
        requested_by: "system".into(),
        requested_at: at(0),
    };
    Refund { terms, approved_by: Some("accounting".into()), progress }
}

fn sent() -> Refund {
    refund(RefundProgress::Sent { attempt: attempt(), sent_at: at(0) })
}

fn every_state() -> Vec<Refund> {
    let (reference, code) = ("re_1".to_owned(), "no".to_owned());
    let unknown = RefundProgress::Unknown { attempt: attempt(), sent_at: at(0), enquiries: 1 };
    let pending =
        RefundProgress::Pending { attempt: attempt(), reference: reference.clone(), enquiries: 0 };
    let done =
        RefundProgress::Done { generation: 1, reference: reference.clone(), refunded_at: at(1) };
    [
        RefundProgress::Requested,
        RefundProgress::Intended(attempt()),
        RefundProgress::Sent { attempt: attempt(), sent_at: at(0) },
        unknown,
        pending,
        done,
        RefundProgress::Refused { generation: 1, code: code.clone() },
        RefundProgress::Failed { generation: 1, reference, code },
        RefundProgress::Dropped,
    ]
    .into_iter()
    .map(refund)
    .collect()
}

fn done(reference: &str, amount: i64) -> RefundFinding {
    let amount = Yen::new(amount).unwrap();
    RefundFinding::Done { reference: reference.into(), amount, refunded_at: at(1) }
}

fn failed() -> RefundFinding {
    RefundFinding::Failed { reference: "re_1".into(), code: "card_closed".into() }
}

fn pending() -> RefundFinding {
    RefundFinding::Pending { reference: "re_1".into() }
}

fn unclear() -> RefundFinding {
    RefundFinding::Unclear { why: "time-out".into() }
}

fn evidence(seen_at: Moment, finding: RefundFinding) -> RefundEvidence {
    let source = EvidenceSource::Response;
    RefundEvidence { source, source_id: format!("{finding:?}"), generation: 1, finding, seen_at }
}

fn after(folded: RefundFolded) -> Refund {
    match folded {
        RefundFolded::Moved(refund)
        | RefundFolded::Kept(refund)
        | RefundFolded::Contradicted(refund, _) => refund,
    }
}

#[test]
fn the_table_of_all_states_and_all_words() {
    let words = [
        ("done", at(5), done("re_1", 600)),
        ("done again", at(5), done("re_2", 600)),
        ("done, other amount", at(5), done("re_1", 500)),
        ("pending", at(5), pending()),
        ("failed", at(5), failed()),
        ("refused", at(5), RefundFinding::Refused { code: "disputed".into() }),
        ("unclear", at(5), unclear()),
        ("busy", at(5), RefundFinding::Busy { why: "429".into() }),
        ("absent at once", at(5), RefundFinding::Absent),
        ("absent later", at(600), RefundFinding::Absent),
        ("absent, the key forgotten", at(86_400), RefundFinding::Absent),
    ];
    let mut table = Vec::new();
    for refund in every_state() {
        for (name, seen_at, finding) in &words {
            let told = match refund.clone().fold(&evidence(*seen_at, finding.clone())) {
                RefundFolded::Moved(moved) => moved.state().as_str().to_owned(),
                RefundFolded::Kept(_) => "-".to_owned(),
                RefundFolded::Contradicted(_, conflict) => format!("! {}", conflict.as_str()),
            };
            table.push(format!("{:10} + {name:25} = {told}", refund.state().as_str()));
        }
    }
    insta::assert_snapshot!(table.join("\n"));
}

/// Rule R3, F27. Mutation: a late "done" or "pending" moves a failed refund back.
#[test]
fn every_order_ends_the_same() {
    let sets = [
        (vec![done("re_1", 600), pending(), unclear()], RefundState::Done),
        (vec![pending(), done("re_1", 600), failed()], RefundState::Failed),
    ];
    for (set, end) in sets {
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let mut refund = sent();
            for index in order.into_iter().chain(order) {
                refund = after(refund.fold(&evidence(at(5), set[index].clone())));
            }
            assert_eq!(refund.state(), end, "{order:?}");
        }
    }
}

/// Mutation: sending again under a new key after a proof of absence.
#[test]
fn a_refund_is_sent_again_under_its_key_only() {
    let again = after(sent().fold(&evidence(at(600), RefundFinding::Absent)));
    assert_eq!(again.progress, RefundProgress::Intended(attempt()));
    let forgotten = after(sent().fold(&evidence(at(20 * 3_600), RefundFinding::Absent)));
    assert_eq!(forgotten.state(), RefundState::Refused, "people decide");
}
