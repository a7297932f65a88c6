-- How this server is known to the authorization servers of other MCP servers: one registration for
-- each of them, which everybody shares.
CREATE TABLE remote_clients (
    id TEXT PRIMARY KEY,
    remote TEXT NOT NULL,
    issuer TEXT NOT NULL,
    -- What was registered; with another one it is no good any more.
    redirect_uri TEXT NOT NULL,
    client_id TEXT NOT NULL,
    sealed_registration BYTEA NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    UNIQUE (remote, issuer)
);

-- The one issuer that a client id of the operator's was first used at. No other gets its secret.
CREATE TABLE remote_issuers (
    remote TEXT NOT NULL,
    client_id TEXT NOT NULL,
    issuer TEXT NOT NULL,
    PRIMARY KEY (remote, client_id)
);
