-- The clock by which sittings end: the last instant it showed, and where there is one the machine's uptime then, so that a clock that was
-- set while no server ran is found out. One row.
CREATE TABLE server_clock (
    id      INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    at      BIGINT  NOT NULL,
    boot    TEXT    NOT NULL,
    uptime  BIGINT  NOT NULL
);

-- Exams that an instructor or employer composed. Rows are revisions and are written once; later only retired_at is set, on all rows of an exam
-- at once. exam is the id of the blueprint in all revisions; body is the blueprint as it was written.
CREATE TABLE composed_exams (
    id         TEXT    NOT NULL PRIMARY KEY,
    org_id     TEXT    NOT NULL,
    owner_id   TEXT    NOT NULL REFERENCES learners (id),
    exam       TEXT    NOT NULL,
    revision   INTEGER NOT NULL,
    name       TEXT    NOT NULL,
    body       TEXT    NOT NULL,
    created_at BIGINT  NOT NULL,
    retired_at BIGINT
);
CREATE UNIQUE INDEX composed_exams_revision ON composed_exams (org_id, exam, revision);

-- Groups of learners of one instructor.
CREATE TABLE cohorts (
    id         TEXT   NOT NULL PRIMARY KEY,
    org_id     TEXT   NOT NULL,
    owner_id   TEXT   NOT NULL REFERENCES learners (id),
    name       TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    closed_at  BIGINT
);
CREATE INDEX cohorts_owner ON cohorts (org_id, owner_id, id);

CREATE TABLE cohort_members (
    cohort_id  TEXT   NOT NULL REFERENCES cohorts (id),
    org_id     TEXT   NOT NULL,
    learner_id TEXT   NOT NULL REFERENCES learners (id),
    added_at   BIGINT NOT NULL,
    PRIMARY KEY (cohort_id, learner_id)
);
CREATE INDEX cohort_members_learner ON cohort_members (org_id, learner_id);

-- Who may sit what, when, how often and for how long. exam '' is every exam; kind is person, cohort or everyone, and ref the learner's or
-- cohort's id or ''. What is null says nothing.
CREATE TABLE exam_rules (
    id            TEXT    NOT NULL PRIMARY KEY,
    org_id        TEXT    NOT NULL,
    owner_id      TEXT    NOT NULL REFERENCES learners (id),
    exam          TEXT    NOT NULL,
    kind          TEXT    NOT NULL,
    ref           TEXT    NOT NULL,
    extra_percent INTEGER,
    attempts      INTEGER,
    opens_at      BIGINT,
    closes_at     BIGINT,
    results_at    BIGINT,
    created_at    BIGINT  NOT NULL
);
CREATE UNIQUE INDEX exam_rules_scope ON exam_rules (org_id, exam, kind, ref);
CREATE INDEX exam_rules_ref ON exam_rules (org_id, kind, ref);

-- Sittings of exams. blueprint and form are kept as they were drawn, as JSON. ends_at is null where there is no clock; results_at is
-- when answers may be looked at after handing in: 0 at once, null never. reached is the first item that can still be answered where one
-- may only go forward. result is the graded sitting as JSON, '' until it is graded.
-- The long texts come last: each save of an answer reads the columns before them, and those after them would lie behind pages of text.
CREATE TABLE sittings (
    id            TEXT    NOT NULL PRIMARY KEY,
    org_id        TEXT    NOT NULL,
    learner_id    TEXT    NOT NULL REFERENCES learners (id),
    client_key    TEXT    NOT NULL,
    exam          TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    seed          TEXT    NOT NULL,
    items         INTEGER NOT NULL,
    extra_percent INTEGER NOT NULL,
    started_at    BIGINT  NOT NULL,
    ends_at       BIGINT,
    results_at    BIGINT,
    opens         INTEGER NOT NULL,
    reached       INTEGER NOT NULL,
    breaks        INTEGER NOT NULL,
    break_since   BIGINT,
    handed_in_at  BIGINT,
    handed_in_by  TEXT    NOT NULL,
    graded_at     BIGINT,
    correct       INTEGER NOT NULL,
    scored        INTEGER NOT NULL,
    percent10     INTEGER NOT NULL,
    passed        INTEGER NOT NULL CHECK (passed IN (0, 1)),
    result        TEXT    NOT NULL,
    blueprint     TEXT    NOT NULL,
    form          TEXT    NOT NULL
);
CREATE UNIQUE INDEX sittings_client_key ON sittings (org_id, learner_id, client_key);
CREATE INDEX sittings_learner ON sittings (org_id, learner_id, id);
CREATE INDEX sittings_exam ON sittings (org_id, exam, id);
CREATE INDEX sittings_open ON sittings (handed_in_at, ends_at);

-- The state of each item of a sitting that was touched. The row with the greater seq wins. locked: no longer to be changed.
CREATE TABLE sitting_answers (
    sitting_id TEXT    NOT NULL REFERENCES sittings (id),
    pos        INTEGER NOT NULL,
    org_id     TEXT    NOT NULL,
    seq        BIGINT  NOT NULL,
    body       TEXT    NOT NULL,
    locked     INTEGER NOT NULL CHECK (locked IN (0, 1)),
    at         BIGINT  NOT NULL,
    PRIMARY KEY (sitting_id, pos)
);

-- What learners say against a key. line is '' for the whole item, else the line of a chart's answer. status is open, accepted or declined.
CREATE TABLE disputes (
    id          TEXT   NOT NULL PRIMARY KEY,
    org_id      TEXT   NOT NULL,
    learner_id  TEXT   NOT NULL REFERENCES learners (id),
    attempt_id  TEXT   NOT NULL REFERENCES attempts (id),
    kind        TEXT   NOT NULL,
    item        TEXT   NOT NULL,
    line        TEXT   NOT NULL,
    key_hash    TEXT   NOT NULL,
    reason      TEXT   NOT NULL,
    citation    TEXT   NOT NULL,
    status      TEXT   NOT NULL,
    answer      TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    resolved_at BIGINT,
    resolved_by TEXT   NOT NULL
);
CREATE UNIQUE INDEX disputes_line ON disputes (attempt_id, line);
CREATE INDEX disputes_status ON disputes (org_id, status, id);
CREATE INDEX disputes_learner ON disputes (org_id, learner_id, id);
