-- Access tokens that the operator made for a client: as long as it takes, and shown once.
CREATE TABLE tokens (
    token_hash BYTEA PRIMARY KEY,
    -- Its `jti`, by which the operator names it.
    id TEXT NOT NULL UNIQUE,
    grant_id TEXT NOT NULL REFERENCES grants (id) ON DELETE CASCADE
);

-- What the bot calls the chat user that a link is for.
ALTER TABLE links ADD COLUMN chat_name TEXT;
-- A code is looked for among those of all chats, to see that it comes from its own.
CREATE INDEX links_by_code ON links (code_hash);
