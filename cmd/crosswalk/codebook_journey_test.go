package main

import (
	"context"
	"crosswalk/codebook/release/releasetest"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// until waits until a script says true. A page may come and go meanwhile.
func until(t *testing.T, ctx context.Context, what, js string) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		var ok bool
		step, cancel := context.WithTimeout(ctx, 5*time.Second)
		err := chromedp.Run(step, chromedp.Evaluate(js, &ok))
		cancel()
		if err == nil && ok {
			return
		}
		if time.Now().After(deadline) {
			var where, html string
			_ = chromedp.Run(ctx, chromedp.Location(&where), chromedp.Evaluate(`document.querySelector("main")?.innerText.slice(0,800) ?? ""`, &html))
			t.Fatalf("%s: never true: %s (%v)\nat %s\n%s", what, js, err, where, html)
		}
		time.Sleep(40 * time.Millisecond)
	}
}

// onPage waits until a page with this path (and query) is there with its scripts.
func onPage(t *testing.T, ctx context.Context, path string) {
	t.Helper()
	until(t, ctx, "go to "+path, fmt.Sprintf(`document.readyState === "complete" && document.documentElement.classList.contains("js") && decodeURIComponent(location.pathname + location.search) === %q`, path))
}

// focusProblem says in words what is wrong with the focus: on nothing, not to be seen, or under the header that sticks to the top. "" when
// it is well.
const focusProblem = `(() => {
  const e = document.activeElement;
  if (!e || e === document.body || e === document.documentElement) return "the focus is on nothing";
  const s = getComputedStyle(e), name = e.outerHTML.slice(0, 120);
  if (s.outlineStyle === "none" || parseFloat(s.outlineWidth) < 2) return "no outline on " + name + ": " + s.outline + ", focus " + e.matches(":focus") + ", window " + document.hasFocus();
  const r = e.getBoundingClientRect();
  if (r.width === 0 || r.height === 0 || r.bottom < 1 || r.top > innerHeight - 1 || r.right < 1 || r.left > innerWidth - 1) return "outside the window: " + name;
  const bar = document.querySelector(".top, .room-bar");
  if (!e.closest(".top, .room-bar, .skip") && r.bottom <= bar.getBoundingClientRect().bottom) return "under the header: " + name;
  return "";
})()`

func focusIsSeen(t *testing.T, ctx context.Context, what string) {
	t.Helper()
	deadline := time.Now().Add(5 * time.Second) // a page may still be scrolling
	for {
		var problem string
		do(t, ctx, what, chromedp.Evaluate(focusProblem, &problem))
		if problem == "" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: %s", what, problem)
		}
		time.Sleep(40 * time.Millisecond)
	}
}

// press types keys. Enter goes down as one event, as from a keyboard: chromedp's KeyEvent sends its character by itself, which then comes
// even where a page has handled the key.
func press(t *testing.T, ctx context.Context, keys string, mods ...chromedp.KeyOption) {
	t.Helper()
	if text, entered := strings.CutSuffix(keys, kb.Enter); entered {
		if text != "" {
			press(t, ctx, text)
		}
		key := func(kind input.KeyType) *input.DispatchKeyEventParams {
			return input.DispatchKeyEvent(kind).WithKey("Enter").WithCode("Enter").WithWindowsVirtualKeyCode(13).WithNativeVirtualKeyCode(13)
		}
		do(t, ctx, "press Enter", key(input.KeyDown).WithText("\r").WithUnmodifiedText("\r"), key(input.KeyUp))
		return
	}
	do(t, ctx, fmt.Sprintf("press %q", keys), chromedp.KeyEvent(keys, mods...))
}

// tabTo presses Tab until the focus is on what a script, told the element e, says true for; at most so often. The focus is seen at each
// step.
func tabTo(t *testing.T, ctx context.Context, what, is string, most int) {
	t.Helper()
	for n := 1; n <= most; n++ {
		press(t, ctx, kb.Tab)
		focusIsSeen(t, ctx, fmt.Sprintf("Tab %d on the way to %s", n, what))
		var there bool
		do(t, ctx, what, chromedp.Evaluate(`(e => `+is+`)(document.activeElement)`, &there))
		if there {
			return
		}
	}
	var where string
	do(t, ctx, what, chromedp.Evaluate(`location.href + " on " + document.activeElement.outerHTML.slice(0, 200)`, &where))
	t.Fatalf("%s is more than %d presses of Tab away: at %s", what, most, where)
}

// link is a script for tabTo: the element is a link with this text, or with this path.
func link(textOrPath string) string {
	if strings.HasPrefix(textOrPath, "/") {
		return fmt.Sprintf(`e.tagName === "A" && decodeURIComponent(e.pathname + e.search) === %q`, textOrPath)
	}
	return fmt.Sprintf(`e.tagName === "A" && e.textContent.trim().replace(/\s+/g, " ").startsWith(%q)`, textOrPath)
}

// skip goes past the header and navigation of a page that has just come, by the link for that.
func skip(t *testing.T, ctx context.Context) {
	t.Helper()
	tabTo(t, ctx, "the skip link", `e.matches(".skip")`, 1)
	press(t, ctx, kb.Enter)
	until(t, ctx, "skip to the content", `document.activeElement.id === "main"`)
}

// back goes back in the history of the browser, as Alt and the left arrow do: that key is the browser's and comes to no page.
func back(t *testing.T, ctx context.Context, steps int64) {
	t.Helper()
	do(t, ctx, "go back", chromedp.ActionFunc(func(ctx context.Context) error {
		at, entries, err := page.GetNavigationHistory().Do(ctx)
		if err != nil {
			return err
		}
		return page.NavigateToHistoryEntry(entries[at-steps].ID).Do(ctx)
	}))
}

// walk is a way through the book that a journey takes.
type walk struct {
	letter, main, term, ref string // main term, and below it, or "" on itself, a term that refers elsewhere
	target, targetCode      string // where it leads, and the code there
	neoplasms               string // letter of the site, "" to look for it by name
	row, rowCode            string // site, and a code of its row
}

// TestCodebookByKeyboard goes through the whole codebook without a mouse: type-ahead, Tabular, Index, a table, the ICD-10-PCS builder,
// two codes side by side, a tab and a note. It runs on invented releases, and on the official ones where CROSSWALK_RELEASES is set.
func TestCodebookByKeyboard(t *testing.T) {
	t.Run("sample", func(t *testing.T) {
		ctx := openBrowser(t) // skipped before the import where there is no browser
		data := t.TempDir()
		if o := try(t, "", "codes", "import", "-data", data, sampleReleases); o.status != statusOK {
			t.Fatalf("import: %+v", o)
		}
		byKeyboard(t, ctx, startProgram(t, "-data", data), walk{
			letter: "D", main: "Diabetes, diabetic", term: "kidney disease", ref: "Disease, kidney", target: "Disease, kidney", targetCode: "N18",
			neoplasms: "T", row: "thumb", rowCode: "S61.0",
		})
	})
	t.Run("official", func(t *testing.T) {
		ctx, data := openBrowser(t), releasetest.Data(t)
		byKeyboard(t, ctx, startProgram(t, "-data", data), walk{
			letter: "I", main: "Icterus", ref: "Jaundice", target: "Jaundice", targetCode: "R17",
			row: "lung", rowCode: "C34.9",
		})
	})
}

func byKeyboard(t *testing.T, ctx context.Context, a *app, w walk) {
	// Without a screen the window is not always in front, and what is focused in a window behind is not drawn so.
	do(t, ctx, "window in front", emulation.SetFocusEmulationEnabled(true))
	path := func(want string) { t.Helper(); onPage(t, ctx, want) }
	enter := func() { t.Helper(); press(t, ctx, kb.Enter) }
	open := func(p string) { // a link from elsewhere: the only way in that is not a key
		t.Helper()
		do(t, ctx, "open "+p, chromedp.ActionFunc(func(ctx context.Context) error {
			// A page that has just sent a form may still be settling into its address, which calls the first try off.
			for try := 0; ; try++ {
				err := chromedp.Navigate(a.url + p).Do(ctx)
				if err == nil || try == 5 || !strings.Contains(err.Error(), "ERR_ABORTED") {
					return err
				}
				time.Sleep(200 * time.Millisecond)
			}
		}))
		path(p)
	}
	choice := func() (s string) {
		t.Helper()
		do(t, ctx, "read the choice", chromedp.Evaluate(`(id => id ? document.getElementById(id).textContent.replace(/\s+/g, " ") : "")(document.activeElement.getAttribute("aria-activedescendant"))`, &s))
		return s
	}

	// From the front page to the codebook, by its navigation, and a code by type-ahead.
	open("/")
	tabTo(t, ctx, "the codebook in the navigation", link("/codebook"), 8)
	enter()
	path("/codebook")
	skip(t, ctx)
	tabTo(t, ctx, "the search field", `e.id === "cb-q" && e.getAttribute("role") === "combobox" && e.labels.length === 1`, 3)
	press(t, ctx, "e11.2")
	until(t, ctx, "type-ahead", `[...document.querySelectorAll("[role=option] b")].some(b => b.textContent === "E11.22")`)
	until(t, ctx, "how many there are is said", `/\d/.test(document.querySelector("[data-combo-status]").textContent)`)
	for n := 0; !strings.Contains(choice(), "E11.22"); n++ {
		if n > 12 {
			t.Fatalf("the arrow key does not come to E11.22: at %q", choice())
		}
		press(t, ctx, kb.ArrowDown)
		focusIsSeen(t, ctx, "arrow in the list")
	}
	enter()
	path("/codebook/icd10cm/E11.22")

	// A code typed in full opens nothing by itself; Escape closes the list and the field keeps the focus.
	skip(t, ctx)
	tabTo(t, ctx, "the search field of a code page", `e.id === "cb-q"`, 4)
	press(t, ctx, "E11.9")
	until(t, ctx, "one code is offered", `document.querySelectorAll("[role=option] b").length === 1`)
	path("/codebook/icd10cm/E11.22")
	press(t, ctx, kb.Escape)
	until(t, ctx, "the list is closed", `document.activeElement.id === "cb-q" && document.activeElement.getAttribute("aria-expanded") === "false"`)
	focusIsSeen(t, ctx, "after Escape")
	press(t, ctx, kb.Tab, chromedp.KeyModifiers(8)) // Shift: back, and the focus is seen there too
	focusIsSeen(t, ctx, "Shift+Tab")
	back(t, ctx, 2) // over the jump past the header
	path("/codebook")

	// Tabular: chapter, section, category, header, code, with the notes at each.
	open("/codebook/icd10cm")
	skip(t, ctx)
	tabTo(t, ctx, "chapter 4", link("/codebook/icd10cm?chapter=4"), 20)
	enter()
	path("/codebook/icd10cm?chapter=4")
	skip(t, ctx)
	tabTo(t, ctx, "section E08-E13", `e.hash === "#s-E08-E13"`, 10)
	enter()
	until(t, ctx, "jump to the section", `location.hash === "#s-E08-E13"`)
	tabTo(t, ctx, "category E11", link("/codebook/icd10cm/E11"), 14)
	enter()
	path("/codebook/icd10cm/E11")
	until(t, ctx, "notes of the category", `document.querySelectorAll(".cb-note").length > 0 && document.querySelectorAll(".cb-level.inherited").length > 0`)
	skip(t, ctx)
	tabTo(t, ctx, "the codes below", `e.hash === "#below"`, 8)
	enter()
	until(t, ctx, "jump to the codes below", `location.hash === "#below"`)
	tabTo(t, ctx, "E11.2", link("/codebook/icd10cm/E11.2"), 4)
	enter()
	path("/codebook/icd10cm/E11.2")
	skip(t, ctx)
	tabTo(t, ctx, "the codes below", `e.hash === "#below"`, 8)
	enter()
	tabTo(t, ctx, "E11.22", link("/codebook/icd10cm/E11.22"), 4)
	enter()
	path("/codebook/icd10cm/E11.22")
	until(t, ctx, "what it inherits is marked with its place", `[...document.querySelectorAll(".cb-level.inherited h3")].some(h => h.textContent.includes("E11"))`)
	back(t, ctx, 1)
	path("/codebook/icd10cm/E11.2")

	// Alphabetic Index: letter, main term, where it refers to, the code in the Tabular.
	open("/codebook/index")
	skip(t, ctx)
	tabTo(t, ctx, "letter "+w.letter, `e.tagName === "A" && e.textContent.trim() === "`+w.letter+`"`, 9+26)
	enter()
	path("/codebook/index/" + w.letter)
	until(t, ctx, "the terms of the letter", `document.activeElement.id === "list"`)
	var jumps bool
	do(t, ctx, "jumps", chromedp.Evaluate(`document.querySelector(".ix-jumps") !== null`, &jumps))
	if jumps {
		tabTo(t, ctx, "the first two letters", `e.closest(".ix-jumps") !== null && e.textContent === "`+w.main[:2]+`"`, 26)
		enter()
		until(t, ctx, "jump within the letter", `location.hash === "#i-`+strings.ToLower(w.main[:2])+`"`)
	}
	tabTo(t, ctx, w.main, link(w.main), 25)
	enter()
	until(t, ctx, "main term", `location.pathname.startsWith("/codebook/index/term/") && document.querySelector("h1").textContent.includes("`+w.main+`") && document.readyState === "complete"`)
	skip(t, ctx)
	tabTo(t, ctx, "the reference to "+w.ref, `e.closest(".ix-ref") !== null && e.textContent.trim() === "`+w.ref+`"`, 30)
	enter()
	until(t, ctx, "the term referred to", `document.readyState === "complete" && document.querySelector("h1").textContent.replace(/\s+/g, " ").includes("`+w.target+`")`)
	skip(t, ctx)
	tabTo(t, ctx, "its code", `e.matches("a.code") && e.pathname.startsWith("/codebook/icd10cm/`+w.targetCode+`")`, 12)
	enter()
	path("/codebook/icd10cm/" + w.targetCode)

	// A row of the Table of Neoplasms.
	open("/codebook/neoplasms")
	skip(t, ctx)
	if w.neoplasms == "" { // the site is looked for by its name
		tabTo(t, ctx, "the field that finds a site", `e.matches("main input[name=q]")`, 9)
		press(t, ctx, w.row+kb.Enter)
		until(t, ctx, "what was found", `location.search === "?q=`+w.row+`" && document.querySelector("td a.code") !== null`)
		skip(t, ctx)
	} else {
		tabTo(t, ctx, "letter "+w.neoplasms, `e.closest(".ix-letters") !== null && e.textContent.trim() === "`+w.neoplasms+`"`, 9+26)
		enter()
		path("/codebook/neoplasms?letter=" + w.neoplasms)
		until(t, ctx, "the table has the focus", `document.activeElement.id === "list"`)
	}
	tabTo(t, ctx, "the code of "+w.row, `e.matches("td a.code") && e.pathname.startsWith("/codebook/icd10cm/`+w.rowCode+`") && e.closest("tr").querySelector("th").textContent.includes("`+w.row+`")`, 400)
	enter()
	path("/codebook/icd10cm/" + w.rowCode)

	buildByKeyboard(t, ctx, a)

	// Compare two codes, beginning on the page of one.
	open("/codebook/icd10cm/E11.22")
	press(t, ctx, kb.Tab, chromedp.KeyModifiers(8)) // from the end of the page: the form stands in the last column
	for n := 0; ; n++ {
		var there bool
		do(t, ctx, "compare with", chromedp.Evaluate(`document.activeElement.id === "cmp-with"`, &there))
		if there {
			break
		}
		if n > 20 {
			t.Fatal("the field to compare with is more than 20 presses of Shift+Tab from the end")
		}
		press(t, ctx, kb.Tab, chromedp.KeyModifiers(8))
		focusIsSeen(t, ctx, "back from the end of the page")
	}
	press(t, ctx, "E11.9"+kb.Enter)
	path("/codebook/compare?a=icd10cm:E11.22&b=E11.9")
	until(t, ctx, "both are there", `document.querySelectorAll(".cmp h3 a").length === 2 && document.querySelector("h1").textContent.includes("E11.22") && document.querySelector("h1").textContent.includes("E11.9")`)

	// Tab the page, write a note, and find both.
	open("/codebook/icd10cm/E11.22")
	skip(t, ctx)
	tabTo(t, ctx, "Tab this page", `e.tagName === "BUTTON" && e.form.action.endsWith("/codebook/mine/tab")`, 8)
	press(t, ctx, kb.Enter)
	until(t, ctx, "the page is tabbed", `document.readyState === "complete" && document.querySelector(".nt-mark") !== null`)
	skip(t, ctx)
	tabTo(t, ctx, "Write a note", `e.hash === "#my-note"`, 10)
	enter()
	tabTo(t, ctx, "the note", `e.id === "nt-text" && e.labels.length === 1`, 1)
	press(t, ctx, "Stage of CKD second: N18")
	tabTo(t, ctx, "Save note", `e.tagName === "BUTTON" && e.form.action.endsWith("/codebook/mine/note")`, 1)
	do(t, ctx, "mark the page", chromedp.Evaluate(`window.before = true`, nil)) // which has a notice too, from the tab
	enter()
	until(t, ctx, "the note is kept", `window.before === undefined && document.readyState === "complete" && location.hash === "#my-note" && document.querySelector(".notice.good") !== null && document.querySelector("#nt-text").value.includes("Stage of CKD")`)
	open("/codebook")
	skip(t, ctx)
	tabTo(t, ctx, "tabs and notes", link("/codebook/mine"), 30)
	enter()
	path("/codebook/mine")
	until(t, ctx, "the note is listed", `document.querySelector(".nt-text")?.textContent === "Stage of CKD second: N18" && document.querySelector(".nt-mark") !== null`)
	skip(t, ctx)
	tabTo(t, ctx, "back to the code", link("/codebook/icd10cm/E11.22"), 6)
	enter()
	path("/codebook/icd10cm/E11.22")
}

// buildByKeyboard builds 0FT44ZZ with keys: the first characters by Tab and Enter, the others typed. At each step the values offered are
// those with which a valid code begins, and the focus stands at them.
func buildByKeyboard(t *testing.T, ctx context.Context, a *app) {
	t.Helper()
	const code = "0FT44ZZ"
	do(t, ctx, "open the builder", chromedp.Navigate(a.url+"/codebook/icd10pcs/build"))
	onPage(t, ctx, "/codebook/icd10pcs/build")
	skip(t, ctx)
	for n := range code {
		c := code[n : n+1]
		var offered []string
		do(t, ctx, "read the values", chromedp.Evaluate(`[...document.querySelectorAll("[data-char]")].map(a => a.dataset.char)`, &offered))
		if !slices.Contains(offered, c) {
			t.Fatalf("after %q the builder offers %v, without %s", code[:n], offered, c)
		}
		for _, o := range offered {
			if !beginsACode(t, a, code[:n]+o) {
				t.Errorf("the builder offers %s after %q, and no code begins so", o, code[:n])
			}
		}
		if n < 3 {
			tabTo(t, ctx, "value "+c, `e.dataset.char === "`+c+`"`, 34)
			press(t, ctx, kb.Enter)
		} else {
			press(t, ctx, "?") // no value
			press(t, ctx, strings.ToLower(c))
		}
		onPage(t, ctx, "/codebook/icd10pcs/build?code="+code[:n+1])
		until(t, ctx, "the focus is at the next values", `document.activeElement.id === "next"`)
		focusIsSeen(t, ctx, "after the choice of "+c)
	}
	// One back, and forth again; then its page.
	press(t, ctx, kb.Backspace)
	onPage(t, ctx, "/codebook/icd10pcs/build?code="+code[:6])
	until(t, ctx, "the focus is at the values again", `document.activeElement.id === "next"`)
	press(t, ctx, "Z")
	onPage(t, ctx, "/codebook/icd10pcs/build?code="+code)
	until(t, ctx, "the focus is at the code", `document.activeElement.id === "next"`)
	tabTo(t, ctx, "the page of the code", link("/codebook/icd10pcs/"+code), 2)
	press(t, ctx, kb.Enter)
	onPage(t, ctx, "/codebook/icd10pcs/"+code)
}

var pcsCode = regexp.MustCompile(`^[0-9A-HJ-NP-Z]{7}$`)

// beginsACode asks the search, not the builder, whether a valid ICD-10-PCS code begins with the characters.
func beginsACode(t *testing.T, a *app, prefix string) bool {
	t.Helper()
	got := searchJSON(t, a, "q="+prefix+"&sets=icd10pcs&billable=1&limit=200")
	return slices.ContainsFunc(got, func(h string) bool { return strings.HasPrefix(h, prefix) && pcsCode.MatchString(h) })
}

func searchJSON(t *testing.T, a *app, query string) (codes []string) {
	t.Helper()
	client := newVisitor(t)
	body, err := fetchJSON(client, a.url+"/codebook/search?"+query)
	if err != nil {
		t.Fatal(err)
	}
	var hits []struct{ Code string }
	if err := json.Unmarshal(body, &hits); err != nil {
		t.Fatal(err)
	}
	for _, h := range hits {
		codes = append(codes, h.Code)
	}
	return codes
}

// TestTypeAheadInOrder: the answer to an earlier search is held back until the later one is on the page. It is given up, and when it comes
// all the same it changes nothing; nor does one that comes when the field is empty again.
func TestTypeAheadInOrder(t *testing.T) {
	ctx := openBrowser(t)
	a := shared(t)
	held := make(chan fetch.RequestID, 16) // searches for "hyper" that the server has not seen yet
	given := make(chan string, 64)         // what the browser gave up
	chromedp.ListenTarget(ctx, func(ev any) {
		switch ev := ev.(type) {
		case *fetch.EventRequestPaused:
			if strings.Contains(ev.Request.URL, "q=hyper&") || strings.Contains(ev.Request.URL, "q=asthma&") {
				held <- ev.RequestID
				return
			}
			go func() { _ = chromedp.Run(ctx, fetch.ContinueRequest(ev.RequestID)) }()
		case *network.EventLoadingFailed:
			if ev.Canceled {
				select {
				case given <- ev.ErrorText:
				default:
				}
			}
		}
	})
	await := func(what string) fetch.RequestID {
		t.Helper()
		select {
		case id := <-held:
			return id
		case <-time.After(20 * time.Second):
			t.Fatal(what)
			return ""
		}
	}
	release := func(id fetch.RequestID) { // a search that was given up is gone, so an error is what one hopes for
		_ = chromedp.Run(ctx, fetch.ContinueRequest(id))
		time.Sleep(300 * time.Millisecond) // time for an answer to do its harm
	}
	do(t, ctx, "open", chromedp.Navigate(a.url+"/codebook"), network.Enable(), fetch.Enable().WithPatterns([]*fetch.RequestPattern{{URLPattern: "*/codebook/search*"}}))
	onPage(t, ctx, "/codebook")
	skip(t, ctx)
	tabTo(t, ctx, "the search field", `e.id === "cb-q" && e.getAttribute("role") === "combobox"`, 3)

	press(t, ctx, "hyper")
	id := await("the browser never searched for hyper")
	press(t, ctx, "tension")
	until(t, ctx, "the later answer", `document.querySelectorAll("[role=option] b").length > 0`)
	select {
	case <-given:
	case <-time.After(20 * time.Second):
		t.Error("the earlier search was not given up")
	}
	var before, after string
	do(t, ctx, "read the list", chromedp.Evaluate(`document.querySelector("[role=listbox]").textContent`, &before))
	release(id)
	do(t, ctx, "read the list again", chromedp.Evaluate(`document.querySelector("[role=listbox]").textContent`, &after))
	if before != after || !strings.Contains(strings.ToLower(before), "hypertension") {
		t.Errorf("the list was %q and is %q after the earlier answer", before, after)
	}
	focusIsSeen(t, ctx, "after the answers")

	// Emptied while the search is under way: no list opens over an empty field.
	press(t, ctx, strings.Repeat(kb.Backspace, len("hypertension")))
	until(t, ctx, "the field is empty and the list closed", `document.activeElement.value === "" && document.querySelector("[role=listbox]").hidden`)
	press(t, ctx, "asthma")
	id = await("the browser never searched for asthma")
	press(t, ctx, strings.Repeat(kb.Backspace, len("asthma")))
	release(id)
	until(t, ctx, "nothing opens over the empty field", `document.activeElement.value === "" && document.querySelector("[role=listbox]").hidden`)
	focusIsSeen(t, ctx, "at the end")
}
