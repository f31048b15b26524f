package main

import (
	"context"
	"crosswalk/codebook/release/releasetest"
	"encoding/json"
	"os"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// axeScript is axe-core from the file that CROSSWALK_AXE names; the test is skipped without it.
func axeScript(t *testing.T) string {
	t.Helper()
	path := os.Getenv("CROSSWALK_AXE")
	if path == "" {
		t.Skip("CROSSWALK_AXE names no axe.min.js")
	}
	axe, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(axe)
}

// runAxe is what is asked of axe: what it found, a line for each rule with the first three places.
const runAxe = `axe.run(document,{runOnly:["wcag2a","wcag2aa","wcag21aa","wcag22aa","best-practice"],resultTypes:["violations"]}).then(r=>JSON.stringify(r.violations.map(v=>
	v.id+": "+v.nodes.slice(0,3).map(n=>n.target.join(" ")+" "+n.failureSummary.replace(/\s+/g," ").slice(0,220)).join(" | "))))`

// view is how a page is looked at.
type view struct {
	scheme string
	width  int64
}

// views have each colour and each width once: what axe finds depends on the colours and on the width, and not on the two together.
var views = []view{{"light", 1280}, {"dark", 390}}

// visitWithAxe runs axe over pages in each view and finds those that are wider than the screen.
func visitWithAxe(t *testing.T, ctx context.Context, axe, base string, paths []string) {
	t.Helper()
	var script page.ScriptIdentifier
	// Every page has axe from the start: sent to each by itself, it would be read as a script of the moment each time.
	do(t, ctx, "axe in every page", chromedp.ActionFunc(func(ctx context.Context) error {
		id, err := page.AddScriptToEvaluateOnNewDocument(axe).Do(ctx)
		script = id
		return err
	}))
	defer func() { do(t, ctx, "and no longer", page.RemoveScriptToEvaluateOnNewDocument(script)) }()
	for _, view := range views {
		do(t, ctx, "colours", emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: view.scheme}}),
			chromedp.EmulateViewport(view.width, 900))
		for _, path := range paths {
			var raw string
			do(t, ctx, "axe on "+path, chromedp.Navigate(base+path), chromedp.WaitReady("main", chromedp.ByQuery),
				awaitJS(`document.querySelector("#room") === null || document.querySelector("#room-foot") !== null`),
				chromedp.Evaluate(runAxe, &raw, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
			var violations []string
			if err := json.Unmarshal([]byte(raw), &violations); err != nil {
				t.Fatal(err)
			}
			for _, v := range violations {
				t.Errorf("%s (%s, %d wide): %s", path, view.scheme, view.width, v)
			}
			var overflow bool
			do(t, ctx, "width", chromedp.Evaluate(`document.documentElement.scrollWidth > document.documentElement.clientWidth + 1`, &overflow))
			if overflow {
				t.Errorf("%s (%s): wider than a screen of %d", path, view.scheme, view.width)
			}
		}
	}
}

// TestAccessibleFullBook runs axe over the pages of the codebook with the official releases: long lists, wide tables, long titles.
func TestAccessibleFullBook(t *testing.T) {
	t.Parallel() // the longest of all, with a server and a window of its own
	axe := axeScript(t)
	data := releasetest.Data(t)
	ctx := openBrowser(t)
	a := startProgram(t, "-data", data)
	visitWithAxe(t, ctx, axe, a.url, []string{
		"/codebook", "/codebook/icd10cm", "/codebook/icd10cm?chapter=4", "/codebook/icd10cm/S52", "/codebook/icd10cm/S52.531A", "/codebook/index/I", "/codebook/index?q=hypertension",
		"/codebook/neoplasms?letter=L", "/codebook/drugs?letter=Z", "/codebook/external-causes?letter=F", "/codebook/icd10pcs", "/codebook/icd10pcs/build?code=0SR", "/codebook/icd10pcs/build?code=0SR9019",
		"/codebook/icd10pcs/0SR9019", "/codebook/hcpcs?range=r", "/codebook/hcpcs/J0135", "/codebook/cpt/99214", "/codebook/places", "/codebook/changes/icd10cm", "/codebook/search?q=heart+failure",
	})
}
