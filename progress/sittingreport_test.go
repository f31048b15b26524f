package progress_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"crosswalk/grading"
	"crosswalk/grading/answersheet"
	"crosswalk/lessons/markdown"
	"crosswalk/progress"
	"crosswalk/progress/itemstats"
	"crosswalk/quizzes"
)

// TestIntervalAgainstPublishedValues: R. G. Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3 (score without
// continuity correction), 95 %.
func TestIntervalAgainstPublishedValues(t *testing.T) {
	for _, tt := range []struct{ right, n, low, high float64 }{
		{81, 263, 0.2553, 0.3662},
		{15, 148, 0.0624, 0.1605},
		{0, 20, 0.0000, 0.1611},
		{1, 29, 0.0061, 0.1718},
	} {
		low, high := itemstats.Wilson(tt.right/tt.n, tt.n, 1.959964)
		if math.Abs(low-tt.low) > 0.00005 || math.Abs(high-tt.high) > 0.00005 {
			t.Errorf("%v of %v: %.4f to %.4f, want %.4f to %.4f", tt.right, tt.n, low, high, tt.low, tt.high)
		}
	}
	if low, high := itemstats.Wilson(0, 0, 1.96); low != 0 || high != 1 {
		t.Errorf("nothing to count: %v to %v, want anything possible", low, high)
	}
}

// reportHouse is a house over a bank with seven questions of E/M (em-06 is tried only), two of HCPCS and one chart. right is the place of
// em-01's right option; the others have their right option second.
func reportHouse(t *testing.T) *house {
	t.Helper()
	h := newHouse(t)
	h.clock.set(time.Now().Add(-time.Hour)) // results open by the clock of the database, which tests do not set
	h.SetContent(reportBank(t, 1))
	return h
}

func reportBank(t testing.TB, right int) *quizzes.Bank {
	t.Helper()
	area := func(area string, n int) string {
		var b strings.Builder
		fmt.Fprintf(&b, "---\narea: %s\ncode_year: 2026\n---\n\n", area)
		for i := range n {
			extra, at := map[int]string{6: "trial=true"}[i], 1
			if area == "em" && i == 1 {
				at = right
			}
			fmt.Fprintf(&b, "## %s-%02d {difficulty=1 cites=x %s}\n\nStem %d.\n\n", area, i, extra, i)
			for o := range 3 {
				fmt.Fprintf(&b, "- [%s] option %d\n  > why %d\n", map[bool]string{true: "x", false: " "}[o == at], o, o)
			}
			b.WriteString("\n> r\n\n")
		}
		return b.String()
	}
	chart := strings.ReplaceAll(quizzes.Template("case", "c-1"), "FOLDER", "office")
	files := fstest.MapFS{"cases/office/c-1.md": {Data: []byte(chart)}}
	for path, text := range map[string]string{
		"bank/em/a.md": area("em", 7), "bank/hcpcs/a.md": area("hcpcs", 2),
		"exams/whole.yaml":  composed("whole", "items: 10\nunscored: 1\nareas: [{id: em, count: 6}, {id: hcpcs, count: 2}]\ncharts: {count: 1, weight: 3}"),
		"exams/fixed.yaml":  composed("fixed", "questions: [em-00, em-01]"),
		"exams/silent.yaml": strings.Replace(composed("silent", "questions: [em-00, em-01]\ncharts: {cases: [c-1]}"), "feedback: after", "feedback: never", 1),
	} {
		files[path] = &fstest.MapFile{Data: []byte(text)}
	}
	bank, problems := quizzes.Load(files, markdown.New(nil, nil), nil)
	if len(markdown.Errors(problems)) > 0 {
		t.Fatal(problems)
	}
	return bank
}

func (h *house) sit(a progress.Actor, exam string) progress.Sitting {
	h.t.Helper()
	x, err := h.StartSitting(h.t.Context(), a, progress.SittingStart{Exam: exam, ClientKey: h.key(), Seed: 7})
	h.must(err)
	return x
}

// save keeps the state of the item of an id.
func (h *house) save(a progress.Actor, x progress.Sitting, id string, st progress.ItemState) {
	h.t.Helper()
	body, err := json.Marshal(st)
	h.must(err)
	out, _, err := h.SaveItems(h.t.Context(), a, x.ID, []progress.ItemSave{{Pos: posOf(x, id), Seq: h.clock.now().UnixMilli(), Body: body}})
	h.must(err)
	if !out[0].Kept {
		h.t.Fatalf("%s was not kept", id)
	}
}

func posOf(x progress.Sitting, id string) int {
	return slices.IndexFunc(x.Form, func(f quizzes.FormItem) bool { return f.ID == id })
}

// option is an answer that chooses the author's option, by its place on the page.
func option(x progress.Sitting, id string, author int) grading.ItemAnswer {
	return grading.ItemAnswer{Options: []int{slices.Index(x.Form[posOf(x, id)].Shuffle, author)}}
}

func (h *house) report(a progress.Actor, id progress.SittingID) progress.SittingReport {
	h.t.Helper()
	r, err := h.Report(h.t.Context(), a, id)
	h.must(err)
	return r
}

func TestReportOfASitting(t *testing.T) {
	h := reportHouse(t)
	lea := h.guest()
	x := h.sit(lea, "whole")
	was := func(id string, author int) progress.AnswerChange {
		return progress.AnswerChange{At: 5000, Answer: option(x, id, author)}
	}
	right := func(id string) grading.ItemAnswer { return option(x, id, 1) }
	wrong := func(id string) grading.ItemAnswer { return option(x, id, 0) }
	h.save(lea, x, "em-00", progress.ItemState{Answer: right("em-00"), Flag: true, Seconds: 100})
	h.save(lea, x, "em-01", progress.ItemState{Answer: right("em-01"), Trail: []progress.AnswerChange{was("em-01", 2), was("em-01", 0)}, Seconds: 600})
	h.save(lea, x, "em-02", progress.ItemState{Answer: wrong("em-02"), Trail: []progress.AnswerChange{was("em-02", 1)}, Flag: true, Seconds: 50})
	h.save(lea, x, "em-03", progress.ItemState{Answer: wrong("em-03"), Trail: []progress.AnswerChange{was("em-03", 2)}, Seconds: 40})
	h.save(lea, x, "em-04", progress.ItemState{Seconds: 30})                                                                  // seen, not answered
	h.save(lea, x, "em-05", progress.ItemState{Answer: right("em-05"), Trail: []progress.AnswerChange{{At: 1}}, Seconds: 20}) // nothing before it
	h.save(lea, x, "em-06", progress.ItemState{Answer: wrong("em-06"), Seconds: 10})                                          // does not count
	h.save(lea, x, "hcpcs-00", progress.ItemState{Trail: []progress.AnswerChange{was("hcpcs-00", 1)}, Seconds: 10})           // right, and taken back
	h.save(lea, x, "c-1", progress.ItemState{Sheet: &answersheet.Sheet{                                                       // one of two lines right as a whole, where learning would credit nearly all
		Dx: []answersheet.DxLine{{Code: "I10"}}, Px: []answersheet.PxLine{{Code: "99213"}},
	}, Seconds: 12 * 60})
	_, err := h.HandIn(t.Context(), lea, x.ID)
	h.must(err)

	r := h.report(lea, x.ID)
	// 3 of 8 scored questions, and of the chart of weight 3 a half: 4.5 of 11.
	same(t, "tally", r.Tally, progress.Tally{Correct: 450, Scored: 1100, Percent10: 409})
	same(t, "as at handing in", r.Sitting.Tally, r.Tally)
	same(t, "changes", r.Changes, progress.ChangeCount{Helped: 1, Hurt: 2, None: 1})
	same(t, "flagged", r.Flagged, progress.FlagCount{All: 2, Right: 1})
	same(t, "answered, unscored", []int{r.Answered, r.Unscored}, []int{7, 1})
	same(t, "pace", r.PaceSecs, 3600/12) // eleven scored and one that is not, the chart three times
	same(t, "spent", r.SpentSecs, 860+12*60)
	var slow []string
	for _, it := range r.Items {
		if it.Slow {
			slow = append(slow, it.Form.ID)
		}
	}
	same(t, "slow: 600 s for one is, 720 s for three is not", slow, []string{"em-01"})
	names := func(positions []int) (out []string) {
		for _, p := range positions {
			out = append(out, r.Items[p].Form.ID)
		}
		return out
	}
	same(t, "slowest", names(r.Slowest), []string{"c-1", "em-01", "em-00", "em-02", "em-03"})
	review := names(r.Review)
	same(t, "to practise first: the right answers that were changed, the worst area before", review[:2], []string{"hcpcs-00", "em-02"})
	slices.Sort(review)
	same(t, "to practise", review, []string{"c-1", "em-02", "em-03", "em-04", "em-06", "hcpcs-00", "hcpcs-01"})
	why := map[string]progress.ReviewReason{}
	for _, it := range r.Items {
		why[it.Form.ID] = it.Why
	}
	same(t, "why", why, map[string]progress.ReviewReason{
		"em-00": "", "em-01": "", "em-05": "", "em-02": progress.ReviewHurt, "hcpcs-00": progress.ReviewHurt, "em-03": progress.ReviewWeak, "em-06": progress.ReviewWeak,
		"em-04": progress.ReviewUnanswered, "hcpcs-01": progress.ReviewUnanswered, "c-1": progress.ReviewMissed,
	})
	type slot struct{ Items, Correct, Scored, Low, High, Seconds int }
	got := map[string]slot{}
	for _, sl := range r.Slots {
		got[sl.Name] = slot{sl.Items, sl.Correct, sl.Scored, sl.Low10, sl.High10, sl.Seconds}
	}
	same(t, "areas", got, map[string]slot{
		quizzes.AreaTitle("em"):    {7, 300, 600, 221, 779, 850},
		quizzes.AreaTitle("hcpcs"): {2, 0, 200, 0, 575, 10}, // z²/(n+z²) = 2.7055/4.7055
		quizzes.AreaTitle("cases"): {1, 150, 300, 73, 927, 720},
	})
}

// TestAChartOfWeightIsOneAnswer: an interval is as wide as the number of answers allows, not the points.
func TestAChartOfWeightIsOneAnswer(t *testing.T) {
	h := reportHouse(t)
	lea := h.guest()
	x := h.sit(lea, "whole")
	_, err := h.HandIn(t.Context(), lea, x.ID)
	h.must(err)
	r := h.report(lea, x.ID)
	// Nothing right: the upper end is z²/(n+z²) with n = (8+3)²/(8+9).
	n, z2 := 121.0/17, 1.6448536*1.6448536
	same(t, "interval of nothing", []int{r.Low10, r.High10}, []int{0, int(math.Round(1000 * z2 / (n + z2)))})
}

// TestRegradedSittingShowsBothFigures: a key is corrected after an exam. The report counts by the new grading, keeps the old figure and
// says why, and what a change did is told by the key that counts.
func TestRegradedSittingShowsBothFigures(t *testing.T) {
	h := reportHouse(t)
	lea, ines := h.guest(), h.user("ines", progress.RoleInstructor, "")
	x := h.sit(lea, "fixed")
	h.save(lea, x, "em-00", progress.ItemState{Answer: option(x, "em-00", 1)})
	h.save(lea, x, "em-01", progress.ItemState{Answer: option(x, "em-01", 2), Trail: []progress.AnswerChange{{Answer: option(x, "em-01", 1)}}})
	_, err := h.HandIn(t.Context(), lea, x.ID)
	h.must(err)
	r := h.report(lea, x.ID)
	same(t, "before", []any{r.Tally.Percent10, r.Tally.Passed, r.Changes.Hurt, len(r.Regraded)}, []any{500, false, 1, 0})

	h.SetContent(reportBank(t, 2)) // the third option was right all along
	r = h.report(lea, x.ID)
	same(t, "the key is corrected, nothing graded anew", []any{r.Tally.Percent10, r.Changes.Hurt, r.Items[1].First == nil}, []any{500, 1, true})

	_, err = h.Regrade(t.Context(), ines, "em-01", "The third option is right by the 2026 guideline.", false)
	h.must(err)
	r = h.report(lea, x.ID)
	same(t, "after", []any{r.Tally.Percent10, r.Tally.Passed, r.Sitting.Percent10, r.Sitting.Passed, r.Difference}, []any{1000, true, 500, false, 1})
	same(t, "regraded", r.Regraded, []int{1})
	it := r.Items[1]
	same(t, "points before and now", []int{it.FirstPts, it.Points}, []int{0, 100})
	same(t, "reason", it.Graded.Grading.Reason, "The third option is right by the 2026 guideline.")
	same(t, "what the change did", r.Changes, progress.ChangeCount{Helped: 1})
}

// TestReviewIsAViewOfTheRecord: missed questions are there until they are answered rightly; those of an exam come once its results are open.
func TestReviewIsAViewOfTheRecord(t *testing.T) {
	h := reportHouse(t)
	ctx := t.Context()
	lea, max := h.guest(), h.guest()
	review := func() (ids []string) {
		t.Helper()
		list, err := h.Review(ctx, lea)
		h.must(err)
		for _, it := range list {
			ids = append(ids, it.Question)
		}
		return ids
	}
	_, err := h.StartReview(ctx, lea, "", 10)
	wantField(t, "nothing to review", err, "review")

	h.answer(lea, "hcpcs-00", 0)
	h.clock.add(time.Minute)
	h.answer(lea, "hcpcs-01", 0)
	h.answer(lea, "hcpcs-01", 2)
	h.answer(max, "em-00", 0)
	same(t, "missed more often first", review(), []string{"hcpcs-01", "hcpcs-00"})
	h.answer(lea, "hcpcs-01", 1)
	same(t, "answered rightly since", review(), []string{"hcpcs-00"})

	silent := h.sit(lea, "silent")
	_, err = h.HandIn(ctx, lea, silent.ID)
	h.must(err)
	same(t, "of an exam that shows no results", review(), []string{"hcpcs-00"})
	_, err = h.StartReview(ctx, lea, silent.ID, 10)
	wantErr(t, "from such an exam", err, progress.ErrNotYet)

	x := h.sit(lea, "fixed")
	h.answerAgain(lea, x)
	same(t, "of an open exam", review(), []string{"hcpcs-00"})
	h.save(lea, x, "em-01", progress.ItemState{Answer: option(x, "em-01", 0), Trail: []progress.AnswerChange{{Answer: option(x, "em-01", 1)}}})
	_, err = h.HandIn(ctx, lea, x.ID)
	h.must(err)
	d, err := h.StartReview(ctx, lea, x.ID, 10)
	h.must(err)
	same(t, "in the order of the report", d.Items, []string{"em-01", "em-00"})
	_, err = h.StartReview(ctx, max, x.ID, 10)
	wantErr(t, "from another's exam", err, progress.ErrNotFound)

	// It is a drill like any other.
	_, err = h.SubmitQuestion(ctx, lea, progress.QuestionSubmission{
		ClientKey: h.key(), Question: "em-01", Answer: grading.ItemAnswer{Options: []int{1}}, Context: progress.Context{Kind: progress.InDrill, Ref: string(d.ID)},
	})
	h.must(err)
	st, err := h.Drill(ctx, lea, d.ID)
	h.must(err)
	same(t, "drill", []any{st.Area, st.Correct, st.Next}, []any{progress.ReviewArea, 1, "em-00"})
	d, err = h.StartReview(ctx, lea, x.ID, 10)
	h.must(err)
	same(t, "what is left of the exam", d.Items, []string{"em-00"})
	d, err = h.StartReview(ctx, lea, "", 1)
	h.must(err)
	same(t, "as many as asked for", len(d.Items), 1)
	_, err = h.StartReview(ctx, lea, "", 0)
	wantField(t, "none", err, "n")
}

// answerAgain tries to practise a question of an open exam.
func (h *house) answerAgain(a progress.Actor, x progress.Sitting) {
	h.t.Helper()
	_, err := h.SubmitQuestion(h.t.Context(), a, progress.QuestionSubmission{ClientKey: h.key(), Question: x.Form[0].ID, Answer: grading.ItemAnswer{Options: []int{0}}})
	wantField(h.t, "a question of an open exam", err, "exam")
}

// TestSealedResultsShowNowhere: what an exam whose answers are not open was graded like is in no use case of the learner's.
func TestSealedResultsShowNowhere(t *testing.T) {
	h := reportHouse(t)
	ctx := t.Context()
	lea, max, ines := h.user("lea", progress.RoleLearner, ""), h.guest(), h.user("ines", progress.RoleInstructor, "")
	silent := h.sit(lea, "silent")
	h.save(lea, silent, "em-00", progress.ItemState{Answer: option(silent, "em-00", 1)})
	in := h.clock.now().Add(24 * time.Hour)
	_, err := h.SaveRule(ctx, ines, progress.RuleDraft{Exam: "fixed", Kind: progress.RuleForPerson, Email: "lea@example.org", ResultsAt: &in})
	h.must(err)
	later := h.sit(lea, "fixed")
	for _, x := range []progress.Sitting{silent, later} {
		_, err := h.HandIn(ctx, lea, x.ID)
		h.must(err)
		_, err = h.Report(ctx, lea, x.ID)
		wantErr(t, "report of "+x.Exam, err, progress.ErrNotYet)
		_, err = h.Report(ctx, max, x.ID)
		wantErr(t, "another's report", err, progress.ErrNotFound)
		h.report(ines, x.ID)
	}
	sum, err := h.Summary(ctx, lea, lea.Learner)
	h.must(err)
	if sum.Questions != 0 || sum.Cases.Submitted != 0 || len(sum.Days) != 0 {
		t.Errorf("summary counts sealed answers: %+v", sum)
	}
	states, err := h.QuestionStates(ctx, lea)
	h.must(err)
	cases, err := h.CaseStates(ctx, lea)
	h.must(err)
	gs, n, err := h.Attempts(ctx, lea, progress.AttemptFilter{})
	h.must(err)
	if len(states)+len(cases)+len(gs)+n != 0 {
		t.Errorf("sealed answers in states %v, %v, or %d of %d attempts", states, cases, len(gs), n)
	}
	all, _, err := h.Attempts(ctx, ines, progress.AttemptFilter{Learner: lea.Learner, Sealed: true})
	h.must(err)
	if len(all) != 5 {
		t.Fatalf("staff see %d attempts in exams, want 5", len(all))
	}
	for _, g := range all {
		_, err := h.Attempt(ctx, lea, g.Attempt.ID)
		wantErr(t, "attempt", err, progress.ErrNotYet)
		_, err = h.Gradings(ctx, lea, g.Attempt.ID)
		wantErr(t, "gradings", err, progress.ErrNotYet)
		_, err = h.Dispute(ctx, lea, g.Attempt.ID, "", "The key is wrong here.", "")
		wantErr(t, "dispute", err, progress.ErrNotYet)
		for _, hash := range []string{g.Attempt.ShownHash, g.Attempt.KeyHash} {
			if _, err := h.Version(ctx, lea, hash); err == nil {
				t.Errorf("the kept text of %s can be read", g.Attempt.Item)
			}
		}
	}
	gs, _, err = h.Attempts(ctx, lea, progress.AttemptFilter{Learner: lea.Learner, Context: progress.Context{Kind: progress.InExam}, Sealed: true})
	if err != nil || len(gs) != 0 {
		t.Errorf("asked for outright there are %d sealed attempts (%v), want none", len(gs), err)
	}
	own, err := h.Sittings(ctx, lea, "")
	h.must(err)
	for _, x := range own {
		one, err := h.Sitting(ctx, lea, x.ID)
		h.must(err)
		if none := (progress.Tally{}); x.Tally != none || one.Tally != none {
			t.Errorf("%s: the tally shows: %+v, %+v", x.Exam, x.Tally, one.Tally)
		}
	}
	rec, err := h.Export(ctx, lea, lea.Learner)
	h.must(err)
	raw, err := json.Marshal(rec)
	h.must(err)
	for _, telling := range []string{"gradings\":[{", "\"correct\":true", "\"form\":[{", "\"percent10\":5", "\"correct\":100", "key_hash"} {
		if strings.Contains(string(raw), telling) {
			t.Errorf("the export has %s:\n%s", telling, raw)
		}
	}
}
