package server_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"crosswalk/progress"
)

// seated is an employer with an open test that draws from what ships, and the browser of a candidate.
type seated struct {
	*hiring
	test progress.Assessment
	list string // address of the candidates
}

func newSeated(t testing.TB, change func(*progress.AssessmentSpec)) *seated {
	t.Helper()
	x := &seated{hiring: newHiring(t, false)}
	x.test = x.compose(t, x.owner, change)
	x.list = "/hire/" + string(x.test.ID) + "/candidates"
	return x
}

// compose saves and opens a test of four questions.
func (x *seated) compose(t testing.TB, a progress.Actor, change func(*progress.AssessmentSpec)) progress.Assessment {
	t.Helper()
	spec := progress.AssessmentSpec{
		Name: "Office coder", Minutes: 60, PassPercent: 70, Questions: []progress.AreaCount{{Area: "icd10cm", Count: 4}}, Tries: 1, KeepDays: 30,
		Job: progress.JobNote{Title: "Coder", Tasks: []progress.JobTask{{Text: "Codes visits", Areas: []string{"icd10cm"}}}},
	}
	if change != nil {
		change(&spec)
	}
	d, err := x.prog.SaveAssessment(t.Context(), a, progress.AssessmentInput{ClientKey: "compose-" + string(a.Learner), Spec: spec})
	if err == nil {
		d, err = x.prog.OpenAssessment(t.Context(), a, d.ID, d.Revision)
	}
	if err != nil {
		t.Fatal(err)
	}
	return d
}

var linkForm = regexp.MustCompile(`/sit/[A-Za-z0-9_-]{43}`)

// invite types names and gives the addresses of their links.
func (x *seated) invite(t testing.TB, people string) []string {
	t.Helper()
	p := x.b.get(x.list)
	form := p.formValues("#invite-form")
	form.Set("people", people)
	p = x.b.post(x.list, form)
	if p.StatusCode != http.StatusOK {
		t.Fatalf("invite: status %d\n%s", p.StatusCode, p.text())
	}
	return linkForm.FindAllString(p.doc.Find("#links table").Text(), -1)
}

// agree goes from the link to the start of the test and gives the address of the room.
func (x *seated) agree(t testing.TB, b *browser, link string) string {
	t.Helper()
	p := b.get(link + "/consent")
	form := p.formValues("#consent")
	form.Set("agree", "yes")
	form.Set("do", "agree")
	if p = b.follow(link+"/consent", form); p.StatusCode != http.StatusOK {
		t.Fatalf("consent: status %d\n%s", p.StatusCode, p.text())
	}
	b.get(link)
	p = b.post(link+"/start", nil)
	if p.StatusCode != http.StatusSeeOther {
		t.Fatalf("start: status %d\n%s", p.StatusCode, p.text())
	}
	return p.Header.Get("Location")
}

func TestACandidateSitsByTheLink(t *testing.T) {
	x := newSeated(t, nil)
	p := x.b.get(x.list)
	if !strings.Contains(p.text(), "Nobody is invited yet") {
		t.Errorf("the empty list: %s", p.text())
	}
	form := p.formValues("#invite-form")
	form.Set("people", "Ann Rivers, ann\n, bo@example.org")
	if p = x.b.post(x.list, form); p.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(p.text(), "Line 1:") || !strings.Contains(p.text(), "Line 2:") {
		t.Errorf("wrong lines: %d %s", p.StatusCode, p.text())
	}
	links := x.invite(t, "Ann Rivers, ann@example.org, A-17")
	if len(links) != 1 || strings.Contains(x.b.get(x.list).body, links[0]) {
		t.Fatalf("links %v; they are shown once", links)
	}
	link, b := links[0], x.browser(t)
	if p = b.get(link); !strings.Contains(p.text(), "colin invites you to this test") || p.Header.Get("Referrer-Policy") != "no-referrer" || p.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("the link: %s", p.text())
	}
	if p.doc.Find("nav.nav").Length() > 0 {
		t.Error("a candidate sees the pages of the site")
	}
	if p = b.post(link+"/start", nil); p.Header.Get("Location") != link+"/consent" {
		t.Errorf("beginning without consent leads to %q", p.Header.Get("Location"))
	}
	p = b.get(link + "/consent")
	for _, want := range []string{"30 days", "colin", "No camera", "shortened", "administrators", "Until 30 days after you have handed in"} {
		if !strings.Contains(p.text(), want) {
			t.Errorf("the consent does not say %q", want)
		}
	}
	form = p.formValues("#consent")
	if p = b.post(link+"/consent", form); p.StatusCode != http.StatusUnprocessableEntity || p.doc.Find("#agree[autofocus]").Length() != 1 { // far below on a phone
		t.Errorf("without the box: %d", p.StatusCode)
	}
	form.Set("agree", "yes")
	form.Set("hash", strings.Repeat("0", 64))
	if p = b.post(link+"/consent", form); p.StatusCode != http.StatusConflict {
		t.Errorf("with other words: %d", p.StatusCode)
	}
	before := b.csrf
	room := x.agree(t, b, link)
	b.get(link + "/check")
	if p = b.post(link+"/start", url.Values{"_csrf": {before}}); p.StatusCode != http.StatusForbidden || !strings.Contains(p.text(), "The test is open already") || p.doc.Find(`a.primary[href="/sit"]`).Length() != 1 {
		t.Errorf("beginning in a window from before: %d %s", p.StatusCode, p.text())
	}
	if p = b.get("/practice"); p.StatusCode != http.StatusForbidden || !strings.Contains(p.text(), "only its pages open") {
		t.Errorf("another page of the site: %d %s", p.StatusCode, p.text())
	}
	b.get(link + "/check")
	if p = b.post(link+"/check", nil); p.doc.Find("#checks .tag.good").Length() != 2 {
		t.Errorf("the check without script: %s", p.text())
	}
	for n := 1; ; n++ {
		p = b.get(link + "/practice?n=" + string(rune('0'+n)))
		form = p.formValues("form.question-form")
		form.Set("do", "save")
		if p.doc.Find(`input[name="choice"]`).Length() > 0 {
			form.Set("choice", "1")
		}
		if q := b.post(link+"/practice?n="+string(rune('0'+n)), form); q.StatusCode != http.StatusOK || q.doc.Find("[role=status]").Length() == 0 {
			t.Fatalf("practice %d: %d %s", n, q.StatusCode, q.text())
		}
		if p.doc.Find(`a.push[href*="practice"]`).Length() == 0 {
			break
		}
	}
	p = b.get(room)
	if p.StatusCode != http.StatusOK || p.doc.Find("#room-told").Length() != 1 {
		t.Fatalf("the room: %d", p.StatusCode)
	}
	form = p.formValues("#room-item")
	form.Set("choice", "0")
	form.Set("do", "next")
	b.follow(room+"/items/1", form)
	// Another device, by the same link: the answer is there.
	other := x.browser(t)
	if p = other.get(link); !strings.Contains(p.text(), "Your test is under way") {
		t.Errorf("on another device: %s", p.text())
	}
	p = other.follow(link+"/start", nil)
	if p.doc.Find(".pal.answered").Length() == 0 {
		t.Error("what was answered is not there on another device")
	}
	p = other.post(room+"/hand-in", url.Values{"confirm": {"yes"}})
	if p = other.get(p.Header.Get("Location")); p.Header.Get("Location") != "/sit" {
		t.Errorf("after handing in: %d, %s", p.StatusCode, p.Header.Get("Location"))
	}
	if p = other.get("/sit"); !strings.Contains(p.text(), "Handed in") || !strings.Contains(p.text(), "signed credential") || strings.Contains(p.text(), "%") && p.doc.Find(".rp-verdict").Length() > 0 {
		t.Errorf("done: %s", p.text())
	}
	p = x.b.get(x.list)
	if !strings.Contains(p.text(), "handed in") {
		t.Errorf("the employer's list: %s", p.text())
	}
	one, _ := p.doc.Find(`ul.rows a[href*="/candidates/"]`).Attr("href")
	if p = x.b.get(one); !strings.Contains(p.text(), "opened again") || !strings.Contains(p.text(), "0.0.0.0/24") {
		t.Errorf("events: %s", p.text())
	}
	if strings.Contains(x.log.String(), strings.TrimPrefix(link, "/sit/")) {
		t.Error("the secret of the link is in the log")
	}
	if p = b.get(link + "/mine.json"); !strings.Contains(p.body, "Ann Rivers") {
		t.Errorf("export: %d", p.StatusCode)
	}
	b.get(link)
	if p = b.post(link+"/erase", url.Values{"confirm": {"yes"}}); p.StatusCode != http.StatusOK || b.get(link).StatusCode != http.StatusNotFound {
		t.Errorf("erasing oneself: %d", p.StatusCode)
	}
}

func TestManagingACandidate(t *testing.T) {
	x := newSeated(t, nil)
	link := x.invite(t, "=Ann, ann@example.org")[0]
	p := x.b.get(x.list)
	form := p.formValues("#invite-form")
	form.Set("people", "Bo")
	form.Set("extra", "much")
	if q := x.b.post(x.list, form); q.StatusCode != http.StatusUnprocessableEntity || q.doc.Find("#extra-error").Length() != 1 || q.doc.Find("#extra").AttrOr("value", "") != "much" {
		t.Errorf("invited with extra time in words: %d", q.StatusCode)
	}
	form.Set("extra", "50 %")
	more := linkForm.FindString(x.b.post(x.list, form).body)
	if q := x.browser(t).get(more); !strings.Contains(q.text(), "90 minutes") {
		t.Errorf("invited with extra time: %s", q.text())
	}
	one, _ := p.doc.Find(`ul.rows a[href*="/candidates/"]`).Attr("href")
	if p = x.b.post(one+"/accommodation", url.Values{"extra": {"many"}, "breaks": {"1"}}); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("extra time in words: %d", p.StatusCode)
	}
	if p = x.b.follow(one+"/accommodation", url.Values{"extra": {"50 %"}, "breaks": {"1"}}); !strings.Contains(p.text(), "Saved") {
		t.Errorf("accommodation: %s", p.text())
	}
	b := x.browser(t)
	if p = b.get(link); !strings.Contains(p.text(), "90 minutes") {
		t.Errorf("with extra time: %s", p.text())
	}
	p = x.b.post(one+"/link", url.Values{"days": {"7"}})
	fresh := linkForm.FindString(p.body)
	if fresh == "" || b.get(link).StatusCode != http.StatusNotFound || b.get(fresh).StatusCode != http.StatusOK {
		t.Errorf("a new link: %q", fresh)
	}
	room := x.agree(t, b, fresh)
	x.b.follow(one+"/revoke", nil)
	if p = b.get(room); p.Header.Get("Location") != "/sit" || !strings.Contains(b.get("/sit").text(), "Open the link of your invitation again") {
		t.Errorf("the room once the link is revoked: %d, %s", p.StatusCode, p.Header.Get("Location"))
	}
	if p = b.get(fresh); p.StatusCode != http.StatusGone {
		t.Errorf("revoked: %d", p.StatusCode)
	}
	if p = x.b.post(one+"/erase", nil); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("erasing without saying so: %d", p.StatusCode)
	}
	if p = x.b.get(one + "/export.json"); !strings.Contains(p.body, "ann@example.org") {
		t.Errorf("export: %s", p.body)
	}
	if p = x.b.follow(one+"/erase", url.Values{"confirm": {"yes"}}); strings.Contains(p.body, "=Ann") {
		t.Error("the name is still there")
	}
	x.b.get(x.list)
	if p = x.b.post(x.list+"/links.csv", url.Values{"name": {"=Ann"}, "email": {"a@example.org"}, "ref": {""}, "link": {"http://x/sit/y"}, "until": {"soon"}}); !strings.Contains(p.body, "'=Ann,a@example.org,,http://x/sit/y,soon") {
		t.Errorf("CSV: %s", p.body)
	}
}

func TestDeclining(t *testing.T) {
	x := newSeated(t, nil)
	link := x.invite(t, "Ann")[0]
	b := x.browser(t)
	b.get(link + "/consent")
	if p := b.post(link+"/consent", url.Values{"do": {"decline"}}); p.StatusCode != http.StatusOK {
		t.Errorf("declining: %d", p.StatusCode)
	}
	if p := b.get(link); p.StatusCode != http.StatusGone {
		t.Errorf("the link afterwards: %d", p.StatusCode)
	}
	if p := b.post(link+"/consent", url.Values{"do": {"decline"}}); p.StatusCode != http.StatusGone {
		t.Errorf("declining twice: %d", p.StatusCode)
	}
	p := x.b.get(x.list)
	if !strings.Contains(p.text(), "declined") {
		t.Errorf("the employer's list: %s", p.text())
	}
	// With a new link they agree after all. A no from a page that was left open no longer counts, and what was agreed to stays as it was.
	one, _ := p.doc.Find(`ul.rows a[href*="/candidates/"]`).Attr("href")
	link = linkForm.FindString(x.b.post(one+"/link", url.Values{"days": {"7"}}).body)
	b.startGuest()
	guest := b.cookies["crosswalk_session"]
	x.agree(t, b, link)
	b.get(link)
	if p = b.post(link+"/consent", url.Values{"do": {"decline"}}); p.StatusCode != http.StatusConflict || !strings.Contains(p.text(), "so it was not declined") {
		t.Errorf("declining after agreeing: %d %s", p.StatusCode, p.text())
	}
	agreed := b.get(link + "/consent")
	p = x.b.get("/hire/" + string(x.test.ID) + "/edit")
	form := p.formValues(`form[action$="/edit"]`)
	form.Set("keep", "5")
	x.b.follow("/hire/"+string(x.test.ID)+"/edit", form)
	p = b.get(link + "/consent")
	if p.doc.Find("main").Text() != agreed.doc.Find("main").Text() || !strings.Contains(p.text(), "30 days") || p.doc.Find("main section li").Length() < 15 {
		t.Errorf("what was agreed to has become: %s", p.text())
	}
	if b.get(link); b.post(link+"/erase", url.Values{"confirm": {"yes"}}).StatusCode != http.StatusOK || b.cookies["crosswalk_session"] != guest || b.cookies["crosswalk_before"] != "" {
		t.Error("the session from before is not back once the candidate is erased")
	}
}

// TestAGuestsRecordIsBackAfterTheTest: the session that a browser had before is put aside and comes back.
func TestAGuestsRecordIsBackAfterTheTest(t *testing.T) {
	x := newSeated(t, nil)
	b := x.browser(t)
	b.startGuest()
	before := b.cookies["crosswalk_session"]
	x.agree(t, b, x.invite(t, "Ann")[0])
	if b.cookies["crosswalk_session"] == before {
		t.Fatal("the candidate has no session")
	}
	b.get("/sit")
	b.post("/sit/leave", nil)
	if b.cookies["crosswalk_session"] != before || b.get("/account").StatusCode != http.StatusOK {
		t.Error("the guest's session is gone")
	}
}

// fill puts ids into the address of a route.
func fill(path string, ids map[string]string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if name, ok := strings.CutPrefix(p, ":"); ok {
			name, ext, dotted := strings.Cut(name, ".")
			if parts[i] = ids[name]; parts[i] == "" {
				parts[i] = "x"
			}
			if dotted {
				parts[i] += "." + ext
			}
		}
	}
	return strings.ReplaceAll(strings.Join(parts, "/"), "*", "app.css")
}

// TestACandidateReachesTheTestAlone asks for every route with a candidate's session.
func TestACandidateReachesTheTestAlone(t *testing.T) {
	x := newSeated(t, nil)
	b, rival := x.browser(t), x.browser(t)
	links := x.invite(t, "Ann\nBo")
	room := x.agree(t, b, links[0])
	other := x.agree(t, rival, links[1])
	b.get("/sit")
	ids := map[string]string{"sitting": strings.TrimPrefix(room, "/exams/sittings/"), "token": strings.TrimPrefix(links[0], "/sit/"), "assessment": string(x.test.ID), "id": "cpc", "number": "1"}
	open := regexp.MustCompile(`^/(sit(/|$)|static/|theme$|verify|\.well-known|healthz$|readyz$|metrics$|api/v1/openapi\.json$)`)
	inRoom := regexp.MustCompile(`^/exams/sittings/[^/]+(|/|/form|/state|/pulse|/report|/items/1|/save|/move|/break|/resume|/hand-in|/events)$`)
	n := 0
	for _, route := range x.srv.App().GetRoutes(true) {
		if route.Method != http.MethodGet && route.Method != http.MethodPost {
			continue
		}
		path := fill(route.Path, ids)
		if open.MatchString(path) || inRoom.MatchString(path) {
			continue
		}
		n++
		want := http.StatusForbidden
		if strings.HasPrefix(path, "/api/") { // there a session is nobody, whoever's it is
			want = http.StatusUnauthorized
		}
		for _, accept := range []string{"text/html", "application/json"} {
			req := httptest.NewRequest(route.Method, path, strings.NewReader(url.Values{"_csrf": {b.csrf}}.Encode()))
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			req.Header.Set("Accept", accept)
			if p := b.do(req); p.StatusCode != want {
				t.Errorf("%s %s (%s): status %d, want %d", route.Method, path, accept, p.StatusCode, want)
			}
		}
	}
	if n < 100 {
		t.Errorf("only %d routes were tried", n)
	}
	// Another candidate's room is not there.
	for _, tail := range []string{"", "/form", "/state", "/pulse"} {
		if p := b.get(other + tail); p.StatusCode != http.StatusNotFound {
			t.Errorf("another's %s: status %d, want 404", tail, p.StatusCode)
		}
	}
	for _, tail := range []string{"/items/1", "/break", "/resume", "/hand-in", "/move", "/events"} {
		req := httptest.NewRequest(http.MethodPost, other+tail, strings.NewReader(`{}`))
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Accept", "application/json")
		req.Header.Set("X-Csrf-Token", b.csrf)
		if p := b.do(req); p.StatusCode != http.StatusNotFound {
			t.Errorf("another's %s: status %d, want 404", tail, p.StatusCode)
		}
	}
}
