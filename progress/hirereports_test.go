package progress_test

import (
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"crosswalk/progress"
	"crosswalk/progress/hirereport"
)

// said is what a report or a credential says of a result: share, range, line, each in per cent, and whether it was reached.
type said struct {
	Score, Low, High, Pass string
	Passed                 bool
}

func saidInReport(r hirereport.Report) said {
	percent := func(tenths int) string { return strconv.FormatFloat(float64(tenths)/10, 'f', -1, 64) }
	return said{percent(r.Overall.Percent10), percent(r.Overall.Low10), percent(r.Overall.High10), strconv.Itoa(r.Test.PassPercent), r.Passed}
}

// TestFiguresAreTheSameEverywhere: the report, the comparison and the credential of a sitting say the same, also once an item was graded anew.
func TestFiguresAreTheSameEverywhere(t *testing.T) {
	x := newIssuing(t)
	ctx := t.Context()
	boSat := x.sits(x.bo, 2)
	check := func(when string, a progress.Actor, c progress.Candidate, sat progress.Sitting, score string) {
		t.Helper()
		r, err := x.CandidateReport(ctx, x.boss, x.test.ID, c.ID, progress.ReportFilter{})
		x.must(err)
		want := saidInReport(r.Report)
		if want.Score != score {
			t.Errorf("%s: the report says %+v, want %s", when, want, score)
		}
		all, err := x.CompareCandidates(ctx, x.boss, x.test.ID, false)
		x.must(err)
		for _, row := range all.Rows {
			if row.Report.Candidate.ID == string(c.ID) {
				if d := cmp.Diff(r.Report, row.Report); d != "" {
					t.Errorf("%s: the comparison says another report (-report +comparison):\n%s", when, d)
				}
			}
		}
		issued := x.ask(a, progress.IdentifyByName)
		f := x.verdict(issued.JWT, progress.CredentialHolds).Document.Figures()
		if d := cmp.Diff(want, said{f.Score, f.Low, f.High, f.Pass, f.Status == "Completed"}); d != "" {
			t.Errorf("%s: the credential says something else (-report +credential):\n%s", when, d)
		}
		x.must(x.RevokeCredential(ctx, a, issued.ID, "")) // so that the next one is made anew
		exam, err := x.Report(ctx, x.admin, sat.ID)
		x.must(err)
		if exam.Tally.Percent10 != r.Overall.Percent10 || exam.Low10 != r.Overall.Low10 || exam.High10 != r.Overall.High10 || exam.Tally.Passed != r.Passed || len(exam.Regraded) != r.Report.Sitting.Regraded {
			t.Errorf("%s: the report of the exam says %+v, %d to %d", when, exam.Tally, exam.Low10, exam.High10)
		}
	}
	check("three of four", x.ann, x.annC, x.annSat, "75")
	check("two of four", x.bo, x.boC, boSat, "50")

	r, err := x.Report(ctx, x.admin, boSat.ID)
	x.must(err)
	for _, it := range r.Items {
		if !it.Missed() {
			continue
		}
		g := it.Graded.Grading
		g.ID, g.Seq, g.Correct, g.Earned, g.Percent10, g.At = progress.GradingID(x.key()), 0, true, g.Possible, 1000, x.clock.now()
		x.must(x.db.AppendGradings(ctx, x.test.Org, []progress.Grading{g}, nil))
		break
	}
	check("graded anew", x.bo, x.boC, boSat, "75")
	check("the other one", x.ann, x.annC, x.annSat, "75")
}
