package store

import (
	"context"
	"slices"
	"strings"

	"gorm.io/gorm"

	"crosswalk/progress"
)

type cohortRow struct {
	ID        string `gorm:"primaryKey"`
	OrgID     string
	OwnerID   string
	Name      string
	CreatedAt int64 `gorm:"autoCreateTime:false"`
	ClosedAt  *int64
	Members   int `gorm:"->"` // counted
}

func (cohortRow) TableName() string { return "cohorts" }

func (r cohortRow) cohort() progress.Cohort {
	return progress.Cohort{
		ID: progress.CohortID(r.ID), Org: progress.OrgID(r.OrgID), Owner: progress.LearnerID(r.OwnerID), Name: r.Name, Members: r.Members,
		CreatedAt: at(r.CreatedAt), ClosedAt: atp(r.ClosedAt),
	}
}

// AddCohort implements progress.ExamStore.
func (db *DB) AddCohort(ctx context.Context, org progress.OrgID, c progress.Cohort, entry progress.AuditEntry) error {
	return db.write(ctx, "add cohort", func(tx *gorm.DB) error {
		if err := db.here(tx, org, c.Owner); err != nil {
			return err
		}
		err := tx.Exec("INSERT INTO cohorts (id, org_id, owner_id, name, created_at) VALUES (?, ?, ?, ?, ?)", c.ID, org, c.Owner, c.Name, ms(c.CreatedAt)).Error
		if err != nil {
			return err
		}
		return addEntry(tx, org, &entry)
	})
}

// cohorts lists with the number of members, the oldest first.
func (db *DB) cohorts(ctx context.Context, where string, args ...any) ([]progress.Cohort, error) {
	var rows []cohortRow
	err := db.read.WithContext(ctx).Select("cohorts.*, (SELECT COUNT(*) FROM cohort_members m WHERE m.cohort_id = cohorts.id) AS members").
		Where(where, args...).Order("id").Find(&rows).Error
	if err != nil {
		return nil, db.wrap("list cohorts", err)
	}
	var out []progress.Cohort
	for _, r := range rows {
		out = append(out, r.cohort())
	}
	return out, nil
}

// Cohorts implements progress.ExamStore.
func (db *DB) Cohorts(ctx context.Context, org progress.OrgID, owner progress.LearnerID) ([]progress.Cohort, error) {
	if owner == "" {
		return db.cohorts(ctx, "org_id = ?", org)
	}
	return db.cohorts(ctx, "org_id = ? AND owner_id = ?", org, owner)
}

// CohortsOf implements progress.ExamStore.
func (db *DB) CohortsOf(ctx context.Context, org progress.OrgID, l progress.LearnerID) ([]progress.Cohort, error) {
	return db.cohorts(ctx, "org_id = ? AND id IN (SELECT cohort_id FROM cohort_members WHERE org_id = ? AND learner_id = ?)", org, org, l)
}

// Cohort implements progress.ExamStore.
func (db *DB) Cohort(ctx context.Context, org progress.OrgID, id progress.CohortID) (progress.Cohort, error) {
	cs, err := db.cohorts(ctx, "org_id = ? AND id = ?", org, id)
	if err != nil {
		return progress.Cohort{}, err
	}
	if len(cs) == 0 {
		return progress.Cohort{}, db.wrap("cohort", progress.ErrNotFound)
	}
	return cs[0], nil
}

// CloseCohort implements progress.ExamStore.
func (db *DB) CloseCohort(ctx context.Context, org progress.OrgID, id progress.CohortID, entry progress.AuditEntry) error {
	return db.write(ctx, "close cohort", func(tx *gorm.DB) error {
		res := tx.Exec("UPDATE cohorts SET closed_at = COALESCE(closed_at, ?) WHERE org_id = ? AND id = ?", ms(entry.At), org, id)
		if res.Error != nil {
			return res.Error
		}
		if res.RowsAffected == 0 {
			return progress.ErrNotFound
		}
		return addEntry(tx, org, &entry)
	})
}

// Members implements progress.ExamStore.
func (db *DB) Members(ctx context.Context, org progress.OrgID, id progress.CohortID) ([]progress.Learner, error) {
	rows, err := queryOf[learnerRow](db.read).Where("org_id = ? AND id IN (SELECT learner_id FROM cohort_members WHERE org_id = ? AND cohort_id = ?)", org, org, id).Find(ctx)
	if err != nil {
		return nil, db.wrap("list members", err)
	}
	var out []progress.Learner
	for _, r := range rows {
		out = append(out, r.learner())
	}
	slices.SortFunc(out, func(a, b progress.Learner) int { // the same on every database, whatever its collation
		if c := strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)); c != 0 {
			return c
		}
		return strings.Compare(string(a.ID), string(b.ID))
	})
	return out, nil
}

// SetMember implements progress.ExamStore.
func (db *DB) SetMember(ctx context.Context, org progress.OrgID, id progress.CohortID, l progress.LearnerID, in bool, entry progress.AuditEntry) error {
	return db.write(ctx, "set member", func(tx *gorm.DB) error {
		if err := db.found(tx, "cohorts", "org_id = ? AND id = ?", org, id); err != nil {
			return err
		}
		var res *gorm.DB
		if in {
			if err := db.here(tx, org, l); err != nil {
				return err
			}
			res = tx.Exec("INSERT INTO cohort_members (cohort_id, org_id, learner_id, added_at) VALUES (?, ?, ?, ?) ON CONFLICT (cohort_id, learner_id) DO NOTHING", id, org, l, ms(entry.At))
		} else {
			if err := db.found(tx, "learners", "org_id = ? AND id = ?", org, l); err != nil {
				return err
			}
			res = tx.Exec("DELETE FROM cohort_members WHERE cohort_id = ? AND org_id = ? AND learner_id = ?", id, org, l)
		}
		if res.Error != nil || res.RowsAffected == 0 { // it is so already: nothing was done
			return res.Error
		}
		return addEntry(tx, org, &entry)
	})
}
