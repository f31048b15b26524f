package grading

import (
	"fmt"
	"slices"
)

// A match earns a share for each pair that is right.

func parseMatch(k *ItemKey, a ItemAnswer, p *itemParser) {
	if len(a.Match) != k.Length {
		p.fail("match", fmt.Sprint(len(a.Match), " entries"), "Give an entry for each of the %d on the left; -1 leaves one open.", k.Length)
		return
	}
	if !slices.ContainsFunc(a.Match, func(v int) bool { return v != -1 }) {
		p.fail("match", "", "Choose a partner for each entry.")
		return
	}
	for i, v := range a.Match {
		if v < -1 || v >= k.Length {
			p.fail(fmt.Sprintf("match[%d]", i), fmt.Sprint(v), "There is no entry %d on the right. Choose from 0 to %d, or -1 for none.", v, k.Length-1)
		}
	}
}

func gradeMatch(k *ItemKey, a ItemAnswer) ItemResult {
	right := 0
	var parts []ItemPart
	for i := range k.Length {
		p := ItemPart{Index: i}
		if i < len(a.Match) {
			p.Chosen, p.Right = a.Match[i] >= 0, a.Match[i] == i
		}
		if p.Right {
			right++
		}
		parts = append(parts, p)
	}
	return outcome(right == k.Length && len(a.Match) == k.Length, share(right, k.Length), parts)
}
