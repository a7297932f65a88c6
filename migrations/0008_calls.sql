-- Tool calls and linking are recorded, too: which tool, and by which connection.
ALTER TABLE audit ADD COLUMN tool TEXT;
ALTER TABLE audit ADD COLUMN connection_id TEXT;

-- For an operator who asks about one person, one client, one tool, or one kind of event.
CREATE INDEX audit_of_identity ON audit (identity, id);
CREATE INDEX audit_of_client ON audit (client_id, id);
CREATE INDEX audit_of_tool ON audit (tool, id);
CREATE INDEX audit_of_event ON audit (event, id);
