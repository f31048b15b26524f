package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"gorm.io/gorm"

	"crosswalk/progress"
)

type draftRow struct {
	OrgID     string `gorm:"primaryKey"`
	LearnerID string `gorm:"primaryKey"`
	Item      string `gorm:"primaryKey"`
	Body      string
	Rev       int64
	UpdatedAt int64 `gorm:"autoUpdateTime:false"`
}

func (draftRow) TableName() string { return "drafts" }

func (r draftRow) draft() progress.Draft {
	return progress.Draft{Item: r.Item, Body: json.RawMessage(r.Body), Rev: r.Rev, UpdatedAt: at(r.UpdatedAt)}
}

type markRow struct {
	OrgID     string `gorm:"primaryKey"`
	LearnerID string `gorm:"primaryKey"`
	Lesson    string `gorm:"primaryKey"`
	DoneAt    *int64
	Anchor    string
	Percent   int
	OpenedAt  int64
	ReadAt    int64
}

func (markRow) TableName() string { return "lesson_marks" }

type drillRow struct {
	ID        string `gorm:"primaryKey"`
	OrgID     string
	LearnerID string
	Area      string
	Items     string
	Seed      string
	CreatedAt int64 `gorm:"autoCreateTime:false"`
}

func (drillRow) TableName() string { return "drills" }

func (r drillRow) drill() (progress.Drill, error) {
	d := progress.Drill{ID: progress.DrillID(r.ID), Area: r.Area, CreatedAt: at(r.CreatedAt)}
	err := json.Unmarshal([]byte(r.Items), &d.Items)
	var seedErr error
	d.Seed, seedErr = strconv.ParseUint(r.Seed, 10, 64)
	if err = errors.Join(err, seedErr); err != nil {
		return d, fmt.Errorf("stored drill %s: %w", r.ID, err)
	}
	return d, nil
}

// SaveDraft implements progress.DeskStore.
func (db *DB) SaveDraft(ctx context.Context, org progress.OrgID, l progress.LearnerID, d progress.Draft) (rev int64, err error) {
	err = db.write(ctx, "save draft", func(tx *gorm.DB) error {
		var rows []draftRow
		if err := tx.Where("org_id = ? AND learner_id = ? AND item = ?", org, l, d.Item).Limit(1).Find(&rows).Error; err != nil {
			return err
		}
		rev = 0
		if len(rows) == 1 {
			rev = rows[0].Rev
			if rows[0].Body == string(d.Body) {
				return nil
			}
		}
		if rev != d.Rev {
			return progress.ErrStaleDraft
		}
		// The clock keeps a revision from coming back after the draft was submitted: a tab left open holds an old one for good.
		rev = max(rev+1, ms(d.UpdatedAt))
		return tx.Exec(`INSERT INTO drafts (org_id, learner_id, item, body, rev, updated_at) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (org_id, learner_id, item) DO UPDATE SET body = excluded.body, rev = excluded.rev, updated_at = excluded.updated_at`,
			org, l, d.Item, string(d.Body), rev, ms(d.UpdatedAt)).Error
	})
	return rev, err
}

// Draft implements progress.DeskStore.
func (db *DB) Draft(ctx context.Context, org progress.OrgID, l progress.LearnerID, item string) (progress.Draft, error) {
	rows, err := queryOf[draftRow](db.read).Where("org_id = ? AND learner_id = ? AND item = ?", org, l, item).Limit(1).Find(ctx)
	if err == nil && len(rows) == 0 {
		err = gorm.ErrRecordNotFound
	}
	if err != nil {
		return progress.Draft{}, db.wrap("draft", err)
	}
	return rows[0].draft(), nil
}

// Drafts implements progress.DeskStore.
func (db *DB) Drafts(ctx context.Context, org progress.OrgID, l progress.LearnerID) ([]progress.Draft, error) {
	rows, err := queryOf[draftRow](db.read).Where("org_id = ? AND learner_id = ?", org, l).Order("updated_at DESC, item").Find(ctx)
	if err != nil {
		return nil, db.wrap("list drafts", err)
	}
	return mapped(rows, draftRow.draft), nil
}

// DropDraft implements progress.DeskStore.
func (db *DB) DropDraft(ctx context.Context, org progress.OrgID, l progress.LearnerID, item string) error {
	return db.write(ctx, "drop draft", func(tx *gorm.DB) error {
		return tx.Exec(`DELETE FROM drafts WHERE org_id = ? AND learner_id = ? AND item = ?`, org, l, item).Error
	})
}

// MarkLesson implements progress.DeskStore.
func (db *DB) MarkLesson(ctx context.Context, org progress.OrgID, l progress.LearnerID, lesson string, done bool, when time.Time) error {
	var doneAt *int64
	if done {
		doneAt = msp(&when)
	}
	return db.write(ctx, "mark lesson", func(tx *gorm.DB) error {
		// Marking twice keeps the first moment.
		return tx.Exec(`INSERT INTO lesson_marks (org_id, learner_id, lesson, done_at, anchor, percent, opened_at, read_at) VALUES (?, ?, ?, ?, '', 0, ?, ?)
			ON CONFLICT (org_id, learner_id, lesson) DO UPDATE SET
				done_at = CASE WHEN excluded.done_at IS NULL THEN NULL ELSE COALESCE(lesson_marks.done_at, excluded.done_at) END, read_at = excluded.read_at`,
			org, l, lesson, doneAt, ms(when), ms(when)).Error
	})
}

// SavePosition implements progress.DeskStore.
func (db *DB) SavePosition(ctx context.Context, org progress.OrgID, l progress.LearnerID, lesson, anchor string, percent int, when time.Time) error {
	return db.write(ctx, "save position", func(tx *gorm.DB) error {
		return tx.Exec(`INSERT INTO lesson_marks (org_id, learner_id, lesson, done_at, anchor, percent, opened_at, read_at) VALUES (?, ?, ?, NULL, ?, ?, ?, ?)
			ON CONFLICT (org_id, learner_id, lesson) DO UPDATE SET anchor = excluded.anchor, percent = excluded.percent, read_at = excluded.read_at
			WHERE excluded.read_at >= lesson_marks.read_at`,
			org, l, lesson, anchor, percent, ms(when), ms(when)).Error
	})
}

// LessonMarks implements progress.DeskStore.
func (db *DB) LessonMarks(ctx context.Context, org progress.OrgID, l progress.LearnerID) (map[string]progress.LessonMark, error) {
	rows, err := queryOf[markRow](db.read).Where("org_id = ? AND learner_id = ?", org, l).Find(ctx)
	if err != nil {
		return nil, db.wrap("lesson marks", err)
	}
	out := make(map[string]progress.LessonMark, len(rows))
	for _, r := range rows {
		out[r.Lesson] = progress.LessonMark{Done: r.DoneAt != nil, DoneAt: atp(r.DoneAt), Anchor: r.Anchor, Percent: r.Percent, OpenedAt: at(r.OpenedAt), ReadAt: at(r.ReadAt)}
	}
	return out, nil
}

// AddDrill implements progress.DeskStore.
func (db *DB) AddDrill(ctx context.Context, org progress.OrgID, l progress.LearnerID, d progress.Drill) error {
	items, err := json.Marshal(d.Items)
	if err != nil {
		return fmt.Errorf("add drill: %w", err)
	}
	return db.write(ctx, "add drill", func(tx *gorm.DB) error {
		return tx.Create(&drillRow{
			ID: string(d.ID), OrgID: string(org), LearnerID: string(l), Area: d.Area, Items: string(items), Seed: strconv.FormatUint(d.Seed, 10), CreatedAt: ms(d.CreatedAt),
		}).Error
	})
}

// Drill implements progress.DeskStore.
func (db *DB) Drill(ctx context.Context, org progress.OrgID, l progress.LearnerID, id progress.DrillID) (progress.Drill, error) {
	r, err := queryOf[drillRow](db.read).Where("org_id = ? AND learner_id = ? AND id = ?", org, l, id).Take(ctx)
	if err != nil {
		return progress.Drill{}, db.wrap("drill", err)
	}
	return r.drill()
}

// Drills implements progress.DeskStore.
func (db *DB) Drills(ctx context.Context, org progress.OrgID, l progress.LearnerID) ([]progress.Drill, error) {
	rows, err := queryOf[drillRow](db.read).Where("org_id = ? AND learner_id = ?", org, l).Order("id DESC").Find(ctx)
	if err != nil {
		return nil, db.wrap("list drills", err)
	}
	out := make([]progress.Drill, len(rows))
	for i, r := range rows {
		if out[i], err = r.drill(); err != nil {
			return nil, err
		}
	}
	return out, nil
}
