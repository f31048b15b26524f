package server

import (
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

	"crosswalk/grading"
	"crosswalk/progress"
)

// previewsOffered is how many of one's own attempts the preview of a policy offers.
const previewsOffered = 10

// policyPreview sets the figures by the standard beside those by a policy.
type policyPreview struct {
	Title     string
	Rows      []previewRow
	Sentences []string // the formula of the first row
	Problem   string
}

type previewRow struct {
	Text                     string
	Standard, Policy         string
	StandardAudit, Audit     string
	StandardClean, Clean     bool
	Changed, Audits, Cleaned bool // differs from the standard
}

func newPreviewRow(text string, standard, policy grading.Result) previewRow {
	r := previewRow{
		Text: text, Standard: formatPercent(standard.Learning.Percent), Policy: formatPercent(figureOf(policy).Percent),
		StandardAudit: formatPercent(standard.AuditAccuracy), Audit: formatPercent(policy.AuditAccuracy), StandardClean: standard.Clean, Clean: policy.Clean,
	}
	r.Changed, r.Audits, r.Cleaned = r.Standard != r.Policy, r.StandardAudit != r.Audit, r.StandardClean != r.Clean
	return r
}

// previewChoices are what a policy can be tried on: the viewer's latest attempts and the cases of the bank.
func (s *Server) previewChoices(c *fiber.Ctx, page *policyPage) error {
	a := actor(c)
	list, _, err := s.progress.Attempts(c.UserContext(), a, progress.AttemptFilter{Learner: a.Learner, Kind: progress.KindCase, Limit: previewsOffered})
	if err != nil {
		return err
	}
	for _, g := range list {
		v := s.attemptView(g, viewer(c).Learner.Location())
		value := "attempt:" + string(g.Attempt.ID)
		page.Attempts = append(page.Attempts, choice{value, s.words.get("policies.attempt", v.Title, v.At), value == page.Form.Try})
	}
	for _, cs := range s.bank().Cases() {
		value := "case:" + cs.ID
		page.Cases = append(page.Cases, choice{value, cs.Title, value == page.Form.Try})
	}
	return nil
}

// previewPolicy tries a policy on a case's model answer, whole and with slips, or on an attempt.
func (s *Server) previewPolicy(c *fiber.Ctx, p grading.Policy, try string) (*policyPreview, error) {
	kind, id, _ := strings.Cut(try, ":")
	if kind == "attempt" {
		return s.previewAttempt(c, p, progress.AttemptID(id))
	}
	cs, err := s.bank().Case(id)
	if err != nil {
		return nil, err
	}
	v := &policyPreview{Title: cs.Title}
	for _, slip := range []string{"whole", "short", "swapped"} {
		ans, ok := slipped(&cs.Key, slip)
		if !ok {
			continue
		}
		resp, err := grading.ParseAnswer(&cs.Key, ans)
		if err != nil {
			continue // a case that cannot be answered without the line that the slip takes
		}
		standard, policy := grading.Grade(&cs.Key, resp, s.book(), grading.Learning), grading.GradeUnder(&cs.Key, resp, s.book(), p)
		v.Rows = append(v.Rows, newPreviewRow(s.words.get("policies.slip_"+slip), standard, policy))
		v.Sentences = policy.Formula()
	}
	return v, nil
}

// slipped is the model answer with a slip in it: its last line missing, or its first two diagnoses in the other order.
func slipped(k *grading.Key, slip string) (grading.Answer, bool) {
	a := grading.ModelAnswer(k)
	switch slip {
	case "short":
		switch {
		case len(a.Diagnoses) > 1:
			last := a.Diagnoses[len(a.Diagnoses)-1].Code
			a.Diagnoses = a.Diagnoses[:len(a.Diagnoses)-1]
			for i := range a.Procedures {
				var to []string
				for _, code := range a.Procedures[i].PointsTo {
					if code != last {
						to = append(to, code)
					}
				}
				a.Procedures[i].PointsTo = to
			}
		case len(a.Procedures) > 1:
			a.Procedures = a.Procedures[:len(a.Procedures)-1]
		default:
			return a, false
		}
	case "swapped":
		if len(a.Diagnoses) < 2 {
			return a, false
		}
		a.Diagnoses[0], a.Diagnoses[1] = a.Diagnoses[1], a.Diagnoses[0]
	}
	return a, true
}

func (s *Server) previewAttempt(c *fiber.Ctx, p grading.Policy, id progress.AttemptID) (*policyPreview, error) {
	g, err := s.progress.Attempt(c.UserContext(), actor(c), id)
	if err != nil {
		return nil, err
	}
	v := &policyPreview{Title: s.attemptView(g, viewer(c).Learner.Location()).Title}
	policy, problem, err := s.looked(c, id, p)
	if err != nil || problem != "" {
		v.Problem = problem
		return v, err
	}
	standard, _, err := s.looked(c, id, grading.Policy{})
	if err != nil {
		return nil, err
	}
	v.Rows = []previewRow{newPreviewRow(s.words.get("policies.this_attempt"), standard, policy)}
	v.Sentences = policy.Formula()
	return v, nil
}

// looked is an attempt under a policy by today's key, or in words why that cannot be.
func (s *Server) looked(c *fiber.Ctx, id progress.AttemptID, p grading.Policy) (grading.Result, string, error) {
	g, err := s.progress.GradeAs(c.UserContext(), actor(c), id, p)
	var bad grading.FormatErrors
	if errors.As(err, &bad) {
		return grading.Result{}, s.words.get("formula.cannot"), nil
	}
	if err != nil {
		return grading.Result{}, "", err
	}
	r, err := g.CaseResult()
	return r, "", err
}

type policyAttemptPage struct {
	basePage
	Case     string
	Who      string
	WhoPath  string
	Back     string // the result page
	At       string
	Percent  int // tenths, of the grade that counts
	Audit    int
	Problem  string
	Policies []policyLook
	Kept     []keptGrade
}

// policyLook is a policy in force with what it would say of the attempt.
type policyLook struct {
	ID, Name, Path string
	Row            previewRow
}

type keptGrade struct {
	Name, Path, At string
	Revision       int
	Percent        int
}

// policyAttempt sets an attempt under all policies of the viewer, to look at and to grade by.
func (s *Server) policyAttempt(c *fiber.Ctx) error {
	ctx, a := c.UserContext(), actor(c)
	if !a.MayOwnPolicies() {
		return progress.ErrForbidden
	}
	g, err := s.progress.Attempt(ctx, a, progress.AttemptID(c.Params("attempt")))
	if err != nil {
		return err
	}
	if g.Attempt.Kind != progress.KindCase {
		return progress.ErrNotFound
	}
	loc := viewer(c).Learner.Location()
	v := s.attemptView(g, loc)
	page := policyAttemptPage{basePage: s.base(c, s.words.get("policies.attempt_title", v.Title), "policies"), Case: v.Title, Back: v.Path, At: v.At, Percent: g.Grading.Percent10, Audit: g.Grading.AuditTenths}
	if l, err := s.progress.Learner(ctx, a, g.Attempt.Learner); err == nil {
		page.Who = s.learnerName(l)
		page.WhoPath = "/teach/learners/" + string(l.ID)
	}
	list, err := s.progress.Policies(ctx, a)
	if err != nil {
		return err
	}
	standard, problem, err := s.looked(c, g.Attempt.ID, grading.Policy{})
	if errors.Is(err, progress.ErrNotFound) {
		problem, err = s.words.get("policies.case_gone"), nil
	}
	if err != nil {
		return err
	}
	page.Problem = problem
	for _, p := range list {
		if p.RetiredAt != nil || problem != "" {
			continue
		}
		r, _, err := s.looked(c, g.Attempt.ID, p.Body)
		if err != nil {
			return err
		}
		page.Policies = append(page.Policies, policyLook{string(p.ID), p.Body.Name, v.Path + "?policy=" + string(p.ID) + "#formula", newPreviewRow(p.Body.Name, standard, r)})
	}
	kept, err := s.progress.PolicyGradings(ctx, a, g.Attempt.ID)
	if err != nil {
		return err
	}
	for i := len(kept) - 1; i >= 0; i-- {
		k := kept[i]
		page.Kept = append(page.Kept, keptGrade{Name: k.Policy.Body.Name, Revision: k.Policy.Revision, At: k.At.In(loc).Format("2 Jan 2006, 15:04"), Percent: k.Percent10, Path: v.Path + "?graded=" + string(k.ID) + "#formula"})
	}
	return s.render(c, fiber.StatusOK, "policyattempt", page)
}

// gradeByPolicy grades an attempt by a policy and keeps the grade beside the one that counts.
func (s *Server) gradeByPolicy(c *fiber.Ctx) error {
	id := progress.AttemptID(c.Params("attempt"))
	if _, err := s.progress.GradeByPolicy(c.UserContext(), actor(c), id, progress.PolicyID(c.FormValue("policy"))); err != nil {
		return err
	}
	s.say(c, "policygraded")
	return seeOther(c, "/teach/attempts/"+string(id))
}
