package grading

import (
	"fmt"
	"slices"
	"strings"

	"crosswalk/codebook"
)

// A codes question earns a share for each code of the key that was entered: a whole one with the right modifiers and, where sequence
// counts, in its place; half of one without. Each code too many takes a share away, never below 0. A near miss earns nothing here;
// case coding is where that is taught.

// typed is a code as typed, read as each of the code sets that the question asks for.
type typed struct {
	text      string
	refs      []codebook.Ref
	modifiers []string
}

// readTyped reads "25605-RT-59". Only the code sets of the key are tried, because J1100 is a code of two.
func readTyped(k *ItemKey, s string) (typed, error) {
	fields := strings.Split(strings.ToUpper(strings.TrimSpace(s)), "-")
	t := typed{text: strings.TrimSpace(s)}
	var seen []codebook.System
	var first error
	for _, c := range k.Codes {
		if slices.Contains(seen, c.System) {
			continue
		}
		seen = append(seen, c.System)
		code, err := codebook.ParseCode(c.System, fields[0])
		if err == nil && c.System == codebook.ICD10PCS && len(code) != 7 {
			err = codebook.ErrMalformed
		}
		if err == nil {
			t.refs = append(t.refs, codebook.Ref{System: c.System, Code: code})
		} else if first == nil {
			first = err
		}
	}
	if len(t.refs) == 0 {
		var names []string
		for _, sys := range seen {
			names = append(names, sys.Name())
		}
		return t, fmt.Errorf("%q does not have the form of %s. Write it like %s", clip(s), list(names, "or"), exampleOf(seen))
	}
	for _, m := range fields[1:] {
		m = strings.TrimSpace(m)
		if len(m) != 2 || !alnum(m) {
			return t, fmt.Errorf("%q is no modifier: a modifier has two characters. Write them behind the code with hyphens, such as 25605-RT", clip(m))
		}
		if !slices.Contains(t.modifiers, m) {
			t.modifiers = append(t.modifiers, m)
		}
	}
	return t, nil
}

func exampleOf(sets []codebook.System) string {
	var out []string
	for _, s := range sets {
		switch s {
		case codebook.ICD10CM:
			out = append(out, "E11.22")
		case codebook.ICD10PCS:
			out = append(out, "0FT44ZZ")
		case codebook.CPT:
			out = append(out, "99213")
		case codebook.HCPCS:
			out = append(out, "J1100")
		}
	}
	return list(out, "or")
}

func parseCodes(k *ItemKey, a ItemAnswer, p *itemParser) {
	if len(a.Codes) > MaxLines {
		p.fail("codes", fmt.Sprint(len(a.Codes), " codes"), "There are %d codes; %d is the most that is read.", len(a.Codes), MaxLines)
		return
	}
	some := false
	for i, s := range a.Codes {
		if strings.TrimSpace(s) == "" {
			continue
		}
		some = true
		if _, err := readTyped(k, s); err != nil {
			p.fail(fmt.Sprintf("codes[%d]", i), s, "%v.", err)
		}
	}
	if !some {
		p.fail("codes", "", "Enter a code.")
	}
}

func gradeCodes(k *ItemKey, a ItemAnswer) ItemResult {
	var in []typed
	for _, s := range a.Codes {
		if strings.TrimSpace(s) == "" {
			continue
		}
		t, _ := readTyped(k, s)
		in = append(in, t)
	}
	of, used := matchCodes(k, in)
	parts := make([]ItemPart, len(k.Codes))
	halves, correct := 0, true
	for i, c := range k.Codes {
		parts[i] = ItemPart{Index: i, Finding: missingFinding(c.System)}
		j := of[i]
		if j < 0 {
			correct = false
			parts[i].Why = dottedWith(c) + " was not entered."
			continue
		}
		p := &parts[i]
		p.Entered, p.Chosen, p.Finding = in[j].text, true, ""
		switch {
		case !sameSet(in[j].modifiers, c.Modifiers):
			p.Finding, p.Why = string(CPTMOD), "The code is right; the answer is "+dottedWith(c)+"."
		case k.Ordered && j != i:
			p.Finding, p.Why = string(DXSEQ), "The code is right; its place is number "+fmt.Sprint(i+1)+"."
		default:
			p.Right = true
		}
		halves++
		if p.Right {
			halves++
		} else {
			correct = false
		}
	}
	for j, t := range in {
		if !used[j] {
			correct = false
			halves -= 2
			parts = append(parts, ItemPart{Index: -1, Entered: t.text, Chosen: true, Finding: extraFinding(t), Why: "This code does not belong to the answer."})
		}
	}
	return outcome(correct, share(halves, 2*len(k.Codes)), parts)
}

// matchCodes pairs the codes of the key with those entered, first those equal with modifiers and, where sequence counts, in place, so
// that of two entries of one code each finds its own.
func matchCodes(k *ItemKey, in []typed) (of []int, used []bool) {
	of, used = make([]int, len(k.Codes)), make([]bool, len(in))
	for i := range of {
		of[i] = -1
	}
	is := func(t typed, c ItemCode) bool {
		return slices.Contains(t.refs, codebook.Ref{System: c.System, Code: c.Code})
	}
	for _, fits := range []func(i, j int) bool{
		func(i, j int) bool { return sameSet(in[j].modifiers, k.Codes[i].Modifiers) && (!k.Ordered || i == j) },
		func(i, j int) bool { return sameSet(in[j].modifiers, k.Codes[i].Modifiers) },
		func(i, j int) bool { return true },
	} {
		for i, c := range k.Codes {
			for j, t := range in {
				if of[i] < 0 && !used[j] && is(t, c) && fits(i, j) {
					of[i], used[j] = j, true
				}
			}
		}
	}
	return of, used
}

func missingFinding(sys codebook.System) string {
	if sys == codebook.ICD10CM {
		return string(DXMISS)
	}
	return string(PXMISS)
}

func extraFinding(t typed) string {
	if len(t.refs) > 0 && t.refs[0].System == codebook.ICD10CM {
		return string(DXOVER)
	}
	return string(PXOVER)
}

func dottedWith(c ItemCode) string {
	return strings.Join(append([]string{c.Code.Dotted(c.System)}, c.Modifiers...), "-")
}
