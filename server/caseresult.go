package server

import (
	"html/template"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"crosswalk/codebook"
	"crosswalk/grading"
	"crosswalk/lessons/markdown"
	"crosswalk/progress"
	"crosswalk/quizzes"
)

type caseResultPage struct {
	basePage
	Case      caseView
	Chart     template.HTML
	Result    grading.Result
	Lines     []resultLine
	Others    []resultLine // DRG, disposition, E/M and the like
	Extras    []resultLine
	Penalties []resultLine
	Rules     []answerRule // what the edits say of the answer itself
	Attempt   string
	ClientKey string // the page's that handed it in: its script keeps the answer until it sees the result
	Submitted string
	Took      string
	Number    int // which try this is, from 1
	Tries     []tryLink
	Changed   bool // chart or key were changed since
	Next      *caseCard
	Lost      []lostPoint
	EM        []emRow // the grid, yours beside the chart's
	Marked    bool    // the learner marked words of the note
	Formula   *formulaView
	Gradings  gradingsView
	Said      disputeSection
	Money     *moneyView // nil where nothing that pays was asked, or no data are loaded
}

type tryLink struct {
	ID      string
	Number  int
	Percent int // tenths
	Current bool
}

// resultLine is a line of the key, or something entered beside it, with its parts.
type resultLine struct {
	ID           string // ev id: marks in the chart carry it
	Ref          codebook.Ref
	Title        string
	Entered      string
	EnteredTitle string
	State        string // right, part, missed, wrong, extra
	Earned       grading.Points
	Possible     grading.Points
	Parts        []resultPart
	Cites        []citeView
	Evidence     []string
}

type resultPart struct {
	grading.Part
	Component    string
	FindingTitle string
	EnteredText  string
	ID           string     // where the part's own words are lit in the chart, "" when they are the line's
	Ticks        []markTick // evidence and indicators, phrase by phrase
}

// HasMoney reports whether the case asks for what decides payment.
func (p caseResultPage) HasMoney() bool { return p.Result.FinancialMatch != nil }

// MoneyOK reports whether what decides payment is right.
func (p caseResultPage) MoneyOK() bool {
	return p.Result.FinancialMatch != nil && *p.Result.FinancialMatch
}

// lostPoint is a place where points went, for the summary at the top.
type lostPoint struct {
	Text   string
	Points grading.Points
	Line   string
}

// caseResult shows a graded case: the four figures, then each line with its parts, beside the chart with the deciding words lit.
func (s *Server) caseResult(c *fiber.Ctx) error {
	g, err := s.progress.Attempt(c.UserContext(), actor(c), progress.AttemptID(c.Params("attempt")))
	if err != nil {
		return err
	}
	return s.showCaseResult(c, fiber.StatusOK, g, disputeForm{})
}

func (s *Server) showCaseResult(c *fiber.Ctx, status int, g progress.Graded, form disputeForm) error {
	if g.Attempt.Kind != progress.KindCase || g.Attempt.Item != c.Params("id") {
		return progress.ErrNotFound
	}
	cs, err := s.bank().Case(g.Attempt.Item)
	if err != nil {
		return s.showOldVersion(c, g)
	}
	res, err := g.Grading.CaseResult()
	if err != nil {
		return err
	}
	formula, res, err := s.formula(c, g, res)
	if err != nil {
		return err
	}
	page := caseResultPage{
		Formula:  formula,
		basePage: s.base(c, s.words.get("result.title", cs.Title), "cases"), Case: s.caseView(cs), Result: res, Attempt: string(g.Attempt.ID), ClientKey: g.Attempt.ClientKey,
		Submitted: g.Attempt.SubmittedAt.In(viewer(c).Learner.Location()).Format("2 Jan 2006, 15:04"),
		Changed:   g.Attempt.ShownHash != cs.ShownHash || g.Grading.KeyHash != cs.KeyHash,
	}
	page.Money = newMoneyView(res.Money)
	if sec := g.Attempt.Seconds; sec > 0 {
		page.Took = s.words.get("result.took", sec/60, sec%60)
	}
	s.layOut(&page, cs, res)
	page.Rules = s.answerRules(res.Rules, page.Lines, cs.LastDate())
	if err := s.addTries(c, &page, g); err != nil {
		return err
	}
	if page.Gradings, err = s.gradingsOf(c, g); err != nil {
		return err
	}
	if page.Said, err = s.disputeSection(c, g, &res, form); err != nil {
		return err
	}
	return s.render(c, status, "caseresult", page)
}

// layOut groups the parts by line and lights up the words of the note.
func (s *Server) layOut(page *caseResultPage, cs *quizzes.Case, res grading.Result) {
	var lines []resultLine
	var phrases []markdown.Phrase
	for _, p := range res.Parts {
		switch {
		case p.Component == grading.CompExtra:
			page.Extras = append(page.Extras, s.extraLine(p, cs.LastDate()))
			continue
		case p.Component == grading.CompOrder || p.Component == grading.CompCap:
			page.Penalties = append(page.Penalties, s.singleLine(p))
			continue
		case p.Line == nil || standsAlone(p):
			if n := len(page.Others); n > 0 && page.Others[n-1].Parts[0].Part.Component == p.Component { // the columns of one grid
				page.Others[n-1].add(s.singleLine(p))
			} else {
				page.Others = append(page.Others, s.singleLine(p))
			}
			continue
		}
		n := len(lines)
		if p.Component == grading.CompCode || n == 0 || lines[n-1].Ref.Dotted() != *p.Line {
			lines = append(lines, s.keyLine(p, cs.LastDate(), n))
			n++
		}
		l := &lines[n-1]
		l.Earned += p.Earned
		l.Possible += p.Possible
		l.Parts = append(l.Parts, s.resultPart(p))
		for _, e := range p.Evidence {
			if !contains(l.Evidence, e) {
				l.Evidence = append(l.Evidence, e)
			}
		}
		l.Cites = mergeCites(l.Cites, s.partCites(p))
	}
	for i := range lines {
		lines[i].State = lineState(lines[i])
		for _, e := range lines[i].Evidence {
			phrases = append(phrases, markdown.Phrase{Text: e, In: headingOf(cs, e), ID: lines[i].ID})
		}
	}
	page.Lines = lines
	page.EM = emRows(cs, res)
	phrases = append(phrases, partPhrases(page.Others, cs)...)
	page.Chart, _ = cs.Chart.Highlight(append(phrases, page.marks()...)) // what was marked comes last, so that its marks can be told apart
	for _, p := range res.Parts {
		if lost := p.Possible - p.Earned; lost > 0 && p.Finding != "" {
			name := ""
			if p.Line != nil {
				name = *p.Line
				if standsAlone(p) { // a column of the E/M grid says nothing by itself
					name = s.words.get("component."+string(p.Component)) + " " + name
				}
			} else if p.Entered != nil {
				name = *p.Entered
			}
			page.Lost = append(page.Lost, lostPoint{Text: s.findingTitle(p.Finding), Points: lost, Line: name})
		}
	}
}

// standsAlone reports whether a part belongs to the chart as a whole and not to a line.
func standsAlone(p grading.Part) bool {
	switch p.Component {
	case grading.CompDRG, grading.CompDisposition, grading.CompEM, grading.CompQuery:
		return true
	}
	return false
}

func (s *Server) keyLine(p grading.Part, on codebook.Date, n int) resultLine {
	l := resultLine{ID: "l" + strconv.Itoa(n), Ref: s.refOf(*p.Line, on)}
	l.Title = s.titleOf(l.Ref.System, *p.Line, on)
	if p.Entered != nil {
		l.Entered = *p.Entered
		if l.Entered != *p.Line {
			ref := s.refOf(l.Entered, on)
			l.EnteredTitle = s.titleOf(ref.System, l.Entered, on)
		}
	}
	return l
}

func (s *Server) extraLine(p grading.Part, on codebook.Date) resultLine {
	l := s.singleLine(p)
	l.State = "extra"
	if p.Entered != nil {
		l.Ref = s.refOf(*p.Entered, on)
		l.Title = s.titleOf(l.Ref.System, *p.Entered, on)
	}
	return l
}

func (s *Server) singleLine(p grading.Part) resultLine {
	l := resultLine{Earned: p.Earned, Possible: p.Possible, Parts: []resultPart{s.resultPart(p)}, Cites: s.partCites(p), Evidence: p.Evidence}
	l.State = "part"
	if p.Finding == "" && p.Earned == p.Possible {
		l.State = "right"
	} else if p.Earned == 0 {
		l.State = "wrong"
	}
	return l
}

// add takes in another part that belongs to the same thing.
func (l *resultLine) add(more resultLine) {
	l.Earned += more.Earned
	l.Possible += more.Possible
	l.Parts = append(l.Parts, more.Parts...)
	l.Cites = mergeCites(l.Cites, more.Cites)
	if l.State != more.State {
		l.State = "part"
	}
}

func (s *Server) resultPart(p grading.Part) resultPart {
	r := resultPart{Part: p, Component: s.words.get("component." + string(p.Component)), FindingTitle: s.findingTitle(p.Finding), Ticks: ticks(p)}
	if p.Entered != nil {
		r.EnteredText = *p.Entered
	}
	return r
}

func (s *Server) findingTitle(f grading.Finding) string {
	if f == "" {
		return ""
	}
	for _, info := range grading.Findings() {
		if info.Finding == f {
			return info.Name
		}
	}
	return string(f)
}

// lineState says in one word how a line went.
func lineState(l resultLine) string {
	switch {
	case l.Entered == "":
		return "missed"
	case l.Earned == l.Possible:
		return "right"
	case l.Earned == 0:
		return "wrong"
	}
	return "part"
}

// refOf finds the code set of a printed code: ICD-10-CM unless its form is a procedure's.
func (s *Server) refOf(printed string, on codebook.Date) codebook.Ref {
	printed, _, _ = strings.Cut(printed, "-")
	if sys, code, err := codebook.ProcedureSystem(printed); err == nil {
		if _, err := s.book().Lookup(sys, code, on); err == nil || sys == codebook.CPT {
			return codebook.Ref{System: sys, Code: code}
		}
	}
	code, err := codebook.ParseCode(codebook.ICD10CM, printed)
	if err != nil {
		return codebook.Ref{System: codebook.ICD10CM, Code: codebook.Code(printed)}
	}
	return codebook.Ref{System: codebook.ICD10CM, Code: code}
}

// headingOf is the heading that a key's evidence names, where the words stand in the note twice.
func headingOf(cs *quizzes.Case, text string) string {
	for _, d := range cs.Key.Diagnoses {
		for _, e := range d.Evidence {
			if e.Text == text {
				return e.In
			}
		}
	}
	for _, p := range cs.Key.Procedures {
		for _, e := range p.Evidence {
			if e.Text == text {
				return e.In
			}
		}
	}
	return ""
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

func mergeCites(have, more []citeView) []citeView {
	for _, m := range more {
		known := false
		for _, h := range have {
			known = known || h.Text == m.Text
		}
		if !known {
			have = append(have, m)
		}
	}
	return have
}

// addTries lists the learner's tries of the case and the chart to code next.
func (s *Server) addTries(c *fiber.Ctx, page *caseResultPage, g progress.Graded) error {
	list, total, err := s.progress.Attempts(c.UserContext(), actor(c), progress.AttemptFilter{
		Learner: g.Attempt.Learner, Kind: progress.KindCase, Item: g.Attempt.Item, Limit: 20,
	})
	if err != nil {
		return err
	}
	for i := len(list) - 1; i >= 0; i-- { // newest first in the list; oldest first on the page
		t := tryLink{ID: string(list[i].Attempt.ID), Number: total - i, Percent: list[i].Grading.Percent10, Current: list[i].Attempt.ID == g.Attempt.ID}
		if t.Current {
			page.Number = t.Number
		}
		page.Tries = append(page.Tries, t)
	}
	states, err := s.progress.CaseStates(c.UserContext(), actor(c))
	if err != nil {
		return err
	}
	for _, cs := range s.bank().Cases() {
		if cs.ID != g.Attempt.Item && states[cs.ID].Tries == 0 {
			card := s.caseCard(cs, states[cs.ID])
			page.Next = &card
			break
		}
	}
	return nil
}
