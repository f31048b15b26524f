package progress

import (
	"context"
	"encoding/json"
	"time"
)

// AnalysisQuery narrows the answers that an analysis reads. Zero values do not narrow.
type AnalysisQuery struct {
	Exam   string   // only answers in sittings of this exam; without one answers inside lessons are left out
	Cohort CohortID // only of its members
	Limit  int      // the newest so many
}

// AnalysedAnswer is an attempt at a question or case with what its newest grading says.
type AnalysedAnswer struct {
	Attempt     AttemptID
	Learner     LearnerID
	ClientKey   string
	Kind        ItemKind
	Item        string
	Areas       []string
	Sitting     SittingID // "" outside of exams
	ShownHash   string
	Answer      json.RawMessage
	SubmittedAt time.Time
	Seconds     int
	Percent10   int
	Correct     bool
	Result      json.RawMessage // of a case; nil of a question
}

// AnalysisStore reads what many learners answered.
type AnalysisStore interface {
	// AnalysedAnswers lists the answers of learners, not of staff, newest first. Those of exams whose answers are not open, and imported ones,
	// are left out.
	AnalysedAnswers(ctx context.Context, org OrgID, q AnalysisQuery) ([]AnalysedAnswer, error)
}
