-- Forgotten user IDs and passwords: one row for each mail that was asked for, whether or not anybody has that address.
CREATE TABLE recoveries (
    id TEXT NOT NULL PRIMARY KEY,
    hospital_group TEXT NOT NULL,
    account TEXT REFERENCES accounts (id),
    mail_blind TEXT NOT NULL,
    link_hash TEXT NOT NULL UNIQUE,
    browser_hash TEXT NOT NULL UNIQUE,
    code_blind TEXT NOT NULL,
    wrong_codes BIGINT NOT NULL CHECK (wrong_codes >= 0),
    asked_at_ms BIGINT NOT NULL,
    ends_at_ms BIGINT NOT NULL,
    proved_at_ms BIGINT,
    ended_at_ms BIGINT,
    CHECK (proved_at_ms IS NULL OR account IS NOT NULL)
) STRICT;
CREATE INDEX recoveries_of_mailbox ON recoveries (mail_blind, asked_at_ms);
CREATE INDEX recoveries_of_account ON recoveries (account);
