package release

import (
	"strings"
	"testing"

	"crosswalk/codebook"

	"github.com/google/go-cmp/cmp"
)

type severity struct {
	level           string
	excluded, known bool
}

func severityOf(b *codebook.Book, dx, principal codebook.Code) severity {
	level, excluded, known := b.Severity(dx, principal, codebook.Date{})
	return severity{level, excluded, known}
}

func TestClaimTablesOfTheSample(t *testing.T) {
	book, _ := loadSample(t)
	if got, ok := book.MUE("11111", codebook.Practitioner); !ok || got != (codebook.MUE{Units: 1, Indicator: "2", Rationale: "Anatomic Consideration"}) {
		t.Errorf("MUE of practitioners: %+v, %v", got, ok)
	}
	if got, ok := book.MUE("11111", codebook.Supplier); !ok || got.Units != 2 {
		t.Errorf("MUE of suppliers: %+v, %v", got, ok)
	}
	if e, ok := book.PairEdit("11111", "22222"); !ok || e.Modifier != "1" || e.Rationale != "More extensive procedure" {
		t.Errorf("pair: %+v, %v", e, ok)
	}
	for _, c := range []struct {
		dx, principal codebook.Code
		want          severity
	}{
		{"E1122", "E1122", severity{"CC", true, true}},
		{"E1122", "N400", severity{"CC", false, true}},
		{"S060X7A", "N400", severity{"MCC", false, false}},
		{"N400", "E1122", severity{"", false, true}},
	} {
		if got := severityOf(book, c.dx, c.principal); got != c.want {
			t.Errorf("severity of %s beside %s: %+v, want %+v", c.dx, c.principal, got, c.want)
		}
	}
	if got, ok := book.AgeEdits("N400"); !ok || len(got) != 1 || got[0].From != 15 {
		t.Errorf("age edits of N40.0: %v, %v", got, ok)
	}
	want := codebook.Fee{
		Edition: "2025-10", Status: "A", Work: 85, PE: 235, FacPE: 235, MP: 5, FacNA: true, GlobalDays: "XXX", Components: "1", Conversion: "32.3465",
	}
	got, _ := book.Fees("22222", "")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("fees of 22222 (-want +got):\n%s", diff)
	}
	if got, ok := book.Fees("22222", "TC"); !ok || got.Status != "C" || got.Total() != 205 {
		t.Errorf("fees of 22222-TC: %+v, %v", got, ok)
	}
	if got, ok := book.Fees("86153", "26"); !ok || got.Components != "3" {
		t.Errorf("a row with a modifier alone: %+v, %v", got, ok)
	}
	if got, _ := book.Fees("11111", ""); got.OPPS != "J1" || got.APC != "5111" || got.Rate != 10000 || !got.NA {
		t.Errorf("fees of 11111: %+v", got)
	}
	if got, ok := book.PlaceOfService("21"); !ok || !got.Facility || got.Text != "A hospital, for the night." {
		t.Errorf("place 21: %+v, %v", got, ok)
	}
	if got, ok := book.PlaceOfService("28"); ok {
		t.Errorf("a place that is not assigned: %+v", got)
	}
}

func TestDamagedClaimTables(t *testing.T) {
	const figures = "hcpcs,modifier,status_code,pctc_ind,glob_days,mult_proc,bilat_surg,asst_surg,co_surg,team_surg,work_rvu,nonfac_pe_rvu,nonfac_na_ind,fac_pe_rvu,fac_na_ind,mp_rvu,conv_factor\n" +
		"22222,,A,1,XXX,0,0,0,0,0,0.85,0.31,,0.31,,0.04,32.3465\n"
	for _, c := range []struct {
		kind       Kind
		text, want string
	}{
		{Exclusions, "pdx_exclusion_group,principal_dx\n0002,A000\n,A000\n", "line 3"},
		{Exclusions, "pdx_exclusion_group,principal_dx\n0002,A\n", "line 2"},
		{FeeSchedule, figures + "22222,26,A,1,XXX,0,0,0,0,0,x,0.31,,0.31,,0.04,32.3465\n", "line 3"},
		{FeeSchedule, figures + "22222,26,A,1,XXX,0,0,0,0,0,NaN,0.31,,0.31,,0.04,32.3465\n", "line 3"},
		{FeeSchedule, figures + "22222,26,A,,XXX,0,0,0,0,0,1,1,,1,,1,32\n", "line 3"},
		{FeeSchedule, figures + "22222,26,A,1,XXX,0,0,0,0,0,1,1,,1,,1,32\n22222,26,A,1,XXX,0,0,0,0,0,1,1,,1,,1,32\n", "stands twice"},
		{Rationales, "rationale_id,rationale\n16,x\n", "line 2"},
		{Rationales, "rationale_id,rationale\n1,x\n1,y\n", "line 3"},
		{NCCIPairs, "column1,column2,modifier_indicator,rationale_id\n11111,22222,1,16\n", "line 2"},
		{AddendumB, "hcpcs,status_ind,apc,payment_rate\n11111,T,12345,\n", "line 2"},
		{Places, "pos,payment_setting,name\n1,Facility,x\n", "line 2"},
		{Places, "pos,payment_setting,name\n11,Both,x\n", "line 2"},
		{Places, "pos,payment_setting,name\n11,Facility,x\n11,Facility,x\n", "line 3"},
	} {
		_, err := parsers[c.kind](strings.NewReader(c.text))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %q: %v, want %s", c.kind, c.text, err, c.want)
		}
	}
}

// Values read in the files with other tools.
func TestOfficialClaimTables(t *testing.T) {
	book, rep := official(t)
	for _, f := range rep.Files {
		if f.Kind == Exclusions && (!f.Loaded || f.Rows != 171_391) || f.Kind == Places && f.Kept != 99-47 {
			t.Errorf("%+v", f)
		}
	}
	for _, c := range []struct {
		code    codebook.Code
		setting codebook.Setting
		want    codebook.MUE
	}{
		{"0001U", codebook.Practitioner, codebook.MUE{Units: 1, Indicator: "2", Rationale: "Code Descriptor / CPT Instruction"}},
		{"0002M", codebook.Practitioner, codebook.MUE{Units: 1, Indicator: "3", Rationale: "Nature of Analyte"}},
	} {
		if got, ok := book.MUE(c.code, c.setting); !ok || got != c.want {
			t.Errorf("MUE of %s: %+v, %v; want %+v", c.code, got, ok, c.want)
		}
	}
	if e, ok := book.PairEdit("0001U", "0029U"); !ok || e.Modifier != "1" || e.Rationale != "Misuse of Column Two code with Column One code" {
		t.Errorf("pair 0001U/0029U: %+v, %v", e, ok)
	}
	for _, c := range []struct {
		dx, principal codebook.Code
		want          severity
	}{
		{"A000", "A001", severity{"CC", true, true}},
		{"A000", "I10", severity{"CC", false, true}},
		{"J1282", "J1282", severity{"MCC", false, true}},
		{"I10", "A000", severity{"", false, true}},
	} {
		if got := severityOf(book, c.dx, c.principal); got != c.want {
			t.Errorf("severity of %s beside %s: %+v, want %+v", c.dx, c.principal, got, c.want)
		}
	}
	for _, c := range []struct {
		code             codebook.Code
		modifier, totals string // outside of a facility, in one, work
		opps, apc, days  string
	}{
		{"70450", "", "3.25 3.25 0.85", "Q3", "5522", "XXX"},
		{"70450", "26", "1.20 1.20 0.85", "Q3", "5522", "XXX"},
		{"70450", "TC", "2.05 2.05 0.00", "Q3", "5522", "XXX"},
		{"45378", "", "10.13 5.48 3.26", "T", "5311", "000"},
		{"45378", "53", "5.07 2.75 1.63", "T", "5311", "000"},
		{"27447", "", "38.88 38.88 19.60", "J1", "5115", "090"},
		{"99213", "", "2.75 1.97 1.30", "B", "", "XXX"},
	} {
		f, ok := book.Fees(c.code, c.modifier)
		if got := f.Total().String() + " " + f.FacTotal().String() + " " + f.Work.String(); !ok || got != c.totals || f.OPPS != c.opps || f.APC != c.apc || f.GlobalDays != c.days {
			t.Errorf("fees of %s-%s: %s, %+v, %v; want %+v", c.code, c.modifier, got, f, ok, c)
		}
	}
	claim := codebook.Claim{Patient: &codebook.Patient{Age: 70, Sex: "M"}, Lines: []codebook.ClaimLine{{Ref: codebook.Ref{System: codebook.ICD10CM, Code: "O80"}}}}
	var kinds []string
	for _, k := range book.ClaimConflicts(claim) {
		kinds = append(kinds, k.Kind)
	}
	if diff := cmp.Diff([]string{"sex", "age"}, kinds[max(0, len(kinds)-2):]); diff != "" {
		t.Errorf("a man of 70 in labor (-want +got):\n%s", diff)
	}
}

// The exclusions that the book keeps as runs are those of the file: every CC against every principal diagnosis of its group, and as many.
func TestOfficialExclusionsAreThoseOfTheFile(t *testing.T) {
	book, _ := official(t)
	groups := officialFile[*exclusions](t, Exclusions, "v41.1").groups
	n := 0
	for dx, g := range officialFile[*severities](t, Severity, "v41.1").group {
		members := map[codebook.Code]bool{}
		for _, c := range groups[g] {
			members[c] = true
		}
		if _, err := book.Lookup(codebook.ICD10CM, dx, codebook.Date{}); err != nil || len(members) == 0 {
			continue
		}
		if n++; n%40 != 0 {
			continue
		}
		for _, other := range groups {
			for _, p := range other[:min(4, len(other))] {
				_, err := book.Lookup(codebook.ICD10CM, p, codebook.Date{})
				if got := severityOf(book, dx, p); err == nil && got.excluded != members[p] {
					t.Fatalf("%s beside %s: excluded %v, in the file %v", dx, p, got.excluded, members[p])
				}
			}
		}
	}
	if n < 10_000 {
		t.Errorf("%d CC and MCC codes have exclusions, want most of them", n)
	}
}

// A long inpatient stay, and a long professional claim: 25 codes against a full book.
func BenchmarkOfficialConflicts(b *testing.B) {
	l := officialOnce()
	if l.err != nil {
		b.Skip("CROSSWALK_RELEASES names no folder of release files")
	}
	stay := codebook.Claim{Setting: codebook.Inpatient, Patient: &codebook.Patient{Age: 67, Sex: "F"}}
	for _, c := range strings.Fields("A419 R6521 J189 J9601 N179 I130 I5033 N1832 E1122 E1165 E11621 L97421 Z794 I2510 I4891 J441 D62 E876 E871 F17210 Z87440 G4733 E66813 Z6841 Z66") {
		stay.Lines = append(stay.Lines, codebook.ClaimLine{Ref: codebook.Ref{System: codebook.ICD10CM, Code: codebook.Code(c)}, POA: "Y"})
	}
	visit := codebook.Claim{Setting: codebook.Practitioner, Patient: stay.Patient, Lines: stay.Lines[:12:12]}
	for _, c := range strings.Fields("99214 25605 29125 70450 71046 93000 36415 80053 85025 96372 20610 45378 99292") {
		visit.Lines = append(visit.Lines, codebook.ClaimLine{Ref: codebook.Ref{System: codebook.CPT, Code: codebook.Code(c)}, Units: 2})
	}
	both := codebook.Claim{Setting: codebook.Practitioner, Patient: stay.Patient, Lines: stay.Lines[:25:25]}
	for i, c := range strings.Fields("99291 31500 36556 36620 32551 27447 27245 25605 26055 64721 49083 44970 47562 58720 52332 93308 76604 70450 71046 73562 93010 80053 85025 87040 96374") {
		both.Lines = append(both.Lines, codebook.ClaimLine{Ref: codebook.Ref{System: codebook.CPT, Code: codebook.Code(c)}, Modifiers: strings.Fields([]string{"59", "XS RT", ""}[i%3])})
	}
	for name, claim := range map[string]codebook.Claim{"stay": stay, "visit": visit, "25 and 25": both} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				l.book.ClaimConflicts(claim)
			}
		})
	}
}
