-- What bots are told: messages to their webhooks.
CREATE TABLE deliveries (
    -- The `webhook-id` of every try.
    id TEXT PRIMARY KEY,
    client_id TEXT NOT NULL,
    event TEXT NOT NULL,
    body TEXT NOT NULL,
    -- waiting, delivered or given_up.
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    -- While waiting: when it is tried next; under way, when whoever tries it must have crashed.
    next_at TIMESTAMPTZ NOT NULL,
    -- What came of the last try: a status, or why there is none.
    last_answer TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    delivered_at TIMESTAMPTZ
);
CREATE INDEX deliveries_due ON deliveries (client_id, next_at) WHERE state = 'waiting';
CREATE INDEX deliveries_by_time ON deliveries (created_at);

-- The last event that the connection's bot was told of since the person signed in.
ALTER TABLE connections ADD COLUMN announced TEXT;
CREATE INDEX connections_ending ON connections (reconnect_by) WHERE announced IS NULL;
CREATE INDEX connections_dead ON connections (id) WHERE dead_reason IS NOT NULL;
