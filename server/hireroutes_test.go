package server_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"crosswalk/codebook"
	"crosswalk/progress"
	"crosswalk/progress/seal"
	"crosswalk/server"
	"crosswalk/webhook"
)

// ownRoutes are the routes of employers and their candidates that name nothing of anybody: what they show is the caller's own. A new one
// belongs here only when that is so.
var ownRoutes = []string{
	"GET /hire/", "GET /hire/new", "POST /hire/new", "GET /hire/settings/", "POST /hire/settings/tokens", "POST /hire/settings/webhooks", "GET /api", "GET /api/v1/openapi.json", "GET /api/v1/assessments", "GET /sit", "POST /sit/leave",
}

// otherRoutes are the first parts of addresses under which nothing of an employer lies but what tests of their own ask for: the room of a
// sitting (below), credentials (TestVerify*), learners of instructors.
var otherRoutes = []string{
	"", "static", "healthz", "readyz", "metrics", "theme", "content", "start", "signin", "signup", "signout", "account", "lessons", "practice", "cases", "exams", "progress", "join", "messages", "codebook", "teach", "admin", "verify", ".well-known",
}

// theirs is all that an employer has, with a name in it that nobody else may see.
type theirs struct {
	*seated
	ids    map[string]string // what stands for each name in the address of a route
	tokens map[string]string // secrets by what they open: sit, judge, groups
	form   url.Values        // fields that the forms of those routes ask for
	room   string
}

func newTheirs(t *testing.T) *theirs {
	t.Helper()
	s := newSite(t)
	s.prog = progress.New(s.db, s.c.Bank, func() *codebook.Book { return s.c.Book }, progress.Options{
		Webhooks: webhook.NewSender("test", false), Passphrase: cheapPassphrases, IssuerName: "Example", SealKey: func() ([]byte, error) { return bytes.Repeat([]byte{1}, seal.KeySize), nil },
	})
	srv, err := server.New(server.Config{Progress: s.prog, Logger: slog.New(slog.NewTextHandler(s.log, nil)), Version: "test", Content: s.c})
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(err)
	s.srv = srv
	x := &theirs{seated: &seated{hiring: &hiring{site: s}}, tokens: map[string]string{}}
	ctx, p := t.Context(), s.prog
	x.b, x.owner = s.staff(t, "colin", progress.RoleEmployer)
	x.test = x.compose(t, x.owner, func(spec *progress.AssessmentSpec) { spec.Name = "SECRET coder" })
	x.list = "/hire/" + string(x.test.ID) + "/candidates"
	hook, err := p.AddWebhook(ctx, x.owner, progress.NewWebhook{ClientKey: uuid.NewString(), URL: "https://secret.example.com/", Events: progress.WebhookKinds})
	must(err)
	link := x.invite(t, "SECRET Rivers, secret@example.org, SECRET-7")[0]
	b := x.browser(t)
	x.room = x.agree(t, b, link)
	b.get("/sit")
	b.post(x.room+"/hand-in", url.Values{"confirm": {"yes"}})
	all, err := p.Candidates(ctx, x.owner, x.test.ID)
	must(err)
	x.tokens["sit"] = strings.TrimPrefix(link, "/sit/")
	seat, err := p.CandidateByToken(ctx, progress.Token(x.tokens["sit"]), "203.0.113.9")
	must(err)
	cred, err := p.IssueCredential(ctx, seat.Actor(), progress.CredentialRequest{Identify: "name", Base: "https://coding.example.edu"})
	must(err)
	token, err := p.MakeAPIToken(ctx, x.owner, progress.NewAPIToken{ClientKey: uuid.NewString(), Name: "SECRET", Scope: progress.ScopeWrite, Days: 30})
	must(err)
	recorder, err := p.AddHelper(ctx, x.owner, x.test.ID, progress.HelperRecorder, "SECRET Recorder", uuid.NewString(), 30)
	must(err)
	judge, err := p.AddHelper(ctx, x.owner, x.draft(t, x.owner, "SECRET draft").ID, progress.HelperJudge, "SECRET Judge", uuid.NewString(), 30)
	must(err)
	sent, err := p.Deliveries(ctx, x.owner, hook.ID, 10)
	must(err)
	if len(sent) == 0 {
		t.Fatal("nothing was told to the endpoint")
	}
	x.tokens["judge"], x.tokens["groups"] = string(judge.Token), string(recorder.Token)
	x.ids = map[string]string{"assessment": string(x.test.ID), "candidate": string(all[0].ID), "helper": string(recorder.ID), "webhook": string(hook.ID), "token": string(token.ID)}
	x.form = url.Values{
		"confirm": {"yes"}, "days": {"7"}, "extra": {"10"}, "breaks": {"0"}, "client_key": {uuid.NewString()}, "people": {"Eve"}, "name": {"Eve"}, "kind": {"recorder"}, "do": {"reason"}, "reason": {"because"}, "borderline": {"x"},
		"credential": {string(cred.ID)}, "delivery": {string(sent[0].ID)}, "revision": {"2"}, "round": {"1"}, "item-1": {"50"}, "c-" + string(all[0].ID): {"group"}, "name-1": {"group"}, "tested-1": {"1"}, "selected-1": {"1"},
	}
	return x
}

// state is all of it as the owner sees it.
func (x *theirs) state(t *testing.T) string {
	t.Helper()
	ctx, p := t.Context(), x.prog
	var all []any
	add := func(v any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	tests, err := p.Assessments(ctx, x.owner)
	add(tests, err)
	id, candidate, hook := x.test.ID, progress.CandidateID(x.ids["candidate"]), progress.WebhookID(x.ids["webhook"])
	v, err := p.Candidates(ctx, x.owner, id)
	add(v, err)
	events, err := p.CandidateEvents(ctx, x.owner, id, candidate)
	add(events, err)
	helpers, err := p.Helpers(ctx, x.owner, id)
	add(helpers, err)
	hooks, err := p.Webhooks(ctx, x.owner)
	add(hooks, err)
	sent, err := p.Deliveries(ctx, x.owner, hook, 100)
	add(sent, err)
	tokens, err := p.APITokens(ctx, x.owner)
	add(tokens, err)
	creds, err := p.CandidateCredentials(ctx, x.owner, candidate)
	add(creds, err)
	raw, err := json.MarshalIndent(all, "", " ")
	add(nil, err)
	return string(raw)
}

// outsider is somebody with a session or a token who has nothing to do with the employer.
type outsider struct {
	name  string
	b     *browser
	api   string              // token for programs, "" for none
	staff bool                // an employer or admin, to whom it is simply not there; others may be told that the pages are not for them
	own   progress.Assessment // with a test of their own, whose id can stand in front of another's candidate
}

func (x *theirs) outsiders(t *testing.T) []outsider {
	t.Helper()
	ctx := t.Context()
	token := func(a progress.Actor) string {
		tok, err := x.prog.MakeAPIToken(ctx, a, progress.NewAPIToken{ClientKey: uuid.NewString(), Name: "mine", Scope: progress.ScopeWrite, Days: 30})
		if err != nil {
			t.Fatal(err)
		}
		return string(tok.Token)
	}
	rival, who := x.staff(t, "rival", progress.RoleEmployer)
	out := []outsider{{name: "another employer", b: rival, staff: true, api: token(who), own: x.compose(t, who, nil)}}
	// An admin sees all of the organisation, and nothing of another one.
	const pass, org = "a sentence to remember", progress.OrgID("0192f009-0000-7000-8000-000000000001")
	admin, err := x.prog.AddUser(ctx, progress.Operator(org), progress.NewUser{Name: "far", Email: "far@example.net", Passphrase: pass, Role: progress.RoleAdmin})
	if err != nil {
		t.Fatal(err)
	}
	_, session, err := x.prog.SignIn(ctx, progress.SignIn{Guest: progress.Actor{Org: org}, Email: "far@example.net", Passphrase: pass, IP: "203.0.113.9"})
	if err != nil {
		t.Fatal(err)
	}
	far := x.browser(t)
	far.cookies["crosswalk_session"] = string(session)
	far.get("/")
	out = append(out, outsider{name: "an admin of another organisation", b: far, staff: true, api: token(admin.Actor()), own: x.compose(t, admin.Actor(), nil)})
	teacher, _ := x.staff(t, "teacher", progress.RoleInstructor)
	guest := x.browser(t)
	guest.startGuest()
	return append(out, outsider{name: "an instructor", b: teacher}, outsider{name: "a guest", b: guest})
}

// ask sends what a browser or a program would to an address.
func (o outsider) ask(method, path string, form url.Values) page {
	var body, kind string
	switch {
	case method == http.MethodGet:
	case !strings.HasPrefix(path, "/api/"):
		form = url.Values(http.Header(form).Clone())
		form.Set("_csrf", o.b.csrf)
		body, kind = form.Encode(), "application/x-www-form-urlencoded"
	case strings.HasSuffix(path, "/candidates"):
		body, kind = `{"candidates":[{"name":"Eve"}]}`, "application/json"
	case method == http.MethodPost:
		body, kind = `{}`, "application/json"
	}
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	req.Header.Set("Content-Type", kind)
	if strings.HasPrefix(path, "/api/") {
		req.Header.Set("Authorization", "Bearer "+o.api)
		req.Header.Set("Idempotency-Key", uuid.NewString())
	}
	return o.b.do(req)
}

// addresses are the addresses of a route with the employer's ids in it, and with those of the outsider's own test in front of them. A link
// stands for all secrets that do not open that kind of page.
func (x *theirs) addresses(t *testing.T, route string, own progress.Assessment) (out []string) {
	t.Helper()
	first, _, _ := strings.Cut(strings.TrimPrefix(route, "/"), "/")
	if first == "sit" || first == "judge" || first == "groups" {
		for kind, secret := range x.tokens {
			if kind != first {
				out = append(out, fill(route, map[string]string{"token": secret}))
			}
		}
		return append(out, fill(route, map[string]string{"token": x.ids["candidate"]}))
	}
	for part := range strings.SplitSeq(route, "/") {
		if name, ok := strings.CutPrefix(part, ":"); ok {
			if name, _, _ = strings.Cut(name, "."); x.ids[name] == "" {
				t.Errorf("%s: say in this test what stands for :%s, and whose it is", route, name)
			}
		}
	}
	out = append(out, fill(route, x.ids))
	if strings.Count(route, ":") > 1 && own.ID != "" {
		ids := map[string]string{"assessment": string(own.ID)}
		for name, id := range x.ids {
			if name != "assessment" {
				ids[name] = id
			}
		}
		out = append(out, fill(route, ids))
	}
	return out
}

// TestOneEmployerNeverSeesAnothers asks for every route of employers, candidates and helpers with ids and links of an employer whom one has
// nothing to do with. It reads the routes from the router: one that is added is asked for too, and fails the test while it is unknown what
// stands in its address.
func TestOneEmployerNeverSeesAnothers(t *testing.T) {
	x := newTheirs(t)
	people := x.outsiders(t)
	before, n := x.state(t), 0
	for _, route := range x.srv.App().GetRoutes(true) {
		if !slices.Contains([]string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}, route.Method) {
			continue
		}
		first, _, _ := strings.Cut(strings.TrimPrefix(route.Path, "/"), "/")
		switch {
		case slices.Contains(otherRoutes, first):
			continue
		case !slices.Contains([]string{"hire", "sit", "judge", "groups", "api"}, first):
			t.Errorf("%s %s: say in this test whether something of employers lies under /%s", route.Method, route.Path, first)
			continue
		}
		askers := people
		switch {
		case strings.HasPrefix(route.Path, "/api/"):
			askers = people[:2] // those with a token
		case first == "sit" || first == "judge" || first == "groups":
			askers = people[:1] // a link opens to whoever has it; wrong ones are counted, and few are let through
		}
		for _, o := range askers {
			if slices.Contains(ownRoutes, route.Method+" "+route.Path) {
				if p := o.ask(http.MethodGet, route.Path, nil); strings.Contains(strings.ToUpper(p.body), "SECRET CODER") || strings.Contains(p.body, x.ids["assessment"]) {
					t.Errorf("%s: %s shows another's", o.name, route.Path)
				}
				continue
			}
			if !strings.Contains(route.Path, ":") {
				t.Errorf("%s %s names nothing: is what it shows the caller's own? Then it belongs to ownRoutes", route.Method, route.Path)
			}
			for _, path := range x.addresses(t, route.Path, o.own) {
				n++
				p := o.ask(route.Method, path, x.form)
				if p.StatusCode != http.StatusNotFound && (o.staff || p.StatusCode != http.StatusForbidden) {
					t.Errorf("%s: %s %s: status %d, want 404", o.name, route.Method, path, p.StatusCode)
				}
				if strings.Contains(strings.ToUpper(p.body), "SECRET") {
					t.Errorf("%s: %s %s shows what is another's", o.name, route.Method, path)
				}
			}
		}
		// The ids are those of something that is there: without this, everything could be missing for everybody.
		if route.Method == http.MethodGet && first == "hire" && !slices.Contains(ownRoutes, "GET "+route.Path) {
			// A page with nothing to show yet leads to one of the same test.
			p := x.b.get(fill(route.Path, x.ids))
			leads := p.StatusCode == http.StatusSeeOther && strings.HasPrefix(p.Header.Get("Location"), "/hire/"+x.ids["assessment"])
			if p.StatusCode != http.StatusOK && !leads {
				t.Errorf("the owner at %s: status %d, want 200", route.Path, p.StatusCode)
			}
		}
	}
	if n < 200 {
		t.Errorf("only %d requests were tried", n)
	}
	if d := cmp.Diff(before, x.state(t)); d != "" {
		t.Errorf("somebody else changed something (before, after):\n%s", d)
	}
	for _, o := range people {
		for _, tail := range []string{"", "/form", "/state", "/pulse", "/report", "/report.pdf", "/report/items/1"} {
			if p := o.b.get(x.room + tail); p.StatusCode != http.StatusNotFound {
				t.Errorf("%s: the room%s of the candidate: status %d, want 404", o.name, tail, p.StatusCode)
			}
		}
	}
}
