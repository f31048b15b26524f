package server_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"crosswalk/codebook"
	"crosswalk/progress"
	"crosswalk/server"
)

// siteAt is a site whose clock is set by hand: it goes on only when told.
func siteAt(t *testing.T) (*site, func(time.Duration)) {
	t.Helper()
	s := newSite(t)
	var now atomic.Int64
	now.Store(time.Now().UnixMilli())
	clock := func() time.Time { return time.UnixMilli(now.Load()) }
	s.prog = progress.New(s.db, s.c.Bank, func() *codebook.Book { return s.c.Book }, progress.Options{Passphrase: cheapPassphrases, Now: clock})
	srv, err := server.New(server.Config{Progress: s.prog, Logger: slog.New(slog.DiscardHandler), Version: "test", Content: s.c, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	s.srv = srv
	return s, func(d time.Duration) { now.Add(d.Milliseconds()) }
}

const shortExam = "name: A short one\nminutes: 30\npass: {percent: 70}\nbook: open\nfeedback: after\nquestions: [em-mdm-1, em-mdm-5, em-mdm-6]\nitems: 3\n"

// TestForwardOnly: one goes on, and never back.
func TestForwardOnly(t *testing.T) {
	s := newSite(t)
	s.compose(t, "id: ahead\nnavigation: forward\n"+shortExam)
	b := s.browser(t)
	b.startGuest()
	if p := b.get("/exams"); p.doc.Find(`a[href="/exams/ahead"]`).Length() != 1 {
		t.Error("an exam that is open to all is not on the list")
	}
	room := b.start("ahead")
	p := b.get(room + "?item=3")
	wantText(t, p, http.StatusOK, "Item 1 of 3", "cannot come back")
	if n := p.doc.Find(`button[value="prev"], .room-palette button`).Length(); n != 1 { // the open item alone
		t.Errorf("%d ways to other items", n)
	}
	p = b.follow(room+"/items/1", url.Values{"do": {"next"}, "choice": {"1"}})
	wantText(t, p, http.StatusOK, "Item 2 of 3")
	b.follow(room+"/items/1", url.Values{"do": {"save"}, "choice": {"2"}})
	var st stateReply
	b.script(http.MethodGet, room+"/state", nil).json(t, &st)
	if st.Reached != 1 || len(st.Items) != 1 || !strings.Contains(string(st.Items[0].State), `"options":[1]`) || !st.Items[0].Locked {
		t.Errorf("after going on: %+v", st)
	}
	if _, r := b.save(room, 0, st.Now, `{"answer":{"options":[3]}}`); len(r.Items) != 1 || r.Items[0].Kept || !r.Items[0].Locked || !strings.Contains(string(r.Items[0].State), "[1]") {
		t.Errorf("a save behind: %+v", r)
	}
	b.script(http.MethodPost, room+"/move", map[string]int{"reached": 2}).json(t, &st)
	if st.Reached != 2 {
		t.Errorf("moved to %d", st.Reached)
	}
	wantText(t, b.get(room), http.StatusOK, "Item 3 of 3")
	wantText(t, b.follow(room+"/items/3", url.Values{"do": {"next"}}), http.StatusOK, "Review", "1 of 3 items are answered")
	wantText(t, b.get(room+"?item=1"), http.StatusOK, "Review")
}

// TestBreak: the clock stands, the room is shut, and what was seen is locked where the exam says so.
func TestBreak(t *testing.T) {
	s, wait := siteAt(t)
	s.compose(t, "id: pause\nnavigation: free\nbreaks: {count: 1, minutes: 10, lock: true}\n"+shortExam)
	b := s.browser(t)
	b.startGuest()
	wantText(t, b.get("/exams/pause"), http.StatusOK, "There is 1 break of up to 10 minutes", "cannot be changed after it")
	room := b.start("pause")
	b.follow(room+"/items/1", url.Values{"do": {"save"}, "choice": {"1"}})
	var before, after stateReply
	b.script(http.MethodGet, room+"/pulse", nil).json(t, &before)
	wantText(t, b.follow(room+"/break", nil), http.StatusOK, "You are on a break")
	if p := b.get(room + "?item=2"); p.doc.Find("#room-item, #room .room-stem").Length() != 0 {
		t.Error("an item is shown at a break")
	}
	if p := b.script(http.MethodGet, room+"/form", nil); p.StatusCode != http.StatusConflict {
		t.Errorf("form at a break: status %d", p.StatusCode)
	}
	if p, r := b.save(room, 1, before.Now, `{"flag":true}`); p.StatusCode != http.StatusConflict || !r.Closed {
		t.Errorf("save at a break: status %d, %+v", p.StatusCode, r)
	}
	wait(4 * time.Minute)
	b.script(http.MethodPost, room+"/resume", nil).json(t, &after)
	if got := after.Ends - before.Ends; got != 4*60e3 || after.BreakSince != 0 {
		t.Errorf("the end moved by %d ms: %+v", got, after)
	}
	p := b.get(room + "?item=1")
	wantText(t, p, http.StatusOK, "This answer is final")
	if p := b.script(http.MethodPost, room+"/break", nil); p.StatusCode != http.StatusConflict {
		t.Errorf("a second break: status %d", p.StatusCode)
	}
}

// TestTimeUp: the last save in flight is taken for ten seconds, then the exam is over, and every page says so.
func TestTimeUp(t *testing.T) {
	s, wait := siteAt(t)
	b := s.browser(t)
	b.startGuest()
	room := b.start("cpc-half")
	b.get(room)
	wait(121*time.Minute - 55*time.Second)
	wantText(t, b.get(room), http.StatusOK, "The time is up. Hand in now")
	var st stateReply
	b.script(http.MethodGet, room+"/pulse", nil).json(t, &st)
	if _, r := b.save(room, 0, st.Now, `{"answer":{"options":[1]}}`); len(r.Items) != 1 || !r.Items[0].Kept {
		t.Errorf("a save within the grace: %+v", r)
	}
	form := b.get(room + "?item=2&open=1").formValues("#room-item")
	wait(6 * time.Second)
	if p, r := b.save(room, 1, st.Now, `{"answer":{"options":[1]}}`); p.StatusCode != http.StatusConflict || !r.Closed {
		t.Errorf("a save after the grace: status %d, %+v", p.StatusCode, r)
	}
	form.Set("do", "next")
	if p := b.post(room+"/items/2", form); p.StatusCode != http.StatusSeeOther || p.Header.Get("Location") != room+"/report" {
		t.Errorf("a form after the end: status %d to %q", p.StatusCode, p.Header.Get("Location"))
	}
	wantText(t, b.get("/exams/cpc-half"), http.StatusOK, "handed in when the time was up")
	var done struct{ Report string }
	if b.script(http.MethodPost, room+"/hand-in", nil).json(t, &done); done.Report != room+"/report" {
		t.Errorf("handing in after the end: %+v", done)
	}
}

// TestCheckEach: in a drill an answer can be checked, and is final then.
func TestCheckEach(t *testing.T) {
	s := newSite(t)
	b := s.browser(t)
	b.startGuest()
	room := b.start("drill-guidelines")
	b.get(room)
	var st stateReply
	b.script(http.MethodGet, room+"/pulse", nil).json(t, &st)
	if p := b.script(http.MethodPost, room+"/reveal", map[string]int{"pos": 0}); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("nothing answered: status %d", p.StatusCode)
	}
	var form formReply
	b.script(http.MethodGet, room+"/form", nil).json(t, &form)
	for _, it := range form.Items {
		answer := map[string]string{"single": `{"options":[0]}`, "multiple": `{"options":[0,1]}`, "codes": `{"codes":["I10"]}`, "number": `{"value":"1"}`, "text": `{"value":"x"}`, "order": `{"order":[0]}`, "match": `{"match":[0]}`}[it.Kind]
		b.save(room, it.Pos, st.Now, `{"answer":`+answer+`}`)
		p := b.script(http.MethodPost, room+"/reveal", map[string]int{"pos": it.Pos})
		if p.StatusCode != http.StatusOK || p.doc.Find(".verdict").Length() != 1 || p.doc.Find(".rationale").Length() != 1 || p.doc.Find(`a[href^="/practice/questions"]`).Length() != 0 {
			t.Errorf("%s: status %d\n%.300s", it.Kind, p.StatusCode, p.body)
		}
		if _, r := b.save(room, it.Pos, st.Now+1000, `{"flag":true}`); len(r.Items) != 1 || r.Items[0].Kept || !r.Items[0].Locked {
			t.Errorf("%s: after checking: %+v", it.Kind, r)
		}
		page := b.get(fmt.Sprintf("%s?item=%d&open=1", room, it.Pos+1))
		if page.doc.Find(".verdict").Length() != 1 || page.doc.Find(`#room-item [name="choice"], #room-item [name="value"]`).Length() != 0 {
			t.Errorf("%s: the page of a checked item: %s", it.Kind, page.text())
		}
	}
	other := b.start("cpc-half")
	if p := b.script(http.MethodPost, other+"/reveal", map[string]int{"pos": 0}); p.StatusCode != http.StatusConflict {
		t.Errorf("checking where the answers come after: status %d", p.StatusCode)
	}
}

// TestCheckChart: a chart in an exam with feedback after each shows its lines.
func TestCheckChart(t *testing.T) {
	s := newSite(t)
	s.compose(t, "id: chart\nname: A chart\nminutes: 30\npass: {percent: 70}\nnavigation: free\nbook: open\nfeedback: each\nitems: 1\ncharts: {cases: [ed-colles-fracture]}\n")
	b := s.browser(t)
	b.startGuest()
	room := b.start("chart")
	p := b.get(room)
	form := p.formValues("#room-item")
	form.Set("dx.0.code", "S52.531A")
	form.Set("do", "add-dx")
	p = b.follow(room+"/items/1", form)
	if v, _ := p.doc.Find("#dx-0-code").Attr("value"); v != "S52.531A" || p.doc.Find(`ol[data-kind="dx"] > li`).Length() != 4 {
		t.Fatalf("line kept %q, %d lines", v, p.doc.Find(`ol[data-kind="dx"] > li`).Length())
	}
	form = p.formValues("#room-item")
	form.Set("do", "check")
	p = b.follow(room+"/items/1", form)
	if p.doc.Find(".rline").Length() == 0 || p.doc.Find("#dx-0-code").Length() != 0 {
		t.Errorf("after checking: %s", p.text())
	}
}

// TestWindowAndAttempts: why an exam cannot be started is said in words, and a start all the same is refused.
func TestWindowAndAttempts(t *testing.T) {
	s, wait := siteAt(t)
	ctx := t.Context()
	l, err := s.prog.AddUser(ctx, progress.Operator(""), progress.NewUser{Name: "Ada", Email: "ada@example.org", Passphrase: "a sentence to remember", Role: progress.RoleAdmin})
	if err != nil {
		t.Fatal(err)
	}
	one, fifty := 1, 50
	opens, closes := s.prog.Clock().Add(time.Hour), s.prog.Clock().Add(2*time.Hour)
	rule := progress.RuleDraft{Exam: "cpc-half", Kind: progress.RuleForEveryone, OpensAt: &opens, ClosesAt: &closes, Attempts: &one, ExtraPercent: &fifty}
	if _, err := s.prog.SaveRule(ctx, l.Actor(), rule); err != nil {
		t.Fatal(err)
	}
	b := s.browser(t)
	b.startGuest()
	refused := func(words string) {
		t.Helper()
		p := b.get("/exams/cpc-half")
		wantText(t, p, http.StatusOK, words)
		if p.doc.Find(".exam-start").Length() != 0 {
			t.Error("there is a button to start")
		}
		wantText(t, b.post("/exams/cpc-half/start", url.Values{"client_key": {"a-key-of-the-page"}}), http.StatusConflict, words)
	}
	refused("It can be started from")
	wait(90 * time.Minute)
	p := b.get("/exams/cpc-half")
	wantText(t, p, http.StatusOK, "You can sit it 1 more time", "with 50 % extra time", "180 min", "Start it by")
	if p.doc.Find(`input[name="extra"]`).Length() != 0 {
		t.Error("extra time that a rule gives can be chosen")
	}
	form := p.formValues(".exam-start")
	room := b.post("/exams/cpc-half/start", form).Header.Get("Location")
	if again := b.post("/exams/cpc-half/start", form).Header.Get("Location"); again != room || room == "" {
		t.Errorf("a double click: %q and %q", room, again)
	}
	wantText(t, b.get("/"), http.StatusOK, "Your exam is open")
	wantText(t, b.get("/exams"), http.StatusOK, "Your exam is open", "No attempt left")
	b.post(room+"/hand-in", url.Values{"confirm": {"yes"}})
	refused("as often as it may be sat")
	wait(time.Hour)
	refused("It could be started until")
}

// TestVisitorStarts: one click makes a guest with a sitting.
func TestVisitorStarts(t *testing.T) {
	s := newSite(t)
	v := s.browser(t)
	room := v.start("drill-em")
	wantText(t, v.get(room), http.StatusOK, "Item 1 of")
	if p := s.browser(t).get(room); p.StatusCode != http.StatusSeeOther || !strings.HasPrefix(p.Header.Get("Location"), "/start?next=") {
		t.Errorf("another visitor: status %d to %q", p.StatusCode, p.Header.Get("Location"))
	}
}
