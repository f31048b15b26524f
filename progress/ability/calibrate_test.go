package ability_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"crosswalk/progress/ability"
)

// TestRecalibrate: difficulties off their authors' levels are found again from answers of learners whose abilities are estimates
// themselves, and the sd says how well.
func TestRecalibrate(t *testing.T) {
	skipSlow(t)
	rnd := rand.New(rand.NewPCG(31, 1))
	m := model(t, ability.Prior{SD: 1})
	const items = 120
	byAuthor, truth := make([]ability.Item, items), make([]ability.Item, items)
	for i := range byAuthor {
		byAuthor[i] = ability.Item{ID: fmt.Sprintf("q-%03d", i), Area: "a", Difficulty: ability.AuthorDifficulty(1 + i%5), Options: 4}
		truth[i] = byAuthor[i]
		truth[i].Difficulty += ability.AuthorSpread * normal(rnd)
	}
	var before, after, rare tally
	var responses []ability.Response
	for range 500 {
		theta, l := normal(rnd), m.NewLearner("a")
		order := rnd.Perm(items)
		scores := map[int]float64{}
		for _, i := range order[:60] {
			if i >= items-20 && rnd.Float64() > 0.05 {
				continue // the last twenty are hardly ever asked
			}
			scores[i] = answer(rnd, truth[i], theta)
			observe(t, l, byAuthor[i], scores[i])
		}
		e := area(t, l, "a")
		for _, i := range order[:60] {
			if score, ok := scores[i]; ok {
				responses = append(responses, ability.Response{Item: byAuthor[i].ID, Ability: e.Mean, SD: e.SD, Score: score})
			}
		}
	}
	got, err := ability.Recalibrate(byAuthor, responses)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range got {
		if c.Item != byAuthor[i].ID || c.Author != byAuthor[i].Difficulty {
			t.Fatalf("entry %d: %+v", i, c)
		}
		e := ability.Estimate{Mean: c.Difficulty, SD: c.SD, Low: c.Difficulty - 1.645*c.SD, High: c.Difficulty + 1.645*c.SD}
		if i >= items-20 {
			rare.add(e, truth[i].Difficulty)
			continue
		}
		before.add(ability.Estimate{Mean: c.Author}, truth[i].Difficulty)
		after.add(e, truth[i].Difficulty)
	}
	t.Logf("about 250 responses: RMSE %.3f by the authors, %.3f after (claimed %.3f), covered %.0f %%; about 12 responses: RMSE %.3f, covered %.0f %%",
		before.rmse(), after.rmse(), after.claimed(), 100*after.coverage(), rare.rmse(), 100*rare.coverage())
	if after.rmse() > 0.35*before.rmse() || after.coverage() < 0.8 {
		t.Errorf("RMSE %.3f, by the authors %.3f; covered %.0f %%", after.rmse(), before.rmse(), 100*after.coverage())
	}
	if rare.rmse() > before.rmse() || rare.claimed() < 2*after.claimed() {
		t.Errorf("hardly ever asked: RMSE %.3f, claimed %.3f", rare.rmse(), rare.claimed())
	}
}

// TestRecalibrateClosedForm: without responses the author's difficulty stands with its spread; with very many at a known ability the
// difficulty comes to that of the share of right answers; one answer moves it as the integral says.
func TestRecalibrateClosedForm(t *testing.T) {
	items := []ability.Item{{ID: "many", Difficulty: 0.8}, {ID: "none", Difficulty: -1.6, Options: 4}, {ID: "one", Difficulty: 0.8, Options: 4}}
	var responses []ability.Response
	for i := range 4000 {
		score := 0.0
		if i%4 != 0 {
			score = 1
		}
		responses = append(responses, ability.Response{Item: "many", Ability: 0.5, Score: score})
	}
	responses = append(responses, ability.Response{Item: "one", Ability: 0.5, Score: 0})
	got, err := ability.Recalibrate(items, responses)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "many", got[0].Difficulty, 0.5-math.Log(3), 0.01)
	near(t, "many, sd", got[0].SD, 1/math.Sqrt(4000*0.1875+1/0.64), 0.001)
	near(t, "none", got[1].Difficulty, -1.6, 1e-9)
	near(t, "none, sd", got[1].SD, ability.AuthorSpread, 1e-3)
	moment := func(k float64) float64 {
		return simpson(func(z float64) float64 {
			b := 0.8 + ability.AuthorSpread*z
			return math.Exp(-z*z/2) * math.Pow(b, k) * (1 - ability.Item{Difficulty: b, Options: 4}.Chance(0.5))
		})
	}
	near(t, "one wrong answer", got[2].Difficulty, moment(1)/moment(0), 1e-3)

	// The less sure the ability, the less the answer says.
	unsure, err := ability.Recalibrate(items[2:], []ability.Response{{Item: "one", Ability: 0.5, SD: 1.5}})
	if err != nil || unsure[0].Difficulty >= got[2].Difficulty || unsure[0].Difficulty <= 0.8 {
		t.Errorf("by an unsure ability %.4f, by a known one %.4f; %v", unsure[0].Difficulty, got[2].Difficulty, err)
	}
}

func TestRecalibrateNamesAllThatIsWrong(t *testing.T) {
	items := []ability.Item{{ID: "a"}, {ID: "a"}, {ID: "b", Difficulty: 12}}
	_, err := ability.Recalibrate(items, []ability.Response{{Item: "x"}, {Item: "a", Score: 2}, {Item: "a", SD: -1}})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"a is named twice", "b: difficulty 12 logits", `response 1 is to "x"`, "response 2 to a: 2", "response 3 to a: ability 0 ± -1"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error lacks %q:\n%v", want, err)
		}
	}
	if !errors.Is(err, ability.ErrItem) || !errors.Is(err, ability.ErrScore) {
		t.Errorf("not ErrItem and ErrScore: %v", err)
	}
}

func BenchmarkRecalibrate(b *testing.B) {
	items := pool(100, "a")
	var responses []ability.Response
	for i := range 10000 {
		responses = append(responses, ability.Response{Item: items[i%100].ID, SD: 0.4, Score: float64(i % 2)})
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ability.Recalibrate(items, responses); err != nil {
			b.Fatal(err)
		}
	}
}
