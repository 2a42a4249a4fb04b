-- One row in a copy that `atobarai backup` has made, none elsewhere: until what the gateway took since that
-- moment has been adopted, nothing is charged.
CREATE TABLE safe_mode (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    since_ms BIGINT NOT NULL
) STRICT;
