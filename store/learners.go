package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"crosswalk/progress"
)

type learnerRow struct {
	ID         string `gorm:"primaryKey"`
	OrgID      string
	Role       string
	Name       string
	Email      *string
	Passphrase string
	Guest      int
	Zone       string
	CreatedAt  int64 `gorm:"autoCreateTime:false"`
	ErasedAt   *int64
	MergedInto *string
}

func (learnerRow) TableName() string { return "learners" }

func rowOfLearner(org progress.OrgID, l progress.Learner, hash string) learnerRow {
	r := learnerRow{
		ID: string(l.ID), OrgID: string(org), Role: string(l.Role), Name: l.Name, Passphrase: hash, Guest: bit(l.Guest), Zone: l.Zone,
		CreatedAt: ms(l.CreatedAt), ErasedAt: msp(l.ErasedAt),
	}
	if l.Email != "" {
		r.Email = &l.Email
	}
	return r
}

func (r learnerRow) learner() progress.Learner {
	l := progress.Learner{
		ID: progress.LearnerID(r.ID), Org: progress.OrgID(r.OrgID), Role: progress.Role(r.Role), Name: r.Name, Guest: r.Guest == 1, Zone: r.Zone,
		CreatedAt: at(r.CreatedAt), ErasedAt: atp(r.ErasedAt),
	}
	if r.Email != nil {
		l.Email = *r.Email
	}
	return l
}

// AddLearner implements progress.AccountStore.
func (db *DB) AddLearner(ctx context.Context, org progress.OrgID, l progress.Learner, hash string, first *progress.StoredSession, entry *progress.AuditEntry) error {
	row := rowOfLearner(org, l, hash)
	return db.write(ctx, "add learner", func(tx *gorm.DB) error {
		if err := tx.Create(&row).Error; err != nil {
			return err
		}
		if first != nil {
			if err := addSession(tx, org, *first); err != nil {
				return err
			}
		}
		if err := acceptInvites(tx, org, l, ms(l.CreatedAt)); err != nil {
			return err
		}
		return addEntry(tx, org, entry)
	})
}

// Promote implements progress.AccountStore.
func (db *DB) Promote(ctx context.Context, org progress.OrgID, l progress.Learner, hash string, first progress.StoredSession) error {
	return db.write(ctx, "promote guest", func(tx *gorm.DB) error {
		res := tx.Exec(`UPDATE learners SET role = ?, name = ?, email = ?, passphrase = ?, guest = 0, zone = ? WHERE org_id = ? AND id = ? AND guest = 1 AND erased_at IS NULL`,
			l.Role, l.Name, l.Email, hash, l.Zone, org, l.ID)
		if res.Error != nil {
			return res.Error
		}
		if res.RowsAffected == 0 {
			return progress.ErrNotFound
		}
		if err := endSessions(tx, org, l.ID); err != nil {
			return err
		}
		if err := acceptInvites(tx, org, l, ms(first.CreatedAt)); err != nil {
			return err
		}
		return addSession(tx, org, first)
	})
}

// Learner implements progress.AccountStore.
func (db *DB) Learner(ctx context.Context, org progress.OrgID, id progress.LearnerID) (progress.Learner, error) {
	l, _, err := db.CredentialsOf(ctx, org, id)
	return l, err
}

// Credentials implements progress.AccountStore.
func (db *DB) Credentials(ctx context.Context, org progress.OrgID, email string) (progress.Learner, string, error) {
	r, err := queryOf[learnerRow](db.read).Where("org_id = ? AND email = ?", org, email).Take(ctx)
	return r.learner(), r.Passphrase, db.wrap("look up account", err)
}

// CredentialsOf implements progress.AccountStore.
func (db *DB) CredentialsOf(ctx context.Context, org progress.OrgID, id progress.LearnerID) (progress.Learner, string, error) {
	r, err := queryOf[learnerRow](db.read).Where("org_id = ? AND id = ?", org, id).Take(ctx)
	return r.learner(), r.Passphrase, db.wrap("look up learner", err)
}

// SetHash implements progress.AccountStore.
func (db *DB) SetHash(ctx context.Context, org progress.OrgID, id progress.LearnerID, hash string, end bool, next *progress.StoredSession, entry *progress.AuditEntry) error {
	return db.write(ctx, "set passphrase", func(tx *gorm.DB) error {
		res := tx.Exec(`UPDATE learners SET passphrase = ? WHERE org_id = ? AND id = ? AND guest = 0 AND erased_at IS NULL`, hash, org, id)
		if res.Error != nil {
			return res.Error
		}
		if res.RowsAffected == 0 {
			return progress.ErrNotFound
		}
		if end {
			if err := endSessions(tx, org, id); err != nil {
				return err
			}
		}
		if next != nil {
			if err := addSession(tx, org, *next); err != nil {
				return err
			}
		}
		return addEntry(tx, org, entry)
	})
}

// likeText escapes what has a meaning in LIKE; the statement says ESCAPE '\'.
var likeText = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// Learners implements progress.AccountStore.
func (db *DB) Learners(ctx context.Context, org progress.OrgID, f progress.UserFilter) ([]progress.Learner, int, error) {
	where, args := []string{"org_id = ?", "erased_at IS NULL"}, []any{org}
	add := func(cond string, a ...any) { where, args = append(where, cond), append(args, a...) }
	if f.Role != "" {
		add("role = ?", f.Role)
	} else {
		add("role <> ?", progress.RoleCandidate)
	}
	if !f.WithGuests {
		add("guest = 0")
	}
	if f.Teacher != "" {
		add(`(NOT EXISTS (SELECT 1 FROM cohort_members m WHERE m.org_id = learners.org_id AND m.learner_id = learners.id) OR EXISTS
			(SELECT 1 FROM cohort_members m JOIN cohorts c ON c.id = m.cohort_id WHERE m.org_id = learners.org_id AND m.learner_id = learners.id AND c.owner_id = ?))`, f.Teacher)
	}
	if f.Text != "" {
		like := "%" + likeText.Replace(strings.ToLower(f.Text)) + "%"
		add(`(LOWER(name) LIKE ? ESCAPE '\' OR email LIKE ? ESCAPE '\')`, like, like)
	}
	total, err := queryOf[learnerRow](db.read).Where(strings.Join(where, " AND "), args...).Count(ctx)
	if err != nil {
		return nil, 0, db.wrap("count learners", err)
	}
	if f.After != "" {
		add("id > ?", f.After)
	}
	q := queryOf[learnerRow](db.read).Where(strings.Join(where, " AND "), args...).Order("id")
	if f.Limit > 0 {
		q = q.Limit(f.Limit)
	}
	rows, err := q.Find(ctx)
	if err != nil {
		return nil, 0, db.wrap("list learners", err)
	}
	return mapped(rows, learnerRow.learner), int(total), nil
}

// AnyLearner implements progress.AccountStore.
func (db *DB) AnyLearner(ctx context.Context) (bool, error) {
	rows, err := queryOf[learnerRow](db.read).Select("id").Limit(1).Find(ctx)
	return len(rows) > 0, db.wrap("look for learners", err)
}

// Erase implements progress.AccountStore.
func (db *DB) Erase(ctx context.Context, org progress.OrgID, id progress.LearnerID, when time.Time, scrub progress.Scrubber, entry progress.AuditEntry) error {
	return db.write(ctx, "erase learner", func(tx *gorm.DB) error {
		if err := eraseLearner(tx, org, id, when, scrub); err != nil {
			return err
		}
		return addEntry(tx, org, &entry)
	})
}

// ownTables have what is a learner's own and goes whole when the learner is erased.
var ownTables = []string{"sessions", "drafts", "lesson_marks", "book_notes", "reviews", "goals", "placements", "plans", "fits"}

// eraseLearner is Erase as a part of something greater.
func eraseLearner(tx *gorm.DB, org progress.OrgID, id progress.LearnerID, when time.Time, scrub progress.Scrubber) error {
	if err := eraseClasses(tx, org, id); err != nil {
		return err
	}
	res := tx.Exec(`UPDATE learners SET name = '', email = NULL, passphrase = '', zone = 'UTC', erased_at = COALESCE(erased_at, ?) WHERE org_id = ? AND id = ?`, ms(when), org, id)
	if res.Error != nil {
		return res.Error
	}
	if res.RowsAffected == 0 {
		return progress.ErrNotFound
	}
	for _, table := range ownTables {
		if err := tx.Exec("DELETE FROM "+table+" WHERE org_id = ? AND learner_id = ?", org, id).Error; err != nil {
			return err
		}
	}
	if err := erasePolicies(tx, org, id, ms(when)); err != nil {
		return err
	}
	if err := eraseSittings(tx, org, id); err != nil {
		return err
	}
	if err := eraseExams(tx, org, id, ms(when)); err != nil {
		return err
	}
	if err := scrubAttempts(tx, org, id, scrub); err != nil {
		return err
	}
	if err := eraseOverrides(tx, org, id, scrub); err != nil {
		return err
	}
	if err := eraseAssessments(tx, org, id, ms(when)); err != nil {
		return err
	}
	if err := eraseHireAPI(tx, org, id); err != nil {
		return err
	}
	return pastChanged(tx, org, id)
}

// eraseOverrides takes the words off what was decided by hand on a learner's answers, and free text out of the grader's results that are
// kept with it; what was decided stays.
func eraseOverrides(tx *gorm.DB, org progress.OrgID, id progress.LearnerID, scrub progress.Scrubber) error {
	var rows []struct {
		ID, Kind string
		Override *string
	}
	if err := tx.Raw("SELECT g.id, a.kind, g.override FROM attempts a JOIN gradings g ON g.attempt_id = a.id WHERE a.org_id = ? AND a.learner_id = ? AND g.override IS NOT NULL", org, id).Scan(&rows).Error; err != nil {
		return err
	}
	for _, r := range rows {
		o := overrideOf(r.Override)
		if o == nil {
			continue
		}
		for i := range o.Lines {
			o.Lines[i].Reason = ""
		}
		if result, had := scrub.Result(progress.ItemKind(r.Kind), o.Result); had {
			o.Result = result
		}
		if err := tx.Exec("UPDATE gradings SET override = ?, reason = '' WHERE org_id = ? AND id = ?", overrideText(o), org, r.ID).Error; err != nil {
			return err
		}
	}
	return nil
}

// scrubAttempts takes free text out of a learner's answers, and out of the results of those answers that had some.
func scrubAttempts(tx *gorm.DB, org progress.OrgID, id progress.LearnerID, scrub progress.Scrubber) error {
	var atts []attemptRow
	if err := tx.Select("id, kind, answer").Where("org_id = ? AND learner_id = ?", org, id).Find(&atts).Error; err != nil {
		return err
	}
	for _, a := range atts {
		kind := progress.ItemKind(a.Kind)
		answer, had := scrub.Answer(kind, []byte(a.Answer))
		if !had {
			continue
		}
		if err := tx.Exec("UPDATE attempts SET answer = ? WHERE org_id = ? AND id = ?", string(answer), org, a.ID).Error; err != nil {
			return err
		}
		for _, table := range []string{"gradings", "policy_gradings"} {
			var gs []gradingRow
			if err := tx.Table(table).Select("id, result").Where("org_id = ? AND attempt_id = ?", org, a.ID).Find(&gs).Error; err != nil {
				return err
			}
			for _, g := range gs {
				if result, had := scrub.Result(kind, []byte(g.Result)); had {
					if err := tx.Exec("UPDATE "+table+" SET result = ? WHERE org_id = ? AND id = ?", string(result), org, g.ID).Error; err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

// merge hands a guest's record over to an account of the same organisation. What is no guest is left alone.
func merge(tx *gorm.DB, org progress.OrgID, guest, into progress.LearnerID, when int64) error {
	res := tx.Exec(`UPDATE learners SET merged_into = ?, erased_at = ?, zone = 'UTC' WHERE org_id = ? AND id = ? AND guest = 1 AND erased_at IS NULL AND id <> ?`, into, when, org, guest, into)
	if res.Error != nil || res.RowsAffected == 0 {
		return res.Error
	}
	steps := []struct {
		sql  string
		args []any
	}{
		// Client keys are made by pages. Should both have used the same one, the guest's gets the attempt's id behind it, so that none is lost.
		{`UPDATE attempts SET client_key = client_key || ':' || id WHERE org_id = ? AND learner_id = ? AND client_key IN (SELECT client_key FROM attempts WHERE org_id = ? AND learner_id = ?)`, []any{org, guest, org, into}},
		{`UPDATE attempts SET learner_id = ? WHERE org_id = ? AND learner_id = ?`, []any{into, org, guest}},
		{`UPDATE drills SET learner_id = ? WHERE org_id = ? AND learner_id = ?`, []any{into, org, guest}},
		{`UPDATE sittings SET client_key = client_key || ':' || id WHERE org_id = ? AND learner_id = ? AND client_key IN (SELECT client_key FROM sittings WHERE org_id = ? AND learner_id = ?)`, []any{org, guest, org, into}},
		{`UPDATE sittings SET learner_id = ? WHERE org_id = ? AND learner_id = ?`, []any{into, org, guest}},
		// Of two drafts of a case the newer stays.
		{`DELETE FROM drafts WHERE org_id = ? AND learner_id = ? AND EXISTS (SELECT 1 FROM drafts g WHERE g.org_id = drafts.org_id AND g.learner_id = ? AND g.item = drafts.item AND g.updated_at > drafts.updated_at)`, []any{org, into, guest}},
		{`DELETE FROM drafts WHERE org_id = ? AND learner_id = ? AND item IN (SELECT item FROM drafts WHERE org_id = ? AND learner_id = ?)`, []any{org, guest, org, into}},
		{`UPDATE drafts SET learner_id = ? WHERE org_id = ? AND learner_id = ?`, []any{into, org, guest}},
	}
	for _, s := range steps {
		if err := tx.Exec(s.sql, s.args...).Error; err != nil {
			return err
		}
	}
	if err := mergeMarks(tx, org, guest, into); err != nil {
		return err
	}
	if err := mergeNotes(tx, org, guest, into, when); err != nil {
		return err
	}
	if err := mergeExams(tx, org, guest, into); err != nil {
		return err
	}
	if err := mergeClasses(tx, org, guest, into); err != nil {
		return err
	}
	if err := mergeLearning(tx, org, guest, into); err != nil {
		return err
	}
	return endSessions(tx, org, guest)
}

// mergeMarks keeps a done mark of either, the earlier opening and the later position.
func mergeMarks(tx *gorm.DB, org progress.OrgID, guest, into progress.LearnerID) error {
	var marks []markRow
	if err := tx.Where("org_id = ? AND learner_id = ?", org, guest).Find(&marks).Error; err != nil {
		return err
	}
	for _, m := range marks {
		if err := mergeMark(tx, org, into, m); err != nil {
			return err
		}
	}
	return tx.Exec(`DELETE FROM lesson_marks WHERE org_id = ? AND learner_id = ?`, org, guest).Error
}

// mergeMark joins a lesson mark with the one that a learner may have.
func mergeMark(tx *gorm.DB, org progress.OrgID, l progress.LearnerID, m markRow) error {
	err := tx.Exec(`INSERT INTO lesson_marks (org_id, learner_id, lesson, done_at, anchor, percent, opened_at, read_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (org_id, learner_id, lesson) DO UPDATE SET
			done_at = COALESCE(lesson_marks.done_at, excluded.done_at),
			opened_at = CASE WHEN excluded.opened_at < lesson_marks.opened_at THEN excluded.opened_at ELSE lesson_marks.opened_at END,
			anchor = CASE WHEN excluded.read_at > lesson_marks.read_at THEN excluded.anchor ELSE lesson_marks.anchor END,
			percent = CASE WHEN excluded.read_at > lesson_marks.read_at THEN excluded.percent ELSE lesson_marks.percent END,
			read_at = CASE WHEN excluded.read_at > lesson_marks.read_at THEN excluded.read_at ELSE lesson_marks.read_at END`,
		org, l, m.Lesson, m.DoneAt, m.Anchor, m.Percent, m.OpenedAt, m.ReadAt).Error
	if err != nil {
		return fmt.Errorf("lesson marks: %w", err)
	}
	return nil
}
