-- What the person calls an account, where they have said so; small and capital letters are the same
-- word, which the server sees to.
ALTER TABLE connections ADD COLUMN label TEXT;
CREATE UNIQUE INDEX connections_label ON connections (identity, provider, label);

-- The label for the account that will be linked.
ALTER TABLE links ADD COLUMN label TEXT;

-- When tools last used it, to about an hour, where that is noted at all. Null: not since the person
-- signed in.
ALTER TABLE connections ADD COLUMN used_at TIMESTAMPTZ;
