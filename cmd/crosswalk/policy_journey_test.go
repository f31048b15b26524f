package main

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// policyPages makes a policy in the browser of a member of staff who sees learners, tries it, and grades a learner's attempt by it. It
// gives the pages that there are then.
func policyPages(t *testing.T, ctx context.Context, a *app) []string {
	t.Helper()
	var rows, saved, attempt, kept string
	var learners []string
	do(t, ctx, "try a policy", chromedp.Navigate(a.url+"/teach/policies/new"), chromedp.WaitVisible("#name", chromedp.ByQuery), chromedp.SetValue("#name", "ProFee audit", chromedp.ByQuery),
		chromedp.Click(`input[name="ignore"][value="position"]`, chromedp.ByQuery), chromedp.SetValue("#ignore_codes", "Z79\nV00-Y99", chromedp.ByQuery), chromedp.SetValue("#unsupported", "3", chromedp.ByQuery),
		chromedp.SetValue("#try", "case:ed-colles-fracture", chromedp.ByQuery), chromedp.Click(`button[value="preview"]`, chromedp.ByQuery), chromedp.WaitVisible("#preview table", chromedp.ByQuery),
		chromedp.Text("#preview table", &rows, chromedp.ByQuery))
	if !strings.Contains(rows, "No → Yes") {
		t.Errorf("with the position left out, diagnoses in the other order are not clean:\n%s", rows)
	}
	do(t, ctx, "save it", chromedp.Click(`button[value="save"]`, chromedp.ByQuery), chromedp.WaitVisible("#revisions", chromedp.ByQuery), chromedp.Evaluate(`location.pathname`, &saved),
		chromedp.Navigate(a.url+"/teach"), chromedp.Evaluate(`[...document.querySelectorAll('a[href^="/teach/learners/"]')].map(a=>a.getAttribute("href"))`, &learners))
	for _, l := range learners {
		if attempt == "" { // the latest attempts of some are all at questions
			do(t, ctx, "look for an attempt at a case", chromedp.Navigate(a.url+l), chromedp.WaitReady("main", chromedp.ByQuery),
				chromedp.Evaluate(`document.querySelector('a[href^="/teach/attempts/"]')?.getAttribute("href") ?? ""`, &attempt))
		}
	}
	if attempt == "" {
		t.Fatal("no learner of the demo has an attempt at a case among the latest")
	}
	do(t, ctx, "grade by it", chromedp.Navigate(a.url+attempt), chromedp.Click(`button[name="policy"]`, chromedp.ByQuery), chromedp.WaitVisible(".notice.good", chromedp.ByQuery),
		chromedp.AttributeValue(`a[href*="graded="]`, "href", &kept, nil, chromedp.ByQuery))
	kept = strings.TrimSuffix(kept, "#formula")
	result, _, _ := strings.Cut(kept, "?")
	return []string{"/teach/policies", saved, attempt, kept, result + "?scheme=code-over-code"}
}
