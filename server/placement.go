package server

import (
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"crosswalk/grading"
	"crosswalk/progress"
	"crosswalk/progress/readiness"
)

// usualPlacement is how many questions a placement test takes of most people.
const usualPlacement = 25

func placementPath(id progress.PlacementID) string { return "/progress/placement/" + string(id) }

type placementPage struct {
	basePage
	ClientKey string
	Exams     []examChoice
	Open      []placementLink
	Before    []placementLink
	Problem   string

	Self                string // address of the test that is shown
	Question            *questionView
	Number, Done, About int
	Result              *placementResultView
}

// placementLink leads to a placement test.
type placementLink struct {
	Path, Exam, At string
	Answered       int
}

type placementResultView struct {
	Right, Answers int
	Share, Ended   string
	Range          string // of the share, "" where it is not known
	Areas          []areaSlotView
	Items          []placedView
}

type placedView struct {
	Attempt, Area string
	Correct       bool
}

// placements is where a placement test begins, or goes on.
func (s *Server) placements(c *fiber.Ctx) error {
	return s.showPlacements(c, fiber.StatusOK, c.Query("exam"), "")
}

func (s *Server) showPlacements(c *fiber.Ctx, status int, exam, problem string) error {
	ctx, a := c.UserContext(), actor(c)
	list, err := s.progress.Placements(ctx, a)
	if err != nil {
		return err
	}
	if exam == "" {
		if exam, err = s.workedFor(c, a.Learner); err != nil {
			return err
		}
	}
	page := placementPage{basePage: s.base(c, s.words.get("placement.title"), "progress"), ClientKey: uuid.NewString(), Exams: s.examChoices(exam, ""), Problem: problem}
	loc := viewer(c).Learner.Location()
	for _, p := range list {
		l := placementLink{Path: placementPath(p.ID), Exam: examShort(p.Name), At: p.StartedAt.In(loc).Format("2 Jan 2006"), Answered: p.Answered}
		if p.EndedAt == nil {
			page.Open = append(page.Open, l)
		} else if p.Answered > 0 {
			page.Before = append(page.Before, l)
		}
	}
	return s.render(c, status, "placement", page)
}

func (s *Server) startPlacement(c *fiber.Ctx) error {
	p, err := s.progress.StartPlacement(c.UserContext(), actor(c), progress.PlacementStart{Exam: c.FormValue("exam"), ClientKey: c.FormValue("client_key")})
	if errs := s.inputErrors(err); errs != nil {
		return s.showPlacements(c, fiber.StatusUnprocessableEntity, c.FormValue("exam"), errs["exam"])
	}
	if err != nil {
		return err
	}
	return seeOther(c, placementPath(p.ID))
}

// placement shows the question that is next, or what was found.
func (s *Server) placement(c *fiber.Ctx) error {
	p, err := s.progress.Placement(c.UserContext(), actor(c), progress.PlacementID(c.Params("id")))
	if err != nil {
		return err
	}
	if p.Next == nil && p.Result == nil { // the open test of somebody else: staff see what was found, not the question that is next
		return progress.ErrNotFound
	}
	return s.showPlacement(c, fiber.StatusOK, p, nil, "")
}

// showPlacement renders a test; open is its question where that was sent and could not be taken.
func (s *Server) showPlacement(c *fiber.Ctx, status int, p progress.Placement, open *questionView, problem string) error {
	page := placementPage{
		basePage: s.base(c, s.words.get("placement.title"), "progress"), Self: placementPath(p.ID), Problem: problem, Number: p.Answered + 1, Done: p.Answered, About: max(usualPlacement, p.Answered+1),
	}
	if p.Next == nil {
		page.Result = s.placementResult(p)
		return s.render(c, status, "placement", page)
	}
	if open == nil {
		q, err := s.bank().Question(p.Next.ID)
		if err != nil {
			return err
		}
		v := s.openQuestion(q, progress.Context{Kind: progress.InPlacement, Ref: string(p.ID)})
		open = &v
	}
	open.Action = page.Self
	page.Question = open
	return s.render(c, status, "placement", page)
}

// answerPlacement takes an answer. Whether it was right is not told before the end.
func (s *Server) answerPlacement(c *fiber.Ctx) error {
	ctx, a, id := c.UserContext(), actor(c), progress.PlacementID(c.Params("id"))
	p, err := s.progress.Placement(ctx, a, id)
	if err != nil {
		return err
	}
	q, err := s.bank().Question(c.FormValue("question"))
	if err != nil {
		return seeOther(c, placementPath(id)) // it has left the bank: there is another one
	}
	key := c.FormValue("client_key")
	perm := order(key, q)
	ans := readAnswer(c, q, perm)
	_, err = s.progress.AnswerPlacement(ctx, a, progress.PlacementAnswer{Placement: id, ClientKey: key, Question: q.ID, Shown: perm, Answer: ans, StartedAt: startedAt(c, s.now())})
	var format grading.FormatErrors
	if errors.As(err, &format) {
		v := s.openQuestionKeyed(q, progress.Context{Kind: progress.InPlacement, Ref: string(id)}, key)
		v.FormError = format[0].Reason
		v.keep(q, ans, perm)
		return s.showPlacement(c, fiber.StatusUnprocessableEntity, p, &v, "")
	}
	if errs := s.inputErrors(err); errs != nil && (errs["question"] != "" || errs["placement"] != "") {
		return seeOther(c, placementPath(id)) // answered in another window: on with the next
	}
	if err != nil {
		return s.orInExam(c, q.ID, err)
	}
	return seeOther(c, placementPath(id))
}

func (s *Server) endPlacement(c *fiber.Ctx) error {
	p, err := s.progress.EndPlacement(c.UserContext(), actor(c), progress.PlacementID(c.Params("id")))
	if err != nil {
		return err
	}
	return seeOther(c, placementPath(p.ID))
}

func (s *Server) placementResult(p progress.Placement) *placementResultView {
	r := p.Result
	v := &placementResultView{Right: r.Right, Answers: len(r.Items), Ended: s.words.get("placement.stop_" + strings.ReplaceAll(string(r.Stop), "-", "_"))}
	share := r.Share
	if r.High > 0 {
		v.Range = s.words.get("placement.range", wholePercent(r.Low), wholePercent(r.High))
	} else { // found before results said so
		for _, a := range r.Areas {
			share += a.Weight * a.Expected
		}
	}
	v.Share = wholePercent(share)
	pass := 0.0
	if bp, err := s.bank().Blueprint(p.Exam); err == nil {
		pass = float64(bp.Pass.Percent) / 100
	}
	v.Areas = s.areaSlots(r.Areas, readiness.Evidence{}, pass)
	for _, it := range r.Items {
		v.Items = append(v.Items, placedView{Attempt: string(it.Attempt), Area: s.areaTitle(it.Area), Correct: it.Correct})
	}
	return v
}
