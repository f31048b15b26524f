package main

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// signInAs signs a person in.
func signInAs(t *testing.T, ctx context.Context, a *app, email, passphrase string) {
	t.Helper()
	do(t, ctx, "sign in as "+email, chromedp.Navigate(a.url+"/signin"), chromedp.SetValue("#email", email, chromedp.ByQuery), chromedp.SetValue("#passphrase", passphrase, chromedp.ByQuery),
		chromedp.Click(`form[action="/signin"] button`, chromedp.ByQuery), awaitOverLoads(`location.pathname !== "/signin" && document.readyState === "complete"`))
}

func signOut(t *testing.T, ctx context.Context, a *app) {
	t.Helper()
	do(t, ctx, "sign out", chromedp.Navigate(a.url+"/account"), chromedp.Click(`form[action="/signout"] button`, chromedp.ByQuery), awaitOverLoads(`location.pathname !== "/account"`))
}

// TestRegradeJourney: a learner answers and says that the key is wrong; an instructor accepts, mends the key's file under the running
// server, looks at the dry run and grades anew, and decides the answer by hand at last. The learner sees each grade with its reason.
func TestRegradeJourney(t *testing.T) {
	regradeJourney(t, openBrowser(t), func(*app, ...string) {})
}

// TestAccessibleRegrade runs axe over the pages that the journey comes by.
func TestAccessibleRegrade(t *testing.T) {
	axe := axeScript(t)
	ctx := openBrowser(t)
	regradeJourney(t, ctx, func(a *app, paths ...string) { visitWithAxe(t, ctx, axe, a.url, paths) })
}

// regradeJourney has pages looked at when there is something on them.
func regradeJourney(t *testing.T, ctx context.Context, look func(a *app, paths ...string)) {
	t.Helper()
	c := course{t, t.TempDir()}
	const file = "quizzes/bank/icd10cm/live.md"
	c.write(file, oneQuestionOf("Is it so?"))
	data := t.TempDir()
	const pass = "a sentence to remember"
	for _, u := range [][2]string{{"lea", "learner"}, {"ines", "instructor"}} {
		if got := try(t, pass+"\n", "user", "add", "-data", data, "-name", u[0], "-email", u[0]+"@example.org", "-role", u[1]); got.status != statusOK {
			t.Fatal(got)
		}
	}
	a := startProgram(t, "-data", data, "-content", c.dir)

	var result string
	signInAs(t, ctx, a, "lea@example.org", pass)
	do(t, ctx, "answer No", chromedp.Navigate(a.url+"/practice/questions/q-live-1"), chromedp.WaitVisible(".question-form", chromedp.ByQuery),
		chromedp.Evaluate(`[...document.querySelectorAll(".question-form label")].find(l=>l.innerText.trim().startsWith("No")).click()`, nil),
		chromedp.Click(".question-form button", chromedp.ByQuery), awaitOverLoads(`document.querySelector(".question.graded") !== null`))
	do(t, ctx, "find the result", chromedp.Navigate(a.url+"/practice"), chromedp.Evaluate(`document.querySelector('a[href^="/practice/attempts/"]').getAttribute("href")`, &result))
	do(t, ctx, "dispute the key", chromedp.Navigate(a.url+result), chromedp.Click("#disputes summary", chromedp.ByQuery), chromedp.SetValue("#said-reason", "The guideline says that it is not so.", chromedp.ByQuery),
		chromedp.Click("#disputes form button", chromedp.ByQuery), awaitOverLoads(`document.querySelector("#disputes")?.innerText.includes("waiting for an answer")`))
	signOut(t, ctx, a)

	signInAs(t, ctx, a, "ines@example.org", pass)
	do(t, ctx, "find the dispute in the queue", chromedp.Navigate(a.url+"/teach/disputes"), chromedp.Click(`section[aria-labelledby="groups"] a`, chromedp.ByQuery), chromedp.WaitVisible("#answer", chromedp.ByQuery),
		chromedp.Click(`input[value="accepted"]`, chromedp.ByQuery), chromedp.SetValue("#answer", "You are right, the key was wrong.", chromedp.ByQuery), chromedp.Click(".es-form button", chromedp.ByQuery),
		awaitOverLoads(`location.pathname.endsWith("/fix") && document.querySelector(".fix-steps").innerText.includes("First the key.")`))
	c.write(file, strings.NewReplacer("- [x] Yes", "- [ ] Yes", "- [ ] No", "- [x] No").Replace(oneQuestionOf("Is it so?")))
	do(t, ctx, "see that the key has changed", awaitOverLoads(`document.querySelector(".rg-diff")?.innerText.includes("[x] No")`)) // the open page follows the file
	do(t, ctx, "look at the dry run", chromedp.Click(`a[href*="/teach/regrade/items/q-live-1?dispute="]`, chromedp.ByQuery), chromedp.WaitVisible("#rg-moves", chromedp.ByQuery),
		awaitJS(`document.querySelector("main").innerText.includes("1 learners move") && document.querySelector("#reason").value.startsWith("Dispute ")`))
	var dry, run string
	do(t, ctx, "where it is", chromedp.Evaluate(`location.pathname + location.search`, &dry))
	look(a, dry, "/teach/regrade", "/teach/disputes")
	do(t, ctx, "grade anew", chromedp.Navigate(a.url+dry), chromedp.Click(".es-form button.primary", chromedp.ByQuery), awaitOverLoads(`document.querySelector("#run .tag")?.innerText === "done" && document.querySelector("#rg-progress").value === 100`),
		chromedp.Evaluate(`location.pathname`, &run))
	look(a, run, "/teach/regrade")
	signOut(t, ctx, a)

	signInAs(t, ctx, a, "lea@example.org", pass)
	do(t, ctx, "see both grades", chromedp.Navigate(a.url+result), awaitJS(`document.querySelectorAll("#gradings ol > li").length === 2`),
		awaitJS(`(t=>t.includes("Dispute ")&&t.includes("You are right, the key was wrong.")&&t.includes("When it was handed in."))(document.querySelector("main").innerText)`))
	signOut(t, ctx, a)

	signInAs(t, ctx, a, "ines@example.org", pass)
	do(t, ctx, "decide by hand", chromedp.Navigate(a.url+result), chromedp.Click(`a[href^="/teach/regrade/attempts/"]`, chromedp.ByQuery), chromedp.WaitVisible("#reason", chromedp.ByQuery),
		chromedp.Click(`input[name="points"][value="0"]`, chromedp.ByQuery), chromedp.SetValue("#reason", "It was answered after the talk about it.", chromedp.ByQuery),
		chromedp.Click(`button[value="set"]`, chromedp.ByQuery), awaitOverLoads(`document.querySelectorAll("#gradings ol > li").length === 3`),
		chromedp.Evaluate(`location.pathname`, &run))
	look(a, run)
	signOut(t, ctx, a)
	signInAs(t, ctx, a, "lea@example.org", pass)
	do(t, ctx, "see all three", chromedp.Navigate(a.url+result), awaitJS(`document.querySelector("#gradings").innerText.includes("It was answered after the talk about it.")`))
	look(a, result)
}
