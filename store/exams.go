package store

import (
	"context"
	"slices"
	"strings"

	"gorm.io/gorm"

	"crosswalk/progress"
)

type composedRow struct {
	ID        string `gorm:"primaryKey"`
	OrgID     string
	OwnerID   string
	Exam      string
	Revision  int
	Name      string
	Body      string
	CreatedAt int64 `gorm:"autoCreateTime:false"`
	RetiredAt *int64
}

func (composedRow) TableName() string { return "composed_exams" }

func (r composedRow) composed() progress.ComposedExam {
	return progress.ComposedExam{
		ID: r.ID, Org: progress.OrgID(r.OrgID), Owner: progress.LearnerID(r.OwnerID), Exam: r.Exam, Revision: r.Revision, Name: r.Name, Body: r.Body,
		CreatedAt: at(r.CreatedAt), RetiredAt: atp(r.RetiredAt),
	}
}

// here answers ErrNotFound unless the learner is of the organisation and not erased, and keeps it so until the transaction is committed.
func (db *DB) here(tx *gorm.DB, org progress.OrgID, l progress.LearnerID) error {
	return db.found(tx, "learners", "org_id = ? AND id = ? AND erased_at IS NULL", org, l)
}

// found answers ErrNotFound unless the table has such a row, which then stays as it is until the transaction is committed. It writes the
// row: a change on another connection that began before, and does not see what this one adds, is then refused and run again.
func (db *DB) found(tx *gorm.DB, table, where string, args ...any) error {
	res := tx.Exec("UPDATE "+table+" SET org_id = org_id WHERE "+where, args...)
	if res.Error == nil && res.RowsAffected == 0 {
		return progress.ErrNotFound
	}
	return res.Error
}

// AddComposed implements progress.ExamStore.
func (db *DB) AddComposed(ctx context.Context, org progress.OrgID, e progress.ComposedExam, entry progress.AuditEntry) error {
	row := composedRow{
		ID: e.ID, OrgID: string(org), OwnerID: string(e.Owner), Exam: e.Exam, Revision: e.Revision, Name: e.Name, Body: e.Body, CreatedAt: ms(e.CreatedAt),
	}
	return db.write(ctx, "add composed exam", func(tx *gorm.DB) error {
		var last []composedRow
		if err := tx.Where("org_id = ? AND exam = ?", org, e.Exam).Order("revision DESC").Limit(1).Find(&last).Error; err != nil {
			return err
		}
		newest := 0
		if len(last) > 0 {
			newest = last[0].Revision
			if err := db.found(tx, "composed_exams", "id = ?", last[0].ID); err != nil {
				return err
			}
		}
		switch {
		case newest != e.Revision-1, newest > 0 && last[0].OwnerID != row.OwnerID:
			return progress.ErrDuplicate
		case newest > 0 && last[0].RetiredAt != nil:
			return progress.ErrNotFound
		}
		if err := db.here(tx, org, e.Owner); err != nil {
			return err
		}
		if err := tx.Create(&row).Error; err != nil {
			return err
		}
		return addEntry(tx, org, &entry)
	})
}

// ComposedExams implements progress.ExamStore.
func (db *DB) ComposedExams(ctx context.Context, org progress.OrgID, owner progress.LearnerID) ([]progress.ComposedExam, error) {
	where, args := "org_id = ? AND revision = (SELECT MAX(x.revision) FROM composed_exams x WHERE x.org_id = composed_exams.org_id AND x.exam = composed_exams.exam)", []any{org}
	if owner != "" {
		where, args = where+" AND owner_id = ?", append(args, owner)
	}
	rows, err := queryOf[composedRow](db.read).Where(where, args...).Find(ctx)
	if err != nil {
		return nil, db.wrap("list composed exams", err)
	}
	var out []progress.ComposedExam
	for _, r := range rows {
		out = append(out, r.composed())
	}
	slices.SortFunc(out, func(a, b progress.ComposedExam) int { return strings.Compare(a.Exam, b.Exam) }) // as bytes, whatever the database's collation
	return out, nil
}

// ComposedExam implements progress.ExamStore.
func (db *DB) ComposedExam(ctx context.Context, org progress.OrgID, exam string) (progress.ComposedExam, error) {
	rows, err := queryOf[composedRow](db.read).Where("org_id = ? AND exam = ?", org, exam).Order("revision DESC").Limit(1).Find(ctx)
	if err == nil && len(rows) == 0 {
		err = gorm.ErrRecordNotFound
	}
	if err != nil {
		return progress.ComposedExam{}, db.wrap("composed exam", err)
	}
	return rows[0].composed(), nil
}

// RetireComposed implements progress.ExamStore.
func (db *DB) RetireComposed(ctx context.Context, org progress.OrgID, exam string, entry progress.AuditEntry) error {
	return db.write(ctx, "retire composed exam", func(tx *gorm.DB) error {
		res := tx.Exec("UPDATE composed_exams SET retired_at = COALESCE(retired_at, ?) WHERE org_id = ? AND exam = ?", ms(entry.At), org, exam)
		if res.Error != nil {
			return res.Error
		}
		if res.RowsAffected == 0 {
			return progress.ErrNotFound
		}
		return addEntry(tx, org, &entry)
	})
}

type examRuleRow struct {
	ID           string `gorm:"primaryKey"`
	OrgID        string
	OwnerID      string
	Exam         string
	Kind         string
	Ref          string
	ExtraPercent *int
	Attempts     *int
	OpensAt      *int64
	ClosesAt     *int64
	ResultsAt    *int64
	CreatedAt    int64 `gorm:"autoCreateTime:false"`
}

func (examRuleRow) TableName() string { return "exam_rules" }

func rulesOf(rows []examRuleRow) []progress.ExamRule {
	var out []progress.ExamRule
	for _, r := range rows {
		out = append(out, progress.ExamRule{
			ID: progress.RuleID(r.ID), Org: progress.OrgID(r.OrgID), Owner: progress.LearnerID(r.OwnerID), Exam: r.Exam, Kind: progress.RuleKind(r.Kind), Ref: r.Ref,
			ExtraPercent: r.ExtraPercent, Attempts: r.Attempts, OpensAt: atp(r.OpensAt), ClosesAt: atp(r.ClosesAt), ResultsAt: atp(r.ResultsAt), CreatedAt: at(r.CreatedAt),
		})
	}
	return out
}

// SaveRule implements progress.ExamStore.
func (db *DB) SaveRule(ctx context.Context, org progress.OrgID, r progress.ExamRule, entry progress.AuditEntry) error {
	return db.write(ctx, "save exam rule", func(tx *gorm.DB) error {
		if err := db.saveRule(tx, org, r); err != nil {
			return err
		}
		return addEntry(tx, org, &entry)
	})
}

// saveRule puts a rule in its place, unless another's is there.
func (db *DB) saveRule(tx *gorm.DB, org progress.OrgID, r progress.ExamRule) error {
	if err := db.here(tx, org, r.Owner); err != nil {
		return err
	}
	var err error
	switch r.Kind {
	case progress.RuleForPerson:
		err = db.here(tx, org, progress.LearnerID(r.Ref))
	case progress.RuleForCohort:
		err = db.found(tx, "cohorts", "org_id = ? AND id = ? AND closed_at IS NULL", org, r.Ref)
	}
	if err != nil {
		return err
	}
	res := tx.Exec(`INSERT INTO exam_rules (id, org_id, owner_id, exam, kind, ref, extra_percent, attempts, opens_at, closes_at, results_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (org_id, exam, kind, ref) DO UPDATE SET id = excluded.id, extra_percent = excluded.extra_percent, attempts = excluded.attempts, opens_at = excluded.opens_at,
			closes_at = excluded.closes_at, results_at = excluded.results_at, created_at = excluded.created_at
		WHERE exam_rules.owner_id = excluded.owner_id`,
		r.ID, org, r.Owner, r.Exam, r.Kind, r.Ref, r.ExtraPercent, r.Attempts, msp(r.OpensAt), msp(r.ClosesAt), msp(r.ResultsAt), ms(r.CreatedAt))
	if res.Error == nil && res.RowsAffected == 0 {
		return progress.ErrDuplicate
	}
	return res.Error
}

// DropRule implements progress.ExamStore.
func (db *DB) DropRule(ctx context.Context, org progress.OrgID, id progress.RuleID, entry progress.AuditEntry) error {
	return db.write(ctx, "drop exam rule", func(tx *gorm.DB) error {
		res := tx.Exec("DELETE FROM exam_rules WHERE org_id = ? AND id = ?", org, id)
		if res.Error != nil {
			return res.Error
		}
		if res.RowsAffected == 0 {
			return progress.ErrNotFound
		}
		return addEntry(tx, org, &entry)
	})
}

// Rules implements progress.ExamStore.
func (db *DB) Rules(ctx context.Context, org progress.OrgID, owner progress.LearnerID) ([]progress.ExamRule, error) {
	where, args := "org_id = ?", []any{org}
	if owner != "" {
		where, args = where+" AND owner_id = ?", append(args, owner)
	}
	rows, err := queryOf[examRuleRow](db.read).Where(where, args...).Order("id").Find(ctx)
	return rulesOf(rows), db.wrap("list exam rules", err)
}

// RulesFor implements progress.ExamStore.
func (db *DB) RulesFor(ctx context.Context, org progress.OrgID, l progress.LearnerID) ([]progress.ExamRule, error) {
	rows, err := queryOf[examRuleRow](db.read).Where(`org_id = ? AND (kind = ? OR (kind = ? AND ref = ?) OR (kind = ? AND ref IN
		(SELECT m.cohort_id FROM cohort_members m JOIN cohorts c ON c.id = m.cohort_id WHERE m.org_id = ? AND m.learner_id = ? AND c.closed_at IS NULL)))`,
		org, progress.RuleForEveryone, progress.RuleForPerson, l, progress.RuleForCohort, org, l).Order("id").Find(ctx)
	return rulesOf(rows), db.wrap("list a learner's exam rules", err)
}

// eraseExams takes a person out of cohorts, with the rules made for them and their words in disputes. The exams that they composed are retired.
func eraseExams(tx *gorm.DB, org progress.OrgID, l progress.LearnerID, when int64) error {
	return each(tx, []step{
		{`DELETE FROM cohort_members WHERE org_id = ? AND learner_id = ?`, []any{org, l}},
		{`DELETE FROM exam_rules WHERE org_id = ? AND kind = ? AND ref = ?`, []any{org, progress.RuleForPerson, l}},
		{`UPDATE disputes SET reason = '', citation = '', answer = '' WHERE org_id = ? AND learner_id = ?`, []any{org, l}},
		{`UPDATE composed_exams SET retired_at = COALESCE(retired_at, ?) WHERE org_id = ? AND owner_id = ?`, []any{when, org, l}},
	})
}

// mergeExams hands a guest's places in cohorts, rules and disputes over to an account. A rule that the account has stays as it is.
func mergeExams(tx *gorm.DB, org progress.OrgID, guest, into progress.LearnerID) error {
	return each(tx, []step{
		{`DELETE FROM cohort_members WHERE org_id = ? AND learner_id = ? AND cohort_id IN (SELECT cohort_id FROM cohort_members WHERE org_id = ? AND learner_id = ?)`, []any{org, guest, org, into}},
		{`UPDATE cohort_members SET learner_id = ? WHERE org_id = ? AND learner_id = ?`, []any{into, org, guest}},
		{`DELETE FROM exam_rules WHERE org_id = ? AND kind = ? AND ref = ? AND exam IN (SELECT exam FROM exam_rules WHERE org_id = ? AND kind = ? AND ref = ?)`,
			[]any{org, progress.RuleForPerson, guest, org, progress.RuleForPerson, into}},
		{`UPDATE exam_rules SET ref = ? WHERE org_id = ? AND kind = ? AND ref = ?`, []any{into, org, progress.RuleForPerson, guest}},
		{`UPDATE disputes SET learner_id = ? WHERE org_id = ? AND learner_id = ?`, []any{into, org, guest}},
	})
}

// step is a statement with its arguments.
type step struct {
	sql  string
	args []any
}

func each(tx *gorm.DB, steps []step) error {
	for _, s := range steps {
		if err := tx.Exec(s.sql, s.args...).Error; err != nil {
			return err
		}
	}
	return nil
}
