package store

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"crosswalk/progress"
)

// ImportRecord implements progress.LearningStore.
func (db *DB) ImportRecord(ctx context.Context, org progress.OrgID, l progress.LearnerID, in progress.RecordImport, newID func(time.Time) (string, error), entry *progress.AuditEntry) (out progress.Imported, err error) {
	err = db.writeAlone(ctx, "import record", func(tx *gorm.DB) error {
		im := importer{tx: tx, org: org, learner: l, newID: newID}
		if err := db.here(tx, org, l); err != nil {
			return err
		}
		for _, step := range []func(progress.RecordImport) error{im.drills, im.attempts, im.reviews, im.desk, im.notes, im.goal} {
			if err := step(in); err != nil {
				return err
			}
		}
		out = im.out
		if err := pastChanged(tx, org, l); err != nil {
			return err
		}
		return addEntry(tx, org, entry)
	})
	return out, err
}

// importer puts a record into a learner's, in one transaction.
type importer struct {
	tx      *gorm.DB
	org     progress.OrgID
	learner progress.LearnerID
	newID   func(time.Time) (string, error)
	out     progress.Imported

	drillIDs   map[string]string // as in the file -> here
	attemptIDs map[string]string
}

// taken says which ids of a table are in use.
func (im *importer) taken(table string, ids []string) (map[string]bool, error) {
	out := map[string]bool{}
	for chunk := range slices.Chunk(ids, 400) {
		var have []string
		if err := im.tx.Raw("SELECT id FROM "+table+" WHERE id IN ?", chunk).Scan(&have).Error; err != nil {
			return nil, err
		}
		for _, id := range have {
			out[id] = true
		}
	}
	return out, nil
}

// here lists what the learner has in a table, id by client key.
func (im *importer) here(table string) (map[string]string, error) {
	var rows []struct{ ID, ClientKey string }
	if err := im.tx.Raw("SELECT id, client_key FROM "+table+" WHERE org_id = ? AND learner_id = ?", im.org, im.learner).Scan(&rows).Error; err != nil {
		return nil, err
	}
	out := make(map[string]string, len(rows))
	for _, r := range rows {
		out[r.ClientKey] = r.ID
	}
	return out, nil
}

// idFor keeps an id that is free and of its own time, since entries are in the order of their ids; else it makes another of that time. The
// id is greater than behind, the greatest of what the entry names.
func (im *importer) idFor(id string, taken map[string]bool, at time.Time, behind string) (string, error) {
	ms, err := strconv.ParseInt(strings.ReplaceAll(id, "-", "")[:12], 16, 64)
	if d := at.Sub(time.UnixMilli(ms)); err == nil && !taken[id] && d.Abs() < time.Hour && id > behind {
		return id, nil
	}
	for {
		if id, err = im.newID(at); err != nil || id > behind {
			return id, err
		}
		at = at.Add(time.Millisecond)
	}
}

func (im *importer) drills(in progress.RecordImport) error {
	ids := make([]string, len(in.Drills))
	for i, d := range in.Drills {
		ids[i] = string(d.ID)
	}
	taken, err := im.taken("drills", ids)
	if err != nil {
		return err
	}
	var own []string
	if err := im.tx.Raw("SELECT id FROM drills WHERE org_id = ? AND learner_id = ?", im.org, im.learner).Scan(&own).Error; err != nil {
		return err
	}
	mine := map[string]bool{}
	for _, id := range own {
		mine[id] = true
	}
	im.drillIDs = map[string]string{}
	im.out.Drills.All = len(in.Drills)
	var rows []drillRow
	for i, d := range in.Drills {
		if mine[ids[i]] {
			im.drillIDs[ids[i]] = ids[i]
			continue
		}
		id := ids[i]
		// The same file may have been read before, when the id was another's: a drill of the moment, area and seed is that drill.
		var same []string
		if taken[id] {
			if err := im.tx.Raw("SELECT id FROM drills WHERE org_id = ? AND learner_id = ? AND area = ? AND seed = ? AND created_at = ?", im.org, im.learner, d.Area, strconv.FormatUint(d.Seed, 10), ms(d.CreatedAt)).Scan(&same).Error; err != nil {
				return err
			}
			if len(same) > 0 {
				im.drillIDs[id] = same[0]
				continue
			}
			if id, err = im.newID(d.CreatedAt); err != nil {
				return err
			}
		}
		im.drillIDs[ids[i]] = id
		items, err := json.Marshal(d.Items)
		if err != nil {
			return err
		}
		rows = append(rows, drillRow{ID: id, OrgID: string(im.org), LearnerID: string(im.learner), Area: d.Area, Items: string(items), Seed: strconv.FormatUint(d.Seed, 10), CreatedAt: ms(d.CreatedAt)})
	}
	im.out.Drills.New = len(rows)
	return createAll(im.tx, rows)
}

func createAll[R any](tx *gorm.DB, rows []R) error {
	if len(rows) == 0 {
		return nil
	}
	return tx.CreateInBatches(rows, 50).Error
}

func (im *importer) attempts(in progress.RecordImport) error {
	have, err := im.here("attempts")
	if err != nil {
		return err
	}
	var ids, gradingIDs []string
	for _, a := range in.Attempts {
		ids = append(ids, string(a.Attempt.ID))
		for _, g := range a.Gradings {
			gradingIDs = append(gradingIDs, string(g.ID))
		}
	}
	taken, err := im.taken("attempts", ids)
	if err != nil {
		return err
	}
	takenGradings, err := im.taken("gradings", gradingIDs)
	if err != nil {
		return err
	}
	im.attemptIDs = map[string]string{}
	im.out.Attempts.All = len(in.Attempts)
	var atts []attemptRow
	var gs []judgedRow
	for i, r := range in.Attempts {
		a := r.Attempt
		if id, there := have[a.ClientKey]; there {
			im.attemptIDs[ids[i]] = id
			continue
		}
		id, err := im.idFor(ids[i], taken, a.SubmittedAt, "")
		if err != nil {
			return err
		}
		im.attemptIDs[ids[i]] = id
		a.ID, a.Learner = progress.AttemptID(id), im.learner
		if a.Context.Kind == progress.InDrill || a.Context.Kind == progress.InAudit {
			a.Context.Ref = im.drillIDs[a.Context.Ref]
		}
		atts = append(atts, rowOfAttempt(im.org, a))
		for n, g := range r.Gradings {
			gid := string(g.ID)
			if takenGradings[gid] {
				if gid, err = im.newID(g.At); err != nil {
					return err
				}
			}
			g.ID, g.Attempt, g.Seq = progress.GradingID(gid), a.ID, n+1
			gs = append(gs, rowOfJudged(im.org, g))
		}
	}
	im.out.Attempts.New = len(atts)
	if err := createAll(im.tx, atts); err != nil {
		return err
	}
	return createAll(im.tx, gs)
}

func (im *importer) reviews(in progress.RecordImport) error {
	have, err := im.here("reviews")
	if err != nil {
		return err
	}
	ids := make([]string, len(in.Reviews))
	for i, r := range in.Reviews {
		ids[i] = string(r.ID)
	}
	taken, err := im.taken("reviews", ids)
	if err != nil {
		return err
	}
	here := map[progress.ReviewID]string{}
	im.out.Reviews.All = len(in.Reviews)
	var rows []reviewRow
	for i, r := range in.Reviews {
		if id, there := have[r.ClientKey]; there {
			here[r.ID] = id
			continue
		}
		id, err := im.idFor(ids[i], taken, r.At, max(im.attemptIDs[string(r.Attempt)], here[r.Undoes]))
		if err != nil {
			return err
		}
		here[r.ID] = id
		r.ID, r.Learner = progress.ReviewID(id), im.learner
		r.Attempt = progress.AttemptID(im.attemptIDs[string(r.Attempt)])
		r.Undoes = progress.ReviewID(here[r.Undoes])
		rows = append(rows, rowOfReview(im.org, r))
	}
	im.out.Reviews.New = len(rows)
	return createAll(im.tx, rows)
}

// desk takes drafts and lesson marks over: a draft where there is none, and of marks what mergeMarks keeps of two.
func (im *importer) desk(in progress.RecordImport) error {
	im.out.Drafts.All, im.out.Lessons.All = len(in.Drafts), len(in.Lessons)
	for _, d := range in.Drafts {
		res := im.tx.Exec(`INSERT INTO drafts (org_id, learner_id, item, body, rev, updated_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (org_id, learner_id, item) DO NOTHING`,
			im.org, im.learner, d.Item, string(d.Body), max(d.Rev, 1), ms(d.UpdatedAt))
		if res.Error != nil {
			return res.Error
		}
		im.out.Drafts.New += int(res.RowsAffected)
	}
	var before int64
	if err := im.tx.Model(&markRow{}).Where("org_id = ? AND learner_id = ?", im.org, im.learner).Count(&before).Error; err != nil {
		return err
	}
	for lesson, m := range in.Lessons {
		row := markRow{Lesson: lesson, Anchor: m.Anchor, Percent: m.Percent, OpenedAt: ms(m.OpenedAt), ReadAt: ms(m.ReadAt)}
		if m.Done {
			when := m.ReadAt
			if m.DoneAt != nil {
				when = *m.DoneAt
			}
			row.DoneAt = msp(&when)
		}
		if err := mergeMark(im.tx, im.org, im.learner, row); err != nil {
			return err
		}
	}
	var now int64
	err := im.tx.Model(&markRow{}).Where("org_id = ? AND learner_id = ?", im.org, im.learner).Count(&now).Error
	im.out.Lessons.New = int(now - before)
	return err
}

func (im *importer) notes(in progress.RecordImport) error {
	im.out.Notes.All = len(in.Notes)
	for _, n := range in.Notes {
		res := im.tx.Exec(`INSERT INTO book_notes (org_id, learner_id, part, ref, title, tabbed, body, rev, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (org_id, learner_id, part, ref) DO NOTHING`,
			im.org, im.learner, n.Part, n.Ref, n.Title, bit(n.Tabbed), n.Text, n.Rev, ms(n.UpdatedAt))
		if res.Error != nil {
			return res.Error
		}
		im.out.Notes.New += int(res.RowsAffected)
	}
	return nil
}

func (im *importer) goal(in progress.RecordImport) error {
	if in.Goal == nil {
		return nil
	}
	row := rowOfGoal(im.org, im.learner, *in.Goal)
	res := im.tx.Exec(`INSERT INTO goals (org_id, learner_id, exam, exam_on, minutes, days_off, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (org_id, learner_id) DO NOTHING`,
		row.OrgID, row.LearnerID, row.Exam, row.ExamOn, row.Minutes, row.DaysOff, row.UpdatedAt)
	im.out.Goal = res.RowsAffected > 0
	return res.Error
}
