//! The record of acts: kept or undone with the act, and every kind of tampering is noticed.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking, too")]

use store::audit::{self, Broken, VerifyReport};
use store::{AuditRecord, Statement, Store, StoreError, testing, testing::TestDatabase};

fn act(chain: &str, subject: &str) -> AuditRecord {
    AuditRecord {
        chain: chain.to_owned(),
        at_ms: 1_764_000_000_000,
        actor: "stf_1".to_owned(),
        act: "card.replaced",
        subject: subject.to_owned(),
        detail: r#"{"reason":"expired"}"#.to_owned(),
    }
}

fn verify(store: &Store) -> VerifyReport {
    store.read_blocking(|reader| audit::verify(reader, None)).unwrap()
}

fn with_five_acts(database: &TestDatabase) {
    for number in 1..=5 {
        database
            .write_blocking(move |tx| {
                tx.audit(act("okayama", &format!("crd_{number}")));
                Ok::<_, StoreError>(())
            })
            .unwrap();
    }
    assert_eq!(verify(database), VerifyReport { entries: 5, broken: None });
}

#[test]
fn every_kind_of_tampering_is_noticed_where_it_was_done() {
    for (what, sql, seq) in [
        ("an edit of the actor", "UPDATE audit_entries SET actor = 'stf_2' WHERE seq = 3", 3),
        ("an edit of the time", "UPDATE audit_entries SET at_ms = at_ms + 1 WHERE seq = 3", 3),
        ("an edit of the detail", "UPDATE audit_entries SET detail = '{}' WHERE seq = 5", 5),
        ("a shift between fields", "UPDATE audit_entries SET actor = 'stf_', act = '1card.replaced' WHERE seq = 2", 2),
        ("a deletion", "DELETE FROM audit_entries WHERE seq = 3", 3),
        ("a deletion at the beginning", "DELETE FROM audit_entries WHERE seq = 1", 1),
        (
            "a deletion with the gap closed",
            "DELETE FROM audit_entries WHERE seq = 3; UPDATE audit_entries SET seq = 3 WHERE seq = 4;
             UPDATE audit_entries SET seq = 4 WHERE seq = 5; UPDATE audit_heads SET next_seq = 5",
            3,
        ),
        (
            "an insertion",
            "INSERT INTO audit_entries (chain, seq, at_ms, actor, act, subject, detail, previous_hash, hash)
             SELECT chain, 6, at_ms, actor, act, subject, detail, hash, hash FROM audit_entries WHERE seq = 5",
            6,
        ),
        (
            "a swap of two entries",
            "UPDATE audit_entries SET seq = 99 WHERE seq = 3; UPDATE audit_entries SET seq = 3 WHERE seq = 4;
             UPDATE audit_entries SET seq = 4 WHERE seq = 99",
            3,
        ),
        ("the end cut off", "DELETE FROM audit_entries WHERE seq >= 4", 4),
        ("the end cut off and the counter put back", "DELETE FROM audit_entries WHERE seq >= 4; UPDATE audit_heads SET next_seq = 4", 4),
        ("the head removed", "DELETE FROM audit_heads", 6),
        ("everything but the head removed", "DELETE FROM audit_entries", 1),
    ] {
        for database in testing::both() {
            with_five_acts(&database);
            database.tamper(sql);
            let broken = verify(&database).broken;
            assert!(matches!(&broken, Some(Broken { chain, seq: at, .. }) if chain == "okayama" && *at == seq), "{what}: {broken:?}");
        }
    }
}

/// Who changes an entry and recomputes its hash is betrayed by the entry after it.
#[test]
fn a_forged_entry_with_a_hash_that_fits_is_noticed_at_the_next_one() {
    for (database, forger) in testing::both().into_iter().zip(testing::both()) {
        with_five_acts(&database);
        // The same chain, but for another third act: its hashes are all in order.
        for subject in ["crd_1", "crd_2", "forged"] {
            forger
                .write_blocking(move |tx| {
                    tx.audit(act("okayama", subject));
                    Ok::<_, StoreError>(())
                })
                .unwrap();
        }
        let forged = forger.read_blocking(|reader| audit::after(reader, "okayama", 2, 1)).unwrap();
        database.tamper(&format!(
            "UPDATE audit_entries SET subject = 'forged', hash = '{}' WHERE seq = 3",
            forged[0].hash
        ));
        assert_eq!(verify(&database).broken.map(|broken| broken.seq), Some(4));
    }
}

#[test]
fn an_act_is_kept_or_undone_with_its_transaction() {
    const PUT: Statement =
        Statement::new("tests.put", "INSERT INTO meta (name, value) VALUES ($1, '')");
    for database in testing::both() {
        with_five_acts(&database);
        let undone = database.write_blocking(|tx| {
            tx.audit(act("okayama", "crd_6"));
            tx.execute_one(&PUT, &["a".into()])?;
            tx.execute_one(&PUT, &["a".into()])
        });
        assert!(undone.is_err());
        assert_eq!(verify(&database), VerifyReport { entries: 5, broken: None });
        database
            .write_blocking(|tx| {
                for subject in ["crd_7", "crd_8"] {
                    tx.audit(act("okayama", subject));
                    tx.audit(act("system", subject));
                }
                Ok::<_, StoreError>(())
            })
            .unwrap();
        assert_eq!(verify(&database), VerifyReport { entries: 9, broken: None });
        let last = database.read_blocking(|reader| audit::after(reader, "okayama", 5, 10)).unwrap();
        let order: Vec<_> = last.iter().map(|entry| (entry.seq, entry.subject.as_str())).collect();
        assert_eq!(order, [(6, "crd_7"), (7, "crd_8")]);
        let one = database
            .read_blocking(|reader| audit::of_subject(reader, "system", "crd_8", 10))
            .unwrap();
        assert_eq!(one.len(), 1);
    }
}

/// Two transactions with the same two chains in the other order must not wait for each other for ever.
#[test]
fn many_at_once_leave_whole_chains() {
    for database in testing::both() {
        std::thread::scope(|scope| {
            for worker in 0..8 {
                let store = (*database).clone();
                scope.spawn(move || {
                    for number in 0..10 {
                        let chains = if worker % 2 == 0 {
                            ["okayama", "system"]
                        } else {
                            ["system", "okayama"]
                        };
                        store
                            .write_blocking(move |tx| {
                                for chain in chains {
                                    tx.audit(act(chain, &format!("crd_{worker}_{number}")));
                                }
                                Ok::<_, StoreError>(())
                            })
                            .unwrap();
                    }
                });
            }
        });
        assert_eq!(verify(&database), VerifyReport { entries: 160, broken: None });
    }
}

#[test]
fn long_chains_are_read_in_pages() {
    let database = testing::sqlite();
    database
        .write_blocking(|tx| {
            (0..2_001).for_each(|number| tx.audit(act("okayama", &format!("crd_{number}"))));
            Ok::<_, StoreError>(())
        })
        .unwrap();
    assert_eq!(verify(&database), VerifyReport { entries: 2_001, broken: None });
    database.tamper("UPDATE audit_entries SET actor = 'stf_2' WHERE seq = 1500");
    assert_eq!(verify(&database).broken.map(|broken| broken.seq), Some(1_500));
    let other = database.read_blocking(|reader| audit::verify(reader, Some("system"))).unwrap();
    assert!(other.broken.is_some(), "a chain that was asked for and is not there is not in order");
}

/// Mutation: only the chain of that very name is read, or every one that begins with it.
#[test]
fn a_chain_is_followed_with_its_branches() {
    let database = testing::sqlite();
    database
        .write_blocking(|tx| {
            for chain in ["okayama", "okayama/03", "okayama2"] {
                tx.audit(act(chain, "crd_1"));
            }
            Ok::<_, StoreError>(())
        })
        .unwrap();
    let of_okayama =
        || database.read_blocking(|reader| audit::verify(reader, Some("okayama"))).unwrap();
    assert_eq!(of_okayama(), VerifyReport { entries: 2, broken: None });
    database.tamper("UPDATE audit_entries SET actor = 'stf_2' WHERE chain = 'okayama2'");
    assert_eq!(of_okayama(), VerifyReport { entries: 2, broken: None });
    database.tamper("UPDATE audit_entries SET actor = 'stf_2' WHERE chain = 'okayama/03'");
    assert_eq!(of_okayama().broken.map(|broken| broken.chain).as_deref(), Some("okayama/03"));
}
