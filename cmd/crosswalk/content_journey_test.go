package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// picture keeps what a window shows, where CROSSWALK_PICTURES names a folder.
func picture(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	dir := os.Getenv("CROSSWALK_PICTURES")
	if dir == "" {
		return
	}
	do(t, ctx, "picture "+name, chromedp.ActionFunc(func(ctx context.Context) error {
		b, err := page.CaptureScreenshot().WithCaptureBeyondViewport(true).Do(ctx)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, name+".png"), b, 0o600)
	}))
}

// twoAuthors are two instructors of a new database.
func twoAuthors(t *testing.T, data string) {
	t.Helper()
	for _, name := range []string{"ann", "bo"} {
		if got := try(t, "a sentence to remember\n", "user", "add", "-data", data, "-name", strings.ToUpper(name[:1])+name[1:], "-email", name+"@example.org", "-role", "instructor"); got.status != statusOK {
			t.Fatalf("%+v", got)
		}
	}
}

// TestAuthorInBrowser: an instructor writes a chart in the form, hears of a rule while typing, looks at it and publishes; a learner codes it at
// once; what another instructor wrote meanwhile is not lost and overwrites nothing.
func TestAuthorInBrowser(t *testing.T) {
	ctx := openBrowser(t)
	data := t.TempDir()
	twoAuthors(t, data)
	a := startProgram(t, "-data", data)
	const edit = "/teach/content/edit?path=quizzes%2Fcases%2Foffice%2Ftwo-visits.md"
	signInAs(t, ctx, a, "ann@example.org", "a sentence to remember")
	do(t, ctx, "begin a chart", chromedp.Navigate(a.url+"/teach/content"), chromedp.SetValue("#st-case-n", "Two visits", chromedp.ByQuery), chromedp.Submit("#st-case-n", chromedp.ByQuery),
		chromedp.WaitVisible("#text", chromedp.ByQuery), chromedp.Click(`button[value="form"]`, chromedp.ByQuery), chromedp.WaitVisible("#dx-0-code", chromedp.ByQuery))
	do(t, ctx, "name it", chromedp.SetValue("#f-title", "Two visits in one month", chromedp.ByQuery))
	// A header is refused while it is typed; the type-ahead offers what can be reported.
	do(t, ctx, "type a header", chromedp.Evaluate(`document.querySelector("#dx-0-code").value = ""`, nil), chromedp.SendKeys("#dx-0-code", "I11", chromedp.ByQuery),
		awaitJS(`[...document.querySelectorAll("#look .ct-problems li")].some(li => li.innerText.includes("header") && li.querySelector('a[href="#dx-0-code"]'))`))
	picture(t, ctx, "form-problem")
	do(t, ctx, "choose the code again", chromedp.Evaluate(`document.querySelector("#dx-0-code").value = ""`, nil), chromedp.SendKeys("#dx-0-code", "essential hypert", chromedp.ByQuery),
		awaitJS(`[...document.querySelectorAll(".ct-code [role=option] b")].some(b => b.textContent === "I10")`),
		chromedp.Evaluate(`[...document.querySelectorAll(".ct-code [role=option]")].find(li => li.querySelector("b").textContent === "I10").dispatchEvent(new PointerEvent("pointerdown", {bubbles: true}))`, nil),
		awaitJS(`document.querySelector("#dx-0-code").value === "I10" && document.querySelector("#look .good-text") !== null`))
	// Evidence is picked in the chart.
	do(t, ctx, "add a diagnosis", chromedp.Click(`button[value="add-dx"]`, chromedp.ByQuery), chromedp.WaitVisible("#dx-1-code", chromedp.ByQuery),
		awaitJS(`document.querySelector("#dx-0-code").value === "I10" && document.querySelector("#f-title").value.startsWith("Two visits")`),
	)
	do(t, ctx, "write the chart",
		chromedp.SetValue("#f-chart", "\n## Office note\n\nHypertension, well controlled. Lisinopril, refill for three months. Type 2 diabetes without complications, diet alone.\n", chromedp.ByQuery),
		chromedp.SendKeys("#dx-1-code", "E11.9", chromedp.ByQuery), chromedp.SetValue("#dx-1-why", "Named and managed.", chromedp.ByQuery), chromedp.SetValue("#dx-1-cites", "IV.J", chromedp.ByQuery),
		chromedp.Evaluate(`document.querySelector("#f-chart").dispatchEvent(new Event("input", {bubbles: true}))`, nil), awaitJS(`document.querySelector("#ct-chart").innerText.includes("diabetes")`))
	do(t, ctx, "pick evidence",
		chromedp.Evaluate(`(() => { const w = document.createTreeWalker(document.querySelector("#ct-chart"), NodeFilter.SHOW_TEXT); let n;
			while ((n = w.nextNode()) && !n.data.includes("Type 2")); const r = document.createRange(), at = n.data.indexOf("Type 2"); r.setStart(n, at); r.setEnd(n, at + 37);
			getSelection().removeAllRanges(); getSelection().addRange(r); })()`, nil),
		chromedp.Click(`button[data-into="dx-1-evidence"]`, chromedp.ByQuery), awaitJS(`document.querySelector("#dx-1-evidence").value === "Type 2 diabetes without complications"`))
	do(t, ctx, "see it marked", awaitJS(`document.querySelectorAll("#ct-chart mark").length >= 2`))
	picture(t, ctx, "form")
	do(t, ctx, "publish", chromedp.SetValue("#message", "First version", chromedp.ByQuery), chromedp.Click(`button[value="publish"]`, chromedp.ByQuery), chromedp.WaitVisible(".notice.good", chromedp.ByQuery))

	other := openBrowser(t)
	signInAs(t, other, a, "bo@example.org", "a sentence to remember")
	do(t, other, "open the file", chromedp.Navigate(a.url+edit), chromedp.WaitVisible("#text", chromedp.ByQuery))

	learner := openBrowser(t)
	do(t, learner, "a learner codes it", chromedp.Navigate(a.url+"/start?next=/cases/two-visits"), chromedp.Click(`form[action="/start"] button`, chromedp.ByQuery),
		chromedp.WaitVisible("#dx-0-code", chromedp.ByQuery), chromedp.SendKeys("#dx-0-code", "I10", chromedp.ByQuery), chromedp.SendKeys("#dx-1-code", "E11.9", chromedp.ByQuery),
		chromedp.SendKeys("#px-0-code", "99213", chromedp.ByQuery), chromedp.SendKeys("#px-0-ptr", "A", chromedp.ByQuery), chromedp.Click(`button[value="submit"]`, chromedp.ByQuery), chromedp.WaitVisible(".formula", chromedp.ByQuery))
	if s := textOf(t, learner, "main"); !strings.Contains(s, "100 %") {
		t.Errorf("the key does not earn 100 %%:\n%s", s)
	}

	replace := func(old, new string) chromedp.Action {
		return chromedp.Evaluate(`(() => { const t = document.querySelector("#text"); t.value = t.value.replace(`+"`"+old+"`, `"+new+"`"+`); t.dispatchEvent(new Event("input", {bubbles: true})); })()`, nil)
	}
	do(t, ctx, "change it on", chromedp.Navigate(a.url+edit), chromedp.WaitVisible("#text", chromedp.ByQuery), replace("diet alone", "diet and walking"), chromedp.Click(`button[value="draft"]`, chromedp.ByQuery), chromedp.WaitVisible(".notice.good", chromedp.ByQuery))
	do(t, other, "save beside it", replace("Two visits in one month", "Two visits"), chromedp.Click(`button[value="draft"]`, chromedp.ByQuery), chromedp.WaitVisible("#conflict", chromedp.ByQuery))
	picture(t, other, "conflict")
	do(t, other, "both are in the editor", awaitJS(`document.querySelector("#text").value.includes("title: Two visits\n") && document.querySelector("#text").value.includes("diet and walking") && document.querySelector("#theirs").value.includes("Two visits in one month")`),
		chromedp.SetValue("#message", "Merged", chromedp.ByQuery), chromedp.Click(`button[value="publish"]`, chromedp.ByQuery), chromedp.WaitVisible(".notice.good", chromedp.ByQuery), chromedp.Navigate(a.url+"/cases/two-visits"))
	if s := textOf(t, other, "main"); !strings.Contains(s, "diet and walking") {
		t.Errorf("the merged chart is not served:\n%s", s)
	}
	do(t, ctx, "the history has all", chromedp.Navigate(a.url+"/teach/content/history?path=quizzes%2Fcases%2Foffice%2Ftwo-visits.md"), awaitJS(`document.querySelectorAll("tbody tr").length === 3`))
	picture(t, ctx, "history")
	do(t, ctx, "list", chromedp.Navigate(a.url+"/teach/content?q=office"), chromedp.WaitVisible(".ct-rows", chromedp.ByQuery))
	picture(t, ctx, "list")
	do(t, ctx, "narrow", chromedp.EmulateViewport(390, 844), chromedp.Navigate(a.url+edit+"&view=form"), chromedp.WaitVisible("#dx-0-code", chromedp.ByQuery))
	picture(t, ctx, "form-narrow")
}

// contentPages writes a file in the browser of a member of staff, and gives the pages that there are then.
func contentPages(t *testing.T, ctx context.Context, a *app) []string {
	t.Helper()
	const file = "quizzes%2Fcases%2Foffice%2Faxe-chart.md"
	do(t, ctx, "write a draft", chromedp.Navigate(a.url+"/teach/content/edit?path="+file), chromedp.WaitVisible("#text", chromedp.ByQuery), chromedp.Click(`button[value="draft"]`, chromedp.ByQuery), chromedp.WaitVisible(".notice.good", chromedp.ByQuery),
		chromedp.Evaluate(`(() => { const t = document.querySelector("#text"); t.value = t.value.replace("I10", "I11"); })()`, nil), chromedp.Click(`button[value="draft"]`, chromedp.ByQuery), chromedp.WaitVisible(".ct-problems", chromedp.ByQuery))
	return []string{
		"/teach/content", "/teach/content?q=colles", "/teach/content?q=nothinglikeit", "/teach/content/edit?path=" + file, "/teach/content/edit?view=form&path=" + file, "/teach/content/history?revision=1&path=" + file,
		"/teach/content/diff?path=" + file, "/teach/content/diff?from=1&to=2&path=" + file, "/teach/content/edit?path=lessons%2Fcontent%2Fstart%2F99-axe.md", "/teach/content/edit?path=quizzes%2Fbank%2Fem%2Faxe.md", "/teach/content/edit?view=form&path=quizzes%2Fbank%2Fem%2Faxe.md",
	}
}
