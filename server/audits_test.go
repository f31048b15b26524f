package server_test

import (
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"crosswalk/codebook"
	"crosswalk/grading"
	"crosswalk/progress"
	"crosswalk/quizzes/audit"
	"crosswalk/server"
)

// startRun begins a run of audit drills and gives the address of its open drill.
func (b *browser) startRun(form url.Values) string {
	b.t.Helper()
	b.get("/practice/audits")
	p := b.post("/practice/audits", form)
	if p.StatusCode != http.StatusSeeOther {
		b.t.Fatalf("start: status %d\n%s", p.StatusCode, p.text())
	}
	return p.Header.Get("Location")
}

// openDrill looks behind the page: the open drill of a run with its fault, and the right claim of its case.
func (s *site) openDrill(t testing.TB, address string) (audit.Drill, grading.Answer) {
	t.Helper()
	run := strings.Split(address, "/")[3]
	all, _, err := s.prog.Users(t.Context(), progress.Operator(""), progress.UserFilter{WithGuests: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range all {
		r, err := s.prog.AuditRun(t.Context(), l.Actor(), progress.DrillID(run))
		if err != nil {
			continue
		}
		d, err := s.prog.AuditDrill(r)
		if err != nil {
			t.Fatal(err)
		}
		cs, err := s.c.Bank.Case(d.Case)
		if err != nil {
			t.Fatal(err)
		}
		for seed := range uint64(500) {
			if x, err := audit.Draw(&cs.Key, s.c.Book, seed); err == nil && x.Fault == nil {
				return d, x.Claim
			}
		}
	}
	t.Fatalf("no run %s", run)
	return audit.Drill{}, grading.Answer{}
}

// codes are all codes of a claim.
func codes(a grading.Answer) (out []string) {
	for _, d := range a.Diagnoses {
		out = append(out, d.Code)
	}
	for _, p := range a.Procedures {
		out = append(out, p.Code)
	}
	return out
}

// TestAuditPageTellsNothing: the page of an open drill has the claim, and neither the code that should be there nor a mark at the line or
// the kind. The page of a claim that is right looks no different.
func TestAuditPageTellsNothing(t *testing.T) {
	s := newSite(t)
	b := s.browser(t)
	address := b.startRun(nil)
	faults := 0
	for range 24 {
		d, right := s.openDrill(t, address)
		p := b.get(address)
		if p.StatusCode != http.StatusOK {
			t.Fatalf("GET %s: %d", address, p.StatusCode)
		}
		form := p.formValues("#audit")
		read := p.doc.Find("#audit").Text()
		for name, values := range form {
			if strings.HasPrefix(name, "dx.") || strings.HasPrefix(name, "px.") {
				read += " " + strings.Join(values, " ")
			}
		}
		for _, c := range codes(right) {
			if !slices.Contains(codes(d.Claim), c) && strings.Contains(" "+read+" ", " "+c+" ") {
				t.Errorf("%s: the page has %s, which belongs in place of the fault", d.Case, c)
			}
		}
		if d.Fault != nil {
			faults++
			for _, line := range d.Fault.Lines {
				if class, _ := p.doc.Find(`input[name="line"][value="` + string(line) + `"]`).Parent().Attr("class"); class != "choice ws-line" {
					t.Errorf("%s: the line at fault has class %q", d.Case, class)
				}
			}
			if n := strings.Count(p.body, `"`+string(d.Fault.Kind)+`"`); n != 1 {
				t.Errorf("%s: the kind %s stands %d times on the page, want once, in the list", d.Case, d.Fault.Kind, n)
			}
		}
		if p.doc.Find("[checked]").Length() != 0 || p.doc.Find("#audit-kind option[selected]").Length() != 0 {
			t.Errorf("%s: something is chosen already", d.Case)
		}
		run := strings.Split(address, "/")[3]
		if seedNamed.MatchString(strings.ReplaceAll(p.body, run, "")) {
			t.Errorf("%s: the page speaks of a seed", d.Case)
		}
		form.Set("line", "none")
		form.Set("do", "submit")
		b.follow(address, form)
		next, _ := b.get(address).doc.Find("#next").Attr("href")
		address = next
	}
	if faults == 0 {
		t.Error("none of 24 drills had a fault")
	}
}

// seedNamed is a seed as a field, an attribute, a parameter or a key of JSON. Charts may speak of seeds as well: a lesion is marked with one.
var seedNamed = regexp.MustCompile(`(?i)seed\s*["=:]|"seed`)

// TestAuditSolved: whatever the drill, the right report by the form's own fields earns everything, and the result shows the fault.
func TestAuditSolved(t *testing.T) {
	s := newSite(t)
	b := s.browser(t)
	address := b.startRun(nil)
	for range 14 {
		d, right := s.openDrill(t, address)
		p := b.get(address)
		form := p.formValues("#audit")
		form.Set("do", "submit")
		form.Set("line", "none")
		if d.Fault != nil {
			form.Set("line", string(d.Fault.Lines[0]))
			form.Set("kind", string(d.Fault.Kind))
			sheetFields(form, right)
		}
		res := b.follow(address, form)
		if got := res.doc.Find(".audit-figures dd").First().Contents().First().Text(); got != "100 %" {
			t.Errorf("%s: %+v solved earns %q\n%.600s", d.Case, d.Fault, got, res.text())
		}
		if found := res.doc.Find(".worksheet .off").Length(); (found > 0) != (d.Fault != nil) {
			t.Errorf("%s: %d lines are marked as the fault %+v", d.Case, found, d.Fault)
		}
		address, _ = res.doc.Find("#next").Attr("href")
	}
	if tally := b.get(address).doc.Find(".audit-run").Text(); !strings.Contains(tally, "Found 14, named 14, mended 14 of 14") {
		t.Errorf("tally: %s", tally)
	}
}

// sheetFields puts a claim into the fields of the form.
func sheetFields(form url.Values, a grading.Answer) {
	for k := range form {
		if strings.HasPrefix(k, "dx.") || strings.HasPrefix(k, "px.") {
			delete(form, k)
		}
	}
	letter := map[string]string{}
	for i, d := range a.Diagnoses {
		n := "dx." + strconv.Itoa(i) + "."
		form.Set(n+"code", d.Code)
		form.Set(n+"poa", d.POA)
		letter[d.Code] = string(rune('A' + i))
	}
	for i, p := range a.Procedures {
		n := "px." + strconv.Itoa(i) + "."
		form.Set(n+"code", p.Code)
		form.Set(n+"mods", strings.Join(p.Modifiers, " "))
		if p.Units != nil && *p.Units > 1 {
			form.Set(n+"units", strconv.Itoa(*p.Units))
		}
		if p.Minutes != nil {
			form.Set(n+"minutes", strconv.Itoa(*p.Minutes))
		}
		var to []string
		for _, c := range p.PointsTo {
			to = append(to, letter[c])
		}
		form.Set(n+"ptr", strings.Join(to, " "))
	}
}

// TestAuditComesBack: an unanswered drill is the same after a restart on the same database.
func TestAuditComesBack(t *testing.T) {
	s := newSite(t)
	b := s.browser(t)
	address := b.startRun(url.Values{"setting": {"inpatient"}})
	claim := func(p page) string {
		return p.doc.Find(".worksheet").Text() + p.doc.Find(`input[name="claim"]`).AttrOr("value", "")
	}
	before := claim(b.get(address))
	logger := slog.New(slog.DiscardHandler)
	prog := progress.New(s.db, s.c.Bank, func() *codebook.Book { return s.c.Book }, progress.Options{Passphrase: cheapPassphrases})
	srv, err := server.New(server.Config{Progress: prog, Logger: logger, Version: "test", Content: s.c})
	if err != nil {
		t.Fatal(err)
	}
	b2 := &browser{t: t, s: &site{srv: srv, prog: prog, db: s.db, log: s.log, c: s.c}, cookies: b.cookies, csrf: b.csrf}
	if after := claim(b2.get(address)); after != before || before == "" {
		t.Errorf("after a restart:\n%s\nbefore:\n%s", after, before)
	}
	var settings []string
	b2.get(address).doc.Find(".chart-head .tag").Each(func(_ int, sel *goquery.Selection) { settings = append(settings, sel.Text()) })
	if !slices.Contains(settings, "Inpatient") {
		t.Errorf("tags %v, want an inpatient chart", settings)
	}
}
