-- A tab and words of one's own at a page of the codebook. part is a code set, guideline or index; ref the code, number or address there.
-- title is what the page was called. rev grows with each change of the words, across removals too.
CREATE TABLE book_notes (
    org_id     TEXT    NOT NULL,
    learner_id TEXT    NOT NULL REFERENCES learners (id),
    part       TEXT    NOT NULL,
    ref        TEXT    NOT NULL,
    title      TEXT    NOT NULL,
    tabbed     INTEGER NOT NULL CHECK (tabbed IN (0, 1)),
    body       TEXT    NOT NULL,
    rev        BIGINT  NOT NULL,
    updated_at BIGINT  NOT NULL,
    PRIMARY KEY (org_id, learner_id, part, ref)
);
