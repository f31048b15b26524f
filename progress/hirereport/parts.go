package hirereport

import (
	"cmp"
	"slices"
	"strings"

	"crosswalk/codebook"
	"crosswalk/grading"
)

// EM is how the levels of evaluation and management services agree with the key's.
type EM struct {
	Agreement *Figure `json:"agreement"` // services of the right family and level, of all that the charts call for
	Over1     int     `json:"over1"`     // one level above
	Over2     int     `json:"over2"`     // two or more above
	Under1    int     `json:"under1"`
	Under2    int     `json:"under2"`
	Category  int     `json:"category"` // a service, but none of the family
	Missed    int     `json:"missed"`   // none was entered
	Over      *Figure `json:"over"`     // services set too high by however much, of all that the charts call for
	Under     *Figure `json:"under"`    // services set too low
}

// visit judges a line of the key that is an E/M service.
func (t *charts) visit(line string, p grading.Part) {
	family, want := grading.EMFamily(codebook.Code(line))
	if family == nil {
		return
	}
	t.emSeen = true
	if t.em.Agreement == nil {
		t.em.Agreement = &Figure{}
	}
	right := p.Possible > 0 && p.Earned == p.Possible
	t.em.Agreement.Of++
	if right {
		t.em.Agreement.Right++
		return
	}
	if p.Entered == nil || *p.Entered == "" {
		t.em.Missed++
		return
	}
	got := slices.Index(family, codebook.Code(*p.Entered))
	switch {
	case got < 0 || got == want:
		t.em.Category++
	case got-want >= 2:
		t.em.Over2++
	case got > want:
		t.em.Over1++
	case want-got >= 2:
		t.em.Under2++
	default:
		t.em.Under1++
	}
}

func (t *charts) visits() *EM {
	if !t.emSeen {
		return nil
	}
	em, sum := t.em, t.em.Agreement
	of := func(n float64) *Figure { return figure(n, sum.Of, sum.Of, Wilson) }
	em.Agreement, em.Over, em.Under = of(sum.Right), of(float64(em.Over1+em.Over2)), of(float64(em.Under1+em.Under2))
	return &em
}

// Tendency says to which side someone errs.
type Tendency string

// The tendencies.
const (
	TendsOver  Tendency = "over"  // more is coded than the charts support, beyond error
	TendsUnder Tendency = "under" // less
	TendsNot   Tendency = "open"  // neither can be said
)

// Balance is over- against under-coding.
type Balance struct {
	Over        int      `json:"over"`         // codes and levels that the charts do not support
	Under       int      `json:"under"`        // codes left out and levels set too low
	OverCharts  *Figure  `json:"over_charts"`  // charts with one or more of Over
	UnderCharts *Figure  `json:"under_charts"` // charts with one or more of Under
	OverShare   *Figure  `json:"over_share"`   // Over of both
	Tends       Tendency `json:"tends"`        // over or under where the interval of OverShare lies on one side of a half
}

// overCoding and underCoding say which way an error goes; the others go neither way, or one cannot know.
func overCoding(f grading.Finding) bool { return f.Side() == grading.SideOver }

func underCoding(f grading.Finding) bool { return f.Side() == grading.SideUnder }

type balanceSum struct {
	both     clustered
	overIn   count
	underIn  count
	sumOver  int
	sumUnder int
}

func (b *balanceSum) add(over, under int) {
	b.sumOver += over
	b.sumUnder += under
	b.overIn.add(over > 0)
	b.underIn.add(under > 0)
	b.both.add(count{over, over + under})
}

func (b balanceSum) balance() Balance {
	out := Balance{Over: b.sumOver, Under: b.sumUnder, OverCharts: b.overIn.figure(), UnderCharts: b.underIn.figure(), OverShare: b.both.figure(), Tends: TendsNot}
	if s := out.OverShare; s != nil {
		switch {
		case s.Low10 > 500:
			out.Tends = TendsOver
		case s.High10 < 500:
			out.Tends = TendsUnder
		}
	}
	return out
}

// Money is what the answers would do to the payment, as far as loaded files say.
type Money struct {
	Charts      int       `json:"charts"` // charts that have a figure of payment
	Even        *Figure   `json:"even"`   // of them those that pay the same as the key
	Over        int       `json:"over"`   // pay more than the chart supports
	Under       int       `json:"under"`
	OverCharts  *Figure   `json:"over_charts"`  // Over of Charts
	UnderCharts *Figure   `json:"under_charts"` // Under of Charts
	Mixed       int       `json:"mixed"`        // lines of both kinds that come to the same sum
	Unclear     int       `json:"unclear"`      // a line that differs has no figure
	Priced      int       `json:"priced"`       // charts whose difference is known in dollars
	Net         *float64  `json:"net"`          // dollars of those at Medicare's national rates, entered less key; nil without any
	TooMuch     float64   `json:"too_much"`     // dollars of those that pay more
	Lost        float64   `json:"lost"`         // dollars of those that pay less
	Mean        *Interval `json:"mean"`         // dollars a chart; nil with fewer than three
	Basis       []string  `json:"basis"`        // what the payment goes by: "rvu", "apc", "cc"
}

type moneySum struct {
	out     Money
	even    count
	dollars []float64
	basis   map[string]bool
}

func (s *moneySum) add(m *grading.Money) {
	if m == nil {
		return
	}
	if s.basis == nil {
		s.basis = map[string]bool{}
	}
	s.basis[m.Basis] = true
	s.out.Charts++
	s.even.add(m.Direction == grading.Even)
	switch m.Direction {
	case grading.Over:
		s.out.Over++
	case grading.Under:
		s.out.Under++
	case grading.Mixed:
		s.out.Mixed++
	case grading.Unclear:
		s.out.Unclear++
	case grading.Even:
	}
	if m.Dollars != nil && m.Direction != grading.Unclear {
		s.dollars = append(s.dollars, *m.Dollars)
		s.out.TooMuch += max(0, *m.Dollars)
		s.out.Lost += max(0, -*m.Dollars)
	}
}

func (s moneySum) money() *Money {
	if s.out.Charts == 0 {
		return nil
	}
	out := s.out
	out.Even, out.OverCharts, out.UnderCharts = s.even.figure(), count{out.Over, out.Charts}.figure(), count{out.Under, out.Charts}.figure()
	out.Priced, out.Basis = len(s.dollars), []string{}
	if out.Priced > 0 {
		net := cents(out.TooMuch - out.Lost)
		out.Net = &net
	}
	out.TooMuch, out.Lost = cents(out.TooMuch), cents(out.Lost)
	if m := studentMean(s.dollars); m != nil {
		m.Value, m.Low, m.High = cents(m.Value), cents(m.Low), cents(m.High)
		out.Mean = m
	}
	for _, b := range []string{"rvu", "apc", "cc"} {
		if s.basis[b] {
			out.Basis = append(out.Basis, b)
		}
	}
	return &out
}

// PaceIn is the time taken for the charts of a setting beside what the field expects. The field's pace is of people who know the job's own
// charts and tools; a test is slower.
type PaceIn struct {
	Setting string    `json:"setting"`
	Charts  int       `json:"charts"`   // those whose time is known
	PerHour float64   `json:"per_hour"` // charts an hour
	Seconds *Interval `json:"seconds"`  // of a typical chart: geometric mean; nil with fewer than three
	Field   Pace      `json:"field"`
	Beside  Beside    `json:"beside"`
}

// Beside says how the candidate's time stands to the field's.
type Beside string

// The ways to stand. Without an interval it is open.
const (
	Faster Beside = "faster" // the whole interval is shorter than the field's quickest
	Within Beside = "within" // interval and field overlap
	Slower Beside = "slower"
	Open   Beside = "open"
)

type paceSum struct {
	field   Pace
	seconds []float64
}

func (t *charts) time(it Item) {
	if it.Seconds <= 0 {
		return
	}
	if t.paces[it.Setting] == nil {
		t.paces[it.Setting] = &paceSum{field: it.Pace}
	}
	t.paces[it.Setting].seconds = append(t.paces[it.Setting].seconds, float64(it.Seconds))
}

func (t *charts) pace() []PaceIn {
	out := []PaceIn{}
	for setting, s := range t.paces {
		var sum float64
		for _, v := range s.seconds {
			sum += v
		}
		p := PaceIn{Setting: setting, Charts: len(s.seconds), PerHour: round(10*3600*float64(len(s.seconds))/sum) / 10, Seconds: studentLog(s.seconds), Field: s.field, Beside: Open}
		if v := p.Seconds; v != nil && s.field.Low > 0 {
			switch {
			case v.High < 3600/s.field.High:
				p.Beside = Faster
			case v.Low > 3600/s.field.Low:
				p.Beside = Slower
			default:
				p.Beside = Within
			}
			v.Value, v.Low, v.High = round(v.Value), round(v.Low), round(v.High)
		}
		out = append(out, p)
	}
	slices.SortFunc(out, func(x, y PaceIn) int {
		return cmp.Or(cmp.Compare(y.Charts, x.Charts), strings.Compare(x.Setting, y.Setting))
	})
	return out
}

// PerHour is charts an hour over all settings, to a tenth; 0 where no time is known.
func (r Report) PerHour() float64 {
	charts, hours := 0.0, 0.0
	for _, p := range r.Pace {
		charts += float64(p.Charts)
		hours += float64(p.Charts) / p.PerHour
	}
	if hours == 0 {
		return 0
	}
	return round(10*charts/hours) / 10
}

// Query is the judgement whether to ask the provider.
type Query struct {
	Right         *Figure `json:"right"`          // charts where it was asked as called for, or rightly left alone
	Called        int     `json:"called"`         // charts that call for a query
	Missed        int     `json:"missed"`         // of them without one
	MissedShare   *Figure `json:"missed_share"`   // Missed of Called
	Needless      int     `json:"needless"`       // asked where none is called for
	NeedlessShare *Figure `json:"needless_share"` // Needless of the charts that call for none
	Unsaid        int     `json:"unsaid"`         // left open where none is called for
	Leading       int     `json:"leading"`        // in a wording that leads to an answer
	Made          *Figure `json:"made"`           // reason, indicators and wording right, of the queries that were called for and asked
}

type querySum struct {
	right count
	out   Query
	made  clustered
}

func (s *querySum) add(res grading.Result) {
	seen, said, asked, right := false, false, false, false
	var rest count // only a chart that calls for a query has more than the decision to judge
	for _, p := range res.Parts {
		if p.Component != grading.CompQuery || p.Line == nil {
			continue
		}
		if p.Finding == grading.COMP {
			s.out.Leading++
		}
		ok := p.Possible > 0 && p.Earned == p.Possible
		if *p.Line == "ask" {
			seen, said, right = true, p.Entered != nil, ok
			asked = said && *p.Entered == "query"
		} else {
			rest.add(ok)
		}
	}
	if !seen {
		return
	}
	s.right.add(right)
	called := rest.of > 0 || said && asked == right
	switch {
	case called && asked:
		s.out.Called++
		s.made.add(rest)
	case called:
		s.out.Called++
		s.out.Missed++
	case asked:
		s.out.Needless++
	case !said:
		s.out.Unsaid++
	}
}

func (s querySum) query() *Query {
	if s.right.of == 0 {
		return nil
	}
	out := s.out
	out.Right, out.Made = s.right.figure(), s.made.figure()
	out.MissedShare, out.NeedlessShare = count{out.Missed, out.Called}.figure(), count{out.Needless, s.right.of - out.Called}.figure()
	return &out
}
