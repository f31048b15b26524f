package hirereport

import (
	"slices"
	"strings"
)

// Version is the version of the report's JSON form. Fields are added without a new version; none is renamed or removed within one.
const Version = 1

// Report is one candidate's test on one page. Figures are nil where nothing of the kind was asked.
type Report struct {
	V          int       `json:"v"`
	Level      int       `json:"level"` // confidence of the intervals in per cent
	Candidate  Person    `json:"candidate"`
	Test       Test      `json:"test"`
	Sitting    Sitting   `json:"sitting"`
	Charts     int       `json:"charts"`
	Questions  int       `json:"questions"`
	Unscored   int       `json:"unscored"`   // items on trial, which count in no figure but those of time
	Unanswered int       `json:"unanswered"` // charts of which nothing was coded
	Passed     bool      `json:"passed"`
	Line       LineIs    `json:"line"` // where the pass line lies beside the interval of Overall
	Overall    *Figure   `json:"overall"`
	Accuracy   Accuracy  `json:"accuracy"`
	Areas      []Area    `json:"areas"` // questions by area
	EM         *EM       `json:"em"`
	Balance    Balance   `json:"balance"`
	Errors     []ErrorIn `json:"errors"` // the most frequent first, at most TopErrors
	Money      *Money    `json:"money"`  // nil where no chart asks for what pays, or no figures of payment are loaded
	Pace       []PaceIn  `json:"pace"`   // by setting, most charts first
	Query      *Query    `json:"query"`  // nil where no chart asks whether to query
	Percentile *Standing `json:"percentile"`
}

// Standing is the place among candidates of the same test: the share of them below, ties counted half. Nil below MinPercentile.
type Standing struct {
	Percent10 int `json:"percent10"`
	Of        int `json:"of"` // candidates, this one among them
}

// LineIs says where the pass line lies.
type LineIs string

// The places of the line. Passing is decided by the figure alone; a line within the range says that another test of the same kind
// might have come out the other way.
const (
	LineBelow  LineIs = "below"  // the whole interval is at or above the line
	LineWithin LineIs = "within" // the interval holds the line
	LineAbove  LineIs = "above"  // the whole interval is below the line
)

// Accuracy are the shares right.
type Accuracy struct {
	Questions  *Figure `json:"questions"`  // scored questions answered right
	Lines      *Figure `json:"lines"`      // lines of charts exactly right, of those entered or asked, whichever are more, as auditors count
	Clean      *Figure `json:"clean"`      // charts without an error
	ICD10CM    *Figure `json:"icd10cm"`    // codes of the key that are right, of those and of codes entered beside it
	ICD10PCS   *Figure `json:"icd10pcs"`   // the same
	CPT        *Figure `json:"cpt"`        // the same
	HCPCS      *Figure `json:"hcpcs"`      // the same
	Modifiers  *Figure `json:"modifiers"`  // services with the right code that call for a modifier or were given one, whose modifiers are right
	Sequencing *Figure `json:"sequencing"` // charts whose first diagnosis is right and nothing stands before what must come first
	POA        *Figure `json:"poa"`        // indicators that are right, beside codes that earned points
	DRG        *Figure `json:"drg"`        // charts whose MS-DRG is right
}

// Area is how the questions of an area went.
type Area struct {
	Area   string  `json:"area"`
	Figure *Figure `json:"figure"`
}

// TopErrors is how many kinds of errors a report names.
const TopErrors = 5

// ErrorIn is a kind of error of the taxonomy in docs/grading.md.
type ErrorIn struct {
	Finding string  `json:"finding"`
	Name    string  `json:"name"`
	Count   int     `json:"count"`
	Charts  *Figure `json:"charts"` // charts that have it, of all charts
}

// Make makes the report of a test that was handed in.
func Make(in Input) Report {
	r := Report{V: Version, Level: Level, Candidate: in.Candidate, Test: in.Test, Sitting: in.Sitting, Areas: []Area{}, Errors: []ErrorIn{}, Pace: []PaceIn{}}
	var overall weighted
	var questions count
	areas := map[string]*count{}
	t := newCharts()
	for _, it := range in.Items {
		if it.Scored {
			overall.add(it.Share, float64(max(1, it.Weight)))
		} else {
			r.Unscored++
		}
		switch {
		case it.Chart:
			r.Charts++
			t.add(it)
		case it.Scored:
			r.Questions++
			questions.add(it.Share >= 1)
			if areas[it.Area] == nil {
				areas[it.Area] = &count{}
			}
			areas[it.Area].add(it.Share >= 1)
		default:
			r.Questions++
		}
	}
	r.Overall = overall.figure()
	r.pass(overall)
	t.report(&r)
	r.Accuracy.Questions = questions.figure()
	for a, c := range areas {
		r.Areas = append(r.Areas, Area{a, c.figure()})
	}
	slices.SortFunc(r.Areas, func(x, y Area) int { return strings.Compare(x.Area, y.Area) })
	return r
}

// pass holds the result against the line. The comparison is that of the exam itself, without rounding.
func (r *Report) pass(w weighted) {
	if r.Overall == nil {
		r.Line = LineWithin
		return
	}
	line := r.Test.PassPercent
	// Shares come in hundredths of an item, so that a ten-thousandth only takes up what floating point leaves.
	r.Passed = 100*w.earned+1e-4 >= float64(line)*w.weights
	switch {
	case r.Overall.Low10 >= 10*line:
		r.Line = LineBelow
	case r.Overall.High10 < 10*line:
		r.Line = LineAbove
	default:
		r.Line = LineWithin
	}
}
