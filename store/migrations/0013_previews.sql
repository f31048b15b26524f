-- A preview of a hiring test: the test as it was, frozen for the one of its staff who sits it as a candidate would. preview_of is the test, null for a
-- test itself. It has one row of candidates and goes with all that hangs on it.
ALTER TABLE assessments ADD COLUMN preview_of TEXT REFERENCES assessments (id);
CREATE INDEX assessments_preview ON assessments (preview_of);
