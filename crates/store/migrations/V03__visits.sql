-- Groups, hospitals and their conditions of use; machines; visits entered for paying later; bills.
-- Days are written as 2026-11-24, whose order as text is their order.
CREATE TABLE hospital_groups (
    slug TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    sender_domain TEXT NOT NULL,
    terms_version TEXT NOT NULL
) STRICT;

CREATE TABLE hospitals (
    code TEXT NOT NULL PRIMARY KEY,
    hospital_group TEXT NOT NULL REFERENCES hospital_groups (slug),
    -- In which order pages show the hospitals of a group.
    position BIGINT NOT NULL,
    name TEXT NOT NULL,
    institution_code TEXT NOT NULL,
    postal_code TEXT NOT NULL,
    address TEXT NOT NULL,
    phone TEXT NOT NULL,
    phone_hours TEXT NOT NULL,
    invoice_registration_number TEXT
) STRICT;
CREATE INDEX hospitals_of_group ON hospitals (hospital_group);

-- Dated by the first day in force.
CREATE TABLE policies (
    hospital TEXT NOT NULL REFERENCES hospitals (code),
    valid_from TEXT NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (hospital, valid_from)
) STRICT;

-- A machine is known by the hash of its token; a lost one is revoked and stays on record.
CREATE TABLE machines (
    id TEXT NOT NULL PRIMARY KEY,
    hospital TEXT NOT NULL REFERENCES hospitals (code),
    kind TEXT NOT NULL CHECK (kind IN ('entry_kiosk', 'receipt_machine')),
    name TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    enrolled_at_ms BIGINT NOT NULL,
    revoked_at_ms BIGINT
) STRICT;
CREATE INDEX machines_of_hospital ON machines (hospital);

-- Codes that a person types at a new machine, once and within minutes.
CREATE TABLE machine_enrolments (
    code_hash TEXT NOT NULL PRIMARY KEY,
    hospital TEXT NOT NULL REFERENCES hospitals (code),
    kind TEXT NOT NULL CHECK (kind IN ('entry_kiosk', 'receipt_machine')),
    name TEXT NOT NULL,
    ends_at_ms BIGINT NOT NULL,
    used_at_ms BIGINT
) STRICT;

-- Wrong codes from one origin. The origin is kept as a keyed digest.
CREATE TABLE machine_enrolment_tries (
    origin TEXT NOT NULL PRIMARY KEY,
    began_at_ms BIGINT NOT NULL,
    tries BIGINT NOT NULL
) STRICT;

-- What a hospital notes about a patient; in force until and including the last day, if there is one.
CREATE TABLE patient_flags (
    hospital TEXT NOT NULL REFERENCES hospitals (code),
    patient_number_blind TEXT NOT NULL,
    flag TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    last_day TEXT,
    PRIMARY KEY (hospital, patient_number_blind, flag)
) STRICT;

-- Running numbers of the entries of one day at one hospital.
CREATE TABLE entry_serials (
    hospital TEXT NOT NULL REFERENCES hospitals (code),
    visit_day TEXT NOT NULL,
    serial BIGINT NOT NULL CHECK (serial >= 0),
    PRIMARY KEY (hospital, visit_day)
) STRICT;

CREATE TABLE entries (
    id TEXT NOT NULL PRIMARY KEY,
    number TEXT NOT NULL,
    hospital TEXT NOT NULL REFERENCES hospitals (code),
    patient_number_sealed TEXT NOT NULL,
    patient_number_blind TEXT NOT NULL,
    visit_day TEXT NOT NULL,
    setting TEXT NOT NULL CHECK (setting IN ('outpatient', 'inpatient')),
    account TEXT NOT NULL,
    link TEXT NOT NULL,
    machine TEXT REFERENCES machines (id),
    entered_at_ms BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('entered', 'withdrawn')),
    withdrawn_at_ms BIGINT,
    UNIQUE (hospital, patient_number_blind, visit_day, setting),
    UNIQUE (hospital, number)
) STRICT;
CREATE INDEX entries_of_day ON entries (hospital, visit_day);
CREATE INDEX entries_of_account ON entries (account, visit_day);

-- One row for each file that was taken in.
CREATE TABLE imports (
    id TEXT NOT NULL PRIMARY KEY,
    hospital TEXT NOT NULL REFERENCES hospitals (code),
    file_name TEXT NOT NULL,
    file_digest TEXT NOT NULL,
    actor TEXT NOT NULL,
    imported_at_ms BIGINT NOT NULL,
    rows_in_file BIGINT NOT NULL CHECK (rows_in_file >= 0),
    new_bills BIGINT NOT NULL CHECK (new_bills >= 0),
    changed_bills BIGINT NOT NULL CHECK (changed_bills >= 0),
    same_bills BIGINT NOT NULL CHECK (same_bills >= 0),
    total BIGINT NOT NULL CHECK (total >= 0),
    CHECK (new_bills + changed_bills + same_bills = rows_in_file)
) STRICT;
CREATE INDEX imports_by_digest ON imports (hospital, file_digest);
CREATE INDEX imports_by_time ON imports (hospital, imported_at_ms);

-- Whose turn it is to take a file in, and how many have been: one at a time for each hospital.
CREATE TABLE import_turns (
    hospital TEXT NOT NULL PRIMARY KEY REFERENCES hospitals (code),
    turn BIGINT NOT NULL CHECK (turn >= 0)
) STRICT;

-- A bill as it stands; what its revisions say is in bill_revisions.
CREATE TABLE bills (
    id TEXT NOT NULL PRIMARY KEY,
    hospital TEXT NOT NULL REFERENCES hospitals (code),
    setting TEXT NOT NULL CHECK (setting IN ('outpatient', 'inpatient')),
    year BIGINT NOT NULL,
    slip_number TEXT NOT NULL,
    patient_number_sealed TEXT NOT NULL,
    patient_number_blind TEXT NOT NULL,
    service_day TEXT NOT NULL,
    revision BIGINT NOT NULL CHECK (revision > 0),
    hospital_revision BIGINT NOT NULL,
    content_digest TEXT NOT NULL,
    outstanding BIGINT NOT NULL CHECK (outstanding >= 0),
    received BIGINT NOT NULL CHECK (received >= 0),
    state TEXT NOT NULL CHECK (state IN ('billed', 'cancelled')),
    entry TEXT REFERENCES entries (id),
    received_at_ms BIGINT NOT NULL,
    changed_at_ms BIGINT NOT NULL,
    UNIQUE (hospital, setting, year, slip_number)
) STRICT;
CREATE INDEX bills_of_entry ON bills (entry) WHERE entry IS NOT NULL;
CREATE INDEX bills_of_visit ON bills (hospital, service_day, patient_number_blind);
CREATE INDEX bills_without_entry ON bills (hospital, service_day) WHERE entry IS NULL;

-- Never changed and never removed.
CREATE TABLE bill_revisions (
    bill TEXT NOT NULL REFERENCES bills (id),
    revision BIGINT NOT NULL CHECK (revision > 0),
    import TEXT NOT NULL REFERENCES imports (id),
    hospital_revision BIGINT NOT NULL,
    content_sealed TEXT NOT NULL,
    content_digest TEXT NOT NULL,
    outstanding BIGINT NOT NULL CHECK (outstanding >= 0),
    state TEXT NOT NULL CHECK (state IN ('billed', 'cancelled')),
    received_at_ms BIGINT NOT NULL,
    PRIMARY KEY (bill, revision)
) STRICT;
CREATE INDEX bill_revisions_of_import ON bill_revisions (import);
