-- The journal, in double entry: each row gives an amount to one title and takes it from another, so the sum over
-- all titles is zero by construction. Rows are added, never changed.
CREATE TABLE journal (
    id TEXT NOT NULL PRIMARY KEY,
    hospital TEXT,
    kind TEXT NOT NULL CHECK (kind IN ('payment', 'refund', 'refund_failed', 'fee', 'dispute', 'dispute_reversed',
        'adjustment', 'payout', 'deposit')),
    subject TEXT NOT NULL,
    charge_id TEXT REFERENCES charges (id),
    debit TEXT NOT NULL,
    credit TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    booked_on TEXT NOT NULL,
    recorded_at_ms BIGINT NOT NULL,
    CHECK (debit <> credit),
    UNIQUE (kind, subject)
) STRICT;
CREATE INDEX journal_of_day ON journal (booked_on, id);
CREATE INDEX journal_of_charge ON journal (charge_id, kind);

-- What was charged and given back before there was a journal.
INSERT INTO journal (id, hospital, kind, subject, charge_id, debit, credit, amount, booked_on, recorded_at_ms)
SELECT 'jnl' || substr(id, 4), hospital, kind, subject, charge_id,
    CASE WHEN kind = 'refund' THEN 'patients' ELSE 'gateway' END,
    CASE WHEN kind = 'refund' THEN 'gateway' ELSE 'patients' END,
    amount, posted_on, promised_at_ms
FROM postings;

-- The gateway keeps books of its own: these are its lines as they were read.
CREATE TABLE gateway_lines (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    amount BIGINT NOT NULL,
    fee BIGINT NOT NULL,
    source TEXT NOT NULL,
    reference TEXT,
    payout TEXT,
    booked_at_ms BIGINT NOT NULL,
    read_at_ms BIGINT NOT NULL
) STRICT;
CREATE INDEX gateway_lines_booked ON gateway_lines (booked_at_ms, id);
CREATE INDEX gateway_lines_about ON gateway_lines (reference, booked_at_ms, id);
CREATE INDEX gateway_lines_of_payout ON gateway_lines (payout, booked_at_ms, id);
CREATE INDEX gateway_lines_unpaid ON gateway_lines (booked_at_ms) WHERE payout IS NULL;

-- What the bank of the hospital has shown. Equal deposits of one day are told apart by their count.
CREATE TABLE deposits (
    id TEXT NOT NULL PRIMARY KEY,
    deposited_on TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    payer TEXT NOT NULL,
    note TEXT NOT NULL,
    nth BIGINT NOT NULL CHECK (nth > 0),
    brought_at_ms BIGINT NOT NULL,
    UNIQUE (deposited_on, amount, payer, note, nth)
) STRICT;

CREATE TABLE payouts (
    id TEXT NOT NULL PRIMARY KEY,
    amount BIGINT NOT NULL CHECK (amount >= 0),
    arrives_on TEXT NOT NULL,
    deposit_id TEXT UNIQUE REFERENCES deposits (id),
    read_at_ms BIGINT NOT NULL
) STRICT;
CREATE INDEX payouts_arriving ON payouts (arrives_on, id);

CREATE TABLE differences (
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    day TEXT NOT NULL,
    hospital TEXT,
    ours BIGINT,
    theirs BIGINT,
    state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
    opened_at_ms BIGINT NOT NULL,
    closed_at_ms BIGINT,
    closed_by TEXT,
    note TEXT,
    PRIMARY KEY (kind, subject)
) STRICT;
CREATE INDEX differences_open ON differences (opened_at_ms, kind, subject) WHERE state = 'open';
CREATE INDEX differences_of_day ON differences (day, kind, subject);

CREATE TABLE reconciliations (
    day TEXT NOT NULL PRIMARY KEY,
    run_at_ms BIGINT NOT NULL
) STRICT;

-- A person closes an exception and says why.
ALTER TABLE exceptions ADD COLUMN closed_at_ms BIGINT;
ALTER TABLE exceptions ADD COLUMN closed_by TEXT;
ALTER TABLE exceptions ADD COLUMN note TEXT;
CREATE INDEX exceptions_about ON exceptions (kind, subject);
