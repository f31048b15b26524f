-- Revisions of grading policies. A row is written once; later only retired_at is set, on all rows of a policy at once.
-- policy_id is the same in all revisions of a policy: the id of the first. owner_id is the member of staff whose it is. body is the
-- whole policy as JSON, its name too.
CREATE TABLE policies (
    id         TEXT    NOT NULL PRIMARY KEY,
    org_id     TEXT    NOT NULL,
    owner_id   TEXT    NOT NULL REFERENCES learners (id),
    policy_id  TEXT    NOT NULL,
    revision   INTEGER NOT NULL,
    name       TEXT    NOT NULL,
    body       TEXT    NOT NULL,
    created_at BIGINT  NOT NULL,
    retired_at BIGINT
);
CREATE UNIQUE INDEX policies_revision ON policies (policy_id, revision);
CREATE INDEX policies_owner ON policies (org_id, owner_id, policy_id);

-- Judgements of attempts by a policy, beside those in gradings that figures rest on. Rows are only added; of the rows of an attempt and
-- a policy the highest seq counts. policy is the whole policy as it graded, as JSON.
CREATE TABLE policy_gradings (
    id             TEXT    NOT NULL PRIMARY KEY,
    org_id         TEXT    NOT NULL,
    attempt_id     TEXT    NOT NULL REFERENCES attempts (id),
    revision_id    TEXT    NOT NULL REFERENCES policies (id),
    policy         TEXT    NOT NULL,
    seq            INTEGER NOT NULL,
    key_hash       TEXT    NOT NULL,
    grader_version INTEGER NOT NULL,
    book_edition   TEXT    NOT NULL,
    scheme         TEXT    NOT NULL,
    result         TEXT    NOT NULL,
    earned         INTEGER NOT NULL,
    possible       INTEGER NOT NULL,
    percent10      INTEGER NOT NULL,
    correct        INTEGER NOT NULL CHECK (correct IN (0, 1)),
    audit10        INTEGER NOT NULL,
    findings       TEXT    NOT NULL,
    reason         TEXT    NOT NULL,
    graded_by      TEXT    NOT NULL,
    at             BIGINT  NOT NULL
);
CREATE UNIQUE INDEX policy_gradings_attempt ON policy_gradings (attempt_id, seq);
CREATE INDEX policy_gradings_revision ON policy_gradings (revision_id);
