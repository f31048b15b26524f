package quizzes

import "strings"

// Area is an area of the exams' blueprints; questions, cases and lessons belong to areas.
type Area struct {
	ID    string
	Title string
}

// Areas are all areas, in the order in which pages list them. The first seventeen are those of the CPC blueprint; the rest serve the
// CCS and CCA domains.
var Areas = []Area{
	{"cpt-10000", "CPT 10000: integumentary"},
	{"cpt-20000", "CPT 20000: musculoskeletal"},
	{"cpt-30000", "CPT 30000: respiratory, cardiovascular, hemic and lymphatic"},
	{"cpt-40000", "CPT 40000: digestive"},
	{"cpt-50000", "CPT 50000: urinary, genital, maternity, endocrine"},
	{"cpt-60000", "CPT 60000: nervous system, eye and ear"},
	{"em", "Evaluation and management"},
	{"anesthesia", "Anesthesia"},
	{"radiology", "Radiology"},
	{"pathology", "Pathology and laboratory"},
	{"medicine", "Medicine"},
	{"terminology", "Medical terminology"},
	{"anatomy", "Anatomy"},
	{"icd10cm", "ICD-10-CM"},
	{"hcpcs", "HCPCS Level II"},
	{"guidelines", "Coding guidelines"},
	{"compliance", "Compliance and regulation"},
	{"cases", "Cases"},
	{"icd10pcs", "ICD-10-PCS"},
	{"documentation", "Coding documentation"},
	{"queries", "Provider queries"},
	{"technology", "Information technologies"},
	{"reimbursement", "Reimbursement"},
	{"health-records", "Health records and data content"},
	{"confidentiality", "Confidentiality and privacy"},
}

// AreaInfo is an area and what the bank has for it.
type AreaInfo struct {
	Area
	Questions int // questions of the area
	Cases     int // cases that name it
}

// cptArea reports whether an area is about CPT: its series and sections.
func cptArea(id string) bool {
	switch id {
	case "em", "anesthesia", "radiology", "pathology", "medicine":
		return true
	}
	return strings.HasPrefix(id, "cpt-")
}

// ValidArea reports whether there is an area of that id.
func ValidArea(id string) bool {
	for _, a := range Areas {
		if a.ID == id {
			return true
		}
	}
	return false
}

// AreaTitle is the title of an area, or the id itself when there is no such area.
func AreaTitle(id string) string {
	for _, a := range Areas {
		if a.ID == id {
			return a.Title
		}
	}
	return id
}
