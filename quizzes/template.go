package quizzes

import (
	"slices"
	"strings"
)

// Template is a new file for an author to fill in: kind is question, case, exam or hiring, id the id of what it holds. It passes Load and Check as
// it is, an exam and a hiring test where the bank can fill them. The area of a question is told by how its id begins, else it is icd10cm; a case is an office visit. For an unknown kind it is "".
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
	case "hiring":
		text = hiringTemplate
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

const examTemplate = `# An exam. Run "crosswalk check" after each change; "crosswalk exam draw THE-ID -seed 1" shows a form. Keys that begin with # are examples of
# what may be added; take the # away to use one.

id: THE-ID                # as the file is named; written down in results, so it never changes
name: A name for the list of exams
minutes: 30               # 0: no limit
items: 10                 # all items: scored and unscored questions, and charts
unscored: 0               # how many items are only being tried; trial questions are taken first
pass: {percent: 70}       # where the publisher has a scale: {scaled: 300, of: [100, 400], raw_percent: 70}
navigation: free          # or forward: no way back to an earlier item
book: open                # or closed: whether the codebook is in the room
feedback: after           # when answers are shown: each (after each item), after (handing in) or never
#serves: {from: 2026-01-01, to: 2026-12-31}     # days of the real exam whose book list the content follows
warn_minutes: [5]         # minutes before the end at which the clock warns

# What is drawn: areas with counts that add up to the scored items (without the charts) ...
areas:
  - {id: icd10cm, count: 10}
# ... or domains with shares that add up to 100 ...
#domains: [{name: Coding, share: 60, areas: [icd10cm, guidelines]}, {name: Rules, share: 40, areas: [compliance]}]
# ... or a fixed list in place of both, in this order unless shuffle is true.
#questions: [icd10cm-first-1, icd10cm-first-2]
#shuffle: true

# How it is drawn.
#kinds: [single, multiple]                      # only these kinds of question; also codes, number, text, order, match
#groups: {cases: 3}                             # by area: at least so many charts with two or more questions each
#settings: {inpatient: 1, outpatient: 1, ed: 1} # shares of the charts that questions are about; 0 keeps a setting out
#difficulty: {1: 10, 2: 25, 3: 35, 4: 20, 5: 10} # shares of the difficulties; these are taken when the key is not there

# Whole cases, coded on the answer sheet. They count among items, on top of the areas; each is worth weight items in the score (1 when not given).
# With a list "cases: [id, id]" in place of count, areas and settings everyone codes the same charts.
#charts: {count: 4, weight: 5, areas: [cases], settings: {inpatient: 1, ed: 1}}

# Breaks: the clock stands for up to so many minutes. With lock, what was seen before a break cannot be answered after it.
#breaks: {count: 1, minutes: 10, lock: false}
`

const hiringTemplate = `# A hiring test for employers to begin from. Run "crosswalk check" after each change; "crosswalk hire draw THE-ID -seed 1" shows a form. Keys that begin
# with # are examples of what may be added; take the # away to use one. Write here why the minutes are what they are.

id: THE-ID                # as the file is named; kept in tests that began from it, so it never changes
name: A name for the list of tests, such as Office coder
summary: A sentence that says what is asked.
minutes: 60               # 5 to 600; charts at the pace of the field, questions at one to two and a half minutes
pass: 80                  # the line, in per cent of the points; fixed for good when an employer opens a test
pass_why: >-
  Say where this line comes from, so that nobody takes it for a standard. Best is one that your own coders have set (Angoff ratings on the
  evidence page).

# What is asked: questions by area, charts, or both. Every form has the same number of each area, setting and difficulty.
questions: {icd10cm: 4}
charts:
  count: 2                # 1 to 60, those named in cases among them
  weight: 5               # how many questions one chart counts as
  settings: {office: 1}   # shares of the charts
#  bills: professional    # only charts of this kind of claim: professional or facility
#  areas: [cpt-20000]     # only charts that name one of these specialties
#  cases: [id, id]        # charts that every candidate codes

book: open                # or closed: whether the codebook is in the room
lookup: true              # with an open book: search of all of it, and not only its pages
tries: 1                  # how often one candidate may sit it, 1 to 5; there must be one more form without a common item
retry_days: 30            # days between two tries
keep_days: 180            # days from handing in until results are erased, 1 to 730

# The job behind it. Every area and setting above is named by a task, and every task names what of the test covers it.
job:
  title: Office coder
  tasks:
    - task: Code the diagnoses of office visits in the right order
      areas: [icd10cm]
      settings: [office]
`
