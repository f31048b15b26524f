package server_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"crosswalk/progress"
)

// fetch is a reply as bytes.
func (b *browser) fetch(path string) (*http.Response, []byte) {
	b.t.Helper()
	req := httptest.NewRequest(http.MethodGet, path, nil)
	for k, v := range b.cookies {
		req.AddCookie(&http.Cookie{Name: k, Value: v})
	}
	res, err := b.s.srv.App().Test(req, -1)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return res, raw
}

// pdfText is the text of a PDF by poppler's pdftotext, white space folded.
func pdfText(t *testing.T, raw []byte) string {
	t.Helper()
	if _, err := exec.LookPath("pdftotext"); err != nil {
		t.Skip("pdftotext (Debian: poppler-utils) is not there to read the document with")
	}
	cmd := exec.Command("pdftotext", "-layout", "-", "-")
	cmd.Stdin = bytes.NewReader(raw)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(string(out)), " ")
}

func TestReportAsPDF(t *testing.T) {
	s := newSite(t)
	b, lea := s.learner(t, "Zoë Łukaszewicz-Nguyễn", "lea@example.org")
	x := s.sit(t, lea, "ccs", "key-of-ccs-1")
	res, raw := b.fetch(report(x) + ".pdf")
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "application/pdf" || !bytes.HasPrefix(raw, []byte("%PDF-")) {
		t.Fatalf("status %d, type %s, begins with %.8q", res.StatusCode, res.Header.Get("Content-Type"), raw)
	}
	if name := res.Header.Get("Content-Disposition"); !regexp.MustCompile(`^attachment; filename="report-ccs-\d{4}-\d\d-\d\d\.pdf"$`).MatchString(name) {
		t.Errorf("Content-Disposition %s", name)
	}
	if len(raw) > 400<<10 {
		t.Errorf("the document has %d kB", len(raw)>>10)
	}
	text := pdfText(t, raw)
	r, err := s.prog.Report(t.Context(), lea, x.ID)
	if err != nil {
		t.Fatal(err)
	}
	missed := r.Items[r.Review[0]]
	q, err := s.c.Bank.Question(missed.Form.ID)
	if err != nil {
		t.Fatal(err)
	}
	folded := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	for _, want := range []string{
		"CCS practice exam", "Zoë Łukaszewicz-Nguyên", // the font lacks one letter with two marks, and keeps what it has
		"Not passed", "The pass line is 70 %.", "nine times in ten", "This is our estimate", "Questions for code year 2026", r.Items[0].Graded.Grading.BookEdition,
		"By domain", "Coding knowledge and skills", "Pace", "An item has 2:14", "Changed answers", "wrong to right", "Items that were missed", "Your answer:", "Right:", "Rule:",
		"Page 1 of ", folded(clipWords(q.AnswerText)),
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%.3000s", want, text)
		}
	}
	if strings.Contains(text, "<p>") || strings.Contains(text, "&amp;") || strings.Contains(text, "{pages}") || strings.Contains(text, "[report.") {
		t.Error("markup, or a placeholder, in the text of the document")
	}
	for _, it := range r.Items {
		if q, _ := s.c.Bank.Question(it.Form.ID); !it.Missed() && strings.Contains(text, folded(q.Stem.Text())) {
			t.Errorf("%s was right and is among those missed", it.Form.ID)
		}
	}
	ines, _ := s.staff(t, "ines", progress.RoleInstructor)
	if _, again := ines.fetch(report(x) + ".pdf"); !strings.Contains(pdfText(t, again), "Zoë") {
		t.Error("an instructor's copy does not name the learner")
	}
}

// clipWords are the first words of a text, which stand on one line.
func clipWords(text string) string {
	f := strings.Fields(text)
	return strings.Join(f[:min(3, len(f))], " ")
}

func TestReportOfAChartAsPDF(t *testing.T) {
	s := newSite(t)
	_, ines := s.staff(t, "ines", progress.RoleInstructor)
	s.openExam(t, ines, "charts", "feedback: after\ncharts: {cases: [ed-colles-fracture]}\n")
	b, lea := s.learner(t, "Lea", "lea@example.org")
	x := s.sit(t, lea, "charts", "key-of-charts-1")
	_, raw := b.fetch(report(x) + ".pdf")
	text := pdfText(t, raw)
	for _, want := range []string{"Charts coded", "S52.531A, Code: Not entered", "S52.531A, Position: You put I10 first.", "Rule:"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}
