package progress

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"crosswalk/codebook"
	"crosswalk/grading"
)

// Answers of the demo's learners: right ones, and wrong ones of the kinds that learners give.

func seq(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// shuffled is an order of options as a page would show them; nil where there are none.
func shuffled(rng *rand.Rand, k *grading.ItemKey) []int {
	n := k.Options
	if k.Kind == grading.Order || k.Kind == grading.Match {
		n = k.Length
	}
	if n == 0 {
		return nil
	}
	return rng.Perm(n)
}

func printed(c grading.ItemCode) string {
	return strings.Join(append([]string{c.Code.Dotted(c.System)}, c.Modifiers...), "-")
}

func rightItem(k *grading.ItemKey) grading.ItemAnswer {
	switch k.Kind {
	case grading.Single, grading.Multiple:
		return grading.ItemAnswer{Options: slices.Clone(k.Correct)}
	case grading.Codes:
		var a grading.ItemAnswer
		for _, c := range k.Codes {
			a.Codes = append(a.Codes, printed(c))
		}
		return a
	case grading.Number:
		return grading.ItemAnswer{Value: k.Number}
	case grading.Text:
		if len(k.Texts) > 0 {
			return grading.ItemAnswer{Value: k.Texts[0]}
		}
	case grading.Order:
		return grading.ItemAnswer{Order: seq(k.Length)}
	case grading.Match:
		return grading.ItemAnswer{Match: seq(k.Length)}
	}
	return grading.ItemAnswer{}
}

func wrongItem(rng *rand.Rand, k *grading.ItemKey) grading.ItemAnswer {
	a := rightItem(k)
	switch k.Kind {
	case grading.Single, grading.Multiple: // a distractor in place of a right option
		var wrong []int
		for i := range k.Options {
			if !slices.Contains(k.Correct, i) {
				wrong = append(wrong, i)
			}
		}
		if len(wrong) > 0 && len(a.Options) > 0 {
			a.Options[rng.IntN(len(a.Options))] = wrong[rng.IntN(len(wrong))]
		}
	case grading.Codes: // one left out, or its last character wrong
		i := rng.IntN(max(1, len(a.Codes)))
		if len(a.Codes) > 1 && rng.IntN(2) == 0 {
			a.Codes = slices.Delete(a.Codes, i, i+1)
		} else if len(a.Codes) > 0 {
			a.Codes[i] = otherLast(k.Codes[i])
		}
	case grading.Number: // off by one more than is allowed, at the last place
		if f, err := strconv.ParseFloat(k.Number, 64); err == nil {
			tol, _ := strconv.ParseFloat(k.Tolerance, 64)
			a.Value = strconv.FormatFloat(f+tol+float64(1+rng.IntN(5)), 'f', -1, 64)
		}
	case grading.Text: // two letters the wrong way round
		if r := []rune(a.Value); len(r) > 3 {
			i := 1 + rng.IntN(len(r)-2)
			r[i], r[i+1] = r[i+1], r[i]
			a.Value = string(r)
		}
	case grading.Order:
		swapNeighbours(rng, a.Order)
	case grading.Match:
		swapNeighbours(rng, a.Match)
	}
	return a
}

func swapNeighbours(rng *rand.Rand, s []int) {
	if len(s) > 1 {
		i := rng.IntN(len(s) - 1)
		s[i], s[i+1] = s[i+1], s[i]
	}
}

// otherLast is a code with another last digit, which has the form of a code and may exist or not.
func otherLast(c grading.ItemCode) string {
	b := []byte(c.Code)
	last := &b[len(b)-1]
	switch {
	case *last >= '0' && *last < '9':
		*last++
	case *last == '9':
		*last = '0'
	case *last == 'A':
		*last = 'D'
	default:
		*last = 'A'
	}
	c.Code = codebook.Code(b)
	return printed(c)
}

// slip puts mistakes into a right answer to a case, each kind with a chance that grows with how unsure the learner is (0 to 1).
func slip(rng *rand.Rand, k *grading.Key, a *grading.Answer, unsure float64, book *codebook.Book) {
	chance := func(weight float64) bool { return rng.Float64() < weight*(0.15+1.4*unsure) }
	for i := len(a.Diagnoses) - 1; i >= 0; i-- {
		was := a.Diagnoses[i].Code
		switch {
		case i > 0 && chance(0.25): // overlooks it
			renamePointers(a, was, "")
			a.Diagnoses = slices.Delete(a.Diagnoses, i, i+1)
		case chance(0.35): // takes the code beside it
			c, ok := beside(rng, was, k.Date, book)
			if ok && !slices.ContainsFunc(a.Diagnoses, func(d grading.AnswerDiagnosis) bool { return d.Code == c }) {
				renamePointers(a, was, c)
				a.Diagnoses[i].Code = c
			}
		}
	}
	if len(a.Diagnoses) > 1 && chance(0.3) { // sequence
		a.Diagnoses[0], a.Diagnoses[1] = a.Diagnoses[1], a.Diagnoses[0]
	}
	if len(k.Traps) > 0 && chance(0.7) { // codes what is integral to something coded
		t := k.Traps[rng.IntN(len(k.Traps))]
		if t.Kind != grading.NotDone && t.Kind != grading.Bundled {
			if c, err := codebook.ParseCode(codebook.ICD10CM, string(t.Code)); err == nil {
				d := grading.AnswerDiagnosis{Code: c.Dotted(codebook.ICD10CM)}
				if k.Ask.POA {
					d.POA = "Y"
				}
				a.Diagnoses = append(a.Diagnoses, d)
			}
		}
	}
	if k.Ask.POA && len(a.Diagnoses) > 0 && chance(0.5) {
		if d := &a.Diagnoses[rng.IntN(len(a.Diagnoses))]; d.POA == "Y" {
			d.POA = "N"
		}
	}
	if n := len(a.Procedures); n > 1 && chance(0.3) {
		a.Procedures = a.Procedures[:n-1]
	}
	for i := range a.Procedures {
		p := &a.Procedures[i]
		if len(p.Modifiers) > 0 && chance(0.5) {
			if j := slices.Index(p.Modifiers, "RT"); j >= 0 && rng.IntN(3) == 0 {
				p.Modifiers[j] = "LT"
			} else {
				p.Modifiers = p.Modifiers[:len(p.Modifiers)-1]
			}
		}
		if p.Units != nil && chance(0.4) {
			one := 1
			p.Units = &one
		}
	}
	if a.EM != nil && a.EM.Data != "" && chance(0.6) {
		a.EM.Data = "limited"
	}
	if a.Query != nil && chance(0.4) {
		*a.Query = grading.AnswerQuery{Ask: !a.Query.Ask}
	}
}

// beside is a billable sibling of a code.
func beside(rng *rand.Rand, code string, on codebook.Date, book *codebook.Book) (string, bool) {
	c, err := codebook.ParseCode(codebook.ICD10CM, code)
	if err != nil {
		return "", false
	}
	var near []string
	for _, e := range book.Siblings(codebook.ICD10CM, c, on) {
		if e.Billable && e.Code != c {
			near = append(near, e.Dotted())
		}
	}
	if len(near) == 0 {
		return "", false
	}
	return near[rng.IntN(len(near))], true
}

// renamePointers makes pointers follow a diagnosis that changed its code, or drops them with it.
func renamePointers(a *grading.Answer, from, to string) {
	for i := range a.Procedures {
		p := &a.Procedures[i]
		if to == "" {
			p.PointsTo = slices.DeleteFunc(p.PointsTo, func(c string) bool { return c == from })
			continue
		}
		for j := range p.PointsTo {
			if p.PointsTo[j] == from {
				p.PointsTo[j] = to
			}
		}
	}
}
