package server

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"crosswalk/progress"
	"crosswalk/quizzes"
)

// drillSizes are the lengths of a drill that the form offers.
var drillSizes = []int{5, 10, 20}

// sizesFor are the lengths that make sense for an area with n questions: those it can fill, and all of it.
func sizesFor(n int) []int {
	var out []int
	for _, size := range drillSizes {
		if size < n {
			out = append(out, size)
		}
	}
	if n <= drillSizes[len(drillSizes)-1] {
		out = append(out, n)
	}
	return out
}

// areaGroups are the headings of the practice page, in the order in which one learns.
var areaGroups = []string{"language", "icd", "cpt", "record", "cases"}

type practicePage struct {
	basePage
	Review int // questions whose last answer was wrong
	Groups []areaGroup
	Recent []recentAnswer
}

type areaGroup struct {
	Title string
	Areas []areaCard
}

type areaCard struct {
	ID, Title               string
	Questions               int
	Sizes                   []int
	Seen, Answered          int
	FirstTry, FirstTryRight int
}

type recentAnswer struct {
	Attempt, Item, Area string
	Correct             bool
	At                  string
}

func (s *Server) areaTitle(id string) string {
	return quizzes.AreaTitle(id)
}

// practice lists the areas to drill.
func (s *Server) practice(c *fiber.Ctx) error {
	page := practicePage{basePage: s.base(c, s.words.get("practice.title"), "practice")}
	done := map[string]progress.AreaProgress{}
	if viewer(c) != nil {
		a := actor(c)
		sum, err := s.progress.Summary(c.UserContext(), a, a.Learner)
		if err != nil {
			return err
		}
		for _, p := range sum.Areas {
			done[p.Area] = p
		}
		if page.Recent, err = s.recentAnswers(c, 8); err != nil {
			return err
		}
		review, err := s.progress.Review(c.UserContext(), a)
		if err != nil {
			return err
		}
		page.Review = len(review)
	}
	for _, name := range areaGroups {
		group := areaGroup{Title: s.words.get("practice.group_" + name)}
		for _, a := range s.bank().Areas() {
			if a.Questions == 0 || areaGroupOf(a.ID) != name {
				continue
			}
			p := done[a.ID]
			group.Areas = append(group.Areas, areaCard{
				ID: a.ID, Title: a.Title, Questions: a.Questions, Sizes: sizesFor(a.Questions),
				Seen: p.Seen, Answered: p.Answered, FirstTry: p.FirstTry, FirstTryRight: p.FirstTryCorrect,
			})
		}
		if len(group.Areas) > 0 {
			page.Groups = append(page.Groups, group)
		}
	}
	return s.render(c, fiber.StatusOK, "practice", page)
}

// areaGroupOf sorts areas under the headings of the practice page.
func areaGroupOf(area string) string {
	switch area {
	case "terminology", "anatomy":
		return "language"
	case "icd10cm", "icd10pcs", "guidelines":
		return "icd"
	case "hcpcs", "em", "anesthesia", "radiology", "pathology", "medicine":
		return "cpt"
	case "compliance", "documentation", "queries", "technology", "reimbursement", "health-records", "confidentiality":
		return "record"
	case "cases":
		return "cases"
	}
	return "cpt"
}

func (s *Server) recentAnswers(c *fiber.Ctx, n int) ([]recentAnswer, error) {
	a := actor(c)
	list, _, err := s.progress.Attempts(c.UserContext(), a, progress.AttemptFilter{Learner: a.Learner, Kind: progress.KindQuestion, Limit: n})
	if err != nil {
		return nil, err
	}
	var out []recentAnswer
	for _, g := range list {
		r := recentAnswer{Attempt: string(g.Attempt.ID), Item: g.Attempt.Item, Correct: g.Grading.Correct,
			At: g.Attempt.SubmittedAt.In(viewer(c).Learner.Location()).Format("2 Jan, 15:04")}
		if len(g.Attempt.Areas) > 0 {
			r.Area = s.areaTitle(g.Attempt.Areas[0])
		}
		out = append(out, r)
	}
	return out, nil
}

type practiceAreaPage struct {
	basePage
	Area      string
	AreaTitle string
	Sizes     []int
	Questions []areaQuestion
}

type areaQuestion struct {
	ID         string
	Topic      string
	Difficulty int
	Tries      int
	Right      bool
}

// practiceArea lists the questions of one area.
func (s *Server) practiceArea(c *fiber.Ctx) error {
	area := c.Params("area")
	qs := s.bank().ByArea(area)
	if len(qs) == 0 {
		return fiber.ErrNotFound
	}
	states := map[string]progress.QuestionState{}
	if viewer(c) != nil {
		var err error
		if states, err = s.progress.QuestionStates(c.UserContext(), actor(c)); err != nil {
			return err
		}
	}
	page := practiceAreaPage{basePage: s.base(c, s.areaTitle(area), "practice"), Area: area, AreaTitle: s.areaTitle(area), Sizes: sizesFor(len(qs))}
	for _, q := range qs {
		st := states[q.ID]
		page.Questions = append(page.Questions, areaQuestion{ID: q.ID, Topic: q.Topic, Difficulty: q.Difficulty, Tries: st.Tries, Right: st.LastCorrect})
	}
	return s.render(c, fiber.StatusOK, "practicearea", page)
}

func (s *Server) startDrill(c *fiber.Ctx) error {
	n, err := strconv.Atoi(c.FormValue("n", "10"))
	if err != nil || n < 1 || n > 100 {
		n = 10
	}
	d, err := s.progress.StartDrill(c.UserContext(), actor(c), c.FormValue("area"), n, uint64(s.now().UnixNano()))
	if err != nil {
		return err
	}
	return seeOther(c, "/practice/drills/"+string(d.ID))
}

// drillView is how far a drill is.
type drillView struct {
	ID, AreaTitle string
	Area          string
	Number, Total int // number of the open question, from 1
	Correct, Done int
	Finished      bool
	Review        bool // questions that were missed, of any area
	Items         []drillItem
}

type drillItem struct {
	ID, Attempt string
	Answered    bool
	Correct     bool
}

func (s *Server) drillView(st progress.DrillState) drillView {
	v := drillView{
		ID: string(st.ID), Area: st.Area, AreaTitle: s.areaTitle(st.Area), Total: len(st.Items), Correct: st.Correct, Done: len(st.Answered), Finished: st.Done(),
	}
	if v.Review = st.Area == progress.ReviewArea; v.Review {
		v.AreaTitle = s.words.get("report.review")
	}
	for i, id := range st.Items {
		g, ok := st.Answered[id]
		if id == st.Next {
			v.Number = i + 1
		}
		v.Items = append(v.Items, drillItem{ID: id, Attempt: string(g.Attempt.ID), Answered: ok, Correct: ok && g.Grading.Correct})
	}
	return v
}

type drillPage struct {
	basePage
	Drill drillView
}

// drill shows the next question of a drill, or its end.
func (s *Server) drill(c *fiber.Ctx) error {
	st, err := s.progress.Drill(c.UserContext(), actor(c), progress.DrillID(c.Params("id")))
	if err != nil {
		return err
	}
	if st.Done() {
		return s.render(c, fiber.StatusOK, "drill", drillPage{basePage: s.base(c, s.words.get("drill.title"), "practice"), Drill: s.drillView(st)})
	}
	q, err := s.bank().Question(st.Next)
	if err != nil {
		return err
	}
	return s.showQuestion(c, fiber.StatusOK, s.openQuestion(q, progress.Context{Kind: progress.InDrill, Ref: string(st.ID)}))
}
