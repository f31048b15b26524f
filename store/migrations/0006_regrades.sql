-- What people decided by hand on lines of an answer, as JSON with the grader's own result beside it; null where nobody did.
ALTER TABLE gradings ADD COLUMN override TEXT;

-- Regrades of an item: what was done and how far it has come. state is open, stopped, done or closed; at_kind and at_attempt are the last
-- attempt that was looked at. Whoever works on a run holds it until held_until, and each batch that is kept moves that on. An item has one
-- run at a time that is not at its end.
CREATE TABLE regrade_runs (
    id         TEXT    NOT NULL PRIMARY KEY,
    org_id     TEXT    NOT NULL,
    kind       TEXT    NOT NULL,
    item       TEXT    NOT NULL,
    key_hash   TEXT    NOT NULL,
    dispute_id TEXT    NOT NULL,
    reason     TEXT    NOT NULL,
    started_by TEXT    NOT NULL,
    state      TEXT    NOT NULL,
    expected   INTEGER NOT NULL,
    attempts   INTEGER NOT NULL,
    graded     INTEGER NOT NULL,
    kept       INTEGER NOT NULL,
    skipped    INTEGER NOT NULL,
    by_policy  INTEGER NOT NULL,
    raised     INTEGER NOT NULL,
    lowered    INTEGER NOT NULL,
    at_kind    TEXT    NOT NULL,
    at_attempt TEXT    NOT NULL,
    holder     TEXT    NOT NULL,
    held_until BIGINT  NOT NULL,
    started_at BIGINT  NOT NULL,
    updated_at BIGINT  NOT NULL,
    ended_at   BIGINT
);
CREATE UNIQUE INDEX regrade_runs_under_way ON regrade_runs (org_id, item) WHERE state IN ('open', 'stopped');
CREATE INDEX regrade_runs_org ON regrade_runs (org_id, id);

-- The regrade that followed from a dispute that was accepted, '' for none.
ALTER TABLE disputes ADD COLUMN run_id TEXT NOT NULL DEFAULT '';
CREATE INDEX disputes_item ON disputes (org_id, item, line);
