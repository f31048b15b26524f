package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// roomIs waits until the room shows an item, counted from 1.
func roomIs(t *testing.T, ctx context.Context, item int) {
	t.Helper()
	until(t, ctx, fmt.Sprintf("item %d", item), fmt.Sprintf(`document.querySelector("#room-body")?.hidden === false && document.querySelector("#item-head").textContent.startsWith("Item %d of")`, item))
}

// saved waits until the room says that the server has everything.
func saved(t *testing.T, ctx context.Context) {
	t.Helper()
	until(t, ctx, "all saved", `document.querySelector("#room-save").className.endsWith("saved") && !Object.keys(localStorage).some(k => k.startsWith("crosswalk:exam:"))`)
}

// awaitPromise has a script's promise waited for.
func awaitPromise(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }

// startExam starts an exam from its page and waits for the room.
func startExam(t *testing.T, ctx context.Context, base, exam string) {
	t.Helper()
	do(t, ctx, "page of "+exam, chromedp.Navigate(base+"/exams/"+exam), chromedp.WaitVisible(`form[action$="/start"]`, chromedp.ByQuery), chromedp.Click(`form[action$="/start"] button.primary`, chromedp.ByQuery))
	until(t, ctx, "the room", `document.querySelector("#do-next") !== null && document.querySelector("#pal-items li") !== null`)
}

// writeExams writes small exams of fixed lists into a folder of content: every kind of item in one, and variants of the rules.
func writeExams(t testing.TB, dir string) {
	t.Helper()
	exams := filepath.Join(dir, "quizzes", "exams")
	if err := os.MkdirAll(exams, 0o755); err != nil {
		t.Fatal(err)
	}
	write := func(id, rules string, questions []string, charts string) {
		var b strings.Builder
		fmt.Fprintf(&b, "id: %s\nname: Test of %s\npass: {percent: 70}\n%squestions:\n", id, id, rules)
		for _, q := range questions {
			fmt.Fprintf(&b, "  - %s\n", q)
		}
		b.WriteString(charts)
		if err := os.WriteFile(filepath.Join(exams, id+".yaml"), []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	singles := singleQuestions(t, 6)
	write("every-kind", "minutes: 60\nbook: open\nfeedback: after\nnavigation: free\nwarn_minutes: [30, 5]\n", oneOfEachKind(t), "charts: {cases: [ed-colles-fracture]}\n")
	write("six", "minutes: 60\nbook: closed\nfeedback: after\nnavigation: free\nwarn_minutes: [30, 5]\n", singles, "")
	write("one-way", "minutes: 60\nbook: closed\nfeedback: after\nnavigation: forward\nbreaks: {count: 1, minutes: 5, lock: true}\n", singles[:4], "")
	write("each-item", "book: closed\nfeedback: each\nnavigation: free\n", singles[:3], "")
	write("one-minute", "minutes: 1\nbook: closed\nfeedback: after\nnavigation: free\n", singles[:2], "")
}

func singleQuestions(t testing.TB, n int) []string {
	t.Helper()
	c, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, q := range c.bank.Questions() {
		if string(q.Kind) == "single" && q.Group == "" && len(q.Options) >= 4 && len(out) < n && (len(out) == 0 || len(out)%2 == 0 || q.Area != "anatomy") {
			out = append(out, q.ID)
		}
	}
	return out
}

// TestExamByMouse: every kind of item answered by mouse, with flag, struck options, highlights and a note; a reload shows it all again; the
// review names what is missing; handing in leads to the report and Back does not lead into the room again.
func TestExamByMouse(t *testing.T) {
	ctx := openBrowser(t)
	a := shared(t)
	startExam(t, ctx, a.url, "every-kind")
	var kinds []string
	do(t, ctx, "the kinds of the items", chromedp.Evaluate(`fetch(location.pathname + "/form", {headers: {Accept: "application/json"}}).then(r => r.json()).then(f => f.items.map(i => i.kind))`, &kinds, awaitPromise))
	if len(kinds) != 8 {
		t.Fatalf("the form has %v", kinds)
	}
	for i, kind := range kinds {
		n := i + 1
		roomIs(t, ctx, n)
		answer := map[string][]chromedp.Action{
			"single": {chromedp.Click(`#room-form label.choice`, chromedp.ByQuery), awaitJS(`document.querySelector("#choice-0").checked`),
				chromedp.Click(`#room-form .room-choice:nth-of-type(2) .strike`, chromedp.ByQuery), awaitJS(`document.querySelector(".room-choice.struck #choice-1") !== null`),
				chromedp.Click(`#do-flag`, chromedp.ByQuery), awaitJS(`document.querySelector("#do-flag").getAttribute("aria-pressed") === "true"`)},
			"multiple": {chromedp.Evaluate(`for (const c of document.querySelectorAll("#room-form label.choice")) c.click()`, nil), // more than are to be chosen: the rest is refused
				awaitJS(`document.querySelector('#pal-items [data-pos="1"]').classList.contains("answered")`)},
			"codes":  {chromedp.SendKeys(`#room-form .code-input`, "I10", chromedp.ByQuery)},
			"number": {chromedp.SendKeys("#value", "4", chromedp.ByQuery)},
			"text":   {chromedp.SendKeys("#value", "word", chromedp.ByQuery)},
			"order":  {chromedp.SetValue(`select[name="place.0"]`, "2", chromedp.ByQuery), chromedp.Evaluate(`document.querySelector('select[name="place.0"]').dispatchEvent(new Event("change", {bubbles: true}))`, nil)},
			"match":  {chromedp.SetValue(`select[name="place.0"]`, "1", chromedp.ByQuery), chromedp.Evaluate(`document.querySelector('select[name="place.0"]').dispatchEvent(new Event("change", {bubbles: true}))`, nil)},
			"case":   {chromedp.SendKeys(`#dx-0-code`, "S52.531A", chromedp.ByQuery), chromedp.SendKeys(`#px-0-code`, "25605", chromedp.ByQuery), chromedp.SendKeys(`#px-0-mods`, "RT", chromedp.ByQuery)},
		}[kind]
		do(t, ctx, "answer a question of kind "+kind, answer...)
		if n == 1 {
			// Words of the stem are highlighted by dragging and the button.
			do(t, ctx, "highlight", chromedp.Evaluate(`getSelection().setBaseAndExtent(document.querySelector("#room-stem p").firstChild, 0, document.querySelector("#room-stem p").firstChild, 5)`, nil),
				chromedp.Click("#do-mark", chromedp.ByQuery), awaitJS(`document.querySelectorAll("#room-stem mark.hl").length === 1`))
			do(t, ctx, "note", chromedp.Click("#do-note", chromedp.ByQuery), chromedp.SendKeys("#note-text", "look again", chromedp.ByQuery))
		}
		if n < len(kinds) {
			do(t, ctx, "next", chromedp.Click("#do-next", chromedp.ByQuery))
		}
	}
	saved(t, ctx)
	do(t, ctx, "come back", chromedp.Reload())
	roomIs(t, ctx, 8)
	do(t, ctx, "the chart's answer is there", awaitJS(`document.querySelector("#dx-0-code").value === "S52.531A" && document.querySelector("#px-0-mods").value === "RT"`),
		chromedp.Click(`#pal-items [data-pos="0"]`, chromedp.ByQuery))
	roomIs(t, ctx, 1)
	do(t, ctx, "and the first item", awaitJS(`document.querySelector("#choice-0").checked && document.querySelector(".room-choice.struck #choice-1") !== null && document.querySelectorAll("#room-stem mark.hl").length === 1 &&
		document.querySelector("#note-text").value === "look again" && document.querySelector("#do-flag").getAttribute("aria-pressed") === "true"`))
	// The highlight goes again by a click, and the codebook opens beside the question.
	do(t, ctx, "take the highlight off", chromedp.Click("#room-stem mark.hl", chromedp.ByQuery), awaitJS(`document.querySelectorAll("#room-stem mark.hl").length === 0`))
	do(t, ctx, "codebook", chromedp.Click("#book summary", chromedp.ByQuery), chromedp.SendKeys("#book-q", "hypertension", chromedp.ByQuery), awaitJS(`document.querySelectorAll("#book-results li a").length > 0`),
		chromedp.Click("#book-results li a", chromedp.ByQuery), awaitJS(`document.querySelector("#book-text h2") !== null && location.pathname.startsWith("/exams/")`))
	do(t, ctx, "larger text", chromedp.Click("#zoom-in", chromedp.ByQuery), awaitJS(`document.querySelector("#zoom-now").textContent === "110 %"`))
	do(t, ctx, "hide the clock", chromedp.Click("#clock-toggle", chromedp.ByQuery), awaitJS(`document.querySelector("#room-left").textContent === "Clock hidden"`))

	do(t, ctx, "review", chromedp.Click("#do-review", chromedp.ByQuery), chromedp.WaitVisible("#review-head", chromedp.ByQuery),
		awaitJS(`[...document.querySelectorAll("#review-part .pal b")].map(b => b.textContent).join() === "6,7" && document.querySelector("#review-flag .pal b").textContent === "1"`),
		chromedp.Click("#do-hand-in", chromedp.ByQuery), chromedp.WaitVisible("#ask-yes", chromedp.ByQuery))
	if s := textOf(t, ctx, "#ask-text"); !strings.Contains(s, "not complete: 6, 7") || !strings.Contains(s, "Flagged: 1") {
		t.Errorf("the confirmation says %q", s)
	}
	var room string
	do(t, ctx, "keep working, then hand in", chromedp.Click("#ask-no", chromedp.ByQuery), awaitJS(`!document.querySelector("#room-ask").open`), chromedp.Evaluate(`location.pathname`, &room),
		chromedp.Click("#do-hand-in", chromedp.ByQuery), chromedp.WaitVisible("#ask-yes", chromedp.ByQuery), chromedp.Click("#ask-yes", chromedp.ByQuery))
	until(t, ctx, "the report", `location.pathname === "`+room+`/report" && document.readyState === "complete"`)
	do(t, ctx, "back", chromedp.NavigateBack())
	until(t, ctx, "Back does not open the room", `location.pathname.startsWith("/exams/every-kind") && document.readyState === "complete"`)
	do(t, ctx, "its address leads to the report", chromedp.Navigate(a.url+room))
	until(t, ctx, "the report", `location.pathname === "`+room+`/report" && document.readyState === "complete"`)
	var left string
	do(t, ctx, "what the browser holds", chromedp.Evaluate(`Object.keys(localStorage).filter(k => k.startsWith("crosswalk:exam:")).join()`, &left))
	if left != "" {
		t.Errorf("the browser still holds %s", left)
	}
}

// TestExamByKeyboard: a sitting from its page to its report without a mouse, the focus seen at each stop.
func TestExamByKeyboard(t *testing.T) {
	ctx := openBrowser(t)
	a := shared(t)
	do(t, ctx, "exams", chromedp.Navigate(a.url+"/exams/six"), chromedp.WaitVisible(`form[action$="/start"]`, chromedp.ByQuery))
	tabTo(t, ctx, "the start button", `e.matches('form[action$="/start"] button')`, 30)
	press(t, ctx, kb.Enter)
	until(t, ctx, "the room", `document.querySelector("#pal-items li") !== null`)
	roomIs(t, ctx, 1)
	is := func(what, js string) { t.Helper(); until(t, ctx, what, js) }
	press(t, ctx, "b")
	is("B is chosen", `document.querySelector("#choice-1").checked && document.activeElement.id === "choice-1"`)
	press(t, ctx, "1")
	is("A is chosen by its number", `document.querySelector("#choice-0").checked`)
	press(t, ctx, "1")
	is("and taken back", `!document.querySelector("#room-form input:checked")`)
	press(t, ctx, "c")
	is("C is chosen", `document.querySelector("#choice-2").checked`)
	press(t, ctx, "f")
	is("flagged", `document.querySelector("#pal-items .pal").classList.contains("flagged")`)
	press(t, ctx, "n")
	roomIs(t, ctx, 2)
	is("the head of the item has the focus", `document.activeElement.id === "item-head"`)
	focusIsSeen(t, ctx, "the head of the item")
	press(t, ctx, "x")
	press(t, ctx, "d")
	is("D is struck out", `document.querySelector("#choice-3").closest(".struck") !== null && !document.querySelector("#choice-3").checked`)
	press(t, ctx, "d")
	is("choosing takes the strike back", `document.querySelector("#choice-3").closest(".struck") === null && document.querySelector("#choice-3").checked`)
	// Words of the stem.
	press(t, ctx, "h")
	press(t, ctx, kb.ArrowRight)
	do(t, ctx, "extend", chromedp.KeyEvent(kb.ArrowRight, chromedp.KeyModifiers(8)))
	press(t, ctx, kb.Enter)
	is("two words are highlighted", `[...document.querySelectorAll("#room-stem mark.hl")].map(m => m.textContent).join(" ").trim().split(/\s+/).length === 2`)
	press(t, ctx, kb.Delete)
	is("and no longer", `document.querySelector("#room-stem mark.hl") === null`)
	press(t, ctx, "h")
	press(t, ctx, kb.Escape)
	is("they are again", `document.querySelector("#room-stem mark.hl") !== null && getSelection().isCollapsed`)
	press(t, ctx, "m")
	is("the note has the focus", `document.activeElement.id === "note-text"`)
	press(t, ctx, "by hand n p f")
	press(t, ctx, kb.Escape)
	is("the note is left, and its letters did nothing else", `document.activeElement.id === "do-note" && document.querySelector("#item-head").textContent.startsWith("Item 2 ") && !document.querySelector('#pal-items [data-pos="1"]').classList.contains("flagged")`)
	press(t, ctx, "t")
	is("the clock is hidden", `document.querySelector("#room-left").textContent === "Clock hidden"`)
	press(t, ctx, "t")
	press(t, ctx, "+")
	is("the text is larger", `document.querySelector("#room").dataset.zoom === "110"`)
	press(t, ctx, "?")
	is("the list of keys", `document.querySelector("#room-help").open`)
	press(t, ctx, kb.Escape)
	is("closes", `!document.querySelector("#room-help").open`)
	press(t, ctx, "p")
	roomIs(t, ctx, 1)
	press(t, ctx, kb.ArrowRight)
	roomIs(t, ctx, 2)
	press(t, ctx, "g")
	is("the list of items", `document.activeElement.matches('#pal-items [data-pos="1"]')`)
	focusIsSeen(t, ctx, "an item of the list")
	press(t, ctx, kb.Tab)
	press(t, ctx, kb.Enter)
	roomIs(t, ctx, 3)
	tabTo(t, ctx, "the first option", `e.id === "choice-0"`, 12)
	press(t, ctx, " ")
	is("chosen by the blank", `document.querySelector("#choice-0").checked`)
	tabTo(t, ctx, "the next button", `e.id === "do-next"`, 12)
	press(t, ctx, kb.Enter)
	roomIs(t, ctx, 4)
	saved(t, ctx)
	press(t, ctx, "r")
	is("the review", `document.activeElement.id === "review-head"`)
	tabTo(t, ctx, "the hand-in button", `e.id === "do-hand-in"`, 40)
	press(t, ctx, kb.Enter)
	is("the question before", `document.querySelector("#room-ask").open && document.activeElement.id === "ask-no"`)
	if s := textOf(t, ctx, "#ask-text"); !strings.Contains(s, "3 items are not answered: 4, 5, 6.") {
		t.Errorf("the confirmation says %q", s)
	}
	press(t, ctx, kb.Tab)
	press(t, ctx, kb.Enter)
	is("the report", `location.pathname.endsWith("/report") && document.readyState === "complete"`)
}

// TestExamForward: no way back, a break that stops the clock, and items seen before it locked after it.
func TestExamForward(t *testing.T) {
	ctx := openBrowser(t)
	a := shared(t)
	startExam(t, ctx, a.url, "one-way")
	roomIs(t, ctx, 1)
	press(t, ctx, "b")
	press(t, ctx, "n")
	roomIs(t, ctx, 2)
	press(t, ctx, "p")
	press(t, ctx, "n") // not answered: it asks
	until(t, ctx, "asked", `document.querySelector("#room-ask").open`)
	press(t, ctx, kb.Escape)
	roomIs(t, ctx, 2)
	press(t, ctx, "c")
	saved(t, ctx)
	do(t, ctx, "take the break", chromedp.Click("#do-break", chromedp.ByQuery), chromedp.WaitVisible("#ask-yes", chromedp.ByQuery), chromedp.Click("#ask-yes", chromedp.ByQuery))
	until(t, ctx, "break", `document.querySelector("#room-break")?.hidden === false && /\d:\d\d of break left/.test(document.querySelector("#break-left").textContent)`)
	var left, later string
	do(t, ctx, "the clock stands", chromedp.Evaluate(`document.querySelector("#room-left").textContent`, &left), chromedp.Sleep(2200*time.Millisecond), chromedp.Evaluate(`document.querySelector("#room-left").textContent`, &later))
	if left != later {
		t.Errorf("the clock went from %s to %s during a break", left, later)
	}
	do(t, ctx, "come back at the break", chromedp.Reload())
	until(t, ctx, "still at the break", `document.querySelector("#room-break")?.hidden === false`)
	do(t, ctx, "go on", chromedp.Click("#end-break", chromedp.ByQuery))
	until(t, ctx, "the room again", `document.querySelector("#room-body")?.hidden === false`)
	until(t, ctx, "seen before the break", `document.querySelector("#choice-2").checked && document.querySelector("#choice-2").disabled && document.querySelector("#do-break").hidden`)
	press(t, ctx, "n")
	roomIs(t, ctx, 3)
	press(t, ctx, "a")
	press(t, ctx, "n")
	roomIs(t, ctx, 4)
	press(t, ctx, "d")
	press(t, ctx, "n")
	until(t, ctx, "the review after the last", `document.querySelector("#room-review").hidden === false`)
	saved(t, ctx)
	sameKept(t, kept(t, ctx), map[int]int{0: 1, 1: 2, 2: 0, 3: 3})
}

// TestExamFeedbackEach: feedback after each item; a checked answer is final.
func TestExamFeedbackEach(t *testing.T) {
	ctx := openBrowser(t)
	a := shared(t)
	startExam(t, ctx, a.url, "each-item")
	roomIs(t, ctx, 1)
	do(t, ctx, "no clock", awaitJS(`document.querySelector("#room-clock").hidden`))
	do(t, ctx, "check before answering", chromedp.Click("#do-check", chromedp.ByQuery))
	until(t, ctx, "answer first", `document.querySelector("#room-notices").textContent.includes("Answer the question first")`)
	press(t, ctx, "1")
	do(t, ctx, "check", chromedp.Click("#do-check", chromedp.ByQuery))
	until(t, ctx, "the verdict", `document.querySelector("#room-result .verdict") !== null && document.querySelector("#room-form input").disabled && document.querySelector("#room-form").hidden`)
	do(t, ctx, "it is there on coming back", chromedp.Click("#do-next", chromedp.ByQuery))
	roomIs(t, ctx, 2)
	do(t, ctx, "nothing of it here", awaitJS(`document.querySelector("#room-result .verdict") === null`), chromedp.Reload())
	roomIs(t, ctx, 2)
	press(t, ctx, "p")
	until(t, ctx, "the verdict again", `document.querySelector("#room-result .verdict") !== null`)
}

// TestExamClockRunsOut: with an answer on its way when the clock runs out: it counts, the page hands in and says so.
func TestExamClockRunsOut(t *testing.T) {
	t.Parallel() // nearly all of its minute is waiting
	ctx := openBrowser(t)
	a := shared(t)
	startExam(t, ctx, a.url, "one-minute")
	roomIs(t, ctx, 1)
	press(t, ctx, "a")
	saved(t, ctx)
	do(t, ctx, "a slow line", network.Enable(), chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := network.EmulateNetworkConditionsByRule(false, []*network.Conditions{{Latency: 1500, DownloadThroughput: -1, UploadThroughput: -1}}).Do(ctx)
		return err
	}), chromedp.Evaluate(`window.choose = setInterval(() => { if (document.querySelector("#room-left").textContent === "0:01") { clearInterval(window.choose); setTimeout(() => document.querySelector("#choice-2").click(), 700); } }, 20); 0`, nil))
	deadline := time.Now().Add(100 * time.Second)
	for {
		var closed bool
		do(t, ctx, "wait for the end", chromedp.Evaluate(`document.querySelector("#room-closed")?.hidden === false`, &closed))
		if closed {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the clock has run out and the page does not hand in")
		}
		time.Sleep(300 * time.Millisecond)
	}
	var lost bool
	do(t, ctx, "what it says", chromedp.Evaluate(`!document.querySelector("#closed-lost").hidden`, &lost))
	if s := textOf(t, ctx, "#closed-text"); !strings.Contains(s, "time was up") || lost {
		t.Errorf("the page says %q, something lost: %v", s, lost)
	}
	do(t, ctx, "report", chromedp.Click("#to-report", chromedp.ByQuery))
	until(t, ctx, "the report", `location.pathname.endsWith("/report") && document.readyState === "complete"`)
}

// TestExamAccessible runs axe over the pages of exams and over the states of the room.
func TestExamAccessible(t *testing.T) {
	t.Parallel() // the longest of all, with a server and a window of its own
	axe := axeScript(t)
	ctx := openBrowser(t)
	a := shared(t)
	startExam(t, ctx, a.url, "every-kind")
	var room string
	do(t, ctx, "address", chromedp.Evaluate(`location.pathname`, &room))
	paths := []string{"/exams", "/exams/cpc", "/exams/every-kind"}
	for n := 1; n <= 8; n++ {
		paths = append(paths, fmt.Sprintf("%s?item=%d", room, n))
	}
	visitWithAxe(t, ctx, axe, a.url, append(paths, room+"?review=1"))
	do(t, ctx, "hand in", chromedp.Navigate(a.url+room+"?review=1"))
	until(t, ctx, "the review", `document.querySelector("#room-review")?.hidden === false`)
	do(t, ctx, "hand in", chromedp.Click("#do-hand-in", chromedp.ByQuery), chromedp.WaitVisible("#ask-yes", chromedp.ByQuery), chromedp.Click("#ask-yes", chromedp.ByQuery))
	until(t, ctx, "the report", `location.pathname.endsWith("/report") && document.readyState === "complete"`)
	visitWithAxe(t, ctx, axe, a.url, []string{room + "/report"})
}
