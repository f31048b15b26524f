package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"crosswalk/cmd/examload/crowd"
	"crosswalk/codebook"
)

// outcome is what a command printed and how it ended.
type outcome struct {
	status   int
	out, err string
}

// try runs a command as main does, in the folder of the test.
func try(t testing.TB, stdin string, args ...string) outcome {
	t.Helper()
	var out, errs bytes.Buffer
	status := run(context.Background(), args, streams{strings.NewReader(stdin), &out, &errs})
	return outcome{status, out.String(), errs.String()}
}

// lines is a writer that several goroutines may use, and that can be waited on.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// app is a running server.
type app struct {
	url  string
	out  *lines
	errs *lines
	stop func() int
}

var readyLine = regexp.MustCompile(`is ready: (http://\S+)`)

// start runs `crosswalk serve` on a free port and waits until it says that it is ready.
func start(t testing.TB, args ...string) *app {
	t.Helper()
	a, err := serveHere(args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if a.stop() == stuck {
			t.Error("the server does not stop")
		}
	})
	return a
}

// stuck is the status of a server that does not stop.
const stuck = -1

// serveHere runs `crosswalk serve` on a free port of this process and waits until it says that it is ready.
func serveHere(args ...string) (*app, error) {
	ctx, cancel := context.WithCancel(context.Background())
	a := &app{out: &lines{}, errs: &lines{}}
	done := make(chan int, 1)
	go func() {
		done <- run(ctx, append([]string{"serve", "-addr", "127.0.0.1:0"}, args...), streams{strings.NewReader(""), a.out, a.errs})
	}()
	a.stop = stopper(cancel, done)
	return a, a.awaitReady(done)
}

// stopper tells a server to end, once, and gives the status with which it does.
func stopper(tell func(), done <-chan int) func() int {
	return sync.OnceValue(func() int {
		tell()
		select {
		case status := <-done:
			return status
		case <-time.After(30 * time.Second):
			return stuck
		}
	})
}

// awaitReady waits until the server says its address.
func (a *app) awaitReady(done chan int) error {
	for range 9000 { // the demo class under the race detector, on a busy machine, takes its time
		if m := readyLine.FindStringSubmatch(a.out.String()); m != nil {
			a.url = m[1]
			return nil
		}
		select {
		case status := <-done:
			done <- status // for stop
			return fmt.Errorf("serve ended with %d before it was ready\n%s%s", status, a.out, a.errs)
		case <-time.After(20 * time.Millisecond):
		}
	}
	a.stop()
	return fmt.Errorf("serve did not become ready\n%s%s", a.out, a.errs)
}

// closing is what ends with the tests (see TestMain).
var (
	closing   []func()
	closingMu sync.Mutex
)

func atEnd(f func()) {
	closingMu.Lock()
	defer closingMu.Unlock()
	closing = append(closing, f)
}

func TestMain(m *testing.M) {
	watchEvery = 50 * time.Millisecond
	pacing = false
	// What ships is read with the starter book once. Another book, and a folder of content, are read by whoever has them.
	read := readShipped
	ofStarter := sync.OnceValues(func() (*content, error) {
		starter, err := codebook.Starter()
		if err != nil {
			return nil, err
		}
		return read(starter), nil
	})
	readShipped = func(book *codebook.Book) *content {
		if c, err := ofStarter(); err == nil && c.book == book {
			return c
		}
		return read(book)
	}
	status := m.Run()
	for _, end := range slices.Backward(closing) {
		end()
	}
	os.Exit(status)
}

// program is the program, built without the race detector for tests that run it as a process of its own: those that kill it, those that look
// at pages with axe, and journeys of one person after the other, to which the server matters no more than that it answers. Races are for the
// servers of start and shared, which run in this process with the detector where the tests do, and for package server, whose tests ask for
// every page.
var program = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "crosswalk-program")
	if err != nil {
		return "", err
	}
	atEnd(func() { _ = os.RemoveAll(dir) })
	return crowd.Build(context.Background(), dir)
})

// startProgram is start in a process of its own.
func startProgram(t testing.TB, args ...string) *app {
	t.Helper()
	binary, err := program()
	if err != nil {
		t.Fatal(err)
	}
	a := &app{out: &lines{}, errs: &lines{}}
	cmd := exec.Command(binary, append([]string{"serve", "-addr", "127.0.0.1:0"}, args...)...)
	cmd.Stdout, cmd.Stderr = a.out, a.errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan int, 1)
	go func() {
		_ = cmd.Wait() // how it ended is in its status
		done <- cmd.ProcessState.ExitCode()
	}()
	a.stop = stopper(func() { _ = cmd.Process.Signal(os.Interrupt) }, done)
	t.Cleanup(func() {
		if status := a.stop(); status != statusOK {
			t.Errorf("the server ended with %d\n%s", status, a.errs)
			_ = cmd.Process.Kill()
		}
	})
	if err := a.awaitReady(done); err != nil {
		t.Fatal(err)
	}
	return a
}

// shared is a server of this process for the journeys that neither stop it nor change its book or its content. Each is a person of its own
// there. It has the exams of writeExams beside what ships.
func shared(t testing.TB) *app {
	t.Helper()
	sharedOnce.Do(func() {
		dir, err := os.MkdirTemp("", "crosswalk-shared")
		if err != nil {
			t.Fatal(err)
		}
		atEnd(func() { _ = os.RemoveAll(dir) })
		content := filepath.Join(dir, "content")
		writeExams(t, content)
		a, err := serveHere("-data", filepath.Join(dir, "data"), "-content", content)
		if err != nil {
			t.Fatal(err)
		}
		atEnd(func() { a.stop() })
		sharedApp = a
	})
	if sharedApp == nil {
		t.Fatal("the shared server did not start: the first test that wanted it says why")
	}
	return sharedApp
}

var (
	sharedOnce sync.Once
	sharedApp  *app
)

func (a *app) get(t testing.TB, path string) (int, string) {
	t.Helper()
	res, err := http.Get(a.url + path)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

// TestServe: a data folder is made, the server answers and stops when told, and starts again on the same data.
func TestServe(t *testing.T) {
	data := filepath.Join(t.TempDir(), "new", "data")
	for range 2 {
		a := start(t, "-data", data)
		for path, want := range map[string]int{"/": 200, "/healthz": 200, "/readyz": 200, "/metrics": 200, "/lessons": 200, "/nowhere": 404} {
			if got, _ := a.get(t, path); got != want {
				t.Errorf("GET %s: %d, want %d", path, got, want)
			}
		}
		if _, figures := a.get(t, "/metrics"); !regexp.MustCompile(`(?m)^crosswalk_db_commits_total [1-9]`).MatchString(figures) {
			t.Errorf("/metrics has no counts of the database:\n%s", figures)
		}
		if status := a.stop(); status != statusOK {
			t.Errorf("stopped with %d\n%s", status, a.errs)
		}
	}
	info, err := os.Stat(data)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("data folder: %v %v, want mode 0700", info.Mode(), err)
	}
}

// TestLargePost: over a socket, two megabytes are refused with a page that says so.
func TestLargePost(t *testing.T) {
	a := shared(t)
	// Spoken by hand: a client that is still sending may see the connection close before it reads the reply.
	conn, err := net.Dial("tcp", strings.TrimPrefix(a.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_, err = io.WriteString(conn, "POST /cases/ed-colles-fracture HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 2097152\r\n\r\n")
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, _ := io.ReadAll(res.Body)
	if res.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(string(b), "larger than one megabyte") {
		t.Errorf("status %d, body %.300s", res.StatusCode, b)
	}
}

func TestServeRefuses(t *testing.T) {
	dir := t.TempDir()
	notDB := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(notDB, []byte(strings.Repeat("these are notes and no database. ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	busy := shared(t)
	for name, c := range map[string]struct {
		args   []string
		status int
		say    string
	}{
		"a file that is no database":  {[]string{"-db", notDB}, statusNo, "notes.txt"},
		"a folder as the database":    {[]string{"-db", dir}, statusNo, dir},
		"a folder that is not there":  {[]string{"-content", filepath.Join(dir, "none")}, statusUsage, "-content"},
		"demo for the whole network":  {[]string{"-demo", "-addr", "0.0.0.0:0"}, statusUsage, "loopback"},
		"an address in use":           {[]string{"-addr", strings.TrimPrefix(busy.url, "http://")}, statusNo, "-addr"},
		"a public address without //": {[]string{"-public-url", "coding.example.edu", "-data", filepath.Join(dir, "p")}, statusNo, "https://"},
		"an argument":                 {[]string{"now"}, statusUsage, "no arguments"},
		"a flag that is not there":    {[]string{"-port", "80"}, statusUsage, "-port"},
	} {
		got := try(t, "", append([]string{"serve", "-addr", "127.0.0.1:0", "-data", filepath.Join(dir, "d")}, c.args...)...)
		if got.status != c.status || !strings.Contains(got.err, c.say) {
			t.Errorf("%s: status %d, want %d; it says %q, want %q in it", name, got.status, c.status, got.err, c.say)
		}
	}
}

func TestCodes(t *testing.T) {
	var hit struct {
		Set, Code, Title, Release string
		Billable, Valid, Exact    bool
		Notes                     []struct{ Kind, Text, From string }
	}
	got := try(t, "", "codes", "lookup", "e1122", "-json", "-date", "2025-11-14")
	if err := json.Unmarshal([]byte(got.out), &hit); err != nil || got.status != statusOK {
		t.Fatalf("lookup: %v %+v", err, got)
	}
	if hit.Set != "icd10cm" || hit.Code != "E11.22" || !hit.Billable || !hit.Valid || !hit.Exact || hit.Release != "2026" || len(hit.Notes) == 0 {
		t.Errorf("lookup E11.22: %+v", hit)
	}
	for name, c := range map[string]struct {
		args   []string
		status int
		say    string
	}{
		"a header is valid":      {[]string{"codes", "lookup", "E11.2"}, statusOK, "not billable"},
		"an unknown code":        {[]string{"codes", "lookup", "E11.22X"}, statusNo, ""},
		"words":                  {[]string{"codes", "search", "-limit", "5", "heart", "failure"}, statusOK, "I50"},
		"an abbreviation":        {[]string{"codes", "search", "HTN"}, statusOK, "I10"},
		"nothing found":          {[]string{"codes", "search", "qqqzzz"}, statusNo, "nothing found"},
		"releases":               {[]string{"codes", "releases"}, statusOK, "icd10cm"},
		"no conflict":            {[]string{"codes", "conflicts", "I10"}, statusOK, "no conflict"},
		"no verb":                {[]string{"codes"}, statusUsage, ""},
		"a wrong date":           {[]string{"codes", "lookup", "I10", "-date", "14.11.2025"}, statusUsage, ""},
		"a wrong set":            {[]string{"codes", "lookup", "I10", "-set", "icd9"}, statusUsage, ""},
		"not a command":          {[]string{"code"}, statusUsage, ""},
		"hypertension excludes1": {[]string{"codes", "conflicts", "J45.909", "J44.9", "I10"}, statusOK, ""},
	} {
		got := try(t, "", c.args...)
		if got.status != c.status || !strings.Contains(got.out, c.say) {
			t.Errorf("%s: status %d, want %d; out %q err %q, want %q", name, got.status, c.status, got.out, got.err, c.say)
		}
	}
}

// TestReadingCommandsMakeNothing: commands that only read never create the data folder.
func TestReadingCommandsMakeNothing(t *testing.T) {
	t.Setenv("CROSSWALK_RELEASES", "") // check by the starter book
	data := filepath.Join(t.TempDir(), "data")
	for _, args := range [][]string{
		{"codes", "lookup", "I10"}, {"check"}, {"version"}, {"user", "list"}, {"user", "export", "a@b.example"}, {"exam", "draw", "cpc"}, {"backup", filepath.Join(t.TempDir(), "b.db")},
	} {
		try(t, "", append(args, "-data", data)...)
		if _, err := os.Stat(data); err == nil {
			t.Fatalf("crosswalk %s made the data folder", strings.Join(args, " "))
		}
	}
}

func TestUsers(t *testing.T) {
	data := t.TempDir()
	at := func(stdin string, args ...string) outcome {
		return try(t, stdin, append([]string{"user"}, append(args, "-data", data)...)...)
	}
	if got := at("a sentence of mine\n", "add", "-email", "ina@example.org", "-name", "Ina Structor", "-role", "instructor"); got.status != statusOK {
		t.Fatalf("add: %+v", got)
	}
	for name, c := range map[string]struct {
		stdin  string
		args   []string
		status int
		say    string
	}{
		"the same again":     {"another sentence\n", []string{"add", "-email", "INA@example.org", "-name", "Ina"}, statusUsage, "already"},
		"a short passphrase": {"short\n", []string{"add", "-email", "b@example.org", "-name", "B"}, statusUsage, "passphrase"},
		"no such role":       {"a sentence of mine\n", []string{"add", "-email", "b@example.org", "-name", "B", "-role", "boss"}, statusUsage, "role"},
		"no e-mail":          {"", []string{"add"}, statusUsage, "-email"},
		"list":               {"", []string{"list"}, statusOK, "instructor"},
		"list as JSON":       {"", []string{"list", "-json"}, statusOK, `"ina@example.org"`},
		"passwd":             {"a new sentence of mine\n", []string{"passwd", "ina@example.org"}, statusOK, "changed"},
		"passwd of nobody":   {"x\n", []string{"passwd", "nobody@example.org"}, statusUsage, "no account"},
		"export":             {"", []string{"export", "ina@example.org"}, statusOK, "Ina Structor"},
		"erase, not sure":    {"no\n", []string{"erase", "ina@example.org"}, statusNo, "nothing was erased"},
	} {
		if got := at(c.stdin, c.args...); got.status != c.status || !strings.Contains(got.out+got.err, c.say) {
			t.Errorf("%s: %+v, want status %d and %q", name, got, c.status, c.say)
		}
	}
	backup := filepath.Join(t.TempDir(), "copy.db")
	if got := try(t, "", "backup", backup, "-data", data); got.status != statusOK {
		t.Fatalf("backup: %+v", got)
	}
	if got := try(t, "", "backup", backup, "-data", data); got.status != statusUsage {
		t.Errorf("backup over a file: %+v", got)
	}
	if got := try(t, "", "user", "list", "-db", backup); !strings.Contains(got.out, "ina@example.org") {
		t.Errorf("the backup has no accounts: %+v", got)
	}
	if got := at("yes\n", "erase", "ina@example.org"); got.status != statusOK {
		t.Errorf("erase: %+v", got)
	}
	if got := at("", "list"); strings.Contains(got.out, "ina@") {
		t.Errorf("after erasing: %+v", got)
	}
}

// TestNew: each template passes check as it is, and no file is written over.
func TestNew(t *testing.T) {
	dir := t.TempDir()
	for kind, path := range map[string]string{
		"lesson": "lessons/content/terminology/90-my-lesson.md", "question": "quizzes/bank/anatomy/my-question.md",
		"case": "quizzes/cases/office/my-case.md", "exam": "quizzes/exams/my-exam.yaml", "hiring": "quizzes/hiring/my-test.yaml",
	} {
		full := filepath.Join(dir, filepath.FromSlash(path))
		if got := try(t, "", "new", kind, full); got.status != statusOK {
			t.Errorf("new %s: %+v", kind, got)
		}
		if got := try(t, "", "new", kind, full); got.status != statusUsage || !strings.Contains(got.err, "is there already") {
			t.Errorf("new %s again: %+v", kind, got)
		}
	}
	own := filepath.Join(dir, "lessons", "content", "our-clinic", "01-welcome.md")
	if got := try(t, "", "new", "lesson", own); got.status != statusOK || !strings.Contains(got.out, "module.yaml is there too") {
		t.Errorf("a lesson in a module of one's own: %+v", got)
	}
	if got := try(t, "", "new", "lesson", filepath.Join(filepath.Dir(own), "02-more.md")); got.status != statusOK || strings.Contains(got.out, "module.yaml") {
		t.Errorf("a second one: %+v", got)
	}
	t.Setenv("CROSSWALK_RELEASES", "")
	if got := try(t, "", "check", "-content", dir); got.status != statusOK {
		t.Errorf("check of the templates: %s%s", got.out, got.err)
	}
}

// TestCheckFindsAll: every problem of every file at once, with file and line.
func TestCheckFindsAll(t *testing.T) {
	dir := t.TempDir()
	write := func(path, text string) {
		t.Helper()
		full := filepath.Join(dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("lessons/content/terminology/91-broken.md", "---\nid: broken\ntitel: A typo\n---\n\nText with [[icd10cm:Q99.99]].\n\n:::note\nnever closed\n")
	write("quizzes/bank/anatomy/broken.md", "---\narea: anatomy\ncode_year: 2026\n---\n\n## anatomy-broken-1 {difficulty=2}\n\nNo right option, no cite.\n\n- [ ] a\n- [ ] b\n")
	t.Setenv("CROSSWALK_RELEASES", "")
	got := try(t, "", "check", "-content", dir, "-json")
	if got.status != statusNo {
		t.Fatalf("status %d: %s%s", got.status, got.out, got.err)
	}
	var problems []struct {
		File, Severity, Rule, Message string
		Line                          int
	}
	if err := json.Unmarshal([]byte(got.out), &problems); err != nil {
		t.Fatal(err)
	}
	byFile := map[string]int{}
	for _, p := range problems {
		if p.Severity == "error" {
			byFile[filepath.Base(p.File)]++
			if p.Line == 0 || p.Message == "" || p.Rule == "" {
				t.Errorf("a problem without its place: %+v", p)
			}
		}
	}
	if byFile["91-broken.md"] < 2 || byFile["broken.md"] < 2 {
		t.Errorf("problems found: %v in %+v", byFile, problems)
	}
	// A broken file takes nothing that is sound away from the pages.
	a := start(t, "-content", dir, "-data", t.TempDir())
	if status, body := a.get(t, "/lessons/icd10cm-excludes"); status != 200 || !strings.Contains(body, "Excludes") {
		t.Errorf("a sound lesson beside a broken one: %d", status)
	}
	if !strings.Contains(a.errs.String(), "91-broken.md") {
		t.Errorf("the log does not name the broken file:\n%s", a.errs)
	}
}
