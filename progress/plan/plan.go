package plan

// Plan is what to do until the exam.
type Plan struct {
	Goal     Goal      `json:"goal"`
	Made     Day       `json:"made"`            // the day on which it was made
	Days     []DayPlan `json:"days"`            // from Made to the day before the exam, days without study too
	Now      float64   `json:"now"`             // expected share right if the exam were today, 0 to 1
	Expected float64   `json:"expected"`        // expected share right at the exam when the plan is kept
	Without  float64   `json:"without"`         // the same if nothing is done
	Freeze   Day       `json:"freeze"`          // from this day on nothing new comes
	Today    []Task    `json:"today,omitempty"` // what was planned when today began, with what is done of it; Days has what there is to do now
	Slips    []Slip    `json:"slips,omitempty"`
	Warnings []Warning `json:"warnings,omitempty"`
}

// DayPlan is one day.
type DayPlan struct {
	Day      Day     `json:"day"`
	Minutes  int     `json:"minutes"` // there are for study; of today what is left
	Off      bool    `json:"off,omitempty"`
	Planned  float64 `json:"planned"`  // minutes of the tasks: at most Minutes, unless the only task is a longer one that cannot be divided
	Tasks    []Task  `json:"tasks"`    // in the order in which to do them
	Expected float64 `json:"expected"` // expected share right at the exam if the plan is kept until the end of this day and no longer
}

// Task is a piece of a day.
type Task struct {
	Kind    string   `json:"kind"`            // KindReview, KindLesson, KindQuestion, KindTerm, KindCase or KindMock
	Ref     string   `json:"ref,omitempty"`   // id of the lesson or of the mock's blueprint
	Areas   []string `json:"areas,omitempty"` // of new items; terms of several areas are one task
	Count   int      `json:"count"`           // of cards or new items; 1 for a lesson and a mock
	Done    int      `json:"done,omitempty"`  // of Count; in Plan.Today only
	Cards   []string `json:"cards,omitempty"` // to review, of the first DetailDays days: later ones follow from how these go
	Minutes float64  `json:"minutes"`
	Gain    float64  `json:"gain"` // of expected share right at the exam
}

// Slip is a past day of which something planned was not done.
type Slip struct {
	Day     Day     `json:"day"`
	Tasks   []Task  `json:"tasks"`   // what was not done on that day and has not been since; a card or lesson only on the first day that it waits from
	Minutes float64 `json:"minutes"` // that were not studied then and not made up by more on later days
	Cost    float64 `json:"cost"`    // of expected share right at the exam: what these minutes would still buy

	missed bool
}

// The kinds of Warning. Figures that a kind does not name are 0.
const (
	WarnPast       = "exam-past"     // the exam was Count days ago; nothing is planned
	WarnToday      = "exam-today"    // nothing is planned
	WarnNoTime     = "no-time"       // no day until the exam has minutes: zero on all weekdays, or the days off cover everything
	WarnFar        = "exam-far"      // planned for Count days only
	WarnCards      = "cards-left"    // Count cards will be recalled with less than CardsBelow at the exam, for want of minutes; Needed minutes would review them
	WarnLessons    = "lessons-left"  // Count lessons that would help do not fit; they need Needed minutes
	WarnNew        = "new-left"      // Count new items that would help do not fit; they need Needed minutes
	WarnLongTask   = "long-lesson"   // Count lessons are longer than the longest day of Minutes; the longest takes Needed
	WarnNoMock     = "no-mock"       // no day has the room for a mock: the longest has Minutes, the shortest mock takes Needed
	WarnFreeTime   = "free-time"     // all that helps fits: of Minutes minutes until the exam Needed are used
	WarnLoop       = "requires-loop" // Count lessons require each other in a circle and cannot be planned
	WarnOverloaded = "overloaded"    // today has Count cards that could be reviewed with gain, Needed minutes; there are Minutes
)

// Warning is something that a learner should know about the plan. Pages have the words.
type Warning struct {
	Kind    string `json:"kind"`
	Count   int    `json:"count,omitempty"`
	Minutes int    `json:"minutes,omitempty"`
	Needed  int    `json:"needed,omitempty"`
}

const (
	// DetailDays is for how many days tasks name their cards.
	DetailDays = 7
	// CardsBelow is the recall at the exam under which a card counts as left behind.
	CardsBelow = 0.7
	// MostSlipDays is how far back slips are told; older ones are history.
	MostSlipDays = 14
)

// Make plans. It does not change the input. The error is ErrInput and names all that is wrong with the input; an exam date that has come or
// gone and a goal without minutes are no errors but warnings of a plan without tasks, since time alone brings them about.
func Make(in Input) (Plan, error) {
	if err := in.check(); err != nil {
		return Plan{}, err
	}
	p := newEngine(&in).run()
	slip(&p, &in)
	p.Today = ticked(&in)
	return p, nil
}
