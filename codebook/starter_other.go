package codebook

import (
	"regexp"
	"slices"
	"strings"
)

var cptLine = regexp.MustCompile(`^([0-9]{4}[0-9A-Z])\s+\[([^\]]*)\]\s+(\S.*)$`)

// cptLines reads "25605 [090 A 1] our label": global days, fee schedule status, bilateral indicator, and "add-on".
func (sr *starterReader) cptLines(rb *ReleaseBuilder, lines []sourceLine) {
	for _, bl := range blocks(lines) {
		m := cptLine.FindStringSubmatch(bl.text)
		if m == nil {
			sr.fail(bl.sourceLine, "%q is no CPT line; write: 25605 [090 A 1] label", bl.text)
			continue
		}
		c, err := ParseCode(CPT, m[1])
		if err != nil {
			sr.fail(bl.sourceLine, "%v", err)
			continue
		}
		if sr.repeatsBare(c, rb, bl) {
			continue
		}
		var f Facts
		for _, w := range strings.Fields(m[2]) {
			switch {
			case w == "add-on":
				f.AddOn = true
			case slices.Contains([]string{"000", "010", "090", "XXX", "ZZZ", "YYY", "MMM"}, w):
				f.GlobalDays = w
			case len(w) == 1 && isLetter(w[0]):
				f.Status = w
			case len(w) == 1 && isDigit(w[0]):
				f.Bilateral = w
			default:
				sr.fail(bl.sourceLine, "%q in brackets is none of: global days (000, 010, 090, XXX, ZZZ, YYY, MMM), a status letter, a bilateral digit, add-on", w)
			}
		}
		sr.procedureNotes(rb, bl, c, &f)
		rb.Code(c, m[3], true, f)
	}
}

var hcpcsLine = regexp.MustCompile(`^([A-V][0-9]{4})\s+(\S.*)$`)

func (sr *starterReader) hcpcsLines(rb *ReleaseBuilder, lines []sourceLine) {
	for _, bl := range blocks(lines) {
		m := hcpcsLine.FindStringSubmatch(bl.text)
		if m == nil {
			sr.fail(bl.sourceLine, "%q is no HCPCS line; write: J1100 Title", bl.text)
			continue
		}
		c := Code(m[1])
		if sr.repeatsBare(c, rb, bl) {
			continue
		}
		var f Facts
		sr.procedureNotes(rb, bl, c, &f)
		rb.Code(c, m[2], true, f)
	}
}

// procedureNotes reads what is indented below a CPT or HCPCS line: "units:", "inclusion:" and "note:".
func (sr *starterReader) procedureNotes(rb *ReleaseBuilder, bl block, c Code, f *Facts) {
	for _, u := range bl.under {
		key, text, _ := strings.Cut(u.text, ":")
		text = strings.TrimSpace(text)
		switch {
		case key == "units" && text != "":
			f.Units = text
		case key == "inclusion" && text != "":
			rb.Notes(c, Inclusion, text)
		case key == "note" && text != "":
			rb.Notes(c, Instruction, text)
		default:
			sr.fail(u.sourceLine, "%q: below a procedure code stand units:, inclusion: or note:, each with words", u.text)
		}
	}
}

var modifierLine = regexp.MustCompile(`^(cpt|hcpcs)\s+([0-9A-Z]{2})\s+(\S.*)$`)

func (sr *starterReader) modifiers(lines []sourceLine) {
	seen := map[string]bool{}
	for _, l := range lines {
		m := modifierLine.FindStringSubmatch(l.text)
		if m == nil {
			sr.fail(l, "%q is no modifier line; write: cpt 25 label, or: hcpcs RT Title", l.text)
			continue
		}
		if seen[m[2]] {
			sr.fail(l, "modifier %s stands twice", m[2])
			continue
		}
		seen[m[2]] = true
		sr.b.Modifier(Modifier{Code: m[2], Title: m[3], System: System(m[1])})
	}
}

// ncci reads "edition 2024Q3", pairs "25605 29125 1" and add-on lines "addon 13102: 13100 13101".
func (sr *starterReader) ncci(lines []sourceLine) {
	for _, l := range lines {
		w := strings.Fields(l.text)
		switch {
		case len(w) == 2 && w[0] == "edition":
			sr.b.NCCIEdition(w[1])
		case len(w) > 2 && w[0] == "addon" && len(w[1]) == 6 && strings.HasSuffix(w[1], ":"):
			for _, p := range w[2:] {
				if len(p) != 5 || !allAlnum(p) {
					sr.fail(l, "%q is no code", p)
					continue
				}
				sr.b.AddOn(Code(w[1][:5]), Code(p))
			}
		case len(w) == 3 && len(w[0]) == 5 && len(w[1]) == 5 && allAlnum(w[0]+w[1]) && (w[2] == "0" || w[2] == "1" || w[2] == "9"):
			sr.b.NCCI(Code(w[0]), Code(w[1]), w[2])
		default:
			sr.fail(l, "%q is no NCCI line; write: 25605 29125 1, or: addon 13102: 13100 13101, or: edition 2024Q3", l.text)
		}
	}
}

// guidelines reads "I.C.4.a.3 | title | the rule in our words".
func (sr *starterReader) guidelines(lines []sourceLine) {
	seen := map[string]bool{}
	for _, l := range lines {
		p := strings.SplitN(l.text, "|", 3)
		if len(p) != 3 {
			sr.fail(l, "a guideline is: number | title | rule")
			continue
		}
		g := Guideline{Number: strings.TrimSpace(p[0]), Title: strings.TrimSpace(p[1]), Rule: strings.TrimSpace(p[2]), Set: string(ICD10CM)}
		if !guidelineForm.MatchString(g.Number) || g.Title == "" || g.Rule == "" {
			sr.fail(l, "a guideline is: number | title | rule, with a number such as I.C.4.a.3, IV.H, B3.8 or App.I")
			continue
		}
		if strings.ContainsRune("ABCDEF", rune(g.Number[0])) && !strings.HasPrefix(g.Number, "App") {
			g.Set = string(ICD10PCS)
		}
		if n := plainNumber(g.Number); seen[n] {
			sr.fail(l, "guideline %s stands twice", g.Number)
			continue
		} else {
			seen[n] = true
		}
		sr.b.Guideline(g)
	}
}

// words reads "HTN = hypertension" and "heart attack = myocardial infarction | coronary occlusion".
func (sr *starterReader) words(lines []sourceLine) {
	for _, l := range lines {
		phrase, means, ok := strings.Cut(l.text, "=")
		phrase, means = strings.TrimSpace(phrase), strings.TrimSpace(means)
		if !ok || len(words(phrase)) == 0 || len(words(means)) == 0 {
			sr.fail(l, "%q is no word line; write: HTN = hypertension", l.text)
			continue
		}
		sr.b.Alias(phrase, means)
	}
}
