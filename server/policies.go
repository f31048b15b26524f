package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"crosswalk/grading"
	"crosswalk/progress"
)

// maxPolicyFile is the most bytes that are read of a policy's file; a full one is far below.
const maxPolicyFile = 64 << 10

type policiesPage struct {
	basePage
	Policies []policyRow
	Problem  string // of an uploaded file
}

type policyRow struct {
	Path, Owner, At string
	Note            policyNote
	Retired         bool
}

// policies lists the policies that are the viewer's to see.
func (s *Server) policies(c *fiber.Ctx) error { return s.showPolicies(c, fiber.StatusOK, "") }

func (s *Server) showPolicies(c *fiber.Ctx, status int, problem string) error {
	ctx, a := c.UserContext(), actor(c)
	list, err := s.progress.Policies(ctx, a)
	if err != nil {
		return err
	}
	page := policiesPage{basePage: s.base(c, s.words.get("policies.title"), "policies"), Problem: problem}
	page.Path = "/teach/policies"
	owners := map[progress.LearnerID]string{a.Learner: ""}
	for _, p := range list {
		owner, known := owners[p.Owner]
		if !known {
			if l, err := s.progress.Learner(ctx, a, p.Owner); err == nil {
				owner = s.learnerName(l)
			}
			owners[p.Owner] = owner
		}
		page.Policies = append(page.Policies, policyRow{
			Path: policyPath(p.ID), Owner: owner, At: p.CreatedAt.In(viewer(c).Learner.Location()).Format("2 Jan 2006"), Note: s.policyNote(p.Body, p.Revision), Retired: p.RetiredAt != nil,
		})
	}
	return s.render(c, status, "policies", page)
}

func policyPath(id progress.PolicyID) string { return "/teach/policies/" + string(id) }

type policyPage struct {
	basePage
	Action    string // where the form goes
	Saved     bool   // the policy is kept already
	Retired   bool
	Revision  int
	File      string
	Form      policyForm
	Schemes   []choice
	Groups    []weightGroup
	Ignore    []choice
	Errors    map[string]string
	Revisions []revisionRow
	Attempts  []choice // to preview with
	Cases     []choice
	Preview   *policyPreview
}

type revisionRow struct {
	Number   int
	At, File string
}

// policyForm is the form as it was sent. Weights hold what was typed, "" for the standard.
type policyForm struct {
	Name    string
	Scheme  string
	Ignore  []string
	Codes   string
	Weights map[string]string
	From    int
	Try     string // what to preview with: "case:ID" or "attempt:ID"
}

type weightGroup struct {
	Title, Hint string
	Fields      []weightField
}

type weightField struct {
	Name, Label, Value, Standard, Error string
	Share                               bool
}

// weightGroups are the weights as the form groups them, by name.
var weightGroups = []struct {
	name    string
	weights []string
}{
	{"lines", []string{"first", "position", "required", "reportable", "status", "main_procedure", "other_procedure"}},
	{"fields", []string{"poa", "evidence", "drg", "disposition", "em_column", "em_level", "query_ask", "query_part"}},
	{"shares", []string{"modifiers_percent", "units_percent", "pointers_percent"}},
	{"costs", []string{"integral", "unsupported", "redundant", "order", "cap_percent"}},
}

func formOf(p progress.Policy) policyForm {
	f := policyForm{Name: p.Body.Name, Scheme: string(p.Body.Scheme), Codes: strings.Join(p.Body.IgnoreCodes, "\n"), Weights: map[string]string{}, From: p.Revision}
	for _, c := range p.Body.Ignore {
		f.Ignore = append(f.Ignore, string(c))
	}
	if p.Body.Weights != nil {
		standard := grading.Standard.All()
		for i, w := range p.Body.Weights.All() {
			if w.At == standard[i].At {
				continue
			}
			if f.Weights[w.Name] = formatPoints(w.At); isShare(w.Name) {
				f.Weights[w.Name] = strconv.Itoa(int(w.At))
			}
		}
	}
	return f
}

func readPolicyForm(c *fiber.Ctx) policyForm {
	f := policyForm{Name: c.FormValue("name"), Scheme: c.FormValue("scheme"), Codes: c.FormValue("ignore_codes"), Weights: map[string]string{}, Try: c.FormValue("try")}
	f.From, _ = strconv.Atoi(c.FormValue("revision"))
	for _, b := range c.Request().PostArgs().PeekMulti("ignore") {
		f.Ignore = append(f.Ignore, string(b))
	}
	for _, w := range grading.Standard.All() {
		if v := strings.TrimSpace(c.FormValue(w.Name)); v != "" {
			f.Weights[w.Name] = v
		}
	}
	return f
}

// policy is what the form says, with what is wrong by field.
func (s *Server) policyOf(f policyForm) (grading.Policy, map[string]string) {
	w := grading.Standard
	p := grading.Policy{Name: f.Name, Scheme: grading.Scheme(f.Scheme), Weights: &w, IgnoreCodes: strings.FieldsFunc(f.Codes, func(r rune) bool { return r == '\n' || r == ',' || r == ';' })}
	kept := p.IgnoreCodes[:0]
	for _, code := range p.IgnoreCodes {
		if code = strings.TrimSpace(code); code != "" {
			kept = append(kept, code)
		}
	}
	p.IgnoreCodes = kept
	for _, c := range f.Ignore {
		p.Ignore = append(p.Ignore, grading.Component(c))
	}
	errs := map[string]string{}
	for _, field := range w.All() {
		typed, sent := f.Weights[field.Name]
		if !sent {
			continue
		}
		at, ok := parseWeight(field.Name, typed)
		if !ok || at < field.Least || at > field.Most {
			errs[field.Name] = s.words.get("policies.bad_points", formatPoints(field.Least), formatPoints(field.Most))
			if isShare(field.Name) {
				errs[field.Name] = s.words.get("policies.bad_share", int(field.Least), int(field.Most))
			}
			continue
		}
		w.Set(field.Name, at)
	}
	for _, x := range p.Problems() {
		if errs[x.Field] != "" {
			x.Reason = errs[x.Field] + " " + x.Reason
		}
		errs[x.Field] = x.Reason
	}
	return p, errs
}

// parseWeight reads points with up to two decimals, or a whole share.
func parseWeight(name, typed string) (grading.Points, bool) {
	typed = strings.TrimSpace(strings.TrimSuffix(strings.Replace(typed, ",", ".", 1), "%"))
	if isShare(name) {
		n, err := strconv.Atoi(typed)
		return grading.Points(n), err == nil
	}
	x, err := strconv.ParseFloat(typed, 64)
	n := math.Round(x * 100)
	return grading.Points(n), err == nil && math.Abs(x) < 1e6 && math.Abs(n-x*100) < 1e-6
}

// newPolicy is the empty form.
func (s *Server) newPolicy(c *fiber.Ctx) error {
	if !actor(c).MayOwnPolicies() {
		return progress.ErrForbidden
	}
	return s.showPolicy(c, fiber.StatusOK, nil, policyForm{Scheme: string(grading.Learning)}, nil)
}

// policy is the form of a policy by its newest revision.
func (s *Server) policy(c *fiber.Ctx) error {
	revs, err := s.progress.PolicyRevisions(c.UserContext(), actor(c), progress.PolicyID(c.Params("id")))
	if err != nil {
		return err
	}
	return s.showPolicy(c, fiber.StatusOK, revs, formOf(revs[len(revs)-1]), nil)
}

// savePolicy keeps a new policy or a new revision, or shows what the policy in the form would do.
func (s *Server) savePolicy(c *fiber.Ctx) error {
	ctx, a := c.UserContext(), actor(c)
	if !a.MayOwnPolicies() {
		return progress.ErrForbidden
	}
	var revs []progress.Policy
	id := progress.PolicyID(c.Params("id"))
	if id != "" {
		var err error
		if revs, err = s.progress.PolicyRevisions(ctx, a, id); err != nil {
			return err
		}
	}
	form := readPolicyForm(c)
	body, errs := s.policyOf(form)
	if c.FormValue("do") == "preview" {
		if body.Name == "" { // one can look before there is a name
			delete(errs, "name")
		}
		if len(errs) > 0 {
			return s.showPolicy(c, fiber.StatusUnprocessableEntity, revs, form, errs)
		}
		return s.showPolicy(c, fiber.StatusOK, revs, form, nil)
	}
	if len(errs) > 0 {
		return s.showPolicy(c, fiber.StatusUnprocessableEntity, revs, form, errs)
	}
	p, err := s.progress.SavePolicy(ctx, a, progress.PolicyDraft{ID: id, From: form.From, Body: body})
	if errs := s.inputErrors(err); errs != nil {
		return s.showPolicy(c, fiber.StatusUnprocessableEntity, revs, form, errs)
	}
	if err != nil {
		return err
	}
	s.say(c, "policysaved")
	return seeOther(c, policyPath(p.ID))
}

// retirePolicy takes a policy out of use.
func (s *Server) retirePolicy(c *fiber.Ctx) error {
	if err := s.progress.RetirePolicy(c.UserContext(), actor(c), progress.PolicyID(c.Params("id"))); err != nil {
		return err
	}
	s.say(c, "policyretired")
	return seeOther(c, "/teach/policies")
}

// policyFile is a revision as the file that `crosswalk grade -policy` takes; ?revision= names an older one.
func (s *Server) policyFile(c *fiber.Ctx) error {
	revs, err := s.progress.PolicyRevisions(c.UserContext(), actor(c), progress.PolicyID(c.Params("id")))
	if err != nil {
		return err
	}
	p := revs[len(revs)-1]
	if n := c.QueryInt("revision"); n != 0 {
		i := n - revs[0].Revision
		if i < 0 || i >= len(revs) {
			return progress.ErrNotFound
		}
		p = revs[i]
	}
	body, err := json.MarshalIndent(p.Body, "", "  ")
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderContentDisposition, fmt.Sprintf(`attachment; filename="policy-%s-r%d.json"`, fileWord(p.Body.Name), p.Revision))
	return c.Send(append(body, '\n'))
}

// fileWord is a name as a part of a file's name.
func fileWord(name string) string {
	word := strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r - 'A' + 'a'
		}
		return '-'
	}, name), "-")
	if word == "" {
		return "own"
	}
	return word
}

// uploadPolicy takes a policy's file: a new policy, or the next revision of the one of that name.
func (s *Server) uploadPolicy(c *fiber.Ctx) error {
	if !actor(c).MayOwnPolicies() {
		return progress.ErrForbidden
	}
	refuse := func(text string) error { return s.showPolicies(c, fiber.StatusUnprocessableEntity, text) }
	head, err := c.FormFile("file")
	if err != nil || head.Size == 0 {
		return refuse(s.words.get("policies.no_file"))
	}
	if head.Size > maxPolicyFile {
		return refuse(s.words.get("policies.big_file", maxPolicyFile>>10))
	}
	file, err := head.Open()
	if err != nil {
		return err
	}
	defer file.Close()
	data, err := io.ReadAll(file)
	if err != nil {
		return err
	}
	p, err := s.progress.ImportPolicy(c.UserContext(), actor(c), "", data)
	if text := inputReasons(err); text != "" {
		return refuse(text)
	}
	if err != nil {
		return err
	}
	s.say(c, "policysaved")
	return seeOther(c, policyPath(p.ID))
}

// inputReasons are all reasons of an input error, "" for another error.
func inputReasons(err error) string {
	var many progress.InputErrors
	if errors.As(err, &many) {
		var out []string
		for _, e := range many {
			out = append(out, e.Reason)
		}
		return strings.Join(out, " ")
	}
	var one *progress.InputError
	if errors.As(err, &one) {
		return one.Reason
	}
	return ""
}

// showPolicy shows the form; revs are the revisions of a kept policy, none for a new one.
func (s *Server) showPolicy(c *fiber.Ctx, status int, revs []progress.Policy, form policyForm, errs map[string]string) error {
	page := policyPage{Action: "/teach/policies", Form: form, Errors: errs}
	title := s.words.get("policies.new_title")
	if n := len(revs); n > 0 {
		p := revs[n-1]
		title, page.Action, page.Saved, page.Retired, page.Revision = p.Body.Name, policyPath(p.ID), true, p.RetiredAt != nil, p.Revision
		page.File = page.Action + "/file"
		for i := n - 1; i >= 0; i-- {
			page.Revisions = append(page.Revisions, revisionRow{
				revs[i].Revision, revs[i].CreatedAt.In(viewer(c).Learner.Location()).Format("2 Jan 2006, 15:04"), page.File + "?revision=" + strconv.Itoa(revs[i].Revision),
			})
		}
	}
	page.basePage = s.base(c, title, "policies")
	if c.Method() != fiber.MethodGet {
		page.Path = "/teach/policies"
	}
	for _, x := range grading.Schemes {
		page.Schemes = append(page.Schemes, choice{string(x), s.words.get("formula." + wordKey(x)), form.Scheme == string(x)})
	}
	for _, x := range grading.Ignorable {
		page.Ignore = append(page.Ignore, choice{string(x), s.words.get("component." + string(x)), contains(form.Ignore, string(x))})
	}
	standard := map[string]grading.WeightField{}
	for _, w := range grading.Standard.All() {
		standard[w.Name] = w
	}
	for _, g := range weightGroups {
		group := weightGroup{Title: s.words.get("policies.group_" + g.name), Hint: s.words.get("policies.hint_" + g.name)}
		for _, name := range g.weights {
			f := weightField{Name: name, Label: s.words.get("weight." + name), Value: form.Weights[name], Standard: formatPoints(standard[name].At), Error: errs[name], Share: isShare(name)}
			if f.Share {
				f.Standard = strconv.Itoa(int(standard[name].At))
			}
			group.Fields = append(group.Fields, f)
		}
		page.Groups = append(page.Groups, group)
	}
	if err := s.previewChoices(c, &page); err != nil {
		return err
	}
	if form.Try != "" && len(errs) == 0 {
		body, _ := s.policyOf(form)
		var err error
		if page.Preview, err = s.previewPolicy(c, body, form.Try); err != nil {
			return err
		}
	}
	return s.render(c, status, "policy", page)
}
