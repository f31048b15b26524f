package grading

import (
	"cmp"
	"slices"
	"strings"

	"crosswalk/codebook"
)

// ruleOrder is the order in which rules are listed: what keeps a claim from being read at all first, then diagnoses, then procedures.
var ruleOrder = []RuleKind{RuleNotBillable, RulePrincipal, RuleExcludes1, RulePartner, RuleLaterality, RulePOA, RuleSex, RuleAge, RuleNCCI, RuleAddOn, RuleModifier, RuleMUE}

// maxRules is how many objections of the edits are listed. A hundred lines can meet thousands, and nobody reads so many.
const maxRules = 50

func kindRank(kind string) int { return slices.Index(ruleOrder, RuleKind(kind)) }

// rules are the objections to the answer itself, whatever the key says: those of the codebook's edits, codes that cannot be reported on
// the date, and sides left open that the note names. What the version of the key would meet too is the key's word and left out, as is
// what concerns its optional lines and the pairs that it allows. A book without the data of an edit objects to nothing.
func (g *grader) rules() []Rule {
	if g.ref.book == nil {
		return nil
	}
	out := append(g.notBillable(), g.sidesLeftOpen()...)
	for _, c := range g.objections() {
		out = append(out, g.tellConflict(c))
	}
	slices.SortStableFunc(out, func(a, b Rule) int {
		return cmp.Or(cmp.Compare(kindRank(string(a.Kind)), kindRank(string(b.Kind))), slices.Compare(a.Entered, b.Entered), strings.Compare(a.Why, b.Why))
	})
	// Lines that stand twice meet an edit twice, which is one thing to learn.
	return slices.CompactFunc(out, func(a, b Rule) bool { return a.Kind == b.Kind && slices.Equal(a.Entered, b.Entered) && a.Why == b.Why })
}

// objections are what the edits of the book say of the answer and not of the key.
func (g *grader) objections() []codebook.Conflict {
	claim := g.enteredClaim()
	if len(claim.Lines) == 0 {
		return nil
	}
	found := slices.DeleteFunc(g.ref.book.ClaimConflicts(claim), g.excused)
	if len(found) == 0 {
		return nil
	}
	// The key without its optional lines may lack a partner that one of them is: it is not asked for then.
	own := map[objection]bool{}
	for _, optional := range []bool{true, false} {
		for _, c := range g.ref.book.ClaimConflicts(g.keyClaim(optional)) {
			own[objectionOf(c)] = true
		}
		if !slices.ContainsFunc(g.dx.lines, isOptional) && !slices.ContainsFunc(g.px.lines, isOptional) {
			break
		}
	}
	found = slices.DeleteFunc(found, func(c codebook.Conflict) bool { return own[objectionOf(c)] })
	if len(found) > maxRules {
		slices.SortStableFunc(found, func(a, b codebook.Conflict) int {
			return cmp.Or(cmp.Compare(kindRank(a.Kind), kindRank(b.Kind)), strings.Compare(objectionOf(a).codes, objectionOf(b).codes))
		})
		found = found[:maxRules]
	}
	for i, c := range found {
		found[i] = g.canonical(claim, c)
	}
	return found
}

func isOptional(l keyLine) bool { return l.optional }

// objection is what makes two conflicts the same: the kind and the codes; of a missing partner also the note that wants it, and of a
// modifier the modifier, since one code may meet several of these.
type objection struct{ kind, codes, detail string }

func objectionOf(c codebook.Conflict) objection {
	codes := make([]string, len(c.Codes))
	for i, r := range c.Codes {
		codes[i] = string(r.System) + " " + string(r.Code)
	}
	slices.Sort(codes)
	o := objection{kind: c.Kind, codes: strings.Join(codes, ";")}
	if c.Kind == codebook.KindPartner || c.Kind == codebook.KindModifier {
		o.detail = c.Note
	}
	return o
}

// excused reports whether the key says that an objection does not count: the pair is allowed, or a line is optional.
func (g *grader) excused(c codebook.Conflict) bool {
	if c.Kind == codebook.KindExcludes1 && len(c.Codes) == 2 && g.allowed(c.Codes[0].Code, c.Codes[1].Code) {
		return true
	}
	return len(c.Codes) == 0 || slices.ContainsFunc(c.Codes, func(r codebook.Ref) bool { return g.dx.onlyOptional(r) || g.px.onlyOptional(r) })
}

// onlyOptional reports whether every entered line with the code is an optional one of the key.
func (s *side) onlyOptional(r codebook.Ref) bool {
	some := false
	for _, e := range s.entered {
		if e.Ref != r {
			continue
		}
		if e.optional < 0 {
			return false
		}
		some = true
	}
	return some
}

// setting is whose edits look at the claim. Practitioner NCCI pairs do not apply to a hospital's claim, and an inpatient stay of a
// professional has neither POA indicators nor Section II.
func (g *grader) setting() codebook.Setting {
	switch {
	case g.key.Bills == Professional:
		return codebook.Practitioner
	case g.key.InpatientFacility():
		return codebook.Inpatient
	}
	return codebook.Outpatient
}

func (g *grader) claim() codebook.Claim {
	return codebook.Claim{On: g.ref.on, Setting: g.setting(), Patient: g.key.Patient}
}

// enteredClaim is the answer as a claim: what the case asks for, in the order entered. The first diagnosis that counts stands first, since
// an optional one in front of it is passed over.
func (g *grader) enteredClaim() codebook.Claim {
	c := g.claim()
	if g.dx.asked {
		for _, d := range g.resp.Diagnoses {
			line := codebook.ClaimLine{Ref: codebook.Ref{System: codebook.ICD10CM, Code: d.Code}}
			if g.key.Ask.POA {
				line.POA = d.POA
			}
			c.Lines = append(c.Lines, line)
		}
		if g.first > 0 {
			first := c.Lines[g.first]
			c.Lines = slices.Insert(slices.Delete(c.Lines, g.first, g.first+1), 0, first)
		}
	}
	if g.px.asked {
		for i := range g.resp.Procedures {
			p := &g.resp.Procedures[i]
			c.Lines = append(c.Lines, codebook.ClaimLine{Ref: codebook.Ref{System: p.System, Code: p.Code}, Units: p.Units, Modifiers: p.Modifiers})
		}
	}
	return c
}

// keyClaim is the version of the key as a claim, with what it takes from the answer as equally right in place of its own: a code that it
// accepts, another of its sets of modifiers, another of the diagnoses that may stand first.
func (g *grader) keyClaim(optional bool) codebook.Claim {
	c := g.claim()
	if g.dx.asked {
		entered := g.dx.optionals()
		order := modelOrder(g.key.Diagnoses)
		if first, placed := g.position(); placed {
			order = slices.Insert(slices.DeleteFunc(order, func(i int) bool { return i == first }), 0, first)
		}
		for _, i := range order {
			d, j := &g.key.Diagnoses[i], g.dx.of[i]
			if d.Weight == Optional {
				if !optional {
					continue
				}
				j = entered[i]
			}
			line := codebook.ClaimLine{Ref: g.dx.lines[i].Ref}
			if j >= 0 && g.dx.near[i][j].how == accepted {
				line.Ref = g.dx.entered[j].Ref
			}
			if g.key.Ask.POA {
				line.POA = d.POA
			}
			c.Lines = append(c.Lines, line)
		}
	}
	if g.px.asked {
		entered := g.px.optionals()
		for i := range g.key.Procedures {
			p, j := &g.key.Procedures[i], g.px.of[i]
			if p.Optional {
				if !optional {
					continue
				}
				j = entered[i]
			}
			line := codebook.ClaimLine{Ref: g.px.lines[i].Ref, Units: p.units(), Modifiers: p.Modifiers}
			if j >= 0 && g.rightCode(i, j) {
				line.Ref = g.px.entered[j].Ref
				if missing, needless := modifierFaults(p, g.resp.Procedures[j].Modifiers); missing+needless == 0 {
					line.Modifiers = g.resp.Procedures[j].Modifiers
				}
			}
			c.Lines = append(c.Lines, line)
		}
	}
	return c
}

func modifierFaults(p *Procedure, entered []string) (missing, needless int) {
	_, m, n := modifierDifference(p, entered)
	return len(m), len(n)
}

// canonical puts a conflict of diagnoses in a form that does not depend on the order of lines which no rule orders: of an Excludes1 pair
// whose notes both name the other, the note of the lower code; of several codes that stand in the wrong place for one reason, the lowest.
func (g *grader) canonical(claim codebook.Claim, c codebook.Conflict) codebook.Conflict {
	switch {
	case c.Kind == codebook.KindExcludes1 && len(c.Codes) == 2:
		pair := []codebook.Code{c.Codes[0].Code, c.Codes[1].Code}
		slices.Sort(pair)
		for _, own := range g.ref.book.Excludes1(pair, claim.On) { // with the note as it stands there
			return own
		}
	case c.Kind == codebook.KindPartner && len(c.Codes) == 2:
		return g.lowest(claim, c, c.Codes[0], 1)
	case c.Kind == codebook.KindPrincipal && len(c.Codes) == 1 && c.Codes[0] != claim.Lines[0].Ref:
		return g.lowest(claim, c, claim.Lines[0].Ref, 0)
	}
	return c
}

// lowest tries the lower codes of the claim in place of code number at of a conflict: on a claim of nothing but the first line, the line
// that is fixed and the one tried, in their order.
func (g *grader) lowest(claim codebook.Claim, c codebook.Conflict, fixed codebook.Ref, at int) codebook.Conflict {
	for i, l := range claim.Lines {
		if i == 0 || l.System != codebook.ICD10CM || l.Ref == fixed || l.Code >= c.Codes[at].Code {
			continue
		}
		few := codebook.Claim{On: claim.On}
		for j, o := range claim.Lines {
			if j == 0 || j == i || o.Ref == fixed {
				few.Lines = append(few.Lines, codebook.ClaimLine{Ref: o.Ref})
			}
		}
		for _, own := range g.ref.book.ClaimConflicts(few) {
			if own.Kind == c.Kind && len(own.Codes) == len(c.Codes) && own.Codes[at] == l.Ref && (at == 0 || own.Codes[0] == fixed) {
				c = own
			}
		}
	}
	return c
}
