-- Cards are saved by accounts, too, not by registrations only. SQLite cannot take NOT NULL back: the table is made anew.
CREATE TABLE card_pages (
    id TEXT NOT NULL PRIMARY KEY,
    registration TEXT REFERENCES registrations (id),
    account TEXT REFERENCES accounts (id),
    mail_blind TEXT NOT NULL,
    asked_at_ms BIGINT NOT NULL,
    gateway_setup TEXT UNIQUE,
    page_url TEXT,
    state TEXT NOT NULL CHECK (state IN ('promised', 'open', 'cancelled', 'refused', 'saved')),
    refusal TEXT,
    CHECK ((state = 'refused') = (refusal IS NOT NULL)),
    CHECK ((registration IS NULL) <> (account IS NULL))
) STRICT;
INSERT INTO card_pages (id, registration, mail_blind, asked_at_ms, gateway_setup, page_url, state, refusal)
    SELECT id, registration, mail_blind, asked_at_ms, gateway_setup, page_url, state, refusal FROM card_setups;
DROP TABLE card_setups;
ALTER TABLE card_pages RENAME TO card_setups;
CREATE INDEX card_setups_of_mailbox ON card_setups (mail_blind, asked_at_ms);
CREATE INDEX card_setups_of_registration ON card_setups (registration, asked_at_ms);
CREATE INDEX card_setups_of_account ON card_setups (account, asked_at_ms);
