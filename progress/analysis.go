package progress

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"crosswalk/progress/itemstats"
)

// MaxAnalysed is how many answers an analysis reads at most: the newest. It is some seconds of work.
const MaxAnalysed = 200_000

// AnalysisFilter says whose answers are analysed, and of when. Zero values do not narrow.
type AnalysisFilter struct {
	Cohort CohortID   // members of one of the actor's cohorts
	From   *time.Time // sittings handed in, or answers given, at this moment or later
	To     *time.Time // and before this one
	All    bool       // of an exam: every sitting of a learner, and not only the first
}

func (f AnalysisFilter) within(t time.Time) bool {
	return (f.From == nil || !t.Before(*f.From)) && (f.To == nil || t.Before(*f.To))
}

// Analysis is what the answers of many say of an exam, or of the items of an area. It names no learner.
type Analysis struct {
	Exam    string         `json:"exam,omitempty"`
	Area    string         `json:"area,omitempty"`
	Name    string         `json:"name"`
	Filter  AnalysisFilter `json:"-"`
	Persons int            `json:"persons"` // learners, or sittings where every one of a learner's is taken
	Answers int            `json:"answers"`
	LeftOut LeftOut        `json:"left_out"`

	Form  *itemstats.Form  `json:"form"`  // of an exam, nil of an area
	Model *itemstats.Model `json:"model"` // nil with too few persons
	Items []AnalysedItem   `json:"items"` // by flags, the worst first

	cases map[string][]AnalysedAnswer // answers to charts that were taken in, by key of the item
}

// LeftOut counts what was not taken in.
type LeftOut struct {
	Sealed  int  `json:"sealed"`  // sittings handed in whose answers are not open yet, or never
	Repeats int  `json:"repeats"` // later answers to what was answered before, or later sittings of a learner
	Older   int  `json:"older"`   // answers to an earlier text of an item, or to one that is no longer there; of an area only
	Partial bool `json:"partial"` // there are more than MaxAnalysed answers, and the oldest were not read
}

// AnalysedItem is an item with its figures. Stats.ID tells items of one analysis apart: a chart's has "case:" before it, and that of an earlier
// text a piece of its hash behind it.
type AnalysedItem struct {
	itemstats.Stats
	Kind    ItemKind `json:"kind"`
	Item    string   `json:"item"`
	Title   string   `json:"title"`
	Area    string   `json:"area"`
	Earlier bool     `json:"earlier,omitempty"` // the text that was shown is not the one in force
	Trial   bool     `json:"trial,omitempty"`   // it counted for nobody
}

// AnalysedExam is an exam with how many of its sittings can be analysed.
type AnalysedExam struct {
	Exam     string `json:"exam"`
	Name     string `json:"name"`
	Composed bool   `json:"composed"`
	Sittings int    `json:"sittings"` // handed in, answers open
	Sealed   int    `json:"sealed"`   // handed in, answers not open
}

// MayAnalyse reports whether the actor may see how items fare: instructors and admins.
func (a Actor) MayAnalyse() bool { return a.teaches() }

// AnalysedExams lists the exams that the actor may see and somebody has handed in, those with most sittings first. ErrForbidden for learners
// and employers.
func (s *Service) AnalysedExams(ctx context.Context, a Actor) ([]AnalysedExam, error) {
	if !a.MayAnalyse() {
		return nil, fmt.Errorf("exams to analyse: %w", ErrForbidden)
	}
	known := map[string]*AnalysedExam{}
	for _, bp := range s.items().Blueprints() {
		known[bp.ID] = &AnalysedExam{Exam: bp.ID, Name: bp.Name}
	}
	composed, err := s.ComposedExams(ctx, a)
	if err != nil {
		return nil, err
	}
	for _, e := range composed {
		known[e.Exam] = &AnalysedExam{Exam: e.Exam, Name: e.Name, Composed: true}
	}
	xs, err := s.st.Sittings(ctx, a.org(), SittingFilter{})
	if err != nil {
		return nil, fmt.Errorf("exams to analyse: %w", err)
	}
	now := s.clock()
	for _, x := range xs {
		e := known[x.Exam]
		switch {
		case e == nil || x.GradedAt == nil:
		case x.ResultsOpen(now):
			e.Sittings++
		default:
			e.Sealed++
		}
	}
	var out []AnalysedExam
	for _, e := range known {
		if e.Sittings+e.Sealed > 0 {
			out = append(out, *e)
		}
	}
	slices.SortFunc(out, func(x, y AnalysedExam) int {
		return cmp.Or(cmp.Compare(y.Sittings, x.Sittings), cmp.Compare(x.Exam, y.Exam))
	})
	return out, nil
}

// AnalyseExam analyses the sittings of an exam whose answers are open, by the newest gradings. Of a learner the first sitting counts, unless the
// filter asks for all. Instructors see shipped exams and those that they composed, by all learners of the organisation or by a cohort of theirs; admins all. ErrForbidden
// for learners and employers; ErrNotFound: there is no such exam or cohort, or it is another's.
func (s *Service) AnalyseExam(ctx context.Context, a Actor, exam string, f AnalysisFilter) (Analysis, error) {
	fail := func(err error) (Analysis, error) {
		return Analysis{}, fmt.Errorf("analyse exam %s: %w", exam, err)
	}
	members, err := s.analysedMembers(ctx, a, f)
	if err != nil {
		return fail(err)
	}
	out := Analysis{Exam: exam, Filter: f}
	if bp, err := s.items().Blueprint(exam); err == nil {
		out.Name = bp.Name
	} else if e, err := s.Composed(ctx, a, exam); err == nil {
		out.Name = e.Name
	} else {
		return fail(err)
	}
	done, err := s.takeTurn(ctx)
	if err != nil {
		return fail(err)
	}
	defer done()
	sittings, err := s.analysedSittings(ctx, a, &out, members)
	if err != nil {
		return fail(err)
	}
	rows, err := s.analysedRows(ctx, a, &out, AnalysisQuery{Exam: exam, Cohort: f.Cohort})
	if err != nil {
		return fail(err)
	}
	b := newAnalysisInput(s.items())
	if err := b.sittings(ctx, s, a.org(), rows, sittings); err != nil {
		return fail(err)
	}
	if err := b.analyse(&out); err != nil {
		return fail(err)
	}
	return out, nil
}

// AnalyseArea analyses all questions and charts of an area ("" for all there are) as they stand now, over all time: of each learner the first answer, in
// practice or in an exam whose answers are open, by its newest grading. People are judged by all that they answered, in other areas too; so an item has
// the same figures in each list. There is no Form. A first answer to an earlier text is left out, and so are answers inside
// lessons, imported ones and those of staff. Who may see it, and errors, are as of AnalyseExam; ErrNotFound also for an unknown area.
func (s *Service) AnalyseArea(ctx context.Context, a Actor, area string, f AnalysisFilter) (Analysis, error) {
	fail := func(err error) (Analysis, error) {
		return Analysis{}, fmt.Errorf("analyse area %q: %w", area, err)
	}
	if _, err := s.analysedMembers(ctx, a, f); err != nil {
		return fail(err)
	}
	out := Analysis{Area: area, Filter: f}
	if area != "" {
		title, ok := s.items().AreaTitle(area)
		if !ok {
			return fail(ErrNotFound)
		}
		out.Name = title
	}
	done, err := s.takeTurn(ctx)
	if err != nil {
		return fail(err)
	}
	defer done()
	rows, err := s.analysedRows(ctx, a, &out, AnalysisQuery{Cohort: f.Cohort})
	if err != nil {
		return fail(err)
	}
	b := newAnalysisInput(s.items())
	b.firsts(rows, &out)
	if err := b.analyse(&out); err != nil {
		return fail(err)
	}
	b.only(&out)
	return out, nil
}

// ItemAnalysis is one item in the analysis of its exam, or of all that was answered.
type ItemAnalysis struct {
	AnalysedItem
	In    Analysis    `json:"-"`
	Lines *ChartLines `json:"lines,omitempty"` // of a chart
}

// AnalyseItem is AnalyseExam of one item, or for exam "" AnalyseArea of all there are: over all time. kind "" is a question, or else a case. An item that
// nobody in the filter has answered comes back with N 0; ErrNotFound also for one that is not in the bank.
func (s *Service) AnalyseItem(ctx context.Context, a Actor, kind ItemKind, item, exam string, f AnalysisFilter) (ItemAnalysis, error) {
	fail := func(err error) (ItemAnalysis, error) {
		return ItemAnalysis{}, fmt.Errorf("analyse item %s: %w", item, err)
	}
	if !a.MayAnalyse() {
		return fail(ErrForbidden)
	}
	it, err := s.item(cmp.Or(kind, KindQuestion), item)
	if kind == "" && errors.Is(err, ErrNotFound) {
		it, err = s.item(KindCase, item)
	}
	if err != nil {
		return fail(err)
	}
	var in Analysis
	if exam != "" {
		in, err = s.AnalyseExam(ctx, a, exam, f)
	} else {
		in, err = s.AnalyseArea(ctx, a, "", f)
	}
	if err != nil {
		return ItemAnalysis{}, err
	}
	key := analysisKey(it.Kind, it.ID)
	out := ItemAnalysis{In: in, AnalysedItem: AnalysedItem{Kind: it.Kind, Item: it.ID, Title: it.Title, Area: it.Areas[0]}}
	out.ID, out.Flags = key, []itemstats.Flag{}
	if i := slices.IndexFunc(in.Items, func(x AnalysedItem) bool { return x.ID == key }); i >= 0 {
		out.AnalysedItem = in.Items[i]
	}
	if it.Case != nil {
		lines := chartLines(it.Case, in.cases[key])
		out.Lines = &lines
	}
	return out, nil
}

// analysedMembers decides whether the actor may analyse, and gives the learners of the cohort in the filter, nil for everyone.
func (s *Service) analysedMembers(ctx context.Context, a Actor, f AnalysisFilter) (map[LearnerID]bool, error) {
	if !a.MayAnalyse() {
		return nil, ErrForbidden
	}
	if f.Cohort == "" {
		return nil, nil
	}
	ls, err := s.Members(ctx, a, f.Cohort)
	if err != nil {
		return nil, err
	}
	out := make(map[LearnerID]bool, len(ls))
	for _, l := range ls {
		out[l.ID] = true
	}
	return out, nil
}

// analysedSittings are those of the exam that are taken in, by id.
func (s *Service) analysedSittings(ctx context.Context, a Actor, out *Analysis, members map[LearnerID]bool) (map[SittingID]Sitting, error) {
	xs, err := s.st.Sittings(ctx, a.org(), SittingFilter{Exam: out.Exam})
	if err != nil {
		return nil, err
	}
	now := s.clock()
	kept, sat := map[SittingID]Sitting{}, map[LearnerID]bool{}
	for i := len(xs) - 1; i >= 0; i-- { // the oldest first
		x := xs[i]
		switch {
		case x.GradedAt == nil || members != nil && !members[x.Learner]:
		case !x.ResultsOpen(now):
			out.LeftOut.Sealed++
		case sat[x.Learner] && !out.Filter.All:
			out.LeftOut.Repeats++
		default:
			sat[x.Learner] = true
			if out.Filter.within(*x.HandedInAt) {
				kept[x.ID] = x
			}
		}
	}
	return kept, nil
}

func (s *Service) analysedRows(ctx context.Context, a Actor, out *Analysis, q AnalysisQuery) ([]AnalysedAnswer, error) {
	q.Limit = MaxAnalysed + 1
	rows, err := s.st.AnalysedAnswers(ctx, a.org(), q)
	if len(rows) > MaxAnalysed {
		rows, out.LeftOut.Partial = rows[:MaxAnalysed], true
	}
	slices.Reverse(rows) // the oldest first
	return rows, err
}
