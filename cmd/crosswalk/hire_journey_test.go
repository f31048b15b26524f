package main

import (
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestComposeHiringTest is the journey of composing: an employer begins with a shipped test, asks for more than there is and is told at once, saves,
// looks at it, sits it as a candidate does, and opens it. With CROSSWALK_AXE axe runs over every page of it.
func TestComposeHiringTest(t *testing.T) {
	employer := openBrowser(t)
	data := t.TempDir()
	if o := try(t, "a sentence to remember\n", "user", "add", "-name", "Colin", "-email", "colin@example.org", "-role", "employer", "-data", data); o.status != statusOK {
		t.Fatalf("user add: %+v", o)
	}
	a := start(t, "-data", data)
	do(t, employer, "sign in", chromedp.Navigate(a.url+"/signin"), chromedp.SetValue("#email", "colin@example.org", chromedp.ByQuery), chromedp.SetValue("#passphrase", "a sentence to remember", chromedp.ByQuery),
		chromedp.Click(`form.card button.primary`, chromedp.ByQuery), chromedp.WaitVisible("a.who", chromedp.ByQuery))
	do(t, employer, "begin with a shipped test", chromedp.Navigate(a.url+"/hire"), chromedp.Click(`a[href="/hire/new?from=inpatient"]`, chromedp.ByQuery), chromedp.WaitVisible("#check .notice.good", chromedp.ByQuery))
	do(t, employer, "ask for too much", chromedp.Evaluate(typeCharts("41"), nil), chromedp.WaitVisible("#check .notice.bad", chromedp.ByQuery))
	if s := textOf(t, employer, "#check"); !strings.Contains(s, "has 40 of 41") {
		t.Errorf("what the bank lacks:\n%s", s)
	}
	do(t, employer, "ask for less", chromedp.Evaluate(typeCharts("6"), nil), chromedp.WaitVisible("#check .notice.good", chromedp.ByQuery))
	var at string
	do(t, employer, "save", chromedp.Click(`#hire-form button[value="save"]`, chromedp.ByQuery), chromedp.WaitVisible(`form[action$="/open"] button`, chromedp.ByQuery), chromedp.Evaluate(`location.pathname`, &at))
	if s := textOf(t, employer, "main"); !strings.Contains(s, "6 charts, 28 questions") {
		t.Errorf("the overview:\n%s", s)
	}
	do(t, employer, "look as a candidate", chromedp.Click(`.es-tabs a[href$="/preview"]`, chromedp.ByQuery), chromedp.WaitVisible(".hire-item .chart", chromedp.ByQuery))
	var seat string
	do(t, employer, "sit it as a candidate", chromedp.Click(`form[action$="/preview/sit"] button`, chromedp.ByQuery), chromedp.WaitVisible(`a[href$="/consent"].primary`, chromedp.ByQuery),
		chromedp.Click(`a[href$="/consent"].primary`, chromedp.ByQuery), chromedp.WaitVisible("#agree", chromedp.ByQuery), chromedp.Click("#agree", chromedp.ByQuery), chromedp.Click(`#consent button[value="agree"]`, chromedp.ByQuery),
		chromedp.WaitVisible("#checks", chromedp.ByQuery), chromedp.Evaluate(`location.pathname.replace(/\/check$/, "")`, &seat))
	do(t, employer, "begin", chromedp.Navigate(a.url+seat), chromedp.Click(`form[action$="/start"] button`, chromedp.ByQuery),
		chromedp.WaitVisible("#room-form", chromedp.ByQuery), chromedp.WaitVisible(".preview-bar", chromedp.ByQuery))
	axePages(t, employer, a.url, "/sit")
	do(t, employer, "leave it", chromedp.Navigate(a.url+"/sit"), chromedp.Click(".preview-bar button", chromedp.ByQuery), chromedp.WaitVisible(`form[action$="/preview/drop"] button`, chromedp.ByQuery))
	do(t, employer, "open it", chromedp.Navigate(a.url+at), chromedp.Click(`form[action$="/open"] button`, chromedp.ByQuery), chromedp.WaitVisible(`form[action$="/close"] button`, chromedp.ByQuery))
	if os.Getenv("CROSSWALK_AXE") == "" {
		return
	}
	visitWithAxe(t, employer, axeScript(t), a.url, []string{"/hire", "/hire/new", "/hire/new?from=ed", at, at + "/edit", at + "/preview"})
}

// typeCharts is a script that types a number of inpatient charts.
func typeCharts(n string) string {
	return `(() => { const i = document.getElementById("charts.inpatient"); i.value = "` + n + `"; i.dispatchEvent(new Event("input", { bubbles: true })) })()`
}
