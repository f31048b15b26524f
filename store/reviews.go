package store

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"crosswalk/progress"
)

type reviewRow struct {
	ID        string `gorm:"primaryKey"`
	OrgID     string
	LearnerID string
	ClientKey string
	Card      string
	AttemptID *string
	Undoes    string
	Grade     int
	Correct   int
	Answer    string
	Seconds   int
	At        int64
}

func (reviewRow) TableName() string { return "reviews" }

func rowOfReview(org progress.OrgID, r progress.Review) reviewRow {
	row := reviewRow{
		ID: string(r.ID), OrgID: string(org), LearnerID: string(r.Learner), ClientKey: r.ClientKey, Card: r.Card, Undoes: string(r.Undoes),
		Grade: r.Grade, Correct: bit(r.Correct), Answer: r.Answer, Seconds: r.Seconds, At: ms(r.At),
	}
	if r.Attempt != "" {
		id := string(r.Attempt)
		row.AttemptID = &id
	}
	return row
}

func (r reviewRow) review() progress.Review {
	out := progress.Review{
		ID: progress.ReviewID(r.ID), Org: progress.OrgID(r.OrgID), Learner: progress.LearnerID(r.LearnerID), ClientKey: r.ClientKey, Card: r.Card,
		Undoes: progress.ReviewID(r.Undoes), Grade: r.Grade, Correct: r.Correct == 1, Answer: r.Answer, Seconds: r.Seconds, At: at(r.At),
	}
	if r.AttemptID != nil {
		out.Attempt = progress.AttemptID(*r.AttemptID)
	}
	return out
}

// standing fits reviews that stand: no undos, and none that an undo takes back.
const standing = `reviews.undoes = '' AND NOT EXISTS (SELECT 1 FROM reviews u WHERE u.org_id = reviews.org_id AND u.learner_id = reviews.learner_id AND u.undoes = reviews.id)`

// AddReview implements progress.LearningStore.
func (db *DB) AddReview(ctx context.Context, org progress.OrgID, r progress.Review) (progress.Review, bool, error) {
	row := rowOfReview(org, r)
	err := db.write(ctx, "add review", func(tx *gorm.DB) error {
		if r.Attempt != "" {
			var n int64
			if err := tx.Model(&attemptRow{}).Where("org_id = ? AND learner_id = ? AND id = ?", org, r.Learner, r.Attempt).Count(&n).Error; err != nil {
				return err
			}
			if n == 0 {
				return progress.ErrNotFound
			}
		}
		// The count first: where several servers write, it is what two reviews of one learner wait for.
		if err := grown(tx, org, r.Learner, 1); err != nil {
			return err
		}
		var same int64
		if err := tx.Model(&reviewRow{}).Where("org_id = ? AND learner_id = ? AND client_key = ?", org, r.Learner, r.ClientKey).Count(&same).Error; err != nil {
			return err
		}
		if same > 0 {
			return progress.ErrDuplicate
		}
		if r.Undoes != "" {
			var newest string
			err := tx.Raw(`SELECT COALESCE(MAX(id), '') FROM reviews WHERE org_id = ? AND learner_id = ? AND `+standing, org, r.Learner).Row().Scan(&newest)
			if err != nil {
				return err
			}
			if newest != string(r.Undoes) {
				return progress.ErrConflict
			}
		}
		return tx.Create(&row).Error
	})
	if errors.Is(err, progress.ErrDuplicate) {
		rows, err := queryOf[reviewRow](db.read).Where("org_id = ? AND learner_id = ? AND client_key = ?", org, r.Learner, r.ClientKey).Limit(1).Find(ctx)
		if err == nil && len(rows) == 0 {
			err = gorm.ErrRecordNotFound
		}
		if err != nil {
			return progress.Review{}, false, db.wrap("add review", err)
		}
		return rows[0].review(), true, nil
	}
	return r, false, err
}

// Review implements progress.LearningStore.
func (db *DB) Review(ctx context.Context, org progress.OrgID, id progress.ReviewID) (progress.Review, error) {
	r, err := queryOf[reviewRow](db.read).Where("org_id = ? AND id = ?", org, id).Take(ctx)
	return r.review(), db.wrap("review", err)
}

// Reviews implements progress.LearningStore.
func (db *DB) Reviews(ctx context.Context, org progress.OrgID, l progress.LearnerID) ([]progress.Review, error) {
	rows, err := queryOf[reviewRow](db.read).Where("org_id = ? AND learner_id = ?", org, l).Order("id").Find(ctx)
	if err != nil {
		return nil, db.wrap("list reviews", err)
	}
	return mapped(rows, reviewRow.review), nil
}

// mergeLearning hands a guest's reviews, forecasts, placement tests plans and weights of memory over to an account, and the goal
// where the account has none. Of two plans of a day, or forecasts, the account's stays. What was computed of either record is dropped.
func mergeLearning(tx *gorm.DB, org progress.OrgID, guest, into progress.LearnerID) error {
	var steps []step
	for _, table := range []string{"reviews", "placements"} {
		steps = append(steps,
			step{fmt.Sprintf(`UPDATE %[1]s SET client_key = client_key || ':' || id WHERE org_id = ? AND learner_id = ? AND client_key IN (SELECT client_key FROM %[1]s WHERE org_id = ? AND learner_id = ?)`, table), []any{org, guest, org, into}},
			step{fmt.Sprintf(`UPDATE %s SET learner_id = ? WHERE org_id = ? AND learner_id = ?`, table), []any{into, org, guest}})
	}
	steps = append(steps,
		step{`UPDATE goals SET learner_id = ? WHERE org_id = ? AND learner_id = ? AND NOT EXISTS (SELECT 1 FROM goals g WHERE g.org_id = ? AND g.learner_id = ?)`, []any{into, org, guest, org, into}},
		step{`DELETE FROM goals WHERE org_id = ? AND learner_id = ?`, []any{org, guest}},
		step{`UPDATE forecasts SET learner_id = ? WHERE org_id = ? AND learner_id = ? AND NOT EXISTS (SELECT 1 FROM forecasts f
			WHERE f.org_id = forecasts.org_id AND f.learner_id = ? AND f.exam = forecasts.exam AND f.study_day = forecasts.study_day AND f.sitting_id = forecasts.sitting_id)`, []any{into, org, guest, into}},
		step{`DELETE FROM forecasts WHERE org_id = ? AND learner_id = ?`, []any{org, guest}},
		step{`UPDATE plans SET learner_id = ? WHERE org_id = ? AND learner_id = ? AND study_day NOT IN (SELECT study_day FROM plans WHERE org_id = ? AND learner_id = ?)`, []any{into, org, guest, org, into}},
		step{`DELETE FROM plans WHERE org_id = ? AND learner_id = ?`, []any{org, guest}},
		step{`UPDATE fits SET learner_id = ? WHERE org_id = ? AND learner_id = ?`, []any{into, org, guest}},
	)
	if err := each(tx, steps); err != nil {
		return err
	}
	for _, l := range []progress.LearnerID{guest, into} {
		if err := pastChanged(tx, org, l); err != nil {
			return err
		}
	}
	return nil
}
