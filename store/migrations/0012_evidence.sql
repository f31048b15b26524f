-- Where the pass line of a hiring test comes from. body is JSON: the items that judges rate, whom they are to think of, and why the line is what
-- it is. revision counts changes from 1; round is 0 where no panel sits.
CREATE TABLE hire_panels (
    assessment_id TEXT    NOT NULL PRIMARY KEY REFERENCES assessments (id),
    org_id        TEXT    NOT NULL,
    revision      INTEGER NOT NULL,
    round         INTEGER NOT NULL,
    body          TEXT    NOT NULL,
    closed_at     BIGINT
);

-- People who help with a test by a link of their own, without an account: judges, and those who record groups. kind is judge or recorder. The secret of
-- the link is stored nowhere. client_key is of the form that made it: the same key again is the same helper.
CREATE TABLE hire_helpers (
    id            TEXT   NOT NULL PRIMARY KEY,
    org_id        TEXT   NOT NULL,
    assessment_id TEXT   NOT NULL REFERENCES assessments (id),
    client_key    TEXT   NOT NULL,
    kind          TEXT   NOT NULL,
    name          TEXT   NOT NULL,
    token_hash    TEXT   NOT NULL,
    link_until    BIGINT NOT NULL,
    revoked_at    BIGINT,
    created_at    BIGINT NOT NULL
);
CREATE UNIQUE INDEX hire_helpers_token ON hire_helpers (token_hash);
CREATE UNIQUE INDEX hire_helpers_key ON hire_helpers (org_id, assessment_id, client_key);

-- What a judge says of an item of the panel, by its place from 0, in per cent.
CREATE TABLE hire_ratings (
    helper_id TEXT    NOT NULL REFERENCES hire_helpers (id),
    org_id    TEXT    NOT NULL,
    round     INTEGER NOT NULL,
    item      INTEGER NOT NULL,
    percent   INTEGER NOT NULL CHECK (percent BETWEEN 0 AND 100),
    at        BIGINT  NOT NULL,
    PRIMARY KEY (helper_id, round, item)
);

-- How many of a group were tested and selected. source is entered, or erased: what candidates who are erased by now add up to.
CREATE TABLE hire_groups (
    assessment_id TEXT    NOT NULL REFERENCES assessments (id),
    org_id        TEXT    NOT NULL,
    source        TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    tested        INTEGER NOT NULL,
    selected      INTEGER NOT NULL,
    PRIMARY KEY (assessment_id, source, name)
);

-- The group of one candidate. It is read in sums alone, and goes into hire_groups when the candidate is erased.
CREATE TABLE candidate_groups (
    candidate_id  TEXT NOT NULL PRIMARY KEY REFERENCES candidates (id),
    org_id        TEXT NOT NULL,
    assessment_id TEXT NOT NULL REFERENCES assessments (id),
    name          TEXT NOT NULL
);
CREATE INDEX candidate_groups_assessment ON candidate_groups (org_id, assessment_id);
