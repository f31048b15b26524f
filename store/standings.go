package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"gorm.io/gorm"

	"crosswalk/progress"
)

// grown counts entries that were added to a learner's record. A snapshot of the record is known to be whole by this count: an entry that
// another server adds under an earlier id, or that commits late, is missed by no one who compares it.
func grown(tx *gorm.DB, org progress.OrgID, l progress.LearnerID, by int) error {
	return tx.Exec(`INSERT INTO standings (org_id, learner_id, rev, entries, folded, model, through, body) VALUES (?, ?, 0, ?, 0, '', '', '')
		ON CONFLICT (org_id, learner_id) DO UPDATE SET entries = standings.entries + excluded.entries`, org, l, by).Error
}

// pastChanged drops what was computed of a learner's record: something in it is other than it was.
func pastChanged(tx *gorm.DB, org progress.OrgID, l progress.LearnerID) error {
	return tx.Exec(`INSERT INTO standings (org_id, learner_id, rev, entries, folded, model, through, body) VALUES (?, ?, 1, 0, 0, '', '', '')
		ON CONFLICT (org_id, learner_id) DO UPDATE SET rev = standings.rev + 1, folded = 0, model = '', through = '', body = ''`, org, l).Error
}

// tailOf reads the entries of a learner after an id in the order of ids, attempts and reviews as two sorted lists.
const (
	attemptTail = `SELECT attempts.id, attempts.kind, attempts.item, attempts.areas, attempts.context_kind, attempts.context_ref, attempts.submitted_at, attempts.seconds, attempts.shown_hash,
			g.key_hash, g.percent10, g.audit10, g.correct, g.findings, g.missed, CASE WHEN g.missed IS NULL AND attempts.kind = 'case' THEN g.result ELSE '' END,
			CASE WHEN ` + sealed + ` THEN 1 ELSE 0 END, g.graded_by
		FROM attempts JOIN gradings g ON g.attempt_id = attempts.id
		WHERE attempts.org_id = ? AND attempts.learner_id = ? AND attempts.id > ?
		ORDER BY attempts.id, g.seq`
	reviewTail = `SELECT id, org_id, learner_id, client_key, card, attempt_id, undoes, grade, correct, answer, seconds, at FROM reviews
		WHERE org_id = ? AND learner_id = ? AND id > ? ORDER BY id`
	standingHead = `SELECT rev, entries, folded, model, through, CASE WHEN rev = ? AND ? = 1 THEN '' ELSE body END FROM standings WHERE org_id = ? AND learner_id = ?`
)

// ReadRecord implements progress.LearningStore.
func (db *DB) ReadRecord(ctx context.Context, org progress.OrgID, l progress.LearnerID, model string, have *progress.Snapshot) (progress.RecordTail, error) {
	out, err := db.readRecord(ctx, org, l, model, have)
	return out, db.wrap("read record", err)
}

func (db *DB) readRecord(ctx context.Context, org progress.OrgID, l progress.LearnerID, model string, have *progress.Snapshot) (progress.RecordTail, error) {
	fail := func(err error) (progress.RecordTail, error) { return progress.RecordTail{}, err }
	tx, err := db.readPool.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return fail(err)
	}
	defer tx.Rollback()
	if have != nil && have.Model != model {
		have = nil
	}
	asked := int64(-1)
	if have != nil {
		asked = have.Rev
	}
	var out progress.RecordTail
	var stored progress.Snapshot
	err = tx.QueryRowContext(ctx, db.d.rebind(standingHead), asked, bit(have != nil), string(org), string(l)).
		Scan(&out.Rev, &out.Entries, &stored.Folded, &stored.Model, &stored.Through, &stored.Body)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return fail(err)
	}
	stored.Rev = out.Rev
	switch {
	case have != nil && have.Rev == out.Rev:
		out.From = have
	case stored.Body != "" && stored.Model == model:
		out.From = &stored
	}
	for {
		through, want := "", int64(-1)
		if out.From != nil {
			through, want = out.From.Through, out.Entries-out.From.Folded
			if want == 0 && out.From == have {
				return out, nil // nothing has come since
			}
		}
		if out.Tail, err = db.tail(ctx, tx, org, l, through); err != nil {
			return fail(err)
		}
		if want < 0 && out.From == nil || want == int64(len(out.Tail)) {
			return out, nil
		}
		out.From = nil // something was added under an id that was passed already
	}
}

// tail merges the two lists of entries.
func (db *DB) tail(ctx context.Context, tx *sql.Tx, org progress.OrgID, l progress.LearnerID, after string) ([]progress.RecordEntry, error) {
	var out []progress.RecordEntry
	rows, err := tx.QueryContext(ctx, db.d.rebind(attemptTail), ms(db.Clock()), string(org), string(l), after)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var e progress.RecordEntry
		var areas, findings, result, by string
		var missed *string
		var when int64
		var correct, shut int
		if err := rows.Scan(&e.Attempt, &e.Kind, &e.Item, &areas, &e.Context, &e.Ref, &when, &e.Seconds, &e.ShownHash, &e.KeyHash, &e.Percent10, &e.AuditTenths, &correct, &findings, &missed, &result, &shut, &by); err != nil {
			return nil, err
		}
		e.Areas, e.Findings, e.SubmittedAt, e.Correct, e.Sealed = strings.Fields(areas), strings.Fields(findings), at(when), correct == 1, shut == 1
		e.Imported = progress.Grading{By: by}.ByImport()
		if e.Missed = missedLines(missed); missed == nil && e.Kind == progress.KindCase {
			e.Missed = progress.MissedIn([]byte(result))
		}
		if n := len(out); n > 0 && out[n-1].Attempt == e.Attempt {
			out[n-1] = e
		} else {
			out = append(out, e)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	more, err := tx.QueryContext(ctx, db.d.rebind(reviewTail), string(org), string(l), after)
	if err != nil {
		return nil, err
	}
	defer more.Close()
	var reviews []progress.RecordEntry
	for more.Next() {
		var r reviewRow
		if err := more.Scan(&r.ID, &r.OrgID, &r.LearnerID, &r.ClientKey, &r.Card, &r.AttemptID, &r.Undoes, &r.Grade, &r.Correct, &r.Answer, &r.Seconds, &r.At); err != nil {
			return nil, err
		}
		x := r.review()
		reviews = append(reviews, progress.RecordEntry{Review: &x})
	}
	if err := more.Err(); err != nil || len(reviews) == 0 {
		return out, err
	}
	merged := make([]progress.RecordEntry, 0, len(out)+len(reviews))
	for len(out) > 0 && len(reviews) > 0 {
		if out[0].ID() < reviews[0].ID() {
			merged, out = append(merged, out[0]), out[1:]
		} else {
			merged, reviews = append(merged, reviews[0]), reviews[1:]
		}
	}
	return append(append(merged, out...), reviews...), nil
}

// RecordMarks implements progress.LearningStore.
func (db *DB) RecordMarks(ctx context.Context, org progress.OrgID, exam string) (map[progress.LearnerID]progress.RecordMark, error) {
	rows, err := db.readPool.QueryContext(ctx, db.d.rebind(`SELECT learner_id, rev, entries FROM standings
		WHERE org_id = ? AND learner_id IN (SELECT learner_id FROM sittings WHERE org_id = ? AND exam = ?)`), string(org), string(org), exam)
	if err != nil {
		return nil, db.wrap("record marks", err)
	}
	defer rows.Close()
	out := map[progress.LearnerID]progress.RecordMark{}
	for rows.Next() {
		var l progress.LearnerID
		var m progress.RecordMark
		if err := rows.Scan(&l, &m.Rev, &m.Entries); err != nil {
			return nil, db.wrap("record marks", err)
		}
		out[l] = m
	}
	return out, db.wrap("record marks", rows.Err())
}

// SaveSnapshot implements progress.LearningStore.
func (db *DB) SaveSnapshot(ctx context.Context, org progress.OrgID, l progress.LearnerID, s progress.Snapshot) error {
	return db.write(ctx, "save snapshot", func(tx *gorm.DB) error {
		return tx.Exec(`INSERT INTO standings (org_id, learner_id, rev, entries, folded, model, through, body) VALUES (?, ?, 0, 0, ?, ?, ?, ?)
			ON CONFLICT (org_id, learner_id) DO UPDATE SET folded = excluded.folded, model = excluded.model, through = excluded.through, body = excluded.body WHERE standings.rev = ?`,
			org, l, s.Folded, s.Model, s.Through, s.Body, s.Rev).Error
	})
}

// DropSnapshots implements progress.LearningStore.
func (db *DB) DropSnapshots(ctx context.Context, org progress.OrgID, l progress.LearnerID) error {
	return db.write(ctx, "drop snapshots", func(tx *gorm.DB) error {
		where, args := "org_id = ?", []any{org}
		if l != "" {
			where, args = where+" AND learner_id = ?", append(args, l)
		}
		return tx.Exec(`UPDATE standings SET folded = 0, model = '', through = '', body = '' WHERE `+where, args...).Error
	})
}
