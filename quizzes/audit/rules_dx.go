package audit

import (
	"slices"
	"strings"

	"crosswalk/codebook"
	"crosswalk/grading"
)

// onDx begins a change of diagnosis line i.
func (b *bench) onDx(k Kind, i int) mutation {
	return mutation{Fault: Fault{Kind: k, Lines: []Line{DxLine(i)}}, claim: cloneClaim(b.good), dx: []int{i}, from: []codebook.Code{b.key.Diagnoses[i].Code}}
}

// otherCode is diagnosis line i with another code.
func (b *bench) otherCode(k Kind, i int, c codebook.Code) mutation {
	m := b.onDx(k, i)
	m.Was, m.Is = b.good.Diagnoses[i].Code, c.Dotted(codebook.ICD10CM)
	m.keyDx = []string{m.Was}
	recode(&m.claim, i, m.Is)
	return m
}

func dxRef(c codebook.Code) codebook.Ref { return codebook.Ref{System: codebook.ICD10CM, Code: c} }

// seventh drops the seventh character, with the placeholders before it, or the placeholders alone.
func (b *bench) seventh() (out []mutation) {
	for i, d := range b.key.Diagnoses {
		if len(d.Code) != 7 || d.Weight == grading.Optional {
			continue
		}
		short := strings.TrimRight(string(d.Code[:6]), "X")
		tries := []string{string(d.Code[:6]), short}
		if short != string(d.Code[:6]) {
			tries = append(tries, short+string(d.Code[6:]))
		}
		for n, t := range tries {
			if len(t) < 3 || n > 0 && slices.Contains(tries[:n], t) {
				continue
			}
			m := b.otherCode(Seventh, i, codebook.Code(t))
			m.gone = []codebook.Ref{dxRef(codebook.Code(t))}
			out = append(out, m)
		}
	}
	return out
}

// encounter changes A, D or S to another of them.
func (b *bench) encounter() (out []mutation) {
	for i, d := range b.key.Diagnoses {
		if len(d.Code) != 7 || !strings.Contains("ADS", string(d.Code[6:])) || d.Weight == grading.Optional {
			continue
		}
		for _, c := range "ADS" {
			if to := d.Code[:6] + codebook.Code(c); to != d.Code {
				m := b.otherCode(Encounter, i, to)
				m.exist = []codebook.Ref{dxRef(to)}
				out = append(out, m)
			}
		}
	}
	return out
}

// sideWords are the words of titles that name a side or leave it open.
var sideWords = []string{"right", "left", "bilateral", "unilateral", "unspecified"}

// sameButSide reports whether two titles say the same but for the side, which at least one of them names.
func sameButSide(x, y string) bool {
	restX, sideX := partSides(x)
	restY, sideY := partSides(y)
	named := func(s []string) bool {
		return slices.Contains(s, "right") || slices.Contains(s, "left") || slices.Contains(s, "bilateral")
	}
	return x != "" && y != "" && slices.Equal(restX, restY) && !slices.Equal(sideX, sideY) && (named(sideX) || named(sideY))
}

func partSides(title string) (rest, side []string) {
	for _, w := range titleWords(title) {
		switch {
		case slices.Contains(sideWords, w):
			side = append(side, w)
		case w == "of" || w == "the":
		default:
			rest = append(rest, w)
		}
	}
	slices.Sort(rest)
	return rest, side
}

// titleWords are the words of a title in small letters.
func titleWords(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r > 127) })
}

// side changes the one character that names the side.
func (b *bench) side() (out []mutation) {
	for i, d := range b.key.Diagnoses {
		own := b.title(dxRef(d.Code))
		if d.Weight == grading.Optional || !sameButSide(own, strings.NewReplacer("right", "left", "left", "right", "bilateral", "right").Replace(own)) {
			continue
		}
		for at := 3; at < min(len(d.Code), 6); at++ {
			for _, c := range "0123456789" {
				to := d.Code[:at] + codebook.Code(c) + d.Code[at+1:]
				if to == d.Code || !sameButSide(own, b.title(dxRef(to))) {
					continue
				}
				m := b.otherCode(Laterality, i, to)
				m.exist = []codebook.Ref{dxRef(to)}
				if isOpen(b.title(dxRef(to))) && !isOpen(own) { // a side left open is less specific as well
					m.Also = []Kind{Specificity}
				}
				out = append(out, m)
			}
		}
	}
	return out
}

// unspecified takes a code of the same category that leaves open what the key's code says, and says nothing else.
func (b *bench) unspecified() (out []mutation) {
	for i, d := range b.key.Diagnoses {
		own := b.title(dxRef(d.Code))
		if d.Weight == grading.Optional || own == "" {
			continue
		}
		known := own
		above := b.book.Ancestors(codebook.ICD10CM, d.Code, b.key.Date)
		for _, e := range above {
			known += " " + e.Title
		}
		for _, e := range b.openCodes(above, d.Code) {
			if e.Code == d.Code || !saysLess(e.Title, own, known) || sameButSide(own, e.Title) {
				continue
			}
			m := b.otherCode(Specificity, i, e.Code)
			m.exist = []codebook.Ref{e.Ref}
			out = append(out, m)
		}
	}
	return out
}

// openCodes are the billable codes right below the headers above a code, or below those of their headers that leave something open. A
// code with a seventh character is compared with codes that have the same.
func (b *bench) openCodes(above []codebook.Entry, own codebook.Code) (out []codebook.Entry) {
	seen := map[codebook.Code]bool{}
	var walk func(c codebook.Code)
	walk = func(c codebook.Code) {
		for _, e := range b.book.Children(codebook.ICD10CM, c, b.key.Date) {
			switch {
			case seen[e.Code]:
			case e.Billable:
				seen[e.Code] = true
				if len(own) != 7 || len(e.Code) == 7 && e.Code[6] == own[6] {
					out = append(out, e)
				}
			case isOpen(e.Title):
				seen[e.Code] = true
				walk(e.Code)
			}
		}
	}
	for _, e := range above {
		walk(e.Code)
	}
	return out
}

func isOpen(title string) bool { return slices.Contains(titleWords(title), "unspecified") }

// saysLess reports whether a title leaves something open that the other title does not, and says nothing that the other title, or a
// header above it, does not say too. The phrase that leaves it open, between commas, says nothing.
func saysLess(title, own, known string) bool {
	if !isOpen(title) || isOpen(own) {
		return false
	}
	known = strings.ToLower(known)
	_, absent, _ := strings.Cut(strings.ToLower(own), "without ") // what the key's code says is not there
	phrases := strings.Split(strings.ToLower(title), ",")
	for n, phrase := range phrases {
		words := titleWords(phrase)
		if n > 0 && slices.Contains(words, "unspecified") {
			// "unspecified whether with hypoxia or hypercapnia" says nothing; "unspecified with hypercapnia" does.
			at := slices.Index(words, "with")
			if at < 0 || slices.Contains(words, "whether") {
				continue
			}
			words = words[at:]
		}
		for i, w := range words {
			if slices.Contains(words[:i], "with") && strings.Contains(absent, w) {
				return false
			}
			if w != "unspecified" && w != "the" && w != "in" && w != "of" && w != "with" && !strings.Contains(known, w) {
				return false
			}
		}
	}
	_, side := partSides(title)
	_, ownSide := partSides(own)
	side = slices.DeleteFunc(side, func(w string) bool { return w == "unspecified" })
	return slices.Equal(side, ownSide)
}

// first puts another diagnosis first and the first one in its place.
func (b *bench) first() (out []mutation) {
	for k := 1; k < len(b.key.Diagnoses); k++ {
		if b.key.Diagnoses[k].Weight == grading.Optional {
			continue
		}
		m := b.onDx(First, 0)
		m.claim.Diagnoses[0], m.claim.Diagnoses[k] = m.claim.Diagnoses[k], m.claim.Diagnoses[0]
		m.Was, m.Is = b.good.Diagnoses[0].Code, b.good.Diagnoses[k].Code
		m.dx, m.Lines = []int{0, k}, []Line{DxLine(0), DxLine(k)}
		out = append(out, m)
	}
	return out
}

// order moves a diagnosis before one that it must follow, leaving the first line alone.
func (b *bench) order() (out []mutation) {
	for i := 2; i < len(b.key.Diagnoses); i++ {
		for j := 1; j < i; j++ {
			m := b.onDx(Order, i)
			d := m.claim.Diagnoses[i]
			m.claim.Diagnoses = slices.Insert(slices.Delete(m.claim.Diagnoses, i, i+1), j, d)
			x, y := b.good.Diagnoses[j].Code, b.good.Diagnoses[i].Code
			m.Was, m.Is = x+", "+y, y+", "+x
			m.dx, m.Lines = []int{j, j + 1}, []Line{DxLine(j), DxLine(j + 1)}
			// Only a pair that the move itself turned round: the line that must come first stands right behind now.
			if slices.Contains(b.key.Diagnoses[i].After, b.key.Diagnoses[j].Code) || b.manifests(i, j) {
				out = append(out, m)
			}
		}
	}
	return out
}

// manifests reports whether diagnosis i is a manifestation of which j is an etiology.
func (b *bench) manifests(i, j int) bool {
	ranges, ok := b.book.Etiologies(b.key.Diagnoses[i].Code, b.key.Date)
	return ok && slices.ContainsFunc(ranges, func(r codebook.CodeRange) bool { return r.Contains(b.key.Diagnoses[j].Code) })
}

// missing drops a diagnosis that is not the first one.
func (b *bench) missing() (out []mutation) {
	for i, d := range b.key.Diagnoses {
		if i == 0 || d.First != grading.NotFirst || d.Weight != grading.Required && d.Weight != grading.Reportable {
			continue
		}
		m := b.onDx(Missing, i)
		m.Was, m.Lines, m.dx = b.good.Diagnoses[i].Code, []Line{MissingDx}, nil
		m.keyDx = []string{m.Was}
		m.claim.Diagnoses = slices.Delete(m.claim.Diagnoses, i, i+1)
		for n := range m.claim.Procedures {
			p := &m.claim.Procedures[n]
			p.PointsTo = slices.DeleteFunc(p.PointsTo, func(c string) bool { return c == m.Was })
		}
		out = append(out, m)
	}
	return out
}

// addDx adds a diagnosis.
func (b *bench) addDx(k Kind, c codebook.Code) (mutation, bool) {
	line := grading.AnswerDiagnosis{Code: c.Dotted(codebook.ICD10CM)}
	e, err := b.book.Lookup(codebook.ICD10CM, c, b.key.Date)
	if err != nil || slices.ContainsFunc(b.good.Diagnoses, func(d grading.AnswerDiagnosis) bool { return d.Code == line.Code }) {
		return mutation{}, false
	}
	for _, d := range b.key.Diagnoses { // beside its own twin of the other side it could as well be called a wrong side
		if sameButSide(e.Title, b.title(dxRef(d.Code))) {
			return mutation{}, false
		}
	}
	if b.key.Ask.POA {
		line.POA = "Y"
		if e.Facts.POAExempt {
			line.POA = "exempt"
		}
	}
	m := mutation{Fault: Fault{Kind: k, Is: line.Code}, added: &addition{dx: &line}, exist: []codebook.Ref{dxRef(c)}}
	// Beside the right code of its own category it can as well be called the less specific one.
	if k == Unsupported && slices.ContainsFunc(b.key.Diagnoses, func(d grading.Diagnosis) bool { return d.Code[:3] == c[:3] }) {
		m.Also = []Kind{Specificity}
	}
	return m.place(b.good, len(b.good.Diagnoses)), true
}

// traps adds a diagnosis that the case names as one that learners wrongly add.
func (b *bench) traps(k Kind, fits func(t *grading.Trap) bool) (out []mutation) {
	for i := range b.key.Traps {
		t := &b.key.Traps[i]
		c, err := codebook.ParseCode(codebook.ICD10CM, string(t.Code))
		if _, _, px := codebook.ProcedureSystem(string(t.Code)); err != nil || px == nil && len(t.Code) == 5 && t.Code[0] <= '9' || !fits(t) {
			continue
		}
		if m, ok := b.addDx(k, c); ok {
			out = append(out, m)
		}
	}
	return out
}

func (b *bench) symptom() []mutation {
	return b.traps(Symptom, func(t *grading.Trap) bool { return t.Kind == grading.Integral && !doubt(t) })
}

func (b *bench) uncertain() []mutation { return b.traps(Uncertain, doubt) }

func (b *bench) unsupported() []mutation {
	return b.traps(Unsupported, func(t *grading.Trap) bool {
		return (t.Kind == grading.Unsupported || t.Kind == grading.Needless) && !doubt(t)
	})
}

func doubt(t *grading.Trap) bool { return slices.Contains(t.Cites, "IV.H") }

// poa turns an indicator round.
func (b *bench) poa() (out []mutation) {
	if !b.key.Ask.POA {
		return nil
	}
	for i, d := range b.key.Diagnoses {
		for _, to := range []string{"Y", "N"} {
			if d.Weight == grading.Optional || d.POA != "Y" && d.POA != "N" || d.POA == to {
				continue
			}
			m := b.onDx(POA, i)
			m.claim.Diagnoses[i].POA = to
			m.Was, m.Is = d.POA, to
			out = append(out, m)
		}
	}
	return out
}
