-- Lines about which the engine was still asking the gateway when the day was reconciled last: such a day is
-- compared again by each later reconciliation, as one with an open difference is.
ALTER TABLE reconciliations ADD COLUMN waiting BIGINT NOT NULL DEFAULT 0 CHECK (waiting >= 0);
CREATE INDEX reconciliations_unsettled ON reconciliations (day) WHERE waiting > 0;
