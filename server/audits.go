package server

import (
	"encoding/json"
	"errors"
	"html/template"
	"math/rand/v2"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"crosswalk/codebook"
	"crosswalk/grading"
	"crosswalk/grading/answersheet"
	"crosswalk/lessons/markdown"
	"crosswalk/progress"
	"crosswalk/quizzes"
	"crosswalk/quizzes/audit"
)

type auditsPage struct {
	basePage
	Settings []choice
	Areas    []choice
	Runs     []auditRunView
	Error    string
}

// auditRunView is a run on the start page, and above each of its drills.
type auditRunView struct {
	Path    string
	Pick    string // what it is made of, in words
	Started string
	Number  int // of the open drill
	Tally   progress.AuditTally
}

// auditRunsShown is how many runs the start page offers to go on with.
const auditRunsShown = 3

// audits offers to begin a run of audit drills, or to go on with one.
func (s *Server) audits(c *fiber.Ctx) error { return s.showAudits(c, fiber.StatusOK, "") }

func (s *Server) showAudits(c *fiber.Ctx, status int, problem string) error {
	page := auditsPage{basePage: s.base(c, s.words.get("audits.title"), "practice"), Error: problem}
	page.Path = "/practice/audits"
	settings, areas := map[string]bool{}, map[string]bool{}
	for _, cs := range s.bank().Cases() {
		settings[cs.Setting] = true
		for _, a := range cs.Areas {
			areas[a] = true
		}
	}
	for _, st := range quizzes.Settings {
		if settings[st.ID] {
			page.Settings = append(page.Settings, choice{Value: st.ID, Text: st.Title, Selected: c.FormValue("setting") == st.ID})
		}
	}
	for _, a := range s.bank().Areas() {
		if areas[a.ID] && a.ID != "cases" {
			page.Areas = append(page.Areas, choice{Value: a.ID, Text: a.Title, Selected: c.FormValue("area") == a.ID})
		}
	}
	if viewer(c) != nil {
		runs, err := s.progress.AuditRuns(c.UserContext(), actor(c))
		if err != nil {
			return err
		}
		for _, r := range runs[:min(len(runs), auditRunsShown)] {
			if r, err = s.progress.AuditRun(c.UserContext(), actor(c), r.ID); err != nil {
				return err
			}
			page.Runs = append(page.Runs, s.auditRunView(c, r))
		}
	}
	return s.render(c, status, "audits", page)
}

func (s *Server) auditRunView(c *fiber.Ctx, r progress.AuditRun) auditRunView {
	var pick []string
	if r.Pick.Setting != "" {
		pick = append(pick, settingTitle(r.Pick.Setting))
	}
	if r.Pick.Area != "" {
		pick = append(pick, s.areaTitle(r.Pick.Area))
	}
	if len(pick) == 0 {
		pick = append(pick, s.words.get("audits.any"))
	}
	return auditRunView{
		Path: auditPath(r.ID, r.Next), Pick: strings.Join(pick, ", "), Started: r.CreatedAt.In(viewer(c).Learner.Location()).Format("2 Jan, 15:04"), Number: r.Next, Tally: r.Tally,
	}
}

func auditPath(run progress.DrillID, number int) string {
	return "/practice/audits/" + string(run) + "/" + strconv.Itoa(number)
}

// startAudits begins a run.
func (s *Server) startAudits(c *fiber.Ctx) error {
	// Nothing of the seed is in an address or on a page: who sees a drill cannot work its answer out of it.
	r, err := s.progress.StartAudits(c.UserContext(), actor(c), progress.AuditPick{Setting: c.FormValue("setting"), Area: c.FormValue("area")}, rand.Uint64())
	var input *progress.InputError
	if errors.As(err, &input) {
		return s.showAudits(c, fiber.StatusUnprocessableEntity, input.Reason)
	}
	if err != nil {
		return err
	}
	return seeOther(c, auditPath(r.ID, r.Next))
}

// auditRun leads to the open drill of a run.
func (s *Server) auditRun(c *fiber.Ctx) error {
	r, err := s.progress.AuditRun(c.UserContext(), actor(c), progress.DrillID(c.Params("run")))
	if err != nil {
		return err
	}
	return seeOther(c, auditPath(r.ID, r.Next))
}

type auditPage struct {
	basePage
	Case    caseView
	Chart   template.HTML
	Run     auditRunView
	Lines   []auditLine
	Kinds   []auditKinds
	Line    audit.Line // what was chosen
	Kind    audit.Kind
	Sheet   sheetView
	Open    bool   // the mended claim is unfolded
	Claim   string // tells the claim that is shown from another
	Started int64
	Errors  []sheetError
	Changed bool // another drill than the one that was answered
}

// auditLine is a line of the claim as the colleague coded it.
type auditLine struct {
	Line   audit.Line
	Name   string // the letter or number of the claim form
	Ref    codebook.Ref
	Code   string // with its modifiers
	Title  string
	Facts  []string // POA, units, pointers
	Fault  bool     // on the result
	Chosen bool
}

type auditKinds struct {
	Area  string
	Kinds []audit.KindInfo
}

// auditCase is a case as audits ask it: lines, their indicators and pointers alone.
func auditCase(cs *quizzes.Case) *quizzes.Case {
	out := *cs
	out.Ask.DRG, out.Ask.Disposition, out.Ask.EM, out.Ask.Evidence, out.Ask.Query = false, false, false, false, false
	return &out
}

// auditDrill shows a drill of a run: the open one to be answered, an answered one with its result. A later number leads to the open one.
func (s *Server) auditDrill(c *fiber.Ctx) error {
	id := progress.DrillID(c.Params("run"))
	number, err := strconv.Atoi(c.Params("number"))
	if err != nil || number < 1 {
		return fiber.ErrNotFound
	}
	g, err := s.progress.AuditAttempt(c.UserContext(), actor(c), id, number)
	if err == nil {
		return s.showAuditResult(c, g)
	}
	if !errors.Is(err, progress.ErrNotFound) {
		return err
	}
	r, err := s.progress.AuditRun(c.UserContext(), actor(c), id)
	if err != nil {
		return err
	}
	if number != r.Next {
		return seeOther(c, auditPath(id, r.Next))
	}
	return s.showAudit(c, fiber.StatusOK, r, auditForm{})
}

// auditForm is what came with the form of a drill.
type auditForm struct {
	line    audit.Line
	kind    audit.Kind
	sheet   *answersheet.Sheet // nil: the claim as it was shown
	open    bool
	errors  []sheetError
	changed bool
}

func (s *Server) showAudit(c *fiber.Ctx, status int, r progress.AuditRun, f auditForm) error {
	d, err := s.progress.AuditDrill(r)
	if err != nil {
		return err
	}
	if err := s.outsideExam(c, d.Case); err != nil { // the claim is nearly the key
		return err
	}
	cs, err := s.bank().Case(d.Case)
	if err != nil {
		return err
	}
	ask := auditCase(cs)
	page := auditPage{
		basePage: s.base(c, s.words.get("audits.drill_title", r.Next), "practice"), Case: s.caseView(ask), Chart: cs.Chart.HTML, Run: s.auditRunView(c, r),
		Lines: s.auditLines(ask, d.Claim, f.line), Line: f.line, Kind: f.kind, Open: f.open || len(f.errors) > 0 && f.line != audit.NoFault, Claim: d.Hash(),
		Started: s.now().UnixMilli(), Errors: f.errors, Changed: f.changed,
	}
	if ms, err := strconv.ParseInt(c.FormValue("started"), 10, 64); err == nil && !f.changed {
		page.Started = ms
	}
	page.Path = page.Run.Path
	page.Kinds = s.auditKinds(&cs.Key)
	if f.sheet == nil {
		sh := answersheet.Of(d.Claim)
		f.sheet = &sh
	}
	page.Sheet = s.sheetView(ask, *f.sheet, f.errors)
	if wantsPart(c) {
		return s.renderPart(c, status, "audit", "audit-mend", page)
	}
	return s.render(c, status, "audit", page)
}

func (s *Server) auditKinds(k *grading.Key) (out []auditKinds) {
	for _, info := range audit.Offered(k) {
		if n := len(out); n == 0 || out[n-1].Area != info.Area {
			out = append(out, auditKinds{Area: info.Area})
		}
		g := &out[len(out)-1]
		g.Kinds = append(g.Kinds, info)
	}
	return out
}

// auditLines lays a claim out as a worksheet.
func (s *Server) auditLines(cs *quizzes.Case, a grading.Answer, chosen audit.Line) (out []auditLine) {
	letter := map[string]string{}
	for i, d := range a.Diagnoses {
		l := auditLine{Line: audit.DxLine(i), Name: answersheet.Letter(i), Code: d.Code, Ref: codebook.Ref{System: codebook.ICD10CM}, Title: s.titleOf(codebook.ICD10CM, d.Code, cs.LastDate())}
		l.Ref.Code, _ = codebook.ParseCode(codebook.ICD10CM, d.Code)
		if _, twice := letter[d.Code]; !twice {
			letter[d.Code] = l.Name
		}
		if cs.Ask.POA {
			l.Facts = append(l.Facts, s.words.get("audits.poa", d.POA))
		}
		out = append(out, l)
	}
	for i, p := range a.Procedures {
		l := auditLine{Line: audit.PxLine(i), Name: strconv.Itoa(i + 1), Code: strings.Join(append([]string{p.Code}, p.Modifiers...), "-")}
		if sys, code, err := codebook.ProcedureSystem(p.Code); err == nil {
			l.Ref, l.Title = codebook.Ref{System: sys, Code: code}, s.titleOf(sys, p.Code, cs.LastDate())
		}
		switch {
		case p.Minutes != nil:
			l.Facts = append(l.Facts, s.words.get("audits.minutes", *p.Minutes))
		case p.Units != nil:
			l.Facts = append(l.Facts, s.words.get("audits.units", *p.Units))
		}
		if cs.Ask.Pointers {
			var to []string
			for _, code := range p.PointsTo {
				to = append(to, letter[code])
			}
			l.Facts = append(l.Facts, s.words.get("audits.points", strings.Join(to, " ")))
		}
		out = append(out, l)
	}
	for i := range out {
		out[i].Chosen = out[i].Line == chosen
	}
	return out
}

// answerAudit takes the form of a drill: a button that edits the mended claim, or Enter in a field, shows it again; handing in grades the report. A drill counts
// once, however often and from however many pages it is sent.
func (s *Server) answerAudit(c *fiber.Ctx) error {
	id := progress.DrillID(c.Params("run"))
	number, err := strconv.Atoi(c.Params("number"))
	if err != nil {
		return fiber.ErrNotFound
	}
	sh := readSheet(c)
	f := auditForm{line: audit.Line(c.FormValue("line")), kind: audit.Kind(c.FormValue("kind")), sheet: &sh}
	run := func() (progress.AuditRun, error) { return s.progress.AuditRun(c.UserContext(), actor(c), id) }
	if do := c.FormValue("do"); do != "" && do != "submit" {
		r, err := run()
		if err != nil {
			return err
		}
		if number != r.Next {
			return seeOther(c, auditPath(id, number))
		}
		f.sheet.Act(do)
		f.open = true
		return s.showAudit(c, fiber.StatusOK, r, f)
	}
	report := audit.Report{Line: f.line, Kind: f.kind}
	if f.line == audit.NoFault {
		report.Kind = "" // a kind that was chosen before the claim was found right says nothing
	}
	var lines answersheet.Lines
	var bad grading.FormatErrors
	if f.line != audit.NoFault {
		ans, m, errs := sh.Answer(grading.Ask{POA: true, Pointers: true})
		report.Claim, lines, bad = &ans, m, errs
	}
	if bad == nil {
		_, err = s.progress.SubmitAudit(c.UserContext(), actor(c), progress.AuditSubmission{
			Run: id, Number: number, Claim: c.FormValue("claim"), Report: report, StartedAt: startedAt(c, s.now()),
		})
		switch {
		case err == nil:
			return seeOther(c, auditPath(id, number))
		case errors.Is(err, progress.ErrDrillChanged):
			f = auditForm{changed: true}
		case !errors.As(err, &bad):
			return err
		}
	}
	r, err := run()
	if err != nil {
		return err
	}
	f.errors = auditErrors(bad, lines)
	status := fiber.StatusUnprocessableEntity
	if f.changed {
		status = fiber.StatusConflict
	}
	return s.showAudit(c, status, r, f)
}

// auditErrors says of each format error which field of the page it belongs to.
func auditErrors(bad grading.FormatErrors, m answersheet.Lines) (out []sheetError) {
	for _, e := range bad {
		part, ofClaim := strings.CutPrefix(e.Part, "claim.")
		field := "audit-" + part // audit-line, audit-kind
		if ofClaim || strings.Contains(part, "[") {
			field = fieldOf(part, m)
		}
		out = append(out, sheetError{Field: field, Text: e.Reason})
	}
	return out
}

type auditResultPage struct {
	basePage
	Gradings gradingsView
	Case     caseView
	Chart    template.HTML
	Run      auditRunView
	Number   int
	Result   audit.Result
	Steps    []auditStep
	Lines    []auditLine
	Missing  *auditLine // the diagnosis that is missing
	Kind     string     // the fault's kind in words
	Says     string
	Rule     string
	Cites    []citeView
	Evidence []string
	Next     string
	Changed  bool
}

type auditStep struct {
	audit.Part
	Title string
	Gave  string // the learner's line or kind, in words
	Cites []citeView
}

// auditAttempt is the result of a drill by its attempt, for the learner and those who teach.
func (s *Server) auditAttempt(c *fiber.Ctx) error {
	g, err := s.progress.Attempt(c.UserContext(), actor(c), progress.AttemptID(c.Params("attempt")))
	if err != nil {
		return err
	}
	if g.Attempt.Kind != progress.KindAudit {
		return progress.ErrNotFound
	}
	return s.showAuditResult(c, g)
}

func (s *Server) showAuditResult(c *fiber.Ctx, g progress.Graded) error {
	cs, err := s.bank().Case(g.Attempt.Item)
	if err != nil {
		return s.showOldVersion(c, g)
	}
	d, number, ok := g.Attempt.AuditDrill()
	res, err := g.Grading.AuditResult()
	if err != nil || !ok {
		return errors.Join(errors.New("audit drill cannot be read"), err)
	}
	var report audit.Report
	if err := json.Unmarshal(g.Attempt.Answer, &report); err != nil {
		return err
	}
	ask := auditCase(cs)
	page := auditResultPage{
		basePage: s.base(c, s.words.get("audits.result_title", number), "practice"), Case: s.caseView(ask), Number: number, Result: res,
		Lines: s.auditLines(ask, d.Claim, report.Line), Changed: g.Attempt.ShownHash != cs.ShownHash || g.Grading.KeyHash != cs.KeyHash,
	}
	if page.Gradings, err = s.gradingsOf(c, g); err != nil {
		return err
	}
	if g.Attempt.Learner == actor(c).Learner {
		r, err := s.progress.AuditRun(c.UserContext(), actor(c), progress.DrillID(g.Attempt.Context.Ref))
		if err != nil {
			return err
		}
		page.Run = s.auditRunView(c, r)
		page.Next = page.Run.Path
	}
	page.Chart = cs.Chart.HTML
	if f := res.Fault; f != nil {
		s.tellFault(&page, cs, f)
	}
	for _, p := range res.Parts {
		step := auditStep{Part: p, Title: s.words.get("audits.step_" + string(p.Step)), Cites: s.cites(p.Cites)}
		switch {
		case p.Step == audit.StepFound:
			step.Gave = s.auditLineName(page.Lines, report.Line)
		case p.Step == audit.StepNamed && report.Kind != "":
			if info, ok := audit.Info(report.Kind); ok {
				step.Gave = info.Title
			}
		}
		page.Steps = append(page.Steps, step)
	}
	return s.render(c, fiber.StatusOK, "auditresult", page)
}

// tellFault lays out where the fault is, what it is, and which words of the note decide.
func (s *Server) tellFault(page *auditResultPage, cs *quizzes.Case, f *audit.Fault) {
	info, _ := audit.Info(f.Kind)
	page.Kind, page.Says, page.Rule, page.Cites = info.Title, f.Says(), info.Rule, s.cites(info.Cites)
	found := page.Result.Step(audit.StepFound)
	page.Cites = mergeCites(page.Cites, s.cites(found.Cites))
	page.Evidence = found.Evidence
	var phrases []markdown.Phrase
	for _, e := range found.Evidence {
		phrases = append(phrases, markdown.Phrase{Text: e, In: headingOf(cs, e), ID: "fault"})
	}
	page.Chart, _ = cs.Chart.Highlight(phrases)
	for i := range page.Lines {
		for _, l := range f.Lines {
			page.Lines[i].Fault = page.Lines[i].Fault || l == page.Lines[i].Line
		}
	}
	if f.Kind == audit.Missing {
		code, err := codebook.ParseCode(codebook.ICD10CM, f.Was)
		if err == nil {
			page.Missing = &auditLine{Line: audit.MissingDx, Ref: codebook.Ref{System: codebook.ICD10CM, Code: code}, Code: f.Was, Title: s.titleOf(codebook.ICD10CM, f.Was, cs.LastDate()), Fault: true}
		}
	}
}

// auditLineName is a line in words: its letter or number with its code.
func (s *Server) auditLineName(lines []auditLine, l audit.Line) string {
	switch l {
	case audit.NoFault:
		return s.words.get("audits.none")
	case audit.MissingDx:
		return s.words.get("audits.missing")
	}
	for _, x := range lines {
		if x.Line == l {
			return x.Name + " " + x.Code
		}
	}
	return string(l)
}
