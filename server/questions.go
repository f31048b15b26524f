package server

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"html/template"
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"crosswalk/grading"
	"crosswalk/grading/answersheet"
	"crosswalk/progress"
	"crosswalk/quizzes"
)

// questionView is a question on a page, open or graded. While it is open it is built from the public half alone.
type questionView struct {
	ID, Area, AreaTitle string
	Kind                grading.Kind
	Difficulty          int
	Chart               *cardChart // that it is about, nil for none
	Stem                template.HTML
	Choices             []choiceView // single, multiple
	Entries             []choiceView // order: the entries as shuffled; match: the left column
	Rights              []choiceView // match: the right column as shuffled
	Count               int          // order: how many places there are
	Choose              int          // multiple: how many to choose
	Ordered             bool         // codes: sequence counts
	CPT                 bool         // it is answered with a CPT book at hand
	Typed               string       // codes, number, text: what was typed
	Inline              bool         // inside a lesson
	ClientKey           string
	Context             progress.Context
	Started             int64
	FormError           string
	Graded              *gradedView // nil while open
	AgainPath           string
	Action              string // where the answer goes, "" for the question's own page
}

// choiceView is one thing to choose, place or pair. Index is its position on the page, never the author's.
type choiceView struct {
	Index  int
	HTML   template.HTML
	Chosen bool
	Place  int // order, match: what was chosen for it, counted from 1; 0 for nothing

	// Only when graded:
	Right   bool // this element was answered rightly
	IsKey   bool // single, multiple: the option is a right one
	Why     template.HTML
	Correct string // order, match: the right place or partner
}

// gradedView is what is shown after the answer.
type gradedView struct {
	Correct   bool
	ByHand    bool // a person decided whether it is right
	Earned    grading.Points
	Possible  grading.Points
	Answer    string // the right answer in words
	Rationale template.HTML
	Cites     []citeView
	Parts     []grading.ItemPart
	Changed   bool // the question was changed since
}

// Places are the places of an order question, from 1.
func (v questionView) Places() []int {
	out := make([]int, v.Count)
	for i := range out {
		out[i] = i + 1
	}
	return out
}

// order is the shuffle that a page shows, as author's indices by position. It follows from the page's client key, so that it need not
// travel to the browser and back.
func order(clientKey string, q *quizzes.Question) []int {
	sum := sha256.Sum256([]byte(clientKey + "\x00" + q.ID))
	return quizzes.Shuffle(q, rand.New(rand.NewPCG(binary.LittleEndian.Uint64(sum[:8]), binary.LittleEndian.Uint64(sum[8:16]))))
}

// shuffled is how many elements of the question are shuffled: options, entries or right-hand sides.
func shuffled(q *quizzes.Question) int {
	switch q.Kind {
	case grading.Single, grading.Multiple:
		return len(q.Options)
	case grading.Order, grading.Match:
		return len(q.Right)
	}
	return 0
}

// openQuestion is the question as it is shown before the answer.
func (s *Server) openQuestion(q *quizzes.Question, in progress.Context) questionView {
	return s.openQuestionKeyed(q, in, uuid.NewString())
}

func (s *Server) openQuestionKeyed(q *quizzes.Question, in progress.Context, clientKey string) questionView {
	return s.shuffledQuestion(q, in, clientKey, order(clientKey, q))
}

// shuffledQuestion shows options and entries in the order given, as author's indices by position.
func (s *Server) shuffledQuestion(q *quizzes.Question, in progress.Context, clientKey string, perm []int) questionView {
	p := q.Public()
	v := questionView{
		ID: p.ID, Area: p.Area, AreaTitle: s.areaTitle(p.Area), Kind: p.Kind, Difficulty: p.Difficulty, Stem: p.Stem,
		ClientKey: clientKey, Context: in, Started: s.now().UnixMilli(), Count: shuffled(q), Choose: p.Choose, Ordered: p.Ordered, CPT: p.CPT,
	}
	if p.Group != "" {
		if cs, err := s.bank().Case(p.Group); err == nil {
			v.Chart = s.chartOf(cs)
		}
	}
	switch p.Kind {
	case grading.Single, grading.Multiple:
		for i, author := range perm {
			v.Choices = append(v.Choices, choiceView{Index: i, HTML: p.Options[author]})
		}
	case grading.Order:
		for i, author := range perm {
			v.Entries = append(v.Entries, choiceView{Index: i, HTML: p.Entries[author]})
		}
	case grading.Match:
		for i, left := range p.Left {
			v.Entries = append(v.Entries, choiceView{Index: i, HTML: left})
		}
		for i, author := range perm {
			v.Rights = append(v.Rights, choiceView{Index: i, HTML: p.Entries[author]})
		}
	}
	return v
}

// readAnswer reads the form of a question and undoes the shuffle.
func readAnswer(c *fiber.Ctx, q *quizzes.Question, perm []int) grading.ItemAnswer {
	var a grading.ItemAnswer
	switch q.Kind {
	case grading.Single, grading.Multiple:
		for _, b := range c.Request().PostArgs().PeekMulti("choice") {
			a.Options = append(a.Options, authorIndex(string(b), perm))
		}
	case grading.Codes:
		for _, code := range strings.FieldsFunc(c.FormValue("value"), func(r rune) bool { return r == ',' || r == ';' || r == '\n' }) {
			if code = strings.TrimSpace(code); code != "" {
				a.Codes = append(a.Codes, code)
			}
		}
	case grading.Number, grading.Text:
		a.Value = c.FormValue("value")
	case grading.Order:
		a.Order = make([]int, len(perm))
		for i := range a.Order {
			a.Order[i] = -1
		}
		for i, author := range perm {
			place, err := strconv.Atoi(c.FormValue("place." + strconv.Itoa(i)))
			if err == nil && place >= 1 && place <= len(perm) {
				if a.Order[place-1] != -1 { // two entries in one place: leave the other place empty, ParseItem says so
					continue
				}
				a.Order[place-1] = author
			}
		}
	case grading.Match:
		a.Match = make([]int, len(q.Left))
		for i := range a.Match {
			a.Match[i] = -1
			if place, err := strconv.Atoi(c.FormValue("place." + strconv.Itoa(i))); err == nil && place >= 1 && place <= len(perm) {
				a.Match[i] = perm[place-1]
			}
		}
	}
	return a
}

// authorIndex turns a position on the page into the author's index; what is no position becomes -1, which ParseItem refuses.
func authorIndex(s string, perm []int) int {
	i, err := strconv.Atoi(s)
	if err != nil || i < 0 || i >= len(perm) {
		return -1
	}
	return perm[i]
}

// gradedQuestion is the question with the answer given, and what was right.
func (s *Server) gradedQuestion(q *quizzes.Question, g progress.Graded) (questionView, error) {
	perm := order(g.Attempt.ClientKey, q)
	if kept := g.Attempt.Order(); g.Attempt.ShownHash == q.ShownHash && len(kept) == len(perm) { // an exam shuffles in its own way
		perm = kept
	}
	v := s.shuffledQuestion(q, g.Attempt.Context, g.Attempt.ClientKey, perm)
	res, err := g.Grading.ItemResult()
	if err != nil {
		return v, err
	}
	var ans grading.ItemAnswer
	if err := json.Unmarshal(g.Attempt.Answer, &ans); err != nil {
		return v, err
	}
	gv := &gradedView{
		Correct: res.Correct, Earned: res.Earned, Possible: res.Possible, Answer: q.AnswerText, Rationale: q.Rationale,
		Cites: s.cites(q.Cites), Parts: res.Parts, Changed: g.Attempt.ShownHash != q.ShownHash, ByHand: g.Grading.Override != nil,
	}
	v.Graded = gv
	if gv.Changed {
		return v, nil // positions may mean something else now; the page shows today's text and says so
	}
	right := map[int]bool{}
	for _, p := range res.Parts {
		right[p.Index] = p.Right
	}
	position := make([]int, len(perm)) // author's index -> position on the page, from 1
	for i, author := range perm {
		position[author] = i + 1
	}
	switch q.Kind {
	case grading.Single, grading.Multiple:
		v.Choices = nil
		chosen := map[int]bool{}
		for _, i := range ans.Options {
			chosen[i] = true
		}
		for i, author := range perm {
			o := q.Options[author]
			v.Choices = append(v.Choices, choiceView{Index: i, HTML: o.HTML, Chosen: chosen[author], Right: chosen[author] == o.Right, IsKey: o.Right, Why: o.Why})
		}
	case grading.Order:
		place := map[int]int{}
		for i, author := range ans.Order {
			place[author] = i + 1
		}
		for i, author := range perm {
			v.Entries[i].Place = place[author]
			v.Entries[i].Right = right[author]
			v.Entries[i].Correct = strconv.Itoa(author + 1)
		}
	case grading.Match:
		for i := range v.Entries {
			v.Entries[i].Right = right[i]
			v.Entries[i].Correct = answersheet.Letter(position[i] - 1)
			if i < len(ans.Match) && ans.Match[i] >= 0 && ans.Match[i] < len(position) {
				v.Entries[i].Place = position[ans.Match[i]]
			}
		}
	case grading.Codes:
		v.Typed = strings.Join(ans.Codes, ", ")
	default:
		v.Typed = ans.Value
	}
	v.AgainPath = "/practice/questions/" + q.ID
	if g.Attempt.Context.Kind == progress.InLesson {
		v.AgainPath = lessonPath(g.Attempt.Context.Ref) + "?again=" + q.ID + "#q-" + q.ID
	}
	return v, nil
}

// contextOf reads where a form stands.
func contextOf(c *fiber.Ctx) progress.Context {
	kind := progress.ContextKind(c.FormValue("context"))
	switch kind {
	case progress.InLesson, progress.InDrill:
		return progress.Context{Kind: kind, Ref: c.FormValue("ref")}
	case progress.InReview:
		return progress.Context{Kind: kind}
	}
	return progress.Context{Kind: progress.Alone}
}

// answerQuestion records an answer and shows what came of it. A visitor who answers becomes a guest on the spot.
func (s *Server) answerQuestion(c *fiber.Ctx) error {
	q, err := s.bank().Question(c.Params("id"))
	if err != nil {
		return err
	}
	if err := s.beginIfNew(c); err != nil {
		return err
	}
	key := c.FormValue("client_key")
	in := contextOf(c)
	perm := order(key, q)
	ans := readAnswer(c, q, perm)
	graded, err := s.progress.SubmitQuestion(c.UserContext(), actor(c), progress.QuestionSubmission{
		ClientKey: key, Question: q.ID, Context: in, Shown: perm, Answer: ans, StartedAt: startedAt(c, s.now()),
	})
	var format grading.FormatErrors
	if errors.As(err, &format) {
		view := s.openQuestionKeyed(q, in, key)
		view.FormError = format[0].Reason
		view.keep(q, ans, perm)
		view.Inline = in.Kind == progress.InLesson
		return s.showQuestion(c, fiber.StatusUnprocessableEntity, view)
	}
	if err != nil {
		return s.orInExam(c, q.ID, err)
	}
	if wantsPart(c) {
		view, err := s.gradedQuestion(q, graded)
		if err != nil {
			return err
		}
		view.Inline = true
		return s.showQuestion(c, fiber.StatusOK, view)
	}
	if in.Kind == progress.InLesson {
		if _, err := s.lessons().Lesson(in.Ref); err == nil {
			return seeOther(c, lessonPath(in.Ref)+"#q-"+q.ID)
		}
	}
	if in.Kind == progress.InReview {
		return seeOther(c, reviewPath+"?answered="+string(graded.Attempt.ID))
	}
	return seeOther(c, "/practice/attempts/"+string(graded.Attempt.ID))
}

// keep puts what the learner entered back into an open form.
func (v *questionView) keep(q *quizzes.Question, a grading.ItemAnswer, perm []int) {
	at := map[int]int{}
	for i, author := range perm {
		at[author] = i
	}
	switch q.Kind {
	case grading.Single, grading.Multiple:
		for _, author := range a.Options {
			if i, ok := at[author]; ok {
				v.Choices[i].Chosen = true
			}
		}
	case grading.Order:
		for place, author := range a.Order {
			if i, ok := at[author]; ok {
				v.Entries[i].Place = place + 1
			}
		}
	case grading.Match:
		for i, author := range a.Match {
			if p, ok := at[author]; ok {
				v.Entries[i].Place = p + 1
			}
		}
	case grading.Codes:
		v.Typed = strings.Join(a.Codes, ", ")
	default:
		v.Typed = a.Value
	}
}

type questionPage struct {
	basePage
	Question questionView
	Drill    *drillView
	Gradings gradingsView // of an answered one
	Said     disputeSection
	Analysis string // the item's figures, "" for those who may not see them
}

// showQuestion renders a question by itself, or only its part for a script.
func (s *Server) showQuestion(c *fiber.Ctx, status int, view questionView) error {
	if wantsPart(c) {
		page := questionPage{basePage: s.base(c, s.words.get("practice.question"), "practice"), Question: view}
		return s.renderPart(c, status, "question", "question-part", page)
	}
	page, err := s.questionPage(c, view)
	if err != nil {
		return err
	}
	return s.render(c, status, "question", page)
}

func (s *Server) questionPage(c *fiber.Ctx, view questionView) (questionPage, error) {
	page := questionPage{basePage: s.base(c, s.words.get("practice.question"), "practice"), Question: view, Analysis: s.analysisLink(c, progress.KindQuestion, view.ID)}
	if view.Context.Kind != progress.InDrill {
		return page, nil
	}
	st, err := s.progress.Drill(c.UserContext(), actor(c), progress.DrillID(view.Context.Ref))
	if errors.Is(err, progress.ErrNotFound) && actor(c).MaySetExams() { // a learner's, whose answer staff look at
		return page, nil
	}
	if err != nil {
		return page, err
	}
	d := s.drillView(st)
	page.Drill = &d
	return page, nil
}

// question is one question by itself.
func (s *Server) question(c *fiber.Ctx) error {
	q, err := s.bank().Question(c.Params("id"))
	if err != nil {
		return err
	}
	return s.showQuestion(c, fiber.StatusOK, s.openQuestion(q, progress.Context{Kind: progress.Alone}))
}

// questionResult is an answered question, to be read again at any time.
func (s *Server) questionResult(c *fiber.Ctx) error {
	g, err := s.progress.Attempt(c.UserContext(), actor(c), progress.AttemptID(c.Params("attempt")))
	if err != nil {
		return err
	}
	if g.Attempt.Kind != progress.KindQuestion {
		return progress.ErrNotFound
	}
	q, err := s.bank().Question(g.Attempt.Item)
	if err != nil {
		return s.showOldVersion(c, g)
	}
	return s.showResult(c, fiber.StatusOK, q, g, disputeForm{})
}

// showResult renders an answered question with what came of it since.
func (s *Server) showResult(c *fiber.Ctx, status int, q *quizzes.Question, g progress.Graded, form disputeForm) error {
	view, err := s.gradedQuestion(q, g)
	if err != nil {
		return err
	}
	page, err := s.questionPage(c, view)
	if err != nil {
		return err
	}
	if page.Gradings, err = s.gradingsOf(c, g); err != nil {
		return err
	}
	if page.Said, err = s.disputeSection(c, g, nil, form); err != nil {
		return err
	}
	return s.render(c, status, "question", page)
}

type oldVersionPage struct {
	basePage
	Item     string
	Source   string
	Correct  bool
	Percent  int
	Gradings gradingsView
}

// showOldVersion shows an answered item that is no longer in the bank, by the revision that was kept.
func (s *Server) showOldVersion(c *fiber.Ctx, g progress.Graded) error {
	ver, err := s.progress.Version(c.UserContext(), actor(c), g.Attempt.ShownHash)
	if err != nil {
		return err
	}
	all, err := s.gradingsOf(c, g)
	if err != nil {
		return err
	}
	return s.render(c, fiber.StatusOK, "oldversion", oldVersionPage{
		Gradings: all,
		basePage: s.base(c, g.Attempt.Item, "practice"), Item: g.Attempt.Item, Source: ver.Body, Correct: g.Grading.Correct, Percent: g.Grading.Percent10,
	})
}
