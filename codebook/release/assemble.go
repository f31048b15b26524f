package release

import (
	"fmt"
	"slices"
	"strings"

	"crosswalk/codebook"
)

// parts are the files that were read, by kind, oldest edition first.
type parts map[Kind][]*item

func assemble(items []*item) (*codebook.Book, []string, error) {
	p := parts{}
	for _, it := range items {
		if it.Loaded {
			p[it.Kind] = append(p[it.Kind], it)
		}
	}
	for _, its := range p {
		slices.SortStableFunc(its, func(x, y *item) int { return x.edition.from.Compare(y.edition.from) })
	}
	a := &assembly{parts: p, b: codebook.NewBuilder()}
	a.diagnoses()
	a.inpatientProcedures()
	a.procedures()
	a.edits()
	a.indexes()
	a.descriptors()
	codes := []Kind{OrderCM, OrderPCS, HCPCSCodes, FeeSchedule, AddendumB, DescriptorsCPT, DescriptorsDental}
	if !slices.ContainsFunc(codes, func(k Kind) bool { return len(p[k]) > 0 }) {
		return nil, a.notes, fmt.Errorf("%w: an order file, HCPCS Level II codes, a fee schedule, OPPS addendum B or licensed descriptors have to be among the files", ErrNoCodes)
	}
	book, err := a.b.Build()
	if err != nil {
		return nil, a.notes, fmt.Errorf("the files do not fit together: %w", err)
	}
	return book, a.notes, nil
}

type assembly struct {
	parts parts
	b     *codebook.Builder
	notes []string
}

func (a *assembly) note(format string, args ...any) {
	if n := fmt.Sprintf(format, args...); !slices.Contains(a.notes, n) {
		a.notes = append(a.notes, n)
	}
}

// only is the single file of a kind that the book holds once, or nil.
func (a *assembly) only(k Kind) *item {
	if its := a.parts[k]; len(its) > 0 {
		return its[len(its)-1]
	}
	return nil
}

// nearest is the file of a kind for a release: of its own year, else the latest before it, else the first after it.
func (a *assembly) nearest(k Kind, of edition) *item {
	its := a.parts[k]
	if len(its) == 0 {
		return nil
	}
	best := its[0]
	for _, it := range its {
		if it.edition.from.Compare(of.from) <= 0 || it.edition.year() == of.year() {
			best = it
		}
	}
	if best.edition.year() != of.year() {
		a.note("%s of %s serves %s, which has none of its own", k, best.edition.name, of.name)
	}
	return best
}

// outer are the rows of a list whose codes no release has, told in the report of the list.
type outer struct {
	used map[codebook.Code]bool
}

func (o *outer) mark(c codebook.Code) {
	if o.used == nil {
		o.used = map[codebook.Code]bool{}
	}
	o.used[c] = true
}

const noSuchCode = "the code is in no release that was loaded"

// settlePOA leaves one list of each edition: the addenda lists have the layout of the full one, so the longest is the full one.
func (a *assembly) settlePOA() {
	longest := map[string]*item{}
	for _, it := range a.parts[POAExempt] {
		o, n := longest[it.edition.name], len(it.content.(*poaList).codes)
		// A list imported now may be shorter than the one it corrects, but not by half.
		if o != nil && it.kept && !o.kept {
			n /= 2
		}
		if o == nil || len(o.content.(*poaList).codes) < n {
			longest[it.edition.name] = it
		}
	}
	a.parts[POAExempt] = slices.DeleteFunc(a.parts[POAExempt], func(it *item) bool {
		o := longest[it.edition.name]
		if o != it {
			it.reject("a list of changes: %s is longer and of the same edition", o.Path)
		}
		return o != it
	})
}

// settleTabular leaves one Tabular List for an order file: the first that has all of its categories.
func (a *assembly) settleTabular(ord *item) *tabular {
	var chosen *item
	for _, it := range a.parts[TabularCM] {
		if it.edition.year() != ord.edition.year() {
			continue
		}
		switch t := it.content.(*tabular); {
		case !t.covers(ord.content.(*order)):
			it.reject("it has %d chapters and not all categories of %s; the book takes whole lists only", len(t.chapters), ord.Path)
		case chosen != nil:
			it.reject("%s is the same edition", chosen.Path)
		default:
			chosen = it
		}
	}
	if chosen == nil {
		a.note("ICD-10-CM %s has no Tabular List: no notes, sections or seventh characters", ord.edition.name)
		return nil
	}
	return chosen.content.(*tabular)
}

// manifestationTitle is how the titles of manifestation codes end (Official Guidelines I.A.13). It completes the Code Editor's list, which
// is older than the newest codes. "As the cause of diseases classified elsewhere" is an organism code and no manifestation.
const manifestationTitle = "in diseases classified elsewhere"

func (a *assembly) diagnoses() {
	a.settlePOA()
	var sev, mce *item = a.only(Severity), a.only(CodeEditor)
	var usedSev, usedMCE outer
	usedPOA := map[*item]*outer{}
	var all []map[codebook.Code]bool
	for _, ord := range a.parts[OrderCM] {
		o := ord.content.(*order)
		tab := a.settleTabular(ord)
		billable := make(map[codebook.Code]bool, len(o.list))
		for _, r := range o.list {
			billable[r.code] = r.billable
		}
		all = append(all, billable)
		exempt := map[codebook.Code]bool{}
		if it := a.nearest(POAExempt, ord.edition); it != nil {
			for _, c := range it.content.(*poaList).codes {
				exempt[c] = true
				if usedPOA[it] == nil {
					usedPOA[it] = &outer{}
				}
				if billable[c] {
					usedPOA[it].mark(c)
				}
			}
		}
		var seventh map[codebook.Code][]codebook.Choice
		if tab != nil {
			var absent []codebook.Code
			seventh, absent = tab.sevenths(func(c codebook.Code) bool { return billable[c] })
			if len(absent) > 0 {
				a.note("ICD-10-CM %s: %d codes that the seventh characters of the Tabular List would make are not in the order file (%s)",
					ord.edition.name, len(absent), absent[0].Dotted(codebook.ICD10CM))
			}
		}
		rb := a.b.Release(codebook.Release{System: codebook.ICD10CM, Edition: ord.edition.name, ValidFrom: ord.edition.from, Source: ord.path})
		facts := make([]codebook.Facts, len(o.list))
		for i, r := range o.list {
			f := &facts[i]
			f.POAExempt, f.SeventhChars = exempt[r.code], seventh[r.code]
			f.Manifestation = r.billable && strings.HasSuffix(strings.ToLower(r.title), manifestationTitle)
			if sev != nil {
				if f.Severity = sev.content.(*severities).level[r.code]; f.Severity != "" {
					usedSev.mark(r.code)
				}
			}
			if mce != nil {
				e := mce.content.(*dxEdits)
				f.Sex = e.sex[r.code]
				f.Manifestation = f.Manifestation || e.manifestation[r.code]
				if f.Sex != "" || e.manifestation[r.code] || e.ages[r.code] != nil {
					usedMCE.mark(r.code)
				}
			}
		}
		shareUp(o.list, facts)
		for i, r := range o.list {
			rb.Code(r.code, r.title, r.billable, facts[i])
		}
		if tab != nil {
			addTabular(rb, tab, billable)
		}
	}
	for it, used := range usedPOA {
		countOuter(it, used, slices.Values(it.content.(*poaList).codes))
	}
	if sev != nil {
		countOuter(sev, &usedSev, keys(sev.content.(*severities).level))
		a.severity(sev, &usedSev, func(c codebook.Code) bool {
			return slices.ContainsFunc(all, func(codes map[codebook.Code]bool) bool { _, ok := codes[c]; return ok })
		})
	} else {
		a.unused(Severity, Exclusions)
	}
	if mce != nil {
		e := mce.content.(*dxEdits)
		countOuter(mce, &usedMCE, keys(e.sex))
		countOuter(mce, &usedMCE, keys(e.manifestation))
		countOuter(mce, &usedMCE, e.ageRows())
		a.b.CodeEditorEdition(mce.edition.name)
		for c, names := range e.ages {
			for _, n := range names {
				if usedMCE.used[c] {
					a.b.AgeEdit(c, n)
				}
			}
		}
	}
	a.unused(OrderCM, POAExempt, Severity, Exclusions, CodeEditor)
}

// shareUp gives a header what the lists say of all the codes below it, so that E08 is a manifestation as E08.00 to E08.9 are. The codes
// below a header follow it in the order file.
func shareUp(rows []orderRow, facts []codebook.Facts) {
	for i, r := range rows {
		if r.billable {
			continue
		}
		first := true
		f := &facts[i]
		for n := i + 1; n < len(rows) && strings.HasPrefix(string(rows[n].code), string(r.code)); n++ {
			if !rows[n].billable {
				continue
			}
			o := &facts[n]
			if first {
				f.POAExempt, f.Manifestation, f.Severity, f.Sex = o.POAExempt, o.Manifestation, o.Severity, o.Sex
				first = false
				continue
			}
			f.POAExempt = f.POAExempt && o.POAExempt
			f.Manifestation = f.Manifestation && o.Manifestation
			if f.Severity != o.Severity {
				f.Severity = ""
			}
			if f.Sex != o.Sex {
				f.Sex = ""
			}
		}
	}
}

// addTabular adds chapters, sections and notes. Titles stay those of the order file.
func addTabular(rb *codebook.ReleaseBuilder, tab *tabular, billable map[codebook.Code]bool) {
	for _, c := range tab.chapters {
		rb.Chapter(c.Chapter)
		for _, n := range c.notes {
			rb.ChapterNotes(c.Number, n.kind, n.lines...)
		}
	}
	for _, s := range tab.sections {
		rb.Section(s.Section)
		for _, n := range s.notes {
			rb.SectionNotes(s.First, s.Last, n.kind, n.lines...)
		}
	}
	for i := range tab.diags {
		d := &tab.diags[i]
		if _, ok := billable[d.code]; !ok {
			tab.skip("the order file does not have the code", string(d.code))
			continue
		}
		if d.parent < 0 {
			s := tab.sections[d.section]
			rb.Category(d.code, s.First, s.Last)
		}
		for _, n := range d.notes {
			rb.Notes(d.code, n.kind, n.lines...)
		}
	}
}

func (a *assembly) inpatientProcedures() {
	for _, ord := range a.parts[OrderPCS] {
		rb := a.b.Release(codebook.Release{System: codebook.ICD10PCS, Edition: ord.edition.name, ValidFrom: ord.edition.from, Source: ord.path})
		for _, r := range ord.content.(*order).list {
			rb.Code(r.code, r.title, r.billable, codebook.Facts{})
		}
		year := ord.edition.year()
		tables := false
		for _, it := range a.parts[TablesPCS] {
			if it.edition.year() == year {
				tables = true
				for _, t := range it.content.(*pcsTables).list {
					rb.Table(t)
				}
			}
		}
		if !tables {
			a.note("ICD-10-PCS %s has no tables: codes are not taken apart", ord.edition.name)
		}
		for _, it := range a.parts[DefinitionsPCS] {
			if it.edition.year() == year {
				for _, t := range it.content.(*pcsTerms).list {
					rb.Term(t.section, t.position, t.label, t.text)
				}
			}
		}
	}
}

// unused rejects the files of kinds that say something about codes of a kind that was not there.
func (a *assembly) unused(of Kind, kinds ...Kind) {
	if len(a.parts[of]) > 0 {
		return
	}
	for _, k := range kinds {
		for _, it := range a.parts[k] {
			it.reject("no %s to go with it", of)
		}
	}
}

func (a *assembly) edits() {
	if it := a.only(NCCIPairs); it != nil {
		a.b.NCCIEdition(it.edition.name)
		it.content.(*pairs).each(a.b.NCCIBecause)
	}
	if it := a.only(Rationales); it != nil {
		for n, words := range it.content.(*rationales).words {
			a.b.Rationale(n, words)
		}
	}
	a.units()
	a.prices()
	if it := a.only(Places); it != nil {
		for _, p := range it.content.(*places).list {
			a.b.Place(p)
		}
	}
	if it := a.only(AddOns); it != nil {
		for _, p := range it.content.(*addOns).pairs {
			a.b.AddOn(p[0], p[1])
		}
	}
	if it := a.only(HCPCSModifiers); it != nil {
		for _, m := range it.content.(*modifierList).list {
			a.b.Modifier(m)
		}
	}
	if it := a.only(GuidelinesCM); it != nil {
		for _, g := range it.content.(*guidelineList).list {
			a.b.Guideline(g)
		}
	}
}
