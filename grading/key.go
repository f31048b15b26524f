package grading

import "crosswalk/codebook"

// Points are hundredths of a point: 300 is three points. They are integers so that parts add up to the total exactly.
type Points int

// Key is what a chart should be coded as, in the terms of the case format (docs/content.md). It holds codes in canonical form. A Key is a value: grading never
// changes it.
type Key struct {
	Case       string // id of the case, for messages only
	Setting    string // office, ed, inpatient, ...
	Bills      Bills
	Date       codebook.Date // the date at which codes must be valid: date of service, or the day of discharge
	Payer      string
	Patient    *codebook.Patient `json:"-"` // whom age and sex edits look at; shown with the chart, so that it is no secret of the key. nil for no such edits
	Ask        Ask
	Diagnoses  []Diagnosis
	Procedures []Procedure

	DRG          string   // when asked
	Disposition  string   // when asked
	EM           *EM      // when asked
	Query        *Query   // when asked; nil with Ask.Query means that no query is called for
	NoQuery      *NoQuery `json:",omitempty"` // why none is called for, where the author says so
	Alternatives []Key    // whole keys that are equally right; only Diagnoses to Query of each count
	Allow        []Allow
	Traps        []Trap
}

// Bills is who bills the claim: it decides code sets and rules.
type Bills string

// The two kinds of claim.
const (
	Professional Bills = "professional"
	Facility     Bills = "facility"
)

// InpatientFacility reports whether the claim is a hospital's for an inpatient stay: ICD-10-PCS, POA, Section II.
func (k *Key) InpatientFacility() bool { return k.Setting == "inpatient" && k.Bills == Facility }

// Ask says what a case asks for.
type Ask struct {
	Diagnoses, Procedures, Pointers, POA, DRG, Disposition, EM, Evidence, Query bool
}

// Weight is what a key diagnosis is worth.
type Weight string

// The weights of a diagnosis line.
const (
	Required   Weight = "required"
	Reportable Weight = "reportable"
	Status     Weight = "status"
	Optional   Weight = "optional" // never counted, entered or not
)

// First says whether a diagnosis stands first.
type First int

// The values of First.
const (
	NotFirst    First = iota
	IsFirst           // the principal or first-listed diagnosis
	EitherFirst       // one of several that may stand first (Official Guidelines II.B, II.C)
)

// Diagnosis is one diagnosis line of a key.
type Diagnosis struct {
	Code     codebook.Code
	First    First
	Weight   Weight
	POA      string                // Y N U W, "exempt", or "" where not asked
	Accept   []codebook.Code       // other codes worth full credit
	NearMiss map[codebook.Code]int // percent of the code points; overrides the table
	After    []codebook.Code       // codes of this key that must stand before it
	Evidence []Evidence
	Why      string
	Cites    []string
}

// Procedure is one procedure line of a key.
type Procedure struct {
	System            codebook.System // CPT, HCPCS or ICD10PCS
	Code              codebook.Code
	Optional          bool
	Accept            []codebook.Code
	NearMiss          map[codebook.Code]int
	Modifiers         []string
	ModifiersAny      [][]string // other right sets
	ModifiersOptional []string   // neither asked nor charged
	Units             int        // 1 when the case says nothing
	Minutes           int        // anesthesia: the time in minutes stands in place of units
	PointsTo          []codebook.Code
	Evidence          []Evidence
	Why               string
	Cites             []string
}

// Evidence is a phrase of the note that supports a line; In names the heading it stands under when it stands in the note twice.
type Evidence struct {
	Text string
	In   string
}

// Allow is a pair that would be an Excludes1 conflict and is right in this chart (Official Guidelines I.A.12.a).
type Allow struct {
	Pair  [2]codebook.Code
	Why   string
	Cites []string
}

// TrapKind says why a code that learners add is wrong.
type TrapKind string

// The kinds of traps.
const (
	Integral    TrapKind = "integral"    // a symptom or part of something coded
	Needless    TrapKind = "needless"    // true but not reportable here
	Unsupported TrapKind = "unsupported" // the chart does not support it
	NotDone     TrapKind = "not-done"    // a procedure that did not take place
	Bundled     TrapKind = "bundled"     // included in another procedure
)

// Trap is a code that learners wrongly add to this chart.
type Trap struct {
	Code  codebook.Code
	Kind  TrapKind
	Why   string
	Cites []string
}

// EM is the level of medical decision making by column, or the minutes, of an E/M service. Minutes 0 means that MDM decides. A
// facility's visit has Criteria in place of both: the hospital's own rule for the levels, which the grid is no part of.
type EM struct {
	Problems, Data, Risk string // straightforward (or minimal), low (or limited), moderate, high (or extensive)
	Minutes              int
	Evidence             []Evidence // of the visit as a whole: the minutes, or a column without its own
	Why                  string
	Cites                []string
	Columns              map[string]EMColumn `json:",omitempty"` // what decides a column, by its name: problems, data, risk
	Criteria             string              `json:",omitempty"`
}

// EMColumn is what decides one column of the table of medical decision making.
type EMColumn struct {
	Evidence []Evidence
	Why      string
}

// Query is the query that a chart calls for.
type Query struct {
	Reason     string
	Reasons    []string // the choices offered, the right one among them
	Indicators []string // clinical indicators, in the words of the note
	Options    []QueryOption
	Why        string
	Cites      []string
}

// NoQuery says why a chart that seems to call for a query does not.
type NoQuery struct {
	Evidence []Evidence // the words of the note that settle it
	Why      string
	Cites    []string
}

// QueryOption is one wording of a query.
type QueryOption struct {
	Text    string
	OK      bool // compliant
	Leading bool
	Why     string
}
