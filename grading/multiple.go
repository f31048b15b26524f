package grading

import (
	"slices"
)

// A multiple choice earns a share for each right option chosen and loses one for each wrong option chosen, never below 0: to choose
// everything earns nothing where half of the options are right.

func parseMultiple(k *ItemKey, a ItemAnswer, p *itemParser) {
	if len(a.Options) == 0 {
		p.fail("options", "", "Choose %d options.", len(k.Correct))
		return
	}
	p.indices("options", a.Options, k.Options)
}

func gradeMultiple(k *ItemKey, a ItemAnswer) ItemResult {
	right, wrong := 0, 0
	for i := range k.Options {
		switch {
		case !slices.Contains(a.Options, i):
		case slices.Contains(k.Correct, i):
			right++
		default:
			wrong++
		}
	}
	n := len(k.Correct)
	if n == 0 {
		return outcome(wrong == 0, 0, optionParts(k, a))
	}
	return outcome(right == n && wrong == 0, share(right-wrong, n), optionParts(k, a))
}

// share is n of m in points, rounded down, so that only the whole is 100.
func share(n, m int) Points {
	if m <= 0 || n <= 0 {
		return 0
	}
	return Points(int(fullItem) * n / m)
}
