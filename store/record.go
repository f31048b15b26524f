package store

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"

	"gorm.io/gorm"

	"crosswalk/progress"
)

type attemptRow struct {
	ID          string `gorm:"primaryKey"`
	OrgID       string
	LearnerID   string
	ClientKey   string
	Kind        string
	Item        string
	Areas       string
	ContextKind string
	ContextRef  string
	ShownHash   string
	KeyHash     string
	Shown       string
	Answer      string
	StartedAt   *int64
	SubmittedAt int64
	Seconds     int
}

func (attemptRow) TableName() string { return "attempts" }

type gradingRow struct {
	ID            string `gorm:"primaryKey"`
	OrgID         string
	AttemptID     string
	Seq           int
	KeyHash       string
	GraderVersion int
	BookEdition   string
	Scheme        string
	Result        string
	Earned        int
	Possible      int
	Percent10     int
	Correct       int
	Audit10       int
	Findings      string
	Reason        string
	GradedBy      string
	At            int64
}

func (gradingRow) TableName() string { return "gradings" }

// judgedRow is a row of gradings, which have columns more than gradings by policies.
type judgedRow struct {
	Row      gradingRow `gorm:"embedded"`
	Missed   *string
	Override *string
}

func (judgedRow) TableName() string { return "gradings" }

func rowOfJudged(org progress.OrgID, g progress.Grading) judgedRow {
	return judgedRow{Row: rowOfGrading(org, g), Missed: missedText(g.Missed), Override: overrideText(g.Override)}
}

func (r judgedRow) grading() progress.Grading {
	g := r.Row.grading()
	g.Missed, g.Override = missedLines(r.Missed), overrideOf(r.Override)
	return g
}

// missedText writes parts that were missed as words with a bar in them, nil for what is not known.
func missedText(ms []progress.MissedLine) *string {
	if ms == nil {
		return nil
	}
	words := make([]string, len(ms))
	for i, m := range ms {
		words[i] = m.Line + "|" + m.Finding
	}
	text := strings.Join(words, " ")
	return &text
}

func missedLines(text *string) []progress.MissedLine {
	if text == nil {
		return nil
	}
	words := strings.Fields(*text)
	out := make([]progress.MissedLine, len(words))
	for i, w := range words {
		out[i].Line, out[i].Finding, _ = strings.Cut(w, "|")
	}
	return out
}

type versionRow struct {
	OrgID string `gorm:"primaryKey"`
	Hash  string `gorm:"primaryKey"`
	Kind  string
	Item  string
	Body  string
	At    int64
}

func (versionRow) TableName() string { return "content_versions" }

// spaced puts words into one text with a blank before and after each, so that LIKE finds whole words.
func spaced(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return " " + strings.Join(words, " ") + " "
}

// raw is a stored JSON text; none for the empty text.
func raw(s string) json.RawMessage {
	if s == "" {
		return nil
	}
	return json.RawMessage(s)
}

func rowOfAttempt(org progress.OrgID, a progress.Attempt) attemptRow {
	return attemptRow{
		ID: string(a.ID), OrgID: string(org), LearnerID: string(a.Learner), ClientKey: a.ClientKey, Kind: string(a.Kind), Item: a.Item, Areas: spaced(a.Areas),
		ContextKind: string(a.Context.Kind), ContextRef: a.Context.Ref, ShownHash: a.ShownHash, KeyHash: a.KeyHash, Shown: string(a.Shown), Answer: string(a.Answer),
		StartedAt: msp(a.StartedAt), SubmittedAt: ms(a.SubmittedAt), Seconds: a.Seconds,
	}
}

func (r attemptRow) attempt() progress.Attempt {
	return progress.Attempt{
		ID: progress.AttemptID(r.ID), Org: progress.OrgID(r.OrgID), Learner: progress.LearnerID(r.LearnerID), ClientKey: r.ClientKey,
		Kind: progress.ItemKind(r.Kind), Item: r.Item, Areas: strings.Fields(r.Areas),
		Context:   progress.Context{Kind: progress.ContextKind(r.ContextKind), Ref: r.ContextRef},
		ShownHash: r.ShownHash, KeyHash: r.KeyHash, Shown: raw(r.Shown), Answer: raw(r.Answer),
		StartedAt: atp(r.StartedAt), SubmittedAt: at(r.SubmittedAt), Seconds: r.Seconds,
	}
}

func rowOfGrading(org progress.OrgID, g progress.Grading) gradingRow {
	return gradingRow{
		ID: string(g.ID), OrgID: string(org), AttemptID: string(g.Attempt), Seq: g.Seq, KeyHash: g.KeyHash, GraderVersion: g.GraderVersion,
		BookEdition: g.BookEdition, Scheme: g.Scheme, Result: string(g.Result), Earned: g.Earned, Possible: g.Possible, Percent10: g.Percent10,
		Correct: bit(g.Correct), Audit10: g.AuditTenths, Findings: strings.Join(g.Findings, " "), Reason: g.Reason, GradedBy: g.By, At: ms(g.At),
	}
}

func (r gradingRow) grading() progress.Grading {
	g := progress.Grading{
		ID: progress.GradingID(r.ID), Attempt: progress.AttemptID(r.AttemptID), Org: progress.OrgID(r.OrgID), Seq: r.Seq, KeyHash: r.KeyHash,
		GraderVersion: r.GraderVersion, BookEdition: r.BookEdition, Scheme: r.Scheme, Result: raw(r.Result), Earned: r.Earned, Possible: r.Possible,
		Percent10: r.Percent10, Correct: r.Correct == 1, AuditTenths: r.Audit10, Reason: r.Reason, By: r.GradedBy, At: at(r.At),
	}
	if r.Findings != "" {
		g.Findings = strings.Fields(r.Findings)
	}
	return g
}

// RecordAttempt implements progress.RecordStore.
func (db *DB) RecordAttempt(ctx context.Context, org progress.OrgID, versions []progress.ContentVersion, a progress.Attempt, g progress.Grading, dropDraft bool) (progress.Graded, bool, error) {
	att, grad := rowOfAttempt(org, a), rowOfJudged(org, g)
	fresh := db.unkept(org, versions)
	err := db.write(ctx, "record attempt", func(tx *gorm.DB) error {
		// The attempt first: when it is there already, nothing else is touched.
		if err := tx.Create(&att).Error; err != nil {
			return err
		}
		if err := tx.Create(&grad).Error; err != nil {
			return err
		}
		if _, err := keep(tx, org, fresh); err != nil {
			return err
		}
		if err := grown(tx, org, a.Learner, 1); err != nil {
			return err
		}
		if dropDraft {
			return tx.Exec(`DELETE FROM drafts WHERE org_id = ? AND learner_id = ? AND item = ?`, org, a.Learner, a.Item).Error
		}
		return nil
	})
	if errors.Is(err, progress.ErrDuplicate) {
		first, err := db.AttemptByKey(ctx, org, a.Learner, a.ClientKey)
		return first, true, err
	}
	if err != nil {
		return progress.Graded{}, false, err
	}
	db.noteKept(org, fresh)
	return progress.Graded{Attempt: a, Grading: g}, false, nil
}

// unkept leaves out versions that are known to be stored; they are never deleted.
func (db *DB) unkept(org progress.OrgID, versions []progress.ContentVersion) []progress.ContentVersion {
	var out []progress.ContentVersion
	for _, v := range versions {
		if _, ok := db.kept.Load(string(org) + v.Hash); !ok {
			out = append(out, v)
		}
	}
	return out
}

func (db *DB) noteKept(org progress.OrgID, versions []progress.ContentVersion) {
	for _, v := range versions {
		db.kept.Store(string(org)+v.Hash, true)
	}
}

func keep(tx *gorm.DB, org progress.OrgID, versions []progress.ContentVersion) (int, error) {
	n := 0
	for _, v := range versions {
		res := tx.Exec(`INSERT INTO content_versions (org_id, hash, kind, item, body, at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (org_id, hash) DO NOTHING`,
			org, v.Hash, v.Kind, v.Item, v.Body, ms(v.At))
		if res.Error != nil {
			return 0, res.Error
		}
		n += int(res.RowsAffected)
	}
	return n, nil
}

// KeepVersions implements progress.RecordStore.
func (db *DB) KeepVersions(ctx context.Context, org progress.OrgID, versions []progress.ContentVersion) (n int, err error) {
	fresh := db.unkept(org, versions)
	err = db.write(ctx, "keep versions", func(tx *gorm.DB) (err error) {
		n, err = keep(tx, org, fresh)
		return err
	})
	if err == nil {
		db.noteKept(org, fresh)
	}
	return n, err
}

// Version implements progress.RecordStore.
func (db *DB) Version(ctx context.Context, org progress.OrgID, hash string) (progress.ContentVersion, error) {
	r, err := queryOf[versionRow](db.read).Where("org_id = ? AND hash = ?", org, hash).Take(ctx)
	if err != nil {
		return progress.ContentVersion{}, db.wrap("version", err)
	}
	return progress.ContentVersion{Hash: r.Hash, Kind: progress.ItemKind(r.Kind), Item: r.Item, Body: r.Body, At: at(r.At)}, nil
}

// sealed fits attempts of exams whose answers are not open at a moment: nothing may show how they were graded.
const sealed = `context_kind = 'exam' AND EXISTS (SELECT 1 FROM sittings WHERE sittings.id = attempts.context_ref AND (sittings.results_at IS NULL OR sittings.results_at > ?))`

// AnsweredVersion implements progress.RecordStore.
func (db *DB) AnsweredVersion(ctx context.Context, org progress.OrgID, l progress.LearnerID, hash string) (bool, error) {
	rows, err := queryOf[attemptRow](db.read).Select("id").
		Where("org_id = ? AND learner_id = ? AND (shown_hash = ? OR key_hash = ?) AND NOT ("+sealed+")", org, l, hash, hash, ms(db.Clock())).Limit(1).Find(ctx)
	return len(rows) > 0, db.wrap("version", err)
}

// Attempt implements progress.RecordStore.
func (db *DB) Attempt(ctx context.Context, org progress.OrgID, id progress.AttemptID) (progress.Graded, error) {
	return db.oneAttempt(ctx, "org_id = ? AND id = ?", org, id)
}

// AttemptByKey implements progress.RecordStore.
func (db *DB) AttemptByKey(ctx context.Context, org progress.OrgID, l progress.LearnerID, clientKey string) (progress.Graded, error) {
	return db.oneAttempt(ctx, "org_id = ? AND learner_id = ? AND client_key = ?", org, l, clientKey)
}

func (db *DB) oneAttempt(ctx context.Context, where string, args ...any) (progress.Graded, error) {
	rows, err := queryOf[attemptRow](db.read).Where(where, args...).Limit(1).Find(ctx)
	if err != nil {
		return progress.Graded{}, db.wrap("attempt", err)
	}
	if len(rows) == 0 {
		return progress.Graded{}, db.wrap("attempt", gorm.ErrRecordNotFound)
	}
	out, err := db.withGradings(ctx, rows)
	if err != nil {
		return progress.Graded{}, db.wrap("attempt", err)
	}
	return out[0], nil
}

// withGradings puts the newest grading to each attempt, in one statement for all.
func (db *DB) withGradings(ctx context.Context, rows []attemptRow) ([]progress.Graded, error) {
	out := make([]progress.Graded, len(rows))
	index := make(map[string]int, len(rows))
	ids := make([]string, len(rows))
	for i, r := range rows {
		out[i].Attempt = r.attempt()
		ids[i], index[r.ID] = r.ID, i
	}
	gs, err := queryOf[judgedRow](db.read).Where("attempt_id IN ? AND seq = (SELECT MAX(x.seq) FROM gradings x WHERE x.attempt_id = gradings.attempt_id)", ids).Find(ctx)
	if err != nil {
		return nil, err
	}
	for _, g := range gs {
		out[index[g.Row.AttemptID]].Grading = g.grading()
	}
	return out, nil
}

// AttemptsByID implements progress.LearningStore.
func (db *DB) AttemptsByID(ctx context.Context, org progress.OrgID, ids []progress.AttemptID) ([]progress.Graded, error) {
	rows, err := queryOf[attemptRow](db.read).Where("org_id = ? AND id IN ?", org, ids).Find(ctx)
	if err != nil {
		return nil, db.wrap("attempts by id", err)
	}
	out, err := db.withGradings(ctx, rows)
	return out, db.wrap("attempts by id", err)
}

// Attempts implements progress.RecordStore.
func (db *DB) Attempts(ctx context.Context, org progress.OrgID, f progress.AttemptFilter) ([]progress.Graded, int, error) {
	where, args := []string{"org_id = ?"}, []any{org}
	add := func(cond string, a any) { where, args = append(where, cond), append(args, a) }
	if f.Learner != "" {
		add("learner_id = ?", f.Learner)
	}
	if f.Kind != "" {
		add("kind = ?", f.Kind)
	}
	if f.Item != "" {
		add("item = ?", f.Item)
	}
	if f.Area != "" {
		add(`areas LIKE ? ESCAPE '\'`, "% "+likeText.Replace(f.Area)+" %")
	}
	if f.Context.Kind != "" {
		add("context_kind = ?", f.Context.Kind)
	}
	if f.Context.Ref != "" {
		add("context_ref = ?", f.Context.Ref)
	}
	if !f.Sealed {
		add("NOT ("+sealed+")", ms(db.Clock()))
	}
	var total int64
	if !f.NoTotal {
		var err error
		if total, err = queryOf[attemptRow](db.read).Where(strings.Join(where, " AND "), args...).Count(ctx); err != nil {
			return nil, 0, db.wrap("count attempts", err)
		}
	}
	if f.Before != "" {
		add("id < ?", f.Before)
	}
	q := queryOf[attemptRow](db.read).Where(strings.Join(where, " AND "), args...).Order("id DESC")
	if f.Limit > 0 {
		q = q.Limit(f.Limit)
	}
	rows, err := q.Find(ctx)
	if err != nil {
		return nil, 0, db.wrap("list attempts", err)
	}
	out, err := db.withGradings(ctx, rows)
	return out, int(total), db.wrap("list attempts", err)
}

// Gradings implements progress.RecordStore.
func (db *DB) Gradings(ctx context.Context, org progress.OrgID, id progress.AttemptID) ([]progress.Grading, error) {
	rows, err := queryOf[judgedRow](db.read).Where("org_id = ? AND attempt_id = ?", org, id).Order("seq").Find(ctx)
	if err != nil {
		return nil, db.wrap("list gradings", err)
	}
	return mapped(rows, judgedRow.grading), nil
}

// AppendGradings implements progress.RecordStore.
func (db *DB) AppendGradings(ctx context.Context, org progress.OrgID, gs []progress.Grading, entry *progress.AuditEntry) error {
	return db.write(ctx, "append gradings", func(tx *gorm.DB) error {
		changed := map[string]bool{}
		for _, g := range gs {
			if g.Policy != nil {
				if err := appendPolicyGrading(tx, org, g); err != nil {
					return err
				}
				continue
			}
			row := rowOfJudged(org, g)
			var last *int
			var learner *string
			// The attempt must be the organisation's own.
			if err := tx.Raw(`SELECT MAX(g.seq), MAX(a.learner_id) FROM gradings g JOIN attempts a ON a.id = g.attempt_id WHERE a.org_id = ? AND a.id = ?`, org, g.Attempt).Row().Scan(&last, &learner); err != nil {
				return err
			}
			if last == nil {
				return progress.ErrNotFound
			}
			row.Row.Seq = *last + 1
			if err := counted(tx.Create(&row).Error); err != nil {
				return err
			}
			changed[*learner] = true
		}
		for _, l := range slices.Sorted(maps.Keys(changed)) { // in one order, so that two regrades do not wait for each other
			if err := pastChanged(tx, org, progress.LearnerID(l)); err != nil {
				return err
			}
		}
		return addEntry(tx, org, entry)
	})
}

// History implements progress.RecordStore. It is asked for every page that shows progress, and a diligent learner has thousands of
// attempts: one pass over two indexes, without sorting, since ids grow with time; of the gradings of an attempt the last one stays.
func (db *DB) History(ctx context.Context, org progress.OrgID, l progress.LearnerID) ([]progress.Outcome, error) {
	rows, err := db.read.WithContext(ctx).Raw(`SELECT attempts.id, attempts.kind, attempts.item, attempts.areas, attempts.context_kind, attempts.submitted_at, attempts.seconds, g.percent10, g.audit10, g.correct, g.findings
		FROM attempts JOIN gradings g ON g.attempt_id = attempts.id
		WHERE attempts.org_id = ? AND attempts.learner_id = ? AND NOT (`+sealed+`)
		ORDER BY attempts.id, g.seq`, org, l, ms(db.Clock())).Rows()
	if err != nil {
		return nil, db.wrap("history", err)
	}
	defer rows.Close()
	var out []progress.Outcome
	for rows.Next() {
		var o progress.Outcome
		var areas, findings string
		var when int64
		var correct int
		if err := rows.Scan(&o.Attempt, &o.Kind, &o.Item, &areas, &o.Context, &when, &o.Seconds, &o.Percent10, &o.AuditTenths, &correct, &findings); err != nil {
			return nil, db.wrap("history", err)
		}
		o.Areas, o.Findings, o.SubmittedAt, o.Correct = strings.Fields(areas), strings.Fields(findings), at(when), correct == 1
		if n := len(out); n > 0 && out[n-1].Attempt == o.Attempt {
			out[n-1] = o
		} else {
			out = append(out, o)
		}
	}
	return out, db.wrap("history", rows.Err())
}
