package main

import (
	"context"
	"testing"

	"github.com/chromedp/chromedp"
)

// examStaffPages composes an exam in the browser of an admin, makes a cohort of a learner of the demo and sets a rule for it. It gives the
// pages that there are then, those with errors too.
func examStaffPages(t *testing.T, ctx context.Context, a *app) []string {
	t.Helper()
	var exam, cohort, email string
	do(t, ctx, "compose an exam", chromedp.Navigate(a.url+"/teach/exams/new"), chromedp.WaitVisible("#name", chromedp.ByQuery), chromedp.Click(`.es-form button.primary`, chromedp.ByQuery),
		chromedp.WaitVisible("#name-error", chromedp.ByQuery), chromedp.SetValue("#name", "Week 1", chromedp.ByQuery),
		chromedp.SetValue(`[id="count.terminology"]`, "4", chromedp.ByQuery), chromedp.SetValue(`[id="count.anatomy"]`, "4", chromedp.ByQuery), chromedp.Click(`.es-form button.primary`, chromedp.ByQuery),
		chromedp.WaitVisible("#facts", chromedp.ByQuery), chromedp.Evaluate(`location.pathname`, &exam))
	do(t, ctx, "make a cohort", chromedp.Navigate(a.url+"/teach"), chromedp.WaitVisible(".st-mail", chromedp.ByQuery), chromedp.Text(".st-mail", &email, chromedp.ByQuery), chromedp.Navigate(a.url+"/teach/cohorts"),
		chromedp.SetValue("#name", "Monday group", chromedp.ByQuery), chromedp.Click(`form[action^="/teach/cohorts"] button.primary`, chromedp.ByQuery), chromedp.WaitVisible("#emails", chromedp.ByQuery),
		chromedp.Evaluate(`location.pathname`, &cohort))
	do(t, ctx, "fill it", chromedp.Navigate(a.url+cohort), chromedp.WaitVisible("#emails", chromedp.ByQuery), chromedp.SetValue("#emails", email, chromedp.ByQuery), chromedp.Click(`#add button.primary`, chromedp.ByQuery), chromedp.WaitVisible(`form[action$="/remove"]`, chromedp.ByQuery))
	do(t, ctx, "set a rule", chromedp.Navigate(a.url+exam), chromedp.Click(`a[href^="/teach/exams/rules?exam="]`, chromedp.ByQuery), chromedp.WaitVisible("#cohort", chromedp.ByQuery),
		chromedp.Evaluate(`document.querySelector("#cohort").selectedIndex=1`, nil), chromedp.SetValue("#extra", "50", chromedp.ByQuery), chromedp.SetValue("#opens", "2027-01-15T09:00", chromedp.ByQuery),
		chromedp.Click(`.es-form button.primary`, chromedp.ByQuery), chromedp.WaitVisible(".es-rules", chromedp.ByQuery))
	return []string{
		"/teach/exams", "/teach/exams/new", "/teach/exams/new?as=file", exam, exam + "/edit", exam + "/form?seed=3", exam + "/form?seed=x", "/teach/exams/exam/ccs", "/teach/exams/rules", "/teach/cohorts", cohort,
		"/teach/disputes", "/teach/rollover",
	}
}
