package codebook

import (
	"fmt"
	"slices"
	"strings"
)

// Setting is whose claim it is, and so which edits look at it.
type Setting string

// The settings that edits know.
const (
	Practitioner Setting = "practitioner" // professional claims: NCCI pairs, MUE
	Outpatient   Setting = "outpatient"   // outpatient hospital claims: MUE
	Supplier     Setting = "dme"          // claims for equipment, prosthetics, orthotics and supplies: MUE
	Inpatient    Setting = "inpatient"    // inpatient hospital claims: present-on-admission indicators
)

// Claim is what ClaimConflicts looks at.
type Claim struct {
	On      Date     // date of service; of an inpatient stay the day of discharge
	Setting Setting  // "" for the edits that hold everywhere
	Patient *Patient // nil when nothing is known of the patient: no age and sex edits
	Lines   []ClaimLine
}

// Patient is what edits ask of a patient.
type Patient struct {
	Age int    // whole years on the date of service, or on admission; AgeUnknown
	Sex string // "M", "F", or "" when it is not known
}

// AgeUnknown is the Age of a patient whose age is not known: no age edits.
const AgeUnknown = -1

// ClaimLine is a code as it stands on a claim. The first ICD-10-CM line is the principal or first-listed diagnosis.
type ClaimLine struct {
	Ref
	POA       string   // of a diagnosis: Y, N, U, W; "1", "exempt" or "" for one that takes none
	Units     int      // of a procedure; 0 counts as 1
	Modifiers []string // of a procedure
}

func (l *ClaimLine) units() int { return max(l.Units, 1) }

// ClaimConflicts are all objections that the book has to a claim, of all kinds, as far as the setting has such edits; none needs a key.
// Conflict.Sentence says what to do and Conflict.Cite by which rule. Only facts of the book object: a book that was made of full releases
// knows all of these edits, a smaller one some. An indicator of presence on admission that is missing counts only where other lines have
// one.
func (b *Book) ClaimConflicts(c Claim) []Conflict {
	var out []Conflict
	dx := make([]Code, 0, 25)
	for i := range c.Lines {
		if l := &c.Lines[i]; l.System == ICD10CM {
			dx = append(dx, l.Code)
		}
	}
	if r, _ := b.pick(ICD10CM, c.On); r != nil && len(dx) > 0 {
		out = b.setOfDiagnoses(r, dx, c.On)
	}
	if c.Setting == Practitioner {
		out = append(out, b.bundledLines(c.Lines)...)
	}
	out = append(out, b.lonelyAddOns(&c)...)
	out = append(out, b.unlikely(&c)...)
	out = append(out, b.unfitModifiers(&c)...)
	return append(out, b.diagnosisEdits(&c)...)
}

// setOfDiagnoses are the objections to diagnoses together and to their order.
func (b *Book) setOfDiagnoses(r *release, dx []Code, on Date) []Conflict {
	out := b.Excludes1(dx, on)
	misplaced := r.places(dx)
	for _, k := range b.Partners(dx, on) {
		// A code that cannot stand first is told so once, not again for each note that says the same.
		told := len(misplaced) > 0 && misplaced[0].Codes[0].Code == dx[0] && k.Codes[0].Code == dx[0]
		if !told || strings.HasPrefix(k.Note, useAdditionalWords) {
			out = append(out, k)
		}
	}
	return append(out, misplaced...)
}

func (b *Book) bundledLines(lines []ClaimLine) []Conflict {
	if len(b.pairs) == 0 {
		return nil
	}
	var out []Conflict
	for i := range lines {
		x := &lines[i]
		if x.System != CPT && x.System != HCPCS {
			continue
		}
		edits := b.pairsOf(x.Code)
		for j := range lines {
			y := &lines[j]
			if i == j || x.Code == y.Code || len(edits) == 0 || y.System != CPT && y.System != HCPCS {
				continue
			}
			e, ok := b.pairIn(edits, x.Code, y.Code)
			if !ok || e.Modifier == "9" || e.Modifier == "1" && SetApart(x, y) || slices.ContainsFunc(out, func(k Conflict) bool { return k.Codes[0].Code == x.Code && k.Codes[1].Code == y.Code }) {
				continue
			}
			out = append(out, bundle(e))
		}
	}
	return out
}

// unlikely are the procedures with more units than Medicare pays.
func (b *Book) unlikely(c *Claim) []Conflict {
	var out []Conflict
	for i := range c.Lines {
		l := &c.Lines[i]
		if l.System != CPT && l.System != HCPCS {
			continue
		}
		edit, ok := b.MUE(l.Code, c.Setting)
		if !ok {
			continue
		}
		units, span := l.units(), "a claim line"
		if edit.Indicator != "1" {
			span = "one day"
			if slices.ContainsFunc(c.Lines[:i], func(o ClaimLine) bool { return o.Code == l.Code }) {
				continue // counted with the first line
			}
			for _, o := range c.Lines[i+1:] {
				if o.Code == l.Code {
					units += o.units()
				}
			}
		}
		if units <= edit.Units {
			continue
		}
		note := fmt.Sprintf("%s: %d units are reported and at most %d are paid for %s; correct the units", l.Code, units, edit.Units, span)
		switch edit.Indicator {
		case "1":
			note += ", or report what was done apart on lines of its own with a modifier"
		case "3":
			note += ", or show in the record that more were necessary"
		}
		if edit.Rationale != "" {
			note += " (" + edit.Rationale + ")"
		}
		out = append(out, Conflict{Kind: KindMUE, Codes: []Ref{l.Ref}, Note: note, From: strings.TrimSpace("NCCI MUE " + b.claims.mueName), Mild: edit.Indicator == "3"})
	}
	return out
}

var sexes = map[string]string{"M": "male", "F": "female"}

// indicators are the values that say whether a diagnosis was present on admission (Official Guidelines, appendix I).
var indicators = []string{"Y", "N", "U", "W"}

// diagnosisEdits are what the POA list and the Medicare Code Editor object to in single diagnoses.
func (b *Book) diagnosisEdits(c *Claim) []Conflict {
	r, _ := b.pick(ICD10CM, c.On)
	if r == nil {
		return nil
	}
	var out []Conflict
	indicated := c.Setting == Inpatient && slices.ContainsFunc(c.Lines, func(l ClaimLine) bool { return l.POA != "" })
	for i := range c.Lines {
		l := &c.Lines[i]
		if l.System != ICD10CM {
			continue
		}
		at := r.find(l.Code)
		if at < 0 {
			continue
		}
		f := &r.facts[r.rows[at].facts]
		add := func(kind, from, format string, args ...any) {
			note := l.Code.Dotted(ICD10CM) + " " + fmt.Sprintf(format, args...)
			out = append(out, Conflict{Kind: kind, Codes: []Ref{l.Ref}, Note: note, From: from})
		}
		if indicated {
			switch takes := slices.Contains(indicators, l.POA); {
			case f.POAExempt && takes:
				add(KindPOA, "POA exempt list", "is exempt from present-on-admission reporting: leave the indicator out")
			case !f.POAExempt && !takes && (l.POA == "" || l.POA == "1" || l.POA == "exempt"):
				add(KindPOA, "App.I", "is not exempt from present-on-admission reporting: give Y, N, U or W")
			case !f.POAExempt && !takes:
				add(KindPOA, "App.I", "has the indicator %q: give Y, N, U or W", l.POA)
			}
		}
		if c.Patient == nil {
			continue
		}
		editor := strings.TrimSpace("MCE " + b.claims.editorName)
		if sex := c.Patient.Sex; f.Sex != "" && (sex == "M" || sex == "F") && sex != f.Sex {
			add(KindSex, editor, "is a diagnosis of %s patients", sexes[f.Sex])
		}
		if c.Patient.Age == AgeUnknown {
			continue
		}
		edits, _ := b.AgeEdits(l.Code)
		for _, e := range edits {
			if c.Patient.Age < e.From || c.Patient.Age > e.To {
				add(KindAge, editor, "is a diagnosis of ages %s (%s), and the patient is %d: check the code and the age", e.years(), e.Name, c.Patient.Age)
			}
		}
	}
	return out
}
