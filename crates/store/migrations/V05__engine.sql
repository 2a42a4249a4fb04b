-- The engine beyond charging: consent above a ceiling, money back, decisions of two persons, and what the
-- accounting of the hospital is told.

-- No row: the payer has set no ceiling.
CREATE TABLE ceilings (
    account TEXT NOT NULL PRIMARY KEY REFERENCES accounts (id),
    ceiling BIGINT NOT NULL CHECK (ceiling >= 0),
    set_at_ms BIGINT NOT NULL
) STRICT;

-- To one amount of one charge; another amount needs another consent.
CREATE TABLE consents (
    charge_id TEXT NOT NULL REFERENCES charges (id),
    amount BIGINT NOT NULL CHECK (amount > 0),
    given_by TEXT NOT NULL,
    given_at_ms BIGINT NOT NULL,
    PRIMARY KEY (charge_id, amount)
) STRICT;

-- Money back. The terms never change; `version` and `next_action_at_ms` as for charges.
CREATE TABLE refunds (
    id TEXT NOT NULL PRIMARY KEY,
    charge_id TEXT NOT NULL REFERENCES charges (id),
    entry_id TEXT NOT NULL,
    hospital TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    reason TEXT NOT NULL CHECK (reason IN ('correction', 'paid_at_counter', 'visit_cancelled', 'goodwill')),
    note TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    requested_at_ms BIGINT NOT NULL,
    approved_by TEXT,
    state TEXT NOT NULL CHECK (state IN ('requested', 'intended', 'sent', 'unknown', 'pending', 'done',
        'refused', 'failed', 'dropped')),
    generation BIGINT NOT NULL,
    enquiries BIGINT NOT NULL,
    sent_at_ms BIGINT,
    reference TEXT,
    code TEXT,
    refunded_at_ms BIGINT,
    next_action_at_ms BIGINT,
    version BIGINT NOT NULL,
    changed_at_ms BIGINT NOT NULL
) STRICT;
CREATE INDEX refunds_of_charge ON refunds (charge_id);
CREATE INDEX refunds_of_entry ON refunds (entry_id);
CREATE INDEX refunds_requested ON refunds (requested_at_ms, id) WHERE state = 'requested';
CREATE INDEX refunds_next_action ON refunds (next_action_at_ms, id) WHERE next_action_at_ms IS NOT NULL;

-- One idempotency key each. Rows never change.
CREATE TABLE refund_attempts (
    refund_id TEXT NOT NULL REFERENCES refunds (id),
    generation BIGINT NOT NULL CHECK (generation > 0),
    key TEXT NOT NULL UNIQUE,
    charge_reference TEXT NOT NULL,
    intended_at_ms BIGINT NOT NULL,
    PRIMARY KEY (refund_id, generation)
) STRICT;

-- What the gateway told us of a refund, as received. Rows never change.
CREATE TABLE refund_evidence (
    id TEXT NOT NULL PRIMARY KEY,
    refund_id TEXT NOT NULL REFERENCES refunds (id),
    generation BIGINT NOT NULL,
    source TEXT NOT NULL,
    source_id TEXT NOT NULL,
    finding TEXT NOT NULL,
    raw TEXT NOT NULL,
    effect TEXT NOT NULL CHECK (effect IN ('moved', 'kept', 'contradicted')),
    seen_at_ms BIGINT NOT NULL,
    UNIQUE (source, source_id)
) STRICT;
CREATE INDEX refund_evidence_of_refund ON refund_evidence (refund_id, seen_at_ms);

-- What staff found out about a charge whose fate is unclear, and the second person who saw it too.
CREATE TABLE decisions (
    charge_id TEXT NOT NULL REFERENCES charges (id),
    generation BIGINT NOT NULL,
    finding TEXT NOT NULL,
    attached TEXT NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at_ms BIGINT NOT NULL,
    seconded_by TEXT,
    seconded_at_ms BIGINT,
    PRIMARY KEY (charge_id, generation)
) STRICT;

-- Payments and refunds told to the accounting of the hospital, promised with the fact. Rows never change but for
-- `delivered_at_ms`.
CREATE TABLE postings (
    id TEXT NOT NULL PRIMARY KEY,
    hospital TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('payment', 'refund', 'refund_failed')),
    subject TEXT NOT NULL,
    charge_id TEXT NOT NULL REFERENCES charges (id),
    amount BIGINT NOT NULL CHECK (amount > 0),
    posted_on TEXT NOT NULL,
    promised_at_ms BIGINT NOT NULL,
    delivered_at_ms BIGINT,
    UNIQUE (kind, subject)
) STRICT;
CREATE INDEX postings_of_day ON postings (hospital, posted_on, id);
CREATE INDEX postings_to_deliver ON postings (hospital, promised_at_ms, id) WHERE delivered_at_ms IS NULL;
