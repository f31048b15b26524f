package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"crosswalk/progress"
)

type sessionRow struct {
	ID        string `gorm:"primaryKey"`
	OrgID     string
	LearnerID string
	TokenHash string
	CreatedAt int64 `gorm:"autoCreateTime:false"`
	SeenAt    int64
	ExpiresAt int64
}

func (sessionRow) TableName() string { return "sessions" }

func (r sessionRow) session() progress.StoredSession {
	return progress.StoredSession{
		ID: progress.SessionID(r.ID), Org: progress.OrgID(r.OrgID), Learner: progress.LearnerID(r.LearnerID), TokenHash: r.TokenHash,
		CreatedAt: at(r.CreatedAt), SeenAt: at(r.SeenAt), ExpiresAt: at(r.ExpiresAt),
	}
}

func addSession(tx *gorm.DB, org progress.OrgID, s progress.StoredSession) error {
	return tx.Create(&sessionRow{
		ID: string(s.ID), OrgID: string(org), LearnerID: string(s.Learner), TokenHash: s.TokenHash,
		CreatedAt: ms(s.CreatedAt), SeenAt: ms(s.SeenAt), ExpiresAt: ms(s.ExpiresAt),
	}).Error
}

func endSessions(tx *gorm.DB, org progress.OrgID, l progress.LearnerID) error {
	return tx.Exec(`DELETE FROM sessions WHERE org_id = ? AND learner_id = ?`, org, l).Error
}

// OpenSession implements progress.SessionStore.
func (db *DB) OpenSession(ctx context.Context, org progress.OrgID, s progress.StoredSession, guest progress.LearnerID) error {
	return db.write(ctx, "open session", func(tx *gorm.DB) error {
		if guest != "" {
			if err := merge(tx, org, guest, s.Learner, ms(s.CreatedAt)); err != nil {
				return err
			}
		}
		return addSession(tx, org, s)
	})
}

const sessionByHash = `SELECT s.id, s.org_id, s.learner_id, s.token_hash, s.created_at, s.seen_at, s.expires_at,
		l.id, l.org_id, l.role, l.name, l.email, l.guest, l.zone, l.created_at, l.erased_at
	FROM sessions s JOIN learners l ON l.id = s.learner_id WHERE s.token_hash = ?`

// SessionByHash implements progress.SessionStore. Every request asks it, so it is one statement, and goes without gorm.
func (db *DB) SessionByHash(ctx context.Context, tokenHash string) (progress.StoredSession, progress.Learner, error) {
	var r sessionRow
	var l learnerRow
	err := db.oneRow(ctx, &db.sessionStmt, sessionByHash, tokenHash).Scan(
		&r.ID, &r.OrgID, &r.LearnerID, &r.TokenHash, &r.CreatedAt, &r.SeenAt, &r.ExpiresAt,
		&l.ID, &l.OrgID, &l.Role, &l.Name, &l.Email, &l.Guest, &l.Zone, &l.CreatedAt, &l.ErasedAt)
	if err != nil {
		return progress.StoredSession{}, progress.Learner{}, db.wrap("look up session", err)
	}
	return r.session(), l.learner(), nil
}

// TouchSession implements progress.SessionStore.
func (db *DB) TouchSession(ctx context.Context, org progress.OrgID, id progress.SessionID, seen, expires time.Time) error {
	return db.write(ctx, "touch session", func(tx *gorm.DB) error {
		return tx.Exec(`UPDATE sessions SET seen_at = ?, expires_at = ? WHERE org_id = ? AND id = ?`, ms(seen), ms(expires), org, id).Error
	})
}

// EndSession implements progress.SessionStore.
func (db *DB) EndSession(ctx context.Context, tokenHash string) error {
	return db.write(ctx, "end session", func(tx *gorm.DB) error {
		return tx.Exec(`DELETE FROM sessions WHERE token_hash = ?`, tokenHash).Error
	})
}

// EndSessions implements progress.SessionStore.
func (db *DB) EndSessions(ctx context.Context, org progress.OrgID, l progress.LearnerID) error {
	return db.write(ctx, "end sessions", func(tx *gorm.DB) error { return endSessions(tx, org, l) })
}

// Sessions implements progress.SessionStore.
func (db *DB) Sessions(ctx context.Context, org progress.OrgID, l progress.LearnerID) ([]progress.StoredSession, error) {
	rows, err := queryOf[sessionRow](db.read).Where("org_id = ? AND learner_id = ?", org, l).Order("id").Find(ctx)
	if err != nil {
		return nil, db.wrap("list sessions", err)
	}
	return mapped(rows, sessionRow.session), nil
}

// Sweep implements progress.SessionStore.
func (db *DB) Sweep(ctx context.Context, now time.Time) (int, error) {
	n := 0
	err := db.write(ctx, "sweep", func(tx *gorm.DB) error {
		n = 0
		for _, sql := range []string{`DELETE FROM sessions WHERE expires_at <= ?`, `DELETE FROM rate_limits WHERE free_at <= ?`, `DELETE FROM cohort_invites WHERE email <> '' AND expires_at <= ?`} {
			res := tx.Exec(sql, ms(now))
			if res.Error != nil {
				return res.Error
			}
			n += int(res.RowsAffected)
		}
		return nil
	})
	return n, err
}
