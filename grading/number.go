package grading

import (
	"math/big"
	"strings"
)

// A number is right within the tolerance of the key, computed exactly in decimals; there is no partial credit.

// decimal reads a number as people write it: 1,234.50, $47, 12 %, -3. The unit signs are not judged.
func decimal(s string) (*big.Rat, bool) {
	t := strings.TrimSpace(s)
	t = strings.TrimSpace(strings.TrimSuffix(t, "%"))
	neg := false
	if rest, ok := strings.CutPrefix(t, "-"); ok {
		neg, t = true, strings.TrimSpace(rest)
	}
	t = strings.TrimSpace(strings.TrimPrefix(t, "$"))
	whole, frac, dot := strings.Cut(t, ".")
	if strings.Contains(whole, ",") {
		groups := strings.Split(whole, ",")
		for i, g := range groups {
			if i == 0 && (len(g) < 1 || len(g) > 3) || i > 0 && len(g) != 3 {
				return nil, false
			}
		}
		whole = strings.Join(groups, "")
	}
	digits := whole + frac
	if digits == "" || len(digits) > 30 || strings.Trim(digits, "0123456789") != "" || dot && frac == "" {
		return nil, false
	}
	if whole == "" {
		whole = "0"
	}
	v := whole
	if dot {
		v += "." + frac
	}
	r, ok := new(big.Rat).SetString(v)
	if ok && neg {
		r.Neg(r)
	}
	return r, ok
}

func parseNumber(_ *ItemKey, a ItemAnswer, p *itemParser) {
	if strings.TrimSpace(a.Value) == "" {
		p.fail("value", "", "Enter a number.")
	} else if _, ok := decimal(a.Value); !ok {
		p.fail("value", clip(a.Value), "%q is no number that can be read. Write digits with a point for decimals, such as 47 or 3.5.", clip(a.Value))
	}
}

func gradeNumber(k *ItemKey, a ItemAnswer) ItemResult {
	got, ok := decimal(a.Value)
	want, okKey := decimal(k.Number)
	within, okTol := decimal(k.Tolerance)
	if !okTol {
		within = new(big.Rat)
	}
	correct := false
	if ok && okKey {
		off := new(big.Rat).Sub(got, want)
		correct = off.Abs(off).Cmp(within) <= 0
	}
	return outcome(correct, 0, []ItemPart{{Index: 0, Entered: strings.TrimSpace(a.Value), Chosen: true, Right: correct}})
}
