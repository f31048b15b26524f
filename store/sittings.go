package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"gorm.io/gorm"

	"crosswalk/progress"
	"crosswalk/quizzes"
)

type sittingRow struct {
	ID           string `gorm:"primaryKey"`
	OrgID        string
	LearnerID    string
	ClientKey    string
	Exam         string
	Name         string
	Blueprint    string
	Form         string
	Seed         string
	Items        int
	ExtraPercent int
	StartedAt    int64
	EndsAt       *int64
	ResultsAt    *int64
	Opens        int
	Reached      int
	Breaks       int
	BreakSince   *int64
	HandedInAt   *int64
	HandedInBy   string
	GradedAt     *int64
	Correct      int
	Scored       int
	Percent10    int
	Passed       int
	Result       string
}

func (sittingRow) TableName() string { return "sittings" }

// Columns of a list: all but the form, which is by far the largest.
const sittingHead = "id, org_id, learner_id, client_key, exam, name, blueprint, seed, items, extra_percent, started_at, ends_at, results_at, opens, reached, breaks, break_since, handed_in_at, handed_in_by, graded_at, correct, scored, percent10, passed"

func rowOfSitting(org progress.OrgID, s progress.Sitting) (sittingRow, error) {
	bp, err := json.Marshal(s.Blueprint)
	if err != nil {
		return sittingRow{}, err
	}
	form, err := json.Marshal(s.Form)
	if err != nil {
		return sittingRow{}, err
	}
	return sittingRow{
		ID: string(s.ID), OrgID: string(org), LearnerID: string(s.Learner), ClientKey: s.ClientKey, Exam: s.Exam, Name: s.Name, Blueprint: string(bp), Form: string(form),
		Seed: strconv.FormatUint(s.Seed, 10), Items: len(s.Form), ExtraPercent: s.ExtraPercent, StartedAt: ms(s.StartedAt), EndsAt: msp(s.EndsAt), ResultsAt: msp(s.ResultsAt),
	}, nil
}

func (r sittingRow) sitting() (progress.Sitting, error) {
	s := progress.Sitting{
		ID: progress.SittingID(r.ID), Org: progress.OrgID(r.OrgID), Learner: progress.LearnerID(r.LearnerID), ClientKey: r.ClientKey, Exam: r.Exam, Name: r.Name,
		ExtraPercent: r.ExtraPercent, StartedAt: at(r.StartedAt), EndsAt: atp(r.EndsAt), ResultsAt: atp(r.ResultsAt), Opens: r.Opens, Reached: r.Reached,
		Breaks: r.Breaks, BreakSince: atp(r.BreakSince), HandedInAt: atp(r.HandedInAt), HandedInBy: r.HandedInBy, GradedAt: atp(r.GradedAt),
		Tally: progress.Tally{Correct: r.Correct, Scored: r.Scored, Percent10: r.Percent10, Passed: r.Passed == 1},
	}
	var err error
	if s.Seed, err = strconv.ParseUint(r.Seed, 10, 64); err != nil {
		return s, fmt.Errorf("sitting %s: seed: %w", r.ID, err)
	}
	if s.Blueprint, err = blueprints.read(r.Blueprint); err != nil {
		return s, fmt.Errorf("sitting %s: blueprint: %w", r.ID, err)
	}
	if r.Form != "" {
		if err := json.Unmarshal([]byte(r.Form), &s.Form); err != nil {
			return s, fmt.Errorf("sitting %s: form: %w", r.ID, err)
		}
	}
	return s, nil
}

// blueprintCache remembers blueprints by their text: a class sits the same one, and each page of the room reads it. They are shared, and
// nobody changes what is in one.
type blueprintCache struct {
	mu     sync.RWMutex
	byText map[string]quizzes.Blueprint
}

// blueprintsKept is how many texts are remembered before all are forgotten: there are few exams, and more for each revision of one.
const blueprintsKept = 64

var blueprints blueprintCache

func (c *blueprintCache) read(text string) (quizzes.Blueprint, error) {
	c.mu.RLock()
	b, ok := c.byText[text]
	c.mu.RUnlock()
	if ok {
		return b, nil
	}
	if err := json.Unmarshal([]byte(text), &b); err != nil {
		return b, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byText == nil || len(c.byText) >= blueprintsKept {
		c.byText = map[string]quizzes.Blueprint{}
	}
	c.byText[text] = b
	return b, nil
}

// AddSitting implements progress.SittingStore.
func (db *DB) AddSitting(ctx context.Context, org progress.OrgID, versions []progress.ContentVersion, s progress.Sitting, most int) (progress.Sitting, bool, error) {
	row, err := rowOfSitting(org, s)
	if err != nil {
		return progress.Sitting{}, false, err
	}
	fresh := db.unkept(org, versions)
	var there []sittingRow
	err = db.write(ctx, "start sitting", func(tx *gorm.DB) error {
		there = nil
		// Two windows that start at once take turns at the learner's row.
		res := tx.Exec(`UPDATE learners SET zone = zone WHERE org_id = ? AND id = ? AND erased_at IS NULL`, org, s.Learner)
		if res.Error != nil {
			return res.Error
		}
		if res.RowsAffected == 0 {
			return progress.ErrNotFound
		}
		if err := tx.Where("org_id = ? AND learner_id = ? AND (client_key = ? OR exam = ? AND handed_in_at IS NULL)", org, s.Learner, s.ClientKey, s.Exam).Order("id DESC").Limit(1).Find(&there).Error; err != nil || len(there) > 0 {
			return err
		}
		if most > 0 {
			var n int64
			if err := tx.Model(&sittingRow{}).Where("org_id = ? AND learner_id = ? AND exam = ?", org, s.Learner, s.Exam).Count(&n).Error; err != nil {
				return err
			}
			if n >= int64(most) {
				return progress.ErrNoAttemptLeft
			}
		}
		if _, err := keep(tx, org, fresh); err != nil {
			return err
		}
		if err := tx.Create(&row).Error; err != nil {
			return err
		}
		return announceSitting(tx, org, progress.SittingStarted, s.ID, s.StartedAt)
	})
	if err != nil {
		return progress.Sitting{}, false, err
	}
	db.noteKept(org, fresh)
	if len(there) > 0 {
		s, err = there[0].sitting()
		return s, true, err
	}
	return s, false, nil
}

// Sitting implements progress.SittingStore.
func (db *DB) Sitting(ctx context.Context, org progress.OrgID, id progress.SittingID) (progress.Sitting, error) {
	r, err := queryOf[sittingRow](db.read).Where("org_id = ? AND id = ?", org, id).Take(ctx)
	if err != nil {
		return progress.Sitting{}, db.wrap("sitting", err)
	}
	return r.sitting()
}

// SittingHead implements progress.SittingStore.
func (db *DB) SittingHead(ctx context.Context, org progress.OrgID, id progress.SittingID) (progress.Sitting, error) {
	r, err := queryOf[sittingRow](db.read).Select(sittingHead).Where("org_id = ? AND id = ?", org, id).Take(ctx)
	if err != nil {
		return progress.Sitting{}, db.wrap("sitting", err)
	}
	return r.sitting()
}

// Sittings implements progress.SittingStore.
func (db *DB) Sittings(ctx context.Context, org progress.OrgID, f progress.SittingFilter) ([]progress.Sitting, error) {
	q := queryOf[sittingRow](db.read).Select(sittingHead).Where("org_id = ?", org)
	if f.Learner != "" {
		q = q.Where("learner_id = ?", f.Learner)
	}
	if f.Exam != "" {
		q = q.Where("exam = ?", f.Exam)
	}
	if f.Open {
		q = q.Where("handed_in_at IS NULL")
	}
	if q = q.Order("id DESC"); f.Limit > 0 {
		q = q.Limit(f.Limit)
	}
	rows, err := q.Find(ctx)
	if err != nil {
		return nil, db.wrap("list sittings", err)
	}
	out := make([]progress.Sitting, len(rows))
	for i, r := range rows {
		if out[i], err = r.sitting(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// onOpen changes a sitting that is not handed in. Otherwise it is ErrSittingClosed, or ErrNotFound.
func (db *DB) onOpen(ctx context.Context, op string, org progress.OrgID, id progress.SittingID, work func(tx *gorm.DB) (touched int64, err error)) error {
	return db.write(ctx, op, func(tx *gorm.DB) error {
		n, err := work(tx)
		if err != nil || n > 0 {
			return err
		}
		var there int64
		if err := tx.Model(&sittingRow{}).Where("org_id = ? AND id = ?", org, id).Count(&there).Error; err != nil {
			return err
		}
		if there == 0 {
			return progress.ErrNotFound
		}
		return progress.ErrSittingClosed
	})
}

// OpenRoom implements progress.SittingStore.
func (db *DB) OpenRoom(ctx context.Context, org progress.OrgID, id progress.SittingID) (int, error) {
	opens := 0
	err := db.onOpen(ctx, "open room", org, id, func(tx *gorm.DB) (int64, error) {
		res := tx.Exec(`UPDATE sittings SET opens = opens + 1 WHERE org_id = ? AND id = ? AND handed_in_at IS NULL`, org, id)
		if res.Error != nil || res.RowsAffected == 0 {
			return 0, res.Error
		}
		return 1, tx.Raw(`SELECT opens FROM sittings WHERE org_id = ? AND id = ?`, org, id).Row().Scan(&opens)
	})
	return opens, err
}

// saveItem keeps one state where it is newer than the one that is there and the sitting is open. It is a single statement, so that a
// thousand of them share one commit; %s holds the sitting's row where several servers may write.
const saveItem = `INSERT INTO sitting_answers (sitting_id, pos, org_id, seq, body, locked, at)
	SELECT s.id, CAST(? AS INTEGER), s.org_id, CAST(? AS BIGINT), CAST(? AS TEXT), 0, CAST(? AS BIGINT) FROM sittings s
	WHERE s.id = ? AND s.org_id = ? AND s.learner_id = ? AND s.handed_in_at IS NULL AND s.break_since IS NULL
		AND (s.ends_at IS NULL OR s.ends_at >= CAST(? AS BIGINT)) AND s.items > CAST(? AS INTEGER) AND s.reached <= CAST(? AS INTEGER)%s
	ON CONFLICT (sitting_id, pos) DO UPDATE SET seq = excluded.seq, body = excluded.body, at = excluded.at
	WHERE excluded.seq > sitting_answers.seq AND sitting_answers.locked = 0`

// SaveItems implements progress.SittingStore.
func (db *DB) SaveItems(ctx context.Context, org progress.OrgID, l progress.LearnerID, id progress.SittingID, now time.Time, saves []progress.ItemSave) ([]progress.SaveOutcome, error) {
	out := make([]progress.SaveOutcome, len(saves))
	all := true
	err := db.wrap("save", db.w.doPlain(ctx, func(ctx context.Context, p *prepared) error {
		all = true
		for i, s := range saves {
			n, err := p.exec(ctx, db.saveItem, s.Pos, s.Seq, string(s.Body), ms(now), string(id), string(org), string(l), ms(now.Add(-progress.SittingGrace)), s.Pos, s.Pos)
			if err != nil {
				return err
			}
			out[i] = progress.SaveOutcome{Pos: s.Pos, Seq: s.Seq, Kept: n > 0}
			all = all && n > 0
		}
		return nil
	}))
	if err != nil || all {
		return out, err
	}
	return out, db.unsaved(ctx, org, l, id, now, saves, out)
}

// unsaved finds out why states were not kept: the sitting is closed, which goes first, or what is kept is newer.
func (db *DB) unsaved(ctx context.Context, org progress.OrgID, l progress.LearnerID, id progress.SittingID, now time.Time, saves []progress.ItemSave, out []progress.SaveOutcome) error {
	s, err := db.Sitting(ctx, org, id)
	if err != nil {
		return err
	}
	if s.Learner != l {
		return fmt.Errorf("save: %w", progress.ErrNotFound)
	}
	states, err := db.ItemStates(ctx, org, id)
	if err != nil {
		return err
	}
	kept := map[int]*progress.StoredItem{}
	for i := range states {
		kept[states[i].Pos] = &states[i]
	}
	closed := false
	for i := range out {
		o, save := &out[i], saves[i]
		if o.Kept {
			continue
		}
		there := kept[save.Pos]
		switch {
		case save.Pos < 0 || save.Pos >= len(s.Form):
			return fmt.Errorf("save: item %d: %w", save.Pos+1, progress.ErrNotFound)
		case there != nil && there.Seq == save.Seq && string(there.Body) == string(save.Body):
			o.Kept = true // sent a second time: the first answer was lost on the way
		case s.HandedInAt != nil: // whichever is newer, it is over
			closed = true
		case there != nil && (there.Locked || save.Pos < s.Reached):
			o.Seq, o.Locked, o.Now = there.Seq, true, there
		case save.Pos < s.Reached:
			o.Seq, o.Locked = 0, true
		case there != nil && there.Seq >= save.Seq:
			o.Seq, o.Now = there.Seq, there
		default:
			closed = true
		}
	}
	if closed {
		return fmt.Errorf("save: %w", progress.ErrSittingClosed)
	}
	return nil
}

type answerRow struct {
	SittingID string `gorm:"primaryKey"`
	Pos       int    `gorm:"primaryKey"`
	OrgID     string
	Seq       int64
	Body      string
	Locked    int
	At        int64
}

func (answerRow) TableName() string { return "sitting_answers" }

// ItemStates implements progress.SittingStore.
func (db *DB) ItemStates(ctx context.Context, org progress.OrgID, id progress.SittingID) ([]progress.StoredItem, error) {
	rows, err := queryOf[answerRow](db.read).Where("org_id = ? AND sitting_id = ?", org, id).Order("pos").Find(ctx)
	if err != nil {
		return nil, db.wrap("answers", err)
	}
	out := make([]progress.StoredItem, len(rows))
	for i, r := range rows {
		out[i] = progress.StoredItem{Pos: r.Pos, Seq: r.Seq, Body: json.RawMessage(r.Body), Locked: r.Locked == 1, At: at(r.At)}
	}
	return out, nil
}

// LockItems implements progress.SittingStore.
func (db *DB) LockItems(ctx context.Context, org progress.OrgID, id progress.SittingID, positions []int) error {
	return db.write(ctx, "lock answers", func(tx *gorm.DB) error {
		if positions == nil {
			return lockAll(tx, org, id)
		}
		return tx.Exec(`UPDATE sitting_answers SET locked = 1 WHERE org_id = ? AND sitting_id = ? AND pos IN ?`, org, id, positions).Error
	})
}

func lockAll(tx *gorm.DB, org progress.OrgID, id progress.SittingID) error {
	return tx.Exec(`UPDATE sitting_answers SET locked = 1 WHERE org_id = ? AND sitting_id = ?`, org, id).Error
}

// MoveOn implements progress.SittingStore.
func (db *DB) MoveOn(ctx context.Context, org progress.OrgID, id progress.SittingID, reached int) error {
	return db.onOpen(ctx, "move on", org, id, func(tx *gorm.DB) (int64, error) {
		res := tx.Exec(`UPDATE sittings SET reached = CASE WHEN reached < ? AND ? <= items THEN ? ELSE reached END WHERE org_id = ? AND id = ? AND handed_in_at IS NULL`, reached, reached, reached, org, id)
		return res.RowsAffected, res.Error
	})
}

// StartBreak implements progress.SittingStore.
func (db *DB) StartBreak(ctx context.Context, org progress.OrgID, id progress.SittingID, now time.Time, most int, longest time.Duration) error {
	return db.onOpen(ctx, "start break", org, id, func(tx *gorm.DB) (int64, error) {
		res := tx.Exec(`UPDATE sittings SET break_since = ?, breaks = breaks + 1, ends_at = ends_at + ? WHERE org_id = ? AND id = ? AND handed_in_at IS NULL AND break_since IS NULL AND breaks < ? AND (ends_at IS NULL OR ends_at > ?)`,
			ms(now), longest.Milliseconds(), org, id, most, ms(now))
		return res.RowsAffected, res.Error
	})
}

// EndBreak implements progress.SittingStore.
func (db *DB) EndBreak(ctx context.Context, org progress.OrgID, id progress.SittingID, now time.Time, longest time.Duration, lock bool) error {
	return db.onOpen(ctx, "end break", org, id, func(tx *gorm.DB) (int64, error) {
		most := longest.Milliseconds()
		// What of the longest break was not used is taken off the end again.
		res := tx.Exec(`UPDATE sittings SET ends_at = ends_at - CASE WHEN ? - break_since >= ? THEN 0 WHEN ? < break_since THEN ? ELSE ? - (? - break_since) END, break_since = NULL
			WHERE org_id = ? AND id = ? AND handed_in_at IS NULL AND break_since IS NOT NULL`, ms(now), most, ms(now), most, most, ms(now), org, id)
		if res.Error != nil {
			return 0, res.Error
		}
		if res.RowsAffected > 0 {
			if lock {
				return 1, lockAll(tx, org, id)
			}
			return 1, nil
		}
		var n int64 // at no break
		err := tx.Model(&sittingRow{}).Where("org_id = ? AND id = ? AND handed_in_at IS NULL", org, id).Count(&n).Error
		return n, err
	})
}

// HandIn implements progress.SittingStore.
func (db *DB) HandIn(ctx context.Context, org progress.OrgID, id progress.SittingID, when time.Time, by string) (bool, error) {
	err := db.onOpen(ctx, "hand in", org, id, func(tx *gorm.DB) (int64, error) {
		res := tx.Exec(`UPDATE sittings SET handed_in_at = ?, handed_in_by = ?, break_since = NULL WHERE org_id = ? AND id = ? AND handed_in_at IS NULL`, ms(when), by, org, id)
		if res.Error != nil || res.RowsAffected == 0 {
			return res.RowsAffected, res.Error
		}
		return res.RowsAffected, announceSitting(tx, org, progress.SittingHandedIn, id, when)
	})
	if errors.Is(err, progress.ErrSittingClosed) {
		return false, nil
	}
	return err == nil, err
}

// RecordSitting implements progress.SittingStore.
func (db *DB) RecordSitting(ctx context.Context, org progress.OrgID, id progress.SittingID, when time.Time, attempts []progress.Graded, t progress.Tally) error {
	atts, gs := make([]attemptRow, len(attempts)), make([]judgedRow, len(attempts))
	for i, g := range attempts {
		atts[i], gs[i] = rowOfAttempt(org, g.Attempt), rowOfJudged(org, g.Grading)
	}
	return db.write(ctx, "record sitting", func(tx *gorm.DB) error {
		res := tx.Exec(`UPDATE sittings SET graded_at = ?, correct = ?, scored = ?, percent10 = ?, passed = ? WHERE org_id = ? AND id = ? AND handed_in_at IS NOT NULL AND graded_at IS NULL`,
			ms(when), t.Correct, t.Scored, t.Percent10, bit(t.Passed), org, id)
		if res.Error != nil || res.RowsAffected == 0 { // another has done it
			return res.Error
		}
		if err := announceSitting(tx, org, progress.ResultReady, id, when); err != nil {
			return err
		}
		if len(atts) == 0 {
			return nil
		}
		if err := tx.CreateInBatches(atts, 50).Error; err != nil {
			return err
		}
		if err := tx.CreateInBatches(gs, 50).Error; err != nil {
			return err
		}
		return grown(tx, org, attempts[0].Attempt.Learner, len(atts))
	})
}

// SeenItems implements progress.SittingStore.
func (db *DB) SeenItems(ctx context.Context, org progress.OrgID, l progress.LearnerID) (map[string]bool, error) {
	var items []string
	if err := db.read.WithContext(ctx).Raw(`SELECT DISTINCT item FROM attempts WHERE org_id = ? AND learner_id = ?`, org, l).Scan(&items).Error; err != nil {
		return nil, db.wrap("seen items", err)
	}
	out := make(map[string]bool, len(items))
	for _, id := range items {
		out[id] = true
	}
	return out, nil
}

// DueSittings implements progress.SittingStore.
func (db *DB) DueSittings(ctx context.Context, before time.Time, limit int) ([]progress.SittingRef, error) {
	rows, err := queryOf[sittingRow](db.read).Select("id, org_id").
		Where("(handed_in_at IS NULL AND ends_at < ?) OR (handed_in_at IS NOT NULL AND graded_at IS NULL)", ms(before)).Limit(limit).Find(ctx)
	if err != nil {
		return nil, db.wrap("due sittings", err)
	}
	out := make([]progress.SittingRef, len(rows))
	for i, r := range rows {
		out[i] = progress.SittingRef{Org: progress.OrgID(r.OrgID), ID: progress.SittingID(r.ID)}
	}
	return out, nil
}

// eraseSittings takes the notes and answers of sittings away, which stand in the attempts as far as they were graded, and sittings that
// were not.
func eraseSittings(tx *gorm.DB, org progress.OrgID, l progress.LearnerID) error {
	if err := tx.Exec(`DELETE FROM sitting_answers WHERE org_id = ? AND sitting_id IN (SELECT id FROM sittings WHERE org_id = ? AND learner_id = ?)`, org, org, l).Error; err != nil {
		return err
	}
	return tx.Exec(`DELETE FROM sittings WHERE org_id = ? AND learner_id = ? AND graded_at IS NULL`, org, l).Error
}
