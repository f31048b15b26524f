-- Invitations into a cohort. email '' is a link for anybody, which lets in as many as most; else it is for one person, takes effect when
-- an account of that e-mail is made, and goes with its use. The secret of the link itself is stored nowhere. client_key is of the form that
-- made it: the same key again is the same invitation.
CREATE TABLE cohort_invites (
    id         TEXT    NOT NULL PRIMARY KEY,
    org_id     TEXT    NOT NULL,
    cohort_id  TEXT    NOT NULL REFERENCES cohorts (id),
    client_key TEXT    NOT NULL,
    token_hash TEXT    NOT NULL,
    email      TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    most       INTEGER NOT NULL,
    used       INTEGER NOT NULL,
    made_by    TEXT    NOT NULL,
    created_at BIGINT  NOT NULL,
    expires_at BIGINT  NOT NULL,
    revoked_at BIGINT
);
CREATE UNIQUE INDEX cohort_invites_token ON cohort_invites (token_hash);
CREATE UNIQUE INDEX cohort_invites_key ON cohort_invites (org_id, cohort_id, client_key);
CREATE INDEX cohort_invites_email ON cohort_invites (org_id, email);

-- What a cohort is to do: kind is lesson, drill, case or exam, ref the id of the item or the area of a drill, amount the questions of a
-- drill. counts is best, last or first. Window and attempts of an exam stand in exam_rules and not here.
CREATE TABLE assignments (
    id         TEXT    NOT NULL PRIMARY KEY,
    org_id     TEXT    NOT NULL,
    cohort_id  TEXT    NOT NULL REFERENCES cohorts (id),
    client_key TEXT    NOT NULL,
    kind       TEXT    NOT NULL,
    ref        TEXT    NOT NULL,
    amount     INTEGER NOT NULL,
    counts     TEXT    NOT NULL,
    attempts   INTEGER,
    opens_at   BIGINT  NOT NULL,
    due_at     BIGINT,
    closes_at  BIGINT,
    created_at BIGINT  NOT NULL
);
CREATE UNIQUE INDEX assignments_key ON assignments (org_id, cohort_id, client_key);
CREATE INDEX assignments_cohort ON assignments (org_id, cohort_id, id);

-- What is different for one learner. What is null says nothing.
CREATE TABLE assignment_terms (
    assignment_id TEXT   NOT NULL REFERENCES assignments (id),
    org_id        TEXT   NOT NULL,
    learner_id    TEXT   NOT NULL REFERENCES learners (id),
    attempts      INTEGER,
    due_at        BIGINT,
    closes_at     BIGINT,
    PRIMARY KEY (assignment_id, learner_id)
);
CREATE INDEX assignment_terms_learner ON assignment_terms (org_id, learner_id);

-- What is written below a result. about is the id of an attempt or a sitting, learner_id whose it is.
CREATE TABLE messages (
    id         TEXT   NOT NULL PRIMARY KEY,
    org_id     TEXT   NOT NULL,
    about_kind TEXT   NOT NULL,
    about      TEXT   NOT NULL,
    learner_id TEXT   NOT NULL REFERENCES learners (id),
    author_id  TEXT   NOT NULL REFERENCES learners (id),
    client_key TEXT   NOT NULL,
    text       TEXT   NOT NULL,
    at         BIGINT NOT NULL
);
CREATE UNIQUE INDEX messages_key ON messages (org_id, author_id, client_key);
CREATE INDEX messages_about ON messages (org_id, about, id);
CREATE INDEX messages_learner ON messages (org_id, learner_id, id);

-- How far somebody has read what is written about a result: up to the message of this id.
CREATE TABLE message_marks (
    org_id    TEXT NOT NULL,
    reader_id TEXT NOT NULL REFERENCES learners (id),
    about     TEXT NOT NULL,
    through   TEXT NOT NULL,
    PRIMARY KEY (org_id, reader_id, about)
);
