-- Calls of the gateway as they came, each once. Kept before the gateway is answered, folded in afterwards.
-- A stranger names a charge or refund that is not ours: people look at it.
CREATE TABLE gateway_events (
    id TEXT NOT NULL PRIMARY KEY,
    body TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'folded', 'stranger', 'passed_over')),
    received_at_ms BIGINT NOT NULL,
    ended_at_ms BIGINT
) STRICT;
CREATE INDEX gateway_events_waiting ON gateway_events (received_at_ms, id) WHERE state = 'waiting';
CREATE INDEX gateway_events_strangers ON gateway_events (received_at_ms, id) WHERE state = 'stranger';
