package hirereport

import (
	"time"

	"crosswalk/grading"
)

// Input is a test that was handed in, with the gradings that count now.
type Input struct {
	Candidate Person
	Test      Test
	Sitting   Sitting
	Items     []Item
}

// Item is one question or chart of the form with how it was graded. What it says and which it is stays outside.
type Item struct {
	Chart   bool
	Area    string // of a question
	Scored  bool
	Weight  int     // how many items it counts as, 1 or more
	Share   float64 // earned, from 0 to 1
	Seconds int     // in sight, 0 where it is not known
	Setting string  // of a chart
	Pace    Pace    // of a chart: what the field expects in its setting
	Result  grading.Result
}

// Pace is how many charts an hour the field expects in a setting.
type Pace struct {
	Low    float64 `json:"low"`
	High   float64 `json:"high"`
	Source string  `json:"source"`
}

// Person is whose report it is. In blind mode Name is a code such as "Candidate K7F-2QM" and Ref is empty.
type Person struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Ref   string `json:"ref,omitempty"` // the employer's number
	Blind bool   `json:"blind"`
}

// Test is which test it was, in which version.
type Test struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Revision    int    `json:"revision"`
	ContentHash string `json:"content_hash"` // of all that could come up, as it was when the test was opened
	CodeYear    int    `json:"code_year"`    // fiscal year of the code sets
	Edition     string `json:"edition"`      // of the codebook that graded
	Grader      int    `json:"grader"`       // version of the grader
	PassPercent int    `json:"pass_percent"` // the line, set before anyone sat
	Minutes     int    `json:"minutes"`
}

// Sitting is when and how it was sat.
type Sitting struct {
	ID         string    `json:"id"`
	Try        int       `json:"try"` // 1 for the first
	StartedAt  time.Time `json:"started_at"`
	HandedInAt time.Time `json:"handed_in_at"`
	ByClock    bool      `json:"by_clock"` // handed in because the time was up
	Regraded   int       `json:"regraded"` // items that were graded anew since handing in
	First10    int       `json:"first10"`  // the result at handing in, in tenths of a per cent
}
