package server_test

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"crosswalk/grading"
	"crosswalk/progress"
	"crosswalk/quizzes"
)

// draft composes a small test of questions and one office chart.
func (h *hiring) draft(t testing.TB, a progress.Actor, name string) progress.Assessment {
	t.Helper()
	x, err := h.prog.SaveAssessment(t.Context(), a, progress.AssessmentInput{ClientKey: "key-of-draft-" + strings.ReplaceAll(name, " ", "-"), Spec: progress.AssessmentSpec{
		Name: name, Minutes: 45, PassPercent: 75, Questions: []progress.AreaCount{{Area: "em", Count: 3}, {Area: "icd10cm", Count: 2}},
		Charts: progress.ChartSpec{Count: 1, Weight: 3, Settings: []quizzes.Share{{Setting: "office", Weight: 1}}}, Book: true, Tries: 1, KeepDays: 90,
		Job: progress.JobNote{Title: "Office coder", Tasks: []progress.JobTask{{Text: "Codes office visits", Areas: []string{"em"}, Settings: []string{"office"}}, {Text: "Answers denials"}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return x
}

var helperLink = regexp.MustCompile(`https?://[^/"]+(/(?:judge|groups)/[\w-]{43})`)

// helper makes a link on the page and gives its path.
func (h *hiring) helper(t testing.TB, x progress.Assessment, kind, name string) string {
	t.Helper()
	base := "/hire/" + string(x.ID) + "/ratings"
	p := h.b.post(base+"/helpers", url.Values{"kind": {kind}, "name": {name}, "days": {"30"}, "client_key": {"key-of-helper-" + name}})
	m := helperLink.FindStringSubmatch(p.body)
	if p.StatusCode != http.StatusOK || m == nil {
		t.Fatalf("link for %s: %d %s", name, p.StatusCode, p.text())
	}
	return m[1]
}

func (h *hiring) sheet(t testing.TB, x progress.Assessment) (progress.EvidenceSheet, string) {
	t.Helper()
	base := "/hire/" + string(x.ID) + "/evidence"
	page := h.b.get(base)
	res, raw := h.b.fetch(base + ".json")
	var out progress.EvidenceSheet
	if err := json.Unmarshal(raw, &out); err != nil || res.StatusCode != http.StatusOK || page.StatusCode != http.StatusOK {
		t.Fatalf("sheet: %d, %d, %v", page.StatusCode, res.StatusCode, err)
	}
	return out, page.text()
}

// TestEvidenceFromRatingsToGroups: judges rate a draft blind to each other, it opens, and somebody who sees no results records groups.
func TestEvidenceFromRatingsToGroups(t *testing.T) {
	h := newHiring(t, false)
	x := h.draft(t, h.owner, "Office test")
	base := "/hire/" + string(x.ID)
	sheet, text := h.sheet(t, x)
	for _, want := range []string{"Not enough to tell", "Expected by a model of candidates", "Nothing of the test covers this task", "Answers denials", "No judges were asked", "No groups are recorded"} {
		if !strings.Contains(text, want) {
			t.Errorf("the sheet of a draft lacks %q", want)
		}
	}
	if e := sheet.Reliability.Expected; e == nil || e.Reliability <= 0 || e.Reliability >= 1 || e.SEM <= 0 || sheet.Reliability.Form != nil || sheet.Reliability.Supposed == nil {
		t.Errorf("reliability of a draft: %+v", sheet.Reliability)
	}
	if sheet.Coverage.Bare != 1 || len(sheet.Coverage.Loose) != 1 || sheet.Items.PoolQuestions < 5 || sheet.Items.Cited == 0 || sheet.Items.LastReview == "" {
		t.Errorf("coverage %+v, items %+v", sheet.Coverage, sheet.Items)
	}

	do := func(form url.Values) page { return h.b.post(base+"/ratings", form) }
	wantText(t, do(url.Values{"do": {"start"}}), http.StatusUnprocessableEntity, "Say whom the judges are to think of")
	ann := h.helper(t, x, "judge", "Ann")
	bob := h.helper(t, x, "judge", "Bob")
	a, b := h.browser(t), h.browser(t)
	wantText(t, a.get(ann), http.StatusOK, "There is nothing to rate yet")
	if p := do(url.Values{"do": {"start"}, "borderline": {"Codes most visits alone"}}); p.StatusCode != http.StatusSeeOther {
		t.Fatalf("start: %d %s", p.StatusCode, p.text())
	}
	room := a.get(ann)
	wantText(t, room, http.StatusOK, "Codes most visits alone")
	items := strings.Count(room.body, `name="item-`)
	if items != 6 {
		t.Fatalf("%d items to rate, want 6", items)
	}
	rate := func(b *browser, path string, round string, first string, rest int) page {
		form := url.Values{"round": {round}, "item-1": {first}}
		for i := 2; i <= items; i++ {
			form.Set(fmt.Sprint("item-", i), fmt.Sprint(rest))
		}
		return b.post(path, form)
	}
	wantText(t, rate(a, ann, "1", "often", 70), http.StatusUnprocessableEntity, "Give a whole number from 0 to 100")
	if p := rate(a, ann, "1", "70", 70); p.StatusCode != http.StatusSeeOther {
		t.Fatalf("rate: %d %s", p.StatusCode, p.text())
	}
	if p := b.get(bob); strings.Contains(p.body, `value="70"`) || strings.Contains(p.text(), "Ann") {
		t.Error("a judge sees what another says")
	}
	b.get(bob)
	rate(b, bob, "1", "80", 78)
	if p := h.b.get(base + "/ratings"); strings.Contains(p.text(), "Cut score") {
		t.Error("figures are told while judges rate")
	}
	do(url.Values{"do": {"round"}})
	wantText(t, a.get(ann), http.StatusOK, "Round 1: you 70, all 75, from 70 to 80")
	if p := rate(a, ann, "1", "99", 99); p.StatusCode != http.StatusConflict {
		t.Errorf("rating a round that is over: %d", p.StatusCode)
	}
	rate(a, ann, "2", "74", 74)
	if p := b.get(bob); strings.Count(p.body, `value="78"`) != items-1 {
		t.Error("what a judge said in round 1 does not stand in the fields of round 2")
	}
	b.post(bob, url.Values{"round": {"2"}, "item-1": {"78"}}) // the others stay as they were
	wantText(t, h.b.get(base+"/ratings"), http.StatusOK, "1 of 6 items kept in round 2")
	do(url.Values{"do": {"close"}})
	wantText(t, do(url.Values{"do": {"start"}, "borderline": {"Others"}}), http.StatusUnprocessableEntity, "Tick this first")
	wantText(t, a.get(ann), http.StatusOK, "The ratings have ended")
	do(url.Values{"do": {"reason"}, "reason": {"The judges' cut score, in whole points"}})
	sheet, text = h.sheet(t, x)
	cut, ok := sheet.Line.Cut()
	if !ok || *cut.Percent < 75.99 || *cut.Percent > 76.01 || *cut.SE < 1.99 || *cut.SE > 2.01 || sheet.Line.Judges != 2 || len(sheet.Line.Rounds) != 2 {
		t.Errorf("line: %+v", sheet.Line)
	}
	for _, want := range []string{"76.0 %", "2 judges rated the 6 items", "The judges' cut score, in whole points"} {
		if !strings.Contains(text, want) {
			t.Errorf("the sheet lacks %q", want)
		}
	}
	_, raw := h.b.fetch(base + "/evidence.pdf")
	h.listOfEvidence(t, x, sheet, text, pdfText(t, raw))
	h.nothingOfItems(t, x, text)

	x, err := h.prog.Assessment(t.Context(), h.owner, x.ID)
	if err == nil {
		x, err = h.prog.OpenAssessment(t.Context(), h.owner, x.ID, x.Revision)
	}
	if err != nil {
		t.Fatal(err)
	}
	wantText(t, do(url.Values{"do": {"start"}, "borderline": {"x"}}), http.StatusUnprocessableEntity, "has been opened")
	h.groupsOf(t, x)
}

// listOfEvidence looks for all that a sheet has to tell, on the page and in the PDF, with figures counted here once more: of 3 and 2 questions and one chart of three
// points, E/M and office charts are 6 of 8.
func (h *hiring) listOfEvidence(t *testing.T, x progress.Assessment, sheet progress.EvidenceSheet, page, pdf string) {
	t.Helper()
	plan, _ := h.c.Bank.Strata(&x.Blueprint)
	all, cited, last := 0, 0, ""
	for _, f := range h.c.Bank.InStrata(&x.Blueprint, plan) {
		all++
		if f.Kind == quizzes.ItemCase {
			cs, err := h.c.Bank.Case(f.ID)
			if err != nil {
				t.Fatal(err)
			}
			bare := slices.ContainsFunc(cs.Key.Diagnoses, func(d grading.Diagnosis) bool { return d.Weight != grading.Optional && len(d.Cites) == 0 }) ||
				slices.ContainsFunc(cs.Key.Procedures, func(p grading.Procedure) bool { return !p.Optional && len(p.Cites) == 0 })
			if !bare {
				cited++
			}
			last = max(last, cs.Reviewed)
			continue
		}
		q, err := h.c.Bank.Question(f.ID)
		if err != nil {
			t.Fatal(err)
		}
		if len(q.Cites) > 0 {
			cited++
		}
		last = max(last, q.Reviewed)
	}
	it := sheet.Items
	if it.Cited != cited || it.PoolQuestions+it.PoolCharts != all || it.LastReview != last || *it.CitedShare != float64(cited)/float64(all) || sheet.Coverage.Tasks[0].Share != 6./8 || sheet.CodeYear != h.c.Bank.CodeYear() {
		t.Errorf("items %+v, coverage %+v, code year %d; counted %d of %d cited, last review %s", it, sheet.Coverage, sheet.CodeYear, cited, all, last)
	}
	for _, want := range []string{
		"Choosing people for the job: Office coder", "Codes office visits", "3 of Evaluation and management; charts, Office: 1", "4 75 %", "Answers denials", "One task has nothing in the test that covers it",
		"5 questions and 1 chart, 8 points", "Last review of content: " + last, fmt.Sprintf("With a cited rule: %d of %d (%.0f %%)", cited, all, 100*float64(cited)/float64(all)),
		fmt.Sprint("Code year ", sheet.CodeYear), "Not enough to tell: 0 candidates have handed in, and 30 are needed", fmt.Sprintf("Reliability, expected %.2f", sheet.Reliability.Expected.Reliability),
		fmt.Sprintf("Standard error of a candidate's score %.1f points", 100*sheet.Reliability.Expected.SEM), "Decided the same in a second sitting", "The line is 75 % of the points", "Method: Angoff (1971). 2 judges rated the 6 items of one form",
		fmt.Sprintf("Standard error of the cut score %.1f points of 100 %.1f points of 100", *sheet.Line.Rounds[0].Cut.SE, *sheet.Line.Rounds[1].Cut.SE), "The judges' cut score, in whole points", "no legal advice", "No groups are recorded, or there are too few",
	} {
		for where, got := range map[string]string{"page": page, "PDF": pdf} {
			if !strings.Contains(squeezed(got), squeezed(want)) {
				t.Errorf("the %s lacks %q", where, want)
			}
		}
	}
}

// squeezed is a text without its blanks: between the cells of a table the page has none.
func squeezed(s string) string { return strings.Join(strings.Fields(s), "") }

// groupsOf records groups of candidates, and looks for what nobody may see.
func (h *hiring) groupsOf(t *testing.T, x progress.Assessment) {
	var people []progress.Candidate
	for i := range 12 {
		c := h.candidate(t, x, fmt.Sprint("Person ", i))
		form, err := h.c.Bank.DrawEquivalent(&x.Blueprint, x.Frozen.Plan, quizzes.Equivalent{Seed: 7})
		if err != nil {
			t.Fatal(err)
		}
		h.takes(t, x, c, form.Items, func(int) bool { return i%3 != 0 })
		people = append(people, c)
	}
	h.gradeAll(t)
	link := h.helper(t, x, "recorder", "Personnel")
	rec := h.browser(t)
	room := rec.get(link)
	wantText(t, room, http.StatusOK, "Person 3")
	for _, bad := range []string{"passed", "Pass", "%"} {
		if strings.Contains(room.text(), bad) {
			t.Errorf("who records groups sees %q", bad)
		}
	}
	form := url.Values{}
	for i, c := range people {
		form.Set("c-"+string(c.ID), []string{"Women", "Men"}[i%2])
	}
	if p := rec.post(link+"/candidates", form); p.StatusCode != http.StatusSeeOther {
		t.Fatalf("record: %d %s", p.StatusCode, p.text())
	}
	if p := rec.get(link); strings.Contains(p.text(), "Women") || strings.Count(p.text(), "recorded") < 12 {
		t.Error("what is recorded of a person is shown again, or not told")
	}
	wantText(t, rec.post(link+"/counts", url.Values{"name-1": {"Over 40"}, "tested-1": {"10"}, "selected-1": {"11"}}), http.StatusUnprocessableEntity, "Selected must be")
	if p := rec.post(link+"/counts", url.Values{"name-1": {"Over 40"}, "tested-1": {"40"}, "selected-1": {"12"}, "name-2": {"Under 40"}, "tested-2": {"80"}, "selected-2": {"48"}}); p.StatusCode != http.StatusSeeOther {
		t.Fatalf("counts: %d %s", p.StatusCode, p.text())
	}
	sheet, text := h.sheet(t, x)
	c, passed := sheet.Impact.Candidates, 0
	sittings, err := h.db.Sittings(t.Context(), x.Org, progress.SittingFilter{Exam: x.Exam()})
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range sittings {
		if one.Passed {
			passed++
		}
	}
	if c == nil || c.Tested != 12 || c.Selected != passed || len(c.Groups) != 2 {
		t.Errorf("groups of candidates: %+v", sheet.Impact)
	}
	if e := sheet.Impact.Entered; e == nil || *e.Groups[1].Ratio != 0.5 || !e.Groups[1].Below {
		t.Errorf("groups as entered: %+v", e)
	}
	for _, want := range []string{"29 CFR 1607.4(D)", "no legal advice", "below four fifths", "small numbers"} {
		if !strings.Contains(text, want) {
			t.Errorf("the sheet lacks %q", want)
		}
	}
	if strings.Contains(text, "Person ") {
		t.Error("the sheet names a candidate")
	}
	h.nothingOfItems(t, x, text)
	h.oneMore(t, x, rec, link, sheet.Impact)
	if p := h.browser(t).get(strings.Replace(link, "/groups/", "/judge/", 1)); p.StatusCode != http.StatusNotFound {
		t.Errorf("a recorder's link as a judge's: %d", p.StatusCode)
	}
	helpers, err := h.prog.Helpers(t.Context(), h.owner, x.ID)
	if err != nil {
		t.Fatal(err)
	}
	h.b.post("/hire/"+string(x.ID)+"/ratings/helpers/"+string(helpers[2].ID)+"/end", nil)
	if p := rec.get(link); p.StatusCode != http.StatusNotFound {
		t.Errorf("a link that was ended: %d", p.StatusCode)
	}
}

// oneMore has one candidate more recorded, and one more counted: the figures stay, since their difference would be that person's group. Nor is what was
// entered shown to who opens the link.
func (h *hiring) oneMore(t *testing.T, x progress.Assessment, rec *browser, link string, before progress.EvidenceImpact) {
	t.Helper()
	c := h.candidate(t, x, "Person of late")
	form, err := h.c.Bank.DrawEquivalent(&x.Blueprint, x.Frozen.Plan, quizzes.Equivalent{Seed: 7})
	if err != nil {
		t.Fatal(err)
	}
	h.takes(t, x, c, form.Items, func(int) bool { return true })
	h.gradeAll(t)
	rec.get(link)
	rec.post(link+"/candidates", url.Values{"c-" + string(c.ID): {"Women"}})
	rec.post(link+"/counts", url.Values{"name-1": {"Over 40"}, "tested-1": {"41"}, "selected-1": {"13"}, "name-2": {"Under 40"}, "tested-2": {"80"}, "selected-2": {"48"}})
	room := rec.get(link)
	wantText(t, room, http.StatusOK, "Counts of 2 groups are kept")
	if strings.Contains(room.body, `value="41"`) || strings.Contains(room.body, `value="13"`) {
		t.Error("counts are shown again to who opens the link")
	}
	if sheet, _ := h.sheet(t, x); cmp.Diff(before, sheet.Impact) != "" {
		t.Errorf("one person more shows (-before +after):\n%s", cmp.Diff(before, sheet.Impact))
	}
	wantText(t, rec.post(link+"/counts", url.Values{}), http.StatusUnprocessableEntity, "Enter the counts of a group")
	rec.post(link+"/counts", url.Values{"do": {"clear"}})
	if p := rec.get(link); strings.Contains(p.text(), "are kept") {
		t.Error("counts that were taken back are kept")
	}
	if sheet, text := h.sheet(t, x); sheet.Impact.Entered != nil || sheet.Impact.Candidates == nil || strings.Contains(text, "Over 40") {
		t.Errorf("counts that were taken back are told: %+v", sheet.Impact)
	}
}

// gradeAll has what was handed in graded.
func (h *hiring) gradeAll(t testing.TB) {
	t.Helper()
	if _, err := h.prog.CloseDue(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// nothingOfItems fails when a text holds an id or the words of an item that could come up.
func (h *hiring) nothingOfItems(t testing.TB, x progress.Assessment, text string) {
	t.Helper()
	for _, f := range h.wholeForm() {
		if strings.Contains(text, f.ID) {
			t.Errorf("the sheet names the item %s", f.ID)
		}
		if f.Kind == quizzes.ItemCase {
			if cs, err := h.c.Bank.Case(f.ID); err == nil && strings.Contains(text, cs.Title) {
				t.Errorf("the sheet has the title of %s", f.ID)
			}
		}
	}
}

// TestEvidenceOfEnoughSittings: with thirty candidates the figures are measured.
func TestEvidenceOfEnoughSittings(t *testing.T) {
	h := newHiring(t, false)
	var form []quizzes.FormItem
	for _, f := range h.smallForm() {
		if f.Kind == quizzes.ItemQuestion && len(form) < 12 {
			form = append(form, f)
		}
	}
	for i := range progress.EnoughSittings {
		c := h.candidate(t, h.test, fmt.Sprint("P", i))
		h.takes(t, h.test, c, form, func(pos int) bool { return (7*i+pos*pos)%len(form) < 2+i/3 })
		if i == progress.EnoughSittings-2 {
			h.gradeAll(t)
			if s, _ := h.sheet(t, h.test); s.Reliability.Enough || s.Reliability.Candidates != progress.EnoughSittings-1 || s.Reliability.Form != nil {
				t.Errorf("with one too few: %+v", s.Reliability)
			}
		}
	}
	h.gradeAll(t)
	sheet, text := h.sheet(t, h.test)
	r := sheet.Reliability
	if !r.Enough || r.Form == nil || r.Form.Persons != progress.EnoughSittings || !r.Form.SameItems || r.Form.Reliability == nil || r.Form.Formula != "KR-20" || r.Expected != nil || r.Decisions == nil {
		t.Fatalf("reliability: %+v", r)
	}
	// Once more by hand: KR-20 = k/(k-1) (1 - Σ pq / variance of the number right).
	k, n := float64(len(form)), float64(progress.EnoughSittings)
	var sum, squares, pq float64
	rights := make([]float64, len(form))
	for i := range progress.EnoughSittings {
		right := 0.0
		for pos := range form {
			if (7*i+pos*pos)%len(form) < 2+i/3 {
				right++
				rights[pos]++
			}
		}
		sum, squares = sum+right, squares+right*right
	}
	for _, p := range rights {
		pq += p / n * (1 - p/n)
	}
	kr20 := k / (k - 1) * (1 - pq/(squares/n-sum*sum/(n*n)))
	if math.Abs(*r.Form.Reliability-kr20) > 1e-9 || math.Abs(*r.Form.Mean-sum/n/k) > 1e-9 || math.Abs(*r.Form.SEM-*r.Form.SD*math.Sqrt(1-kr20)) > 1e-9 {
		t.Errorf("reliability %v, mean %v, SEM %v of SD %v; want KR-20 %v, mean %v", *r.Form.Reliability, *r.Form.Mean, *r.Form.SEM, *r.Form.SD, kr20, sum/n/k)
	}
	_, raw := h.b.fetch("/hire/" + string(h.test.ID) + "/evidence.pdf")
	printed := pdfText(t, raw)
	for _, want := range []string{"Measured on 30 candidates", "Reliability (KR-20) " + fmt.Sprintf("%.2f", kr20), fmt.Sprintf("Standard error of a candidate's score %.1f points", 100**r.Form.SEM), "Livingston and Lewis"} {
		if !strings.Contains(squeezed(text), squeezed(want)) || !strings.Contains(squeezed(printed), squeezed(want)) {
			t.Errorf("page or PDF lack %q", want)
		}
	}
}

// TestEvidenceIsTheOwners: what belongs to another employer's test is not there for anybody else.
func TestEvidenceIsTheOwners(t *testing.T) {
	h := newHiring(t, false)
	x := h.draft(t, h.owner, "Mine")
	other, _ := h.staff(t, "dora", progress.RoleEmployer)
	lea, _ := h.learner(t, "Lea", "lea@example.org")
	base := "/hire/" + string(x.ID)
	for _, path := range []string{base + "/evidence", base + "/evidence.pdf", base + "/evidence.json", base + "/ratings"} {
		if p := other.get(path); p.StatusCode != http.StatusNotFound {
			t.Errorf("another employer gets %s: %d", path, p.StatusCode)
		}
		if p := lea.get(path); p.StatusCode != http.StatusNotFound && p.StatusCode != http.StatusForbidden {
			t.Errorf("a learner gets %s: %d", path, p.StatusCode)
		}
	}
	other.get("/account")
	for path, form := range map[string]url.Values{
		base + "/ratings":                 {"do": {"start"}, "borderline": {"x"}},
		base + "/ratings/helpers":         {"kind": {"judge"}, "name": {"x"}, "days": {"3"}, "client_key": {"key-of-another"}},
		base + "/ratings/helpers/ABC/end": {},
	} {
		for _, f := range []url.Values{form, {}, {"do": {"nothing"}, "days": {"soon"}}} { // what is wrong with a form is said to the owner alone
			if p := other.post(path, f); p.StatusCode != http.StatusNotFound {
				t.Errorf("another employer posts %v to %s: %d", f, path, p.StatusCode)
			}
		}
	}
	if p := h.b.post(base+"/ratings", url.Values{"do": {"nothing"}}); p.StatusCode != http.StatusBadRequest {
		t.Errorf("the owner posts a form that is none: %d", p.StatusCode)
	}
	if p := h.browser(t).get("/judge/" + strings.Repeat("a", 43)); p.StatusCode != http.StatusNotFound {
		t.Errorf("an invented link: %d", p.StatusCode)
	}
}
