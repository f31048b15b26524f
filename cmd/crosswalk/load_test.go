package main

import (
	"bufio"
	"context"
	"crosswalk/codebook/release/releasetest"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// startProcess runs `crosswalk serve` as a process of its own, so that its memory is its own, and gives back its address and process id.
func startProcess(b *testing.B, data string) (address string, pid int) {
	b.Helper()
	binary := filepath.Join(b.TempDir(), "crosswalk")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	cmd := exec.CommandContext(b.Context(), binary, "serve", "-addr", "127.0.0.1:0", "-data", data)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = cmd.Wait() })
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if m := readyLine.FindStringSubmatch(lines.Text()); m != nil {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return m[1], cmd.Process.Pid
		}
	}
	b.Fatal("serve ended before it was ready")
	return "", 0
}

// Figures of /proc/PID/status, in kilobytes: memory now and at its most.
var (
	residentNow  = regexp.MustCompile(`(?m)^VmRSS:\s+(\d+)`)
	residentMost = regexp.MustCompile(`(?m)^VmHWM:\s+(\d+)`)
)

// residentMB is a figure of memory of a process in megabytes, 0 where the system does not tell.
func residentMB(pid int, figure *regexp.Regexp) float64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	m := figure.FindSubmatch(status)
	if m == nil {
		return 0
	}
	kb, _ := strconv.Atoi(string(m[1]))
	return float64(kb) / 1024
}

// typedSearches are the searches that typing the queries of codebook/testdata/queries.txt makes, one for each letter from the second on,
// as static/js/typeahead.js asks them. The queries take turns, so that neighbours differ.
func typedSearches(t testing.TB) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "codebook", "testdata", "queries.txt"))
	if err != nil {
		t.Fatal(err)
	}
	type typing struct {
		runes []rune
		set   string
	}
	var all []typing
	for line := range strings.Lines(string(text)) {
		query, _, found := strings.Cut(line, " => ")
		if !found || strings.HasPrefix(line, "#") {
			continue
		}
		query, set, _ := strings.Cut(query, " @")
		all = append(all, typing{[]rune(strings.TrimSpace(query)), strings.TrimSpace(set)})
	}
	var out []string
	for n, more := 2, true; more; n++ {
		more = false
		for _, q := range all {
			if n <= len(q.runes) {
				more = true
				out = append(out, "/codebook/search?"+url.Values{"q": {string(q.runes[:n])}, "sets": {q.set}, "date": {""}, "billable": {""}, "limit": {"12"}}.Encode())
			}
		}
	}
	if len(out) < 1000 {
		t.Fatalf("only %d searches in queries.txt", len(out))
	}
	return out
}

// Of the load: searches a second, and how long one run lasts.
const (
	searchesPerSecond = 500
	loadLasts         = 10 * time.Second
)

// offer sends requests at an even pace for a time, whether or not those before were answered, and gives back their latencies in order of
// size. A latency counts from the moment when the request was due, so that a server that stands still for a while pays for every
// request that it kept waiting.
func offer(b *testing.B, client *http.Client, address string, paths []string, perSecond int, lasts time.Duration) []time.Duration {
	b.Helper()
	n := int(lasts.Seconds() * float64(perSecond))
	took, errs := make([]time.Duration, n), make([]error, n)
	var wg sync.WaitGroup
	begin := time.Now().Add(10 * time.Millisecond)
	for i := range n {
		due := begin.Add(time.Duration(i) * time.Second / time.Duration(perSecond))
		time.Sleep(time.Until(due))
		wg.Go(func() {
			errs[i] = ask(client, address+paths[i%len(paths)])
			took[i] = time.Since(due)
		})
	}
	wg.Wait()
	for i, err := range errs {
		if err != nil {
			b.Fatalf("%s: %v", paths[i%len(paths)], err)
		}
	}
	slices.Sort(took)
	return took
}

func ask(client *http.Client, address string) error {
	_, err := fetchJSON(client, address)
	return err
}

func fetchJSON(client *http.Client, address string) ([]byte, error) {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	res, err := client.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %d", res.StatusCode)
	}
	return body, nil
}

// newVisitor is a client that keeps its cookies.
func newVisitor(t testing.TB) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, Timeout: 30 * time.Second}
}

var formToken = regexp.MustCompile(`name="_csrf" value="([^"]+)"`)

// becomeGuest starts a guest record for the visitor.
func becomeGuest(t testing.TB, client *http.Client, address string) {
	t.Helper()
	res, err := client.Get(address + "/start")
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(res.Body)
	res.Body.Close()
	m := formToken.FindSubmatch(page)
	if err != nil || m == nil {
		t.Fatalf("the start page has no form token: %v\n%.500s", err, page)
	}
	res, err = client.PostForm(address+"/start", url.Values{"_csrf": {string(m[1])}, "next": {"/codebook"}})
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK || res.Request.URL.Path != "/codebook" {
		t.Fatalf("start as a guest: %d at %s", res.StatusCode, res.Request.URL)
	}
}

// BenchmarkTypeAhead measures type-ahead over HTTP on a server with the full book: 500 searches a second for ten seconds, by a visitor and
// by a signed-in guest. p50-ms to max-ms are latencies; floor-p99-ms is the same load on a page that does nothing, which is what the
// machine and the client cost at that moment; rss-MB and peak-MB are the server's memory after the run and at its most. Run it on a
// quiet machine, and several times:
//
//	CROSSWALK_RELEASES=DIR go test ./cmd/crosswalk -run XXX -bench TypeAhead -count 3
func BenchmarkTypeAhead(b *testing.B) {
	address, pid := startProcess(b, releasetest.Data(b))
	searches := typedSearches(b)
	for _, who := range []string{"visitor", "guest"} {
		b.Run(who, func(b *testing.B) {
			client := newVisitor(b)
			client.Transport = &http.Transport{MaxIdleConnsPerHost: 256}
			if who == "guest" {
				becomeGuest(b, client, address)
			}
			offer(b, client, address, searches, searchesPerSecond, time.Second) // connections are made, caches are warm
			for b.Loop() {
				floor := offer(b, client, address, []string{"/healthz"}, searchesPerSecond, 3*time.Second)
				took := offer(b, client, address, searches, searchesPerSecond, loadLasts)
				for _, p := range []struct {
					name string
					at   float64
				}{{"p50-ms", .50}, {"p95-ms", .95}, {"p99-ms", .99}, {"p99.9-ms", .999}, {"max-ms", 1}} {
					b.ReportMetric(quantile(took, p.at), p.name)
				}
				b.ReportMetric(quantile(floor, .99), "floor-p99-ms")
				b.ReportMetric(residentMB(pid, residentNow), "rss-MB")
				b.ReportMetric(residentMB(pid, residentMost), "peak-MB")
			}
			b.ReportMetric(0, "ns/op") // the length of a run says nothing
		})
	}
}

// quantile is a quantile of sorted latencies in milliseconds.
func quantile(sorted []time.Duration, p float64) float64 {
	i := min(int(p*float64(len(sorted))), len(sorted)-1)
	return float64(sorted[i].Microseconds()) / 1000
}
