package server_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"crosswalk/progress"
)

// onTheSession are the routes that would end the session which asks, and with it the test.
var onTheSession = map[string]bool{
	"/signout": true, "/signin": true, "/signup": true, "/start": true, "/account/signout-everywhere": true, "/account/passphrase": true, "/account/erase": true, "/account/import": true,
}

// singleResults are the routes that show one result, by its id: keys are everybody's, so that every instructor can decide on it.
var singleResults = map[string]bool{
	"/cases/:id/attempts/:attempt": true, "/practice/attempts/:attempt": true, "/practice/audits/attempts/:attempt": true, "/teach/attempts/:attempt": true, "/teach/regrade/attempts/:attempt": true,
	"/exams/sittings/:sitting/report": true, "/exams/sittings/:sitting/report.pdf": true, "/exams/sittings/:sitting/report/items/:number": true,
}

// TestAnothersCohortOverEveryRoute asks for every route of the program as an instructor with a cohort of their own, with the ids of another's
// cohort in the path, in the query and in the form: no answer tells the cohort's name or who is in it, and the cohort is what it was.
func TestAnothersCohortOverEveryRoute(t *testing.T) {
	r := newClassroom(t)
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, zuleika := r.staff(t, "zuleika", progress.RoleLearner)
	must(r.prog.AddMember(ctx, r.ines, r.cohort.ID, zuleika.Learner))
	two := 2
	sat := r.sit(t, zuleika, "cpc-half", "sitting-key")
	_, err := r.prog.SaveRule(ctx, r.ines, progress.RuleDraft{Exam: "cca", Kind: progress.RuleForCohort, Ref: string(r.cohort.ID), Attempts: &two})
	must(err)
	rules, err := r.prog.Rules(ctx, r.ines)
	must(err)
	other, ivan := r.staff(t, "ivan", progress.RoleInstructor)
	theirs, err := r.prog.CreateCohort(ctx, ivan, "Ivan's")
	must(err)
	must(r.prog.AddMember(ctx, ivan, theirs.ID, r.lea.Learner)) // lea is in both: what ivan sees of her says nothing of the other

	values := map[string]string{
		":id": string(r.cohort.ID), ":learner": string(zuleika.Learner), ":assignment": string(r.assigned.ID), ":invite": string(r.link.ID), ":sitting": string(sat.ID), ":attempt": string(r.attempt.Attempt.ID),
		":rule": string(rules[0].ID), ":token": "short", ":kind": "sitting", ":number": "1", ":item": assignedCase,
	}
	param := regexp.MustCompile(`:\w+|\*`)
	paths := func(route string) []string {
		fill := func(id string) string {
			return param.ReplaceAllStringFunc(route, func(p string) string {
				if p == ":id" {
					return id
				}
				if v, ok := values[p]; ok {
					return v
				}
				return string(r.cohort.ID)
			})
		}
		if strings.HasPrefix(route, "/teach/learners/:learner/:page") {
			return []string{"/teach/learners/" + string(zuleika.Learner) + "/dashboard", "/teach/learners/" + string(zuleika.Learner) + "/results"}
		}
		switch {
		case strings.HasPrefix(route, "/messages/"):
			return []string{fill(string(sat.ID))}
		case strings.Contains(route, "exam") && strings.Contains(route, ":id"):
			return []string{fill("cpc-half"), fill("cca"), fill(string(r.cohort.ID))}
		case strings.HasPrefix(route, "/cases/:id"):
			return []string{fill(assignedCase)}
		}
		return []string{fill(string(r.cohort.ID))}
	}
	tells := func(body string) string {
		for _, secret := range []string{"Monday group", "zuleika"} {
			if strings.Contains(strings.ToLower(body), strings.ToLower(secret)) {
				return secret
			}
		}
		return ""
	}
	state := func() any {
		g, err := r.prog.Gradebook(ctx, r.ines, r.cohort.ID)
		must(err)
		links, err := r.prog.Invites(ctx, r.ines, r.cohort.ID)
		must(err)
		rules, err := r.prog.Rules(ctx, r.ines)
		must(err)
		var people []string
		for _, row := range g.Rows {
			people = append(people, row.Learner.Name)
		}
		var work []progress.AssignmentInfo
		for _, c := range g.Columns {
			work = append(work, c.AssignmentInfo)
		}
		return struct {
			Cohort progress.Cohort
			People []string
			Work   []progress.AssignmentInfo
			Links  []progress.Invite
			Rules  []progress.RuleInfo
		}{g.Cohort, people, work, links, rules}
	}
	before := state()
	form := func() url.Values {
		return url.Values{
			"cohort": {string(r.cohort.ID)}, "kind": {"cohort"}, "exam": {"cpc"}, "ref": {string(r.cohort.ID)}, "learner": {string(zuleika.Learner)}, "rule": {string(rules[0].ID)}, "client_key": {"key-of-another"},
			"emails": {"lea@example.org"}, "attempts": {"3"}, "due": {"2099-01-01T10:00"}, "most": {"3"}, "days": {"3"}, "text": {"I look on."}, "name": {"A name"},
		}
	}
	asked := 0
	for _, route := range r.srv.App().GetRoutes(true) {
		if onTheSession[route.Path] || strings.HasPrefix(route.Path, "/static/") || route.Path == "/" && route.Method != http.MethodGet || route.Path == "/content/changes" {
			continue
		}
		for _, path := range paths(route.Path) {
			var p page
			switch route.Method {
			case http.MethodGet:
				p = other.get(path + "?cohort=" + url.QueryEscape(string(r.cohort.ID)) + "&learner=" + url.QueryEscape(string(zuleika.Learner)))
			case http.MethodPost:
				p = other.post(path, form())
			default:
				continue
			}
			asked++
			if secret := tells(p.body); secret != "" && !(singleResults[route.Path] && secret == "zuleika") {
				t.Errorf("%s %s tells another instructor of %q (status %d)", route.Method, route.Path, secret, p.StatusCode)
			}
			if p.StatusCode >= http.StatusInternalServerError {
				t.Errorf("%s %s: status %d", route.Method, route.Path, p.StatusCode)
			}
		}
	}
	if asked < 180 {
		t.Errorf("only %d addresses were asked for", asked)
	}
	if p := other.get("/teach"); !strings.Contains(p.body, "lea@example.org") {
		t.Errorf("after all of it the instructor no longer sees their own learner: %d", p.StatusCode)
	}
	if diff := cmp.Diff(before, state()); diff != "" {
		t.Errorf("the cohort is no longer what it was (-before +after):\n%s", diff)
	}
	// The same addresses tell its owner: what is looked for above can be found.
	for _, path := range []string{"/teach", "/teach/cohorts", "/teach/cohorts/" + string(r.cohort.ID), "/teach/exams/rules", "/teach/analysis", "/teach/exams/exam/cpc-half", "/teach/learners/" + string(zuleika.Learner)} {
		if tells(r.teacher.get(path).body) == "" {
			t.Errorf("%s tells its owner nothing either", path)
		}
	}
	for _, path := range []string{"", "/dashboard", "/assignments", "/plan", "/readiness", "/results"} {
		if p := other.get("/teach/learners/" + string(zuleika.Learner) + path); p.StatusCode != http.StatusNotFound {
			t.Errorf("%s of a learner in another's cohort: %d", path, p.StatusCode)
		}
	}
}
