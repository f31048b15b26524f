package main

import (
	"context"
	"crosswalk/grading"
	"crosswalk/quizzes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// chromium is the one browser of all journeys. It ends with the tests (see TestMain).
var chromium = sync.OnceValues(func() (context.Context, error) {
	path, err := exec.LookPath("chromium")
	if err != nil {
		return nil, err
	}
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.WindowSize(1280, 900))
	alloc, cancelAlloc := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, cancel := chromedp.NewContext(alloc)
	atEnd(func() { cancel(); cancelAlloc() })
	return ctx, chromedp.Run(ctx)
})

// openBrowser opens a window that shares nothing with those of other tests: no cookies, no storage. The test is skipped where there is no
// browser, unless CROSSWALK_BROWSER=required.
func openBrowser(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("browser journeys are left out of -short")
	}
	browser, err := chromium()
	switch {
	case errors.Is(err, exec.ErrNotFound) && os.Getenv("CROSSWALK_BROWSER") != "required":
		t.Skip("no chromium on this machine")
	case err != nil:
		t.Fatalf("start chromium: %v", err)
	}
	profile, err := target.CreateBrowserContext().Do(cdp.WithExecutor(browser, chromedp.FromContext(browser).Browser))
	if err != nil {
		t.Fatalf("open a profile: %v", err)
	}
	t.Cleanup(func() {
		if err := target.DisposeBrowserContext(profile).Do(cdp.WithExecutor(browser, chromedp.FromContext(browser).Browser)); err != nil {
			t.Logf("close the profile: %v", err)
		}
	})
	ctx, cancel := openWindow(t, context.WithValue(browser, profileKey{}, profile))
	ctx, cancelTime := context.WithTimeout(ctx, 8*time.Minute)
	t.Cleanup(func() { cancelTime(); cancel() })
	return ctx
}

type profileKey struct{}

// openWindow opens another window of the same person: it shares cookies and storage with that of ctx.
func openWindow(t *testing.T, ctx context.Context) (context.Context, context.CancelFunc) {
	t.Helper()
	profile, _ := ctx.Value(profileKey{}).(cdp.BrowserContextID)
	id, err := target.CreateTarget("about:blank").WithBrowserContextID(profile).WithNewWindow(true).WithWidth(1280).WithHeight(900).Do(cdp.WithExecutor(ctx, chromedp.FromContext(ctx).Browser))
	if err != nil {
		t.Fatalf("open a window: %v", err)
	}
	other, cancel := chromedp.NewContext(ctx, chromedp.WithTargetID(id))
	if err := chromedp.Run(other); err != nil { // by itself: the window goes with the context of its first action
		t.Fatalf("open a window: %v", err)
	}
	return other, cancel
}

func do(t *testing.T, ctx context.Context, what string, actions ...chromedp.Action) {
	t.Helper()
	step, cancel := context.WithTimeout(ctx, 40*time.Second)
	defer cancel()
	if err := chromedp.Run(step, actions...); err != nil {
		var where, html string
		_ = chromedp.Run(ctx, chromedp.Location(&where), chromedp.Evaluate(`document.querySelector("main")?.innerText.slice(0,800) ?? ""`, &html))
		t.Fatalf("%s: %v\nat %s\n%s", what, err, where, html)
	}
}

func textOf(t *testing.T, ctx context.Context, sel string) string {
	t.Helper()
	var s string
	// By a script and not by a node: a page that is just loaded may give its nodes new ids.
	do(t, ctx, "read "+sel, chromedp.WaitVisible(sel, chromedp.ByQuery), chromedp.Evaluate(fmt.Sprintf("document.querySelector(%q).innerText", sel), &s))
	return s
}

// awaitJS waits until a script says true.
func awaitJS(js string) chromedp.Action {
	return chromedp.Poll(js, nil, chromedp.WithPollingTimeout(25*time.Second), chromedp.WithPollingInterval(50*time.Millisecond))
}

// TestNewcomer is the journey of someone who comes by for the first time: start, read, answer, code a chart with the codebook beside it,
// read the result, close everything, and find it all the next day; and the command line gives the same grade.
func TestNewcomer(t *testing.T) {
	ctx := openBrowser(t)
	data := t.TempDir()
	a := start(t, "-data", data)

	do(t, ctx, "start learning", chromedp.Navigate(a.url), chromedp.Click(`form[action="/start"] button`, chromedp.ByQuery), chromedp.WaitVisible(`article[data-lesson]`, chromedp.ByQuery))
	if h := textOf(t, ctx, "h1"); h == "" {
		t.Fatal("the first lesson has no title")
	}

	// A live question, answered in place: the page does not leave.
	do(t, ctx, "answer in the lesson",
		chromedp.Navigate(a.url+"/lessons/icd10cm-excludes"),
		chromedp.Evaluate(`window.stayed = true; document.querySelector('.question form[data-inline] input[name=choice]')?.closest('.question').scrollIntoView()`, nil),
		chromedp.Click(`.question form[data-inline] input[name=choice]`, chromedp.ByQuery),
		chromedp.Evaluate(`document.querySelector('.question form[data-inline] input[name=choice]:checked').form.requestSubmit()`, nil),
		awaitJS(`document.querySelector(".question .verdict") !== null && window.stayed === true`))

	// The chart, by keyboard: type-ahead, choose with the arrow, next line with Enter.
	do(t, ctx, "open the workbench", chromedp.Navigate(a.url+"/cases/ed-colles-fracture"), chromedp.WaitVisible("#dx-0-code", chromedp.ByQuery))
	do(t, ctx, "type-ahead",
		chromedp.SendKeys("#dx-0-code", "colles right open", chromedp.ByQuery), awaitJS(`document.querySelectorAll("#dx-0 [role=option] b").length > 0`),
		chromedp.Evaluate(`document.querySelector("#dx-0-code").value = ""`, nil), chromedp.SendKeys("#dx-0-code", "S52.531", chromedp.ByQuery), awaitJS(`document.querySelector("#dx-0 [role=option] b")?.textContent === "S52.531A"`),
		chromedp.SendKeys("#dx-0-code", kb.ArrowDown+kb.Enter, chromedp.ByQuery), awaitJS(`document.querySelector("#dx-0 .line-title").textContent.includes("olles")`))
	do(t, ctx, "more lines",
		chromedp.SendKeys("#dx-1-code", "W01.0XXA", chromedp.ByQuery), chromedp.SendKeys("#dx-2-code", "I10", chromedp.ByQuery),
		chromedp.SendKeys("#px-0-code", "25605", chromedp.ByQuery), chromedp.SendKeys("#px-0-mods", "RT", chromedp.ByQuery), chromedp.SendKeys("#px-0-ptr", "A C", chromedp.ByQuery))
	do(t, ctx, "move a line by keyboard; the pointer follows",
		chromedp.Focus("#dx-2-code", chromedp.ByQuery), chromedp.KeyEvent(kb.ArrowUp, chromedp.KeyModifiers(1)),
		awaitJS(`document.querySelector("#dx-1-code").value === "I10" && document.querySelector("#px-0-ptr").value === "A B"`))
	do(t, ctx, "add and remove a line by mouse",
		chromedp.Click(`button[value="add-dx"]`, chromedp.ByQuery), awaitJS(`document.querySelectorAll("ol[data-kind=dx] > li").length === 4`),
		chromedp.Click(`button[value="remove-dx-3"]`, chromedp.ByQuery), awaitJS(`document.querySelectorAll("ol[data-kind=dx] > li").length === 3`))
	do(t, ctx, "the draft is saved", awaitJS(`/\d\d:\d\d/.test(document.querySelector("#save-state").textContent)`))

	// The laptop is closed: the server is stopped and started again on the same data. The draft is there.
	port := a.url[strings.LastIndex(a.url, ":")+1:]
	if status := a.stop(); status != statusOK {
		t.Fatalf("stopped with %d", status)
	}
	a = startAt(t, "127.0.0.1:"+port, data)
	do(t, ctx, "come back", chromedp.Navigate(a.url+"/"), chromedp.WaitVisible(".now", chromedp.ByQuery))
	if s := textOf(t, ctx, ".now"); !strings.Contains(s, "left it on") {
		t.Errorf("the desk does not offer the draft: %s", s)
	}
	do(t, ctx, "go on coding", chromedp.Click(".now a.button", chromedp.ByQuery), chromedp.WaitVisible("#dx-1-code", chromedp.ByQuery),
		awaitJS(`document.querySelector("#dx-1-code").value === "I10" && document.querySelector("#px-0-ptr").value === "A B"`))

	// The codebook, one key away.
	do(t, ctx, "codebook", chromedp.Evaluate(`document.activeElement.blur()`, nil), chromedp.KeyEvent("/"), awaitJS(`document.activeElement.id === "book-q"`),
		chromedp.SendKeys("#book-q", "hypertension", chromedp.ByQuery), awaitJS(`document.querySelectorAll("#book-results li a").length > 0`))

	do(t, ctx, "read a code in the drawer, by keyboard, and go back to the sheet", chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.Enter),
		awaitJS(`!document.querySelector("#book-page").hidden && document.querySelector("#book-text h2") !== null && location.pathname.startsWith("/cases/")`),
		chromedp.KeyEvent(kb.Escape), chromedp.KeyEvent(kb.Escape), awaitJS(`!document.querySelector("#book").open`))

	do(t, ctx, "hand in", chromedp.Click(`.sheet-foot button[value=submit]`, chromedp.ByQuery), chromedp.WaitVisible(".figures.four", chromedp.ByQuery))
	var figures []string
	do(t, ctx, "read the result",
		chromedp.Evaluate(`[...document.querySelectorAll(".figures.four dd")].map(d => d.firstChild.textContent.trim())`, &figures))
	var lit int
	do(t, ctx, "evidence", chromedp.Evaluate(`document.querySelectorAll(".chart mark[data-ev]").length`, &lit))
	if lit == 0 {
		t.Error("no words of the note are lit up")
	}

	// The command line gives the same figures.
	answer := filepath.Join(t.TempDir(), "answer.json")
	body := `{"diagnoses":[{"code":"S52.531A"},{"code":"I10"},{"code":"W01.0XXA"}],"procedures":[{"code":"25605","modifiers":["RT"],"points_to":["S52.531A","I10"]}]}`
	if err := os.WriteFile(answer, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
	got := try(t, "", "grade", "ed-colles-fracture", answer, "-json")
	var res struct {
		Learning      struct{ Percent float64 }
		AuditAccuracy float64 `json:"audit_accuracy"`
	}
	if err := json.Unmarshal([]byte(got.out), &res); err != nil || got.status != statusOK {
		t.Fatalf("grade: %v %+v", err, got)
	}
	for i, want := range []float64{res.Learning.Percent, res.AuditAccuracy} {
		if w := strings.TrimSuffix(fmt.Sprintf("%.1f", want), ".0") + " %"; figures[i] != w {
			t.Errorf("figure %d in the browser is %q, on the command line %q", i, figures[i], w)
		}
	}

	// Back, and the result again; then another try that begins with this answer.
	do(t, ctx, "mend", chromedp.Click(".result-foot a.primary", chromedp.ByQuery), chromedp.WaitVisible("#dx-0-code", chromedp.ByQuery),
		awaitJS(`document.querySelector("#dx-0-code").value === "S52.531A"`))
	do(t, ctx, "progress", chromedp.Navigate(a.url+"/progress/record"), chromedp.WaitVisible("main svg", chromedp.ByQuery))
}

// TestNothingTypedIsLost: two tabs on one chart, a network that goes away, a session that ends: what was typed is still there and the page
// says how things stand.
func TestNothingTypedIsLost(t *testing.T) {
	ctx := openBrowser(t)
	a := shared(t)
	chart := a.url + "/cases/ed-colles-fracture"
	state := func(want string) chromedp.Action {
		return awaitJS(fmt.Sprintf(`document.querySelector("#save-state").textContent.includes(%q)`, want))
	}
	field := func(id, want string) chromedp.Action {
		return awaitJS(fmt.Sprintf(`document.querySelector("#%s").value === %q`, id, want))
	}
	offline := func(off bool) chromedp.Action {
		return chromedp.ActionFunc(func(ctx context.Context) error {
			if _, err := network.EmulateNetworkConditionsByRule(off, []*network.Conditions{{DownloadThroughput: -1, UploadThroughput: -1}}).Do(ctx); err != nil {
				return err
			}
			return network.OverrideNetworkState(off, 0, -1, -1).Do(ctx)
		})
	}
	do(t, ctx, "begin", chromedp.Navigate(a.url), chromedp.Click(`form[action="/start"] button`, chromedp.ByQuery), chromedp.WaitVisible(`article[data-lesson]`, chromedp.ByQuery),
		chromedp.Navigate(chart), chromedp.SendKeys("#dx-0-code", "I10", chromedp.ByQuery), state("Draft saved"))

	// A second tab goes on with the draft; the first is told, keeps what it has over a reload, and can put it in place.
	other, cancel := openWindow(t, ctx)
	defer cancel()
	do(t, other, "second tab", chromedp.Navigate(chart), chromedp.SendKeys("#dx-1-code", "E11.9", chromedp.ByQuery), state("Draft saved"))
	do(t, ctx, "first tab again", chromedp.SendKeys("#dx-2-code", "W01.0XXA", chromedp.ByQuery), chromedp.WaitVisible("#draft-choice", chromedp.ByQuery),
		chromedp.Reload(), chromedp.WaitVisible("#draft-choice", chromedp.ByQuery), field("dx-1-code", "E11.9"),
		chromedp.Click("#draft-choice button", chromedp.ByQuery), field("dx-2-code", "W01.0XXA"), field("dx-1-code", ""), state("Draft saved"))

	do(t, ctx, "the network goes", network.Enable(), offline(true), chromedp.SendKeys("#dx-1-code", "E78.5", chromedp.ByQuery), state("Offline"),
		chromedp.Click(`.sheet-foot button[value=submit]`, chromedp.ByQuery), state("Nothing was handed in"))
	do(t, ctx, "and comes back", offline(false), state("Draft saved"), chromedp.Navigate(chart), field("dx-1-code", "E78.5"), state("Draft saved"))

	// The session ends while one types; the answer is there after a new start.
	do(t, ctx, "signed out meanwhile", network.ClearBrowserCookies(), chromedp.SendKeys("#px-0-code", "25605", chromedp.ByQuery), state("You are signed out"),
		chromedp.Click("#save-state a", chromedp.ByQuery), chromedp.Click(`form[action="/start"] button`, chromedp.ByQuery),
		chromedp.WaitVisible("#draft-choice", chromedp.ByQuery), chromedp.Click("#draft-choice button", chromedp.ByQuery), field("px-0-code", "25605"), state("Draft saved"))

	// What was handed in is let go.
	var held string
	do(t, ctx, "hand in", chromedp.Click(`.sheet-foot button[value=submit]`, chromedp.ByQuery), chromedp.WaitVisible(".figures.four", chromedp.ByQuery),
		chromedp.Evaluate(`Object.keys(localStorage).join()`, &held))
	if held != "" {
		t.Errorf("the browser still holds %s", held)
	}
}

// startAt is start on a given address, for a server that comes back.
func startAt(t *testing.T, addr, data string) *app {
	t.Helper()
	return start(t, "-addr", addr, "-data", data)
}

// TestAccessible runs axe over every page, light on a wide screen and dark on a phone.
func TestAccessible(t *testing.T) {
	t.Parallel() // the longest of all, with a server and a window of its own
	axe := axeScript(t)
	ctx := openBrowser(t)
	a := startProgram(t, "-data", t.TempDir(), "-demo")
	visit := func(t *testing.T, paths []string) { visitWithAxe(t, ctx, axe, a.url, paths) }
	visit(t, []string{"/", "/start", "/signin", "/signup", "/lessons", "/lessons/icd10cm-excludes", "/lessons/em-mdm-and-time", "/lessons/anatomy-planes-and-regions", "/lessons/glossary", "/practice", "/cases", "/nowhere",
		"/codebook", "/codebook/icd10cm", "/codebook/icd10pcs", "/codebook/cpt", "/codebook/hcpcs", "/codebook/icd10cm/E11", "/codebook/icd10cm/E11.22", "/codebook/icd10pcs/0FT44ZZ", "/codebook/cpt/25605", "/codebook/modifiers",
		"/codebook/guidelines", "/codebook/guidelines/I.C.4.a", "/codebook/search?q=diabetes", "/codebook/icd10pcs/build",
		"/codebook/index", "/codebook/neoplasms", "/codebook/drugs", "/codebook/external-causes", "/codebook/places", "/codebook/compare?a=icd10cm:E11.22&b=icd10cm:E11.21", "/codebook/compare?a=icd10pcs:0FT44ZZ&b=icd10pcs:0FB44ZZ", "/codebook/changes/icd10cm"})

	// As a learner of the demo class, with weeks of attempts.
	signIn := func(t *testing.T, role string) {
		for _, line := range strings.Split(a.out.String(), "\n") {
			if f := strings.Split(line, "  "); strings.HasPrefix(strings.TrimSpace(line), role) && len(f) > 2 {
				email, pass := "", ""
				for _, w := range strings.Fields(line) {
					if strings.Contains(w, "@") {
						email = w
						pass = strings.TrimSpace(line[strings.Index(line, w)+len(w):])
					}
				}
				do(t, ctx, "sign in as "+role, chromedp.Navigate(a.url+"/signin"), chromedp.SetValue("#email", email, chromedp.ByQuery), chromedp.SetValue("#passphrase", pass, chromedp.ByQuery),
					chromedp.Click(`form.card button.primary`, chromedp.ByQuery), chromedp.WaitVisible("a.who", chromedp.ByQuery))
				return
			}
		}
		t.Fatalf("the demo printed no %s:\n%s", role, a.out)
	}
	signIn(t, "learner")
	link := func(t *testing.T, from, sel string) string {
		var href string
		do(t, ctx, "find "+sel, chromedp.Navigate(a.url+from), chromedp.WaitReady(sel, chromedp.ByQuery), chromedp.AttributeValue(sel, "href", &href, nil, chromedp.ByQuery))
		return href
	}
	learnerPages := []string{"/", "/lessons", "/practice", "/practice/areas/anatomy", "/practice/questions/anatomy-planes-and-regions-1", "/cases", "/cases/ed-colles-fracture", "/cases/inp-pneumococcal-sepsis-ventilator",
		"/cases/anes-lap-chole-directed", "/cases/radiology-ct-ureteral-stone", "/cases/office-asthma-flare", "/cases/inp-pneumonia-sodium", "/cases/path-two-shaves", "/progress", "/progress/record", "/progress/review", "/progress/plan", "/progress/readiness", "/progress/readiness/model", "/progress/job", "/progress/placement", "/account", "/cases?setting=ed&difficulty=5&state=clean", "/codebook/mine"}
	// An audit drill that is answered, and the next one open.
	var drill string
	do(t, ctx, "begin audits", chromedp.Navigate(a.url+"/practice/audits"), chromedp.Click(`form[action="/practice/audits"] button`, chromedp.ByQuery), chromedp.WaitVisible("form#audit", chromedp.ByQuery),
		chromedp.Evaluate(`location.pathname`, &drill), chromedp.Click(`input[name="line"][value="none"]`, chromedp.ByQuery), chromedp.Click(`.sheet-foot button`, chromedp.ByQuery), chromedp.WaitVisible(".audit-figures", chromedp.ByQuery))
	learnerPages = append(learnerPages, "/practice/audits", drill, strings.TrimSuffix(drill, "1")+"2")
	learnerPages = append(learnerPages, link(t, "/progress/record", `a[href^="/practice/attempts/"]`), link(t, link(t, "/cases?state=tried", `h2 a[href^="/cases/"]`), `.crumbs a[href*="/attempts/"]`))
	for _, id := range oneOfEachKind(t) {
		learnerPages = append(learnerPages, "/practice/questions/"+id)
	}
	visit(t, learnerPages)
	do(t, ctx, "sign out", chromedp.Navigate(a.url+"/account"), chromedp.Click(`form[action="/signout"] button`, chromedp.ByQuery), chromedp.WaitVisible(".notice", chromedp.ByQuery))
	signIn(t, "admin")
	visit(t, []string{"/teach", link(t, "/teach", `a[href^="/teach/learners/"]`), "/admin", "/teach/policies", "/teach/policies/new", "/teach/exchange"}) // no policies yet
	visit(t, policyPages(t, ctx, a))
	visit(t, examStaffPages(t, ctx, a))
	visit(t, contentPages(t, ctx, a))
}

// shipped is the content that ships, with the starter book. All tests that look something up in it share it.
var shipped = sync.OnceValues(func() (*content, error) { return loadContent(context.Background(), &flags{}, "") })

// oneOfEachKind are ids of questions that ship, one of each kind that there is.
func oneOfEachKind(t testing.TB) []string {
	t.Helper()
	c, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, kind := range grading.Kinds() {
		qs := c.bank.Questions()
		i := slices.IndexFunc(qs, func(q *quizzes.Question) bool { return q.Kind == kind })
		if i < 0 {
			t.Fatalf("the bank has no question of kind %s", kind)
		}
		out = append(out, qs[i].ID)
	}
	return out
}
