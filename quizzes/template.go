package quizzes

import (
	"slices"
	"strings"
)

// Template is a new file for an author to fill in: kind is question, case or exam, id the id of what it holds. It passes Load and Check as
// it is. The area of a question is told by how its id begins, else it is icd10cm; a case is an office visit. For an unknown kind it is "".
func Template(kind, id string) string {
	folder := ""
	switch kind {
	case "question":
		folder = "icd10cm"
		for _, a := range Areas {
			if strings.HasPrefix(id, a.ID+"-") {
				folder = a.ID
			}
		}
	case "case":
		folder = "office"
	}
	return TemplateIn(kind, folder, id)
}

// TemplateIn is Template for a given folder: the area of a question, the setting of a case. A folder that is none gives the default.
func TemplateIn(kind, folder, id string) string {
	text := ""
	switch kind {
	case "question":
		text = questionTemplate
		if !ValidArea(folder) {
			folder = "icd10cm"
		}
	case "case":
		text = caseTemplate
		if !slices.ContainsFunc(Settings, func(s Area) bool { return s.ID == folder }) {
			folder = "office"
		}
	case "exam":
		text = examTemplate
	}
	return strings.NewReplacer("FOLDER", folder, "THE-ID", id).Replace(text)
}

const questionTemplate = `---
area: FOLDER
code_year: 2026
---

## THE-ID {difficulty=2 cites="I.A.15"}

The note says "type 2 diabetes with chronic kidney disease". What does the word "with" do?

- [ ] It asks the coder to query the provider
  > No query is needed: the classification presumes the link.
- [x] It links the two conditions
  > They are presumed to be related unless the provider says otherwise.
- [ ] It puts the kidney disease first
  > The order follows from the notes at the codes.
- [ ] Nothing; both are coded apart
  > One combination code says both.

> Say which rule decides the question as a whole and how, here I.A.15.
`

const caseTemplate = `---
id: THE-ID
title: A title that gives nothing away
setting: FOLDER
bills: professional
areas: [cases, icd10cm]
date_of_service: 2025-11-14
payer: commercial
patient: {age: 50, sex: F}
difficulty: 2
ask: [diagnoses, procedures, pointers]
key:
  diagnoses:
    - code: I10
      first: true
      weight: required
      evidence: ["Hypertension, well controlled"]
      why: Say what in the chart makes this the first-listed diagnosis.
      cites: [IV.G]
  procedures:
    - code: "99213"
      points_to: [I10]
      evidence: ["refill for three months"]
      why: Say what decides the level.
      cites: ["CPT E/M guidelines, medical decision making"]
traps:
  - {code: R03.0, kind: integral, why: "A reading is part of the diagnosis that explains it.", cites: [I.B.5]}
code_year: 2026
reviewed: 2026-11-21
---

## Office note

50-year-old woman for follow-up. BP 128/78 at home all month.

**Assessment and plan:** Hypertension, well controlled. Lisinopril 10 mg, refill for three months. Back in six months.
`

const examTemplate = `id: THE-ID
name: A name for the list of exams
minutes: 30
items: 10
unscored: 0
pass: {percent: 70}
navigation: free
book: open
feedback: after
warn_minutes: [5]
areas:
  - {id: icd10cm, count: 10}
`
