package server

import (
	"cmp"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"crosswalk/progress"
	"crosswalk/progress/itemstats"
	"crosswalk/quizzes"
)

// analysisRows is how many items a page of a list has.
const analysisRows = 50

const analysisHome = "/teach/analysis"

func analysisExamPath(id string) string { return analysisHome + "/exams/" + id }
func analysisItemPath(id string) string { return analysisHome + "/items/" + id }

// analysisLink is the page of an item's figures for those who may see it, else "".
func (s *Server) analysisLink(c *fiber.Ctx, kind progress.ItemKind, id string) string {
	switch {
	case !actor(c).MayAnalyse():
		return ""
	case kind == progress.KindCase:
		return analysisItemPath(id) + "?kind=case"
	}
	return analysisItemPath(id)
}

// analysisForm is the filter as it was typed.
type analysisForm struct {
	Action  string
	Areas   []choice // of the home page; none elsewhere
	Cohorts []choice
	Exam    string // of an item's page: in this exam
	Kind    string
	From    string
	To      string
	All     bool
	WithAll bool
	Error   string
	Set     bool // something narrows
}

// analysisFilter reads the filter off the address. An error is a sentence for who typed it.
func (s *Server) analysisFilter(c *fiber.Ctx, action string) (progress.AnalysisFilter, analysisForm, error) {
	form := analysisForm{Action: action, Exam: c.Query("exam"), Kind: c.Query("kind"), From: c.Query("from"), To: c.Query("to"), All: c.Query("all") == "1"}
	f := progress.AnalysisFilter{Cohort: progress.CohortID(c.Query("cohort")), All: form.All}
	zone := viewer(c).Learner.Location()
	day := func(typed string, add int) *time.Time {
		if typed == "" {
			return nil
		}
		t, err := time.ParseInLocation(time.DateOnly, typed, zone)
		if err != nil {
			form.Error = s.words.get("analysis.bad_date")
			return nil
		}
		t = t.AddDate(0, 0, add)
		return &t
	}
	f.From, f.To = day(form.From, 0), day(form.To, 1) // the last day whole
	if f.From != nil && f.To != nil && !f.To.After(*f.From) {
		form.Error = s.words.get("analysis.bad_range")
	}
	form.Set = f.Cohort != "" || form.From != "" || form.To != "" || form.All
	cohorts, err := s.progress.Cohorts(c.UserContext(), actor(c))
	if err != nil {
		return f, form, err
	}
	for _, co := range cohorts {
		form.Cohorts = append(form.Cohorts, choice{string(co.ID), co.Name, co.ID == f.Cohort})
	}
	return f, form, nil
}

// query is the filter as an address has it, without exam and page.
func (f analysisForm) query(c *fiber.Ctx, keep ...string) url.Values {
	q := url.Values{}
	for _, k := range append([]string{"cohort", "from", "to", "all"}, keep...) {
		if v := c.Query(k); v != "" {
			q.Set(k, v)
		}
	}
	return q
}

func withQuery(path string, q url.Values) string {
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

type analysisPage struct {
	teachBase
	Filter  analysisForm
	Area    string // title of the chosen one
	Exams   []analysisExamRow
	Sum     analysisSum
	AreaSum []analysisArea
	Items   []analysisRow
	Total   int
	Prev    string
	Next    string
}

type analysisExamRow struct {
	Path, Name, ID string
	Composed       bool
	Sittings       int
	Sealed         int
}

// analysisSum is what an analysis rests on.
type analysisSum struct {
	Persons, Answers string
	Exam             bool
	Left             []string // what was left out, in words
	Flagged          int      // items that are to be checked
}

// analysisArea is an area in the analysis of all.
type analysisArea struct {
	Path, Title string
	Items       int
	Check       int
	Right       string // mean share right of its items
}

// analysisRow is an item in a list.
type analysisRow struct {
	Path, ID, Title  string
	Area             string
	Chart            bool
	Trial, Earlier   bool
	N                string
	Right, Range     string
	Index, R         string
	Efficiency       string
	Infit, Outfit    string
	Median           string
	Without          string
	Flags            []analysisFlag
	Worst            itemstats.Level
	facility, serial *float64
}

type analysisFlag struct {
	Kind itemstats.FlagKind
	Tone string // bad, warn or note
	Name string
	Text string
}

// analysis lists the exams that were sat, the areas, and the items with the worst flags first.
func (s *Server) analysis(c *fiber.Ctx) error {
	ctx, a := c.UserContext(), actor(c)
	f, form, err := s.analysisFilter(c, analysisHome)
	if err != nil {
		return err
	}
	area := c.Query("area")
	page := analysisPage{teachBase: s.teachBase(c, s.words.get("analysis.title"), "analysis")}
	for _, ar := range quizzes.Areas {
		form.Areas = append(form.Areas, choice{ar.ID, ar.Title, ar.ID == area})
	}
	form.Set = form.Set || area != ""
	page.Filter = form
	exams, err := s.progress.AnalysedExams(ctx, a)
	if err != nil {
		return err
	}
	for _, e := range exams {
		page.Exams = append(page.Exams, analysisExamRow{withQuery(analysisExamPath(e.Exam), form.query(c)), e.Name, e.Exam, e.Composed, e.Sittings, e.Sealed})
	}
	if form.Error != "" {
		return s.render(c, fiber.StatusUnprocessableEntity, "analysis", page)
	}
	an, err := s.progress.AnalyseArea(ctx, a, area, f)
	if err != nil {
		return err
	}
	page.Area = an.Name
	page.Sum = s.analysisSum(an)
	if area == "" {
		page.AreaSum = s.analysisAreas(c, an, form)
	}
	page.Total = len(an.Items)
	at := min(max(0, c.QueryInt("page", 1)-1), max(0, len(an.Items)-1)/analysisRows)
	for _, it := range an.Items[at*analysisRows : min(len(an.Items), (at+1)*analysisRows)] {
		page.Items = append(page.Items, s.analysisRow(it, form.query(c)))
	}
	turn := func(to int) string {
		q := form.query(c, "area")
		q.Set("page", strconv.Itoa(to+1))
		return withQuery(analysisHome, q) + "#items"
	}
	if at > 0 {
		page.Prev = turn(at - 1)
	}
	if (at+1)*analysisRows < len(an.Items) {
		page.Next = turn(at + 1)
	}
	return s.render(c, fiber.StatusOK, "analysis", page)
}

func (s *Server) analysisSum(an progress.Analysis) analysisSum {
	w := s.words
	out := analysisSum{Persons: formatCount(an.Persons), Answers: formatCount(an.Answers), Exam: an.Exam != ""}
	for _, it := range an.Items {
		if l, _ := it.Worst(); l == itemstats.Check {
			out.Flagged++
		}
	}
	say := func(n int, one, many string) {
		switch {
		case n == 1:
			out.Left = append(out.Left, w.get(one))
		case n > 1:
			out.Left = append(out.Left, w.get(many, formatCount(n)))
		}
	}
	if an.Exam != "" {
		say(an.LeftOut.Sealed, "analysis.sealed_one", "analysis.sealed_many")
		say(an.LeftOut.Repeats, "analysis.repeats_exam_one", "analysis.repeats_exam_many")
	} else {
		say(an.LeftOut.Repeats, "analysis.repeats_one", "analysis.repeats_many")
		say(an.LeftOut.Older, "analysis.older_one", "analysis.older_many")
	}
	if an.LeftOut.Partial {
		out.Left = append(out.Left, w.get("analysis.partial", formatCount(progress.MaxAnalysed)))
	}
	return out
}

// analysisAreas sums items up by area, in the order of the blueprints.
func (s *Server) analysisAreas(c *fiber.Ctx, an progress.Analysis, form analysisForm) []analysisArea {
	rows := map[string]*analysisArea{}
	shares := map[string][]float64{}
	for _, it := range an.Items {
		r := rows[it.Area]
		if r == nil {
			q := form.query(c)
			q.Set("area", it.Area)
			r = &analysisArea{Path: withQuery(analysisHome, q) + "#items", Title: quizzes.AreaTitle(it.Area)}
			rows[it.Area] = r
		}
		r.Items++
		if l, _ := it.Worst(); l == itemstats.Check {
			r.Check++
		}
		if it.Facility != nil {
			shares[it.Area] = append(shares[it.Area], it.Facility.Value)
		}
	}
	var out []analysisArea
	for _, ar := range quizzes.Areas {
		if r := rows[ar.ID]; r != nil {
			r.Right = "–"
			if xs := shares[ar.ID]; len(xs) > 0 {
				sum := 0.0
				for _, x := range xs {
					sum += x
				}
				r.Right = wholePercent(sum / float64(len(xs)))
			}
			out = append(out, *r)
		}
	}
	return out
}

// figure prints a figure, a dash where too few answers carry it.
func figure(v *float64) string {
	if v == nil {
		return "–"
	}
	return signed(*v)
}

// signedPercent prints whole per cent with a true minus sign.
func signedPercent(v float64) string {
	if v < 0 {
		return "−" + wholePercent(-v)
	}
	return wholePercent(v)
}

// signed prints two decimals with a true minus sign.
func signed(v float64) string {
	text := fmt.Sprintf("%.2f", v)
	if text[0] == '-' {
		if text == "-0.00" {
			return "0.00"
		}
		return "−" + text[1:]
	}
	return text
}

func (s *Server) analysisRow(it progress.AnalysedItem, q url.Values) analysisRow {
	if it.Kind == progress.KindCase {
		q.Set("kind", "case")
	}
	row := analysisRow{
		Path: withQuery(analysisItemPath(it.Item), q), ID: it.Item, Title: it.Title, Area: quizzes.AreaTitle(it.Area), Chart: it.Kind == progress.KindCase, Trial: it.Trial, Earlier: it.Earlier,
		N: formatCount(it.N), Right: "–", Index: "–", R: "–", Efficiency: "–", Infit: "–", Outfit: "–", Median: "–", Without: figure(it.AlphaWithout),
	}
	for _, f := range s.analysisFlags(it.Stats) {
		if f.Kind != itemstats.FlagFew { // in a list the dashes say so
			row.Flags = append(row.Flags, f)
		}
	}
	if it.Title == it.Item {
		row.Title = ""
	}
	if f := it.Facility; f != nil {
		row.Right, row.Range = wholePercent(f.Value), s.words.get("analysis.from_to", wholePercent(f.Low), wholePercent(f.High))
		row.facility = &f.Value
	}
	if d := it.Discrimination; d != nil {
		row.Index = signed(d.Index)
	}
	if r := it.PointBiserial; r != nil {
		row.R, row.serial = signed(r.Value), &r.Value
	}
	if e := it.Efficiency; e != nil {
		row.Efficiency = signedPercent(*e)
	}
	if r := it.Rasch; r != nil {
		row.Infit, row.Outfit = figure(r.Infit), figure(r.Outfit)
	}
	if t := it.Time; t != nil {
		row.Median = clockText(int(t.Median + .5))
	}
	row.Worst, _ = it.Worst()
	return row
}

func (s *Server) analysisFlags(st itemstats.Stats) []analysisFlag {
	tones := map[itemstats.Level]string{itemstats.Check: "bad", itemstats.Look: "warn", itemstats.Note: "note"}
	var out []analysisFlag
	for _, f := range st.Flags {
		out = append(out, analysisFlag{f.Kind, tones[f.Level], s.words.get("analysis.flag_" + string(f.Kind)), f.Text})
	}
	return out
}

type analysisExamPage struct {
	teachBase
	Exam   string
	Name   string
	Staff  string // the exam's own page for staff
	Filter analysisForm
	Sum    analysisSum
	Facts  []examFact
	Note   string // what the reliability is
	Scores *plot
	Field  *plot
	Items  []analysisRow
	Same   bool // all had the same items
}

// analysisExam is the analysis of an exam.
func (s *Server) analysisExam(c *fiber.Ctx) error {
	id := c.Params("id")
	f, form, err := s.analysisFilter(c, analysisExamPath(id))
	if err != nil {
		return err
	}
	form.WithAll = true
	page := analysisExamPage{Exam: id, Filter: form, Staff: examStaffPath(id)}
	if form.Error != "" {
		f = progress.AnalysisFilter{}
	}
	an, err := s.progress.AnalyseExam(c.UserContext(), actor(c), id, f)
	if err != nil {
		return err
	}
	page.teachBase, page.Name, page.Sum, page.Same = s.teachBase(c, s.words.get("analysis.of", an.Name), "analysis"), an.Name, s.analysisSum(an), an.Form.SameItems
	if form.Error != "" {
		return s.render(c, fiber.StatusUnprocessableEntity, "analysisexam", page)
	}
	page.Facts, page.Note = s.formFacts(an)
	for _, it := range an.Items {
		q := form.query(c)
		q.Set("exam", id)
		page.Items = append(page.Items, s.analysisRow(it, q))
	}
	page.Scores, page.Field = scoresPlot(s.words, *an.Form), fieldPlot(s.words, page.Items)
	return s.render(c, fiber.StatusOK, "analysisexam", page)
}

// formFacts are the figures of the whole form, and a sentence on what its reliability is.
func (s *Server) formFacts(an progress.Analysis) ([]examFact, string) {
	w, f := s.words, *an.Form
	share := func(v *float64) string {
		if v == nil {
			return "–"
		}
		return formatTenths(int(1000**v + .5))
	}
	items := strconv.FormatFloat(math.Round(10*f.Items)/10, 'f', -1, 64)
	name := w.get("analysis.reliability")
	note := w.get("analysis.no_reliability", itemstats.Standard.Form)
	if f.Formula != "" {
		name = string(f.Formula)
		note = w.get("analysis.note_" + map[itemstats.Reliability]string{itemstats.KR20: "alpha", itemstats.Alpha: "alpha", itemstats.Drawn: "drawn"}[f.Formula])
	}
	facts := []examFact{
		{w.get("analysis.sittings"), formatCount(an.Persons)}, {w.get("analysis.items_on_form"), items}, {w.get("analysis.mean"), share(f.Mean)}, {w.get("analysis.sd"), share(f.SD)},
		{cmp.Or(name, w.get("analysis.reliability")), figure(f.Reliability)}, {w.get("analysis.sem"), share(f.SEM)},
	}
	if m := an.Model; m != nil {
		facts = append(facts, examFact{w.get("analysis.ability_sd"), signed(m.SD)}, examFact{w.get("analysis.model_reliability"), signed(m.Reliability)})
	}
	return slices.DeleteFunc(facts, func(x examFact) bool { return x.Value == "0" && x.Name == w.get("analysis.items_on_form") }), note
}
