package itemstats

// Stats is what there is to say about one item. Figures are nil where too few responses carry them.
type Stats struct {
	Item           Item            `json:"-"`
	ID             string          `json:"id"`
	N              int             `json:"n"`        // persons to whom it was shown
	Answered       int             `json:"answered"` // of them
	Judged         int             `json:"judged"`   // of N, those with enough other answers for Discrimination to Efficiency
	Facility       *Range          `json:"facility"`
	Discrimination *Discrimination `json:"discrimination"`
	PointBiserial  *Range          `json:"point_biserial"`
	Efficiency     *float64        `json:"efficiency"`
	Options        []Option        `json:"options,omitempty"`
	Time           *Times          `json:"time"`
	Rasch          *Rasch          `json:"rasch"`
	Drift          *Drift          `json:"drift"`
	AlphaWithout   *float64        `json:"alpha_without"` // reliability of the form without this item
	Flags          []Flag          `json:"flags"`
}

// Analysis is a whole test analysed. Items are in the order that they were given in, without those that nobody was shown.
type Analysis struct {
	Persons   int     `json:"persons"`
	Responses int     `json:"responses"`
	Form      Form    `json:"form"`
	Model     *Model  `json:"model"` // nil with too few persons
	Items     []Stats `json:"items"`
}

// Analyse computes everything. The order of responses changes last digits at most. The error is ErrInput.
func Analyse(items []Item, responses []Response, lim Limits) (Analysis, error) {
	t, err := newTable(items, responses, lim)
	if err != nil {
		return Analysis{}, err
	}
	out := Analysis{Persons: len(t.persons), Responses: len(responses), Form: t.form(), Items: []Stats{}}
	m := t.fit()
	if m != nil {
		out.Model = m.summary()
	}
	for i := range items {
		if len(t.of[i]) > 0 {
			out.Items = append(out.Items, t.stats(i, m, out.Form))
		}
	}
	adjust(out.Items)
	for i := range out.Items {
		out.Items[i].flag(lim)
	}
	return out, nil
}

func (t *table) stats(i int, m *model, f Form) Stats {
	s := Stats{Item: t.items[i], ID: t.items[i].ID, N: len(t.of[i]), Facility: t.facility(i), Time: t.times(i)}
	for _, c := range t.of[i] {
		if c.r.Answered {
			s.Answered++
		}
	}
	j := t.judge(i)
	s.Judged = len(j.cells)
	if s.Judged >= max(2, t.lim.Item) {
		s.Discrimination, s.PointBiserial, s.Efficiency = j.discrimination(), j.pointBiserial(), j.efficiency()
	}
	s.Options = t.options(i, j)
	if m != nil {
		if s.Rasch = m.rasch(i); s.Rasch != nil {
			s.Drift = m.drift(i)
		}
	}
	if a, ok := f.without[i]; ok {
		s.AlphaWithout = &a
	}
	return s
}

// adjust sets Drift.Adjusted for all items that were tested.
func adjust(items []Stats) {
	var ps []float64
	var of []*Drift
	for i := range items {
		if d := items[i].Drift; d != nil {
			ps, of = append(ps, d.P), append(of, d)
		}
	}
	for i, q := range adjusted(ps) {
		of[i].Adjusted = q
	}
}
