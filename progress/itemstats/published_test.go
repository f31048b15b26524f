package itemstats_test

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"crosswalk/progress/itemstats"
)

// open are limits that show every figure, for examples smaller than real classes.
var open = itemstats.Limits{Facility: 1, Rest: 1, Item: 2, Rasch: 2, Drift: 2, Form: 2, Times: 1}

// near fails when a figure is away from what was published by more than its rounding.
func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s: got %.7g, want %.7g", what, got, want)
	}
}

// matrix makes responses of a table with a row for each person.
func matrix(rows [][]float64) ([]itemstats.Item, []itemstats.Response) {
	var items []itemstats.Item
	var rs []itemstats.Response
	for i := range rows[0] {
		items = append(items, itemstats.Item{ID: fmt.Sprint(i + 1), Weight: 1})
	}
	for p, row := range rows {
		for i, s := range row {
			rs = append(rs, itemstats.Response{Person: fmt.Sprint("p", p), Item: fmt.Sprint(i + 1), Score: s, Answered: true})
		}
	}
	return items, rs
}

func analyse(t *testing.T, rows [][]float64) itemstats.Analysis {
	t.Helper()
	items, rs := matrix(rows)
	a, err := itemstats.Analyse(items, rs, open)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func parse(t *testing.T, text string) (rows [][]float64) {
	t.Helper()
	for line := range strings.Lines(strings.TrimSpace(text)) {
		var row []float64
		for _, f := range strings.Fields(line) {
			v, err := strconv.ParseFloat(f, 64)
			if err != nil {
				t.Fatal(err)
			}
			row = append(row, v)
		}
		rows = append(rows, row)
	}
	return rows
}

// The worked example of the Kuder-Richardson 20 of K. L. Wuensch, East Carolina University (core.ecu.edu/wuenschk/StatHelp/KR20.txt): ten students,
// ten items. The page gives the shares right, their p q, and the variance of the totals over n, 5.84; from these KR-20 is worked out by hand.
func TestKR20WorkedExample(t *testing.T) {
	a := analyse(t, parse(t, `
1 1 1 1 1 1 0 1 1 0
1 0 1 1 0 1 1 1 0 1
1 1 1 1 0 1 1 0 0 1
0 0 1 0 0 0 1 0 0 0
0 0 0 0 0 1 0 0 1 0
1 1 1 0 1 1 1 1 1 1
1 1 0 1 1 1 0 1 1 1
1 1 1 1 1 1 1 1 0 1
0 1 0 1 1 1 1 1 0 1
1 1 0 1 1 0 1 1 1 0`))
	pq := .21 + .21 + .24 + .21 + .24 + .16 + .21 + .21 + .25 + .24
	near(t, "KR-20", *a.Form.Reliability, 10./9*(1-pq/5.84), 1e-9)
	if a.Form.Formula != itemstats.KR20 {
		t.Errorf("formula %q", a.Form.Formula)
	}
	for i, p := range []float64{.7, .7, .6, .7, .6, .8, .7, .7, .5, .6} {
		near(t, "share right of item "+a.Items[i].ID, a.Items[i].Facility.Value, p, 1e-9)
	}
	near(t, "mean", *a.Form.Mean, .66, 1e-9)
	sd := math.Sqrt(5.84 * 10 / 9) // of a sample, in points
	near(t, "SD", 10**a.Form.SD, sd, 1e-9)
	near(t, "SEM", 10**a.Form.SEM, sd*math.Sqrt(pq/5.84*10/9-1./9), 1e-9)

	// The upper and lower 27 % of ten are 2.7. Totals from the top: F and H have 9, A and G 8, and so on, so the upper group is F, H whole and A, G
	// to 0.35 each. From the bottom: D and E have 2, and of the four with 7 (B, C, I, J) each is in it to 0.175.
	upper := (1 + 1 + .35*1 + .35*1) / 2.7 // item 1: F, H, A and G are all right
	lower := (.175 * 3) / 2.7              // D and E wrong; B, C and J right, I wrong
	d := a.Items[0].Discrimination
	near(t, "upper", d.Upper, upper, 1e-9)
	near(t, "lower", d.Lower, lower, 1e-9)
	near(t, "index", d.Index, upper-lower, 1e-9)
}

// lsat are the answers of 1,000 persons to five items of section 6 of the Law School Admission Test (R. D. Bock and M. Lieberman, Psychometrika 35,
// 1970), by pattern.
const lsat = `00000 3 00001 6 00010 2 00011 11 00100 1 00101 1 00110 3 00111 4 01000 1 01001 8 01011 16 01101 3 01110 2 01111 15
10000 10 10001 29 10010 14 10011 81 10100 3 10101 28 10110 15 10111 80 11000 16 11001 56 11010 21 11011 173 11100 11 11101 61 11110 28 11111 298`

func lsatRows(t *testing.T) (rows [][]float64) {
	t.Helper()
	f := strings.Fields(lsat)
	for k := 0; k < len(f); k += 2 {
		n, err := strconv.Atoi(f[k+1])
		if err != nil {
			t.Fatal(err)
		}
		for range n {
			var row []float64
			for _, c := range f[k] {
				row = append(row, float64(c-'0'))
			}
			rows = append(rows, row)
		}
	}
	if len(rows) != 1000 {
		t.Fatalf("%d persons, want 1000", len(rows))
	}
	return rows
}

// The figures that the R package ltm prints for these data (D. Rizopoulos, "ltm: an R package for latent variable modeling and item response theory
// analyses", Journal of Statistical Software 17(5), 2006, sections 3.1 and 4.1): descript(LSAT), and rasch(LSAT), in which one discrimination is
// estimated for all items, which is the spread of abilities here: its difficulties times that are ours.
func TestLikeLTM(t *testing.T) {
	a := analyse(t, lsatRows(t))
	near(t, "alpha", *a.Form.Reliability, .2950, 5e-5)
	for i, want := range []struct{ right, without, biserial, difficulty float64 }{
		{.924, .2754, .1128, -3.6153}, {.709, .2376, .1532, -1.3224}, {.553, .2168, .1728, -0.3176}, {.763, .2459, .1444, -1.7301}, {.870, .2663, .1216, -2.7802},
	} {
		s := a.Items[i]
		near(t, "share right of "+s.ID, s.Facility.Value, want.right, 1e-9)
		near(t, "alpha without "+s.ID, *s.AlphaWithout, want.without, 5e-5)
		near(t, "point-biserial of "+s.ID, s.PointBiserial.Value, want.biserial, 5e-5)
		near(t, "difficulty of "+s.ID, s.Rasch.Difficulty, want.difficulty*.7551, .01) // the wide prior of ours moves it that far
	}
	near(t, "spread of ability", a.Model.SD, .7551, .01)
}

// The marks of 25 persons on 7 questions that test Moodle's own statistics, and what Moodle expects of them (github.com/moodle/moodle,
// mod/quiz/report/statistics/tests/fixtures, results00.csv and qstats00.csv; Moodle's discrimination index is our point-biserial, both times 100).
func TestLikeMoodle(t *testing.T) {
	a := analyse(t, parse(t, `
1 1 1 1 1 0 1
1 1 1 1 .5 1 0
1 1 1 1 .5 0 1
0 0 1 1 1 0 0
1 0 1 0 0 1 .5
1 1 1 1 .5 0 .5
0 1 1 1 .5 1 .5
1 1 1 0 .5 1 .5
1 0 1 1 1 1 1
0 1 1 0 .5 1 .5
.8 0 1 1 .5 1 .5
1 1 1 0 .5 1 1
1 0 1 1 .5 1 .5
1 0 1 1 1 0 .5
0 0 1 1 0 1 1
1 0 1 0 .5 1 1
.8 0 1 1 .5 0 1
1 0 1 1 0 1 .5
1 0 1 1 .5 0 .5
0 1 1 0 .5 1 0
1 1 .3333333 1 .5 0 .5
1 1 1 0 .5 0 .5
1 1 1 1 0 1 .5
0 0 1 0 .5 1 1
0 0 1 1 1 1 1`))
	for i, want := range []struct{ facility, correlation, efficiency float64 }{
		{.704, -7.0650767526, -9.4550536967}, {.48, -28.8982125772, -36.7834118938}, {.973333332, -9.1230674268, -21.6545012165}, {.68, -22.6306444113, -31.4411395613},
		{.52, -17.6997047674, -21.1794802584}, {.64, -45.3785178421, -56.9365974439}, {.62, -5.6543166602, -6.5043742058},
	} {
		s := a.Items[i]
		near(t, "facility of "+s.ID, s.Facility.Value, want.facility, 1e-8)
		near(t, "point-biserial of "+s.ID, 100*s.PointBiserial.Value, want.correlation, 1e-3) // the sums of the fixture are rounded to five places
		near(t, "efficiency of "+s.ID, 100**s.Efficiency, want.efficiency, 1e-3)
	}
	if a.Form.Formula != itemstats.Alpha {
		t.Errorf("formula %q of partial scores", a.Form.Formula)
	}
}
