package server_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"crosswalk/grading"
	"crosswalk/progress"
)

// goalFields is a goal that can be taken, with an exam some weeks ahead.
func goalFields(days int) url.Values {
	v := url.Values{"exam": {"cpc"}, "date": {time.Now().AddDate(0, 0, days).Format(time.DateOnly)}}
	for i := range 7 {
		v.Set("minutes."+string(rune('0'+i)), "45")
	}
	return v
}

// missQuestions answers single questions of an area wrongly until n were, and gives their ids.
func (b *browser) missQuestions(area string, n int) []string {
	b.t.Helper()
	var out []string
	for _, q := range b.s.c.Bank.ByArea(area) {
		page := b.get("/practice/questions/" + q.ID)
		form := page.formValues("form.question-form")
		if page.doc.Find("form.question-form input[type=radio]").Length() == 0 {
			continue
		}
		form.Set("choice", "0")
		if res := b.follow("/practice/questions/"+q.ID, form); res.doc.Find(".verdict.bad").Length() > 0 {
			out = append(out, q.ID)
		}
		if len(out) == n {
			return out
		}
	}
	b.t.Fatalf("only %d questions of %s could be missed", len(out), area)
	return nil
}

func TestDashboardOfNewcomer(t *testing.T) {
	s := newSite(t)
	b := s.browser(t)
	b.startGuest()
	p := b.get("/progress")
	if n := p.doc.Find(".now .button.primary, .now button.primary").Length(); n != 1 {
		t.Errorf("%d things to do now, want one\n%s", n, p.text())
	}
	for _, want := range []string{"Not enough evidence yet", "60 more answers", "Set a goal", "No cards yet", "0 of the last 14 days", "Mastery map"} {
		if !strings.Contains(p.text(), want) {
			t.Errorf("the dashboard does not say %q\n%s", want, p.text())
		}
	}
	if strings.Contains(p.text(), "in a row") {
		t.Error("the dashboard counts a chain of days")
	}
	for path, want := range map[string]string{
		"/progress/record": "Nothing answered yet", "/progress/review": "No cards yet", "/progress/job": "No chart coded yet", "/progress/readiness": "Not enough evidence yet",
		"/progress/readiness/model": "60 answers to questions", "/progress/placement": "Begin",
	} {
		if p := b.get(path); p.StatusCode != 200 || !strings.Contains(p.text(), want) {
			t.Errorf("%s: status %d, %q is not on it\n%s", path, p.StatusCode, want, p.text())
		}
	}
	if p := b.get("/progress/readiness?exam=nowhere"); p.StatusCode != 404 {
		t.Errorf("readiness for an exam that is not there: status %d", p.StatusCode)
	}
	if p := b.get("/progress/plan.ics"); p.StatusCode != 303 {
		t.Errorf("a calendar without a goal: status %d", p.StatusCode)
	}
}

func TestGoalAndPlan(t *testing.T) {
	s := newSite(t)
	b := s.browser(t)
	b.startGuest()
	b.get("/progress/plan")
	for name, c := range map[string]struct {
		change func(url.Values)
		sel    string
	}{
		"a date in the past":  {func(v url.Values) { v.Set("date", "2020-01-31") }, "#date-error"},
		"no date":             {func(v url.Values) { v.Set("date", "soon") }, "#date-error"},
		"minutes in words":    {func(v url.Values) { v.Set("minutes.2", "an hour") }, "#minutes-error"},
		"more than a day has": {func(v url.Values) { v.Set("minutes.2", "1500") }, "#minutes-error"},
		"no minutes at all": {func(v url.Values) {
			for i := range 7 {
				v.Set("minutes."+string(rune('0'+i)), "0")
			}
		}, "#minutes-error"},
		"days off backwards":  {func(v url.Values) { v.Set("off_from", "2031-05-04"); v.Set("off_to", "2031-05-01") }, "#off-error"},
		"an exam of nobody's": {func(v url.Values) { v.Set("exam", "none") }, "#exam-error"},
		"half an exam":        {func(v url.Values) { v.Set("exam", "cpc-half") }, "#exam-error"},
	} {
		v := goalFields(40)
		c.change(v)
		p := b.post("/progress/plan", v)
		if p.StatusCode != 422 || p.doc.Find(c.sel).Length() != 1 {
			t.Errorf("%s: status %d without %s\n%s", name, p.StatusCode, c.sel, p.text())
			continue
		}
		if got, _ := p.doc.Find("#m1").Attr("value"); name != "no minutes at all" && got != "45" {
			t.Errorf("%s: what was typed is lost: %q", name, got)
		}
	}
	v := goalFields(40)
	off := time.Now().AddDate(0, 0, 3)
	v.Set("off_from", off.Format(time.DateOnly))
	v.Set("off_to", off.AddDate(0, 0, 1).Format(time.DateOnly))
	p := b.follow("/progress/plan", v)
	if p.doc.Find(".pl-days .pl-now .db-tasks li").Length() == 0 || p.doc.Find(`input[name="off"][checked]`).Length() != 2 {
		t.Errorf("the plan has nothing for today, or the days off are not kept\n%s", p.text())
	}
	if head := p.doc.Find(".db-figures").Text(); !strings.Contains(head, "not enough evidence yet to say where you stand") || strings.Contains(head, "Expected today") {
		t.Errorf("what is expected of who never answered: %s", head)
	}
	cal := b.get("/progress/plan.ics")
	if !strings.HasPrefix(cal.Header.Get("Content-Type"), "text/calendar") || !strings.HasPrefix(cal.body, "BEGIN:VCALENDAR\r\n") || !strings.Contains(cal.body, "Exam: CPC") {
		t.Errorf("calendar: %s %.300s", cal.Header.Get("Content-Type"), cal.body)
	}
	p = b.get("/progress")
	if !strings.Contains(p.text(), "First on the plan of today") || p.doc.Find("#plan ~ .db-tasks li").Length() == 0 {
		t.Errorf("the dashboard does not go by the plan\n%s", p.text())
	}
	if p = b.follow("/progress/plan/drop", nil); p.doc.Find(".pl-days").Length() != 0 {
		t.Error("the plan outlives its goal")
	}
	b = s.browser(t)
	b.startGuest()
	b.get("/progress/plan")
	v = goalFields(40)
	v.Set("off_from", time.Now().AddDate(0, 0, -2).Format(time.DateOnly))
	v.Set("off_to", time.Now().AddDate(0, 0, 45).Format(time.DateOnly))
	b.follow("/progress/plan", v)
	if p := b.get("/progress"); !strings.Contains(p.doc.Find(".now").Text(), "Nothing is planned for today") {
		t.Errorf("on a day off: %s", p.doc.Find(".now").Text())
	}
}

func TestReviewPages(t *testing.T) {
	s := newSite(t)
	b := s.browser(t)
	b.startGuest()
	missed := b.missQuestions("anatomy", 1)

	// Nothing is due on the day on which it was missed, but its card can be asked for.
	card := "question/" + missed[0]
	p := b.get("/progress/review")
	if !strings.Contains(p.text(), "Done for now") || !strings.Contains(p.text(), "The next card is due on") {
		t.Errorf("a card that is due tomorrow: %s", p.text())
	}
	p = b.get("/progress/review?card=" + card)
	form := p.formValues("form.question-form")
	if form.Get("context") != "review" {
		t.Fatalf("the card shows no question to review: %s", p.text())
	}
	form.Set("choice", "1")
	p = b.follow("/practice/questions/"+missed[0], form)
	if p.doc.Find(".verdict").Length() != 1 || p.doc.Find(".rv-grades button").Length() != 4 {
		t.Fatalf("no result with its grades: %s", p.text())
	}
	hand := p.formValues(".rv-done form")
	hand.Set("grade", "4")
	p = b.follow("/progress/review", hand)
	if !strings.Contains(p.doc.Find(".rv-last").Text(), "Easy: comes back in") {
		t.Errorf("a grade by hand: %s", p.text())
	}
	p = b.follow("/progress/review/undo", p.formValues(".rv-last form"))
	if !strings.Contains(p.doc.Find(".rv-last").Text(), "Taken back") {
		t.Errorf("undo: %s", p.text())
	}

	// Terms of a lesson that is done.
	b.post("/lessons/terminology-word-parts/done", nil)
	p = b.get("/progress/review?new=1")
	term := p.formValues(".rv-form")
	if !strings.HasPrefix(term.Get("card"), "term/") || p.doc.Find(".rv-back .rv-grades button").Length() != 4 {
		t.Fatalf("no new term: %s", p.text())
	}
	term.Set("grade", "3")
	p = b.follow("/progress/review", term)
	if next := p.formValues(".rv-form").Get("card"); next == term.Get("card") || next == "" {
		t.Errorf("after %s comes %q", term.Get("card"), next)
	}
	p = b.follow("/progress/review/undo", p.formValues(".rv-last form"))
	if p.formValues(".rv-form").Get("card") != term.Get("card") {
		t.Errorf("undo shows another card: %s", p.text())
	}
	// The front in another window was graded here: the other does not count a second time.
	other := p.formValues(".rv-form")
	other.Set("grade", "4")
	mine := b.get("/progress/review?card=" + other.Get("card")).formValues(".rv-form")
	mine.Set("grade", "1")
	if q := b.post("/progress/review", mine); q.StatusCode != 303 {
		t.Errorf("graded here: status %d", q.StatusCode)
	}
	if q := b.post("/progress/review", other); q.StatusCode != 422 || !strings.Contains(q.doc.Find(".notice.bad").Text(), "graded in another window") {
		t.Errorf("graded there too: status %d\n%s", q.StatusCode, q.text())
	}
	if q := b.post("/progress/review", mine); q.StatusCode != 303 {
		t.Errorf("the first sent again: status %d", q.StatusCode)
	}
	p = b.get("/progress/review?new=1")
	bad := p.formValues(".rv-form")
	bad.Set("grade", "9")
	if p := b.post("/progress/review", bad); p.StatusCode != 422 || p.doc.Find(".notice.bad").Length() != 1 {
		t.Errorf("a grade that is none: status %d", p.StatusCode)
	}
	if p := b.get("/progress/review?card=term/never-heard-of"); p.StatusCode != 404 {
		t.Errorf("a card of nothing: status %d", p.StatusCode)
	}
}

// TestReviewAheadOfTime: where nothing is due and the plan has cards for today, the review goes on with those.
func TestReviewAheadOfTime(t *testing.T) {
	s := newSite(t)
	b := s.browser(t)
	b.startGuest()
	who := s.learnerOf(t, b)
	q := s.c.Bank.ByArea("anatomy")[0]
	var rows []progress.AttemptRecord
	for i, days := range []int{6, 5, 2} { // missed once, right since: due in some days
		at := time.Now().AddDate(0, 0, -days).UTC().Truncate(time.Millisecond)
		att := progress.Attempt{
			ID: progress.AttemptID(idAt(at, 0, i)), ClientKey: fmt.Sprintf("answer-%d", i), Kind: progress.KindQuestion, Item: q.ID, Areas: []string{q.Area}, Context: progress.Context{Kind: progress.Alone},
			ShownHash: q.ShownHash, KeyHash: q.KeyHash, Answer: []byte(`{}`), SubmittedAt: at, Seconds: 60,
		}
		g := progress.Grading{ID: progress.GradingID(idAt(at, 1, i)), Attempt: att.ID, Seq: 1, Possible: 100, Result: []byte(`{}`), At: at, Correct: i > 0, Percent10: 1000 * min(i, 1)}
		rows = append(rows, progress.AttemptRecord{Attempt: att, Gradings: []progress.Grading{g}})
	}
	if _, err := s.db.ImportRecord(t.Context(), progress.DefaultOrg, who.Learner, progress.RecordImport{Attempts: rows}, nil, nil); err != nil {
		t.Fatal(err)
	}
	if p := b.get("/progress/review"); !strings.Contains(p.text(), "Done for now") {
		t.Fatalf("without a plan something is due: %s", p.text())
	}
	b.follow("/progress/plan", goalFields(3))
	planned, err := s.prog.PlannedCards(t.Context(), who)
	if err != nil || len(planned) != 1 {
		t.Fatalf("the plan has %v for review (%v), want the one card", planned, err)
	}
	p := b.get("/progress/review")
	form := p.formValues("form.question-form")
	if !strings.Contains(p.text(), "ahead of their time") || form.Get("context") != "review" {
		t.Errorf("the review does not show the card of the plan: %s", p.text())
	}
	form.Set("choice", "0")
	b.follow("/practice/questions/"+q.ID, form)
	if p := b.get("/progress/review"); strings.Contains(p.text(), "ahead of their time") {
		t.Errorf("the card is asked for again: %s", p.text())
	}
}

func TestPlacementPages(t *testing.T) {
	s := newSite(t)
	b := s.browser(t)
	b.startGuest()
	p := b.follow("/progress/placement", b.get("/progress/placement").formValues(".pc-start"))
	test := ""
	for n := range 3 {
		form := p.formValues("form.question-form")
		action, _ := p.doc.Find("form.question-form").Attr("action")
		if test = action; !strings.Contains(p.text(), "Question "+string(rune('1'+n))) {
			t.Fatalf("question %d: %s", n+1, p.text())
		}
		q, err := s.c.Bank.Question(form.Get("question"))
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case p.doc.Find(`form.question-form [name="choice"]`).Length() > 0:
			for i := range max(1, q.Choose) {
				form.Add("choice", string(rune('0'+i)))
			}
		case p.doc.Find(`form.question-form [name="value"]`).Length() > 0:
			form.Set("value", q.AnswerText)
			if q.Kind == grading.Codes { // its words name the codes with their titles
				form.Set("value", q.Key.Codes[0].Code.Dotted(q.Key.Codes[0].System))
			}
		default:
			p.doc.Find("form.question-form select").Each(func(i int, sel *goquery.Selection) {
				name, _ := sel.Attr("name")
				form.Set(name, string(rune('1'+i)))
			})
		}
		p = b.follow(action, form)
		if p.doc.Find(".verdict").Length() != 0 {
			t.Fatal("the test tells right from wrong before its end")
		}
	}
	if now := b.get("/progress"); !strings.Contains(now.doc.Find(".now").Text(), "placement test is open") {
		t.Errorf("the dashboard does not lead back to the test: %s", now.doc.Find(".now").Text())
	}
	ina, _ := s.staff(t, "ina", progress.RoleInstructor)
	if p := ina.get(test); p.StatusCode != 404 {
		t.Errorf("the open test as staff see it: status %d", p.StatusCode)
	}
	p = b.follow(test+"/end", nil)
	if !strings.Contains(p.text(), "of 3 right") || p.doc.Find(`a[href^="/practice/attempts/"]`).Length() != 3 {
		t.Errorf("result: %s", p.text())
	}
	if p := ina.get(test); p.StatusCode != 200 || !strings.Contains(p.text(), "of 3 right") {
		t.Errorf("the result as staff see it: status %d", p.StatusCode)
	}
	other := s.browser(t)
	other.startGuest()
	if p := other.get(test); p.StatusCode != 404 {
		t.Errorf("somebody else's test: status %d", p.StatusCode)
	}
}

// TestLearnerPagesForStaff: an instructor sees how a learner stands, and nothing there is offered to be done.
func TestLearnerPagesForStaff(t *testing.T) {
	s := newSite(t)
	b := s.browser(t)
	b.startGuest()
	b.missQuestions("guidelines", 2)
	b.get("/progress/plan")
	b.follow("/progress/plan", goalFields(40))
	op := progress.Operator(progress.DefaultOrg)
	if _, err := s.prog.AddUser(t.Context(), op, progress.NewUser{Name: "Ina", Email: "ina@example.org", Passphrase: "a sentence of mine", Role: progress.RoleInstructor}); err != nil {
		t.Fatal(err)
	}
	people, _, err := s.prog.Users(t.Context(), op, progress.UserFilter{WithGuests: true})
	if err != nil {
		t.Fatal(err)
	}
	var guest progress.Learner
	for _, l := range people {
		if l.Guest {
			guest = l
		}
	}
	ina := s.browser(t)
	ina.get("/signin")
	ina.follow("/signin", url.Values{"email": {"ina@example.org"}, "passphrase": {"a sentence of mine"}})
	p := ina.get("/teach/learners/" + string(guest.ID))
	if p.StatusCode != 200 || !strings.Contains(p.text(), "Chance of passing") || !strings.Contains(p.text(), "Mastery map") || p.doc.Find("#plan ~ .db-tasks li").Length() == 0 {
		t.Errorf("status %d: %s", p.StatusCode, p.text())
	}
	if n := p.doc.Find("main .now, main form, .mm a, .db-tasks a, .db-tasks button").Length(); n != 0 {
		t.Errorf("%d things to do on the page of somebody else", n)
	}
}

// TestRecordMoves: what one site gives, another takes in, whole or not at all.
func TestRecordMoves(t *testing.T) {
	from := newSite(t).browser(t)
	from.startGuest()
	from.missQuestions("anatomy", 1)
	file := from.get("/account/export").body
	if table := from.get("/account/export.csv"); !strings.HasPrefix(table.Header.Get("Content-Type"), "text/csv") || strings.Count(table.body, "\r\n") < 2 {
		t.Errorf("table: %s %q", table.Header.Get("Content-Type"), table.body)
	}
	to := newSite(t).browser(t)
	to.startGuest()
	to.get("/account")
	send := func(name, body string) page {
		var form bytes.Buffer
		w := multipart.NewWriter(&form)
		if err := w.WriteField("_csrf", to.csrf); err != nil {
			t.Fatal(err)
		}
		part, err := w.CreateFormFile("file", name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte(body)); err != nil {
			t.Fatal(err)
		}
		w.Close()
		req := httptest.NewRequest("POST", "/account/import", &form)
		req.Header.Set("Content-Type", w.FormDataContentType())
		return to.do(req)
	}
	for name, body := range map[string]string{"nothing": "", "a picture": "\x89PNG", "half of it": file[:len(file)/2], "another file": `{"hello": 1}`} {
		if p := send("x.json", body); p.StatusCode != 422 || p.doc.Find("#file-error").Text() == "" {
			t.Errorf("%s: status %d %s", name, p.StatusCode, p.text())
		}
	}
	if p := to.get("/progress"); !strings.Contains(p.text(), "0 of the last 14 days") {
		t.Error("a broken file left something behind")
	}
	// Larger than any other body may be.
	if p := send("record.json", file+strings.Repeat(" ", 3<<20)); p.StatusCode != 303 {
		t.Fatalf("status %d: %s", p.StatusCode, p.text())
	}
	if p := to.get("/progress/record"); p.doc.Find(".pr-attempts li").Length() == 0 || !strings.Contains(p.text(), "It counts from now on") {
		t.Errorf("nothing came in: %s", p.text())
	}
	// Saved anew by an editor that marks the order of bytes, it is the same.
	if p := send("record.json", "\ufeff"+file); p.StatusCode != 303 {
		t.Fatalf("status %d: %s", p.StatusCode, p.text())
	}
	if p := to.get("/account"); !strings.Contains(p.text(), "was here already") {
		t.Errorf("the same file again: %s", p.text())
	}
	if p := send("record.json", `{"v":1,"learner":{"id":"x"},"exported_at":"yesterday"}`); !strings.Contains(p.doc.Find("#file-error").Text(), "yesterday is no moment such as") {
		t.Errorf("a moment that is none: %s", p.text())
	}
	req := httptest.NewRequest("POST", "/account/import", strings.NewReader(strings.Repeat("x", 2<<20)))
	if _, err := newSite(t).srv.App().Test(req, -1); err == nil || !strings.Contains(err.Error(), "body size exceeds") {
		t.Errorf("a large file of nobody is read: %v", err)
	}
}
