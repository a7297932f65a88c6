-- The ticket of a link that may still be finished, so that the same link can be shown once more.
-- Null from the sign-in on, and for links made before there was this column.
ALTER TABLE links ADD COLUMN sealed_ticket BYTEA;
