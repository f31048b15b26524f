package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"crosswalk/codebook"
	"crosswalk/progress"
	"crosswalk/store"
)

const employerPass = "a passphrase of an employer"

// hiringData is a data folder with an employer and an open hiring test of four questions and a chart, whose id is given.
func hiringData(t *testing.T) (dir string, id progress.AssessmentID) {
	t.Helper()
	c, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	db, err := store.Open(t.Context(), store.Options{Path: filepath.Join(dir, "crosswalk.db"), Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	prog := progress.New(db, c.bank, func() *codebook.Book { return c.book }, progress.Options{})
	ctx := t.Context()
	boss, err := prog.AddUser(ctx, progress.Operator(progress.DefaultOrg), progress.NewUser{Name: "Emma Stone", Email: "emma@example.org", Passphrase: employerPass, Role: progress.RoleEmployer})
	if err != nil {
		t.Fatal(err)
	}
	x, err := prog.SaveAssessment(ctx, boss.Actor(), progress.AssessmentInput{ClientKey: "journey-of-a-candidate", Spec: progress.AssessmentSpec{
		Name: "Office coder", Minutes: 60, PassPercent: 70, Tries: 1, KeepDays: 30, Questions: []progress.AreaCount{{Area: "icd10cm", Count: 4}}, Charts: progress.ChartSpec{Count: 1},
		Job: progress.JobNote{Title: "Coder", Tasks: []progress.JobTask{{Text: "Codes visits", Areas: []string{"icd10cm", "cases"}}}},
	}})
	if err == nil {
		x, err = prog.OpenAssessment(ctx, boss.Actor(), x.ID, x.Revision)
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir, x.ID
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

// TestCandidateJourney: an employer invites by name; the candidate reads and agrees, checks the browser, tries an item, begins and answers; the
// browser is closed; in another one the same link leads back to what was answered; after handing in the employer sees what was logged.
func TestCandidateJourney(t *testing.T) {
	boss := openBrowser(t)
	dir, id := hiringData(t)
	a := start(t, "-data", dir)
	list := "/hire/" + string(id) + "/candidates"
	signInAs(t, boss, a, "emma@example.org", employerPass)
	var link string
	do(t, boss, "invite", chromedp.Navigate(a.url+list), chromedp.WaitVisible("#people", chromedp.ByQuery), chromedp.SetValue("#people", "Ann Rivers, ann@example.org, A-17\nBo Field", chromedp.ByQuery),
		chromedp.SetValue("#breaks", "1", chromedp.ByQuery), chromedp.Click("#invite-form button.primary", chromedp.ByQuery), chromedp.WaitVisible("#links", chromedp.ByQuery), chromedp.Evaluate(`document.querySelector("#links td.cl-secret").textContent`, &link))
	if !strings.HasPrefix(link, a.url+"/sit/") {
		t.Fatalf("the link is %q", link)
	}
	ann, closeBrowser := profile(t, boss)
	do(t, ann, "the link", chromedp.Navigate(link), chromedp.Click(`a[href$="/consent"].primary`, chromedp.ByQuery), chromedp.WaitVisible("#agree", chromedp.ByQuery))
	do(t, ann, "agree", chromedp.Click("#agree", chromedp.ByQuery), chromedp.Click(`#consent button[value="agree"]`, chromedp.ByQuery), chromedp.WaitVisible("#checks", chromedp.ByQuery),
		awaitJS(`document.querySelectorAll("#checks .tag.good").length === 4`))
	do(t, ann, "practice", chromedp.Click(`form a[href$="/practice"]`, chromedp.ByQuery), chromedp.WaitVisible(`label.choice`, chromedp.ByQuery), chromedp.Click(`label.choice`, chromedp.ByQuery),
		chromedp.Click(`.room-move button[value="save"]`, chromedp.ByQuery), chromedp.WaitVisible(`.notice.good[role=status]`, chromedp.ByQuery))
	do(t, ann, "begin", chromedp.Navigate(link), chromedp.Click(`form[action$="/start"] button`, chromedp.ByQuery), chromedp.WaitVisible("#pal-items", chromedp.ByQuery))
	roomIs(t, ann, 1)
	answerShown(t, ann)
	away := func() chromedp.Tasks {
		return chromedp.Tasks{
			chromedp.Evaluate(`{ Object.defineProperty(document, "hasFocus", {configurable: true, value: () => false}); dispatchEvent(new Event("blur")); }`, nil), chromedp.Sleep(1300 * time.Millisecond),
			chromedp.Evaluate(`{ Object.defineProperty(document, "hasFocus", {configurable: true, value: () => true}); dispatchEvent(new Event("focus")); }`, nil),
		}
	}
	do(t, ann, "something pasted, and away for a while", chromedp.Evaluate(`{
		const data = new DataTransfer(); data.setData("text", "twelve chars");
		document.querySelector("#room-form").dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true}));
	}`, nil), away())
	saved(t, ann)
	do(t, ann, "away in a break, which is no absence", chromedp.Click("#do-break", chromedp.ByQuery), chromedp.WaitVisible("#room-ask button.primary", chromedp.ByQuery), chromedp.Click("#room-ask button.primary", chromedp.ByQuery),
		chromedp.WaitVisible("#room-break button", chromedp.ByQuery), away(), chromedp.Click("#room-break button", chromedp.ByQuery), chromedp.WaitVisible("#room-form", chromedp.ByQuery))
	until(t, ann, "the events are told", `performance.getEntriesByType("resource").some(e => e.name.endsWith("/events") && e.responseEnd > 0)`)
	axePages(t, ann, a.url, strings.TrimPrefix(link, a.url))
	closeBrowser()

	again, closeAgain := profile(t, boss)
	defer closeAgain()
	do(t, again, "the same link in another browser", chromedp.Navigate(link), chromedp.Click(`form[action$="/start"] button`, chromedp.ByQuery), chromedp.WaitVisible("#pal-items", chromedp.ByQuery))
	until(t, again, "the answer is there", `document.querySelectorAll("#pal-items .answered").length === 1`)
	do(t, again, "hand in", chromedp.Click("#do-review", chromedp.ByQuery), chromedp.WaitVisible("#do-hand-in", chromedp.ByQuery), chromedp.Click("#do-hand-in", chromedp.ByQuery),
		chromedp.WaitVisible("#room-ask button.primary", chromedp.ByQuery), chromedp.Click("#room-ask button.primary", chromedp.ByQuery), awaitOverLoads(`location.pathname === "/sit" && document.querySelector(".notice.good") !== null && document.readyState === "complete"`))
	do(t, again, "nothing else of the site", chromedp.Navigate(a.url+"/practice"), awaitOverLoads(`document.querySelector('a[href="/sit"].primary') !== null`))

	var text string
	do(t, boss, "what was logged", chromedp.Navigate(a.url+list), chromedp.Click(`ul.rows li:last-child a`, chromedp.ByQuery), chromedp.WaitVisible("#events", chromedp.ByQuery), chromedp.Click(".ev-all summary", chromedp.ByQuery),
		chromedp.Evaluate(`document.querySelector("main").innerText`, &text))
	for _, want := range []string{"Ann Rivers", "handed in", "12 characters", "opened again", "began from 127.0.0.0/24", "for 1 s", "without a verdict", "1 away from the page"} {
		if !strings.Contains(text, want) {
			t.Errorf("the employer's page does not say %q:\n%s", want, text)
		}
	}
	var one string
	do(t, boss, "address of the candidate", chromedp.Evaluate(`location.pathname`, &one))
	axePages(t, boss, a.url, list, one)
	axeCredential(t, boss, again, a, dir, string(id), link, one)
}

// answerShown answers the item that is shown, whatever its kind: which one comes is drawn.
func answerShown(t *testing.T, ctx context.Context) {
	t.Helper()
	do(t, ctx, "answer", chromedp.Evaluate(`{
		const form = document.querySelector("#room-form"), choice = form.querySelector("label.choice input"), place = form.querySelector("select"), typed = form.querySelector("input");
		if (choice) choice.click();
		else if (place) { place.selectedIndex = 1; place.dispatchEvent(new Event("change", {bubbles: true})); }
		else { typed.value = typed.inputMode === "decimal" ? "4" : "I10"; typed.dispatchEvent(new Event("input", {bubbles: true})); typed.dispatchEvent(new Event("change", {bubbles: true})); }
	}`, nil), awaitJS(`document.querySelector("#pal-items .answered, #pal-items .part") !== null`))
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
