-- Clients that were removed, until what their chat users have linked is given back.
CREATE TABLE removed_clients (
    id TEXT PRIMARY KEY
);
