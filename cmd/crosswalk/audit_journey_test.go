package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"crosswalk/quizzes/audit"
)

// TestAuditDrills is the journey of someone who audits claims: begin as a visitor, choose by keyboard, mend the claim in place, hand in, read
// why, and go to the next drill by one key; close everything in the middle of a drill and find it open the next day; go Back and count nothing twice.
func TestAuditDrills(t *testing.T) {
	ctx := openBrowser(t)
	data := t.TempDir()
	a := startProgram(t, "-data", data)
	do(t, ctx, "find audits under practice", chromedp.Navigate(a.url+"/practice"), chromedp.Click(`.audits-card a.button`, chromedp.ByQuery), chromedp.WaitVisible(`select#setting`, chromedp.ByQuery))
	do(t, ctx, "begin with charts of the emergency department", chromedp.SetValue(`select#setting`, "ed", chromedp.ByQuery), chromedp.Click(`.audit-start button`, chromedp.ByQuery),
		chromedp.WaitVisible(`form#audit`, chromedp.ByQuery))
	if s := textOf(t, ctx, ".audit-run"); !strings.Contains(s, "Drill 1") || !strings.Contains(s, "Emergency") {
		t.Errorf("the drill says of itself: %s", s)
	}

	var second string // of the chart that was drawn: another diagnosis, or the first procedure
	do(t, ctx, "the second line", chromedp.Evaluate(`document.querySelectorAll('input[name="line"]')[1].value`, &second))
	do(t, ctx, "a line by keyboard unfolds what is to be mended",
		chromedp.Focus(`input[name="line"][value="dx-1"]`, chromedp.ByQuery), chromedp.KeyEvent(kb.ArrowDown),
		awaitJS(fmt.Sprintf(`document.querySelector('input[name="line"]:checked').value === %q && document.querySelector("#audit-mend").open`, second)))
	var rows int
	do(t, ctx, "count the lines", chromedp.Evaluate(`window.stayed = true; document.querySelectorAll('#audit-mend ol[data-kind="dx"] > li').length`, &rows))
	last, up := fmt.Sprintf("#dx-%d-code", rows), fmt.Sprintf("#dx-%d-code", rows-1)
	do(t, ctx, "add, move and remove lines without leaving the page",
		chromedp.Click(`#audit-mend button[value="add-dx"]`, chromedp.ByQuery), awaitJS(fmt.Sprintf(`document.activeElement === document.querySelector(%q)`, last)),
		chromedp.SendKeys(last, "R10.9", chromedp.ByQuery),
		chromedp.Click(fmt.Sprintf(`#audit-mend button[value="up-dx-%d"]`, rows), chromedp.ByQuery), awaitJS(fmt.Sprintf(`document.querySelector(%q).value === "R10.9" && document.activeElement === document.querySelector(%q)`, up, up)),
		chromedp.Click(fmt.Sprintf(`#audit-mend button[value="remove-dx-%d"]`, rows-1), chromedp.ByQuery),
		awaitJS(fmt.Sprintf(`window.stayed === true && document.querySelectorAll('#audit-mend ol[data-kind="dx"] > li').length === %d`, rows)))
	do(t, ctx, "look a code up by words", chromedp.Evaluate(`document.querySelector("#dx-0-code").value = ""`, nil), chromedp.SendKeys("#dx-0-code", "hypertension", chromedp.ByQuery),
		awaitJS(`document.querySelectorAll("#dx-0 [role=option] b").length > 0`), chromedp.SendKeys("#dx-0-code", kb.ArrowDown, chromedp.ByQuery), awaitJS(`document.querySelector("#dx-0 [aria-selected=true]") !== null`),
		chromedp.SendKeys("#dx-0-code", kb.Enter, chromedp.ByQuery), awaitJS(`/^[A-Z][0-9]/.test(document.querySelector("#dx-0-code").value) && document.querySelector("#dx-0 .line-title").textContent !== ""`))
	do(t, ctx, "handing in without a kind says what is missing", chromedp.Click(`.sheet-foot button`, chromedp.ByQuery), chromedp.WaitVisible("#audit-errors", chromedp.ByQuery),
		awaitJS(fmt.Sprintf(`document.activeElement.id === "audit-errors" && document.querySelector('input[name="line"]:checked').value === %q`, second)))

	// The laptop is closed in the middle of the drill. It is the same one afterwards.
	var claim, address string
	do(t, ctx, "remember the drill", chromedp.Evaluate(`document.querySelector('input[name="claim"]').value`, &claim), chromedp.Location(&address))
	port := a.url[strings.LastIndex(a.url, ":")+1:]
	if status := a.stop(); status != statusOK {
		t.Fatalf("stopped with %d", status)
	}
	a = startProgram(t, "-addr", "127.0.0.1:"+port, "-data", data)
	do(t, ctx, "come back", chromedp.Navigate(a.url+"/practice/audits"), chromedp.Click(`.rows a`, chromedp.ByQuery), chromedp.WaitVisible("form#audit", chromedp.ByQuery),
		awaitJS(fmt.Sprintf(`document.querySelector('input[name="claim"]').value === %q`, claim)))

	answer := func(what string) {
		t.Helper()
		do(t, ctx, what, chromedp.Click(`input[name="line"][value="none"]`, chromedp.ByQuery), awaitJS(`!document.querySelector("#audit-mend").open`),
			chromedp.Click(`.sheet-foot button`, chromedp.ByQuery), chromedp.WaitVisible(".audit-figures", chromedp.ByQuery))
	}
	answer("hand in")
	var score, at string
	do(t, ctx, "read the result", chromedp.Evaluate(`document.querySelector(".audit-figures dd").firstChild.textContent`, &score), chromedp.Location(&at))
	if at != address {
		t.Errorf("the result is at %s, the drill was at %s", at, address)
	}
	do(t, ctx, "next by one key", chromedp.KeyEvent("n"), chromedp.WaitVisible("form#audit", chromedp.ByQuery), awaitJS(`document.querySelector(".audit-run").textContent.includes("Drill 2")`))
	do(t, ctx, "Back shows the result, and nothing to send again", chromedp.NavigateBack(), chromedp.WaitVisible(".audit-figures", chromedp.ByQuery),
		awaitJS(fmt.Sprintf(`document.querySelector("form#audit") === null && document.querySelector(".audit-figures dd").firstChild.textContent === %q`, score)))
	for n := 2; n <= 10; n++ { // without end: among ten drills some have a fault, which the result tells
		do(t, ctx, "next", chromedp.Click("#next", chromedp.ByQuery), chromedp.WaitVisible("form#audit", chromedp.ByQuery))
		answer(fmt.Sprint("drill ", n))
	}
	if s := textOf(t, ctx, ".page-head"); !strings.Contains(s, "of 10") {
		t.Errorf("the tally after ten: %s", s)
	}
	do(t, ctx, "progress", chromedp.Navigate(a.url+"/progress/record"), chromedp.WaitVisible(`a[href^="/practice/audits/attempts/"]`, chromedp.ByQuery),
		chromedp.Click(`a[href^="/practice/audits/attempts/"]`, chromedp.ByQuery), chromedp.WaitVisible(".audit-figures", chromedp.ByQuery))

	// The command line makes the same drills: a report that is right there is right.
	got := try(t, "", "audit", "draw", "ed-chest-pain", "-seed", "5", "-json", "-answer")
	var d drawn
	if err := json.Unmarshal([]byte(got.out), &d); err != nil || got.status != statusOK {
		t.Fatalf("draw: %v %+v", err, got)
	}
	report := audit.Report{Line: audit.NoFault}
	if f := d.Fault.Fault; f != nil {
		report = audit.Report{Line: f.Lines[0], Kind: f.Kind}
	}
	b, err := json.Marshal(report)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "report.json")
	if err := os.WriteFile(file, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := try(t, "", "audit", "grade", "ed-chest-pain", "-seed", "5", file); got.status != statusOK || !strings.Contains(got.out, "found    4.00 / 4.00") {
		t.Errorf("grade: %+v", got)
	}
}
