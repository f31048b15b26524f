-- Hiring tests. spec, blueprint and frozen are JSON; frozen is '' before the test is opened. client_key is of the page that made it: the same
-- key of an owner again is the same test. revision counts changes from 1.
CREATE TABLE assessments (
    id         TEXT    NOT NULL PRIMARY KEY,
    org_id     TEXT    NOT NULL,
    owner_id   TEXT    NOT NULL REFERENCES learners (id),
    client_key TEXT    NOT NULL,
    revision   INTEGER NOT NULL,
    spec       TEXT    NOT NULL,
    blueprint  TEXT    NOT NULL,
    frozen     TEXT    NOT NULL,
    created_at BIGINT  NOT NULL,
    opened_at  BIGINT,
    closed_at  BIGINT
);
CREATE UNIQUE INDEX assessments_key ON assessments (org_id, owner_id, client_key);

-- People who are invited to one. The secret of a link is stored nowhere; token_hash is null where there is no link. learner_id is the hidden learner who sits
-- the test, null before consent. Once erased_at is set, name, email, ref and token_hash are gone.
CREATE TABLE candidates (
    id            TEXT    NOT NULL PRIMARY KEY,
    org_id        TEXT    NOT NULL,
    assessment_id TEXT    NOT NULL REFERENCES assessments (id),
    client_key    TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    email         TEXT    NOT NULL,
    ref           TEXT    NOT NULL,
    token_hash    TEXT,
    link_until    BIGINT  NOT NULL,
    revoked_at    BIGINT,
    extra_percent INTEGER NOT NULL,
    extra_breaks  INTEGER NOT NULL,
    learner_id    TEXT REFERENCES learners (id),
    consent_at    BIGINT,
    consent_hash  TEXT    NOT NULL,
    erase_on      BIGINT,
    erased_at     BIGINT,
    created_at    BIGINT  NOT NULL
);
CREATE UNIQUE INDEX candidates_token ON candidates (token_hash);
CREATE UNIQUE INDEX candidates_key ON candidates (org_id, assessment_id, client_key);
CREATE UNIQUE INDEX candidates_learner ON candidates (learner_id);
CREATE INDEX candidates_erase ON candidates (erased_at, erase_on);

-- What happened while a candidate sat, as facts. Rows go when the candidate is erased.
CREATE TABLE candidate_events (
    id           TEXT    NOT NULL PRIMARY KEY,
    org_id       TEXT    NOT NULL,
    candidate_id TEXT    NOT NULL REFERENCES candidates (id),
    sitting_id   TEXT    NOT NULL,
    client_key   TEXT    NOT NULL,
    at           BIGINT  NOT NULL,
    kind         TEXT    NOT NULL,
    seconds      INTEGER NOT NULL,
    detail       TEXT    NOT NULL
);
CREATE UNIQUE INDEX candidate_events_key ON candidate_events (candidate_id, client_key);
