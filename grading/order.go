package grading

import (
	"fmt"
	"slices"
)

// An order earns a share for the right entry at the head and for each entry that stands directly behind the one it should follow. So a
// list that is right but for one entry moved keeps most of its credit, though no entry behind it has its old number.

func parseOrder(k *ItemKey, a ItemAnswer, p *itemParser) {
	if len(a.Order) != k.Length {
		p.fail("order", fmt.Sprint(len(a.Order), " entries"), "Put all %d entries in order.", k.Length)
		return
	}
	if slices.Contains(a.Order, -1) { // a page leaves a place open so when no entry, or two, were put there
		p.fail("order", "", "Give each of the %d entries a place of its own.", k.Length)
		return
	}
	p.indices("order", a.Order, k.Length)
}

func gradeOrder(k *ItemKey, a ItemAnswer) ItemResult {
	right := 0
	var parts []ItemPart
	for i := range k.Length {
		at := slices.Index(a.Order, i)
		ok := at == 0 && i == 0 || at > 0 && i > 0 && a.Order[at-1] == i-1
		if ok {
			right++
		}
		parts = append(parts, ItemPart{Index: i, Chosen: at >= 0, Right: ok})
	}
	return outcome(right == k.Length && len(a.Order) == k.Length, share(right, k.Length), parts)
}
