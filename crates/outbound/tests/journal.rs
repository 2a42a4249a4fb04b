//! The card network's books on disk: what was answered survives, what was not answered may go.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking, too")]

mod common;

use common::{now, order, saved_card};
use domain::evidence::Finding;
use outbound::cards::sandbox::{BooksAt, Call, Fault, JournalFault};
use outbound::cards::{CardGateway, ChargeOrder, Sandbox};
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn open(folder: &Path) -> Result<Sandbox, JournalFault> {
    Sandbox::new(&BooksAt::Folder(folder.to_owned()), "https://cards.example", now())
}

fn journal(folder: &Path) -> PathBuf {
    folder.join("card-network.jsonl")
}

/// Books with a saved card, three charges, a deleted card and a saved server error; and their last order.
async fn a_day(folder: &Path) -> (Arc<Sandbox>, CardGateway, ChargeOrder) {
    let sandbox = Arc::new(open(folder).unwrap());
    let gateway = CardGateway::Sandbox(Arc::clone(&sandbox));
    let card = saved_card(&sandbox, &gateway, "4242424242424242").await;
    for generation in 1..=3 {
        let key = format!("key-{generation}");
        gateway.charge(&ChargeOrder { generation, ..order(&card, &key) }).await;
    }
    sandbox.misbehave(Call::Charge, Fault::ServerError { booked: true, saved: true });
    gateway.charge(&ChargeOrder { generation: 4, ..order(&card, "key-4") }).await;
    gateway.forget_card(&card).await.unwrap();
    (sandbox, gateway, ChargeOrder { generation: 3, ..order(&card, "key-3") })
}

#[tokio::test]
async fn the_books_are_the_same_after_a_restart_and_keys_answer_as_before() {
    let folder = tempfile::tempdir().unwrap();
    let (sandbox, gateway, last) = a_day(folder.path()).await;
    let (books, answer) = (sandbox.books(), gateway.charge(&last).await);
    assert!(matches!(answer.finding, Finding::Paid { .. }));
    drop((sandbox, gateway));
    let sandbox = Arc::new(open(folder.path()).unwrap());
    assert_eq!(sandbox.books(), books);
    let gateway = CardGateway::Sandbox(Arc::clone(&sandbox));
    assert_eq!(gateway.charge(&last).await, answer);
    assert_eq!(sandbox.books(), books);
}

/// Fails when an unfinished line stops the start, or when the next line is written behind it.
#[tokio::test]
async fn a_line_torn_anywhere_is_cut_off_and_the_next_one_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (sandbox, gateway, last) = a_day(folder.path()).await;
    drop((sandbox, gateway));
    let whole = std::fs::read(journal(folder.path())).unwrap();
    let lines = whole.iter().filter(|byte| **byte == b'\n').count();
    assert!(lines >= 7, "{lines}");
    let from = whole.len() - 400;
    for length in (0..10).chain((from..whole.len()).step_by(9)).chain([whole.len() - 1]) {
        std::fs::write(journal(folder.path()), &whole[..length]).unwrap();
        let sandbox = Arc::new(open(folder.path()).unwrap());
        let kept = whole[..length].iter().filter(|byte| **byte == b'\n').count();
        assert_eq!(sandbox.books().entries, u64::try_from(kept).unwrap());
        let gateway = CardGateway::Sandbox(Arc::clone(&sandbox));
        common::start_setup(&gateway, "after the cut").await;
        let books = sandbox.books();
        drop((sandbox, gateway));
        assert_eq!(open(folder.path()).unwrap().books(), books, "cut at {length}");
    }
    assert_eq!(last.key, "key-3");
}

#[tokio::test]
async fn a_damaged_or_missing_line_is_named_and_nothing_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    drop(a_day(folder.path()).await);
    let whole = std::fs::read_to_string(journal(folder.path())).unwrap();
    let without_second: String = whole
        .split_inclusive('\n')
        .enumerate()
        .filter(|(at, _)| *at != 1)
        .map(|(_, line)| line)
        .collect();
    for bad in [whole.replacen("\"number\":2", "\"number\":x", 1), without_second] {
        std::fs::write(journal(folder.path()), &bad).unwrap();
        let fault = open(folder.path()).err().unwrap();
        assert!(matches!(fault, JournalFault::Damaged { line: 2, .. }), "{fault:?}");
        assert_eq!(std::fs::read_to_string(journal(folder.path())).unwrap(), bad);
    }
}

#[test]
fn two_processes_cannot_write_the_same_books() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(folder.path()).unwrap();
    assert!(matches!(open(folder.path()).err().unwrap(), JournalFault::InUse { .. }));
    drop(first);
    open(folder.path()).unwrap();
}
