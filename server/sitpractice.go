package server

import (
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"slices"

	"github.com/gofiber/fiber/v2"

	"crosswalk/grading"
	"crosswalk/grading/answersheet"
	"crosswalk/progress"
	"crosswalk/quizzes"
)

// practiceFiles are items to try the room's forms with, one of each kind. They ask nothing of the trade, and no test has them.
//
//go:embed sitpractice/*.md
var practiceFiles embed.FS

// practiceKinds are the kinds in the order of the practice; "" is a chart.
var practiceKinds = []grading.Kind{grading.Single, grading.Multiple, grading.Number, grading.Text, grading.Order, grading.Match, grading.Codes, ""}

// practiceItem reads the practice item of a kind.
func (s *Server) practiceItem(kind grading.Kind) (drawn, error) {
	name := string(kind)
	if kind == "" {
		name = "chart"
	}
	b, err := fs.ReadFile(practiceFiles, "sitpractice/"+name+".md")
	if err != nil {
		return drawn{}, fmt.Errorf("practice item: %w", err)
	}
	if kind == "" {
		cs, err := s.bank().ReadCase(string(b))
		return drawn{chart: cs}, err
	}
	q, err := s.bank().ReadQuestion(string(b), "icd10cm", 0)
	return drawn{question: q}, err
}

// kindsOf are the kinds that can come in a test, in the order of the practice.
func (s *Server) kindsOf(bp *quizzes.Blueprint) []grading.Kind {
	areas := map[string]bool{}
	for _, sl := range bp.Slots {
		for _, a := range sl.Areas {
			areas[a] = true
		}
	}
	found := map[grading.Kind]bool{"": bp.Charts.Count > 0}
	for _, q := range s.bank().Questions() {
		if (areas[q.Area] || slices.Contains(bp.Questions, q.ID)) && (len(bp.Kinds) == 0 || slices.Contains(bp.Kinds, q.Kind)) {
			found[q.Kind] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(practiceKinds), func(k grading.Kind) bool { return !found[k] })
}

type sitPracticePage struct {
	basePage
	Link         string
	Number, Of   int
	Next, Back   string
	Item         *roomItem
	Tried, Empty bool
}

// seatPractice shows one practice item; tryPractice takes its form and shows what would have been saved. Nothing of it is kept.
func (s *Server) seatPractice(c *fiber.Ctx) error { return s.showPractice(c, false) }
func (s *Server) tryPractice(c *fiber.Ctx) error  { return s.showPractice(c, true) }

func (s *Server) showPractice(c *fiber.Ctx, sent bool) error {
	seat, err := s.progress.CandidateByToken(c.UserContext(), tokenOf(c), s.clientIP(c))
	if err != nil {
		return s.linkError(err)
	}
	kinds := s.kindsOf(&seat.Assessment.Blueprint)
	link := seatPath(tokenOf(c))
	if len(kinds) == 0 {
		return seeOther(c, link)
	}
	n := min(max(c.QueryInt("n", 1), 1), len(kinds))
	d, err := s.practiceItem(kinds[n-1])
	if err != nil {
		return err
	}
	f := quizzes.FormItem{Kind: quizzes.ItemCase}
	if d.question != nil {
		f.Kind = quizzes.ItemQuestion
		for i := range shuffled(d.question) {
			f.Shuffle = append(f.Shuffle, i)
		}
	}
	state, do := progress.ItemState{}, c.FormValue("do")
	if sent {
		state = s.readPractice(c, d, len(f.Shuffle), do)
	}
	p := sitPracticePage{basePage: s.seatBase(c, s.words.get("try.title"), seat), Link: link, Number: n, Of: len(kinds), Tried: sent && do == "save", Empty: !state.Answered()}
	if p.Item, err = s.practiceView(d, f, state, n); err != nil {
		return err
	}
	if n < len(kinds) {
		p.Next = fmt.Sprintf("%s/practice?n=%d", link, n+1)
	}
	if n > 1 {
		p.Back = fmt.Sprintf("%s/practice?n=%d", link, n-1)
	}
	return s.render(c, fiber.StatusOK, "sitpractice", p)
}

func (s *Server) readPractice(c *fiber.Ctx, d drawn, n int, do string) (st progress.ItemState) {
	if d.question != nil {
		st.Answer = readRoomAnswer(c, d.question, n, do)
		return st
	}
	sh := readSheet(c)
	sh.Act(do)
	st.Sheet = &sh
	return st
}

// practiceView is a practice item as the room shows its own.
func (s *Server) practiceView(d drawn, f quizzes.FormItem, state progress.ItemState, n int) (*roomItem, error) {
	it := &roomItem{Pos: n - 1, Number: n}
	if d.question != nil {
		return it, s.questionItem(it, d, f, state)
	}
	sh := answersheet.Sheet{}
	if state.Sheet != nil {
		sh = *state.Sheet
	}
	sheet := s.chartSheet(d.chart, sh)
	it.Sheet, it.Chart = &sheet, s.chartView(d.chart)
	it.Stem = template.HTML(template.HTMLEscapeString(s.words.get("sit.code_chart"))) //nolint:gosec // escaped here
	return it, nil
}
