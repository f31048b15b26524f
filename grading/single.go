package grading

import (
	"fmt"
	"slices"
)

// A single choice is right or wrong; there is no partial credit.

func parseSingle(k *ItemKey, a ItemAnswer, p *itemParser) {
	if len(a.Options) != 1 {
		p.fail("options", fmt.Sprint(len(a.Options), " chosen"), "Choose one option.")
		return
	}
	p.indices("options", a.Options, k.Options)
}

func gradeSingle(k *ItemKey, a ItemAnswer) ItemResult {
	correct := len(a.Options) == 1 && len(k.Correct) == 1 && a.Options[0] == k.Correct[0]
	return outcome(correct, 0, optionParts(k, a))
}

// optionParts judge each option: chosen if it should be, left if not.
func optionParts(k *ItemKey, a ItemAnswer) []ItemPart {
	var out []ItemPart
	for i := range k.Options {
		chosen := slices.Contains(a.Options, i)
		out = append(out, ItemPart{Index: i, Chosen: chosen, Right: chosen == slices.Contains(k.Correct, i)})
	}
	return out
}
