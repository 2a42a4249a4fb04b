-- Patients of accounts whose registration was cancelled: their numbers are free again, their papers keep their names.
CREATE TABLE former_patient_links (
    id TEXT NOT NULL PRIMARY KEY,
    account TEXT NOT NULL REFERENCES accounts (id),
    hospital TEXT NOT NULL,
    patient_number_sealed TEXT NOT NULL,
    patient_number_blind TEXT NOT NULL,
    relation TEXT NOT NULL,
    patient_sealed TEXT,
    linked_at_ms BIGINT NOT NULL,
    ended_at_ms BIGINT NOT NULL
) STRICT;
CREATE INDEX former_patient_links_by_number ON former_patient_links (hospital, patient_number_blind);
