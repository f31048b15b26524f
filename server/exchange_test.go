package server_test

import (
	"archive/zip"
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"crosswalk/progress"
	"crosswalk/quizzes/interchange"
)

const exchangeGIFT = "// [tag:difficulty: 2] [tag:cites: I.A.15]\n::links::What does the word \"with\" do?{=It presumes <a link>#Yes. ~It asks for a query#No. ####So says I.A.15.}\n\nWrite an essay. {}\n"

// TestExchangeIn: an instructor reads a file, sees what became of each question, mends the text and takes it along as a zip.
func TestExchangeIn(t *testing.T) {
	s := newSite(t)
	b, _ := s.staff(t, "ines", progress.RoleInstructor)
	wantText(t, b.get("/teach/exchange"), http.StatusOK, "Import and export", "Bring questions in", "ICD-10-CM")

	wantText(t, b.uploadForm("/teach/exchange/import", nil, "week.gift", ""), http.StatusUnprocessableEntity, "Choose a file first.")
	p := b.uploadForm("/teach/exchange/import", nil, "week.gift", exchangeGIFT)
	wantText(t, p, http.StatusUnprocessableEntity, "choose one.")
	if p.doc.Find("#area[aria-invalid=true]").Length() != 1 {
		t.Error("the choice of the area is not marked")
	}
	wantText(t, b.uploadForm("/teach/exchange/import", nil, "letter.txt", "Dear learner"), http.StatusUnprocessableEntity, "The file cannot be taken: unknown format")
	wantText(t, b.uploadForm("/teach/exchange/import", map[string]string{"area": "nowhere"}, "week.gift", exchangeGIFT), http.StatusUnprocessableEntity, "There is no such area")
	wantText(t, b.uploadForm("/teach/exchange/import", map[string]string{"format": "word"}, "week.gift", exchangeGIFT), http.StatusUnprocessableEntity, "There is no such format")
	wantText(t, b.uploadForm("/teach/exchange/import", nil, "big.gift", strings.Repeat("x", 9<<20)), http.StatusUnprocessableEntity, "more than 8 MB")

	p = b.uploadForm("/teach/exchange/import", map[string]string{"area": "icd10cm"}, "week.gift", exchangeGIFT)
	wantText(t, p, http.StatusOK, "GIFT: what came in", "icd10cm-links", "it is an essay, which has no key", "quizzes/bank/icd10cm/week.md")
	text := p.doc.Find("#text1").Text()
	if !strings.Contains(text, `\<a link>`) && !strings.Contains(text, "It presumes") {
		t.Errorf("the markdown of the page:\n%s", text)
	}

	res := b.multipart("/teach/exchange/zip", map[string]string{"path1": "quizzes/bank/icd10cm/week.md", "text1": strings.ReplaceAll(text, "\n", "\r\n") + "mended\r\n", "path2": "../../evil.md", "text2": "x"})
	if res.StatusCode != http.StatusOK || !strings.Contains(res.Header.Get("Content-Disposition"), `filename="questions.zip"`) {
		t.Fatalf("zip: %d %v", res.StatusCode, res.Header)
	}
	z, err := zip.NewReader(strings.NewReader(res.body), int64(len(res.body)))
	if err != nil || len(z.File) != 1 || z.File[0].Name != "quizzes/bank/icd10cm/week.md" {
		t.Fatalf("%v: %+v", err, z)
	}
	f, err := z.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var got bytes.Buffer
	if _, err := got.ReadFrom(f); err != nil || strings.Contains(got.String(), "\r") || !strings.HasSuffix(got.String(), "mended\n") {
		t.Errorf("%v: %q", err, got.String())
	}
}

// multipart sends fields without a file.
func (b *browser) multipart(path string, fields map[string]string) page {
	b.t.Helper()
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	fields["_csrf"] = b.csrf
	for k, v := range fields {
		if err := w.WriteField(k, v); err != nil {
			b.t.Fatal(err)
		}
	}
	w.Close()
	req := httptest.NewRequest(http.MethodPost, path, &buf)
	req.Header.Set("Content-Type", w.FormDataContentType())
	return b.do(req)
}

// TestExchangeOut: an admin looks at what a format loses, takes questions out, and the audit log says so.
func TestExchangeOut(t *testing.T) {
	s := newSite(t)
	b, admin := s.staff(t, "ada", progress.RoleAdmin)
	b.get("/teach/exchange")
	wantText(t, b.post("/teach/exchange/export", url.Values{"out_format": {"word"}}), http.StatusUnprocessableEntity, "There is no such format", "Choose at least one area")
	p := b.post("/teach/exchange/export", url.Values{"out_format": {"aiken"}, "areas": {"queries"}, "do": {"look"}})
	wantText(t, p, http.StatusOK, "Aiken: what goes out", "the explanations of the options")
	if v, _ := p.doc.Find("#out_format option[selected]").Attr("value"); v != "aiken" || p.doc.Find(`input[name=areas][value=queries][checked]`).Length() != 1 {
		t.Error("the page forgets what was chosen")
	}
	before, err := s.prog.AuditLog(t.Context(), admin, progress.AuditFilter{})
	if err != nil {
		t.Fatal(err)
	}
	p = b.post("/teach/exchange/export", url.Values{"out_format": {"moodle"}, "areas": {"queries"}, "do": {"file"}})
	if p.StatusCode != http.StatusOK || !strings.Contains(p.Header.Get("Content-Disposition"), `filename="crosswalk-moodle.xml"`) {
		t.Fatalf("file: %d %v", p.StatusCode, p.Header)
	}
	in, err := interchange.Import(strings.NewReader(p.body), int64(len(p.body)), interchange.ImportOptions{Name: "back.xml", CodeYear: 2026})
	if want := len(s.c.Bank.ByArea("queries")); err != nil || in.Files[0].Questions != want {
		t.Errorf("%v: %d questions came back, want %d", err, in.Files[0].Questions, want)
	}
	after, err := s.prog.AuditLog(t.Context(), admin, progress.AuditFilter{})
	if err != nil || len(after) != len(before)+1 || after[0].Action != "content.export" || after[0].Target != "moodle" {
		t.Errorf("audit log: %v %+v", err, after)
	}
}

// TestExchangeIsForTeachers: nobody else comes by keys, or has files read.
func TestExchangeIsForTeachers(t *testing.T) {
	s := newSite(t)
	learner, _ := s.staff(t, "lea", progress.RoleLearner)
	employer, _ := s.staff(t, "emil", progress.RoleEmployer)
	for name, b := range map[string]*browser{"learner": learner, "employer": employer} {
		for path, p := range map[string]page{
			"page":   b.get("/teach/exchange"),
			"import": b.uploadForm("/teach/exchange/import", map[string]string{"area": "icd10cm"}, "week.gift", exchangeGIFT),
			"zip":    b.multipart("/teach/exchange/zip", map[string]string{}),
			"export": b.post("/teach/exchange/export", url.Values{"out_format": {"gift"}, "areas": {"queries"}, "do": {"file"}}),
		} {
			if p.StatusCode != http.StatusForbidden || strings.Contains(p.body, "cites:") {
				t.Errorf("%s, %s: status %d", name, path, p.StatusCode)
			}
		}
	}
	if p := s.browser(t).get("/teach/exchange"); p.StatusCode != http.StatusSeeOther {
		t.Errorf("a visitor: status %d", p.StatusCode)
	}
}
