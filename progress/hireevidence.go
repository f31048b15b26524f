package progress

import (
	"context"
	"errors"
	"fmt"
	"time"

	"crosswalk/progress/evidence"
	"crosswalk/progress/itemstats"
	"crosswalk/quizzes"
)

const (
	// EnoughSittings is how many candidates must have handed in before figures of reliability are told: for 30 candidates and 30 items the 95 % range of a
	// reliability of 0.80 is 0.68 to 0.89 (evidence.TestFeldtInterval), and with fewer candidates it says little.
	EnoughSittings = 30
	// mostEvidence is how many sittings are read at most, the newest.
	mostEvidence = 500
	// expectedForms is how many forms stand for all that could be drawn.
	expectedForms = 12
)

// EvidenceSheet is what a hiring test can show for itself. It holds nothing of the content of an item and names no candidate. Its JSON is stable;
// figures that cannot be told are null.
type EvidenceSheet struct {
	V           int               `json:"v"` // 1
	Assessment  AssessmentID      `json:"assessment"`
	Name        string            `json:"name"`
	State       AssessmentState   `json:"state"`
	Revision    int               `json:"revision"`
	MadeAt      time.Time         `json:"made_at"`
	OpenedAt    *time.Time        `json:"opened_at"`
	ContentHash string            `json:"content_hash"` // "" before opening
	CodeYear    int               `json:"code_year"`
	Edition     string            `json:"edition"`
	Job         string            `json:"job"` // title
	Rules       EvidenceRules     `json:"rules"`
	Coverage    evidence.Coverage `json:"coverage"`
	Items       EvidenceItems     `json:"items"`
	Reliability EvidenceScores    `json:"reliability"`
	Line        EvidenceLine      `json:"line"`
	Impact      EvidenceImpact    `json:"impact"`
}

// EvidenceRules are those by which the test is sat.
type EvidenceRules struct {
	Minutes    int  `json:"minutes"`
	Tries      int  `json:"tries"`
	RetryDays  int  `json:"retry_days"`
	Book       bool `json:"book"`
	FullLookup bool `json:"full_lookup"`
}

// EvidenceItems are facts of the items, as the content stands now.
type EvidenceItems struct {
	Questions     int      `json:"questions"` // of a form
	Charts        int      `json:"charts"`
	Points        int      `json:"points"`
	PoolQuestions int      `json:"pool_questions"` // that could come up
	PoolCharts    int      `json:"pool_charts"`
	LastReview    string   `json:"last_review"`   // newest day of review in the pool, YYYY-MM-DD, "" where none is stated
	OldestReview  string   `json:"oldest_review"` // the day by which all that state one were reviewed
	Reviewed      int      `json:"reviewed"`      // of the pool, those that state a day
	Cited         int      `json:"cited"`         // of the pool, those with a cited rule
	CitedShare    *float64 `json:"cited_share"`   // nil of an empty pool
}

// EvidenceScores are the reliability of scores and of decisions. Where fewer than EnoughSittings candidates have handed in, Form and Decisions are nil and
// Expected says what a model of candidates expects.
type EvidenceScores struct {
	Candidates int                 `json:"candidates"` // whose first graded sitting counts
	Needed     int                 `json:"needed"`
	Enough     bool                `json:"enough"`
	Partial    bool                `json:"partial"` // there are more sittings than were read
	Form       *itemstats.Form     `json:"form"`
	Decisions  *evidence.Decisions `json:"decisions"` // by the pass line
	Expected   *evidence.Expected  `json:"expected"`  // by a model; nil where Enough, or no form can be drawn
	Supposed   *evidence.Decisions `json:"expected_decisions"`
}

// EvidenceLine is where the pass line comes from.
type EvidenceLine struct {
	Percent    int          `json:"percent"`
	Reason     string       `json:"reason"`
	About      int          `json:"reason_about"` // the line that Reason is about; another than Percent when the line was moved later
	Borderline string       `json:"borderline"`
	Judges     int          `json:"judges"` // who rated everything in the last round that counts
	Items      int          `json:"items"`
	Stale      bool         `json:"stale"` // the test has changed since the judges' items were drawn
	Open       bool         `json:"open"`  // judges are rating still
	Rounds     []PanelRound `json:"rounds"`
}

// Cut is the last round with a figure; ok is false where there is none.
func (l EvidenceLine) Cut() (_ evidence.Cut, ok bool) {
	for i := len(l.Rounds) - 1; i >= 0; i-- {
		if l.Rounds[i].Cut.Percent != nil {
			return l.Rounds[i].Cut, true
		}
	}
	return evidence.Cut{}, false
}

// EvidenceImpact is selection by group, as far as it may be told (evidence.NextTold); nil where nothing may. Entered counts are as somebody entered them;
// those of candidates are counted here, and selected are those who passed. How many people's group is recorded stands nowhere: with it the
// small groups would be what is left.
type EvidenceImpact struct {
	Entered    *evidence.Impact `json:"entered"`
	Candidates *evidence.Impact `json:"candidates"`
}

// Evidence makes the sheet of a test. Errors are those of Assessment, and ErrBusy.
func (s *Service) Evidence(ctx context.Context, a Actor, id AssessmentID) (EvidenceSheet, error) {
	x, err := s.Assessment(ctx, a, id)
	if err != nil {
		return EvidenceSheet{}, err
	}
	fail := func(err error) (EvidenceSheet, error) {
		return EvidenceSheet{}, fmt.Errorf("evidence of hiring test %s: %w", id, err)
	}
	done, err := s.takeTurn(ctx)
	if err != nil {
		return fail(err)
	}
	defer done()
	sp := x.Spec
	out := EvidenceSheet{
		V: 1, Assessment: id, Name: sp.Name, State: x.State(), Revision: x.Revision, MadeAt: s.now(), OpenedAt: x.OpenedAt, ContentHash: x.Frozen.ContentHash,
		CodeYear: x.Frozen.CodeYear, Edition: x.Frozen.Edition, Job: sp.Job.Title, Rules: EvidenceRules{sp.Minutes, sp.Tries, sp.RetryDays, sp.Book, sp.FullLookup},
	}
	plan := x.Frozen.Plan
	if x.OpenedAt == nil {
		out.CodeYear, out.Edition = s.items().CodeYear(), s.book().Edition()
		plan, _ = s.items().Strata(&x.Blueprint)
	}
	parts := s.testParts(x, plan)
	var tasks []evidence.Task
	for _, t := range sp.Job.Tasks {
		tasks = append(tasks, evidence.Task{Text: t.Text, Areas: t.Areas, Settings: t.Settings})
	}
	out.Coverage = evidence.Cover(tasks, parts)
	out.Items = s.evidenceItems(x, plan, parts)
	if out.Reliability, err = s.evidenceScores(ctx, x, plan); err != nil {
		return fail(err)
	}
	if out.Line, err = s.evidenceLine(ctx, x); err != nil {
		return fail(err)
	}
	if out.Impact, err = s.tellGroups(ctx, x); err != nil {
		return fail(err)
	}
	return out, nil
}

// testParts are the parts of a form: areas of questions, and settings of charts.
func (s *Service) testParts(x Assessment, plan quizzes.Strata) []evidence.Part {
	var out []evidence.Part
	for _, q := range x.Spec.Questions {
		out = append(out, evidence.Part{Kind: evidence.PartArea, Name: q.Area, Items: q.Count, Points: q.Count})
	}
	weight := max(1, x.Blueprint.Charts.Weight)
	charts := func(setting string, n int) {
		for i := range out {
			if out[i].Kind == evidence.PartSetting && out[i].Name == setting {
				out[i].Items, out[i].Points = out[i].Items+n, out[i].Points+n*weight
				return
			}
		}
		out = append(out, evidence.Part{Kind: evidence.PartSetting, Name: setting, Items: n, Points: n * weight})
	}
	for _, st := range plan {
		if st.Area == "cases" {
			charts(st.Setting, st.Count)
		}
	}
	for _, id := range x.Spec.Charts.Cases {
		if k, err := s.items().Case(id); err == nil {
			charts(k.Setting, 1)
		}
	}
	return out
}

func (s *Service) evidenceItems(x Assessment, plan quizzes.Strata, parts []evidence.Part) EvidenceItems {
	var out EvidenceItems
	for _, p := range parts {
		out.Points += p.Points
		if p.Kind == evidence.PartArea {
			out.Questions += p.Items
		} else {
			out.Charts += p.Items
		}
	}
	for _, f := range s.items().InStrata(&x.Blueprint, plan) {
		it, ok := s.items().Item(kindOf(f), f.ID)
		if !ok {
			continue
		}
		if it.Kind == KindCase {
			out.PoolCharts++
		} else {
			out.PoolQuestions++
		}
		if it.Cited {
			out.Cited++
		}
		if it.Reviewed == "" {
			continue
		}
		out.Reviewed++
		out.LastReview = max(out.LastReview, it.Reviewed)
		if out.OldestReview == "" || it.Reviewed < out.OldestReview {
			out.OldestReview = it.Reviewed
		}
	}
	if n := out.PoolCharts + out.PoolQuestions; n > 0 {
		share := float64(out.Cited) / float64(n)
		out.CitedShare = &share
	}
	return out
}

// evidenceScores takes the first graded sitting of each candidate, those of candidates who are erased too.
func (s *Service) evidenceScores(ctx context.Context, x Assessment, plan quizzes.Strata) (EvidenceScores, error) {
	out := EvidenceScores{Needed: EnoughSittings}
	xs, err := s.st.Sittings(ctx, x.Org, SittingFilter{Exam: x.Exam()})
	if err != nil {
		return out, err
	}
	kept, sat := map[SittingID]Sitting{}, map[LearnerID]bool{}
	for i := len(xs) - 1; i >= 0; i-- { // the oldest first
		if xs[i].GradedAt != nil && !sat[xs[i].Learner] {
			sat[xs[i].Learner] = true
			kept[xs[i].ID] = xs[i]
		}
	}
	out.Candidates = len(kept)
	line := float64(x.Spec.PassPercent) / 100
	if out.Enough = out.Candidates >= EnoughSittings; !out.Enough {
		return out, s.expectScores(ctx, x, plan, line, &out)
	}
	b := newAnalysisInput(s.items())
	read := 0
	for _, one := range xs { // the newest first
		if _, ok := kept[one.ID]; !ok {
			continue
		}
		if read++; read > mostEvidence {
			out.Partial = true
			break
		}
		rows, err := s.sittingAnswers(ctx, one)
		if err == nil {
			err = b.sittings(ctx, s, x.Org, rows, map[SittingID]Sitting{one.ID: one})
		}
		if err != nil {
			return out, err
		}
	}
	limits := itemstats.Standard
	limits.Rasch = len(b.responses) + 1 // items are not asked after here
	a, err := itemstats.Analyse(b.items, b.responses, limits)
	if err != nil {
		return out, err
	}
	out.Form = &a.Form
	if f := a.Form; f.Mean != nil && f.SD != nil && f.Reliability != nil {
		if d, ok := evidence.Decide(evidence.Scores{Mean: *f.Mean, SD: *f.SD, Reliability: *f.Reliability}, line); ok {
			out.Decisions = &d
		}
	}
	return out, nil
}

// sittingAnswers are the answers of a sitting by their newest gradings, as an analysis reads them.
func (s *Service) sittingAnswers(ctx context.Context, x Sitting) ([]AnalysedAnswer, error) {
	gs, _, err := s.st.Attempts(ctx, x.Org, AttemptFilter{Context: Context{Kind: InExam, Ref: string(x.ID)}, Limit: 500, Sealed: true, NoTotal: true})
	if err != nil {
		return nil, err
	}
	var out []AnalysedAnswer
	for _, g := range gs {
		at := g.Attempt
		out = append(out, AnalysedAnswer{
			Attempt: at.ID, Learner: at.Learner, ClientKey: at.ClientKey, Kind: at.Kind, Item: at.Item, Areas: at.Areas, Sitting: x.ID, ShownHash: at.ShownHash, Answer: at.Answer,
			SubmittedAt: at.SubmittedAt, Seconds: at.Seconds, Percent10: g.Grading.Percent10, Correct: g.Grading.Correct, Result: g.Grading.Result,
		})
	}
	return out, nil
}

// expectScores says what a model of candidates expects, of forms as they are drawn.
func (s *Service) expectScores(ctx context.Context, x Assessment, plan quizzes.Strata, line float64, out *EvidenceScores) error {
	cat, err := s.catalogOf(ctx, x.Org)
	if err != nil {
		return err
	}
	var forms [][]evidence.ModelItem
	for seed := range uint64(expectedForms) {
		drawn, err := s.items().DrawEquivalent(&x.Blueprint, plan, quizzes.Equivalent{Seed: seed + 1})
		if errors.Is(err, quizzes.ErrTooSmall) {
			return nil // the sheet of a draft that cannot be filled has no expectation
		}
		if err != nil {
			return err
		}
		var form []evidence.ModelItem
		for _, f := range drawn.Items {
			it, ok := s.items().Item(kindOf(f), f.ID)
			if !ok || !f.Scored {
				continue
			}
			m := cat.abilityItem(it, f.Area)
			form = append(form, evidence.ModelItem{Difficulty: m.Difficulty, Floor: m.Floor(), Weight: float64(max(1, f.Weight))})
		}
		forms = append(forms, form)
	}
	e, ok := evidence.Expect(forms, evidence.Supposed)
	if !ok {
		return nil
	}
	out.Expected = &e
	if d, ok := evidence.Decide(evidence.Scores{Mean: e.Mean, SD: e.SD, Reliability: e.Reliability}, line); ok {
		out.Supposed = &d
	}
	return nil
}

func (s *Service) evidenceLine(ctx context.Context, x Assessment) (EvidenceLine, error) {
	v, err := s.panelView(ctx, x)
	if err != nil {
		return EvidenceLine{}, err
	}
	out := EvidenceLine{
		Percent: x.Spec.PassPercent, Reason: v.Why, About: v.Panel.Percent, Borderline: v.Panel.Borderline, Items: len(v.Panel.Items), Stale: v.Stale,
		Open: v.Panel.Open() && x.OpenedAt == nil, Rounds: v.Rounds,
	}
	if out.Rounds == nil {
		out.Rounds = []PanelRound{}
	}
	if c, ok := out.Cut(); ok {
		out.Judges = c.Panel
	}
	return out, nil
}
