-- A bill keeps what the visit costs instead of what was still to be paid: a correction below what has been
-- received would otherwise have no number. A cancelled bill keeps nothing of either.
ALTER TABLE bills RENAME COLUMN outstanding TO amount_due;
UPDATE bills SET amount_due = amount_due + received WHERE state = 'billed';

-- Nobody reads it: a revision says what it says in its sealed content.
ALTER TABLE bill_revisions DROP COLUMN outstanding;
