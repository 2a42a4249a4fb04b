-- What every other table stands on: the record of acts, promised work, proofs of keys.
CREATE TABLE audit_entries (
    chain TEXT NOT NULL,
    seq BIGINT NOT NULL CHECK (seq > 0),
    at_ms BIGINT NOT NULL,
    actor TEXT NOT NULL,
    act TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (chain, seq)
) STRICT;
CREATE INDEX audit_entries_subject ON audit_entries (chain, subject, seq);

CREATE TABLE audit_heads (
    chain TEXT NOT NULL PRIMARY KEY,
    next_seq BIGINT NOT NULL CHECK (next_seq > 0),
    hash TEXT NOT NULL
) STRICT;

CREATE TABLE jobs (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    payload TEXT NOT NULL,
    due_at_ms BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    lease_until_ms BIGINT NOT NULL,
    lease_fence BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'gave_up')),
    last_error TEXT,
    created_at_ms BIGINT NOT NULL,
    done_at_ms BIGINT,
    UNIQUE (kind, key)
) STRICT;
CREATE INDEX jobs_waiting ON jobs (due_at_ms, id) WHERE state = 'waiting';
CREATE INDEX jobs_leased ON jobs (lease_until_ms) WHERE state = 'waiting' AND lease_until_ms > 0;

-- One row for each key that sealed something here: a wrong key is noticed when the database is opened.
CREATE TABLE key_checks (
    key_id TEXT NOT NULL PRIMARY KEY,
    proof TEXT NOT NULL
) STRICT;

-- Single facts about this database.
CREATE TABLE meta (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
