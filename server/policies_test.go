package server_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"crosswalk/grading"
	"crosswalk/progress"
)

// staff is the browser of a member of staff, signed in.
func (s *site) staff(t testing.TB, name string, role progress.Role) (*browser, progress.Actor) {
	t.Helper()
	const pass = "a sentence to remember"
	l, err := s.prog.AddUser(t.Context(), progress.Operator(""), progress.NewUser{Name: name, Email: name + "@example.org", Passphrase: pass, Role: role})
	if err != nil {
		t.Fatal(err)
	}
	b := s.browser(t)
	b.get("/signin")
	if p := b.post("/signin", url.Values{"email": {l.Email}, "passphrase": {pass}}); p.StatusCode != http.StatusSeeOther {
		t.Fatalf("sign in as %s: status %d", name, p.StatusCode)
	}
	b.get("/")
	return b, l.Actor()
}

// upload sends a file as the form of the policies page does.
func (b *browser) upload(path, name, body string) page {
	b.t.Helper()
	return b.uploadForm(path, nil, name, body)
}

// uploadForm sends fields and a file.
func (b *browser) uploadForm(path string, fields map[string]string, name, body string) page {
	b.t.Helper()
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	if err := w.WriteField("_csrf", b.csrf); err != nil {
		b.t.Fatal(err)
	}
	for k, v := range fields {
		if err := w.WriteField(k, v); err != nil {
			b.t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("file", name)
	if err != nil {
		b.t.Fatal(err)
	}
	part.Write([]byte(body))
	w.Close()
	req := httptest.NewRequest(http.MethodPost, path, &buf)
	req.Header.Set("Content-Type", w.FormDataContentType())
	return b.do(req)
}

func wantText(t *testing.T, p page, status int, words ...string) {
	t.Helper()
	if p.StatusCode != status {
		t.Fatalf("%s: status %d, want %d\n%.800s", p.Request.URL, p.StatusCode, status, p.text())
	}
	for _, w := range words {
		if !strings.Contains(p.text(), w) {
			t.Errorf("%s: no %q in\n%.1500s", p.Request.URL, w, p.text())
		}
	}
}

// TestPolicyPages: an employer makes a policy, sees what it does, changes it, takes it out and in as a file, and retires it.
func TestPolicyPages(t *testing.T) {
	s := newSite(t)
	b, emma := s.staff(t, "emma", progress.RoleEmployer)
	p := b.get("/teach/policies")
	wantText(t, p, http.StatusOK, "No policies yet", "Make one to grade as your department audits")
	if p.doc.Find(`.nav a[href="/teach/policies"][aria-current]`).Length() != 1 || p.doc.Find(`.nav a[href="/teach"]`).Length() != 0 {
		t.Error("the navigation of an employer has no policies, or has learners")
	}
	p = b.get("/teach/policies/new")
	wantText(t, p, http.StatusOK, "New policy", "First procedure")
	if v, _ := p.doc.Find("#main_procedure").Attr("placeholder"); v != "4" {
		t.Errorf("placeholder of the first procedure %q, want its standard 4", v)
	}
	form := p.formValues(".po-form")

	bad := url.Values{"name": {""}, "scheme": {"learning"}, "status": {"0.1"}, "first": {"three"}, "cap_percent": {"40.5"}, "ignore_codes": {"?\nZ79"}, "ignore": {"code"}, "do": {"save"}}
	p = b.post("/teach/policies", bad)
	wantText(t, p, http.StatusUnprocessableEntity, "Give the policy a name.", "Write points from 0.2 to 100", "Write a whole number from 0 to 100", "is no code and no range", "cannot be left out of account")
	for _, id := range []string{"name", "status", "first", "cap_percent", "ignore_codes"} {
		in := p.doc.Find("#" + id)
		by, _ := in.Attr("aria-describedby")
		f := strings.Fields(by)
		if on, _ := in.Attr("aria-invalid"); on != "true" || len(f) == 0 || p.doc.Find("#"+f[len(f)-1]+".error").Length() != 1 {
			t.Errorf("%s does not say that it is wrong (aria-describedby %q)", id, by)
		}
	}
	if v, _ := p.doc.Find("#first").Attr("value"); v != "three" {
		t.Errorf("what was typed is gone: %q", v)
	}

	// A look before saving: nothing is kept.
	form.Set("try", "case:ed-colles-fracture")
	form.Set("do", "preview")
	form.Set("scheme", "code-over-code")
	p = b.post("/teach/policies", form)
	wantText(t, p, http.StatusOK, "The model answer100 %100 %", "Its last line left out", "Code over code:")
	if list, err := s.prog.Policies(t.Context(), emma); err != nil || len(list) != 0 {
		t.Fatalf("the preview kept %d policies, %v", len(list), err)
	}

	form = url.Values{"name": {"ProFee audit"}, "scheme": {"code-over-code"}, "unsupported": {"3,5"}, "ignore": {"position", "pointers"}, "ignore_codes": {"z79\r\nV00-Y99, 36415"}, "do": {"save"}}
	p = b.follow("/teach/policies", form)
	wantText(t, p, http.StatusOK, "ProFee audit", "The policy is saved.", "Revision 1")
	if got := p.formValues(".po-form"); got.Get("unsupported") != "3.5" || got.Get("ignore_codes") != "36415\nV00-Y99\nZ79" || len(got["ignore"]) != 2 || got.Get("first") != "" || got.Get("scheme") != "code-over-code" {
		t.Errorf("the kept form: %v", got)
	}
	list, err := s.prog.Policies(t.Context(), emma)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	here := "/teach/policies/" + string(list[0].ID)
	wantText(t, b.post("/teach/policies", form), http.StatusUnprocessableEntity, "There is a policy of this name already")

	file := b.get(here + "/file")
	if d := file.Header.Get("Content-Disposition"); file.StatusCode != http.StatusOK || !strings.Contains(d, `"policy-profee-audit-r1.json"`) {
		t.Fatalf("file: %d %s", file.StatusCode, d)
	}
	if pol, err := grading.ParsePolicy([]byte(file.body)); err != nil || pol.Weights.Unsupported != 350 {
		t.Errorf("the file does not read as a policy: %v\n%s", err, file.body)
	}
	p = b.upload("/teach/policies/upload", "p.json", strings.Replace(file.body, `"unsupported": 350`, `"unsupported": 400`, 1))
	if p.StatusCode != http.StatusSeeOther || p.Header.Get("Location") != here {
		t.Fatalf("upload: %d %s %s", p.StatusCode, p.Header.Get("Location"), p.text())
	}
	wantText(t, b.get(here), http.StatusOK, "Revision 2", "Revision 1")
	if old := b.get(here + "/file?revision=1"); !strings.Contains(old.body, `"unsupported": 350`) {
		t.Errorf("revision 1 has changed:\n%s", old.body)
	}
	if gone := b.get(here + "/file?revision=9"); gone.StatusCode != http.StatusNotFound {
		t.Errorf("a revision that is not there: %d", gone.StatusCode)
	}
	form.Set("revision", "1")
	form.Set("name", "From an old tab")
	wantText(t, b.post(here, form), http.StatusUnprocessableEntity, "changed elsewhere and is at revision 2")
	b.get("/teach/policies")
	wantText(t, b.upload("/teach/policies/upload", "p.json", `{"name":"x","wieghts":{}}`), http.StatusUnprocessableEntity, "wieghts")
	wantText(t, b.upload("/teach/policies/upload", "p.json", ""), http.StatusUnprocessableEntity, "Choose a file")
	wantText(t, b.upload("/teach/policies/upload", "p.json", strings.Repeat(" ", 70<<10)), http.StatusUnprocessableEntity, "larger than 64 KiB")
	wantText(t, b.get("/teach/policies"), http.StatusOK, "Code over code · revision 2", "Leaves out of account: Position, Pointers", "Unsupported line 4 (standard 2)", "36415, V00-Y99, Z79")

	other, _ := s.staff(t, "ivan", progress.RoleInstructor)
	for _, path := range []string{here, here + "/file"} {
		wantText(t, other.get(path), http.StatusNotFound)
	}
	form.Del("_csrf")
	wantText(t, other.post(here, form), http.StatusNotFound)
	wantText(t, other.post(here+"/retire", nil), http.StatusNotFound)
	ada, _ := s.staff(t, "ada", progress.RoleAdmin)
	wantText(t, ada.get("/teach/policies"), http.StatusOK, "ProFee audit", "emma")

	wantText(t, b.follow(here+"/retire", nil), http.StatusOK, "What it graded stays", "retired")
	if p = b.get(here); p.doc.Find(`button[value="save"]`).Length() != 0 {
		t.Error("a retired policy can be saved")
	}
	guest := s.browser(t)
	guest.startGuest()
	for _, path := range []string{"/teach/policies", "/teach/policies/new", here, here + "/file"} {
		wantText(t, guest.get(path), http.StatusForbidden)
	}
	form.Del("_csrf")
	wantText(t, guest.post("/teach/policies", form), http.StatusForbidden)
	wantText(t, guest.upload("/teach/policies/upload", "p.json", `{"name":"x"}`), http.StatusForbidden)
}

// TestGradeByPolicyPages: an instructor looks at a learner's attempt under a policy and keeps the grade; the learner sees it beside the
// grade that counts, which stays.
func TestGradeByPolicyPages(t *testing.T) {
	s := newSite(t)
	learner := s.browser(t)
	learner.startGuest()
	sheet := learner.get("/cases/ed-colles-fracture").formValues("#sheet")
	sheet.Set("do", "submit")
	sheet.Set("dx.0.code", "S52.531A")
	sheet.Set("px.0.code", "25605")
	result := learner.post("/cases/ed-colles-fracture", sheet).Header.Get("Location")
	p := learner.get(result)
	wantText(t, p, http.StatusOK, "How the figures came about", "Learning score: your lines earned", "possible points")
	figures := p.doc.Find(".figures").Text()
	attempt := result[strings.LastIndex(result, "/")+1:]

	wantText(t, learner.get(result+"?scheme=code-over-code"), http.StatusOK, "exactly right", "Code over code:")
	wantText(t, learner.get(result+"?scheme=all-or-nothing"), http.StatusOK, "All or nothing:")
	if p = learner.get(result + "?scheme=all-or-nothing"); p.doc.Find(".figures").Text() != figures || p.doc.Find(`.formula[open] a[aria-current]`).Text() != "All or nothing" {
		t.Error("another scheme changes the four figures, or is not the one that is lit")
	}
	wantText(t, learner.get(result+"?scheme=fair"), http.StatusBadRequest)

	b, ines := s.staff(t, "ines", progress.RoleInstructor)
	here := "/teach/attempts/" + attempt
	wantText(t, b.get(here), http.StatusOK, "No policies yet", "No policy has graded this attempt yet.")
	w := grading.Standard
	w.Required, w.OtherProcedure = 20, 20
	pol, err := s.prog.SavePolicy(t.Context(), ines, progress.PolicyDraft{Body: grading.Policy{Name: "Desk A", Weights: &w, Ignore: []grading.Component{grading.CompModifiers}, IgnoreCodes: []string{"V00-Y99"}}})
	if err != nil {
		t.Fatal(err)
	}
	g, err := s.prog.Attempt(t.Context(), ines, progress.AttemptID(attempt))
	if err != nil {
		t.Fatal(err)
	}
	row := b.get("/teach/learners/" + string(g.Attempt.Learner))
	if row.doc.Find(`a[href="`+here+`"]`).Length() != 1 {
		t.Errorf("the learner's page does not lead to %s", here)
	}
	wantText(t, b.get(here), http.StatusOK, "Desk A")
	wantText(t, b.get(result+"?policy="+string(pol.ID)), http.StatusOK, "A look at this attempt under the policy “Desk A”, revision 1", "Leaves out of account: Modifiers", "Not counted by this policy.")
	wantText(t, learner.get(result+"?policy="+string(pol.ID)), http.StatusForbidden)
	if p := learner.get(result); strings.Contains(p.text(), "Desk A") {
		t.Error("a look was recorded")
	}
	wantText(t, learner.get(here), http.StatusForbidden)
	wantText(t, learner.post(here, url.Values{"policy": {string(pol.ID)}}), http.StatusForbidden)
	b.get(here)
	wantText(t, b.follow(here, url.Values{"policy": {string(pol.ID)}}), http.StatusOK, "Graded by the policy", "Desk A Revision 1")

	p = learner.get(result)
	wantText(t, p, http.StatusOK, "Also graded by the policy “Desk A”, revision 1:", "Leaves out of account: Modifiers", "Required diagnosis 0.2 (standard 3)", "V00-Y99")
	if p.doc.Find(".figures").Text() != figures {
		t.Error("the policy changed the figures of the grade that counts")
	}
	link, _ := p.doc.Find(`.formula-kept a[href*="graded="]`).Attr("href")
	p = learner.get(strings.TrimSuffix(link, "#formula"))
	wantText(t, p, http.StatusOK, "All figures of this page are under the policy “Desk A”.", "The page shows this attempt under the policy “Desk A”, revision 1", "Not counted by this policy.")
	if p.doc.Find(".figures").Text() == figures {
		t.Error("under the policy the page shows the figures of the grade that counts")
	}
	wantText(t, learner.get(result+"?graded=nothing"), http.StatusNotFound)
	ivan, _ := s.staff(t, "ivan", progress.RoleInstructor)
	if p := ivan.get(here); strings.Contains(p.text(), "Desk A") {
		t.Error("another instructor sees the policy")
	}
}
