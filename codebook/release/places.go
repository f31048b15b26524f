package release

import (
	"io"
	"strings"

	"crosswalk/codebook"
)

// places are place of service codes.
type places struct {
	list []codebook.Place
	tally
}

func readPlaces(r io.Reader) (*places, error) {
	t, err := newTable(r, ',', "pos", "payment_setting", "name", "?description")
	if err != nil {
		return nil, err
	}
	p := &places{}
	seen := map[string]bool{}
	for range t.records() {
		code := t.get(0)
		if len(code) != 2 || strings.Trim(code, "0123456789") != "" {
			return nil, damaged(t.line, "%q is no place of service, which has two digits", code)
		}
		if seen[code] {
			return nil, damaged(t.line, "place of service %s stands twice", code)
		}
		seen[strings.Clone(code)] = true
		setting, err := t.oneOf(1, "payment setting", "Facility", "Non-Facility", "Unassigned")
		if err != nil {
			return nil, err
		}
		if setting == "Unassigned" {
			t.skip("CMS has not assigned the code", code)
			continue
		}
		if t.get(2) == "" {
			return nil, damaged(t.line, "place of service %s has no name", code)
		}
		p.list = append(p.list, codebook.Place{
			Code: strings.Clone(code), Name: strings.Clone(t.get(2)), Text: strings.Clone(t.get(3)), Facility: setting == "Facility",
		})
	}
	p.tally = t.tally
	return p, t.err
}
