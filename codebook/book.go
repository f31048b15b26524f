package codebook

import (
	"errors"
	"strings"
)

// ErrUnknownCode is returned (wrapped) when no release of the set that serves the date has the code.
var ErrUnknownCode = errors.New("unknown code")

// Ref is a code of a set.
type Ref struct {
	System System
	Code   Code
}

// Dotted is the code as printed.
func (r Ref) Dotted() string { return r.Code.Dotted(r.System) }

// Entry is what the book knows of one code or header, as of one release.
type Entry struct {
	Ref
	Title    string // the official title; for CPT our own label, or the descriptor that the site has licensed
	Licensed bool   // the title is from the site's licensed descriptor file
	Billable bool   // false for a header (category or subcategory that needs more characters)
	Release  string // edition of the release that answered, e.g. "2026", "2025-10"
	Exact    bool   // false when no release covers the date asked for and the nearest earlier one answered
	Parent   Code   // "" at the top
	Notes    []Note // own notes first, then inherited ones from near to far
	Facts    Facts
}

// Facts are single properties of a code that edits look at. A nil or empty field means that the book does not know.
type Facts struct {
	POAExempt     bool     // exempt from present-on-admission reporting
	Manifestation bool     // never first; its etiology stands before it (Official Guidelines I.A.13)
	Severity      string   // "CC", "MCC" or ""
	Sex           string   // "M", "F" or ""
	Status        string   // fee schedule or HCPCS status letter
	GlobalDays    string   // "000", "010", "090", "XXX", "ZZZ", "YYY", "MMM"
	Bilateral     string   // fee schedule bilateral indicator: "1" takes modifier 50, "0" and "2" do not, "3" each side in full
	Multiple      string   // fee schedule multiple-procedure indicator: "0" no reduction, "2" the standard one (modifier 51), ...
	Assistant     string   // fee schedule assistant-at-surgery indicator (80, 81, 82, AS): "0" with documentation, "1" never paid, "2" paid
	CoSurgeons    string   // fee schedule co-surgeon indicator (modifier 62), coded as Assistant except that "1" needs documentation
	TeamSurgeons  string   // fee schedule team-surgery indicator (modifier 66)
	Components    string   // fee schedule PC/TC indicator: "1" splits into 26 and TC
	OPPS          string   // status indicator of OPPS addendum B: "T", "N" packaged, "C" inpatient only, ...
	MUE           MUE      // medically unlikely edit, practitioner claims
	MUEHospital   MUE      // medically unlikely edit, outpatient hospital claims
	Ended         Date     // the last day of a code that was discontinued
	AddOn         bool     // reported only beside a primary code
	Units         string   // what one unit of the code is, where that is not self-evident
	SeventhChars  []Choice // seventh characters that complete this header, if it needs one
}

// MUE is the most units of a code that Medicare pays for one patient on one day. Without an adjudication indicator the book knows none.
type MUE struct {
	Units     int
	Indicator string // MAI: "1" per claim line, "2" per day and never more, "3" per day unless shown necessary
	Rationale string // why CMS set it; only Book.MUE gives it
}

// Choice is a character and what it means.
type Choice struct {
	Char  string
	Title string
}

// NoteKind is the kind of an instructional note of the Tabular List.
type NoteKind string

// The kinds of notes, as the Tabular List names them (Official Guidelines I.A.10 to I.A.13, I.A.17).
const (
	Includes      NoteKind = "includes"
	Inclusion     NoteKind = "inclusion" // an inclusion term under a code
	Excludes1     NoteKind = "excludes1"
	Excludes2     NoteKind = "excludes2"
	CodeFirst     NoteKind = "code-first"
	UseAdditional NoteKind = "use-additional"
	CodeAlso      NoteKind = "code-also"
	Instruction   NoteKind = "note" // any other note
	Definition    NoteKind = "definition"
)

// Note is one instructional note.
type Note struct {
	Kind NoteKind
	Text string
	From string // where it stands, as printed: "E11", "E08-E13", "Chapter 4"; equal to the code itself for an own note
	Own  bool   // stands at the code itself
}

// Section is a block of the Tabular List such as I10-I1A.
type Section struct {
	First, Last Code // three-character categories
	Title       string
	Chapter     string // "4"
}

// Conflict is an objection that the book has to a set of codes reported together, or to one of them.
type Conflict struct {
	Kind  string // one of the kinds below
	Codes []Ref
	Note  string // the note or edit in words
	From  string // where it stands: a category, "NCCI 2024Q3", ...
	// Modifier says of an NCCI pair whether a modifier may bypass it ("1") or never ("0").
	Modifier string
	// Mild says that the rule has exceptions which a claim does not show: a reason to look again rather than a mistake.
	Mild bool
}

// Cite is the rule as a citation that CiteOK judges where it can: a guideline number, "tabular:E11", "ncci:25605/29125", "pfs:25605", or the
// name and edition of a list of edits.
func (c *Conflict) Cite() string {
	if (c.Kind == KindExcludes1 || c.Kind == KindPartner) && !strings.HasPrefix(c.From, "I.") {
		return "tabular:" + c.From
	}
	return c.From
}

// Sentence says what is wrong, names the codes, and says what to do.
func (c *Conflict) Sentence() string {
	switch {
	case c.Kind == KindExcludes1 && len(c.Codes) == 2:
		return c.Codes[0].Dotted() + " and " + c.Codes[1].Dotted() + ` exclude each other; the note at ` + c.From + ` reads "` + strings.TrimSuffix(c.Note, ".") +
			`". Report the one that fits, both only where they have nothing to do with each other (I.A.12.a).`
	case c.Kind == KindPartner && len(c.Codes) == 1 && c.Note != "" && !strings.HasPrefix(c.Note, c.Codes[0].Dotted()):
		note := strings.Replace(strings.ToLower(c.Note[:1])+c.Note[1:], "code: code", "code", 1)
		return c.Codes[0].Dotted() + " is reported without a code that its note wants: " + strings.TrimSuffix(note, ".") + "."
	case c.Kind == KindSex && len(c.Codes) == 1:
		return c.Note + ", and the patient is not: check the code and the record."
	}
	return strings.TrimSuffix(c.Note, ".") + "."
}

// The kinds of conflicts.
const (
	KindExcludes1 = "excludes1" // an Excludes1 note forbids the pair
	KindPartner   = "partner"   // a code that a note wants is missing or stands in the wrong place
	KindPrincipal = "principal" // a code stands first that cannot, or elsewhere though it can only stand first
	KindNCCI      = "ncci"      // NCCI denies one of the pair
	KindMUE       = "mue"       // more units than Medicare pays
	KindAddOn     = "addon"     // an add-on code without its primary
	KindPOA       = "poa"       // a present-on-admission indicator that the code does not take, or the lack of one
	KindAge       = "age"       // a diagnosis of another age
	KindSex       = "sex"       // a diagnosis of the other sex
	KindModifier  = "modifier"  // a modifier that the procedure cannot take
)

// Kinds are all kinds of conflicts.
var Kinds = []string{KindExcludes1, KindPartner, KindPrincipal, KindNCCI, KindMUE, KindAddOn, KindPOA, KindAge, KindSex, KindModifier}

// Hit is one result of a search.
type Hit struct {
	Ref
	Title    string
	Billable bool
	Match    string // the words (title, inclusion term, abbreviation) that matched when it was not the title
}
