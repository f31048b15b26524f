package server

import (
	"html/template"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"crosswalk/progress"
	"crosswalk/progress/itemstats"
	"crosswalk/quizzes"
)

type analysisItemPage struct {
	teachBase
	ID, Name, Area string
	Chart          bool
	Earlier        bool
	Item           string // where it is answered
	In             string // name of the exam, "" over all time
	InPath         string // the list that it is in
	Alone          string // this page over all time, where In is set
	Filter         analysisForm
	Sum            analysisSum
	N              int
	Needed         int // answers for most figures
	Flags          []analysisFlag
	Facts          []analysisFact
	Options        []analysisOption
	Groups         bool // the table of options has groups of ability
	Plot           *plot
	Drift          *plot
	Lines          *analysisLines
}

// analysisFact is a figure with what it means.
type analysisFact struct{ Name, Value, Hint string }

// analysisOption is a row of the table of options.
type analysisOption struct {
	Label                string
	HTML                 template.HTML
	Right, Left          bool
	N                    int
	Share                string
	Lower, Middle, Upper string
	Mean, R              string
}

// analysisLines is a chart by the lines of its key.
type analysisLines struct {
	N, Clean int
	Rows     []analysisLine
	Traps    []progress.ChartCode
	Extras   []progress.ChartCode
	Plot     *plot
}

type analysisLine struct {
	Line                  string
	N, Right, Near, Wrong int
	Missed                int
	Share                 string // of those who had it right
	Instead               []progress.ChartCode
	Parts                 []string // components that lost points, with counts
}

// analysisItem is the analysis of one item: over all time, or in an exam.
func (s *Server) analysisItem(c *fiber.Ctx) error {
	id := c.Params("id")
	f, form, err := s.analysisFilter(c, analysisItemPath(id))
	if err != nil {
		return err
	}
	form.WithAll = form.Exam != ""
	kind := progress.ItemKind("")
	if form.Kind == "case" {
		kind = progress.KindCase
	}
	if form.Error != "" {
		f = progress.AnalysisFilter{}
	}
	it, err := s.progress.AnalyseItem(c.UserContext(), actor(c), kind, id, form.Exam, f)
	if err != nil {
		return err
	}
	page := analysisItemPage{
		teachBase: s.teachBase(c, s.words.get("analysis.of", it.Title), "analysis"), ID: it.Item, Name: it.Title, Area: quizzes.AreaTitle(it.Area), Chart: it.Kind == progress.KindCase,
		Earlier: it.Earlier, Item: "/practice/questions/" + it.Item, Filter: form, Sum: s.analysisSum(it.In), N: it.N, Needed: itemstats.Standard.Item, Flags: s.analysisFlags(it.Stats),
	}
	if page.Chart {
		page.Item = "/cases/" + it.Item
	}
	back := form.query(c)
	page.InPath = withQuery(analysisHome, back)
	if form.Exam != "" {
		page.In, page.InPath, page.Alone = it.In.Name, withQuery(analysisExamPath(form.Exam), back), analysisItemPath(id)
		if page.Chart {
			page.Alone += "?kind=case"
		}
	}
	if form.Error != "" {
		return s.render(c, fiber.StatusUnprocessableEntity, "analysisitem", page)
	}
	if it.N > 0 {
		page.Facts = s.itemFacts(it.Stats, page.Chart)
		page.Options, page.Groups = s.analysisOptions(it)
		page.Plot, page.Drift = optionsPlot(s.words, it.Stats), driftPlot(s.words, it.Drift)
	}
	if it.Lines != nil && it.Lines.N > 0 {
		page.Lines = s.analysisLines(*it.Lines)
	}
	return s.render(c, fiber.StatusOK, "analysisitem", page)
}

// itemFacts are the figures of an item.
func (s *Server) itemFacts(st itemstats.Stats, chart bool) []analysisFact {
	w := s.words
	var out []analysisFact
	add := func(name, value, hint string) { out = append(out, analysisFact{name, value, hint}) }
	right := w.get("analysis.right")
	if chart {
		right = w.get("analysis.mean_score")
	}
	if f := st.Facility; f != nil {
		add(right, wholePercent(f.Value), w.get("analysis.range", wholePercent(f.Low), wholePercent(f.High)))
	} else {
		add(right, "–", w.get("analysis.needs", itemstats.Standard.Facility))
	}
	needs := w.get("analysis.needs_rest", itemstats.Standard.Item, itemstats.Standard.Rest)
	if r := st.PointBiserial; r != nil {
		add(w.get("analysis.biserial"), signed(r.Value), w.get("analysis.range", signed(r.Low), signed(r.High)))
	} else {
		add(w.get("analysis.biserial"), "–", needs)
	}
	if d := st.Discrimination; d != nil {
		add(w.get("analysis.index"), signed(d.Index), w.get("analysis.groups", wholePercent(d.Upper), wholePercent(d.Lower)))
	} else {
		add(w.get("analysis.index"), "–", needs)
	}
	if e := st.Efficiency; e != nil {
		add(w.get("analysis.efficiency"), signedPercent(*e), w.get("analysis.efficiency_hint"))
	} else {
		add(w.get("analysis.efficiency"), "–", needs)
	}
	if r := st.Rasch; r == nil {
		add(w.get("analysis.difficulty"), "–", w.get("analysis.needs_model", itemstats.Standard.Rasch))
	} else {
		add(w.get("analysis.difficulty"), w.get("analysis.logits", signed(r.Difficulty)), w.get("analysis.difficulty_hint", signed(r.SE)))
		if r.Infit != nil {
			add(w.get("analysis.fit"), signed(*r.Infit)+" / "+signed(*r.Outfit), w.get("analysis.fit_hint", signed(*r.InfitZ), signed(*r.OutfitZ)))
		} else {
			add(w.get("analysis.fit"), "–", w.get("analysis.fit_partial"))
		}
	}
	if t := st.Time; t != nil {
		hint := w.get("analysis.time_hint", clockText(int(t.Q1+.5)), clockText(int(t.Q3+.5)))
		if t.Pace > 0 {
			hint += " " + w.get("analysis.time_pace", clockText(t.Pace))
		}
		add(w.get("analysis.time"), clockText(int(t.Median+.5)), hint)
	} else {
		add(w.get("analysis.time"), "–", w.get("analysis.needs_time", itemstats.Standard.Times))
	}
	if d := st.Drift; d != nil {
		add(w.get("analysis.drift"), signed(100*d.Change)+" "+w.get("analysis.points"), w.get("analysis.drift_hint", wholePercent(d.Early), wholePercent(d.Late), signed(d.Adjusted)))
	} else {
		add(w.get("analysis.drift"), "–", w.get("analysis.needs_drift", 2*itemstats.Standard.Drift, itemstats.Standard.Rasch))
	}
	if st.AlphaWithout != nil {
		add(w.get("analysis.without"), signed(*st.AlphaWithout), w.get("analysis.without_hint"))
	}
	return out
}

func (s *Server) analysisOptions(it progress.ItemAnalysis) (rows []analysisOption, groups bool) {
	var q *quizzes.Question
	if it.Kind == progress.KindQuestion && !it.Earlier {
		q, _ = s.bank().Question(it.Item)
	}
	share := func(v *float64) string {
		if v == nil {
			return "–"
		}
		groups = true
		return wholePercent(*v)
	}
	for _, o := range it.Options {
		row := analysisOption{Label: o.Label, Right: o.Right, Left: o.Left(), N: o.N, Share: wholePercent(o.Share), Lower: share(o.Lower), Middle: share(o.Middle), Upper: share(o.Upper), Mean: share(o.Mean), R: figure(o.PointBiserial)}
		switch {
		case row.Left:
			row.Label = s.words.get("analysis.left")
		case o.Others > 0:
			row.Label = s.words.get("analysis.others", o.Others)
		case q != nil && !o.Typed:
			if i := slices.IndexFunc(it.Stats.Item.Labels, func(l string) bool { return l == o.Label }); i >= 0 && i < len(q.Options) {
				row.HTML = q.Options[i].HTML
			}
		}
		rows = append(rows, row)
	}
	return rows, groups
}

func (s *Server) analysisLines(in progress.ChartLines) *analysisLines {
	out := &analysisLines{N: in.N, Clean: in.Clean, Traps: in.Traps, Extras: in.Extras[:min(len(in.Extras), analysisRows)]}
	for _, l := range append(slices.Clone(in.Lines), in.Others...) {
		if l.N == 0 {
			continue
		}
		row := analysisLine{Line: l.Line, N: l.N, Right: l.Right, Near: l.Near, Wrong: l.Wrong, Missed: l.Missed, Instead: l.Instead, Share: wholePercent(float64(l.Right) / float64(l.N))}
		for _, part := range []string{"position", "modifiers", "units", "pointers", "poa", "evidence"} {
			if n := l.Parts[part]; n > 0 {
				row.Parts = append(row.Parts, s.words.get("analysis.part_"+part)+" "+strconv.Itoa(n))
			}
		}
		out.Rows = append(out.Rows, row)
	}
	out.Plot = linesPlot(s.words, out.Rows)
	return out
}
