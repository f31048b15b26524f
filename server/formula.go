package server

import (
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

	"crosswalk/grading"
	"crosswalk/progress"
)

// formulaView says how the figures of a graded case came about, and offers to see the same attempt counted in other ways.
type formulaView struct {
	Base      string // address of the page that shows the grade that counts
	Open      bool
	Choices   []formulaChoice
	About     string // the chosen scheme, as a key of words
	Sentences []string
	Figure    string       // of a scheme other than learning, or of a policy
	Kept      []policyNote // what policies graded
	Chosen    *policyNote  // the policy under which the page shows the attempt
	Look      bool         // the chosen policy was not kept with the attempt: a look only
	Today     bool         // counted by today's key, which is not that of the grade
	Problem   string       // why it cannot be shown so
}

// formulaChoice is a link that counts the attempt in another way.
type formulaChoice struct {
	Path, Text string
	Current    bool
}

// policyNote is a policy as a learner is told of it.
type policyNote struct {
	Name     string
	Revision int
	Scheme   string
	Figure   string
	At       string
	Path     string
	Ignored  []string // components, in words
	Codes    []string
	Weights  []weightNote // those that are not the standard ones
}

type weightNote struct{ Name, At, Standard string }

// policyNote describes a policy in words.
func (s *Server) policyNote(p grading.Policy, revision int) policyNote {
	p = p.Whole()
	n := policyNote{Name: p.Name, Revision: revision, Scheme: s.words.get("formula." + wordKey(p.Scheme)), Codes: p.IgnoreCodes}
	for _, c := range p.Ignore {
		n.Ignored = append(n.Ignored, s.words.get("component."+string(c)))
	}
	standard := grading.Standard.All()
	for i, w := range p.Weights.All() {
		if w.At != standard[i].At {
			n.Weights = append(n.Weights, weightNote{s.words.get("weight." + w.Name), formatWeight(w.Name, w.At), formatWeight(w.Name, standard[i].At)})
		}
	}
	return n
}

// formatWeight prints a weight as forms take it, with its unit where it is a share.
func formatWeight(name string, p grading.Points) string {
	if isShare(name) {
		return formatCount(int(p)) + " %"
	}
	return formatPoints(p)
}

func isShare(weight string) bool { return strings.HasSuffix(weight, "_percent") }

// wordKey is a scheme as the end of a key of words.
func wordKey(sch grading.Scheme) string {
	if sch == "" {
		sch = grading.Learning
	}
	return strings.ReplaceAll(string(sch), "-", "_")
}

// figureOf is the score that counts under the scheme of a result.
func figureOf(r grading.Result) grading.Score {
	if r.SchemeScore != nil {
		return *r.SchemeScore
	}
	return r.Learning
}

func formatPercent(v float64) string { return formatTenths(int(v*10 + .5)) }

func formatTenths(v int) string {
	return trimZero(formatCount(v/10)+"."+string(rune('0'+v%10))) + " %"
}

// formula reads what the address asks for: ?scheme=, ?graded= (a kept grading by a policy) or ?policy= (a look under one of the viewer's
// own). It gives the view and the result that the page is to show; without any that is the grade that counts.
func (s *Server) formula(c *fiber.Ctx, g progress.Graded, res grading.Result) (*formulaView, grading.Result, error) {
	ctx, a := c.UserContext(), actor(c)
	base := "/cases/" + g.Attempt.Item + "/attempts/" + string(g.Attempt.ID)
	v := &formulaView{Base: base}
	kept, err := s.progress.PolicyGradings(ctx, a, g.Attempt.ID)
	if err != nil {
		return nil, res, err
	}
	loc := viewer(c).Learner.Location()
	note := func(k progress.Grading) policyNote {
		n := s.policyNote(k.Policy.Body, k.Policy.Revision)
		n.Figure, n.At, n.Path = formatTenths(k.Percent10), k.At.In(loc).Format("2 Jan 2006"), base+"?graded="+string(k.ID)+"#formula"
		return n
	}
	for _, k := range progress.NewestByPolicy(kept) {
		v.Kept = append(v.Kept, note(k))
	}
	v.Open = len(v.Kept) > 0

	scheme := res.Scheme
	switch sch, id, policy := c.Query("scheme"), c.Query("graded"), c.Query("policy"); {
	case id != "":
		for _, k := range kept {
			if string(k.ID) != id {
				continue
			}
			if res, err = k.CaseResult(); err != nil {
				return nil, res, err
			}
			n := note(k)
			v.Chosen, v.Today = &n, k.KeyHash != g.Grading.KeyHash
		}
		if v.Chosen == nil {
			return nil, res, progress.ErrNotFound
		}
		scheme = res.Scheme
	case policy != "":
		p, err := s.progress.Policy(ctx, a, progress.PolicyID(policy))
		if err != nil {
			return nil, res, err
		}
		n := s.policyNote(p.Body, p.Revision)
		v.Chosen, v.Look = &n, true
		res, err = s.counted(c, v, g, res, p.Body)
		if err != nil {
			return nil, res, err
		}
		scheme = p.Body.Scheme
	case sch != "":
		v.Open = true
		if scheme, err = grading.ParseScheme(sch); err != nil {
			return nil, res, &saidError{fiber.StatusBadRequest, s.words.get("formula.unknown")}
		}
		switch scheme {
		case grading.Learning:
			res.Scheme, res.SchemeScore = "", nil
		case res.Scheme:
		default:
			if res, err = s.counted(c, v, g, res, grading.Policy{Scheme: scheme}); err != nil {
				return nil, res, err
			}
		}
	}
	v.Open = v.Open || v.Chosen != nil
	v.About = wordKey(scheme)
	for _, x := range grading.Schemes {
		v.Choices = append(v.Choices, formulaChoice{base + "?scheme=" + string(x) + "#formula", s.words.get("formula." + wordKey(x)), v.Chosen == nil && wordKey(x) == v.About})
	}
	for i, n := range v.Kept {
		v.Choices = append(v.Choices, formulaChoice{n.Path, s.words.get("formula.policy", n.Name), v.Chosen != nil && v.Chosen.Path == v.Kept[i].Path})
	}
	if v.Problem == "" {
		v.Sentences = res.Formula()
		if res.SchemeScore != nil || v.Chosen != nil {
			v.Figure = formatPercent(figureOf(res).Percent)
		}
	}
	return v, res, nil
}

// counted is the attempt under a scheme or policy by today's key; where that cannot be, the result stays and the view says why.
func (s *Server) counted(c *fiber.Ctx, v *formulaView, g progress.Graded, res grading.Result, p grading.Policy) (grading.Result, error) {
	k, err := s.progress.GradeAs(c.UserContext(), actor(c), g.Attempt.ID, p)
	var bad grading.FormatErrors
	if errors.As(err, &bad) {
		v.Problem = s.words.get("formula.cannot")
		return res, nil
	}
	if err != nil {
		return res, err
	}
	v.Today = k.KeyHash != g.Grading.KeyHash
	return k.CaseResult()
}
