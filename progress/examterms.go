package progress

import "time"

// ExamTerms are what the rules say to one person about one exam.
type ExamTerms struct {
	ExtraPercent int  // extra time
	ExtraFixed   bool // a rule says how much extra time there is, so that it is not the learner's to choose
	Attempts     int  // 0: any number
	OpensAt      *time.Time
	ClosesAt     *time.Time // the last moment to start
	ResultsAt    *time.Time // the answers are open from here on
	Given        bool       // some rule names this very exam: it opens a composed one to the learner
}

// termsFor reads off the rules that fit one learner what they say about an exam. Field by field the rule nearest to the person wins: for
// the person before a cohort before everyone, and of the same nearness for this exam before every exam; of several cohorts the kinder one.
func termsFor(rules []ExamRule, exam string) ExamTerms {
	var t ExamTerms
	near := func(r ExamRule) int {
		n := map[RuleKind]int{RuleForEveryone: 0, RuleForCohort: 2, RuleForPerson: 4}[r.Kind]
		if r.Exam != "" {
			n++
		}
		return n
	}
	var extra, attempts, opens, closes, results = -1, -1, -1, -1, -1
	// take reports whether a rule's field goes before the one found so far.
	take := func(at *int, n int, kinder bool) bool {
		if n > *at || n == *at && kinder {
			*at = n
			return true
		}
		return false
	}
	for _, r := range rules {
		if r.Exam != "" && r.Exam != exam {
			continue
		}
		n := near(r)
		t.Given = t.Given || r.Exam == exam
		if r.ExtraPercent != nil && take(&extra, n, *r.ExtraPercent > t.ExtraPercent) {
			t.ExtraPercent, t.ExtraFixed = *r.ExtraPercent, true
		}
		if r.Attempts != nil && take(&attempts, n, *r.Attempts > t.Attempts) {
			t.Attempts = *r.Attempts
		}
		if r.OpensAt != nil && take(&opens, n, t.OpensAt != nil && r.OpensAt.Before(*t.OpensAt)) {
			t.OpensAt = r.OpensAt
		}
		if r.ClosesAt != nil && take(&closes, n, t.ClosesAt != nil && r.ClosesAt.After(*t.ClosesAt)) {
			t.ClosesAt = r.ClosesAt
		}
		if r.ResultsAt != nil && take(&results, n, t.ResultsAt != nil && r.ResultsAt.Before(*t.ResultsAt)) {
			t.ResultsAt = r.ResultsAt
		}
	}
	return t
}
