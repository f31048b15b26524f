package codebook

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// Modifier is a two-character modifier. CPT modifiers have labels in our own words, HCPCS Level II ones their official titles.
type Modifier struct {
	Code   string
	Title  string
	System System // CPT or HCPCS
}

// Modifier finds a modifier by its two characters, in any case.
func (b *Book) Modifier(m string) (Modifier, bool) {
	i, ok := slices.BinarySearchFunc(b.modifiers, strings.ToUpper(strings.TrimSpace(m)), func(x Modifier, s string) int { return cmp.Compare(x.Code, s) })
	if !ok {
		return Modifier{}, false
	}
	return b.modifiers[i], true
}

// Modifiers are all modifiers, sorted by their characters.
func (b *Book) Modifiers() []Modifier { return slices.Clone(b.modifiers) }

// Guideline is a numbered rule of the Official Guidelines for ICD-10-CM or ICD-10-PCS, told in our own words.
type Guideline struct {
	Number string // "I.C.4.a.3", "IV.H", "B3.8", "App.I"
	Title  string
	Rule   string
	Set    string // "icd10cm" or "icd10pcs"
}

// Guideline finds a guideline by its exact number. The document writes its deepest levels in parentheses; "I.C.1.d.1.(a)(ii)" and
// "I.C.1.d.1.a.ii" are one number.
func (b *Book) Guideline(number string) (Guideline, bool) {
	i, ok := b.byGuideline[plainNumber(number)]
	if !ok {
		return Guideline{}, false
	}
	return b.guidelines[i], true
}

// Guidelines are all guidelines, in the order of the documents.
func (b *Book) Guidelines() []Guideline { return slices.Clone(b.guidelines) }

func plainNumber(s string) string {
	s = unbracket.Replace(strings.TrimSpace(s))
	return strings.ReplaceAll(s, "..", ".")
}

// unbracket turns I.C.19.e.5.(c) into I.C.19.e.5.c.
var unbracket = strings.NewReplacer("(", ".", ")", "")

var guidelineForm = regexp.MustCompile(`^(?:(?:I|II|III|IV)(?:\.[A-Za-z0-9()]+)+|I{1,3}|IV|[ABCDEF][0-9]+(?:\.[0-9]+[a-z]?|\.[a-z])?|App\.I(?:\.[A-Za-z0-9]+)*)$`)

// CiteOK judges a citation of a question or case. checked says that the citation has a form that the book can judge: a guideline number
// (I.C.19.c, IV.H, B3.8, App.I), "tabular:N18", "ncci:25605/29125" or "pfs:25605"; known, whether what it names exists. Free text is
// known and not checked. Where the book has no data of a kind (no NCCI pairs at all), a citation of it is known and not checked.
func (b *Book) CiteOK(cite string) (known, checked bool) {
	cite = strings.TrimSpace(cite)
	kind, rest, ok := strings.Cut(cite, ":")
	if ok && !strings.ContainsAny(kind, " \t") {
		switch strings.ToLower(kind) {
		case "tabular":
			return b.knowsTabular(strings.TrimSpace(rest)), true
		case "ncci":
			x, y, pair := strings.Cut(strings.TrimSpace(rest), "/")
			if !pair {
				return false, true
			}
			if !b.HasNCCI() {
				return true, false
			}
			_, forward := b.NCCI(Code(strings.ToUpper(x)), Code(strings.ToUpper(y)))
			_, back := b.NCCI(Code(strings.ToUpper(y)), Code(strings.ToUpper(x)))
			return forward || back, true
		case "pfs":
			sys, c, err := ProcedureSystem(rest)
			if err != nil || sys == ICD10PCS {
				return false, true
			}
			_, err = b.Lookup(sys, c, Date{})
			return err == nil, true
		}
	}
	if guidelineForm.MatchString(cite) {
		_, ok := b.Guideline(cite)
		return ok, true
	}
	return true, false
}

// knowsTabular reports whether a code, header, section or chapter range of the Tabular List exists.
func (b *Book) knowsTabular(s string) bool {
	s = strings.TrimSuffix(strings.TrimSuffix(strings.ToUpper(s), "-"), ".")
	for _, r := range b.bySystem[ICD10CM] {
		if c, err := ParseCode(ICD10CM, s); err == nil && r.find(c) >= 0 {
			return true
		}
		for i := range r.sections {
			if r.sections[i].Range() == s {
				return true
			}
		}
		for i := range r.chapters {
			if r.chapters[i].Range() == s || "CHAPTER "+r.chapters[i].Number == s {
				return true
			}
		}
	}
	return false
}
