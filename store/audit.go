package store

import (
	"context"
	"strings"

	"gorm.io/gorm"

	"crosswalk/progress"
)

type auditRow struct {
	ID     string `gorm:"primaryKey"`
	OrgID  string
	Actor  string
	Action string
	Target string
	Detail string
	At     int64
}

func (auditRow) TableName() string { return "audit_log" }

// addEntry is fine with no entry.
func addEntry(tx *gorm.DB, org progress.OrgID, e *progress.AuditEntry) error {
	if e == nil {
		return nil
	}
	return tx.Create(&auditRow{ID: string(e.ID), OrgID: string(org), Actor: string(e.Actor), Action: e.Action, Target: e.Target, Detail: e.Detail, At: ms(e.At)}).Error
}

// AddEntry implements progress.AuditStore.
func (db *DB) AddEntry(ctx context.Context, org progress.OrgID, e progress.AuditEntry) error {
	return db.write(ctx, "audit", func(tx *gorm.DB) error { return addEntry(tx, org, &e) })
}

// Entries implements progress.AuditStore.
func (db *DB) Entries(ctx context.Context, org progress.OrgID, f progress.AuditFilter) ([]progress.AuditEntry, error) {
	where, args := []string{"org_id = ?"}, []any{org}
	add := func(cond string, a any) { where, args = append(where, cond), append(args, a) }
	if f.Actor != "" {
		add("actor = ?", f.Actor)
	}
	if f.Action != "" {
		add("action = ?", f.Action)
	}
	if f.Target != "" {
		add("target = ?", f.Target)
	}
	if f.Before != "" {
		add("id < ?", f.Before)
	}
	q := queryOf[auditRow](db.read).Where(strings.Join(where, " AND "), args...).Order("id DESC")
	if f.Limit > 0 {
		q = q.Limit(f.Limit)
	}
	rows, err := q.Find(ctx)
	if err != nil {
		return nil, db.wrap("audit log", err)
	}
	out := make([]progress.AuditEntry, len(rows))
	for i, r := range rows {
		out[i] = progress.AuditEntry{
			ID: progress.EntryID(r.ID), Org: progress.OrgID(r.OrgID), Actor: progress.LearnerID(r.Actor), Action: r.Action, Target: r.Target, Detail: r.Detail, At: at(r.At),
		}
	}
	return out, nil
}
