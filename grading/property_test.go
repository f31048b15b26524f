package grading

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"crosswalk/codebook"
	"crosswalk/internal/testkit"
)

// trials is how many random keys and answers a property is tried on: grading is pure and knows no goroutines.
var trials = func() int {
	if testkit.Race {
		return 300
	}
	return 1500
}()

// The tests here state what must hold for every key and answer and try it on random ones. A failure prints the seed, which makes it
// again.

// world draws random keys and answers from the codes of the test book, so that siblings, near misses and conflicts are common.
type world struct {
	*rand.Rand
	book   *fakeBook
	dx, px []codebook.Ref
}

func newWorld(book *fakeBook, seed uint64) *world {
	w := &world{Rand: rand.New(rand.NewPCG(seed, 7)), book: book}
	for _, ref := range slices.SortedFunc(maps.Keys(book.entries), func(a, b codebook.Ref) int { return bytes.Compare([]byte(a.Code), []byte(b.Code)) }) {
		switch {
		case ref.System != codebook.ICD10CM:
			w.px = append(w.px, ref)
		case book.entries[ref].Billable:
			w.dx = append(w.dx, ref)
		}
	}
	return w
}

func (w *world) chance(percent int) bool { return w.IntN(100) < percent }

func pick[T any](w *world, from []T) T { return from[w.IntN(len(from))] }

// key draws a key that its own checks would pass: codes stand once, traps and near misses are no key lines, After follows the order.
func (w *world) key(ordered bool) Key {
	claim := pick(w, []Key{{Setting: "office", Bills: Professional}, {Setting: "office", Bills: Professional}, {Setting: "inpatient", Bills: Professional},
		{Setting: "inpatient", Bills: Facility}, {Setting: "ed", Bills: Facility}})
	k := Key{Setting: claim.Setting, Bills: claim.Bills, Ask: Ask{Diagnoses: true, Procedures: w.chance(80), Pointers: w.chance(50), POA: w.chance(40), DRG: w.chance(20),
		Disposition: w.chance(20), EM: w.chance(20), Evidence: w.chance(30), Query: w.chance(20)}}
	used := map[codebook.Code]bool{}
	fresh := func(pool []codebook.Ref) codebook.Ref {
		for {
			if r := pick(w, pool); !used[r.Code] {
				used[r.Code] = true
				return r
			}
		}
	}
	for i := range 1 + w.IntN(5) {
		d := Diagnosis{Code: fresh(w.dx).Code, Weight: pick(w, []Weight{Required, Required, Reportable, Status, Optional})}
		if i == 0 {
			d.First, d.Weight = IsFirst, Required
		}
		d.POA = pick(w, []string{"Y", "Y", "N", "U", "W", poaExempt})
		if w.chance(20) {
			d.Accept = []codebook.Code{fresh(w.dx).Code}
		}
		if w.chance(20) {
			d.NearMiss = map[codebook.Code]int{fresh(w.dx).Code: 5 * w.IntN(20)}
		}
		if ordered && i > 0 && w.chance(30) {
			d.After = []codebook.Code{k.Diagnoses[w.IntN(i)].Code}
		}
		if w.chance(50) {
			d.Evidence = []Evidence{{Text: fmt.Sprint("words that speak for line ", i)}}
		}
		if w.chance(20) {
			d.Why, d.Cites = "The author says why.", []string{"I.B.2"}
		}
		k.Diagnoses = append(k.Diagnoses, d)
	}
	if len(k.Diagnoses) > 1 && w.chance(20) { // either may stand first (II.B, II.C)
		for i := range 2 {
			k.Diagnoses[i].First, k.Diagnoses[i].Weight, k.Diagnoses[i].After = EitherFirst, Required, nil
		}
	}
	if w.chance(20) {
		k.Allow = []Allow{{Pair: [2]codebook.Code{pick(w, k.Diagnoses).Code, pick(w, w.dx).Code}}}
	}
	for range w.IntN(4) {
		r := fresh(w.px)
		p := Procedure{System: r.System, Code: r.Code, Units: 1 + w.IntN(2), Optional: w.chance(15)}
		if r.System != codebook.ICD10PCS {
			p.Modifiers = w.modifiers()
			if w.chance(15) {
				p.ModifiersAny = [][]string{w.modifiers(), w.modifiers()}
			}
			if w.chance(15) {
				p.ModifiersOptional = []string{"51"}
			}
			if w.chance(15) {
				p.Units, p.Minutes = 1, 30+w.IntN(90)
			}
		} else {
			p.Units = 1
		}
		if w.chance(20) {
			p.Accept = []codebook.Code{fresh(w.px).Code}
		}
		if w.chance(20) {
			p.NearMiss = map[codebook.Code]int{fresh(w.px).Code: 5 * w.IntN(20)}
		}
		if w.chance(30) {
			p.Evidence = []Evidence{{Text: "words that speak for " + string(p.Code)}, {Text: "and some more of them"}}
		}
		for _, d := range k.Diagnoses {
			if w.chance(40) {
				p.PointsTo = append(p.PointsTo, d.Code)
			}
		}
		k.Procedures = append(k.Procedures, p)
	}
	for range w.IntN(3) {
		k.Traps = append(k.Traps, Trap{Code: fresh(w.dx).Code, Kind: pick(w, []TrapKind{Integral, Needless, Unsupported})})
	}
	for range w.IntN(2) {
		k.Traps = append(k.Traps, Trap{Code: fresh(w.px).Code, Kind: pick(w, []TrapKind{NotDone, Bundled, Unsupported}), Why: "It was planned."})
	}
	k.DRG, k.Disposition = "291", "01"
	k.EM = &EM{Problems: "moderate", Data: "limited", Risk: "moderate"}
	if w.chance(30) {
		k.EM = &EM{Minutes: 20 + w.IntN(40)}
	}
	if w.chance(50) {
		k.Query = &Query{Reason: "missing stage", Indicators: []string{"eGFR 38"}, Options: []QueryOption{{Text: "which stage", OK: true}, {Text: "please confirm", Leading: true}}}
	}
	if !ordered {
		for i := range k.Diagnoses {
			k.Diagnoses[i].After = nil
		}
	}
	return k
}

func (w *world) modifiers() []string {
	var out []string
	for _, m := range []string{"25", "59", "RT", "LT"} {
		if w.chance(25) {
			out = append(out, m)
		}
	}
	return out
}

// answer draws an answer: pieces of the model answer, changed here and there, and noise.
func (w *world) answer(k *Key) Response {
	model := w.parse(k, ModelAnswer(k))
	r := Response{DRG: pick(w, []string{"", "291", "292"}), Disposition: pick(w, []string{"", "01"}), EM: model.EM, Query: model.Query}
	for _, d := range model.Diagnoses {
		if w.chance(75) {
			if w.chance(30) {
				d.Code = w.neighbour(d.Code)
			}
			if w.chance(30) {
				d.Evidence = pick(w, [][]string{nil, {"words that speak"}, {"nothing of the kind"}, {"words", "that speak for line 1 and very much besides which nobody asked for at all"}})
			}
			if w.chance(20) {
				d.POA = pick(w, []string{"", "Y", "N", "W", poaExempt})
			}
			r.Diagnoses = append(r.Diagnoses, d)
		}
	}
	for range w.IntN(4) {
		r.Diagnoses = slices.Insert(r.Diagnoses, w.IntN(len(r.Diagnoses)+1), EnteredDiagnosis{Code: pick(w, w.dx).Code, POA: "Y"})
	}
	for _, p := range model.Procedures {
		if w.chance(80) {
			if w.chance(30) {
				p.Modifiers = w.modifiers()
			}
			if w.chance(20) {
				x := pick(w, w.px)
				p.System, p.Code = x.System, x.Code
			}
			if w.chance(20) {
				p.Units, p.Minutes = 1+w.IntN(4), 0
			}
			if w.chance(10) {
				p.Units, p.Minutes = 1, 1+w.IntN(200)
			}
			if p.System == codebook.ICD10PCS {
				p.Modifiers = nil
			}
			p.PointsTo = nil
			for j := range r.Diagnoses {
				if w.chance(30) {
					p.PointsTo = append(p.PointsTo, j)
				}
			}
			r.Procedures = append(r.Procedures, p)
		}
	}
	if w.chance(40) {
		level := func() string { return pick(w, []string{"", "straightforward", "low", "moderate", "high"}) }
		minutes := 10 + w.IntN(60)
		r.EM = pick(w, []*AnswerEM{nil, {Problems: level(), Data: pick(w, []string{"", "minimal", "limited", "extensive"}), Risk: level()}, {Minutes: &minutes}})
	}
	if w.chance(40) {
		one := w.IntN(2)
		r.Query = pick(w, []*AnswerQuery{nil, {}, {Ask: true}, {Ask: true, Reason: "missing stage", Indicators: []string{"eGFR"}, Option: &one}})
	}
	for range w.IntN(3) {
		x := pick(w, w.px)
		r.Procedures = append(r.Procedures, EnteredProcedure{System: x.System, Code: x.Code, Units: 1})
	}
	return r
}

// neighbour is another code of the same category where there is one.
func (w *world) neighbour(c codebook.Code) codebook.Code {
	var near []codebook.Code
	for _, r := range w.dx {
		if r.Code[:3] == c[:3] && r.Code != c {
			near = append(near, r.Code)
		}
	}
	if len(near) == 0 {
		return pick(w, w.dx).Code
	}
	return pick(w, near)
}

func (w *world) parse(k *Key, a Answer) Response {
	r, err := ParseAnswer(k, a)
	if err != nil {
		panic(fmt.Sprintf("%v\n%+v", err, a))
	}
	return r
}

func eachWorld(t *testing.T, run func(t *testing.T, w *world)) {
	book := readFakeBook(t)
	n := uint64(trials)
	if testing.Short() {
		n = 300
	}
	for seed := range n {
		w := newWorld(book, seed)
		run(t, w)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func TestScoreIsTheSumAndInBounds(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		k := w.key(true)
		r := w.answer(&k)
		res := Grade(&k, r, w.book, Learning)
		var earned, possible Points
		for _, p := range res.Parts {
			earned, possible = earned+p.Earned, possible+p.Possible
			if p.Component != CompCap && p.Earned > p.Possible {
				t.Errorf("part earns more than possible: %+v", p)
			}
			if p.Why == "" {
				t.Errorf("part without a sentence: %+v", p)
			}
			if p.Component != CompCap && (p.Finding == "") != (p.Earned == p.Possible) && !(p.Possible == 0 && p.Earned == 0) {
				t.Errorf("finding %q does not go with %d of %d: %+v", p.Finding, p.Earned, p.Possible, p)
			}
		}
		if earned != res.Learning.Earned || possible != res.Learning.Possible || earned < 0 || earned > possible {
			t.Errorf("parts sum to %d of %d, learning is %d of %d", earned, possible, res.Learning.Earned, res.Learning.Possible)
		}
		if res.AuditAccuracy < 0 || res.AuditAccuracy > 100 || res.Learning.Percent < 0 || res.Learning.Percent > 100 {
			t.Errorf("a figure is out of 0 to 100: %+v", res)
		}
		if res.Clean != (earned == possible && !slices.ContainsFunc(res.Parts, func(p Part) bool { return p.Finding != "" })) {
			t.Errorf("clean is %v at %d of %d", res.Clean, earned, possible)
		}
	})
}

func TestModelAnswerIsFullAndClean(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		k := w.key(true)
		// What no key may have, since check refuses it: a manifestation that the key puts before its etiology.
		if slices.ContainsFunc(k.Diagnoses, func(d Diagnosis) bool { return d.Code == "G990" }) {
			return
		}
		alt := w.key(true)
		k.Alternatives = []Key{alt}
		for n, v := range k.Versions() {
			v.Allow, v.Alternatives = nil, nil
			if n > 0 {
				v.Traps = alt.Traps
			}
			if slices.ContainsFunc(v.Diagnoses, func(d Diagnosis) bool { return d.Code == "G990" }) {
				return
			}
			r := w.parse(&v, ModelAnswer(&v))
			for _, s := range Schemes {
				res := Grade(&v, r, w.book, s)
				if !res.Clean || res.Learning.Percent != 100 || res.AuditAccuracy != 100 || res.SchemeScore != nil && res.SchemeScore.Percent != 100 || res.FinancialMatch != nil && !*res.FinancialMatch {
					t.Errorf("version %d, %s: %s", n, s, summary(res))
				}
			}
		}
	})
}

func TestSameInputSameBytes(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		k := w.key(true)
		k.Alternatives = []Key{w.key(true)}
		r := w.answer(&k)
		a, _ := json.Marshal(Grade(&k, r, w.book, CodeOverCode))
		b, _ := json.Marshal(Grade(&k, r, w.book, CodeOverCode))
		if !bytes.Equal(a, b) {
			t.Errorf("two runs differ:\n%s\n%s", a, b)
		}
	})
}

func TestForeignLineNeverHelps(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		k := w.key(true)
		r := w.answer(&k)
		c := pick(w, w.dx).Code
		g := newGrader(&k, &r, w.book, &Policy{})
		for i := range k.Diagnoses {
			if g.nearDiagnosis(&k.Diagnoses[i], c).percent > 0 {
				return
			}
		}
		before := Grade(&k, r, w.book, Learning)
		at := w.IntN(len(r.Diagnoses) + 1)
		after := Grade(&k, insertDiagnosis(r, at, EnteredDiagnosis{Code: c}), w.book, Learning)
		// In front it may cost a near miss its first place, which then pairs with another line, exactly: the score falls, the audit may rise.
		if after.Learning.Earned > before.Learning.Earned || at > 0 && after.AuditAccuracy > before.AuditAccuracy || after.Clean {
			t.Errorf("adding %s to %v helps: %d to %d", c, r.Diagnoses, before.Learning.Earned, after.Learning.Earned)
		}
	})
}

// insertDiagnosis puts a line in and keeps pointers at the lines they mean.
func insertDiagnosis(r Response, at int, d EnteredDiagnosis) Response {
	out := r
	out.Diagnoses = slices.Insert(slices.Clone(r.Diagnoses), at, d)
	out.Procedures = slices.Clone(r.Procedures)
	for i, p := range out.Procedures {
		p.PointsTo = slices.Clone(p.PointsTo)
		for x, j := range p.PointsTo {
			if j >= at {
				p.PointsTo[x]++
			}
		}
		out.Procedures[i] = p
	}
	return out
}

func TestOwnLineNeverHurts(t *testing.T) {
	tried := 0
	eachWorld(t, func(t *testing.T, w *world) {
		k := w.key(false)
		k.Ask.Pointers = false // a new diagnosis is one that no procedure points to yet
		r := w.answer(&k)
		model := w.parse(&k, ModelAnswer(&k))
		at := w.IntN(len(model.Diagnoses))
		own := model.Diagnoses[at]
		line := &k.Diagnoses[slices.IndexFunc(k.Diagnoses, func(d Diagnosis) bool { return d.Code == own.Code })]
		if slices.ContainsFunc(r.Diagnoses, func(d EnteredDiagnosis) bool { return line.fullCredit(d.Code) }) {
			return // it would be a second one
		}
		var codes []codebook.Code
		for _, d := range r.Diagnoses {
			codes = append(codes, d.Code)
			if len(w.book.Excludes1([]codebook.Code{d.Code, own.Code}, codebook.Date{})) > 0 {
				return
			}
			if len(w.book.etiologies[d.Code])+len(w.book.etiologies[own.Code]) > 0 {
				return
			}
		}
		place := len(r.Diagnoses)
		if line.First == IsFirst {
			place = 0
		}
		before := Grade(&k, r, w.book, Learning)
		after := Grade(&k, insertDiagnosis(r, place, own), w.book, Learning)
		for _, p := range after.Parts {
			if p.Component == CompCap && p.Earned < 0 {
				return // past twice the key's lines another bound holds, see docs/grading.md
			}
		}
		tried++
		if after.Learning.Earned < before.Learning.Earned {
			t.Errorf("adding %s at %d to %v hurts:\n%s\n%s", own.Code, place, codes, summary(before), summary(after))
		}
	})
	if !testing.Short() && tried < trials/10 {
		t.Errorf("only %d trials tested anything", tried)
	}
}

func TestOwnProcedureNeverHurts(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		k := w.key(false)
		k.Ask.Pointers = false
		r := w.answer(&k)
		model := w.parse(&k, ModelAnswer(&k))
		if len(model.Procedures) == 0 {
			return
		}
		own := pick(w, model.Procedures)
		for _, p := range r.Procedures {
			_, one := w.book.NCCI(p.Code, own.Code)
			_, two := w.book.NCCI(own.Code, p.Code)
			if p.Code == own.Code || one || two {
				return
			}
		}
		before := Grade(&k, r, w.book, Learning)
		more := r
		more.Procedures = append(slices.Clone(r.Procedures), own)
		after := Grade(&k, more, w.book, Learning)
		for _, p := range after.Parts {
			if p.Component == CompCap && p.Earned < 0 {
				return
			}
		}
		if after.Learning.Earned < before.Learning.Earned {
			t.Errorf("adding %s hurts:\n%s\n%s", own.Code, summary(before), summary(after))
		}
	})
}

func TestOrderThatNoRuleOrdersNeverMatters(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		k := w.key(false)
		r := w.answer(&k)
		if len(r.Diagnoses) < 2 || slices.ContainsFunc(r.Diagnoses, func(d EnteredDiagnosis) bool { return d.Code == "G990" }) {
			return
		}
		before := Grade(&k, r, w.book, AllOrNothing)
		perm := w.Perm(len(r.Diagnoses) - 1)
		mixed := r
		mixed.Diagnoses = slices.Clone(r.Diagnoses)
		moved := make([]int, len(r.Diagnoses))
		for to, from := range perm {
			mixed.Diagnoses[to+1] = r.Diagnoses[from+1]
			moved[from+1] = to + 1
		}
		// The first line that counts must stay the first that counts: an optional line in front is passed over.
		g := newGrader(&k, &r, w.book, &Policy{})
		g.pairDiagnoses()
		if g.first != 0 {
			return
		}
		mixed.Procedures = slices.Clone(r.Procedures)
		for i, p := range mixed.Procedures {
			p.PointsTo = slices.Clone(p.PointsTo)
			for x, j := range p.PointsTo {
				p.PointsTo[x] = moved[j]
			}
			w.Shuffle(len(p.PointsTo), func(a, b int) { p.PointsTo[a], p.PointsTo[b] = p.PointsTo[b], p.PointsTo[a] })
			p.Modifiers = slices.Clone(p.Modifiers)
			w.Shuffle(len(p.Modifiers), func(a, b int) { p.Modifiers[a], p.Modifiers[b] = p.Modifiers[b], p.Modifiers[a] })
			mixed.Procedures[i] = p
		}
		w.Shuffle(len(mixed.Procedures), func(a, b int) { mixed.Procedures[a], mixed.Procedures[b] = mixed.Procedures[b], mixed.Procedures[a] })
		after := Grade(&k, mixed, w.book, AllOrNothing)
		if before.Learning != after.Learning || before.AuditAccuracy != after.AuditAccuracy || before.Clean != after.Clean || *before.SchemeScore != *after.SchemeScore {
			t.Errorf("order matters:\n%s\n%s", summary(before), summary(after))
		}
		if d := cmp.Diff(told(before), told(after)); d != "" {
			t.Errorf("order changes what is told (-before +after):\n%s\n%s\n%s", d, summary(before), summary(after))
		}
	})
}

// told is what a result says, apart from the order of its parts: findings, points and sentences.
func told(r Result) []string {
	var out []string
	for _, p := range r.Parts {
		if p.Component == CompEM { // with two visits on a sheet the grid is held against the first of them
			continue
		}
		line, entered := "-", "-"
		if p.Line != nil {
			line = *p.Line
		}
		if p.Entered != nil {
			fields := strings.Fields(*p.Entered)
			slices.Sort(fields) // modifiers and pointers are shown as they were entered
			entered = strings.Join(fields, " ")
		}
		why := p.Why
		if p.Component == CompModifiers && p.Finding == "" {
			why = "" // names the modifiers in the order in which they were entered
		}
		out = append(out, fmt.Sprint(line, p.Component, entered, p.Earned, p.Finding, why, p.Cites, p.Reached))
	}
	slices.Sort(out)
	return out
}

func TestEnteringEverythingNeverPays(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		k := w.key(false)
		k.Ask.Procedures = false
		r := w.parse(&k, ModelAnswer(&k))
		all := r
		all.Diagnoses = slices.Clone(r.Diagnoses)
		for _, d := range w.dx {
			if !slices.ContainsFunc(r.Diagnoses, func(e EnteredDiagnosis) bool { return e.Code == d.Code }) && len(all.Diagnoses) < MaxLines {
				all.Diagnoses = append(all.Diagnoses, EnteredDiagnosis{Code: d.Code, POA: "Y"})
			}
		}
		res := Grade(&k, all, w.book, Learning)
		if res.Learning.Percent > res.AuditAccuracy || res.Learning.Percent > 20 {
			t.Errorf("everything pays %.1f %% at audit accuracy %.1f %%", res.Learning.Percent, res.AuditAccuracy)
		}
	})
}

// TestPairingIsBest compares the pairing with all pairings of small cases: the greatest total first, then the smallest penalty.
func TestPairingIsBest(t *testing.T) {
	eachWorld(t, func(t *testing.T, w *world) {
		k := w.key(true)
		r := w.answer(&k)
		if len(r.Diagnoses) > 5 {
			r.Diagnoses = r.Diagnoses[:5]
			r.Procedures = nil
		}
		g := newGrader(&k, &r, w.book, &Policy{})
		g.pairDiagnoses()
		penalty := func(p pairing) Points {
			extras, _ := g.price(&g.dx, p)
			return total(extras) + Standard.Order*Points(len(g.disorders(p)))
		}
		sum := func(p pairing) Points {
			var s Points
			for i, j := range p.of {
				if j >= 0 {
					s += g.dx.credit[i][j]
				}
			}
			return s
		}
		p := pairing{of: slices.Repeat([]int{-1}, len(g.dx.lines)), by: slices.Repeat([]int{-1}, len(g.dx.entered))}
		bestSum, bestPenalty := Points(-1), Points(0)
		var walk func(i int)
		walk = func(i int) {
			if i == len(g.dx.lines) {
				s := sum(p)
				if c := penalty(p); s > bestSum || s == bestSum && c < bestPenalty {
					bestSum, bestPenalty = s, c
				}
				return
			}
			walk(i + 1)
			for j := range g.dx.entered {
				if p.by[j] < 0 && g.dx.credit[i][j] > 0 {
					p.of[i], p.by[j] = j, i
					walk(i + 1)
					p.of[i], p.by[j] = -1, -1
				}
			}
		}
		walk(0)
		if s, c := sum(g.dx.pairing), penalty(g.dx.pairing); s != bestSum || c != bestPenalty {
			t.Errorf("pairing has total %d and penalty %d, the best is %d and %d: key %v, entered %v", s, c, bestSum, bestPenalty, k.Diagnoses, r.Diagnoses)
		}
	})
}
