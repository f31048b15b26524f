package release

import "fmt"

// published are the numbers of rows that CDC, CMS and NCHS publish for files, or that complete copies of them have, by kind and edition.
// An edition that is not among them is not checked.
var published = map[Kind]map[string]int{
	IndexCM:        {"2017": 7_973 + 69_226},
	IndexFlat:      {"2025": 81_024},
	IndexNeoplasms: {"2025": 1 + 1_938},
	IndexDrugs:     {"2025": 5_177 + 2_251},
	IndexExternal:  {"2025": 314 + 7_750},
	IndexPCS:       {"2025": 3_215 + 21_269},
	OrderCM:        {"2026": 98_186, "2025": 97_584},
	OrderPCS:       {"2026": 80_029},
	TablesPCS:      {"2026": 2_733},
	POAExempt:      {"2026": 38_349},
	HCPCSCodes:     {"2025-10": 8_463},
	HCPCSStatus:    {"2024-07": 8_033},
	HCPCSModifiers: {"2025-10": 383},
	FeeSchedule:    {"2025-10": 18_144},
	AddendumB:      {"2025": 17_858},
	NCCIPairs:      {"2024Q3": 1_669_820},
	AddOns:         {"2024Q3": 7_465},
	Severity:       {"v41.1": 18_215},
	Exclusions:     {"v41.1": 171_391},
	Places:         {"2024": 99},
	CodeEditor:     {"v41.1": 7_946},
}

// publishedMUEs are those of medically unlikely edits, which there are of each setting.
var publishedMUEs = map[string]map[string]int{
	practitioner: {"2024Q3": 14_607},
	hospital:     {"2024Q3": 14_558},
	supplier:     {"2024Q3": 2_928},
}

// unpublished warns of a file that was loaded with another number of rows than the publisher's; "" when they agree or none is known.
func unpublished(it *item) string {
	if !it.Loaded || it.content == nil {
		return ""
	}
	want := published[it.Kind][it.edition.name]
	if it.Kind == MUEs {
		want = publishedMUEs[mueSetting(it.path)][it.edition.name]
	}
	if got := it.content.counts().rows; want > 0 && got != want {
		return fmt.Sprintf("%s: %s %s has %d rows and should have %d: see whether the file is complete", it.Path, it.Kind, it.edition.name, got, want)
	}
	return ""
}
