package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"crosswalk/grading"
	"crosswalk/progress/hirereport"
)

// fixedChart is the chart that every candidate of the journey codes, and codes right: an office visit without modifiers and pointers.
const fixedChart = "office-numb-at-the-wheel"

// hiring is the journey of a hiring test.
type hiring struct {
	t    *testing.T
	a    *app
	boss context.Context
	test string   // path of the test
	list string   // path of its candidates
	sit  []string // links of the candidates, as invited
	ann  string   // path of the first candidate as the employer sees her
	hook string   // path of the employer's endpoint
}

// TestHiringJourney goes from composing to the report and on to erasing. An employer composes a small test from a shipped one, looks at it as a
// candidate, opens it and invites three. The first agrees, checks her browser, tries an item, sits in two browsers after each other, answers a
// question and a chart right and hands in; the second hands in nothing; the third does not come. The employer reads what was logged, the report
// as page, sheet of paper, PDF and JSON, the comparison with and without names, and the evidence. The candidate takes a credential, which a
// stranger verifies. Then the employer erases her. With CROSSWALK_AXE axe looks at every page on the way.
func TestHiringJourney(t *testing.T) {
	t.Parallel()
	h := &hiring{t: t, boss: openBrowser(t)}
	data := t.TempDir()
	if o := try(t, "a sentence to remember\n", "user", "add", "-name", "Colin", "-email", "colin@example.org", "-role", "employer", "-data", data); o.status != statusOK {
		t.Fatalf("user add: %+v", o)
	}
	h.a = startProgram(t, "-data", data)
	signInAs(t, h.boss, h.a, "colin@example.org", "a sentence to remember")
	h.compose()
	h.preview()
	h.openAndInvite()
	h.firstSits()
	h.secondSits()
	h.readLog()
	h.readReport()
	h.compare()
	h.evidence()
	verify := h.credential()
	h.endpoint()
	h.look()
	h.erase(verify)
}

// fill types into a field of a form, as hire.js hears it.
func fill(id, value string) chromedp.Action {
	return chromedp.Evaluate(fmt.Sprintf(`(() => { const i = document.getElementById(%q); i.value = %q; i.dispatchEvent(new Event("input", { bubbles: true })) })()`, id, value), nil)
}

// compose begins with a shipped test, asks for more than there is and is told at once, makes it small, and saves.
func (h *hiring) compose() {
	t, ctx := h.t, h.boss
	t.Helper()
	do(t, ctx, "begin with a shipped test", chromedp.Navigate(h.a.url+"/hire"), chromedp.Click(`a[href="/hire/new?from=profee-em"]`, chromedp.ByQuery), chromedp.WaitVisible("#check .notice.good", chromedp.ByQuery))
	c, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	office := 0
	for _, cs := range c.bank.Cases() {
		if cs.Setting == "office" && cs.Bills == grading.Professional {
			office++
		}
	}
	do(t, ctx, "ask for too much", fill("charts.office", "41"), chromedp.WaitVisible("#check .notice.bad", chromedp.ByQuery))
	if s := textOf(t, ctx, "#check"); !strings.Contains(s, fmt.Sprintf("has %d of 41", office)) {
		t.Errorf("what the bank of %d charts lacks:\n%s", office, s)
	}
	do(t, ctx, "ask for less", fill("charts.office", "1"), fill("cases", fixedChart), fill("count.em", ""), fill("count.icd10cm", ""), fill("count.guidelines", ""), fill("count.hcpcs", ""), fill("count.compliance", ""), fill("count.radiology", "3"),
		fill("name", "Office coder"), fill("minutes", "60"), fill("pass", "40"), fill("until", time.Now().AddDate(0, 0, 40).Format("2006-01-02T15:04")), fill("tasks", "Codes visits at the office | office\nReads orders of imaging | radiology"),
		chromedp.WaitVisible("#check .notice.good", chromedp.ByQuery))
	do(t, ctx, "save", chromedp.Click(`#hire-form button[value="save"]`, chromedp.ByQuery), chromedp.WaitVisible(`form[action$="/open"] button`, chromedp.ByQuery), chromedp.Evaluate(`location.pathname`, &h.test))
	for _, want := range []string{"2 charts, 3 questions", "pass at 40 %", "Reads orders of imaging"} {
		if s := textOf(t, ctx, "main"); !strings.Contains(s, want) {
			t.Errorf("the overview does not say %q:\n%s", want, s)
		}
	}
	h.list = h.test + "/candidates"
}

// preview looks at the test as a candidate does: at a form of it, and sitting it, from the consent into the room.
func (h *hiring) preview() {
	t, ctx := h.t, h.boss
	t.Helper()
	do(t, ctx, "look as a candidate", chromedp.Navigate(h.a.url+h.test), chromedp.Click(`.es-tabs a[href$="/preview"]`, chromedp.ByQuery), chromedp.WaitVisible(".hire-item .chart", chromedp.ByQuery))
	var seat string
	do(t, ctx, "sit it as a candidate", chromedp.Click(`form[action$="/preview/sit"] button`, chromedp.ByQuery), chromedp.WaitVisible(`a[href$="/consent"].primary`, chromedp.ByQuery), chromedp.Evaluate(`location.href`, &seat))
	h.agree(ctx, seat)
	h.begin(ctx, seat)
	do(t, ctx, "it is marked as a preview", chromedp.WaitVisible("#room-form", chromedp.ByQuery), chromedp.WaitVisible(".preview-bar", chromedp.ByQuery))
	axePages(t, ctx, h.a.url, "/sit")
	do(t, ctx, "leave it", chromedp.Navigate(h.a.url+"/sit"), chromedp.Click(".preview-bar button", chromedp.ByQuery), chromedp.WaitVisible(`form[action$="/preview/drop"] button`, chromedp.ByQuery))
}

// openAndInvite opens the test and takes the links.
func (h *hiring) openAndInvite() {
	t, ctx := h.t, h.boss
	t.Helper()
	do(t, ctx, "open it", chromedp.Navigate(h.a.url+h.test), chromedp.Click(`form[action$="/open"] button`, chromedp.ByQuery), chromedp.WaitVisible(`form[action$="/close"] button`, chromedp.ByQuery))
	do(t, ctx, "invite", chromedp.Click(`.es-tabs a[href$="/candidates"]`, chromedp.ByQuery), chromedp.WaitVisible("#people", chromedp.ByQuery), chromedp.SetValue("#people", "Ann Moravec, ann@moravec.example, A-17\nBo Field\nCy Stone", chromedp.ByQuery),
		chromedp.SetValue("#breaks", "1", chromedp.ByQuery), chromedp.Click("#invite-form button.primary", chromedp.ByQuery), chromedp.WaitVisible("#links", chromedp.ByQuery), chromedp.Evaluate(`[...document.querySelectorAll("#links td.cl-secret")].map(td => td.textContent)`, &h.sit))
	if len(h.sit) != 3 || !strings.HasPrefix(h.sit[0], h.a.url+"/sit/") {
		t.Fatalf("the links are %q", h.sit)
	}
}

// profile opens a browser of a person of their own, which can be closed.
func profile(t *testing.T, ctx context.Context) (context.Context, func()) {
	t.Helper()
	browser := cdp.WithExecutor(ctx, chromedp.FromContext(ctx).Browser)
	id, err := target.CreateBrowserContext().Do(browser)
	if err != nil {
		t.Fatal(err)
	}
	other, cancel := openWindow(t, context.WithValue(ctx, profileKey{}, id))
	return other, func() {
		cancel()
		if err := target.DisposeBrowserContext(id).Do(browser); err != nil {
			t.Logf("close the browser: %v", err)
		}
	}
}

// agree opens a link, reads what is recorded and agrees.
func (h *hiring) agree(ctx context.Context, link string) {
	h.t.Helper()
	do(h.t, ctx, "the link", chromedp.Navigate(link), chromedp.Click(`a[href$="/consent"].primary`, chromedp.ByQuery), chromedp.WaitVisible("#agree", chromedp.ByQuery))
	do(h.t, ctx, "agree", chromedp.Click("#agree", chromedp.ByQuery), chromedp.Click(`#consent button[value="agree"]`, chromedp.ByQuery), chromedp.WaitVisible("#checks", chromedp.ByQuery))
}

// begin goes into the room from the page of a link.
func (h *hiring) begin(ctx context.Context, link string) {
	h.t.Helper()
	do(h.t, ctx, "begin", chromedp.Navigate(link), chromedp.Click(`form[action$="/start"] button`, chromedp.ByQuery), chromedp.WaitVisible("#pal-items", chromedp.ByQuery))
}

// handsIn hands in from the room.
func (h *hiring) handsIn(ctx context.Context) {
	h.t.Helper()
	do(h.t, ctx, "hand in", chromedp.Click("#do-review", chromedp.ByQuery), chromedp.WaitVisible("#do-hand-in", chromedp.ByQuery), chromedp.Click("#do-hand-in", chromedp.ByQuery),
		chromedp.WaitVisible("#room-ask button.primary", chromedp.ByQuery), chromedp.Click("#room-ask button.primary", chromedp.ByQuery), awaitOverLoads(`location.pathname === "/sit" && document.querySelector(".notice.good") !== null && document.readyState === "complete"`))
}

// away gives another window the keyboard for more than a second.
func away() chromedp.Tasks {
	return chromedp.Tasks{
		chromedp.Evaluate(`{ Object.defineProperty(document, "hasFocus", {configurable: true, value: () => false}); dispatchEvent(new Event("blur")); }`, nil), chromedp.Sleep(1300 * time.Millisecond),
		chromedp.Evaluate(`{ Object.defineProperty(document, "hasFocus", {configurable: true, value: () => true}); dispatchEvent(new Event("focus")); }`, nil),
	}
}

// firstSits is the sitting of the first candidate, in two browsers: one is closed, and the link leads back to what was answered.
func (h *hiring) firstSits() {
	t, link := h.t, h.sit[0]
	t.Helper()
	ann, closeBrowser := profile(t, h.boss)
	h.agree(ann, link)
	do(t, ann, "the system check", awaitJS(`document.querySelectorAll("#checks .tag.good").length === 4`))
	do(t, ann, "practice", chromedp.Click(`form a[href$="/practice"]`, chromedp.ByQuery), chromedp.WaitVisible(`label.choice`, chromedp.ByQuery), chromedp.Click(`label.choice`, chromedp.ByQuery),
		chromedp.Click(`.room-move button[value="save"]`, chromedp.ByQuery), chromedp.WaitVisible(`.notice.good[role=status]`, chromedp.ByQuery))
	h.begin(ann, link)
	roomIs(t, ann, 1)
	form := formOf(t, ann)
	form.choose(t, ann, form.singles[0], true)
	do(t, ann, "something pasted, and away for a while", chromedp.Evaluate(`{
		const data = new DataTransfer(); data.setData("text", "twelve chars");
		document.querySelector("#room-form").dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true}));
	}`, nil), away())
	saved(t, ann)
	do(t, ann, "away in a break, which is no absence", chromedp.Click("#do-break", chromedp.ByQuery), chromedp.WaitVisible("#room-ask button.primary", chromedp.ByQuery), chromedp.Click("#room-ask button.primary", chromedp.ByQuery),
		chromedp.WaitVisible("#room-break button", chromedp.ByQuery), away(), chromedp.Click("#room-break button", chromedp.ByQuery), chromedp.WaitVisible("#room-form", chromedp.ByQuery))
	until(t, ann, "the events are told", `performance.getEntriesByType("resource").some(e => e.name.endsWith("/events") && e.responseEnd > 0)`)
	axePages(t, ann, h.a.url, strings.TrimPrefix(link, h.a.url))
	closeBrowser()

	again, closeAgain := profile(t, h.boss)
	defer closeAgain()
	h.begin(again, link)
	until(t, again, "the answer is there", `document.querySelectorAll("#pal-items .answered").length === 1`)
	for _, pos := range form.singles[1:] {
		form.choose(t, again, pos, false)
	}
	form.code(t, again)
	h.handsIn(again)
	do(t, again, "nothing else of the site", chromedp.Navigate(h.a.url+"/practice"), awaitOverLoads(`document.querySelector('a[href="/sit"].primary') !== null`))
}

// secondSits hands in without an answer.
func (h *hiring) secondSits() {
	h.t.Helper()
	bo, closeBrowser := profile(h.t, h.boss)
	defer closeBrowser()
	h.agree(bo, h.sit[1])
	h.begin(bo, h.sit[1])
	h.handsIn(bo)
}

// readLog reads what happened while the first candidate sat.
func (h *hiring) readLog() {
	t, ctx := h.t, h.boss
	t.Helper()
	var text string
	do(t, ctx, "what was logged", chromedp.Navigate(h.a.url+h.list), chromedp.Evaluate(`[...document.querySelectorAll(".cl-rows a")].find(a => a.textContent === "Ann Moravec").click()`, nil), awaitOverLoads(`document.querySelector("#events") !== null && document.readyState === "complete"`),
		chromedp.Click(".ev-all summary", chromedp.ByQuery), chromedp.Evaluate(`document.querySelector("main").innerText`, &text), chromedp.Evaluate(`location.pathname`, &h.ann))
	for _, want := range []string{"Ann Moravec", "handed in", "12 characters", "opened again", "began from 127.0.0.0/24", "for 1 s", "without a verdict", "1 away from the page"} {
		if !strings.Contains(text, want) {
			t.Errorf("the employer's page does not say %q:\n%s", want, text)
		}
	}
}

// fetched is the text of a document that a page leads to, and its type.
func fetched(t *testing.T, ctx context.Context, sel string) (kind, body string) {
	t.Helper()
	var got []string
	do(t, ctx, "fetch "+sel, chromedp.Evaluate(fmt.Sprintf(`fetch(document.querySelector(%q).href).then(async r => [r.status + " " + r.headers.get("Content-Type"), new TextDecoder("latin1").decode(await r.arrayBuffer())])`, sel), &got, awaitPromise))
	return got[0], got[1]
}

var pdfPage = regexp.MustCompile(`/Type\s*/Page\b`)

// readReport reads the report: the figures are those of what was answered, and it is one sheet.
func (h *hiring) readReport() {
	t, ctx := h.t, h.boss
	t.Helper()
	do(t, ctx, "the report", chromedp.Click(`a.primary[href$="/report"]`, chromedp.ByQuery), chromedp.WaitVisible(".hr-figures", chromedp.ByQuery))
	text := textOf(t, ctx, "main")
	for _, want := range []string{"Ann Moravec", "A-17", "Passed", "46.2 %"} { // a question of 1 and a chart of 5, of 13 points
		if !strings.Contains(text, want) {
			t.Errorf("the report does not say %q:\n%s", want, text)
		}
	}
	var rows map[string]string
	do(t, ctx, "the figures", chromedp.Evaluate(`Object.fromEntries([...document.querySelectorAll(".hr-figures tbody tr")].map(r => [r.cells[0].textContent, r.cells[3].textContent]))`, &rows))
	if rows["Questions"] != "1 / 3" || rows["Charts without an error"] != "1 / 2" {
		t.Errorf("the figures: %q", rows)
	}
	kind, body := fetched(t, ctx, `a[href*="/report.json"]`)
	var r hirereport.Report
	if err := json.Unmarshal([]byte(body), &r); err != nil || !strings.HasPrefix(kind, "200 application/json") || r.Candidate.Name != "Ann Moravec" || !r.Passed || r.Overall == nil || r.Overall.Percent10 != 462 {
		t.Errorf("as JSON: %v, %s\n%s", err, kind, body)
	}
	if kind, body = fetched(t, ctx, `a[href*="/report.pdf"]`); kind != "200 application/pdf" || !strings.HasPrefix(body, "%PDF-") || len(pdfPage.FindAllString(body, -1)) != 1 {
		t.Errorf("as PDF: %s, %d pages", kind, len(pdfPage.FindAllString(body, -1)))
	}
}

// compare sets the two results side by side, hides the names and opens a report without a name, which prints on one page.
func (h *hiring) compare() {
	t, ctx := h.t, h.boss
	t.Helper()
	var rows, hidden, report, address string
	var printed []byte
	compare := h.test + "/compare"
	do(t, ctx, "compare", chromedp.Click(`a[href="`+compare+`"]`, chromedp.ByQuery), chromedp.WaitVisible(".hr-compare", chromedp.ByQuery), chromedp.Text(".hr-compare", &rows, chromedp.ByQuery))
	for _, want := range []string{"Ann Moravec", "Bo Field", "46.2 %", "≈ 2"} {
		if !strings.Contains(rows, want) || strings.Contains(rows, "Cy Stone") {
			t.Errorf("the table does not say %q, or of one who did not sit: %s", want, rows)
		}
	}
	do(t, ctx, "hide names", chromedp.Click(`a[href$="?blind=1"]`, chromedp.ByQuery), chromedp.WaitVisible(`a.quiet[href="`+compare+`"]`, chromedp.ByQuery), chromedp.Text("main", &hidden, chromedp.ByQuery))
	if strings.Contains(hidden, "Moravec") || !strings.Contains(hidden, "Candidate ") {
		t.Errorf("names hidden: %.400s", hidden)
	}
	// The last row is the one who answered nothing.
	do(t, ctx, "a report", chromedp.Click(`.hr-compare tbody tr:last-child a`, chromedp.ByQuery), chromedp.WaitVisible(".hr-figures", chromedp.ByQuery), chromedp.Text("main", &report, chromedp.ByQuery), chromedp.Evaluate(`location.pathname+location.search`, &address),
		chromedp.ActionFunc(func(ctx context.Context) (err error) {
			printed, _, err = page.PrintToPDF().WithPreferCSSPageSize(true).Do(ctx)
			return err
		}))
	if strings.Contains(report, "Field") || !strings.Contains(report, "Not passed") || !strings.HasSuffix(address, "?blind=1") {
		t.Errorf("the report at %s: %.400s", address, report)
	}
	if n := len(pdfPage.FindAll(printed, -1)); n != 1 {
		t.Errorf("it prints on %d pages", n)
	}
}

// evidence reads the sheet of the test.
func (h *hiring) evidence() {
	t, ctx := h.t, h.boss
	t.Helper()
	do(t, ctx, "the evidence sheet", chromedp.Navigate(h.a.url+h.test), chromedp.Click(`.es-tabs a[href$="/evidence"]`, chromedp.ByQuery), chromedp.WaitVisible(".hv-part", chromedp.ByQuery))
	text := textOf(t, ctx, "main")
	for _, want := range []string{"Reads orders of imaging", "Radiology", "The line is 40 %", "has not been written down"} {
		if !strings.Contains(text, want) {
			t.Errorf("the evidence sheet does not say %q:\n%s", want, text)
		}
	}
	if kind, body := fetched(t, ctx, `a[href$="/evidence.pdf"]`); kind != "200 application/pdf" || !strings.HasPrefix(body, "%PDF-") {
		t.Errorf("the sheet as PDF: %s", kind)
	}
}

// credential is the candidate's: she asks for it by the same link, and a stranger verifies it by its address and by the file.
func (h *hiring) credential() (verify string) {
	t := h.t
	t.Helper()
	ann, closeBrowser := profile(t, h.boss)
	defer closeBrowser()
	var file string
	do(t, ann, "ask for the credential", chromedp.Navigate(h.sit[0]), chromedp.Click(`a[href$="/credential"]`, chromedp.ByQuery), chromedp.WaitVisible(`input[name="identify"][value="email"]`, chromedp.ByQuery),
		chromedp.Click(`form.vf-card button.primary`, chromedp.ByQuery), chromedp.WaitVisible(`.vf-qr svg`, chromedp.ByQuery), chromedp.AttributeValue(`.vf-long a`, "href", &verify, nil, chromedp.ByQuery),
		chromedp.Evaluate(`fetch(document.querySelector("a[download]").href).then(r => r.text())`, &file, awaitPromise))
	axePages(t, ann, h.a.url, strings.TrimPrefix(h.sit[0], h.a.url)+"/credential")

	stranger, closeStranger := profile(t, h.boss)
	defer closeStranger()
	do(t, stranger, "its address", chromedp.Navigate(h.a.url+verify), chromedp.WaitVisible(".vf-verdict.good", chromedp.ByQuery))
	text := textOf(t, stranger, "main")
	for _, want := range []string{"Office coder", "46.2 %", "40 %"} {
		if !strings.Contains(text, want) || strings.Contains(text, "Moravec") {
			t.Errorf("the stranger does not read %q, or reads a name:\n%s", want, text)
		}
	}
	do(t, stranger, "whose it is", chromedp.SetValue("#identity", "Ann@moravec.example", chromedp.ByQuery), chromedp.Click(`form[action^="/verify/"] button`, chromedp.ByQuery), chromedp.WaitVisible("#vf-who ~ .notice.good", chromedp.ByQuery))
	axePages(t, stranger, h.a.url, verify, "/verify")
	h.paste(stranger, file, "good")
	return verify
}

// paste verifies a file without its address.
func (h *hiring) paste(ctx context.Context, file, tone string) {
	h.t.Helper()
	do(h.t, ctx, "the file", chromedp.Navigate(h.a.url+"/verify"), chromedp.SetValue("#credential", file, chromedp.ByQuery), chromedp.Click(`form[action="/verify"] button`, chromedp.ByQuery), chromedp.WaitVisible(".vf-verdict."+tone, chromedp.ByQuery))
}

// endpoint adds an endpoint for messages; nobody answers there.
func (h *hiring) endpoint() {
	h.t.Helper()
	do(h.t, h.boss, "add an endpoint", chromedp.Navigate(h.a.url+"/hire/settings"), chromedp.SetValue("#webhook-url", "https://127.0.0.1.invalid/hook", chromedp.ByQuery), chromedp.Click("#new-webhook button.primary", chromedp.ByQuery),
		chromedp.WaitVisible(".ap-secret", chromedp.ByQuery), chromedp.Navigate(h.a.url+"/hire/settings"), chromedp.Evaluate(`document.querySelector("a.ap-url").getAttribute("href")`, &h.hook))
}

// look has axe look at the employer's pages of a test with results.
func (h *hiring) look() {
	h.t.Helper()
	if os.Getenv("CROSSWALK_AXE") == "" {
		return
	}
	var third string
	do(h.t, h.boss, "who did not come", chromedp.Navigate(h.a.url+h.list), chromedp.Evaluate(`[...document.querySelectorAll(".cl-rows a")].find(a => a.textContent === "Cy Stone").pathname`, &third))
	axePages(h.t, h.boss, h.a.url, "/hire", "/hire/new", "/hire/new?from=ed", h.test, h.test+"/edit", h.test+"/preview", h.list, h.ann, h.ann+"/report", third+"/report", h.test+"/compare", h.test+"/compare?blind=1", h.ann+"/credential", "/hire/settings", "/api")
}

// erase takes the candidate away: her name, report and link, and what the credential said. The endpoint is to be told.
func (h *hiring) erase(verify string) {
	t, ctx := h.t, h.boss
	t.Helper()
	do(t, ctx, "erase", chromedp.Navigate(h.a.url+h.ann), chromedp.Click(`form[action$="/erase"] input[name="confirm"]`, chromedp.ByQuery), chromedp.Click(`form[action$="/erase"] button`, chromedp.ByQuery),
		awaitOverLoads(`document.readyState === "complete" && document.querySelector('form[action$="/erase"]') === null`))
	var statuses []int
	do(t, ctx, "what is gone", chromedp.Evaluate(fmt.Sprintf(`Promise.all([%q, %q, %q].map(p => fetch(p).then(r => r.status)))`, h.ann+"/report", h.ann+"/report.json", strings.TrimPrefix(h.sit[0], h.a.url)), &statuses, awaitPromise))
	if !slices.Equal(statuses, []int{404, 404, 404}) {
		t.Errorf("report, its JSON and the link are answered with %d", statuses)
	}
	for _, at := range []string{h.list, h.ann, h.test + "/compare"} {
		var text string
		do(t, ctx, "no name", chromedp.Navigate(h.a.url+at), chromedp.Evaluate(`document.documentElement.textContent`, &text))
		if strings.Contains(text, "Moravec") || strings.Contains(text, "moravec.example") {
			t.Errorf("%s names who was erased", at)
		}
	}
	do(t, ctx, "the credential's address says nothing any more", chromedp.Navigate(h.a.url+verify), chromedp.WaitVisible(".vf-verdict", chromedp.ByQuery))
	if s := textOf(t, ctx, "main"); strings.Contains(s, "46.2 %") {
		t.Errorf("the address still says\n%s", s)
	}
	do(t, ctx, "the log of the endpoint", chromedp.Navigate(h.a.url+h.hook), chromedp.WaitVisible("main", chromedp.ByQuery))
	if s := textOf(t, ctx, "main"); !strings.Contains(s, h.ann[strings.LastIndexByte(h.ann, '/')+1:]) {
		t.Errorf("the log of the endpoint does not have the candidate:\n%s", s)
	}
	axePages(t, ctx, h.a.url, h.hook)
}

// axePages has axe look at pages, where there is an axe. A link stands for all of its pages.
func axePages(t *testing.T, ctx context.Context, base string, paths ...string) {
	t.Helper()
	if os.Getenv("CROSSWALK_AXE") == "" {
		return
	}
	for _, p := range paths {
		if strings.HasPrefix(p, "/sit/") && !strings.HasSuffix(p, "/credential") {
			paths = append(paths, p+"/consent", p+"/check", p+"/practice?n=1", p+"/practice?n=2", "/sit")
		}
	}
	visitWithAxe(t, ctx, axeScript(t), base, paths)
}
