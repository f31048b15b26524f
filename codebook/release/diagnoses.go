package release

import (
	"io"

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
	for range t.records() {
		c, err := t.diagnosis(0)
		if err != nil {
			return nil, err
		}
		p.codes = append(p.codes, c)
	}
	p.tally = t.tally
	return p, t.err
}
