package server_test

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"crosswalk/codebook"
	"crosswalk/grading"
	"crosswalk/progress"
	"crosswalk/quizzes"
)

// compose makes a composed exam that is open to everyone.
func (s *site) compose(t testing.TB, body string) {
	t.Helper()
	ctx := t.Context()
	l, err := s.prog.AddUser(ctx, progress.Operator(""), progress.NewUser{Name: "Ada", Email: fmt.Sprintf("ada%d@example.org", len(body)), Passphrase: "a sentence to remember", Role: progress.RoleAdmin})
	if err != nil {
		t.Fatal(err)
	}
	admin := l.Actor()
	e, err := s.prog.SaveComposed(ctx, admin, progress.ComposedDraft{Body: body})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.prog.SaveRule(ctx, admin, progress.RuleDraft{Exam: e.Exam, Kind: progress.RuleForEveryone}); err != nil {
		t.Fatal(err)
	}
}

// eavesdropper keeps every byte that a browser was sent: heads and bodies.
type eavesdropper struct {
	*browser
	heard strings.Builder
	often map[string]bool
}

// same are the parts that stand on every page of a room. Each is heard once.
var same = [][2]string{{"<head>", "</head>"}, {`<template id="room-app"`, "</template>"}, {`<ol class="pal-items">`, "</ol>"}}

func (e *eavesdropper) hear(p page) page {
	for k, v := range p.Header {
		fmt.Fprintf(&e.heard, "%s: %s\n", k, strings.Join(v, ", "))
	}
	body := p.body
	for _, mark := range same {
		before, rest, found := strings.Cut(body, mark[0])
		part, after, closed := strings.Cut(rest, mark[1])
		if !found || !closed {
			continue
		}
		if body = before + after; !e.often[part] {
			e.often[part] = true
			body += mark[0] + part + mark[1]
		}
	}
	e.heard.WriteString(body)
	e.heard.WriteByte('\n')
	return p
}

// tellingMarks are names in lower case that say of an item how it counts or which answer is right, wherever they stand.
var tellingMarks = []string{"scored", `"weight":`, `"order":`, "data-right", "data-correct", "data-key", "data-why", "<mark", "data-ev"}

// tellingClasses are classes that say it of an element.
var tellingClasses, classes = []string{"key", "off", "choice-mark", "verdict", "why"}, regexp.MustCompile(`class="[^"]*`)

// telling finds the first mark of right, wrong or scored; "" for none.
func telling(heard string) string {
	heard = strings.ToLower(heard)
	for _, m := range tellingMarks {
		if strings.Contains(heard, m) {
			return m
		}
	}
	for _, c := range classes.FindAllString(heard, -1) {
		for _, name := range strings.Fields(strings.TrimPrefix(c, `class="`)) {
			if slices.Contains(tellingClasses, name) {
				return name
			}
		}
	}
	return ""
}

func TestTelling(t *testing.T) {
	for heard, want := range map[string]string{
		`<p class="choice open">`: "", `{"pos":1,"kind":"single"}`: "", `{"Scored":true}`: "scored", `{"Weight":2}`: `"weight":`, `<li class="choice key">`: "key", `<b class="why">`: "why",
		`<i DATA-KEY=1>`: "data-key", `<p class="keyboard">`: "",
	} {
		if got := telling(heard); got != want {
			t.Errorf("%s: %q, want %q", heard, got, want)
		}
	}
}

// secret is a text that must not be heard, with what it is.
type secret struct{ what, text string }

// secretsOf are the texts that tell how a question is answered, as far as what it shows does not have them.
func secretsOf(q *quizzes.Question, f quizzes.FormItem) []secret {
	shown := string(q.Stem.HTML) + q.Stem.Text()
	for _, o := range q.Options {
		shown += string(o.HTML) + o.Text
	}
	var out []secret
	add := func(what, text string) {
		if text = strings.TrimSpace(text); len(text) > 11 && !strings.Contains(shown, text) {
			out = append(out, secret{what, text})
		}
	}
	add("rationale", string(q.Rationale))
	add("rationale as text", tags.ReplaceAllString(string(q.Rationale), ""))
	for _, o := range q.Options {
		add("why of "+o.Text, string(o.Why))
	}
	for _, c := range q.Cites {
		add("cite", c)
	}
	for _, x := range q.Key.Texts {
		add("accepted text", x)
	}
	return append(out, secret{"id", q.ID}, secret{"hash of what is shown", f.ShownHash}, secret{"hash of the key", f.KeyHash})
}

// asked is what the items of a form ask with: stems, options and charts.
func (s *site) asked(form []quizzes.FormItem) string {
	var out strings.Builder
	for _, f := range form {
		for _, chart := range []string{f.ID, f.Group} {
			if cs, err := s.c.Bank.Case(chart); err == nil {
				out.WriteString(cs.Chart.Text())
			}
		}
		if q, err := s.c.Bank.Question(f.ID); err == nil {
			out.WriteString(q.Stem.Text())
			for _, o := range q.Options {
				out.WriteString(o.Text)
			}
		}
	}
	return out.String()
}

var tags = regexp.MustCompile(`<[^>]*>`)

// unescaped is what was heard as one reads it: entities of HTML and escapes of JSON undone.
func unescaped(heard string) string {
	return html.UnescapeString(strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&", `\"`, `"`, `\n`, "\n", `\t`, "\t").Replace(heard))
}

// codesOf are the codes of a key, and of its traps.
func codesOf(k *grading.Key) []string {
	var out []string
	for _, v := range k.Versions() {
		for _, d := range v.Diagnoses {
			out = append(out, d.Code.Dotted(codebook.ICD10CM), string(d.Code))
		}
		for _, p := range v.Procedures {
			out = append(out, string(p.Code))
		}
	}
	return out
}

// TestExamTellsNothing: of every byte that is sent before handing in, none is of a key, a rationale, an explanation, a cite, an id or a
// mark of right, wrong or scored.
func TestExamTellsNothing(t *testing.T) {
	s := newSite(t)
	all := len(s.c.Bank.Cases())
	s.compose(t, fmt.Sprintf("id: charts\nname: Charts to code\nminutes: 60\npass: {percent: 70}\nnavigation: free\nbook: open\nfeedback: after\nitems: %d\nareas: [{id: em, count: 2}]\ncharts: {count: %d}\n", all+2, all))
	exams := []string{"charts", "drill-em", "drill-cases"}
	for _, bp := range s.c.Bank.Blueprints() {
		if !testing.Short() || bp.ID == "cpc-half" {
			exams = append(exams, bp.ID)
		}
	}
	rightAt := map[int]int{}
	for _, exam := range exams {
		t.Run(exam, func(t *testing.T) {
			e := &eavesdropper{browser: s.browser(t), often: map[string]bool{}}
			e.t = t
			e.startGuest()
			e.hear(e.get("/exams"))
			p := e.hear(e.get("/exams/" + exam))
			e.heard.Reset() // the page before says how many are scored
			start := e.hear(e.post("/exams/"+exam+"/start", p.formValues(`form[action$="/start"]`)))
			room := start.Header.Get("Location")
			if start.StatusCode != http.StatusSeeOther {
				t.Fatalf("start: status %d\n%s", start.StatusCode, start.text())
			}
			e.hear(e.get(room))
			raw := e.hear(e.script(http.MethodGet, room+"/form", nil))
			var form formReply
			raw.json(t, &form)
			e.hear(e.script(http.MethodGet, room+"/state", nil))
			x, err := s.prog.Sitting(t.Context(), s.learnerOf(t, e.browser), progress.SittingID(strings.TrimPrefix(room, "/exams/sittings/")))
			if err != nil {
				t.Fatal(err)
			}
			for n := range x.Form {
				p := e.hear(e.get(fmt.Sprintf("%s?item=%d&open=1", room, n+1)))
				if p.StatusCode != http.StatusOK {
					t.Fatalf("item %d: status %d", n+1, p.StatusCode)
				}
				if n < 3 {
					e.hear(e.post(fmt.Sprintf("%s/items/%d", room, n+1), url.Values{"do": {"flag"}, "choice": {"1"}}))
				}
			}
			saved, _ := e.save(room, 0, x.StartedAt.UnixMilli()+60e3, `{"answer":{"options":[0]}}`)
			e.hear(saved)
			old, _ := e.save(room, 0, 1, `{"answer":{"options":[1]}}`)
			e.hear(old)
			for _, path := range []string{"?review=1", "?handin=1", "/pulse", "/state"} {
				e.hear(e.get(room + path))
			}
			if x.Blueprint.Feedback != "each" {
				e.hear(e.script(http.MethodPost, room+"/reveal", map[string]int{"pos": 0}))
			}
			heard := e.heard.String()
			plain := unescaped(heard)
			ours := plain // without what charts say, whose scores are a patient's
			for _, f := range x.Form {
				for _, chart := range []string{f.ID, f.Group} {
					if cs, err := s.c.Bank.Case(chart); err == nil {
						ours = strings.ReplaceAll(ours, unescaped(string(cs.Chart.HTML)), "")
					}
				}
			}
			if m := telling(ours); m != "" {
				i := strings.Index(strings.ToLower(ours), m)
				t.Errorf("what is sent has %q: %.200q", m, ours[max(0, i-60):])
			}
			public := s.asked(x.Form)
			for pos, f := range x.Form {
				item := form.Items[pos]
				one, _ := json.Marshal(item)
				var all []secret
				if f.Kind == quizzes.ItemCase {
					cs, err := s.c.Bank.Case(f.ID)
					if err != nil {
						t.Fatal(err)
					}
					for _, c := range codesOf(&cs.Key) {
						if strings.Contains(string(one), c) {
							t.Errorf("item %d: the sheet of %s has %s of its key", pos+1, cs.ID, c)
						}
					}
					for _, d := range cs.Key.Diagnoses {
						if len(d.Why) > 11 && !strings.Contains(cs.Chart.Text(), d.Why) {
							all = append(all, secret{"why of " + string(d.Code), d.Why})
						}
					}
					all = append(all, secret{"id", cs.ID})
				} else {
					q, err := s.c.Bank.Question(f.ID)
					if err != nil {
						t.Fatal(err)
					}
					all = secretsOf(q, f)
					shown := string(q.Stem.HTML)
					for _, c := range q.Key.Codes {
						text := c.Code.Dotted(c.System)
						if !strings.Contains(shown, text) && strings.Contains(string(one), text) {
							t.Errorf("%s: the item has %s of its key", q.ID, text)
						}
					}
					if q.Kind == grading.Single {
						for i, author := range f.Shuffle {
							if item.Options[i] != string(q.Options[author].HTML) {
								t.Fatalf("%s: option %d is not as shuffled", q.ID, i)
							}
							if q.Options[author].Right {
								rightAt[i]++
							}
						}
					}
					if n := len(item.Entries); n > 0 && n != len(q.Right) {
						t.Errorf("%s: %d entries of %d", q.ID, n, len(q.Right))
					}
				}
				for _, sec := range all {
					if (sec.what == "accepted text" || sec.what == "cite") && strings.Contains(public, sec.text) {
						continue // a word that another item asks with
					}
					if i := strings.Index(plain, html.UnescapeString(sec.text)); i >= 0 {
						t.Errorf("%s: what is sent has the %s: %.80q in %.200q", f.ID, sec.what, sec.text, plain[max(0, i-80):])
					}
				}
			}
		})
	}
	total, most := 0, 0
	for _, n := range rightAt {
		total, most = total+n, max(most, n)
	}
	if total > 100 && most > total*2/5 {
		t.Errorf("of %d right options %d stand at one place: %v", total, most, rightAt)
	}
	// What scripts and styles hold is public, whatever one sits.
	b := s.browser(t)
	links := regexp.MustCompile(`(?:src|href)="(/static/[^"]+)"|from "(\./|/static/)([^"]+)"`)
	seen := map[string]bool{}
	var scripts strings.Builder
	var follow func(text string)
	follow = func(text string) {
		for _, m := range links.FindAllStringSubmatch(text, -1) {
			path := m[1]
			if path == "" {
				path = "/static/" + m[3]
			}
			if !seen[path] {
				seen[path] = true
				p := b.get(path)
				scripts.WriteString(p.body)
				follow(p.body)
			}
		}
	}
	follow(b.get("/exams").body)
	room := b.start("cpc-half")
	follow(b.get(room).body)
	if len(seen) < 5 {
		t.Errorf("only %d static files were found", len(seen))
	}
	for _, q := range s.c.Bank.Questions() {
		for _, sec := range secretsOf(q, quizzes.FormItem{ShownHash: q.ShownHash, KeyHash: q.KeyHash}) {
			if strings.Contains(scripts.String(), sec.text) {
				t.Errorf("%s: a static file has the %s", q.ID, sec.what)
			}
		}
	}
}

// TestOpenExamIsShut: while an exam is open its items are answered nowhere else, and no earlier answer to one is shown.
func TestOpenExamIsShut(t *testing.T) {
	s := newSite(t)
	ctx := t.Context()
	s.compose(t, "id: two\nname: A chart and questions\nminutes: 60\npass: {percent: 70}\nnavigation: free\nbook: open\nfeedback: after\nitems: 3\nquestions: [em-mdm-1, em-mdm-5]\ncharts: {cases: [ed-colles-fracture]}\n")
	b := s.browser(t)
	b.startGuest()
	const q, cs = "em-mdm-5", "ed-colles-fracture"
	// Answered before: alone, and in its lesson.
	form := b.get("/practice/questions/" + q).formValues("form.question-form")
	form.Set("choice", "0")
	attempt := b.post("/practice/questions/"+q, form).Header.Get("Location")
	if p := b.get(attempt); p.doc.Find(".rationale").Length() != 1 {
		t.Fatalf("the answer before the exam: %s", p.text())
	}
	room := b.start("two")
	wantShut := func(what string, p page, status int, link string) {
		t.Helper()
		if p.StatusCode != status || p.doc == nil || p.doc.Find(`main a[href="`+link+`"]`).Length() != 1 || p.doc.Find(".rationale, .rline").Length() != 0 {
			t.Errorf("%s: status %d, want %d with a link to %s\n%s", what, p.StatusCode, status, link, p.text())
		}
	}
	wantShut("the earlier answer", b.get(attempt), http.StatusConflict, "/exams")
	wantShut("the same form again", b.post("/practice/questions/"+q, form), http.StatusConflict, "/exams")
	form = b.get("/practice/questions/" + q).formValues("form.question-form")
	form.Set("choice", "0")
	wantShut("an answer outside of the exam", b.post("/practice/questions/"+q, form), http.StatusUnprocessableEntity, room)
	p := b.get("/cases/" + cs)
	sheet := p.formValues("#sheet")
	sheet.Set("dx.0.code", "S52.531A")
	sheet.Set("do", "submit")
	wantShut("a chart coded outside of the exam", b.post("/cases/"+cs, sheet), http.StatusUnprocessableEntity, room)

	a := s.learnerOf(t, b)
	for seed := range uint64(400) {
		run, err := s.prog.StartAudits(ctx, a, progress.AuditPick{}, seed)
		if err != nil {
			t.Fatal(err)
		}
		if d, err := s.prog.AuditDrill(run); err == nil && d.Case == cs {
			wantShut("a claim to be audited", b.get(fmt.Sprintf("/practice/audits/%s/%d", run.ID, run.Next)), http.StatusConflict, room)
			break
		} else if seed == 399 {
			t.Error("no run begins with the chart of the exam")
		}
	}
	b.script(http.MethodPost, room+"/hand-in", nil)
	if p := b.get(attempt); p.StatusCode != http.StatusOK || p.doc.Find(".rationale").Length() != 1 {
		t.Errorf("after handing in: status %d\n%s", p.StatusCode, p.text())
	}
}

// TestOpenExamInLesson: an answer given in a lesson is not shown there while an exam holds the question.
func TestOpenExamInLesson(t *testing.T) {
	s := newSite(t)
	lesson, id := "", ""
	for _, l := range s.c.Lessons.Lessons() {
		for _, part := range l.Doc.Parts {
			if q, err := s.c.Bank.Question(part.Check); err == nil && q.Kind == grading.Single {
				lesson, id = l.ID, q.ID
			}
		}
	}
	if id == "" {
		t.Fatal("no shipped lesson has a question with one right option")
	}
	s.compose(t, "id: one\nname: One question\nminutes: 60\npass: {percent: 70}\nnavigation: free\nbook: open\nfeedback: after\nitems: 1\nquestions: ["+id+"]\n")
	b := s.browser(t)
	b.startGuest()
	at := "#q-" + id
	form := b.get("/lessons/" + lesson).formValues(at + " form")
	form.Set("choice", "0")
	b.post("/practice/questions/"+id, form)
	if b.get("/lessons/"+lesson).doc.Find(at+" .rationale").Length() != 1 {
		t.Fatal("the lesson does not show the answer before the exam")
	}
	room := b.start("one")
	if p := b.get("/lessons/" + lesson); p.doc.Find(at+" .rationale").Length() != 0 || p.doc.Find(at+" form").Length() != 1 {
		t.Error("the lesson shows the answer while the exam is open")
	}
	b.script(http.MethodPost, room+"/hand-in", nil)
	if b.get("/lessons/"+lesson).doc.Find(at+" .rationale").Length() != 1 {
		t.Error("the lesson does not show the answer after handing in")
	}
}

// learnerOf is who a browser is signed in as.
func (s *site) learnerOf(t testing.TB, b *browser) progress.Actor {
	t.Helper()
	sess, err := s.prog.Session(t.Context(), progress.Token(b.cookies["crosswalk_session"]))
	if err != nil {
		t.Fatal(err)
	}
	return sess.Learner.Actor()
}
