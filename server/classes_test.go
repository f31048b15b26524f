package server_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"crosswalk/grading"
	"crosswalk/progress"
)

// classroom is a site with a cohort of one learner, who has a result, and one assignment.
type classroom struct {
	*site
	ines, lea progress.Actor
	teacher   *browser
	learner   *browser
	cohort    progress.Cohort
	assigned  progress.Assignment
	link      progress.Secret
	attempt   progress.Graded
}

const assignedCase = "ed-colles-fracture"

func newClassroom(t *testing.T) *classroom {
	t.Helper()
	r := &classroom{site: newSite(t)}
	ctx := t.Context()
	r.teacher, r.ines = r.staff(t, "ines", progress.RoleInstructor)
	r.learner, r.lea = r.staff(t, "lea", progress.RoleLearner)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var err error
	r.cohort, err = r.prog.CreateCohort(ctx, r.ines, "Monday group")
	must(err)
	must(r.prog.AddMember(ctx, r.ines, r.cohort.ID, r.lea.Learner))
	r.assigned, err = r.prog.SaveAssignment(ctx, r.ines, progress.AssignmentDraft{Cohort: r.cohort.ID, ClientKey: "assignment-1", Kind: progress.AssignCase, Ref: assignedCase})
	must(err)
	r.link, err = r.prog.MakeLink(ctx, r.ines, r.cohort.ID, "link-key-1", 5, 7)
	must(err)
	r.attempt, err = r.prog.SubmitCase(ctx, r.lea, progress.CaseSubmission{ClientKey: "case-key-1", Case: assignedCase, Answer: grading.Answer{Diagnoses: []grading.AnswerDiagnosis{{Code: "S52.531A"}}}})
	must(err)
	return r
}

// TestCohortsOfAnother asks for every route of cohorts as another instructor of the same organisation, a learner of another cohort, an
// employer, a guest, a visitor and an admin. A route that is not named here fails the test.
func TestCohortsOfAnother(t *testing.T) {
	r := newClassroom(t)
	ctx := t.Context()
	home := "/teach/cohorts/" + string(r.cohort.ID)
	one := home + "/assignments/" + string(r.assigned.ID)
	gets := map[string]string{
		"/teach/cohorts/:id": home, "/teach/cohorts/:id/assignments/new": home + "/assignments/new", "/teach/cohorts/:id/assignments/:assignment": one,
		"/teach/cohorts/:id/grades": home + "/grades", "/teach/cohorts/:id/grades.csv": home + "/grades.csv", "/teach/cohorts/:id/grades.xlsx": home + "/grades.xlsx",
	}
	posts := map[string]string{
		"/teach/cohorts/:id/members": home + "/members", "/teach/cohorts/:id/members/:learner/remove": home + "/members/" + string(r.lea.Learner) + "/remove", "/teach/cohorts/:id/close": home + "/close",
		"/teach/cohorts/:id/links": home + "/links", "/teach/cohorts/:id/invites": home + "/invites", "/teach/cohorts/:id/invites/renew": home + "/invites/renew",
		"/teach/cohorts/:id/invites/:invite/revoke": home + "/invites/" + string(r.link.ID) + "/revoke", "/teach/cohorts/:id/assignments": home + "/assignments",
		"/teach/cohorts/:id/assignments/:assignment": one, "/teach/cohorts/:id/assignments/:assignment/drop": one + "/drop", "/teach/cohorts/:id/assignments/:assignment/learners": one + "/learners",
	}
	for _, route := range r.srv.App().GetRoutes(true) {
		named := gets
		if route.Method == http.MethodPost {
			named = posts
		} else if route.Method != http.MethodGet {
			continue
		}
		if strings.HasPrefix(route.Path, "/teach/cohorts/") && named[route.Path] == "" {
			t.Errorf("%s %s is asked for by nobody here", route.Method, route.Path)
		}
	}
	form := func() url.Values {
		return url.Values{
			"emails": {"lea@example.org"}, "people": {"name,email\nAnn,ann@example.org\n"}, "most": {"3"}, "days": {"3"}, "client_key": {"another-key"}, "kind": {"lesson"}, "ref": {"icd10cm-excludes"},
			"learner": {string(r.lea.Learner)}, "due": {"2030-01-01T10:00"},
		}
	}
	other, ivan := r.staff(t, "ivan", progress.RoleInstructor)
	theirs, err := r.prog.CreateCohort(ctx, ivan, "Ivan's")
	if err != nil {
		t.Fatal(err)
	}
	learner, len2 := r.staff(t, "len", progress.RoleLearner)
	if err := r.prog.AddMember(ctx, ivan, theirs.ID, len2.Learner); err != nil {
		t.Fatal(err)
	}
	employer, _ := r.staff(t, "emma", progress.RoleEmployer)
	guest, visitor := r.browser(t), r.browser(t)
	guest.startGuest()
	visitor.get("/")
	for _, who := range []struct {
		name string
		b    *browser
		want int
	}{{"another instructor", other, 404}, {"a learner of another cohort", learner, 403}, {"a learner of the cohort", r.learner, 403}, {"an employer", employer, 403}, {"a guest", guest, 403}, {"a visitor", visitor, 0}} {
		for _, path := range gets {
			p := who.b.get(path)
			if who.want != 0 && p.StatusCode != who.want || who.want == 0 && p.StatusCode != http.StatusSeeOther || strings.Contains(p.body, "Monday group") {
				t.Errorf("%s gets %s: %d", who.name, path, p.StatusCode)
			}
		}
		for _, path := range posts {
			p := who.b.post(path, form())
			if who.want != 0 && p.StatusCode != who.want || who.want == 0 && p.StatusCode != http.StatusUnauthorized || strings.Contains(p.body, "Monday group") {
				t.Errorf("%s posts %s: %d", who.name, path, p.StatusCode)
			}
		}
	}
	// With a cohort of their own, another's assignment or invitation is none of it.
	mine := "/teach/cohorts/" + string(theirs.ID)
	for _, path := range []string{"/assignments/" + string(r.assigned.ID)} {
		if p := other.get(mine + path); p.StatusCode != http.StatusNotFound {
			t.Errorf("another's %s by one's own cohort: %d", path, p.StatusCode)
		}
	}
	for _, path := range []string{"/assignments/" + string(r.assigned.ID), "/assignments/" + string(r.assigned.ID) + "/drop", "/assignments/" + string(r.assigned.ID) + "/learners", "/invites/" + string(r.link.ID) + "/revoke"} {
		if p := other.post(mine+path, form()); p.StatusCode != http.StatusNotFound {
			t.Errorf("another's %s by one's own cohort: %d", path, p.StatusCode)
		}
	}

	// A learner's pages, and what is written below a result, are for those who teach them.
	message := "/messages/attempt/" + string(r.attempt.Attempt.ID)
	for _, page := range []string{"dashboard", "assignments", "plan", "readiness", "results"} {
		path := "/teach/learners/" + string(r.lea.Learner) + "/" + page
		wantText(t, r.teacher.get(path), http.StatusOK, "to be read only")
		for name, b := range map[string]*browser{"another instructor": other, "a learner of another cohort": learner, "the learner": r.learner, "an employer": employer, "a guest": guest} {
			if p := b.get(path); p.StatusCode != http.StatusNotFound && p.StatusCode != http.StatusForbidden {
				t.Errorf("%s gets %s: %d", name, path, p.StatusCode)
			}
		}
	}
	if p := r.teacher.get("/teach/learners/" + string(r.lea.Learner) + "/secrets"); p.StatusCode != http.StatusNotFound {
		t.Errorf("a page that is none: %d", p.StatusCode)
	}
	for name, b := range map[string]*browser{"another instructor": other, "a learner of another cohort": learner, "an employer": employer, "a guest": guest} {
		if p := b.post(message, url.Values{"client_key": {"message-key"}, "text": {"I look on."}}); p.StatusCode != http.StatusNotFound {
			t.Errorf("%s writes below a result: %d", name, p.StatusCode)
		}
		if p := b.post("/progress/cohorts/"+string(r.cohort.ID)+"/leave", nil); p.StatusCode != http.StatusNotFound {
			t.Errorf("%s leaves the cohort: %d", name, p.StatusCode)
		}
	}
	// Nothing that was refused has changed anything.
	if g, err := r.prog.Gradebook(ctx, r.ines, r.cohort.ID); err != nil || len(g.Rows) != 1 || len(g.Columns) != 1 || g.Cohort.ClosedAt != nil {
		t.Errorf("the cohort afterwards: %+v, %v", g, err)
	}
	admin, _ := r.staff(t, "ada", progress.RoleAdmin)
	for _, path := range gets {
		if p := admin.get(path); p.StatusCode != http.StatusOK {
			t.Errorf("an admin gets %s: %d", path, p.StatusCode)
		}
	}
	wantText(t, admin.get("/teach/learners/"+string(r.lea.Learner)+"/results"), http.StatusOK, "to be read only")
}

// TestInviteByLink: a link lets in a guest and an account, is shown once, and no longer lets anybody in when it is revoked.
func TestInviteByLink(t *testing.T) {
	r := newClassroom(t)
	home := "/teach/cohorts/" + string(r.cohort.ID)
	wantText(t, r.teacher.post(home+"/links", url.Values{"client_key": {"form-key-2"}, "most": {"x"}, "days": {"999"}}), http.StatusUnprocessableEntity, "A link lets in 1 to 1000 people.", "A link is good for 1 to 365 days.")
	p := r.teacher.post(home+"/links", url.Values{"client_key": {"form-key-2"}, "most": {"2"}, "days": {"3"}})
	wantText(t, p, http.StatusOK, "It is not kept, so it cannot be shown again")
	link, _ := p.doc.Find("#new-link").Attr("value")
	u, err := url.Parse(link)
	if err != nil || !regexp.MustCompile(`^/join/[\w-]{43}$`).MatchString(u.Path) {
		t.Fatalf("the link is %q", link)
	}
	if p = r.teacher.get(home); strings.Contains(p.body, u.Path) {
		t.Error("the link is shown again")
	}
	visitor := r.browser(t)
	wantText(t, visitor.get(u.Path), http.StatusOK, "Monday group", "ines invites you", "Join as a guest")
	wantText(t, visitor.get("/signup?next="+url.QueryEscape(u.Path)), http.StatusOK)
	visitor.get(u.Path)
	wantText(t, visitor.follow(u.Path, nil), http.StatusOK, "You are in the cohort.", "Fall on an outstretched hand", "Leave")
	wantText(t, visitor.get("/progress"), http.StatusOK, "Assignments", "Fall on an outstretched hand")
	wantText(t, visitor.follow(u.Path, nil), http.StatusOK) // twice is once

	account, _ := r.staff(t, "ann", progress.RoleLearner)
	account.get(u.Path)
	account.follow(u.Path, nil)
	third := r.browser(t)
	wantText(t, third.get(u.Path), http.StatusNotFound, "This link lets nobody in any more")
	if p := third.post(u.Path, nil); p.StatusCode != http.StatusNotFound || third.cookies["crosswalk_session"] != "" {
		t.Errorf("a link that is used up: %d, cookies %v", p.StatusCode, third.cookies)
	}
	wantText(t, account.get(u.Path), http.StatusOK, "You are in this cohort.")
	teacher := r.teacher.get("/join/" + string(r.link.Token))
	wantText(t, teacher, http.StatusOK, "You are signed in as staff")
	if p := r.teacher.post("/join/"+string(r.link.Token), nil); p.StatusCode != http.StatusForbidden {
		t.Errorf("staff join: %d", p.StatusCode)
	}
	wantText(t, r.teacher.follow(home+"/invites/"+string(r.link.ID)+"/revoke", nil), http.StatusOK, "It lets nobody in any more.", "revoked", "2 of 2 used")
	wantText(t, third.get("/join/"+string(r.link.Token)), http.StatusNotFound, "revoked")

	// The guest signs up and keeps the place; then leaves.
	visitor.get("/signup")
	visitor.follow("/signup", url.Values{"name": {"Gus"}, "email": {"gus@example.org"}, "passphrase": {"a sentence to remember"}, "next": {"/progress/assignments"}})
	p = visitor.get("/progress/assignments")
	wantText(t, p, http.StatusOK, "Fall on an outstretched hand")
	leave, _ := p.doc.Find(`form[action$="/leave"]`).Attr("action")
	wantText(t, visitor.follow(leave, nil), http.StatusOK, "You have left the cohort.", "You are in no cohort")
}

// TestWrongLinksAreCounted: guessing links is slowed down.
func TestWrongLinksAreCounted(t *testing.T) {
	r := newClassroom(t)
	b := r.browser(t)
	last := 0
	for i := range 70 {
		last = b.get("/join/" + strings.Repeat(string(rune('A'+i%26)), 43)).StatusCode
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("seventy wrong links end in %d", last)
	}
	if p := b.get("/join/short"); p.StatusCode != http.StatusNotFound {
		t.Errorf("what has no form of a link: %d", p.StatusCode)
	}
}

// TestInviteByFile: problems come with their lines and change nothing; then accounts are added and the others get links.
func TestInviteByFile(t *testing.T) {
	r := newClassroom(t)
	home := "/teach/cohorts/" + string(r.cohort.ID)
	_, _ = r.staff(t, "ann", progress.RoleLearner)
	p := r.teacher.upload(home+"/invites", "class.csv", "name;email\nAnn;ann@example.org\nBen;ben\n;ines@example.org\nAnn;ANN@example.org\n")
	wantText(t, p, http.StatusUnprocessableEntity, "Nobody was added or invited:", `Line 3: "ben" is no e-mail address`, "Line 5: ann@example.org stands on line 2 already.")
	wantInvalid(t, p, "file")
	wantText(t, r.teacher.upload(home+"/invites", "class.csv", "name,email\nIvy,ines@example.org\n"), http.StatusUnprocessableEntity, "Line 2: ines@example.org is the account of a member of staff")
	p = r.teacher.upload(home+"/invites", "class.csv", "Name,E-Mail\nAnn,ann@example.org\nLea,lea@example.org\nBen <b>,ben@example.org\n")
	wantText(t, p, http.StatusOK, "Added, since they have an account: ann", "One was a member already.", "ben@example.org", "Ben <b>", "/join/")
	secret := strings.TrimSpace(p.doc.Find(".cl-secret").Text())
	u, err := url.Parse(secret)
	if err != nil {
		t.Fatal(err)
	}
	p = r.teacher.get(home)
	wantText(t, p, http.StatusOK, "Invited, not here yet", "ben@example.org")
	if strings.Contains(p.body, u.Path) {
		t.Error("the personal link is shown again")
	}
	renewed := r.teacher.post(home+"/invites/renew", nil)
	wantText(t, renewed, http.StatusOK, "ben@example.org", "/join/")
	ben := r.browser(t)
	if p := ben.get(u.Path); p.StatusCode != http.StatusNotFound {
		t.Errorf("the first personal link after a second was made: %d", p.StatusCode)
	}
	u, _ = url.Parse(strings.TrimSpace(renewed.doc.Find(".cl-secret").Text()))
	wantText(t, ben.get(u.Path), http.StatusOK, "Monday group")
	form := ben.get("/signup?next=" + url.QueryEscape(u.Path)).formValues(`form[action="/signup"]`)
	if form.Get("email") != "ben@example.org" || form.Get("name") != "Ben <b>" {
		t.Errorf("the form of who was invited: %v", form)
	}
	form.Set("passphrase", "a sentence to remember")
	ben.follow("/signup", form)
	wantText(t, ben.get("/progress/assignments"), http.StatusOK, "Monday group", "Fall on an outstretched hand")
	if p := r.teacher.get(home); strings.Contains(p.text(), "Invited, not here yet") {
		t.Error("who came is still waited for")
	}
}

// TestAssignAndGrade: an instructor assigns by the form, sees and exports grades, and what is wrong is told beside its field.
func TestAssignAndGrade(t *testing.T) {
	r := newClassroom(t)
	home := "/teach/cohorts/" + string(r.cohort.ID)
	for _, kind := range []string{"lesson", "drill", "case", "exam"} {
		if p := r.teacher.get(home + "/assignments/new?kind=" + kind); p.StatusCode != http.StatusOK || p.doc.Find("#ref optgroup option").Length() < 3 {
			t.Errorf("the form for a %s: %d, %d to choose", kind, p.StatusCode, p.doc.Find("#ref optgroup option").Length())
		}
	}
	form := r.teacher.get(home + "/assignments/new?kind=exam").formValues(".es-form")
	form.Set("ref", "cpc")
	form.Set("attempts", "x")
	form.Set("due", "soon")
	p := r.teacher.post(home+"/assignments", form)
	wantText(t, p, http.StatusUnprocessableEntity, "Write a whole number from 1 to 100.", "Write a date and a time")
	wantInvalid(t, p, "attempts", "due")
	form.Set("attempts", "2")
	form.Set("extra", "25")
	form.Set("due", "2020-01-01T10:00")
	wantText(t, r.teacher.post(home+"/assignments", form), http.StatusUnprocessableEntity, "It must be due after it opens.")
	form.Set("due", "2099-01-01T10:00")
	form.Set("closes", "2099-01-02T10:00")
	p = r.teacher.follow(home+"/assignments", form)
	wantText(t, p, http.StatusOK, "It is assigned.", "CPC practice exam", "2 attempts", "25 % extra time", "start until 2 Jan 2099")
	r.teacher.follow(home+"/assignments", form) // twice is once
	if xs, _ := r.prog.Assignments(t.Context(), r.ines, r.cohort.ID); len(xs) != 2 {
		t.Errorf("after the same form twice there are %d assignments", len(xs))
	}
	if e, err := r.prog.Exam(t.Context(), r.lea, "cpc"); err != nil || e.Terms.Attempts != 2 || e.Terms.ExtraPercent != 25 {
		t.Errorf("the exam on the learner's terms: %+v, %v", e.Terms, err)
	}
	wantText(t, r.learner.get("/progress/assignments"), http.StatusOK, "CPC practice exam", "2 attempts", "the best attempt counts", "done")

	one := home + "/assignments/" + string(r.assigned.ID)
	p = r.teacher.get(one)
	wantText(t, p, http.StatusOK, "Everybody has it on the same terms.")
	wantText(t, r.teacher.post(one+"/learners", url.Values{"learner": {"x"}, "due": {"2099-01-01T10:00"}}), http.StatusUnprocessableEntity, "Choose a member of the cohort.")
	wantText(t, r.teacher.follow(one+"/learners", url.Values{"learner": {string(r.lea.Learner)}, "due": {"2099-01-01T10:00"}, "attempts": {"3"}}), http.StatusOK, "It is saved for this learner.", "due 1 Jan 2099", "3 attempts")
	wantText(t, r.teacher.follow(one+"/learners", url.Values{"learner": {string(r.lea.Learner)}}), http.StatusOK, "Everybody has it on the same terms.")

	p = r.teacher.get(home + "/grades?sort=-" + string(r.assigned.ID))
	wantText(t, p, http.StatusOK, "Fall on an outstretched hand", "done", "audit", "lea", "open")
	if p.doc.Find(`th[aria-sort="descending"]`).Length() != 1 {
		t.Error("the column that is sorted by does not say so")
	}
	wantText(t, r.teacher.get(home+"/grades?state=missing"), http.StatusOK, "Nobody in this cohort fits.")
	wantText(t, r.teacher.get(home+"/grades?q=LEA"), http.StatusOK, "lea")
	p = r.teacher.get(home + "/grades.csv")
	if !strings.Contains(p.body, "Fall on an outstretched hand: percent") || !strings.Contains(p.body, "lea@example.org") || !strings.Contains(p.Header.Get("Content-Disposition"), "grades.csv") {
		t.Errorf("CSV: %s\n%s", p.Header.Get("Content-Disposition"), p.body)
	}
	if p = r.teacher.get(home + "/grades.xlsx"); !strings.HasPrefix(p.body, "PK") || !strings.Contains(p.Header.Get("Content-Type"), "spreadsheetml") {
		t.Errorf("XLSX: %s, %d bytes", p.Header.Get("Content-Type"), len(p.body))
	}
	wantText(t, r.teacher.follow(one+"/drop", nil), http.StatusOK, "The assignment is taken back.")
	wantText(t, r.teacher.follow(home+"/close", nil), http.StatusOK)
	wantText(t, r.teacher.get(home+"/assignments/new"), http.StatusOK, "This cohort is closed")
	wantText(t, r.learner.get("/progress/assignments"), http.StatusOK, "You are in no cohort")
	wantText(t, r.learner.get("/join/"+string(r.link.Token)), http.StatusNotFound)
}

// TestMessagesBelowAResult: instructor and learner write to each other; what was not read is marked, and it is text and nothing else.
func TestMessagesBelowAResult(t *testing.T) {
	r := newClassroom(t)
	result := "/cases/" + assignedCase + "/attempts/" + string(r.attempt.Attempt.ID)
	action := "/messages/attempt/" + string(r.attempt.Attempt.ID)
	p := r.teacher.get(result)
	form := p.formValues(`form[action="` + action + `"]`)
	wantText(t, p, http.StatusOK, "Nobody has written about this result yet.")
	form.Set("text", "   ")
	wantText(t, r.teacher.post(action, form), http.StatusUnprocessableEntity, "Write something first.")
	form.Set("text", "Look at <b>laterality</b>.\nThen try again.")
	wantText(t, r.teacher.follow(action, form), http.StatusOK, "The message is sent.", "You", "Look at <b>laterality</b>.")
	r.teacher.follow(action, form) // twice is once
	p = r.learner.get("/progress")
	wantText(t, p, http.StatusOK, "1 new message", "Look at <b>laterality</b>.")
	p = r.learner.get(result)
	wantText(t, p, http.StatusOK, "ines", "Look at <b>laterality</b>.", "new")
	if p.doc.Find(".tk-one").Length() != 1 || p.doc.Find(".tk b b").Length() != 0 || strings.Contains(p.body, "<b>laterality") {
		t.Error("the message stands twice, or as markup")
	}
	if p = r.learner.get("/progress"); strings.Contains(p.text(), "new message") {
		t.Error("what was read is still marked")
	}
	form = r.learner.get(result).formValues(`form[action="` + action + `"]`)
	form.Set("text", strings.Repeat("x", progress.MaxMessage+1))
	wantText(t, r.learner.post(action, form), http.StatusUnprocessableEntity, "A message can have 2000 characters at most")
	form.Set("text", "Thank you!")
	r.learner.follow(action, form)
	wantText(t, r.teacher.get("/teach"), http.StatusOK, "1 result has messages")
	wantText(t, r.teacher.get("/teach/messages"), http.StatusOK, "lea", "Thank you!")
	wantText(t, r.teacher.get(result), http.StatusOK, "Thank you!")
	wantText(t, r.teacher.get("/teach/messages"), http.StatusOK, "All read")
	req := httptest.NewRequest(http.MethodPost, action, strings.NewReader("text=forged"))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if p := r.learner.do(req); p.StatusCode != http.StatusForbidden {
		t.Errorf("without the form token: %d", p.StatusCode)
	}
	if err := r.prog.Erase(t.Context(), r.lea, r.lea.Learner); err != nil {
		t.Fatal(err)
	}
	if p := r.teacher.get(result); strings.Contains(p.body, "Thank you!") || strings.Contains(p.body, "laterality</b>") && p.doc.Find(".tk-one").Length() > 0 {
		t.Error("messages are there after the learner erased their record")
	}
}
