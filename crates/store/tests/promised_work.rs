//! Jobs: promised once, held by one, taken again when the holder dies.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking, too")]

use std::sync::mpsc;

use domain::id::JobId;
use domain::time::Moment;
use store::jobs::{self, ClaimedJob, Kinds, NewJob, Promised};
use store::{Store, StoreError, testing};

const NOW: Moment = Moment::from_ms(1_764_000_000_000);

fn promise(
    store: &Store,
    number: u128,
    kind: &'static str,
    key: &'static str,
    due_at: Moment,
) -> Promised {
    let job = NewJob { id: JobId::from_number(number), kind, key, payload: "{}", due_at, now: NOW };
    store.write_blocking(move |tx| jobs::promise(tx, &job)).unwrap().into_inner()
}

fn claim(store: &Store, now: Moment, limit: i64) -> Vec<ClaimedJob> {
    store
        .write_blocking(move |tx| jobs::claim_due(tx, Kinds::All, now, 60, limit))
        .unwrap()
        .into_inner()
}

fn write(
    store: &Store,
    act: impl FnOnce(&mut store::Tx<'_>) -> Result<bool, StoreError> + Send + 'static,
) -> bool {
    store.write_blocking(act).unwrap().into_inner()
}

#[test]
fn the_same_work_is_promised_once_even_after_it_is_done() {
    for database in testing::both() {
        assert_eq!(promise(&database, 1, "notice", "paid/chg_1", NOW), Promised::New);
        assert_eq!(promise(&database, 2, "notice", "paid/chg_1", NOW), Promised::Known);
        assert_eq!(promise(&database, 3, "receipt", "paid/chg_1", NOW), Promised::New);
        for job in claim(&database, NOW, 10) {
            assert!(write(&database, move |tx| jobs::finish(tx, job.id, job.fence, NOW)));
        }
        assert_eq!(promise(&database, 4, "notice", "paid/chg_1", NOW), Promised::Known);
        assert_eq!(claim(&database, NOW, 10), []);
        let counts = database.read_blocking(jobs::counts).unwrap();
        let counts: Vec<_> =
            counts.iter().map(|c| (c.kind.as_str(), c.state.as_str(), c.jobs)).collect();
        assert_eq!(counts, [("notice", "done", 1), ("receipt", "done", 1)]);
    }
}

#[test]
fn what_is_due_is_taken_longest_due_first_and_by_one_only() {
    for database in testing::both() {
        promise(&database, 1, "notice", "a", NOW.plus_seconds(1));
        promise(&database, 2, "notice", "b", NOW.plus_seconds(-5));
        promise(&database, 3, "receipt", "c", NOW);
        let keys = |jobs: &[ClaimedJob]| jobs.iter().map(|job| job.key.clone()).collect::<Vec<_>>();
        assert_eq!(keys(&claim(&database, NOW, 1)), ["b"]);
        assert_eq!(keys(&claim(&database, NOW, 10)), ["c"]);
        assert_eq!(keys(&claim(&database, NOW, 10)), Vec::<String>::new());
        assert_eq!(database.read_blocking(jobs::next_due).unwrap(), Some(NOW.plus_seconds(1)));
        let only = database.write_blocking(|tx| {
            jobs::claim_due(tx, Kinds::Only(&["receipt", "mail"]), NOW.plus_seconds(3_600), 60, 10)
        });
        assert_eq!(keys(only.unwrap().get()), ["c"], "its lease has run out");
        assert_eq!(keys(&claim(&database, NOW.plus_seconds(3_600), 10)), ["b", "a"]);
        let next = database.read_blocking(jobs::next_due).unwrap();
        assert_eq!(
            next,
            Some(NOW.plus_seconds(3_660)),
            "all are held: the next moment is the end of a lease"
        );
    }
}

#[test]
fn who_lost_the_lease_can_write_nothing() {
    for database in testing::both() {
        promise(&database, 1, "notice", "a", NOW);
        let first = claim(&database, NOW, 10).remove(0);
        assert_eq!(claim(&database, NOW.plus_seconds(59), 10), []);
        let later = NOW.plus_seconds(60);
        let second = claim(&database, later, 10).remove(0);
        assert_eq!((second.attempts, second.id), (2, first.id));
        assert!(second.fence > first.fence);
        let (id, old) = (first.id, first.fence);
        assert!(!write(&database, move |tx| jobs::finish(tx, id, old, later)));
        assert!(!write(&database, move |tx| jobs::retry_at(tx, id, old, later, "late")));
        assert!(!write(&database, move |tx| jobs::give_up(tx, id, old, later, "late")));
        assert!(write(&database, move |tx| jobs::finish(tx, id, second.fence, later)));
        assert!(
            !write(&database, move |tx| jobs::finish(tx, id, second.fence, later)),
            "settled stays settled"
        );
        assert!(!write(&database, move |tx| jobs::give_up(tx, id, second.fence, later, "x")));
    }
}

#[test]
fn a_failed_try_waits_for_its_time_and_the_last_one_is_given_up() {
    for database in testing::both() {
        promise(&database, 1, "notice", "a", NOW);
        let job = claim(&database, NOW, 10).remove(0);
        let later = NOW.plus_seconds(30);
        assert!(write(&database, move |tx| jobs::retry_at(
            tx,
            job.id,
            job.fence,
            later,
            "no answer"
        )));
        let waiting = database.read_blocking(|reader| jobs::waiting(reader, 10)).unwrap();
        assert_eq!(waiting[0].last_error.as_deref(), Some("no answer"));
        assert_eq!((waiting[0].due_at, waiting[0].attempts), (later, 1));
        assert_eq!(claim(&database, NOW, 10), []);
        let job = claim(&database, later, 10).remove(0);
        assert!(write(&database, move |tx| jobs::give_up(
            tx,
            job.id,
            job.fence,
            later,
            "no answer"
        )));
        assert_eq!(claim(&database, later.plus_minutes(600), 10), []);
        assert_eq!(database.read_blocking(jobs::counts).unwrap()[0].state, "gave_up");
        assert_eq!(database.read_blocking(jobs::next_due).unwrap(), None);
    }
}

#[test]
fn many_workers_share_the_work_and_none_is_done_twice() {
    for database in testing::both() {
        let promised = database.write_blocking(|tx| {
            for number in 0..200 {
                let key = format!("chg_{number}");
                let id = JobId::from_number(number);
                jobs::promise(
                    tx,
                    &NewJob { id, kind: "notice", key: &key, payload: "{}", due_at: NOW, now: NOW },
                )?;
            }
            Ok::<_, StoreError>(())
        });
        promised.unwrap();
        let taken = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..8)
                .map(|_| {
                    let store = (*database).clone();
                    scope.spawn(move || {
                        let mut taken = Vec::new();
                        loop {
                            let jobs = claim(&store, NOW, 7);
                            assert!(jobs.len() <= 7);
                            if jobs.is_empty() {
                                return taken;
                            }
                            taken.extend(jobs.into_iter().map(|job| job.key));
                        }
                    })
                })
                .collect();
            workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect::<Vec<_>>()
        });
        let distinct: std::collections::BTreeSet<_> = taken.iter().collect();
        assert_eq!((taken.len(), distinct.len()), (200, 200), "{:?}", database.engine());
    }
}

/// PostgreSQL: a worker passes over what another is just taking, instead of waiting for it.
#[test]
fn a_job_being_taken_is_passed_over() {
    let database = testing::postgres();
    promise(&database, 1, "notice", "a", NOW);
    promise(&database, 2, "notice", "b", NOW);
    let (took, taken) = mpsc::channel();
    let (go, wait) = mpsc::channel::<()>();
    let first = {
        let store = (*database).clone();
        std::thread::spawn(move || {
            store.write_blocking(move |tx| {
                let jobs = jobs::claim_due(tx, Kinds::All, NOW, 60, 1)?;
                took.send(()).unwrap();
                wait.recv().unwrap();
                Ok::<_, StoreError>(jobs)
            })
        })
    };
    taken.recv().unwrap();
    // While the first transaction is still open.
    let theirs = claim(&database, NOW, 10);
    go.send(()).unwrap();
    let mine = first.join().unwrap().unwrap().into_inner();
    assert_eq!((mine[0].key.as_str(), theirs[0].key.as_str(), theirs.len()), ("a", "b", 1));
}
