package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// roomServer is a server in a process of its own, which can be killed as a power cut would.
type roomServer struct {
	t      *testing.T
	binary string
	addr   string
	args   []string
	cmd    *exec.Cmd
}

// startRoomServer starts the program.
func startRoomServer(t *testing.T, args ...string) *roomServer {
	t.Helper()
	binary, err := program()
	if err != nil {
		t.Fatal(err)
	}
	c := &roomServer{t: t, binary: binary, addr: freeRoomAddr(t), args: args}
	c.start()
	t.Cleanup(c.kill)
	return c
}

func freeRoomAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func (c *roomServer) start() {
	c.t.Helper()
	c.cmd = exec.Command(c.binary, append([]string{"serve", "-addr", c.addr}, c.args...)...)
	var out bytes.Buffer
	c.cmd.Stderr = &out
	if err := c.cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	for range 600 {
		if res, err := http.Get("http://" + c.addr + "/readyz"); err == nil {
			_, _ = io.Copy(io.Discard, res.Body)
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
		}
		time.Sleep(50 * time.Millisecond)
	}
	c.t.Fatalf("the server does not start\n%s", out.String())
}

// kill ends the process without a word to it.
func (c *roomServer) kill() {
	if c.cmd == nil {
		return
	}
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
	c.cmd = nil
}

// kept is what the server has of the sitting in the browser: the chosen options by item.
func kept(t *testing.T, ctx context.Context) map[int]int {
	t.Helper()
	var raw string
	do(t, ctx, "what the server has", chromedp.Evaluate(`fetch("/exams/sittings/" + document.querySelector("#room").dataset.sitting + "/state", {headers: {Accept: "application/json"}}).then(r => r.text())`, &raw, awaitPromise))
	var state struct {
		Items []struct {
			Pos   int
			State struct {
				Answer struct{ Options []int }
			}
		}
	}
	if err := json.Unmarshal([]byte(raw), &state); err != nil {
		t.Fatalf("%v: %.300s", err, raw)
	}
	out := map[int]int{}
	for _, it := range state.Items {
		if len(it.State.Answer.Options) == 1 {
			out[it.Pos] = it.State.Answer.Options[0]
		}
	}
	return out
}

func sameKept(t *testing.T, got, want map[int]int) {
	t.Helper()
	for pos, option := range want {
		if g, ok := got[pos]; !ok || g != option {
			t.Errorf("item %d: the server has option %d (%v), want %d", pos+1, g, ok, option)
		}
	}
}

// TestExamServerKilled: the server is killed in the middle and comes back. The page says that it is offline, goes on, and at the end the
// server has every answer; also those given while it was away, and the page was closed and opened meanwhile.
func TestExamServerKilled(t *testing.T) {
	ctx := openBrowser(t)
	content := t.TempDir()
	writeExams(t, content)
	c := startRoomServer(t, "-data", t.TempDir(), "-content", content)
	startExam(t, ctx, "http://"+c.addr, "six")
	roomIs(t, ctx, 1)
	press(t, ctx, "a")
	press(t, ctx, "n")
	roomIs(t, ctx, 2)
	press(t, ctx, "b")
	saved(t, ctx)
	c.kill()
	press(t, ctx, "c") // instead of b
	until(t, ctx, "offline, with one item to send", `document.querySelector("#room-save").textContent.includes("Offline: 1 item not sent")`)
	press(t, ctx, "n")
	roomIs(t, ctx, 3)
	press(t, ctx, "d")
	until(t, ctx, "two or more to send", `/Offline: \d items? not sent/.test(document.querySelector("#room-save").textContent) && Number(document.querySelector("#room-save").dataset.unsent) >= 2`)
	c.start()
	saved(t, ctx)
	sameKept(t, kept(t, ctx), map[int]int{0: 0, 1: 2, 2: 3})

	// Killed again, and the browser's page goes too before the server is back.
	c.kill()
	press(t, ctx, "a")
	until(t, ctx, "offline", `document.querySelector("#room-save").textContent.includes("Offline")`)
	var room string
	do(t, ctx, "leave the page", chromedp.Evaluate(`location.href`, &room), chromedp.Navigate("about:blank"))
	c.start()
	do(t, ctx, "come back", chromedp.Navigate(room))
	roomIs(t, ctx, 3)
	until(t, ctx, "the answer is there", `document.querySelector("#choice-0").checked`)
	saved(t, ctx)
	sameKept(t, kept(t, ctx), map[int]int{0: 0, 1: 2, 2: 0})
}

// cutOff cuts the network of a page off, or brings it back.
func cutOff(off bool) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		if _, err := network.EmulateNetworkConditionsByRule(off, []*network.Conditions{{DownloadThroughput: -1, UploadThroughput: -1}}).Do(ctx); err != nil {
			return err
		}
		return network.OverrideNetworkState(off, 0, -1, -1).Do(ctx)
	})
}

// TestExamNetwork: the network goes and comes back, the line is slow, two windows are used by turns, another browser joins: nothing is lost
// and each window says how things stand.
func TestExamNetwork(t *testing.T) {
	ctx := openBrowser(t)
	a := shared(t)
	startExam(t, ctx, a.url, "six")
	roomIs(t, ctx, 1)
	do(t, ctx, "the network goes", network.Enable(), cutOff(true))
	press(t, ctx, "b")
	until(t, ctx, "offline", `document.querySelector("#room-save").textContent.includes("Offline: 1 item")`)
	do(t, ctx, "handing in says that it must wait", chromedp.Click("#do-review", chromedp.ByQuery))
	do(t, ctx, "and comes back", cutOff(false))
	saved(t, ctx)
	sameKept(t, kept(t, ctx), map[int]int{0: 1})

	// A slow line: 600 ms each way. Changes meanwhile go together, in order.
	slow := func(ms float64) chromedp.Action {
		return chromedp.ActionFunc(func(ctx context.Context) error {
			_, err := network.EmulateNetworkConditionsByRule(false, []*network.Conditions{{Latency: ms, DownloadThroughput: -1, UploadThroughput: -1}}).Do(ctx)
			return err
		})
	}
	do(t, ctx, "slow", slow(600), chromedp.Click(`#pal-items [data-pos="1"]`, chromedp.ByQuery))
	roomIs(t, ctx, 2)
	do(t, ctx, "count requests", chromedp.Evaluate(`window.posts = 0; { const f = window.fetch; window.fetch = (u, o) => { if (o?.method === "POST") window.posts++; return f(u, o); }; } 0`, nil))
	press(t, ctx, "abcdabcdabc")
	until(t, ctx, "saving is said", `document.querySelector("#room-save").textContent.startsWith("Saving")`)
	saved(t, ctx)
	sameKept(t, kept(t, ctx), map[int]int{1: 2})
	var posts int
	do(t, ctx, "how many", chromedp.Evaluate(`window.posts`, &posts), slow(0))
	if posts > 5 {
		t.Errorf("eleven changes on a slow line were %d requests", posts)
	}

	// A second window of this browser.
	var room string
	do(t, ctx, "address", chromedp.Evaluate(`location.origin + location.pathname`, &room))
	other, cancel := openWindow(t, ctx)
	defer cancel()
	do(t, other, "second window", chromedp.Navigate(room+"?item=2"))
	roomIs(t, other, 2)
	for _, w := range []context.Context{ctx, other} {
		until(t, w, "each is told of the other", `document.querySelector("#room-notices").textContent.includes("another window of this browser")`)
	}
	press(t, other, "d")
	until(t, ctx, "the first window is in step", `document.querySelector("#choice-3").checked`)
	do(t, ctx, "to the front", chromedp.ActionFunc(func(ctx context.Context) error { return nil }), chromedp.Click(`#room-form .room-choice:nth-of-type(1) label`, chromedp.ByQuery))
	until(t, other, "and so is the second", `document.querySelector("#choice-0").checked`)
	saved(t, ctx)
	sameKept(t, kept(t, ctx), map[int]int{0: 1, 1: 0})
	// Both without network: what each held goes out from each, or from the one that stays.
	do(t, other, "cut off", network.Enable(), cutOff(true), chromedp.Click(`#pal-items [data-pos="2"]`, chromedp.ByQuery))
	roomIs(t, other, 3)
	press(t, other, "c")
	until(t, other, "offline", `document.querySelector("#room-save").textContent.includes("Offline")`)
	cancel() // the window is closed
	until(t, ctx, "the other takes over", `document.querySelector('#pal-items [data-pos="2"]').classList.contains("answered")`)
	saved(t, ctx)
	sameKept(t, kept(t, ctx), map[int]int{0: 1, 1: 0, 2: 2})
}

// TestExamHandInTwice: two windows, one hands in. The other is told, takes no more answers and leads to the report; what it could not send
// is named.
func TestExamHandInTwice(t *testing.T) {
	ctx := openBrowser(t)
	a := shared(t)
	startExam(t, ctx, a.url, "six")
	roomIs(t, ctx, 1)
	press(t, ctx, "b")
	saved(t, ctx)
	var room string
	do(t, ctx, "address", chromedp.Evaluate(`location.origin + location.pathname`, &room))
	other, cancel := openWindow(t, ctx)
	defer cancel()
	do(t, other, "second window", chromedp.Navigate(room+"?item=3"))
	roomIs(t, other, 3)
	do(t, other, "cut off", network.Enable(), cutOff(true))
	press(t, other, "a")
	until(t, other, "offline", `document.querySelector("#room-save").textContent.includes("Offline")`)
	// The first window knows the answer of the second, and hands in both.
	do(t, ctx, "hand in", chromedp.Evaluate(`document.querySelector("#do-review").click(); document.querySelector("#do-hand-in").click(); document.querySelector("#ask-yes").click()`, nil))
	until(t, ctx, "the report", `location.pathname.endsWith("/report")`)
	do(t, other, "the network is back", cutOff(false))
	until(t, other, "the second is told", `location.pathname.endsWith("/report") || document.querySelector("#room-closed")?.hidden === false`)
}

// TestExamLeftBehind: an answer that lay in a browser when the exam was handed in elsewhere is named on the report.
func TestExamLeftBehind(t *testing.T) {
	ctx := openBrowser(t)
	a := shared(t)
	startExam(t, ctx, a.url, "six")
	roomIs(t, ctx, 1)
	press(t, ctx, "b")
	saved(t, ctx)
	// No save leaves the page any more. Without a network a browser may still send the last one once there is one again.
	var room string
	do(t, ctx, "go on", chromedp.Evaluate(`{ const f = window.fetch; window.fetch = (u, o) => String(u).endsWith("/save") ? Promise.reject(new TypeError("no network")) : f(u, o); } location.origin + location.pathname`, &room), chromedp.Click(`#pal-items [data-pos="2"]`, chromedp.ByQuery))
	roomIs(t, ctx, 3)
	press(t, ctx, "d")
	until(t, ctx, "offline", `document.querySelector("#room-save").textContent.includes("Offline")`)
	do(t, ctx, "close", chromedp.Navigate("about:blank"))
	// Handed in as from another device, without what this browser holds.
	do(t, ctx, "hand in elsewhere", chromedp.Navigate(a.url+"/exams"), chromedp.Evaluate(fmt.Sprintf(`fetch(%q + "/hand-in", {method: "POST", headers: {"Content-Type": "application/json", Accept: "application/json", "X-Csrf-Token": document.querySelector('meta[name="csrf"]').content}, body: "{}"}).then(r => r.status)`, room), nil, awaitPromise),
		chromedp.Navigate(room))
	until(t, ctx, "the report names the item", `location.pathname.endsWith("/report") && /items? (1, )?3 came too late/.test(document.querySelector("#left-behind")?.textContent)`)
	do(t, ctx, "once", chromedp.Reload(), awaitJS(`document.readyState === "complete" && document.querySelector("#left-behind").hidden`))
}
