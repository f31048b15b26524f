package release

import (
	"bytes"
	"encoding/csv"
	"regexp"
	"slices"
	"strings"
)

// headSize is how much of a file sniff looks at. The version of a Tabular List stands within it, behind a licence comment.
const headSize = 64 << 10

// csvLayouts tells the kind of a CSV file by columns that it must have. The order and other columns do not matter.
var csvLayouts = []struct {
	kind Kind
	need []string
}{
	{HCPCSCodes, []string{"code", "short_description", "long_description", "coverage"}},
	{HCPCSModifiers, []string{"modifier", "short_description", "long_description"}},
	{HCPCSStatus, []string{"code", "action", "date_added", "date_terminated"}},
	{FeeSchedule, []string{"hcpcs", "modifier", "status_code", "glob_days", "bilat_surg", "mult_proc", "asst_surg"}},
	{AddendumB, []string{"hcpcs", "status_ind", "apc", "payment_rate"}},
	{opsAddendumA, []string{"apc", "title", "status_ind", "payment_rate"}},
	{NCCIPairs, []string{"column1", "column2", "modifier_indicator"}},
	{MUEs, []string{"hcpcs", "mue_value", "mai"}},
	{AddOns, []string{"addon_code", "primary_code", "edit_type"}},
	{Rationales, []string{"rationale_id", "rationale"}},
	{Severity, []string{"icd10cm", "level"}},
	{CodeEditor, []string{"icd10cm", "edit_group", "edit_rule"}},
	{drgTable, []string{"drg", "mdc"}},
	{drgTable, []string{"mdc", "drg_range"}},
	{Exclusions, []string{"pdx_exclusion_group", "principal_dx"}},
	{IndexFlat, []string{"Letter", "Level", "Term", "See", "SeeAlso", "NonEssModif", "Code"}},
	{Places, []string{"pos", "payment_setting", "name"}},
}

var (
	orderLine   = regexp.MustCompile(`^[0-9]{5} [0-9A-Z]{3,7} +[01] \S`)
	addendaLine = regexp.MustCompile(`^(?:Add|Delete|Revise from|Revise to|No change): +(?:[01] )?[0-9A-Z]{3,7} `)
	poaHeader   = regexp.MustCompile(`^Order([0-9]{2})\tPOAexemptCode\tDescription$`)
	poaChange   = regexp.MustCompile(`^(?:Order[0-9]{2}\tAction\t)?POAexemptCode\tDescription$`)
	rootElement = regexp.MustCompile(`<([A-Za-z][\w.:-]*)`)
	versionText = regexp.MustCompile(`<version>\s*([^<\s]+)\s*</version>`)
	tableHead   = regexp.MustCompile(`<head col="1">\s*([A-Za-z]+)`)
	indexTitle  = regexp.MustCompile(`<title>([^<]*)</title>`)
	fiscalYear  = regexp.MustCompile(`FY ?(20[0-9]{2})`)
)

// sniff tells the kind of a file by its beginning, and its edition where the content says it.
func sniff(head []byte) (kind Kind, edition string) {
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return archive, ""
	case bytes.HasPrefix(head, []byte("%PDF")):
		return pdf, ""
	case bytes.IndexByte(head, 0) >= 0:
		return unknown, ""
	}
	text := string(head)
	trimmed := strings.TrimLeft(text, " \t\r\n\f")
	if strings.HasPrefix(trimmed, "<") {
		return sniffXML(text)
	}
	first, _, _ := strings.Cut(text, "\n")
	first = strings.TrimSuffix(first, "\r")
	switch {
	case orderLine.MatchString(first):
		return sniffOrder(text), ""
	case addendaLine.MatchString(first):
		return orderAddenda, ""
	case poaChange.MatchString(first):
		return poaChanges, ""
	case strings.HasPrefix(trimmed, "ICD-10-CM Official Guidelines for Coding and Reporting"):
		if m := fiscalYear.FindStringSubmatch(text); m != nil {
			return GuidelinesCM, m[1]
		}
		return GuidelinesCM, ""
	}
	if m := poaHeader.FindStringSubmatch(first); m != nil {
		return POAExempt, "20" + m[1]
	}
	columns, err := csv.NewReader(strings.NewReader(first)).Read()
	for _, l := range csvLayouts {
		if err == nil && !slices.ContainsFunc(l.need, func(c string) bool { return !slices.Contains(columns, c) }) {
			return l.kind, ""
		}
	}
	return sniffDescriptors(text), ""
}

func sniffXML(text string) (kind Kind, edition string) {
	if m := versionText.FindStringSubmatch(text); m != nil {
		edition = m[1]
	}
	for strings.Contains(text, "<!--") {
		before, after, _ := strings.Cut(text, "<!--")
		_, after, _ = strings.Cut(after, "-->")
		text = before + after
	}
	root := rootElement.FindStringSubmatch(text)
	if root == nil {
		return unknown, ""
	}
	switch root[1] {
	case "ICD10CM.tabular":
		return TabularCM, edition
	case "ICD10PCS.tabular":
		return TablesPCS, edition
	case "ICD10PCS.definitions":
		return DefinitionsPCS, edition
	case "ICD10CM.index":
		return sniffIndex(text), edition
	case "ICD10PCS.index":
		return IndexPCS, edition
	case "xsd:schema", "xs:schema", "schema":
		return schema, ""
	}
	return unknown, ""
}

// sniffIndex tells the indexes of ICD-10-CM apart, which have one root element: the tables by what their first column names, the External
// Cause Index by its title.
func sniffIndex(text string) Kind {
	if m := tableHead.FindStringSubmatch(text); m != nil {
		switch strings.ToLower(m[1]) {
		case "substance":
			return IndexDrugs
		case "neoplasm":
			return IndexNeoplasms
		}
		return unknown
	}
	if m := indexTitle.FindStringSubmatch(text); m != nil && strings.Contains(strings.ToLower(m[1]), "external cause") {
		return IndexExternal
	}
	return IndexCM
}

// sniffOrder tells the two order files apart, which have one layout. Every ICD-10-PCS line is a table of three characters or a code of
// seven, and most tables begin with a digit; every ICD-10-CM code begins with a letter, and its headers have any length.
func sniffOrder(text string) Kind {
	seen := false
	for line := range strings.Lines(text) {
		if !orderLine.MatchString(line) || len(line) < 16 {
			continue // the last line of the head may be cut
		}
		seen = true
		code, billable := strings.TrimRight(line[6:13], " "), line[14] == '1'
		if code[0] >= '0' && code[0] <= '9' {
			return OrderPCS
		}
		if billable != (len(code) == 7) || !billable && len(code) != 3 {
			return OrderCM
		}
	}
	if !seen {
		return unknown
	}
	return OrderPCS
}
