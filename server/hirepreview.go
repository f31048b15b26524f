package server

import (
	"errors"
	"html/template"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"crosswalk/progress"
	"crosswalk/quizzes"
)

type hirePreviewPage struct {
	hireBase
	Name, Action, Seed string
	Next               string     // another form's address
	Trial              *hireTrial // the viewer's own preview, nil for none
	Problems           []string   // why none can begin
	Problem            string
	Facts              []hireFact
	Questions          []hirePreviewItem
	Charts             []hirePreviewItem
}

type hirePreviewItem struct {
	Number   int
	Question questionView
	Case     caseView
	HTML     template.HTML
}

// hireTrial is a preview that the viewer sits or has sat.
type hireTrial struct {
	Says, Erase   string
	Done, Changed bool
	Events        []eventView
	Counts        []eventCount
}

func previewPath(id progress.AssessmentID) string { return hirePath(id) + "/preview" }

// hirePreview shows what the viewer's own preview of a test came to, and a form of it to read.
func (s *Server) hirePreview(c *fiber.Ctx) error {
	return s.showHirePreview(c, fiber.StatusOK, nil)
}

func (s *Server) showHirePreview(c *fiber.Ctx, status int, problems []string) error {
	id := assessmentID(c)
	seed, err := strconv.ParseUint(strings.TrimSpace(c.Query("seed", "1")), 10, 63)
	if err != nil {
		seed = 1
	}
	x, form, err := s.progress.PreviewAssessment(c.UserContext(), actor(c), id, seed)
	short := errors.Is(err, quizzes.ErrTooSmall)
	if err != nil && !short {
		return err
	}
	page := hirePreviewPage{
		hireBase: s.hireBase(c, s.words.get("hire.preview_title", x.Spec.Name), x, "/preview"), Name: x.Spec.Name, Action: hirePath(id), Seed: strconv.FormatUint(seed, 10),
		Next: hirePath(id) + "/preview?seed=" + strconv.FormatUint(seed+1, 10), Facts: s.hireFacts(c, x)[:2], Problems: problems,
	}
	if page.Trial, err = s.hireTrial(c, id); err != nil {
		return err
	}
	if short {
		page.Problem = s.words.get("hire.too_small")
	}
	for n, f := range form.Items {
		it := hirePreviewItem{Number: n + 1}
		if f.Kind == quizzes.ItemCase {
			cs, err := s.bank().Case(f.ID)
			if err != nil {
				return err
			}
			it.Case, it.HTML = s.caseView(cs), cs.Public().Chart
			page.Charts = append(page.Charts, it)
			continue
		}
		q, err := s.bank().Question(f.ID)
		if err != nil {
			return err
		}
		it.Question = s.shuffledQuestion(q, progress.Context{}, "", f.Shuffle)
		page.Questions = append(page.Questions, it)
	}
	return s.render(c, status, "hirepreview", page)
}

// hireTrial is the viewer's own preview of a test; nil where there is none.
func (s *Server) hireTrial(c *fiber.Ctx, id progress.AssessmentID) (*hireTrial, error) {
	p, err := s.progress.Preview(c.UserContext(), actor(c), id)
	if errors.Is(err, progress.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	z := viewer(c).Learner.Location()
	state, at := "invited", p.Assessment.CreatedAt
	switch p.Candidate.State {
	case progress.CandidateSitting:
		state = "sitting"
	case progress.CandidateDeclined:
		state = "declined"
	case progress.CandidateDone:
		state = "done"
		if handed := p.Candidate.Newest.HandedInAt; handed != nil {
			at = *handed
		}
	}
	t := &hireTrial{Says: s.words.get("hire.sit_"+state, clockTime(at, z)), Erase: p.Candidate.LinkUntil.In(z).Format("2 Jan 2006"), Done: state == "done", Changed: p.Changed}
	t.Events, t.Counts = s.eventViews(c, p.Log)
	return t, nil
}

// sitPreview leads the viewer to a preview's link, where a candidate begins too.
func (s *Server) sitPreview(c *fiber.Ctx) error {
	token, err := s.progress.SitPreview(c.UserContext(), actor(c), assessmentID(c))
	if why := reasons(err); why != nil {
		return s.showHirePreview(c, fiber.StatusUnprocessableEntity, why)
	}
	if err != nil {
		return err
	}
	return seeOther(c, seatPath(token))
}

func (s *Server) dropPreview(c *fiber.Ctx) error {
	id := assessmentID(c)
	if err := s.progress.DropPreview(c.UserContext(), actor(c), id); err != nil {
		return err
	}
	s.say(c, "hirepreviewgone")
	return seeOther(c, previewPath(id))
}

// previewReport is the report on the viewer's own preview. Before it is handed in there is none, and the page of the preview says how to go on.
func (s *Server) previewReport(c *fiber.Ctx) error {
	f, err := reportFilter(c)
	if err != nil {
		return err
	}
	r, err := s.progress.PreviewReport(c.UserContext(), actor(c), assessmentID(c), f)
	if errors.Is(err, progress.ErrNotYet) {
		return seeOther(c, previewPath(assessmentID(c)))
	}
	if err != nil {
		return err
	}
	return s.render(c, fiber.StatusOK, "hirereport", s.hireReportPage(c, r, true))
}
