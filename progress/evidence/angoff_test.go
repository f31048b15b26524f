package evidence_test

import (
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"crosswalk/progress/evidence"
)

func ratings(judge string, percents ...float64) (out []evidence.Rating) {
	for i, p := range percents {
		out = append(out, evidence.Rating{Judge: judge, Item: i, Share: p / 100})
	}
	return out
}

func join(rs ...[]evidence.Rating) (out []evidence.Rating) {
	for _, r := range rs {
		out = append(out, r...)
	}
	return out
}

// Three judges and four items, worked out by hand: lines of 70, 75 and 80 in a hundred, their mean 75, SD 5, standard error 5/√3.
func TestAngoff(t *testing.T) {
	c, err := evidence.Angoff([]float64{1, 1, 1, 1}, join(ratings("a", 80, 60, 70, 70), ratings("b", 90, 60, 70, 80), ratings("c", 100, 60, 70, 90)))
	if err != nil {
		t.Fatal(err)
	}
	near(t, "percent", *c.Percent, 75, 1e-9)
	near(t, "SD", *c.SD, 5, 1e-9)
	near(t, "SE", *c.SE, 5/math.Sqrt(3), 1e-9)
	near(t, "low", *c.Low, 75-10/math.Sqrt(3), 1e-9)
	// SDs of the items: 10, 0, 0, 10 points.
	near(t, "spread", *c.Spread, math.Sqrt(50), 1e-9)
	if d := cmp.Diff([]int{0, 3}, c.MostApart(5, .05)); d != "" {
		t.Errorf("most apart (-want +got):\n%s", d)
	}
	near(t, "item 1", c.Items[0].Mean, .9, 1e-9)
}

func TestAngoffWeightsAndGaps(t *testing.T) {
	// A chart of three points, and a judge who did not finish.
	c, err := evidence.Angoff([]float64{1, 3}, join(ratings("a", 40, 80), ratings("b", 90)))
	if err != nil {
		t.Fatal(err)
	}
	near(t, "percent", *c.Percent, (40+3*80)/4., 1e-9)
	if c.Panel != 1 || c.SE != nil || c.Spread != nil || c.Judges[1].Whole || c.Judges[1].Rated != 1 {
		t.Errorf("one judge of two is done: %+v", c)
	}
	if c, err := evidence.Angoff([]float64{1}, nil); err != nil || c.Percent != nil {
		t.Errorf("no ratings: %+v, %v", c, err)
	}
	for name, rs := range map[string][]evidence.Rating{
		"twice":   join(ratings("a", 50), ratings("a", 50)),
		"unknown": {{Judge: "a", Item: 1, Share: .5}},
		"share":   {{Judge: "a", Item: 0, Share: 1.01}},
		"NaN":     {{Judge: "a", Item: 0, Share: math.NaN()}},
	} {
		if _, err := evidence.Angoff([]float64{1}, rs); !errors.Is(err, evidence.ErrRatings) {
			t.Errorf("%s: error %v, want ErrRatings", name, err)
		}
	}
}

func TestCover(t *testing.T) {
	parts := []evidence.Part{{Kind: evidence.PartArea, Name: "em", Items: 10, Points: 10}, {Kind: evidence.PartArea, Name: "billing", Items: 5, Points: 5}, {Kind: evidence.PartSetting, Name: "ed", Items: 3, Points: 15}}
	got := evidence.Cover([]evidence.Task{
		{Text: "Code visits", Areas: []string{"em"}, Settings: []string{"ed"}},
		{Text: "Write appeals", Areas: []string{"denials"}},
		{Text: "Nothing named"},
	}, parts)
	want := evidence.Coverage{
		Tasks: []evidence.Covered{
			{Text: "Code visits", Parts: []evidence.Part{parts[0], parts[2]}, Items: 13, Points: 25, Share: 25. / 30},
			{Text: "Write appeals", Parts: []evidence.Part{}, Wanted: []string{"denials"}},
			{Text: "Nothing named", Parts: []evidence.Part{}},
		},
		Bare: 2, Loose: []evidence.Part{parts[1]}, Items: 18, Points: 30,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("coverage (-want +got):\n%s", d)
	}
	anySetting := evidence.Cover([]evidence.Task{{Text: "Code", Settings: []string{"ed"}}}, []evidence.Part{{Kind: evidence.PartSetting, Items: 2, Points: 2}})
	if c := anySetting.Tasks[0]; c.Items != 2 || len(c.Wanted) != 0 {
		t.Errorf("charts of any setting: %+v", c)
	}
}
