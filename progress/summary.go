package progress

import (
	"time"

	"crosswalk/progress/standing"
)

// Summary is a learner's progress, computed from the record of attempts by the newest gradings. Shares are 0 to 1; averages are tenths
// of a per cent.
type Summary struct {
	Learner     Learner
	Questions   int // answers to questions, repeats included
	Correct     int // of them right
	Seconds     int // time spent on what was submitted
	Areas       []AreaProgress
	Days        []DayCount // study days with at least one answer, oldest first
	StreakDays  int        // study days without a gap up to today or yesterday
	Cases       CaseFigures
	Audits      AuditFigures
	Findings    []FindingCount // kinds of errors in cases, most frequent first
	LessonsDone int
	FirstAt     *time.Time
	LastAt      *time.Time
}

// AreaProgress is what was done in one area. A case counts in each of its areas.
type AreaProgress struct {
	Area  string
	Title string
	Bank  int // questions there are
	standing.Counts
	CasesDone   int // case submissions
	CaseAverage int // average learning score, tenths of a per cent
	LastAt      time.Time
	Series      []Point // one for each study day with an answer in the area
}

// Point is the share of right answers among the last SeriesWindow answers of an area at the end of a study day.
type Point struct {
	Day   string  // 2026-11-21
	Share float64 // 0 to 1
	N     int     // answers it rests on
}

// SeriesWindow is how many answers back a Point looks.
const SeriesWindow = 20

// DayCount is what was done on one study day.
type DayCount struct {
	Day       string // 2026-11-21
	Questions int
	Correct   int
	Cases     int
	Audits    int
	Reviews   int // of terms and of lines of cases
	Seconds   int
}

// CaseFigures are the figures over all submissions of cases.
type CaseFigures struct {
	Submitted   int
	Different   int // different cases
	AvgLearning int // tenths of a per cent
	AvgAudit    int // tenths of a per cent
	Clean       int
}

// AuditFigures are the figures over all audit drills. They count in no area and in no figure of cases.
type AuditFigures struct {
	Answered int
	Right    int // found, named and mended
	Average  int // tenths of a per cent
}

// FindingCount is how often one kind of error was found.
type FindingCount struct {
	Finding string
	Count   int
	Cases   int // in how many submissions
}

// CaseState is where a learner is with a case.
type CaseState struct {
	Draft                  bool
	Tries                  int
	BestTenths, LastTenths int // learning score, tenths of a per cent
	Clean                  bool
}

// QuestionState is where a learner is with a question.
type QuestionState struct {
	Tries       int
	LastCorrect bool
}

// Record is all that is kept about a person, as Export gives it.
type Record struct {
	V        int                   `json:"v"` // RecordVersion
	Learner  Learner               `json:"learner"`
	Sessions []SessionInfo         `json:"sessions"`
	Attempts []AttemptRecord       `json:"attempts"` // oldest first
	Drafts   []Draft               `json:"drafts"`
	Lessons  map[string]LessonMark `json:"lessons"`
	Drills   []Drill               `json:"drills"`
	Sittings []SittingRecord       `json:"sittings"`
	Notes    []BookNote            `json:"book_notes"`                 // newest first
	Policies []Policy              `json:"policies,omitempty"`         // of a member of staff, all revisions
	Exams    []ComposedExam        `json:"exams,omitempty"`            // that a member of staff composed, the newest revisions
	Cohorts  []Cohort              `json:"cohorts,omitempty"`          // of a member of staff, and those that the person is in
	Rules    []ExamRule            `json:"rules,omitempty"`            // of exams, that the person set, or that are for them or their cohorts
	Disputes []Dispute             `json:"disputes,omitempty"`         // newest first
	Assigned []Assignment          `json:"assignments,omitempty"`      // of the cohorts above
	Terms    []AssignmentTerms     `json:"assignment_terms,omitempty"` // that are different for the person
	Invites  []Invite              `json:"invitations,omitempty"`      // into cohorts, to the person or made by them
	Messages []Message             `json:"messages,omitempty"`         // on the person's results or by them, oldest first
	Reviews  []Review              `json:"reviews,omitempty"`          // oldest first
	Goal     *Goal                 `json:"goal,omitempty"`
	Forecast []StoredForecast      `json:"forecasts,omitempty"`       // oldest first
	Placed   []StoredPlacement     `json:"placement_tests,omitempty"` // newest first
	Plans    []StoredPlan          `json:"plans,omitempty"`           // oldest first
	Memory   *StoredFit            `json:"memory_weights,omitempty"`  // what was learnt of the person's memory, the newest
	Audit    []AuditEntry          `json:"audit"`                     // what this person did as staff
	At       time.Time             `json:"exported_at"`
}

// SessionInfo is a session without its secret.
type SessionInfo struct {
	ID        SessionID `json:"id"`
	CreatedAt time.Time `json:"created_at"`
	SeenAt    time.Time `json:"seen_at"`
	ExpiresAt time.Time `json:"expires_at"`
}

// AttemptRecord is an attempt with all its gradings, oldest first, and beside them those by policies.
type AttemptRecord struct {
	Attempt  Attempt   `json:"attempt"`
	Gradings []Grading `json:"gradings"`
	Policies []Grading `json:"policy_gradings,omitempty"`
}
