package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// script sends a request as the script of a page does.
func (b *browser) script(method, path string, body any) page {
	b.t.Helper()
	raw := ""
	if body != nil {
		j, err := json.Marshal(body)
		if err != nil {
			b.t.Fatal(err)
		}
		raw = string(j)
	}
	return b.do(b.request(method, path, raw))
}

// request is what the script of a page sends.
func (b *browser) request(method, path, body string) *http.Request {
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	req.Header.Set("X-Csrf-Token", b.csrf)
	return req
}

// json reads a reply.
func (p page) json(t testing.TB, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(p.body), into); err != nil {
		t.Fatalf("status %d, no JSON: %v\n%.400s", p.StatusCode, err, p.body)
	}
}

// start begins an exam and gives the path of its room.
func (b *browser) start(exam string, fields ...string) string {
	b.t.Helper()
	p := b.get("/exams/" + exam)
	form := p.formValues(`form[action$="/start"]`)
	for i := 0; i+1 < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	res := b.post("/exams/"+exam+"/start", form)
	at := res.Header.Get("Location")
	if res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(at, "/exams/sittings/") {
		b.t.Fatalf("start %s: status %d, to %q\n%s", exam, res.StatusCode, at, res.text())
	}
	return at
}

type formReply struct {
	ID, Name string
	Items    []struct {
		Pos      int
		Kind     string
		Stem     string
		Options  []string
		Entries  []string
		Left     []string
		Choose   int
		CodeSets []string
		Chart    string
		Sheet    string
	}
	Charts map[string]string
}

type stateReply struct {
	Now, Started, Ends, BreakSince, BreakEnds, HandedIn int64
	Opens, Reached                                      int
	Report                                              string
	Items                                               []struct {
		Pos    int
		Seq    int64
		Locked bool
		State  json.RawMessage
	}
}

type saveReply struct {
	Now   int64
	Items []struct {
		Pos    int
		Seq    int64
		Kept   bool
		Locked bool
		State  json.RawMessage
	}
	Closed bool
	Error  string
}

// save sends one state as the script does.
func (b *browser) save(room string, pos int, seq int64, state string) (page, saveReply) {
	b.t.Helper()
	p := b.script(http.MethodPost, room+"/save", map[string]any{"open": 1, "items": []any{map[string]any{"pos": pos, "seq": seq, "state": json.RawMessage(state)}}})
	var r saveReply
	if p.StatusCode == http.StatusOK || p.StatusCode == http.StatusConflict {
		p.json(b.t, &r)
	}
	return p, r
}

// TestExamWithoutScript: a drill from the list to the report by forms alone.
func TestExamWithoutScript(t *testing.T) {
	s := newSite(t)
	b := s.browser(t)
	list := b.get("/exams")
	for _, want := range []string{"/exams/cpc", "/exams/ccs-half", "/exams/drill-em"} {
		if list.doc.Find(`a[href="`+want+`"]`).Length() == 0 {
			t.Errorf("the list has no %s", want)
		}
	}
	room := b.start("cpc-half")
	p := b.get(room)
	if p.StatusCode != http.StatusOK || p.doc.Find("#room-item").Length() != 1 {
		t.Fatalf("room: status %d\n%s", p.StatusCode, p.text())
	}
	if p.doc.Find("header.top, footer.foot").Length() != 0 {
		t.Error("the room has the site's frame")
	}
	// Answer all by going on.
	for n := 1; n <= 50; n++ {
		form := p.formValues("#room-item")
		form.Set("do", "next")
		if p.doc.Find(`#room-item input[name="choice"]`).Length() > 0 {
			form.Set("choice", "0")
		}
		if n == 3 {
			form.Set("note", "look again")
		}
		if p.StatusCode != http.StatusOK || p.doc.Find("#room-item").Length() != 1 {
			t.Fatalf("item %d: status %d\n%s", n, p.StatusCode, p.text())
		}
		p = b.follow(room+fmt.Sprintf("/items/%d", n), form)
	}
	if p.doc.Find(`form[action$="/hand-in"]`).Length() != 1 {
		t.Fatalf("after the last item: %s", p.text())
	}
	p = b.get(room + "?item=3&open=1")
	if got := p.doc.Find("#note").Text(); got != "look again" {
		t.Errorf("note %q", got)
	}
	if p.doc.Find(`#room-item input[name="choice"][checked]`).Length() == 0 && p.doc.Find(`#room-item input[name="choice"]`).Length() > 0 {
		t.Error("the choice is not kept")
	}
	p = b.follow(room+"/hand-in", url.Values{})
	if p.doc.Find(`input[name="confirm"][value="yes"]`).Length() != 1 {
		t.Fatalf("no confirmation: %s", p.text())
	}
	res := b.post(room+"/hand-in", url.Values{"confirm": {"yes"}})
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != room+"/report" {
		t.Fatalf("hand in: %d to %q", res.StatusCode, res.Header.Get("Location"))
	}
	if p := b.get(room); p.StatusCode != http.StatusSeeOther || p.Header.Get("Location") != room+"/report" {
		t.Errorf("the room after handing in: %d to %q", p.StatusCode, p.Header.Get("Location"))
	}
	if p := b.get("/exams/cpc-half"); p.doc.Find(`a[href="`+room+`/report"]`).Length() == 0 {
		t.Error("the exam's page does not show the sitting")
	}
}

// TestRoomScript: what the room's script asks for, and how saves are answered.
func TestRoomScript(t *testing.T) {
	s := newSite(t)
	b := s.browser(t)
	room := b.start("cpc-half", "extra", "50")
	b.get(room)
	var form formReply
	b.script(http.MethodGet, room+"/form", nil).json(t, &form)
	if len(form.Items) != 50 || form.Name == "" {
		t.Fatalf("form of %d items, name %q", len(form.Items), form.Name)
	}
	for _, it := range form.Items {
		if it.Stem == "" || it.Kind == "" {
			t.Errorf("item %d: kind %q, stem %q", it.Pos, it.Kind, it.Stem)
		}
		if it.Chart != "" && form.Charts[it.Chart] == "" {
			t.Errorf("item %d: no chart %q", it.Pos, it.Chart)
		}
		if it.Kind == "codes" && (it.Sheet == "" || len(it.CodeSets) == 0) {
			t.Errorf("item %d: no sheet", it.Pos)
		}
	}
	if len(form.Charts) == 0 {
		t.Error("no charts")
	}
	var st stateReply
	b.script(http.MethodGet, room+"/state", nil).json(t, &st)
	if got := st.Ends - st.Started; got != 120*60e3*3/2 || st.Opens != 1 {
		t.Errorf("the clock runs %d ms, opened %d times", got, st.Opens)
	}
	if _, r := b.save(room, 4, st.Now, `{"answer":{"options":[1]}}`); !r.Items[0].Kept {
		t.Errorf("first save: %+v", r)
	}
	if _, r := b.save(room, 4, st.Now-1, `{"answer":{"options":[2]}}`); r.Items[0].Kept || !strings.Contains(string(r.Items[0].State), "[1]") || r.Items[0].Seq != st.Now {
		t.Errorf("older save: %+v", r)
	}
	if p, _ := b.save(room, 50, st.Now, `{}`); p.StatusCode != http.StatusNotFound {
		t.Errorf("no such item: status %d", p.StatusCode)
	}
	if p, _ := b.save(room, 1, st.Now+3600e3, `{}`); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a number of another clock: status %d", p.StatusCode)
	}
	if p, _ := b.save(room, 1, st.Now, `[]`); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("no state: status %d", p.StatusCode)
	}
	other := s.browser(t)
	other.startGuest()
	if p, _ := other.save(room, 1, st.Now, `{}`); p.StatusCode != http.StatusNotFound {
		t.Errorf("another's sitting: status %d", p.StatusCode)
	}
	for _, path := range []string{"", "/form", "/state", "/pulse"} {
		if p := other.get(room + path); p.StatusCode != http.StatusNotFound {
			t.Errorf("another's %s: status %d", path, p.StatusCode)
		}
	}
	visitor := s.browser(t)
	if p, _ := visitor.save(room, 1, st.Now, `{}`); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("a visitor: status %d", p.StatusCode)
	}
	token := b.csrf
	b.csrf = "wrong"
	if p, _ := b.save(room, 1, st.Now, `{}`); p.StatusCode != http.StatusForbidden {
		t.Errorf("a wrong token: status %d", p.StatusCode)
	}
	b.csrf = token
	p, _ := b.save(room, 1, st.Now, `{"flag":true}`)
	for h, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Content-Type": "application/json"} {
		if got := p.Header.Get(h); got != want {
			t.Errorf("%s: %q", h, got)
		}
	}
	b.script(http.MethodGet, room+"/state", nil).json(t, &st)
	if len(st.Items) != 2 || st.Items[1].Pos != 4 || !strings.Contains(string(st.Items[1].State), "[1]") {
		t.Errorf("state: %+v", st.Items)
	}
	var done struct{ Report string }
	b.script(http.MethodPost, room+"/hand-in", nil).json(t, &done)
	if done.Report != room+"/report" {
		t.Errorf("report at %q", done.Report)
	}
	if p, r := b.save(room, 2, st.Now, `{"flag":true}`); p.StatusCode != http.StatusConflict || !r.Closed || r.Error == "" {
		t.Errorf("after handing in: status %d, %+v", p.StatusCode, r)
	}
	b.script(http.MethodPost, room+"/hand-in", nil).json(t, &done)
	b.script(http.MethodGet, room+"/pulse", nil).json(t, &st)
	if st.HandedIn == 0 || st.Report != done.Report {
		t.Errorf("pulse after handing in: %+v", st)
	}
}
