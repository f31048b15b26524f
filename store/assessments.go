package store

import (
	"context"
	"encoding/json"
	"fmt"

	"gorm.io/gorm"

	"crosswalk/progress"
	"crosswalk/quizzes"
)

type assessmentRow struct {
	ID        string `gorm:"primaryKey"`
	OrgID     string
	OwnerID   string
	ClientKey string
	Revision  int
	Spec      string
	Blueprint string
	Frozen    string
	CreatedAt int64 `gorm:"autoCreateTime:false"`
	OpenedAt  *int64
	ClosedAt  *int64
	PreviewOf *string
}

func (assessmentRow) TableName() string { return "assessments" }

func rowOfAssessment(org progress.OrgID, x progress.Assessment) (assessmentRow, error) {
	r := assessmentRow{
		ID: string(x.ID), OrgID: string(org), OwnerID: string(x.Owner), ClientKey: x.ClientKey, Revision: x.Revision,
		CreatedAt: ms(x.CreatedAt), OpenedAt: msp(x.OpenedAt), ClosedAt: msp(x.ClosedAt),
	}
	if x.PreviewOf != "" {
		of := string(x.PreviewOf)
		r.PreviewOf = &of
	}
	for _, f := range []struct {
		into *string
		from any
		keep bool
	}{{&r.Spec, x.Spec, true}, {&r.Blueprint, x.Blueprint, true}, {&r.Frozen, x.Frozen, x.OpenedAt != nil}} {
		if !f.keep {
			continue
		}
		body, err := json.Marshal(f.from)
		if err != nil {
			return r, fmt.Errorf("assessment %s: %w", x.ID, err)
		}
		*f.into = string(body)
	}
	return r, nil
}

func (r assessmentRow) assessment() (progress.Assessment, error) {
	x := progress.Assessment{
		ID: progress.AssessmentID(r.ID), Org: progress.OrgID(r.OrgID), Owner: progress.LearnerID(r.OwnerID), ClientKey: r.ClientKey, Revision: r.Revision,
		CreatedAt: at(r.CreatedAt), OpenedAt: atp(r.OpenedAt), ClosedAt: atp(r.ClosedAt),
	}
	if r.PreviewOf != nil {
		x.PreviewOf = progress.AssessmentID(*r.PreviewOf)
	}
	if err := json.Unmarshal([]byte(r.Spec), &x.Spec); err != nil {
		return x, fmt.Errorf("assessment %s: spec: %w", r.ID, err)
	}
	if err := json.Unmarshal([]byte(r.Blueprint), &x.Blueprint); err != nil {
		return x, fmt.Errorf("assessment %s: blueprint: %w", r.ID, err)
	}
	if r.Frozen != "" {
		if err := json.Unmarshal([]byte(r.Frozen), &x.Frozen); err != nil {
			return x, fmt.Errorf("assessment %s: what was frozen: %w", r.ID, err)
		}
	}
	return x, nil
}

// SaveAssessment implements progress.AssessmentStore.
func (db *DB) SaveAssessment(ctx context.Context, org progress.OrgID, x progress.Assessment, entry progress.AuditEntry) error {
	row, err := rowOfAssessment(org, x)
	if err != nil {
		return err
	}
	return db.write(ctx, "save assessment", func(tx *gorm.DB) error {
		if err := db.saveAssessment(tx, org, row); err != nil {
			return err
		}
		return addEntry(tx, org, &entry)
	})
}

func (db *DB) saveAssessment(tx *gorm.DB, org progress.OrgID, row assessmentRow) error {
	if row.Revision == 1 {
		if err := db.here(tx, org, progress.LearnerID(row.OwnerID)); err != nil {
			return err
		}
		return tx.Create(&row).Error
	}
	res := tx.Exec("UPDATE assessments SET revision = ?, spec = ?, blueprint = ?, frozen = ?, opened_at = ?, closed_at = ? WHERE org_id = ? AND id = ? AND revision = ?",
		row.Revision, row.Spec, row.Blueprint, row.Frozen, row.OpenedAt, row.ClosedAt, org, row.ID, row.Revision-1)
	if res.Error != nil || res.RowsAffected > 0 {
		return res.Error
	}
	if err := db.found(tx, "assessments", "org_id = ? AND id = ?", org, row.ID); err != nil {
		return err
	}
	return progress.ErrDuplicate
}

// Assessment implements progress.AssessmentStore.
func (db *DB) Assessment(ctx context.Context, org progress.OrgID, id progress.AssessmentID) (progress.Assessment, error) {
	r, err := queryOf[assessmentRow](db.read).Where("org_id = ? AND id = ?", org, id).Take(ctx)
	if err != nil {
		return progress.Assessment{}, db.wrap("assessment", err)
	}
	return r.assessment()
}

// AssessmentByKey implements progress.AssessmentStore.
func (db *DB) AssessmentByKey(ctx context.Context, org progress.OrgID, owner progress.LearnerID, key string) (progress.Assessment, error) {
	r, err := queryOf[assessmentRow](db.read).Where("org_id = ? AND owner_id = ? AND client_key = ?", org, owner, key).Take(ctx)
	if err != nil {
		return progress.Assessment{}, db.wrap("assessment", err)
	}
	return r.assessment()
}

// Assessments implements progress.AssessmentStore.
func (db *DB) Assessments(ctx context.Context, org progress.OrgID, owner progress.LearnerID) ([]progress.Assessment, error) {
	q := queryOf[assessmentRow](db.read).Where("org_id = ? AND preview_of IS NULL", org)
	if owner != "" {
		q = q.Where("owner_id = ?", owner)
	}
	rows, err := q.Order("id DESC").Find(ctx)
	if err != nil {
		return nil, db.wrap("list assessments", err)
	}
	var out []progress.Assessment
	for _, r := range rows {
		x, err := r.assessment()
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// DropAssessment implements progress.AssessmentStore.
func (db *DB) DropAssessment(ctx context.Context, org progress.OrgID, id progress.AssessmentID, entry progress.AuditEntry) error {
	return db.write(ctx, "drop assessment", func(tx *gorm.DB) error {
		if err := dropPreviews(tx, org, "preview_of = ?", id); err != nil {
			return err
		}
		if err := dropEvidence(tx, "org_id = ? AND id = ?", org, id); err != nil {
			return err
		}
		res := tx.Exec("DELETE FROM assessments WHERE org_id = ? AND id = ? AND opened_at IS NULL", org, id)
		if res.Error != nil {
			return res.Error
		}
		if res.RowsAffected == 0 {
			return progress.ErrNotFound
		}
		return addEntry(tx, org, &entry)
	})
}

// AssessmentTallies implements progress.AssessmentStore.
func (db *DB) AssessmentTallies(ctx context.Context, org progress.OrgID) (map[progress.AssessmentID]progress.AssessmentTally, error) {
	var rows []struct {
		ID                      string
		Candidates, Begun, Done int
	}
	err := db.read.WithContext(ctx).Raw(`SELECT c.assessment_id AS id, COUNT(*) AS candidates,
			SUM(CASE WHEN EXISTS (SELECT 1 FROM sittings s WHERE s.org_id = c.org_id AND s.learner_id = c.learner_id) THEN 1 ELSE 0 END) AS begun,
			SUM(CASE WHEN EXISTS (SELECT 1 FROM sittings s WHERE s.org_id = c.org_id AND s.learner_id = c.learner_id AND s.handed_in_at IS NOT NULL) THEN 1 ELSE 0 END) AS done
		FROM candidates c WHERE c.org_id = ? GROUP BY c.assessment_id`, org).Scan(&rows).Error
	if err != nil {
		return nil, db.wrap("count candidates", err)
	}
	out := make(map[progress.AssessmentID]progress.AssessmentTally, len(rows))
	for _, r := range rows {
		out[progress.AssessmentID(r.ID)] = progress.AssessmentTally{Candidates: r.Candidates, Begun: r.Begun, HandedIn: r.Done}
	}
	return out, nil
}

// ItemUse implements progress.AssessmentStore.
func (db *DB) ItemUse(ctx context.Context, org progress.OrgID, exam string, limit int) (map[string]int, error) {
	rows, err := queryOf[sittingRow](db.read).Select("id, form").Where("org_id = ? AND exam = ?", org, exam).Order("id DESC").Limit(limit).Find(ctx)
	if err != nil {
		return nil, db.wrap("count the use of items", err)
	}
	use := map[string]int{}
	for _, r := range rows {
		var form []quizzes.FormItem
		if err := json.Unmarshal([]byte(r.Form), &form); err != nil {
			return nil, fmt.Errorf("sitting %s: form: %w", r.ID, err)
		}
		for _, it := range form {
			use[it.ID]++
		}
	}
	return use, nil
}

// eraseAssessments drops the previews and drafts of a person and closes their open tests, which stay for the organisation's admins.
func eraseAssessments(tx *gorm.DB, org progress.OrgID, owner progress.LearnerID, when int64) error {
	if err := dropPreviews(tx, org, "owner_id = ? OR preview_of IN (SELECT d.id FROM assessments d WHERE d.owner_id = ? AND d.opened_at IS NULL)", owner, owner); err != nil {
		return err
	}
	if err := dropEvidence(tx, "org_id = ? AND owner_id = ?", org, owner); err != nil {
		return err
	}
	if err := eraseHelpers(tx, org, owner, when); err != nil {
		return err
	}
	return each(tx, []step{
		{"DELETE FROM assessments WHERE org_id = ? AND owner_id = ? AND opened_at IS NULL", []any{org, owner}},
		{"UPDATE assessments SET closed_at = ?, revision = revision + 1 WHERE org_id = ? AND owner_id = ? AND closed_at IS NULL", []any{when, org, owner}},
	})
}
