package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// TestExchangeJourney: an instructor uploads a file, reads the report, mends a text on the page, and asks what an export would lose.
func TestExchangeJourney(t *testing.T) {
	ctx := openBrowser(t)
	data := t.TempDir()
	const pass = "a sentence to remember"
	if got := try(t, pass+"\n", "user", "add", "-data", data, "-name", "Ines", "-email", "ines@example.org", "-role", "instructor"); got.status != statusOK {
		t.Fatalf("%+v", got)
	}
	file := filepath.Join(t.TempDir(), "week one.gift")
	if err := os.WriteFile(file, []byte("::links::What does the word \"with\" do in the Tabular List?{=It presumes a link ~It asks for a query}\n\nWrite an essay. {}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	a := startProgram(t, "-data", data)
	var report, text string
	do(t, ctx, "sign in", chromedp.Navigate(a.url+"/signin"), chromedp.SetValue("#email", "ines@example.org", chromedp.ByQuery), chromedp.SetValue("#passphrase", pass, chromedp.ByQuery),
		chromedp.Click(`form.card button.primary`, chromedp.ByQuery), chromedp.WaitVisible("a.who", chromedp.ByQuery))
	do(t, ctx, "upload a file", chromedp.Navigate(a.url+"/teach"), chromedp.Click(`a[href="/teach/exchange"]`, chromedp.ByQuery), chromedp.WaitVisible("#file", chromedp.ByQuery),
		chromedp.SetUploadFiles("#file", []string{file}, chromedp.ByQuery), chromedp.SetValue("#area", "icd10cm", chromedp.ByQuery), chromedp.Click(`form[action="/teach/exchange/import"] button`, chromedp.ByQuery),
		chromedp.WaitVisible("#text1", chromedp.ByQuery), chromedp.Text(".ix-lines", &report, chromedp.ByQuery), chromedp.Value("#text1", &text, chromedp.ByQuery))
	if !strings.Contains(report, "it is an essay") || !strings.Contains(text, "## icd10cm-links {") || !strings.Contains(text, "TO WRITE:") {
		t.Errorf("the report:\n%s\nthe text:\n%s", report, text)
	}
	axeInViews(t, ctx)
	do(t, ctx, "look at an export", chromedp.Navigate(a.url+"/teach/exchange"), chromedp.SetValue("#out_format", "aiken", chromedp.ByQuery), chromedp.Click(`input[name="areas"][value="queries"]`, chromedp.ByQuery),
		chromedp.Click(`button[value="look"]`, chromedp.ByQuery), chromedp.WaitVisible(".ix-report", chromedp.ByQuery), chromedp.Text(".ix-report", &report, chromedp.ByQuery))
	if !strings.Contains(report, "the explanations of the options") {
		t.Errorf("the report of an export:\n%s", report)
	}
}

// axeInViews runs axe on the page as it stands, in each view, and finds out whether it is wider than the screen.
func axeInViews(t *testing.T, ctx context.Context) {
	t.Helper()
	for _, view := range views {
		var overflow bool
		do(t, ctx, "view", emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: view.scheme}}), chromedp.EmulateViewport(view.width, 900),
			chromedp.Evaluate(`document.documentElement.scrollWidth > document.documentElement.clientWidth + 1`, &overflow))
		if overflow {
			t.Errorf("wider than a screen of %d", view.width)
		}
		axeHere(t, ctx)
	}
}
