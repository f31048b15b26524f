package store

import (
	"context"
	"strings"

	"gorm.io/gorm"

	"crosswalk/progress"
)

type disputeRow struct {
	ID         string `gorm:"primaryKey"`
	OrgID      string
	LearnerID  string
	AttemptID  string
	Kind       string
	Item       string
	Line       string
	KeyHash    string
	Reason     string
	Citation   string
	Status     string
	Answer     string
	CreatedAt  int64 `gorm:"autoCreateTime:false"`
	ResolvedAt *int64
	ResolvedBy string
	RunID      string
}

func (disputeRow) TableName() string { return "disputes" }

func (r disputeRow) dispute() progress.Dispute {
	return progress.Dispute{
		ID: progress.DisputeID(r.ID), Org: progress.OrgID(r.OrgID), Learner: progress.LearnerID(r.LearnerID), Attempt: progress.AttemptID(r.AttemptID),
		Kind: progress.ItemKind(r.Kind), Item: r.Item, Line: r.Line, KeyHash: r.KeyHash, Reason: r.Reason, Citation: r.Citation,
		Status: progress.DisputeStatus(r.Status), Answer: r.Answer, CreatedAt: at(r.CreatedAt), ResolvedAt: atp(r.ResolvedAt), ResolvedBy: progress.LearnerID(r.ResolvedBy), Run: progress.RegradeID(r.RunID),
	}
}

// AddDispute implements progress.ExamStore.
func (db *DB) AddDispute(ctx context.Context, org progress.OrgID, d progress.Dispute) error {
	row := disputeRow{
		ID: string(d.ID), OrgID: string(org), LearnerID: string(d.Learner), AttemptID: string(d.Attempt), Kind: string(d.Kind), Item: d.Item, Line: d.Line,
		KeyHash: d.KeyHash, Reason: d.Reason, Citation: d.Citation, Status: string(d.Status), CreatedAt: ms(d.CreatedAt),
	}
	return db.write(ctx, "add dispute", func(tx *gorm.DB) error {
		if err := db.here(tx, org, d.Learner); err != nil {
			return err
		}
		if err := db.found(tx, "attempts", "org_id = ? AND id = ? AND learner_id = ?", org, d.Attempt, d.Learner); err != nil {
			return err
		}
		return tx.Create(&row).Error
	})
}

// Disputes implements progress.ExamStore.
func (db *DB) Disputes(ctx context.Context, org progress.OrgID, f progress.DisputeFilter) ([]progress.Dispute, error) {
	where, args := []string{"org_id = ?"}, []any{org}
	add := func(cond string, a any) { where, args = append(where, cond), append(args, a) }
	if f.Learner != "" {
		add("learner_id = ?", f.Learner)
	}
	if f.Attempt != "" {
		add("attempt_id = ?", f.Attempt)
	}
	if f.Item != "" {
		add("item = ?", f.Item)
	}
	if f.Kind != "" { // with the line, which may be none
		add("kind = ?", f.Kind)
		add("line = ?", f.Line)
	}
	if f.Status != "" {
		add("status = ?", f.Status)
	}
	if f.Before != "" {
		add("id < ?", f.Before)
	}
	q := queryOf[disputeRow](db.read).Where(strings.Join(where, " AND "), args...).Order("id DESC")
	if f.Limit > 0 {
		q = q.Limit(f.Limit)
	}
	rows, err := q.Find(ctx)
	if err != nil {
		return nil, db.wrap("list disputes", err)
	}
	var out []progress.Dispute
	for _, r := range rows {
		out = append(out, r.dispute())
	}
	return out, nil
}

// Dispute implements progress.ExamStore.
func (db *DB) Dispute(ctx context.Context, org progress.OrgID, id progress.DisputeID) (progress.Dispute, error) {
	r, err := queryOf[disputeRow](db.read).Where("org_id = ? AND id = ?", org, id).Take(ctx)
	return r.dispute(), db.wrap("dispute", err)
}

// ResolveDispute implements progress.ExamStore.
func (db *DB) ResolveDispute(ctx context.Context, org progress.OrgID, d progress.Dispute, entry progress.AuditEntry) error {
	return db.write(ctx, "resolve dispute", func(tx *gorm.DB) error {
		res := tx.Exec("UPDATE disputes SET status = ?, answer = ?, resolved_at = ?, resolved_by = ? WHERE org_id = ? AND id = ? AND status = ?",
			d.Status, d.Answer, msp(d.ResolvedAt), d.ResolvedBy, org, d.ID, progress.DisputeOpen)
		if res.Error != nil {
			return res.Error
		}
		if res.RowsAffected == 0 {
			if err := db.found(tx, "disputes", "org_id = ? AND id = ?", org, d.ID); err != nil {
				return err
			}
			return progress.ErrDuplicate
		}
		return addEntry(tx, org, &entry)
	})
}
