package release

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"crosswalk/codebook"
)

// indexKinds are the indexes that the files hold.
var indexKinds = map[Kind]codebook.IndexKind{
	IndexCM: codebook.IndexDiseases, IndexFlat: codebook.IndexDiseases, IndexNeoplasms: codebook.IndexNeoplasms, IndexDrugs: codebook.IndexDrugs,
	IndexExternal: codebook.IndexExternal, IndexPCS: codebook.IndexProcedures,
}

// indexFile is an index: its columns, when it is a table, and its terms in printed order.
type indexFile struct {
	heads []string
	terms []codebook.NewTerm
	tally // rows are main terms and subterms
}

// mains is how many of the terms are main terms.
func (f *indexFile) mains() int {
	n := 0
	for i := range f.terms {
		if f.terms[i].Level == 0 {
			n++
		}
	}
	return n
}

const notACode = "the code at the term has not the form of one; the term is kept without it"

// indexCode reads a code as an index prints it: "E11.22", "S52.50-", "B34.-".
func indexCode(sys codebook.System, text string) (codebook.IndexCode, bool) {
	text = strings.TrimSpace(text)
	stem := strings.TrimRight(text, "-")
	incomplete := stem != text
	c, err := codebook.ParseCode(sys, strings.TrimSuffix(stem, "."))
	if err != nil {
		return codebook.IndexCode{}, false
	}
	return codebook.IndexCode{Ref: codebook.Ref{System: sys, Code: c}, Incomplete: incomplete || sys == codebook.ICD10PCS && len(c) < 7}, true
}

var categoryRef = regexp.MustCompile(`^(?i:also )?(?i:sub)?(?i:category) +([A-Z][0-9A-Z]{2}(?:\.[0-9A-Z]*)?-?)$`)

// indexRef makes a cross-reference of its text. "see subcategory M14.8-" points into the Tabular List.
func indexRef(sys codebook.System, kind codebook.RefKind, text string) codebook.IndexRef {
	if m := categoryRef.FindStringSubmatch(text); m != nil && sys == codebook.ICD10CM {
		if c, ok := indexCode(sys, m[1]); ok {
			return codebook.IndexRef{Kind: codebook.RefSeeCategory, Text: m[1], Code: c.Code}
		}
	}
	return codebook.IndexRef{Kind: kind, Text: text}
}

// settleIndexes leaves one file of the Alphabetic Index of an edition: the flattened form has only the first code and cross-reference of a
// term and no manifestation codes, so the XML form goes before it.
func (a *assembly) settleIndexes() {
	a.parts[IndexFlat] = slices.DeleteFunc(a.parts[IndexFlat], func(it *item) bool {
		i := slices.IndexFunc(a.parts[IndexCM], func(o *item) bool { return o.edition.name == it.edition.name })
		if i >= 0 {
			it.reject("%s is the same edition and has more", a.parts[IndexCM][i].Path)
		}
		return i >= 0
	})
}

// indexes adds the indexes, several editions of one side by side.
func (a *assembly) indexes() {
	a.settleIndexes()
	have := map[codebook.System][]codebook.Code{}
	for _, kind := range []Kind{IndexCM, IndexFlat, IndexNeoplasms, IndexDrugs, IndexExternal, IndexPCS} {
		for _, it := range a.parts[kind] {
			f := it.content.(*indexFile)
			a.b.Index(codebook.NewIndex{
				Kind: indexKinds[kind], Edition: it.edition.name, ValidFrom: it.edition.from, Source: it.path, Heads: f.heads, Terms: f.terms,
			})
			known, ok := have[indexKinds[kind].System()]
			if !ok {
				known = a.codesOf(indexKinds[kind].System())
				have[indexKinds[kind].System()] = known
			}
			if codes, first := f.lost(known); codes > 0 {
				a.note("%s of %s: %d of its codes are in no release that was loaded (%s)", kind, it.edition.name, codes, first)
			}
		}
	}
}

// lost counts the codes of an index that are not among the sorted ones, and gives the first as printed.
func (f *indexFile) lost(known []codebook.Code) (n int, first string) {
	if len(known) == 0 {
		return 0, ""
	}
	for i := range f.terms {
		for _, c := range f.terms[i].Codes {
			if !begins(known, c.Code, c.Incomplete) {
				n++
				first = cmp.Or(first, c.Text())
			}
		}
	}
	return n, first
}

// codesOf are the codes of all order files of a set, sorted.
func (a *assembly) codesOf(sys codebook.System) (out []codebook.Code) {
	kind := OrderCM
	if sys == codebook.ICD10PCS {
		kind = OrderPCS
	}
	for _, it := range a.parts[kind] {
		for _, r := range it.content.(*order).list {
			out = append(out, r.code)
		}
	}
	slices.Sort(out)
	return out
}

// begins reports whether one of the sorted codes is a code, or begins with it.
func begins(sorted []codebook.Code, c codebook.Code, beginning bool) bool {
	i, ok := slices.BinarySearch(sorted, c)
	return ok || beginning && i < len(sorted) && strings.HasPrefix(string(sorted[i]), string(c))
}
