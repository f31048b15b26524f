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
	Age int    // whole years on the date of service, or on admission
	Sex string // "M", "F", or "" when it is not known
}

// ClaimLine is a code as it stands on a claim. The first ICD-10-CM line is the principal or first-listed diagnosis.
type ClaimLine struct {
	Ref
	POA       string   // of a diagnosis: Y, N, U, W; "1", "exempt" or "" for one that takes none
	Units     int      // of a procedure; 0 counts as 1
	Modifiers []string // of a procedure
}

func (l *ClaimLine) units() int { return max(l.Units, 1) }

// ClaimConflicts are all objections that the book has to a claim: those of Conflicts, and of the kinds ncci (a modifier that says that a
// service was distinct settles a pair which allows it), mue, poa, age and sex, as far as the setting has them. Only a book that was made
// of full releases knows all of these edits. An indicator that is missing counts only where other lines have one.
func (b *Book) ClaimConflicts(c Claim) []Conflict {
	refs := make([]Ref, len(c.Lines))
	for i := range c.Lines {
		refs[i] = c.Lines[i].Ref
	}
	out := b.Conflicts(refs, ConflictOptions{On: c.On})
	if c.Setting == Practitioner {
		out = append(out, b.bundledLines(c.Lines)...)
	}
	out = append(out, b.unlikely(&c)...)
	return append(out, b.diagnosisEdits(&c)...)
}

func (b *Book) bundledLines(lines []ClaimLine) []Conflict {
	var out []Conflict
	for i := range lines {
		x := &lines[i]
		for j := range lines {
			y := &lines[j]
			if i == j || x.Code == y.Code || x.System == ICD10CM || y.System == ICD10CM {
				continue
			}
			e, ok := b.PairEdit(x.Code, y.Code)
			if !ok || e.Modifier == "9" || e.Modifier == "1" && SetApart(x, y) {
				continue
			}
			out = append(out, b.bundle(e))
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
		note := fmt.Sprintf("%s: %d units reported, at most %d are paid for %s", l.Code, units, edit.Units, span)
		if edit.Indicator == "3" {
			note += " unless more are shown to be necessary"
		}
		if edit.Rationale != "" {
			note += " (" + edit.Rationale + ")"
		}
		out = append(out, Conflict{Kind: "mue", Codes: []Ref{l.Ref}, Note: note, From: strings.TrimSpace("NCCI MUE " + b.claims.mueName)})
	}
	return out
}

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
			switch takes := slices.Contains([]string{"Y", "N", "U", "W"}, l.POA); {
			case f.POAExempt && takes:
				add("poa", "POA exempt list", "is exempt from present-on-admission reporting and takes no indicator")
			case !f.POAExempt && !takes && slices.Contains([]string{"", "1", "exempt"}, l.POA):
				add("poa", "App.I", "is not exempt from present-on-admission reporting: give Y, N, U or W")
			case !f.POAExempt && !takes:
				add("poa", "App.I", "has the indicator %q, which is none of Y, N, U, W", l.POA)
			}
		}
		if c.Patient == nil {
			continue
		}
		editor := strings.TrimSpace("MCE " + b.claims.editorName)
		if sex := c.Patient.Sex; f.Sex != "" && (sex == "M" || sex == "F") && sex != f.Sex {
			add("sex", editor, "is a diagnosis of %s patients", map[string]string{"M": "male", "F": "female"}[f.Sex])
		}
		edits, _ := b.AgeEdits(l.Code)
		for _, e := range edits {
			if c.Patient.Age < e.From || c.Patient.Age > e.To {
				add("age", editor, "is a diagnosis of ages %s (%s), the patient is %d", e.years(), e.Name, c.Patient.Age)
			}
		}
	}
	return out
}
