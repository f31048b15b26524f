package server

import (
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"crosswalk/progress"
	"crosswalk/progress/readiness"
)

// readinessView is how ready someone is for one exam, as pages show it.
type readinessView struct {
	Exam, ExamPath             string
	Enough                     bool
	Lacks                      []lackView
	Chance, Low, High          string
	ChancePlot, ScorePlot      *plot
	Score, ScoreLow, ScoreHigh string
	Scaled                     string // the score on the exam's own scale in words, "" without one
	Levers                     []leverView
	Over                       *plot
	Evidence                   readiness.Evidence
	Newest                     string
	Areas                      []areaSlotView
	Past                       []pastView
}

// lackView says what is missing to foretell anything.
type lackView struct{ Text string }

// leverView is something that would raise the chance: a lesson at Path, or a drill of the area Drill.
type leverView struct {
	What, Name, Gain string
	Path, Drill      string
}

// areaSlotView is a row of the table of areas with its drawing, in per cent.
type areaSlotView struct {
	Name, Expected, Range string
	Items, Answers        int
	X, X0, X1, PassX      float64
}

// pastView is a forecast made just before a mock exam, and what came of it.
type pastView struct {
	At, Path, Said, Score, Came string
	Passed                      bool
}

// leastEvidence are the rules below which nothing is foretold, in words.
func (s *Server) leastEvidence() []string {
	return []string{
		s.words.get("ready.least_answers", readiness.MinAnswers),
		s.words.get("ready.least_areas", int(100*readiness.MinSeen), readiness.MinPerArea),
		s.words.get("ready.least_recent", int(readiness.MaxAge/(24*time.Hour))),
	}
}

func (s *Server) lackViews(lacks []readiness.Lack) []lackView {
	var out []lackView
	for _, l := range lacks {
		switch l.What {
		case readiness.LackAnswers:
			out = append(out, lackView{s.words.get("ready.lack_answers", l.Need-l.Have, l.Have, l.Need)})
		case readiness.LackAreas:
			const named = 4
			var names []string
			for _, a := range l.Areas[:min(named, len(l.Areas))] {
				names = append(names, s.areaTitle(a))
			}
			out = append(out, lackView{s.words.get("ready.lack_areas", l.Have, l.Need, strings.Join(names, ", "))})
		case readiness.LackRecent:
			out = append(out, lackView{s.words.get("ready.lack_recent", l.Have, l.Need)})
		}
	}
	return out
}

// forecastView shows a forecast with what came of earlier ones. lesson gives the address of a lesson still to be read in an area, "" for none.
func (s *Server) forecastView(r progress.Readiness, loc *time.Location, lesson func(area string) string) readinessView {
	f := r.Forecast
	v := readinessView{Exam: examShort(r.Name), ExamPath: "/exams/" + r.Exam, Enough: f.Enough, Lacks: s.lackViews(f.Lacks), Evidence: f.Evidence}
	if !f.Evidence.Newest.IsZero() {
		v.Newest = f.Evidence.Newest.In(loc).Format("2 Jan 2006")
	}
	pass := float64(r.PassPercent) / 100
	if f.Enough {
		v.Chance, v.Low, v.High = chanceText(f.Chance), chanceText(f.Low), chanceText(f.High)
		v.Score, v.ScoreLow, v.ScoreHigh = wholePercent(f.Score), wholePercent(f.ScoreLow), wholePercent(f.ScoreHigh)
		v.ChancePlot = chancePlot(s.words, "plot-chance", f.Chance, f.Low, f.High)
		v.ScorePlot = scorePlot(s.words, "plot-score", f.Score, f.ScoreLow, f.ScoreHigh, pass)
		if r.Scaled > 0 {
			v.Scaled = s.words.get("ready.scaled", r.Scaled, r.ScaledLow, r.ScaledHigh)
		}
	}
	v.Over = readinessPlot(s.words, "plot-over", v.Exam, historyPoints(r.History))
	for _, m := range r.Mocks {
		v.Past = append(v.Past, pastView{
			At: m.At.In(loc).Format("2 Jan 2006"), Path: reportPath(m.Sitting), Said: chanceText(m.Chance), Score: wholePercent(m.Score), Came: formatTenths(m.Percent10), Passed: m.Passed,
		})
	}
	for _, l := range f.Levers {
		lv := leverView{What: l.What, Name: l.Name, Drill: l.Area}
		if l.Gain >= .005 {
			lv.Gain = wholePercent(l.Gain)
		}
		if l.What == readiness.LeverLesson {
			if lv.Path = lesson(l.Area); lv.Path != "" {
				lv.Drill = ""
			}
		}
		v.Levers = append(v.Levers, lv)
	}
	v.Areas = s.areaSlots(f.Areas, f.Evidence, pass)
	return v
}

// areaSlots are the rows of the table of areas; pass is the pass line as a share.
func (s *Server) areaSlots(areas []readiness.AreaForecast, e readiness.Evidence, pass float64) []areaSlotView {
	var out []areaSlotView
	for _, a := range areas {
		out = append(out, areaSlotView{
			Name: a.Name, Expected: wholePercent(a.Expected), Range: s.words.get("ready.from_to", wholePercent(a.Low), wholePercent(a.High)),
			Items: a.Items, Answers: e.ByArea[a.Area], X: round1(100 * a.Expected), X0: round1(100 * a.Low), X1: round1(100 * a.High), PassX: round1(100 * pass),
		})
	}
	return out
}

// chanceText prints a chance without saying never or for sure: nobody knows that.
func chanceText(p float64) string {
	switch {
	case p < .005:
		return "< 1 %"
	case p > .995:
		return "> 99 %"
	}
	return wholePercent(p)
}

// binsOf are the classes of a track record as the plot takes them.
func binsOf(t readiness.TrackRecord) []reliabilityBin {
	var out []reliabilityBin
	for _, b := range t.Bins {
		out = append(out, reliabilityBin{Low: b.From, High: b.To, Said: b.Said, Came: b.Passed, N: b.N, CameLow: b.Low, CameHigh: b.High})
	}
	return out
}

// historyPoints are kept forecasts as the plot takes them.
func historyPoints(kept []progress.StoredForecast) []readinessPoint {
	var out []readinessPoint
	for _, k := range kept {
		if n, ok := dayNumber(k.Day); ok {
			out = append(out, readinessPoint{Day: n, Chance: k.Chance, Low: k.Low, High: k.High})
		}
	}
	return out
}

type readinessPage struct {
	basePage
	Staff bool
	Exams []examChoice
	R     readinessView
}

// workedFor is the exam that a learner works for: that of the goal, else the first.
func (s *Server) workedFor(c *fiber.Ctx, who progress.LearnerID) (string, error) {
	g, set, err := s.progress.Goal(c.UserContext(), actor(c), who)
	if err != nil || !set {
		return planExams[0], err
	}
	return s.foretold(g.Exam), nil
}

// foretold is the exam that a forecast for another one is made for: of a half the whole, and the first where there is no forecast.
func (s *Server) foretold(exam string) string {
	if bp, err := s.bank().Blueprint(exam); err == nil && bp.Full != "" {
		exam = bp.Full
	}
	if !slices.Contains(planExams, exam) {
		return planExams[0]
	}
	return exam
}

// unread gives for an area the address of the first lesson on it that is not done, "" for none.
func (s *Server) unread(marks map[string]progress.LessonMark) func(area string) string {
	return func(area string) string {
		for _, l := range s.lessons().Lessons() {
			if !marks[l.ID].Done && slices.Contains(l.Areas, area) {
				return lessonPath(l.ID)
			}
		}
		return ""
	}
}

// readiness is the chance of passing an exam, what it rests on and what would raise it.
func (s *Server) readiness(c *fiber.Ctx) error {
	ctx, a := c.UserContext(), actor(c)
	exam := c.Query("exam")
	if exam == "" {
		var err error
		if exam, err = s.workedFor(c, a.Learner); err != nil {
			return err
		}
	}
	r, err := s.progress.Readiness(ctx, a, a.Learner, exam)
	if err != nil {
		return err
	}
	marks, err := s.progress.LessonMarks(ctx, a)
	if err != nil {
		return err
	}
	return s.render(c, fiber.StatusOK, "readiness", readinessPage{
		basePage: s.base(c, s.words.get("ready.title"), "progress"), Exams: s.examChoices(exam, "/progress/readiness?exam="), R: s.forecastView(r, viewer(c).Learner.Location(), s.unread(marks)),
	})
}

type readinessModelPage struct {
	basePage
	Exams []examChoice
	Least []string
	N     int
	Brier float64
	Plot  *plot
}

// readinessModel explains how the chance is computed, and how past predictions of the people here fared.
func (s *Server) readinessModel(c *fiber.Ctx) error {
	exam := c.Query("exam", planExams[0])
	t, err := s.progress.TrackRecord(c.UserContext(), actor(c), exam)
	if err != nil {
		return err
	}
	return s.render(c, fiber.StatusOK, "readinessmodel", readinessModelPage{
		basePage: s.base(c, s.words.get("ready.model_title"), "progress"), Exams: s.examChoices(exam, "/progress/readiness/model?exam="), Least: s.leastEvidence(), N: t.N, Brier: t.Brier,
		Plot: reliabilityPlot(s.words, "plot-reliability", s.words.get("ready.plot_reliability"), binsOf(t)),
	})
}

// readyCard is a forecast in short.
func (s *Server) readyCard(r progress.Readiness) *readyCard {
	f := r.Forecast
	v := &readyCard{Exam: examShort(r.Name), Path: "/progress/readiness?exam=" + r.Exam, Enough: f.Enough, Lacks: s.lackViews(f.Lacks)}
	if f.Enough {
		v.Chance, v.Low, v.High = chanceText(f.Chance), chanceText(f.Low), chanceText(f.High)
		v.Bar = rangeView{X: round1(100 * f.Chance), X0: round1(100 * f.Low), X1: round1(100 * f.High)}
	}
	return v
}
