package main

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestProgressJourney is the way of a guest from a first miss to a plan: miss a question, review its card by keyboard, learn a term and take the
// review back, set a goal, find today's work on the dashboard, fetch the calendar, and be told honestly that nothing can be foretold yet.
func TestProgressJourney(t *testing.T) {
	ctx := openBrowser(t)
	a := shared(t)
	do(t, ctx, "begin", chromedp.Navigate(a.url), chromedp.Click(`form[action="/start"] button`, chromedp.ByQuery), chromedp.WaitVisible(`article[data-lesson]`, chromedp.ByQuery))
	missed := ""
	for _, id := range singleQuestions(t, 8) { // the first option is not always wrong
		do(t, ctx, "answer "+id, chromedp.Navigate(a.url+"/practice/questions/"+id), chromedp.Click(`.question-form input[name=choice]`, chromedp.ByQuery),
			chromedp.Click(`.question-form button.primary`, chromedp.ByQuery), chromedp.WaitVisible(".verdict", chromedp.ByQuery))
		if strings.Contains(textOf(t, ctx, ".verdict"), "Not") || strings.Contains(textOf(t, ctx, ".verdict"), "✗") {
			missed = id
			break
		}
	}
	if missed == "" {
		t.Fatal("eight questions were all right by their first option")
	}
	do(t, ctx, "its card: a key chooses, and the answer shows its grade", chromedp.Navigate(a.url+"/progress/review?card=question/"+missed), chromedp.WaitVisible(".question-form", chromedp.ByQuery),
		chromedp.KeyEvent("2"), awaitJS(`document.querySelectorAll(".question-form input[name=choice]")[1].checked`),
		chromedp.Click(`.question-form button.primary`, chromedp.ByQuery), chromedp.WaitVisible(".rv-grades", chromedp.ByQuery))
	do(t, ctx, "graded by hand, by a key", chromedp.KeyEvent("1"), chromedp.WaitVisible(".rv-last", chromedp.ByQuery), awaitJS(`document.querySelector(".rv-last").textContent.includes("Again")`))

	do(t, ctx, "a lesson is done", chromedp.Navigate(a.url+"/lessons/terminology-word-parts"), chromedp.Click(`.done-form button`, chromedp.ByQuery), chromedp.WaitVisible(`article[data-lesson]:not([data-lesson="terminology-word-parts"])`, chromedp.ByQuery))
	var first string
	do(t, ctx, "a new term: space shows, 3 grades", chromedp.Navigate(a.url+"/progress/review?new=1"), chromedp.WaitVisible(".rv-card", chromedp.ByQuery), chromedp.Value(`.rv-form input[name=card]`, &first, chromedp.ByQuery),
		chromedp.KeyEvent("3"), chromedp.KeyEvent(" "), awaitJS(`document.querySelector(".rv-back").open`), chromedp.KeyEvent("3"), chromedp.WaitVisible(".rv-last button", chromedp.ByQuery))
	var again string
	do(t, ctx, "and taken back by a key", chromedp.KeyEvent("u"), chromedp.WaitVisible(".rv-last.warn", chromedp.ByQuery), chromedp.Value(`.rv-form input[name=card]`, &again, chromedp.ByQuery))
	if first != again {
		t.Errorf("the card %s was taken back, %s is shown", first, again)
	}

	day := time.Now().AddDate(0, 0, 45)
	do(t, ctx, "a goal", chromedp.Navigate(a.url+"/progress/plan"), chromedp.SendKeys("#date", day.Format("01022006"), chromedp.ByQuery), awaitJS(`document.querySelector("#date").value === "`+day.Format(time.DateOnly)+`"`),
		chromedp.SetValue("#m6", "30", chromedp.ByQuery), chromedp.Focus("#m6", chromedp.ByQuery), chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(".pl-days", chromedp.ByQuery))
	var calendar string
	do(t, ctx, "the calendar", chromedp.Evaluate(`fetch("/progress/plan.ics").then(r => r.text())`, &calendar, awaitPromise))
	if !strings.HasPrefix(calendar, "BEGIN:VCALENDAR") || !strings.Contains(calendar, "Exam: CPC") {
		t.Errorf("calendar: %.200s", calendar)
	}
	do(t, ctx, "the dashboard has one thing to do, and it works", chromedp.Navigate(a.url+"/progress"), awaitJS(`document.querySelectorAll(".now .primary").length === 1 && document.querySelectorAll(".db-tasks li").length > 0`),
		chromedp.Click(".now .primary", chromedp.ByQuery), chromedp.WaitReady(`main:not(:has(.db-two)) h1`, chromedp.ByQuery))
	do(t, ctx, "nothing is foretold from so little", chromedp.Navigate(a.url+"/progress/readiness"), awaitJS(`document.querySelector("main").textContent.includes("Not enough evidence yet") && !/chance is \d/.test(document.querySelector("main").textContent)`))
}
