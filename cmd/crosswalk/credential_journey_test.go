package main

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// axeCredential has axe look at the pages of a credential and of programs: a candidate who has handed in asks for one by the link, and the
// employer adds an endpoint, whose log tells of the candidate who is erased. one is the employer's page of the candidate who asks.
func axeCredential(t *testing.T, boss, ann context.Context, a *app, dir, test, link, one string) {
	t.Helper()
	var public, endpoint string
	do(t, ann, "ask for a credential", chromedp.Navigate(link+"/credential"), chromedp.Click(`form[action$="/credential"] button.primary`, chromedp.ByQuery), chromedp.WaitVisible(`a[href$=".jwt"]`, chromedp.ByQuery),
		chromedp.Evaluate(`document.querySelector('a[href^="/verify/"]').getAttribute("href")`, &public))
	do(t, boss, "add an endpoint", chromedp.Navigate(a.url+"/hire/settings"), chromedp.SetValue("#webhook-url", "https://127.0.0.1.invalid/hook", chromedp.ByQuery), chromedp.Click("#new-webhook button.primary", chromedp.ByQuery),
		chromedp.WaitVisible(".ap-secret", chromedp.ByQuery), chromedp.Navigate(a.url+"/hire/settings"), chromedp.Evaluate(`document.querySelector("a.ap-url").getAttribute("href")`, &endpoint))
	var people []struct{ ID string }
	listed := try(t, "", "candidate", "list", test, "-json", "-data", dir)
	if err := json.Unmarshal([]byte(listed.out), &people); err != nil {
		t.Fatalf("%v: %+v", err, listed)
	}
	for _, p := range people {
		if !strings.HasSuffix(one, p.ID) {
			try(t, "", "candidate", "erase", test, p.ID, "-data", dir)
		}
	}
	if got := try(t, "", "webhook", "log", endpoint[strings.LastIndexByte(endpoint, '/')+1:], "-data", dir); !strings.Contains(got.out, "candidate.erased") {
		t.Errorf("the log of the endpoint: %+v", got)
	}
	axePages(t, ann, a.url, strings.TrimPrefix(link, a.url)+"/credential", public, "/verify")
	axePages(t, boss, a.url, one+"/credential", "/hire/settings", endpoint, "/api")
}
