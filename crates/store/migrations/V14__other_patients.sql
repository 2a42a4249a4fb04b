-- The name, kana and birth date of a patient whose bills somebody else pays: receipts bear the name of the patient.
ALTER TABLE patient_links ADD COLUMN patient_sealed TEXT;
