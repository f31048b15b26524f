package server

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"crosswalk/grading"
	"crosswalk/progress"
)

// firmCharts is how many charts make the figures of job readiness firm.
const firmCharts = 20

// jobPage is how ready someone is for the job. Accuracies are tenths of a per cent.
type jobPage struct {
	basePage
	Charts                  int
	Few                     bool
	Accuracy, Line, Missing int
	Reached                 bool
	Over, Under             string
	Plot                    *plot
	Settings                []jobSettingView
	Speed                   []jobSpeedView
	SpeedText               string
	Findings                []jobFindingView
}

// jobSettingView is a row of the table of settings with its drawing, in per cent.
type jobSettingView struct {
	Name             string
	Accuracy, Charts int
	Reached          bool
	X, LineX         float64
}

type jobSpeedView struct{ Name, Yours, Field, Source string }

type jobFindingView struct {
	Finding, Name, Meaning, Points string
	Times, Width                   int
}

// job is readiness for the job, read off the latest charts.
func (s *Server) job(c *fiber.Ctx) error {
	a := actor(c)
	j, err := s.progress.JobReadiness(c.UserContext(), a, a.Learner)
	if err != nil {
		return err
	}
	w := s.words
	page := jobPage{
		basePage: s.base(c, w.get("job.title"), "progress"), Charts: j.Cases, Few: j.Cases < firmCharts, Accuracy: j.Accuracy10, Line: j.Goal10, Reached: j.Accuracy10 >= j.Goal10, Missing: j.Goal10 - j.Accuracy10,
		Over: s.jobSide(j.Over, j.Cases), Under: s.jobSide(j.Under, j.Cases), Findings: jobFindings(j.Findings),
	}
	var cases []auditedCase
	for _, p := range j.Points {
		if n, ok := dayNumber(p.Day); ok {
			cases = append(cases, auditedCase{Title: p.Title, Day: n, Percent10: p.Accuracy10})
		}
	}
	page.Plot = auditPlot(w, "plot-audit", cases, j.Goal10)
	for _, st := range j.Settings {
		page.Settings = append(page.Settings, jobSettingView{
			Name: settingTitle(st.Setting), Accuracy: st.Accuracy10, Charts: st.Cases, Reached: st.Accuracy10 >= j.Goal10, X: float64(st.Accuracy10) / 10, LineX: float64(j.Goal10) / 10,
		})
		if st.PerHour > 0 {
			page.Speed = append(page.Speed, jobSpeedView{Name: settingTitle(st.Setting), Yours: w.get("job.per_hour", oneDecimal(st.PerHour)), Field: w.get("job.per_hour", s.paceRange(st.Field)), Source: st.Field.Source})
		}
	}
	if j.PerHour > 0 {
		page.SpeedText = w.get("job.speed_text", oneDecimal(j.PerHour))
	}
	return s.render(c, fiber.StatusOK, "job", page)
}

// jobSide says how often and for how much one errs to a side.
func (s *Server) jobSide(side progress.JobSide, cases int) string {
	text := s.words.get("job.balance_row", side.Cases, cases, side.Lines)
	if side.Paid > 0 {
		text += " " + s.words.get("job.balance_paid", side.Paid, formatCount(int(side.Dollars+.5)))
	}
	return text
}

// paceRange is what the field expects of an hour.
func (s *Server) paceRange(p progress.FieldPace) string {
	if p.Low == p.High {
		return oneDecimal(p.Low)
	}
	return s.words.get("ready.from_to", oneDecimal(p.Low), oneDecimal(p.High))
}

func oneDecimal(v float64) string { return trimZero(strconv.FormatFloat(v, 'f', 1, 64)) }

func jobFindings(list []progress.JobFinding) []jobFindingView {
	const shown = 8
	meaning := map[string]string{}
	for _, f := range grading.Findings() {
		meaning[string(f.Finding)] = f.Meaning
	}
	var out []jobFindingView
	for _, f := range list[:min(shown, len(list))] {
		v := jobFindingView{Finding: f.Finding, Name: f.Name, Meaning: meaning[f.Finding], Points: formatPoints(grading.Points(f.Points)), Times: f.Count, Width: percentOf(f.Points, list[0].Points)}
		if v.Name == "" {
			v.Name = f.Finding
		}
		out = append(out, v)
	}
	return out
}
