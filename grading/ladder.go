package grading

import (
	"slices"
	"strings"

	"crosswalk/codebook"
)

// Step is one rung on the way to the right code: for a diagnosis the chapter, section and category of the Tabular List and what each
// later character names, for ICD-10-PCS the seven characters. The rungs of a part show how far the entered code came.
type Step struct {
	Level        string `json:"level"`                   // "chapter", "type", "side", "encounter", ...; for ICD-10-PCS the axis: "Approach"
	Code         string `json:"code"`                    // what the key has there, as printed: "19", "S50-S59", "S52.53-"; for ICD-10-PCS the character
	Title        string `json:"title,omitempty"`         // its title, where the book has one
	Entered      string `json:"entered,omitempty"`       // what was entered instead; "" where it is right
	EnteredTitle string `json:"entered_title,omitempty"` // the title of that
	OK           bool   `json:"ok"`
}

// reachedDiagnosis compares two diagnoses rung by rung. Below a wrong rung only the side and the encounter are still compared, because
// every other character means something else in another part of the tree.
func (g *grader) reachedDiagnosis(key, entered codebook.Ref) []Step {
	var out []Step
	if g.ref.book == nil || len(key.Code) < 3 || len(entered.Code) < 3 {
		return nil
	}
	kc, ok := g.ref.book.Chapter(key.Code, g.ref.on)
	ec, known := g.ref.book.Chapter(entered.Code, g.ref.on)
	if ok && known {
		out = append(out, rung("chapter", kc.Number, kc.Title, ec.Number, ec.Title))
	}
	ks, ok := g.ref.book.Section(key.Code, g.ref.on)
	es, known := g.ref.book.Section(entered.Code, g.ref.on)
	if ok && known {
		out = append(out, rung("section", ks.Range(), ks.Title, es.Range(), es.Title))
	}
	k3, e3 := key.Code[:3], entered.Code[:3]
	out = append(out, rung("category", string(k3), g.titleOf(k3), string(e3), g.titleOf(e3)))
	if k3 != e3 {
		return out
	}
	right := true
	for at := 3; at < max(len(key.Code), len(entered.Code)); at++ {
		k, e := upTo(key.Code, at), upTo(entered.Code, at)
		level := g.charName(key.Code, entered.Code, at)
		same := k == e || charAt(key.Code, at) == charAt(entered.Code, at) && charAt(key.Code, at) != 0
		if !right {
			switch level {
			case sideLevel:
				same = slices.Equal(sidesOf(g.titleOf(k)), sidesOf(g.titleOf(e)))
			case encounterLevel:
			default:
				continue
			}
		}
		if charAt(key.Code, at) == 'X' && (same || at >= len(entered.Code)) { // a placeholder names nothing
			continue
		}
		s := Step{Level: level, Code: g.shown(k, key.Code), Title: g.rungTitle(key.Code, at), OK: same}
		if len(key.Code) <= at { // the entered code goes on where the key's has ended
			s.Code, s.Title = "", ""
		}
		if !same {
			s.Entered, s.EnteredTitle = g.shown(e, entered.Code), g.rungTitle(entered.Code, at)
			if len(entered.Code) <= at {
				s.Entered, s.EnteredTitle = "", ""
			}
			right = false
		}
		out = append(out, s)
	}
	return out
}

func rung(level, key, title, entered, enteredTitle string) Step {
	s := Step{Level: level, Code: key, Title: title, OK: key == entered}
	if !s.OK {
		s.Entered, s.EnteredTitle = entered, enteredTitle
	}
	return s
}

// reachedPCS compares two ICD-10-PCS codes character by character.
func (g *grader) reachedPCS(key, entered codebook.Code) []Step {
	if g.ref.book == nil || len(key) != 7 || len(entered) != 7 {
		return nil
	}
	want, have := g.pcsChars(key), g.pcsChars(entered)
	out := make([]Step, 7)
	for i := range out {
		out[i] = rung(axisName(want[i], i), string(key[i]), want[i].Label, string(entered[i]), have[i].Label)
	}
	return out
}

func (g *grader) titleOf(c codebook.Code) string {
	return g.ref.title(codebook.Ref{System: codebook.ICD10CM, Code: c})
}

func (g *grader) wordsOf(c codebook.Code) []string {
	return g.ref.titleWords(codebook.Ref{System: codebook.ICD10CM, Code: c})
}

// shown is the beginning of a code as printed, with a hyphen behind it where the code goes on: "S52.5-".
func (g *grader) shown(c, whole codebook.Code) string {
	ref := codebook.Ref{System: codebook.ICD10CM, Code: c}
	if len(c) < len(whole) || g.ref.look(ref).valid == header {
		return ref.Dotted() + "-"
	}
	return ref.Dotted()
}

// rungTitle is what the character at an index says: the meaning of a seventh character, else the title as far as it differs from the
// header above.
func (g *grader) rungTitle(c codebook.Code, at int) string {
	if at >= len(c) {
		return ""
	}
	if at == 6 {
		if m := g.seventhMeaning(c); m != "" {
			return m
		}
	}
	return g.titleOf(c[:at+1])
}

func upTo(c codebook.Code, at int) codebook.Code { return c[:min(at+1, len(c))] }

func charAt(c codebook.Code, at int) byte {
	if at < len(c) {
		return c[at]
	}
	return 0
}

const (
	sideLevel      = "side"
	encounterLevel = "encounter"
	intentLevel    = "intent"
)

// charName is what the character at an index names, as far as titles tell: the side, the stage, the encounter; else what it usually
// names in that chapter.
func (g *grader) charName(key, entered codebook.Code, at int) string {
	if at < 6 && at < len(key) && at < len(entered) {
		if w := axisWord(g.wordsOf(key[:at+1]), g.wordsOf(entered[:at+1])); w != "" {
			return w
		}
	}
	for _, c := range []codebook.Code{key, entered} {
		if n := g.namedByTitle(c, at); n != "" {
			return n
		}
	}
	return usualName(key, at)
}

func (g *grader) namedByTitle(c codebook.Code, at int) string {
	if at >= len(c) {
		return ""
	}
	if intentOf(c) != 0 && (at == 5 && c[5] != 'X' || at == 4 && c[5] == 'X') {
		return intentLevel
	}
	if at == 6 && len(g.sevenths(c)) > 0 {
		return g.seventhKind(c)
	}
	var over []string
	for n := at; n >= 3 && len(over) == 0; n-- {
		over = g.wordsOf(c[:n])
	}
	own := g.wordsOf(c[:at+1])
	if len(own) > 0 {
		for _, w := range sides[:3] {
			if slices.Contains(own, w) && !slices.Contains(over, w) {
				return sideLevel
			}
		}
	}
	if at == 6 {
		return g.seventhKind(c)
	}
	for _, w := range axes {
		if slices.Contains(own, w) && !slices.Contains(over, w) {
			return w
		}
	}
	return ""
}

// usualName is what the characters after the category name in most codes of a chapter.
func usualName(c codebook.Code, at int) string {
	if len(c) < 3 {
		return "type or site"
	}
	switch c[0] {
	case 'A', 'B':
		return "organism or site"
	case 'C':
		return "site"
	case 'L', 'M':
		return "site or type"
	case 'D':
		if c[1] < '5' {
			return "site"
		}
	case 'E':
		if c[:3] >= "E08" && c[:3] <= "E13" {
			return "complication"
		}
	case 'F':
		return "severity or course"
	case 'O':
		return "trimester or complication"
	case 'S':
		if at == 3 {
			return "site or type of injury"
		}
		return "type of injury"
	case 'T':
		if c[:3] >= "T36" && c[:3] <= "T65" {
			return "substance"
		}
	case 'V', 'W', 'X', 'Y':
		if c[:3] == "Y92" {
			return "place"
		}
		return "way it happened"
	case 'Z':
		return "reason"
	}
	return "type or site"
}

// sevenths are the seventh characters that the code's header lists; the list stands at the header or above it.
func (g *grader) sevenths(c codebook.Code) []codebook.Choice {
	for n := min(len(c), 6); n >= 3; n-- {
		if list := g.ref.look(codebook.Ref{System: codebook.ICD10CM, Code: c[:n]}).entry.Facts.SeventhChars; len(list) > 0 {
			return list
		}
	}
	return nil
}

// seventhMeaning is what the seventh character of a code says: "initial encounter for closed fracture".
func (g *grader) seventhMeaning(c codebook.Code) string {
	if len(c) < 7 {
		return ""
	}
	for _, v := range g.sevenths(c) {
		if v.Char == string(c[6]) {
			return v.Title
		}
	}
	title := g.titleOf(c)
	if i := strings.LastIndex(title, ", "); i >= 0 && (strings.Contains(title[i:], "encounter") || strings.Contains(title[i:], "sequela")) {
		return title[i+2:]
	}
	return ""
}

// seventhKind says what the seventh characters of a code's list tell apart.
func (g *grader) seventhKind(c codebook.Code) string {
	meaning, list := g.seventhMeaning(c), g.sevenths(c)
	for _, w := range [...]string{encounterLevel, "stage", "fetus"} {
		if strings.Contains(meaning, w) || slices.ContainsFunc(list, func(v codebook.Choice) bool { return strings.Contains(v.Title, w) }) {
			return w
		}
	}
	if strings.ContainsRune("ADS", rune(charAt(c, 6))) {
		return encounterLevel
	}
	return ""
}
