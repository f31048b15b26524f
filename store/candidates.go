package store

import (
	"context"
	"time"

	"gorm.io/gorm"

	"crosswalk/progress"
)

type candidateRow struct {
	ID           string `gorm:"primaryKey"`
	OrgID        string
	AssessmentID string
	ClientKey    string
	Name         string
	Email        string
	Ref          string
	TokenHash    *string
	LinkUntil    int64
	RevokedAt    *int64
	ExtraPercent int
	ExtraBreaks  int
	LearnerID    *string
	ConsentAt    *int64
	ConsentHash  string
	EraseOn      *int64
	ErasedAt     *int64
	CreatedAt    int64 `gorm:"autoCreateTime:false"`
}

func (candidateRow) TableName() string { return "candidates" }

func (r candidateRow) candidate() progress.Candidate {
	c := progress.Candidate{
		ID: progress.CandidateID(r.ID), Org: progress.OrgID(r.OrgID), Assessment: progress.AssessmentID(r.AssessmentID), ClientKey: r.ClientKey, Name: r.Name, Email: r.Email, Ref: r.Ref,
		LinkUntil: at(r.LinkUntil), RevokedAt: atp(r.RevokedAt), ExtraPercent: r.ExtraPercent, ExtraBreaks: r.ExtraBreaks, ConsentAt: atp(r.ConsentAt), ConsentHash: r.ConsentHash,
		EraseOn: atp(r.EraseOn), ErasedAt: atp(r.ErasedAt), CreatedAt: at(r.CreatedAt),
	}
	if r.TokenHash != nil {
		c.TokenHash = *r.TokenHash
	}
	if r.LearnerID != nil {
		c.Learner = progress.LearnerID(*r.LearnerID)
	}
	return c
}

// AddCandidates implements progress.AssessmentStore.
func (db *DB) AddCandidates(ctx context.Context, org progress.OrgID, x progress.AssessmentID, cs []progress.Candidate, entry progress.AuditEntry) ([]progress.Candidate, error) {
	kept := make([]progress.Candidate, len(cs))
	err := db.write(ctx, "add candidates", func(tx *gorm.DB) error {
		if err := db.found(tx, "assessments", "org_id = ? AND id = ? AND opened_at IS NOT NULL AND closed_at IS NULL", org, x); err != nil {
			return err
		}
		for n, c := range cs {
			if err := addCandidate(tx, org, x, c); err != nil {
				return err
			}
			var row candidateRow
			if err := tx.Where("org_id = ? AND assessment_id = ? AND client_key = ?", org, x, c.ClientKey).Take(&row).Error; err != nil {
				return err
			}
			kept[n] = row.candidate()
		}
		return addEntry(tx, org, &entry)
	})
	if err != nil {
		return nil, err
	}
	return kept, db.withSittings(ctx, org, kept)
}

// addCandidate adds a candidate; one whose client key the test has gets the new link.
func addCandidate(tx *gorm.DB, org progress.OrgID, x progress.AssessmentID, c progress.Candidate) error {
	return tx.Exec(`INSERT INTO candidates (id, org_id, assessment_id, client_key, name, email, ref, token_hash, link_until, extra_percent, extra_breaks, consent_hash, erase_on, created_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?, ?)
		ON CONFLICT (org_id, assessment_id, client_key) DO UPDATE SET token_hash = CASE WHEN candidates.erased_at IS NULL THEN excluded.token_hash END,
			link_until = excluded.link_until, revoked_at = NULL`,
		c.ID, org, x, c.ClientKey, c.Name, c.Email, c.Ref, c.TokenHash, ms(c.LinkUntil), c.ExtraPercent, c.ExtraBreaks, msp(c.EraseOn), ms(c.CreatedAt)).Error
}

// candidatesWhere reads candidates with their sittings, the oldest first.
func (db *DB) candidatesWhere(ctx context.Context, where string, args ...any) ([]progress.Candidate, error) {
	rows, err := queryOf[candidateRow](db.read).Where(where, args...).Order("id").Find(ctx)
	if err != nil || len(rows) == 0 {
		return nil, db.wrap("list candidates", err)
	}
	cs := mapped(rows, candidateRow.candidate)
	return cs, db.withSittings(ctx, cs[0].Org, cs)
}

// withSittings puts in the sittings of candidates of one organisation.
func (db *DB) withSittings(ctx context.Context, org progress.OrgID, cs []progress.Candidate) error {
	of := map[string]*progress.Candidate{}
	var hidden []string
	for i := range cs {
		if l := string(cs[i].Learner); l != "" {
			of[l], hidden = &cs[i], append(hidden, l)
		}
	}
	const some = 500 // bound variables of a statement are limited
	for len(hidden) > 0 {
		n := min(some, len(hidden))
		rows, err := queryOf[sittingRow](db.read).Select("id, learner_id, exam").Where("org_id = ? AND learner_id IN ?", org, hidden[:n]).Order("id").Find(ctx)
		if err != nil {
			return db.wrap("list sittings of candidates", err)
		}
		for _, r := range rows {
			if c := of[r.LearnerID]; r.Exam == progress.AssessmentExam(c.Assessment) {
				c.Sittings = append(c.Sittings, progress.SittingID(r.ID))
			}
		}
		hidden = hidden[n:]
	}
	return nil
}

func (db *DB) oneCandidate(ctx context.Context, where string, args ...any) (progress.Candidate, error) {
	cs, err := db.candidatesWhere(ctx, where, args...)
	if err != nil {
		return progress.Candidate{}, err
	}
	if len(cs) == 0 {
		return progress.Candidate{}, db.wrap("candidate", progress.ErrNotFound)
	}
	return cs[0], nil
}

// Candidates implements progress.AssessmentStore.
func (db *DB) Candidates(ctx context.Context, org progress.OrgID, x progress.AssessmentID) ([]progress.Candidate, error) {
	return db.candidatesWhere(ctx, "org_id = ? AND assessment_id = ?", org, x)
}

// Candidate implements progress.AssessmentStore.
func (db *DB) Candidate(ctx context.Context, org progress.OrgID, id progress.CandidateID) (progress.Candidate, error) {
	return db.oneCandidate(ctx, "org_id = ? AND id = ?", org, id)
}

// CandidateByToken implements progress.AssessmentStore.
func (db *DB) CandidateByToken(ctx context.Context, hash string) (progress.Candidate, error) {
	return db.oneCandidate(ctx, "token_hash = ?", hash)
}

// CandidateByLearner implements progress.AssessmentStore.
func (db *DB) CandidateByLearner(ctx context.Context, org progress.OrgID, l progress.LearnerID) (progress.Candidate, error) {
	return db.oneCandidate(ctx, "org_id = ? AND learner_id = ?", org, l)
}

// onCandidate changes a candidate who is not erased; ErrNotFound.
func (db *DB) onCandidate(ctx context.Context, op string, org progress.OrgID, id progress.CandidateID, entry *progress.AuditEntry, set string, args ...any) error {
	return db.write(ctx, op, func(tx *gorm.DB) error {
		res := tx.Exec("UPDATE candidates SET "+set+" WHERE org_id = ? AND id = ? AND erased_at IS NULL", append(args, org, id)...)
		if res.Error != nil {
			return res.Error
		}
		if res.RowsAffected == 0 {
			return progress.ErrNotFound
		}
		if entry == nil {
			return nil
		}
		return addEntry(tx, org, entry)
	})
}

// SetLink implements progress.AssessmentStore.
func (db *DB) SetLink(ctx context.Context, org progress.OrgID, id progress.CandidateID, hash string, until time.Time, revokedAt *time.Time, entry progress.AuditEntry) error {
	return db.write(ctx, "set link", func(tx *gorm.DB) error {
		res := tx.Exec("UPDATE candidates SET token_hash = CASE WHEN ? = '' THEN token_hash ELSE ? END, link_until = ?, revoked_at = ? WHERE org_id = ? AND id = ? AND erased_at IS NULL",
			hash, hash, ms(until), msp(revokedAt), org, id)
		if res.Error != nil {
			return res.Error
		}
		if res.RowsAffected == 0 {
			return progress.ErrNotFound
		}
		if revokedAt != nil {
			if err := tx.Exec("DELETE FROM sessions WHERE org_id = ? AND learner_id IN (SELECT learner_id FROM candidates WHERE org_id = ? AND id = ?)", org, org, id).Error; err != nil {
				return err
			}
		}
		return addEntry(tx, org, &entry)
	})
}

// SetAccommodation implements progress.AssessmentStore.
func (db *DB) SetAccommodation(ctx context.Context, org progress.OrgID, id progress.CandidateID, extraPercent, extraBreaks int, entry progress.AuditEntry) error {
	return db.onCandidate(ctx, "set accommodation", org, id, &entry, "extra_percent = ?, extra_breaks = ?", extraPercent, extraBreaks)
}

// SetEraseOn implements progress.AssessmentStore.
func (db *DB) SetEraseOn(ctx context.Context, org progress.OrgID, id progress.CandidateID, on time.Time) error {
	return db.onCandidate(ctx, "set day of erasing", org, id, nil, "erase_on = ?", ms(on))
}

// ConsentCandidate implements progress.AssessmentStore.
func (db *DB) ConsentCandidate(ctx context.Context, org progress.OrgID, id progress.CandidateID, hidden progress.Learner, when time.Time, hash string) (progress.Candidate, error) {
	row := rowOfLearner(org, hidden, "")
	err := db.write(ctx, "consent", func(tx *gorm.DB) error {
		// Two windows that agree at once take turns at the candidate's row.
		res := tx.Exec("UPDATE candidates SET name = name WHERE org_id = ? AND id = ? AND erased_at IS NULL", org, id)
		if res.Error != nil {
			return res.Error
		}
		if res.RowsAffected == 0 {
			return progress.ErrNotFound
		}
		var before candidateRow
		if err := tx.Where("org_id = ? AND id = ?", org, id).Take(&before).Error; err != nil || before.LearnerID != nil {
			return err
		}
		if err := tx.Create(&row).Error; err != nil {
			return err
		}
		if err := tx.Exec("UPDATE candidates SET learner_id = ?, consent_at = ?, consent_hash = ? WHERE org_id = ? AND id = ?", hidden.ID, ms(when), hash, org, id).Error; err != nil {
			return err
		}
		return announce(tx, org, progress.CandidateConsented, string(id), "", when)
	})
	if err != nil {
		return progress.Candidate{}, err
	}
	return db.Candidate(ctx, org, id)
}

type eventRow struct {
	ID          string `gorm:"primaryKey"`
	OrgID       string
	CandidateID string
	SittingID   string
	ClientKey   string
	At          int64
	Kind        string
	Seconds     int
	Detail      string
}

func (eventRow) TableName() string { return "candidate_events" }

func (r eventRow) event() progress.CandidateEvent {
	return progress.CandidateEvent{
		ID: progress.EventID(r.ID), Candidate: progress.CandidateID(r.CandidateID), Sitting: progress.SittingID(r.SittingID), ClientKey: r.ClientKey, At: at(r.At),
		Kind: progress.EventKind(r.Kind), Seconds: r.Seconds, Detail: r.Detail,
	}
}

// AddCandidateEvents implements progress.AssessmentStore.
func (db *DB) AddCandidateEvents(ctx context.Context, org progress.OrgID, es []progress.CandidateEvent) error {
	return db.write(ctx, "add events", func(tx *gorm.DB) error {
		for _, e := range es {
			if err := db.found(tx, "candidates", "org_id = ? AND id = ? AND erased_at IS NULL", org, e.Candidate); err != nil {
				return err
			}
			err := tx.Exec(`INSERT INTO candidate_events (id, org_id, candidate_id, sitting_id, client_key, at, kind, seconds, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
				ON CONFLICT (candidate_id, client_key) DO NOTHING`, e.ID, org, e.Candidate, e.Sitting, e.ClientKey, ms(e.At), e.Kind, e.Seconds, e.Detail).Error
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// CandidateEvents implements progress.AssessmentStore.
func (db *DB) CandidateEvents(ctx context.Context, org progress.OrgID, id progress.CandidateID) ([]progress.CandidateEvent, error) {
	rows, err := queryOf[eventRow](db.read).Where("org_id = ? AND candidate_id = ?", org, id).Order("at, id").Find(ctx)
	if err != nil || len(rows) == 0 {
		return nil, db.wrap("list events", err)
	}
	return mapped(rows, eventRow.event), nil
}

// EraseCandidate implements progress.AssessmentStore.
func (db *DB) EraseCandidate(ctx context.Context, org progress.OrgID, id progress.CandidateID, when time.Time, scrub progress.Scrubber, entry progress.AuditEntry) error {
	return db.write(ctx, "erase candidate", func(tx *gorm.DB) error {
		var row candidateRow
		if err := tx.Where("org_id = ? AND id = ?", org, id).Take(&row).Error; err != nil {
			return err
		}
		dropped, err := dropPreviewOf(tx, org, row.AssessmentID)
		if err != nil {
			return err
		}
		if dropped {
			return addEntry(tx, org, &entry)
		}
		if err := foldCandidateGroup(tx, org, id); err != nil {
			return err
		}
		if err := each(tx, []step{
			{"UPDATE candidates SET name = '', email = '', ref = '', token_hash = NULL, erased_at = COALESCE(erased_at, ?) WHERE org_id = ? AND id = ?", []any{ms(when), org, id}},
			{"DELETE FROM candidate_events WHERE org_id = ? AND candidate_id = ?", []any{org, id}},
			{"UPDATE credentials SET jwt = '', reason = '', revoked_by = '', erased_at = COALESCE(erased_at, ?) WHERE org_id = ? AND candidate_id = ?", []any{ms(when), org, id}},
		}); err != nil {
			return err
		}
		if row.LearnerID != nil {
			if err := eraseLearner(tx, org, progress.LearnerID(*row.LearnerID), when, scrub); err != nil {
				return err
			}
		}
		// Replies that are kept for programs which ask twice may name the person; what erased them once is told once.
		if err := tx.Exec("DELETE FROM api_replies WHERE org_id = ? AND assessment_id = ?", org, row.AssessmentID).Error; err != nil {
			return err
		}
		if err := announce(tx, org, progress.CandidateWasErased, string(id), "", when); err != nil {
			return err
		}
		return addEntry(tx, org, &entry)
	})
}

// DueCandidates implements progress.AssessmentStore.
func (db *DB) DueCandidates(ctx context.Context, before time.Time, limit int) ([]progress.CandidateRef, error) {
	rows, err := queryOf[candidateRow](db.read).Select("id, org_id").Where("erased_at IS NULL AND erase_on < ?", ms(before)).Order("erase_on, id").Limit(limit).Find(ctx)
	if err != nil {
		return nil, db.wrap("list candidates to be erased", err)
	}
	var out []progress.CandidateRef
	for _, r := range rows {
		out = append(out, progress.CandidateRef{Org: progress.OrgID(r.OrgID), ID: progress.CandidateID(r.ID)})
	}
	return out, nil
}
