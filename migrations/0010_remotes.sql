-- What other MCP servers say of their tools, prompts and templates, and whether models may see it.
CREATE TABLE remote_descriptions (
    remote TEXT NOT NULL,
    -- tool, prompt or template
    kind TEXT NOT NULL,
    -- what it is called here
    name TEXT NOT NULL,
    -- SHA-256 of what is said, in hexadecimal
    hash TEXT NOT NULL,
    -- canonical JSON
    said TEXT NOT NULL,
    accepted BOOLEAN NOT NULL,
    -- whether an operator has been shown it
    shown BOOLEAN NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL,
    accepted_at TIMESTAMPTZ,
    PRIMARY KEY (remote, kind, hash)
);

-- Of which servers a first list was seen, and so accepted.
CREATE TABLE remote_lists (
    remote TEXT NOT NULL,
    kind TEXT NOT NULL,
    seen_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (remote, kind)
);

INSERT INTO epoch (id, value) VALUES (3, 0);
