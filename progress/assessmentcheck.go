package progress

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"crosswalk/quizzes"
)

// AssessmentCheck says what the bank makes of a spec.
type AssessmentCheck struct {
	Short        string         `json:"short,omitempty"` // what the bank lacks in words, "" when it has enough
	Questions    int            `json:"questions"`
	Charts       int            `json:"charts"`
	Points       int            `json:"points"`                  // questions, and charts by their weight
	Pool         int            `json:"pool"`                    // questions and charts that can come up
	Forms        int            `json:"forms"`                   // without an item in common but the named charts, at most MostForms
	WorkLow      int            `json:"work_low"`                // minutes that the charts take at the field's quick pace, with a minute for each question
	WorkHigh     int            `json:"work_high"`               // at its slow pace, with 144 seconds for each question
	Own          []OwnChart     `json:"own,omitempty"`           // charts that did not come with Crosswalk and can come up
	OwnConfirmed bool           `json:"own_confirmed,omitempty"` // somebody confirmed that they hold no identifiers
	Strata       quizzes.Strata `json:"strata,omitempty"`
	Uncovered    []string       `json:"uncovered,omitempty"` // areas and settings that no task of the job names
	Idle         []string       `json:"idle,omitempty"`      // tasks of the job for which nothing is asked
	Asked        []string       `json:"-"`                   // ids of the areas and settings that are asked, those of named charts among them
}

// OwnChart is a chart that those who run Crosswalk wrote.
type OwnChart struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Hash  string `json:"-"` // of what is shown
}

// MostForms is up to how many different forms are counted.
const MostForms = 50

// CheckAssessment says whether the bank can fill a test, how many different forms there are, and how much work it is. Employers and
// admins, else ErrForbidden; InputErrors as SaveAssessment.
func (s *Service) CheckAssessment(a Actor, spec AssessmentSpec) (AssessmentCheck, error) {
	if !a.hires() {
		return AssessmentCheck{}, fmt.Errorf("check hiring test: %w", ErrForbidden)
	}
	return CheckSpec(s.items(), spec)
}

// CheckSpec is CheckAssessment for any bank.
func CheckSpec(content HiringContent, spec AssessmentSpec) (AssessmentCheck, error) {
	spec = spec.tidied()
	if err := asInput(spec.problems()); err != nil {
		return AssessmentCheck{}, err
	}
	return checkSpec(content, spec), nil
}

func (s *Service) checkSpec(spec AssessmentSpec) AssessmentCheck { return checkSpec(s.items(), spec) }

func checkSpec(content HiringContent, spec AssessmentSpec) AssessmentCheck {
	bp := spec.blueprint("")
	c := AssessmentCheck{Charts: spec.Charts.Count, Uncovered: spec.Uncovered()}
	for _, q := range spec.Questions {
		c.Questions += q.Count
	}
	c.Points = c.Questions + c.Charts*spec.Charts.Weight
	c.Strata, c.Short = content.Strata(bp)
	pool := content.InStrata(bp, c.Strata)
	c.Pool = len(pool)
	if c.Short == "" {
		c.Forms = content.EquivalentForms(bp, c.Strata, MostForms)
		if c.Forms == 0 {
			c.Short = "too many of the items give each other away"
		}
	}
	for _, it := range pool {
		if it.Kind != quizzes.ItemCase {
			continue
		}
		if k, err := content.Case(it.ID); err == nil && !k.Shipped() {
			c.Own = append(c.Own, OwnChart{k.ID, k.Title, k.ShownHash})
		}
	}
	c.OwnConfirmed = spec.Deidentified.confirmed(c.Own)
	c.WorkLow, c.WorkHigh = specWork(content, spec, c)
	c.Asked = spec.asked(content)
	for _, t := range spec.Job.Tasks {
		if !slices.ContainsFunc(slices.Concat(t.Areas, t.Settings), c.asks) {
			c.Idle = append(c.Idle, t.Text)
		}
	}
	return c
}

func (c AssessmentCheck) asks(id string) bool { return slices.Contains(c.Asked, id) }

// Covers is a task of the job with those of its areas and settings that the test asks.
func (c AssessmentCheck) Covers(t JobTask) JobTask {
	asked := func(ids []string) (out []string) {
		for _, id := range ids {
			if c.asks(id) {
				out = append(out, id)
			}
		}
		return out
	}
	return JobTask{t.Text, asked(t.Areas), asked(t.Settings)}
}

func (x AssessmentSpec) asked(content HiringContent) (out []string) {
	for _, q := range x.Questions {
		if q.Count > 0 {
			out = append(out, q.Area)
		}
	}
	if x.Charts.Count > 0 {
		out = append(out, "cases")
	}
	if x.Charts.Count > len(x.Charts.Cases) {
		for _, s := range x.Charts.Settings {
			if s.Weight > 0 {
				out = append(out, s.Setting)
			}
		}
	}
	for _, id := range x.Charts.Cases {
		if k, err := content.Case(id); err == nil {
			out = append(out, k.Setting)
		}
	}
	return out
}

// specWork estimates the minutes of a test at the quick and the slow end of the field's pace.
func specWork(content HiringContent, spec AssessmentSpec, c AssessmentCheck) (low, high int) {
	quick, slow := float64(c.Questions), float64(c.Questions)*questionPace.Minutes()
	add := func(setting string, n int) {
		p := PaceOf(setting)
		quick += float64(n) * 60 / p.High
		slow += float64(n) * 60 / p.Low
	}
	for _, st := range c.Strata {
		if st.Setting != "" {
			add(st.Setting, st.Count)
		}
	}
	for _, id := range spec.Charts.Cases {
		if k, err := content.Case(id); err == nil {
			add(k.Setting, 1)
		}
	}
	return int(math.Ceil(quick)), int(math.Ceil(slow))
}

// DeidentificationList is the version of the checklist below, kept with each confirmation.
const DeidentificationList = "2026-11"

// Identifiers are what a chart must not hold of the patient, of relatives, employers or household members before others may read it as
// de-identified: the eighteen kinds of the safe harbor of the HIPAA privacy rule, 45 CFR 164.514(b)(2)(i), in our own words.
var Identifiers = []string{
	"Names",
	"Places smaller than a state: street, city, county, postal code. The first three digits of the postal code may stay where more than 20,000 people live in all areas that begin with them; else they become 000",
	"All parts of dates but the year that belong to a person: birth, admission, discharge, death; and ages over 89, which become one group of 90 and older",
	"Telephone numbers",
	"Fax numbers",
	"E-mail addresses",
	"Social security numbers",
	"Medical record numbers",
	"Health plan member numbers",
	"Account numbers",
	"Numbers of certificates and licences",
	"Vehicle numbers, licence plates among them",
	"Serial numbers of devices and implants",
	"Web addresses",
	"IP addresses",
	"Fingerprints, voice prints and the like",
	"Photographs of the full face, and pictures like them",
	"Any other number, mark or code that belongs to one person alone",
}

// confirmed reports whether the own charts are those that the checklist was confirmed for.
func (d Deidentified) confirmed(own []OwnChart) bool {
	for _, c := range own {
		if !slices.Contains(d.Cases, c.mark()) {
			return false
		}
	}
	return d.List == DeidentificationList || len(own) == 0
}

// confirm is the confirmation with the own charts in it, the one there is where it names them all.
func (d Deidentified) confirm(own []OwnChart, by LearnerID, at time.Time) Deidentified {
	if d.confirmed(own) {
		return d
	}
	d = Deidentified{List: DeidentificationList, By: by, At: at}
	for _, c := range own {
		d.Cases = append(d.Cases, c.mark())
	}
	return d
}

// mark is how a confirmation names the chart as it stands.
func (c OwnChart) mark() string { return c.ID + " " + c.Hash }

// cleared reports whether a chart may come before a candidate: it came with Crosswalk, or it was confirmed as it stands, by whatever version of the
// checklist. What is published or changed after that waits until it is confirmed too.
func (d Deidentified) cleared(k *quizzes.Case) bool {
	return k.Shipped() || slices.Contains(d.Cases, OwnChart{ID: k.ID, Hash: k.ShownHash}.mark())
}

// frozen is what an opened test is made of.
func (s *Service) frozen(x Assessment, c AssessmentCheck) (Frozen, error) {
	f := Frozen{CodeYear: s.items().CodeYear(), Edition: s.book().Edition(), Items: c.Pool, Plan: c.Strata}
	h := sha256.New()
	decides := x.Spec.decides()
	for _, part := range []any{decides, f.Plan, f.CodeYear, f.Edition} {
		body, err := json.Marshal(part)
		if err != nil {
			return f, err
		}
		h.Write(append(body, '\n'))
	}
	for _, it := range s.items().InStrata(&x.Blueprint, c.Strata) {
		fmt.Fprintln(h, it.Kind, it.ID, it.ShownHash, it.KeyHash)
	}
	f.ContentHash = hex.EncodeToString(h.Sum(nil))
	return f, nil
}

// Drifted reports whether what an opened test can ask, or the codebook by which it is graded, is no longer what it was when it was opened.
func (s *Service) Drifted(x Assessment) (bool, error) {
	now, err := s.frozen(x, AssessmentCheck{Strata: x.Frozen.Plan})
	return now.ContentHash != x.Frozen.ContentHash, err
}

// decides is the spec without what may change once the test is open.
func (x AssessmentSpec) decides() AssessmentSpec {
	x.Name, x.Blind, x.KeepDays, x.Deidentified = "", false, 0, Deidentified{}
	x.From, x.Until = time.Time{}, time.Time{}
	return x
}

// sameDecides reports whether two specs decide results alike.
func sameDecides(x, y AssessmentSpec) bool {
	a, _ := json.Marshal(x.decides()) // a spec always encodes
	b, _ := json.Marshal(y.decides())
	return string(a) == string(b)
}

// String says in few words what a spec asks.
func (x AssessmentSpec) String() string {
	var parts []string
	if x.Charts.Count > 0 {
		parts = append(parts, fmt.Sprintf("%d charts", x.Charts.Count))
	}
	n := 0
	for _, q := range x.Questions {
		n += q.Count
	}
	if n > 0 {
		parts = append(parts, fmt.Sprintf("%d questions", n))
	}
	return strings.Join(append(parts, fmt.Sprintf("%d minutes, pass at %d %%", x.Minutes, x.PassPercent)), ", ")
}

// sameSpec reports whether two specs say the same.
func sameSpec(x, y AssessmentSpec) bool {
	a, _ := json.Marshal(x) // a spec always encodes
	b, _ := json.Marshal(y)
	return string(a) == string(b)
}
