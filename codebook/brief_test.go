package codebook_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"crosswalk/codebook"
)

// TestBrief holds Brief to Lookup: the same but for the notes.
func TestBrief(t *testing.T) {
	book, err := codebook.Starter()
	if err != nil {
		t.Fatal(err)
	}
	for _, on := range []codebook.Date{{}, {Year: 2025, Month: 11, Day: 14}, {Year: 1990, Month: 1, Day: 1}} {
		for _, ref := range []codebook.Ref{{System: codebook.ICD10CM, Code: "E1122"}, {System: codebook.ICD10CM, Code: "S5253"}, {System: codebook.ICD10CM, Code: "E11Z"},
			{System: codebook.CPT, Code: "99214"}, {System: codebook.HCPCS, Code: "J1100"}, {System: codebook.ICD10PCS, Code: "0FT44ZZ"}, {System: "none", Code: "A"}} {
			want, err := book.Lookup(ref.System, ref.Code, on)
			got, ok := book.Brief(ref.System, ref.Code, on)
			want.Notes = nil
			if d := cmp.Diff(want, got); d != "" || ok != (err == nil) {
				t.Errorf("%v on %v, found %v, error %v (-want +got):\n%s", ref, on, ok, err, d)
			}
		}
	}
}

func TestChapterOfCode(t *testing.T) {
	book, err := codebook.Starter()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		code codebook.Code
		want string
	}{{"E1122", "4"}, {"I10", "9"}, {"S52531A", "19"}, {"", ""}, {"E", ""}} {
		got, ok := book.Chapter(c.code, codebook.Date{})
		if got.Number != c.want || ok != (c.want != "") || ok && got.Title == "" {
			t.Errorf("Chapter(%q) = %+v, %v; want number %q", c.code, got, ok, c.want)
		}
	}
}
