package grading

// Version is the grader's version, kept with every grading. It goes up when a change of the grader can change a result.
const Version = 2

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
	Marks     []string  `json:"marks,omitempty"`    // words that the learner marked, of evidence and the indicators of a query
	Overlap   *Overlap  `json:"overlap,omitempty"`  // how the marks cover the evidence, where both exist
	KeyWord   bool      `json:"key_word,omitempty"` // the finding rests on the key alone: nothing that it cites can be looked up
	Reached   []Step    `json:"reached,omitempty"`  // how far a wrong code came; none where the code is right or nothing was entered
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
	Policy         string   `json:"policy,omitempty"` // the name of the policy by which it was graded; empty for the design's own weights
	Counts         Counts   `json:"counts"`           // what audit accuracy and the scheme are made of
	Parts          []Part   `json:"parts"`
	Rules          []Rule   `json:"rules,omitempty"` // what the edits of the codebook say of the answer itself, whatever the key says; they carry no points
	Money          *Money   `json:"money,omitempty"` // what the answer would do to the payment; nil where nothing that pays was asked or no data are loaded
}

// Counts are numbers of lines: what is asked, optional ones aside.
type Counts struct {
	Entered int `json:"entered"`
	Lines   int `json:"lines"` // of the key
	Right   int `json:"right"` // exactly right
	Half    int `json:"half"`  // the right code with a modifier, unit or place wrong
}

// RuleKind names the rule that an answer offends. The set is closed and part of the output format.
type RuleKind string

// The kinds of rules. The first ten are those of codebook.Conflict.
const (
	RuleExcludes1   RuleKind = "excludes1"
	RulePartner     RuleKind = "partner"
	RulePrincipal   RuleKind = "principal"
	RuleNCCI        RuleKind = "ncci"
	RuleMUE         RuleKind = "mue"
	RuleAddOn       RuleKind = "addon"
	RulePOA         RuleKind = "poa"
	RuleAge         RuleKind = "age"
	RuleSex         RuleKind = "sex"
	RuleModifier    RuleKind = "modifier"
	RuleNotBillable RuleKind = "not-billable"
	RuleLaterality  RuleKind = "laterality"
)

// Rule is one objection to the answer that does not need the key: what a claim scrubber, the Medicare Code Editor or an auditor would
// say before reading the chart. It carries no points beyond the component it spoils, and an objection that the key itself would meet
// is the key's word and left out.
type Rule struct {
	Kind     RuleKind `json:"kind"`
	Finding  Finding  `json:"finding"`
	Entered  []string `json:"entered"` // the codes concerned, as printed
	Why      string   `json:"why"`     // what is wrong, for the learner
	Next     string   `json:"next"`    // what to do next time
	Cites    []string `json:"cites,omitempty"`
	Evidence []string `json:"evidence,omitempty"` // words of the note, where the note decides
	Mild     bool     `json:"mild,omitempty"`     // the rule has exceptions that a claim does not show: a reason to look again
}

// Direction is which way an answer moves the payment.
type Direction string

// The directions.
const (
	Over  Direction = "over"  // more would be paid than the chart supports
	Under Direction = "under" // less would be paid
	Even  Direction = "even"
	Mixed Direction = "mixed" // lines of both kinds that come to the same sum

	Unclear Direction = "unclear" // a line that differs has no figure
)

// Money is what an answer would do to the payment, as far as loaded files say. Nothing is guessed: what has no figure is in Unknown.
type Money struct {
	Direction Direction   `json:"direction"`
	Basis     string      `json:"basis"`           // "rvu", "apc" or "cc"
	Source    string      `json:"source"`          // the file and its edition
	Key       float64     `json:"key"`             // total RVUs or dollars of the key's lines; 0 for "cc"
	Entered   float64     `json:"entered"`         // of the answer's lines
	Dollars   *float64    `json:"dollars"`         // entered less key at the national rate; nil where there is none
	Lines     []MoneyLine `json:"lines,omitempty"` // the lines that differ
	Unknown   []string    `json:"unknown,omitempty"`
}

// MoneyLine is one difference that moves the payment.
type MoneyLine struct {
	Line    *string `json:"line"`    // the key's line as printed, nil for an extra one
	Entered *string `json:"entered"` // what was entered, nil for a missed line
	Key     float64 `json:"key"`     // RVUs or dollars of the key's line
	Got     float64 `json:"got"`     // of the entered line
	Note    string  `json:"note"`    // a sentence: "loses an MCC", "one unit too many"
}
