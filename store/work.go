package store

import (
	"context"
	"database/sql"

	"crosswalk/progress"
)

// ReadWork implements progress.ClassStore.
func (db *DB) ReadWork(ctx context.Context, org progress.OrgID, q progress.WorkQuery) (out progress.WorkRecord, err error) {
	for _, read := range []func(context.Context, progress.OrgID, progress.WorkQuery, *progress.WorkRecord) error{db.lessonWork, db.caseWork, db.drillWork, db.sittingWork} {
		if err := read(ctx, org, q, &out); err != nil {
			return progress.WorkRecord{}, db.wrap("read work", err)
		}
	}
	return out, nil
}

// eachRow scans the rows of a statement one by one.
func (db *DB) eachRow(ctx context.Context, scan func(*sql.Rows) error, text string, args ...any) error {
	rows, err := db.read.WithContext(ctx).Raw(text, args...).Rows()
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (db *DB) lessonWork(ctx context.Context, org progress.OrgID, q progress.WorkQuery, out *progress.WorkRecord) error {
	if len(q.Lessons) == 0 {
		return nil
	}
	return db.eachRow(ctx, func(rows *sql.Rows) error {
		var w progress.LessonWork
		var when int64
		err := rows.Scan(&w.Learner, &w.Lesson, &when)
		w.At = at(when)
		out.Lessons = append(out.Lessons, w)
		return err
	}, `SELECT learner_id, lesson, done_at FROM lesson_marks WHERE org_id = ? AND learner_id IN ? AND lesson IN ? AND done_at IS NOT NULL ORDER BY learner_id, done_at, lesson`, org, q.Learners, q.Lessons)
}

func (db *DB) caseWork(ctx context.Context, org progress.OrgID, q progress.WorkQuery, out *progress.WorkRecord) error {
	if len(q.Cases) == 0 {
		return nil
	}
	return db.eachRow(ctx, func(rows *sql.Rows) error {
		var w progress.CaseWork
		var when int64
		if err := rows.Scan(&w.Learner, &w.Attempt, &w.Case, &when, &w.Percent10, &w.Audit10); err != nil {
			return err
		}
		w.At = at(when)
		if n := len(out.Cases); n > 0 && out.Cases[n-1].Attempt == w.Attempt { // a later grading
			out.Cases[n-1] = w
		} else {
			out.Cases = append(out.Cases, w)
		}
		return nil
	}, `SELECT a.learner_id, a.id, a.item, a.submitted_at, g.percent10, g.audit10 FROM attempts a JOIN gradings g ON g.attempt_id = a.id
		WHERE a.org_id = ? AND a.learner_id IN ? AND a.item IN ? AND a.kind = ? AND a.context_kind <> ? AND a.submitted_at >= ? ORDER BY a.learner_id, a.id, g.seq`,
		org, q.Learners, q.Cases, progress.KindCase, progress.InExam, ms(q.From))
}

func (db *DB) drillWork(ctx context.Context, org progress.OrgID, q progress.WorkQuery, out *progress.WorkRecord) error {
	if len(q.Areas) == 0 {
		return nil
	}
	rows, err := queryOf[drillRow](db.read).Where("org_id = ? AND learner_id IN ? AND area IN ? AND created_at >= ?", org, q.Learners, q.Areas, ms(q.From)).Order("learner_id, id").Find(ctx)
	if err != nil || len(rows) == 0 {
		return err
	}
	index := make(map[string]int, len(rows))
	for _, r := range rows {
		d, err := r.drill()
		if err != nil {
			return err
		}
		index[r.ID] = len(out.Drills)
		out.Drills = append(out.Drills, progress.DrillWork{Learner: progress.LearnerID(r.LearnerID), Drill: d})
	}
	last := ""
	return db.eachRow(ctx, func(rows *sql.Rows) error {
		var attempt, drill, item string
		var when int64
		var correct int
		if err := rows.Scan(&attempt, &drill, &item, &when, &correct); err != nil {
			return err
		}
		w := &out.Drills[index[drill]]
		a := progress.DrillAnswer{Item: item, At: at(when), Correct: correct == 1}
		if attempt == last { // a later grading
			w.Answers[len(w.Answers)-1] = a
		} else {
			w.Answers = append(w.Answers, a)
		}
		last = attempt
		return nil
	}, `SELECT a.id, a.context_ref, a.item, a.submitted_at, g.correct FROM attempts a JOIN gradings g ON g.attempt_id = a.id
		WHERE a.org_id = ? AND a.context_kind = ? AND a.context_ref IN (SELECT id FROM drills WHERE org_id = ? AND learner_id IN ? AND area IN ? AND created_at >= ?) ORDER BY a.id, g.seq`,
		org, progress.InDrill, org, q.Learners, q.Areas, ms(q.From))
}

func (db *DB) sittingWork(ctx context.Context, org progress.OrgID, q progress.WorkQuery, out *progress.WorkRecord) error {
	if len(q.Exams) == 0 {
		return nil
	}
	rows, err := queryOf[sittingRow](db.read).Select(sittingHead).Where("org_id = ? AND learner_id IN ? AND exam IN ?", org, q.Learners, q.Exams).Order("learner_id, id").Find(ctx)
	if err != nil {
		return err
	}
	for _, r := range rows {
		x, err := r.sitting()
		if err != nil {
			return err
		}
		out.Sittings = append(out.Sittings, x)
	}
	return db.eachRow(ctx, func(rows *sql.Rows) error {
		var id progress.SittingID
		err := rows.Scan(&id)
		out.Regraded = append(out.Regraded, id)
		return err
	}, `SELECT DISTINCT a.context_ref FROM attempts a JOIN gradings g ON g.attempt_id = a.id
		WHERE a.org_id = ? AND a.learner_id IN ? AND a.context_kind = ? AND g.seq > 1 AND a.context_ref IN (SELECT id FROM sittings WHERE org_id = ? AND learner_id IN ? AND exam IN ?) ORDER BY a.context_ref`,
		org, q.Learners, progress.InExam, org, q.Learners, q.Exams)
}
