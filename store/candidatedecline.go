package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"crosswalk/progress"
)

// DeclineCandidate implements progress.CandidateStore.
func (db *DB) DeclineCandidate(ctx context.Context, org progress.OrgID, id progress.CandidateID, when time.Time, mark string, entry progress.AuditEntry) error {
	return db.write(ctx, "decline", func(tx *gorm.DB) error {
		res := tx.Exec("UPDATE candidates SET revoked_at = ?, consent_hash = ? WHERE org_id = ? AND id = ? AND erased_at IS NULL AND consent_at IS NULL", ms(when), mark, org, id)
		if res.Error != nil {
			return res.Error
		}
		if res.RowsAffected == 0 {
			return progress.ErrNotFound
		}
		return addEntry(tx, org, &entry)
	})
}
