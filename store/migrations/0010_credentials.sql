-- Keys that credentials are signed with. id is the thumbprint of the public part; public and sealed are base64. sealed is the private part, encrypted with a key
-- that is not in the database, and '' once the key signs no more: from rotated_at on another signs, from retired_at on what it signed is not
-- believed. One key of an organisation signs.
CREATE TABLE signing_keys (
    id         TEXT   NOT NULL,
    org_id     TEXT   NOT NULL,
    public     TEXT   NOT NULL,
    sealed     TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    rotated_at BIGINT,
    retired_at BIGINT,
    PRIMARY KEY (org_id, id)
);
CREATE UNIQUE INDEX signing_keys_signs ON signing_keys (org_id) WHERE rotated_at IS NULL AND retired_at IS NULL;

-- Credentials that candidates asked for. by_holder is 1 where the candidate took it back; revoked_by is of staff. jwt, reason and revoked_by are '' once
-- the candidate is erased. A sitting has one that is not revoked.
CREATE TABLE credentials (
    id            TEXT    NOT NULL PRIMARY KEY,
    org_id        TEXT    NOT NULL,
    candidate_id  TEXT    NOT NULL REFERENCES candidates (id),
    assessment_id TEXT    NOT NULL REFERENCES assessments (id),
    sitting_id    TEXT    NOT NULL,
    key_id        TEXT    NOT NULL,
    jwt           TEXT    NOT NULL,
    issued_at     BIGINT  NOT NULL,
    revoked_at    BIGINT,
    revoked_by    TEXT    NOT NULL,
    by_holder     INTEGER NOT NULL CHECK (by_holder IN (0, 1)),
    reason        TEXT    NOT NULL,
    erased_at     BIGINT
);
CREATE UNIQUE INDEX credentials_sitting ON credentials (org_id, sitting_id) WHERE revoked_at IS NULL;
CREATE INDEX credentials_candidate ON credentials (org_id, candidate_id);
CREATE INDEX credentials_revoked ON credentials (org_id, revoked_at);
