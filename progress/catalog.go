package progress

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"time"

	"crosswalk/grading"
	"crosswalk/progress/ability"
	"crosswalk/progress/standing"
)

// The usual times that answers are compared with before a learner's own are known.
const (
	questionPace = 144 * time.Second // what an item has in the CPC exam: 240 minutes for 100
	linePace     = 25 * time.Second
	termPace     = 10 * time.Second
)

// FieldPace is how many charts an hour coders of a setting are expected to do.
type FieldPace struct {
	Low, High float64 // charts an hour
	Source    string
}

// fieldPaces by setting; every other setting is an outpatient one.
var fieldPaces = map[string]FieldPace{
	"ed":                 {20, 25, "AAPC's yardstick for emergency departments"},
	"outpatient-surgery": {6, 6, "AAPC's yardstick for ambulatory surgery, where it begins"},
	"inpatient":          {2, 4, "AHIMA's range; three an hour is the classic figure"},
	"":                   {5, 20, "AHIMA's range for outpatient records"},
}

// PaceOf is the field's pace in a setting.
func PaceOf(setting string) FieldPace {
	if p, ok := fieldPaces[setting]; ok {
		return p
	}
	return fieldPaces[""]
}

// catalog is what the fold knows of items: those in force, with difficulties as the newest calibration has them. It satisfies
// standing.Catalog.
type catalog struct {
	facts      map[string]standing.Facts
	calibrated map[string]float64 // difficulties, of items that are no longer in force too
	spread     map[string]float64 // standard deviations of the same
	batch      BatchID
	content    *Content
	hash       string
}

// Facts implements standing.Catalog.
func (c *catalog) Facts(kind, item string) (standing.Facts, bool) {
	switch kind {
	case standing.Term:
		return standing.Facts{Pace: termPace}, true
	case standing.Line:
		return standing.Facts{Pace: linePace}, true
	}
	f, ok := c.facts[kind+"/"+item]
	return f, ok
}

// factsOf is what the fold knows of one item.
func (c *catalog) factsOf(it Item) standing.Facts {
	f := standing.Facts{Areas: it.Areas, Difficulty: ability.AuthorDifficulty(it.Difficulty), Pace: questionPace}
	if d, ok := c.calibrated[string(it.Kind)+"/"+it.ID]; ok {
		f.Difficulty = d
	}
	if it.Question != nil {
		f.Options = guesses(it.Question)
	}
	if it.Case != nil {
		f.Setting = it.Case.Setting
		p := PaceOf(f.Setting)
		f.Pace = time.Duration(float64(time.Hour) / ((p.Low + p.High) / 2))
	}
	return f
}

// guesses is how many equally likely answers a question offers, 0 where there is nothing to guess; beyond 1,000 guessing does not matter.
func guesses(k *grading.ItemKey) int {
	n := 1
	switch k.Kind {
	case grading.Single:
		n = k.Options
	case grading.Multiple: // the page says how many are right
		for i := range len(k.Correct) {
			n = n * (k.Options - i) / (i + 1)
		}
	case grading.Order, grading.Match:
		for i := 2; i <= k.Length && n <= 1000; i++ {
			n *= i
		}
	}
	if n < 2 || n > 1000 {
		return 0
	}
	return n
}

// catalogOf gives the catalogue of an organisation: that of the content and the calibration in force.
func (s *Service) catalogOf(ctx context.Context, org OrgID) (*catalog, error) {
	batch, err := s.st.NewestBatch(ctx, org)
	if err != nil {
		return nil, err
	}
	content := s.content.Load()
	if c, ok := s.learning.catalogs.Load(org); ok && c.(*catalog).batch == batch && c.(*catalog).content == content {
		return c.(*catalog), nil
	}
	c := &catalog{facts: map[string]standing.Facts{}, calibrated: map[string]float64{}, spread: map[string]float64{}, batch: batch, content: content}
	if batch != "" {
		cal, err := s.st.Calibration(ctx, org, batch)
		if err != nil {
			return nil, err
		}
		for _, it := range cal.Items {
			c.calibrated[string(it.Kind)+"/"+it.Item] = it.Difficulty
			c.spread[string(it.Kind)+"/"+it.Item] = it.SD
		}
	}
	for _, kind := range []ItemKind{KindQuestion, KindCase} {
		for _, it := range (*content).Items(kind) {
			c.facts[string(kind)+"/"+it.ID] = c.factsOf(it)
		}
	}
	h := sha256.New()
	for _, id := range slices.Sorted(maps.Keys(c.facts)) {
		fmt.Fprintln(h, id, c.facts[id])
	}
	for _, id := range slices.Sorted(maps.Keys(c.calibrated)) {
		fmt.Fprintln(h, id, c.calibrated[id])
	}
	fmt.Fprintln(h, (*content).Areas())
	c.hash = hex.EncodeToString(h.Sum(nil))
	s.learning.catalogs.Store(org, c)
	return c, nil
}
