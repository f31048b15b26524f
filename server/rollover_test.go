package server_test

import (
	"net/http"
	"strings"
	"testing"

	"crosswalk/codebook"
	"crosswalk/lessons"
	"crosswalk/progress"
	"crosswalk/quizzes"
	"crosswalk/server"
)

// nextYear is the starter book with two invented releases of ICD-10-CM: in the newer one some codes that content mentions have changed.
func nextYear(t *testing.T) *codebook.Book {
	t.Helper()
	b := codebook.NewBuilder()
	for _, r := range []struct {
		edition string
		year    int
		codes   string
	}{
		{"2026", 2025, "E11- Type 2 diabetes|E11.9 Type 2 diabetes without complications|I10 Essential (primary) hypertension|J06- Upper respiratory|J06.9 Upper respiratory, unspecified|J06.0 Laryngopharyngitis|J06.1 Another|J06.2 And another"},
		{"2027", 2026, "E11- Type 2 diabetes|E11.9- Type 2 diabetes without complications|E11.90 Type 2 diabetes, newly found|E11.91 Type 2 diabetes, long known|I10 Hypertension|J06- Upper respiratory|J06.0 Laryngopharyngitis|J06.1 Another|J06.2 And another|J06.3 A new one"},
	} {
		rb := b.Release(codebook.Release{System: codebook.ICD10CM, Edition: r.edition, ValidFrom: codebook.Date{Year: r.year, Month: 10, Day: 1}})
		for l := range strings.SplitSeq(r.codes, "|") {
			code, title, _ := strings.Cut(l, " ")
			c, err := codebook.ParseCode(codebook.ICD10CM, strings.TrimSuffix(code, "-"))
			if err != nil {
				t.Fatal(err)
			}
			rb.Code(c, title, !strings.HasSuffix(code, "-"), codebook.Facts{})
		}
	}
	book, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	starter, err := codebook.Starter()
	if err != nil {
		t.Fatal(err)
	}
	return codebook.Merge(starter, book)
}

// TestRollover: the page says what there is to do for the next year, line by line, and gives a drill that can be read; nobody but staff sees it.
func TestRollover(t *testing.T) {
	s := newSite(t)
	b, _ := s.staff(t, "ines", progress.RoleInstructor)
	wantText(t, b.get("/teach/rollover"), http.StatusOK, "There are no two releases to compare")
	if p := b.get("/teach/rollover/drill?set=icd10cm"); p.StatusCode != http.StatusNotFound {
		t.Errorf("a drill on nothing: %d", p.StatusCode)
	}
	book := nextYear(t)
	cat, _ := lessons.Load(lessons.Content, book)
	bank, _ := quizzes.Load(quizzes.Content, cat.Renderer(), book)
	s.srv.SetContent(server.Content{Lessons: cat, Bank: bank, Book: book})

	p := b.get("/teach/rollover")
	wantText(t, p, http.StatusOK, "From 2026 to 2027", "E11.9", "needs more characters", "Choose as the text has it.", "E11.91", "new title", ".md:")
	all := p.doc.Find(".ch-kinds a").First().Text()
	p = b.get("/teach/rollover?kind=case")
	if p.doc.Find(`.ch-kinds a[aria-current="true"]`).Text() == all || p.doc.Find(".ro-item").Length() == 0 || p.doc.Find(`.ro-item a[href^="/lessons"]`).Length() > 0 {
		t.Error("the charts alone are not shown")
	}
	wantText(t, b.get("/teach/rollover?page=99999&kind=nonsense"), http.StatusOK, "From 2026 to 2027")
	drill := b.get("/teach/rollover/drill?set=icd10cm")
	if drill.StatusCode != http.StatusOK || !strings.Contains(drill.Header.Get("Content-Disposition"), `what-changed-icd10cm-2027.md`) || !strings.Contains(drill.body, "icd10cm-changed-2027-j063") {
		t.Errorf("the drill: %d %v\n%s", drill.StatusCode, drill.Header, drill.body)
	}
	for _, set := range []string{"", "cpt", "x"} {
		if p := b.get("/teach/rollover/drill?set=" + set); p.StatusCode != http.StatusNotFound {
			t.Errorf("a drill on %q: %d", set, p.StatusCode)
		}
	}
	for _, role := range []progress.Role{progress.RoleLearner, progress.RoleEmployer} {
		other, _ := s.staff(t, string(role)+"-x", role)
		for _, path := range []string{"/teach/rollover", "/teach/rollover/drill?set=icd10cm"} {
			if p := other.get(path); p.StatusCode != http.StatusForbidden {
				t.Errorf("%s: %s gets %d", path, role, p.StatusCode)
			}
		}
	}
}
