package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"

	"crosswalk/grading"
	"crosswalk/grading/answersheet"
	"crosswalk/progress"
)

// sit starts an exam and answers it: of every five items the first is right, the second was wrong before and is right, the third was right before and is wrong,
// the fourth is wrong and flagged, the fifth is left out. Charts get one code. It hands in.
func (s *site) sit(t testing.TB, a progress.Actor, exam, key string) progress.Sitting {
	t.Helper()
	ctx := t.Context()
	x, err := s.prog.StartSitting(ctx, a, progress.SittingStart{Exam: exam, ClientKey: key, Seed: 11})
	if err != nil {
		t.Fatal(err)
	}
	var saves []progress.ItemSave
	for pos, f := range x.Form {
		st := progress.ItemState{Seconds: 20 + pos*7%160, Flag: pos%5 == 3}
		if f.Kind == "case" {
			st.Sheet = &answersheet.Sheet{Dx: []answersheet.DxLine{{Code: "I10"}, {Code: "not a code"}}}
		} else if q, err := s.c.Bank.Question(f.ID); err != nil {
			t.Fatal(err)
		} else if pos%5 < 4 {
			var right, wrong []int
			for page, author := range f.Shuffle {
				if len(q.Options) > 0 && q.Options[author].Right {
					right = append(right, page)
				} else if len(wrong) < max(1, q.Choose) {
					wrong = append(wrong, page)
				}
			}
			one, other := grading.ItemAnswer{Options: right}, grading.ItemAnswer{Options: wrong}
			switch {
			case len(q.Options) == 0:
				st.Answer = grading.ItemAnswer{Value: "1", Codes: []string{"I10"}}
			case pos%5 == 0:
				st.Answer = one
			case pos%5 == 1:
				st.Answer, st.Trail = one, []progress.AnswerChange{{At: 65000, Answer: other}}
			case pos%5 == 2:
				st.Answer, st.Trail, st.Note = other, []progress.AnswerChange{{At: 5000, Answer: one}}, "not sure about this one"
			default:
				st.Answer = other
			}
		}
		body, err := json.Marshal(st)
		if err != nil {
			t.Fatal(err)
		}
		saves = append(saves, progress.ItemSave{Pos: pos, Seq: s.prog.Clock().UnixMilli(), Body: body})
	}
	if _, _, err := s.prog.SaveItems(ctx, a, x.ID, saves); err != nil {
		t.Fatal(err)
	}
	if _, err = s.prog.HandIn(ctx, a, x.ID); err != nil {
		t.Fatal(err)
	}
	return x
}

// learner is the browser of a learner with an account.
func (s *site) learner(t testing.TB, name, mail string) (*browser, progress.Actor) {
	t.Helper()
	const pass = "a sentence to remember"
	l, err := s.prog.AddUser(t.Context(), progress.Operator(""), progress.NewUser{Name: name, Email: mail, Passphrase: pass, Role: progress.RoleLearner})
	if err != nil {
		t.Fatal(err)
	}
	b := s.browser(t)
	b.get("/signin")
	b.follow("/signin", url.Values{"email": {mail}, "passphrase": {pass}, "next": {"/lessons"}})
	return b, l.Actor()
}

// openExam opens an exam of an instructor to everyone.
func (s *site) openExam(t testing.TB, a progress.Actor, id, body string) {
	t.Helper()
	head := fmt.Sprintf("id: %s\nname: Exam %s\nminutes: 60\npass: {percent: 70}\nnavigation: free\nbook: open\n", id, id)
	if _, err := s.prog.SaveComposed(t.Context(), a, progress.ComposedDraft{Body: head + body}); err != nil {
		t.Fatal(err)
	}
	many := 9
	if _, err := s.prog.SaveRule(t.Context(), a, progress.RuleDraft{Exam: id, Kind: progress.RuleForEveryone, Attempts: &many}); err != nil {
		t.Fatal(err)
	}
}

func report(x progress.Sitting) string { return "/exams/sittings/" + string(x.ID) + "/report" }

func TestReportPage(t *testing.T) {
	s := newSite(t)
	b, lea := s.learner(t, "Lea Novák", "lea@example.org")
	x := s.sit(t, lea, "ccs", "key-of-ccs-1")
	r, err := s.prog.Report(t.Context(), lea, x.ID)
	if err != nil {
		t.Fatal(err)
	}
	p := b.get(report(x))
	wantText(t, p, http.StatusOK, "CCS practice exam", "Not passed", "The pass line is 70 %.", "10 items were only being tried", "This is our estimate", "Coding knowledge and skills",
		"An item has 2:14 on this clock", fmt.Sprintf("%d flagged, %d of them right", r.Flagged.All, r.Flagged.Right), "You had it right and changed it.")
	if n := p.doc.Find(".rp-items > li").Length(); n != 107 {
		t.Errorf("%d items are listed, want 107", n)
	}
	if n := p.doc.Find(".rp-areas tbody tr").Length(); n != len(r.Slots) {
		t.Errorf("%d areas, want %d", n, len(r.Slots))
	}
	for name, fits := range map[string]func(progress.ItemReport) bool{
		"missed": progress.ItemReport.Missed, "flagged": func(it progress.ItemReport) bool { return it.State.Flag },
		"changed": func(it progress.ItemReport) bool { return it.Effect != "" }, "slow": func(it progress.ItemReport) bool { return it.Slow },
		"unanswered": func(it progress.ItemReport) bool { return !it.State.Answered() },
	} {
		want := 0
		for _, it := range r.Items {
			if fits(it) {
				want++
			}
		}
		f := b.get(report(x) + "?show=" + name)
		if got := f.doc.Find(".rp-items > li").Length(); got != want {
			t.Errorf("%s: %d items, want %d", name, got, want)
		}
		if now := f.doc.Find(".rp-filters [aria-current]").Text(); !strings.Contains(strings.ToLower(now), name) {
			t.Errorf("%s: the filter that is on is %q", name, now)
		}
	}
	// Every item opens, with its options' explanations and its rules, and leads on within the filter.
	for _, it := range r.Items {
		path := fmt.Sprintf("%s/items/%d", report(x), it.Pos+1)
		p := b.get(path)
		wantText(t, p, http.StatusOK, fmt.Sprintf("Item %d of 107", it.Pos+1))
		q, err := s.c.Bank.Question(it.Form.ID)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.doc.Find(".question .why").Length(); got != len(q.Options) {
			t.Errorf("%s: %d explanations of %d options", path, got, len(q.Options))
		}
		if p.doc.Find(".question .rationale").Length() != 1 || p.doc.Find(".question .cites").Length() == 0 {
			t.Errorf("%s: no rationale or no rule", path)
		}
		if q.Kind == grading.Match { // the letter beside an entry is that of its partner
			for i, e := range p.doc.Find(".question ul.choices > li").EachIter() {
				letter := e.Find("strong").Text()
				partner := p.doc.Find(".match-rights li").FilterFunction(func(_ int, li *goquery.Selection) bool { return li.Find("b").Text() == letter })
				want, _ := goquery.NewDocumentFromReader(strings.NewReader(string(q.Right[i])))
				if got := partner.Find("span").Text(); strings.TrimSpace(got) != strings.TrimSpace(want.Text()) {
					t.Errorf("%s: entry %d is said to belong to %q, want %q", path, i+1, got, want.Text())
				}
			}
		}
		if q.Group != "" && p.doc.Find(".chart-body").Length() != 1 {
			t.Errorf("%s: the chart is not shown", path)
		}
	}
	changed := r.Items[slices.IndexFunc(r.Items, func(it progress.ItemReport) bool { return it.Effect == progress.ChangeHurt })]
	hurt := fmt.Sprintf("%s/items/%d", report(x), changed.Pos+1)
	wantText(t, b.get(hurt), http.StatusOK, "How your answer changed", "until 0:05", "at the end", "not sure about this one")
	p = b.get(fmt.Sprintf("%s/items/%d?show=changed", report(x), changed.Pos+1))
	for _, rel := range []string{"prev", "next"} {
		to := p.doc.Find(`a[rel="`+rel+`"]`).AttrOr("href", "")
		if to == "" {
			continue
		}
		if n := b.get(to); n.doc.Find(".rp-trail").Length() == 0 || !strings.HasSuffix(to, "?show=changed") {
			t.Errorf("%s within the changed items leads to %s", rel, to)
		}
	}
	for _, no := range []string{"/items/0", "/items/108", "/items/x"} {
		if p := b.get(report(x) + no); p.StatusCode != http.StatusNotFound {
			t.Errorf("%s: status %d, want 404", no, p.StatusCode)
		}
	}
	// Somebody else has no such exam; an instructor reads it under the same address, without the learner's own notes.
	other := s.browser(t)
	other.startGuest()
	for _, path := range []string{"", ".pdf", "/items/1"} {
		if p := other.get(report(x) + path); p.StatusCode != http.StatusNotFound {
			t.Errorf("another learner at %s: status %d, want 404", path, p.StatusCode)
		}
	}
	ines, _ := s.staff(t, "ines", progress.RoleInstructor)
	p = ines.get(report(x))
	wantText(t, p, http.StatusOK, "Lea Novák")
	if p.doc.Find(`form[action$="/review"]`).Length() != 0 {
		t.Error("an instructor is offered to practise what a learner missed")
	}
	p = ines.get(hurt)
	if strings.Contains(p.text(), "not sure about this one") || p.doc.Find(".rp-dispute-form").Length() != 0 {
		t.Error("an instructor sees a learner's note, or may dispute in a learner's name")
	}
}

func TestReportLeadsToPractice(t *testing.T) {
	s := newSite(t)
	b, lea := s.learner(t, "Lea", "lea@example.org")
	_, ines := s.staff(t, "ines", progress.RoleInstructor)
	s.openExam(t, ines, "choices", "feedback: after\nitems: 10\nkinds: [single]\nareas: [{id: guidelines, count: 10}]\n")
	x := s.sit(t, lea, "choices", "key-of-drill-1")
	r, err := s.prog.Report(t.Context(), lea, x.ID)
	if err != nil {
		t.Fatal(err)
	}
	b.get(report(x))
	first := r.Items[r.Review[0]].Form.ID
	p := b.follow(report(x)+"/review", nil)
	wantText(t, p, http.StatusOK, "Questions to review")
	if p.doc.Find("#q-"+first).Length() != 1 {
		t.Errorf("the drill does not begin with %s:\n%s", first, p.text())
	}
	wantText(t, b.get("/practice"), http.StatusOK, fmt.Sprintf("%d questions wait for review", len(r.Review)))
	for range r.Review {
		q, err := s.c.Bank.Question(strings.TrimPrefix(p.doc.Find(".question").AttrOr("id", ""), "q-"))
		if err != nil {
			t.Fatal(err)
		}
		form := p.formValues(".question-form")
		form.Del("choice")
		for _, c := range p.doc.Find(".question-form .choice").EachIter() {
			for _, o := range q.Options {
				if o.Right && strings.TrimSpace(c.Find("span").Text()) == strings.TrimSpace(o.Text) {
					form.Add("choice", c.Find("input").AttrOr("value", ""))
				}
			}
		}
		p = b.follow("/practice/questions/"+q.ID, form)
		wantText(t, p, http.StatusOK, "Right")
		p = b.get(p.doc.Find(`a[href^="/practice/drills/"]`).Last().AttrOr("href", ""))
	}
	wantText(t, p, http.StatusOK, fmt.Sprintf("%d / %d", len(r.Review), len(r.Review)))
	if text := b.get("/practice").text(); strings.Contains(text, "for review") {
		t.Errorf("nothing is left to review, and the page says:\n%s", text)
	}
	if p := b.post(report(x)+"/review", nil); p.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(p.text(), "Nothing is left to review") {
		t.Errorf("reviewing nothing: status %d\n%s", p.StatusCode, p.text())
	}
}

func TestReportOfChartsAndDisputes(t *testing.T) {
	s := newSite(t)
	_, ines := s.staff(t, "ines", progress.RoleInstructor)
	s.openExam(t, ines, "charts", "feedback: after\ncharts: {cases: [ed-colles-fracture]}\n")
	b, lea := s.learner(t, "Lea", "lea@example.org")
	x := s.sit(t, lea, "charts", "key-of-charts-1")
	wantText(t, b.get(report(x)), http.StatusOK, "Charts coded", "A chart is graded field by field")
	item := report(x) + "/items/1"
	p := b.get(item)
	wantText(t, p, http.StatusOK, "All-or-nothing field by field", "S52.531A", "I10")
	boxes := p.doc.Find(".rp-dispute-form")
	if boxes.Length() < 4 {
		t.Fatalf("%d places to dispute, want one for each line and one for the whole item", boxes.Length())
	}
	line := ""
	for _, box := range boxes.EachIter() {
		if v, _ := box.Find(`[name="line"]`).Attr("value"); strings.HasPrefix(v, "S52") {
			line = v
		}
	}
	dispute := "/exams/sittings/" + string(x.ID) + "/items/1/dispute"
	p = b.post(dispute, url.Values{"line": {line}, "reason": {"short"}, "citation": {"I.C.19.c"}})
	wantText(t, p, http.StatusUnprocessableEntity, "Say in a sentence what is wrong with the key.")
	if open := p.doc.Find(".rp-dispute details[open]"); open.Length() != 1 || open.Find(`[name="citation"]`).AttrOr("value", "") != "I.C.19.c" || open.Find("textarea").Text() != "short" {
		t.Error("what was typed is not kept in the one form that was sent")
	}
	reason := "The note says that the fracture was old & healed <already>."
	p = b.follow(dispute, url.Values{"line": {line}, "reason": {reason}, "citation": {"I.C.19.c"}})
	wantText(t, p, http.StatusOK, reason, "waiting for an answer", "Your dispute is sent")
	if got := p.doc.Find(".rp-dispute-form").Length(); got != boxes.Length()-1 {
		t.Errorf("%d places to dispute are left of %d", got, boxes.Length())
	}
	if p := b.post(dispute, url.Values{"line": {line}, "reason": {reason}}); p.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("disputed twice: status %d", p.StatusCode)
	}
	b.follow(dispute, url.Values{"reason": {"The whole chart is unclear to me."}})
	ds, err := s.prog.Disputes(t.Context(), ines, progress.DisputeFilter{})
	if err != nil || len(ds) != 2 {
		t.Fatalf("%d disputes (%v), want 2", len(ds), err)
	}
	if _, err := s.prog.ResolveDispute(t.Context(), ines, ds[1].ID, progress.DisputeDeclined, "The note dates the fall to the same day."); err != nil {
		t.Fatal(err)
	}
	wantText(t, b.get(item), http.StatusOK, "declined", "The note dates the fall to the same day.")
	wantText(t, b.get(report(x)), http.StatusOK, "Your disputes", "declined", "waiting for an answer", "The whole chart is unclear to me.")
	other := s.browser(t)
	other.startGuest()
	if p := other.post(dispute, url.Values{"reason": {reason}}); p.StatusCode != http.StatusNotFound {
		t.Errorf("another learner's dispute: status %d, want 404", p.StatusCode)
	}
}

// TestRegradedReport: a grading after handing in shows beside the first one, with its reason, on the report, the item and in the document.
func TestRegradedReport(t *testing.T) {
	s := newSite(t)
	b, lea := s.learner(t, "Lea", "lea@example.org")
	x := s.sit(t, lea, "cpc-half", "key-of-cpc-1")
	r, err := s.prog.Report(t.Context(), lea, x.ID)
	if err != nil {
		t.Fatal(err)
	}
	if text := b.get(report(x)).text(); strings.Contains(text, "Graded anew") {
		t.Errorf("nothing was graded anew, and the report says:\n%s", text)
	}
	g := r.Items[r.Review[0]].Graded.Grading
	g.ID, g.Correct, g.Percent10, g.At = progress.GradingID(uuid.NewString()), true, 1000, time.Now()
	g.Reason, g.By = "The key had the wrong side.", "operator"
	if err := s.db.AppendGradings(t.Context(), x.Org, []progress.Grading{g}, nil); err != nil {
		t.Fatal(err)
	}
	before, now := float64(r.Tally.Correct)/100, float64(r.Tally.Correct+100)/100
	wantText(t, b.get(report(x)), http.StatusOK, "Graded anew since you handed in", "The key had the wrong side.", fmt.Sprintf("%g of 50 scored items", now), "0 before, 1 now")
	p := b.get(fmt.Sprintf("%s/items/%d", report(x), r.Review[0]+1))
	wantText(t, p, http.StatusOK, "0 before, 1 now", "The key had the wrong side.")
	_, raw := b.fetch(report(x) + ".pdf")
	if text := pdfText(t, raw); !strings.Contains(text, "The key had the wrong side.") || strings.Contains(text, fmt.Sprintf("%g of 50", before)) {
		t.Errorf("the document does not tell of the regrade:\n%.1500s", text)
	}
}

// TestBlankChartShowsItsKey: a chart that was not coded at all is explained like one that was.
func TestBlankChartShowsItsKey(t *testing.T) {
	s := newSite(t)
	_, ines := s.staff(t, "ines", progress.RoleInstructor)
	s.openExam(t, ines, "charts", "feedback: after\ncharts: {cases: [ed-colles-fracture]}\n")
	b, lea := s.learner(t, "Lea", "lea@example.org")
	x, err := s.prog.StartSitting(t.Context(), lea, progress.SittingStart{Exam: "charts", ClientKey: "key-of-blank-1"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.prog.HandIn(t.Context(), lea, x.ID); err != nil {
		t.Fatal(err)
	}
	wantText(t, b.get(report(x)+"/items/1"), http.StatusOK, "unanswered", "S52.531A", "25605")
}

// sealedSite is a site with a learner's two exams whose results are not open: one never, one tomorrow. Everything that was answered is right.
func sealedSite(t *testing.T) (s *site, b *browser, ines *browser, never, later progress.Sitting) {
	t.Helper()
	s = newSite(t)
	ines, staff := s.staff(t, "ines", progress.RoleInstructor)
	const parts = "questions: [em-mdm-level-1, em-mdm-level-2]\ncharts: {cases: [ed-colles-fracture]}\n"
	qs := s.c.Bank.ByArea("em")
	body := strings.NewReplacer("em-mdm-level-1", qs[0].ID, "em-mdm-level-2", qs[1].ID).Replace(parts)
	s.openExam(t, staff, "never-shown", "feedback: never\n"+body)
	s.openExam(t, staff, "shown-later", "feedback: after\n"+body)
	b, lea := s.learner(t, "Lea", "lea@example.org")
	tomorrow := time.Now().Add(24 * time.Hour)
	if _, err := s.prog.SaveRule(t.Context(), staff, progress.RuleDraft{Exam: "shown-later", Kind: progress.RuleForPerson, Ref: string(lea.Learner), ResultsAt: &tomorrow}); err != nil {
		t.Fatal(err)
	}
	return s, b, ines, s.sit(t, lea, "never-shown", "key-of-never-1"), s.sit(t, lea, "shown-later", "key-of-later-1")
}

// TestSealedResultsShowOnNoPage: before results are open no page tells how an exam was answered rightly or how it went, and the pages that
// do show keys refuse.
func TestSealedResultsShowOnNoPage(t *testing.T) {
	s, b, ines, never, later := sealedSite(t)
	wantText(t, b.get(report(never)), http.StatusOK, "This exam shows no results")
	p := b.get(report(later))
	wantText(t, p, http.StatusOK, "The report opens on "+time.Now().Add(24*time.Hour).UTC().Format("2 Jan 2006"))
	r, err := s.prog.Report(t.Context(), progress.Operator(""), later.ID)
	if err != nil {
		t.Fatal(err)
	}
	if r.Tally.Correct == 0 {
		t.Fatal("nothing was right, so that there is nothing to leak")
	}
	q, err := s.c.Bank.Question(later.Form[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	// What would tell: the explanations of the first question, the ids of the attempts, the raw figures.
	telling := []string{strings.TrimSpace(firstSentence(string(q.Rationale))), "Passed", "Not passed", "pass line"}
	for _, o := range q.Options {
		telling = append(telling, firstSentence(string(o.Why)))
	}
	for _, it := range r.Items {
		telling = append(telling, string(it.Graded.Attempt.ID), string(it.Graded.Grading.ID))
	}
	pages := []string{"/", "/progress", "/progress/record", "/progress/readiness", "/progress/review", "/progress/plan", "/progress/job", "/account/export.csv", "/practice", "/practice/areas/em", "/cases", "/account", "/account/export", report(never), report(later), "/lessons", "/practice/audits"}
	for _, x := range []progress.Sitting{never, later} {
		pages = append(pages, report(x)+".pdf", report(x)+"/items/1", report(x)+"/items/3", report(x)+"?show=missed")
	}
	for _, it := range r.Items {
		pages = append(pages, "/practice/attempts/"+string(it.Graded.Attempt.ID), "/cases/"+it.Form.ID+"/attempts/"+string(it.Graded.Attempt.ID))
	}
	for _, path := range pages {
		p := b.get(path)
		refused := strings.Contains(path, "/attempts/") || strings.HasSuffix(path, ".pdf") || strings.Contains(path, "/report/items/")
		if refused != (p.StatusCode == http.StatusConflict || p.StatusCode == http.StatusNotFound) {
			t.Errorf("%s: status %d", path, p.StatusCode)
		}
		for _, words := range telling {
			if words != "" && !strings.Contains(path, words) && strings.Contains(p.body, words) {
				t.Errorf("%s tells %q", path, words)
			}
		}
	}
	if text := b.get("/practice").text(); strings.Contains(text, "for review") {
		t.Error("sealed answers wait for review")
	}
	if p := b.get("/progress/record"); p.doc.Find(".pr-attempts li").Length() != 0 {
		t.Error("sealed answers are among the attempts of the progress page")
	}
	if p := b.get("/practice/areas/em"); strings.Contains(p.text(), "answered rightly") || p.doc.Find(".tick.done").Length() != 0 {
		t.Errorf("the list of an area tells which sealed answers were right:\n%s", p.text())
	}
	if p := b.post(report(later)+"/review", nil); p.StatusCode != http.StatusConflict {
		t.Errorf("reviewing a sealed exam: status %d, want 409", p.StatusCode)
	}
	if p := b.post("/exams/sittings/"+string(later.ID)+"/items/1/dispute", url.Values{"reason": {"I think that the key is wrong."}}); p.StatusCode != http.StatusConflict {
		t.Errorf("disputing a sealed item: status %d, want 409", p.StatusCode)
	}
	wantText(t, ines.get(report(later)), http.StatusOK, "Lea", "pass line")
	wantText(t, ines.get(report(later)+"/items/1"), http.StatusOK, "Item 1 of 3")
}

// firstSentence is a piece of HTML text without markup that no other page has, "" when it begins with markup.
func firstSentence(html string) string {
	text := strings.TrimPrefix(strings.TrimSpace(html), "<p>")
	if i := strings.IndexAny(text, "<&"); i >= 0 {
		text = text[:i]
	}
	if len(text) < 25 {
		return ""
	}
	return text
}

// TestReportOfAnOpenExamIsItsRoom: there is nothing to read before one hands in.
func TestReportOfAnOpenExamIsItsRoom(t *testing.T) {
	s := newSite(t)
	b, lea := s.learner(t, "Lea", "lea@example.org")
	x, err := s.prog.StartSitting(t.Context(), lea, progress.SittingStart{Exam: "drill-em", ClientKey: "key-of-open-1"})
	if err != nil {
		t.Fatal(err)
	}
	if p := b.get(report(x)); p.StatusCode != http.StatusSeeOther || p.Header.Get("Location") != "/exams/sittings/"+string(x.ID) {
		t.Errorf("status %d to %q", p.StatusCode, p.Header.Get("Location"))
	}
	for _, path := range []string{".pdf", "/items/1"} {
		if p := b.get(report(x) + path); p.StatusCode != http.StatusConflict {
			t.Errorf("%s: status %d, want 409", path, p.StatusCode)
		}
	}
}

// BenchmarkReport: a report of 107 items is to be there in under 50 ms.
func BenchmarkReport(b *testing.B) {
	s := newSite(b)
	br, lea := s.learner(b, "Lea", "lea@example.org")
	x := s.sit(b, lea, "ccs", "key-of-ccs-1")
	for _, path := range []string{"", "/items/3", ".pdf"} {
		b.Run("report"+path, func(b *testing.B) {
			for b.Loop() {
				if p, _ := br.fetch(report(x) + path); p.StatusCode != http.StatusOK {
					b.Fatal(p.StatusCode)
				}
			}
		})
	}
}
