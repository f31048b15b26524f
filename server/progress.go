package server

import (
	"time"

	"github.com/gofiber/fiber/v2"

	"crosswalk/grading"
	"crosswalk/progress"
)

// attemptsShown is how many of the latest attempts a progress page lists.
const attemptsShown = 20

// progressView is a learner's progress as a page shows it, to the learner or to an instructor.
type progressView struct {
	Sum        progress.Summary
	Empty      bool // nothing was answered yet
	RightShare int  // per cent of all answers
	Time       string
	Areas      []areaView
	Untouched  int       // areas of the bank without an answer
	Chosen     *areaView // the area whose plot is shown
	SharePlot  *plot
	Activity   *plot
	Findings   []findingView
	Attempts   []attemptView
	More       int    // attempts that are not listed
	Base       string // address of the page, for the links that choose an area
	Staff      bool   // seen by somebody else
}

// areaView is a row of the table of areas.
type areaView struct {
	progress.AreaProgress
	Share  int // per cent of answers that were right
	Spark  string
	Path   string
	Chosen bool
	Last   string
}

type findingView struct {
	progress.FindingCount
	Name, Meaning, Area string
	Width               int // of its bar, per cent of the most frequent
}

type attemptView struct {
	ID      string
	Path    string
	Title   string
	Kind    string // "question" or "case"
	Item    string // question: its id, which tells those of one area apart
	At      string
	Where   string // "drill", "lesson", ...
	Correct bool
	Percent int // case: learning score, tenths of a per cent
}

// progressView gathers what a progress page shows of a learner; area is the one whose plot is asked for.
func (s *Server) progressView(c *fiber.Ctx, who progress.LearnerID, area, base string) (progressView, error) {
	ctx, a := c.UserContext(), actor(c)
	sum, err := s.progress.Summary(ctx, a, who)
	if err != nil {
		return progressView{}, err
	}
	list, total, err := s.progress.Attempts(ctx, a, progress.AttemptFilter{Learner: who, Limit: attemptsShown})
	if err != nil {
		return progressView{}, err
	}
	v := progressView{
		Sum: sum, Empty: sum.Questions+sum.Cases.Submitted+sum.Audits.Answered == 0, RightShare: percentOf(sum.Correct, sum.Questions), Time: s.duration(sum.Seconds),
		More: max(0, total-len(list)), Base: base,
	}
	loc := sum.Learner.Location()
	v.Areas, v.Chosen, v.Untouched = areaViews(sum.Areas, area, base, loc)
	if v.Chosen != nil {
		v.SharePlot = sharePlot(s.words, "plot-share", v.Chosen.Title, v.Chosen.Series)
	}
	v.Activity = activityPlot(s.words, "plot-activity", sum.Days, progress.StudyDay(s.now(), loc))
	v.Findings = findingViews(sum.Findings)
	for _, g := range list {
		v.Attempts = append(v.Attempts, s.attemptView(g, loc))
	}
	return v, nil
}

// percentOf is part of whole in whole per cent, half up; 0 of nothing.
func percentOf(part, whole int) int {
	if whole == 0 {
		return 0
	}
	return (200*part + whole) / (2 * whole)
}

// duration is a time in hours and minutes, "" for none.
func (s *Server) duration(seconds int) string {
	minutes := (seconds + 30) / 60
	switch {
	case seconds <= 0:
		return ""
	case minutes < 60:
		return s.words.get("progress.minutes", max(1, minutes))
	}
	return s.words.get("progress.hours", minutes/60, minutes%60)
}

// areaViews are the areas in which something was done, the one to plot, and how many of the bank are untouched. Without a choice the
// area with the most points to plot is shown.
func areaViews(areas []progress.AreaProgress, want, base string, loc *time.Location) (out []areaView, chosen *areaView, untouched int) {
	best := -1
	for _, p := range areas {
		if p.Answered == 0 && p.CasesDone == 0 {
			if p.Bank > 0 {
				untouched++
			}
			continue
		}
		v := areaView{AreaProgress: p, Share: percentOf(p.Correct, p.Answered), Spark: sparkline(p.Series), Path: base + "?area=" + p.Area + "#area-plot"}
		if !p.LastAt.IsZero() {
			v.Last = p.LastAt.In(loc).Format("2 Jan 2006")
		}
		out = append(out, v)
		if len(p.Series) == 0 {
			continue
		}
		if asked := best >= 0 && out[best].Area == want; p.Area == want || !asked && (best < 0 || len(p.Series) > len(out[best].Series)) {
			best = len(out) - 1
		}
	}
	if best < 0 {
		return out, nil, untouched
	}
	out[best].Chosen = true
	return out, &out[best], untouched
}

// findingViews names the kinds of errors. One that the taxonomy does not know keeps its code for a name.
func findingViews(counts []progress.FindingCount) []findingView {
	const shown = 8
	known := map[string]grading.FindingInfo{}
	for _, f := range grading.Findings() {
		known[string(f.Finding)] = f
	}
	var out []findingView
	for _, f := range counts[:min(shown, len(counts))] {
		info := known[f.Finding]
		v := findingView{FindingCount: f, Name: info.Name, Meaning: info.Meaning, Area: info.Area, Width: percentOf(f.Count, counts[0].Count)}
		if v.Name == "" {
			v.Name = f.Finding
		}
		out = append(out, v)
	}
	return out
}

func (s *Server) attemptView(g progress.Graded, loc *time.Location) attemptView {
	v := attemptView{
		ID: string(g.Attempt.ID), Kind: string(g.Attempt.Kind), At: g.Attempt.SubmittedAt.In(loc).Format("2 Jan 2006, 15:04"), Correct: g.Grading.Correct, Percent: g.Grading.Percent10,
		Where: s.words.get("progress.where_" + string(g.Attempt.Context.Kind)), Title: g.Attempt.Item,
	}
	if g.Attempt.Kind == progress.KindCase {
		v.Path = "/cases/" + g.Attempt.Item + "/attempts/" + string(g.Attempt.ID)
		if cs, err := s.bank().Case(g.Attempt.Item); err == nil {
			v.Title = cs.Title
		}
		return v
	}
	if g.Attempt.Kind == progress.KindAudit {
		v.Path = "/practice/audits/attempts/" + string(g.Attempt.ID)
		if cs, err := s.bank().Case(g.Attempt.Item); err == nil {
			v.Title = cs.Title
		}
		return v
	}
	v.Path, v.Item = "/practice/attempts/"+string(g.Attempt.ID), g.Attempt.Item
	if len(g.Attempt.Areas) > 0 {
		v.Title = s.areaTitle(g.Attempt.Areas[0])
	}
	return v
}

type progressPage struct {
	basePage
	progressView
	Exams []sittingLink
}

// progressPage is the learner's own record, area by area.
func (s *Server) progressPage(c *fiber.Ctx) error {
	v, err := s.progressView(c, actor(c).Learner, c.Query("area"), "/progress/record")
	if err != nil {
		return err
	}
	exams, err := s.sittingLinks(c, func(sittingLink) bool { return true })
	if err != nil {
		return err
	}
	return s.render(c, fiber.StatusOK, "progress", progressPage{s.base(c, s.words.get("progress.title"), "progress"), v, exams})
}
