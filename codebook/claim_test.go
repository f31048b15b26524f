package codebook

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// edited is a small book with all tables that claims are checked by. The codes are real, the figures mostly not.
func edited(t testing.TB) *Book {
	t.Helper()
	b := NewBuilder()
	cm := b.Release(Release{System: ICD10CM, Edition: "2026", ValidFrom: Date{2025, 10, 1}})
	cm.Chapter(Chapter{Number: "1", First: "A00", Last: "Z99", Title: "All"})
	cm.Section(Section{First: "A00", Last: "Z99", Title: "All"})
	for c, f := range map[Code]Facts{
		"J189": {Severity: "MCC"}, "J159": {Severity: "MCC"}, "N179": {Severity: "CC"}, "D62": {Severity: "CC"}, "J1282": {Severity: "MCC"},
		"N400": {Sex: "M"}, "P599": {}, "O80": {Sex: "F"}, "I10": {}, "Z794": {POAExempt: true},
	} {
		cm.Code(c, "title of "+string(c), true, f)
	}
	px := b.Release(Release{System: CPT, Edition: "2025", ValidFrom: Date{2025, 1, 1}})
	for _, c := range []Code{"25605", "29125", "99213", "70450", "45378"} {
		px.Code(c, "", true, Facts{})
	}
	px.Code("99292", "", true, Facts{AddOn: true})
	b.AddOn("99292", "99291")
	b.NCCIEdition("2024Q3")
	b.NCCIBecause("25605", "29125", "1", 2)
	b.NCCIBecause("25605", "99213", "0", 7)
	b.NCCI("45378", "25605", "9")
	b.Rationale(2, "coding instruction")
	b.MUEEdition("2024Q3")
	b.MUE("70450", Practitioner, MUE{Units: 3, Indicator: "3", Rationale: "Clinical: Data"})
	b.MUE("70450", Outpatient, MUE{Units: 2, Indicator: "2", Rationale: "Clinical: Data"})
	b.MUE("99213", Practitioner, MUE{Units: 1, Indicator: "1"})
	b.MUE("J1100", Supplier, MUE{Units: 0, Indicator: "3", Rationale: "Other"})
	b.CodeEditorEdition("v41.1")
	b.AgeEdit("O80", "maternity")
	b.AgeEdit("N400", "adult")
	b.AgeEdit("P599", "perinatal")
	b.SeverityEdition("v41.1")
	b.Severity("J189", "MCC", "0001")
	b.Severity("J159", "MCC", "0001")
	b.Severity("N179", "CC", "0002")
	b.Severity("D62", "CC", "")
	b.Severity("J1282", "MCC", NoExclusion)
	for _, p := range []Code{"J159", "J180", "J189", "A481"} {
		b.Exclusion("0001", p)
	}
	b.Exclusion("0002", "N170")
	b.Exclusion("0002", "N179")
	b.Exclusion("9999", "I10") // a group that no CC has
	b.FeeEdition("2025-10", "32.3465")
	b.Fee("70450", "", Fee{Status: "A", Work: 85, PE: 235, FacPE: 235, MP: 5, FacNA: true, GlobalDays: "XXX", Components: "1"})
	b.Fee("70450", "26", Fee{Status: "A", Work: 85, PE: 31, FacPE: 31, MP: 4, GlobalDays: "XXX", Components: "1"})
	b.OPPS("70450", "Q3", 5522)
	b.OPPS("J1100", "N", 0)
	b.OPPSEdition("2025")
	b.OPPSRate(5522, 10345)
	b.Place(Place{Code: "11", Name: "Office", Text: "Rooms of a practice."})
	b.Place(Place{Code: "21", Name: "Inpatient hospital", Text: "A hospital.", Facility: true})
	book, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	return book
}

func TestClaimConflicts(t *testing.T) {
	book := edited(t)
	dx := func(c Code, poa string) ClaimLine { return ClaimLine{Ref: Ref{ICD10CM, c}, POA: poa} }
	px := func(c Code, units int, mods ...string) ClaimLine {
		return ClaimLine{Ref: procedureRef(c), Units: units, Modifiers: mods}
	}
	for _, tc := range []struct {
		name  string
		claim Claim
		want  []string
	}{
		{"nothing", Claim{}, nil},
		{"bundled", Claim{Setting: Practitioner, Lines: []ClaimLine{px("25605", 1), px("29125", 1)}}, []string{"ncci 25605 29125 ncci:25605/29125"}},
		{"in the other order", Claim{Setting: Practitioner, Lines: []ClaimLine{px("29125", 1), px("25605", 1)}}, []string{"ncci 25605 29125 ncci:25605/29125"}},
		{"a modifier says distinct", Claim{Setting: Practitioner, Lines: []ClaimLine{px("25605", 1), px("29125", 1, "59")}}, nil},
		{"59 on the other line", Claim{Setting: Practitioner, Lines: []ClaimLine{px("25605", 1, "XS"), px("29125", 1)}}, nil},
		{"25 on the wrong line", Claim{Setting: Practitioner, Lines: []ClaimLine{px("25605", 1, "25"), px("29125", 1)}}, []string{"ncci 25605 29125 ncci:25605/29125"}},
		{"two sides", Claim{Setting: Practitioner, Lines: []ClaimLine{px("25605", 1, "RT"), px("29125", 1, "LT")}}, nil},
		{"one side", Claim{Setting: Practitioner, Lines: []ClaimLine{px("25605", 1, "RT"), px("29125", 1, "RT")}}, []string{"ncci 25605 29125 ncci:25605/29125"}},
		{"no modifier helps", Claim{Setting: Practitioner, Lines: []ClaimLine{px("25605", 1), px("99213", 1, "25")}}, []string{"ncci 25605 99213 ncci:25605/99213"}},
		{"an edit that does not apply", Claim{Setting: Practitioner, Lines: []ClaimLine{px("25605", 1), px("45378", 1)}}, nil},
		{"pairs are of practitioners", Claim{Setting: Outpatient, Lines: []ClaimLine{px("25605", 1), px("29125", 1)}}, nil},
		{"the same pair on more lines is told once", Claim{Setting: Practitioner, Lines: []ClaimLine{px("25605", 1), px("29125", 1), px("29125", 1)}}, []string{"ncci 25605 29125 ncci:25605/29125"}},
		{"add-on beside another code", Claim{Lines: []ClaimLine{px("99292", 1), px("25605", 1)}}, []string{"addon 99292 NCCI add-on codes 2024Q3"}},
		{"add-on beside its primary", Claim{Lines: []ClaimLine{px("99292", 1), px("99291", 1)}}, nil},
		{"add-on twice and alone", Claim{Lines: []ClaimLine{px("99292", 1), px("99292", 1)}}, []string{"addon 99292 NCCI add-on codes 2024Q3"}},
		{"add-on alone", Claim{Setting: Practitioner, Lines: []ClaimLine{px("99292", 1)}}, []string{"addon 99292 NCCI add-on codes 2024Q3"}},
		{"units of a day over lines", Claim{Setting: Practitioner, Lines: []ClaimLine{px("70450", 2), px("70450", 2, "76")}}, []string{"mue 70450 NCCI MUE 2024Q3"}},
		{"as many as are paid", Claim{Setting: Practitioner, Lines: []ClaimLine{px("70450", 3)}}, nil},
		{"fewer in a hospital", Claim{Setting: Outpatient, Lines: []ClaimLine{px("70450", 3)}}, []string{"mue 70450 NCCI MUE 2024Q3"}},
		{"each line by itself", Claim{Setting: Practitioner, Lines: []ClaimLine{px("99213", 1), px("99213", 0)}}, nil},
		{"a line with two", Claim{Setting: Practitioner, Lines: []ClaimLine{px("99213", 1), px("99213", 2)}}, []string{"mue 99213 NCCI MUE 2024Q3"}},
		{"never paid to a supplier", Claim{Setting: Supplier, Lines: []ClaimLine{px("J1100", 1)}}, []string{"mue J1100 NCCI MUE 2024Q3"}},
		{"inpatient claims have no such edit", Claim{Setting: Inpatient, Lines: []ClaimLine{px("70450", 9)}}, nil},
		{"indicators as they should be", Claim{Setting: Inpatient, Lines: []ClaimLine{dx("I10", "Y"), dx("Z794", "")}}, nil},
		{"the exempt code as 5010 and 4010 have it", Claim{Setting: Inpatient, Lines: []ClaimLine{dx("I10", "U"), dx("Z794", "exempt"), dx("Z794", "1")}}, nil},
		{"an exempt code with an indicator", Claim{Setting: Inpatient, Lines: []ClaimLine{dx("I10", "Y"), dx("Z794", "Y")}}, []string{"poa Z79.4 POA exempt list"}},
		{"one is missing", Claim{Setting: Inpatient, Lines: []ClaimLine{dx("I10", ""), dx("N179", "N")}}, []string{"poa I10 App.I"}},
		{"no such indicator", Claim{Setting: Inpatient, Lines: []ClaimLine{dx("I10", "X")}}, []string{"poa I10 App.I"}},
		{"none at all", Claim{Setting: Inpatient, Lines: []ClaimLine{dx("I10", ""), dx("N179", "")}}, nil},
		{"no indicators outside", Claim{Setting: Outpatient, Lines: []ClaimLine{dx("Z794", "Y")}}, nil},
		{"sex and age", Claim{Patient: &Patient{70, "M"}, Lines: []ClaimLine{dx("O80", "")}}, []string{"sex O80 MCE v41.1", "age O80 MCE v41.1"}},
		{"sex is not known", Claim{Patient: &Patient{30, ""}, Lines: []ClaimLine{dx("O80", "")}}, nil},
		{"the first year", Claim{Patient: &Patient{0, "F"}, Lines: []ClaimLine{dx("P599", "")}}, nil},
		{"after the first year", Claim{Patient: &Patient{1, "F"}, Lines: []ClaimLine{dx("P599", "")}}, []string{"age P59.9 MCE v41.1"}},
		{"bounds are included", Claim{Patient: &Patient{15, "M"}, Lines: []ClaimLine{dx("N400", "")}}, nil},
		{"before them", Claim{Patient: &Patient{14, "M"}, Lines: []ClaimLine{dx("N400", "")}}, []string{"age N40.0 MCE v41.1"}},
		{"an unknown code", Claim{Setting: Inpatient, Patient: &Patient{1, "M"}, Lines: []ClaimLine{dx("Q0000", "Y"), px("XX", 3)}}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := book.ClaimConflicts(tc.claim)
			if diff := cmp.Diff(tc.want, conflictLines(got)); diff != "" {
				t.Errorf("(-want +got):\n%s\n%+v", diff, got)
			}
		})
	}
}

func TestPairEdits(t *testing.T) {
	book := edited(t)
	want := []PairEdit{{Column1: "25605", Column2: "29125", Modifier: "1", Rationale: "coding instruction"}}
	for _, pair := range [][2]Code{{"25605", "29125"}, {"29125", "25605"}} {
		if diff := cmp.Diff(want, book.PairEdits(pair[0], pair[1])); diff != "" {
			t.Errorf("PairEdits(%s, %s) (-want +got):\n%s", pair[0], pair[1], diff)
		}
	}
	if got := book.PairEdits("25605", "25605"); got != nil {
		t.Errorf("a code with itself: %v", got)
	}
	if e, ok := book.PairEdit("25605", "99213"); !ok || e.Rationale != "" {
		t.Errorf("a rationale without words: %+v, %v", e, ok)
	}
	if _, ok := book.PairEdit("29125", "25605"); ok {
		t.Error("the pair is ordered")
	}
}

func TestMUE(t *testing.T) {
	book := edited(t)
	if got, ok := book.MUE("70450", Practitioner); !ok || got != (MUE{3, "3", "Clinical: Data"}) {
		t.Errorf("MUE(70450) = %+v, %v", got, ok)
	}
	for _, tc := range []struct {
		code    Code
		setting Setting
	}{{"70450", Supplier}, {"70450", Inpatient}, {"70450", ""}, {"99999", Practitioner}, {"", Practitioner}} {
		if got, ok := book.MUE(tc.code, tc.setting); ok {
			t.Errorf("MUE(%s, %s) = %+v", tc.code, tc.setting, got)
		}
	}
}

func TestSeverity(t *testing.T) {
	book := edited(t)
	for _, tc := range []struct {
		name            string
		dx, principal   Code
		on              string
		level           string
		excluded, known bool
	}{
		{"counts", "J189", "I10", "", "MCC", false, true},
		{"cancelled", "J189", "J159", "", "MCC", true, true},
		{"cancelled by itself", "J189", "J189", "", "MCC", true, true},
		{"between two members", "J189", "J181", "", "MCC", false, true},
		{"before the first member of its group", "N179", "A481", "", "CC", false, true},
		{"the last member", "N179", "N179", "", "CC", true, true},
		{"no principal diagnosis", "N179", "", "", "CC", false, true},
		{"no principal diagnosis cancels it", "J1282", "J1282", "", "MCC", false, true},
		{"exclusions are not known", "D62", "I10", "", "CC", false, false},
		{"no CC", "I10", "J189", "", "", false, true},
		{"no such code", "J18", "I10", "", "", false, false},
		{"before the code set", "J189", "I10", "2024-10-01", "", false, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			level, excluded, known := book.Severity(tc.dx, tc.principal, date(t, tc.on))
			if level != tc.level || excluded != tc.excluded || known != tc.known {
				t.Errorf("Severity(%s, %s) = %q, %v, %v; want %q, %v, %v", tc.dx, tc.principal, level, excluded, known, tc.level, tc.excluded, tc.known)
			}
		})
	}
	if level, _, known := mini(t).Severity("I509", "I10", Date{}); level != "CC" || known {
		t.Errorf("a book without exclusions says %q, %v; want what its facts say, not known", level, known)
	}
}

func TestFees(t *testing.T) {
	book := edited(t)
	whole := Fee{
		Edition: "2025-10", Status: "A", Work: 85, PE: 235, FacPE: 235, MP: 5, FacNA: true, GlobalDays: "XXX", Components: "1", Conversion: "32.3465", OPPS: "Q3", APC: "5522", Rate: 10345, RateName: "2025",
	}
	professional := whole
	professional.PE, professional.FacPE, professional.MP, professional.FacNA = 31, 31, 4, false
	for _, tc := range []struct {
		code     Code
		modifier string
		want     Fee
		ok       bool
	}{
		{"70450", "", whole, true},
		{"70450", "26", professional, true},
		{"70450", "TC", Fee{}, false},
		{"70450", "2", Fee{}, false},
		{"J1100", "", Fee{OPPS: "N", RateName: "2025"}, true},
		{"J1100", "26", Fee{}, false},
		{"99999", "", Fee{}, false},
	} {
		got, ok := book.Fees(tc.code, tc.modifier)
		if diff := cmp.Diff(tc.want, got); diff != "" || ok != tc.ok {
			t.Errorf("Fees(%s, %q): %v (-want +got):\n%s", tc.code, tc.modifier, ok, diff)
		}
	}
	if s := whole.Total().String() + " " + professional.FacTotal().String() + " " + RVU(5).String(); s != "3.25 1.20 0.05" {
		t.Errorf("totals: %s", s)
	}
}

func TestPlaces(t *testing.T) {
	book, err := Starter()
	if err != nil {
		t.Fatal(err)
	}
	if p, ok := book.PlaceOfService("21"); !ok || !p.Facility || p.Name == "" || p.Text == "" {
		t.Errorf("21 is %+v, %v", p, ok)
	}
	if p, ok := book.PlaceOfService("9"); ok {
		t.Errorf("9 is %+v", p)
	}
	merged := Merge(book, edited(t))
	if p, _ := merged.PlaceOfService("11"); p.Text != "Rooms of a practice." {
		t.Errorf("the book over another does not replace 11: %+v", p)
	}
	if got, want := len(merged.PlacesOfService()), len(book.PlacesOfService()); got != want || !slices.IsSortedFunc(merged.PlacesOfService(), func(x, y Place) int { return strings.Compare(x.Code, y.Code) }) {
		t.Errorf("%d places, want %d, by their digits", got, want)
	}
}

// What a book file has of the tables is read as it was written, and what is cut off or has an index that leads nowhere is refused.
func TestClaimTablesRoundTrip(t *testing.T) {
	want := edited(t).claims
	p := newPacker()
	want.pack(p)
	data := p.bytes()
	var got claimTables
	u := newUnpacker(data)
	got.unpack(u)
	if err := u.done(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, everything); diff != "" {
		t.Errorf("(-written +read):\n%s", diff)
	}
	for n := range data {
		u := newUnpacker(data[:n])
		(&claimTables{}).unpack(u)
		if u.done() == nil {
			t.Fatalf("%d of %d bytes are read without an error", n, len(data))
		}
	}
	for name, spoil := range map[string]func(*claimTables){
		"group":       func(c *claimTables) { c.severity.groups[0] = 77 },
		"level":       func(c *claimTables) { c.severity.codes[0] |= 4 },
		"no groups":   func(c *claimTables) { c.severity.groups = nil },
		"runs":        func(c *claimTables) { c.severity.runs = c.severity.runs[1:] },
		"order":       func(c *claimTables) { slices.Reverse(c.mues) },
		"order fees":  func(c *claimTables) { slices.Reverse(c.fees) },
		"global days": func(c *claimTables) { c.fees[0].global = 200 },
	} {
		bad := edited(t).claims
		spoil(&bad)
		p := newPacker()
		bad.pack(p)
		u := newUnpacker(p.bytes())
		(&claimTables{}).unpack(u)
		if u.done() == nil {
			t.Errorf("%s: read without an error", name)
		}
	}
}

func FuzzClaimTables(f *testing.F) {
	p := newPacker()
	t := edited(f).claims
	t.pack(p)
	f.Add(p.bytes())
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		var c claimTables
		u := newUnpacker(data)
		c.unpack(u)
		if u.done() != nil {
			return
		}
		// Whatever is accepted can be asked.
		book := edited(t)
		book.claims = c
		for _, dx := range []Code{"J189", "N179", "D62"} {
			book.Severity(dx, "J180", Date{})
			book.AgeEdits(dx)
		}
		for _, px := range []Code{"70450", "J1100"} {
			book.Fees(px, "26")
			book.MUE(px, Outpatient)
		}
		book.PlaceOfService("11")
	})
}

func TestBuilderRefusesEdits(t *testing.T) {
	b := NewBuilder()
	b.MUE("7045", Practitioner, MUE{Units: 1, Indicator: "1"})
	b.MUE("70450", Inpatient, MUE{Units: 1, Indicator: "1"})
	b.MUE("70450", Practitioner, MUE{Units: 1, Indicator: "4"})
	b.AgeEdit("O80", "elderly")
	b.Severity("O80", "", "")
	b.Exclusion("", "O80")
	b.Fee("70450", "26", Fee{Status: "A", Components: "1", GlobalDays: "30"})
	b.OPPS("70450", "Q33", 1)
	b.Place(Place{Code: "1", Name: "x"})
	b.Rationale(16, "x")
	b.NCCIBecause("25605", "29125", "1", 16)
	b.OPPS("70451", "A", 1)
	b.OPPS("70451", "A", 2)
	if _, err := b.Build(); err == nil || len(strings.Split(err.Error(), "\n")) != 12 {
		t.Errorf("want twelve problems, got %v", err)
	}
}
