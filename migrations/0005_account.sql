-- Links to their own page that chat users were shown, each for one browser.
CREATE TABLE visits (
    id TEXT PRIMARY KEY,
    -- SHA-256 of the ticket in the link.
    ticket_hash BYTEA NOT NULL UNIQUE,
    identity TEXT NOT NULL,
    -- issued, bound, proven, used or failed.
    state TEXT NOT NULL,
    -- From the button on: SHA-256 of the browser's cookie and of the one-time code.
    browser_hash BYTEA,
    code_hash BYTEA,
    tries BIGINT NOT NULL,
    -- Once failed: what the person is told.
    problem TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
-- Of those that nobody has opened an identity has one, and one of those that wait for their code.
CREATE UNIQUE INDEX visit_issued ON visits (identity) WHERE state = 'issued';
CREATE UNIQUE INDEX visit_bound ON visits (identity) WHERE state = 'bound';
CREATE INDEX visits_by_code ON visits (code_hash);

-- Browsers in which a chat user looks at their own page.
CREATE TABLE chat_sessions (
    id_hash BYTEA PRIMARY KEY,
    identity TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);

-- Whether a link was begun on the person's own page, and leads back there.
ALTER TABLE links ADD COLUMN from_account BOOLEAN NOT NULL DEFAULT FALSE;
