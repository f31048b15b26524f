package audit

import (
	"slices"
	"strconv"
	"strings"

	"crosswalk/codebook"
	"crosswalk/grading"
)

// onPx begins a change of procedure line i.
func (b *bench) onPx(k Kind, i int) mutation {
	return mutation{Fault: Fault{Kind: k, Lines: []Line{PxLine(i)}}, claim: cloneClaim(b.good), px: []int{i}}
}

// level raises or lowers the visit by one or two levels of its own family.
func (b *bench) level(k Kind) (out []mutation) {
	for i, p := range b.key.Procedures {
		family, at := grading.EMFamily(p.Code)
		if p.System != codebook.CPT || p.Optional || at < 0 {
			continue
		}
		for to, c := range family {
			if step := to - at; step == 0 || step > 2 || step < -2 || (step > 0) != (k == EMHigh) {
				continue
			}
			m := b.onPx(k, i)
			m.claim.Procedures[i].Code = string(c)
			m.Was, m.Is = string(p.Code), string(c)
			m.exist = []codebook.Ref{{System: codebook.CPT, Code: c}}
			out = append(out, m)
		}
	}
	return out
}

func (b *bench) emHigh() []mutation { return b.level(EMHigh) }
func (b *bench) emLow() []mutation  { return b.level(EMLow) }

// addPx adds a service; it points where the first service of the key points.
func (b *bench) addPx(k Kind, r codebook.Ref) (mutation, bool) {
	line := grading.AnswerProcedure{Code: r.Dotted()}
	if slices.ContainsFunc(b.good.Procedures, func(p grading.AnswerProcedure) bool { return p.Code == line.Code }) || len(b.good.Procedures) == 0 {
		return mutation{}, false
	}
	if r.System != codebook.ICD10PCS {
		line.Units = number(1)
		line.PointsTo = slices.Clone(b.good.Procedures[0].PointsTo)
	}
	m := mutation{Fault: Fault{Kind: k, Is: line.Code}, added: &addition{px: &line}, exist: []codebook.Ref{r}}
	return m.place(b.good, len(b.good.Procedures)), true
}

// trapPx adds a service that the case names as one that learners wrongly add.
func (b *bench) trapPx(k Kind, fits func(t *grading.Trap) bool) (out []mutation) {
	if !b.key.Ask.Procedures {
		return nil
	}
	for i := range b.key.Traps {
		t := &b.key.Traps[i]
		sys, c, err := codebook.ProcedureSystem(string(t.Code))
		if err != nil || !fits(t) || (sys == codebook.ICD10PCS) != b.key.InpatientFacility() {
			continue
		}
		// A second visit of the same family would be a matter of the level as much as of what was done.
		if family, _ := grading.EMFamily(c); slices.ContainsFunc(b.key.Procedures, func(p grading.Procedure) bool { return slices.Contains(family, p.Code) }) {
			continue
		}
		if m, ok := b.addPx(k, codebook.Ref{System: sys, Code: c}); ok {
			out = append(out, m)
		}
	}
	return out
}

// unbundled adds a service that the case names as bundled, or one that NCCI denies beside a service of the key. The second kind of
// service is not in the note either, so that to say it was not done is as true.
func (b *bench) unbundled() []mutation {
	out := b.trapPx(Unbundled, func(t *grading.Trap) bool { return t.Kind == grading.Bundled })
	if b.key.Bills != grading.Professional || !b.key.Ask.Procedures || !b.book.HasNCCI() {
		return out
	}
	for _, c := range b.related() {
		trap := slices.ContainsFunc(b.key.Traps, func(t grading.Trap) bool { return t.Code == c.Code })
		denied := slices.ContainsFunc(b.key.Procedures, func(p grading.Procedure) bool {
			ind, ok := b.book.NCCI(p.Code, c.Code)
			return ok && ind != "9" && p.System != codebook.ICD10PCS
		})
		if trap || !denied {
			continue
		}
		if m, ok := b.addPx(Unbundled, c); ok {
			m.Also = []Kind{NotDone}
			out = append(out, m)
		}
	}
	return out
}

// related are the CPT codes near the key's: of the same first three characters, in which the parts and lesser forms of a service lie.
func (b *bench) related() (out []codebook.Ref) {
	seen := map[codebook.Code]bool{}
	for _, p := range b.key.Procedures {
		if p.System != codebook.CPT {
			continue
		}
		if _, at := grading.EMFamily(p.Code); at >= 0 {
			continue
		}
		for _, e := range b.book.Siblings(codebook.CPT, p.Code, b.key.Date) {
			if !seen[e.Code] && !e.Facts.AddOn {
				seen[e.Code] = true
				out = append(out, e.Ref)
			}
		}
	}
	return out
}

func (b *bench) notDone() []mutation {
	return b.trapPx(NotDone, func(t *grading.Trap) bool {
		return t.Kind == grading.NotDone || t.Kind == grading.Unsupported || t.Kind == grading.Needless
	})
}

// sidesOf are the modifiers of sides, each with its opposite.
var sidesOf = map[string]string{"RT": "LT", "LT": "RT"}

// withModifiers is procedure line i with other modifiers.
func (b *bench) withModifiers(k Kind, i int, mods []string) mutation {
	m := b.onPx(k, i)
	m.Was = printed(b.good.Procedures[i])
	m.claim.Procedures[i].Modifiers = mods
	m.Is = printed(m.claim.Procedures[i])
	return m
}

// sidePx turns RT and LT round, and the side of an ICD-10-PCS body part.
func (b *bench) sidePx() (out []mutation) {
	for i, p := range b.key.Procedures {
		for n, mod := range p.Modifiers {
			if to, ok := sidesOf[mod]; ok && !p.Optional {
				mods := slices.Clone(p.Modifiers)
				mods[n] = to
				out = append(out, b.withModifiers(Laterality, i, mods))
			}
		}
	}
	return append(out, b.character(Laterality, 3)...)
}

// withoutModifier leaves one modifier out.
func (b *bench) withoutModifier() (out []mutation) {
	for i, p := range b.key.Procedures {
		for n, mod := range p.Modifiers {
			if p.Optional {
				continue
			}
			m := b.withModifiers(ModifierMissing, i, slices.Delete(slices.Clone(p.Modifiers), n, n+1))
			if sidesOf[mod] != "" { // without it the side is left open
				m.Also = []Kind{Laterality}
			}
			out = append(out, m)
		}
	}
	return out
}

// mistaken are modifiers that are taken for one another.
var mistaken = map[string][]string{
	"25": {"57"}, "57": {"25"}, "26": {"TC"}, "54": {"55"}, "79": {"78", "58"}, "58": {"78"}, "78": {"79"}, "QK": {"QY"}, "QX": {"QZ"}, "P1": {"P2"}, "P2": {"P3"},
	"P3": {"P4"}, "P4": {"P3"}, "33": {"PT"}, "59": {"51"},
}

// otherModifier takes one modifier for another, or adds one without need.
func (b *bench) otherModifier() (out []mutation) {
	for i, p := range b.key.Procedures {
		if p.System == codebook.ICD10PCS || p.Optional {
			continue
		}
		try := func(mods []string, mod string) {
			if _, known := b.book.Modifier(mod); known {
				out = append(out, b.withModifiers(ModifierWrong, i, mods))
			}
		}
		for n, mod := range p.Modifiers {
			for _, to := range mistaken[mod] {
				if !slices.Contains(p.Modifiers, to) {
					mods := slices.Clone(p.Modifiers)
					mods[n] = to
					try(mods, to)
				}
			}
		}
		for _, mod := range b.needless(&p) {
			try(append(slices.Clone(p.Modifiers), mod), mod)
		}
	}
	return out
}

// needless are modifiers that are often added to such a service and say nothing true there.
func (b *bench) needless(p *grading.Procedure) (out []string) {
	has := func(mods ...string) bool {
		return slices.ContainsFunc(mods, func(m string) bool { return slices.Contains(p.Modifiers, m) })
	}
	if p.Minutes > 0 {
		return nil
	}
	if _, at := grading.EMFamily(p.Code); at >= 0 {
		if !has("25", "57") {
			out = append(out, "25")
		}
		return out
	}
	if p.System != codebook.CPT { // nobody puts these on a drug or a supply
		return nil
	}
	if !has("59", "XE", "XP", "XS", "XU") {
		out = append(out, "59")
	}
	if e, err := b.book.Lookup(p.System, p.Code, b.key.Date); err == nil && e.Facts.Components != "1" && !has("26", "TC") {
		out = append(out, "26")
	}
	if !has("RT", "LT", "50") {
		return out
	}
	return append(out, "50")
}

// units adds a unit, or takes another figure for the minutes.
func (b *bench) units() (out []mutation) {
	for i, p := range b.key.Procedures {
		if _, at := grading.EMFamily(p.Code); p.System == codebook.ICD10PCS || p.Optional || at >= 0 {
			continue
		}
		try := func(was, is int, set func(line *grading.AnswerProcedure)) {
			m := b.onPx(Units, i)
			set(&m.claim.Procedures[i])
			m.Was, m.Is = strconv.Itoa(was), strconv.Itoa(is)
			out = append(out, m)
		}
		if p.Minutes > 0 {
			for _, d := range []int{15, -15, 60} {
				if to := p.Minutes + d; to > 0 {
					try(p.Minutes, to, func(line *grading.AnswerProcedure) { line.Minutes = number(to) })
				}
			}
			continue
		}
		was := max(p.Units, 1)
		try(was, was+1, func(line *grading.AnswerProcedure) { line.Units = number(was + 1) })
		if was > 1 {
			try(was, was-1, func(line *grading.AnswerProcedure) { line.Units = number(was - 1) })
		}
	}
	return out
}

// pointer points a service to one diagnosis that it was not done for, or drops the first of several that it was done for.
func (b *bench) pointer() (out []mutation) {
	if !b.key.Ask.Pointers {
		return nil
	}
	for i, p := range b.key.Procedures {
		if p.System == codebook.ICD10PCS || p.Optional || len(p.PointsTo) == 0 {
			continue
		}
		try := func(to []string) {
			m := b.onPx(Pointer, i)
			m.Was, m.Is = strings.Join(b.good.Procedures[i].PointsTo, ", "), strings.Join(to, ", ")
			m.claim.Procedures[i].PointsTo = to
			out = append(out, m)
		}
		for _, d := range b.key.Diagnoses {
			if d.Weight != grading.Optional && !slices.Contains(p.PointsTo, d.Code) {
				try([]string{d.Code.Dotted(codebook.ICD10CM)})
			}
		}
		if own := b.good.Procedures[i].PointsTo; len(own) > 1 {
			try(slices.Clone(own[1:]))
		}
	}
	return out
}

// character changes one of characters 4 to 7 of an ICD-10-PCS code, counted from 0, to another value of its table. What differs in
// nothing but the side is a matter of laterality.
func (b *bench) character(k Kind, at int) (out []mutation) {
	for i, p := range b.key.Procedures {
		if p.System != codebook.ICD10PCS || p.Optional || len(p.Code) != 7 {
			continue
		}
		own, err := b.book.PCS(p.Code, b.key.Date)
		if err != nil || len(own) != 7 {
			continue
		}
		_, values := b.book.PCSNext(p.Code[:at], b.key.Date)
		for _, v := range values {
			to := p.Code[:at] + codebook.Code(v.Char) + p.Code[at+1:]
			if to == p.Code || sameButSide(own[at].Label, v.Title) != (k == Laterality) {
				continue
			}
			if _, err := b.book.PCS(to, b.key.Date); err != nil {
				continue // no row of the table has the value beside the others
			}
			m := b.onPx(k, i)
			m.claim.Procedures[i].Code = string(to)
			m.Was, m.Is = string(p.Code), string(to)
			m.exist = []codebook.Ref{{System: codebook.ICD10PCS, Code: to}}
			out = append(out, m)
		}
	}
	return out
}

func (b *bench) bodyPart() []mutation  { return b.character(BodyPart, 3) }
func (b *bench) approach() []mutation  { return b.character(Approach, 4) }
func (b *bench) device() []mutation    { return b.character(Device, 5) }
func (b *bench) qualifier() []mutation { return b.character(Qualifier, 6) }
