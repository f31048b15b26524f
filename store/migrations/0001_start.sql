-- People: guests, learners with an account, staff. A guest has no e-mail; an erased one has neither name nor e-mail nor passphrase.
CREATE TABLE learners (
    id          TEXT    NOT NULL PRIMARY KEY,
    org_id      TEXT    NOT NULL,
    role        TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    email       TEXT,
    passphrase  TEXT    NOT NULL,
    guest       INTEGER NOT NULL CHECK (guest IN (0, 1)),
    zone        TEXT    NOT NULL,
    created_at  BIGINT  NOT NULL,
    erased_at   BIGINT,
    merged_into TEXT REFERENCES learners (id)
);
CREATE UNIQUE INDEX learners_email ON learners (org_id, email);
CREATE INDEX learners_org ON learners (org_id, id);

-- Signed-in browsers. The token itself is stored nowhere.
CREATE TABLE sessions (
    id         TEXT   NOT NULL PRIMARY KEY,
    org_id     TEXT   NOT NULL,
    learner_id TEXT   NOT NULL REFERENCES learners (id),
    token_hash TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX sessions_token ON sessions (token_hash);
CREATE INDEX sessions_learner ON sessions (learner_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- Rate limits as the instant at which all tries will have been paid back; the key is a hash.
CREATE TABLE rate_limits (
    limit_key TEXT   NOT NULL PRIMARY KEY,
    free_at   BIGINT NOT NULL
);
CREATE INDEX rate_limits_free ON rate_limits (free_at);

-- Every revision of a question or case that someone was shown or answered, whole, by the hash of its text.
CREATE TABLE content_versions (
    org_id TEXT   NOT NULL,
    hash   TEXT   NOT NULL,
    kind   TEXT   NOT NULL,
    item   TEXT   NOT NULL,
    body   TEXT   NOT NULL,
    at     BIGINT NOT NULL,
    PRIMARY KEY (org_id, hash)
);

-- Answers as they were given. Rows are only added; erasing a person takes free text out of the answer.
-- areas holds area ids with a blank before and after each.
CREATE TABLE attempts (
    id           TEXT    NOT NULL PRIMARY KEY,
    org_id       TEXT    NOT NULL,
    learner_id   TEXT    NOT NULL REFERENCES learners (id),
    client_key   TEXT    NOT NULL,
    kind         TEXT    NOT NULL,
    item         TEXT    NOT NULL,
    areas        TEXT    NOT NULL,
    context_kind TEXT    NOT NULL,
    context_ref  TEXT    NOT NULL,
    shown_hash   TEXT    NOT NULL,
    key_hash     TEXT    NOT NULL,
    shown        TEXT    NOT NULL,
    answer       TEXT    NOT NULL,
    started_at   BIGINT,
    submitted_at BIGINT  NOT NULL,
    seconds      INTEGER NOT NULL
);
CREATE UNIQUE INDEX attempts_client_key ON attempts (org_id, learner_id, client_key);
CREATE INDEX attempts_learner ON attempts (org_id, learner_id, id);
CREATE INDEX attempts_item ON attempts (org_id, item, id);
CREATE INDEX attempts_context ON attempts (org_id, context_kind, context_ref);

-- Judgements of attempts. Rows are only added; the highest seq of an attempt counts.
CREATE TABLE gradings (
    id             TEXT    NOT NULL PRIMARY KEY,
    org_id         TEXT    NOT NULL,
    attempt_id     TEXT    NOT NULL REFERENCES attempts (id),
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
CREATE UNIQUE INDEX gradings_attempt ON gradings (attempt_id, seq);

-- Unfinished answers to cases. rev grows with each save, across deletions too.
CREATE TABLE drafts (
    org_id     TEXT   NOT NULL,
    learner_id TEXT   NOT NULL REFERENCES learners (id),
    item       TEXT   NOT NULL,
    body       TEXT   NOT NULL,
    rev        BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, learner_id, item)
);

CREATE TABLE lesson_marks (
    org_id     TEXT    NOT NULL,
    learner_id TEXT    NOT NULL REFERENCES learners (id),
    lesson     TEXT    NOT NULL,
    done_at    BIGINT,
    anchor     TEXT    NOT NULL,
    percent    INTEGER NOT NULL,
    opened_at  BIGINT  NOT NULL,
    read_at    BIGINT  NOT NULL,
    PRIMARY KEY (org_id, learner_id, lesson)
);

-- items is a JSON list of question ids; seed is a decimal text, since it has 64 bits without sign.
CREATE TABLE drills (
    id         TEXT   NOT NULL PRIMARY KEY,
    org_id     TEXT   NOT NULL,
    learner_id TEXT   NOT NULL REFERENCES learners (id),
    area       TEXT   NOT NULL,
    items      TEXT   NOT NULL,
    seed       TEXT   NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX drills_learner ON drills (org_id, learner_id, id);

-- What staff did. Rows are only added; target and detail hold ids.
CREATE TABLE audit_log (
    id     TEXT   NOT NULL PRIMARY KEY,
    org_id TEXT   NOT NULL,
    actor  TEXT   NOT NULL,
    action TEXT   NOT NULL,
    target TEXT   NOT NULL,
    detail TEXT   NOT NULL,
    at     BIGINT NOT NULL
);
CREATE INDEX audit_log_org ON audit_log (org_id, id);
