package server_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"crosswalk/codebook"
	"crosswalk/grading"
	"crosswalk/grading/answersheet"
	"crosswalk/progress"
	"crosswalk/progress/hirereport"
	"crosswalk/quizzes"
)

// hiring is a site with an employer and an open test.
type hiring struct {
	*site
	owner progress.Actor
	b     *browser
	test  progress.Assessment
	made  int
}

func newHiring(t testing.TB, blind bool) *hiring {
	t.Helper()
	h := &hiring{site: newSite(t)}
	h.b, h.owner = h.staff(t, "colin", progress.RoleEmployer)
	h.test = h.openTest(t, h.owner, blind)
	return h
}

// openTest keeps an open test of somebody as storage holds it.
func (h *hiring) openTest(t testing.TB, a progress.Actor, blind bool) progress.Assessment {
	t.Helper()
	h.made++
	now := h.prog.Clock()
	id := progress.AssessmentID(fmt.Sprintf("0192f000-0000-7000-8000-%012d", h.made))
	x := progress.Assessment{
		ID: id, Org: progress.DefaultOrg, Owner: a.Learner, ClientKey: "test-" + string(id), Revision: 1, CreatedAt: now,
		Spec:      progress.AssessmentSpec{Name: "Mixed coder, hospital & office", Minutes: 240, PassPercent: 70, Tries: 2, KeepDays: 180, Blind: blind},
		Blueprint: quizzes.Blueprint{ID: progress.AssessmentExam(id), Name: "Mixed coder", Minutes: 240, Pass: quizzes.Pass{Percent: 70}, Feedback: "never", Navigation: "free", Book: "open"},
	}
	draft := x
	if err := h.db.SaveAssessment(t.Context(), x.Org, draft, h.entry(a)); err != nil {
		t.Fatal(err)
	}
	x.Revision, x.OpenedAt = 2, &now
	x.Frozen = progress.Frozen{ContentHash: strings.Repeat("3fa9c1d0", 8), CodeYear: 2026, Edition: h.c.Book.Edition()}
	if err := h.db.SaveAssessment(t.Context(), x.Org, x, h.entry(a)); err != nil {
		t.Fatal(err)
	}
	return x
}

func (h *hiring) entry(a progress.Actor) progress.AuditEntry {
	h.made++
	return progress.AuditEntry{ID: progress.EntryID(fmt.Sprintf("0192f001-0000-7000-8000-%012d", h.made)), Org: progress.DefaultOrg, Actor: a.Learner, Action: "test", At: h.prog.Clock()}
}

// candidate adds somebody who has agreed, with a hidden learner.
func (h *hiring) candidate(t testing.TB, x progress.Assessment, name string) progress.Candidate {
	t.Helper()
	h.made++
	now := h.prog.Clock()
	c := progress.Candidate{ID: progress.CandidateID(fmt.Sprintf("0192f002-0000-7000-8000-%012d", h.made)), Org: x.Org, Assessment: x.ID, ClientKey: "c-" + name, Name: name, Email: "e@example.org", Ref: "R-" + name, TokenHash: fmt.Sprintf("%064d", h.made), LinkUntil: now.Add(time.Hour), CreatedAt: now}
	cs, err := h.db.AddCandidates(t.Context(), x.Org, x.ID, []progress.Candidate{c}, h.entry(h.owner))
	if err != nil {
		t.Fatal(err)
	}
	hidden := progress.Learner{ID: progress.LearnerID(fmt.Sprintf("0192f003-0000-7000-8000-%012d", h.made)), Org: x.Org, Name: name, Role: progress.RoleCandidate, CreatedAt: now}
	out, err := h.db.ConsentCandidate(t.Context(), x.Org, cs[0].ID, hidden, now, "words")
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// takes has a candidate sit a form and hand it in. right says for each item whether the key itself is answered, else something else or nothing is.
func (h *hiring) takes(t testing.TB, x progress.Assessment, c progress.Candidate, form []quizzes.FormItem, right func(pos int) bool) progress.Sitting {
	t.Helper()
	h.made++
	ctx, now := t.Context(), h.prog.Clock()
	ends := now.Add(4 * time.Hour)
	sit := progress.Sitting{
		ID: progress.SittingID(fmt.Sprintf("0192f004-0000-7000-8000-%012d", h.made)), Org: x.Org, Learner: c.Learner, ClientKey: fmt.Sprintf("key-of-sitting-%d", h.made), Exam: x.Exam(), Name: x.Spec.Name, Blueprint: x.Blueprint, Form: form,
		StartedAt: now, EndsAt: &ends,
	}
	if _, _, err := h.db.AddSitting(ctx, x.Org, nil, sit, 0); err != nil {
		t.Fatal(err)
	}
	var saves []progress.ItemSave
	for pos, f := range form {
		st := progress.ItemState{Seconds: 60 + pos*37%400}
		if f.Kind == quizzes.ItemCase {
			cs, err := h.c.Bank.Case(f.ID)
			if err != nil {
				t.Fatal(err)
			}
			sheet := answersheet.Sheet{Dx: []answersheet.DxLine{{Code: "R99"}}}
			if right(pos) {
				sheet = sheetOf(grading.ModelAnswer(&cs.Key))
			}
			st.Sheet = &sheet
		} else if q, err := h.c.Bank.Question(f.ID); err != nil {
			t.Fatal(err)
		} else if right(pos) {
			for page, author := range f.Shuffle {
				if len(q.Options) > 0 && q.Options[author].Right {
					st.Answer.Options = append(st.Answer.Options, page)
				}
			}
		}
		body, err := json.Marshal(st)
		if err != nil {
			t.Fatal(err)
		}
		saves = append(saves, progress.ItemSave{Pos: pos, Seq: now.UnixMilli(), Body: body})
	}
	for len(saves) > 0 {
		n := min(50, len(saves))
		if _, err := h.db.SaveItems(ctx, x.Org, c.Learner, sit.ID, now, saves[:n]); err != nil {
			t.Fatal(err)
		}
		saves = saves[n:]
	}
	if _, err := h.db.HandIn(ctx, x.Org, sit.ID, now.Add(75*time.Minute), progress.HandedInByLearner); err != nil {
		t.Fatal(err)
	}
	return sit
}

// sheetOf is an answer as it would be typed.
func sheetOf(a grading.Answer) answersheet.Sheet {
	var sh answersheet.Sheet
	at := map[string]string{}
	for i, d := range a.Diagnoses {
		sh.Dx = append(sh.Dx, answersheet.DxLine{Code: d.Code, POA: d.POA})
		at[d.Code] = answersheet.Letter(i)
	}
	for _, p := range a.Procedures {
		l := answersheet.PxLine{Code: p.Code, Mods: strings.Join(p.Modifiers, " ")}
		if p.Units != nil {
			l.Units = fmt.Sprint(*p.Units)
		}
		if p.Minutes != nil {
			l.Minutes = fmt.Sprint(*p.Minutes)
		}
		for _, code := range p.PointsTo {
			l.Pointers += at[code]
		}
		sh.Px = append(sh.Px, l)
	}
	sh.DRG, sh.Disposition = a.DRG, a.Disposition
	return sh
}

// wholeForm has every chart and every question that ships.
func (h *hiring) wholeForm() (form []quizzes.FormItem) {
	for _, cs := range h.c.Bank.Cases() {
		form = append(form, quizzes.FormItem{ID: cs.ID, Kind: quizzes.ItemCase, Area: "cases", Scored: true, Weight: 4, ShownHash: cs.ShownHash, KeyHash: cs.KeyHash})
	}
	for _, q := range h.c.Bank.Questions() {
		f := quizzes.FormItem{ID: q.ID, Kind: quizzes.ItemQuestion, Area: q.Area, Scored: true, Weight: 1, ShownHash: q.ShownHash, KeyHash: q.KeyHash}
		for i := range q.Options {
			f.Shuffle = append(f.Shuffle, i)
		}
		form = append(form, f)
	}
	return form
}

// smallForm is some charts of each setting and some questions.
func (h *hiring) smallForm() (form []quizzes.FormItem) {
	settings, areas := map[string]int{}, map[string]int{}
	for _, f := range h.wholeForm() {
		if f.Kind == quizzes.ItemCase {
			cs, _ := h.c.Bank.Case(f.ID)
			if settings[cs.Setting]++; settings[cs.Setting] > 2 {
				continue
			}
		} else if q, _ := h.c.Bank.Question(f.ID); len(q.Options) == 0 || q.Kind != grading.Single {
			continue
		} else if areas[f.Area]++; areas[f.Area] > 2 {
			continue
		}
		form = append(form, f)
	}
	return form
}

func (h *hiring) report(x progress.Assessment, c progress.Candidate) string {
	return "/hire/" + string(x.ID) + "/candidates/" + string(c.ID) + "/report"
}

func TestCandidateReport(t *testing.T) {
	h := newHiring(t, false)
	ann, ben := h.candidate(t, h.test, "Ann Łukasz"), h.candidate(t, h.test, "Ben <b>")
	home := h.report(h.test, ann)
	wantText(t, h.b.get(home), http.StatusOK, "Nothing handed in yet", "Ann Łukasz has not handed in a test")
	wantText(t, h.b.get(home+".pdf"), http.StatusConflict, "has not handed in a test yet")
	wantText(t, h.b.get("/hire/"+string(h.test.ID)+"/compare"), http.StatusOK, "No result yet", "2 candidates have not handed in yet.")
	form := h.smallForm()
	h.takes(t, h.test, ann, form, func(pos int) bool { return pos%6 != 5 })

	p := h.b.get(home)
	wantText(t, p, http.StatusOK, "Ann Łukasz", "Number R-Ann Łukasz", "Mixed coder, hospital & office", "The line was set to 70 % before anyone sat this test.", "ICD-10-CM codes", "ICD-10-PCS codes", "CPT codes", "HCPCS Level II codes", "Modifiers",
		"Sequencing", "Present on admission", "E/M levels agreed", "Decision to query", "Over- and under-coding", "Most frequent errors", "Time per chart", "AHIMA's range", "Questions by area", "code year FY 2026", "No item of the test is shown", "1 h 15 min")
	if n := p.doc.Find(".hr-figures tbody tr").Length(); n < 12 {
		t.Errorf("%d figures", n)
	}
	var r hirereport.Report
	h.b.get(home+".json").json(t, &r)
	if r.V != 1 || r.Candidate.Name != "Ann Łukasz" || r.Overall == nil || r.Overall.Low10 >= r.Overall.Percent10 || r.Test.PassPercent != 70 || r.Charts+r.Questions != len(form) {
		t.Errorf("%+v", r)
	}
	for _, x := range []string{"?try=1", "?try=1&blind=1"} {
		if p := h.b.get(home + x); p.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", x, p.StatusCode)
		}
	}
	for _, x := range []string{"?try=2", "?try=x", "?try=-1", ".pdf?try=9"} {
		if p := h.b.get(home + x); p.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", x, p.StatusCode)
		}
	}
	if p := h.b.get(home + "?blind=1"); strings.Contains(p.body, "Łukasz") || !strings.Contains(p.text(), "Candidate ") {
		t.Error("the name is on the page that hides it")
	}

	h.takes(t, h.test, ann, form, func(pos int) bool { return pos%2 == 0 })
	wantText(t, h.b.get(home), http.StatusOK, "try 2", "Not passed")
	wantText(t, h.b.get(home+"?try=1"), http.StatusOK, "try 1", "Passed")

	h.takes(t, h.test, ben, form, func(pos int) bool { return pos%3 != 0 })
	p = h.b.get("/hire/" + string(h.test.ID) + "/compare")
	wantText(t, p, http.StatusOK, "Ann Łukasz", "Ben <b>", "Each against each", "over all 1 pairs at once", "A percentile is shown from 30 candidates with a result; there are 2.")
	if n := p.doc.Find(".hr-compare tbody tr").Length(); n != 2 {
		t.Errorf("%d candidates", n)
	}
}

// TestReportsAreTheEmployers: another employer, staff who do not hire and candidates see nothing, and an admin sees all.
func TestReportsAreTheEmployers(t *testing.T) {
	h := newHiring(t, false)
	ann := h.candidate(t, h.test, "Ann")
	h.takes(t, h.test, ann, h.smallForm(), func(int) bool { return true })
	other, dora := h.staff(t, "dora", progress.RoleEmployer)
	theirs := h.openTest(t, dora, false)
	zed := h.candidate(t, theirs, "Zed")
	ines, _ := h.staff(t, "ines", progress.RoleInstructor)
	lea, _ := h.learner(t, "Lea", "lea@example.org")
	ada, _ := h.staff(t, "ada", progress.RoleAdmin)
	test := "/hire/" + string(h.test.ID)
	paths := []string{h.report(h.test, ann), h.report(h.test, ann) + ".pdf", h.report(h.test, ann) + ".json", test + "/compare", test + "/compare.csv", test + "/compare.json"}
	for _, path := range paths {
		for name, b := range map[string]*browser{"another employer": other, "an instructor": ines, "a learner": lea} {
			if p := b.get(path); p.StatusCode != http.StatusNotFound {
				t.Errorf("%s gets %s: %d", name, path, p.StatusCode)
			}
		}
		if p := h.browser(t).get(path); p.StatusCode != http.StatusSeeOther {
			t.Errorf("a visitor gets %s: %d", path, p.StatusCode)
		}
		if p := ada.get(path); p.StatusCode != http.StatusOK {
			t.Errorf("an admin gets %s: %d", path, p.StatusCode)
		}
	}
	// A candidate of another test does not appear under one's own.
	for _, path := range []string{h.report(h.test, zed), h.report(theirs, ann)} {
		for _, b := range []*browser{h.b, other, ada} {
			if p := b.get(path); p.StatusCode != http.StatusNotFound {
				t.Errorf("%s: %d", path, p.StatusCode)
			}
		}
	}
	if err := h.db.EraseCandidate(t.Context(), h.test.Org, ann.ID, h.prog.Clock(), noScrub{}, h.entry(h.owner)); err == nil {
		if p := h.b.get(h.report(h.test, ann)); p.StatusCode != http.StatusNotFound {
			t.Errorf("the report of somebody who was erased: %d", p.StatusCode)
		}
		wantText(t, h.b.get(test+"/compare"), http.StatusOK, "No result yet")
	} else {
		t.Error(err)
	}
}

// noScrub leaves answers as they are.
type noScrub struct{}

func (noScrub) Answer(progress.ItemKind, json.RawMessage) (json.RawMessage, bool) { return nil, false }
func (noScrub) Result(progress.ItemKind, json.RawMessage) (json.RawMessage, bool) { return nil, false }

// TestReportsAreBlind: in a test that hides names nothing that is told of results has one, nor an e-mail or the employer's number: no page, document, table
// or file name, also not in what a document says of itself. The same goes for any other test where names are asked to be hidden.
func TestReportsAreBlind(t *testing.T) {
	h := newHiring(t, true)
	open := h.openTest(t, h.owner, false)
	form := h.smallForm()
	names := []string{"Annabella", "Benedikt", "Charlotta"}
	var blind, named []progress.Candidate
	for i, name := range names {
		for x, list := range map[*progress.Assessment]*[]progress.Candidate{&h.test: &blind, &open: &named} {
			c := h.candidate(t, *x, name)
			h.takes(t, *x, c, form, func(pos int) bool { return pos%(i+3) != 0 })
			*list = append(*list, c)
		}
	}
	// told is all that an answer tells: its heads, its text, and of a document its words and what it says of itself.
	told := func(path string) string {
		t.Helper()
		res, raw := h.b.fetch(path)
		if res.StatusCode != http.StatusOK {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
		text := fmt.Sprint(res.Header) + unescaped(string(raw))
		if strings.HasPrefix(res.Header.Get("Content-Type"), "application/pdf") {
			text += pdfText(t, raw) + strings.ReplaceAll(string(raw), "\x00", "") // titles are in UTF-16
		}
		return text
	}
	quiet := func(path string, ids []progress.Candidate) {
		t.Helper()
		text := told(path)
		for i, c := range ids {
			for what, secret := range map[string]string{"name": names[i], "number": c.Ref, "e-mail": c.Email} {
				if strings.Contains(text, secret) {
					t.Errorf("%s tells the %s of %s", path, what, c.Name)
				}
			}
			if strings.Contains(path, ".csv") && strings.Contains(text, string(c.ID)) {
				t.Errorf("%s has the id of %s", path, c.Name)
			}
		}
		if !strings.Contains(text, "Candidate ") {
			t.Errorf("%s: no blind name in it", path)
		}
	}
	test, other := "/hire/"+string(h.test.ID), "/hire/"+string(open.ID)
	for _, path := range []string{
		h.report(h.test, blind[0]), h.report(h.test, blind[1]) + ".json", h.report(h.test, blind[2]) + ".pdf", h.report(h.test, blind[0]) + "?blind=0", h.report(h.test, blind[0]) + "?try=1",
		test + "/compare", test + "/compare.csv", test + "/compare.json", test + "/compare?blind=0", test + "/compare.csv?blind=0", test + "/compare.json?blind=0",
		test + "/candidates", test + "/candidates/" + string(blind[0].ID),
	} {
		quiet(path, blind)
	}
	for _, path := range []string{
		h.report(open, named[0]) + "?blind=1", h.report(open, named[1]) + ".json?blind=1", h.report(open, named[2]) + ".pdf?blind=1", other + "/compare?blind=1", other + "/compare.csv?blind=1", other + "/compare.json?blind=1",
	} {
		quiet(path, named)
	}
	// What is looked for is found where names are not hidden.
	for i, c := range named {
		for _, path := range []string{h.report(open, c), h.report(open, c) + ".json", h.report(open, c) + ".pdf", other + "/compare", other + "/compare.csv", other + "/compare.json"} {
			if strings.Count(told(path), names[i]) < 2 {
				t.Errorf("%s does not say whose it is", path)
			}
		}
	}
	if p := h.b.get(test + "/compare"); strings.Contains(p.text(), "Show names") {
		t.Error("names can be shown")
	}
	// Links of a page that hides names lead to pages that do.
	for path, links := range map[string]string{other + "/compare?blind=1": "main a[href*='/report'], main a[href*='compare.']", h.report(open, named[0]) + "?blind=1": "main a[href*='/report'], main a[href*='/compare']"} {
		found := h.b.get(path).doc.Find(links)
		if found.Length() < 3 {
			t.Errorf("%s has %d links", path, found.Length())
		}
		found.Each(func(_ int, a *goquery.Selection) {
			if href := a.AttrOr("href", ""); !strings.Contains(href, "blind=1") {
				t.Errorf("%s leads to %s, which has names", path, href)
			}
		})
	}
}

func TestCompareCSV(t *testing.T) {
	h := newHiring(t, false)
	form := h.smallForm()
	for i, name := range []string{"=cmd", "Ben"} {
		h.takes(t, h.test, h.candidate(t, h.test, name), form, func(pos int) bool { return pos%(i+2) != 0 })
	}
	_, raw := h.b.fetch("/hire/" + string(h.test.ID) + "/compare.csv")
	rows, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf")))).ReadAll()
	if err != nil || len(rows) != 3 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	col := map[string]int{}
	for i, name := range rows[0] {
		col[name] = i
	}
	if rows[1][0] != "Ben" || rows[2][0] != "'=cmd" {
		t.Errorf("candidates %q, %q", rows[1][0], rows[2][0])
	}
	for _, name := range []string{"passed", "overall percent", "overall low", "icd10cm percent", "modifiers of", "query percent", "within error of", "top errors", "charts an hour", "content hash"} {
		i, ok := col[name]
		if !ok || name != "within error of" && rows[1][i] == "" {
			t.Errorf("no %q: %v", name, rows[1])
		}
	}
}

// TestReportsHoldNoItem looks for traces of every chart and question that ships on the page, in the document, in both JSON forms and in the
// table, of a candidate who was asked all of them: ids, titles, codes, and anything longer that a text, an option, an explanation or a key says.
func TestReportsHoldNoItem(t *testing.T) {
	h := newHiring(t, false)
	form := h.wholeForm()
	if testing.Short() {
		form = h.smallForm()
	}
	ann := h.candidate(t, h.test, "Ann")
	h.takes(t, h.test, ann, form, func(pos int) bool { return pos%3 == 0 })
	home, compare := h.report(h.test, ann), "/hire/"+string(h.test.ID)+"/compare"
	var heard strings.Builder
	for _, path := range []string{home, home + ".json", home + ".pdf", compare, compare + ".csv", compare + ".json"} {
		_, raw := h.b.fetch(path)
		if strings.HasSuffix(path, ".pdf") {
			heard.WriteString(pdfText(t, raw))
		}
		heard.WriteString(unescaped(string(raw)) + "\n")
	}
	text := heard.String()
	found := 0
	trace := func(item, what, secret string) {
		if secret = strings.TrimSpace(secret); secret != "" && strings.Contains(text, secret) && found < 20 {
			found++
			t.Errorf("%s: %s is in the report: %.80q", item, what, secret)
		}
	}
	for _, f := range form {
		trace(f.ID, "the id", f.ID)
		trace(f.ID, "the hash of what is shown", f.ShownHash)
		if cs, err := h.c.Bank.Case(f.ID); err == nil {
			trace(f.ID, "the title", cs.Title)
			for _, d := range cs.Key.Diagnoses {
				if len(d.Code) > 3 {
					trace(f.ID, "a code", d.Code.Dotted(codebook.ICD10CM))
				}
				trace(f.ID, "an explanation", d.Why)
				for _, e := range d.Evidence {
					if len(e.Text) > 12 {
						trace(f.ID, "words of the note", e.Text)
					}
				}
			}
			for _, p := range cs.Key.Procedures {
				trace(f.ID, "a code", string(p.Code))
				trace(f.ID, "an explanation", p.Why)
			}
			for _, line := range strings.Split(cs.Source, "\n") {
				if len(line) > 30 {
					trace(f.ID, "a line of the chart", line)
				}
			}
			continue
		}
		q, err := h.c.Bank.Question(f.ID)
		if err != nil {
			t.Fatal(err)
		}
		trace(f.ID, "the stem", q.Stem.Text())
		for _, o := range q.Options {
			if len(o.Text) > 24 {
				trace(f.ID, "an option", o.Text)
			}
		}
		for _, line := range strings.Split(q.Source, "\n") {
			if len(line) > 30 {
				trace(f.ID, "a line of the question", line)
			}
		}
	}
}

// TestReportIsOnePage: the document is one page even of a test with everything in it, and nothing runs into its foot. With
// CROSSWALK_PICTURES the page is drawn there, to be looked at.
func TestReportIsOnePage(t *testing.T) {
	h := newHiring(t, false)
	ann := h.candidate(t, h.test, "Annemarie Wolkenstein-Featherstonehaugh of the Very Long Name That Does Not End Here "+strings.Repeat("x", 40))
	h.takes(t, h.test, ann, h.smallForm(), func(pos int) bool { return pos%3 != 0 })
	ming := h.candidate(t, h.test, "王小明")
	h.takes(t, h.test, ming, h.smallForm()[:2], func(int) bool { return true })
	ben := h.candidate(t, h.test, "Ben")
	h.takes(t, h.test, ben, h.smallForm()[:3], func(pos int) bool { return pos%2 == 0 })
	for _, c := range []progress.Candidate{ann, ben, ming} {
		_, raw := h.b.fetch(h.report(h.test, c) + ".pdf")
		if n := bytes.Count(raw, []byte("/Type /Page\n")); n != 1 {
			t.Errorf("%d pages", n)
		}
		text := pdfText(t, raw)
		for _, want := range []string{"ICD-10-CM codes", "Most frequent errors", "test revision 2", "No item of the test is shown", "70 %"} {
			if !strings.Contains(text, want) {
				t.Errorf("no %q in\n%s", want, text)
			}
		}
		if strings.Contains(text, "[hirereport.") || strings.Contains(text, "%!") {
			t.Errorf("words are missing:\n%s", text)
		}
		if lacks := strings.Contains(text, "The name has letters that this document's font does not have."); lacks != (c.ID == ming.ID) || lacks && !strings.HasPrefix(text, c.Email) {
			t.Errorf("%s is shown so:\n%.200s", c.Name, text)
		}
		if dir := os.Getenv("CROSSWALK_PICTURES"); dir != "" {
			cmd := exec.Command("pdftoppm", "-r", "90", "-png", "-", filepath.Join(dir, "report-"+c.Name[:3]))
			cmd.Stdin = bytes.NewReader(raw)
			if err := cmd.Run(); err != nil {
				t.Error(err)
			}
		}
	}
}
