package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
)

// receiver is an endpoint of an employer. It believes a message by the rule of Standard Webhooks as that is published, written out here.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	secret string
	broken bool // answers 500
	got    []received
}

// received is a message that came.
type received struct {
	ID     string
	Answer int
	Type   string
	Data   struct{ Assessment, Candidate, Sitting string }
}

func newReceiver(t testing.TB) *receiver {
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		r.mu.Lock()
		defer r.mu.Unlock()
		m := received{ID: req.Header.Get("webhook-id"), Answer: http.StatusNoContent}
		if why := believe(r.secret, m.ID, req.Header.Get("webhook-timestamp"), req.Header.Get("webhook-signature"), body); why != "" || err != nil {
			t.Errorf("a message that is not to be believed: %s %v: %v %s", why, err, req.Header, body)
		}
		if err := json.Unmarshal(body, &m); err != nil || req.Header.Get("Content-Type") != "application/json" {
			t.Errorf("a message that is no JSON: %v: %s", err, body)
		}
		if strings.Contains(string(body), "Ann") {
			t.Errorf("a message with a name: %s", body)
		}
		if r.broken {
			m.Answer = http.StatusInternalServerError
		}
		r.got = append(r.got, m)
		w.WriteHeader(m.Answer)
	}))
	t.Cleanup(r.Close)
	return r
}

// believe says why a message is not to be believed, "" where it is: the key is the base64 after whsec_, what is signed is id, seconds and body
// with full stops between, by HMAC-SHA256, and one of the signatures of version 1 has to be it.
func believe(secret, id, seconds, signatures string, body []byte) string {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	sent, wrong := strconv.ParseInt(seconds, 10, 64)
	if err != nil || wrong != nil || !strings.HasPrefix(secret, "whsec_") {
		return "its secret or its time cannot be read"
	}
	if age := time.Since(time.Unix(sent, 0)); age > 5*time.Minute || age < -5*time.Minute {
		return "its time is off"
	}
	mac := hmac.New(sha256.New, key)
	fmt.Fprintf(mac, "%s.%s.%s", id, seconds, body)
	if !slices.Contains(strings.Split(signatures, " "), "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil))) {
		return "its signature is another's"
	}
	return ""
}

// await waits for a message of a kind that was answered so, and gives it.
func (r *receiver) await(t testing.TB, kind string, answer int) received {
	t.Helper()
	for range 3000 {
		r.mu.Lock()
		i := slices.IndexFunc(r.got, func(m received) bool { return m.Type == kind && m.Answer == answer })
		if i >= 0 {
			defer r.mu.Unlock()
			return r.got[i]
		}
		r.mu.Unlock()
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("no %s that was answered %d: %+v", kind, answer, r.got)
	return received{}
}

func (r *receiver) breaks(yes bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.broken = yes
}

// recruiting is a program of an employer that has nothing but a token and the address of the API.
type recruiting struct {
	t           testing.TB
	base, token string
}

// ask sends a request, which must be answered so, and reads the reply.
func (p recruiting) ask(method, path, body string, want int, into any) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.base+"/api/v1"+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+p.token)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", uuid.NewString())
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	reply, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != want {
		p.t.Fatalf("%s %s: %d, want %d: %s %v", method, path, res.StatusCode, want, reply, err)
	}
	if err := json.Unmarshal(reply, into); err != nil {
		p.t.Fatalf("%s %s: %v: %s", method, path, err, reply)
	}
}

// TestHiringByPrograms: the running program, as an applicant tracking system meets it. A token invites; the candidate agrees, sits and hands in by
// forms; messages come signed; one that was answered 500 comes again, after the server was started again; the result is fetched. Then the
// credential: signed, verified by what is published, and by a new key, a retired one and the revocation list as they take effect beside the
// running server.
func TestHiringByPrograms(t *testing.T) {
	t.Parallel() // it waits for the second try of a message
	dir, test := hiringData(t)
	hook := newReceiver(t)
	a := startProgram(t, "-data", dir, "-webhooks-loopback")
	addr := strings.TrimPrefix(a.url, "http://")
	made := try(t, "", "token", "make", "Applicant tracking", "-owner", "colin@example.org", "-scope", "write", "-data", dir)
	if made.status != statusOK {
		t.Fatalf("%+v", made)
	}
	p := recruiting{t, a.url, strings.TrimSpace(made.out)}
	colin := newPerson(t, a.url).open("/signin").send(`form[action="/signin"]`, "email", "colin@example.org", "passphrase", "a sentence to remember")
	colin.open("/hire/settings").send("#new-webhook", "url", hook.URL)
	hook.secret = colin.text(".ap-secret")
	log := colin.open("/hire/settings").page.Find("a.ap-url").AttrOr("href", "")

	var invited struct {
		Items []struct {
			Candidate struct{ ID, State string }
			Link      string
		}
	}
	p.ask("POST", "/assessments/"+string(test)+"/candidates", `{"candidates":[{"name":"Ann Rivers","email":"ann@example.org"}]}`, http.StatusCreated, &invited)
	one := "/assessments/" + string(test) + "/candidates/" + invited.Items[0].Candidate.ID
	var status struct {
		State       string
		ResultReady bool `json:"result_ready"`
		Sitting     *struct{ ID string }
	}
	var problem struct{ Type string }
	if p.ask("GET", one+"/result", "", http.StatusConflict, &problem); !strings.HasSuffix(problem.Type, "#not-ready") {
		t.Errorf("a result before there is one: %+v", problem)
	}

	link := strings.TrimPrefix(invited.Items[0].Link, a.url)
	ann := newPerson(t, a.url).open(link+"/consent").send("#consent", "agree", "yes", "do", "agree")
	ann.open(link).send(`form[action$="/start"]`)
	if p.ask("GET", one, "", http.StatusOK, &status); status.State != "sitting" || status.Sitting == nil {
		t.Errorf("while it is sat: %+v", status)
	}
	room := ann.at.Path
	ann.send("#room-item", "note", "a note of hers", "do", "next")
	hook.await(t, "candidate.consented", http.StatusNoContent)
	hook.await(t, "sitting.started", http.StatusNoContent)
	hook.breaks(true)
	ann.open(room+"?handin=1").send(`form[action$="/hand-in"]`, "confirm", "yes")
	failed := hook.await(t, "result.ready", http.StatusInternalServerError)
	hook.await(t, "sitting.handed_in", http.StatusInternalServerError)
	if status := a.stop(); status != statusOK {
		t.Fatalf("the server ended with %d", status)
	}
	hook.breaks(false)

	startProgram(t, "-data", dir, "-webhooks-loopback", "-addr", addr)
	var result struct {
		Candidate, Test, Sitting struct{ ID, Name string }
		Passed                   bool
	}
	p.ask("GET", one+"/result", "", http.StatusOK, &result)
	if p.ask("GET", one, "", http.StatusOK, &status); status.State != "done" || !status.ResultReady || status.Sitting == nil || result.Sitting.ID != status.Sitting.ID || result.Candidate.Name != "Ann Rivers" || result.Passed {
		t.Errorf("the result: %+v of %+v", result, status)
	}
	credentialJourney(t, ann.open(link+"/credential"), dir)
	again := hook.await(t, "result.ready", http.StatusNoContent)
	if again != (received{failed.ID, http.StatusNoContent, failed.Type, failed.Data}) || again.Data.Sitting != status.Sitting.ID || again.Data.Assessment != string(test) {
		t.Errorf("the second try %+v of %+v", again, failed)
	}
	hook.await(t, "sitting.handed_in", http.StatusNoContent)
	said := ""
	for range 500 { // the server notes what came of a try after the endpoint has answered
		if said = colin.open(log).text("#log ~ .table-scroll"); strings.Count(said, "✓ taken") == 4 {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Errorf("the log of the endpoint: %s", said)
}

// credentialJourney asks for a credential on the candidate's page and follows it: keys are rotated and retired by command beside the server.
func credentialJourney(t *testing.T, ann *visitor, dir string) {
	t.Helper()
	page := ann.at.Path
	base := ann.address("/")
	fetch := func(path, name string) string {
		t.Helper()
		res, err := http.Get(ann.address(path))
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		file := filepath.Join(dir, name)
		if err != nil || res.StatusCode != http.StatusOK || os.WriteFile(file, body, 0o600) != nil {
			t.Fatalf("%s: %d %s %v", path, res.StatusCode, body, err)
		}
		return file
	}
	keys := func(args ...string) string {
		t.Helper()
		got := try(t, "", append(append([]string{"keys"}, args...), "-data", dir)...)
		if got.status != statusOK {
			t.Fatalf("keys %v: %+v", args, got)
		}
		return got.out
	}
	// verdict is what the site says, and the command that has nothing but what the site publishes.
	verdict := func(id, want, byFiles string) {
		t.Helper()
		var said struct{ Verdict string }
		text, err := os.ReadFile(fetch("/verify/"+id+".json", "verdict.json"))
		if err := json.Unmarshal(text, &said); err != nil || said.Verdict != want {
			t.Errorf("the site says %q, want %s (%v)", said.Verdict, want, err)
		}
		got := try(t, "", "credential", "verify", fetch("/verify/"+id+".jwt", "c.jwt"), "-keys", fetch("/.well-known/jwks.json", "jwks.json"), "-revoked", fetch("/verify/revoked.json", "revoked.json"), "-json")
		if json.Unmarshal([]byte(got.out), &said) != nil || said.Verdict != byFiles || err != nil {
			t.Errorf("by files it is %+v, want %s", got, byFiles)
		}
	}
	ask := func() (id, key string) {
		t.Helper()
		ann.open(page).send(`form[action="`+page+`"]`, "identify", "email")
		href := ann.page.Find(`a[href$=".jwt"]`).First().AttrOr("href", "")
		id = strings.TrimSuffix(strings.TrimPrefix(href, "/verify/"), ".jwt")
		var said struct{ Key string }
		text, err := os.ReadFile(fetch("/verify/"+id+".json", "verdict.json"))
		if err := json.Unmarshal(text, &said); err != nil || !strings.HasPrefix(said.Key, base+"verify/keys/") {
			t.Fatalf("the credential %q is signed by %q (%v)", id, said.Key, err)
		}
		if err != nil {
			t.Fatal(err)
		}
		return id, said.Key[strings.LastIndexByte(said.Key, '/')+1:]
	}
	first, key := ask()
	verdict(first, "holds", "holds")
	keys("rotate")
	verdict(first, "holds", "holds")
	ann.open(page).send(`form[action$="/withdraw"]`)
	verdict(first, "revoked", "revoked")
	second, fresh := ask()
	if fresh == key {
		t.Error("after rotating the old key signs")
	}
	keys("retire", key)
	verdict(second, "holds", "holds")
	verdict(first, "retired_key", "foreign") // the key is not published any more
	keys("retire", fresh)
	keys("rotate")
	verdict(second, "retired_key", "foreign")
}
