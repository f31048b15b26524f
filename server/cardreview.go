package server

import (
	"cmp"
	"errors"
	"html/template"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"crosswalk/progress"
	"crosswalk/progress/memory"
	"crosswalk/progress/standing"
	"crosswalk/quizzes"
)

const reviewPath = "/progress/review"

type reviewPage struct {
	basePage
	Left    int // cards to go, this one too
	Last    *lastReview
	Problem string
	Card    *cardView
	Done    *doneView
	None    bool   // there is no card at all
	Next    string // day of the next card when none is due, "" for none
	New     int    // terms on offer when nothing is due
	Fresh   bool   // new terms are being learnt
	Ahead   bool   // nothing is due, and the plan has cards for today ahead of their time
}

// lastReview is what was done with the card before, to be taken back.
type lastReview struct {
	ID, Card string // ID is "" where it cannot be taken back
	Text     string
	Undone   bool
}

// cardView is a card on the page. A question is answered in its own form; of the others the front is a prompt.
type cardView struct {
	ID, Kind, Area string
	New            bool
	Question       *questionView
	Prompt         string
	Front          template.HTML // term: its definition, where its name is to be typed
	Says           []string      // line: words of the note
	Chart          *cardChart
	Types          bool
	Typed          string // what was sent and could not be taken
	Reviews        int    // before this one
	Back           cardBack
	Grades         []gradeView
	ClientKey      string
	Started        int64
}

// cardChart is the chart that a question is about or a line is of.
type cardChart struct {
	Path, Title string
	Case        caseView
	HTML        template.HTML
}

type cardBack struct {
	Answer string
	Mono   bool // it is a code
	Text   template.HTML
	Parts  []string
	Cites  []citeView
}

// gradeView is a grade to give, with when the card comes back then.
type gradeView struct {
	Grade int
	In    string
}

// doneView is a card after its answer: a question with what was right, or a typed answer with the right one.
type doneView struct {
	Question  *questionView
	Card      *cardView
	Typed     string
	Right     bool
	Text      string // grade and when it comes back
	Grade     int    // that counts
	Grades    []gradeView
	Attempt   string
	ClientKey string
}

// reviews shows the card that is next, or one that was asked for, or what came of an answer.
func (s *Server) reviews(c *fiber.Ctx) error {
	if id := c.Query("answered"); id != "" {
		return s.showAnswered(c, progress.AttemptID(id))
	}
	return s.showReview(c, fiber.StatusOK, c.Query("card"), "")
}

// showReview renders a card: id, or the next one for "".
func (s *Server) showReview(c *fiber.Ctx, status int, id, problem string) error {
	ctx, a := c.UserContext(), actor(c)
	q, err := s.progress.Due(ctx, a, 1)
	if err != nil {
		return err
	}
	page := reviewPage{basePage: s.base(c, s.words.get("review.title"), "progress"), Problem: problem, Fresh: c.Query("new") == "1"}
	page.Left = q.Due
	if page.Fresh {
		page.Left = q.NewTerms
	}
	page.Last = s.lastReview(c)
	if id == "" && c.Query("done") == "" {
		switch {
		case page.Fresh && len(q.New) > 0:
			id = q.New[0].ID
		case len(q.Cards) > 0:
			id, page.Fresh, page.Left = q.Cards[0].ID, false, q.Due
		default:
			planned, err := s.progress.PlannedCards(ctx, a)
			if err != nil {
				return err
			}
			if len(planned) > 0 {
				id, page.Fresh, page.Ahead, page.Left = planned[0], false, true, len(planned)
			}
		}
	}
	if id == "" && c.Query("done") != "" { // a typed answer that was just compared
		done, err := s.typedDone(c, c.Query("done"))
		if err != nil {
			return err
		}
		page.Done = done
		return s.render(c, status, "review", page)
	}
	if id == "" {
		page.None, page.New = q.Total == 0 && q.NewTerms == 0, q.NewTerms
		for _, d := range q.Ahead {
			if d.Due > 0 {
				page.Next = longDay(d.Day)
				break
			}
		}
		return s.render(c, status, "review", page)
	}
	card, err := s.progress.Card(ctx, a, id)
	if err != nil {
		return s.orInExam(c, itemOfCard(id), err)
	}
	if page.Card, err = s.cardView(card, q.Day); err != nil {
		return err
	}
	if problem != "" && page.Card.Types {
		page.Card.Typed = c.FormValue("typed")
	}
	return s.render(c, status, "review", page)
}

// itemOfCard is the id of the question or the case that a card is of.
func itemOfCard(id string) string {
	_, item, _ := standing.ParseCardID(id)
	item, _, _ = strings.Cut(item, "/")
	return item
}

// cardView shows a card; today is the study day.
func (s *Server) cardView(v progress.CardView, today string) (*cardView, error) {
	out := &cardView{ID: v.ID, Kind: v.Kind, Area: s.areaTitle(v.Area), New: v.New, Reviews: v.Reviews, ClientKey: uuid.NewString(), Started: s.now().UnixMilli(), Grades: s.gradeViews(v, today)}
	switch v.Kind {
	case standing.Question:
		q, err := s.bank().Question(v.Item)
		if err != nil {
			return nil, err
		}
		qv := s.openQuestion(q, progress.Context{Kind: progress.InReview})
		out.Question = &qv
	case standing.Line:
		cs, err := s.bank().Case(v.Item)
		if err != nil {
			return nil, err
		}
		out.Chart = s.chartOf(cs)
		out.Types, out.Says = v.Typed, v.Back.Evidence
		out.Back = cardBack{Answer: v.Back.Answer, Mono: true, Text: template.HTML(template.HTMLEscapeString(v.Back.Text)), Cites: s.cites(v.Back.Cites)}
		if code, extra := strings.CutPrefix(v.Line, "+"); extra {
			out.Prompt = s.words.get("review.prompt_extra", code)
		} else {
			out.Prompt = s.words.get("review.prompt_" + strings.ReplaceAll(v.Trap, "-", "_"))
		}
	case standing.Term:
		out.Prompt = s.words.get("review.prompt_term")
		out.Back = cardBack{Answer: v.Back.Answer, Text: template.HTML(template.HTMLEscapeString(v.Back.Text))}
		if t, err := s.lessons().Term(v.Title); err == nil {
			out.Back.Text, out.Back.Parts = t.HTML, t.Parts
		}
		// A word made of parts is asked for both ways in turn: what it means, and which it is.
		if len(out.Back.Parts) > 0 && v.Reviews%2 == 1 {
			out.Types, out.Prompt, out.Front = true, s.words.get("review.prompt_name"), out.Back.Text
			out.Back.Text = ""
		} else {
			out.Front = template.HTML(template.HTMLEscapeString(v.Title))
			out.Back.Answer = ""
		}
	}
	return out, nil
}

func (s *Server) chartOf(cs *quizzes.Case) *cardChart {
	return &cardChart{Path: "/cases/" + cs.ID, Title: cs.Title, Case: s.caseView(cs), HTML: cs.Chart.HTML}
}

// gradeViews are the four grades with when each brings the card back.
func (s *Server) gradeViews(v progress.CardView, today string) []gradeView {
	var out []gradeView
	for g := memory.Again; g <= memory.Easy; g++ {
		out = append(out, gradeView{Grade: int(g), In: s.inDays(today, v.Next[g])})
	}
	return out
}

// inDays says how far off a day is, in words.
func (s *Server) inDays(today, day string) string {
	from, ok1 := dayNumber(today)
	to, ok2 := dayNumber(day)
	if !ok1 || !ok2 {
		return ""
	}
	switch n := to - from; {
	case n <= 0:
		return s.words.get("review.in_today")
	case n == 1:
		return s.words.get("review.in_day")
	case n < 60:
		return s.words.get("review.in_days", n)
	case n < 365:
		return s.words.get("review.in_months", (n+15)/30)
	}
	return s.words.get("review.in_year")
}

// reviewCard records how well a card was remembered: by a grade, or by what was typed.
func (s *Server) reviewCard(c *fiber.Ctx) error {
	in := progress.CardReview{
		ClientKey: c.FormValue("client_key"), Card: c.FormValue("card"), Attempt: progress.AttemptID(c.FormValue("attempt")), StartedAt: startedAt(c, s.now()),
	}
	if c.FormValue("do") == "check" {
		in.Answer = strings.TrimSpace(c.FormValue("typed"))
		if in.Answer == "" {
			return s.showReview(c, fiber.StatusUnprocessableEntity, in.Card, s.words.get("review.nothing_typed"))
		}
	} else if n, err := strconv.Atoi(c.FormValue("grade")); err == nil {
		in.Grade = memory.Grade(n)
	}
	if n, err := strconv.Atoi(c.FormValue("reviews")); err == nil {
		in.Reviews = &n
	}
	done, err := s.progress.ReviewCard(c.UserContext(), actor(c), in)
	if errs := s.inputErrors(err); errs != nil && errs["exam"] == "" {
		for field, why := range errs {
			if in.Attempt != "" || field == "review" { // its question was answered, or it was graded elsewhere: there is no front to go back to
				return s.showReview(c, fiber.StatusUnprocessableEntity, "", why)
			}
			return s.showReview(c, fiber.StatusUnprocessableEntity, in.Card, why)
		}
	}
	if err != nil {
		return s.orInExam(c, itemOfCard(in.Card), err)
	}
	v := url.Values{"last": {string(done.ID)}, "of": {in.Card}, "grade": {strconv.Itoa(int(done.Grade))}, "due": {done.Due}}
	if c.FormValue("fresh") == "1" {
		v.Set("new", "1")
	}
	if in.Answer != "" {
		v.Set("done", in.Card)
		v.Set("typed", in.Answer)
		if done.Correct {
			v.Set("right", "1")
		}
	}
	return seeOther(c, reviewPath+"?"+v.Encode())
}

// lastReview reads what the page before left in the address.
func (s *Server) lastReview(c *fiber.Ctx) *lastReview {
	if c.Query("undone") != "" {
		return &lastReview{Undone: true}
	}
	id := c.Query("last")
	text := s.gradedText(c, c.Query("grade"), c.Query("due"))
	if id == "" || text == "" {
		return nil
	}
	return &lastReview{ID: id, Card: c.Query("of"), Text: text}
}

// gradedText says which grade counts and when the card comes back, "" for what is neither.
func (s *Server) gradedText(c *fiber.Ctx, grade, due string) string {
	n, err := strconv.Atoi(grade)
	if _, ok := dayNumber(due); err != nil || n < int(memory.Again) || n > int(memory.Easy) || !ok {
		return ""
	}
	today := progress.StudyDay(s.now(), viewer(c).Learner.Location())
	return s.words.get("review.graded", s.words.get("review.grade_"+strconv.Itoa(n)), s.inDays(today, due))
}

// typedDone shows a card after a typed answer.
func (s *Server) typedDone(c *fiber.Ctx, id string) (*doneView, error) {
	card, err := s.progress.Card(c.UserContext(), actor(c), id)
	if err != nil {
		return nil, s.orInExam(c, itemOfCard(id), err)
	}
	v, err := s.cardView(card, progress.StudyDay(s.now(), viewer(c).Learner.Location()))
	if err != nil || v.Question != nil {
		return nil, cmp.Or(err, progress.ErrNotFound)
	}
	v.Back.Answer = card.Back.Answer
	if v.Kind == standing.Term {
		if t, err := s.lessons().Term(card.Title); err == nil {
			v.Back.Text = t.HTML
		}
	}
	return &doneView{Card: v, Typed: c.Query("typed"), Right: c.Query("right") == "1"}, nil
}

// showAnswered shows the answer to a question that was reviewed, with the grade that was read off it and those to be given by hand.
func (s *Server) showAnswered(c *fiber.Ctx, id progress.AttemptID) error {
	ctx, a := c.UserContext(), actor(c)
	g, err := s.progress.Attempt(ctx, a, id)
	if err != nil {
		return err
	}
	q, err := s.bank().Question(g.Attempt.Item)
	if err != nil {
		return seeOther(c, "/practice/attempts/"+string(id))
	}
	qv, err := s.gradedQuestion(q, g)
	if err != nil {
		return err
	}
	qv.AgainPath = ""
	due, err := s.progress.Due(ctx, a, 1)
	if err != nil {
		return err
	}
	page := reviewPage{basePage: s.base(c, s.words.get("review.title"), "progress"), Left: due.Due, Done: &doneView{Question: &qv, Attempt: string(id), ClientKey: uuid.NewString()}}
	card, err := s.progress.Card(ctx, a, standing.CardID(standing.Question, q.ID))
	switch {
	case err == nil:
		page.Done.Card = &cardView{ID: card.ID}
		page.Done.Grade = int(card.Last)
		page.Done.Text = s.gradedText(c, strconv.Itoa(int(card.Last)), card.Due)
		for grade := memory.Again; grade <= memory.Easy; grade++ {
			page.Done.Grades = append(page.Done.Grades, gradeView{Grade: int(grade)})
		}
	case !errors.Is(err, progress.ErrNotFound):
		return err
	}
	return s.render(c, fiber.StatusOK, "review", page)
}

// undoReview takes the latest review back and shows its card again.
func (s *Server) undoReview(c *fiber.Ctx) error {
	card := c.FormValue("card")
	err := s.progress.UndoReview(c.UserContext(), actor(c), progress.ReviewID(c.FormValue("review")))
	switch errs := s.inputErrors(err); {
	case errs != nil:
		return s.showReview(c, fiber.StatusUnprocessableEntity, "", errs["review"])
	case errors.Is(err, progress.ErrConflict):
		return s.showReview(c, fiber.StatusConflict, "", s.words.get("review.undo_late"))
	case err != nil:
		return err
	}
	v := url.Values{"undone": {"1"}}
	if kind, _, ok := standing.ParseCardID(card); ok && kind != standing.Question {
		v.Set("card", card)
	}
	return seeOther(c, reviewPath+"?"+v.Encode())
}

// dueNow is what is due of the viewer's cards, with the whole queue.
func (s *Server) dueNow(c *fiber.Ctx) (dueView, progress.ReviewQueue, error) {
	q, err := s.progress.Due(c.UserContext(), actor(c), 1)
	if err != nil {
		return dueView{}, q, err
	}
	v := dueView{Cards: q.Due, New: q.NewTerms}
	for kind, n := range q.ByKind {
		v.Minutes += n * secondsOfCard[kind]
	}
	if v.Minutes > 0 {
		v.Minutes = max(1, (v.Minutes+30)/60)
	}
	for _, d := range q.Ahead[min(1, len(q.Ahead)):] {
		if d.Due > 0 {
			v.Next = longDay(d.Day)
			break
		}
	}
	return v, q, nil
}

// secondsOfCard is about how long a card of a kind takes, for saying how long all of them take.
var secondsOfCard = map[string]int{standing.Question: 60, standing.Line: 30, standing.Term: 12}
