package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// theChart is the case in which the journeys below mark words: a CT report with one diagnosis and one procedure.
const theChart = "/cases/radiology-ct-ureteral-stone"

// wordsOf gives the middle of a phrase's first and last word in the chart, after it was brought into view.
func wordsOf(t *testing.T, ctx context.Context, phrase string) (x1, y1, x2, y2 float64) {
	t.Helper()
	var at []float64
	do(t, ctx, "find "+phrase, chromedp.Evaluate(fmt.Sprintf(`(() => {
		const words = [...document.querySelectorAll("#chart .w")], want = %q.split(" ");
		const i = words.findIndex((_, n) => want.every((x, k) => words[n + k]?.textContent.startsWith(x)));
		if (i < 0) return [];
		const a = words[i], b = words[i + want.length - 1];
		a.scrollIntoView({ block: "center" });
		const p = a.getBoundingClientRect(), q = b.getBoundingClientRect();
		return [p.x + 2, p.y + p.height / 2, q.right - 2, q.y + q.height / 2];
	})()`, phrase), &at))
	if len(at) != 4 {
		t.Fatalf("the chart has no %q", phrase)
	}
	return at[0], at[1], at[2], at[3]
}

// drag selects words with the mouse, as a hand does.
func drag(t *testing.T, ctx context.Context, phrase string) {
	t.Helper()
	x1, y1, x2, y2 := wordsOf(t, ctx, phrase)
	do(t, ctx, "drag over "+phrase,
		chromedp.MouseEvent(input.MousePressed, x1, y1, chromedp.ButtonLeft, chromedp.ClickCount(1)),
		chromedp.MouseEvent(input.MouseMoved, (x1+x2)/2, (y1+y2)/2, chromedp.ButtonLeft),
		chromedp.MouseEvent(input.MouseMoved, x2, y2, chromedp.ButtonLeft),
		chromedp.MouseEvent(input.MouseReleased, x2, y2, chromedp.ButtonLeft, chromedp.ClickCount(1)))
}

func tap(t *testing.T, ctx context.Context, x, y float64) {
	t.Helper()
	do(t, ctx, "tap", input.DispatchTouchEvent(input.TouchStart, []*input.TouchPoint{{X: x, Y: y}}), input.DispatchTouchEvent(input.TouchEnd, []*input.TouchPoint{}))
}

// wantMarks waits until a line has these phrases below it and no others.
func wantMarks(t *testing.T, ctx context.Context, id string, want ...string) {
	t.Helper()
	list, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	read := fmt.Sprintf(`JSON.stringify([...document.querySelectorAll("#%s .ev-list:not([hidden]) q")].map((q) => q.textContent))`, id)
	step, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	if err := chromedp.Run(step, chromedp.Poll(fmt.Sprintf(`%s === %s`, read, strconv.Quote(string(list))), nil, chromedp.WithPollingTimeout(8*time.Second), chromedp.WithPollingInterval(50*time.Millisecond))); err != nil {
		var got string
		do(t, ctx, "marks of "+id, chromedp.Evaluate(read, &got))
		t.Fatalf("%s has the marks %s, want %s", id, got, list)
	}
}

func openChart(t *testing.T, ctx context.Context, a *app) {
	t.Helper()
	do(t, ctx, "begin", chromedp.Navigate(a.url), chromedp.Click(`form[action="/start"] button`, chromedp.ByQuery), chromedp.WaitVisible(`article[data-lesson]`, chromedp.ByQuery),
		chromedp.Navigate(a.url+theChart), awaitJS(`document.querySelectorAll("#chart .w").length > 100`))
}

var draftSaved = awaitJS(`document.querySelector("#save-state").textContent.includes("Draft saved")`)

// handIn hands the sheet in and reads what the result says of the marks.
func handIn(t *testing.T, ctx context.Context) (overlaps []string) {
	t.Helper()
	do(t, ctx, "hand in", chromedp.Click(`.sheet-foot button[value=submit]`, chromedp.ByQuery), chromedp.WaitVisible(".figures.four", chromedp.ByQuery),
		chromedp.Evaluate(`[...document.querySelectorAll(".overlap")].map((s) => s.getAttribute("aria-label"))`, &overlaps))
	return overlaps
}

// TestMarkByMouse drags over words, takes a mark back, goes away and comes back, and reads the result.
func TestMarkByMouse(t *testing.T) {
	ctx := openBrowser(t)
	a := shared(t)
	openChart(t, ctx, a)
	do(t, ctx, "code a line", chromedp.SendKeys("#dx-0-code", "N13.2", chromedp.ByQuery), chromedp.SendKeys("#px-0-code", "74176", chromedp.ByQuery),
		chromedp.SendKeys("#px-0-mods", "26", chromedp.ByQuery), chromedp.SendKeys("#px-0-ptr", "A", chromedp.ByQuery), chromedp.Focus("#dx-0-code", chromedp.ByQuery))
	drag(t, ctx, "Obstructing 5 mm calculus in the distal right ureter")
	wantMarks(t, ctx, "dx-0", "Obstructing 5 mm calculus in the distal right ureter")

	// What touches a mark becomes one with it; another line has its own.
	drag(t, ctx, "distal right ureter with mild hydronephrosis")
	wantMarks(t, ctx, "dx-0", "Obstructing 5 mm calculus in the distal right ureter with mild hydronephrosis")
	do(t, ctx, "the procedure", chromedp.Focus("#px-0-code", chromedp.ByQuery))
	drag(t, ctx, "without oral or intravenous contrast")
	drag(t, ctx, "Normal appendix")
	wantMarks(t, ctx, "px-0", "without oral or intravenous contrast", "Normal appendix")
	var letters []string
	do(t, ctx, "letters in the chart", chromedp.Evaluate(`[...document.querySelectorAll("#chart .w[data-mk]")].map((w) => w.dataset.mk)`, &letters))
	if !slices.Equal(letters, []string{"1", "A", "1"}) {
		t.Errorf("the chart shows the letters %q", letters)
	}
	do(t, ctx, "take one back", chromedp.Click(`#px-0 .ev-list li:nth-child(2) button`, chromedp.ByQuery))
	wantMarks(t, ctx, "px-0", "without oral or intravenous contrast")
	do(t, ctx, "the draft", awaitJS(`document.querySelector("#save-state").textContent.includes("Draft saved")`))

	// A line that moves takes its marks along.
	do(t, ctx, "move the line", chromedp.Click(`button[value="down-dx-0"]`, chromedp.ByQuery), awaitJS(`document.querySelector("#dx-1 .ev-list q") !== null && document.querySelector("#dx-0 .ev-list q") === null`),
		awaitJS(`[...document.querySelectorAll("#chart .w[data-mk]")].map((w) => w.dataset.mk).join() === "1,B"`),
		chromedp.Click(`button[value="up-dx-1"]`, chromedp.ByQuery), draftSaved)

	// Reload, and another tab, which is told when it would write over the first.
	do(t, ctx, "reload", chromedp.Sleep(900*time.Millisecond), draftSaved, chromedp.Reload(), awaitJS(`document.querySelectorAll("#chart .w.mk").length > 5`))
	wantMarks(t, ctx, "dx-0", "Obstructing 5 mm calculus in the distal right ureter with mild hydronephrosis")
	other, cancel := openWindow(t, ctx)
	defer cancel()
	do(t, other, "second tab", chromedp.Navigate(a.url+theChart), awaitJS(`document.querySelectorAll("#chart .w.mk").length > 5`), chromedp.SendKeys("#dx-1-code", "K57.30", chromedp.ByQuery), chromedp.Sleep(1200*time.Millisecond), draftSaved)
	do(t, ctx, "first tab again", page.BringToFront(), chromedp.Focus("#dx-0-code", chromedp.ByQuery))
	drag(t, ctx, "Right kidney slightly swollen")
	do(t, ctx, "it is told, and keeps its own", chromedp.WaitVisible("#draft-choice", chromedp.ByQuery), chromedp.Click("#draft-choice button", chromedp.ByQuery), draftSaved)
	wantMarks(t, ctx, "dx-0", "Right kidney slightly swollen", "Obstructing 5 mm calculus in the distal right ureter with mild hydronephrosis")

	// A double click hands in once.
	do(t, ctx, "double click", chromedp.ActionFunc(func(ctx context.Context) error {
		return chromedp.Run(ctx, chromedp.DoubleClick(`.sheet-foot button[value=submit]`, chromedp.ByQuery))
	}), chromedp.WaitVisible(".figures.four", chromedp.ByQuery))
	var overlaps, own []string
	var heading, where string
	do(t, ctx, "the result", chromedp.Location(&where), chromedp.Text("h1", &heading, chromedp.ByQuery), chromedp.Evaluate(`[...document.querySelectorAll(".overlap")].map((s) => s.getAttribute("aria-label"))`, &overlaps),
		chromedp.Evaluate(`[...document.querySelectorAll('.chart mark[data-ev^="m"]')].map((m) => m.textContent)`, &own))
	if !slices.Equal(overlaps, []string{"12 of 12 words; 3 more", "5 of 6 words; 0 more"}) {
		t.Errorf("the overlap is told as %q", overlaps)
	}
	axeHere(t, ctx)
	if !strings.Contains(heading, "try 1") || !slices.Contains(own, "Right kidney slightly swollen") {
		t.Errorf("%s; one's own words lit in the chart: %q", heading, own)
	}

	// Back shows the sheet as a new page, ready for another try.
	do(t, ctx, "back", chromedp.NavigateBack(), awaitJS(`document.querySelectorAll("#chart .w").length > 100 && document.querySelector("#dx-0-code") !== null`))
	do(t, ctx, "mend", chromedp.Navigate(where), chromedp.WaitVisible(".figures.four", chromedp.ByQuery), chromedp.Click(`a[href*="?from="]`, chromedp.ByQuery), chromedp.WaitVisible("#dx-0 .ev-list q", chromedp.ByQuery))
	wantMarks(t, ctx, "dx-0", "Right kidney slightly swollen", "Obstructing 5 mm calculus in the distal right ureter with mild hydronephrosis")
}

// TestMarkByKeyboard uses no mouse from the first letter to the result.
func TestMarkByKeyboard(t *testing.T) {
	ctx := openBrowser(t)
	a := shared(t)
	openChart(t, ctx, a)
	press := func(keys string, n int, mod ...input.Modifier) chromedp.Action {
		return chromedp.ActionFunc(func(ctx context.Context) error {
			for range n {
				var opts []chromedp.KeyOption
				if len(mod) > 0 {
					opts = append(opts, chromedp.KeyModifiers(mod...))
				}
				if err := chromedp.KeyEvent(keys, opts...).Do(ctx); err != nil {
					return err
				}
			}
			return nil
		})
	}
	atWord := func(want string) chromedp.Action {
		return awaitJS(fmt.Sprintf(`document.querySelector("#chart .cur")?.textContent === %q`, want))
	}
	do(t, ctx, "into the chart", chromedp.Focus("#dx-0-code", chromedp.ByQuery), press("N13.2", 1), press("m", 1, input.ModifierAlt), awaitJS(`document.activeElement.id === "chart" && document.querySelector("#chart .cur") !== null`))
	// Sentence by sentence to the impression.
	do(t, ctx, "to the sentence", chromedp.ActionFunc(func(ctx context.Context) error {
		for range 120 {
			var word string
			if err := chromedp.Run(ctx, chromedp.KeyEvent(kb.ArrowDown), chromedp.Evaluate(`document.querySelector("#chart .cur").textContent`, &word)); err != nil {
				return err
			}
			if word == "Obstructing" {
				return nil
			}
		}
		return fmt.Errorf("no sentence begins with Obstructing")
	}))
	var covered bool
	do(t, ctx, "the cursor is not under the bar", chromedp.Evaluate(`document.querySelector("#chart .cur").getBoundingClientRect().bottom > document.querySelector("#mark-bar").getBoundingClientRect().top`, &covered))
	if covered {
		t.Error("the word one stands on lies under the bar")
	}
	do(t, ctx, "select eight words and mark them", press(kb.ArrowRight, 8, input.ModifierShift), atWord("ureter"), press(kb.Enter, 1), awaitJS(`document.querySelector("#dx-0 .ev-list q") !== null`))
	wantMarks(t, ctx, "dx-0", "Obstructing 5 mm calculus in the distal right ureter")
	do(t, ctx, "and the rest of the sentence", press(kb.End, 1, input.ModifierShift), press(kb.Enter, 1), atWord("hydronephrosis."))
	wantMarks(t, ctx, "dx-0", "Obstructing 5 mm calculus in the distal right ureter with mild hydronephrosis")
	do(t, ctx, "unmark, and mark the whole sentence at once", press(kb.Delete, 1), awaitJS(`document.querySelector("#dx-0 .ev-list q") === null`),
		press(kb.Home, 1), atWord("Obstructing"), press(kb.ArrowDown, 1, input.ModifierShift), press(kb.Enter, 1), awaitJS(`document.querySelector("#dx-0 .ev-list q") !== null`))
	wantMarks(t, ctx, "dx-0", "Obstructing 5 mm calculus in the distal right ureter with mild hydronephrosis")
	var said string
	do(t, ctx, "what is said", chromedp.Text("#announce", &said, chromedp.ByQuery))
	if !strings.Contains(said, "A") || !strings.Contains(said, "hydronephrosis") {
		t.Errorf("a screen reader hears %q", said)
	}
	do(t, ctx, "back to the line", press(kb.Escape, 1), awaitJS(`document.activeElement.id === "dx-0-code"`))
	do(t, ctx, "the draft", draftSaved)
	do(t, ctx, "hand in", chromedp.Focus(`.sheet-foot button[value=submit]`, chromedp.ByQuery), press(kb.Enter, 1), chromedp.WaitVisible(".figures.four", chromedp.ByQuery))
	var overlap string
	do(t, ctx, "the result", chromedp.AttributeValue(".overlap", "aria-label", &overlap, nil, chromedp.ByQuery))
	if overlap != "12 of 12 words; 0 more" {
		t.Errorf("the overlap is told as %q", overlap)
	}
}

// TestMarkByTouch taps on a phone: the first word, the last, and the button.
func TestMarkByTouch(t *testing.T) {
	ctx := openBrowser(t)
	a := shared(t)
	do(t, ctx, "a phone", chromedp.EmulateViewport(390, 844, chromedp.EmulateTouch, chromedp.EmulateMobile), emulation.SetTouchEmulationEnabled(true))
	openChart(t, ctx, a)
	do(t, ctx, "code", chromedp.SetValue("#dx-0-code", "N13.2", chromedp.ByQuery), chromedp.Evaluate(`document.querySelector("#dx-0-code").dispatchEvent(new Event("input", {bubbles: true}))`, nil),
		chromedp.Evaluate(`document.querySelector(".chart").scrollIntoView()`, nil))
	do(t, ctx, "from a line to the chart", chromedp.Click("#dx-0 .ev-mark", chromedp.ByQuery), awaitJS(`(() => { const r = document.querySelector(".chart").getBoundingClientRect(); return r.top > 40 && r.top < 200; })()`))
	x1, y1, _, _ := wordsOf(t, ctx, "Obstructing 5 mm")
	tap(t, ctx, x1, y1)
	do(t, ctx, "one word is chosen", awaitJS(`document.querySelector("#chart .cur")?.textContent === "Obstructing" && !document.querySelector("#mark-do").disabled`))
	_, _, x2, y2 := wordsOf(t, ctx, "Obstructing 5 mm calculus in the distal right ureter with mild hydronephrosis")
	tap(t, ctx, x2, y2)
	do(t, ctx, "twelve words are chosen", awaitJS(`document.querySelectorAll("#chart .sel").length === 12`))
	var at []float64
	do(t, ctx, "the button", chromedp.Evaluate(`(() => { const r = document.querySelector("#mark-do").getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()`, &at))
	tap(t, ctx, at[0], at[1])
	do(t, ctx, "it is marked", awaitJS(`document.querySelector("#dx-0 .ev-list q") !== null`))
	wantMarks(t, ctx, "dx-0", "Obstructing 5 mm calculus in the distal right ureter with mild hydronephrosis")
	do(t, ctx, "the draft", draftSaved)
	axeHere(t, ctx)
	if got := handIn(t, ctx); len(got) == 0 || got[0] != "12 of 12 words; 0 more" {
		t.Errorf("the overlap is told as %q", got)
	}
}

// TestQueryJourney asks a query: the reason, the indicators marked in the chart, the wording; and reads it as a checklist.
func TestQueryJourney(t *testing.T) {
	ctx := openBrowser(t)
	a := shared(t)
	openChart(t, ctx, a)
	do(t, ctx, "the chart", chromedp.Navigate(a.url+"/cases/inp-pneumonia-sodium"), awaitJS(`document.querySelectorAll("#chart .w").length > 100`),
		chromedp.SendKeys("#dx-0-code", "J18.9", chromedp.ByQuery), chromedp.SetValue("#dx-0-poa", "Y", chromedp.ByQuery))
	var hidden bool
	do(t, ctx, "who needs none has nothing to fill in", chromedp.Click("#query-no", chromedp.ByQuery), chromedp.Evaluate(`document.querySelector(".query-more").offsetParent === null`, &hidden))
	if !hidden {
		t.Error("the parts of a query are shown to someone who asks none")
	}
	axeHere(t, ctx)
	do(t, ctx, "ask", chromedp.Click("#query-yes", chromedp.ByQuery), chromedp.SetValue("#query-reason", "clinical indicators without a diagnosis", chromedp.ByQuery),
		chromedp.Evaluate(`document.querySelector("#query-reason").dispatchEvent(new Event("input", {bubbles: true}))`, nil), chromedp.Focus("#query-reason", chromedp.ByQuery),
		awaitJS(`document.querySelector("#mark-for").selectedOptions[0].textContent === "Query"`))
	drag(t, ctx, "hypertonic saline 3 % at 30 mL/h")
	drag(t, ctx, "Na 119")
	drag(t, ctx, "Sodium checks every 4 hours")
	do(t, ctx, "the marks", awaitJS(`document.querySelectorAll(".query-indicators .ev-list q").length === 3 && [...document.querySelectorAll("#chart .w[data-mk]")].every((w) => w.dataset.mk === "Q")`),
		chromedp.Click(`.wordings input[value="2"]`, chromedp.ByQuery), chromedp.Sleep(900*time.Millisecond), draftSaved)
	axeHere(t, ctx)
	do(t, ctx, "it is kept", chromedp.Reload(), awaitJS(`document.querySelectorAll(".query-indicators .ev-list q").length === 3 && document.querySelector("#query-yes").checked`))
	overlaps := handIn(t, ctx)
	var ticks []string
	do(t, ctx, "the checklist", chromedp.Evaluate(`[...document.querySelectorAll(".rcheck > .rparts > li")].map((li) => (li.classList.contains("ok") ? "ok " : "off ") + li.querySelector(".rcomp").textContent)`, &ticks))
	if want := []string{"ok Right to ask", "ok Reason", "ok Indicators", "ok Wording"}; !slices.Equal(ticks, want) {
		t.Errorf("the checklist is %q", ticks)
	}
	if !slices.Equal(overlaps, []string{"14 of 20 words; 0 more"}) {
		t.Errorf("the indicators are told as %q", overlaps)
	}
	axeHere(t, ctx)
}

// TestGridJourney fills the E/M grid and reads it beside the chart's, with the words that decide a column lit.
func TestGridJourney(t *testing.T) {
	ctx := openBrowser(t)
	a := shared(t)
	openChart(t, ctx, a)
	do(t, ctx, "the visit", chromedp.Navigate(a.url+"/cases/office-asthma-flare"), chromedp.SendKeys("#dx-0-code", "J45.41", chromedp.ByQuery), chromedp.SendKeys("#px-0-code", "99213", chromedp.ByQuery),
		chromedp.SendKeys("#em-problems", "Moderate", chromedp.ByQuery), chromedp.SendKeys("#em-data", "Moderate", chromedp.ByQuery), chromedp.SendKeys("#em-risk", "Moderate", chromedp.ByQuery),
		chromedp.Click(".em-table summary", chromedp.ByQuery), chromedp.Sleep(900*time.Millisecond), draftSaved)
	axeHere(t, ctx)
	handIn(t, ctx)
	var rows []string
	do(t, ctx, "the grid", chromedp.Evaluate(`[...document.querySelectorAll(".em-grid tbody tr")].map((r) => r.className + " " + r.querySelector("th").textContent + " " + r.querySelector("td:last-child").textContent)`, &rows))
	if want := []string{"yes problems moderate", "no data limited", "yes risk moderate", "yes level 99214"}; !slices.Equal(rows, want) {
		t.Errorf("the grid is told as %q, want %q", rows, want)
	}
	do(t, ctx, "words in the chart", chromedp.Click(`.revidence[data-ev] a`, chromedp.ByQuery), awaitJS(`[...document.querySelectorAll(".chart mark.lit")].some((m) => m.textContent.includes("acute exacerbation"))`))
	axeHere(t, ctx)
}

// axeHere runs axe on the page as it stands, where CROSSWALK_AXE names it.
func axeHere(t *testing.T, ctx context.Context) {
	t.Helper()
	path := os.Getenv("CROSSWALK_AXE")
	if path == "" {
		return
	}
	axe, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var violations []string
	do(t, ctx, "axe", chromedp.Evaluate(string(axe)+";0", nil),
		chromedp.Evaluate(`axe.run(document,{runOnly:["wcag2a","wcag2aa","wcag21aa","wcag22aa","best-practice"]}).then(r=>r.violations.map(v=>v.id+": "+v.nodes.slice(0,3).map(n=>n.target.join(" ")+" "+n.failureSummary.replace(/\s+/g," ").slice(0,220)).join(" | ")))`,
			&violations, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
	for _, v := range violations {
		t.Error(v)
	}
}
