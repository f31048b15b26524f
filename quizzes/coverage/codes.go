package coverage

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"crosswalk/codebook"
)

// Codes are the codes that the content shows, in groups.
type Codes struct {
	Sets           []Group `json:"sets"`            // code sets
	Chapters       []Group `json:"chapters"`        // of ICD-10-CM, by number
	RootOperations []Group `json:"root_operations"` // the 31 of the section Medical and Surgical, by character
	PCSSections    []Group `json:"pcs_sections"`    // of ICD-10-PCS, by character
	Series         []Group `json:"series"`          // of CPT
	Letters        []Group `json:"letters"`         // of HCPCS Level II
}

// Group is a group of codes and what shows some of them.
type Group struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Tally
}

// label names a group.
type label struct{ id, title string }

// rootOperations are the root operations of the section Medical and Surgical of ICD-10-PCS by their third character.
var rootOperations = []label{
	{"0", "Alteration"}, {"1", "Bypass"}, {"2", "Change"}, {"3", "Control"}, {"4", "Creation"}, {"5", "Destruction"}, {"6", "Detachment"}, {"7", "Dilation"},
	{"8", "Division"}, {"9", "Drainage"}, {"B", "Excision"}, {"C", "Extirpation"}, {"D", "Extraction"}, {"F", "Fragmentation"}, {"G", "Fusion"},
	{"H", "Insertion"}, {"J", "Inspection"}, {"K", "Map"}, {"L", "Occlusion"}, {"M", "Reattachment"}, {"N", "Release"}, {"P", "Removal"}, {"Q", "Repair"},
	{"R", "Replacement"}, {"S", "Reposition"}, {"T", "Resection"}, {"V", "Restriction"}, {"W", "Revision"}, {"U", "Supplement"}, {"X", "Transfer"},
	{"Y", "Transplantation"},
}

// chapter is a chapter of ICD-10-CM, in our own words, with the categories that it has room for.
type chapter struct {
	first, last codebook.Code
	title       string
}

// chapters are all of them, from chapter 1; together they hold whatever has the form of a code.
var chapters = []chapter{
	{"A00", "BZZ", "infections"}, {"C00", "D4Z", "neoplasms"}, {"D50", "DZZ", "blood and immune system"}, {"E00", "EZZ", "endocrine, nutrition, metabolism"},
	{"F00", "FZZ", "mental and behavioral"}, {"G00", "GZZ", "nervous system"}, {"H00", "H5Z", "eye"}, {"H60", "HZZ", "ear"}, {"I00", "IZZ", "circulatory"},
	{"J00", "JZZ", "respiratory"}, {"K00", "KZZ", "digestive"}, {"L00", "LZZ", "skin"}, {"M00", "MZZ", "musculoskeletal"}, {"N00", "NZZ", "genitourinary"},
	{"O00", "OZZ", "pregnancy, birth, puerperium"}, {"P00", "PZZ", "newborn"}, {"Q00", "QZZ", "malformations"}, {"R00", "RZZ", "symptoms and findings"},
	{"S00", "TZZ", "injury and poisoning"}, {"V00", "YZZ", "external causes"}, {"Z00", "ZZZ", "factors and contacts"}, {"U00", "UZZ", "special purposes"},
}

// pcsSections are the sections of ICD-10-PCS by their first character.
var pcsSections = []label{
	{"0", "Medical and Surgical"}, {"1", "Obstetrics"}, {"2", "Placement"}, {"3", "Administration"}, {"4", "Measurement and Monitoring"},
	{"5", "Extracorporeal or Systemic Assistance and Performance"}, {"6", "Extracorporeal or Systemic Therapies"}, {"7", "Osteopathic"}, {"8", "Other Procedures"},
	{"9", "Chiropractic"}, {"B", "Imaging"}, {"C", "Nuclear Medicine"}, {"D", "Radiation Therapy"}, {"F", "Physical Rehabilitation and Diagnostic Audiology"},
	{"G", "Mental Health"}, {"H", "Substance Abuse Treatment"}, {"X", "New Technology"},
}

// series are those of CPT, in the order of the numbers; what E/M takes out of the 90000 series stands on its own.
var series = []label{
	{"00100", "anesthesia"}, {"10000", "integumentary"}, {"20000", "musculoskeletal"}, {"30000", "respiratory, cardiovascular"}, {"40000", "digestive"},
	{"50000", "urinary, genital, maternity, endocrine"}, {"60000", "nervous system, eye, ear"}, {"70000", "radiology"}, {"80000", "pathology and laboratory"},
	{"90000", "medicine"}, {"99202", "evaluation and management"}, {"F", "category II"}, {"T", "category III"},
}

// letters are those of HCPCS Level II, in our own words. D, the codes of the ADA, is no part of what coders of these exams learn.
var letters = []label{
	{"A", "transport, supplies, radiopharmaceuticals"}, {"B", "feeding by tube or vein"}, {"C", "outpatient hospital"}, {"E", "durable equipment"},
	{"G", "Medicare's own procedures and services"}, {"H", "behavioral health"}, {"J", "drugs"}, {"K", "equipment, for the contractors"}, {"L", "orthoses and prostheses"},
	{"M", "quality and other services"}, {"P", "laboratory and blood"}, {"Q", "temporary codes"}, {"R", "portable X-ray"}, {"S", "private payers"}, {"T", "Medicaid"},
	{"U", "laboratory tests of an emergency"}, {"V", "sight and hearing"},
}

func (m *maker) codes() Codes {
	var sets []label
	for _, sys := range codebook.Systems {
		sets = append(sets, label{string(sys), sys.Name()})
	}
	return Codes{
		Sets:           m.groups(sets, func(r codebook.Ref) string { return string(r.System) }),
		Chapters:       m.groups(chapterLabels(), chapterOf),
		RootOperations: m.named(m.groups(rootOperations, rootOperationOf)),
		PCSSections: m.groups(pcsSections, func(r codebook.Ref) string {
			if r.System != codebook.ICD10PCS {
				return ""
			}
			return string(r.Code[:1])
		}),
		Series: m.groups(series, seriesOf),
		Letters: m.groups(letters, func(r codebook.Ref) string {
			if r.System != codebook.HCPCS {
				return ""
			}
			return string(r.Code[:1])
		}),
	}
}

func chapterLabels() []label {
	var out []label
	for i, c := range chapters {
		out = append(out, label{strconv.Itoa(i + 1), c.title})
	}
	return out
}

// groups counts by group; of tells the group of a code, "" for none. A group that has no label comes last, with its id for a title.
func (m *maker) groups(labels []label, of func(codebook.Ref) string) []Group {
	codes := map[string]map[codebook.Ref]bool{}
	byKind := map[string]*[3]int{}
	var other []string
	for i := range m.items {
		seen := map[string]bool{}
		for _, r := range m.items[i].codes {
			id := of(r)
			if id == "" {
				continue
			}
			if codes[id] == nil {
				codes[id], byKind[id] = map[codebook.Ref]bool{}, &[3]int{}
				if !slices.ContainsFunc(labels, func(l label) bool { return l.id == id }) {
					other = append(other, id)
				}
			}
			codes[id][r] = true
			if !seen[id] {
				byKind[id][m.items[i].kind]++
			}
			seen[id] = true
		}
	}
	slices.Sort(other)
	labels = slices.Clone(labels)
	for _, id := range other {
		labels = append(labels, label{id, id})
	}
	out := []Group{}
	for _, l := range labels {
		g := Group{ID: l.id, Title: l.title}
		if n := byKind[l.id]; n != nil {
			g.Tally = Tally{n[lesson], n[question], n[chart], len(codes[l.id])}
		}
		out = append(out, g)
	}
	return out
}

// chapterOf is the number of the chapter that a diagnosis code stands in. The letter tells it, but for D and H, which two chapters share.
func chapterOf(r codebook.Ref) string {
	if r.System != codebook.ICD10CM {
		return ""
	}
	category := r.Code[:3]
	return strconv.Itoa(1 + slices.IndexFunc(chapters, func(c chapter) bool {
		return c.first <= category && category <= c.last
	}))
}

func rootOperationOf(r codebook.Ref) string {
	if r.System != codebook.ICD10PCS || len(r.Code) < 3 || r.Code[0] != '0' {
		return ""
	}
	return string(r.Code[2:3])
}

// seriesOf is the series that a CPT number stands in. E/M is 99202 to 99499.
func seriesOf(r codebook.Ref) string {
	if r.System != codebook.CPT {
		return ""
	}
	switch last := r.Code[4]; {
	case last == 'F' || last == 'T':
		return string(last)
	case last < '0' || last > '9':
		return "other"
	case r.Code >= "99202" && r.Code <= "99499":
		return "99202"
	case r.Code[0] == '0':
		return "00100"
	}
	return string(r.Code[:1]) + "0000"
}

var capitalWord = regexp.MustCompile(`\b[A-Z][a-z]+\b`)

// named adds to each root operation the questions whose right answer names it without a code of it.
func (m *maker) named(groups []Group) []Group {
	for _, q := range m.Bank.ByArea("icd10pcs") {
		words, shows := capitalWord.FindAllString(q.AnswerText, -1), q.Shows()
		for i := range groups {
			g := &groups[i]
			shown := slices.ContainsFunc(shows, func(r codebook.Ref) bool { return rootOperationOf(r) == g.ID })
			if !shown && slices.ContainsFunc(words, func(w string) bool { return strings.EqualFold(w, g.Title) }) {
				g.Questions++
			}
		}
	}
	return groups
}
