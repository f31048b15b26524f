package progress_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"crosswalk/lessons/markdown"
	"crosswalk/progress"
	"crosswalk/quizzes"
)

// shippedBank is the bank that comes with Crosswalk, read once.
var shippedBank = sync.OnceValue(func() *quizzes.Bank {
	b, _ := quizzes.Load(quizzes.Content, markdown.New(nil, nil), nil)
	return b
})

func hiringHouse(t *testing.T) *house {
	h := newHouse(t)
	h.SetContent(shippedBank())
	return h
}

// smallSpec is a test of two office charts and four questions.
func smallSpec() progress.AssessmentSpec {
	return progress.AssessmentSpec{
		Name: "Small test", Minutes: 45, PassPercent: 75, Questions: []progress.AreaCount{{Area: "em", Count: 3}, {Area: "icd10cm", Count: 1}},
		Charts: progress.ChartSpec{Count: 2, Weight: 5, Settings: []quizzes.Share{{Setting: "office", Weight: 1}}}, Book: true, Tries: 2, RetryDays: 30, KeepDays: 90,
		Job: progress.JobNote{Title: "Coder", Tasks: []progress.JobTask{{Text: "Codes office visits", Areas: []string{"em"}, Settings: []string{"office"}}}},
	}
}

func (h *house) assess(a progress.Actor, spec progress.AssessmentSpec) progress.Assessment {
	h.t.Helper()
	x, err := h.SaveAssessment(h.t.Context(), a, progress.AssessmentInput{ClientKey: h.key(), Spec: spec})
	h.must(err)
	return x
}

func (h *house) open(a progress.Actor, x progress.Assessment) progress.Assessment {
	h.t.Helper()
	x, err := h.OpenAssessment(h.t.Context(), a, x.ID, x.Revision)
	h.must(err)
	return x
}

func TestAHiringTestIsFrozenWhenItIsOpened(t *testing.T) {
	h := hiringHouse(t)
	ctx := t.Context()
	emma := h.user("emma", progress.RoleEmployer, "")
	key := h.key()
	x, err := h.SaveAssessment(ctx, emma, progress.AssessmentInput{ClientKey: key, Spec: smallSpec()})
	h.must(err)
	again, err := h.SaveAssessment(ctx, emma, progress.AssessmentInput{ClientKey: key, Spec: smallSpec()})
	h.must(err)
	same(t, "the same form twice is one test", again.ID, x.ID)
	change := func(from int, f func(*progress.AssessmentSpec)) (progress.Assessment, error) {
		kept, err := h.Assessment(ctx, emma, x.ID)
		h.must(err)
		spec := kept.Spec
		f(&spec)
		return h.SaveAssessment(ctx, emma, progress.AssessmentInput{ID: x.ID, From: from, Spec: spec})
	}
	x, err = change(1, func(s *progress.AssessmentSpec) { s.Minutes = 50 })
	h.must(err)
	same(t, "revision", x.Revision, 2)
	same(t, "the blueprint follows the draft", x.Blueprint.Minutes, 50)
	_, err = change(1, func(s *progress.AssessmentSpec) { s.Minutes = 60 })
	wantField(t, "a change of an old revision", err, "revision")
	unchanged, err := change(2, func(*progress.AssessmentSpec) {})
	h.must(err)
	same(t, "saying the same is no revision", unchanged.Revision, 2)
	_, err = h.OpenAssessment(ctx, emma, x.ID, 1)
	wantField(t, "opening what was changed since", err, "revision")
	_, err = h.CloseAssessment(ctx, emma, x.ID)
	wantField(t, "closing a draft", err, "revision")

	x = h.open(emma, x)
	if x.State() != progress.AssessmentOpen || len(x.Frozen.ContentHash) != 64 || x.Frozen.CodeYear < 2026 || x.Frozen.Items < 20 || len(x.Frozen.Plan) == 0 {
		t.Errorf("opened: %+v", x.Frozen)
	}
	same(t, "opening twice", h.open(emma, x).Revision, 3)
	for what, f := range map[string]func(*progress.AssessmentSpec){
		"pass line": func(s *progress.AssessmentSpec) { s.PassPercent = 60 },
		"time":      func(s *progress.AssessmentSpec) { s.Minutes = 90 },
		"items":     func(s *progress.AssessmentSpec) { s.Charts.Count = 3 },
		"book":      func(s *progress.AssessmentSpec) { s.Book = false },
		"retakes":   func(s *progress.AssessmentSpec) { s.Tries = 3 },
		"job":       func(s *progress.AssessmentSpec) { s.Job.Title = "Another" },
	} {
		_, err := change(3, f)
		wantField(t, what+" of an open test", err, "spec")
	}
	_, err = change(3, func(s *progress.AssessmentSpec) { s.KeepDays = 91 })
	wantField(t, "a longer retention", err, "keep")
	before := x.Frozen.ContentHash
	x, err = change(3, func(s *progress.AssessmentSpec) {
		s.Name, s.Until, s.KeepDays, s.Blind = "New name", h.clock.now().Add(time.Hour), 30, true
	})
	h.must(err)
	same(t, "what decides is frozen", x.Frozen.ContentHash, before)
	same(t, "name of the blueprint", x.Blueprint.Name, "New name")
	x, err = h.CloseAssessment(ctx, emma, x.ID)
	h.must(err)
	_, err = change(x.Revision, func(s *progress.AssessmentSpec) { s.Name = "Late" })
	wantField(t, "a change of a closed test", err, "spec")
	_, err = h.OpenAssessment(ctx, emma, x.ID, x.Revision)
	wantField(t, "opening a closed test", err, "revision")
	wantErr(t, "dropping a closed test", h.DropAssessment(ctx, emma, x.ID), progress.ErrConflict)
	copied, err := h.CopyAssessment(ctx, emma, x.ID, h.key())
	h.must(err)
	if copied.State() != progress.AssessmentDraft || copied.ID == x.ID || !copied.Spec.Until.IsZero() || copied.Spec.Minutes != 50 {
		t.Errorf("copy: %+v", copied)
	}
	h.must(h.DropAssessment(ctx, emma, copied.ID))
	entries, err := h.db.Entries(ctx, progress.DefaultOrg, progress.AuditFilter{Target: string(x.ID)})
	h.must(err)
	var did []string
	for _, e := range entries {
		did = append(did, e.Action)
	}
	slices.Sort(did)
	same(t, "the audit log", did, []string{"hire.close", "hire.open", "hire.save", "hire.save", "hire.save"})
}

func TestHiringTestsBelongToTheirEmployer(t *testing.T) {
	h := hiringHouse(t)
	ctx := t.Context()
	emma, other, ines, lea := h.user("emma", progress.RoleEmployer, ""), h.user("eric", progress.RoleEmployer, ""), h.user("ines", progress.RoleInstructor, ""), h.user("lea", progress.RoleLearner, "")
	x := h.assess(emma, smallSpec())
	for _, c := range []struct {
		who  progress.Actor
		want error
	}{{other, progress.ErrNotFound}, {ines, progress.ErrForbidden}, {lea, progress.ErrForbidden}, {progress.Actor{}, progress.ErrForbidden},
		{progress.Actor{Org: emma.Org, Learner: lea.Learner, Role: progress.RoleCandidate}, progress.ErrForbidden},
		{progress.Operator("00000000-0000-7000-8000-000000000009"), progress.ErrNotFound}} {
		for what, err := range map[string]error{
			"see":     second(h.Assessment(ctx, c.who, x.ID)),
			"change":  second(h.SaveAssessment(ctx, c.who, progress.AssessmentInput{ID: x.ID, From: 1, Spec: smallSpec()})),
			"open":    second(h.OpenAssessment(ctx, c.who, x.ID, 1)),
			"close":   second(h.CloseAssessment(ctx, c.who, x.ID)),
			"copy":    second(h.CopyAssessment(ctx, c.who, x.ID, h.key())),
			"drop":    h.DropAssessment(ctx, c.who, x.ID),
			"preview": func() error { _, _, err := h.PreviewAssessment(ctx, c.who, x.ID, 1); return err }(),
		} {
			wantErr(t, string(c.who.Role)+" wants to "+what, err, c.want)
		}
	}
	lists := func(a progress.Actor) int {
		xs, err := h.Assessments(ctx, a)
		h.must(err)
		return len(xs)
	}
	same(t, "lists of owner, another and admin", []int{lists(emma), lists(other), lists(progress.Operator(emma.Org))}, []int{1, 0, 1})
	_, err := h.Assessments(ctx, lea)
	wantErr(t, "a learner's list", err, progress.ErrForbidden)
	_, err = h.SaveAssessment(ctx, progress.Operator(""), progress.AssessmentInput{ClientKey: h.key(), Spec: smallSpec()})
	wantField(t, "the command line has no learner", err, "name")
}

func TestAHiringTestSaysWhatIsWrongWithIt(t *testing.T) {
	h := hiringHouse(t)
	emma := h.user("emma", progress.RoleEmployer, "")
	for field, f := range map[string]func(*progress.AssessmentSpec){
		"name":      func(s *progress.AssessmentSpec) { s.Name = "  " },
		"minutes":   func(s *progress.AssessmentSpec) { s.Minutes = 1 },
		"pass":      func(s *progress.AssessmentSpec) { s.PassPercent = 100 },
		"questions": func(s *progress.AssessmentSpec) { s.Questions, s.Charts.Count = nil, 0 },
		"charts":    func(s *progress.AssessmentSpec) { s.Charts.Count = 61 },
		"weight":    func(s *progress.AssessmentSpec) { s.Charts.Weight = 21 },
		"settings":  func(s *progress.AssessmentSpec) { s.Charts.Settings[0].Setting = "moon" },
		"areas":     func(s *progress.AssessmentSpec) { s.Charts.Areas = []string{"moon"} },
		"bills":     func(s *progress.AssessmentSpec) { s.Charts.Bills = "both" },
		"until":     func(s *progress.AssessmentSpec) { s.From, s.Until = h.clock.now(), h.clock.now().Add(-time.Hour) },
		"tries":     func(s *progress.AssessmentSpec) { s.Tries = 0 },
		"retry":     func(s *progress.AssessmentSpec) { s.RetryDays = -1 },
		"keep":      func(s *progress.AssessmentSpec) { s.KeepDays = 731 },
		"tasks":     func(s *progress.AssessmentSpec) { s.Job.Tasks[0].Text = strings.Repeat("x", 301) },
		"job":       func(s *progress.AssessmentSpec) { s.Job.Title = strings.Repeat("x", 81) },
		"cases":     func(s *progress.AssessmentSpec) { s.Charts.Cases = []string{"a", "a"} },
	} {
		spec := smallSpec()
		f(&spec)
		_, err := h.SaveAssessment(t.Context(), emma, progress.AssessmentInput{ClientKey: h.key(), Spec: spec})
		wantField(t, field, err, field)
	}
	spec := smallSpec()
	spec.Charts.Count = 45
	x := h.assess(emma, spec) // a draft may ask for too much
	check, err := h.CheckAssessment(emma, spec)
	h.must(err)
	if !strings.Contains(check.Short, "office, has 40 of 45") || check.Forms != 0 {
		t.Errorf("check: %+v", check)
	}
	_, err = h.OpenAssessment(t.Context(), emma, x.ID, 1)
	wantField(t, "opening what the bank cannot fill", err, "items")
	spec.Charts.Count = 30 // one form, and two tries
	x = h.assess(emma, spec)
	_, err = h.OpenAssessment(t.Context(), emma, x.ID, 1)
	wantField(t, "more tries than forms", err, "items")
}

// TestCandidatesGetFormsOfTheirOwn: the same counts by stratum, different items, used evenly, and never a chart again.
func TestCandidatesGetFormsOfTheirOwn(t *testing.T) {
	h := hiringHouse(t)
	ctx := t.Context()
	emma := h.user("emma", progress.RoleEmployer, "")
	x := h.open(emma, h.assess(emma, smallSpec()))
	use := map[string]int{}
	charts := 0
	for _, it := range shippedBank().InStrata(&x.Blueprint, x.Frozen.Plan) {
		if it.Kind == quizzes.ItemCase {
			charts++
		}
	}
	var first quizzes.Form
	const people = 30
	for n := range people {
		c := progress.Candidate{ID: progress.CandidateID(h.key()), Org: x.Org, Assessment: x.ID}
		form, err := h.CandidateForm(ctx, x, c)
		h.must(err)
		if n == 0 {
			first = form
			again, err := h.CandidateForm(ctx, x, c)
			h.must(err)
			same(t, "the form of a candidate is one", again, form)
		}
		for _, it := range form.Items {
			use[it.ID]++
		}
		h.sat(x, form, n)
	}
	same(t, "items of a form", len(first.Items), 6)
	// Strata have their charts in turn: each came up as often as its stratum allows, give or take one.
	for _, st := range x.Frozen.Plan {
		if st.Setting == "" {
			continue
		}
		low, high := 1<<30, 0
		for _, k := range shippedBank().Cases() {
			if k.Setting == st.Setting && k.Difficulty == st.Difficulty {
				low, high = min(low, use[k.ID]), max(high, use[k.ID])
			}
		}
		if high-low > 1 {
			t.Errorf("charts of difficulty %d came up %d to %d times", st.Difficulty, low, high)
		}
	}
}

func TestOwnChartsAreConfirmed(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	files := fstest.MapFS{}
	for _, k := range shippedBank().Cases() {
		if k.Setting == "office" {
			files["cases/office/"+k.ID+".md"] = &fstest.MapFile{Data: []byte(k.Source)}
		}
	}
	own := shippedBank().Cases()[0]
	for _, k := range shippedBank().Cases() {
		if k.Setting == "office" {
			own = k
			break
		}
	}
	files["cases/office/our-own.md"] = &fstest.MapFile{Data: []byte(strings.Replace(own.Source, "id: "+own.ID, "id: our-own", 1))}
	bank, problems := quizzes.Load(files, markdown.New(nil, nil), nil)
	if _, err := bank.Case("our-own"); err != nil {
		t.Fatal(err, problems)
	}
	h.SetContent(bank)
	emma := h.user("emma", progress.RoleEmployer, "")
	spec := smallSpec()
	spec.Questions, spec.Job.Tasks[0].Areas, spec.Charts.Cases = nil, nil, []string{"our-own"}
	x := h.assess(emma, spec)
	check, err := h.CheckAssessment(emma, spec)
	h.must(err)
	if len(check.Own) != 1 || check.Own[0].ID != "our-own" {
		t.Fatalf("own charts: %+v", check.Own)
	}
	_, err = h.OpenAssessment(ctx, emma, x.ID, 1)
	wantField(t, "opening with own charts that nobody confirmed", err, "own")
	x, err = h.SaveAssessment(ctx, emma, progress.AssessmentInput{ID: x.ID, From: 1, Spec: spec, Confirm: true})
	h.must(err)
	if d := x.Spec.Deidentified; d.By != emma.Learner || d.List != progress.DeidentificationList || len(d.Cases) != 1 || !strings.HasPrefix(d.Cases[0], "our-own ") {
		t.Errorf("what is kept of the confirmation: %+v", d)
	}
	opened := h.open(emma, x)
	_, form, err := h.PreviewAssessment(ctx, emma, opened.ID, 5)
	h.must(err)
	if !slices.ContainsFunc(form.Items, func(it quizzes.FormItem) bool { return it.ID == "our-own" }) || len(form.Items) != 2 {
		t.Errorf("the named chart is not in the form: %+v", form.Items)
	}
	drifted, err := h.Drifted(opened)
	h.must(err)
	same(t, "nothing has changed since it was opened", drifted, false)
	ann := progress.Candidate{ID: progress.CandidateID(h.key()), Org: opened.Org, Assessment: opened.ID}
	_, err = h.CandidateForm(ctx, opened, ann)
	h.must(err)
	files["cases/office/our-own.md"].Data = []byte(strings.Replace(string(files["cases/office/our-own.md"].Data), "title: ", "title: Changed ", 1))
	changed, _ := quizzes.Load(files, markdown.New(nil, nil), nil)
	h.SetContent(changed)
	drifted, err = h.Drifted(opened)
	h.must(err)
	same(t, "the chart has changed since it was opened", drifted, true)
	_, err = h.CandidateForm(ctx, opened, ann)
	wantErr(t, "a form with a chart that was changed since", err, quizzes.ErrTooSmall)
	opened, err = h.SaveAssessment(ctx, emma, progress.AssessmentInput{ID: opened.ID, From: opened.Revision, Spec: opened.Spec, Confirm: true})
	h.must(err)
	_, err = h.CandidateForm(ctx, opened, ann)
	h.must(err)
	copied, err := h.CopyAssessment(ctx, emma, opened.ID, h.key())
	h.must(err)
	_, err = h.OpenAssessment(ctx, emma, copied.ID, 1)
	wantField(t, "opening with a chart that was changed since", err, "own")

	h.SetContent(shippedBank()) // a test that is open before somebody publishes a chart of their own
	spec.Charts.Count, spec.Charts.Cases, spec.Tries = 20, nil, 1
	before := h.open(emma, h.assess(emma, spec))
	h.SetContent(changed)
	for range 8 {
		form, err := h.CandidateForm(ctx, before, progress.Candidate{ID: progress.CandidateID(h.key()), Org: before.Org, Assessment: before.ID})
		h.must(err)
		if slices.ContainsFunc(form.Items, func(it quizzes.FormItem) bool { return it.ID == "our-own" }) {
			t.Fatal("a chart that nobody confirmed comes before a candidate")
		}
	}
}

// TestShippedHiringTests: each can be opened as it is, its note covers all of it, and its minutes lie within the field's pace.
func TestShippedHiringTests(t *testing.T) {
	h := hiringHouse(t)
	emma := h.user("emma", progress.RoleEmployer, "")
	tests, err := h.HiringTests(emma)
	h.must(err)
	same(t, "how many", len(tests), 5)
	for _, shipped := range tests {
		spec, err := h.ShippedSpec(emma, shipped.ID)
		h.must(err)
		check, err := h.CheckAssessment(emma, spec)
		h.must(err)
		t.Logf("%s: %s; %d of %d items, %d forms, %d to %d minutes of work", shipped.ID, spec, check.Questions+check.Charts, check.Pool, check.Forms, check.WorkLow, check.WorkHigh)
		if spec.Minutes < check.WorkLow || spec.Minutes > check.WorkHigh*5/4 || check.Forms < 2 || len(check.Uncovered)+len(check.Idle) > 0 {
			t.Errorf("%s: %d minutes, work of %d to %d, %d forms, uncovered %v, nothing asked for %v", shipped.ID, spec.Minutes, check.WorkLow, check.WorkHigh, check.Forms, check.Uncovered, check.Idle)
		}
		h.open(emma, h.assess(emma, spec))
	}
	if _, err := h.ShippedSpec(emma, "none"); !errors.Is(err, quizzes.ErrNotFound) {
		t.Errorf("no such test: %v", err)
	}
}

// sat keeps a sitting of some candidate with a form, as having begun.
func (h *house) sat(x progress.Assessment, form quizzes.Form, n int) {
	h.t.Helper()
	l := h.user(fmt.Sprintf("hidden-%d", n), progress.RoleLearner, "")
	key := h.key()
	_, _, err := h.db.AddSitting(h.t.Context(), x.Org, nil, progress.Sitting{
		ID: progress.SittingID(fmt.Sprintf("019aa000-0000-7000-8000-%012x", n)), Org: x.Org, Learner: l.Learner, ClientKey: key, Exam: x.Exam(), Blueprint: x.Blueprint, Form: form.Items, StartedAt: h.clock.now(),
	}, 0)
	h.must(err)
}

func second[T any](_ T, err error) error { return err }
