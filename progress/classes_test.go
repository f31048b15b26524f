package progress_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"crosswalk/progress"
)

func (h *house) assign(a progress.Actor, in progress.AssignmentDraft) progress.Assignment {
	h.t.Helper()
	in.ClientKey = h.key()
	x, err := h.SaveAssignment(h.t.Context(), a, in)
	h.must(err)
	return x
}

func (h *house) grades(a progress.Actor, c progress.CohortID) progress.Gradebook {
	h.t.Helper()
	g, err := h.Gradebook(h.t.Context(), a, c)
	h.must(err)
	return g
}

// TestWhatCounts: which attempts count, when they are late and what is missing, case by case. Coding both lines of the case is 100 %, the first alone
// is less.
func TestWhatCounts(t *testing.T) {
	hour := func(n int) *time.Time {
		at := time.Date(2026, 11, 21, 12+n, 0, 0, 0, time.UTC)
		return &at
	}
	type did struct {
		at    int // hours after noon
		whole bool
	}
	for _, c := range []struct {
		name      string
		draft     progress.AssignmentDraft
		terms     *progress.TermsDraft
		did       []did
		now       int
		state     progress.WorkState
		tries     int
		whole     bool // the attempt that counts is the whole one
		scored    bool
		stillOpen bool
	}{
		{name: "nothing done, nothing due", now: 2, state: progress.WorkOpen, stillOpen: true},
		{name: "before it opens", draft: progress.AssignmentDraft{OpensAt: hour(5)}, now: 2, state: progress.WorkUpcoming},
		{name: "done before it opens does not count", draft: progress.AssignmentDraft{OpensAt: hour(5)}, did: []did{{3, true}}, now: 6, state: progress.WorkOpen, stillOpen: true},
		{name: "done in time", draft: progress.AssignmentDraft{DueAt: hour(5)}, did: []did{{4, true}}, now: 6, state: progress.WorkDone, tries: 1, whole: true, scored: true, stillOpen: true},
		{name: "done at the last moment", draft: progress.AssignmentDraft{DueAt: hour(5)}, did: []did{{5, true}}, now: 6, state: progress.WorkDone, tries: 1, whole: true, scored: true, stillOpen: true},
		{name: "done late", draft: progress.AssignmentDraft{DueAt: hour(5)}, did: []did{{6, true}}, now: 7, state: progress.WorkLate, tries: 1, whole: true, scored: true, stillOpen: true},
		{name: "missing", draft: progress.AssignmentDraft{DueAt: hour(5)}, now: 6, state: progress.WorkMissing, stillOpen: true},
		{name: "missing for good", draft: progress.AssignmentDraft{DueAt: hour(5), ClosesAt: hour(6)}, did: []did{{7, true}}, now: 8, state: progress.WorkMissing},
		{name: "a better attempt after it was due makes nothing late", draft: progress.AssignmentDraft{DueAt: hour(5)}, did: []did{{4, false}, {6, true}}, now: 7, state: progress.WorkDone, tries: 2, whole: true, scored: true, stillOpen: true},
		{name: "the last counts", draft: progress.AssignmentDraft{Counts: progress.CountLast}, did: []did{{1, true}, {2, false}}, now: 3, state: progress.WorkDone, tries: 2, scored: true, stillOpen: true},
		{name: "the first counts", draft: progress.AssignmentDraft{Counts: progress.CountFirst}, did: []did{{1, true}, {2, false}}, now: 3, state: progress.WorkDone, tries: 2, whole: true, scored: true, stillOpen: true},
		{name: "attempts beyond the number do not count", draft: progress.AssignmentDraft{Attempts: ptr(1)}, did: []did{{1, false}, {2, true}}, now: 3, state: progress.WorkDone, tries: 2, scored: true},
		{name: "more attempts for one", draft: progress.AssignmentDraft{Attempts: ptr(1)}, terms: &progress.TermsDraft{Attempts: ptr(2)}, did: []did{{1, false}, {2, true}}, now: 3, state: progress.WorkDone, tries: 2, whole: true, scored: true},
		{name: "later for one", draft: progress.AssignmentDraft{DueAt: hour(2), ClosesAt: hour(3)}, terms: &progress.TermsDraft{DueAt: hour(6)}, did: []did{{5, true}}, now: 7, state: progress.WorkDone, tries: 1, whole: true, scored: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t)
			ines, lea := h.user("ines", progress.RoleInstructor, ""), h.user("lea", progress.RoleLearner, "")
			co := h.cohort(ines, "Monday", lea)
			c.draft.Cohort, c.draft.Kind, c.draft.Ref = co.ID, progress.AssignCase, "c1"
			x := h.assign(ines, c.draft)
			if c.terms != nil {
				h.must(h.SetTerms(t.Context(), ines, co.ID, x.ID, lea.Learner, *c.terms))
			}
			for _, d := range c.did {
				h.clock.set(*hour(d.at))
				if d.whole {
					h.code(lea, "E11.22", "N18.32")
				} else {
					h.code(lea, "E11.22")
				}
			}
			h.clock.set(*hour(c.now))
			w := h.grades(ines, co.ID).Rows[0].Works[0]
			if w.State != c.state || w.Tries != c.tries || w.Scored != c.scored || w.Open != c.stillOpen || c.scored && (w.Percent10 == 1000) != c.whole || c.scored && w.Attempt == "" {
				t.Errorf("got %+v", w)
			}
			own, err := h.OwnAssignments(t.Context(), lea)
			h.must(err)
			same(t, "as the learner sees it", own[0].Work, w)
		})
	}
}

// TestDrillsAndLessons: a drill is done when every question of one of that size was answered, by the first answers; a lesson when it is marked.
func TestDrillsAndLessons(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	h.SetCourse(progress.NewCourse([]progress.CourseLesson{{ID: "l1", Title: "Lesson 1"}}, nil))
	ines, lea := h.user("ines", progress.RoleInstructor, ""), h.user("lea", progress.RoleLearner, "")
	co := h.cohort(ines, "Monday", lea)
	h.assign(ines, progress.AssignmentDraft{Cohort: co.ID, Kind: progress.AssignDrill, Ref: "em", Amount: 2})
	h.assign(ines, progress.AssignmentDraft{Cohort: co.ID, Kind: progress.AssignLesson, Ref: "l1"})
	works := func() []progress.Work { return h.grades(ines, co.ID).Rows[0].Works }
	drill := func(n int, right ...bool) {
		t.Helper()
		h.clock.add(time.Minute)
		d, err := h.StartDrill(ctx, lea, "em", n, 7)
		h.must(err)
		for i, ok := range right {
			h.clock.add(time.Minute)
			in := progress.QuestionSubmission{ClientKey: h.key(), Question: d.Items[i], Context: progress.Context{Kind: progress.InDrill, Ref: string(d.ID)}}
			in.Answer.Options = []int{map[bool]int{true: 0, false: 1}[ok]}
			_, err := h.SubmitQuestion(ctx, lea, in)
			h.must(err)
		}
	}
	drill(1, true)
	if w := works()[0]; w.State != progress.WorkOpen || w.Begun {
		t.Errorf("a smaller drill: %+v", w)
	}
	drill(2, true)
	if w := works()[0]; w.State != progress.WorkOpen || !w.Begun {
		t.Errorf("a drill that is under way: %+v", w)
	}
	drill(2, true, false)
	drill(3, false, false, true)
	if w := works()[0]; w.State != progress.WorkDone || w.Tries != 2 || w.Percent10 != 500 || w.Drill == "" {
		t.Errorf("after two drills: %+v", w)
	}
	h.must(h.MarkLesson(ctx, lea, "l1", true))
	if w := works()[1]; w.State != progress.WorkDone || w.Scored {
		t.Errorf("a lesson that is marked: %+v", w)
	}
	h.must(h.MarkLesson(ctx, lea, "l1", false))
	if w := works()[1]; w.State != progress.WorkOpen {
		t.Errorf("a mark that was taken back: %+v", w)
	}
	g := h.grades(ines, co.ID)
	same(t, "average of what has a score", []int{g.Rows[0].Average10, g.Rows[0].Scored, g.Rows[0].Done, g.Columns[0].Average10}, []int{500, 1, 1, 500})
}

// TestExamAssignments: attempts, extra time and window go through the exam rules and nowhere else; the grade follows a mended key; what is
// sealed for the learner stays so.
func TestExamAssignments(t *testing.T) {
	r := newRoom(t)
	ctx := t.Context()
	ines := r.user("ines", progress.RoleInstructor, "")
	co := r.cohort(ines, "Monday", r.lea)
	due := r.clock.now().Add(48 * time.Hour)
	x := r.assign(ines, progress.AssignmentDraft{Cohort: co.ID, Kind: progress.AssignExam, Ref: "plain", Attempts: ptr(2), ExtraPercent: ptr(50), DueAt: &due})
	if x.Attempts != nil || x.ClosesAt != nil {
		t.Errorf("the assignment says what is the rule's to say: %+v", x)
	}
	terms := func() progress.ExamTerms {
		t.Helper()
		e, err := r.Exam(ctx, r.lea, "plain")
		r.must(err)
		return e.Terms
	}
	if got := terms(); got.Attempts != 2 || got.ExtraPercent != 50 {
		t.Errorf("terms of the exam: %+v", got)
	}
	r.must(r.SetTerms(ctx, ines, co.ID, x.ID, r.lea.Learner, progress.TermsDraft{ExtraPercent: ptr(100), Attempts: ptr(3)}))
	if got := terms(); got.Attempts != 3 || got.ExtraPercent != 100 {
		t.Errorf("terms for the person: %+v", got)
	}
	ts, err := r.Terms(ctx, ines, co.ID, x.ID)
	r.must(err)
	if len(ts) != 1 || *ts[0].ExtraPercent != 100 || *ts[0].Attempts != 3 {
		t.Errorf("what is different: %+v", ts)
	}
	// When the results open was said on the page of rules: changing the assignment leaves it.
	opens := r.clock.now().Add(24 * time.Hour)
	_, err = r.SaveRule(ctx, ines, progress.RuleDraft{Exam: "plain", Kind: progress.RuleForCohort, Ref: string(co.ID), Attempts: ptr(2), ResultsAt: &opens})
	r.must(err)
	_, err = r.SaveAssignment(ctx, ines, progress.AssignmentDraft{ID: x.ID, Cohort: co.ID, Attempts: ptr(5), DueAt: &due})
	r.must(err)
	if got := terms(); got.ResultsAt == nil || !got.ResultsAt.Equal(opens) {
		t.Errorf("results open %v, want %v", got.ResultsAt, opens)
	}
	_, err = r.SaveAssignment(ctx, ines, progress.AssignmentDraft{Cohort: co.ID, ClientKey: r.key(), Kind: progress.AssignExam, Ref: "plain"})
	wantField(t, "the same exam twice", err, "ref")

	sat, err := r.start("plain", "client-key-of-exam", 0)
	r.must(err)
	if w := r.grades(ines, co.ID).Rows[0].Works[0]; !w.Begun || w.State != progress.WorkOpen {
		t.Errorf("while it is sat: %+v", w)
	}
	r.answer(sat, 0, 1, 2, 3)
	_, err = r.HandIn(ctx, r.lea, sat.ID)
	r.must(err)
	if w := r.grades(ines, co.ID).Rows[0].Works[0]; w.State != progress.WorkDone || w.Percent10 != 1000 || w.Sitting != sat.ID || !w.Sealed {
		t.Errorf("for the instructor: %+v", w)
	}
	own, err := r.OwnAssignments(ctx, r.lea)
	r.must(err)
	if w := own[0].Work; w.State != progress.WorkDone || w.Scored || w.Percent10 != 0 || !w.Sealed || w.Sitting != "" {
		t.Errorf("for the learner before the results open: %+v", w)
	}
	as, err := r.LearnerAssignments(ctx, ines, r.lea.Learner)
	r.must(err)
	same(t, "for one who looks as the learner", as[0].Work, own[0].Work)
	r.clock.set(opens.Add(time.Second))
	if own, err = r.OwnAssignments(ctx, r.lea); err != nil || own[0].Work.Percent10 != 1000 || own[0].Work.Sealed {
		t.Errorf("for the learner afterwards: %+v, %v", own, err)
	}

	// The key of one question is mended: nothing is stored anew with the sitting, and the grade follows.
	r.SetContent(sitBank(t, 12, true, false))
	_, err = r.KeepContent(ctx)
	r.must(err)
	_, err = r.Regrade(ctx, progress.Operator(""), "em-sit-00", "the key was wrong", false)
	r.must(err)
	want := 1000
	for _, f := range sat.Form {
		if f.ID == "em-sit-00" {
			want = 750
		}
	}
	same(t, "after the regrade", r.grades(ines, co.ID).Rows[0].Works[0].Percent10, want)

	r.must(r.DropAssignment(ctx, ines, co.ID, x.ID))
	if rules, err := r.Rules(ctx, ines); err != nil || len(rules) != 1 || rules[0].Kind != progress.RuleForPerson {
		t.Errorf("rules after the assignment was taken back: %+v, %v", rules, err)
	}
}

func TestAssignmentsThatCannotBe(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ines, ivan, lea := h.user("ines", progress.RoleInstructor, ""), h.user("ivan", progress.RoleInstructor, ""), h.user("lea", progress.RoleLearner, "")
	co := h.cohort(ines, "Monday", lea)
	now := h.clock.now()
	before, after, far := now.Add(-time.Hour), now.Add(time.Hour), time.Date(226, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name, field string
		in          progress.AssignmentDraft
	}{
		{"no kind", "kind", progress.AssignmentDraft{}},
		{"no such case", "ref", progress.AssignmentDraft{Kind: progress.AssignCase, Ref: "x"}},
		{"no such lesson", "ref", progress.AssignmentDraft{Kind: progress.AssignLesson, Ref: "x"}},
		{"no such area", "ref", progress.AssignmentDraft{Kind: progress.AssignDrill, Ref: "x", Amount: 1}},
		{"no such exam", "ref", progress.AssignmentDraft{Kind: progress.AssignExam, Ref: "x", Attempts: ptr(1)}},
		{"more questions than there are", "amount", progress.AssignmentDraft{Kind: progress.AssignDrill, Ref: "em", Amount: 5}},
		{"no questions", "amount", progress.AssignmentDraft{Kind: progress.AssignDrill, Ref: "em"}},
		{"no way to count", "counts", progress.AssignmentDraft{Kind: progress.AssignCase, Ref: "c1", Counts: "mean"}},
		{"no attempts", "attempts", progress.AssignmentDraft{Kind: progress.AssignCase, Ref: "c1", Attempts: ptr(0)}},
		{"extra time without a clock", "extra", progress.AssignmentDraft{Kind: progress.AssignCase, Ref: "c1", ExtraPercent: ptr(50)}},
		{"due before it opens", "due", progress.AssignmentDraft{Kind: progress.AssignCase, Ref: "c1", DueAt: &before}},
		{"closed before it is due", "closes", progress.AssignmentDraft{Kind: progress.AssignCase, Ref: "c1", OpensAt: &before, DueAt: &after, ClosesAt: &now}},
		{"no date", "opens", progress.AssignmentDraft{Kind: progress.AssignCase, Ref: "c1", OpensAt: &far}},
	} {
		c.in.Cohort, c.in.ClientKey = co.ID, h.key()
		_, err := h.SaveAssignment(ctx, ines, c.in)
		wantField(t, c.name, err, c.field)
	}
	in := progress.AssignmentDraft{Cohort: co.ID, ClientKey: "the-same-key", Kind: progress.AssignCase, Ref: "c1"}
	first, err := h.SaveAssignment(ctx, ines, in)
	h.must(err)
	again, err := h.SaveAssignment(ctx, ines, in)
	h.must(err)
	same(t, "sent twice", again.ID, first.ID)
	_, err = h.SaveAssignment(ctx, ivan, in)
	wantErr(t, "by another", err, progress.ErrNotFound)
	_, err = h.SaveAssignment(ctx, lea, in)
	wantErr(t, "by a learner", err, progress.ErrForbidden)
	theirs := h.cohort(ivan, "Ivan's")
	_, err = h.Assignment(ctx, ivan, theirs.ID, first.ID)
	wantErr(t, "by another cohort", err, progress.ErrNotFound)
	_, err = h.LearnerAssignments(ctx, ivan, lea.Learner)
	wantErr(t, "a learner of another", err, progress.ErrNotFound)
	h.must(h.MayFollow(ctx, progress.Operator(""), lea.Learner))

	// A closed cohort: its assignments have ended, its grades stay as they were.
	h.code(lea, "E11.22")
	h.clock.add(time.Minute)
	h.must(h.CloseCohort(ctx, ines, co.ID))
	h.clock.add(time.Hour)
	h.code(lea, "E11.22", "N18.32")
	if w := h.grades(ines, co.ID).Rows[0].Works[0]; w.State != progress.WorkDone || w.Tries != 1 || w.Percent10 == 1000 || w.Open {
		t.Errorf("after closing: %+v", w)
	}
	if own, err := h.OwnAssignments(ctx, lea); err != nil || len(own) != 0 {
		t.Errorf("the learner's after closing: %+v, %v", own, err)
	}
	in.ClientKey = h.key()
	_, err = h.SaveAssignment(ctx, ines, in)
	wantField(t, "a closed cohort", err, "kind")
	wantField(t, "terms in a closed cohort", h.SetTerms(ctx, ines, co.ID, first.ID, lea.Learner, progress.TermsDraft{Attempts: ptr(2)}), "learner")
	wantErr(t, "follow after closing", h.MayFollow(ctx, ines, lea.Learner), progress.ErrNotFound)
}

// TestRecordHoldsClasses: what classes keep of somebody is in the export, and gone after the erasure.
func TestRecordHoldsClasses(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ines, lea := h.user("ines", progress.RoleInstructor, ""), h.user("lea", progress.RoleLearner, "")
	co := h.cohort(ines, "Monday", lea)
	x := h.assign(ines, progress.AssignmentDraft{Cohort: co.ID, Kind: progress.AssignCase, Ref: "c1"})
	h.must(h.SetTerms(ctx, ines, co.ID, x.ID, lea.Learner, progress.TermsDraft{Attempts: ptr(2)}))
	g := h.code(lea, "E11.22")
	about := progress.About{Kind: progress.AboutAttempt, ID: string(g.Attempt.ID)}
	_, err := h.WriteMessage(ctx, ines, about, h.key(), "Look again.\x00\r\nPlease.")
	h.must(err)
	rec, err := h.Export(ctx, lea, lea.Learner)
	h.must(err)
	if len(rec.Assigned) != 1 || len(rec.Terms) != 1 || len(rec.Messages) != 1 || rec.Messages[0].Text != "Look again.\nPlease." {
		t.Errorf("export: %+v %+v %+v", rec.Assigned, rec.Terms, rec.Messages)
	}
	h.must(h.Erase(ctx, lea, lea.Learner))
	if rec, err = h.Export(ctx, progress.Operator(""), lea.Learner); err != nil || len(rec.Terms)+len(rec.Messages)+len(rec.Cohorts) != 0 {
		t.Errorf("export after the erasure: %+v, %v", rec, err)
	}
}

func TestLinksInvite(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ines, ivan := h.user("ines", progress.RoleInstructor, ""), h.user("ivan", progress.RoleInstructor, "")
	co := h.cohort(ines, "Monday")
	link, err := h.MakeLink(ctx, ines, co.ID, "form-key-1", 1, 2)
	h.must(err)
	again, err := h.MakeLink(ctx, ines, co.ID, "form-key-1", 1, 2)
	h.must(err)
	if again.ID != link.ID || again.Token == link.Token {
		t.Errorf("the same form again: %+v and %+v", link, again)
	}
	a, b := h.guest(), h.guest()
	_, err = h.Join(ctx, a, link.Token, "192.0.2.1")
	wantErr(t, "the first secret", err, progress.ErrNotFound)
	_, err = h.Join(ctx, ivan, again.Token, "192.0.2.1")
	wantErr(t, "staff", err, progress.ErrForbidden)
	id, err := h.Join(ctx, a, again.Token, "192.0.2.1")
	h.must(err)
	same(t, "the cohort", id, co.ID)
	_, err = h.Join(ctx, a, again.Token, "192.0.2.1")
	h.must(err)
	_, err = h.Join(ctx, b, again.Token, "192.0.2.1")
	wantErr(t, "one more than it lets in", err, progress.ErrNotFound)
	second, err := h.MakeLink(ctx, ines, co.ID, "form-key-2", 5, 2)
	h.must(err)
	h.clock.add(48 * time.Hour)
	_, err = h.Join(ctx, b, second.Token, "192.0.2.1")
	wantErr(t, "an expired link", err, progress.ErrNotFound)
	for range 70 {
		if _, err = h.Join(ctx, b, progress.Token(strings.Repeat("A", 43)), "192.0.2.7"); err != nil {
			if wait := new(progress.ErrTooMany); errors.As(err, &wait) {
				return
			}
		}
	}
	t.Errorf("seventy wrong links end in %v, want to be told to wait", err)
}

func TestParsePeople(t *testing.T) {
	for _, c := range []struct {
		name, file string
		want       []progress.Person
		problems   []string
	}{
		{"commas", "name,email\nAnn,ann@example.org\n", []progress.Person{{Name: "Ann", Email: "ann@example.org", Line: 2}}, nil},
		{"semicolons, a mark, line ends of Windows", "\xef\xbb\xbfE-Mail;First name;Last name;Group\r\nANN@example.org; Ann ;Lee;7\r\n\r\nben@example.org;;;\r\n", []progress.Person{{"Ann Lee", "ann@example.org", 2}, {"", "ben@example.org", 4}}, nil},
		{"tabs", "email\tname\nann@example.org\tAnn, \"the first\"\n", nil, []string{"Line 2: the quotes do not match."}},
		{"tabs with empty fields", "name\temail\n\tann@example.org\n", []progress.Person{{"", "ann@example.org", 2}}, nil},
		{"quotes over lines", "name,email\n\"Ann\nLee\",ann@example.org\nBen,ben@example.org\n", []progress.Person{{"Ann Lee", "ann@example.org", 2}, {"Ben", "ben@example.org", 4}}, nil},
		{"all problems at once", "name,email\nAnn,\nBen,ben\nCy,cy@example.org\nCy,CY@example.org\n" + strings.Repeat("x", 101) + ",d@example.org\n", nil,
			[]string{"Line 2: the e-mail is missing.", `Line 3: "ben" is no e-mail address`, "Line 5: cy@example.org stands on line 4 already.", "Line 6: the name cannot be taken."}},
		{"no head", "ann@example.org\nben@example.org\n", nil, []string{"Line 1: no column is called email"}},
		{"two columns of e-mails", "email,mail\na@example.org,b@example.org\n", nil, []string{"Line 1: two columns are called email."}},
		{"empty", " \n", nil, []string{"The file is empty."}},
		{"nobody", "name,email\n", nil, []string{"Line 2: there is nobody"}},
		{"no text", "name,email\n\x00", nil, []string{"This is no text in UTF-8"}},
		{"Latin-1", "name,email\nJos\xe9,jose@example.org\n", nil, []string{"This is no text in UTF-8"}},
		{"too large", "name,email\n" + strings.Repeat("#", progress.MaxPeopleFile), nil, []string{"The file can have 256 KiB at most."}},
	} {
		got, problems := progress.ParsePeople([]byte(c.file))
		same(t, c.name, got, c.want)
		if len(problems) != len(c.problems) {
			t.Errorf("%s: problems %v, want %v", c.name, problems, c.problems)
			continue
		}
		for i, p := range problems {
			if p.Field != "file" || !strings.HasPrefix(p.Reason, c.problems[i]) {
				t.Errorf("%s: problem %q, want %q", c.name, p.Reason, c.problems[i])
			}
		}
	}
	var b strings.Builder
	b.WriteString("email\n")
	for i := range progress.MaxNewMembers + 1 {
		fmt.Fprintf(&b, "l%d@example.org\n", i)
	}
	if _, problems := progress.ParsePeople([]byte(b.String())); len(problems) != 1 || !strings.Contains(problems[0].Reason, "at most 500") {
		t.Errorf("too many: %v", problems)
	}
}

// FuzzParsePeople: whatever comes in, either all is told that is wrong or every person has a plausible e-mail, each once, on a line of the file.
func FuzzParsePeople(f *testing.F) {
	for _, s := range []string{"name,email\nAnn,ann@example.org\n", "e-mail;name\n\"a\"\"b\"@example.org;x\n", "email\n\"", "email\tmail\n", "\xef\xbb\xbfemail\r\na@b.c\r\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		people, problems := progress.ParsePeople(file)
		if (len(people) == 0) == (len(problems) == 0) {
			t.Fatalf("%d people and %d problems", len(people), len(problems))
		}
		seen, last := map[string]bool{}, 1
		for _, p := range people {
			if seen[p.Email] || !strings.Contains(p.Email, "@") || p.Email != strings.ToLower(p.Email) || p.Line <= last || p.Line > strings.Count(string(file), "\n")+1 {
				t.Fatalf("person %+v after line %d", p, last)
			}
			seen[p.Email], last = true, p.Line
		}
	})
}

// TestAssignmentOpensAgain: an opening that is taken out of the form is the moment of assigning again.
func TestAssignmentOpensAgain(t *testing.T) {
	h := newHouse(t)
	ines, lea := h.user("ines", progress.RoleInstructor, ""), h.user("lea", progress.RoleLearner, "")
	co := h.cohort(ines, "Monday", lea)
	later := h.clock.now().Add(48 * time.Hour)
	x := h.assign(ines, progress.AssignmentDraft{Cohort: co.ID, Kind: progress.AssignCase, Ref: "c1", OpensAt: &later})
	if w := h.grades(ines, co.ID).Rows[0].Works[0]; w.State != progress.WorkUpcoming {
		t.Fatalf("before it opens: %+v", w)
	}
	_, err := h.SaveAssignment(t.Context(), ines, progress.AssignmentDraft{ID: x.ID, Cohort: co.ID})
	h.must(err)
	if w := h.grades(ines, co.ID).Rows[0].Works[0]; w.State != progress.WorkOpen || !w.Terms.OpensAt.Equal(x.CreatedAt) {
		t.Errorf("without an opening: %+v, assigned %s", w, x.CreatedAt)
	}
}

// TestRenewWithoutStaff: who became staff after being invited keeps nobody else from a new link.
func TestRenewWithoutStaff(t *testing.T) {
	h := newHouse(t)
	ines := h.user("ines", progress.RoleInstructor, "")
	co := h.cohort(ines, "Monday")
	_, err := h.InviteFile(t.Context(), ines, co.ID, []byte("email\nann@example.org\nivan@example.org\n"))
	h.must(err)
	_, err = h.AddUser(t.Context(), progress.Operator(""), progress.NewUser{Name: "Ivan", Email: "ivan@example.org", Passphrase: "a sentence to remember", Role: progress.RoleInstructor})
	h.must(err)
	came, err := h.RenewInvites(t.Context(), ines, co.ID)
	if err != nil || len(came.Invited) != 1 || came.Invited[0].Email != "ann@example.org" {
		t.Errorf("new links: %+v, %v", came.Invited, err)
	}
}
