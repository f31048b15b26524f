package server

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"crosswalk/grading"
	"crosswalk/progress/hirereport"
	"crosswalk/quizzes"
)

// fullReport is one with everything that a report can have: all settings and areas, payment, queries and a percentile.
func fullReport() hirereport.Report {
	dollars := func(v float64) *float64 { return &v }
	line := func(s string) *string { return &s }
	in := hirereport.Input{
		Candidate: hirereport.Person{Name: "Ann", Ref: "R-1"}, Test: hirereport.Test{Name: "All", Revision: 3, ContentHash: strings.Repeat("ab", 32), CodeYear: 2026, Edition: "icd10cm-2026", PassPercent: 70},
		Sitting: hirereport.Sitting{Try: 1, StartedAt: time.Unix(0, 0), HandedInAt: time.Unix(9000, 0), Regraded: 2, First10: 711},
	}
	for i, s := range quizzes.Settings {
		for j := range 4 {
			r := grading.Result{
				Counts: grading.Counts{Entered: 5, Lines: 5, Right: 3}, Money: &grading.Money{Direction: grading.Over, Basis: []string{"rvu", "apc", "cc"}[j%3], Dollars: dollars(float64(10*i - 30*j))},
				Parts: []grading.Part{
					{Line: line("E11.9"), Component: grading.CompCode, Entered: line("E11.9"), Earned: 300, Possible: 300}, {Line: line("E11.9"), Component: grading.CompPOA, Earned: 50, Possible: 50},
					{Line: line("E11.9"), Component: grading.CompPosition, Earned: 100, Possible: 100}, {Line: line("0FT44ZZ"), Component: grading.CompCode, Possible: 400, Finding: grading.PXROOT},
					{Line: line("99214"), Component: grading.CompCode, Entered: line("99215"), Possible: 300, Finding: grading.EMUP1}, {Line: line("J1885"), Component: grading.CompCode, Possible: 300, Finding: grading.PXMISS},
					{Line: line("11042"), Component: grading.CompModifiers, Entered: line("59"), Possible: 60, Finding: grading.CPTMOD}, {Component: grading.CompDRG, Possible: 300, Finding: grading.GRP},
					{Line: line("ask"), Component: grading.CompQuery, Entered: line("query"), Earned: 150, Possible: 150}, {Line: line("wording"), Component: grading.CompQuery, Possible: 50, Finding: grading.COMP},
					{Component: grading.CompExtra, Entered: line("I10"), Earned: -100, Finding: grading.DXOVER},
				},
			}
			in.Items = append(in.Items, hirereport.Item{Chart: true, Scored: true, Weight: 4, Share: .5, Seconds: 200 + 90*j, Setting: s.ID, Pace: hirereport.Pace{Low: 5, High: 20, Source: "AHIMA's range for outpatient records"}, Result: r})
		}
	}
	for i, a := range quizzes.Areas {
		in.Items = append(in.Items, hirereport.Item{Area: a.ID, Scored: true, Weight: 1, Share: float64(i % 2)}, hirereport.Item{Area: a.ID, Weight: 1})
	}
	r := hirereport.Make(in)
	r.Percentile = &hirereport.Standing{Percent10: 425, Of: 40}
	return r
}

// TestFullReport: everything that a report can say is said, in words, and on one page.
func TestFullReport(t *testing.T) {
	w := testWords(t)
	s := &Server{frontend: frontend{words: w}}
	p := hireReportPage{Test: "All", Who: "Ann", Ref: "R-1", R: fullReport(), Taken: "Sat 1 Jan"}
	p.verdict(w)
	p.figures(w)
	p.Sections = s.hireSections(p.R)
	p.notes(w)
	said := fmt.Sprint(p.Verdict, p.Figures, p.Sections, p.Notes, p.Versions)
	for _, want := range []string{
		"Percentile 42.5 among 40", "2 items were graded anew", "71.1 %", "MS-DRG", "HCPCS Level II codes", "Same as the key", "Pays more 40 of 40 charts (100 %", "−$", "relative values, outpatient payment groups, complications of stays", "Set too high 40 of 40 (100 %", "Leading wording 40",
		"Reason, indicators, wording 0 of 40", "DRG (GRP)", "typical ", "as the field, within error", "25 items on trial",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("no %q in\n%s", want, said)
		}
	}
	if strings.Contains(said, "[hirereport") || strings.Contains(said, "%!") || p.NotAsked != "" {
		t.Errorf("words are missing: %s %s", p.NotAsked, said)
	}
	p.Verify = "https://coding.example.edu/verify/0197a000-0000-7000-8000-000000000001"
	d, err := hirePDF(w, p)
	if err != nil || len(d) == 0 {
		t.Fatal(err)
	}
	if dir := os.Getenv("CROSSWALK_PICTURES"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, "report-full.pdf"), d, 0o600); err != nil {
			t.Error(err)
		}
	}
	if fit := setHireSheet(w, p); fit.over > 0 || fit.PageNo() != 1 {
		t.Errorf("%.1f mm too long, %d pages, at size %g", fit.over, fit.PageNo(), fit.size)
	}
}

func TestMoneyText(t *testing.T) {
	for v, want := range map[float64]string{0: "$0.00", 1234.5: "$1,234.50", -0.005: "−$0.01", -12.3: "−$12.30", 0.994999: "$0.99"} {
		if got := moneyText(v); got != want {
			t.Errorf("%g is %s, want %s", v, got, want)
		}
	}
}
