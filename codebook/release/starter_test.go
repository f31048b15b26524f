package release

import (
	"strings"
	"testing"

	"crosswalk/codebook"

	"github.com/google/go-cmp/cmp"
)

// The starter book was typed. Whatever it says of a code has to agree with the official files; it may know less.
func TestStarterAgreesWithTheReleases(t *testing.T) {
	book, _ := official(t)
	starter, err := codebook.Starter()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	var compare func(entries []codebook.Entry)
	compare = func(entries []codebook.Entry) {
		for _, e := range entries {
			n++
			o, err := book.Lookup(e.System, e.Code, codebook.Date{})
			if err != nil {
				t.Error(err)
				continue
			}
			// CPT numbers have our labels in the one and none in the other.
			if e.System != codebook.CPT && blankless(e.Title) != blankless(o.Title) {
				t.Errorf("%s is titled %q, officially %q", e.Dotted(), e.Title, o.Title)
			}
			if e.Billable != o.Billable {
				t.Errorf("%s is billable %v, officially %v", e.Dotted(), e.Billable, o.Billable)
			}
			if len(e.Facts.SeventhChars) > 0 {
				if diff := cmp.Diff(chars(o.Facts.SeventhChars), chars(e.Facts.SeventhChars)); diff != "" {
					t.Errorf("seventh characters of %s (-official +starter):\n%s", e.Dotted(), diff)
				}
			}
			compare(starter.Children(e.System, e.Code, codebook.Date{}))
			if !e.Billable {
				continue // a header has what the codes below it share, of which the starter has some
			}
			for what, says := range map[string][2]string{
				"global days": {e.Facts.GlobalDays, o.Facts.GlobalDays}, "status": {e.Facts.Status, o.Facts.Status},
				"bilateral indicator": {e.Facts.Bilateral, o.Facts.Bilateral}, "severity": {e.Facts.Severity, o.Facts.Severity}, "sex": {e.Facts.Sex, o.Facts.Sex},
			} {
				if says[0] != "" && says[0] != says[1] {
					t.Errorf("%s has %s %q, officially %q", e.Dotted(), what, says[0], says[1])
				}
			}
			if e.Facts.POAExempt && !o.Facts.POAExempt || e.Facts.Manifestation && !o.Facts.Manifestation || e.Facts.AddOn && !o.Facts.AddOn {
				t.Errorf("%s: POA exempt %v, manifestation %v, add-on %v; officially %v, %v, %v", e.Dotted(), e.Facts.POAExempt, e.Facts.Manifestation,
					e.Facts.AddOn, o.Facts.POAExempt, o.Facts.Manifestation, o.Facts.AddOn)
			}
		}
	}
	for _, sys := range codebook.Systems {
		compare(starter.Top(sys, nil, codebook.Date{}))
	}
	if n < 500 {
		t.Errorf("the starter book has %d codes: this test walks it wrong", n)
	}
}

func chars(choices []codebook.Choice) (s string) {
	for _, c := range choices {
		s += c.Char
	}
	return s
}

// blankless is a title as it is compared: the order file has a stray blank here and there ("[E. coli ]").
func blankless(s string) string { return strings.ReplaceAll(s, " ", "") }
