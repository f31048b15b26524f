package progress

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"crosswalk/progress/ability"
	"crosswalk/progress/readiness"
	"crosswalk/quizzes"
)

// formsLooked is how many forms of an exam are drawn to see what its questions look like. The parts of an exam by domains have as many items
// in the mean as they get in these.
const formsLooked = 12

type formKey struct {
	exam, catalog string // id of the blueprint, hash of the catalogue
	batch         BatchID
}

// examForm is an exam with the form that forecasts are made for.
type examForm struct {
	exam *quizzes.Blueprint
	form readiness.Form
}

// examForm gives an exam as forecasts see it: what its forms are drawn from, with the difficulties in force. ErrNotFound for an exam that
// does not ship, *InputError for one that is not foretold: a half, a drill, a fixed list and one with whole charts. The error wraps
// quizzes.ErrTooSmall when the bank cannot fill it.
func (s *Service) examForm(ctx context.Context, org OrgID, exam string) (examForm, error) {
	bp, err := s.items().Blueprint(exam)
	if err != nil {
		return examForm{}, fmt.Errorf("exam %q: %w", exam, ErrNotFound)
	}
	if bp.Drill || bp.Full != "" || len(bp.Questions) > 0 || bp.Charts.Count > 0 {
		return examForm{}, &InputError{"exam", fmt.Sprintf("%s cannot be foretold: choose a whole exam such as CPC, CCS or CCA.", bp.Name)}
	}
	cat, err := s.catalogOf(ctx, org)
	if err != nil {
		return examForm{}, fmt.Errorf("exam %s: %w", exam, err)
	}
	key := formKey{exam, cat.hash, cat.batch}
	if f, ok := s.learning.forms.Load(key); ok {
		return f.(examForm), nil
	}
	f := examForm{exam: bp, form: readiness.Form{Exam: bp.ID, PassPercent: float64(bp.Pass.Percent)}}
	if bp.Pass.Estimated() {
		f.form.PassSD = readiness.EstimatedLineSD
		f.form.ScaleMin, f.form.ScalePass, f.form.ScaleMax = bp.Pass.ScaleRange[0], bp.Pass.Scaled, bp.Pass.ScaleRange[1]
	}
	pools, spreads, scored := map[string][]ability.Item{}, map[string][]float64{}, map[string]int{}
	for seed := range uint64(formsLooked) {
		drawn, err := s.items().Draw(bp, seed+1, nil)
		if err != nil {
			return examForm{}, fmt.Errorf("exam %s: %w", exam, err)
		}
		for _, x := range drawn.Items {
			if x.Kind != quizzes.ItemQuestion || !x.Scored {
				continue
			}
			if it, ok := s.items().Item(KindQuestion, x.ID); ok {
				pools[x.Area] = append(pools[x.Area], cat.abilityItem(it, x.Area))
				spreads[x.Area] = append(spreads[x.Area], cat.spreadOf(it))
				scored[x.Area]++
			}
		}
	}
	for _, slot := range bp.Slots {
		first := len(f.form.Parts)
		for _, area := range slot.Areas {
			if len(pools[area]) == 0 {
				continue
			}
			title, _ := s.items().AreaTitle(area)
			f.form.Parts = append(f.form.Parts, readiness.Part{Area: area, Name: cmp.Or(title, area), Pool: pools[area], Spread: spreads[area]})
		}
		dealItems(f.form.Parts[first:], slot.Scored, scored)
	}
	s.learning.forms.Store(key, f)
	return f, nil
}

// dealItems deals the scored items of a slot to its parts in proportion to how often forms had them, the largest remainders first.
func dealItems(parts []readiness.Part, n int, often map[string]int) {
	all := 0
	for _, p := range parts {
		all += often[p.Area]
	}
	if all == 0 {
		return
	}
	order := make([]int, len(parts))
	left := n
	for i := range parts {
		order[i] = i
		parts[i].Items = n * often[parts[i].Area] / all
		left -= parts[i].Items
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(n*often[parts[b].Area]%all, n*often[parts[a].Area]%all)
	})
	for _, i := range order[:left] {
		parts[i].Items++
	}
}

// abilityItem is a question as package ability sees it, in one of its areas.
func (c *catalog) abilityItem(it Item, area string) ability.Item {
	f, ok := c.facts[string(it.Kind)+"/"+it.ID]
	if !ok {
		f = c.factsOf(it)
	}
	return ability.Item{ID: it.ID, Area: area, Difficulty: f.Difficulty, Options: f.Options}
}

// spreadOf is how far the difficulty of a question may lie off: what its calibration left, or what authors are off.
func (c *catalog) spreadOf(it Item) float64 {
	if sd, ok := c.spread[string(it.Kind)+"/"+it.ID]; ok {
		return sd
	}
	return ability.AuthorSpread
}
