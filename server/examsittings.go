package server

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"crosswalk/progress"
)

// sittingsTable is a list of sittings for staff: of an exam by learner, or of a learner by exam.
type sittingsTable struct {
	ByExam bool // the first column names the exam
	Rows   []staffSitting
	More   bool // older ones are left out
	Most   int
}

// staffSitting is a sitting in a list for staff.
type staffSitting struct {
	Who      string // the learner, or the exam
	WhoPath  string // "" without a page
	Guest    bool
	Erased   bool
	Started  string
	HandedIn string // "" while it is not
	ByClock  bool
	Break    bool
	Left     int // minutes, -1 without a clock
	Over     bool
	Graded   bool
	Percent  int // tenths
	Passed   bool
	Extra    int    // per cent
	Report   string // "" until it is graded
}

func staffSittingOf(x progress.Sitting, now time.Time, z *time.Location) staffSitting {
	row := staffSitting{
		Started: clockTime(x.StartedAt, z), Break: x.BreakSince != nil, ByClock: x.HandedInBy == progress.HandedInByClock, Left: -1, Graded: x.GradedAt != nil,
		Percent: x.Percent10, Passed: x.Passed, Extra: x.ExtraPercent,
	}
	if x.HandedInAt != nil {
		row.HandedIn = clockTime(*x.HandedInAt, z)
	} else if left, ok := x.Left(now); ok {
		row.Left, row.Over = int(left.Round(time.Minute)/time.Minute), left <= 0
	}
	if row.Graded {
		row.Report = sittingReport(x.ID)
	}
	return row
}

// sittingsByLearner is who sat an exam.
func (s *Server) sittingsByLearner(c *fiber.Ctx, in []progress.SittingInfo) sittingsTable {
	now, z := s.progress.Clock(), s.where(c)
	t := sittingsTable{More: len(in) == progress.MaxSittingsListed, Most: progress.MaxSittingsListed}
	for _, i := range in {
		row := staffSittingOf(i.Sitting, now, z)
		if row.Erased = i.Learner.ErasedAt != nil; row.Erased {
			row.Who = s.words.get("examstaff.sat_erased")
		} else {
			row.Who, row.WhoPath, row.Guest = s.learnerName(i.Learner), "/teach/learners/"+string(i.Learner.ID), i.Learner.Guest
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// sittingsByExam is what a learner sat.
func (s *Server) sittingsByExam(c *fiber.Ctx, in []progress.SittingInfo) sittingsTable {
	now, z := s.progress.Clock(), s.where(c)
	t := sittingsTable{ByExam: true, More: len(in) == progress.MaxSittingsListed, Most: progress.MaxSittingsListed}
	for _, i := range in {
		row := staffSittingOf(i.Sitting, now, z)
		row.Who, row.WhoPath = i.Sitting.Name, examStaffPath(i.Sitting.Exam)
		t.Rows = append(t.Rows, row)
	}
	return t
}
