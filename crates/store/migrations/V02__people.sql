-- Registrations on their way, accounts with their patients and cards, sessions.
-- Columns that end in _sealed open with the key file only; those that end in _blind are keyed digests for equality.
CREATE TABLE accounts (
    id TEXT NOT NULL PRIMARY KEY,
    hospital_group TEXT NOT NULL,
    user_id TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    mail_sealed TEXT NOT NULL,
    mail_blind TEXT NOT NULL,
    name_sealed TEXT NOT NULL,
    kana_sealed TEXT NOT NULL,
    birth_date_sealed TEXT NOT NULL,
    kana_birth_date_blind TEXT NOT NULL,
    phone_sealed TEXT NOT NULL,
    phone_blind TEXT NOT NULL,
    postal_code_sealed TEXT NOT NULL,
    address_sealed TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'card_failed', 'suspended', 'closed')),
    completed_at_ms BIGINT NOT NULL
) STRICT;
-- One mailbox, one account: notices about one person must not reach another.
CREATE UNIQUE INDEX accounts_mail ON accounts (hospital_group, mail_blind) WHERE state <> 'closed';
CREATE INDEX accounts_phone ON accounts (phone_blind);
CREATE INDEX accounts_kana_birth_date ON accounts (kana_birth_date_blind);

CREATE TABLE patient_links (
    id TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id),
    hospital TEXT NOT NULL,
    patient_number_sealed TEXT NOT NULL,
    patient_number_blind TEXT NOT NULL,
    relation TEXT NOT NULL CHECK (relation IN ('self', 'child', 'parent', 'spouse', 'other')),
    linked_at_ms BIGINT NOT NULL,
    UNIQUE (hospital, patient_number_blind)
) STRICT;
CREATE INDEX patient_links_of_account ON patient_links (account);

CREATE TABLE cards (
    id TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id),
    customer TEXT NOT NULL,
    payment_method TEXT NOT NULL UNIQUE,
    brand TEXT NOT NULL,
    last_four TEXT NOT NULL,
    expiry_year BIGINT NOT NULL,
    expiry_month BIGINT NOT NULL CHECK (expiry_month BETWEEN 1 AND 12),
    funding TEXT NOT NULL CHECK (funding IN ('credit', 'debit', 'prepaid', 'unknown')),
    authenticated BIGINT NOT NULL CHECK (authenticated IN (0, 1)),
    flagged BIGINT NOT NULL CHECK (flagged IN (0, 1)),
    state TEXT NOT NULL CHECK (state IN ('active', 'replaced')),
    saved_at_ms BIGINT NOT NULL
) STRICT;
CREATE UNIQUE INDEX cards_active ON cards (account) WHERE state = 'active';

-- By which text, and when, the payer let later visits be charged to a card.
CREATE TABLE mandates (
    card TEXT NOT NULL PRIMARY KEY REFERENCES cards (id),
    account TEXT NOT NULL REFERENCES accounts (id),
    terms_version TEXT NOT NULL,
    terms_agreed_at_ms BIGINT NOT NULL,
    text_version TEXT NOT NULL,
    given_at_ms BIGINT NOT NULL
) STRICT;

CREATE TABLE registrations (
    id TEXT NOT NULL PRIMARY KEY,
    hospital_group TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('started', 'opened', 'filled_in', 'at_desk', 'superseded', 'completed')),
    mail_sealed TEXT NOT NULL,
    mail_blind TEXT NOT NULL,
    state_hash TEXT NOT NULL UNIQUE,
    terms_version TEXT NOT NULL,
    terms_agreed_at_ms BIGINT NOT NULL,
    session_hash TEXT UNIQUE,
    session_ends_at_ms BIGINT,
    draft_sealed TEXT,
    password_hash TEXT,
    filled_in_at_ms BIGINT,
    ended_at_ms BIGINT,
    account TEXT REFERENCES accounts (id),
    CHECK ((state = 'completed') = (account IS NOT NULL))
) STRICT;

CREATE TABLE application_urls (
    token_hash TEXT NOT NULL PRIMARY KEY,
    registration TEXT NOT NULL REFERENCES registrations (id),
    mail_blind TEXT NOT NULL,
    made_at_ms BIGINT NOT NULL,
    ends_at_ms BIGINT NOT NULL
) STRICT;
CREATE INDEX application_urls_of_mailbox ON application_urls (mail_blind, made_at_ms);

-- A row for each mailbox that ever asked: whoever counts its mails or cards holds the row meanwhile.
CREATE TABLE mailboxes (
    mail_blind TEXT NOT NULL PRIMARY KEY,
    held_at_ms BIGINT NOT NULL
) STRICT;

-- One row for each time that a browser was sent to the card page of the gateway.
CREATE TABLE card_setups (
    id TEXT NOT NULL PRIMARY KEY,
    registration TEXT NOT NULL REFERENCES registrations (id),
    mail_blind TEXT NOT NULL,
    asked_at_ms BIGINT NOT NULL,
    gateway_setup TEXT UNIQUE,
    page_url TEXT,
    state TEXT NOT NULL CHECK (state IN ('promised', 'open', 'cancelled', 'refused', 'saved')),
    refusal TEXT,
    CHECK ((state = 'refused') = (refusal IS NOT NULL))
) STRICT;
CREATE INDEX card_setups_of_mailbox ON card_setups (mail_blind, asked_at_ms);
CREATE INDEX card_setups_of_registration ON card_setups (registration, asked_at_ms);

CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id),
    token_hash TEXT NOT NULL UNIQUE,
    network_blind TEXT NOT NULL,
    user_agent_sealed TEXT NOT NULL,
    made_at_ms BIGINT NOT NULL,
    touched_at_ms BIGINT NOT NULL,
    ends_at_ms BIGINT NOT NULL,
    ended_at_ms BIGINT
) STRICT;
CREATE INDEX sessions_of_account ON sessions (account, network_blind, made_at_ms);
