package server_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"crosswalk/codebook"
	"crosswalk/progress"
	"crosswalk/quizzes"
	"crosswalk/server"
	"crosswalk/store"
)

// fullDisk is a database that keeps no answer: it says why, or falls over.
type fullDisk struct {
	*store.DB
	why func() error
}

func (f fullDisk) SaveItems(context.Context, progress.OrgID, progress.LearnerID, progress.SittingID, time.Time, []progress.ItemSave) ([]progress.SaveOutcome, error) {
	return nil, f.why()
}

// TestSaveFails: what was not kept is said so, in words and by status; nothing of the inside is shown, and the server goes on.
func TestSaveFails(t *testing.T) {
	s := newSite(t)
	why := func() error { return nil }
	prog := progress.New(fullDisk{s.db, func() error { return why() }}, s.c.Bank, func() *codebook.Book { return s.c.Book }, progress.Options{Passphrase: cheapPassphrases})
	srv, err := server.New(server.Config{Progress: prog, Logger: slog.New(slog.NewTextHandler(s.log, nil)), Version: "test", Content: s.c})
	if err != nil {
		t.Fatal(err)
	}
	s.srv, s.prog = srv, prog
	b := s.browser(t)
	room := b.start("drill-em")
	b.get(room)
	for _, c := range []struct {
		why    func() error
		status int
		words  string
	}{
		{func() error { return fmt.Errorf("disk i/o: %w", progress.ErrUnavailable) }, http.StatusServiceUnavailable, "could not save this just now"},
		{func() error { return context.DeadlineExceeded }, http.StatusServiceUnavailable, "could not save this just now"},
		{func() error { panic("secret inside") }, http.StatusInternalServerError, "Something failed on our side"},
	} {
		why = c.why
		p, _ := b.save(room, 0, time.Now().UnixMilli(), `{"flag":true}`)
		if p.StatusCode != c.status || !strings.Contains(p.body, c.words) || strings.Contains(p.body, "secret") || strings.Contains(p.body, "disk i/o") || !strings.HasPrefix(p.Header.Get("Content-Type"), "application/json") {
			t.Errorf("status %d, want %d with %q: %s", p.StatusCode, c.status, c.words, p.body)
		}
		// The same without script: the answer comes back on the page, to be sent again.
		form := b.get(room + "?item=1&open=1").formValues("#room-item")
		form.Set("do", "next")
		if p := b.post(room+"/items/1", form); p.StatusCode != c.status {
			t.Errorf("form: status %d, want %d", p.StatusCode, c.status)
		}
	}
	if !strings.Contains(s.log.String(), "secret inside") {
		t.Error("the log does not say what happened")
	}
}

// TestSaveAfterSignOut: a session that is remembered for saves ends when one signs out.
func TestSaveAfterSignOut(t *testing.T) {
	s := newSite(t)
	b := s.browser(t)
	room := b.start("drill-em")
	b.get(room)
	token, csrf := b.cookies["crosswalk_session"], b.csrf
	if _, r := b.save(room, 0, time.Now().UnixMilli(), `{"flag":true}`); len(r.Items) != 1 || !r.Items[0].Kept {
		t.Fatalf("first save: %+v", r)
	}
	b.post("/signout", nil)
	b.cookies["crosswalk_session"], b.csrf = token, csrf
	if p, _ := b.save(room, 0, time.Now().UnixMilli(), `{"flag":false}`); p.StatusCode != http.StatusUnauthorized {
		t.Errorf("a save after signing out: status %d", p.StatusCode)
	}
	// Another site cannot save for one, token or not.
	b2 := s.browser(t)
	room = b2.start("drill-em")
	b2.get(room)
	req := b2.request(http.MethodPost, room+"/save", `{"open":1,"items":[{"pos":0,"seq":1,"state":{}}]}`)
	req.Header.Set("Origin", "https://elsewhere.example")
	if p := b2.do(req); p.StatusCode != http.StatusForbidden {
		t.Errorf("a save from elsewhere: status %d", p.StatusCode)
	}
}

// TestRoomKeepsItsText: a sitting shows what was drawn, whatever becomes of the bank.
func TestRoomKeepsItsText(t *testing.T) {
	s := newSite(t)
	s.compose(t, "id: kept\nnavigation: free\n"+strings.NewReplacer("items: 3", "items: 5\ncharts: {cases: [ed-colles-fracture]}", "em-mdm-6", "em-mdm-6, cases-sepsis-ventilator-1").Replace(shortExam))
	b := s.browser(t)
	b.startGuest()
	room := b.start("kept")
	shown := func() (string, []string) {
		var form formReply
		p := b.script(http.MethodGet, room+"/form", nil)
		p.json(t, &form)
		var pages []string
		for n := range form.Items {
			pages = append(pages, b.get(fmt.Sprintf("%s?item=%d&open=1", room, n+1)).doc.Find("#room .room-stem, #room .chart").Text())
		}
		return p.body, pages
	}
	before, pages := shown()
	files := fstest.MapFS{}
	err := fs.WalkDir(quizzes.Content, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(quizzes.Content, path)
		if strings.HasSuffix(path, "ed-colles-fracture.md") || strings.HasSuffix(path, "inp-pneumococcal-sepsis-ventilator.md") {
			i := bytes.LastIndex(raw, []byte("\n---\n"))
			raw = append(append(bytes.Clone(raw[:i+5]), "A sentence that is new.\n\n"...), raw[i+5:]...)
		}
		if strings.HasPrefix(path, "bank/em/") {
			raw = bytes.Replace(raw, []byte("## em-mdm-1 "), []byte("## em-mdm-gone "), 1)
			at := bytes.Index(raw, []byte("## em-mdm-5 "))
			if at >= 0 {
				end := at + bytes.IndexByte(raw[at:], '\n')
				raw = append(append(bytes.Clone(raw[:end+1]), "\nA sentence that is new."...), raw[end+1:]...)
			}
		}
		files[path] = &fstest.MapFile{Data: raw}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	bank, _ := quizzes.Load(files, s.c.Lessons.Renderer(), s.c.Book)
	if _, err := bank.Question("em-mdm-1"); err == nil {
		t.Fatal("em-mdm-1 is still there")
	}
	if q, err := bank.Question("em-mdm-5"); err != nil || !strings.Contains(q.Stem.Text(), "A sentence that is new") {
		t.Fatal("em-mdm-5 is not changed", err)
	}
	for _, id := range []string{"ed-colles-fracture", "inp-pneumococcal-sepsis-ventilator"} {
		if cs, err := bank.Case(id); err != nil || !strings.Contains(cs.Chart.Text(), "A sentence that is new") {
			t.Fatalf("the chart of %s is not changed: %v", id, err)
		}
	}
	s.prog.SetContent(bank)
	s.srv.SetContent(server.Content{Lessons: s.c.Lessons, Bank: bank, Book: s.c.Book})
	after, now := shown()
	if before != after {
		t.Errorf("the form changed with the bank:\n%s\n%s", before, after)
	}
	for i := range pages {
		if pages[i] != now[i] || pages[i] == "" {
			t.Errorf("item %d changed with the bank:\n%s\n%s", i+1, pages[i], now[i])
		}
	}
	var done struct{ Report string }
	if b.script(http.MethodPost, room+"/hand-in", nil).json(t, &done); done.Report == "" {
		t.Fatal("it cannot be handed in any more")
	}
	for n := range now {
		if text := b.get(fmt.Sprintf("%s/items/%d", done.Report, n+1)).text(); strings.Contains(text, "A sentence that is new") {
			t.Errorf("the report of item %d shows what was not drawn:\n%s", n+1, text)
		}
	}
}
