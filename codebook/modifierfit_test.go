package codebook

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// scheduled is a book with the indicators that modifiers are judged by. The indicators are those of the 2025 fee schedule.
func scheduled(t testing.TB) *Book {
	t.Helper()
	b := NewBuilder()
	px := b.Release(Release{System: CPT, Edition: "2025", ValidFrom: Date{2025, 1, 1}})
	for c, f := range map[Code]Facts{
		"25605": {Status: "A", GlobalDays: "090", Bilateral: "1", Multiple: "2", Assistant: "1", CoSurgeons: "0", TeamSurgeons: "0", Components: "0"},
		"27447": {Status: "A", GlobalDays: "090", Bilateral: "1", Multiple: "2", Assistant: "2", CoSurgeons: "1", TeamSurgeons: "0", Components: "0"},
		"44970": {Status: "A", GlobalDays: "090", Bilateral: "0", Multiple: "2", Assistant: "2", CoSurgeons: "0", TeamSurgeons: "0", Components: "0"},
		"58720": {Status: "A", GlobalDays: "090", Bilateral: "2", Multiple: "2", Assistant: "2", CoSurgeons: "1", TeamSurgeons: "0", Components: "0"},
		"45378": {Status: "A", GlobalDays: "000", Bilateral: "0", Multiple: "3", Assistant: "1", CoSurgeons: "0", TeamSurgeons: "0", Components: "0"},
		"62323": {Status: "A", GlobalDays: "000", Bilateral: "9", Multiple: "2", Assistant: "0", CoSurgeons: "9", TeamSurgeons: "9", Components: "0"},
		"73562": {Status: "A", GlobalDays: "XXX", Bilateral: "3", Multiple: "0", Assistant: "0", CoSurgeons: "0", TeamSurgeons: "0", Components: "1"},
		"93010": {Status: "A", GlobalDays: "XXX", Bilateral: "0", Multiple: "0", Assistant: "0", CoSurgeons: "0", TeamSurgeons: "0", Components: "2"},
		"93005": {Status: "A", GlobalDays: "XXX", Bilateral: "0", Multiple: "0", Components: "3"},
		"93000": {Status: "A", GlobalDays: "XXX", Bilateral: "0", Multiple: "0", Components: "4"},
		"80053": {Status: "X", GlobalDays: "XXX", Bilateral: "9", Multiple: "9", Assistant: "9", CoSurgeons: "9", TeamSurgeons: "9", Components: "9"},
		"85060": {Status: "A", GlobalDays: "XXX", Bilateral: "0", Components: "8"},
		"99213": {Status: "A", GlobalDays: "XXX", Bilateral: "0", Multiple: "0", Assistant: "0", CoSurgeons: "0", TeamSurgeons: "0", Components: "0"},
		"11045": {Status: "A", GlobalDays: "ZZZ", Bilateral: "0", Multiple: "0", AddOn: true},
		"00400": {Status: "J", GlobalDays: "XXX", Bilateral: "9", Multiple: "9", Assistant: "9", CoSurgeons: "9", TeamSurgeons: "9", Components: "9"},
		"99999": {},
	} {
		px.Code(c, "", true, f)
	}
	b.AddOn("11045", "11042")
	b.FeeEdition("2025-10", "32.3465")
	b.Fee("73562", "26", Fee{Status: "A", Work: 18, GlobalDays: "XXX", Components: "1"})
	book, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	return book
}

func TestModifiersThatDoNotFit(t *testing.T) {
	book := scheduled(t)
	for _, tc := range []struct {
		name    string
		setting Setting
		code    Code
		mods    string
		want    []string // From and a word of the sentence
	}{
		{"no modifier", Practitioner, "25605", "", nil},
		{"bilateral indicator 1", Practitioner, "27447", "50", nil},
		{"bilateral indicator 0", Practitioner, "44970", "50", []string{"44970-50 pfs:44970"}},
		{"bilateral indicator 2", Practitioner, "58720", "50", []string{"58720-50 pfs:58720"}},
		{"bilateral indicator 3", Practitioner, "73562", "50", nil},
		{"bilateral indicator 9 of a service that is paid", Practitioner, "62323", "50", []string{"62323-50 pfs:62323"}},
		{"bilateral indicator 9 of one that the schedule does not pay", Practitioner, "80053", "50", nil},
		{"no indicator", Practitioner, "99999", "50 26 80 62 66 51", nil},
		{"a code that is not there", Practitioner, "12345", "50", nil},
		{"both sides on one line", Practitioner, "27447", "RT LT", []string{"27447-RT-LT " + bilateralClaims}},
		{"both sides of what has none", Practitioner, "44970", "LT RT", []string{"44970-RT-LT pfs:44970"}},
		{"one side", Practitioner, "25605", "RT", nil},
		{"an assistant, never paid", Practitioner, "25605", "AS", []string{"25605-AS pfs:25605"}},
		{"an assistant, paid", Practitioner, "27447", "80", nil},
		{"an assistant, with documentation", Practitioner, "62323", "82", nil},
		{"an assistant at anesthesia", Practitioner, "00400", "81", []string{"00400-81 pfs:00400"}},
		{"two surgeons, with documentation", Practitioner, "27447", "62", nil},
		{"two surgeons, never", Practitioner, "44970", "62", []string{"44970-62 pfs:44970"}},
		{"two surgeons, not applicable", Practitioner, "62323", "62", []string{"62323-62 pfs:62323"}},
		{"a team, never", Practitioner, "27447", "66", []string{"27447-66 pfs:27447"}},
		{"the professional component of a test", Practitioner, "73562", "26", nil},
		{"the technical component of a test", Practitioner, "73562", "TC", nil},
		{"the components of a physician's service", Practitioner, "99213", "26", []string{"99213-26 pfs:99213"}},
		{"of a professional component", Practitioner, "93010", "26", []string{"93010-26 pfs:93010"}},
		{"of a technical component", Practitioner, "93005", "TC", []string{"93005-TC pfs:93005"}},
		{"of the whole test", Practitioner, "93000", "26", []string{"93000-26 pfs:93000"}},
		{"interpretation only", Practitioner, "85060", "TC", []string{"85060-TC pfs:85060"}},
		{"interpretation", Practitioner, "85060", "26", nil},
		{"51 on the second procedure", Practitioner, "25605", "51", nil},
		{"51 on an add-on code", Practitioner, "11045", "51", []string{"11045-51 pfs:11045"}},
		{"51 on what is not reduced", Practitioner, "93010", "51", []string{"93010-51 pfs:93010"}},
		{"51 on an endoscopy", Practitioner, "45378", "51", nil},
		{"25 on a visit", Practitioner, "99213", "25", nil},
		{"25 on a procedure", Practitioner, "25605", "25", []string{"25605-25 " + globalSurgery}},
		{"57 on a procedure", Practitioner, "45378", "57", []string{"45378-57 " + globalSurgery}},
		{"24 on a test", Practitioner, "80053", "24", []string{"80053-24 " + globalSurgery}},
		{"25 on a code of which nothing is known", Practitioner, "92012", "25", nil},
		{"59 on a visit", Practitioner, "99213", "59", []string{"99213-59 " + ncciPolicy}},
		{"XU on a visit", Practitioner, "99213", "XU", []string{"99213-XU " + ncciPolicy}},
		{"59 on a procedure", Practitioner, "45378", "59", nil},
		{"79 on a visit", Practitioner, "99213", "79", []string{"99213-79 " + globalSurgery}},
		{"78 on a procedure", Practitioner, "44970", "78", nil},
		{"surgery without the care after it", Practitioner, "25605", "54", nil},
		{"care after a colonoscopy", Practitioner, "45378", "55", []string{"45378-55 pfs:45378"}},
		{"broken off, in a hospital", Outpatient, "45378", "74", nil},
		{"broken off, by a practitioner", Practitioner, "45378", "73", []string{"45378-73 " + hospitalClaims}},
		{"a hospital has no components", Outpatient, "73562", "26", []string{"73562-26 " + hospitalClaims}},
		{"physical status with anesthesia", Practitioner, "00400", "P3 QK", nil},
		{"physical status without", Practitioner, "25605", "P3", []string{"25605-P3 " + anesthesiaRules}},
		{"twice the same", Practitioner, "25605", "RT RT", []string{"25605-RT " + claimForm}},
		{"two faults", Practitioner, "44970", "50 25", []string{"44970-50 pfs:44970", "44970-25 " + globalSurgery}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			lines := []ClaimLine{{Ref: procedureRef(tc.code), Modifiers: strings.Fields(tc.mods)}}
			if tc.code == "11045" {
				lines = append(lines, ClaimLine{Ref: Ref{CPT, "11042"}})
			}
			var got []string
			for _, k := range book.ClaimConflicts(Claim{Setting: tc.setting, Lines: lines}) {
				what, why, _ := strings.Cut(k.Note, ": ")
				for _, verb := range []string{" takes no modifier ", " takes no modifiers ", " has ", " carries the modifier "} {
					what = strings.Replace(what, verb, "-", 1)
				}
				what, _, _ = strings.Cut(strings.Replace(what, " and ", "-", 1), " ")
				got = append(got, what+" "+k.From)
				if k.Kind != KindModifier || len(k.Codes) != 1 || k.Codes[0].Code != tc.code || why == "" {
					t.Errorf("%+v: want kind modifier, the code, and a reason", k)
				}
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
