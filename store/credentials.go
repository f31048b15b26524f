package store

import (
	"context"
	"encoding/base64"
	"fmt"
	"time"

	"gorm.io/gorm"

	"crosswalk/progress"
)

type signingKeyRow struct {
	ID        string `gorm:"primaryKey"`
	OrgID     string `gorm:"primaryKey"`
	Public    string
	Sealed    string
	CreatedAt int64 `gorm:"autoCreateTime:false"`
	RotatedAt *int64
	RetiredAt *int64
}

func (signingKeyRow) TableName() string { return "signing_keys" }

func (r signingKeyRow) key() (progress.SigningKey, error) {
	k := progress.SigningKey{ID: r.ID, Org: progress.OrgID(r.OrgID), CreatedAt: at(r.CreatedAt), RotatedAt: atp(r.RotatedAt), RetiredAt: atp(r.RetiredAt)}
	public, err := base64.StdEncoding.DecodeString(r.Public)
	if err != nil {
		return k, fmt.Errorf("public part of key %s: %w", r.ID, err)
	}
	k.Public = public
	if r.Sealed != "" {
		if k.Sealed, err = base64.StdEncoding.DecodeString(r.Sealed); err != nil {
			return k, fmt.Errorf("private part of key %s: %w", r.ID, err)
		}
	}
	return k, nil
}

// SigningKeys implements progress.CredentialStore.
func (db *DB) SigningKeys(ctx context.Context, org progress.OrgID) ([]progress.SigningKey, error) {
	rows, err := queryOf[signingKeyRow](db.read).Where("org_id = ?", org).Order("created_at DESC, id").Find(ctx)
	if err != nil {
		return nil, db.wrap("list signing keys", err)
	}
	var out []progress.SigningKey
	for _, r := range rows {
		k, err := r.key()
		if err != nil {
			return nil, err
		}
		out = append(out, k)
	}
	return out, nil
}

// AddSigningKey implements progress.CredentialStore.
func (db *DB) AddSigningKey(ctx context.Context, org progress.OrgID, k progress.SigningKey, before string, entry *progress.AuditEntry) error {
	row := signingKeyRow{
		ID: k.ID, OrgID: string(org), Public: base64.StdEncoding.EncodeToString(k.Public), Sealed: base64.StdEncoding.EncodeToString(k.Sealed), CreatedAt: ms(k.CreatedAt),
		RotatedAt: msp(k.RotatedAt), RetiredAt: msp(k.RetiredAt),
	}
	return db.write(ctx, "add signing key", func(tx *gorm.DB) error {
		if before != "" {
			done := tx.Exec("UPDATE signing_keys SET sealed = '', rotated_at = ? WHERE org_id = ? AND id = ? AND rotated_at IS NULL AND retired_at IS NULL", ms(k.CreatedAt), org, before)
			if done.Error != nil {
				return done.Error
			}
			if done.RowsAffected == 0 {
				return progress.ErrDuplicate
			}
		}
		if err := tx.Create(&row).Error; err != nil { // where another signs, the index tells
			return err
		}
		return addEntry(tx, org, entry)
	})
}

// RetireSigningKey implements progress.CredentialStore.
func (db *DB) RetireSigningKey(ctx context.Context, org progress.OrgID, id string, when time.Time, entry *progress.AuditEntry) error {
	return db.write(ctx, "retire signing key", func(tx *gorm.DB) error {
		if err := db.found(tx, "signing_keys", "org_id = ? AND id = ?", org, id); err != nil {
			return err
		}
		done := tx.Exec("UPDATE signing_keys SET sealed = '', retired_at = ? WHERE org_id = ? AND id = ? AND retired_at IS NULL", ms(when), org, id)
		if done.Error != nil || done.RowsAffected == 0 {
			return done.Error
		}
		return addEntry(tx, org, entry)
	})
}

type credentialRow struct {
	ID           string `gorm:"primaryKey"`
	OrgID        string
	CandidateID  string
	AssessmentID string
	SittingID    string
	KeyID        string
	JWT          string `gorm:"column:jwt"`
	IssuedAt     int64
	RevokedAt    *int64
	RevokedBy    string
	ByHolder     int
	Reason       string
	ErasedAt     *int64
}

func (credentialRow) TableName() string { return "credentials" }

func (r credentialRow) credential() progress.IssuedCredential {
	return progress.IssuedCredential{
		ID: progress.CredentialID(r.ID), Org: progress.OrgID(r.OrgID), Candidate: progress.CandidateID(r.CandidateID), Assessment: progress.AssessmentID(r.AssessmentID),
		Sitting: progress.SittingID(r.SittingID), Key: r.KeyID, JWT: r.JWT, IssuedAt: at(r.IssuedAt), RevokedAt: atp(r.RevokedAt), RevokedBy: progress.LearnerID(r.RevokedBy),
		ByHolder: r.ByHolder == 1, Reason: r.Reason, ErasedAt: atp(r.ErasedAt),
	}
}

// AddIssued implements progress.CredentialStore.
func (db *DB) AddIssued(ctx context.Context, org progress.OrgID, c progress.IssuedCredential) error {
	row := credentialRow{
		ID: string(c.ID), OrgID: string(org), CandidateID: string(c.Candidate), AssessmentID: string(c.Assessment), SittingID: string(c.Sitting), KeyID: c.Key, JWT: c.JWT, IssuedAt: ms(c.IssuedAt),
	}
	return db.write(ctx, "add credential", func(tx *gorm.DB) error {
		if err := db.found(tx, "candidates", "org_id = ? AND id = ? AND assessment_id = ? AND erased_at IS NULL", org, c.Candidate, c.Assessment); err != nil {
			return err
		}
		return tx.Create(&row).Error // where the sitting has one, the index tells
	})
}

// Issued implements progress.CredentialStore.
func (db *DB) Issued(ctx context.Context, org progress.OrgID, id progress.CredentialID) (progress.IssuedCredential, error) {
	row, err := queryOf[credentialRow](db.read).Where("org_id = ? AND id = ?", org, id).Take(ctx)
	if err != nil {
		return progress.IssuedCredential{}, db.wrap("read credential", err)
	}
	return row.credential(), nil
}

// IssuedTo implements progress.CredentialStore.
func (db *DB) IssuedTo(ctx context.Context, org progress.OrgID, c progress.CandidateID) ([]progress.IssuedCredential, error) {
	rows, err := queryOf[credentialRow](db.read).Where("org_id = ? AND candidate_id = ?", org, c).Order("id DESC").Find(ctx)
	if err != nil || len(rows) == 0 {
		return nil, db.wrap("list credentials", err)
	}
	return mapped(rows, credentialRow.credential), nil
}

// RevokedCredentials implements progress.CredentialStore.
func (db *DB) RevokedCredentials(ctx context.Context, org progress.OrgID) ([]progress.IssuedCredential, error) {
	rows, err := queryOf[credentialRow](db.read).Select("id, org_id, candidate_id, assessment_id, sitting_id, key_id, issued_at, revoked_at, revoked_by, by_holder, erased_at").
		Where("org_id = ? AND revoked_at IS NOT NULL", org).Order("revoked_at, id").Find(ctx)
	if err != nil || len(rows) == 0 {
		return nil, db.wrap("list revoked credentials", err)
	}
	return mapped(rows, credentialRow.credential), nil
}

// RevokeIssued implements progress.CredentialStore.
func (db *DB) RevokeIssued(ctx context.Context, org progress.OrgID, id progress.CredentialID, r progress.Revocation, entry *progress.AuditEntry) error {
	holder := 0
	if r.ByHolder {
		holder = 1
	}
	return db.write(ctx, "revoke credential", func(tx *gorm.DB) error {
		if err := db.found(tx, "credentials", "org_id = ? AND id = ?", org, id); err != nil {
			return err
		}
		done := tx.Exec("UPDATE credentials SET revoked_at = ?, revoked_by = ?, by_holder = ?, reason = ? WHERE org_id = ? AND id = ? AND revoked_at IS NULL", ms(r.At), r.By, holder, r.Reason, org, id)
		if done.Error != nil || done.RowsAffected == 0 {
			return done.Error
		}
		return addEntry(tx, org, entry)
	})
}
