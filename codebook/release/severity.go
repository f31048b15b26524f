package release

import (
	"io"
	"iter"
	"maps"
	"slices"
	"strings"

	"crosswalk/codebook"
)

// severities are the CC and MCC diagnoses of an MS-DRG version, each with the group of principal diagnoses that cancel it.
type severities struct {
	level map[codebook.Code]string
	group map[codebook.Code]string // "" where the file does not say, codebook.NoExclusion
	tally
}

func readSeverities(r io.Reader) (*severities, error) {
	t, err := newTable(r, ',', "icd10cm", "level", "?pdx_exclusion_group")
	if err != nil {
		return nil, err
	}
	s := &severities{level: map[codebook.Code]string{}, group: map[codebook.Code]string{}}
	own := internStrings{}
	for range t.records() {
		c, err := t.diagnosis(0)
		if err != nil {
			return nil, err
		}
		level, err := t.oneOf(1, "level", "CC", "MCC")
		if err != nil {
			return nil, err
		}
		c = own.code(c)
		group := t.get(2)
		if strings.HasPrefix(strings.ToLower(group), "no exc") {
			group = codebook.NoExclusion
		}
		s.level[c], s.group[c] = own.of(level), own.of(group)
	}
	s.tally = t.tally
	return s, t.err
}

// exclusions are the principal diagnoses that cancel a CC or MCC, by group.
type exclusions struct {
	groups map[string][]codebook.Code
	tally
}

func readExclusions(r io.Reader) (*exclusions, error) {
	t, err := newTable(r, ',', "pdx_exclusion_group", "principal_dx")
	if err != nil {
		return nil, err
	}
	e := &exclusions{groups: map[string][]codebook.Code{}}
	own := internStrings{}
	for range t.records() {
		group := t.get(0)
		if group == "" || group == codebook.NoExclusion {
			return nil, damaged(t.line, "%q is no name of a group", group)
		}
		c, err := t.diagnosis(1)
		if err != nil {
			return nil, err
		}
		group = own.of(group)
		e.groups[group] = append(e.groups[group], own.code(c))
	}
	e.tally = t.tally
	return e, t.err
}

// dxEdits are diagnosis edits of the Medicare Code Editor.
type dxEdits struct {
	sex           map[codebook.Code]string   // "M" or "F"
	ages          map[codebook.Code][]string // names of age edits
	manifestation map[codebook.Code]bool
	tally
}

// ageNames are the names of age edits in the book, by what the edits begin with in the file.
var ageNames = map[string]string{"Perinatal": "perinatal", "Newborn": "perinatal", "Pediatric": "pediatric", "Maternity": "maternity", "Adult": "adult"}

func readDxEdits(r io.Reader) (*dxEdits, error) {
	t, err := newTable(r, ',', "icd10cm", "edit_group", "edit_rule")
	if err != nil {
		return nil, err
	}
	e := &dxEdits{sex: map[codebook.Code]string{}, ages: map[codebook.Code][]string{}, manifestation: map[codebook.Code]bool{}}
	own := internStrings{}
	for range t.records() {
		c, err := t.diagnosis(0)
		if err != nil {
			return nil, err
		}
		c = own.code(c)
		rule := t.get(2)
		word := rule[:max(0, strings.IndexAny(rule+" ", " /("))]
		switch age := ageNames[word]; {
		case rule == "Male Only":
			e.sex[c] = "M"
		case rule == "Female Only":
			e.sex[c] = "F"
		case word == "Manifestation":
			e.manifestation[c] = true
		case t.get(1) == "Age" && age != "":
			e.ages[c] = append(e.ages[c], age)
		default:
			t.skip("an edit that is not part of the book", string(c))
		}
	}
	e.tally = t.tally
	return e, t.err
}

// ageRows are the codes of age edits, each as often as it has edits.
func (e *dxEdits) ageRows() iter.Seq[codebook.Code] {
	return func(yield func(codebook.Code) bool) {
		for _, c := range slices.Sorted(maps.Keys(e.ages)) {
			for range e.ages[c] {
				if !yield(c) {
					return
				}
			}
		}
	}
}

// severity adds the CC list with its exclusions to the book, as far as a release has the codes.
func (a *assembly) severity(sev *item, used *outer, known func(codebook.Code) bool) {
	s := sev.content.(*severities)
	a.b.SeverityEdition(sev.edition.name)
	groups := map[string]bool{}
	for c := range used.used {
		a.b.Severity(c, s.level[c], s.group[c])
		groups[s.group[c]] = true
	}
	it := a.only(Exclusions)
	if it == nil {
		return
	}
	if it.edition.name != sev.edition.name {
		it.reject("it is of another version than the %s %s", Severity, sev.edition.name)
		return
	}
	e := it.content.(*exclusions)
	for _, g := range slices.Sorted(maps.Keys(e.groups)) {
		for _, c := range e.groups[g] {
			switch {
			case !groups[g]:
				it.content.counts().skip("no CC or MCC has the group", g)
			case !known(c):
				it.content.counts().skip(noSuchCode, string(c))
			default:
				a.b.Exclusion(g, c)
			}
		}
	}
}
