package server

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"crosswalk/progress"
	"crosswalk/quizzes"
)

// apart: how many items are named on which judges disagree, and from which standard deviation on.
const (
	apartShown = 5
	apartFrom  = 0.15
)

type ratingsPage struct {
	hireBase
	Name, Back, Action    string
	Frozen                bool
	Round, Items, Percent int
	Open, Stale           bool
	Borderline, Reason    string
	Rounds                []sheetTable
	Apart                 string
	Judges, Recorders     []helperRow
	Key                   string // client key of the forms that make links
	Days                  int
	Errors                map[string]string
	ErrorForm             string // judge or recorder: the form that was refused
	Made                  *madeLink
	NameTyped, DaysTyped  string
}

type helperRow struct {
	Name, Rated, Cut, Until, End string
	Ended                        bool
}

// madeLink is a link that is shown once.
type madeLink struct{ Name, URL string }

func ratingsPath(c *fiber.Ctx) string {
	return hirePath(assessmentID(c)) + "/ratings"
}

// ratings is where the owner of a test asks judges and those who record groups.
func (s *Server) ratings(c *fiber.Ctx) error {
	return s.showRatings(c, fiber.StatusOK, func(*ratingsPage) {})
}

func (s *Server) showRatings(c *fiber.Ctx, status int, change func(*ratingsPage)) error {
	ctx, a, id := c.UserContext(), actor(c), assessmentID(c)
	v, err := s.progress.PanelOf(ctx, a, id)
	if err != nil {
		return err
	}
	w := s.words
	page := ratingsPage{
		hireBase: s.hireBase(c, w.get("hirev.ratings_title", v.Test.Spec.Name), v.Test, "/ratings"), Name: v.Test.Spec.Name, Back: hirePath(id), Action: ratingsPath(c),
		Frozen: v.Test.State() != progress.AssessmentDraft, Round: v.Panel.Round, Items: len(v.Panel.Items), Percent: v.Test.Spec.PassPercent, Open: v.Panel.Open(), Stale: v.Stale,
		Borderline: v.Panel.Borderline, Reason: v.Why, Key: uuid.NewString(), Days: 30,
	}
	if c.Method() != fiber.MethodGet {
		page.Path = page.Action
	}
	if t := s.linePart(progress.EvidenceLine{Rounds: v.Rounds}).Tables; len(t) > 0 {
		page.Rounds = t
	}
	rated, cuts := map[progress.HelperID]int{}, map[string]float64{}
	if n := len(v.Rounds); n > 0 {
		last := v.Rounds[n-1]
		rated = last.Said
		for _, j := range last.Cut.Judges {
			if j.Whole && !last.Open {
				cuts[j.Judge] = 100 * j.Cut
			}
		}
		var items []string
		for _, i := range last.Cut.MostApart(apartShown, apartFrom) {
			items = append(items, strconv.Itoa(i+1))
		}
		if len(items) > 0 {
			page.Apart = w.get("hirev.apart", strings.Join(items, ", "))
		}
	}
	hs, err := s.progress.Helpers(ctx, a, id)
	if err != nil {
		return err
	}
	for _, h := range hs {
		row := helperRow{Name: h.Name, Until: w.get("hirev.judge_until", when(c, h.LinkUntil)), End: page.Action + "/helpers/" + string(h.ID) + "/end", Ended: !h.InForce(s.now())}
		if h.Kind == progress.HelperRecorder {
			page.Recorders = append(page.Recorders, row)
			continue
		}
		if v.Panel.Round > 0 {
			row.Rated = w.get(map[bool]string{true: "hirev.judge_rated", false: "hirev.judge_again"}[v.Panel.Round == 1], rated[h.ID], len(v.Panel.Items))
		}
		if cut, ok := cuts[string(h.ID)]; ok {
			row.Cut = w.get("hirev.judge_cut", oneDigit(cut))
		}
		page.Judges = append(page.Judges, row)
	}
	change(&page)
	return s.render(c, status, "hireratings", page)
}

// panelDone answers a form of the panel: with the page again, or with what was wrong.
func (s *Server) panelDone(c *fiber.Ctx, err error, keep func(*ratingsPage)) error {
	if errs := s.inputErrors(err); errs != nil {
		return s.showRatings(c, fiber.StatusUnprocessableEntity, func(p *ratingsPage) {
			p.Errors = errs
			keep(p)
		})
	}
	if err != nil {
		return err
	}
	s.say(c, "hirevsaved")
	return seeOther(c, ratingsPath(c))
}

// changePanel begins a round, ends the ratings, or keeps why the line is what it is.
func (s *Server) changePanel(c *fiber.Ctx) error {
	ctx, a, id := c.UserContext(), actor(c), assessmentID(c)
	text, reason := c.FormValue("borderline"), c.FormValue("reason")
	_, err := s.progress.Assessment(ctx, a, id) // of another's test nothing is said, not even that a form is wrong
	if err != nil {
		return err
	}
	keep := func(*ratingsPage) {}
	switch c.FormValue("do") {
	case "start":
		err = s.progress.StartPanel(ctx, a, id, text, c.FormValue("again") == "1")
		keep = func(p *ratingsPage) { p.Borderline = text }
	case "round":
		err = s.progress.NextRound(ctx, a, id)
	case "close":
		err = s.progress.ClosePanel(ctx, a, id)
	case "reason":
		err = s.progress.SaveLineReason(ctx, a, id, reason)
		keep = func(p *ratingsPage) { p.Reason = reason }
	default:
		return fiber.ErrBadRequest
	}
	return s.panelDone(c, err, keep)
}

// addHelper makes a link and shows it, this once.
func (s *Server) addHelper(c *fiber.Ctx) error {
	kind, name, typed := progress.HelperKind(c.FormValue("kind")), c.FormValue("name"), c.FormValue("days")
	days, err := strconv.Atoi(strings.TrimSpace(typed))
	if err != nil {
		days = 0
	}
	h, err := s.progress.AddHelper(c.UserContext(), actor(c), assessmentID(c), kind, name, c.FormValue("client_key"), days)
	if errs := s.inputErrors(err); errs != nil {
		return s.panelDone(c, err, func(p *ratingsPage) { p.ErrorForm, p.NameTyped, p.DaysTyped = string(kind), name, typed })
	}
	if err != nil {
		return err
	}
	return s.showRatings(c, fiber.StatusOK, func(p *ratingsPage) {
		p.Made = &madeLink{Name: h.Name, URL: s.here(c) + helperPath(kind, h.Token)}
	})
}

func helperPath(kind progress.HelperKind, t progress.Token) string {
	if kind == progress.HelperJudge {
		return "/judge/" + string(t)
	}
	return "/groups/" + string(t)
}

// endHelper ends a helper's link.
func (s *Server) endHelper(c *fiber.Ctx) error {
	err := s.progress.RevokeHelper(c.UserContext(), actor(c), assessmentID(c), progress.HelperID(c.Params("helper")))
	return s.panelDone(c, err, func(*ratingsPage) {})
}

type judgePage struct {
	basePage
	Room   progress.JudgeRoom
	Who    string
	Done   bool // the form was kept
	Items  []judgeRow
	Action string
	Broken int // how many ratings were refused
}

type judgeRow struct {
	Number        int
	Title, Before string
	Field, Typed  string
	Error         string
	Question      *lookQuestion
	Group, Case   *quizzes.Case // the chart of a question, or the chart that is coded
	Key           []lookLine
}

// judgeRoom is where a judge rates, by a link and without an account.
func (s *Server) judgeRoom(c *fiber.Ctx) error {
	return s.showJudge(c, fiber.StatusOK, nil, nil)
}

func (s *Server) showJudge(c *fiber.Ctx, status int, typed map[int]string, errs map[string]string) error {
	t := progress.Token(c.Params("token"))
	room, err := s.progress.Judge(c.UserContext(), t, s.clientIP(c))
	if err != nil {
		return err
	}
	w := s.words
	page := judgePage{basePage: s.base(c, w.get("hirev.rate_title", room.Name), ""), Room: room, Action: helperPath(progress.HelperJudge, t), Broken: len(errs)}
	if c.Method() != fiber.MethodGet {
		page.Path = page.Action
	}
	for _, it := range room.Items {
		if !room.Open {
			break
		}
		row := s.judgeRow(it)
		for _, said := range []*int{it.First, it.Own} {
			if said != nil {
				row.Typed = strconv.Itoa(*said)
			}
		}
		if text, ok := typed[it.Pos]; ok {
			row.Typed = text
		}
		row.Error = errs[row.Field]
		page.Items = append(page.Items, row)
	}
	return s.render(c, status, "hirejudge", page)
}

func (s *Server) judgeRow(it progress.JudgedItem) judgeRow {
	w := s.words
	row := judgeRow{Number: it.Pos + 1, Field: "item-" + strconv.Itoa(it.Pos+1), Title: w.get("hirev.rate_item", it.Pos+1)}
	if it.Form.Kind == quizzes.ItemCase {
		row.Title = w.get("hirev.rate_chart", it.Pos+1)
	}
	if b := it.Before; b != nil {
		mean, low, high := sharePercent(b.Mean), sharePercent(b.Low), sharePercent(b.High)
		row.Before = w.get("hirev.rate_all", mean, low, high)
		if it.First != nil {
			row.Before = w.get("hirev.rate_first", *it.First, mean, low, high)
		}
	}
	if it.Item.Source == "" {
		return row
	}
	if it.Form.Kind == quizzes.ItemCase {
		cs, err := s.bank().Case(it.Form.ID)
		if err != nil || cs.ShownHash != it.Form.ShownHash {
			cs, err = s.bank().ReadCase(it.Item.Source)
		}
		if err == nil {
			row.Case, row.Key = cs, s.keyLines(cs)
		}
		return row
	}
	q, err := s.bank().Question(it.Form.ID)
	if err != nil || q.ShownHash != it.Form.ShownHash {
		q, err = s.bank().ReadQuestion(it.Item.Source, it.Form.Area, 0)
	}
	if err != nil {
		return row
	}
	v := lookAtQuestion(q)
	row.Question = &v
	if q.Group != "" {
		if cs, err := s.bank().Case(q.Group); err == nil {
			row.Group = cs
		}
	}
	return row
}

// keyLines is the key of a chart: its codes, and what else is asked.
func (s *Server) keyLines(cs *quizzes.Case) []lookLine {
	out := s.lookAtCase(quizzes.Look{Case: cs}).Lines
	if cs.Key.DRG != "" {
		out = append(out, lookLine{Code: cs.Key.DRG, Title: s.words.get("hirev.rate_drg")})
	}
	if cs.Key.Query != nil {
		out = append(out, lookLine{Title: s.words.get("hirev.rate_query")})
	}
	return out
}

func sharePercent(share float64) int { return int(100*share + .5) }

// rate keeps a judge's ratings. Fields that are empty say nothing; what cannot be read is named, and the others are kept.
func (s *Server) rate(c *fiber.Ctx) error {
	t := progress.Token(c.Params("token"))
	room, err := s.progress.Judge(c.UserContext(), t, s.clientIP(c))
	if err != nil {
		return err
	}
	percents, typed, errs := map[int]int{}, map[int]string{}, map[string]string{}
	for _, it := range room.Items {
		field := "item-" + strconv.Itoa(it.Pos+1)
		text := strings.TrimSpace(c.FormValue(field))
		if text == "" {
			continue
		}
		typed[it.Pos] = text
		n, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(text, "%")))
		if err != nil || n < 0 || n > 100 {
			errs[field] = s.words.get("hirev.rate_bad")
			continue
		}
		percents[it.Pos] = n
	}
	round, _ := strconv.Atoi(c.FormValue("round"))
	if err := s.progress.Rate(c.UserContext(), t, s.clientIP(c), round, percents); err != nil {
		return err
	}
	if len(errs) > 0 {
		return s.showJudge(c, fiber.StatusUnprocessableEntity, typed, errs)
	}
	s.say(c, "hirevrated")
	return seeOther(c, helperPath(progress.HelperJudge, t))
}
