package grading

import "crosswalk/codebook"

// Answer is what a learner entered, as it came: the body of ANSWER.json and of the case workbench. Parse turns it into a Response.
type Answer struct {
	Diagnoses   []AnswerDiagnosis `json:"diagnoses,omitempty"`
	Procedures  []AnswerProcedure `json:"procedures,omitempty"`
	DRG         string            `json:"drg,omitempty"`
	Disposition string            `json:"disposition,omitempty"`
	EM          *AnswerEM         `json:"em,omitempty"`
	Query       *AnswerQuery      `json:"query,omitempty"`
}

// AnswerDiagnosis is one diagnosis as entered; the first is the principal or first-listed one.
type AnswerDiagnosis struct {
	Code     string   `json:"code"`
	POA      string   `json:"poa,omitempty"`
	Evidence []string `json:"evidence,omitempty"`
}

// AnswerProcedure is one procedure as entered. Units nil means 1; for anesthesia Minutes may stand in its place.
type AnswerProcedure struct {
	Code      string   `json:"code"`
	Modifiers []string `json:"modifiers,omitempty"`
	Units     *int     `json:"units,omitempty"`
	Minutes   *int     `json:"minutes,omitempty"`
	PointsTo  []string `json:"points_to,omitempty"`
	Evidence  []string `json:"evidence,omitempty"`
}

// AnswerEM is the E/M grid as entered: the three columns, or the minutes.
type AnswerEM struct {
	Problems string `json:"problems,omitempty"`
	Data     string `json:"data,omitempty"`
	Risk     string `json:"risk,omitempty"`
	Minutes  *int   `json:"minutes,omitempty"`
}

// AnswerQuery is the learner's decision about a query. Option is an index into the wordings offered.
type AnswerQuery struct {
	Ask        bool     `json:"ask"`
	Reason     string   `json:"reason,omitempty"`
	Indicators []string `json:"indicators,omitempty"`
	Option     *int     `json:"option,omitempty"`
}

// Response is a well-formed answer.
type Response struct {
	Diagnoses        []EnteredDiagnosis
	Procedures       []EnteredProcedure
	DRG, Disposition string
	EM               *AnswerEM
	Query            *AnswerQuery
}

// EnteredDiagnosis is one parsed diagnosis line.
type EnteredDiagnosis struct {
	Code     codebook.Code
	POA      string // Y N U W, "exempt" or ""
	Evidence []string
}

// EnteredProcedure is one parsed procedure line; PointsTo are indices into Response.Diagnoses.
type EnteredProcedure struct {
	System    codebook.System
	Code      codebook.Code
	Modifiers []string
	Units     int // 1 when not given
	Minutes   int
	PointsTo  []int
	Evidence  []string
}

// FormatError is one thing in an answer that has no form that could be graded. It costs the learner nothing.
type FormatError struct {
	Part   string // where: "diagnoses[0].code", "procedures[1].units"
	Input  string // what was entered
	Reason string // a sentence that says what to do
}

func (e *FormatError) Error() string { return e.Part + ": " + e.Reason }

// FormatErrors are all that Parse found.
type FormatErrors []*FormatError

func (e FormatErrors) Error() string {
	if len(e) == 0 {
		return "no format error"
	}
	s := e[0].Error()
	for _, f := range e[1:] {
		s += "; " + f.Error()
	}
	return s
}
