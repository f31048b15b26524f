package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"crosswalk/progress"
)

// program is something that uses the API. Each of its requests and replies is held against the document.
type program struct {
	t     testing.TB
	h     *hiring
	doc   checker
	token string
	done  map[string]bool // operations and statuses that came
}

func newProgram(t testing.TB, h *hiring, a progress.Actor, scope progress.Scope) *program {
	t.Helper()
	tok, err := h.prog.MakeAPIToken(t.Context(), a, progress.NewAPIToken{ClientKey: uuid.NewString(), Name: "HR", Scope: scope, Days: 30})
	if err != nil {
		t.Fatal(err)
	}
	p := &program{t: t, h: h, token: string(tok.Token), done: map[string]bool{}}
	res := h.browser(t).get("/api/v1/openapi.json")
	if res.StatusCode != http.StatusOK || json.Unmarshal([]byte(res.body), &p.doc.doc) != nil {
		t.Fatalf("the document: %d %.200s", res.StatusCode, res.body)
	}
	return p
}

// operation finds in the document what a request asks for.
func (p *program) operation(method, path string) map[string]any {
	path, _, _ = strings.Cut(path, "?")
	for template, at := range p.doc.at("#/paths").(map[string]any) {
		pattern := "^" + regexp.MustCompile(`\{[a-z]+\}`).ReplaceAllString(template, "[^/]+") + "$"
		if regexp.MustCompile(pattern).MatchString(path) {
			op, _ := at.(map[string]any)[strings.ToLower(method)].(map[string]any)
			return op
		}
	}
	return nil
}

// ask sends a request and validates the reply. header is name and value in turn.
func (p *program) ask(method, path, body string, want int, header ...string) page {
	p.t.Helper()
	req := httptest.NewRequest(method, "/api/v1"+path, strings.NewReader(body))
	if p.token != "" {
		req.Header.Set("Authorization", "Bearer "+p.token)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res := p.h.browser(p.t).do(req)
	if res.StatusCode != want {
		p.t.Fatalf("%s %s: status %d, want %d: %s", method, path, res.StatusCode, want, res.body)
	}
	op := p.operation(method, path)
	if op == nil {
		return res
	}
	p.done[fmt.Sprint(op["operationId"], " ", res.StatusCode)] = true
	reply, ok := op["responses"].(map[string]any)[fmt.Sprint(res.StatusCode)].(map[string]any)
	if !ok {
		p.t.Fatalf("%s %s: the document has no status %d", method, path, res.StatusCode)
	}
	if ref, ok := reply["$ref"].(string); ok {
		reply, _ = p.doc.at(ref).(map[string]any)
	}
	if reply["content"] == nil {
		if res.body != "" {
			p.t.Errorf("%s %s: a body where the document has none: %s", method, path, res.body)
		}
		return res
	}
	for _, wrong := range p.doc.valid(reply["content"], res.Header.Get("Content-Type"), []byte(res.body)) {
		p.t.Errorf("%s %s: %s", method, path, wrong)
	}
	if want < 300 && body != "" {
		for _, wrong := range p.doc.valid(op["requestBody"].(map[string]any)["content"], "application/json", []byte(body)) {
			p.t.Errorf("%s %s: what was sent: %s", method, path, wrong)
		}
	}
	if want >= 400 {
		var got struct{ Type string }
		res.json(p.t, &got)
		if _, kind, ok := strings.Cut(got.Type, "/api#"); !ok || p.doc.at("#/components/responses/"+kind) == nil {
			p.t.Errorf("%s %s: type %q names no problem", method, path, got.Type)
		}
	}
	return res
}

// problem is ask for an error of a kind.
func (p *program) problem(method, path, body string, want int, kind string, header ...string) page {
	p.t.Helper()
	res := p.ask(method, path, body, want, header...)
	if !strings.Contains(res.body, "/api#"+kind+`"`) || res.Header.Get("Content-Type") != "application/problem+json" {
		p.t.Errorf("%s %s: want the problem %s: %s", method, path, kind, res.body)
	}
	return res
}

// TestAPIDocument: the routes that run and those of the document are the same, and what the document points to is there.
func TestAPIDocument(t *testing.T) {
	h := newHiring(t, false)
	p := newProgram(t, h, h.owner, progress.ScopeRead)
	var running, written []string
	used := map[string]bool{}
	for _, r := range h.srv.App().GetRoutes(true) {
		if rest, ok := strings.CutPrefix(r.Path, "/api/v1"); ok && r.Method != http.MethodHead && rest != "/openapi.json" && rest != "" {
			running = append(running, strings.ToLower(r.Method)+" "+regexp.MustCompile(`:([a-z]+)`).ReplaceAllString(rest, "{$1}"))
		}
	}
	for path, at := range p.doc.at("#/paths").(map[string]any) {
		for method, op := range at.(map[string]any) {
			written = append(written, method+" "+path)
			for _, s := range op.(map[string]any)["responses"].(map[string]any) {
				reply := s.(map[string]any)
				if ref, ok := reply["$ref"].(string); ok {
					if used[ref] = true; p.doc.at(ref) == nil {
						t.Errorf("%s %s: %s is not there", method, path, ref)
					}
				}
				for _, kind := range regexp.MustCompile(`[a-z]+-?[a-z]+`).FindAllString(fmt.Sprint(reply["description"]), -1) {
					used["#/components/responses/"+kind] = true
				}
			}
		}
	}
	for kind := range p.doc.at("#/components/responses").(map[string]any) {
		if !used["#/components/responses/"+kind] {
			t.Errorf("no operation has the problem %s", kind)
		}
	}
	slices.Sort(running)
	slices.Sort(written)
	if !slices.Equal(running, written) {
		t.Errorf("routes that run:\n%s\nin the document:\n%s", strings.Join(running, "\n"), strings.Join(written, "\n"))
	}
	if p.doc.doc["openapi"] != "3.1.0" || len(written) == 0 {
		t.Errorf("openapi %v, %d operations", p.doc.doc["openapi"], len(written))
	}
	message, _ := json.Marshal(progress.WebhookMessage{Type: progress.ResultReady, Timestamp: h.prog.Clock(), Data: progress.WebhookMessageData{Assessment: "a", Candidate: "c", Sitting: "s"}})
	hook := p.doc.at("#/webhooks/event").(map[string]any)["post"].(map[string]any)["requestBody"].(map[string]any)["content"]
	for _, wrong := range p.doc.valid(hook, "application/json", message) {
		t.Errorf("webhook: %s", wrong)
	}
}

func TestAPI(t *testing.T) {
	h := newHiring(t, false)
	p := newProgram(t, h, h.owner, progress.ScopeWrite)
	test := "/assessments/" + string(h.test.ID)

	var list struct {
		Items []struct{ ID, State, Name string }
		Next  *string
	}
	p.ask("GET", "/assessments", "", 200).json(t, &list)
	if len(list.Items) != 1 || list.Items[0].ID != string(h.test.ID) || list.Items[0].State != "open" || list.Next != nil {
		t.Errorf("assessments: %+v", list)
	}
	p.ask("GET", test, "", 200)

	body := `{"candidates":[{"name":"Robin \"Rob\" Vale, CPC","email":"Robin@example.com","ref":"A-1"},{"name":"Kim Osei","extra_percent":300,"extra_breaks":10}],"days":7}`
	key := uuid.NewString()
	first := p.ask("POST", test+"/candidates", body, 201, "Idempotency-Key", key)
	again := p.ask("POST", test+"/candidates", body, 201, "Idempotency-Key", key)
	if first.body != again.body || again.Header.Get("Idempotent-Replayed") != "true" || first.Header.Get("Idempotent-Replayed") != "" {
		t.Errorf("sent twice: %s\n%s", first.body, again.body)
	}
	var made struct {
		Items []struct {
			Candidate struct {
				ID, Name, Email, Ref, State string
				ExtraPercent                int `json:"extra_percent"`
				ExtraBreaks                 int `json:"extra_breaks"`
			}
			Link string
		}
	}
	first.json(t, &made)
	if len(made.Items) != 2 || made.Items[0].Candidate.Name != `Robin "Rob" Vale, CPC` || made.Items[0].Candidate.Email != "robin@example.com" || made.Items[0].Candidate.State != "invited" || !strings.Contains(made.Items[1].Link, "/sit/") {
		t.Fatalf("made: %s", first.body)
	}
	if a, b := made.Items[0].Candidate, made.Items[1].Candidate; a.ExtraPercent != 0 || a.ExtraBreaks != 0 || b.ExtraPercent != progress.MaxExtraPercent || b.ExtraBreaks != progress.MaxExtraBreaks {
		t.Errorf("accommodations: %s", first.body)
	}
	robin := test + "/candidates/" + made.Items[0].Candidate.ID
	p.ask("GET", robin, "", 200)
	p.ask("GET", test+"/candidates?limit=1", "", 200).json(t, &list)
	if len(list.Items) != 1 || list.Next == nil {
		t.Fatalf("a page: %+v", list)
	}
	p.ask("GET", test+"/candidates?limit=1&after="+*list.Next, "", 200).json(t, &list)
	if len(list.Items) != 1 || list.Items[0].Name != "Kim Osei" || list.Next != nil {
		t.Errorf("the next page: %+v", list)
	}
	var linked struct{ Link string }
	p.ask("POST", robin+"/link", "", 200).json(t, &linked)
	p.ask("POST", robin+"/link", `{"days":3}`, 200)
	if linked.Link == made.Items[0].Link {
		t.Error("the new link is the old one")
	}
	if res := p.ask("POST", robin+"/revoke", "", 200); !strings.Contains(res.body, `"state":"revoked"`) {
		t.Error(res.body)
	}
	p.problem("GET", robin+"/result", "", 409, "not-ready")
	p.ask("DELETE", robin, "", 204)
	p.ask("DELETE", robin, "", 204)
	if res := p.ask("GET", robin, "", 200); !strings.Contains(res.body, `"state":"erased"`) || strings.Contains(res.body, "Robin") {
		t.Error(res.body)
	}

	ann := h.candidate(t, h.test, "Ann")
	h.takes(t, h.test, ann, h.smallForm(), func(pos int) bool { return pos%3 != 0 })
	of := test + "/candidates/" + string(ann.ID)
	if res := p.ask("GET", of, "", 200); !strings.Contains(res.body, `"result_ready":true`) {
		t.Error(res.body)
	}
	res := p.ask("GET", of+"/result", "", 200)
	for _, f := range h.smallForm() {
		if strings.Contains(res.body, f.ID) {
			t.Errorf("the result names the item %s", f.ID)
		}
	}
	for _, op := range p.doc.at("#/paths").(map[string]any) {
		for _, o := range op.(map[string]any) {
			id := fmt.Sprint(o.(map[string]any)["operationId"])
			if !slices.ContainsFunc([]int{200, 201, 204}, func(s int) bool { return p.done[fmt.Sprint(id, " ", s)] }) {
				t.Errorf("%s was never asked for", id)
			}
		}
	}
}

func TestAPIProblems(t *testing.T) {
	h := newHiring(t, false)
	p := newProgram(t, h, h.owner, progress.ScopeWrite)
	ann := h.candidate(t, h.test, "Ann")
	test := "/assessments/" + string(h.test.ID)
	invite := `{"candidates":[{"name":"Robin Vale"}]}`
	key := func() []string { return []string{"Idempotency-Key", uuid.NewString()} }
	for _, c := range []struct {
		name, method, path, body string
		want                     int
		kind                     string
		header                   []string
	}{
		{"no such route", "GET", "/nothing", "", 404, "not-found", nil},
		{"no such method", "PUT", test, "{}", 404, "not-found", nil},
		{"no such test", "GET", "/assessments/x", "", 404, "not-found", nil},
		{"no such candidate", "GET", test + "/candidates/x", "", 404, "not-found", nil},
		{"no key", "POST", test + "/candidates", invite, 400, "no-key", nil},
		{"a short key", "POST", test + "/candidates", invite, 422, "invalid", []string{"Idempotency-Key", "1"}},
		{"no JSON", "POST", test + "/candidates", "name=x", 400, "bad-request", key()},
		{"a field too many", "POST", test + "/candidates", `{"candidates":[{"name":"x","mail":"y"}]}`, 400, "bad-request", key()},
		{"two values", "POST", test + "/candidates", invite + invite, 400, "bad-request", key()},
		{"another type", "POST", test + "/candidates", invite, 415, "media-type", append(key(), "Content-Type", "text/plain")},
		{"nobody", "POST", test + "/candidates", `{}`, 422, "invalid", key()},
		{"a bad e-mail", "POST", test + "/candidates", `{"candidates":[{"name":"Robin"},{"name":"Kim","email":"x"}]}`, 422, "invalid", key()},
		{"too much extra time", "POST", test + "/candidates", `{"candidates":[{"name":"Robin"},{"name":"Kim","extra_percent":301}]}`, 422, "invalid", key()},
		{"breaks below nothing", "POST", test + "/candidates", `{"candidates":[{"name":"Robin"},{"name":"Kim","extra_breaks":-1}]}`, 422, "invalid", key()},
		{"too many days", "POST", test + "/candidates", `{"candidates":[{"name":"Robin"}],"days":1000}`, 422, "invalid", key()},
		{"a page too long", "GET", "/assessments?limit=9999", "", 422, "invalid", nil},
		{"a page after nothing", "GET", "/assessments?after=x", "", 422, "invalid", nil},
		{"no result yet", "GET", test + "/candidates/" + string(ann.ID) + "/result", "", 409, "not-ready", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			p.t = t
			res := p.problem(c.method, c.path, c.body, c.want, c.kind, c.header...)
			if strings.Contains(c.body, "Kim") && !strings.Contains(res.body, "candidates[1]") {
				t.Errorf("which of the candidates: %s", res.body)
			}
		})
	}
	p.t = t
	once := key()
	p.ask("POST", test+"/candidates", invite, 201, once...)
	p.problem("POST", test+"/candidates", `{"candidates":[{"name":"Kim"}]}`, 422, "key-reused", once...)

	if err := h.prog.EraseCandidate(t.Context(), h.owner, h.test.ID, ann.ID); err != nil {
		t.Fatal(err)
	}
	gone := test + "/candidates/" + string(ann.ID)
	for _, r := range []struct{ method, path string }{{"GET", "/result"}, {"POST", "/link"}, {"POST", "/revoke"}} {
		p.problem(r.method, gone+r.path, "", 404, "not-found")
	}

	reader := newProgram(t, h, h.owner, progress.ScopeRead)
	reader.ask("GET", test+"/candidates", "", 200)
	for _, r := range []struct{ method, path string }{{"POST", "/candidates"}, {"POST", "/candidates/" + string(ann.ID) + "/revoke"}, {"POST", "/candidates/" + string(ann.ID) + "/link"}, {"DELETE", "/candidates/" + string(ann.ID)}} {
		reader.problem(r.method, test+r.path, "", 403, "forbidden")
	}
	for _, token := range []string{"", "cwk_guess", "x"} {
		reader.token = token
		if res := reader.problem("GET", test, "", 401, "no-token"); res.Header.Get("WWW-Authenticate") == "" {
			t.Error("401 without WWW-Authenticate")
		}
	}
	if res := h.b.get("/api/v1/assessments"); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("a cookie opened the API: %d", res.StatusCode)
	}
	for range 200 { // a guess more than are let through from an address
		if res := reader.h.browser(t).get("/api/v1/assessments"); res.StatusCode == http.StatusTooManyRequests {
			break
		}
	}
	if res := reader.problem("GET", test, "", 429, "too-many"); res.Header.Get("Retry-After") == "" {
		t.Error("429 without Retry-After")
	}
	p.ask("GET", test, "", 200) // a good token is not held up by the guesses
}

// TestAPIOfAnother: on every route a token of another employer finds nothing, and a blind test tells no name.
func TestAPIOfAnother(t *testing.T) {
	h := newHiring(t, true)
	ann := h.candidate(t, h.test, "SECRET")
	_, dora := h.staff(t, "dora", progress.RoleEmployer)
	p := newProgram(t, h, dora, progress.ScopeWrite)
	for path, at := range p.doc.at("#/paths").(map[string]any) {
		for method := range at.(map[string]any) {
			if !strings.Contains(path, "{") {
				continue
			}
			to := strings.NewReplacer("{assessment}", string(h.test.ID), "{candidate}", string(ann.ID)).Replace(path)
			body := ""
			if method == "post" && strings.HasSuffix(path, "/candidates") {
				body = `{"candidates":[{"name":"x"}]}`
			}
			p.problem(strings.ToUpper(method), to, body, 404, "not-found", "Idempotency-Key", uuid.NewString())
		}
	}
	if res := p.ask("GET", "/assessments", "", 200); strings.Contains(res.body, string(h.test.ID)) {
		t.Error("another's test is in the list")
	}
	own := newProgram(t, h, h.owner, progress.ScopeRead)
	for _, path := range []string{"/candidates", "/candidates/" + string(ann.ID)} {
		if res := own.ask("GET", "/assessments/"+string(h.test.ID)+path, "", 200); strings.Contains(res.body, "SECRET") || !strings.Contains(res.body, ann.BlindName()) {
			t.Errorf("%s of a blind test: %s", path, res.body)
		}
	}
}
