//! SQLite's writer makes many transactions durable at once, and still each succeeds or fails alone.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking, too")]

use std::sync::mpsc;

use store::{Statement, Store, StoreError, Tx, testing};

const PUT: Statement =
    Statement::new("tests.put", "INSERT INTO meta (name, value) VALUES ($1, '')");
const COUNT: Statement = Statement::new("tests.count", "SELECT count(*) FROM meta");

/// Writes two rows, so that a failure at the second has something to undo. The first one's name is cut
/// off at the `/`: `a/1` and `b/1` get different first rows and the same second one.
fn put(tx: &mut Tx<'_>, name: &str) -> Result<(), StoreError> {
    let (first, second) = name.split_once('/').unwrap();
    tx.execute_one(&PUT, &[first.into()])?;
    tx.execute_one(&PUT, &[format!("second {second}").as_str().into()])
}

fn count(store: &Store) -> i64 {
    let row = store.read_blocking(|reader| reader.query_opt(&COUNT, &[])).unwrap().unwrap();
    row.int(0).unwrap()
}

/// Holds the writer, lets `names` queue up behind it, lets it go, and gives back the answers.
async fn in_one_batch(store: &Store, names: Vec<String>) -> Vec<Result<(), StoreError>> {
    let (began, begun) = mpsc::channel();
    let (go, wait) = mpsc::channel::<()>();
    let holder = tokio::spawn({
        let store = store.clone();
        async move {
            store
                .write(move |_tx| {
                    began.send(()).unwrap();
                    wait.recv().unwrap();
                    Ok::<_, StoreError>(())
                })
                .await
        }
    });
    tokio::task::spawn_blocking(move || begun.recv()).await.unwrap().unwrap();
    let mut queued = Vec::new();
    for name in names {
        let mut write = Box::pin({
            let store = store.clone();
            async move { store.write(move |tx| put(tx, &name)).await.map(|_| ()) }
        });
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(write.as_mut().poll(&mut context).is_pending());
        queued.push(write);
    }
    go.send(()).unwrap();
    holder.await.unwrap().unwrap();
    let mut answers = Vec::new();
    for write in queued {
        answers.push(write.await);
    }
    answers
}

#[tokio::test]
async fn sixty_four_waiting_writes_cost_one_commit() {
    let database = testing::sqlite();
    let before = database.stats();
    let answers =
        in_one_batch(&database, (0..64).map(|number| format!("n{number}/{number}")).collect())
            .await;
    assert!(answers.iter().all(Result::is_ok));
    let after = database.stats();
    assert_eq!(after.writes - before.writes, 65);
    // The one that held the writer, and the batch.
    assert_eq!(after.commits - before.commits, 2);
    assert_eq!(count(&database), 128);
}

#[tokio::test]
async fn a_failing_write_leaves_the_others_of_its_batch_stored() {
    let database = testing::sqlite();
    let names = ["a/1", "b/2", "x/1", "c/3"].map(str::to_owned).to_vec();
    let answers = in_one_batch(&database, names).await;
    let kept: Vec<bool> = answers.iter().map(Result::is_ok).collect();
    assert_eq!(kept, [true, true, false, true]);
    assert_eq!(count(&database), 6, "the first row of the one that failed is undone, too");
}

/// An answer that goes out before the one commit would be a lie when that commit fails.
#[tokio::test]
async fn when_the_one_commit_fails_nobody_is_told_otherwise() {
    let database = testing::sqlite();
    // The holder's commit is call 1, the six statements 2 to 7, the commit of the batch 8.
    let _store = database.with_fuse(store::Fuse::blow_at(8, store::Blow::Before));
    let answers = in_one_batch(&database, ["a/1", "b/2", "c/3"].map(str::to_owned).to_vec()).await;
    let _store = database.with_fuse(store::Fuse::never());
    assert!(
        answers.iter().all(|answer| matches!(answer, Err(StoreError::CommitUnknown { .. }))),
        "{answers:?}"
    );
    assert_eq!(count(&database), 0);
}

/// The disk is full: SQLite undoes the whole transaction, not just the savepoint.
#[tokio::test]
async fn a_write_that_takes_the_whole_batch_down_is_told_to_all_of_it() {
    let database = testing::sqlite();
    database.tamper("CREATE TRIGGER full BEFORE INSERT ON meta WHEN NEW.name = 'second full' BEGIN SELECT RAISE(ROLLBACK, 'full'); END");
    let names = ["a/1", "b/full", "c/3"].map(str::to_owned).to_vec();
    let answers = in_one_batch(&database, names).await;
    let first = answers[0].as_ref().unwrap_err();
    assert!(matches!(first, StoreError::CommitFailed { .. }), "{first}");
    let cause = std::error::Error::source(first).unwrap().to_string();
    assert!(cause.contains("undid the whole transaction"), "{cause}");
    assert!(matches!(answers[1], Err(StoreError::Statement { .. })), "{answers:?}");
    assert!(answers[2].is_err(), "{answers:?}");
    assert_eq!(count(&database), 0);
    assert!(in_one_batch(&database, vec!["later/1".to_owned()]).await[0].is_ok());
    assert_eq!(count(&database), 2);
}
