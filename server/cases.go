package server

import (
	"encoding/json"
	"errors"
	"html/template"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"crosswalk/codebook"
	"crosswalk/grading"
	"crosswalk/grading/answersheet"
	"crosswalk/progress"
	"crosswalk/quizzes"
)

type caseListPage struct {
	basePage
	Cases    []caseCard
	Total    int
	Filter   caseFilter
	Settings []choice
	Areas    []choice
	Levels   []choice
	States   []choice
}

// caseFilter is the query of the list; empty fields let everything through.
type caseFilter struct{ Setting, Area, Difficulty, State string }

type choice struct {
	Value, Text string
	Selected    bool
}

type caseCard struct {
	ID, Title, Setting, SettingTitle string
	Difficulty                       int
	Areas                            []string
	State                            string // new, draft, tried, clean
	Tries, BestTenths                int
}

func (s *Server) caseCard(cs *quizzes.Case, st progress.CaseState) caseCard {
	card := caseCard{
		ID: cs.ID, Title: cs.Title, Setting: cs.Setting, SettingTitle: settingTitle(cs.Setting), Difficulty: cs.Difficulty,
		Tries: st.Tries, BestTenths: st.BestTenths, State: "new",
	}
	switch {
	case st.Draft:
		card.State = "draft"
	case st.Clean:
		card.State = "clean"
	case st.Tries > 0:
		card.State = "tried"
	}
	for _, a := range cs.Areas {
		if a != "cases" {
			card.Areas = append(card.Areas, s.areaTitle(a))
		}
	}
	return card
}

func settingTitle(id string) string {
	for _, st := range quizzes.Settings {
		if st.ID == id {
			return st.Title
		}
	}
	return id
}

// caseList shows the charts, filtered by setting, area, difficulty and state.
func (s *Server) caseList(c *fiber.Ctx) error {
	f := caseFilter{Setting: c.Query("setting"), Area: c.Query("area"), Difficulty: c.Query("difficulty"), State: c.Query("state")}
	states := map[string]progress.CaseState{}
	if viewer(c) != nil {
		var err error
		if states, err = s.progress.CaseStates(c.UserContext(), actor(c)); err != nil {
			return err
		}
	}
	page := caseListPage{basePage: s.base(c, s.words.get("cases.title"), "cases"), Filter: f}
	settings, areas := map[string]bool{}, map[string]bool{}
	for _, cs := range s.bank().Cases() {
		page.Total++
		settings[cs.Setting] = true
		inArea := f.Area == ""
		for _, a := range cs.Areas {
			areas[a] = true
			inArea = inArea || a == f.Area
		}
		card := s.caseCard(cs, states[cs.ID])
		if inArea && (f.Setting == "" || f.Setting == cs.Setting) && (f.Difficulty == "" || f.Difficulty == strconv.Itoa(cs.Difficulty)) &&
			(f.State == "" || f.State == card.State) {
			page.Cases = append(page.Cases, card)
		}
	}
	for _, st := range quizzes.Settings {
		if settings[st.ID] {
			page.Settings = append(page.Settings, choice{Value: st.ID, Text: st.Title, Selected: f.Setting == st.ID})
		}
	}
	for _, a := range s.bank().Areas() {
		if areas[a.ID] && a.ID != "cases" {
			page.Areas = append(page.Areas, choice{Value: a.ID, Text: a.Title, Selected: f.Area == a.ID})
		}
	}
	for i := 1; i <= 5; i++ {
		v := strconv.Itoa(i)
		page.Levels = append(page.Levels, choice{Value: v, Text: s.words.get("cases.level_" + v), Selected: f.Difficulty == v})
	}
	for _, st := range []string{"new", "draft", "tried", "clean"} {
		page.States = append(page.States, choice{Value: st, Text: s.words.get("cases.state_" + st), Selected: f.State == st})
	}
	return s.render(c, fiber.StatusOK, "cases", page)
}

type workbenchPage struct {
	basePage
	sheetFields
	Chart     template.HTML
	ClientKey string
	Started   int64
	Rev       int64
	Saved     string // when the draft was saved, "" when there is none
	Errors    []sheetError
	Stale     bool // the draft was saved or handed in elsewhere since
	Kept      bool // an earlier answer was to be mended, but there is a draft
	Tries     int
	LastTry   string // id of the latest attempt
	Analysis  string // the chart's figures, "" for those who may not see them
}

// sheetFields are the fields of an answer sheet, in the workbench and in an exam.
type sheetFields struct {
	Case  caseView
	Sheet sheetView
}

// caseView is the head of a chart: what one knows before reading.
type caseView struct {
	ID, Title, Setting, SettingTitle, Bills, Payer string
	Dates                                          string
	Patient                                        string
	Difficulty                                     int
	Ask                                            grading.Ask
	Reasons                                        []string
	Wordings                                       []string
	Criteria                                       string // a facility's own rule for the levels of its visits
	PCS                                            bool   // procedures are ICD-10-PCS
	Principal                                      bool   // first diagnosis is the principal one (else first-listed)
	On                                             string
}

type sheetView struct {
	answersheet.Sheet
	Dx []dxRow
	Px []pxRow
}

type dxRow struct {
	answersheet.DxLine
	Index  int
	Letter string
	Title  string
	Error  string
	Ask    grading.Ask
	POAs   []string
}

type pxRow struct {
	answersheet.PxLine
	Index      int
	Title      string
	Error      string
	Ask        grading.Ask
	PCS        bool
	Anesthesia bool // time in minutes stands in place of units
	CodeOnly   bool // code and modifiers are asked, and nothing else
}

// What the lists of the sheet offer.
var (
	poaIndicators = []string{"Y", "N", "U", "W", "exempt"}
	dispositions  = []string{"01", "02", "03", "04", "05", "06", "07", "20", "21", "30", "50", "51", "61", "62", "63", "65", "66", "70"}
)

func (sheetFields) Dispositions() []string { return dispositions }

// BlankDx and BlankPx are the lines that the script copies.
func (p sheetFields) BlankDx() dxRow {
	return dxRow{Index: 0, Letter: "A", Ask: p.Case.Ask, POAs: poaIndicators}
}

func (p sheetFields) BlankPx() pxRow {
	return pxRow{Index: 0, Ask: p.Case.Ask, PCS: p.Case.PCS, Anesthesia: p.Case.Setting == "anesthesia"}
}

type sheetError struct {
	Field, Text string // Field is the id of the input to go to, "" when there is none
}

func (s *Server) caseView(cs *quizzes.Case) caseView {
	p := cs.Public()
	v := caseView{
		ID: p.ID, Title: p.Title, Setting: p.Setting, SettingTitle: settingTitle(p.Setting), Bills: s.words.get("cases.bills_" + string(p.Bills)),
		Payer: s.words.get("cases.payer_" + p.Payer), Difficulty: p.Difficulty, Ask: p.Ask, Reasons: p.Reasons, Wordings: p.Wordings, Criteria: p.Criteria, On: cs.LastDate().String(),
		PCS: cs.Key.InpatientFacility(), Principal: cs.Key.InpatientFacility(),
	}
	v.Dates = cs.LastDate().Time().Format("2 Jan 2006")
	if !p.Admitted.IsZero() {
		v.Dates = s.words.get("cases.stay", p.Admitted.Time().Format("2 Jan 2006"), p.Discharged.Time().Format("2 Jan 2006"))
	}
	sex := s.words.get("cases.sex_" + p.Patient.Sex)
	v.Patient = s.words.get("cases.patient", p.Patient.Age, s.words.get("cases.age_"+p.Patient.AgeUnit), sex)
	return v
}

// bench is how the workbench stands: the sheet as typed, and the draft behind it.
type bench struct {
	sheet   answersheet.Sheet
	rev     int64
	saved   string
	key     string
	started int64
	errors  []sheetError
	stale   bool
	kept    bool
}

// workbench shows the chart and the answer sheet, with the draft where there is one.
func (s *Server) workbench(c *fiber.Ctx) error {
	cs, err := s.bank().Case(c.Params("id"))
	if err != nil {
		return err
	}
	b := bench{key: uuid.NewString(), started: s.now().UnixMilli()}
	d, err := s.progress.Draft(c.UserContext(), actor(c), cs.ID)
	switch {
	case err == nil:
		if b.sheet, err = answersheet.Decode(d.Body); err != nil {
			s.log.Warn("draft cannot be read", "id", requestID(c), "err", err.Error())
		}
		b.rev, b.saved = d.Rev, d.UpdatedAt.In(viewer(c).Learner.Location()).Format("2 Jan, 15:04")
	case !errors.Is(err, progress.ErrNotFound):
		return err
	}
	if from := c.Query("from"); from != "" {
		if b.kept = b.rev != 0; b.kept {
			return s.showWorkbench(c, fiber.StatusOK, cs, b)
		}
		g, err := s.progress.Attempt(c.UserContext(), actor(c), progress.AttemptID(from))
		if err != nil {
			return err
		}
		var a grading.Answer
		if err := json.Unmarshal(g.Attempt.Answer, &a); err == nil && g.Attempt.Item == cs.ID {
			b.sheet = answersheet.Of(a)
		}
	}
	return s.showWorkbench(c, fiber.StatusOK, cs, b)
}

func (s *Server) showWorkbench(c *fiber.Ctx, status int, cs *quizzes.Case, b bench) error {
	page := workbenchPage{
		basePage: s.base(c, cs.Title, "cases"), sheetFields: sheetFields{Case: s.caseView(cs)}, Chart: cs.Chart.HTML, ClientKey: b.key, Started: b.started, Rev: b.rev, Saved: b.saved,
		Errors: b.errors, Stale: b.stale, Kept: b.kept, Analysis: s.analysisLink(c, progress.KindCase, cs.ID),
	}
	page.Path = "/cases/" + cs.ID
	page.Sheet = s.sheetView(cs, b.sheet, b.errors)
	tries, total, err := s.progress.Attempts(c.UserContext(), actor(c), progress.AttemptFilter{
		Learner: actor(c).Learner, Kind: progress.KindCase, Item: cs.ID, Limit: 1,
	})
	if err != nil {
		return err
	}
	page.Tries = total
	if len(tries) > 0 {
		page.LastTry = string(tries[0].Attempt.ID)
	}
	return s.render(c, status, "workbench", page)
}

// sheetView lays the sheet out with titles, letters and messages, and blank lines to type into.
func (s *Server) sheetView(cs *quizzes.Case, sh answersheet.Sheet, errs []sheetError) sheetView {
	v := sheetView{Sheet: sh}
	message := map[string]string{}
	for _, e := range errs {
		if _, ok := message[e.Field]; !ok {
			message[e.Field] = e.Text
		}
	}
	at := func(kind string, i int) string {
		for _, f := range []string{"code", "poa", "mods", "units", "minutes", "ptr", "ev"} {
			if m := message[kind+"-"+strconv.Itoa(i)+"-"+f]; m != "" {
				return m
			}
		}
		return ""
	}
	for len(sh.Dx) < 3 {
		sh.Dx = append(sh.Dx, answersheet.DxLine{})
	}
	for len(sh.Px) < 1 {
		sh.Px = append(sh.Px, answersheet.PxLine{})
	}
	for i, l := range sh.Dx {
		v.Dx = append(v.Dx, dxRow{DxLine: l, Index: i, Letter: answersheet.Letter(i), Title: s.titleOf(codebook.ICD10CM, l.Code, cs.LastDate()), Error: at("dx", i), Ask: cs.Ask, POAs: poaIndicators})
	}
	for i, l := range sh.Px {
		row := pxRow{PxLine: l, Index: i, Error: at("px", i), Ask: cs.Ask, PCS: cs.Key.InpatientFacility(), Anesthesia: cs.Setting == "anesthesia"}
		if sys, _, err := codebook.ProcedureSystem(l.Code); err == nil {
			row.Title = s.titleOf(sys, l.Code, cs.LastDate())
		}
		v.Px = append(v.Px, row)
	}
	return v
}

// titleOf is the title of a typed code, "" when it is none that the book knows.
func (s *Server) titleOf(sys codebook.System, typed string, on codebook.Date) string {
	code, err := codebook.ParseCode(sys, typed)
	if err != nil {
		return ""
	}
	e, err := s.book().Lookup(sys, code, on)
	if err != nil {
		return ""
	}
	return e.Title
}

// submitCase takes the form of the workbench: a button that edits the sheet saves it as the draft and shows it again; handing in grades
// it. An answer with a part that has no form comes back with messages, and costs nothing.
func (s *Server) submitCase(c *fiber.Ctx) error {
	cs, err := s.bank().Case(c.Params("id"))
	if err != nil {
		return err
	}
	b := bench{sheet: readSheet(c), key: c.FormValue("client_key")}
	b.rev, _ = strconv.ParseInt(c.FormValue("rev"), 10, 64)
	b.started, _ = strconv.ParseInt(c.FormValue("started"), 10, 64)
	if do := c.FormValue("do"); do != "" && do != "submit" {
		anchor := ""
		if b.sheet.Act(do) {
			anchor = "#sheet"
		}
		switch b.rev, err = s.keepDraft(c, cs.ID, b.sheet, b.rev); {
		case errors.Is(err, progress.ErrStaleDraft): // what was typed here stays on the page; saving it again is a decision
			b.stale = true
			return s.showWorkbench(c, fiber.StatusConflict, cs, b)
		case err != nil:
			return err
		}
		return seeOther(c, "/cases/"+cs.ID+anchor)
	}
	if b.sheet.Empty() {
		b.errors = []sheetError{{Field: "dx-0-code", Text: s.words.get("sheet.empty")}}
		return s.showWorkbench(c, fiber.StatusUnprocessableEntity, cs, b)
	}
	ans, lines, bad := b.sheet.Answer(cs.Ask)
	var graded progress.Graded
	if bad == nil {
		graded, err = s.progress.SubmitCase(c.UserContext(), actor(c), progress.CaseSubmission{
			ClientKey: b.key, Case: cs.ID, Answer: ans, StartedAt: startedAt(c, s.now()),
		})
		if err != nil && !errors.As(err, &bad) {
			return s.orInExam(c, cs.ID, err)
		}
	}
	if bad != nil {
		b.errors = sheetErrors(bad, lines)
		switch rev, err := s.keepDraft(c, cs.ID, b.sheet, b.rev); {
		case err == nil:
			b.rev = rev
		case errors.Is(err, progress.ErrStaleDraft):
			b.rev, b.stale = rev, true
		default: // the sheet stands on the page all the same
			s.log.Warn("draft not kept", "id", requestID(c), "err", err.Error())
		}
		return s.showWorkbench(c, fiber.StatusUnprocessableEntity, cs, b)
	}
	return seeOther(c, "/cases/"+cs.ID+"/attempts/"+string(graded.Attempt.ID))
}

// keepDraft saves the sheet as the draft and gives its revision; with progress.ErrStaleDraft, that of the draft which is there.
func (s *Server) keepDraft(c *fiber.Ctx, id string, sh answersheet.Sheet, rev int64) (int64, error) {
	body, err := json.Marshal(sh)
	if err != nil {
		return rev, err
	}
	return s.progress.SaveDraft(c.UserContext(), actor(c), progress.Draft{Item: id, Body: body, Rev: rev})
}

// sheetErrors says of each format error which field of the sheet it belongs to.
func sheetErrors(bad grading.FormatErrors, m answersheet.Lines) []sheetError {
	var out []sheetError
	for _, e := range bad {
		out = append(out, sheetError{Field: fieldOf(e.Part, m), Text: e.Reason})
	}
	return out
}

var fieldNames = map[string]string{
	"code": "code", "poa": "poa", "modifiers": "mods", "units": "units", "minutes": "minutes", "points_to": "ptr", "evidence": "ev",
}

// fieldOf turns "procedures[1].units" into the id of an input, "px-3-units", where line 1 of the answer is line 3 of the sheet.
func fieldOf(part string, m answersheet.Lines) string {
	list, rest, ok := strings.Cut(part, "[")
	if !ok {
		return strings.ReplaceAll(part, ".", "-")
	}
	num, field, _ := strings.Cut(rest, "]")
	i, err := strconv.Atoi(num)
	if err != nil {
		return ""
	}
	field, _, _ = strings.Cut(strings.TrimPrefix(field, "."), "[")
	name, ok := fieldNames[field]
	if !ok {
		name = "code"
	}
	kind, rows := "dx", m.Dx
	if list == "procedures" {
		kind, rows = "px", m.Px
	}
	if i < 0 || i >= len(rows) {
		return ""
	}
	return kind + "-" + strconv.Itoa(rows[i]) + "-" + name
}

type draftBody struct {
	Rev   int64           `json:"rev"`
	Sheet json.RawMessage `json:"sheet"`
}

type draftReply struct {
	Rev   int64  `json:"rev"`
	Saved string `json:"saved"`
}

// staleReply carries the revision that is there, so that the page can save over it when the person decides so.
type staleReply struct {
	errorBody
	Rev int64 `json:"rev"`
}

// saveDraft keeps the sheet as one works.
func (s *Server) saveDraft(c *fiber.Ctx) error {
	cs, err := s.bank().Case(c.Params("id"))
	if err != nil {
		return err
	}
	var body draftBody
	if err := json.Unmarshal(c.Body(), &body); err != nil {
		return fiber.NewError(fiber.StatusBadRequest, "draft: "+err.Error())
	}
	sh, err := answersheet.Decode(body.Sheet)
	if err != nil {
		return fiber.NewError(fiber.StatusBadRequest, "draft: "+err.Error())
	}
	rev, err := s.keepDraft(c, cs.ID, sh, body.Rev)
	if errors.Is(err, progress.ErrStaleDraft) {
		return c.Status(fiber.StatusConflict).JSON(staleReply{errorBody{s.words.get("error.staledraft_text"), requestID(c)}, rev})
	}
	if err != nil {
		return err
	}
	return c.JSON(draftReply{Rev: rev, Saved: s.now().In(viewer(c).Learner.Location()).Format(time.TimeOnly)})
}
