package grading

import (
	"fmt"
	"strings"

	"crosswalk/codebook"
)

// tellPCS sets the characters that differ side by side, with the name of the axis, both labels, and for the first of them what the two
// values mean.
func (g *grader) tellPCS(k *Procedure, key, entered codebook.Ref, n nearness) string {
	if len(key.Code) != 7 || len(entered.Code) != 7 {
		return "You chose " + entered.Dotted() + "; " + heard(k.Evidence) + g.brief(key) + "."
	}
	want, have := g.pcsChars(key.Code), g.pcsChars(entered.Code)
	var s []string
	if n.how == notACode {
		s = append(s, entered.Dotted()+" stands in no row of table "+string(entered.Code[:3])+", so it is no code.")
	}
	first, count := differences(key.Code, entered.Code)
	s = append(s, fmt.Sprintf("Character %d, %s: you chose %s; the chart supports %s.", first+1, axisName(want[first], first), g.valueName(entered.Code, first, have[first]),
		g.valueName(key.Code, first, want[first])))
	// In another section or body system the later characters mean something else, and to compare them would mislead.
	if first < 2 && count > 1 {
		s = append(s, "That is another table, with other characters behind it.")
	}
	var others, which []string
	length := len(strings.Join(s, " "))
	for i := first + 1; i < 7 && first >= 2; i++ {
		if key.Code[i] != entered.Code[i] && axisName(want[i], i) == axisName(have[i], i) {
			o := fmt.Sprintf("Character %d, %s: %s for %s.", i+1, axisName(want[i], i), valueLabel(have[i], entered.Code[i]), valueLabel(want[i], key.Code[i]))
			others, which, length = append(others, o), append(which, fmt.Sprint(i+1)), length+len(o)+1
		}
	}
	if length <= 380 {
		s = append(s, others...)
	} else if len(which) > 0 { // the rungs below the sentence name them all
		s = append(s, differToo(which))
	}
	return strings.Join(append(s, "The code is "+key.Dotted()+"."), " ") + noteSays(k.Evidence)
}

func differToo(which []string) string {
	if len(which) == 1 {
		return "Character " + which[0] + " differs too."
	}
	return "Characters " + list(which, "and") + " differ too."
}

// valueName is a character with its label and what that means: `T, Resection (cutting out or off, without replacement, all of a body part)`.
func (g *grader) valueName(c codebook.Code, i int, ch codebook.PCSChar) string {
	s := string(c[i])
	if ch.Label == "" {
		return s
	}
	s += ", " + ch.Label
	def := ch.Definition
	if def == "" && g.ref.book != nil {
		def = g.ref.book.PCSDefinition(c[:min(i, 3)], i+1, ch.Label, g.ref.on)
	}
	if def = gist(def); def != "" {
		s += " (" + def + ")"
	}
	return s
}

// gist is the first sentence of a definition, short enough to stand in brackets. Of a list of what a body part includes the first
// three are kept; the trade names that a device includes say nothing of what it is.
func gist(def string) string {
	if rest, ok := strings.CutPrefix(def, "Includes: "); ok {
		if strings.Contains(rest, "(R)") || strings.Contains(rest, "(tm)") {
			return ""
		}
		if parts := strings.Split(rest, "; "); len(parts) > 3 {
			return "includes " + strings.Join(parts[:3], ", ") + " and more"
		}
		return "includes " + shortened(rest, 120)
	}
	def, _, _ = strings.Cut(def, " Includes: ")
	def, _, _ = strings.Cut(def, ". ")
	def = strings.TrimRight(def, ".")
	if len(def) > 1 && def[1] >= 'a' && def[1] <= 'z' {
		def = strings.ToLower(def[:1]) + def[1:]
	}
	return shortened(def, 120)
}

// pcsChars takes a code apart; characters that the book cannot explain stay empty. The labels of a code that stands in no row are read
// from the choices at each place, as far as its table goes.
func (g *grader) pcsChars(c codebook.Code) [7]codebook.PCSChar {
	var out [7]codebook.PCSChar
	if g.ref.book == nil {
		return out
	}
	if chars, err := g.ref.book.PCS(c, g.ref.on); err == nil && len(chars) == 7 {
		return [7]codebook.PCSChar(chars)
	}
	for i := range 7 {
		axis, values := g.ref.book.PCSNext(c[:i], g.ref.on)
		out[i].Axis = axis
		for _, v := range values {
			if v.Char == string(c[i]) {
				out[i].Label = v.Title
			}
		}
	}
	return out
}

// pcsAxes are the axes of the Medical and Surgical section, for a book without tables.
var pcsAxes = [7]string{"Section", "Body System", "Root Operation", "Body Part", "Approach", "Device", "Qualifier"}

func axisName(c codebook.PCSChar, i int) string {
	if c.Axis != "" {
		return c.Axis
	}
	return pcsAxes[i]
}

func valueLabel(c codebook.PCSChar, b byte) string {
	if c.Label != "" {
		return string(b) + " (" + c.Label + ")"
	}
	return string(b)
}
