package quizzes

import (
	"slices"

	"crosswalk/lessons/markdown"
)

// CheckBlueprint reports what this bank lacks for an exam, which need not be one of the bank's own: questions and cases of a fixed list that
// do not exist or give each other away, which are errors, and an exam that the bank cannot fill (bank-too-small, a warning that says how
// short). Problems stand at the lines of the file that ParseBlueprint read; of a blueprint that comes from JSON all stand at line 1.
func (b *Bank) CheckBlueprint(bp *Blueprint) []markdown.Problem {
	ps := &markdown.Problems{File: bp.File}
	line := func(key string) int { return max(1, bp.lines[key]) }
	trial := 0
	for i, id := range bp.Questions {
		q, at := b.byID[id], line("question "+id)
		if q == nil {
			ps.Errorf(at, "unknown-question", "questions of %s names %q, and there is no such question", bp.ID, id)
			continue
		}
		if q.Trial {
			trial++
		}
		for _, other := range bp.Questions[:i] {
			if b.enemies[id][other] {
				ps.Errorf(at, "enemies", "%s and %s give each other away: take out one of them", other, id)
			}
		}
		if slices.Contains(bp.Charts.Cases, q.Group) {
			ps.Errorf(at, "enemies", "%s is about the chart of %s, which is to be coded in the same exam: take out one of them", id, q.Group)
		}
	}
	if len(bp.Questions) > 0 && trial != bp.Unscored {
		ps.Errorf(1, "wrong-value", "%d of the listed questions are trial questions, which are never scored, and unscored is %d", trial, bp.Unscored)
	}
	for _, id := range bp.Charts.Cases {
		if b.caseByID[id] == nil {
			ps.Errorf(line("case "+id), "unknown-case", "charts of %s names %q, and there is no such case", bp.ID, id)
		}
	}
	if len(ps.List) > 0 {
		return ps.List // what does not exist cannot be drawn either
	}
	if _, short := newDrawing(b.pool, bp, nil, nil).draw(1); short != "" {
		ps.Warnf(1, "bank-too-small", "the bank cannot fill %s: %s", bp.ID, short)
	}
	return ps.List
}
