package grading

// Version is the grader's version, kept with every grading. It goes up when a change of the grader can change a result.
const Version = 1

// Component names what a part of a result is about. The set is closed and part of the output format.
type Component string

// The components.
const (
	CompCode        Component = "code"
	CompPosition    Component = "position"
	CompModifiers   Component = "modifiers"
	CompUnits       Component = "units"
	CompPointers    Component = "pointers"
	CompPOA         Component = "poa"
	CompDRG         Component = "drg"
	CompDisposition Component = "disposition"
	CompEM          Component = "em"
	CompEvidence    Component = "evidence"
	CompQuery       Component = "query"
	CompExtra       Component = "extra"
	CompOrder       Component = "order"
	CompCap         Component = "cap"
)

// Finding is a kind of error of the taxonomy in docs/grading.md (DX-SPEC, CPT-MOD, ...); "" when the part is right.
type Finding string

// Part is one line's one component, judged.
type Part struct {
	Line      *string   `json:"line"` // the key line's code as printed; nil for an extra line
	Component Component `json:"component"`
	Entered   *string   `json:"entered"` // what the learner entered for it; nil for a missed line
	Earned    Points    `json:"earned"`  // negative for a penalty
	Possible  Points    `json:"possible"`
	Finding   Finding   `json:"finding"`
	Why       string    `json:"why"` // a sentence for the learner
	Cites     []string  `json:"cites,omitempty"`
	Evidence  []string  `json:"evidence,omitempty"` // words of the note
	EnteredAt int       `json:"-"`                  // index of the entered line, -1 when none
	KeyAt     int       `json:"-"`                  // index of the key line, -1 when none
	Procedure bool      `json:"-"`                  // the line is a procedure
}

// Score is earned of possible points.
type Score struct {
	Earned   Points  `json:"earned"`
	Possible Points  `json:"possible"`
	Percent  float64 `json:"percent"` // per cent, half up to one decimal
}

// Result is a graded case: the parts and the four figures, always together.
type Result struct {
	V              int      `json:"v"` // format version, 1
	Learning       Score    `json:"learning"`
	AuditAccuracy  float64  `json:"audit_accuracy"` // per cent
	POAAccuracy    *float64 `json:"poa_accuracy"`
	Clean          bool     `json:"clean"`
	FinancialMatch *bool    `json:"financial_match"`
	Alternative    int      `json:"alternative,omitempty"` // which of the key's alternatives the answer was graded against; 0 is the key itself
	Scheme         Scheme   `json:"scheme,omitempty"`      // empty for Learning
	SchemeScore    *Score   `json:"scheme_score,omitempty"`
	Parts          []Part   `json:"parts"`
}
