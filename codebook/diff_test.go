package codebook

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestChanges(t *testing.T) {
	b := NewBuilder()
	for _, r := range []struct {
		edition string
		from    Date
		codes   []Change
	}{
		{"2025", Date{2024, 10, 1}, []Change{{Code: "E11", Title: "Type 2"}, {Code: "E118", Title: "With", Billable: true}, {Code: "E119", Title: "Without", Billable: true}, {Code: "Z99", Title: "Old", Billable: true}}},
		{"2026", Date{2025, 10, 1}, []Change{{Code: "A00", Title: "New", Billable: true}, {Code: "E11", Title: "Type 2"}, {Code: "E118", Title: "With", Billable: false}, {Code: "E1180", Title: "With more", Billable: true}, {Code: "E119", Title: "Without any", Billable: true}}},
	} {
		rb := b.Release(Release{System: ICD10CM, Edition: r.edition, ValidFrom: r.from})
		for _, c := range r.codes {
			rb.Code(c.Code, c.Title, c.Billable, Facts{})
		}
	}
	book, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	got, err := book.Changes(ICD10CM, "2025", "2026")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Change{
		{Added, "A00", "New", "", true},
		{ToHeader, "E118", "With", "", false},
		{Added, "E1180", "With more", "", true},
		{Retitled, "E119", "Without any", "Without", true},
		{Deleted, "Z99", "Old", "", true},
	}, got); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
	back, err := book.Changes(ICD10CM, "2026", "2025")
	if err != nil || len(back) != 5 || back[1].Kind != ToBillable || back[0].Kind != Deleted {
		t.Errorf("changes backwards: %+v, %v", back, err)
	}
	if same, err := book.Changes(ICD10CM, "2026", "2026"); err != nil || len(same) > 0 {
		t.Errorf("changes of a release to itself: %+v, %v", same, err)
	}
	for _, editions := range [][2]string{{"2024", "2026"}, {"2025", "2027"}} {
		if _, err := book.Changes(ICD10CM, editions[0], editions[1]); !errors.Is(err, ErrUnknownEdition) || !strings.Contains(err.Error(), "2025 2026") {
			t.Errorf("changes of %v: %v", editions, err)
		}
	}
	if _, err := book.Changes(HCPCS, "2025", "2026"); !errors.Is(err, ErrUnknownEdition) {
		t.Errorf("changes of a set that is not there: %v", err)
	}
}
