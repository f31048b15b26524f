package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"crosswalk/progress"
)

type goalRow struct {
	OrgID     string `gorm:"primaryKey"`
	LearnerID string `gorm:"primaryKey"`
	Exam      string
	ExamOn    string
	Minutes   string
	DaysOff   string
	UpdatedAt int64 `gorm:"autoUpdateTime:false"`
}

func (goalRow) TableName() string { return "goals" }

func rowOfGoal(org progress.OrgID, l progress.LearnerID, g progress.Goal) goalRow {
	minutes := make([]string, len(g.Minutes))
	for i, m := range g.Minutes {
		minutes[i] = strconv.Itoa(m)
	}
	return goalRow{OrgID: string(org), LearnerID: string(l), Exam: g.Exam, ExamOn: g.Date, Minutes: strings.Join(minutes, " "), DaysOff: strings.Join(g.Off, " "), UpdatedAt: ms(g.UpdatedAt)}
}

// SetGoal implements progress.LearningStore.
func (db *DB) SetGoal(ctx context.Context, org progress.OrgID, l progress.LearnerID, g progress.Goal) error {
	row := rowOfGoal(org, l, g)
	return db.write(ctx, "set goal", func(tx *gorm.DB) error {
		return tx.Exec(`INSERT INTO goals (org_id, learner_id, exam, exam_on, minutes, days_off, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (org_id, learner_id) DO UPDATE SET exam = excluded.exam, exam_on = excluded.exam_on, minutes = excluded.minutes, days_off = excluded.days_off, updated_at = excluded.updated_at`,
			row.OrgID, row.LearnerID, row.Exam, row.ExamOn, row.Minutes, row.DaysOff, row.UpdatedAt).Error
	})
}

// Goal implements progress.LearningStore.
func (db *DB) Goal(ctx context.Context, org progress.OrgID, l progress.LearnerID) (progress.Goal, error) {
	rows, err := queryOf[goalRow](db.read).Where("org_id = ? AND learner_id = ?", org, l).Limit(1).Find(ctx)
	if err == nil && len(rows) == 0 {
		err = gorm.ErrRecordNotFound
	}
	if err != nil {
		return progress.Goal{}, db.wrap("goal", err)
	}
	r := rows[0]
	g := progress.Goal{Exam: r.Exam, Date: r.ExamOn, UpdatedAt: at(r.UpdatedAt)}
	if r.DaysOff != "" {
		g.Off = strings.Fields(r.DaysOff)
	}
	for i, m := range strings.Fields(r.Minutes) {
		if i < len(g.Minutes) {
			if g.Minutes[i], err = strconv.Atoi(m); err != nil {
				return progress.Goal{}, fmt.Errorf("stored goal of %s: %w", l, err)
			}
		}
	}
	return g, nil
}

// DropGoal implements progress.LearningStore.
func (db *DB) DropGoal(ctx context.Context, org progress.OrgID, l progress.LearnerID) error {
	return db.write(ctx, "drop goal", func(tx *gorm.DB) error {
		return tx.Exec("DELETE FROM goals WHERE org_id = ? AND learner_id = ?", org, l).Error
	})
}

type planRow struct {
	OrgID     string `gorm:"primaryKey"`
	LearnerID string `gorm:"primaryKey"`
	StudyDay  string `gorm:"primaryKey"`
	Exam      string
	Body      string
	At        int64
}

func (planRow) TableName() string { return "plans" }

func (r planRow) plan() progress.StoredPlan {
	return progress.StoredPlan{Day: r.StudyDay, Exam: r.Exam, Body: raw(r.Body), At: at(r.At)}
}

// KeepPlan implements progress.LearningStore.
func (db *DB) KeepPlan(ctx context.Context, org progress.OrgID, l progress.LearnerID, p progress.StoredPlan) (kept progress.StoredPlan, err error) {
	err = db.write(ctx, "keep plan", func(tx *gorm.DB) error {
		err := tx.Exec(`INSERT INTO plans (org_id, learner_id, study_day, exam, body, at) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (org_id, learner_id, study_day) DO UPDATE SET exam = excluded.exam, body = excluded.body, at = excluded.at WHERE plans.exam <> excluded.exam`,
			org, l, p.Day, p.Exam, string(p.Body), ms(p.At)).Error
		if err != nil {
			return err
		}
		var row planRow
		err = tx.Where("org_id = ? AND learner_id = ? AND study_day = ?", org, l, p.Day).Take(&row).Error
		kept = row.plan()
		return err
	})
	return kept, err
}

// Plans implements progress.LearningStore.
func (db *DB) Plans(ctx context.Context, org progress.OrgID, l progress.LearnerID, from string) ([]progress.StoredPlan, error) {
	rows, err := queryOf[planRow](db.read).Where("org_id = ? AND learner_id = ? AND study_day >= ?", org, l, from).Order("study_day").Find(ctx)
	if err != nil {
		return nil, db.wrap("list plans", err)
	}
	return mapped(rows, planRow.plan), nil
}

type placementRow struct {
	ID        string `gorm:"primaryKey"`
	OrgID     string
	LearnerID string
	ClientKey string
	Exam      string
	Rev       int64
	Body      string
	StartedAt int64
	EndedAt   *int64
}

func (placementRow) TableName() string { return "placements" }

func (r placementRow) placement() progress.StoredPlacement {
	return progress.StoredPlacement{
		ID: progress.PlacementID(r.ID), Learner: progress.LearnerID(r.LearnerID), ClientKey: r.ClientKey, Exam: r.Exam, Rev: r.Rev, Body: raw(r.Body),
		StartedAt: at(r.StartedAt), EndedAt: atp(r.EndedAt),
	}
}

// AddPlacement implements progress.LearningStore.
func (db *DB) AddPlacement(ctx context.Context, org progress.OrgID, p progress.StoredPlacement) (out progress.StoredPlacement, dup bool, err error) {
	row := placementRow{
		ID: string(p.ID), OrgID: string(org), LearnerID: string(p.Learner), ClientKey: p.ClientKey, Exam: p.Exam, Rev: 1, Body: string(p.Body),
		StartedAt: ms(p.StartedAt), EndedAt: msp(p.EndedAt),
	}
	err = db.write(ctx, "add placement", func(tx *gorm.DB) error {
		// The learner's row makes two starts at the same moment wait for each other.
		if err := db.here(tx, org, p.Learner); err != nil {
			return err
		}
		var have []placementRow
		err := tx.Where("org_id = ? AND learner_id = ? AND (client_key = ? OR exam = ? AND ended_at IS NULL)", org, p.Learner, p.ClientKey, p.Exam).Order("id DESC").Limit(1).Find(&have).Error
		if err != nil {
			return err
		}
		if dup = len(have) > 0; dup {
			out = have[0].placement()
			return nil
		}
		out = row.placement()
		return tx.Create(&row).Error
	})
	return out, dup, err
}

// Placement implements progress.LearningStore.
func (db *DB) Placement(ctx context.Context, org progress.OrgID, id progress.PlacementID) (progress.StoredPlacement, error) {
	r, err := queryOf[placementRow](db.read).Where("org_id = ? AND id = ?", org, id).Take(ctx)
	if err != nil {
		return progress.StoredPlacement{}, db.wrap("placement", err)
	}
	return r.placement(), nil
}

// Placements implements progress.LearningStore.
func (db *DB) Placements(ctx context.Context, org progress.OrgID, l progress.LearnerID) ([]progress.StoredPlacement, error) {
	rows, err := queryOf[placementRow](db.read).Where("org_id = ? AND learner_id = ?", org, l).Order("id DESC").Find(ctx)
	if err != nil {
		return nil, db.wrap("list placements", err)
	}
	return mapped(rows, placementRow.placement), nil
}

// SavePlacement implements progress.LearningStore.
func (db *DB) SavePlacement(ctx context.Context, org progress.OrgID, p progress.StoredPlacement) (int64, error) {
	err := db.write(ctx, "save placement", func(tx *gorm.DB) error {
		res := tx.Exec("UPDATE placements SET body = ?, ended_at = ?, rev = rev + 1 WHERE org_id = ? AND id = ? AND rev = ?", string(p.Body), msp(p.EndedAt), org, p.ID, p.Rev)
		if res.Error == nil && res.RowsAffected == 0 {
			return progress.ErrConflict
		}
		return res.Error
	})
	if errors.Is(err, progress.ErrConflict) {
		if _, there := db.Placement(ctx, org, p.ID); there != nil {
			err = there
		}
	}
	return p.Rev + 1, err
}
