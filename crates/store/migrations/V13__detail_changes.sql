-- What an account asks to be changed to, until its card was typed again (FAQ Q31): the latest for each account.
CREATE TABLE detail_changes (
    account TEXT NOT NULL PRIMARY KEY REFERENCES accounts (id),
    name_sealed TEXT NOT NULL,
    kana_sealed TEXT NOT NULL,
    phone_sealed TEXT NOT NULL,
    postal_code_sealed TEXT NOT NULL,
    address_sealed TEXT NOT NULL,
    asked_at_ms BIGINT NOT NULL
) STRICT;
