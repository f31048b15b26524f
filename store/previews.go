package store

import (
	"context"
	"slices"

	"gorm.io/gorm"

	"crosswalk/progress"
)

// AddPreview implements progress.AssessmentStore.
func (db *DB) AddPreview(ctx context.Context, org progress.OrgID, x progress.Assessment, c progress.Candidate, entry progress.AuditEntry) error {
	row, err := rowOfAssessment(org, x)
	if err != nil {
		return err
	}
	return db.write(ctx, "add preview", func(tx *gorm.DB) error {
		if err := db.here(tx, org, x.Owner); err != nil {
			return err
		}
		if err := db.found(tx, "assessments", "org_id = ? AND id = ? AND preview_of IS NULL", org, x.PreviewOf); err != nil {
			return err
		}
		if err := tx.Create(&row).Error; err != nil {
			return err
		}
		if err := addCandidate(tx, org, x.ID, c); err != nil {
			return err
		}
		return addEntry(tx, org, &entry)
	})
}

// dropPreviewOf drops the preview that has the id, and says whether there was one: what has it may be a test.
func dropPreviewOf(tx *gorm.DB, org progress.OrgID, id string) (bool, error) {
	var n int64
	if err := tx.Table("assessments").Where("org_id = ? AND id = ? AND preview_of IS NOT NULL", org, id).Count(&n).Error; err != nil || n == 0 {
		return false, err
	}
	return true, dropPreviews(tx, org, "id = ?", id)
}

// dropPreviews drops the previews of a condition: their candidates, the hidden learners, and all that these answered. Nobody was judged by it, so
// that unlike a candidate's nothing of it stays.
func dropPreviews(tx *gorm.DB, org progress.OrgID, where string, args ...any) error {
	var previews, hidden []string
	if err := tx.Table("assessments").Where("org_id = ? AND preview_of IS NOT NULL", org).Where("("+where+")", args...).Pluck("id", &previews).Error; err != nil || len(previews) == 0 {
		return err
	}
	if err := tx.Table("candidates").Where("org_id = ? AND assessment_id IN ? AND learner_id IS NOT NULL", org, previews).Pluck("learner_id", &hidden).Error; err != nil {
		return err
	}
	if err := each(tx, []step{
		{"DELETE FROM candidate_events WHERE org_id = ? AND candidate_id IN (SELECT id FROM candidates WHERE assessment_id IN ?)", []any{org, previews}},
		{"DELETE FROM candidates WHERE org_id = ? AND assessment_id IN ?", []any{org, previews}},
		{"DELETE FROM assessments WHERE org_id = ? AND id IN ?", []any{org, previews}},
	}); err != nil || len(hidden) == 0 {
		return err
	}
	const answers = "attempt_id IN (SELECT id FROM attempts WHERE learner_id IN ?)"
	var steps []step
	for _, table := range []string{"disputes", "policy_gradings", "gradings"} {
		steps = append(steps, step{"DELETE FROM " + table + " WHERE org_id = ? AND " + answers, []any{org, hidden}})
	}
	steps = append(steps, step{"DELETE FROM sitting_answers WHERE org_id = ? AND sitting_id IN (SELECT id FROM sittings WHERE learner_id IN ?)", []any{org, hidden}})
	for _, table := range append(slices.Clone(ownTables), "messages", "attempts", "sittings", "standings", "forecasts") {
		steps = append(steps, step{"DELETE FROM " + table + " WHERE org_id = ? AND learner_id IN ?", []any{org, hidden}})
	}
	return each(tx, append(steps, step{"DELETE FROM learners WHERE org_id = ? AND id IN ? AND role = 'candidate'", []any{org, hidden}}))
}
