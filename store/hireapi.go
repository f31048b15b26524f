package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"crosswalk/progress"
)

type apiTokenRow struct {
	ID        string `gorm:"primaryKey"`
	OrgID     string
	OwnerID   string
	ClientKey string
	Name      string
	Scope     string
	TokenHash string
	CreatedAt int64 `gorm:"autoCreateTime:false"`
	ExpiresAt int64
	UsedAt    *int64
	RevokedAt *int64
}

func (apiTokenRow) TableName() string { return "api_tokens" }

func (r apiTokenRow) token() progress.APIToken {
	return progress.APIToken{
		ID: progress.APITokenID(r.ID), Org: progress.OrgID(r.OrgID), Owner: progress.LearnerID(r.OwnerID), ClientKey: r.ClientKey, Name: r.Name, Scope: progress.Scope(r.Scope), Hash: r.TokenHash,
		CreatedAt: at(r.CreatedAt), ExpiresAt: at(r.ExpiresAt), UsedAt: atp(r.UsedAt), RevokedAt: atp(r.RevokedAt),
	}
}

// AddAPIToken implements progress.HireAPIStore.
func (db *DB) AddAPIToken(ctx context.Context, org progress.OrgID, t progress.APIToken, entry progress.AuditEntry) (kept progress.APIToken, err error) {
	err = db.write(ctx, "add token", func(tx *gorm.DB) error {
		if err := db.here(tx, org, t.Owner); err != nil {
			return err
		}
		err := tx.Exec(`INSERT INTO api_tokens (id, org_id, owner_id, client_key, name, scope, token_hash, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (org_id, owner_id, client_key) DO UPDATE SET token_hash = excluded.token_hash, name = excluded.name, scope = excluded.scope, expires_at = excluded.expires_at, revoked_at = NULL`,
			t.ID, org, t.Owner, t.ClientKey, t.Name, t.Scope, t.Hash, ms(t.CreatedAt), ms(t.ExpiresAt)).Error
		if err != nil {
			return err
		}
		var row apiTokenRow
		if err := tx.Where("org_id = ? AND owner_id = ? AND client_key = ?", org, t.Owner, t.ClientKey).Take(&row).Error; err != nil {
			return err
		}
		kept = row.token()
		return addEntry(tx, org, &entry)
	})
	return kept, err
}

// APITokens implements progress.HireAPIStore.
func (db *DB) APITokens(ctx context.Context, org progress.OrgID, owner progress.LearnerID) ([]progress.APIToken, error) {
	rows, err := queryOf[apiTokenRow](db.read).Where("org_id = ? AND (owner_id = ? OR ? = '')", org, owner, owner).Order("created_at DESC, id DESC").Find(ctx)
	if err != nil || len(rows) == 0 {
		return nil, db.wrap("list tokens", err)
	}
	return mapped(rows, apiTokenRow.token), nil
}

// APIToken implements progress.HireAPIStore.
func (db *DB) APIToken(ctx context.Context, org progress.OrgID, id progress.APITokenID) (progress.APIToken, error) {
	r, err := queryOf[apiTokenRow](db.read).Where("org_id = ? AND id = ?", org, id).Take(ctx)
	if err != nil {
		return progress.APIToken{}, db.wrap("token", err)
	}
	return r.token(), nil
}

// APITokenByHash implements progress.HireAPIStore.
func (db *DB) APITokenByHash(ctx context.Context, hash string) (progress.APIToken, progress.Learner, error) {
	r, err := queryOf[apiTokenRow](db.read).Where("token_hash = ?", hash).Take(ctx)
	if err != nil {
		return progress.APIToken{}, progress.Learner{}, db.wrap("token", err)
	}
	l, err := queryOf[learnerRow](db.read).Where("org_id = ? AND id = ? AND erased_at IS NULL", r.OrgID, r.OwnerID).Take(ctx)
	if err != nil {
		return progress.APIToken{}, progress.Learner{}, db.wrap("owner of a token", err)
	}
	return r.token(), l.learner(), nil
}

// RevokeAPIToken implements progress.HireAPIStore.
func (db *DB) RevokeAPIToken(ctx context.Context, org progress.OrgID, id progress.APITokenID, entry progress.AuditEntry) error {
	return db.write(ctx, "revoke token", func(tx *gorm.DB) error {
		res := tx.Exec("UPDATE api_tokens SET revoked_at = COALESCE(revoked_at, ?) WHERE org_id = ? AND id = ?", ms(entry.At), org, id)
		if res.Error != nil {
			return res.Error
		}
		if res.RowsAffected == 0 {
			return progress.ErrNotFound
		}
		if err := tx.Exec("DELETE FROM api_replies WHERE org_id = ? AND token_id = ?", org, id).Error; err != nil {
			return err
		}
		return addEntry(tx, org, &entry)
	})
}

// TouchAPIToken implements progress.HireAPIStore.
func (db *DB) TouchAPIToken(ctx context.Context, org progress.OrgID, id progress.APITokenID, when time.Time) error {
	return db.write(ctx, "touch token", func(tx *gorm.DB) error {
		return tx.Exec("UPDATE api_tokens SET used_at = ? WHERE org_id = ? AND id = ?", ms(when), org, id).Error
	})
}

type apiReplyRow struct {
	TokenID      string `gorm:"primaryKey"`
	KeyHash      string `gorm:"primaryKey"`
	OrgID        string
	RequestHash  string
	AssessmentID string
	Status       int
	Body         string
	At           int64
}

func (apiReplyRow) TableName() string { return "api_replies" }

// BeginReply implements progress.HireAPIStore.
func (db *DB) BeginReply(ctx context.Context, org progress.OrgID, r progress.APIReply) (kept progress.APIReply, err error) {
	err = db.write(ctx, "begin reply", func(tx *gorm.DB) error {
		if err := db.found(tx, "api_tokens", "org_id = ? AND id = ?", org, r.Token); err != nil {
			return err
		}
		err := tx.Exec(`INSERT INTO api_replies (token_id, key_hash, org_id, request_hash, assessment_id, status, body, at) VALUES (?, ?, ?, ?, ?, 0, '', ?) ON CONFLICT (token_id, key_hash) DO NOTHING`,
			r.Token, r.KeyHash, org, r.RequestHash, r.Assessment, ms(r.At)).Error
		if err != nil {
			return err
		}
		var row apiReplyRow
		if err := tx.Where("token_id = ? AND key_hash = ?", r.Token, r.KeyHash).Take(&row).Error; err != nil {
			return err
		}
		kept = progress.APIReply{
			Token: r.Token, KeyHash: r.KeyHash, RequestHash: row.RequestHash, Assessment: progress.AssessmentID(row.AssessmentID), Status: row.Status, Body: row.Body, At: at(row.At),
		}
		return nil
	})
	return kept, err
}

// FinishReply implements progress.HireAPIStore.
func (db *DB) FinishReply(ctx context.Context, org progress.OrgID, r progress.APIReply) error {
	return db.write(ctx, "finish reply", func(tx *gorm.DB) error {
		return tx.Exec("UPDATE api_replies SET status = ?, body = ? WHERE org_id = ? AND token_id = ? AND key_hash = ?", r.Status, r.Body, org, r.Token, r.KeyHash).Error
	})
}

// eraseHireAPI takes tokens, endpoints and their logs of a person away.
func eraseHireAPI(tx *gorm.DB, org progress.OrgID, owner progress.LearnerID) error {
	return each(tx, []step{
		{"DELETE FROM api_replies WHERE org_id = ? AND token_id IN (SELECT id FROM api_tokens WHERE org_id = ? AND owner_id = ?)", []any{org, org, owner}},
		{"DELETE FROM api_tokens WHERE org_id = ? AND owner_id = ?", []any{org, owner}},
		{"DELETE FROM webhook_deliveries WHERE org_id = ? AND webhook_id IN (SELECT id FROM webhooks WHERE org_id = ? AND owner_id = ?)", []any{org, org, owner}},
		{"DELETE FROM webhooks WHERE org_id = ? AND owner_id = ?", []any{org, owner}},
	})
}
