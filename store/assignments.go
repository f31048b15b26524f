package store

import (
	"context"

	"gorm.io/gorm"

	"crosswalk/progress"
)

type assignmentRow struct {
	ID        string `gorm:"primaryKey"`
	OrgID     string
	CohortID  string
	ClientKey string
	Kind      string
	Ref       string
	Amount    int
	Counts    string
	Attempts  *int
	OpensAt   int64
	DueAt     *int64
	ClosesAt  *int64
	CreatedAt int64 `gorm:"autoCreateTime:false"`
}

func (assignmentRow) TableName() string { return "assignments" }

func (r assignmentRow) assignment() progress.Assignment {
	return progress.Assignment{
		ID: progress.AssignmentID(r.ID), Org: progress.OrgID(r.OrgID), Cohort: progress.CohortID(r.CohortID), ClientKey: r.ClientKey, Kind: progress.AssignmentKind(r.Kind), Ref: r.Ref,
		Amount: r.Amount, Counts: progress.Counting(r.Counts), Attempts: r.Attempts, OpensAt: at(r.OpensAt), DueAt: atp(r.DueAt), ClosesAt: atp(r.ClosesAt), CreatedAt: at(r.CreatedAt),
	}
}

// withRule puts the rule of an exam in its place, and takes one away, as part of what they belong to.
func (db *DB) withRule(tx *gorm.DB, org progress.OrgID, rule *progress.ExamRule, drop progress.RuleID) error {
	if drop != "" {
		if err := tx.Exec("DELETE FROM exam_rules WHERE org_id = ? AND id = ?", org, drop).Error; err != nil {
			return err
		}
	}
	if rule == nil {
		return nil
	}
	return db.saveRule(tx, org, *rule)
}

// SaveAssignment implements progress.ClassStore.
func (db *DB) SaveAssignment(ctx context.Context, org progress.OrgID, x progress.Assignment, rule *progress.ExamRule, drop progress.RuleID, entry progress.AuditEntry) error {
	return db.write(ctx, "save assignment", func(tx *gorm.DB) error {
		if err := db.found(tx, "cohorts", "org_id = ? AND id = ?", org, x.Cohort); err != nil {
			return err
		}
		err := tx.Exec(`INSERT INTO assignments (id, org_id, cohort_id, client_key, kind, ref, amount, counts, attempts, opens_at, due_at, closes_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET amount = excluded.amount, counts = excluded.counts, attempts = excluded.attempts, opens_at = excluded.opens_at, due_at = excluded.due_at, closes_at = excluded.closes_at`,
			x.ID, org, x.Cohort, x.ClientKey, x.Kind, x.Ref, x.Amount, x.Counts, x.Attempts, ms(x.OpensAt), msp(x.DueAt), msp(x.ClosesAt), ms(x.CreatedAt)).Error
		if err != nil {
			return err
		}
		if err := db.withRule(tx, org, rule, drop); err != nil {
			return err
		}
		return addEntry(tx, org, &entry)
	})
}

// DropAssignment implements progress.ClassStore.
func (db *DB) DropAssignment(ctx context.Context, org progress.OrgID, id progress.AssignmentID, drop progress.RuleID, entry progress.AuditEntry) error {
	return db.write(ctx, "drop assignment", func(tx *gorm.DB) error {
		if err := db.found(tx, "assignments", "org_id = ? AND id = ?", org, id); err != nil {
			return err
		}
		if err := each(tx, []step{
			{"DELETE FROM assignment_terms WHERE org_id = ? AND assignment_id = ?", []any{org, id}},
			{"DELETE FROM assignments WHERE org_id = ? AND id = ?", []any{org, id}},
		}); err != nil {
			return err
		}
		if err := db.withRule(tx, org, nil, drop); err != nil {
			return err
		}
		return addEntry(tx, org, &entry)
	})
}

// Assignment implements progress.ClassStore.
func (db *DB) Assignment(ctx context.Context, org progress.OrgID, id progress.AssignmentID) (progress.Assignment, error) {
	r, err := queryOf[assignmentRow](db.read).Where("org_id = ? AND id = ?", org, id).Take(ctx)
	if err != nil {
		return progress.Assignment{}, db.wrap("assignment", err)
	}
	return r.assignment(), nil
}

// Assignments implements progress.ClassStore.
func (db *DB) Assignments(ctx context.Context, org progress.OrgID, c progress.CohortID) ([]progress.Assignment, error) {
	rows, err := queryOf[assignmentRow](db.read).Where("org_id = ? AND cohort_id = ?", org, c).Order("opens_at, id").Find(ctx)
	return mapped(rows, assignmentRow.assignment), db.wrap("list assignments", err)
}

type termsRow struct {
	AssignmentID string `gorm:"primaryKey"`
	OrgID        string
	LearnerID    string `gorm:"primaryKey"`
	Attempts     *int
	DueAt        *int64
	ClosesAt     *int64
}

func (termsRow) TableName() string { return "assignment_terms" }

func (r termsRow) terms() progress.AssignmentTerms {
	return progress.AssignmentTerms{Assignment: progress.AssignmentID(r.AssignmentID), Learner: progress.LearnerID(r.LearnerID), Attempts: r.Attempts, DueAt: atp(r.DueAt), ClosesAt: atp(r.ClosesAt)}
}

// SetTerms implements progress.ClassStore.
func (db *DB) SetTerms(ctx context.Context, org progress.OrgID, t progress.AssignmentTerms, rule *progress.ExamRule, drop progress.RuleID, entry progress.AuditEntry) error {
	return db.write(ctx, "set terms", func(tx *gorm.DB) error {
		if err := db.found(tx, "assignments", "org_id = ? AND id = ?", org, t.Assignment); err != nil {
			return err
		}
		if err := db.here(tx, org, t.Learner); err != nil {
			return err
		}
		var err error
		if t.Attempts == nil && t.DueAt == nil && t.ClosesAt == nil {
			err = tx.Exec("DELETE FROM assignment_terms WHERE org_id = ? AND assignment_id = ? AND learner_id = ?", org, t.Assignment, t.Learner).Error
		} else {
			err = tx.Exec(`INSERT INTO assignment_terms (assignment_id, org_id, learner_id, attempts, due_at, closes_at) VALUES (?, ?, ?, ?, ?, ?)
				ON CONFLICT (assignment_id, learner_id) DO UPDATE SET attempts = excluded.attempts, due_at = excluded.due_at, closes_at = excluded.closes_at`,
				t.Assignment, org, t.Learner, t.Attempts, msp(t.DueAt), msp(t.ClosesAt)).Error
		}
		if err != nil {
			return err
		}
		if err := db.withRule(tx, org, rule, drop); err != nil {
			return err
		}
		return addEntry(tx, org, &entry)
	})
}

// TermsOf implements progress.ClassStore.
func (db *DB) TermsOf(ctx context.Context, org progress.OrgID, c progress.CohortID) ([]progress.AssignmentTerms, error) {
	rows, err := queryOf[termsRow](db.read).Where("org_id = ? AND assignment_id IN (SELECT id FROM assignments WHERE org_id = ? AND cohort_id = ?)", org, org, c).Order("assignment_id, learner_id").Find(ctx)
	return mapped(rows, termsRow.terms), db.wrap("list terms", err)
}

// TermsFor implements progress.ClassStore.
func (db *DB) TermsFor(ctx context.Context, org progress.OrgID, l progress.LearnerID) ([]progress.AssignmentTerms, error) {
	rows, err := queryOf[termsRow](db.read).Where("org_id = ? AND learner_id = ?", org, l).Order("assignment_id").Find(ctx)
	return mapped(rows, termsRow.terms), db.wrap("list terms", err)
}

// eraseClasses takes a person out of what classes hold: invitations to and by them, terms, and the messages on their results and by them.
func eraseClasses(tx *gorm.DB, org progress.OrgID, l progress.LearnerID) error {
	return each(tx, []step{
		// The e-mail is still there: this comes first.
		{`DELETE FROM cohort_invites WHERE org_id = ? AND (made_by = ? OR email <> '' AND email = (SELECT email FROM learners WHERE org_id = ? AND id = ?))`, []any{org, l, org, l}},
		{`DELETE FROM assignment_terms WHERE org_id = ? AND learner_id = ?`, []any{org, l}},
		{`DELETE FROM messages WHERE org_id = ? AND (learner_id = ? OR author_id = ?)`, []any{org, l, l}},
		{`DELETE FROM message_marks WHERE org_id = ? AND reader_id = ?`, []any{org, l}},
	})
}

// mergeClasses hands terms and messages of a guest over to an account. Terms that the account has stay as they are.
func mergeClasses(tx *gorm.DB, org progress.OrgID, guest, into progress.LearnerID) error {
	return each(tx, []step{
		{`DELETE FROM assignment_terms WHERE org_id = ? AND learner_id = ? AND assignment_id IN (SELECT assignment_id FROM assignment_terms WHERE org_id = ? AND learner_id = ?)`, []any{org, guest, org, into}},
		{`UPDATE assignment_terms SET learner_id = ? WHERE org_id = ? AND learner_id = ?`, []any{into, org, guest}},
		{`UPDATE messages SET client_key = client_key || ':' || id WHERE org_id = ? AND author_id = ? AND client_key IN (SELECT client_key FROM messages WHERE org_id = ? AND author_id = ?)`, []any{org, guest, org, into}},
		{`UPDATE messages SET author_id = ? WHERE org_id = ? AND author_id = ?`, []any{into, org, guest}},
		{`UPDATE messages SET learner_id = ? WHERE org_id = ? AND learner_id = ?`, []any{into, org, guest}},
		{`DELETE FROM message_marks WHERE org_id = ? AND reader_id = ? AND about IN (SELECT about FROM message_marks WHERE org_id = ? AND reader_id = ?)`, []any{org, guest, org, into}},
		{`UPDATE message_marks SET reader_id = ? WHERE org_id = ? AND reader_id = ?`, []any{into, org, guest}},
	})
}
