package quizzes

import (
	"html/template"
	"slices"

	"crosswalk/codebook"
	"crosswalk/grading"
	"crosswalk/lessons/markdown"
)

// Case is a chart to be coded, with its key. It is read-only. What a page may show before the answer is in comes from Public.
type Case struct {
	ID         string
	Title      string
	Setting    string
	Bills      grading.Bills
	Areas      []string
	Date       codebook.Date // date of service; zero for an inpatient stay
	Admitted   codebook.Date // inpatient stay
	Discharged codebook.Date
	Payer      string
	Patient    Patient
	Difficulty int // 1 (easy) to 5
	Ask        grading.Ask
	Key        grading.Key
	Offer      Offer
	Chart      markdown.Doc
	CodeYear   int
	Reviewed   string // YYYY-MM-DD
	ShownHash  string // SHA-256 of what a learner sees
	KeyHash    string // SHA-256 of the key and the traps
	File       string // path under quizzes/
	Source     string // the file as it is

	file *caseFile // the key as written, with its lines
}

// Offer is what the page of a case shows beside the chart. What the query part offers to choose from is shown whether or not the chart
// calls for a query, so that the offer itself does not say.
type Offer struct {
	Reasons  []string // in alphabetical order
	Wordings []string
	Criteria string `json:",omitempty"` // a facility's own rule for the levels of its visits
}

// Patient is the invented person of a chart.
type Patient struct {
	Age     int
	AgeUnit string // years, months, weeks or days
	Sex     string // F, M or X
}

// edits is the patient as the edits of a claim look at one: the age in whole years, and no sex where the chart says X.
func (p Patient) edits() *codebook.Patient {
	years := p.Age
	switch p.AgeUnit {
	case "months":
		years /= 12
	case "weeks":
		years /= 52
	case "days":
		years /= 365
	}
	sex := p.Sex
	if sex != "M" && sex != "F" {
		sex = ""
	}
	return &codebook.Patient{Age: years, Sex: sex}
}

// Settings are the places of care that a case can have, with their titles.
var Settings = []Area{
	{"office", "Office"},
	{"telehealth", "Telehealth"},
	{"outpatient-surgery", "Outpatient surgery"},
	{"ed", "Emergency department"},
	{"observation", "Observation"},
	{"inpatient", "Inpatient"},
	{"nursing-facility", "Nursing facility"},
	{"anesthesia", "Anesthesia"},
	{"radiology", "Radiology"},
	{"pathology", "Pathology"},
}

// Payers are the payers that a case can have.
var Payers = []string{"medicare", "medicaid", "commercial", "other"}

// PublicCase is what a page may show of a case before the answer is in.
type PublicCase struct {
	ID         string             `json:"id"`
	Title      string             `json:"title"`
	Setting    string             `json:"setting"`
	Bills      grading.Bills      `json:"bills"`
	Areas      []string           `json:"areas"`
	Date       codebook.Date      `json:"date_of_service"`
	Admitted   codebook.Date      `json:"admitted"`
	Discharged codebook.Date      `json:"discharged"`
	Payer      string             `json:"payer"`
	Patient    Patient            `json:"patient"`
	Difficulty int                `json:"difficulty"`
	Ask        grading.Ask        `json:"ask"`
	Chart      template.HTML      `json:"chart"`
	Systems    []string           `json:"systems"`            // code sets that the claim uses
	Reasons    []string           `json:"reasons,omitempty"`  // query: the reasons offered
	Wordings   []string           `json:"wordings,omitempty"` // query: the wordings offered; an answer names one by its index
	Criteria   string             `json:"criteria,omitempty"` // a facility's own rule for the levels of its visits
	TOC        []markdown.Heading `json:"toc,omitempty"`
	ShownHash  string             `json:"shown_hash"`
}

// Public is the half of the case that may be shown before the answer is in. It is a copy and leads back to nothing.
func (c *Case) Public() PublicCase {
	p := PublicCase{
		ID: c.ID, Title: c.Title, Setting: c.Setting, Bills: c.Bills, Areas: append([]string(nil), c.Areas...), Date: c.Date,
		Admitted: c.Admitted, Discharged: c.Discharged, Payer: c.Payer, Patient: c.Patient, Difficulty: c.Difficulty, Ask: c.Ask,
		Chart: c.Chart.HTML, TOC: append([]markdown.Heading(nil), c.Chart.TOC...), ShownHash: c.ShownHash, Systems: []string{string(codebook.ICD10CM)},
	}
	if c.Key.InpatientFacility() {
		p.Systems = append(p.Systems, string(codebook.ICD10PCS))
	} else {
		p.Systems = append(p.Systems, string(codebook.CPT), string(codebook.HCPCS))
	}
	p.Criteria = c.Offer.Criteria
	if c.Ask.Query {
		p.Reasons, p.Wordings = slices.Clone(c.Offer.Reasons), slices.Clone(c.Offer.Wordings)
	}
	return p
}

// LastDate is the day at which codes must be valid: the date of service, or the day of discharge.
func (c *Case) LastDate() codebook.Date { return c.Key.Date }
