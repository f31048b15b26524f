package codebook

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// Place is a place of service code of a professional claim.
type Place struct {
	Code     string // two digits
	Name     string
	Text     string // what the place is; in the starter book in our own words
	Facility bool   // paid at the facility rate: the facility has a claim of its own
}

// PlaceOfService finds a place of service by its two digits.
func (b *Book) PlaceOfService(code string) (Place, bool) {
	i, ok := slices.BinarySearchFunc(b.claims.places, strings.TrimSpace(code), func(p Place, c string) int { return cmp.Compare(p.Code, c) })
	if !ok {
		return Place{}, false
	}
	return b.claims.places[i], true
}

// PlacesOfService are all places of service, by their digits.
func (b *Book) PlacesOfService() []Place { return slices.Clone(b.claims.places) }

var placeForm = regexp.MustCompile(`^[0-9]{2}$`)

// Place adds a place of service.
func (b *Builder) Place(p Place) {
	if !placeForm.MatchString(p.Code) || p.Name == "" {
		b.fail("place of service %q %q: want two digits and a name", p.Code, p.Name)
		return
	}
	b.claims.places = append(b.claims.places, p)
}

var placeLine = regexp.MustCompile(`^([0-9]{2})\s+(facility|nonfacility)\s+(\S[^|]*?)\s*\|\s*(\S.*)$`)

// places reads "11 nonfacility Office | what it is, in our words".
func (sr *starterReader) places(lines []sourceLine) {
	seen := map[string]bool{}
	for _, l := range lines {
		m := placeLine.FindStringSubmatch(l.text)
		if m == nil {
			sr.fail(l, "%q is no place of service; write: 11 nonfacility Office | what it is", l.text)
			continue
		}
		if seen[m[1]] {
			sr.fail(l, "place of service %s stands twice", m[1])
			continue
		}
		seen[m[1]] = true
		sr.b.Place(Place{Code: m[1], Name: m[3], Text: m[4], Facility: m[2] == "facility"})
	}
}
