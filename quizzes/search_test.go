package quizzes_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/fstest"

	"crosswalk/internal/testkit"
	"crosswalk/quizzes"
)

// TestDrawFindsWhatIsThere hides one form among enemies: in each area as many questions as are wanted get on with each other and all the
// hidden ones, and enmities are strewn over all the rest.
func TestDrawFindsWhatIsThere(t *testing.T) {
	missed, tried := 0, 0
	for _, tt := range []struct {
		areas, want, of int
		density         float64
	}{{1, 6, 20, 0.5}, {3, 4, 16, 0.4}, {4, 6, 18, 0.6}, {6, 3, 12, 0.7}, {2, 10, 40, 0.3}, {5, 5, 30, 0.5}, {8, 2, 20, 0.8}, {3, 1, 30, 0.95}} {
		for trial := range testkit.Times(uint64(6), 1) {
			rng := rand.New(rand.NewPCG(trial, uint64(tt.of)))
			in := invented{}
			var ids []string
			hidden := map[string]bool{}
			src := fmt.Sprintf("items: %d\nareas: [", tt.areas*tt.want)
			for a := range tt.areas {
				area := quizzes.Areas[a].ID
				src += fmt.Sprintf("{id: %s, count: %d}, ", area, tt.want)
				for k, i := range rng.Perm(tt.of) {
					ids = append(ids, qid(area, i))
					hidden[qid(area, i)] = k < tt.want
				}
			}
			foes := map[string]string{}
			for i, x := range ids {
				for _, y := range ids[:i] {
					if !(hidden[x] && hidden[y]) && rng.Float64() < tt.density {
						foes[x] += y + " "
					}
				}
			}
			for a := range tt.areas {
				area := quizzes.Areas[a].ID
				for i := range tt.of {
					attrs := "difficulty=3"
					if f := foes[qid(area, i)]; f != "" {
						attrs += fmt.Sprintf(" enemies=%q", strings.TrimSpace(f))
					}
					in[area] = append(in[area], attrs)
				}
			}
			fsys := fstest.MapFS{"exams/x.yaml": exam("x", strings.TrimSuffix(src, ", ")+"]\n")}
			in.write(fsys)
			b := loadBank(t, fsys)
			bp := blueprint(t, b, "x")
			for seed := range uint64(5) {
				f, err := b.Draw(bp, seed, nil)
				tried++
				if err != nil {
					missed++
					t.Logf("%+v: %v", tt, err)
					continue
				}
				sound(t, b, bp, f)
			}
		}
	}
	if missed > tried/50 {
		t.Errorf("%d of %d forms that exist were not found", missed, tried)
	}
}

// TestDrawWithinEnemies: chains of enemies between areas that leave one way out, and some that leave none.
func TestDrawWithinEnemies(t *testing.T) {
	const n = 24
	// em-i gets on with anatomy-i only, and that with hcpcs-i only; just number 17 may stand with terminology-000.
	in := invented{"terminology": {"difficulty=3"}}
	for i := range n {
		var other []string
		for j := range n {
			if j != i {
				other = append(other, qid("anatomy", j), qid("hcpcs", j))
			}
		}
		if i != 17 {
			other = append(other, qid("terminology", 0))
		}
		in["em"] = append(in["em"], fmt.Sprintf("difficulty=3 enemies=%q", strings.Join(other, " ")))
		in["anatomy"] = append(in["anatomy"], "difficulty=3")
		in["hcpcs"] = append(in["hcpcs"], "difficulty=3")
	}
	fsys := fstest.MapFS{
		"exams/x.yaml": exam("x", "items: 4\nareas: [{id: em, count: 1}, {id: anatomy, count: 1}, {id: hcpcs, count: 1}, {id: terminology, count: 1}]\n"),
		"exams/y.yaml": exam("y", "items: 4\nareas: [{id: em, count: 2}, {id: anatomy, count: 1}, {id: hcpcs, count: 1}]\n"),
	}
	in.write(fsys)
	b := loadBank(t, fsys)
	for seed := range uint64(30) {
		f, err := b.Draw(blueprint(t, b, "x"), seed, nil)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		sound(t, b, blueprint(t, b, "x"), f)
	}
	// Two of em need two of anatomy: there is no such form.
	_, err := b.Draw(blueprint(t, b, "y"), 1, nil)
	if !errors.Is(err, quizzes.ErrTooSmall) || !strings.Contains(err.Error(), " gives ") || !strings.Contains(err.Error(), "enemies") {
		t.Error(err)
	}
}
