package main

import (
	"context"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// analysisPages goes from the page of learners to the analysis of an exam that the class of the demo sat, to one of its items and to a chart, and
// narrows them by days. It gives the pages that it saw.
func analysisPages(t *testing.T, ctx context.Context, a *app) []string {
	t.Helper()
	var exam, item, chart, figures, empty, rows string
	do(t, ctx, "find the analysis", chromedp.Navigate(a.url+"/teach"), chromedp.Click(`.es-tabs a[href="/teach/analysis"]`, chromedp.ByQuery), chromedp.WaitVisible(".an-table", chromedp.ByQuery),
		chromedp.Text("main", &rows, chromedp.ByQuery))
	if !strings.Contains(rows, "sittings") || !strings.Contains(rows, "12 people") {
		t.Errorf("the list does not say what it rests on:\n%.600s", rows)
	}
	do(t, ctx, "an exam", chromedp.Click(`a[href="/teach/analysis/exams/cpc-half"]`, chromedp.ByQuery), chromedp.WaitVisible(`svg[aria-labelledby^="plot-scores"]`, chromedp.ByQuery), chromedp.Evaluate(`location.pathname`, &exam),
		chromedp.Text(".an-figures", &figures, chromedp.ByQuery))
	if !strings.Contains(figures, "Mean score") || !strings.Contains(figures, "%") {
		t.Errorf("the figures of the exam: %s", figures)
	}
	do(t, ctx, "one of its items", chromedp.Click(`.an-table tbody a`, chromedp.ByQuery), chromedp.WaitVisible("#figures", chromedp.ByQuery), chromedp.Evaluate(`location.pathname+location.search`, &item))
	do(t, ctx, "nobody so early", chromedp.SetValue("#an-to", "2001-01-01", chromedp.ByQuery), chromedp.Click(".an-filter button", chromedp.ByQuery), chromedp.WaitVisible(".empty", chromedp.ByQuery), chromedp.Text(".empty", &empty, chromedp.ByQuery))
	if !strings.Contains(empty, "Nobody in this filter has answered") {
		t.Errorf("an empty filter says: %s", empty)
	}
	do(t, ctx, "a chart", chromedp.Navigate(a.url+"/teach/analysis?area=cases"), chromedp.WaitVisible(".an-table", chromedp.ByQuery), chromedp.Click(`.an-table a[href*="kind=case"]`, chromedp.ByQuery),
		chromedp.WaitVisible("#lines", chromedp.ByQuery), chromedp.Evaluate(`location.pathname+location.search`, &chart))
	do(t, ctx, "from the exam's own page", chromedp.Navigate(a.url+"/teach/exams/exam/cpc-half"), chromedp.Click(`a[href="/teach/analysis/exams/cpc-half"]`, chromedp.ByQuery), chromedp.WaitVisible("#form", chromedp.ByQuery))
	return []string{"/teach/analysis", "/teach/analysis?area=anatomy", "/teach/analysis?from=x", exam, exam + "?to=2001-01-01", item, item + "&to=2001-01-01", chart}
}

// TestAnalyseJourney is the way of an instructor of the demo through the analysis.
func TestAnalyseJourney(t *testing.T) {
	t.Parallel()
	ctx := openBrowser(t)
	a := startProgram(t, "-data", t.TempDir(), "-demo")
	for line := range strings.Lines(a.out.String()) {
		f := strings.Fields(line)
		if len(f) < 5 || f[0] != "instructor" {
			continue
		}
		do(t, ctx, "sign in", chromedp.Navigate(a.url+"/signin"), chromedp.SetValue("#email", f[3], chromedp.ByQuery), chromedp.SetValue("#passphrase", f[4], chromedp.ByQuery),
			chromedp.Click(`form.card button.primary`, chromedp.ByQuery), chromedp.WaitVisible("a.who", chromedp.ByQuery))
		pages := analysisPages(t, ctx, a)
		if path := os.Getenv("CROSSWALK_AXE"); path != "" {
			visitWithAxe(t, ctx, axeScript(t), a.url, pages)
		}
		return
	}
	t.Fatalf("the demo printed no instructor:\n%s", a.out)
}
