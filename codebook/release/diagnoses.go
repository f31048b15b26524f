package release

import (
	"io"
	"strings"

	"crosswalk/codebook"
)

// poaList is a list of codes that are exempt from present-on-admission reporting.
type poaList struct {
	codes []codebook.Code
	tally
}

func readPOA(r io.Reader) (*poaList, error) {
	t, err := newTable(r, '\t', "POAexemptCode")
	if err != nil {
		return nil, err
	}
	p := &poaList{}
	for {
		ok, err := t.next()
		if err != nil {
			return nil, err
		}
		if !ok {
			p.tally = t.tally
			return p, nil
		}
		c, err := t.diagnosis(0)
		if err != nil {
			return nil, err
		}
		p.codes = append(p.codes, c)
	}
}

// severities are the CC and MCC diagnoses of an MS-DRG version.
type severities struct {
	level map[codebook.Code]string
	tally
}

func readSeverities(r io.Reader) (*severities, error) {
	t, err := newTable(r, ',', "icd10cm", "level")
	if err != nil {
		return nil, err
	}
	s := &severities{level: map[codebook.Code]string{}}
	for {
		ok, err := t.next()
		if err != nil {
			return nil, err
		}
		if !ok {
			s.tally = t.tally
			return s, nil
		}
		c, err := t.diagnosis(0)
		if err != nil {
			return nil, err
		}
		level, err := t.oneOf(1, "level", "CC", "MCC")
		if err != nil {
			return nil, err
		}
		s.level[c] = strings.Clone(level)
	}
}

// dxEdits are diagnosis edits of the Medicare Code Editor. Age edits are left out: the book gives no patient.
type dxEdits struct {
	sex           map[codebook.Code]string // "M" or "F"
	manifestation map[codebook.Code]bool
	tally
}

func readDxEdits(r io.Reader) (*dxEdits, error) {
	t, err := newTable(r, ',', "icd10cm", "edit_group", "edit_rule")
	if err != nil {
		return nil, err
	}
	e := &dxEdits{sex: map[codebook.Code]string{}, manifestation: map[codebook.Code]bool{}}
	for {
		ok, err := t.next()
		if err != nil {
			return nil, err
		}
		if !ok {
			e.tally = t.tally
			return e, nil
		}
		c, err := t.diagnosis(0)
		if err != nil {
			return nil, err
		}
		switch rule := t.get(2); {
		case rule == "Male Only":
			e.sex[c] = "M"
		case rule == "Female Only":
			e.sex[c] = "F"
		case strings.HasPrefix(rule, "Manifestation"):
			e.manifestation[c] = true
		case t.get(1) == "Age":
			t.skip("age edits are not part of the book", string(c))
		default:
			t.skip("an edit that is not part of the book", string(c))
		}
	}
}
