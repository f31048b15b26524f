package store

import (
	"context"

	"gorm.io/gorm"

	"crosswalk/progress"
)

type inviteRow struct {
	ID        string `gorm:"primaryKey"`
	OrgID     string
	CohortID  string
	ClientKey string
	TokenHash string
	Email     string
	Name      string
	Most      int
	Used      int
	MadeBy    string
	CreatedAt int64 `gorm:"autoCreateTime:false"`
	ExpiresAt int64
	RevokedAt *int64
}

func (inviteRow) TableName() string { return "cohort_invites" }

func (r inviteRow) invite() progress.Invite {
	return progress.Invite{
		ID: progress.InviteID(r.ID), Org: progress.OrgID(r.OrgID), Cohort: progress.CohortID(r.CohortID), ClientKey: r.ClientKey, TokenHash: r.TokenHash, Email: r.Email, Name: r.Name,
		Most: r.Most, Used: r.Used, By: progress.LearnerID(r.MadeBy), CreatedAt: at(r.CreatedAt), ExpiresAt: at(r.ExpiresAt), RevokedAt: atp(r.RevokedAt),
	}
}

// Invite implements progress.ClassStore.
func (db *DB) Invite(ctx context.Context, org progress.OrgID, c progress.CohortID, members []progress.LearnerID, invites []progress.Invite, entry progress.AuditEntry) ([]progress.Invite, error) {
	kept := make([]progress.Invite, len(invites))
	err := db.write(ctx, "invite", func(tx *gorm.DB) error {
		if err := db.found(tx, "cohorts", "org_id = ? AND id = ?", org, c); err != nil {
			return err
		}
		for _, l := range members {
			if err := db.here(tx, org, l); err != nil {
				return err
			}
			if err := addMember(tx, org, c, l, ms(entry.At)); err != nil {
				return err
			}
		}
		for n, i := range invites {
			err := tx.Exec(`INSERT INTO cohort_invites (id, org_id, cohort_id, client_key, token_hash, email, name, most, used, made_by, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?)
				ON CONFLICT (org_id, cohort_id, client_key) DO UPDATE SET token_hash = excluded.token_hash, name = excluded.name, most = excluded.most, made_by = excluded.made_by,
					created_at = excluded.created_at, expires_at = excluded.expires_at, revoked_at = NULL`,
				i.ID, org, c, i.ClientKey, i.TokenHash, i.Email, i.Name, i.Most, i.By, ms(i.CreatedAt), ms(i.ExpiresAt)).Error
			if err != nil {
				return err
			}
			var row inviteRow
			if err := tx.Where("org_id = ? AND cohort_id = ? AND client_key = ?", org, c, i.ClientKey).Take(&row).Error; err != nil {
				return err
			}
			kept[n] = row.invite()
		}
		return addEntry(tx, org, &entry)
	})
	return kept, err
}

func addMember(tx *gorm.DB, org progress.OrgID, c progress.CohortID, l progress.LearnerID, when int64) error {
	return tx.Exec("INSERT INTO cohort_members (cohort_id, org_id, learner_id, added_at) VALUES (?, ?, ?, ?) ON CONFLICT (cohort_id, learner_id) DO NOTHING", c, org, l, when).Error
}

// Invites implements progress.ClassStore.
func (db *DB) Invites(ctx context.Context, org progress.OrgID, c progress.CohortID) ([]progress.Invite, error) {
	rows, err := queryOf[inviteRow](db.read).Where("org_id = ? AND cohort_id = ?", org, c).Order("created_at DESC, id DESC").Find(ctx)
	return mapped(rows, inviteRow.invite), db.wrap("list invitations", err)
}

// InviteByToken implements progress.ClassStore.
func (db *DB) InviteByToken(ctx context.Context, org progress.OrgID, hash string) (progress.Invite, error) {
	r, err := queryOf[inviteRow](db.read).Where("org_id = ? AND token_hash = ?", org, hash).Take(ctx)
	if err != nil {
		return progress.Invite{}, db.wrap("invitation", err)
	}
	return r.invite(), nil
}

// InvitesTo implements progress.ClassStore.
func (db *DB) InvitesTo(ctx context.Context, org progress.OrgID, email string, by progress.LearnerID) ([]progress.Invite, error) {
	rows, err := queryOf[inviteRow](db.read).Where("org_id = ? AND (email <> '' AND email = ? OR made_by <> '' AND made_by = ?)", org, email, by).Order("id").Find(ctx)
	return mapped(rows, inviteRow.invite), db.wrap("list invitations", err)
}

// RevokeInvite implements progress.ClassStore.
func (db *DB) RevokeInvite(ctx context.Context, org progress.OrgID, c progress.CohortID, id progress.InviteID, entry progress.AuditEntry) error {
	return db.write(ctx, "revoke invitation", func(tx *gorm.DB) error {
		gone := tx.Exec("DELETE FROM cohort_invites WHERE org_id = ? AND cohort_id = ? AND id = ? AND email <> ''", org, c, id)
		if gone.Error != nil {
			return gone.Error
		}
		if gone.RowsAffected == 0 {
			res := tx.Exec("UPDATE cohort_invites SET revoked_at = COALESCE(revoked_at, ?) WHERE org_id = ? AND cohort_id = ? AND id = ?", ms(entry.At), org, c, id)
			if res.Error != nil {
				return res.Error
			}
			if res.RowsAffected == 0 {
				return progress.ErrNotFound
			}
		}
		return addEntry(tx, org, &entry)
	})
}

// Join implements progress.ClassStore.
func (db *DB) Join(ctx context.Context, org progress.OrgID, hash string, l progress.LearnerID, entry progress.AuditEntry) (joined bool, err error) {
	err = db.write(ctx, "join cohort", func(tx *gorm.DB) error {
		joined = false
		var i inviteRow
		if err := tx.Where("org_id = ? AND token_hash = ?", org, hash).Take(&i).Error; err != nil {
			return err
		}
		if err := db.found(tx, "cohorts", "org_id = ? AND id = ? AND closed_at IS NULL", org, i.CohortID); err != nil {
			return err
		}
		if err := db.here(tx, org, l); err != nil {
			return err
		}
		in := tx.Exec("UPDATE cohort_members SET org_id = org_id WHERE cohort_id = ? AND org_id = ? AND learner_id = ?", i.CohortID, org, l)
		if in.Error != nil || in.RowsAffected > 0 {
			return in.Error
		}
		res := tx.Exec("UPDATE cohort_invites SET used = used + 1 WHERE org_id = ? AND id = ? AND revoked_at IS NULL AND used < most AND expires_at > ?", org, i.ID, ms(entry.At))
		if res.Error != nil {
			return res.Error
		}
		if res.RowsAffected == 0 {
			return progress.ErrNotFound
		}
		if i.Email != "" { // it has done what it was kept for
			if err := tx.Exec("DELETE FROM cohort_invites WHERE org_id = ? AND id = ?", org, i.ID).Error; err != nil {
				return err
			}
		}
		joined = true
		if err := addMember(tx, org, progress.CohortID(i.CohortID), l, ms(entry.At)); err != nil {
			return err
		}
		return addEntry(tx, org, &entry)
	})
	return joined, err
}

// acceptInvites puts a new account into the cohorts that its e-mail was invited into.
func acceptInvites(tx *gorm.DB, org progress.OrgID, l progress.Learner, when int64) error {
	if l.Email == "" || l.Role != progress.RoleLearner {
		return nil
	}
	return each(tx, []step{
		{`INSERT INTO cohort_members (cohort_id, org_id, learner_id, added_at)
			SELECT i.cohort_id, i.org_id, CAST(? AS TEXT), CAST(? AS BIGINT) FROM cohort_invites i JOIN cohorts c ON c.id = i.cohort_id
			WHERE i.org_id = ? AND i.email = ? AND i.expires_at > ? AND i.revoked_at IS NULL AND c.closed_at IS NULL ON CONFLICT (cohort_id, learner_id) DO NOTHING`,
			[]any{l.ID, when, org, l.Email, when}},
		{`DELETE FROM cohort_invites WHERE org_id = ? AND email = ?`, []any{org, l.Email}},
	})
}
