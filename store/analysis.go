package store

import (
	"context"
	"strings"

	"crosswalk/progress"
)

// AnalysedAnswers implements progress.AnalysisStore. It may read the record of a whole school: one statement, rows scanned one by one, and the
// results of questions, which nobody looks at, left where they are.
func (db *DB) AnalysedAnswers(ctx context.Context, org progress.OrgID, q progress.AnalysisQuery) ([]progress.AnalysedAnswer, error) {
	where := []string{"attempts.org_id = ?", "attempts.kind IN ('question', 'case')", "NOT (" + sealed + ")", "l.role = 'learner'",
		"NOT EXISTS (SELECT 1 FROM gradings i WHERE i.attempt_id = attempts.id AND i.graded_by = 'import')"}
	args := []any{org, ms(db.Clock())}
	add := func(cond string, a ...any) { where, args = append(where, cond), append(args, a...) }
	if q.Exam != "" {
		add("attempts.context_kind = 'exam' AND attempts.context_ref IN (SELECT s.id FROM sittings s WHERE s.org_id = ? AND s.exam = ?)", org, q.Exam)
	} else {
		add("attempts.context_kind <> 'lesson'")
	}
	if q.Cohort != "" {
		add("EXISTS (SELECT 1 FROM cohort_members m WHERE m.org_id = ? AND m.cohort_id = ? AND m.learner_id = attempts.learner_id)", org, q.Cohort)
	}
	text := `SELECT attempts.id, attempts.learner_id, attempts.client_key, attempts.kind, attempts.item, attempts.areas, attempts.context_kind, attempts.context_ref,
			attempts.shown_hash, attempts.answer, attempts.submitted_at, attempts.seconds, g.percent10, g.correct, CASE WHEN attempts.kind = 'case' THEN g.result ELSE '' END
		FROM attempts JOIN learners l ON l.id = attempts.learner_id
		JOIN gradings g ON g.attempt_id = attempts.id AND g.seq = (SELECT MAX(x.seq) FROM gradings x WHERE x.attempt_id = attempts.id)
		WHERE ` + strings.Join(where, " AND ") + ` ORDER BY attempts.id DESC`
	if q.Limit > 0 {
		text += " LIMIT ?"
		args = append(args, q.Limit)
	}
	rows, err := db.read.WithContext(ctx).Raw(text, args...).Rows()
	if err != nil {
		return nil, db.wrap("answers to analyse", err)
	}
	defer rows.Close()
	var out []progress.AnalysedAnswer
	for rows.Next() {
		var a progress.AnalysedAnswer
		var areas, context, ref, answer, result string
		var when int64
		var correct int
		if err := rows.Scan(&a.Attempt, &a.Learner, &a.ClientKey, &a.Kind, &a.Item, &areas, &context, &ref, &a.ShownHash, &answer, &when, &a.Seconds, &a.Percent10, &correct, &result); err != nil {
			return nil, db.wrap("answers to analyse", err)
		}
		a.Areas, a.Answer, a.Result, a.SubmittedAt, a.Correct = strings.Fields(areas), raw(answer), raw(result), at(when), correct == 1
		if context == string(progress.InExam) {
			a.Sitting = progress.SittingID(ref)
		}
		out = append(out, a)
	}
	return out, db.wrap("answers to analyse", rows.Err())
}
