package interchange

import (
	"slices"
	"strconv"
	"strings"

	"crosswalk/grading"
)

// project takes off an item what a format cannot hold, and says so. What is left is written whole, so that reading the file gives it back. problem says
// why the item cannot be written at all, "" when it can.
func project(it Item, a able) (_ Item, ns notes, problem string) {
	it = it.clone()
	if it.Kind == grading.Order && a.orderAsMatch {
		ns.changed("the order is a match of places with entries, since the format has no orders")
		for i, e := range it.Entries {
			it.Pairs = append(it.Pairs, Pair{strconv.Itoa(i + 1), e})
		}
		it.Kind, it.Entries = grading.Match, nil
	}
	if !slices.Contains(a.kinds, it.Kind) {
		return it, ns, "the format has no questions of the kind " + string(it.Kind)
	}
	if a.maxChoices > 0 && len(it.Choices) > a.maxChoices {
		return it, ns, "the format takes " + strconv.Itoa(a.maxChoices) + " options at the most"
	}
	strip(&it, a, &ns)
	plainTexts(&it, a, &ns)
	return it, ns, it.fault()
}

// strip takes whole parts off.
func strip(it *Item, a able, ns *notes) {
	if !a.why {
		for i := range it.Choices {
			if it.Choices[i].Why != "" {
				ns.dropped("the explanations of the options")
			}
			it.Choices[i].Why = ""
		}
	}
	if !a.rationale && it.Rationale != "" {
		ns.dropped("the rationale")
		it.Rationale = ""
	}
	if !a.meta && (it.Difficulty != 0 || len(it.Cites) > 0) {
		ns.dropped("the difficulty and the cites")
		it.Difficulty, it.Cites = 0, nil
	}
	if !a.id {
		it.ID, it.Area = "", "" // the report has both
	}
}

// plainTexts takes markup and lines off texts where there can be none.
func plainTexts(it *Item, a able, ns *notes) {
	for i := range it.Pairs {
		if r := &it.Pairs[i].Right; a.markup && a.plainRight && !isPlain(*r) {
			ns.changed("emphasis in the right column of the match is left out, since the format has only text there")
			*r = lineFromPlain(linePlain(*r))
		}
	}
	if a.markup && a.lines {
		return
	}
	it.eachText(func(t *string) {
		plain := fromPlain(toPlain(*t))
		if plain != *t {
			ns.changed("lists, tables and emphasis are plain text")
		}
		if !a.lines {
			line := lineFromPlain(strings.Join(strings.Fields(toPlain(plain)), " "))
			if line != plain {
				ns.changed("the text stands on one line")
			}
			plain = line
		}
		*t = plain
	})
}
