package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"crosswalk/progress"
)

type forecastRow struct {
	ID        string `gorm:"primaryKey"`
	OrgID     string
	LearnerID string
	Exam      string
	StudyDay  string
	SittingID string
	Chance    float64
	Low       float64
	High      float64
	Score     float64
	ScoreLow  float64
	ScoreHigh float64
	Answers   int
	Version   int
	At        int64
}

func (forecastRow) TableName() string { return "forecasts" }

// AddForecast implements progress.LearningStore.
func (db *DB) AddForecast(ctx context.Context, org progress.OrgID, f progress.StoredForecast) error {
	return db.write(ctx, "add forecast", func(tx *gorm.DB) error {
		return tx.Exec(`INSERT INTO forecasts (id, org_id, learner_id, exam, study_day, sitting_id, chance, low, high, score, score_low, score_high, answers, version, at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (org_id, learner_id, exam, study_day, sitting_id) DO NOTHING`,
			f.ID, org, f.Learner, f.Exam, f.Day, f.Sitting, f.Chance, f.Low, f.High, f.Score, f.ScoreLow, f.ScoreHigh, f.Answers, f.Version, ms(f.At)).Error
	})
}

// Forecasts implements progress.LearningStore.
func (db *DB) Forecasts(ctx context.Context, org progress.OrgID, f progress.ForecastFilter) ([]progress.StoredForecast, error) {
	where, args := []string{"org_id = ?"}, []any{org}
	add := func(cond string, a ...any) { where, args = append(where, cond), append(args, a...) }
	if f.Learner != "" {
		add("learner_id = ?", f.Learner)
	}
	if f.Exam != "" {
		add("exam = ?", f.Exam)
	}
	if f.Mocks {
		add("sitting_id <> ''")
	}
	q := queryOf[forecastRow](db.read).Where(strings.Join(where, " AND "), args...).Order("id DESC")
	if f.Limit > 0 {
		q = q.Limit(f.Limit)
	}
	rows, err := q.Find(ctx)
	if err != nil {
		return nil, db.wrap("list forecasts", err)
	}
	slices.Reverse(rows)
	out := make([]progress.StoredForecast, len(rows))
	for i, r := range rows {
		out[i] = progress.StoredForecast{
			ID: progress.ForecastID(r.ID), Learner: progress.LearnerID(r.LearnerID), Exam: r.Exam, Day: r.StudyDay, Sitting: progress.SittingID(r.SittingID),
			Chance: r.Chance, Low: r.Low, High: r.High, Score: r.Score, ScoreLow: r.ScoreLow, ScoreHigh: r.ScoreHigh, Answers: r.Answers, Version: r.Version, At: at(r.At),
		}
	}
	return out, nil
}

type fitRow struct {
	ID          string `gorm:"primaryKey"`
	OrgID       string
	LearnerID   string
	Outcome     string
	Weights     string
	Loss        float64
	DefaultLoss float64
	Reviews     int
	At          int64
}

func (fitRow) TableName() string { return "fits" }

// AddFit implements progress.LearningStore.
func (db *DB) AddFit(ctx context.Context, org progress.OrgID, f progress.StoredFit, entry *progress.AuditEntry) error {
	weights, err := json.Marshal(f.Weights)
	if err != nil {
		return fmt.Errorf("add fit: %w", err)
	}
	row := fitRow{ID: string(f.ID), OrgID: string(org), LearnerID: string(f.Learner), Outcome: f.Outcome, Weights: string(weights), Loss: f.Loss, DefaultLoss: f.DefaultLoss, Reviews: f.Reviews, At: ms(f.At)}
	return db.write(ctx, "add fit", func(tx *gorm.DB) error {
		if err := tx.Create(&row).Error; err != nil {
			return err
		}
		return addEntry(tx, org, entry)
	})
}

// Fit implements progress.LearningStore.
func (db *DB) Fit(ctx context.Context, org progress.OrgID, l progress.LearnerID) (progress.StoredFit, error) {
	rows, err := queryOf[fitRow](db.read).Where("org_id = ? AND learner_id = ?", org, l).Order("id DESC").Limit(1).Find(ctx)
	if err == nil && len(rows) == 0 {
		err = gorm.ErrRecordNotFound
	}
	if err != nil {
		return progress.StoredFit{}, db.wrap("fit", err)
	}
	r := rows[0]
	f := progress.StoredFit{ID: progress.FitID(r.ID), Learner: l, Outcome: r.Outcome, Loss: r.Loss, DefaultLoss: r.DefaultLoss, Reviews: r.Reviews, At: at(r.At)}
	if err := json.Unmarshal([]byte(r.Weights), &f.Weights); err != nil {
		return progress.StoredFit{}, fmt.Errorf("stored fit %s: %w", r.ID, err)
	}
	return f, nil
}

type calibrationRow struct {
	Batch      string `gorm:"primaryKey"`
	OrgID      string `gorm:"primaryKey"`
	Kind       string `gorm:"primaryKey"`
	Item       string `gorm:"primaryKey"`
	Author     float64
	Difficulty float64
	SD         float64 `gorm:"column:sd"`
	Responses  int
	At         int64
}

func (calibrationRow) TableName() string { return "calibrations" }

// AddCalibration implements progress.LearningStore.
func (db *DB) AddCalibration(ctx context.Context, org progress.OrgID, c progress.Calibration, entry *progress.AuditEntry) error {
	rows := make([]calibrationRow, len(c.Items))
	for i, it := range c.Items {
		rows[i] = calibrationRow{Batch: string(c.Batch), OrgID: string(org), Kind: string(it.Kind), Item: it.Item, Author: it.Author, Difficulty: it.Difficulty, SD: it.SD, Responses: it.Responses, At: ms(c.At)}
	}
	return db.write(ctx, "add calibration", func(tx *gorm.DB) error {
		if len(rows) > 0 {
			if err := tx.CreateInBatches(rows, 100).Error; err != nil {
				return err
			}
		}
		return addEntry(tx, org, entry)
	})
}

// NewestBatch implements progress.LearningStore.
func (db *DB) NewestBatch(ctx context.Context, org progress.OrgID) (progress.BatchID, error) {
	var id string
	err := db.read.WithContext(ctx).Raw(`SELECT COALESCE(MAX(batch), '') FROM calibrations WHERE org_id = ?`, org).Row().Scan(&id)
	return progress.BatchID(id), db.wrap("newest batch", err)
}

// Calibration implements progress.LearningStore.
func (db *DB) Calibration(ctx context.Context, org progress.OrgID, b progress.BatchID) (progress.Calibration, error) {
	rows, err := queryOf[calibrationRow](db.read).Where("org_id = ? AND batch = ?", org, b).Order("kind, item").Find(ctx)
	if err == nil && len(rows) == 0 {
		err = gorm.ErrRecordNotFound
	}
	if err != nil {
		return progress.Calibration{}, db.wrap("calibration", err)
	}
	c := progress.Calibration{Batch: b, At: at(rows[0].At)}
	for _, r := range rows {
		c.Items = append(c.Items, progress.ItemCalibration{Kind: progress.ItemKind(r.Kind), Item: r.Item, Author: r.Author, Difficulty: r.Difficulty, SD: r.SD, Responses: r.Responses})
	}
	return c, nil
}
