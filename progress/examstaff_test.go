package progress_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"crosswalk/lessons/markdown"
	"crosswalk/progress"
	"crosswalk/quizzes"
)

// examHouse is a house over a bank with eight questions of E/M, of which em-00 and em-01 give each other away, and one shipped exam.
func examHouse(t *testing.T) *house {
	t.Helper()
	var b strings.Builder
	b.WriteString("---\narea: em\ncode_year: 2026\n---\n\n")
	for i := range 8 {
		extra := map[int]string{0: "enemies=em-01"}[i]
		fmt.Fprintf(&b, "## em-%02d {difficulty=1 cites=x %s}\n\nStem %d.\n\n- [ ] a\n  > why\n- [x] b\n  > why\n- [ ] c\n  > why\n\n> r\n\n", i, extra, i)
	}
	bank, problems := quizzes.Load(fstest.MapFS{
		"bank/em/a.md": &fstest.MapFile{Data: []byte(b.String())}, "exams/unit.yaml": &fstest.MapFile{Data: []byte(composed("unit", "items: 4\nareas: [{id: em, count: 4}]"))},
	}, markdown.New(nil, nil), nil)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	h := newHouse(t)
	h.SetContent(bank)
	return h
}

// composed is the YAML of an exam.
func composed(id, parts string) string {
	return "id: " + id + "\nname: Exam " + id + "\nminutes: 60\npass: {percent: 70}\nnavigation: free\nbook: open\nfeedback: after\n" + parts + "\n"
}

const fourOfEM = "items: 4\nareas: [{id: em, count: 4}]"

func (h *house) compose(a progress.Actor, id string) progress.ComposedExam {
	h.t.Helper()
	e, err := h.SaveComposed(h.t.Context(), a, progress.ComposedDraft{Body: composed(id, fourOfEM)})
	h.must(err)
	return e
}

func (h *house) cohort(a progress.Actor, name string, members ...progress.Actor) progress.Cohort {
	h.t.Helper()
	c, err := h.CreateCohort(h.t.Context(), a, name)
	h.must(err)
	for _, m := range members {
		h.must(h.AddMember(h.t.Context(), a, c.ID, m.Learner))
	}
	return c
}

func ptr[T any](v T) *T { return &v }

func TestAComposedExamHasRevisionsOfItsOwner(t *testing.T) {
	h := examHouse(t)
	ctx := t.Context()
	ines, ivan, lea := h.user("ines", progress.RoleInstructor, ""), h.user("ivan", progress.RoleInstructor, ""), h.user("lea", progress.RoleLearner, "")
	first := h.compose(ines, "week-1")
	if first.Revision != 1 || first.Name != "Exam week-1" || first.Owner != ines.Learner {
		t.Errorf("first revision %+v", first)
	}
	save := func(a progress.Actor, exam string, from int, body string) (progress.ComposedExam, error) {
		return h.SaveComposed(ctx, a, progress.ComposedDraft{Exam: exam, From: from, Body: body})
	}
	changed := composed("week-1", "questions: [em-02, em-03]")
	second, err := save(ines, "week-1", 1, changed)
	h.must(err)
	same(t, "second revision", second.Revision, 2)
	again, err := save(ines, "week-1", 1, changed) // sent twice
	h.must(err)
	same(t, "saved again", again, second)
	byAdmin, err := save(progress.Operator(""), "week-1", 2, composed("week-1", "questions: [em-02]"))
	h.must(err)
	if byAdmin.Owner != ines.Learner || byAdmin.Revision != 3 {
		t.Errorf("changed by an admin %+v, want revision 3 of the owner", byAdmin)
	}
	for _, c := range []struct {
		name, exam string
		from       int
		body       string
		field      string
	}{
		{"from an old tab", "week-1", 1, composed("week-1", fourOfEM), "revision"},
		{"another id", "week-1", 3, composed("week-2", fourOfEM), "id"},
		{"an id that is taken", "", 0, composed("week-1", fourOfEM), "id"},
		{"the id of a shipped exam", "", 0, composed("unit", fourOfEM), "id"},
		{"the id of its half", "", 0, composed("unit-half", fourOfEM), "body"},
		{"the id of a drill", "", 0, composed("drill-em", fourOfEM), "body"},
		{"no exam", "", 0, " ", "body"},
		{"a slip", "", 0, composed("week-2", fourOfEM+"\nnavigaton: free"), "body"},
		{"a question that is not there", "", 0, composed("week-2", "questions: [em-77]"), "body"},
		{"two that give each other away", "", 0, composed("week-2", "questions: [em-00, em-01]"), "body"},
		{"more than the bank has", "", 0, composed("week-2", "items: 9\nareas: [{id: em, count: 9}]"), "body"},
		{"too long", "", 0, composed("week-2", fourOfEM) + strings.Repeat("#", 65<<10), "body"},
		{"no text", "", 0, composed("week-2", fourOfEM) + "\x00", "body"},
	} {
		_, err := save(ines, c.exam, c.from, c.body)
		wantField(t, c.name, err, c.field)
	}
	_, err = save(ivan, "", 0, composed("week-1", fourOfEM))
	wantField(t, "another's id", err, "id")
	_, err = save(progress.Operator(""), "", 0, composed("week-9", fourOfEM))
	wantField(t, "of nobody", err, "id")
	_, err = save(ivan, "week-1", 3, changed)
	wantErr(t, "another's exam", err, progress.ErrNotFound)
	_, err = save(lea, "", 0, changed)
	wantErr(t, "by a learner", err, progress.ErrForbidden)
	_, err = save(h.user("emma", progress.RoleEmployer, ""), "", 0, changed)
	wantErr(t, "by an employer", err, progress.ErrForbidden)

	for _, c := range []struct {
		name string
		a    progress.Actor
		want error
	}{
		{"another instructor", ivan, progress.ErrNotFound}, {"an instructor of another organisation", h.user("far", progress.RoleInstructor, otherOrg), progress.ErrNotFound},
		{"a learner", lea, progress.ErrForbidden},
	} {
		_, err := h.Composed(ctx, c.a, "week-1")
		wantErr(t, c.name+" reads", err, c.want)
		wantErr(t, c.name+" retires", h.RetireComposed(ctx, c.a, "week-1"), c.want)
		_, _, err = h.PreviewExam(ctx, c.a, "week-1", 1)
		wantErr(t, c.name+" previews", err, c.want)
	}
	h.compose(ivan, "a-week")
	for _, c := range []struct {
		name string
		a    progress.Actor
		want string
	}{{"the owner", ines, "week-1"}, {"another", ivan, "a-week"}, {"an admin", progress.Operator(""), "a-week week-1"}} {
		es, err := h.ComposedExams(ctx, c.a)
		h.must(err)
		var ids []string
		for _, e := range es {
			ids = append(ids, e.Exam)
		}
		same(t, "exams of "+c.name, strings.Join(ids, " "), c.want)
	}
	bp, form, err := h.PreviewExam(ctx, ines, "week-1", 7)
	h.must(err)
	if len(form.Items) != 1 || form.Items[0].ID != "em-02" || bp.Name != "Exam week-1" {
		t.Errorf("preview %+v", form)
	}
	_, form, err = h.PreviewExam(ctx, ivan, "unit", 7)
	h.must(err)
	same(t, "items of a shipped exam", len(form.Items), 4)

	h.must(h.RetireComposed(ctx, ines, "week-1"))
	h.must(h.RetireComposed(ctx, ines, "week-1"))
	_, err = save(ines, "week-1", 3, changed)
	wantField(t, "a retired one", err, "revision")
	_, err = save(ines, "", 0, composed("week-1", fourOfEM))
	wantField(t, "the id of a retired one", err, "id")
	log, err := h.AuditLog(ctx, progress.Operator(""), progress.AuditFilter{})
	h.must(err)
	var done []string
	for _, e := range log {
		if strings.HasPrefix(e.Action, "exam.") && e.Target == "week-1" {
			done = append(done, e.Action+" "+e.Detail)
		}
	}
	same(t, "audit log", done, []string{"exam.retire ", "exam.save revision 3", "exam.save revision 2", "exam.save revision 1"})
}

func TestAComposedExamIsOpenThroughRules(t *testing.T) {
	h := examHouse(t)
	ctx := t.Context()
	ines, ivan := h.user("ines", progress.RoleInstructor, ""), h.user("ivan", progress.RoleInstructor, "")
	lea, kim, max := h.user("lea", progress.RoleLearner, ""), h.user("kim", progress.RoleLearner, ""), h.user("max", progress.RoleLearner, "")
	c := h.cohort(ines, "Monday", kim)
	for _, id := range []string{"for-all", "for-kim", "for-lea", "for-none"} {
		h.compose(ines, id)
	}
	rule := func(in progress.RuleDraft) {
		t.Helper()
		_, err := h.SaveRule(ctx, ines, in)
		h.must(err)
	}
	rule(progress.RuleDraft{Exam: "for-all", Kind: progress.RuleForEveryone})
	rule(progress.RuleDraft{Exam: "for-kim", Kind: progress.RuleForCohort, Ref: string(c.ID)})
	rule(progress.RuleDraft{Exam: "for-lea", Kind: progress.RuleForPerson, Email: " LEA@example.org ", ExtraPercent: ptr(50), Attempts: ptr(2)})
	rule(progress.RuleDraft{Kind: progress.RuleForPerson, Ref: string(max.Learner), ExtraPercent: ptr(25)}) // of every exam: opens none
	check := func(name string, a progress.Actor, want string) {
		t.Helper()
		es, err := h.OpenExams(ctx, a)
		h.must(err)
		var ids []string
		for _, e := range es {
			ids = append(ids, e.Blueprint.ID)
			if _, err := h.Exam(ctx, a, e.Blueprint.ID); err != nil {
				t.Errorf("%s: %s is listed and %v", name, e.Blueprint.ID, err)
			}
		}
		same(t, "open to "+name, strings.Join(ids, " "), want)
	}
	check("lea", lea, "for-all for-lea")
	check("kim", kim, "for-all for-kim")
	check("max", max, "for-all")
	check("the owner", ines, "for-all for-kim for-lea for-none")
	check("an admin", progress.Operator(""), "for-all for-kim for-lea for-none")
	check("another organisation", h.user("far", progress.RoleLearner, otherOrg), "")
	check("nobody", progress.Actor{}, "")
	_, err := h.Exam(ctx, lea, "for-kim")
	wantErr(t, "an exam that is not open", err, progress.ErrNotFound)
	_, err = h.Exam(ctx, ivan, "for-none")
	wantErr(t, "another instructor's exam", err, progress.ErrNotFound)
	e, err := h.Exam(ctx, lea, "for-lea")
	h.must(err)
	if e.Terms.ExtraPercent != 50 || e.Terms.Attempts != 2 {
		t.Errorf("terms %+v, want 50 per cent and 2 attempts", e.Terms)
	}
	h.must(h.CloseCohort(ctx, ines, c.ID))
	check("a member of a closed cohort", kim, "for-all")
	h.must(h.RetireComposed(ctx, ines, "for-all"))
	check("lea after one is retired", lea, "for-lea")
}

func TestRulesAreTheOwnersToSet(t *testing.T) {
	h := examHouse(t)
	ctx := t.Context()
	ines, ivan, admin := h.user("ines", progress.RoleInstructor, ""), h.user("ivan", progress.RoleInstructor, ""), h.user("ada", progress.RoleAdmin, "")
	lea := h.user("lea", progress.RoleLearner, "")
	far := h.user("far", progress.RoleLearner, otherOrg)
	c, closed := h.cohort(ines, "Monday", lea), h.cohort(ines, "Closed")
	h.must(h.CloseCohort(ctx, ines, closed.ID))
	h.compose(ines, "week-1")
	h.compose(ines, "old")
	h.must(h.RetireComposed(ctx, ines, "old"))
	t1, t2 := h.clock.now().Add(time.Hour), h.clock.now().Add(2*time.Hour)
	for _, x := range []struct {
		name  string
		a     progress.Actor
		in    progress.RuleDraft
		field string
	}{
		{"no kind", ines, progress.RuleDraft{Exam: "unit", ExtraPercent: ptr(50)}, "kind"},
		{"everyone at a shipped exam", ines, progress.RuleDraft{Exam: "unit", Kind: progress.RuleForEveryone, Attempts: ptr(1)}, "kind"},
		{"everyone at every exam", ines, progress.RuleDraft{Kind: progress.RuleForEveryone, Attempts: ptr(1)}, "kind"},
		{"everyone, set by nobody", progress.Operator(""), progress.RuleDraft{Exam: "unit", Kind: progress.RuleForEveryone, Attempts: ptr(1)}, "kind"},
		{"no exam of this name", ines, progress.RuleDraft{Exam: "nil", Kind: progress.RuleForPerson, Ref: string(lea.Learner), Attempts: ptr(1)}, "exam"},
		{"another's exam", ivan, progress.RuleDraft{Exam: "week-1", Kind: progress.RuleForPerson, Ref: string(lea.Learner), Attempts: ptr(1)}, "exam"},
		{"a retired exam", ines, progress.RuleDraft{Exam: "old", Kind: progress.RuleForPerson, Ref: string(lea.Learner), Attempts: ptr(1)}, "exam"},
		{"another's cohort", ivan, progress.RuleDraft{Exam: "unit", Kind: progress.RuleForCohort, Ref: string(c.ID), Attempts: ptr(1)}, "ref"},
		{"a closed cohort", ines, progress.RuleDraft{Exam: "unit", Kind: progress.RuleForCohort, Ref: string(closed.ID), Attempts: ptr(1)}, "ref"},
		{"no cohort", ines, progress.RuleDraft{Exam: "unit", Kind: progress.RuleForCohort, Attempts: ptr(1)}, "ref"},
		{"an e-mail of nobody", ines, progress.RuleDraft{Exam: "unit", Kind: progress.RuleForPerson, Email: "x@example.org", Attempts: ptr(1)}, "email"},
		{"an instructor's e-mail", ines, progress.RuleDraft{Exam: "unit", Kind: progress.RuleForPerson, Email: "ivan@example.org", Attempts: ptr(1)}, "email"},
		{"a learner of another organisation", ines, progress.RuleDraft{Exam: "unit", Kind: progress.RuleForPerson, Ref: string(far.Learner), Attempts: ptr(1)}, "ref"},
		{"a rule that says nothing", ines, progress.RuleDraft{Exam: "unit", Kind: progress.RuleForPerson, Ref: string(lea.Learner)}, "extra"},
		{"too much time", ines, progress.RuleDraft{Exam: "unit", Kind: progress.RuleForPerson, Ref: string(lea.Learner), ExtraPercent: ptr(301)}, "extra"},
		{"less than no extra time", ines, progress.RuleDraft{Exam: "unit", Kind: progress.RuleForPerson, Ref: string(lea.Learner), ExtraPercent: ptr(-1)}, "extra"},
		{"no attempt", ines, progress.RuleDraft{Exam: "unit", Kind: progress.RuleForPerson, Ref: string(lea.Learner), Attempts: ptr(0)}, "attempts"},
		{"too many attempts", ines, progress.RuleDraft{Exam: "unit", Kind: progress.RuleForPerson, Ref: string(lea.Learner), Attempts: ptr(101)}, "attempts"},
		{"closed before it opens", ines, progress.RuleDraft{Exam: "unit", Kind: progress.RuleForPerson, Ref: string(lea.Learner), OpensAt: &t2, ClosesAt: &t1}, "closes"},
		{"results before it opens", ines, progress.RuleDraft{Exam: "unit", Kind: progress.RuleForPerson, Ref: string(lea.Learner), OpensAt: &t2, ResultsAt: &t1}, "results"},
		{"a year of two digits", ines, progress.RuleDraft{Exam: "unit", Kind: progress.RuleForPerson, Ref: string(lea.Learner), OpensAt: ptr(time.Date(26, 1, 1, 0, 0, 0, 0, time.UTC))}, "opens"},
	} {
		_, err := h.SaveRule(ctx, x.a, x.in)
		wantField(t, x.name, err, x.field)
	}
	_, err := h.SaveRule(ctx, lea, progress.RuleDraft{Exam: "unit", Kind: progress.RuleForPerson, Ref: string(lea.Learner), ExtraPercent: ptr(300)})
	wantErr(t, "a learner gives themselves time", err, progress.ErrForbidden)

	save := func(a progress.Actor, in progress.RuleDraft) progress.ExamRule {
		t.Helper()
		r, err := h.SaveRule(ctx, a, in)
		h.must(err)
		return r
	}
	first := save(ines, progress.RuleDraft{Exam: "unit", Kind: progress.RuleForPerson, Email: "lea@example.org", ExtraPercent: ptr(50), Attempts: ptr(3)})
	second := save(ines, progress.RuleDraft{Exam: "unit", Kind: progress.RuleForPerson, Ref: string(lea.Learner), ExtraPercent: ptr(25)})
	if second.ID != first.ID || second.Attempts != nil {
		t.Errorf("in the place of the first: %+v", second)
	}
	_, err = h.SaveRule(ctx, ivan, progress.RuleDraft{Exam: "unit", Kind: progress.RuleForPerson, Ref: string(lea.Learner), ExtraPercent: ptr(0)})
	wantField(t, "a colleague's rule", err, "kind")
	third := save(admin, progress.RuleDraft{Exam: "unit", Kind: progress.RuleForPerson, Ref: string(lea.Learner), ExtraPercent: ptr(10)})
	if third.ID != first.ID || third.Owner != ines.Learner {
		t.Errorf("an admin's change: %+v, want the owner to stay", third)
	}
	ofCohort := save(ines, progress.RuleDraft{Exam: "unit", Kind: progress.RuleForCohort, Ref: string(c.ID), OpensAt: &t1, ClosesAt: &t2})
	save(admin, progress.RuleDraft{Kind: progress.RuleForEveryone, Attempts: ptr(5)})
	save(ines, progress.RuleDraft{Exam: "week-1", Kind: progress.RuleForEveryone})
	for _, x := range []struct {
		name string
		a    progress.Actor
		want []string
	}{
		{"ines", ines, []string{"unit cohort Monday", "unit person lea", "week-1 everyone "}}, {"ivan", ivan, nil},
		{"an admin", progress.Operator(""), []string{" everyone ", "unit cohort Monday", "unit person lea", "week-1 everyone "}},
	} {
		rs, err := h.Rules(ctx, x.a)
		h.must(err)
		var got []string
		for _, r := range rs {
			got = append(got, r.Exam+" "+string(r.Kind)+" "+r.Name)
		}
		same(t, "rules that are seen by "+x.name, got, x.want)
	}
	e, err := h.Exam(ctx, lea, "unit")
	h.must(err)
	if e.Terms.ExtraPercent != 10 || e.Terms.Attempts != 5 || !e.Terms.OpensAt.Equal(t1) || !e.Terms.ClosesAt.Equal(t2) {
		t.Errorf("terms %+v", e.Terms)
	}
	wantErr(t, "another drops it", h.DropRule(ctx, ivan, ofCohort.ID), progress.ErrNotFound)
	wantErr(t, "a learner drops it", h.DropRule(ctx, lea, ofCohort.ID), progress.ErrForbidden)
	_, err = h.Rules(ctx, lea)
	wantErr(t, "a learner lists them", err, progress.ErrForbidden)
	h.must(h.DropRule(ctx, ines, ofCohort.ID))
	wantErr(t, "dropped twice", h.DropRule(ctx, ines, ofCohort.ID), progress.ErrNotFound)
	if e, err = h.Exam(ctx, lea, "unit"); err != nil || e.Terms.OpensAt != nil {
		t.Errorf("terms without the rule of the cohort %+v, %v", e.Terms, err)
	}
	log, err := h.AuditLog(ctx, progress.Operator(""), progress.AuditFilter{})
	h.must(err)
	for _, e := range log {
		if s := e.Target + e.Detail; strings.Contains(s, "@") || strings.Contains(s, "Monday") {
			t.Errorf("the audit log names people: %+v", e)
		}
	}
}

func TestCohortsAreTheOwnersAlone(t *testing.T) {
	h := examHouse(t)
	ctx := t.Context()
	ines, ivan, admin := h.user("ines", progress.RoleInstructor, ""), h.user("ivan", progress.RoleInstructor, ""), progress.Operator("")
	lea, kim, guest := h.user("lea", progress.RoleLearner, ""), h.user("kim", progress.RoleLearner, ""), h.guest()
	h.user("far", progress.RoleLearner, otherOrg)
	c := h.cohort(ines, " Monday  group ")
	same(t, "name", c.Name, "Monday group")
	for _, x := range []struct {
		name string
		a    progress.Actor
		in   string
	}{{"no name", ines, " "}, {"a long one", ines, strings.Repeat("x", 81)}, {"one twice", ines, "monday GROUP"}, {"one of nobody", admin, "x"}} {
		_, err := h.CreateCohort(ctx, x.a, x.in)
		wantField(t, x.name, err, "name")
	}
	_, err := h.CreateCohort(ctx, lea, "x")
	wantErr(t, "a learner's cohort", err, progress.ErrForbidden)
	h.cohort(ivan, "Monday group")

	n, err := h.AddMembers(ctx, ines, c.ID, []string{"lea@example.org", "", " KIM@example.org", "lea@example.org"})
	h.must(err)
	same(t, "added", n, 2)
	for _, x := range []struct {
		name   string
		emails []string
	}{
		{"nobody", []string{" ", ""}}, {"an unknown one", []string{"lea@example.org", "x@example.org"}}, {"staff", []string{"ivan@example.org"}},
		{"one of another organisation", []string{"far@example.org"}}, {"too many", make500()},
	} {
		_, err := h.AddMembers(ctx, ines, c.ID, x.emails)
		wantField(t, x.name, err, "emails")
	}
	h.must(h.AddMember(ctx, ines, c.ID, guest.Learner))
	h.must(h.AddMember(ctx, ines, c.ID, guest.Learner))
	wantErr(t, "staff as a member", h.AddMember(ctx, ines, c.ID, ivan.Learner), progress.ErrNotFound)
	members := func(want string) {
		t.Helper()
		ls, err := h.Members(ctx, ines, c.ID)
		h.must(err)
		var names []string
		for _, l := range ls {
			names = append(names, l.Name)
		}
		same(t, "members", strings.Join(names, ","), want)
	}
	members(",kim,lea")
	h.must(h.RemoveMember(ctx, ines, c.ID, guest.Learner))
	h.must(h.RemoveMember(ctx, ines, c.ID, guest.Learner))
	members("kim,lea")
	for _, x := range []struct {
		name string
		a    progress.Actor
		want error
	}{{"another instructor", ivan, progress.ErrNotFound}, {"another organisation's", h.user("fay", progress.RoleAdmin, otherOrg), progress.ErrNotFound}, {"a learner", lea, progress.ErrForbidden}} {
		_, err := h.Cohort(ctx, x.a, c.ID)
		wantErr(t, x.name+" reads", err, x.want)
		_, err = h.Members(ctx, x.a, c.ID)
		wantErr(t, x.name+" lists", err, x.want)
		_, err = h.AddMembers(ctx, x.a, c.ID, []string{"lea@example.org"})
		wantErr(t, x.name+" adds", err, x.want)
		wantErr(t, x.name+" adds one", h.AddMember(ctx, x.a, c.ID, kim.Learner), x.want)
		wantErr(t, x.name+" removes", h.RemoveMember(ctx, x.a, c.ID, kim.Learner), x.want)
		wantErr(t, x.name+" closes", h.CloseCohort(ctx, x.a, c.ID), x.want)
	}
	members("kim,lea")
	cs, err := h.Cohorts(ctx, ines)
	h.must(err)
	if len(cs) != 1 || cs[0].Members != 2 {
		t.Errorf("cohorts of ines: %+v", cs)
	}
	if cs, err = h.Cohorts(ctx, admin); err != nil || len(cs) != 2 {
		t.Errorf("cohorts of all: %+v, %v", cs, err)
	}
	h.must(h.CloseCohort(ctx, admin, c.ID))
	h.must(h.CloseCohort(ctx, ines, c.ID))
	_, err = h.AddMembers(ctx, ines, c.ID, []string{"lea@example.org"})
	wantField(t, "a member of a closed cohort", err, "emails")
	h.cohort(ines, "Monday group") // the name is free again
}

func make500() []string {
	out := make([]string, progress.MaxNewMembers+1)
	for i := range out {
		out[i] = "lea@example.org"
	}
	return out
}

func TestDisputes(t *testing.T) {
	h := newHouse(t)
	ctx := t.Context()
	ines, lea, kim := h.user("ines", progress.RoleInstructor, ""), h.user("lea", progress.RoleLearner, ""), h.user("kim", progress.RoleLearner, "")
	q, c := h.answer(lea, "em-1", 1), h.code(lea, "E11.22", "I10")
	const reason = "The key is not right, see the guideline."
	for _, x := range []struct {
		name                   string
		att                    progress.AttemptID
		line, reason, citation string
		field                  string
	}{
		{"no reason", q.Attempt.ID, "", "wrong", "", "reason"},
		{"a long reason", q.Attempt.ID, "", strings.Repeat("ä", progress.MaxReason+1), "", "reason"},
		{"a long citation", q.Attempt.ID, "", reason, strings.Repeat("x", progress.MaxCitation+1), "citation"},
		{"a line of a question", q.Attempt.ID, "E11.22", reason, "", "line"},
		{"a line that is not there", c.Attempt.ID, "J18.9", reason, "", "line"},
	} {
		_, err := h.Dispute(ctx, lea, x.att, x.line, x.reason, x.citation)
		wantField(t, x.name, err, x.field)
	}
	for _, a := range []progress.Actor{kim, ines, {}} {
		_, err := h.Dispute(ctx, a, q.Attempt.ID, "", reason, "")
		wantErr(t, "another's attempt", err, progress.ErrNotFound)
	}
	d, err := h.Dispute(ctx, lea, q.Attempt.ID, "", " "+reason+" ", "I.C.4")
	h.must(err)
	want := progress.Dispute{
		ID: d.ID, Org: progress.DefaultOrg, Learner: lea.Learner, Attempt: q.Attempt.ID, Kind: progress.KindQuestion, Item: "em-1", KeyHash: "key of em-1",
		Reason: reason, Citation: "I.C.4", Status: progress.DisputeOpen, CreatedAt: h.clock.now(),
	}
	same(t, "the dispute", d, want)
	_, err = h.Dispute(ctx, lea, q.Attempt.ID, "", reason, "")
	wantField(t, "disputed twice", err, "line")
	for _, line := range []string{"N18.32", "I10"} { // one of the key that was missed, and one that was entered
		_, err = h.Dispute(ctx, lea, c.Attempt.ID, line, reason, "")
		h.must(err)
	}
	own, err := h.OwnDisputes(ctx, lea, c.Attempt.ID)
	h.must(err)
	if len(own) != 2 || own[0].Line != "I10" {
		t.Errorf("own disputes %+v", own)
	}
	if own, err = h.OwnDisputes(ctx, kim, ""); err != nil || len(own) != 0 {
		t.Errorf("another's own disputes %+v, %v", own, err)
	}
	open, err := h.Disputes(ctx, ines, progress.DisputeFilter{Status: progress.DisputeOpen})
	h.must(err)
	same(t, "open disputes", len(open), 3)
	_, err = h.Disputes(ctx, lea, progress.DisputeFilter{})
	wantErr(t, "a learner lists all", err, progress.ErrForbidden)
	if ds, err := h.Disputes(ctx, h.user("far", progress.RoleInstructor, otherOrg), progress.DisputeFilter{}); err != nil || len(ds) != 0 {
		t.Errorf("in another organisation: %+v, %v", ds, err)
	}
	_, err = h.DisputeByID(ctx, kim, d.ID)
	wantErr(t, "another reads it", err, progress.ErrNotFound)
	if _, err = h.DisputeByID(ctx, lea, d.ID); err != nil {
		t.Errorf("the learner reads it: %v", err)
	}

	_, err = h.ResolveDispute(ctx, lea, d.ID, progress.DisputeAccepted, reason)
	wantErr(t, "a learner resolves it", err, progress.ErrForbidden)
	_, err = h.ResolveDispute(ctx, ines, d.ID, progress.DisputeOpen, reason)
	wantField(t, "resolved as open", err, "status")
	_, err = h.ResolveDispute(ctx, ines, d.ID, progress.DisputeDeclined, "no")
	wantField(t, "without an answer", err, "answer")
	h.clock.add(time.Hour)
	done, err := h.ResolveDispute(ctx, ines, d.ID, progress.DisputeAccepted, "You are right, the key will be mended.")
	h.must(err)
	got, err := h.DisputeByID(ctx, lea, d.ID)
	h.must(err)
	same(t, "as the learner sees it", got, done)
	if got.ResolvedBy != ines.Learner || !got.ResolvedAt.Equal(h.clock.now()) || got.Status != progress.DisputeAccepted {
		t.Errorf("resolved %+v", got)
	}
	_, err = h.ResolveDispute(ctx, ines, d.ID, progress.DisputeDeclined, "On second thoughts it is fine.")
	wantField(t, "resolved twice", err, "status")
	now, err := h.Attempt(ctx, lea, q.Attempt.ID)
	h.must(err)
	same(t, "the grading stays", now.Grading, q.Grading)

	rec, err := h.Export(ctx, lea, lea.Learner)
	h.must(err)
	same(t, "disputes in the export", len(rec.Disputes), 3)
	h.must(h.Erase(ctx, lea, lea.Learner))
	if got, err = h.DisputeByID(ctx, ines, d.ID); err != nil || got.Reason+got.Citation+got.Answer != "" {
		t.Errorf("after erasing: %+v, %v", got, err)
	}
}

// TestADisputeWaitsForTheResults: what an exam asked cannot be disputed before its answers are open.
func TestADisputeWaitsForTheResults(t *testing.T) {
	h := examHouse(t)
	ctx := t.Context()
	ines, lea := h.user("ines", progress.RoleInstructor, ""), h.user("lea", progress.RoleLearner, "")
	h.compose(ines, "week-1")
	opens := h.clock.now().Add(24 * time.Hour)
	_, err := h.SaveRule(ctx, ines, progress.RuleDraft{Exam: "week-1", Kind: progress.RuleForPerson, Ref: string(lea.Learner), ResultsAt: &opens, Attempts: ptr(1), ExtraPercent: ptr(50)})
	h.must(err)
	x, err := h.StartSitting(ctx, lea, progress.SittingStart{Exam: "week-1", ClientKey: h.key()})
	h.must(err)
	if want := h.clock.now().Add(90 * time.Minute); x.EndsAt == nil || !x.EndsAt.Equal(want) {
		t.Errorf("the sitting ends at %v, want %v by the rule", x.EndsAt, want)
	}
	h.must(h.RetireComposed(ctx, ines, "week-1")) // what is under way goes on
	h.clock.add(time.Minute)
	_, err = h.HandIn(ctx, lea, x.ID)
	h.must(err)
	r, err := h.Report(ctx, ines, x.ID)
	h.must(err)
	att := r.Items[0].Graded.Attempt.ID
	const reason = "The key is not right, see the guideline."
	_, err = h.Dispute(ctx, lea, att, "", reason, "")
	wantErr(t, "before the results are open", err, progress.ErrNotYet)
	_, err = h.Dispute(ctx, ines, att, "", reason, "")
	wantErr(t, "by staff", err, progress.ErrNotFound)
	h.clock.set(opens)
	_, err = h.Dispute(ctx, lea, att, "", reason, "")
	h.must(err)
	if r, err = h.Report(ctx, lea, x.ID); err != nil || len(r.Items[0].Dispute) != 1 {
		t.Errorf("the report shows %+v, %v", r.Items[0].Dispute, err)
	}
}

func TestTheExportHoldsExamsCohortsAndRules(t *testing.T) {
	h := examHouse(t)
	ctx := t.Context()
	ines, lea := h.user("ines", progress.RoleInstructor, ""), h.user("lea", progress.RoleLearner, "")
	c := h.cohort(ines, "Monday", lea)
	h.compose(ines, "week-1")
	for _, in := range []progress.RuleDraft{
		{Exam: "unit", Kind: progress.RuleForPerson, Ref: string(lea.Learner), ExtraPercent: ptr(50)}, {Exam: "unit", Kind: progress.RuleForCohort, Ref: string(c.ID), Attempts: ptr(1)},
	} {
		_, err := h.SaveRule(ctx, ines, in)
		h.must(err)
	}
	rec, err := h.Export(ctx, ines, ines.Learner)
	h.must(err)
	if len(rec.Exams) != 1 || len(rec.Cohorts) != 1 || len(rec.Rules) != 2 {
		t.Errorf("of the instructor: %d exams, %d cohorts, %d rules", len(rec.Exams), len(rec.Cohorts), len(rec.Rules))
	}
	rec, err = h.Export(ctx, lea, lea.Learner)
	h.must(err)
	if len(rec.Exams) != 0 || len(rec.Cohorts) != 1 || len(rec.Rules) != 2 || rec.Cohorts[0].Name != "Monday" {
		t.Errorf("of the learner: %+v, %+v", rec.Cohorts, rec.Rules)
	}
}
