-- Master keys that have sealed something here. The check value opens with its key and no other.
CREATE TABLE vault_keys (
    key_id TEXT PRIMARY KEY,
    sealed_check BYTEA NOT NULL,
    -- 1 for the key that was there first, otherwise null: of two first starts, one wins.
    first BIGINT UNIQUE,
    created_at TIMESTAMPTZ NOT NULL
);

-- One account at one provider, linked to one identity.
CREATE TABLE connections (
    id TEXT PRIMARY KEY,
    identity TEXT NOT NULL,
    provider TEXT NOT NULL,
    account_id TEXT NOT NULL,
    account_name TEXT NOT NULL,
    -- Granted scopes, with spaces between them.
    scopes TEXT NOT NULL,
    sealed_access BYTEA NOT NULL,
    sealed_refresh BYTEA,
    -- Null: the access token doesn't expire.
    access_expires_at TIMESTAMPTZ,
    authorized_at TIMESTAMPTZ NOT NULL,
    -- Null: the person never has to sign in again for age alone.
    reconnect_by TIMESTAMPTZ,
    -- Null while the link lives; otherwise why the person has to sign in again.
    dead_reason TEXT,
    -- Until when somebody is refreshing. One that has passed was left by a crash.
    refreshing_until TIMESTAMPTZ,
    -- Grows with every write of a token; the sealed values are bound to it.
    version BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL,
    UNIQUE (identity, provider, account_id)
);

-- The newest try to link an account: from the link shown in chat to the active connection.
CREATE TABLE links (
    id TEXT PRIMARY KEY,
    -- SHA-256 of the ticket in the link.
    ticket_hash BYTEA NOT NULL UNIQUE,
    identity TEXT NOT NULL,
    provider TEXT NOT NULL,
    -- Scopes to ask for, with spaces between them.
    scopes TEXT NOT NULL,
    -- issued, started, exchanging, pending, completed or failed.
    state TEXT NOT NULL,
    -- From the button on: SHA-256 of the browser's cookie and of the OAuth `state`, and the
    -- PKCE verifier.
    browser_hash BYTEA,
    state_hash BYTEA UNIQUE,
    sealed_verifier BYTEA,
    -- While pending: who signed in, what the provider gave, and SHA-256 of the one-time code.
    sealed_grant BYTEA,
    code_hash BYTEA,
    tries BIGINT NOT NULL,
    -- Once failed: what the person and the model are told.
    problem_code TEXT,
    problem_message TEXT,
    problem_next_step TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    -- Only the newest link can be finished.
    UNIQUE (identity, provider)
);

-- Grows whenever a connection ends or is linked anew, so that every process drops what it has
-- opened. One row.
CREATE TABLE epoch (
    id BIGINT PRIMARY KEY,
    value BIGINT NOT NULL
);

INSERT INTO epoch (id, value) VALUES (1, 0);
