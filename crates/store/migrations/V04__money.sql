-- The money: charges, what was asked, what was answered, what people were told, receipts.

-- One obligation each. `version` grows with every write: who read an older one can no longer write.
-- `next_action_at_ms` is null exactly where nothing more happens by itself.
CREATE TABLE charges (
    id TEXT NOT NULL PRIMARY KEY,
    entry_id TEXT NOT NULL,
    sequence BIGINT NOT NULL CHECK (sequence > 0),
    hospital TEXT NOT NULL,
    account_id TEXT NOT NULL,
    due_on TEXT NOT NULL,
    -- What earlier charges of the entry have taken and kept; amount is what the bills add up to, less this.
    covered BIGINT NOT NULL CHECK (covered >= 0),
    amount BIGINT NOT NULL CHECK (amount >= 0),
    state TEXT NOT NULL CHECK (state IN ('scheduled', 'due', 'intended', 'sent', 'unknown',
        'awaiting_consent', 'action_required', 'paid', 'part_refunded', 'refunded', 'disputed',
        'returned_to_desk', 'withdrawn', 'settled_zero')),
    generation BIGINT NOT NULL,
    declines BIGINT NOT NULL,
    enquiries BIGINT NOT NULL,
    not_before_ms BIGINT,
    sent_at_ms BIGINT,
    reference TEXT,
    paid_at_ms BIGINT,
    return_reason TEXT,
    refunded BIGINT NOT NULL CHECK (refunded >= 0 AND refunded <= amount),
    dispute TEXT CHECK (dispute IN ('inquiry', 'opened', 'won', 'lost')),
    until_ms BIGINT,
    next_action_at_ms BIGINT,
    version BIGINT NOT NULL,
    created_at_ms BIGINT NOT NULL,
    changed_at_ms BIGINT NOT NULL,
    UNIQUE (entry_id, sequence)
) STRICT;
CREATE INDEX charges_next_action ON charges (next_action_at_ms, id) WHERE next_action_at_ms IS NOT NULL;
CREATE INDEX charges_by_reference ON charges (reference) WHERE reference IS NOT NULL;
CREATE INDEX charges_of_account ON charges (account_id, due_on);

-- Which revision of which bill a charge pays for.
CREATE TABLE charge_bills (
    charge_id TEXT NOT NULL REFERENCES charges (id),
    bill_id TEXT NOT NULL,
    revision BIGINT NOT NULL CHECK (revision > 0),
    amount BIGINT NOT NULL CHECK (amount >= 0),
    received BIGINT NOT NULL CHECK (received >= 0),
    PRIMARY KEY (charge_id, bill_id)
) STRICT;

-- One idempotency key each, with everything that is sent under it. Rows never change.
CREATE TABLE attempts (
    id TEXT NOT NULL PRIMARY KEY,
    charge_id TEXT NOT NULL REFERENCES charges (id),
    generation BIGINT NOT NULL CHECK (generation > 0),
    key TEXT NOT NULL UNIQUE,
    amount BIGINT NOT NULL CHECK (amount > 0),
    card_id TEXT NOT NULL,
    gateway_customer TEXT NOT NULL,
    gateway_payment_method TEXT NOT NULL,
    intended_at_ms BIGINT NOT NULL,
    UNIQUE (charge_id, generation)
) STRICT;

-- What the gateway told us, as received, and what it did to the charge. Rows never change.
CREATE TABLE evidence (
    id TEXT NOT NULL PRIMARY KEY,
    charge_id TEXT NOT NULL REFERENCES charges (id),
    generation BIGINT NOT NULL,
    source TEXT NOT NULL,
    source_id TEXT NOT NULL,
    finding TEXT NOT NULL,
    raw TEXT NOT NULL,
    effect TEXT NOT NULL CHECK (effect IN ('moved', 'kept', 'contradicted')),
    seen_at_ms BIGINT NOT NULL,
    UNIQUE (source, source_id)
) STRICT;
CREATE INDEX evidence_of_charge ON evidence (charge_id, seen_at_ms);

-- What contradicts itself: staff decide, nothing is corrected silently.
CREATE TABLE exceptions (
    charge_id TEXT NOT NULL REFERENCES charges (id),
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
    opened_at_ms BIGINT NOT NULL,
    PRIMARY KEY (charge_id, kind, subject)
) STRICT;
CREATE INDEX exceptions_open ON exceptions (opened_at_ms, charge_id) WHERE state = 'open';

-- One message about one fact each. Address and words are sealed.
CREATE TABLE notices (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    group_slug TEXT NOT NULL,
    account_id TEXT,
    address TEXT NOT NULL,
    content TEXT NOT NULL,
    message_id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'refused', 'gave_up')),
    tries BIGINT NOT NULL,
    last_answer TEXT,
    promised_at_ms BIGINT NOT NULL,
    ended_at_ms BIGINT,
    UNIQUE (kind, subject)
) STRICT;
CREATE INDEX notices_of_account ON notices (account_id, promised_at_ms);

-- A receipt exists exactly where a charge is paid. A correction voids it and makes the next version,
-- where anything is left.
CREATE TABLE receipts (
    id TEXT NOT NULL PRIMARY KEY,
    charge_id TEXT NOT NULL REFERENCES charges (id),
    version BIGINT NOT NULL CHECK (version > 0),
    voided_at_ms BIGINT,
    hospital TEXT NOT NULL,
    number TEXT NOT NULL,
    receipt_date TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    prints BIGINT NOT NULL CHECK (prints >= 0),
    made_at_ms BIGINT NOT NULL,
    UNIQUE (hospital, number),
    UNIQUE (charge_id, version)
) STRICT;

CREATE TABLE receipt_counters (
    hospital TEXT NOT NULL,
    year BIGINT NOT NULL,
    last BIGINT NOT NULL CHECK (last > 0),
    PRIMARY KEY (hospital, year)
) STRICT;
