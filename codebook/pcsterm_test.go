package codebook

import "testing"

func TestPCSDefinition(t *testing.T) {
	b := NewBuilder()
	rb := b.Release(Release{System: ICD10PCS, Edition: "2026"})
	axis := func(title, char, label string) PCSAxis { return PCSAxis{title, []Choice{{char, label}}} }
	rb.Table(PCSTable{
		Prefix: "0FT", Axes: [3]string{"Section", "Body System", "Operation"}, Labels: [3]string{"Medical and Surgical", "Hepatobiliary System and Pancreas", "Resection"},
		Definition: "Cutting out or off, without replacement, all of a body part",
		Rows:       []PCSRow{{axis("Body Part", "4", "Gallbladder"), axis("Approach", "4", "Percutaneous Endoscopic"), axis("Device", "Z", "No Device"), axis("Qualifier", "Z", "No Qualifier")}},
	})
	rb.Term("0", 5, "Percutaneous Endoscopic", "Entry by puncture or minor incision, with visualization")
	book, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name     string
		prefix   Code
		position int
		label    string
		want     string
	}{
		{"a term of the section", "0FT44", 5, "Percutaneous Endoscopic", "Entry by puncture or minor incision, with visualization"},
		{"the operation has its definition at the table", "0FT", 3, "Resection", "Cutting out or off, without replacement, all of a body part"},
		{"no term in this section", "1", 5, "Percutaneous Endoscopic", ""},
		{"none for a body part", "0FT4", 4, "Gallbladder", ""},
		{"no code at all", "", 3, "Resection", ""},
	} {
		if got := book.PCSDefinition(tc.prefix, tc.position, tc.label, Date{}); got != tc.want {
			t.Errorf("%s: PCSDefinition(%q, %d, %q) = %q, want %q", tc.name, tc.prefix, tc.position, tc.label, got, tc.want)
		}
	}
}
