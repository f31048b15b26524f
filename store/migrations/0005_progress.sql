-- The parts of a case that an answer missed, as words LINE|FINDING with a blank between; null where a grading was made before there was
-- this column: then they are read off its result.
ALTER TABLE gradings ADD COLUMN missed TEXT;

-- What a learner did with a card that is no attempt: reviews of terms and of lines of cases, grades given by hand to the answer of an
-- attempt, and undos. Rows are only added; erasing a person takes them away. grade is 1 to 4, 0 for one to be inferred from correct and
-- seconds. undoes is the id of the row that is taken back, '' for none.
CREATE TABLE reviews (
    id         TEXT    NOT NULL PRIMARY KEY,
    org_id     TEXT    NOT NULL,
    learner_id TEXT    NOT NULL REFERENCES learners (id),
    client_key TEXT    NOT NULL,
    card       TEXT    NOT NULL,
    attempt_id TEXT REFERENCES attempts (id),
    undoes     TEXT    NOT NULL,
    grade      INTEGER NOT NULL CHECK (grade BETWEEN 0 AND 4),
    correct    INTEGER NOT NULL CHECK (correct IN (0, 1)),
    answer     TEXT    NOT NULL,
    seconds    INTEGER NOT NULL,
    at         BIGINT  NOT NULL
);
CREATE UNIQUE INDEX reviews_client_key ON reviews (org_id, learner_id, client_key);
CREATE INDEX reviews_learner ON reviews (org_id, learner_id, id);
CREATE INDEX reviews_attempt ON reviews (attempt_id);

-- Where the record of a learner was computed to. entries counts the attempts and reviews that were added since the row was made; rev
-- grows with each change of what was there before. body is the standing computed under model of all entries up to the id through, '' for
-- none; folded is what entries was when exactly those were there. All but rev and entries can be lost: it is computed anew.
CREATE TABLE standings (
    org_id     TEXT   NOT NULL,
    learner_id TEXT   NOT NULL REFERENCES learners (id),
    rev        BIGINT NOT NULL,
    entries    BIGINT NOT NULL,
    folded     BIGINT NOT NULL,
    model      TEXT   NOT NULL,
    through    TEXT   NOT NULL,
    body       TEXT   NOT NULL,
    PRIMARY KEY (org_id, learner_id)
);

-- What a learner works for. exam_on and the days off are civil dates, the latter with a blank between; minutes are those of Monday to
-- Sunday, with a blank between.
CREATE TABLE goals (
    org_id     TEXT   NOT NULL,
    learner_id TEXT   NOT NULL REFERENCES learners (id),
    exam       TEXT   NOT NULL,
    exam_on    TEXT   NOT NULL,
    minutes    TEXT   NOT NULL,
    days_off   TEXT   NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (org_id, learner_id)
);

-- What was foretold. Rows are only added, one for an exam and study day and one more before each sitting; sitting is '' for the former.
CREATE TABLE forecasts (
    id         TEXT             NOT NULL PRIMARY KEY,
    org_id     TEXT             NOT NULL,
    learner_id TEXT             NOT NULL REFERENCES learners (id),
    exam       TEXT             NOT NULL,
    study_day  TEXT             NOT NULL,
    sitting_id TEXT             NOT NULL,
    chance     DOUBLE PRECISION NOT NULL,
    low        DOUBLE PRECISION NOT NULL,
    high       DOUBLE PRECISION NOT NULL,
    score      DOUBLE PRECISION NOT NULL,
    score_low  DOUBLE PRECISION NOT NULL,
    score_high DOUBLE PRECISION NOT NULL,
    answers    INTEGER          NOT NULL,
    version    INTEGER          NOT NULL,
    at         BIGINT           NOT NULL
);
CREATE UNIQUE INDEX forecasts_day ON forecasts (org_id, learner_id, exam, study_day, sitting_id);
CREATE INDEX forecasts_exam ON forecasts (org_id, exam, id);

-- Placement tests. body is the test as JSON, with what was asked; the answers are attempts. rev grows with each change.
CREATE TABLE placements (
    id         TEXT   NOT NULL PRIMARY KEY,
    org_id     TEXT   NOT NULL,
    learner_id TEXT   NOT NULL REFERENCES learners (id),
    client_key TEXT   NOT NULL,
    exam       TEXT   NOT NULL,
    rev        BIGINT NOT NULL,
    body       TEXT   NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at   BIGINT
);
CREATE UNIQUE INDEX placements_client_key ON placements (org_id, learner_id, client_key);
CREATE INDEX placements_learner ON placements (org_id, learner_id, id);

-- The plan that was first shown on a study day, as JSON.
CREATE TABLE plans (
    org_id     TEXT   NOT NULL,
    learner_id TEXT   NOT NULL REFERENCES learners (id),
    study_day  TEXT   NOT NULL,
    exam       TEXT   NOT NULL,
    body       TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    PRIMARY KEY (org_id, learner_id, study_day)
);

-- The weights of a learner's memory, learnt in a batch. Rows are only added; the newest is in force. weights is a JSON list of 21.
CREATE TABLE fits (
    id           TEXT             NOT NULL PRIMARY KEY,
    org_id       TEXT             NOT NULL,
    learner_id   TEXT             NOT NULL REFERENCES learners (id),
    outcome      TEXT             NOT NULL,
    weights      TEXT             NOT NULL,
    loss         DOUBLE PRECISION NOT NULL,
    default_loss DOUBLE PRECISION NOT NULL,
    reviews      INTEGER          NOT NULL,
    at           BIGINT           NOT NULL
);
CREATE INDEX fits_learner ON fits (org_id, learner_id, id);

-- The difficulties of items, in logits, learnt in a batch. Rows are only added; the batch with the highest id is in force.
CREATE TABLE calibrations (
    batch      TEXT             NOT NULL,
    org_id     TEXT             NOT NULL,
    kind       TEXT             NOT NULL,
    item       TEXT             NOT NULL,
    author     DOUBLE PRECISION NOT NULL,
    difficulty DOUBLE PRECISION NOT NULL,
    sd         DOUBLE PRECISION NOT NULL,
    responses  INTEGER          NOT NULL,
    at         BIGINT           NOT NULL,
    PRIMARY KEY (org_id, batch, kind, item)
);
