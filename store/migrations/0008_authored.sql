-- Files of the content that were written in the browser: lessons, questions, cases, exams. A row is written once and never changed. The
-- revisions of a path are numbered from 1 without a gap; base is the one that the author began from, 0 for what ships or nothing. state is
-- draft or published; of the published rows of a path the one with the highest revision is laid over what ships. gone is 1 where the file is
-- taken away by that. author_id is '' for the command line.
CREATE TABLE authored_files (
    id        TEXT    NOT NULL PRIMARY KEY,
    org_id    TEXT    NOT NULL,
    path      TEXT    NOT NULL,
    revision  INTEGER NOT NULL,
    base      INTEGER NOT NULL,
    state     TEXT    NOT NULL CHECK (state IN ('draft', 'published')),
    gone      INTEGER NOT NULL CHECK (gone IN (0, 1)),
    body      TEXT    NOT NULL,
    hash      TEXT    NOT NULL,
    author_id TEXT    NOT NULL,
    message   TEXT    NOT NULL,
    at        BIGINT  NOT NULL
);
CREATE UNIQUE INDEX authored_files_revision ON authored_files (org_id, path, revision);
CREATE INDEX authored_files_state ON authored_files (org_id, state, path, revision);
