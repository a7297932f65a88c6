-- People who signed in here.
CREATE TABLE users (
    -- The key of their identity: `user`, the provider, the account there.
    identity TEXT PRIMARY KEY,
    provider TEXT NOT NULL,
    account_id TEXT NOT NULL,
    account_name TEXT NOT NULL,
    -- Null unless the provider says that it is verified; in lower case.
    email TEXT,
    -- 1 for the owner, otherwise null: of two who claim the server, one gets it.
    owner BIGINT UNIQUE,
    created_at TIMESTAMPTZ NOT NULL,
    signed_in_at TIMESTAMPTZ NOT NULL
);

-- SHA-256 of the codes that make somebody the owner. Gone once there is one.
CREATE TABLE claims (
    code_hash BYTEA PRIMARY KEY,
    created_at TIMESTAMPTZ NOT NULL
);

-- Who may come in besides those in the configuration, written as there.
CREATE TABLE invitations (
    entry TEXT PRIMARY KEY,
    created_at TIMESTAMPTZ NOT NULL
);

-- Browsers in which somebody is signed in.
CREATE TABLE sessions (
    id_hash BYTEA PRIMARY KEY,
    identity TEXT NOT NULL REFERENCES users (identity) ON DELETE CASCADE,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);

-- Who may ask for tokens.
CREATE TABLE clients (
    -- Ours, or the https URL of its metadata document.
    id TEXT PRIMARY KEY,
    -- operator, dynamic or document.
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    -- none, client_secret_basic, client_secret_post or private_key_jwt.
    auth_method TEXT NOT NULL,
    secret_hash BYTEA,
    -- With spaces between them.
    redirect_uris TEXT NOT NULL,
    grant_types TEXT NOT NULL,
    -- What it may ask for, with spaces between them.
    scopes TEXT NOT NULL,
    -- Its public keys, as a JWK set or where that is.
    jwks TEXT,
    jwks_uri TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    -- When it last had a person's consent or a token; null until then.
    used_at TIMESTAMPTZ,
    -- Until when a copy of a metadata document is fresh.
    fresh_until TIMESTAMPTZ
);

-- Consents under way: from the button to the redirect to the client.
CREATE TABLE authorizations (
    -- The consent page's own number, so that its form works once.
    id TEXT PRIMARY KEY,
    -- consented, signing_in or done.
    stage TEXT NOT NULL,
    -- SHA-256 of the cookie of the browser in which it began.
    browser_hash BYTEA NOT NULL,
    -- The client's request, as it was checked.
    sealed_request BYTEA NOT NULL,
    -- From the way to the provider on.
    provider TEXT,
    state_hash BYTEA UNIQUE,
    sealed_verifier BYTEA,
    -- Whether the person agreed that the tools use the account, too.
    connects BOOLEAN NOT NULL,
    -- Whether the person gave the claim code.
    claims BOOLEAN NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);

-- What a person gave to a client. Every token names its grant, and ends with it.
CREATE TABLE grants (
    id TEXT PRIMARY KEY,
    identity TEXT NOT NULL,
    client_id TEXT NOT NULL,
    scopes TEXT NOT NULL,
    -- The audience of its tokens (RFC 8707).
    resource TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX grants_of_identity ON grants (identity);
CREATE INDEX grants_of_client ON grants (client_id);

-- Authorization codes. They stay for a while after their use, so that a second one is noticed.
CREATE TABLE codes (
    code_hash BYTEA PRIMARY KEY,
    identity TEXT NOT NULL,
    client_id TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    code_challenge TEXT NOT NULL,
    scopes TEXT NOT NULL,
    resource TEXT NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ,
    -- What its first use gave.
    grant_id TEXT
);

-- Refresh tokens. One that was used still works until its successor is used.
CREATE TABLE refresh_tokens (
    token_hash BYTEA PRIMARY KEY,
    grant_id TEXT NOT NULL REFERENCES grants (id) ON DELETE CASCADE,
    -- live, rotated or dead.
    state TEXT NOT NULL,
    -- Whose successor it is.
    parent_hash BYTEA,
    -- While rotated: since when, and what it was rotated to.
    rotated_at TIMESTAMPTZ,
    successor_hash BYTEA,
    sealed_successor BYTEA,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX refresh_tokens_of_grant ON refresh_tokens (grant_id);

-- Keys that sign access tokens. A retired one still checks those that it signed.
CREATE TABLE signing_keys (
    kid TEXT PRIMARY KEY,
    sealed_private BYTEA NOT NULL,
    public_jwk TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    retired_at TIMESTAMPTZ
);

-- Assertions of clients that were used, until they are too old to be used again.
CREATE TABLE assertions (
    id_hash BYTEA PRIMARY KEY,
    expires_at TIMESTAMPTZ NOT NULL
);

-- What happened. Rows are only ever added.
CREATE TABLE audit (
    id TEXT PRIMARY KEY,
    at TIMESTAMPTZ NOT NULL,
    event TEXT NOT NULL,
    -- done or refused.
    outcome TEXT NOT NULL,
    -- Why it was refused, or what it was about.
    detail TEXT,
    identity TEXT,
    client_id TEXT,
    -- The access token's `jti` and its grant.
    token_id TEXT,
    grant_id TEXT,
    provider TEXT,
    address TEXT
);
CREATE INDEX audit_by_time ON audit (at);

-- Row 1 grows with connections; this one when a grant, a person or a signing key ends.
INSERT INTO epoch (id, value) VALUES (2, 0);
