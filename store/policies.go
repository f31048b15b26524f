package store

import (
	"context"
	"encoding/json"
	"fmt"

	"gorm.io/gorm"

	"crosswalk/progress"
)

type policyRow struct {
	ID        string `gorm:"primaryKey"`
	OrgID     string
	OwnerID   string
	PolicyID  string
	Revision  int
	Name      string
	Body      string
	CreatedAt int64 `gorm:"autoCreateTime:false"`
	RetiredAt *int64
}

func (policyRow) TableName() string { return "policies" }

func (r policyRow) policy() (progress.Policy, error) {
	p := progress.Policy{
		ID: progress.PolicyID(r.PolicyID), RevisionID: progress.RevisionID(r.ID), Revision: r.Revision, Org: progress.OrgID(r.OrgID), Owner: progress.LearnerID(r.OwnerID),
		CreatedAt: at(r.CreatedAt), RetiredAt: atp(r.RetiredAt),
	}
	var err error
	if p.Body, err = progress.KeptPolicy([]byte(r.Body)); err != nil {
		return p, fmt.Errorf("policy %s: %w", r.ID, err)
	}
	return p, nil
}

func policiesOf(rows []policyRow) ([]progress.Policy, error) {
	var out []progress.Policy
	for _, r := range rows {
		p, err := r.policy()
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// policyGradingRow is a grading by a policy; PolicyID, Revision and OwnerID come from the policy's row.
type policyGradingRow struct {
	Grading    gradingRow `gorm:"embedded"`
	RevisionID string
	Policy     string
	PolicyID   string `gorm:"->"`
	Revision   int    `gorm:"->"`
	OwnerID    string `gorm:"->"`
}

func (policyGradingRow) TableName() string { return "policy_gradings" }

// AddPolicy implements progress.PolicyStore.
func (db *DB) AddPolicy(ctx context.Context, org progress.OrgID, p progress.Policy, entry progress.AuditEntry) error {
	body, err := json.Marshal(p.Body)
	if err != nil {
		return err
	}
	row := policyRow{
		ID: string(p.RevisionID), OrgID: string(org), OwnerID: string(p.Owner), PolicyID: string(p.ID), Revision: p.Revision, Name: p.Body.Name, Body: string(body), CreatedAt: ms(p.CreatedAt),
	}
	return db.write(ctx, "add policy", func(tx *gorm.DB) error {
		// What is gone by here is written, not only read: a retirement or an erasure on another connection, which began before and does
		// not see the new revision, is then refused and run again.
		var last []policyRow
		if err := tx.Where("policy_id = ?", p.ID).Order("revision DESC").Limit(1).Find(&last).Error; err != nil {
			return err
		}
		if len(last) > 0 {
			if err := tx.Exec("UPDATE policies SET retired_at = retired_at WHERE id = ?", last[0].ID).Error; err != nil {
				return err
			}
		}
		switch {
		case len(last) == 0 && p.Revision == 1:
			res := tx.Exec("UPDATE learners SET zone = zone WHERE org_id = ? AND id = ? AND erased_at IS NULL", org, p.Owner)
			if res.Error != nil {
				return res.Error
			}
			if res.RowsAffected == 0 { // the owner must be of the organisation
				return progress.ErrNotFound
			}
		case len(last) == 0 || last[0].OrgID != string(org) || last[0].OwnerID != string(p.Owner) || last[0].RetiredAt != nil:
			return progress.ErrNotFound
		case last[0].Revision != p.Revision-1:
			return progress.ErrDuplicate
		}
		if err := tx.Create(&row).Error; err != nil {
			return err
		}
		return addEntry(tx, org, &entry)
	})
}

// Policies implements progress.PolicyStore.
func (db *DB) Policies(ctx context.Context, org progress.OrgID, owner progress.LearnerID) ([]progress.Policy, error) {
	where, args := "org_id = ? AND revision = (SELECT MAX(x.revision) FROM policies x WHERE x.policy_id = policies.policy_id)", []any{org}
	if owner != "" {
		where, args = where+" AND owner_id = ?", append(args, owner)
	}
	rows, err := queryOf[policyRow](db.read).Where(where, args...).Order("policy_id").Find(ctx)
	if err != nil {
		return nil, db.wrap("list policies", err)
	}
	out, err := policiesOf(rows)
	return out, db.wrap("list policies", err)
}

// PolicyRevisions implements progress.PolicyStore.
func (db *DB) PolicyRevisions(ctx context.Context, org progress.OrgID, id progress.PolicyID) ([]progress.Policy, error) {
	rows, err := queryOf[policyRow](db.read).Where("org_id = ? AND policy_id = ?", org, id).Order("revision").Find(ctx)
	if err != nil {
		return nil, db.wrap("list revisions", err)
	}
	out, err := policiesOf(rows)
	return out, db.wrap("list revisions", err)
}

// RetirePolicy implements progress.PolicyStore.
func (db *DB) RetirePolicy(ctx context.Context, org progress.OrgID, id progress.PolicyID, entry progress.AuditEntry) error {
	return db.write(ctx, "retire policy", func(tx *gorm.DB) error {
		res := tx.Exec("UPDATE policies SET retired_at = COALESCE(retired_at, ?) WHERE org_id = ? AND policy_id = ?", ms(entry.At), org, id)
		if res.Error != nil {
			return res.Error
		}
		if res.RowsAffected == 0 {
			return progress.ErrNotFound
		}
		return addEntry(tx, org, &entry)
	})
}

// PolicyGradings implements progress.PolicyStore.
func (db *DB) PolicyGradings(ctx context.Context, org progress.OrgID, ids []progress.AttemptID) ([]progress.Grading, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []policyGradingRow
	err := db.read.WithContext(ctx).Select("policy_gradings.*, p.policy_id, p.revision, p.owner_id").Joins("JOIN policies p ON p.id = policy_gradings.revision_id").
		Where("policy_gradings.org_id = ? AND policy_gradings.attempt_id IN ?", org, ids).Order("policy_gradings.attempt_id, policy_gradings.seq").Find(&rows).Error
	if err != nil {
		return nil, db.wrap("list policy gradings", err)
	}
	var out []progress.Grading
	for _, r := range rows {
		g := r.Grading.grading()
		g.Policy = &progress.GradedBy{ID: progress.PolicyID(r.PolicyID), RevisionID: progress.RevisionID(r.RevisionID), Revision: r.Revision, Owner: progress.LearnerID(r.OwnerID)}
		if g.Policy.Body, err = progress.KeptPolicy([]byte(r.Policy)); err != nil {
			return nil, db.wrap("list policy gradings", fmt.Errorf("grading %s: %w", r.Grading.ID, err))
		}
		out = append(out, g)
	}
	return out, nil
}

// appendPolicyGrading adds a grading by a policy behind those that the attempt has. Attempt and revision must be the organisation's own.
func appendPolicyGrading(tx *gorm.DB, org progress.OrgID, g progress.Grading) error {
	row := policyGradingRow{Grading: rowOfGrading(org, g), RevisionID: string(g.Policy.RevisionID)}
	body, err := json.Marshal(g.Policy.Body)
	if err != nil {
		return err
	}
	row.Policy = string(body)
	var attempts, revisions int64
	if err := tx.Model(&attemptRow{}).Where("org_id = ? AND id = ?", org, g.Attempt).Count(&attempts).Error; err != nil {
		return err
	}
	if err := tx.Model(&policyRow{}).Where("org_id = ? AND id = ?", org, g.Policy.RevisionID).Count(&revisions).Error; err != nil {
		return err
	}
	if attempts == 0 || revisions == 0 {
		return progress.ErrNotFound
	}
	if err := tx.Raw("SELECT COALESCE(MAX(seq), 0) + 1 FROM policy_gradings WHERE attempt_id = ?", g.Attempt).Row().Scan(&row.Grading.Seq); err != nil {
		return err
	}
	return counted(tx.Create(&row).Error)
}

// erasePolicies takes away the revisions of a person that graded nothing. Those that grades rest on stay, retired.
func erasePolicies(tx *gorm.DB, org progress.OrgID, owner progress.LearnerID, when int64) error {
	if err := tx.Exec("DELETE FROM policies WHERE org_id = ? AND owner_id = ? AND NOT EXISTS (SELECT 1 FROM policy_gradings g WHERE g.revision_id = policies.id)", org, owner).Error; err != nil {
		return err
	}
	return tx.Exec("UPDATE policies SET retired_at = COALESCE(retired_at, ?) WHERE org_id = ? AND owner_id = ?", when, org, owner).Error
}
