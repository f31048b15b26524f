package release

import (
	"strings"
	"testing"
)

func TestKindIsToldByContent(t *testing.T) {
	for _, c := range []struct {
		name, text string
		kind       Kind
		edition    string
	}{
		{"a PCS order file of lettered sections", "00001 B24     0 Imaging                                                      Imaging\n00002 B244ZZZ 1 Ultrasonography                                              Ultrasonography\n", OrderPCS, ""},
		{"an ICD-10-CM order file that begins with a category", "00001 I10     1 Essential (primary) hypertension                             Essential (primary) hypertension\n", OrderCM, ""},
		{"PCS addenda without a flag column", "Add:         00H033J Insertion\n", orderAddenda, ""},
		{"columns in another order", "mai,hcpcs,mue_value\n", MUEs, ""},
		{"a POA list of another year", "Order27\tPOAexemptCode\tDescription\r\n", POAExempt, "2027"},
		{"a Tabular List behind a comment", "<?xml version='1.0'?>\n<!-- <ICD10CM.index> -->\n<ICD10CM.tabular>\n<version> 2026 </version>", TabularCM, "2026"},
		{"an unclosed comment", "<!-- <ICD10CM.index>", unknown, ""},
		{"HTML", "<!DOCTYPE html><html>", unknown, ""},
		{"binary", "abc\x00def", unknown, ""},
		{"prose", "HCPCS codes, and more\n", unknown, ""},
		{"nothing", "", unknown, ""},
	} {
		if kind, edition := sniff([]byte(c.text)); kind != c.kind || edition != c.edition {
			t.Errorf("%s: %s %q, want %s %q", c.name, kind, edition, c.kind, c.edition)
		}
	}
}

func TestEveryLoadedKindHasAParserAndACalendar(t *testing.T) {
	for k := range parsers {
		if _, ok := calendars[k]; !ok {
			t.Errorf("%s has no calendar", k)
		}
		if _, ok := notLoaded[k]; ok {
			t.Errorf("%s is loaded and not loaded", k)
		}
	}
	for _, l := range csvLayouts {
		_, skipped := notLoaded[l.kind]
		if _, ok := parsers[l.kind]; ok == skipped {
			t.Errorf("%s, told by columns %s, has neither a parser nor a reason", l.kind, strings.Join(l.need, ", "))
		}
	}
}

func TestEditionFromName(t *testing.T) {
	for _, c := range []struct {
		kind              Kind
		content, file, op string
		name, from        string
	}{
		{OrderCM, "", "icd10cm-order-2026.txt.gz", "", "2026", "2025-10-01"},
		{OrderCM, "", "icd10cm-order-April-2026.txt", "", "2026-04", "2026-04-01"},
		{OrderCM, "", "2026/codes.txt", "", "2026", "2025-10-01"},
		{OrderCM, "", "codesFY26.txt", "", "2026", "2025-10-01"},
		{OrderCM, "", "codes.txt", "2026-04", "2026-04", "2026-04-01"},
		{TabularCM, "2026", "tabular-2021.xml", "2025", "2026", "2025-10-01"},
		{HCPCSCodes, "", "hcpcs_level2_2025_oct.csv", "", "2025-10", "2025-10-01"},
		{HCPCSCodes, "", "HCPC2026_JAN_ANWEB.csv", "", "2026-01", "2026-01-01"},
		{FeeSchedule, "", "PPRRVU2025_Oct_nodesc.csv", "", "2025-10", "2025-10-01"},
		{FeeSchedule, "", "PPRRVU2025.csv", "", "2025", "2025-01-01"},
		{NCCIPairs, "", "ncci_ptp_practitioner_2024q3_active.csv", "", "2024Q3", "2024-07-01"},
		{NCCIPairs, "", "pairs.csv", "2025Q1", "2025Q1", "2025-01-01"},
		{Severity, "", "msdrg_v41.1_cc_mcc.csv.gz", "", "v41.1", ""},
		{Severity, "", "msdrg_v43_cc_mcc.csv", "", "v43", ""},
		{AddendumB, "", "opps_2025_addendum_b.csv", "", "2025", "2025-01-01"},
	} {
		e, err := resolve(c.kind, c.content, c.file, c.op)
		if err != nil || e.name != c.name || e.from.String() != c.from {
			t.Errorf("%s %q of %s: %s from %s, %v; want %s from %s", c.kind, c.content, c.file, e.name, e.from, err, c.name, c.from)
		}
	}
	for _, c := range []struct {
		kind Kind
		file string
	}{{OrderCM, "order.txt"}, {NCCIPairs, "pairs2024.csv"}, {Severity, "cc.csv"}, {HCPCSCodes, "12025a.csv"}} {
		if e, err := resolve(c.kind, "", c.file, ""); err == nil {
			t.Errorf("%s of %s: edition %s out of nothing", c.kind, c.file, e.name)
		}
	}
}
